"""A chunk of histories, compiled: the quarters as one loop, the histories side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from types import SimpleNamespace
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcpsim.arrays import Array
from rcpsim.compiled.giving import OF_ISSUES, fields_of, given_arrays, narrow, setting_of
from rcpsim.compiled.same_source import SameSource
from rcpsim.compiled.sheets import Sheet, Words, bare, sheets
from rcpsim.measures import start_memory
from rcpsim.setting import Run
from rcpsim.world import (
    Luck,
    Process,
    World,
    record_fields,
)

__all__ = ["SOURCE", "Played", "Playing", "begin", "compiled_runs", "widest", "width_of"]

_WIDTHS: Final = (8, 16, 24, 32, 48, 64, 96, 128)
_ELEMENTS: Final = 30_000  # of a pair array in one step
_OPTIONS: Final = {
    "xla_cpu_use_fusion_emitters": False
}  # compiles in four fifths of the time, runs no slower
_MINUTES: Final = (
    "held",
    "called",
    "slot_heads",
    "declared",
    "defined",
    "adopted",
    "closed",
    "dropped",
    "due",
    "mean_delivered",
    "source",
    "attributed",
    "deals",
    "joint",
    "government",
    "crisis",
)
_TRUTHS: Final = ("source", "deals", "joint")  # of pairs: only whether there is one is told
_PROCESS: Final = ("target", "status", "sponsor_active")
_OF_SLOTS: Final = ("kind", "steering", "grouped", "limit", "pay_order", "rooms_from")


def _is_sheet(value: Any) -> bool:
    return isinstance(value, Sheet)


def _as(value: Any, model: Any) -> Any:
    """Return the arrays of a tree in the shapes and types of those of another."""
    return jax.tree.map(
        lambda now, before: jnp.broadcast_to(now, before.shape).astype(before.dtype), sheets(value), model
    )


def _when(condition: Any, act: Callable[[], None], fields: dict[str, Any]) -> None:
    """Act where a condition holds that is known while the run goes on; see `rcpsim.arrays.when`."""
    asked = bare(condition)
    if not isinstance(asked, jax.core.Tracer):
        if asked:
            act()
        return
    before = dict(fields)

    def acted() -> dict[str, Any]:
        fields.update({name: list(value) for name, value in before.items() if isinstance(value, list)})
        act()
        after = {name: fields[name] for name, old in before.items() if _changed(old, fields[name])}
        fields.clear()
        fields.update(before)
        told: dict[str, Any] = sheets(after)
        return told

    model = {
        name: jax.tree.map(_common, sheets(before[name]), new) for name, new in jax.eval_shape(acted).items()
    }
    old = {name: sheets(before[name]) for name in model}
    fields.update(lax.cond(asked, lambda: _as(acted(), model), lambda: _as(old, model)))


def _changed(old: Any, new: Any) -> bool:
    if isinstance(old, list):
        return any(one is not other for one, other in zip(old, new, strict=True))
    return new is not old


def _common(old: Any, new: Any) -> Any:
    shape = np.broadcast_shapes(old.shape, new.shape)
    struct: Any = jax.ShapeDtypeStruct
    return struct(shape, jnp.result_type(old.dtype, new.dtype))


SOURCE: Final = SameSource(Words(), {"rcpsim.arrays": {"when": _when}})


@dataclass(frozen=True)
class _Asked:
    """What a compiled run is asked for."""

    twin: bool
    events: bool
    measures: frozenset[str] | None = None  # all where None; what nobody asks for is not reckoned


def _story(run: Run, fixed: dict[str, Array], asked: _Asked) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the function that plays all quarters of the histories it is given."""
    play_quarter = SOURCE.module("rcpsim.quarters.story").play_quarter
    measure_quarter = SOURCE.module("rcpsim.measures.quarter").measure_quarter
    state_values = SOURCE.module("rcpsim.measures.states").state_values
    remembering = SOURCE.module("rcpsim.measures.memory")
    worlds, processes = record_fields(World), record_fields(Process)

    def whole(given: dict[str, Any]) -> dict[str, Any]:
        setting = setting_of(run, given)
        start = {name: given[name] for name in ("world", "process", "memory")}
        carried = {name: sheets(start) for name in (("main", "twin") if asked.twin else ("main",))}

        def quarter(
            before: dict[str, Any], now: tuple[Any, dict[str, Any]]
        ) -> tuple[dict[str, Any], dict[str, Any]]:
            q, drawn = now
            luck = Luck(**sheets(drawn))
            after, told, beside = {}, {}, None
            for name, condition in before.items():
                world, process, minutes = play_quarter(
                    World(**condition["world"]),
                    Process(**condition["process"]),
                    setting,
                    q,
                    luck,
                    run.theory,
                    meets=name == "main",
                )
                memory = remembering.Memory(**condition["memory"], **fixed)
                values, memory = measure_quarter(
                    world, process, minutes, setting, q, memory, **({"beside": beside} if beside else {})
                )
                after[name] = {
                    "world": fields_of(world, worlds),
                    "process": fields_of(process, processes),
                    "memory": fields_of(memory, condition["memory"]),
                }
                told[name] = {
                    measure: value
                    for measure, value in values.items()
                    if asked.measures is None or measure in asked.measures
                }
                if name == "main":
                    beside = memory
                    if asked.events:
                        told["states"] = state_values(world, process, minutes, setting)
                        told["minutes"] = {
                            name: getattr(minutes, name) > 0 if name in _TRUTHS else getattr(minutes, name)
                            for name in _MINUTES
                        }
                        told["process"] = fields_of(process, _PROCESS)
            return _as(after, before), jax.tree.map(bare, told, is_leaf=_is_sheet)

        quarters = jnp.arange(run.setting.quarters)
        _, told = lax.scan(quarter, carried, (quarters, given["luck"]))
        return told

    return whole


