r"""Candour: what is said.

*Candour* is the share of what one could say that one does say: 0 is the prepared line, 1 is plain speech.
It is a share of each hour on the floor, by issue and by setting (plenary, parallel room, corridor).

Officials speak plainly when the room knows what they lack and need, and hold back when what they would say
differs from the line they have stated in public, the matter is sensitive, and somebody in the room may pass
it on. The chance that *somebody* does is one minus the product over all ears of the chance that each does
not. So one ear that is not trusted spoils a room, and a room grows dangerous with every ear: trust and size
act here and by no other term. Logs of chances are added instead of multiplying them: *log-safe* is the log
of the chance that an ear keeps what it hears, 0 for a sure one and ever more negative for a doubtful one.

What is said is not all that is heard: where little is said plainly, the stated line is heard. And hours can
be lost: who distrusts each other, looks for a culprit and states lines far apart, quarrels.

The page ``docs/theory/candour.md`` is the text of reference; (C1) and so on are its numbers. Arrays have
their states or issues last: n is (..., N), k is (..., K), nk is (..., N, K), nn is (..., N, N) with the
one who speaks or hears before the one who is heard of. Arguments named after a parameter or a dial come
ready to broadcast against the result.
"""

from __future__ import annotations

import numpy as np

from rcpsim.arrays import Array

__all__ = [
    "candid_share",
    "candour",
    "disagreement",
    "heard_position",
    "log_safe",
    "log_safe_ear",
    "observer_voice",
    "risk_of_speaking",
    "sparring_evidence",
    "stake",
    "stalled",
    "want",
]

FULL_STAKE = 0.5
"""Distance between private and stated line from which the whole of a matter is at stake (C3)."""

SMALL = 1e-12
"""Guards a division whose numerator is then 0 as well."""


def log_safe(
    risk: Array | float, rules_hold: Array | float, confidentiality: Array | float, belief: Array
) -> Array:
    r"""Return the log of the chance, as the speaker sees it, that an ear keeps what it hears.

    Equation (C1), for any ear: a state, an observer or the secretariat.

    .. math:: \ln(1 - e), \quad e = p\,(1 - \rho\,c)\,(1 - \mathit{belief})

    Parameters
    ----------
    risk : broadcasts   `ear_risk` or `observer_risk`, feared of an ear not trusted at all, 0..1, below 1
    rules_hold : broadcasts   `rules_hold`, how far a rule of confidentiality is believed to hold, 0..1
    confidentiality : broadcasts   dial of the design, 0..1
    belief : (...)   trust in a state, comfort with observers, or credit of the process, 0..1

    Returns
    -------
    (...)   like belief, <= 0

    Examples
    --------
    >>> np.exp(log_safe(0.4, 0.5, 1.0, np.array([0.0, 0.5, 1.0])))
    array([0.8, 0.9, 1. ])
    """
    return np.log1p(-risk * (1.0 - rules_hold * confidentiality) * (1.0 - belief))


def log_safe_ear(
    ear_risk: Array | float,
    rules_hold: Array | float,
    confidentiality: Array | float,
    trust: Array,
    off: Array,
) -> Array:
    r"""Return the log of the chance, as i sees it, that j keeps what i says.

    Equation (C1), over pairs:

    .. math:: \ln(1 - e_{ij}), \quad e_{ij} = p\,(1 - \rho\,c)\,(1 - \tau_{ij}) \quad (i \ne j)

    Parameters
    ----------
    ear_risk : (..., 1, 1)   `ear_risk`, 0..1, below 1
    rules_hold : (..., 1, 1)   `rules_hold`, 0..1
    confidentiality : (..., 1, 1)   dial of the design, 0..1
    trust : (..., N, N)   trust of i in j, 0..1; its diagonal is not used
    off : (..., N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    (..., N, N)   <= 0, zero diagonal

    Examples
    --------
    >>> trust = np.array([[0.0, 0.5], [1.0, 0.0]])
    >>> np.exp(log_safe_ear(0.4, 0.5, 1.0, trust, 1.0 - np.eye(2)))
    array([[1. , 0.9],
           [1. , 1. ]])
    """
    return log_safe(ear_risk, rules_hold, confidentiality, trust) * off


