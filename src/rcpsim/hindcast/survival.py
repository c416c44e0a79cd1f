"""Who was still alive in 2005 and 2010: the model beside three baselines that know next to nothing.

A baseline is fitted on what was known in 2001 alone: how long each process had then lived, how large it was,
and which had ended. *Everything survives* is no fit. *Age only*: the hazard falls with age as k/(1 + age), k
the number of endings over the sum of ln(1 + age). *Size only*: the hazard grows with the number of members as
c·n, c the number of endings over the sum of n·age. Both are the greatest likelihood in one parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.axes import parse_quarter
from rcpsim.patterns import STATUS_WORDS, Pattern
from rcpsim.patterns.observing import described, standing
from rcpsim.patterns.records import year_of
from rcpsim.results import Results
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.scenario.membership import membership
from rcpsim.scenario.records import Window

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BASELINES", "KNOWN", "TOLD", "Standing", "Survival", "survival"]

BASELINES: Final = ("everything survives", "age only", "size only")
"""Forecasts of the chance that a process is active, beside that of the model."""

KNOWN: Final = 2001
"""The year of the document on which baselines are fitted, and from which statuses are predicted."""

TOLD: Final = (2005, 2010)
"""The years of the documents that tell statuses which are predicted."""


@dataclass(frozen=True)
class Standing:
    """A process in the year of a later document.

    Attributes
    ----------
    process : by name
    year : of the document
    documented : active, dormant or ended
    counted : histories that lived long enough to be described in 2001
    shares : of histories that are active, dormant, ended
    chances : of being active by each of `BASELINES`
    """

    process: str
    year: int
    documented: str
    counted: int
    shares: tuple[float, float, float]
    chances: tuple[float, float, float]

    @property
    def active(self) -> float:
        """1 where the process was active, else 0."""
        return float(self.documented == STATUS_WORDS[0])


@dataclass(frozen=True)
class Survival:
    """The statuses of 2005 and 2010, and how well each forecast of them does.

    Attributes
    ----------
    standings : one for each process and year
    brier : year -> mean squared distance of the chance of being active from what came: of the model, then of
        each of `BASELINES`; 0 is best, .25 says one half to everything
    by_condition : year -> mean half squared distance over all three conditions, of the model
    """

    standings: tuple[Standing, ...]
    brier: Mapping[int, tuple[float, ...]]
    by_condition: Mapping[int, float]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each process and year, with the chance of each condition by each forecast."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "process": one.process,
                    "year": one.year,
                    "documented": one.documented,
                    "counted": one.counted,
                }
                | dict(zip(STATUS_WORDS, one.shares, strict=True))
                | dict(zip(BASELINES, one.chances, strict=True))
                for one in self.standings
            ]
        )


@dataclass(frozen=True)
class _Life:
    """What was known of a process in 2001: years lived, members, whether it had ended."""

    age: float
    size: float
    ended: bool


def survival(
    patterns: Sequence[Pattern], results: Mapping[str, Results], *, as_of: int | None
) -> Survival | None:
    """Return the statuses of 2005 and 2010 of the processes that were known, and not over, in 2001.

    Parameters
    ----------
    patterns : all patterns
    results : of each process that was played
    as_of : year of the latest document that was read; scores are only told where it is 2001, for otherwise
        the runs have read what they should foretell

    Returns
    -------
    None where nothing was predicted as of 2001, or nothing that was known was played
    """
    if as_of != KNOWN:
        return None
    now = _statuses(patterns, KNOWN)
    lives = {name: _life(load_scenario(name), patterns, told.documented_word) for name, told in now.items()}
    endings = sum(life.ended for life in lives.values())
    by_age = endings / max(sum(np.log1p(life.age) for life in lives.values()), 1.0)
    by_size = endings / max(sum(life.size * life.age for life in lives.values()), 1.0)
    standings = []
    for year in TOLD:
        for name, told in _statuses(patterns, year).items():
            if name not in lives or lives[name].ended or name not in results:
                continue
            life, ahead = lives[name], year_of(told.quarter) - year_of(now[name].quarter)
            chances = (
                1.0,
                float(((1.0 + life.age) / (1.0 + life.age + ahead)) ** by_age),
                float(np.exp(-by_size * life.size * ahead)),
            )
            found = standing(results[name], told.quarter)
            counts = described(now[name].pattern, results[name]) & ~np.isnan(found)
            shares = [
                float(np.mean(found[counts] == place)) if counts.any() else float("nan")
                for place in range(len(STATUS_WORDS))
            ]
            standings.append(
                Standing(
                    name,
                    year,
                    told.documented_word,
                    int(np.sum(counts)),
                    (shares[0], shares[1], shares[2]),
                    chances,
                )
            )
    if not standings:
        return None
    years = sorted({one.year for one in standings})
    return Survival(
        tuple(standings),
        {year: _brier([one for one in standings if one.year == year]) for year in years},
        {year: _all_three([one for one in standings if one.year == year]) for year in years},
    )


@dataclass(frozen=True)
class _Told:
    """A documented condition."""

    pattern: Pattern
    quarter: int
    documented_word: str


def _statuses(patterns: Sequence[Pattern], year: int) -> dict[str, _Told]:
    """Return the condition in which the document of a year finds each process."""
    found = {}
    for pattern in patterns:
        at = pattern.quarter
        if pattern.form != "status" or at is None or pattern.documented is None:
            continue
        if pattern.known == year and at // 4 == year and pattern.kind in ("status", "dormancy"):
            found[pattern.process] = _Told(pattern, at, STATUS_WORDS[int(pattern.documented.value)])
    return found


def _life(scenario: Scenario, patterns: Sequence[Pattern], word: str) -> _Life:
    """Return age and size of a process in 2001, as far as the documents say it.

    Of one that had ended by then, only that it had is known: its age counts up to the middle of the years in
    which it may have ended.
    """
    own = [pattern for pattern in patterns if pattern.process == scenario.id]
    founded = [one.documented.value for one in own if one.kind == "founding" and one.documented is not None]
    begun = founded[0] if founded else year_of(scenario.quarters[0])
    ended = word == STATUS_WORDS[2]
    until = year_of(parse_quarter(f"{KNOWN}-Q2"))
    spans = [one.span for one in own if one.kind == "ended" and one.known <= KNOWN]
    if ended and spans:
        until = year_of(sum(spans[0]) / 2.0)
    at = int(4 * until)
    members = [membership(scenario.members, code, Window(at, at)) for code in scenario.members.listed]
    size = sum(0.5 * sure + 0.5 * maybe for sure, maybe in members)
    return _Life(max(until - begun, 0.0), float(size), ended)


def _brier(standings: Sequence[Standing]) -> tuple[float, ...]:
    """Return the score of the model and of each baseline, over processes that some history describes."""
    told = [one for one in standings if one.counted]
    if not told:
        return tuple(float("nan") for _ in range(len(BASELINES) + 1))
    chances = np.array([(one.shares[0], *one.chances) for one in told])
    came = np.array([one.active for one in told])
    return tuple(float(score) for score in np.mean((chances - came[:, None]) ** 2, axis=0))


def _all_three(standings: Sequence[Standing]) -> float:
    told = [one for one in standings if one.counted]
    if not told:
        return float("nan")
    shares = np.array([one.shares for one in told])
    came = np.array([[one.documented == word for word in STATUS_WORDS] for one in told])
    return float(np.mean(np.sum((shares - came) ** 2, axis=-1) / 2.0))
