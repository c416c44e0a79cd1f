"""Shapes: a measure along one factor, over two, and along one at each level of another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from rcpsim.analysis.effects import written
from rcpsim.analysis.replicates import half_width, mean_over, units_of
from rcpsim.arrays import Array, IntArray
from rcpsim.sweep import Sweep

__all__ = ["Axis", "Curve", "axis_of", "curve_of", "surface_of"]

BINS: Final = 8
_FEWEST_IN_A_BIN: Final = 4


@dataclass(frozen=True, eq=False)
class Axis:
    """A factor as an axis: its levels, or bins of even content where it has a range.

    Attributes
    ----------
    key : of the factor
    labels : of the L levels
    at : (L,)   where they lie; their places where they are words
    level : (S,)   of each setting
    binned, words : whether the levels are bins, or words
    """

    key: str
    labels: tuple[str, ...]
    at: Array
    level: IntArray
    binned: bool
    words: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """A measure along a factor.

    Attributes
    ----------
    axis : the factor
    mean, half : (L,)   mean over units, all else averaged over, and half its interval
    unit, units : what is counted in, and how many
    """

    axis: Axis
    mean: Array
    half: Array
    unit: str
    units: int


def axis_of(sweep: Sweep, key: str, rows: IntArray, bins: int = BINS) -> Axis:
    """Return a factor as an axis over some settings.

    Parameters
    ----------
    rows : places of the settings among those of the sweep
    """
    values = [sweep.settings[key].tolist()[row] for row in rows.tolist()]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
    if not numbers:
        labels = list(dict.fromkeys(written(one) for one in values))
        level = np.array([labels.index(written(one)) for one in values], dtype=np.int64)
        return Axis(key, tuple(labels), np.arange(len(labels), dtype=np.float64), level, False, True)
    x = np.array(values, dtype=np.float64)
    levels = np.unique(x)
    if levels.size <= 2 * bins and sweep.experiment.sampling.method not in ("latin", "sobol"):
        level = np.searchsorted(levels, x)
        return Axis(key, tuple(written(one) for one in levels.tolist()), levels, level, False, False)
    many = max(2, min(bins, levels.size // _FEWEST_IN_A_BIN))
    edges = np.unique(np.quantile(x, np.linspace(0.0, 1.0, many + 1)))
    level = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, edges.size - 2)
    middle = np.array(
        [x[level == one].mean() if (level == one).any() else np.nan for one in range(edges.size - 1)]
    )
    labels = [f"{low:.2g} to {high:.2g}" for low, high in pairwise(edges.tolist())]
    return Axis(key, tuple(labels), middle, level, True, False)


def curve_of(axis: Axis, values: Array, interval: float, among: Array | None = None) -> Curve:
    """Return a measure along a factor, averaged over all other factors.

    What shifts a draw or a history as a whole, in all settings alike, is taken out of the interval: it says
    nothing of the shape.

    Parameters
    ----------
    values : (S, D, H)   of the settings of the axis
    among : (S,)   which settings count; all where missing
    """
    chosen = np.ones(axis.level.shape, dtype=np.bool_) if among is None else among
    shifted = values - mean_over(values, 0)
    level = mean_over(values, (0, 1, 2))
    empty = np.full(values.shape[1:], np.nan)
    cells = [shifted[(axis.level == one) & chosen] for one in range(len(axis.labels))]
    stack = np.stack([mean_over(cell, 0) if cell.shape[0] else empty for cell in cells])  # [L, D, H]
    unit, told = units_of(stack)
    return Curve(axis, level + mean_over(told, -1), half_width(told, interval), unit, told.shape[-1])


def surface_of(one: Axis, other: Axis, values: Array) -> Array:
    """Return the mean of a measure over two factors: (levels of one, levels of other)."""
    means = mean_over(values, (1, 2))
    cells = [
        [means[(one.level == row) & (other.level == column)] for column in range(len(other.labels))]
        for row in range(len(one.labels))
    ]
    return np.array([[float(mean_over(cell, 0)) if cell.size else np.nan for cell in row] for row in cells])
