r"""When a lesson holds: effects, shares and words, over draws of all coefficients.

The rules stand in docs/decisions/0010-when-a-lesson-holds.md and were fixed before any lesson was run. An
outcome comes as an array of draws by histories, [D, R]; histories are averaged within a draw, and the draws
make the verdict. ``nan`` marks a history without a value; a draw in which no history has one is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import stats

from rcpsim.arrays import Array, BoolArray, IntArray

__all__ = [
    "FEWEST_DRAWS",
    "INTERVAL",
    "ROUNDING",
    "SMALLEST",
    "WORDS",
    "Effects",
    "Verdict",
    "Word",
    "contrast_effects",
    "curve_effects",
    "curve_verdict",
    "exact_interval",
    "interaction_effects",
    "interaction_verdict",
    "judged",
    "left_of",
    "verdict",
    "without_rounding",
    "word",
]

Word = Literal["robust", "usual", "open", "nothing to be seen", "reversed"]
WORDS: Final = ("robust", "usual", "open", "nothing to be seen", "reversed")

SMALLEST: Final = 0.1
"""Smallest effect of interest, in standard deviations over histories of one draw at the first design."""
INTERVAL: Final = 0.9
ROBUST: Final = 0.9
USUAL: Final = 0.7
RARE: Final = 0.3
FEWEST_POINTS: Final = 7
ROUNDING: Final = 1e-9
"""What is at most this share of the largest value is taken for rounding: it is no spread and no effect."""
FEWEST_DRAWS: Final = 10
_QUANTILES: Final = ((1.0 - INTERVAL) / 2.0, 0.5, (1.0 + INTERVAL) / 2.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the draws say about one outcome.

    Attributes
    ----------
    word : robust | usual | open | nothing to be seen | reversed
    median, low, high : of the effect over draws, with its 90 % interval, in the unit of the measure
    standardised : median of effects over the standard deviation of histories at the first design; not finite
        where there is no such spread
    smallest : the smallest effect of interest in the unit of the measure, averaged over base scenarios
    share_for, share_against : of the draws, beyond the smallest effect the lesson's way and the other way
    draws : that have a value
    missing : share of histories without a value in one of the designs
    place : for curves, where the optimum or the turn lies (median over the draws that have one), or nan
    flat : share of the draws whose base scenario has no spread at the first design, so that any effect counts
    """

    word: Word
    median: float
    low: float
    high: float
    standardised: float
    smallest: float
    share_for: float
    share_against: float
    draws: int
    missing: float
    place: float = float("nan")
    flat: float = 0.0

    @property
    def spread(self) -> bool:
        """Whether there is a standard deviation to tell the median effect in."""
        return self.flat == 0.0 or bool(np.isfinite(self.standardised))


