r"""Meetings: who comes, what is on the agenda, which rooms, whose floor.

A meeting is a clock that is shared out. A slot of the calendar has session hours, six to the day. Some of
them go to the *corridor*, some to *statements* that are read out, some to the *text* that is to be agreed,
some to *opening* each item; what is left is the *floor*, in plenary or in parallel groups, and there a
speaker's gain is the others' loss. Nothing here is a function of how many there are: size acts because
hours are shared, because every participant may read a statement, and because in the corridor one can talk
with about three partners at a time.

*Participation* is how fully a state takes part, between 0 (an empty chair) and 1 (a full delegation all
the time). The *agenda* is a set of shares of the hours: 0 for an issue that gets none, summing to 1 over
the few that are taken. *Hours heard* are read [i, j]: for how long i hears j.

The page ``docs/theory/meetings.md`` is the text of reference; (M1) and so on are its numbers. Arrays have
their states or issues last: n is (..., N), k is (..., K), nk is (..., N, K), nn is (..., N, N). Arguments
named after a parameter or a dial come ready to broadcast against the result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray

__all__ = [
    "Clock",
    "agenda_share",
    "cautious_weight",
    "chairs_trust",
    "corridor_hours",
    "floor_chair_shared",
    "floor_fay2000",
    "group_presence",
    "hours_heard",
    "issue_weight",
    "loquacity",
    "meeting_hours",
    "memory_after_meeting",
    "participation",
    "quorum_met",
    "remembered_weight",
    "room_matrix",
    "say",
]

TRAVEL = 1.5
"""What paid travel adds to the logit of coming where capacity is 0 (M1)."""

SOVEREIGNTY = 0.5
"""What full obligation takes from the logit of coming where sovereignty weighs fully (M1)."""

SPARE_DAYS = 20.0
"""Officials' days that a fully capable administration can spare in a quarter (M1)."""

SMALLEST_MEETING = 2.0
"""How many must be invited for a meeting to be one (M2)."""

CAUTION_WIDTH = 0.05
"""Over which width of trust the chair's caution lets go (M5)."""

MEMORY_STEP = 0.25
"""How far one held meeting moves the memory of the agenda (M6)."""

LOQUACITY_BOUNDS = (0.3, 3.0)
"""The least and the most talkative, in units of a state of mean ability (M13)."""

CROWDED_ROOM = 7.0
"""Heads at which a dialogue has half turned into a series of speeches (M13, rival)."""

CROWDING_WIDTH = 1.5
"""Over which width of heads it turns (M13, rival)."""

NEXT_SPEAKER = 1.0 - 1.0 / 3.0
"""What each speaker has of the floor of the one before, where a few dominate (M13, rival)."""

PARTNERS = 3.0
"""With how many one can talk at a time (M14)."""

PREFERENCE = 3.0
"""How much more a partner with full ties is sought out than a stranger (M14)."""

SMALL = 1e-12
"""Guards a division whose numerator is then 0 as well."""

ROUNDING = 1e-9
"""Guards a whole number of rooms or of a room: 49 times 1/49 is less than 1 where it is reckoned so (M12)."""


class Clock(NamedTuple):
    """The session hours of a slot, by what they go to; each (...), in hours, >= 0.

    Attributes
    ----------
    corridor : talk in pairs, outside the room (M8)
    statements : read out on the record (M9)
    text : drafting (M10)
    opening : the opening of each item (M11)
    plenary : floor shared by all who take part (M12)
    groups : floor in parallel rooms, the same hours for each room (M12)
    """

    corridor: Array
    statements: Array
    text: Array
    opening: Array
    plenary: Array
    groups: Array


