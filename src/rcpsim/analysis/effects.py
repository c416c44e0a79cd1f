"""Effects of factors and arms: paired differences, draw by draw.

The pair is two settings that differ in one factor (or in the arm) and in nothing else, in the same draw and
the same history. Pairs and histories are averaged within a draw; the draws make the interval, as their
coefficients are what nobody knows. With one draw, the histories make it. How far luck spreads histories is
another thing: it gives the scale, and is never put into the interval of the draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rcpsim.analysis.replicates import half_width, mean_over, units_of
from rcpsim.arrays import Array, IntArray
from rcpsim.experiment import Effect
from rcpsim.experiment.records import FULL
from rcpsim.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FEWEST",
    "EffectRow",
    "Ends",
    "effects_of",
    "many_or_more",
    "pooled_sd",
    "table_of_effects",
    "written",
]

FEWEST: Final = 10
"""Draws (or histories, with one draw) below which no effect is told as a finding."""
_MOST_NEEDED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Ends:
    """A contrast: a factor from one value to another, at each value of another factor."""

    of: str
    low: object
    high: object
    by: str | None = None


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect.

    Attributes
    ----------
    measure : whose mean is told
    kind : effect; interaction (effect at the last value of `by` less that at the first); arm (the arm less
        full, over all points); carried (effect in full less effect in the arm)
    design : the arm
    of, low, high : the factor and its values; empty for an arm
    by, at : another factor and the value at which; empty for over all
    effect, interval_low, interval_high : mean over the units with its interval
    unit, units : what is counted in, draws or histories, and how many
    q05, q95 : of the effect over the units
    sd_draws : of the effect over draws, histories averaged
    sd_luck : of the effect of one draw over its histories
    sd_histories_at_low : of the measure over the histories of one draw at low, by which effects are scaled
    standardised : the effect in those
    smallest : the smallest effect of interest, in the measure's unit
    missing : share of pairs in which the process had ended on one side or the other
    finding : rises, falls, nothing to be seen, open, or too few
    needed : units with which it could be told; 0 where it can
    """

    measure: str
    kind: str
    design: str
    of: str
    low: str
    high: str
    by: str
    at: str
    effect: float
    interval_low: float
    interval_high: float
    unit: str
    units: int
    q05: float
    q95: float
    sd_draws: float
    sd_luck: float
    sd_histories_at_low: float
    standardised: float
    smallest: float
    missing: float
    finding: str
    needed: int


def table_of_effects(rows: Sequence[EffectRow]) -> pd.DataFrame:
    """Return effects as a table."""
    import pandas as pd

    names = [field.name for field in fields(EffectRow)]
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names})


def effects_of(sweep: Sweep, measure: str, values: Array) -> list[EffectRow]:
    """Return every effect on a measure that a sweep can tell: those asked for, else each factor end to end.

    Parameters
    ----------
    values : (S, D, H)   in the order of the settings
    """
    return list(_rows(sweep, measure, values))


def _rows(sweep: Sweep, measure: str, values: Array) -> Iterator[EffectRow]:
    analysis = sweep.experiment.analysis
    plan = _Settings(sweep)
    judge = _Judge(measure, analysis.smallest_effect, analysis.scale, analysis.interval)
    for ends in _contrasts(sweep, plan):
        full: dict[str, _Paired] = {}
        for design in plan.designs:
            found = plan.pairs(design, ends)
            paired = {at: _Paired.of(values, low, high) for at, (low, high) in found.items()}
            for at, one in paired.items():
                yield judge.row("effect", design, ends, at, one)
            numbers = list(paired)
            if ends.by is not None and len(numbers) > 1:
                first, last = paired[numbers[0]], paired[numbers[-1]]
                yield judge.row(
                    "interaction",
                    design,
                    ends,
                    f"{numbers[0]} to {numbers[-1]}",
                    last.less(first, first.at_low),
                )
            if design == FULL:
                full = paired
            else:
                for at, one in paired.items():
                    if at in full:
                        yield judge.row("carried", design, ends, at, full[at].less(one, full[at].at_low))
    for design in plan.designs:
        if design != FULL:
            low, high = plan.arm(design)
            yield judge.row("arm", design, None, "", _Paired.of(values, low, high))


