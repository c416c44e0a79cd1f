r"""Language: whether states mean the same by their words.

For every issue three terms compete: one that suits the origin side, one that suits the destination side, and
a neutral one (irregular or illegal, smuggling or trafficking, return or readmission). *Usage* is the share
with which a state uses each; the three shares sum to 1. Usage drifts towards what is heard candidly (L3), is
set by papers once a term has been defined (L4), and is pulled back by what suits one's interest at home (L5).

Two states whose usages overlap understand what the other says. That overlap, weighted by who is heard, is
the share of an hour in which something can be learnt: *shared terms*.

Candid weights of i on j for issue k, the hours in which i hears j times j's candour, would be an array over
pairs and issues. It is never formed: each sum over j is a product of matrices.

The page is ``docs/theory/language.md``; Baronchelli et al. (2006) play the same game with whole words.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from rcpsim.arrays import Array
from rcpsim.axes import TERMS

__all__ = [
    "HeardUsage",
    "common_language",
    "common_language_index",
    "heard_usage",
    "home_usage",
    "usage_after_meeting",
    "usage_after_papers",
    "usage_at_home",
]

SMALLEST: Final = 1e-300  # stands for a share of 0 under the logarithm
ROUNDING: Final = 1e-9  # of a whole; less is what rounding leaves
EPSILON: Final = 1e-12
"""Guards a division whose numerator then is 0 as well."""

SLANTED: Final = 0.15
"""Least share of a slanted term at home (L1)."""

SUITED: Final = 0.4
"""What is added to it where the term suits one's interest in full (L1)."""

NEUTRAL_AT_HOME: Final = 0.3
"""Share of the neutral term at home (L1)."""

INTEREST_WIDTH: Final = 0.25
"""Interest at which a side has largely been taken (L1), on the scale of positions."""

NEUTRAL: Final = (0.0, 0.0, 1.0)
"""Usage of the papers: the neutral term alone (L4)."""


class HeardUsage(NamedTuple):
    """What states hear said in a meeting.

    Attributes
    ----------
    candid_hours : (..., N, K)   candid hours heard, if the whole meeting were on that issue
    heard : (..., N, K, V)   usage as it is heard, summing to 1; 0 where nothing is heard
    shared : (..., N, K)   overlap of one's own usage with that of those heard, 0..1; 0 where nothing is heard
    """

    candid_hours: Array
    heard: Array
    shared: Array


def home_usage(interest: Array) -> Array:
    r"""Return the terms that suit a state at home, where its usage begins and to which it is pulled.

    Equation (L1), with :math:`s_{ik} = (1 + \tanh(interest_{ik}/.25))/2`:

    .. math:: home_{ik} = (.15 + .4\,s_{ik},\; .15 + .4\,(1 - s_{ik}),\; .30)

    Parameters
    ----------
    interest : (..., N, K)   national interest at founding, -1..1

    Returns
    -------
    (..., N, K, V)   shares of the terms: origin's, destination's, neutral; they sum to 1

    Examples
    --------
    >>> home_usage(np.array([0.0, 9.0])).round(3)
    array([[0.35, 0.35, 0.3 ],
           [0.55, 0.15, 0.3 ]])
    """
    side = (1 + np.tanh(interest / INTEREST_WIDTH)) / 2
    neutral = np.full_like(side, NEUTRAL_AT_HOME)
    return np.stack((SLANTED + SUITED * side, SLANTED + SUITED * (1 - side), neutral), axis=-1)


