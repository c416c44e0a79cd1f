"""A pattern in memory: what is documented, with which error, and how it is looked for in a history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.axes import quarter_label

__all__ = ["ACROSS", "FORMS", "STATUS_WORDS", "Documented", "Pattern", "year_of"]

ACROSS: Final = "across"
"""Name of the file of patterns that concern several processes at once."""

FORMS: Final = {
    "date": "the year of the first quarter in which a measure reaches a level; one after the last if never",
    "value": "a measure in a quarter",
    "total": "whether a measure, added up over a period, reaches a level",
    "any": "whether a measure is above 0 in some quarter of a span",
    "rise": "whether a measure grows by an amount over a span",
    "fall": "whether a measure falls by an amount over a span",
    "adds": "whether a measure lies above that of the world without the process by an amount",
    "status": "whether the process is active, dormant or ended in a quarter",
    "slower": "whether the first process takes longer from its first meeting to a stage than each other one",
    "stages": "share of processes that speak one language no later than they have a plan",
    "phases": "share of processes that change knowledge no later than positions, and positions than law",
    "rank": "whether a process ranks higher among all in one measure than in another",
}
"""How a pattern may be looked for in a history."""

YES_NO: Final = ("total", "any", "rise", "fall", "adds", "slower", "rank")
"""Forms that answer 1 for yes and 0 for no."""

SEVERAL: Final = ("slower", "stages", "phases", "rank")
"""Forms that look at several processes."""

STATUS_WORDS: Final = ("active", "dormant", "ended")
"""The conditions of a process that documents tell apart, in the order of their numbers 0, 1, 2."""


def year_of(quarter: float) -> float:
    """Return the year in whose course the middle of an absolute quarter lies.

    Examples
    --------
    >>> year_of(4 * 1997 + 2)
    1997.625
    """
    return (quarter + 0.5) / 4.0


@dataclass(frozen=True, slots=True)
class Documented:
    """What the documents say, as a range about a middle, in the unit of the pattern.

    Attributes
    ----------
    value : the middle
    low, high : between which it lies, both equal to the middle where there is no error
    """

    value: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """Standard deviation of a value that is as likely anywhere in the range."""
        return float((self.high - self.low) / np.sqrt(12.0))

    def meets(self, low: float, high: float) -> bool:
        """Tell whether the range has a point in common with another.

        Examples
        --------
        >>> Documented(0.6, 0.5, 0.7).meets(0.65, 0.9), Documented(0.6, 0.5, 0.7).meets(0.8, 0.9)
        (True, False)
        """
        return self.low <= high and low <= self.high


@dataclass(frozen=True, slots=True)
class Pattern:
    """One documented outcome.

    Attributes
    ----------
    id : unique within its file
    process : the process whose file it stands in, or ``across``
    processes : those whose histories it is read off; none means all processes of the comparison
    kind : what kind of fact it is
    description, note, source : in words
    known : year of the earliest document that tells of it
    quarter : absolute quarter at which it is looked at, None where only a window is known
    span : first and last absolute quarter in which it may have happened; of `total`, over which is added
    documented : what is held against the model; None where the model has no measure for it
    form : one of `FORMS`; empty where there is no measure
    of, against, without : measures: what is looked at, what it is ranked against, what must stay at 0
    reaches, by : level or amount
    missing : what a level counts as where the process goes on and has none; nan where it is then not counted
    unit : of the number of each history
    strong : whether a history that misses it by far is not believed
    weak_because : why it is weak, in a few words; empty where strong
    reading : ``K01`` where that document assigns the stage, ``ours`` where we read it so
    described : absolute quarter up to which a history must have lived to be counted
    """

    id: str
    process: str
    processes: tuple[str, ...]
    kind: str
    description: str
    note: str
    source: str
    known: int
    quarter: int | None
    span: tuple[int, int]
    documented: Documented | None
    form: str
    of: str
    against: str
    without: str
    reaches: float
    by: float
    missing: float
    unit: str
    strong: bool
    weak_because: str
    reading: str
    described: int

    @property
    def name(self) -> str:
        """Process and id, unique among all patterns."""
        return f"{self.process}/{self.id}"

    @property
    def held(self) -> bool:
        """Whether the model has a measure for it."""
        return self.documented is not None

    @property
    def yes_no(self) -> bool:
        """Whether it answers 1 for yes and 0 for no."""
        return self.form in YES_NO

    @property
    def when(self) -> str:
        """The quarter, or the span, in words."""
        if self.quarter is not None:
            return quarter_label(self.quarter)
        return f"{quarter_label(self.span[0])} to {quarter_label(self.span[1])}"

    def __repr__(self) -> str:
        """Return name, form and what is documented."""
        said = f"{self.documented.low:g} to {self.documented.high:g}" if self.documented else "not held"
        return f"<Pattern {self.name}: {self.form or 'none'} {said} {self.unit}>"
