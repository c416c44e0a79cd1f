"""Whether what a folder holds is what the model gives: checksums of its files, and a sample played again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError
from rcpsim.experiment import resolve
from rcpsim.provenance import checksum
from rcpsim.results import Results
from rcpsim.simulation import chunk_of, refuse_odd_engine, simulate
from rcpsim.sweep.fingerprint import model_stamp, sweep_fingerprint
from rcpsim.sweep.kinds import PLAYED_AGAIN, kind_of
from rcpsim.sweep.opening import Sweep, open_results
from rcpsim.sweep.running import options_of
from rcpsim.sweep.store import MANIFEST, PARTS, read_footer
from rcpsim.sweep.units import KEYS, Row, Unit, play_rows

__all__ = ["Difference", "Verdict", "verify"]

ALIKE: Final = 1e-6
"""How far two machines may be apart; on one machine every bit is the same."""

ALIKE_SINGLE: Final = 1e-3
"""The same where seven digits were reckoned with."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first cell that differs: its place, what stands in the folder, what the model gives now."""

    where: str
    quarter: str
    measure: str
    stored: float
    now: float

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}, {self.quarter}, {self.measure}: stored {self.stored!r}, now {self.now!r}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a folder came to.

    Attributes
    ----------
    files : how many were held against their checksums
    damaged : those that are missing, cut off or changed, and parts that the manifest does not know
    histories, cells : how many were played again and compared
    difference : the first cell that differs by more than rounding, or None
    apart : the largest difference within rounding; 0 where every bit is the same
    other_model : the folder was made with another version of the model
    engine : what reckoned, then and now
    kind : the command that wrote the folder
    """

    files: int
    damaged: tuple[str, ...]
    histories: int
    cells: int
    difference: Difference | None
    apart: float
    other_model: bool
    engine: str = "numpy"
    kind: str = "run"

    @property
    def played_again(self) -> bool:
        """Whether a folder of this kind is played again, and not only held against its checksums."""
        return self.kind in PLAYED_AGAIN

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damaged and self.difference is None


def verify(
    folder: str | Path, sample: int = 20, progress: Callable[[int, int], None] | None = None
) -> Verdict:
    """Check a folder that rcpsim wrote: its checksums, and of `run` and `sweep` a sample played again.

    Parameters
    ----------
    sample : how many histories are played again, spread evenly over all there are
    progress : called with histories done and in all

    Raises
    ------
    InputError
        when the folder has no manifest of rcpsim, or an engine played it that is not installed
    """
    place = Path(folder)
    manifest = _manifest(place)
    kind = kind_of(manifest)
    damaged, files = _of_files(place, manifest["outputs"], parts=kind == "sweep")
    if kind not in PLAYED_AGAIN:
        return Verdict(files, tuple(damaged), 0, 0, None, 0.0, False, kind=kind)
    opened = open_results(place)
    if isinstance(opened, Sweep):
        return _of_sweep(opened, sample, damaged, files, progress)
    return _of_run(opened, sample, damaged, files, progress)


def _manifest(place: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        known = isinstance(manifest["outputs"], dict)
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        found = f"has no {MANIFEST} with checksums of its files"
        raise InputError([Fault(str(place), "", found, "name a folder that rcpsim wrote")])
    return manifest


def _of_files(place: Path, recorded: Mapping[str, str], *, parts: bool) -> tuple[list[str], int]:
    damaged = []
    for name, sha256 in recorded.items():
        path = place / name
        if not path.is_file():
            damaged.append(f"{name} is missing")
        elif checksum(path) != sha256:
            damaged.append(f"{name} has been changed")
    if parts:
        for path in sorted((place / PARTS).glob("*.parquet")):
            name = f"{PARTS}/{path.name}"
            if name not in recorded:
                damaged.append(f"{name} is not in the manifest")
    return damaged, len(recorded)


def _of_sweep(
    sweep: Sweep,
    sample: int,
    damaged: list[str],
    files: int,
    progress: Callable[[int, int], None] | None,
) -> Verdict:
    engine = sweep.experiment.engine
    refuse_odd_engine(engine)
    stamp = model_stamp(engine)
    footers = [read_footer(path) for path in sorted((sweep.folder / PARTS).glob("part-*.parquet"))]
    whole = all(footer is not None for footer in footers)  # nothing is read where a part is cut off
    rows = sorted(row for footer in footers if footer is not None for row in footer.rows)
    chosen = _spread(rows, sample) if whole else []
    plan = resolve(sweep.experiment)
    by_number = {
        int(number): setting for number, setting in zip(sweep.settings["setting"], plan.settings, strict=True)
    }
    options = options_of(plan)
    difference: Difference | None = None
    apart, cells, done = 0.0, 0, 0
    for together in _batches(chosen, engine):
        planned = {row[0]: by_number[row[0]] for row in together}
        recipes = {number: plan.recipe(setting).to_dict() for number, setting in planned.items()}
        designs = {number: setting.design for number, setting in planned.items()}
        unit = Unit(sweep_fingerprint({}), stamp, tuple(together), designs, recipes, options)
        blocks = play_rows(unit, together)
        place_of = {row: (block, at) for block in blocks for at, row in enumerate(block.rows)}
        for row in together:
            setting, draw, history = row
            block, at = place_of[row]
            table = sweep.table(None, setting=setting, draw=draw, history=history)
            names = [name for name in table.column_names if name not in KEYS]
            labels = tuple(table["quarter"].to_pylist())
            where = f"setting {setting}, draw {draw}, history {history}"
            order = [block.labels.index(label) for label in labels]
            stored = {name: table[name].to_numpy() for name in names}
            now = {name: block.measures[name][at][order] for name in names}
            found, off, many = _compared(where, labels, stored, now, engine)
            difference, apart, cells = difference or found, max(apart, off), cells + many
        done += len(together)
        if progress is not None:
            progress(done, len(chosen))
    other = sweep.manifest["stamp"] != stamp
    return Verdict(files, tuple(damaged), len(chosen), cells, difference, apart, other, engine, "sweep")


def _batches(rows: list[Row], engine: str) -> list[list[Row]]:
    """Return what is played at once: one history, or all of them where few take as long as many."""
    return [rows] if engine != "numpy" and rows else [[row] for row in rows]


def _spread(rows: Sequence[Row], sample: int) -> list[Row]:
    """Return so many rows, evenly over all.

    Examples
    --------
    >>> _spread([(0, 0, n) for n in range(10)], 3)
    [(0, 0, 1), (0, 0, 5), (0, 0, 8)]
    """
    if sample >= len(rows):
        return list(rows)
    return [rows[int((place + 0.5) * len(rows) / sample)] for place in range(sample)]


def _of_run(
    results: Results,
    sample: int,
    damaged: list[str],
    files: int,
    progress: Callable[[int, int], None] | None,
) -> Verdict:
    whole = zip(results.draws, results.histories, strict=True)
    options: dict[str, Any] = dict(results.options)
    engine = options.get("engine", "numpy")
    refuse_odd_engine(engine)
    if engine != "numpy":  # as many as were played side by side, so that sums have the same order
        sample = max(sample, chunk_of(len(results.scenario.states), results.histories.size, engine))
    rows = _spread([(0, int(draw), int(history)) for draw, history in whole], sample)
    if options["parameters"] == "table":
        found, allowed = "was played with a table of parameters", "it can be played again from Python only"
        raise InputError([Fault("options", "parameters", found, allowed)])
    again = simulate(
        results.scenario,
        histories=[history for _, _, history in rows],
        draws=[draw for _, draw, _ in rows],
        seed=results.seed,
        theory=results.theory,
        parameters=options["parameters"],
        judged=options["judged"],
        as_of=options["as_of"],
        twin=results.twin is not None,
        engine=engine,
    )
    at = {int(history): place for place, history in enumerate(results.histories)}
    difference: Difference | None = None
    apart, cells = 0.0, 0
    for place, (_, _, history) in enumerate(rows):
        stored = {name: values[at[history]] for name, values in results.measures.items()}
        now = {name: again.measures[name][place] for name in stored}
        first, off, many = _compared(f"history {history}", results.labels, stored, now, engine)
        difference, apart, cells = difference or first, max(apart, off), cells + many
    if progress is not None:
        progress(len(rows), len(rows))
    return Verdict(files, tuple(damaged), len(rows), cells, difference, apart, False, engine)


def _compared(
    where: str,
    labels: Sequence[str],
    stored: Mapping[str, Array],
    now: Mapping[str, Array],
    engine: str,
) -> tuple[Difference | None, float, int]:
    """Return the first cell that differs, the largest difference within rounding, and the number of cells."""
    names = list(stored)
    old = np.stack([np.asarray(stored[name], dtype=np.float64) for name in names], axis=-1)
    new = np.stack([now[name] for name in names], axis=-1)
    same = (old == new) | (np.isnan(old) & np.isnan(new))
    gap = np.where(same, 0.0, np.abs(old - new))
    alike = ALIKE_SINGLE if engine == "jax-single" else ALIKE
    far = ~same & ~(gap <= alike * np.maximum(1.0, np.abs(new)))
    within = float(np.max(np.where(far, 0.0, gap), initial=0.0))
    if not far.any():
        return None, within, old.size
    quarter, column = (int(found) for found in np.argwhere(far)[0])
    first = Difference(
        where, labels[quarter], names[column], float(old[quarter, column]), float(new[quarter, column])
    )
    return first, within, old.size