def heard_usage(
    hours: tuple[Array, ...], candour: tuple[Array, ...], usage: Array, sharpening: Array | float
) -> HeardUsage:
    r"""Return what is heard said in a meeting, and how far it is said in one's own terms.

    Equation (L2) and the shared terms, with :math:`g_{ijk} = \sum_\ell h^\ell_{ij} c^\ell_{jk}` over the
    settings (plenary, group, corridor). Sharpening makes a frequent term heard as more frequent than it is:

    .. math:: heard_{ikv} \propto \sum_j g_{ijk}\,usage_{jkv}^\gamma, \qquad
        shared_{ik} = \frac{\sum_j g_{ijk} \sum_v usage_{ikv} usage_{jkv}}{\sum_j g_{ijk}}

    Parameters
    ----------
    hours : for each setting (..., N, N)   hours in which i hears j; the diagonal is 0
    candour : for each setting (..., N, K)   how candidly j speaks on k, 0..1
    usage : (..., N, K, V)   shares of terms, before this meeting
    sharpening : (..., 1, 1, 1)   :math:`\gamma`, 1 for none

    Returns
    -------
    HeardUsage   candid hours (..., N, K), heard (..., N, K, V), shared (..., N, K)

    Examples
    --------
    >>> usage = np.array([[[0.5, 0.5, 0.0]], [[0.8, 0.0, 0.2]]])
    >>> hours, candour = np.array([[0.0, 3.0], [0.0, 0.0]]), np.array([[1.0], [0.5]])
    >>> candid, heard, shared = heard_usage((hours,), (candour,), usage, 1.0)
    >>> candid[0], heard[0].round(3), shared[0].round(3)
    (array([1.5]), array([[0.8, 0. , 0.2]]), array([0.4]))
    """
    terms, loud_terms = (
        np.ascontiguousarray(np.moveaxis(u, -1, 0)) for u in (usage, _sharpened(usage, sharpening))
    )
    candid_hours = _spoken(hours, candour, np.ones(()))
    plain, loud = _spoken(hours, candour, terms), _spoken(hours, candour, loud_terms)
    heard = loud / np.maximum(np.sum(loud, axis=0), EPSILON)
    shared = np.sum(terms * plain, axis=0) / np.maximum(candid_hours, EPSILON)
    return HeardUsage(candid_hours, np.ascontiguousarray(np.moveaxis(heard, 0, -1)), shared)


def usage_after_meeting(usage: Array, heard: Array, candid_hours: Array, rate: Array | float) -> Array:
    r"""Return the terms that a state uses after it has heard others use theirs.

    Equation (L3), with X the candid hours on the issue itself:

    .. math:: usage_{ik} \leftarrow usage_{ik} + (1 - e^{-\mathrm{rate}\,X_{ik}})(heard_{ik} - usage_{ik})

    Parameters
    ----------
    usage : (..., N, K, V)   shares of terms
    heard : (..., N, K, V)   usage as it was heard, of :func:`heard_usage`
    candid_hours : (..., N, K)   X, candid hours heard on the issue
    rate : (..., 1, 1)   `usage_rate`, per hour

    Returns
    -------
    (..., N, K, V)   shares of terms

    Examples
    --------
    >>> usage_after_meeting(
    ...     np.array([[[0.5, 0.5, 0.0]]]), np.array([[[1.0, 0.0, 0.0]]]), np.array([[np.log(2.0)]]), 1.0
    ... ).round(3)
    array([[[0.75, 0.25, 0.  ]]])
    """
    share = -np.expm1(-rate * candid_hours)
    return usage + share[..., None] * (heard - usage)


def usage_after_papers(usage: Array, defined: Array, exposure: Array, rate: Array | float) -> Array:
    r"""Return the terms that a state uses after papers have carried those defined.

    Equation (L4); exposure is participation times the issue's share of the session hours, and 0 where there
    is no secretariat to write papers:

    .. math:: usage_{ik} \leftarrow usage_{ik} +
        defined_k (1 - e^{-\mathrm{rate}\,E_{ik}})(neutral - usage_{ik})

    Parameters
    ----------
    usage : (..., N, K, V)   shares of terms
    defined : (..., K)   1 where the term has been defined, else 0
    exposure : (..., N, K)   E, hours spent with the papers in hand
    rate : (..., 1, 1)   `paper_rate`, per hour

    Returns
    -------
    (..., N, K, V)   shares of terms

    Examples
    --------
    >>> usage_after_papers(
    ...     np.array([[[0.5, 0.5, 0.0]]]), np.array([1.0]), np.array([[np.log(2.0)]]), 1.0
    ... ).round(3)
    array([[[0.25, 0.25, 0.5 ]]])
    """
    share = defined[..., None, :] * -np.expm1(-rate * exposure)
    return usage + share[..., None] * (np.asarray(NEUTRAL) - usage)


