"""The pages of the docs, which come with the package: what `rcpsim show theory/trust` prints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from rcpsim.profile.page import Section

__all__ = ["manual", "manual_section"]

_THEORY = "theory/"


@cache
def manual() -> Mapping[str, Path]:
    """Return the path of every page of the docs by its name; those of the theory begin with `theory/`.

    In a wheel they lie inside the package; an editable install falls back to the folder at the top of the
    project.

    Examples
    --------
    >>> "theory/trust" in manual(), "scenario-files" in manual()
    (True, True)
    """
    package = Path(str(resources.files("rcpsim")))
    inside, beside = package / "docs", package.parents[1] / "docs"
    folder = inside if inside.is_dir() else beside
    pages = sorted(folder.glob("*.md")) + sorted((folder / _THEORY).glob("*.md"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in pages}


def manual_section() -> Section:
    """Return the table of all pages, each with its title."""
    rows = tuple((name, _title(path)) for name, path in manual().items())
    return Section("", ("page", "about"), rows)


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")
