"""Running lessons: every verdict in full, the arms that tell why, the rivals, and the negative controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.cards import all_cards
from rcpsim.draws import noise
from rcpsim.lessons.playing import Arm, Cell, Plan, cells_of, outcome_values, play_cells, read_cell
from rcpsim.lessons.records import Lesson, Outcome
from rcpsim.lessons.verdicts import (
    Verdict,
    curve_verdict,
    exact_interval,
    interaction_verdict,
    left_of,
    verdict,
)

__all__ = [
    "FULL",
    "QUICK",
    "WHY",
    "Controls",
    "LessonResult",
    "controls",
    "mechanism_arms",
    "rival_arms",
    "run_lessons",
    "why_arms",
]

FULL: Final = Plan(draws=100, histories=5, seed=1)
WHY: Final = Plan(draws=40, histories=5, seed=1)
QUICK: Final = Plan(draws=12, histories=2, seed=1)

RIVALS: Final = (
    ("persuade", "deffuant2000"),
    ("persuade", "hegselmann2002"),
    ("leak_or_keep", "symmetric"),
    ("form_rooms", "fay2000"),
    ("learn", "maximum"),
)
"""Rival forms of persuasion, trust and talk, one at a time."""

_OTHER_LUCK: Final = 10_000_000
_CONTROL_SEED: Final = 20_101

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class LessonResult:
    """What came of one lesson.

    Attributes
    ----------
    lesson : what was tested
    outcomes : label of an outcome -> its verdict, over all base scenarios
    bases : base scenario -> verdict on the primary outcome over its draws alone
    arms : name of an arm -> verdict on the primary outcome
    arm_full : the verdict in full on the draws that the arms were played with, or None
    effects : (D,)   effect of each draw on the primary outcome, in its unit
    draws : (D,)   which draw each effect belongs to
    base : (D,)   and which base scenario
    """

    lesson: Lesson
    outcomes: Mapping[str, Verdict]
    bases: Mapping[str, Verdict]
    arms: Mapping[str, Verdict] = field(default_factory=dict)
    arm_full: Verdict | None = None
    effects: Array = field(default_factory=lambda: np.zeros(0))
    draws: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    base: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def verdict(self) -> Verdict:
        """The verdict on the primary outcome."""
        return self.outcomes[self.lesson.primary.label]

    def left(self, arm: str) -> float:
        """Return the share of the effect that is left in an arm, or nan where there was no effect to lose."""
        return left_of(self.arm_full or self.verdict, self.arms[arm])


def why_arms(lesson: Lesson) -> tuple[Arm, ...]:
    """Return the arms that tell why: carriers off, something unrelated off, and other sides at 0."""
    other = tuple(
        (f"parameters.{card.file.rsplit('/', 1)[-1].removesuffix('.toml')}.{name}", 0.0)
        for name, card in sorted(all_cards().items())
        if card.status == "other-side"
    )
    return (
        Arm("carriers off", without=lesson.carriers),
        Arm("unrelated off", without=(lesson.unrelated,)),
        Arm("other sides at 0", settings=other),
    )


def mechanism_arms(lesson: Lesson) -> tuple[Arm, ...]:
    """Return an arm for each carrier, off alone."""
    return tuple(Arm(f"without {name}", without=(name,)) for name in lesson.carriers)


def rival_arms() -> tuple[Arm, ...]:
    """Return an arm for each rival form."""
    return tuple(Arm(f"{mechanism}={form}", replacing=((mechanism, form),)) for mechanism, form in RIVALS)


def run_lessons(
    lessons: Sequence[Lesson],
    folder: Path,
    *,
    plan: Plan = FULL,
    arms: Callable[[Lesson], Iterable[Arm]] | None = None,
    arm_plan: Plan = WHY,
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
    workers : processes
    progress : called with (histories done, histories in all, what is done)
    """
    full = Arm()
    wanted: dict[tuple[str, str], list[list[Cell]]] = {}
    for lesson in lessons:
        wanted[lesson.id, full.name] = cells_of(lesson, lesson.designs, full, plan)
        for arm in arms(lesson) if arms else ():
            wanted[lesson.id, arm.name] = cells_of(lesson, lesson.designs, arm, arm_plan)
    _play([cell for cells in wanted.values() for row in cells for cell in row], folder, workers, progress)
    return [_judged(lesson, wanted, folder, plan, arm_plan) for lesson in lessons]


