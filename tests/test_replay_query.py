"""One history out of a folder played again, and SQL over a folder."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from rcpsim.analysis.querying import query, tables_of
from rcpsim.analysis.replaying import play_again
from rcpsim.cli import main
from rcpsim.errors import InputError
from rcpsim.experiment import load_experiment
from rcpsim.sweep import open_sweep, run_sweep

TABLE = {
    "format": 1,
    "id": "tried",
    "question": "Does it hold?",
    "scenario": "small-process",
    "years": [1, 2],
    "twin": True,
    "draws": {"parameters": "prior", "count": 2, "histories": 2},
    "factor": [
        {"key": "design.confidentiality", "values": [0.0, 1.0]},
        {"key": "parameters.trust.prior_weight", "values": [1.0, 4.0]},
    ],
    "arm": [{"name": "carrier off", "without": ["leak_or_keep"]}],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "candour", "alive"], "at": "year-ends"},
}


def rcpsim_command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "tried"
    run_sweep(load_experiment(TABLE), folder)
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ran") / "small"
    words = ("--histories", "3", "--years", "1-2", "--seed", "5", "--parameters", "prior", "--no-figures")
    result = rcpsim_command("run", "small-process", *words, "--quiet", "--out", str(folder))
    assert result.exit_code == 0, result.output
    return folder


# --- replay ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "draw", "history"), [(0, 0, 0), (3, 1, 0), (6, 1, 1)])
def test_a_history_of_a_sweep_is_played_again_to_the_bit(
    swept: Path, setting: int, draw: int, history: int
) -> None:
    again = play_again(swept, setting=setting, draw=draw, history=history)
    assert again.difference is None
    assert again.other_model is False
    assert again.cells == 2 * 5  # two year-ends; three measures, two of them with a twin
    table = open_sweep(swept).table(["trust_all"], setting=setting, draw=draw, history=history)
    whole = again.results.measures["trust_all"][0]
    assert table["trust_all"].to_pylist() == [whole[3], whole[7]]
    assert np.array_equal(whole, again.replay.measures["trust_all"])


def test_the_first_value_that_differs_is_named(swept: Path, tmp_path: Path) -> None:
    shutil.copytree(swept, tmp_path / "bent")
    (path,) = [
        one
        for one in (tmp_path / "bent" / "parts").iterdir()
        if {3} <= set(pq.read_table(one)["setting"].to_pylist())
    ]
    table = pq.read_table(path)
    at = next(
        row
        for row, found in enumerate(table.select(["setting", "draw", "history", "quarter"]).to_pylist())
        if tuple(found.values()) == (3, 1, 0, "Y02-Q4")
    )
    values = table["trust_all"].to_numpy().copy()
    values[at] = np.nextafter(values[at], 2.0)  # by the least that a number can differ
    bent = table.set_column(table.column_names.index("trust_all"), "trust_all", pa.array(values))
    pq.write_table(bent.replace_schema_metadata(table.schema.metadata), path)
    words = (
        "--setting",
        "3",
        "--draw",
        "1",
        "--history",
        "0",
        "--no-figures",
        "--out",
        str(tmp_path / "out"),
    )
    result = rcpsim_command("replay", str(tmp_path / "bent"), *words)
    assert result.exit_code == 1
    assert "first difference: setting 3, draw 1, history 0, Y02-Q4, trust_all: stored" in result.output
    assert play_again(tmp_path / "bent", setting=3, draw=1, history=1).difference is None


def test_a_history_of_a_run_is_played_again_with_chronicle_and_player(ran: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    result = rcpsim_command("replay", str(ran), "--history", "2", "--no-figures", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "all the same to the bit" in result.output
    assert {"chronicle.md", "player.html", "measures.parquet"} <= {path.name for path in out.iterdir()}
    stored = pq.read_table(ran / "measures.parquet").to_pandas()
    again = pq.read_table(out / "measures.parquet").to_pandas()
    mine = stored[stored["history"] == 2].reset_index(drop=True)
    assert mine.drop(columns="setting").equals(again.drop(columns="setting"))
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["histories"]["numbers"] == "2"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--history", "0"), "--setting: is missing"),
        (("--history", "0"), "--draw: is missing"),
        (("--setting", "99", "--draw", "0", "--history", "0"), "--setting: is 99; .* holds 0 to 7"),
        (("--setting", "0", "--draw", "5", "--history", "7"), "--draw: is 5; .* holds 0 to 1"),
        (("--setting", "0", "--draw", "5", "--history", "7"), "--history: is 7; .* holds 0 to 1"),
    ],
)
def test_a_history_that_is_not_there_is_refused(
    swept: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    result = rcpsim_command("replay", str(swept), *words, "--out", str(tmp_path / "no"))
    assert result.exit_code == 2
    assert not (tmp_path / "no").exists()
    assert re.search(told, result.output)


def test_a_run_of_fewer_years_than_its_members_have_is_played_again(tmp_path: Path) -> None:
    words = ("--years", "1996-1996", "--histories", "1", "--no-figures", "--quiet")
    assert rcpsim_command("run", "puebla", *words, "--out", str(tmp_path / "short")).exit_code == 0
    assert play_again(tmp_path / "short", history=0).difference is None


def test_a_run_has_no_settings(ran: Path, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "no"))
    result = rcpsim_command("replay", str(ran), "--history", "9", *out)
    assert (result.exit_code, "--history: is 9" in result.output) == (2, True)
    result = rcpsim_command("replay", str(ran), "--history", "0", "--setting", "0", *out)
    assert (result.exit_code, "whose histories have a number alone" in result.output) == (2, True)


# --- query ----------------------------------------------------------------------------------------


def test_the_tables_of_a_sweep_and_of_a_run(swept: Path, ran: Path) -> None:
    assert sorted(tables_of(swept)) == ["measures", "settings"]
    assert sorted(tables_of(ran)) == ["events", "measures", "pairs", "states", "twin"]


def test_a_query_gives_what_the_frame_gives(swept: Path) -> None:
    answer = query(
        swept,
        'select s."design.confidentiality" as c, avg(trust_all) as t, count(*) as n from measures m '
        "join settings s using (setting) where quarter = 'Y02-Q4' and m.design = 'full' group by 1 "
        "order by 1",
    )
    frame = open_sweep(swept).to_frame(["trust_all"], quarter="Y02-Q4")
    frame = frame[frame["design"] == "full"]
    means = frame.groupby("design.confidentiality")["trust_all"].mean()
    assert answer.columns == ["c", "t", "n"]
    assert [row[0] for row in answer.rows()] == [0.0, 1.0]
    assert [row[1] for row in answer.rows()] == pytest.approx(means.tolist())
    assert [row[2] for row in answer.rows()] == [8, 8]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select * from measure", "did you mean measures"),
        ("select trust_al from measures", "did you mean trust_all"),
        ("selec 1", "syntax error"),
        ("", "is empty"),
        ("select 1; select 2", "one SELECT"),
        ("create table x as select 1", "one SELECT"),
        ("copy measures to 'stolen.csv'", "one SELECT"),
        ("select * from read_csv('pyproject.toml')", "file system operations are disabled"),
        ("select 1/'a'", "Conversion Error"),
    ],
)
def test_a_query_that_cannot_be_run_is_told_plainly(swept: Path, statement: str, told: str) -> None:
    before = {path: path.read_bytes() for path in swept.rglob("*.*")}
    result = rcpsim_command("query", str(swept), statement)
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
    assert {path: path.read_bytes() for path in swept.rglob("*.*")} == before


def test_variables_of_the_program_are_no_tables(swept: Path) -> None:
    with pytest.raises(InputError, match="Table with name tables does not exist"):
        query(swept, "select * from tables")


def test_rows_go_to_a_file_that_is_not_replaced_unasked(swept: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    words = ("query", str(swept), "select draw, trust_all, candour_twin from measures order by all limit 2")
    assert rcpsim_command(*words, "--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["draw", "trust_all", "candour_twin"]
    assert (
        float(rows[1][1]) == query(swept, "select min(trust_all) from measures where draw = 0").rows()[0][0]
    )
    assert rows[1][2] == ""  # a twin has no meetings, and so no candour
    refused = rcpsim_command(*words, "--csv", str(file))
    assert (refused.exit_code, "is there already" in refused.output) == (2, True)
    assert rcpsim_command(*words, "--csv", str(file), "--force").exit_code == 0
    assert rcpsim_command(*words, "--csv", str(tmp_path / "none" / "x.csv")).exit_code == 2


def test_long_answers_are_cut_and_say_so(swept: Path) -> None:
    result = rcpsim_command("query", str(swept), "select setting, history from measures", "--rows", "2")
    assert result.exit_code == 0
    assert "62 more rows" in result.output


def test_without_duckdb_a_query_says_what_to_install(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    result = rcpsim_command("query", str(swept), "select 1")
    assert (result.exit_code, "pip install 'rcpsim[analysis]'" in result.output) == (2, True)
