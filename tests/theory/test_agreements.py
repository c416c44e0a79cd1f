"""The equations of docs/theory/agreements.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import agreements as a
from rcpsim.theory.policy import unsettled
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K = 3, 11, 9
OFF = 1.0 - np.eye(N)
SLOT, STATE, PAIR, NONE = (-1,), (-2,), (-2, -1), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

AXES = {
    **dict.fromkeys(("participation", "backing", "present"), SLOT),
    **dict.fromkeys(("line", "salience", "against", "bound"), STATE),
    **dict.fromkeys(("trust", "empathy", "gain", "cover", "side", "deals", "flow", "luck"), PAIR),
}

EQUATIONS = [
    (a.authority, "share share2 backing participation", NONE, 1),
    (a.hours_spent, "spent alpha hours stalled share common", NONE, 0),
    (a.would_be_agreed, "participation line", NONE, 0),
    (a.effective_obligation, "share share2 share", NONE, 0),
    (
        lambda come, cares, line, target, cost, narrowed, binds: a.objects(
            come, cares, line, target, 0.5, cost, narrowed, binds
        ),
        "participation salience line target cost share_m share_m",
        STATE,
        0,
    ),
    (a.unanimity, "against participation", (NONE, STATE), 0),
    (a.all_but_x, "against participation", (NONE, STATE), 0),
    (a.pathfinder, "against participation", (NONE, STATE), 0),
    (a.defines, "open on spent passes unit", NONE, 0),
    (a.adopts, "sought open on spent passes asks unit", NONE, 0),
    (a.asks_something, "bound line target near_m", NONE, 0),
    (a.declares, "concludes on spent passes fresh open unit", NONE, 1),
    (a.gain, "salience on", PAIR, 0),
    (a.cover, "flow share_m", PAIR, 0),
    (a.deal_hazard, "share_m trust empathy gain cover side deals", PAIR, 0),
    (a.deals_struck, "gain luck present", PAIR, 0),
]


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories, in which the last state does not take part."""
    rng = np.random.default_rng(seed)
    here = (rng.uniform(size=(H, N)) < 0.8) * 1.0
    here[:, -1], here[:, 0] = 0.0, 1.0
    luck = rng.uniform(0.01, 0.99, size=(H, N, N))
    gain = rng.uniform(size=(H, N, N)) * OFF
    return {
        "present": here,
        "participation": rng.uniform(size=(H, N)) * here,
        "backing": rng.uniform(size=(H, N)),
        "line": rng.uniform(-1.0, 1.0, size=(H, N, K)),
        "salience": rng.uniform(size=(H, N, K)),
        "against": (rng.uniform(size=(H, N, K)) < 0.1) & (here > 0.0)[..., None],
        "trust": rng.uniform(size=(H, N, N)),
        "empathy": rng.uniform(size=(H, N, N)) * OFF,
        "gain": gain + np.swapaxes(gain, -1, -2),
        "cover": np.full((H, N, N), 0.7),
        "side": np.full((H, N, N), 0.3) * OFF,
        "deals": rng.integers(0, 3, size=(H, N, N)) * OFF,
        "flow": rng.uniform(size=(H, N, N)) / N * OFF,
        "luck": np.triu(luck) + np.swapaxes(np.triu(luck, 1), -1, -2),
        "target": rng.uniform(-1.0, 1.0, size=(H, K)),
        "alpha": rng.dirichlet(np.ones(K), size=H),
        "spent": rng.uniform(0.0, 15.0, size=(H, K)),
        "stalled": rng.uniform(size=(H, K)),
        "common": rng.uniform(size=(H, K)),
        "open": (rng.uniform(size=(H, K)) < 0.5) * 1.0,
        "on": rng.uniform(size=(H, K)) < 0.6,
        "passes": rng.uniform(size=(H, K)) < 0.6,
        "asks": rng.uniform(size=(H, K)) < 0.6,
        "bound": (rng.uniform(size=(H, N, K)) < 0.2) * here[..., None],
        "fresh": rng.uniform(size=(H, K)) < 0.1,
        "sought": rng.uniform(size=(H, 1)) < 0.8,
        "concludes": rng.uniform(size=(H,)) < 0.8,
        "hours": rng.uniform(0.0, 18.0, size=(H, 1)),
        "share": rng.uniform(size=(H, 1)),
        "share2": rng.uniform(size=(H, 1)),
        "share_m": rng.uniform(size=(H, 1, 1)),
        "near_m": rng.uniform(0.3, 1.2, size=(H, 1, 1)),
        "cost": rng.uniform(0.2, 0.45, size=(H, 1, 1)),
        "unit": rng.uniform(1.0, 4.0, size=(H, 1)),
    }


