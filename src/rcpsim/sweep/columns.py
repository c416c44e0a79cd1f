"""Columns of numbers as a parquet file that is whole or known not to be.

A file that was cut off, by a loss of power or a copy that stopped, is told from one that is whole, so that it
can be made again; a file that merely may not be read is an error like any other.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from rcpsim.arrays import Array
from rcpsim.errors import OutputError
from rcpsim.sweep.durable import write_durably

__all__ = ["looks_whole", "read_columns", "write_columns"]

_MAGIC: Final = b"PAR1"
_TAIL: Final = 8
"""Bytes at the end of a parquet file: the length of its footer, and the magic."""


def write_columns(path: Path, columns: Mapping[str, Array]) -> None:
    """Write columns of one length whole or not at all, as :func:`rcpsim.sweep.durable.write_durably` does."""
    content = BytesIO()
    pq.write_table(pa.table(dict(columns)), content)
    write_durably(path, content.getvalue())


def looks_whole(path: Path) -> bool:
    """Whether there is a file that begins and ends as a parquet file does; nothing between is read."""
    if not path.is_file():
        return False
    size = path.stat().st_size
    if size < len(_MAGIC) + _TAIL:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
            file.seek(size - _TAIL)
            tail = file.read(_TAIL)
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}") from error
    footer = int.from_bytes(tail[:4], "little")
    return head == tail[4:] == _MAGIC and footer <= size - len(_MAGIC) - _TAIL


def read_columns(path: Path, rows: int, columns: Sequence[str] | None = None) -> dict[str, Array] | None:
    """Return the columns of a file, or None where it is damaged or holds another number of rows.

    Parameters
    ----------
    rows : that it must hold
    columns : those to read, where not all; what the file does not hold is passed over

    Raises
    ------
    OutputError
        when it is not there or may not be read, which playing again would not mend
    """
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows != rows:
                return None
            table = file.read(columns=None if columns is None else list(columns), use_threads=False)
        return {name: table.column(name).to_numpy() for name in table.column_names}
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise OutputError(f"{path} cannot be read: {os.strerror(error.errno)}") from error
        return None
