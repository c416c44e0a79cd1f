"""What is looked at: the measures of a process, quarter by quarter, and its stage of development.

Measures read the world, the process and the minutes; nothing in the model reads a measure. Their definitions
stand in `MEASURES` and, with what they do and do not show, in ``docs/measures.md``.
"""

from rcpsim.measures.memory import Memory, start_memory
from rcpsim.measures.quarter import MEASURES, finish_series, measure_quarter
from rcpsim.measures.stages import STAGE_SERIES, STAGES, stages
from rcpsim.measures.states import state_values
from rcpsim.measures.weighing import PHASES, Measure

__all__ = [
    "MEASURES",
    "PHASES",
    "STAGES",
    "STAGE_SERIES",
    "Measure",
    "Memory",
    "finish_series",
    "measure_quarter",
    "stages",
    "start_memory",
    "state_values",
]
