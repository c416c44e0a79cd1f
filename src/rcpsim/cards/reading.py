"""From card files to cards: every fault of every file is told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast, get_args

from rcpsim.cards.records import UNITS, Card, Dist, Prior, Status, is_number
from rcpsim.errors import Fault, ScenarioError, did_you_mean, quoted

__all__ = ["read_cards"]

_STATUSES: Final[tuple[str, ...]] = get_args(Status)
_SHAPE: Final[Mapping[str, tuple[str, ...]]] = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "fixed": ("value",),
    "beta": ("a", "b"),
}
_TEXTS: Final = ("symbol", "meaning", "unit", "source", "status")
_FIELDS: Final = (*_TEXTS, "default", "prior", "allowed")


def read_cards(folder: Traversable | Path) -> Mapping[str, Card]:
    """Return the cards of all ``*.toml`` files of a folder, sorted by name.

    Parameters
    ----------
    folder : where the files lie; its name is part of each card's ``file``

    Raises
    ------
    ScenarioError
        with every fault found: an unreadable file, a missing, unknown or unfit field, a unit that is not in
        :data:`UNITS`, a name that stands in two files, a default outside its bounds
    """
    cards: dict[str, Card] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(
        (path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
    ):
        file = f"{folder.name}/{path.name}"
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(Fault(file, "", f"cannot be read ({error})", "it must be a TOML file in UTF-8"))
            continue
        for name, table in tables.items():
            if name in places:
                faults.append(
                    Fault(file, name, f"already stands in {places[name]}", "each name has one card")
                )
                continue
            places[name] = file
            card = _Reader(file, name, table).card(faults)
            if card is not None:
                cards[name] = card
    if faults:
        raise ScenarioError(faults)
    return MappingProxyType(dict(sorted(cards.items())))


class _Reader:
    """Reads one table of a card file and notes what is wrong with it."""

    def __init__(self, file: str, name: str, table: object) -> None:
        self.file = file
        self.name = name
        self.table = table
        self.faults: list[Fault] = []

    def note(self, field: str, found: str, allowed: str, hint: str = "") -> None:
        place = f"{self.name}.{field}" if field else self.name
        self.faults.append(Fault(self.file, place, found, allowed, hint))

    def card(self, faults: list[Fault]) -> Card | None:
        """Return the card, or None after adding its faults to the list."""
        card = self._card()
        faults.extend(self.faults)
        return None if self.faults else card

    def _card(self) -> Card | None:
        if not self.name.isidentifier():
            self.note("", "is no name of a parameter", "it must be a Python identifier")
        if not isinstance(self.table, dict):
            self.note("", f"is {quoted(self.table)}", "it must be a table")
            return None
        table: dict[str, object] = self.table
        self._refuse_others("", table, _FIELDS)
        texts = {field: self._text(table, field) for field in _TEXTS}
        self._one_of("unit", texts["unit"], UNITS)
        self._one_of("status", texts["status"], _STATUSES)
        self._refuse_other_times(texts["unit"])
        default = self._number("default", table["default"]) if "default" in table else None
        prior = self._prior(table, default)
        if prior is None:
            return None
        if texts["status"] == "other-side" and prior.low != 0:
            self.note("prior", f"starts at {prior.low:g}", "a coefficient of status other-side starts at 0")
        allowed = self._allowed(table["allowed"]) if "allowed" in table else _generous(prior, texts["unit"])
        value = prior.middle if default is None else default
        if allowed is not None:
            self._refuse_outside(allowed, prior, value, texts["unit"])
        return Card(
            name=self.name,
            symbol=texts["symbol"],
            meaning=texts["meaning"],
            unit=texts["unit"],
            default=value,
            prior=prior,
            source=texts["source"],
            status=cast(Status, texts["status"]),
            allowed=allowed or (prior.low, prior.high),
            file=self.file,
        )

    def _prior(self, table: Mapping[str, object], default: float | None) -> Prior | None:
        if "prior" not in table:
            if "default" not in table:
                self.note("prior", "is missing, and so is default", "give at least one of the two")
            return None if default is None else Prior("fixed", default, default)
        given = table["prior"]
        if not isinstance(given, dict):
            self.note(
                "prior",
                f"is {quoted(given)}",
                'it must be a table such as {dist = "uniform", low = 0, high = 1}',
            )
            return None
        dist = given.get("dist")
        if not isinstance(dist, str) or dist not in _SHAPE:
            found = f"is {quoted(dist)}" if "dist" in given else "is missing"
            self.note("prior.dist", found, f"it must be {_or(_SHAPE)}", did_you_mean(dist, _SHAPE))
            return None
        wanted = _SHAPE[dist]
        self._refuse_others("prior.", given, ("dist", *wanted))
        numbers: dict[str, float] = {}
        for field in wanted:
            if field not in given:
                self.note(f"prior.{field}", "is missing", f"a {dist} prior has {' and '.join(wanted)}")
                continue
            number = self._number(f"prior.{field}", given[field])
            if number is not None:
                numbers[field] = number
        if len(numbers) < len(wanted):
            return None
        if dist == "fixed":
            return Prior("fixed", numbers["value"], numbers["value"])
        if dist == "beta":
            if min(numbers.values()) <= 0:
                self.note("prior", f"has a = {numbers['a']:g}, b = {numbers['b']:g}", "both must be above 0")
                return None
            return Prior("beta", 0.0, 1.0, numbers["a"], numbers["b"])
        low, high = numbers["low"], numbers["high"]
        if not low < high or (dist == "loguniform" and low <= 0):
            needed = "low must be below high" + (" and above 0" if dist == "loguniform" else "")
            self.note("prior", f"has low = {low:g}, high = {high:g}", needed)
            return None
        return Prior(cast(Dist, dist), low, high)

    def _allowed(self, given: object) -> tuple[float, float] | None:
        if (
            isinstance(given, list)
            and len(given) == 2
            and all(map(is_number, given))
            and given[0] <= given[1]
        ):
            return float(given[0]), float(given[1])
        self.note("allowed", f"is {quoted(given)}", "it must be two numbers, the lower first")
        return None

    def _refuse_outside(self, allowed: tuple[float, float], prior: Prior, value: float, unit: str) -> None:
        low, high = allowed
        if unit == "share" and (low < 0 or high > 1):
            self.note("allowed", f"is {low:g} to {high:g}", "a share lies between 0 and 1")
        if prior.low < low or prior.high > high:
            self.note(
                "prior", f"runs from {prior.low:g} to {prior.high:g}", f"allowed is {low:g} to {high:g}"
            )
        if not low <= value <= high:
            self.note("default", f"is {value:g}", f"allowed is {low:g} to {high:g}")

    def _refuse_other_times(self, unit: str) -> None:
        """Hold names that say what they are to the one unit of time each may have."""
        for ending, wanted in (("half_life", "quarter"), ("hazard", "per quarter")):
            if (self.name == ending or self.name.endswith(f"_{ending}")) and unit in UNITS and unit != wanted:
                self.note("unit", f"is {quoted(unit)}", f"a {ending.replace('_', '-')} is given in: {wanted}")

    def _refuse_others(self, prefix: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
        for field in table:
            if field not in known:
                self.note(
                    prefix + field,
                    "is not a field",
                    f"the fields are {', '.join(known)}",
                    did_you_mean(field, known),
                )

    def _text(self, table: Mapping[str, object], field: str) -> str:
        value = table.get(field)
        if isinstance(value, str) and value.strip():
            return value
        self.note(field, f"is {quoted(value)}" if field in table else "is missing", "it must be a text")
        return ""

    def _one_of(self, field: str, value: str, known: tuple[str, ...]) -> None:
        if value and value not in known:
            self.note(field, f"is {quoted(value)}", f"it must be {_or(known)}", did_you_mean(value, known))

    def _number(self, field: str, value: object) -> float | None:
        if is_number(value):
            return float(cast(float, value))
        self.note(field, f"is {quoted(value)}", "it must be a finite number")
        return None


def _or(known: Mapping[str, object] | tuple[str, ...]) -> str:
    *others, last = known
    return f"{', '.join(others)} or {last}"


def _generous(prior: Prior, unit: str) -> tuple[float, float]:
    """Return hard bounds about a prior: its width on both sides, not across 0, no share above 1."""
    if prior.dist == "beta":
        return 0.0, 1.0
    if prior.dist == "loguniform":
        low, high = prior.low / 10.0, prior.high * 10.0
    else:
        width = (prior.high - prior.low) or abs(prior.low) or 1.0
        low, high = prior.low - width, prior.high + width
        if prior.low >= 0:
            low = max(low, 0.0)
        if prior.high <= 0 < prior.high - prior.low:
            high = min(high, 0.0)
    return (low, min(high, 1.0)) if unit == "share" and prior.high <= 1 and low >= 0 else (low, high)