def risk_of_speaking(ears: Array, log_safe: Array, extra: Array) -> Array:
    r"""Return the chance, as i sees it, that somebody in the room passes on what i says.

    Equation (C2), the product over all ears, with observers and secretariat in L_i:

    .. math:: \mathit{risk}_i = 1 - \exp\Bigl( \sum_j E_{ij} \ln(1 - e_{ij}) + L_i \Bigr)

    Parameters
    ----------
    ears : (..., N, N)   how much the ears of j are on i, >= 0, zero diagonal
    log_safe : (..., N, N)   of (C1), <= 0
    extra : (..., N)   sum of the logs of observers and secretariat, <= 0

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    Three ears that each keep nine confidences out of ten; the first two speak outside an observer's reach.

    >>> safe, observer = np.full((4, 4), np.log(0.9)), np.log([1.0, 1.0, 0.9, 0.5])
    >>> risk_of_speaking(1.0 - np.eye(4), safe, observer).round(4)
    array([0.271 , 0.271 , 0.3439, 0.6355])
    """
    heard: Array = np.einsum("...ij,...ij->...i", ears, log_safe)
    return -np.expm1(heard + extra)


def stake(sensitivity: Array, exposure: Array, line: Array, stated: Array) -> Array:
    r"""Return what a state has at stake in speaking plainly on an issue.

    Equation (C3):

    .. math:: \mathit{stake}_{ik} = \mathit{sens}_k\,\mathit{exposure}_i\,
        \min\Bigl(1, \frac{|\bar x_{ik} - y_{ik}|}{.5}\Bigr)

    Parameters
    ----------
    sensitivity : (..., K)   of the issue, 0..1
    exposure : (..., N)   how much it would cost the state at home, 0..1
    line : (..., N, K)   national line, -1..1
    stated : (..., N, K)   line stated on the record, -1..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> line, stated = np.array([[0.2, 0.2]]), np.array([[0.45, 1.0]])
    >>> stake(np.array([0.8, 0.8]), np.array([0.5]), line, stated)
    array([[0.2, 0.4]])
    """
    apart = np.minimum(1.0, np.abs(line - stated) / FULL_STAKE)
    return sensitivity[..., None, :] * exposure[..., :, None] * apart


def want(pool: Array, understanding: Array, salience: Array) -> Array:
    r"""Return how much a state wants to learn on an issue from those in the room.

    Equation (C4): the gap that others can fill, as far as it matters.

    .. math:: \mathit{want}_{ik} = (\mathit{pool}_k - u_{ik})_+\,s_{ik}

    Parameters
    ----------
    pool : (..., K)   what the meeting knows together, 0..1
    understanding : (..., N, K)   what each understands, 0..1
    salience : (..., N, K)   how much each cares, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> want(np.array([0.75]), np.array([[0.25], [1.0]]), np.array([[0.5], [0.5]]))
    array([[0.25],
           [0.  ]])
    """
    return np.maximum(pool[..., None, :] - understanding, 0.0) * salience


