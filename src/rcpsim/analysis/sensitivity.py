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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import hypot
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rcpsim.analysis.effects import many_or_more
from rcpsim.analysis.replicates import independent_product, jackknife_half_width, mean_over
from rcpsim.arrays import Array, BoolArray
from rcpsim.errors import Fault, InputError
from rcpsim.experiment.sampling import latin, morris
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
_HINT: Final = "pip install 'rcpsim[analysis]'"
_RESAMPLES: Final = 200
_HARMONICS: Final = 10
_SEED: Final = 7


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
        told = _PLANS[method](sweep, values, sweep.experiment.analysis.interval)
    return _judged(sweep, measure, design, values, told, method, smallest)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a plan tells: each index as (F,) arrays."""

    points: tuple[int, int]
    value: dict[str, Array]
    half_points: dict[str, Array]
    half_replicates: dict[str, Array]
    by_luck: dict[str, BoolArray]  # whether histories rather than draws make it uncertain
    without_noise: dict[str, Array]
    moves: bool


def _judged(
    sweep: Sweep,
    measure: str,
    design: str,
    values: Array,
    told: _Told,
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


# --- by plan --------------------------------------------------------------------------------------


def _salib() -> Any:
    """Return SALib's package of methods."""
    try:
        import SALib.analyze.morris
        import SALib.analyze.rbd_fast
        import SALib.analyze.sobol
    except ImportError as error:
        found = "needs SALib, which is not installed"
        raise InputError([Fault("rcpsim analyse", "", found, _HINT)]) from error
    return SALib.analyze


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _blocks(values: Array, size: int) -> tuple[Array, BoolArray]:
    """Return values by blocks of settings (B, size, D, H), and which blocks have a mean in every setting."""
    blocks = values.reshape(-1, size, *values.shape[1:])
    return blocks, np.asarray(~np.isnan(mean_over(blocks, (2, 3))).any(axis=1))


def _moves(means: Array) -> bool:
    return bool(means.size and np.ptp(means) > 1e-12 * max(1.0, float(np.max(np.abs(means)))))


def _nothing(names: Sequence[str], factors: int, points: tuple[int, int]) -> _Told:
    empty = {name: np.full(factors, np.nan) for name in names}
    no = dict.fromkeys(names, np.zeros(factors, dtype=np.bool_))
    return _Told(points, empty, empty, empty, no, empty, moves=False)


def _by_sobol(sweep: Sweep, values: Array, interval: float) -> _Told:
    count = len(sweep.factors)
    second = sweep.experiment.sampling.second_order
    blocks, whole = _blocks(values, 2 * count + 2 if second else count + 2)
    points = (int(whole.sum()), int(whole.size))
    blocks = blocks[whole]
    if points[0] < 2 or not _moves(mean_over(blocks, (2, 3))):
        return _nothing(("main", "total"), count, points)
    method = _salib().sobol

    def of(replicated: Array) -> Array:
        means = mean_over(replicated, (1, 2)).reshape(blocks.shape[:2])
        means = means[~np.isnan(means).any(axis=1)]
        if not _moves(means):
            return np.full(2 * count, np.nan)
        means = means - means.mean()
        base, other = means[:, 0], means[:, -1]
        found = [
            index(base, means[:, 1 + factor], other)
            for index in (method.first_order, method.total_order)
            for factor in range(count)
        ]
        return np.array(found)

    flat = blocks.reshape(-1, *values.shape[1:])
    by_salib = method.analyze(
        _problem(sweep.factors),
        mean_over(flat, (1, 2)),
        calc_second_order=second,
        num_resamples=_RESAMPLES,
        conf_level=interval,
        seed=_SEED,
    )
    half, luck = jackknife_half_width(flat, of, interval)
    clean = _sobol_without_noise(blocks, count)
    return _Told(
        points,
        {"main": np.asarray(by_salib["S1"]), "total": np.asarray(by_salib["ST"])},
        {"main": np.asarray(by_salib["S1_conf"]), "total": np.asarray(by_salib["ST_conf"])},
        {"main": half[:count], "total": half[count:]},
        {"main": luck[:count], "total": luck[count:]},
        {"main": clean[:count], "total": clean[count:]},
        moves=True,
    )


