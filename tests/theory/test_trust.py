"""The equations of docs/theory/trust.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from functools import partial
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import trust as t
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N = 3, 11
OFF = 1.0 - np.eye(N)
ONE, PAIR, NONE = (-1,), (-2, -1), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

EQUATIONS = [
    (t.trust, "kept broken prior prior_weight", PAIR),
    (t.entrusted_gain, "hours entrust entrust_hours", PAIR),
    (t.sensitive_gain, "entrusted hours sensitive", PAIR),
    (t.source_weights, "entrusted exposure", PAIR),
    (t.leak_hazard, "leak rules_hold confidentiality discretion entrusted", ONE),
    (t.leaks, "hazard luck", ONE),
    (partial(t.source_of_leak, key_order=np.tri(N)), "entrusted luck", None),
    (t.attributed_breach, "placed breach_weight hearsay hearers", PAIR),
    (t.diffuse_breach, "unplaced breach_weight entrusted trust", PAIR),
    (t.kept_gain, "entrusted test placed", PAIR),
    (t.entrusted_after_test, "entrusted test", PAIR),
    (t.evidence_after_quarter, "kept keep", PAIR),
    (t.backing_after_leaks, "backing floor leak_cost count", ONE),
    (t.everyday_breach, "entrusted", PAIR),
    (t.founding_evidence, "hours entrust entrust_hours test keep stays", PAIR),
]
AXES = dict.fromkeys(
    ("exposure", "discretion", "hazard", "luck", "hearers", "backing", "floor", "count"), ONE
)
AXES |= dict.fromkeys(("kept", "broken", "prior", "hours", "sensitive", "entrusted", "trust", "stays"), PAIR)
AXES |= dict.fromkeys(("placed", "unplaced"), PAIR)


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, with dials that differ between them."""
    rng = np.random.default_rng(seed)
    source = t.source_of_leak(rng.uniform(size=(H, N, N)) * OFF, rng.uniform(size=(H, N)), np.tri(N))
    leaked, attributed = rng.uniform(size=(2, H, 1, N)) < 0.5
    hours = rng.uniform(0, 3, (H, N, N)) * OFF
    return {
        "kept": rng.uniform(0, 20, (H, N, N)) * OFF,
        "broken": rng.uniform(0, 5, (H, N, N)) * OFF,
        "prior": rng.uniform(0.3, 0.5, (H, N, N)),
        "prior_weight": rng.uniform(2, 6, (H, 1, 1)),
        "hours": hours,
        "stays": rng.uniform(0.5, 1.0, (H, N, N)),
        "sensitive": hours * rng.uniform(size=(H, N, N)),
        "entrust": rng.uniform(0.5, 2, (H, 1, 1)),
        "entrust_hours": rng.uniform(0.5, 2, (H, 1, 1)),
        "test": rng.uniform(0.3, 0.7, (H, 1, 1)),
        "keep": rng.uniform(0.95, 0.99, (H, 1, 1)),
        "entrusted": rng.uniform(0.01, 3, (H, N, N)) * OFF,
        "exposure": rng.uniform(0.3, 1, (H, N)),
        "trust": rng.uniform(0, 1, (H, N, N)),
        "leak": rng.uniform(0.003, 0.05, (H, 1)),
        "rules_hold": rng.uniform(0.2, 0.8, (H, 1)),
        "confidentiality": rng.uniform(0, 1, (H, 1)),
        "discretion": rng.uniform(0, 1, (H, N)),
        "hazard": rng.uniform(0, 1, (H, N)),
        "luck": rng.uniform(size=(H, N)),
        "placed": source & leaked & attributed,
        "unplaced": source & leaked & ~attributed,
        "breach_weight": rng.uniform(1, 8, (H, 1, 1)),
        "hearsay": rng.uniform(0.05, 0.4, (H, 1, 1)),
        "hearers": (rng.uniform(size=(H, N)) < 0.8).astype(float),
        "backing": rng.uniform(0.4, 1, (H, N)),
        "floor": rng.uniform(0, 0.4, (H, N)),
        "leak_cost": rng.uniform(0.02, 0.1, (H, 1)),
        "count": rng.integers(0, 3, (H, N)).astype(float),
    }


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


