"""Where a lesson fails: the region of coefficients and of contexts, in a sentence a practitioner can read.

The rows are draws: once in the first two years of the process and once in the last two, so that its age can
be a bound. The features are the coefficients that were drawn, and of the base scenario how many states it
has, how far their interests lie apart and how able they are. Regions are found and held out by
`rcpsim.analysis`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from rcpsim.analysis import Limit, Search, search
from rcpsim.arrays import Array, IntArray
from rcpsim.cards import all_cards
from rcpsim.lessons.records import Lesson
from rcpsim.lessons.results import LessonResult
from rcpsim.parameter_sets import values_of
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare

__all__ = ["NEEDED", "Where", "features_of", "where_it_fails"]

NEEDED: Final = "regions need scikit-learn and ema_workbench: python -m pip install 'rcpsim[analysis]'"

_SAID: Final = {
    "polarisation": (
        "the interests of states lie near each other",
        "the interests of states lie far apart",
        "the interests of states lie neither near nor far apart",
    ),
    "capacity": (
        "administrations are weak",
        "administrations are strong",
        "administrations are neither weak nor strong",
    ),
}
"""What a context is called where it is low, high, or between."""
_CONTEXT: Final = ("states", "polarisation", "capacity", "age")
_TELLING: Final = 3
"""Bounds that are told in the sentence; the others are counted."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a lesson fails, or, where it mostly fails, where it holds.

    Attributes
    ----------
    failing : whether the region is that in which it fails
    search : what was looked for and found; None where the extra is missing
    sentence : in words
    """

    failing: bool
    search: Search | None
    sentence: str


def where_it_fails(result: LessonResult) -> Where:
    """Return in which region of coefficients and contexts a lesson does not hold, or why none can be told."""
    features, way, draws = features_of(result)
    failing = bool(np.mean(way > 0.0) >= 0.5) if way.size else True
    happens = np.asarray(way <= 0.0 if failing else way > 0.0)
    try:
        found = search(features, happens, draws)
    except ImportError:
        return Where(failing, None, f"Not looked for: {NEEDED}.")
    return Where(failing, found, _sentence(found, failing=failing))


def features_of(result: LessonResult) -> tuple[dict[str, Array], Array, IntArray]:
    """Return the features of each row (R,), which way it goes (R,), and its draw (R,)."""
    lesson, plan = result.lesson, result.plan
    drawn = values_of(plan.parameters, plan.seed, result.draws)
    fixed = {key.rsplit(".", 1)[-1] for design in lesson.designs for key in design.settings}
    context = [_context(lesson, place) for place in range(len(lesson.bases))]
    rows: dict[str, list[Array]] = {}
    ways: list[Array] = []
    draws: list[IntArray] = []
    ages = {"early": 1.0, "late": float(lesson.years[1] - lesson.years[0])}
    sign = lesson.primary.sign
    for part, effects in result.ages.items():
        way = effects.way(sign)
        known = ~np.isnan(way)
        ways.append(way[known])
        draws.append(result.draws[known])
        for name, values in drawn.items():
            if name not in fixed:
                rows.setdefault(name, []).append(values[known])
        for name in ("states", "polarisation", "capacity"):
            of_base = np.array([one[name] for one in context])
            rows.setdefault(name, []).append(of_base[result.base[known]])
        rows.setdefault("age", []).append(np.full(int(known.sum()), ages[part]))
    features = {name: np.concatenate(parts) for name, parts in rows.items()}
    return features, np.concatenate(ways), np.concatenate(draws)


@cache
def _base(name: str, years: tuple[int, int]) -> dict[str, float]:
    scenario = load_scenario(name, {"years": list(years)})
    setting = prepare(scenario, seed=1, histories=[0], judged="central").setting
    spread = scenario.members.polarisation.value
    return {
        "states": float(len(scenario.states)),
        "polarisation": float(spread) if isinstance(spread, int | float) else 1.0,
        "capacity": float(np.mean(setting.capacity)),
    }


def _context(lesson: Lesson, place: int) -> dict[str, float]:
    return _base(lesson.bases[place], lesson.years)


def _sentence(found: Search, *, failing: bool) -> str:
    verb = "fail" if failing else "hold"
    if found.region is None:
        return f"No region in which it {verb}s can be told: {found.refusal}."
    region = found.region
    told = [_told(limit) for limit in sorted(region.limits, key=lambda one: one.feature not in _CONTEXT)]
    more = len(told) - _TELLING
    told = told[:_TELLING]
    bounds = " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]
    rest = f" ({more} more bound{'s'[: more != 1]} left out)" if more > 0 else ""
    return (
        f"It mostly {verb}s {bounds}{rest}. There it {verb}s in {region.density:.0%} of the draws, against "
        f"{found.chance:.0%} of all; in draws that the region was not found in, {found.held_density:.0%}."
    )


def _told(limit: Limit) -> str:
    """Return a bound as a practitioner would say it, with the number behind it."""
    below, above = np.isinf(limit.low), np.isinf(limit.high)
    low, high = f"{limit.low:.2g}", f"{limit.high:.2g}"
    if limit.feature == "age":
        return "in its first two years" if below else "late in its life"
    if limit.feature == "states":
        states = (f"{value:.0f}" for value in (limit.low, limit.high))
        fewest, most = states
        if below:
            return f"among {most} states or fewer"
        if above:
            return f"among {fewest} states or more"
        return f"among {fewest} states" if fewest == most else f"among {fewest} to {most} states"
    size = f"at most {high}" if below else f"{low} or more" if above else f"{low} to {high}"
    where = 0 if below else 1 if above else 2
    if limit.feature in _SAID:
        return f"where {_SAID[limit.feature][where]} ({limit.feature} {size})"
    card = all_cards()[limit.feature]
    meaning = re.sub(r" *\([A-Z]+\d+[a-z]?\)$", "", card.meaning)
    word = ("low", "high", "neither low nor high")[where]
    return f'where "{meaning}" is {word} ({limit.feature} {size})'
