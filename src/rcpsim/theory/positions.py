r"""Positions: what ministries want settled, and what a state says on the record.

A *position* is where a ministry stands on an issue, -1 (what suits an origin state) to 1 (what suits a
destination). The *national line* is the mean of a state's ministries by weight, and its *stated line* is what
it says on the record, which follows the line slowly and leans towards the interest.

Hearing others moves the line towards the mean of those who are near enough to be listened to (P1 to P4), and,
if repulsion is above 0, away from the others (P5). The ministries in the room take the move, those at home a
part of it (P6). At home positions go back to interest (P7), and having had to agree on one line draws the
ministries together (P8).

Three rival forms of persuasion share one signature and are named after their papers: Friedkin and Johnsen
1990, Deffuant et al. 2000, Hegselmann and Krause 2002. All are built on :func:`heard_within`.

The page is ``docs/theory/positions.md``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from rcpsim.arrays import Array, BoolArray

__all__ = [
    "Heard",
    "PersuasionParameters",
    "bounded_mean",
    "coherence",
    "deffuant2000",
    "exposure",
    "founding_stated",
    "friedkin1990",
    "heard_beyond",
    "heard_within",
    "hegselmann2002",
    "latitude",
    "mean_beyond_line",
    "national_line",
    "position_after_coordination",
    "position_after_meeting",
    "position_at_home",
    "share_moved",
    "stated_line",
    "within",
]

EPSILON: Final = 1e-12
"""Guards a division whose numerator then is 0 as well."""

FULL_VOICE: Final = 3.0
"""A ministry with a third of a delegation's seats, or more, takes the move in full (P6)."""

STATED_LEAN: Final = 0.45
"""How far what is said on the record leans towards the interest (P10)."""

STATED_KEEP: Final = 2.0 ** (-1 / 8)
"""What a quarter leaves of the distance to it: a half-life of 8 quarters (P10)."""


class Heard(NamedTuple):
    """What i hears of some of its partners on k, summed over these; each (..., N, K).

    Attributes
    ----------
    hours : hours in which i hears them, if all were on this issue
    weight : their weight for i
    pull : their weight times how far what they say lies from the line of i
    """

    hours: Array
    weight: Array
    pull: Array


class PersuasionParameters(NamedTuple):
    """What the rival forms of persuasion read; each takes what it needs.

    Attributes
    ----------
    latitude_base, latitude_trust : (..., 1, 1)   distance listened to without trust, and more at full trust
    susceptibility : (..., 1, 1)   share of the way taken in `persuade_hours`, 0..1, below 1
    persuade_hours : (..., 1, 1)   hours of hearing on one issue, > 0
    repulsion : (..., 1, 1)   weight of being driven off by those who are too far away
    bounded_confidence : (..., 1, 1)   distance listened to in the forms of 2000 and 2002
    deffuant_step : (..., 1, 1)   share of the way taken at full exposure in the form of 2000
    """

    latitude_base: Array | float
    latitude_trust: Array | float
    susceptibility: Array | float
    persuade_hours: Array | float
    repulsion: Array | float
    bounded_confidence: Array | float
    deffuant_step: Array | float


def national_line(position: Array, ministry_weights: Array) -> Array:
    r"""Return the line of each state, the mean of its ministries by weight.

    .. math:: \bar x_{ik} = \sum_m w_m x_{imk}

    Parameters
    ----------
    position : (..., N, M, K)   of each ministry, -1..1; interest may be given as well
    ministry_weights : (M,)   summing to 1

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> national_line(np.array([[[1.0, -1.0], [0.0, -1.0]]]), np.array([0.25, 0.75]))
    array([[ 0.25, -1.  ]])
    """
    line: Array = np.einsum("...mk,m->...k", position, ministry_weights)
    return line


def latitude(trust: Array, base: Array | float, slope: Array | float) -> Array:
    r"""Return how far away from i a partner j may stand and still be listened to.

    Equation (P1):

    .. math:: \lambda_{ij} = \mathrm{latitude\_base} + \mathrm{latitude\_trust}\,\tau_{ij}

    Parameters
    ----------
    trust : (..., N, N)   of i in j, 0..1
    base, slope : (..., 1, 1)   distances on the scale of positions

    Returns
    -------
    (..., N, N)   distance

    Examples
    --------
    >>> latitude(np.array([0.0, 0.5]), 0.5, 0.6)
    array([0.5, 0.8])
    """
    return base + slope * trust


