"""`rcpsim analyse`: effects, sensitivity, shapes and regions of a sweep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import figures_option, quiet_option
from rcpsim.errors import Fault, InputError, UnknownName

if TYPE_CHECKING:
    from rcpsim.analysis.sweeps import Analysed
    from rcpsim.sweep import Sweep

__all__ = ["analyse_command"]

_TOLD = 14


def _asked(
    ctx: click.Context, /, folder: Path, measure: str | None, quarter: str | None, out: Path | None, **_: Any
) -> tuple[Sweep, Path]:
    """Return the sweep and the folder to write, or tell everything that is wrong."""
    from rcpsim.folders import check_folder, refuse_own_input
    from rcpsim.sweep import Sweep, open_results

    faults = Faults()
    with faults:
        sweep = open_results(folder)
        if not isinstance(sweep, Sweep):
            allowed = "what is analysed is a sweep; summary.csv holds what a run came to"
            raise InputError([Fault(str(folder), "", "is the folder of a run", allowed)])
        with faults:
            if measure is not None and measure not in sweep.measures:
                raise UnknownName.of("--measure", measure, sweep.measures)
        with faults:
            if quarter is not None and quarter not in sweep.quarters:
                raise UnknownName.of("--at", quarter, sweep.quarters)
    with faults:
        target = out or folder / "analysis"
        if out is not None or not faults:
            refuse_own_input(target, folder)
            check_folder(target, force=True, kind="analysis")
    faults.tell()
    assert isinstance(sweep, Sweep)
    return sweep, target


@click.command("analyse", cls=AskedCommand, looks=_asked)
@click.argument("folder", type=Place(path_type=Path), metavar="DIR")
@click.option("--measure", metavar="M", help="What is looked at first; the primary measure where missing.")
@click.option("--at", "quarter", metavar="QUARTER", help="When; the last quarter kept where missing.")
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="OUT",
    help="Folder to write; DIR/analysis where missing.",
)
@figures_option
@quiet_option
@click.pass_context
def analyse_command(
    ctx: click.Context,
    /,
    folder: Path,
    measure: str | None,
    quarter: str | None,
    out: Path | None,
    figures: bool,
    quiet: bool,
) -> None:
    """Tell what a sweep says, with intervals, and what it is too small to say.

    Writes report.md, effects.csv, sensitivity.csv and figures; an earlier analysis there is replaced.
    """
    from rcpsim.analysis.reporting import findings
    from rcpsim.analysis.sweeps import analyse

    sweep, target = _asked(ctx, folder, measure, quarter, out)
    analysed = analyse(sweep, measure, quarter)
    _write(analysed, target, figures)
    if quiet:
        return
    click.echo(f"{sweep.experiment.id}: {sweep.experiment.question}\n")
    told = findings(analysed)
    for line in told[:_TOLD]:
        click.echo(f"- {line}")
    if len(told) > _TOLD:
        click.echo(f"- {len(told) - _TOLD} more in report.md")
    pictures = ", figures" if figures else ""
    click.echo(f"\nWritten to {target}: report.md, effects.csv, sensitivity.csv{pictures}.")


def _write(analysed: Analysed, target: Path, pictures: bool) -> None:
    from rcpsim.analysis.effects import table_of_effects
    from rcpsim.analysis.reporting import report
    from rcpsim.analysis.sensitivity import table_of_sensitivity
    from rcpsim.figures.sweeps import sweep_figures
    from rcpsim.provenance import checksums, made_with
    from rcpsim.writing import fresh_folder, write_figures, write_lines

    sweep = analysed.sweep
    with fresh_folder(target, force=True, kind="analysis") as place:
        write_lines(table_of_effects(analysed.effects), place / "effects.csv")
        write_lines(table_of_sensitivity(list(analysed.sensitivity.values())), place / "sensitivity.csv")
        (place / "report.md").write_text(report(analysed), encoding="utf-8")
        if pictures:
            write_figures(sweep_figures(analysed), place / "figures")
        manifest = {
            "kind": "analysis",
            **made_with(("numpy", "pandas", "scipy", "matplotlib", "SALib", "scikit-learn", "ema_workbench")),
            "sweep": {"id": sweep.experiment.id, "digest": sweep.manifest["digest"]},
            "measure": analysed.measure,
            "quarter": analysed.quarter,
            "outputs": checksums(place),
        }
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