def participation(
    invited: Array,
    commitment: Array,
    capacity: Array,
    sovereignty: Array,
    travel: Array | float,
    days: Array | float,
    obligation: Array | float,
    slope: Array | float,
    threshold: Array | float,
    concurrency: Array | float,
) -> Array:
    r"""Return how fully each state takes part in a meeting.

    Equation (M1), with the days of the meeting d and the slope s of commitment above its threshold m_0:

    .. math::
        a_i = \mathit{invited}_i\,\sigma\Bigl( s\,(m_i - m_0) + 1.5\,\mathit{travel}\,(1 - \kappa_i)
        - .5\,o\,\mathit{sov}_i - c\,\frac{d}{20\,\kappa_i} \Bigr)

    Parameters
    ----------
    invited : (..., N)   1 for who is asked to come, 0 for the others
    commitment : (..., N)   to the process, 0..1
    capacity : (..., N)   of the administration, above 0, at most 1
    sovereignty : (..., N)   how much being bound costs, 0..1
    travel : (..., 1)   share of the year's money that a sponsor pays, 0..1
    days : (..., 1)   length of the meeting, in days
    obligation : (..., 1)   the highest obligation in the calendar, 0..1
    slope : (..., 1)   `attend_slope`, in logits per unit of commitment
    threshold : (..., 1)   `attend_threshold`, commitment at which half would come
    concurrency : (..., 1)   `concurrency`, in logits for a quarter's spare days

    Returns
    -------
    (..., N)   0..1

    Examples
    --------
    >>> at_threshold = np.array([0.25, 0.25]), np.array([0.5, 0.5]), np.array([1.0, 1.0])
    >>> participation(np.array([1.0, 0.0]), *at_threshold, 0.0, 2.0, 0.0, 4.0, 0.25, 0.0)
    array([0.5, 0. ])
    """
    pull = slope * (commitment - threshold) + TRAVEL * travel * (1.0 - capacity)
    cost = SOVEREIGNTY * obligation * sovereignty + concurrency * days / (SPARE_DAYS * capacity)
    return invited / (1.0 + np.exp(cost - pull))


def quorum_met(participation: Array, invited: Array, quorum: Array | float) -> BoolArray:
    r"""Return whether enough come for the meeting to be held.

    Equation (M2):

    .. math:: \sum_i a_i \ge q \sum_i \mathit{invited}_i \ \text{ and }\ \sum_i \mathit{invited}_i \ge 2

    Parameters
    ----------
    participation : (..., N)   of (M1), 0..1
    invited : (..., N)   1 for who is asked to come
    quorum : (...)   `quorum`, share of the invited, 0..1

    Returns
    -------
    (...)   bool

    Examples
    --------
    >>> quorum_met(np.array([[0.9, 0.3], [0.5, 0.3]]), np.ones((2, 2)), 0.5)
    array([ True, False])
    """
    asked = np.sum(invited, axis=-1)
    met: BoolArray = (np.sum(participation, axis=-1) >= quorum * asked) & (asked >= SMALLEST_MEETING)
    return met


def say(participation: Array, pay: Array, chair: Array, chair_agenda: Array | float) -> Array:
    r"""Return each state's say on the agenda.

    Equation (M3): who pays has a say, and where the chair rotates so has the chair.

    .. math:: w_i = a_i\,[(1 - \zeta)\,\mathit{pay}_i + \zeta\,\mathit{chair}_i]

    Parameters
    ----------
    participation : (..., N)   of (M1), 0..1
    pay : (..., N)   share of this year's planned money, 0..1
    chair : (..., N)   1 for the chair of the quarter; 1/n for each where nobody chairs
    chair_agenda : (..., 1)   `chair_agenda` if the chair rotates, else 0

    Returns
    -------
    (..., N)   0..1; sums to at most 1

    Examples
    --------
    >>> say(np.array([1.0, 0.5]), np.array([0.75, 0.25]), np.array([0.0, 1.0]), 0.5)
    array([0.375 , 0.3125])
    """
    return participation * ((1.0 - chair_agenda) * pay + chair_agenda * chair)