def candour(
    base: Array | float,
    want_c: Array | float,
    risk_c: Array | float,
    record_c: Array | float,
    guarded_c: Array | float,
    want: Array,
    stake: Array,
    risk: Array,
    record: Array | float,
    guardedness: Array,
) -> Array:
    r"""Return the share of plain speech, by speaker and issue, in one setting.

    Equation (C5):

    .. math::
        \mathit{candour}_{ik} = \sigma\bigl( b_0 + b_w\,\mathit{want}_{ik} - b_r\,\mathit{stake}_{ik}\,
        \mathit{risk}_i - b_f\,r - b_g\,\mathit{guardedness}_i \bigr)

    Parameters
    ----------
    base, want_c, risk_c, record_c, guarded_c : (..., 1, 1)   `candour_base`, `candour_want`,
        `candour_risk`, `candour_record` and `candour_guarded`, in logits
    want : (..., N, K)   of (C4), 0..1
    stake : (..., N, K)   of (C3), 0..1
    risk : (..., N)   of (C2) in this setting, 0..1
    record : (..., 1, 1)   share of talk in this setting that is on the record, 0..1
    guardedness : (..., N)   ingrained diplomatic formality, 0..1

    Returns
    -------
    (..., N, K)   0..1

    Examples
    --------
    >>> no_want, high_stake = np.array([[0.0]]), np.array([[1.0]])
    >>> candour(1.0, 6.0, 10.0, 1.0, 1.0, no_want, high_stake, np.array([0.0]), 0.5, np.array([0.5]))
    array([[0.5]])
    >>> candour(1.0, 6.0, 10.0, 1.0, 1.0, no_want, high_stake, np.array([0.3]), 0.5, np.array([0.5]))
    array([[0.04742587]])
    """
    manner = base - record_c * record - guarded_c * guardedness[..., None]
    fear = risk_c * risk[..., None] * stake
    return 1.0 / (1.0 + np.exp(fear - want_c * want - manner))


def candid_share(alpha: Array, candour: Array) -> Array:
    r"""Return the share of plain speech of each speaker over the whole agenda.

    Equation (C6). With alpha times sensitivity in the place of alpha it is the sensitive part.

    .. math:: \bar c_j = \sum_k \alpha_k\,\mathit{candour}_{jk}

    Parameters
    ----------
    alpha : (..., K)   share of the hours for each issue, summing to 1 or 0
    candour : (..., N, K)   of (C5) in one setting, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> candid_share(np.array([0.75, 0.25]), np.array([[0.8, 0.4], [0.0, 1.0]]))
    array([0.7 , 0.25])
    """
    share: Array = (candour @ alpha[..., None])[..., 0]
    return share


def heard_position(line: Array, stated: Array, candour_heard: Array) -> Array:
    r"""Return the position that others hear of a state.

    Equation (C7): the national line as far as it speaks plainly, its stated line otherwise.

    .. math:: \hat y_{jk} = m_{jk}\,\bar x_{jk} + (1 - m_{jk})\,y_{jk}

    Parameters
    ----------
    line : (..., N, K)   national line, -1..1
    stated : (..., N, K)   line stated on the record, -1..1
    candour_heard : (..., N, K)   candour over all settings, weighted by the hours in which j is heard, 0..1

    Returns
    -------
    (..., N, K)   between the two lines

    Examples
    --------
    >>> heard_position(np.array([[0.0]]), np.array([[0.8]]), np.array([[0.25]]))
    array([[0.6]])
    """
    return stated + candour_heard * (line - stated)


def observer_voice(
    openness: Array | float, organisations: Array | float, coordination: Array | float, heads: Array
) -> Array:
    r"""Return the share of the plenary floor that stays with the states when observers speak too.

    Equation (C7), observers: n_o organisations speak with between one voice and n_o voices.

    .. math::
        1 - \frac{\mathit{openness}\,\mathit{voices}}{\mathit{voices} + n}, \quad
        \mathit{voices} = [n_o > 0]\,(1 + (n_o - 1)(1 - \mathit{coordination}))

    Parameters
    ----------
    openness : (...)   share of the plenary that is open to observers, 0..1
    organisations : (...)   how many observe; with none, no floor is lost
    coordination : (...)   `observer_coordination`, how far they speak with one voice, 0..1
    heads : (...)   sum of the states' participation, >= 0

    Returns
    -------
    (...)   1 - openness .. 1

    Examples
    --------
    >>> observer_voice(np.array([0.5, 0.5]), np.array([3.0, 0.0]), 0.5, np.array([8.0, 8.0]))
    array([0.9, 1. ])
    """
    voices = np.greater(organisations, 0.0) * (1.0 + (organisations - 1.0) * (1.0 - coordination))
    return 1.0 - openness * voices / np.maximum(voices + heads, SMALL)


