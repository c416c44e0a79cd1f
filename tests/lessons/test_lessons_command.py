"""`rcpsim lessons`: what it prints and writes, what it refuses, and how it goes on."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from rcpsim.cli import lesson_pages, main
from rcpsim.cli.lesson_table import WIDTH
from rcpsim.lessons import LessonResult, playing
from tests.lessons.test_reading import written


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["lessons", *words])


def test_a_lesson_is_played_printed_and_written_and_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = str(written(tmp_path)), tmp_path / "out"
    size = ("--draws", "12", "--histories", "2", "--workers", "1", "--out", str(out))
    first = run(file, *size)
    assert first.exit_code == 0, first.output
    assert "mine" in first.output
    assert "candour_year" in first.output
    written_there = {"cells", "lessons.csv", "lessons.md", "manifest.json", "pages"}
    assert {path.name for path in out.iterdir()} == written_there
    page = (out / "lessons.md").read_text()
    assert f"`rcpsim lessons {file} --draws 12 --histories 2`" in page
    assert "- lessons: 1 judged" in page
    assert max(map(len, page.split("```")[1].splitlines())) <= WIDTH
    assert {path.name for path in (out / "pages").iterdir()} == {"mine.md", "mine.png"}
    table = pd.read_csv(out / "lessons.csv")
    assert set(table["arm"]) == {"full"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["plan"]["draws"] == 12
    assert manifest["seed"] == 1
    assert manifest["arms"] == {"mine": []}

    told_before = (out / "lessons.csv").read_bytes()
    hurt = min((out / "cells").glob("*.parquet"))
    content = hurt.read_bytes()
    hurt.write_bytes(content[: len(content) // 2])
    mended = run(file, *size)
    assert mended.exit_code == 0, mended.output
    assert (out / "lessons.csv").read_bytes() == told_before
    assert hurt.read_bytes() == content

    def never(cell: object) -> None:
        raise AssertionError("played again")

    monkeypatch.setattr(playing, "play", never)
    told = (out / "pages" / "mine.md").stat().st_mtime_ns
    monkeypatch.setattr(lesson_pages, "_write", never)
    again = run(file, *size)
    assert again.exit_code == 0, again.output
    assert (out / "pages" / "mine.md").stat().st_mtime_ns == told
    monkeypatch.undo()
    monkeypatch.setattr(playing, "play", never)
    assert run(file, *size, "--no-figures").exit_code == 0  # told anew: a page without its picture
    assert "mine.png" not in (out / "pages" / "mine.md").read_text()


@pytest.mark.parametrize("package", ["scikit-learn", "ema_workbench"])
def test_a_page_is_told_anew_when_what_looks_for_regions_has_changed(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = cast("LessonResult", SimpleNamespace(lesson="mine", cells=(), when={}))
    plan = playing.Plan(draws=12, histories=2, seed=1)

    def stamp(of_package: str | None) -> str:
        def version(name: str) -> str:
            if name == package and of_package is None:
                raise PackageNotFoundError
            return str(of_package) if name == package else "1"

        monkeypatch.setattr(lesson_pages, "version", version)
        return lesson_pages._stamp(one, plan, figures=False)

    assert len({stamp(None), stamp("1"), stamp("2")}) == 3
    assert stamp("1") == stamp("1")


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(cell: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(playing, "play", stop)
    found = run(str(written(tmp_path)), "--draws", "10", "--workers", "1", "--out", str(tmp_path / "out"))
    assert found.exit_code == 130
    assert "goes on" in found.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["cells"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["manage-your-number"], "manage-your-numbers"),
        (["L999"], "is tested by no lesson"),
        (["--quick", "--draws", "20"], "--draws"),
        (["--quick", "manage-your-numbers"], "names of lessons"),
        (["none.toml"], "does not exist"),
        (["manage-your-numbers", "--draws", "9"], "--draws"),
        (["manage-your-numbers", "--draws", "394"], "there are 393 draws"),
        (["manage-your-numbers", "--draws", "501", "--parameters", "both"], "there are 500 plausible sets"),
        (["manage-your-numbers", "--histories", "1"], "--histories"),
        (["manage-your-numbers", "--parameters", "best"], "--parameters"),
    ],
)
def test_what_cannot_be_asked_for_ends_with_2_and_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(*words)
    assert found.exit_code == 2
    assert told in found.output
    assert "Traceback" not in found.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    found = run("manage-your-numbers", "--out", str(tmp_path))
    assert found.exit_code == 2
    assert "something else" in found.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_status_of_all_claims_is_counted() -> None:
    found = run("--claims")
    assert found.exit_code == 0
    assert "104 claims: " in found.output
    assert "L104" in found.output
