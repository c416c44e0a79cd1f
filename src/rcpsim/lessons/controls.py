"""Negative controls: how often the verdict speaks where there is nothing to say.

Both go through the same code as the lessons, each as many small lessons of `SMALL` draws. No two verdicts of
a control share a draw or their luck, so that the exact interval of the rate of false ones means what it says.

- *Same design, other luck*: one design is played twice in other luck, and the second time is taken for the
  other design. Each small lesson looks at one outcome, in turn.
- *Labels shuffled*: the two designs of a contrast that was played are swapped within pairs of histories by a
  fair coin. Blocks of draws of all contrasts are small lessons; their coins are independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np

from rcpsim.arrays import BoolArray, IntArray
from rcpsim.draws import noise
from rcpsim.lessons.playing import Cell, Plan, cells_of, columns_of, outcome_values, read_cell
from rcpsim.lessons.records import Arm, Outcome
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.running import FULL, Progress, play_with_progress, values_of
from rcpsim.lessons.verdicts import Verdict, exact_interval, verdict

__all__ = ["SMALL", "TRIED", "Controls", "control_histories", "controls"]

SMALL: Final = 20
"""Draws of a small lesson."""

TRIED: Final = 200
"""Verdicts of each control at least."""

BASE: Final = "small-process"
_YEARS: Final = (1, 8)
_OTHER_LUCK: Final = 10_000_000
_SEED: Final = 20_101
_SPEAKS: Final = ("robust", "usual", "reversed")
_OUTCOMES: Final = (
    "trust_all",
    "trust_met",
    "trust_across",
    "understanding",
    "common_language",
    "empathy",
    "dispersion_stated",
    "gap_across",
    "coherence",
    "ties",
    "items_agreed",
    "harmonisation",
    "law_change",
    "joint_acts",
    "commitment",
    "backing",
    "candour_year",
    "participation",
)


@dataclass(frozen=True, slots=True)
class Controls:
    """The rate of false verdicts of one control.

    Attributes
    ----------
    name : what was done
    tried : how many verdicts
    false : how many of them were robust, usual or reversed
    low, high : exact 95 % interval of their rate
    """

    name: str
    tried: int
    false: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share of false verdicts."""
        return self.false / self.tried if self.tried else float("nan")


def controls(
    results: Sequence[LessonResult],
    folder: Path,
    *,
    plan: Plan = FULL,
    tried: int = TRIED,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Controls]:
    """Return the rate of false verdicts of both negative controls.

    Parameters
    ----------
    results : of lessons that were run with `plan` into `folder`
    tried : verdicts of each control at least
    workers, progress : as in `run_lessons`
    """
    same = _same_design(plan, tried, folder, workers, progress)
    shuffled = _shuffled(results, plan, tried, folder)
    return [
        _rate(f"same design, other luck ({SMALL} draws)", same),
        _rate(f"labels shuffled ({SMALL} draws)", shuffled),
    ]


def control_histories(plan: Plan, tried: int = TRIED) -> int:
    """Return how many histories the controls play."""
    return 2 * tried * SMALL * plan.histories


def _same_design(
    plan: Plan, tried: int, folder: Path, workers: int, progress: Progress | None
) -> list[Verdict]:
    many = replace(plan, draws=tried * SMALL)
    pair = many, replace(many, luck=_OTHER_LUCK)
    blocks = [tuple(range(start, start + SMALL)) for start in range(0, many.draws, SMALL)]

    def cells(one: Plan) -> list[Cell]:
        return [Cell(BASE, (), Arm(), _YEARS, block, one) for block in blocks]

    both = [cells(one) for one in pair]
    play_with_progress(
        [cell for side in both for cell in side], folder, workers, progress, "playing controls"
    )
    found = []
    alike: IntArray = np.zeros(SMALL, dtype=np.int64)
    for one, other, name in zip(*both, cycle(_OUTCOMES), strict=False):
        outcome = Outcome(name, 1, "life", "level", primary=True)
        columns = columns_of([outcome])
        low, high = (
            outcome_values(outcome, [read_cell(cell, folder, columns)], plan) for cell in (one, other)
        )
        found.append(verdict(low, high, alike, 1))
    return found


def _shuffled(results: Sequence[LessonResult], plan: Plan, tried: int, folder: Path) -> list[Verdict]:
    contrasts = [one for one in results if one.lesson.shape == "contrast"]
    found: list[Verdict] = []
    turn = 0
    while contrasts and len(found) < tried:
        for number, one in enumerate(contrasts):
            cells = cells_of(one.lesson, one.lesson.designs, Arm(), plan)
            outcome = one.lesson.primary
            columns = columns_of([outcome])
            kept = [[read_cell(cell, folder, columns) for cell in row] for row in cells]
            low, high = values_of(one.lesson, outcome, kept, plan)
            swap = coins(low.shape, number, turn)
            given = np.where(swap, high, low), np.where(swap, low, high)
            for rows in _small(one.draws):
                found.append(verdict(given[0][rows], given[1][rows], one.base[rows], outcome.sign))
        turn += 1
    return found


def _small(draws: IntArray) -> list[BoolArray]:
    """Return the rows of small lessons: draws that follow each other; of a run of fewer draws, all."""
    most = int(draws.max()) + 1
    if most < 2 * SMALL:
        return [np.ones(draws.shape, dtype=np.bool_)]
    starts = range(0, most - SMALL + 1, SMALL)
    return [np.asarray((draws >= start) & (draws < start + SMALL)) for start in starts]


def coins(shape: tuple[int, ...], lesson: int, turn: int) -> BoolArray:
    """Return a fair coin for each pair of histories, by counter and not by order."""
    flat = noise(_SEED, np.arange(int(np.prod(shape))), turn, "sampling", lesson)
    tossed: BoolArray = np.asarray(flat).reshape(shape) < 0.5
    return tossed


def _rate(name: str, verdicts: Iterable[Verdict]) -> Controls:
    words = [one.word for one in verdicts]
    false = sum(word in _SPEAKS for word in words)
    low, high = exact_interval(false, len(words)) if words else (0.0, 1.0)
    return Controls(name, len(words), false, low, high)
