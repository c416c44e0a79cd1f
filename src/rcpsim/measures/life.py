"""The life of a process: who comes, who cares, who pays, and whether it still meets.

A meeting is activity, not impact, and a process that lives may live for show: read these beside the phases.
"""

from __future__ import annotations

from math import inf
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.measures.memory import Memory, last_year, members
from rcpsim.measures.weighing import Measure, ratio, shares, summed, weighted
from rcpsim.theory.lifecycle import ACTIVE, CLOSED, DORMANT
from rcpsim.world import Minutes, Process, Setting

__all__ = ["LIFE", "PRO_FORMA", "life", "life_without"]

PRO_FORMA: Final = 0.2
"""Mean participation below which membership is pro forma."""

_INVITED = "over those of the last four quarters in which a meeting was open to it"

LIFE: Final = (
    Measure(
        "participation",
        "life",
        "share",
        f"Mean over founding states of a state's highest participation in a quarter, {_INVITED}; 0 for "
        "one that has left. Null if no meeting was held for a year.",
        0,
        1,
    ),
    Measure("participation_participants", "life", "share", "The same over present members.", 0, 1),
    Measure(
        "commitment", "life", "share", "Mean commitment of founding states, 0 for one that has left.", 0, 1
    ),
    Measure("commitment_participants", "life", "share", "The same over present members.", 0, 1),
    Measure(
        "ownership",
        "life",
        "share",
        "What members gave over all that was given in the last four quarters, in money and officials' days; "
        "a member's money counts up to its share of ability. Null if nothing was given.",
        0,
        1,
    ),
    Measure(
        "money_members_share",
        "life",
        "share",
        "Members' money over all money paid in the last four quarters; null if none was.",
        0,
        1,
    ),
    Measure(
        "pro_forma",
        "life",
        "share",
        f"Share of present members whose mean participation, {_INVITED}, is below {PRO_FORMA:g}; null if no "
        "meeting was held for a year.",
        0,
        1,
    ),
    Measure("meetings", "life", "count per quarter", "Meetings held this quarter.", 0, inf),
    Measure(
        "cancelled", "life", "count per quarter", "Meetings planned for this quarter and not held.", 0, inf
    ),
    Measure("alive", "life", "0 or 1", "1 while the process is active.", 0, 1),
    Measure("dormant", "life", "0 or 1", "1 while it is dormant.", 0, 1),
    Measure("ended", "life", "0 or 1", "1 once it has ended, in whatever way.", 0, 1),
    Measure("status", "life", "code", "Code of its condition (theory/lifecycle).", 0, CLOSED),
    Measure("backing", "life", "share", "Mean political backing of officials of founding states.", 0, 1),
    Measure(
        "treasury_years",
        "life",
        "years",
        "What the treasury holds over what this year's calendar and secretariat cost.",
        0,
        inf,
    ),
    Measure(
        "stage",
        "life",
        "stage",
        "Stage of development, 0 before the first meeting, 1 meets, 2 common language, 3 plan, 4 "
        "operational; see `stages`.",
        0,
        4,
    ),
)


def life(
    process: Process, minutes: Minutes, setting: Setting, quarter: int, memory: Memory
) -> dict[str, Array]:
    """Return the measures of the life of a process, all but backing and the stage.

    Parameters
    ----------
    process, minutes : at the end and of the quarter
    memory : this quarter included

    Returns
    -------
    name -> (H,)
    """
    present = members(setting, quarter)
    invited = last_year(memory.invited)
    came = last_year(memory.participation) / np.maximum(invited, 1.0) * present
    met = np.any(invited > 0, axis=-1)
    asked = present * (invited > 0)
    money = last_year(memory.money)
    kind = last_year(memory.kind)
    paid = summed(money)
    purse = paid + last_year(memory.sponsor)
    own = summed(np.minimum(money, setting.ability[:, quarter] * purse[:, None]))
    number = summed(asked)
    held: Array = np.sum(minutes.held, axis=-1, dtype=np.float64)
    return {
        "participation": np.where(met, weighted(came, memory.states), np.nan),
        "participation_participants": ratio(np.vecdot(came, asked), number),
        "ownership": ratio(own + kind, purse + kind),
        "money_members_share": ratio(paid, purse),
        "pro_forma": ratio(np.vecdot(came < PRO_FORMA, asked), number),
        "meetings": held,
        "cancelled": _planned(setting, quarter) - held,
        "treasury_years": ratio(process.treasury, minutes.annual_cost),
        **_condition(process, present, memory),
    }


def life_without(process: Process, setting: Setting, quarter: int, memory: Memory) -> dict[str, Array]:
    """Return the same of a twin, in which nobody meets or pays: name -> (H,)."""
    none, zero = np.full(process.treasury.shape, np.nan), np.zeros(process.treasury.shape)
    without = (
        "participation",
        "participation_participants",
        "ownership",
        "money_members_share",
        "pro_forma",
        "treasury_years",
    )
    return {
        **dict.fromkeys(without, none),
        "meetings": zero,
        "cancelled": _planned(setting, quarter),
        **_condition(process, members(setting, quarter), memory),
    }


def _planned(setting: Setting, quarter: int) -> Array:
    planned: Array = np.sum(setting.calendar.planned[:, quarter], axis=-1, dtype=np.float64)
    return planned


def _condition(process: Process, present: Array, memory: Memory) -> dict[str, Array]:
    """Return how committed its members are, and whether it lives."""
    committed = process.commitment * present
    status = process.status.astype(np.float64)
    return {
        "commitment": weighted(committed, memory.states),
        "commitment_participants": weighted(committed, shares(present)),
        "alive": (status == ACTIVE) * 1.0,
        "dormant": (status == DORMANT) * 1.0,
        "ended": (status > DORMANT) * 1.0,
        "status": status,
    }