def _contrasts(sweep: Sweep, plan: _Settings) -> list[Ends]:
    """Return what is contrasted: what was asked for, else all factors; words each with the first."""
    asked: Effect | None = sweep.experiment.analysis.effect
    found: list[Ends] = []
    if asked is not None:
        ends = Ends(asked.of, asked.low, asked.high, asked.by)
        found = [ends] if any(plan.pairs(design, ends) for design in plan.designs) else []
    if sweep.experiment.sampling.method not in ("grid", "one-at-a-time"):
        return found
    for factor in sweep.experiment.factors:
        levels = plan.levels[factor.key]
        if all(isinstance(value, float) for value in levels):
            if asked is None:
                found.append(Ends(factor.key, min(levels, key=_number), max(levels, key=_number)))
        else:
            found += [Ends(factor.key, levels[0], other) for other in levels[1:]]
    return list(dict.fromkeys(found))


def _number(value: object) -> float:
    return float(str(value))


class _Settings:
    """The settings of a sweep, by what they are."""

    def __init__(self, sweep: Sweep) -> None:
        frame = sweep.settings
        self.designs: list[str] = list(dict.fromkeys(frame["design"]))
        self.factors = list(sweep.factors)
        columns = {key: [_plain(value) for value in frame[key].tolist()] for key in self.factors}
        self.levels: dict[str, list[object]] = {key: list(dict.fromkeys(of)) for key, of in columns.items()}
        self.rows = [
            (design, int(point), {key: columns[key][row] for key in self.factors})
            for row, (design, point) in enumerate(zip(frame["design"], frame["point"], strict=True))
        ]

    def pairs(self, design: str, ends: Ends) -> dict[str, tuple[IntArray, IntArray]]:
        """Return rows at low and at high that are alike in all else, by the value of the other factor."""
        low, high = _plain(ends.low), _plain(ends.high)
        rest = [key for key in self.factors if key != ends.of]
        lows: dict[str, int] = {}
        highs: dict[str, int] = {}
        at: dict[str, object] = {}
        for row, (of, _, values) in enumerate(self.rows):
            if of != design or values[ends.of] not in (low, high):
                continue
            alike = json.dumps([values[key] for key in rest])
            (lows if values[ends.of] == low else highs).setdefault(alike, row)
            at[alike] = None if ends.by is None else values[ends.by]
        found: dict[object, list[tuple[int, int]]] = {}
        for alike, row in lows.items():
            if alike in highs:
                found.setdefault(at[alike], []).append((row, highs[alike]))
        order = sorted(
            found, key=lambda value: (0, value, "") if isinstance(value, float) else (1, 0.0, str(value))
        )
        return {
            "" if value is None else written(value): (
                np.array([one for one, _ in found[value]], dtype=np.int64),
                np.array([other for _, other in found[value]], dtype=np.int64),
            )
            for value in order
        }

    def arm(self, design: str) -> tuple[IntArray, IntArray]:
        """Return the rows of the full arm and those of another one at the same points."""
        full = {point: row for row, (of, point, _) in enumerate(self.rows) if of == FULL}
        both = [
            (full[point], row)
            for row, (of, point, _) in enumerate(self.rows)
            if of == design and point in full
        ]
        return (
            np.array([one for one, _ in both], dtype=np.int64),
            np.array([other for _, other in both], dtype=np.int64),
        )


@dataclass(frozen=True, eq=False)
class _Paired:
    """Differences of pairs of settings.

    Attributes
    ----------
    difference : (D, H)   mean over the pairs that have both sides
    at_low : sd over the histories of one draw at low, pooled; nan with one history
    missing : share of pairs, draws and histories in which one side has no value
    """

    difference: Array
    at_low: float
    missing: float

    @classmethod
    def of(cls, values: Array, low: IntArray, high: IntArray) -> _Paired:
        pairs = values[high] - values[low]
        return cls(mean_over(pairs, 0), pooled_sd(values[low]), float(np.isnan(pairs).mean()))

    def less(self, other: _Paired, at_low: float) -> _Paired:
        """Return the difference of two effects, to be scaled by `at_low`."""
        return _Paired(self.difference - other.difference, at_low, max(self.missing, other.missing))


