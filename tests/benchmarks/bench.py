"""The table of speed and memory: `python -m tests.benchmarks.bench [--full]`.

Every figure is the median of five runs or more unless its line says otherwise. Processor time is that of one
thread; what a user waits for is measured on the wall. With ``--full`` the memory of ten thousand histories
is measured, which takes some minutes; else it is reckoned from a thousand. Ends with status 1 when a budget
is not met.
"""

import os

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1"
)  # before numpy is loaded

import platform
import sys
import time
from importlib.metadata import version

from tests.benchmarks import core, whole


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


def main(words):
    if set(words) - {"--full"}:
        print(f"bench knows no option but --full, not {' '.join(words)}", file=sys.stderr)
        return 2
    print(machine(), "\n", flush=True)
    missed = 0
    print(f"{'what':<50} {'figure':>14}  {'budget':<14} {'':<8} how", flush=True)

    def tell(lines):
        nonlocal missed
        for line in lines:
            missed += line.met == "NOT MET"
            figure = f"{line.figure:.3g}" if line.figure < 1000 else f"{line.figure:.0f}"
            row = f"{line.what:<50} {figure + ' ' + line.unit:>14}  {line.limit:<14} {line.met:<8} {line.how}"
            print(row.rstrip(), flush=True)

    lines, played = core.batch_lines()
    tell(lines)
    tell(core.plain_lines(played))
    tell(core.growth_lines())
    tell([core.same_bits_line()])
    tell(whole.memory_lines("--full" in words))
    tell(whole.waiting_lines())
    print(f"\n{missed} budgets not met." if missed else "\nAll budgets met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
