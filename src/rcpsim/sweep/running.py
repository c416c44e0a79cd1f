"""Playing a sweep: what is missing is cut into units, the units are played, their parts are stored."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError
from rcpsim.experiment import Experiment, Plan, resolve
from rcpsim.setting import parameters_of, theory_of
from rcpsim.simulation import chunk_of, refuse_odd_engine
from rcpsim.sweep.engines import Engine, InProcess, LocalWorkers
from rcpsim.sweep.fingerprint import model_stamp, scenario_files
from rcpsim.sweep.store import Store, now, open_store
from rcpsim.sweep.units import Failure, Row, Unit, footer_of

__all__ = ["Report", "Told", "run_sweep", "units_of"]

_FEWEST: Final = 24  # histories of a unit where there would be too few units for all workers
_MOST_TIMES: Final = 4  # of what is played side by side, in a unit of a compiled engine
_UNITS_EACH: Final = 3  # that a worker gets at least, so that all end at about the same time


@dataclass(frozen=True, slots=True)
class Told:
    """How far a sweep has come.

    Attributes
    ----------
    done, total : histories, those of earlier sessions among them
    played : histories of this session
    seconds : since it began
    failed : histories that could not be played, in all sessions
    """

    done: int
    total: int
    played: int
    seconds: float
    failed: int

    @property
    def rate(self) -> float:
        """Histories per second in this session."""
        return self.played / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that are left, or None while nobody can know."""
        return (self.total - self.done) / self.rate if self.played else None


@dataclass(frozen=True, slots=True)
class Report:
    """What a session of a sweep came to.

    Attributes
    ----------
    folder : of the sweep
    total : histories of the whole sweep
    played : in this session
    failures : that have failed, in all sessions
    mended : parts that were damaged and were played again
    seconds : of this session
    retold : words of the experiment that the folder had otherwise, and has now
    """

    folder: Path
    total: int
    played: int
    failures: tuple[Failure, ...]
    mended: tuple[str, ...]
    seconds: float
    retold: tuple[str, ...] = ()


def run_sweep(
    plan: Plan | Experiment,
    out: str | Path,
    *,
    workers: int = 1,
    progress: Callable[[Told], None] | None = None,
    engine: Engine | None = None,
    chunk: int | None = None,
) -> Report:
    """Play what is missing of a sweep in its folder; what is there is not played again.

    Parameters
    ----------
    plan : as :func:`rcpsim.experiment.resolve` gives it
    out : the folder; made where it is not there, gone on with where it is
    workers : processes of this machine; 1 plays in this process
    progress : called when a part has been stored
    engine : another place to play, such as a cluster
    chunk : histories of a unit; any number gives the same rows

    Returns
    -------
    Report

    Raises
    ------
    InputError, OutputError
        when the experiment contradicts the folder, or the folder cannot be used; nothing in it is lost

    Examples
    --------
    >>> import tempfile
    >>> from rcpsim.experiment import load_experiment
    >>> few = {"draws.count": 1, "draws.histories": 1, "years": [1, 2], "factor.1.values": [0.0, 1.0]}
    >>> experiment = load_experiment("size-and-confidentiality", {**few, "factor.0.values": [5]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = run_sweep(experiment, folder)
    ...     again = run_sweep(experiment, folder)
    >>> first.played, again.played
    (6, 0)
    """
    plan = resolve(plan) if isinstance(plan, Experiment) else plan
    _refuse(workers, chunk)
    refuse_odd_engine(plan.experiment.engine)
    _parameters(plan)
    playing: Engine = engine or (InProcess() if workers == 1 else LocalWorkers(workers))
    with open_store(out, plan) as store:
        return play_missing(store, playing, progress, chunk)


def play_missing(
    store: Store, engine: Engine, progress: Callable[[Told], None] | None = None, chunk: int | None = None
) -> Report:
    """Play what a store lacks; on an error or Ctrl-C, what has come stays and the manifest says so."""
    began = time.monotonic()
    started, total = now(), store.done.size
    played = 0
    computed = 0.0

    def tell() -> None:
        if progress is not None:
            done = total - store.remaining
            progress(Told(done, total, played, time.monotonic() - began, len(store.failures)))

    tell()
    if store.remaining == 0 and store.state == "complete":
        return _report(store, total, 0, began)
    try:
        for answer in engine.play(units_of(store, engine.workers, chunk)):
            footer = footer_of(answer.file)
            store.add(answer.file, footer)
            played += len(footer.rows)
            computed += answer.seconds
            tell()
    finally:
        store.finish(
            {
                "started": started,
                "ended": now(),
                "seconds": round(time.monotonic() - began, 2),
                "computing": round(computed, 2),
                "histories": played,
                **engine.describe(),
            }
        )
    return _report(store, total, played, began)


