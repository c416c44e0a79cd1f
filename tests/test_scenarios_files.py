"""The scenario files that come with the package: true to the documents, and free of what came of them."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from rcpsim.axes import DOCUMENT_YEARS, EVENT_KINDS, ISSUES, OUTCOMES, parse_quarter
from rcpsim.data import issues, state_table
from rcpsim.scenario import (
    Periods,
    Scenario,
    Value,
    list_scenarios,
    load_scenario,
    scenario_to_dict,
    snapshot_differences,
    values_of,
)

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = ROOT / "src" / "rcpsim" / "data" / "patterns"
REAL = ("bali", "budapest", "igc", "midwa", "puebla", "sacm")
SYNTHETIC = ("small-process", "medium-process", "large-process", "large-process-working-groups")


def patterns(name: str) -> list[dict[str, object]]:
    table = tomllib.loads((PATTERNS / f"{name}.toml").read_text(encoding="utf-8"))
    assert table["format"] == 1
    assert table["process"] == name
    found: list[dict[str, object]] = table["pattern"]
    return found


def values_in(record: object) -> Iterator[Value]:
    """Yield every value that a record holds, at any depth."""
    if isinstance(record, Value | Periods):
        yield from values_of(record)
    elif is_dataclass(record):
        for field in fields(record):
            yield from values_in(getattr(record, field.name))
    elif isinstance(record, tuple):
        for entry in record:
            yield from values_in(entry)


def words_in(table: object) -> Iterator[str]:
    """Yield every text of a raw table."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict | list):
        for entry in table.values() if isinstance(table, dict) else table:
            yield from words_in(entry)


def keys_in(table: object) -> Iterator[str]:
    """Yield every key of a raw table."""
    if isinstance(table, dict):
        yield from table
    if isinstance(table, dict | list):
        for entry in table.values() if isinstance(table, dict) else table:
            yield from keys_in(entry)


def test_all_ten_are_there_under_their_names() -> None:
    assert set(list_scenarios()) >= {*REAL, *SYNTHETIC}
    for name in list_scenarios():
        assert load_scenario(name).id == name


@pytest.mark.parametrize(
    ("name", "states", "years"),
    [
        ("puebla", 11, (1996, 2010)),
        ("budapest", 53, (1991, 2010)),
        ("igc", 19, (1985, 2010)),
        ("sacm", 12, (1999, 2010)),
        ("bali", 43, (2002, 2010)),
        ("midwa", 15, (2000, 2010)),
        ("small-process", 10, (1, 20)),
        ("medium-process", 20, (1, 20)),
        ("large-process", 40, (1, 20)),
        ("large-process-working-groups", 40, (1, 20)),
    ],
)
def test_states_and_years(name: str, states: int, years: tuple[int, int]) -> None:
    scenario = load_scenario(name)
    assert len(scenario.states) == states
    assert scenario.years == years


@pytest.mark.parametrize("name", REAL)
def test_every_list_in_print_agrees_with_the_members(name: str) -> None:
    """One list does not, and says so: Chile is left out of the list of 2001 by an error on record."""
    known = {("sacm", "D01"): ("CHL is a member and not in the list",)}
    for snapshot in load_scenario(name).members.snapshots:
        expected = known.get((name, snapshot.discrepancy or ""), ())
        assert snapshot_differences(load_scenario(name).members, snapshot) == expected


# Totals and lengths as printed by the documents, from the register of membership checks.
PRINTED = {
    "puebla": {1996: (10, 10), 2001: (None, 11), 2005: (11, 11), 2010: (11, 11)},
    "budapest": {1991: (26, 0), 1993: (34, 0), 2001: (40, 40), 2005: (50, 50), 2010: (50, 49)},
    "igc": {1985: (7, 0), 2001: (None, 16), 2005: (16, 16), 2010: (None, 17)},
    "sacm": {2001: (None, 11), 2005: (12, 12), 2010: (None, 12)},
    "bali": {2005: (40, 40), 2010: (None, 43)},
    "midwa": {2001: (None, 13), 2005: (13, 13), 2010: (None, 15)},
}


