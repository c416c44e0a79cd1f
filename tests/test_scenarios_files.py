"""The scenario files that come with the package: true to the documents, and free of what came of them."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from rcpsim.axes import DOCUMENT_YEARS, EVENT_KINDS, ISSUES, OUTCOMES, parse_quarter, quarter_label
from rcpsim.data import STATE_YEARS, STOCK_YEARS, issues, state_table, stock_table
from rcpsim.errors import ScenarioError
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
REAL = tuple(name for name in list_scenarios() if load_scenario(name).kind != "synthetic")
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


def test_every_process_of_the_documents_is_there_under_its_name() -> None:
    assert set(REAL) == set(PRINTED)
    assert set(list_scenarios()) == {*REAL, *SYNTHETIC}
    assert {path.stem for path in PATTERNS.glob("*.toml")} - {"across"} == set(REAL)
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
        ("soderkoping", 10, (2001, 2010)),
        ("cis-conference", 12, (1995, 2010)),
        ("baltic-sea-conference", 12, (1993, 2010)),
        ("five-plus-five", 10, (2002, 2010)),
        ("mtm", 37, (2003, 2010)),
        ("midsa", 16, (2000, 2010)),
        ("igad", 6, (2008, 2010)),
        ("apc", 35, (1996, 2010)),
        ("manila", 17, (1996, 2010)),
        ("bangkok-declaration", 19, (1999, 1999)),
        ("colombo", 11, (2003, 2010)),
        ("abu-dhabi", 20, (2008, 2010)),
        ("cluster-process", 9, (2005, 2010)),
        ("marri", 6, (2004, 2010)),
        ("ocam", 7, (2005, 2010)),
        ("pidc", 23, (2005, 2010)),
        ("jcm", 8, (2004, 2005)),
        ("berne-initiative", 60, (2001, 2010)),
        ("iom-dialogue", 60, (2001, 2010)),
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


# Total stated and length of the list, as printed, year by year: the register of membership checks.
PRINTED: dict[str, dict[int, tuple[int | None, int]]] = {
    "abu-dhabi": {2010: (20, 20)},  # 11 and 9
    "apc": {2001: (None, 24), 2005: (33, 33), 2010: (None, 34)},  # 2005: 32 and Hong Kong
    "bali": {2005: (40, 40), 2010: (None, 43)},
    "baltic-sea-conference": {2001: (None, 12)},
    "bangkok-declaration": {1999: (18, 19)},
    "berne-initiative": {2004: (100, 0)},
    "budapest": {1991: (26, 0), 1993: (34, 0), 2001: (40, 40), 2005: (50, 50), 2010: (50, 49)},
    "cis-conference": {2001: (None, 12), 2005: (12, 12)},
    "cluster-process": {2005: (None, 9)},
    "colombo": {2005: (10, 10), 2010: (11, 11)},
    "five-plus-five": {2005: (10, 10), 2010: (None, 10)},
    "igad": {2010: (None, 6)},
    "igc": {1985: (7, 0), 2001: (None, 16), 2005: (16, 16), 2010: (None, 17)},
    "iom-dialogue": {2005: (100, 0)},
    "jcm": {2005: (None, 8)},
    "manila": {2001: (14, 14), 2005: (17, 17)},  # 2005: 16 and Hong Kong
    "marri": {2005: (5, 5)},
    "midsa": {2001: (None, 14), 2005: (15, 15), 2010: (None, 16)},
    "midwa": {2001: (None, 13), 2005: (13, 13), 2010: (None, 15)},
    "mtm": {2010: (None, 37)},
    "ocam": {2005: (None, 7)},
    "pidc": {2005: (None, 23)},
    "puebla": {1996: (10, 10), 2001: (None, 11), 2005: (11, 11), 2010: (11, 11)},
    "sacm": {2001: (None, 11), 2005: (12, 12), 2010: (None, 12)},
    "soderkoping": {2005: (10, 10), 2010: (10, 10)},
}

# Where a printed list differs from the members of the file, and the discrepancy on record that says why.
ON_RECORD = {
    ("apc", 2005): ("D02", "NZL is in the list and no member"),
    ("bangkok-declaration", 1999): ("D04", "the list holds 19, the total says 18"),
    ("midsa", 2005): ("D09", "COM is a member and not in the list"),
    ("sacm", 2001): ("D01", "CHL is a member and not in the list"),
}

# The discrepancies of the register, and the files that carry each as a note.
DISCREPANCIES = {
    "D01": ("sacm",),
    "D02": ("apc",),
    "D03": ("apc",),
    "D04": ("bangkok-declaration",),
    "D05": ("manila",),
    "D06": ("manila",),
    "D07": ("cis-conference",),
    "D08": ("midwa",),
    "D09": ("midsa",),
    "D10": ("budapest",),
    "D11": ("budapest",),
    "D12": ("igc",),
    "D13": ("mtm",),
    "D14": ("mtm",),
    "D15": ("manila", "midsa", "puebla", "sacm"),
    "D16": ("bangkok-declaration", "baltic-sea-conference"),
    "D17": ("puebla",),
    "D18": ("bali",),
    "D19": ("puebla", "soderkoping"),
    "D20": ("apc",),
    "D21": ("soderkoping",),
}


@pytest.mark.parametrize(
    ("name", "year"), [(name, year) for name, printed in PRINTED.items() for year in printed]
)
def test_every_list_in_print_agrees_with_the_members(name: str, year: int) -> None:
    """Total and length are those printed; where list and members differ, a discrepancy on record says why."""
    members = load_scenario(name).members
    snapshot = next(one for one in members.snapshots if one.when.low // 4 == year)
    assert (snapshot.total, len(snapshot.states)) == PRINTED[name][year]
    differences = snapshot_differences(members, snapshot)
    if (name, year) in ON_RECORD:
        discrepancy, difference = ON_RECORD[name, year]
        assert snapshot.discrepancy == discrepancy
        assert differences == (difference,)
    else:
        assert differences == ()


@pytest.mark.parametrize("name", REAL)
def test_no_list_is_without_its_printed_length(name: str) -> None:
    snapshots = load_scenario(name).members.snapshots
    assert [one.when.low // 4 for one in snapshots] == list(PRINTED[name])


@pytest.mark.parametrize("name", sorted(ON_RECORD))
def test_a_list_that_differs_is_a_fault_without_its_discrepancy(name: tuple[str, int]) -> None:
    """A wrong total or list needs the id of a known discrepancy, or the file is refused."""
    table = tomllib.loads((ROOT / "scenarios" / f"{name[0]}.toml").read_text(encoding="utf-8"))
    (snapshot,) = [one for one in table["members"]["snapshots"] if one["year"] == name[1]]
    del snapshot["discrepancy"]
    snapshot.update(relation="exactly", total=snapshot.get("total", len(snapshot["states"])))
    with pytest.raises(ScenarioError, match="does not agree with the members"):
        load_scenario(table)


@pytest.mark.parametrize(
    ("name", "discrepancy"), [(name, one) for one, names in DISCREPANCIES.items() for name in names]
)
def test_every_discrepancy_is_carried_as_a_note(name: str, discrepancy: str) -> None:
    assert discrepancy in (ROOT / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REAL)
def test_every_judged_value_has_a_source_and_a_confidence(name: str) -> None:
    scenario = load_scenario(name)
    judged = [value for value in values_in(scenario) if value.kind in ("judged", "range")]
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
    events = [{key: one[key] for key in one if key != "text"} for one in table.get("event", [])]
    assert not set(OUTCOMES) & set(words_in(events))  # what sort of text was adopted elsewhere may be told
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
    """The intended frequency holds to the end: no period, no date list and no end of a kind of meeting.

    One text came of one meeting, and the joint consultations were planned by date: these two have dates.
    """
    for meeting in load_scenario(name).meetings:
        assert meeting.until is None
        assert len(meeting.dates) == {"bangkok-declaration": 1, "jcm": 2}.get(name, 0)
        assert meeting.dates or isinstance(meeting.per_year, Value)


def test_what_looks_ahead_is_marked() -> None:
    """Follow-up and the like whose reason is an outcome are drawn where that outcome is scored."""
    marked = {
        name for name in REAL if any(value.looks_ahead for value in values_in(load_scenario(name).design))
    }
    unknown = {
        *("bangkok-declaration", "baltic-sea-conference", "cluster-process", "jcm", "marri", "ocam", "pidc"),
        *("berne-initiative", "iom-dialogue"),
    }
    assert {name for name in REAL if load_scenario(name).design.follow_up == Value("unknown")} == unknown
    assert (
        set(REAL) - marked == {"apc", "igc"} | unknown
    )  # of these two the practice is told, not what came of it


def test_what_a_plan_held_is_no_input() -> None:
    for name in REAL:
        assert load_scenario(name).plan.count.value is None


def test_only_the_money_of_the_eu_ends_on_a_stated_date() -> None:
    """Money of an outside sponsor that ends on a stated date is an input; it is then no pattern."""
    ends = {name: [one for one in load_scenario(name).events if one.kind == "money"] for name in REAL}
    ((name, (event,)),) = [(name, found) for name, found in ends.items() if found]
    assert (name, quarter_label(event.on.low), event.on.low) == ("soderkoping", "2009-Q3", event.on.high)
    assert load_scenario(name).money.sponsor == "EU"
    assert not [one for one in patterns(name) if one["kind"] == "funding_change"]


def test_what_the_documents_tell_of_shocks_stands_where_they_tell_it() -> None:
    shocks = {
        (name, event.id) for name in REAL for event in load_scenario(name).events if event.kind == "shock"
    }
    assert shocks == {
        ("igc", "asylum-falls"),
        ("igc", "arrivals-in-sweden"),
        ("budapest", "borders-open"),
        ("budapest", "august-1991"),
        ("cis-conference", "end-of-the-soviet-union"),
        ("baltic-sea-conference", "end-of-the-cold-war"),
        ("puebla", "mitch"),
        ("puebla", "september-11"),
        ("bali", "arrivals-in-australia"),
        ("apc", "asian-crisis"),
        ("manila", "asian-crisis"),
        ("bangkok-declaration", "asian-crisis"),
    }


def test_the_two_comparators_hold_a_list_of_ours_that_says_so() -> None:
    berne, dialogue = load_scenario("berne-initiative"), load_scenario("iom-dialogue")
    assert {name for name in REAL if load_scenario(name).kind == "comparator"} == {berne.id, dialogue.id}
    assert len(berne.states) == len(dialogue.states) == 60
    assert set(berne.states) ^ set(dialogue.states) == {"CHE", "BOL"}  # who called the one is in it
    table, year = state_table(), STATE_YEARS.index(2005)
    people = {code: table.population[year, table.codes.index(code)] for code in dialogue.states}
    assert min(people.values()) == people["BOL"]  # the smallest of the sixty largest
    stock = stock_table().stock[STOCK_YEARS.index(2000)]
    sent, received = (table.codes.index(code) for code in ("PHL", "USA"))
    assert stock[sent, received] > 1000  # a pair that sits together in no other process has its stock too
    for name in (berne.id, dialogue.id):
        assert "WHO SITS IN IT IS OURS" in (ROOT / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")


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
            ends = [parse_quarter(label) for label in pattern["window"]]
            assert ends[0] < ends[1]
        else:
            ends = [parse_quarter(str(pattern["quarter"]))]
            assert isinstance(pattern["error"], int)
        assert scenario.quarters[0] <= ends[0] <= ends[-1] <= scenario.quarters[-1]
        if "low" in pattern:
            assert pattern["low"] <= pattern.get("high", pattern["low"])


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
