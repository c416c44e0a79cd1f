"""Which changes of its design would do a process good, over many draws of what is not known of people."""

from rcpsim.advice.listing import Change, Feasible, changes, feasible
from rcpsim.advice.weighing import LOWER_IS_BETTER, Advice, Line, advise

__all__ = ["LOWER_IS_BETTER", "Advice", "Change", "Feasible", "Line", "advise", "changes", "feasible"]
