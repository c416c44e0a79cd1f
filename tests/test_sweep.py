"""Sweeps: the same rows however they are played, folders that survive anything, and what is refused."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from rcpsim import load_scenario, open_results
from rcpsim.cli import main
from rcpsim.errors import InputError, OutputError
from rcpsim.experiment import Experiment, Plan, load_experiment, resolve
from rcpsim.provenance import checksum
from rcpsim.setting import prepare
from rcpsim.simulation import play_chunk
from rcpsim.sweep import (
    LocalWorkers,
    Sweep,
    Told,
    bundle,
    half_widths,
    open_sweep,
    run_sweep,
    sweep_until,
    units,
    verify,
)
from rcpsim.sweep import batching as batching_module
from rcpsim.sweep.batching import SETTING_AXES, join_runs
from rcpsim.sweep.cluster import Cluster
from rcpsim.sweep.durable import locked
from rcpsim.sweep.store import read_footer
from rcpsim.world import Calendar, Setting, record_fields

TABLE = {
    "format": 1,
    "id": "tried",
    "question": "Does it hold?",
    "scenario": "small-process",
    "years": [1, 2],
    "twin": True,
    "draws": {"parameters": "prior", "count": 2, "histories": 2},
    "factor": [
        {"key": "members.count", "values": [5, 10]},
        {"key": "design.confidentiality", "values": [0.0, 1.0]},
    ],
    "arm": [{"name": "carrier off", "without": ["leak_or_keep"]}],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "candour", "alive"], "at": "quarters"},
}
ALL = 2 * 2 * 2 * 2 * 2


def asked(**overrides: object) -> Experiment:
    """Return the small experiment with dotted keys (dots as two underscores) laid over it."""
    return load_experiment(TABLE, {key.replace("__", "."): value for key, value in overrides.items()})


def manifest(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def digest(folder: Path) -> object:
    return manifest(folder)["digest"]


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "parts").glob("part-*.parquet"))


def rows(folder: Path) -> list[tuple[object, ...]]:
    """Return every row of a sweep by what its setting is, not by its number; null as a word."""
    frame = open_sweep(folder).to_frame()
    frame = frame.drop(columns=["setting", "point"]).astype(object).where(frame.notna(), "null")
    keys = ["design", "members.count", "design.confidentiality", "draw", "history", "quarter"]
    frame = frame[[*keys, *(name for name in frame.columns if name not in keys)]]
    return sorted(tuple(row) for row in frame.itertuples(index=False, name=None))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small experiment, played in one go in one process."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    report = run_sweep(asked(), folder)
    assert (report.played, report.total) == (ALL, ALL)
    return folder


@pytest.fixture
def mine(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder to do something to."""
    shutil.copytree(whole, tmp_path / "mine")
    return tmp_path / "mine"


# --- batches --------------------------------------------------------------------------------------


def test_every_field_of_a_setting_has_its_axis_declared() -> None:
    records = {"parameters", "designs", "calendar"}
    assert set(SETTING_AXES) == set(Setting.__dataclass_fields__) - records


@pytest.mark.parametrize("name", ["puebla", "bali", "medium-process"])
def test_axes_are_as_declared(name: str) -> None:
    scenario = load_scenario(name)
    few, many = (prepare(scenario, seed=1, histories=list(range(count))).setting for count in (3, 7))
    for field, axis in SETTING_AXES.items():
        one, other = getattr(few, field), getattr(many, field)
        if isinstance(one, np.ndarray):
            grows = (one.shape[:1], other.shape[:1]) == ((3,), (7,))
            assert grows if axis == "history" else (axis != "none" or not grows), field
    for field in record_fields(Calendar):
        one, other = getattr(few.calendar, field), getattr(many.calendar, field)
        if isinstance(one, np.ndarray):
            grows = (one.shape[:1], other.shape[:1]) == ((3,), (7,))
            assert grows == (field in batching_module.CALENDAR_AXES), field


def test_a_history_has_the_same_bits_in_any_company() -> None:
    changes = [
        {"design.confidentiality": 0.1},
        {"design.confidentiality": 0.9, "plan.load": 0.7, "money.sponsor_share": 0.6},
        {"design.follow_up": 0.2, "event.september-11.on": "1998-Q1", "calendar.meetings.workshop.days": 5},
    ]
    years = {"years": [1996, 1999]}
    runs = [
        prepare(
            load_scenario("puebla", {**years, **change}), seed=4, histories=[2, 5, place], parameters="prior"
        )
        for place, change in enumerate(changes)
    ]
    ((joined, places),) = join_runs(runs)
    assert places == [0, 1, 2]
    together = play_chunk(joined, twin=True, events=False)
    for place, run in enumerate(runs):
        alone = play_chunk(run, twin=True, events=False)
        here = slice(3 * place, 3 * place + 3)
        assert alone.twin is not None
        assert together.twin is not None
        for name, values in alone.measures.items():
            assert np.array_equal(values, together.measures[name][here], equal_nan=True), name
        for name, values in alone.twin.items():
            assert np.array_equal(values, together.twin[name][here], equal_nan=True), name


