r"""Policy: how an agreed item becomes law, and who sees to it.

*Law* is where a state's rules stand on an issue, on the same scale -1..1 as positions; *exists* (0..1) is
how much of a policy it has there at all. A plan item gives a *target*. *Delivered* is the share of the way
from the law at adoption to the target: 0 nothing, 1 all. A state that already stood within `tolerance` of the
target is *settled*: it has nothing to deliver and is left out, not counted as 0. Work is limited by a budget
(capacity, commitment, backing at home, one line among ministries) that is shared out over the open items;
every item must also pass a gate of understanding and of agreement with the target. Law drifts and erodes
without a process too.

The page is ``docs/theory/policy.md``. Sources: [K01] p. 40-48; [H10] p. 27-31, 40-41; [IOM05] p. 11.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray

LEAST_OBLIGATION: Final = 0.1
"""Weight at which shortfall of an item without obligation is held against the process (G2)."""

LEAST_CAPACITY: Final = 0.02
"""No administration falls below this (G4)."""

MOST_BUILT: Final = 0.25
"""Capacity that capacity building can add at most (G13)."""

CLOSES_AT: Final = 0.9
"""Median delivered share at which an item closes (G13)."""

RELOAD_AGE: Final = 6.0
"""Age in quarters from which an evaluation may re-load an item (G14)."""

RELOAD_BELOW: Final = 0.15
"""Mean delivered share below which it is re-loaded (G14)."""

DROP_BELOW: Final = 0.5
"""Mean delivered share below which an item past due is dropped (G14)."""

OWN_FILE: Final = 1.0  # weight of the state's own file on the desk, (G7)
_EPSILON: Final = 1e-12


def reach(load: Array) -> Array:
    r"""Return how much of the way to the target an item asks for.

    Head of the page: :math:`reach_k = \min(1, 2\, load_k)`, so that a plan of small load asks for part of it.

    Parameters
    ----------
    load : (..., K)   of the items, > 0

    Returns
    -------
    (..., K)   above 0, at most 1

    Examples
    --------
    >>> reach(np.array([0.2, 0.5, 0.8])).tolist()
    [0.4, 1.0, 1.0]
    """
    return np.minimum(1.0, 2.0 * load)


def delivered(law: Array, target: Array, law_at_adoption: Array, reach: Array | float) -> Array:
    r"""Return how much each state has gone of the way that an item asks for.

    Head of the page:

    .. math::
        \delta_{ik} = clip\left(\Big(1 - \frac{|t_k - law_{ik}|}{|t_k - law^{ad}_{ik}|}\Big) / reach_k\right)

    Parameters
    ----------
    law : (..., N, K)   -1..1
    target : (..., K)   t, -1..1
    law_at_adoption : (..., N, K)   -1..1
    reach : (..., 1, K)   of `reach`

    Returns
    -------
    (..., N, K)   0..1; without meaning for states that are settled (see `unsettled`)

    Examples
    --------
    >>> delivered(np.array([[0.2], [-0.5]]), np.array([0.5]), np.zeros((2, 1)), 0.8)
    array([[0.5],
           [0. ]])
    """
    goal = target[..., None, :]
    way = np.maximum(np.abs(goal - law_at_adoption), _EPSILON)
    return np.clip((1.0 - np.abs(goal - law) / way) / reach, 0.0, 1.0)


def unsettled(target: Array, law_at_adoption: Array, tolerance: Array | float) -> BoolArray:
    r"""Return the states that had something to deliver when the item was adopted.

    Head of the page: :math:`|t_k - law^{ad}_{ik}| > tolerance`.

    Parameters
    ----------
    target : (..., K)   t, -1..1
    law_at_adoption : (..., N, K)   -1..1
    tolerance : (..., 1, 1)   distance

    Returns
    -------
    (..., N, K)

    Examples
    --------
    >>> unsettled(np.array([0.5]), np.array([[0.0], [0.45]]), np.array([[0.1]]))
    array([[ True],
           [False]])
    """
    return np.abs(target[..., None, :] - law_at_adoption) > tolerance


def follow_up_strength(dial: Array, secretariat: Array | float) -> Array:
    r"""Return how strongly the process follows up.

    Equation (G1): :math:`F = dial\,(1 + Z)/2`, half as much without a secretariat.

    Parameters
    ----------
    dial : (...)   follow-up dial, 0..1
    secretariat : (...)   Z, 1 where there is one

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> follow_up_strength(np.array([0.8, 0.8]), np.array([1.0, 0.0]))
    array([0.8, 0.4])
    """
    return dial * (1.0 + secretariat) / 2.0


def due_now(open_k: Array, age: Array, due_done: Array, due: Array | float) -> BoolArray:
    r"""Return the items whose due date is judged this quarter.

    Equation (G2): open, :math:`age_k \ge due`, and not judged before.

    Parameters
    ----------
    open_k : (..., K)   0 or 1
    age : (..., K)   quarters since adoption
    due_done : (..., K)   0 or 1
    due : (..., 1)   quarters from adoption to the due date

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> due_now(np.array([1.0, 1.0, 0.0]), np.array([11.0, 12.0, 12.0]), np.zeros(3), 12.0)
    array([False,  True, False])
    """
    return (open_k > 0.0) & (age >= due) & ~(due_done > 0.0)


def mean_delivered(delivered: Array, open_ik: Array) -> Array:
    r"""Return the mean delivered share of each item.

    The mean of (G2) and (G14), over bound and unsettled states:

    .. math:: \bar\delta_k = \frac{\sum_i open_{ik} \delta_{ik}}{\sum_i open_{ik}}

    Parameters
    ----------
    delivered : (..., N, K)   0..1
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled

    Returns
    -------
    (..., K)   0..1; 0 where there is no such state

    Examples
    --------
    >>> mean_delivered(np.array([[0.5], [1.0], [1.0]]), np.array([[1.0], [1.0], [0.0]]))
    array([0.75])
    """
    whole, count = np.einsum("...nk,...nk->...k", open_ik, delivered), np.einsum("...nk->...k", open_ik)
    mean: Array = whole / np.maximum(count, 1.0)
    return mean


def credit_from_due(
    delivered: Array, open_ik: Array, due: BoolArray, obligation: Array
) -> tuple[Array, Array]:
    r"""Return what the items due now add to the credit of the process.

    Equation (G2), over the items due:

    .. math::
        kept = \sum_k \bar\delta_k, \qquad broken = \sum_k \max(o_k, .1)\,\overline{(1 - \delta)}_k

    Parameters
    ----------
    delivered : (..., N, K)   0..1
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    due : (..., K)   (G2)
    obligation : (..., K)   0..1

    Returns
    -------
    kept, broken : (...)   counts; an item that nobody had to deliver adds nothing

    Examples
    --------
    >>> yes, one = np.array([[True]]), np.ones((1, 2, 1))
    >>> credit_from_due(np.array([[[0.5], [1.0]]]), one, yes, np.array([[0.4]]))
    (array([0.75]), array([0.1]))
    """
    mean = mean_delivered(delivered, open_ik)
    judged = due & np.any(open_ik > 0.0, axis=-2)
    kept: Array = np.sum(judged * mean, axis=-1)
    broken: Array = np.sum(judged * np.maximum(obligation, LEAST_OBLIGATION) * (1.0 - mean), axis=-1)
    return kept, broken


def unkept_from_due(delivered: Array, open_ik: Array, due: BoolArray) -> Array:
    r"""Return what each state is found not to have kept of the items due now.

    Equation (G2): :math:`\sum_k due_k\, open_{ik} (1 - \delta_{ik})`.

    Parameters
    ----------
    delivered : (..., N, K)   0..1
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    due : (..., K)   (G2)

    Returns
    -------
    (..., N)   in items, >= 0

    Examples
    --------
    >>> both = np.array([True, True])
    >>> unkept_from_due(np.array([[0.25, 0.5]]), np.array([[1.0, 1.0]]), both)
    array([1.25])
    """
    missing: Array = np.einsum("...nk,...k->...n", open_ik * (1.0 - delivered), due * 1.0)
    return missing


def capacity_now(capacity: Array, built: Array, pulse: Array) -> Array:
    r"""Return the capacity of an administration this quarter.

    Equation (G4): :math:`K_i = clip(K^0_i(q) + built_i + pulse_i, .02, 1)`.

    Parameters
    ----------
    capacity : (..., N)   of the profile in this year, 0..1
    built : (..., N)   what capacity building has added
    pulse : (..., N)   what events add or take

    Returns
    -------
    (..., N)   .02..1

    Examples
    --------
    >>> capacity_now(np.array([0.5, 0.1]), np.array([0.1, 0.0]), np.array([0.0, -0.3]))
    array([0.6 , 0.02])
    """
    return np.clip(capacity + built + pulse, LEAST_CAPACITY, 1.0)


def budget(
    capacity: Array,
    floor: Array | float,
    commitment: Array,
    backing: Array,
    coherence: Array,
    reporting: Array | float,
    crowding: Array | float,
) -> Array:
    r"""Return what an administration can spend on the items of the process.

    Equation (G5); R is the share that reporting takes (G1) and C what leaning on a secretariat takes:

    .. math:: budget_i = K_i (e_0 + (1 - e_0) m_i B_i) \sqrt{coherence_i}\,(1 - R)(1 - C)

    Parameters
    ----------
    capacity : (..., N)   K of (G4), 0..1
    floor : (..., 1)   e_0, effort without any will, 0..1
    commitment : (..., N)   m, 0..1
    backing : (..., N)   B, 0..1
    coherence : (..., N)   of the ministries (P9), 0..1
    reporting : (..., 1)   R = ``reporting_cost`` F reporting, 0..1
    crowding : (..., 1)   C = ``crowding_out`` Z, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> half, none = np.array([0.5]), np.array([0.0])
    >>> budget(half, half, np.array([1.0]), half, np.array([0.25]), none, half)
    array([0.09375])
    """
    will = floor + (1.0 - floor) * commitment * backing
    return capacity * will * np.sqrt(coherence) * ((1.0 - reporting) * (1.0 - crowding))


def usable(budget: Array, overload: Array | float, open_items: Array) -> Array:
    r"""Return what is left of the budget when many items are open at once.

    Equation (G6):

    .. math:: usable_i = \frac{budget_i}{1 + overload\,(n_i - 1)_+}

    Parameters
    ----------
    budget : (..., N)   (G5)
    overload : (..., 1)   share lost per further item
    open_items : (..., N)   n, recommendations open for the state

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> usable(np.array([0.6, 0.6]), np.array([0.05]), np.array([0.0, 5.0]))
    array([0.6, 0.5])
    """
    return budget / (1.0 + overload * np.maximum(open_items - 1.0, 0.0))


def order_equal(open_ik: Array, distance: Array, left: Array, reminder: Array | float) -> Array:
    r"""Return the share of work of each item when all count alike.

    Equation (G7): :math:`share_{ik} = \omega_{ik}/(1 + \sum_k \omega_{ik})` with
    :math:`\omega = open_{ik} (1 + R)`: the items lie on the desk beside one file of the state's own, of
    weight 1, against which a reminder :math:`R = reminder \cdot F` raises them.

    Parameters
    ----------
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    distance : (..., N, K)   between national line and target; not read here
    left : (..., K)   quarters to the due date, 0 once past; not read here
    reminder : (..., 1, 1)   R, >= 0

    Returns
    -------
    (..., N, K)   0..1; what is missing to 1 over the issues goes to the state's own file

    Examples
    --------
    >>> order_equal(np.array([[1.0, 1.0, 0.0]]), np.zeros((1, 3)), np.zeros(3), 0.5)
    array([[0.375, 0.375, 0.   ]])
    """
    return _shares(open_ik * (1.0 + reminder))


def order_easiest_first(open_ik: Array, distance: Array, left: Array, reminder: Array | float) -> Array:
    r"""Return the share of work of each item when what one agrees with comes first.

    Equation (G7), rival of `order_equal`: :math:`\omega_{ik} = open_{ik} (1 + R) e^{-4 |\bar x_{ik} - t_k|}`.

    Parameters
    ----------
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    distance : (..., N, K)   between national line and target, 0..2
    left : (..., K)   quarters to the due date, 0 once past; not read here
    reminder : (..., 1, 1)   R, >= 0

    Returns
    -------
    (..., N, K)   0..1; what is missing to 1 over the issues goes to the state's own file

    Examples
    --------
    >>> far = np.array([[0.0, np.log(3.0) / 4.0]])
    >>> order_easiest_first(np.ones((1, 2)), far, np.zeros(2), 0.0).round(3)
    array([[0.429, 0.143]])
    """
    return _shares(open_ik * (1.0 + reminder) * np.exp(-4.0 * distance))


def order_due_first(open_ik: Array, distance: Array, left: Array, reminder: Array | float) -> Array:
    r"""Return the share of work of each item when what is due soonest comes first.

    Equation (G7), rival of `order_equal`: :math:`\omega_{ik} = open_{ik} (1 + R)/(1 + (due - age_k)_+)`.

    Parameters
    ----------
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    distance : (..., N, K)   between national line and target; not read here
    left : (..., K)   quarters to the due date, 0 once past
    reminder : (..., 1, 1)   R, >= 0

    Returns
    -------
    (..., N, K)   0..1; what is missing to 1 over the issues goes to the state's own file

    Examples
    --------
    >>> order_due_first(np.ones((1, 2)), np.zeros((1, 2)), np.array([0.0, 3.0]), 0.0).round(3)
    array([[0.444, 0.111]])
    """
    return _shares(open_ik * (1.0 + reminder) / (1.0 + left)[..., None, :])


def work(usable: Array, share: Array, parallel: Array | float) -> Array:
    r"""Return how much of a full working effort each item gets.

    Equation (G8):

    .. math:: work_{ik} = \min(1,\ n_w\, usable_i\, share_{ik})

    Parameters
    ----------
    usable : (..., N)   (G6)
    share : (..., N, K)   (G7)
    parallel : (..., 1, 1)   n_w, items that a full budget carries at once

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> work(np.array([0.5]), np.array([[0.25, 0.75]]), 4.0)
    array([[0.5, 1. ]])
    """
    return np.minimum(parallel * usable[..., None] * share, 1.0)


def gate(
    understanding: Array,
    distance: Array,
    gate_floor: Array | float,
    closed_loss: Array | float,
    sensitivity: Array,
) -> Array:
    r"""Return how far understanding and agreement with the target let work through.

    Equation (G9); what was said behind closed doors reaches those who draft less well.

    .. math::
        gate_{ik} = (g_0 + (1 - g_0)\, u_{ik} (1 - \kappa c\, sens_k)) (1 - |\bar x_{ik} - t_k|/2)_+

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    distance : (..., N, K)   between national line and target, 0..2
    gate_floor : (..., 1, 1)   g_0, 0..1
    closed_loss : (..., 1, 1)   ``closed_loss`` times confidentiality, 0..1
    sensitivity : (..., K)   of the issues, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> half = np.array([[0.5]])
    >>> gate(half, np.array([[1.0]]), half, half, np.array([1.0]))
    array([[0.3125]])
    """
    told = understanding * (1.0 - closed_loss * sensitivity[..., None, :])
    return (gate_floor + (1.0 - gate_floor) * told) * np.maximum(1.0 - distance / 2.0, 0.0)


def peers_ahead(
    ties: Array,
    delivered: Array,
    open_ik: Array,
    peers: Array | float,
    closed_loss: Array | float,
    sensitivity: Array,
    reporting: Array | float,
) -> Array:
    r"""Return the push that comes from contacts who are further on.

    Equation (G10), with :math:`\kappa c` the part that confidentiality keeps from being published:

    .. math::
        p\,(\tfrac12 + \tfrac12 reporting)(1 - \kappa c\, sens_k) \left(
        \frac{\sum_j ties_{ij} open_{jk} \delta_{jk}}{\sum_j ties_{ij} open_{jk} + \varepsilon}
        - \delta_{ik} \right)_+

    Parameters
    ----------
    ties : (..., N, N)   0..1, 0 on the diagonal
    delivered : (..., N, K)   0..1
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    peers : (..., 1, 1)   p, 0..1
    closed_loss : (..., 1, 1)   ``closed_loss`` times confidentiality, 0..1
    sensitivity : (..., K)   of the issues, 0..1
    reporting : (..., 1, 1)   whether members report on adopted items, 0..1

    Returns
    -------
    (..., N, K)   0..peers

    Examples
    --------
    >>> ties, half = 1.0 - np.eye(2), np.array([[0.5]])
    >>> peers_ahead(ties, np.array([[0.2], [0.8]]), np.ones((2, 1)), half, half, np.array([1.0]), 1.0)
    array([[0.15],
           [0.  ]])
    """
    known: Array = np.matmul(ties, open_ik * delivered) / (np.matmul(ties, open_ik) + _EPSILON)
    seen = 0.5 * (1.0 + reporting) * (1.0 - closed_loss * sensitivity[..., None, :])
    return peers * seen * np.maximum(known - delivered, 0.0)


def effort(
    open_ik: Array,
    item_rate: Array | float,
    load: Array,
    work: Array,
    gate: Array,
    obligation_effort: Array | float,
    obligation: Array,
    peers: Array,
    incentive: Array,
) -> Array:
    r"""Return the effort that goes into each item this quarter.

    Equation (G11), first part:

    .. math::
        effort_{ik} = open_{ik} \frac{r}{load_k} work_{ik}\, gate_{ik}
        (1 + b\, o_k + peers_{ik} + incentive_{ik})

    Parameters
    ----------
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled
    item_rate : (..., 1, 1)   r, per quarter
    load : (..., K)   how much an item asks for (> 0 where one is open)
    work, gate : (..., N, K)   (G8), (G9), 0..1
    obligation_effort : (..., 1, 1)   b
    obligation : (..., K)   o, 0..1
    peers : (..., N, K)   (G10)
    incentive : (..., N, K)   reward offered from outside, 0..1

    Returns
    -------
    (..., N, K)   >= 0; the share of the way gone in the quarter is 1 - e^(-effort)

    Examples
    --------
    >>> one, half = np.ones((1, 1)), np.array([[0.5]])
    >>> effort(one, half, np.array([2.0]), half, half, one, np.array([0.5]), half, 0.0 * one)
    array([[0.125]])
    """
    push = (1.0 + obligation_effort * obligation[..., None, :]) + peers + incentive
    return open_ik * (item_rate / np.maximum(load, _EPSILON)[..., None, :]) * work * gate * push


def norm(ability: Array, line: Array) -> Array:
    r"""Return the line of those who offer rewards.

    Part of (G11):

    .. math:: norm_k = \frac{\sum_i ability_i\, \bar x_{ik}}{\sum_i ability_i}

    Parameters
    ----------
    ability : (..., N)   ability to pay, >= 0; 0 for states who are absent
    line : (..., N, K)   national lines, -1..1

    Returns
    -------
    (..., K)   -1..1

    Examples
    --------
    >>> norm(np.array([0.75, 0.25]), np.array([[0.4], [-0.4]]))
    array([0.2])
    """
    means = np.maximum(np.sum(ability, axis=-1), _EPSILON)[..., None]
    mean: Array = np.matmul(ability[..., None, :], line)[..., 0, :] / means
    return mean


def law_after_quarter(
    law: Array,
    exists: Array,
    line: Array,
    target: Array,
    effort: Array,
    founding_law: Array,
    own_drift: Array | float,
    incentive_drift: Array | float,
    incentive: Array,
    norm: Array,
    keep_erosion: Array | float,
) -> Array:
    r"""Return law after a quarter.

    Equation (G11), second part, clipped to -1..1. Law moves with the national line, with the items, with
    rewards from outside, and erodes towards where it stood at founding:

    .. math::
        law_{ik} + exists_{ik} [ r_0 (\bar x_{ik} - law_{ik}) + (1 - e^{-effort_{ik}})(t_k - law_{ik})
        + r_1\, incentive_{ik} (norm_k - law_{ik}) ] + (1 - keep(h)) (law^0_{ik} - law_{ik})

    Parameters
    ----------
    law : (..., N, K)   -1..1
    exists : (..., N, K)   how much of a policy there is, 0..1
    line : (..., N, K)   national lines, -1..1
    target : (..., K)   t, -1..1
    effort : (..., N, K)   >= 0
    founding_law : (..., N, K)   -1..1
    own_drift : (..., 1, 1)   r_0, per quarter
    incentive_drift : (..., 1, 1)   r_1, per quarter
    incentive : (..., N, K)   0..1
    norm : (..., K)   -1..1
    keep_erosion : (..., 1, 1)   2^(-1/``erosion_halflife``)

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> one, none = np.ones((1, 1)), np.zeros((1, 1))
    >>> law_after_quarter(none, 0.5 * one, none, np.array([0.8]), np.log(2.0) * one,
    ...                   none, none, none, none, np.array([0.0]), one)
    array([[0.2]])
    """
    moved = own_drift * (line - law) - np.expm1(-effort) * (target[..., None, :] - law)
    moved = moved + incentive_drift * incentive * (norm[..., None, :] - law)
    return np.clip(law + exists * moved + (1.0 - keep_erosion) * (founding_law - law), -1.0, 1.0)


def exists_after_quarter(exists: Array, effort: Array, policy_birth: Array | float) -> Array:
    r"""Return how much of a policy there is after a quarter.

    Equation (G11), third part: :math:`exists_{ik} + \min(1, b\, effort_{ik})(1 - exists_{ik})`.

    Parameters
    ----------
    exists : (..., N, K)   0..1
    effort : (..., N, K)   >= 0
    policy_birth : (..., 1, 1)   b, share of what is missing per unit of effort

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> exists_after_quarter(np.array([[0.5]]), np.array([[2.0]]), np.array([[0.1]]))
    array([[0.6]])
    """
    return exists + np.minimum(policy_birth * effort, 1.0) * (1.0 - exists)


def backing_after_quarter(
    backing: Array, floor: Array, keep: Array | float, rate: Array | float, political_hours: Array
) -> Array:
    r"""Return political backing at home after a quarter.

    Equation (G12): it falls back to its floor, then grows with political hours on what matters at home.

    .. math:: B' = B + (1 - keep(h))(floor - B), \qquad B'_i + (1 - B'_i)(1 - e^{-r \Pi_i})

    Parameters
    ----------
    backing : (..., N)   B, 0..1
    floor : (..., N)   0..1
    keep : (..., 1)   2^(-1/``backing_halflife``)
    rate : (..., 1)   r, per hour
    political_hours : (..., N)   Pi, hours of politicians times relevance

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> half, hours = np.array([0.5]), np.array([np.log(2.0)])
    >>> backing_after_quarter(np.array([0.6]), np.array([0.2]), half, np.array([1.0]), hours)
    array([0.7])
    """
    left = backing + (1.0 - keep) * (floor - backing)
    return left - np.expm1(-rate * political_hours) * (1.0 - left)


def capacity_built_after_quarter(
    built: Array, capacity: Array, rate: Array | float, dial: Array | float
) -> Array:
    r"""Return what capacity building has added, after a quarter.

    Equation (G13):

    .. math:: built_i + r\, cb\, (1 - K^0_i)(.25 - built_i)

    Parameters
    ----------
    built : (..., N)   0 to .25
    capacity : (..., N)   of the administration, 0..1
    rate : (..., 1)   r, per quarter
    dial : (..., 1)   cb, capacity-building dial while somebody pays for it, 0..1

    Returns
    -------
    (..., N)   0 to .25

    Examples
    --------
    >>> one = np.array([1.0])
    >>> capacity_built_after_quarter(np.array([0.05]), np.array([0.5]), 0.1 * one, one)
    array([0.06])
    """
    return built + rate * dial * (1.0 - capacity) * (MOST_BUILT - built)


def item_closes(open_k: Array, delivered: Array, open_ik: Array) -> BoolArray:
    r"""Return the items that are done.

    End of (G13): the median of the delivered share over bound and unsettled states is .9 or more, or there is
    no such state.

    Parameters
    ----------
    open_k : (..., K)   0 or 1
    delivered : (..., N, K)   0..1
    open_ik : (..., N, K)   1 where the item is open and binds a state that was not settled

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> shares = np.array([[0.0, 0.8], [0.9, 1.0], [1.0, 0.0]])
    >>> item_closes(np.ones(2), shares, np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]]))
    array([ True,  True])
    """
    bound = open_ik > 0.0
    count = np.sum(bound, axis=-2, keepdims=True)
    shares = np.sort(np.where(bound, delivered, np.inf), axis=-2)
    low = np.take_along_axis(shares, np.maximum(count - 1, 0) // 2, axis=-2)
    high = np.take_along_axis(shares, count // 2, axis=-2)
    closes: BoolArray = (open_k > 0.0) & ((low + high) / 2.0 >= CLOSES_AT)[..., 0, :]
    return closes


def reloaded(open_k: Array, age: Array, mean_delivered: Array, evaluating: BoolArray) -> BoolArray:
    r"""Return the items that an evaluation halves because they do not move.

    Equation (G14): open, :math:`age_k \ge 6` and :math:`\bar\delta_k < .15`; their load is then halved.

    Parameters
    ----------
    open_k : (..., K)   0 or 1
    age : (..., K)   quarters since adoption
    mean_delivered : (..., K)   0..1
    evaluating : (..., 1)   there is an evaluation this quarter

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> reloaded(np.ones(2), np.array([6.0, 5.0]), np.array([0.1, 0.1]), np.array([True]))
    array([ True, False])
    """
    return evaluating & (open_k > 0.0) & (age >= RELOAD_AGE) & (mean_delivered < RELOAD_BELOW)


def dropped(
    open_k: Array, age: Array, mean_delivered: Array, evaluating: BoolArray, due: Array | float
) -> BoolArray:
    r"""Return the items that an evaluation gives up.

    Equation (G14): open, :math:`age_k \ge due` and :math:`\bar\delta_k < .5`.

    Parameters
    ----------
    open_k : (..., K)   0 or 1
    age : (..., K)   quarters since adoption
    mean_delivered : (..., K)   0..1
    evaluating : (..., 1)   there is an evaluation this quarter
    due : (..., 1)   quarters from adoption to the due date

    Returns
    -------
    (..., K)

    Examples
    --------
    >>> dropped(np.ones(2), np.array([12.0, 12.0]), np.array([0.4, 0.6]), np.array([True]), 12.0)
    array([ True, False])
    """
    return evaluating & (open_k > 0.0) & (age >= due) & (mean_delivered < DROP_BELOW)


def founding_law(interest_line: Array, luck: Array) -> Array:
    r"""Return law at founding.

    .. math:: law^0_{ik} = clip(.6\, \overline{interest}_{ik} + .25 (2 u_{ik} - 1), -1, 1)

    Parameters
    ----------
    interest_line : (..., N, K)   interests weighted by ministry, -1..1
    luck : (..., N, K)   uniform of state and issue

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> founding_law(np.array([[0.5, -1.0]]), np.array([[0.7, 0.0]]))
    array([[ 0.4 , -0.85]])
    """
    return np.clip(0.6 * interest_line + 0.25 * (2.0 * luck - 1.0), -1.0, 1.0)


def founding_exists(capacity: Array) -> Array:
    r"""Return how much of a policy each state has at founding, on every issue alike.

    .. math:: exists^0_i = .4 + .5\, capacity_i

    Parameters
    ----------
    capacity : (..., N)   0..1

    Returns
    -------
    (..., N)   .4 to .9

    Examples
    --------
    >>> founding_exists(np.array([0.0, 1.0]))
    array([0.4, 0.9])
    """
    return 0.4 + 0.5 * capacity


def _shares(weight: Array) -> Array:
    shares: Array = weight / (OWN_FILE + np.einsum("...k->...", weight)[..., None])
    return shares
