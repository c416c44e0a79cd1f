"""Histories of several settings in one batch.

A step of the model on few histories costs nearly as much as on fifty, so settings of few histories are played
side by side: settings that differ in nothing but drawn parameters are prepared at once, and prepared runs
that agree in everything that has no history axis are laid one after the other along it. A history has the
same bits in any company (`tests/test_sweep_batching.py`), so what is batched with what is only a question
of speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rcpsim.arrays import Array
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

__all__ = ["CALENDAR_AXES", "SETTING_AXES", "join_runs"]


def join_runs(runs: Sequence[Run]) -> list[tuple[Run, list[int]]]:
    """Return as few runs as possible in which all histories of the given ones are played.

    Parameters
    ----------
    runs : prepared; each with histories of its own

    Returns
    -------
    each joined run, with the places of the runs it is made of, in the order of their histories
    """
    groups: list[list[int]] = []
    for place, run in enumerate(runs):
        for group in groups:
            if _alike(runs[group[0]], run):
                group.append(place)
                break
        else:
            groups.append([place])
    return [(_joined([runs[place] for place in group]), group) for group in groups]


def _alike(one: Run, other: Run) -> bool:
    """Whether two runs differ in nothing but what has a history axis."""
    here, there = one.setting, other.setting
    if one.theory != other.theory or len(here.designs) != len(there.designs):
        return False
    fields = [name for name, axis in SETTING_AXES.items() if axis == "none"]
    if not all(_same(getattr(here, name), getattr(there, name)) for name in fields):
        return False
    fixed = [name for name in record_fields(Calendar) if name not in CALENDAR_AXES]
    return all(_same(getattr(here.calendar, name), getattr(there.calendar, name)) for name in fixed)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and bool(np.array_equal(one, other))
    return bool(one == other)


def _joined(runs: Sequence[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    settings = [run.setting for run in runs]
    first = settings[0]
    sizes = [setting.histories.size for setting in settings]
    laid: dict[str, Any] = {}
    for name, axis in SETTING_AXES.items():
        values = [getattr(setting, name) for setting in settings]
        if axis == "history":
            laid[name] = _laid(values)
        elif axis == "history or one":
            laid[name] = _one_or_each(values, sizes)
    names = record_fields(Calendar)
    calendars = [setting.calendar for setting in settings]
    planned: dict[str, Any] = {
        name: _laid([getattr(one, name) for one in calendars]) for name in names if name in CALENDAR_AXES
    }
    designs = tuple(
        _record(Design, [setting.designs[period] for setting in settings])
        for period in range(len(first.designs))
    )
    parameters = Parameters(
        {name: _laid([setting.parameters[name] for setting in settings]) for name in first.parameters}
    )
    setting: Setting = replace(
        first,
        **laid,
        calendar=replace(first.calendar, **planned),
        designs=designs,
        parameters=parameters,
    )

    def luck(quarter: int) -> Luck:
        together: Luck = _record(Luck, [run.luck(quarter) for run in runs])
        return together

    return replace(
        runs[0],
        setting=setting,
        world=_record(World, [run.world for run in runs]),
        process=_record(Process, [run.process for run in runs]),
        luck=luck,
    )


def _record(record: type[Any], ones: Sequence[Any]) -> Any:
    """Return one record for several, every array one after the other."""
    names = record_fields(record)
    return record(**{name: _laid([getattr(one, name) for one in ones]) for name in names})


def _laid(values: Sequence[Any]) -> Any:
    """Return arrays one after the other, states innermost; broadcast arrays would get another layout.

    Over another layout a sum may run in another order, and the last bit of a history would tell its company.
    """
    return np.ascontiguousarray(np.concatenate(values))


def _one_or_each(values: Sequence[Array], sizes: Sequence[int]) -> Array:
    """Return a single row where all have the same one, else a row for each history."""
    if all(value.shape[0] == 1 and np.array_equal(value, values[0]) for value in values):
        return values[0]
    rows = [
        np.broadcast_to(value, (size, *value.shape[1:])) for value, size in zip(values, sizes, strict=True)
    ]
    whole: Array = _laid(rows)
    return whole
