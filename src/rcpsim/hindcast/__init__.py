"""The model held against the record: what is documented, what is simulated, and which of the two is off.

`hindcast` plays the processes that have patterns (`rcpsim.patterns`), observes every pattern in every history
and gives each a verdict by rules that were fixed beforehand (docs/decisions/0011). Beside every score stands
that of a constant guess; beside the statuses of 2005 and 2010 those of three baselines (`survival`).
"""

from rcpsim.hindcast.playing import QUICK, Hindcast, hindcast, processes_named
from rcpsim.hindcast.scoring import VERDICTS, Finding, crps, finding_of
from rcpsim.hindcast.survival import BASELINES, Standing, Survival, survival

__all__ = [
    "BASELINES",
    "QUICK",
    "VERDICTS",
    "Finding",
    "Hindcast",
    "Standing",
    "Survival",
    "crps",
    "finding_of",
    "hindcast",
    "processes_named",
    "survival",
]
