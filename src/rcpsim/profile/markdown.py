"""A page as Markdown, to keep beside its pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rcpsim.profile.page import Page

__all__ = ["markdown_of"]


def markdown_of(page: Page, pictures: Mapping[str, str] | None = None) -> str:
    r"""Return a page in Markdown, its pictures at the end.

    Parameters
    ----------
    pictures : path of a picture -> its caption

    Examples
    --------
    >>> from rcpsim.profile.page import Section
    >>> print(markdown_of(Page("T", "Text.", (Section("", ("a", "b"), (("1", "x|y"),)),))), end="")
    # T
    <BLANKLINE>
    Text.
    <BLANKLINE>
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    parts = [f"# {page.title}", page.text]
    for section in page.sections:
        if section.title:
            parts.append(f"## {section.title}")
        width = len(section.rows[0])
        heads = section.columns or ("",) * width
        parts.append("\n".join((_line(heads), _line(["---"] * width), *map(_line, section.rows))))
    for path, caption in (pictures or {}).items():
        parts += [f"![{path}]({path})", caption]
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
