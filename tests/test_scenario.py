"""Reading a scenario: what is right comes through, what is wrong is told, all of it and nothing else."""

import copy
import json
import math
import pickle
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.axes import MECHANISMS, RIVALS, parse_quarter, quarter_label
from rcpsim.cards import all_cards
from rcpsim.errors import (
    Fault,
    InputError,
    OptionError,
    RcpsimError,
    ScenarioError,
    UnknownName,
    near_names,
)
from rcpsim.scenario import (
    UNKNOWN,
    Periods,
    Scenario,
    Value,
    dial_card,
    dial_cards,
    judged_spread,
    list_scenarios,
    load_scenario,
    meeting_card,
    membership,
    parse_setting,
    presence,
    scenario_to_dict,
    scenario_to_toml,
)

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


def raw(name: str = "puebla") -> dict[str, Any]:
    return tomllib.loads((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8"))


def small(**tables: Any) -> dict[str, Any]:
    """Return the shortest table that is a scenario, with some of its tables replaced."""
    table: dict[str, Any] = {
        "format": 1,
        "id": "pair",
        "title": "Two states",
        "kind": "rcp",
        "years": [2000, 2004],
        "members": {"start": ["MEX", "USA"]},
        "calendar": {"meetings": [{"kind": "workshop", "per_year": 2}]},
    }
    return table | tables


def faults(table: Any, **more: Any) -> dict[str, str]:
    """Return the faults of a table: field → found and allowed."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(table, **more)
    return {fault.field: f"{fault.found}; {fault.allowed}; {fault.hint}" for fault in caught.value.faults}


# What comes through


def test_puebla_holds_what_its_file_says() -> None:
    puebla = load_scenario("puebla")
    assert puebla.states == (
        "BLZ", "CAN", "CRI", "DOM", "GTM", "HND", "MEX", "NIC", "PAN", "SLV", "USA",
    )  # fmt: skip
    assert quarter_label(puebla.quarters[0]) == "1996-Q1"
    assert quarter_label(puebla.quarters[-1]) == "2010-Q4"
    assert len(puebla.quarters) == 60
    form = puebla.design.form
    assert isinstance(form, Value)
    assert (form.kind, form.value, form.confidence) == ("judged", 0.45, "medium")
    assert puebla.design.caution == UNKNOWN
    assert puebla.design.follow_up.at(8000).looks_ahead
    assert [meeting.name for meeting in puebla.meetings] == [
        "vice-ministerial",
        "consultative-group",
        "workshop",
    ]
    assert puebla.meetings[1].steering
    workshops = puebla.meetings[2].per_year
    assert workshops is not None
    assert (workshops.at(0).low, workshops.at(0).high) == (2, 4)
    assert puebla.events[0].salience == {"border-control": 0.3, "return": 0.3}
    assert quarter_label(puebla.events[0].on.low) == "1998-Q4"


def test_absent_keys_mean_what_their_cards_say() -> None:
    pair = load_scenario(small())
    assert pair.design.confidentiality == UNKNOWN
    assert pair.design.closing == Value("documented", "none")
    assert pair.design.consensus.at(0).value == "unanimity"
    assert pair.design.informality is None
    assert pair.plan.due.value == 12
    assert pair.money.backers_share.at(0).value == 0.0


def test_a_dial_may_change_by_period() -> None:
    scenario = load_scenario(
        small(
            design={
                "secretariat": [{"from": "2000-Q1", "value": "none"}, {"from": "2002", "value": "own"}],
            }
        )
    )
    secretariat = scenario.design.secretariat
    assert isinstance(secretariat, Periods)
    assert [secretariat.at(parse_quarter(label)).value for label in ("1999-Q1", "2002-Q2", "2002-Q3")] == [
        "none",
        "none",
        "own",
    ]


def test_a_bare_year_acts_from_its_third_quarter() -> None:
    assert quarter_label(load_scenario("puebla").members.changes[0].when.low) == "2000-Q3"


def test_order_of_rows_in_the_file_does_not_matter() -> None:
    table = raw()
    turned = copy.deepcopy(table)
    turned["members"]["start"].reverse()
    turned["members"]["snapshots"][1]["states"].reverse()
    turned = dict(reversed(turned.items()))
    first, second = load_scenario(table), load_scenario(turned)
    assert first.states == second.states
    assert first.members.start == second.members.start
    assert first.design == second.design


def test_synthetic_states_are_prefixes_of_one_list() -> None:
    small_one, large = load_scenario("small-process"), load_scenario("large-process")
    assert small_one.states == large.states[:10]
    assert quarter_label(small_one.quarters[0]) == "Y01-Q1"


@pytest.mark.parametrize("name", list_scenarios())
def test_written_and_read_again_is_the_same(name: str) -> None:
    scenario = load_scenario(name)
    table = scenario_to_dict(scenario)
    again = load_scenario(table)
    assert replace(again, file=scenario.file) == scenario
    assert tomllib.loads(scenario_to_toml(scenario)) == table
    assert json.loads(json.dumps(table)) == table
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_a_file_is_read_like_a_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text((SCENARIOS / "puebla.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert replace(load_scenario(path), file="") == replace(load_scenario("puebla"), file="")
    assert load_scenario(str(path)).file == str(path)


def test_the_table_given_is_left_alone() -> None:
    table = raw()
    before = copy.deepcopy(table)
    load_scenario(table, {"design.form": 0.2}, without=["event:mitch", "leak_or_keep"])
    assert table == before


# Overrides


def test_overrides_reach_every_kind_of_place() -> None:
    scenario = load_scenario(
        "puebla",
        {
            "design.confidentiality": 0.5,
            "calendar.meetings.0.per_year": 2,
            "calendar.meetings.workshop.days": 4,
            "event.mitch.on": "1999-Q1",
            "design.working_groups.size": 4,
            "theory.replacing.persuade": "deffuant2000",
        },
    )
    assert scenario.design.confidentiality == Value("documented", 0.5)
    assert scenario.meetings[0].per_year == Value("documented", 2)
    assert scenario.meetings[2].days == Value("documented", 4)
    assert quarter_label(scenario.events[0].on.low) == "1999-Q1"
    assert scenario.design.working_groups is not None
    assert scenario.design.working_groups.size == Value("documented", 4)
    assert scenario.theory.replacing == {"persuade": "deffuant2000"}


def test_numpy_numbers_are_numbers() -> None:
    scenario = load_scenario(
        "small-process", {"members.count": np.int64(20), "design.form": np.float64(0.25)}
    )
    assert len(scenario.states) == 20
    assert type(scenario.design.form.at(0).value) is float


def test_a_fault_of_an_override_is_laid_to_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("puebla", {"design.confidentiality": 1.4})
    assert (
        str(caught.value) == "--set: design.confidentiality is 1.4; it must lie between 0 and 1 (unit: share)"
    )


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("design.form.high.deep", "stands for 0.5"),
        ("calendar.meetings.7.per_year", "stands for nothing"),
        ("calendar.meetings.seminar.per_year", "stands for nothing"),
        ("calendar.meetings.9", "no entry"),
    ],
)
def test_an_override_that_leads_nowhere_is_told(key: str, part: str) -> None:
    with pytest.raises(ScenarioError, match=part):
        load_scenario("small-process", {key: 1})


def test_shorter_years_drop_the_events_outside() -> None:
    scenario = load_scenario("puebla", {"years": [1996, 1999]})
    assert [event.id for event in scenario.events] == ["mitch", "ties-with-the-north"]
    assert scenario.left_out == ("september-11",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("design.form=0.5", ("design.form", 0.5)),
        ("members.count = 20", ("members.count", 20)),
        ("years=[1996, 2000]", ("years", [1996, 2000])),
        ("design.secretariat=io-hosted", ("design.secretariat", "io-hosted")),
        ("design.networks=true", ("design.networks", True)),
        ("event.mitch.on=1999-Q1", ("event.mitch.on", "1999-Q1")),
    ],
)
def test_settings_are_read_as_in_a_file(text: str, expected: tuple[str, object]) -> None:
    assert parse_setting(text) == expected


@pytest.mark.parametrize("text", ["", "design.form", "=1", "a..b=1", "design.form="])
def test_what_is_no_setting_is_told(text: str) -> None:
    with pytest.raises(OptionError, match="KEY=VALUE"):
        parse_setting(text)


# Leaving out


def test_leaving_out_strikes_a_state_from_every_list() -> None:
    scenario = load_scenario(
        "puebla", without=["member:USA", "event:mitch", "mechanism:leak_or_keep", "learn"]
    )
    assert "USA" not in scenario.states
    assert scenario.money.backers == ("CAN",)
    assert "USA" not in [state for _, state in scenario.design.chair.holders]
    assert "mitch" not in [event.id for event in scenario.events]
    assert scenario.theory.without == ("leak_or_keep", "learn")
    assert load_scenario(scenario_to_dict(scenario)).states == scenario.states


def test_an_event_that_concerned_only_states_left_out_is_gone() -> None:
    scenario = load_scenario("igc", without=["member:SWE"])
    assert "arrivals-in-sweden" not in [event.id for event in scenario.events]


def test_leaving_out_what_is_not_there_is_told() -> None:
    with pytest.raises(OptionError) as caught:
        load_scenario("puebla", without=["leak", "event:mich", "stat:MEX"])
    text = str(caught.value)
    assert "did you mean leak_or_keep" in text
    assert "did you mean mitch?" in text
    assert '"stat:MEX" is not understood' in text
    assert "member:BRA" in faults(raw(), without=["member:BRA"])


# Faults

WRONG = {
    "years": ({"years": [2004, 2000]}, "the first year comes first"),
    "years.0": ({"years": [0, 2000]}, "must be a year"),
    "format": ({"format": 2}, "it must be 1"),
    "kind": ({"kind": "rpc"}, "did you mean rcp?"),
    "members.start.1": ({"members": {"start": ["MEX", "MEX"]}}, "listed once"),
    "members.start.2": ({"members": {"start": ["MEX", "USA", "Canada"]}}, "CAN (Canada)"),
    "members.start.0": ({"members": {"start": ["SCG", "USA", "MEX"]}}, "for SCG write SRB, MNE"),
    "members": ({"members": {"start": ["MEX"]}}, "MEX alone"),
    "members.count": ({"members": {"start": ["MEX", "USA"], "count": 10}}, "synthetic"),
    "calendar.meetings": ({"calendar": {}}, "a process meets"),
    "calendar.meetings.0.per_year": ({"calendar": {"meetings": [{"kind": "senior"}]}}, "is missing"),
    "calendar.meetings.0.days": (
        {"calendar": {"meetings": [{"kind": "senior", "per_year": 1, "days": -1}]}},
        "between 0 and 20",
    ),
    "calendar.meetings.1.name": (
        {"calendar": {"meetings": [{"kind": "senior", "per_year": 1, "name": "a"}] * 2}},
        "its own name",
    ),
    "design.confidentialty": ({"design": {"confidentialty": 0.5}}, "did you mean confidentiality?"),
    "design.form": ({"design": {"form": math.nan}}, "between 0 and 1"),
    "design.follow_up": ({"design": {"follow_up": math.inf}}, "between 0 and 1"),
    "design.caution": ({"design": {"caution": True}}, "between 0 and 1"),
    "design.secretariat": ({"design": {"secretariat": "iohosted"}}, "did you mean io-hosted"),
    "design.networks": ({"design": {"networks": 1}}, "true or false"),
    "design.form.source": ({"design": {"form": {"value": 0.5, "confidence": "low"}}}, "where it comes from"),
    "design.form.confidence": (
        {"design": {"form": {"value": 0.5, "confidence": "hgh", "source": "a"}}},
        "did you mean high?",
    ),
    "design.working_groups": ({"design": {"working_groups": {"size": 4, "count": 2}}}, "one of the two"),
    "design.chair.holders.0.1": ({"design": {"chair": {"holders": [["2000", "USB"]]}}}, "USA"),
    "design.chair.holders": ({"design": {"chair": {"holders": [["2000", "CAN"]]}}}, "must be a member"),
    "plan.agenda.0": ({"plan": {"agenda": ["returns"]}}, "did you mean return?"),
    "plan.adopted": ({"plan": {"adopted": "1997"}}, "never an input"),
    "money.backers_share": ({"money": {"backers_share": 0.5}}, "name the backers"),
    "theory.without.0": ({"theory": {"without": ["leak_or_kep"]}}, "did you mean leak_or_keep"),
    "theory.replacing.persuade": ({"theory": {"replacing": {"persuade": "deffuant"}}}, "deffuant2000?"),
    "theory.replacing.speak": ({"theory": {"replacing": {"speak": "loud"}}}, "one form only"),
    "parameters.candor": ({"parameters": {"candor": {"p": 1}}}, "not a part of the theory"),
    "checks.judged.capacity": ({"checks": {"judged": {"capacity": 2}}}, "between 0 and 1"),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_fault_names_its_field_and_says_what_is_allowed(field: str) -> None:
    change, part = WRONG[field]
    found = faults(small(**change))
    assert field in found
    assert part in found[field]


def meeting(**more: Any) -> dict[str, object]:
    return {"calendar": {"meetings": [{"kind": "senior", "per_year": 1} | more]}}


def unnamed(**more: Any) -> dict[str, object]:
    table = {"among": ["CAN", "USA"], "totals": [["2000", 2], ["2003", 3]], "source": "ours"}
    return {"members": {"start": ["MEX"], "unnamed": table | more}}


WRONG_TOO = {
    "calendar.meetings.0.per_year.1": (meeting(per_year=["2000", "spring"]), "must be a quarter"),
    "calendar.meetings.0.per_year": (meeting(per_year=[]), "at least one"),
    "calendar.meetings.0.until": (meeting(**{"from": "2002", "until": "2001"}), "before `from`"),
    "calendar.meetings.0.groups": (meeting(groups=8), "it must be a table"),
    "calendar.meetings.0.groups.size": (meeting(groups={"size": 1}), "whole number between 2 and 80"),
    "calendar.meetings.0.text": (meeting(text=[{"from": "2000", "value": "none"}]), "no periods"),
    "calendar.meetings.0": ({"calendar": {"meetings": ["senior"]}}, "it must be a table"),
    "members.unnamed.totals.1": (unnamed(totals=[["2000", 2], ["1999", 3]]), "follow each other"),
    "members.unnamed.totals.0": (unnamed(totals=["2000", ["2003", 3]]), "a quarter and a number"),
    "members.unnamed.totals.0.1": (unnamed(totals=[["2000", 2.5], ["2003", 3]]), "whole number"),
    "members.unnamed.totals": (unnamed(totals=[["2000", 2], ["2003", 4]]), "hold 3"),
    "members.unnamed.among": (unnamed(among=["MEX", "USA"]), "members.start already"),
    "members.start": ({"members": {}}, "is missing"),
    "members.snapshots.0.relation": (
        {
            "members": {
                "start": ["MEX", "USA"],
                "snapshots": [{"year": 2001, "relation": "exactly", "source": "a"}],
            }
        },
        "without a stated total",
    ),
    "design.rotation.order.0": ({"design": {"rotation": {"order": ["USB"]}}}, "codes of three letters"),
    "design.rotation": ({"design": {"rotation": ["CAN"]}}, "must be a member"),
    "design.chair.holders.0": ({"design": {"chair": {"holders": ["MEX"]}}}, "a quarter and a state"),
    "design.form": ({"design": {"form": []}}, "at least one entry"),
    "design.form.0.from": ({"design": {"form": [{"value": 0.1}]}}, "is missing"),
    "design.form.1.from": (
        {"design": {"form": [{"from": "2001", "value": 0.1}, {"from": "2000", "value": 0.1}]}},
        "follow each other",
    ),
    "design.form.high": ({"design": {"form": {"low": 0.1, "source": "a"}}}, "is missing"),
    "design.caution": ({"design": {"caution": {"low": 0.8, "high": 0.1, "source": "a"}}}, "lower end"),
    "design.follow_up": ({"design": {"follow_up": {"value": 0.1, "low": 0.1, "source": "a"}}}, "a range"),
    "design.networks": ({"design": {"networks": {"low": 0, "high": 1, "source": "a"}}}, "true or false"),
    "design.secretariat.value": ({"design": {"secretariat": {"source": "a"}}}, "is missing"),
    "design.priority.returns": ({"design": {"priority": {"returns": 2}}}, "not an issue"),
    "theory.replacing.conclude": (
        {"design": {"consensus": "pathfinder"}, "theory": {"replacing": {"conclude": "all_but_x"}}},
        "design.consensus says",
    ),
    "theory.without.0": (
        {"theory": {"without": ["learn"], "replacing": {"learn": "maximum"}}},
        "choose one",
    ),
    "theory.replacing.lern": ({"theory": {"replacing": {"lern": "maximum"}}}, "did you mean learn"),
    "sources.K01": ({"sources": {"K01": 3}}, "text in quotes"),
    "years": ({"years": [1000, 2000]}, "at most 200 years"),
}


@pytest.mark.parametrize("field", WRONG_TOO)
def test_a_fault_deeper_down_is_told(field: str) -> None:
    change, part = WRONG_TOO[field]
    found = faults(small(**change))
    assert field in found, found
    assert part in found[field]


@pytest.mark.parametrize("count", [0, 7, 12, 85, "ten", math.nan, None])
def test_a_synthetic_world_has_whole_blocks(count: object) -> None:
    members = {} if count is None else {"count": count}
    found = faults(small(kind="synthetic", years=[1, 5], members=members))
    assert "multiple of 5 from 5 to 80" in found["members.count"]


def test_a_synthetic_world_names_its_own_states() -> None:
    world = {"kind": "synthetic", "years": [1, 5], "members": {"count": 5}}
    assert load_scenario(small(**world, money={"backers": ["S05"]})).money.backers == ("S05",)
    assert "money.backers" in faults(small(**world, money={"backers": ["S06"]}))
    assert "S01 to S80" in faults(small(**world, money={"backers": ["MEX"]}))["money.backers.0"]


def test_coefficients_are_held_to_their_cards() -> None:
    name, card = next((name, card) for name, card in all_cards().items() if card.unit == "share")
    part = card.file.removeprefix("theory/").removesuffix(".toml")
    scenario = load_scenario("puebla", {f"parameters.{part}.{name}": card.default})
    assert scenario.theory.parameters == {name: card.default}
    assert load_scenario(scenario_to_dict(scenario)).theory == scenario.theory
    high = {"parameters": {part: {name: 1.5}}}
    assert "must be a number between" in faults(small(**high))[f"parameters.{part}.{name}"]
    misspelt = {"parameters": {part: {name + "x": 0.5}}}
    assert f"did you mean {name}" in faults(small(**misspelt))[f"parameters.{part}.{name}x"]


def test_an_observer_may_become_a_member_and_a_member_may_return() -> None:
    changes = [change("CAN", "observer", "2001"), change("CAN", "member", "2002")]
    changes += [change("USA", "none", "2001"), change("USA", "member", "2003")]
    scenario = load_scenario(small(members={"start": ["MEX", "USA"], "changes": changes}))
    present = presence(scenario.members, scenario.quarters, luck, 1)[0]
    assert present.sum(0).tolist() == [10, 20, 6 + 6]


EVENT = {"id": "storm", "kind": "shock", "on": "2001", "source": "ours"}
WRONG_EVENTS = {
    "event.0.kind": ({"kind": "declaration"}, "never an input"),
    "event.0.on": ({"on": "1999"}, "runs from 2000-Q1 to 2004-Q4"),
    "event.0.states.0": ({"states": ["XXX"]}, "codes of three letters"),
    "event.0.states": ({"states": ["BRA"]}, "must be a member"),
    "event.0.acts_on.salience.borders": ({"acts_on": {"salience": {"borders": 0.1}}}, "not an issue"),
    "event.0.acts_on.capacity": ({"acts_on": {"capacity": -2}}, "between -1 and 1"),
    "event.0.until": ({"until": "2000-Q1"}, "after `on`"),
    "event.0.source": ({"source": ""}, "text in quotes"),
    "event.0.sponsor_share": ({"sponsor_share": 0.5}, "not a known key"),
}


@pytest.mark.parametrize("field", WRONG_EVENTS)
def test_a_faulty_event_is_told(field: str) -> None:
    change, part = WRONG_EVENTS[field]
    found = faults(small(event=[EVENT | change]))
    assert field in found
    assert part in found[field]


def test_a_format_of_another_version_is_told() -> None:
    assert "it must be 1;" in faults(small(format=2))["format"]


def test_a_calendar_meets_within_its_years() -> None:
    early = faults(small(**meeting(per_year=["1999-Q4", "2001-Q1"])))
    assert "1999-Q4" in early["calendar.meetings.0.per_year"]
    assert "calendar.meetings" not in early
    for out in ({"per_year": ["1999-Q4"]}, {"until": "1999"}, {"from": "2005"}, {"per_year": 0}):
        assert "holds no meeting" in faults(small(**meeting(**out)))["calendar.meetings"], out


def test_years_that_leave_out_every_meeting_are_told_and_others_are_not() -> None:
    table = small(**meeting(per_year=["2000-Q4", "2003-Q1"]))
    assert load_scenario(table, {"years": [2003, 2004]}).meetings
    found = faults(table, overrides={"years": [2001, 2002]})
    assert "holds no meeting from 2001-Q1 to 2002-Q4" in found["calendar.meetings"]
    assert "calendar.meetings.0.per_year" not in found


def test_nothing_is_held_against_years_that_are_wrong_themselves() -> None:
    found = faults(small(years=[2000.5, 2004], event=[EVENT], **meeting(per_year=["1999-Q4"])))
    assert set(found) == {"years.0"}
    alone = faults(small(years=[2000.5, 2004], members={"start": ["MEX"]}))
    assert set(alone) == {"years.0", "members"}


@pytest.mark.parametrize("years", [[2010, 1996], [2000.5, 2004], "1996 to 2010", None])
@pytest.mark.parametrize("calendar", [{"meetings": []}, {}, meeting(per_year=0)["calendar"]])
def test_a_calendar_without_a_meeting_is_told_beside_wrong_years(years: object, calendar: object) -> None:
    found = faults(small(years=years, calendar=calendar))
    assert {name.split(".")[0] for name in found} == {"years", "calendar"}
    assert "a process meets" in found["calendar.meetings"]


def test_a_wrong_list_is_told_beside_wrong_years() -> None:
    assert set(faults(listed(total=3) | {"years": [2004, 2000]})) == {"years", "members.snapshots.0"}


def test_what_cannot_be_left_out_is_told_beside_other_faults() -> None:
    found = faults(small(title=3), without=["member:BRA", "event:mitch"])
    assert "title" in found
    assert {"member:BRA", ""} <= set(found)


def test_two_events_of_one_name_are_told() -> None:
    assert "event.1.id" in faults(small(event=[EVENT, EVENT]))


def change(state: str, to: str, on: object) -> dict[str, object]:
    return {"state": state, "to": to, "on": on, "basis": "asserted", "source": "ours"}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([change("CAN", "none", "2001"), change("CAN", "member", "2002")], "joined"),
        ([change("CAN", "member", ["2001", "2003"]), change("CAN", "none", "2002")], "after it has joined"),
        ([change("CAN", "none", "2001")], "joined before"),
        ([change("MEX", "member", "2001")], "already"),
        ([change("CAN", "member", "1990")], "runs from"),
        ([change("CAN", "member", ["2003", "2001"])], "earlier quarter comes first"),
        ([change("CAN", "member", "unknown")], "between which it lies"),
    ],
)
def test_membership_that_cannot_be_is_told(changes: list[object], part: str) -> None:
    found = faults(small(members={"start": ["MEX", "USA"], "changes": changes}))
    assert any(part in text for text in found.values()), found


def listed(**more: Any) -> dict[str, object]:
    snapshot = {"year": 2002, "total": 2, "relation": "exactly", "source": "ours", "states": ["MEX", "USA"]}
    return small(members={"start": ["MEX", "USA"], "snapshots": [snapshot | more]})


def test_only_a_wrong_exact_list_without_a_discrepancy_is_a_fault() -> None:
    load_scenario(listed())
    wrong = {"states": ["MEX", "CAN"]}
    assert "members.snapshots.0" in faults(listed(**wrong))
    load_scenario(listed(discrepancy="D99", **wrong))
    load_scenario(listed(relation="about", **wrong))
    assert "members.snapshots.0" in faults(listed(total=3))
    assert "members.snapshots.0" in faults(listed(total=3, states=[]))


def test_a_total_is_held_against_its_own_list_where_members_have_other_faults() -> None:
    table = raw()
    table["members"]["snapshots"][1].update(total=12, relation="exactly")
    assert {"members.snapshots.1"} == set(faults(table))
    for place in (table["members"]["start"], table["members"]["snapshots"][1]["states"]):
        right, place[0] = place[0], "BLZZ"
        found = faults(table)
        place[0] = right
        assert len(found) == 2
        assert "the list holds 11" in found["members.snapshots.1.total"]


def test_a_total_that_may_be_right_is_not_told_beside_other_faults() -> None:
    unknown, twice = {"states": ["MEX", "USX"]}, {"states": ["MEX", "USA", "USA"]}
    assert set(faults(listed(**unknown))) == {"members.snapshots.0.states.1"}
    assert set(faults(listed(**twice))) == {"members.snapshots.0.states.2"}
    assert set(faults(listed(total=3, **twice))) == {"members.snapshots.0.states.2"}
    for more in ({"discrepancy": "D99"}, {"relation": "about"}):
        assert set(faults(listed(total=3, **unknown, **more))) == {"members.snapshots.0.states.1"}
    changed = faults(listed(**unknown), overrides={"members.snapshots.0.total": 3})
    assert set(changed) == {"members.snapshots.0.states.1"}


def test_all_faults_are_told_at_once() -> None:
    table = small(years=[2004, 2000], design={"form": 7, "cautoin": 1}, plan={"agenda": ["x"]}, colour="red")
    found = faults(table)
    assert {"years", "design.form", "design.cautoin", "plan.agenda.0", "colour"} <= set(found)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"years = [1996", "is not TOML"),
        (b'title = "\xff"', "is not UTF-8"),
        (b"a = " + b"[" * 5000, "not TOML|nested too deep"),
        (b"a = 1\na = 2", "is not TOML"),
        (b"years = [" + b"9" * 5000 + b", 2000]", "scenario"),
        (b"", "format is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=part) as caught:
        load_scenario(path)
    assert str(path) in str(caught.value)


def test_a_scenario_that_is_not_there_is_told_with_near_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"did you mean puebla\?"):
        load_scenario("pueblo")
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"did you mean mine.toml\?"):
        load_scenario(tmp_path / "mime.toml")
    with pytest.raises(ScenarioError, match="is a folder"):
        load_scenario(tmp_path)
    (tmp_path / "yours.toml").mkdir()
    with pytest.raises(ScenarioError, match=r"yours\.toml: is a folder") as told:
        load_scenario(tmp_path / "yours.toml")
    assert "did you mean yours" not in str(told.value)


def test_errors_form_one_tree_and_travel() -> None:
    error = ScenarioError([Fault("a", "b", "is 1", "it must be 2")])
    assert isinstance(error, InputError)
    assert isinstance(error, RcpsimError)
    again = pickle.loads(pickle.dumps(error))
    assert again.faults == error.faults
    assert str(again) == "a: b is 1; it must be 2"


# Cards


def test_every_card_is_whole() -> None:
    for card in dial_cards():
        assert card.meaning
        assert card.unit
        assert card.source
        assert (card.low is None) == bool(card.options)
        if card.low is not None and card.high is not None:
            assert card.drawn is not None
            assert card.low <= card.drawn[0] <= card.drawn[1] <= card.high
        if card.absent.kind != "unknown" and card.options:
            assert card.absent.value in card.options
    assert judged_spread().sd == {"high": 0.05, "medium": 0.12, "low": 0.25}
    for kind in ("workshop", "working-group", "senior", "ministerial"):
        assert math.isclose(sum(meeting_card(kind).ministry), 1)


def test_rivals_belong_to_mechanisms() -> None:
    assert set(RIVALS) <= set(MECHANISMS)
    assert len(MECHANISMS) == len(set(MECHANISMS)) == 21


def test_values_say_what_was_known_when() -> None:
    assert Value("judged", 0.5, confidence="low", source="K01 p.1").known_in(2001)
    assert not Value("judged", 0.5, confidence="low", source="IOM05 p.1").known_in(2001)
    assert Value("documented", 0.5).known_in(1990)
    assert not UNKNOWN.known_in(2010)
    assert dial_card("design.form").high == 1


def test_near_names_do_not_mind_case_or_hyphens() -> None:
    assert near_names("Small_Process", list_scenarios())[0] == "small-process"


@given(st.integers(1000, 2100), st.integers(1, 4))
def test_quarter_labels_come_back(year: int, quarter: int) -> None:
    label = f"{year}-Q{quarter}"
    assert quarter_label(parse_quarter(label)) == label
    assert parse_quarter(year) == parse_quarter(f"{year}-Q3") == parse_quarter(str(year))


@pytest.mark.parametrize("label", ["1996-Q5", "96", "1996Q1", "", "Y0", "spring", True, -3, 0, "0000-Q1"])
def test_what_is_no_quarter_is_refused(label: str | int) -> None:
    with pytest.raises(ValueError, match="is not a quarter"):
        parse_quarter(label)


# Membership drawn


def luck(key: str) -> np.ndarray:
    return np.random.default_rng(list(key.encode())).random(200)


def test_presence_keeps_what_is_documented_and_draws_what_is_not() -> None:
    budapest = load_scenario("budapest")
    present = presence(budapest.members, budapest.quarters, luck, 200)
    assert present.shape == (200, 80, 53)
    at = {quarter_label(quarter): present[:, index] for index, quarter in enumerate(budapest.quarters)}
    assert (at["1991-Q4"].sum(-1) == 26).all()
    assert (at["1993-Q3"].sum(-1) == 34).all()
    assert (at["2001-Q2"].sum(-1) == 40).all()
    assert (at["2005-Q2"].sum(-1) == 51).all()  # fifty in print, one of them SCG
    assert (at["2010-Q1"].sum(-1) == 49).all()
    assert len({tuple(row) for row in at["1993-Q3"]}) > 100
    for state in range(present.shape[2]):
        name = budapest.states[state]
        for label, rows in at.items():
            quarter = parse_quarter(label)
            when = type(budapest.members.changes[0].when)(quarter, quarter)
            surely, possibly = membership(budapest.members, name, when)
            assert rows[:, state].all() or not surely, (name, label)
            assert not rows[:, state].any() or possibly, (name, label)


def test_taking_a_state_out_moves_no_other() -> None:
    igc, without = load_scenario("igc"), load_scenario("igc", without=["member:CAN"])
    full = presence(igc.members, igc.quarters, luck, 200)
    rest = presence(without.members, without.quarters, luck, 200)
    kept = [index for index, state in enumerate(igc.states) if state != "CAN"]
    assert (full[:, :, kept] == rest).all()


# Files broken at random


def loaded_or_told(*given: Any) -> Scenario | ScenarioError:
    """Return the scenario, or the one kind of error that a wrong table may raise."""
    try:
        return load_scenario(*given)
    except ScenarioError as error:
        return error


def places(table: object, where: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [where] if where else []
    entries = (
        table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    )
    for key, value in entries:
        found += places(value, (*where, key))
    return found


BASES = {name: raw(name) for name in ("puebla", "budapest", "midwa", "small-process")}
PLACES = [(name, place) for name, table in BASES.items() for place in places(table)]
STRANGE = st.one_of(
    st.sampled_from(
        [math.nan, math.inf, -math.inf, -1, 0, 1, 10**400, -0.0, 1e308, True, False, "", "unknown"]
    ),
    st.sampled_from(
        ["MEX", "S01", "1996", "0000-Q1", "Y1", "\x00", "ß" * 300, [], {}, [[]], [{}], {"value": {}}]
    ),
    st.sampled_from(
        [{"low": 1, "high": 0}, {"low": 0}, {"value": 1, "low": 0}, [{"from": 1}], [1, 2], ["a", "a"]]
    ),
    st.floats(),
    st.integers(),
    st.text(max_size=8),
    st.dates(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3), st.data())
def test_a_broken_table_loads_or_is_told(
    chosen: list[tuple[str, tuple[object, ...]]], data: st.DataObject
) -> None:
    name = chosen[0][0]
    table = copy.deepcopy(BASES[name])
    touched = set()
    for base, place in chosen:
        holder: Any = table
        try:
            for key in place[:-1]:
                holder = holder[key]
            if base != name or not isinstance(holder, dict | list):
                continue
            holder[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        how = data.draw(st.sampled_from(["drop", "rename", "replace", "twice"]))
        touched.add(str(place[0]))
        if how == "drop":
            del holder[place[-1]]
        elif how == "rename" and isinstance(holder, dict):
            holder[data.draw(st.text(max_size=6))] = holder.pop(place[-1])
        elif how == "twice" and isinstance(holder, list):
            holder.append(holder[place[-1]])
        else:
            holder[place[-1]] = data.draw(STRANGE)
    outcome = loaded_or_told(table)
    if isinstance(outcome, ScenarioError):
        assert outcome.faults
        assert all(fault.field and fault.found for fault in outcome.faults)
        assert "\n" not in "".join(str(fault) for fault in outcome.faults)
    else:
        assert len(outcome.states) >= 2
        assert replace(load_scenario(scenario_to_dict(outcome)), file=outcome.file) == outcome


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(STRANGE, lambda inner: st.dictionaries(st.sampled_from(list(raw())), inner), max_leaves=6)
)
def test_any_table_at_all_loads_or_is_told(table: object) -> None:
    if isinstance(table, dict):
        with pytest.raises(ScenarioError):
            load_scenario(table)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["design", "calendar", "meetings", "0", "members", "form", "x", "event"]),
        min_size=1,
        max_size=4,
    ),
    STRANGE,
)
def test_any_override_loads_or_is_told(parts: list[str], value: object) -> None:
    outcome = loaded_or_told("puebla", {".".join(parts): value})
    assert isinstance(outcome, Scenario) or outcome.faults
