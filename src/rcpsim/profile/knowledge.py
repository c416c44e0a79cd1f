"""What a scenario file knows of each of its values: documented, judged, a range, or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rcpsim.axes import quarter_label
from rcpsim.scenario import Dial, DialCard, Groups, Periods, Scenario, Value, Window, dial_card, meeting_card

__all__ = [
    "SILENT",
    "DialLine",
    "central_values",
    "dial_lines",
    "knowledge",
    "scalar_text",
    "shares",
    "value_text",
    "window_text",
]

SILENT: Final = "by the card"
"""How a value counts that stands on its card and not in the file."""


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
    >>> from rcpsim.scenario import load_scenario
    >>> knowledge(load_scenario("small-process"))["judged"]
    0
    """
    count = Counter(line.told for line in dial_lines(scenario))
    return {told: count[told] for told in ("documented", "judged", "range", "unknown", SILENT)}


def shares(scenario: Scenario) -> dict[str, float]:
    """Return which part of the values is documented (ranges included), judged, and unknown.

    What a file leaves to its cards is in none of them, so that a file is not the surer for being silent.

    Examples
    --------
    >>> from rcpsim.scenario import load_scenario
    >>> sum(shares(load_scenario("small-process")).values())
    1.0
    """
    count = knowledge(scenario)
    parts = {
        "documented": count["documented"] + count["range"],
        "judged": count["judged"],
        "unknown": count["unknown"],
    }
    whole = max(sum(parts.values()), 1)
    return {told: number / whole for told, number in parts.items()}


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
        middle: object
        place = line.key if line.since is None else f"{line.key} from {quarter_label(line.since)}"
        owned = scenario.checks.get("state_ownership")
        if (
            value.kind == "unknown"
            and line.key == "money.sponsor_share"
            and owned
            and owned.value is not None
        ):
            middle, text = 1.0 - float(owned.value), " (unknown; 1 less state_ownership)"
        elif value.kind != "unknown":
            middle, text = value.central, ""
        elif card.drawn is not None:
            middle, text = sum(card.drawn) / 2, " (unknown)"
        else:
            middle = card.absent.value if card.absent.kind == "documented" else card.options[0]
            text = " (unknown)"
        if card.whole and isinstance(middle, float):
            middle = round(middle)
        fixed.append((place, scalar_text(middle) + text))
    return (*fixed, *_central_by_card(scenario), *_central_dates(scenario))


def _central_by_card(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield days and record of meetings of which the file is silent: the middle of what the card says."""
    for meeting in scenario.meetings:
        if meeting.days is None:
            low, high = meeting_card(meeting.kind).days
            yield f"calendar.meetings.{meeting.name}.days", f"{scalar_text((low + high) / 2)} (by the card)"
        if meeting.record is None and scenario.design.informality is None:
            mean = meeting_card(meeting.kind).record[0]
            yield f"calendar.meetings.{meeting.name}.record", f"{scalar_text(mean)} (by the card)"


def _central_dates(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the dates that documents only enclose between two others."""
    if scenario.members.unnamed is not None:
        yield "members.unnamed", "in the order of their codes, each in the middle of its time"
    dates = [(f"members.changes.{one.state}.{one.to}", one.when) for one in scenario.members.changes]
    dates += [(f"event.{event.id}.on", event.on) for event in scenario.events]
    for key, when in dates:
        if when.low < when.high:
            yield key, f"{quarter_label((when.low + when.high) // 2)} ({window_text(when)})"


def value_text(value: Value, card: DialCard | None = None) -> str:
    """Return a value in words.

    Examples
    --------
    >>> value_text(Value("judged", 0.8, confidence="high")), value_text(Value("range", low=2, high=4))
    ('0.8', '2 to 4')
    """
    if value.kind == "range":
        return f"{scalar_text(value.low)} to {scalar_text(value.high)}"
    if value.kind != "unknown":
        return scalar_text(value.value)
    if card is None:
        return "unknown"
    if card.drawn is not None:
        return f"any from {card.drawn[0]:g} to {card.drawn[1]:g}"
    return "any of " + ", ".join(scalar_text(option) for option in card.options)


def window_text(when: Window) -> str:
    """Return a date in words, or the two dates between which it lies.

    Examples
    --------
    >>> window_text(Window(7984, 7984)), window_text(Window(7984, 7987))
    ('1996-Q1', 'between 1996-Q1 and 1996-Q4')
    """
    if when.low == when.high:
        return quarter_label(when.low)
    return f"between {quarter_label(when.low)} and {quarter_label(when.high)}"


def scalar_text(value: object) -> str:
    """Return a number, a word or a yes or no as it is shown.

    Examples
    --------
    >>> scalar_text(0.5), scalar_text(True), scalar_text("own")
    ('0.5', 'yes', 'own')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _lines(scenario: Scenario) -> Iterator[DialLine]:
    design = scenario.design
    for record, table in ((design, "design"), (scenario.plan, "plan"), (scenario.money, "money")):
        for name in type(record).__slots__:
            found = getattr(record, name)
            if name == "backers_share" and not scenario.money.backers:
                continue  # nobody backs the process, so there is no share to know
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
        for part in ("per_year", "days", "text", "record", "political", "observers"):
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
