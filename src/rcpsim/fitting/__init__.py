"""Which values of the coefficients the record leaves: the plausibility filter, and history matching.

The coefficients are about as many again as the facts, so nothing is optimised. The *filter* sets draws
aside under which no process could be a process; *history matching* sets those aside that miss a strong
documented pattern by more than three standard deviations, over all processes at once. What is left says as
little as the record does, and the report says where that is nothing.
"""

from rcpsim.fitting.central import defaults_of, medoid
from rcpsim.fitting.filtering import filter_asked, filter_prior, install, table_of
from rcpsim.fitting.plausibility import Tried, try_sets
from rcpsim.fitting.playing import Plan, plan_of
from rcpsim.fitting.running import Fit, Size, Wave, asked_of, run_fit
from rcpsim.fitting.storing import FitFolder
from rcpsim.fitting.telling import columns_of, facts_of, head_of, parts_of, report, tables_of

__all__ = [
    "Fit",
    "FitFolder",
    "Plan",
    "Size",
    "Tried",
    "Wave",
    "asked_of",
    "columns_of",
    "defaults_of",
    "facts_of",
    "filter_asked",
    "filter_prior",
    "head_of",
    "install",
    "medoid",
    "parts_of",
    "plan_of",
    "report",
    "run_fit",
    "table_of",
    "tables_of",
    "try_sets",
]
