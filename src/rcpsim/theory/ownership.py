r"""Ownership: why states stay committed, who pays, and when a sponsor leaves.

*Commitment* (0..1) is a state's will to come, pay and carry out; it moves slowly towards what the state now
has reason to want. The reasons are flows of the last four quarters: *relevance* of what is treated, *value*
of what is heard, *outcome* of what was agreed, what is *paid* and what it *costs* in officials' time. Money
is counted in delegate-days. A *sponsor* pays a share of the bill as long as it sees enough for it. Ownership
itself, members' share of all resources, is measured and read by no equation.

The page is ``docs/theory/ownership.md``. Sources: [H10] p. 38-39, 41; [K01] p. 26; Gray (2013) as rival
reading.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray

"""Quarters in which an item should be delivered (O3)."""

DEAL_OUTCOME: Final = 0.25
"""What a deal adds to the outcome of a quarter (O4)."""

PAID_AT_MOST: Final = 2.0
"""Most that paying counts, in shares of ability (O5)."""

PAYMENT_AT_MOST: Final = 1.5
"""Most that a state pays, in parts of its key (O9)."""

ENOUGH_SEEN: Final = 0.25
"""What a sponsor must see not to lose patience (O10)."""

_EPSILON: Final = 1e-12


def flow(old: Array, new: Array) -> Array:
    r"""Return a four-quarter mean after a quarter.

    Head of the page: :math:`f + \tfrac14 (new - f)`.

    Parameters
    ----------
    old : (...)   the mean so far
    new : (...)   what happened this quarter, in the same unit

    Returns
    -------
    (...)   between the two

    Examples
    --------
    >>> flow(np.array([0.2]), np.array([1.0]))
    array([0.4])
    """
    return old + 0.25 * (new - old)


def settled_share(law: Array, target: Array, present: Array, tolerance: Array | float) -> Array:
    r"""Return the share of members on whose law an issue no longer turns.

    Part of (O1):

    .. math::
        settled_k = \frac{\sum_i present_i [|law_{ik} - t_k| \le tolerance]}{\sum_i present_i}

    Parameters
    ----------
    law : (..., N, K)   -1..1
    target : (..., K)   t, the mean national line of those present, -1..1
    present : (..., N)   0 or 1
    tolerance : (..., 1, 1)   distance

    Returns
    -------
    (..., K)   0..1

    Examples
    --------
    >>> law, here = np.array([[0.5], [0.0], [0.5], [0.5]]), np.array([1.0, 1.0, 0.0, 0.0])
    >>> settled_share(law, np.array([0.45]), here, np.array([[0.1]]))
    array([0.5])
    """
    settled = np.abs(law - target[..., None, :]) <= tolerance
    members = np.maximum(np.sum(present, axis=-1), 1.0)[..., None]
    share: Array = np.einsum("...n,...nk->...k", present, settled * 1.0) / members
    return share


def relevance(
    attention: Array,
    salience: Array,
    coverage: Array | float,
    covered: Array,
    settled_weight: Array | float,
    settled: Array,
) -> Array:
    r"""Return how far the meetings of a quarter dealt with what each state cares about.

    Equation (O1): an issue counts by its share of the agenda, less where all have settled it, and a state by
    how much of its migration the process covers:

    .. math:: \sum_k A_{ik}\, s_{ik}\, (1 - \sigma\, settled_k)\, (1 - \xi + \xi\, cov_i)

    Parameters
    ----------
    attention : (..., N, K)   mean over the slots held of participation times share of the agenda, 0..1
    salience : (..., N, K)   0..1
    coverage : (..., 1)   xi, 0..1
    covered : (..., N)   share of i's migrants whose other country is in the process, 0..1
    settled_weight : (..., 1, 1)   sigma, 0..1
    settled : (..., K)   share of members whose law agrees with the common line, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> attention, care = np.array([[0.5, 0.5]]), np.array([[0.4, 0.8]])
    >>> relevance(attention, care, 0.5, np.array([0.5]), 1.0, np.array([1.0, 0.5]))
    array([0.15])
    """
    matters: Array = np.einsum(
        "...nk,...nk->...n", attention * salience, 1.0 - settled_weight * settled[..., None, :]
    )
    return matters * (1.0 - coverage + coverage * covered)


def value(hours: Array, value_hours: Array | float) -> Array:
    r"""Return the value of what was heard this quarter.

    Equation (O2): :math:`1 - e^{-V_i/h}`.

    Parameters
    ----------
    hours : (..., N)   V, candid hours heard
    value_hours : (..., 1)   h, hours

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> value(8.0 * np.log(np.array([1.0, 2.0])), np.array([8.0]))
    array([0. , 0.5])
    """
    return -np.expm1(-hours / value_hours)


def progress(achieved: Array, judged: Array, age: Array, due: Array | float) -> Array:
    r"""Return how far each state is with what was agreed, against the time it has had.

    Equation (O3), over the issues on which an item has asked something of the state; what was delivered goes
    on counting until a new item takes its place:

    .. math:: mean_k \min(1,\ due\, achieved_{ik}/\max(age_k, 1))

    Parameters
    ----------
    achieved : (..., N, K)   delivered share of the latest item, 0..1; 0 where it was dropped
    judged : (..., N, K)   1 where there has been such an item
    age : (..., K)   quarters since adoption, standing still once the item is closed
    due : (..., 1)   quarters from adoption to the due date

    Returns
    -------
    (..., N)   0..1; 0 where nothing is judged

    Examples
    --------
    >>> progress(np.array([[0.25, 0.25]]), np.ones((1, 2)), np.array([6.0, 2.0]), 12.0)
    array([0.75])
    """
    pace = (due / np.maximum(age, 1.0))[..., None, :]
    ahead = judged * np.minimum(achieved * pace, 1.0)
    whole, count = np.einsum("...nk->...n", ahead), np.einsum("...nk->...n", judged)
    mean: Array = whole / np.maximum(count, 1.0)
    return mean


def outcome_with_deals(outcome: Array, deals: Array) -> Array:
    r"""Return the outcome of a quarter, deals included.

    Equation (O4): :math:`\min(1, new + .25\, deals_i)`.

    Parameters
    ----------
    outcome : (..., N)   (O3), or 0 where no plan is sought
    deals : (..., N)   that the state struck this quarter

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> outcome_with_deals(np.array([0.25, 0.9]), np.array([1.0, 1.0]))
    array([0.5, 1. ])
    """
    return np.minimum(outcome + DEAL_OUTCOME * deals, 1.0)


def paid(money: Array, ability: Array, quarter_cost: Array | float) -> Array:
    r"""Return what a state has paid this quarter, against what it can bear.

    Equation (O5): :math:`\min(2,\ money_i/(ability_i\, C/4))`.

    Parameters
    ----------
    money : (..., N)   delegate-days
    ability : (..., N)   ability to pay, 0..1
    quarter_cost : (..., 1)   C/4, delegate-days

    Returns
    -------
    (..., N)   0..2

    Examples
    --------
    >>> paid(np.array([5.0, 0.0]), np.array([0.5, 0.0]), np.array([20.0]))
    array([0.5, 0. ])
    """
    return np.minimum(money / np.maximum(ability * quarter_cost, _EPSILON), PAID_AT_MOST)


def cost(days: Array, capacity: Array) -> Array:
    r"""Return what attending costs an administration, in officials' time.

    Equation (O5): :math:`.2\, (days_i/3)/K_i`.

    Parameters
    ----------
    days : (..., N)   attended this quarter
    capacity : (..., N)   K of (G4), > 0

    Returns
    -------
    (..., N)   >= 0

    Examples
    --------
    >>> cost(np.array([3.0]), np.array([0.5]))
    array([0.4])
    """
    return 0.2 * (days / 3.0) / capacity


def wanted_commitment(
    base: Array | float,
    relevance_c: Array | float,
    relevance: Array,
    value_c: Array | float,
    value: Array,
    outcome_c: Array | float,
    outcome: Array,
    paid_c: Array | float,
    paid: Array,
    cost_c: Array | float,
    cost: Array,
    sovereignty_c: Array | float,
    obligation: Array | float,
    sovereignty: Array,
    unkept_c: Array | float,
    unkept: Array,
    prestige: Array | float,
    climate: Array | float,
    government: Array,
) -> Array:
    r"""Return the commitment a state now has reason to want.

    Equation (O6):

    .. math::
        \sigma( \gamma_0 + \gamma_r relevance_i + \gamma_v value_i + \gamma_o outcome_i + \psi\, paid_i
        - \gamma_c cost_i - \gamma_s o\, sovereignty_i - \gamma_u \min(unkept_i/2, 1)
        + prestige + climate + government_i )

    Parameters
    ----------
    base : (..., 1)   gamma_0, logit
    relevance_c, value_c, outcome_c, paid_c, cost_c, sovereignty_c, unkept_c : (..., 1)   weights, logit;
        without a plan the weight of outcomes is added to that of value and is itself 0 (O4)
    relevance, value, outcome, paid, cost : (..., N)   four-quarter means
    obligation : (..., 1)   highest in the calendar, 0..1
    sovereignty : (..., N)   how a state minds being obliged, 0..1
    unkept : (..., N)   items it was found not to have kept
    prestige : (..., 1)   what membership itself is worth, logit
    climate : (..., 1)   of the world, logit
    government : (..., N)   of its government, logit

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> one, none = np.array([1.0]), np.array([0.0])
    >>> wanted_commitment(-2.0 * one, 3.0 * one, one, none, none, none, none, none, none,
    ...                   one, 0.5 * one, none, none, none, one, one, none, none, none)
    array([0.5])
    """
    reasons = relevance_c * relevance + value_c * value + outcome_c * outcome + paid_c * paid
    qualms = (
        cost_c * cost + sovereignty_c * obligation * sovereignty + unkept_c * np.minimum(unkept / 2.0, 1.0)
    )
    logit: Array = base + prestige + climate + government + reasons - qualms
    return 1.0 / (1.0 + np.exp(-logit))


def commitment_after_quarter(commitment: Array, wanted: Array, time: Array | float, present: Array) -> Array:
    r"""Return commitment after a quarter.

    Equation (O7), for members who are present: :math:`m_i + (1 - e^{-1/t})(m^*_i - m_i)`.

    Parameters
    ----------
    commitment : (..., N)   m, 0..1
    wanted : (..., N)   m* of (O6), 0..1
    time : (..., 1)   t, quarters
    present : (..., N)   0 or 1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> old, new, slow = np.array([0.5, 0.5]), np.array([0.9, 0.9]), np.array([1.0 / np.log(2.0)])
    >>> commitment_after_quarter(old, new, slow, np.array([1.0, 0.0]))
    array([0.7, 0.5])
    """
    return commitment - np.expm1(-1.0 / time) * present * (wanted - commitment)


def contribution_key(ability: Array, backer: Array, backers_share: Array | float, present: Array) -> Array:
    r"""Return the share of the members' bill that falls to each.

    Part of (O9). Backers bear the share b, the others the rest, each by ability; where there are no backers
    present, or nobody but backers, everybody pays by ability.

    .. math::
        key_i = b \frac{[backer_i]\, ability_i}{\sum_{backers} ability}
        + (1 - b) \frac{[not\ backer_i]\, ability_i}{\sum_{others} ability}

    Parameters
    ----------
    ability : (..., N)   ability to pay, >= 0
    backer : (..., N)   0 or 1
    backers_share : (..., 1)   b, 0..1
    present : (..., N)   0 or 1

    Returns
    -------
    (..., N)   0..1, summing to 1 where anybody is present

    Examples
    --------
    >>> ability, here = np.array([0.3, 0.1, 0.6]), np.ones(3)
    >>> contribution_key(ability, np.array([0.0, 0.0, 1.0]), np.array([0.8]), here)
    array([0.15, 0.05, 0.8 ])
    """
    able = ability * present
    backs = np.sum(able * backer, axis=-1, keepdims=True)
    rest = np.sum(able * (1.0 - backer), axis=-1, keepdims=True)
    apart = np.where(
        backer > 0.0,
        backers_share / np.maximum(backs, _EPSILON),
        (1.0 - backers_share) / np.maximum(rest, _EPSILON),
    )
    together = 1.0 / np.maximum(backs + rest, _EPSILON)
    per_ability: Array = np.where((backs > 0.0) & (rest > 0.0), apart, together)
    return able * per_ability


def money_paid(
    payment: Array | float,
    commitment: Array,
    key: Array,
    members_share: Array | float,
    quarter_cost: Array | float,
) -> Array:
    r"""Return what each member pays at the end of a quarter.

    Equation (O9): :math:`\min(1.5,\ p\, m_i)\, key_i\, (1 - S)\, C/4`.

    Parameters
    ----------
    payment : (..., 1)   p, what full commitment pays, in parts of the key
    commitment : (..., N)   m, 0..1
    key : (..., N)   `contribution_key`
    members_share : (..., 1)   1 - S, what a sponsor does not pay, 0..1
    quarter_cost : (..., 1)   C/4, delegate-days

    Returns
    -------
    (..., N)   delegate-days

    Examples
    --------
    >>> two, half = np.array([2.0]), np.array([0.5, 0.5])
    >>> money_paid(two, np.array([0.25, 1.0]), half, np.array([0.5]), np.array([40.0]))
    array([ 5., 15.])
    """
    return np.minimum(payment * commitment, PAYMENT_AT_MOST) * key * (members_share * quarter_cost)


def treasury_after(treasury: Array, inflow: Array, annual_cost: Array | float) -> Array:
    r"""Return the treasury at the end of a quarter.

    Equation (O9): :math:`\min(2 C,\ treasury + inflow)` where :math:`C > 0`, else the sum.

    Parameters
    ----------
    treasury : (...)   after the quarter's bills, delegate-days
    inflow : (...)   from members and sponsor, delegate-days
    annual_cost : (...)   C, delegate-days

    Returns
    -------
    (...)   delegate-days

    Examples
    --------
    >>> treasury_after(np.array([50.0, 90.0]), np.array([20.0, 20.0]), np.array([50.0, 50.0]))
    array([ 70., 100.])
    """
    cap = np.where(np.asarray(annual_cost) > 0.0, 2.0 * annual_cost, np.inf)
    return np.minimum(treasury + inflow, cap)


def sponsor_sees(delivered_mean: Array, activity: Array, sight: Array | float) -> Array:
    r"""Return what a sponsor sees for its money.

    Equation (O10): :math:`q\, \bar\delta + (1 - q)\, activity`.

    Parameters
    ----------
    delivered_mean : (...)   mean of what is achieved over members and issues judged, 0 if none, 0..1
    activity : (...)   four-quarter mean of slots held over slots planned, 0..1
    sight : (...)   q, how far it sees through activity to what is delivered, 0..1

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> sponsor_sees(np.array([0.2]), np.array([1.0]), np.array([0.75]))
    array([0.4])
    """
    return sight * delivered_mean + (1.0 - sight) * activity


def patience_after(discontent: Array, sees: Array) -> Array:
    r"""Return the quarters of discontent of a sponsor.

    Equation (O10): one more while it sees less than .25, otherwise one less, to 0 at the least.

    Parameters
    ----------
    discontent : (...)   quarters so far
    sees : (...)   `sponsor_sees`, 0..1

    Returns
    -------
    (...)   quarters, >= 0

    Examples
    --------
    >>> patience_after(np.array([3.0, 3.0, 0.0]), np.array([0.2, 0.3, 0.3]))
    array([4., 2., 0.])
    """
    seen_enough: BoolArray = sees >= ENOUGH_SEEN
    return np.where(seen_enough, np.maximum(discontent - 1.0, 0.0), discontent + 1.0)
