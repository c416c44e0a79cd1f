"""The intended meetings: entries of the calendar laid out as slots of quarters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.axes import MEETING_KINDS, MINISTRIES, OBLIGATION, TEXTS
from rcpsim.errors import Fault, InputError
from rcpsim.scenario import Dial, Groups, Meeting, Periods, Scenario, dial_card, meeting_card
from rcpsim.setting.judged import Judged
from rcpsim.world import Calendar

__all__ = ["calendar_of"]

HOURS_A_DAY: Final = 6.0
_TEXT_OF_FORM: Final = (  # form below -> text of (workshop, working-group, senior, ministerial)
    (0.125, ("none", "none", "none", "none")),
    (0.375, ("none", "none", "none", "declaration")),
    (0.625, ("none", "none", "recommendations", "recommendations")),
    (0.875, ("none", "none", "recommendations", "declaration")),
    (math.inf, ("none", "none", "recommendations", "binding")),
)


def calendar_of(scenario: Scenario, judge: Judged, first: int, quarters: int) -> Calendar:
    """Return the intended meetings as slots of quarters, for every history."""
    count = judge.histories.size
    columns: list[dict[str, Any]] = []
    meetings = sorted(scenario.meetings, key=lambda one: (one.rank, one.name))
    for n, meeting in enumerate(meetings):
        times, rate = _times(meeting, judge, first, quarters, f"calendar.meetings.{meeting.name}")
        last_of_none = not columns and n == len(scenario.meetings) - 1  # one slot stays, never planned
        for copy in range(max(int(times.max(initial=0)), int(last_of_none))):
            a_year = 4.0 * np.clip(rate / 4.0 - copy, 0.0, 1.0)
            for start, now in _periods(scenario, meeting, first, quarters):
                column: dict[str, Any] = {"meeting": meeting, "entry": n, "when": first + start}
                columns.append({**column, "planned": (times > copy) & now, "rate": a_year * now})
    kinds = []
    static: dict[str, list[Any]] = {name: [] for name in ("people", "mix", "steering", "limit")}
    drawn: dict[str, list[Array]] = {
        name: [] for name in ("hours", "days", "record", "political", "level", "obligation", "room_size")
    }
    open_rooms: list[bool] = []
    rooms_from: list[int] = []
    observed: list[Array] = []
    for column in columns:
        meeting = column["meeting"]
        card = meeting_card(meeting.kind)
        kinds.append(meeting.kind)
        key = f"calendar.meetings.{meeting.name}"
        days = (
            judge.uniform(*card.days, f"{key}.days")
            if meeting.days is None
            else judge.number(meeting.days, dial_card("calendar.meetings.*.days"), f"{key}.days")
        )
        record = _record(scenario, meeting, judge, card.record, column["when"])
        political = (
            np.full(1, card.rank)
            if meeting.political is None
            else judge.number(
                meeting.political, dial_card("calendar.meetings.*.political"), f"{key}.political"
            )
        )
        level = _text_level(scenario, meeting, judge, column["when"])
        size, grouped, since = _room_size(scenario, meeting, judge)
        open_rooms.append(grouped)
        rooms_from.append(max(0, (since or first) - first))
        observed.append(
            np.ones(1)
            if meeting.observers is None
            else judge.flag(meeting.observers, dial_card("calendar.meetings.*.observers"), f"{key}.observers")
        )
        static["people"].append(card.people)
        static["mix"].append(_mix(meeting, card.ministry))
        static["steering"].append(meeting.steering)
        static["limit"].append(card.issues)
        weights = np.array([OBLIGATION[text] for text in TEXTS])
        for name, values in (
            ("days", days),
            ("hours", HOURS_A_DAY * days),
            ("record", record),
            ("political", political),
            ("level", level.astype(np.float64)),
            ("obligation", weights[level]),
            ("room_size", size),
        ):
            drawn[name].append(np.broadcast_to(values, (count,)))
    stacked = {name: np.ascontiguousarray(np.stack(values, axis=-1)) for name, values in drawn.items()}
    planned = np.zeros((count, quarters, len(columns)), dtype=np.bool_)
    rates = np.zeros((count, quarters, len(columns)))
    for place, column in enumerate(columns):  # a meeting without hours is none
        lasts = stacked["days"][:, place, None] > 0
        planned[:, :, place] = column["planned"] & lasts
        rates[:, :, place] = column["rate"] * lasts
    rank = [MEETING_KINDS.index(kind) for kind in kinds]
    return Calendar(
        kind=tuple(kinds),
        name=tuple(column["meeting"].name for column in columns),
        planned=planned,
        rate=rates,
        hours=stacked["hours"],
        days=stacked["days"],
        people=np.array(static["people"], dtype=np.float64),
        political=stacked["political"],
        mix=np.array(static["mix"], dtype=np.float64),
        record=stacked["record"],
        text_level=stacked["level"],
        obligation=stacked["obligation"],
        steering=tuple(static["steering"]),
        grouped=tuple(open_rooms),
        room_size=stacked["room_size"],
        observed=np.stack([np.broadcast_to(value, (count,)) for value in observed], axis=-1),
        limit=tuple(static["limit"]),
        pay_order=tuple(sorted(range(len(kinds)), key=lambda place: (-rank[place], place))),
        rooms_from=tuple(rooms_from),
        entry=tuple(column["entry"] for column in columns),
        entries=tuple(meeting.name for meeting in meetings),
        entry_kind=tuple(meeting.kind for meeting in meetings),
    )


def _times(meeting: Meeting, judge: Judged, first: int, quarters: int, key: str) -> tuple[IntArray, Array]:
    """Return how many meetings of an entry are intended in each quarter, and how many a year: [H or 1, Q].

    The second says what the calendar in force intends by then: of dates, those of the calendar year.
    """
    time = first + np.arange(quarters)
    if meeting.dates:
        counts = np.array([[meeting.dates.count(int(now)) for now in time]])
        years = [date // 4 for date in meeting.dates]
        yearly = np.array([[float(years.count(int(now) // 4)) for now in time]])
    else:
        if meeting.per_year is None:
            raise InputError([Fault("scenario", key, "has neither per_year nor dates", "it needs one")])
        card = dial_card("calendar.meetings.*.per_year")
        said = [meeting.per_year.at(first + q) for q in range(quarters)]
        rates = {value: judge.number(value, card, f"{key}.per_year") for value in dict.fromkeys(said)}
        depth = max(one.size for one in rates.values())
        rate = np.stack([np.broadcast_to(rates[value], (depth,)) for value in said], axis=-1)
        since = max(first, meeting.since or first)
        running = np.where(time < since, 0.0, rate / 4.0)
        total = np.cumsum(running, axis=-1)
        half = 0.5 - 1e-9  # a meeting stands in the middle of its interval
        yearly = 4.0 * running
        counts = (np.floor(total + half) - np.floor(total - running + half)).astype(np.int64)
    if meeting.since is not None:
        counts, yearly = counts * (time >= meeting.since), yearly * (time >= meeting.since)
    if meeting.until is not None:
        counts, yearly = counts * (time <= meeting.until), yearly * (time <= meeting.until)
    return counts, yearly


def _periods(
    scenario: Scenario, meeting: Meeting, first: int, quarters: int
) -> Iterator[tuple[int, BoolArray]]:
    """Yield the stretches in which what a meeting takes from the design stays: first quarter, all [Q]."""
    taken: list[Dial] = []
    if meeting.record is None and scenario.design.informality is not None:
        taken.append(scenario.design.informality)
    if meeting.text is None:
        taken += [scenario.design.form, scenario.plan.sought]
    changes = {start - first for dial in taken if isinstance(dial, Periods) for start in dial.starts[1:]}
    edges = [0, *sorted(change for change in changes if 0 < change < quarters), quarters]
    time = np.arange(quarters)
    for start, end in pairwise(edges):
        yield start, (time >= start) & (time < end)


def _record(
    scenario: Scenario, meeting: Meeting, judge: Judged, card: tuple[float, float], when: int
) -> Array:
    key = f"calendar.meetings.{meeting.name}.record"
    if meeting.record is not None:
        return judge.number(meeting.record, dial_card("calendar.meetings.*.record"), key)
    if scenario.design.informality is not None:
        informal = scenario.design.informality.at(when)
        return 1.0 - judge.number(informal, dial_card("design.informality"), "design.informality")
    return judge.normal_about(*card, key)


def _text_level(scenario: Scenario, meeting: Meeting, judge: Judged, when: int) -> IntArray:
    """Return the place of the text sought among TEXTS, from the file or from the form of outcome."""
    if meeting.text is not None:
        options = judge.choice(
            meeting.text, dial_card("calendar.meetings.*.text"), f"calendar.meetings.{meeting.name}.text"
        )
        return np.array([TEXTS.index(option) for option in options])
    form = judge.number(scenario.design.form.at(when), dial_card("design.form"), "design.form")
    rank = MEETING_KINDS.index(meeting.kind)
    levels = np.array(
        [TEXTS.index(next(texts for top, texts in _TEXT_OF_FORM if value < top)[rank]) for value in form]
    )
    if meeting.kind not in ("senior", "ministerial") or (meeting.steering and scenario.design.steering):
        return levels
    sought = judge.flag(scenario.plan.sought.at(when), dial_card("plan.sought"), "plan.sought")
    return np.where(sought > 0, np.maximum(levels, TEXTS.index("recommendations")), levels)


def _mix(meeting: Meeting, card: tuple[float, ...]) -> tuple[float, ...]:
    """Return the shares of ministries in a delegation: those that the file names alike, or as on the card."""
    if not meeting.ministries:
        return card
    return tuple((name in meeting.ministries) / len(meeting.ministries) for name in MINISTRIES)


def _room_size(scenario: Scenario, meeting: Meeting, judge: Judged) -> tuple[Array, bool, int | None]:
    """Return how many states sit in one room (0: plenary only), whether there are rooms, and since when."""
    groups: Groups | None = meeting.groups
    key = f"calendar.meetings.{meeting.name}.groups"
    place = "calendar.meetings.*.groups"
    if groups is None and meeting.kind != "ministerial" and not meeting.steering:
        groups, key, place = scenario.design.working_groups, "design.working_groups", "design.working_groups"
    if groups is None:
        return np.zeros(1), False, None
    if groups.size is not None:
        return judge.number(groups.size, dial_card(f"{place}.size"), f"{key}.size"), True, groups.since
    if groups.count is None:
        return np.zeros(1), False, None
    rooms = judge.number(groups.count, dial_card(f"{place}.count"), f"{key}.count")
    return np.maximum(np.ceil(len(scenario.states) / rooms), 2.0), True, groups.since