def within(gap: Array, latitude: Array) -> BoolArray:
    r"""Return who stands near enough to a partner to listen to it.

    Equation (P2), for one partner j:

    .. math:: within_{ijk} = [\,|\hat y_{jk} - \bar x_{ik}| \le \lambda_{ij}\,]

    Parameters
    ----------
    gap : (..., N, K)   what is heard of j less the line of i
    latitude : (..., N)   of i towards j, of :func:`latitude`

    Returns
    -------
    (..., N, K) bool

    Examples
    --------
    >>> within(np.array([[0.5], [-0.6]]), np.array([0.5, 0.5]))
    array([[ True],
           [False]])
    """
    return np.abs(gap) <= latitude[..., None]


def heard_within(line: Array, heard: Array, hours: Array, weights: Array, latitude: Array | float) -> Heard:
    r"""Return what each state hears of those near enough to be listened to.

    The sums of equations (P3) and (P4), partner by partner, so that no array over pairs and issues is formed.

    Parameters
    ----------
    line : (..., N, K)   :math:`\bar x`, of the one who listens
    heard : (..., N, K)   :math:`\hat y`, what is heard of the one who speaks
    hours, weights : (..., N, N)   h and :math:`\omega`, of j for i, >= 0; the diagonal is 0
    latitude : (..., N, N) or (..., 1, 1)   how far away j may stand

    Returns
    -------
    Heard   sums over those within, each (..., N, K)

    Examples
    --------
    >>> line, hours = np.array([[0.0], [0.4], [0.9]]), np.array([[0.0, 2.0, 4.0], [0.0] * 3, [0.0] * 3])
    >>> [part[0].round(3) for part in heard_within(line, line, hours, hours / 4, 0.5)]
    [array([2.]), array([0.5]), array([0.2])]
    """
    shape = np.broadcast_shapes(line.shape, heard.shape, (*weights.shape[:-1], 1))
    own, said = np.ascontiguousarray(np.broadcast_to(line, shape).mT), np.broadcast_to(heard, shape)
    told, weight, reach = (  # by who speaks, then who listens: issues are few, and states stand innermost
        np.ascontiguousarray(np.broadcast_to(each, weights.shape).mT) for each in (hours, weights, latitude)
    )
    near = Heard(np.zeros_like(own), np.zeros_like(own), np.zeros_like(own))
    gap, part = np.empty_like(own), np.empty_like(own)
    for j in range(shape[-2]):
        np.subtract(said[..., j, :, None], own, out=gap)
        listens = within(gap.mT, reach[..., j, :]).mT
        np.multiply(told[..., j, None, :], listens, out=part)
        np.add(near.hours, part, out=near.hours)
        np.multiply(weight[..., j, None, :], listens, out=part)
        np.add(near.weight, part, out=near.weight)
        np.multiply(part, gap, out=part)
        np.add(near.pull, part, out=near.pull)
    return Heard(*(np.ascontiguousarray(total.mT) for total in near))


def heard_beyond(line: Array, heard: Array, hours: Array, weights: Array, near: Heard) -> Heard:
    r"""Return what each state hears of those too far away to be listened to.

    The sums of equations (P3) and (P4) over everybody, less those over who is within:

    .. math:: \sum_j \omega_{ij} (1 - within_{ijk}) = \sum_j \omega_{ij} - \sum_j \omega_{ij}\,within_{ijk}

    Parameters
    ----------
    line, heard, hours, weights : as in :func:`heard_within`
    near : its result

    Returns
    -------
    Heard   sums over those not within, each (..., N, K)

    Examples
    --------
    >>> line, hours = np.array([[0.0], [0.4], [0.9]]), np.array([[0.0, 2.0, 4.0], [0.0] * 3, [0.0] * 3])
    >>> near = heard_within(line, line, hours, hours / 4, 0.5)
    >>> [part[0].round(3) for part in heard_beyond(line, line, hours, hours / 4, near)]
    [array([4.]), array([1.]), array([0.9])]
    """
    total_hours: Array = np.einsum("...ij->...i", hours)[..., None]
    total: Array = np.einsum("...ij->...i", weights)[..., None]
    pull = weights @ heard - total * line
    return Heard(total_hours - near.hours, total - near.weight, pull - near.pull)