def _sobol_without_noise(blocks: Array, count: int) -> Array:
    """Return main and total indices from products over independent replicates: (2 F,)."""
    blocks = blocks[~np.isnan(blocks).any(axis=(1, 2, 3))]
    if blocks.shape[0] < 2:
        return np.full(2 * count, np.nan)
    base, other = blocks[:, 0], blocks[:, -1]
    middle = np.concatenate([base, other]).mean(axis=0)
    base, other, crossed = base - middle, other - middle, blocks[:, 1 : 1 + count] - middle
    both = np.concatenate([base, other])
    variance = float(np.mean(independent_product(both, both)))
    if not variance > 0.0:
        return np.full(2 * count, np.nan)
    main = [
        np.mean(independent_product(other, crossed[:, factor] - base)) / variance for factor in range(count)
    ]
    step = [base - crossed[:, factor] for factor in range(count)]
    total = [0.5 * np.mean(independent_product(one, one)) / variance for one in step]
    return np.array([*main, *total])


def _by_morris(sweep: Sweep, values: Array, interval: float) -> _Told:
    experiment, count = sweep.experiment, len(sweep.factors)
    levels, points = experiment.sampling.levels, experiment.sampling.points or 1
    plan = morris(points, list(sweep.factors), experiment.seed, levels=levels).reshape(
        points, count + 1, count
    )
    blocks, whole = _blocks(values, count + 1)
    blocks, plan = blocks[whole], plan[whole]
    used = (int(whole.sum()), int(whole.size))
    names = ("mu", "mu_star", "sigma")
    if used[0] < 2 or not _moves(mean_over(blocks, (2, 3))):
        return _nothing(names, count, used)
    moved = np.diff(plan, axis=1)  # [T, F, F], one of each row is not 0
    factor = np.argmax(np.abs(moved), axis=2)
    size = np.take_along_axis(moved, factor[..., None], axis=2)[..., 0]
    order = np.argsort(factor, axis=1)

    def steps(replicated: Array) -> Array:
        """Return elementary effects over the whole range of each factor: (T, F, ...)."""
        change = np.diff(replicated, axis=1) / size.reshape(*size.shape, *(1,) * (replicated.ndim - 2))
        index = order.reshape(*order.shape, *(1,) * (replicated.ndim - 2))
        return np.take_along_axis(change, index, axis=1)

    def of(replicated: Array) -> Array:
        effects = steps(mean_over(replicated, (1, 2)).reshape(blocks.shape[:2]))
        spread = effects.std(axis=0, ddof=1)
        return np.concatenate([effects.mean(axis=0), np.abs(effects).mean(axis=0), spread])

    flat = blocks.reshape(-1, *values.shape[1:])
    by_salib = _salib().morris.analyze(
        _problem(sweep.factors),
        plan.reshape(-1, count),
        mean_over(flat, (1, 2)),
        num_resamples=_RESAMPLES,
        conf_level=interval,
        num_levels=levels,
        seed=_SEED,
    )
    half, luck = (found.reshape(3, count) for found in jackknife_half_width(flat, of, interval))
    sure = np.full(count, np.nan)
    complete = ~np.isnan(blocks).any(axis=(1, 2, 3))
    if complete.sum() > 1:
        each = np.take_along_axis(
            np.diff(blocks, axis=1) / size[..., None, None], order[..., None, None], axis=1
        )[complete]
        sure = np.sqrt(np.maximum(np.mean(independent_product(each, each), axis=0), 0.0))
    nothing = np.full(count, np.nan)
    return _Told(
        used,
        {name: np.asarray(by_salib[name], dtype=np.float64) for name in names},
        {"mu": nothing, "mu_star": np.asarray(by_salib["mu_star_conf"], dtype=np.float64), "sigma": nothing},
        dict(zip(names, half, strict=True)),
        dict(zip(names, luck, strict=True)),
        {"mu": nothing, "mu_star": sure, "sigma": nothing},
        moves=True,
    )


