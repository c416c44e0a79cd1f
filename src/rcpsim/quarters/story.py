"""The story of a quarter, and of many quarters, in the order in which things happen.

Only this package takes a World apart and puts the next one together. Each mechanism is one short step that
hands arrays to the theory and takes arrays back; the order is that of docs/theory/index.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, when
from rcpsim.quarters import action, between
from rcpsim.quarters.forms import Theory
from rcpsim.quarters.meeting import hold_meeting
from rcpsim.quarters.workspace import QuarterInPlay, Trace, laid_out
from rcpsim.theory import lifecycle, ownership, positions
from rcpsim.world import Calendar, Luck, Minutes, Process, Setting, World, record_fields

__all__ = ["play_quarter", "play_quarters"]

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
    between.shock(play, luck)
    between.see_interest(play)
    between.turn_over(play, luck)
    if meets:
        _meet(play)
    between.fade(play)
    between.leak_or_keep(play, luck)
    between.keep_contact(play)
    if meets:
        between.pool_data(play)
    between.coordinate_ministries(play)
    action.follow_up(play)
    action.implement(play)
    if meets:
        action.evaluate(play)
    between.bargain(play, luck, meets)
    between.respond(play, luck)
    if meets:
        action.commit_and_fund(play)
        action.live_or_die(play)
    return _close(play)


def _open(play: QuarterInPlay, luck: Luck, meets: bool) -> None:
    """Lay out what this quarter is given, with all its sums at zero."""
    setting, q = play.setting, play.q
    play.design = design = setting.design_at(q)
    play.present = laid_out(setting.present[:, q])
    play.ability = laid_out(setting.ability[:, q])
    play.chair = laid_out(setting.chair[:, q])
    play.line = positions.national_line(play.position, setting.ministry_weights)
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
        planned = np.any(calendar.planned[:, q, slot])
        for in_rooms, by_now in _ways_to_meet(calendar, slot, q):
            when(planned & by_now, partial(_hold, play, slot, called[slot], in_rooms), vars(play))
    play.slots_planned = np.sum(play.planned_now, axis=-1)


def _ways_to_meet(calendar: Calendar, slot: int, q: int) -> tuple[tuple[bool, bool], ...]:
    """Return whether a meeting splits into parallel rooms, and whether that is its way by now."""
    since = calendar.rooms_from[slot] if calendar.rooms_from else 0
    if not calendar.grouped[slot]:
        return ((False, True),)
    return ((False, q < since), (True, q >= since)) if since > 0 else ((True, True),)


def _hold(play: QuarterInPlay, slot: int, called: Array, in_rooms: bool) -> None:
    hold_meeting(play, slot, called, in_rooms)
    play.held_slots[slot] = play.held
    play.slot_heads[slot] = np.sum(play.participation, axis=-1)
    play.called_slots[slot] = called


def _close(play: QuarterInPlay) -> tuple[World, Process, Minutes]:
    """Put the next world, the next process and the minutes together."""
    heard = np.einsum("...ij->...j", play.heard_sum)
    candid = np.einsum("...ij->...j", play.candid_sum)
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
