"""The Mesa shell: the numbers of the core, a model that Mesa users know, and changes while it runs."""

import copy
import gc
import math
import pickle
import subprocess
import sys
import weakref
from dataclasses import fields, replace
from pathlib import Path

import mesa
import numpy as np
import pytest

from rcpsim.axes import ISSUES
from rcpsim.errors import InputError, UnknownName
from rcpsim.measures import MEASURES, state_values
from rcpsim.mesa_shell import ProcessModel, StateAgent
from rcpsim.quarters import Theory
from rcpsim.scenario import Change, Window, load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import replay
from rcpsim.world import Process, Setting, World


def short(name="small-process", years=(1, 3), **overrides):
    return load_scenario(name, {"years": list(years), **overrides})


def play(model, quarters):
    for _ in range(quarters):
        model.step()
    return model


def same(one, other):
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)]
    return all(a == b if isinstance(a, tuple) else np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def same_series(one, other):
    return [
        name for name in one if not np.array_equal(one[name], other[name][: one[name].size], equal_nan=True)
    ]


def same_setting(one, other):
    """Return the names of the arrays in which two settings differ, dials compared quarter by quarter."""
    different = []
    for field in fields(Setting):
        if field.name in ("designs", "design_of", "calendar", "parameters"):
            continue
        if not np.array_equal(getattr(one, field.name), getattr(other, field.name)):
            different.append(field.name)
    for quarter in range(one.quarters):
        if not same(one.design_at(quarter), other.design_at(quarter)):
            different.append(f"design in {quarter}")
    return different


# --- the numbers of the core ---------------------------------------------------------------------


def test_a_whole_history_equals_the_core_to_the_bit():
    model = ProcessModel("small-process", rng=7, history=3)
    model.run_model()
    core = replay("small-process", history=3, seed=7)
    series = model.series()
    assert list(series) == list(MEASURES)
    assert model.quarter == 80
    assert {value.shape for value in series.values()} == {(80,)}
    assert same_series(series, core.measures) == []
    assert same(model.world, core.worlds[-1])
    assert same(model.process, core.processes[-1])


@pytest.mark.parametrize(("parameters", "judged"), [("default", "draw"), ("prior", "central")])
def test_puebla_equals_the_core_quarter_by_quarter(parameters, judged):
    model = ProcessModel("puebla", history=2, twin=True, parameters=parameters, judged=judged)
    core = replay("puebla", history=2, seed=1, parameters=parameters, judged=judged)
    for quarter in range(12):
        model.step()
        assert same(model.world, core.worlds[quarter])
        assert same(model.process, core.processes[quarter])
        assert same(model.minutes, core.minutes[quarter])
        assert same(model.twin_world, core.twin_worlds[quarter])
        kept = state_values(model.world, model.process, model.minutes, model.setting)
        for name in ("trust_given", "trust_received", "commitment", "participation", "understanding"):
            assert [getattr(agent, name) for agent in model.agents] == kept[name][0].tolist()
    series, twin = model.series(), model.twin_series()
    del series["stage"], twin["stage"]  # of the last quarters: read from what is yet to come
    assert same_series(series, core.measures) == []
    assert same_series(twin, core.twin) == []


def test_a_theory_of_ones_own_is_played():
    theory = Theory().without("leak_or_keep")
    model = play(ProcessModel(theory=theory), 8)
    core = replay("small-process", history=0, seed=1, theory=theory)
    assert same(model.world, core.worlds[7])
    assert not same(model.world, play(ProcessModel(), 8).world)


def test_seed_and_history_decide_and_a_numpy_integer_is_as_good_as_a_plain_one():
    one = play(ProcessModel(rng=5), 4)
    assert same(one.world, play(ProcessModel(rng=np.int64(5)), 4).world)
    assert not same(one.world, play(ProcessModel(rng=6), 4).world)
    assert not same(one.world, play(ProcessModel(rng=5, history=1), 4).world)
    fresh = ProcessModel(rng=None)
    assert same(play(fresh, 2).world, play(ProcessModel(rng=fresh.luck_seed), 2).world)


def test_what_users_draw_from_mesa_changes_nothing():
    model = ProcessModel()
    plain = play(ProcessModel(), 4)
    for _ in range(4):
        model.rng.random(100)
        model.agents.shuffle_do("trust_in", "S01")
        model.step()
    assert same(model.world, plain.world)


# --- what Mesa users expect ----------------------------------------------------------------------


def test_it_is_a_mesa_model_with_one_agent_a_state():
    model = ProcessModel()
    assert isinstance(model, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert [agent.iso3 for agent in model.agents] == list(model.setting.codes)
    assert [agent.unique_id for agent in model.agents] == list(range(1, 11))
    assert len(model.agents_by_type[StateAgent]) == 10


def test_agents_hold_an_index_and_nothing_else_of_their_own():
    agent = ProcessModel().state("S02")
    assert set(vars(agent)) - set(vars(mesa.Agent(mesa.Model(rng=1)))) == {"index"}
    with pytest.raises(AttributeError):
        agent.commitment = 1.0


def test_agents_read_the_world_of_their_model():
    model = play(ProcessModel("puebla"), 6)
    usa, mexico = model.state("USA"), model.state("MEX")
    u, m = usa.index, mexico.index
    world = model.world
    weight = model.setting.parameters.s["prior_weight"][0]
    believed = (world.kept[0, u, m] + weight * model.setting.trust_prior[0, u, m]) / (
        world.kept[0, u, m] + world.broken[0, u, m] + weight
    )
    assert (usa.name, usa.role) == ("United States", "destination")
    assert repr(usa) == "<StateAgent USA>"
    assert usa.profile["destination"] == usa.destination == model.setting.destination[5, u]
    assert usa.trust_in(mexico) == usa.trust_in("MEX") == usa.trust["MEX"] == pytest.approx(believed)
    assert mexico.trust_in(usa) != usa.trust_in(mexico)
    assert "USA" not in usa.trust
    assert usa.ties_with("MEX") == usa.ties["MEX"] == world.ties[0, u, m]
    assert usa.empathy["MEX"] == world.empathy[0, u, m]
    assert usa.trust_given == pytest.approx(np.mean(list(usa.trust.values())))
    assert usa.trust_received == pytest.approx(
        np.mean([one.trust_in(usa) for one in model.agents if one != usa])
    )
    assert usa.position["return"]["interior"] == world.position[0, u, 1, ISSUES.index("return")]
    assert usa.line["return"] == pytest.approx(
        model.setting.ministry_weights @ world.position[0, u, :, ISSUES.index("return")]
    )
    assert usa.stated["data"] == world.stated[0, u, 8]
    assert usa.law["rights"] == world.law[0, u, 3]
    assert usa.understanding == pytest.approx(np.mean(list(usa.understanding_of.values())))
    assert usa.understanding_of["data"] == world.understanding[0, u, 8]
    assert usa.backing == world.backing[0, u]
    assert usa.money == model.minutes.money_members[0, u]
    with pytest.raises(UnknownName, match="did you mean MEX"):
        usa.trust_in("MEXX")


def test_before_the_first_quarter_there_are_a_world_and_no_minutes():
    model = ProcessModel("puebla")
    agent = model.state("MEX")
    assert (model.quarter, model.label, model.minutes) == (0, "founding", None)
    assert agent.commitment == 0.5
    assert math.isnan(agent.participation)
    assert math.isnan(model.measure("trust_all"))
    assert model.series()["trust_all"].size == 0


def test_agent_sets_can_be_selected_grouped_summed_up_and_told_to_do():
    model = play(ProcessModel(), 4)
    roles = model.agents.groupby("role", result_type="list").groups
    assert {role: len(group) for role, group in roles.items()} == {
        "origin": 4,
        "transit": 2,
        "destination": 4,
    }
    chosen = model.agents.select(lambda agent: agent.role == "transit")
    assert [agent.iso3 for agent in chosen] == ["S03", "S08"]
    assert model.agents.agg("commitment", np.mean) == pytest.approx(model.process.commitment.mean())
    assert model.agents.get("commitment") == model.process.commitment[0].tolist()
    assert model.agents.map("trust_in", "S01")[1] == model.trust_matrix[1, 0]
    assert model.agents.do("trust_in", "S01") is model.agents
    assert len(model.members) == 10


def test_states_that_come_later_are_agents_that_are_not_yet_present():
    model = ProcessModel("puebla")
    coming = [agent for agent in model.agents if not agent.present]
    joined = model.setting.present[0].argmax(axis=0)
    assert [agent.iso3 for agent in coming] == [
        code for code, quarter in zip(model.setting.codes, joined, strict=True) if quarter > 0
    ]
    assert coming
    assert len(model.members) == 11 - len(coming)


def test_the_collector_holds_measures_and_states_at_state_0_and_after_every_step():
    model = play(ProcessModel("small-process", twin=True), 5)
    table = model.datacollector.get_model_vars_dataframe()
    assert table.shape[0] == 6
    assert table["label"].tolist() == ["founding", "Y01-Q1", "Y01-Q2", "Y01-Q3", "Y01-Q4", "Y02-Q1"]
    series, twin = model.series(), model.twin_series()
    for name in MEASURES:
        if name != "stage":
            assert np.array_equal(table[name].to_numpy()[1:], series[name], equal_nan=True), name
            assert np.array_equal(table[f"twin_{name}"].to_numpy()[1:], twin[name], equal_nan=True), name
            assert math.isnan(table[name].iloc[0])
    assert table["stage_so_far"].iloc[-1] == series["stage"][-1]
    states = model.datacollector.get_agent_vars_dataframe()
    assert states.shape[0] == 6 * 10
    last = states.xs(5, level="Step")
    assert last["iso3"].tolist() == list(model.setting.codes)
    assert last["commitment"].tolist() == model.process.commitment[0].tolist()
    assert last["line_return"].tolist() == [agent.line["return"] for agent in model.agents]
    assert states.xs(0, level="Step")["participation"].isna().all()


def test_it_stops_at_the_end_of_the_years():
    model = ProcessModel(short(years=(1, 1)))
    assert model.running
    play(model, 3)
    assert model.running
    model.step()
    assert not model.running
    world = model.world
    model.step()
    assert model.world is world
    assert len(model.datacollector.get_model_vars_dataframe()) == 5


def test_a_twin_is_played_only_when_asked_for():
    with pytest.raises(InputError, match="twin=True"):
        ProcessModel().twin_series()
    with pytest.raises(InputError, match="twin=True"):
        play(ProcessModel(), 1).measure("trust_all", twin=True)
    model = play(ProcessModel(twin=True), 8)
    assert model.measure("trust_all", twin=True) == model.twin_series()["trust_all"][-1]
    assert model.measure("trust_all") > model.measure("trust_all", twin=True)
    assert model.twin_series()["meetings"].sum() == 0


def test_batch_run_plays_it():
    found = mesa.batch_run(
        ProcessModel,
        {"scenario": short(years=(1, 1)), "history": [0, 1]},
        data_collection_period=1,
        display_progress=False,
    )
    for history in (0, 1):
        rows = [row for row in found if row["history"] == history and row["Step"] == 3]
        assert len(rows) == 10
        model = ProcessModel(short(years=(1, 1)), rng=rows[0]["luck_seed"], history=history)
        model.run_model()
        assert {row["trust_all"] for row in rows} == {model.series()["trust_all"][2]}


def test_batch_run_leaves_no_model_behind(monkeypatch):
    made = []
    begin = ProcessModel.__init__

    def noted(self, *words, **options):
        begin(self, *words, **options)
        made.append(weakref.ref(self))

    monkeypatch.setattr(ProcessModel, "__init__", noted)
    asked = {"scenario": short(years=(1, 1)), "history": range(4)}
    found = mesa.batch_run(ProcessModel, asked, data_collection_period=-1, display_progress=False)
    gc.collect()
    assert len(made) == len({row["RunId"] for row in found}) == 4
    assert [model for model in made if model() is not None] == []


# --- copies, memory, imports ---------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("name", ["small-process", "puebla"])
def test_a_copy_steps_on_by_itself_with_the_same_numbers(copied, name):
    model = play(ProcessModel(name, twin=True), 5)
    other = copied(model)
    before = model.world
    play(other, 4)
    assert model.quarter == 5
    assert model.world is before
    assert len(model.datacollector.get_model_vars_dataframe()) == 6
    play(model, 4)
    assert same(model.world, other.world)
    assert same(model.process, other.process)
    assert same_series(model.series(), other.series()) == []
    assert same_series(model.twin_series(), other.twin_series()) == []
    assert other.agents.get("trust_given") == model.agents.get("trust_given")
    assert all(agent.model is other for agent in other.agents)
    other.set_design("confidentiality", 1.0)
    code = other.setting.codes[0]
    other.remove_state(code)
    assert (len(other.agents), len(model.agents)) == (len(model.setting.codes) - 1, len(model.setting.codes))
    assert same_setting(model.setting, ProcessModel(name).setting) == []


def made_and_dropped(how):
    """Return weak references to a model and an agent after it was used in some way and dropped."""
    model = ProcessModel(short(years=(1, 1)))
    if how == "close":
        play(model, 2).close()
    elif how == "end":
        model.run_model()
    else:
        with model:
            model.step()
    return weakref.ref(model), weakref.ref(model.state("S01"))


@pytest.mark.parametrize("how", ["close", "end", "with"])
def test_models_are_freed(how):
    found = [made_and_dropped(how) for _ in range(3)]
    gc.collect()
    assert [one() for pair in found for one in pair] == [None] * 6


def test_a_closed_model_goes_on():
    model = play(ProcessModel(), 2)
    model.close()
    model.close()
    assert same(play(model, 2).world, play(ProcessModel(), 4).world)


def test_the_package_does_not_import_mesa_and_the_shell_imports_without_a_warning():
    code = (
        "import sys, rcpsim; rcpsim.load_scenario, rcpsim.simulate; assert 'mesa' not in sys.modules;"
        "from rcpsim.mesa_shell import ProcessModel; model = ProcessModel(); model.step(); print(model.label)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "Y01-Q1"


def test_the_example_of_the_page_runs():
    page = (Path(__file__).resolve().parents[1] / "docs" / "mesa.md").read_text(encoding="utf-8")
    found = {}
    exec(page.split("```python\n")[1].split("```")[0], found)
    assert (found["model"].label, len(found["model"].agents)) == ("2010-Q4", 10)


# --- changes while it runs -----------------------------------------------------------------------


def test_a_dial_changes_from_the_next_quarter_on_and_not_before():
    model = play(ProcessModel(), 6)
    before = model.setting
    model.set_design("confidentiality", 0.9)
    assert before.design_at(6).confidentiality == 0.5  # nothing is changed in place
    assert [float(model.setting.design_at(q).confidentiality[0]) for q in (0, 5, 6, 79)] == [
        0.5,
        0.5,
        0.9,
        0.9,
    ]
    changed = [name for name in same_setting(before, model.setting) if not name.startswith("design in")]
    assert changed == []
    steady = play(ProcessModel(), 6)
    assert same(model.world, steady.world)
    play(model, 4)
    play(steady, 4)
    assert not same(model.world, steady.world)


def test_a_dial_changed_to_what_it_is_changes_nothing():
    model = play(ProcessModel("puebla"), 6)
    value = float(model.setting.design_at(6).follow_up[0])
    model.set_design("design.follow_up", value)
    assert same(play(model, 4).world, play(ProcessModel("puebla"), 10).world)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("design.confidentiality", 0.9),
        ("design.secretariat", "none"),
        ("design.chair.mode", "standing"),
        ("design.working_groups.size", 5),
        ("design.form", 0.0),
        ("design.consensus", "pathfinder"),
        ("design.order_of_work", "due_first"),
        ("design.data_pool", False),
        ("plan.load", 0.1),
        ("plan.sought", False),
        ("money.sponsor_share", 0.8),
    ],
)
def test_a_dial_changed_before_the_first_quarter_is_that_of_a_scenario_that_says_so(key, value):
    model = ProcessModel()
    model.set_design(key, value)
    run = prepare(load_scenario("small-process", {key: value}), seed=1, histories=[0])
    assert same_setting(model.setting, run.setting) == []
    assert same(model.setting.calendar, run.setting.calendar)
    assert model.theory.form("conclude") == run.theory.form("conclude")
    assert model.theory.form("implement") == run.theory.form("implement")
    model.step()
    assert model.quarter == 1


def test_changes_add_up():
    model = play(ProcessModel(), 2)
    model.set_design("confidentiality", 0.9)
    model.step()
    model.remove_state("S04")
    model.set_design("caution", 0.1)
    model.step()
    model.inject_event(states=["S01"], capacity=-0.2)
    model.set_design("follow_up", np.float64(0.2))
    play(model, 4)
    now, was = model.setting.design_at(6), model.setting.design_at(2)
    assert (now.confidentiality, now.caution, now.follow_up) == (0.9, 0.1, 0.2)
    assert (was.confidentiality, was.caution, was.follow_up) == (0.9, 0.5, 0.5)
    assert model.setting.present[0, :, 3].tolist() == [1.0] * 3 + [0.0] * 77
    assert model.setting.event_capacity[0, :, 0].tolist() == [0.0] * 4 + [-0.2] * 76


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("confidentialty", 0.5, "did you mean"),
        ("confidentiality", 1.4, "is 1.4; it must lie between 0 and 1"),
        ("confidentiality", math.nan, "it must lie between 0 and 1"),
        ("confidentiality", "high", "it must lie between 0 and 1"),
        ("design.secretariat", "own!", "own, state-hosted, io-hosted or none"),
        ("evaluation", 2.5, "whole number"),
        ("calendar.meetings.0.days", 3, "is not known"),
        ("money.backers_share", 0.5, "name the backers"),
    ],
)
def test_a_dial_that_is_unknown_or_out_of_range_is_refused_and_nothing_changes(name, value, told):
    model = play(ProcessModel(), 2)
    before = model.setting
    with pytest.raises(InputError, match=told) as error:
        model.set_design(name, value)
    assert "set_design: " in str(error.value)
    assert model.setting is before


