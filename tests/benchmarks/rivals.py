"""What a user would pick instead, on the nearest job it can do, each in an environment of its own.

None of these plays a consultative process: the job is thirty agents who hold opinions and listen to those
whose opinions are near (Weighted Hegselmann-Krause, NDlib), or the like written for `mesa.batch_run`. The
figure says what a history costs there, not that the two do the same.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.clocks import Line

PLACE = Path(".bench-venv")
PACKAGES = ("ndlib", "six", "scikit-learn", "mesa>=3.3,<4", "networkx")  # NDlib does not name all it needs
NODES, ROUNDS, RUNS = 30, 100, 5
_NDLIB = """
import json, sys, time
import networkx as nx
import ndlib.models.ModelConfig as mc
import ndlib.models.opinions as op
nodes, rounds, runs = map(int, sys.argv[1:])
def play():
    graph = nx.complete_graph(nodes)
    model = op.WHKModel(graph)
    config = mc.Configuration()
    config.add_model_parameter("epsilon", 0.32)
    for edge in graph.edges():
        config.add_edge_configuration("weight", edge, 0.5)
    model.set_initial_status(config)
    model.iteration_bunch(rounds)
play()
began = time.perf_counter()
for _ in range(runs):
    play()
print(json.dumps((time.perf_counter() - began) / runs))
"""
_MESA = """
import json, sys, time
import mesa
nodes, rounds, runs = map(int, sys.argv[1:])
class State(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.opinion = self.random.uniform(-1.0, 1.0)
    def listen(self):
        near = [one.opinion for one in self.model.agents if abs(one.opinion - self.opinion) < 0.32]
        self.opinion += 0.5 * (sum(near) / len(near) - self.opinion)
class Forum(mesa.Model):
    def __init__(self, nodes=30, seed=None):
        super().__init__(seed=seed)
        State.create_agents(self, nodes)
        self.datacollector = mesa.DataCollector({"spread": lambda m: max(m.agents.get("opinion"))})
    def step(self):
        self.agents.shuffle_do("listen")
        self.datacollector.collect(self)
def play(many):
    mesa.batch_run(Forum, {"nodes": nodes, "seed": range(many)}, max_steps=rounds, display_progress=False)
play(1)
began = time.perf_counter()
play(runs)
print(json.dumps((time.perf_counter() - began) / runs))
"""


def environment():
    """The Python of the environment, made and filled if it is not there."""
    python = PLACE / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    ready = PLACE / ".ready"
    if not ready.is_file() or ready.read_text(encoding="utf-8") != " ".join(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
        words = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PACKAGES]
        subprocess.run(words, check=True)
        ready.write_text(" ".join(PACKAGES), encoding="utf-8")
    return python


def versions(python):
    """Versions of what is compared with."""
    code = "from importlib.metadata import version as v; print('NDlib', v('ndlib') + ',', 'Mesa', v('mesa'))"
    return subprocess.run(
        [str(python), "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def seconds_of(python, code):
    """Seconds a history takes in a rival."""
    words = [str(python), "-c", code, str(NODES), str(ROUNDS), str(RUNS)]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def rival_lines():
    """Histories a second of what a user would pick instead; a line that says so where it cannot be had."""
    try:
        python = environment()
    except (OSError, subprocess.CalledProcessError) as error:
        return [
            Line("NDlib and Mesa in an environment of their own", float("nan"), "", how=f"not there: {error}")
        ]
    found, job = versions(python), f"{NODES} nodes, {ROUNDS} rounds"
    return [
        Line(f"NDlib, Weighted Hegselmann-Krause, {job}", 1.0 / seconds_of(python, _NDLIB), "/s", how=found),
        Line(f"mesa.batch_run, bounded confidence, {job}", 1.0 / seconds_of(python, _MESA), "/s", how=found),
    ]
