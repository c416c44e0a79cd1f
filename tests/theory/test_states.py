"""States: hand-made examples, and properties that hold for any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import betaincinv

from rcpsim.cards import all_cards
from rcpsim.data import issues
from rcpsim.theory import states

WEIGHTS = np.array(states.MINISTRY_WEIGHTS)
SHARES = st.floats(0, 1)
ONE, ZERO = np.array([1.0]), np.array([0.0])
ORIGIN, DESTINATION = (ONE, ZERO, ZERO), (ZERO, ZERO, ONE)


def printed_interest(roles, interest_scale=1.0, ministry_scale=1.0, interest_sd=0.2, luck=0.0):
    table = issues()
    return states.interest(
        *roles,
        table.interest,
        table.ministries,
        WEIGHTS,
        np.full((*roles[0].shape, 9), luck),
        np.array(interest_scale),
        np.array(ministry_scale),
        np.array(interest_sd),
    )


def pair_matrix(size: int = 5):
    return arrays(np.float64, (size, size), elements=st.floats(0, 1e6))


def test_rank_counts_ties_half_and_gives_zero_to_nothing():
    reference = np.array([0.0, 0.0, 3.0, 3.0, 8.0])
    ranks = states.percentile(np.array([0.0, 3.0, 8.0, 9.0]), reference)
    np.testing.assert_allclose(ranks, [0.0, 0.6, 0.9, 1.0])


def test_rank_is_taken_within_each_year():
    figures = np.array([[1.0, 2.0], [2.0, 1.0]])
    np.testing.assert_allclose(states.percentile(figures, figures), [[0.25, 0.75], [0.75, 0.25]])


@given(
    arrays(np.float64, (3, 7), elements=st.floats(0.01, 1e4)),
    arrays(np.bool_, (3, 7), elements=st.booleans()),
)
def test_ability_sums_to_one_over_members_and_follows_size(gdp, member):
    present = member.astype(np.float64)
    share = states.ability(gdp, present, np.array(0.2))
    np.testing.assert_allclose(share.sum(axis=-1), member.any(axis=-1).astype(float), atol=1e-12)
    assert (share[~member] == 0).all()
    for row in range(3):
        ordered = share[row, member[row]][np.argsort(gdp[row, member[row]])]
        assert (np.diff(ordered) >= -1e-12).all()


def test_ability_bounds_a_giant_to_a_fifth_before_scaling():
    share = states.ability(np.array([91.0] + [1.0] * 9), np.ones(10), np.array(0.2))
    assert share[0] == pytest.approx(0.2 / 0.29)


def test_two_members_carry_half_each_at_most_before_scaling():
    share = states.ability(np.array([9.0, 1.0, 5.0]), np.array([1.0, 1.0, 0.0]), np.array(0.2))
    np.testing.assert_allclose(share, [0.5 / 0.6, 0.1 / 0.6, 0.0])


@given(pair_matrix())
def test_pair_measures_are_symmetric_and_within_bounds(stock):
    one_sided = states.contention(stock)
    np.testing.assert_array_equal(one_sided, one_sided.T)
    assert ((one_sided >= 0) & (one_sided <= 1)).all()
    share = states.flow_share(stock, stock.sum(axis=1), stock.sum(axis=0))
    assert (share.sum(axis=1) <= 1 + 1e-9).all()
    assert (share.diagonal() == 0).all()
    borders = (stock + stock.T > 1e6).astype(float)
    tie = states.bond(share, borders, 1 - borders, np.array(0.4), np.array(0.2))
    np.testing.assert_allclose(tie, tie.T, atol=1e-15)
    assert ((tie >= 0) & (tie <= 1)).all()
    assert (tie.diagonal() == 0).all()


def test_contention_is_about_the_pair_not_about_size():
    stock = np.array([[0.0, 5.0], [5.0, 0.0]])
    assert (states.contention(stock) == 0).all()
    share = states.flow_share(stock, np.array([10.0, 1000.0]), np.array([10.0, 1000.0]))
    assert share[0, 1] == 100 * share[1, 0]


def test_each_reason_for_a_bond_is_enough_by_itself():
    none, all_of_it = np.zeros((2, 2)), 1.0 - np.eye(2)
    border, region = np.array(0.4), np.array(0.2)
    assert states.bond(none, all_of_it, none, border, region)[0, 1] == pytest.approx(0.4)
    assert states.bond(none, none, all_of_it, border, region)[0, 1] == pytest.approx(0.2)
    assert states.bond(all_of_it, none, none, border, region)[0, 1] == pytest.approx(1.0)
    assert states.bond(none, all_of_it, all_of_it, border, region)[0, 1] == pytest.approx(0.52)


def test_prior_trust_stays_between_its_ends():
    mean = states.prior_trust(np.linspace(0, 1, 5), np.array(0.3), np.array(0.5))
    np.testing.assert_allclose(mean, [0.3, 0.35, 0.4, 0.45, 0.5])


def test_pure_roles_want_what_is_printed_and_ministries_do_not_move_the_line():
    for roles, column in ((ORIGIN, 0), (DESTINATION, 2)):
        line = states.national_line(printed_interest(roles, interest_scale=0.5, ministry_scale=0.3), WEIGHTS)
        np.testing.assert_allclose(line[0], 0.5 * issues().interest[:, column], atol=1e-12)


def test_interior_wants_control_foreign_rights_and_labour_markets():
    wanted = printed_interest(DESTINATION, interest_scale=0.5)[0]
    foreign, interior, labour = wanted
    at = {name: place for place, name in enumerate(issues().ids)}
    assert interior[at["border-control"]] > max(foreign[at["border-control"]], labour[at["border-control"]])
    assert foreign[at["rights"]] > max(interior[at["rights"]], labour[at["rights"]])
    assert labour[at["labour"]] > max(foreign[at["labour"]], interior[at["labour"]])


def test_luck_moves_all_ministries_of_a_state_alike():
    plain, lucky = (printed_interest(ORIGIN, 0.5, 0.3, 0.1, luck) for luck in (0.0, 1.0))
    np.testing.assert_allclose(lucky - plain, 0.1, atol=1e-12)


@given(arrays(np.float64, (3, 4), elements=SHARES), st.floats(-3, 3))
def test_interest_has_its_axes_and_stays_within_bounds(roles, luck):
    wanted = printed_interest(tuple(roles), 1.2, 1.2, 0.3, luck)
    assert wanted.shape == (4, 3, 9)
    assert (np.abs(wanted) <= 1).all()


def test_histories_lead_and_give_the_same_as_one_by_one():
    rng = np.random.default_rng(5)
    roles, luck = rng.random((3, 6, 4)), rng.normal(size=(6, 4, 9))
    scale = rng.random((6, 1, 1, 1))
    table, rest = issues(), (np.array(0.7), np.array(0.2))
    fixed = (table.interest, table.ministries, WEIGHTS)
    together = states.interest(*roles, *fixed, luck, scale, *rest)
    for history in range(6):
        alone = states.interest(*roles[:, history], *fixed, luck[history], scale[history], *rest)
        np.testing.assert_array_equal(together[history], alone)


def test_permuted_states_give_permuted_results():
    rng = np.random.default_rng(6)
    order = rng.permutation(6)
    stock, gdp = rng.random((6, 6)), rng.random(6)
    out, into = stock.sum(axis=1), stock.sum(axis=0)
    share = states.flow_share(stock, out, into)
    moved = states.flow_share(stock[np.ix_(order, order)], out[order], into[order])
    np.testing.assert_allclose(moved, share[np.ix_(order, order)], atol=1e-12)
    ones, bound = np.ones(6), np.array(0.2)
    np.testing.assert_allclose(
        states.ability(gdp[order], ones, bound), states.ability(gdp, ones, bound)[order], atol=1e-12
    )


def test_the_sides_can_trade_return_for_labour():
    table = issues()
    at = {name: place for place, name in enumerate(table.ids)}
    care = {
        side: states.salience(*roles, table.salience_base, table.salience)[0]
        for side, roles in (("origin", ORIGIN), ("destination", DESTINATION))
    }
    gain_of_origin = care["origin"][at["labour"]] - care["origin"][at["return"]]
    gain_of_destination = care["destination"][at["return"]] - care["destination"][at["labour"]]
    assert min(gain_of_origin, gain_of_destination) >= 0.1


def test_a_state_without_migration_cares_least():
    table = issues()
    care = states.salience(ZERO, ZERO, ZERO, table.salience_base, table.salience)
    np.testing.assert_allclose(care[0], table.salience_base)
    assert states.domestic_salience(care)[0] == pytest.approx(table.salience_base.mean())


def test_sovereignty_and_exposure():
    sovereign = states.sovereignty(*DESTINATION, np.array(0.5), np.array(0.3))
    assert sovereign[0] == pytest.approx(0.8)
    assert states.sovereignty(*ORIGIN, np.array(0.5), np.array(0.3))[0] == pytest.approx(0.5)
    assert states.leak_exposure(ONE, ONE, np.array(0.6))[0] == pytest.approx(0.6)
    assert states.leak_exposure(ZERO, ZERO, np.array(0.6))[0] == pytest.approx(0.3)


def test_discretion_is_beta_eight_two():
    u = (np.arange(4000) + 0.5) / 4000
    drawn = states.beta_quantile(u, np.array(0.8), np.array(10.0))
    assert drawn.mean() == pytest.approx(0.8, abs=1e-3)
    assert drawn.var() == pytest.approx(0.8 * 0.2 / 11, abs=1e-4)
    assert (np.diff(drawn) > 0).all()


@pytest.mark.parametrize(
    ("a", "b"), [(8.0, 2.0), (3.3, 2.7), (0.5, 0.7), (30.0, 1.0), (200.0, 800.0), (0.06, 5.94)]
)
def test_beta_quantiles_are_those_of_the_library_to_the_ends(a, b):
    tails = 2.0 ** -np.arange(1.0, 54.0)
    u = np.sort(np.concatenate([tails, 1.0 - tails, np.random.default_rng(3).random(3000)]))
    drawn = states.beta_quantile(u, np.array(a / (a + b)), np.array(a + b))
    mean, strength = np.array(a / (a + b)), np.array(a + b)
    expected = betaincinv(mean * strength, (1.0 - mean) * strength, u)
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-11)
    assert (np.diff(drawn) >= 0).all()


def test_beta_quantiles_of_people_who_differ_are_those_of_each_alone():
    u = np.random.default_rng(4).random((20, 7))
    mean, strength = np.linspace(0.02, 0.98, 20)[:, None], np.linspace(1.0, 12.0, 7)
    drawn = states.beta_quantile(u, mean, strength)
    alone = [[states.beta_quantile(u[i, j], mean[i, 0], strength[j]) for j in range(7)] for i in range(20)]
    assert drawn.tobytes() == np.array(alone).tobytes()
    assert states.beta_quantile(u[:0], mean[:0], strength).shape == (0, 7)


def test_guardedness_is_even():
    np.testing.assert_allclose(
        states.uniform_quantile(np.array([0.0, 0.3, 1.0]), np.array(0.2), np.array(0.7)), [0.2, 0.35, 0.7]
    )


@given(st.floats(0, 2))
def test_polarisation_keeps_means_and_stays_within_roles(spread):
    printed = (states.SYNTHETIC_ORIGIN, states.SYNTHETIC_TRANSIT, states.SYNTHETIC_DESTINATION)
    roles = [states.spread_about_mean(np.array(role), np.array(spread)) for role in printed]
    for role, before in zip(roles, printed, strict=True):
        assert role.mean() == pytest.approx(np.mean(before))
        assert ((role >= 0) & (role <= 1)).all()
    np.testing.assert_allclose(sum(roles), 1.1)
    lines = states.national_line(printed_interest(tuple(roles), 0.9, 0.0), WEIGHTS)
    plain = states.national_line(printed_interest(tuple(map(np.array, printed)), 0.9, 0.0), WEIGHTS)
    np.testing.assert_allclose(lines.mean(axis=0), plain.mean(axis=0), atol=1e-12)


def test_more_polarisation_sets_interests_further_apart():
    printed = (states.SYNTHETIC_ORIGIN, states.SYNTHETIC_TRANSIT, states.SYNTHETIC_DESTINATION)
    spreads = []
    for spread in (0.0, 1.0, 2.0):
        roles = tuple(states.spread_about_mean(np.array(role), np.array(spread)) for role in printed)
        spreads.append(printed_interest(roles)[:, 1, 2].std())
    assert spreads[0] < 1e-12 < spreads[1]
    assert spreads[2] == pytest.approx(2 * spreads[1])


def test_synthetic_migrants_go_from_origins_to_destinations_nearby():
    bond = states.synthetic_bond(np.array([0.0, 0.0, 5.0]), np.array(3.0))
    stock = states.synthetic_stock(np.array([0.9, 0.1, 0.1]), np.array([0.1, 0.9, 0.9]), bond)
    assert stock[0, 1] > stock[0, 2] > stock[1, 0]


def test_every_number_of_the_page_has_its_card():
    cards = {name: card for name, card in all_cards().items() if card.file == "theory/states.toml"}
    assert cards["discretion_mean"].default == 0.8
    assert (cards["trust_low"].default, cards["trust_high"].default) == (0.3, 0.5)
    assert cards["split_weight"].default == 0.3
    assert (cards["comfort_mean"].prior.low, cards["comfort_mean"].prior.high) == (0.3, 0.8)
    assert (cards["exposure"].prior.low, cards["exposure"].prior.high) == (0.3, 1.0)
