r"""Environment: what happens to states whether or not they meet.

*Events* of a scenario are laid out beforehand as levels per quarter. Beside them, issues have random *pulses*
of salience, states change *governments*, and a common *climate* of opinion drifts. States also deal with each
other directly, in hours that officials sent to meetings do not have. In a *crisis* pairs that know and trust
each other may act jointly, and that is contact too. All of this goes on in the twin without a process.

The page is ``docs/theory/environment.md``. Sources: [K01] p. 30-31; [H10] p. 25; [IOM05] p. 7.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray

BUSY_DAYS: Final = 6.0
"""Days attended in a quarter that take all of an official's time for others (E7)."""

CRISIS_PULSE: Final = 0.25
"""Random pulse upward from which there is a crisis (E10)."""

CRISIS_QUARTERS: Final = 4.0
"""How long a crisis lasts (E10)."""

JOINT_ACT: Final = 0.1
"""Share of what is missing to a full tie that a joint act makes up (E12)."""


def pulse_after_quarter(
    pulse: Array,
    keep: Array | float,
    founding_salience: Array,
    hazard: Array | float,
    luck: Array,
    size_luck: Array,
    sign_luck: Array,
) -> tuple[Array, Array]:
    r"""Return the random pulses of salience after a quarter, and the jump of each issue.

    Equation (E2), with three uniforms of issue and quarter:

    .. math::
        jump_k = \pm [u_k < h/3] (.1 + .3 u'_k), \qquad keep \cdot pulse_{ik} + jump_k s^0_{ik}

    Parameters
    ----------
    pulse : (..., N, K)   what is left of earlier pulses
    keep : (..., 1, 1)   2^(-1/4)
    founding_salience : (..., N, K)   s0, 0..1
    hazard : (..., 1)   h, per quarter
    luck, size_luck : (..., K)   u, u', uniform
    sign_luck : (..., K)   u'', uniform; upward where it is below 1/2

    Returns
    -------
    pulse : (..., N, K)
    jump : (..., K)   -.4 to .4, 0 where nothing happens

    Examples
    --------
    >>> one, happens, up = np.ones((1, 1)), np.array([0.01]), np.array([0.2])
    >>> pulse_after_quarter(0.2 * one, 0.5 * one, 0.5 * one, np.array([0.06]), happens, np.array([0.5]), up)
    (array([[0.225]]), array([0.25]))
    """
    sign = np.where(sign_luck < 0.5, 1.0, -1.0)
    jump: Array = np.where(luck < hazard / 3.0, sign * (0.1 + 0.3 * size_luck), 0.0)
    return keep * pulse + jump[..., None, :] * founding_salience, jump


def salience_now(founding: Array, level: Array, pulse: Array) -> Array:
    r"""Return the salience of this quarter.

    Equation (E3): :math:`clip(s^0_{ik}(q) + level_{ik}(q) + pulse_{ik})`.

    Parameters
    ----------
    founding : (..., N, K)   salience of the profile in this year, 0..1
    level : (..., N, K)   what events add or take this quarter
    pulse : (..., N, K)   (E2)

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> salience_now(np.array([[0.5, 0.5]]), np.array([[0.4, 0.0]]), np.array([[0.4, -0.1]]))
    array([[1. , 0.4]])
    """
    return np.clip(founding + level + pulse, 0.0, 1.0)


def government_after(
    government: Array, hazard: Array | float, sd: Array | float, luck: Array, z: Array
) -> tuple[Array, BoolArray]:
    r"""Return what each government thinks of the process, and which of them are new.

    Equation (E5): :math:`sd \cdot z_i` where :math:`u_i < hazard`, else as before.

    Parameters
    ----------
    government : (..., N)   logit
    hazard : (..., 1)   per quarter
    sd : (..., 1)   logit
    luck : (..., N)   uniform of state and quarter
    z : (..., N)   standard normal of state and quarter

    Returns
    -------
    government : (..., N)   logit
    changed : (..., N)

    Examples
    --------
    >>> rate, sd = np.array([0.05]), np.array([0.5])
    >>> government_after(np.array([0.1, 0.1]), rate, sd, np.array([0.01, 0.5]), np.array([2.0, 2.0]))
    (array([1. , 0.1]), array([ True, False]))
    """
    changed = luck < hazard
    return np.where(changed, sd * z, government), changed


