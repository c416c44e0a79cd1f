"""What is played in a fit: which processes, to which year, and what is read off each history.

All processes are played together with one and the same set of parameters, one history each: a set that suits
one process and not the others is no set of this model. A history has the number of its set, so that every set
meets luck of its own, and judged values are drawn with it. No later document is read than the year as of
which is fitted, and no process is played beyond that year (or the end of a dating error that begins before
it).

Only histories that lived long enough to be described count, for nobody describes the others. Where a
process died too early for one of its strong patterns to be told, or for a strong comparison that names it, it
is played again with other luck, up to four times in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.errors import UnknownName
from rcpsim.patterns import ACROSS, Pattern, described, list_patterned, load_patterns, observe
from rcpsim.patterns.records import SEVERAL
from rcpsim.results import Results
from rcpsim.scenario import Scenario, list_scenarios, load_scenario
from rcpsim.simulation import simulate

__all__ = ["Block", "Plan", "plan_of", "play_block"]

LEAST_PROCESSES: Final = 8
TRIALS: Final = 4
"""So many histories are played at most until a process lives long enough to be described."""

_NEXT_LUCK: Final = 100_000_000
"""The history number of a further trial is that of the one before and this."""

_TWIN: Final = ("adds", "phases", "rank")
"""Forms of patterns that look at the world without the process."""


@dataclass(frozen=True)
class Plan:
    """What is played and looked at.

    Attributes
    ----------
    as_of : year of the latest document
    processes : their ids, sorted
    years : first and last year of each
    twins : of each, whether a pattern needs the world without it
    patterns : all that are looked at, by process and id
    aside : names of strong patterns that no set is held against
    """

    as_of: int
    processes: tuple[str, ...]
    years: tuple[tuple[int, int], ...]
    twins: tuple[bool, ...]
    patterns: tuple[Pattern, ...]
    aside: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """What the plan is made again from elsewhere."""
        return self.as_of, self.processes, self.aside

    @property
    def strong(self) -> tuple[Pattern, ...]:
        """The patterns that a set must not miss."""
        return tuple(pattern for pattern in self.patterns if pattern.strong)

    def scenario(self, place: int) -> Scenario:
        """Return a process cut to the years that are looked at."""
        return load_scenario(self.processes[place], {"years": list(self.years[place])})


@dataclass(frozen=True, eq=False)
class Block:
    """Some histories of all processes, each with a set of parameters.

    Attributes
    ----------
    part : name under which it is kept
    plan : as of which year, which processes, and which patterns are set aside
    seed : of the fit
    numbers : (B,) history numbers
    rows : (B,) which row of the table each history takes
    table : name of a card -> (sets,)
    """

    part: str
    plan: tuple[int, tuple[str, ...], tuple[str, ...]]
    seed: int
    numbers: IntArray
    rows: IntArray
    table: dict[str, Array]


@cache
def plan_of(
    as_of: int,
    processes: tuple[str, ...] | None = None,
    aside: tuple[str, ...] = (),
    *,
    few: bool = False,
) -> Plan:
    """Return what is played in a fit as of a year.

    A process takes part when a pattern of its own is known by then, and is of then or before. A pattern
    across processes is looked at when all processes that it names take part; one that names none looks at
    all of them.

    Parameters
    ----------
    processes : those and no others
    aside : names of strong patterns that no set is held against, as if they were weak
    few : those with a strong pattern, and of the others those that cost least to play, eight at least
    """
    there = [name for name in list_patterned() if name in list_scenarios()]
    chosen = [name for name in there if processes is None or name in processes]
    known = {name: tuple(one for one in load_patterns([name]) if _told_by(one, as_of)) for name in chosen}
    chosen = [name for name in chosen if known[name]]
    if few:
        weak = {name: not any(pattern.strong for pattern in known[name]) for name in chosen}
        chosen = sorted(chosen, key=lambda name: (weak[name], _cost(name, as_of)))
        chosen = sorted(chosen[: max(LEAST_PROCESSES, len(chosen) - sum(weak.values()))])
    across = [
        one
        for one in load_patterns()
        if one.process == ACROSS and _told_by(one, as_of) and set(one.processes) <= set(chosen)
    ]
    written = (*(one for name in chosen for one in known[name]), *across)
    patterns = tuple(replace(one, strong=one.strong and one.name not in aside) for one in written)
    strong = [one.name for one in written if one.strong]
    unknown = [name for name in dict.fromkeys(aside) if name not in strong]
    if unknown:
        errors = [UnknownName.of("strong pattern", name, strong) for name in unknown]
        raise UnknownName([fault for error in errors for fault in error.faults])
    years, twins = [], []
    for name in chosen:
        own = [one for one in patterns if not one.processes or name in one.processes]
        scenario = load_scenario(name)
        last = max([as_of, *(_last(one) // 4 for one in own if one.process == name)])
        years.append((scenario.years[0], min(last, scenario.years[1])))
        twins.append(any(one.form in _TWIN for one in own))
    return Plan(as_of, tuple(chosen), tuple(years), tuple(twins), patterns, aside)


def play_block(block: Block) -> tuple[tuple[str, ...], Array]:
    """Return the names of the patterns and what each history came to, (B, patterns), nan where untold."""
    plan = plan_of(*block.plan)
    results = {name: _described(block, plan, place) for place, name in enumerate(plan.processes)}
    seen = np.full((block.numbers.size, len(plan.patterns)), np.nan)
    for place, pattern in enumerate(plan.patterns):
        seen[:, place] = observe(pattern, _needed(pattern, results))
    return tuple(pattern.name for pattern in plan.patterns), seen


def _described(block: Block, plan: Plan, place: int) -> Results:
    """Return a process in all histories of a block, each with the first luck that lets it be described."""
    scenario, name = plan.scenario(place), plan.processes[place]
    wanted = [one for one in plan.strong if name in one.processes]

    def played(rows: IntArray, trial: int) -> Results:
        return simulate(
            scenario,
            histories=(block.numbers[rows] + trial * _NEXT_LUCK).tolist(),
            draws=block.rows[rows].tolist(),
            seed=block.seed,
            parameters=block.table,
            as_of=plan.as_of,
            judged="blind",
            twin=plan.twins[place],
        )

    def untold(results: Results) -> IntArray:
        told = [
            described(one, results) if one.form in SEVERAL else np.isfinite(observe(one, results))
            for one in wanted
        ]
        return np.flatnonzero(~np.all(told, axis=0)) if told else np.zeros(0, dtype=np.int64)

    whole = played(np.arange(block.numbers.size), 0)
    rows = untold(whole)
    for trial in range(1, TRIALS):
        if rows.size == 0:
            break
        again = played(rows, trial)
        for kept, found in ((whole.measures, again.measures), (whole.twin or {}, again.twin or {})):
            for measure, values in found.items():
                kept[measure][rows] = values
        rows = rows[untold(again)]
    return whole


def _needed(pattern: Pattern, results: Mapping[str, Results]) -> Results | Mapping[str, Results]:
    return results if pattern.process == ACROSS else results[pattern.process]


def _told_by(pattern: Pattern, as_of: int) -> bool:
    """Return whether documents of a year or before tell that it happened, and not that it was to happen."""
    first = pattern.span[0] if pattern.quarter is None else pattern.quarter
    return pattern.known <= as_of and first // 4 <= as_of


def _last(pattern: Pattern) -> int:
    """Return the last absolute quarter that a pattern looks at."""
    return pattern.span[1] if pattern.quarter is None else pattern.quarter


def _cost(name: str, as_of: int) -> float:
    """Return what a history costs, roughly: pairs of states times years."""
    scenario = load_scenario(name)
    return float(len(scenario.states) ** 2 * max(as_of - scenario.years[0] + 1, 1))
