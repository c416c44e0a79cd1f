"""The table of speed and memory: `python -m tests.benchmarks.bench [--full] [--no-file]`.

Every figure is the median of five runs or more unless its line says otherwise. Processor time is that of one
thread; what a user waits for is measured on the wall. With ``--full`` the memory of ten thousand histories
is measured, and a sweep of ten thousand, which takes some minutes; else memory is reckoned from a thousand.
The table is also written to `docs/bench/YEAR-MONTH-DAY.md`, unless ``--no-file`` is given. Ends with status 1
when a budget is not met.
"""

import os

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1"
)  # before numpy is loaded

import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import core, engines, rivals, whole


def machine():
    """Where and when."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:
            name = next(line.split(":", 1)[1].strip() for line in told if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = f", load {os.getloadavg()[0]:.1f} at the beginning" if hasattr(os, "getloadavg") else ""
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {name}, {os.cpu_count()} processors{load}; "
        f"{platform.system()}, Python {platform.python_version()}, numpy {version('numpy')}, "
        f"Mesa {version('mesa')}, rcpsim {version('rcpsim')}"
    )


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


def main(words):
    if odd := set(words) - {"--full", "--no-file"}:
        print(f"bench knows no option but --full and --no-file, not {' '.join(odd)}", file=sys.stderr)
        return 2
    where = machine()
    print(where, "\n", flush=True)
    print(f"{'what':<58} {'figure':>14}  {'budget':<14} {'':<8} how", flush=True)
    kept = []

    def tell(lines):
        kept.extend(lines)
        for line in lines:
            what, figure, limit, met, how = row_of(line)
            print(f"{what:<58} {figure:>14}  {limit:<14} {met:<8} {how}".rstrip(), flush=True)

    lines, played = core.batch_lines()
    tell(lines)
    tell(core.plain_lines(played))
    tell(engines.engine_lines("--full" in words))
    tell(rivals.rival_lines())
    tell(core.growth_lines())
    tell(engines.issue_lines())
    tell([core.same_bits_line()])
    tell(whole.memory_lines("--full" in words))
    tell(engines.memory_lines())
    tell(whole.waiting_lines())
    missed = sum(line.met == "NOT MET" for line in kept)
    print(f"\n{missed} budgets not met." if missed else "\nAll budgets met.")
    if "--no-file" not in words:
        FOLDER.mkdir(exist_ok=True)
        file = FOLDER / f"{time.strftime('%Y-%m-%d')}.md"
        file.write_text(page(where, kept), encoding="utf-8")
        print(f"Written to {file}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
