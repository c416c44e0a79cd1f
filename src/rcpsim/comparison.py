"""Designs side by side: the same histories, with the same luck, played under several scenarios.

Every history meets the same chance in all designs (`rcpsim.draws`), so that a difference between two designs
is taken history by history: what luck does to both drops out of it. Each design is held against the first.

How large a difference is, is told against the spread over histories of the *first design*, never against the
spread of the paired differences, which shared luck makes small at will. For the same reason the probability
of superiority takes any history of the one against any history of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from os import PathLike
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError, quoted
from rcpsim.measures import MEASURES
from rcpsim.results import Results, mean_interval, quantiles
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.setting import refuse_odd_arguments
from rcpsim.simulation import simulate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Row", "compare", "middle_year", "probability_of_superiority", "refuse_unlike"]

Progress = Callable[[int, int, str], None]
_SHARES: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one design at the end of one year, and how it differs from the first design.

    Attributes
    ----------
    measure, phase, unit : which measure (`rcpsim.measures`)
    year : at whose end
    design : name of the design
    n : histories that have a value; a process that has ended has none
    q05, q50, q95, mean : over those histories, in the unit of the measure
    pairs : histories that have a value in both designs
    difference : median over pairs of this design less the first; ``nan`` in the rows of the first
    mean_difference, low, high : mean over pairs and its 90 % interval (Student)
    standardised : mean difference over the standard deviation over histories of the first design
    superiority : chance that a history of this design lies above one of the first, ties counted half
    ahead : share of pairs in which this design lies above the first, ties counted half
    luck_ratio : variance of the difference between unrelated histories over that of pairs; how many times
        more histories would be needed without shared luck
    """

    measure: str
    phase: str
    unit: str
    year: int
    design: str
    n: int
    q05: float
    q50: float
    q95: float
    mean: float
    pairs: int
    difference: float
    mean_difference: float
    low: float
    high: float
    standardised: float
    superiority: float
    ahead: float
    luck_ratio: float