@quick
@given(seed=seeds)
def test_trust_is_a_share_between_the_prior_and_the_evidence(seed):
    w = world(seed)
    tau = t.trust(w["kept"], w["broken"], w["prior"], w["prior_weight"])
    evidence = np.where(OFF > 0, w["kept"] / (w["kept"] + w["broken"] + 1e-300), w["prior"])
    low, high = np.minimum(evidence, w["prior"]), np.maximum(evidence, w["prior"])
    assert ((low - 1e-12 <= tau) & (tau <= high + 1e-12)).all()
    none = np.zeros((H, N, N))
    np.testing.assert_allclose(t.trust(none, none, w["prior"], w["prior_weight"]), w["prior"], atol=1e-15)


def test_two_confidences_kept_and_one_broken_on_paper():
    # (2 + 4 × .4)/(2 + 1 + 4) = 3.6/7
    tau = t.trust(np.array([2.0]), np.array([1.0]), np.array([0.4]), 4.0)
    np.testing.assert_allclose(tau, 3.6 / 7, rtol=1e-15)


def test_confidences_of_half_the_hours_twice_in_one_quarter_are_those_of_the_whole():
    # T2 sums hours over the quarter first, and of half the hours more than half is given
    whole = t.entrusted_gain(np.array(np.log(4.0) * np.ones(1)), 2.0, 1.0)
    half = t.entrusted_gain(np.array(np.log(2.0) * np.ones(1)), 2.0, 1.0)
    np.testing.assert_allclose([whole[0], half[0]], [1.5, 1.0], rtol=1e-15)


@quick
@given(seed=seeds)
def test_without_hours_nothing_is_entrusted_and_nothing_is_sensitive(seed):
    w = world(seed)
    none = np.zeros((H, N, N))
    gain = t.entrusted_gain(none, w["entrust"], w["entrust_hours"])
    np.testing.assert_array_equal(gain, none)
    np.testing.assert_array_equal(t.sensitive_gain(gain, none, none), none)
    some = t.entrusted_gain(w["hours"], w["entrust"], w["entrust_hours"])
    assert (some <= w["entrust"]).all()
    assert (t.sensitive_gain(some, w["hours"], w["sensitive"]) <= some).all()


def test_hazard_of_a_leak_on_paper():
    # j = 1 was told .8 × .5 by state 0 and .2 × 1 by state 2, discretion .9: .02 × (1 − .5 × .5) × .1 × .6
    told = np.array([[0.0, 0.8, 0.0], [0.0, 0.0, 0.0], [0.0, 0.2, 0.0]])
    weights = t.source_weights(told, np.array([0.5, 0.7, 1.0]))
    hazard = t.leak_hazard(0.02, 0.5, 0.5, np.array([0.5, 0.9, 0.5]), weights)
    np.testing.assert_allclose(hazard, [0.0, 0.0009, 0.0], rtol=1e-14)


def test_a_leak_happens_with_the_probability_of_its_hazard():
    luck = (np.arange(1000) + 0.5) / 1000
    share = t.leaks(np.full(1000, 0.25), luck).mean()
    assert share == pytest.approx(1 - np.exp(-0.25), abs=1e-3)
    assert not t.leaks(np.zeros(1000), luck).any()


@quick
@given(seed=seeds)
def test_every_leak_has_one_source_who_had_confided_something(seed):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(size=(H, N, N)) * (rng.uniform(size=(H, N, N)) < 0.3) * OFF
    source = t.source_of_leak(weights, rng.uniform(size=(H, N)), np.tri(N))
    np.testing.assert_array_equal(source.sum(axis=-2), (weights.sum(axis=-2) > 0).astype(int))
    assert (weights[source] > 0).all()


