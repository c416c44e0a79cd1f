r"""States: who they are before any process meets.

A *State* is a country. It has **roles**: it sends migrants (*origin*), lets them pass (*transit*) and
receives them (*destination*), each 0..1 and each for itself, since most states are all three to some
degree. It has an administration (*capacity*), a steadiness in office (*stability*), a purse (*ability*),
**bonds** with others made of migrants and borders, and in each of its ministries an **interest**: where on
an issue, from -1 to +1, that ministry wants things settled. What +1 means on an issue stands in
``data/issues.toml``. Its officials are *guarded*, *discreet* and at ease among outsiders to a degree that
is drawn, never read off a region.

Everything here is fixed by figures and luck before the first meeting; the equations are those of
``docs/theory/states.md``. State-to-state arrays are read [i, j]: i about j, or from i to j.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import Final

import numpy as np
from scipy.special import betaincinv, betaln, ndtr, ndtri

from rcpsim.arrays import Array

MINISTRY_WEIGHTS: Final = (0.3, 0.45, 0.25)
"""Weight of the foreign, interior and labour ministry in the national line: interior ministries send most
of the officials and own most of the files, foreign ministries lead, labour ministries come last. Ours."""

SYNTHETIC_ORIGIN: Final = (0.64, 0.64, 0.35, 0.21, 0.21)
"""Origin intensity of the five states of a synthetic block: two of origin, one of transit, two of
destination."""

SYNTHETIC_TRANSIT: Final = (0.25, 0.25, 0.40, 0.25, 0.25)
"""Transit intensity of the five states of a synthetic block."""

SYNTHETIC_DESTINATION: Final = (0.21, 0.21, 0.35, 0.64, 0.64)
"""Destination intensity of the five. The three roles of a state sum to 1.1 in every place, so that
interests are linear in them and a wider spread leaves every mean where it was."""

SYNTHETIC_CAPACITY: Final = (0.35, 0.5, 0.45, 0.6, 0.75)
"""Administrative capacity of the five states of a synthetic block."""

SYNTHETIC_STABILITY: Final = (0.4, 0.5, 0.45, 0.6, 0.7)
"""Stability of the five states of a synthetic block."""

SYNTHETIC_GDP: Final = (0.6, 0.4, 0.8, 1.2, 2.0)
"""Size of the economy of the five, in units of the mean."""

SMALL: Final = 1e-12
"""Guards a division whose numerator is then 0 as well."""


def percentile(figure: Array, reference: Array) -> Array:
    r"""Return the rank of a figure among those of the reference states, 0..1.

    Equation (S1). The share of the reference that lies below, ties counted half; a figure of 0 ranks 0:

    .. math:: p(x) = [x > 0] \, \frac{|\{r < x\}| + \tfrac{1}{2} |\{r = x\}|}{S}

    Parameters
    ----------
    figure : (..., N)   the states' figure, >= 0
    reference : (..., S)   the same figure of all reference states in that year

    Returns
    -------
    (..., N)   rank in 0..1

    Examples
    --------
    >>> percentile(np.array([0.0, 2.0, 9.0]), np.array([0.0, 2.0, 4.0, 9.0])).tolist()
    [0.0, 0.375, 0.875]
    """
    own, others = figure[..., :, None], reference[..., None, :]
    share_below: Array = np.mean((others < own) + 0.5 * (others == own), axis=-1)
    return (figure > 0) * share_below


def origin_intensity(rank_of_emigrants: Array, rank_of_emigrants_per_head: Array) -> Array:
    r"""Return how much a state is one of origin, 0..1.

    Equation (S2): many people abroad, in number and for its size; the one alone makes half an origin.

    .. math:: O_i = \sqrt{p(E_i) \, p(E_i / N_i)}

    Parameters
    ----------
    rank_of_emigrants, rank_of_emigrants_per_head : (..., N)   ranks by (S1)

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> origin_intensity(np.array([1.0]), np.array([0.25])).tolist()
    [0.5]
    """
    return np.sqrt(rank_of_emigrants * rank_of_emigrants_per_head)


def destination_intensity(rank_of_immigrants: Array, rank_of_immigrants_per_head: Array) -> Array:
    r"""Return how much a state is one of destination, 0..1.

    Equation (S3), the mirror of (S2):

    .. math:: D_i = \sqrt{p(I_i) \, p(I_i / N_i)}

    Parameters
    ----------
    rank_of_immigrants, rank_of_immigrants_per_head : (..., N)   ranks by (S1)

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> destination_intensity(np.array([0.81]), np.array([1.0])).tolist()
    [0.9]
    """
    return np.sqrt(rank_of_immigrants * rank_of_immigrants_per_head)


def transit_intensity(rank_of_corridor: Array, documented: Array, documented_transit: Array) -> Array:
    r"""Return how much a state is one of transit, 0..1.

    Equation (S4): its rank by the corridor figure, which is a proxy; where a document calls the state one of
    transit, at least ``documented_transit``.

    .. math:: T_i = \max(p(C_i), \; t \cdot [\text{documented}_i])

    Parameters
    ----------
    rank_of_corridor : (..., N)   rank by (S1)
    documented : (..., N)   1 where a document says so, else 0
    documented_transit : (...)   the least intensity of such a state, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> transit_intensity(np.array([0.3, 0.9, 0.3]), np.array([1.0, 1.0, 0.0]), np.array(0.8)).tolist()
    [0.8, 0.9, 0.3]
    """
    return np.maximum(rank_of_corridor, documented_transit * documented)


def governance_share(estimate: Array) -> Array:
    r"""Return a governance estimate of about -2.5..2.5 on 0..1: capacity from effectiveness, or stability.

    Equation (S5):

    .. math:: K_i = \mathrm{clip}((g_i + 2.5) / 5, \, 0, \, 1)

    Parameters
    ----------
    estimate : (..., N)   government effectiveness or political stability

    Returns
    -------
    (..., N)   capacity or stability, 0..1

    Examples
    --------
    >>> governance_share(np.array([-2.5, 0.0, 3.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.clip((estimate + 2.5) / 5.0, 0.0, 1.0)


def ability(gdp: Array, present: Array, ability_bound: Array) -> Array:
    r"""Return what each member could pay, as a share of the whole.

    Equation (S6): its share in the members' GDP, bounded to a fifth (to 1/n where fewer than five are
    present), then scaled to sum to 1. So one giant weighs more than the others, but not as its economy would.

    .. math:: A_i = \frac{\min(G_i / \sum_j G_j, \; \max(\beta, 1/n))}{\sum_l \min(\ldots)_l}

    Parameters
    ----------
    gdp : (..., N)   > 0, any unit
    present : (..., N)   1 for members, 0 for others
    ability_bound : (...)   the bound, a share

    Returns
    -------
    (..., N)   shares that sum to 1 over members present; 0 for others

    Examples
    --------
    >>> present = np.array([1.0, 1.0, 1.0, 0.0])
    >>> ability(np.array([90.0, 6.0, 4.0, 7.0]), present, np.array(0.2)).round(3).tolist()
    [0.769, 0.138, 0.092, 0.0]
    """
    own = gdp * present
    together: Array = np.sum(own, axis=-1, keepdims=True)
    share = own / np.maximum(together, SMALL)
    members: Array = np.sum(present, axis=-1, keepdims=True)
    bound = np.maximum(ability_bound, 1.0 / np.maximum(members, 1.0))
    bounded = np.minimum(share, bound)
    whole: Array = np.sum(bounded, axis=-1, keepdims=True)
    return bounded / np.maximum(whole, SMALL)


def flow_share(stock: Array, emigrants: Array, immigrants: Array) -> Array:
    r"""Return which share of i's migrants has j as the other country.

    Equation (S7). i's migrants are its people abroad and the foreign-born at home, the world over, so the
    shares over a process's members sum to its coverage:

    .. math:: F_{ij} = \frac{s_{ij} + s_{ji}}{E_i + I_i}

    Parameters
    ----------
    stock : (..., N, N)   people born in i who live in j
    emigrants, immigrants : (..., N)   totals of i with the whole world, in the same unit

    Returns
    -------
    (..., N, N)   0..1, rows summing to at most 1; diagonal 0

    Examples
    --------
    >>> flow_share(np.array([[0.0, 6.0], [2.0, 0.0]]), np.array([8.0, 10.0]), np.array([8.0, 30.0])).tolist()
    [[0.0, 0.5], [0.2, 0.0]]
    """
    other = 1.0 - np.eye(stock.shape[-1])
    between = (stock + np.swapaxes(stock, -1, -2)) * other
    return between / np.maximum((emigrants + immigrants)[..., :, None], SMALL)


def contention(stock: Array) -> Array:
    r"""Return how one-sided the migration between two states is.

    Equation (S8): 1 where all go one way, 0 where as many go as come, or where nobody is known to go.

    .. math:: c_{ij} = \frac{|s_{ij} - s_{ji}|}{s_{ij} + s_{ji}}

    Parameters
    ----------
    stock : (..., N, N)   people born in i who live in j

    Returns
    -------
    (..., N, N)   0..1, symmetric

    Examples
    --------
    >>> contention(np.array([[0.0, 9.0], [1.0, 0.0]])).tolist()
    [[0.0, 0.8], [0.8, 0.0]]
    """
    back = np.swapaxes(stock, -1, -2)
    return np.abs(stock - back) / np.maximum(stock + back, SMALL)


def origin_destination_weight(contention: Array, split: Array, split_weight: Array) -> Array:
    r"""Return how much a pair counts as one across the origin-destination line.

    Equation (S9): its contention, less where a border moved over people who never left:

    .. math:: w_{ij} = c_{ij} \, (1 - (1 - \varsigma)[\text{split}_{ij}])

    Parameters
    ----------
    contention : (..., N, N)   by (S8)
    split : (..., N, N)   1 where both lay in one federation that ended, else 0
    split_weight : (...)   what such a pair's stock is worth, 0..1

    Returns
    -------
    (..., N, N)   0..1, symmetric

    Examples
    --------
    >>> origin_destination_weight(np.array([0.8, 0.8]), np.array([0.0, 1.0]), np.array(0.25)).tolist()
    [0.8, 0.2]
    """
    return contention * (1.0 - (1.0 - split_weight) * split)


def bond(
    flow_share: Array, borders: Array, same_region: Array, border_bond: Array, region_bond: Array
) -> Array:
    r"""Return how much two states have to do with each other before any process, 0..1.

    Equation (S10): three reasons, each of which is enough by itself to the extent that it holds.

    .. math:: b_{ij} = 1 - \left(1 - \sqrt{\tfrac{1}{2}(F_{ij} + F_{ji})}\right)
              (1 - \beta_b [\text{border}]) (1 - \beta_r [\text{region}]), \qquad b_{ii} = 0

    Parameters
    ----------
    flow_share : (..., N, N)   by (S7)
    borders, same_region : (..., N, N)   1 or 0, symmetric
    border_bond, region_bond : (...)   what a border, a region alone makes, 0..1

    Returns
    -------
    (..., N, N)   0..1, symmetric, diagonal 0

    Examples
    --------
    >>> flows, border = np.array([[0.0, 0.5], [0.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> bond(flows, border, np.zeros((2, 2)), np.array(0.4), np.array(0.2)).tolist()
    [[0.0, 0.7], [0.7, 0.0]]
    """
    flows = np.sqrt(np.clip(0.5 * (flow_share + np.swapaxes(flow_share, -1, -2)), 0.0, 1.0))
    apart = (1.0 - flows) * (1.0 - border_bond * borders) * (1.0 - region_bond * same_region)
    return (1.0 - apart) * (1.0 - np.eye(flow_share.shape[-1]))


def synthetic_bond(block: Array, bond_reach: Array) -> Array:
    r"""Return the bond of two synthetic states, which falls with the distance of their blocks.

    Equation (S11):

    .. math:: b_{ij} = e^{-|B_i - B_j| / r}, \qquad b_{ii} = 0

    Parameters
    ----------
    block : (N,)   number of the block a state is in
    bond_reach : (...)   blocks over which the bond falls to 1/e, > 0

    Returns
    -------
    (..., N, N)   0..1, symmetric, diagonal 0

    Examples
    --------
    >>> synthetic_bond(np.array([0.0, 0.0, 3.0]), np.array(3.0)).round(2).tolist()
    [[0.0, 1.0, 0.37], [1.0, 0.0, 0.37], [0.37, 0.37, 0.0]]
    """
    distance = np.abs(block[..., :, None] - block[..., None, :])
    return np.exp(-distance / bond_reach) * (1.0 - np.eye(block.shape[-1]))


def prior_trust(bond: Array, trust_low: Array, trust_high: Array) -> Array:
    r"""Return what i believes of j's discretion before any evidence.

    Equation (S12). It belongs to the pair, never to a process:

    .. math:: \mu_{ij} = \mu_0 + (\mu_1 - \mu_0) b_{ij}

    Parameters
    ----------
    bond : (..., N, N)   by (S10) or (S11)
    trust_low, trust_high : (...)   belief about a stranger and about the closest neighbour, 0..1

    Returns
    -------
    (..., N, N)   0..1

    Examples
    --------
    >>> prior_trust(np.array([0.0, 0.5, 1.0]), np.array(0.3), np.array(0.5)).tolist()
    [0.3, 0.4, 0.5]
    """
    return trust_low + (trust_high - trust_low) * bond


def national_line(by_ministry: Array, ministry_weights: Array) -> Array:
    r"""Return where a state stands: the weighted mean of its ministries.

    Equation (S13):

    .. math:: \bar{x}_{ik} = \sum_m w_m x_{imk}

    Parameters
    ----------
    by_ministry : (..., N, M, K)   positions or interests, -1..1
    ministry_weights : (M,)   sum 1

    Returns
    -------
    (..., N, K)   -1..1

    Examples
    --------
    >>> national_line(np.array([[[1.0], [0.0], [0.0]]]), np.array([0.3, 0.45, 0.25])).tolist()
    [[0.3]]
    """
    line: Array = np.sum(by_ministry * ministry_weights[:, None], axis=-2)
    return line


def interest(
    origin: Array,
    transit: Array,
    destination: Array,
    loadings: Array,
    ministries: Array,
    ministry_weights: Array,
    standard_normal: Array,
    interest_scale: Array,
    ministry_scale: Array,
    interest_sd: Array,
) -> Array:
    r"""Return where each ministry wants each issue settled, -1..1.

    Equation (S14): what the mix of roles makes of an issue; what the ministry wants beyond its government,
    counted from the mean of the three so that ministries differ without moving the national line; and what
    is the state's own.

    .. math:: I_{imk} = \mathrm{clip}\Big(\sigma_I \frac{\sum_r \lambda_{kr} R_{ir}}{\sum_r R_{ir}}
              + \sigma_M \big(o_{km} - \sum_l w_l o_{kl}\big) + \sigma_z z_{ik}, \, -1, \, 1\Big)

    Parameters
    ----------
    origin, transit, destination : (..., N)   roles, 0..1
    loadings : (K, 3)   what a pure origin, transit, destination state wants, -1..1
    ministries : (K, M)   what foreign, interior, labour ministry want beyond their government
    ministry_weights : (M,)   weights of the national line, sum 1
    standard_normal : (..., N, K)   luck of a state on an issue
    interest_scale, ministry_scale, interest_sd : (...) or (..., 1, 1, 1)   scales, >= 0

    Returns
    -------
    (..., N, M, K)   -1..1

    Examples
    --------
    A state of origin, one issue that origins want and whose interior ministry holds back:

    >>> one, none = np.array([0.8]), np.array([0.0])
    >>> by_role, by_ministry = np.array([[0.5, 0.0, -0.5]]), np.array([[0.0, -0.4, 0.0]])
    >>> weights, luck, scale = np.array([0.25, 0.5, 0.25]), np.array([[0.0]]), np.array(1.0)
    >>> interest(one, none, none, by_role, by_ministry, weights, luck, scale, scale, scale).round(2).tolist()
    [[[0.7], [0.3], [0.7]]]
    """
    roles = np.stack(np.broadcast_arrays(origin, transit, destination), axis=-1)
    mix = roles / np.maximum(np.sum(roles, axis=-1, keepdims=True), SMALL)
    by_role = np.sum(mix[..., :, None, :] * loadings, axis=-1)[..., :, None, :]
    beyond = np.swapaxes(ministries - np.sum(ministries * ministry_weights, axis=-1, keepdims=True), -1, -2)
    of_state = interest_scale * by_role + interest_sd * standard_normal[..., :, None, :]
    wanted: Array = of_state + ministry_scale * beyond
    return np.clip(wanted, -1.0, 1.0)


def salience(
    origin: Array, transit: Array, destination: Array, salience_base: Array, loadings: Array
) -> Array:
    r"""Return how much each issue matters to each state at its founding profile, 0..1.

    Equation (S15). Here the roles count by their intensity: a state with little migration cares little.

    .. math:: s_{ik} = \mathrm{clip}\Big(s^0_k + \sum_r \ell_{kr} R_{ir}, \, 0, \, 1\Big)

    Parameters
    ----------
    origin, transit, destination : (..., N)   roles, 0..1
    salience_base : (K,)   importance to any state
    loadings : (K, 3)   what full intensity of each role adds

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> loads = np.array([[0.5, 0.0, 0.2]])
    >>> salience(np.array([1.0]), np.array([0.0]), np.array([0.5]), np.array([0.1]), loads).round(2).tolist()
    [[0.7]]
    """
    roles = np.stack(np.broadcast_arrays(origin, transit, destination), axis=-1)
    by_role: Array = np.sum(roles[..., :, None, :] * loadings, axis=-1)
    return np.clip(salience_base + by_role, 0.0, 1.0)


def domestic_salience(salience: Array) -> Array:
    r"""Return how much migration matters at home: the mean over issues, and the floor of political backing.

    Equation (S16):

    .. math:: \bar{s}_i = \frac{1}{K} \sum_k s_{ik}

    Parameters
    ----------
    salience : (..., N, K)   by (S15)

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> domestic_salience(np.array([[0.2, 0.4]])).round(2).tolist()
    [0.3]
    """
    over_issues: Array = np.mean(salience, axis=-1)
    return over_issues


def sovereignty(
    origin: Array, transit: Array, destination: Array, sovereignty_base: Array, sovereignty_lean: Array
) -> Array:
    r"""Return how much a state minds being obliged, 0..1.

    Equation (S17): any state does, and more so where people arrive, since an obligation binds first the
    state that decides on entry and stay.

    .. math:: v_i = \mathrm{clip}\Big(v_0 + v_1 \frac{D_i}{O_i + T_i + D_i}, \, 0, \, 1\Big)

    Parameters
    ----------
    origin, transit, destination : (..., N)   roles, 0..1
    sovereignty_base, sovereignty_lean : (...) or (..., 1)   what any state minds, what arrival adds

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> a_fifth = np.array([0.2])
    >>> sovereignty(a_fifth, a_fifth, 2 * a_fifth, np.array(0.5), a_fifth).round(2).tolist()
    [0.6]
    """
    share = destination / np.maximum(origin + transit + destination, SMALL)
    return np.clip(sovereignty_base + sovereignty_lean * share, 0.0, 1.0)


def leak_exposure(domestic_salience: Array, openness: Array, exposure: Array) -> Array:
    r"""Return how much a state is hurt at home when its confidence gets out, 0..1.

    Equation (S18): half of it anywhere, more where migration matters and where things are talked about.
    Openness is not in the tables; capacity stands in for it, and so it is weighted low.

    .. math:: e_i = \eta \, (\tfrac{1}{2} + \tfrac{1}{4} \bar{s}_i + \tfrac{1}{4} a_i)

    Parameters
    ----------
    domestic_salience : (..., N)   by (S16)
    openness : (..., N)   0..1; capacity as a stand-in
    exposure : (...) or (..., 1)   the most a leak may hurt, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> leak_exposure(np.array([0.5]), np.array([0.5]), np.array(0.8)).round(2).tolist()
    [0.6]
    """
    return exposure * (0.5 + 0.25 * domestic_salience + 0.25 * openness)


def beta_quantile(u: Array, mean: Array, concentration: Array) -> Array:
    r"""Return the value below which a Beta variable lies with probability u.

    Equation (S19), with a mean and a concentration (the sum of its two shapes) in place of the shapes:

    .. math:: x = F^{-1}\big(u; \; m c, \; (1 - m) c\big)

    *Discretion*, how well a person keeps a confidence, has mean .8 and concentration 10, which is Beta(8, 2).
    *Comfort* among outsiders has a mean that is swept.

    Parameters
    ----------
    u : (...)   uniform in (0, 1), one for each person
    mean : (...)   in (0, 1)
    concentration : (...)   > 0; the higher, the more alike people are

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> beta_quantile(np.array([0.5]), np.array(0.5), np.array(10.0)).round(6).tolist()
    [0.5]
    """
    given = (u, mean * concentration, (1.0 - mean) * concentration)
    shape = np.broadcast_shapes(*(each.shape for each in given))
    u, first, second = (np.broadcast_to(each, shape).ravel() for each in given)
    if u.size == 0:
        return np.empty(shape)
    alike = np.all(first == first[0]) and np.all(second == second[0])
    pairs, which = (
        (first[:1] + 1j * second[:1], 0) if alike else np.unique(first + 1j * second, return_inverse=True)
    )
    steps = np.clip((ndtri(u) + _REACH) / _WIDTH, 0.0, 2.0 * _REACH / _WIDTH - 1.0 / 64.0)
    interval = steps.astype(np.int64)
    powers = np.stack([_logit_pieces(float(pair.real), float(pair.imag)) for pair in pairs])[which, interval]
    within = steps - interval
    logit = powers[:, -1]
    for power in range(powers.shape[-1] - 2, -1, -1):
        logit = logit * within + powers[:, power]
    values: Array = 1.0 / (1.0 + np.exp(-logit))
    steep = np.minimum(first, second) < _LEAST_SHAPE
    if steep.any():
        values[steep] = betaincinv(first[steep], second[steep], u[steep])
    return values.reshape(shape)


_REACH: Final = 8.5  # standard normals further out have no uniform of 53 bits
_WIDTH: Final = 0.25
_LEAST_SHAPE: Final = 0.5
_FROM_ENDS: Final = np.linalg.inv(
    [
        [comb(k, d) * end ** (k - d) if k >= d else 0.0 for k in range(8)]
        for end in (0.0, 1.0)
        for d in range(4)
    ]
)
"""What turns a function and three scaled derivatives at both ends of 0..1 into the powers of a polynomial."""


@lru_cache(maxsize=1024)
def _logit_pieces(a: float, b: float) -> Array:
    """Return the logit of a Beta quantile as a function of the normal quantile, in pieces of a quarter each.

    With both shapes at least one half that function is so smooth that polynomials of degree 7, which agree
    with it and three derivatives at the ends of a piece, are exact to about 1e-11.

    Returns
    -------
    (pieces, 8)   powers of the place within the piece, 0..1; 0 where a shape is smaller
    """
    z = np.arange(-_REACH, _REACH + _WIDTH / 2.0, _WIDTH)
    if min(a, b) < _LEAST_SHAPE:
        return np.zeros((z.size - 1, 8))
    low, tail = z <= 0.0, ndtr(-np.abs(z))
    near = np.where(low, betaincinv(a, b, tail), betaincinv(b, a, tail))  # distance to the nearer end
    log_near, log_far = np.log(near), np.log1p(-near)
    logit = np.where(low, log_near - log_far, log_far - log_near)
    log_x, log_rest = np.where(low, log_near, log_far), np.where(low, log_far, log_near)
    density = -0.5 * (z * z + np.log(2.0 * np.pi))
    lean, swing = a - (a + b) * np.exp(log_x), (a + b) * near * (1.0 - near)
    once = np.exp(density - a * log_x - b * log_rest + betaln(a, b))
    bend = -z - lean * once
    twice = bend * once
    thrice = (bend * bend - 1.0 - lean * twice + swing * once * once) * once
    ends = np.stack((logit, _WIDTH * once, _WIDTH**2 / 2.0 * twice, _WIDTH**3 / 6.0 * thrice), axis=-1)
    powers: Array = np.concatenate((ends[:-1], ends[1:]), axis=-1) @ _FROM_ENDS.T
    return powers


def uniform_quantile(u: Array, low: Array, high: Array) -> Array:
    r"""Return the value below which a uniform variable lies with probability u.

    Equation (S20), for *guardedness*, ingrained diplomatic formality: any degree is as likely as any other.

    .. math:: x = l + (h - l) u

    Parameters
    ----------
    u : (...)   uniform in (0, 1), one for each state
    low, high : (...)   ends

    Returns
    -------
    (...)   within low..high

    Examples
    --------
    >>> uniform_quantile(np.array([0.25]), np.array(0.0), np.array(2.0)).tolist()
    [0.5]
    """
    return low + (high - low) * u


def spread_about_mean(role: Array, spread: Array) -> Array:
    r"""Return a role of synthetic states, spread about its mean: polarisation.

    Equation (S21). The mean over a block stays as it is, whatever the spread:

    .. math:: R_i' = \bar{R} + \varsigma (R_i - \bar{R})

    Parameters
    ----------
    role : (..., B)   a role of the states of one block
    spread : (...) or (..., 1)   0 all alike, 1 as printed, at most 2

    Returns
    -------
    (..., B)

    Examples
    --------
    >>> spread_about_mean(np.array([0.6, 0.4]), np.array(2.0)).round(2).tolist()
    [0.7, 0.3]
    """
    centre: Array = np.mean(role, axis=-1, keepdims=True)
    return centre + spread * (role - centre)


def synthetic_stock(origin: Array, destination: Array, bond: Array) -> Array:
    r"""Return the migrants from i in j in a synthetic world, up to a constant.

    Equation (S22): from where people leave, to where people go, between those who have to do with each other:

    .. math:: s_{ij} = O_i D_j b_{ij}

    Parameters
    ----------
    origin, destination : (..., N)   roles, 0..1
    bond : (..., N, N)   by (S11), diagonal 0

    Returns
    -------
    (..., N, N)   >= 0, diagonal 0

    Examples
    --------
    >>> off = np.array([[0.0, 0.5], [0.5, 0.0]])
    >>> synthetic_stock(np.array([0.8, 0.2]), np.array([0.2, 0.5]), off).round(2).tolist()
    [[0.0, 0.2], [0.02, 0.0]]
    """
    return origin[..., :, None] * destination[..., None, :] * bond
