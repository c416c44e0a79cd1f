"""Experiments: what a file says, every fault of it at once, and the settings that come of it."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcpsim.cards import all_cards
from rcpsim.errors import ScenarioError, UnknownName
from rcpsim.experiment import (
    experiment_to_dict,
    is_experiment,
    list_experiments,
    load_experiment,
    resolve,
)
from rcpsim.experiment.sampling import latin, morris, one_at_a_time, saltelli

KEYS = ("a", "b", "c")
TABLE = {
    "format": 1,
    "id": "asked",
    "question": "Does it matter?",
    "scenario": "small-process",
    "years": [1, 3],
    "draws": {"parameters": "prior", "count": 2, "histories": 2},
    "factor": [
        {"key": "members.count", "values": [5, 10]},
        {"key": "design.confidentiality", "values": [0.0, 0.5, 1.0]},
    ],
    "arm": [{"name": "carrier off", "without": ["leak_or_keep"]}],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "alive"]},
}


def table(**changed: object) -> dict[str, object]:
    """Return the table of a good experiment with some keys changed; None takes one out."""
    laid = copy.deepcopy(TABLE) | changed
    return {key: value for key, value in laid.items() if value is not None}


def faults(**changed: object) -> list[str]:
    """Return the faults of the good experiment with some keys changed, one line each."""
    with pytest.raises(ScenarioError) as caught:
        resolve(load_experiment(table(**changed)))
    return str(caught.value).splitlines()


def one_fault(**changed: object) -> str:
    lines = faults(**changed)
    assert len(lines) == 1, lines
    return lines[0]


# --- what is shipped ------------------------------------------------------------------------------


def test_at_least_eight_experiments_are_shipped() -> None:
    assert len(list_experiments()) >= 8


@pytest.mark.parametrize("name", list_experiments())
def test_a_shipped_experiment_is_whole(name: str) -> None:
    experiment = load_experiment(name)
    plan = resolve(experiment)
    assert experiment.id == name
    assert experiment.question.endswith("?")
    assert plan.histories == len(plan.settings) * experiment.draws.count * experiment.draws.histories
    assert is_experiment(name)


@pytest.mark.parametrize("name", list_experiments())
def test_an_experiment_survives_being_written_down(name: str) -> None:
    experiment = load_experiment(name)
    again = load_experiment(experiment_to_dict(experiment))
    assert experiment_to_dict(again) == experiment_to_dict(experiment)
    assert resolve(again).settings == resolve(experiment).settings


def test_a_shipped_experiment_grows_by_one_option() -> None:
    few, many = (load_experiment("room-record", {"draws.count": count}) for count in (1, 7))
    assert resolve(many).histories == 7 * resolve(few).histories


# --- what is wrong is told, all of it ------------------------------------------------------------


def test_every_fault_is_told_at_once() -> None:
    lines = faults(
        question=None,
        scenario="small-proces",
        draws={"count": 0, "parameters": "priors"},
        sampling={"method": "sobol", "points": 3},
        factor=[{"key": "parameters.trust.prior_weigh"}],
        arm=[{"name": "full", "without": ["leak_or_keep"]}],
        measures={"primary": "trust"},
    )
    for word in (
        "question",
        "small-process",
        "count is 0",
        "priors",
        "power of two",
        "prior_weight",
        "trust_all",
    ):
        assert any(word in line for line in lines), (word, lines)
    assert any("full is always there" in line for line in lines)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"draws": {"histories": 0}}, "draws.histories is 0; it must be a whole number between 1"),
        ({"draws": {"count": 3}}, "all draws are the same"),
        ({"factor": [{"key": "design.confidentialty", "values": [0.5]}]}, "did you mean confidentiality?"),
        (
            {"factor": [{"key": "design.confidentiality", "values": [1.4]}]},
            "is 1.4; it must lie between 0 and 1",
        ),
        ({"factor": [{"key": "members.count", "values": [7]}]}, "factor.0.values.0"),
        ({"factor": [{"key": "design.caution", "range": [0, 2], "levels": 3}]}, "factor.0.range.1"),
        ({"factor": [{"key": "design.caution", "range": [1, 0], "levels": 3}]}, "the lower first"),
        ({"factor": [{"key": "design.caution", "range": [0, 1]}]}, "levels is missing"),
        ({"factor": [{"key": "design.caution"}]}, "give the values, or a range"),
        ({"factor": [{"key": "design.caution", "values": []}]}, "values is empty"),
        ({"factor": [{"key": "design.caution", "values": [0.1, 0.1]}]}, "each value once"),
        ({"factor": [{"key": "design.caution", "values": [0], "range": [0, 1]}]}, "give one of the two"),
        ({"factor": [{"key": "design.caution", "range": [0, 1], "scale": "log", "levels": 2}]}, "above 0"),
        (
            {"factor": [{"key": "parameters.trust.prior_weight", "range": [-3, 5], "levels": 2}]},
            "factor.0.range.0 is -3.0",
        ),
        ({"factor": [{"key": "parameters.trusts.*"}]}, "did you mean trust?"),
        ({"factor": [{"key": "parameters.states.region_bond"}]}, "has no prior"),
        ({"factor": [{"key": "without", "values": [3]}]}, "as in --without"),
        ({"factor": [{"key": "without", "values": ["", "leak"]}]}, '"leak" is not a mechanism'),
        ({"factor": [{"key": "scenario", "values": ["pueblo"]}]}, "did you mean puebla?"),
        ({"sampling": {"method": "latin"}}, "points is missing"),
        ({"sampling": {"method": "grid", "points": 4}}, "leave it out"),
        ({"sampling": {"method": "grid", "second_order": True}}, "only a sobol plan"),
        ({"sampling": {"method": "morris", "points": 2, "levels": 3}}, "even number of levels"),
        ({"sampling": {"method": "grids"}}, "did you mean grid?"),
        ({"sampling": {"method": "latin", "points": 4}, "factor": None}, "needs at least one factor"),
        (
            {"sampling": {"method": "one-at-a-time"}, "factor": [{"key": "design.caution", "values": [0.1]}]},
            "base is missing",
        ),
        ({"sampling": {"method": "table", "file": "nowhere.csv"}, "factor": None}, "cannot be read"),
        ({"measures": {"primary": "trust_all", "keep": ["trust_al"]}}, "did you mean trust_all"),
        ({"measures": {"primary": "trust_all", "at": "years"}}, "year-ends"),
        ({"arm": [{"name": "empty"}]}, "leaves something out"),
        ({"arm": [{"name": "a", "without": ["learns"]}]}, "did you mean learn?"),
        (
            {"arm": [{"name": "a", "without": ["learn"]}, {"name": "a", "without": ["speak"]}]},
            "a name of its own",
        ),
        ({"analysis": {"effect": {"of": "design.caution", "low": 0, "high": 1}}}, "analysis.effect.of"),
        (
            {"analysis": {"effect": {"of": "design.confidentiality", "low": 0.2, "high": 1.0}}},
            "it must be one of the values 0.0, 0.5, 1.0",
        ),
        ({"colour": "red"}, "colour is not a known key"),
        ({"format": 2}, "format is 2"),
    ],
)
def test_a_fault_names_place_and_remedy(changed: dict[str, object], told: str) -> None:
    assert told in one_fault(**changed)


def test_settings_that_contradict_each_other_are_told() -> None:
    factor = [
        {"key": "theory.replacing.persuade", "values": ["friedkin1990", "deffuant2000"]},
        {"key": "without", "values": ["", "persuade"]},
    ]
    lines = faults(factor=factor, arm=None)
    assert any("choose one of the two" in line and "deffuant2000" in line for line in lines)


def test_an_unknown_experiment_has_a_near_name() -> None:
    with pytest.raises(UnknownName, match="did you mean room-record"):
        load_experiment("room-records")


# --- plans ----------------------------------------------------------------------------------------


def test_a_grid_varies_the_first_factor_slowest_and_repeats_in_every_arm() -> None:
    plan = resolve(load_experiment(table()))
    assert [setting.values for setting in plan.settings[:4]] == [(5, 0.0), (5, 0.5), (5, 1.0), (10, 0.0)]
    assert [setting.design for setting in plan.settings] == ["full"] * 6 + ["carrier off"] * 6
    assert plan.settings[6].point == plan.settings[0].point == 0


def test_one_at_a_time_goes_out_from_the_base() -> None:
    factor = [
        {"key": "design.caution", "values": [0.0, 0.5], "base": 0.5},
        {"key": "design.follow_up", "range": [0, 1], "levels": 3, "base": 0.2},
    ]
    plan = resolve(load_experiment(table(factor=factor, arm=None, sampling={"method": "one-at-a-time"})))
    assert [setting.values for setting in plan.settings] == [
        (0.5, 0.2),
        (0.0, 0.2),
        (0.5, 0.0),
        (0.5, 0.5),
        (0.5, 1.0),
    ]
    assert len(one_at_a_time([4, 3, 2], [0, 0, 0])) == 1 + 3 + 2 + 1


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "settings.csv").write_text("design.caution,without\n0.1,\n0.9,learn\n", encoding="utf-8")
    (tmp_path / "asked.toml").write_text(
        'format = 1\nid = "asked"\nquestion = "?"\nscenario = "small-process"\n'
        '[sampling]\nmethod = "table"\nfile = "settings.csv"\n[measures]\nprimary = "trust_all"\n',
        encoding="utf-8",
    )
    plan = resolve(load_experiment(str(tmp_path / "asked.toml")))
    assert [setting.values for setting in plan.settings] == [(0.1, ""), (0.9, "learn")]
    assert plan.recipe(plan.settings[1]).without == ("learn",)


def test_a_scenario_beside_the_experiment_goes_with_it(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "scenarios" / "small-process.toml"
    (tmp_path / "mine.toml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    asked = tmp_path / "asked.toml"
    asked.write_text(
        'format = 1\nid = "asked"\nquestion = "?"\nscenario = "mine.toml"\n'
        '[measures]\nprimary = "trust_all"\n',
        encoding="utf-8",
    )
    experiment = load_experiment(str(asked))
    assert not isinstance(experiment.scenario, str)
    assert resolve(experiment).scenarios[0].id == "small-process"


def test_parameters_without_values_take_the_range_of_their_card() -> None:
    factor = [{"key": "parameters.trust.*"}]
    experiment = load_experiment(table(factor=factor, arm=None, sampling={"method": "latin", "points": 8}))
    plan = resolve(experiment)
    for place, one in enumerate(experiment.factors):
        prior = all_cards()[one.key.rsplit(".", 1)[-1]].prior
        values = [setting.values[place] for setting in plan.settings]
        assert min(values) >= prior.low
        assert max(values) <= prior.high
    assert len(plan.scenarios) == 1  # they differ in nothing but drawn parameters


@given(st.integers(1, 40), st.integers(0, 9))
def test_a_latin_plan_has_one_point_in_each_stratum(points: int, seed: int) -> None:
    plan = latin(points, KEYS, seed)
    for column in range(len(KEYS)):
        assert sorted(np.floor(plan[:, column] * points).astype(int)) == list(range(points))


@given(st.integers(1, 20), st.integers(0, 9))
def test_a_latin_plan_grows_by_doubling(points: int, seed: int) -> None:
    assert np.array_equal(latin(2 * points, KEYS, seed)[:points], latin(points, KEYS, seed))


def test_a_latin_plan_is_another_with_another_seed() -> None:
    assert not np.array_equal(latin(8, KEYS, 1), latin(8, KEYS, 2))


@pytest.mark.parametrize("second_order", [False, True])
def test_a_sobol_plan_crosses_two_halves_and_grows(second_order: bool) -> None:
    plan = saltelli(8, KEYS, 1, second_order=second_order)
    block = plan.shape[0] // 8
    assert block == (2 * len(KEYS) + 2 if second_order else len(KEYS) + 2)
    one, other = plan[:block][0], plan[:block][-1]
    for column in range(len(KEYS)):
        mixed = one.copy()
        mixed[column] = other[column]
        assert np.array_equal(plan[1 + column], mixed)
    assert np.array_equal(saltelli(16, KEYS, 1, second_order=second_order)[: plan.shape[0]], plan)
    assert plan.min() > 0.0
    assert plan.max() < 1.0


def test_a_sobol_plan_is_balanced() -> None:
    points = saltelli(64, KEYS, 3, second_order=False)[:: len(KEYS) + 2]
    for column in range(len(KEYS)):
        assert np.bincount(np.floor(points[:, column] * 8).astype(int), minlength=8).tolist() == [8] * 8


@given(st.integers(1, 6), st.sampled_from([2, 4, 6]))
def test_on_a_morris_trajectory_each_factor_moves_once(trajectories: int, levels: int) -> None:
    plan = morris(trajectories, KEYS, 5, levels=levels).reshape(trajectories, len(KEYS) + 1, len(KEYS))
    moved = np.abs(np.diff(plan, axis=1))
    assert np.array_equal((moved > 0).sum(axis=1), np.ones((trajectories, len(KEYS))))
    assert np.array_equal((moved > 0).sum(axis=2), np.ones((trajectories, len(KEYS))))
    assert np.allclose(moved[moved > 0], levels / 2 / (levels - 1))
    assert plan.min() >= 0.0
    assert plan.max() <= 1.0
    longer = morris(trajectories + 1, KEYS, 5, levels=levels)
    assert np.array_equal(longer[: plan.reshape(-1, len(KEYS)).shape[0]], plan.reshape(-1, len(KEYS)))