def test_runs_that_differ_in_more_than_histories_are_not_joined() -> None:
    small, large = (load_scenario("small-process", {"members.count": count}) for count in (5, 10))
    off = load_scenario("small-process", without=["learn"])
    runs = [prepare(one, seed=1, histories=[0]) for one in (small, large, off, small)]
    assert sorted(places for _, places in join_runs(runs)) == [[0, 3], [1], [2]]


# --- the same rows, however they are played -------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_the_size_of_a_unit_changes_nothing(whole: Path, tmp_path: Path, chunk: int) -> None:
    run_sweep(asked(), tmp_path / "other", chunk=chunk)
    assert digest(tmp_path / "other") == digest(whole)
    assert rows(tmp_path / "other") == rows(whole)


def test_two_workers_give_what_one_gives(whole: Path, tmp_path: Path) -> None:
    run_sweep(asked(), tmp_path / "other", workers=2, chunk=5)
    assert digest(tmp_path / "other") == digest(whole)
    assert rows(tmp_path / "other") == rows(whole)


def test_a_row_is_the_history_played_by_itself(whole: Path) -> None:
    plan = resolve(asked())
    sweep = open_sweep(whole)
    setting = plan.settings[7]
    scenario = plan.recipe(setting).load()
    run = prepare(scenario, seed=1, histories=[1], draws=[1], parameters="prior")
    alone = play_chunk(run, twin=True).measures["trust_all"][0]
    table = sweep.table(["trust_all"], setting=7, draw=1, history=1)
    assert table["design"].to_pylist()[0] == "carrier off"
    assert np.array_equal(table["trust_all"].to_numpy(), alone)


def test_luck_is_shared_between_settings(whole: Path) -> None:
    values = open_sweep(whole)["trust_all_twin"]
    same = values.where((values["members.count"] == 5) & (values["design"] == "full"), drop=True)
    assert np.array_equal(same[0], same[1])  # without a process, what is promised in it does not matter
    assert not np.array_equal(same[0, 0, 0], same[0, 0, 1])


def test_a_parameter_as_factor_is_played_in_one_batch(tmp_path: Path) -> None:
    factor = [{"key": "parameters.trust.prior_weight", "values": [1.0, 4.0]}]
    plan = resolve(asked(factor=factor, arm=[]))
    assert len(plan.scenarios) == 1
    run_sweep(plan, tmp_path / "one")
    assert len(parts(tmp_path / "one")) == 1
    fixed = load_scenario("small-process", {"years": [1, 2], "parameters.trust.prior_weight": 4.0})
    run = prepare(fixed, seed=1, histories=[0], draws=[1], parameters="prior")
    alone = play_chunk(run, twin=False).measures["trust_all"][0]
    table = open_sweep(tmp_path / "one").table(["trust_all"], setting=1, draw=1, history=0)
    assert np.array_equal(table["trust_all"].to_numpy(), alone)


@pytest.mark.parametrize(("at", "labels"), [("year-ends", ["Y01-Q4", "Y02-Q4"]), ("end", ["Y02-Q4"])])
def test_only_the_moments_asked_for_are_kept(tmp_path: Path, whole: Path, at: str, labels: list[str]) -> None:
    run_sweep(asked(measures__at=at, draws__count=1, arm=[]), tmp_path / "few")
    few = open_sweep(tmp_path / "few")
    assert list(few.quarters) == labels
    there = open_sweep(whole)["trust_all"].sel(quarter=labels)[:4, :1]
    assert np.array_equal(few["trust_all"].to_numpy(), there.to_numpy())


# --- going on and growing -------------------------------------------------------------------------


def test_a_finished_sweep_does_nothing(mine: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in mine.rglob("*.*")}
    report = run_sweep(asked(), mine)
    assert report.played == 0
    assert {path: path.stat().st_mtime_ns for path in mine.rglob("*.*")} == before


