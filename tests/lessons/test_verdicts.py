"""Verdicts in cases that can be worked out by hand, and what must never be mixed."""

from __future__ import annotations

import numpy as np
import pytest

from rcpsim.lessons.readings import SAME, change
from rcpsim.lessons.verdicts import (
    SMALLEST,
    Verdict,
    Word,
    contrast_effects,
    curve_effects,
    curve_verdict,
    exact_interval,
    interaction_verdict,
    judged,
    left_of,
    verdict,
    word,
)

ONE_BASE = np.zeros(20, dtype=np.int64)
RNG = np.random.default_rng(3)


def _low(draws: int = 20, each: int = 4, sd: float = 1.0) -> np.ndarray:
    """Histories with exactly this pooled standard deviation within draws."""
    pattern = np.array([-1.0, 1.0, -1.0, 1.0])[:each]
    return np.tile(pattern * sd / np.std(pattern, ddof=1), (draws, 1))


@pytest.mark.parametrize(
    ("share_for", "share_against", "expected"),
    [
        (0.9, 0.1, "robust"),
        (0.899, 0.0, "usual"),
        (0.7, 0.3, "usual"),
        (0.69, 0.0, "open"),
        (0.3, 0.7, "reversed"),
        (0.31, 0.69, "open"),
        (0.3, 0.0, "nothing to be seen"),
        (0.12, 0.18, "nothing to be seen"),  # 1 - .12 - .18 is a hair under .7 in floating point or not
        (0.05, 0.25, "nothing to be seen"),
        (0.2, 0.2, "open"),
        (0.0, 0.69, "open"),
        (0.0, 0.31, "open"),
    ],
)
def test_the_words_are_those_of_the_decision(share_for: float, share_against: float, expected: str) -> None:
    assert word(share_for, share_against) == expected


def test_an_effect_is_the_mean_paired_difference_and_is_scaled_by_histories_not_by_differences() -> None:
    low = _low(sd=2.0)
    found = verdict(low, low + 1.0, ONE_BASE, 1)  # paired differences have no spread at all
    assert found.median == pytest.approx(1.0)
    assert found.standardised == pytest.approx(0.5)
    assert found.smallest == pytest.approx(SMALLEST * 2.0)
    assert (found.word, found.share_for, found.draws, found.missing) == ("robust", 1.0, 20, 0.0)
    assert verdict(low, low + 1.0, ONE_BASE, -1).word == "reversed"


def test_the_spread_between_draws_is_no_part_of_the_scale() -> None:
    low = _low() + 100.0 * np.arange(20)[:, None]
    assert verdict(low, low + 1.0, ONE_BASE, 1).standardised == pytest.approx(1.0)


def test_the_smallest_effect_is_a_bound_that_must_be_passed() -> None:
    low = _low()
    assert verdict(low, low + 0.099, ONE_BASE, 1).word == "nothing to be seen"
    assert verdict(low, low + 0.101, ONE_BASE, 1).word == "robust"


def test_draws_count_and_histories_do_not() -> None:
    """Six draws of ten with a large effect are six of ten, however many histories a draw has."""
    high = np.where(np.arange(10)[:, None] < 6, 5.0, -0.0) + _low(10)
    found = verdict(_low(10), high, np.zeros(10, dtype=np.int64), 1)
    assert (found.share_for, found.share_against, found.word) == (0.6, 0.0, "open")
    few = np.where(np.arange(10)[:, None] < 6, [[5.0, np.nan, np.nan, np.nan]], 0.0) + _low(10)
    assert verdict(_low(10), few, np.zeros(10, dtype=np.int64), 1).share_for == 0.6


def test_each_base_has_its_own_scale() -> None:
    base = np.repeat([0, 1], 10)
    low = np.concatenate([_low(10, sd=1.0), _low(10, sd=10.0)])
    effects = contrast_effects(low, low + 0.5, base)
    assert effects.standardised[0] == pytest.approx(0.5)
    assert effects.standardised[-1] == pytest.approx(0.05)
    assert judged(effects, 1).share_for == 0.5