def mean_beyond_line(heard: Heard) -> Array:
    r"""Return how far the mean of what i hears lies from its own line.

    Equation (P3); 0 where there is nobody to hear, so that the mean then is the line:

    .. math:: m_{ik} - \bar x_{ik} = \frac{\sum_j \omega_{ij}\, within_{ijk} (\hat y_{jk} - \bar x_{ik})}
        {\sum_j \omega_{ij}\, within_{ijk}}

    Parameters
    ----------
    heard : of :func:`heard_within` or :func:`heard_beyond`

    Returns
    -------
    (..., N, K)   distance with its sign

    Examples
    --------
    >>> mean_beyond_line(Heard(np.array([9.0]), np.array([2.0]), np.array([0.8])))
    array([0.4])
    """
    return heard.pull / np.maximum(heard.weight, EPSILON)


def bounded_mean(line: Array, heard: Array, weights: Array, latitude: Array | float) -> tuple[Array, Array]:
    r"""Return the mean that i hears of those near enough to be listened to, and their weight.

    Equations (P2) and (P3) together: the literature's bounded confidence, and what its forms have in common.

    Parameters
    ----------
    line : (..., N, K)   :math:`\bar x`, of the one who listens
    heard : (..., N, K)   :math:`\hat y`, what is heard of the one who speaks
    weights : (..., N, N)   :math:`\omega_{ij}`, of j for i, >= 0
    latitude : (..., N, N) or (..., 1, 1)   how far away j may stand

    Returns
    -------
    mean : (..., N, K)   -1..1; the line itself where nobody is listened to
    weight : (..., N, K)   of those listened to

    Examples
    --------
    >>> line = np.array([[0.0], [0.4], [0.9]])
    >>> bounded_mean(line, line, np.ones((3, 3)) - np.eye(3), 0.5)[0].round(3)
    array([[0.4 ],
           [0.45],
           [0.4 ]])
    """
    near = heard_within(line, heard, weights, weights, latitude)
    return line + mean_beyond_line(near), near.weight


def share_moved(
    hours: Array, issue_hours: Array, susceptibility: Array | float, persuade_hours: Array | float
) -> Array:
    r"""Return the share of the way to what was heard that a line moves.

    Equation (P4). Hours stand in the exponent, so that they add up exactly:

    .. math:: \pi_{ik} = 1 - (1 - s)^{\alpha_k (1 - stall_k)\, H_{ik}/\mathrm{persuade\_hours}}

    Parameters
    ----------
    hours : (..., N, K)   H, hours in which i hears those it listens to, if all were on this issue
    issue_hours : (..., K)   :math:`\alpha_k (1 - stall_k)`, share of the hours that goes to the issue, 0..1
    susceptibility : (..., 1, 1)   s, share moved in `persuade_hours`, 0..1, below 1
    persuade_hours : (..., 1, 1)   hours, > 0

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> share_moved(np.array([[20.0, 40.0]]), np.array([0.5, 0.5]), 0.5, 10.0)
    array([[0.5 , 0.75]])
    """
    times = issue_hours[..., None, :] * hours / persuade_hours
    stubborn: Array | float = np.log1p(-susceptibility)
    return -np.expm1(stubborn * times)


def exposure(hours: Array, issue_hours: Array, persuade_hours: Array | float) -> Array:
    r"""Return the share of full exposure that hours amount to, in the forms of 2000 and 2002.

    .. math:: 1 - e^{-\alpha_k (1 - stall_k)\, H_{ik}/\mathrm{persuade\_hours}}

    Parameters
    ----------
    hours, issue_hours, persuade_hours : as in :func:`share_moved`

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> exposure(np.array([[20 * np.log(2.0)]]), np.array([0.5]), 10.0).round(6)
    array([[0.5]])
    """
    return -np.expm1(-issue_hours[..., None, :] * hours / persuade_hours)


