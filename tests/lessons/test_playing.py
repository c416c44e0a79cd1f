"""Cells: shared, played once, never half written, gone on with, and the same however they are played."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rcpsim.errors import OutputError
from rcpsim.lessons import Arm, playing
from rcpsim.lessons.playing import BLOCK, Cell, Plan, cells_of, outcome_values, play, play_cells, read_cell
from rcpsim.lessons.reading import read_lesson
from rcpsim.lessons.records import Outcome
from rcpsim.simulation import simulate
from rcpsim.sweep.columns import write_columns
from rcpsim.sweep.durable import ASIDE, locked
from tests.lessons.test_reading import written

PLAN = Plan(draws=4, histories=2, seed=1)


def cell(draws: tuple[int, ...] = (1, 3), **changes: object) -> Cell:
    given: dict[str, Any] = {"settings": (), "arm": Arm(), "years": (1, 4), "plan": PLAN, **changes}
    return Cell(base="small-process", draws=draws, **given)


def test_a_cell_keeps_what_simulate_plays_in_each_part_of_a_life() -> None:
    kept = play(cell())
    numbers = [2, 3, 6, 7]  # histories 0 and 1 of draws 1 and 3
    results = simulate("small-process", histories=numbers, seed=1, parameters="prior", draws=[1, 1, 3, 3])
    # the packaged scenario plays more years; its first four are the same history
    assert results.twin is not None
    series, twin = (values["trust_all"][:, :16] for values in (results.measures, results.twin))
    assert np.array_equal(kept["run|trust_all|early"], series[:, :8].mean(axis=1))
    assert np.array_equal(kept["run|trust_all|life"], series[:, 8:].mean(axis=1))
    assert np.array_equal(kept["run|trust_all|late"], series[:, -8:].mean(axis=1))
    assert np.array_equal(kept["twin|trust_all|end"], twin[:, -1])


def test_parts_of_a_life_pass_over_what_has_no_value() -> None:
    series = np.array([[np.nan, 1.0, *[2.0] * 6, 4.0, np.nan, 8.0, np.nan], [np.nan] * 12])
    parts = playing.summed_up(series)
    assert parts["life"][0] == 6.0
    assert parts["early"][0] == pytest.approx(13.0 / 7.0)
    assert parts["end"][0] == 8.0  # a process that has ended is taken with what it ended with
    assert all(np.isnan(values[1]) for values in parts.values())


def test_no_two_draws_share_their_luck_and_designs_share_all_of_it(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path), "mine.toml")
    low, high = cells_of(lesson, lesson.designs, Arm(), PLAN)
    assert [one.draws for one in low] == [one.draws for one in high] == [(0, 1, 2, 3)]
    first, second = (play(one[0])["run|trust_all|early"] for one in (low, high))
    assert np.unique(first).size == first.size
    assert np.corrcoef(first, second)[0, 1] > 0.9


def test_draws_are_dealt_out_in_turn_over_bases_and_laid_in_blocks(tmp_path: Path) -> None:
    bases = '["small-process", "medium-process"]'
    lesson = read_lesson(written(tmp_path, bases=bases), "mine.toml")
    row = cells_of(lesson, lesson.designs[:1], Arm(), replace(PLAN, draws=BLOCK + 4))[0]
    assert [(one.base, len(one.draws), one.draws[0]) for one in row] == [
        ("small-process", BLOCK // 2, 0),
        ("small-process", 2, BLOCK),
        ("medium-process", BLOCK // 2, 1),
        ("medium-process", 2, BLOCK + 1),
    ]
    more = cells_of(lesson, lesson.designs[:1], Arm(), replace(PLAN, draws=2 * BLOCK))[0]
    assert {one.key for one in row} & {one.key for one in more} == {row[0].key, row[2].key}


@pytest.mark.parametrize(
    "other",
    [
        cell((1, 2)),
        cell(settings=(("design.confidentiality", 0.5),)),
        cell(arm=Arm("off", without=("speak",))),
        cell(arm=Arm("rival", replacing=(("persuade", "deffuant2000"),))),
        cell(arm=Arm("set", settings=(("design.caution", 0.5),))),
        cell(years=(1, 5)),
        cell(plan=replace(PLAN, seed=2)),
        cell(plan=replace(PLAN, histories=3)),
        cell(plan=replace(PLAN, luck=99)),
    ],
)
def test_all_that_changes_numbers_changes_the_key(other: Cell) -> None:
    assert other.key != cell().key


def test_names_and_numbers_of_draws_in_all_change_no_key_and_the_code_of_the_model_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cell(arm=Arm("called otherwise")).key == cell().key
    assert cell(plan=replace(PLAN, draws=77)).key == cell().key
    before = cell().key
    monkeypatch.setattr(playing, "model_stamp", lambda engine: "another model")
    playing.model_of.cache_clear()
    assert cell().key != before
    playing.model_of.cache_clear()


@pytest.mark.parametrize("parameters", ["prior", "plausible"])
def test_a_cell_of_another_engine_is_stamped_with_what_compiles_it(
    monkeypatch: pytest.MonkeyPatch, parameters: str
) -> None:
    def keys() -> list[str]:
        playing.model_of.cache_clear()
        return [cell(plan=replace(PLAN, parameters=parameters, engine=one)).key for one in ("numpy", "jax")]

    compiler = "jaxlib 1"
    stamp = {"numpy": lambda: "the model", "jax": lambda: f"the model with {compiler}"}
    monkeypatch.setattr(playing, "model_stamp", lambda engine="numpy": stamp[engine]())
    before = keys()
    compiler = "jaxlib 2"
    after = keys()
    playing.model_of.cache_clear()
    assert after[0] == before[0]
    assert after[1] != before[1]


def _never(one: Cell) -> dict[str, np.ndarray]:
    raise AssertionError(f"{one.key} is played again")


def test_what_is_there_is_not_played_again_and_cells_are_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = []
    monkeypatch.setattr(
        playing, "play", lambda one: played.append(one.key) or {"run|x|life": np.zeros(one.size)}
    )
    assert list(play_cells([cell(), cell(), cell((2,))], tmp_path, 1)) == [4, 2]
    assert len(played) == 2
    monkeypatch.setattr(playing, "play", _never)
    assert list(play_cells([cell((2,)), cell()], tmp_path, 1)) == []
    assert read_cell(cell(), tmp_path)["run|x|life"].size == 4


def test_a_fault_in_the_middle_leaves_what_was_done_and_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(one: Cell) -> dict[str, np.ndarray]:
        if one.draws == (2,):
            raise KeyboardInterrupt
        return {"run|x|life": np.zeros(one.size)}

    monkeypatch.setattr(playing, "play", stops)
    (tmp_path / f".old.parquet{ASIDE}").write_bytes(b"half")
    with pytest.raises(KeyboardInterrupt):
        list(play_cells([cell(), cell((2,))], tmp_path, 1))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "lock") == [
        f"{cell().key}.parquet"
    ]


def test_a_disk_that_is_full_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(playing, "play", lambda one: {"run|x|life": np.zeros(one.size)})
    monkeypatch.setattr("rcpsim.sweep.durable.os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        list(play_cells([cell()], tmp_path, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize("harm", ["cut off", "empty", "zeros within", "other rows"])
def test_a_cell_that_is_damaged_is_played_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    kept = {f"run|{name}|life": np.arange(4.0) for name in "xyz"}
    monkeypatch.setattr(playing, "play", lambda one: kept)
    list(play_cells([cell()], tmp_path, 1))
    path = tmp_path / f"{cell().key}.parquet"
    whole = path.read_bytes()
    told_before = True  # whether it is played before anything is read
    if harm == "cut off":
        path.write_bytes(whole[:-20])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "zeros within":
        path.write_bytes(whole[:4] + bytes(len(whole) - 12) + whole[-8:])
        told_before = False
    else:
        write_columns(path, {name: values[:3] for name, values in kept.items()})
        told_before = False
    assert list(play_cells([cell()], tmp_path, 1)) == ([4] if told_before else [])
    found = read_cell(cell(), tmp_path)
    assert all(np.array_equal(found[name], values) for name, values in kept.items())
    assert path.read_bytes() == whole


def test_a_cell_that_is_not_there_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read: No such file"):
        read_cell(cell(), tmp_path)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OutputError, match="in use"):
        list(play_cells([cell()], tmp_path, 1))


def test_workers_give_the_same_bits(tmp_path: Path) -> None:
    cells = [cell(), cell((2,))]
    assert sorted(play_cells(cells, tmp_path / "two", 2)) == [2, 4]
    assert sorted(play_cells(cells, tmp_path / "one", 1)) == [2, 4]
    for one in cells:
        left, right = (read_cell(one, tmp_path / name) for name in ("one", "two"))
        assert left.keys() == right.keys()
        assert all(np.array_equal(left[name], right[name], equal_nan=True) for name in left)


KILLED = """
import sys
from pathlib import Path
from tests.lessons.test_playing import cell
from rcpsim.lessons.playing import play_cells
if __name__ == "__main__":
    for _ in play_cells([cell((number,)) for number in range(40)], Path(sys.argv[1]), 2):
        print("played", flush=True)
