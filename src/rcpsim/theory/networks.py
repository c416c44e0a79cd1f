r"""Networks: what lasts between meetings, and the data that states put together.

A *tie* (0..1) says how readily an official of one state picks up the telephone to a counterpart in another.
Ties are made by hours in which two talk to each other, in corridors, groups and on the telephone, and lost
with time. *Focal points* (a dial, 0..1) let counterparts keep contact between meetings. A *shared database*
holds a share of the figures that members could give (0..1); a member takes out of it in proportion to what it
puts in.

The page is ``docs/theory/networks.md``. Source: [H10] p. 24-25, 33-35.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array

FOUNDING_TIE: Final = 0.04
"""The tie that bilateral life alone keeps up, also its value at founding (N1)."""

FOUNDING_DATA_SHARE: Final = 0.1
"""Share of the figures that lie open before any database (N8)."""

COMPARABLE_UNDEFINED: Final = 0.3
"""Share of the figures that can be compared while nothing is defined (N6)."""

_EPSILON: Final = 1e-12


def ties_after_quarter(ties: Array, keep: Array | float, off: Array) -> Array:
    r"""Return ties after a quarter without contact.

    Equation (N1):

    .. math:: .04 + keep(h)\,(ties_{ij} - .04)

    Parameters
    ----------
    ties : (..., N, N)   0..1, 0 on the diagonal
    keep : (..., 1, 1)   what is left after a quarter, 2^(-1/``ties_halflife``), 0..1
    off : (..., N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    (..., N, N)   0..1, 0 on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> ties_after_quarter(0.44 * off, np.array([[0.5]]), off)
    array([[0.  , 0.24],
           [0.24, 0.  ]])
    """
    return off * (FOUNDING_TIE + keep * (ties - FOUNDING_TIE))


def ties_after_contact(ties: Array, contact: Array, ties_hours: Array | float) -> Array:
    r"""Return ties after hours of contact.

    Equation (N2):

    .. math:: ties_{ij} + (1 - e^{-c_{ij}/h})(1 - ties_{ij})

    Parameters
    ----------
    ties : (..., N, N)   0..1, 0 on the diagonal
    contact : (..., N, N)   c, hours of corridor, groups and telephone, 0 on the diagonal
    ties_hours : (..., 1, 1)   h, hours

    Returns
    -------
    (..., N, N)   0..1, 0 on the diagonal

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> ties_after_contact(0.5 * off, 2.0 * np.log(2.0) * off, np.array([[2.0]]))
    array([[0.  , 0.75],
           [0.75, 0.  ]])
    """
    return ties - np.expm1(-contact / ties_hours) * (1.0 - ties)


def telephone_hours(
    focal: Array | float, focal_hours: Array | float, commitment: Array, ties: Array, present: Array
) -> Array:
    r"""Return the hours in which i has counterparts on the telephone this quarter.

    Equation (N3): counterparts call those they know.

    .. math:: focal \cdot h \sqrt{m_i m_j}\, ties_{ij}\, present_i\, present_j

    Parameters
    ----------
    focal : (..., 1, 1)   dial of focal points, 0..1; 0 while the process is not active
    focal_hours : (..., 1, 1)   h, hours between two who know each other well
    commitment : (..., N)   m, 0..1
    ties : (..., N, N)   0..1, 0 on the diagonal
    present : (..., N)   0 or 1

    Returns
    -------
    (..., N, N)   hours, 0 on the diagonal

    Examples
    --------
    >>> one, off = np.ones((1, 1)), 1.0 - np.eye(2)
    >>> telephone_hours(one, 2.0 * one, np.array([0.25, 1.0]), 0.5 * off, np.ones(2))
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    side = present * np.sqrt(commitment)
    return focal * focal_hours * side[..., :, None] * side[..., None, :] * ties


def put(
    present: Array,
    commitment: Array,
    capacity: Array,
    share: Array | float,
    risk: Array | float,
    security: Array | float,
) -> Array:
    r"""Return what each state puts into the shared database.

    Equation (N5): the more lies in it the more is put in, the less safe it is the less.

    .. math:: put_i = present_i\, m_i K_i\, \sigma(4 (share - risk (1 - security)))

    Parameters
    ----------
    present : (..., N)   0 or 1
    commitment : (..., N)   m, 0..1
    capacity : (..., N)   K, 0..1
    share : (..., 1)   share of the figures that lie in the database, 0..1
    risk : (..., 1)   what an open database is felt to cost, in shares
    security : (..., 1)   confidentiality dial, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> half, one = np.array([0.5]), np.array([1.0])
    >>> put(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.8, 0.8]), half, one, half)
    array([0.2, 0. ])
    """
    seen = 4.0 * (share - risk * (1.0 - security))
    return present * commitment * capacity / (1.0 + np.exp(-seen))


def comparability(defined: Array, treated: Array) -> Array:
    r"""Return how far the figures of different states can be compared.

    Equation (N6):

    .. math:: .3 + .7\, \frac{\sum_k defined_k\, treated_k}{\sum_k treated_k}

    Parameters
    ----------
    defined : (..., K)   0 or 1
    treated : (..., K)   0 or 1

    Returns
    -------
    (...)   .3..1

    Examples
    --------
    >>> comparability(np.array([[1.0, 0.0, 1.0]]), np.array([[1.0, 1.0, 0.0]]))
    array([0.65])
    """
    both = np.sum(defined * treated, axis=-1)
    share: Array = both / np.maximum(np.sum(treated, axis=-1), _EPSILON)
    return COMPARABLE_UNDEFINED + (1.0 - COMPARABLE_UNDEFINED) * share


def data_share_after_quarter(
    share: Array, comparability: Array, put: Array, capacity: Array, present: Array
) -> Array:
    r"""Return the share of the figures in the database after a quarter.

    Equation (N7):

    .. math::
        share + \tfrac14 \left(comparability \frac{\sum_i put_i}{\sum_i K_i\, present_i} - share\right)

    Parameters
    ----------
    share : (...)   0..1
    comparability : (...)   (N6), 0..1
    put : (..., N)   (N5)
    capacity : (..., N)   K, 0..1
    present : (..., N)   0 or 1

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> here = np.array([[1.0, 1.0, 0.0]])
    >>> data_share_after_quarter(np.array([0.1]), np.array([0.5]), 0.3 * here, 0.5 * here, here)
    array([0.15])
    """
    possible = np.maximum(np.sum(capacity * present, axis=-1), _EPSILON)
    new: Array = comparability * np.sum(put, axis=-1) / possible
    return share + 0.25 * (new - share)


def understanding_from_data(
    understanding: Array,
    rate: Array | float,
    share: Array | float,
    put: Array,
    treated: Array,
) -> Array:
    r"""Return understanding after a quarter with the database.

    Equation (N8): taken out in proportion to what is put in.

    .. math::
        u_{ik} + \left(1 - e^{-r\, share\, put_i}\right) (1 - u_{ik})\, treated_k

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    rate : (..., 1, 1)   r, per quarter at a full database
    share : (..., 1, 1)   share of the figures in the database, 0..1
    put : (..., N)   (N5)
    treated : (..., K)   0 or 1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> u, rate = np.array([[0.5, 0.5]]), 4.0 * np.log(2.0)
    >>> understanding_from_data(u, rate, 1.0, np.array([0.25]), np.array([1.0, 0.0]))
    array([[0.75, 0.5 ]])
    """
    taken = put[..., None]
    return understanding - np.expm1(-rate * share * taken) * (1.0 - understanding) * treated[..., None, :]