@dataclass(frozen=True)
class Comparison:
    """Several designs played with the same luck.

    Attributes
    ----------
    names : of the designs, each once, the first one being what the others are held against
    results : of each design, the same histories in the same order
    rows : of each measure, year and design
    """

    names: tuple[str, ...]
    results: tuple[Results, ...]
    rows: tuple[Row, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """The years at whose ends the designs are compared: a middle one and the last."""
        return tuple(sorted({row.year for row in self.rows}))

    def row(self, measure: str, design: str, year: int | None = None) -> Row:
        """Return the row of a measure in a design, at the end of the last year unless another is named."""
        wanted = (measure, design, self.years[-1] if year is None else year)
        return next(row for row in self.rows if (row.measure, row.design, row.year) == wanted)

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a table, one column for each attribute of `Row`."""
        import pandas as pd

        names = [field.name for field in fields(Row)]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows], columns=names)


def compare(
    scenarios: Sequence[Scenario | str | PathLike[str]],
    *,
    histories: int | Sequence[int] = 200,
    seed: int = 1,
    parameters: str = "default",
    judged: str = "draw",
    as_of: int | None = None,
    twin: bool = True,
    engine: str = "numpy",
    progress: Progress | None = None,
) -> Comparison:
    """Play several scenarios with the same luck and hold each against the first.

    Parameters
    ----------
    scenarios : at least two, by record, name or file; they cover the same years
    histories : how many, or their numbers; the same in every design
    seed, parameters, judged, as_of, twin, engine : as in `rcpsim.simulate`
    progress : called with histories done and in all, over all designs, and the design being played

    Raises
    ------
    InputError
        for fewer than two scenarios, different years, or input that cannot be played

    Examples
    --------
    >>> found = compare(["small-process", "medium-process"], histories=2, seed=3, twin=False)
    >>> found.names, found.years
    (('small-process', 'medium-process'), (10, 20))
    """
    if isinstance(scenarios, str) or not isinstance(scenarios, Iterable):
        allowed = "it must be a list of at least two scenarios"
        raise InputError([Fault("compare", "scenarios", f"is {quoted(scenarios)}", allowed)])
    loaded = [load_scenario(one) if isinstance(one, str | PathLike) else one for one in scenarios]
    for one in loaded:
        refuse_odd_arguments(scenario=one)
    refuse_unlike(loaded)
    names = unique_names([scenario.id for scenario in loaded])
    played: list[Results] = []
    for place, scenario in enumerate(loaded):
        played.append(
            simulate(
                scenario,
                histories=histories,
                seed=seed,
                parameters=parameters,
                judged=judged,
                as_of=as_of,
                twin=twin,
                engine=engine,
                progress=None if progress is None else _overall(progress, place, names),
            )
        )
    return Comparison(names, tuple(played), tuple(_rows(names, played)))


def middle_year(years: Sequence[int]) -> int:
    """Return the year in the middle of a run, the earlier of two.

    Examples
    --------
    >>> middle_year(range(1996, 2011)), middle_year([1, 2]), middle_year([7])
    (2003, 1, 7)
    """
    return years[(len(years) - 1) // 2]


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, each once: a second one of the same name gets a number.

    Examples
    --------
    >>> unique_names(["puebla", "bali", "puebla"])
    ('puebla', 'bali', 'puebla-2')
    """
    found: list[str] = []
    for name in names:
        wanted, number = name, 1
        while wanted in found:
            number += 1
            wanted = f"{name}-{number}"
        found.append(wanted)
    return tuple(found)


def probability_of_superiority(first: Array, other: Array) -> float:
    """Return the chance that a value of `other` lies above one of `first`, ties counted half.

    The measure A of Vargha and Delaney (2000): 0.5 where neither tends to be higher. ``nan`` is left out.

    Parameters
    ----------
    first, other : (H,), (H',)

    Examples
    --------
    >>> probability_of_superiority(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.875
    """
    low, high = np.sort(first[~np.isnan(first)]), other[~np.isnan(other)]
    if low.size == 0 or high.size == 0:
        return float("nan")
    below = np.searchsorted(low, high, side="left")
    level = np.searchsorted(low, high, side="right") - below
    return float(np.mean(below + 0.5 * level) / low.size)


def refuse_unlike(scenarios: Sequence[Scenario]) -> None:
    """Raise unless the scenarios can be held against each other; asked before hours of work, not after.

    Raises
    ------
    InputError
        for fewer than two scenarios, or different years
    """
    if len(scenarios) < 2:
        found, allowed = f"names {len(scenarios)} scenario", "name at least two"
        raise InputError([Fault("compare", "", found, allowed)])
    first = scenarios[0]
    faults = [
        Fault(
            other.file,
            "years",
            f"are {other.years[0]}-{other.years[1]}",
            f"compared designs cover the same years; {first.id} has {first.years[0]}-{first.years[1]}",
            "set them all with --years",
        )
        for other in scenarios[1:]
        if other.years != first.years
    ]
    if faults:
        raise InputError(faults)


def _overall(progress: Progress, place: int, names: Sequence[str]) -> Callable[[int, int], None]:
    """Return the progress of one design as progress over all of them."""

    def told(done: int, total: int) -> None:
        progress(place * total + done, len(names) * total, names[place])

    return told


def _rows(names: Sequence[str], played: Sequence[Results]) -> list[Row]:
    first = played[0]
    years = first.years
    chosen = tuple(dict.fromkeys((middle_year(years), years[-1])))
    rows = []
    for measure in first.measures:
        if measure not in MEASURES:
            continue
        ends = [results.year_ends(results.measures[measure], chosen) for results in played]
        for column, year in enumerate(chosen):
            rows += [
                _row(measure, year, name, ends[0][:, column], values[:, column], first=place == 0)
                for place, (name, values) in enumerate(zip(names, ends, strict=True))
            ]
    return rows


def _row(measure: str, year: int, design: str, base: Array, values: Array, *, first: bool) -> Row:
    card = MEASURES[measure]
    q05, q50, q95 = (float(found) for found in quantiles(values, _SHARES))
    mean = float(mean_interval(values)[0])
    unknown = float("nan")
    row = Row(
        measure=measure,
        phase=card.phase,
        unit=card.unit,
        year=year,
        design=design,
        n=int(np.sum(~np.isnan(values))),
        q05=q05,
        q50=q50,
        q95=q95,
        mean=mean,
        pairs=0,
        difference=unknown,
        mean_difference=unknown,
        low=unknown,
        high=unknown,
        standardised=unknown,
        superiority=unknown,
        ahead=unknown,
        luck_ratio=unknown,
    )
    return row if first else _held_against(row, base, values)


def _held_against(row: Row, base: Array, values: Array) -> Row:
    gap = values - base
    both = ~np.isnan(gap)
    pairs = int(np.sum(both))
    if pairs == 0:
        return replace(row, superiority=probability_of_superiority(base, values))
    mean, low, high = (float(found) for found in mean_interval(gap))
    known = base[~np.isnan(base)]
    spread = float(np.std(known, ddof=1)) if known.size > 1 else 0.0
    apart = float(np.var(base[both], ddof=1) + np.var(values[both], ddof=1)) if pairs > 1 else 0.0
    paired = float(np.var(gap[both], ddof=1)) if pairs > 1 else 0.0
    return replace(
        row,
        pairs=pairs,
        difference=float(np.median(gap[both])),
        mean_difference=mean,
        low=low,
        high=high,
        standardised=_ratio(mean, spread),
        superiority=probability_of_superiority(base, values),
        ahead=float(np.mean((gap[both] > 0) + 0.5 * (gap[both] == 0))),
        luck_ratio=_ratio(apart, paired),
    )


def _ratio(above: float, below: float) -> float:
    """Return a ratio; of nothing to nothing it is unknown, of something to nothing without bound."""
    if below > 0:
        return above / below
    return float("nan") if above == 0 else float(np.copysign(np.inf, above))