def climate_path(z: Array, sd: Array | float, keep: float) -> Array:
    r"""Return the climate of opinion in every quarter.

    Equation (E6), 0 before the first quarter:

    .. math:: climate(q) = \kappa\, climate(q - 1) + \sqrt{1 - \kappa^2}\, sd\, z(q)

    Parameters
    ----------
    z : (..., Q)   standard normals of the quarters
    sd : (..., 1)   logit
    keep : kappa, 2^(-1/8)

    Returns
    -------
    (..., Q)   logit

    Examples
    --------
    >>> climate_path(np.array([1.0, 0.0, 1.0]), np.array([0.5]), 0.6)
    array([0.4  , 0.24 , 0.544])
    """
    step: Array = np.sqrt(1.0 - keep**2) * sd * z
    path = np.zeros_like(step)
    before = np.zeros_like(step[..., 0])
    for quarter in range(step.shape[-1]):
        path[..., quarter] = before = keep * before + step[..., quarter]
    return path


def background_contact(hours: Array | float, bond: Array, displacement: Array | float, days: Array) -> Array:
    r"""Return the hours that pairs deal with each other directly this quarter.

    Equation (E7): days taken by the process are taken from there.

    .. math::
        h\, bond_{ij} \left(1 - \tfrac14 d \frac{busy_i + busy_j}{2}\right), \qquad
        busy_i = \min(1, days_i/6)

    Parameters
    ----------
    hours : (..., 1, 1)   h, hours a quarter under a full bond
    bond : (..., N, N)   0..1, 0 on the diagonal
    displacement : (..., 1, 1)   d, 0..4
    days : (..., N)   attended this quarter

    Returns
    -------
    (..., N, N)   hours, >= 0, 0 on the diagonal

    Examples
    --------
    >>> one, off = np.ones((1, 1)), 1.0 - np.eye(2)
    >>> background_contact(0.2 * one, off, one, np.array([3.0, 9.0]))
    array([[0.    , 0.1625],
           [0.1625, 0.    ]])
    """
    busy = np.minimum(days / BUSY_DAYS, 1.0)
    taken = displacement * (0.125 * (busy[..., :, None] + busy[..., None, :]))
    return hours * bond * (1.0 - taken)


def crisis_after_quarter(countdown: Array, shocked: BoolArray, jump: Array) -> Array:
    r"""Return the quarters of crisis that each state still has before it, this one included.

    Equation (E10): four from an event of kind shock on, or from a random pulse of at least .25 upward.

    Parameters
    ----------
    countdown : (..., N)   of the last quarter
    shocked : (..., N)   an event of kind shock begins for the state
    jump : (..., K)   random pulses of this quarter (E2)

    Returns
    -------
    (..., N)   0..4

    Examples
    --------
    >>> crisis_after_quarter(np.array([2.0, 0.0]), np.array([False, True]), np.array([0.2, -0.3]))
    array([1., 4.])
    """
    begins = shocked | np.any(jump >= CRISIS_PULSE, axis=-1, keepdims=True)
    return np.where(begins, CRISIS_QUARTERS, np.maximum(countdown - 1.0, 0.0))


def in_crisis(countdown: Array) -> BoolArray:
    r"""Return which states are in crisis.

    Equation (E10): the countdown has not run out.

    Parameters
    ----------
    countdown : (..., N)   quarters

    Returns
    -------
    (..., N)

    Examples
    --------
    >>> in_crisis(np.array([0.0, 3.0]))
    array([False,  True])
    """
    return countdown > 0.0


