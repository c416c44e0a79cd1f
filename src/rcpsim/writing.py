"""The folder of a run: its tables, pictures and manifest (`rcpsim.folders` puts it in its place whole)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rcpsim.axes import parse_quarter
from rcpsim.chronicle import chronicle
from rcpsim.events import EVENT_KINDS
from rcpsim.figures import Drawn, chosen_quarters, figures, quarters_of_years
from rcpsim.folders import MANIFEST, check_folder, fresh_folder
from rcpsim.provenance import checksums, commit, made_with
from rcpsim.results import Results
from rcpsim.scenario import scenario_to_dict

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from rcpsim.simulation import Replay

__all__ = [
    "MANIFEST",
    "check_folder",
    "checksums",
    "commit",
    "fresh_folder",
    "write_captions",
    "write_figures",
    "write_results",
]

_DPI: Final = 150


def write_results(
    results: Results,
    folder: str | Path,
    replay: Replay,
    *,
    force: bool = False,
    seconds: float | None = None,
    player: Callable[[Path], None] | None = None,
    pictures: bool = True,
    pairs: Sequence[int] | None = None,
) -> Path:
    """Write a run into a folder and return its path.

    Parameters
    ----------
    replay : the typical history, kept whole
    force : replace the folder of an earlier run
    seconds : how long the run took, for the manifest
    player : writes the page that plays the history to the path it is given
    pictures : also draw the figures
    pairs : years of the run at whose end trust, ties and empathy of every pair are kept and drawn; without
        them the first quarter, the last and two between

    Raises
    ------
    OutputError
        when the folder is there already or cannot be written
    """
    many = len(results.labels)
    when = None if pairs is None else quarters_of_years(parse_quarter(results.labels[0]), many, pairs)
    ends = when or chosen_quarters(many)
    with fresh_folder(folder, force=force) as place:
        write_table(_measures(results, twin=False), place / "measures.parquet")
        if results.twin is not None:
            write_table(_measures(results, twin=True), place / "twin.parquet")
        write_table(_events(results), place / "events.parquet")
        if results.states:
            write_table(_states(results), place / "states.parquet")
        write_table(_pairs(results, replay, ends), place / "pairs.parquet")
        write_lines(results.summary(), place / "summary.csv")
        (place / "chronicle.md").write_text(chronicle(replay), encoding="utf-8")
        if pictures:
            write_figures(figures(results, replay, when), place / "figures")
        if player is not None:
            player(place / "player.html")
        manifest = manifest_of(results, typical=replay.history, seconds=seconds)
        kept = next(iter(results.states.values())).shape[0] if results.states else 0
        manifest["keep"] = {"states": kept, "pairs": [results.labels[quarter] for quarter in ends]}
        manifest["outputs"] = checksums(place)
        (place / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return Path(folder)


def manifest_of(
    results: Results, *, typical: int | None = None, seconds: float | None = None
) -> dict[str, Any]:
    """Return everything that is needed to repeat a run, as a table of JSON."""
    theory = results.theory
    return {
        **made_with(),
        "seed": results.seed,
        "options": dict(results.options),
        "scenario": scenario_to_dict(results.scenario),
        "overrides": {key: str(value) for key, value in results.scenario.overrides.items()},
        "parameters": results.parameters if isinstance(results.parameters, str) else dict(results.parameters),
        "theory": {"off": sorted(theory.off), "forms": dict(theory.forms)},
        "histories": {"count": int(results.histories.size), "numbers": _ranges(results.histories)},
        "typical_history": typical,
        "quarters": list(results.labels),
        "states": list(results.codes),
        "issues": list(results.issues),
        "meetings": list(results.meetings),
        "seconds": None if seconds is None else round(seconds, 2),
    }


def write_figures(drawn: Mapping[str, Drawn], folder: Path) -> None:
    """Write pictures as PNG, and beside them what each shows."""
    folder.mkdir()
    for name, (figure, _) in drawn.items():
        figure.savefig(folder / f"{name}.png", dpi=_DPI)
    write_captions(drawn, folder / "captions.md")


def write_captions(drawn: Mapping[str, Drawn], path: Path) -> None:
    """Write what each picture shows."""
    lines = ["# Captions", ""]
    for name, (_, caption) in drawn.items():
        lines += [f"## {name}.png", "", f"![{name}]({name}.png)", "", caption, ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_table(columns: Mapping[str, Any], path: Path) -> None:
    """Write columns as a parquet table; ``nan`` becomes null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {
        name: values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
        for name, values in columns.items()
    }
    words = [name for name, array in arrays.items() if pa.types.is_dictionary(array.type)]
    keys = [name for name, array in arrays.items() if not pa.types.is_floating(array.type)]
    pq.write_table(pa.table(arrays), path, compression="zstd", use_dictionary=words, write_statistics=keys)


