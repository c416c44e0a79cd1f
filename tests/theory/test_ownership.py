"""The equations of docs/theory/ownership.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import ownership as o
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K = 3, 11, 9
SLOT, STATE, NONE = (-1,), (-2,), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

STATES = [
    "commitment",
    "covered",
    "hours",
    "deals",
    "money",
    "days",
    "capacity",
    "ability",
    "backer",
    "present",
    "relevance",
    "value",
    "outcome",
    "paid",
    "cost",
    "sovereignty",
    "unkept",
    "government",
    "key",
]
AXES = {
    **dict.fromkeys(STATES, SLOT),
    **dict.fromkeys(("law", "salience", "achieved", "judged", "attention"), STATE),
}
WANTED = (
    "base weight relevance weight value weight outcome weight paid weight cost weight share sovereignty "
    "weight unkept share base government"
)

EQUATIONS = [
    (o.flow, "share weight", NONE),
    (o.settled_share, "law target present share_m", NONE),
    (o.relevance, "attention salience share covered share_m settled", SLOT),
    (o.value, "hours weight", SLOT),
    (o.progress, "achieved judged age due_date", SLOT),
    (o.outcome_with_deals, "outcome deals", SLOT),
    (o.paid, "money ability bill", SLOT),
    (o.cost, "days capacity", SLOT),
    (o.wanted_commitment, WANTED, SLOT),
    (o.commitment_after_quarter, "commitment value weight present", SLOT),
    (o.contribution_key, "ability backer share present", SLOT),
    (o.money_paid, "weight commitment key share bill", SLOT),
    (o.treasury_after, "bill weight bill", NONE),
    (o.treasury_after, "bill weight free", NONE),
    (o.sponsor_sees, "share share share", NONE),
    (o.patience_after, "weight share", NONE),
]


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, in which the last state is absent."""
    rng = np.random.default_rng(seed)
    here = (rng.uniform(size=(H, N)) < 0.8) * 1.0
    here[:, -1], here[:, 0] = 0.0, 1.0
    ability = rng.dirichlet(np.ones(N), size=H)
    return {
        **{name: rng.uniform(size=(H, N)) for name in STATES},
        **{name: rng.uniform(size=(H, N, K)) for name in ("salience", "achieved")},
        "law": rng.uniform(-1.0, 1.0, size=(H, N, K)),
        "judged": (rng.uniform(size=(H, N, K)) < 0.5) * here[..., None],
        "attention": (rng.uniform(size=(H, N)) * here)[..., None] * rng.dirichlet(np.ones(K), size=(H, 1)),
        "present": here,
        "backer": (rng.uniform(size=(H, N)) < 0.3) * 1.0,
        "ability": ability,
        "key": ability,
        "hours": rng.exponential(8.0, size=(H, N)),
        "money": rng.exponential(8.0, size=(H, N)),
        "deals": rng.integers(0, 4, size=(H, N)) * 1.0,
        "unkept": rng.exponential(2.0, size=(H, N)),
        "capacity": rng.uniform(0.02, 1.0, size=(H, N)),
        "target": rng.uniform(-1.0, 1.0, size=(H, K)),
        "settled": rng.uniform(size=(H, K)),
        "age": rng.integers(0, 20, size=(H, K)) * 1.0,
        "due_date": np.full((H, 1), 12.0),
        "share": rng.uniform(size=(H, 1)),
        "share_m": rng.uniform(size=(H, 1, 1)),
        "weight": rng.uniform(0.5, 3.0, size=(H, 1)),
        "base": rng.uniform(-3.0, 0.5, size=(H, 1)),
        "bill": rng.uniform(1.0, 60.0, size=(H, 1)),
        "free": np.array([[0.0], [5.0], [0.0]]),
    }


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


def test_a_flow_forgets_a_quarter_of_itself_each_quarter():
    mean = np.array([1.0])
    for left in (0.75, 0.5625):
        mean = o.flow(mean, np.array([0.0]))
        assert mean == pytest.approx([left])


def test_settled_are_members_whose_law_is_near_enough():
    law, here = np.array([[0.1], [0.25], [0.5], [0.2]]), np.array([1.0, 1.0, 1.0, 0.0])
    assert o.settled_share(law, np.array([0.2]), here, 0.125) == pytest.approx([2 / 3])
    assert o.settled_share(law, np.array([0.2]), 0.0 * here, 0.125) == pytest.approx([0.0])


def test_relevance_is_what_matters_and_is_treated_and_not_yet_settled():
    # the first came to half of it: .5 * (.75 * 1 + .25 * .5); the second to all: .25 * 1
    salience = np.array([[1.0, 0.5, 1.0], [0.0, 1.0, 1.0]])
    attention, settled = np.array([[0.375, 0.125, 0.0], [0.75, 0.25, 0.0]]), np.array([0.5, 0.0, 0.0])
    plain = o.relevance(attention, salience, 0.0, np.zeros(2), 0.0, settled)
    np.testing.assert_allclose(plain, [0.5 * 0.875, 0.25], rtol=1e-12)
    covered = o.relevance(attention, salience, 0.5, np.array([0.0, 1.0]), 0.0, settled)
    np.testing.assert_allclose(covered, [0.25 * 0.875, 0.25], rtol=1e-12)
    done = o.relevance(attention, salience, 0.0, np.zeros(2), 1.0, settled)
    np.testing.assert_allclose(done, [0.5 * 0.5, 0.25], rtol=1e-12)
    assert not o.relevance(0.0 * attention, salience, 0.0, np.zeros(2), 0.0, settled).any()