def _report(store: Store, total: int, played: int, began: float) -> Report:
    seconds = time.monotonic() - began
    failures, mended = tuple(store.failures), tuple(store.mended)
    return Report(store.folder, total, played, failures, mended, seconds, store.retold)


def units_of(store: Store, workers: int = 1, chunk: int | None = None) -> Iterator[Unit]:
    """Yield what is missing, in units of histories that can be played side by side.

    Settings stand together that have the same states and mechanisms; most of a unit's rows are of one
    setting or of few, because each further scenario has to be prepared.
    """
    plan = store.plan
    company = [_company(plan, place) for place in range(len(plan.settings))]
    order = sorted(
        range(len(plan.settings)), key=lambda place: (company.index(company[place]), plan.stages[place])
    )
    options = options_of(plan)
    stamp = model_stamp(plan.experiment.engine)
    for _, group in groupby(order, key=lambda place: company[place]):
        places = list(group)
        lacks = [int((~store.done[place]).sum()) for place in places]
        if not (missing := sum(lacks)):
            continue
        states = len(plan.scenarios[plan.stages[places[0]]].states)
        engine = plan.experiment.engine
        size = chunk or _size(states, max(lacks), missing, workers, store.remaining, engine)
        whole = 0 if chunk else size  # settings that fit are not cut, so that they ask for the same luck
        rows: list[Row] = []
        of: dict[int, int] = {}
        for place in places:
            lacking = store.missing(place)
            if rows and len(rows) + len(lacking) > size and len(lacking) <= whole:
                yield _unit(store, options, stamp, rows, of)
                rows, of = [], {}
            for row in lacking:
                rows.append(row)
                of[row[0]] = place
                if len(rows) == size:
                    yield _unit(store, options, stamp, rows, of)
                    rows, of = [], {}
        if rows:
            yield _unit(store, options, stamp, rows, of)


def _size(states: int, each: int, missing: int, workers: int, remaining: int, engine: str) -> int:
    """Return how many histories a unit has at most.

    As many as fit the cache, but units enough for all workers. Compiled, a fixed number is played side by
    side whether so many are asked for or not: then as many times that number as settings fill best.
    """
    share = -(-remaining // (workers * _UNITS_EACH))
    if engine != "numpy":
        from rcpsim.compiled import widest

        wide = widest(states)
        times = range(1, min(_MOST_TIMES, max(share // wide, 1)) + 1)
        return wide * max(times, key=lambda many: (many * wide // each * each / (many * wide), -many))
    most = chunk_of(states, missing)
    if workers == 1:
        return most
    return max(min(most, max(share, _FEWEST)), 1)


def _company(plan: Plan, place: int) -> tuple[Any, ...]:
    """Return what settings share that may be played side by side."""
    scenario = plan.scenarios[plan.stages[place]]
    theory = theory_of(scenario)
    return scenario.states, tuple(sorted(theory.off)), tuple(sorted(theory.forms.items()))


def _unit(store: Store, options: dict[str, Any], stamp: str, rows: list[Row], of: dict[int, int]) -> Unit:
    settings = {number: store.plan.settings[place] for number, place in of.items()}
    return Unit(
        sweep=store.fingerprint,
        stamp=stamp,
        rows=tuple(rows),
        designs={number: setting.design for number, setting in settings.items()},
        recipes={number: store.plan.recipe(setting).to_dict() for number, setting in settings.items()},
        options=options,
    )


def options_of(plan: Plan) -> dict[str, Any]:
    """Return what all units of a sweep share."""
    experiment = plan.experiment
    return {
        "seed": experiment.seed,
        "parameters": experiment.draws.parameters,
        "judged": experiment.draws.judged,
        "as_of": experiment.draws.as_of,
        "twin": experiment.twin,
        "keep": list(experiment.measures.keep),
        "at": experiment.measures.at,
        "engine": experiment.engine,
        "scenario_files": scenario_files(experiment),
    }


def _refuse(workers: int, chunk: int | None) -> None:
    faults = [
        Fault("options", name, f"is {value}", "it must be 1 or more")
        for name, value in (("workers", workers), ("chunk", chunk))
        if value is not None and value < 1
    ]
    if faults:
        raise InputError(faults)


def _parameters(plan: Plan) -> dict[str, Array]:
    """Return the first draw of the parameters, so that what is wrong with them is told before any work."""
    import numpy as np

    experiment = plan.experiment
    first = np.zeros(1, dtype=np.int64)
    return parameters_of(plan.scenarios[0], experiment.seed, first, experiment.draws.parameters)


def cores() -> int:
    """Return how many processes this machine runs at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grown(plan: Plan, count: int, histories: int) -> Plan:
    """Return the plan with more draws or histories."""
    draws = replace(plan.experiment.draws, count=count, histories=histories)
    return replace(plan, experiment=replace(plan.experiment, draws=draws))
