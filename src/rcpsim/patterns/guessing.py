"""What a constant guess would say: the same for every process, from the documents alone.

Of a date it is the middle of the lags that the *other* processes took from their founding to the same kind of
fact, laid after the founding of this one; where no other process tells of it, the middle of what is possible.
Of a level it is the middle of what is possible; of a condition, that the process is active; of a fact that
only ever is reported where it happened, that it happened; of who pays, that it stays as it was. Of a
comparison it is the chance of it if nothing were known: one in the number of orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial
from typing import Final

import numpy as np

from rcpsim.patterns.records import Pattern, year_of
from rcpsim.scenario import load_scenario

__all__ = ["constant_guess", "met_by_guess"]

_COMPARED: Final = 0.5
_PHASES: Final = 3


def constant_guess(pattern: Pattern, patterns: Sequence[Pattern], possible: tuple[float, float]) -> float:
    """Return the guess, in the unit of the pattern; of a comparison its probability.

    Parameters
    ----------
    pattern : what is guessed
    patterns : all patterns; those of the other processes of the same kind, known as early, are used
    possible : least and greatest number
    """
    middle = (possible[0] + possible[1]) / 2.0
    if pattern.form == "date":
        lags = _lags(pattern, patterns)
        founded = _founded(pattern, patterns)
        return middle if not lags else min(max(founded + float(np.median(lags)), possible[0]), possible[1])
    if pattern.form == "status":
        return 0.0
    if pattern.form == "slower":
        return 1.0 / len(pattern.processes)
    if pattern.form == "phases":
        return 1.0 / factorial(_PHASES)
    if pattern.form in ("stages", "rank", "adds"):
        return _COMPARED
    if pattern.kind == "funding_change":
        return 0.0
    return 1.0 if pattern.yes_no else middle


def met_by_guess(pattern: Pattern, guess: float) -> bool:
    """Tell whether a constant guess meets what is documented."""
    return pattern.documented is not None and pattern.documented.meets(guess, guess)


def _founded(pattern: Pattern, patterns: Sequence[Pattern]) -> float:
    """Return when a process first met by the documents, or when its scenario begins."""
    for other in patterns:
        if other.process == pattern.process and other.kind == "founding" and other.documented is not None:
            return other.documented.value
    return year_of(load_scenario(pattern.process).quarters[0])


def _lags(pattern: Pattern, patterns: Sequence[Pattern]) -> list[float]:
    """Return the years that other processes took from founding to the same kind of fact, each once."""
    found: dict[str, float] = {}
    for other in patterns:
        like = other.kind == pattern.kind and other.of == pattern.of and other.known <= pattern.known
        if like and other.process != pattern.process and other.documented is not None:
            found.setdefault(other.process, other.documented.value - _founded(other, patterns))
    return list(found.values())