def test_value_outcome_and_costs_by_hand():
    np.testing.assert_allclose(o.value(np.array([0.0, 8.0]), 8.0), [0.0, 1.0 - np.exp(-1.0)], rtol=1e-12)
    # .25 in 6 quarters is half of the pace; .9 in 2 is ahead of it; the third was never asked
    shares, judged = np.array([[0.25, 0.9, 0.0]]), np.array([[1.0, 1.0, 0.0]])
    assert o.progress(shares, judged, np.array([6.0, 2.0, 0.0]), 12.0) == pytest.approx([0.75])
    assert o.progress(shares, 0.0 * judged, np.array([6.0, 2.0, 0.0]), 12.0) == pytest.approx([0.0])
    # what was delivered counts beside what was dropped: (1 + .5 + 0)/3
    assert o.progress(shares, np.ones((1, 3)), np.array([6.0, 2.0, 16.0]), 12.0) == pytest.approx([0.5])
    deals = o.outcome_with_deals(np.array([0.1, 0.1]), np.array([2.0, 4.0]))
    np.testing.assert_allclose(deals, [0.6, 1.0], rtol=1e-12)
    # a key of a tenth of 50 is 5: 4 is .8, 20 is capped
    np.testing.assert_allclose(o.paid(np.array([4.0, 20.0]), np.array([0.1, 0.1]), 50.0), [0.8, 2.0])
    np.testing.assert_allclose(o.cost(np.array([0.0, 6.0]), np.array([0.5, 0.8])), [0.0, 0.5])


NEUTRAL = dict.fromkeys(
    [
        "base",
        "relevance_c",
        "relevance",
        "value_c",
        "value",
        "outcome_c",
        "outcome",
        "paid_c",
        "paid",
        "cost_c",
        "cost",
        "sovereignty_c",
        "obligation",
        "sovereignty",
        "unkept_c",
        "unkept",
        "prestige",
        "climate",
        "government",
    ],
    0.0,
)


@pytest.mark.parametrize(
    ("given_", "logit"),
    [
        ({}, 0.0),
        ({"base": -2.0}, -2.0),
        ({"relevance_c": 3.0, "relevance": 0.5}, 1.5),
        ({"value_c": 2.0, "value": 0.5}, 1.0),
        ({"outcome_c": 2.0, "outcome": 0.25}, 0.5),
        ({"paid_c": -0.1, "paid": 2.0}, -0.2),
        ({"cost_c": 0.5, "cost": 0.4}, -0.2),
        ({"sovereignty_c": 1.0, "obligation": 0.5, "sovereignty": 0.6}, -0.3),
        ({"unkept_c": 1.0, "unkept": 1.0}, -0.5),
        ({"unkept_c": 1.0, "unkept": 9.0}, -1.0),
        ({"prestige": 0.1, "climate": -0.4, "government": 0.5}, 0.2),
    ],
)
def test_every_reason_moves_what_is_wanted_as_the_page_says(given_, logit):
    got = o.wanted_commitment(**{name: np.array([value]) for name, value in {**NEUTRAL, **given_}.items()})
    assert got == pytest.approx([1.0 / (1.0 + np.exp(-logit))])


@quick
@given(seed=seeds)
def test_commitment_goes_towards_what_is_wanted_for_those_present(seed):
    w = world(seed)
    wanted = o.wanted_commitment(*(w[name] for name in WANTED.split()))
    assert (wanted > 0.0).all()
    assert (wanted < 1.0).all()
    after = o.commitment_after_quarter(w["commitment"], wanted, 8.0, w["present"])
    low, high = np.minimum(w["commitment"], wanted), np.maximum(w["commitment"], wanted)
    assert ((low <= after) & (after <= high)).all()
    np.testing.assert_array_equal(after[:, -1], w["commitment"][:, -1])
    # two quarters at double the time are one
    half = o.commitment_after_quarter(w["commitment"], wanted, 16.0, w["present"])
    twice = o.commitment_after_quarter(half, wanted, 16.0, w["present"])
    np.testing.assert_allclose(twice, after, rtol=1e-12)


@quick
@given(seed=seeds)
def test_the_key_shares_out_the_whole_bill_among_those_present(seed):
    w = world(seed)
    key = o.contribution_key(w["ability"], w["backer"], w["share"], w["present"])
    np.testing.assert_allclose(key.sum(axis=-1), 1.0, rtol=1e-12)
    assert key.min() >= 0.0
    assert not key[:, -1].any()
    both = (w["backer"] * w["present"]).any(axis=-1) & ((1.0 - w["backer"]) * w["present"]).any(axis=-1)
    backed = np.sum(key * w["backer"], axis=-1)
    np.testing.assert_allclose(backed[both], w["share"][both, 0], rtol=1e-12)