@pytest.mark.parametrize(("equation", "names", "result", "spread"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, spread, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed, spread)


def test_a_minister_speaks_for_the_state_and_an_official_for_as_much_as_stands_behind():
    backing, all_come = np.array([[0.2, 0.6]]), np.ones((1, 2))
    # officials with .5 each: .1 and .3; half of the talk political: .55 and .65
    assert a.authority(0.0, 0.5, backing, all_come) == pytest.approx([0.2])
    assert a.authority(0.5, 0.5, backing, all_come) == pytest.approx([0.6])
    assert a.authority(1.0, 0.5, backing, all_come) == pytest.approx([1.0])
    assert a.authority(0.5, 0.5, backing, np.zeros((1, 2))) == pytest.approx([0.0])


def test_hours_are_spent_only_on_the_agenda_and_not_in_quarrel():
    alpha, stalled = np.array([0.5, 0.5, 0.0]), np.array([0.0, 1.0, 0.0])
    spent = a.hours_spent(np.ones(3), alpha, 12.0, stalled, 0.5, np.full(3, 0.8))
    assert spent == pytest.approx([3.4, 1.0, 1.0])


@quick
@given(seed=seeds)
def test_two_halves_of_a_slot_spend_what_the_whole_spends(seed):
    w = world(seed)
    rest = w["alpha"], w["stalled"], w["share"], w["common"]
    half = a.hours_spent(w["spent"], rest[0], w["hours"] / 2, *rest[1:])
    twice = a.hours_spent(half, rest[0], w["hours"] / 2, *rest[1:])
    np.testing.assert_allclose(twice, a.hours_spent(w["spent"], rest[0], w["hours"], *rest[1:]), rtol=1e-12)
    np.testing.assert_array_equal(a.hours_spent(w["spent"], rest[0], 0.0, *rest[1:]), w["spent"])


def test_informality_takes_from_a_text_what_it_may():
    text = np.full(3, 0.5)
    assert a.effective_obligation(text, np.array([0.0, 0.5, 1.0]), 0.4) == pytest.approx([0.3, 0.4, 0.5])


def test_only_a_voter_to_whom_it_matters_enough_objects():
    # salience times distance: .9*.6 = .54, .3*.6 = .18, .9*.6 = .54 but present at .4 only
    come, cares = np.array([1.0, 1.0, 0.4]), np.array([[0.9], [0.3], [0.9]])
    line, target = np.full((3, 1), 0.6), np.array([0.0])
    full = a.objects(come, cares, line, target, 1.0, 0.4, 0.5, 0.0)
    assert full[:, 0].tolist() == [True, False, False]
    words = a.objects(come, cares, line, target, 0.5, 0.4, 0.5, 0.0)
    assert not words.any()  # .27 for a word: borne
    binding = a.objects(come, cares, line, target, 0.5, 0.4, 0.5, 1.0)
    assert binding[:, 0].tolist() == [True, False, False]  # .27 against .4*(1 - .5) = .2


def votes(voters: int, objections: int) -> tuple[np.ndarray, np.ndarray]:
    """A table of voters, after them one who is not there, and objections of the first."""
    come = np.append(np.ones(voters), 0.0)
    return (np.arange(voters + 1) < objections)[:, None], come


@pytest.mark.parametrize(
    ("voters", "objections", "passes"),
    [
        # unanimity, all_but_x, pathfinder
        (1, 0, (False, False, False)),
        (2, 0, (True, True, True)),
        (2, 1, (False, False, False)),
        (3, 1, (False, True, True)),
        (6, 4, (False, False, True)),
        (7, 5, (False, False, False)),
        (10, 1, (False, True, True)),
        (10, 2, (False, False, True)),
        (20, 2, (False, True, True)),
        (20, 3, (False, False, True)),
    ],
)
def test_rules_count_voters_and_objections(voters, objections, passes):
    against, come = votes(voters, objections)
    rules = (a.unanimity, a.all_but_x, a.pathfinder)
    assert tuple(bool(rule(against, come)[0][0]) for rule in rules) == passes


def test_only_pathfinders_let_those_go_free_who_object():
    against, come = votes(6, 2)
    # the seventh is not in the room: he neither objects nor goes ahead
    assert a.pathfinder(against, come)[1][:, 0].tolist() == [False] * 2 + [True] * 4 + [False]
    barely = np.append(np.array([1.0, 1.0, 0.5, 0.49, 1.0, 1.0]), 0.0)
    assert a.pathfinder(against, barely)[1][:, 0].tolist() == [False] * 2 + [True, False, True, True, False]
    assert a.unanimity(against, come)[1].all()
    assert a.all_but_x(against, come)[1].all()


@quick
@given(seed=seeds)
def test_pathfinders_bind_whom_they_counted_as_willing(seed):
    w = world(seed)
    against = w["against"] & (w["participation"] >= 0.5)[..., None]
    passes, bound = a.pathfinder(against, w["participation"])
    willing = bound.sum(axis=-2)
    voters = (w["participation"] >= 0.5).sum(axis=-1, keepdims=True)
    np.testing.assert_array_equal(passes, (willing >= 2) & (3 * willing >= voters))
    assert not (bound & against).any()
    assert not bound[w["participation"] < 0.5].any()
    np.testing.assert_array_equal(willing + against.sum(axis=-2), np.broadcast_to(voters, willing.shape))


def test_an_item_asks_something_when_one_whom_it_binds_has_some_way_to_go():
    # target .5, .11 is near: .35 has way to go, .45 and .6 have not; on the second none; the third binds none
    law = np.array([[0.35, 0.45, -1.0], [0.45, 0.55, -1.0], [0.6, 0.5, -1.0]])
    bound, target = np.array([[1.0, 1.0, 0.0]] * 3), np.full(3, 0.5)
    assert a.asks_something(bound, law, target, 0.11).tolist() == [True, False, False]
    free = bound.copy()
    free[0, 0] = 0.0  # the only one with way to go is not bound
    assert a.asks_something(free, law, target, 0.11).tolist() == [False, False, False]
    assert a.asks_something(bound, law, target, 0.16).tolist() == [False, False, False]
    assert a.asks_something(bound, law, target, 0.04).tolist() == [True, True, False]


@quick
@given(seed=seeds)
def test_what_asks_something_leaves_somebody_unsettled(seed):
    w = world(seed)
    asks = a.asks_something(w["bound"], w["line"], w["target"], w["near_m"])
    left = unsettled(w["target"], w["line"], w["near_m"])
    np.testing.assert_array_equal(asks, np.any(left & (w["bound"] > 0.0), axis=-2))
    ghost = w["line"].copy()
    ghost[:, -1] = -np.sign(w["target"])
    np.testing.assert_array_equal(a.asks_something(w["bound"], ghost, w["target"], w["near_m"]), asks)
    assert not a.asks_something(0.0 * w["bound"], w["line"], w["target"], w["near_m"]).any()
    rest = w["sought"], w["open"], w["on"], w["spent"], w["passes"]
    adopted = a.adopts(*rest, asks, w["unit"])
    assert not adopted[~asks].any()
    np.testing.assert_array_equal(adopted, a.adopts(*rest, np.ones_like(asks), w["unit"]) & asks)


def test_a_word_takes_three_units_an_item_five_a_declaration_two():
    yes, no, none = np.array([True]), np.array([False]), np.array([0.0])
    for units, word, item, declaration in ((1.9, 0, 0, 0), (2.0, 0, 0, 1), (3.0, 1, 0, 1), (5.0, 1, 1, 1)):
        spent = np.array([units * 2.5])
        assert a.defines(none, yes, spent, yes, 2.5)[0] == bool(word)
        assert a.adopts(yes, none, yes, spent, yes, yes, 2.5)[0] == bool(item)
        one = [np.atleast_2d(value) for value in (yes, spent, yes, no, none)]
        assert a.declares(yes, *one, 2.5)[0] == bool(declaration)
    enough = np.array([99.0])
    assert not a.defines(np.array([1.0]), yes, enough, yes, 2.5)[0]
    assert not a.defines(none, no, enough, yes, 2.5)[0]
    assert not a.defines(none, yes, enough, no, 2.5)[0]
    assert a.adopts(yes, none, yes, enough, yes, yes, 2.5)[0]
    assert not a.adopts(no, none, yes, enough, yes, yes, 2.5)[0]
    assert not a.adopts(yes, np.array([1.0]), yes, enough, yes, yes, 2.5)[0]
    assert not a.adopts(yes, none, no, enough, yes, yes, 2.5)[0]
    assert not a.adopts(yes, none, yes, enough, no, yes, 2.5)[0]
    assert not a.adopts(yes, none, yes, enough, yes, no, 2.5)[0]


def test_a_meeting_may_declare_what_it_defined_or_has_open_but_not_off_its_agenda():
    yes, no, little = np.array([[True]]), np.array([[False]]), np.array([[0.0]])
    says = np.array([True])
    assert a.declares(says, yes, little, no, yes, little, 1.0)[0]
    assert a.declares(says, yes, little, no, no, little + 1.0, 1.0)[0]
    assert not a.declares(says, no, little, no, no, little + 1.0, 1.0)[0]
    assert not a.declares(~says, yes, little, no, yes, little, 1.0)[0]


def test_two_gain_by_the_issue_where_both_give_way():
    # from 0 to 1: A gains .5, B .2; from 0 to 2: A .1, B .6; from 1 to 2, and back: one of them loses
    salience = np.array([[0.2, 0.7, 0.3], [0.9, 0.7, 0.3]])
    all_live = np.array([True, True, True])
    assert a.gain(salience, all_live)[0, 1] == pytest.approx(0.2)
    assert a.gain(salience, np.array([True, False, True]))[0, 1] == pytest.approx(0.1)
    assert a.gain(salience, np.array([False, False, True]))[0, 1] == 0.0


@quick
@given(seed=seeds)
def test_gain_is_the_maximum_of_the_page_and_symmetric(seed):
    w = world(seed)
    s, live = w["salience"][0], w["on"][0]
    gain = a.gain(s, live)
    issues = np.flatnonzero(live)
    slow = np.zeros((N, N))
    for k in issues:
        for m in issues:
            slow = np.maximum(slow, np.minimum(*np.meshgrid(s[:, m] - s[:, k], s[:, k] - s[:, m])).T)
    np.testing.assert_array_equal(gain, slow)
    np.testing.assert_array_equal(gain, gain.T)
    assert gain.min() >= 0.0
    assert gain.max() <= 1.0
    assert not np.diagonal(gain).any()


@quick
@given(seed=seeds)
def test_deals_need_trust_and_empathy_on_both_sides_and_get_rarer(seed):
    w = world(seed)
    names = ("trust", "empathy", "gain", "cover", "side")
    w["side"] = w["deals"] = 0.5 * (w["deals"] + np.swapaxes(w["deals"], -1, -2))
    hazard = a.deal_hazard(0.1, *(w[name] for name in names), w["deals"])
    assert np.isfinite(hazard).all()
    np.testing.assert_allclose(hazard, np.swapaxes(hazard, -1, -2), rtol=1e-12)
    assert (a.deal_hazard(0.1, *(w[name] for name in names), w["deals"] + 1.0) <= hazard).all()
    for name in ("trust", "empathy"):
        without = dict(w, **{name: np.tril(w[name])})
        assert not a.deal_hazard(0.1, *(without[each] for each in names), w["deals"]).any()


def test_coverage_counts_by_the_root_of_the_flows():
    flow = np.array([[0.0, 0.32], [0.18, 0.0]])
    assert a.cover(flow, 0.0)[0, 1] == 1.0
    assert a.cover(flow, 1.0)[0, 1] == pytest.approx(0.5)
    assert a.cover(flow, 0.4)[1, 0] == pytest.approx(0.8)


def test_a_deal_is_struck_when_the_hazard_reaches_the_luck_of_the_pair_and_both_are_there():
    hazard, luck = 0.2 * (1.0 - np.eye(3)), np.full((3, 3), np.exp(-0.19))
    struck = a.deals_struck(hazard, luck, np.array([1.0, 1.0, 0.0]))
    assert struck.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert not a.deals_struck(hazard, np.full((3, 3), np.exp(-0.21)), np.ones(3)).any()


@quick
@given(seed=seeds)
def test_who_is_absent_changes_nothing(seed):
    w = world(seed)
    ghost = {name: value.copy() for name, value in w.items()}
    ghost["line"][:, -1], ghost["salience"][:, -1], ghost["backing"][:, -1] = -0.9, 1.0, 0.123
    target = a.would_be_agreed(w["participation"], w["line"])
    np.testing.assert_array_equal(target, a.would_be_agreed(w["participation"], ghost["line"]))
    assert (np.abs(target) <= 1.0 + 1e-12).all()
    first, second = (a.authority(x["share"], 0.5, x["backing"], x["participation"]) for x in (w, ghost))
    np.testing.assert_array_equal(first, second)
    assert (first >= 0.0).all()
    assert (first <= 1.0).all()
    ghost_objects = a.objects(
        w["participation"], ghost["salience"], ghost["line"], target, 1.0, 0.1, 0.0, 0.0
    )
    assert not ghost_objects[:, -1].any()
