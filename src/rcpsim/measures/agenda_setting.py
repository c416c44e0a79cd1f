"""Phase (i), agenda setting and issue definition: who trusts whom, talks openly and means the same.

Trust is told three ways. *All pairs* is the plain mean. *Met* weighs a pair by the candid hours it shared in
the last four quarters, so that a large process whose states meet in groups is not told by pairs that never
talk. *Across* weighs pairs by how far migration between them runs one way, from origin to destination. Each
has its evidence mass beside it, the part of the judgement that does not rest on what was believed at first.
"""

from __future__ import annotations

from math import inf
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.measures.memory import Memory, last_year, members
from rcpsim.measures.weighing import Measure, ratio, summed, weighted
from rcpsim.theory.language import common_language_index
from rcpsim.theory.trust import trust
from rcpsim.world import Setting, World

__all__ = ["AGENDA_SETTING", "agenda_setting"]

_ALL = "over all pairs of founding states"
_MET = (
    "over pairs of founding states, weighted by the candid hours they shared in the last four quarters; null \
if none did"
)
_ACROSS = "over pairs of founding states, weighted by how one-sided migration between the two is; null if it \
nowhere is"
_MASS = "Mean evidence mass (kept + broken)/(kept + broken + prior weight)"

AGENDA_SETTING: Final = (
    Measure("trust_all", "i", "share", f"Mean trust (T1) {_ALL}.", 0, 1),
    Measure(
        "trust_all_participants", "i", "share", "Mean trust (T1) over all pairs of present members.", 0, 1
    ),
    Measure("trust_met", "i", "share", f"Mean trust (T1) {_MET}.", 0, 1),
    Measure("trust_across", "i", "share", f"Mean trust (T1) {_ACROSS}.", 0, 1),
    Measure("trust_evidence", "i", "share", f"{_MASS} {_ALL}: 0 where trust only repeats its prior.", 0, 1),
    Measure("trust_met_evidence", "i", "share", f"{_MASS} {_MET}.", 0, 1),
    Measure("trust_across_evidence", "i", "share", f"{_MASS} {_ACROSS}.", 0, 1),
    Measure(
        "trust_calibration",
        "i",
        "share",
        f"1 less the mean distance between trust of i in j and the discretion of j's officials, {_ALL}.",
        0,
        1,
    ),
    Measure(
        "candour",
        "i",
        "share",
        "Candid person-hours over all person-hours heard this quarter; null without any.",
        0,
        1,
    ),
    Measure("candour_year", "i", "share", "The same over the last four quarters.", 0, 1),
    Measure(
        "leaks",
        "i",
        "count per quarter",
        "Confidences of one member passed on by another this quarter.",
        0,
        inf,
    ),
    Measure(
        "leaks_per_100h",
        "i",
        "count per 100 person-hours",
        "Leaks per 100 candid person-hours, both over the last four quarters; null without any such hours.",
        0,
        inf,
    ),
    Measure(
        "understanding", "i", "share", "Mean understanding of founding states on the treated issues.", 0, 1
    ),
    Measure(
        "common_language",
        "i",
        "index",
        "(P - 1/V)/(1 - 1/V), P the chance that two founding states use the same of V terms, averaged over "
        "the treated issues: 0 chance, 1 one term.",
        -0.5,
        1,
    ),
    Measure("empathy", "i", "share", f"Mean empathy, how well i knows what j needs, {_ALL}.", 0, 1),
)


def agenda_setting(
    world: World, setting: Setting, quarter: int, memory: Memory, beside: Memory
) -> dict[str, Array]:
    """Return the measures of phase (i).

    Parameters
    ----------
    world : at the end of the quarter
    memory : this quarter included
    beside : the memory whose candid hours say which pairs met

    Returns
    -------
    name -> (H,)
    """
    weight = setting.parameters.m["prior_weight"]
    believed = trust(world.kept, world.broken, setting.trust_prior, weight)
    mass = world.kept + world.broken
    mass = np.divide(mass, mass + weight, out=mass)
    present = members(setting, quarter)
    among = _flat(setting.off * present[:, :, None] * present[:, None, :])
    met, met_total = beside.met, beside.met_total
    across = _flat(setting.pair_weight[quarter] * memory.mutual)
    across_total = summed(across)
    everybody = memory.pairs
    candid_year = last_year(memory.candid_hours)
    off_by = believed - world.discretion[:, None, :]
    np.abs(off_by, out=off_by)
    return {
        "trust_all": weighted(believed, everybody),
        "trust_all_participants": ratio(weighted(believed, among), summed(among)),
        "trust_met": ratio(weighted(believed, met), met_total),
        "trust_across": ratio(weighted(believed, across), across_total),
        "trust_evidence": weighted(mass, everybody),
        "trust_met_evidence": ratio(weighted(mass, met), met_total),
        "trust_across_evidence": ratio(weighted(mass, across), across_total),
        "trust_calibration": 1.0 - weighted(off_by, everybody),
        "candour": ratio(memory.candid_hours[-1], memory.heard[-1]),
        "candour_year": ratio(candid_year, last_year(memory.heard)),
        "leaks": memory.leaks[-1],
        "leaks_per_100h": ratio(100.0 * last_year(memory.leaks), candid_year),
        "understanding": weighted(world.understanding, memory.cells),
        "common_language": common_language_index(_same_term(world.usage, memory)),
        "empathy": weighted(world.empathy, everybody),
    }


def _flat(pairs: Array) -> Array:
    return pairs.reshape(pairs.shape[0], -1)


def _same_term(usage: Array, memory: Memory) -> Array:
    """Return the chance that two founding states use the same term, averaged over treated issues: (H,).

    The mean over treated issues of `rcpsim.theory.language.common_language`. What pairs share is what all
    share less what each shares with itself, so no pairs are formed.
    """
    histories, states, issues, terms = usage.shape
    flat = usage.reshape(histories, states, issues * terms)
    treated = np.repeat(memory.treated, terms)
    together = (memory.founding[:, None, :] @ flat)[:, 0]
    heads = summed(memory.founding)
    pairs = heads * (heads - 1.0) * np.sum(memory.treated)
    return ratio(np.vecdot(together * together, treated) - weighted(flat * flat, memory.terms), pairs)
