"""Histories of one scenario: many for statistics, one for looking.

:func:`simulate` plays histories in chunks that fit the cache and keeps their measures; :func:`replay` plays
one history again and keeps everything. A history has the same bits alone and in any chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from itertools import repeat
from math import ceil
from os import PathLike
from typing import Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.errors import Fault, InputError
from rcpsim.events import EventLog, EventTable
from rcpsim.measures import STAGE_SERIES, finish_series, measure_quarter, start_memory, state_values
from rcpsim.quarters import Theory, play_quarters
from rcpsim.results import LIFE, Results
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.setting import ParameterTable, Run, labels_of, prepare, refuse_odd_arguments
from rcpsim.theory import lifecycle
from rcpsim.theory.trust import trust
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["ENGINES", "Replay", "replay", "series_of", "simulate"]

Progress = Callable[[int, int], None]
KEPT_HISTORIES: Final = 50  # histories whose states are kept one by one
ENGINES: Final = ("numpy", "jax", "jax-single")
"""What reckons: numpy; the same theory compiled by JAX; the same with numbers of seven digits."""

_ELEMENTS: Final = 60_000  # of a pair array in one chunk
_FEWEST, _MOST = 8, 256


@dataclass(frozen=True)
class Replay:
    """One history, kept whole.

    Attributes
    ----------
    run : the setting and the founding world
    history : absolute number
    worlds, processes, minutes : one for each quarter, at its end; arrays with a history axis of length one
    twin_worlds : the same quarters without the process
    measures, twin : name -> (Q,)
    events : what happened
    """

    run: Run
    history: int
    worlds: tuple[World, ...]
    processes: tuple[Process, ...]
    minutes: tuple[Minutes, ...]
    twin_worlds: tuple[World, ...]
    measures: dict[str, Array]
    twin: dict[str, Array]
    events: EventTable

    @property
    def trust(self) -> Array:
        """How far each state believes that each other keeps a confidence, quarter by quarter: (Q, N, N)."""
        return _trust_of(self.worlds, self.run.setting)

    @property
    def twin_trust(self) -> Array:
        """The same without the process: (Q, N, N)."""
        return _trust_of(self.twin_worlds, self.run.setting)

    @property
    def setting(self) -> Setting:
        """What the history was given."""
        return self.run.setting

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the quarters, such as 1996-Q1."""
        return labels_of(self.run.setting)


def _trust_of(worlds: Sequence[World], setting: Setting) -> Array:
    weight = setting.parameters.m["prior_weight"]
    return np.stack([trust(world.kept, world.broken, setting.trust_prior, weight)[0] for world in worlds])


