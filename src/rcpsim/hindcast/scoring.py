"""How far a simulated distribution is from what is documented, and the verdict on it.

The rules are those of docs/decisions/0011, fixed before any hindcast was run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.patterns import STATUS_WORDS, Documented, Pattern
from rcpsim.patterns.guessing import met_by_guess
from rcpsim.results import INTERVAL, quantiles

__all__ = ["VERDICTS", "Finding", "crps", "crps_over", "finding_of"]

VERDICTS: Final = ("within", "near", "missed", "cannot be said", "not described")
"""What may be said of a pattern, the best first."""

_POSITIONS: Final = ("dispersion", "dispersion_stated", "gap_across", "gap_stated")
_POINTS: Final = 21
_WIDE: Final = 0.5
_NEAR: Final = 0.1
_SURE: Final = 0.75
_FEW: Final = 0.1


@dataclass(frozen=True)
class Finding:
    """What the histories say of one pattern.

    Attributes
    ----------
    pattern : what was held against them
    histories, counted : how many were played, and how many lived long enough to be described
    low, median, high : ends and middle of the 90 % interval over those, in the unit of the pattern
    agreeing : share of them that say what is documented; of a level or date, that lie in its range
    shares : of histories that are active, dormant, ended; empty where no condition is asked
    score : continuous ranked probability score, in the unit of the pattern; 0 is best
    guess, guess_score : the constant guess (of a yes or no, its probability), and its score
    mean_score : of a fact on positions, the score of the mean and of the salience-weighted mean of positions,
        which put all states at one point and so foretell that they come together; else nan
    possible : least and greatest number a history could give
    verdict : one of `VERDICTS`
    weak : why the agreement would say little; empty where the pattern is strong
    predicted : whether no document that was read tells of it
    """

    pattern: Pattern
    histories: int
    counted: int
    low: float
    median: float
    high: float
    agreeing: float
    shares: tuple[float, ...]
    score: float
    guess: float
    guess_score: float
    mean_score: float
    possible: tuple[float, float]
    verdict: str
    weak: str
    predicted: bool

    @property
    def better(self) -> bool:
        """Whether the histories score better than the constant guess."""
        return self.score < self.guess_score


def crps(values: Array, truth: float) -> float:
    """Return the continuous ranked probability score of a sample, mean |x - y| - mean |x - x'| / 2.

    Parameters
    ----------
    values : (n,)   the sample, without nan
    truth : what came true

    Examples
    --------
    >>> crps(np.array([1.0, 3.0]), 2.0), crps(np.array([2.0]), 5.0)
    (0.5, 3.0)
    """
    ordered = np.sort(values)
    n = ordered.size
    spread = np.sum((2.0 * np.arange(1, n + 1) - n - 1.0) * ordered) / n**2
    return float(np.mean(np.abs(ordered - truth)) - spread)


def finding_of(
    pattern: Pattern,
    values: Array,
    possible: tuple[float, float],
    guess: float,
    *,
    as_of: int | None = None,
) -> Finding:
    """Return what the histories say of a pattern.

    Parameters
    ----------
    values : (H,)   what each came to; nan where it was not described
    possible : least and greatest number a history could give
    guess : the constant guess
    as_of : year of the latest document that was read
    """
    documented = pattern.documented
    assert documented is not None, "only patterns that are held are scored"
    told = values[~np.isnan(values)]
    shares: tuple[float, ...] = ()
    tail = (1.0 - INTERVAL) / 2.0
    low, median, high = (float(found) for found in quantiles(values, (tail, 0.5, 1.0 - tail)))
    if pattern.form == "status":
        shares = (
            tuple(float(np.mean(told == place)) for place in range(len(STATUS_WORDS))) if told.size else ()
        )
        score, agreeing = _brier(shares, documented.value)
        guess_score = float(guess != documented.value)
    else:
        score = crps_over(told, documented)
        guess_score = (1.0 - guess) ** 2 if pattern.yes_no else crps_over(np.array([guess]), documented)
        agreeing = _share_within(told, documented)
    if told.size < max(_FEW * values.size, 1.0):
        verdict = VERDICTS[4]
    elif pattern.yes_no or pattern.form == "status":
        verdict = _answer(agreeing, score < guess_score)
    else:
        verdict = _level(documented, low, high, possible, score < guess_score)
    weak = "" if pattern.strong else pattern.weak_because or "not marked strong"
    if not weak and met_by_guess(pattern, guess):
        weak = "a constant guess meets it"
    return Finding(
        pattern=pattern,
        histories=values.size,
        counted=told.size,
        low=low,
        median=median,
        high=high,
        agreeing=agreeing,
        shares=shares,
        score=score,
        guess=guess,
        guess_score=guess_score,
        mean_score=0.0 if pattern.form == "fall" and pattern.of in _POSITIONS else float("nan"),
        possible=possible,
        verdict=verdict,
        weak=weak,
        predicted=as_of is not None and pattern.known > as_of,
    )


def crps_over(values: Array, documented: Documented) -> float:
    """Return the score of a sample averaged over the documented range; nan of no sample.

    Examples
    --------
    >>> crps_over(np.array([2.0]), Documented(2.0, 1.0, 3.0)) > crps(np.array([2.0]), 2.0)
    True
    """
    if values.size == 0:
        return float("nan")
    if documented.low == documented.high:
        return crps(values, documented.value)
    return float(np.mean([crps(values, at) for at in np.linspace(documented.low, documented.high, _POINTS)]))


def _share_within(values: Array, documented: Documented) -> float:
    if values.size == 0:
        return float("nan")
    return float(np.mean((values >= documented.low) & (values <= documented.high)))


def _brier(shares: tuple[float, ...], truth: float) -> tuple[float, float]:
    """Return half the squared distances of the shares of all conditions, and the share of the true one."""
    if not shares:
        return float("nan"), float("nan")
    true = [float(place == truth) for place in range(len(shares))]
    return sum((a - b) ** 2 for a, b in zip(shares, true, strict=True)) / 2.0, shares[int(truth)]


def _answer(agreeing: float, better: bool) -> str:
    if 1.0 - _SURE < agreeing < _SURE:
        return "cannot be said"
    if agreeing <= 1.0 - _SURE:
        return "missed"
    return "within" if better else "near"


def _level(
    documented: Documented, low: float, high: float, possible: tuple[float, float], better: bool
) -> str:
    width = possible[1] - possible[0]
    if high - low > _WIDE * width:
        return "cannot be said"
    if documented.meets(low, high):
        return "within" if better else "near"
    gap = max(low - documented.high, documented.low - high)
    return "near" if gap <= _NEAR * width else "missed"
