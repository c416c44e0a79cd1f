"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import io
import json
import math
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import rcpsim
from rcpsim.axes import MECHANISMS
from rcpsim.cards import all_cards
from rcpsim.cli import main
from rcpsim.cli.options import without_process
from rcpsim.cli.progress import progress
from rcpsim.lessons import list_lessons
from rcpsim.measures import MEASURES
from rcpsim.parameter_sets import plausible_sets
from rcpsim.profile import central_values
from rcpsim.scenario import list_scenarios, load_scenario

SHORT = ("--years", "1-3", "--histories", "2", "--no-figures")

GOOD = """\
format = 1
id = "pair"
title = "Two states"
kind = "rcp"
years = [2000, 2004]
[members]
start = ["MEX", "USA"]
[calendar]
meetings = [{kind = "workshop", per_year = 2}]
"""


def rcpsim_command(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, list(words))


def shell(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process and a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rcpsim", *words], cwd=cwd, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Looking things up


def test_help_names_the_commands() -> None:
    result = rcpsim_command("--help")
    assert result.exit_code == 0
    assert {"check", "compare", "list", "run", "show"} <= set(re.findall(r"^  (\w+) ", result.output, re.M))


def test_help_shows_each_example_on_a_line_of_its_own() -> None:
    lines = rcpsim_command("--help").output.splitlines()
    examples = [line for line in lines if line.startswith("  rcpsim ")]
    assert len(examples) == 10
    assert all(len(line) <= 80 and re.search(r"\S {2,}\S", line[2:]) for line in examples)
    assert not any("\\" in line for line in lines)


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, rcpsim.cli\n"
        "try:\n    rcpsim.cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('loaded', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {"matplotlib", "mesa", "numpy", "pandas", "pyarrow", "rich", "scipy", "xarray"}


def test_the_version_is_told() -> None:
    assert rcpsim_command("--version").output.strip() == f"rcpsim {rcpsim.__version__}"


@pytest.mark.parametrize(
    ("topic", "names"),
    [("scenarios", list_scenarios()), ("mechanisms", MECHANISMS), ("measures", tuple(MEASURES))],
)
def test_lists_name_everything(topic: str, names: tuple[str, ...]) -> None:
    result = rcpsim_command("list", topic)
    assert result.exit_code == 0
    first = [line.split()[0] for line in result.output.splitlines() if line and not line.startswith(" ")]
    assert set(names) <= set(first)


def test_parameters_are_listed_by_the_key_that_sets_them() -> None:
    output = rcpsim_command("list", "parameters").output
    assert "parameters.trust.prior_weight" in output
    result = rcpsim_command(
        "run", "small-process", *SHORT, "--set", "parameters.trust.prior_weight=4", "--quiet"
    )
    assert result.exit_code == 0, result.output


def test_a_scenario_is_shown_on_a_page() -> None:
    output = rcpsim_command("show", "puebla").output
    for wanted in (
        "Regional Conference on Migration (Puebla Process)",
        "1996-2010",
        "joins 2000-Q3",
        "vice-ministerial",
        "2 to 4 a year",
        "judged, low",
        "K01 p.28, p.38",
        "any from 0 to 1",
        "CAN, USA",
        "Hurricane Mitch",
        "observers.1.organisations from 2005-Q3",
    ):
        assert wanted in output, wanted
    roles = dict(re.findall(r"^([A-Z]{3}) +\S.*? ([OTD])  ", output, re.M))
    assert len(roles) == 11
    assert (roles["SLV"], roles["USA"], roles["BLZ"]) == ("O", "D", "T")


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_can_be_shown(name: str) -> None:
    result = rcpsim_command("show", name)
    assert result.exit_code == 0, result.output
    assert load_scenario(name).title in result.output


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_can_be_shown(name: str) -> None:
    output = rcpsim_command("show", name).output
    assert f"--without mechanism:{name}" in output
    assert "Parameters of the page" in output


def test_measures_and_parameters_can_be_shown() -> None:
    assert "agenda setting" in rcpsim_command("show", "trust_met").output
    for name in ("prior_weight", "parameters.trust.prior_weight"):
        output = rcpsim_command("show", name).output
        assert "--set parameters.trust.prior_weight=" in output
        assert "theory/trust.toml" in output


def test_a_default_is_told_with_what_it_is() -> None:
    cards = all_cards()
    free = {name: card for name, card in cards.items() if card.prior.dist != "fixed"}
    central = plausible_sets()
    for name in ("leak", "overload", "prior_weight"):
        output = " ".join(rcpsim_command("show", name).output.split())
        assert f"{free[name].default:g} (of the most central plausible set, and no estimate; " in output
        value, prior = central.values[name][central.medoid], free[name].prior
        share = (value - prior.low) / (prior.high - prior.low)
        if prior.dist == "loguniform":
            share = math.log(value / prior.low) / math.log(prior.high / prior.low)
        assert f"quantile of the prior: {'below 0.01' if share < 0.01 else f'{share:.2f}'})" in output
    fixed = next(name for name in cards if name not in free)
    assert "most central" not in rcpsim_command("show", fixed).output


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("pueblo", "puebla"),
        ("leak_or_kep", "leak_or_keep"),
        ("trust_mat", "trust_met"),
        ("prior_wieght", "prior_weight"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_near_one(name: str, near: str) -> None:
    result = rcpsim_command("show", name)
    assert result.exit_code == 2
    assert near in result.stderr
    assert result.stdout == ""


def test_a_misspelt_command_is_answered_with_the_near_one() -> None:
    result = rcpsim_command("compair")
    assert result.exit_code == 2
    assert "did you mean compare?" in result.stderr


# Checking


def test_good_files_are_told_one_by_one() -> None:
    Path("pair.toml").write_text(GOOD, encoding="utf-8")
    result = rcpsim_command("check", "pair.toml", "puebla")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("pair.toml: OK, 2 states, 2000-2004")
    assert re.search(r"\d+ documented, 14 judged, 1 range, 6 unknown", second)


LEAVES = '{state = "CAN", to = "none", on = "2001", basis = "asserted", source = "ours"}'
BAD = {
    "an unknown member": (GOOD.replace('"USA"', '"USB"'), r"USB"),
    "a duplicate member": (GOOD.replace('"USA"', '"USA", "USA"'), r"USA"),
    "a member that leaves before joining": (
        GOOD.replace("[calendar]", f"changes = [{LEAVES}]\n[calendar]"),
        r"lets CAN leave|leaves after it has joined",
    ),
    "no meetings": (re.sub(r"meetings = .*", "meetings = []", GOOD), r"meetings"),
    "one state alone": (GOOD.replace('"MEX", ', ""), r"USA alone"),
    "years reversed": (GOOD.replace("[2000, 2004]", "[2004, 2000]"), r"did you mean \[2000, 2004\]"),
    "an unknown mechanism": (GOOD + '[theory]\nwithout = ["leak"]\n', r"leak_or_keep"),
    "not a number": (GOOD + "[design]\nform = nan\n", r"design\.form is nan"),
    "a misspelt key": (GOOD + "[design]\nconfidentialty = 0.5\n", r"did you mean confidentiality"),
    "a file that is not TOML": ("format = = 1", r"is not TOML"),
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("command", [("check",), ("run", "--quiet")])
def test_bad_input_is_told_and_nothing_is_written(
    what: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    text, wanted = BAD[what]
    Path("bad.toml").write_text(text, encoding="utf-8")
    result = rcpsim_command(*command, "bad.toml")
    assert result.exit_code == 2, result.output
    assert re.search(wanted, result.stderr), result.stderr
    assert "bad.toml" in result.stderr
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    assert names_in(tmp_path) == ["bad.toml"]


def test_all_faults_of_all_files_are_told_at_once() -> None:
    Path("one.toml").write_text(GOOD.replace('"USA"', '"USB"') + "[design]\nform = 7\n", encoding="utf-8")
    Path("two.toml").write_text(GOOD.replace("[2000, 2004]", "[2004, 2000]"), encoding="utf-8")
    Path("three.toml").write_text(GOOD, encoding="utf-8")
    result = rcpsim_command("check", "one.toml", "two.toml", "three.toml", "nowhere.toml")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    for file, words in (
        ("one", "USB"),
        ("one", "design.form is 7"),
        ("two", "years"),
        ("nowhere", "does not exist"),
    ):
        assert any(line.startswith(f"{file}.toml") and words in line for line in lines), (file, words)
    assert result.stdout.startswith("three.toml: OK")


def test_a_number_that_is_a_word_ends_with_status_2() -> None:
    result = rcpsim_command("run", "small-process", "--histories", "nan")
    assert result.exit_code == 2
    assert "nan" in result.stderr


# Options


def options(*words: str) -> str:
    """Return what stderr says of a run that must not begin."""
    result = rcpsim_command("run", "puebla", *words)
    assert result.exit_code == 2, result.output
    assert not Path("puebla-seed1").exists()
    return result.stderr


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--years", "2010-1996"), "did you mean 1996-2010?"),
        (("--years", "lately"), "FIRST-LAST"),
        (("--set", "design.confidentialty=1"), "did you mean confidentiality?"),
        (("--set", "design.form=4"), "must lie between 0 and 1"),
        (("--set", "design.form=nan"), "--set: design.form is nan"),
        (("--set", "design.form"), "KEY=VALUE"),
        (("--set", "parameters.trust.prior_wieght=3"), "prior_weight"),
        (("--without", "leak"), "did you mean leak_or_keep"),
        (("--without", "mechanism:leak"), "did you mean leak_or_keep"),
        (("--without", "event:mich"), "did you mean mitch?"),
        (("--without", "member:USB"), "USB"),
        (("--replacing", "persuade=defuant2000"), "did you mean deffuant2000?"),
        (("--replacing", "persuade=defuant2000"), "--replacing: theory.replacing.persuade"),
        (("--replacing", "persade=deffuant2000"), "--replacing: theory.replacing.persade"),
        (("--years", "0-3"), "--years: years.0 is 0"),
        (("--set", "years=[3, 1]"), "--set: years"),
        (("--without", "member:FRA"), "--without: member:FRA"),
        (("--without", "member:QQQ"), "--without: member:QQQ"),
        (("--set", "event.mitch.on=then"), "--set: event.mitch.on"),
        (("--set", "event.mitch.states=['FRA']"), "--set: event.mitch.states names FRA"),
        (("--set", "calendar.meetings.workshop.per_year=-3"), "--set: calendar.meetings.workshop.per_year"),
        (("--without", "persuade", "--set", "theory.replacing.persuade='deffuant2000'"), "--without: mech"),
        (("--replacing", "persuade"), "MECHANISM=FORM"),
        (("--history", "1", "--histories", "3"), "leave one of the two out"),
        (("--histories", "0"), "0"),
        (("--parameters", "posterior"), "posterior"),
    ],
)
def test_a_wrong_option_is_told(words: tuple[str, ...], wanted: str) -> None:
    told = options(*words)
    assert wanted in told
    assert "puebla.toml" not in told, "what an option says is not laid to the file"


def test_wrong_options_are_told_together() -> None:
    told = options(
        "--years", "2010-1996", "--set", "design.form=4", "--set", "form", "--without", "leak",
        "--without", "event:mich",
    )  # fmt: skip
    for wanted in (
        'is "2010-1996"', "design.form is 4", '"form" is no setting', '"leak" is not', '"mich" is not'
    ):  # fmt: skip
        assert told.count(wanted) == 1, (wanted, told)
    assert len(told.splitlines()) == 5


def test_an_unknown_scenario_is_answered_with_the_near_one() -> None:
    for command in (("run", "pueblo"), ("compare", "puebla", "pueblo")):
        result = rcpsim_command(*command)
        assert result.exit_code == 2
        assert "did you mean puebla?" in result.stderr


def test_compare_needs_two_designs_of_the_same_years() -> None:
    assert "at least two" in rcpsim_command("compare", "puebla").stderr
    result = rcpsim_command("compare", "puebla", "small-process")
    assert result.exit_code == 2
    assert "--years" in result.stderr
    assert "playing" not in result.stderr, "refused before it begins"
    assert names_in(Path()) == []


def test_a_colon_before_a_setting_must_name_a_design() -> None:
    result = rcpsim_command("compare", "small-process", "medium-process", "--set", "large:design.form=1")
    assert result.exit_code == 2
    assert "small-process, medium-process" in result.stderr


# Folders


def test_an_unwritable_folder_is_told_before_anything_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rcpsim_module("rcpsim.simulation"), "simulate", _must_not_be_called)
    Path("file").write_text("", encoding="utf-8")
    for command in (("run", "small-process"), ("compare", "small-process", "medium-process")):
        result = rcpsim_command(*command, "--out", "file/results")
        assert result.exit_code == 2, result.output
        assert "cannot be written" in result.stderr
    assert names_in(Path()) == ["file"]


def test_a_folder_that_is_there_is_refused_before_anything_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rcpsim_module("rcpsim.simulation"), "simulate", _must_not_be_called)
    Path("small-process-seed1").mkdir()
    result = rcpsim_command("run", "small-process")
    assert result.exit_code == 2
    assert "--force" in result.stderr
    Path("compare-small-process-medium-process-seed4").mkdir()
    result = rcpsim_command("compare", "small-process", "medium-process", "--seed", "4")
    assert result.exit_code == 2
    assert "--force" in result.stderr


