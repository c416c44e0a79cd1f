"""Running lessons: their cells are played, and judged in full and in every arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.lessons.arms import BESIDE
from rcpsim.lessons.playing import (
    Cell,
    Plan,
    cells_of,
    columns_of,
    outcome_values,
    play_cells,
    read_cell,
    without_file,
)
from rcpsim.lessons.records import Arm, Lesson, Outcome
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.verdicts import (
    Effects,
    Verdict,
    contrast_effects,
    curve_effects,
    interaction_effects,
    judged,
)

__all__ = [
    "FULL",
    "QUICK",
    "WHY",
    "Progress",
    "effects_of",
    "histories_of",
    "play_with_progress",
    "run_lessons",
    "values_of",
    "who",
]

FULL: Final = Plan(draws=100, histories=5, seed=1)
WHY: Final = Plan(draws=40, histories=5, seed=1)
QUICK: Final = Plan(draws=12, histories=2, seed=1)

Progress = Callable[[int, int, str], None]


def run_lessons(
    lessons: Sequence[Lesson],
    folder: Path,
    *,
    plan: Plan = FULL,
    arms: Callable[[Lesson], Iterable[Arm]] | None = None,
    arm_plan: Plan = WHY,
    beside: Callable[[Lesson], Plan | None] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[LessonResult]:
    """Play what the lessons need and judge them.

    Parameters
    ----------
    folder : where cells are kept; what is there already is not played again
    plan : of the full arm
    arms : the arms to play besides, of each lesson
    arm_plan : of these arms; its draws are the first ones of `plan`
    beside : the plan of each lesson over the other draws of the coefficients, see `asked_beside`
    workers : processes
    progress : called with (histories done, histories in all, what is done)
    """
    wanted = _wanted(lessons, arms, plan, arm_plan, beside)
    every = [cell for cells in wanted.values() for row in cells for cell in row]
    play_with_progress(every, folder, workers, progress, "playing lessons")
    return [_result(lesson, wanted, folder, plan, arm_plan) for lesson in lessons]


def _wanted(
    lessons: Sequence[Lesson],
    arms: Callable[[Lesson], Iterable[Arm]] | None,
    plan: Plan,
    arm_plan: Plan,
    beside: Callable[[Lesson], Plan | None] | None,
) -> dict[tuple[str, str], list[list[Cell]]]:
    """Return the cells of every lesson and arm, by their names."""
    full = Arm()
    wanted: dict[tuple[str, str], list[list[Cell]]] = {}
    for lesson in lessons:
        wanted[lesson.id, full.name] = cells_of(lesson, lesson.designs, full, plan)
        for arm in arms(lesson) if arms else ():
            wanted[lesson.id, arm.name] = cells_of(lesson, lesson.designs, arm, arm_plan)
        other = beside(lesson) if beside else None
        if other is not None:
            wanted[lesson.id, BESIDE] = cells_of(lesson, lesson.designs, full, other)
    return wanted


def histories_of(
    lessons: Sequence[Lesson],
    arms: Callable[[Lesson], Iterable[Arm]] | None,
    plan: Plan = FULL,
    arm_plan: Plan = WHY,
    beside: Callable[[Lesson], Plan | None] | None = None,
) -> int:
    """Return how many histories `run_lessons` plays, those that are there already among them."""
    wanted = _wanted(lessons, arms, plan, arm_plan, beside).values()
    every = {cell.key: cell.size for cells in wanted for row in cells for cell in row}
    return sum(every.values())


def _played_when(cells: Iterable[Iterable[Cell]], folder: Path) -> str:
    """Return in words when cells were played."""
    times = [(folder / f"{cell.key}.parquet").stat().st_mtime for row in cells for cell in row]
    first, last = (datetime.fromtimestamp(time, UTC).date() for time in (min(times), max(times)))
    return f"played on {first}" if first == last else f"played from {first} to {last}"


def play_with_progress(
    cells: Iterable[Cell], folder: Path, workers: int, progress: Progress | None, what: str
) -> None:
    """Play the cells that have no file yet, and tell how far it has come."""
    every = {cell.key: cell for cell in cells}
    total = sum(cell.size for cell in every.values())
    done = total - sum(cell.size for cell in without_file(every.values(), folder).values())
    if progress is not None:
        progress(done, total, what)
    for size in play_cells(every.values(), folder, workers):
        done += size
        if progress is not None:
            progress(done, total, what)


def _result(
    lesson: Lesson,
    wanted: Mapping[tuple[str, str], list[list[Cell]]],
    folder: Path,
    plan: Plan,
    arm_plan: Plan,
) -> LessonResult:
    primary = lesson.primary
    own = {arm: cells for (name, arm), cells in wanted.items() if name == lesson.id}
    full, values = _in_full(lesson, own[Arm().name], folder, plan)
    arms: dict[str, Verdict] = {}
    arm_draws, arm_base = who(lesson, arm_plan)
    for arm, cells in own.items():
        if arm in (Arm().name, BESIDE):
            continue
        kept = [[read_cell(cell, folder, columns_of([primary])) for cell in row] for row in cells]
        effects = effects_of(lesson, primary, values_of(lesson, primary, kept, arm_plan), arm_base)
        arms[arm] = judged(effects, primary.sign)
    arm_full: Verdict | None = None
    if arms and arm_plan.histories == plan.histories:
        same = np.isin(full.draws, arm_draws)
        effects = effects_of(lesson, primary, [value[same] for value in values], full.base[same])
        arm_full = judged(effects, primary.sign)
    beside: LessonResult | None = None
    if BESIDE in own:
        other = own[BESIDE][0][0].plan
        beside, _ = _in_full(lesson, own[BESIDE], folder, other)
    return replace(
        full,
        arms=arms,
        arm_full=arm_full,
        beside=beside,
        when={arm: _played_when(cells, folder) for arm, cells in own.items()},
        cells=tuple(cell.key for cells in own.values() for row in cells for cell in row),
    )


def _in_full(
    lesson: Lesson, cells: Sequence[Sequence[Cell]], folder: Path, plan: Plan
) -> tuple[LessonResult, list[Array]]:
    """Return what the full arm comes to, and the primary outcome under every design, [D, R] each."""
    primary = lesson.primary
    columns = columns_of(lesson.outcomes)
    kept = [[read_cell(cell, folder, columns) for cell in row] for row in cells]
    draws, base = who(lesson, plan)
    outcomes = {}
    for outcome in lesson.outcomes:
        effects = effects_of(lesson, outcome, values_of(lesson, outcome, kept, plan), base)
        outcomes[outcome.label] = judged(effects, outcome.sign)
    values = values_of(lesson, primary, kept, plan)
    bases = {}
    for place, name in enumerate(lesson.bases):
        own = base == place
        effects = effects_of(lesson, primary, [value[own] for value in values], base[own])
        bases[name] = judged(effects, primary.sign)
    ages = {}
    for part in ("early", "late"):
        then = replace(primary, when=part)
        ages[part] = effects_of(lesson, then, values_of(lesson, then, kept, plan), base)
    found = LessonResult(
        lesson=lesson,
        plan=plan,
        outcomes=outcomes,
        bases=bases,
        effects=effects_of(lesson, primary, values, base),
        levels=np.stack([_over_histories(value) for value in values], axis=-1),
        draws=draws,
        base=base,
        ages=ages,
    )
    return found, values


def who(lesson: Lesson, plan: Plan) -> tuple[IntArray, IntArray]:
    """Return of each row of an outcome which draw it is, and of which base."""
    parts = [plan.of_base(place, len(lesson.bases)) for place in range(len(lesson.bases))]
    base = np.concatenate([np.full(part.size, place, dtype=np.int64) for place, part in enumerate(parts)])
    return np.concatenate(parts), base


def values_of(
    lesson: Lesson, outcome: Outcome, kept: Sequence[Sequence[Mapping[str, Array]]], plan: Plan
) -> list[Array]:
    """Return an outcome under every design, [D, R] each; for `process` without and with the process."""
    if lesson.shape == "process":
        level = replace(outcome, over="level")
        return [outcome_values(level, kept[0], plan, twin=True), outcome_values(level, kept[0], plan)]
    return [outcome_values(outcome, row, plan) for row in kept]


def effects_of(lesson: Lesson, outcome: Outcome, values: Sequence[Array], base: IntArray) -> Effects:
    """Return the effect of each draw on one outcome, from its values under every design, [D, R] each."""
    if lesson.shape in ("inverted-u", "threshold"):
        return curve_effects(lesson.values, values, base, outcome.sign, turn=lesson.shape == "threshold")
    if lesson.shape == "interaction":
        return interaction_effects(values, base)
    low, high = values
    return contrast_effects(low, high, base, twin=lesson.shape == "process")


def _over_histories(values: Array) -> Array:
    """Return the mean over the histories of each draw that have a value: [D, R] -> [D]."""
    there = ~np.isnan(values)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), np.nan)
