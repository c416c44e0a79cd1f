r"""Trust: what is entrusted, and whether it is kept or leaked.

Trust of i in j is how far i expects j to keep a confidence, 0..1. It is no quantity of its own: it is read
off three others. *Kept* and *broken* count the confidences of which i has evidence that j kept them or passed
them on; *entrusted* counts those that i has given j and that have not been put to the test yet. Talking
candidly fills the third stock, the quarter tests it, and what is tested moves to the first stock or, where a
leak can be laid at somebody's door, to the second. With no evidence trust is what old bonds make it.

All stocks are matrices whose row is the one who confides and whose column is the one who listens. Their
diagonals are zero on entry and stay zero. In a quarter evidence fades (T8), confidences are given (T2, T3),
leaks happen (T4, T5) and are seen (T6), and what was not seen to leak counts as kept (T7).

The page is ``docs/theory/trust.md``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from rcpsim.arrays import Array, BoolArray

__all__ = [
    "FoundingEvidence",
    "attributed_breach",
    "backing_after_leaks",
    "diffuse_breach",
    "entrusted_after_test",
    "entrusted_gain",
    "evidence_after_quarter",
    "founding_evidence",
    "kept_gain",
    "leak_hazard",
    "leaks",
    "sensitive_gain",
    "source_of_leak",
    "source_weights",
    "trust",
]

EPSILON: Final = 1e-12
"""Guards a division whose numerator then is 0 as well."""

FOUNDING_BROKEN: Final = 0.15
"""Broken confidences per kept one when a process is founded."""

FOUNDING_SENSITIVE: Final = 0.5
"""Mean sensitivity of what is said outside meetings."""


class FoundingEvidence(NamedTuple):
    """What states hold on one another when a process is founded, each (..., N, N).

    Attributes
    ----------
    kept, broken : evidence, in confidences
    entrusted, entrusted_sensitive : confidences not yet tested, and these weighted by sensitivity
    """

    kept: Array
    broken: Array
    entrusted: Array
    entrusted_sensitive: Array


def trust(kept: Array, broken: Array, prior: Array | float, prior_weight: Array | float) -> Array:
    r"""Return how far i believes that j keeps a confidence.

    Equation (T1), the mean of the Beta reputation of Jøsang and Ismail (2002):

    .. math:: \tau_{ij} = \frac{kept_{ij} + n_0 \mu_{ij}}{kept_{ij} + broken_{ij} + n_0}

    Parameters
    ----------
    kept, broken : (..., N, N)   evidence that i holds on j, in confidences, >= 0
    prior : (..., N, N)   :math:`\mu`, what i believes of j before any evidence, 0..1
    prior_weight : (..., 1, 1)   :math:`n_0`, how many confidences that belief is worth, > 0

    Returns
    -------
    (..., N, N)   trust, 0..1; the diagonal is not used

    Examples
    --------
    >>> trust(np.array([[0.0, 3.0]]), np.array([[0.0, 0.0]]), np.array([[0.5, 0.5]]), 2.0)
    array([[0.5, 0.8]])
    """
    return (kept + prior_weight * prior) / (kept + broken + prior_weight)


def entrusted_gain(hours: Array, entrust: Array | float, entrust_hours: Array | float) -> Array:
    r"""Return the confidences that i gives j in a quarter.

    Equation (T2). They level off: the second hour with the same listener adds less than the first.

    .. math:: g_{ij} = \mathrm{entrust}\,(1 - e^{-D_{ij}/\mathrm{entrust\_hours}})

    Parameters
    ----------
    hours : (..., N, N)   D, candid hours of the quarter in which j heard i
    entrust : (..., 1, 1)   confidences given at full exposure
    entrust_hours : (..., 1, 1)   candid hours after which 63 % of them are given, > 0

    Returns
    -------
    (..., N, N)   confidences, >= 0

    Examples
    --------
    >>> entrusted_gain(np.array([0.0, 1.0, np.inf]), 2.0, 1.0).round(3)
    array([0.   , 1.264, 2.   ])
    """
    return -entrust * np.expm1(-hours / entrust_hours)


def sensitive_gain(gain: Array, hours: Array, sensitive_hours: Array) -> Array:
    r"""Return the part of the new confidences that could do harm, weighted by sensitivity.

    Equation (T3):

    .. math:: g^s_{ij} = g_{ij}\,\frac{D^s_{ij}}{D_{ij} + \varepsilon}

    Parameters
    ----------
    gain : (..., N, N)   confidences given, of :func:`entrusted_gain`
    hours : (..., N, N)   D, candid hours in which j heard i
    sensitive_hours : (..., N, N)   the same weighted by the sensitivity of the issue, <= `hours`

    Returns
    -------
    (..., N, N)   confidences weighted by sensitivity, <= `gain`

    Examples
    --------
    >>> sensitive_gain(np.array([1.0, 0.0]), np.array([4.0, 0.0]), np.array([1.0, 0.0])).round(6)
    array([0.25, 0.  ])
    """
    return gain * sensitive_hours / (hours + EPSILON)


def source_weights(entrusted_sensitive: Array, exposure: Array) -> Array:
    r"""Return how much harm listener j could do to i.

    First half of equation (T5); the sum over i is what tempts a listener in (T4):

    .. math:: W_{ij} = \mathrm{entrusted\_sensitive}_{ij}\,\mathrm{exposure}_i

    Parameters
    ----------
    entrusted_sensitive : (..., N, N)   confidences not yet tested, weighted by sensitivity
    exposure : (..., N)   how much a leak would cost i at home, 0..1

    Returns
    -------
    (..., N, N)   weights, >= 0

    Examples
    --------
    >>> source_weights(np.array([[0.0, 2.0], [1.0, 0.0]]), np.array([0.5, 0.3]))
    array([[0. , 1. ],
           [0.3, 0. ]])
    """
    return entrusted_sensitive * exposure[..., :, None]


def leak_hazard(
    leak: Array | float,
    rules_hold: Array | float,
    confidentiality: Array | float,
    discretion: Array,
    weights: Array,
) -> Array:
    r"""Return the hazard that listener j passes on, within the quarter, something that was confided.

    Equation (T4):

    .. math:: \Lambda_j = \mathrm{leak}\,(1 - \mathrm{rules\_hold}\cdot c)(1 - \mathrm{discretion}_j)
        \sum_i W_{ij}

    Parameters
    ----------
    leak : (..., 1)   hazard per confidence of full sensitivity and exposure, per quarter
    rules_hold : (..., 1)   how far a rule of confidentiality binds, 0..1
    confidentiality : (..., 1)   c, how strict the rule is, 0..1; 0 outside the process
    discretion : (..., N)   how well the persons in the seat keep a confidence, 0..1
    weights : (..., N, N)   of :func:`source_weights`

    Returns
    -------
    (..., N)   hazard per quarter, >= 0

    Examples
    --------
    >>> weights = np.array([[0.0, 2.0], [1.0, 0.0]])
    >>> leak_hazard(0.01, 0.5, 1.0, np.array([0.8, 0.6]), weights)
    array([0.001, 0.004])
    """
    temptation: Array = np.einsum("...ij->...j", weights)
    return leak * (1 - rules_hold * confidentiality) * (1 - discretion) * temptation


def leaks(hazard: Array, luck: Array) -> BoolArray:
    r"""Return who leaks this quarter.

    Second half of equation (T4); with luck uniform it happens with probability :math:`1 - e^{-\Lambda_j}`:

    .. math:: \Lambda_j > -\ln u_j

    Parameters
    ----------
    hazard : (..., N)   hazard of the quarter, >= 0
    luck : (..., N)   uniform of (listener, quarter), in (0, 1)

    Returns
    -------
    (..., N)   True where the listener leaks

    Examples
    --------
    >>> leaks(np.array([0.0, 0.5, 0.5]), np.array([0.999, 0.9, 0.5]))
    array([False,  True, False])
    """
    return np.asarray(hazard > -np.log(luck))


def source_of_leak(weights: Array, luck: Array, key_order: Array) -> BoolArray:
    r"""Return whose confidence it is that j would pass on.

    Second half of equation (T5). The weights of all sources are laid end to end in the order of the states'
    keys, so that the order of the array plays no part; the source is whose stretch the point falls on:

    .. math:: \min_i \Big\{ \sum_{l:\,key_l \le key_i} W_{lj} > u'_j \sum_l W_{lj} \Big\}

    Parameters
    ----------
    weights : (..., N, N)   of :func:`source_weights`
    luck : (..., N)   a second uniform of (listener, quarter), in (0, 1)
    key_order : (N, N)   1 at [i, l] where the key of l is not after that of i, else 0

    Returns
    -------
    (..., N, N)   True at [i, j] for the one source i of listener j; no True where j was told nothing

    Examples
    --------
    >>> weights = np.array([[0.0, 3.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    >>> source_of_leak(weights, np.array([0.6, 0.7, 0.5]), np.tril(np.ones((3, 3)))).astype(int)
    array([[0, 1, 0],
           [0, 0, 0],
           [1, 0, 0]])
    """
    ends = key_order @ weights
    point = luck[..., None, :] * np.max(ends, axis=-2, keepdims=True)
    passed = np.einsum("...ij->...j", (ends <= point) * 1.0)[..., None, :]
    place = np.sum(key_order, axis=-1)[:, None] - 1
    return np.asarray((place == passed) & (weights > 0))


def attributed_breach(
    source: BoolArray, breach_weight: Array | float, hearsay: Array | float, hearers: Array
) -> Array:
    r"""Return the evidence of breach after leaks that were laid at the leaker's door.

    Equation (T6), first half. The source s learns it in full; who takes part hears of it:

    .. math:: \Delta broken_{sj} = k, \qquad
        \Delta broken_{ij} = k\,\mathrm{hearsay}\cdot hearers_i \quad (i \ne s, j)

    The default form, ``asymmetric``, has k > 1 (Slovic 1993), the rival ``symmetric`` k = 1 (its critics).

    Parameters
    ----------
    source : (..., N, N) bool   True at [s, j] where j leaked what s had confided, and it was attributed
    breach_weight : (..., 1, 1)   k, how many kept confidences one breach outweighs, >= 0
    hearsay : (..., 1, 1)   how much of it those who only hear of it believe, 0..1
    hearers : (..., N)   1 for who takes part in the process and so hears of it, else 0

    Returns
    -------
    (..., N, N)   to be added to `broken`

    Examples
    --------
    >>> source = np.zeros((3, 3), dtype=bool)
    >>> source[0, 1] = True
    >>> attributed_breach(source, 4.0, 0.25, np.ones(3))
    array([[0., 4., 0.],
           [0., 0., 0.],
           [0., 1., 0.]])
    """
    itself = np.eye(source.shape[-1], dtype=np.bool_)
    others = np.any(source, axis=-2, keepdims=True) & ~source & ~itself
    told: Array = source + hearsay * hearers[..., :, None] * others
    return breach_weight * told


def diffuse_breach(source: BoolArray, breach_weight: Array | float, entrusted: Array, trust: Array) -> Array:
    r"""Return the evidence of breach after leaks that nobody can place.

    Equation (T6), second half. The source spreads the same k over everybody it had confided in, and most over
    those it trusted least, so that in a large room such a leak teaches little:

    .. math:: \Delta broken_{sl} = k\,\omega_{sl}, \qquad
        \omega_{sl} = \frac{entrusted_{sl}(1 - \tau_{sl})}{\sum_{l} entrusted_{sl}(1 - \tau_{sl})}

    once for each such leak of what s had confided.

    Parameters
    ----------
    source : (..., N, N) bool   True at [s, j] where j leaked what s had confided, and it was not attributed
    breach_weight : (..., 1, 1)   k, as in :func:`attributed_breach`
    entrusted : (..., N, N)   confidences not yet tested, >= 0
    trust : (..., N, N)   trust before this step, 0..1

    Returns
    -------
    (..., N, N)   to be added to `broken`

    Examples
    --------
    >>> source = np.zeros((3, 3), dtype=bool)
    >>> source[0, 1] = True
    >>> entrusted, trusted = np.array([[0.0, 1.0, 1.0]] + 2 * [[0.0] * 3]), np.array([[0.5, 0.75, 0.25]] * 3)
    >>> diffuse_breach(source, 4.0, entrusted, trusted).round(6)[0]
    array([0., 1., 3.])
    """
    suspicion = entrusted * (1 - trust)
    total: Array = np.einsum("...ij->...i", suspicion)[..., None]
    count: Array = np.einsum("...ij->...i", source * 1.0)[..., None]
    return breach_weight * count * suspicion / (total + EPSILON)


def kept_gain(entrusted: Array, test: Array | float, caught: BoolArray) -> Array:
    r"""Return the evidence of confidences kept that a quarter brings.

    Equation (T7), first half: a share of what was confided is put to the test, and all that was not seen to
    leak counts as kept, a leak that nobody could place included.

    .. math:: \Delta kept_{ij} = \theta\,entrusted_{ij}\,(1 - caught_{ij})

    Parameters
    ----------
    entrusted : (..., N, N)   confidences not yet tested, those of this quarter included
    test : (..., 1, 1)   :math:`\theta`, share that is tested in a quarter, 0..1
    caught : (..., N, N) bool   True at [s, j] where an attributed leak of j had s as its source

    Returns
    -------
    (..., N, N)   to be added to `kept`

    Examples
    --------
    >>> kept_gain(np.array([2.0, 2.0]), 0.5, np.array([False, True]))
    array([1., 0.])
    """
    return test * entrusted * ~caught


def entrusted_after_test(entrusted: Array, test: Array | float) -> Array:
    r"""Return the confidences that are still open after the quarter's test.

    Equation (T7), second half; the stock weighted by sensitivity goes the same way:

    .. math:: entrusted_{ij} \leftarrow (1 - \theta)\,entrusted_{ij}

    Parameters
    ----------
    entrusted : (..., N, N)   confidences not yet tested
    test : (..., 1, 1)   :math:`\theta`, share that is tested in a quarter, 0..1

    Returns
    -------
    (..., N, N)   confidences not yet tested

    Examples
    --------
    >>> entrusted_after_test(np.array([2.0]), 0.25)
    array([1.5])
    """
    return (1 - test) * entrusted


def evidence_after_quarter(evidence: Array, keep: Array | float) -> Array:
    r"""Return what is left of evidence after a quarter.

    Equation (T8), for kept and broken alike:

    .. math:: kept_{ij} \leftarrow 2^{-1/h}\,kept_{ij}

    Parameters
    ----------
    evidence : (..., N, N)   kept or broken confidences
    keep : (..., 1, 1)   :math:`2^{-1/h}` with h the half-life of evidence in quarters, 0..1

    Returns
    -------
    (..., N, N)   evidence

    Examples
    --------
    >>> evidence_after_quarter(np.array([4.0]), 0.5)
    array([2.])
    """
    return keep * evidence


def backing_after_leaks(backing: Array, floor: Array, leak_cost: Array | float, count: Array) -> Array:
    r"""Return the political backing of the officials after what they had confided came out.

    Equation (T9); backing does not fall below what the subject itself secures at home:

    .. math:: backing_s \leftarrow \max(floor_s,\; backing_s - \mathrm{leak\_cost} \cdot count_s)

    Parameters
    ----------
    backing : (..., N)   political backing, 0..1
    floor : (..., N)   its floor, 0..1
    leak_cost : (..., 1)   backing lost per leak
    count : (..., N)   leaks of this quarter of which the state was the source

    Returns
    -------
    (..., N)   backing, 0..1

    Examples
    --------
    >>> backing_after_leaks(np.array([0.5, 0.32]), np.array([0.3, 0.3]), 0.05, np.array([1.0, 2.0]))
    array([0.45, 0.3 ])
    """
    return np.maximum(floor, backing - leak_cost * count)


def everyday_breach(gain: Array) -> Array:
    r"""Return what life disappoints in a quarter, with no leak that anybody hears of.

    Equation (T10), a fixed share of what is entrusted, in the process as outside it:

    .. math:: broken_{ij} \leftarrow broken_{ij} + .15\, gain_{ij}

    Parameters
    ----------
    gain : (..., N, N)   of :func:`entrusted_gain`

    Returns
    -------
    (..., N, N)   confidences

    Examples
    --------
    >>> everyday_breach(np.array([2.0]))
    array([0.3])
    """
    return FOUNDING_BROKEN * gain


def founding_evidence(
    hours: Array,
    entrust: Array | float,
    entrust_hours: Array | float,
    test: Array | float,
    keep: Array | float,
    stays: Array | float,
) -> FoundingEvidence:
    r"""Return what states hold on one another when a process is founded.

    Equation (T11): the stocks of which bilateral contact alone adds each quarter (T2, T7, T10) what fades
    (T8) and what leaves with people (D4), taken just after a test. With :math:`g` the gain of a quarter and
    :math:`\lambda` the share of evidence that is expected to survive a quarter's turnover:

    .. math:: entrusted = \frac{g (1 - \theta)}{1 - \lambda (1 - \theta)}, \qquad
        kept = \frac{\theta g}{(1 - \lambda (1 - \theta)) (1 - \lambda\, keep)}, \qquad
        broken = \frac{.15\, g}{1 - \lambda\, keep}

    Parameters
    ----------
    hours : (..., N, N)   candid hours of a quarter's bilateral contact in which j hears i
    entrust, entrust_hours : (..., 1, 1)   as in :func:`entrusted_gain`
    test : (..., 1, 1)   :math:`\theta`, > 0
    keep : (..., 1, 1)   as in :func:`evidence_after_quarter`, < 1
    stays : (..., N, N)   :math:`\lambda`, expected factor of (D4), 0..1

    Returns
    -------
    FoundingEvidence   four stocks, each (..., N, N)

    Examples
    --------
    >>> founding_evidence(np.array([[np.inf]]), 1.0, 1.0, 0.5, 0.75, 1.0)
    FoundingEvidence(kept=array([[4.]]), broken=array([[0.6]]), entrusted=array([[1.]]),
                     entrusted_sensitive=array([[0.5]]))
    """
    gain = entrusted_gain(hours, entrust, entrust_hours)
    before_test = gain / (1.0 - stays * (1.0 - test))
    fades = 1.0 - stays * keep
    entrusted = entrusted_after_test(before_test, test)
    return FoundingEvidence(
        test * before_test / fades, FOUNDING_BROKEN * gain / fades, entrusted, FOUNDING_SENSITIVE * entrusted
    )
