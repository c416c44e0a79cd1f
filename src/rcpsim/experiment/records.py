"""What an experiment file says, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

__all__ = [
    "FULL",
    "METHODS",
    "MOMENTS",
    "Analysis",
    "Arm",
    "Draws",
    "Effect",
    "Experiment",
    "Factor",
    "Kept",
    "Method",
    "Sampling",
    "ScenarioGiven",
    "factor_kind",
]

Method = Literal["grid", "latin", "sobol", "morris", "one-at-a-time", "table"]
ScenarioGiven: TypeAlias = str | Mapping[str, object]
"""The name of a packaged scenario, or the raw table of a file."""

METHODS: Final = ("grid", "latin", "sobol", "morris", "one-at-a-time", "table")
MOMENTS: Final = ("quarters", "year-ends", "end")
FULL: Final = "full"
"""The arm that is always there: everything as the scenario and the factors have it."""


def factor_kind(key: str) -> Literal["scenario", "without", "parameter", "dial"]:
    """Return what a factor varies, by its key.

    Examples
    --------
    >>> [factor_kind(key) for key in ("scenario", "without", "parameters.trust.test", "members.count")]
    ['scenario', 'without', 'parameter', 'dial']
    """
    if key == "scenario":
        return "scenario"
    if key == "without":
        return "without"
    return "parameter" if key.startswith("parameters.") else "dial"


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that varies.

    Attributes
    ----------
    key : a dotted key of `--set`, `parameters.CARD.SYMBOL`, `without` (as `--without`) or `scenario`
    values : its levels, in order; None where it has a range
    low, high : ends of the range; for a parameter without values, of its prior unless the file says otherwise
    scale : how the range is laid out: linear, log, or prior (by quantiles of the card's prior)
    levels : how many levels a range has on a grid
    base : where it stays while another one moves (one-at-a-time)
    held : what "alike in all but this" means, printed with the result
    """

    key: str
    values: tuple[object, ...] | None = None
    low: float | None = None
    high: float | None = None
    scale: str = "linear"
    levels: int | None = None
    base: object = None
    held: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What it varies: scenario, without, parameter or dial."""
        return factor_kind(self.key)


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant played at every point beside the full one.

    Attributes
    ----------
    name : as it stands in the column `design`
    without : what is left out, as `--without` takes it
    overrides : dotted key -> value, rival forms as `theory.replacing.MECHANISM` among them
    """

    name: str
    without: tuple[str, ...] = ()
    overrides: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draws:
    """Over what a setting is repeated: draws of the parameters, crossed with histories.

    Attributes
    ----------
    parameters : default, prior or plausible
    judged : draw or central
    count : draws of the parameters, 0, 1, 2, …
    histories : in each draw, 0, 1, 2, …; the same numbers, and so the same luck, in every draw, setting and
        arm
    as_of : year of the latest document that may be read, or None
    """

    parameters: str = "default"
    judged: str = "draw"
    count: int = 1
    histories: int = 1
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """By which plan the factors vary.

    Attributes
    ----------
    points : points of a latin hypercube, base points of a Sobol' plan, trajectories of a Morris plan
    levels : levels of a Morris plan
    second_order : whether a Sobol' plan holds the points that second-order indices need
    rows : the settings of a table, one value for each factor
    """

    method: Method = "grid"
    points: int | None = None
    levels: int = 4
    second_order: bool = False
    rows: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Which measures are kept, and when."""

    primary: str
    keep: tuple[str, ...]
    at: str = "year-ends"


@dataclass(frozen=True, slots=True)
class Effect:
    """The contrast asked for: a factor from low to high, at each level of another one."""

    of: str
    low: object
    high: object
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysis is asked for; no row depends on it."""

    effect: Effect | None = None
    scale: str = "sd over histories at low"
    smallest_effect: float = 0.1
    interval: float = 0.9


@dataclass(frozen=True, slots=True)
class Experiment:
    """One question.

    Attributes
    ----------
    id, question, about : for the reader
    scenario : what is varied: the name of a packaged scenario, or the raw table of one
    years : both included; those of the scenario where the file is silent
    seed : of all chance
    twin : whether the no-process twin is played beside each history
    overrides : dotted key -> value, laid over the scenario in every setting
    file : as the user named it
    engine : what reckons, one of :data:`rcpsim.simulation.ENGINES`
    """

    id: str
    question: str
    about: str
    scenario: ScenarioGiven
    years: tuple[int, int]
    seed: int
    twin: bool
    overrides: Mapping[str, object]
    draws: Draws
    sampling: Sampling
    factors: tuple[Factor, ...]
    arms: tuple[Arm, ...]
    measures: Kept
    analysis: Analysis
    file: str = "the table given"
    engine: str = "numpy"
