"""A careless user: every wrong word of a command is told at once, and nothing is lost or left behind."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rcpsim.cli import main
from rcpsim.errors import OutputError
from rcpsim.experiment import load_experiment
from rcpsim.fitting import FitFolder, filter_asked
from rcpsim.folders import check_folder, fresh_folder
from rcpsim.sweep import bundle, run_sweep, verify

EXPERIMENT = """\
format = 1
id = "asked"
question = "What?"
scenario = "small-process"
years = [1, 1]
[draws]
histories = 2
[[factor]]
key = "design.confidentiality"
values = [0.0, 1.0]
[measures]
primary = "trust_met"
keep = ["trust_met", "alive"]
at = "end"
"""
FEW = ("--years", "1-1", "--histories", "2", "--no-figures", "--quiet")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def sweep_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("faults")
    (place / "asked.toml").write_text(EXPERIMENT, encoding="utf-8")
    run_sweep(load_experiment(place / "asked.toml"), place / "S")
    return place


@pytest.fixture
def sweep(sweep_once: Path, empty_folder: Path) -> Path:
    """Return the folder of a sweep, S, whose experiment lies beside it."""
    shutil.copytree(sweep_once, empty_folder, dirs_exist_ok=True)
    return Path("S")


@pytest.fixture
def run() -> Path:
    """Return the folder of a run, R."""
    assert said("run", "small-process", *FEW, "--out", "R").exit_code == 0
    return Path("R")


def said(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def refused(*words: str) -> list[str]:
    """Return the lines that a command is refused with, before it plays."""
    result = said(*words)
    assert result.exit_code == 2, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit), "told as a fault, and not as a traceback"
    assert "playing " not in result.stderr
    return result.stderr.splitlines()


def within(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- all at once ----------------------------------------------------------------------------------


def test_wrong_values_a_wrong_setting_and_a_wrong_folder_are_told_together() -> None:
    Path("file").touch()
    lines = refused(
        "run", "puebla", "--histories", "x", "--seed", "-1", "--years", "z", "--engine", "nump",
        "--set", "bogus", "--set", "design.form=4", "--out", "file/x",
    )  # fmt: skip
    for wanted in (
        '--histories: is "x"; it must be a whole number from 1 to',
        '--seed: is "-1"; it must be a whole number from 0 to',
        '--years: is "z"; write FIRST-LAST',
        '--engine: is "nump"; it must be one of numpy, jax, jax-single (did you mean numpy?)',
        '--set: "bogus" is no setting',
        "--set: design.form is 4",
        "file/x cannot be written",
    ):
        assert sum(line.startswith(wanted) for line in lines) == 1, (wanted, lines)
    assert len(lines) == 7


def test_an_unknown_option_is_read_on_as_the_nearest() -> None:
    lines = refused("run", "pueblo", "--sed", "x", "--set", "design.form=4")
    assert lines[0] == (
        "rcpsim run: has no option --sed; `rcpsim run --help` tells the options (did you mean --seed?)"
    )
    assert lines[1].startswith('--seed: is "x"')
    assert "did you mean puebla?" in lines[2]
    assert len(lines) == 3


def test_a_word_behind_an_option_that_resembles_none_is_not_judged() -> None:
    assert len(refused("run", "puebla", "--bogus", "3")) == 1
    assert len(refused("run", "--bogus", "3")) == 1
    lines = refused("run", "--bogus=3", "puebla", "--histories", "0")
    assert "no option --bogus" in lines[0]
    assert [line.split(":")[0] for line in lines[1:]] == ["--histories"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("rcpsim run puebla --parameters ", "plausible"),
        ("rcpsim run --se", "--seed"),
        ("rcpsim run puebla --bogus 3 --se", "--seed"),
    ],
)
def test_a_shell_can_complete_what_is_not_all_there_yet(words: str, offered: str) -> None:
    given = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_RCPSIM_COMPLETE": "bash_complete"}
    result = CliRunner().invoke(main, [], prog_name="rcpsim", env=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert f"plain,{offered}" in result.stdout.splitlines()


def test_what_is_missing_and_what_is_too_much_is_told_with_how_to_write_it() -> None:
    lines = refused("run", "--histories", "x")
    assert "rcpsim run: lacks NAME|FILE; write rcpsim run [OPTIONS] NAME|FILE" in lines
    lines = refused("run", "puebla", "bali", "--quiet=3", "--out")
    assert lines[:2] == [
        "--quiet: is given a value; it takes none",
        "--out: has no value; write it behind the option",
    ]
    assert lines[2].startswith('rcpsim run: has no place for "bali"')


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("list bogus --markdwn", ["--markdwn", "TOPIC"]),
        ("compare puebla --histories 0 --as-of 0", ["--histories", "--as-of", "at least two"]),
        ("hindcast puebl --workers 0 --quik", ["--quik", "--workers", "mean puebla"]),
        ("lessons L9999 --draws 0 --engine x", ["--draws", "engine is 'x'", "L9999"]),
        ("advise puebl --outcome trust --draws 1", ["--draws", "outcome", "mean puebla"]),
        ("fit --aside a --aside b --seed x", ["--seed", '"a" is not', '"b" is not']),
        ("counterfactual puebla --set x --without leak --seed q", ["--seed", '"x" is no', '"leak" is not']),
        ("sweep asked.toml --set seed=-3 --until-precision nan --chunk 0", ["seed", "is nan", "--chunk"]),
        ("analyse S --measure a --at b", ['--measure: "a"', '--at: "b"']),
        ("query nowhere x --rows 0", ["--rows", "nowhere"]),
        ("replay nowhere --history 0 --draw x", ["--draw", "nowhere"]),
        ("verify S --sample 0 more", ["--sample", "more"]),
        ("bundle S --too x more", ["--too", "more"]),
        ("show pueblo --forse", ["--forse", "mean puebla"]),
        ("check --x", ["--x", "FILE..."]),
    ],
)
@pytest.mark.usefixtures("sweep")
def test_every_command_tells_all_that_is_wrong(words: str, wanted: list[str]) -> None:
    before = within(Path())
    lines = refused(*words.split())
    for one in wanted:
        assert any(one in line for line in lines), (one, lines)
    assert within(Path()) == before


# --- where to write -------------------------------------------------------------------------------

WRITES = (
    ("run", "small-process", "--out"),
    ("compare", "small-process", "medium-process", "--out"),
    ("hindcast", "jcm", "--out"),
    ("lessons", "manage-your-numbers", "--out"),
    ("counterfactual", "small-process", "--without", "process", "--out"),
    ("advise", "small-process", "--out"),
    ("fit", "--quick", "--out"),
    ("fit", "--filter-only", "--draws", "1", "--out"),
    ("sweep", "asked.toml", "--out"),
    ("analyse", "S", "--out"),
    ("replay", "S", "--setting", "0", "--draw", "0", "--history", "0", "--out"),
    ("show", "puebla", "--out"),
    ("bundle", "S", "--to"),
    ("query", "S", "select 1", "--csv"),
)


@pytest.mark.parametrize("words", WRITES, ids=lambda words: "-".join(words[:2]))
@pytest.mark.usefixtures("sweep")
def test_a_place_that_cannot_be_written_is_told_before_anything_is_done(words: tuple[str, ...]) -> None:
    Path("file").touch()
    before = within(Path())
    for place in ("file/x", "/proc/nowhere/x", "x" * 300, "", "file" if words[0] != "query" else "S"):
        lines = refused(*words, place)
        assert len(lines) == 1, lines
        assert place in lines[0]
    assert within(Path()) == before
    assert sorted(path.name for path in Path().iterdir()) == ["S", "asked.toml", "file"]


def test_what_is_read_is_never_replaced(sweep: Path, run: Path) -> None:
    before = within(Path())
    for words in (
        ("analyse", "S", "--out", "S"),
        ("analyse", "S", "--out", "."),
        ("analyse", "S", "--out", "R"),
        ("replay", "R", "--history", "0", "--out", "R", "--force"),
        ("query", "S", "select 1 as one", "--csv", "S/manifest.json", "--force"),
    ):
        assert len(refused(*words)) == 1
        assert within(Path()) == before, words


@pytest.mark.parametrize("many", ["draws.histories=1000000000", "draws.count=20000000"])
def test_a_sweep_of_more_histories_than_can_be_named_is_refused(many: str) -> None:
    words = ("sweep", "size-and-confidentiality", "--set", many, "--out", "T")
    (line,) = refused(*words)
    key, _, count = many.partition("=")
    assert f"{key} is {count}; count times histories may be 10,000,000 at most" in line
    assert not Path("T").exists()


def test_a_sweep_is_not_replaced_by_a_run(sweep: Path) -> None:
    before = within(sweep)
    words = ("run", "small-process", "--histories", "1", "--out", str(sweep), "--force")
    assert any("holds a sweep, which is not replaced by --force" in line for line in refused(*words))
    assert within(sweep) == before


def test_what_lies_in_a_folder_and_is_not_ours_is_not_replaced(run: Path) -> None:
    (run / "thesis.txt").write_text("years of work", encoding="utf-8")
    (line,) = refused("run", "small-process", *FEW, "--out", "R", "--force")
    assert "holds thesis.txt, which rcpsim did not write" in line
    assert (run / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    (run / "thesis.txt").rename("thesis.txt")
    assert said("run", "small-process", *FEW, "--out", "R", "--force").exit_code == 0


@pytest.mark.parametrize("mine", ["deep/mine.csv", ".git/HEAD", "site/thesis.txt"])
def test_what_lies_deeper_is_not_replaced_either(run: Path, mine: str) -> None:
    (run / mine).parent.mkdir()
    (run / mine).write_text("years of work", encoding="utf-8")
    (run / "site").mkdir(exist_ok=True)
    (run / "site" / "manifest.json").write_text('{"name": "of another program"}', encoding="utf-8")
    (line,) = refused("run", "small-process", *FEW, "--out", "R", "--force")
    assert f"holds {mine}, which rcpsim did not write" in line


def test_what_other_programs_leave_behind_hinders_nobody(run: Path) -> None:
    (run / ".DS_Store").touch()
    (run / ".ipynb_checkpoints").mkdir()
    (run / ".ipynb_checkpoints" / "summary-checkpoint.csv").touch()
    check_folder(run, force=True)


def test_the_folder_that_one_is_in_is_refused_before_anything_is_played() -> None:
    Path("dir").mkdir()
    for place in (".", "dir/..", "/"):
        (line,) = refused("run", "small-process", *FEW, "--out", place, "--force")
        assert line.endswith("cannot be replaced as a whole; name a folder within it")
    assert [path.name for path in Path().iterdir()] == ["dir"]


def test_an_analysis_that_is_there_is_replaced_and_a_sweep_with_one_stays(sweep: Path) -> None:
    for _ in range(2):
        assert said("analyse", "S", "--no-figures", "--quiet").exit_code == 0
    with pytest.raises(OutputError, match="holds a sweep"):  # and nothing strange beside it
        check_folder("S", force=True)


def test_an_interruption_between_two_renames_puts_the_old_folder_back(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = within(run)
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if Path(target) == run:
            monkeypatch.setattr(Path, "rename", rename)
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), fresh_folder(run, force=True) as place:
        (place / "new.txt").touch()
    assert within(run) == before
    assert [path.name for path in Path().iterdir()] == ["R"]


def test_a_folder_of_another_fit_with_more_in_it_is_not_begun_anew() -> None:
    place = Path("fit")
    FitFolder.open(place, {"seed": 1})
    (place / "thesis.txt").touch()
    FitFolder(place).close({"seed": 1})
    outputs = json.loads((place / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert set(outputs) == {"fit.json"}, "what is not ours is not said to be"
    with pytest.raises(OutputError, match=r"holds thesis\.txt"):
        FitFolder.open(place, {"seed": 2}, force=True)
    (place / "thesis.txt").unlink()
    FitFolder.open(place, {"seed": 2}, force=True)
    assert json.loads((place / "fit.json").read_text(encoding="utf-8"))["seed"] == 2


# --- names and numbers that nobody means ----------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check", "sweep", "show", "hindcast", "lessons"])
@pytest.mark.parametrize("name", ["", "x" * 300, "two\nlines", "años", "\udcff"])
def test_no_name_ends_in_a_traceback(command: str, name: str) -> None:
    (line,) = refused(command, name)
    assert "is not known" in line


def test_a_folder_or_a_device_is_told_as_what_it_is() -> None:
    Path("dir").mkdir()
    assert refused("run", "dir")[0].startswith("dir: is a folder;")
    assert refused("sweep", "dir")[0].startswith("dir: is a folder;")
    assert refused("run", "/dev/null")[0].startswith("/dev/null: is no file;")


def test_numbers_beyond_all_luck_and_memory_are_refused() -> None:
    assert "from 0 to 4294967295" in refused("run", "puebla", "--history", str(2**62))[0]
    (line,) = refused("run", "puebla", "--histories", "1000000000")
    assert line.startswith("--histories: is 1000000000; the memory of this machine holds ")
    assert len(refused("compare", "small-process", "medium-process", "--histories", "1000000000")) == 1
    assert '"\\udcff"' in refused("run", "puebla", "--out", "\udcff")[0]


def test_too_little_memory_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object, **named: object) -> None:
        raise MemoryError

    monkeypatch.setattr("rcpsim.hindcast.hindcast", full)
    result = said("hindcast", "jcm", "--quick")
    assert result.exit_code == 2
    assert "rcpsim hindcast: needs more memory than there is" in result.stderr
    assert list(Path().iterdir()) == []


# --- words of a sweep, and the manifest of a fit --------------------------------------------------


def test_other_words_of_an_experiment_are_taken_over_and_told(sweep: Path) -> None:
    rows = {name: held for name, held in within(sweep).items() if name != "manifest.json"}
    other = EXPERIMENT.replace('"What?"', '"Which?"') + "[analysis]\nsmallest_effect = 0.2\n"
    Path("other.toml").write_text(other, encoding="utf-8")
    first, again = (said("sweep", "other.toml", "--out", "S", "--workers", "1") for _ in range(2))
    assert first.exit_code == again.exit_code == 0
    assert 'S: question is now "Which?"; it was "What?"' in first.stdout.splitlines()
    assert "S: analysis.smallest_effect is now 0.2; it was 0.1" in first.stdout.splitlines()
    assert "is now" not in again.stdout
    manifest = json.loads((sweep / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["experiment"]["question"], manifest["state"]) == ("Which?", "complete")
    assert {name: held for name, held in within(sweep).items() if name != "manifest.json"} == rows
    assert verify(sweep).sound


def test_a_fit_is_verified_and_packed_like_the_rest() -> None:
    words = ("fit", "--filter-only", "--draws", "1", "--workers", "1", "--quiet", "--out", "F")
    assert said(*words).exit_code == 0
    verdict = verify("F")
    assert (verdict.kind, verdict.sound, verdict.files > 1) == ("fit", True, True)
    with zipfile.ZipFile(bundle("F")) as packed:
        names, page = packed.namelist(), packed.read("README.md").decode()
    assert {"results/prior_filter.csv", "results/fit.json"} <= set(names)
    assert f"scenarios/{filter_asked(1)['scenario']}.toml" in names
    assert "- written by `rcpsim fit`" in page
    assert said(*words).exit_code == 0, "a fit that is done is taken up"
    (Path("F") / "prior_filter.csv").write_text("other", encoding="utf-8")
    assert not verify("F").sound
