"""Playing a history and what it would have been: one past, two courses from a quarter on.

The past is played once. At the quarter where the two part, the counterfactual goes on from the very world
and process of the factual course, under its own setting and with the same luck; so nothing that is set for
later can reach back, and what lies before is the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.axes import quarter_label
from rcpsim.counterfactual.asking import Otherwise
from rcpsim.errors import Fault, InputError
from rcpsim.measures import measure_quarter, start_memory, state_values
from rcpsim.profiles import main_role
from rcpsim.quarters import play_quarters
from rcpsim.results import names_of
from rcpsim.scenario import Scenario
from rcpsim.setting import Run, prepare, theory_of
from rcpsim.simulation import chunk_of, series_of
from rcpsim.theory import lifecycle
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["PER_DRAW", "STATE_VALUES", "Counterfactual", "rerun"]

PER_DRAW: Final = 5
"""Histories of each draw of the coefficients, where they are drawn."""

STATE_VALUES: Final = {
    "trust_received": "share",
    "trust_given": "share",
    "understanding": "share",
    "law": "place on -1 to 1",
    "backing": "share",
    "commitment": "share",
    "participation": "share",
    "candour": "share",
    "money": "delegate-days per quarter",
}
"""What is kept of each state, and its unit; what others believe of it comes first."""

OF_A_PROCESS: Final = ("commitment", "participation", "candour", "money")
"""What a state has in a process only."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """Histories as they were, and as they would have been with the same luck.

    Attributes
    ----------
    case : what is otherwise, and from when
    seed, parameters, judged, as_of : as played
    histories, draws : (H,)   numbers of the histories, and the draw of coefficients of each
    per_draw : histories of one draw, which lie side by side; 1 where nothing is drawn
    labels : Q quarters
    codes, names, roles : N states; the role is that of the last quarter
    factual, counterfactual : measure -> (H, Q), `nan` once the process has ended
    states, other_states : quantity -> (H, Y, N), mean over the quarters of a year
    """

    case: Otherwise
    seed: int
    parameters: str
    judged: str
    as_of: int | None
    histories: IntArray
    draws: IntArray
    per_draw: int
    labels: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    roles: tuple[str, ...]
    factual: Mapping[str, Array]
    counterfactual: Mapping[str, Array]
    states: Mapping[str, Array]
    other_states: Mapping[str, Array]

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the run, both ends included."""
        first, last = self.case.factual.years
        return tuple(range(first, last + 1))

    @property
    def drawn(self) -> bool:
        """Whether the coefficients are drawn, so that draws and not histories are counted."""
        return self.parameters != "default"

    @property
    def ended_before(self) -> float:
        """Share of histories whose process had ended before anything was otherwise."""
        if self.case.first == 0:
            return 0.0
        return float(np.mean(self.factual["ended"][:, self.case.first - 1]))


def rerun(
    case: Otherwise,
    *,
    histories: int = 300,
    seed: int = 1,
    parameters: str = "default",
    judged: str = "draw",
    as_of: int | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
) -> Counterfactual:
    """Play histories as they were and as they would have been.

    Parameters
    ----------
    case : see :func:`rcpsim.counterfactual.otherwise`
    histories : how many; rounded up to whole draws where the coefficients are drawn
    seed, parameters, judged, as_of : as `rcpsim.simulate` takes them; where coefficients are drawn, every
        draw has :data:`PER_DRAW` histories
    chunk : histories played at once; any number gives the same bits
    progress : called with (histories done, histories in all)

    Raises
    ------
    InputError
        for fewer than one history

    Examples
    --------
    >>> from rcpsim.counterfactual import otherwise
    >>> from rcpsim.scenario import load_scenario
    >>> case = otherwise(load_scenario("small-process", {"years": [1, 4]}), without=["process"], since=3)
    >>> found = rerun(case, histories=2)
    >>> bool((found.factual["trust_all"][:, :8] == found.counterfactual["trust_all"][:, :8]).all())
    True
    """
    if histories < 1:
        raise InputError([Fault("options", "histories", f"is {histories}", "it must be 1 or more")])
    per_draw = 1 if parameters == "default" else PER_DRAW
    numbers = np.arange(ceil(histories / per_draw) * per_draw, dtype=np.int64)
    draws = numbers // per_draw
    size = chunk or chunk_of(len(case.factual.states), numbers.size)
    chunks: list[_Courses] = []
    run: Run | None = None
    for start in range(0, numbers.size, size):
        piece = slice(start, start + size)
        how: dict[str, Any] = {
            "seed": seed,
            "histories": numbers[piece],
            "draws": draws[piece],
            "parameters": parameters,
            "judged": judged,
            "as_of": as_of,
        }
        run = _run(case.factual, how)
        other = _run(case.counterfactual, how) if case.counterfactual is not case.factual else run
        other = replace(other, theory=other.theory.without(*case.mechanisms))
        chunks.append(_both(case, run, other))
        if progress is not None:
            progress(min(start + size, numbers.size), numbers.size)
    assert run is not None
    setting = run.setting
    return Counterfactual(
        case=case,
        seed=seed,
        parameters=parameters,
        judged=judged,
        as_of=as_of,
        histories=numbers,
        draws=draws,
        per_draw=per_draw,
        labels=tuple(quarter_label(setting.first_quarter + q) for q in range(setting.quarters)),
        codes=setting.codes,
        names=names_of(setting.codes),
        roles=tuple(
            main_role(float(o), float(t), float(d))
            for o, t, d in zip(setting.origin[-1], setting.transit[-1], setting.destination[-1], strict=True)
        ),
        factual=_joined([one.factual for one in chunks]),
        counterfactual=_joined([one.counterfactual for one in chunks]),
        states=_joined([one.states for one in chunks]),
        other_states=_joined([one.other_states for one in chunks]),
    )