def pooled_sd(values: Array) -> float:
    """Return the sd over histories within a setting and draw, pooled over all of them."""
    there = ~np.isnan(values)
    count = there.sum(axis=-1)
    away = np.where(there, values - mean_over(values, -1)[..., None], 0.0)
    freedom = int(np.maximum(count - 1, 0).sum())
    return float(np.sqrt(np.sum(away**2) / freedom)) if freedom else float("nan")


@dataclass(frozen=True, slots=True)
class _Judge:
    """By what an effect on a measure is judged."""

    measure: str
    smallest: float
    scale: str
    interval: float

    def row(self, kind: str, design: str, ends: Ends | None, at: str, paired: _Paired) -> EffectRow:
        unit, values = units_of(paired.difference)
        values = values[~np.isnan(values)]
        mean = float(values.mean()) if values.size else float("nan")
        half = float(half_width(values, self.interval)) if values.size else float("nan")
        scale = paired.at_low if self.scale != "none" else 1.0
        smallest = self.smallest * scale
        finding, needed = judged(mean, half, smallest, values.size)
        low, high = np.quantile(values, (0.05, 0.95)) if values.size else (np.nan, np.nan)
        several = values.size > 1
        return EffectRow(
            measure=self.measure,
            kind=kind,
            design=design,
            of="" if ends is None else ends.of,
            low="" if ends is None else written(ends.low),
            high="" if ends is None else written(ends.high),
            by="" if ends is None or ends.by is None else ends.by,
            at=at,
            effect=mean,
            interval_low=mean - half,
            interval_high=mean + half,
            unit=unit,
            units=int(values.size),
            q05=float(low),
            q95=float(high),
            sd_draws=float(values.std(ddof=1)) if several and unit == "draw" else float("nan"),
            sd_luck=pooled_sd(paired.difference),
            sd_histories_at_low=paired.at_low,
            standardised=mean / paired.at_low if paired.at_low > 0.0 else float("nan"),
            smallest=smallest,
            missing=paired.missing,
            finding=finding,
            needed=needed,
        )


def judged(mean: float, half: float, smallest: float, units: int) -> tuple[str, int]:
    """Return what may be said of an effect, and with how many units it could be told where it cannot.

    It rises or falls where the whole interval lies beyond the smallest effect of interest, and there is
    nothing to be seen where the whole interval lies within it.

    Examples
    --------
    >>> judged(0.5, 0.1, 0.1, 20), judged(0.0, 0.05, 0.1, 20)
    (('rises', 0), ('nothing to be seen', 0))
    >>> judged(0.2, 0.2, 0.1, 20), judged(0.5, 0.1, 0.1, 4)
    (('open', 80), ('too few', 10))
    """
    if units < FEWEST:
        return "too few", FEWEST
    if np.isnan(half) or np.isnan(smallest):
        return "open", 0
    if mean - half > smallest:
        return "rises", 0
    if mean + half < -smallest:
        return "falls", 0
    if abs(mean) + half < smallest or (half == 0.0 and abs(mean) <= smallest):
        return "nothing to be seen", 0
    away = max(abs(abs(mean) - smallest), 1e-12)
    return "open", many_or_more(units * (half / away) ** 2)


def many_or_more(wanted: float) -> int:
    """Return a number that would do, rounded up; one past counting where it is beyond reach."""
    return min(ceil(round(wanted, 9)), _MOST_NEEDED)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        return float(value)
    if isinstance(value, list | tuple | np.ndarray | Mapping):
        return json.dumps(value if isinstance(value, Mapping) else list(value), default=float)
    return value


def written(value: Any) -> str:
    """Return a value of a factor as text.

    Examples
    --------
    >>> written(0.25), written(10), written("leave_or_stay"), written("")
    ('0.25', '10', 'leave_or_stay', 'nothing')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    return str(value) or "nothing"
