"""What happens around the meetings of a quarter: shocks, people, confidences, contacts, deals, crises."""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, when
from rcpsim.quarters.workspace import QuarterInPlay, laid_out
from rcpsim.theory import (
    agreements,
    delegations,
    environment,
    language,
    learning,
    lifecycle,
    networks,
    policy,
    positions,
    states,
    trust,
)
from rcpsim.world import Luck

__all__ = [
    "bargain",
    "coordinate_ministries",
    "fade",
    "keep_contact",
    "leak_or_keep",
    "pool_data",
    "respond",
    "see_interest",
    "shock",
    "turn_over",
]

PULSE_KEEP: Final = 2.0 ** (-1.0 / 4.0)  # random pulses have a half-life of four quarters, (E2)


def shock(play: QuarterInPlay, luck: Luck) -> None:
    """Events, pulses, governments and the climate of the quarter (environment E1-E6)."""
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
        level = laid_out(setting.event_salience[:, q])
        capacity = laid_out(setting.event_capacity[:, q])
        play.incentive = laid_out(setting.event_incentive[:, q])
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
        play.incentive = laid_out(setting.event_incentive[:, q] * 0.0)
        play.climate = luck.climate * 0.0
    acts = float(play.theory.has("shock"))
    play.jump = jump
    play.government_now = play.government * acts
    pulse = play.salience_pulse * acts
    play.salience = environment.salience_now(setting.salience[q if acts else 0], level, pulse)
    play.capacity = policy.capacity_now(setting.capacity[q if acts else 0], play.capacity_built, capacity)
    play.done("shock")


def turn_over(play: QuarterInPlay, luck: Luck) -> None:
    """Credit fades and seats change hands (delegations D1-D7)."""
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


def see_interest(play: QuarterInPlay) -> None:
    """What each ministry wants, as far as it knows its own case (learning U9)."""
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
    play.interest = laid_out(learning.seen_interest(play.understanding, image, interest(*roles)))
    play.interest_line = positions.national_line(play.interest, setting.ministry_weights)


def fade(play: QuarterInPlay) -> None:
    """Let usage, understanding and empathy fall back towards where they would be without the meetings."""
    setting, par = play.setting, play.setting.parameters
    play.usage = language.usage_at_home(play.usage, setting.home_usage, par.t["home_pull"])
    keep = par.keep_m["understanding_halflife"]
    play.understanding = learning.understanding_after_quarter(
        play.understanding, setting.founding_understanding, keep
    )
    play.empathy = learning.empathy_after_quarter(play.empathy, par.keep_m["empathy_halflife"], setting.off)


def leak_or_keep(play: QuarterInPlay, luck: Luck) -> None:
    """What was entrusted is kept or leaked (trust T2-T10)."""
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
    hurt = np.einsum("...ij->...i", play.source)
    play.backing = trust.backing_after_leaks(play.backing, setting.backing_floor, par.v["leak_cost"], hurt)
    play.credit_broken = play.credit_broken + 0.5 * np.sum(hurt, axis=-1) * play.alive
    play.done("leak_or_keep")


def keep_contact(play: QuarterInPlay) -> None:
    """Ties fade and are kept up (networks N1-N4)."""
    setting, par = play.setting, play.setting.parameters
    play.ties = networks.ties_after_quarter(play.ties, par.keep_m["ties_halflife"], setting.off)
    contact = play.contact_sum + np.swapaxes(play.contact_sum, -1, -2)
    play.ties = networks.ties_after_contact(play.ties, contact + play.telephone, par.m["ties_hours"])
    play.done("keep_contact")


def pool_data(play: QuarterInPlay) -> None:
    """Data are put in and taken out (networks N5-N8)."""
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


def coordinate_ministries(play: QuarterInPlay) -> None:
    """Ministries agree, lines are stated, positions go home (positions P7-P10)."""
    setting, par = play.setting, play.setting.parameters
    weights = setting.ministry_weights
    line = play.line
    if play.theory.has("coordinate_ministries"):
        play.position = positions.position_after_coordination(
            play.position, line, play.issue_days, par.t["coordination"]
        )
    play.coherence = positions.coherence(play.position, line, play.salience, weights)
    play.stated = positions.stated_line(play.stated, line, play.interest_line)
    play.position = positions.position_at_home(play.position, play.interest, par.keep_t["return_halflife"])
    play.line = positions.national_line(play.position, weights)
    play.done("coordinate_ministries")


def bargain(play: QuarterInPlay, luck: Luck, meets: bool) -> None:
    """Pairs strike deals (agreements A9-A12)."""
    setting, par, q = play.setting, play.setting.parameters, play.q
    play.struck = play.kept * 0.0
    if play.theory.has("bargain"):

        def review() -> None:
            fresh = play.live < 8.0 if meets else np.broadcast_to(setting.treated[q] > 0, play.live.shape)
            play.gain = agreements.gain(play.salience, fresh)

        when(((setting.first_quarter + q) % 4 == 0) | (q == 0), review, vars(play))
        hazard = agreements.deal_hazard(
            par.m["deal_hazard"],
            play.trust(),
            play.empathy,
            play.gain,
            agreements.cover(setting.flow_share[q], par.m["coverage"]),
            play.side_sum + np.swapaxes(play.side_sum, -1, -2),
            play.deals,
        )
        play.struck = np.where(agreements.deals_struck(hazard, luck.deal, play.present), 1.0, 0.0)
        play.deals = play.deals + play.struck
    play.live = play.live + 1.0
    play.done("bargain")


def respond(play: QuarterInPlay, luck: Luck) -> None:
    """Pairs act jointly in a crisis (environment E10-E12)."""
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
