"""The folder of a fit: what it was asked for, and every block that is done.

``fit.json`` holds what the numbers depend on. Whoever comes back with the same wish goes on where the fit
stopped; another wish, or another theory, is refused. A block is written beside its place and renamed, so that
an interruption leaves whole blocks only, and a fit that is taken up again ends as one that was never stopped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError, OutputError, quoted
from rcpsim.folders import MANIFEST, refuse_unwritable
from rcpsim.parameter_sets import FILTER_FILE, PLAUSIBLE_FILE
from rcpsim.provenance import checksums, made_with

__all__ = ["FACTS", "FitFolder"]

FACTS: Final = "fit.json"
FORMAT: Final = 1
KIND: Final = "fit"
_PARTS: Final = "parts"
_OWN: Final = (FACTS, MANIFEST, _PARTS, "tables", "figures", FILTER_FILE, PLAUSIBLE_FILE, "report.md")
"""What stands in the folder of a fit: only a folder that holds nothing else is begun anew."""


class FitFolder:
    """The folder of one fit."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @classmethod
    def open(cls, place: Path, asked: Mapping[str, Any], *, force: bool = False) -> FitFolder:
        """Return the folder of a fit, made or taken up.

        Parameters
        ----------
        asked : what the numbers depend on, as JSON has it
        force : begin anew if the folder holds another fit

        Raises
        ------
        InputError
            when the folder holds a fit that was asked for otherwise, or of another theory; every difference
        OutputError
            when it holds something else, or cannot be written
        """
        wanted = {"format": FORMAT, **json.loads(json.dumps(asked))}
        file = place / FACTS
        cls.refuse(place, asked, force=force)
        try:
            if file.is_file() and _differences(file, wanted):
                shutil.rmtree(place)
            (place / _PARTS).mkdir(parents=True, exist_ok=True)
            if not file.is_file():
                _written(file, json.dumps(wanted, indent=1) + "\n")
        except OSError as error:
            raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
        return cls(place)

    @staticmethod
    def refuse(place: Path, asked: Mapping[str, Any], *, force: bool = False) -> None:
        """Raise what :meth:`open` would, and change nothing."""
        wanted = {"format": FORMAT, **json.loads(json.dumps(asked))}
        file = place / FACTS
        refuse_unwritable(place, into=True)
        if not place.is_dir():
            return
        if not file.is_file() and any(place.iterdir()):
            raise OutputError(f"{place} is there already and holds no fit; choose another with --out")
        if file.is_file() and (faults := _differences(file, wanted)):
            if not force:
                raise InputError(faults)
            foreign = [one.name for one in place.iterdir() if one.name not in _OWN and one.name[0] != "."]
            if foreign:
                raise OutputError(
                    f"{place} holds {min(foreign)}, which rcpsim did not write, so the fit in it is not "
                    "begun anew; move that away, or choose another with --out"
                )

    def close(self, asked: Mapping[str, Any]) -> None:
        """Write the manifest of a fit that is done: what was asked for, with what, and the checksums."""
        manifest = {
            "kind": KIND,
            **made_with(),
            "seed": asked["seed"],
            "asked": json.loads(json.dumps(asked)),
            "outputs": {name: sha for name, sha in checksums(self.place).items() if _is_output(name)},
        }
        self.write(MANIFEST, json.dumps(manifest, indent=1) + "\n")

    def reopen(self) -> None:
        """Take the manifest away: what it tells of is written again."""
        (self.place / MANIFEST).unlink(missing_ok=True)

    def has(self, part: str) -> bool:
        """Tell whether a block is done."""
        return self._part(part).is_file()

    def keep(self, part: str, columns: Mapping[str, Any]) -> None:
        """Write a block, whole or not at all."""
        path = self._part(part)
        beside = path.with_name(f".{path.name}")
        try:
            _table(beside, columns, {})
            os.replace(beside, path)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error

    def read(self, part: str) -> dict[str, Array]:
        """Return a block: name -> column of float64, nan where there was none."""
        import pyarrow.parquet as pq

        table = pq.read_table(self._part(part))
        return {
            name: np.asarray(table.column(name).to_numpy(), dtype=np.float64) for name in table.column_names
        }

    def keep_sets(self, name: str, columns: Mapping[str, Any], about: Mapping[str, Any]) -> Path:
        """Write the sets that a fit found, with what is known of the fit, and return where."""
        path = self.place / name
        beside = path.with_name(f".{name}")
        try:
            _table(beside, columns, about)
            os.replace(beside, path)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
        return path

    def write(self, name: str, text: str) -> None:
        """Write a text of the fit, whole or not at all."""
        _written(self.place / name, text)

    def _part(self, part: str) -> Path:
        return self.place / _PARTS / f"{part}.parquet"


def _is_output(name: str) -> bool:
    """Whether a file of the folder was written by the fit, and is not its manifest."""
    return name != MANIFEST and name.split("/")[0] in _OWN


def _table(path: Path, columns: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    table = table.replace_schema_metadata({"rcpsim": json.dumps(dict(about))})
    pq.write_table(table, path, compression="zstd")


def _differences(file: Path, wanted: Mapping[str, Any]) -> list[Fault]:
    """Return in what the fit of a folder differs from what is wanted now."""
    way_out = "choose another folder with --out, or begin anew with --force"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Fault(str(file), "", f"cannot be read ({error})", way_out)]
    if not isinstance(found, dict):
        return [Fault(str(file), "", "is no table", way_out)]
    return [
        Fault(
            str(file), key, f"is {quoted(found.get(key, 'missing'))}", f"now it is {quoted(value)}", way_out
        )
        for key, value in wanted.items()
        if found.get(key) != value
    ]


def _written(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
