"""The equations of docs/theory/learning.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from functools import partial
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import learning as le
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, M, K = 3, 11, 3, 9
OFF = 1.0 - np.eye(N)
ONE, PAIR, NK, NMK, NONE = (-1,), (-2, -1), (-2,), (-3,), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

EQUATIONS = [
    (le.pool_room_pooled, "u presence pool_share same", NK),
    (le.pool_room_maximum, "u presence pool_share same", NK),
    (le.pool_plenary_pooled, "u presence share outside", NONE),
    (le.pool_plenary_maximum, "u presence share outside", NONE),
    (le.pool_reported, "pool plenary report", NK),
    (le.technical_hours, "alpha stalled report candid shared", NK),
    (le.pooled_gap, "setting_hours pools", NK),
    (le.absorption, "capacity share", ONE),
    (le.understanding_after_meeting, "u pool candid capacity learn_hours", NK),
    (le.caring_hours, "hours candour alpha salience", PAIR),
    (le.empathy_after_meeting, "empathy caring learn_hours", PAIR),
    (le.understanding_after_quarter, "u founding report", NK),
    (partial(le.empathy_after_quarter, off=OFF), "empathy report", PAIR),
    (le.founding_understanding, "capacity salience", NK),
    (le.seen_interest, "u image profile", NMK),
]
AXES = dict.fromkeys(("presence", "capacity"), ONE)
AXES |= dict.fromkeys(
    ["u", "pool", "candid", "shared", "setting_hours", "pools", "candour", "salience", "founding"], NK
)
AXES |= dict.fromkeys(("same", "hours", "empathy", "caring"), PAIR) | {"image": NMK, "profile": NMK}


def world(seed: int) -> dict[str, object]:
    """Three histories and three settings, with dials that differ between histories."""
    rng = np.random.default_rng(seed)
    rooms = rng.integers(0, 3, (H, N))
    founding = rng.uniform(0.1, 0.4, (H, N, K))
    return {
        "u": founding + (1 - founding) * rng.uniform(size=(H, N, K)),
        "founding": founding,
        "presence": rng.uniform(0, 1, (H, N)),
        "pool_share": rng.uniform(0.3, 0.8, (H, 1, 1)),
        "share": rng.uniform(0.3, 0.8, (H, 1)),
        "outside": rng.uniform(0.6, 1, (H, 1)),
        "same": (rooms[:, :, None] == rooms[:, None, :]).astype(float),
        "pool": rng.uniform(0, 1, (H, N, K)),
        "plenary": rng.uniform(0, 1, (H, K)),
        "report": rng.uniform(0.2, 0.8, (H, 1, 1)),
        "alpha": rng.dirichlet(np.ones(K), H),
        "stalled": rng.uniform(0, 1, (H, K)),
        "candid": rng.uniform(0, 6, (H, N, K)),
        "shared": rng.uniform(0, 1, (H, N, K)),
        "setting_hours": tuple(rng.uniform(0, 2, (3, H, N, K))),
        "pools": tuple(rng.uniform(0, 1, (3, H, N, K))),
        "capacity": rng.uniform(0, 1, (H, N)),
        "learn_hours": rng.uniform(2, 10, (H, 1, 1)),
        "hours": tuple(rng.uniform(0, 2, (3, H, N, N)) * OFF),
        "candour": tuple(rng.uniform(0, 1, (3, H, N, K))),
        "salience": rng.uniform(0, 1, (H, N, K)),
        "empathy": rng.uniform(0.15, 1, (H, N, N)) * OFF,
        "caring": rng.uniform(0, 5, (H, N, N)) * OFF,
        "image": rng.uniform(-1, 1, (H, N, M, K)),
        "profile": rng.uniform(-1, 1, (H, N, M, K)),
    }


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_shares_stay_shares(equation, names, result, seed):
    w = world(seed)
    if equation in (le.technical_hours, le.caring_hours):
        assert (equation(*(w[name] for name in names.split())) >= 0).all()
        return
    low = -1 if equation is le.seen_interest else 0
    value = equation(*(w[name] for name in names.split()))
    assert ((value >= low) & (value <= 1)).all()


def test_pools_on_paper():
    # shares .6 × .5, .6 × 1 × ½ and .6 × 0: 1 − .7 × .7 × 1; observers with .5 leave 1 − .6 × .5 of it open
    u, presence = np.array([[0.5], [1.0], [0.0]]), np.array([1.0, 0.5, 1.0])
    np.testing.assert_allclose(le.pool_plenary_pooled(u, presence, 0.6, 1.0), [0.51], rtol=1e-14)
    np.testing.assert_allclose(le.pool_plenary_pooled(u, presence, 0.6, 0.7), [1 - 0.7 * 0.49], rtol=1e-14)
    rooms = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    pool = le.pool_room_pooled(u, presence, 0.6, rooms)
    np.testing.assert_allclose(pool[:, 0], [0.51, 0.51, 0.0], atol=1e-15)
    best = le.pool_room_maximum(u, presence, 0.6, rooms)
    np.testing.assert_array_equal(best[:, 0], [1.0, 1.0, 0.0])
    np.testing.assert_array_equal(le.pool_plenary_maximum(u, np.array([1.0, 0.49, 1.0]), 0.6, 0.7), [0.5])
    np.testing.assert_array_equal(le.pool_plenary_maximum(u, np.zeros(3), 0.6, 0.7), [0.0])


@quick
@given(seed=seeds)
def test_one_room_for_all_is_the_plenary(seed):
    w = world(seed)
    together = np.ones((H, N, N))
    share = w["pool_share"][..., 0]
    room = le.pool_room_pooled(w["u"], w["presence"], w["pool_share"], together)
    plenary = le.pool_plenary_pooled(w["u"], w["presence"], share, 1.0)
    np.testing.assert_allclose(room, plenary[:, None, :] * np.ones((N, 1)), rtol=0, atol=1e-13)
    room = le.pool_room_maximum(w["u"], w["presence"], w["pool_share"], together)
    plenary = le.pool_plenary_maximum(w["u"], w["presence"], share, 1.0)
    np.testing.assert_array_equal(room, plenary[:, None, :] * np.ones((N, 1)))


@quick
@given(seed=seeds)
def test_pooled_knowledge_is_at_least_that_of_the_best_and_grows_with_the_room(seed):
    w = world(seed)
    share, full = w["pool_share"][..., 0], np.ones((H, N))
    pool = le.pool_plenary_pooled(w["u"], full, share, 1.0)
    assert (pool >= share * w["u"].max(axis=-2) - 1e-12).all()
    assert (le.pool_plenary_pooled(w["u"][:, :5], full[:, :5], share, 1.0) <= pool + 1e-12).all()
    assert (le.pool_plenary_pooled(w["u"], full, share, w["outside"]) >= pool - 1e-12).all()


@quick
@given(seed=seeds)
def test_a_ghost_adds_nothing(seed):
    w = world(seed)
    presence, empty = w["presence"].copy(), tuple(h.copy() for h in w["hours"])
    presence[:, -1] = 0.0
    for h in empty:
        h[..., -1] = 0.0
    for room in (le.pool_room_pooled, le.pool_room_maximum):
        full = room(w["u"], presence, w["pool_share"], w["same"])
        less = room(w["u"][:, :-1], presence[:, :-1], w["pool_share"], w["same"][:, :-1, :-1])
        np.testing.assert_allclose(full[:, :-1], less, rtol=0, atol=1e-12)
    for plenary in (le.pool_plenary_pooled, le.pool_plenary_maximum):
        full = plenary(w["u"], presence, w["share"], w["outside"])
        less = plenary(w["u"][:, :-1], presence[:, :-1], w["share"], w["outside"])
        np.testing.assert_allclose(full, less, rtol=0, atol=1e-12)
    assert not le.caring_hours(empty, w["candour"], w["alpha"], w["salience"])[..., -1].any()


def test_hours_and_reports_on_paper():
    # ¼ of 8 candid hours, a tenth stalled, 40 % politicians, half the words shared
    x = le.technical_hours(np.array([0.25]), np.array([0.1]), 0.6, np.array([[8.0]]), np.array([[0.5]]))
    np.testing.assert_allclose(x, [[0.25 * 0.9 * 0.6 * 8 * 0.5]], rtol=1e-15)
    # 3 h in plenary where .4 is known, 1 h in a group where .8 is
    both = le.pooled_gap((np.array([[3.0]]), np.array([[1.0]])), (np.array([[0.4]]), np.array([[0.8]])))
    np.testing.assert_allclose(both, [[0.5]], rtol=1e-15)
    # one plenary value for all states
    plenary = np.array([[0.4]])
    np.testing.assert_allclose(le.pooled_gap((np.ones((2, 1)),), (plenary,)), [[0.4], [0.4]], rtol=1e-15)


def test_learning_on_paper():
    # capacity .5 on a base of .2: absorb .6; 5 h of 3 make exp(−1) of the gap .5 remain
    absorb = le.absorption(np.array([0.5]), 0.2)
    u = le.understanding_after_meeting(np.array([[0.3]]), np.array([[0.8]]), np.array([[5.0]]), absorb, 3.0)
    np.testing.assert_allclose(u, [[0.8 - 0.5 * np.exp(-1)]], rtol=1e-14)


@quick
@given(seed=seeds)
def test_nobody_unlearns_in_a_meeting_nor_learns_more_than_was_known(seed):
    w = world(seed)
    u = le.understanding_after_meeting(w["u"], w["pool"], w["candid"], w["capacity"], w["learn_hours"])
    assert (u >= w["u"]).all()
    assert (u <= np.maximum(w["u"], w["pool"]) + 1e-15).all()


@quick
@given(seed=seeds)
def test_without_hours_nothing_is_learnt(seed):
    w = world(seed)
    none, silence = np.zeros((H, N, K)), np.zeros((H, N, N))
    pool = le.pooled_gap((none, none), w["pools"][:2])
    np.testing.assert_array_equal(pool, none)
    u = le.understanding_after_meeting(w["u"], w["pool"], none, w["capacity"], w["learn_hours"])
    np.testing.assert_array_equal(u, w["u"])
    caring = le.caring_hours((silence,), w["candour"][:1], w["alpha"], w["salience"])
    np.testing.assert_array_equal(le.empathy_after_meeting(w["empathy"], caring, 20.0), w["empathy"])


@quick
@given(seed=seeds)
def test_two_half_meetings_teach_what_one_whole_does(seed):
    w = world(seed)
    u, pool, absorb, scale = w["u"], w["pool"], w["capacity"], w["learn_hours"]
    whole = le.understanding_after_meeting(u, pool, w["candid"], absorb, scale)
    half = le.understanding_after_meeting(u, pool, w["candid"] / 2, absorb, scale)
    halves = le.understanding_after_meeting(half, pool, w["candid"] / 2, absorb, scale)
    np.testing.assert_allclose(halves, whole, rtol=0, atol=1e-12)
    whole = le.empathy_after_meeting(w["empathy"], w["caring"], scale)
    half = le.empathy_after_meeting(w["empathy"], w["caring"] / 2, scale)
    halves = le.empathy_after_meeting(half, w["caring"] / 2, scale)
    np.testing.assert_allclose(halves, whole, rtol=0, atol=1e-12)
    assert (np.diagonal(whole, axis1=-2, axis2=-1) == 0).all()


@quick
@given(seed=seeds)
def test_hours_of_caring_are_the_sums_of_the_page(seed):
    w = world(seed)
    expected = sum(
        np.einsum("hij,hk,hjk,hjk->hij", h, w["alpha"], c, w["salience"])
        for h, c in zip(w["hours"], w["candour"], strict=True)
    )
    got = le.caring_hours(w["hours"], w["candour"], w["alpha"], w["salience"])
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@quick
@given(seed=seeds)
def test_what_is_learnt_fades_to_where_it_began(seed):
    w = world(seed)
    u, empathy = w["u"], w["empathy"]
    for _ in range(400):
        u = le.understanding_after_quarter(u, w["founding"], 0.9)
        empathy = le.empathy_after_quarter(empathy, 0.9, OFF)
    np.testing.assert_allclose(u, w["founding"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(empathy, le.FOUNDING_EMPATHY * OFF * np.ones((H, 1, 1)), rtol=0, atol=1e-12)


def test_a_half_life_is_one():
    keep = 2 ** (-1 / 8)
    u, empathy = np.array([[0.9]]), np.array([[0.0, 0.95], [0.55, 0.0]])
    for _ in range(8):
        u = le.understanding_after_quarter(u, np.array([[0.1]]), keep)
        empathy = le.empathy_after_quarter(empathy, keep, 1 - np.eye(2))
    np.testing.assert_allclose(u, [[0.5]], rtol=1e-14)
    np.testing.assert_allclose(empathy, [[0.0, 0.55], [0.35, 0.0]], rtol=1e-14)


def test_knowing_ones_own_case_on_paper():
    founding = le.founding_understanding(np.array([0.8]), np.array([[0.5, 0.0]]))
    np.testing.assert_allclose(founding, [[0.22, 0.1]], rtol=1e-15)
    image, profile = np.array([[[-0.9], [0.3]]]), np.array([[[0.1], [0.3]]])
    np.testing.assert_allclose(
        le.seen_interest(np.array([[0.4]]), image, profile), [[[-0.5], [0.3]]], rtol=1e-14
    )
    np.testing.assert_array_equal(le.seen_interest(np.array([[0.0]]), image, profile), image)
    np.testing.assert_array_equal(le.seen_interest(np.array([[1.0]]), image, profile), profile)


def test_every_parameter_of_the_page_has_a_card():
    cards = read_cards(files("rcpsim") / "theory")
    own = {name for name, card in cards.items() if card.file == "theory/learning.toml"}
    assert own == {
        "absorb_base",
        "empathy_halflife",
        "empathy_hours",
        "learn_hours",
        "observer_expertise",
        "pool_share",
        "report",
        "understanding_halflife",
    }
    assert cards["pool_share"].allowed[1] < 1  # the logarithm of U1 has to exist
