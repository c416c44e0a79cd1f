r"""Agreements: what a meeting may conclude, and the deals that pairs strike beside it.

A process produces three things. A *definition* says what a word means and costs nothing to keep. A *plan
item* names a target for the law of those it binds, with an obligation between 0 (none) and 1 (binding). A
*declaration* is visible and cheap. All three need hours spent on the issue by people who may commit their
state (authority 0..1) and who mean the same by the same word (common language 0..1), and no state that minds
more than standing out would cost it. A *deal* is struck between two states when each cares more for what the
other can give; it needs trust and empathy both ways, and no meeting.

The page is ``docs/theory/agreements.md``. Sources: Tsebelis (2002) for vetoes; [K01] p. 28-29, 40-41; [H10]
p. 40-41.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray

VOTER: Final = 0.5
"""Participation from which a state has a vote (A5)."""

DEFINITION_HOURS: Final = 3.0
"""Hours that a definition takes, in units of ``agreement_hours`` (A7)."""

ITEM_HOURS: Final = 5.0
"""Hours that a plan item takes, in units of ``agreement_hours`` (A8)."""

DECLARATION_HOURS: Final = 2.0
"""Hours that a declaration takes, in units of ``agreement_hours`` (A8)."""

_EPSILON: Final = 1e-12


def authority(
    political: Array | float, delegated: Array | float, backing: Array, participation: Array
) -> Array:
    r"""Return how far those in the room may commit their states.

    Equation (A1):

    .. math:: A = \frac{\sum_i a_i (P + (1 - P) D B_i)}{\sum_i a_i}

    Parameters
    ----------
    political : (..., 1)   political share P of the slot, 0..1
    delegated : (..., 1)   authority D that officials have under full backing, 0..1
    backing : (..., N)   political backing B at home, 0..1
    participation : (..., N)   a, 0..1

    Returns
    -------
    (...)   0..1, the mean over states, each by its participation

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> authority(0.5 * one, 0.5 * one, np.array([[1.0, 0.5]]), np.array([[1.0, 1.0]]))
    array([0.6875])
    """
    each = political + (1.0 - political) * delegated * backing
    mean: Array = np.sum(participation * each, axis=-1) / np.maximum(np.sum(participation, axis=-1), _EPSILON)
    return mean


def hours_spent(
    spent: Array, alpha: Array, hours: Array | float, stalled: Array, authority: Array | float, common: Array
) -> Array:
    r"""Return the hours spent towards agreement on each issue, after a slot.

    Equation (A2):

    .. math:: spent_k + \alpha_k (H_p + H_g + H_t)(1 - stall_k) A C_k

    Parameters
    ----------
    spent : (..., K)   hours so far
    alpha : (..., K)   share of the agenda, 0..1
    hours : (..., 1)   hours of plenary, groups and work on the text
    stalled : (..., K)   share of an hour lost to quarrel, 0..1
    authority : (..., 1)   A of (A1), 0..1
    common : (..., K)   common language of those who take part, 0..1

    Returns
    -------
    (..., K)   hours

    Examples
    --------
    >>> half = np.array([[0.5]])
    >>> hours_spent(np.array([[1.0]]), half, np.array([[8.0]]), half, half, half)
    array([[1.5]])
    """
    return spent + alpha * (1.0 - stalled) * common * (hours * authority)


def would_be_agreed(participation: Array, line: Array) -> Array:
    r"""Return what would be agreed on each issue: one state, one voice.

    Equation (A3):

    .. math:: t_k = \frac{\sum_i a_i \bar x_{ik}}{\sum_i a_i}

    Parameters
    ----------
    participation : (..., N)   a, 0..1
    line : (..., N, K)   national lines, -1..1

    Returns
    -------
    (..., K)   -1..1

    Examples
    --------
    >>> would_be_agreed(np.array([[1.0, 0.5]]), np.array([[[0.6], [-0.6]]]))
    array([[0.2]])
    """
    heads = np.maximum(np.sum(participation, axis=-1), _EPSILON)[..., None]
    agreed: Array = np.matmul(participation[..., None, :], line)[..., 0, :] / heads
    return agreed


def effective_obligation(obligation: Array, record: Array | float, discount: Array | float) -> Array:
    r"""Return how far a text obliges, given how informally it was concluded.

    Equation (A4), with the record r of the room, so that 1 - r is its informality:

    .. math:: o_{eff} = o (1 - d (1 - r))

    Parameters
    ----------
    obligation : (...)   o of the text, 0..1
    record : (...)   share of plenary talk on the record, 0..1
    discount : (...)   share d of the obligation that full informality takes away, 0..1

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> effective_obligation(np.array([0.5]), np.array([0.5]), np.array([0.4]))
    array([0.4])
    """
    return obligation * (1.0 - discount * (1.0 - record))


def objects(
    participation: Array,
    salience: Array,
    line: Array,
    target: Array,
    weight: float,
    standing_out: Array | float,
    narrowed: Array | float,
    obligation: Array | float,
) -> BoolArray:
    r"""Return who objects to what would be agreed.

    Equation (A5), a veto that costs something (Tsebelis 2002 has it free):

    .. math:: [a_i \ge \tfrac12] \cdot [s_{ik} |\bar x_{ik} - t_k| \kappa > c (1 - n\, o_{eff})]

    Parameters
    ----------
    participation : (..., N)   a, 0..1
    salience : (..., N, K)   s, 0..1
    line : (..., N, K)   national lines, -1..1
    target : (..., K)   t of (A3), -1..1
    weight : kappa: 1/2 for a definition, 1 otherwise
    standing_out : (..., 1, 1)   distance c that is borne rather than stand out
    narrowed : (..., 1, 1)   share n by which an obligation of 1 narrows it, 0..1
    obligation : (..., 1, 1)   effective obligation of (A4), 0..1

    Returns
    -------
    (..., N, K)   true where a voter objects

    Examples
    --------
    >>> come, cares = np.array([1.0, 0.4]), np.ones((2, 1))
    >>> line, cost, none = np.array([[0.9], [-0.9]]), np.array([[0.3]]), np.array([[0.0]])
    >>> objects(come, cares, line, np.array([0.0]), 1.0, cost, none, none)
    array([[ True],
           [False]])
    """
    minds = salience * np.abs(line - target[..., None, :]) * weight
    return (participation >= VOTER)[..., None] & (minds > standing_out * (1.0 - narrowed * obligation))


def unanimity(objects: BoolArray, participation: Array) -> tuple[BoolArray, BoolArray]:
    r"""Return what passes when nobody may object, and whom it binds.

    Equation (A6), the default rule. At least two voters are needed.

    Parameters
    ----------
    objects : (..., N, K)   (A5)
    participation : (..., N)   a, 0..1; a voter has at least 1/2

    Returns
    -------
    passes : (..., K)
    bound : (..., N, K)   all true: of those invited to the slot, all are bound

    Examples
    --------
    >>> passes, bound = unanimity(np.array([[True, False], [False, False]]), np.ones(2))
    >>> passes, bool(bound.all())
    (array([False,  True]), True)
    """
    passes = ~np.any(objects, axis=-2) & (_voters(participation) >= 2)
    return passes, np.ones_like(objects)


def all_but_x(objects: BoolArray, participation: Array) -> tuple[BoolArray, BoolArray]:
    r"""Return what passes when a tenth of the voters, and at least one, may be passed over.

    Equation (A6), rival of `unanimity`: with :math:`n_v` voters, objections are at most
    :math:`\max(1, \lfloor n_v/10 \rfloor)`, and at least two voters do not object.

    Parameters
    ----------
    objects : (..., N, K)   (A5)
    participation : (..., N)   a, 0..1; a voter has at least 1/2

    Returns
    -------
    passes : (..., K)
    bound : (..., N, K)   all true: those who were passed over are bound as well

    Examples
    --------
    >>> against = np.array([[True, True], [False, True], [False, False]])
    >>> all_but_x(against, np.ones(3))[0]
    array([ True, False])
    """
    voters = _voters(participation)
    against = np.sum(objects, axis=-2)
    passes = (against <= np.maximum(1, voters // 10)) & (voters - against >= 2)
    return passes, np.ones_like(objects)


def pathfinder(objects: BoolArray, participation: Array) -> tuple[BoolArray, BoolArray]:
    r"""Return what passes when some may go ahead, and bind only themselves.

    Equation (A6), rival of `unanimity`: those who do not object are at least two, and at least a third of the
    voters.

    Parameters
    ----------
    objects : (..., N, K)   (A5)
    participation : (..., N)   a, 0..1; a voter has at least 1/2

    Returns
    -------
    passes : (..., K)
    bound : (..., N, K)   true for voters who do not object

    Examples
    --------
    >>> against = np.array([[True, True], [False, True], [False, False]])
    >>> passes, bound = pathfinder(against, np.ones(3))
    >>> passes, bound[:, 0]
    (array([ True, False]), array([False,  True,  True]))
    """
    voters = _voters(participation)
    willing = voters - np.sum(objects, axis=-2)
    bound = (participation >= VOTER)[..., None] & ~objects
    return (willing >= 2) & (3 * willing >= voters), bound


def defines(
    defined: Array, on: BoolArray, spent: Array, passes: BoolArray, agreement_hours: Array | float
) -> BoolArray:
    r"""Return the issues that a slot defines.

    Equation (A7): not defined yet, on the agenda, :math:`spent_k \ge 3 h`, and it passes.

    Parameters
    ----------
    defined : (..., K)   0 or 1
    on : (..., K)   on the agenda of the slot
    spent : (..., K)   hours of (A2), this slot included
    passes : (..., K)   (A6), where objections count with kappa = 1/2
    agreement_hours : (..., 1)   h, hours

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> yes = np.array([True, True])
    >>> defines(np.array([0.0, 1.0]), yes, np.array([6.0, 6.0]), yes, np.array([2.0]))
    array([ True, False])
    """
    return ~(defined > 0.0) & on & (spent >= DEFINITION_HOURS * agreement_hours) & passes


def adopts(
    sought: BoolArray,
    open_k: Array,
    on: BoolArray,
    spent: Array,
    passes: BoolArray,
    asks: BoolArray,
    agreement_hours: Array | float,
) -> BoolArray:
    r"""Return the issues on which a slot adopts a plan item.

    Equation (A8): a plan is sought and the slot may conclude it, no item is open on the issue, it is on the
    agenda, :math:`spent_k \ge 5 h`, it passes, and it asks something of somebody.

    Parameters
    ----------
    sought : (..., 1)   a plan is sought, and the text of the slot is recommendations, plan or binding
    open_k : (..., K)   an item is open, 0 or 1
    on : (..., K)   on the agenda of the slot
    spent : (..., K)   hours of (A2), this slot included
    passes : (..., K)   (A6) with kappa = 1
    asks : (..., K)   of `asks_something`
    agreement_hours : (..., 1)   h, hours

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> yes = np.array([True, True])
    >>> adopts(np.array([True]), np.zeros(2), yes, np.array([9.9, 10.0]), yes, yes, np.array([2.0]))
    array([False,  True])
    """
    return sought & ~(open_k > 0.0) & on & (spent >= ITEM_HOURS * agreement_hours) & passes & asks


def asks_something(bound: Array, law: Array, target: Array, tolerance: Array | float) -> BoolArray:
    r"""Return the issues on which somebody who would be bound has something to do.

    Part of (A8): :math:`|t_k - law_{ik}| > tolerance` for some i who would be bound.

    Parameters
    ----------
    bound : (..., N, K)   1 for those who would be bound
    law : (..., N, K)   -1..1
    target : (..., K)   t, -1..1
    tolerance : (..., 1, 1)   distance

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> asks_something(np.ones((2, 2)), np.array([[0.0, 0.4], [0.5, 0.4]]), np.array([0.45, 0.45]), 0.1)
    array([ True, False])
    """
    asked: BoolArray = np.any((bound > 0.0) & (np.abs(target[..., None, :] - law) > tolerance), axis=-2)
    return asked


def declares(
    concludes: BoolArray,
    on: BoolArray,
    spent: Array,
    passes: BoolArray,
    new_definition: BoolArray,
    open_k: Array,
    agreement_hours: Array | float,
) -> BoolArray:
    r"""Return whether a slot ends with a declaration.

    Last part of (A8): the slot may conclude one, and on some issue of its agenda it passes with
    :math:`spent_k \ge 2 h`, or the definition is new, or an item is new or open.

    Parameters
    ----------
    concludes : (...)   the text of the slot is a declaration or more
    on : (..., K)   on the agenda of the slot
    spent : (..., K)   hours of (A2), before an item adopted in this slot sets them to 0
    passes : (..., K)   (A6) with kappa = 1
    new_definition : (..., K)   (A7)
    open_k : (..., K)   an item is open after the slot, 0 or 1
    agreement_hours : (..., 1)   h, hours

    Returns
    -------
    (...)

    Examples
    --------
    >>> yes, no = np.array([[True]]), np.array([[False]])
    >>> declares(np.array([True]), yes, np.array([[4.0]]), yes, no, np.array([[0.0]]), np.array([[2.0]]))
    array([ True])
    """
    ripe = passes & (spent >= DECLARATION_HOURS * agreement_hours)
    declared: BoolArray = concludes & np.any(on & (ripe | new_definition | (open_k > 0.0)), axis=-1)
    return declared


def gain(salience: Array, live: BoolArray) -> Array:
    r"""Return what two states could gain by giving way to each other on two issues.

    Equation (A10): each cares more for what the other can give.

    .. math:: gain_{ij} = \max_{k \ne l,\ live} \min(s_{il} - s_{ik},\ s_{jk} - s_{jl})_+

    Parameters
    ----------
    salience : (..., N, K)   s, 0..1
    live : (..., K)   on an agenda within eight quarters (A9)

    Returns
    -------
    (..., N, N)   0..1, symmetric, 0 on the diagonal

    Examples
    --------
    >>> gain(np.array([[0.9, 0.2], [0.3, 0.7]]), np.array([True, True]))
    array([[0. , 0.4],
           [0.4, 0. ]])
    """
    best = np.zeros((*salience.shape[:-1], salience.shape[-2]))
    for k in range(salience.shape[-1]):
        for m in range(k):
            both = (live[..., k] & live[..., m])[..., None]
            more = np.where(both, salience[..., m] - salience[..., k], 0.0)
            best = np.maximum(best, np.minimum(more[..., :, None], -more[..., None, :]))
    return np.maximum(best, np.swapaxes(best, -1, -2))


def cover(flow_share: Array, coverage: Array | float) -> Array:
    r"""Return how far the flows between two states give them something to deal about.

    Part of (A11), with F the flow shares and the coverage :math:`\xi`:

    .. math:: cover_{ij} = 1 - \xi + \xi \sqrt{(F_{ij} + F_{ji})/2}

    Parameters
    ----------
    flow_share : (..., N, N)   share of i's migrants whose other country is j, 0..1
    coverage : (..., 1, 1)   how far coverage counts, 0..1

    Returns
    -------
    (..., N, N)   0..1, symmetric

    Examples
    --------
    >>> cover(np.array([[0.0, 0.5], [0.0, 0.0]]), np.array([[0.5]]))
    array([[0.5 , 0.75],
           [0.75, 0.5 ]])
    """
    return 1.0 - coverage + coverage * np.sqrt((flow_share + np.swapaxes(flow_share, -1, -2)) / 2.0)


def deal_hazard(
    rate: Array | float, trust: Array, empathy: Array, gain: Array, cover: Array, side: Array, deals: Array
) -> Array:
    r"""Return the hazard that a pair strikes a deal this quarter.

    Equation (A11):

    .. math::
        h_d \sqrt{\tau_{ij}\tau_{ji}} \sqrt{e_{ij}e_{ji}}\, gain_{ij}\, cover_{ij}
        \frac{1 + side_{ij}}{1 + deals_{ij}}

    Parameters
    ----------
    rate : (..., 1, 1)   ``deal_hazard`` of the card, per quarter
    trust, empathy : (..., N, N)   0..1
    gain : (..., N, N)   (A10), 0..1, 0 on the diagonal
    cover : (..., N, N)   0..1
    side : (..., N, N)   corridor hours of the pair this quarter, the mean of both directions
    deals : (..., N, N)   how many the pair has struck

    Returns
    -------
    (..., N, N)   per quarter, symmetric, 0 on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> deal_hazard(np.array([[0.2]]), 0.5 * off, 0.5 * off, off, off, off, 3.0 * off)
    array([[0.   , 0.025],
           [0.025, 0.   ]])
    """
    open_to = trust * empathy
    both = np.sqrt(open_to * np.swapaxes(open_to, -1, -2))
    return rate * both * gain * cover * (1.0 + side) / (1.0 + deals)


def deals_struck(hazard: Array, luck: Array, present: Array) -> BoolArray:
    r"""Return the pairs that strike a deal this quarter.

    Equation (A12): :math:`hazard_{ij} > -\ln u_{ij}`, both present.

    Parameters
    ----------
    hazard : (..., N, N)   (A11), symmetric, 0 on the diagonal
    luck : (..., N, N)   the uniform of the unordered pair and the quarter, in (0, 1), symmetric
    present : (..., N)   0 or 1

    Returns
    -------
    (..., N, N)   symmetric, false on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> deals_struck(0.2 * off, np.full((2, 2), 0.9), np.ones(2))
    array([[False,  True],
           [ True, False]])
    """
    here = present > 0.0
    return (hazard > -np.log(luck)) & here[..., :, None] & here[..., None, :]


def _voters(participation: Array) -> IntArray:
    voters: IntArray = np.sum(participation >= VOTER, axis=-1, keepdims=True)
    return voters
