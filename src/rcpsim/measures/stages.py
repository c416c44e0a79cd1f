"""The four stages of development: to meet, to speak one language, to plan, to act ([K01] p. 28-29).

A stage is a label that we read off a process afterwards. No mechanism reads it, and to be further on is not
to be worth more. A stage may be skipped, and a process may fall back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray

__all__ = [
    "COMMON_LANGUAGE",
    "DEFINED_SHARE",
    "DELIVERED",
    "HOLD",
    "PLAN_ITEMS",
    "STAGES",
    "STAGE_SERIES",
    "stages",
]

STAGES: Final = ("not yet met", "decision to meet", "common language", "plan of action", "operational")
"""The names of stages 0 to 4."""

COMMON_LANGUAGE: Final = 0.5
"""Stage 2: common language above this index, ..."""

DEFINED_SHARE: Final = 0.5
"""... or terms agreed for more than this share of the treated issues."""

PLAN_ITEMS: Final = 2.0
"""Stage 3: at least so many items are open or closed as delivered."""

DELIVERED: Final = 0.5
"""Stage 4: more than this share of all items is delivered. Acting jointly in an emergency is no stage:
[K01] p. 30-31 reports it of a process that had just made its plan."""

HOLD: Final = 4
"""Quarters for which a stage must hold to be reached, or be missed to be lost."""

STAGE_SERIES: Final = (
    "meetings",
    "common_language",
    "defined_share",
    "items_open",
    "items_closed",
    "delivered",
)
"""The measures from which a stage is read."""


def stages(series: Mapping[str, Array], scale: float = 1.0) -> Array:
    """Return the stage of development of each history in each quarter.

    The stage that would be read off a single quarter is the highest whose condition is met:

    1. a meeting has been held;
    2. `common_language` > .5, or `defined_share` > .5;
    3. `items_open` + `items_closed` >= 2;
    4. `delivered` > .5.

    Stage 1 is reached with the first meeting and not lost; before it the stage is 0. A higher stage is
    reached at the beginning of the first four quarters in a row that are read as this stage or a higher one,
    and lost at the beginning of the next four in a row that are read as lower: so it carries the date on
    which it set in, and the last three quarters of a series may be read otherwise once it goes on.

    Parameters
    ----------
    series : name -> (H, Q)   at least the measures of `STAGE_SERIES`; nan meets no condition
    scale : by which all thresholds are multiplied, to see what hangs on them

    Returns
    -------
    (H, Q)   0, 1, 2, 3 or 4

    Examples
    --------
    >>> quarters = np.zeros((1, 6))
    >>> series = {name: quarters for name in STAGE_SERIES}
    >>> met, spoken = np.array([[0, 1, 0, 0, 0, 0.0]]), np.array([[0, 0, 0.6, 0.6, 0.6, 0.6]])
    >>> stages({**series, "meetings": met, "common_language": spoken})
    array([[0., 1., 2., 2., 2., 2.]])
    """
    met = np.cumsum(series["meetings"], axis=-1) > 0
    speaks = _above(series["common_language"], COMMON_LANGUAGE * scale)
    speaks = speaks | _above(series["defined_share"], DEFINED_SHARE * scale)
    plans = series["items_open"] + series["items_closed"] >= PLAN_ITEMS * scale
    acts = _above(series["delivered"], DELIVERED * scale)
    operational = met & acts
    planned = operational | (met & plans)
    spoken = planned | (met & speaks)
    return met * 1.0 + _held(spoken) + _held(planned) + _held(operational)


def _above(values: Array, threshold: float) -> BoolArray:
    return np.nan_to_num(values, nan=-np.inf) > threshold


def _held(read: BoolArray) -> Array:
    """Return 1 from the beginning of four quarters in a row that are read so to that of four that are not."""
    now: BoolArray = np.zeros(read.shape[0], dtype=bool)
    held = np.zeros(read.shape)
    for quarter in range(read.shape[-1]):
        window = read[:, quarter : quarter + HOLD]
        if window.shape[-1] == HOLD:
            now = (now & np.any(window, axis=-1)) | np.all(window, axis=-1)
        held[:, quarter] = now
    return held