def usage_at_home(usage: Array, home: Array, pull: Array | float) -> Array:
    r"""Return the terms that a state uses after a quarter at home.

    Equation (L5):

    .. math:: usage \leftarrow usage + \mathrm{home\_pull}\,(home - usage)

    Parameters
    ----------
    usage, home : (..., N, K, V)   shares of terms, used and suiting
    pull : (..., 1, 1, 1)   `home_pull`, per quarter

    Returns
    -------
    (..., N, K, V)   shares of terms

    Examples
    --------
    >>> usage_at_home(np.array([0.0, 0.0, 1.0]), np.array([0.5, 0.2, 0.3]), 0.1)
    array([0.05, 0.02, 0.93])
    """
    return usage + pull * (home - usage)


def common_language(usage: Array, weights: Array) -> Array:
    r"""Return the chance that two states chosen at random use the same term for an issue.

    The common language of the page (shared terms over a set of states), which (A2) reads too. What pairs
    share is what all share less what each shares with itself, so that no array over pairs is formed:

    .. math:: P_k = \frac{\sum_{i \ne j} w_i w_j \sum_v usage_{ikv} usage_{jkv}}{\sum_{i \ne j} w_i w_j}

    Parameters
    ----------
    usage : (..., N, K, V)   shares of terms
    weights : (..., N)   how much each state counts: presence or participation, 0..1

    Returns
    -------
    (..., K)   0..1; 0 where there are no two states

    Examples
    --------
    >>> usage = np.array([[[1.0, 0.0, 0.0]], [[0.5, 0.5, 0.0]], [[0.0, 0.0, 1.0]]])
    >>> common_language(usage, np.array([1.0, 1.0, 0.0]))
    array([0.5])
    """
    flat = usage.reshape((*usage.shape[:-2], -1))
    row, squares = weights[..., None, :], (weights * weights)[..., None, :]
    together, alone = (row @ flat)[..., 0, :], (squares @ (flat * flat))[..., 0, :]
    shape = (*together.shape[:-1], *usage.shape[-2:])
    same: Array = np.sum(np.reshape(together * together - alone, shape), axis=-1)
    whole = np.sum(weights, axis=-1, keepdims=True) ** 2
    total = whole - np.sum(squares, axis=-1)
    pairs = total > ROUNDING * whole  # one speaker alone has nobody to share words with
    return np.where(pairs, same / np.where(pairs, total, 1.0), 0.0)


def common_language_index(chance: Array) -> Array:
    r"""Return common language on a scale where 0 is what chance brings and 1 a single term.

    The measure of the page, with V terms:

    .. math:: \frac{P_k - 1/V}{1 - 1/V}

    Parameters
    ----------
    chance : (..., K)   P, of :func:`common_language`

    Returns
    -------
    (..., K)   at most 1; below 0 where states avoid each other's terms

    Examples
    --------
    >>> common_language_index(np.array([1 / 3, 1.0]))
    array([0., 1.])
    """
    return (chance - 1 / TERMS) / (1 - 1 / TERMS)


def _sharpened(usage: Array, sharpening: Array | float) -> Array:
    """Return shares to a power, as exp of log: powers with a broadcast exponent differ in bits in a batch."""
    return np.exp(sharpening * np.log(np.maximum(usage, SMALLEST)))


def _spoken(hours: tuple[Array, ...], candour: tuple[Array, ...], words: Array) -> Array:
    """Return the sums over settings and j of hours times candour times words, by term (V, ..., N, K).

    Terms stand first, so that each setting is one product of matrices over states.
    """
    parts = [h @ (c * words) for h, c in zip(hours, candour, strict=True)]
    return np.asarray(sum(parts[1:], parts[0]))