@quick
@given(seed=seeds)
def test_the_source_follows_the_keys_and_not_the_places(seed):
    rng = np.random.default_rng(seed)
    key = rng.permutation(N)
    in_order = (key[None, :] <= key[:, None]).astype(float)
    weights, luck = rng.integers(0, 5, (N, N)) * OFF, rng.uniform(size=N)
    source = t.source_of_leak(weights, luck, in_order)
    order = rng.permutation(N)
    moved = t.source_of_leak(weights[order][:, order], luck[order], in_order[order][:, order])
    np.testing.assert_array_equal(moved, source[order][:, order])
    for listener in range(N):  # the tale of the page, told slowly
        point, end = luck[listener] * weights[:, listener].sum(), 0.0
        for state in np.argsort(key):
            end += weights[state, listener]
            if end > point:
                assert source[state, listener]
                break


def test_sources_come_up_in_proportion_to_what_they_have_at_stake():
    luck = (np.arange(1000)[:, None] + 0.5) / 1000 * np.ones((1, 3))
    weights = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
    source = t.source_of_leak(weights * np.ones((1000, 1, 1)), luck, np.tri(3))
    np.testing.assert_array_equal(source[:, :, 2].sum(axis=0), [250, 750, 0])


def test_breaches_on_paper():
    # state 2 leaks what 0 had confided: it is attributed, 1 hears of it, 3 takes no part
    source = np.zeros((4, 4), dtype=bool)
    source[0, 2] = True
    seen = t.attributed_breach(source, 5.0, 0.2, np.array([1.0, 1.0, 1.0, 0.0]))
    expected = np.zeros((4, 4))
    expected[0, 2], expected[1, 2] = 5.0, 1.0
    np.testing.assert_array_equal(seen, expected)
    # unattributed: 0 had confided 1 to each of three, whom it trusts .9, .5 and .4: suspicion .1, .5, .6
    entrusted = np.array([[0.0, 1.0, 1.0, 1.0], *np.zeros((3, 4))])
    trusted = np.array([[0.0, 0.9, 0.5, 0.4], *np.full((3, 4), 0.5)])
    spread = t.diffuse_breach(source, 6.0, entrusted, trusted)
    np.testing.assert_allclose(spread[0], [0.0, 0.5, 2.5, 3.0], atol=1e-9)
    np.testing.assert_array_equal(spread[1:], np.zeros((3, 4)))


@quick
@given(seed=seeds)
def test_breaches_weigh_what_they_should_and_stay_off_the_diagonal(seed):
    w = world(seed)
    seen = t.attributed_breach(w["placed"], w["breach_weight"], w["hearsay"], w["hearers"])
    spread = t.diffuse_breach(w["unplaced"], w["breach_weight"], w["entrusted"], w["trust"])
    for evidence in (seen, spread):
        assert (evidence >= 0).all()
        assert (np.diagonal(evidence, axis1=-2, axis2=-1) == 0).all()
    np.testing.assert_allclose(
        spread.sum(axis=-1), w["breach_weight"][..., 0] * w["unplaced"].sum(axis=-1), atol=1e-9
    )
    in_the_twin = t.attributed_breach(w["placed"], w["breach_weight"], w["hearsay"], np.zeros((H, N)))
    np.testing.assert_array_equal(in_the_twin, w["breach_weight"] * w["placed"])
    nobody = np.zeros((H, N, N), dtype=bool)
    assert not t.attributed_breach(nobody, w["breach_weight"], w["hearsay"], w["hearers"]).any()
    assert not t.diffuse_breach(nobody, w["breach_weight"], w["entrusted"], w["trust"]).any()


@quick
@given(seed=seeds)
def test_what_is_tested_is_kept_or_caught_and_no_confidence_gets_lost(seed):
    w = world(seed)
    kept = t.kept_gain(w["entrusted"], w["test"], w["placed"])
    left = t.entrusted_after_test(w["entrusted"], w["test"])
    np.testing.assert_allclose((kept + left)[~w["placed"]], w["entrusted"][~w["placed"]], rtol=1e-14)
    assert (kept[w["placed"]] == 0).all()


