"""The table of speed and memory: `python -m tests.benchmarks.bench [--only PART]... [--tiny] [--no-file]`.

Every figure is the median of five runs or more unless its line says otherwise. Processor time is that of
one thread; what a user waits for is measured on the wall. The whole takes about half an hour; `--only` (any
number of times) runs parts of it. The table is also written to `docs/bench/YEAR-MONTH-DAY.md`, unless
``--no-file`` is given. ``--tiny`` plays hardly anything and writes no file: it tells whether the benchmark
works. Ends with status 1 when a budget is not met.
"""

import os

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1"
)  # before numpy is loaded

import argparse
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.benchmarks import core, engines, rivals, whole
from tests.benchmarks.clocks import TINY, Size

PACKAGES = ("numpy", "pandas", "pyarrow", "mesa", "jax", "distributed", "SALib")


def machine():
    """Where and when: the processor, the memory, how busy it was, and the versions; no name, no path."""
    name, memory = platform.processor() or platform.machine(), ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:
            name = next(line.split(":", 1)[1].strip() for line in told if line.startswith("model name"))
        with open("/proc/meminfo", encoding="utf-8") as told:
            memory = f"{int(next(told).split()[1]) / 2**20:.0f} GiB of memory, "
    except (OSError, StopIteration, ValueError):
        pass
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    packages = ", ".join(f"{one} {version(one)}" for one in PACKAGES if there(one))
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {name}, {os.cpu_count()} cores, "
        f"{memory}{platform.system()}{load}; "
        f"Python {platform.python_version()}, rcpsim {version('rcpsim')}, {packages}"
    )


def there(package):
    """Whether a package is installed."""
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


FOLDER = Path("docs/bench")


def row_of(line):
    """One line of the table in its columns."""
    figure = f"{line.figure:.3g}" if line.figure < 1000 else f"{line.figure:.0f}"
    return line.what, f"{figure} {line.unit}", line.limit, line.met, line.how


def page(told, lines):
    """The table as a page."""
    day = time.strftime("%Y-%m-%d")
    head = [f"# Speed and memory, {day}", "", told, "", "What each line counts: [speed.md](../speed.md).", ""]
    table = ["| what | figure | budget | | how |", "| --- | ---: | --- | --- | --- |"]
    return "\n".join([*head, *table, *(f"| {' | '.join(row_of(line))} |" for line in lines)]) + "\n"


def theory(size):
    """The core, by what is done, and the second implementation under plain Mesa."""
    yield from (part(size.runs) for part in (core.batch_lines, core.plain_lines))


PARTS = {
    "theory": theory,
    "engines": lambda size: [engines.engine_lines(size)],
    "sweep": lambda size: [engines.sweep_lines(size)],
    "dask": lambda size: [engines.dask_lines(size)],
    "rivals": lambda size: [rivals.rival_lines()],
    "growth": lambda size: (part(size.runs) for part in (core.growth_lines, engines.issue_lines)),
    "bits": lambda size: [[core.same_bits_line()]],
    "memory": lambda size: (whole.memory_lines(size.many), engines.memory_lines(size)),
    "waiting": lambda size: [whole.waiting_lines(size.runs)],
}


def main(words):
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("--only", action="append", choices=list(PARTS), metavar="PART", help=", ".join(PARTS))
    asked.add_argument("--tiny", action="store_true")
    asked.add_argument("--no-file", action="store_true")
    given = asked.parse_args(words)
    where, size = machine(), TINY if given.tiny else Size()
    print(where, "\n", flush=True)
    print(f"{'what':<58} {'figure':>14}  {'budget':<14} {'':<8} how", flush=True)
    kept = []
    for name in given.only or PARTS:
        for lines in PARTS[name](size):
            kept.extend(lines)
            for line in lines:
                what, figure, limit, met, how = row_of(line)
                print(f"{what:<58} {figure:>14}  {limit:<14} {met:<8} {how}".rstrip(), flush=True)
    missed = sum(line.met == "NOT MET" for line in kept)
    print(f"\n{missed} budgets not met." if missed else "\nAll budgets met.")
    if not (given.no_file or given.tiny):
        FOLDER.mkdir(exist_ok=True)
        parts = "-".join(given.only or ())
        file = FOLDER / f"{time.strftime('%Y-%m-%d')}{f'-{parts}' if parts else ''}.md"
        file.write_text(page(where, kept), encoding="utf-8")
        print(f"Written to {file}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
