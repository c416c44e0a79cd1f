"""What the difference comes to: by measure and year, by state, and since when it can be told from nothing.

A difference is always *as it was, less as it would have been*, history by history. Where coefficients are
drawn, histories are averaged within a draw first and the draws make the interval; where they are not,
histories do. The two variances are never added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.axes import parse_quarter
from rcpsim.counterfactual.playing import OF_A_PROCESS, STATE_VALUES, Counterfactual
from rcpsim.lessons.verdicts import SMALLEST, contrast_effects, without_rounding
from rcpsim.measures import MEASURES
from rcpsim.results import last_of_years, mean_interval, quantiles

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "HOLDS",
    "SMALLEST",
    "Effect",
    "StateEffect",
    "begins_to_show",
    "difference",
    "effects",
    "frame_of",
    "largest",
    "measured",
    "shows_since",
    "state_effects",
]

HOLDS: Final = 4
"""Quarters in a row in which a difference must be told from nothing."""

_SHARES: Final = (0.05, 0.5, 0.95)
_CODES: Final = ("status",)
_ONLY_WITH: Final = (
    "activity",
    "alive",
    "cancelled",
    "commitment",
    "commitment_participants",
    "data_share",
    "declarations",
    "dormant",
    "ended",
    "meetings",
    "stage",
    "treasury_years",
)
"""Measures of a process, which say nothing of a world without one."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure at the end of one year: as it was, as it would have been, and the difference.

    Attributes
    ----------
    measure, phase, unit : which measure (`rcpsim.measures`)
    year : at whose end
    pairs : histories that have a value in both courses; only these are counted
    units : draws that have a value where coefficients are drawn, else those histories
    factual, counterfactual : means over units
    difference, low, high : mean of as it was less otherwise, with its 90 % interval (Student)
    q05, q50, q95 : of the difference over units
    standardised : over the standard deviation over histories of one draw as it was, pooled over draws
    shows_since : first quarter from which the difference can be told from nothing, or empty
    """

    measure: str
    phase: str
    unit: str
    year: int
    pairs: int
    units: int
    factual: float
    counterfactual: float
    difference: float
    low: float
    high: float
    q05: float
    q50: float
    q95: float
    standardised: float
    shows_since: str

    @property
    def told(self) -> bool:
        """Whether the interval leaves out 0 and the difference is one of interest."""
        return _told(self.low, self.high, self.standardised)


@dataclass(frozen=True, slots=True)
class StateEffect:
    """One quantity of one state over one year; fields as in `Effect`."""

    state: str
    name: str
    role: str
    quantity: str
    unit: str
    year: int
    pairs: int
    factual: float
    counterfactual: float
    difference: float
    low: float
    high: float
    standardised: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves out 0 and the difference is one of interest."""
        return _told(self.low, self.high, self.standardised)


def measured(found: Counterfactual) -> tuple[str, ...]:
    """Return the measures that can be held against each other."""
    out = set(_CODES) if found.case.meets else {*_CODES, *_ONLY_WITH}
    return tuple(
        name
        for name, values in found.factual.items()
        if name not in out and not np.isnan(values - found.counterfactual[name]).all()
    )


def largest(rows: Sequence[Effect], measure: str) -> Effect | None:
    """Return the row of the year in which a difference in a measure is told and largest, or None."""
    told = [row for row in rows if row.measure == measure and row.told and np.isfinite(row.standardised)]
    return max(told, key=lambda row: abs(row.standardised), default=None)


def difference(found: Counterfactual, measure: str) -> Array:
    """Return as it was less otherwise, averaged within a draw: (U, Q)."""
    return _units(found.factual[measure] - found.counterfactual[measure], found.per_draw)


def effects(found: Counterfactual, years: Sequence[int] | None = None) -> tuple[Effect, ...]:
    """Return the difference in every measure at the end of every year, those before the two part left out.

    Parameters
    ----------
    years : which; all where missing
    """
    parted = found.years[0] + found.case.first // 4
    chosen = tuple(year for year in years or found.years if year >= parted)
    first = parse_quarter(found.labels[0])
    going = [~(one["ended"] > 0) for one in (found.factual, found.counterfactual)]
    rows = []
    for name in measured(found):
        ends = [
            last_of_years(one[name], alive, first, chosen)
            for one, alive in zip((found.factual, found.counterfactual), going, strict=True)
        ]
        since = shows_since(found, name)
        rows += [
            _effect(found, name, year, ends[0][:, place], ends[1][:, place], since)
            for place, year in enumerate(chosen)
        ]
    return tuple(rows)


def shows_since(found: Counterfactual, measure: str) -> str:
    """Return the quarter in which the difference in a measure begins to show, or an empty text."""
    place = begins_to_show(difference(found, measure), found.case.first)
    return "" if place is None else found.labels[place]


