"""Pages and pictures of lessons on the disk: each is told once, and again only when something has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rcpsim.sharing import shared_out
from rcpsim.stamp import stamp_of_code
from rcpsim.sweep.durable import write_durably

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rcpsim.lessons import LessonResult
    from rcpsim.lessons.playing import Plan

__all__ = ["png", "tell"]

_CODE: Final = ("lessons", "figures/lessons.py", "figures/style.py", "analysis")
"""What a page depends on beside the cells, whose names tell of the model."""
_LOOKED_WITH: Final = ("scikit-learn", "ema_workbench")
"""What regions are looked for with: another version may find another, and without them a page says so."""
_ALONE: Final = 8
"""Pages up to which it does not pay to start processes."""


def tell(
    results: Sequence[LessonResult],
    folder: Path,
    arm_plan: Plan,
    *,
    figures: bool,
    workers: int,
    report: Callable[[int, int], None],
) -> list[Path]:
    """Write a page and a picture of each lesson that has changed, and return those of all.

    Parameters
    ----------
    folder : of the pages
    arm_plan : with which the arms were played
    figures : whether to draw
    workers : processes
    report : called with how many of the pages that have to be written are, and how many these are
    """
    stale = [one for one in results if not _fresh(one, folder, arm_plan, figures)]
    report(0, len(stale))
    write = partial(_write, folder=folder, arm_plan=arm_plan, figures=figures)
    with closing(shared_out(write, stale, workers if len(stale) > _ALONE else 1)) as written:
        for done, _ in enumerate(written, start=1):
            report(done, len(stale))
    endings = (".md", ".png") if figures else (".md",)
    return [folder / f"{one.lesson.id}{ending}" for one in results for ending in endings]


def _write(one: LessonResult, folder: Path, arm_plan: Plan, figures: bool) -> None:
    from rcpsim.lessons.pages import lesson_page
    from rcpsim.lessons.where import where_it_fails

    figure, caption = None, ""
    if figures:
        from rcpsim.figures.lessons import lesson_figure

        figure, (drawn, caption) = f"{one.lesson.id}.png", lesson_figure(one)
        write_durably(folder / figure, png(drawn))
    page = lesson_page(one, where_it_fails(one), arm_plan=arm_plan, figure=figure, caption=caption)
    write_durably(folder / f"{one.lesson.id}.md", f"{page}\n{_stamp(one, arm_plan, figures)}\n".encode())


def _fresh(one: LessonResult, folder: Path, arm_plan: Plan, figures: bool) -> bool:
    """Whether a page was told from the same cells by the same code."""
    page = folder / f"{one.lesson.id}.md"
    if not page.is_file() or (figures and not page.with_suffix(".png").is_file()):
        return False
    return page.read_text(encoding="utf-8").endswith(f"\n{_stamp(one, arm_plan, figures)}\n")


def _stamp(one: LessonResult, arm_plan: Plan, figures: bool) -> str:
    told = (
        _code(),
        [_version(name) for name in _LOOKED_WITH],
        figures,
        arm_plan,
        one.lesson,
        one.cells,
        sorted(one.when.items()),
    )
    return f"<!-- told from {hashlib.blake2s(repr(told).encode()).hexdigest()[:20]} -->"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


@cache
def _code() -> str:
    top = files("rcpsim")
    told = hashlib.sha256()
    for name in _CODE:
        path = top / name
        inside = sorted(path.iterdir(), key=lambda each: each.name) if path.is_dir() else [path]
        for each in inside:
            if each.name.endswith(".py"):
                told.update(stamp_of_code(each.read_text(encoding="utf-8")).encode())
    return told.hexdigest()


def png(figure: Figure) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    file = BytesIO()
    figure.savefig(file, dpi=150)
    return file.getvalue()
