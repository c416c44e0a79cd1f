"""Playing designs for lessons: cells that several lessons share, each a file, so that none is played twice.

A *cell* is one design over one base scenario under one reading of the theory, for a block of draws. Of every
history it keeps each measure in the first two years, in all years after them, in the last two years and in
the last quarter that has a value, with and without the process.

Draws are dealt out to cells in blocks of fifty by their number, so that a run with more draws takes over the
whole blocks of a run with fewer. The key of a cell says all that its numbers depend on, the code of the model
among it: a folder may be gone on with after the model has changed, and nothing old is taken for new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.errors import OutputError
from rcpsim.lessons.records import WHEN, Arm, Design, Lesson, Outcome
from rcpsim.parameter_sets import PLAUSIBLE_FILE
from rcpsim.quarters import Theory
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.setting import prepare, theory_of
from rcpsim.sharing import shared_out
from rcpsim.simulation import chunk_of, play_chunk
from rcpsim.sweep.columns import looks_whole, read_columns, write_columns
from rcpsim.sweep.durable import ASIDE, locked
from rcpsim.sweep.fingerprint import file_hash, model_stamp

__all__ = [
    "BLOCK",
    "Cell",
    "Plan",
    "cells_of",
    "columns_of",
    "is_played",
    "model_of",
    "outcome_values",
    "play",
    "play_cells",
    "read_cell",
    "without_file",
]

SETTLING: Final = 8
"""Quarters that are called early; the last as many are called late."""

BLOCK: Final = 50
"""Numbers of draws that lie in one block."""


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
    engine : what reckons, as `simulate` takes it
    """

    draws: int
    histories: int
    seed: int
    parameters: str = "prior"
    luck: int = 0
    engine: str = "numpy"

    @property
    def said(self) -> str:
        """What the draws are of, in words that follow `the`."""
        return "plausible sets" if self.parameters == "plausible" else self.parameters

    def of_base(self, place: int, bases: int) -> IntArray:
        """Return the draws that fall to one of the base scenarios."""
        return np.arange(place, self.draws, bases, dtype=np.int64)


@dataclass(frozen=True)
class Cell:
    """One design over one base under one arm, for a block of the draws that fall to the base."""

    base: str
    settings: tuple[tuple[str, Any], ...]
    arm: Arm
    years: tuple[int, int]
    draws: tuple[int, ...]
    plan: Plan

    @cached_property
    def key(self) -> str:
        """A name for the file of the cell: equal for equal cells, whatever lesson asks for them."""
        plan = self.plan
        told = {
            "model": model_of(plan.parameters, plan.engine),
            "base": [self.base, file_hash(self.base)],
            "settings": self.settings,
            "without": sorted(self.arm.without),
            "replacing": sorted(self.arm.replacing),
            "laid over": sorted(self.arm.settings),
            "years": self.years,
            "draws": self.draws,
            "plan": [plan.histories, plan.seed, plan.parameters, plan.luck, plan.engine],
        }
        text = json.dumps(told, sort_keys=True, default=str)
        return hashlib.blake2s(text.encode("utf-8")).hexdigest()[:20]

    @property
    def size(self) -> int:
        """Histories to play."""
        return len(self.draws) * self.plan.histories

    def scenario(self) -> Scenario:
        """Return the base with the design and the arm laid over it."""
        return load_scenario(
            self.base, {"years": list(self.years), **dict(self.settings), **dict(self.arm.settings)}
        )

    def cost(self) -> float:
        """Return about how long it takes, in no unit: most of the work is on pairs of states."""
        scenario = self.scenario()
        return self.size * len(scenario.quarters) * (_STATES_TO_START + len(scenario.states)) ** 2


_STATES_TO_START: Final = 10
"""A quarter without states costs about as much as one with so many; measured on the packaged processes."""


@cache
def model_of(parameters: str, engine: str = "numpy") -> str:
    """Return a stamp of the model, as an engine reckons it, and of the draws that a word stands for."""
    if parameters != "plausible":
        return model_stamp(engine)
    path = files("rcpsim.data") / PLAUSIBLE_FILE
    sets = path.read_bytes() if path.is_file() else b""
    return f"{model_stamp(engine)}-{hashlib.sha256(sets).hexdigest()[:16]}"


def cells_of(lesson: Lesson, designs: Iterable[Design], arm: Arm, plan: Plan) -> list[list[Cell]]:
    """Return the cells of designs: for each design those of its bases one after the other, by draw."""
    return [
        [
            Cell(
                base=base,
                settings=tuple(sorted(design.settings.items())),
                arm=arm,
                years=lesson.years,
                draws=block,
                plan=plan,
            )
            for place, base in enumerate(lesson.bases)
            for block in _blocks(plan.of_base(place, len(lesson.bases)))
        ]
        for design in designs
    ]


