"""What each change does to an outcome over draws of the coefficients: rank, regret, the chance of harm.

Every change is played with the same luck and the same draws as the process as it is. Histories are averaged
within a draw, as for the lessons (docs/decisions/0010-when-a-lesson-holds.md), and an outcome is its mean
over the quarters after the second year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.advice.keeping import kept_or_played
from rcpsim.advice.listing import Change, Feasible, feasible
from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.lessons.playing import summed_up
from rcpsim.lessons.verdicts import SMALLEST, USUAL, Effects, contrast_effects
from rcpsim.measures import MEASURES
from rcpsim.parameter_sets import fault_of_draws
from rcpsim.scenario import Scenario
from rcpsim.setting import prepare, theory_of
from rcpsim.sharing import shared_out
from rcpsim.simulation import chunk_of, play_chunk

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BESIDE", "LOWER_IS_BETTER", "Advice", "Line", "advise", "frame_of", "refuse_outcome"]

BESIDE: Final = (
    "trust_all",
    "candour_year",
    "understanding",
    "gap_across",
    "items_agreed",
    "delivered",
    "harmonisation",
    "joint_acts",
    "participation",
    "commitment",
    "alive",
)
"""Outcomes at which a change is looked at besides the one that was chosen."""

LOWER_IS_BETTER: Final = (
    "cancelled",
    "dispersion",
    "dispersion_placebo",
    "dispersion_stated",
    "dormant",
    "ended",
    "gap_across",
    "gap_stated",
    "leaks",
    "leaks_per_100h",
    "pro_forma",
)
"""Measures of which less is taken as better; of all others more."""

AS_IT_IS: Final = "leave it as it is"
_NO_OUTCOME: Final = ("status",)
_WHEN: Final = "life"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """What one change does.

    Attributes
    ----------
    change : None for the process as it is
    title : of the change
    draws : that have a value
    effect, low, high : median over draws of the mean paired difference, and the interval of nine of ten
        draws, in the unit of the outcome
    standardised : the median over the standard deviation between histories of one draw as it is
    better, harm : share of draws in which the outcome moves to the better, and to the worse, by more than the
        smallest effect of interest
    regret, regret_low, regret_high : mean over draws of how much is lost against the best change of the draw,
        and the interval of nine of ten draws, in the unit of the outcome
    best : share of draws in which nothing else does better
    gains, losses : other outcomes that move to the better, or to the worse, in most draws
    nothing : whether the outcome is the same in every history
    """

    change: Change | None
    title: str
    draws: int
    effect: float
    low: float
    high: float
    standardised: float
    better: float
    harm: float
    regret: float
    regret_low: float
    regret_high: float
    best: float
    gains: tuple[str, ...]
    losses: tuple[str, ...]
    nothing: bool


@dataclass(frozen=True, eq=False)
class Advice:
    """Changes of one process, the best first.

    Attributes
    ----------
    scenario : the process as it is
    outcome : measure by which they are ranked
    lines : the best first, the process as it is among them
    left_out : changes that were not played, and why
    scale : standard deviation between histories of one draw as it is, in the unit of the outcome
    level : mean of the outcome as it is
    parameters, draws, histories, seed : as played
    """

    scenario: Scenario
    outcome: str
    lines: tuple[Line, ...]
    left_out: tuple[Feasible, ...]
    scale: float
    level: float
    parameters: str
    draws: int
    histories: int
    seed: int

    @property
    def lower_is_better(self) -> bool:
        """Whether less of the outcome is taken as better."""
        return self.outcome in LOWER_IS_BETTER

    @property
    def smallest(self) -> float:
        """The smallest effect of interest, in the unit of the outcome."""
        return SMALLEST * self.scale


def refuse_outcome(outcome: str) -> None:
    """Raise unless changes can be ranked by a measure.

    Raises
    ------
    UnknownName
        when it is no measure, or one that is no matter of more or less
    """
    names = [name for name in MEASURES if name not in _NO_OUTCOME]
    if outcome not in names:
        raise UnknownName.of("outcome", outcome, names)


def advise(
    scenario: Scenario,
    *,
    outcome: str = "trust_all",
    parameters: str = "prior",
    draws: int = 40,
    histories: int = 5,
    seed: int = 1,
    among: Sequence[Change] | None = None,
    keep: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Advice:
    """Rank the changes that a process can still make.

    Parameters
    ----------
    outcome : a measure; its mean over the quarters after the second year counts
    parameters : `prior`, `unfiltered` or `plausible`
    draws, histories : how many, and of each draw
    among : changes; those of the package where missing
    keep : folder in which what has been played is kept; what it holds already is not played again
    workers : processes, which share out the designs; any number comes to the same
    progress : called with histories done and in all, and the change that was played last

    Raises
    ------
    InputError
        for an unknown outcome, fewer than two draws or histories, more draws than there are, or an outcome
        that has no value as it is
    """
    refuse_outcome(outcome)
    few = [(name, value) for name, value in (("draws", draws), ("histories", histories)) if value < 2]
    faults = [Fault("options", name, f"is {value}", "it must be 2 or more") for name, value in few]
    many = fault_of_draws(parameters, draws, "draws")
    if many is not None:
        faults.append(many)
    if faults:
        raise InputError(faults)
    found = feasible(scenario, among)
    designs = [(None, scenario), *((one.change, one.scenario) for one in found if one.scenario is not None)]
    each = draws * histories
    work = partial(_kept, parameters=parameters, draws=draws, histories=histories, seed=seed, folder=keep)
    tasks = [(place, design) for place, (_, design) in enumerate(designs)]
    came: dict[int, dict[str, Array]] = {}
    with closing(shared_out(work, tasks, workers)) as shared:
        for (place, _), one in shared:
            came[place] = one
            if progress is not None:
                change = designs[place][0]
                progress(len(came) * each, len(designs) * each, AS_IT_IS if change is None else change.title)
    played = [came[place] for place in range(len(designs))]
    base = played[0]
    if np.isnan(base[outcome]).all():
        fault = Fault(
            "options", "outcome", f"{outcome} has no value in this process", "choose another measure"
        )
        raise InputError([fault])
    effects = [_effects(base, one, outcome) for one in played]
    sign = -1.0 if outcome in LOWER_IS_BETTER else 1.0
    gain = np.stack([one.effect * sign for one in effects])  # [changes, D]
    gain = np.where(np.isnan(gain), -np.inf, gain)  # without the outcome nothing is gained
    most = gain.max(axis=0)
    lines = []
    for place, (change, _) in enumerate(designs):
        lost = most - gain[place]
        lines.append(_line(change, effects[place], lost, base, played[place], outcome, sign))
    lines.sort(key=lambda line: (np.isnan(line.effect), line.regret))
    return Advice(
        scenario=scenario,
        outcome=outcome,
        lines=tuple(lines),
        left_out=tuple(one for one in found if one.scenario is None),
        scale=float(effects[0].scale[0]),
        level=float(np.nanmean(base[outcome])),
        parameters=parameters,
        draws=draws,
        histories=histories,
        seed=seed,
    )


def _kept(
    task: tuple[int, Scenario], parameters: str, draws: int, histories: int, seed: int, folder: Path | None
) -> dict[str, Array]:
    """Return what came of a design, played or from its file."""
    given = {"parameters": parameters, "draws": draws, "histories": histories, "seed": seed}
    play = partial(_play, task[1], parameters, draws, histories, seed)
    return kept_or_played(task[1], given, folder, play)


def _play(scenario: Scenario, parameters: str, draws: int, histories: int, seed: int) -> dict[str, Array]:
    """Return every measure over the life of a process after its second year: name -> [D, R]."""
    numbers = np.arange(draws * histories, dtype=np.int64)
    size = chunk_of(len(scenario.states), numbers.size)
    theory = theory_of(scenario)
    parts: dict[str, list[Array]] = {}
    for start in range(0, numbers.size, size):
        piece = numbers[start : start + size]
        run = prepare(
            scenario,
            seed=seed,
            histories=piece,
            theory=theory,
            parameters=parameters,
            draws=piece // histories,
        )
        part = play_chunk(run, twin=False, events=False)
        for name, series in part.measures.items():
            parts.setdefault(name, []).append(summed_up(series)[_WHEN])
    return {name: np.concatenate(values).reshape(draws, histories) for name, values in parts.items()}


def _effects(base: Mapping[str, Array], other: Mapping[str, Array], measure: str) -> Effects:
    of_one_base = np.zeros(base[measure].shape[0], dtype=np.int64)
    return contrast_effects(base[measure], other[measure], of_one_base)


def _line(
    change: Change | None,
    effects: Effects,
    lost: Array,
    base: Mapping[str, Array],
    other: Mapping[str, Array],
    outcome: str,
    sign: float,
) -> Line:
    known = ~np.isnan(effects.effect) & np.isfinite(lost)
    effect, lost = effects.effect[known], lost[known]
    nan = float("nan")
    low, median, high = (
        (float(q) for q in np.quantile(effect, (0.05, 0.5, 0.95))) if known.any() else (nan,) * 3
    )
    way = effects.way(int(sign))[known]
    scale = effects.scale[0]
    gains, losses = _beside(base, other, outcome) if change is not None else ((), ())
    same = np.nan_to_num(base[outcome], nan=np.inf) == np.nan_to_num(other[outcome], nan=np.inf)
    return Line(
        change=change,
        title=AS_IT_IS if change is None else change.title,
        draws=int(known.sum()),
        effect=median,
        low=low,
        high=high,
        standardised=median / scale if scale > 0 else (0.0 if median == 0.0 else nan),
        better=float(np.mean(way > 0)) if known.any() else nan,
        harm=float(np.mean(way < 0)) if known.any() else nan,
        regret=float(lost.mean()) if known.any() else nan,
        regret_low=float(np.quantile(lost, 0.05)) if known.any() else nan,
        regret_high=float(np.quantile(lost, 0.95)) if known.any() else nan,
        best=float(np.mean(lost == 0.0)) if known.any() else nan,
        gains=gains,
        losses=losses,
        nothing=change is not None and bool(same.all()),
    )


def _beside(
    base: Mapping[str, Array], other: Mapping[str, Array], outcome: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the other outcomes that move to the better, and to the worse, in most draws."""
    gains, losses = [], []
    for name in BESIDE:
        if name == outcome or np.isnan(base[name]).all():
            continue
        sign = -1 if name in LOWER_IS_BETTER else 1
        way = _effects(base, other, name).way(sign)
        way = way[~np.isnan(way)]
        if way.size and np.mean(way > 0) >= USUAL:
            gains.append(name)
        elif way.size and np.mean(way < 0) >= USUAL:
            losses.append(name)
    return tuple(gains), tuple(losses)


