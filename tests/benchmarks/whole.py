"""What a user waits for and what it takes in memory; each in a process of its own."""

import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.clocks import Line, python, wall_seconds

_PEAK = """
import resource, sys
from pathlib import Path
from rcpsim import simulate
results = simulate("puebla", histories=int(sys.argv[1]), seed=1)
told = Path("/proc/self/status")  # where there is none, the other figure may be that of the parent
lines = told.read_text().splitlines() if told.exists() else []
peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
print(*peaks or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])
"""


def peak(histories):
    """Greatest memory in use while histories of Puebla are played and kept, MiB."""
    done = subprocess.run(python("-c", _PEAK, str(histories)), check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024.0


def memory_lines(many):
    """Memory of many histories, played and not reckoned from few."""
    what = f"{many:,} Puebla histories, twin included: memory"
    return [Line(what, peak(many), "MiB", 1024, how="peak, one run in a process of its own")]


def waiting_lines(runs):
    """How long commands take."""
    lines = []
    for what, words, budget in (
        ("import rcpsim", ("-c", "import rcpsim"), 1.0),
        ("from rcpsim import simulate", ("-c", "from rcpsim import simulate"), None),
        ("rcpsim --help", ("-m", "rcpsim", "--help"), 0.7),
    ):
        lines.append(Line(what, wall_seconds(python(*words), runs), "s", budget, how="on the wall"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        words = ("run", "puebla", "--histories", "200", "--seed", "1", "--force", "--out", str(folder))
        seconds = wall_seconds(python("-m", "rcpsim", *words), runs)
    lines.append(
        Line("rcpsim run puebla --histories 200", seconds, "s", 8, how="on the wall, twin, page and pictures")
    )
    return lines