def write_lines(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as comma-separated lines, numbers to six digits; ``nan`` becomes nothing."""
    columns = []
    for name in frame:
        values = frame[name].tolist()
        if frame[name].dtype == np.float64:
            values = ["" if value != value else f"{value:.6g}" for value in values]
        columns.append(values)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(frame.columns)
        lines.writerows(zip(*columns, strict=True))


def _words(indices: Any, names: Sequence[str]) -> pa.Array:
    """Return a column of words from indices, null where the index is -1."""
    import pyarrow as pa

    indices = np.asarray(indices)
    return pa.DictionaryArray.from_arrays(
        pa.array(indices.astype(np.int32), mask=indices < 0), pa.array(list(names), type=pa.string())
    )


def _measures(results: Results, *, twin: bool) -> dict[str, Any]:
    chosen: Mapping[str, Any] = results.twin if twin and results.twin is not None else results.measures
    quarters, count = len(results.labels), results.histories.size
    columns: dict[str, Any] = {
        "design": _words(np.zeros(count * quarters, dtype=np.int64), [results.scenario.id]),
        "setting": np.zeros(count * quarters, dtype=np.int64),
        "draw": np.repeat(results.draws, quarters),
        "history": np.repeat(results.histories, quarters),
        "quarter": _words(np.tile(np.arange(quarters), count), results.labels),
    }
    return columns | {name: values.reshape(-1) for name, values in chosen.items()}


def _events(results: Results) -> dict[str, Any]:
    events = results.events
    return {
        "history": events.history,
        "quarter": _words(events.quarter, results.labels),
        "meeting": _words(events.meeting, results.meetings),
        "kind": _words(events.kind, EVENT_KINDS),
        "state": _words(events.state, results.codes),
        "other": _words(events.other, results.codes),
        "issue": _words(events.issue, results.issues),
        "value": events.value,
    }


def _states(results: Results) -> dict[str, Any]:
    kept, quarters, members = next(iter(results.states.values())).shape
    columns: dict[str, Any] = {
        "history": np.repeat(results.histories[:kept], quarters * members),
        "quarter": _words(np.tile(np.repeat(np.arange(quarters), members), kept), results.labels),
        "state": _words(np.tile(np.arange(members), kept * quarters), results.codes),
    }
    return columns | {name: values.reshape(-1) for name, values in results.states.items()}


def _pairs(results: Results, replay: Replay, when: Sequence[int]) -> dict[str, Any]:
    """Return trust, ties and empathy of every pair of the typical history at the ends of quarters."""
    members = len(results.codes)
    off = ~np.eye(members, dtype=np.bool_)
    holder, about = np.nonzero(off)
    weight = replay.setting.parameters.m["prior_weight"]
    values: dict[str, list[Any]] = {"trust": [], "ties": [], "empathy": []}
    for quarter in when:
        world = replay.worlds[quarter]
        belief = (world.kept + weight * replay.setting.trust_prior) / (world.kept + world.broken + weight)
        for name, matrix in (("trust", belief), ("ties", world.ties), ("empathy", world.empathy)):
            values[name].append(matrix[0][off])
    count = len(when)
    columns: dict[str, Any] = {
        "history": np.full(count * holder.size, replay.history, dtype=np.int64),
        "quarter": _words(np.repeat(when, holder.size), results.labels),
        "state": _words(np.tile(holder, count), results.codes),
        "other": _words(np.tile(about, count), results.codes),
    }
    return columns | {name: np.concatenate(parts) for name, parts in values.items()}


def _ranges(numbers: Any) -> str:
    """Return whole numbers as ranges.

    Examples
    --------
    >>> _ranges([0, 1, 2, 7, 9, 10])
    '0-2, 7, 9-10'
    """
    groups: list[list[int]] = []
    for number in (int(one) for one in numbers):
        if groups and number == groups[-1][-1] + 1:
            groups[-1] = [groups[-1][0], number]
        else:
            groups.append([number, number])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in groups)
