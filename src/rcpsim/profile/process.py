"""One page on a process: its members, calendar, design, money, events and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from rcpsim.axes import quarter_label
from rcpsim.profile.knowledge import DialLine, dial_lines, knowledge, shares, value_text, window_text
from rcpsim.profile.overview import founding
from rcpsim.profile.page import Page, Section
from rcpsim.profiles import Profiles, main_role, real_profiles, synthetic_profiles
from rcpsim.scenario import Dial, Event, Groups, Meeting, Scenario, Value, Window

__all__ = ["first_profiles", "scenario_page"]

_READING: Final = (
    ("roles, capacity", "0 to 1; O, T, D: the largest of origin, transit and destination"),
    (
        "documented",
        "a document named above says so; a range where it says about, or two say different things",
    ),
    ("judged", "by us from what documents describe, with our confidence in it"),
    ("any from, any of", "no document says: drawn anew for each history, unless a run fixes it with --set"),
    ("by the card", "the file is silent, and the card of the dial says what silence means"),
    ("more", "rcpsim show DIAL for a dial (rcpsim show design.form); --out DIR for pictures"),
)
_FEW: Final = 20
"""Members up to which each has a row of its own."""


def scenario_page(scenario: Scenario, *, each: bool = False) -> Page:
    """Return the page of a process; with `each`, a row for each member, however many there are."""
    first, last = quarter_label(scenario.quarters[0]), quarter_label(scenario.quarters[-1])
    count = knowledge(scenario)
    part = shares(scenario)
    facts = (
        ("name", scenario.id),
        ("kind, region", f"{scenario.kind}, {scenario.region}"),
        *((("founded", _founded(scenario)),) if not scenario.synthetic else ()),
        ("years played", f"{scenario.years[0]}-{scenario.years[1]} ({first} to {last})"),
        ("values", ", ".join(f"{number} {told}" for told, number in count.items())),
        ("shares", ", ".join(f"{100 * share:.0f} % {told}" for told, share in part.items())),
        *((("held equal", ", ".join(scenario.held)),) if scenario.held else ()),
    )
    sections = [
        Section("", (), facts),
        *_members_sections(scenario, each=each),
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
        Section("How to read this page", (), _READING),
    ]
    return Page(scenario.title, scenario.about, tuple(section for section in sections if section.rows))


def _founded(scenario: Scenario) -> str:
    year = founding(scenario)
    if year.isdigit():
        return year
    return f"unknown: by {scenario.years[0]}, the year of the first list of members"


def first_profiles(scenario: Scenario) -> Profiles:
    """Return who the members of a scenario are in its first quarter, polarised as the file has it in mind."""
    members = scenario.members
    if members.count is None:
        return real_profiles(scenario.states, scenario.quarters[0], 1)
    spread = members.polarisation.central
    polarisation = float(1.0 if spread is None else spread)
    return synthetic_profiles(members.count, 1, polarisation, without=members.without)


def _members_sections(scenario: Scenario, *, each: bool) -> Iterator[Section]:
    """Yield who takes part: a row for each state, or where they are many for each role and each date."""
    members, profiles = scenario.members, first_profiles(scenario)
    codes = profiles.codes
    if members.count is not None:
        title = f"Members: {len(codes)} made-up states, {codes[0]} to {codes[-1]}"
    else:
        named = f", {len(members.unnamed.among)} of whom join at unknown dates" if members.unnamed else ""
        count = f"{len(scenario.states)} over all years"
        title = f"Members: {count}{named}; roles and capacity in the first quarter"
    numbers = np.stack(
        [profiles.origin[0], profiles.transit[0], profiles.destination[0], profiles.capacity[0]]
    )
    roles = [main_role(*(float(number) for number in numbers[:3, n])) for n in range(len(codes))]
    if each or len(codes) <= _FEW:
        columns = ("code", "state", "role", "origin", "transit", "destination", "capacity", "member")
        lines = [
            (
                code,
                profiles.names[n],
                roles[n][0].upper(),
                *(f"{number:.2f}" for number in numbers[:, n]),
                _comes_and_goes(scenario, code),
            )
            for n, code in enumerate(codes)
        ]
        yield Section(title, columns, tuple(lines))
        return
    rows = []
    for role in ("origin", "transit", "destination"):
        these = [n for n in range(len(codes)) if roles[n] == role]
        if these:
            means = (f"{number:.2f}" for number in numbers[:, these].mean(axis=1))
            rows.append((role, str(len(these)), *means, ", ".join(codes[n] for n in these)))
    heads = ("role", "states", "origin", "transit", "destination", "capacity", "who")
    yield Section(f"{title}, mean of each role (--members: each state)", heads, tuple(rows))
    dates: dict[str, list[str]] = {}
    for code in codes:
        dates.setdefault(_comes_and_goes(scenario, code), []).append(code)
    yield Section(
        "Who comes and goes when",
        ("states", "member", "who"),
        tuple((str(len(who)), when, ", ".join(who)) for when, who in dates.items()),
    )


def _comes_and_goes(scenario: Scenario, code: str) -> str:
    members = scenario.members
    if members.count is not None:
        return "throughout"
    told = ["from the start"] if code in members.start else []
    if members.unnamed is not None and code in members.unnamed.among:
        ends = members.unnamed.totals
        told.append(f"joins {window_text(Window(ends[0][0], ends[-1][0]))}")
    words = {"member": "joins", "observer": "becomes observer", "none": "leaves"}
    told += [f"{words[one.to]} {window_text(one.when)}" for one in members.changes if one.state == code]
    return ", ".join(told)


def _calendar_section(meetings: tuple[Meeting, ...]) -> Section:
    rows = []
    for meeting in meetings:
        if meeting.per_year is None:
            often = ", ".join(quarter_label(date) for date in meeting.dates)
        else:
            known = isinstance(meeting.per_year, Value) and meeting.per_year.kind == "unknown"
            often = "unknown" if known else f"{_dial_text(meeting.per_year)} a year"
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
            window_text(event.on)
            + ("" if event.until is None else f", until {quarter_label(event.until - 1)}"),
            ", ".join(event.states) or "all",
            event.title,
            event.confidence or "",
            event.source,
        )
        for event in events
    )
    return Section(
        "Events from outside", ("event", "kind", "on", "states", "what", "sizes are sure", "source"), rows
    )
