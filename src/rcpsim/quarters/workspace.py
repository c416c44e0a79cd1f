"""The workspace of one quarter: what stands at this moment, before the next World is put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.quarters.forms import Theory
from rcpsim.theory import meetings, trust
from rcpsim.world import Design, Setting

__all__ = ["Floor", "QuarterInPlay", "Trace", "laid_out"]

Trace = Callable[[str, dict[str, Any]], None]
"""Called after each mechanism with its name and every array of the workspace."""


class Floor(NamedTuple):
    """The issues on the agenda of a meeting, L of them at most: taken out of all K, and put back.

    Attributes
    ----------
    on : [H, K] whether an issue is on the agenda
    places : [H, K, L] 1 where an issue is the l-th of the agenda, in the order of issues; None where all K
        are laid out as they stand. Places beyond the agenda hold 0
    """

    on: BoolArray
    places: Array | None

    @classmethod
    def of_agenda(cls, on: BoolArray, most: int) -> Floor:
        """Return the floor of an agenda that holds at most so many issues."""
        if most >= on.shape[-1]:
            return cls(on, None)
        number = np.cumsum(on, axis=-1)[..., None]
        return cls(on, np.where(on[..., None] & (number == np.arange(1, most + 1)), 1.0, 0.0))

    def take(self, values: Array) -> Array:
        """Return the values of the issues on the agenda: (..., K) to (..., L)."""
        if self.places is None:
            return values
        flat = values.ndim <= self.on.ndim
        taken: Array = (values[..., None, :] if flat else values) @ self.places
        return taken[..., 0, :] if flat else taken

    def spread(self, values: Array) -> Array:
        """Return values of the issues on the agenda over all, 0 for the others: (..., L) to (..., K)."""
        if self.places is None:
            return values
        flat = values.ndim <= self.on.ndim
        laid: Array = (values[..., None, :] if flat else values) @ self.places.mT
        return laid[..., 0, :] if flat else laid

    def put(self, values: Array, old: Array) -> Array:
        """Return old values of all issues, those on the agenda replaced: (..., L) to (..., K)."""
        on = self.on if values.ndim <= self.on.ndim else self.on[..., None, :]
        return np.where(on, self.spread(values), old)

    def marks(self, values: BoolArray) -> BoolArray:
        """Return which of all issues are marked among those on the agenda: (..., L) to (..., K)."""
        return self.spread(np.where(values, 1.0, 0.0)) > 0.0

    def take_terms(self, usage: Array) -> Array:
        """Return the usage of terms on the agenda: (..., N, K, V) to (..., N, L, V)."""
        if self.places is None:
            return usage
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(usage, -1, 0)) @ self.places, 0, -1)

    def add_terms(self, change: Array, old: Array) -> Array:
        """Return the usage of all terms after a change on the agenda: (..., N, L, V) to (..., N, K, V)."""
        if self.places is None:
            return old + change
        laid = np.ascontiguousarray(np.moveaxis(change, -1, 0)) @ self.places.mT
        return old + np.ascontiguousarray(np.moveaxis(laid, 0, -1))


class QuarterInPlay:
    """The fields of World and Process as they stand, what this quarter is given, and its sums.

    Only the package ``quarters`` sees it. Arrays are replaced, never changed in place. Shapes are those of
    the records in ``rcpsim.world``; n is [H, N], nn is [H, N, N], k is [H, K], nk is [H, N, K].
    """

    setting: Setting
    theory: Theory
    q: int
    # World and Process, field by field
    position: Array
    stated: Array
    law: Array
    exists: Array
    understanding: Array
    usage: Array
    backing: Array
    discretion: Array
    comfort: Array
    capacity_built: Array
    kept: Array
    broken: Array
    entrusted: Array
    entrusted_sensitive: Array
    ties: Array
    empathy: Array
    deals: Array
    gain: Array
    salience_pulse: Array
    government: Array
    crisis: Array
    acted: Array
    commitment: Array
    newcomer: Array
    credit_kept: Array
    credit_broken: Array
    memory: Array
    live: Array
    spent: Array
    defined: Array
    open: Array
    target: Array
    load: Array
    age: Array
    obligation: Array
    bound: Array
    law_at_adoption: Array
    due_done: Array
    achieved: Array
    judged: Array
    items_adopted: Array
    items_closed: Array
    data_share: Array
    unkept: Array
    treasury: Array
    relevance: Array
    value: Array
    outcome: Array
    paid: Array
    cost: Array
    activity: Array
    sponsor_active: Array
    sponsor_discontent: Array
    since_meeting: Array
    dormant_for: Array
    idle: Array
    delivered_before: Array
    status: IntArray
    # what the quarter is given
    design: Design
    zero: Array  # [H] zeros
    alive: Array  # [H] 1 while active or dormant; 0 in the twin
    confidentiality: Array  # [H] 0 in the twin
    present: Array  # n
    ability: Array  # n
    chair: Array  # n
    capacity: Array  # n, with what events and capacity building add
    salience: Array  # nk, with events and pulses
    incentive: Array  # nk
    climate: Array  # [H]
    government_now: Array  # n
    interest: Array  # [H, N, M, K]
    interest_line: Array  # nk
    sponsor_now: Array  # [H] the sponsor's share of the money
    key: Array  # n, share of the members' bill
    planned_pay: Array  # n, share of all money
    chair_agenda: Array  # [H]
    planned_now: Array  # [H, S]
    annual_cost: Array  # [H] delegate-days
    clerks: Array  # [H] delegate-days a year
    purse: Array  # [H] treasury as it is spent
    settled: Array  # k, share of members whose law agrees
    covered: Array  # n, share of migrants whose other country is in the process
    follow_up_now: Array  # [H]
    # the meeting that is being held
    in_rooms: bool  # whether the meeting splits into parallel rooms
    held: Array  # [H] 1 or 0
    invited: Array  # n
    participation: Array  # n
    belief: Array  # nn, trust at the beginning of the meeting
    alpha: Array  # k, shares of the hours
    on: BoolArray  # k
    floor: Floor
    clock: meetings.Clock
    record: Array  # [H]
    rooms: Array  # nn
    presence: Array  # n, in groups
    ears_group: Array  # nn
    heard_plenary: Array  # nn
    heard_group: Array  # nn
    heard_corridor: Array  # nn
    heard: Array  # nn, over all settings
    meets: Array  # nn
    line: Array  # nk
    pool: Array  # [H, L], as all of them to `shared`, of the issues on the agenda
    pool_corridor: Array  # [H, L] without observers
    settings: list[Array]  # hours heard, by setting: plenary, corridor, groups
    words: list[Array]  # candour [H, N, L], by setting
    shared: Array  # [H, N, L] shared terms
    candid_now: Array  # nn
    sensitive_now: Array  # nn
    said: Array  # [H, N, L] the position heard of a state
    stalled: Array  # [H, L]
    # sums of the quarter
    heard_sum: Array  # nn
    candid_sum: Array  # nn
    sensitive_sum: Array  # nn
    contact_sum: Array  # nn, in corridors and groups, one way
    side_sum: Array  # nn, in corridors, one way
    days_sum: Array  # n
    delegate_days: Array  # n, days of all delegates of a state
    issue_days: Array  # nk, days at meetings with the issue on the agenda
    asked_sum: Array  # n, held meetings to which the state was invited
    coming_most: Array  # n
    political_sum: Array  # n
    attention_sum: Array  # nk
    agenda_sum: Array  # k
    slots_held: Array  # [H]
    slots_planned: Array  # [H]
    held_slots: list[Array]
    called_slots: list[Array]
    slot_heads: list[Array]
    declared: Array  # [H]
    newly_defined: BoolArray  # k
    newly_adopted: BoolArray  # k
    closed: BoolArray  # k
    dropped: BoolArray  # k
    due: BoolArray  # k
    # between meetings
    replaced: Array  # n
    new_government: BoolArray  # n
    jump: Array  # k
    between: Array  # nn, bilateral hours
    telephone: Array  # nn
    leaked: BoolArray  # n
    attributed: BoolArray  # n
    source: Array  # nn
    coherence: Array  # n
    delivered: Array  # nk
    unsettled: Array  # nk
    counted: Array  # nk, open items now
    counted_now: Array  # nk, before items closed
    mean_delivered: Array  # k
    struck: Array  # nn
    in_crisis: Array  # n
    joint: Array  # nn
    money_members: Array  # n
    money_sponsor: Array  # [H]

    def __init__(self, setting: Setting, theory: Theory, quarter: int, trace: Trace | None) -> None:
        self.setting = setting
        self.theory = theory
        self.q = quarter
        self._trace = trace

    def trust(self) -> Array:
        """Return trust [H, N, N] as it stands."""
        setting = self.setting
        return trust.trust(self.kept, self.broken, setting.trust_prior, setting.parameters.m["prior_weight"])

    def done(self, mechanism: str) -> None:
        """Tell the audit what stands after a mechanism."""
        if self._trace is not None:
            self._trace(mechanism, {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)})


def laid_out(array: Array) -> Array:
    """Return an array with the history axis outermost in memory, so that its sums have the same bits."""
    return np.ascontiguousarray(array)
