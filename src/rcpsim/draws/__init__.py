r"""Chance: every random number of a run, looked up by name instead of drawn in turn.

An ordinary generator hands out numbers in the order in which they are asked for, so one question more or less
changes everything that comes after it. Here a number is a pure function of *what it is for*:

    u = noise(seed, history, quarter, purpose, id 1, id 2, ...)

The ids are hashes of ISO codes and other names, never positions in an array. So two runs that differ in a
rule, in the calendar, in the members or in the number of histories share their luck wherever the same thing
is asked, and a change that does nothing changes no bit. Each key gives one uniform; use it with a threshold
(``u < p``) or an inverse distribution function (:func:`normal`, :func:`exponential`), and never ask inside a
condition. Something fires in a quarter when its hazard, summed over the quarter, exceeds ``exponential(u)``.

The function is Philox 4x32-10 of :cite:`salmon2011`, evaluated on whole arrays. The page
``docs/theory/chance.md`` states every rule of this package, with numbers.

Examples
--------
>>> chance = Chance(seed=1, histories=np.arange(1000))
>>> states = name_ids(["CRI", "MEX", "USA"])
>>> chance.uniform(7984, "leak", states).shape                      # [H, N]
(1000, 3)
>>> chance.uniform(np.arange(7984, 8044), "deal", *pair_ids(states)).shape        # [H, Q, N, N]
(1000, 60, 3, 3)
"""

from __future__ import annotations

from rcpsim.draws.distributions import exponential, normal
from rcpsim.draws.keys import Chance, judged_uniform, noise, parameter_uniform
from rcpsim.draws.names import HashCollision, name_id, name_ids, pair_ids
from rcpsim.draws.philox import philox_4x32
from rcpsim.draws.purposes import PURPOSES, UnknownPurpose, purpose_number, purpose_numbers
from rcpsim.draws.remembered import Drawn, remembering

__all__ = [
    "PURPOSES",
    "Chance",
    "Drawn",
    "HashCollision",
    "UnknownPurpose",
    "exponential",
    "judged_uniform",
    "name_id",
    "name_ids",
    "noise",
    "normal",
    "pair_ids",
    "parameter_uniform",
    "philox_4x32",
    "purpose_number",
    "purpose_numbers",
    "remembering",
]
