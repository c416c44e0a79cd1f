"""Profiles: what the figures say of well-known states, gaps, times, and synthetic worlds."""

import numpy as np
import pytest

from rcpsim import simulate
from rcpsim.axes import SYNTHETIC_STATES, absolute_quarter
from rcpsim.data import state_table
from rcpsim.errors import InputError
from rcpsim.profiles import Profiles, real_profiles, synthetic_profiles
from rcpsim.scenario import load_scenario

PUEBLA = ("BLZ", "CAN", "CRI", "DOM", "GTM", "HND", "MEX", "NIC", "PAN", "SLV", "USA")
ARRAYS = ("origin", "transit", "destination", "capacity", "stability", "gdp")
PAIRS = ("flow_share", "contention", "pair_weight")


def in_2000(*codes: str) -> Profiles:
    return real_profiles(codes, absolute_quarter(2000, 3), 1)


def lean(profiles: Profiles) -> dict[str, float]:
    """Destination less origin, by state."""
    difference = (profiles.destination - profiles.origin)[0]
    return dict(zip(profiles.codes, difference.tolist(), strict=True))


@pytest.mark.parametrize("destination", ["USA", "FRA", "ZAF", "VEN", "ARG", "ARE", "AUS"])
def test_states_of_destination(destination):
    assert lean(in_2000(destination))[destination] > 0.25


@pytest.mark.parametrize("origin", ["MEX", "SLV", "MAR", "LSO", "COL", "LKA", "PHL"])
def test_states_of_origin(origin):
    assert lean(in_2000(origin))[origin] < -0.25


def test_documented_transit_counts_at_least_what_is_printed():
    profiles = in_2000("GTM", "MEX", "USA", "JPN", "UKR")
    assert (profiles.transit[0, [0, 1, 4]] >= 0.8).all()
    assert (profiles.transit[0, [2, 3]] == 0).all()


def test_puebla_stands_between_the_north_and_the_isthmus():
    profiles = in_2000(*PUEBLA)
    usa, mexico, salvador, canada = (PUEBLA.index(code) for code in ("USA", "MEX", "SLV", "CAN"))
    assert profiles.flow_share[0, salvador, usa] > 0.8 > 0.05 > profiles.flow_share[0, usa, salvador]
    assert profiles.flow_share[0, usa].sum() < profiles.flow_share[0, mexico].sum()
    assert profiles.pair_weight[0, mexico, usa] > 0.9 > 0.6 > profiles.pair_weight[0, canada, usa]
    assert profiles.bond[mexico, usa] == max(profiles.bond[:, usa])
    assert profiles.capacity[0, usa] > profiles.capacity[0, mexico] > profiles.capacity[0, salvador]
    assert profiles.filled == ()


def test_pairs_of_one_former_federation_weigh_three_tenths():
    profiles = in_2000("KAZ", "RUS", "POL")
    weight, one_sided = profiles.pair_weight[0], profiles.contention[0]
    assert weight[0, 1] == pytest.approx(0.3 * one_sided[0, 1])
    assert weight[1, 2] == one_sided[1, 2] > 0


def test_every_state_has_a_whole_profile_within_bounds():
    codes = [code for code in state_table().codes if code != "SCG"]
    profiles = real_profiles(codes, absolute_quarter(1994, 1), 48)
    for name in (*ARRAYS, *PAIRS):
        assert np.isfinite(getattr(profiles, name)).all()
    for name in (*ARRAYS[:-1], *PAIRS):
        values = getattr(profiles, name)
        assert ((values >= 0) & (values <= 1)).all()
    assert (profiles.gdp > 0).all()
    assert (profiles.flow_share.sum(axis=-1) <= 1.0).all()
    assert np.isfinite(profiles.bond).all()
    assert any(remark.startswith("NFK: population") for remark in profiles.filled)


def test_a_gap_is_filled_by_states_governed_alike_and_said_so():
    profiles = in_2000("PRK", "KOR")
    assert profiles.gdp[0, 0] < 0.05 * profiles.gdp[0, 1]
    assert profiles.filled == ("PRK: GDP per head from the 5 states of Asia governed most alike",)


def test_profiles_run_straight_between_middles_of_data_years_and_stay_outside():
    start = absolute_quarter(2000, 3)
    profiles = real_profiles(["DEU", "TUR"], start, 60)
    steps = np.diff(profiles.gdp[:, 0])
    np.testing.assert_allclose(steps[1:19], steps[1], rtol=1e-9)
    assert steps[1] != pytest.approx(steps[25])
    assert (steps[41:] == 0).all()
    early = real_profiles(["DEU", "TUR"], absolute_quarter(1970, 1), 2)
    np.testing.assert_array_equal(early.origin[0], early.origin[1])