def test_a_history_without_a_value_in_one_design_is_left_out_of_its_draw_and_counted() -> None:
    low, high = _low(), _low() + 1.0
    low[:, 0] = np.nan
    high[:, 1] = np.nan
    high[0] = np.nan  # a draw with no pair at all
    found = verdict(low, high, ONE_BASE, 1)
    assert found.draws == 19
    assert found.missing == pytest.approx((20 * 2 + 2) / 80)
    assert found.median == pytest.approx(1.0)


def test_with_fewer_than_ten_draws_nothing_is_said() -> None:
    found = verdict(_low(9), _low(9) + 9.0, np.zeros(9, dtype=np.int64), 1)
    assert found.word == "open"
    assert np.isnan(found.median)


def test_the_same_numbers_twice_are_no_effect_at_all_even_without_spread() -> None:
    flat = np.ones((20, 3))
    for low in (flat, _low()):
        found = verdict(low, low.copy(), ONE_BASE, 1)
        assert (found.median, found.standardised, found.share_for, found.share_against) == (
            0.0,
            0.0,
            0.0,
            0.0,
        )
        assert found.word == "nothing to be seen"


def test_the_verdict_does_not_depend_on_the_order_of_draws_or_of_histories() -> None:
    low, high = RNG.normal(size=(20, 5)), RNG.normal(0.3, 1.0, size=(20, 5))
    base = np.arange(20) % 3
    found = verdict(low, high, base, 1)
    rows, columns = RNG.permutation(20), RNG.permutation(5)
    turned = verdict(low[rows][:, columns], high[rows][:, columns], base[rows], 1)
    assert turned.word == found.word
    assert turned.median == pytest.approx(found.median)
    assert turned.standardised == pytest.approx(found.standardised)


# --- interactions and curves ---------------------------------------------------------------------


def test_an_interaction_is_a_difference_of_differences() -> None:
    low = _low()
    cells = [low, low + 1.0, low + 7.0, low + 7.0 + 1.75]
    assert interaction_verdict(cells, ONE_BASE, 1).median == pytest.approx(0.75)
    parallel = [low, low + 1.0, low + 7.0, low + 8.0]
    assert interaction_verdict(parallel, ONE_BASE, 1).word == "nothing to be seen"


VALUES = tuple(np.linspace(0.0, 1.0, 7))


def _curve(shape: np.ndarray) -> list[np.ndarray]:
    return [_low() + value for value in shape]


def test_an_inverted_u_has_its_best_point_inside_and_drops_to_both_ends() -> None:
    at = np.asarray(VALUES)
    found = curve_verdict(VALUES, _curve(4.0 - 16.0 * (at - 0.4) ** 2), ONE_BASE, 1, turn=False)
    assert found.word == "robust"
    assert found.place == pytest.approx(0.4)
    assert found.median == pytest.approx(16.0 * 0.4**2)  # the smaller of the two drops
    assert curve_verdict(VALUES, _curve(16.0 * (at - 0.4) ** 2), ONE_BASE, 1, turn=False).word == "reversed"
    upright = curve_verdict(VALUES, _curve(16.0 * (at - 0.4) ** 2), ONE_BASE, -1, turn=False)
    assert (upright.word, upright.place) == ("robust", pytest.approx(0.4))


@pytest.mark.parametrize(
    "shape", [np.asarray(VALUES) * 9.0, 1.0 - (np.asarray(VALUES) - 1.0) ** 2, np.zeros(7)]
)
def test_a_curve_that_only_rises_is_no_inverted_u(shape: np.ndarray) -> None:
    found = curve_verdict(VALUES, _curve(shape), ONE_BASE, 1, turn=False)
    assert found.word == "nothing to be seen"
    assert np.isnan(found.place)


def test_a_step_is_a_threshold_and_a_straight_line_is_none() -> None:
    at = np.asarray(VALUES)
    step = curve_verdict(VALUES, _curve(3.0 * (at > 0.6)), ONE_BASE, 1, turn=True)
    assert step.word == "robust"
    assert 0.4 < step.place < 0.8
    assert step.median == pytest.approx(1.5)  # all of the rise less half of it
    assert curve_verdict(VALUES, _curve(3.0 * at), ONE_BASE, 1, turn=True).word == "reversed"
    assert curve_verdict(VALUES, _curve(-3.0 * (at > 0.6)), ONE_BASE, 1, turn=True).word == "reversed"


