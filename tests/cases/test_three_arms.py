"""The three arms are computed as they are said to be; how lessons come out is recorded, never required."""

from __future__ import annotations

import numpy as np
import pytest

from rcpsim.axes import MECHANISMS
from tests.cases.test_emergence_audit import ALLOWED
from tests.cases.three_arms import (
    HISTORIES,
    LESSONS,
    OVER_TWIN,
    RESAMPLES,
    UNRELATED,
    Arm,
    Lesson,
    _resampled,
    arm,
    three_arms,
    verdict,
)
from tests.reproduction.recorded import Table, hold

REHEARSAL = {"histories": 6, "years": (1, 4)}
HEAD = """Recorded results: three arms of the lessons in tests/cases/three_arms.py (mean and 90 % interval of
the paired difference; share of the full effect that is left, with its interval).
To accept new ones see tests/reproduction/recorded.py; docs/emergence.md shows the table in words."""


def _all(histories: int, years: tuple[int, int]) -> dict[str, Table]:
    return {f"{lesson.name}: {lesson.outcome}": three_arms(lesson, histories, years) for lesson in LESSONS}


def test_the_arms_of_every_lesson_give_their_recorded_results() -> None:
    hold("three_arms_rehearsal", f"{HEAD}\nA rehearsal: few histories, four years.", _all(**REHEARSAL))


@pytest.mark.slow
def test_the_arms_of_every_lesson_give_their_recorded_results_in_full() -> None:
    hold("three_arms", f"{HEAD}\n{HISTORIES} histories, ten years.", _all(HISTORIES, (1, 10)))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: f"{one.name}: {one.outcome}")
def test_carriers_are_mechanisms_and_respond_is_none_of_them(lesson: Lesson) -> None:
    assert set(lesson.carriers) <= set(MECHANISMS)
    assert len(lesson.carriers) >= 1
    assert UNRELATED not in lesson.carriers
    assert lesson.dial in ALLOWED


@pytest.mark.parametrize("dial", ["confidentiality", "record", "sponsor_share"])
def test_with_every_door_of_a_dial_shut_nothing_at_all_is_left(dial: str) -> None:
    """Without all the mechanisms that the table of paths names for it, a dial makes no difference at all."""
    doors = tuple(sorted(set(ALLOWED[dial]) - {"laid_out"}))
    lesson = next(one for one in LESSONS if one.dial == dial)
    for outcome in (
        "trust_all",
        "understanding",
        "empathy",
        "law_change",
        "participation",
        "deals",
        "candour_year",
    ):
        open_, shut = (arm(lesson, off, **REHEARSAL, outcome=outcome) for off in ((), doors))
        assert shut.kept.sum() == REHEARSAL["histories"]
        assert not np.any(shut.differences), (dial, outcome)
        assert outcome in ("deals", "law_change") or np.any(open_.differences), (dial, outcome)


def test_size_leaves_no_candour_behind_when_nobody_chooses_his_words() -> None:
    lesson = next(one for one in LESSONS if one.dial == "members" and one.outcome == "candour_year")
    assert np.max(np.abs(arm(lesson, ("speak",), **REHEARSAL).differences)) < 1e-12
    assert np.max(np.abs(arm(lesson, (), **REHEARSAL).differences)) > 1e-3


def test_the_unrelated_mechanism_does_act() -> None:
    lesson = next(one for one in LESSONS if one.outcome == "trust_met" + OVER_TWIN)
    ties = [arm(lesson, off, **REHEARSAL, outcome="ties").differences for off in ((), (UNRELATED,))]
    acts = [arm(lesson, off, **REHEARSAL, outcome="joint_acts").differences for off in ((), (UNRELATED,))]
    assert np.any(ties[0] != ties[1])
    assert np.any(acts[0])
    assert not np.any(acts[1])


def test_pairs_without_a_value_are_in_no_mean() -> None:
    some = Arm(np.array([1.0, np.nan, 3.0]), np.array([1.0, 0.0, 1.0]))
    assert some.mean == 2.0
    low, high = some.interval
    assert 1.0 <= low <= 2.0 <= high <= 3.0
    assert _resampled(some).shape == (RESAMPLES,)
    assert np.isnan(Arm(np.array([np.nan]), np.array([0.0])).mean)


def test_a_verdict_is_read_off_the_three_arms() -> None:
    lesson = LESSONS[0]
    sign = float(lesson.expected)
    rows = {
        "full": [sign, *sorted((0.9 * sign, 1.1 * sign))],
        "carriers_left": [0.3, 0.2, 0.4],
        "unrelated_left": [0.95, 0.9, 1.0],
    }
    assert verdict(lesson, rows) == "as expected"
    assert verdict(lesson, {**rows, "carriers_left": [0.7, 0.6, 0.8]}) == "as expected, not carried so"
    assert verdict(lesson, {**rows, "unrelated_left": [0.5, 0, 1]}) == "as expected, the unrelated matters"
    assert verdict(lesson, {**rows, "full": [sign, -1.0, 1.0]}) == "no effect to be seen"
    other = [-sign, *sorted((-0.9 * sign, -1.1 * sign))]
    assert verdict(lesson, {**rows, "full": other}) == "the other way"