def test_the_figure_of_a_data_year_stands_at_its_middle():
    profiles = real_profiles(["MEX"], absolute_quarter(2000, 2), 2)
    table = state_table()
    row = table.codes.index("MEX")
    figure = table.population[2, row] * table.gdp_head[2, row] / 1000
    assert profiles.gdp[:, 0].mean() == pytest.approx(figure, rel=0.02)


def test_order_and_company_do_not_change_a_profile():
    some, others = in_2000("MEX", "SLV", "USA"), in_2000("USA", "CAN", "MEX", "SLV")
    order = [others.codes.index(code) for code in some.codes]
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(some, name), getattr(others, name)[:, order])
    for name in PAIRS:
        np.testing.assert_array_equal(getattr(some, name), getattr(others, name)[:, order][:, :, order])


def test_a_parameter_that_is_given_counts():
    codes, start = ["GTM", "KAZ", "RUS"], absolute_quarter(2000, 1)
    profiles = real_profiles(codes, start, 1, {"documented_transit": 0.95, "split_weight": 1.0})
    assert profiles.transit[0, 0] == 0.95
    np.testing.assert_array_equal(profiles.pair_weight, profiles.contention)


def test_all_unfit_codes_are_named_at_once():
    with pytest.raises(InputError) as caught:
        real_profiles(["MEX", "MXE", "MEX", "SCG", "SRB"], absolute_quarter(2000, 1), 1)
    assert len(caught.value.faults) == 3
    for part in ('"MXE"', "or MEX?", "again", "beside SRB"):
        assert part in str(caught.value)


def test_synthetic_worlds_are_prefixes_of_one_list():
    large = synthetic_profiles(80, 2)
    assert large.codes == SYNTHETIC_STATES
    for count in (5, 20, 60):
        small = synthetic_profiles(count, 2)
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(small, name), getattr(large, name)[:, :count])
        for name in PAIRS:
            np.testing.assert_array_equal(getattr(small, name), getattr(large, name)[:, :count, :count])
        np.testing.assert_array_equal(small.bond, large.bond[:count, :count])


@pytest.mark.parametrize("name", ARRAYS)
def test_size_is_not_confounded_with_composition(name):
    means = [getattr(synthetic_profiles(count, 1), name).mean() for count in (5, 10, 40, 80)]
    np.testing.assert_allclose(means, means[0])


def test_coverage_grows_with_the_world_and_is_whole_in_the_largest():
    covers = [synthetic_profiles(count, 1).flow_share[0, 0].sum() for count in (5, 20, 80)]
    assert covers[0] < covers[1] < covers[2] == pytest.approx(1.0)


def test_a_state_taken_out_of_a_synthetic_world_has_no_row_and_the_others_are_as_they_were():
    whole, rest = synthetic_profiles(10, 2), synthetic_profiles(10, 2, without=("S02", "S10"))
    keep = [0, 2, 3, 4, 5, 6, 7, 8]
    assert rest.codes == tuple(whole.codes[place] for place in keep)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(rest, name), getattr(whole, name)[:, keep])
    for name in PAIRS:
        np.testing.assert_array_equal(getattr(rest, name), getattr(whole, name)[:, keep][:, :, keep])
    assert rest.flow_share[0, 0].sum() < whole.flow_share[0, 0].sum()


def test_a_synthetic_world_is_played_without_one_of_its_states():
    scenario = load_scenario("small-process", {"years": [1, 3]}, without=["member:S04"])
    rows = simulate(scenario, histories=2, seed=1).to_frame()
    assert scenario.states == tuple(f"S{place:02d}" for place in range(1, 11) if place != 4)
    assert len(rows) == 2 * 12
    assert rows["commitment"].between(0.0, 1.0, inclusive="neither").all()


def test_polarisation_keeps_the_mean_role():
    alike, apart = synthetic_profiles(10, 1, polarisation=0.0), synthetic_profiles(10, 1, polarisation=2.0)
    assert alike.origin.std() < 1e-12 < apart.origin.std()
    assert apart.origin.mean() == pytest.approx(alike.origin.mean())


def test_an_odd_world_is_refused_with_both_faults():
    with pytest.raises(InputError) as caught:
        synthetic_profiles(12, 1, polarisation=3.0)
    assert len(caught.value.faults) == 2
