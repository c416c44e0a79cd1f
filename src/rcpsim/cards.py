"""Parameter cards: the one place where a coefficient has its meaning, unit, default, range and source.

Beside each part of the theory lies a file of cards, ``rcpsim/theory/*.toml``. Every top-level table is one
parameter, and its name is the name of the argument in the theory:

.. code-block:: toml

    [leak_hazard]
    symbol = "ℓ"
    meaning = "hazard that a listener passes on what was entrusted, per unit of it"
    unit = "per quarter"
    prior = {dist = "loguniform", low = 0.003, high = 0.05}
    source = "ours; one leak in four years among ten states"
    status = "judged"

Defaults, prior ranges, the bounds of sliders, the tables of the docs and the text of an error are all read
from here. The defaults of the package are those of the most central plausible set (docs/fitting.md). A card
may leave out ``default`` (then it is the middle of the prior), ``prior`` (then the value is fixed at the
default) and ``allowed`` (then hard bounds are set generously about the prior).

A rate is *per quarter* (hazards) or *per hour* (gains) and nothing else, so that a month or a year cannot
slip in; a decay is a half-life in *quarters*.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

import numpy as np
import numpy.typing as npt

from rcpsim.errors import Fault, ScenarioError, did_you_mean, quoted

__all__ = [
    "UNITS",
    "Card",
    "Prior",
    "all_cards",
    "default_parameters",
    "draw_value",
    "fault_of_value",
    "quantile_of",
    "read_cards",
]

Status = Literal["judged", "documented", "assumed", "other-side"]
Dist = Literal["uniform", "loguniform", "fixed", "beta"]

UNITS: Final = (
    "1",
    "count",
    "day",
    "delegate-day",
    "distance",
    "hour",
    "logit",
    "per day",
    "per hour",
    "per quarter",
    "persons",
    "quarter",
    "score",
    "share",
    "weight",
    "year",
)
"""The units a card may carry. ``1`` is a bare factor; distances are on the scale -1..1 of positions."""

_STATUSES: Final[tuple[str, ...]] = get_args(Status)
_SHAPE: Final[Mapping[str, tuple[str, ...]]] = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "fixed": ("value",),
    "beta": ("a", "b"),
}
_TEXTS: Final = ("symbol", "meaning", "unit", "source", "status")
_FIELDS: Final = (*_TEXTS, "default", "prior", "allowed")


@dataclass(frozen=True)
class Prior:
    """What is believed of a coefficient before the model is held against anything.

    Attributes
    ----------
    dist : uniform on low..high; loguniform on low..high, both > 0; fixed at value; beta(a, b) on 0..1
    low, high : ends of the support (equal for fixed, 0 and 1 for beta)
    a, b : shapes of a beta prior, > 0; else 1
    """

    dist: Dist
    low: float
    high: float
    a: float = 1.0
    b: float = 1.0

    @property
    def middle(self) -> float:
        """The middle of low..high, the geometric middle of a loguniform prior, the mean of a beta prior."""
        if self.dist == "loguniform":
            return math.sqrt(self.low * self.high)
        if self.dist == "beta":
            return self.a / (self.a + self.b)
        return 0.5 * (self.low + self.high)


@dataclass(frozen=True)
class Card:
    """One parameter.

    Attributes
    ----------
    name : python identifier, the name of the argument in the theory
    symbol : as written on the page
    meaning : one sentence
    unit : one of :data:`UNITS`
    default : the value used where nothing else is said
    prior : what draws are made from
    source : where the range comes from
    status : ``judged`` (ours), ``documented`` (stated by a source), ``assumed`` (the documents' mechanism
        taken over), ``other-side`` (exists only to give a dial its other side; its prior starts at 0)
    allowed : hard bounds, both included
    file : the card file, such as ``theory/candour.toml``
    """

    name: str
    symbol: str
    meaning: str
    unit: str
    default: float
    prior: Prior
    source: str
    status: Status
    allowed: tuple[float, float]
    file: str


@cache
def all_cards() -> Mapping[str, Card]:
    """Return every card of the package, sorted by name; read once.

    Raises
    ------
    ScenarioError
        with all faults of all card files
    """
    return read_cards(files("rcpsim") / "theory")


def default_parameters() -> dict[str, float]:
    """Return the default of every parameter, sorted by name."""
    return {name: card.default for name, card in all_cards().items()}


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


def draw_value(card: Card, u: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the values of a parameter at the quantiles u of its prior.

    Parameters
    ----------
    card : the parameter
    u : (...) in (0, 1)

    Returns
    -------
    (...) float64, in the unit of the card
    """
    quantile = np.asarray(u, dtype=np.float64)
    prior = card.prior
    if prior.dist == "beta":
        from scipy.special import betaincinv  # here, because it is slow to import and few cards need it

        return np.asarray(betaincinv(prior.a, prior.b, quantile), dtype=np.float64)
    if prior.dist == "loguniform":
        value = prior.low * np.exp(math.log(prior.high / prior.low) * quantile)
    else:
        value = prior.low + (prior.high - prior.low) * quantile
    return np.asarray(np.clip(value, prior.low, prior.high), dtype=np.float64)


def quantile_of(card: Card, value: float) -> float:
    """Return at which quantile of its prior a value of a parameter lies, 0 to 1; the inverse of `draw_value`.

    Parameters
    ----------
    card : the parameter; its prior is not fixed
    value : in the unit of the card; outside the prior it lies at its nearer end
    """
    prior = card.prior
    inside = min(max(value, prior.low), prior.high)
    if prior.dist == "beta":
        from scipy.special import betainc

        return float(betainc(prior.a, prior.b, inside))
    if prior.dist == "loguniform":
        return math.log(inside / prior.low) / math.log(prior.high / prior.low)
    return (inside - prior.low) / (prior.high - prior.low)


def fault_of_value(card: Card, value: object, file: str, field: str) -> Fault | None:
    """Return what is wrong with a value given for a parameter, or None.

    Parameters
    ----------
    card : the parameter
    value : what was given
    file, field : where it was given, for the text

    Examples
    --------
    >>> prior = Prior("uniform", 0.0, 1.0)
    >>> card = Card("bend", "b", "how far", "share", 0.5, prior, "ours", "judged", (0, 1), "theory/a.toml")
    >>> str(fault_of_value(card, 1.4, "puebla.toml", "parameters.a.bend"))
    'puebla.toml: parameters.a.bend is 1.4; it must be a number between 0 and 1, unit: share (theory/a.toml)'
    """
    low, high = card.allowed
    if _is_number(value) and low <= cast(float, value) <= high:
        return None
    allowed = f"it must be a number between {low:g} and {high:g}, unit: {card.unit}"
    return Fault(file, field, f"is {quoted(value)}", allowed, card.file)


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
            and all(map(_is_number, given))
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
        if _is_number(value):
            return float(cast(float, value))
        self.note(field, f"is {quoted(value)}", "it must be a finite number")
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


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
