"""The equations of docs/theory/positions.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from functools import partial
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import positions as p
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, M, K = 3, 11, 3, 9
OFF = 1.0 - np.eye(N)
WEIGHTS = np.array([0.3, 0.45, 0.25])
ONE, PAIR, NK, NMK, NONE = (-1,), (-2, -1), (-2,), (-3,), ()
RIVALS = [p.friedkin1990, p.deffuant2000, p.hegselmann2002]
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

EQUATIONS = [
    (partial(p.national_line, ministry_weights=WEIGHTS), "x", NK),
    (p.latitude, "trust dial dial", PAIR),
    (p.bounded_mean, "line heard hours latitude", NK),
    (p.share_moved, "hours_within issue_hours dial persuade_hours", NK),
    *((rival, "line heard hours trust issue_hours par", NK) for rival in RIVALS),
    (p.position_after_meeting, "x delta mix share dial sensitivity", NMK),
    (p.position_at_home, "x interest share", NMK),
    (p.position_after_coordination, "x line days share", NMK),
    (partial(p.coherence, ministry_weights=WEIGHTS), "x line salience", ONE),
    (p.stated_line, "stated line heard", NK),
    (p.founding_stated, "line", NK),
]
AXES = dict.fromkeys(("line", "heard", "hours_within", "delta", "salience", "stated", "days"), NK)
AXES |= dict.fromkeys(("trust", "hours", "latitude"), PAIR) | {"x": NMK, "interest": NMK}


def world(seed: int) -> dict[str, object]:
    """Three histories, with dials that differ between them."""
    rng = np.random.default_rng(seed)
    x, interest = rng.uniform(-1, 1, (2, H, N, M, K))

    def dial(low, high):
        return rng.uniform(low, high, (H, 1, 1))

    return {
        "x": x,
        "interest": interest,
        "line": p.national_line(x, WEIGHTS),
        "heard": rng.uniform(-1, 1, (H, N, K)),
        "stated": rng.uniform(-1, 1, (H, N, K)),
        "hours": rng.uniform(0, 3, (H, N, N)) * OFF,
        "hours_within": rng.uniform(0, 30, (H, N, K)),
        "trust": rng.uniform(0.05, 1, (H, N, N)),
        "latitude": rng.uniform(0.3, 1.2, (H, N, N)),
        "issue_hours": rng.dirichlet(np.ones(K), H),
        "par": p.PersuasionParameters(
            dial(0.3, 0.7),
            dial(0.3, 1),
            dial(0.1, 0.5),
            dial(6, 30),
            dial(0, 0.3),
            dial(0.3, 1),
            dial(0.1, 0.5),
        ),
        "persuade_hours": dial(6, 30),
        "dial": dial(0, 0.9),
        "share": dial(0, 1)[..., None],
        "delta": rng.uniform(-0.5, 0.5, (H, N, K)),
        "mix": rng.dirichlet(np.ones(M), H) * (rng.uniform(size=(H, M)) < 0.7),
        "sensitivity": rng.uniform(0, 1, (H, K)),
        "salience": rng.uniform(0, 1, (H, N, K)),
        "days": rng.uniform(0, 6, (H, N, K)) * (rng.uniform(size=(H, 1, K)) < 0.7),
    }


def heard_in(w, **other):
    given = {**w, **other}
    return [given[name] for name in ("line", "heard", "hours", "trust", "issue_hours", "par")]


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


@quick
@given(seed=seeds)
def test_positions_stay_on_their_scale(seed):
    w = world(seed)
    line = w["line"]
    for value in (
        line,
        p.bounded_mean(line, w["heard"], w["hours"], w["latitude"])[0],
        p.position_after_meeting(w["x"], w["delta"], w["mix"], w["share"], w["dial"], w["sensitivity"]),
        p.position_at_home(w["x"], w["interest"], w["share"]),
        p.position_after_coordination(w["x"], line, w["days"], w["share"]),
        p.stated_line(w["stated"], line, w["heard"]),
        p.founding_stated(line),
    ):
        assert (np.abs(value) <= 1 + 1e-12).all()
    coherence = p.coherence(w["x"], line, w["salience"], WEIGHTS)
    assert ((coherence >= 0) & (coherence <= 1)).all()


@quick
@given(seed=seeds)
def test_the_kernel_is_the_sum_of_the_page(seed):
    w = world(seed)
    line, heard, hours, latitude = (w[name][0] for name in ("line", "heard", "hours", "latitude"))
    mean, weight = p.bounded_mean(line, heard, hours, latitude)
    for i in range(N):
        for k in range(K):
            near = [j for j in range(N) if j != i and abs(line[i, k] - heard[j, k]) <= latitude[i, j]]
            total = sum(hours[i, j] for j in near)
            expected = sum(hours[i, j] * heard[j, k] for j in near) / total if near else line[i, k]
            assert weight[i, k] == pytest.approx(total, abs=1e-12)
            assert mean[i, k] == pytest.approx(expected, abs=1e-12)


def test_persuasion_on_paper():
    # 0 hears 1 (.4 away, trust .8, 5 h) and 2 (1.2 away, trust .5, 15 h); latitude .3 + .5 τ = .7 and .55.
    # Near: m = .4, π = 1 − .6^(½ · 5/10); far: m⁻ = 1.2, π⁻ = 1 − .6^(½ · 15/10)
    par = p.PersuasionParameters(0.3, 0.5, 0.4, 10.0, 0.2, 0.5, 0.3)
    line, hours = np.array([[0.0], [0.9], [0.9]]), np.array([[0.0, 5.0, 15.0], [0.0] * 3, [0.0] * 3])
    heard, trust = np.array([[0.0], [0.4], [1.2]]), np.array([[0.0, 0.8, 0.5], [0.5] * 3, [0.5] * 3])
    issue_hours = np.array([0.5])
    delta = p.friedkin1990(line, heard, hours, trust, issue_hours, par)
    expected = (1 - 0.6**0.25) * 0.4 - 0.2 * (1 - 0.6**0.75) * 1.2
    np.testing.assert_allclose(delta, [[expected], [0.0], [0.0]], rtol=1e-14)
    # both near (.5 reaches .4 only): step .3 of the way, after ½ · 5/10
    delta = p.deffuant2000(line, heard, hours, trust, issue_hours, par)
    np.testing.assert_allclose(delta[0], [0.3 * (1 - np.exp(-0.25)) * 0.4], rtol=1e-14)
    # the plain mean of 0 and .4
    delta = p.hegselmann2002(line, heard, hours, trust, issue_hours, par)
    np.testing.assert_allclose(delta, [[(1 - np.exp(-0.25)) * 0.2], [0.0], [0.0]], rtol=1e-14)


def test_trust_weighs_what_is_heard():
    # 1 and 2 stand at ±.4 and are heard alike; trust .6 and .2 make the mean (.6 − .2)/.8 · .4 = .2
    par = p.PersuasionParameters(2.0, 0.0, 0.5, 10.0, 0.3, 2.0, 0.3)
    line = np.array([[0.0], [0.4], [-0.4]])
    trust = np.array([[0.0, 0.6, 0.2], [0.5] * 3, [0.5] * 3])
    hours = np.array([[0.0, 5.0, 5.0], [0.0] * 3, [0.0] * 3])
    delta = p.friedkin1990(line, line, hours, trust, np.array([1.0]), par)
    np.testing.assert_allclose(delta[0], [0.5 * 0.2], rtol=1e-14)
    np.testing.assert_allclose(
        p.deffuant2000(line, line, hours, trust, np.array([1.0]), par)[0], 0, atol=1e-15
    )


@pytest.mark.parametrize("rival", RIVALS)
@quick
@given(seed=seeds)
def test_without_hours_or_issue_nobody_moves(rival, seed):
    w = world(seed)
    still = np.zeros((H, N, K))
    np.testing.assert_array_equal(rival(*heard_in(w, hours=np.zeros((H, N, N)))), still)
    np.testing.assert_array_equal(rival(*heard_in(w, issue_hours=np.zeros((H, K)))), still)
    x = p.position_after_meeting(w["x"], still, w["mix"], w["share"], w["dial"], w["sensitivity"])
    np.testing.assert_array_equal(x, w["x"])
    no_days = p.position_after_coordination(w["x"], w["line"], still, w["share"])
    np.testing.assert_array_equal(no_days, w["x"])


@pytest.mark.parametrize("rival", RIVALS)
@quick
@given(seed=seeds)
def test_a_ghost_persuades_nobody(rival, seed):
    w = world(seed)
    hours = w["hours"].copy()
    hours[:, -1] = 0.0
    hours[:, :, -1] = 0.0
    full = rival(*heard_in(w, hours=hours))
    less = rival(
        *heard_in(
            w,
            line=w["line"][:, :-1],
            heard=w["heard"][:, :-1],
            hours=hours[:, :-1, :-1],
            trust=w["trust"][:, :-1, :-1],
        )
    )
    np.testing.assert_allclose(full[:, :-1], less, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(full[:, -1], 0.0)


@pytest.mark.parametrize("rival", RIVALS)
@quick
@given(seed=seeds)
def test_without_repulsion_nobody_leaves_the_range_of_what_is_said(rival, seed):
    w = world(seed)
    moved = w["line"] + rival(*heard_in(w, par=w["par"]._replace(repulsion=0.0)))
    both = np.concatenate((w["line"], w["heard"]), axis=-2)
    assert (moved <= both.max(axis=-2, keepdims=True) + 1e-12).all()
    assert (moved >= both.min(axis=-2, keepdims=True) - 1e-12).all()


@quick
@given(seed=seeds)
def test_repulsion_only_comes_from_those_out_of_reach(seed):
    w = world(seed)
    all_near = w["par"]._replace(latitude_base=2.0)
    drawn = p.friedkin1990(*heard_in(w, par=all_near))
    without = p.friedkin1990(*heard_in(w, par=all_near._replace(repulsion=0.0)))
    np.testing.assert_allclose(drawn, without, rtol=0, atol=1e-15)
    none_near = w["par"]._replace(latitude_base=-2.0, repulsion=1.0)
    np.testing.assert_allclose(p.friedkin1990(*heard_in(w, par=none_near)), -drawn, rtol=0, atol=1e-14)


@quick
@given(seed=seeds)
def test_two_half_meetings_persuade_as_one_whole_does(seed):
    # what is said stays, and the latitude reaches everybody, so that the halves differ by nothing but hours
    w = world(seed)
    par = w["par"]._replace(latitude_base=2.0)
    whole = w["line"] + p.friedkin1990(*heard_in(w, par=par))
    half = w["line"] + p.friedkin1990(*heard_in(w, par=par, hours=w["hours"] / 2))
    halves = half + p.friedkin1990(*heard_in(w, par=par, line=half, hours=w["hours"] / 2))
    np.testing.assert_allclose(halves, whole, rtol=0, atol=1e-12)
    share = partial(p.share_moved, issue_hours=w["issue_hours"], susceptibility=0.4, persuade_hours=10.0)
    left = 1 - share(w["hours_within"] / 2)
    np.testing.assert_allclose(1 - left**2, share(w["hours_within"]), rtol=0, atol=1e-13)


def test_ministries_take_the_move_on_paper():
    # seats .6 and .1: in full and 3 × .1; at home .4 × (1 − .5 × .8) = .24
    x = np.array([[[0.0], [0.5], [-0.2]]])
    moved = p.position_after_meeting(
        x, np.array([[0.1]]), np.array([0.6, 0.1, 0.0]), 0.4, 0.5, np.array([0.8])
    )
    np.testing.assert_allclose(moved[0, :, 0], [0.1, 0.53, -0.176], rtol=1e-14)
    moved = p.position_after_meeting(
        x, np.array([[0.9]]), np.array([0.6, 0.4, 0.0]), 0.4, 0.5, np.array([0.8])
    )
    np.testing.assert_allclose(moved[0, :, 0], [0.9, 1.0, -0.2 + 0.24 * 0.9], rtol=1e-14)


def test_home_and_coordination_on_paper():
    x = np.array([[[0.2], [0.8]]])
    np.testing.assert_allclose(p.position_at_home(x, np.zeros_like(x), 0.9), 0.9 * x, rtol=1e-14)
    weights = np.array([0.25, 0.75])
    line = p.national_line(x, weights)
    np.testing.assert_allclose(line, [[0.65]], rtol=1e-14)
    together = p.position_after_coordination(x, line, np.array([[2.0]]), 0.1)
    left = np.exp(-0.2)
    np.testing.assert_allclose(together[0, :, 0], [0.65 - 0.45 * left, 0.65 + 0.15 * left], rtol=1e-14)
    # two states, two issues, the second issue on no agenda; the second state came for one day only
    x, line = np.tile([[0.2], [0.8]], (2, 1, 2)), np.full((2, 2), 0.5)
    together = p.position_after_coordination(x, line, np.array([[2.0, 0.0], [1.0, 0.0]]), np.log(2.0))
    np.testing.assert_allclose(together[..., 0], [[0.425, 0.575], [0.35, 0.65]], rtol=1e-14)
    np.testing.assert_array_equal(together[..., 1], x[..., 1])


@quick
@given(seed=seeds)
def test_coordination_leaves_the_line_and_raises_coherence(seed):
    w = world(seed)
    together = p.position_after_coordination(w["x"], w["line"], w["days"], w["share"])
    np.testing.assert_allclose(p.national_line(together, WEIGHTS), w["line"], rtol=0, atol=1e-12)
    before, after = (p.coherence(x, w["line"], w["salience"], WEIGHTS) for x in (w["x"], together))
    assert (after >= before - 1e-12).all()
    half = p.position_after_coordination(w["x"], w["line"], w["days"] / 2, w["share"])
    halves = p.position_after_coordination(half, w["line"], w["days"] / 2, w["share"])
    np.testing.assert_allclose(halves, together, rtol=0, atol=1e-12)
    off = np.broadcast_to((w["days"] == 0)[:, :, None, :], together.shape)
    np.testing.assert_array_equal(together[off], w["x"][off])


def test_coherence_on_paper():
    # ministries at 1, 0 and 0 with weight .5, .25, .25: line .5, variance .25, spread .5
    x, weights = np.zeros((1, 3, 2)), np.array([0.5, 0.25, 0.25])
    x[0, 0, 0] = 1.0
    line = p.national_line(x, weights)
    np.testing.assert_allclose(line, [[0.5, 0.0]])
    both = p.coherence(x, line, np.array([[0.6, 0.2]]), weights)
    np.testing.assert_allclose(both, [1 - 0.6 * 0.5 / 0.8], rtol=1e-14)
    np.testing.assert_array_equal(p.coherence(x, line, np.zeros((1, 2)), weights), [1.0])


def test_what_is_said_on_the_record_on_paper():
    # .3 + .45 × .4 = .48; clipped where it would pass 1; half of the way in 8 quarters
    stated, line, interest = np.array([0.0, 0.0]), np.array([0.3, 0.9]), np.array([0.4, 0.9])
    for _ in range(8):
        stated = p.stated_line(stated, line, interest)
    np.testing.assert_allclose(stated, [0.24, 0.5], rtol=1e-12)
    founding = p.founding_stated(interest)
    np.testing.assert_allclose(founding, [0.58, 1.0], rtol=1e-14)
    np.testing.assert_allclose(p.stated_line(founding, interest, interest), founding, rtol=1e-14)


def test_every_parameter_of_the_page_has_a_card():
    cards = read_cards(files("rcpsim") / "theory")
    own = {name for name, card in cards.items() if card.file == "theory/positions.toml"}
    assert own == {"absent_share", "coordination", "return_halflife", *p.PersuasionParameters._fields}
    assert cards["susceptibility"].allowed[1] < 1  # the logarithm of P4 has to exist