def stalled(friction: Array | float, blame: Array, hours: Array, trust: Array, stated: Array) -> Array:
    r"""Return the share of an hour on each issue that is lost to quarrel.

    Equation (C8). The squares are multiplied out, so that no array over pairs and issues is needed:

    .. math::
        \mathit{stall}_k = \Bigl[ f\,\mathit{blame}_k \sum_{ij} B_{ij}
        \Bigl(\frac{y_{ik} - y_{jk}}{2}\Bigr)^2 \Bigr]_0^1, \quad
        B_{ij} = \frac{h_{ij}\,(1 - \tau_{ij})}{\sum_{ij} h_{ij}}

    Parameters
    ----------
    friction : (..., 1)   `friction`, 0..1
    blame : (..., K)   how far the issue looks for a culprit in the room, 0..1
    hours : (..., N, N)   hours in which i hears j, over all settings, zero diagonal
    trust : (..., N, N)   trust of i in j, 0..1
    stated : (..., N, K)   line stated on the record, -1..1

    Returns
    -------
    (..., K)   0..1; 0 where nobody heard anybody

    Examples
    --------
    >>> hours = 1.0 - np.eye(2)
    >>> stalled(1.0, np.array([1.0, 0.5]), hours, 0.25 * hours, np.array([[1.0, 1.0], [-1.0, -1.0]]))
    array([0.75 , 0.375])
    """
    tense = hours * (1.0 - trust)
    mutual = tense + tense.mT
    against = np.einsum("...ij->...i", mutual)[..., None] * stated - mutual @ stated
    squares: Array = np.einsum("...ik,...ik->...k", stated, against) / 4.0
    total: Array = np.maximum(np.einsum("...ij->...", hours), SMALL)[..., None]
    return np.clip(friction * blame * squares / total, 0.0, 1.0)


def disagreement(alpha_blame: Array, stated: Array) -> Array:
    r"""Return how far apart two states stand, in public, on what the agenda blames somebody for.

    Equation (C9), distance, multiplied out into a product of matrices:

    .. math:: \sum_k \alpha_k\,\mathit{blame}_k \Bigl(\frac{y_{ik} - y_{jk}}{2}\Bigr)^2

    Parameters
    ----------
    alpha_blame : (..., K)   share of the hours times blame, >= 0
    stated : (..., N, K)   line stated on the record, -1..1

    Returns
    -------
    (..., N, N)   0..1, zero diagonal

    Examples
    --------
    >>> disagreement(np.array([0.5, 0.5]), np.array([[1.0, 0.0], [-1.0, 0.0]]))
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    products: Array = (stated * alpha_blame[..., None, :]) @ stated.mT
    own = np.diagonal(products, axis1=-2, axis2=-1)
    squares = own[..., :, None] + own[..., None, :] - 2.0 * products
    return np.maximum(squares, 0.0) / 4.0


def sparring_evidence(sparring: Array | float, hours: Array, trust: Array, disagreement: Array) -> Array:
    r"""Return how much broken trust a quarrel leaves behind.

    Equation (C9), evidence: added to what i holds broken by j.

    .. math:: b_{ij} \mathrel{+}= s\,h_{ij}\,(1 - \tau_{ij})\,\mathit{disagreement}_{ij}

    Parameters
    ----------
    sparring : (..., 1, 1)   `sparring`, in confidences per hour
    hours : (..., N, N)   hours in which i hears j, over all settings, zero diagonal
    trust : (..., N, N)   trust of i in j, 0..1
    disagreement : (..., N, N)   of (C9), 0..1

    Returns
    -------
    (..., N, N)   in confidences, >= 0, zero diagonal

    Examples
    --------
    >>> pair = 1.0 - np.eye(2)
    >>> sparring_evidence(0.1, 4.0 * pair, 0.5 * pair, 0.25 * pair)
    array([[0.  , 0.05],
           [0.05, 0.  ]])
    """
    return sparring * hours * (1.0 - trust) * disagreement
