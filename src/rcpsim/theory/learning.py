r"""Learning: understanding of an issue, and empathy for a partner.

*Understanding* is what a state's officials know of an issue, in their own country and elsewhere, 0..1. They
learn from the gap between it and what the room knows together, in candid technical hours, as far as words are
shared and their administration can take it in. Nobody unlearns in a meeting.

What a room knows together is either *pooled* (each adds what the others missed) or the *maximum* (that of the
best informed): two rival forms with the same arguments.

*Empathy* of i for j is how well i knows what j needs; it comes from hours in which j speaks candidly on what
j cares about. Understanding also changes what a state believes its own case to be (U9).

The page is ``docs/theory/learning.md``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array

__all__ = [
    "FOUNDING_EMPATHY",
    "absorption",
    "caring_hours",
    "empathy_after_meeting",
    "empathy_after_quarter",
    "founding_understanding",
    "pool_plenary_maximum",
    "pool_plenary_pooled",
    "pool_reported",
    "pool_room_maximum",
    "pool_room_pooled",
    "pooled_gap",
    "seen_interest",
    "technical_hours",
    "understanding_after_meeting",
    "understanding_after_quarter",
]

EPSILON: Final = 1e-12
"""Guards a division whose numerator then is 0 as well."""

FOUNDING_EMPATHY: Final = 0.15
"""Empathy at founding, and what it fades to (U8)."""

FOUNDING_KNOWLEDGE: Final = 0.1
"""Understanding at founding of a state without capacity, or to which the issue is nothing."""

FOUNDING_EXPERTISE: Final = 0.3
"""What capacity and salience together add to it."""

ATTENDING: Final = 0.5
"""Participation from which on a state counts as the best informed in the room (U1, ``maximum``)."""


def pool_room_pooled(understanding: Array, presence: Array, pool_share: Array | float, same: Array) -> Array:
    r"""Return what the room of i knows together, where each adds what the others missed.

    Equation (U1) for working groups, over those in the room of i, itself included:

    .. math:: pool_{ik} = 1 - \prod_{j:\,same_{ij}} (1 - \varphi\, u_{jk}\, a_j)

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    presence : (..., N)   a, presence in the room, 0..1
    pool_share : (..., 1, 1)   :math:`\varphi`, how much of what one knows comes on the table, 0..1, below 1
    same : (..., N, N)   1 where i and j share a room, i = j included, else 0

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> pool_room_pooled(np.array([[0.5], [1.0]]), np.ones(2), 0.5, np.array([[1.0, 1.0], [0.0, 1.0]]))
    array([[0.625],
           [0.5  ]])
    """
    return -np.expm1(same @ np.log1p(-pool_share * understanding * presence[..., None]))


def pool_room_maximum(understanding: Array, presence: Array, pool_share: Array | float, same: Array) -> Array:
    r"""Return what the room of i knows together, where the best informed sets the level.

    Rival of :func:`pool_room_pooled` under the name ``maximum``; the same arguments, though not all are read.
    Where nobody attends it is 0, from which nobody learns:

    .. math:: pool_{ik} = \max_{j:\,same_{ij}} u_{jk}\,[a_j \ge \tfrac12]

    Parameters
    ----------
    understanding, presence, pool_share, same : as in :func:`pool_room_pooled`

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> pool_room_maximum(np.array([[0.5], [1.0]]), np.ones(2), 0.5, np.array([[1.0, 1.0], [0.0, 1.0]]))
    array([[1.],
           [1.]])
    """
    known = understanding * (presence >= ATTENDING)[..., None]
    pool = np.zeros_like(known)
    for j in range(known.shape[-2]):
        pool = np.maximum(pool, same[..., :, j, None] * known[..., j, None, :])
    return pool


def pool_plenary_pooled(
    understanding: Array, presence: Array, pool_share: Array | float, outside: Array | float
) -> Array:
    r"""Return what the whole meeting knows together, where each adds what the others missed.

    Equation (U1) for plenary and corridor:

    .. math:: pool_k = 1 - (1 - \varphi \kappa_o) \prod_j (1 - \varphi\, u_{jk}\, a_j)

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    presence : (..., N)   a, participation, 0..1
    pool_share : (..., 1)   :math:`\varphi`, how much of what one knows comes on the table, 0..1
    outside : (..., 1)   :math:`1 - \varphi\kappa_o`, what observers' expertise leaves open; 1 without them

    Returns
    -------
    (..., K)   0..1

    Examples
    --------
    >>> pool_plenary_pooled(np.array([[0.5], [1.0]]), np.ones(2), 0.5, 0.8)
    array([0.7])
    """
    known = np.expand_dims(pool_share, -1) * understanding * presence[..., None]
    missed: Array = np.prod(1 - known, axis=-2)
    return 1 - outside * missed


def pool_plenary_maximum(
    understanding: Array, presence: Array, pool_share: Array | float, outside: Array | float
) -> Array:
    r"""Return what the whole meeting knows together, where the best informed sets the level.

    Rival of :func:`pool_plenary_pooled` under the name ``maximum``; the same arguments, though not all are
    read. Where nobody attends it is 0, from which nobody learns:

    .. math:: pool_k = \max_j u_{jk}\,[a_j \ge \tfrac12]

    Parameters
    ----------
    understanding, presence, pool_share, outside : as in :func:`pool_plenary_pooled`

    Returns
    -------
    (..., K)   0..1

    Examples
    --------
    >>> pool_plenary_maximum(np.array([[0.5], [1.0]]), np.array([1.0, 0.4]), 0.5, 0.8)
    array([0.5])
    """
    pool: Array = np.max(understanding * (presence >= ATTENDING)[..., None], axis=-2)
    return pool


def pool_reported(group: Array, plenary: Array, report: Array | float) -> Array:
    r"""Return what a working group knows together once the rooms have reported to each other.

    Last part of equation (U1):

    .. math:: pool^g_{ik} \leftarrow pool^g_{ik} + \mathrm{report}\,(pool^p_k - pool^g_{ik})_+

    Parameters
    ----------
    group : (..., N, K)   what the room of i knows together
    plenary : (..., K)   what the whole meeting knows together
    report : (..., 1, 1)   how much of what other rooms found reaches this one, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> pool_reported(np.array([[0.25], [0.9]]), np.array([0.75]), 0.5)
    array([[0.5],
           [0.9]])
    """
    return group + report * np.maximum(plenary[..., None, :] - group, 0.0)


def technical_hours(
    alpha: Array, stalled: Array, technical: Array | float, candid_hours: Array, shared: Array
) -> Array:
    r"""Return the candid technical hours on an issue that a state can make something of, in one setting.

    Equation (U2):

    .. math:: X_{ik} = \alpha_k (1 - stall_k)(1 - P)\, shared_{ik} \sum_j h_{ij} c_{jk}

    Parameters
    ----------
    alpha : (..., K)   share of the hours that goes to the issue; the shares sum to 1
    stalled : (..., K)   share of those hours lost to quarrel, 0..1
    technical : (..., 1, 1)   1 - P, the part of those present who are no politicians, 0..1
    candid_hours : (..., N, K)   candid hours heard in this setting, if all were on this issue
    shared : (..., N, K)   shared terms, 0..1

    Returns
    -------
    (..., N, K)   hours

    Examples
    --------
    >>> technical_hours(np.array([0.5]), np.array([0.2]), 0.5, np.array([[10.0]]), np.array([[0.5]]))
    array([[1.]])
    """
    return (alpha * (1 - stalled))[..., None, :] * technical * candid_hours * shared


def pooled_gap(hours: tuple[Array, ...], pools: tuple[Array, ...]) -> Array:
    r"""Return what those around i knew together, meaned over the settings in which i listened.

    Equation (U3); the level up to which i can learn, and 0 where i heard nothing:

    .. math:: pool_{ik} = \frac{\sum_\ell X^\ell_{ik}\, pool^\ell_{ik}}{\sum_\ell X^\ell_{ik}}

    Parameters
    ----------
    hours : for each setting (..., N, K)   X, of :func:`technical_hours`
    pools : for each setting (..., N, K) or (..., 1, K)   what was known together there, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> pooled_gap((np.array([[3.0]]), np.array([[1.0]])), (np.array([[0.5]]), np.array([[0.9]])))
    array([[0.6]])
    """
    heard = sum(x * pool for x, pool in zip(hours, pools, strict=True))
    return np.asarray(heard / np.maximum(sum(hours), EPSILON))


def absorption(capacity: Array, absorb_base: Array | float) -> Array:
    r"""Return how readily a state's administration takes in what it hears.

    Second half of equation (U4):

    .. math:: absorb_i = \mathrm{absorb\_base} + (1 - \mathrm{absorb\_base})\, capacity_i

    Parameters
    ----------
    capacity : (..., N)   of the administration, 0..1
    absorb_base : (..., 1)   what an administration without capacity still takes in, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> absorption(np.array([0.0, 0.5, 1.0]), 0.4)
    array([0.4, 0.7, 1. ])
    """
    return absorb_base + (1 - absorb_base) * capacity


def understanding_after_meeting(
    understanding: Array, pool: Array, hours: Array, absorb: Array, learn_hours: Array | float
) -> Array:
    r"""Return understanding after a meeting.

    Equation (U4). Absorption stands in the exponent, so that two half meetings teach what one whole does:

    .. math:: u_{ik} \leftarrow u_{ik} +
        (1 - e^{-absorb_i X_{ik}/\mathrm{learn\_hours}})(pool_{ik} - u_{ik})_+

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    pool : (..., N, K)   of :func:`pooled_gap`, 0..1
    hours : (..., N, K)   X, candid technical hours of all settings together
    absorb : (..., N)   of :func:`absorption`, 0..1
    learn_hours : (..., 1, 1)   hours in which 63 % of the gap closes at full absorption, > 0

    Returns
    -------
    (..., N, K)   0..1, not below what it was

    Examples
    --------
    >>> hours = np.array([[2 * np.log(2.0)], [9.0]])
    >>> understanding_after_meeting(
    ...     np.array([[0.2], [0.8]]), np.array([[0.6], [0.6]]), hours, np.array([0.5, 1.0]), 1.0
    ... ).round(3)
    array([[0.4],
           [0.8]])
    """
    share = -np.expm1(-absorb[..., None] * hours / learn_hours)
    gap: Array = np.maximum(pool - understanding, 0.0)
    return understanding + share * gap


def caring_hours(
    hours: tuple[Array, ...], candour: tuple[Array, ...], alpha: Array, salience: Array
) -> Array:
    r"""Return the hours in which i hears j speak candidly on what j cares about.

    Equation (U5):

    .. math:: Y_{ij} = \sum_\ell h^\ell_{ij} \sum_k \alpha_k\, c^\ell_{jk}\, salience_{jk}

    Parameters
    ----------
    hours : for each setting (..., N, N)   hours in which i hears j; the diagonal is 0
    candour : for each setting (..., N, K)   how candidly j speaks on k, 0..1
    alpha : (..., K)   share of the hours that goes to the issue
    salience : (..., N, K)   what the issue is to j, 0..1

    Returns
    -------
    (..., N, N)   hours; the diagonal is 0

    Examples
    --------
    >>> hours, candour = np.array([[0.0, 4.0], [0.0, 0.0]]), np.array([[1.0], [0.5]])
    >>> caring_hours((hours,), (candour,), np.array([1.0]), np.array([[1.0], [0.25]]))
    array([[0. , 0.5],
           [0. , 0. ]])
    """
    cares = alpha[..., None, :] * salience
    spoken = (np.einsum("...nk,...nk->...n", c, cares) for c in candour)
    return np.asarray(sum(h * each[..., None, :] for h, each in zip(hours, spoken, strict=True)))


def empathy_after_meeting(empathy: Array, caring: Array, empathy_hours: Array | float) -> Array:
    r"""Return empathy after a meeting.

    Equation (U6):

    .. math:: empathy_{ij} \leftarrow empathy_{ij} +
        (1 - e^{-Y_{ij}/\mathrm{empathy\_hours}})(1 - empathy_{ij})

    Parameters
    ----------
    empathy : (..., N, N)   of i for j, 0..1; the diagonal is 0
    caring : (..., N, N)   Y, of :func:`caring_hours`
    empathy_hours : (..., 1, 1)   hours in which 63 % of what is missing is learnt, > 0

    Returns
    -------
    (..., N, N)   0..1; the diagonal is 0

    Examples
    --------
    >>> empathy_after_meeting(np.array([0.2, 0.2]), np.array([0.0, np.log(2.0)]), 1.0).round(3)
    array([0.2, 0.6])
    """
    return empathy - np.expm1(-caring / empathy_hours) * (1 - empathy)


def understanding_after_quarter(understanding: Array, founding: Array, keep: Array | float) -> Array:
    r"""Return understanding after what a quarter lets fade.

    Equation (U7):

    .. math:: u \leftarrow u^0 + 2^{-1/h}(u - u^0)

    Parameters
    ----------
    understanding, founding : (..., N, K)   u and its value at founding, 0..1
    keep : (..., 1, 1)   :math:`2^{-1/h}` with h the half-life of understanding in quarters, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> understanding_after_quarter(np.array([0.6]), np.array([0.2]), 0.75)
    array([0.5])
    """
    return founding + keep * (understanding - founding)


def empathy_after_quarter(empathy: Array, keep: Array | float, off: Array) -> Array:
    r"""Return empathy after what a quarter lets fade.

    Equation (U8):

    .. math:: empathy_{ij} \leftarrow .15 + 2^{-1/h}(empathy_{ij} - .15) \quad (i \ne j)

    Parameters
    ----------
    empathy : (..., N, N)   of i for j, 0..1
    keep : (..., 1, 1)   :math:`2^{-1/h}` with h the half-life of empathy in quarters, 0..1
    off : (N, N)   0 on the diagonal, else 1

    Returns
    -------
    (..., N, N)   0..1; the diagonal is 0

    Examples
    --------
    >>> empathy_after_quarter(np.array([[0.0, 0.55], [0.15, 0.0]]), 0.5, 1 - np.eye(2))
    array([[0.  , 0.35],
           [0.15, 0.  ]])
    """
    return off * (FOUNDING_EMPATHY + keep * (empathy - FOUNDING_EMPATHY))


def founding_understanding(capacity: Array, salience: Array) -> Array:
    r"""Return understanding when a process is founded.

    .. math:: u^0_{ik} = .1 + .3\, capacity_i\, salience_{ik}

    Parameters
    ----------
    capacity : (..., N)   of the administration, 0..1
    salience : (..., N, K)   what the issue is to the state, 0..1

    Returns
    -------
    (..., N, K)   .1 to .4

    Examples
    --------
    >>> founding_understanding(np.array([0.5]), np.array([[0.0, 1.0]]))
    array([[0.1 , 0.25]])
    """
    return FOUNDING_KNOWLEDGE + FOUNDING_EXPERTISE * capacity[..., None] * salience


def seen_interest(understanding: Array, image: Array, profile: Array) -> Array:
    r"""Return where a ministry believes that its interest lies.

    Equation (U9): a state learns what its own case is, and sees mostly its largest role until then.

    .. math:: interest_{imk} = (1 - u_{ik})\, image_{imk} + u_{ik}\, profile_{imk}

    Parameters
    ----------
    understanding : (..., N, K)   u, 0..1
    image : (..., N, M, K)   interest by the largest role, -1..1
    profile : (..., N, M, K)   interest by all the roles the state has, -1..1

    Returns
    -------
    (..., N, M, K)   interest, -1..1

    Examples
    --------
    >>> seen_interest(np.array([[0.25]]), np.array([[[0.8]]]), np.array([[[0.4]]]))
    array([[[0.7]]])
    """
    share = understanding[..., :, None, :]
    return (1 - share) * image + share * profile
