"""A sweep, analysed: everything that is told of it, for tables, pictures and the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.analysis.effects import EffectRow, effects_of, pooled_sd, written
from rcpsim.analysis.regions import FEWEST, Search, search
from rcpsim.analysis.replicates import Parts, mean_over, parts_of_variance
from rcpsim.analysis.sensitivity import Sensitivity, sensitivity_of
from rcpsim.analysis.shapes import Axis, Curve, axis_of, curve_of, surface_of
from rcpsim.arrays import Array, IntArray
from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.experiment.records import FULL
from rcpsim.sweep import Sweep

__all__ = ["Analysed", "Surface", "analyse"]

HIGH: Final = 0.75
"""Quantile of the settings above which a region is looked for."""
_CURVES: Final = 12
_LINES: Final = 5


@dataclass(frozen=True, eq=False)
class Surface:
    """Two factors together.

    Attributes
    ----------
    one, other : the factors
    mean : (levels of one, levels of other)
    lines : along `one` at each level of `other`, by its label
    """

    one: Axis
    other: Axis
    mean: Array
    lines: dict[str, Curve]


@dataclass(frozen=True, eq=False)
class Analysed:
    """What a sweep tells.

    Attributes
    ----------
    sweep : the folder
    measure, quarter : what is looked at first, and when
    designs : the arms
    missing : share of histories without a value of the measure at that time
    effects : on all measures kept
    parts : arm -> where the variance of the measure comes from
    sensitivity : (measure, arm) -> indices; all measures in the full arm, the first one in all arms
    curves : factor -> arm -> curve, of the factors that tell most
    surface : two factors together, or None with fewer
    level : the value above which a quarter of the settings lie
    found : the search for the region in which they lie, or None where there are no factors
    """

    sweep: Sweep
    measure: str
    quarter: str
    designs: tuple[str, ...]
    missing: float
    effects: tuple[EffectRow, ...]
    parts: dict[str, Parts]
    sensitivity: dict[tuple[str, str], Sensitivity]
    curves: dict[str, dict[str, Curve]]
    surface: Surface | None
    level: float
    found: Search | None


def analyse(sweep: Sweep, measure: str | None = None, quarter: str | None = None) -> Analysed:
    """Return what a sweep tells of a measure, and of effects on all that were kept.

    Parameters
    ----------
    measure : the primary one where missing
    quarter : the last one kept where missing

    Raises
    ------
    UnknownName
        for a measure or a quarter that was not kept
    InputError
        when nothing has been played yet, or SALib, scikit-learn or ema_workbench is not installed
    """
    measure = measure or sweep.measures[0]
    if measure not in sweep.measures:
        raise UnknownName.of("measure", measure, sweep.measures)
    if not sweep.manifest["histories"]["done"]:
        found = "holds no history yet"
        raise InputError([Fault(str(sweep.folder), "", found, "the same sweep command goes on")])
    when = quarter or sweep.quarters[-1]
    values = {name: sweep.values(name, when) for name in sweep.measures}
    arms = np.array(sweep.settings["design"].tolist())
    designs = tuple(dict.fromkeys(arms.tolist()))
    rows = {design: np.flatnonzero(arms == design) for design in designs}
    main = values[measure]
    sensitivity = {}
    for name in sweep.measures:
        for design in designs if name == measure else (FULL,):
            of_arm = values[name][rows[design]]
            smallest = sweep.experiment.analysis.smallest_effect * (
                pooled_sd(of_arm) if sweep.experiment.analysis.scale != "none" else 1.0
            )
            sensitivity[name, design] = sensitivity_of(sweep, name, of_arm, design, smallest)
    chosen = _telling(sweep, sensitivity[measure, FULL])
    level, region = _region(sweep, main, rows[FULL])
    return Analysed(
        sweep=sweep,
        measure=measure,
        quarter=when,
        designs=designs,
        missing=float(np.isnan(main).mean()),
        effects=tuple(row for name in sweep.measures for row in effects_of(sweep, name, values[name])),
        parts={design: parts_of_variance(main[rows[design]]) for design in designs},
        sensitivity=sensitivity,
        curves={key: _curves(sweep, key, main, rows) for key in chosen[:_CURVES]},
        surface=_surface(sweep, chosen, main, rows[FULL]),
        level=level,
        found=region,
    )


def _telling(sweep: Sweep, sensitivity: Sensitivity) -> list[str]:
    """Return the factors, those that tell most first where the plan tells which; what was asked for leads."""
    asked = sweep.experiment.analysis.effect
    names = [] if asked is None else [name for name in (asked.of, asked.by) if name]
    wanted = "mu_star" if sensitivity.method == "morris" else "total"
    kinds = {index.index for index in sensitivity.indices}
    told = wanted if wanted in kinds else "main"
    values = {index.factor: index.value for index in sensitivity.indices if index.index == told}
    return list(dict.fromkeys([*names, *sorted(sweep.factors, key=lambda name: -values.get(name, 0.0))]))


def _curves(sweep: Sweep, key: str, values: Array, rows: dict[str, IntArray]) -> dict[str, Curve]:
    interval = sweep.experiment.analysis.interval
    return {
        design: curve_of(axis_of(sweep, key, of_arm), values[of_arm], interval)
        for design, of_arm in rows.items()
    }


def _surface(sweep: Sweep, chosen: list[str], values: Array, rows: IntArray) -> Surface | None:
    if len(chosen) < 2 or sweep.experiment.sampling.method in ("one-at-a-time", "morris"):
        return None
    one, other = (axis_of(sweep, key, rows, bins=_LINES) for key in chosen[:2])
    of_full = values[rows]
    interval = sweep.experiment.analysis.interval
    lines = {
        label: curve_of(one, of_full, interval, other.level == place)
        for place, label in enumerate(other.labels)
    }
    return Surface(one, other, surface_of(one, other, of_full), lines)


def _region(sweep: Sweep, values: Array, rows: IntArray) -> tuple[float, Search | None]:
    """Return the level above which a quarter of the settings lie, and the search for where they lie."""
    means = mean_over(values[rows], (1, 2))
    there = ~np.isnan(means)
    if not sweep.factors or not there.any():
        return float("nan"), None
    level = float(np.quantile(means[there], HIGH))
    features = {key: _feature(sweep, key, rows)[there] for key in sweep.factors}
    groups = _groups(sweep, rows)[there]
    apart = int(np.unique(groups).size)
    if apart < FEWEST:
        why = f"{apart} settings apart from each other are too few to say; {FEWEST} are needed"
        nothing = float("nan")
        return level, Search(None, why, int(there.sum()), 1.0 - HIGH, nothing, nothing, {})
    try:
        return level, search(features, means[there] > level, groups)
    except ImportError as error:
        found, hint = (
            "needs scikit-learn and ema_workbench, which are not both installed",
            "pip install 'rcpsim[analysis]'",
        )
        raise InputError([Fault("rcpsim analyse", "", found, hint)]) from error


def _feature(sweep: Sweep, key: str, rows: IntArray) -> Array:
    values = [sweep.settings[key].tolist()[row] for row in rows.tolist()]
    if all(isinstance(one, int | float) for one in values):
        return np.array(values, dtype=np.float64)
    words = list(dict.fromkeys(map(written, values)))
    return np.array([words.index(written(one)) for one in values], dtype=np.float64)


def _groups(sweep: Sweep, rows: IntArray) -> IntArray:
    """Return the number of the base point or trajectory of each setting: its settings are near copies."""
    sampling, count = sweep.experiment.sampling, len(sweep.factors)
    sizes = {"sobol": 2 * count + 2 if sampling.second_order else count + 2, "morris": count + 1}
    return np.arange(rows.size) // sizes.get(sampling.method, 1)