def issue_weight(
    say: Array,
    salience: Array,
    treated: Array,
    priority: Array,
    sponsor_agenda: Array | float,
    sponsor_share: Array | float,
    sponsor_salience: Array,
) -> Array:
    r"""Return the raw weight of each issue on the agenda.

    Equation (M4), with the dial of order p_k:

    .. math::
        A_k = p_k\,\mathit{treated}_k \Bigl( \sum_i w_i s_{ik} + \nu\,S\,s^{sp}_k \Bigr)

    The sum adds state by state, so that issues of the same salience weigh the same to the last bit and (M7)
    sees the tie.

    Parameters
    ----------
    say : (..., N)   of (M3)
    salience : (..., N, K)   how much each state cares for each issue, 0..1
    treated : (..., K)   1 for the issues of the agenda in that year
    priority : (..., K)   weight that the design gives the issue now; 1 unless it orders issues
    sponsor_agenda : (..., 1)   `sponsor_agenda`, how far a sponsor's money buys weight, 0..1
    sponsor_share : (..., 1)   share of the money that comes from a sponsor now, 0..1
    sponsor_salience : (..., K)   how much the sponsor cares for each issue, 0..1

    Returns
    -------
    (..., K)   >= 0, not normalised

    Examples
    --------
    >>> salience = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    >>> all_three = np.ones(3)
    >>> issue_weight(np.array([0.5, 0.25]), salience, all_three, all_three, 0.5, 0.0, all_three)
    array([0.5  , 0.25 , 0.375])
    """
    cared: Array = np.einsum("...n,...nk->...k", say, salience)
    return treated * priority * (cared + sponsor_agenda * sponsor_share * sponsor_salience)


def chairs_trust(chair: Array, participation: Array, trust: Array, off: Array) -> Array:
    r"""Return the chair's own trust in those who came.

    Equation (M5), trust of the chair:

    .. math:: \tau^c = \sum_i \mathit{chair}_i\,\frac{\sum_{j \ne i} a_j \tau_{ij}}{\sum_{j \ne i} a_j}

    Parameters
    ----------
    chair : (..., N)   1 for the chair of the quarter; 1/n for each where nobody chairs
    participation : (..., N)   of (M1), 0..1
    trust : (..., N, N)   trust of i in j, 0..1; its diagonal is not used
    off : (..., N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    (...)   0..1; 0 where nobody else came

    Examples
    --------
    >>> trust = np.array([[[0.9, 0.2, 0.6], [0.5, 0.9, 0.5], [0.5, 0.5, 0.9]]])
    >>> chairs_trust(np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 0.5, 0.5]]), trust, 1.0 - np.eye(3))
    array([0.4])
    """
    others = (off @ participation[..., None])[..., 0]
    in_others = ((trust * off) @ participation[..., None])[..., 0]
    own: Array = np.sum(chair * in_others / np.maximum(others, SMALL), axis=-1)
    return own


def cautious_weight(
    weight: Array,
    strength: Array | float,
    caution: Array | float,
    needed_base: Array | float,
    needed_sensitivity: Array | float,
    sensitivity: Array,
    chairs_trust: Array | float,
) -> Array:
    r"""Return the weight of each issue after a cautious chair has put off what is too sensitive as yet.

    Equation (M5), with `caution_strength` b, `trust_needed_base` t_0 and `trust_needed_sensitivity` t_1:

    .. math::
        A_k \leftarrow A_k \Bigl( 1 - b\,\mathit{caution}\,
        \sigma\Bigl( \frac{t_0 + t_1\,\mathit{sens}_k - \tau^c}{.05} \Bigr) \Bigr)

    Parameters
    ----------
    weight : (..., K)   of (M4)
    strength : (..., 1)   `caution_strength`, what a fully cautious chair takes from an issue, 0..1
    caution : (..., 1)   dial of the design, 0..1
    needed_base : (..., 1)   trust that an issue of no sensitivity needs, 0..1
    needed_sensitivity : (..., 1)   what full sensitivity adds to it, 0..1
    sensitivity : (..., K)   of the issue, 0..1
    chairs_trust : (..., 1)   of the chair in those who came, 0..1

    Returns
    -------
    (..., K)   between 0 and the weight before

    Examples
    --------
    At just the trust that is needed, half of the caution is left.

    >>> cautious_weight(np.array([2.0]), 1.0, 0.5, 0.3, 0.4, np.array([0.5]), 0.5)
    array([1.5])
    """
    missing = needed_base + needed_sensitivity * sensitivity - chairs_trust
    return weight * (1.0 - strength * caution / (1.0 + np.exp(-missing / CAUTION_WIDTH)))


