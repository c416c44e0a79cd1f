"""Phase (iii), law, policy and practice: what was promised, and what came of it.

An item that closes or is dropped keeps counting with what had been delivered by then, so that a list that
gets shorter neither gains nor loses.
"""

from __future__ import annotations

from math import inf
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.measures.memory import Memory
from rcpsim.measures.weighing import Measure, ratio, spread, summed, weighted
from rcpsim.world import Minutes, Process, World

__all__ = ["LAW", "of_items", "of_states", "without_items"]

_ASKED = "founding states bound by it that did not already conform when it was adopted"

LAW: Final = (
    Measure(
        "delivered",
        "iii",
        "share",
        "Share delivered of the way from law at adoption to target, averaged over every item adopted so "
        f"far and the {_ASKED}; null before any item asks something.",
        0,
        1,
    ),
    Measure("load_adopted", "iii", "load", "Sum of the loads of all items adopted so far.", 0, inf),
    Measure(
        "load_delivered",
        "iii",
        "load",
        f"The same, each load times the mean share delivered by the {_ASKED}; an item that asks nothing of "
        "anybody adds nothing.",
        0,
        inf,
    ),
    Measure(
        "majority_delivered",
        "iii",
        "share",
        "Of each founding state the share delivered of all recommendations that ask something of it; the "
        "median state. Null before any does.",
        0,
        1,
    ),
    Measure("items_open", "iii", "count", "Plan items open at the end of the quarter.", 0, inf),
    Measure("items_closed", "iii", "count", "Plan items closed as delivered so far.", 0, inf),
    Measure(
        "harmonisation",
        "iii",
        "share",
        "1 less the standard deviation of law over founding states relative to the start, treated issues "
        "weighted by salience; below 0 where law drifts apart.",
        -inf,
        1,
    ),
    Measure(
        "law_change",
        "iii",
        "distance",
        "Mean distance of law from founding law, over founding states and treated issues.",
        0,
        2,
    ),
    Measure("deals", "iii", "count", "Bilateral deals struck between members so far.", 0, inf),
    Measure(
        "deals_per_100_pair_years",
        "iii",
        "count per 100 pair-years",
        "Deals struck so far per 100 years of a pair of members.",
        0,
        inf,
    ),
    Measure("joint_acts", "iii", "count", "Joint acts of two members at a crisis, so far.", 0, inf),
    Measure(
        "joint_share",
        "iii",
        "share",
        "Share of the members in a crisis that act jointly with another this quarter; null without a crisis.",
        0,
        1,
    ),
    Measure("data_share", "iii", "share", "How much of the data that could be pooled is pooled.", 0, 1),
)


def of_items(process: Process, memory: Memory) -> dict[str, Array]:
    """Return the measures of phase (iii) that tell of plan items and of data.

    Parameters
    ----------
    process : at the end of the quarter
    memory : this quarter included

    Returns
    -------
    name -> (H,)
    """
    row = memory.founding[:, None, :]
    asked = memory.ended + memory.open
    done = memory.ended_delivered + memory.open_delivered
    number, delivered = (row @ asked)[:, 0, 0], (row @ done)[:, 0, 0]
    every = asked[..., 1] * memory.founding
    return {
        "delivered": ratio(delivered, number),
        "load_adopted": memory.load_adopted,
        "load_delivered": memory.ended_load + memory.open_load,
        "majority_delivered": _median(done[..., 1], every),
        "items_open": summed(process.open),
        "items_closed": summed(process.items_closed),
        "data_share": process.data_share + 0.0,
    }


def without_items(process: Process) -> dict[str, Array]:
    """Return the same of a twin, which never adopts any: name -> (H,)."""
    none, zero = np.full(process.treasury.shape, np.nan), np.zeros(process.treasury.shape)
    return {
        **dict.fromkeys(("delivered", "majority_delivered"), none),
        **dict.fromkeys(("load_adopted", "load_delivered", "items_open", "items_closed"), zero),
        "data_share": process.data_share + 0.0,
    }


def of_states(world: World, minutes: Minutes, memory: Memory) -> dict[str, Array]:
    """Return the measures of phase (iii) that tell of law, deals and joint acts.

    Parameters
    ----------
    world, minutes : at the end and of the quarter
    memory : this quarter included

    Returns
    -------
    name -> (H,)
    """
    apart = np.vecdot(spread(world.law, memory.states), memory.by_salience)
    moved = world.law - memory.law
    np.abs(moved, out=moved)
    years = memory.pair_quarters / 400.0
    return {
        "harmonisation": 1.0 - ratio(apart, np.vecdot(memory.spread_law, memory.by_salience)),
        "law_change": weighted(moved, memory.cells),
        "deals": memory.deals,
        "deals_per_100_pair_years": ratio(memory.deals, years),
        "joint_acts": memory.joint_acts,
        "joint_share": ratio(np.vecdot(memory.responding, minutes.crisis), summed(minutes.crisis)),
    }


def _median(done: Array, asked: Array) -> Array:
    """Return the median over states of done / asked, those left out of whom nothing is asked: (H,)."""
    share = np.where(asked > 0, done / np.where(asked > 0, asked, 1.0), np.inf)
    ordered = np.sort(share, axis=-1)
    number = np.sum(asked > 0, axis=-1)[:, None]
    low = np.take_along_axis(ordered, np.maximum(number - 1, 0) // 2, axis=-1)[:, 0]
    high = np.take_along_axis(ordered, np.minimum(number // 2, asked.shape[-1] - 1), axis=-1)[:, 0]
    none = number[:, 0] == 0
    return np.where(none, np.nan, 0.5 * (np.where(none, 0.0, low) + np.where(none, 0.0, high)))