def _blocks(draws: IntArray) -> list[tuple[int, ...]]:
    return [tuple(block) for _, block in groupby(draws.tolist(), key=lambda draw: draw // BLOCK)]


def play(cell: Cell) -> dict[str, Array]:
    """Play a cell and return what is kept of it: column -> (draws times histories,)."""
    scenario, plan = cell.scenario(), cell.plan
    theory: Theory = theory_of(scenario).without(*cell.arm.without).replacing(**dict(cell.arm.replacing))
    each = np.repeat(np.asarray(cell.draws, dtype=np.int64), plan.histories)
    within = np.tile(np.arange(plan.histories, dtype=np.int64), len(cell.draws))
    numbers = plan.luck + each * plan.histories + within
    size = chunk_of(len(scenario.states), numbers.size, plan.engine)
    pieces: dict[str, list[Array]] = {}
    for start in range(0, numbers.size, size):
        piece = slice(start, start + size)
        run = prepare(
            scenario,
            seed=plan.seed,
            histories=numbers[piece],
            theory=theory,
            parameters=plan.parameters,
            draws=each[piece],
        )
        part = play_chunk(run, twin=True, events=False, engine=plan.engine)
        for side, values in (("run", part.measures), ("twin", part.twin or {})):
            for name, series in values.items():
                for when, number in summed_up(series).items():
                    pieces.setdefault(f"{side}|{name}|{when}", []).append(number)
    return {name: np.concatenate(parts) for name, parts in pieces.items()}


def summed_up(series: Array) -> dict[str, Array]:
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


def play_to_file(cell: Cell, folder: Path) -> None:
    """Play a cell and write it whole or not at all."""
    write_columns(_file_of(cell, folder), play(cell))


def _file_of(cell: Cell, folder: Path) -> Path:
    return folder / f"{cell.key}.parquet"


def is_played(cell: Cell, folder: Path) -> bool:
    """Whether a folder holds a cell, be it damaged."""
    return _file_of(cell, folder).is_file()


def without_file(cells: Iterable[Cell], folder: Path) -> dict[str, Cell]:
    """Return the cells that are still to be played into a folder, those that were cut off among them.

    Each stands once, by its key.
    """
    every = {cell.key: cell for cell in cells}
    return {key: cell for key, cell in every.items() if not looks_whole(_file_of(cell, folder))}


def play_cells(cells: Iterable[Cell], folder: Path, workers: int) -> Iterator[int]:
    """Play every cell that has no file yet, and yield how many histories each one took as it is done.

    The costliest are played first, so that no worker waits long for the last.

    Raises
    ------
    OutputError
        when the folder cannot be written, or a worker was ended from outside
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
    with locked(folder):
        for left in folder.glob(f"*{ASIDE}"):  # of a run that was killed: nobody else is at work here
            left.unlink(missing_ok=True)
        yield from _played(cells, folder, workers)


def _played(cells: Iterable[Cell], folder: Path, workers: int) -> Iterator[int]:
    missing = sorted(without_file(cells, folder).values(), key=lambda cell: -cell.cost())
    with closing(shared_out(partial(play_to_file, folder=folder), missing, workers)) as shared:
        for cell, _ in shared:
            yield cell.size


def read_cell(cell: Cell, folder: Path, columns: Sequence[str] | None = None) -> Mapping[str, Array]:
    """Return what is kept of a cell, or some columns of it; those that it does not hold are passed over.

    A cell whose file is damaged is played again first.

    Raises
    ------
    OutputError
        when there is no file, or it may not be read
    """
    path = _file_of(cell, folder)
    kept = read_columns(path, cell.size, columns)
    if kept is None:
        with locked(folder):
            play_to_file(cell, folder)
        kept = read_columns(path, cell.size, columns)
    if kept is None:
        raise OutputError(f"{path} is damaged as soon as it is written; is the disk sound?")
    return kept


def columns_of(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the columns of a cell that outcomes are read off, with the process and without it."""
    found = [
        f"{side}|{one.measure}|{when}"
        for one in outcomes
        for when in dict.fromkeys((one.when, *(("early", "late") if one.primary else ())))
        for side in ("run", "twin")
    ]
    return list(dict.fromkeys(found))


def outcome_values(
    outcome: Outcome, kept: Sequence[Mapping[str, Array]], plan: Plan, *, twin: bool = False
) -> Array:
    """Return an outcome of one design, over its cells one after the other: [D, R].

    Parameters
    ----------
    kept : what is kept of the cells of one design, in the order of `cells_of`
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
