"""The equations of docs/theory/policy.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import policy as p
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K = 3, 11, 9
OFF = 1.0 - np.eye(N)
SLOT, STATE, PAIR, NONE = (-1,), (-2,), (-2, -1), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

AXES = {
    **dict.fromkeys(("capacity", "built", "pulse", "commitment", "backing", "floor"), SLOT),
    **dict.fromkeys(("coherence", "budget", "items", "political", "ability"), SLOT),
    **dict.fromkeys(("law", "adopted", "delivered", "open_ik", "distance", "share_ik"), STATE),
    **dict.fromkeys(("work", "gate", "u", "line", "exists", "effort", "incentive", "founding"), STATE),
    "ties": PAIR,
}

EQUATIONS = [
    (p.reach, "load", NONE, 0),
    (p.delivered, "law target adopted reach_m", STATE, 0),
    (p.unsettled, "target adopted share_m", STATE, 0),
    (p.follow_up_strength, "share share", NONE, 0),
    (p.due_now, "open age done due_date", NONE, 0),
    (p.mean_delivered, "delivered open_ik", NONE, 0),
    (p.credit_from_due, "delivered open_ik due obligation", (NONE, NONE), 1),
    (p.unkept_from_due, "delivered open_ik due", SLOT, 0),
    (p.capacity_now, "capacity built pulse", SLOT, 0),
    (p.budget, "capacity share commitment backing coherence share share", SLOT, 0),
    (p.usable, "budget share items", SLOT, 0),
    (p.order_equal, "open_ik distance left share_m", STATE, 0),
    (p.order_easiest_first, "open_ik distance left share_m", STATE, 0),
    (p.order_due_first, "open_ik distance left share_m", STATE, 0),
    (p.work, "budget share_ik load_m", STATE, 0),
    (p.gate, "u distance share_m share_m sensitivity", STATE, 0),
    (p.peers_ahead, "ties delivered open_ik share_m share_m sensitivity share_m", STATE, 0),
    (p.effort, "open_ik share_m load work gate share_m obligation work incentive", STATE, 0),
    (p.norm, "ability line", NONE, 0),
    (
        p.law_after_quarter,
        "law exists line target effort founding small_m small_m incentive obligation keep_m",
        STATE,
        0,
    ),
    (p.exists_after_quarter, "exists effort share_m", STATE, 0),
    (p.backing_after_quarter, "backing floor share share political", SLOT, 0),
    (p.capacity_built_after_quarter, "built capacity share share", SLOT, 0),
    (p.item_closes, "open delivered open_ik", NONE, 0),
    (p.reloaded, "open age obligation looks", NONE, 0),
    (p.dropped, "open age obligation looks due_date", NONE, 0),
    (p.founding_law, "line u", STATE, 0),
    (p.founding_exists, "capacity", SLOT, 0),
]


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, in which the last state is bound by nothing."""
    rng = np.random.default_rng(seed)
    open_k = (rng.uniform(size=(H, K)) < 0.6) * 1.0
    bound = (rng.uniform(size=(H, N, K)) < 0.6) * 1.0
    bound[:, -1] = 0.0
    nk = (H, N, K)
    return {
        **{name: rng.uniform(size=(H, N)) for name in ("capacity", "commitment", "backing", "coherence")},
        **{name: rng.uniform(size=(H, N)) for name in ("floor", "budget", "ability")},
        **{name: rng.uniform(-1.0, 1.0, size=nk) for name in ("law", "adopted", "line", "founding")},
        **{name: rng.uniform(size=nk) for name in ("delivered", "work", "gate", "u", "exists", "incentive")},
        **{name: rng.uniform(size=(H, K)) for name in ("obligation", "sensitivity")},
        "built": rng.uniform(0.0, 0.25, size=(H, N)),
        "pulse": rng.uniform(-0.5, 0.5, size=(H, N)),
        "items": rng.integers(0, 30, size=(H, N)) * 1.0,
        "political": rng.uniform(0.0, 30.0, size=(H, N)),
        "distance": rng.uniform(0.0, 2.0, size=nk),
        "share_ik": rng.dirichlet(np.ones(K), size=(H, N)),
        "effort": rng.exponential(size=nk),
        "open_ik": open_k[:, None, :] * bound,
        "ties": rng.uniform(size=(H, N, N)) * OFF,
        "target": rng.uniform(-1.0, 1.0, size=(H, K)),
        "open": open_k,
        "age": rng.integers(0, 20, size=(H, K)) * 1.0,
        "left": rng.integers(0, 12, size=(H, K)) * 1.0,
        "due_date": np.full((H, 1), 12.0),
        "done": (rng.uniform(size=(H, K)) < 0.3) * 1.0,
        "due": rng.uniform(size=(H, K)) < 0.5,
        "load": rng.uniform(0.25, 3.0, size=(H, K)),
        "reach_m": rng.uniform(0.1, 1.0, size=(H, 1, K)),
        "load_m": rng.uniform(1.0, 4.0, size=(H, 1, 1)),
        "looks": rng.uniform(size=(H, 1)) < 0.7,
        "share": rng.uniform(size=(H, 1)),
        "share_m": rng.uniform(size=(H, 1, 1)),
        "small_m": rng.uniform(0.0, 0.05, size=(H, 1, 1)),
        "keep_m": rng.uniform(0.98, 1.0, size=(H, 1, 1)),
    }


