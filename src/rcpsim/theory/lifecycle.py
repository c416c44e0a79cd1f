r"""Life cycle: how a process falls dormant, wakes, and ends.

A process is *not founded*, *active* or *dormant*, or it has ended in one of five ways: *starved* (nobody
called it any more), *sponsor closed* (the same, after the sponsor that carried it had left), *absorbed* (a
body with the same task took over), *done* (nothing was left to settle) or *closed by rule* (a sunset, or a
review that found nothing). Endings are final; a dormant process wakes when it meets.

The page is ``docs/theory/lifecycle.md``. Sources: [H10] p. 41; [IOM05] p. 9.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray

NOT_FOUNDED: Final = 0
ACTIVE: Final = 1
DORMANT: Final = 2
STARVED: Final = 3
SPONSOR_CLOSED: Final = 4
ABSORBED: Final = 5
DONE: Final = 6
CLOSED: Final = 7

STATUS_NAMES: Final = (
    "not founded",
    "active",
    "dormant",
    "starved",
    "sponsor closed",
    "absorbed",
    "done",
    "closed by rule",
)
"""The eight conditions, in the order of their codes."""

DORMANT_AT_LEAST: Final = 8.0
"""Quarters without a meeting before which no process counts as dormant (F2)."""

STARVES_AFTER: Final = 12.0
"""Quarters of dormancy after which a process has ended (F3)."""

ABSORBED_BELOW: Final = 0.25
"""Mean commitment below which an overlapping body takes over (F4)."""

DONE_FROM: Final = 0.95
"""Mean settled share from which a process may be done (F5)."""

DONE_BELOW: Final = 0.1
"""Mean relevance below which it then is (F5)."""

DELIVERY: Final = 0.01
"""Rise of the mean delivered share that counts as delivery in a review (F6)."""


def since_meeting_after(since: Array, held: BoolArray) -> Array:
    r"""Return the quarters since the last meeting.

    Equation (F1): 0 if a slot was held, else one more.

    Parameters
    ----------
    since : (...)   quarters
    held : (...)   a slot was held this quarter

    Returns
    -------
    (...)   quarters

    Examples
    --------
    >>> since_meeting_after(np.array([3.0, 3.0]), np.array([True, False]))
    array([0., 4.])
    """
    return np.where(held, 0.0, since + 1.0)


def is_dormant(since: Array, planned_interval: Array | float, factor: Array | float) -> BoolArray:
    r"""Return whether a process is dormant.

    Equation (F2): :math:`since \ge \max(8,\ x \cdot interval)`.

    Parameters
    ----------
    since : (...)   quarters since the last meeting
    planned_interval : (...)   4 over the slots a year, quarters
    factor : (...)   x, planned intervals

    Returns
    -------
    (...)

    Examples
    --------
    >>> is_dormant(np.array([7.0, 8.0, 8.0]), np.array([2.0, 2.0, 8.0]), np.array([1.5, 1.5, 1.5]))
    array([False,  True, False])
    """
    return since >= np.maximum(factor * planned_interval, DORMANT_AT_LEAST)


def dormant_for_after(dormant_for: Array, dormant: BoolArray) -> Array:
    r"""Return the quarters a process has been dormant.

    Equation (F3): one more while dormant, else 0.

    Parameters
    ----------
    dormant_for : (...)   quarters
    dormant : (...)   (F2)

    Returns
    -------
    (...)   quarters

    Examples
    --------
    >>> dormant_for_after(np.array([3.0, 3.0]), np.array([True, False]))
    array([4., 0.])
    """
    return np.where(dormant, dormant_for + 1.0, 0.0)


def idle_after(idle: Array, produced: BoolArray, rise: Array) -> Array:
    r"""Return the quarters without delivery.

    Part of (F6): 0 after a definition, an item, or a rise of the mean delivered share by .01; else one more.

    Parameters
    ----------
    idle : (...)   quarters
    produced : (...)   a definition or an item came about this quarter
    rise : (...)   of the mean delivered share this quarter

    Returns
    -------
    (...)   quarters

    Examples
    --------
    >>> idle_after(np.array([3.0, 3.0, 3.0]), np.array([True, False, False]), np.array([0.0, 0.02, 0.0]))
    array([0., 0., 4.])
    """
    return np.where(produced | (rise >= DELIVERY), 0.0, idle + 1.0)


def rule_closes(
    at_sunset: BoolArray, reviewing: BoolArray | bool, idle: Array, patience: Array | float
) -> BoolArray:
    r"""Return whether the closing rule ends the process.

    Equation (F6): at its sunset, or in a review with :math:`idle \ge patience`.

    Parameters
    ----------
    at_sunset : (...)   the rule is a sunset, and its quarter is reached
    reviewing : (...)   the rule is a review, and this is every fourth quarter
    idle : (...)   quarters without delivery
    patience : (...)   of the review, quarters

    Returns
    -------
    (...)

    Examples
    --------
    >>> no, yes = np.array([False]), np.array([True])
    >>> rule_closes(no, yes, np.array([12.0]), np.array([12.0]))
    array([ True])
    """
    return at_sunset | (reviewing & (idle >= patience))


def next_status(
    status: IntArray,
    dormant: BoolArray,
    dormant_for: Array,
    sponsor_was_main: BoolArray,
    sponsor_left: BoolArray,
    overlap: BoolArray,
    mean_commitment: Array,
    settled_mean: Array,
    mean_relevance: Array,
    rule_closes: BoolArray,
) -> IntArray:
    r"""Return the status of a process at the end of a quarter.

    Equations (F2) to (F6), the first ending that applies: starved or sponsor closed after 12 quarters of
    dormancy, absorbed, done, closed by rule. A process that is not founded or has ended stays as it is.

    Parameters
    ----------
    status : (...)   one of the codes of this module
    dormant : (...)   (F2)
    dormant_for : (...)   quarters, this one included
    sponsor_was_main : (...)   a sponsor has once paid at least half
    sponsor_left : (...)   and is gone
    overlap : (...)   a body with the same task is there
    mean_commitment : (...)   of those present, 0..1
    settled_mean : (...)   mean settled share of the treated issues, 0..1
    mean_relevance : (...)   of those present, 0..1
    rule_closes : (...)   (F6)

    Returns
    -------
    (...)   one of the codes of this module

    Examples
    --------
    >>> yes, no, half = np.array([True]), np.array([False]), np.array([0.5])
    >>> next_status(np.array([ACTIVE]), yes, np.array([12.0]), yes, yes, no, half, half, half, no)
    array([4])
    """
    starves = dormant_for >= STARVES_AFTER
    ends = [
        (status == NOT_FOUNDED) | (status > DORMANT),
        starves & sponsor_was_main & sponsor_left,
        starves,
        overlap & (mean_commitment < ABSORBED_BELOW),
        (settled_mean >= DONE_FROM) & (mean_relevance < DONE_BELOW),
        rule_closes,
        dormant,
    ]
    codes = (SPONSOR_CLOSED, STARVED, ABSORBED, DONE, CLOSED, DORMANT)
    return np.select(ends, [status, *(np.full_like(status, code) for code in codes)], ACTIVE)
