"""The equations of docs/theory/environment.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import environment as e
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K = 3, 11, 9
OFF = 1.0 - np.eye(N)
SLOT, STATE, PAIR, NONE = (-1,), (-2,), (-2, -1), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

AXES = {
    **dict.fromkeys(("present", "government", "u", "z", "days", "countdown", "hit"), SLOT),
    **dict.fromkeys(("pulse", "salience", "level"), STATE),
    **dict.fromkeys(("bond", "ties", "trust", "hazard", "luck", "acted", "act"), PAIR),
}

EQUATIONS = [
    (e.pulse_after_quarter, "pulse share_m salience share uk uk2 uk3", (STATE, NONE)),
    (e.salience_now, "salience level pulse", STATE),
    (e.government_after, "government share share u z", (SLOT, SLOT)),
    (lambda z, sd: e.climate_path(z, sd, 0.9), "path share", NONE),
    (e.background_contact, "share_m bond share_m days", PAIR),
    (e.crisis_after_quarter, "countdown hit jump", SLOT),
    (e.in_crisis, "countdown", SLOT),
    (e.joint_hazard, "share_m ties trust", PAIR),
    (e.joint_act, "hazard luck hit present acted", PAIR),
    (e.acted_after, "acted act hit", PAIR),
    (e.ties_after_joint_act, "ties hazard", PAIR),
]


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, in which the last state is absent."""
    rng = np.random.default_rng(seed)
    here = (rng.uniform(size=(H, N)) < 0.8) * 1.0
    here[:, -1] = 0.0
    luck, hazard = rng.uniform(0.01, 0.99, size=(2, H, N, N))
    symmetric = np.triu(luck) + np.swapaxes(np.triu(luck, 1), -1, -2)
    return {
        "present": here,
        "hit": rng.uniform(size=(H, N)) < 0.4,
        "countdown": rng.integers(0, 5, size=(H, N)) * 1.0,
        "government": rng.normal(size=(H, N)),
        "u": rng.uniform(size=(H, N)),
        "z": rng.normal(size=(H, N)),
        "days": rng.exponential(4.0, size=(H, N)),
        "pulse": rng.normal(0.0, 0.2, size=(H, N, K)),
        "level": rng.normal(0.0, 0.2, size=(H, N, K)),
        "salience": rng.uniform(size=(H, N, K)),
        **{name: rng.uniform(size=(H, K)) for name in ("uk", "uk2", "uk3")},
        "jump": rng.uniform(-0.4, 0.3, size=(H, K)),
        "bond": rng.uniform(size=(H, N, N)) * OFF,
        "ties": rng.uniform(size=(H, N, N)) * OFF,
        "trust": rng.uniform(size=(H, N, N)),
        "hazard": (hazard * np.swapaxes(hazard, -1, -2)) * OFF,
        "luck": symmetric,
        "acted": (symmetric < 0.3) * OFF,
        "act": (symmetric > 0.8) & (OFF > 0.0),
        "path": rng.normal(size=(H, 60)),
        "share": rng.uniform(size=(H, 1)),
        "share_m": rng.uniform(size=(H, 1, 1)),
    }


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


def test_a_pulse_comes_up_or_down_at_a_third_of_the_hazard_and_fades():
    luck = np.array([0.019, 0.021, 0.0, 0.0])
    size, sign = np.array([0.5, 0.5, 0.0, 1.0]), np.array([0.4, 0.4, 0.6, 0.6])
    before, cares = np.full((1, 4), 0.2), np.array([[0.8, 0.8, 0.5, 1.0]])
    pulse, jump = e.pulse_after_quarter(before, 0.5, cares, 0.06, luck, size, sign)
    np.testing.assert_allclose(jump, [0.25, 0.0, -0.1, -0.4], rtol=1e-12)
    np.testing.assert_allclose(pulse, [[0.1 + 0.2, 0.1, 0.1 - 0.05, 0.1 - 0.4]], rtol=1e-12)


def test_salience_adds_events_and_pulses_within_bounds():
    got = e.salience_now(np.full((1, 3), 0.5), np.array([[0.2, 0.4, -0.4]]), np.array([[0.1, 0.4, -0.4]]))
    np.testing.assert_allclose(got, [[0.8, 1.0, 0.0]], rtol=1e-12)


def test_a_government_changes_when_its_luck_runs_out():
    lean, new = e.government_after(
        np.array([0.3, 0.3]), 0.04, 0.5, np.array([0.039, 0.04]), np.array([-1.0, -1.0])
    )
    np.testing.assert_allclose(lean, [-0.5, 0.3], rtol=1e-12)
    assert new.tolist() == [True, False]


def test_the_climate_keeps_its_spread_and_halves_in_eight_quarters():
    keep = 0.5 ** (1.0 / 8.0)
    z = np.zeros((1, 9))
    z[0, 0] = 1.0
    path = e.climate_path(z, np.array([[0.6]]), keep)
    assert path[0, 0] == pytest.approx(0.6 * np.sqrt(1.0 - keep**2))
    assert path[0, 8] == pytest.approx(path[0, 0] / 2.0)
    long = e.climate_path(np.random.default_rng(1).normal(size=(4000, 80)), 0.6, keep)
    assert long[:, -1].std() == pytest.approx(0.6, rel=0.05)


