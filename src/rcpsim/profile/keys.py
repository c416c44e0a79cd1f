"""Every key that a scenario may set: what it means, what may stand there, and where it acts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rcpsim.profile.knowledge import scalar_text, value_text
from rcpsim.profile.page import Page, Section
from rcpsim.profile.theory import MECHANISM_PAGES
from rcpsim.scenario import DialCard, dial_cards

__all__ = ["Key", "key_named", "key_page", "keys", "keys_section"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a scenario file.

    Attributes
    ----------
    key : its dotted place; `*` stands for any entry of a list, or any name in a table
    meaning, allowed : for the reader
    unit : of a dial that is a number; empty for everything else
    acts : mechanisms that it reaches directly
    how : what is made of it where it reaches none
    periods : whether it may be a list by period
    card : of a dial
    """

    key: str
    meaning: str
    allowed: str
    unit: str
    acts: tuple[str, ...]
    how: str
    periods: bool
    card: DialCard | None

    @property
    def where(self) -> str:
        """Where it acts, in a few words."""
        if len(self.acts) > 4:
            return f"{len(self.acts)} mechanisms"
        return ", ".join(self.acts) or self.how


@cache
def keys() -> Mapping[str, Key]:
    """Return every key that a scenario may hold, in the order of a file.

    Examples
    --------
    >>> keys()["design.caution"].acts, keys()["design.caution"].allowed
    (('set_agenda',), '0 to 1')
    """
    raw = tomllib.loads(resources.files("rcpsim.data").joinpath("keys.toml").read_text(encoding="utf-8"))
    cards = {card.key: card for card in dial_cards()}
    found = {}
    for entry in raw["key"]:
        card = cards.get(entry["key"])
        found[entry["key"]] = Key(
            key=entry["key"],
            meaning=entry["meaning"] if card is None else card.meaning,
            allowed=entry["allowed"] if card is None else _allowed(card),
            unit="" if card is None or card.options else card.unit,
            acts=tuple(entry.get("acts", ())),
            how=entry.get("how", ""),
            periods=entry.get("periods", False),
            card=card,
        )
    return found


def key_named(name: str) -> Key | None:
    """Return the key that a name stands for: itself, one of its entries, or its last part if that is enough.

    Examples
    --------
    >>> [key_named(name).key for name in ("caution", "event.mitch.on", "design.observers.0.openness")]
    ['design.caution', 'event.*.on', 'design.observers.*.openness']
    >>> key_named("source") is None
    True
    """
    if name in keys():
        return keys()[name]
    parts = name.split(".")
    like = [key for key in keys().values() if _fits(parts, key.key.split("."))]
    last = [key for key in keys().values() if key.key.rsplit(".", 1)[-1] == name]
    found = like or last
    return found[0] if len(found) == 1 else None


def keys_section() -> Section:
    """Return the table of all keys."""
    rows = tuple((key.key, key.unit, key.allowed, key.where, key.meaning) for key in keys().values())
    return Section("", ("key", "unit", "allowed", "acts on", "meaning"), rows)


def key_page(key: Key) -> Page:
    """Return the page of a key."""
    facts = [("unit", key.unit)] if key.unit else []
    facts.append(("allowed", key.allowed))
    if key.card is not None:
        facts += _of_card(key.card)
        facts.append(("over the years", "a list by period" if key.periods else "the same throughout"))
    facts.append(("to set it", f"--set {key.key}=VALUE" + _name_instead(key.key)))
    if key.how:
        facts.append(("what is made of it", key.how))
    rows = tuple((name, MECHANISM_PAGES[name][1], f"theory/{MECHANISM_PAGES[name][0]}") for name in key.acts)
    sections = [Section("", (), tuple(facts))]
    if rows:
        sections.append(Section("Where it acts first", ("mechanism", "what it does", "rcpsim show"), rows))
    return Page(f"Key of a scenario: {key.key}", key.meaning, tuple(sections))


def _of_card(card: DialCard) -> Iterator[tuple[str, str]]:
    options = ", ".join(scalar_text(option) for option in card.options)
    drawn = f"{card.drawn[0]:g} to {card.drawn[1]:g}" if card.drawn is not None else options
    yield '"unknown"', f"drawn for each history from {drawn}, all alike"
    absent = "as unknown" if card.absent.kind == "unknown" else value_text(card.absent)
    yield "left out", "the card of the kind decides" if "the card of the kind" in card.meaning else absent
    yield (
        "how to write it",
        "a value, {value, confidence, source} or {low, high, source}",
    )
    yield "source of the range", card.source


def _allowed(card: DialCard) -> str:
    if card.options:
        return ", ".join("true" if one is True else "false" if one is False else one for one in card.options)
    whole = "whole numbers, " if card.whole else ""
    return f"{whole}{card.low:g} to {card.high:g}"


def _fits(parts: list[str], pattern: list[str]) -> bool:
    """Whether a dotted name is one of a pattern; a `*` may be left out, the last stands for all below."""
    if parts == [part for part in pattern if part != "*"]:
        return "*" in pattern
    if pattern[-1] == "*" and len(parts) > len(pattern):
        parts = parts[: len(pattern)]
    pairs = zip(parts, pattern, strict=False)
    return len(parts) == len(pattern) and all(want in ("*", part) for part, want in pairs)


def _name_instead(key: str) -> str:
    return ", with a name or a number from 0 for *" if "*" in key else ""
