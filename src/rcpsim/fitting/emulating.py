r"""What a pattern comes to on average over histories, as a function of the parameters: a quick stand-in.

For each pattern a polynomial of second order (no products) in the few parameters it visibly depends on is
fitted by least squares to all histories played so far. A point x of the cube is *ruled out* when

.. math:: \frac{|m(x) - z|}{\sqrt{\sigma^2 (1 + h(x)) + e^2}} > 3

for some strong pattern: m(x) the fitted mean, z and e what is documented and its error, σ² the variance left
about the fit (histories, judged values and what the polynomial misses), h(x) the leverage of x, which grows
where nothing was played. A pattern that depends visibly on nothing rules nothing out. This is the
first-order form of history matching with implausibility measures
(:cite:`craig1997`, :cite:`vernon2010`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray

__all__ = ["CUTOFF", "Emulator", "emulator", "ruled_in"]

CUTOFF: Final = 3.0
"""Standard deviations by which a strong pattern may be missed."""

_VISIBLE: Final = 4.0
"""A parameter counts when its correlation is this many standard errors from none: one in 16,000 by chance."""
_RUNS_PER_INPUT: Final = 20
_FEWEST: Final = 40


@dataclass(frozen=True, eq=False)
class Emulator:
    """The stand-in of one pattern.

    Attributes
    ----------
    documented, error : z and e
    inputs : places of the parameters it depends on
    coefficients : (1 + 2·inputs,)
    covariance : (X'X)⁻¹
    variance : σ²
    explained : share of variance explained
    """

    documented: float
    error: float
    inputs: IntArray
    coefficients: Array
    covariance: Array
    variance: float
    explained: float

    def misses(self, points: Array) -> Array:
        """Return by how many standard deviations each point is off, (n,)."""
        terms = _terms(points, self.inputs)
        leverage = np.einsum("ij,jk,ik->i", terms, self.covariance, terms)
        spread = np.sqrt(self.variance * (1.0 + leverage) + self.error**2)
        return np.asarray(np.abs(terms @ self.coefficients - self.documented) / spread)


def emulator(points: Array, seen: Array, documented: float, error: float) -> Emulator | None:
    """Return the stand-in of a pattern, or None where nothing visible can be learnt.

    Parameters
    ----------
    points : (n, P) of the cube
    seen : (n,) what came of each, nan where it was not described

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> points = chance.random((400, 5))
    >>> fitted = emulator(points, 10.0 * points[:, 2] + chance.normal(size=400), 1.0, 0.0)
    >>> fitted.inputs.tolist(), [bool(miss > 3) for miss in fitted.misses(np.full((2, 5), [[0.1], [0.9]]))]
    ([2], [False, True])
    """
    told = np.isfinite(seen)
    points, seen = points[told], seen[told]
    if seen.size < _FEWEST or np.ptp(seen) == 0.0:
        return None
    x, y = points - points.mean(axis=0), seen - seen.mean()
    scale = np.sqrt(np.sum(x**2, axis=0) * np.sum(y**2))
    correlation = np.abs(x.T @ y) / np.where(scale > 0.0, scale, np.inf)
    order = np.argsort(-correlation, kind="stable")[: seen.size // _RUNS_PER_INPUT]
    inputs = order[correlation[order] * np.sqrt(seen.size) > _VISIBLE]
    if inputs.size == 0:
        return None
    terms = _terms(points, inputs)
    covariance = np.asarray(np.linalg.pinv(terms.T @ terms), dtype=np.float64)
    coefficients = covariance @ (terms.T @ seen)
    rest = float(np.sum((seen - terms @ coefficients) ** 2))
    variance = rest / max(seen.size - terms.shape[1], 1)
    explained = 1.0 - rest / float(np.sum(y**2))
    return Emulator(documented, error, inputs, coefficients, covariance, variance, explained)


def ruled_in(points: Array, waves: list[list[Emulator]]) -> BoolArray:
    """Return which points no stand-in of any wave rules out, (n,)."""
    left = np.ones(points.shape[0], dtype=np.bool_)
    for stand_ins in waves:
        for one in stand_ins:
            (rows,) = np.nonzero(left)
            left[rows] = one.misses(points[rows]) <= CUTOFF
    return left


def _terms(points: Array, inputs: IntArray) -> Array:
    chosen = 2.0 * points[:, inputs] - 1.0
    return np.concatenate([np.ones((points.shape[0], 1)), chosen, chosen**2], axis=1)
