"""One page on a scenario, a mechanism, a measure or a parameter: what `rcpsim show` prints.

A page is a title, a paragraph and a few tables of text; how it is drawn is left to the screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rcpsim.axes import MECHANISMS, RIVALS, SYNTHETIC_STATES, quarter_label
from rcpsim.cards import Card, all_cards
from rcpsim.errors import Fault, UnknownName, did_you_mean, quoted
from rcpsim.scenario import (
    Dial,
    DialCard,
    Event,
    Groups,
    Meeting,
    Periods,
    Scenario,
    Value,
    Window,
    dial_card,
    list_scenarios,
    load_scenario,
    meeting_card,
)

__all__ = [
    "MECHANISM_PAGES",
    "DialLine",
    "Page",
    "Section",
    "central_values",
    "dial_lines",
    "knowledge",
    "page_of",
    "value_text",
]

SILENT: Final = "by the card"
"""How a value counts that stands on its card and not in the file."""

MECHANISM_PAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "attend": (
        "meetings",
        "States decide how fully they come, from commitment, capacity, travel and what a text obliges to.",
        "every member present comes fully",
    ),
    "set_agenda": (
        "meetings",
        "Weights of say, salience, priority and sponsor share out the hours of a meeting over the issues.",
        "every issue that may be treated weighs the same",
    ),
    "form_rooms": (
        "meetings",
        "The clock of a meeting is shared out over statements, plenary, rooms and corridor.",
        "plenary only, the floor shared equally, no corridor",
    ),
    "speak": (
        "candour",
        "Each state decides how openly it speaks on each issue, from the ears it fears and what is at stake.",
        "candour is the same everywhere",
    ),
    "share_terms": (
        "language",
        "States take over the terms they hear and those of shared papers.",
        "terms stay",
    ),
    "learn": (
        "learning",
        "States learn from what is pooled in the room, and come to see the interests of others.",
        "understanding and empathy stay",
    ),
    "persuade": (
        "positions",
        "Heard positions move national lines, as far as trust lets them.",
        "lines stay",
    ),
    "conclude": (
        "agreements",
        "Terms are defined, plan items and declarations adopted where hours and the rule of consensus allow.",
        "no product",
    ),
    "shock": (
        "environment",
        "Events, pulses of salience, changes of government and the climate of the quarter.",
        "salience and capacity stay as founded, no government changes",
    ),
    "turn_over": (
        "delegations",
        "Officials are replaced; what they knew and whom they trusted goes with them in part.",
        "nobody leaves",
    ),
    "leak_or_keep": (
        "trust",
        "What was confided is kept or leaked; trust is the evidence of it.",
        "no evidence; what was entrusted stays",
    ),
    "keep_contact": ("networks", "Ties between officials live on by telephone and fade.", "ties stay"),
    "pool_data": ("networks", "Members put data into a common pool and learn from it.", "no pool"),
    "coordinate_ministries": (
        "positions",
        "Ministries of one state settle on a line, and stated lines follow.",
        "ministries keep what each holds",
    ),
    "follow_up": (
        "policy",
        "What fell due is looked at, and keeps or costs the process its credit.",
        "no follow-up",
    ),
    "implement": (
        "policy",
        "Members work on open items with the means they have; law moves.",
        "law does not move",
    ),
    "bargain": ("agreements", "Pairs of states that gain from each other strike deals.", "no deals"),
    "background": (
        "environment",
        "States meet outside the process as well, by what they have to do with each other.",
        "no contact outside meetings, no drift towards incentives",
    ),
    "respond": ("environment", "States with ties and trust act jointly in a crisis.", "no joint response"),
    "commit_and_fund": (
        "ownership",
        "Commitment follows what the process gives and costs; members and sponsors pay.",
        "commitment stays, every bill is paid",
    ),
    "live_or_die": ("lifecycle", "A process falls dormant, wakes, or ends.", "the process never ends"),
}
"""Mechanism -> (page of the theory, what it does, what holds when it is switched off)."""


@dataclass(frozen=True)
class Section:
    """A table of a page.

    Attributes
    ----------
    title : above it
    columns : heads; empty for a table of names and values
    rows : texts, one for each column
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """What is shown of one thing: title, paragraph, tables."""

    title: str
    text: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class DialLine:
    """One value of a scenario.

    Attributes
    ----------
    key : dotted key, as `--set` takes it
    since : absolute quarter from which it holds, None where it holds throughout
    value : what is known
    card : what it may be
    """

    key: str
    since: int | None
    value: Value
    card: DialCard

    @property
    def told(self) -> str:
        """How the value counts: documented, judged, range, unknown, or by the card.

        A dial of which the file says nothing counts as unknown unless its card says what silence means.
        """
        if self.value is self.card.absent and self.value.kind == "documented":
            return SILENT
        return self.value.kind


