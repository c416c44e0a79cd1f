"""The equations of docs/theory/meetings.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import meetings as m

H, N, K = 3, 11, 9
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=25, deadline=None)

STATE = ("invited", "commitment", "capacity", "sovereignty", "pay", "chair", "ability", "coming", "care")
PAIR = ("trust", "ties", "same", "off")


def world(seed: int, room: int = 4) -> dict[str, np.ndarray]:
    """Three histories of a meeting whose last state is a ghost: in the arrays, and nowhere else."""
    rng = np.random.default_rng(seed)
    w = {name: rng.uniform(size=(H, N)) for name in ("commitment", "sovereignty", "pay", "chair", "care")}
    w["care"] = np.round(w["care"], 1)  # so that there are ties
    w["invited"] = np.ones((H, N))
    w["capacity"] = rng.uniform(0.02, 1.0, size=(H, N))
    w["ability"] = rng.dirichlet(np.ones(N), size=H)
    w["coming"] = rng.uniform(0.05, 1.0, size=(H, N))
    w["salience"] = rng.uniform(size=(H, N, K))
    for name in ("weight", "memory", "treated", "sensitivity", "priority", "sponsor"):
        w[name] = rng.uniform(size=(H, K))
    w["memory"] /= np.sum(w["memory"], axis=-1, keepdims=True)
    w["treated"] = np.round(w["treated"])
    w["treated"][..., 0] = 1.0  # no process treats nothing
    off = np.broadcast_to(1.0 - np.eye(N), (H, N, N))
    w["off"] = off.copy()
    w["trust"] = rng.uniform(size=(H, N, N))
    w["ties"] = rng.uniform(size=(H, N, N)) * off
    for name in ("invited", "ability", "coming", "pay", "chair"):
        w[name][:, -1] = 0.0
    w["pay"] /= np.sum(w["pay"], axis=-1, keepdims=True)
    w["chair"] /= np.sum(w["chair"], axis=-1, keepdims=True)
    w["key"] = np.broadcast_to(np.arange(N, dtype=float), (H, N)).copy()
    w["dial"] = rng.uniform(size=(H,))
    rooms = m.room_matrix(w["care"], w["invited"], room, before(w["key"]))
    w["same"] = rooms + np.eye(N)
    return w


def before(key: np.ndarray) -> np.ndarray:
    return key[0][None, :] < key[0][:, None]


def every_equation(w: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All results of the page but (M7) and (M8)-(M12), with dials that differ between histories."""
    one, two = w["dial"][:, None], w["dial"][:, None, None]
    coming = m.participation(
        w["invited"], w["commitment"], w["capacity"], w["sovereignty"], one, 2.0 + one, one, 4.5, 0.25, one
    )
    said = m.say(w["coming"], w["pay"], w["chair"], 0.5 * one)
    raw = m.issue_weight(said, w["salience"], w["treated"], w["priority"], one, one, w["sponsor"])
    own = m.chairs_trust(w["chair"], w["coming"], w["trust"], w["off"])
    cautious = m.cautious_weight(raw, one, one, 0.3, 0.3, w["sensitivity"], own[:, None])
    shares = m.remembered_weight(cautious, w["memory"], 0.6 * one)
    alpha, on = m.agenda_share(shares, 4)
    presence = m.group_presence(w["coming"], w["capacity"], one)
    talk = m.loquacity(w["ability"], w["invited"], one)
    shared = m.floor_chair_shared(6.0 * one, presence, talk, w["same"])
    fay = m.floor_fay2000(6.0 * one, presence, talk, w["same"])
    rooms = m.room_matrix(w["care"], w["invited"], 4, before(w["key"]))
    corridor, meets = m.corridor_hours(6.0 * two, w["coming"], w["ties"], w["off"])
    clock = m.meeting_hours(
        12.0 * w["dial"],
        np.sum(w["coming"], axis=-1),
        w["dial"],
        w["dial"],
        np.sum(on, axis=-1),
        1.0,
        *(0.2, 0.14, 0.45, 0.2, 0.6, 0.55),
    )
    return {
        "coming": coming,
        "held": m.quorum_met(w["coming"], w["invited"], w["dial"]),
        "say": said,
        "raw": raw,
        "own": own,
        "cautious": cautious,
        "shares": shares,
        "memory": m.memory_after_meeting(w["memory"], shares),
        "alpha": alpha,
        "on": on,
        "presence": presence,
        "talk": talk,
        "shared": shared,
        "fay": fay,
        "rooms": rooms,
        "heard": m.hours_heard(presence, shared, rooms),
        "corridor": corridor,
        "meets": meets,
        **{f"clock_{name}": hours for name, hours in clock._asdict().items()},
    }


