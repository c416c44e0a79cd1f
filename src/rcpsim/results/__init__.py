"""What many histories of a scenario came to: measures with their axes named, tables, and one typical history.

A measure is an array of histories by quarters. It is ``nan`` once the process has ended, but for the two that
tell the end itself (:data:`LIFE`). The *twin* is the same world with the same luck in which the process never
meets; it goes on to the last quarter. pandas and xarray are imported when a table is asked for, not before.
"""

from __future__ import annotations

from rcpsim.results.opening import open_results
from rcpsim.results.over_histories import INTERVAL, last_of_years, mean_interval, quantiles
from rcpsim.results.record import LIFE, Results, Twin, names_of

__all__ = [
    "INTERVAL",
    "LIFE",
    "Results",
    "Twin",
    "last_of_years",
    "mean_interval",
    "names_of",
    "open_results",
    "quantiles",
]