def dial_lines(scenario: Scenario) -> tuple[DialLine, ...]:
    """Return every value of a scenario that may be documented, judged or unknown, table by table."""
    return tuple(_lines(scenario))


def knowledge(scenario: Scenario) -> dict[str, int]:
    """Return how many values are documented, judged, given as a range, unknown, or left to their cards.

    Examples
    --------
    >>> knowledge(load_scenario("small-process"))["judged"]
    0
    """
    count = Counter(line.told for line in dial_lines(scenario))
    return {told: count[told] for told in ("documented", "judged", "range", "unknown", SILENT)}


def central_values(scenario: Scenario, as_of: int | None = None) -> tuple[tuple[str, str], ...]:
    """Return key and value of all that `--judged central` fixes, in words.

    Parameters
    ----------
    as_of : year of the latest document that may be read; what rests on later ones is unknown
    """
    fixed = []
    for line in dial_lines(scenario):
        value, card = line.value, line.card
        if as_of is not None and not value.known_in(as_of):
            value = Value("unknown")
        if value.kind == "documented":
            continue
        place = line.key if line.since is None else f"{line.key} from {quarter_label(line.since)}"
        if value.kind != "unknown":
            middle, text = value.central, ""
        elif card.drawn is not None:
            middle, text = sum(card.drawn) / 2, " (unknown)"
        else:
            middle = card.absent.value if card.absent.kind == "documented" else card.options[0]
            text = " (unknown)"
        if card.whole and isinstance(middle, float):
            middle = round(middle)
        fixed.append((place, _scalar_text(middle) + text))
    return (*fixed, *_central_by_card(scenario), *_central_dates(scenario))


