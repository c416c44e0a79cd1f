"""`rcpsim list`, `show` and `check`: what there is, one thing on a page, and whether a file is right."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rcpsim.cli.asking import AskedCommand, Faults, Place
from rcpsim.cli.options import force_option
from rcpsim.errors import Fault, OptionError

if TYPE_CHECKING:
    from rcpsim.profile import Page, Section

__all__ = ["check_command", "list_command", "show_command"]

TOPICS = (
    "scenarios",
    "experiments",
    "lessons",
    "mechanisms",
    "measures",
    "parameters",
    "dials",
    "states",
    "pages",
)


@click.command("list", cls=AskedCommand)
@click.argument("topic", type=click.Choice(TOPICS), default="scenarios")
@click.option("--markdown", is_flag=True, help="Parameters with all their cards say, as a page of the docs.")
def list_command(topic: str, markdown: bool) -> None:
    """List scenarios, experiments, lessons, mechanisms, measures, parameters, dials, states, or pages."""
    if markdown:
        click.echo(_page_of(topic), nl=False)
        return
    if topic == "scenarios":
        _print_scenarios()
    else:
        section = {
            "experiments": _experiments,
            "mechanisms": _mechanisms,
            "measures": _measures,
            "parameters": _parameters,
            "dials": _dials,
            "states": _states,
            "pages": _pages,
            "lessons": _lessons,
        }[topic]()
        _print_sections([section])
    others = ", ".join(f"rcpsim list {other}" for other in TOPICS if other != topic)
    click.echo(f"\nrcpsim show NAME explains one. Also: {others}.")


def _shown(
    ctx: click.Context, /, name: str, out: Path | None, force: bool, each: bool
) -> tuple[Path | None, Page | None]:
    """Return the page of the docs that is named or the page about what is, or tell what is wrong."""
    from rcpsim.experiment import is_experiment
    from rcpsim.folders import check_folder
    from rcpsim.profile import is_scenario, manual, page_of

    faults = Faults()
    printed, page = manual().get(name), None
    with faults:
        page = None if printed else page_of(name, each=each)
        if out is not None and (page is None or not is_scenario(name) or is_experiment(name)):
            raise OptionError([Fault("--out", "", f"stands beside {name}", "only a scenario is drawn")])
    with faults:
        if out is not None:
            check_folder(out, force=force)
    faults.tell()
    return printed, page


@click.command("show", cls=AskedCommand, looks=_shown)
@click.argument("name")
@click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Also draw a scenario (roles, stocks, time line) and write page and pictures into this folder.",
)
@force_option
@click.option("--members", "each", is_flag=True, help="A row for each member, however many there are.")
@click.pass_context
def show_command(ctx: click.Context, /, name: str, out: Path | None, force: bool, each: bool) -> None:
    """Explain whatever `list` names: a scenario, a mechanism, a dial, a page of the docs..."""
    printed, page = _shown(ctx, name, out, force, each)
    if page is None:
        if printed is not None:
            click.echo(printed.read_text(encoding="utf-8"), nl=False)
        return
    if out is not None:
        _draw(name, page, out, force=force)
    click.secho(page.title, bold=True)
    if page.text:
        click.echo(page.text)
    _print_sections(page.sections)
    if out is not None:
        click.echo(f"\nWritten to {out}: profile.md, and pictures in {out / 'figures'}")


@click.command("check", cls=AskedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def check_command(files: tuple[str, ...]) -> None:
    """Tell every fault of scenario and experiment files (or packaged ones by name)."""
    from rcpsim.errors import InputError
    from rcpsim.experiment import is_experiment, load_experiment
    from rcpsim.profile import knowledge, size_of
    from rcpsim.scenario import load_scenario

    faults: list[Fault] = []
    for file in files:
        try:
            if is_experiment(file):
                click.echo(f"{file}: OK, {size_of(load_experiment(file))}")
                continue
            scenario = load_scenario(file)
        except InputError as error:
            faults += error.faults
            continue
        told = ", ".join(f"{number} {how}" for how, number in knowledge(scenario).items())
        years = f"{scenario.years[0]}-{scenario.years[1]}"
        click.echo(f"{file}: OK, {len(scenario.states)} states, {years}; values: {told}")
    if faults:
        raise InputError(faults)


def _page_of(topic: str) -> str:
    from rcpsim.cli.reference import parameters_page

    if topic != "parameters":
        raise OptionError([Fault("--markdown", "", f"stands beside {topic}", "it prints parameters only")])
    return parameters_page()


def _draw(name: str, page: Page, folder: Path, *, force: bool) -> None:
    """Write the page of a scenario and its pictures into a folder."""
    from rcpsim.figures import process_figures
    from rcpsim.profile import markdown_of
    from rcpsim.scenario import load_scenario, scenario_to_dict
    from rcpsim.writing import MANIFEST, checksums, fresh_folder, write_figures

    scenario = load_scenario(name)
    with fresh_folder(folder, force=force) as place:
        drawn = process_figures(scenario)
        write_figures(drawn, place / "figures")
        pictures = {f"figures/{one}.png": caption for one, (_, caption) in drawn.items()}
        (place / "profile.md").write_text(markdown_of(page, pictures), encoding="utf-8")
        manifest = {
            "rcpsim": version("rcpsim"),
            "scenario": scenario_to_dict(scenario),
            "outputs": checksums(place),
        }
        (place / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _print_scenarios() -> None:
    from rcpsim.profile import READING, overview
    from rcpsim.scenario import list_scenarios, load_scenario

    _print_sections(overview([load_scenario(name) for name in list_scenarios()]))
    click.echo(f"\n{READING}")


def _experiments() -> Section:
    from rcpsim.experiment import list_experiments, load_experiment
    from rcpsim.profile import Section, size_of

    loaded = [load_experiment(name) for name in list_experiments()]
    rows = tuple((one.id, size_of(one), one.question) for one in loaded)
    return Section("", ("experiment", "in all", "question"), rows)


def _lessons() -> Section:
    from rcpsim.profile import lessons_section

    return lessons_section()


def _mechanisms() -> Section:
    from rcpsim.axes import MECHANISMS, RIVALS
    from rcpsim.profile import MECHANISM_PAGES, Section

    rows = []
    for name in MECHANISMS:
        part, does, _ = MECHANISM_PAGES[name]
        rows.append((name, part, does, ", ".join(RIVALS.get(name, ()))))
    return Section("", ("mechanism", "page", "what it does", "forms"), tuple(rows))


def _measures() -> Section:
    from rcpsim.measures import MEASURES, PHASES
    from rcpsim.profile import Section

    rows = tuple((name, PHASES[one.phase], one.unit, one.meaning) for name, one in MEASURES.items())
    return Section("", ("measure", "phase", "unit", "meaning"), rows)


def _parameters() -> Section:
    from rcpsim.cards import all_cards
    from rcpsim.profile import Section

    rows = []
    for card in all_cards().values():
        known = f"{card.prior.low:g} to {card.prior.high:g}" if card.prior.dist != "fixed" else "fixed"
        rows.append((card.key, f"{card.default:g}", known, card.unit, card.meaning))
    return Section("", ("parameter", "default", "prior", "unit", "meaning"), tuple(rows))


def _dials() -> Section:
    from rcpsim.profile import keys_section

    return keys_section()


def _states() -> Section:
    from rcpsim.data import state_table
    from rcpsim.profile import Section

    table = state_table()
    rows = zip(table.codes, table.names, table.regions, strict=True)
    return Section("", ("code", "state", "part of the world"), tuple(rows))


def _pages() -> Section:
    from rcpsim.profile import manual_section

    return manual_section()


def _print_sections(sections: list[Section] | tuple[Section, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    from rcpsim.cli.screen import console

    screen = console()
    for section in sections:
        table = Table(box=None, show_header=bool(section.columns), pad_edge=False)
        for column, words in enumerate(section.columns or section.rows[0]):
            first = column == 0
            longest = max((len(row[column]) for row in section.rows), default=0)
            table.add_column(
                words if section.columns else "", no_wrap=first and longest < 50, min_width=min(longest, 8)
            )
        for row in section.rows:
            table.add_row(*(Text(cell) for cell in row))
        if section.title:
            screen.print(Text(f"\n{section.title}", style="bold"))
        screen.print(table)
