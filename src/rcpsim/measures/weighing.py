"""What a measure is, and how states, pairs and issues are weighed in it.

Every mean is over states of the *founding list* unless a measure says otherwise, so that a state that left or
came later does not change what is averaged. Histories are never added up: each has its own numbers, the same
to the bit alone and in a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rcpsim.arrays import Array, BoolArray

__all__ = ["PHASES", "Measure", "over_all", "ratio", "shares", "spread", "summed", "weighted"]

PHASES = {
    "i": "agenda setting and issue definition",
    "ii": "consensus and convergence of positions",
    "iii": "law, policy and practice",
    "life": "the life of the process",
}
"""The three phases of [H10] p. 15 and, beside them, how the process itself fares."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that a process is described by, quarter by quarter.

    Attributes
    ----------
    name : as it is called in files and on the command line
    phase : one of `PHASES`
    unit : what it is counted in
    meaning : its definition in one or two sentences
    low, high : the least and the greatest value it can take
    """

    name: str
    phase: str
    unit: str
    meaning: str
    low: float
    high: float


def ratio(part: Array, whole: Array | BoolArray, none: float = np.nan) -> Array:
    """Return part / whole, or what stands for none where the whole is not above 0.

    Parameters
    ----------
    part, whole : (...)
    none : what stands for it

    Returns
    -------
    (...)

    Examples
    --------
    >>> ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    shape = whole.shape if part.shape == whole.shape else np.broadcast_shapes(part.shape, whole.shape)
    quotient = np.empty(shape)
    quotient.fill(none)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def shares(weights: Array) -> Array:
    """Return weights that sum to 1 over the last axis, nan where all of them are 0.

    Parameters
    ----------
    weights : (..., X)   not below 0

    Returns
    -------
    (..., X)

    Examples
    --------
    >>> shares(np.array([[1.0, 3.0]]))
    array([[0.25, 0.75]])
    """
    return ratio(weights, np.sum(weights, axis=-1, keepdims=True))


def weighted(values: Array, weights: Array) -> Array:
    """Return the sum of values by weights over everything but histories.

    Parameters
    ----------
    values : (H, X) or (H, X, Y)
    weights : (H or 1, X) or (H or 1, X * Y)

    Returns
    -------
    (H,)

    Examples
    --------
    >>> weighted(np.array([[[0.0, 1.0], [3.0, 0.0]]]), np.array([[0.0, 0.5, 0.5, 0.0]]))
    array([2.])
    """
    flat = values.reshape(values.shape[0], -1)
    total: Array = np.vecdot(flat, weights)
    return total


def summed(values: Array) -> Array:
    """Return the sum over the last axis, of few numbers faster than `np.sum`.

    Parameters
    ----------
    values : (..., X)

    Returns
    -------
    (...)

    Examples
    --------
    >>> summed(np.array([[1.0, 3.0], [0.0, 2.0]]))
    array([4., 2.])
    """
    total: Array = np.vecdot(values, _ones(values.shape[-1]))
    return total


@lru_cache(maxsize=64)
def _ones(count: int) -> Array:
    return np.ones(count)


def over_all(values: Array) -> Array:
    """Return the sum over everything but histories.

    Parameters
    ----------
    values : (H, X, Y)

    Returns
    -------
    (H,)

    Examples
    --------
    >>> over_all(np.array([[[0.0, 1.0], [3.0, 0.0]]]))
    array([4.])
    """
    return summed(values.reshape(values.shape[0], -1))


def spread(values: Array, states: Array) -> Array:
    """Return the standard deviation over states, by weight.

    Parameters
    ----------
    values : (H, N, X)
    states : (H or 1, N)   weights that sum to 1

    Returns
    -------
    (H, X)

    Examples
    --------
    >>> spread(np.array([[[-1.0], [1.0]]]), np.array([[0.5, 0.5]]))
    array([[1.]])
    """
    row = states[:, None, :]
    apart = values - row @ values
    apart *= apart
    variance: Array = (row @ apart)[:, 0]
    return np.sqrt(variance)