def _central_by_card(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the days of meetings of which the file is silent: the middle of what the card says."""
    for meeting in scenario.meetings:
        if meeting.days is None:
            low, high = meeting_card(meeting.kind).days
            yield f"calendar.meetings.{meeting.name}.days", f"{_scalar_text((low + high) / 2)} (by the card)"


def _central_dates(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the dates that documents only enclose between two others."""
    dates = [(f"members.changes.{one.state}.{one.to}", one.when) for one in scenario.members.changes]
    dates += [(f"event.{event.id}.on", event.on) for event in scenario.events]
    for key, when in dates:
        if when.low < when.high:
            yield key, f"{quarter_label((when.low + when.high) // 2)} ({_window_text(when)})"


def value_text(value: Value, card: DialCard | None = None) -> str:
    """Return a value in words.

    Examples
    --------
    >>> value_text(Value("judged", 0.8, confidence="high")), value_text(Value("range", low=2, high=4))
    ('0.8', '2 to 4')
    """
    if value.kind == "range":
        return f"{_scalar_text(value.low)} to {_scalar_text(value.high)}"
    if value.kind != "unknown":
        return _scalar_text(value.value)
    if card is None:
        return "unknown"
    if card.drawn is not None:
        return f"any from {card.drawn[0]:g} to {card.drawn[1]:g}"
    return "any of " + ", ".join(_scalar_text(option) for option in card.options)


def page_of(name: str) -> Page:
    """Return the page of a scenario (by name or file), a mechanism, a measure or a parameter.

    Raises
    ------
    UnknownName
        when it is none of these
    ScenarioError
        with every fault of a scenario file
    """
    from rcpsim.measures import MEASURES

    if name in MECHANISMS:
        return _mechanism_page(name)
    if name in MEASURES:
        return _measure_page(name)
    short = name.rsplit(".", 1)[-1]
    if short in all_cards() and name in (short, parameter_key(all_cards()[short])):
        return _parameter_page(all_cards()[short])
    if "/" in name or name.endswith(".toml") or name in list_scenarios():
        return _scenario_page(load_scenario(name))
    known = (*list_scenarios(), *MECHANISMS, *MEASURES, *all_cards())
    allowed = "give a scenario, a mechanism, a measure or a parameter; `rcpsim list` names them"
    raise UnknownName([Fault("show", "", f"{quoted(name)} is not known", allowed, did_you_mean(name, known))])


def parameter_key(card: Card) -> str:
    """Return the key by which `--set` reaches a parameter, such as parameters.trust.prior_weight."""
    return f"parameters.{card.file.removeprefix('theory/').removesuffix('.toml')}.{card.name}"


# ------------------------------------------------------------------------------------------- a scenario


def _scenario_page(scenario: Scenario) -> Page:
    first, last = quarter_label(scenario.quarters[0]), quarter_label(scenario.quarters[-1])
    count = knowledge(scenario)
    facts = (
        ("name", scenario.id),
        ("kind, region", f"{scenario.kind}, {scenario.region}"),
        ("years", f"{scenario.years[0]}-{scenario.years[1]} ({first} to {last})"),
        ("values", ", ".join(f"{number} {told}" for told, number in count.items())),
        *((("held equal", ", ".join(scenario.held)),) if scenario.held else ()),
    )
    sections = [
        Section("", (), facts),
        _members_section(scenario),
        _calendar_section(scenario.meetings),
        _design_section(scenario),
        _money_section(scenario),
        _events_section(scenario.events),
        Section(
            "Judgements kept beside, read by no mechanism",
            (),
            tuple((key, value_text(value)) for key, value in scenario.checks.items()),
        ),
        Section("Sources", (), tuple(scenario.sources.items())),
    ]
    return Page(scenario.title, scenario.about, tuple(section for section in sections if section.rows))


def _members_section(scenario: Scenario) -> Section:
    from rcpsim.profiles import main_role, real_profiles, synthetic_profiles

    members = scenario.members
    if members.count is not None:
        spread = members.polarisation.central
        profiles = synthetic_profiles(members.count, 1, float(1.0 if spread is None else spread))
        title = f"Members: {members.count} made-up states, {SYNTHETIC_STATES[0]} to {profiles.codes[-1]}"
    else:
        profiles = real_profiles(scenario.states, scenario.quarters[0], 1)
        named = f", {len(members.unnamed.among)} of whom join at unknown dates" if members.unnamed else ""
        title = f"Members: {len(scenario.states)} in all{named}; roles and capacity in the first quarter"
    rows = []
    for index, code in enumerate(profiles.codes):
        roles = (profiles.origin[0, index], profiles.transit[0, index], profiles.destination[0, index])
        letter = main_role(*(float(role) for role in roles))[0].upper()
        numbers = (f"{number:.2f}" for number in (*roles, profiles.capacity[0, index]))
        rows.append((code, profiles.names[index], letter, *numbers, _comes_and_goes(scenario, code)))
    columns = ("code", "state", "role", "origin", "transit", "destination", "capacity", "member")
    return Section(title, columns, tuple(rows))


def _comes_and_goes(scenario: Scenario, code: str) -> str:
    members = scenario.members
    if members.count is not None:
        return "throughout"
    told = ["from the start"] if code in members.start else []
    if members.unnamed is not None and code in members.unnamed.among:
        ends = members.unnamed.totals
        told.append(f"joins {_window_text(Window(ends[0][0], ends[-1][0]))}")
    words = {"member": "joins", "observer": "becomes observer", "none": "leaves"}
    told += [f"{words[one.to]} {_window_text(one.when)}" for one in members.changes if one.state == code]
    return ", ".join(told)


def _window_text(when: Window) -> str:
    if when.low == when.high:
        return quarter_label(when.low)
    return f"between {quarter_label(when.low)} and {quarter_label(when.high)}"


def _calendar_section(meetings: tuple[Meeting, ...]) -> Section:
    rows = []
    for meeting in meetings:
        if meeting.per_year is None:
            often = ", ".join(quarter_label(date) for date in meeting.dates)
        else:
            often = f"{_dial_text(meeting.per_year)} a year"
        ends = [f"from {quarter_label(meeting.since)}"] if meeting.since is not None else []
        ends += [f"until {quarter_label(meeting.until)}"] if meeting.until is not None else []
        rows.append(
            (
                meeting.name,
                meeting.kind + (", steering" if meeting.steering else ""),
                " ".join([often, *ends]),
                "by the card" if meeting.days is None else value_text(meeting.days),
                "by the form" if meeting.text is None else value_text(meeting.text),
                _rooms_text(meeting.groups),
                meeting.source or "",
            )
        )
    return Section(
        "Calendar", ("meeting", "kind", "how often", "days", "text", "rooms", "source"), tuple(rows)
    )


def _rooms_text(groups: Groups | None) -> str:
    if groups is None:
        return ""
    if groups.size is not None:
        return f"of {value_text(groups.size)}"
    return value_text(groups.count) if groups.count is not None else ""


def _dial_text(dial: Dial) -> str:
    if isinstance(dial, Value):
        return value_text(dial)
    pairs = zip(dial.starts, dial.values, strict=True)
    return ", ".join(f"{value_text(value)} from {quarter_label(start)}" for start, value in pairs)


def _design_section(scenario: Scenario) -> Section:
    rows = []
    for line in dial_lines(scenario):
        table, _, key = line.key.partition(".")
        if table in ("design", "plan"):
            rows.append(_dial_row(line, key if table == "design" else line.key))
    design = scenario.design
    for quarter, state in design.chair.holders:
        rows.append((f"chair from {quarter_label(quarter)}", state, "documented", design.chair.source or ""))
    if scenario.plan.agenda:
        rows.append(("plan.agenda", ", ".join(scenario.plan.agenda), "documented", ""))
    return Section("Design", ("dial", "value", "how sure", "source"), tuple(rows))


def _money_section(scenario: Scenario) -> Section:
    rows = (
        [("backers", ", ".join(scenario.money.backers), "documented", "")] if scenario.money.backers else []
    )
    rows += [("sponsor", scenario.money.sponsor, "documented", "")] if scenario.money.sponsor else []
    for line in dial_lines(scenario):
        if line.key.startswith("money."):
            rows.append(_dial_row(line, line.key.removeprefix("money.")))
    return Section("Money", ("dial", "value", "how sure", "source"), tuple(rows))


def _dial_row(line: DialLine, place: str) -> tuple[str, str, str, str]:
    since = "" if line.since is None else f" from {quarter_label(line.since)}"
    how = f"judged, {line.value.confidence}" if line.value.kind == "judged" else line.told
    return (place + since, value_text(line.value, line.card), how, line.value.source or "")


def _events_section(events: tuple[Event, ...]) -> Section:
    rows = tuple(
        (
            event.id,
            event.kind,
            _window_text(event.on),
            ", ".join(event.states) or "all",
            event.title,
            event.confidence or "",
            event.source,
        )
        for event in events
    )
    return Section("Events from outside", ("event", "kind", "on", "states", "what", "sizes", "source"), rows)


def _lines(scenario: Scenario) -> Iterator[DialLine]:
    design = scenario.design
    for record, table in ((design, "design"), (scenario.plan, "plan"), (scenario.money, "money")):
        for name in type(record).__slots__:
            found = getattr(record, name)
            if isinstance(found, Value | Periods):
                yield from _periods(f"{table}.{name}", found)
            elif name == "chair":
                yield from _periods("design.chair.mode", found.mode)
                yield from _periods("design.chair.quarters", found.quarters)
            elif name == "observers":
                for index, seen in enumerate(found):
                    for part in ("states", "organisations", "openness"):
                        key, value = f"design.observers.{index}.{part}", getattr(seen, part)
                        yield DialLine(key, seen.since, value, dial_card(f"design.observers.*.{part}"))
            elif isinstance(found, Groups):
                yield from _rooms("design.working_groups", found)
    for meeting in scenario.meetings:
        place, card = f"calendar.meetings.{meeting.name}", "calendar.meetings.*"
        for part in ("per_year", "days", "text", "record", "observers"):
            dial = getattr(meeting, part)
            if dial is not None:
                yield from _periods(f"{place}.{part}", dial, f"{card}.{part}")
        if meeting.groups is not None:
            yield from _rooms(f"{place}.groups", meeting.groups)
    for event in scenario.events:
        for part in ("strength", "sponsor_share", "hand_over"):
            value = getattr(event, part)
            if value is not None:
                yield from _periods(f"event.{event.id}.{part}", value, f"event.*.{part}")


def _rooms(place: str, groups: Groups) -> Iterator[DialLine]:
    for part in ("size", "count"):
        value = getattr(groups, part)
        if value is not None:
            yield from _periods(f"{place}.{part}", value, f"design.working_groups.{part}")


def _periods(key: str, dial: Dial, card_key: str | None = None) -> Iterator[DialLine]:
    card = dial_card(card_key or key)
    if isinstance(dial, Value):
        yield DialLine(key, None, dial, card)
        return
    for start, value in zip(dial.starts, dial.values, strict=True):
        yield DialLine(key, start, value, card)


# ------------------------------------------------------------------------------ mechanisms, measures, cards


def _mechanism_page(name: str) -> Page:
    part, does, off = MECHANISM_PAGES[name]
    facts = [("page of the theory", f"docs/theory/{part}.md"), ("switched off", off)]
    facts.append(("to switch it off", f"--without mechanism:{name}"))
    if name in RIVALS:
        facts.append(("forms, the default first", ", ".join(RIVALS[name])))
        facts.append(("to take another form", f"--replacing {name}={RIVALS[name][1]}"))
    cards = [card for card in all_cards().values() if card.file == f"theory/{part}.toml"]
    rows = tuple((card.name, f"{card.default:g}", card.unit, card.meaning) for card in cards)
    columns = ("parameter", "default", "unit", "meaning")
    return Page(
        f"Mechanism: {name}",
        does,
        (Section("", (), tuple(facts)), Section(f"Parameters of the page {part}", columns, rows)),
    )


def _measure_page(name: str) -> Page:
    from rcpsim.measures import MEASURES, PHASES

    measure = MEASURES[name]
    facts = (
        ("phase", PHASES[measure.phase]),
        ("unit", measure.unit),
        ("lowest, highest", f"{_bound(measure.low)}, {_bound(measure.high)}"),
    )
    return Page(f"Measure: {name}", measure.meaning, (Section("", (), facts),))


def _parameter_page(card: Card) -> Page:
    prior = card.prior
    if prior.dist == "fixed":
        believed = "fixed"
    elif prior.dist == "beta":
        believed = f"beta({prior.a:g}, {prior.b:g})"
    else:
        believed = f"{prior.dist}, {prior.low:g} to {prior.high:g}"
    facts = (
        ("symbol", card.symbol),
        ("unit", card.unit),
        ("default", f"{card.default:g}"),
        ("prior", believed),
        ("allowed", f"{card.allowed[0]:g} to {card.allowed[1]:g}"),
        ("status", card.status),
        ("source", card.source),
        ("card", card.file),
        ("to set it", f"--set {parameter_key(card)}={card.default:g}"),
    )
    return Page(f"Parameter: {card.name}", card.meaning, (Section("", (), facts),))


def _bound(bound: float | None) -> str:
    return "none" if bound is None or abs(bound) == float("inf") else f"{bound:g}"


def _scalar_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
