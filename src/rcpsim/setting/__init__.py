"""From a scenario to arrays: everything that a run is given, resolved for a set of histories.

What a scenario documents is taken as it stands; what is judged, given as a range or unknown is drawn once for
each history with ``noise(seed, history, "judged", key)``, so that it is the same in every design. Chance of
the run itself is drawn for all quarters at once and handed to the story quarter by quarter.
"""

from rcpsim.setting.asked import refuse_odd_arguments
from rcpsim.setting.preparing import ParameterTable, Run, labels_of, parameters_of, prepare, theory_of

__all__ = [
    "ParameterTable",
    "Run",
    "labels_of",
    "parameters_of",
    "prepare",
    "refuse_odd_arguments",
    "theory_of",
]