def simulate(
    scenario: Scenario | str | PathLike[str],
    *,
    histories: int | Sequence[int] = 200,
    history: int | None = None,
    seed: int = 1,
    theory: Theory | None = None,
    without: Sequence[str] = (),
    parameters: str | ParameterTable = "default",
    draws: Sequence[int] | None = None,
    judged: str = "draw",
    as_of: int | None = None,
    twin: bool = True,
    chunk: int | None = None,
    keep_states: int = KEPT_HISTORIES,
    engine: str = "numpy",
    progress: Progress | None = None,
) -> Results:
    """Play histories of a scenario and keep their measures.

    Parameters
    ----------
    scenario : a scenario, the name of a packaged one, or a file
    histories : how many (0, 1, 2, …), or their absolute numbers
    history : one absolute number, to replay it alone
    theory : which mechanisms act; what the scenario chooses where missing
    without : names of mechanisms to leave out besides
    parameters : ``default``, ``prior``, or a table, name -> column, whose row ``draws[h]`` a history takes
    draws : parameter draw of each history; the history number where missing
    judged : ``draw``, ``central`` or ``blind`` (see :func:`rcpsim.setting.prepare`)
    as_of : year of the latest document that may be read
    twin : also play the no-process twin with the same luck
    chunk : histories played at once; any number gives the same bits
    keep_states : of how many histories, from the first, quantities of each state are kept
    engine : what reckons, one of :data:`ENGINES`; see ``docs/engines.md``
    progress : called with (histories done, histories in all)

    Returns
    -------
    Results

    Raises
    ------
    ScenarioError, InputError
        for input that cannot be played

    Examples
    --------
    >>> results = simulate("small-process", histories=2, seed=3)
    >>> results["trust_all"].dims
    ('history', 'quarter')
    """
    if isinstance(scenario, str | PathLike):
        scenario = load_scenario(scenario)
    refuse_odd_arguments(
        scenario=scenario,
        history=history,
        theory=theory,
        without=without,
        parameters=parameters,
        draws=draws,
        judged=judged,
        as_of=as_of,
        twin=twin,
        chunk=chunk,
        progress=progress,
    )
    numbers = _history_numbers(histories if history is None else [history])
    draw_numbers = numbers if draws is None else np.asarray(draws, dtype=np.int64)
    if draw_numbers.size != numbers.size:
        found = f"hold {draw_numbers.size} draws for {numbers.size} histories"
        raise InputError([Fault("options", "draws", found, "name one for each history")])
    refuse_odd_engine(engine)
    size = chunk or chunk_of(len(scenario.states), numbers.size, engine)
    measures: dict[str, Array] = {}  # filled chunk by chunk, so that no history is held twice
    other: dict[str, Array] = {}
    parts: list[Part] = []

    def keep(start: int, part: Part) -> None:
        for whole, given in ((measures, part.measures), (other, part.twin or {})):
            for name, value in given.items():
                if name not in whole:
                    whole[name] = np.empty((numbers.size, value.shape[1]))
                whole[name][start : start + size] = value
        parts.append(Part({}, None, part.states, part.events))
        if progress is not None:
            progress(min(start + size, numbers.size), numbers.size)

    waiting: tuple[int, Callable[[], Part]] | None = None  # a compiled chunk runs while the next is prepared
    for start in range(0, numbers.size, size):
        run = prepare(
            scenario,
            seed=seed,
            histories=numbers[start : start + size],
            theory=theory,
            parameters=parameters,
            draws=draw_numbers[start : start + size],
            judged=judged,
            as_of=as_of,
        )
        if without:
            run = replace(run, theory=run.theory.without(*without))
        kept = max(0, min(keep_states - start, size))
        begun = begin_chunk(run, twin=twin, keep_states=kept, engine=engine)
        if waiting is not None:
            keep(waiting[0], waiting[1]())
        waiting = (start, begun)
    if waiting is not None:
        keep(waiting[0], waiting[1]())
    how = parameters if isinstance(parameters, str) else "table"
    options = {"parameters": how, "judged": judged, "as_of": as_of, "without": list(without)}
    if engine != "numpy":
        options["engine"] = engine
    parts[0] = replace(parts[0], measures=measures, twin=other if twin else None)
    return Results.from_parts(scenario, run, seed, numbers, draw_numbers, parts, options)


