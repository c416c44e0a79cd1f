"""The story of a quarter, and of many quarters, in the order in which things happen.

Only this package takes a World apart and puts the next one together. Each mechanism is one short step that
hands arrays to the theory and takes arrays back; the order is that of docs/theory/index.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.quarters.forms import Theory
from rcpsim.quarters.meeting import hold_meeting
from rcpsim.quarters.workspace import QuarterInPlay, Trace
from rcpsim.theory import (
    agreements,
    delegations,
    environment,
    language,
    learning,
    lifecycle,
    networks,
    ownership,
    policy,
    positions,
    states,
    trust,
)
from rcpsim.world import Luck, Minutes, Process, Setting, World, record_fields

__all__ = ["play_quarter", "play_quarters"]

LEAST_MEETINGS: Final = 0.1  # a year; a calendar with fewer counts as one meeting in ten years, (F2)
FIRST_RESULTS: Final = 12  # quarters for which nobody expects an item of the plan yet, (O3)
PULSE_KEEP: Final = 2.0 ** (-1.0 / 4.0)  # random pulses have a half-life of four quarters, (E2)
_ORDER: Final = {
    "equal": policy.order_equal,
    "easiest_first": policy.order_easiest_first,
    "due_first": policy.order_due_first,
}
_WORLD: Final = record_fields(World)
_PROCESS: Final = record_fields(Process)


def play_quarters(
    world: World,
    process: Process,
    setting: Setting,
    luck: Callable[[int], Luck],
    theory: Theory,
    *,
    meets: bool = True,
    first: int = 0,
) -> Iterator[tuple[World, Process, Minutes]]:
    """Play quarter after quarter, from quarter ``first`` to the end of the setting.

    Parameters
    ----------
    luck : the numbers of chance of a quarter, by its index
    meets : False for the no-process twin

    Yields
    ------
    the world and the process at the end of each quarter, and what happened in it
    """
    for quarter in range(first, setting.quarters):
        world, process, minutes = play_quarter(
            world, process, setting, quarter, luck(quarter), theory, meets=meets
        )
        yield world, process, minutes


def play_quarter(
    world: World,
    process: Process,
    setting: Setting,
    quarter: int,
    luck: Luck,
    theory: Theory,
    *,
    meets: bool = True,
    trace: Trace | None = None,
) -> tuple[World, Process, Minutes]:
    """Play one quarter (docs/theory/index.md, the order of a quarter)."""
    play = QuarterInPlay(setting, theory, quarter, trace)
    for record, names in ((world, _WORLD), (process, _PROCESS)):
        for name in names:
            setattr(play, name, getattr(record, name))
    _open(play, luck, meets)
    _shock(play, luck)
    _see_interest(play)
    _turn_over(play, luck)
    if meets:
        _meet(play)
    _fade(play)
    _leak_or_keep(play, luck)
    _keep_contact(play)
    if meets:
        _pool_data(play)
    _coordinate_ministries(play)
    _follow_up(play)
    _implement(play)
    if meets:
        _evaluate(play)
    _bargain(play, luck, meets)
    _respond(play, luck)
    if meets:
        _commit_and_fund(play)
        _live_or_die(play)
    return _close(play)


def _laid_out(array: Array) -> Array:
    """Return an array with the history axis outermost in memory, so that its sums have the same bits."""
    return np.ascontiguousarray(array)


def _open(play: QuarterInPlay, luck: Luck, meets: bool) -> None:
    """Lay out what this quarter is given, with all its sums at zero."""
    setting, q = play.setting, play.q
    play.design = design = setting.design_at(q)
    play.present = _laid_out(setting.present[:, q])
    play.ability = _laid_out(setting.ability[:, q])
    play.chair = _laid_out(setting.chair[:, q])
    zero_n = play.commitment * 0.0
    zero_nn = play.kept * 0.0
    zero_k = play.spent * 0.0
    play.zero = play.treasury * 0.0
    play.heard_sum = play.candid_sum = play.sensitive_sum = play.contact_sum = play.side_sum = zero_nn
    if not meets:
        play.annual_cost = play.zero
    play.delegate_days = play.days_sum = play.coming_most = play.political_sum = zero_n
    play.attention_sum = play.issue_days = play.understanding * 0.0
    play.asked_sum = zero_n
    play.agenda_sum = zero_k
    play.slots_held = play.slots_planned = play.declared = play.zero
    play.newly_defined = play.newly_adopted = play.closed = play.dropped = play.due = zero_k > 0
    slots = len(setting.calendar.kind)
    play.held_slots = [play.zero] * slots
    play.called_slots = [play.zero] * slots
    play.slot_heads = [play.zero] * slots
    play.money_members, play.money_sponsor = zero_n, play.zero
    play.replaced = zero_n
    play.new_government = zero_n > 0
    play.joint = zero_nn
    alive = (play.status == lifecycle.ACTIVE) | (play.status == lifecycle.DORMANT)
    play.alive = alive * 1.0 if meets else play.zero
    play.confidentiality = design.confidentiality * play.alive
    play.sponsor_now = setting.sponsor_share[:, q] * play.sponsor_active * (1.0 if meets else 0.0)
    key = ownership.contribution_key(
        play.ability, design.backers, design.backers_share[..., None], play.present
    )
    play.key = key
    play.planned_pay = key * (1.0 - play.sponsor_now)[..., None]
    play.chair_agenda = setting.parameters.s["chair_agenda"] * design.rotates
    joined = setting.joined[:, q] * play.alive[..., None]
    play.commitment = np.where(joined > 0, 0.5, play.commitment)


def _shock(play: QuarterInPlay, luck: Luck) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    if play.theory.has("shock"):
        play.salience_pulse, jump = environment.pulse_after_quarter(
            play.salience_pulse,
            PULSE_KEEP,
            setting.salience[0],
            par.v["pulse_hazard"],
            luck.pulse,
            luck.pulse_size,
            luck.pulse_sign,
        )
        level = _laid_out(setting.event_salience[:, q])
        capacity = _laid_out(setting.event_capacity[:, q])
        play.incentive = _laid_out(setting.event_incentive[:, q])
        play.climate = luck.climate
        play.government, play.new_government = environment.government_after(
            play.government,
            par.v["government_hazard"],
            par.v["government_sd"],
            luck.government,
            luck.government_z,
        )
    else:
        jump = luck.pulse * 0.0
        level, capacity = setting.event_salience[:, q] * 0.0, setting.event_capacity[:, q] * 0.0
        play.incentive = _laid_out(setting.event_incentive[:, q] * 0.0)
        play.climate = luck.climate * 0.0
    acts = float(play.theory.has("shock"))
    play.jump = jump
    play.government_now = play.government * acts
    pulse = play.salience_pulse * acts
    play.salience = environment.salience_now(setting.salience[q if acts else 0], level, pulse)
    play.capacity = policy.capacity_now(setting.capacity[q if acts else 0], play.capacity_built, capacity)
    play.done("shock")


def _turn_over(play: QuarterInPlay, luck: Luck) -> None:
    setting, par = play.setting, play.setting.parameters
    design = play.design
    keep = np.where(
        design.secretariat * play.alive > 0,
        par.keep_s["credit_halflife_secretariat"],
        par.keep_s["credit_halflife_bare"],
    )
    play.credit_kept = delegations.credit_after_quarter(play.credit_kept, keep)
    play.credit_broken = delegations.credit_after_quarter(play.credit_broken, keep)
    if play.theory.has("turn_over"):
        hazard = delegations.turnover_hazard(
            par.v["turnover_base"], par.v["turnover_instability"], setting.stability[play.q]
        )
        replaced = delegations.replaced_share(hazard, luck.turnover, setting.ministry_weights)
        play.replaced = replaced
        play.discretion = delegations.carried_over(play.discretion, luck.discretion, replaced)
        play.comfort = delegations.carried_over(play.comfort, luck.comfort, replaced)
        for name in ("kept", "broken", "entrusted", "entrusted_sensitive"):
            old = getattr(play, name)
            new = delegations.evidence_after_turnover(old, replaced, par.m["file"], par.m["reputation"])
            setattr(play, name, new)
        listed = (design.contact_list * design.secretariat * play.alive)[..., None, None]
        play.ties = delegations.ties_after_turnover(play.ties, replaced, listed, setting.off)
        play.understanding = delegations.understanding_after_turnover(
            play.understanding, setting.founding_understanding, replaced, par.m["file"]
        )
        play.newcomer = delegations.newcomer_after_turnover(play.newcomer, replaced)
    play.done("turn_over")


def _see_interest(play: QuarterInPlay) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    roles = (setting.origin[q], setting.transit[q], setting.destination[q])

    def interest(origin: Array, transit: Array, destination: Array) -> Array:
        return states.interest(
            origin,
            transit,
            destination,
            setting.interest_loading,
            setting.ministry_offset,
            setting.ministry_weights,
            setting.idiosyncrasy,
            par.t["interest_scale"],
            par.t["ministry_scale"],
            par.t["interest_sd"],
        )

    image = interest(*(role**2 for role in roles))
    play.interest = _laid_out(learning.seen_interest(play.understanding, image, interest(*roles)))
    play.interest_line = positions.national_line(play.interest, setting.ministry_weights)


def _meet(play: QuarterInPlay) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    calendar, design = setting.calendar, play.design
    play.covered = np.matmul(setting.flow_share[q], play.present[..., None])[..., 0]
    a_year = calendar.rate[:, q]
    heads = np.sum(play.present, axis=-1)
    core = np.sum(play.present * design.steering, axis=-1)
    invited = np.stack([core if only else heads for only in calendar.steering], axis=-1)
    bill = calendar.days * calendar.people * invited
    yearly = np.sum(bill * a_year, axis=-1)
    play.clerks = par.s["secretariat_cost"] * 20.0 * design.secretariat
    play.annual_cost = yearly + play.clerks
    funded = play.theory.has("commit_and_fund")
    play.purse = play.treasury - np.minimum(play.treasury, play.clerks / 4.0) * play.alive
    play.planned_now = calendar.planned[:, q] * play.alive[..., None]
    called: dict[int, Array] = {}
    left = play.purse
    for slot in calendar.pay_order:
        cost = bill[..., slot]
        pays = (left >= cost) if funded else (left == left)
        called[slot] = play.planned_now[..., slot] * pays
        left = left - called[slot] * cost
    for slot in range(len(calendar.kind)):
        if not np.any(calendar.planned[:, q, slot]):
            continue
        hold_meeting(play, slot, called[slot])
        play.held_slots[slot] = play.held
        play.slot_heads[slot] = np.sum(play.participation, axis=-1)
        play.called_slots[slot] = called[slot]
    play.slots_planned = np.sum(play.planned_now, axis=-1)


def _fade(play: QuarterInPlay) -> None:
    """Let usage, understanding and empathy fall back towards where they would be without the meetings."""
    setting, par = play.setting, play.setting.parameters
    play.usage = language.usage_at_home(play.usage, setting.home_usage, par.t["home_pull"])
    keep = par.keep_m["understanding_halflife"]
    play.understanding = learning.understanding_after_quarter(
        play.understanding, setting.founding_understanding, keep
    )
    play.empathy = learning.empathy_after_quarter(play.empathy, par.keep_m["empathy_halflife"], setting.off)


def _leak_or_keep(play: QuarterInPlay, luck: Luck) -> None:
    setting, par = play.setting, play.setting.parameters
    open_word = 1.0 / (1.0 + np.exp(-par.m["candour_base"]))
    play.between = play.kept * 0.0
    if play.theory.has("background"):
        play.between = environment.background_contact(
            par.m["background_hours"], setting.bond, par.m["displacement"], play.days_sum
        )
    play.telephone = play.kept * 0.0
    if play.theory.has("keep_contact"):
        active = play.alive * (play.status == lifecycle.ACTIVE) * play.design.focal_points
        play.telephone = networks.telephone_hours(
            active[..., None, None], par.m["focal_hours"], play.commitment, play.ties, play.present
        )
    here = play.present[..., :, None] * play.present[..., None, :]
    play.between = play.between * here
    if not play.theory.has("leak_or_keep"):
        play.leaked = play.attributed = play.commitment > 2.0
        play.source = play.kept * 0.0
        play.done("leak_or_keep")
        return
    belief = play.trust()
    keep = par.keep_m["evidence_halflife"]
    play.kept = trust.evidence_after_quarter(play.kept, keep)
    play.broken = trust.evidence_after_quarter(play.broken, keep)
    small = (play.between + play.telephone) * open_word
    told = np.swapaxes(play.candid_sum, -1, -2) + small
    told_sensitive = np.swapaxes(play.sensitive_sum, -1, -2) + 0.5 * small
    more = trust.entrusted_gain(told, par.m["entrust"], par.m["entrust_hours"])
    play.broken = play.broken + trust.everyday_breach(more)
    play.entrusted = play.entrusted + more
    play.entrusted_sensitive = play.entrusted_sensitive + trust.sensitive_gain(more, told, told_sensitive)
    weights = trust.source_weights(play.entrusted_sensitive, setting.exposure) * play.present[..., None]
    closed = play.confidentiality[..., None] * play.present
    hazard = trust.leak_hazard(par.v["leak"], par.v["rules_hold"], closed, play.discretion, weights)
    play.leaked = trust.leaks(hazard, luck.leak)
    play.attributed = play.leaked & (luck.attribution < par.v["attribution"])
    source = trust.source_of_leak(weights, luck.source, setting.key_order)
    leaked = source & play.leaked[..., None, :]
    caught = leaked & play.attributed[..., None, :]
    hearers = play.present * play.alive[..., None]
    symmetric = play.theory.form("leak_or_keep") == "symmetric"
    weight = par.m["breach_weight"] * 0.0 + 1.0 if symmetric else par.m["breach_weight"]
    play.broken = (
        play.broken
        + trust.attributed_breach(caught, weight, par.m["hearsay"], hearers)
        + trust.diffuse_breach(leaked & ~caught, weight, play.entrusted * play.present[..., None, :], belief)
    )
    play.kept = play.kept + trust.kept_gain(play.entrusted, par.m["test"], caught)
    play.entrusted = trust.entrusted_after_test(play.entrusted, par.m["test"])
    play.entrusted_sensitive = trust.entrusted_after_test(play.entrusted_sensitive, par.m["test"])
    play.source = np.where(leaked, 1.0, 0.0)
    hurt = np.sum(play.source, axis=-1)
    play.backing = trust.backing_after_leaks(play.backing, setting.backing_floor, par.v["leak_cost"], hurt)
    play.credit_broken = play.credit_broken + 0.5 * np.sum(hurt, axis=-1) * play.alive
    play.done("leak_or_keep")


def _keep_contact(play: QuarterInPlay) -> None:
    setting, par = play.setting, play.setting.parameters
    play.ties = networks.ties_after_quarter(play.ties, par.keep_m["ties_halflife"], setting.off)
    play.ties = networks.ties_after_contact(play.ties, play.contact_sum + play.telephone, par.m["ties_hours"])
    play.done("keep_contact")


def _pool_data(play: QuarterInPlay) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    treated = setting.treated[q]
    if play.theory.has("pool_data"):
        open_pool = (play.design.database * play.alive)[..., None]
        put = open_pool * networks.put(
            play.present,
            play.commitment,
            play.capacity,
            play.data_share[..., None],
            par.v["data_risk"],
            play.design.data_security[..., None],
        )
        after = networks.data_share_after_quarter(
            play.data_share, networks.comparability(play.defined, treated), put, play.capacity, play.present
        )
        play.data_share = np.where(open_pool[..., 0] > 0, after, play.data_share)
        play.understanding = networks.understanding_from_data(
            play.understanding,
            par.m["data_learning"],
            play.data_share[..., None, None],
            put,
            treated,
        )
    play.done("pool_data")


def _coordinate_ministries(play: QuarterInPlay) -> None:
    setting, par = play.setting, play.setting.parameters
    weights = setting.ministry_weights
    line = positions.national_line(play.position, weights)
    if play.theory.has("coordinate_ministries"):
        play.position = positions.position_after_coordination(
            play.position, line, play.issue_days, par.t["coordination"]
        )
    play.coherence = positions.coherence(play.position, line, play.salience, weights)
    play.stated = positions.stated_line(play.stated, line, play.interest_line)
    play.position = positions.position_at_home(play.position, play.interest, par.keep_t["return_halflife"])
    play.line = positions.national_line(play.position, weights)
    play.done("coordinate_ministries")


def _follow_up(play: QuarterInPlay) -> None:
    par = play.setting.parameters
    design = play.design
    acts = play.theory.has("follow_up")
    dial = design.follow_up if acts else play.zero
    play.follow_up_now = policy.follow_up_strength(dial, design.secretariat) * play.alive
    play.age = play.age + play.open
    play.unkept = play.unkept * par.keep_v["unkept_halflife"]
    _look_at_items(play)
    due = policy.due_now(play.open, play.age, play.due_done, play.design.due[..., None])
    due = due & (play.alive > 0)[..., None]
    kept, broken = policy.credit_from_due(play.delivered, play.counted, due, play.obligation)
    play.credit_kept = play.credit_kept + kept
    play.credit_broken = play.credit_broken + broken
    play.unkept = play.unkept + policy.unkept_from_due(play.delivered, play.counted, due)
    play.due_done = np.where(due, 1.0, play.due_done)
    play.due = due
    play.done("follow_up")


def _look_at_items(play: QuarterInPlay) -> None:
    """Work out what is delivered of every item, and where it counts."""
    reach = policy.reach(play.load)[..., None, :]
    play.delivered = policy.delivered(play.law, play.target, play.law_at_adoption, reach)
    left = policy.unsettled(play.target, play.law_at_adoption, play.setting.parameters.m["tolerance"])
    play.unsettled = np.where(left, 1.0, 0.0)
    play.counted = play.open[..., None, :] * play.bound * left * play.present[..., None]


def _implement(play: QuarterInPlay) -> None:
    setting, par = play.setting, play.setting.parameters
    design = play.design
    if play.theory.has("implement"):
        open_now = play.open[..., None, :] * play.bound * play.unsettled * play.alive[..., None, None]
        distance = np.abs(play.line - play.target[..., None, :])
        asked = 0.5 * (play.follow_up_now + design.reporting) * play.alive
        reporting = par.s["reporting_cost"] * asked
        crowding = par.s["crowding_out"] * design.secretariat * play.alive
        budget = policy.budget(
            play.capacity,
            par.v["effort_floor"],
            play.commitment,
            play.backing,
            play.coherence,
            reporting[..., None],
            crowding[..., None],
        )
        items = np.sum(open_now * design.count[..., None, :], axis=-1)
        usable = policy.usable(budget, par.v["overload"], items)
        left = np.maximum(design.due[..., None] - play.age, 0.0)
        remind = par.m["reminder"] * play.follow_up_now[..., None, None]
        share = _ORDER[play.theory.form("implement")](open_now, distance, left, remind)
        lost = par.m["closed_loss"] * play.confidentiality[..., None, None]
        effort = policy.effort(
            open_now,
            par.m["item_rate"],
            play.load,
            policy.work(usable, share, par.m["parallel_items"]),
            policy.gate(play.understanding, distance, par.m["gate_floor"], lost, setting.sensitivity),
            par.m["obligation_effort"],
            play.obligation,
            policy.peers_ahead(
                play.ties,
                play.delivered,
                open_now * play.present[..., None],
                par.m["peers"],
                lost,
                setting.sensitivity,
                design.reporting[..., None, None],
            ),
            play.incentive,
        )
        pulled = par.m["incentive_drift"] * float(play.theory.has("background"))
        play.law = policy.law_after_quarter(
            play.law,
            play.exists,
            play.line,
            play.target,
            effort,
            setting.founding_law,
            par.m["own_drift"],
            pulled,
            play.incentive,
            policy.norm(play.ability, play.line),
            par.keep_m["erosion_halflife"],
        )
        play.exists = policy.exists_after_quarter(play.exists, effort, par.m["policy_birth"])
        backed = np.any(design.backers * play.present > 0, axis=-1) & (design.backers_share > 0)
        help_now = design.capacity_building * ((play.sponsor_now > 0) | backed) * play.alive
        play.capacity_built = policy.capacity_built_after_quarter(
            play.capacity_built,
            play.capacity,
            par.v["capacity_building_rate"],
            help_now[..., None] * play.present,
        )
        play.backing = policy.backing_after_quarter(
            play.backing,
            setting.backing_floor,
            par.keep_v["backing_halflife"],
            par.v["backing_rate"],
            play.political_sum,
        )
        _look_at_items(play)
        done = policy.item_closes(play.open, play.delivered, play.counted)
        play.closed = done & (play.alive > 0)[..., None]
        play.items_closed = play.items_closed + play.closed
        play.open = np.where(play.closed, 0.0, play.open)
    play.counted_now = play.counted
    play.mean_delivered = policy.mean_delivered(play.delivered, play.counted)
    early = play.closed & (play.due_done == 0)
    play.credit_kept = play.credit_kept + np.sum(early * play.mean_delivered, axis=-1)
    play.due_done = np.where(early, 1.0, play.due_done)
    play.counted = play.counted * play.open[..., None, :]
    play.done("implement")


def _evaluate(play: QuarterInPlay) -> None:
    if play.theory.has("follow_up"):
        every = np.maximum(play.design.evaluation, 1.0)
        last = (play.q + 1.0) % every == 0
        looks = ((play.design.evaluation > 0) & last & (play.alive > 0))[..., None]
        lighter = policy.reloaded(play.open, play.age, play.mean_delivered, looks)
        play.dropped = policy.dropped(
            play.open, play.age, play.mean_delivered, looks, play.design.due[..., None]
        )
        play.load = np.where(lighter, play.load / 2.0, play.load)
        play.open = np.where(play.dropped, 0.0, play.open)
        play.counted = play.counted * play.open[..., None, :]
        if np.any(lighter):
            _look_at_items(play)  # what a lighter item asks is delivered sooner
    asked = (play.counted_now > 0) & (play.alive > 0)[..., None, None]
    result = np.where(play.dropped[..., None, :], 0.0, play.delivered)
    play.achieved = np.where(asked, result, play.achieved)
    play.judged = np.where(asked, 1.0, play.judged)
    play.done("follow_up")


def _bargain(play: QuarterInPlay, luck: Luck, meets: bool) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    play.struck = play.kept * 0.0
    if play.theory.has("bargain"):
        if (setting.first_quarter + q) % 4 == 0 or q == 0:
            fresh = play.live < 8.0 if meets else np.broadcast_to(setting.treated[q] > 0, play.live.shape)
            play.gain = agreements.gain(play.salience, fresh)
        hazard = agreements.deal_hazard(
            par.m["deal_hazard"],
            play.trust(),
            play.empathy,
            play.gain,
            agreements.cover(setting.flow_share[q], par.m["coverage"]),
            play.side_sum,
            play.deals,
        )
        play.struck = np.where(agreements.deals_struck(hazard, luck.deal, play.present), 1.0, 0.0)
        play.deals = play.deals + play.struck
    play.live = play.live + 1.0
    play.done("bargain")


def _respond(play: QuarterInPlay, luck: Luck) -> None:
    setting, par = play.setting, play.setting.parameters
    if play.theory.has("respond"):
        shocked = (setting.event_crisis[:, play.q] > 0) & play.theory.has("shock")
        play.crisis = environment.crisis_after_quarter(play.crisis, shocked, play.jump)
    play.in_crisis = environment.in_crisis(play.crisis) * play.present
    if play.theory.has("respond"):
        hazard = environment.joint_hazard(par.m["response_rate"], play.ties, play.trust())
        crisis = environment.in_crisis(play.crisis)
        act = environment.joint_act(hazard, luck.joint, crisis, play.present, play.acted)
        play.acted = environment.acted_after(play.acted, act, crisis)
        play.joint = np.where(act, 1.0, 0.0)
        play.ties = environment.ties_after_joint_act(play.ties, play.joint)
    play.done("respond")


_STANDS_STILL: Final = (
    "relevance",
    "value",
    "outcome",
    "paid",
    "cost",
    "activity",
    "commitment",
    "treasury",
    "sponsor_active",
    "sponsor_discontent",
)
"""What no longer moves once a process has ended; of a state, while it is absent."""


def _commit_and_fund(play: QuarterInPlay) -> None:
    before = {name: getattr(play, name) for name in _STANDS_STILL}
    _commit(play)
    for name, old in before.items():
        new = getattr(play, name)
        moves = play.alive[..., None] * play.present if new.ndim > 1 else play.alive
        setattr(play, name, np.where(moves > 0, new, old))
    play.done("commit_and_fund")


def _commit(play: QuarterInPlay) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    design, alive = play.design, play.alive
    planned = design.plan_sought
    agreed = agreements.would_be_agreed(play.present, play.line)
    play.settled = ownership.settled_share(play.law, agreed, play.present, par.m["tolerance"])
    whole = (play.slots_planned > 0) & (play.slots_held >= play.slots_planned)
    play.credit_kept = play.credit_kept + 0.05 * whole
    if play.theory.has("commit_and_fund"):
        attention = play.attention_sum / np.maximum(play.asked_sum, 1.0)[..., None]
        relevance = ownership.relevance(
            attention, play.salience, par.v["coverage"], play.covered, par.m["settled_weight"], play.settled
        )
        asked = play.asked_sum > 0
        play.relevance = np.where(asked, ownership.flow(play.relevance, relevance), play.relevance)
        heard = np.sum(play.candid_sum, axis=-1)
        play.value = ownership.flow(play.value, ownership.value(heard, par.v["value_hours"]))
        progress = ownership.progress(play.achieved, play.judged, play.age, design.due[..., None])
        progress = progress * planned[..., None]
        deals = np.sum(play.struck, axis=-1)
        waits = ~np.any(play.judged > 0, axis=-1) & ((planned > 0) & (q < FIRST_RESULTS))[..., None]
        outcome = ownership.flow(play.outcome, ownership.outcome_with_deals(progress, deals))
        play.outcome = np.where(waits, play.outcome, outcome)
        share = ownership.money_paid(
            par.v["payment"],
            play.commitment,
            play.key,
            (1.0 - play.sponsor_now)[..., None],
            (play.annual_cost / 4.0)[..., None],
        )
        play.money_members = share * alive[..., None]
        play.money_sponsor = play.sponsor_now * play.annual_cost / 4.0 * alive
        bill = (play.annual_cost / 4.0)[..., None]
        play.paid = ownership.flow(play.paid, ownership.paid(play.money_members, play.ability, bill))
        play.cost = ownership.flow(play.cost, ownership.cost(play.days_sum, play.capacity))
        inflow = np.sum(play.money_members, axis=-1) + play.money_sponsor
        play.treasury = ownership.treasury_after(play.purse, inflow, play.annual_cost)
        value_weight = par.s["commit_value"] + par.s["commit_outcome"] * (1.0 - planned)
        outcome_weight = par.s["commit_outcome"] * planned
        wanted = ownership.wanted_commitment(
            par.v["commit_base"],
            par.v["commit_relevance"],
            play.relevance,
            value_weight[..., None],
            play.value,
            outcome_weight[..., None],
            play.outcome,
            par.v["commit_paid"],
            play.paid,
            par.v["commit_cost"],
            play.cost,
            par.v["commit_sovereignty"],
            design.obligation[..., None],
            setting.sovereignty,
            par.v["commit_unkept"],
            play.unkept,
            par.v["prestige"],
            play.climate[..., None],
            play.government_now,
        )
        play.commitment = ownership.commitment_after_quarter(
            play.commitment, wanted, par.v["commit_time"], play.present
        )
        shown = np.minimum(
            1.0,
            (play.slots_held + play.declared + np.sum(play.newly_adopted, axis=-1))
            / np.maximum(play.slots_planned, 1.0),
        )
        play.activity = np.where(play.slots_planned > 0, ownership.flow(play.activity, shown), play.activity)
        overall = _mean_of_items(play)
        sees = ownership.sponsor_sees(overall, play.activity, par.s["sponsor_sight"])
        play.sponsor_discontent = ownership.patience_after(play.sponsor_discontent, sees)
        leaves = play.sponsor_discontent >= par.s["sponsor_patience"]
        play.sponsor_active = np.where(leaves, 0.0, play.sponsor_active)


def _mean_of_items(play: QuarterInPlay) -> Array:
    """Return what is achieved on average over members and the issues judged for them, 0 where none is."""
    judged = play.judged * play.present[..., None]
    share: Array = np.sum(judged * play.achieved, axis=(-1, -2))
    count: Array = np.maximum(np.sum(judged, axis=(-1, -2)), 1.0)
    return share / count


def _live_or_die(play: QuarterInPlay) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    design = play.design
    if play.theory.has("live_or_die"):
        was_alive = play.alive > 0
        play.since_meeting = lifecycle.since_meeting_after(play.since_meeting, play.slots_held > 0)
        overall = _mean_of_items(play)
        moves = np.any(play.newly_defined | play.newly_adopted, axis=-1)
        play.idle = lifecycle.idle_after(play.idle, moves, overall - play.delivered_before)
        play.delivered_before = overall
        interval = 4.0 / np.maximum(np.sum(setting.calendar.rate[:, q], axis=-1), LEAST_MEETINGS)
        dormant = lifecycle.is_dormant(play.since_meeting, interval, par.s["dormancy_factor"])
        play.dormant_for = lifecycle.dormant_for_after(play.dormant_for, dormant)
        heads = np.maximum(np.sum(play.present, axis=-1), 1.0)
        treated = setting.treated[q]
        after = lifecycle.next_status(
            play.status,
            dormant,
            play.dormant_for,
            np.max(setting.sponsor_share[:, : q + 1], axis=-1) >= 0.5,
            setting.sponsor_share[:, q] * play.sponsor_active == 0.0,
            np.broadcast_to(setting.overlap[q] > 0, dormant.shape),
            np.sum(play.commitment * play.present, axis=-1) / heads,
            np.sum(play.settled * treated, axis=-1) / np.maximum(np.sum(treated), 1.0),
            np.sum(play.relevance * play.present, axis=-1) / heads,
            lifecycle.rule_closes(q >= design.sunset, (q + 1) % 4 == 0, play.idle, design.review_patience),
        )
        play.status = np.where(was_alive, after, play.status)
    play.done("live_or_die")


def _close(play: QuarterInPlay) -> tuple[World, Process, Minutes]:
    """Put the next world, the next process and the minutes together."""
    heard = np.sum(play.heard_sum, axis=-2)
    candid = np.sum(play.candid_sum, axis=-2)
    minutes = Minutes(
        hours=play.heard_sum,
        candid=play.candid_sum,
        participation=play.coming_most,
        held=np.stack(play.held_slots, axis=-1) > 0,
        called=np.stack(play.called_slots, axis=-1) > 0,
        slot_heads=np.stack(play.slot_heads, axis=-1),
        agenda=play.agenda_sum,
        candour=np.where(heard > 0, candid / np.where(heard > 0, heard, 1.0), np.nan),
        leaked=play.leaked,
        source=play.source,
        attributed=play.attributed,
        deals=play.struck,
        joint=play.joint,
        crisis=play.in_crisis,
        defined=play.newly_defined,
        adopted=play.newly_adopted,
        closed=play.closed,
        dropped=play.dropped,
        due=play.due,
        declared=play.declared,
        delivered=play.delivered,
        counted=play.counted_now > 0,
        mean_delivered=play.mean_delivered,
        coherence=play.coherence,
        money_members=play.money_members,
        money_sponsor=play.money_sponsor,
        kind=play.delegate_days,
        annual_cost=play.annual_cost,
        replaced=play.replaced,
        government=play.new_government,
        pulses=play.jump,
        salience=play.salience,
        interest=play.interest_line,
    )
    return (
        World(**{name: _whole(play, name) for name in _WORLD}),
        Process(**{name: _whole(play, name) for name in _PROCESS}),
        minutes,
    )


def _whole(play: QuarterInPlay, name: str) -> Any:
    return getattr(play, name)
