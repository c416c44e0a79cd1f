"""From a scenario to arrays: everything that a run is given, resolved for a set of histories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rcpsim import data
from rcpsim.arrays import Array, IntArray
from rcpsim.axes import quarter_label
from rcpsim.draws import Chance, name_ids, normal
from rcpsim.errors import Fault, InputError
from rcpsim.parameter_sets import WAYS, ParameterTable
from rcpsim.parameter_sets import values_of as parameter_values
from rcpsim.profiles import Profiles, real_profiles, synthetic_profiles
from rcpsim.quarters import Theory
from rcpsim.scenario import Scenario, presence
from rcpsim.setting.calendars import calendar_of
from rcpsim.setting.designs import chairs, design_starts, designs, sponsor_share, treated_issues
from rcpsim.setting.founding import found, luck_of
from rcpsim.setting.judged import Judged
from rcpsim.setting.outside import outside_events
from rcpsim.theory import states
from rcpsim.world import Luck, Parameters, Process, Setting, World

__all__ = ["ParameterTable", "Run", "labels_of", "parameters_of", "prepare", "theory_of"]

_MINISTRY_WEIGHTS = np.array(states.MINISTRY_WEIGHTS)


@dataclass(frozen=True)
class Run:
    """A scenario ready to be played for some histories."""

    scenario: Scenario
    setting: Setting
    theory: Theory
    world: World
    process: Process
    luck: Callable[[int], Luck]
    profiles: Profiles


def theory_of(scenario: Scenario) -> Theory:
    """Return the theory that a scenario chooses: what it leaves out and what it replaces.

    A rule of consensus or an order of work that is documented or judged in the design counts as chosen.
    """
    forms: dict[str, str] = {}
    for name, dial in (("conclude", scenario.design.consensus), ("implement", scenario.design.order_of_work)):
        written = dial.value
        if isinstance(written, str):
            forms[name] = written
    return Theory(frozenset(scenario.theory.without), {**forms, **scenario.theory.replacing})


def parameters_of(
    scenario: Scenario, seed: int, draws: IntArray, how: str | ParameterTable = "default"
) -> dict[str, Array]:
    """Return the behavioural parameters of each history.

    What a scenario fixes is taken from there, whatever else is asked for.

    Parameters
    ----------
    draws : (H,) parameter draw of each history
    how : ``default``, ``prior`` (filtered), ``unfiltered``, ``plausible``, or a table, name -> (D,), whose
        row ``draws[h]`` history h takes; names that it lacks stay at their default
        (:mod:`rcpsim.parameter_sets`)

    Returns
    -------
    name -> (H,)

    Raises
    ------
    InputError
        for a name without a card, a value outside its card, a draw for which there is no row, or sets that
        were made with another theory
    """
    values = parameter_values(how, seed, draws)
    for key, value in scenario.theory.parameters.items():
        values[key.rsplit(".", 1)[-1]] = np.full(draws.shape, float(value))
    return values


def prepare(
    scenario: Scenario,
    *,
    seed: int,
    histories: Sequence[int] | IntArray,
    theory: Theory | None = None,
    parameters: str | ParameterTable = "default",
    draws: Sequence[int] | IntArray | None = None,
    judged: str = "draw",
    as_of: int | None = None,
) -> Run:
    """Resolve a scenario for a set of histories.

    Parameters
    ----------
    histories : absolute history numbers, in any order
    theory : overrides what the scenario chooses
    parameters : a word of :data:`rcpsim.parameter_sets.WAYS`, or a table (see :func:`parameters_of`)
    draws : parameter draw of each history; the history number where missing
    judged : ``draw``, ``central``, or ``blind``: drawn, and a value whose reason is itself an outcome of the
        process counts as unknown
    as_of : year of the latest document that may be read

    Raises
    ------
    InputError
        when ``parameters`` or ``judged`` is none of these
    """
    faults = []
    for field, value, allowed in (
        ("parameters", parameters, WAYS),
        ("judged", judged, ("draw", "central", "blind")),
    ):
        if isinstance(value, str) and value not in allowed:
            faults.append(Fault("options", field, f"is {value!r}", f"it must be {' or '.join(allowed)}"))
    if faults:
        raise InputError(faults)
    numbers = np.asarray(histories, dtype=np.int64)
    draw_numbers = numbers if draws is None else np.asarray(draws, dtype=np.int64)
    judge = Judged(seed, numbers, judged == "central", as_of, judged == "blind")
    par = Parameters(parameters_of(scenario, seed, draw_numbers, parameters))
    first, quarters = scenario.quarters.start, len(scenario.quarters)
    codes = scenario.states
    profiles = _profiles(scenario, first, quarters)
    chance = Chance(seed, numbers)
    ids = name_ids(codes)
    issues = data.issues()
    events = outside_events(scenario, judge, profiles, issues.ids)
    roles = [
        np.clip(role * events.flows, 0.0, 1.0)
        for role in (profiles.origin, profiles.transit, profiles.destination)
    ]
    salience = states.salience(roles[0], roles[1], roles[2], issues.salience_base, issues.salience)
    members = presence(
        scenario.members,
        scenario.quarters,
        lambda key: judge.luck(f"{key}"),
        numbers.size,
    )
    present = np.ascontiguousarray(members, dtype=np.float64)
    before = np.concatenate([present[:, :1], present[:, :-1]], axis=1)
    joined = present * (1.0 - before)
    gdp = profiles.gdp[None]
    ability = states.ability(gdp, present, par.m["ability_bound"])
    zeros = np.zeros((numbers.size, len(codes)))
    domestic = states.domestic_salience(salience[0])
    capacity0 = profiles.capacity[0]
    guarded = chance.uniform(first, "guardedness", ids)
    own = normal(chance.uniform(first, "interest", ids[:, None], name_ids(issues.ids)[None, :]))
    founded = np.argmax(present.sum(axis=-1) >= 2.0, axis=-1)  # the first quarter with two members
    founders = present[np.arange(present.shape[0]), founded]
    design = designs(scenario, judge, codes, issues.ids, first, quarters, salience[0], roles[2][0], founders)
    calendar = calendar_of(scenario, judge, first, quarters)
    highest = np.max(calendar.obligation * (calendar.planned.any(axis=1)), axis=-1)
    design = tuple(replace(one, obligation=highest) for one in design)
    starts = design_starts(scenario, first, quarters)
    design_of = tuple(int(np.searchsorted(starts, q, side="right")) - 1 for q in range(quarters))
    treated = treated_issues(scenario, issues.ids, quarters)
    chair, chaired = chairs(scenario, judge, codes, present, first, quarters)
    off = 1.0 - np.eye(len(codes))
    base: dict[str, Any] = {
        "codes": codes,
        "issues": issues.ids,
        "first_quarter": first,
        "quarters": quarters,
        "histories": numbers,
        "parameters": par,
        "designs": design,
        "design_of": design_of,
        "calendar": calendar,
        "present": present,
        "joined": joined,
        "ability": ability,
        "capacity": profiles.capacity,
        "stability": np.clip(profiles.stability + events.stability, 0.0, 1.0),
        "origin": roles[0],
        "transit": roles[1],
        "destination": roles[2],
        "interest_loading": issues.interest,
        "ministry_offset": issues.ministries,
        "ministry_weights": _MINISTRY_WEIGHTS,
        "idiosyncrasy": own,
        "salience": salience,
        "sensitivity": issues.sensitivity,
        "blame": issues.blame,
        "sovereignty": zeros
        + states.sovereignty(
            roles[0][0], roles[1][0], roles[2][0], par.v["sovereignty_base"], par.v["sovereignty_lean"]
        ),
        "exposure": zeros + states.leak_exposure(domestic, capacity0, par.v["exposure"]),
        "guardedness": states.uniform_quantile(guarded, np.array(0.0), np.array(1.0)),
        "flow_share": profiles.flow_share,
        "pair_weight": profiles.pair_weight,
        "bond": profiles.bond,
        "trust_prior": states.prior_trust(profiles.bond, par.m["trust_low"], par.m["trust_high"]) * off,
        "key_before": ids[None, :] < ids[:, None],
        "key_order": (ids[None, :] <= ids[:, None]).astype(np.float64),
        "treated": treated,
        "chair": chair,
        "chaired": chaired,
        "sponsor_share": sponsor_share(scenario, judge, first, quarters),
        "overlap": events.overlap,
        "event_salience": events.salience,
        "event_capacity": events.capacity,
        "event_incentive": events.incentive,
        "event_crisis": events.crisis,
        "seed": seed,
        "draws": draw_numbers,
        "off": off,
    }
    world, process, founding = found(base, par, chance, ids, numbers)
    setting = Setting(**{**base, **founding})
    return Run(
        scenario=scenario,
        setting=setting,
        theory=theory or theory_of(scenario),
        world=world,
        process=process,
        luck=luck_of(chance, ids, name_ids(issues.ids), setting, par),
        profiles=profiles,
    )


def _profiles(scenario: Scenario, first: int, quarters: int) -> Profiles:
    chosen = {key.rsplit(".", 1)[-1]: float(value) for key, value in scenario.theory.parameters.items()}
    if scenario.members.count is None:
        return real_profiles(scenario.states, first, quarters, chosen)
    spread = scenario.members.polarisation.central
    return synthetic_profiles(
        scenario.members.count,
        quarters,
        float(1.0 if spread is None else spread),
        chosen,
        scenario.members.without,
    )


def labels_of(setting: Setting) -> tuple[str, ...]:
    """Return the labels of all quarters of a run, such as 1996-Q1."""
    return tuple(quarter_label(setting.first_quarter + quarter) for quarter in range(setting.quarters))
