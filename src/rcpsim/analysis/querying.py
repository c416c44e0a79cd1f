"""SQL over the tables of a folder, to be read and not to be written: DuckDB over the files as they lie there.

A folder of `sweep` has the tables `measures` and `settings`; a folder of `run` has `measures` and, as far as
they were written, `twin`, `events`, `states` and `pairs`. The statement is run in an empty database in memory
that may open no file, so that nothing can be changed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rcpsim.errors import Fault, InputError, did_you_mean
from rcpsim.sweep import open_sweep

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Answer", "query", "tables_of"]

_OF_RUN: Final = ("measures", "twin", "events", "states", "pairs")
_HINT: Final = "pip install 'rcpsim[analysis]'"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a statement came to.

    Attributes
    ----------
    table : the rows, as an Arrow table
    """

    table: pa.Table

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        names: list[str] = self.table.column_names
        return names

    def rows(self, most: int | None = None) -> list[tuple[object, ...]]:
        """Return the rows, or the first of them, as Python values; None where there is none."""
        part = self.table if most is None else self.table.slice(0, most)
        return list(zip(*(column.to_pylist() for column in part.columns), strict=True))


def query(folder: str | Path, statement: str) -> Answer:
    """Return what a SELECT statement gives on the tables of a folder.

    Raises
    ------
    InputError
        when the folder was not written by rcpsim, when the statement is no single SELECT, or when DuckDB
        cannot run it; the reason is DuckDB's
    """
    try:
        import duckdb
    except ImportError as error:
        raise InputError(
            [Fault("rcpsim query", "", "needs DuckDB, which is not installed", _HINT)]
        ) from error

    tables = tables_of(folder)
    connection = duckdb.connect(":memory:")
    try:
        for name, table in tables.items():
            connection.register(name, table)
        for setting in (
            "enable_external_access = false",
            "python_enable_replacements = false",
            "lock_configuration = true",
        ):
            connection.execute(f"SET {setting}")
        try:
            statements = connection.extract_statements(statement)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                allowed = "give one SELECT: the tables are only read"
                found = "is empty" if not statements else "is more than one statement or changes something"
                raise InputError([Fault("the query", "", found, allowed)])
            return Answer(connection.sql(statement).to_arrow_table())
        except duckdb.Error as error:
            raise InputError([_told(str(error), tables)]) from error
        except (OSError, ValueError) as error:  # a part that cannot be read
            found = "holds a file that cannot be read"
            raise InputError([Fault(str(folder), "", found, "rcpsim verify names it", str(error))]) from error
    finally:
        connection.close()


def _told(message: str, tables: dict[str, Any]) -> Fault:
    """Return the reason DuckDB gives, in one line, with what there is to ask for."""
    first = message.split("\n", 1)[0].strip()
    known = "; ".join(f"{name}({', '.join(_columns(table))})" for name, table in tables.items())
    hint = next(
        (near for name in message.split('"')[1::2] if (near := did_you_mean(name, _words(tables)))), ""
    )
    return Fault("the query", "", f"cannot be run: {first}", f"the tables are {known}", hint)


def _columns(table: Any) -> list[str]:
    return list(table.schema.names)


def _words(tables: dict[str, Any]) -> list[str]:
    return [*tables, *(name for table in tables.values() for name in _columns(table))]


def tables_of(folder: str | Path) -> dict[str, Any]:
    """Return the tables of a folder by name, as Arrow tables and data sets that are read when asked.

    Raises
    ------
    InputError
        when rcpsim wrote neither a run nor a sweep into the folder
    """
    import pyarrow as pa
    import pyarrow.dataset as ds

    place = Path(folder)
    found = {name: place / f"{name}.parquet" for name in _OF_RUN}
    if (place / "manifest.json").is_file() and found["measures"].is_file():
        return {name: ds.dataset(path, format="parquet") for name, path in found.items() if path.is_file()}
    sweep = open_sweep(place)
    settings = pa.Table.from_pandas(sweep.settings, preserve_index=False)
    return {"measures": sweep.dataset, "settings": settings}