def test_a_sweep_that_lacks_parts_plays_them_again(mine: Path, whole: Path, tmp_path: Path) -> None:
    run_sweep(asked(), tmp_path / "many", chunk=2)
    for path in parts(tmp_path / "many")[::3]:
        path.unlink()
    report = run_sweep(asked(), tmp_path / "many")
    assert 0 < report.played < ALL
    assert digest(tmp_path / "many") == digest(whole)


@pytest.mark.parametrize(
    "more",
    [
        {"draws__count": 3},
        {"draws__histories": 3},
        {"factor__1__values": [0.0, 0.5, 1.0]},
        {"draws__count": 3, "factor__0__values": [5, 10, 15], "factor__1__values": [1.0, 0.25, 0.0]},
    ],
)
def test_a_sweep_grows_and_keeps_every_row(
    mine: Path, whole: Path, tmp_path: Path, more: dict[str, object]
) -> None:
    kept = {path.name: path.read_bytes() for path in parts(mine)}
    report = run_sweep(asked(**more), mine)
    assert report.played == report.total - ALL
    assert {path.name: path.read_bytes() for path in parts(mine) if path.name in kept} == kept
    run_sweep(asked(**more), tmp_path / "at-once")
    assert rows(mine) == rows(tmp_path / "at-once")
    assert set(rows(whole)) < set(rows(mine))
    assert manifest(mine)["state"] == "complete"


@pytest.mark.parametrize("method", ["latin", "sobol", "morris"])
def test_sampled_plans_grow(tmp_path: Path, method: str) -> None:
    factor = [{"key": "design.caution", "range": [0, 1]}, {"key": "parameters.trust.prior_weight"}]
    base = {"factor": factor, "arm": [], "draws__count": 1, "draws__histories": 1, "twin": False}

    def plan(points: int) -> Plan:
        return resolve(asked(**base, sampling={"method": method, "points": points}))

    first = run_sweep(plan(2), tmp_path / "grown")
    second = run_sweep(plan(4), tmp_path / "grown")
    assert second.played == second.total - first.total
    run_sweep(plan(4), tmp_path / "at-once")
    assert digest(tmp_path / "grown") == digest(tmp_path / "at-once")


def test_a_latin_plan_that_cannot_grow_says_how(tmp_path: Path) -> None:
    base = {"factor": [{"key": "design.caution", "range": [0, 1]}], "arm": [], "draws__count": 1}
    run_sweep(asked(**base, sampling={"method": "latin", "points": 2}), tmp_path / "a")
    with pytest.raises(InputError, match="grows by doubling"):
        run_sweep(asked(**base, sampling={"method": "latin", "points": 3}), tmp_path / "a")


def test_less_than_is_there_is_nothing_to_do(mine: Path) -> None:
    report = run_sweep(asked(draws__count=1), mine)
    assert (report.played, report.total) == (0, ALL)
    assert open_sweep(mine).experiment.draws.count == 2


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"seed": 2}, "experiment: seed is 2; .* was begun with 1"),
        ({"years": [1, 3]}, r"years is \[1, 3\]; .* was begun with \[1, 2\]"),
        ({"draws__parameters": "default", "draws__count": 1}, 'draws.parameters is "default"; .*"prior"'),
        ({"measures__keep": ["trust_all"]}, r'measures.keep is \["trust_all"\]'),
        ({"arm__0__without": ["learn"]}, "arms.carrier off"),
        ({"factor__0__values": [5]}, "lacks 4 of the settings .*members.count = 10"),
        ({"factor__0__values": [5, 15]}, "a sweep may grow, and keeps what it has"),
        ({"scenario": "medium-process"}, 'scenario is "medium-process"'),
        ({"set": {"design.caution": 0.1}}, "set.design.caution is 0.1; .* was begun with missing"),
    ],
)
def test_a_contradiction_is_refused_and_shown(mine: Path, other: dict[str, object], told: str) -> None:
    before = {path: path.read_bytes() for path in mine.rglob("*.*")}
    with pytest.raises(InputError, match=told):
        run_sweep(asked(**other), mine)
    assert {path: path.read_bytes() for path in mine.rglob("*.*")} == before