def chunk_of(states: int, histories: int, engine: str = "numpy") -> int:
    """Return how many of the histories of a process with so many states are played at once.

    Few at a time waste the cost of each step, many leave the cache; the chunks are of like size.

    Examples
    --------
    >>> chunk_of(11, 300), chunk_of(40, 100)
    (150, 34)
    """
    most = max(_FEWEST, min(_MOST, _ELEMENTS // max(states * states, 1)))
    if engine != "numpy":
        from rcpsim.compiled import width_of

        most = width_of(states, histories)
    return ceil(histories / ceil(histories / most))


def _history_numbers(histories: int | Sequence[int]) -> IntArray:
    if isinstance(histories, (int, np.integer)):
        if histories < 1:
            raise InputError([Fault("options", "histories", f"is {histories}", "it must be 1 or more")])
        return np.arange(int(histories), dtype=np.int64)
    if isinstance(histories, (str, bytes)) or not isinstance(histories, Iterable):
        allowed = "it must be a whole number, or a list of history numbers"
        raise InputError([Fault("options", "histories", f"is {histories!r}", allowed)])
    listed = list(histories)
    odd = [one for one in listed if isinstance(one, bool) or not isinstance(one, (int, np.integer))]
    if odd:
        raise InputError([Fault("options", "histories", f"hold {odd[0]!r}", "each must be a whole number")])
    numbers = np.asarray(listed, dtype=np.int64)
    if numbers.size == 0 or numbers.min() < 0:
        raise InputError([Fault("options", "histories", "are none or negative", "name at least one, from 0")])
    return numbers


@dataclass(frozen=True)
class Part:
    """What a chunk of histories leaves behind."""

    measures: dict[str, Array]  # name -> [H, Q]
    twin: dict[str, Array] | None
    states: dict[str, Array]  # name -> [H', Q, N], the first H' histories
    events: EventTable


def refuse_odd_engine(engine: str) -> None:
    """Refuse an engine that there is not, or that is not installed.

    Raises
    ------
    InputError
        that says what there is, or how to install it
    """
    if engine not in ENGINES:
        allowed = f"it must be {', '.join(ENGINES[:-1])} or {ENGINES[-1]}"
        raise InputError([Fault("options", "engine", f"is {engine!r}", allowed)])
    if engine != "numpy" and find_spec("jax") is None:
        hint = "install it with: pip install 'rcpsim[jax]'"
        raise InputError([Fault("options", "engine", f"is {engine!r}, and JAX is not installed", hint)])


def begin_chunk(
    run: Run,
    *,
    twin: bool,
    keep_states: int = 0,
    events: bool = True,
    engine: str = "numpy",
    any_company: bool = False,
    measures: Collection[str] | None = None,
) -> Callable[[], Part]:
    """Begin to play a chunk of histories, and return what waits for it.

    A compiled chunk runs on its own from here on; one of numpy is played when it is waited for.

    Parameters
    ----------
    run : prepared
    twin : also without the process
    keep_states : histories whose states are kept
    events : keep what happened
    engine : one of :data:`ENGINES`
    any_company : of a compiled engine: a history has the same bits whichever are played beside it, and it
        takes as long to play few as many; with numpy that is always so
    measures : that are wanted of a compiled engine, which then reckons no others; all where missing
    """
    if engine == "numpy":
        return partial(play_chunk, run, twin=twin, keep_states=keep_states, events=events)
    from rcpsim.compiled import begin

    playing = begin(
        run,
        twin=twin,
        events=events or keep_states > 0,
        single=engine == "jax-single",
        any_company=any_company,
        measures=None if measures is None else _with_their_sources(measures),
    )

    def waited() -> Part:
        played = playing.played()
        log = EventLog(run.setting)
        for quarter, (process, minutes) in enumerate(played.quarters if events else ()):
            log.add(quarter, run.world, process, minutes)
        states = {name: value.swapaxes(0, 1)[:keep_states] for name, value in played.states.items()}
        told = [
            series_of({name: list(values) for name, values in each.items()})
            for each in (played.series, played.twin)
            if each
        ]
        return Part(told[0], told[1] if twin else None, states if keep_states else {}, log.table())

    return waited


def _with_their_sources(measures: Collection[str]) -> frozenset[str]:
    """Return measures with those they are told from: the status, and what a stage is read from."""
    return frozenset({*measures, "status", *(STAGE_SERIES if "stage" in measures else ())})


def play_chunk(
    run: Run, *, twin: bool, keep_states: int = 0, events: bool = True, engine: str = "numpy"
) -> Part:
    """Play one chunk of histories, with its twin and what happened if wanted (see :func:`begin_chunk`)."""
    if engine != "numpy":
        return begin_chunk(run, twin=twin, keep_states=keep_states, events=events, engine=engine)()
    log = EventLog(run.setting)
    series: dict[str, list[Array]] = {}
    other: dict[str, list[Array]] = {}
    states: dict[str, list[Array]] = {}
    for quarter, now in enumerate(_told(run, twin)):
        if events:
            log.add(quarter, now.world, now.process, now.minutes)
        for name, value in now.values.items():
            series.setdefault(name, []).append(value)
        for name, value in now.twin_values.items():
            other.setdefault(name, []).append(value)
        if keep_states:
            for name, value in state_values(now.world, now.process, now.minutes, run.setting).items():
                states.setdefault(name, []).append(value[:keep_states])
    kept = {name: np.stack(values, axis=1) for name, values in states.items()}
    return Part(series_of(series), series_of(other) if twin else None, kept, log.table())


@dataclass(frozen=True)
class _Told:
    """One quarter of the run and of its twin, measured."""

    world: World
    process: Process
    minutes: Minutes
    values: dict[str, Array]
    twin_world: World | None
    twin_values: dict[str, Array]


def _told(run: Run, twin: bool) -> Iterator[_Told]:
    """Play the run, and beside it the twin if wanted, quarter by quarter."""

    def story(meets: bool) -> Iterator[tuple[World, Process, Minutes]]:
        return play_quarters(run.world, run.process, run.setting, run.luck, run.theory, meets=meets)

    setting = run.setting
    memory = twin_memory = start_memory(run.world, run.process, setting)
    beside = story(False) if twin else repeat(None)
    for quarter, (now, other) in enumerate(zip(story(True), beside, strict=False)):
        values, memory = measure_quarter(*now, setting, quarter, memory)
        if other is None:
            yield _Told(*now, values, None, {})
            continue
        twin_values, twin_memory = measure_quarter(*other, setting, quarter, twin_memory, beside=memory)
        yield _Told(*now, values, other[0], twin_values)


def series_of(rows: dict[str, list[Array]]) -> dict[str, Array]:
    """Return measures quarter by quarter as series [H, Q], with the stage, and nothing after an end."""
    whole = finish_series({name: np.ascontiguousarray(np.array(values).T) for name, values in rows.items()})
    over = whole["status"] > lifecycle.DORMANT if "status" in whole else np.zeros(1, dtype=np.bool_)
    return {name: value if name in LIFE else np.where(over, np.nan, value) for name, value in whole.items()}


def replay(
    scenario: Scenario | str | PathLike[str],
    *,
    history: int,
    seed: int = 1,
    theory: Theory | None = None,
    without: Sequence[str] = (),
    parameters: str | ParameterTable = "default",
    draw: int | None = None,
    judged: str = "draw",
    as_of: int | None = None,
) -> Replay:
    """Play one history again and keep everything: equal, bit for bit, to the same history of a batch."""
    if isinstance(scenario, str | PathLike):
        scenario = load_scenario(scenario)
    refuse_odd_arguments(
        scenario=scenario,
        history=history,
        theory=theory,
        without=without,
        parameters=parameters,
        draw=draw,
        judged=judged,
        as_of=as_of,
    )
    run = prepare(
        scenario,
        seed=seed,
        histories=[history],
        theory=theory,
        parameters=parameters,
        draws=None if draw is None else [draw],
        judged=judged,
        as_of=as_of,
    )
    if without:
        run = replace(run, theory=run.theory.without(*without))
    log = EventLog(run.setting)
    told = list(_told(run, True))
    series: dict[str, list[Array]] = {}
    other: dict[str, list[Array]] = {}
    for quarter, now in enumerate(told):
        log.add(quarter, now.world, now.process, now.minutes)
        for name, value in now.values.items():
            series.setdefault(name, []).append(value)
        for name, value in now.twin_values.items():
            other.setdefault(name, []).append(value)
    return Replay(
        run=run,
        history=history,
        worlds=tuple(now.world for now in told),
        processes=tuple(now.process for now in told),
        minutes=tuple(now.minutes for now in told),
        twin_worlds=tuple(now.twin_world for now in told if now.twin_world is not None),
        measures={name: value[0] for name, value in series_of(series).items()},
        twin={name: value[0] for name, value in series_of(other).items()},
        events=log.table(),
    )
