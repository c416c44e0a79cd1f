"""`rcpsim fit`: hold the coefficients against the record, and say what is left of their ranges."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import YEAR, figures_option, quiet_option
from rcpsim.cli.progress import INTERRUPTED
from rcpsim.errors import Fault, OptionError

if TYPE_CHECKING:
    from rcpsim.fitting import Fit, FitFolder

__all__ = ["fit_command"]

Tell = Callable[[int, int, str], None]

_QUICK_SETS: Final = 200
_FULL: Final = (2000, 4, 40, 8, 50)
_QUICK: Final = (_QUICK_SETS, 1, 10, 4, 25)
"""Sets in a wave, waves, sets of the reference batch, histories of each, histories of a block."""
_PRINTED: Final = ("Waves", "Fewer than", "One process left out")


def _asked(ctx: click.Context, /, **given: Any) -> Path:
    """Return the folder of the fit, or tell everything that is wrong."""
    from rcpsim.fitting import FitFolder, filter_asked
    from rcpsim.folders import refuse_unwritable

    faults = Faults()
    filter_only, quick, seed = given["filter_only"], given["quick"], given["seed"]
    place: Path = given["out"] or Path(f"{'filter' if filter_only else 'fit'}-seed{seed}")
    with faults:
        _refuse_odd(quick, filter_only, given["installs"])
    with faults:
        refuse_unwritable(place, into=True)
    with faults:
        asked = filter_asked(given["draws"]) if filter_only else _asked_of_fit(given)
        FitFolder.refuse(place, asked, force=given["force"])
    faults.tell()
    return place


def _asked_of_fit(given: Mapping[str, Any]) -> dict[str, Any]:
    from rcpsim.fitting import Size, asked_of, plan_of
    from rcpsim.parameter_sets import filtered_prior

    filtered_prior()  # the report holds the sets against it: refuse one of other cards before all the work
    plan = plan_of(given["as_of"], None, given["aside"], few=given["quick"])
    if not plan.strong:
        found = f"is {given['as_of']}: no strong pattern is known by then"
        allowed = "fit as of a year by which a document tells of a strong pattern"
        raise OptionError([Fault("--as-of", "", found, allowed)])
    return asked_of(plan, given["seed"], Size(*_size(given["sets"], given["waves"], given["quick"])))


def _size(sets: int | None, waves: int | None, quick: bool) -> tuple[int, int, int, int, int]:
    usual = _QUICK if quick else _FULL
    return (sets or usual[0], waves or usual[1], *usual[2:])


@click.command("fit", cls=AskedCommand, looks=_asked)
@click.option("--sets", type=click.IntRange(min=2), metavar="N", help="Parameter sets in a wave (2000).")
@click.option("--waves", type=click.IntRange(min=1), metavar="N", help="Waves at most (4).")
@click.option("--quick", is_flag=True, help="One wave of 200 sets over the processes that cost least.")
@click.option(
    "--as-of", type=YEAR, default=2001, show_default=True, metavar="YEAR", help="Read nothing later."
)
@click.option(
    "--aside",
    multiple=True,
    metavar="PATTERN",
    help="Hold no set against this strong pattern, such as puebla/evaluation-1999.",
)
@click.option("--filter-only", is_flag=True, help="Only try draws of the prior by the plausibility filter.")
@click.option(
    "--draws", type=click.IntRange(min=1), default=500, show_default=True, help="Draws for --filter-only."
)
@click.option("--install", "installs", is_flag=True, help="Let the package take what was found from now on.")
@click.option(
    "--confirm",
    is_flag=True,
    help="Play a part of what the package holds again, and stamp it with this theory if nothing has changed.",
)
@click.option("--seed", type=click.IntRange(min=0, max=2**63 - 1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Folder of the fit (./fit-seedS). One that is there is taken up where it stopped.",
)
@click.option("--force", is_flag=True, help="Begin anew in a folder that holds another fit.")
@figures_option
@quiet_option
@click.pass_context
def fit_command(
    ctx: click.Context,
    /,
    sets: int | None,
    waves: int | None,
    quick: bool,
    as_of: int,
    aside: tuple[str, ...],
    filter_only: bool,
    draws: int,
    installs: bool,
    confirm: bool,
    seed: int,
    workers: int,
    force: bool,
    figures: bool,
    quiet: bool,
    **_: Any,
) -> None:
    """Find the parameter sets that the record does not speak against.

    The same command goes on where an interrupted one stopped.
    """
    if confirm:
        _confirm(ctx)
        return
    place = _asked(ctx, **ctx.params)
    try:
        if filter_only:
            _filter(place, draws, workers, installs, force, quiet)
        else:
            _fit(
                place,
                as_of,
                aside,
                seed,
                _size(sets, waves, quick),
                quick,
                workers,
                installs,
                force,
                figures,
                quiet,
            )
    except KeyboardInterrupt:
        kept = f"; what is done stays in {place}, and the same command goes on from there"
        click.echo(f"\nInterrupted{kept if place.exists() else ''}.", err=True)
        ctx.exit(INTERRUPTED)


def _refuse_odd(quick: bool, filter_only: bool, installs: bool) -> None:
    if quick and installs and not filter_only:
        allowed = "a quick fit is for trying; leave one of the two out"
        raise OptionError([Fault("--install", "", "stands beside --quick", allowed)])


def _filter(place: Path, draws: int, workers: int, installs: bool, force: bool, quiet: bool) -> None:
    from rcpsim.fitting import FitFolder, filter_asked, filter_prior, install, table_of
    from rcpsim.parameter_sets import FILTER_FILE

    asked = filter_asked(draws)
    folder = FitFolder.open(place, asked, force=force)
    with _telling(quiet) as tell:
        tried = filter_prior(folder, draws, workers=workers, tell=tell)
    folder.write(FILTER_FILE, table_of(tried))
    folder.close(asked)
    if installs:
        install(place / FILTER_FILE, FILTER_FILE)
    if quiet:
        return
    verdicts = tried.verdicts
    for verdict in dict.fromkeys(("passes", *sorted(verdicts))):
        click.echo(f"{verdict:<18}{verdicts.count(verdict):>6} of {draws}")
    click.echo(f"\nWritten to {place / FILTER_FILE}{' and into the package' if installs else ''}.")


def _fit(
    place: Path,
    as_of: int,
    aside: tuple[str, ...],
    seed: int,
    size: tuple[int, int, int, int, int],
    quick: bool,
    workers: int,
    installs: bool,
    force: bool,
    figures: bool,
    quiet: bool,
) -> None:
    from rcpsim.fitting import FitFolder, Size, asked_of, install, plan_of, run_fit
    from rcpsim.fitting.telling import REPORT
    from rcpsim.parameter_sets import PLAUSIBLE_FILE

    plan = plan_of(as_of, None, aside, few=quick)
    asked = asked_of(plan, seed, Size(*size))
    folder = FitFolder.open(place, asked, force=force)
    with _telling(quiet) as tell:
        fit = run_fit(folder, plan, seed, Size(*size), workers=workers, tell=tell)
    folder.reopen()
    _write(folder, fit, figures)
    folder.close(asked)
    none = fit.points.shape[0] == 0
    if installs and not none:
        install(place / PLAUSIBLE_FILE, PLAUSIBLE_FILE)
        install(place / REPORT, "plausible.md")
    if quiet:
        return
    _print(fit)
    if installs and none:
        click.echo("No set is left, so the package keeps what it had.")
    click.echo(f"\nWritten to {place}: {PLAUSIBLE_FILE}, {REPORT}, tables{', figures' if figures else ''}.")


def _write(folder: FitFolder, fit: Fit, figures: bool) -> None:
    import shutil

    import pandas as pd

    from rcpsim.fitting import columns_of, facts_of, report, tables_of
    from rcpsim.fitting.telling import REPORT
    from rcpsim.parameter_sets import PLAUSIBLE_FILE
    from rcpsim.writing import write_lines

    folder.keep_sets(PLAUSIBLE_FILE, columns_of(fit), facts_of(fit))
    folder.write(REPORT, report(fit))
    tables = folder.place / "tables"
    shutil.rmtree(tables, ignore_errors=True)
    tables.mkdir()
    for name, rows in tables_of(fit).items():
        write_lines(pd.DataFrame(rows), tables / f"{name}.csv")
    if figures:
        from rcpsim.figures.fitting import fit_figures
        from rcpsim.writing import write_figures

        shutil.rmtree(folder.place / "figures", ignore_errors=True)
        write_figures(fit_figures(fit), folder.place / "figures")


def _print(fit: Fit) -> None:
    """Print the head of the report, and the parts that one wants to see at once."""
    from rich.table import Table
    from rich.text import Text

    from rcpsim.cli.screen import console
    from rcpsim.fitting import head_of, parts_of

    screen = console()
    screen.print(Text(head_of(fit).replace("# ", "", 1).replace("**", "")))
    for part in parts_of(fit):
        if not part.title.startswith(_PRINTED):
            continue
        screen.print(Text(f"\n{part.title}", style="bold"))
        if part.text:
            screen.print(Text(part.text.replace("`", "")))
        if part.rows:
            table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
            for head in part.heads:
                table.add_column(head)
            for row in part.rows:
                table.add_row(*(Text(cell.replace("`", "")) for cell in row))
            screen.print(table)


def _confirm(ctx: click.Context) -> None:
    from rcpsim.fitting.confirming import confirm_filter, confirm_plausible

    failed = False
    for found in (confirm_filter(), confirm_plausible()):
        if found is None:
            continue
        failed = failed or not found.holds
        what = "as they were" if found.holds else f"{found.differing} came out otherwise: make it anew"
        click.echo(f"{found.file}: {found.played} of {found.of} played again, {what}")
    if failed:
        ctx.exit(1)


@contextmanager
def _telling(quiet: bool) -> Iterator[Tell]:
    """Yield what shows on stderr how far a step has come, with the time left of it."""
    if quiet:
        yield lambda done, total, what: None
    elif sys.stderr.isatty():
        yield from _bar()
    else:
        yield _plain()


def _bar() -> Iterator[Tell]:
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
        tasks = {}

        def tell(done: int, total: int, what: str) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield tell


def _plain() -> Tell:
    begun: dict[str, tuple[float, int]] = {}

    def tell(done: int, total: int, what: str) -> None:
        now = time.monotonic()
        start, before = begun.setdefault(what, (now, done))
        left = ""
        if done > before and done < total:
            seconds = (now - start) / (done - before) * (total - done)
            left = f", about {seconds / 60:.0f} min left" if seconds > 90 else f", about {seconds:.0f} s left"
        click.echo(f"{what}: {done} of {total}{left}", err=True)

    return tell
