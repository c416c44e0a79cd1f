"""Three arms for four lessons: the effect in full, without its carriers, and without something unrelated.

A lesson relates a dial of the design to an outcome. Its effect is the paired difference between two designs
with the same luck and the same parameters (drawn from their priors, one draw a history). If the lesson
emerges by the way the documents tell, at least half of the effect goes with the mechanisms that are said to
carry it, and less than a fifth goes with a mechanism that has nothing to do with it. Nothing is tuned to make
it so: what comes out otherwise is a finding, and is printed as one.

    python -m tests.cases.three_arms [HISTORIES]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rcpsim.scenario import Scenario, load_scenario
from rcpsim.simulation import simulate

Numbers = npt.NDArray[np.float64]

SEED: Final = 1
HISTORIES: Final = 100
"""One draw of all parameters from their priors in each; they are not filtered for plausibility."""
YEARS: Final = (1, 10)
SETTLING: Final = 8  # quarters that are left out of an outcome
RESAMPLES: Final = 1000
UNRELATED: Final = "respond"
OVER_TWIN: Final = " over twin"


@dataclass(frozen=True)
class Lesson:
    """What a dial is said to do to an outcome, and by which mechanisms.

    Attributes
    ----------
    name, dial : of the contrast; the dial as in tests/allowed_paths.toml
    low, high : the two designs, as (scenario, what is laid over it); the effect is high less low
    outcome : a measure, averaged over the quarters of a life after the first two years; with OVER_TWIN
        what it is above the same measure of the no-process twin
    expected : the sign that the documents lead one to expect
    carriers : mechanisms that are said to carry it
    source : where the documents say so
    """

    name: str
    dial: str
    low: tuple[str, Mapping[str, Any]]
    high: tuple[str, Mapping[str, Any]]
    outcome: str
    expected: int
    carriers: tuple[str, ...]
    source: str


_MEETINGS = ("ministerial", "senior", "workshop")
_SIZE = {"dial": "members", "low": ("small-process", {}), "high": ("large-process", {})}
_CLOSED = {
    "dial": "confidentiality",
    "low": ("small-process", {"design.confidentiality": 0.0}),
    "high": ("small-process", {"design.confidentiality": 1.0}),
}
_RECORD = {
    "dial": "record",
    "low": ("small-process", {f"calendar.meetings.{kind}.record": 0.1 for kind in _MEETINGS}),
    "high": ("small-process", {f"calendar.meetings.{kind}.record": 0.9 for kind in _MEETINGS}),
}
_SPONSOR = {
    "dial": "sponsor_share",
    "low": ("small-process", {"money.sponsor_share": 0.0}),
    "high": ("small-process", {"money.sponsor_share": 0.8}),
}


def _lesson(
    name: str, contrast: Mapping[str, Any], outcome: str, expected: int, carriers: str, source: str
) -> Lesson:
    return Lesson(
        name=name,
        outcome=outcome,
        expected=expected,
        carriers=tuple(carriers.split()),
        source=source,
        **contrast,
    )


LESSONS: Final = (
    _lesson("size", _SIZE, "candour_year", -1, "form_rooms speak", "H10 p.34"),
    _lesson("size", _SIZE, "trust_met", -1, "form_rooms speak leak_or_keep conclude", "H10 p.34"),
    _lesson("size", _SIZE, "trust_met over twin", -1, "form_rooms speak leak_or_keep conclude", "H10 p.34"),
    _lesson("size", _SIZE, "items_agreed", -1, "form_rooms speak conclude", "H10 p.34"),
    _lesson("confidentiality", _CLOSED, "candour_year", 1, "speak leak_or_keep", "H10 p.37"),
    _lesson("confidentiality", _CLOSED, "trust_met", 1, "speak leak_or_keep", "H10 p.37"),
    _lesson("confidentiality", _CLOSED, "law_change", -1, "persuade implement", "H10 p.37: its price"),
    _lesson("record of the room", _RECORD, "candour_year", -1, "form_rooms speak", "H10 p.33, p.38"),
    _lesson("record of the room", _RECORD, "trust_met", -1, "form_rooms speak leak_or_keep", "H10 p.33"),
    _lesson("record of the room", _RECORD, "understanding", -1, "form_rooms speak", "H10 p.33"),
    _lesson("record of the room", _RECORD, "items_agreed", -1, "form_rooms speak conclude", "H10 p.33"),
    _lesson("sponsor's share", _SPONSOR, "commitment", -1, "commit_and_fund", "H10 p.38; K01 p.26"),
    _lesson("sponsor's share", _SPONSOR, "participation", 1, "attend commit_and_fund", "K01 p.26"),
    _lesson("sponsor's share", _SPONSOR, "meetings", 1, "attend commit_and_fund", "K01 p.26"),
    _lesson("sponsor's share", _SPONSOR, "ended", 1, "commit_and_fund live_or_die", "H10 p.41"),
)


@dataclass(frozen=True)
class Arm:
    """The effect in one arm: paired differences of the histories that have both values."""

    differences: Numbers
    kept: Numbers = field(repr=False)  # (H,) 1 where both designs have a value

    @property
    def mean(self) -> float:
        """Return the mean difference."""
        return float(np.mean(self.differences[self.kept > 0])) if self.kept.any() else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 90 % interval of the mean, by resampling histories."""
        return _interval(_resampled(self))


