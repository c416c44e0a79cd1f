"""How far a command has come: a bar with the time left on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

__all__ = ["INTERRUPTED", "Report", "progress"]

INTERRUPTED: Final = 130
"""Exit status of a command that Ctrl-C has ended."""

Report = Callable[[int, str], None]
"""Called with the histories done so far, over all designs, and with what is being done."""


@contextmanager
def progress(total: int, *, quiet: bool, unit: str = "histories") -> Iterator[Report]:
    """Yield a function that shows on stderr how many of `total` histories are done, and what comes next.

    Parameters
    ----------
    unit : what is counted, where it is not histories
    """
    if quiet:
        yield lambda done, what: None
    elif sys.stderr.isatty():
        yield from _bar(total)
    else:
        yield _plain(total, unit)


def _bar(total: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=total)
        yield lambda done, what: bar.update(task, completed=done, description=what)


def _plain(total: int, unit: str) -> Report:
    told = ""

    def report(done: int, what: str) -> None:
        nonlocal told
        if what != told:
            told = what
            click.echo(f"{what} ({done} of {total} {unit} done)", err=True)

    return report
