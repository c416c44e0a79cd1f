"""The folder that a run wrote, read back into results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.errors import Fault, InputError
from rcpsim.events import EVENT_KINDS, EventTable
from rcpsim.quarters import Theory
from rcpsim.results.record import Results, Twin, names_of
from rcpsim.scenario import load_scenario

__all__ = ["open_results"]


def _years_asked(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return the years if they were asked for: what lies outside them is no fault of the scenario then."""
    return {"years": manifest["scenario"]["years"]} if "years" in manifest.get("overrides", {}) else {}


def open_results(folder: str | Path) -> Results:
    """Return the results that a run wrote into a folder.

    Parameters
    ----------
    folder : with ``manifest.json`` and the tables beside it

    Raises
    ------
    InputError
        when it is not the folder of a run
    """
    import pyarrow.parquet as pq

    place = Path(folder)
    try:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        tables = {
            name: pq.read_table(place / f"{name}.parquet")
            for name in ("measures", "twin", "states", "events")
            if (place / f"{name}.parquet").is_file()
        }
        main, events = tables["measures"], tables["events"]
    except (OSError, ValueError, KeyError) as error:
        why = f"there is no {error.args[0]}.parquet" if isinstance(error, KeyError) else str(error)
        fault = Fault(str(place), "", "is not the folder of a run", "name a folder that rcpsim wrote", why)
        raise InputError([fault]) from error
    labels, codes = tuple(manifest["quarters"]), tuple(manifest["states"])
    issues, meetings = tuple(manifest["issues"]), tuple(manifest["meetings"])
    quarters = len(labels)

    def numbers(table: Any, names: Sequence[str], shape: tuple[int, ...]) -> dict[str, Array]:
        return {name: table[name].to_numpy().astype(np.float64).reshape(shape) for name in names}

    def indices(name: str, words: Sequence[str]) -> IntArray:
        at = {word: place for place, word in enumerate(words)}
        return np.array([at.get(word, -1) for word in events[name].to_pylist()], dtype=np.int64)

    keys = ("design", "setting", "draw", "history", "quarter", "state")
    histories = main["history"].to_numpy()[::quarters]
    columns: dict[str, dict[str, Array]] = {}
    for name, table in tables.items():
        if name != "events":
            shape = (-1, quarters, len(codes)) if name == "states" else (-1, quarters)
            columns[name] = numbers(table, [one for one in table.column_names if one not in keys], shape)
    words = {
        "quarter": labels,
        "kind": EVENT_KINDS,
        "meeting": meetings,
        "state": codes,
        "other": codes,
        "issue": issues,
    }
    theory = manifest["theory"]
    return Results(
        scenario=load_scenario(manifest["scenario"], _years_asked(manifest)),
        theory=Theory(frozenset(theory["off"]), theory["forms"]),
        seed=int(manifest["seed"]),
        histories=histories,
        draws=main["draw"].to_numpy()[::quarters],
        options=manifest["options"],
        parameters=manifest["parameters"],
        labels=labels,
        codes=codes,
        names=names_of(codes),
        issues=issues,
        meetings=meetings,
        measures=columns["measures"],
        twin=Twin(columns["twin"], histories, labels) if "twin" in columns else None,
        states=columns.get("states", {}),
        events=EventTable(
            history=events["history"].to_numpy(),
            **{
                item.name: indices(item.name, words[item.name])
                for item in fields(EventTable)
                if item.name in words
            },
            value=events["value"].to_numpy(),
        ),
    )
