"""Advice: which changes are feasible, how they are ranked, and what is said to be unknown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from rcpsim.advice import LOWER_IS_BETTER, Advice, Change, advise, changes, feasible
from rcpsim.advice.listing import claims_not_modelled
from rcpsim.advice.weighing import frame_of
from rcpsim.cli import main
from rcpsim.errors import InputError
from rcpsim.figures.counterfactuals import advice_figures
from rcpsim.lessons.loading import list_lessons
from rcpsim.lessons.playing import summed_up
from rcpsim.measures import MEASURES
from rcpsim.parameter_sets import fault_of_draws, filtered_prior, plausible_sets
from rcpsim.profile import key_named
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.sharing import shared_out
from rcpsim.simulation import simulate
from rcpsim.sweep.durable import ASIDE

DRAWS, HISTORIES = 3, 2
SHORT = {"years": [1, 5]}
NAMED = {change.id: change for change in changes()}


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load_scenario("small-process", {**SHORT, "design.confidentiality": 0.5})


@pytest.fixture(scope="module")
def few() -> tuple[Change, ...]:
    return tuple(NAMED[name] for name in ("close-the-room", "open-the-record", "more-workshops"))


@pytest.fixture(scope="module")
def advice(small: Scenario, few: tuple[Change, ...]) -> Advice:
    return advise(small, outcome="candour_year", draws=DRAWS, histories=HISTORIES, among=few)


def why_not(scenario: Scenario, change: str) -> str:
    (found,) = feasible(scenario, [NAMED[change]])
    assert (found.scenario is None) == bool(found.why_not)
    return found.why_not


# The list of changes


def test_changes_are_told_whole_and_rest_on_lessons() -> None:
    assert len(NAMED) == len(changes()) >= 20
    for change in changes():
        assert change.lesson in list_lessons(), change.id
        assert change.title
        assert change.meaning
        assert change.cost
        assert change.way in ("up", "down", "is")
        for key in change.keys:
            key_named(key.replace("*", "workshop"))


@pytest.mark.parametrize("name", ["puebla", "midwa", "igc", "small-process", "large-process-working-groups"])
def test_no_change_breaks_a_scenario(name: str) -> None:
    scenario = load_scenario(name)
    for found in feasible(scenario):
        assert not found.why_not.startswith("cannot be done"), (found.change.id, found.why_not)
        if found.scenario is not None:
            assert found.scenario != scenario, found.change.id
            assert found.scenario.states == scenario.states


def test_what_is_in_place_is_said_to_be() -> None:
    assert why_not(load_scenario("small-process", {"design.confidentiality": 0.95}), "close-the-room") == (
        "in place already"
    )
    assert why_not(load_scenario("small-process", {"design.confidentiality": 0.5}), "close-the-room") == ""
    assert (
        why_not(load_scenario("small-process", {"design.confidentiality": "unknown"}), "close-the-room") == ""
    )
    judged = {"value": 0.95, "confidence": "low", "source": "ours"}
    assert why_not(load_scenario("small-process", {"design.confidentiality": judged}), "close-the-room")
    later = [{"from": "Y01-Q1", "value": 0.95}, {"from": "Y05-Q1", "value": 0.2}]
    assert why_not(load_scenario("small-process", {"design.confidentiality": later}), "close-the-room") == ""
    assert why_not(load_scenario("puebla"), "secretariat") == "in place already"
    assert why_not(load_scenario("midwa"), "secretariat") == ""
    assert why_not(
        load_scenario("small-process", {"plan.agenda": ["data", "trafficking"]}), "easy-issues-first"
    )
    assert why_not(load_scenario("marri"), "working-groups") == "makes sense from 10 members"


def test_an_agenda_that_names_no_issue_has_all() -> None:
    (found,) = feasible(load_scenario("small-process", {"plan.agenda": []}), [NAMED["easy-issues-first"]])
    assert found.scenario is not None
    assert set(found.scenario.design.priority) == {"trafficking", "development", "data", "integration"}


def test_a_calendar_gets_what_it_lacks_and_keeps_the_rest() -> None:
    one = load_scenario("small-process", {"calendar.meetings": [{"kind": "workshop", "per_year": 1}]})
    (found,) = feasible(one, [NAMED["bring-ministers"]])
    assert found.scenario is not None
    assert [meeting.kind for meeting in found.scenario.meetings] == ["workshop", "ministerial"]
    (more,) = feasible(one, [NAMED["more-workshops"]])
    assert more.scenario is not None
    assert [meeting.per_year.value for meeting in more.scenario.meetings] == [4.0]
    dated = load_scenario(
        "small-process", {"calendar.meetings": [{"kind": "workshop", "per_year": ["Y02-Q1"]}]}
    )
    assert why_not(dated, "more-workshops") == "its meetings are dated one by one"


# The ranking


def outcome_of(scenario: Scenario) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    numbers = list(range(DRAWS * HISTORIES))
    results = simulate(
        scenario,
        histories=numbers,
        parameters="prior",
        draws=[number // HISTORIES for number in numbers],
        twin=False,
    )
    return summed_up(results.measures["candour_year"])["life"].reshape(DRAWS, HISTORIES)


def test_effects_regret_and_harm_are_those_of_the_draws(
    small: Scenario, few: tuple[Change, ...], advice: Advice
) -> None:
    base = outcome_of(small)
    by_hand = {None: np.zeros(DRAWS)}
    for found in feasible(small, few):
        assert found.scenario is not None
        by_hand[found.change.id] = (outcome_of(found.scenario) - base).mean(axis=1)
    most = np.stack(list(by_hand.values())).max(axis=0)
    pooled = np.sqrt(base.var(axis=1, ddof=1).mean())
    assert advice.scale == pytest.approx(pooled)
    assert advice.smallest == pytest.approx(0.1 * pooled)
    assert [line.regret for line in advice.lines] == sorted(line.regret for line in advice.lines)
    for line in advice.lines:
        effect = by_hand[None if line.change is None else line.change.id]
        assert line.effect == pytest.approx(np.median(effect))
        assert line.regret == pytest.approx((most - effect).mean())
        assert line.harm == pytest.approx(np.mean(effect < -0.1 * pooled))
        assert line.better == pytest.approx(np.mean(effect > 0.1 * pooled))
        assert line.best == pytest.approx(np.mean(effect == most))


def test_less_is_better_where_it_is(small: Scenario, few: tuple[Change, ...]) -> None:
    found = advise(small, outcome="gap_across", draws=2, histories=2, among=few)
    assert found.lower_is_better
    first, last = found.lines[0], found.lines[-1]
    assert first.effect <= last.effect
    assert set(LOWER_IS_BETTER) <= set(MEASURES)


def test_a_change_that_does_nothing_is_said_to(small: Scenario) -> None:
    none = load_scenario("small-process", {**SHORT, "plan.sought": False, "plan.count": 9})
    (found,) = feasible(none, [NAMED["fewer-items"]])
    assert found.scenario is not None
    lines = advise(none, draws=2, histories=2, among=[NAMED["fewer-items"]]).lines
    (line,) = [line for line in lines if line.change is not None]
    assert line.nothing == (line.effect == 0.0 and line.low == 0.0 == line.high)


def test_the_table_holds_every_change_once(advice: Advice, small: Scenario) -> None:
    frame = frame_of(advice)
    assert frame["change"].tolist().count("") == 1
    assert len(frame) == 4
    every = feasible(small)
    assert {one.change.id for one in every} == set(NAMED)


def test_the_picture_says_over_what(advice: Advice) -> None:
    (figure, caption) = advice_figures(advice)["advice"]
    assert f"{DRAWS} draws" in caption
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        line.title for line in reversed(advice.lines)
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"outcome": "trust_al"}, "did you mean trust_all"),
        ({"outcome": "status"}, "is not known"),
        ({"draws": 1, "histories": 1}, "it must be 2 or more"),
        ({"draws": 394}, "there are 393 draws of the filtered prior"),
        ({"draws": 501, "parameters": "plausible"}, "there are 500 plausible sets"),
    ],
)
def test_what_cannot_be_asked_is_refused(small: Scenario, options: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        advise(small, **options)
    assert told in str(caught.value)


def test_an_outcome_without_a_value_is_refused(small: Scenario, few: tuple[Change, ...]) -> None:
    calm = load_scenario("small-process", {**SHORT, "plan.sought": False, "design.form": 0.0})
    with pytest.raises(InputError, match="has no value in this process"):
        advise(calm, outcome="majority_delivered", draws=2, histories=2, among=few)


def test_claims_that_are_not_modelled_are_counted() -> None:
    unmodelled, of = claims_not_modelled()
    assert 0 < unmodelled < of


# The command


def test_the_command_writes_and_says_what_it_cannot_know(
    tmp_path: Path, few: tuple[Change, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rcpsim.advice.listing.changes", lambda: few)
    folder = tmp_path / "out"
    words = ["advise", "midwa", "--years", "2000-2004", "--draws", "2", "--histories", "2", "--workers", "1"]
    done = CliRunner().invoke(main, [*words, "--out", str(folder)])
    assert done.exit_code == 0, done.output
    for text in ("leave it as it is", "close the room", "What this cannot know", "16 unknown", "not fitted"):
        assert text in done.output
    assert "not modelled" in (folder / "limits.md").read_text()
    frame = pd.read_csv(folder / "advise.csv")
    assert {"regret", "chance_of_harm", "gains", "losses", "lesson", "cost"} <= set(frame.columns)
    assert (folder / "figures" / "advice.png").is_file()
    assert json.loads((folder / "manifest.json").read_text())["outcome"] == "trust_all"


def test_an_unknown_outcome_is_refused_before_anything_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["advise", "midwa", "--outcome", "trst_all"])
    assert done.exit_code == 2
    assert "did you mean" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rcpsim.advice.advise", stop)
    done = CliRunner().invoke(main, ["advise", "small-process"])
    assert done.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_advice_goes_on_and_comes_to_the_same(
    tmp_path: Path, few: tuple[Change, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rcpsim.advice import weighing

    monkeypatch.setattr("rcpsim.advice.listing.changes", lambda: few)
    words = ["advise", "small-process", "--years", "1-5", "--draws", "2", "--histories", "2", "--no-figures"]
    words += ["--workers", "1"]
    play, times = weighing._play, []

    def some(*args: object, **options: object) -> object:
        times.append(1)
        if len(times) == 3:
            raise KeyboardInterrupt
        return play(*args, **options)

    monkeypatch.setattr(weighing, "_play", some)
    out = tmp_path / "deep" / "out"
    first = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert first.exit_code == 130
    assert "goes on" in first.stderr
    assert not out.exists()
    kept = out.with_name("out-parts")
    assert len(list(kept.glob("*.parquet"))) == 2
    again = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert again.exit_code == 0, again.output
    assert len(times) == 3 + 2  # the one that was stopped, and the one after it
    assert not kept.exists()
    whole = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "whole")])
    assert whole.exit_code == 0
    assert (tmp_path / "whole" / "advise.csv").read_bytes() == (out / "advise.csv").read_bytes()


@pytest.mark.parametrize("name", ["thesis.txt", "mine.parquet", "notes/page.md"])
def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(
    tmp_path: Path, few: tuple[Change, ...], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("rcpsim.advice.listing.changes", lambda: few)
    theirs = tmp_path / "out-parts" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_text("years of work")
    words = ["advise", "small-process", "--years", "1-3", "--draws", "2", "--histories", "2", "--no-figures"]
    words += ["--workers", "1"]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "holds something else" in done.stderr
    assert "Traceback" not in done.output
    assert theirs.read_text() == "years of work"
    assert not (tmp_path / "out-parts" / "lock").exists()


def test_what_is_put_among_the_parts_meanwhile_survives(tmp_path: Path) -> None:
    from rcpsim.advice.keeping import parts_beside

    part = f"{'0a' * 10}.parquet"
    for kept in (["theirs.parquet"], []):
        with parts_beside(tmp_path / "out") as parts:
            for name in (part, f".{'0b' * 10}.parquet{ASIDE}", *kept):
                (parts / name).write_bytes(b"")
        assert not (parts / part).exists()
        assert (parts / "theirs.parquet").exists()  # and the folder is still known as ours
        assert not list(parts.glob(f"*{ASIDE}"))
    (parts / "theirs.parquet").unlink()
    with pytest.raises(KeyboardInterrupt), parts_beside(tmp_path / "out") as parts:
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_for_another_question_is_not_taken(tmp_path: Path, small: Scenario) -> None:
    from rcpsim.advice.keeping import kept_or_played

    given = {"parameters": "prior", "draws": 2, "histories": 2, "seed": 1}
    one, other = (dict.fromkeys(MEASURES, np.full((2, 2), value)) for value in (0.25, 0.5))
    assert kept_or_played(small, given, tmp_path, lambda: one)["trust_all"][0, 0] == 0.25
    assert kept_or_played(small, given, tmp_path, lambda: other)["trust_all"][0, 0] == 0.25
    for changed in ({**given, "seed": 2}, {**given, "histories": 4}, {**given, "parameters": "unfiltered"}):
        assert kept_or_played(small, changed, tmp_path, lambda: other)["trust_all"][0, 0] == 0.5
    moved = load_scenario("small-process", {**SHORT, "design.confidentiality": 0.6})
    assert kept_or_played(moved, given, tmp_path, lambda: other)["trust_all"][0, 0] == 0.5


@pytest.mark.parametrize("harm", ["cut off", "empty", "other columns", "other rows"])
def test_a_part_that_is_damaged_is_played_again(tmp_path: Path, small: Scenario, harm: str) -> None:
    from rcpsim.advice.keeping import kept_or_played
    from rcpsim.sweep.columns import write_columns

    given = {"parameters": "prior", "draws": 2, "histories": 2, "seed": 1}
    numbers = dict.fromkeys(MEASURES, np.arange(4.0).reshape(2, 2))
    kept_or_played(small, given, tmp_path, lambda: numbers)
    (part,) = tmp_path.iterdir()
    whole = part.read_bytes()
    if harm == "cut off":
        part.write_bytes(whole[: len(whole) // 2])
    elif harm == "empty":
        part.write_bytes(b"")
    elif harm == "other columns":
        write_columns(part, {"trust_all": np.zeros(4)})
    else:
        write_columns(part, dict.fromkeys(MEASURES, np.zeros(6)))
    again = kept_or_played(small, given, tmp_path, lambda: numbers)
    assert all(np.array_equal(again[name], numbers[name]) for name in MEASURES)
    assert part.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [part]


@pytest.mark.parametrize("command", ["advise", "lessons"])
def test_help_says_how_many_draws_there_are(command: str) -> None:
    told = " ".join(CliRunner().invoke(main, [command, "--help"]).output.split())
    assert f"{filtered_prior().survivors.size} of the filtered prior" in told
    assert f"{plausible_sets().distance.size} plausible sets" in told
    assert fault_of_draws("prior", filtered_prior().survivors.size, "draws") is None
    assert fault_of_draws("unfiltered", 10_000, "draws") is None


def test_workers_come_to_the_same(
    tmp_path: Path, few: tuple[Change, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rcpsim.advice.listing.changes", lambda: few)
    words = ["advise", "small-process", "--years", "1-3", "--draws", "2", "--histories", "2", "--no-figures"]
    given = []

    def shared(work: object, tasks: list[object], workers: int) -> object:
        given.append((len(tasks), workers))
        return shared_out(work, tasks, workers)

    monkeypatch.setattr("rcpsim.advice.weighing.shared_out", shared)
    for name, many in (("one", ["--workers", "1"]), ("two", [])):
        done = CliRunner().invoke(main, [*words, *many, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "(16 of 16 histories done)" in done.stderr
    assert given == [(4, 1), (4, 2)]
    assert (tmp_path / "one" / "advise.csv").read_bytes() == (tmp_path / "two" / "advise.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