def test_a_state_that_is_removed_leaves_as_if_the_scenario_said_so():
    model = play(ProcessModel("puebla", history=4), 9)
    before = model.setting
    usa = model.state("USA")
    model.remove_state("USA")
    assert usa not in model.agents
    assert not usa.present
    assert model.state("USA") is usa
    scenario = load_scenario("puebla")
    when = scenario.quarters.start + 9
    leaves = Change("USA", "none", Window(when, when), "asserted", "a test")
    holders = tuple(one for one in scenario.design.chair.holders if one[1] != "USA")
    told = replace(
        scenario,
        members=replace(scenario.members, changes=(*scenario.members.changes, leaves)),
        design=replace(scenario.design, chair=replace(scenario.design.chair, holders=holders)),
    )
    run = prepare(told, seed=1, histories=[4])
    for name in ("present", "joined", "ability", "chair", "chaired"):
        after = getattr(model.setting, name)
        assert np.array_equal(after[:, 9:], getattr(run.setting, name)[:, 9:]), name
        assert np.array_equal(after[:, :9], getattr(before, name)[:, :9]), name
    assert model.setting.present[0, 9:, usa.index].max() == 0
    assert model.setting.chair[0, 9:, usa.index].max() == 0
    assert model.setting.ability[0, 9:].sum(axis=-1) == pytest.approx(1.0)
    play(model, 8)
    assert usa.participation == 0.0
    assert all(math.isfinite(agent.trust_in("USA")) for agent in model.agents)
    assert len(model.datacollector.get_agent_vars_dataframe().xs(17, level="Step")) == 10
    with pytest.raises(InputError, match="was removed before"):
        model.remove_state(usa)
    with pytest.raises(UnknownName, match="did you mean MEX"):
        model.remove_state("MEXX")


