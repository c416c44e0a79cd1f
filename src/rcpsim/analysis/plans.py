"""What each plan of settings tells of its factors: indices by SALib, and over a grid by products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rcpsim.analysis.replicates import independent_product, jackknife_half_width, mean_over
from rcpsim.arrays import Array, BoolArray
from rcpsim.errors import Fault, InputError
from rcpsim.experiment.sampling import latin, morris
from rcpsim.sweep import Sweep

__all__ = ["PLANS", "Told"]

_HINT: Final = "pip install 'rcpsim[analysis]'"
_RESAMPLES: Final = 200
_HARMONICS: Final = 10
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan tells: each index as (F,) arrays."""

    points: tuple[int, int]
    value: dict[str, Array]
    half_points: dict[str, Array]
    half_replicates: dict[str, Array]
    by_luck: dict[str, BoolArray]  # whether histories rather than draws make it uncertain
    without_noise: dict[str, Array]
    moves: bool


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


def _nothing(names: Sequence[str], factors: int, points: tuple[int, int]) -> Told:
    empty = {name: np.full(factors, np.nan) for name in names}
    no = dict.fromkeys(names, np.zeros(factors, dtype=np.bool_))
    return Told(points, empty, empty, empty, no, empty, moves=False)


def _by_sobol(sweep: Sweep, values: Array, interval: float) -> Told:
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
    return Told(
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


def _by_morris(sweep: Sweep, values: Array, interval: float) -> Told:
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
    return Told(
        used,
        {name: np.asarray(by_salib[name], dtype=np.float64) for name in names},
        {"mu": nothing, "mu_star": np.asarray(by_salib["mu_star_conf"], dtype=np.float64), "sigma": nothing},
        dict(zip(names, half, strict=True)),
        dict(zip(names, luck, strict=True)),
        {"mu": nothing, "mu_star": sure, "sigma": nothing},
        moves=True,
    )


def _by_latin(sweep: Sweep, values: Array, interval: float) -> Told:
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
    return Told(
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


def _by_grid(sweep: Sweep, values: Array, interval: float) -> Told:
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
    return Told(
        (there, settings),
        {"main": value[:count], "total": value[count:]},
        {"main": none, "total": none},
        {"main": half[:count], "total": half[count:]},
        {"main": luck[:count], "total": luck[count:]},
        {"main": sure[:count], "total": sure[count:]},
        moves=True,
    )


PLANS: Final[Mapping[str, Callable[[Sweep, Array, float], Told]]] = {
    "sobol": _by_sobol,
    "morris": _by_morris,
    "latin": _by_latin,
    "grid": _by_grid,
}
