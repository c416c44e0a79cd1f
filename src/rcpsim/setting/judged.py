"""What is judged, given as a range or unknown, drawn once for each history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.draws import judged_uniform, normal
from rcpsim.scenario import DialCard, Value, judged_spread
from rcpsim.scenario.values import Scalar

__all__ = ["Judged"]


@dataclass(frozen=True)
class Judged:
    """How judged and unknown values are resolved.

    Attributes
    ----------
    seed : of the run
    histories : (H,) absolute history numbers
    central : take the value written (the middle of a range, of the card's range where unknown)
    as_of : values that rest on later documents count as unknown; None for no limit
    blind : values whose reason is itself an outcome of the process count as unknown
    """

    seed: int
    histories: IntArray
    central: bool = False
    as_of: int | None = None
    blind: bool = False
    _drawn: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    def number(self, value: Value, card: DialCard, key: str) -> Array:
        """Return one number for each history, or a single one where nothing is drawn.

        Returns
        -------
        (H,) or (1,)
        """
        value = self._known(value, card)
        low, high = card.drawn or (0.0, 1.0)
        if value.kind == "range":
            low, high = float(value.low or 0.0), float(value.high or 0.0)
        if value.kind == "documented":
            return np.array([_figure(value.value)])
        if self.central:
            middle = value.value if value.kind == "judged" else 0.5 * (low + high)
            drawn = np.array([_figure(middle)])
        else:
            luck = self._uniform(key)
            if value.kind == "judged":
                bottom, top = float(card.low or 0.0), float(1.0 if card.high is None else card.high)
                spread = judged_spread().sd[value.confidence or "low"] * (top - bottom)
                drawn = _truncated_normal(luck, _figure(value.value), spread, bottom, top)
            elif card.whole:
                drawn = np.floor(low + (high - low + 1.0) * luck)
            else:
                drawn = low + (high - low) * luck
        return np.round(drawn) if card.whole else drawn

    def choice(self, value: Value, card: DialCard, key: str) -> list[Any]:
        """Return one option for each history, or a single one where nothing is drawn."""
        value = self._known(value, card)
        if value.kind == "documented":
            return [value.value]
        options = list(card.options)
        weights = np.full(len(options), 1.0 / len(options))
        if value.kind == "judged":
            if self.central:
                return [value.value]
            sure = judged_spread().weight[value.confidence or "low"]
            weights = np.full(len(options), (1.0 - sure) / max(len(options) - 1, 1))
            weights[[option == value.value for option in options]] = sure
        elif self.central:
            return [card.absent.value if card.absent.kind == "documented" else options[0]]
        luck = self._uniform(key)
        picks = np.searchsorted(np.cumsum(weights)[:-1], luck, side="right")
        return [options[pick] for pick in picks]

    def flag(self, value: Value, card: DialCard, key: str, yes: Callable[[Any], bool] = bool) -> Array:
        """Return 1 where a choice is as wanted, else 0: (H,) or (1,)."""
        return np.array([1.0 if yes(option) else 0.0 for option in self.choice(value, card, key)])

    def normal_about(self, mean: float, sd: float, key: str) -> Array:
        """Return a number about a mean, cut to 0..1: (H,) or (1,)."""
        if self.central:
            return np.array([mean])
        return _truncated_normal(self._uniform(key), mean, sd, 0.0, 1.0)

    def uniform(self, low: float, high: float, key: str) -> Array:
        """Return an even draw: (H,) or (1,)."""
        if self.central or low == high:
            return np.array([0.5 * (low + high)])
        return low + (high - low) * self._uniform(key)

    def luck(self, key: str) -> Array:
        """Return the uniform of a key: (H,); one half where central."""
        if self.central:
            return np.full(self.histories.shape, 0.5)
        return self._uniform(key)

    def quarter(self, low: int, high: int, key: str) -> IntArray:
        """Return an absolute quarter within a window, both ends included: (H,) or (1,)."""
        if low == high or self.central:
            return np.array([(low + high) // 2])
        luck = self._uniform(key)
        return np.floor(low + (high - low + 1) * luck).astype(np.int64)

    def _uniform(self, key: str) -> Array:
        """Return the uniform of a key, drawn once however often it is asked for: (H,)."""
        if key not in self._drawn:
            self._drawn[key] = judged_uniform(self.seed, self.histories, key)
            self._drawn[key].flags.writeable = False
        return self._drawn[key]

    def _known(self, value: Value, card: DialCard) -> Value:
        if self.as_of is not None and value.kind != "unknown" and not value.known_in(self.as_of):
            value = Value("unknown")
        if self.blind and value.looks_ahead:
            value = Value("unknown")
        if (
            value.kind == "unknown"
            and card.absent.kind == "documented"
            and card.drawn is None
            and not card.options
        ):
            return card.absent
        return value


def _figure(value: Scalar | None) -> float:
    """Return a checked value of a dial as a number."""
    if value is None or isinstance(value, str):
        raise TypeError(f"{value!r} is not the value of a dial that is a number")
    return float(value)


def _truncated_normal(luck: Array, mean: float, sd: float, low: float, high: float) -> Array:
    from scipy.special import ndtr

    bottom, top = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return np.clip(mean + sd * normal(bottom + (top - bottom) * luck), low, high)
