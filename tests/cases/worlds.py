"""Small processes that exercise everything, and the ways to permute, thin out and compare what they hold."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from rcpsim.quarters import Theory, play_quarter
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.setting import Run, prepare
from rcpsim.world import Luck, Minutes, Parameters, Process, Setting, World

EVERYTHING: dict[str, Any] = {
    "format": 1,
    "id": "everything",
    "title": "A process in which every dial is turned to something",
    "kind": "synthetic",
    "region": "nowhere",
    "about": "Ten made-up states with a secretariat, a sponsor, observers, rooms, a plan and a database.",
    "years": [1, 6],
    "held": ["everything"],
    "members": {"count": 10},
    "design": {
        "form": 0.5,
        "confidentiality": 0.5,
        "secretariat": "own",
        "chair": {"mode": "rotating", "quarters": 4},
        "observers": {"states": 2, "organisations": 3, "openness": 0.5},
        "follow_up": 0.5,
        "caution": 0.5,
        "closing": "none",
        "closing_after": 12,
        "networks": False,
        "focal_points": True,
        "contact_list": True,
        "evaluation": 1,
        "reporting": True,
        "capacity_building": 0.5,
        "consensus": "unanimity",
        "order_of_work": "equal",
        "data_pool": True,
        "data_security": 0.5,
        "priority": {"trafficking": 1.5},
    },
    "calendar": {
        "meetings": [
            {"name": "gathering", "kind": "workshop", "per_year": 4, "days": 3, "text": "recommendations"},
            {"name": "core", "kind": "senior", "per_year": 4, "days": 2, "text": "none", "steering": True},
            {"name": "summit", "kind": "ministerial", "per_year": 4, "days": 2, "text": "plan"},
        ]
    },
    "plan": {"sought": True, "load": 0.35, "count": 30, "due": 6},
    "money": {
        "sponsor_share": 0.4,
        "sponsor_issues": ["trafficking", "return"],
        "backers": ["S01", "S05"],
        "backers_share": 0.5,
    },
}
"""Notes: `gathering` splits into rooms of five, with its record written; `core` is a steering meeting."""
EVERYTHING["design"]["steering"] = ["S01", "S03", "S04", "S07", "S08", "S10"]
EVERYTHING["design"]["working_groups"] = {"size": 5}
for _meeting in EVERYTHING["calendar"]["meetings"]:
    _meeting["record"] = 0.5
    _meeting["observers"] = True


def changed(table: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """Return a scenario table with dotted keys (dots written as two underscores) set to values."""
    new = copy.deepcopy(dict(table))
    for key, value in values.items():
        *parents, last = key.split("__")
        place: Any = new
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        place[int(last) if isinstance(place, list) else last] = value
    return new


def ready(
    scenario: Mapping[str, Any] | str | Scenario, *, seed: int = 5, histories: Any = 6, **options: Any
) -> Run:
    """Return a run of a scenario for so many histories, or for these ones."""
    numbers = np.arange(histories) if isinstance(histories, int) else np.asarray(histories)
    without = options.pop("without", ())
    read = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    run = prepare(read, seed=seed, histories=numbers, **options)
    return replace(run, theory=run.theory.without(*without))


def played(
    run: Run, quarters: int | None = None, *, meets: bool = True
) -> Iterator[tuple[World, Process, Minutes]]:
    """Yield world, process and minutes of the first quarters of a run."""
    world, process = run.world, run.process
    for quarter in range(run.setting.quarters if quarters is None else quarters):
        world, process, minutes = play_quarter(
            world, process, run.setting, quarter, run.luck(quarter), run.theory, meets=meets
        )
        yield world, process, minutes


def last(run: Run, quarters: int | None = None, *, meets: bool = True) -> tuple[World, Process, Minutes]:
    """Return what stands after the first quarters of a run."""
    *_, final = played(run, quarters, meets=meets)
    return final


def arrays(*records: Any) -> dict[str, np.ndarray]:
    """Return every array of the records by `Record.field`."""
    return {
        f"{type(record).__name__}.{item.name}": np.asarray(getattr(record, item.name))
        for record in records
        for item in fields(record)
    }


def differing(
    one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], within: float = 0.0
) -> set[str]:
    """Return the names of arrays that differ by more than `within` (nan equals nan)."""
    out = set()
    for name, value in one.items():
        beside = other[name]
        if value.shape != beside.shape:
            out.add(name)
        elif within == 0.0 or value.dtype.kind != "f":
            if not np.array_equal(value, beside, equal_nan=value.dtype.kind == "f"):
                out.add(name)
        elif not np.allclose(value, beside, rtol=0.0, atol=within, equal_nan=True):
            out.add(name)
    return out


def mapped(item: Any, change: Callable[[str, np.ndarray], np.ndarray], name: str = "") -> Any:
    """Return a record with a function applied to each of its arrays, the records within it included."""
    if isinstance(item, np.ndarray):
        return change(name, item)
    if isinstance(item, Parameters):
        return item
    if isinstance(item, tuple) and item and is_dataclass(item[0]):
        return tuple(mapped(one, change) for one in item)
    if is_dataclass(item) and not isinstance(item, type):
        return replace(
            item, **{one.name: mapped(getattr(item, one.name), change, one.name) for one in fields(item)}
        )
    return item


def on_state_axes(array: np.ndarray, states: int, take: np.ndarray) -> np.ndarray:
    """Return an array with `take` applied to each axis that is as long as there are states."""
    for axis, length in enumerate(array.shape):
        if length == states:
            array = np.take(array, take, axis=axis)
    return array


def permuted(run: Run, order: np.ndarray) -> Run:
    """Return a run with its states in another order; no other axis may be as long as there are states."""
    setting = run.setting
    states = len(setting.codes)
    others = {setting.quarters, setting.histories.size, len(setting.issues), len(setting.calendar.kind), 3, 1}
    assert states not in others, "an axis that is not of states is as long as one that is"

    def change(name: str, array: np.ndarray) -> np.ndarray:
        return on_state_axes(array, states, order)

    return replace(
        run,
        setting=replace(mapped(setting, change), codes=tuple(setting.codes[i] for i in order)),
        world=mapped(run.world, change),
        process=mapped(run.process, change),
        luck=lambda quarter: mapped(run.luck(quarter), change),
    )


def with_ghost(run: Run, rng: np.random.Generator) -> Run:
    """Return a run with one more row of states that is never present: it has a past, a key and luck."""
    setting = run.setting
    states = len(setting.codes)
    rank = setting.key_before.sum(axis=-1)
    own = int(rng.integers(0, states + 1))
    ranks = np.append(np.where(rank >= own, rank + 1, rank), own)
    known = {
        "off": 1.0 - np.eye(states + 1),
        "key_before": ranks[None, :] < ranks[:, None],
        "key_order": (ranks[None, :] <= ranks[:, None]) * 1.0,
    }
    absent = {"present", "joined", "ability", "chair", "newcomer", "bound"}

    def change(name: str, array: np.ndarray) -> np.ndarray:
        if name in known:
            return known[name]
        take = np.append(np.arange(states), int(rng.integers(0, states)))
        if states not in array.shape:
            return array
        wider = on_state_axes(array, states, take)
        if name in absent:
            axis = array.shape.index(states)
            wider = np.moveaxis(wider, axis, 0).copy()
            wider[-1] = 0.0
            wider = np.moveaxis(wider, 0, axis)
        return wider

    def luck_change(name: str, array: np.ndarray) -> np.ndarray:
        return change(name, array)

    return replace(
        run,
        setting=replace(mapped(setting, change), codes=(*setting.codes, "GHO")),
        world=mapped(run.world, change),
        process=mapped(run.process, change),
        luck=lambda quarter: mapped(run.luck(quarter), luck_change),
    )


def without_last_state(record: Any, states: int) -> Any:
    """Return a record of a run with a ghost, without the ghost's row."""
    return mapped(record, lambda _, array: on_state_axes(array, states + 1, np.arange(states)))


def with_parameters(run: Run, **values: float) -> Run:
    """Return a run with parameters set whatever their cards allow; the founding world stays."""
    old = run.setting.parameters
    new = {
        name: np.full_like(value, values.get(name, np.nan)) if name in values else value
        for name, value in old.items()
    }
    return replace(run, setting=replace(run.setting, parameters=Parameters(new)))


def with_theory(run: Run, theory: Theory) -> Run:
    """Return a run under another theory."""
    return replace(run, theory=theory)


__all__ = [
    "EVERYTHING",
    "Luck",
    "Setting",
    "arrays",
    "changed",
    "differing",
    "last",
    "mapped",
    "permuted",
    "played",
    "ready",
    "with_ghost",
    "with_parameters",
    "with_theory",
    "without_last_state",
]
