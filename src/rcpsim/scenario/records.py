"""A scenario in memory: frozen records that mirror a scenario file, one class per table.

Times are absolute quarters (`rcpsim.axes`). A field that may be judged, given as a range or unknown is a
`Value`, or a `Dial` where it may change by period; the cards in `data/dials.toml` hold meaning, unit and
range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rcpsim.axes import MEETING_KINDS, PREDECESSORS, SYNTHETIC_STATES, absolute_quarter
from rcpsim.scenario.values import Dial, Value


@dataclass(frozen=True, slots=True)
class Window:
    """An absolute quarter that is known (`low == high`) or only lies between two, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Change:
    """A state that comes, goes or changes its status.

    Attributes
    ----------
    state : ISO code
    to : member, observer or none
    when : the quarter from which it holds; a window where only two documents enclose it
    basis : asserted by a document, or the difference between two lists (snapshots)
    source : where it is said
    """

    state: str
    to: str
    when: Window
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A membership list as one document prints it: a check of the file, read by no mechanism.

    Attributes
    ----------
    when : the quarter or year that the list describes
    total : the total the document states, None where it states none
    relation : how the stated total is meant: exactly, about, at-least or none
    source : where it is printed
    states : the codes listed, as printed (so SCG may stand there); empty where only a total is stated
    discrepancy : id in the register of discrepancies, where the document contradicts itself or another
    """

    when: Window
    total: int | None
    relation: str
    source: str
    states: tuple[str, ...]
    discrepancy: str | None

    @property
    def present(self) -> tuple[str, ...]:
        """The listed states with withdrawn codes replaced by the states that stand for them, in ISO order."""
        return tuple(sorted({code for name in self.states for code in PREDECESSORS.get(name, (name,))}))


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Members that documents count but do not name.

    Attributes
    ----------
    among : the states that are members at the last date, of which the first ones are drawn
    totals : (absolute quarter, members in all, `start` included), rising; at the last date all of `among`
        are in
    source : where the totals stand
    """

    among: tuple[str, ...]
    totals: tuple[tuple[int, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Members:
    """Who takes part, and since when.

    Attributes
    ----------
    start : members from the first quarter on, in ISO order
    changes : later arrivals and departures, by time
    snapshots : printed lists, for checks
    unnamed : members counted but not named, or None
    count : number of synthetic states, or None for real ones
    polarisation : spread of the interests of synthetic states
    without : states taken out of the world of this run; no array has a row for them
    """

    start: tuple[str, ...]
    changes: tuple[Change, ...]
    snapshots: tuple[Snapshot, ...]
    unnamed: Unnamed | None
    count: int | None
    polarisation: Value
    without: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """Every state ever a member, in the order of all arrays: ISO order, or the synthetic list's."""
        return tuple(state for state in self.listed if state not in self.without)

    @property
    def listed(self) -> tuple[str, ...]:
        """Every state that the file makes a member at some time, those taken out included."""
        if self.count is not None:
            return SYNTHETIC_STATES[: self.count]
        among = self.unnamed.among if self.unnamed else ()
        joined = [change.state for change in self.changes if change.to == "member"]
        return tuple(sorted({*self.start, *among, *joined}))


@dataclass(frozen=True, slots=True)
class Chair:
    """Who presides. `holders` are (absolute quarter, state); two of one quarter chair together."""

    mode: Dial
    quarters: Value
    holders: tuple[tuple[int, str], ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class Observers:
    """Who sits in without being a member, from the absolute quarter `since` (None: from the first)."""

    since: int | None
    states: Value
    organisations: Value
    openness: Value
    source: str | None


@dataclass(frozen=True, slots=True)
class Groups:
    """Rooms held side by side, by the states in one or by the number of rooms; the other is None."""

    size: Value | None
    count: Value | None
    since: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """The order in which the chair passes; empty: ISO order."""

    order: tuple[str, ...]
    confidence: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Design:
    """How the process is built; each field is the dial of that name in `data/dials.toml`.

    `informality` is None unless the file overrides what follows from the meetings. `priority` weights issues
    in the order of the agenda (1 where it is silent). `steering` are the states that carry work between
    meetings. `observers` are ordered by the date from which they count.
    """

    form: Dial
    confidentiality: Dial
    informality: Dial | None
    secretariat: Dial
    chair: Chair
    rotation: Rotation
    steering: tuple[str, ...]
    observers: tuple[Observers, ...]
    follow_up: Dial
    caution: Dial
    closing: Dial
    closing_after: Value
    working_groups: Groups | None
    networks: Dial
    focal_points: Dial
    contact_list: Dial
    evaluation: Dial
    reporting: Dial
    capacity_building: Dial
    consensus: Value
    order_of_work: Value
    data_pool: Dial
    data_security: Dial
    priority: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One kind of meeting as it is intended.

    Attributes
    ----------
    name : unique in the calendar; the kind, unless the file names it or two share a kind
    kind : one of MEETING_KINDS
    per_year : intended number a year; None where dates are given
    dates : absolute quarters, in order; empty where a frequency is given
    days, text, record, political : None where the file is silent and the card of the kind decides
    ministries : those that are sent, each alike; empty where the card of the kind decides
    steering : a steering group's meeting: carries work between the others
    groups : rooms it splits into, or None
    observers : whether observers are let in; None where the file is silent
    since, until : first and last absolute quarter it is intended for, or None
    source : where it is said
    """

    name: str
    kind: str
    per_year: Dial | None
    dates: tuple[int, ...]
    days: Value | None
    text: Value | None
    record: Value | None
    political: Value | None
    ministries: tuple[str, ...]
    steering: bool
    groups: Groups | None
    observers: Value | None
    since: int | None
    until: int | None
    source: str | None

    @property
    def rank(self) -> int:
        """Place among the kinds of meeting by rank upward, from 0."""
        return MEETING_KINDS.index(self.kind)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sought. That a plan was adopted, and when, is a pattern and stands in no scenario."""

    sought: Dial
    load: Dial
    count: Value
    due: Value
    agenda: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """Who pays: members that back the process, a sponsor outside it, the others by ability.

    `sponsor_issues` are those the sponsor cares for; empty: all alike.
    """

    backers: tuple[str, ...]
    backers_share: Dial
    sponsor_share: Dial
    sponsor: str | None
    sponsor_issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something from outside the process.

    Attributes
    ----------
    id, kind, title : its name, one of EVENT_KINDS, and a sentence
    on : the quarter it happens in, or the window it is drawn from
    until : the quarter it ends before, or None: it fades by `half_life`, or lasts
    states : whom it concerns; empty: all members
    issues : issues it concerns, for incentive, text and overlap; empty: all
    salience : pulse of salience by issue, −1..1
    flows, capacity, stability : pulse by which each changes, −1..1
    half_life : of the pulses, in quarters; None: they last until `until`
    strength : of an incentive, 0..1
    sponsor_share, hand_over : of a change of money
    text : how far a text adopted elsewhere obliges, one of TEXTS
    other : the overlapping body, or the text's own name
    confidence : of the sizes
    source : where it is said
    looks_ahead : the sizes rest on an outcome
    """

    id: str
    kind: str
    title: str
    on: Window
    until: int | None
    states: tuple[str, ...]
    issues: tuple[str, ...]
    salience: Mapping[str, float]
    flows: float
    capacity: float
    stability: float
    half_life: float | None
    strength: Value | None
    sponsor_share: Value | None
    hand_over: Value | None
    text: str | None
    other: str | None
    confidence: str | None
    source: str
    looks_ahead: bool


@dataclass(frozen=True, slots=True)
class TheoryChoice:
    """Which mechanisms are switched off or replaced, and which coefficients are set.

    Attributes
    ----------
    without : names of MECHANISMS
    replacing : mechanism → name of the rival form
    parameters : `CARD.SYMBOL` → number
    """

    without: tuple[str, ...]
    replacing: Mapping[str, str]
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One process in its world: everything a run is told from outside.

    Attributes
    ----------
    format : version of the file format
    id, title, kind, region : name, sentence, one of SCENARIO_KINDS, part of the world
    years : first and last year, both included
    members, design, meetings, plan, money, events, theory : see their classes
    checks : judged values printed beside what the model derives; read by no mechanism
    held : what a synthetic world holds equal across sizes, in words
    sources : document → full title
    about : a paragraph for the reader
    file : the file as the user named it
    overrides : dotted key → value laid over the file, as given
    left_out : events of the file that fall outside years set by an override
    """

    format: int
    id: str
    title: str
    kind: str
    region: str
    years: tuple[int, int]
    members: Members
    design: Design
    meetings: tuple[Meeting, ...]
    plan: Plan
    money: Money
    checks: Mapping[str, Value]
    events: tuple[Event, ...]
    theory: TheoryChoice
    held: tuple[str, ...]
    sources: Mapping[str, str]
    about: str
    file: str
    overrides: Mapping[str, object]
    left_out: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state ever a member, in the order of all arrays."""
        return self.members.states

    @property
    def quarters(self) -> range:
        """The absolute quarters of the run, from the first of the first year to the last of the last."""
        return range(absolute_quarter(self.years[0], 1), absolute_quarter(self.years[1], 4) + 1)

    @property
    def synthetic(self) -> bool:
        """Whether the states are made up."""
        return self.members.count is not None
