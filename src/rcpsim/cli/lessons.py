"""`rcpsim lessons`: the lessons of the documents as experiments that can fail."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import figures_option, quiet_option, seed_option, workers_option
from rcpsim.cli.progress import INTERRUPTED, Report, progress
from rcpsim.errors import Fault, OptionError

if TYPE_CHECKING:
    from rcpsim.lessons import Controls, Lesson, LessonResult
    from rcpsim.lessons.playing import Plan

__all__ = ["lessons_command"]

CELLS = "cells"
BOTH = "both"
_SIZES = ("draws", "histories")
_SAME = ("seed", "parameters", "engine")


def _asked(ctx: click.Context, /, names: tuple[str, ...], **given: Any) -> tuple[list[Lesson], Path]:
    """Return the lessons to play and the folder to write, or tell everything that is wrong."""
    from rcpsim.lessons import load_lessons
    from rcpsim.simulation import refuse_odd_engine

    faults = Faults()
    with faults:
        _refuse(ctx, names, given)
    with faults:
        refuse_odd_engine(given["engine"])
    lessons: list[Lesson] = []
    folder: Path = given["out"] or Path(f"lessons-seed{given['seed']}")
    with faults:
        lessons = load_lessons(names, headlines=given["quick"])
    if not given["claims"]:
        with faults:
            _check(folder)
        with faults:
            both = given["parameters"] == BOTH
            many = 0 if given["quick"] else given["draws"]
            _refuse_many(["prior", "plausible"] if both else [given["parameters"]], many)
    faults.tell()
    return lessons, folder


@click.command("lessons", cls=AskedCommand, looks=_asked)
@click.argument("names", nargs=-1, metavar="[ID...]")
@click.option("--quick", is_flag=True, help="The eleven headline lessons at 12 draws of 2 histories.")
@click.option(
    "--why",
    is_flag=True,
    help="Also without the carriers, without a mechanism that has nothing to do "
    "with it, and with other sides at 0.",
)
@click.option("--rivals", is_flag=True, help="Also under the rival forms of persuasion, trust and talk.")
@click.option("--mechanisms", is_flag=True, help="Also without each carrier alone.")
@click.option(
    "--claims", is_flag=True, help="Print the status of every claim of the register, and play nothing."
)
@click.option(
    "--draws",
    type=click.IntRange(min=10),
    default=100,
    show_default=True,
    help="Draws of all coefficients, dealt out over the base scenarios; no more than there are: "
    "393 of the filtered prior, 500 plausible sets.",
)
@click.option("--histories", type=click.IntRange(min=2), default=5, show_default=True, help="Of each draw.")
@click.option(
    "--arm-draws",
    type=click.IntRange(min=10),
    default=40,
    show_default=True,
    help="Draws with which the arms of --why, --rivals and --mechanisms are played.",
)
@click.option(
    "--parameters",
    type=click.Choice(["prior", "plausible", "both"]),
    default="prior",
    show_default=True,
    help="Draws of the filtered prior, the sets that a fit has left, or the verdicts over both side by side.",
)
@seed_option
@click.option(
    "--engine",
    default="numpy",
    show_default=True,
    metavar="ENGINE",
    help="What reckons: numpy, or jax where rcpsim[jax] is installed (docs/engines.md).",
)
@workers_option
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Folder to write and to go on with; without it, lessons-seedN.",
)
@quiet_option
@figures_option
@click.pass_context
def lessons_command(ctx: click.Context, /, names: tuple[str, ...], **given: Any) -> None:
    """Play lessons of the documents and print what the draws say of each.

    ID is a lesson, such as manage-your-numbers, a claim of the register, such as L32, or a file; all lessons
    where none is named. What has been played into the folder is not played again.
    """
    from rcpsim.lessons.running import FULL, QUICK, WHY

    lessons, folder = _asked(ctx, names, **given)
    both = given["parameters"] == BOTH
    if both:
        given["parameters"] = "prior"
    if given["claims"]:
        _tell_claims()
        return
    plan = replace(QUICK if given["quick"] else FULL, **{name: given[name] for name in _SAME})
    arm_plan = replace(QUICK if given["quick"] else WHY, **{name: given[name] for name in _SAME})
    if not given["quick"]:
        plan = replace(plan, draws=given["draws"], histories=given["histories"])
        many = min(given["arm_draws"], given["draws"])
        arm_plan = replace(arm_plan, draws=many, histories=given["histories"])
    _refuse_many(["prior", "plausible"] if both else [plan.parameters], plan.draws)
    began = time.perf_counter()
    try:
        results, rates = _played(lessons, folder, plan, arm_plan, given, every=not names, both=both)
        _write(results, rates, folder, plan, arm_plan, given, _typed(ctx, names), began)
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted; what was played is in {folder}. The same command goes on.", err=True)
        ctx.exit(INTERRUPTED)
    if not given["quiet"]:
        from rcpsim.cli.lesson_table import print_lessons
        from rcpsim.cli.screen import console

        print_lessons(results, rates, console(), plan=plan, arm_plan=arm_plan)
        click.echo(
            f"\nWritten to {folder}: the table in {folder / 'lessons.md'} and {folder / 'lessons.csv'}."
        )


def _typed(ctx: click.Context, names: Sequence[str]) -> str:
    """Return the command as it would be typed, without what changes no number."""
    told = click.core.ParameterSource.COMMANDLINE
    words = ["rcpsim", "lessons", *names]
    for option in ctx.command.params:
        name = option.name or ""
        if name in ("names", "out", "quiet", "workers", "figures"):
            continue
        if ctx.get_parameter_source(name) is told:
            value = ctx.params[name]
            words += [option.opts[0]] if value is True else [option.opts[0], str(value)]
    return " ".join(words)


def _tell_claims() -> None:
    from rcpsim.cli.lesson_table import print_claims
    from rcpsim.cli.screen import console
    from rcpsim.lessons.register import claims

    print_claims(claims(), console())


def _refuse(ctx: click.Context, names: Sequence[str], given: Mapping[str, Any]) -> None:
    """Refuse what cannot stand together."""
    faults = []
    if given["quick"]:
        told = click.core.ParameterSource.COMMANDLINE
        beside = [f"--{name}" for name in _SIZES if ctx.get_parameter_source(name) is told]
        beside += ["names of lessons"] if names else []
        faults = [Fault("--quick", "", f"stands beside {one}", "leave one of the two out") for one in beside]
    if faults:
        raise OptionError(faults)


def _refuse_many(ways: Sequence[str], draws: int) -> None:
    """Refuse more draws than there are, and sets of another theory, before hours of play and not after."""
    from rcpsim.parameter_sets import fault_of_draws

    faults = [fault for way in ways if (fault := fault_of_draws(way, draws, "--draws")) is not None]
    if faults:
        raise OptionError(faults)


def _check(folder: Path) -> None:
    """Refuse a folder that holds something else."""
    from rcpsim.errors import OutputError
    from rcpsim.folders import refuse_unwritable

    refuse_unwritable(folder, into=True)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CELLS).is_dir():
        raise OutputError(f"{folder} holds something else than lessons; choose another with --out")


def _played(
    lessons: Sequence[Lesson],
    folder: Path,
    plan: Plan,
    arm_plan: Plan,
    given: Mapping[str, Any],
    *,
    every: bool,
    both: bool,
) -> tuple[list[LessonResult], list[Controls]]:
    from rcpsim.lessons import controls, run_lessons
    from rcpsim.lessons.arms import asked_arms, asked_beside
    from rcpsim.lessons.controls import control_histories
    from rcpsim.lessons.running import histories_of

    cells = folder / CELLS
    arms = asked_arms(
        cells, arm_plan, why=given["why"], mechanisms=given["mechanisms"], rivals=given["rivals"]
    )
    beside = asked_beside(cells, plan, both=both)
    with_controls = every and not given["quick"]
    of_lessons = histories_of(lessons, arms, plan, arm_plan, beside)
    of_controls = control_histories(plan) if with_controls else 0
    with progress(of_lessons + of_controls, quiet=given["quiet"]) as report:
        options: dict[str, Any] = {"workers": given["workers"]}
        told = _Told(report, 0)
        results = run_lessons(
            lessons, cells, plan=plan, arms=arms, arm_plan=arm_plan, beside=beside, progress=told, **options
        )
        told = _Told(report, of_lessons)
        rates = controls(results, cells, plan=plan, progress=told, **options) if with_controls else []
    return results, rates


class _Told:
    """Tells how far it has come; the words change every tenth of the way, for screens that show lines."""

    def __init__(self, report: Report, before: int) -> None:
        self._report, self._before = report, before
        self._began, self._first = time.monotonic(), -1
        self._tenth, self._words = -1, ""

    def __call__(self, done: int, total: int, what: str) -> None:
        if self._first < 0:
            self._first = done
        played, seconds = done - self._first, time.monotonic() - self._began
        tenth = 10 * done // max(total, 1) * 10
        if tenth > self._tenth or not self._words:
            self._tenth, self._words = tenth, what
            if played:
                left = _minutes(seconds / played * (total - done))
                self._words = f"{what}, {tenth} %, about {left} left" if total > done else what
        self._report(self._before + done, self._words)


def _minutes(seconds: float) -> str:
    """Return a span of time in minutes, or in seconds where it is short.

    Examples
    --------
    >>> _minutes(42.3), _minutes(125)
    ('43 s', '3 min')
    """
    return f"{math.ceil(seconds)} s" if seconds < 60 else f"{math.ceil(seconds / 60)} min"


def _write(
    results: Sequence[LessonResult],
    rates: Sequence[Controls],
    folder: Path,
    plan: Plan,
    arm_plan: Plan,
    given: Mapping[str, Any],
    command: str,
    began: float,
) -> None:
    """Write the report; each file takes its place when it is whole."""
    from rcpsim.cli.lesson_pages import tell
    from rcpsim.cli.lesson_table import lessons_page
    from rcpsim.lessons.reporting import to_frame
    from rcpsim.provenance import checksum, made_with
    from rcpsim.sweep.durable import write_durably

    table = lessons_page(
        results,
        rates,
        plan=plan,
        arm_plan=arm_plan,
        command=command,
        figure=given["figures"] and len(results) > 1,
    )
    written = {
        folder / "lessons.csv": to_frame(results).to_csv(index=False, float_format="%.6g").encode(),
        folder / "lessons.md": table.encode(),
        **_overview(results, folder, given),
    }
    for path, content in written.items():
        write_durably(path, content)
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    with progress(len(results), quiet=given["quiet"], unit="pages") as report:
        told = tell(
            results,
            pages,
            arm_plan,
            figures=given["figures"],
            workers=given["workers"],
            report=lambda done, many: report(len(results) - many + done, "writing pages"),
        )
    manifest = {
        **made_with(),
        "command": command,
        "lessons": [one.lesson.id for one in results],
        "seed": plan.seed,
        "plan": asdict(plan),
        "arm_plan": asdict(arm_plan),
        "arms": {one.lesson.id: list(one.arms) for one in results},
        "beside": {one.lesson.id: asdict(one.beside.plan) for one in results if one.beside is not None},
        "controls": [asdict(one) for one in rates],
        "seconds": round(time.perf_counter() - began, 2),
        "outputs": {path.relative_to(folder).as_posix(): checksum(path) for path in (*written, *told)},
    }
    write_durably(folder / "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())


def _overview(results: Sequence[LessonResult], folder: Path, given: Mapping[str, Any]) -> dict[Path, bytes]:
    """Return the picture of all lessons, and what it shows."""
    if not given["figures"] or len(results) < 2:
        return {}
    from rcpsim.cli.lesson_pages import png
    from rcpsim.figures.lessons import overview_figure

    drawn, caption = overview_figure(results)
    text = f"![All lessons](overview.png)\n\n{caption}\n"
    return {folder / "overview.png": png(drawn), folder / "overview.md": text.encode()}
