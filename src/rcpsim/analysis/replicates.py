r"""What a setting was repeated over, taken apart: draws of the coefficients, and luck.

A measure of a sweep is an array (S, D, H): settings, draws, histories. Draws and histories are numbered
alike in every setting, so that each setting plays the same draws crossed with the same luck:

.. math:: y_{sdh} = \mu + a_s + b_d + c_h + (ab)_{sd} + (ac)_{sh} + (bc)_{dh} + e_{sdh}

What all settings share (:math:`b`, :math:`c`, :math:`bc`) shifts no comparison. What is left beside
:math:`a` is noise of the mean of a setting, and more draws and histories make it smaller. Two replicates
that have neither draw nor history in common share none of it, so that products over such pairs
(`independent_product`) are free of noise on average, whatever its size in each setting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from rcpsim.arrays import Array, BoolArray

__all__ = [
    "Parts",
    "half_width",
    "independent_product",
    "jackknife_half_width",
    "mean_over",
    "parts_of_variance",
    "units_of",
]


def mean_over(values: Array, axis: int | tuple[int, ...]) -> Array:
    """Return the mean of what is there along axes; nan where nothing is."""
    there = ~np.isnan(values)
    count = np.sum(there, axis=axis)
    total = np.sum(np.where(there, values, 0.0), axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def units_of(values: Array) -> tuple[str, Array]:
    """Return what is counted in, and its values: draws, their histories averaged, or histories of one draw.

    Parameters
    ----------
    values : (..., D, H)

    Returns
    -------
    ``draw`` and (..., D), or ``history`` and (..., H) where there is one draw
    """
    if values.shape[-2] > 1:
        return "draw", mean_over(values, -1)
    return "history", values[..., 0, :]


def half_width(values: Array, interval: float) -> Array:
    """Return half the interval of a mean over the last axis (Student); nan with fewer than two values.

    Examples
    --------
    >>> half_width(np.array([1.0, 3.0, 2.0]), 0.9).round(3)
    np.float64(1.686)
    """
    count = np.sum(~np.isnan(values), axis=-1)
    away = np.where(np.isnan(values), 0.0, values - mean_over(values, -1)[..., None])
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.sum(away**2, axis=-1) / (count - 1) / count)
    wide = stats.t.ppf((1.0 + interval) / 2.0, np.maximum(count - 1, 1)) * error
    result: Array = np.where(count > 1, wide, np.nan)
    return result


def independent_product(one: Array, other: Array) -> Array:
    """Return the mean product over all pairs of replicates that share neither draw nor history.

    Where there is one draw, or one history, it is shared by all and pairs differ in the other alone.

    Parameters
    ----------
    one, other : (..., D, H)   without gaps

    Returns
    -------
    (...)   nan where no two replicates differ

    Examples
    --------
    >>> y = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> float(independent_product(y, y))  # (1 x 4 + 2 x 3 + 3 x 2 + 4 x 1) / 4
    5.0
    """
    draws, histories = one.shape[-2:]
    pairs = (draws * (draws - 1) if draws > 1 else 1) * (histories * (histories - 1) if histories > 1 else 1)
    if draws * histories < 2:
        return np.full(np.broadcast_shapes(one.shape, other.shape)[:-2], np.nan)
    same = np.sum(one * other, axis=(-2, -1))
    of_draw = np.sum(np.sum(one, axis=-1) * np.sum(other, axis=-1), axis=-1)
    of_history = np.sum(np.sum(one, axis=-2) * np.sum(other, axis=-2), axis=-1)
    whole = np.sum(one, axis=(-2, -1)) * np.sum(other, axis=(-2, -1))
    if draws > 1 and histories > 1:
        return np.asarray((whole - of_draw - of_history + same) / pairs)
    return np.asarray((whole - same) / pairs)


@dataclass(frozen=True, slots=True)
class Parts:
    """Variance of the histories of a sweep by where it comes from, in squares of the measure's unit.

    Attributes
    ----------
    settings : what the factors do, the same in every draw and history
    draws : what the coefficients do, the same in every setting
    luck : what luck and judged values do, the same in every setting; nan with one history
    settings_by_draws : factors that act otherwise under other coefficients; nan with one draw
    settings_by_luck : factors that act otherwise with other luck, and all that is left
    noise : what is left of the last two in the mean of a setting
    complete : share of settings that have a value in every replicate; the others are left out
    """

    settings: float
    draws: float
    luck: float
    settings_by_draws: float
    settings_by_luck: float
    noise: float
    complete: float

    @property
    def noise_share(self) -> float:
        """Share of the variance between means of settings that is noise of the replicates."""
        total = self.settings + self.noise
        return self.noise / total if total > 0.0 else float("nan")


def parts_of_variance(values: Array) -> Parts:
    """Return where the variance of a measure comes from, by mean squares of the crossed layout.

    Parameters
    ----------
    values : (S, D, H)

    Examples
    --------
    >>> y = np.arange(3.0)[:, None, None] + 10.0 * np.arange(2.0)[None, :, None] + np.zeros((3, 2, 2))
    >>> parts = parts_of_variance(y)
    >>> parts.settings, parts.draws, parts.luck, parts.noise
    (1.0, 50.0, 0.0, 0.0)
    """
    whole = ~np.isnan(values).any(axis=(1, 2))
    complete = float(whole.mean()) if whole.size else 0.0
    y = values[whole]
    settings, draws, histories = y.shape
    if settings < 2 or draws * histories < 2:
        return Parts(*(float("nan"),) * 6, complete)
    axes = {"s": 0, "d": 1, "h": 2}
    sizes = {"s": settings, "d": draws, "h": histories}
    effects: dict[str, Array] = {}
    squares: dict[str, float] = {}
    for term in ("", "s", "d", "h", "sd", "sh", "dh", "sdh"):
        out = tuple(axis for name, axis in axes.items() if name not in term)
        effect = np.mean(y, axis=out, keepdims=True) if out else y.copy()
        for lower, found in effects.items():
            if set(lower) < set(term):
                effect = effect - found
        effects[term] = effect
        freedom = int(np.prod([sizes[name] - 1 for name in term])) if term else 1
        repeats = int(np.prod([size for name, size in sizes.items() if name not in term]))
        squares[term] = repeats * float(np.sum(effect**2)) / freedom if freedom else 0.0
    if draws == 1 or histories == 1:
        return _of_one(squares, settings, draws, histories, complete)
    rest = squares["sdh"]
    by_draws = max(squares["sd"] - rest, 0.0) / histories
    by_luck = max(squares["sh"] - rest, 0.0) / draws
    noise = (squares["sd"] + squares["sh"] - rest) / (draws * histories)
    return Parts(
        settings=max((squares["s"] - squares["sd"] - squares["sh"] + rest) / (draws * histories), 0.0),
        draws=max((squares["d"] - squares["sd"] - squares["dh"] + rest) / (settings * histories), 0.0),
        luck=max((squares["h"] - squares["sh"] - squares["dh"] + rest) / (settings * draws), 0.0)
        + max((squares["dh"] - rest) / settings, 0.0),
        settings_by_draws=by_draws,
        settings_by_luck=by_luck + rest,
        noise=max(noise, 0.0),
        complete=complete,
    )


def _of_one(squares: dict[str, float], settings: int, draws: int, histories: int, complete: float) -> Parts:
    """Return the parts where there is one draw, or one history in each."""
    nothing = float("nan")
    many, rest, own = (
        (histories, squares["sh"], squares["h"]) if draws == 1 else (draws, squares["sd"], squares["d"])
    )
    shared = max((own - rest) / settings, 0.0)
    return Parts(
        settings=max((squares["s"] - rest) / many, 0.0),
        draws=nothing if draws == 1 else shared,
        luck=shared if draws == 1 else nothing,
        settings_by_draws=nothing if draws == 1 else rest,
        settings_by_luck=rest if draws == 1 else nothing,
        noise=rest / many,
        complete=complete,
    )


def jackknife_half_width(
    values: Array, of: Callable[[Array], Array], interval: float
) -> tuple[Array, BoolArray]:
    """Return half the interval that the replicates alone leave to a statistic, the settings as they are.

    Each draw is left out in turn, and then each history, and the two variances are added up. The degrees of
    freedom are those of Welch and Satterthwaite, so that few histories spoil nothing where the draws decide.

    Parameters
    ----------
    values : (S, D, H)
    of : from an array like that to a statistic (K,)

    Returns
    -------
    (K,)   nan where there is one replicate
    (K,)   whether more histories, rather than more draws, would make it narrower
    """
    known = of(values)
    variance, freedom = np.zeros((2, *known.shape)), np.ones(2)
    for place, axis in enumerate((1, 2)):
        many = values.shape[axis]
        if many > 1:
            left = np.stack([of(np.delete(values, one, axis=axis)) for one in range(many)])
            variance[place] = (many - 1) / many * np.sum((left - left.mean(axis=0)) ** 2, axis=0)
            freedom[place] = many - 1
    if values.shape[1] * values.shape[2] < 2:
        return np.full_like(known, np.nan), np.zeros(known.shape, dtype=np.bool_)
    total = variance.sum(axis=0)
    weighed = np.sum(variance**2 / freedom[:, None], axis=0)
    effective = np.where(total > 0.0, total**2 / np.where(weighed > 0.0, weighed, 1.0), 1.0)
    half = stats.t.ppf((1.0 + interval) / 2.0, np.maximum(effective, 1.0)) * np.sqrt(total)
    return np.asarray(half), np.asarray(variance[1] > variance[0])
