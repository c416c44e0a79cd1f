"""Phase (ii), consensus and convergence: how far apart positions lie, in private and on the record.

Issues that never had an hour are the *placebo*: what moves them too is not the talking.
"""

from __future__ import annotations

from math import inf
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.measures.memory import Memory
from rcpsim.measures.weighing import Measure, ratio, spread, summed, weighted
from rcpsim.theory.positions import national_line
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["CONSENSUS", "consensus"]

_TO_START = "1 as at the start"
_SD = "Standard deviation over founding states, weighted by the salience of issues and relative to the start"

CONSENSUS: Final = (
    Measure(
        "dispersion",
        "ii",
        "ratio",
        f"{_SD}, of national lines on issues that have had hours; {_TO_START}; null before any has.",
        0,
        inf,
    ),
    Measure("dispersion_stated", "ii", "ratio", "The same of stated lines.", 0, inf),
    Measure(
        "dispersion_placebo",
        "ii",
        "ratio",
        f"{_SD}, of national lines on issues that have never had hours; null if there is none.",
        0,
        inf,
    ),
    Measure(
        "gap_across",
        "ii",
        "ratio",
        "Mean distance of two national lines over pairs of founding states, weighted by how one-sided "
        f"migration between the two is and by the salience of treated issues, relative to the start; "
        f"{_TO_START}.",
        0,
        inf,
    ),
    Measure("gap_stated", "ii", "ratio", "The same of stated lines.", 0, inf),
    Measure("coherence", "ii", "share", "Mean agreement of ministries within founding states (P9).", 0, 1),
    Measure("ties", "ii", "share", "Mean working contact over all pairs of founding states.", 0, 1),
    Measure(
        "items_agreed", "ii", "count", "Plan items adopted so far, one for each issue at a time.", 0, inf
    ),
    Measure("definitions", "ii", "count", "Issues whose terms are agreed.", 0, inf),
    Measure("defined_share", "ii", "share", "Share of treated issues whose terms are agreed.", 0, 1),
    Measure("declarations", "ii", "count per quarter", "Declarations made this quarter.", 0, inf),
)


def consensus(
    world: World,
    process: Process,
    minutes: Minutes,
    setting: Setting,
    quarter: int,
    memory: Memory,
    beside: Memory,
) -> dict[str, Array]:
    """Return the measures of phase (ii).

    Parameters
    ----------
    world, process, minutes : at the end and of the quarter
    memory : this quarter included
    beside : the memory that says which issues have had hours

    Returns
    -------
    name -> (H,)
    """
    line = national_line(world.position, setting.ministry_weights)
    apart_line = spread(line, memory.states)
    apart_stated = spread(world.stated, memory.states)
    heard = memory.issues * beside.had_hours
    unheard = memory.issues * ~beside.had_hours
    across = setting.pair_weight[quarter] * memory.mutual
    flat = across.reshape(across.shape[0], -1)
    weights = np.ascontiguousarray(memory.by_salience[:, memory.columns])
    of_treated = np.ascontiguousarray(
        np.concatenate((line[..., memory.columns], world.stated[..., memory.columns]), axis=-1)
    )
    gap_line, gap_stated = np.split(_gap(of_treated, across), 2, axis=-1)
    defined = process.defined * memory.treated
    return {
        "dispersion": ratio(np.vecdot(apart_line, heard), np.vecdot(memory.spread_line, heard)),
        "dispersion_stated": ratio(np.vecdot(apart_stated, heard), np.vecdot(memory.spread_stated, heard)),
        "dispersion_placebo": ratio(np.vecdot(apart_line, unheard), np.vecdot(memory.spread_line, unheard)),
        "gap_across": ratio(np.vecdot(gap_line, weights), weighted(memory.gap_line, flat)),
        "gap_stated": ratio(np.vecdot(gap_stated, weights), weighted(memory.gap_stated, flat)),
        "coherence": weighted(minutes.coherence, memory.states),
        "ties": weighted(world.ties, memory.pairs),
        "items_agreed": summed(process.items_adopted),
        "definitions": summed(process.defined),
        "defined_share": summed(defined) / np.maximum(np.sum(memory.treated), 1.0),
        "declarations": minutes.declared + 0.0,
    }


def _gap(values: Array, weights: Array) -> Array:
    """Return the sum of distances over ordered pairs, by weight, for each column.

    States are laid against themselves, shifted by one place, by two and so on, without an array over pairs
    and issues.

    Parameters
    ----------
    values : (H, N, X)
    weights : (H or 1, N, N)

    Returns
    -------
    (H, X)
    """
    states = values.shape[1]
    here, shifts = np.arange(states), np.arange(1, states // 2 + 1)
    mutual = weights + np.swapaxes(weights, -1, -2)
    pairs = np.ascontiguousarray(mutual[:, here, (here + shifts[:, None]) % states])  # [h, shift, N]
    if states % 2 == 0:  # the pairs of the last shift are met from both of their sides
        pairs[:, -1] *= 0.5
    twice = np.concatenate((values, values), axis=1)
    total = np.zeros((values.shape[0], 1, values.shape[-1]))
    distance = np.empty_like(values)
    for place, shift in enumerate(shifts):
        np.subtract(values, twice[:, shift : shift + states], out=distance)
        np.abs(distance, out=distance)
        total += pairs[:, place : place + 1] @ distance
    return total[:, 0]