def test_rows_of_another_model_are_refused(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rcpsim.sweep.store.model_stamp", lambda _: "another")
    with pytest.raises(InputError, match="model is not what the rows there were played with"):
        run_sweep(asked(), mine)


# --- faults ---------------------------------------------------------------------------------------


def test_a_failed_history_is_recorded_and_the_rest_goes_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = units.play_chunk

    def failing(run: object, **options: object) -> object:
        setting = run.setting
        if ((setting.histories == 1) & (setting.parameters["prior_weight"] > 0)).any() and len(
            setting.codes
        ) == 5:
            raise FloatingPointError("it broke")
        return played(run, **options)

    monkeypatch.setattr(units, "play_chunk", failing)
    report = run_sweep(asked(), tmp_path / "a")
    assert len(report.failures) == ALL // 4
    assert {one.history for one in report.failures} == {1}
    assert report.failures[0].error == "FloatingPointError: it broke"
    assert manifest(tmp_path / "a")["histories"] == {"asked": ALL, "done": ALL - ALL // 4, "failed": ALL // 4}
    expected = [row for row in rows(whole) if not (row[1] == 5 and row[4] == 1)]
    assert rows(tmp_path / "a") == expected
    assert run_sweep(asked(), tmp_path / "a").played == 0
    assert np.isnan(open_sweep(tmp_path / "a").values("trust_all")).sum() == ALL // 4


@pytest.mark.parametrize("at", range(1, 9))
def test_a_full_disk_loses_nothing(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    calls = 0
    sync = os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls >= 2 * at:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="cannot be written: No space left on device"):
            run_sweep(asked(), tmp_path / "a", chunk=4)
    assert not list((tmp_path / "a").rglob("*.aside"))
    there = len(parts(tmp_path / "a"))
    report = run_sweep(asked(), tmp_path / "a")
    assert report.played == ALL - 4 * there
    assert digest(tmp_path / "a") == digest(whole)


@pytest.mark.parametrize("keep", [0, 1, 7, 100, -1, -9])
def test_a_part_that_is_cut_off_is_played_again(mine: Path, whole: Path, keep: int) -> None:
    path = parts(mine)[0]
    path.write_bytes(path.read_bytes()[:keep])
    report = run_sweep(asked(), mine)
    assert report.mended == (path.name,)
    assert report.played > 0
    assert digest(mine) == digest(whole)


@pytest.mark.parametrize("place", [10, 300, 700, -400])
def test_a_part_with_a_changed_byte_is_played_again(mine: Path, whole: Path, place: int) -> None:
    path = parts(mine)[0]
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(bytes(content))
    report = run_sweep(asked(), mine)
    assert report.mended == (path.name,)
    assert digest(mine) == digest(whole)
    assert rows(mine) == rows(whole)


def test_a_part_of_another_sweep_is_refused(mine: Path, tmp_path: Path) -> None:
    run_sweep(asked(seed=2, draws__count=1), tmp_path / "other")
    shutil.copy(parts(tmp_path / "other")[0], mine / "parts")
    with pytest.raises(OutputError, match="belongs to another sweep; move it away"):
        run_sweep(asked(), mine)


def test_a_stray_table_is_refused(mine: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), mine / "parts" / "notes.parquet")
    with pytest.raises(OutputError, match=r"notes\.parquet is no part of a sweep; move it away"):
        run_sweep(asked(), mine)


def test_the_same_histories_twice_are_refused(mine: Path, tmp_path: Path) -> None:
    run_sweep(asked(), tmp_path / "other", chunk=3)
    shutil.copy(parts(tmp_path / "other")[0], mine / "parts")
    with pytest.raises(OutputError, match="hold the same history"):
        run_sweep(asked(), mine)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"letters\.txt and no sweep"):
        run_sweep(asked(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_folder_without_its_settings_is_refused(mine: Path) -> None:
    (mine / "settings.parquet").unlink()
    with pytest.raises(OutputError, match="put it back"):
        run_sweep(asked(), mine)


def test_two_sweeps_into_one_folder_are_refused(mine: Path) -> None:
    with (
        locked(mine),
        pytest.raises(OutputError, match=f"is in use: process {os.getpid()} on {socket.gethostname()}"),
    ):
        run_sweep(asked(draws__count=3), mine)
    assert run_sweep(asked(), mine).played == 0


def test_a_lock_of_a_process_that_is_gone_is_no_lock(mine: Path) -> None:
    (mine / "lock").write_text("process 999999 on elsewhere")
    assert run_sweep(asked(), mine).played == 0


@pytest.mark.parametrize("after", [0, 1, 4])
def test_killed_at_any_moment_and_gone_on_with(whole: Path, tmp_path: Path, after: int) -> None:
    asked_file = tmp_path / "asked.json"
    asked_file.write_text(json.dumps(TABLE), encoding="utf-8")
    folder = tmp_path / "a"
    script = (
        "import json, sys; from rcpsim.experiment import load_experiment; "
        "from rcpsim.sweep import run_sweep; "
        "run_sweep(load_experiment(json.load(open(sys.argv[1]))), sys.argv[2], workers=2, chunk=2)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(asked_file), str(folder)])
    while process.poll() is None and (len(parts(folder)) < after or not folder.is_dir()):
        time.sleep(0.01)
    children = psutil.Process(process.pid).children() if process.poll() is None else []
    process.kill()
    process.wait()
    psutil.wait_procs(children, timeout=60)
    assert not any(child.is_running() for child in children)  # workers do not outlive who started them
    assert len(parts(folder)) < ALL // 2
    run_sweep(asked(), folder)
    assert digest(folder) == digest(whole)
    assert rows(folder) == rows(whole)


def test_a_worker_that_is_killed_loses_nothing(whole: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(told: Told) -> None:
        workers = psutil.Process().children()
        if told.played and len(killed) < 2 and workers:
            workers[0].kill()
            killed.append(workers[0].pid)

    run_sweep(asked(), tmp_path / "a", workers=2, chunk=2, progress=kill_one)
    assert len(killed) == 2
    assert digest(tmp_path / "a") == digest(whole)


def test_a_history_that_brings_its_worker_down_is_given_up_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped = (
        "import os, numpy as np, rcpsim.sweep.units as units\n"
        "played = units.play_chunk\n"
        "def fatal(run, **options):\n"
        "    s = run.setting\n"
        "    if len(s.codes) == 5 and run.theory.has('leak_or_keep') and (s.histories == 1).any():\n"
        "        os._exit(9)\n"
        "    return played(run, **options)\n"
        "units.play_chunk = fatal\n"
        "from rcpsim.sweep.worker import main; main()\n"
    )
    started = subprocess.Popen

    def other(command: list[str], **options: object) -> object:
        return started([*command[:2], wrapped], **options)

    monkeypatch.setattr("rcpsim.sweep.engines.subprocess.Popen", other)
    monkeypatch.setattr("rcpsim.sweep.engines.ATTEMPTS", 1)
    small = {"factor__1__values": [1.0], "draws__count": 1}
    report = run_sweep(asked(**small), tmp_path / "a", workers=2)
    assert [(one.history, one.error) for one in report.failures] == [(1, "the process that played it ended")]
    assert report.played == report.total - 1


def test_a_manifest_says_where_rows_come_from(whole: Path) -> None:
    found = manifest(whole)
    assert found["state"] == "complete"
    for key in ("rcpsim", "commit", "stamp", "python", "packages", "platform", "seed_rule", "experiment"):
        assert key in found
    assert found["sessions"][0]["histories"] == ALL
    assert verify(whole).damaged == ()


# --- a cluster ------------------------------------------------------------------------------------


PATIENCE = 300.0  # seconds for a process to start, however busy the machine


class Dask:
    """A scheduler and its workers as processes on this machine."""

    def __init__(self, place: Path, workers: int = 2) -> None:
        self.place = place
        self.processes: list[subprocess.Popen[bytes]] = []
        told = place / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
        self.scheduler = self.start("dask_scheduler", *options)
        self.address = self.listening(told)
        self.workers = [self.worker(place / f"worker{number}") for number in range(workers)]

    def listening(self, told: Path) -> str:
        """Where the scheduler listens: it takes a free port itself, so that nobody else can take it first."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.scheduler.poll() is None:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):  # not there, or half written
                return str(json.loads(told.read_text())["address"])
            time.sleep(0.05)
        ended = self.scheduler.poll()
        self.stop()
        pytest.fail("the scheduler does not listen" if ended is None else f"the scheduler ended with {ended}")

    def worker(self, place: Path) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(place))
        return self.start("dask_worker", self.address, *options)

    def start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *words]
        process = subprocess.Popen(
            command, cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    cluster = Dask(tmp_path)
    yield cluster
    cluster.stop()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_rows_when_a_worker_is_killed(
    dask: Dask, whole: Path, tmp_path: Path
) -> None:
    engine = Cluster(dask.address, patience=PATIENCE, workers_within=PATIENCE)
    killed = False

    def kill_one(told: Told) -> None:
        nonlocal killed
        if told.played and not killed:
            dask.workers[0].kill()
            killed = True

    try:
        engine._client.wait_for_workers(2, timeout=PATIENCE)
        run_sweep(asked(), tmp_path / "a", engine=engine, chunk=2, progress=kill_one)
    finally:
        engine.close()
    assert killed
    assert digest(tmp_path / "a") == digest(whole)
    assert rows(tmp_path / "a") == rows(whole)
    assert manifest(tmp_path / "a")["sessions"][0]["engine"] == "dask"


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_goes_away_leaves_a_folder_that_goes_on(
    dask: Dask, whole: Path, tmp_path: Path
) -> None:
    engine = Cluster(dask.address, patience=PATIENCE, workers_within=PATIENCE)

    def kill_all(told: Told) -> None:
        if told.played:
            dask.scheduler.kill()

    try:
        with pytest.raises(OutputError, match="went away; what it had played is kept"):
            run_sweep(asked(), tmp_path / "a", engine=engine, chunk=1, progress=kill_all)
    finally:
        engine.close()
    assert manifest(tmp_path / "a")["state"] == "running"
    report = run_sweep(asked(), tmp_path / "a")
    assert 0 < report.played < ALL
    assert digest(tmp_path / "a") == digest(whole)


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match=f"{re.escape(address)} does not answer within 0.5 s; start one"):
        Cluster(address, patience=0.5)
    with pytest.raises(InputError, match="write tcp://HOST:PORT"):
        Cluster("127.0.0.1")


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_without_workers_is_named(tmp_path: Path) -> None:
    cluster = Dask(tmp_path, workers=0)
    try:
        with pytest.raises(InputError, match=r"has no worker after 0\.5 s; start some with `dask worker"):
            Cluster(cluster.address, patience=PATIENCE, workers_within=0.5)
    finally:
        cluster.stop()


def test_a_worker_with_another_model_is_refused() -> None:
    unit = units.Unit(
        "x", "another", ((0, 0, 0),), {0: "full"}, {}, {"scenario_files": {}, "engine": "numpy"}
    )
    with pytest.raises(InputError, match="has another version of the model"):
        units.play_unit(unit.to_json())


# --- precision, reading back, verifying, packing --------------------------------------------------


def test_histories_are_added_until_the_mean_is_known(tmp_path: Path) -> None:
    experiment = asked(arm=[], factor__0__values=[5], draws={"histories": 2}, measures__at="end")
    report, found = sweep_until(experiment, tmp_path / "a", 0.02)
    assert found.reached
    assert found.width <= 0.02
    sweep = open_sweep(tmp_path / "a")
    widths = half_widths(sweep.values("trust_all"), 0.9)
    assert np.nanmax(widths) == found.width
    assert sweep.experiment.draws.histories > 2
    assert report.total == 2 * sweep.experiment.draws.histories
    assert run_sweep(experiment, tmp_path / "a").played == 0


def test_draws_are_added_where_parameters_are_drawn(tmp_path: Path) -> None:
    experiment = asked(arm=[], factor__0__values=[5], factor__1__values=[1.0], measures__at="end")
    _, found = sweep_until(experiment, tmp_path / "a", 0.06, most=40)
    draws = open_sweep(tmp_path / "a").experiment.draws
    assert draws.count > 2
    assert draws.histories == 2
    assert found.reached or draws.count * 2 * 1.2 > 40


def test_a_width_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="above 0"):
        sweep_until(asked(), tmp_path / "a", 0.0)


def test_results_open_as_tables_and_labelled_arrays(whole: Path) -> None:
    sweep = open_results(whole)
    assert isinstance(sweep, Sweep)
    array = sweep["trust_all"]
    assert array.dims == ("setting", "draw", "history", "quarter")
    assert array.shape == (8, 2, 2, 8)
    assert array["design.confidentiality"].to_numpy().tolist() == [0.0, 1.0] * 4
    frame = sweep.to_frame(["trust_all"], quarter="Y02-Q4")
    assert len(frame) == ALL
    assert sweep.values("trust_all", "Y02-Q4").sum() == pytest.approx(frame["trust_all"].sum())
    assert sweep.dataset.count_rows() == ALL * 8
    with pytest.raises(InputError, match="did you mean trust_all"):
        sweep.table(["trust_al"])


def test_a_sweep_that_is_cut_off_cannot_be_read_but_says_so(mine: Path) -> None:
    path = parts(mine)[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="the same sweep command mends it"):
        open_sweep(mine).to_frame()


def test_verifying_plays_a_sample_again(whole: Path) -> None:
    verdict = verify(whole, sample=5)
    assert verdict.sound
    assert verdict.apart == 0.0
    assert verdict.histories == 5
    assert verdict.cells == 5 * 8 * 5


def test_verifying_names_the_first_cell_that_differs(mine: Path) -> None:
    path = parts(mine)[0]
    table = pq.read_table(path)
    values = table["trust_all"].to_numpy().copy()
    values[11] += 0.001
    place = table.column_names.index("trust_all")
    pq.write_table(table.set_column(place, "trust_all", pa.array(values, from_pandas=True)), path)
    verdict = verify(mine, sample=ALL)
    footer = read_footer(path)
    assert footer is not None
    setting, draw, history = footer.rows[11 // 8]
    assert verdict.difference is not None
    assert verdict.difference.where == f"setting {setting}, draw {draw}, history {history}"
    assert (verdict.difference.quarter, verdict.difference.measure) == ("Y01-Q4", "trust_all")
    assert verdict.damaged == (f"parts/{path.name} has been changed",)
    done = CliRunner().invoke(main, ["verify", str(mine), "--sample", str(ALL)])
    assert done.exit_code == 1
    assert "first difference: setting" in done.stderr


def test_verifying_a_sweep_that_is_cut_off_names_the_part(mine: Path) -> None:
    path = parts(mine)[0]
    path.write_bytes(path.read_bytes()[:-20])
    verdict = verify(mine)
    assert not verdict.sound
    assert verdict.damaged == (f"parts/{path.name} has been changed",)
    assert verdict.histories == 0


def test_verifying_a_run(tmp_path: Path) -> None:
    options = ["--years", "1-2", "--histories", "3", "--no-figures", "--quiet", "--parameters", "prior"]
    folder = tmp_path / "run"
    assert CliRunner().invoke(main, ["run", "small-process", *options, "--out", str(folder)]).exit_code == 0
    verdict = verify(folder)
    assert verdict.sound
    assert verdict.apart == 0.0
    assert verdict.histories == 3


def test_a_bundle_is_the_same_to_the_byte(whole: Path, tmp_path: Path) -> None:
    one, other = bundle(whole, tmp_path / "a.zip"), bundle(whole, tmp_path / "b.zip")
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
        assert packed.read("results/manifest.json") == (whole / "manifest.json").read_bytes()
    for name in ("model/ODD.md", "model/CITATION.cff", "model/codemeta.json", "data/states.csv", "README.md"):
        assert name in names
    with pytest.raises(OutputError, match="is there already"):
        bundle(whole, tmp_path / "a.zip")


def test_a_bundle_holds_the_analysis_of_the_sweep(mine: Path, tmp_path: Path) -> None:
    words = ["analyse", str(mine), "--no-figures", "--quiet"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (mine / "analysis" / "notes.txt").write_text("mine")  # nobody's but the user's
    one, other = bundle(mine, tmp_path / "a.zip"), bundle(mine, tmp_path / "b.zip")
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as packed:
        held = {name for name in packed.namelist() if name.startswith("results/analysis/")}
        report = packed.read("results/analysis/report.md")
        assert "- `results/analysis/report.md`" in packed.read("README.md").decode()
    files = ("effects.csv", "manifest.json", "report.md", "sensitivity.csv")
    assert held == {f"results/analysis/{name}" for name in files}
    assert report == (mine / "analysis" / "report.md").read_bytes()


def test_a_bundle_refuses_an_analysis_that_is_old_or_changed(mine: Path, tmp_path: Path) -> None:
    words = ["analyse", str(mine), "--no-figures", "--quiet"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (mine / "analysis" / "report.md").write_text("better")
    with pytest.raises(InputError, match=r"report\.md is not what the manifest says"):
        bundle(mine, tmp_path / "a.zip")
    run_sweep(asked(draws__count=3), mine)
    with pytest.raises(InputError, match="another state of the sweep; run `rcpsim analyse` again"):
        bundle(mine, tmp_path / "a.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_an_unfinished_sweep_is_not_packed(mine: Path, tmp_path: Path) -> None:
    parts(mine)[0].unlink()
    with pytest.raises(InputError, match="is missing"):
        bundle(mine, tmp_path / "a.zip")
    assert not list(tmp_path.glob("*.zip"))


MADE = {"rcpsim": "0.1.0", "commit": None, "python": "3.11", "packages": {"numpy": "2"}, "platform": "any"}
KINDS = {
    "compare": {"designs": {"a": MADE}, "seed": 3},
    "hindcast": {"processes": {"puebla": {**MADE, "scenario": {"id": "puebla"}}}, "seed": 3},
    "lessons": {**MADE, "lessons": ["one"], "plan": {"seed": 3}},  # as the first ones were written
    "counterfactual": {
        **MADE,
        "counterfactual": {},
        "factual": {"id": "puebla"},
        "quarters": ["1996-Q1"],
        "seed": 3,
    },
    "advise": {**MADE, "scenario": {"id": "puebla"}, "outcome": "trust_all", "seed": 3},
}


@pytest.mark.parametrize("kind", KINDS)
def test_folders_that_are_not_played_again_are_packed_and_held_against_checksums(
    kind: str, tmp_path: Path
) -> None:
    folder = tmp_path / kind
    folder.mkdir()
    (folder / "table.csv").write_text("a\n1\n")
    outputs = {"table.csv": checksum(folder / "table.csv")}
    (folder / "manifest.json").write_text(json.dumps({**KINDS[kind], "outputs": outputs}))
    with zipfile.ZipFile(bundle(folder)) as packed:
        page, names = packed.read("README.md").decode(), packed.namelist()
    assert f"- written by `rcpsim {kind}`" in page
    assert "- version 0.1.0, commit unknown" in page
    assert "numpy 2" in page
    assert "- seed 3" in page
    assert "are not played again" in page
    assert ("scenarios/puebla.toml" in names) == (kind in ("hindcast", "counterfactual", "advise"))
    done = CliRunner().invoke(main, ["verify", str(folder)])
    assert done.exit_code == 0, done.output
    assert f"1 files as written; checksums only: a folder of {kind} is not played again" in done.stdout
    (folder / "table.csv").write_text("a\n2\n")
    done = CliRunner().invoke(main, ["verify", str(folder)])
    assert done.exit_code == 1
    assert "table.csv has been changed" in done.stderr
    with pytest.raises(InputError, match=rf"is the folder of {kind}; what is opened is the folder of a run"):
        open_results(folder)
    with pytest.raises(InputError, match="it is of another kind"):
        open_sweep(folder)


def test_no_refusal_shows_a_bare_key(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    for words in (["verify"], ["analyse"], ["replay"], ["query"]):
        more = {"replay": ["--history", "0"], "query": ["select 1"]}.get(words[0], [])
        done = CliRunner().invoke(main, [*words, str(tmp_path), *more])
        assert done.exit_code == 2
        assert "('" not in done.output
    with pytest.raises(InputError, match=r"there is no measures\.parquet"):
        open_results(tmp_path)


def test_the_page_in_the_bundle_of_a_sweep_says_that_it_is_played_again(whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle(whole, tmp_path / "a.zip")) as packed:
        assert "plays a sample of the histories again." in packed.read("README.md").decode()


# --- the command line -----------------------------------------------------------------------------


def test_the_command_sweeps_goes_on_and_grows(tmp_path: Path) -> None:
    few = ["--set", "years=[1,1]", "--set", "draws.count=1", "--workers", "1"]
    command = ["sweep", "room-record", "--out", str(tmp_path / "a"), *few]
    first, again = (CliRunner().invoke(main, command) for _ in range(2))
    assert first.exit_code == again.exit_code == 0
    assert "18 settings, 36 histories; 36 played" in first.stdout
    assert "nothing was to do" in again.stdout
    more = CliRunner().invoke(main, [*command, "--set", "draws.histories=3"])
    assert "54 histories; 18 played" in more.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["room-records"], "did you mean room-record?"),
        (["room-record", "--set", "draws.count=0"], "--set: draws.count is 0"),
        (["room-record", "--set", "draws"], "is no setting"),
        (["room-record", "--set", "draws.histories=0"], "draws.histories is 0"),
        (
            ["room-record", "--set", "factor.0.key=calendar.meetings.erly.record"],
            "calendar.meetings.erly.record",
        ),
        (["room-record", "--set", "factor.0.values=[0, 2]"], "factor.0.values.1"),
        (["room-record", "--set", "measures.primary=trust_al"], "did you mean trust_all"),
        (["room-record", "--set", "sampling.points=4"], "leave it out"),
        (["room-record", "--scheduler", "nowhere"], "write tcp://HOST:PORT"),
        (["room-record", "--until-precision", "-1"], "it must be a number above 0"),
    ],
)
def test_wrong_input_ends_with_status_two(words: list[str], told: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["sweep", *words, "--out", str(tmp_path / "a")])
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (tmp_path / "a").exists()


def test_ctrl_c_leaves_a_folder_that_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    few = ["--set", "years=[1,4]", "--set", "draws.count=2", "--chunk", "2", "--workers", "2"]
    command = [sys.executable, "-m", "rcpsim", "sweep", "room-record", "--out", str(folder), *few]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and len(parts(folder)) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on" in said
    assert "Traceback" not in said
    assert manifest(folder)["state"] == "running"
    footers = [read_footer(path) for path in parts(folder)]
    there = sum(len(footer.rows) for footer in footers if footer is not None)
    report = run_sweep(load_experiment("room-record", {"years": [1, 4], "draws.count": 2}), folder)
    assert report.played == report.total - there


def test_local_workers_say_what_they_are() -> None:
    assert LocalWorkers(3).describe() == {"engine": "local", "workers": 3}
