"""The plausibility filter: draws under which the model is no model of anything are set aside.

A draw of the parameters fails when, over 100 histories of ``small-process`` (ten states, twenty years),

- the process is alive after 20 quarters in fewer than 40 % (it *dies early*), or after 80 quarters in more
  than 99 % (it *never ends*), or
- the same world without a process moves within 20 quarters, on average over histories, by more than .1 in law
  (mean distance from founding law) or by more than .05 in trust (change of mean trust, whichever way).

Nothing of a lesson and nothing of the record is looked at. The rule is decided as cheaply as it can be
without deciding otherwise: first 20 quarters of all histories with their twins, which settles three of the
four questions; then, of draws that are left, 80 quarters of a few histories at a time until more than 1 %
of the hundred are known not to be alive, which nothing later can undo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.parameter_sets import ParameterTable
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import simulate
from rcpsim.theory.trust import trust

__all__ = ["HISTORIES", "VERDICTS", "Tried", "try_sets"]

SCENARIO: Final = "small-process"
HISTORIES: Final = 100
EARLY: Final = 20
LATE: Final = 80
"""Quarters after which the process is looked at."""
LEAST_ALIVE_EARLY: Final = 0.40
MOST_ALIVE_LATE: Final = 0.99
MOST_LAW: Final = 0.1
MOST_TRUST: Final = 0.05

VERDICTS: Final = ("passes", "dies early", "never ends", "twin moves law", "twin moves trust")
"""What the filter says of a draw; of several faults the first in this order is told."""

_STEPS: Final = (5, 20, 100)
"""So many histories of 80 quarters are played, step by step, while the last question is open."""
_AT_ONCE: Final = 1000
"""Histories in one call; it changes no bit."""


@dataclass(frozen=True, eq=False)
class Tried:
    """What the filter found of some parameter sets.

    Attributes
    ----------
    alive_early : (D,) share of histories alive after 20 quarters
    ended_late : (D,) histories among `played_late` that are not alive after 80 quarters
    played_late : (D,) histories played to 80 quarters; 0 where the draw had failed by then
    twin_law, twin_trust : (D,) mean movement of the twin in 20 quarters
    """

    alive_early: Array
    ended_late: IntArray
    played_late: IntArray
    twin_law: Array
    twin_trust: Array

    @property
    def verdicts(self) -> tuple[str, ...]:
        """One of :data:`VERDICTS` for each set."""
        never = (self.played_late > 0) & (self.ended_late <= _most_ended_that_fail())
        failing: list[tuple[BoolArray, str]] = [
            (self.alive_early < LEAST_ALIVE_EARLY, "dies early"),
            (never, "never ends"),
            (self.twin_law > MOST_LAW, "twin moves law"),
            (self.twin_trust > MOST_TRUST, "twin moves trust"),
        ]
        said = np.full(self.alive_early.shape, VERDICTS[0], dtype=object)
        for fails, word in reversed(failing):
            said[fails] = word
        return tuple(said)

    @property
    def passes(self) -> BoolArray:
        """Whether each set passes, (D,)."""
        return np.array([verdict == VERDICTS[0] for verdict in self.verdicts], dtype=np.bool_)


def try_sets(
    table: Mapping[str, Array], seed: int = 1, *, tell: Callable[[int], None] | None = None
) -> Tried:
    """Return what the filter says of parameter sets.

    Parameters
    ----------
    table : name of a card -> (D,)
    seed : of the luck; every set has the same hundred histories
    tell : called with the number of sets that are decided, now and then

    Examples
    --------
    >>> from rcpsim.parameter_sets import unfiltered
    >>> try_sets(unfiltered(1, [0, 1])).alive_early.shape
    (2,)
    """
    sets = next(iter(table.values())).size
    step = max(_AT_ONCE // HISTORIES, 1)
    early = _short()
    whole = load_scenario(SCENARIO)
    parts = []
    for start in range(0, sets, step):
        places = np.arange(start, min(start + step, sets), dtype=np.int64)
        parts.append(_try_some(early, whole, table, places, seed))
        if tell is not None:
            tell(int(places[-1]) + 1)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Tried(columns[0], columns[1].astype(np.int64), columns[2].astype(np.int64), columns[3], columns[4])


def _try_some(
    early: Scenario, whole: Scenario, table: ParameterTable, places: IntArray, seed: int
) -> tuple[Array, Array, Array, Array, Array]:
    alive, law, movement = _first_quarters(early, table, places, seed)
    left = (alive >= LEAST_ALIVE_EARLY) & (law <= MOST_LAW) & (movement <= MOST_TRUST)
    ended, played = np.zeros(places.size), np.zeros(places.size)
    open_ = left.copy()
    for upto in _STEPS:
        (rows,) = np.nonzero(open_)
        if rows.size == 0:
            break
        first = int(played[rows[0]])  # the same for all that are open
        numbers = np.arange(first, upto)
        found = simulate(
            whole,
            histories=_crossed(numbers, rows.size),
            draws=np.repeat(places[rows], numbers.size).tolist(),
            seed=seed,
            parameters=table,
            twin=False,
        )
        gone = found.measures["alive"][:, LATE - 1] == 0.0
        ended[rows] += gone.reshape(rows.size, numbers.size).sum(axis=1)
        played[rows] = upto
        open_ &= ended <= _most_ended_that_fail()
    return alive, ended, played, law, movement


def _first_quarters(
    early: Scenario, table: ParameterTable, places: IntArray, seed: int
) -> tuple[Array, Array, Array]:
    """Return the share alive after 20 quarters, and how far law and trust of the twin have moved by then."""
    numbers = _crossed(np.arange(HISTORIES), places.size)
    draws = np.repeat(places, HISTORIES).tolist()
    found = simulate(early, histories=numbers, draws=draws, seed=seed, parameters=table, twin=True)
    twin = found.twin
    assert twin is not None
    by_set = (places.size, HISTORIES)
    moved = np.abs(twin["trust_all"][:, EARLY - 1] - _founding_trust(early, table, numbers, draws, seed))
    return (
        found.measures["alive"][:, EARLY - 1].reshape(by_set).mean(axis=1),
        twin["law_change"][:, EARLY - 1].reshape(by_set).mean(axis=1),
        moved.reshape(by_set).mean(axis=1),
    )


def _founding_trust(
    early: Scenario, table: ParameterTable, numbers: Sequence[int], draws: Sequence[int], seed: int
) -> Array:
    """Return mean trust over all pairs before the first quarter, (H,)."""
    run = prepare(early, seed=seed, histories=numbers, parameters=table, draws=draws)
    weight = run.setting.parameters.m["prior_weight"]
    belief = trust(run.world.kept, run.world.broken, run.setting.trust_prior, weight)
    return np.asarray(np.sum(belief * run.setting.off, axis=(-2, -1)) / np.sum(run.setting.off))


def _short() -> Scenario:
    """Return the scenario cut to its first 20 quarters; years to come change nothing before them."""
    whole = load_scenario(SCENARIO)
    return load_scenario(SCENARIO, {"years": [whole.years[0], whole.years[0] + EARLY // 4 - 1]})


def _crossed(numbers: IntArray, sets: int) -> list[int]:
    """Return the history numbers once for each set."""
    listed: list[int] = np.tile(numbers, sets).tolist()
    return listed


def _most_ended_that_fail() -> int:
    """Return how many of the hundred may be gone when more than 99 % are still alive: none."""
    return int(np.ceil((1.0 - MOST_ALIVE_LATE) * HISTORIES - 1e-9)) - 1