PER_STATE = {*STATE, "key", "salience", "say", "presence", "talk", "shared", "fay"}
PER_PAIR = {*PAIR, "rooms", "heard", "corridor", "meets"}


def reordered(name: str, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    if name in PER_PAIR and value.ndim > 2:
        return value[:, order][:, :, order]
    return value[:, order] if name in PER_STATE else value


# --- attend -----------------------------------------------------------------------------------------


def test_coming_follows_commitment_travel_obligation_and_days() -> None:
    # 4(.5 - .25) + 1.5(.4)(1 - .5) - .5(.5)(.8) - 1(4)/(20·.5) = 1 + .3 - .2 - .4 = .7
    invited, half = np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])
    coming = m.participation(invited, half, half, np.array([[0.8, 0.8]]), 0.4, 4.0, 0.5, 4.0, 0.25, 1.0)
    np.testing.assert_allclose(coming, [[1.0 / (1.0 + np.exp(-0.7)), 0.0]], rtol=1e-14)


def test_a_meeting_needs_its_quorum_and_two_who_are_asked() -> None:
    coming = np.array([[0.5, 0.5, 0.0], [0.5, 0.49, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    invited = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(m.quorum_met(coming, invited, 0.5), [True, False, False, False])


# --- set_agenda -------------------------------------------------------------------------------------


def test_the_agenda_follows_money_the_chair_and_the_sponsor() -> None:
    said = m.say(np.array([[1.0, 0.5]]), np.array([[0.6, 0.2]]), np.array([[0.0, 1.0]]), 0.25)
    np.testing.assert_allclose(said, [[0.45, 0.2]], rtol=1e-14)  # .75·.6; .5(.75·.2 + .25)
    salience = np.array([[[1.0, 0.5, 1.0], [0.0, 1.0, 1.0]]])
    treated, priority = np.array([[1.0, 1.0, 0.0]]), np.array([[1.0, 2.0, 1.0]])
    weight = m.issue_weight(said, salience, treated, priority, 0.5, 0.2, np.array([[1.0, 0.5, 1.0]]))
    np.testing.assert_allclose(weight, [[0.55, 0.95, 0.0]], rtol=1e-14)  # .45 + .1; 2(.225 + .2 + .05)


def test_the_chairs_trust_is_in_those_who_came() -> None:
    trust = np.array([[[0.9, 0.2, 0.8], [0.4, 0.9, 0.6], [0.1, 0.1, 0.9]]])
    came = np.array([[1.0, 0.5, 0.25]])
    chaired = m.chairs_trust(np.array([[1.0, 0.0, 0.0]]), came, trust, 1.0 - np.eye(3))
    np.testing.assert_allclose(chaired, [0.4], rtol=1e-14)  # (.5·.2 + .25·.8)/.75
    shared = m.chairs_trust(np.full((1, 3), 1 / 3), came, trust, 1.0 - np.eye(3))
    np.testing.assert_allclose(shared, [(0.4 + 0.55 / 1.25 + 0.1) / 3], rtol=1e-14)
    alone = m.chairs_trust(np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]]), trust, 1.0 - np.eye(3))
    np.testing.assert_array_equal(alone, [0.0])


def test_caution_puts_off_what_is_sensitive_and_lets_go_as_trust_grows() -> None:
    weight, sensitivity = np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]])
    wary = m.cautious_weight(weight, 0.8, 1.0, 0.3, 0.4, sensitivity, 0.5)
    let_go = 1.0 - 0.8 / (1.0 + np.exp(4.0))
    held_back = 1.0 - 0.8 / (1.0 + np.exp(-4.0))
    np.testing.assert_allclose(wary, [[let_go, held_back]], rtol=1e-14)
    np.testing.assert_allclose(
        m.cautious_weight(weight, 0.8, 1.0, 0.3, 0.4, sensitivity, 1.2), 1.0, atol=1e-4
    )
    np.testing.assert_array_equal(m.cautious_weight(weight, 0.8, 0.0, 0.3, 0.4, sensitivity, 0.5), weight)