def test_a_state_that_would_come_later_never_comes_once_removed():
    model = ProcessModel("puebla")
    coming = next(agent for agent in model.agents if not agent.present)
    coming.remove()
    assert model.setting.present[0, :, coming.index].max() == 0
    assert len(model.agents) == 10


def test_all_states_can_leave_one_by_one_as_mesa_lets_agents_leave():
    model = play(ProcessModel(short()), 2)
    for agent in list(model.agents):
        agent.remove()
        model.step()
    assert len(model.agents) == 0
    assert model.measure("meetings") == 0
    assert all(np.isfinite(getattr(model.world, field.name)).all() for field in fields(World))
    assert all(np.isfinite(getattr(model.process, field.name)).all() for field in fields(Process))


def test_an_event_that_is_injected_acts_as_if_the_scenario_said_so():
    model = play(ProcessModel("puebla"), 5)
    before = model.setting
    model.inject_event(
        kind="shock", states=["MEX", model.state("USA")], salience={"return": 0.5}, half_life=6, capacity=-0.1
    )
    added = model.setting.event_salience - before.event_salience
    mexico, usa, issue = model.state_index("MEX"), model.state_index("USA"), ISSUES.index("return")
    assert np.array_equal(added[:, :5], np.zeros_like(added[:, :5]))
    assert added[0, 5, mexico, issue] == pytest.approx(0.5)
    assert added[0, 11, usa, issue] == pytest.approx(0.25)
    assert np.count_nonzero(added[0, 5]) == 2
    fell = model.setting.event_capacity - before.event_capacity
    assert fell[0, 5, mexico] == pytest.approx(-0.1)
    assert model.setting.event_crisis[0, 5, usa] == 1
    steady = play(ProcessModel("puebla"), 5)
    play(model, 2)
    play(steady, 2)
    assert not same(model.world, steady.world)
    model.inject_event(kind="incentive", strength=0.4, issues=["return"])
    kept_away = (1.0 - model.setting.event_incentive) / (1.0 - before.event_incentive)
    assert kept_away[0, 6:8, 0, issue].tolist() == pytest.approx([1.0, 0.6])
    assert np.array_equal(
        model.setting.event_salience[0, :7], steady.setting.event_salience[0, :7] + added[0, :7]
    )


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"kind": "shok"}, "did you mean shock"),
        ({"states": ["USB"]}, '"USB" is not known'),
        ({"salience": {"retrun": 0.2}}, "did you mean return"),
        ({"salience": {"return": 2.0}}, "between -1 and 1"),
        ({"half_life": -1}, "half_life"),
        ({"wildness": 1}, "wildness"),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_nothing_changes(event, told):
    model = play(ProcessModel(), 2)
    before = model.setting
    with pytest.raises(InputError, match=told):
        model.inject_event(**event)
    assert model.setting is before


def test_after_the_last_quarter_nothing_can_be_changed():
    model = ProcessModel(short(years=(1, 1)))
    model.run_model()
    with pytest.raises(InputError, match="after the last quarter"):
        model.set_design("confidentiality", 0.1)
    with pytest.raises(InputError, match="after the last quarter"):
        model.inject_event()
    model.remove_all_agents()
    assert len(model.agents) == 0


@pytest.mark.parametrize(
    "given", [{"rng": 1.5}, {"rng": -1}, {"rng": True}, {"history": -1}, {"judged": "so"}]
)
def test_an_option_that_cannot_be_used_is_refused(given):
    with pytest.raises(InputError, match=next(iter(given))):
        ProcessModel(**given)
