"""`rcpsim counterfactual`: history run again with one thing otherwise, and the same luck."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from rcpsim.cli.asking import AskedCommand, Faults
from rcpsim.cli.options import (
    YEAR,
    Choices,
    as_of_option,
    choices_of,
    figures_option,
    force_option,
    note_prior,
    out_option,
    quiet_option,
    refuse_too_many,
    scenarios_of,
    seed_option,
    years_option,
)
from rcpsim.cli.progress import progress
from rcpsim.cli.screen import NOTHING
from rcpsim.errors import Fault, OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.counterfactual import Counterfactual, Effect, Otherwise, StateEffect
    from rcpsim.scenario import Scenario

__all__ = ["counterfactual_command"]

_TOLD_OF_STATES: Final = ("trust_received", "trust_given", "understanding", "law")


def _asked(
    ctx: click.Context,
    /,
    name: str,
    without: tuple[str, ...],
    settings: tuple[str, ...],
    since: int | None,
    **given: Any,
) -> tuple[Choices, Scenario, Otherwise]:
    """Return what is to be otherwise in which scenario, or tell everything that is wrong with it."""
    faults = Faults()
    unused: dict[str, Any] = {"history": None, "settings": (), "without": (), "replacing": ()}
    choices = choices_of(ctx, {**given, **unused}, faults)
    called, laid = None, None
    with faults:
        laid = _settings(settings)
    with faults:
        (scenario,) = scenarios_of([name], choices)
        called = f"counterfactual-{scenario.id}"
        with faults:
            refuse_too_many(choices, [scenario])

        from rcpsim.counterfactual import otherwise

        if laid is not None:
            case = otherwise(scenario, without=without, settings=laid, since=since)
        elif without:
            otherwise(scenario, without=without, since=since)
    with faults:
        choices.refuse_folder(called)
    faults.tell()
    return choices, scenario, case


@click.command("counterfactual", cls=AskedCommand, looks=_asked)
@click.argument("name", metavar="NAME|FILE")
@click.option(
    "--without",
    multiple=True,
    metavar="WHAT",
    help="Take away process, event:ID, member:ISO3 or mechanism:NAME (or a bare NAME).",
)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Let a key of the scenario be otherwise."
)
@click.option(
    "--from",
    "since",
    type=YEAR,
    metavar="YEAR",
    help="Year from which it is otherwise; the first, or the date of the event, where missing.",
)
@click.option(
    "--histories",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help="Twin histories; where coefficients are drawn, five of each draw.",
)
@seed_option
@click.option(
    "--parameters",
    type=click.Choice(["default", "prior", "unfiltered", "plausible"]),
    default="default",
    show_default=True,
    help="Coefficients at their defaults, draws of the prior, filtered or not, or the sets a fit has left.",
)
@click.option(
    "--judged",
    type=click.Choice(["draw", "central"]),
    default="draw",
    show_default=True,
    help="Judged and unknown values drawn for each history, or fixed at their middle.",
)
@as_of_option
@years_option
@out_option
@force_option
@quiet_option
@figures_option
@click.pass_context
def counterfactual_command(ctx: click.Context, /, **given: Any) -> None:
    """Run history again with one thing otherwise and tell what that thing contributed.

    Both courses have the same luck, and are the same in everything until the two part.
    """
    choices, scenario, case = _asked(ctx, **given)
    note_prior(choices)
    folder = choices.folder(f"counterfactual-{scenario.id}")

    from rcpsim.counterfactual import effects, rerun, state_effects

    began = time.perf_counter()
    with progress(choices.histories, quiet=choices.quiet) as tell:
        tell(0, f"playing {scenario.id} twice")
        found = rerun(
            case,
            histories=choices.histories,
            seed=choices.seed,
            parameters=choices.parameters,
            judged=choices.judged,
            as_of=choices.as_of,
            progress=lambda done, total: tell(done, f"playing {scenario.id} twice"),
        )
        rows, states = effects(found), state_effects(found)
        tell(choices.histories, "writing")
        _write(found, rows, states, folder, choices, time.perf_counter() - began)
    if not choices.quiet:
        from rcpsim.cli.screen import console

        _print(found, rows, states, console())
        click.echo(f"\nWritten to {folder}: begin with {folder / 'report.md'}.")


def _settings(texts: tuple[str, ...]) -> dict[str, object]:
    """Return keys and values as they were typed; all that are none are told at once."""
    from rcpsim.scenario import parse_setting

    found: dict[str, object] = {}
    faults: list[Fault] = []
    for text in texts:
        try:
            key, value = parse_setting(text)
        except OptionError as error:
            faults += error.faults
        else:
            found[key] = value
    if faults:
        raise OptionError(faults)
    return found


def _write(
    found: Counterfactual,
    rows: tuple[Effect, ...],
    states: tuple[StateEffect, ...],
    folder: Path,
    choices: Choices,
    seconds: float,
) -> None:
    from rcpsim.counterfactual import report
    from rcpsim.counterfactual.weighing import frame_of
    from rcpsim.provenance import made_with
    from rcpsim.scenario import scenario_to_dict
    from rcpsim.writing import checksums, fresh_folder, write_figures, write_lines

    with fresh_folder(folder, force=choices.force) as place:
        write_lines(frame_of(rows), place / "effects.csv")
        write_lines(frame_of(states), place / "by_state.csv")
        (place / "report.md").write_text(report(found), encoding="utf-8")
        if choices.figures:
            from rcpsim.figures.counterfactuals import counterfactual_figures

            write_figures(counterfactual_figures(found), place / "figures")
        case = found.case
        manifest = {
            **made_with(),
            "counterfactual": {"words": case.words, "since": case.since, "mechanisms": list(case.mechanisms)},
            "process_meets": case.meets,
            "factual": scenario_to_dict(case.factual),
            "otherwise": scenario_to_dict(case.counterfactual),
            "seed": found.seed,
            "options": {"parameters": found.parameters, "judged": found.judged, "as_of": found.as_of},
            "histories": int(found.histories.size),
            "histories_of_a_draw": found.per_draw,
            "quarters": list(found.labels),
            "seconds": round(seconds, 2),
            "outputs": checksums(place),
        }
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _print(
    found: Counterfactual, rows: tuple[Effect, ...], states: tuple[StateEffect, ...], screen: Console
) -> None:
    """Print the differences at the end of the last year, by phase and by state."""
    from rich.table import Table
    from rich.text import Text

    from rcpsim.counterfactual.telling import over_what
    from rcpsim.counterfactual.weighing import largest
    from rcpsim.measures import PHASES

    last = found.years[-1]
    screen.print(Text(found.case.title, style="bold"))
    screen.print(f"{over_what(found)}; the same before {found.case.since}, told at the end of year {last}")
    if found.ended_before > 0:
        screen.print(f"The process had ended before that in {found.ended_before:.0%} of histories.")
    for phase, title in PHASES.items():
        shown = [row for row in rows if row.year == last and row.phase == phase and row.units]
        if not shown:
            continue
        table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
        for n, head in enumerate(
            ("measure", "as it was", "otherwise", "adds", "90 %", "in sd", "most in", "shows since", "pairs")
        ):
            table.add_column(head, justify="left" if n == 0 else "right", no_wrap=True)
        for row in shown:
            table.add_row(
                row.measure,
                _figure(row.factual),
                _figure(row.counterfactual),
                _figure(row.difference, sign=True),
                _between(row.low, row.high),
                _figure(row.standardised, sign=True) if row.told else NOTHING,
                _most(largest(rows, row.measure)),
                row.shows_since or NOTHING,
                str(row.pairs),
            )
        screen.print(table)
    _print_states([row for row in states if row.year == last], screen)
    screen.print(
        Text(
            "Adds: mean of as it was less otherwise, in pairs of histories with the same luck, with its 90 "
            "% interval. In sd: over the standard deviation between histories; a dot where the interval "
            "holds 0 or the difference is below a tenth. Most in: year at whose end it is largest. Shows "
            "since: first quarter from which the interval leaves out 0 for a year.",
            style="dim",
        )
    )


def _print_states(rows: list[StateEffect], screen: Console) -> None:
    """Print what is added to every state over the last year, the one that gains most trust first."""
    from rich.table import Table

    quantities = [name for name in _TOLD_OF_STATES if any(row.quantity == name for row in rows)]
    if not rows:
        return
    cells = {(row.state, row.quantity): row for row in rows}
    order = sorted((row for row in rows if row.quantity == "trust_received"), key=lambda row: -row.difference)
    table = Table(
        title=f"what is added to each state, mean over year {rows[0].year} and its 90 % interval",
        title_justify="left",
        box=None,
        padding=(0, 1),
    )
    table.add_column("state", no_wrap=True)
    table.add_column("role", no_wrap=True)
    for quantity in quantities:
        table.add_column(quantity, justify="right", no_wrap=True)
    for one in order:
        shown = [cells[one.state, quantity] for quantity in quantities]
        table.add_row(
            one.name,
            one.role,
            *(f"{_figure(row.difference, sign=True)} {_between(row.low, row.high)}" for row in shown),
        )
    screen.print(table)


def _most(row: Effect | None) -> str:
    return NOTHING if row is None else f"{row.year} {_figure(row.standardised, sign=True)}"


def _figure(value: float, *, sign: bool = False) -> str:
    if value != value:
        return NOTHING
    if abs(value) == float("inf"):
        return "no spread"
    text = f"{value:+.2f}" if sign else f"{value:.2f}"
    return f"{value:+.1f}" if sign and abs(value) >= 100 else text


def _between(low: float, high: float) -> str:
    return NOTHING if low != low else f"({low:+.2f} to {high:+.2f})"