def word(share_for: float, share_against: float) -> Word:
    """Return the word for the shares of draws.

    Examples
    --------
    >>> word(0.95, 0.0), word(0.8, 0.1), word(0.5, 0.3), word(0.1, 0.1), word(0.1, 0.8)
    ('robust', 'usual', 'open', 'nothing to be seen', 'reversed')
    """
    if share_for >= ROBUST:
        return "robust"
    if share_for >= USUAL:
        return "usual"
    if share_for <= RARE and share_against >= USUAL:
        return "reversed"
    if share_for <= RARE and round(1.0 - share_for - share_against, 9) >= USUAL:
        return "nothing to be seen"
    return "open"


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The effect in every draw, before it is judged.

    Attributes
    ----------
    effect : (D,)   in the unit of the measure; nan where no history has a value
    scale : (D,)   standard deviation over histories of one draw at the first design, of the draw's base
    missing : share of histories without a value in one of the designs
    place : (D,)   of curves, where the optimum or the turn of each draw lies; nan for others
    """

    effect: Array
    scale: Array
    missing: float
    place: Array

    @property
    def standardised(self) -> Array:
        """The effect in standard deviations: (D,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            standard: Array = np.where(self.effect == 0.0, 0.0, self.effect / self.scale)
        return np.where(np.isnan(self.scale), np.nan, standard)

    def way(self, sign: int) -> Array:
        """Return 1 where a draw goes the lesson's way beyond the smallest effect, -1 the other way, or 0."""
        standard = self.standardised * sign
        told = np.where(standard > SMALLEST, 1.0, np.where(standard < -SMALLEST, -1.0, 0.0))
        return np.where(np.isnan(standard), np.nan, told)


def contrast_effects(low: Array, high: Array, base: IntArray, *, twin: bool = False) -> Effects:
    """Return the mean paired difference of each draw.

    Parameters
    ----------
    low, high : (D, R)   the outcome under the two designs, the same histories
    base : (D,)   index of the base scenario of each draw
    twin : whether `low` is the twin that never meets; then `high` is the first design, as many measures never
        move in a twin and have no spread there to measure an effect by
    """
    return _paired(high - low, high if twin else low, base)


def interaction_effects(cells: Sequence[Array], base: IntArray) -> Effects:
    """Return the mean difference of two differences of each draw.

    Parameters
    ----------
    cells : low and high at the first value of the second dial, low and high at its second, each (D, R)
    """
    low, high, low_2, high_2 = cells
    return _paired((high_2 - low_2) - (high - low), low, base)


def _paired(pairs: Array, first: Array, base: IntArray) -> Effects:
    effect = without_rounding(_mean(pairs), _largest(first, base))
    return Effects(effect, _scale(first, base), float(np.isnan(pairs).mean()), np.full(effect.shape, np.nan))


def curve_effects(
    values: Sequence[float], cells: Sequence[Array], base: IntArray, sign: int, *, turn: bool
) -> Effects:
    """Return of each draw how far its curve has an optimum in its interior, or a turn.

    A parabola is laid through all points of a draw. It speaks *for* an inverted U where its best point lies
    between the ends and stands above both by more than the smallest effect, and *against* where it is a U by
    as much. The effect is the smaller of the two drops, negative where there is none. For a turn, the effect
    is the rise over the steepest third of the range beyond half of the whole rise, and no more than the whole
    rise, which has to go the lesson's way.

    Parameters
    ----------
    values : (P,)   of the dial, rising, at least seven
    cells : P arrays (D, R)
    sign : the lesson's way; the effect has it where a draw speaks for the lesson
    turn : whether the lesson speaks of a threshold rather than of a best point

    Raises
    ------
    ValueError
        for fewer than seven points
    """
    if len(values) < FEWEST_POINTS:
        raise ValueError(f"a curve needs {FEWEST_POINTS} points or more, found {len(values)}")
    at = np.asarray(values, dtype=np.float64)
    stack = np.stack(cells, axis=-1)  # [D, R, P]
    gone: BoolArray = np.asarray(np.isnan(stack).any(axis=-1))
    curve = _mean_last(np.where(gone[..., None], np.nan, stack)) * sign  # [D, P]
    effect, place = _turn(at, curve) if turn else _optimum(at, curve)
    effect = without_rounding(effect, _largest(cells[0], base))
    scale = _scale(cells[0], base)
    with np.errstate(invalid="ignore"):
        place = np.where(effect > SMALLEST * scale, place, np.nan)
    return Effects(effect * sign, scale, float(gone.mean()), place)


def verdict(low: Array, high: Array, base: IntArray, sign: int) -> Verdict:
    """Return the verdict on a contrast of two designs; see :func:`contrast_effects`.

    Parameters
    ----------
    sign : the lesson's way, +1 or -1
    """
    return judged(contrast_effects(low, high, base), sign)


def interaction_verdict(cells: Sequence[Array], base: IntArray, sign: int) -> Verdict:
    """Return the verdict on a difference of two differences; see :func:`interaction_effects`."""
    return judged(interaction_effects(cells, base), sign)


def curve_verdict(
    values: Sequence[float], cells: Sequence[Array], base: IntArray, sign: int, *, turn: bool
) -> Verdict:
    """Return the verdict on a curve: an optimum in its interior, or a turn; see :func:`curve_effects`."""
    return judged(curve_effects(values, cells, base, sign, turn=turn), sign)


def _optimum(at: Array, curve: Array) -> tuple[Array, Array]:
    """Return the smaller drop from the best point of a parabola to the ends [D], and where it lies [D]."""
    middle, half = (at[0] + at[-1]) / 2.0, (at[-1] - at[0]) / 2.0
    x = (at - middle) / half
    constant, slope, bend = _parabola(x, curve)
    with np.errstate(divide="ignore", invalid="ignore"):
        best = np.where(bend != 0.0, -slope / (2.0 * bend), np.inf)
    inside = np.abs(best) < 1.0
    ends = np.stack([constant + bend - slope, constant + bend + slope], axis=-1)
    top = constant + slope * np.where(inside, best, 0.0) + bend * np.where(inside, best, 0.0) ** 2
    peak = np.where(inside & (bend < 0.0), top - ends.max(axis=-1), 0.0)
    pit = np.where(inside & (bend > 0.0), top - ends.min(axis=-1), 0.0)
    effect = np.where(np.isnan(constant), np.nan, peak + pit)
    return effect, middle + half * best


def _parabola(x: Array, curve: Array) -> tuple[Array, Array, Array]:
    """Return constant, slope and bend [D] of the parabola of least squares through curves [D, P]."""
    basis = np.stack([np.ones_like(x), x, x**2], axis=-1)
    fit = curve @ np.linalg.pinv(basis).T
    return fit[:, 0], fit[:, 1], fit[:, 2]


def _turn(at: Array, curve: Array) -> tuple[Array, Array]:
    """Return the rise over the steepest third less half of the whole rise, or the whole [D]; its middle."""
    width = (at[-1] - at[0]) / 3.0
    starts = at[at <= at[-1] - width + 1e-12]
    rises = np.stack([_at(at, curve, start + width) - _at(at, curve, start) for start in starts], axis=-1)
    whole = curve[:, -1] - curve[:, 0]
    steepest = np.argmax(np.where(np.isnan(rises), -np.inf, rises), axis=-1)
    most = np.take_along_axis(rises, steepest[:, None], axis=-1)[:, 0]
    effect = np.where(whole > 0.0, np.minimum(most - 0.5 * whole, whole), whole)
    return effect, starts[steepest] + width / 2.0


def _at(at: Array, curve: Array, where: float) -> Array:
    """Return curves [D, P] read between their points at one place: [D]."""
    return np.array([np.interp(where, at, row) for row in curve])


def judged(effects: Effects, sign: int) -> Verdict:
    """Return the verdict that the effects of all draws come to; with fewer than ten draws it is open."""
    known = ~np.isnan(effects.effect) & ~np.isnan(effects.scale)
    effect, scale = effects.effect[known], effects.scale[known]
    if effect.size < FEWEST_DRAWS:
        return Verdict("open", *(float("nan"),) * 7, effect.size, effects.missing)
    way = effects.way(sign)[known]
    share_for, share_against = float(np.mean(way > 0.0)), float(np.mean(way < 0.0))
    low, median, high = (float(q) for q in np.quantile(effect, _QUANTILES))
    place = effects.place[known]
    found = place[~np.isnan(place)]
    with np.errstate(invalid="ignore"):  # without spread, halves that go opposite ways have no median
        standardised = float(np.median(effects.standardised[known]))
    return Verdict(
        word=word(share_for, share_against),
        median=median,
        low=low,
        high=high,
        standardised=standardised,
        smallest=float(SMALLEST * np.mean(scale)),
        share_for=share_for,
        share_against=share_against,
        draws=effect.size,
        missing=effects.missing,
        place=float(np.median(found)) if found.size else float("nan"),
        flat=float(np.mean(scale == 0.0)),
    )


def _mean(pairs: Array) -> Array:
    """Return the mean over the histories of each draw that have a value: [D]."""
    return _mean_last(pairs[..., None])[:, 0]


def _mean_last(values: Array) -> Array:
    """Return the mean over histories [D, R, P] -> [D, P], nan where a draw has none."""
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _scale(low: Array, base: IntArray) -> Array:
    """Return the standard deviation over histories of one draw, pooled over the draws of its base: [D].

    It is 0 where it is nothing but rounding.
    """
    there = ~np.isnan(low)
    count = there.sum(axis=1)
    mean = _mean(low)[:, None]
    squares = np.where(there, (low - mean) ** 2, 0.0).sum(axis=1)
    scale = np.full(low.shape[0], np.nan)
    for one in np.unique(base):
        of_base = base == one
        freedom = np.maximum(count[of_base] - 1, 0).sum()
        if freedom > 0:
            scale[of_base] = np.sqrt(squares[of_base].sum() / freedom)
    return without_rounding(scale, _largest(low, base))


def _largest(values: Array, base: IntArray) -> Array:
    """Return the largest value, whatever its sign, among the draws of the same base: [D, R] -> [D]."""
    of_draw = np.abs(np.where(np.isnan(values), 0.0, values)).max(axis=1, initial=0.0)
    largest = np.zeros(of_draw.size)
    for one in np.unique(base):
        largest[base == one] = of_draw[base == one].max()
    return largest


def without_rounding(numbers: Array, largest: Array) -> Array:
    """Return numbers with 0 in place of those that are only rounding beside the largest value.

    Examples
    --------
    >>> without_rounding(np.array([3e-17, 0.01, 3e-17]), np.array([0.4, 0.4, 0.0])).tolist()
    [0.0, 0.01, 3e-17]
    """
    with np.errstate(invalid="ignore"):
        kept: Array = np.where(np.abs(numbers) <= ROUNDING * largest, 0.0, numbers)
    return kept


def left_of(full: Verdict, ablated: Verdict) -> float:
    """Return the share of the median effect that is left without some mechanisms.

    It is nan where the full effect lies within the smallest effect: a share of nothing says nothing.
    """
    if not abs(full.median) > full.smallest:
        return float("nan")
    return ablated.median / full.median


def exact_interval(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a rate (Clopper and Pearson 1934).

    Examples
    --------
    >>> tuple(round(bound, 4) for bound in exact_interval(0, 200))
    (0.0, 0.0183)
    """
    interval = stats.binomtest(hits, of).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)