def remembered_weight(weight: Array, memory: Array, minutes: Array | float) -> Array:
    r"""Return the shares of the agenda after the secretariat has put last year's minutes on the table.

    Equation (M6), agenda. Before the first meeting memory is 0 and nothing is carried over:

    .. math:: A_k \leftarrow (1 - \mu\,\textstyle\sum_l M_l)\,\frac{A_k}{\sum_l A_l} + \mu\,M_k

    Parameters
    ----------
    weight : (..., K)   of (M5), >= 0
    memory : (..., K)   shares of past agendas; sums to 1, or is 0 before the first meeting
    minutes : (..., 1)   `minutes`, what of the past is carried over; 0 without a secretariat

    Returns
    -------
    (..., K)   shares that sum to 1

    Examples
    --------
    >>> remembered_weight(np.array([3.0, 1.0]), np.array([0.0, 1.0]), 0.5)
    array([0.375, 0.625])
    >>> remembered_weight(np.array([3.0, 1.0]), np.array([0.0, 0.0]), 0.5)
    array([0.75, 0.25])
    """
    share: Array = weight / np.maximum(np.sum(weight, axis=-1, keepdims=True), SMALL)
    recalled: Array = np.sum(memory, axis=-1, keepdims=True)
    return (1.0 - minutes * recalled) * share + minutes * memory


def memory_after_meeting(memory: Array, weight_normalised: Array) -> Array:
    r"""Return the memory of the agenda after a held meeting.

    Equation (M6), memory. The first meeting is remembered as it was (the step is then 1):

    .. math:: M_k \leftarrow M_k + \tfrac14\,(A_k - M_k)

    Parameters
    ----------
    memory : (..., K)   before; 0 before the first meeting
    weight_normalised : (..., K)   shares of the agenda of (M6), summing to 1

    Returns
    -------
    (..., K)   sums to 1

    Examples
    --------
    >>> memory_after_meeting(np.array([[0.0, 0.0], [0.2, 0.8]]), np.array([0.6, 0.4]))
    array([[0.6, 0.4],
           [0.3, 0.7]])
    """
    step = np.where(np.sum(memory, axis=-1, keepdims=True) > 0.0, MEMORY_STEP, 1.0)
    return memory + step * (weight_normalised - memory)


def agenda_share(weight: Array, limit: IntArray | np.int64 | int) -> tuple[Array, BoolArray]:
    r"""Return the share of the hours for each issue, and which issues have any.

    Equation (M7): the slot takes its heaviest issues, the earlier of two that weigh the same (a stable
    sort leaves those in their order).

    .. math::
        \mathit{rank}_k = \#\{l : A_l > A_k \text{ or } (A_l = A_k, l < k)\}, \quad
        \alpha_k = \frac{A_k\,[\mathit{rank}_k < \mathit{limit}, A_k > 0]}{\sum_l A_l\,\mathit{on}_l}

    Parameters
    ----------
    weight : (..., K)   of (M6), >= 0
    limit : (..., 1)   how many issues a meeting of this kind takes

    Returns
    -------
    alpha : (..., K)   shares that sum to 1, or all 0 where nothing has weight
    on : (..., K)   bool, whether the issue gets hours

    Examples
    --------
    >>> agenda_share(np.array([0.25, 0.5, 0.125, 0.25]), 2)
    (array([0.33333333, 0.66666667, 0.        , 0.        ]), array([ True,  True, False, False]))
    """
    heaviest_first = np.argsort(-weight, axis=-1, kind="stable")
    rank = np.argsort(heaviest_first, axis=-1)
    on: BoolArray = (rank < limit) & (weight > 0.0)
    taken = weight * on
    return taken / np.maximum(np.sum(taken, axis=-1, keepdims=True), SMALL), on