def _resampled(arm: Arm) -> Numbers:
    """Return the mean of each resample; the same histories are drawn in every arm."""
    histories = arm.kept.size
    draws = np.random.default_rng(0).integers(0, histories, (RESAMPLES, histories))
    weight = arm.kept[draws]
    total = np.sum(np.where(arm.kept > 0, arm.differences, 0.0)[draws], axis=-1)
    means: Numbers = total / np.maximum(np.sum(weight, axis=-1), 1.0)
    return means


def _interval(values: Numbers) -> tuple[float, float]:
    low, high = np.nanquantile(values, (0.05, 0.95))
    return float(low), float(high)


@cache
def _outcomes(
    name: str,
    laid_over: tuple[tuple[str, Any], ...],
    without: tuple[str, ...],
    histories: int,
    years: tuple[int, int],
) -> dict[str, Numbers]:
    """Return every measure of each history, averaged over the quarters after the first two years."""
    scenario: Scenario = load_scenario(name, {**dict(laid_over), "years": list(years)})
    results = simulate(scenario, histories=histories, seed=SEED, parameters="unfiltered", without=without)
    assert results.twin is not None
    found = {measure: _over_a_life(series) for measure, series in results.measures.items()}
    for measure, series in results.twin.items():
        found[measure + OVER_TWIN] = _over_a_life(results.measures[measure] - series)
    return found


def _over_a_life(series: Numbers) -> Numbers:
    late = series[:, SETTLING:]
    count = np.sum(np.isfinite(late), axis=-1)
    total = np.sum(np.where(np.isfinite(late), late, 0.0), axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def arm(
    lesson: Lesson,
    without: tuple[str, ...] = (),
    histories: int = HISTORIES,
    years: tuple[int, int] = YEARS,
    outcome: str | None = None,
) -> Arm:
    """Return the effect of a lesson's dial without the named mechanisms."""
    low, high = (
        _outcomes(name, tuple(laid_over.items()), tuple(sorted(without)), histories, years)[
            outcome or lesson.outcome
        ]
        for name, laid_over in (lesson.low, lesson.high)
    )
    return Arm(high - low, np.isfinite(high - low) * 1.0)


def three_arms(
    lesson: Lesson, histories: int = HISTORIES, years: tuple[int, int] = YEARS
) -> dict[str, list[float]]:
    """Return for each arm the mean and its 90 % interval, and the share of the full effect that is left."""
    arms = {
        "full": arm(lesson, (), histories, years),
        "carriers": arm(lesson, lesson.carriers, histories, years),
        "unrelated": arm(lesson, (UNRELATED,), histories, years),
    }
    whole = _resampled(arms["full"])
    rows = {}
    for name, one in arms.items():
        rows[name] = [one.mean, *one.interval]
        if name != "full":
            left = _resampled(one) / np.where(whole == 0.0, np.nan, whole)
            mean = one.mean / arms["full"].mean if arms["full"].mean != 0.0 else float("nan")
            rows[f"{name}_left"] = [mean, *(_interval(left) if np.isfinite(left).any() else (np.nan, np.nan))]
    return rows


def verdict(lesson: Lesson, rows: Mapping[str, list[float]]) -> str:
    """Return in words how a lesson came out."""
    mean, low, high = rows["full"]
    if low <= 0.0 <= high:
        return "no effect to be seen"
    words = ["as expected" if np.sign(mean) == lesson.expected else "the other way"]
    if not abs(rows["carriers_left"][0]) <= 0.5:
        words.append("not carried so")
    if not abs(1.0 - rows["unrelated_left"][0]) < 0.2:
        words.append("the unrelated matters")
    return ", ".join(words)


def table(histories: int = HISTORIES, years: tuple[int, int] = YEARS) -> str:
    """Return the table of directions as it stands in docs/emergence.md."""
    lines = [
        "| dial | outcome | expected | effect (90 %) | carriers off: left | respond off: left | comes out |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for lesson in LESSONS:
        rows = three_arms(lesson, histories, years)
        effect = "{:+.4f} ({:+.4f} to {:+.4f})".format(*rows["full"])
        left = [f"{round(rows[f'{name}_left'][0], 2) + 0.0:.2f}" for name in ("carriers", "unrelated")]
        sign = "+" if lesson.expected > 0 else "−"
        cells = (lesson.name, f"`{lesson.outcome}`", f"{sign} ({lesson.source})", effect, *left)
        lines.append(f"| {' | '.join(cells)} | {verdict(lesson, rows)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES))
