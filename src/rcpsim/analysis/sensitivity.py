r"""Which factors a measure depends on, alone and together, with what its plan of settings can tell.

========  ==========================================================================================
plan      what is told
========  ==========================================================================================
sobol     main and total index (Saltelli et al. 2010; Jansen 1999), by SALib
morris    mean, mean size and spread of elementary effects over the whole range of a factor (Campolongo et
          al. 2007), by SALib
latin     main index by random balance (Tarantola et al. 2006; Tissot and Prieur 2012), by SALib
grid      main and total index over the levels as they stand, all equally likely
========  ==========================================================================================

Each index is of the *mean over the replicates* of a setting, and two things make it uncertain, which are
told apart: that other points might have been chosen (SALib's bootstrap over points), and that other draws
and other luck might have been played (each draw, then each history, left out in turn). The interval joins
both. Noise of the replicates looks like a dependence on everything; `without_noise` is the same index from
products over replicates that share neither draw nor history, which noise leaves alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import hypot
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.analysis.effects import many_or_more
from rcpsim.analysis.plans import PLANS, Told
from rcpsim.arrays import Array
from rcpsim.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MATTERS", "Index", "Sensitivity", "sensitivity_of", "table_of_sensitivity"]

MATTERS: Final = 0.05
"""Share of the variance between settings from which on a factor is said to matter."""

FEWEST: Final[Mapping[str, int]] = {"sobol": 32, "morris": 4, "latin": 65, "grid": 4}
"""Base points, trajectories, points and settings below which nothing is told as a finding."""

POINTS: Final[Mapping[str, str]] = {
    "sobol": "base points",
    "morris": "trajectories",
    "latin": "points",
    "grid": "settings",
}


@dataclass(frozen=True, slots=True)
class Index:
    """One index of one factor.

    Attributes
    ----------
    measure, design, factor : what depends, in which arm, on what
    index : main, total, mu, mu_star or sigma
    value : of the means over replicates
    low, high : its interval, points and replicates together
    half_points, half_replicates : half the interval that each alone leaves; nan where it cannot be told
    without_noise : the index from independent replicates, of mu_star the root mean square instead; nan where
        there are none
    finding : matters, hardly matters, open, or too few
    needed, of : how many of what would do where it is open or too few; 0 and empty elsewhere
    """

    measure: str
    design: str
    factor: str
    index: str
    value: float
    low: float
    high: float
    half_points: float
    half_replicates: float
    without_noise: float
    finding: str
    needed: int
    of: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The indices of one measure in one arm.

    Attributes
    ----------
    method : of the plan
    points : base points, trajectories, points or settings that could be used, and how many there are
    indices : by factor, then by index; none where the plan or the data can tell none
    threshold : from where on an index is said to matter
    refusal : why nothing is told, or told as no finding; empty where all is well
    """

    method: str
    points: tuple[int, int]
    indices: tuple[Index, ...]
    threshold: float
    refusal: str


def table_of_sensitivity(found: Sequence[Sensitivity]) -> pd.DataFrame:
    """Return indices as a table."""
    import pandas as pd

    rows = [index for one in found for index in one.indices]
    names = [field.name for field in fields(Index)]
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names})


def sensitivity_of(sweep: Sweep, measure: str, values: Array, design: str, smallest: float) -> Sensitivity:
    """Return how far a measure depends on each factor in one arm.

    Parameters
    ----------
    values : (S, D, H)   of the settings of the arm, in the order of the plan
    smallest : the smallest effect of interest in the measure's unit, by which elementary effects are judged

    Raises
    ------
    InputError
        when SALib is not installed
    """
    method = sweep.experiment.sampling.method
    if method not in FEWEST:
        words = "moves one factor at a time" if method == "one-at-a-time" else "is a table"
        return Sensitivity(
            method, (0, 0), (), MATTERS, f"the plan {words}, which tells no shares of variance"
        )
    if len(sweep.factors) < 2:
        return Sensitivity(method, (0, 0), (), MATTERS, "shares of variance take two factors or more")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib's, of resamples in which nothing moves
        told = PLANS[method](sweep, values, sweep.experiment.analysis.interval)
    return _judged(sweep, measure, design, values, told, method, smallest)


def _judged(
    sweep: Sweep,
    measure: str,
    design: str,
    values: Array,
    told: Told,
    method: str,
    smallest: float,
) -> Sensitivity:
    threshold = smallest if method == "morris" else MATTERS
    used = told.points[0]
    refusal = ""
    if not told.moves:
        refusal = "the measure is the same in all settings, or missing"
        return Sensitivity(method, told.points, (), threshold, refusal)
    if used < FEWEST[method]:
        refusal = f"{used} {POINTS[method]} are too few; {FEWEST[method]} are the least"
    elif values.shape[1] * values.shape[2] < 2:
        refusal = "one draw and one history tell nothing of the noise; play at least two, better ten, draws"
    rows = []
    for place, factor in enumerate(sweep.factors):
        for name in told.value:
            value = float(told.value[name][place])
            of_points = float(told.half_points[name][place])
            of_replicates = float(told.half_replicates[name][place])
            half = float(np.hypot(of_points, of_replicates))
            finding, needed, of = "", 0, ""
            if name in _TOLD_OF and refusal:
                few = used < FEWEST[method]
                finding, needed = "too few", FEWEST[method] if few else 2
                of = POINTS[method] if few else "draws"
            elif name in _TOLD_OF:
                word = "histories" if told.by_luck[name][place] else "draws"
                many = values.shape[2 if word == "histories" else 1]
                more = {POINTS[method]: (of_points, used), word: (of_replicates, many)}
                finding, needed, of = _finding(value, threshold, more)
            rows.append(
                Index(
                    measure,
                    design,
                    factor,
                    name,
                    value,
                    value - half,
                    value + half,
                    of_points,
                    of_replicates,
                    float(told.without_noise[name][place]),
                    finding,
                    needed,
                    of,
                )
            )
    return Sensitivity(method, told.points, tuple(rows), threshold, refusal)


_TOLD_OF: Final = ("main", "total", "mu_star")


def _finding(value: float, threshold: float, halves: Mapping[str, tuple[float, int]]) -> tuple[str, int, str]:
    """Return what may be said of an index, and what more of what would let it be said.

    Parameters
    ----------
    halves : what makes it uncertain -> half the interval, and how many there are

    Examples
    --------
    >>> _finding(0.4, 0.05, {"base points": (0.1, 64), "draws": (0.02, 5)})
    ('matters', 0, '')
    >>> _finding(0.15, 0.05, {"base points": (0.2, 64), "draws": (0.05, 5)})
    ('open', 272, 'base points')
    >>> _finding(0.15, 0.05, {"base points": (0.05, 64), "draws": (0.2, 5)})
    ('open', 22, 'draws')
    """
    half = hypot(*(of for of, _ in halves.values()))
    if np.isnan(half) or np.isnan(threshold):
        return "open", 0, ""
    if value - half > threshold:
        return "matters", 0, ""
    if value + half < threshold:
        return "hardly matters", 0, ""
    more = (half / max(abs(value - threshold), threshold / 5.0, 1e-12)) ** 2
    of = max(halves, key=lambda one: halves[one][0])
    return "open", many_or_more(halves[of][1] * more), of
