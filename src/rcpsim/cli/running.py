"""`rcpsim run`: play histories of one scenario, print what they came to and write a folder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults
from rcpsim.cli.options import Choices, choices_of, note_prior, refuse_too_many, scenarios_of, shared_options
from rcpsim.cli.progress import progress

if TYPE_CHECKING:
    from pathlib import Path

    from rcpsim.results import Results
    from rcpsim.scenario import Scenario

__all__ = ["run_command", "tell_central", "tell_folder"]


def _asked(
    ctx: click.Context, /, name: str, keep: tuple[str, ...], **given: Any
) -> tuple[Choices, Scenario, bool, list[int] | None]:
    """Return what is to be played and kept, or tell everything that is wrong with it."""
    faults = Faults()
    choices = choices_of(ctx, given, faults)
    called = None
    with faults:
        (scenario,) = scenarios_of([name], choices)
        called = scenario.id
        with faults:
            refuse_too_many(choices, [scenario])
        with faults:
            every_state, pairs = _kept(keep, scenario)
    with faults:
        choices.refuse_folder(called)
    faults.tell()
    return choices, scenario, every_state, pairs


@click.command("run", cls=AskedCommand, looks=_asked)
@click.argument("name", metavar="NAME|FILE")
@click.option(
    "--keep",
    multiple=True,
    metavar="WHAT",
    help="states: quantities of each state of every history, not of the first fifty. pairs@YEAR: trust and "
    "ties between states as they stand at the end of that year, written and drawn; commas between several.",
)
@shared_options
@click.pass_context
def run_command(ctx: click.Context, /, **given: Any) -> None:
    """Play a process many times and write tables, figures, a chronicle and a page that plays it."""
    choices, scenario, every_state, pairs = _asked(ctx, **given)
    note_prior(choices)
    folder = choices.folder(scenario.id)

    from rcpsim.player import write_player
    from rcpsim.simulation import KEPT_HISTORIES, replay, simulate
    from rcpsim.writing import write_results

    began = time.perf_counter()
    with progress(choices.count, quiet=choices.quiet) as report:
        report(0, f"playing {scenario.id}")
        results = simulate(
            scenario,
            histories=choices.numbers,
            seed=choices.seed,
            parameters=choices.parameters,
            judged=choices.judged,
            as_of=choices.as_of,
            keep_states=choices.count if every_state else KEPT_HISTORIES,
            engine=choices.engine,
            progress=lambda done, total: report(done, f"playing {scenario.id}"),
        )
        report(choices.count, "writing")
        typical = replay(
            scenario,
            history=results.medoid(),
            seed=choices.seed,
            parameters=choices.parameters,
            judged=choices.judged,
            as_of=choices.as_of,
        )

        def player(path: Path) -> None:
            write_player(path, [typical], [results])

        write_results(
            results,
            folder,
            typical,
            force=choices.force,
            seconds=time.perf_counter() - began,
            player=player,
            pictures=choices.figures,
            pairs=pairs,
        )
    if not choices.quiet:
        _tell(results, choices, folder)


def _kept(texts: tuple[str, ...], scenario: Scenario) -> tuple[bool, list[int] | None]:
    """Return whether states are kept of every history, and at the ends of which years pairs are kept.

    Raises
    ------
    OptionError
        with everything that is not understood or lies outside the years
    """
    from rcpsim.errors import Fault, OptionError, quoted

    first, last = scenario.years
    every_state, years, faults = False, list[int](), list[Fault]()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        what, _, year = text.partition("@")
        if text == "states":
            every_state = True
        elif what != "pairs" or not year.isdecimal():
            allowed = f"write states, or pairs@YEAR such as pairs@{last}"
            faults.append(Fault("--keep", "", f"{quoted(text)} is not understood", allowed))
        elif not first <= int(year) <= last:
            allowed = f"the scenario runs from {first} to {last}"
            faults.append(Fault("--keep", "", f"{quoted(text)} lies outside the years", allowed))
        else:
            years.append(int(year))
    if faults:
        raise OptionError(faults)
    return every_state, years or None


def _tell(results: Results, choices: Choices, folder: Path) -> None:
    from rcpsim.cli.screen import console
    from rcpsim.cli.summary import print_run

    print_run(results, console())
    tell_central([results.scenario], choices)
    tell_folder(folder, choices)


def tell_central(scenarios: list[Scenario], choices: Choices) -> None:
    """Print what `--judged central` fixed in each scenario."""
    from rcpsim.profile import central_values

    if choices.judged != "central":
        return
    for scenario in scenarios:
        fixed = ", ".join(f"{key} = {text}" for key, text in central_values(scenario, choices.as_of))
        click.echo(f"{scenario.id}: fixed by --judged central: {fixed or 'nothing'}")


def tell_folder(folder: Path, choices: Choices) -> None:
    """Print where the files are."""
    pictures = f"pictures in {folder / 'figures'}; " if choices.figures else ""
    click.echo(
        f"\nWritten to {folder}: {pictures}open {folder / 'player.html'} in a browser to watch a history."
    )