def test_minutes_carry_the_past_and_memory_follows_by_a_quarter() -> None:
    weight, memory = np.array([[2.0, 2.0, 0.0]]), np.array([[0.0, 0.5, 0.5]])
    shares = m.remembered_weight(weight, memory, 0.4)
    np.testing.assert_allclose(shares, [[0.3, 0.5, 0.2]], rtol=1e-14)
    np.testing.assert_array_equal(m.remembered_weight(weight, memory, 0.0), [[0.5, 0.5, 0.0]])
    after = m.memory_after_meeting(memory, shares)
    np.testing.assert_allclose(after, [[0.075, 0.5, 0.425]], rtol=1e-14)
    np.testing.assert_array_equal(m.memory_after_meeting(0.0 * memory, shares), shares)
    np.testing.assert_array_equal(m.remembered_weight(0.0 * weight, 0.0 * memory, 0.4), 0.0 * weight)


def test_a_slot_takes_its_heaviest_issues_the_earlier_of_two_that_tie() -> None:
    weight = np.array([[0.2, 0.3, 0.2, 0.1, 0.2], [0.0, 0.0, 0.7, 0.0, 0.0], [0.0] * 5])
    alpha, on = m.agenda_share(weight, 3)
    np.testing.assert_array_equal(on, np.array([[1, 1, 1, 0, 0], [0, 0, 1, 0, 0], [0] * 5], dtype=bool))
    np.testing.assert_allclose(alpha[0], [2 / 7, 3 / 7, 2 / 7, 0, 0], rtol=1e-14)
    np.testing.assert_array_equal(alpha[1:], [[0, 0, 1, 0, 0], [0] * 5])
    limits = np.array([[1], [2], [3]])
    np.testing.assert_array_equal(np.sum(m.agenda_share(weight, limits)[1], axis=-1), [1, 1, 0])


def test_issues_of_one_salience_tie_to_the_last_bit_whatever_the_numbers() -> None:
    rng = np.random.default_rng(7)
    salience = np.repeat(rng.uniform(size=(1, N, 1)), K, axis=-1)
    one = np.ones((1, K))
    weight = m.issue_weight(rng.uniform(size=(1, N)), salience, one, one, 0.0, 0.0, one)
    assert np.unique(weight).size == 1
    np.testing.assert_array_equal(m.agenda_share(weight, 2)[1][0], [True, True] + [False] * (K - 2))


# --- form_rooms -------------------------------------------------------------------------------------


def test_the_clock_of_a_two_day_meeting() -> None:
    # corridor .2·12, statements min(10·.1·.5, .5·12), text .2·12·√.25, opening 4·.5, floor 12 - 6.1
    clock = m.meeting_hours(
        np.array([12.0]), np.array([10.0]), 0.5, 0.25, np.array([4]), 1.0, 0.2, 0.1, 0.5, 0.2, 0.5, 0.6
    )
    np.testing.assert_allclose(
        [float(hours[0]) for hours in clock], [2.4, 0.5, 1.2, 2.0, 2.36, 3.54], rtol=1e-14
    )


def test_statements_are_capped_and_an_outrun_clock_leaves_no_floor() -> None:
    day, crowd = np.array([6.0]), np.array([60.0])
    clock = m.meeting_hours(day, crowd, 1.0, 1.0, np.array([5]), 0.0, 0.3, 0.2, 0.4, 0.3, 1.0, 0.6)
    assert clock.statements[0] == pytest.approx(2.4)
    assert clock.plenary[0] == 0.0
    assert clock.groups[0] == 0.0


def test_rooms_are_filled_in_order_of_interest_as_equal_as_may_be() -> None:
    care = np.array([[0.5, 0.9, 0.5, 0.1, 0.7, 0.5, 0.3]])
    invited = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]])
    key = np.array([[2.0, 0.0, 1.0, 3.0, 4.0, 5.0, 6.0]])
    # order 1, 4, then the tie by key 2, 0, 5, last 3; six in rooms of four at most: {1, 4, 2} {0, 5, 3}
    rooms = m.room_matrix(care, invited, 4, before(key))[0]
    expected = np.zeros((7, 7))
    for seated in ({1, 4, 2}, {0, 5, 3}):
        for i in seated:
            for j in seated - {i}:
                expected[i, j] = 1.0
    np.testing.assert_array_equal(rooms, expected)
    assert np.all(m.room_matrix(care, invited, 0, before(key)) == 0.0)
    by_history = m.room_matrix(
        np.tile(care, (2, 1)), np.tile(invited, (2, 1)), np.array([0.0, 4.0]), before(key)
    )
    np.testing.assert_array_equal(by_history, [0.0 * expected, expected])
    nobody = m.room_matrix(care, 0.0 * invited, 4, before(key))
    assert np.all(nobody == 0.0)


