"""Histories a second, by what reckons them; and how cost grows with what a process is made of."""

import importlib.util
import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import mesa

from rcpsim.axes import ISSUES
from rcpsim.experiment import load_experiment, resolve
from rcpsim.mesa_shell import ProcessModel
from rcpsim.scenario import load_scenario
from rcpsim.simulation import simulate
from rcpsim.sweep import run_sweep
from tests.benchmarks.clocks import RUNS, Line, cpu_seconds, exponent, python
from tests.benchmarks.core import prepared, story_of

SETTINGS = 100
QUESTION = {
    "format": 1,
    "id": "bench",
    "question": "How many histories a second?",
    "scenario": "puebla",
    "twin": False,
    "draws": {"parameters": "prior", "count": 10, "histories": 1},
    "sampling": {"method": "latin", "points": SETTINGS},
    "factor": [
        {"key": "design.confidentiality", "range": [0, 1]},
        {"key": "design.caution", "range": [0, 1]},
        {"key": "plan.load", "range": [0.1, 0.8]},
    ],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "delivered", "alive"], "at": "year-ends"},
}
_WORKER = """
import json, sys
from pathlib import Path
from rcpsim.experiment import load_experiment, resolve
from rcpsim.sweep import run_sweep
run_sweep(resolve(load_experiment(json.loads(sys.argv[1]))), sys.argv[2], workers=1)
lines = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")))
"""


def wall(act, runs=RUNS):
    """Median seconds on the wall of some runs of an act, after one that is not counted."""
    act()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def swept(workers, draws=10, engine="numpy", settings=SETTINGS, place_of=None):
    """Seconds on the wall of a sweep over many settings, from an empty folder, and its histories."""
    table = QUESTION | {"engine": engine}
    plan = resolve(load_experiment(table, {"draws.count": draws, "sampling.points": settings}))
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        run_sweep(plan, Path(place) / "sweep", workers=workers, engine=place_of)
        return time.perf_counter() - began, plan.histories


