"""The records that pass from quarter to quarter: World and Process, and what surrounds them.

A *State* is a country. The condition of the model at a moment is a :class:`World` (what belongs to states
and would be there without any process) and a :class:`Process` (what belongs to the regional consultative
process). What happened in a quarter is its :class:`Minutes`. Records are frozen; a step makes new ones.

Axes: ``...`` histories (one leading axis H in the core), N states in the order of their codes, M = 3
ministries, K issues, V = 3 terms, Q quarters, S slots of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray

__all__ = [
    "CALENDAR_AXES",
    "SETTING_AXES",
    "Calendar",
    "Design",
    "Luck",
    "Minutes",
    "Parameters",
    "Process",
    "Setting",
    "World",
]


@dataclass(frozen=True, slots=True)
class World:
    """What belongs to states. Shares and intensities lie in 0..1, positions and law in -1..1."""

    position: Array  # [..., N, M, K] where each ministry stands
    stated: Array  # [..., N, K] what is said on the record
    law: Array  # [..., N, K] where law, policy and practice stand
    exists: Array  # [..., N, K] whether there is a policy to change
    understanding: Array  # [..., N, K]
    usage: Array  # [..., N, K, V] share with which each term is used; sums to 1 over V
    backing: Array  # [..., N] political backing of the officials
    discretion: Array  # [..., N] how well the persons in the seats keep a confidence
    comfort: Array  # [..., N] how they feel about outsiders in the room
    capacity_built: Array  # [..., N] administration gained by capacity building, 0..0.25
    kept: Array  # [..., N, N] evidence of i that j kept confidences (count)
    broken: Array  # [..., N, N] evidence of i that j broke them (count)
    entrusted: Array  # [..., N, N] confidences i has given j and not yet tested (count)
    entrusted_sensitive: Array  # [..., N, N] the same, weighted by sensitivity
    ties: Array  # [..., N, N] working contact
    empathy: Array  # [..., N, N] how well i knows what j needs
    deals: Array  # [..., N, N] bilateral deals struck so far (count, symmetric)
    gain: Array  # [..., N, N] what a trade of issues would bring a pair, as last reviewed
    salience_pulse: Array  # [..., N, K] what random pulses add to salience now
    government: Array  # [..., N] what the government in office adds to the wish to commit (logit)
    crisis: Array  # [..., N] quarters for which a crisis still counts
    acted: Array  # [..., N, N] 1 where a pair has acted jointly in this crisis (symmetric)


@dataclass(frozen=True, slots=True)
class Process:
    """What belongs to one process."""

    commitment: Array  # [..., N]
    newcomer: Array  # [..., N] share of the delegation that has not yet met the others
    credit_kept: Array  # [...] promises and quarters kept (count)
    credit_broken: Array  # [...] breaches and shortfalls (count)
    memory: Array  # [..., K] agenda shares of the last year; 0 before the first meeting
    live: Array  # [..., K] quarters since the issue was on an agenda
    spent: Array  # [..., K] hours spent towards agreement since the last item
    defined: Array  # [..., K] 1 once terms are agreed
    open: Array  # [..., K] 1 while a plan item is open
    target: Array  # [..., K] what the item asks for
    load: Array  # [..., K] size of the item
    age: Array  # [..., K] quarters since adoption
    obligation: Array  # [..., K] how far the item obliges
    bound: Array  # [..., N, K] 1 for states bound by the item
    law_at_adoption: Array  # [..., N, K]
    due_done: Array  # [..., K] 1 once the due date has been judged
    achieved: Array  # [..., N, K] share delivered of the latest item; 0 where it was dropped
    judged: Array  # [..., N, K] 1 where an item has asked something of the state
    items_adopted: Array  # [..., K] items adopted so far (count)
    items_closed: Array  # [..., K] items closed as delivered so far (count)
    data_share: Array  # [...] how much of what could be pooled is pooled
    unkept: Array  # [..., N] shortfalls that still count
    treasury: Array  # [...] delegate-days
    relevance: Array  # [..., N] four-quarter means from here ...
    value: Array  # [..., N]
    outcome: Array  # [..., N]
    paid: Array  # [..., N]
    cost: Array  # [..., N]
    activity: Array  # [...] ... to here
    sponsor_active: Array  # [...] 1 while the sponsor is there
    sponsor_discontent: Array  # [...] quarters
    since_meeting: Array  # [...] quarters since a meeting was held
    dormant_for: Array  # [...] quarters of dormancy
    idle: Array  # [...] quarters without delivery
    delivered_before: Array  # [...] mean delivery a quarter ago
    status: IntArray  # [...] code of theory/lifecycle


@dataclass(frozen=True, slots=True)
class Design:
    """The dials of a process, one value per history ([H] unless said)."""

    confidentiality: Array
    follow_up: Array
    reporting: Array
    secretariat: Array  # 1 where there is one
    contact_list: Array
    focal_points: Array
    rotates: Array  # 1 where the chair rotates
    caution: Array
    openness: Array  # share of plenary hours open to observers
    organisations: Array  # observers in the room (count)
    plan_sought: Array  # 1 or 0
    load: Array
    due: Array  # quarters from adoption to the due date
    count: Array  # [H, K] recommendations per issue
    evaluation: Array  # quarters between evaluations, 0 for none
    database: Array  # 1 or 0
    data_security: Array
    capacity_building: Array
    backers: Array  # [H, N] 1 for backers
    backers_share: Array
    sponsor_salience: Array  # [H, K]
    obligation: Array  # highest in the calendar
    sunset: Array  # quarter index at which the process ends by rule; inf without
    review_patience: Array  # quarters; inf without review
    steering: Array  # [H, N] 1 for the steering group
    priority: Array  # [H, K] weight given to the order of issues; 1 = none


@dataclass(frozen=True, slots=True)
class Calendar:
    """The intended meetings: S slots a quarter, in order of rank upward."""

    kind: tuple[str, ...]  # S kinds of meeting
    name: tuple[str, ...]  # S names as the scenario gives them
    planned: BoolArray  # [H, Q, S]
    rate: Array  # [H, Q, S] meetings a year that the calendar intends by then
    hours: Array  # [H, S]
    days: Array  # [H, S]
    people: Array  # [S] delegates of a state
    political: Array  # [H, S] share of the delegation that is political
    mix: Array  # [S, M] shares of ministries
    record: Array  # [H, S] share of plenary talk on the record
    text_level: Array  # [H, S] place of the text sought among axes.TEXTS
    obligation: Array  # [H, S] how far that text obliges
    steering: tuple[bool, ...]
    grouped: tuple[bool, ...]  # whether there are parallel rooms in any history
    room_size: Array  # [H, S] states in a room; 0: plenary only
    observed: Array  # [H, S] 1 where observers are let in
    limit: tuple[int, ...]  # issues a meeting can take
    pay_order: tuple[int, ...]  # slots in the order in which they are paid
    rooms_from: tuple[int, ...] = ()  # S quarters from which a meeting splits into rooms; empty: always
    entry: tuple[int, ...] = ()  # S places among the scenario's meetings, the same in every batch
    entries: tuple[str, ...] = ()  # names of the scenario's meetings, by rank and name
    entry_kind: tuple[str, ...] = ()  # their kinds


@dataclass(frozen=True, slots=True)
class Luck:
    """Every number of chance of one quarter: uniforms in (0, 1) by key, never by position."""

    turnover: Array  # [H, N, M]
    discretion: Array  # [H, N] newcomers' discretion, already a value
    comfort: Array  # [H, N] newcomers' comfort, already a value
    leak: Array  # [H, N]
    source: Array  # [H, N]
    attribution: Array  # [H, N]
    deal: Array  # [H, N, N] symmetric
    joint: Array  # [H, N, N] symmetric
    pulse: Array  # [H, K]
    pulse_size: Array  # [H, K]
    pulse_sign: Array  # [H, K]
    government: Array  # [H, N]
    government_z: Array  # [H, N] standard normal
    climate: Array  # [H] value of the common climate in this quarter (logit)


class Parameters(Mapping[str, Array]):
    """Behavioural parameters, one value per history, ready to meet arrays of any rank.

    ``s[name]`` has shape [H], ``v[name]`` [H, 1], ``m[name]`` [H, 1, 1], ``t[name]`` [H, 1, 1, 1]; ``keep_s``
    to ``keep_t`` hold, for every half-life, what is left of a stock after one quarter.
    """

    def __init__(self, values: Mapping[str, Array]) -> None:
        self.s: dict[str, Array] = dict(sorted(values.items()))
        self.v: dict[str, Array] = {name: value[..., None] for name, value in self.s.items()}
        self.m: dict[str, Array] = {name: value[..., None, None] for name, value in self.s.items()}
        self.t: dict[str, Array] = {name: value[..., None, None, None] for name, value in self.s.items()}
        lasting = {name: value for name, value in self.s.items() if "halflife" in name}
        self.keep_s = {name: np.exp2(-1.0 / value) for name, value in lasting.items()}
        self.keep_v = {name: value[..., None] for name, value in self.keep_s.items()}
        self.keep_m = {name: value[..., None, None] for name, value in self.keep_s.items()}
        self.keep_t = {name: value[..., None, None, None] for name, value in self.keep_s.items()}

    def __getitem__(self, name: str) -> Array:
        return self.s[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.s)

    def __len__(self) -> int:
        return len(self.s)


@dataclass(frozen=True)
class Setting:
    """Everything that a run is given and that no quarter changes.

    Arrays over quarters keep the quarter axis first after histories, so that ``[:, q]`` is one quarter; those
    that are the same in every history have a leading axis of length one.
    """

    codes: tuple[str, ...]  # N states
    issues: tuple[str, ...]  # K issues
    first_quarter: int  # absolute number of quarter 0, 4 * year + (quarter - 1)
    quarters: int  # Q
    histories: IntArray  # [H] absolute history numbers
    parameters: Parameters
    designs: tuple[Design, ...]  # one for each period of the design
    design_of: tuple[int, ...]  # [Q] which of them holds
    calendar: Calendar
    present: Array  # [1 or H, Q, N] 1 while a member
    joined: Array  # [1 or H, Q, N] 1 in the quarter of joining after the start
    ability: Array  # [1 or H, Q, N]
    capacity: Array  # [Q, N] profile capacity
    stability: Array  # [Q, N]
    origin: Array  # [Q, N]
    transit: Array  # [Q, N]
    destination: Array  # [Q, N]
    interest_loading: Array  # [K, 3]
    ministry_offset: Array  # [K, M]
    ministry_weights: Array  # [M]
    idiosyncrasy: Array  # [H, N, K] standard normal, a state's own view of an issue
    salience: Array  # [Q, N, K] profile salience
    sensitivity: Array  # [K]
    blame: Array  # [K]
    sovereignty: Array  # [H, N]
    exposure: Array  # [H, N]
    guardedness: Array  # [H, N]
    flow_share: Array  # [Q, N, N] share of i's migrants whose other country is j
    pair_weight: Array  # [Q, N, N] weight of a pair on the origin-destination line
    bond: Array  # [N, N]
    trust_prior: Array  # [H, N, N]
    key_before: BoolArray  # [N, N] True where j's key is below i's
    key_order: Array  # [N, N] 1 where j's key is not above i's
    treated: Array  # [Q, K] 1 where the process treats the issue in that year
    chair: Array  # [H, Q, N] one-hot, or shared evenly where nobody in particular chairs
    chaired: Array  # [H, Q] 1 where somebody in particular chairs
    sponsor_share: Array  # [H, Q]
    overlap: Array  # [Q] 1 while an overlapping body absorbs
    event_salience: Array  # [1 or H, Q, N, K]
    event_capacity: Array  # [1 or H, Q, N]
    event_incentive: Array  # [1 or H, Q, N, K]
    event_crisis: Array  # [1 or H, Q, N] 1 in the quarter in which a shock strikes
    seed: int
    draws: IntArray  # [H] parameter draw of each history
    founding_law: Array  # [H, N, K]
    founding_understanding: Array  # [H, N, K]
    home_usage: Array  # [H, N, K, V]
    backing_floor: Array  # [H, N]
    off: Array = field(repr=False)  # [N, N] 1 off the diagonal

    def design_at(self, quarter: int) -> Design:
        """Return the dials that hold in a quarter."""
        return self.designs[self.design_of[quarter]]


@dataclass(frozen=True, slots=True)
class Minutes:
    """What happened in a quarter."""

    hours: Array  # [H, N, N] hours in which i heard j
    candid: Array  # [H, N, N] candid hours in which i heard j
    participation: Array  # [H, N] highest participation over the quarter's meetings
    held: BoolArray  # [H, S]
    called: BoolArray  # [H, S]
    slot_heads: Array  # [H, S] heads in the room: the sum of participation
    agenda: Array  # [H, K] hours on each issue
    candour: Array  # [H, N] candid share of the hours a state was heard in; nan where not heard
    leaked: BoolArray  # [H, N] listeners who leaked
    source: Array  # [H, N, N] 1 where j leaked what i had said
    attributed: BoolArray  # [H, N]
    deals: Array  # [H, N, N] deals struck this quarter (symmetric)
    joint: Array  # [H, N, N] joint acts
    crisis: Array  # [H, N] 1 while a crisis counts
    defined: BoolArray  # [H, K] defined this quarter
    adopted: BoolArray  # [H, K]
    closed: BoolArray  # [H, K]
    dropped: BoolArray  # [H, K]
    due: BoolArray  # [H, K]
    declared: Array  # [H] declarations
    delivered: Array  # [H, N, K] share delivered of bound, unsettled items
    counted: BoolArray  # [H, N, K] where delivered counts
    mean_delivered: Array  # [H, K] mean over the states for which it counts
    coherence: Array  # [H, N]
    money_members: Array  # [H, N] delegate-days paid this quarter
    money_sponsor: Array  # [H]
    kind: Array  # [H, N] delegate-days given this quarter in officials' time
    annual_cost: Array  # [H] delegate-days that a year of the calendar costs; 0 without the process
    replaced: Array  # [H, N] share of the delegation replaced
    government: BoolArray  # [H, N] changes of government
    pulses: Array  # [H, K] random pulses of salience
    salience: Array  # [H, N, K] salience in force
    interest: Array  # [H, N, K] interest of the line


def record_fields(record: type) -> tuple[str, ...]:
    """Return the names of a record's fields, in the order in which they stand."""
    return tuple(item.name for item in fields(record))


