"""Dials: what is known of a number or choice of a process, and the card that says what it may be.

A `Value` is documented (one number or word), judged (one, with a confidence), a documented range, or
unknown. A dial that changes over the years is a `Periods` of such values. Both answer `at(quarter)`. What
is drawn for a judged, ranged or unknown value is decided elsewhere; the cards in `data/dials.toml` hold
what the draw needs.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from rcpsim.axes import DOCUMENT_YEARS

Scalar: TypeAlias = float | int | str | bool
Kind = Literal["documented", "judged", "range", "unknown"]

_DOCUMENT = re.compile(r"\b(?:" + "|".join(DOCUMENT_YEARS) + r")\b")


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of one dial.

    Attributes
    ----------
    kind : documented, judged, range or unknown
    value : the number, word or yes/no, where kind is documented or judged
    low, high : both ends, where kind is range; in the unit of the card
    confidence : high, medium or low, where kind is judged
    source : where it comes from; None where the file does not say
    looks_ahead : the reason for the value is itself an outcome, so it is drawn where that outcome is scored
    """

    kind: Kind
    value: Scalar | None = None
    low: float | None = None
    high: float | None = None
    confidence: str | None = None
    source: str | None = None
    looks_ahead: bool = False

    def at(self, quarter: int) -> Value:
        """Return what holds in a quarter: the value itself, at any time."""
        del quarter
        return self

    @property
    def central(self) -> Scalar | None:
        """The value, the middle of a range, or None where it is unknown.

        Examples
        --------
        >>> Value("range", low=2.0, high=4.0).central, UNKNOWN.central
        (3.0, None)
        """
        if self.kind == "range" and self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return self.value

    def known_in(self, year: int) -> bool:
        """Whether every document that the value rests on describes the world of `year` or earlier.

        A value without a document (ours, or of a synthetic world) counts as known.

        Examples
        --------
        >>> judged = Value("judged", 0.8, confidence="high", source="K01 p.36; H10 p.37")
        >>> judged.known_in(2001), judged.known_in(2010)
        (False, True)
        """
        cited = _DOCUMENT.findall(self.source or "")
        return self.kind != "unknown" and all(DOCUMENT_YEARS[name] <= year for name in cited)


UNKNOWN = Value("unknown")


@dataclass(frozen=True, slots=True)
class Periods:
    """A dial that changes: `values[n]` holds from the quarter `starts[n]`, the first one also before it.

    Examples
    --------
    >>> share = Periods((8000, 8020), (Value("documented", 0.9), Value("documented", 0.2)))
    >>> share.at(7990).value, share.at(8019).value, share.at(8020).value
    (0.9, 0.9, 0.2)
    """

    starts: tuple[int, ...]
    values: tuple[Value, ...]

    def at(self, quarter: int) -> Value:
        """Return the value that holds in an absolute quarter."""
        return self.values[max(0, bisect_right(self.starts, quarter) - 1)]


Dial: TypeAlias = Value | Periods


def values_of(dial: Dial) -> tuple[Value, ...]:
    """Return every value of a dial, one for each period."""
    return dial.values if isinstance(dial, Periods) else (dial,)


@dataclass(frozen=True, slots=True)
class DialCard:
    """What a dial may be.

    Attributes
    ----------
    key : its place in a scenario file, `*` standing for any entry of a list
    meaning, unit, source : for the reader
    low, high : the range allowed, for numbers
    options : the words allowed, or (True, False), for choices; empty for numbers
    whole : only whole numbers make sense
    drawn : lowest and highest number that unknown is drawn from, evenly; None for choices
    absent : what a file without the key means
    """

    key: str
    meaning: str
    unit: str
    source: str
    low: float | None
    high: float | None
    options: tuple[str | bool, ...]
    whole: bool
    drawn: tuple[float, float] | None
    absent: Value

    @property
    def allowed(self) -> str:
        """What may stand there, as the end of a sentence.

        Examples
        --------
        >>> dial_card("design.confidentiality").allowed
        'it must lie between 0 and 1'
        >>> dial_card("design.networks").allowed
        'it must be true or false'
        """
        if self.options:
            words = [
                str(option).lower() if option is True or option is False else option
                for option in self.options
            ]
            return f"it must be {', '.join(words[:-1])} or {words[-1]}"
        return (
            f"it must {'be a whole number' if self.whole else 'lie'} between {self.low:g} and {self.high:g}"
        )


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """What one kind of meeting is like where a scenario is silent; fields as in `data/dials.toml`."""

    kind: str
    days: tuple[float, float]
    people: int
    rank: float
    record: tuple[float, float]
    issues: int
    ministry: tuple[float, float, float]
    source: str


@dataclass(frozen=True, slots=True)
class JudgedSpread:
    """How far a judged value may be off, by confidence: `sd` in shares of the range, `weight` of the word."""

    sd: dict[str, float]
    weight: dict[str, float]


@cache
def _card_file() -> tuple[dict[str, DialCard], dict[str, MeetingCard], JudgedSpread]:
    text = resources.files("rcpsim.data").joinpath("dials.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    dials = {}
    for entry in raw["dial"]:
        low, high = entry.get("range", (None, None))
        dials[entry["key"]] = DialCard(
            key=entry["key"],
            meaning=entry["meaning"],
            unit=entry["unit"],
            source=entry["source"],
            low=low,
            high=high,
            options=tuple(entry.get("options", ())),
            whole=entry.get("whole", False),
            drawn=None if low is None else tuple(entry.get("unknown", (low, high))),
            absent=Value("documented", entry["absent"]) if "absent" in entry else UNKNOWN,
        )
    meetings = {
        entry["kind"]: MeetingCard(**{**entry, **{name: tuple(entry[name]) for name in _PAIRS}})
        for entry in raw["meeting"]
    }
    return dials, meetings, JudgedSpread(**raw["judged"])


_PAIRS = ("days", "record", "ministry")


def dial_cards() -> Iterator[DialCard]:
    """Yield the card of every dial, in the order of `data/dials.toml`."""
    yield from _card_file()[0].values()


def dial_card(key: str) -> DialCard:
    """Return the card of a dial by its key, numbers or names of list entries written as `*`.

    Examples
    --------
    >>> dial_card("plan.load").drawn
    (0.2, 0.5)
    """
    return _card_file()[0][key]


def meeting_card(kind: str) -> MeetingCard:
    """Return the card of a kind of meeting.

    Examples
    --------
    >>> meeting_card("ministerial").record
    (0.8, 0.2)
    """
    return _card_file()[1][kind]


def judged_spread() -> JudgedSpread:
    """Return the spread of judged values by confidence.

    Examples
    --------
    >>> judged_spread().sd["low"], judged_spread().weight["high"]
    (0.25, 0.9)
    """
    return _card_file()[2]
