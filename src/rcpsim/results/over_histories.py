"""What many histories say together: quantiles, means with their intervals, and the value that ends a year.

A value that is missing is ``nan`` and is left out; where all are missing, so is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray

__all__ = ["INTERVAL", "last_of_years", "mean_interval", "quantiles", "standard_deviation"]

INTERVAL: Final = 0.9
"""Probability that every interval holds."""


def last_of_years(values: Array, going: BoolArray, first: int, years: Sequence[int]) -> Array:
    """Return the last value of each year, an earlier one of the year where a process that goes on has none.

    Parameters
    ----------
    values, going : (H, Q)   whether the process has not ended
    first : absolute quarter of the first column
    years : Y of them

    Returns
    -------
    (H, Y)
    """
    ends = np.full((values.shape[0], len(years)), np.nan)
    for place, year in enumerate(years):
        start, last = max(4 * year - first, 0), min(4 * year + 3 - first, values.shape[1] - 1)
        if last < start:
            continue
        ends[:, place] = values[:, last]
        (rows,) = np.nonzero(np.isnan(values[:, last]) & going[:, last])
        for quarter in range(last - 1, start - 1, -1):
            if rows.size == 0:
                break
            ends[rows, place] = values[rows, quarter]
            rows = rows[np.isnan(values[rows, quarter])]
    return ends


def quantiles(values: Array, shares: Sequence[float]) -> tuple[Array, ...]:
    """Return quantiles over the first axis, leaving out ``nan``; linear between neighbours.

    Parameters
    ----------
    values : (H, ...)
    shares : probabilities in 0..1

    Returns
    -------
    one array (...) for each share; ``nan`` where all is missing

    Examples
    --------
    >>> quantiles(np.array([[1.0], [3.0], [np.nan], [2.0]]), (0.5, 0.75))
    (array([2.]), array([2.5]))
    """
    ordered = np.sort(values, axis=0)  # nan goes last
    found = np.sum(~np.isnan(values), axis=0)
    answers = []
    for share in shares:
        place = share * np.maximum(found - 1, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(found - 1, 0))
        low = np.take_along_axis(ordered, below[None], axis=0)[0]
        high = np.take_along_axis(ordered, above[None], axis=0)[0]
        answers.append(low + (high - low) * (place - below))
    return tuple(answers)


def mean_interval(values: Array) -> tuple[Array, Array, Array]:
    """Return mean and 90 % interval of the mean over the first axis, leaving out ``nan`` (Student's t).

    Parameters
    ----------
    values : (H, ...)

    Returns
    -------
    mean, low, high : (...); the interval is ``nan`` with fewer than two values

    Examples
    --------
    >>> mean, low, high = mean_interval(np.array([[1.0], [3.0], [np.nan]]))
    >>> mean, np.round(high - low, 2)
    (array([2.]), array([12.63]))
    """
    from scipy.special import stdtrit

    found = np.sum(~np.isnan(values), axis=0).astype(np.float64)
    mean = np.where(found > 0, np.nansum(values, axis=0) / np.maximum(found, 1.0), np.nan)
    more = np.maximum(found - 1.0, 1.0)
    half = stdtrit(more, 0.5 + INTERVAL / 2.0) * standard_deviation(values) / np.sqrt(np.maximum(found, 1.0))
    half = np.where(found > 1, half, np.nan)
    return mean, mean - half, mean + half


def standard_deviation(values: Array) -> Array:
    """Return the standard deviation of a sample over the first axis, leaving out ``nan``; 0 for one value."""
    found = np.sum(~np.isnan(values), axis=0)
    mean = np.nansum(values, axis=0) / np.maximum(found, 1)
    deviation: Array = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / np.maximum(found - 1, 1))
    return deviation
