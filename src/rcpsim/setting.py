"""From a scenario to arrays: everything that a run is given, resolved for a set of histories.

What a scenario documents is taken as it stands; what is judged, given as a range or unknown is drawn once for
each history with ``noise(seed, history, "judged", key)``, so that it is the same in every design. Chance of
the run itself is drawn for all quarters at once and handed to the story quarter by quarter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rcpsim import data
from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.axes import MEETING_KINDS, MINISTRIES, OBLIGATION, TEXTS, quarter_label
from rcpsim.cards import all_cards, default_parameters, draw_value
from rcpsim.draws import Chance, judged_uniform, name_ids, normal, pair_ids, parameter_uniform
from rcpsim.errors import Fault, InputError
from rcpsim.profiles import Profiles, real_profiles, synthetic_profiles
from rcpsim.quarters import Theory
from rcpsim.scenario import (
    Dial,
    DialCard,
    Groups,
    Meeting,
    Periods,
    Scenario,
    Value,
    dial_card,
    judged_spread,
    meeting_card,
    values_of,
)
from rcpsim.theory import environment, language, learning, lifecycle, policy, positions, states, trust
from rcpsim.world import Calendar, Design, Luck, Parameters, Process, Setting, World

__all__ = ["Judged", "Run", "parameters_of", "prepare"]

HOURS_A_DAY: Final = 6.0
_MINISTRY_WEIGHTS: Final = np.array(states.MINISTRY_WEIGHTS)
_TEXT_OF_FORM: Final = (  # form -> text of (workshop, working-group, senior, ministerial); formats, crosswalk
    (0.125, ("none", "none", "none", "none")),
    (0.375, ("none", "none", "none", "declaration")),
    (0.625, ("none", "none", "recommendations", "recommendations")),
    (0.875, ("none", "none", "recommendations", "declaration")),
    (math.inf, ("none", "none", "recommendations", "binding")),
)
_REPORTING_FROM_FORM: Final = 0.5


@dataclass(frozen=True)
class Judged:
    """How judged and unknown values are resolved.

    Attributes
    ----------
    seed : of the run
    histories : (H,) absolute history numbers
    central : take the value written (the middle of a range, of the card's range where unknown)
    as_of : values that rest on later documents count as unknown; None for no limit
    """

    seed: int
    histories: IntArray
    central: bool = False
    as_of: int | None = None

    def number(self, value: Value, card: DialCard, key: str) -> Array:
        """Return one number for each history, or a single one where nothing is drawn.

        Returns
        -------
        (H,) or (1,)
        """
        value = self._known(value, card)
        low, high = card.drawn or (0.0, 1.0)
        if value.kind == "range":
            low, high = float(value.low or 0.0), float(value.high or 0.0)
        if value.kind == "documented":
            return np.array([float(value.value)])  # type: ignore[arg-type]
        if self.central:
            middle = value.value if value.kind == "judged" else 0.5 * (low + high)
            drawn = np.array([float(middle)])  # type: ignore[arg-type]
        else:
            luck = judged_uniform(self.seed, self.histories, key)
            if value.kind == "judged":
                bottom, top = float(card.low or 0.0), float(1.0 if card.high is None else card.high)
                spread = judged_spread().sd[value.confidence or "low"] * (top - bottom)
                drawn = _truncated_normal(luck, float(value.value), spread, bottom, top)  # type: ignore[arg-type]
            elif card.whole:
                drawn = np.floor(low + (high - low + 1.0) * luck)
            else:
                drawn = low + (high - low) * luck
        return np.round(drawn) if card.whole else drawn

    def choice(self, value: Value, card: DialCard, key: str) -> list[Any]:
        """Return one option for each history, or a single one where nothing is drawn."""
        value = self._known(value, card)
        if value.kind == "documented":
            return [value.value]
        options = list(card.options)
        weights = np.full(len(options), 1.0 / len(options))
        if value.kind == "judged":
            if self.central:
                return [value.value]
            sure = judged_spread().weight[value.confidence or "low"]
            weights = np.full(len(options), (1.0 - sure) / max(len(options) - 1, 1))
            weights[options.index(value.value)] = sure  # type: ignore[arg-type]
        elif self.central:
            return [card.absent.value if card.absent.kind == "documented" else options[0]]
        luck = judged_uniform(self.seed, self.histories, key)
        picks = np.searchsorted(np.cumsum(weights)[:-1], luck, side="right")
        return [options[pick] for pick in picks]

    def flag(self, value: Value, card: DialCard, key: str, yes: Callable[[Any], bool] = bool) -> Array:
        """Return 1 where a choice is as wanted, else 0: (H,) or (1,)."""
        return np.array([1.0 if yes(option) else 0.0 for option in self.choice(value, card, key)])

    def normal_about(self, mean: float, sd: float, key: str) -> Array:
        """Return a number about a mean, cut to 0..1: (H,) or (1,)."""
        if self.central:
            return np.array([mean])
        return _truncated_normal(judged_uniform(self.seed, self.histories, key), mean, sd, 0.0, 1.0)

    def uniform(self, low: float, high: float, key: str) -> Array:
        """Return an even draw: (H,) or (1,)."""
        if self.central or low == high:
            return np.array([0.5 * (low + high)])
        return low + (high - low) * judged_uniform(self.seed, self.histories, key)

    def quarter(self, low: int, high: int, key: str) -> IntArray:
        """Return an absolute quarter within a window, both ends included: (H,) or (1,)."""
        if low == high or self.central:
            return np.array([(low + high) // 2])
        luck = judged_uniform(self.seed, self.histories, key)
        return np.floor(low + (high - low + 1) * luck).astype(np.int64)

    def _known(self, value: Value, card: DialCard) -> Value:
        if self.as_of is not None and value.kind != "unknown" and not value.known_in(self.as_of):
            value = Value("unknown")
        if value.kind == "unknown" and card.absent.kind == "documented" and card.drawn is None and not card.options:
            return card.absent
        return value


def _truncated_normal(luck: Array, mean: float, sd: float, low: float, high: float) -> Array:
    from scipy.special import ndtr

    bottom, top = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return np.clip(mean + sd * normal(bottom + (top - bottom) * luck), low, high)


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
        written = values_of(dial)[-1].value
        if isinstance(written, str):
            forms[name] = written
    return Theory(frozenset(scenario.theory.without), {**forms, **scenario.theory.replacing})


def parameters_of(
    scenario: Scenario, seed: int, draws: IntArray, how: str = "default"
) -> dict[str, Array]:
    """Return the behavioural parameters of each history.

    Parameters
    ----------
    draws : (H,) parameter draw of each history
    how : ``default`` (the middle of every prior) or ``prior`` (drawn by (draw, name))

    Returns
    -------
    name -> (H,)
    """
    cards = all_cards()
    chosen = {key.rsplit(".", 1)[-1]: value for key, value in scenario.theory.parameters.items()}
    values: dict[str, Array] = {}
    for name, middle in default_parameters().items():
        if name in chosen:
            values[name] = np.full(draws.shape, float(chosen[name]))
        elif how == "prior" and cards[name].prior.dist != "fixed":
            values[name] = np.asarray(draw_value(cards[name], parameter_uniform(seed, draws, name)))
        else:
            values[name] = np.full(draws.shape, middle)
    return values


def prepare(
    scenario: Scenario,
    *,
    seed: int,
    histories: Sequence[int] | IntArray,
    theory: Theory | None = None,
    parameters: str = "default",
    draws: Sequence[int] | IntArray | None = None,
    judged: str = "draw",
    as_of: int | None = None,
) -> Run:
    """Resolve a scenario for a set of histories.

    Parameters
    ----------
    histories : absolute history numbers, in any order
    theory : overrides what the scenario chooses
    parameters : ``default`` or ``prior``
    draws : parameter draw of each history; the history number where missing
    judged : ``draw`` or ``central``
    as_of : year of the latest document that may be read

    Raises
    ------
    InputError
        when ``parameters`` or ``judged`` is none of these
    """
    faults = []
    for field, value, allowed in (
        ("parameters", parameters, ("default", "prior")),
        ("judged", judged, ("draw", "central")),
    ):
        if value not in allowed:
            faults.append(Fault("options", field, f"is {value!r}", f"it must be {' or '.join(allowed)}"))
    if faults:
        raise InputError(faults)
    numbers = np.asarray(histories, dtype=np.int64)
    draw_numbers = numbers if draws is None else np.asarray(draws, dtype=np.int64)
    judge = Judged(seed, numbers, judged == "central", as_of)
    par = Parameters(parameters_of(scenario, seed, draw_numbers, parameters))
    first, quarters = scenario.quarters.start, len(scenario.quarters)
    codes = scenario.states
    profiles = _profiles(scenario, first, quarters, judge)
    chance = Chance(seed, numbers)
    ids = name_ids(codes)
    issues = data.issues()
    events = _events(scenario, judge, profiles, issues.ids)
    roles = [np.clip(role * events.flows, 0.0, 1.0) for role in
             (profiles.origin, profiles.transit, profiles.destination)]
    salience = states.salience(roles[0], roles[1], roles[2], issues.salience_base, issues.salience)
    present, joined = _membership(scenario, judge, codes, first, quarters)
    gdp = profiles.gdp[None]
    ability = states.ability(gdp, present, np.array(float(default_parameters()["ability_bound"])))
    zeros = np.zeros((numbers.size, len(codes)))
    domestic = states.domestic_salience(salience[0])
    capacity0 = profiles.capacity[0]
    guarded = chance.uniform(first, "guardedness", ids)
    own = normal(chance.uniform(first, "interest", ids[:, None], name_ids(issues.ids)[None, :]))
    design = _designs(scenario, judge, codes, issues.ids, first, quarters, salience[0], roles[2][0])
    calendar = _calendar(scenario, judge, first, quarters)
    highest = np.max(calendar.obligation * (calendar.planned.any(axis=1)), axis=-1)
    design = tuple(replace(one, obligation=highest) for one in design)
    starts = _design_starts(scenario, first, quarters)
    design_of = tuple(int(np.searchsorted(starts, q, side="right")) - 1 for q in range(quarters))
    treated = _treated(scenario, issues.ids, quarters)
    chair, chaired = _chairs(scenario, judge, codes, present, first, quarters)
    off = 1.0 - np.eye(len(codes))
    base = dict(
        codes=codes,
        issues=issues.ids,
        first_quarter=first,
        quarters=quarters,
        histories=numbers,
        parameters=par,
        designs=design,
        design_of=design_of,
        calendar=calendar,
        present=present,
        joined=joined,
        ability=ability,
        capacity=profiles.capacity,
        stability=np.clip(profiles.stability + events.stability, 0.0, 1.0),
        origin=roles[0],
        transit=roles[1],
        destination=roles[2],
        interest_loading=issues.interest,
        ministry_offset=issues.ministries,
        ministry_weights=_MINISTRY_WEIGHTS,
        idiosyncrasy=own,
        salience=salience,
        sensitivity=issues.sensitivity,
        blame=issues.blame,
        sovereignty=zeros
        + states.sovereignty(
            roles[0][0], roles[1][0], roles[2][0], par.v["sovereignty_base"], par.v["sovereignty_lean"]
        ),
        exposure=zeros + states.leak_exposure(domestic, capacity0, par.v["exposure"]),
        guardedness=states.uniform_quantile(guarded, np.array(0.0), np.array(1.0)),
        flow_share=profiles.flow_share,
        pair_weight=profiles.pair_weight,
        bond=profiles.bond,
        trust_prior=states.prior_trust(profiles.bond, par.m["trust_low"], par.m["trust_high"]) * off,
        key_before=ids[None, :] < ids[:, None],
        key_order=(ids[None, :] <= ids[:, None]).astype(np.float64),
        treated=treated,
        chair=chair,
        chaired=chaired,
        sponsor_share=_sponsor(scenario, judge, first, quarters),
        overlap=events.overlap,
        event_salience=events.salience,
        event_capacity=events.capacity,
        event_incentive=events.incentive,
        event_crisis=events.crisis,
        seed=seed,
        draws=draw_numbers,
        off=off,
    )
    world, process, founding = _found(base, par, chance, ids, numbers)
    setting = Setting(**base, **founding)
    return Run(
        scenario=scenario,
        setting=setting,
        theory=theory or theory_of(scenario),
        world=world,
        process=process,
        luck=_luck(chance, ids, name_ids(issues.ids), setting, par),
        profiles=profiles,
    )


def _profiles(scenario: Scenario, first: int, quarters: int, judge: Judged) -> Profiles:
    if scenario.members.count is None:
        return real_profiles(scenario.states, first, quarters)
    spread = scenario.members.polarisation.central
    return synthetic_profiles(scenario.members.count, quarters, float(1.0 if spread is None else spread))


# --------------------------------------------------------------------------------------------- members


def _membership(
    scenario: Scenario, judge: Judged, codes: tuple[str, ...], first: int, quarters: int
) -> tuple[Array, Array]:
    """Return who is present and who joins, [1 or H, Q, N]."""
    members = scenario.members
    time = first + np.arange(quarters)
    if members.count is not None:
        whole = np.ones((1, quarters, len(codes)))
        return whole, np.zeros_like(whole)
    columns = []
    for code in codes:
        here = np.full((1, quarters), 1.0 if code in members.start else 0.0)
        for n, change in enumerate(members.changes):
            if change.state != code or change.to not in ("member", "none", "observer"):
                continue
            when = judge.quarter(change.when.low, change.when.high, f"members.changes.{code}.{n}")
            after = (time[None, :] >= when[:, None]) * 1.0
            target = 1.0 if change.to == "member" else 0.0
            here = here * (1.0 - after) + target * after
        columns.append(here)
    depth = max(column.shape[0] for column in columns)
    present = np.stack([np.broadcast_to(column, (depth, quarters)) for column in columns], axis=-1)
    if members.unnamed is not None:
        present = _with_unnamed(scenario, judge, codes, present, time)
    before = np.concatenate([present[:, :1], present[:, :-1]], axis=1)
    return np.ascontiguousarray(present), np.ascontiguousarray(present * (1.0 - before))


def _with_unnamed(
    scenario: Scenario, judge: Judged, codes: tuple[str, ...], present: Array, time: IntArray
) -> Array:
    """Fill up with members that documents count but do not name, in an order drawn for each history."""
    unnamed = scenario.members.unnamed
    if unnamed is None:
        return present
    among = [code for code in unnamed.among if code in codes]
    luck = np.stack([judge.uniform(0.0, 1.0, f"members.unnamed.{code}") for code in among], axis=-1)
    place = np.argsort(np.argsort(luck, axis=-1, kind="stable"), axis=-1, kind="stable")
    whole = np.broadcast_to(present, (max(present.shape[0], place.shape[0]), *present.shape[1:])).copy()
    totals = np.zeros(len(time))
    for when, total in unnamed.totals:
        totals = np.where(time >= when, float(total), totals)
    last = max(when for when, _ in unnamed.totals)
    named = len(scenario.members.start)
    for n, code in enumerate(among):
        row = codes.index(code)
        inside = (place[:, n, None] < (totals - named)[None, :]) | (time >= last)[None, :]
        whole[:, :, row] = np.maximum(whole[:, :, row], inside)
    return whole


# ---------------------------------------------------------------------------------------------- design


def _design_starts(scenario: Scenario, first: int, quarters: int) -> IntArray:
    """Return the quarters (from 0) in which a dial of the design or the plan changes."""
    design = scenario.design
    found = {0}
    for holder in (design, scenario.plan, scenario.money):
        for name in type(holder).__slots__:
            dial = getattr(holder, name)
            if isinstance(dial, Periods):
                found.update(start - first for start in dial.starts)
    found.update(seen.since - first for seen in design.observers if seen.since is not None)
    return np.array(sorted(start for start in found if 0 <= start < quarters), dtype=np.int64)


def _designs(
    scenario: Scenario,
    judge: Judged,
    codes: tuple[str, ...],
    issues: tuple[str, ...],
    first: int,
    quarters: int,
    salience: Array,
    destination: Array,
) -> tuple[Design, ...]:
    design, plan, money = scenario.design, scenario.plan, scenario.money
    count = judge.histories.size

    def per_history(values: Array) -> Array:
        return np.ascontiguousarray(np.broadcast_to(values, (count,)))

    def number(dial: Dial, key: str, when: int) -> Array:
        return per_history(judge.number(dial.at(when), dial_card(key), key))

    def flag(dial: Dial, key: str, when: int, yes: Callable[[Any], bool] = bool) -> Array:
        return per_history(judge.flag(dial.at(when), dial_card(key), key, yes))

    agenda = plan.agenda or issues
    donor = destination + 1e-12
    wanted = np.sum(donor[:, None] * salience, axis=0) / np.sum(donor)
    backers = np.array([1.0 if code in money.backers else 0.0 for code in codes])
    steering = np.array([1.0 if code in design.steering else 0.0 for code in codes])
    steering = steering if steering.any() else np.ones(len(codes))
    found = []
    for start in _design_starts(scenario, first, quarters).tolist():
        when = first + start
        seats, openness = per_history(np.zeros(1)), per_history(np.zeros(1))
        for n, seen in enumerate(design.observers):
            if seen.since is None or seen.since <= when:
                place = "design.observers.*"
                seats = per_history(
                    judge.number(seen.states, dial_card(f"{place}.states"), f"design.observers.{n}.states")
                ) + per_history(
                    judge.number(
                        seen.organisations, dial_card(f"{place}.organisations"),
                        f"design.observers.{n}.organisations",
                    )
                )
                openness = per_history(
                    judge.number(seen.openness, dial_card(f"{place}.openness"), "design.observers.openness")
                )
        closing = design.closing.at(when)
        after = per_history(
            judge.number(design.closing_after, dial_card("design.closing_after"), "design.closing_after")
        )
        rule = judge.choice(closing, dial_card("design.closing"), "design.closing")
        rule = rule if len(rule) == count else rule * count
        sunset = np.where([word == "sunset" for word in rule], after, np.inf)
        patience = np.where([word == "review" for word in rule], after, np.inf)
        networks = flag(design.networks, "design.networks", when)
        recommendations = per_history(judge.number(plan.count, dial_card("plan.count"), "plan.count"))
        listed = np.array([1.0 if issue in agenda else 0.0 for issue in issues])
        form = number(design.form, "design.form", when)
        found.append(
            Design(
                confidentiality=number(design.confidentiality, "design.confidentiality", when),
                follow_up=number(design.follow_up, "design.follow_up", when),
                reporting=np.where(form >= _REPORTING_FROM_FORM, 1.0, 0.0),
                secretariat=flag(
                    design.secretariat, "design.secretariat", when, lambda word: word != "none"
                ),
                contact_list=flag(design.contact_list, "design.contact_list", when),
                focal_points=np.maximum(flag(design.focal_points, "design.focal_points", when), networks),
                rotates=flag(
                    design.chair.mode, "design.chair.mode", when, lambda word: word == "rotating"
                ),
                caution=number(design.caution, "design.caution", when),
                openness=openness,
                organisations=seats,
                plan_sought=flag(plan.sought, "plan.sought", when),
                load=np.maximum(number(plan.load, "plan.load", when), 0.05),
                due=per_history(judge.number(plan.due, dial_card("plan.due"), "plan.due")),
                count=np.maximum(recommendations / max(len(agenda), 1), 1.0)[:, None] * listed,
                evaluation=number(design.evaluation, "design.evaluation", when),
                database=flag(design.data_pool, "design.data_pool", when),
                data_security=number(design.data_security, "design.data_security", when),
                capacity_building=np.maximum(
                    number(money.sponsor_share, "money.sponsor_share", when),
                    number(money.backers_share, "money.backers_share", when) * float(backers.any()),
                ),
                backers=np.broadcast_to(backers, (count, len(codes))),
                backers_share=number(money.backers_share, "money.backers_share", when) * float(backers.any()),
                sponsor_salience=np.broadcast_to(wanted, (count, len(issues))),
                obligation=per_history(np.zeros(1)),
                sunset=sunset,
                review_patience=patience,
                steering=np.broadcast_to(steering, (count, len(codes))),
                priority=np.ones((count, len(issues))),
            )
        )
    return tuple(found)


def _treated(scenario: Scenario, issues: tuple[str, ...], quarters: int) -> Array:
    agenda = scenario.plan.agenda or issues
    row = np.array([1.0 if issue in agenda else 0.0 for issue in issues])
    return np.ascontiguousarray(np.broadcast_to(row, (quarters, len(issues))))


def _chairs(
    scenario: Scenario, judge: Judged, codes: tuple[str, ...], present: Array, first: int, quarters: int
) -> tuple[Array, Array]:
    """Return the chair of each quarter [H, Q, N] and whether somebody chairs [Q]."""
    chair = scenario.design.chair
    count = judge.histories.size
    length = np.broadcast_to(
        judge.number(chair.quarters, dial_card("design.chair.quarters"), "design.chair.quarters"), (count,)
    )
    modes = judge.choice(chair.mode.at(first), dial_card("design.chair.mode"), "design.chair.mode")
    modes = modes if len(modes) == count else modes * count
    order = [code for code in scenario.design.rotation.order if code in codes] or list(codes)
    here = np.broadcast_to(present, (count, quarters, len(codes)))
    known = sorted(chair.holders)
    whole = np.zeros((count, quarters, len(codes)))
    seen: dict[tuple[str, float, bytes], Array] = {}
    for h in range(count):
        key = (modes[h], float(length[h]), here[h].tobytes() if present.shape[0] > 1 else b"")
        if key not in seen:
            seen[key] = _one_chair(modes[h], int(length[h]), known, order, codes, here[h], first)
        whole[h] = seen[key]
    return whole, np.ones(quarters)


def _one_chair(
    mode: str,
    length: int,
    known: list[tuple[int, str]],
    order: list[str],
    codes: tuple[str, ...],
    present: Array,
    first: int,
) -> Array:
    """Return one history's chair by quarter [Q, N]: documented holders, else in order or shared evenly."""
    quarters = present.shape[0]
    out = np.zeros_like(present)
    for q in range(quarters):
        now = first + q
        before = [when for when, _ in known if when <= now]
        held_since = max(before) if before else None
        stays = held_since is not None and (mode != "rotating" or now - held_since < length)
        names = [code for when, code in known if when == held_since] if stays else []
        if not names and mode == "rotating":
            members = [code for code in order if present[q, codes.index(code)] > 0]
            names = [members[(q // length) % len(members)]] if members else []
        rows = [codes.index(name) for name in names if name in codes]
        if rows:
            out[q, rows] = 1.0 / len(rows)
        else:
            out[q] = present[q] / max(present[q].sum(), 1.0)
    return out


def _sponsor(scenario: Scenario, judge: Judged, first: int, quarters: int) -> Array:
    """Return the sponsor's share of the money [H, Q], with dated changes of it."""
    dial = scenario.money.sponsor_share
    count = judge.histories.size
    card = dial_card("money.sponsor_share")
    share = np.zeros((count, quarters))
    for q in range(quarters):
        share[:, q] = judge.number(dial.at(first + q), card, "money.sponsor_share")
    time = first + np.arange(quarters)
    for event in scenario.events:
        if event.kind != "money" or event.sponsor_share is None:
            continue
        when = judge.quarter(event.on.low, event.on.high, f"event.{event.id}.on")
        target = judge.number(
            event.sponsor_share, dial_card("event.*.sponsor_share"), f"event.{event.id}.sponsor_share"
        )
        over = (
            np.zeros(1)
            if event.hand_over is None
            else judge.number(event.hand_over, dial_card("event.*.hand_over"), f"event.{event.id}.hand_over")
        )
        done = np.clip((time[None, :] - when[:, None] + 1.0) / np.maximum(over, 1.0)[:, None], 0.0, 1.0)
        if event.until is not None:
            done = done * (time < event.until)[None, :]
        share = share + done * (target[:, None] - share)
    return share


# -------------------------------------------------------------------------------------------- calendar


def _calendar(scenario: Scenario, judge: Judged, first: int, quarters: int) -> Calendar:
    count = judge.histories.size
    columns: list[dict[str, Any]] = []
    for n, meeting in enumerate(sorted(scenario.meetings, key=lambda one: (one.rank, one.name))):
        times = _times(meeting, judge, first, quarters, f"calendar.meetings.{meeting.name}")
        for copy in range(int(times.max(initial=0))):
            columns.append({"meeting": meeting, "order": (meeting.rank, n, copy), "planned": times > copy})
    kinds = []
    static: dict[str, list[Any]] = {name: [] for name in ("political", "mix", "steering", "limit")}
    drawn: dict[str, list[Array]] = {
        name: [] for name in ("hours", "days", "record", "level", "obligation", "room_size")
    }
    open_rooms: list[bool] = []
    observed: list[Array] = []
    for column in columns:
        meeting = column["meeting"]
        card = meeting_card(meeting.kind)
        kinds.append(meeting.kind)
        key = f"calendar.meetings.{meeting.name}"
        days = (
            judge.uniform(*card.days, f"{key}.days")
            if meeting.days is None
            else judge.number(meeting.days, dial_card("calendar.meetings.*.days"), f"{key}.days")
        )
        record = _record(scenario, meeting, judge, card.record, first)
        level = _text_level(scenario, meeting, judge, first)
        size, grouped = _room_size(scenario, meeting, judge)
        open_rooms.append(grouped)
        observed.append(
            np.ones(1)
            if meeting.observers is None
            else judge.flag(meeting.observers, dial_card("calendar.meetings.*.observers"), f"{key}.observers")
        )
        static["political"].append(card.rank)
        static["mix"].append(card.ministry)
        static["steering"].append(meeting.steering)
        static["limit"].append(card.issues)
        weights = np.array([OBLIGATION[text] for text in TEXTS])
        for name, values in (
            ("days", days),
            ("hours", HOURS_A_DAY * days),
            ("record", record),
            ("level", level.astype(np.float64)),
            ("obligation", weights[level]),
            ("room_size", size),
        ):
            drawn[name].append(np.broadcast_to(values, (count,)))
    planned = np.zeros((count, quarters, len(columns)), dtype=np.bool_)
    for place, column in enumerate(columns):
        planned[:, :, place] = column["planned"]
    stacked = {name: np.ascontiguousarray(np.stack(values, axis=-1)) for name, values in drawn.items()}
    rank = [MEETING_KINDS.index(kind) for kind in kinds]
    return Calendar(
        kind=tuple(kinds),
        name=tuple(column["meeting"].name for column in columns),
        planned=planned,
        hours=stacked["hours"],
        days=stacked["days"],
        political=np.array(static["political"], dtype=np.float64),
        mix=np.array(static["mix"], dtype=np.float64),
        record=stacked["record"],
        text_level=stacked["level"],
        obligation=stacked["obligation"],
        steering=tuple(static["steering"]),
        grouped=tuple(open_rooms),
        room_size=stacked["room_size"],
        observed=np.stack([np.broadcast_to(value, (count,)) for value in observed], axis=-1),
        limit=tuple(static["limit"]),
        pay_order=tuple(sorted(range(len(kinds)), key=lambda place: (-rank[place], place))),
        per_year=np.sum(planned, axis=(1, 2)) / (quarters / 4.0),
    )


def _times(meeting: Meeting, judge: Judged, first: int, quarters: int, key: str) -> IntArray:
    """Return how many meetings of an entry are intended in each quarter, [H or 1, Q]."""
    time = first + np.arange(quarters)
    if meeting.dates:
        counts = np.array([[meeting.dates.count(int(now)) for now in time]])
    else:
        if meeting.per_year is None:
            raise InputError([Fault("scenario", key, "has neither per_year nor dates", "it needs one")])
        card = dial_card("calendar.meetings.*.per_year")
        depth = 1
        rates = []
        for q in range(quarters):
            rates.append(judge.number(meeting.per_year.at(first + q), card, f"{key}.per_year"))
            depth = max(depth, rates[-1].size)
        rate = np.stack([np.broadcast_to(one, (depth,)) for one in rates], axis=-1)
        since = max(first, meeting.since or first)
        running = np.where(time < since, 0.0, rate / 4.0)
        total = np.cumsum(running, axis=-1)
        half = 0.5 - 1e-9  # a meeting stands in the middle of its interval
        counts = (np.floor(total + half) - np.floor(total - running + half)).astype(np.int64)
    if meeting.since is not None:
        counts = counts * (time >= meeting.since)
    if meeting.until is not None:
        counts = counts * (time <= meeting.until)
    return counts


def _record(
    scenario: Scenario, meeting: Meeting, judge: Judged, card: tuple[float, float], first: int
) -> Array:
    key = f"calendar.meetings.{meeting.name}.record"
    if meeting.record is not None:
        return judge.number(meeting.record, dial_card("calendar.meetings.*.record"), key)
    if scenario.design.informality is not None:
        informal = scenario.design.informality.at(first)
        return 1.0 - judge.number(informal, dial_card("design.informality"), "design.informality")
    return judge.normal_about(*card, key)


def _text_level(scenario: Scenario, meeting: Meeting, judge: Judged, first: int) -> IntArray:
    """Return the place of the text sought among TEXTS, from the file or from the form of outcome."""
    if meeting.text is not None:
        options = judge.choice(
            meeting.text, dial_card("calendar.meetings.*.text"), f"calendar.meetings.{meeting.name}.text"
        )
        return np.array([TEXTS.index(option) for option in options])
    form = judge.number(scenario.design.form.at(first), dial_card("design.form"), "design.form")
    rank = MEETING_KINDS.index(meeting.kind)
    return np.array(
        [TEXTS.index(next(texts for top, texts in _TEXT_OF_FORM if value < top)[rank]) for value in form]
    )


def _room_size(scenario: Scenario, meeting: Meeting, judge: Judged) -> tuple[Array, bool]:
    """Return how many states sit in one room (0: plenary only), and whether there are rooms at all."""
    groups: Groups | None = meeting.groups
    key = f"calendar.meetings.{meeting.name}.groups"
    place = "calendar.meetings.*.groups"
    if groups is None and meeting.kind != "ministerial" and not meeting.steering:
        groups, key, place = scenario.design.working_groups, "design.working_groups", "design.working_groups"
    if groups is None:
        return np.zeros(1), False
    if groups.size is not None:
        return judge.number(groups.size, dial_card(f"{place}.size"), f"{key}.size"), True
    if groups.count is None:
        return np.zeros(1), False
    rooms = judge.number(groups.count, dial_card(f"{place}.count"), f"{key}.count")
    return np.maximum(np.ceil(len(scenario.states) / rooms), 2.0), True


# ---------------------------------------------------------------------------------------------- events


@dataclass(frozen=True)
class _Events:
    salience: Array  # [1 or H, Q, N, K]
    capacity: Array  # [1 or H, Q, N]
    stability: Array  # [Q, N]
    flows: Array  # [Q, N] factor on roles
    incentive: Array  # [1 or H, Q, N, K]
    crisis: Array  # [1 or H, Q, N]
    overlap: Array  # [Q]


def _events(scenario: Scenario, judge: Judged, profiles: Profiles, issues: tuple[str, ...]) -> _Events:
    quarters, n = profiles.origin.shape
    first = scenario.quarters.start
    time = first + np.arange(quarters)
    salience = np.zeros((1, quarters, n, len(issues)))
    incentive = np.zeros((1, quarters, n, len(issues)))
    capacity = np.zeros((1, quarters, n))
    crisis = np.zeros((1, quarters, n))
    stability, flows, overlap = np.zeros((quarters, n)), np.ones((quarters, n)), np.zeros(quarters)
    agenda = scenario.plan.agenda or issues
    for event in scenario.events:
        when = judge.quarter(event.on.low, event.on.high, f"event.{event.id}.on")
        since = time[None, :] - when[:, None]
        level = (since >= 0) * 1.0
        if event.half_life is not None:
            level = level * 0.5 ** (np.maximum(since, 0) / event.half_life)
        if event.until is not None:
            level = level * (time < event.until)
        whom = np.array([1.0 if code in event.states or not event.states else 0.0 for code in scenario.states])
        concerned = event.issues or agenda
        on_issue = np.array([1.0 if issue in concerned else 0.0 for issue in issues])
        pulse = np.array([float(event.salience.get(issue, 0.0)) for issue in issues])
        if event.kind == "text" and not event.salience:
            pulse = _TEXT_SALIENCE * on_issue
        salience = salience + level[:, :, None, None] * (whom[:, None] * pulse)
        capacity = capacity + level[:, :, None] * whom * event.capacity
        stability = stability + level[0][:, None] * whom * event.stability
        flows = flows * (1.0 + level[0][:, None] * whom * event.flows)
        if event.kind == "shock":
            crisis = np.maximum(crisis, (since == 0)[:, :, None] * whom)
        if event.kind == "incentive" and event.strength is not None:
            strength = judge.number(event.strength, dial_card("event.*.strength"), f"event.{event.id}.strength")
            offered = (level * strength[:, None])[:, :, None, None] * (whom[:, None] * on_issue)
            incentive = 1.0 - (1.0 - incentive) * (1.0 - offered)
        if event.kind == "overlap":
            overlap = np.maximum(overlap, level[0])
    return _Events(salience, capacity, stability, flows, incentive, crisis, overlap)


_TEXT_SALIENCE: Final = 0.1  # what a text adopted elsewhere adds to the salience of its issues (E1)


# -------------------------------------------------------------------------------------------- founding


def _found(
    base: dict[str, Any], par: Parameters, chance: Chance, ids: Any, numbers: IntArray
) -> tuple[World, Process, dict[str, Array]]:
    """Return the world and the process at founding, and the founding values that later quarters return to."""
    h, n, k = numbers.size, len(base["codes"]), len(base["issues"])
    first = base["first_quarter"]
    nn, nk = np.zeros((h, n, n)), np.zeros((h, n, k))
    salience = np.broadcast_to(base["salience"][0], (h, n, k))
    capacity = np.broadcast_to(base["capacity"][0], (h, n))
    understanding = learning.founding_understanding(capacity, salience) + nk
    interests = [
        states.interest(
            *(base[role][0] ** power for role in ("origin", "transit", "destination")),
            base["interest_loading"],
            base["ministry_offset"],
            base["ministry_weights"],
            base["idiosyncrasy"],
            par.t["interest_scale"],
            par.t["ministry_scale"],
            par.t["interest_sd"],
        )
        for power in (2.0, 1.0)
    ]
    interest = learning.seen_interest(understanding, *interests)
    line = positions.national_line(interest, base["ministry_weights"])
    luck = chance.uniform(first, "initial", ids[:, None], name_ids(base["issues"])[None, :])
    law = policy.founding_law(line, luck)
    usage = language.home_usage(line)
    floor = np.mean(salience, axis=-1)
    quiet = environment.background_contact(
        par.m["background_hours"], base["bond"], par.m["displacement"], np.zeros((h, n))
    )
    open_word = 1.0 / (1.0 + np.exp(-par.m["candour_base"]))
    keep = 0.5 ** (1.0 / par.m["evidence_halflife"])
    kept, broken, entrusted, entrusted_sensitive = trust.founding_evidence(
        quiet * open_word, par.m["entrust"], par.m["entrust_hours"], par.m["test"], keep
    )
    world = World(
        position=interest,
        stated=positions.founding_stated(line),
        law=law,
        exists=policy.founding_exists(capacity)[..., None] + nk,
        understanding=understanding,
        usage=usage,
        backing=floor + np.zeros((h, n)),
        discretion=_discretion(chance.uniform(first, "discretion", ids), par),
        comfort=_comfort(chance.uniform(first, "comfort", ids), par),
        capacity_built=np.zeros((h, n)),
        kept=kept + nn,
        broken=broken + nn,
        entrusted=entrusted + nn,
        entrusted_sensitive=entrusted_sensitive + nn,
        ties=0.04 * base["off"] + nn,
        empathy=0.15 * base["off"] + nn,
        deals=nn,
        gain=nn,
        salience_pulse=nk,
        government=np.zeros((h, n)),
        crisis=np.zeros((h, n)),
    )
    zero_k, zero, zero_n = np.zeros((h, k)), np.zeros(h), np.zeros((h, n))
    calendar: Calendar = base["calendar"]
    heads = base["present"][:, 0].sum(axis=-1)
    clerks = par.s["secretariat_cost"] * 20.0 * base["designs"][0].secretariat
    first_year = calendar.planned[:, : 4 - first % 4].sum(axis=1)
    process = Process(
        commitment=zero_n + 0.5,
        newcomer=zero_n + 1.0,
        credit_kept=zero + 1.0,
        credit_broken=zero + 1.0,
        memory=zero_k,
        live=zero_k + 8.0,
        spent=zero_k,
        defined=zero_k,
        open=zero_k,
        target=zero_k,
        load=zero_k + 1.0,
        age=zero_k,
        obligation=zero_k,
        bound=nk,
        law_at_adoption=nk + law,
        due_done=zero_k,
        items_adopted=zero_k,
        items_closed=zero_k,
        data_share=zero + 0.1,
        unkept=zero_n,
        treasury=np.sum(calendar.days * first_year, axis=-1) * heads + clerks,
        relevance=zero_n + 0.5,
        value=zero_n + 0.3,
        outcome=zero_n + 0.3,
        paid=zero_n + 1.0,
        cost=zero_n + 0.1,
        activity=zero + 1.0,
        sponsor_active=zero + 1.0,
        sponsor_discontent=zero,
        since_meeting=zero,
        dormant_for=zero,
        idle=zero,
        delivered_before=zero,
        status=np.full(h, lifecycle.ACTIVE, dtype=np.int64),
    )
    founding = {
        "founding_law": law + nk,
        "founding_understanding": understanding,
        "home_usage": usage,
        "backing_floor": floor + np.zeros((h, n)),
    }
    return world, process, founding


def _discretion(luck: Array, par: Parameters) -> Array:
    mean, strength = float(par.s["discretion_mean"].flat[0]), float(par.s["discretion_concentration"].flat[0])
    return states.beta_quantile(luck, np.array(mean), np.array(strength))


def _comfort(luck: Array, par: Parameters) -> Array:
    mean = par.v["comfort_mean"]
    mean = mean.reshape(mean.shape + (1,) * (luck.ndim - mean.ndim)) if luck.ndim > mean.ndim else mean
    return states.beta_quantile(luck, mean, np.array(par.s["comfort_concentration"].flat[0]))


def _luck(
    chance: Chance, ids: Any, issue_ids: Any, setting: Setting, par: Parameters
) -> Callable[[int], Luck]:
    """Return the numbers of chance of any quarter, all drawn beforehand in a few passes."""
    time = setting.first_quarter + np.arange(setting.quarters)
    n = len(ids)
    seats = name_ids(MINISTRIES)
    low, high = pair_ids(ids)
    upper = np.triu_indices(n, 1)
    place = np.zeros((n, n), dtype=np.intp)
    place[upper] = np.arange(upper[0].size)
    place = place + place.T
    drawn = chance.uniforms(
        {
            "turnover": (time, ids[:, None], seats[None, :]),
            "arrival-discretion": (time, ids),
            "arrival-comfort": (time, ids),
            "leak": (time, ids),
            "leak-source": (time, ids),
            "attribution": (time, ids),
            "deal": (time, low[upper], high[upper]),
            "joint-response": (time, low[upper], high[upper]),
            "shock": (time, issue_ids),
            "shock-size": (time, issue_ids),
            "shock-sign": (time, issue_ids),
            "government": (time, ids),
            "government-lean": (time, ids),
            "climate": (time,),
        }
    )
    discretion = _discretion(drawn["arrival-discretion"], par)
    comfort = _comfort(drawn["arrival-comfort"], par)
    lean = normal(drawn["government-lean"])
    climate = environment.climate_path(
        normal(drawn["climate"]), par.v["climate_sd"], 0.5 ** (1.0 / 8.0)
    )

    def of_quarter(q: int) -> Luck:
        return Luck(
            turnover=drawn["turnover"][:, q],
            discretion=discretion[:, q],
            comfort=comfort[:, q],
            leak=drawn["leak"][:, q],
            source=drawn["leak-source"][:, q],
            attribution=drawn["attribution"][:, q],
            deal=drawn["deal"][:, q][:, place],
            joint=drawn["joint-response"][:, q][:, place],
            pulse=drawn["shock"][:, q],
            pulse_size=drawn["shock-size"][:, q],
            pulse_sign=drawn["shock-sign"][:, q],
            government=drawn["government"][:, q],
            government_z=lean[:, q],
            climate=climate[:, q],
        )

    return of_quarter


def label_of(setting: Setting, quarter: int) -> str:
    """Return the label of a quarter of a run, such as 1996-Q1."""
    return quarter_label(setting.first_quarter + quarter)


def labels_of(setting: Setting) -> tuple[str, ...]:
    """Return the labels of all quarters of a run."""
    return tuple(label_of(setting, quarter) for quarter in range(setting.quarters))


def planned_share(planned: BoolArray) -> Array:
    """Return the share of histories in which a meeting is intended, [Q, S]."""
    share: Array = planned.mean(axis=0)
    return share


def mapping_of(record: Any) -> Mapping[str, Any]:
    """Return a record as a mapping from field name to value."""
    return {name: getattr(record, name) for name in type(record).__slots__}
