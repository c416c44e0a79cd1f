"""Batches against plain Python, a process of its own: `python -m tests.benchmarks.against_plain NAME RUNS`.

Each is played in turn, so that all meet the same machine; prints processor time per history in milliseconds.
"""

import importlib.util
import json
import sys
import time
from statistics import median

import numpy as np

from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from tests.benchmarks.core import MANY_MEETINGS, prepared, story_of
from tests.benchmarks.plain_case import plain_case
from tests.benchmarks.plain_mesa import PlainModel

CHUNKS = 4  # one after the other, as in a long run
SCENARIOS = {"puebla": ("puebla", {}), "thirty": ("large-process", MANY_MEETINGS)}


def compiled_story(scenario, single):
    """How many histories are played, and what plays their story."""
    from rcpsim.compiled import begin, widest

    width = widest(len(scenario.states))
    run = prepare(scenario, seed=1, histories=np.arange(width))
    least = frozenset({"status"})  # what nobody asks for is not reckoned

    def play():
        for _ in range(CHUNKS):
            begin(run, twin=False, events=False, measures=least, single=single).played()

    return CHUNKS * width, play


def plain_story(run):
    """The same for the second implementation."""
    cases = [plain_case(run, h) for h in range(3)]

    def play():
        for case in cases:
            model = PlainModel(case)
            for _ in case["settings"]:
                model.step()

    return len(cases), play


def main(name, runs):
    scenario = load_scenario(SCENARIOS[name][0], overrides=SCENARIOS[name][1])
    run = prepared(scenario)
    stories = {
        "numpy": (CHUNKS * run.setting.histories.size, lambda: [story_of(run) for _ in range(CHUNKS)]),
        "plain": plain_story(run),
    }
    if importlib.util.find_spec("jax") is not None:
        stories["compiled"] = compiled_story(scenario, single=False)
        stories["single"] = compiled_story(scenario, single=True)
    spent = {engine: [] for engine in stories}
    for _ in range(runs + 1):
        for engine, (histories, play) in stories.items():
            began = time.process_time()
            play()
            spent[engine].append(1000.0 * (time.process_time() - began) / histories)
    print(json.dumps({engine: median(each[1:]) for engine, each in spent.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
