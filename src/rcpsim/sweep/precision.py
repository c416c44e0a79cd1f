"""Going on until a measure is known well enough: more draws or histories for every setting, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError
from rcpsim.experiment import Experiment, Plan, resolve
from rcpsim.sweep.engines import Engine
from rcpsim.sweep.opening import open_sweep
from rcpsim.sweep.running import Report, Told, grown, run_sweep

__all__ = ["Precision", "half_widths", "sweep_until"]

MOST: Final = 1_000_000  # histories beyond which nobody is taken at their word
_LEAST: Final = 4  # draws or histories that a spread is told from
_GROWTH: Final = (1.2, 3.0)  # least and most by which one step grows


@dataclass(frozen=True, slots=True)
class Precision:
    """How well the primary measure is known in the setting in which it is known worst.

    Attributes
    ----------
    width : half the interval of its mean; nan where it is not known at all
    setting : the number of that setting
    reached : whether it is as narrow as asked
    """

    width: float
    setting: int
    reached: bool


def half_widths(values: Array, interval: float) -> Array:
    """Return half the interval of the mean in each setting (Student).

    Histories of one draw share its parameters, so where there are several draws, the draws are what is
    counted.

    Parameters
    ----------
    values : (S, D, H)
    interval : probability that the intervals hold

    Returns
    -------
    (S,)   nan with fewer than two values

    Examples
    --------
    >>> half_widths(np.array([[[1.0, 3.0, 2.0]]]), 0.9).round(3)
    array([1.686])
    """
    from scipy.special import stdtrit

    several = values.shape[1] > 1
    known = ~np.isnan(values)
    counted = known.sum(axis=2)
    sums = np.where(known, values, 0.0).sum(axis=2)
    means = np.where(counted > 0, sums / np.maximum(counted, 1), np.nan)
    sample = means if several else values[:, 0]
    there = ~np.isnan(sample)
    many = there.sum(axis=1).astype(np.float64)
    middle = np.where(there, sample, 0.0).sum(axis=1) / np.maximum(many, 1.0)
    square = np.where(there, (sample - middle[:, None]) ** 2, 0.0).sum(axis=1)
    deviation = np.sqrt(square / np.maximum(many - 1.0, 1.0))
    wide = (
        stdtrit(np.maximum(many - 1.0, 1.0), 0.5 + interval / 2.0)
        * deviation
        / np.sqrt(np.maximum(many, 1.0))
    )
    return np.where(many > 1, wide, np.nan)


def refuse_width(width: float) -> None:
    """Raise unless a mean can be known to a width.

    Raises
    ------
    InputError
        when the width is not a number above 0
    """
    if not 0 < width < math.inf:
        raise InputError([Fault("--until-precision", "", f"is {width:g}", "it must be a number above 0")])


def sweep_until(
    plan: Plan | Experiment,
    out: str | Path,
    width: float,
    *,
    workers: int = 1,
    progress: Callable[[Told], None] | None = None,
    engine: Engine | None = None,
    most: int = MOST,
) -> tuple[Report, Precision]:
    """Sweep, and add draws (or histories, where all draws are alike) until the primary measure is known.

    Parameters
    ----------
    width : half the interval of the mean of the primary measure, in its unit, at the end of the last quarter
    most : histories in all at which it stops even so

    Raises
    ------
    InputError
        when the width is not above 0
    """
    refuse_width(width)
    plan = resolve(plan) if isinstance(plan, Experiment) else plan
    by_draws = plan.experiment.draws.parameters != "default"
    played, seconds = 0, 0.0
    retold: tuple[str, ...] = ()
    while True:
        report = run_sweep(plan, out, workers=workers, progress=progress, engine=engine)
        played, seconds = played + report.played, seconds + report.seconds
        retold += report.retold
        sweep = open_sweep(out)
        plan = grown(plan, sweep.experiment.draws.count, sweep.experiment.draws.histories)
        draws = plan.experiment.draws
        values = sweep.values(plan.experiment.measures.primary)
        widths = half_widths(values, plan.experiment.analysis.interval)
        known = ~np.isnan(widths)
        worst = int(np.argmax(np.where(known, widths, -1.0)))
        now = draws.count if by_draws else draws.histories
        found = Precision(
            float(widths[worst]), int(sweep.settings["setting"].iloc[worst]), bool(widths[worst] <= width)
        )
        whole = Report(report.folder, report.total, played, report.failures, report.mended, seconds, retold)
        if now >= _LEAST and (found.reached or not known.any()):
            return whole, found
        needed = now * (float(widths[worst]) / width) ** 2 if known.any() else now * _GROWTH[1]
        step = min(max(needed, now * _GROWTH[0]), now * _GROWTH[1])
        following = max(math.ceil(step), _LEAST)
        if following * len(plan.settings) * (draws.histories if by_draws else draws.count) > most:
            return whole, found
        plan = grown(plan, following if by_draws else draws.count, draws.histories if by_draws else following)
