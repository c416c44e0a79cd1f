"""What goes into a compiled run: all arrays of a chunk of histories, and the setting that they make again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np

from rcpsim.arrays import Array
from rcpsim.compiled.sheets import Sheet, sheets
from rcpsim.measures import Memory
from rcpsim.setting import Run
from rcpsim.world import (
    CALENDAR_AXES,
    SETTING_AXES,
    Calendar,
    Design,
    Luck,
    Parameters,
    Process,
    Setting,
    World,
    record_fields,
)

__all__ = ["OF_ISSUES", "fields_of", "given_arrays", "narrow", "setting_of"]

OF_ISSUES: Final = ("treated", "columns")  # of a memory: these have no histories and say where to look
_EVENTS: Final = (
    "event_salience",
    "event_capacity",
    "event_incentive",
    "event_crisis",
)  # mostly alike in all


def fields_of(record: Any, names: Any) -> dict[str, Any]:
    """Return some fields of a record, by name."""
    return {name: getattr(record, name) for name in names}


class _Periods:
    """The designs of all periods, stacked; picked by a number that is known while the run goes on."""

    def __init__(self, stacked: dict[str, Sheet]) -> None:
        self._stacked = stacked

    def __getitem__(self, period: Any) -> Design:
        dials: dict[str, Any] = {name: value[:, period] for name, value in self._stacked.items()}
        return Design(**dials)


def given_arrays(run: Run, memory: Memory, places: Any, alike: bool) -> dict[str, Any]:
    """Return all arrays of a run, histories first, for the histories at some places.

    ``alike``: events that are the same in all histories may stand there once.
    """
    setting = run.setting
    calendar = setting.calendar

    everyone = np.array_equal(places, np.arange(setting.histories.size))

    def chosen(value: Array) -> Array:
        rows: Array = value if everyone and value.shape[0] == places.size else value[places % value.shape[0]]
        return rows

    def later(value: Array) -> Array:
        """Return the same where histories are the second axis."""
        rows: Array = value if everyone else value[:, places]
        return rows

    luck = [run.luck(quarter) for quarter in range(setting.quarters)]
    par = setting.parameters
    fields = {name: getattr(setting, name) for name in SETTING_AXES}
    arrays = {name: value for name, value in fields.items() if isinstance(value, np.ndarray)}
    return {
        "setting": {
            name: value
            if SETTING_AXES[name] == "none" or (alike and name in _EVENTS and value.shape[0] == 1)
            else chosen(value)
            for name, value in arrays.items()
        },
        "calendar": {
            name: chosen(getattr(calendar, name)) if name in CALENDAR_AXES else getattr(calendar, name)
            for name in record_fields(Calendar)
            if isinstance(getattr(calendar, name), np.ndarray)
        },
        "design": {
            name: chosen(np.stack([getattr(one, name) for one in setting.designs], axis=1))
            for name in record_fields(Design)
        },
        "design_of": np.array(setting.design_of),
        "parameters": later(np.stack([par.s[name] for name in par.s])),
        "lasting": later(np.stack([par.keep_s[name] for name in par.keep_s])),
        "world": {name: chosen(getattr(run.world, name)) for name in record_fields(World)},
        "process": {name: chosen(getattr(run.process, name)) for name in record_fields(Process)},
        "memory": {
            name: jax.tree.map(chosen, value)
            for name, value in fields_of(memory, record_fields(Memory)).items()
            if name not in OF_ISSUES
        },
        "luck": {name: later(np.stack([getattr(one, name) for one in luck])) for name in record_fields(Luck)},
    }


def _parameters(run: Run, values: Any, lasting: Any) -> Parameters:
    par = object.__new__(Parameters)
    own = run.setting.parameters
    for word, names, rows in (("", own.s, values), ("keep_", own.keep_s, lasting)):
        one: dict[str, Any] = {name: Sheet(rows[n]) for n, name in enumerate(names)}
        for depth, letter in enumerate("svmt"):
            setattr(par, f"{word}{letter}", {k: v[(..., *(None,) * depth)] for k, v in one.items()})
    return par


def setting_of(run: Run, given: dict[str, Any]) -> Setting:
    """Return the setting of a run, with what it was given in place of its arrays."""
    own = run.setting
    laid: dict[str, Any] = sheets(given["setting"])
    calendar: dict[str, Any] = sheets(given["calendar"])
    fixed: dict[str, Any] = {
        "designs": _Periods(sheets(given["design"])),
        "design_of": jnp.asarray(given["design_of"]),
        "calendar": replace(own.calendar, **calendar),
        "parameters": _parameters(run, given["parameters"], given["lasting"]),
    }
    return replace(own, **laid, **fixed)


def narrow(value: Array) -> Any:
    """Return numbers of seven digits, or whole numbers of four bytes, in place of longer ones."""
    kinds: dict[str, Any] = {"f": np.float32, "i": np.int32}
    return value.astype(kinds.get(value.dtype.kind, value.dtype))
