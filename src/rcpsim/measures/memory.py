"""What the measures remember: where a run began, its last four quarters, and what it has come to so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray, once
from rcpsim.measures.weighing import over_all, ratio, shares, spread, summed
from rcpsim.theory.positions import national_line
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["Memory", "last_year", "members", "remember", "remember_twin", "start_memory"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is carried from one quarter's measures to the next.

    A leading axis written *h* has length H, or 1 where all histories agree. A *year* is four arrays, one for
    each of the last four quarters, the oldest first; quarters before the first count as 0.
    """

    founding: Array  # [h, N] 1 for the founding list
    states: Array  # [h, N] weights of states: equal over the founding list
    mutual: Array  # [h, N, N] 1 for ordered pairs of different founding states
    pairs: Array  # [h, N * N] their weights: equal
    treated: Array  # [K] 1 for issues that the process treats at any time
    cells: Array  # [h, N * K] weights of founding states and treated issues: equal
    terms: Array  # [h, N * K * V] 1 for founding states and the terms of treated issues
    issues: Array  # [h, K] mean salience of the founding list when the run began
    spread_line: Array  # [H, K] standard deviation of national lines when the run began
    spread_stated: Array  # [H, K] of stated lines
    spread_law: Array  # [H, K] of law
    by_salience: Array  # [h, K] the same of treated issues, 0 for others
    columns: IntArray  # places of the treated issues
    gap_line: Array  # [H, N, N] distance of two national lines over treated issues, by salience, at the start
    gap_stated: Array  # [H, N, N] of stated lines
    law: Array  # [H, N, K] law when the run began
    candid: tuple[Array, ...]  # a year of [H, N, N]: candid hours in which i heard j
    met: Array  # [H, N * N] candid hours that founding states shared in the last four quarters, both ways
    met_total: Array  # [H] their sum
    candid_hours: tuple[Array, ...]  # a year of [H]: candid person-hours
    heard: tuple[Array, ...]  # a year of [H]: person-hours heard
    leaks: tuple[Array, ...]  # a year of [H]: leaks among members
    participation: tuple[Array, ...]  # a year of [H, N]
    invited: tuple[Array, ...]  # a year of [H, N]: 1 where a meeting was held that was open to the state
    money: tuple[Array, ...]  # a year of [H, N]: delegate-days paid by members
    sponsor: tuple[Array, ...]  # a year of [H]: delegate-days paid by the sponsor
    kind: tuple[Array, ...]  # a year of [H]: officials' days given by members
    had_hours: BoolArray  # [H, K] issues that have had hours so far
    ended: Array  # [H, N, 2] closed or dropped items, and recommendations, that asked something of a state
    ended_delivered: Array  # [H, N, 2] what the state had delivered of them by then
    ended_load: Array  # [H] load of these items times their mean delivered share
    open: Array  # [H, N, 2] the same three of items that are open
    open_delivered: Array  # [H, N, 2]
    open_load: Array  # [H]
    load_adopted: Array  # [H] load of all items adopted so far
    deals: Array  # [H] bilateral deals struck so far
    joint_acts: Array  # [H] joint acts of pairs so far
    responding: BoolArray  # [H, N] states that act jointly with another this quarter
    pair_quarters: Array  # [h] quarters summed over pairs of members


def last_year(year: tuple[Array, ...]) -> Array:
    """Return the sum over the last four quarters, the oldest first."""
    first, second, third, fourth = year
    return first + second + third + fourth


def start_memory(world: World, process: Process, setting: Setting) -> Memory:
    """Return the memory with which the measures of a run begin.

    Parameters
    ----------
    world, process : as they are founded, before the first quarter is played
    setting : of the run
    """
    founding = once(_founding_list(setting.present))
    mutual = setting.off * founding[:, :, None] * founding[:, None, :]
    treated = np.max(setting.treated, axis=0)
    columns = np.flatnonzero(treated)
    cells = (founding[:, :, None] * treated).reshape(founding.shape[0], -1)
    states = shares(founding)
    line = national_line(world.position, setting.ministry_weights)
    issues = (states[:, None, :] @ setting.salience[0])[:, 0]
    by_salience = issues * treated
    zero = process.treasury * 0.0
    zero_n, zero_nn = np.zeros_like(process.commitment), np.zeros_like(world.kept)
    return Memory(
        founding=founding,
        states=states,
        mutual=mutual,
        pairs=shares(mutual.reshape(founding.shape[0], -1)),
        treated=treated,
        cells=shares(cells),
        terms=np.repeat(cells, world.usage.shape[-1], axis=-1),
        issues=issues,
        spread_line=spread(line, states),
        spread_stated=spread(world.stated, states),
        spread_law=spread(world.law, states),
        by_salience=by_salience,
        columns=columns,
        gap_line=_distances(line[..., columns], by_salience[:, columns]),
        gap_stated=_distances(world.stated[..., columns], by_salience[:, columns]),
        law=world.law,
        candid=(zero_nn,) * 4,
        met=zero_nn.reshape(zero.size, -1),
        met_total=zero,
        candid_hours=(zero,) * 4,
        heard=(zero,) * 4,
        leaks=(zero,) * 4,
        participation=(zero_n,) * 4,
        invited=(zero_n,) * 4,
        money=(zero_n,) * 4,
        sponsor=(zero,) * 4,
        kind=(zero,) * 4,
        had_hours=process.spent < 0.0,
        ended=np.zeros((*zero_n.shape, 2)),
        ended_delivered=np.zeros((*zero_n.shape, 2)),
        ended_load=zero,
        open=np.zeros((*zero_n.shape, 2)),
        open_delivered=np.zeros((*zero_n.shape, 2)),
        open_load=zero,
        load_adopted=zero,
        deals=zero,
        joint_acts=zero,
        responding=zero_n > 0,
        pair_quarters=np.zeros(founding.shape[0]),
    )


