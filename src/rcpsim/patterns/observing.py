"""What each history of a run came to, in the unit of a pattern.

Only histories that lived long enough to be described count: the process must have met, and not ended, by the
quarter in which the first document finds it alive (`Pattern.described`); what is said of a level in a quarter
counts in histories whose process has not ended by then. The others are nan. In a share of all processes each
counts in the histories in which it was described itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.axes import parse_quarter
from rcpsim.errors import Fault, InputError
from rcpsim.measures import MEASURES
from rcpsim.measures.stages import COMMON_LANGUAGE, DEFINED_SHARE, PLAN_ITEMS
from rcpsim.patterns.loading import first_described
from rcpsim.patterns.records import STATUS_WORDS, Pattern, year_of
from rcpsim.results import Results

__all__ = ["described", "first_quarter", "observe", "possible", "standing"]

_ENDED: Final = 3  # first of the codes of an ended process, theory/lifecycle
_MET: Final = 1  # from this code on the process has been founded
_LEAST_CHANGE: Final = 1e-3
"""Changes smaller than this, in the unit of a measure, have no half-way date."""

_PHASES: Final = ("understanding", "dispersion", "law_change")
"""One measure for each phase of governance: knowledge, positions, law."""


def observe(pattern: Pattern, results: Results | Mapping[str, Results]) -> Array:
    """Return one number for each history, nan where the history was not described.

    Parameters
    ----------
    pattern : which pattern, one that is held
    results : of its process; of a pattern across processes, the results by process, with the same histories

    Returns
    -------
    (H,)   in the unit of the pattern (`Pattern.unit`): a year, a level, 1 for yes and 0 for no, or the place
        of the condition in `STATUS_WORDS`

    Raises
    ------
    InputError
        when a process, a quarter or the twin that the pattern needs was not played
    """
    table = {results.scenario.id: results} if isinstance(results, Results) else dict(results)
    missing = [name for name in pattern.processes if name not in table]
    if missing or not table:
        found = f"looks at {', '.join(missing) or 'all processes'}, which was not played"
        raise InputError([Fault("patterns", pattern.name, found, "give the results of its processes")])
    if pattern.form in _SEVERAL:
        return _SEVERAL[pattern.form](pattern, table)
    one = table[pattern.processes[0]]
    last = pattern.span[1] if pattern.quarter is None else pattern.quarter
    ends = parse_quarter(one.labels[0]), parse_quarter(one.labels[-1])
    if not ends[0] <= last <= ends[1]:
        found = f"looks at {pattern.when}; played were {one.labels[0]} to {one.labels[-1]}"
        raise InputError([Fault("patterns", pattern.name, found, "play the years of the scenario file")])
    return np.where(described(pattern, one), _ALONE[pattern.form](pattern, one), np.nan)


def described(pattern: Pattern, results: Results) -> BoolArray:
    """Return which histories had met, and not ended, by the quarter of the first description, (H,)."""
    status = results.measures["status"][:, _place(results, pattern.described)]
    return (status >= _MET) & (status < _ENDED)


def possible(pattern: Pattern, results: Results | Mapping[str, Results]) -> tuple[float, float]:
    """Return the least and the greatest number that a history could give.

    A date lies between the first quarter of the run and the one after its last.
    """
    if pattern.form == "date":
        one = results if isinstance(results, Results) else results[pattern.processes[0]]
        return year_of(parse_quarter(one.labels[0])), year_of(parse_quarter(one.labels[-1]) + 1)
    if pattern.form == "status":
        return 0.0, float(len(STATUS_WORDS) - 1)
    if pattern.form == "value":
        card = MEASURES[pattern.of]
        return card.low, card.high
    return 0.0, 1.0


def first_quarter(values: Array, level: float) -> Array:
    """Return the first quarter, from 0, in which values reach a level; infinite where they never do.

    Parameters
    ----------
    values : (H, Q)   nan reaches nothing

    Examples
    --------
    >>> first_quarter(np.array([[0.0, 1.0, 2.0], [0.0, 0.0, np.nan]]), 1.0)
    array([ 1., inf])
    """
    reached = np.nan_to_num(values, nan=-np.inf) >= level
    return np.where(reached.any(axis=-1), np.argmax(reached, axis=-1), np.inf)


def standing(results: Results, quarter: int) -> Array:
    """Return the condition of each history in an absolute quarter as a place in `STATUS_WORDS`, (H,).

    A process that has not met is nan.
    """
    code = results.measures["status"][:, _place(results, quarter)]
    return np.where(code < _MET, np.nan, np.minimum(code, _ENDED) - _MET)


def _place(results: Results, quarter: int) -> int:
    """Return the place of an absolute quarter among those of a run, the nearest where it lies outside."""
    return min(max(quarter - parse_quarter(results.labels[0]), 0), len(results.labels) - 1)


def _going(results: Results, quarter: int) -> BoolArray:
    """Return which histories have met and not ended in a quarter."""
    status = results.measures["status"][:, _place(results, quarter)]
    return (status >= _MET) & (status < _ENDED)


def _latest(pattern: Pattern) -> int:
    return pattern.span[1] if pattern.quarter is None else pattern.quarter


def _date(pattern: Pattern, results: Results) -> Array:
    first = first_quarter(results.measures[pattern.of], pattern.reaches)
    never = float(len(results.labels))
    return np.asarray(year_of(0) + (parse_quarter(results.labels[0]) + np.minimum(first, never)) / 4.0)


def _value(pattern: Pattern, results: Results) -> Array:
    """Return the level in the quarter, or the latest one of the three before it where it has none.

    A process that goes on without any value (no plan, so nothing delivered) has that of `missing`.
    """
    quarter = _latest(pattern)
    last = _place(results, quarter)
    series = results.measures[pattern.of]
    found = series[:, last]
    for place in range(last - 1, max(last - 4, -1), -1):
        found = np.where(np.isnan(found), series[:, place], found)
    found = np.where(np.isnan(found), pattern.missing, found)
    return np.where(_going(results, quarter), found, np.nan)


def _total(pattern: Pattern, results: Results) -> Array:
    low, high = (_place(results, quarter) for quarter in pattern.span)
    added = np.nansum(results.measures[pattern.of][:, low : high + 1], axis=-1)
    return np.asarray(added >= pattern.reaches, dtype=np.float64)


def _any(pattern: Pattern, results: Results) -> Array:
    low, high = (_place(results, quarter) for quarter in pattern.span)
    seen = np.nan_to_num(results.measures[pattern.of][:, low : high + 1]) > 0.0
    return np.asarray(seen.any(axis=-1), dtype=np.float64)


def _moved(pattern: Pattern, results: Results) -> Array:
    """Return how far a measure has moved over the span, to the last quarter that has a value.

    What it had before the span is its level in the quarter before; where it had none, its level at the start:
    1 for measures relative to the start, 0 for those that are counted up.
    """
    series = results.measures[pattern.of]
    low, high = (_place(results, quarter) for quarter in pattern.span)
    start = 1.0 if MEASURES[pattern.of].unit == "ratio" else 0.0
    before = series[:, low - 1] if low > 0 else np.full(series.shape[0], np.nan)
    before = np.where(np.isnan(before), start, before)
    after = before
    for place in range(low, high + 1):
        after = np.where(np.isnan(series[:, place]), after, series[:, place])
    return np.asarray(after - before)


def _rise(pattern: Pattern, results: Results) -> Array:
    return np.asarray(_moved(pattern, results) >= pattern.by, dtype=np.float64)


def _fall(pattern: Pattern, results: Results) -> Array:
    return np.asarray(-_moved(pattern, results) >= pattern.by, dtype=np.float64)


def _effect(results: Results, measure: str) -> Array:
    """Return what the process adds to the world without it, (H, Q)."""
    if results.twin is None:
        fault = Fault("patterns", measure, "is held against the world without the process", "play the twin")
        raise InputError([fault])
    return np.asarray(results.measures[measure] - results.twin[measure])


def _adds(pattern: Pattern, results: Results) -> Array:
    quarter = _latest(pattern)
    added = _effect(results, pattern.of)[:, _place(results, quarter)]
    answer = np.where(np.isnan(added), np.nan, added >= pattern.by)
    if pattern.without:
        answer = answer * (results.measures[pattern.without][:, _place(results, quarter)] == 0.0)
    return np.where(_going(results, quarter), answer, np.nan)


def _status(pattern: Pattern, results: Results) -> Array:
    return standing(results, _latest(pattern))


def _slower(pattern: Pattern, results: Mapping[str, Results]) -> Array:
    """Return whether the first process takes longer to a stage than each other one; a tie is no."""
    lags, counted = [], np.ones(1, dtype=np.bool_)
    for name in pattern.processes:
        one = results[name]
        begun = first_quarter(one.measures["stage"], 1.0)
        reached = first_quarter(one.measures["stage"], pattern.reaches)
        lags.append(np.where(np.isinf(reached), np.inf, reached - np.where(np.isinf(begun), 0.0, begun)))
        counted = counted & _going(one, pattern.described)
    slower = np.ones(lags[0].shape, dtype=np.bool_)
    for lag in lags[1:]:
        slower &= lags[0] > lag
    return np.where(counted, slower.astype(np.float64), np.nan)


def _share(votes: list[Array]) -> Array:
    """Return the share of processes with a yes among those with an answer, nan where none has."""
    table = np.stack(votes)
    told = np.sum(~np.isnan(table), axis=0)
    return np.where(told > 0, np.nansum(table, axis=0) / np.maximum(told, 1), np.nan)


def _lived(name: str, results: Results) -> BoolArray:
    """Return which histories had met and not ended when a document first found the process alive, (H,)."""
    return _going(results, first_described(name))


def _stages(pattern: Pattern, results: Mapping[str, Results]) -> Array:
    """Return the share of described processes that speak one language no later than they have a plan.

    Read off what the stages are made of, for a stage includes those below it.
    """
    votes = []
    for name in pattern.processes or results:
        found = results[name].measures
        language = np.minimum(
            first_quarter(found["common_language"], COMMON_LANGUAGE),
            first_quarter(found["defined_share"], DEFINED_SHARE),
        )
        plan = first_quarter(found["items_open"] + found["items_closed"], PLAN_ITEMS)
        votes.append(np.where(np.isinf(plan) | ~_lived(name, results[name]), np.nan, language <= plan))
    return _share(votes)


def _halfway(effect: Array) -> Array:
    """Return the quarter in which what a process adds reaches half of its most; nan if it adds nothing."""
    size = np.abs(np.nan_to_num(effect))
    most = np.max(size, axis=-1)
    at = np.argmax(size >= 0.5 * most[:, None], axis=-1)
    return np.where(most > _LEAST_CHANGE, at, np.nan)


def _phases(pattern: Pattern, results: Mapping[str, Results]) -> Array:
    """Return the share of described processes whose effects come in the order knowledge, positions, law."""
    votes = []
    for name in pattern.processes or results:
        knowledge, positions, law = (_halfway(_effect(results[name], measure)) for measure in _PHASES)
        kept = (knowledge <= positions) & (positions <= law)
        untold = np.isnan(knowledge + positions + law) | ~_lived(name, results[name])
        votes.append(np.where(untold, np.nan, kept))
    return _share(votes)


def _rank(pattern: Pattern, results: Mapping[str, Results]) -> Array:
    """Return whether what the process adds ranks higher in one measure than in the other among all.

    The rank is the share of the other processes that add less in the same history and quarter. A fall of a
    measure relative to the start (a ratio) counts as much.
    """
    quarter, own = _latest(pattern), pattern.processes[0]
    ranks = []
    for measure in (pattern.of, pattern.against):
        sign = -1.0 if MEASURES[measure].unit == "ratio" else 1.0
        added = {
            name: np.where(
                _going(one, quarter), sign * _effect(one, measure)[:, _place(one, quarter)], np.nan
            )
            for name, one in results.items()
        }
        votes = [
            np.where(np.isnan(other), np.nan, other < added[own])
            for name, other in added.items()
            if name != own
        ]
        ranks.append(np.where(np.isnan(added[own]), np.nan, _share(votes)) if votes else added[own] * np.nan)
    answer = (ranks[0] > ranks[1]).astype(np.float64)
    return np.where(np.isnan(ranks[0] + ranks[1]), np.nan, answer)


_ALONE: Final = {
    "date": _date,
    "value": _value,
    "total": _total,
    "any": _any,
    "rise": _rise,
    "fall": _fall,
    "adds": _adds,
    "status": _status,
}
_SEVERAL: Final = {"slower": _slower, "stages": _stages, "phases": _phases, "rank": _rank}