def test_force_does_not_replace_what_others_wrote() -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("keep me", encoding="utf-8")
    result = rcpsim_command("run", "small-process", *SHORT, "--out", "mine", "--force")
    assert result.exit_code == 2
    assert names_in(Path("mine")) == ["letter.txt"]


# Interruption


def test_ctrl_c_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rcpsim_module("rcpsim.writing"), "write_results", interrupted)
    result = rcpsim_command("run", "small-process", *SHORT, "--out", "deep/er")
    assert result.exit_code == 130, result.output
    assert "nothing is left half-written" in result.stderr
    assert names_in(Path()) == []


def test_ctrl_c_while_writing_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rcpsim_module("rcpsim.player"), "write_player", interrupted)
    for command in (("run", "small-process"), ("compare", "small-process", "medium-process")):
        result = rcpsim_command(*command, *SHORT, "--out", "deep/er")
        assert result.exit_code == 130, result.output
        assert names_in(Path()) == []


def test_a_real_interrupt_ends_with_130(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rcpsim", "run", "large-process", "--histories", "100000"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()  # told once everything is read and the play begins
    assert "playing large-process" in line
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert out == ""
    assert names_in(tmp_path) == []


# Runs


def test_a_run_in_an_empty_folder(tmp_path: Path) -> None:
    done = shell("run", "small-process", *SHORT, "--seed", "7", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert names_in(tmp_path) == ["small-process-seed7"]
    folder = tmp_path / "small-process-seed7"
    wanted = {
        "manifest.json",
        "measures.parquet",
        "events.parquet",
        "summary.csv",
        "chronicle.md",
        "player.html",
    }
    assert wanted <= set(names_in(folder))
    assert "figures" not in names_in(folder)
    for words in (
        "A small process: ten states",
        "10 states",
        "trust_all",
        "stage 1",
        "at the end:",
        "without",
        "adds",
    ):
        assert words in done.stdout, words
    for phase in ("agenda setting", "consensus", "law, policy", "life of the process"):
        assert phase in done.stdout
    assert "small-process-seed7/player.html" in done.stdout
    assert "playing small-process" in done.stderr
    again = shell("run", "small-process", *SHORT, "--seed", "7", "--quiet", cwd=tmp_path)
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    replaced = shell("run", "small-process", *SHORT, "--seed", "7", "--quiet", "--force", cwd=tmp_path)
    assert (replaced.returncode, replaced.stdout, replaced.stderr) == (0, "", "")
    assert names_in(tmp_path) == ["small-process-seed7"]


def test_the_summary_says_what_the_results_hold() -> None:
    result = rcpsim_command("run", "small-process", *SHORT, "--out", "there")
    assert result.exit_code == 0, result.output
    played = rcpsim.simulate("small-process", histories=2)
    short = rcpsim.simulate(load_scenario("small-process", {"years": [1, 3]}), histories=2)
    assert played.labels[-1] != short.labels[-1]
    line = next(line for line in result.output.splitlines() if line.startswith("trust_all"))
    numbers = [float(number) for number in re.findall(r"[-+]?\d+\.\d+", line)]
    ends = short.measures["trust_all"][:, [3, 7, 11]]
    medians = [sum(column) / 2 for column in ends.T]
    assert numbers[0:9:3] == pytest.approx(medians, abs=6e-3)
    without = short.twin("trust_all").values[:, 11]
    assert numbers[9] == pytest.approx(without.mean(), abs=6e-3)
    assert numbers[10] == pytest.approx((ends[:, 2] - without).mean(), abs=6e-4)


def test_the_results_can_be_opened_again() -> None:
    assert rcpsim_command("run", "small-process", *SHORT, "--out", "there", "--quiet").exit_code == 0
    opened = rcpsim.open_results("there")
    played = rcpsim.simulate(load_scenario("small-process", {"years": [1, 3]}), histories=2)
    assert opened["trust_all"].equals(played["trust_all"])


def test_one_history_is_replayed_alone() -> None:
    batch = rcpsim.simulate(load_scenario("small-process", {"years": [1, 3]}), histories=4)
    words = ("run", "small-process", "--years", "1-3", "--history", "3", "--no-figures", "--out", "there")
    result = rcpsim_command(*words)
    assert result.exit_code == 0, result.output
    assert "history 3" in result.output
    opened = rcpsim.open_results("there")
    assert opened.histories.tolist() == [3]
    assert (opened["trust_all"].values[0] == batch["trust_all"].values[3]).all()


def test_central_values_are_named() -> None:
    result = rcpsim_command(
        "run", "puebla", "--years", "1996-1997", "--histories", "1", "--judged", "central", "--no-figures"
    )
    assert result.exit_code == 0, result.output
    told = next(line for line in result.output.splitlines() if "fixed by --judged central" in line)
    for wanted in (
        "design.confidentiality = 0.55",
        "design.caution = 0.5 (unknown)",
        "calendar.meetings.workshop.per_year = 3",
    ):
        assert wanted in told
    assert "design.evaluation" not in told
    assert "calendar.meetings.vice-ministerial.days = " in told


def test_central_dates_and_whole_numbers_are_named_as_they_are_taken() -> None:
    fixed = dict(central_values(load_scenario("budapest")))
    scenario = load_scenario("budapest")
    enclosed = [one for one in scenario.members.changes if one.when.low < one.when.high]
    assert enclosed
    for change in enclosed:
        assert "between" in fixed[f"members.changes.{change.state}.{change.to}"]
    assert fixed["plan.count"] == "32 (unknown)"
    puebla, key = load_scenario("puebla"), "design.observers.0.openness from 2000-Q3"
    assert dict(central_values(puebla))[key] == "0.85"
    assert dict(central_values(puebla, as_of=2001))[key] == "0.5 (unknown)"


def test_what_is_set_and_left_out_reaches_the_run() -> None:
    result = rcpsim_command(
        "run", "puebla", "--years", "1996-2000", "--histories", "1", "--no-figures", "--quiet",
        "--out", "there", "--set", "design.confidentiality=0.9", "--without", "leak_or_keep",
        "--without", "event:mitch", "--without", "member:BLZ", "--replacing", "persuade=deffuant2000",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    opened = rcpsim.open_results("there")
    assert opened.scenario.design.confidentiality.at(0).value == 0.9
    assert not opened.theory.has("leak_or_keep")
    assert opened.theory.form("persuade") == "deffuant2000"
    assert "BLZ" not in opened.codes
    assert "mitch" not in [event.id for event in opened.scenario.events]


def test_without_process_is_the_twin() -> None:
    scenario = load_scenario("small-process", {"years": [1, 6]})
    played = rcpsim.simulate(without_process(scenario), histories=3, seed=2)
    twin = rcpsim.simulate(scenario, histories=3, seed=2)
    for name in MEASURES:
        mine, other = played[name].values, twin.twin(name).values
        both = ~np.isnan(mine) & ~np.isnan(other)
        if name != "cancelled":  # the twin cancels what it had planned
            assert (mine[both] == other[both]).all(), name
    assert played["meetings"].values.sum() == 0
    assert not (twin["trust_all"].values == twin.twin("trust_all").values).all()
    result = rcpsim_command("run", "small-process", *SHORT, "--without", "process", "--out", "there")
    assert result.exit_code == 0, result.output


# Comparisons


def test_a_comparison_in_an_empty_folder(tmp_path: Path) -> None:
    done = shell("compare", "small-process", "medium-process", *SHORT[:-1], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "compare-small-process-medium-process-seed1"
    assert names_in(tmp_path) == [folder.name]
    assert list((folder / "figures").glob("*.png"))
    assert (folder / "figures" / "captions.md").is_file()
    wanted = {"comparison.csv", "manifest.json", "player.html", "small-process", "medium-process"}
    assert wanted <= set(names_in(folder))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["designs"]) == ["small-process", "medium-process"]
    for words in ("trust_all", "mean less A", "P(above A)", "The same luck", "B  stage 1"):
        assert words in done.stdout
    opened = rcpsim.open_results(folder / "medium-process")
    played = rcpsim.simulate(load_scenario("medium-process", {"years": [1, 3]}), histories=2)
    assert opened["trust_all"].equals(played["trust_all"])
    assert len(opened.events) == len(played.events)


def test_an_option_may_be_for_one_design() -> None:
    result = rcpsim_command(
        "compare", "small-process", "small-process", *SHORT, "--out", "there", "--quiet",
        "--set", "design.caution=0.1", "--set", "2:design.confidentiality=0.9", "--without", "2:leak_or_keep",
        "--replacing", "1:persuade=deffuant2000",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    first, second = (
        rcpsim.open_results(Path("there") / name) for name in ("small-process", "small-process-2")
    )
    found = [one.scenario.design.confidentiality.at(0).value for one in (first, second)]
    assert found == [0.5, 0.9]
    assert [one.scenario.design.caution.at(0).value for one in (first, second)] == [0.1, 0.1]
    assert [one.theory.has("leak_or_keep") for one in (first, second)] == [True, False]
    assert [one.theory.form("persuade") for one in (first, second)] == ["deffuant2000", "friedkin1990"]


# Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress(10, quiet=False) as report:
        report(5, "playing x")
    assert "time left" in screen.getvalue()


def test_elsewhere_each_step_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10, quiet=False) as report:
        report(0, "playing x")
        report(5, "playing x")
        report(10, "writing")
    assert capsys.readouterr().err.splitlines() == [
        "playing x (0 of 10 histories done)",
        "writing (10 of 10 histories done)",
    ]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10, quiet=True) as report:
        report(5, "playing x")
    assert capsys.readouterr() == ("", "")


def rcpsim_module(name: str) -> object:
    return sys.modules.get(name) or __import__(name, fromlist=["_"])


def _must_not_be_called(*args: object, **kwargs: object) -> None:
    raise AssertionError("played before the folder was looked at")


def test_pairs_are_kept_and_states_of_all_where_asked(tmp_path: Path) -> None:
    result = rcpsim_command(
        "run", "small-process", *SHORT, "--keep", "states,pairs@3", "--keep", "pairs@1", "--out", "kept"
    )
    assert result.exit_code == 0, result.output
    pairs = pq.read_table(tmp_path / "kept" / "pairs.parquet")
    assert list(dict.fromkeys(pairs["quarter"].to_pylist())) == ["Y01-Q4", "Y03-Q4"]
    assert pairs.num_rows == 2 * 10 * 9
    assert pq.read_table(tmp_path / "kept" / "states.parquet").num_rows == 2 * 12 * 10
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["keep"] == {"states": 2, "pairs": ["Y01-Q4", "Y03-Q4"]}


def test_what_cannot_be_kept_is_told_all_at_once(tmp_path: Path) -> None:
    result = rcpsim_command("run", "small-process", *SHORT, "--keep", "all,pairs@4,pairs@one,states")
    assert result.exit_code == 2
    told = result.output.splitlines()
    assert [line.split(";")[0] for line in told] == [
        '--keep: "all" is not understood',
        '--keep: "pairs@4" lies outside the years',
        '--keep: "pairs@one" is not understood',
    ]
    assert names_in(tmp_path) == []


def test_every_lesson_has_a_page() -> None:
    listed = rcpsim_command("list", "lessons")
    assert listed.exit_code == 0
    assert {line.split()[0] for line in listed.output.splitlines()[1:-2]} == set(list_lessons())
    page = rcpsim_command("show", "manage-your-numbers")
    assert page.exit_code == 0
    for part in ("L32", "members.count = 40", "form_rooms", "trust_met over the twin", "--why"):
        assert part in page.output
    assert "did you mean manage-your-numbers?" in rcpsim_command("show", "manage-your-number").output