def remember(memory: Memory, process: Process, minutes: Minutes, setting: Setting, quarter: int) -> Memory:
    """Return the memory with a quarter added.

    Parameters
    ----------
    memory : before the quarter
    process : at the end of the quarter
    minutes : of the quarter
    setting, quarter : of the run
    """
    mean, asked, delivered = _items(minutes, setting, quarter, memory)
    ended = minutes.closed | minutes.dropped
    load = mean * process.load
    invited = _invited(minutes, setting, quarter)
    candid = _next(memory.candid, minutes.candid)
    met = last_year(candid)
    met = (met + np.swapaxes(met, -1, -2)) * memory.mutual
    met = met.reshape(met.shape[0], -1)
    return replace(
        remember_twin(memory, minutes, setting, quarter),
        candid=candid,
        met=met,
        met_total=summed(met),
        candid_hours=_next(memory.candid_hours, over_all(minutes.candid)),
        heard=_next(memory.heard, over_all(minutes.hours)),
        participation=_next(memory.participation, minutes.participation * invited),
        invited=_next(memory.invited, invited),
        money=_next(memory.money, minutes.money_members),
        sponsor=_next(memory.sponsor, minutes.money_sponsor),
        kind=_next(memory.kind, summed(minutes.kind)),
        had_hours=memory.had_hours | (minutes.agenda > 0),
        ended=memory.ended + asked[..., :2],
        ended_delivered=memory.ended_delivered + delivered[..., :2],
        ended_load=memory.ended_load + summed(load * ended),
        open=asked[..., 2:],
        open_delivered=delivered[..., 2:],
        open_load=summed(load * ~ended),
        load_adopted=memory.load_adopted + summed(minutes.adopted * process.load),
    )


def remember_twin(memory: Memory, minutes: Minutes, setting: Setting, quarter: int) -> Memory:
    """Return the memory of a twin with a quarter added: nothing of a process ever happens in it.

    Parameters
    ----------
    memory : before the quarter
    minutes : of the quarter
    setting, quarter : of the run
    """
    present = members(setting, quarter)
    leaks = np.vecdot((present[:, None, :] @ minutes.source)[:, 0], present)
    heads = summed(present)
    acts = summed(minutes.joint)
    return replace(
        memory,
        leaks=_next(memory.leaks, leaks),
        deals=memory.deals + 0.5 * over_all(minutes.deals),
        joint_acts=memory.joint_acts + 0.5 * summed(acts),
        responding=acts > 0,
        pair_quarters=memory.pair_quarters + 0.5 * heads * (heads - 1.0),
    )


def members(setting: Setting, quarter: int) -> Array:
    """Return who are members in a quarter: (h, N), one row where all histories agree."""
    return once(setting.present[:, quarter])


def _founding_list(present: Array) -> Array:
    """Return who are members in the first quarter that has two or more: (h, N).

    Parameters
    ----------
    present : (h, Q, N)
    """
    first = np.argmax(np.sum(present, axis=-1) >= 2.0, axis=-1)
    founding: Array = present[np.arange(present.shape[0]), first]
    return founding


def _items(minutes: Minutes, setting: Setting, quarter: int, memory: Memory) -> tuple[Array, Array, Array]:
    """Return what came of the items that were open this quarter.

    Returns
    -------
    the mean share delivered of each item over founding states it asks something of, 0 without any (H, K); of
    each state how many items and recommendations ended that asked something of it, and how many are still
    open (H, N, 4); the same by share delivered (H, N, 4)
    """
    asked: Array = minutes.counted.astype(np.float64)
    done = np.where(minutes.counted, minutes.delivered, 0.0)
    ended = (minutes.closed | minutes.dropped) * 1.0
    still = 1.0 - ended
    count = setting.design_at(quarter).count
    columns = np.stack((ended, ended * count, still, still * count), axis=-1)
    row = memory.founding[:, None, :]
    mean = ratio((row @ done)[:, 0], (row @ asked)[:, 0], none=0.0)
    number: Array = asked @ columns
    delivered: Array = done @ columns
    return mean, number, delivered


def _next(year: tuple[_T, ...], quarter: _T) -> tuple[_T, ...]:
    return (*year[1:], quarter)


def _invited(minutes: Minutes, setting: Setting, quarter: int) -> Array:
    """Return 1 where a meeting was held that a member was invited to [H, N]."""
    present = members(setting, quarter)
    to_all = np.any(minutes.held, axis=-1)[:, None] * 1.0
    if any(setting.calendar.steering):
        steering = np.array(setting.calendar.steering)
        few = setting.design_at(quarter).steering
        to_few = np.any(minutes.held & steering, axis=-1)[:, None] * few
        to_all = np.maximum(np.any(minutes.held & ~steering, axis=-1)[:, None], to_few)
    invited: Array = present * to_all
    return invited


def _distances(values: Array, issues: Array) -> Array:
    """Return the distance of every two states over issues, by weight [H, N, N], one issue at a time."""
    total = np.zeros((values.shape[0], values.shape[1], values.shape[1]))
    apart = np.empty_like(total)
    for k in range(values.shape[-1]):
        one = values[..., k]
        np.subtract(one[:, :, None], one[:, None, :], out=apart)
        np.abs(apart, out=apart)
        apart *= issues[..., k, None, None]
        total += apart
    return total
