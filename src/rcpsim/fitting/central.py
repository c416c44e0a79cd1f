"""The most central of the plausible sets, and the defaults that the cards take from it.

The medoid is the set with the smallest sum of distances to all others. Distances are Euclidean between
quantiles of the prior: a uniform prior scales a parameter by its range, a loguniform one the logarithm. It is
a set that was played and passed, which the mean of the sets is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.cards import all_cards
from rcpsim.parameter_sets import Plausible

__all__ = ["defaults_of", "medoid"]

_DIGITS: Final = 3
_TIE: Final = 9
"""Decimals to which sums of distances are told apart; of equal ones the first set is taken."""


def medoid(points: Array) -> int:
    """Return the place of the most central set, the first of several that are equally so.

    Parameters
    ----------
    points : (n, P) quantiles of the prior

    Examples
    --------
    >>> medoid(np.array([[0.0], [0.2], [0.3], [1.0]])), medoid(np.array([[0.0], [1.0]]))
    (1, 0)
    """
    if points.shape[0] == 0:
        return 0
    sums = [float(np.sqrt(np.sum((points - point) ** 2, axis=1)).sum()) for point in points]
    return int(np.argmin(np.round(sums, _TIE)))


def defaults_of(sets: Plausible) -> Mapping[str, float]:
    """Return the default that each fitted card takes from the medoid: three digits, within its bounds.

    Returns
    -------
    name of a card whose prior is not fixed -> value
    """
    cards = all_cards()
    found = {}
    for name, column in sets.values.items():
        low, high = cards[name].allowed
        found[name] = min(max(float(f"{column[sets.medoid]:.{_DIGITS}g}"), low), high)
    return found