def friedkin1990(
    line: Array, heard: Array, hours: Array, trust: Array, issue_hours: Array, par: PersuasionParameters
) -> Array:
    r"""Return how far a meeting moves national lines, by trust in those who are near enough.

    Equation (P5), after Friedkin and Johnsen (1990), whose anchoring is (P7); the default. A minus marks mean
    and share of those who are *not* within the latitude:

    .. math:: \Delta_{ik} = \pi_{ik}(m_{ik} - \bar x_{ik}) -
        \mathrm{repulsion}\;\pi^-_{ik}(m^-_{ik} - \bar x_{ik}), \qquad \omega_{ij} = h_{ij} \tau_{ij}

    Parameters
    ----------
    line : (..., N, K)   :math:`\bar x`, -1..1
    heard : (..., N, K)   :math:`\hat y`, what is heard of each state, -1..1
    hours : (..., N, N)   h, hours in which i hears j; the diagonal is 0
    trust : (..., N, N)   :math:`\tau`, of i in j, 0..1
    issue_hours : (..., K)   :math:`\alpha_k (1 - stall_k)`, share of the hours that goes to the issue
    par : coefficients

    Returns
    -------
    (..., N, K)   to be added to the line

    Examples
    --------
    >>> par = PersuasionParameters(0.5, 0.5, 0.5, 10.0, 0.0, 0.5, 0.3)
    >>> line, hours = np.array([[0.0], [0.4]]), np.array([[0.0, 10.0], [20.0, 0.0]])
    >>> friedkin1990(line, line, hours, np.full((2, 2), 0.5), np.array([1.0]), par)
    array([[ 0.2],
           [-0.3]])
    """
    weights = hours * trust
    reach = latitude(trust, par.latitude_base, par.latitude_trust)
    near = heard_within(line, heard, hours, weights, reach)
    far = heard_beyond(line, heard, hours, weights, near)
    drawn = share_moved(near.hours, issue_hours, par.susceptibility, par.persuade_hours)
    driven = share_moved(far.hours, issue_hours, par.susceptibility, par.persuade_hours)
    return drawn * mean_beyond_line(near) - par.repulsion * driven * mean_beyond_line(far)


def deffuant2000(
    line: Array, heard: Array, hours: Array, trust: Array, issue_hours: Array, par: PersuasionParameters
) -> Array:
    r"""Return how far a meeting moves national lines, by a step towards those who are near enough.

    Rival of :func:`friedkin1990` after Deffuant et al. (2000); the same arguments, though not all are read.
    Trust plays no part, nor does repulsion:

    .. math:: \Delta_{ik} = \mathrm{deffuant\_step}\,
        \big(1 - e^{-\alpha_k (1 - stall_k) H_{ik}/\mathrm{persuade\_hours}}\big)(m_{ik} - \bar x_{ik}),
        \qquad \omega_{ij} = h_{ij}

    Parameters
    ----------
    line, heard, hours, trust, issue_hours, par : as in :func:`friedkin1990`

    Returns
    -------
    (..., N, K)   to be added to the line

    Examples
    --------
    >>> par = PersuasionParameters(0.5, 0.5, 0.5, 10.0, 0.0, 0.5, 0.3)
    >>> line, hours = np.array([[0.0], [0.4]]), np.array([[0.0, 1e9], [10.0, 0.0]])
    >>> deffuant2000(line, line, hours, np.zeros((2, 2)), np.array([1.0]), par).round(4)
    array([[ 0.12  ],
           [-0.0759]])
    """
    mean, near_hours = bounded_mean(line, heard, hours, par.bounded_confidence)
    return par.deffuant_step * exposure(near_hours, issue_hours, par.persuade_hours) * (mean - line)


