"""Designs side by side: what a difference is, what shared luck gains, and when nothing can be said."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcpsim.comparison import (
    Comparison,
    Row,
    compare,
    middle_year,
    probability_of_superiority,
    unique_names,
)
from rcpsim.comparison import _row as row_of
from rcpsim.errors import InputError
from rcpsim.measures import MEASURES
from rcpsim.scenario import Scenario, load_scenario

YEARS = {"years": [1, 4]}
NUMBERS = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load_scenario("small-process", YEARS)


@pytest.fixture(scope="module")
def against_itself(small: Scenario) -> Comparison:
    """A design, the same again, and the same with closed doors."""
    closed = load_scenario("small-process", {**YEARS, "design.confidentiality": 1.0})
    return compare([small, small, closed], histories=6, seed=5, twin=False)


# One measure of two designs


def held_against(base: list[float], values: list[float]) -> Row:
    return row_of("trust_all", 4, "other", np.array(base), np.array(values), first=False)


def test_a_difference_is_taken_history_by_history() -> None:
    row = held_against([1.0, 2.0, 3.0, 10.0], [1.5, 2.5, 3.5, 12.5])
    assert row.pairs == 4
    assert row.difference == pytest.approx(0.5)
    assert row.mean_difference == pytest.approx(1.0)
    # Student's t with 3 degrees of freedom at 95 %: 2.3534; standard deviation of .5 .5 .5 2.5 is 1
    assert (row.low, row.high) == (
        pytest.approx(1.0 - 2.3534 / 2, abs=1e-4),
        pytest.approx(1.0 + 2.3534 / 2, abs=1e-4),
    )
    assert row.ahead == 1.0


def test_the_scale_is_the_spread_of_the_first_design_and_not_of_the_pairs() -> None:
    row = held_against([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert row.standardised == pytest.approx(1.0)
    assert row.luck_ratio == np.inf


def test_shared_luck_is_told_as_a_ratio_of_variances() -> None:
    rng = np.random.default_rng(3)
    luck = rng.normal(size=20_000)
    base = luck + 0.1 * rng.normal(size=luck.size)
    row = held_against(list(base), list(luck + 0.1 * rng.normal(size=luck.size)))
    assert row.luck_ratio == pytest.approx(2 * 1.01 / 0.02, rel=0.05)
    apart = held_against(list(base), list(rng.normal(size=luck.size)))
    assert apart.luck_ratio == pytest.approx(1.0, rel=0.05)


def test_all_variances_are_those_of_a_sample() -> None:
    """With three pairs it shows whether two or three divides; the sums of squares are 14/3, 50/3, 14/3."""
    row = held_against([1.0, 2.0, 4.0], [2.0, 2.0, 7.0])
    assert row.luck_ratio == pytest.approx((14 / 3 + 50 / 3) / 2 / (14 / 3 / 2))
    assert row.standardised == pytest.approx((4 / 3) / np.sqrt(14 / 3 / 2))


def test_an_ended_history_makes_no_pair() -> None:
    row = held_against([1.0, np.nan, 3.0, 4.0], [2.0, 2.0, np.nan, 5.0])
    assert (row.pairs, row.n) == (2, 3)
    assert row.mean_difference == 1.0


def test_without_pairs_the_difference_is_unknown() -> None:
    row = held_against([1.0, np.nan], [np.nan, 2.0])
    assert row.pairs == 0
    assert np.isnan([row.difference, row.mean_difference, row.low, row.standardised, row.luck_ratio]).all()
    assert row.superiority == 1.0
    assert np.isnan(held_against([np.nan], [np.nan]).superiority)


def test_one_history_has_a_difference_and_no_interval() -> None:
    row = held_against([1.0], [3.0])
    assert (row.difference, row.ahead) == (2.0, 1.0)
    assert np.isnan([row.low, row.high]).all()


# Superiority


@given(NUMBERS, NUMBERS)
def test_superiority_counts_all_pairs_and_ties_half(first: list[float], other: list[float]) -> None:
    pairs = list(itertools.product(first, other))
    wanted = sum((b > a) + 0.5 * (b == a) for a, b in pairs) / len(pairs)
    assert probability_of_superiority(np.array(first), np.array(other)) == pytest.approx(wanted)


@given(NUMBERS, NUMBERS)
def test_superiority_of_the_one_is_inferiority_of_the_other(first: list[float], other: list[float]) -> None:
    there = probability_of_superiority(np.array(first), np.array(other))
    back = probability_of_superiority(np.array(other), np.array(first))
    assert there + back == pytest.approx(1.0)


# Whole designs


def test_a_design_does_not_differ_from_itself(against_itself: Comparison) -> None:
    assert against_itself.names == ("small-process", "small-process-2", "small-process-3")
    same = [row for row in against_itself.rows if row.design == "small-process-2" and row.pairs]
    assert same
    for row in same:
        assert (row.difference, row.mean_difference, row.ahead) == (0.0, 0.0, 0.5), row.measure


def test_a_design_that_is_changed_differs(against_itself: Comparison) -> None:
    changed = [row for row in against_itself.rows if row.design == "small-process-3" and row.pairs]
    assert any(row.mean_difference != 0 for row in changed)


def test_the_rows_say_what_the_results_hold(against_itself: Comparison) -> None:
    base, _, other = (results.measures["trust_all"][:, -1] for results in against_itself.results)
    row = against_itself.row("trust_all", "small-process-3")
    assert row.q50 == pytest.approx(np.median(other))
    assert row.mean_difference == pytest.approx(np.mean(other - base))
    assert (row.phase, row.unit) == (MEASURES["trust_all"].phase, MEASURES["trust_all"].unit)


def test_every_measure_stands_at_the_middle_and_the_end(against_itself: Comparison) -> None:
    assert against_itself.years == (2, 4)
    frame = against_itself.to_frame()
    assert len(frame) == len(MEASURES) * 2 * 3
    assert set(frame["measure"]) == set(MEASURES)
    first = frame[frame["design"] == "small-process"]
    assert first["difference"].isna().all()
    assert (first["pairs"] == 0).all()


def test_progress_counts_over_all_designs(small: Scenario) -> None:
    seen: list[tuple[int, int, str]] = []
    compare([small, small], histories=3, twin=False, progress=lambda *told: seen.append(told))
    assert seen[-1] == (6, 6, "small-process-2")
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert {name for _, _, name in seen} == {"small-process", "small-process-2"}


def test_histories_meet_the_same_luck_in_every_design(small: Scenario) -> None:
    """The first history of a comparison is the same history that is played alone."""
    both = compare([small, small], histories=[4, 2], seed=9, twin=False)
    alone = compare([small, small], histories=[2], seed=9, twin=False)
    np.testing.assert_array_equal(
        both.results[1].measures["trust_all"][1], alone.results[0].measures["trust_all"][0]
    )


def test_one_design_alone_is_no_comparison(small: Scenario) -> None:
    with pytest.raises(InputError, match="name at least two"):
        compare([small])


def test_designs_of_other_years_are_told_all_at_once(small: Scenario) -> None:
    other = replace(small, years=(1, 3), file="other.toml")
    with pytest.raises(InputError) as caught:
        compare([small, other, "puebla"])
    assert [fault.found for fault in caught.value.faults] == ["are 1-3", "are 1996-2010"]
    assert "--years" in str(caught.value)


@pytest.mark.parametrize(
    ("years", "middle"), [([3], 3), ([3, 4], 3), ([3, 4, 5], 4), (list(range(1, 21)), 10)]
)
def test_the_middle_year(years: list[int], middle: int) -> None:
    assert middle_year(years) == middle


def test_names_that_come_twice_are_told_apart() -> None:
    assert unique_names(["a", "a", "a-2", "a"]) == ("a", "a-2", "a-2-2", "a-3")
