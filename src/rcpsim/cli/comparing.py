"""`rcpsim compare`: play several designs with the same luck and hold each against the first."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

import click

from rcpsim.cli.asking import AskedCommand, Faults
from rcpsim.cli.options import Choices, choices_of, note_prior, refuse_too_many, scenarios_of, shared_options
from rcpsim.cli.progress import progress
from rcpsim.cli.running import tell_central, tell_folder
from rcpsim.errors import Fault, OptionError

if TYPE_CHECKING:
    from pathlib import Path

    from rcpsim.comparison import Comparison
    from rcpsim.results import Results
    from rcpsim.scenario import Scenario
    from rcpsim.simulation import Replay

__all__ = ["compare_command"]

SIDE_BY_SIDE: Final = 3
"""Designs that the page plays at once: the first ones."""


def _asked(
    ctx: click.Context, /, names: tuple[str, ...], **given: Any
) -> tuple[Choices, list[Scenario], str]:
    """Return the designs and what their folder is called after, or tell everything that is wrong."""
    faults = Faults()
    choices = choices_of(ctx, given, faults)
    with faults:
        if len(names) < 2:
            raise OptionError([Fault("compare", "", f"names {names[0]} alone", "name at least two designs")])
    called = None
    with faults:
        scenarios = scenarios_of(names, choices)
        called = "compare-" + "-".join(scenario.id for scenario in scenarios)
        with faults:
            refuse_too_many(choices, scenarios)
        with faults:
            from rcpsim.comparison import refuse_unlike

            if len(scenarios) > 1:
                refuse_unlike(scenarios)
    with faults:
        choices.refuse_folder(called)
    faults.tell()
    return choices, scenarios, str(called)


@click.command("compare", cls=AskedCommand, looks=_asked)
@click.argument("names", nargs=-1, required=True, metavar="A B [C...]")
@shared_options
@click.pass_context
def compare_command(ctx: click.Context, /, **given: Any) -> None:
    """Play designs with the same luck and tell how each differs from the first.

    --set, --without and --replacing that begin with a design and a colon are for this design alone; where one
    scenario is named twice, count from 1: compare puebla puebla --set 2:design.confidentiality=0.9
    """
    choices, scenarios, called = _asked(ctx, **given)
    note_prior(choices)
    folder = choices.folder(called)

    from rcpsim.comparison import compare
    from rcpsim.writing import fresh_folder

    began = time.perf_counter()
    with progress(choices.count * len(scenarios), quiet=choices.quiet) as report:
        report(0, f"playing {scenarios[0].id}")
        comparison = compare(
            scenarios,
            histories=choices.numbers,
            seed=choices.seed,
            parameters=choices.parameters,
            judged=choices.judged,
            as_of=choices.as_of,
            engine=choices.engine,
            progress=lambda done, total, design: report(done, f"playing {design}"),
        )
        report(choices.count * len(scenarios), "writing")
        seconds = time.perf_counter() - began
        with fresh_folder(folder, force=choices.force) as place:
            _write(comparison, place, choices, seconds)
    if not choices.quiet:
        from rcpsim.cli.screen import console
        from rcpsim.cli.summary import print_comparison

        print_comparison(comparison, console())
        tell_central(scenarios, choices)
        tell_folder(folder, choices)


def _write(comparison: Comparison, place: Path, choices: Choices, seconds: float) -> None:
    from rcpsim.player import write_player
    from rcpsim.writing import checksums, manifest_of

    typical = [_typical(results, choices) for results in comparison.results]
    for design, results, history in zip(comparison.names, comparison.results, typical, strict=True):
        _write_design(results, place / design, history.history)
    comparison.to_frame().to_csv(place / "comparison.csv", index=False, float_format="%.6g")
    if choices.figures:
        from rcpsim.figures import comparison_figures
        from rcpsim.writing import write_figures

        write_figures(comparison_figures(comparison), place / "figures")
    few = slice(0, SIDE_BY_SIDE)
    write_player(place / "player.html", typical[few], comparison.results[few], comparison.names[few])
    manifest = {
        "designs": {
            design: manifest_of(results, typical=history.history)
            for design, results, history in zip(comparison.names, comparison.results, typical, strict=True)
        },
        "seed": choices.seed,
        "seconds": round(seconds, 2),
        "outputs": checksums(place),
    }
    (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _typical(results: Results, choices: Choices) -> Replay:
    from rcpsim.simulation import replay

    return replay(
        results.scenario,
        history=results.medoid(),
        seed=choices.seed,
        parameters=choices.parameters,
        judged=choices.judged,
        as_of=choices.as_of,
    )


def _write_design(results: Results, place: Path, typical: int) -> None:
    """Write what `open_results` reads, so that one design of a comparison can be looked at alone."""
    from rcpsim.writing import manifest_of

    place.mkdir()
    results.to_frame().to_parquet(place / "measures.parquet", index=False)
    if results.twin is not None:
        results.to_frame(twin=True).to_parquet(place / "twin.parquet", index=False)
    results.events_frame().to_parquet(place / "events.parquet", index=False)
    results.states_frame().to_parquet(place / "states.parquet", index=False)
    results.summary().to_csv(place / "summary.csv", index=False, float_format="%.6g")
    manifest = manifest_of(results, typical=typical)
    (place / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