@quick
@given(seed=seeds)
def test_a_ghost_who_is_told_nothing_changes_nothing(seed):
    w = world(seed)
    for name in ("entrusted", "placed", "unplaced"):
        w[name] = w[name].copy()
        w[name][:, -1, :] = 0
        w[name][:, :, -1] = 0
    w["hearers"][:, -1] = 0.0
    for equation, names, result in EQUATIONS:
        if equation in (t.leak_hazard, t.attributed_breach, t.diffuse_breach):
            full = [w[name] for name in names.split()]
            less = [
                value[(..., *[slice(N - 1)] * len(AXES.get(name, NONE)))]
                for name, value in zip(names.split(), full, strict=True)
            ]
            without = equation(*full)[(..., *[slice(N - 1)] * len(result))]
            np.testing.assert_allclose(equation(*less), without, rtol=0, atol=1e-12)


@quick
@given(seed=seeds)
def test_founding_is_where_bilateral_contact_alone_keeps_the_stocks(seed):
    w = world(seed)
    terms = w["hours"], w["entrust"], w["entrust_hours"]
    found = t.founding_evidence(*terms, w["test"], w["keep"], w["stays"])
    entrusted = w["stays"] * found.entrusted + t.entrusted_gain(*terms)
    nobody = np.zeros((H, N, N), dtype=bool)
    kept = t.evidence_after_quarter(w["stays"] * found.kept, w["keep"])
    kept = kept + t.kept_gain(entrusted, w["test"], nobody)
    np.testing.assert_allclose(kept, found.kept, rtol=1e-12)
    broken = t.evidence_after_quarter(w["stays"] * found.broken, w["keep"])
    broken = broken + t.everyday_breach(t.entrusted_gain(*terms))
    np.testing.assert_allclose(broken, found.broken, rtol=1e-12)
    np.testing.assert_allclose(t.entrusted_after_test(entrusted, w["test"]), found.entrusted, rtol=1e-12)
    np.testing.assert_allclose(found.entrusted_sensitive, found.entrusted / 2, rtol=1e-15)


def test_of_what_is_entrusted_in_the_process_or_outside_it_life_disappoints_the_same_share():
    # 2(1 - 1/4) = 1.5 is entrusted in ln 4 hours, wherever they are spent: .225 of it is disappointed
    gain = t.entrusted_gain(np.array([np.log(4.0), 0.0]), 2.0, 1.0)
    np.testing.assert_allclose(t.everyday_breach(gain), [0.225, 0.0], rtol=1e-14)


@quick
@given(seed=seeds)
def test_life_alone_leaves_trust_between_the_prior_and_what_it_keeps(seed):
    # evidence of life alone is 1 kept to .15 broken: it draws trust to 1/1.15, and no further
    w = world(seed)
    gain = t.entrusted_gain(w["hours"], w["entrust"], w["entrust_hours"])
    broken = t.everyday_breach(gain)
    assert (broken >= 0.0).all()
    np.testing.assert_allclose(t.everyday_breach(gain / 2.0) * 2.0, broken, rtol=1e-14)
    tau = t.trust(gain, broken, w["prior"], w["prior_weight"])
    assert (tau <= 1 / 1.15 + 1e-12).all()
    assert (tau >= w["prior"] - 1e-12).all()


def test_backing_falls_to_its_floor_and_not_below():
    backing = t.backing_after_leaks(
        np.array([0.5, 0.5, 0.5]), np.array([0.1, 0.1, 0.45]), 0.1, np.array([0, 2, 1.0])
    )
    np.testing.assert_allclose(backing, [0.5, 0.3, 0.45], rtol=1e-15)


def test_every_parameter_of_the_page_has_a_card():
    cards = read_cards(files("rcpsim") / "theory")
    own = {name for name, card in cards.items() if card.file == "theory/trust.toml"}
    assert own == {
        "prior_weight",
        "entrust",
        "entrust_hours",
        "leak",
        "attribution",
        "hearsay",
        "breach_weight",
        "test",
        "evidence_halflife",
        "leak_cost",
    }