SETTING_AXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("histories", "draws"), "history"),
    **dict.fromkeys(
        (
            "idiosyncrasy",
            "sovereignty",
            "exposure",
            "guardedness",
            "trust_prior",
            "chair",
            "chaired",
            "sponsor_share",
            "founding_law",
            "founding_understanding",
            "home_usage",
            "backing_floor",
        ),
        "history",
    ),
    **dict.fromkeys(
        (
            "present",
            "joined",
            "ability",
            "event_salience",
            "event_capacity",
            "event_incentive",
            "event_crisis",
        ),
        "history or one",
    ),
    **dict.fromkeys(
        (
            "codes",
            "issues",
            "first_quarter",
            "quarters",
            "design_of",
            "capacity",
            "stability",
            "origin",
            "transit",
            "destination",
            "interest_loading",
            "ministry_offset",
            "ministry_weights",
            "salience",
            "sensitivity",
            "blame",
            "flow_share",
            "pair_weight",
            "bond",
            "key_before",
            "key_order",
            "treated",
            "overlap",
            "seed",
            "off",
        ),
        "none",
    ),
}
"""What the first axis of each field of a `Setting` is; parameters, designs and calendar are records."""

CALENDAR_AXES: Final = (
    "political",
    "planned",
    "rate",
    "hours",
    "days",
    "record",
    "text_level",
    "obligation",
    "room_size",
    "observed",
)
"""Fields of a calendar that have a history axis."""