def _run(scenario: Scenario, how: Mapping[str, Any]) -> Run:
    return prepare(scenario, theory=theory_of(scenario), **how)


@dataclass(frozen=True)
class _Courses:
    """What a chunk leaves behind."""

    factual: dict[str, Array]  # measure -> [H, Q]
    counterfactual: dict[str, Array]
    states: dict[str, Array]  # quantity -> [H, Y, N]
    other_states: dict[str, Array]


def _both(case: Otherwise, run: Run, other: Run) -> _Courses:
    """Play both courses of a chunk, each measured with the founding list and weights of the first.

    A course without a process has no candid hours and no agenda of its own, so pairs that met and issues that
    had hours are taken from the factual course, as for the twin of every run.
    """
    first, setting = case.first, run.setting
    memory = start_memory(run.world, run.process, setting)
    other_memory = memory if not case.meets else start_memory(other.world, other.process, setting)
    series: dict[str, list[Array]] = {}
    other_series: dict[str, list[Array]] = {}
    years, other_years = _Years(), _Years()
    world, process = other.world, other.process
    courses: Iterator[tuple[World, Process, Minutes]] | None = None
    for quarter, now in enumerate(play_quarters(run.world, run.process, setting, run.luck, run.theory)):
        if quarter == first:
            courses = play_quarters(
                world, process, other.setting, other.luck, other.theory, meets=case.meets, first=first
            )
        values, memory = measure_quarter(*now, setting, quarter, memory)
        if courses is None:
            then, other_values, other_memory = now, values, memory
            world, process = now[0], now[1]
        else:
            then = next(courses)
            beside = None if case.meets else memory
            other_values, other_memory = measure_quarter(
                *then, other.setting, quarter, other_memory, beside, begun=first > 0
            )
        for whole, found in ((series, values), (other_series, other_values)):
            for name, value in found.items():
                whole.setdefault(name, []).append(value)
        years.add(quarter, now, setting)
        other_years.add(quarter, then, other.setting if courses is not None else setting)
    factual, counterfactual = series_of(series), series_of(other_series)
    for name in counterfactual:  # a stage is read off the quarters that follow: the label of the past stays
        counterfactual[name][:, :first] = factual[name][:, :first]
    return _Courses(factual, counterfactual, years.means(), other_years.means())


class _Years:
    """Means of what is kept of each state over the quarters of a year that have a value."""

    def __init__(self) -> None:
        self.total: dict[str, list[Array]] = {}
        self.count: dict[str, list[Array]] = {}

    def add(self, quarter: int, now: tuple[World, Process, Minutes], setting: Setting) -> None:
        """Add a quarter: the world, the process and the minutes at its end."""
        world, process, minutes = now
        over = (process.status > lifecycle.DORMANT)[:, None]
        for name, value in state_values(world, process, minutes, setting).items():
            value = np.where(over, np.nan, value) if name in OF_A_PROCESS else value
            there = ~np.isnan(value)
            for whole, more in ((self.total, np.where(there, value, 0.0)), (self.count, there * 1.0)):
                rows = whole.setdefault(name, [])
                if quarter % 4 == 0:
                    rows.append(more)
                else:
                    rows[-1] = rows[-1] + more

    def means(self) -> dict[str, Array]:
        """Return quantity -> [H, Y, N]."""
        found = {}
        for name in STATE_VALUES:
            total, count = (np.stack(whole[name], axis=1) for whole in (self.total, self.count))
            found[name] = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
        return found


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Return one mapping for several, histories one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
