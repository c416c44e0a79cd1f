"""Reading one table of a file: takes its keys one by one, notes every fault, and never stops at the first.

A `Table` is a cursor over a raw TOML table. Each `take` method removes one key, checks it, and returns
either what was written or the fall-back given; `done` then reports the keys nobody asked for, with near
names.
"""

from __future__ import annotations

import csv
import math
import numbers
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from rcpsim.axes import (
    CONFIDENCES,
    ISSUES,
    PREDECESSORS,
    SYNTHETIC_STATES,
    absolute_quarter,
    parse_quarter,
)
from rcpsim.errors import Fault, did_you_mean, near_names, quoted
from rcpsim.scenario.records import Window
from rcpsim.scenario.values import Dial, DialCard, Periods, Scalar, Value, dial_card

QUARTER_ALLOWED = "it must be a quarter such as 1996-Q1 or a year such as 1996 (Y01-Q1 in a synthetic world)"


@cache
def state_names() -> Mapping[str, str]:
    """Return the name of every real state or area that a scenario may hold, by its ISO code."""
    text = resources.files("rcpsim.data").joinpath("states.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["code"]: row["name"] for row in rows if row["code"] not in PREDECESSORS}


def as_number(found: object) -> float | None:
    """Return a finite number as float, or None for anything else, yes/no and not-a-number included."""
    if isinstance(found, bool) or not isinstance(found, numbers.Real):
        return None
    try:
        value = float(found)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def one_of(words: Iterable[str]) -> str:
    """Return what is allowed, as a clause.

    Examples
    --------
    >>> one_of(["a", "b"]), one_of(["a"])
    ('it must be one of a, b', 'it must be a')
    """
    known = list(words)
    return f"it must be one of {', '.join(known)}" if len(known) > 1 else f"it must be {known[0]}"


class Faults:
    """The faults of one file, in the order met; those of values given from outside are laid to the option."""

    def __init__(self, file: str, overrides: Iterable[str] = ()) -> None:
        self.file = file
        self.found: list[Fault] = []
        self.given = {str(key): ("--set", str(key)) for key in overrides}

    def lay_to(self, option: str, place: str, name: str) -> None:
        """Say that what stands at a dotted place was given by an option, where it is called `name`."""
        self.given[place] = (option, name)

    def add(self, field: str, found: str, allowed: str, hint: str = "") -> None:
        """Note one fault; the same one is noted once."""
        parts = field.split(".")
        by, shown = self.file, field
        for place, (option, name) in self.given.items():
            key = place.split(".")
            if parts[: len(key)] == key:
                by, shown = option, ".".join((name, *parts[len(key) :]))
                break
            if len(parts) > 1 and key[: len(parts)] == parts:
                by = option
        fault = Fault(by, shown, found, allowed, hint)
        if fault not in self.found:
            self.found.append(fault)


class Table:
    """A cursor over one raw table; `where` is its dotted place, empty for the whole file."""

    def __init__(self, raw: Mapping[object, object], where: str, faults: Faults) -> None:
        self.raw = {str(key): value for key, value in raw.items()}
        self.where = where
        self.faults = faults
        self.asked: list[str] = []

    def place(self, key: str) -> str:
        """Return the dotted place of a key; one that would not show is put in quotes."""
        name = key if key and key.isprintable() else ascii(key)
        return f"{self.where}.{name}" if self.where else name

    def fault(self, key: str, found: str, allowed: str, hint: str = "") -> None:
        """Note a fault of one key."""
        self.faults.add(self.place(key), found, allowed, hint)

    def has(self, key: str) -> bool:
        """Whether the file holds the key; asking makes it a known one."""
        self.asked.append(key)
        return key in self.raw

    def wrong(self, key: str, allowed: str, hint: str = "") -> None:
        """Note that what stands at a key is not allowed."""
        self.fault(key, f"is {quoted(self.raw[key])}", allowed, hint)

    def missing(self, key: str, allowed: str) -> None:
        """Note that a key is missing."""
        self.fault(key, "is missing", allowed)

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.raw:
            if key not in self.asked:
                known = sorted(set(self.asked))
                self.fault(
                    key, "is not a known key", f"the keys are {', '.join(known)}", did_you_mean(key, known)
                )

    def text(self, key: str, default: str | None = None) -> str | None:
        """Take a text that is not empty."""
        if not self.has(key):
            return default
        found = self.raw[key]
        if isinstance(found, str) and found.strip():
            return found
        self.wrong(key, "it must be a text in quotes")
        return default

    def needed_text(self, key: str, allowed: str = "give a text in quotes") -> str:
        """Take a text that must be there."""
        if not self.has(key):
            self.missing(key, allowed)
            return ""
        return self.text(key) or ""

    def choice(self, key: str, options: Iterable[str], default: str | None = None, hint: str = "") -> str:
        """Take one of some words; it must be there unless there is a default."""
        known = list(options)
        if not self.has(key):
            if default is None:
                self.missing(key, one_of(known))
            return default if default is not None else known[0]
        found = self.raw[key]
        if isinstance(found, str) and found in known:
            return found
        self.wrong(key, one_of(known), hint or did_you_mean(found, known))
        return default if default is not None else known[0]

    def yes_no(self, key: str, default: bool) -> bool:
        """Take true or false."""
        if not self.has(key):
            return default
        found = self.raw[key]
        if isinstance(found, bool):
            return found
        self.wrong(key, "it must be true or false")
        return default

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float | None:
        """Take a number between two bounds, both included."""
        if not self.has(key):
            return default
        value = as_number(self.raw[key])
        if value is not None and low <= value <= high:
            return value
        self.wrong(key, f"it must be a number between {low:g} and {high:g}")
        return default

    def whole(self, key: str, low: int, high: int) -> int | None:
        """Take a whole number between two bounds, both included."""
        if not self.has(key):
            return None
        value = as_number(self.raw[key])
        if value is not None and value == int(value) and low <= value <= high:
            return int(value)
        between = f"{low}" if low == high else f"a whole number between {low} and {high}"
        self.wrong(key, f"it must be {between}")
        return None

    def table(self, key: str) -> Table:
        """Take a table; an empty one where it is not there."""
        found = self.raw.get(key, {}) if self.has(key) else {}
        if not isinstance(found, Mapping):
            self.wrong(key, "it must be a table")
            found = {}
        return Table(found, self.place(key), self.faults)

    def tables(self, key: str, *, single: bool = False) -> list[Table]:
        """Take a list of tables; with `single`, one table counts as a list of one."""
        if not self.has(key):
            return []
        found = self.raw[key]
        if single and isinstance(found, Mapping):
            return [Table(found, self.place(key), self.faults)]
        if not isinstance(found, list | tuple):
            self.wrong(key, "it must be a list of tables")
            return []
        tables = []
        for index, entry in enumerate(found):
            place = f"{key}.{index}"
            if isinstance(entry, Mapping):
                tables.append(Table(entry, self.place(place), self.faults))
            else:
                self.fault(place, f"is {quoted(entry)}", "it must be a table")
        return tables

    def entries(self, key: str) -> list[object]:
        """Take a list of anything; an empty one where it is not there."""
        if not self.has(key):
            return []
        found = self.raw[key]
        if isinstance(found, list | tuple):
            return list(found)
        self.wrong(key, "it must be a list")
        return []

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts."""
        return self._words(key, None, "it must be a text in quotes")

    def words(self, key: str, options: Iterable[str]) -> tuple[str, ...]:
        """Take a list of words, each one of the options and none of them twice."""
        known = list(options)
        return self._words(key, known, one_of(known))

    def issues(self, key: str) -> tuple[str, ...]:
        """Take a list of issues."""
        return self.words(key, ISSUES)

    def _words(self, key: str, known: list[str] | None, allowed: str) -> tuple[str, ...]:
        words: list[str] = []
        for index, found in enumerate(self.entries(key)):
            place = f"{key}.{index}"
            if not isinstance(found, str) or not found.strip() or (known is not None and found not in known):
                hint = did_you_mean(found, known) if known else ""
                self.fault(place, f"is {quoted(found)}", allowed, hint)
            elif found in words:
                self.fault(place, f"is {quoted(found)} again", "it may be listed once")
            else:
                words.append(found)
        return tuple(words)

    def states(self, key: str, *, synthetic: bool = False, printed: bool = False) -> tuple[str, ...]:
        """Take a list of state codes, none of them twice; withdrawn codes only in a printed list."""
        codes: list[str] = []
        for index, found in enumerate(self.entries(key)):
            place = f"{key}.{index}"
            if not self.is_state(place, found, synthetic=synthetic, printed=printed):
                continue
            if found in codes:
                self.fault(place, f"is {quoted(found)} again", "a state may be listed once")
            else:
                codes.append(str(found))
        return tuple(codes)

    def state(self, key: str, *, synthetic: bool = False) -> str | None:
        """Take one state code that must be there."""
        if not self.has(key):
            self.missing(key, "give the ISO code of a state")
            return None
        return str(self.raw[key]) if self.is_state(key, self.raw[key], synthetic=synthetic) else None

    def is_state(self, place: str, found: object, *, synthetic: bool = False, printed: bool = False) -> bool:
        """Whether a code stands for a state; a fault is noted where it does not."""
        if synthetic:
            known = isinstance(found, str) and found in SYNTHETIC_STATES
            if not known:
                ends = f"{SYNTHETIC_STATES[0]} to {SYNTHETIC_STATES[-1]}"
                self.fault(place, f"is {quoted(found)}", f"synthetic states are called {ends}")
            return known
        names = state_names()
        if isinstance(found, str) and (found in names or (printed and found in PREDECESSORS)):
            return True
        if isinstance(found, str) and found in PREDECESSORS:
            hint = f"for {found} write {', '.join(PREDECESSORS[found])}"
        else:
            by_name = {name.casefold(): code for code, name in names.items()}
            near = [by_name[name] for name in near_names(found, by_name, 1)]
            near += [code for code in near_names(found, names) if code not in near]
            hint = f"did you mean {' or '.join(f'{code} ({names[code]})' for code in near)}?" if near else ""
        allowed = (
            f"it must be one of the {len(names)} codes of three letters that `rcpsim list states` prints"
        )
        self.fault(place, f"is {quoted(found)}", allowed, hint)
        return False

    def quarter(self, key: str) -> int | None:
        """Take a quarter or year label."""
        return self.as_quarter(key, self.raw[key]) if self.has(key) else None

    def as_quarter(self, place: str, found: object) -> int | None:
        """Return a label as an absolute quarter; a fault is noted where it is none."""
        if isinstance(found, str | int) and not isinstance(found, bool):
            try:
                return parse_quarter(found)
            except ValueError:
                pass
        self.fault(place, f"is {quoted(found)}", QUARTER_ALLOWED)
        return None

    def window(self, key: str, whole: Window) -> Window:
        """Take a quarter, two quarters between which it lies, or "unknown" for the whole run."""
        if not self.has(key):
            self.missing(key, QUARTER_ALLOWED)
            return whole
        found = self.raw[key]
        if found == "unknown":
            return whole
        ends = found if isinstance(found, list | tuple) else [found, found]
        if len(ends) != 2:
            self.wrong(key, "it must be one quarter, or two between which it lies")
            return whole
        places = [f"{key}.0", f"{key}.1"] if ends is found else [key, key]
        low, high = (self.as_quarter(place, end) for place, end in zip(places, ends, strict=True))
        if low is None or high is None:
            return whole
        if low > high:
            self.wrong(key, "the earlier quarter comes first")
            return whole
        return Window(low, high)

    def dial(self, key: str, card_key: str | None = None, *, sourced: bool = False) -> Dial:
        """Take a dial: documented, judged, a range, unknown, or a list of these by period."""
        card = dial_card(card_key or self.place(key))
        if not self.has(key):
            return card.absent
        found = self.raw[key]
        if not isinstance(found, list | tuple):
            return self.as_value(key, found, card, sourced=sourced)
        starts: list[int] = []
        values: list[Value] = []
        for period in self.tables(key):
            start = period.quarter("from")
            if start is None and "from" not in period.raw:
                period.missing("from", QUARTER_ALLOWED)
            elif start is not None and starts and start <= starts[-1]:
                period.wrong("from", "the periods must follow each other")
            rest = {name: entry for name, entry in period.raw.items() if name != "from"}
            bare = rest["value"] if set(rest) == {"value"} else rest
            value = self.as_value(period.where.removeprefix(f"{self.where}."), bare, card, sourced=sourced)
            if start is not None:
                starts.append(start)
                values.append(value)
        if not values:
            if not found:
                self.wrong(key, "a list by period holds at least one entry")
            return card.absent
        return Periods(tuple(starts), tuple(values))

    def value(self, key: str, card_key: str | None = None, *, sourced: bool = False) -> Value:
        """Take a dial that does not change over the years."""
        card = dial_card(card_key or self.place(key))
        if not self.has(key):
            return card.absent
        found = self.raw[key]
        if isinstance(found, list | tuple):
            self.wrong(key, f"{card.allowed}; it has no periods")
            return card.absent
        return self.as_value(key, found, card, sourced=sourced)

    def as_value(self, place: str, found: object, card: DialCard, *, sourced: bool) -> Value:
        """Return one value of a dial; faults are noted, and its absent form stands in."""
        if found == "unknown":
            return Value("unknown")
        if not isinstance(found, Mapping):
            scalar = self._scalar(place, found, card)
            return card.absent if scalar is None else Value("documented", scalar)
        entry = Table(found, self.place(place), self.faults)
        source = entry.text("source")
        confidence = entry.choice("confidence", CONFIDENCES, "low") if entry.has("confidence") else None
        looks_ahead = entry.yes_no("looks_ahead", False)
        ranged = entry.has("low") | entry.has("high")
        result = card.absent
        if ranged and entry.has("value"):
            self.fault(place, "has a value and a range", "give value, or low and high")
        elif ranged:
            result = self._range(entry, card, source, looks_ahead)
        elif not entry.has("value"):
            entry.missing("value", f"{card.allowed}; or give low and high")
        elif entry.raw["value"] == "unknown":
            result = Value("unknown", source=source)
        else:
            scalar = self._scalar(f"{place}.value", entry.raw["value"], card)
            if scalar is not None and confidence:
                result = Value("judged", scalar, None, None, confidence, source, looks_ahead)
            elif scalar is not None:
                result = Value("documented", scalar, source=source, looks_ahead=looks_ahead)
        if sourced and source is None:
            entry.missing("source", "a judged value or a range says where it comes from, or that it is ours")
        entry.done()
        return result

    def _range(self, entry: Table, card: DialCard, source: str | None, looks_ahead: bool) -> Value:
        if card.low is None or card.high is None:
            self.faults.add(entry.where, "is a range", card.allowed)
            return card.absent
        ends = []
        for name in ("low", "high"):
            if name not in entry.raw:
                entry.missing(name, card.allowed)
            else:
                ends.append(
                    self._scalar(
                        f"{entry.where.removeprefix(f'{self.where}.')}.{name}", entry.raw[name], card
                    )
                )
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            return card.absent
        low, high = float(ends[0]), float(ends[1])
        if low > high:
            self.faults.add(entry.where, f"runs from {low:g} to {high:g}", "the lower end comes first")
            return card.absent
        return Value("range", low=low, high=high, source=source, looks_ahead=looks_ahead)

    def _scalar(self, place: str, found: object, card: DialCard) -> Scalar | None:
        if card.low is None or card.high is None:
            if isinstance(found, str | bool) and found in card.options:
                return found
            words = [option for option in card.options if isinstance(option, str)]
            self.fault(place, f"is {quoted(found)}", card.allowed, did_you_mean(found, words))
            return None
        number = as_number(found)
        fits = number is not None and card.low <= number <= card.high
        if number is None or not fits or (card.whole and number != int(number)):
            self.fault(place, f"is {quoted(found)}", card.allowed, f"unit: {card.unit}")
            return None
        return int(number) if card.whole else number


def run_window(years: tuple[int, int]) -> Window:
    """Return the first and last quarter of a run.

    Examples
    --------
    >>> run_window((1996, 1997))
    Window(low=7984, high=7991)
    """
    return Window(absolute_quarter(years[0], 1), absolute_quarter(years[1], 4))