def meeting_hours(
    hours: Array,
    heads: Array,
    record: Array | float,
    text_obligation: Array | float,
    items: Array | IntArray,
    grouped: Array | float,
    corridor: Array | float,
    statement: Array | float,
    statement_cap: Array | float,
    text_hours: Array | float,
    opening: Array | float,
    group_share: Array | float,
) -> Clock:
    r"""Return what the session hours go to.

    Equations (M8) to (M12), with the session hours H, n heads, the record r and the obligation o of the text:

    .. math::
        H_c &= \mathit{corridor}\,H, & H_s &= \min(n\,\mathit{statement}\,r, \mathit{cap}\,H), \\
        H_t &= \mathit{text}\,H\,\sqrt{o}, & H_o &= \mathit{opening}\,\textstyle\sum_k \mathit{on}_k, \\
        H_f &= (H - H_c - H_s - H_t - H_o)_+, & H_g &= \mathit{share}\,H_f \ \text{with groups},\quad
        H_p = H_f - H_g

    Parameters
    ----------
    hours : (...)   session hours, six for each day
    heads : (...)   sum of participation
    record : (...)   share of plenary talk that is on the record, 0..1
    text_obligation : (...)   how far the text that is sought obliges, 0..1; 0 where none is sought
    items : (...)   number of issues on the agenda
    grouped : (...)   1 where the slot has parallel rooms, else 0
    corridor : (...)   `corridor`, share of the session
    statement : (...)   `statement`, hours of each head's statement where all is on the record
    statement_cap : (...)   `statement_cap`, share of the session that statements may take at most
    text_hours : (...)   `text_hours`, share of the session that a fully binding text takes
    opening : (...)   `opening`, hours for each issue
    group_share : (...)   `group_share`, share of the floor in parallel rooms

    Returns
    -------
    Clock of (...)   hours, each >= 0; they sum to the session unless the first four outrun it

    Examples
    --------
    >>> day, heads, two = np.array([6.0]), np.array([10.0]), np.array([2.0])
    >>> clock = meeting_hours(day, heads, 0.5, 0.25, two, 1.0, 0.2, 0.1, 0.5, 0.2, 0.5, 0.5)
    >>> [round(float(hours[0]), 2) for hours in clock]
    [1.2, 0.5, 0.6, 1.0, 1.35, 1.35]
    """
    pairs = corridor * hours
    statements = np.minimum(heads * statement * record, statement_cap * hours)
    text = text_hours * hours * np.sqrt(text_obligation)
    openings: Array = np.multiply(opening, items)
    floor = np.maximum(hours - pairs - statements - text - openings, 0.0)
    groups = group_share * floor * grouped
    return Clock(pairs, statements, text, openings, floor - groups, groups)


def room_matrix(
    salience_top: Array, invited: Array, size: Array | IntArray | int, before: BoolArray
) -> Array:
    r"""Return who sits with whom in the parallel rooms.

    Equation (M12), rooms: those who care most for the heaviest issue sit together. They are put in order of
    that salience, and rooms of at most g are filled in that order, as equal as may be:

    .. math::
        \rho_i = \#\{j \text{ invited before } i\}, \quad R = \lceil n/g \rceil, \quad
        \mathit{room}_i = \lfloor \rho_i R / n \rfloor, \quad
        G_{ij} = [i \ne j, \mathit{room}_i = \mathit{room}_j]

    Parameters
    ----------
    salience_top : (..., N)   salience of the slot's heaviest issue, 0..1
    invited : (..., N)   1 for who is asked to come
    size : (...)   the most in one room; 0 where the slot has no rooms
    before : (N, N)   bool, whether the key of j comes before the key of i, for ties

    Returns
    -------
    (..., N, N)   1 for a pair in the same room, else 0; symmetric, zero diagonal

    Examples
    --------
    >>> salience = np.array([0.9, 0.1, 0.8, 0.2])
    >>> room_matrix(salience, np.ones(4), 2, np.tri(4, k=-1, dtype=bool))
    array([[0., 0., 1., 0.],
           [0., 0., 0., 1.],
           [1., 0., 0., 0.],
           [0., 1., 0., 0.]])
    """
    own, other = salience_top[..., :, None], salience_top[..., None, :]
    ahead = (other > own) | ((other == own) & before)
    rank = (ahead @ invited[..., None])[..., 0]
    heads = np.maximum(np.sum(invited, axis=-1), 1.0)
    rooms = np.ceil(heads / np.maximum(size, 1) - ROUNDING)
    room: Array = np.floor(rank * rooms[..., None] / heads[..., None] + ROUNDING)
    seated: Array = invited * np.greater(size, 0)[..., None]
    off = 1.0 - np.eye(invited.shape[-1])
    together: BoolArray = room[..., :, None] == room[..., None, :]
    return together * seated[..., :, None] * (seated[..., None, :] * off)