def test_a_hump_without_a_rise_is_no_threshold() -> None:
    """Its steepest third holds more than the whole rise, but there is no rise to hold."""
    hump = np.array([0.0, 0.0, 2.0, 4.0, 2.0, 0.0, 0.01])
    found = curve_effects(VALUES, _curve(hump), ONE_BASE, 1, turn=True)
    assert judged(found, 1).word == "nothing to be seen"


def test_a_curve_needs_seven_points() -> None:
    with pytest.raises(ValueError, match="7 points"):
        curve_verdict(VALUES[:6], _curve(np.zeros(6)), ONE_BASE, 1, turn=False)


# --- shares and intervals ------------------------------------------------------------------------


def _of(median: float, smallest: float) -> Verdict:
    nothing = float("nan")
    return Verdict("open", median, nothing, nothing, nothing, smallest, nothing, nothing, 20, 0.0)


def test_a_share_of_an_effect_that_is_not_there_is_not_told() -> None:
    assert left_of(_of(2.0, 0.5), _of(0.5, 0.5)) == 0.25
    assert left_of(_of(-2.0, 0.5), _of(1.0, 0.5)) == -0.5
    assert np.isnan(left_of(_of(0.4, 0.5), _of(0.4, 0.5)))


def test_the_exact_interval_is_that_of_clopper_and_pearson() -> None:
    assert exact_interval(0, 200) == pytest.approx((0.0, 0.018275), abs=1e-6)
    assert exact_interval(10, 200) == pytest.approx((0.024235, 0.090024), abs=1e-5)
    assert exact_interval(200, 200)[1] == 1.0


def test_without_spread_at_the_first_design_there_is_no_effect_in_standard_deviations() -> None:
    low, base = np.zeros((12, 3)), np.zeros(12, dtype=np.int64)
    high = np.where(np.arange(12)[:, None] < 6, 1.0, -1.0) + low
    found = verdict(low, high, base, 1)
    assert (found.flat, found.spread) == (1.0, False)
    assert (found.share_for, found.share_against, found.word) == (0.5, 0.5, "open")
    half = np.repeat([0, 1], 6)
    low[6:] = np.tile([0.0, 1.0, 2.0], (6, 1))
    some = verdict(low, low + 0.5, half, 1)
    assert some.flat == 0.5
    assert verdict(low[6:], low[6:] + 0.5, half[6:], 1).draws == 6
    told = verdict(np.tile(low[6:], (2, 1)), np.tile(low[6:], (2, 1)) + 0.5, base, 1)
    assert told.spread
    assert told.standardised == 0.5


@pytest.mark.parametrize(
    ("full", "other", "what"),
    [
        ("robust", "reversed", "turns round"),
        ("open", "reversed", "turns round"),
        ("reversed", "reversed", SAME),
        ("usual", "open", "no longer holds"),
        ("reversed", "usual", "comes to hold"),
        ("robust", "usual", SAME),
        ("open", "nothing to be seen", SAME),
    ],
)
def test_what_a_reading_does_to_a_verdict(full: Word, other: Word, what: str) -> None:
    one, two = (Verdict(word, *(0.0,) * 7, 40, 0.0) for word in (full, other))
    assert change(one, two) == what


def test_a_spread_that_is_only_rounding_is_none() -> None:
    """The mean of three times .4 is not .4, and what is left over is no standard deviation."""
    low, base = np.full((12, 3), 0.4), np.zeros(12, dtype=np.int64)
    assert low[0].std() > 0.0
    effects = contrast_effects(low, low + 0.1, base)
    assert set(effects.scale) == {0.0}
    assert np.isinf(effects.standardised).all()
    assert verdict(low, low + 0.1, base, 1).flat == 1.0
    nothing = verdict(low, low + 1e-17 + np.spacing(0.4), base, 1)
    assert (nothing.standardised, nothing.share_for) == (0.0, 0.0)
    small = contrast_effects(low * 1e-12, low * 2e-12, base)
    assert set(small.scale) == {0.0}
    assert (small.effect > 0.0).all()
