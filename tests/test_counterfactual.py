"""History run again: the same past to the bit, the right future, and when a difference can be told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from rcpsim.arrays import Array
from rcpsim.cli import main
from rcpsim.counterfactual import (
    Counterfactual,
    begins_to_show,
    effects,
    otherwise,
    report,
    rerun,
    state_effects,
)
from rcpsim.counterfactual.weighing import difference, largest
from rcpsim.errors import InputError
from rcpsim.figures.counterfactuals import counterfactual_figures
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.simulation import simulate

HISTORIES = 4


@pytest.fixture(scope="module")
def puebla() -> Scenario:
    return load_scenario("puebla", {"years": [1996, 2003]})


@pytest.fixture(scope="module")
def never_met(puebla: Scenario) -> Counterfactual:
    return rerun(otherwise(puebla, without=["process"]), histories=HISTORIES)


@pytest.fixture(scope="module")
def without_mitch(puebla: Scenario) -> Counterfactual:
    return rerun(otherwise(puebla, without=["event:mitch"]), histories=HISTORIES)


def same(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def apart(found: Counterfactual, quarter: int) -> list[str]:
    """Return the measures that differ in a quarter."""
    return [
        name
        for name, values in found.factual.items()
        if not same(values[:, quarter], found.counterfactual[name][:, quarter])
    ]


# The courses


def test_a_process_that_never_met_is_the_twin_of_every_run(
    puebla: Scenario, never_met: Counterfactual
) -> None:
    results = simulate(puebla, histories=HISTORIES)
    assert results.twin is not None
    for name, values in results.measures.items():
        assert same(values, never_met.factual[name]), name
        if name != "stage":
            assert same(results.twin[name], never_met.counterfactual[name]), name


@pytest.mark.parametrize(
    ("without", "settings", "since", "parted"),
    [
        (["process"], {}, 2000, 16),
        (["event:mitch"], {}, None, 11),
        (["member:USA"], {}, 1999, 12),
        (["mechanism:persuade"], {}, 1998, 8),
        (["persuade"], {}, 1998, 8),
        ([], {"design.confidentiality": 0.0}, 2001, 20),
        ([], {"calendar.meetings.workshop.per_year": 8}, 2000, 16),
        ([], {"design.chair.mode": "volunteer"}, 2000, 16),
    ],
)
def test_nothing_differs_before_and_something_does_then(
    puebla: Scenario, without: list[str], settings: dict[str, object], since: int | None, parted: int
) -> None:
    case = otherwise(puebla, without=without, settings=settings, since=since)
    assert case.first == parted
    found = rerun(case, histories=HISTORIES)
    for quarter in range(parted):
        assert apart(found, quarter) == []
    assert len(apart(found, parted + 8)) > 10
    years = parted // 4
    for name, values in found.states.items():
        assert same(values[:, :years], found.other_states[name][:, :years]), name


@pytest.mark.parametrize(
    ("without", "settings", "since"),
    [
        (["event:mitch"], {}, None),
        (["member:USA"], {}, 1999),
        ([], {"design.confidentiality": 0.0}, 2001),
        ([], {"calendar.meetings.workshop.per_year": 8}, 2000),
    ],
)
def test_the_course_that_parts_is_that_of_the_scenario_played_whole(
    puebla: Scenario, without: list[str], settings: dict[str, object], since: int | None
) -> None:
    """Nothing reaches back, so playing the changed scenario from the first quarter gives the same bits."""
    found = rerun(otherwise(puebla, without=without, settings=settings, since=since), histories=HISTORIES)
    whole = simulate(found.case.counterfactual, histories=HISTORIES, twin=False)
    for name, values in whole.measures.items():
        if name != "stage":
            assert same(values, found.counterfactual[name]), name


def test_a_chunk_changes_no_bit(puebla: Scenario, without_mitch: Counterfactual) -> None:
    again = rerun(without_mitch.case, histories=HISTORIES, chunk=3)
    for name, values in without_mitch.counterfactual.items():
        assert same(values, again.counterfactual[name]), name
    for name, values in without_mitch.other_states.items():
        assert same(values, again.other_states[name]), name


def test_a_process_that_stops_keeps_what_it_had_agreed_and_adds_nothing(puebla: Scenario) -> None:
    found = rerun(otherwise(puebla, without=["process"], since=2000), histories=HISTORIES)
    items = found.counterfactual["load_adopted"]
    assert items[:, 15].max() > 0
    assert (items[:, 16:] == items[:, 15:16]).all()
    assert (found.counterfactual["meetings"][:, 16:] == 0).all()
    fewer = found.counterfactual["ties"][:, -1] < found.counterfactual["ties"][:, 15]
    assert fewer.all()


def test_a_member_that_leaves_has_left(puebla: Scenario) -> None:
    found = rerun(otherwise(puebla, without=["member:USA"], since=1999), histories=HISTORIES)
    usa = found.codes.index("USA")
    assert (found.other_states["participation"][:, 3:, usa] == 0).all()
    assert found.states["participation"][:, 3:, usa].max() > 0


def test_states_are_averaged_over_a_year(puebla: Scenario, never_met: Counterfactual) -> None:
    results = simulate(puebla, histories=HISTORIES, twin=False)
    quarters = results.states["trust_given"][:, 4:8]
    assert never_met.states["trust_given"][:, 1] == pytest.approx(quarters.mean(axis=1))


# What it comes to


def test_a_difference_is_as_it_was_less_otherwise(never_met: Counterfactual) -> None:
    last = {row.measure: row for row in effects(never_met, [2003])}
    row = last["understanding"]
    gap = never_met.factual["understanding"][:, -1] - never_met.counterfactual["understanding"][:, -1]
    assert row.difference == pytest.approx(np.nanmean(gap))
    assert row.factual - row.counterfactual == pytest.approx(row.difference)
    assert row.difference > 0
    spread = np.nanstd(never_met.factual["understanding"][:, -1], ddof=1)
    assert row.standardised == pytest.approx(row.difference / spread)
    assert not {"alive", "meetings", "commitment"} & set(last)


def test_nothing_is_told_of_years_before_the_two_part(without_mitch: Counterfactual) -> None:
    assert min(row.year for row in effects(without_mitch)) == 1998
    assert min(row.year for row in state_effects(without_mitch)) == 1998


def test_histories_are_averaged_within_a_draw(puebla: Scenario) -> None:
    found = rerun(otherwise(puebla, without=["process"]), histories=8, parameters="prior")
    assert found.histories.size == 10
    assert found.draws.tolist() == [0] * 5 + [1] * 5
    gap = found.factual["trust_all"] - found.counterfactual["trust_all"]
    means = difference(found, "trust_all")
    assert means.shape == (2, 32)
    assert means[1, 3] == pytest.approx(gap[5:, 3].mean())
    (row,) = [row for row in effects(found, [2003]) if row.measure == "trust_all"]
    assert (row.units, row.pairs) == (2, 10)
    values = found.factual["trust_all"][:, -1].reshape(2, 5)
    pooled = np.sqrt(values.var(axis=1, ddof=1).mean())  # within draws, never between them
    assert row.standardised == pytest.approx(row.difference / pooled)


def test_it_shows_when_it_stays_for_a_year() -> None:
    def quarters(*means: float) -> Array:
        return np.array([[mean - 0.1, mean + 0.1] for mean in means]).T

    assert begins_to_show(quarters(0, 9, 9, 9, 0, 9, 9, 9, 9, 9)) == 5
    assert begins_to_show(quarters(0, 9, 9, 9)) is None
    assert begins_to_show(quarters(9, 9, -9, -9, 9, 9)) is None
    assert begins_to_show(quarters(9, 9, 9, 9, 9, 9, 9), first=2) == 2
    assert begins_to_show(quarters(0, 9, np.nan, 9, 9, 9)) == 1


def test_the_largest_difference_is_among_those_that_are_told(never_met: Counterfactual) -> None:
    rows = effects(never_met)
    most = largest(rows, "understanding")
    assert most is not None
    assert most.told
    told = [abs(row.standardised) for row in rows if row.measure == "understanding" and row.told]
    assert abs(most.standardised) == max(told)
    assert largest(rows, "no measure") is None


def test_the_same_again_makes_no_difference(puebla: Scenario) -> None:
    settings = {"design.closing": "none"}
    found = rerun(otherwise(puebla, settings=settings, since=2000), histories=HISTORIES)
    assert {row.difference for row in effects(found) if row.units} == {0.0}
    assert "No state comes out otherwise" in report(found)
    assert "No difference of interest" in report(found)


def test_the_page_says_what_was_asked_and_who_gained(never_met: Counterfactual) -> None:
    text = report(never_met)
    assert text.startswith("# Regional Conference on Migration (Puebla Process): what if it had never met")
    best = max(
        (row for row in state_effects(never_met, [2003]) if row.quantity == "trust_received"),
        key=lambda row: row.difference,
    )
    assert f"Most for {best.name} (" in text
    assert "--parameters prior" in text


def test_pictures_show_both_courses_and_the_difference(without_mitch: Counterfactual) -> None:
    drawn = counterfactual_figures(without_mitch)
    assert set(drawn) == {"agenda", "consensus", "law", "life", "by-state"}
    figure, caption = drawn["agenda"]
    assert f"{HISTORIES} histories" in caption
    lower = figure.axes[3]
    mean = difference(without_mitch, "trust_all").mean(axis=0)
    assert any(
        len(line.get_ydata()) == mean.size and np.allclose(np.asarray(line.get_ydata()), mean)
        for line in lower.get_lines()
    )


# What is refused


@pytest.mark.parametrize(
    ("without", "settings", "since", "told"),
    [
        ([], {}, None, "names nothing that is to be otherwise"),
        (["event:mich"], {}, None, "did you mean mitch?"),
        (["member:FRA"], {}, None, '"FRA" is not a member'),
        (["mechanism:persuad"], {}, None, "did you mean persuade?"),
        (["weather:rain"], {}, None, "write process, event:ID, member:ISO3 or mechanism:NAME"),
        (["process"], {}, 2004, "a year of the scenario, 1996 to 2003"),
        (["process", "persuade"], {}, None, "leave the rest out"),
        (["member:DOM"], {}, None, None),
        ([], {"design.working_groups.size": 4}, 2000, "design.working_groups.size cannot change over time"),
        ([], {"plan.agenda": ["return"]}, 2000, "plan.agenda cannot change over time"),
        ([], {"members.start": ["USA"]}, 2000, "take a state out with --without member:ISO3"),
        ([], {"years": [1996, 1999]}, None, "choose them with --years"),
        ([], {"title": "x"}, None, "read by no mechanism"),
        ([], {"design.confidentiality": 7}, 2000, "it must lie between 0 and 1"),
        ([], {"design.confidentialty": 0.7}, 2000, "did you mean confidentiality?"),
    ],
)
def test_what_cannot_be_is_refused(
    puebla: Scenario,
    without: list[str],
    settings: dict[str, object],
    since: int | None,
    told: str | None,
) -> None:
    if told is None:
        assert otherwise(puebla, without=without, settings=settings, since=since).first == 0
        return
    with pytest.raises(InputError) as caught:
        otherwise(puebla, without=without, settings=settings, since=since)
    assert told in str(caught.value)


def test_every_fault_is_told_at_once(puebla: Scenario) -> None:
    with pytest.raises(InputError) as caught:
        otherwise(puebla, without=["event:x", "member:y"], settings={"plan.agenda": ["return"]}, since=1900)
    assert len(caught.value.faults) == 3
    assert {fault.file for fault in caught.value.faults} == {"--without", "--from"}


def test_two_members_stay(puebla: Scenario) -> None:
    most = [f"member:{code}" for code in puebla.states if code not in ("MEX", "USA", "DOM")]
    assert otherwise(puebla, without=most, since=2000).first == 16
    with pytest.raises(InputError) as one:
        otherwise(puebla, without=[*most, "member:USA", "member:DOM"], since=2000)
    taken = ", ".join([name.removeprefix("member:") for name in most] + ["USA", "DOM"])
    need = "a process needs at least two members"
    (fault,) = one.value.faults
    assert str(fault) == f"--without: takes {taken} and leaves only MEX; {need}"
    with pytest.raises(InputError, match=f", DOM, MEX and leaves no member; {need}"):
        otherwise(puebla, without=[*most, "member:USA", "member:DOM", "member:MEX"], since=2000)


def test_who_is_gone_cannot_leave() -> None:
    gone = load_scenario(
        "puebla",
        {
            "members.snapshots": [],
            "members.changes": [
                {"state": "BLZ", "to": "none", "on": "2000-Q1", "basis": "asserted", "source": "ours"}
            ],
        },
    )
    with pytest.raises(InputError, match="is no member from 2005-Q1 on"):
        otherwise(gone, without=["member:BLZ"], since=2005)


def test_an_event_that_is_over_cannot_be_left_out() -> None:
    over = load_scenario("puebla", {"event.mitch.until": "2000-Q1"})
    with pytest.raises(InputError, match="event:mitch is over since 2000-Q1"):
        otherwise(over, without=["event:mitch"], since=2005)
    assert otherwise(over, without=["event:mitch"], since=1996).since == "1998-Q4"


def test_a_list_by_period_keeps_its_past() -> None:
    early = load_scenario(
        "puebla",
        {"design.confidentiality": [{"from": 1996, "value": 0.2}, {"from": "2004-Q1", "value": 0.4}]},
    )
    case = otherwise(early, settings={"design.confidentiality": 0.9}, since=2002)
    held = [case.counterfactual.design.confidentiality.at(4 * year) for year in (1997, 2001, 2002, 2009)]
    assert [value.value for value in held] == [0.2, 0.2, 0.9, 0.9]


# The command


def rcpsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_command_writes_all_and_prints_who_gained(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    words = ("puebla", "--without", "event:mitch", "--years", "1996-2000", "--histories", "3")
    done = rcpsim("rerun", *words, "--out", str(folder))
    assert done.exit_code == 0, done.output
    assert "without the event mitch from 1998-Q4" in done.output
    assert "Honduras" in done.output
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    tables = {"effects.csv", "by_state.csv", "report.md", "manifest.json", "figures/captions.md"}
    assert tables <= names
    rows = pd.read_csv(folder / "effects.csv")
    assert {"measure", "phase", "difference", "low", "high", "shows_since"} <= set(rows.columns)
    states = pd.read_csv(folder / "by_state.csv")
    assert set(states["state"]) == {*load_scenario("puebla").states}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["counterfactual"]["since"] == "1998-Q4"
    again = rcpsim("counterfactual", *words, "--out", str(folder))
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_the_command_refuses_without_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = rcpsim("counterfactual", "puebla", "--without", "event:mich", "--from", "1900")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 2
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rcpsim.counterfactual.rerun", stop)
    done = rcpsim("counterfactual", "puebla", "--without", "process")
    assert done.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_named_only_where_its_difference_is_of_interest(
    never_met: Counterfactual, without_mitch: Counterfactual
) -> None:
    rows = [row for row in state_effects(never_met, [2003]) if row.quantity == "understanding"]
    assert all(row.told for row in rows)
    column = never_met.codes.index("MEX")
    spread = never_met.states["understanding"][:, -1, column].std(ddof=1)
    (mexico,) = [row for row in rows if row.state == "MEX"]
    assert mexico.standardised == pytest.approx(mexico.difference / spread)
    told = [row for row in state_effects(without_mitch, [2003]) if row.told]
    assert ("No state comes out otherwise" in report(without_mitch)) == (
        not {"trust_received", "understanding"} & {row.quantity for row in told}
    )


def test_a_series_without_spread_is_told_in_no_standard_deviations(never_met: Counterfactual) -> None:
    """The spread of a constant series is only rounding; it once gave 5.9e15 standard deviations."""
    three = {name: values[:3] for name, values in never_met.factual.items()}
    flat, apart_by = np.full_like(three["trust_all"], 0.4), np.full_like(three["trust_all"], 0.3)
    odd = replace(
        never_met,
        factual={**three, "trust_all": flat},
        counterfactual={
            **{name: values[:3] for name, values in never_met.counterfactual.items()},
            "trust_all": apart_by,
        },
    )
    rows = [row for row in effects(odd) if row.measure == "trust_all" and row.pairs]
    assert rows
    assert all(np.isposinf(row.standardised) for row in rows)
    assert largest(rows, "trust_all") is None
    same_again = replace(odd, counterfactual={**odd.counterfactual, "trust_all": flat + np.spacing(0.4)})
    rows = [row for row in effects(same_again) if row.measure == "trust_all" and row.pairs]
    assert {row.standardised for row in rows} == {0.0}
    assert not any(row.told for row in rows)