def group_presence(participation: Array, capacity: Array, seats: Array | float) -> Array:
    r"""Return how fully each state is present in the parallel rooms, which need staff.

    Equation (M12), staff:

    .. math:: a^g_i = a_i\,(\mathit{seats} + (1 - \mathit{seats})\,\kappa_i)

    Parameters
    ----------
    participation : (..., N)   of (M1), 0..1
    capacity : (..., N)   of the administration, 0..1
    seats : (..., 1)   `group_seats`, share of its presence that the weakest can send, 0..1

    Returns
    -------
    (..., N)   0..participation

    Examples
    --------
    >>> group_presence(np.array([1.0, 0.5]), np.array([0.0, 1.0]), 0.6)
    array([0.6, 0.5])
    """
    return participation * (seats + (1.0 - seats) * capacity)


def loquacity(ability: Array, present: Array, evenness: Array | float) -> Array:
    r"""Return how talkative each state is, as far as the chair lets it.

    Equation (M13), loquacity: it follows power, unless the chair evens the floor.

    .. math:: v_j^{1 - \mathit{chair}}, \quad v_j = \sqrt{n\,\mathit{ability}_j} \text{ within } [.3, 3]

    Parameters
    ----------
    ability : (..., N)   share in what all members could pay, 0..1
    present : (..., N)   1 for members
    evenness : (..., 1)   `chair_evenness` where somebody chairs, else 0

    Returns
    -------
    (..., N)   0.3..3; 1 for a state of mean ability

    Examples
    --------
    >>> loquacity(np.array([0.5, 0.3, 0.2, 0.0]), np.array([1.0, 1.0, 0.0, 0.0]), 0.0)
    array([1.        , 0.77459667, 0.63245553, 0.3       ])
    >>> loquacity(np.array([0.9, 0.1]), np.ones(2), 1.0)
    array([1., 1.])
    """
    heads: Array = np.sum(present, axis=-1, keepdims=True)
    power = np.clip(np.sqrt(heads * ability), *LOQUACITY_BOUNDS)
    voice: Array = np.exp((1.0 - evenness) * np.log(power))  # exp of log: the same bits in any batch
    return voice


def floor_chair_shared(hours: Array | float, presence: Array, loquacity: Array, same: Array) -> Array:
    r"""Return the floor hours of each speaker where the chair shares out the floor.

    Equation (M13), in a room with X hours:

    .. math:: f_j = X\,\frac{w_j}{\sum_{l \in \mathrm{room}(j)} w_l}, \quad w_j = a_j v_j

    Parameters
    ----------
    hours : (..., 1)   floor hours of the room
    presence : (..., N)   participation, in the parallel rooms as of (M12)
    loquacity : (..., N)   of (M13)
    same : (..., N, N)   1 where i and j sit in the same room, the diagonal included

    Returns
    -------
    (..., N)   hours; they sum to `hours` over every room where somebody is

    Examples
    --------
    >>> floor_chair_shared(6.0, np.array([1.0, 1.0, 0.0]), np.array([2.0, 1.0, 3.0]), np.ones((3, 3)))
    array([4., 2., 0.])
    """
    weight = presence * loquacity
    total: Array = (same @ weight[..., None])[..., 0]
    return hours * weight / np.maximum(total, SMALL)


def floor_fay2000(hours: Array | float, presence: Array, loquacity: Array, same: Array) -> Array:
    r"""Return the floor hours of each speaker where a few dominate a crowded room.

    Equation (M13), rival, after :cite:`fay2000` and the ranked shares of :cite:`stephan1952`: few people hold
    a dialogue in equal parts; in a crowd each speaker has two thirds of the one ranked before.

    .. math::
        f_j = X \Bigl( d\,\frac{a_j}{\hat n} + (1 - d)\,\frac{g_j}{\sum_{l} g_l} \Bigr), \quad
        d = \sigma\Bigl(\frac{7 - \hat n}{1.5}\Bigr), \quad
        g_j = a_j \bigl(1 - \tfrac13\bigr)^{\#\{l : w_l > w_j\}}

    with sums and counts over the room of j, its heads n-hat and w_j = a_j v_j.

    Parameters
    ----------
    hours : (..., 1)   floor hours of the room
    presence : (..., N)   participation, in the parallel rooms as of (M12)
    loquacity : (..., N)   of (M13)
    same : (..., N, N)   1 where i and j sit in the same room, the diagonal included

    Returns
    -------
    (..., N)   hours; they sum to `hours` over every room where somebody is

    Examples
    --------
    At seven heads half of the floor is dialogue and half goes by rank.

    >>> spoken = floor_fay2000(7.0, np.ones(7), np.array([3.0, 1, 1, 1, 1, 1, 1]), np.ones((7, 7)))
    >>> spoken.round(2)
    array([1.2 , 0.97, 0.97, 0.97, 0.97, 0.97, 0.97])
    """
    weight = presence * loquacity
    rank = np.sum((weight[..., None, :] > weight[..., :, None]) * same, axis=-1)
    dominance = presence * np.exp(np.log(NEXT_SPEAKER) * rank)
    heads: Array = (same @ presence[..., None])[..., 0]
    dialogue = 1.0 / (1.0 + np.exp((heads - CROWDED_ROOM) / CROWDING_WIDTH))
    ranked: Array = dominance / np.maximum((same @ dominance[..., None])[..., 0], SMALL)
    return hours * (dialogue * presence / np.maximum(heads, SMALL) + (1.0 - dialogue) * ranked)