@pytest.mark.parametrize("heads", [2, 3, 7, 10, 20, 49, 50])
@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_no_room_is_over_full_and_none_much_emptier_than_another(heads: int, size: int) -> None:
    key = np.arange(float(heads))[None]
    care = np.linspace(1.0, 0.0, heads)[None]
    rooms = m.room_matrix(care, np.ones((1, heads)), size, before(key))[0]
    seats = np.sum(rooms, axis=-1) + 1.0
    assert np.max(seats) <= size
    assert np.max(seats) - np.min(seats) <= 1
    assert np.sum(1.0 / seats) == pytest.approx(np.ceil(heads / size))


def test_a_chair_who_evens_the_floor_gives_each_the_same() -> None:
    ability, present = np.array([[0.64, 0.16, 0.16, 0.04]]), np.ones((1, 4))
    talk = m.loquacity(ability, present, 0.0)
    np.testing.assert_allclose(talk, [[1.6, 0.8, 0.8, 0.4]], rtol=1e-14)
    np.testing.assert_allclose(
        m.loquacity(ability, present, 0.5), np.sqrt([[1.6, 0.8, 0.8, 0.4]]), rtol=1e-14
    )
    np.testing.assert_array_equal(m.loquacity(ability, present, 1.0), present)
    spoken = m.floor_chair_shared(9.0, np.array([[1.0, 1.0, 0.5, 0.0]]), talk, np.ones((4, 4)))
    np.testing.assert_allclose(spoken, [[9 * 1.6 / 2.8, 9 * 0.8 / 2.8, 9 * 0.4 / 2.8, 0.0]], rtol=1e-14)


def test_in_a_crowd_each_has_two_thirds_of_the_one_before() -> None:
    present, talk = np.ones((1, 40)), np.linspace(3.0, 0.3, 40)[None]
    spoken = m.floor_fay2000(6.0, present, talk, np.ones((40, 40)))[0]
    np.testing.assert_allclose(spoken[1:12] / spoken[:11], 2 / 3, rtol=1e-6)
    few = m.floor_fay2000(6.0, np.ones((1, 2)), np.array([[3.0, 1.0]]), np.ones((2, 2)))[0]
    dialogue = 1.0 / (1.0 + np.exp(-5.0 / 1.5))
    first = 6.0 * (dialogue / 2.0 + (1.0 - dialogue) * 0.6)
    np.testing.assert_allclose(few, [first, 6.0 - first], rtol=1e-14)


def test_hours_heard_in_rooms_of_two() -> None:
    rooms = np.zeros((1, 4, 4))
    rooms[0, 0, 1] = rooms[0, 1, 0] = rooms[0, 2, 3] = rooms[0, 3, 2] = 1.0
    heard = m.hours_heard(np.array([[1.0, 0.5, 1.0, 0.0]]), np.array([[2.0, 1.0, 3.0, 0.0]]), rooms)
    expected = np.zeros((4, 4))
    expected[0, 1], expected[1, 0] = 1.0, 1.0
    np.testing.assert_array_equal(heard[0], expected)


