"""From scenario to arrays: chairs, sponsors, events, calendars and the coefficients that shape profiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rcpsim.cards import all_cards
from rcpsim.errors import InputError
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import simulate
from rcpsim.world import Setting


def setting_of(name: str = "small-process", overrides: dict[str, Any] | None = None, **how: Any) -> Setting:
    return prepare(load_scenario(name, overrides or {}), seed=1, **{"histories": [0, 1], **how}).setting


def chair_at(setting: Setting, quarter: int) -> str:
    row = setting.chair[0, quarter]
    return setting.codes[int(np.argmax(row))] if row.max() == 1.0 else ""


def test_a_documented_chair_serves_a_whole_term_and_the_next_in_order_follow() -> None:
    setting = setting_of(
        "puebla"
    )  # Mexico from 1996-Q1, Panama from 1997-Q3, the USA from 2000-Q1; terms of four
    assert [chair_at(setting, q) for q in (0, 3)] == ["MEX", "MEX"]
    assert chair_at(setting, 4) == "NIC"  # after Mexico in the order of codes
    assert [chair_at(setting, q) for q in (6, 9, 10, 13)] == ["PAN", "PAN", "SLV", "SLV"]
    assert [chair_at(setting, q) for q in (16, 19, 20)] == ["USA", "USA", "BLZ"]


def test_a_budget_from_outside_ends_on_its_date_and_hands_over_evenly() -> None:
    event = {"id": "donor", "kind": "money", "title": "a donor", "source": "ours", "on": "Y02-Q1"}
    money = {**event, "until": "Y03-Q1", "sponsor_share": 0.8, "hand_over": 4}
    share = setting_of(overrides={"money.sponsor_share": 0.0, "event": [money]}).sponsor_share[0]
    assert share[3] == 0.0
    np.testing.assert_allclose(share[4:8], [0.2, 0.4, 0.6, 0.8])
    assert share[8] == 0.0


def test_an_event_shakes_stability_and_roles_for_those_it_names() -> None:
    act = {"stability": -0.2, "flows": 0.5, "capacity": -0.1, "half_life": 4}
    event = {
        "id": "war",
        "kind": "shock",
        "title": "a war",
        "source": "ours",
        "states": ["S01"],
        "on": "Y02-Q1",
    }
    calm, shaken = setting_of(), setting_of(overrides={"event": [{**event, "acts_on": act}]})
    np.testing.assert_array_equal(calm.stability[:4], shaken.stability[:4])
    np.testing.assert_allclose((shaken.stability - calm.stability)[4, :2], [-0.2, 0.0])
    np.testing.assert_allclose((shaken.stability - calm.stability)[8, 0], -0.1)
    assert shaken.origin[4, 0] == pytest.approx(min(1.0, 1.5 * calm.origin[4, 0]))
    np.testing.assert_allclose(shaken.event_capacity[0, 4, :2], [-0.1, 0.0])
    assert shaken.event_crisis[0, :, 0].sum() == 1.0


def test_a_calendar_keeps_its_yearly_number_and_says_its_rate() -> None:
    meetings = [{"kind": "workshop", "per_year": 3, "days": 2}, {"kind": "ministerial", "per_year": 0.5}]
    calendar = setting_of(overrides={"calendar.meetings": meetings}).calendar
    assert calendar.planned[0].sum(axis=0).tolist() == [60, 10]
    assert calendar.rate[0, 5].tolist() == [3.0, 0.5]
    dated = [{"kind": "workshop", "per_year": ["Y02-Q1", "Y02-Q3"], "days": 2}]
    calendar = setting_of(overrides={"calendar.meetings": dated}).calendar
    assert np.flatnonzero(calendar.planned[0, :, 0]).tolist() == [4, 6]
    assert calendar.rate[0, [3, 4, 7, 8], 0].tolist() == [0.0, 2.0, 2.0, 0.0]


def test_a_plan_that_is_sought_has_a_room_that_may_adopt_it() -> None:
    meetings = [{"kind": "workshop", "per_year": 2}, {"kind": "senior", "per_year": 1}]
    for form in (0.0, 0.3, 0.9):
        sought = {"calendar.meetings": meetings, "design.form": form, "plan.sought": True}
        assert setting_of(overrides=sought).calendar.text_level[0, 1] >= 2
        assert setting_of(overrides={**sought, "plan.sought": False}).calendar.text_level[0, 0] == 0


@pytest.mark.parametrize(
    ("name", "coefficient", "value", "field"),
    [
        ("puebla", "ability_bound", 0.4, "ability"),
        ("puebla", "border_bond", 0.1, "bond"),
        ("puebla", "region_bond", 0.05, "bond"),
        ("small-process", "bond_reach", 1.5, "bond"),
        ("budapest", "split_weight", 0.6, "pair_weight"),
        ("puebla", "documented_transit", 0.6, "transit"),
    ],
)
def test_a_coefficient_of_profiles_that_is_set_is_read(
    name: str, coefficient: str, value: float, field: str
) -> None:
    changed = setting_of(name, {f"parameters.states.{coefficient}": value})
    assert not np.array_equal(getattr(setting_of(name), field), getattr(changed, field))


def test_judged_values_are_drawn_once_for_a_history_and_central_ones_not_at_all() -> None:
    drawn = setting_of("puebla", histories=range(40)).design_at(0).confidentiality
    assert len(np.unique(drawn)) == 40
    assert drawn.min() >= 0.0
    assert abs(float(drawn.mean()) - 0.55) < 0.15
    central = setting_of("puebla", histories=range(3), judged="central").design_at(0).confidentiality
    assert central.tolist() == [0.55] * 3


def test_what_later_documents_say_is_unknown_as_of_an_earlier_year() -> None:
    then = setting_of("puebla", histories=range(60), as_of=2001)
    now = setting_of("puebla", histories=range(60))
    late = len(now.design_of) - 1
    assert np.std(then.design_at(late).openness) > 2 * np.std(now.design_at(late).openness)
    np.testing.assert_array_equal(then.design_at(0).confidentiality, now.design_at(0).confidentiality)


def test_a_table_of_parameters_gives_each_history_its_row() -> None:
    table = {"leak": [0.01, 0.02, 0.03], "breach_weight": [1.0, 2.0, 4.0]}
    run = prepare(
        load_scenario("small-process"), seed=1, histories=[5, 5, 6], parameters=table, draws=[2, 0, 2]
    )
    par = run.setting.parameters
    assert par.s["leak"].tolist() == [0.03, 0.01, 0.03]
    assert par.s["breach_weight"].tolist() == [4.0, 1.0, 4.0]
    assert set(par.s["hearsay"].tolist()) == {all_cards()["hearsay"].default}


def test_what_a_scenario_fixes_stands_over_a_table_of_parameters() -> None:
    scenario = load_scenario("small-process", {"parameters.trust.leak": 0.05})
    run = prepare(scenario, seed=1, histories=[0], parameters={"leak": [0.01]}, draws=[0])
    assert run.setting.parameters.s["leak"].tolist() == [0.05]


def test_a_wrong_table_of_parameters_tells_every_fault_at_once() -> None:
    table = {"leek": [0.1], "breach_weight": [-3.0, 1.0], "hearsay": [[0.1]], "attribution": [0.5]}
    with pytest.raises(InputError) as caught:
        prepare(load_scenario("small-process"), seed=1, histories=[0], parameters=table, draws=[1])
    told = str(caught.value)
    for text in (
        "leek",
        "did you mean leak",
        "breach_weight",
        "-3",
        "hearsay",
        "(1, 1)",
        "attribution",
        "1 rows",
    ):
        assert text in told


def test_a_meeting_may_say_how_political_it_is_and_who_is_sent() -> None:
    settings = {
        "calendar.meetings.senior.political": 0.9,
        "calendar.meetings.workshop.ministries": ["interior", "labour"],
    }
    calendar = prepare(load_scenario("small-process", settings), seed=1, histories=[0, 1]).setting.calendar
    told = dict(zip(calendar.kind, calendar.political[1], strict=True))
    assert told["senior"] == 0.9
    assert told["workshop"] == 0.0
    mix = dict(zip(calendar.kind, calendar.mix.tolist(), strict=True))
    assert mix["workshop"] == [0.0, 0.5, 0.5]


def test_a_ministry_that_nobody_sends_follows_only_at_home() -> None:
    alone = {
        f"calendar.meetings.{kind}.ministries": ["foreign"] for kind in ("ministerial", "senior", "workshop")
    }
    sent = simulate("small-process", histories=3, seed=1)
    few = simulate(load_scenario("small-process", alone), histories=3, seed=1)
    assert not np.array_equal(sent["dispersion"].values, few["dispersion"].values, equal_nan=True)


# What changes over the years


def bits(setting: Setting) -> list[Any]:
    calendar = setting.calendar
    whole = [calendar.planned, calendar.rate, calendar.record, calendar.text_level, setting.chair]
    return [np.asarray(values) for values in whole]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("design.form", 0.5),
        ("design.informality", 0.3),
        ("design.chair.mode", "rotating"),
        ("plan.sought", True),
    ],
)
def test_a_list_by_period_that_changes_nothing_plays_the_same_histories(key: str, value: object) -> None:
    """The calendar then has more slots, and not a bit of luck or of any measure moves."""
    years = {"years": [1, 4], "calendar.meetings.senior.text": "none"}
    once = load_scenario("small-process", {**years, key: value})
    parts = [{"from": "Y01", "value": value}, {"from": "Y03", "value": value}]
    twice = load_scenario("small-process", {**years, key: parts})
    wanted = simulate(once, histories=3, seed=2)
    found = simulate(twice, histories=3, seed=2)
    for name in wanted.measures:
        np.testing.assert_array_equal(found.measures[name], wanted.measures[name], err_msg=name)


def test_form_and_informality_act_from_the_quarter_they_change() -> None:
    form = [{"from": "Y01", "value": 0.0}, {"from": "Y03", "value": 1.0}]
    informality = [{"from": "Y01", "value": 0.9}, {"from": "Y04", "value": 0.2}]
    overrides = {
        "years": [1, 5],
        "design.form": form,
        "design.informality": informality,
        "plan.sought": False,
    }
    raw = {"kind": "ministerial", "per_year": 4}
    calendar = setting_of(overrides={**overrides, "calendar.meetings": [raw]}).calendar
    assert (calendar.planned[0].sum(axis=-1) == 1).all(), "one meeting a quarter, whatever slot it has"
    slot = calendar.planned[0].argmax(axis=-1)
    record, text = calendar.record[0, slot], calendar.text_level[0, slot]
    changes = {"text": [int(q) for q in np.flatnonzero(np.diff(text)) + 1]}
    assert changes == {"text": [10]}, "a bare year acts from its third quarter"
    assert [int(q) for q in np.flatnonzero(np.diff(record)) + 1] == [14]
    np.testing.assert_allclose(record[[0, -1]], [0.1, 0.8])
    assert text[0] < text[-1]
    assert calendar.rate[0].sum(axis=-1) == pytest.approx(4.0)


def test_a_chair_begins_to_rotate_when_the_file_says_so() -> None:
    mode = [{"from": "1996", "value": "standing"}, {"from": "2000-Q1", "value": "rotating"}]
    overrides = {"design.chair.mode": mode, "design.chair.holders": [["1996-Q1", "MEX"]]}
    setting = setting_of("puebla", overrides)
    assert [chair_at(setting, q) for q in (0, 8, 15, 16, 19)] == ["MEX"] * 5, "and serves a first term then"
    assert [chair_at(setting, q) for q in (20, 24)] == ["NIC", "PAN"]
    rotates = [float(setting.designs[setting.design_of[q]].rotates[0]) for q in (0, 15, 16)]
    assert rotates == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("key", "value"), [("design.consensus", "pathfinder"), ("design.order_of_work", "due_first")]
)
def test_rules_that_hold_for_the_whole_run_take_no_list(key: str, value: str) -> None:
    with pytest.raises(InputError, match="it has no periods"):
        load_scenario("small-process", {key: [{"from": "Y01", "value": value}]})


def test_blind_histories_do_not_read_what_rests_on_an_outcome() -> None:
    numbers = list(range(40))
    open_eyed = prepare(load_scenario("puebla"), seed=1, histories=numbers).setting.designs[0]
    blind = prepare(load_scenario("puebla"), seed=1, histories=numbers, judged="blind").setting.designs[0]
    assert np.array_equal(open_eyed.confidentiality, blind.confidentiality)  # judged, but on no outcome
    assert open_eyed.follow_up.mean() > 0.7  # judged .8 by what came of it
    assert 0.35 < blind.follow_up.mean() < 0.65  # even over the card's range