def joint_hazard(rate: Array | float, ties: Array, trust: Array) -> Array:
    r"""Return the hazard that a pair in crisis acts jointly this quarter.

    Equation (E11): :math:`r \sqrt{ties_{ij}\, ties_{ji}} \sqrt{\tau_{ij} \tau_{ji}}`.

    Parameters
    ----------
    rate : (..., 1, 1)   r, per quarter
    ties : (..., N, N)   0..1, 0 on the diagonal
    trust : (..., N, N)   tau, 0..1

    Returns
    -------
    (..., N, N)   per quarter, symmetric, 0 on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> joint_hazard(np.array([[0.5]]), 0.4 * off, np.array([[0.5, 0.9], [0.4, 0.5]]))
    array([[0.  , 0.12],
           [0.12, 0.  ]])
    """
    ready = ties * trust
    return rate * np.sqrt(ready * np.swapaxes(ready, -1, -2))


def joint_act(hazard: Array, luck: Array, in_crisis: BoolArray, present: Array, acted: Array) -> BoolArray:
    r"""Return the pairs that act jointly this quarter.

    Equation (E11): :math:`hazard_{ij} > -\ln u_{ij}`, both present, at least one of the two in
    crisis, and not yet in this crisis.

    Parameters
    ----------
    hazard : (..., N, N)   `joint_hazard`, symmetric, 0 on the diagonal
    luck : (..., N, N)   the uniform of the unordered pair and the quarter, in (0, 1), symmetric
    in_crisis : (..., N)
    present : (..., N)   0 or 1
    acted : (..., N, N)   1 where the pair has acted in this crisis

    Returns
    -------
    (..., N, N)   symmetric, false on the diagonal

    Examples
    --------
    >>> off, luck = 1.0 - np.eye(2), np.full((2, 2), 0.9)
    >>> joint_act(0.2 * off, luck, np.array([True, False]), np.ones(2), np.zeros((2, 2)))
    array([[False,  True],
           [ True, False]])
    """
    here = present > 0.0
    both_here = here[..., :, None] & here[..., None, :]
    either = in_crisis[..., :, None] | in_crisis[..., None, :]
    struck: BoolArray = (hazard > -np.log(luck)) & both_here & either & (acted == 0.0)
    return struck


def acted_after(acted: Array, act: BoolArray, in_crisis: BoolArray) -> Array:
    r"""Return which pairs have acted in the crisis that goes on.

    Part of (E11): set by the act, cleared in a quarter in which neither of the two is in crisis.

    Parameters
    ----------
    acted : (..., N, N)   0 or 1
    act : (..., N, N)   of this quarter
    in_crisis : (..., N)

    Returns
    -------
    (..., N, N)   0 or 1

    Examples
    --------
    >>> act, off = np.zeros((2, 2), dtype=bool), 1.0 - np.eye(2)
    >>> acted_after(off, act, np.array([False, True])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    >>> acted_after(off, act, np.array([False, False])).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    either = in_crisis[..., :, None] | in_crisis[..., None, :]
    return np.where(either, np.maximum(acted, act * 1.0), 0.0)


def ties_after_joint_act(ties: Array, act: Array | BoolArray) -> Array:
    r"""Return ties after a quarter's joint acts.

    Equation (E12): :math:`ties_{ij} + .1\, act_{ij} (1 - ties_{ij})`.

    Parameters
    ----------
    ties : (..., N, N)   0..1, 0 on the diagonal
    act : (..., N, N)   (E11), 0 on the diagonal

    Returns
    -------
    (..., N, N)   0..1, 0 on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> ties_after_joint_act(0.5 * off, off)
    array([[0.  , 0.55],
           [0.55, 0.  ]])
    """
    return ties + JOINT_ACT * act * (1.0 - ties)
