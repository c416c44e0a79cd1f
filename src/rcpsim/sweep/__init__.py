"""Sweeps: a plan of settings played into a folder that survives anything.

`run_sweep` plays what is missing, `open_sweep` reads what is there. The layout of the folder is told in
`store` and, for users, in `docs/sweeps.md`.
"""

from rcpsim.sweep.bundling import bundle
from rcpsim.sweep.engines import Engine, InProcess, LocalWorkers
from rcpsim.sweep.opening import Sweep, open_results, open_sweep
from rcpsim.sweep.precision import Precision, half_widths, refuse_width, sweep_until
from rcpsim.sweep.running import Report, Told, cores, run_sweep
from rcpsim.sweep.store import refuse_foreign
from rcpsim.sweep.units import Failure
from rcpsim.sweep.verifying import Difference, Verdict, verify

__all__ = [
    "Difference",
    "Engine",
    "Failure",
    "InProcess",
    "LocalWorkers",
    "Precision",
    "Report",
    "Sweep",
    "Told",
    "Verdict",
    "bundle",
    "cores",
    "half_widths",
    "open_results",
    "open_sweep",
    "refuse_foreign",
    "refuse_width",
    "run_sweep",
    "sweep_until",
    "verify",
]
