"""From talk to action: what is implemented, what states commit and pay, whether the process lives on."""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, when
from rcpsim.quarters.workspace import QuarterInPlay
from rcpsim.theory import agreements, lifecycle, ownership, policy

__all__ = ["commit_and_fund", "evaluate", "follow_up", "implement", "live_or_die"]

LEAST_MEETINGS: Final = 0.1  # a year; a calendar with fewer counts as one meeting in ten years, (F2)
FIRST_RESULTS: Final = 12  # quarters for which nobody expects an item of the plan yet, (O3)
_ORDER: Final = {
    "equal": policy.order_equal,
    "easiest_first": policy.order_easiest_first,
    "due_first": policy.order_due_first,
}


def follow_up(play: QuarterInPlay) -> None:
    """Items age, and what is due is judged (policy G1-G3)."""
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


def implement(play: QuarterInPlay) -> None:
    """Work is done, law moves, items close (policy G4-G13)."""
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
        items = np.einsum("...nk,...k->...n", open_now, design.count)
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


def evaluate(play: QuarterInPlay) -> None:
    """An evaluation reloads or drops items; what was achieved is noted (policy G14, G15)."""
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
        # what a lighter item asks is delivered sooner
        when(np.any(lighter), lambda: _look_at_items(play), vars(play))
    asked = (play.counted_now > 0) & (play.alive > 0)[..., None, None]
    result = np.where(play.dropped[..., None, :], 0.0, play.delivered)
    play.achieved = np.where(asked, result, play.achieved)
    play.judged = np.where(asked, 1.0, play.judged)
    play.done("follow_up")


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


def commit_and_fund(play: QuarterInPlay) -> None:
    """States commit, pay, and the sponsor looks on (ownership O1-O10)."""
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
        heard = np.einsum("...ij->...i", play.candid_sum)
        play.value = ownership.flow(play.value, ownership.value(heard, par.v["value_hours"]))
        progress = ownership.progress(play.achieved, play.judged, play.age, design.due[..., None])
        progress = progress * planned[..., None]
        deals = np.einsum("...ij->...i", play.struck)
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
    share: Array = np.einsum("...nk,...nk->...", judged, play.achieved)
    count: Array = np.maximum(np.einsum("...nk->...", judged), 1.0)
    return share / count


def live_or_die(play: QuarterInPlay) -> None:
    """The process meets, sleeps or ends (lifecycle F1-F6)."""
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
            np.any((setting.sponsor_share >= 0.5) & (np.arange(setting.quarters) <= q), axis=-1),
            setting.sponsor_share[:, q] * play.sponsor_active == 0.0,
            np.broadcast_to(setting.overlap[q] > 0, dormant.shape),
            np.sum(play.commitment * play.present, axis=-1) / heads,
            np.sum(play.settled * treated, axis=-1) / np.maximum(np.sum(treated), 1.0),
            np.sum(play.relevance * play.present, axis=-1) / heads,
            lifecycle.rule_closes(q >= design.sunset, (q + 1) % 4 == 0, play.idle, design.review_patience),
        )
        play.status = np.where(was_alive, after, play.status)
    play.done("live_or_die")
