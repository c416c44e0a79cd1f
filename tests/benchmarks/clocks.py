"""Clocks, medians and the lines of the table."""

import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

import numpy as np

RUNS = 5


@dataclass(frozen=True)
class Size:
    """How much is played: runs of which the median counts, histories, settings, draws in each."""

    runs: int = RUNS
    batch: int = 200
    settings: int = 100
    draws: int = 100
    many: int = 10_000


TINY = Size(runs=1, batch=8, settings=4, draws=12, many=20)
"""So little that it tells only whether the benchmark works."""


@dataclass(frozen=True)
class Line:
    """One line of the table; without a budget it only informs."""

    what: str
    figure: float
    unit: str
    budget: float | None = None
    at_least: bool = False
    how: str = ""

    @property
    def met(self):
        if self.budget is None:
            return ""
        good = self.figure >= self.budget if self.at_least else self.figure <= self.budget
        return "met" if good else "NOT MET"

    @property
    def limit(self):
        if self.budget is None:
            return ""
        return f"{'>=' if self.at_least else '<='} {self.budget:g} {self.unit}"


def cpu_seconds(act, runs=RUNS):
    """Median processor time of some runs of an act, after one run that is not counted."""
    act()
    return median(_once(act, time.process_time) for _ in range(runs))


def wall_seconds(words, runs=RUNS):
    """Median time on the wall of some runs of a command, after one run that is not counted."""
    _command(words)
    return median(_once(lambda: _command(words), time.perf_counter) for _ in range(runs))


def python(*words):
    """A command of this Python."""
    return [sys.executable, *words]


def exponent(sizes, seconds):
    """How fast a cost grows: the slope of its logarithm on that of the size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _once(act, clock):
    began = clock()
    act()
    return clock() - began


def _command(words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
