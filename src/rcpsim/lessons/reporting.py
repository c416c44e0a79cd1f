"""What came of lessons, as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rcpsim.lessons.graph import emergence
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.verdicts import Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_frame"]

EVERY_BASE = "all"


def to_frame(results: Sequence[LessonResult]) -> pd.DataFrame:
    """Return one row for each verdict: of every outcome, of every base alone, of every arm.

    The columns are those of `Verdict`, behind which lesson, outcome, base and arm it is of; `left` is the
    share of the median effect that is left in an arm. Where the first design has no spread, `standardised` is
    missing, and `flat` says in which share of the draws that is so.
    """
    import pandas as pd

    return pd.DataFrame([row for result in results for row in _rows(result)])


def _rows(result: LessonResult) -> Iterator[dict[str, object]]:
    primary = result.lesson.primary.label
    for outcome, verdict in result.outcomes.items():
        yield _row(result, outcome, EVERY_BASE, "full", verdict)
    for base, verdict in result.bases.items():
        yield _row(result, primary, base, "full", verdict)
    for arm, verdict in result.arms.items():
        yield {**_row(result, primary, EVERY_BASE, arm, verdict), "left": result.left(arm)}
    if result.beside is not None:
        yield from _rows(result.beside)


def _row(result: LessonResult, outcome: str, base: str, arm: str, verdict: Verdict) -> dict[str, object]:
    lesson = result.lesson
    signs = {one.label: one.sign for one in lesson.outcomes}
    return {
        "lesson": lesson.id,
        "claims": " ".join(lesson.claims),
        "headline": lesson.headline,
        "rival": lesson.rival,
        "emergent": emergence(lesson).emergent,
        "shape": lesson.shape,
        "outcome": outcome,
        "primary": outcome == lesson.primary.label,
        "expected": "+" if signs[outcome] > 0 else "-",
        "base": base,
        "arm": arm,
        "parameters": result.plan.parameters,
        **asdict(verdict),
        "standardised": verdict.standardised if verdict.spread else float("nan"),
        "left": float("nan"),
    }
