"""What a lesson says, as data: which dial, which outcome, which way, and by which mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["OVER", "SHAPES", "SIGNS", "WHEN", "Arm", "Design", "Lesson", "Outcome"]

Shape = Literal["contrast", "inverted-u", "threshold", "interaction", "process"]

SHAPES: Final = ("contrast", "inverted-u", "threshold", "interaction", "process")
"""Two designs; a curve with its best point inside; a curve that turns at a point; how far a contrast depends
on a second dial; the process held against its twin that never meets."""

SIGNS: Final = ("+", "-")
"""Which way the outcome is said to go from the low to the high design."""

WHEN: Final = ("early", "life", "late", "end")
"""The first two years; all years after them; the last two years; the last quarter that has a value."""

OVER: Final = ("twin", "level")
"""What a measure is above the no-process twin, or the measure itself."""


@dataclass(frozen=True, slots=True)
class Design:
    """One design: what is laid over a base scenario.

    Attributes
    ----------
    name : how it is called in tables
    settings : dotted key -> value, as `--set` takes them
    """

    name: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arm:
    """A reading of the theory under which designs are played.

    Attributes
    ----------
    name : how it is called in tables
    without : mechanisms that are off
    replacing : mechanism and its rival form
    settings : dotted key and value, laid over every design
    """

    name: str = "full"
    without: tuple[str, ...] = ()
    replacing: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a dial is said to move.

    Attributes
    ----------
    measure : name of a measure (`rcpsim.measures`)
    sign : +1 or -1, the way it is said to go; for an inverted U, +1 where the best point is the highest
    when : one of `WHEN`
    over : one of `OVER`
    primary : whether the verdict on the lesson is read off this outcome
    """

    measure: str
    sign: int
    when: str
    over: str
    primary: bool

    @property
    def label(self) -> str:
        """How the outcome is called in tables, such as `trust_met over the twin, late`."""
        beside = " over the twin" if self.over == "twin" else ""
        return f"{self.measure}{beside}, {self.when}" if self.when != "life" else f"{self.measure}{beside}"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of the documents as an experiment that can fail.

    Attributes
    ----------
    id : name of its file
    claims : ids of the register of claims that it tests
    headline : whether it is one of the lessons learned of [H10] section 4
    title, claim, source, conditions : in our words, with the place in the documents
    counter : published evidence against it
    shape : one of `SHAPES`
    bases : scenarios over which draws are dealt out in turn
    years : first and last year played, both included
    dial : row of the table of paths, or an empty text where the lesson turns no dial of a design
    designs : low and high; for curves one for each value; for interactions low and high at the low value of
        the second dial, then both at its high value; for `process` the one design
    key, values : of a curve
    held : what is alike in all designs
    outcomes : at least one; one is primary
    carriers : mechanisms that are said to carry it
    unrelated : a mechanism that has nothing to do with it
    rival : whether it is a finding of the literature against the documents, under its own assumptions
    flips : readings under which such a finding may turn round
    """

    id: str
    claims: tuple[str, ...]
    headline: bool
    title: str
    claim: str
    source: str
    conditions: str
    counter: tuple[str, ...]
    shape: Shape
    bases: tuple[str, ...]
    years: tuple[int, int]
    dial: str
    designs: tuple[Design, ...]
    key: str
    values: tuple[float, ...]
    held: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    carriers: tuple[str, ...]
    unrelated: str
    rival: bool = False
    flips: tuple[Arm, ...] = ()

    @property
    def primary(self) -> Outcome:
        """The outcome off which the verdict is read."""
        return next(outcome for outcome in self.outcomes if outcome.primary)
