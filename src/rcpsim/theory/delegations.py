r"""Delegations: who is sent, who is replaced, what a newcomer inherits.

A delegation is a handful of seats, one per ministry, and every seat is held by a person for a while. What
a process builds lives partly in those persons (whom they know, what they understand, whether they keep a
confidence), partly in the *file* that the desk at home keeps, and partly in the *reputation* that the desk
has with the others. When a seat changes hands, the person's part leaves.

The *replaced share* of a delegation is 0 in most quarters, the weight of one ministry when one seat changes
hands, and 1 when all do. Everything that is lost is lost in proportion to it.

A newcomer does not come to an empty table: at the first meeting he or she is told how this process has
treated confidences and promises so far. That is the *credit* of the process, a share between 0 (all broken)
and 1 (all kept); it enters trust as a little evidence on everybody in the room.

The page ``docs/theory/delegations.md`` is the text of reference; (D1) and so on are its numbers. Arrays have
their states last: n is (..., N), nn is (..., N, N) with the one who holds the evidence before the one it is
about. Arguments named after a parameter or a dial come ready to broadcast against the result.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rcpsim.arrays import Array

EVERYDAY_TIES: Final = 0.04  # what bilateral life alone keeps up, (D5) and (N1)

__all__ = [
    "carried_over",
    "credit_after_quarter",
    "credit_share",
    "evidence_after_turnover",
    "first_meeting_evidence",
    "newcomer_after_meeting",
    "newcomer_after_turnover",
    "replaced_share",
    "ties_after_turnover",
    "turnover_hazard",
    "understanding_after_turnover",
]

FOUNDING_CREDIT = 1.0
"""Both counts of credit at founding, and what they fade to: one kept and one broken promise (D7)."""


def turnover_hazard(base: Array | float, instability: Array | float, stability: Array) -> Array:
    r"""Return the hazard that a seat changes hands.

    Equation (D1):

    .. math:: l_i = l_0\,(1 + \chi\,(1 - \mathit{stability}_i))

    Parameters
    ----------
    base : (..., 1)   `turnover_base`, the hazard in the most stable administration, per quarter
    instability : (..., 1)   `turnover_instability`, how much instability adds, as a factor of the base
    stability : (..., N)   how rarely the administration changes its people, 0..1

    Returns
    -------
    (..., N)   hazard per seat, per quarter

    Examples
    --------
    >>> turnover_hazard(0.06, 1.0, np.array([1.0, 0.5]))
    array([0.06, 0.09])
    """
    return base * (1.0 + instability * (1.0 - stability))


def replaced_share(hazard: Array, luck: Array, ministry_weights: Array) -> Array:
    r"""Return the share of each delegation that is replaced this quarter.

    Equation (D2):

    .. math:: s_i = \sum_m w_m\,[\,u_{im} < 1 - e^{-l_i}\,]

    Parameters
    ----------
    hazard : (..., N)   of (D1), per quarter
    luck : (..., N, M)   one uniform for each seat and quarter, 0..1
    ministry_weights : (M,)   weights of the ministries in the national line, summing to 1

    Returns
    -------
    (..., N)   share of the delegation, 0..1

    Examples
    --------
    At a hazard of ln 2 a seat changes hands in half of the quarters; here it is the interior's.

    >>> luck = np.array([[0.9, 0.4, 0.6]])
    >>> replaced_share(np.array([np.log(2.0)]), luck, np.array([0.3, 0.5, 0.2]))
    array([0.5])
    """
    share: Array = np.sum(ministry_weights * (luck < -np.expm1(-hazard)[..., None]), axis=-1)
    return share


def carried_over(old: Array, newcomer: Array, replaced: Array) -> Array:
    r"""Return a trait of the delegation (discretion, comfort) after some of its persons have changed.

    Equation (D3):

    .. math:: z_i \leftarrow z_i + s_i\,(z'_i - z_i)

    Parameters
    ----------
    old : (..., N)   the trait before, 0..1
    newcomer : (..., N)   the trait of whoever comes new, 0..1
    replaced : (..., N)   replaced share of (D2), 0..1

    Returns
    -------
    (..., N)   the trait after, between the two

    Examples
    --------
    >>> carried_over(np.array([0.8]), np.array([0.4]), np.array([0.5]))
    array([0.6])
    """
    return old + replaced * (newcomer - old)


def evidence_after_turnover(
    evidence: Array, replaced: Array, file: Array | float, reputation: Array | float
) -> Array:
    r"""Return evidence (kept, broken, entrusted, entrusted of sensitive matters) after seats changed hands.

    Equation (D4): the holder's new people know of the others what is in the file, and the others credit the
    new people with what is left of the desk's reputation. All evidence shrinks alike, so trust goes back
    towards what was believed before any evidence.

    .. math:: X_{ij} \leftarrow X_{ij}\,(1 - s_i (1 - \mathit{file}))\,(1 - s_j (1 - \mathit{reputation}))

    Parameters
    ----------
    evidence : (..., N, N)   what i holds on j, in confidences, >= 0
    replaced : (..., N)   replaced share of (D2), 0..1
    file : (..., 1, 1)   share that the holder's desk keeps when the person goes, 0..1
    reputation : (..., 1, 1)   share that still counts about a desk whose person has gone, 0..1

    Returns
    -------
    (..., N, N)   never more than before; a diagonal of zeros stays one

    Examples
    --------
    >>> held = np.array([[0.0, 10.0], [10.0, 0.0]])
    >>> evidence_after_turnover(held, np.array([1.0, 0.0]), 0.6, 0.8)
    array([[0., 6.],
           [8., 0.]])
    """
    remembered = 1.0 - replaced[..., :, None] * (1.0 - file)
    credited = 1.0 - replaced[..., None, :] * (1.0 - reputation)
    return evidence * remembered * credited


def ties_after_turnover(ties: Array, replaced: Array, listed: Array | float, off: Array) -> Array:
    r"""Return the working contacts that are left after seats changed hands.

    Equation (D5), contacts: what exceeds the everyday level goes with the person, but for a list that a
    secretariat keeps current.

    .. math:: t_{ij} \leftarrow .04 + (t_{ij} - .04)\,(1 - s_i (1 - L))\,(1 - s_j (1 - L))

    Parameters
    ----------
    ties : (..., N, N)   working contact, 0..1
    replaced : (..., N)   replaced share of (D2), 0..1
    listed : (..., 1, 1)   contact list, 0 none .. 1 kept current; 0 without a secretariat
    off : (N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    (..., N, N)   never more than before; a diagonal of zeros stays one

    Examples
    --------
    >>> ties = np.array([[0.0, 0.84], [0.84, 0.0]])
    >>> ties_after_turnover(ties, np.array([0.5, 0.0]), 0.5, 1.0 - np.eye(2))
    array([[0.  , 0.64],
           [0.64, 0.  ]])
    """
    left = 1.0 - replaced[..., :, None] * (1.0 - listed)
    everyday = EVERYDAY_TIES * off
    return everyday + (ties - everyday) * left * left.mT


def expected_stay(hazard: Array, file: Array | float, reputation: Array | float) -> Array:
    r"""Return the share of evidence that is expected to survive a quarter's turnover.

    The mean of the factor of (D4), since seats change hands independently of one another:

    .. math:: (1 - (1 - e^{-l_i}) (1 - \mathit{file}))\,(1 - (1 - e^{-l_j}) (1 - \mathit{reputation}))

    Parameters
    ----------
    hazard : (..., N)   of (D1), per quarter
    file, reputation : (..., 1, 1)   shares kept, 0..1

    Returns
    -------
    (..., N, N)   0..1

    Examples
    --------
    >>> expected_stay(np.array([np.inf, 0.0]), 0.5, 0.5).tolist()
    [[0.25, 0.5], [0.5, 1.0]]
    """
    leaves = -np.expm1(-hazard)
    return (1.0 - leaves[..., :, None] * (1.0 - file)) * (1.0 - leaves[..., None, :] * (1.0 - reputation))


def understanding_after_turnover(
    understanding: Array, founding: Array, replaced: Array, file: Array | float
) -> Array:
    r"""Return understanding after seats changed hands.

    Equation (D5), understanding: what had been learnt since founding leaves, but for the file.

    .. math:: u_{ik} \leftarrow u_{ik} - s_i\,(1 - \mathit{file})\,(u_{ik} - u^0_{ik})

    Parameters
    ----------
    understanding, founding : (..., N, K)   understanding now and at founding, 0..1
    replaced : (..., N)   replaced share of (D2), 0..1
    file : (..., 1, 1)   share that the desk keeps when the person goes, 0..1

    Returns
    -------
    (..., N, K)   between the two

    Examples
    --------
    >>> understanding_after_turnover(np.array([[0.7]]), np.array([[0.2]]), np.array([1.0]), 0.6)
    array([[0.5]])
    """
    return understanding - replaced[..., None] * (1.0 - file) * (understanding - founding)


def newcomer_after_turnover(newcomer: Array, replaced: Array) -> Array:
    r"""Return the share of each delegation that has not been to a meeting of the process yet.

    Equation (D5), newcomers:

    .. math:: \nu_i \leftarrow \min(1, \nu_i + s_i)

    Parameters
    ----------
    newcomer : (..., N)   that share before, 0..1
    replaced : (..., N)   replaced share of (D2), 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> newcomer_after_turnover(np.array([0.25, 0.75]), np.array([0.5, 0.5]))
    array([0.75, 1.  ])
    """
    return np.minimum(1.0, newcomer + replaced)


def credit_share(credit_kept: Array, credit_broken: Array) -> Array:
    r"""Return the credit of the process: the share of its promises and confidences that were kept.

    Equation (D6), credit:

    .. math:: \chi = \frac{c^+}{c^+ + c^-}

    Parameters
    ----------
    credit_kept, credit_broken : (...)   the two counts, above 0; both are 1 at founding

    Returns
    -------
    (...)   0..1

    Examples
    --------
    >>> credit_share(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    array([0.5 , 0.75])
    """
    return credit_kept / (credit_kept + credit_broken)


def first_meeting_evidence(newcomer: Array, participation: Array, units: Array | float, off: Array) -> Array:
    r"""Return how much a first meeting tells newcomers about the others who take part.

    Equation (D6), amount: of it the credit is added to the kept, the rest to the broken confidences.

    .. math:: \nu_i\,a_i\,n_c\,a_j \quad (i \ne j)

    Parameters
    ----------
    newcomer : (..., N)   share of the delegation that has not been to a meeting yet, 0..1
    participation : (..., N)   how fully each takes part, 0..1
    units : (..., 1, 1)   `newcomer_units`, what the word of the others is worth, in confidences
    off : (..., N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    (..., N, N)   evidence that i gains on j, in confidences, at most `units`

    Examples
    --------
    >>> off = 1.0 - np.eye(2)
    >>> first_meeting_evidence(np.array([0.5, 0.0]), np.array([1.0, 0.8]), 2.0, off)
    array([[0. , 0.8],
           [0. , 0. ]])
    """
    return (newcomer * participation)[..., :, None] * participation[..., None, :] * (units * off)


def newcomer_after_meeting(newcomer: Array, participation: Array) -> Array:
    r"""Return the share of each delegation that is still new after a meeting.

    Equation (D6), newcomers:

    .. math:: \nu_i \leftarrow \nu_i\,(1 - a_i)

    Parameters
    ----------
    newcomer : (..., N)   that share before, 0..1
    participation : (..., N)   how fully each took part, 0..1

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> newcomer_after_meeting(np.array([0.5, 0.5]), np.array([0.0, 1.0]))
    array([0.5, 0. ])
    """
    return newcomer * (1.0 - participation)


def credit_after_quarter(credit: Array, keep: Array | float) -> Array:
    r"""Return one count of credit after it has faded for a quarter.

    Equation (D7): with a secretariat the record of the process fades slowly, without one faster.

    .. math:: c \leftarrow 1 + \mathit{keep}\,(c - 1)

    Parameters
    ----------
    credit : (...)   the count, of things kept or of things broken, >= 1
    keep : (...)   what is left after a quarter, 2^(-1/h) for the half-life h in quarters

    Returns
    -------
    (...)   the count after, >= 1

    Examples
    --------
    >>> credit_after_quarter(np.array([1.0, 5.0]), 0.75)
    array([1., 4.])
    """
    return FOUNDING_CREDIT + keep * (credit - FOUNDING_CREDIT)
