"""`rcpsim replay`: one history out of a folder, played again by itself."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import MOST, figures_option, force_option, quiet_option

__all__ = ["replay_command"]

DIFFERS = 1


def _asked(
    ctx: click.Context,
    /,
    folder: Path,
    setting: int | None,
    draw: int | None,
    history: int,
    out: Path | None,
    force: bool,
    **_: Any,
) -> Path:
    """Return the folder to write, or tell everything that is wrong with it and with the one that is read."""
    from rcpsim.folders import check_folder, refuse_own_input
    from rcpsim.sweep import open_results

    faults = Faults()
    target = out or Path(_name(folder, setting, draw, history))
    with faults:
        open_results(folder)
    with faults:
        refuse_own_input(target, folder)
        check_folder(target, force=force)
    faults.tell()
    return target


@click.command("replay", cls=AskedCommand, looks=_asked)
@click.argument("folder", type=Place(path_type=Path), metavar="DIR")
@click.option("--setting", type=click.IntRange(min=0), metavar="S", help="Of a sweep: number of the setting.")
@click.option("--draw", type=click.IntRange(min=0), metavar="D", help="Of a sweep: number of the draw.")
@click.option(
    "--history",
    type=click.IntRange(min=0, max=MOST - 1),
    metavar="H",
    required=True,
    help="Number of the history.",
)
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="OUT",
    help="Folder to write; without it, one named after the run and the history.",
)
@force_option
@quiet_option
@figures_option
@click.pass_context
def replay_command(
    ctx: click.Context,
    /,
    folder: Path,
    setting: int | None,
    draw: int | None,
    history: int,
    out: Path | None,
    force: bool,
    quiet: bool,
    figures: bool,
) -> None:
    """Play one history of a folder of run or sweep again, alone: chronicle, player and tables of it.

    Every stored value is compared, bit for bit; status 1 where one differs, which is named.
    """
    from rcpsim.analysis.replaying import play_again
    from rcpsim.player import write_player
    from rcpsim.writing import write_results

    target = _asked(ctx, folder, setting, draw, history, out, force)
    began = time.perf_counter()
    again = play_again(folder, history=history, setting=setting, draw=draw)

    def player(path: Path) -> None:
        write_player(path, [again.replay], [again.results])

    seconds = time.perf_counter() - began
    write_results(
        again.results, target, again.replay, force=force, seconds=seconds, player=player, pictures=figures
    )
    if again.other_model:
        click.echo(f"{folder} was made with another version of the model than this one", err=True)
    if again.difference is not None:
        click.echo(f"{folder}: first difference: {again.difference}", err=True)
        if again.engine != "numpy":
            click.echo(
                f"{again.engine} had played it; a history that crossed a threshold within its rounding is "
                "another one from there on (docs/engines.md)",
                err=True,
            )
    elif not quiet:
        how = f"to {again.within:g} ({again.engine} had played them)" if again.within else "to the bit"
        click.echo(f"{again.where}: {again.cells} stored values, all the same {how}")
    if not quiet:
        click.echo(
            f"Written to {target}: chronicle.md, player.html{', figures' if figures else ''} and tables."
        )
    if again.difference is not None:
        ctx.exit(DIFFERS)


def _name(folder: Path, setting: int | None, draw: int | None, history: int) -> str:
    """Return the name of the folder of a replay.

    Examples
    --------
    >>> _name(Path("sizes"), 3, 0, 1), _name(Path("puebla-seed1"), None, None, 7)
    ('sizes-setting3-draw0-history1', 'puebla-seed1-history7')
    """
    parts = (("setting", setting), ("draw", draw), ("history", history))
    return "-".join(
        [folder.resolve().name, *(f"{word}{value}" for word, value in parts if value is not None)]
    )
