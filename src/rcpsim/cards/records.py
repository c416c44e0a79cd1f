"""A parameter card as a record: what is believed of a coefficient, drawn from, and held to its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, cast

import numpy as np
import numpy.typing as npt

from rcpsim.errors import Fault, quoted

__all__ = [
    "UNITS",
    "Card",
    "Dist",
    "Prior",
    "Status",
    "draw_value",
    "fault_of_value",
    "is_number",
    "quantile_of",
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

    @property
    def part(self) -> str:
        """The part of the theory beside which the card lies, such as candour."""
        return self.file.removeprefix("theory/").removesuffix(".toml")

    @property
    def key(self) -> str:
        """The key by which `--set` and scenario files reach it, such as parameters.candour.ear_risk."""
        return f"parameters.{self.part}.{self.name}"


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
    if is_number(value) and low <= cast(float, value) <= high:
        return None
    allowed = f"it must be a number between {low:g} and {high:g}, unit: {card.unit}"
    return Fault(file, field, f"is {quoted(value)}", allowed, card.file)


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