def test_without_backers_or_without_others_everybody_pays_by_ability():
    ability, here = np.array([0.1, 0.3, 0.6]), np.array([1.0, 1.0, 0.0])
    for backer in (np.zeros(3), np.array([0.0, 0.0, 1.0]), np.ones(3)):
        np.testing.assert_allclose(o.contribution_key(ability, backer, 0.8, here), [0.25, 0.75, 0.0])


def test_money_is_capped_and_the_treasury_too():
    key = np.array([0.5, 0.5])
    got = o.money_paid(2.0, np.array([0.5, 0.9]), key, 0.6, 50.0)
    np.testing.assert_allclose(got, [15.0, 22.5], rtol=1e-12)
    np.testing.assert_allclose(
        o.treasury_after(np.array([10.0, 90.0]), np.array([15.0, 15.0]), 50.0), [25.0, 100.0]
    )


@quick
@given(seed=seeds)
def test_success_counts_until_something_new_is_asked_and_what_is_not_judged_never_does(seed):
    w = world(seed)
    rest = w["age"], w["due_date"]
    before = o.progress(w["achieved"], w["judged"], *rest)
    # an issue more on which all that was asked is done can only help those who are judged elsewhere too
    done, counts = w["achieved"].copy(), w["judged"].copy()
    done[..., 0], counts[..., 0] = 1.0, 1.0
    early = (np.minimum(w["age"], w["due_date"]), w["due_date"])
    better = o.progress(done, counts, *early)
    assert (better >= o.progress(w["achieved"], w["judged"], *early) - 1e-12).all()
    # to drop it takes it all away again
    done[..., 0] = 0.0
    assert (o.progress(done, counts, *early) < better).all()
    noise = np.where(w["judged"] > 0.0, w["achieved"], 0.123)
    np.testing.assert_array_equal(o.progress(noise, w["judged"], *rest), before)
    assert not before[:, -1].any()


def test_where_nothing_costs_anything_money_stays_in_the_treasury():
    treasury, inflow = np.array([10.0, 10.0, 0.0]), np.array([5.0, 5.0, 0.0])
    kept = o.treasury_after(treasury, inflow, np.array([0.0, 4.0, 0.0]))
    assert kept.tolist() == [15.0, 8.0, 0.0]


@quick
@given(seed=seeds)
def test_a_treasury_holds_two_years_and_money_that_comes_in_halves_is_the_same_money(seed):
    w = world(seed)
    for annual in (w["bill"], w["free"]):
        whole = o.treasury_after(w["bill"], w["weight"], annual)
        assert (whole <= w["bill"] + w["weight"]).all()
        assert (whole <= 2.0 * annual)[annual > 0.0].all()
        np.testing.assert_array_equal(whole[annual == 0.0], (w["bill"] + w["weight"])[annual == 0.0])
        half = o.treasury_after(w["bill"], w["weight"] / 2.0, annual)
        np.testing.assert_allclose(o.treasury_after(half, w["weight"] / 2.0, annual), whole, rtol=1e-12)


def test_a_sponsor_sees_activity_or_delivery_and_loses_and_regains_patience():
    busy, idle = np.array([1.0]), np.array([0.1])
    assert o.sponsor_sees(idle, busy, 0.0) == pytest.approx([1.0])
    assert o.sponsor_sees(idle, busy, 1.0) == pytest.approx([0.1])
    assert o.sponsor_sees(idle, busy, 0.5) == pytest.approx([0.55])
    discontent, seen = np.array([0.0]), []
    for sees in (0.2, 0.2, 0.24, 0.25, 0.5, 0.5, 0.5):
        discontent = o.patience_after(discontent, np.array([sees]))
        seen.append(float(discontent[0]))
    assert seen == [1.0, 2.0, 3.0, 2.0, 1.0, 0.0, 0.0]


@quick
@given(seed=seeds)
def test_shares_stay_shares(seed):
    w = world(seed)
    treated = w["attention"], w["salience"], w["share"], w["covered"], w["share_m"], w["settled"]
    for share in (
        o.relevance(*treated),
        o.value(w["hours"], 4.0),
        o.progress(w["achieved"], w["judged"], w["age"], 12.0),
        o.outcome_with_deals(w["outcome"], w["deals"]),
        o.settled_share(w["law"], w["target"], w["present"], 0.1),
    ):
        assert share.min() >= 0.0
        assert share.max() <= 1.0 + 1e-12
    assert not o.relevance(*treated)[:, -1].any()
    moved = w["law"].copy()
    moved[:, -1] = w["target"]
    np.testing.assert_array_equal(
        o.settled_share(moved, w["target"], w["present"], 0.1),
        o.settled_share(w["law"], w["target"], w["present"], 0.1),
    )