def hegselmann2002(
    line: Array, heard: Array, hours: Array, trust: Array, issue_hours: Array, par: PersuasionParameters
) -> Array:
    r"""Return how far a meeting moves national lines, to the plain mean of those who are near enough.

    Rival of :func:`friedkin1990` after Hegselmann and Krause (2002); the same arguments, though not all are
    read. Everybody heard counts alike, and the state itself counts once; no trust, no repulsion:

    .. math:: \Delta_{ik} = \big(1 - e^{-\alpha_k (1 - stall_k) H_{ik}/\mathrm{persuade\_hours}}\big)
        (m_{ik} - \bar x_{ik}), \qquad
        m_{ik} = \frac{\bar x_{ik} + \sum_j [h_{ij} > 0]\, within_{ijk}\, \hat y_{jk}}
        {1 + \sum_j [h_{ij} > 0]\, within_{ijk}}

    Parameters
    ----------
    line, heard, hours, trust, issue_hours, par : as in :func:`friedkin1990`

    Returns
    -------
    (..., N, K)   to be added to the line

    Examples
    --------
    >>> par = PersuasionParameters(0.5, 0.5, 0.5, 10.0, 0.0, 0.5, 0.3)
    >>> line, hours = np.array([[0.0], [0.3], [0.9]]), 1e9 * (1 - np.eye(3))
    >>> hegselmann2002(line, line, hours, np.zeros((3, 3)), np.array([1.0]), par).round(4)
    array([[ 0.15],
           [-0.15],
           [ 0.  ]])
    """
    near = heard_within(line, heard, hours, (hours > 0).astype(np.float64), par.bounded_confidence)
    with_itself = near.pull / (near.weight + 1)
    return exposure(near.hours, issue_hours, par.persuade_hours) * with_itself


def position_after_meeting(
    position: Array,
    delta: Array,
    mix: Array,
    absent_share: Array | float,
    closed_loss: Array | float,
    sensitivity: Array,
) -> Array:
    r"""Return the positions of ministries after a meeting has moved the national line.

    Equation (P6). Those in the delegation take the move, one with little of it a part; those at home take
    what they are told, less what confidentiality keeps from them:

    .. math:: x_{imk} \leftarrow x_{imk} + \Delta_{ik} \cdot \begin{cases}
        \min(1, 3\,mix_m) & mix_m > 0 \\
        \mathrm{absent\_share}\,(1 - \mathrm{closed\_loss}\cdot c \cdot sensitivity_k) & mix_m = 0 \end{cases}

    clipped to -1..1.

    Parameters
    ----------
    position : (..., N, M, K)   x, -1..1
    delta : (..., N, K)   :math:`\Delta`, of :func:`friedkin1990` or a rival
    mix : (..., M)   share of each ministry in the delegations of this kind of meeting, summing to 1
    absent_share : (..., 1, 1, 1)   how much of the move a ministry at home takes over, 0..1
    closed_loss : (..., 1, 1)   `closed_loss` times confidentiality c, 0..1
    sensitivity : (..., K)   of the issue, 0..1

    Returns
    -------
    (..., N, M, K)   -1..1

    Examples
    --------
    >>> position, delta, mix = np.zeros((1, 3, 1)), np.array([[0.1]]), np.array([0.8, 0.2, 0.0])
    >>> position_after_meeting(position, delta, mix, 0.5, 0.5, np.array([0.8])).round(3)
    array([[[0.1 ],
            [0.06],
            [0.03]]])
    """
    told = absent_share * (1 - closed_loss * sensitivity[..., None, :])[..., :, None, :]
    seats = mix[..., None, :, None]
    share = np.where(seats > 0, np.minimum(1.0, FULL_VOICE * seats), told)
    return np.clip(position + share * delta[..., :, None, :], -1.0, 1.0)


def position_at_home(position: Array, interest: Array, keep: Array | float) -> Array:
    r"""Return the positions of ministries after a quarter at home.

    Equation (P7); through `interest` what a state has learnt of its own case reaches what it wants:

    .. math:: x_{imk} \leftarrow x_{imk} + (1 - 2^{-1/h})(interest_{imk} - x_{imk})

    Parameters
    ----------
    position, interest : (..., N, M, K)   -1..1
    keep : (..., 1, 1, 1)   :math:`2^{-1/h}` with h the half-life `return_halflife` in quarters, 0..1

    Returns
    -------
    (..., N, M, K)   -1..1

    Examples
    --------
    >>> position_at_home(np.array([0.8]), np.array([0.4]), 0.75)
    array([0.7])
    """
    return position + (1 - keep) * (interest - position)


