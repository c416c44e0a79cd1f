"""The equations of docs/theory/networks.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import networks as net
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K = 3, 11, 9
OFF = 1.0 - np.eye(N)
SLOT, STATE, PAIR, NONE = (-1,), (-2,), (-2, -1), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

AXES = {
    **dict.fromkeys(("present", "commitment", "capacity", "put"), SLOT),
    "understanding": STATE,
    **dict.fromkeys(("ties", "contact"), PAIR),
}

EQUATIONS = [
    (lambda ties, keep: net.ties_after_quarter(ties, keep, OFF), "ties share_m", PAIR, 0),
    (net.ties_after_contact, "ties contact hours_m", PAIR, 0),
    (net.telephone_hours, "share_m hours_m commitment ties present", PAIR, 0),
    (net.put, "present commitment capacity share hours share", SLOT, 0),
    (net.comparability, "defined treated", NONE, 1),
    (net.data_share_after_quarter, "share_s share_s put capacity present", NONE, 1),
    (net.understanding_from_data, "understanding share_m share_m put treated", STATE, 0),
]


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, in which the last state is absent."""
    rng = np.random.default_rng(seed)
    here = (rng.uniform(size=(H, N)) < 0.8) * 1.0
    here[:, -1], here[:, 0] = 0.0, 1.0
    commitment, capacity = rng.uniform(size=(H, N)), rng.uniform(0.02, 1.0, size=(H, N))
    return {
        "present": here,
        "commitment": commitment,
        "capacity": capacity,
        "put": rng.uniform(size=(H, N)) * commitment * capacity * here,
        "ties": rng.uniform(size=(H, N, N)) * OFF,
        "contact": rng.exponential(size=(H, N, N)) * OFF,
        "understanding": rng.uniform(size=(H, N, K)),
        "defined": (rng.uniform(size=(H, K)) < 0.5) * 1.0,
        "treated": (rng.uniform(size=(H, K)) < 0.7) * 1.0,
        "share": rng.uniform(size=(H, 1)),
        "share_s": rng.uniform(size=(H,)),
        "share_m": rng.uniform(size=(H, 1, 1)),
        "hours": rng.uniform(0.3, 3.0, size=(H, 1)),
        "hours_m": rng.uniform(0.3, 3.0, size=(H, 1, 1)),
    }


@pytest.mark.parametrize(("equation", "names", "result", "spread"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, spread, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed, spread)


def test_ties_fade_to_what_bilateral_life_keeps_up():
    off = 1.0 - np.eye(2)
    ties = 0.84 * off
    for left in (0.44, 0.24, 0.14):
        ties = net.ties_after_quarter(ties, 0.5, off)
        assert ties[0, 1] == pytest.approx(left)
    np.testing.assert_array_equal(net.ties_after_quarter(0.04 * off, 0.5, off), 0.04 * off)


@quick
@given(seed=seeds)
def test_contact_in_two_halves_is_contact_and_none_is_nothing(seed):
    w = world(seed)
    whole = net.ties_after_contact(w["ties"], w["contact"], 2.0)
    half = net.ties_after_contact(w["ties"], w["contact"] / 2.0, 2.0)
    np.testing.assert_allclose(net.ties_after_contact(half, w["contact"] / 2.0, 2.0), whole, rtol=1e-12)
    np.testing.assert_array_equal(net.ties_after_contact(w["ties"], 0.0 * OFF, 2.0), w["ties"])
    assert (whole >= w["ties"]).all()
    assert whole.max() <= 1.0
    assert not np.diagonal(whole, axis1=-2, axis2=-1).any()


def test_counterparts_call_those_they_know():
    ties = np.array([[0.0, 0.8, 0.5], [0.2, 0.0, 0.5], [0.5, 0.5, 0.0]])
    hours = net.telephone_hours(0.5, 2.0, np.array([0.36, 1.0, 1.0]), ties, np.array([1.0, 1.0, 0.0]))
    # .5 * 2 * .6 * ties of the two who are there
    np.testing.assert_allclose(hours, [[0.0, 0.48, 0.0], [0.12, 0.0, 0.0], [0.0, 0.0, 0.0]], rtol=1e-12)
    assert not net.telephone_hours(0.0, 2.0, np.ones(3), ties, np.ones(3)).any()


def test_an_open_database_is_filled_by_those_who_feel_safe():
    one = np.ones(1)
    # 4 * (.5 - 1 * (1 - .75)) = 1
    assert net.put(one, 0.5 * one, 0.8 * one, 0.5, 1.0, 0.75) == pytest.approx(0.4 / (1 + np.exp(-1.0)))
    assert net.put(one, one, one, 0.1, 1.0, 1.0) > net.put(one, one, one, 0.1, 1.0, 0.0)
    assert net.put(0.0 * one, one, one, 0.1, 1.0, 1.0) == 0.0


def test_figures_can_be_compared_where_words_are_defined():
    treated = np.array([[1.0, 1.0, 1.0, 1.0, 0.0]])
    assert net.comparability(np.zeros((1, 5)), treated) == pytest.approx(0.3)
    assert net.comparability(np.ones((1, 5)), treated) == pytest.approx(1.0)
    assert net.comparability(np.array([[1.0, 0.0, 0.0, 0.0, 1.0]]), treated) == pytest.approx(0.475)
    assert net.comparability(np.ones((1, 5)), np.zeros((1, 5))) == pytest.approx(0.3)


def test_the_database_goes_a_quarter_of_the_way_to_what_is_put_in():
    put, here = np.array([[0.2, 0.1, 0.0]]), np.array([[1.0, 1.0, 0.0]])
    capacity = np.array([[0.5, 0.5, 0.9]])
    # .8 * .3 / 1 = .24, a quarter of the way from .1
    share = net.data_share_after_quarter(np.array([0.1]), np.array([0.8]), put, capacity, here)
    assert share == pytest.approx([0.135])


@quick
@given(seed=seeds)
def test_the_database_teaches_who_gives_on_what_is_treated(seed):
    w = world(seed)
    rest = (w["put"], w["treated"])
    after = net.understanding_from_data(w["understanding"], 0.08, w["share_m"], *rest)
    assert (after >= w["understanding"]).all()
    assert after.max() <= 1.0
    np.testing.assert_array_equal(after[:, -1], w["understanding"][:, -1])
    np.testing.assert_array_equal(
        net.understanding_from_data(w["understanding"], 0.08, 0.0, *rest), w["understanding"]
    )
    untreated = np.broadcast_to((w["treated"] == 0.0)[:, None, :], after.shape)
    np.testing.assert_array_equal(after[untreated], w["understanding"][untreated])
    more = net.understanding_from_data(w["understanding"], 0.08, w["share_m"], 1.5 * w["put"], w["treated"])
    assert (more >= after).all()
    # half of the put in each of two quarters is the whole in one
    halves = w["understanding"]
    for _ in range(2):
        halves = net.understanding_from_data(halves, 0.08, w["share_m"], w["put"] / 2.0, w["treated"])
    np.testing.assert_allclose(halves, after, rtol=1e-12)


def test_what_is_taken_out_goes_with_what_is_put_in():
    # rate 5 ln 4 on a half-filled database: .4 put in is ln 4 and closes 3/4 of the gap of .8, .2 closes 1/2
    u, put = np.full((3, 2), 0.2), np.array([0.4, 0.2, 0.0])
    after = net.understanding_from_data(u, 5.0 * np.log(4.0), 0.5, put, np.array([1.0, 0.0]))
    np.testing.assert_allclose(after, [[0.8, 0.2], [0.6, 0.2], [0.2, 0.2]], rtol=1e-12)
