"""How world and process begin, and the luck of every quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.axes import MINISTRIES
from rcpsim.draws import Chance, name_ids, normal, pair_ids
from rcpsim.theory import (
    delegations,
    environment,
    language,
    learning,
    lifecycle,
    policy,
    positions,
    states,
    trust,
)
from rcpsim.world import Calendar, Luck, Parameters, Process, Setting, World

__all__ = ["found", "luck_of"]


def found(
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
            base["origin"][0] ** power,
            base["transit"][0] ** power,
            base["destination"][0] ** power,
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
    keep = par.keep_m["evidence_halflife"]
    hazard = delegations.turnover_hazard(
        par.v["turnover_base"], par.v["turnover_instability"], base["stability"][0]
    )
    stays = delegations.expected_stay(hazard, par.m["file"], par.m["reputation"])
    kept, broken, entrusted, entrusted_sensitive = trust.founding_evidence(
        quiet * open_word, par.m["entrust"], par.m["entrust_hours"], par.m["test"], keep, stays
    )
    world = World(
        position=np.ascontiguousarray(interest),
        stated=positions.founding_stated(line),
        law=law,
        exists=policy.founding_exists(capacity)[..., None] + nk,
        understanding=understanding,
        usage=usage,
        backing=floor + np.zeros((h, n)),
        discretion=states.beta_quantile(
            chance.uniform(first, "discretion", ids),
            par.v["discretion_mean"],
            par.v["discretion_concentration"],
        ),
        comfort=states.beta_quantile(
            chance.uniform(first, "comfort", ids), par.v["comfort_mean"], par.v["comfort_concentration"]
        ),
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
        acted=nn,
    )
    zero_k, zero, zero_n = np.zeros((h, k)), np.zeros(h), np.zeros((h, n))
    calendar: Calendar = base["calendar"]
    heads = base["present"][:, :4].sum(axis=-1).max(axis=-1)  # the most members of the first year
    clerks = par.s["secretariat_cost"] * 20.0 * base["designs"][0].secretariat
    yearly = calendar.rate[:, :4].max(axis=1)  # the fullest calendar of the first year
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
        achieved=nk,
        judged=nk,
        items_adopted=zero_k,
        items_closed=zero_k,
        data_share=zero + 0.1,
        unkept=zero_n,
        treasury=np.sum(calendar.days * calendar.people * yearly, axis=-1) * heads + clerks,
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


def _quantiles(luck: Array, mean: Array, strength: Array, needed: BoolArray) -> Array:
    """Return Beta quantiles where a newcomer arrives, 0 elsewhere (nobody reads them there): [Q, H, N]."""
    values = np.zeros(luck.shape)
    mean, strength = (np.broadcast_to(value[:, None], luck.shape) for value in (mean, strength))
    values[needed] = states.beta_quantile(luck[needed], mean[needed], strength[needed])
    return values


def luck_of(
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
    asked = chance.uniforms(
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
    drawn = {purpose: np.moveaxis(values, 1, 0) for purpose, values in asked.items()}  # quarters first
    hazard = delegations.turnover_hazard(
        par.v["turnover_base"], par.v["turnover_instability"], setting.stability[:, None]
    )
    leaves = drawn["turnover"] < -np.expm1(-hazard)[..., None]
    arrives = leaves[..., 0]
    for seat in range(1, leaves.shape[-1]):  # of few seats faster than `any` over them
        arrives = arrives | leaves[..., seat]
    climate = normal(asked["climate"])
    by_quarter = {
        "turnover": drawn["turnover"],
        **{
            trait: _quantiles(
                drawn[f"arrival-{trait}"], par.s[f"{trait}_mean"], par.s[f"{trait}_concentration"], arrives
            )
            for trait in ("discretion", "comfort")
        },
        "leak": drawn["leak"],
        "source": drawn["leak-source"],
        "attribution": drawn["attribution"],
        "pulse": drawn["shock"],
        "pulse_size": drawn["shock-size"],
        "pulse_sign": drawn["shock-sign"],
        "government": drawn["government"],
        "government_z": normal(drawn["government-lean"]),
        "climate": environment.climate_path(climate, par.v["climate_sd"], 0.5 ** (1.0 / 8.0)).T.copy(),
    }
    pairs = {"deal": drawn["deal"], "joint": drawn["joint-response"]}

    def of_quarter(q: int) -> Luck:
        both = {name: np.take(values[q], place, axis=-1) for name, values in pairs.items()}
        return Luck(**{name: values[q] for name, values in by_quarter.items()}, **both)

    return of_quarter