def frame_of(advice: Advice) -> pd.DataFrame:
    """Return the lines as a table, and after them the changes that were not played."""
    import pandas as pd

    rows: list[dict[str, object]] = []
    for rank, line in enumerate(advice.lines, start=1):
        change = line.change
        rows.append(
            {
                "rank": rank,
                "change": "" if change is None else change.id,
                "title": line.title,
                "keys": "" if change is None else "; ".join(change.keys),
                "outcome": advice.outcome,
                "unit": MEASURES[advice.outcome].unit,
                "draws": line.draws,
                "effect": line.effect,
                "low": line.low,
                "high": line.high,
                "standardised": line.standardised,
                "share_better": line.better,
                "chance_of_harm": line.harm,
                "regret": line.regret,
                "regret_low": line.regret_low,
                "regret_high": line.regret_high,
                "share_best": line.best,
                "gains": "; ".join(line.gains),
                "losses": "; ".join(line.losses),
                "remark": "makes no difference here" if line.nothing else "",
                "lesson": "" if change is None else change.lesson,
                "cost": "" if change is None else change.cost,
            }
        )
    for one in advice.left_out:
        rows.append(
            {
                "rank": "",
                "change": one.change.id,
                "title": one.change.title,
                "keys": "; ".join(one.change.keys),
                "remark": one.why_not,
                "lesson": one.change.lesson,
                "cost": one.change.cost,
            }
        )
    return pd.DataFrame(rows)
