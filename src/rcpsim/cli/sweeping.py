"""`rcpsim sweep`, `verify` and `bundle`: play an experiment, check it, pack it for a repository."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import quiet_option
from rcpsim.cli.progress import INTERRUPTED, progress
from rcpsim.errors import Fault, InputError, OptionError

if TYPE_CHECKING:
    from rcpsim.experiment import Plan
    from rcpsim.sweep import Engine, Precision, Report, Told

__all__ = ["bundle_command", "sweep_command", "verify_command"]

DIFFERS = 1
_TOLD = 5
"""Failed histories that are told one by one."""


def _asked(ctx: click.Context, /, file: str, **given: Any) -> tuple[Plan, Path]:
    """Return what is to be played and the folder to play into, or tell everything that is wrong."""
    from rcpsim.experiment import load_experiment, resolve
    from rcpsim.simulation import refuse_odd_engine
    from rcpsim.sweep import refuse_foreign, refuse_width

    faults = Faults()
    folder = given["out"]
    laid: dict[str, object] = {} if given["engine"] is None else {"engine": given["engine"]}
    with faults:
        laid = {**_settings(given["settings"]), **laid}
    with faults:
        plan = resolve(load_experiment(file, laid))
        folder = folder or Path(f"{plan.experiment.id}-seed{plan.experiment.seed}")
        with faults:
            refuse_odd_engine(plan.experiment.engine)
    with faults:
        if given["precision"] is not None:
            refuse_width(given["precision"])
    with faults:
        if folder is not None:
            refuse_foreign(folder)
    faults.tell()
    return plan, folder


@click.command("sweep", cls=AskedCommand, looks=_asked)
@click.argument("file", metavar="EXPERIMENT|FILE")
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Folder of the sweep, gone on with where it is there; without it, named after experiment and seed.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes of this machine; all cores where missing, 1 to play in this process.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a value of the experiment file by its dotted key, such as draws.count=100.",
)
@click.option(
    "--until-precision",
    "precision",
    type=float,
    metavar="X",
    help="Add draws or histories until the mean of the primary measure is known to X in every setting.",
)
@click.option(
    "--engine",
    type=click.Choice(["numpy", "jax", "jax-single"]),
    help="What reckons, as in run; numpy where the file does not say. A folder has one engine.",
)
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Play on a cluster of Dask.")
@click.option(
    "--chunk",
    type=click.IntRange(min=1),
    metavar="N",
    help="Histories of one unit of work; any number gives the same rows.",
)
@quiet_option
@click.pass_context
def sweep_command(ctx: click.Context, /, file: str, **given: Any) -> None:
    """Play an experiment into a folder; the same command again goes on where it was, or does nothing.

    The file may ask for more than is there (draws, histories, levels, points): what is there stays as it is.
    """
    plan, folder = _asked(ctx, file, **given)
    try:
        report, precision = _played(plan, folder, given)
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted; what was played is in {folder}. The same command goes on.", err=True)
        ctx.exit(INTERRUPTED)
    if not given["quiet"]:
        _tell(plan, report, precision)


def _settings(texts: tuple[str, ...]) -> dict[str, object]:
    from rcpsim.scenario import parse_setting

    found: dict[str, object] = {}
    faults: list[Fault] = []
    for text in texts:
        try:
            key, value = parse_setting(text)
            found[key] = value
        except InputError as error:
            faults += error.faults
    if faults:
        raise OptionError(faults)
    return found


def _played(plan: Plan, folder: Path, given: dict[str, Any]) -> tuple[Report, Precision | None]:
    from rcpsim.sweep import cores, run_sweep, sweep_until

    workers = given["workers"] or cores()
    engine = _engine(given["scheduler"])
    with progress(plan.histories, quiet=given["quiet"]) as report:
        last = ("", "")

        def tell(told: Told) -> None:
            nonlocal last
            tenth, text = _how_far(told)
            if tenth != last[0] or sys.stderr.isatty():  # a line for each tenth where lines are kept
                last = tenth, text
            report(told.done, last[1])

        if given["precision"] is None:
            options: dict[str, Any] = {"workers": workers, "progress": tell, "engine": engine}
            return run_sweep(plan, folder, chunk=given["chunk"], **options), None
        return sweep_until(plan, folder, given["precision"], workers=workers, progress=tell, engine=engine)


def _engine(scheduler: str | None) -> Engine | None:
    if scheduler is None:
        return None
    from rcpsim.sweep.cluster import Cluster

    return Cluster(scheduler)


def _how_far(told: Told) -> tuple[str, str]:
    """Return the tenth of the way that is behind, and how fast it goes and how long it takes."""
    if told.left is None:
        return "", "sweeping"
    failed = f", {told.failed} failed" if told.failed else ""
    tenth = f"{10 * told.done // max(told.total, 1) * 10} %"
    return tenth, f"{told.rate:.3g} histories/s, {_duration(told.left)} left{failed}"


def _duration(seconds: float) -> str:
    """Return a span of time in its two greatest units.

    Examples
    --------
    >>> _duration(42.3), _duration(125), _duration(7300)
    ('42 s', '2 min 5 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _tell(plan: Plan, report: Report, precision: Precision | None) -> None:
    for name in report.mended:
        click.echo(f"{name} was cut off or damaged; its histories were played again")
    for words in report.retold:
        click.echo(f"{report.folder}: {words}")
    many = f"{len(plan.settings)} settings, {report.total} histories"
    if report.played:
        rate = report.played / max(report.seconds, 1e-9)
        click.echo(
            f"{plan.experiment.id}: {many}; {report.played} played in {_duration(report.seconds)}"
            f" ({rate:.3g} histories/s)"
        )
    else:
        click.echo(f"{plan.experiment.id}: {many}; all of them were there, nothing was to do")
    if precision is not None:
        known = "is known to" if precision.reached else "is known only to"
        primary = plan.experiment.measures.primary
        click.echo(
            f"the mean of {primary} {known} ±{precision.width:.3g} (setting {precision.setting} is the worst)"
        )
    if report.failures:
        click.echo(f"{len(report.failures)} histories failed; they are listed in the manifest:", err=True)
        for one in report.failures[:_TOLD]:
            click.echo(
                f"  setting {one.setting}, draw {one.draw}, history {one.history}: {one.error}", err=True
            )
    click.echo(f"Written to {report.folder}; rcpsim analyse {report.folder} reads it.")


@click.command("verify", cls=AskedCommand)
@click.argument("folder", type=Place(path_type=Path), metavar="DIR")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many histories are played again, spread over all.",
)
@quiet_option
@click.pass_context
def verify_command(ctx: click.Context, /, folder: Path, sample: int, quiet: bool) -> None:
    """Hold a folder that rcpsim wrote against its checksums; play a sample again of a run or a sweep.

    Status 1 where anything differs; the first cell that does is named.
    """
    from rcpsim.sweep import verify

    with progress(sample, quiet=quiet) as report:
        report(0, "playing a sample again")
        verdict = verify(folder, sample, lambda done, total: report(done, "playing a sample again"))
    for line in verdict.damaged:
        click.echo(f"{folder}: {line}", err=True)
    if verdict.other_model:
        click.echo(f"{folder} was made with another version of the model than this one", err=True)
    if verdict.difference is not None:
        click.echo(f"{folder}: first difference: {verdict.difference}", err=True)
    if not verdict.sound:
        ctx.exit(DIFFERS)
    if not quiet and not verdict.played_again:
        kind = f"a folder of {verdict.kind}" if verdict.kind else "such a folder"
        click.echo(f"{folder}: {verdict.files} files as written; checksums only: {kind} is not played again")
    elif not quiet:
        how = "to the bit" if verdict.apart == 0 else f"to {verdict.apart:.1g}, as on another machine"
        how += "" if verdict.engine == "numpy" else f", by {verdict.engine}"
        click.echo(
            f"{folder}: {verdict.files} files as written; {verdict.histories} histories played again, "
            f"{verdict.cells} cells the same {how}"
        )


@click.command("bundle", cls=AskedCommand)
@click.argument("folder", type=Place(path_type=Path), metavar="DIR")
@click.option("--to", type=Place(path_type=Path), metavar="FILE", help="The archive; DIR.zip where missing.")
def bundle_command(folder: Path, to: Path | None) -> None:
    """Pack a folder with the model's description, data and licences into one archive for a repository."""
    from rcpsim.sweep import bundle

    click.echo(f"Packed into {bundle(folder, to)}")