def sweep_peak(draws):
    """Greatest memory in use while a sweep is played in one process, MiB."""
    table = QUESTION | {"draws": QUESTION["draws"] | {"count": draws}}
    with tempfile.TemporaryDirectory() as place:
        words = python("-c", _WORKER, json.dumps(table), str(Path(place) / "sweep"))
        done = subprocess.run(words, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024.0


def engine_lines(size):
    """Puebla without its twin, its tables not written: histories a second."""
    puebla = load_scenario("puebla")
    one = wall(lambda: simulate(puebla, histories=[7], twin=False), size.runs)
    batch = wall(lambda: simulate(puebla, histories=size.batch, twin=False), size.runs)

    def in_mesa():
        mesa.batch_run(
            ProcessModel,
            {"scenario": puebla, "history": [7]},
            data_collection_period=-1,
            display_progress=False,
        )

    shell = wall(in_mesa, size.runs)
    lines = [
        Line("Puebla, numpy, one history at a time", 1.0 / one, "/s", how="on the wall, simulate"),
        Line(f"Puebla, numpy, batch of {size.batch}", size.batch / batch, "/s", how="on the wall, simulate"),
        Line("Puebla, the Mesa shell under batch_run", 1.0 / shell, "/s", how="on the wall, all collected"),
    ]
    for engine in ("jax", "jax-single") if importlib.util.find_spec("jax") is not None else ():
        began = time.perf_counter()
        simulate(puebla, histories=size.batch, twin=False, engine=engine)
        first = time.perf_counter() - began
        again = wall(
            lambda engine=engine: simulate(puebla, histories=size.batch, twin=False, engine=engine), size.runs
        )
        how = "on the wall, simulate, compiled before"
        lines += [
            Line(f"Puebla, {engine}: what compiling takes", first - again, "s", 20, how="the first run less"),
            Line(f"Puebla, {engine}, batch of {size.batch}", size.batch / again, "/s", how=how),
        ]
    return lines


def sweep_lines(size):
    """A hundred settings of Puebla, from an empty folder to a whole one."""
    where = f"on the wall, {size.settings} settings, folder written, one run"
    lines = []
    for workers in (1, 2):
        seconds, many = swept(workers, settings=size.settings)
        lines.append(Line(f"Puebla, numpy, sweep, {workers} processes", many / seconds, "/s", how=where))
    seconds, many = swept(2, draws=size.draws, settings=size.settings)
    lines.append(Line(f"Puebla, numpy, sweep of {many:,}, 2 processes", seconds, "s", 90, how=where))
    for engine in ("jax", "jax-single") if importlib.util.find_spec("jax") is not None else ():
        first, few = swept(2, draws=10, engine=engine, settings=min(size.settings, 50))
        seconds, many = swept(2, draws=size.draws, engine=engine, settings=size.settings)
        rate = (many - few) / (seconds - first) if seconds > first else float("nan")
        how = f"{seconds:.3g} s on the wall, less {first:.3g} s for {few}, which compile as long; one run"
        budget = 30 if engine == "jax" else None
        what = f"Puebla, {engine}, sweep of {many:,}, 2 processes, compiled"
        lines += [
            Line(what, many / rate, "s", budget, how=how),
            Line(f"Puebla, {engine}, sweep, 2 processes", rate, "/s", how="the same"),
        ]
    return lines


def dask_lines(size):
    """What a cluster of two workers on this machine costs beside two processes of our own."""
    if importlib.util.find_spec("distributed") is None:
        return [Line("Dask", float("nan"), "", how="not installed")]
    from rcpsim.sweep.cluster import Cluster

    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        address = f"tcp://127.0.0.1:{port}"
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        commands = [
            ("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"),
            *(("dask_worker", address, *options, "--local-directory", f"{place}/{n}") for n in range(2)),
        ]
        started = [
            subprocess.Popen(
                python("-m", f"distributed.cli.{what}", *words),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for what, *words in commands
        ]
        try:
            cluster = Cluster(address, patience=120)
            cluster._client.wait_for_workers(2, timeout=120)
            swept(2, settings=4, place_of=cluster)  # its workers have read the data, as ours have not yet
            ours, theirs = [], []
            for _ in range(size.runs):  # one after the other, so that both meet the same machine
                ours.append(swept(2, size.draws // 2, settings=size.settings)[0])
                theirs.append(swept(2, size.draws // 2, settings=size.settings, place_of=cluster)[0])
            cluster.close()
        finally:
            for process in started:
                process.kill()
                process.wait()
    how = (
        f"{median(theirs):.3g} s to {median(ours):.3g} s, numpy, {size.draws // 2 * size.settings} histories"
    )
    return [
        Line(
            "Sweep: Dask with two workers to two processes", median(theirs) / median(ours), "", 1.15, how=how
        )
    ]


def issue_lines(runs):
    """How cost grows with the issues that may be treated; the others have no weight on any agenda."""
    issues, times = (1, 3, 9), []
    for count in issues:
        left_out = {f"design.priority.{name}": 0 for name in ISSUES[count:]}
        run = prepared(load_scenario("medium-process", overrides={"years": [1, 5], **left_out}))
        times.append(cpu_seconds(lambda run=run: story_of(run), runs) / run.setting.histories.size)
    shown = ", ".join(f"{1000.0 * one:.2g}" for one in times)
    how = f"1, 3, 9 with weight: {shown} ms"
    return [Line("Growth with issues: exponent", exponent(issues, times), "", how=how)]


def memory_lines(size):
    """Greatest memory of a process that sweeps, and what more histories add to it."""
    lines = []
    for draws in (size.draws // 25 or 1, size.draws // 6 or 2):
        what = f"Sweep: memory of a process, {draws * SETTINGS} histories"
        lines.append(Line(what, sweep_peak(draws), "MiB", 600, how="peak, measured"))
    return lines
