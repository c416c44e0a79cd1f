"""One history out of a folder, played again by itself, kept whole, and held against what the folder holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError
from rcpsim.experiment import Recipe, resolve
from rcpsim.quarters import Theory
from rcpsim.results import Results
from rcpsim.scenario import Scenario
from rcpsim.setting import ParameterTable, parameters_of
from rcpsim.simulation import Replay, replay, simulate
from rcpsim.sweep import Difference, Sweep, open_results
from rcpsim.sweep.fingerprint import model_stamp
from rcpsim.sweep.running import options_of
from rcpsim.sweep.units import KEYS, kept_of

__all__ = ["COMPILED", "Again", "play_again"]

COMPILED: Final = {"numpy": 0.0, "jax": 1e-9, "jax-single": 1e-3}
"""How far a history of an engine may be from that of numpy, by which it is played again."""


@dataclass(frozen=True, eq=False)
class Again:
    """A stored history that was played again.

    Attributes
    ----------
    where : which history of the folder, in words
    results : the history alone, as a run of one
    replay : the same, kept whole
    cells : how many stored values were compared
    engine : what played the stored history; numpy plays it again
    within : how far a value may be apart, by :data:`COMPILED`: nothing where numpy played
    difference : the first one that is further apart, or None
    other_model : the folder was made with another version of the model; None where it does not say
    """

    where: str
    results: Results
    replay: Replay
    cells: int
    engine: str
    within: float
    difference: Difference | None
    other_model: bool | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is played."""

    scenario: Scenario
    history: int
    draw: int
    row: int  # of a table of parameters; the draw where there is none
    seed: int
    theory: Theory | None
    parameters: str | ParameterTable
    judged: str
    as_of: int | None


def play_again(
    folder: str | Path, *, history: int, setting: int | None = None, draw: int | None = None
) -> Again:
    """Play one history of a folder of `run` or `sweep` again and compare every stored value, bit for bit.

    What a compiled engine played is told again by numpy, and compared to :data:`COMPILED`.

    Parameters
    ----------
    history : its absolute number
    setting, draw : of a sweep, its numbers; a run has neither

    Raises
    ------
    InputError
        when the folder does not hold such a history
    """
    place = Path(folder)
    opened = open_results(place)
    if isinstance(opened, Sweep):
        return _of_sweep(opened, setting, draw, history)
    odd = [name for name, value in (("--setting", setting), ("--draw", draw)) if value is not None]
    if odd:
        allowed = f"{place} is the folder of a run, whose histories have a number alone"
        raise InputError([Fault(name, "", "is given", allowed) for name in odd])
    return _of_run(opened, place, history)


def _of_sweep(sweep: Sweep, setting: int | None, draw: int | None, history: int) -> Again:
    faults = [
        Fault(
            name, "", "is missing", f"{sweep.folder} is the folder of a sweep: name setting, draw and history"
        )
        for name, value in (("--setting", setting), ("--draw", draw))
        if value is None
    ]
    if faults or setting is None or draw is None:
        raise InputError(faults)
    numbers = [int(number) for number in sweep.settings["setting"]]
    draws = sweep.experiment.draws
    for name, value, known in (
        ("--setting", setting, set(numbers)),
        ("--draw", draw, set(range(draws.count))),
        ("--history", history, set(range(draws.histories))),
    ):
        if value not in known:
            allowed = f"{sweep.folder} holds {min(known)} to {max(known)}"
            faults.append(Fault(name, "", f"is {value}", allowed))
    if faults:
        raise InputError(faults)
    where = f"setting {setting}, draw {draw}, history {history}"
    table = sweep.table(None, setting=setting, draw=draw, history=history)
    if table.num_rows == 0:
        found = "is not there"
        allowed = "it has failed or has not been played yet; the same sweep command goes on"
        raise InputError([Fault(str(sweep.folder), where, found, allowed)])
    plan = resolve(sweep.experiment)
    recipe = plan.recipe(plan.settings[numbers.index(setting)])
    seed = sweep.experiment.seed
    how, row = _parameters(recipe, seed, draw, draws.parameters)
    asked = _Asked(recipe.load(), history, draw, row, seed, None, how, draws.judged, draws.as_of)
    results, again = _play(asked, twin=sweep.experiment.twin)
    options = options_of(plan)
    series = {name: value[None, :] for name, value in again.measures.items()}
    twin = {name: value[None, :] for name, value in again.twin.items()} if sweep.experiment.twin else None
    labels, kept = kept_of(series, twin, again.setting, options)
    order = [labels.index(label) for label in table["quarter"].to_pylist()]
    names = [name for name in table.column_names if name not in KEYS]
    now = {name: kept[name][0][order] for name in names}
    stored = {name: table[name].to_numpy() for name in names}
    engine = sweep.experiment.engine
    within = COMPILED[engine]
    difference = _first_difference(where, table["quarter"].to_pylist(), stored, now, within)
    other = sweep.manifest["stamp"] != _stamp(engine)
    return Again(where, results, again, len(names) * len(order), engine, within, difference, other)