def test_in_the_corridor_one_seeks_out_whom_one_knows() -> None:
    ties = np.zeros((1, 4, 4))
    ties[0, 0, 1] = ties[0, 1, 0] = 1.0
    heard, meets = m.corridor_hours(2.0, np.array([[1.0, 1.0, 1.0, 0.5]]), ties, 1.0 - np.eye(4))
    # n = 3.5: all at a time; of state 0: q = 4, 1, 1, mean (4 + 1 + .5)/2.5 = 2.2
    np.testing.assert_allclose(meets[0, 0], [0.0, 4 / 2.2, 1 / 2.2, 0.5 / 2.2], rtol=1e-14)
    np.testing.assert_allclose(meets[0, 3], [0.5, 0.5, 0.5, 0.0], rtol=1e-14)
    # 3.5 stand together and each speaks his share of the two hours
    np.testing.assert_allclose(heard, 2.0 * meets / 3.5, rtol=1e-14)
    np.testing.assert_allclose(heard[0, 0], np.array([0.0, 8.0, 2.0, 1.0]) / 7.7, rtol=1e-14)
    large = m.corridor_hours(2.0, np.ones((1, 31)), np.zeros((1, 31, 31)), 1.0 - np.eye(31))[1]
    np.testing.assert_allclose(np.sum(large, axis=-1), 3.0, rtol=1e-12)
    # two speak half of the time each; of many about four stand together, and three quarters are heard
    for heads, hears in ((2, 1.0), (3, 4 / 3), (4, 1.5), (31, 1.5)):
        full, off = np.ones((1, heads)), 1.0 - np.eye(heads)
        spoken, _ = m.corridor_hours(2.0, full, np.zeros((1, heads, heads)), off)
        np.testing.assert_allclose(np.sum(spoken, axis=-1), hears, rtol=1e-12)
    empty, _ = m.corridor_hours(2.0, np.zeros((1, 4)), ties, 1.0 - np.eye(4))
    assert np.all(empty == 0.0)


# --- for any numbers --------------------------------------------------------------------------------


@quick
@given(seeds, st.integers(1, 5))
def test_everything_stays_within_its_bounds(seed: int, room: int) -> None:
    w = world(seed, room)
    out = every_equation(w)
    for name in ("coming", "say", "own", "shares", "memory", "alpha", "presence"):
        assert np.all((out[name] >= 0.0) & (out[name] <= 1.0 + 1e-12)), name
    assert np.all(out["cautious"] <= out["raw"])
    assert np.all(np.sum(out["on"], axis=-1) <= 4)
    assert np.all((out["talk"] >= 0.3) & (out["talk"] <= 3.0))
    for name in ("shares", "memory", "alpha"):
        np.testing.assert_allclose(np.sum(out[name], axis=-1), 1.0, rtol=1e-12, err_msg=name)
    for name in ("rooms", "heard", "corridor", "meets"):
        assert np.all(out[name] >= 0.0), name
        assert np.all(np.diagonal(out[name], axis1=-2, axis2=-1) == 0.0), name
    assert np.all(np.sum(out["meets"], axis=-1) <= 3.0 + 1e-12)
    assert np.all(np.sum(out["corridor"], axis=-1) <= 0.75 * 6.0 * w["dial"][:, None] + 1e-12)
    np.testing.assert_array_equal(out["rooms"], np.swapaxes(out["rooms"], -1, -2))
    for hours in (value for name, value in out.items() if name.startswith("clock")):
        assert np.all(hours >= 0.0)


@quick
@given(seeds, st.integers(1, 12))
def test_floor_hours_of_each_room_sum_to_its_hours(seed: int, room: int) -> None:
    w = world(seed, room)
    seats = np.sum(w["same"], axis=-1)
    for floor in (m.floor_chair_shared, m.floor_fay2000):
        spoken = floor(6.0, w["coming"], m.loquacity(w["ability"], w["invited"], 0.5), w["same"])
        in_room = (w["same"] @ spoken[..., None])[..., 0]
        np.testing.assert_allclose(in_room[:, :-1], 6.0, rtol=1e-12)
        assert np.all(spoken[:, -1] == 0.0)
        assert np.all(seats[:, -1] == 1.0)