def test_days_taken_by_the_process_are_taken_from_bilateral_contact():
    bond = np.array([[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]])
    hours = e.background_contact(0.2, bond, 1.0, np.array([0.0, 3.0, 60.0]))
    # busy 0, .5, 1: a quarter of the mean of the two is lost
    np.testing.assert_allclose(hours[0], [0.0, 0.1 * (1 - 0.0625), 0.1 * (1 - 0.125)], rtol=1e-12)
    np.testing.assert_allclose(hours[1, 2], 0.1 * (1 - 0.1875), rtol=1e-12)
    np.testing.assert_array_equal(e.background_contact(0.2, bond, 1.0, np.zeros(3)), 0.2 * bond)
    assert e.background_contact(0.2, bond, 4.0, np.full(3, 99.0)).min() >= 0.0


def test_a_crisis_lasts_four_quarters():
    left, story = np.zeros(2), []
    for quarter in range(7):
        shocked = np.array([quarter == 1, False])
        left = e.crisis_after_quarter(left, shocked, np.array([0.2, -0.4]))
        story.append(e.in_crisis(left).tolist())
    assert story == [[False, False]] + [[True, False]] * 4 + [[False, False]] * 2
    assert e.crisis_after_quarter(np.zeros(2), np.array([False, False]), np.array([0.25])).tolist() == [4, 4]


def test_pairs_act_jointly_when_ties_and_trust_are_mutual_and_one_is_in_crisis():
    ties = np.array([[0.0, 0.9, 0.4], [0.4, 0.0, 0.4], [0.0, 0.4, 0.0]])
    trust = np.full((3, 3), 0.5)
    hazard = e.joint_hazard(0.5, ties, trust)
    # .5 * sqrt(.36) * .5; one side without ties; .5 * .4 * .5
    np.testing.assert_allclose(hazard[np.triu_indices(3, 1)], [0.15, 0.0, 0.1], rtol=1e-12)
    luck = np.full((3, 3), np.exp(-0.09))
    here, first, never = np.ones(3), np.array([True, False, False]), np.zeros((3, 3))
    assert np.argwhere(e.joint_act(hazard, luck, first, here, never)).tolist() == [[0, 1], [1, 0]]
    assert not e.joint_act(hazard, luck, first, np.array([1.0, 0.0, 1.0]), never).any()
    assert not e.joint_act(hazard, luck, np.zeros(3, dtype=bool), here, never).any()
    assert not e.joint_act(hazard, np.full((3, 3), np.exp(-0.2)), first, here, never).any()
    both = np.array([True, True, True])
    assert np.argwhere(np.triu(e.joint_act(hazard, luck, both, here, never))).tolist() == [[0, 1], [1, 2]]
    once = never.copy()
    once[0, 1] = once[1, 0] = 1.0
    assert np.argwhere(np.triu(e.joint_act(hazard, luck, both, here, once))).tolist() == [[1, 2]]


def test_a_pair_acts_once_in_a_crisis_and_again_in_the_next():
    # the first is in crisis in quarters 1 to 4, the third in 4 and 5 and again in 7: the first and the second
    # may act in 1, the second and the third in 4 and, after the calm of quarter 6, again in 7
    luck, here, acted = np.full((3, 3), 0.9), np.ones(3), np.zeros((3, 3))
    hazard = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    pairs = []
    for quarter in range(9):
        crisis = np.array([1 <= quarter <= 4, False, quarter in (4, 5, 7)])
        act = e.joint_act(hazard, luck, crisis, here, acted)
        acted = e.acted_after(acted, act, crisis)
        pairs += [(quarter, *pair) for pair in np.argwhere(np.triu(act)).tolist()]
    assert pairs == [(1, 0, 1), (4, 1, 2), (7, 1, 2)]
    assert not acted.any()


@quick
@given(seed=seeds)
def test_what_a_pair_did_is_remembered_as_long_as_one_of_them_is_in_crisis(seed):
    w = world(seed)
    either = w["hit"][:, :, None] | w["hit"][:, None, :]
    after = e.acted_after(w["acted"], w["act"], w["hit"])
    np.testing.assert_array_equal(after > 0.0, either & (w["act"] | (w["acted"] > 0.0)))
    assert set(np.unique(after)) <= {0.0, 1.0}
    np.testing.assert_array_equal(after, np.swapaxes(after, -1, -2))
    # with the same luck nobody who is remembered acts again
    again = e.joint_act(w["hazard"], w["luck"], w["hit"], w["present"], after)
    assert not again[after > 0.0].any()


@quick
@given(seed=seeds)
def test_joint_acts_make_ties_and_nothing_else_does_here(seed):
    w = world(seed)
    act = e.joint_act(w["hazard"], w["luck"], w["hit"], w["present"], w["acted"])
    np.testing.assert_array_equal(act, np.swapaxes(act, -1, -2))
    assert not act[:, -1].any()
    assert not act[w["acted"] > 0.0].any()
    after = e.ties_after_joint_act(w["ties"], act)
    np.testing.assert_allclose(
        after, np.where(act, w["ties"] + 0.1 * (1.0 - w["ties"]), w["ties"]), rtol=1e-12
    )
    np.testing.assert_array_equal(after[~act], w["ties"][~act])
    np.testing.assert_array_equal(e.ties_after_joint_act(w["ties"], 1.0 * act), after)
    assert after.max() <= 1.0
