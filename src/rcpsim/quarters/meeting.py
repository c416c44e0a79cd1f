"""One meeting, in the order in which it happens.

``hold_meeting`` plays one slot of the calendar on a :class:`Room`, the workspace of a quarter. A meeting that
is not held has no hours and nobody present, and so changes nothing by itself: there is no case to branch on.

An issue without hours comes to nothing, so from the first word to the last only the issues on the agenda are
reckoned (:class:`rcpsim.quarters.workspace.Floor`); all others stay as they are, to the bit.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.axes import TEXTS
from rcpsim.quarters.workspace import Floor, QuarterInPlay
from rcpsim.theory import (
    agreements,
    candour,
    delegations,
    language,
    learning,
    meetings,
    positions,
)

__all__ = ["hold_meeting"]

WORKING_GROUP_RECORD: Final = 0.3  # candour (C5)
_FLOOR: Final = {"chair_shared": meetings.floor_chair_shared, "fay2000": meetings.floor_fay2000}
_POOL_ROOM: Final = {"pooled": learning.pool_room_pooled, "maximum": learning.pool_room_maximum}
_POOL_ALL: Final = {"pooled": learning.pool_plenary_pooled, "maximum": learning.pool_plenary_maximum}
_PERSUADE: Final = {
    "friedkin1990": positions.friedkin1990,
    "deffuant2000": positions.deffuant2000,
    "hegselmann2002": positions.hegselmann2002,
}
_RULE: Final = {
    "unanimity": agreements.unanimity,
    "all_but_x": agreements.all_but_x,
    "pathfinder": agreements.pathfinder,
}
_ITEM_LEVEL: Final = TEXTS.index("recommendations")


def hold_meeting(play: QuarterInPlay, slot: int, called: Array, in_rooms: bool) -> None:
    """Hold the meeting of one slot, as far as it is called and attended.

    ``called`` [H] is 1 where the process lives, the meeting is planned and it can be paid. Whether it splits
    into parallel rooms by now is a matter of the calendar, not of luck.
    """
    play.in_rooms = in_rooms
    _attend(play, slot, called)
    _set_agenda(play, slot)
    _form_rooms(play, slot)
    _speak(play, slot)
    _share_terms(play, slot)
    _learn(play, slot)
    _persuade(play, slot)
    _conclude(play, slot)
    _add_up(play, slot)


def _attend(play: QuarterInPlay, slot: int, called: Array) -> None:
    setting, par = play.setting, play.setting.parameters
    calendar, design = setting.calendar, play.design
    invited = play.present * design.steering if calendar.steering[slot] else play.present
    invited = np.broadcast_to(invited, play.commitment.shape)
    if play.theory.has("attend"):
        coming = meetings.participation(
            invited,
            play.commitment,
            play.capacity,
            setting.sovereignty,
            play.sponsor_now[..., None],
            calendar.days[..., slot, None],
            design.obligation[..., None],
            par.v["attend_slope"],
            par.v["attend_threshold"],
            par.v["concurrency"],
        )
    else:
        coming = invited
    held = called * meetings.quorum_met(coming, invited, par.s["quorum"])
    play.invited = invited * held[..., None]
    play.participation = coming * held[..., None]
    play.held = held
    if play.theory.has("turn_over"):
        met = delegations.first_meeting_evidence(
            play.newcomer, play.participation, par.m["newcomer_units"], setting.off
        )
        credit = delegations.credit_share(play.credit_kept, play.credit_broken)[..., None, None]
        play.kept = play.kept + met * credit
        play.broken = play.broken + met * (1.0 - credit)
        play.newcomer = delegations.newcomer_after_meeting(play.newcomer, play.participation)
    play.belief = play.trust()
    play.done("attend")


def _set_agenda(play: QuarterInPlay, slot: int) -> None:
    setting, par, q = play.setting, play.setting.parameters, play.q
    design = play.design
    treated = setting.treated[q]
    if play.theory.has("set_agenda"):
        weight = meetings.issue_weight(
            meetings.say(play.participation, play.planned_pay, play.chair, play.chair_agenda[..., None]),
            play.salience,
            treated,
            design.priority,
            par.v["sponsor_agenda"],
            play.sponsor_now[..., None],
            design.sponsor_salience,
        )
        weight = meetings.cautious_weight(
            weight,
            par.v["caution_strength"],
            design.caution[..., None],
            par.v["trust_needed_base"],
            par.v["trust_needed_sensitivity"],
            setting.sensitivity,
            meetings.chairs_trust(play.chair, play.participation, play.belief, setting.off)[..., None],
        )
        minutes = par.v["minutes"] * design.secretariat[..., None]
        weight = meetings.remembered_weight(weight, play.memory, minutes)
        remembered = meetings.memory_after_meeting(play.memory, weight)
        play.memory = np.where(play.held[..., None] > 0, remembered, play.memory)
        most = min(setting.calendar.limit[slot], len(setting.issues))
        share, on = meetings.agenda_share(weight, most)
    else:
        most = len(setting.issues)
        share = play.spent * 0.0 + treated / np.maximum(np.sum(treated), 1.0)
        on = share > 0
    held = play.held[..., None]
    play.alpha = share * held
    play.on = on & (held > 0)
    play.live = np.where(play.on, 0.0, play.live)
    play.floor = Floor.of_agenda(play.on, most)
    play.done("set_agenda")


def _form_rooms(play: QuarterInPlay, slot: int) -> None:
    setting, par = play.setting, play.setting.parameters
    calendar, design, off = setting.calendar, play.design, setting.off
    coming = play.participation
    heads = np.sum(coming, axis=-1)
    record = calendar.record[..., slot]
    hours = calendar.hours[..., slot] * play.held
    grouped = play.in_rooms
    size = calendar.room_size[..., slot] * float(grouped)
    everybody = np.ones_like(off)
    nowhere = coming[..., :, None] * coming[..., None, :] * 0.0
    open_share = design.openness * calendar.observed[..., slot]
    voice = candour.observer_voice(open_share, design.organisations, par.s["observer_coordination"], heads)
    if not play.theory.has("form_rooms"):
        none = hours * 0.0
        clock = meetings.Clock(none, none, none, none, plenary=hours, groups=none)
        equal = (hours * voice)[..., None] * coming / np.maximum(heads, 1e-12)[..., None]
        play.clock = clock
        play.heard_plenary = meetings.hours_heard(coming, equal, off)
        play.heard_group = play.ears_group = play.heard_corridor = play.meets = nowhere
        play.rooms, play.presence = nowhere, coming * 0.0
        play.record = record
        play.done("form_rooms")
        return
    clock = meetings.meeting_hours(
        hours,
        heads,
        record,
        play.held * calendar.obligation[..., slot],
        np.sum(play.on, axis=-1),
        np.where(size > 0, 1.0, 0.0),
        par.s["corridor"],
        par.s["statement"],
        par.s["statement_cap"],
        par.s["text_hours"],
        par.s["opening"],
        par.s["group_share"],
    )
    floor = _FLOOR[play.theory.form("form_rooms")]
    even = par.v["chair_evenness"] * setting.chaired[:, play.q, None]
    power = meetings.loquacity(play.ability, play.present, even)
    spoken = floor((clock.plenary * voice)[..., None], coming, power, everybody)
    play.heard_plenary = meetings.hours_heard(coming, spoken, off)
    if grouped:
        first = np.sum(np.where(play.alpha >= np.max(play.alpha, axis=-1, keepdims=True), 1.0, 0.0), axis=-1)
        heaviest = np.where(play.alpha >= np.max(play.alpha, axis=-1, keepdims=True), 1.0, 0.0)
        heaviest = heaviest * (np.cumsum(heaviest, axis=-1) <= 1.0) * np.minimum(first, 1.0)[..., None]
        care = np.einsum("...nk,...k->...n", play.salience, heaviest)
        play.rooms = meetings.room_matrix(care, play.invited, size, setting.key_before)
        play.presence = meetings.group_presence(coming, play.capacity, par.v["group_seats"])
        inside = play.rooms + np.eye(off.shape[-1])
        spoken = floor(clock.groups[..., None], play.presence, power, inside)
        play.heard_group = meetings.hours_heard(play.presence, spoken, play.rooms)
        play.ears_group = play.rooms * play.presence[..., None, :]
    else:
        play.rooms = play.heard_group = play.ears_group = nowhere
        play.presence = coming * 0.0
    play.heard_corridor, play.meets = meetings.corridor_hours(
        clock.corridor[..., None, None], coming, play.ties, off
    )
    play.clock = clock
    play.record = record
    play.done("form_rooms")


def _speak(play: QuarterInPlay, slot: int) -> None:
    setting, par = play.setting, play.setting.parameters
    design, off = play.design, setting.off
    coming, grouped = play.participation, play.in_rooms
    floor = play.floor
    alpha, sensitivity, blame = (floor.take(one) for one in (play.alpha, setting.sensitivity, setting.blame))
    line, stated, understanding = (floor.take(one) for one in (play.line, play.stated, play.understanding))
    form = play.theory.form("learn")
    open_share = design.openness * setting.calendar.observed[..., slot]
    present = open_share * (design.organisations > 0)
    outside = (1.0 - par.s["pool_share"] * par.s["observer_expertise"] * present)[..., None]
    play.pool = _POOL_ALL[form](understanding, coming, par.v["pool_share"], outside)
    play.pool_corridor = _POOL_ALL[form](understanding, coming, par.v["pool_share"], outside * 0.0 + 1.0)
    hours = play.heard_plenary + play.heard_group + play.heard_corridor
    play.heard = hours
    settings = [play.heard_plenary, play.heard_corridor] + ([play.heard_group] if grouped else [])
    if play.theory.has("speak"):
        rules, closed = par.v["rules_hold"], design.confidentiality[..., None]
        safe = candour.log_safe(
            par.m["ear_risk"], par.m["rules_hold"], design.confidentiality[..., None, None], play.belief
        )
        credit = delegations.credit_share(play.credit_kept, play.credit_broken)[..., None]
        clerk = design.secretariat[..., None] * candour.log_safe(par.v["ear_risk"], rules, closed, credit)
        seats = (design.organisations * open_share)[..., None]
        public = seats * candour.log_safe(par.v["observer_risk"], rules, closed, play.comfort)
        wish = candour.want(play.pool, understanding, floor.take(play.salience))
        stake = candour.stake(sensitivity, setting.exposure, line, stated)
        partners = play.meets / np.maximum(coming, 1e-12)[..., :, None]
        risks = [
            (candour.risk_of_speaking(coming[..., None, :] * off, safe, clerk + public), play.record),
            (candour.risk_of_speaking(partners, safe, clerk * 0.0), play.record * 0.0),
        ]
        if grouped:
            inner = np.minimum(play.record, WORKING_GROUP_RECORD)
            risks.append((candour.risk_of_speaking(play.ears_group, safe, clerk), inner))
        open_words = [
            candour.candour(
                par.m["candour_base"],
                par.m["candour_want"],
                par.m["candour_risk"],
                par.m["candour_record"],
                par.m["candour_guarded"],
                wish,
                stake,
                risk,
                record[..., None, None],
                setting.guardedness,
            )
            for risk, record in risks
        ]
    else:
        flat = 1.0 / (1.0 + np.exp(-par.m["candour_base"])) + 0.0 * understanding
        open_words = [flat] * len(settings)
    play.settings, play.words = settings, open_words
    sensitive = alpha * sensitivity
    shares = [candour.candid_share(alpha, words) for words in open_words]
    guarded = [candour.candid_share(sensitive, words) for words in open_words]
    play.candid_now = _over_settings(settings, shares)
    play.sensitive_now = _over_settings(settings, guarded)
    heard_of = [np.einsum("...ij->...j", h)[..., None] for h in settings]
    total = sum(heard_of[1:], heard_of[0])
    mixed = sum(h * words for h, words in zip(heard_of, open_words, strict=True)) / np.maximum(total, 1e-12)
    play.said = candour.heard_position(line, stated, mixed)
    if play.theory.has("speak"):
        play.stalled = candour.stalled(par.v["friction"], blame, hours, play.belief, stated)
        quarrel = candour.disagreement(alpha * blame, stated)
        harm = candour.sparring_evidence(par.m["sparring"], hours, play.belief, quarrel)
        play.broken = play.broken + harm
    else:
        play.stalled = alpha * 0.0
    play.done("speak")


def _over_settings(hours: list[Array], share: list[Array]) -> Array:
    """Return hours weighted by a share of each speaker, added up over the settings: [H, N, N]."""
    total = hours[0] * share[0][..., None, :]
    for one, part in zip(hours[1:], share[1:], strict=True):
        total = total + one * part[..., None, :]
    return total


def _share_terms(play: QuarterInPlay, slot: int) -> None:
    setting, par, floor = play.setting, play.setting.parameters, play.floor
    before, alpha = floor.take_terms(play.usage), floor.take(play.alpha)
    raw, heard, play.shared = language.heard_usage(
        tuple(play.settings), tuple(play.words), before, par.t["sharpening"]
    )
    if play.theory.has("share_terms"):
        usage = language.usage_after_meeting(before, heard, alpha[..., None, :] * raw, par.m["usage_rate"])
        paper = play.design.secretariat * setting.calendar.hours[..., slot] * play.held
        read = play.participation[..., :, None] * (alpha * paper[..., None])[..., None, :]
        usage = language.usage_after_papers(usage, floor.take(play.defined), read, par.m["paper_rate"])
        play.usage = floor.add_terms(usage - before, play.usage)
    play.done("share_terms")


def _learn(play: QuarterInPlay, slot: int) -> None:
    setting, par, floor = play.setting, play.setting.parameters, play.floor
    if play.theory.has("learn"):
        technical = 1.0 - setting.calendar.political[..., slot, None, None]
        alpha, understanding = floor.take(play.alpha), floor.take(play.understanding)
        hours = tuple(
            learning.technical_hours(alpha, play.stalled, technical, np.matmul(h, words), play.shared)
            for h, words in zip(play.settings, play.words, strict=True)
        )
        pools = [pool[..., None, :] for pool in (play.pool, play.pool_corridor)]
        if len(hours) > 2:
            inside = play.rooms + np.eye(setting.off.shape[-1])
            form = play.theory.form("learn")
            own = _POOL_ROOM[form](understanding, play.presence, par.m["pool_share"], inside)
            pools.append(learning.pool_reported(own, play.pool, par.m["report"]))
        u = learning.understanding_after_meeting(
            understanding,
            learning.pooled_gap(hours, tuple(pools)),
            sum(hours[1:], hours[0]),
            learning.absorption(play.capacity, par.v["absorb_base"]),
            par.m["learn_hours"],
        )
        caring = learning.caring_hours(
            tuple(play.settings), tuple(play.words), alpha, floor.take(play.salience)
        )
        play.understanding = floor.put(u, play.understanding)
        play.empathy = learning.empathy_after_meeting(play.empathy, caring, par.m["empathy_hours"])
    play.done("learn")


def _persuade(play: QuarterInPlay, slot: int) -> None:
    setting, par, floor = play.setting, play.setting.parameters, play.floor
    if play.theory.has("persuade"):
        chosen = positions.PersuasionParameters(
            latitude_base=par.m["latitude_base"],
            latitude_trust=par.m["latitude_trust"],
            susceptibility=par.m["susceptibility"],
            persuade_hours=par.m["persuade_hours"],
            repulsion=par.m["repulsion"],
            bounded_confidence=par.m["bounded_confidence"],
            deffuant_step=par.m["deffuant_step"],
        )
        hours = floor.take(play.alpha) * (1.0 - play.stalled)
        move = _PERSUADE[play.theory.form("persuade")](
            floor.take(play.line), play.said, play.heard, play.belief, hours, chosen
        )
        lost = par.m["closed_loss"] * play.design.confidentiality[..., None, None]
        play.position = positions.position_after_meeting(
            play.position,
            floor.spread(move),
            setting.calendar.mix[..., slot, :],
            par.t["absent_share"],
            lost,
            setting.sensitivity,
        )
        play.line = positions.national_line(play.position, setting.ministry_weights)
    play.done("persuade")


def _conclude(play: QuarterInPlay, slot: int) -> None:
    setting, par, floor = play.setting, play.setting.parameters, play.floor
    calendar, design = setting.calendar, play.design
    if play.theory.has("conclude"):
        coming = play.participation
        may = agreements.authority(
            calendar.political[..., slot, None], par.v["delegated_authority"], play.backing, coming
        )
        common = language.common_language(floor.take_terms(play.usage), coming)
        clock = play.clock
        spent = agreements.hours_spent(
            floor.take(play.spent),
            floor.take(play.alpha),
            (clock.plenary + clock.groups + clock.text)[..., None],
            play.stalled,
            may[..., None],
            common,
        )
        agreed = agreements.would_be_agreed(coming, play.said)
        oblige = agreements.effective_obligation(
            calendar.obligation[..., slot], play.record, par.s["informal_discount"]
        )
        rule = _RULE[play.theory.form("conclude")]
        salience, line = floor.take(play.salience), floor.take(play.line)

        def outcome(weight: float) -> tuple[BoolArray, BoolArray]:
            objects = agreements.objects(
                coming,
                salience,
                line,
                agreed,
                weight,
                par.m["standing_out"],
                par.m["tolerance_narrowed"],
                oblige[..., None, None],
            )
            return rule(objects, coming)

        words_pass, _ = outcome(0.5)
        item_passes, willing = outcome(1.0)
        bound = np.where(willing, play.invited[..., None], 0.0)
        asks = agreements.asks_something(bound, floor.take(play.law), agreed, par.m["tolerance"])
        hours = par.v["agreement_hours"]
        on, are_open = floor.take(np.where(play.on, 1.0, 0.0)) > 0.0, floor.take(play.open)
        defines = agreements.defines(floor.take(play.defined), on, spent, words_pass, hours)
        level = calendar.text_level[..., slot]
        may_adopt = design.plan_sought * (level >= _ITEM_LEVEL)
        adopts = agreements.adopts(may_adopt[..., None] > 0, are_open, on, spent, item_passes, asks, hours)
        play.declared = play.declared + agreements.declares(
            level > 0, on, spent, item_passes, defines, np.where(adopts, 1.0, are_open), hours
        )
        newly, adopted = floor.marks(defines), floor.marks(adopts)
        new = adopted[..., None, :]
        play.target = np.where(adopted, floor.spread(agreed), play.target)
        play.load = np.where(adopted, design.load[..., None], play.load)
        play.age = np.where(adopted, 0.0, play.age)
        play.obligation = np.where(adopted, oblige[..., None], play.obligation)
        play.due_done = np.where(adopted, 0.0, play.due_done)
        play.bound = np.where(new, floor.spread(bound), play.bound)
        play.judged = np.where(new, 0.0, play.judged)
        play.law_at_adoption = np.where(new, play.law, play.law_at_adoption)
        play.open = np.where(adopted, 1.0, play.open)
        play.spent = np.where(adopted, 0.0, floor.put(spent, play.spent))
        play.defined = np.where(newly, 1.0, play.defined)
        play.items_adopted = play.items_adopted + adopted
        whole_plan = np.maximum(np.sum(setting.treated[play.q], axis=-1), 1.0)
        play.credit_kept = play.credit_kept + np.sum(0.5 * newly + adopted / whole_plan, axis=-1)
        play.newly_defined = play.newly_defined | newly
        play.newly_adopted = play.newly_adopted | adopted
    play.done("conclude")


def _add_up(play: QuarterInPlay, slot: int) -> None:
    """Add this meeting to the sums of the quarter."""
    calendar = play.setting.calendar
    days = play.participation * calendar.days[..., slot, None]
    play.heard_sum = play.heard_sum + play.heard
    play.candid_sum = play.candid_sum + play.candid_now
    play.sensitive_sum = play.sensitive_sum + play.sensitive_now
    play.contact_sum = play.contact_sum + (play.heard_corridor + play.heard_group)
    play.side_sum = play.side_sum + play.heard_corridor
    play.days_sum = play.days_sum + days
    play.issue_days = play.issue_days + days[..., :, None] * play.on[..., None, :]
    play.asked_sum = play.asked_sum + play.invited
    play.coming_most = np.maximum(play.coming_most, play.participation)
    attention = play.participation[..., :, None] * play.alpha[..., None, :]
    play.attention_sum = play.attention_sum + attention
    political = calendar.political[..., slot, None] * calendar.hours[..., slot, None]
    play.political_sum = play.political_sum + political * np.einsum(
        "...nk,...nk->...n", attention, play.salience
    )
    play.agenda_sum = (
        play.agenda_sum
        + play.alpha * ((play.clock.plenary + play.clock.groups + play.clock.corridor)[..., None])
    )
    play.slots_held = play.slots_held + play.held
    delegates = calendar.people[slot] * days
    play.delegate_days = play.delegate_days + delegates
    play.purse = play.purse - np.sum(delegates, axis=-1)