def _by_latin(sweep: Sweep, values: Array, interval: float) -> _Told:
    experiment, count = sweep.experiment, len(sweep.factors)
    plan = latin(experiment.sampling.points or 1, list(sweep.factors), experiment.seed)
    whole = ~np.isnan(mean_over(values, (1, 2)))
    used = (int(whole.sum()), int(whole.size))
    y, x = values[whole], plan[whole]
    if used[0] <= 4 * _HARMONICS or not _moves(mean_over(y, (1, 2))):
        return _nothing(("main",), count, used)
    method = _salib().rbd_fast

    def of(replicated: Array) -> Array:
        means = mean_over(replicated, (1, 2))
        found = [
            method.unskew_S1(
                method.compute_first_order(method.permute_outputs(x[:, factor], means), _HARMONICS),
                _HARMONICS,
                means.size,
            )
            for factor in range(count)
        ]
        return np.array(found)

    by_salib = method.analyze(
        _problem(sweep.factors),
        x,
        mean_over(y, (1, 2)),
        M=_HARMONICS,
        num_resamples=_RESAMPLES,
        conf_level=interval,
        seed=_SEED,
    )
    value = np.asarray(by_salib["S1"], dtype=np.float64)
    half, luck = jackknife_half_width(y, of, interval)
    sure = value / _reliability(y)
    return _Told(
        used,
        {"main": value},
        {"main": np.asarray(by_salib["S1_conf"], dtype=np.float64)},
        {"main": half},
        {"main": luck},
        {"main": sure},
        moves=True,
    )


def _reliability(values: Array) -> float:
    """Return the share of the variance between settings that independent replicates have in common."""
    y = values[~np.isnan(values).any(axis=(1, 2))]
    if y.shape[0] < 2:
        return float("nan")
    y = y - y.mean(axis=0)
    means = y.mean(axis=(1, 2))
    common = float(np.mean(independent_product(y, y)))
    return common / float(np.mean(means**2)) if common > 0.0 else float("nan")


def _by_grid(sweep: Sweep, values: Array, interval: float) -> _Told:
    frame = sweep.settings
    shape = [len(dict.fromkeys(map(str, frame[key].tolist()))) for key in sweep.factors]
    count, settings = len(shape), values.shape[0]
    means = mean_over(values, (1, 2))
    there = int(np.sum(~np.isnan(means)))
    if int(np.prod(shape)) != settings or there < settings or not _moves(means):
        return _nothing(("main", "total"), count, (there, settings))

    def shares(product: Callable[[Array], Array], y: Array) -> Array:
        """Return main and total indices, where `product` squares what is left of replicates."""
        cube = y.reshape(*shape, *y.shape[1:])
        axes = tuple(range(count))
        away = cube - cube.mean(axis=axes, keepdims=True)
        variance = float(np.mean(product(away)))
        main, total = [], []
        for factor in range(count):
            others = tuple(axis for axis in axes if axis != factor)
            main.append(float(np.mean(product(away.mean(axis=others, keepdims=True)))) / variance)
            within = away - away.mean(axis=factor, keepdims=True)
            total.append(float(np.mean(product(within))) / variance)
        return np.array([*main, *total])

    def of(replicated: Array) -> Array:
        return shares(np.square, mean_over(replicated, (1, 2)))

    value = of(values)
    half, luck = jackknife_half_width(values, of, interval)
    sure = np.full(2 * count, np.nan)
    if not np.isnan(values).any() and _reliability(values) > 0.0:
        sure = shares(lambda found: independent_product(found, found), values)
    none = np.zeros(count)
    return _Told(
        (there, settings),
        {"main": value[:count], "total": value[count:]},
        {"main": none, "total": none},
        {"main": half[:count], "total": half[count:]},
        {"main": luck[:count], "total": luck[count:]},
        {"main": sure[:count], "total": sure[count:]},
        moves=True,
    )


_PLANS: Final[Mapping[str, Callable[[Sweep, Array, float], _Told]]] = {
    "sobol": _by_sobol,
    "morris": _by_morris,
    "latin": _by_latin,
    "grid": _by_grid,
}
