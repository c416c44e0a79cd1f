"""`rcpsim advise`: which changes of its design would do a process good, and what cannot be known of that."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from rcpsim.cli.asking import AskedCommand, Faults
from rcpsim.cli.options import (
    Choices,
    choices_of,
    figures_option,
    force_option,
    note_prior,
    out_option,
    quiet_option,
    scenarios_of,
    seed_option,
    workers_option,
    years_option,
)
from rcpsim.cli.progress import INTERRUPTED, progress
from rcpsim.cli.screen import NOTHING
from rcpsim.errors import OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.advice import Advice, Line
    from rcpsim.scenario import Scenario

__all__ = ["advise_command"]

DRAWS: Final = 40
_KEYS_NAMED: Final = 12


def _asked(
    ctx: click.Context, /, name: str, outcome: str, draws: int, workers: int, **given: Any
) -> tuple[Choices, Scenario]:
    """Return the scenario and the shared options, or tell everything that is wrong."""
    faults = Faults()
    unused: dict[str, Any] = {"history": None, "settings": (), "without": (), "replacing": ()}
    choices = choices_of(ctx, {**given, **unused, "judged": "draw", "as_of": None}, faults)
    with faults:
        from rcpsim.advice.weighing import refuse_outcome

        refuse_outcome(outcome)
    with faults:
        from rcpsim.parameter_sets import fault_of_draws

        if (many := fault_of_draws(choices.parameters, draws, "draws")) is not None:
            raise OptionError([many])
    called = None
    with faults:
        (scenario,) = scenarios_of([name], choices)
        called = f"advise-{scenario.id}"
    with faults:
        choices.refuse_folder(called)
    faults.tell()
    return choices, scenario


@click.command("advise", cls=AskedCommand, looks=_asked)
@click.argument("name", metavar="NAME|FILE")
@click.option(
    "--outcome",
    default="trust_all",
    show_default=True,
    metavar="MEASURE",
    help="Measure by which changes are ranked; `rcpsim list measures` names them.",
)
@click.option(
    "--parameters",
    type=click.Choice(["prior", "unfiltered", "plausible"]),
    default="prior",
    show_default=True,
    help="Draws of the coefficients: of the prior, filtered or not, or the sets that a fit has left.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=2),
    default=DRAWS,
    show_default=True,
    help="Draws of all coefficients; no more than there are: 393 of the filtered prior, 500 plausible sets.",
)
@click.option("--histories", type=click.IntRange(min=2), default=5, show_default=True, help="Of each draw.")
@seed_option
@years_option
@out_option
@force_option
@workers_option
@quiet_option
@figures_option
@click.pass_context
def advise_command(ctx: click.Context, /, outcome: str, draws: int, workers: int, **given: Any) -> None:
    """Rank the changes that a process can still make by what they do to an outcome.

    Over draws of the coefficients, each change held from the first quarter on. Beside the effect stands what
    is lost against the best change of each draw, how often it does harm, and which other outcomes move.
    """
    choices, scenario = _asked(ctx, outcome=outcome, draws=draws, workers=workers, **given)
    note_prior(choices)
    folder = choices.folder(f"advise-{scenario.id}")

    from rcpsim.advice import advise
    from rcpsim.advice.keeping import parts_beside

    began = time.perf_counter()
    parts: Path | None = None
    try:
        with (
            progress(_most(scenario, draws * choices.histories), quiet=choices.quiet) as tell,
            parts_beside(folder) as parts,
        ):
            advice = advise(
                scenario,
                outcome=outcome,
                parameters=choices.parameters,
                draws=draws,
                histories=choices.histories,
                seed=choices.seed,
                keep=parts,
                workers=workers,
                progress=lambda done, total, what: tell(done, f"played: {what}"),
            )
            _write(advice, folder, choices, time.perf_counter() - began)
    except KeyboardInterrupt:
        if parts is None or not parts.exists():
            raise
        click.echo(f"\nInterrupted; what was played is in {parts}. The same command goes on.", err=True)
        ctx.exit(INTERRUPTED)
    if not choices.quiet:
        from rcpsim.cli.screen import console

        _print(advice, console())
        click.echo(f"\nWritten to {folder}: the table in {folder / 'advise.csv'}.")


def _most(scenario: Scenario, each: int) -> int:
    from rcpsim.advice import feasible

    return each * (1 + sum(one.scenario is not None for one in feasible(scenario)))


def _write(advice: Advice, folder: Path, choices: Choices, seconds: float) -> None:
    from rcpsim.advice.weighing import frame_of
    from rcpsim.provenance import made_with
    from rcpsim.scenario import scenario_to_dict
    from rcpsim.writing import checksums, fresh_folder, write_figures, write_lines

    with fresh_folder(folder, force=choices.force) as place:
        write_lines(frame_of(advice), place / "advise.csv")
        limits = "\n".join(f"- {line}" for line in _unknowable(advice))
        head = f"# What the advice on {advice.scenario.title} cannot know\n\n"
        (place / "limits.md").write_text(f"{head}{limits}\n", encoding="utf-8")
        if choices.figures:
            from rcpsim.figures.counterfactuals import advice_figures

            write_figures(advice_figures(advice), place / "figures")
        manifest = {
            **made_with(),
            "scenario": scenario_to_dict(advice.scenario),
            "outcome": advice.outcome,
            "options": {"parameters": advice.parameters, "draws": advice.draws},
            "histories_of_a_draw": advice.histories,
            "seed": advice.seed,
            "seconds": round(seconds, 2),
            "outputs": checksums(place),
        }
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _print(advice: Advice, screen: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from rcpsim.measures import MEASURES

    unit = MEASURES[advice.outcome].unit
    way = "less is taken as better" if advice.lower_is_better else "more is taken as better"
    screen.print(Text(advice.scenario.title, style="bold"))
    screen.print(
        f"by {advice.outcome} ({unit}; {way}), {advice.level:.2f} as it is; {advice.draws} draws of the "
        f"coefficients ({advice.parameters}) of {advice.histories} histories, seed {advice.seed}"
    )
    table = Table(box=None, padding=(0, 1))
    heads = ("", "change", "effect", "nine of ten draws", "in sd", "better", "harm", "regret", "also")
    for place, head in enumerate(heads):
        left = place in (1, len(heads) - 1)
        table.add_column(head, justify="left" if left else "right", no_wrap=place != len(heads) - 1)
    for rank, line in enumerate(advice.lines, start=1):
        as_it_is = line.change is None
        table.add_row(
            str(rank),
            line.title,
            NOTHING if as_it_is else _figure(line.effect),
            NOTHING if as_it_is else f"{_figure(line.low)} to {_figure(line.high)}",
            NOTHING if as_it_is else f"{line.standardised:+.2f}",
            NOTHING if as_it_is else f"{line.better:.0%}",
            NOTHING if as_it_is else f"{line.harm:.0%}",
            f"{line.regret:.3f} ({line.regret_low:.3f}-{line.regret_high:.3f})",
            _also(line),
            style="bold" if as_it_is else "",
        )
    screen.print(table)
    screen.print(
        Text(
            "Effect: median over draws of the mean difference in histories with the same luck. In sd: over "
            "the standard deviation between histories. Better, harm: share of draws in which the outcome "
            f"moves by more than a tenth of that ({advice.smallest:.2g}), to the better and to the worse. "
            "Regret: what is lost against the best change of each draw, mean and nine of ten draws; the "
            "order goes by it. Also: other outcomes that move in seven of ten draws or more, + to the "
            "better and - to the worse.",
            style="dim",
        )
    )
    for why, titles in _left_out(advice):
        screen.print(f"{why}: {titles}")
    screen.print()
    screen.print(Text("What this cannot know", style="bold"))
    for told in _unknowable(advice):
        screen.print(f"- {told}")


def _also(line: Line) -> str:
    if line.nothing:
        return "makes no difference here"
    return ", ".join([*(f"+{name}" for name in line.gains), *(f"-{name}" for name in line.losses)])


def _left_out(advice: Advice) -> Iterator[tuple[str, str]]:
    """Yield why changes were not played, and which."""
    reasons = dict.fromkeys(one.why_not for one in advice.left_out)
    for why in reasons:
        yield why.capitalize(), ", ".join(one.change.title for one in advice.left_out if one.why_not == why)


def _unknowable(advice: Advice) -> Iterator[str]:
    """Yield what the advice rests on that nobody knows, and what it leaves out."""
    from rcpsim.advice.listing import claims_not_modelled
    from rcpsim.profile.knowledge import dial_lines, knowledge

    counted = knowledge(advice.scenario)
    yield (
        "values of the file, by how they are known: "
        + ", ".join(f"{number} {told}" for told, number in counted.items())
        + "; what is judged or unknown was drawn anew for each history, and the ranges are ours."
    )
    unknown = list(dict.fromkeys(one.key for one in dial_lines(advice.scenario) if one.told == "unknown"))
    if unknown:
        more = f" and {len(unknown) - _KEYS_NAMED} more" if len(unknown) > _KEYS_NAMED else ""
        named = ", ".join(unknown[:_KEYS_NAMED])
        yield f"nobody documents {named}{more}: a change of these may be there already."
    unmodelled, of = claims_not_modelled()
    yield f"{unmodelled} of {of} claims of the documents are not modelled: no change of theirs is listed."
    yield _of_parameters(advice.parameters)
    yield (
        "what a change costs, and whether members would agree to it, is in no outcome; advise.csv names "
        "the costs. Changes were played one at a time, from the first quarter on: two together may do more "
        "or less than both."
    )
    yield (
        "an outcome has no value once a process has ended, so a change that lets weak processes live on "
        "can look worse than it is: read alive beside it."
    )


def _of_parameters(how: str) -> str:
    if how == "plausible":
        return "the coefficients are sets that the record does not rule out, which is not to be fitted to it."
    return "the coefficients were drawn from what is believed of them; they are not fitted to the record."


def _figure(value: float) -> str:
    return NOTHING if value != value else f"{value:+.3f}"