@pytest.mark.parametrize("name", REAL)
def test_lists_are_as_long_as_in_print(name: str) -> None:
    snapshots = load_scenario(name).members.snapshots
    assert {one.when.low // 4: (one.total, len(one.states)) for one in snapshots} == PRINTED[name]


@pytest.mark.parametrize("name", REAL)
def test_every_judged_value_has_a_source_and_a_confidence(name: str) -> None:
    scenario = load_scenario(name)
    judged = [value for value in values_in(scenario) if value.kind in ("judged", "range")]
    assert judged
    for value in judged:
        assert value.source
        assert any(document in value.source for document in DOCUMENT_YEARS) or "ours" in value.source
        assert (value.confidence is not None) == (value.kind == "judged")
    for meeting in scenario.meetings:
        assert meeting.source
    for event in scenario.events:
        assert event.source
        if event.salience or event.flows or event.capacity or event.stability:
            assert event.confidence == "low"
    cited = {
        document
        for text in words_in(scenario_to_dict(scenario))
        for document in DOCUMENT_YEARS
        if document in text
    }
    assert cited <= set(scenario.sources)


@pytest.mark.parametrize("name", REAL)
def test_no_scenario_holds_an_outcome(name: str) -> None:
    table = tomllib.loads((ROOT / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
    scenario = load_scenario(name)
    dials = {"evaluation", "capacity_building"}  # of the design: a rule may ask for them
    came_of_it = {*OUTCOMES, "adopted", "stage", "dormant", "ended", "delivered", "status"} - dials
    assert not came_of_it & set(keys_in(table))
    assert not set(OUTCOMES) & set(words_in(table.get("event", [])))
    assert {event.kind for event in scenario.events} <= set(EVENT_KINDS)
    names = {str(pattern["id"]) for pattern in patterns(name)}
    assert not names & {event.id for event in scenario.events}
    for event in scenario.events:
        for pattern in patterns(name):
            alike = difflib.SequenceMatcher(
                None, event.title.lower(), str(pattern["description"]).lower()
            ).ratio()
            assert alike < 0.7, (event.title, pattern["description"])


@pytest.mark.parametrize("name", REAL)
def test_no_calendar_thins_out(name: str) -> None:
    """The intended frequency holds to the end: no period, no date list and no end of a kind of meeting."""
    for meeting in load_scenario(name).meetings:
        assert meeting.until is None
        assert meeting.dates == ()
        assert isinstance(meeting.per_year, Value)


def test_what_looks_ahead_is_marked() -> None:
    """Follow-up and the like whose reason is an outcome are drawn where that outcome is scored."""
    marked = {
        name for name in REAL if any(value.looks_ahead for value in values_in(load_scenario(name).design))
    }
    assert marked == {"bali", "budapest", "midwa", "puebla", "sacm"}


def test_what_a_plan_held_is_no_input() -> None:
    for name in REAL:
        assert load_scenario(name).plan.count.value is None


def test_the_money_of_the_south_american_conference_does_not_change_by_itself() -> None:
    sacm = load_scenario("sacm")
    assert isinstance(sacm.money.sponsor_share, Value)
    assert not [event for event in sacm.events if event.kind == "money"]
    assert [
        one for one in patterns("sacm") if one["kind"] == "funding_change" and one["measure"] == "ownership"
    ]


@pytest.mark.parametrize("name", REAL)
def test_patterns_are_dated_sourced_and_outcomes(name: str) -> None:
    scenario = load_scenario(name)
    found = patterns(name)
    assert len({pattern["id"] for pattern in found}) == len(found)
    for pattern in found:
        assert pattern["kind"] in {*OUTCOMES, "status", "judged"}
        assert pattern["measure"]
        assert pattern["description"]
        assert any(document in str(pattern["source"]) for document in DOCUMENT_YEARS)
        assert pattern["known"] in DOCUMENT_YEARS.values()
        if "window" in pattern:
            ends = [parse_quarter(label) for label in pattern["window"]]  # type: ignore[attr-defined]
            assert ends[0] < ends[1]
        else:
            ends = [parse_quarter(str(pattern["quarter"]))]
            assert isinstance(pattern["error"], int)
        assert scenario.quarters[0] <= ends[0] <= ends[-1] <= scenario.quarters[-1]
        if "low" in pattern:
            assert pattern["low"] <= pattern.get("high", pattern["low"])  # type: ignore[operator]


def test_stages_are_patterns_where_the_documents_code_them() -> None:
    def stages(name: str) -> list[tuple[object, str]]:
        return [
            (one["value"], str(one["quarter"])[:4]) for one in patterns(name) if one["measure"] == "stage"
        ]

    assert stages("puebla") == [(1, "1996"), (2, "1996"), (3, "1997"), (4, "2000")]
    assert stages("budapest") == [(1, "1993"), (2, "1993"), (3, "1997"), (4, "2000")]


def synthetic_form(name: str) -> dict[str, object]:
    table = scenario_to_dict(load_scenario(name))
    for key in ("id", "title", "about", "members"):
        del table[key]
    return table


def test_synthetic_processes_are_alike_in_all_but_size_and_rooms() -> None:
    small, medium, large, rooms = (synthetic_form(name) for name in SYNTHETIC)
    assert small == medium == large
    design = rooms["design"]
    assert isinstance(design, dict)
    assert design.pop("working_groups") == {"size": 8}
    assert rooms == large
    assert load_scenario("small-process").held
    for name in SYNTHETIC:
        scenario = load_scenario(name)
        assert all(value.kind == "documented" for value in values_in(scenario.meetings))
        assert scenario.money.sponsor_share == Value("documented", 0.0)


def test_states_and_issues_are_those_of_the_data() -> None:
    assert tuple(issues().ids) == ISSUES
    held = set(state_table().codes)
    for name in REAL:
        assert set(load_scenario(name).states) <= held


def test_reading_is_told_in_the_guide() -> None:
    """Every key that a file may hold is explained in docs/scenario-files.md."""
    guide = (ROOT / "docs" / "scenario-files.md").read_text(encoding="utf-8")
    top = [field.name for field in fields(Scenario)]
    design = [field.name for field in fields(type(load_scenario("puebla").design))]
    not_keys = {"meetings", "events", "file", "overrides", "left_out"}
    for key in {*top, *design} - not_keys:
        assert f"`{key}`" in guide, key
