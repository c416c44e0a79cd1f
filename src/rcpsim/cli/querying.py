"""`rcpsim query`: SQL over the tables of a folder."""

from __future__ import annotations

import csv
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.errors import OutputError

if TYPE_CHECKING:
    from rcpsim.analysis.querying import Answer

__all__ = ["query_command"]


def _asked(ctx: click.Context, /, folder: Path, file: Path | None, force: bool, **_: Any) -> None:
    """Tell what is wrong with the file to write, and whether there is no folder to ask."""
    from rcpsim.folders import check_file, refuse_own_output
    from rcpsim.sweep import open_results

    faults = Faults()
    with faults:
        open_results(folder)
    with faults:
        if file is not None:
            refuse_own_output(file, folder)
            check_file(file, force=force, way_out="choose another name, or add --force")
    faults.tell()


@click.command("query", cls=AskedCommand, looks=_asked)
@click.argument("folder", type=Place(path_type=Path), metavar="DIR")
@click.argument("statement", metavar="SELECT")
@click.option("--csv", "file", type=Place(path_type=Path), metavar="FILE", help="Write all rows to a file.")
@click.option(
    "--rows", type=click.IntRange(min=1), default=50, show_default=True, help="Rows to print at most."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.pass_context
def query_command(
    ctx: click.Context, /, folder: Path, statement: str, file: Path | None, rows: int, force: bool
) -> None:
    """Ask the tables of a folder of run or sweep in SQL (DuckDB); nothing can be changed.

    A sweep has the tables measures and settings; a run has measures, twin, events, states and pairs.
    """
    from rcpsim.analysis.querying import query

    _asked(ctx, folder, file, force)
    answer = query(folder, statement)
    if file is not None:
        _write(answer, file)
        click.echo(f"{answer.table.num_rows} rows written to {file}")
        return
    _print(answer, rows)


def _write(answer: Answer, file: Path) -> None:
    aside = file.with_name(f".{file.name}.part")
    try:
        with aside.open("w", encoding="utf-8", newline="") as target:
            lines = csv.writer(target, lineterminator="\n")
            lines.writerow(answer.columns)
            lines.writerows(answer.rows())
        aside.replace(file)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(f"{file} cannot be written: {error.strerror or error}") from error
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _print(answer: Answer, most: int) -> None:
    from rich.table import Table
    from rich.text import Text

    from rcpsim.cli.screen import console

    shown = answer.rows(most)
    if len(answer.columns) == 1 and not sys.stdout.isatty():
        for (value,) in shown:
            click.echo(_cell(value))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for place, name in enumerate(answer.columns):
            numbers = all(isinstance(row[place], int | float) for row in shown)
            table.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
        for row in shown:
            table.add_row(*(Text(_cell(value)) for value in row))
        console().print(table)
    left = answer.table.num_rows - len(shown)
    if left:
        click.echo(f"{left} more rows; --rows N prints more, --csv FILE writes all", err=True)


def _cell(value: object) -> str:
    """Return a value as it is printed: numbers to six digits, nothing for none.

    Examples
    --------
    >>> _cell(0.123456789), _cell(None), _cell(12), _cell("full")
    ('0.123457', '', '12', 'full')
    """
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