def hours_heard(presence: Array, floor: Array, together: Array) -> Array:
    r"""Return for how long each hears each other in plenary or in the parallel rooms.

    Equation (M14), plenary and groups:

    .. math:: h_{ij} = G_{ij}\,a_i\,f_j

    Parameters
    ----------
    presence : (..., N)   how fully the listener is there, 0..1
    floor : (..., N)   floor hours of the speaker, of (M13)
    together : (..., N, N)   1 where two states sit in the same room, zero diagonal

    Returns
    -------
    (..., N, N)   hours in which i hears j, zero diagonal

    Examples
    --------
    >>> hours_heard(np.array([1.0, 0.5]), np.array([4.0, 2.0]), 1.0 - np.eye(2))
    array([[0., 2.],
           [2., 0.]])
    """
    return presence[..., :, None] * floor[..., None, :] * together


def corridor_hours(
    hours: Array | float, participation: Array, ties: Array, off: Array
) -> tuple[Array, Array]:
    r"""Return for how long each hears each other in the corridor, and the share of it that they meet.

    Equation (M14), corridor: about three partners at a time :cite:`dunbar1995`, sought out by ties.

    .. math::
        q_{ij} = 1 + 3\,\frac{t_{ij} + t_{ji}}{2}, \quad
        \varpi_{ij} = a_i a_j\,q_{ij} \Big/ \frac{\sum_{l \ne i} a_l q_{il}}{\sum_{l \ne i} a_l}, \quad
        h_{ij} = H_c\,\min\Bigl(1, \frac{3}{n - 1}\Bigr)\,\frac{\varpi_{ij}}{\min(4, n)}

    Parameters
    ----------
    hours : (..., 1, 1)   corridor hours of (M8)
    participation : (..., N)   of (M1), 0..1; n is its sum, and n - 1 counts at least 1
    ties : (..., N, N)   working contact, 0..1
    off : (..., N, N)   1 off the diagonal, 0 on it

    Returns
    -------
    heard : (..., N, N)   hours in which i hears j
    meets : (..., N, N)   the share of the corridor hours that i spends with j; a row sums to at most 3. Of
        those who stand together, about four, each speaks his share

    Examples
    --------
    Among five strangers each is with each of the other four for three quarters of the time.

    >>> heard, meets = corridor_hours(2.0, np.ones(5), np.zeros((5, 5)), 1.0 - np.eye(5))
    >>> meets[0]
    array([0.  , 0.75, 0.75, 0.75, 0.75])
    >>> heard[0]
    array([0.   , 0.375, 0.375, 0.375, 0.375])
    """
    preference = (1.0 + PREFERENCE / 2.0 * (ties + ties.mT)) * off
    sought = (preference @ participation[..., None])[..., 0]
    others = (off @ participation[..., None])[..., 0]
    heads = np.sum(participation, axis=-1)
    at_a_time = np.minimum(1.0, PARTNERS / np.maximum(heads - 1.0, 1.0))
    finds = at_a_time[..., None] * participation * others / np.maximum(sought, SMALL)
    meets = finds[..., :, None] * preference * participation[..., None, :]
    together = np.clip(heads, 1.0, PARTNERS + 1.0)[..., None, None]
    return hours * meets / together, meets