def begins_to_show(values: Array, first: int = 0) -> int | None:
    """Return the first quarter from which the mean difference can be told from 0 for four quarters.

    That is where the 90 % interval of the mean lies on one side of 0, and on the same in the next three;
    quarters without a value are passed over.

    Parameters
    ----------
    values : (U, Q)   differences
    first : index of the first quarter that is looked at

    Examples
    --------
    >>> quiet, loud = np.array([[-1.0], [1.0]]), np.array([[2.0], [2.1]])
    >>> begins_to_show(np.hstack([quiet, quiet, loud, loud, loud, loud]))
    2
    """
    _, low, high = mean_interval(values)
    sides = np.where(low > 0.0, 1, np.where(high < 0.0, -1, 0))
    known = np.flatnonzero(~np.isnan(low) & (np.arange(values.shape[-1]) >= first))
    for place in range(known.size - HOLDS + 1):
        run = sides[known[place : place + HOLDS]]
        if run[0] != 0 and (run == run[0]).all():
            return int(known[place])
    return None


def state_effects(found: Counterfactual, years: Sequence[int] | None = None) -> tuple[StateEffect, ...]:
    """Return the difference in what is kept of every state, over every year after the two part.

    What a state has in a process only is left out where there is no process in the other course.
    """
    parted = found.years[0] + found.case.first // 4
    rows = []
    for quantity, unit in STATE_VALUES.items():
        if not found.case.meets and quantity in OF_A_PROCESS:
            continue
        for year in years or found.years:
            if year < parted:
                continue
            was, other = (
                one[quantity][:, year - found.years[0]] for one in (found.states, found.other_states)
            )
            both = ~np.isnan(was - other)
            was, other = (np.where(both, one, np.nan) for one in (was, other))
            units, other_units = (_units(one, found.per_draw) for one in (was, other))
            mean, low, high = mean_interval(units - other_units)
            for place, code in enumerate(found.codes):
                rows.append(
                    StateEffect(
                        state=code,
                        name=found.names[place],
                        role=found.roles[place],
                        quantity=quantity,
                        unit=unit,
                        year=year,
                        pairs=int(both[:, place].sum()),
                        factual=_mean(units[:, place]),
                        counterfactual=_mean(other_units[:, place]),
                        difference=float(mean[place]),
                        low=float(low[place]),
                        high=float(high[place]),
                        standardised=_standardised(found, was[:, place], other[:, place], float(mean[place])),
                    )
                )
    return tuple(rows)


def frame_of(rows: Sequence[Effect] | Sequence[StateEffect]) -> pd.DataFrame:
    """Return rows as a table, one column for each attribute."""
    import pandas as pd

    kind: Any = type(rows[0]) if rows else Effect
    names = [field.name for field in fields(kind)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


def _effect(found: Counterfactual, measure: str, year: int, was: Array, other: Array, since: str) -> Effect:
    card = MEASURES[measure]
    both = ~np.isnan(was - other)
    was, other = (np.where(both, one, np.nan) for one in (was, other))
    units = [_units(one[:, None], found.per_draw)[:, 0] for one in (was, other)]
    gap = units[0] - units[1]
    mean, low, high = (float(one) for one in mean_interval(gap))
    q05, q50, q95 = (float(one) for one in quantiles(gap, _SHARES))
    return Effect(
        measure=measure,
        phase=card.phase,
        unit=card.unit,
        year=year,
        pairs=int(both.sum()),
        units=int((~np.isnan(gap)).sum()),
        factual=_mean(units[0]),
        counterfactual=_mean(units[1]),
        difference=mean,
        low=low,
        high=high,
        q05=q05,
        q50=q50,
        q95=q95,
        standardised=_standardised(found, was, other, mean),
        shows_since=since,
    )


def _standardised(found: Counterfactual, was: Array, other: Array, mean: float) -> float:
    """Return a mean difference over the spread of histories as they were, by the rule of the lessons.

    A difference that is only rounding is 0, and any other one is infinite where there is no such spread.
    """
    shape = (-1, found.per_draw) if found.drawn else (1, -1)
    was, other = was.reshape(shape), other.reshape(shape)
    base = np.zeros(was.shape[0], dtype=np.int64)
    scale = contrast_effects(other, was, base, twin=True).scale[0]
    values = np.array([was, other])
    largest = np.max(np.abs(values), initial=0.0, where=~np.isnan(values))
    if without_rounding(np.array([mean]), largest)[0] == 0.0:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(mean) / scale)


def _told(low: float, high: float, standardised: float) -> bool:
    return (low > 0.0 or high < 0.0) and abs(standardised) > SMALLEST


def _units(values: Array, per_draw: int) -> Array:
    """Return the mean over the histories of each draw that have a value: (H, ...) to (U, ...)."""
    if per_draw == 1:
        return values
    split = values.reshape(-1, per_draw, *values.shape[1:])
    there = ~np.isnan(split)
    count = there.sum(axis=1)
    total = np.where(there, split, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _mean(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else float("nan")