def _play(cells: Iterable[Cell], folder: Path, workers: int, progress: Progress | None) -> None:
    every = {cell.key: cell for cell in cells}
    total = sum(cell.size for cell in every.values())
    there = sum(cell.size for key, cell in every.items() if (folder / f"{key}.parquet").is_file())
    done = there
    if progress is not None:
        progress(done, total, "playing lessons")
    for size in play_cells(tuple(every.values()), folder, workers):
        done += size
        if progress is not None:
            progress(done, total, "playing lessons")


def _judged(
    lesson: Lesson,
    wanted: Mapping[tuple[str, str], list[list[Cell]]],
    folder: Path,
    plan: Plan,
    arm_plan: Plan,
) -> LessonResult:
    cells = wanted[lesson.id, Arm().name]
    kept = [[read_cell(cell, folder) for cell in row] for row in cells]
    draws, base = _who(lesson, plan)
    outcomes = {}
    for outcome in lesson.outcomes:
        outcomes[outcome.label] = judge(lesson, outcome, _values(lesson, outcome, kept, plan), base)
    primary = _values(lesson, lesson.primary, kept, plan)
    bases = {}
    for place, name in enumerate(lesson.bases):
        own = base == place
        bases[name] = judge(lesson, lesson.primary, [value[own] for value in primary], base[own])
    arms: dict[str, Verdict] = {}
    arm_full: Verdict | None = None
    arm_draws, arm_base = _who(lesson, arm_plan)
    for (name, arm), other in wanted.items():
        if name != lesson.id or arm == Arm().name:
            continue
        values = _values(
            lesson, lesson.primary, [[read_cell(cell, folder) for cell in row] for row in other], arm_plan
        )
        arms[arm] = judge(lesson, lesson.primary, values, arm_base)
    if arms and arm_plan.histories == plan.histories:
        same = np.isin(draws, arm_draws)
        arm_full = judge(lesson, lesson.primary, [value[same] for value in primary], base[same])
    return LessonResult(
        lesson=lesson,
        outcomes=outcomes,
        bases=bases,
        arms=arms,
        arm_full=arm_full,
        effects=_effects(lesson, primary),
        draws=draws,
        base=base,
    )


def _who(lesson: Lesson, plan: Plan) -> tuple[IntArray, IntArray]:
    """Return of each row of an outcome which draw it is, and of which base."""
    parts = [plan.of_base(place, len(lesson.bases)) for place in range(len(lesson.bases))]
    base = np.concatenate([np.full(part.size, place) for place, part in enumerate(parts)])
    return np.concatenate(parts), base


def _values(
    lesson: Lesson, outcome: Outcome, kept: Sequence[Sequence[Mapping[str, Array]]], plan: Plan
) -> list[Array]:
    """Return an outcome under every design, [D, R] each; for `process` without and with the process."""
    if lesson.shape == "process":
        level = replace(outcome, over="level")
        return [outcome_values(level, kept[0], plan, twin=True), outcome_values(level, kept[0], plan)]
    return [outcome_values(outcome, row, plan) for row in kept]


def judge(lesson: Lesson, outcome: Outcome, values: Sequence[Array], base: IntArray) -> Verdict:
    """Return the verdict on one outcome of a lesson, from its values under every design, [D, R] each."""
    if lesson.shape in ("inverted-u", "threshold"):
        turn = lesson.shape == "threshold"
        return curve_verdict(lesson.values, values, base, outcome.sign, turn=turn)
    if lesson.shape == "interaction":
        return interaction_verdict(values, base, outcome.sign)
    low, high = values
    return verdict(low, high, base, outcome.sign)


