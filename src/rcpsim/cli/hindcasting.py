"""`rcpsim hindcast`: hold the model against what is documented of the real processes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import (
    YEAR,
    figures_option,
    force_option,
    quiet_option,
    refuse_missing_sets,
    seed_option,
    workers_option,
)
from rcpsim.cli.progress import progress

if TYPE_CHECKING:
    from rcpsim.hindcast import Hindcast

__all__ = ["hindcast_command"]


def _asked(ctx: click.Context, /, names: tuple[str, ...], **given: Any) -> Path:
    """Return the folder to write, or tell everything that is wrong."""
    from rcpsim.errors import Fault, OptionError
    from rcpsim.folders import check_folder
    from rcpsim.hindcast import processes_named

    faults = Faults()
    with faults:
        if given["quick"] and ctx.get_parameter_source("histories") is click.core.ParameterSource.COMMANDLINE:
            raise OptionError([Fault("--quick", "", "stands beside --histories", "leave one of the two out")])
    with faults:
        processes_named(names)
    with faults:
        refuse_missing_sets(given["parameters"])
    folder: Path = given["out"] or Path(f"hindcast-seed{given['seed']}")
    with faults:
        check_folder(folder, force=given["force"])
    faults.tell()
    return folder


@click.command("hindcast", cls=AskedCommand, looks=_asked)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option(
    "--histories",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many histories of each process to play.",
)
@click.option("--quick", is_flag=True, help="Play 20 histories of each process.")
@click.option(
    "--parameters",
    type=click.Choice(["default", "prior", "unfiltered", "plausible"]),
    default="default",
    show_default=True,
    help="Coefficients at their defaults, drawn from the prior, or the sets that a fit has left.",
)
@click.option(
    "--as-of",
    type=YEAR,
    metavar="YEAR",
    help="Read only values documented by YEAR; 2001 also scores the statuses told later.",
)
@seed_option
@click.option("--all", "everything", is_flag=True, help="Also print the weak patterns, one by one.")
@workers_option
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Folder to write; without it, hindcast-seedN.",
)
@force_option
@quiet_option
@figures_option
@click.pass_context
def hindcast_command(ctx: click.Context, /, names: tuple[str, ...], **given: Any) -> None:
    """Hold the model against what the documents say came of the real processes.

    Every process that has patterns is played unless some are named. Each pattern gets a verdict by rules that
    were fixed beforehand: within, near, missed, or cannot be said.
    """
    from rcpsim.hindcast import QUICK, hindcast
    from rcpsim.patterns import list_patterned

    folder = _asked(ctx, names, **given)
    if given["quick"]:
        given["histories"] = QUICK
    began = time.perf_counter()
    count = len(dict.fromkeys(names)) or len(list_patterned())
    with progress(count * given["histories"], quiet=given["quiet"]) as report:
        report(0, "preparing")
        found = hindcast(
            names,
            histories=given["histories"],
            seed=given["seed"],
            parameters=given["parameters"],
            as_of=given["as_of"],
            workers=given["workers"],
            progress=lambda done, total, process: report(done, f"played {process}"),
        )
    _write(found, folder, given, time.perf_counter() - began)
    if not given["quiet"]:
        from rcpsim.cli.hindcast_table import print_hindcast
        from rcpsim.cli.screen import console

        print_hindcast(found, console(), everything=given["everything"])
        click.echo(f"\nWritten to {folder}: the table in {folder / 'hindcast.csv'}.")


def _write(found: Hindcast, folder: Path, given: Mapping[str, Any], seconds: float) -> None:
    from rcpsim.provenance import checksums
    from rcpsim.writing import fresh_folder, manifest_of, write_figures

    with fresh_folder(folder, force=given["force"]) as place:
        found.to_frame().to_csv(place / "hindcast.csv", index=False, float_format="%.6g")
        if found.survival is not None:
            found.survival.to_frame().to_csv(place / "statuses.csv", index=False, float_format="%.6g")
        if given["figures"]:
            from rcpsim.figures.hindcasts import hindcast_figures

            write_figures(hindcast_figures(found), place / "figures")
        manifest = {
            "processes": {name: manifest_of(results) for name, results in found.results.items()},
            "seed": found.seed,
            "options": {"parameters": found.parameters, "as_of": found.as_of},
            "left_out": [pattern.name for pattern in found.left_out],
            "seconds": round(seconds, 2),
            "outputs": checksums(place),
        }
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
