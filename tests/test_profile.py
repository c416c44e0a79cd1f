"""What `rcpsim list` and `show` say and draw of a process, held to the file they read."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from matplotlib.figure import Figure
from matplotlib.image import imread

from rcpsim.cli import main
from rcpsim.data import stock_table
from rcpsim.figures import process_figures
from rcpsim.figures.members import names_apart
from rcpsim.figures.style import Drawn
from rcpsim.profile import (
    central_values,
    dial_lines,
    first_profiles,
    founding,
    knowledge,
    member_counts,
    overview,
    page_of,
    shares,
)
from rcpsim.scenario import Scenario, list_scenarios, load_scenario
from rcpsim.setting import prepare

UNKNOWN_EVERYTHING = """
format = 1
id = "nothing-known"
title = "A process of which nothing is known"
kind = "rcp"
years = [1999, 2001]
[members]
start = ["MEX", "USA"]
[calendar]
meetings = [{kind = "senior", per_year = "unknown"}]
"""


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of its own, entered, in which only the file above lies."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing-known.toml").write_text(UNKNOWN_EVERYTHING, encoding="utf-8")
    return tmp_path


def rcpsim_command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


# The list


@pytest.mark.parametrize("name", list_scenarios())
def test_shares_are_of_all_that_could_be_known(name: str) -> None:
    scenario = load_scenario(name)
    part, count = shares(scenario), knowledge(scenario)
    assert sum(part.values()) == pytest.approx(1.0)
    known = sum(line.told in ("documented", "range") for line in dial_lines(scenario))
    counted = sum(line.told != "by the card" for line in dial_lines(scenario))
    assert part["documented"] == pytest.approx(known / counted)
    assert part["unknown"] == pytest.approx(count["unknown"] / counted)


def test_the_list_groups_by_region_and_tells_founding_size_kind_and_knowledge() -> None:
    sections = overview([load_scenario(name) for name in list_scenarios()])
    titles = [section.title for section in sections]
    assert len(set(titles)) == len(titles)
    assert titles[-1] == "teaching (synthetic)"
    rows = {row[0]: (section.title, row) for section in sections for row in section.rows}
    assert set(rows) == set(list_scenarios())
    for name, (title, row) in rows.items():
        scenario = load_scenario(name)
        assert title == (scenario.region if not scenario.synthetic else "teaching (synthetic)")
        assert row[1] == ("" if scenario.synthetic else founding(scenario))
        assert row[3] == scenario.kind
    for section in sections:
        begun = [row[1].removeprefix("≤") for row in section.rows]
        assert begun == sorted(begun), "oldest first"
    assert {name for name, (_, row) in rows.items() if row[1].startswith("≤")} == {
        "cluster-process",
        "ocam",
        "pidc",
    }, "of these, and of no other, no document says when they were founded"
    assert rows["puebla"][1][2] == "10 to 11"
    assert rows["igc"][1][2] == "7 to 17", "seven founders are counted and not named"


def test_the_command_prints_every_region_and_how_to_read_it() -> None:
    output = rcpsim_command("list").output
    scenarios = [load_scenario(name) for name in list_scenarios()]
    for title in {one.region for one in scenarios if not one.synthetic}:
        assert re.search(rf"^{re.escape(title)}$", output, re.M)
    assert "founded:" in output


@pytest.mark.parametrize("name", ["igc", "budapest", "puebla", "large-process"])
def test_member_counts_hold_what_the_documents_count(name: str) -> None:
    scenario = load_scenario(name)
    for quarter in scenario.quarters:
        low, high = member_counts(scenario, quarter)
        assert 0 <= low <= high <= len(scenario.states)
    unnamed = scenario.members.unnamed
    for quarter, total in unnamed.totals if unnamed is not None else ():
        assert member_counts(scenario, quarter) == (total, total)


# What is fixed


@pytest.mark.parametrize("name", ["budapest", "igc", "jcm", "puebla", "small-process"])
def test_what_central_prints_is_what_is_played(name: str) -> None:
    scenario = load_scenario(name)
    told = {key: re.split(r" \(", text)[0] for key, text in central_values(scenario)}
    setting = prepare(scenario, seed=1, histories=[0], judged="central").setting
    calendar, design = setting.calendar, setting.designs[0]
    for slot, meeting in enumerate(calendar.name):
        for part, values in (("days", calendar.days), ("record", calendar.record)):
            key = f"calendar.meetings.{meeting}.{part}"
            if key in told:
                assert float(told[key]) == pytest.approx(values[0, slot]), key
    if "money.sponsor_share" in told:
        assert float(told["money.sponsor_share"]) == pytest.approx(setting.sponsor_share[0, 0], abs=1e-6)
    for dial in ("confidentiality", "caution", "follow_up", "data_security"):
        if f"design.{dial}" in told:
            assert float(told[f"design.{dial}"]) == pytest.approx(float(getattr(design, dial)[0]))
    assert ("members.unnamed" in told) == (scenario.members.unnamed is not None)


# The page


def test_many_members_are_told_by_role_and_date_unless_each_is_asked_for() -> None:
    page, whole = page_of("budapest"), page_of("budapest", each=True)
    by_role = next(section for section in page.sections if section.title.startswith("Members"))
    states = load_scenario("budapest").states
    assert sum(int(row[1]) for row in by_role.rows) == len(states)
    assert sorted(", ".join(row[-1] for row in by_role.rows).split(", ")) == list(states)
    by_date = next(section for section in page.sections if section.title.startswith("Who comes"))
    assert sorted(", ".join(row[-1] for row in by_date.rows).split(", ")) == list(states)
    each = next(section for section in whole.sections if section.title.startswith("Members"))
    assert [row[0] for row in each.rows] == list(states)
    assert "--members" in rcpsim_command("show", "budapest").output
    assert "Kazakhstan" in rcpsim_command("show", "budapest", "--members").output


# The pictures


@pytest.fixture(scope="module", params=["puebla", "bali", "berne-initiative", "jcm", "small-process"])
def drawn(request: pytest.FixtureRequest) -> tuple[Scenario, dict[str, Drawn]]:
    scenario = load_scenario(request.param)
    return scenario, process_figures(scenario)


def test_each_picture_has_a_caption_with_its_unit(drawn: tuple[Scenario, dict[str, Drawn]]) -> None:
    scenario, figures = drawn
    assert list(figures) == ["triangle", "stocks", "timeline"]
    for figure, caption in figures.values():
        assert isinstance(figure, Figure)
        assert caption.endswith(".")
    assert scenario.id in figures["triangle"][1]
    assert "0 to 1" in figures["triangle"][1]
    assert ("Share" if scenario.synthetic else "Thousand persons") in figures["stocks"][1]
    assert "meetings a year" in figures["timeline"][1]


def test_the_triangle_puts_each_member_where_its_roles_say(drawn: tuple[Scenario, dict[str, Drawn]]) -> None:
    scenario, figures = drawn
    axes = figures["triangle"][0].axes[0]
    marks = np.concatenate([group.get_offsets() for group in axes.collections])
    profiles = first_profiles(scenario)
    parts = np.stack([profiles.origin[0], profiles.transit[0], profiles.destination[0]], axis=-1)
    part = parts / parts.sum(axis=-1, keepdims=True)
    wanted = np.stack([part[:, 2] + 0.5 * part[:, 1], np.sqrt(0.75) * part[:, 1]], axis=-1)
    assert len(marks) == len(scenario.states)
    for at in wanted:
        assert np.abs(marks - at).sum(axis=1).min() < 1e-9
    assert {text.get_text() for text in axes.texts} == set(profiles.codes)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert ((marks > [left, low]) & (marks < [right, high])).all()


def test_no_name_covers_another_in_the_triangle(drawn: tuple[Scenario, dict[str, Drawn]]) -> None:
    scenario, figures = drawn
    figure = figures["triangle"][0]
    figure.draw_without_rendering()
    if scenario.synthetic:
        return  # eight blocks of five alike stand on five points
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    covered = 0
    for one, other in combinations(boxes, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        if wide > 0 and high > 0:
            covered = max(covered, wide * high / (one.width * one.height))
    assert covered < 0.35


def test_the_matrix_holds_the_stocks_of_the_table_in_the_order_of_roles(
    drawn: tuple[Scenario, dict[str, Drawn]],
) -> None:
    scenario, figures = drawn
    axes = figures["stocks"][0].axes[0]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    columns = [label.get_text() for label in axes.get_xticklabels()]
    assert rows == columns
    assert sorted(rows) == sorted(scenario.states)
    if scenario.synthetic:
        return
    shown = np.ma.filled(axes.images[0].get_array().astype(float), 0.0)
    title = figures["stocks"][0].get_suptitle()
    table = stock_table()
    year = (1990, 2000, 2010).index(int(title[-4:]))
    places = [table.codes.index(code) for code in rows]
    assert np.array_equal(np.nan_to_num(shown), table.stock[year][np.ix_(places, places)])


def test_the_time_line_has_a_row_for_each_meeting_and_event() -> None:
    scenario = load_scenario("budapest")
    upper, lower = process_figures(scenario)["timeline"][0].axes
    names = [label.get_text() for label in lower.get_yticklabels()]
    for meeting in scenario.meetings:
        assert meeting.name in names
    for event in scenario.events:
        assert event.id in names
    words = [text.get_text() for text in lower.texts]
    assert "0.2 to 0.5" in words
    assert "not known" in words
    line = next(patch for patch in upper.patches if not patch.get_fill())
    assert line.get_data().values[0] == 1
    assert line.get_data().values[-1] == member_counts(scenario, scenario.quarters[-1])[0]


def test_names_apart_leaves_a_lonely_name_by_its_point() -> None:
    at = np.array([[0.0, 0.0], [1.0, 1.0]])
    where = names_apart(at, np.array([0.02, 0.01]), 0.01)
    assert (np.abs(where - at) < 0.05).all()


# The folder


def test_show_writes_page_pictures_and_captions_and_replaces_only_its_own(empty: Path) -> None:
    result = rcpsim_command("show", "puebla", "--out", "there")
    assert result.exit_code == 0, result.output
    assert "joins 2000-Q3" in result.output
    page = (empty / "there/profile.md").read_text(encoding="utf-8")
    captions = (empty / "there/figures/captions.md").read_text(encoding="utf-8")
    manifest = json.loads((empty / "there/manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["id"] == "puebla"
    for name in ("triangle", "stocks", "timeline"):
        assert f"![figures/{name}.png](figures/{name}.png)" in page
        assert f"## {name}.png" in captions
        assert imread(empty / f"there/figures/{name}.png").std() > 0.02
        assert f"figures/{name}.png" in manifest["outputs"]
    again = rcpsim_command("show", "puebla", "--out", "there")
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert rcpsim_command("show", "puebla", "--out", "there", "--force").exit_code == 0


def test_only_a_scenario_is_drawn(empty: Path) -> None:
    result = rcpsim_command("show", "trust_met", "--out", "there")
    assert result.exit_code == 2
    assert "only a scenario is drawn" in result.stderr
    assert not (empty / "there").exists()


def test_a_file_that_knows_nothing_is_shown_and_drawn(empty: Path) -> None:
    result = rcpsim_command("show", "nothing-known.toml", "--out", "there")
    assert result.exit_code == 0, result.output
    assert "100 % unknown" in result.output
    assert (empty / "there/figures/timeline.png").is_file()
