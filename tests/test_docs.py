"""The docs: links lead somewhere, what stands in them can be typed, and tables say what the code has."""

from __future__ import annotations

import re
import shlex
import struct
import tomllib
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import click
import numpy as np
import pytest
from click.testing import CliRunner

from rcpsim.axes import MECHANISMS, RIVALS
from rcpsim.cards import all_cards
from rcpsim.cli import main
from rcpsim.cli.asking import Faults
from rcpsim.cli.options import choices_of, scenarios_of
from rcpsim.errors import RcpsimError
from rcpsim.experiment import load_experiment, resolve
from rcpsim.scenario import parse_setting
from rcpsim.simulation import Replay, replay
from rcpsim.world import Calendar, Process, World

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ODD = (DOCS / "ODD.md").read_text(encoding="utf-8")
PARAMETERS = (DOCS / "parameters.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
PICTURES = sorted((DOCS / "pictures").glob("*.png"))
SOURCES = [path for kind in ("*.py", "*.toml") for path in sorted((ROOT / "src").rglob(kind))]
PLAYED = ("run", "compare")
LONG = (  # understood, not played: they take minutes, or a folder has to be there
    "advise",
    "analyse",
    "bundle",
    "counterfactual",
    "fit",
    "hindcast",
    "lessons",
    "query",
    "replay",
    "rerun",
    "sweep",
    "verify",
)

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECORDS = {
    "### The world: what states carry with them, process or not": World,
    "### The process": Process,
}


def told(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as they are made from their words."""
    heads = re.findall(r"^#+ (.+)$", told(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def commands(text: str) -> list[str]:
    """Return the lines that begin with `rcpsim ` in the blocks of a page that are meant to be typed."""
    blocks = [body for language, body in FENCE.findall(text) if language in {"console", "sh"}]
    lines = [line.removeprefix("$ ") for body in blocks for line in body.splitlines()]
    return [line for line in lines if line.startswith("rcpsim ")]


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next of any level."""
    assert heading in text
    return re.split(r"^#", text.split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(table: str) -> list[list[str]]:
    """Return the cells of the lines of a table whose first cell is a name in code type."""
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


# Links and pictures


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(told(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_every_page_that_a_card_a_dial_or_the_code_names_is_there() -> None:
    named = {
        (path.name, page)
        for path in SOURCES
        for page in re.findall(r"(?<![\w/])[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
        if path.suffix == ".toml" or page.startswith("docs/")
    }
    assert {page for _, page in named} >= {"docs/theory/networks.md", "docs/scenario-files.md"}
    assert [pair for pair in sorted(named) if not (ROOT / pair[1]).is_file()] == []


def test_a_missing_anchor_would_be_noticed() -> None:
    assert "trust" in anchors(DOCS / "parameters.md")
    assert "no-such-heading" not in anchors(DOCS / "parameters.md")


def test_the_map_leads_to_every_page() -> None:
    index = DOCS / "index.md"
    reached = {(DOCS / target).resolve() for target in LINK.findall(told(index))}
    dated = DOCS / "bench"  # tables of the benchmark, as many as there were days on which it was run
    assert [page for page in PAGES if page not in reached and page != index and page.parent != dated] == []


def test_pictures_are_light_and_shown() -> None:
    assert PICTURES
    for picture in PICTURES:
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 200_000
        width, _ = struct.unpack(">II", content[16:24])
        assert width >= 800
        assert f"(docs/pictures/{picture.name})" in README


# What can be typed


def test_the_readme_names_the_two_commands_and_is_what_the_package_shows() -> None:
    typed = "\n".join(body for language, body in FENCE.findall(README) if language == "sh")
    for command in ("make demo", "make test"):
        assert re.search(rf"^{command}\b", typed, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["readme"] == "README.md"
    assert len(README.splitlines()) <= 180


@pytest.mark.parametrize(
    "line", sorted({line for page in PAGES for line in commands(page.read_text("utf-8"))})
)
def test_a_command_of_the_docs_is_understood(line: str) -> None:
    name, *words = shlex.split(line, comments=True)[1:]
    if name in LONG:
        context = main.commands[name].make_context(name, words)
        if name == "sweep":
            settings = dict(parse_setting(text) for text in context.params["settings"])
            assert resolve(load_experiment(context.params["file"], settings)).settings
        return
    if name not in PLAYED:
        result = CliRunner().invoke(main, [name, *words])
        assert result.exit_code == 0, result.output
        return
    context = main.commands[name].make_context(name, words)
    given = dict(context.params)
    given.pop("keep", None)
    names = given.pop("names", None) or (given.pop("name"),)
    faults = Faults()
    assert scenarios_of(names, choices_of(context, given, faults))
    faults.tell()


COMMAND_LINE = (DOCS / "command-line.md").read_text(encoding="utf-8")
HEADINGS = {
    "list": "Looking up",
    "show": "Looking up",
    "check": "Looking up",
    "run": "Playing",
    "compare": "Playing",
    "hindcast": "Holding against the record",
    "fit": "Holding coefficients against the record",
    "lessons": "The lessons of the documents",
    "counterfactual": "History run again, and advice",
    "advise": "History run again, and advice",
}


def page_of(command: str) -> str:
    """Return what command-line.md says of a command: its line of the synopsis, and its section."""
    synopsis = FENCE.findall(COMMAND_LINE)[0][1]
    (line,) = re.findall(rf"^rcpsim {command}\b.*$", synopsis, re.MULTILINE)
    if command not in HEADINGS:
        return str(line)
    return f"{line}\n" + COMMAND_LINE.split(f"\n## {HEADINGS[command]}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("command", sorted({str(command.name) for command in main.commands.values()}))
def test_every_option_of_a_command_stands_on_its_page(command: str) -> None:
    page = page_of(command)
    missing = []
    for option in main.commands[command].params:
        if not isinstance(option, click.Option):
            continue
        missing += [name for name in option.opts if not re.search(rf"{name}(?![\w-])", page)]
        if isinstance(option.type, click.Choice) and command in HEADINGS:
            told = re.findall(rf"`{option.opts[0]} ([\w|\\-]+)`", page)
            assert told, option.opts
            known = set(told[0].replace("\\", "").split("|"))
            assert known == set(option.type.choices) | ({"default"} if command == "advise" else set())
    assert missing == []


@pytest.mark.parametrize("heading", sorted(set(HEADINGS.values())))
def test_no_option_stands_on_the_page_that_no_command_has(heading: str) -> None:
    commands = [main.commands[name] for name, under in HEADINGS.items() if under == heading]
    known = {name for command in commands for option in command.params for name in option.opts}
    page = COMMAND_LINE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows_of = [line for line in page.splitlines() if line.startswith("| `--")]
    named = {name for row in rows_of for name in re.findall(r"--[a-z][a-z-]*", row.split(" | ")[0])}
    assert named <= known


def test_every_topic_of_list_stands_on_the_page() -> None:
    (topic,) = (one for one in main.commands["list"].params if one.name == "topic")
    assert isinstance(topic.type, click.Choice)
    section_of = page_of("list").split("\n", 1)[1]
    assert [word for word in topic.type.choices if word not in section_of] == []
    assert "|".join(topic.type.choices) in page_of("list")


@pytest.mark.parametrize("words", [["--histores", "3"], ["--histories", "none"], []])
def test_a_wrong_command_would_be_noticed(words: list[str]) -> None:
    with pytest.raises(RcpsimError):
        main.commands["run"].make_context("run", words)


def test_the_readme_shows_commands_of_every_kind() -> None:
    named = {line.split()[1] for line in commands(README)}
    assert named >= {
        "list",
        "show",
        "check",
        "run",
        "compare",
        "hindcast",
        "lessons",
        "counterfactual",
        "sweep",
    }
    assert named <= set(main.commands)


@pytest.mark.parametrize("code", [body for language, body in FENCE.findall(README) if language == "python"])
def test_the_python_of_the_readme_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})


def test_the_figures_of_the_readme_are_printed_by_the_command_above_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before, after = README.split("<!-- printed -->", 1)
    command = commands(before)[-1]
    result = CliRunner().invoke(main, [*shlex.split(command)[1:], "--no-figures"])
    assert result.exit_code == 0, result.output
    printed = [" ".join(line.split()) for line in result.output.splitlines()]
    (_, shown), *_ = FENCE.findall(after)
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert len(lines) > 4
    stale = [line for line in lines if line not in printed]
    now = [
        line for line in result.output.splitlines() if line.split()[:1] in [old.split()[:1] for old in stale]
    ]
    assert stale == [], "results changed; README.md should show:\n" + "\n".join(now)


# ODD and parameters


def test_the_odd_has_its_elements_and_concepts_in_order() -> None:
    assert re.findall(r"^## (.+)$", FENCE.sub("", ODD), re.MULTILINE) == [
        "1. Purpose and patterns",
        "2. Entities, state variables and scales",
        "3. Process overview and scheduling",
        "4. Design concepts",
        "5. Initialization",
        "6. Input data",
        "7. Submodels",
    ]
    concepts = ODD.split("## 4. Design concepts", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^### (.+)$", concepts, re.MULTILINE) == [
        "Basic principles",
        "Emergence",
        "Adaptation",
        "Objectives",
        "Learning",
        "Prediction",
        "Sensing",
        "Interaction",
        "Stochasticity",
        "Collectives",
        "Observation",
    ]
    sentence = (
        "The model description follows the ODD (Overview, Design concepts, Details) protocol for describing "
        "individual- and agent-based models (Grimm et al. 2006), as updated by Grimm et al. (2020)."
    )
    assert sentence in " ".join(ODD.split())


@pytest.mark.parametrize(("heading", "record"), RECORDS.items(), ids=("world", "process"))
def test_the_tables_of_the_odd_are_the_records_of_the_code(heading: str, record: type) -> None:
    described = [row[0].strip("`") for row in rows(section(ODD, heading))]
    assert described == [item.name for item in fields(record)]


@pytest.fixture(scope="module")
def histories() -> list[Replay]:
    return [replay(name, history=3, parameters="prior") for name in ("puebla", "small-process")]


@pytest.mark.parametrize(("heading", "record"), RECORDS.items(), ids=("world", "process"))
def test_state_variables_are_as_the_odd_describes_them(
    heading: str, record: type, histories: list[Replay]
) -> None:
    sizes = {"N": lambda run: len(run.setting.codes), "K": lambda run: len(run.setting.issues)}
    for name, shape, kind, _, span, *_ in rows(section(ODD, heading)):
        low, high = -np.inf, np.inf
        if bounds := re.fullmatch(r"(\S+) to (\S+)", span):
            low, high = (float(bound.replace("−", "-")) for bound in bounds.groups())
        elif floor := re.fullmatch(r"(\d) or more", span):
            low = float(floor[1])
        else:
            assert span == "any", name
        axes = [] if shape == "–" else shape.split(", ")
        for history in histories:
            founding = history.run.world if record is World else history.run.process
            played = history.worlds + history.twin_worlds if record is World else history.processes
            expected = [{"M": 3, "V": 3}.get(axis) or sizes[axis](history.run) for axis in axes]
            values = [np.asarray(getattr(one, name.strip("`")))[0] for one in (founding, *played)]
            assert all(list(value.shape) == expected for value in values), name
            assert min(value.min() for value in values) >= low - 1e-12, name
            assert max(value.max() for value in values) <= high + 1e-12, name
            if kind in {"whole", "code", "0/1"}:
                assert all((value == np.round(value)).all() for value in values), name


def test_the_odd_says_how_everything_begins() -> None:
    begins = ODD.split("## 5. Initialization", 1)[1].split("\n## ", 1)[0]
    world = {item.name for item in fields(World)}
    named = {name for row in rows(begins) for name in re.findall(r"`(\w+)`", row[0])}
    assert world <= named
    assert named <= world | {item.name for item in fields(Process)}


def test_the_odd_names_every_mechanism_and_form() -> None:
    models = ODD.split("## 7. Submodels", 1)[1]
    assert set(MECHANISMS) <= set(re.findall(r"`(\w+)`", models))
    assert {form for forms in RIVALS.values() for form in forms} <= set(re.findall(r"`(\w+)`", models))


def test_the_odd_names_every_equation_of_the_pages() -> None:
    models = ODD.split("## 7. Submodels", 1)[1]
    for page, first, last in re.findall(r"^\| \[\w+\]\((\S+)\) \| (\w+)–(\w+) \|", models, re.MULTILINE):
        stated = re.findall(r"\*\*\(([A-Z])(\d+)\)\*\*", (DOCS / page).read_text(encoding="utf-8"))
        numbers = sorted(int(number) for letter, number in stated if letter == first[0])
        assert (f"{first[0]}{numbers[0]}", f"{first[0]}{numbers[-1]}") == (first, last), page
    assert len(re.findall(r"^\| \[\w+\]\(theory/", models, re.MULTILINE)) == 15


def test_the_page_of_parameters_is_what_the_command_prints() -> None:
    result = CliRunner().invoke(main, ["list", "parameters", "--markdown"])
    assert result.exit_code == 0
    assert result.output == PARAMETERS, (
        "print it again: rcpsim list parameters --markdown > docs/parameters.md"
    )


def test_the_page_of_parameters_has_every_card_once_and_whole() -> None:
    table = {row[0].strip("`"): row for row in rows(PARAMETERS)}
    assert len(rows(PARAMETERS)) == len(table)
    assert set(table) == set(all_cards())
    for name, card in all_cards().items():
        _, symbol, meaning, unit, default, prior, allowed, status, source = table[name]
        assert (symbol, meaning, unit, status) == (card.symbol, card.meaning, card.unit, card.status)
        assert source == card.source
        assert float(default) == pytest.approx(card.default, rel=1e-3)
        assert allowed == f"{card.allowed[0]:g} to {card.allowed[1]:g}"
        if card.prior.dist == "fixed":
            assert prior == "fixed"
        elif card.prior.dist in {"uniform", "loguniform"}:
            assert prior.endswith(f"U({card.prior.low:g}, {card.prior.high:g})")


def test_only_parameters_are_printed_in_markdown() -> None:
    result = CliRunner().invoke(main, ["list", "measures", "--markdown"])
    assert result.exit_code == 2
    assert "--markdown" in result.output


def test_names_in_code_type_on_the_pages_of_the_theory_are_known() -> None:
    """A parameter, mechanism or form that was renamed does not stay behind on a page."""
    forms = {form for names in RIVALS.values() for form in names}
    words = {*all_cards(), *MECHANISMS, *forms, *(item.name for item in fields(Calendar))}
    unknown = {}
    for page in sorted({DOCS / "theory" / f"{Path(card.file).stem}.md" for card in all_cards().values()}):
        used = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", told(page)))
        if page.stem != "states":  # that page names columns of tables and files too
            unknown[page.stem] = used - words
    assert {page: names for page, names in unknown.items() if names} == {}


def test_every_parameter_stands_on_the_page_of_its_part() -> None:
    pages = {card.file: told(DOCS / "theory" / f"{Path(card.file).stem}.md") for card in all_cards().values()}
    missing = {name for name, card in all_cards().items() if f"`{name}`" not in pages[card.file]}
    assert missing <= {"unkept_halflife"}  # G3 prints its fixed value, keep(7)


# References


def references() -> set[str]:
    text = (DOCS / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)
    assert len(keys) == len(set(keys))
    return set(keys)


def test_every_work_that_the_odd_names_is_in_the_references() -> None:
    named = re.findall(r"([A-Z]\w+)(?: and [A-Z]\w+| et al\.)? \(?((?:19|20)\d\d)\b", " ".join(ODD.split()))
    keys = {f"{author.lower().replace('ø', 'o')}{year}" for author, year in named}
    assert {"josang2002", "grimm2020", "slovic1993", "tsebelis2002"} <= keys
    assert keys <= references()
    assert {"K01", "IOM05", "H10"} <= references()


def test_works_cited_in_docstrings_are_in_the_references() -> None:
    cited = {
        key
        for path in (ROOT / "src").rglob("*.py")
        for key in re.findall(r":cite:`(\w+)`", path.read_text(encoding="utf-8"))
    }
    assert cited
    assert cited <= references()
