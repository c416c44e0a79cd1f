"""Playing designs for lessons: cells that several lessons share, each a file, so that none is played twice.

A *cell* is one design over one base scenario under one reading of the theory. Of every history it keeps each
measure in the first two years, in all years after them, in the last two years and in the last
quarter that has a value, with and without the process.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rcpsim.arrays import Array, IntArray
from rcpsim.lessons.records import WHEN, Design, Lesson, Outcome
from rcpsim.quarters import Theory
from rcpsim.scenario import load_scenario
from rcpsim.setting import theory_of
from rcpsim.simulation import simulate

__all__ = ["Arm", "Cell", "Plan", "cells_of", "outcome_values", "play_cells", "read_cell"]

SETTLING: Final = 8
"""Quarters that are called early; the last as many are called late."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A reading of the theory under which designs are played.

    Attributes
    ----------
    name : how it is called in tables
    without : mechanisms that are off
    replacing : mechanism -> its rival form
    settings : dotted key -> value, laid over every design
    """

    name: str = "full"
    without: tuple[str, ...] = ()
    replacing: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is played.

    Attributes
    ----------
    draws : of all coefficients, dealt out in turn over the base scenarios
    histories : of each draw
    seed : of all chance
    parameters : as `simulate` takes it, a word
    luck : histories are numbered from here on, in steps of `histories` for each draw
    """

    draws: int
    histories: int
    seed: int
    parameters: str = "prior"
    luck: int = 0

    def of_base(self, place: int, bases: int) -> IntArray:
        """Return the draws that fall to one of the base scenarios."""
        return np.arange(place, self.draws, bases, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Cell:
    """One design over one base under one arm, for the draws that fall to the base."""

    base: str
    settings: tuple[tuple[str, Any], ...]
    arm: Arm
    years: tuple[int, int]
    place: int
    bases: int
    plan: Plan

    @property
    def key(self) -> str:
        """A name for the file of the cell: equal for equal cells, whatever lesson asks for them."""
        told = {
            "base": self.base,
            "settings": [[key, _plain(value)] for key, value in self.settings],
            "without": sorted(self.arm.without),
            "replacing": sorted(self.arm.replacing),
            "laid over": [[key, _plain(value)] for key, value in sorted(self.arm.settings)],
            "years": self.years,
            "place": [self.place, self.bases],
            "plan": [
                self.plan.draws,
                self.plan.histories,
                self.plan.seed,
                self.plan.parameters,
                self.plan.luck,
            ],
        }
        return hashlib.blake2s(json.dumps(told, sort_keys=True).encode("utf-8")).hexdigest()[:20]

    @property
    def size(self) -> int:
        """Histories to play."""
        return self.plan.of_base(self.place, self.bases).size * self.plan.histories


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def cells_of(lesson: Lesson, designs: Iterable[Design], arm: Arm, plan: Plan) -> list[list[Cell]]:
    """Return the cells of designs: for each design one for each base."""
    return [
        [
            Cell(
                base=base,
                settings=tuple(sorted(design.settings.items())),
                arm=arm,
                years=lesson.years,
                place=place,
                bases=len(lesson.bases),
                plan=plan,
            )
            for place, base in enumerate(lesson.bases)
        ]
        for design in designs
    ]


def play(cell: Cell) -> dict[str, Array]:
    """Play a cell and return what is kept of it: column -> (draws of the base times histories,)."""
    settings = {"years": list(cell.years), **dict(cell.settings), **dict(cell.arm.settings)}
    scenario = load_scenario(cell.base, settings)
    theory: Theory = theory_of(scenario).without(*cell.arm.without).replacing(**dict(cell.arm.replacing))
    draws = cell.plan.of_base(cell.place, cell.bases)
    each = np.repeat(draws, cell.plan.histories)
    within = np.tile(np.arange(cell.plan.histories), draws.size)
    results = simulate(
        scenario,
        histories=(cell.plan.luck + each * cell.plan.histories + within).tolist(),
        seed=cell.plan.seed,
        theory=theory,
        parameters=cell.plan.parameters,
        draws=each.tolist(),
    )
    assert results.twin is not None
    kept: dict[str, Array] = {}
    for side, values in (("run", results.measures), ("twin", results.twin)):
        for name, series in values.items():
            for when, number in _summed_up(series).items():
                kept[f"{side}|{name}|{when}"] = number
    return kept


def _summed_up(series: Array) -> dict[str, Array]:
    """Return a measure [H, Q] in each part of a life: `WHEN` -> [H]."""
    parts = {
        "early": _mean(series[:, :SETTLING]),
        "life": _mean(series[:, SETTLING:]),
        "late": _mean(series[:, -SETTLING:]),
        "end": _last(series),
    }
    return {when: parts[when] for when in WHEN}


def _last(series: Array) -> Array:
    """Return the last value there is: of a process that has ended, the one it ended with."""
    there = ~np.isnan(series)
    place = series.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)
    last: Array = series[np.arange(series.shape[0]), place]
    return last


def _mean(series: Array) -> Array:
    there = ~np.isnan(series)
    count = there.sum(axis=1)
    total = np.where(there, series, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def play_to_file(cell: Cell, folder: Path) -> str:
    """Play a cell and write it beside its place before it is renamed; return its key."""
    kept = play(cell)
    aside = folder / f"{cell.key}.{os.getpid()}.part"
    pq.write_table(pa.table(kept), aside)
    os.replace(aside, folder / f"{cell.key}.parquet")
    return cell.key


def play_cells(cells: Sequence[Cell], folder: Path, workers: int) -> Iterator[int]:
    """Play every cell that has no file yet, and yield how many histories each one took as it is done.

    The largest are played first, so that no worker waits long for the last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):
        left.unlink()
    missing = {cell.key: cell for cell in cells if not (folder / f"{cell.key}.parquet").is_file()}
    if workers <= 1 or len(missing) <= 1:
        for cell in missing.values():
            play_to_file(cell, folder)
            yield cell.size
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        waiting: dict[Future[str], int] = {
            pool.submit(play_to_file, cell, folder): cell.size for cell in missing.values()
        }
        for done in as_completed(waiting):
            done.result()
            yield waiting[done]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def read_cell(cell: Cell, folder: Path) -> Mapping[str, Array]:
    """Return what is kept of a cell."""
    table = pq.read_table(folder / f"{cell.key}.parquet")
    return {name: table.column(name).to_numpy() for name in table.column_names}


def outcome_values(
    outcome: Outcome, kept: Sequence[Mapping[str, Array]], plan: Plan, *, twin: bool = False
) -> Array:
    """Return an outcome of one design, over its bases one after the other: [D, R].

    Parameters
    ----------
    kept : what is kept of the cells of one design, in the order of bases
    twin : return the measure of the no-process twin instead
    """
    name = f"{outcome.measure}|{outcome.when}"
    parts = []
    for columns in kept:
        value = columns[f"twin|{name}"] if twin else columns[f"run|{name}"]
        if outcome.over == "twin" and not twin:
            value = value - columns[f"twin|{name}"]
        parts.append(value.reshape(-1, plan.histories))
    return np.concatenate(parts)
