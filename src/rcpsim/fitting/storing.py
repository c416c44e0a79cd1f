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

__all__ = ["FACTS", "FitFolder"]

FACTS: Final = "fit.json"
FORMAT: Final = 1
_PARTS: Final = "parts"


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
        try:
            if place.exists() and not file.is_file() and (not place.is_dir() or any(place.iterdir())):
                raise OutputError(f"{place} is there already and holds no fit; choose another with --out")
            if file.is_file() and (faults := _differences(file, wanted)):
                if not force:
                    raise InputError(faults)
                shutil.rmtree(place)
            (place / _PARTS).mkdir(parents=True, exist_ok=True)
            if not file.is_file():
                _written(file, json.dumps(wanted, indent=1) + "\n")
        except OSError as error:
            raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
        return cls(place)

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
