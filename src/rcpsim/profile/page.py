"""A page: a title, a paragraph and a few tables of text; how it is drawn is left to the screen."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Page", "Section"]


@dataclass(frozen=True)
class Section:
    """A table of a page.

    Attributes
    ----------
    title : above it
    columns : heads; empty for a table of names and values
    rows : texts, one for each column
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """What is shown of one thing: title, paragraph, tables."""

    title: str
    text: str
    sections: tuple[Section, ...]