_COMPILED: dict[Any, Any] = {}


def compiled_runs() -> int:
    """Return how many runs have been compiled so far."""
    return len(_COMPILED)


def _key(run: Run, fixed: dict[str, Array], given: dict[str, Any], asked: _Asked, single: bool) -> Any:
    """Return what a compiled run depends on: runs with equal keys share it."""
    calendar = run.setting.calendar
    slots = tuple(getattr(calendar, name) for name in _OF_SLOTS)
    issues = tuple(value.tobytes() for value in fixed.values())
    theory = (tuple(sorted(run.theory.off)), tuple(sorted(run.theory.forms.items())))
    leaves, form = jax.tree.flatten(given)
    shapes = tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
    span = (run.setting.first_quarter % 4, run.setting.quarters, tuple(run.setting.parameters))
    return slots, issues, theory, form, shapes, span, asked, single


@dataclass(frozen=True)
class Played:
    """What a compiled chunk came to, quarters first.

    Attributes
    ----------
    series, twin : measure -> (Q, H)
    states : name -> (Q, H, N)
    quarters : for each quarter what the table of events is made of
    """

    series: dict[str, Array]
    twin: dict[str, Array]
    states: dict[str, Array]
    quarters: list[tuple[Any, Any]]


class Playing:
    """Histories that are being played, beside whatever else is done until they are asked for."""

    def __init__(self, parts: list[tuple[Any, int]], quarters: int) -> None:
        self._parts = parts
        self._quarters = quarters

    def played(self) -> Played:
        """Return what they came to, once they are done."""
        told: dict[str, dict[str, Array]] = {}
        each = [(jax.tree.map(np.asarray, part), size) for part, size in self._parts]
        for group in each[0][0]:
            told[group] = {
                name: np.concatenate([part[group][name][:, :size] for part, size in each], axis=1)
                for name in each[0][0][group]
            }
        minutes, process = told.get("minutes", {}), told.get("process", {})
        quarters = [
            (
                SimpleNamespace(**{name: value[q] for name, value in process.items()}),
                SimpleNamespace(**{name: value[q] for name, value in minutes.items()}),
            )
            for q in range(self._quarters if minutes else 0)
        ]
        return Played(told["main"], told.get("twin", {}), told.get("states", {}), quarters)


def width_of(states: int, histories: int) -> int:
    """Return how many histories are played side by side: one of few numbers, so that few runs are compiled.

    Examples
    --------
    >>> width_of(11, 2), width_of(11, 130), width_of(40, 100)
    (8, 96, 16)
    """
    fitting = _fitting(states)
    even = ceil(histories / ceil(histories / fitting[-1]))
    return next(width for width in fitting if width >= even)


def widest(states: int) -> int:
    """Return how many histories are played side by side at most.

    Examples
    --------
    >>> widest(11), widest(40), widest(100)
    (128, 16, 8)
    """
    return _fitting(states)[-1]


def _fitting(states: int) -> list[int]:
    return [width for width in _WIDTHS if width * states * states <= _ELEMENTS] or [_WIDTHS[0]]


def begin(
    run: Run,
    *,
    twin: bool,
    events: bool,
    single: bool = False,
    any_company: bool = False,
    measures: frozenset[str] | None = None,
) -> Playing:
    """Begin to play the histories of a run.

    Parameters
    ----------
    run : prepared
    twin : also without the process
    events : keep what the table of events and the states are made of
    single : reckon with seven digits in place of sixteen
    any_company : play as many side by side as there may be, however few are asked for: the compiler has one
        order of sums for each width, and a history then has the same bits beside any others
    measures : that are wanted; all where missing
    """
    asked = _Asked(twin, events, measures)
    histories = run.setting.histories.size
    states = len(run.setting.codes)
    width = widest(states) if any_company else width_of(states, histories)
    memory = start_memory(run.world, run.process, run.setting)
    fixed = {name: getattr(memory, name) for name in OF_ISSUES}
    parts = []
    with jax.enable_x64(not single):
        for start in range(0, histories, width):
            places = (start + np.arange(width)) % histories
            given = given_arrays(run, memory, places, alike=not any_company)
            if single:
                given = jax.tree.map(narrow, given)
            key = _key(run, fixed, given, asked, single)
            if key not in _COMPILED:
                story = jax.jit(_story(run, fixed, asked)).lower(given)
                _COMPILED[key] = story.compile(compiler_options=dict(_OPTIONS))
            parts.append((_COMPILED[key](given), min(width, histories - start)))
    return Playing(parts, run.setting.quarters)