@pytest.mark.parametrize(("equation", "names", "result", "spread"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, spread, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed, spread)


def test_delivered_is_the_share_of_the_way_and_never_less_than_nothing():
    law = np.array([[0.2], [-0.4], [0.8], [0.4], [0.4]])
    start = np.array([[-0.4], [-0.4], [0.6], [0.4], [0.35]])
    share = p.delivered(law, np.array([0.4]), start, 1.0)
    np.testing.assert_allclose(share[:4, 0], [0.75, 0.0, 0.0, 1.0], atol=1e-12)
    assert p.unsettled(np.array([0.4]), start, 0.1)[:, 0].tolist() == [True, True, True, False, False]


def test_a_small_load_asks_for_part_of_the_way():
    np.testing.assert_allclose(p.reach(np.array([0.2, 0.4, 0.5, 3.0])), [0.4, 0.8, 1.0, 1.0], rtol=1e-12)
    # three items on the way from -.4 to .4, of which .2, .3 and .5 are gone: 1/4, 3/8 and 5/8 of the way
    law, start, target = np.array([[-0.2, -0.1, 0.1]]), np.full((1, 3), -0.4), np.full(3, 0.4)
    for load, shares in ((0.2, [0.625, 0.9375, 1.0]), (0.4, [0.3125, 0.46875, 0.78125])):
        asked = p.reach(np.full(3, load))[None, :]
        np.testing.assert_allclose(p.delivered(law, target, start, asked), [shares], rtol=1e-12)
    # each item by its own load: 1/4 of the way where .4 is asked, 3/8 where all of it, 5/8 where .8
    mixed = p.delivered(law, target, start, p.reach(np.array([0.2, 0.9, 0.4]))[None, :])
    np.testing.assert_allclose(mixed, [[0.625, 0.375, 0.78125]], rtol=1e-12)


@quick
@given(seed=seeds)
def test_the_less_is_asked_the_more_of_it_is_delivered_and_what_is_asked_can_be(seed):
    w = world(seed)
    asked = p.reach(w["load"] / 4.0)
    assert (asked > 0.0).all()
    assert (asked <= 1.0).all()
    np.testing.assert_array_equal(asked == 1.0, w["load"] >= 2.0)
    np.testing.assert_array_equal(p.reach(w["load"]) >= asked, True)
    part, whole = (p.delivered(w["law"], w["target"], w["adopted"], r) for r in (w["reach_m"], 1.0))
    assert (part >= whole).all()
    np.testing.assert_array_equal(part > 0.0, whole > 0.0)
    there = w["adopted"] + w["reach_m"] * (w["target"][:, None, :] - w["adopted"])
    arrived = p.delivered(there, w["target"], w["adopted"], w["reach_m"])
    np.testing.assert_allclose(arrived, 1.0, atol=1e-9)


def test_without_a_secretariat_follow_up_is_half():
    assert p.follow_up_strength(np.array([0.6]), np.array([0.0])) == pytest.approx([0.3])
    assert p.follow_up_strength(np.array([0.6]), np.array([1.0])) == pytest.approx([0.6])


def test_an_item_is_judged_once_at_twelve_quarters():
    age = np.array([11.0, 12.0, 15.0, 15.0, 15.0])
    done, open_k = np.array([0.0, 0.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    assert p.due_now(open_k, age, done, 12.0).tolist() == [False, True, True, False, False]


def test_what_is_due_is_held_for_and_against_the_process_and_against_each():
    shares = np.array([[[0.2, 0.5], [0.6, 0.0], [1.0, 0.0]]])
    open_ik = np.array([[[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]])
    both, obligation = np.array([[True, True]]), np.array([[0.5, 0.0]])
    np.testing.assert_allclose(p.mean_delivered(shares, open_ik), [[0.4, 0.5]], rtol=1e-12)
    kept, broken = p.credit_from_due(shares, open_ik, both, obligation)
    # .4 + .5; .5 * .6 + .1 * .5
    assert kept == pytest.approx([0.9])
    assert broken == pytest.approx([0.35])
    np.testing.assert_allclose(p.unkept_from_due(shares, open_ik, both), [[1.3, 0.4, 0.0]], rtol=1e-12)
    first = np.array([[True, False]])
    assert p.credit_from_due(shares, open_ik, first, obligation)[0] == pytest.approx([0.4])
    np.testing.assert_allclose(p.unkept_from_due(shares, open_ik, first), [[0.8, 0.4, 0.0]], rtol=1e-12)
    assert p.credit_from_due(shares, 0.0 * open_ik, both, obligation) == (0.0, 0.0)


def test_capacity_has_a_floor_and_a_ceiling():
    now = p.capacity_now(np.array([0.3, 0.9, 0.1]), np.array([0.1, 0.25, 0.0]), np.array([0.1, 0.0, -0.4]))
    np.testing.assert_allclose(now, [0.5, 1.0, 0.02], rtol=1e-12)


def test_the_budget_is_will_times_coherence_less_what_is_taken():
    one = np.ones(1)
    # .5 * (.2 + .8 * .5 * .5) * .8 * .9 * .75
    got = p.budget(0.5 * one, 0.2, 0.5 * one, 0.5 * one, 0.64 * one, 0.1, 0.25)
    assert got == pytest.approx([0.108])
    assert p.usable(one, 0.05, np.array([21.0])) == pytest.approx([0.5])
    assert p.usable(one, 0.05, np.array([0.5])) == pytest.approx([1.0])


def test_orders_of_work():
    open_ik, age = np.array([[1.0, 1.0, 0.0, 1.0]]), np.array([12.0, 11.0, 12.0, 2.0])
    distance = np.array([[0.5, 0.0, 0.0, 0.5]])
    left, far = np.maximum(12.0 - age, 0.0), np.exp(-2.0)
    expected = {
        # three items beside the state's own file; reminded by half, 3/2 each beside 1
        (p.order_equal, 0.0): [1 / 4, 1 / 4, 0.0, 1 / 4],
        (p.order_equal, 0.5): [3 / 11, 3 / 11, 0.0, 3 / 11],
        # e^-2, 1 and e^-2 beside 1; twice each beside 1
        (p.order_easiest_first, 0.0): [far / (2 + 2 * far), 1 / (2 + 2 * far), 0.0, far / (2 + 2 * far)],
        (p.order_easiest_first, 1.0): [
            2 * far / (3 + 4 * far),
            2 / (3 + 4 * far),
            0.0,
            2 * far / (3 + 4 * far),
        ],
        # 1, 1/2 and 1/11 beside 1 are 22, 11, 2 and 22 of 57; times 3/2 they are 66, 33, 6 and 44 of 149
        (p.order_due_first, 0.0): [22 / 57, 11 / 57, 0.0, 2 / 57],
        (p.order_due_first, 0.5): [66 / 149, 33 / 149, 0.0, 6 / 149],
    }
    for (order, reminder), shares in expected.items():
        np.testing.assert_allclose(order(open_ik, distance, left, reminder), [shares], rtol=1e-12)
        assert not order(0.0 * open_ik, distance, left, reminder).any()


@pytest.mark.parametrize("order", [p.order_equal, p.order_easiest_first, p.order_due_first])
@quick
@given(seed=seeds)
def test_a_reminder_takes_from_the_states_own_file_and_changes_nothing_between_items(order, seed):
    w = world(seed)
    desk = w["open_ik"], w["distance"], w["left"]
    plain, reminded = order(*desk, 0.0), order(*desk, 0.3 + w["share_m"])
    for share in (plain, reminded):
        assert share.min() >= 0.0
        assert (share.sum(axis=-1) < 1.0).all()
        assert not share[w["open_ik"] == 0.0].any()
        assert not share[:, -1].any()
    assert (reminded > plain)[w["open_ik"] > 0.0].all()
    # R takes the weights together from S to S(1 + R), beside 1: the own file keeps 1/(1 + S(1 + R))
    weight = 1.0 / (1.0 - plain.sum(axis=-1)) - 1.0
    own = 1.0 / (1.0 + weight * (1.3 + w["share_m"][..., 0]))
    np.testing.assert_allclose(1.0 - reminded.sum(axis=-1), own, rtol=1e-9)
    assert (weight <= w["open_ik"].sum(axis=-1) + 1e-9).all()
    np.testing.assert_allclose(
        reminded * plain.sum(axis=-1, keepdims=True),
        plain * reminded.sum(axis=-1, keepdims=True),
        rtol=1e-9,
        atol=1e-15,
    )


def test_work_is_capped_at_one_item():
    got = p.work(np.array([0.4, 0.4]), np.array([[0.25, 1.0], [0.5, 0.0]]), 3.0)
    np.testing.assert_allclose(got, [[0.3, 1.0], [0.6, 0.0]], rtol=1e-12)


def test_the_gate_opens_with_understanding_and_closes_with_distance_and_closed_doors():
    # (.2 + .8 * .5 * (1 - .5 * .6)) * (1 - .5 / 2)
    got = p.gate(np.full((1, 1), 0.5), np.full((1, 1), 0.5), 0.2, 0.5, np.array([0.6]))
    assert got == pytest.approx(0.48 * 0.75)
    assert p.gate(np.ones((1, 1)), np.full((1, 1), 2.0), 0.2, 0.0, np.ones(1)) == 0.0


def test_only_known_states_with_the_same_item_push_and_only_when_ahead():
    ties = np.array([[0.0, 0.3, 0.1, 0.9], [0.3, 0.0, 0.0, 0.9], [0.0, 0.0, 0.0, 0.9], [0.9, 0.9, 0.9, 0.0]])
    shares, open_ik = np.array([[0.2], [0.8], [0.4], [1.0]]), np.array([[1.0], [1.0], [1.0], [0.0]])
    # the first hears .3 * .8 + .1 * .4 over .4 = .7; the second .2; the third knows nobody with the item
    for reporting, seen in ((0.0, 0.5), (0.5, 0.75), (1.0, 1.0)):
        push = p.peers_ahead(ties, shares, open_ik, 0.5, 0.4, np.array([0.5]), reporting)
        np.testing.assert_allclose(push[:3, 0], [0.5 * seen * 0.8 * 0.5, 0.0, 0.0], atol=1e-9)


@quick
@given(seed=seeds)
def test_factors_are_shares_and_ghosts_push_nobody(seed):
    w = world(seed)
    for share in (
        p.delivered(w["law"], w["target"], w["adopted"], w["reach_m"]),
        p.work(w["budget"], w["share_ik"], 8.0),
        p.gate(w["u"], w["distance"], w["share_m"], w["share_m"], w["sensitivity"]),
        p.budget(w["capacity"], 0.2, w["commitment"], w["backing"], w["coherence"], 0.2, 0.2),
    ):
        assert share.min() >= 0.0
        assert share.max() <= 1.0
    rest = (w["open_ik"], w["share_m"], w["share_m"], w["sensitivity"], 0.6)
    push = p.peers_ahead(w["ties"], w["delivered"], *rest)
    assert push.min() >= 0.0
    assert (push <= 0.8 * w["share_m"] + 1e-12).all()
    reported = p.peers_ahead(w["ties"], w["delivered"], *rest[:-1], 1.0)
    np.testing.assert_allclose(push, 0.8 * reported, rtol=1e-12)
    haunted = w["delivered"].copy()
    haunted[:, -1] = 0.123
    np.testing.assert_array_equal(p.peers_ahead(w["ties"], haunted, *rest)[:, :-1], push[:, :-1])
    np.testing.assert_array_equal(
        p.mean_delivered(haunted, w["open_ik"]), p.mean_delivered(w["delivered"], w["open_ik"])
    )
    np.testing.assert_array_equal(
        p.item_closes(w["open"], haunted, w["open_ik"]),
        p.item_closes(w["open"], w["delivered"], w["open_ik"]),
    )


def test_effort_asks_less_of_a_heavy_item_and_is_nothing_where_none_is_open():
    one = np.ones((1, 2))
    # .4 / 2 * .5 * .5 * (1 + .5 * .4 + .1 + .2); no item, and no load either
    load, binds = np.array([2.0, 0.0]), np.array([0.4, 0.0])
    got = p.effort(np.array([[1.0, 0.0]]), 0.4, load, 0.5 * one, 0.5 * one, 0.5, binds, 0.1 * one, 0.2 * one)
    np.testing.assert_allclose(got, [[0.05 * 1.5, 0.0]], rtol=1e-12)


LAW = {
    "law": 0.2,
    "exists": 0.5,
    "line": 0.6,
    "target": 1.0,
    "effort": 0.0,
    "founding_law": -0.2,
    "own_drift": 0.0,
    "incentive_drift": 0.0,
    "incentive": 0.5,
    "norm": -0.6,
    "keep_erosion": 1.0,
}


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({}, 0.2),
        ({"own_drift": 0.1}, 0.2 + 0.5 * 0.1 * 0.4),
        ({"effort": np.log(2.0)}, 0.2 + 0.5 * 0.5 * 0.8),
        ({"incentive_drift": 0.1}, 0.2 - 0.5 * 0.1 * 0.5 * 0.8),
        ({"keep_erosion": 0.75}, 0.2 - 0.25 * 0.4),
        ({"effort": np.log(2.0), "exists": 0.0}, 0.2),
        ({"own_drift": 0.1, "effort": np.log(2.0), "keep_erosion": 0.75}, 0.2 + 0.02 + 0.2 - 0.1),
    ],
)
def test_law_moves_with_the_line_the_items_the_rewards_and_erodes(change, law):
    per_issue = ("target", "norm")
    got = p.law_after_quarter(
        **{
            name: np.full((1,) if name in per_issue else (1, 1), value)
            for name, value in {**LAW, **change}.items()
        }
    )
    assert got == pytest.approx(law)


@quick
@given(seed=seeds)
def test_law_and_policies_stay_within_bounds_and_two_half_efforts_make_one(seed):
    w = world(seed)
    names = ("founding", "small_m", "small_m", "incentive", "obligation", "keep_m")
    after = p.law_after_quarter(
        w["law"], w["exists"], w["line"], w["target"], w["effort"], *(w[name] for name in names)
    )
    assert np.abs(after).max() <= 1.0

    def worked(law, effort):
        nothing = (w["founding"], 0.0, 0.0, w["incentive"], w["obligation"], 1.0)
        return p.law_after_quarter(law, 1.0 + 0.0 * law, w["line"], w["target"], effort, *nothing)

    halves = worked(worked(w["law"], w["effort"] / 2.0), w["effort"] / 2.0)
    np.testing.assert_allclose(halves, worked(w["law"], w["effort"]), atol=1e-12)
    np.testing.assert_array_equal(worked(w["law"], 0.0 * w["effort"]), w["law"])
    born = p.exists_after_quarter(w["exists"], 50.0 * w["effort"], 0.2)
    assert (born >= w["exists"]).all()
    assert born.max() <= 1.0
    part = 0.2 * np.minimum(w["effort"], 0.4)  # 0.08 at most, of which two halves miss 0.0016
    half = p.exists_after_quarter(w["exists"], part / 2.0, 1.0)
    whole = p.exists_after_quarter(w["exists"], part, 1.0)
    np.testing.assert_allclose(p.exists_after_quarter(half, part / 2.0, 1.0), whole, rtol=0, atol=0.0016)


def test_rewards_draw_to_the_line_of_those_who_can_pay():
    line = np.array([[0.8], [-0.4], [1.0]])
    assert p.norm(np.array([0.5, 1.5, 0.0]), line) == pytest.approx([-0.1])


@quick
@given(seed=seeds)
def test_backing_falls_to_its_floor_and_grows_with_political_hours(seed):
    w = world(seed)
    quiet = p.backing_after_quarter(w["floor"], w["floor"], 0.9, 0.05, 0.0 * w["political"])
    np.testing.assert_array_equal(quiet, w["floor"])
    after = p.backing_after_quarter(w["backing"], w["floor"], 0.9, 0.05, w["political"])
    assert after.min() >= 0.0
    assert after.max() <= 1.0
    half = p.backing_after_quarter(w["backing"], w["floor"], 1.0, 0.05, w["political"] / 2.0)
    np.testing.assert_allclose(
        p.backing_after_quarter(half, w["floor"], 1.0, 0.05, w["political"] / 2.0),
        p.backing_after_quarter(w["backing"], w["floor"], 1.0, 0.05, w["political"]),
        rtol=1e-12,
    )


def test_capacity_building_adds_a_quarter_at_most():
    built = np.array([0.05, 0.25])
    for _ in range(2000):
        built = p.capacity_built_after_quarter(built, np.array([0.2, 0.2]), 0.1, 1.0)
    np.testing.assert_allclose(built, [0.25, 0.25], rtol=1e-9)
    first = p.capacity_built_after_quarter(np.array([0.05]), np.array([0.5]), 0.1, 0.5)
    assert first == pytest.approx([0.055])


@quick
@given(seed=seeds)
def test_an_item_closes_by_the_median_of_those_it_binds(seed):
    w = world(seed)
    shares = np.where(w["delivered"] > 0.4, 0.8 + 0.2 * w["delivered"], w["delivered"])
    closes = p.item_closes(w["open"], shares, w["open_ik"])
    for h in range(H):
        for k in range(K):
            bound = shares[h, w["open_ik"][h, :, k] > 0.0, k]
            done = bound.size == 0 or np.median(bound) >= 0.9
            assert closes[h, k] == (w["open"][h, k] > 0.0 and done)


def test_an_evaluation_halves_what_does_not_move_and_drops_what_is_late():
    age, share = np.array([5.0, 6.0, 12.0, 12.0, 11.0]), np.array([0.1, 0.1, 0.1, 0.4, 0.4])
    open_k, looks = np.ones(5), np.array([True])
    assert p.reloaded(open_k, age, share, looks).tolist() == [False, True, True, False, False]
    assert p.dropped(open_k, age, share, looks, 12.0).tolist() == [False, False, True, True, False]
    assert not p.reloaded(open_k, age, share, ~looks).any()
    assert not p.dropped(0.0 * open_k, age, share, looks, 12.0).any()
    assert not p.dropped(open_k, age, np.full(5, 0.5), looks, 12.0).any()


def test_law_at_founding_is_interest_and_luck():
    got = p.founding_law(np.array([[0.5, 1.0, -1.0]]), np.array([[0.5, 1.0, 0.25]]))
    np.testing.assert_allclose(got, [[0.3, 0.85, -0.725]], rtol=1e-12)
    np.testing.assert_allclose(p.founding_exists(np.array([0.0, 0.5, 1.0])), [0.4, 0.65, 0.9], rtol=1e-12)
