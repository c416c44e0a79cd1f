"""How far two engines agree on the same histories.

Both reckon the same equations in another order of sums, so that numbers differ in their last digits. Where a
number lies so near to a threshold that these digits decide (a quorum, a veto, a leak), a history takes
another branch, and from then on it is another history. Such histories are counted and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.results import Results

__all__ = ["NEAR", "Agreement", "Branch", "agreement"]

NEAR: Final = 1e-9
"""Numbers that differ by less than this, relative to what they measure, are the same."""


@dataclass(frozen=True)
class Branch:
    """A history that took another branch.

    Attributes
    ----------
    history : absolute number
    quarter : label of the first quarter in which a measure differs
    measure : which differs there
    """

    history: int
    quarter: str
    measure: str


@dataclass(frozen=True)
class Agreement:
    """What came of a comparison.

    Attributes
    ----------
    histories : how many were compared
    branched : those that took another branch
    worst : the largest difference of a measure in the others
    medians : the largest difference of the median of a measure in a quarter, over all histories, relative to
        the measure's largest value where that is above 1
    """

    histories: int
    branched: tuple[Branch, ...]
    worst: float
    medians: float


def agreement(one: Results, other: Results, near: float = NEAR) -> Agreement:
    """Return how far two results of the same histories agree, in the process and in its twin.

    Parameters
    ----------
    one : the reference
    other : the same histories by another engine
    near : relative difference below which numbers are the same
    """
    first: dict[int, Branch] = {}
    at: dict[int, int] = {}
    apart: list[Array] = []
    medians = 0.0
    for mine, theirs in ((one.measures, other.measures), (one.twin, other.twin)):
        for name, value in (mine or {}).items():
            away = _apart(value, (theirs or {})[name])
            apart.append(np.max(away, axis=-1))
            for place in np.flatnonzero(apart[-1] > near):
                quarter = int(np.argmax(away[place] > near))
                if quarter < at.get(int(place), len(one.labels)):
                    at[int(place)] = quarter
                    number = int(one.histories[place])
                    first[int(place)] = Branch(number, one.labels[quarter], name)
        medians = max(medians, _medians(mine or {}, theirs or {}))
    same = np.ones(one.histories.size, dtype=np.bool_)
    same[list(first)] = False
    worst = float(np.max(np.stack(apart)[:, same])) if same.any() else 0.0
    return Agreement(one.histories.size, tuple(first[place] for place in sorted(first)), worst, medians)


def _apart(one: Array, other: Array) -> Array:
    """Return the difference relative to what is measured, infinite where only one of two has no value."""
    missing = np.isnan(one) != np.isnan(other)
    scale = np.maximum(np.abs(np.nan_to_num(one)), 1.0)
    away: Array = np.abs(np.nan_to_num(one) - np.nan_to_num(other)) / scale
    return np.where(missing, np.inf, away)


def _medians(one: Mapping[str, Array], other: Mapping[str, Array]) -> float:
    worst = 0.0
    for name, value in one.items():
        told = np.sum(~np.isnan(value), axis=0) > 0
        told &= np.sum(~np.isnan(other[name]), axis=0) > 0
        if told.any():
            scale = max(1.0, float(np.nanmax(np.abs(value))))
            away = np.nanmedian(value[:, told], axis=0) - np.nanmedian(other[name][:, told], axis=0)
            worst = max(worst, float(np.max(np.abs(away))) / scale)
    return worst