def position_after_coordination(position: Array, line: Array, days: Array, rate: Array | float) -> Array:
    r"""Return the positions of ministries after they had to bring one line to the table.

    Equation (P8), B being the days that the state attended this quarter at meetings with the issue on their
    agenda. The line itself does not move:

    .. math:: x_{imk} \leftarrow x_{imk} + (1 - e^{-\mathrm{coordination}\, B_{ik}})(\bar x_{ik} - x_{imk})

    Parameters
    ----------
    position : (..., N, M, K)   x, -1..1
    line : (..., N, K)   :math:`\bar x`, of :func:`national_line`
    days : (..., N, K)   B, days
    rate : (..., 1, 1, 1)   `coordination`, per day

    Returns
    -------
    (..., N, M, K)   -1..1

    Examples
    --------
    >>> position, weights = np.array([[[0.0], [0.8]]]), np.array([0.5, 0.5])
    >>> line = national_line(position, weights)
    >>> position_after_coordination(position, line, np.array([[np.log(2.0)]]), 1.0).round(3)
    array([[[0.2],
            [0.6]]])
    """
    share = -np.expm1(-rate * days[..., :, None, :])
    return position + share * (line[..., :, None, :] - position)


def coherence(position: Array, line: Array, salience: Array, ministry_weights: Array) -> Array:
    r"""Return how far the ministries of a state pull in one direction.

    Equation (P9), 1 less the spread between ministries on what matters:

    .. math:: coherence_i = 1 - \min\Big(1, \frac{\sum_k s_{ik}\, spread_{ik}}{\sum_k s_{ik}}\Big), \qquad
        spread_{ik} = \Big(\sum_m w_m (x_{imk} - \bar x_{ik})^2\Big)^{1/2}

    Parameters
    ----------
    position : (..., N, M, K)   x, -1..1
    line : (..., N, K)   :math:`\bar x`, of :func:`national_line`
    salience : (..., N, K)   s, 0..1
    ministry_weights : (M,)   w, summing to 1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> position, weights = np.array([[[0.6], [0.0]]]), np.array([0.5, 0.5])
    >>> coherence(position, np.array([[0.3]]), np.array([[1.0]]), weights)
    array([0.7])
    """
    spread = np.sqrt(ministry_weights @ (position - line[..., :, None, :]) ** 2)
    total = np.maximum(np.einsum("...nk->...n", salience), EPSILON)
    return np.asarray(1 - np.minimum(1.0, np.einsum("...nk,...nk->...n", salience, spread) / total))


def stated_line(stated: Array, line: Array, interest_line: Array) -> Array:
    r"""Return what a state says on the record after a quarter.

    Equation (P10); with a half-life of 8 quarters it follows the line, leaning towards the interest:

    .. math:: y_{ik} \leftarrow y_{ik} +
        (1 - 2^{-1/8})\big(\mathrm{clip}(\bar x_{ik} + .45\,\overline{interest}_{ik}, -1, 1) - y_{ik}\big)

    Parameters
    ----------
    stated : (..., N, K)   y, -1..1
    line : (..., N, K)   :math:`\bar x`, -1..1
    interest_line : (..., N, K)   :func:`national_line` of the interest, -1..1

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> stated = np.array([1.0])
    >>> for _ in range(8):
    ...     stated = stated_line(stated, np.array([0.2]), np.array([0.0]))
    >>> stated.round(6)
    array([0.6])
    """
    wanted: Array = np.clip(line + STATED_LEAN * interest_line, -1.0, 1.0)
    return stated + (1 - STATED_KEEP) * (wanted - stated)


def founding_stated(interest_line: Array) -> Array:
    r"""Return what a state says on the record when a process is founded.

    .. math:: y_{ik} = \mathrm{clip}(1.45\,\overline{interest}_{ik}, -1, 1)

    Parameters
    ----------
    interest_line : (..., N, K)   :func:`national_line` of the interest, -1..1

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> founding_stated(np.array([0.2, -0.9]))
    array([ 0.29, -1.  ])
    """
    return np.clip((1 + STATED_LEAN) * interest_line, -1.0, 1.0)
