"""Histories of one scenario as a record: measures with their axes named, tables, and the typical history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.axes import parse_quarter, quarter_label
from rcpsim.data import state_table
from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.events import EVENT_KINDS, EventTable
from rcpsim.measures import MEASURES
from rcpsim.quarters import Theory
from rcpsim.results.over_histories import last_of_years, mean_interval, quantiles, standard_deviation
from rcpsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["LIFE", "Results", "Twin", "names_of"]

LIFE: Final = ("alive", "dormant", "ended", "status")
"""Measures that are told beyond the end of a process, because they tell it."""

_SUMMED: Final = 20_000  # histories times measures that are summed up at once
_ENDED: Final = 3  # first of the codes of an ended process, theory/lifecycle
_MISSING: Final = 2.0  # standard deviations counted where a history has ended and most have not


class _Part(Protocol):
    """What a chunk of histories leaves behind; the arrays pass on to the results."""

    @property
    def measures(self) -> dict[str, Array]: ...
    @property
    def twin(self) -> dict[str, Array] | None: ...
    @property
    def states(self) -> dict[str, Array]: ...
    @property
    def events(self) -> EventTable: ...


class Twin(dict[str, Array]):
    """Measures of the no-process twin: name -> (H, Q); called with a name, that one with its axes named."""

    def __init__(self, values: Mapping[str, Array], histories: IntArray, labels: Sequence[str]) -> None:
        super().__init__(values)
        self._histories, self._labels = histories, labels

    def __call__(self, name: str) -> xr.DataArray:
        """Return one measure: (history, quarter)."""
        words = "without the process: "
        return _labelled(name, _known(name, self), words, self._histories, self._labels)


@dataclass(frozen=True, eq=False, repr=False)
class Results:
    """Histories of one scenario.

    Attributes
    ----------
    scenario : what was played
    theory : which mechanisms acted, and in which form
    seed : of the run
    histories : (H,)   absolute history numbers
    draws : (H,)   parameter draw of each history
    options : how judged values, parameters and dates were read
    parameters : name -> value, or where they come from, such as ``prior``, where every history has its own
    labels : Q quarters, such as 1996-Q1
    codes, names : N states
    issues : K issues
    meetings : S kinds of meeting by the names of the calendar
    measures : name -> (H, Q); ``nan`` once the process has ended
    twin : the same without the process, to the last quarter; ``twin("trust_all")`` has its axes named; None
        where it was not played
    states : name -> (H', Q, N) of the first H' histories
    events : what happened, by indices

    Examples
    --------
    >>> from rcpsim import simulate
    >>> results = simulate("small-process", histories=2, seed=3)
    >>> results
    <Results of small-process: 2 histories, Y01-Q1 to Y20-Q4, seed 3>
    >>> results["trust_all"].dims, results.twin("trust_all").shape
    (('history', 'quarter'), (2, 80))
    """

    scenario: Scenario
    theory: Theory
    seed: int
    histories: IntArray
    draws: IntArray
    options: Mapping[str, Any]
    parameters: Mapping[str, float] | str
    labels: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    issues: tuple[str, ...]
    meetings: tuple[str, ...]
    measures: dict[str, Array]
    twin: Twin | None
    states: dict[str, Array]
    events: EventTable

    @classmethod
    def from_parts(
        cls,
        scenario: Scenario,
        run: Any,
        seed: int,
        histories: IntArray,
        draws: IntArray,
        parts: Sequence[_Part],
        options: Mapping[str, Any],
    ) -> Results:
        """Return the results of a run, from what its chunks left behind.

        The measures of the parts are used up, so that ten thousand histories are not held twice.

        Parameters
        ----------
        run : setting and theory of any one chunk
        parts : of the chunks, in the order of histories
        """
        setting = run.setting
        twins = [part.twin for part in parts if part.twin is not None]
        labels = tuple(quarter_label(setting.first_quarter + q) for q in range(setting.quarters))
        measures = _joined([part.measures for part in parts if part.measures])
        how = str(options.get("parameters", "default"))
        _end(measures)
        return cls(
            scenario=scenario,
            theory=run.theory,
            seed=seed,
            histories=histories,
            draws=draws,
            options=dict(options),
            parameters={name: float(v[0]) for name, v in setting.parameters.items()}
            if how == "default"
            else how,
            labels=labels,
            codes=setting.codes,
            names=names_of(setting.codes),
            issues=setting.issues,
            meetings=setting.calendar.entries,
            measures=measures,
            twin=Twin(_joined(twins), histories, labels) if twins else None,
            states=_joined([part.states for part in parts if part.states]),
            events=EventTable.join([part.events for part in parts]),
        )

    def __repr__(self) -> str:
        """Return one line: which scenario, how many histories, which quarters, which seed."""
        many = f"{self.histories.size} histor{'y' if self.histories.size == 1 else 'ies'}"
        span = f"{self.labels[0]} to {self.labels[-1]}"
        return f"<Results of {self.scenario.id}: {many}, {span}, seed {self.seed}>"

    def __getitem__(self, name: str) -> xr.DataArray:
        """Return a measure with its axes named: (history, quarter)."""
        return _labelled(name, _known(name, self.measures), "", self.histories, self.labels)

    def __iter__(self) -> Any:
        """Yield the names of the measures."""
        return iter(self.measures)

    def difference(self, name: str) -> xr.DataArray:
        """Return what the process adds to its twin in a measure: (history, quarter)."""
        value = _known(name, self.measures) - _known(name, self._twin())
        return _labelled(name, value, "difference to the twin: ", self.histories, self.labels)

    def dataset(self) -> xr.Dataset:
        """Return all measures, and those of the twin under names that begin with ``twin_``."""
        import xarray as xr

        named = {name: self[name] for name in self.measures}
        if self.twin is not None:
            named |= {f"twin_{name}": self.twin(name) for name in self.twin}
        about = {"scenario": self.scenario.id, "title": self.scenario.title, "seed": self.seed}
        return xr.Dataset(named, attrs=about)

    def to_frame(self, *, twin: bool = False) -> pd.DataFrame:
        """Return one row for each history and quarter, with one column for each measure.

        Parameters
        ----------
        twin : the twin's measures instead
        """
        import pandas as pd

        chosen = self._twin() if twin else self.measures
        quarters = len(self.labels)
        rows: dict[str, Any] = {
            "design": self.scenario.id,
            "setting": np.zeros(self.histories.size * quarters, dtype=np.int64),
            "draw": np.repeat(self.draws, quarters),
            "history": np.repeat(self.histories, quarters),
            "quarter": np.tile(np.array(self.labels), self.histories.size),
        }
        return pd.DataFrame(rows | {name: value.reshape(-1) for name, value in chosen.items()})

    def events_frame(self) -> pd.DataFrame:
        """Return what happened, one row each, in words: quarter, meeting, kind, states and issue by name."""
        import pandas as pd

        def words(column: IntArray, names: Sequence[str]) -> Any:
            once = list(dict.fromkeys(names))
            place = np.array([*(once.index(name) for name in names), -1])
            return pd.Categorical.from_codes(place[column].tolist(), categories=pd.Index(once))

        events = self.events
        return pd.DataFrame(
            {
                "history": events.history,
                "quarter": words(events.quarter, self.labels),
                "meeting": words(events.meeting, self.meetings),
                "kind": words(events.kind, EVENT_KINDS),
                "state": words(events.state, self.codes),
                "other": words(events.other, self.codes),
                "issue": words(events.issue, self.issues),
                "value": events.value,
            }
        )

    def states_frame(self) -> pd.DataFrame:
        """Return one row for each kept history, quarter and state, with one column for each quantity kept."""
        import pandas as pd

        kept = next(iter(self.states.values())).shape[0] if self.states else 0
        quarters, members = len(self.labels), len(self.codes)
        rows: dict[str, Any] = {
            "history": np.repeat(self.histories[:kept], quarters * members),
            "quarter": np.tile(np.repeat(np.array(self.labels), members), kept),
            "state": np.tile(np.array(self.codes), kept * quarters),
        }
        return pd.DataFrame(rows | {name: value.reshape(-1) for name, value in self.states.items()})

    def year_ends(self, values: Array, years: Sequence[int] | None = None) -> Array:
        """Return the last value of each year: (H, Q) to (H, years).

        Where the last quarter has none although the process goes on (no meeting, so no candour), an earlier
        one of the same year counts.
        """
        first = parse_quarter(self.labels[0])
        return last_of_years(values, self._going(), first, tuple(years or self.years))

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the run, both ends included."""
        return tuple(range(self.scenario.years[0], self.scenario.years[1] + 1))

    def summary(self, years: Sequence[int] | None = None) -> pd.DataFrame:
        """Return each measure at the end of each year.

        Parameters
        ----------
        years : which; all where missing

        Returns
        -------
        Columns: measure, year, n_alive (histories whose process has not ended by the end of the year), mean
        over those that have a value, its 90 % interval (low, high; Student), q05, q50, q95 over histories,
        and mean and interval of the twin and of the difference, in the same histories.
        """
        import pandas as pd

        chosen = tuple(years or self.years)
        alive = np.sum(self.year_ends(np.where(self._going(), 1.0, 0.0), chosen) == 1.0, axis=0)
        names = list(self.measures)
        rows: dict[str, list[Array]] = {}
        at_once = max(1, _SUMMED // self.histories.size)
        for start in range(0, len(names), at_once):
            block = names[start : start + at_once]
            for column, found in self._summed(block, chosen).items():
                rows.setdefault(column, []).append(found)
        frame: dict[str, Any] = {
            "measure": np.repeat(np.array(names, dtype=object), len(chosen)),
            "year": np.tile(chosen, len(names)),
            "n_alive": np.tile(alive, len(names)),
        }
        return pd.DataFrame(frame | {column: np.concatenate(found) for column, found in rows.items()})

    def _summed(self, names: Sequence[str], years: tuple[int, ...]) -> dict[str, Array]:
        """Return the columns of the summary for some measures, year after year: (measures * years,)."""
        going, first = np.tile(self._going(), (len(names), 1)), parse_quarter(self.labels[0])

        def ends(series: Mapping[str, Array]) -> Array:
            missing = np.full((self.histories.size, len(self.labels)), np.nan)
            whole = last_of_years(
                np.concatenate([series.get(name, missing) for name in names]), going, first, years
            )
            by_history = np.swapaxes(whole.reshape(len(names), self.histories.size, len(years)), 0, 1)
            return by_history.reshape(self.histories.size, -1)

        values = ends(self.measures)
        columns = dict(zip(("mean", "low", "high"), mean_interval(values), strict=True))
        columns |= dict(zip(("q05", "q50", "q95"), quantiles(values, (0.05, 0.5, 0.95)), strict=True))
        if self.twin is not None:
            same = np.where(np.isnan(values), np.nan, ends(self.twin))
            for word, told in (("twin", same), ("difference", values - same)):
                columns |= dict(zip((word, f"{word}_low", f"{word}_high"), mean_interval(told), strict=True))
        return columns

    def medoid(self) -> int:
        """Return the absolute number of the typical history.

        It is the one nearest to the medians of all measures at the ends of all years, each distance counted
        in standard deviations over histories. Where a process has ended while most have not, two standard
        deviations are counted. Of several equally near the first is taken.
        """
        total = np.zeros(self.histories.size)
        for name, series in self.measures.items():
            if name in LIFE:
                continue
            values = self.year_ends(series)
            common = np.mean(~np.isnan(values), axis=0) >= 0.5
            if not common.any():
                continue
            values = values[:, common]
            middle = quantiles(values, (0.5,))[0]
            spread = standard_deviation(values)
            useful = spread > 1e-12 * (1.0 + np.abs(middle))
            away = ((values - middle) / np.where(useful, spread, np.inf)) ** 2
            total += np.sum(np.where(np.isnan(away), _MISSING**2, away), axis=-1)
        return int(self.histories[np.argmin(total)])

    def _going(self) -> BoolArray:
        """Return whether the process has not ended, (H, Q)."""
        status = self.measures.get("status")
        if status is None:
            return np.ones((self.histories.size, len(self.labels)), dtype=np.bool_)
        return ~_ended(status)

    def _twin(self) -> Twin:
        if self.twin is None:
            fault = Fault("options", "twin", "is false", "the twin was not played; ask for it with twin=True")
            raise InputError([fault])
        return self.twin


def _known(name: str, among: Mapping[str, Array]) -> Array:
    if name not in among:
        raise UnknownName.of("measure", name, among)
    return among[name]


def _labelled(
    name: str, values: Array, words: str, histories: IntArray, labels: Sequence[str]
) -> xr.DataArray:
    import xarray as xr

    about: dict[str, str] = {}
    if name in MEASURES:
        about = {"units": MEASURES[name].unit, "long_name": words + MEASURES[name].meaning}
    return xr.DataArray(
        values,
        dims=("history", "quarter"),
        coords={"history": histories, "quarter": list(labels)},
        name=name,
        attrs=about,
    )


def names_of(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of states; a made-up state is called by its code.

    Examples
    --------
    >>> names_of(["MEX", "S07"])
    ('Mexico', 'S07')
    """
    table = state_table()
    known = dict(zip(table.codes, table.names, strict=True))
    return tuple(known.get(code, code) for code in codes)


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Return one mapping for several, histories one after the other; the parts are emptied."""
    names = list(parts[0]) if parts else []
    return {name: np.concatenate([part.pop(name) for part in parts]) for name in names}


def _ended(status: Array) -> BoolArray:
    ended: BoolArray = status >= _ENDED
    return ended


def _end(measures: dict[str, Array]) -> None:
    """Take out, in place, what is measured after a process has ended."""
    if "status" in measures:
        over = _ended(measures["status"])
        for name, values in measures.items():
            if name not in LIFE:
                values[over] = np.nan