def _effects(lesson: Lesson, values: Sequence[Array]) -> Array:
    """Return the effect of each draw [D]: last design less first, or the difference of two differences."""
    difference = values[-1] - values[0]
    if lesson.shape == "interaction":
        difference = (values[3] - values[2]) - (values[1] - values[0])
    there = ~np.isnan(difference)
    total = np.where(there, difference, 0.0).sum(axis=1)
    return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), np.nan)


@dataclass(frozen=True, slots=True)
class Controls:
    """How often the verdict speaks where there is nothing to say.

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


_SPEAKS: Final = ("robust", "usual", "reversed")
_CONTROL_OUTCOMES: Final = (
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
    "defined_share",
    "harmonisation",
    "law_change",
    "deals",
    "joint_acts",
    "commitment",
    "backing",
    "candour_year",
    "participation",
)


def controls(
    results: Sequence[LessonResult],
    folder: Path,
    *,
    plan: Plan = FULL,
    pairs: int = 10,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Controls]:
    """Return the rate of false verdicts of both negative controls.

    The first plays lessons' low designs twice with different luck and judges twenty outcomes of each; the
    second shuffles the labels of the designs of contrasts within pairs of histories.

    Parameters
    ----------
    results : of lessons that were run with `plan` into `folder`
    pairs : how many lessons' low designs are played a second time
    """
    contrasts = [one for one in results if one.lesson.shape == "contrast"]
    chosen = contrasts[:pairs]
    other = replace(plan, luck=_OTHER_LUCK)
    first = {one.lesson.id: cells_of(one.lesson, one.lesson.designs[:1], Arm(), plan)[0] for one in chosen}
    second = {one.lesson.id: cells_of(one.lesson, one.lesson.designs[:1], Arm(), other)[0] for one in chosen}
    _play([cell for row in (*first.values(), *second.values()) for cell in row], folder, workers, progress)
    same: dict[tuple[str, ...], Verdict] = {}
    for one in chosen:
        key = tuple(cell.key for cell in first[one.lesson.id])
        a = [read_cell(cell, folder) for cell in first[one.lesson.id]]
        b = [read_cell(cell, folder) for cell in second[one.lesson.id]]
        _, base = _who(one.lesson, plan)
        for name in _CONTROL_OUTCOMES:
            outcome = Outcome(name, 1, "life", "level", primary=True)
            values = outcome_values(outcome, a, plan), outcome_values(outcome, b, plan)
            same[(*key, name)] = verdict(*values, base, 1)
    shuffled = []
    for number, one in enumerate(contrasts):
        cells = cells_of(one.lesson, one.lesson.designs, Arm(), plan)
        kept = [[read_cell(cell, folder) for cell in row] for row in cells]
        _, base = _who(one.lesson, plan)
        for place, outcome in enumerate(one.lesson.outcomes):
            low, high = _values(one.lesson, outcome, kept, plan)
            for turn in range(_TURNS):
                swap = _coins(low.shape, number, place, turn)
                given = np.where(swap, high, low), np.where(swap, low, high)
                shuffled.append(verdict(*given, base, outcome.sign))
    return [_rate("same design, other luck", same.values()), _rate("labels shuffled", shuffled)]


_TURNS: Final = 5


def _coins(shape: tuple[int, ...], lesson: int, outcome: int, turn: int) -> BoolArray:
    """Return a fair coin for each pair of histories, by counter and not by order."""
    flat = noise(_CONTROL_SEED, np.arange(np.prod(shape)), turn, "sampling", lesson, outcome)
    coins: BoolArray = np.asarray(flat).reshape(shape) < 0.5
    return coins


def _rate(name: str, verdicts: Iterable[Verdict]) -> Controls:
    words = [one.word for one in verdicts]
    false = sum(word in _SPEAKS for word in words)
    low, high = exact_interval(false, len(words)) if words else (0.0, 1.0)
    return Controls(name, len(words), false, low, high)