def _stamp(engine: str) -> str:
    """Return the stamp of the model here; none where the compiler that is part of it is not installed."""
    try:
        return model_stamp(engine)
    except PackageNotFoundError:
        return ""


def _parameters(recipe: Recipe, seed: int, draw: int, how: str) -> tuple[str | ParameterTable, int]:
    """Return the parameters of a draw with those of a setting laid over, and the row that is read."""
    if not recipe.parameters:
        return how, draw
    table = dict(parameters_of(recipe.load(), seed, np.array([draw], dtype=np.int64), how))
    table |= {name: np.array([value]) for name, value in recipe.parameters.items()}
    return table, 0


def _of_run(results: Results, place: Path, history: int) -> Again:
    found = np.flatnonzero(results.histories == history)
    if found.size == 0:
        first, last = int(results.histories.min()), int(results.histories.max())
        allowed = f"{place} holds {results.histories.size} of {first} to {last}"
        raise InputError([Fault("--history", "", f"is {history}", allowed)])
    options: Mapping[str, Any] = results.options
    if options["parameters"] == "table":
        told, allowed = "was played with a table of parameters", "it can be played again from Python only"
        raise InputError([Fault(str(place), "options.parameters", told, allowed)])
    row = int(found[0])
    draw = int(results.draws[row])
    asked = _Asked(
        results.scenario,
        history,
        draw,
        draw,
        results.seed,
        results.theory,
        options["parameters"],
        options["judged"],
        options["as_of"],
    )
    one, again = _play(asked, twin=results.twin is not None)
    where = f"history {history}"
    stored = {name: values[row] for name, values in results.measures.items()}
    now: dict[str, Array] = dict(again.measures)
    if results.twin is not None:
        stored |= {f"{name}, twin": values[row] for name, values in results.twin.items()}
        now |= {f"{name}, twin": values for name, values in again.twin.items()}
    engine = options.get("engine", "numpy")
    within = COMPILED[engine]
    difference = _first_difference(where, results.labels, stored, now, within)
    return Again(where, one, again, len(stored) * len(results.labels), engine, within, difference, None)


def _play(asked: _Asked, *, twin: bool) -> tuple[Results, Replay]:
    one = simulate(
        asked.scenario,
        histories=[asked.history],
        draws=[asked.row],
        seed=asked.seed,
        theory=asked.theory,
        parameters=asked.parameters,
        judged=asked.judged,
        as_of=asked.as_of,
        twin=twin,
    )
    again = replay(
        asked.scenario,
        history=asked.history,
        draw=asked.row,
        seed=asked.seed,
        theory=asked.theory,
        parameters=asked.parameters,
        judged=asked.judged,
        as_of=asked.as_of,
    )
    return one, again


def _first_difference(
    where: str,
    labels: Sequence[str],
    stored: Mapping[str, Array],
    now: Mapping[str, Array],
    within: float = 0.0,
) -> Difference | None:
    """Return the first value, in time and then by name, that is further apart than allowed."""
    for place, label in enumerate(labels):
        for name, values in stored.items():
            old, new = float(values[place]), float(now[name][place])
            same = abs(old - new) <= within if within else old == new
            if not same and not (np.isnan(old) and np.isnan(new)):
                return Difference(where, label, name, old, new)
    return None