@quick
@given(seeds)
def test_the_clock_sums_to_the_session_unless_it_is_outrun(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hours, heads, items = rng.uniform(6, 18, 50), rng.uniform(2, 60, 50), rng.integers(0, 6, 50)
    clock = m.meeting_hours(
        hours, heads, rng.uniform(size=50), rng.uniform(size=50), items, rng.integers(0, 2, 50) * 1.0,
        0.2, 0.14, 0.45, 0.2, 0.6, 0.55,
    )  # fmt: skip
    total = np.sum(np.array(clock), axis=0)
    fixed = clock.corridor + clock.statements + clock.text + clock.opening
    np.testing.assert_allclose(total, np.maximum(hours, fixed), rtol=1e-12)


@quick
@given(seeds, st.integers(2, N))
def test_in_the_corridor_what_is_heard_and_what_is_said_fill_the_hours(seed: int, heads: int) -> None:
    # when all who came stay, each hears the others for what is left of the clock by his own share of the talk
    w = world(seed)
    here, off = np.ones((H, heads)), w["off"][:, :heads, :heads]
    heard, meets = m.corridor_hours(6.0, here, w["ties"][:, :heads, :heads], off)
    own = 6.0 / min(4, heads)
    np.testing.assert_allclose(np.sum(heard, axis=-1) + own, 6.0, rtol=1e-12)
    np.testing.assert_allclose(heard, meets * own, rtol=1e-12)


@quick
@given(seeds, st.permutations(range(N)))
def test_states_in_another_order_give_results_in_that_order(seed: int, order: list[int]) -> None:
    w = world(seed)
    moved = every_equation({name: reordered(name, value, np.array(order)) for name, value in w.items()})
    for name, value in every_equation(w).items():
        expected = reordered(name, value, np.array(order))
        np.testing.assert_allclose(moved[name], expected, rtol=0, atol=1e-12, err_msg=name)


@quick
@given(seeds, st.integers(0, H - 1))
def test_one_history_alone_has_the_bits_it_has_among_three(seed: int, history: int) -> None:
    w = world(seed)
    alone = every_equation({name: value[history : history + 1] for name, value in w.items()})
    for name, value in every_equation(w).items():
        np.testing.assert_array_equal(alone[name], value[history : history + 1], err_msg=name)


@quick
@given(seeds)
def test_a_ghost_changes_nothing_for_the_others(seed: int) -> None:
    w = world(seed)
    kept = np.arange(N - 1)
    full = every_equation(w)
    without = every_equation({name: reordered(name, value, kept) for name, value in w.items()})
    for name, value in without.items():
        np.testing.assert_allclose(value, reordered(name, full[name], kept), rtol=0, atol=1e-12, err_msg=name)
    for name in ("coming", "say", "presence", "shared", "fay"):
        assert np.all(full[name][:, -1] == 0.0), name
    for name in ("rooms", "heard", "corridor", "meets"):
        assert np.all(full[name][:, -1] == 0.0), name
        assert np.all(full[name][:, :, -1] == 0.0), name


@quick
@given(seeds)
def test_a_meeting_of_no_hours_in_which_nobody_is_has_none_of_anything(seed: int) -> None:
    w = world(seed)
    nobody, none = np.zeros((H, N)), np.zeros(H)
    clock = m.meeting_hours(none, none, 0.5, 0.0, none, 1.0, 0.2, 0.14, 0.45, 0.2, 0.6, 0.55)
    assert np.all(np.array(clock) == 0.0)
    talk = m.loquacity(w["ability"], w["invited"], 0.5)
    for floor in (m.floor_chair_shared, m.floor_fay2000):
        assert np.all(floor(0.0, w["coming"], talk, w["same"]) == 0.0)
        assert np.all(floor(6.0, nobody, talk, w["same"]) == 0.0)
    for value in m.corridor_hours(6.0, nobody, w["ties"], w["off"]):
        assert np.all(value == 0.0)


@quick
@given(seeds)
def test_two_half_meetings_have_the_talking_hours_of_one_whole(seed: int) -> None:
    w = world(seed)
    talk = m.loquacity(w["ability"], w["invited"], 0.5)
    for floor in (m.floor_chair_shared, m.floor_fay2000):
        whole = m.hours_heard(w["coming"], floor(6.0, w["coming"], talk, w["same"]), w["off"])
        half = m.hours_heard(w["coming"], floor(3.0, w["coming"], talk, w["same"]), w["off"])
        np.testing.assert_allclose(2.0 * half, whole, rtol=1e-12)
    whole, half = (m.corridor_hours(hours, w["coming"], w["ties"], w["off"])[0] for hours in (2.0, 1.0))
    np.testing.assert_allclose(2.0 * half, whole, rtol=1e-12)


def test_the_cards_of_the_page(tmp_path: Path) -> None:
    page = files("rcpsim") / "theory" / "meetings.toml"
    (tmp_path / page.name).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    cards = read_cards(tmp_path)
    assert len(cards) == 18
    assert cards["quorum"].prior.low == cards["quorum"].prior.high == 0.5
    assert {n for n, c in cards.items() if c.status == "other-side"} == {"concurrency"}
    assert {n for n, c in cards.items() if c.unit == "hour"} == {"statement", "opening"}
