"""Histories a second, by what reckons them; and how cost grows with what a process is made of."""

import importlib.util
import json
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


def swept(workers, draws=10):
    """Seconds on the wall of a sweep over many settings, from an empty folder."""
    plan = resolve(load_experiment(QUESTION, {"draws.count": draws}))
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        run_sweep(plan, Path(place) / "sweep", workers=workers)
        return time.perf_counter() - began, plan.histories


def sweep_peak(draws):
    """Greatest memory in use while a sweep is played in one process, MiB."""
    table = QUESTION | {"draws": QUESTION["draws"] | {"count": draws}}
    with tempfile.TemporaryDirectory() as place:
        words = python("-c", _WORKER, json.dumps(table), str(Path(place) / "sweep"))
        done = subprocess.run(words, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024.0


def engine_lines(full):
    """Puebla without its twin, its tables not written: histories a second."""
    puebla = load_scenario("puebla")
    one = wall(lambda: simulate(puebla, histories=[7], twin=False))
    batch = wall(lambda: simulate(puebla, histories=200, twin=False))

    def in_mesa():
        mesa.batch_run(
            ProcessModel,
            {"scenario": puebla, "history": [7]},
            data_collection_period=-1,
            display_progress=False,
        )

    shell = wall(in_mesa, runs=2)
    lines = [
        Line("Puebla, numpy, one history at a time", 1.0 / one, "/s", how="on the wall, simulate"),
        Line("Puebla, numpy, batch of 200", 200.0 / batch, "/s", how="on the wall, simulate"),
        Line("Puebla, the Mesa shell under batch_run", 1.0 / shell, "/s", how="on the wall, all collected"),
    ]
    for workers in (1, 2):
        seconds, many = swept(workers)
        words = f"on the wall, {SETTINGS} settings, one run, folder written"
        lines.append(Line(f"Puebla, numpy, sweep, {workers} processes", many / seconds, "/s", how=words))
    if full:
        seconds, many = swept(2, draws=100)
        lines.append(
            Line(f"Puebla, numpy, sweep of {many:,}, 2 processes", seconds, "s", 90, how="on the wall")
        )
    if importlib.util.find_spec("jax") is not None:
        began = time.perf_counter()
        simulate(puebla, histories=200, twin=False, engine="jax")
        first = time.perf_counter() - began
        again = wall(lambda: simulate(puebla, histories=200, twin=False, engine="jax"), runs=3)
        lines += [
            Line("Puebla, JAX: what compiling takes", first - again, "s", 20, how="first run less the next"),
            Line("Puebla, JAX, batch of 200, compiled", 200.0 / again, "/s", how="on the wall, simulate"),
        ]
    return lines


def issue_lines():
    """How cost grows with the issues that may be treated; the others have no weight on any agenda."""
    issues, times = (1, 3, 9), []
    for count in issues:
        left_out = {f"design.priority.{name}": 0 for name in ISSUES[count:]}
        run = prepared(load_scenario("medium-process", overrides={"years": [1, 5], **left_out}))
        times.append(cpu_seconds(lambda run=run: story_of(run), runs=3) / run.setting.histories.size)
    shown = ", ".join(f"{1000.0 * one:.2g}" for one in times)
    how = f"1, 3, 9 with weight: {shown} ms"
    return [Line("Growth with issues: exponent", exponent(issues, times), "", how=how)]


def memory_lines():
    """Greatest memory of a process that sweeps, and what more histories add to it."""
    few, more = sweep_peak(4), sweep_peak(16)
    return [
        Line(f"Sweep: memory of a process, {4 * SETTINGS} histories", few, "MiB", 600, how="peak, measured"),
        Line(
            f"Sweep: memory of a process, {16 * SETTINGS} histories", more, "MiB", 600, how="peak, measured"
        ),
    ]