"""


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path, kind: signal.Signals) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    top = Path(__file__).parents[2]
    folder = tmp_path / "cells"
    run = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(top)},
    )
    assert run.stdout is not None
    assert run.stdout.readline() == b"played\n"
    run.send_signal(kind)
    run.wait(60)
    run.stdout.close()
    for _ in range(600):  # the workers end with the process that started them
        try:
            with locked(folder):
                break
        except OutputError:
            time.sleep(0.05)
    there = {path.stem for path in folder.glob("*.parquet")}
    assert 1 <= len(there) < 40
    assert all(
        read_cell(one, folder) for one in (cell((number,)) for number in range(40)) if one.key in there
    )
    assert sum(play_cells([cell((number,)) for number in range(6)], folder, 1)) == 2 * sum(
        cell((number,)).key not in there for number in range(6)
    )
    assert list(folder.glob(f"*{ASIDE}")) == []


def test_an_outcome_over_the_twin_is_the_difference_history_by_history() -> None:
    plan = Plan(draws=2, histories=2, seed=1)
    kept = {"run|trust_all|late": np.array([1.0, 2.0, 3.0, 4.0]), "twin|trust_all|late": np.array([0.5] * 4)}
    over = Outcome("trust_all", 1, "late", "twin", primary=True)
    assert outcome_values(over, [kept], plan).tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert outcome_values(over, [kept], plan, twin=True).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert outcome_values(replace(over, over="level"), [kept], plan).tolist() == [[1.0, 2.0], [3.0, 4.0]]
