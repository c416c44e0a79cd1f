"""What holds whatever the numbers: bounds, order, ghosts, empty meetings, silence, nothing for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rcpsim.axes import MECHANISMS, RIVALS
from rcpsim.quarters import play_quarter
from rcpsim.scenario import list_scenarios, load_scenario
from rcpsim.theory import lifecycle
from rcpsim.theory.trust import trust
from rcpsim.world import Calendar
from tests.cases.worlds import (
    EVERYTHING,
    arrays,
    changed,
    differing,
    last,
    mapped,
    on_state_axes,
    permuted,
    played,
    ready,
    with_ghost,
    with_parameters,
    without_last_state,
)

FOUR = 4
SMALL = changed(EVERYTHING, years=[1, 3])
SHARES = (
    *("exists", "understanding", "usage", "backing", "discretion", "comfort", "ties", "empathy"),
    *("commitment", "newcomer", "memory", "data_share", "value", "outcome", "activity", "obligation"),
    *("participation", "candour", "coherence", "delivered", "mean_delivered", "replaced", "slot_heads"),
)
SIGNED = ("position", "stated", "law", "law_at_adoption", "target", "interest")
COUNTS = (
    *("kept", "broken", "entrusted", "entrusted_sensitive", "deals", "gain", "crisis", "credit_kept"),
    *(
        "credit_broken",
        "live",
        "spent",
        "items_adopted",
        "items_closed",
        "unkept",
        "treasury",
        "paid",
        "cost",
    ),
    *("sponsor_discontent", "since_meeting", "dormant_for", "idle", "age", "hours", "candid", "agenda"),
    *("money_members", "money_sponsor", "kind", "relevance", "load", "delivered_before"),
)
ZERO_OR_ONE = ("defined", "open", "bound", "due_done", "sponsor_active", "crisis_now", "joint")
DIAGONAL_FREE = (
    "kept",
    "broken",
    "entrusted",
    "entrusted_sensitive",
    "ties",
    "empathy",
    "deals",
    "hours",
    "candid",
)


def _within(name: str, value: np.ndarray, low: float, high: float) -> None:
    known = value[np.isfinite(value)] if name == "candour" else value
    assert np.all(np.isfinite(known)), f"{name} has a number that is none"
    slack = 1e-12
    assert known.size == 0 or (known.min() >= low - slack and known.max() <= high + slack), (
        f"{name} runs from {known.min()} to {known.max()}"
    )


def assert_in_bounds(world: Any, process: Any, minutes: Any, setting: Any) -> None:
    """Hold every field of the records to the values it can take."""
    held = {name.split(".")[1]: value for name, value in arrays(world, process, minutes).items()}
    states = len(setting.codes)
    for name in SHARES:
        _within(name, held[name], 0.0, states if name == "slot_heads" else 1.0)
    for name in SIGNED:
        _within(name, held[name], -1.0, 1.0)
    for name in COUNTS:
        _within(name, held[name], 0.0, np.inf)
    for name in ("defined", "open", "bound", "due_done", "sponsor_active"):
        assert set(np.unique(getattr(process, name))) <= {0.0, 1.0}, name
    _within("capacity_built", world.capacity_built, 0.0, 0.25)
    _within("salience in force", minutes.salience, 0.0, 1.0)
    assert np.allclose(world.usage.sum(axis=-1), 1.0, atol=1e-12)
    assert set(np.unique(process.status)) <= set(range(1, 8))
    for name in DIAGONAL_FREE:
        diagonal = np.diagonal(held[name], axis1=-2, axis2=-1)
        assert not np.any(diagonal), f"the diagonal of {name} is not zero"
    for name in ("deals",):
        assert np.array_equal(held[name], np.swapaxes(held[name], -1, -2)), f"{name} is not symmetric"
    par = setting.parameters.m
    belief = trust(world.kept, world.broken, setting.trust_prior, par["prior_weight"])
    _within("trust", belief, 0.0, 1.0)
    assert not np.any(minutes.held & ~minutes.called), "a meeting was held that was not called"
    gone = setting.present * np.ones((setting.histories.size, 1, 1))
    assert np.all(minutes.participation <= gone.max(axis=1) + 1e-12)


# --- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_keeps_every_field_in_its_bounds_under_any_parameters(name: str) -> None:
    run = ready(name, histories=4, parameters="prior", seed=11)
    for world, process, minutes in played(run, min(16, run.setting.quarters)):
        assert_in_bounds(world, process, minutes, run.setting)


@pytest.mark.slow
@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_keeps_every_field_in_its_bounds_to_its_last_quarter(name: str) -> None:
    run = ready(name, histories=20, parameters="prior", seed=12)
    for meets in (True, False):
        for world, process, minutes in played(run, meets=meets):
            assert_in_bounds(world, process, minutes, run.setting)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**31),
    count=st.sampled_from([5, 10, 15]),
    dials=st.lists(st.floats(0.0, 1.0), min_size=9, max_size=9),
    words=st.tuples(
        st.sampled_from(["own", "none"]),
        st.sampled_from(["rotating", "standing", "volunteer"]),
        st.sampled_from(["none", "declaration", "recommendations", "plan", "binding"]),
        st.sampled_from(["unanimity", "all_but_x", "pathfinder"]),
    ),
    off=st.sets(st.sampled_from(MECHANISMS), max_size=4),
    rivals=st.fixed_dictionaries({name: st.sampled_from(forms) for name, forms in RIVALS.items()}),
)
def test_any_design_keeps_every_field_in_its_bounds(
    seed: int, count: int, dials: list[float], words: tuple[str, ...], off: set[str], rivals: dict[str, str]
) -> None:
    table = changed(
        SMALL,
        members__count=count,
        design__steering=["S01", "S03", "S05"],
        design__confidentiality=dials[0],
        design__follow_up=dials[1],
        design__caution=dials[2],
        design__observers__openness=dials[3],
        design__capacity_building=dials[4],
        design__data_security=dials[5],
        money__sponsor_share=dials[6],
        money__backers_share=dials[7],
        plan__load=dials[8],
        design__secretariat=words[0],
        design__chair__mode=words[1],
        calendar__meetings__0__text=words[2],
        design__consensus=words[3],
    )
    run = ready(table, seed=seed, histories=2, parameters="prior", without=tuple(sorted(off)))
    run = replace(run, theory=run.theory.replacing(**rivals))
    for world, process, minutes in played(run):
        assert_in_bounds(world, process, minutes, run.setting)


# --- order, ghosts, empty meetings ----------------------------------------------------------------


def test_the_order_of_members_and_changes_in_a_file_is_nothing() -> None:
    table = {
        "format": 1, "id": "listed", "title": "t", "kind": "rcp", "region": "r", "about": "a",
        "years": [1996, 1998],
        "sources": {"S": "a source"},
        "members": {
            "start": ["BLZ", "CAN", "CRI", "MEX", "USA"],
            "changes": [
                {"state": "DOM", "to": "member", "on": "1997-Q2", "basis": "asserted", "source": "S p.1"},
                {"state": "BLZ", "to": "none", "on": "1997-Q4", "basis": "asserted", "source": "S p.1"},
            ],
        },
        "design": {"secretariat": "own", "confidentiality": 0.5, "form": 0.5},
        "calendar": {"meetings": [
            {"kind": "workshop", "per_year": 2, "days": 3},
            {"kind": "ministerial", "per_year": 1, "days": 2},
        ]},
        "plan": {"sought": True, "load": 0.3, "agenda": ["trafficking", "return", "data"]},
        "money": {"backers": ["USA", "CAN"], "backers_share": 0.5, "sponsor_share": 0.1},
    }  # fmt: skip
    turned = changed(
        table,
        members__start=table["members"]["start"][::-1],
        members__changes=table["members"]["changes"][::-1],
        calendar__meetings=table["calendar"]["meetings"][::-1],
        plan__agenda=table["plan"]["agenda"][::-1],
        money__backers=table["money"]["backers"][::-1],
    )
    assert differing(arrays(*last(ready(table), 12)), arrays(*last(ready(turned), 12))) == set()


@pytest.mark.parametrize("scenario", ["puebla", EVERYTHING], ids=["puebla", "everything"])
@pytest.mark.parametrize("meets", [True, False], ids=["run", "twin"])
def test_states_in_another_order_live_the_same_lives(scenario: Any, meets: bool) -> None:
    run = ready(scenario, histories=7, parameters="prior")
    states = len(run.setting.codes)
    for seed in range(2):
        order = np.random.default_rng(seed).permutation(states)
        one = last(run, FOUR, meets=meets)
        other = last(permuted(run, order), FOUR, meets=meets)
        put = [mapped(record, lambda _, value, o=order: on_state_axes(value, states, o)) for record in one]
        assert differing(arrays(*put), arrays(*other), within=1e-12) == set()


@pytest.mark.parametrize("scenario", ["puebla", EVERYTHING], ids=["puebla", "everything"])
@pytest.mark.parametrize("meets", [True, False], ids=["run", "twin"])
def test_a_state_that_is_never_present_changes_nothing(scenario: Any, meets: bool) -> None:
    run = ready(scenario, histories=7, parameters="prior")
    states = len(run.setting.codes)
    whole = last(run, FOUR, meets=meets)
    for seed in range(2):
        haunted = last(with_ghost(run, np.random.default_rng(seed)), FOUR, meets=meets)
        rest = [without_last_state(record, states) for record in haunted]
        assert differing(arrays(*whole), arrays(*rest), within=1e-12) == set()


def test_a_meeting_of_no_hours_changes_nothing() -> None:
    empty = {
        "name": "empty",
        "kind": "working-group",
        "per_year": 8,
        "days": 0,
        "text": "plan",
        "record": 0.5,
    }
    more = changed(SMALL, calendar__meetings=[*SMALL["calendar"]["meetings"], empty])
    one, other = (last(ready(table, parameters="prior"), FOUR) for table in (SMALL, more))
    minutes = other[2]
    kept = ["gathering", "core", "summit"]
    places = [ready(more).setting.calendar.name.index(name) for name in kept]
    was = [ready(SMALL).setting.calendar.name.index(name) for name in kept]
    for name in ("held", "called", "slot_heads"):
        assert np.array_equal(getattr(one[2], name)[:, was], getattr(minutes, name)[:, places]), name
    slots = {"Minutes.held", "Minutes.called", "Minutes.slot_heads"}
    assert (
        differing(arrays(*one), arrays(*other), within=1e-12) == slots
    )  # these are longer by the empty slots


def test_a_member_that_joins_late_is_in_no_count_before() -> None:
    whole, less = (
        ready(load_scenario("puebla", without=left_out), histories=6, parameters="prior")
        for left_out in ((), ("member:DOM",))
    )
    codes = whole.setting.codes
    rest = np.array([place for place, code in enumerate(codes) if code != "DOM"])
    joins = int(np.flatnonzero(whole.setting.joined[0, :, codes.index("DOM")])[0])
    one = [
        mapped(record, lambda _, value: on_state_axes(value, len(codes), rest))
        for record in last(whole, joins)
    ]
    assert differing(arrays(*one), arrays(*last(less, joins)), within=1e-12) == set()
    *_, (_, after, minutes) = played(whole, joins + 5)
    assert np.all(minutes.participation[:, codes.index("DOM")] >= 0)
    assert np.any(after.commitment[:, codes.index("DOM")] != 0.5)


# --- silence --------------------------------------------------------------------------------------


def test_where_nobody_speaks_nothing_is_learnt_or_entrusted() -> None:
    run = with_parameters(ready(SMALL, parameters="prior", without=("pool_data",)), candour_base=-600.0)
    before = run.world
    for world, _, minutes in played(run):
        assert minutes.held.any()
        assert np.max(minutes.candid) < 1e-200
        assert np.all(world.understanding <= before.understanding + 1e-15)
        assert np.all(world.empathy <= before.empathy)
        assert np.all(world.entrusted <= before.entrusted + 1e-200)
        before = world
    aloud = last(ready(SMALL, parameters="prior", without=("pool_data",)))[0]
    assert np.mean(aloud.understanding - before.understanding) > 0.01


def test_only_a_listener_with_something_entrusted_can_leak() -> None:
    run = with_parameters(ready(SMALL, parameters="prior"), leak=1e12, background_hours=0.0)
    nothing = run.world.kept * 0.0
    told = nothing.copy()
    told[:, 0, 3] = 1.0  # only the fourth state was ever told anything
    world = replace(run.world, entrusted=told, entrusted_sensitive=told)
    _, _, minutes = play_quarter(world, run.process, run.setting, 0, run.luck(0), run.theory, meets=False)
    only = np.zeros_like(minutes.leaked)
    only[:, 3] = True
    assert np.array_equal(minutes.leaked, only)
    assert np.array_equal(minutes.source, only[:, None, :] * (np.arange(10) == 0)[None, :, None])
    world = replace(run.world, entrusted=nothing, entrusted_sensitive=nothing)
    _, _, minutes = play_quarter(world, run.process, run.setting, 0, run.luck(0), run.theory, meets=False)
    assert not minutes.leaked.any()


def test_an_hour_nobody_comes_to_moves_no_confidence() -> None:
    run = with_parameters(ready(SMALL), attend_threshold=50.0, background_hours=0.0, focal_hours=0.0)
    for world, _, minutes in played(run, FOUR):
        assert not np.any(minutes.hours)
        assert np.all(world.entrusted <= run.world.entrusted)


# --- two halves are one whole ---------------------------------------------------------------------

GIVEN_HOURS = ("attend", "set_agenda", "form_rooms", "speak", "conclude", "turn_over", "commit_and_fund")


@pytest.mark.parametrize("days", [1.0, 2.0])
@pytest.mark.parametrize(
    ("field", "only"),
    [
        ("entrusted", "leak_or_keep"),
        ("understanding", "learn"),
        ("position", "persuade"),
        ("usage", "share_terms"),
    ],
)
def test_two_half_meetings_do_what_one_whole_does(field: str, only: str, days: float) -> None:
    """Who comes, who speaks, how long and how openly are given (neutral forms); only exposure differs."""
    assert difference_of_halves(field, only, days) < 0.02


@pytest.mark.parametrize("days", [3.0, 4.0])
def test_a_very_long_meeting_teaches_a_little_less_than_its_halves(days: float) -> None:
    """The limit that learning.md states: above twelve hours on the floor the 2 % do not hold for `learn`."""
    assert 0.02 < difference_of_halves("understanding", "learn", days) < 0.04
    for field, only in (("entrusted", "leak_or_keep"), ("position", "persuade"), ("usage", "share_terms")):
        assert difference_of_halves(field, only, days) < 0.02


def difference_of_halves(field: str, only: str, days: float) -> float:
    """Return how far two half meetings differ from a whole one, as a share of what the whole one does."""
    meeting = {"kind": "workshop", "per_year": ["Y01-Q1"], "text": "none", "record": 0.3}
    whole = changed(SMALL, years=[1, 1], calendar__meetings=[{**meeting, "name": "a", "days": days}])
    halves = [{**meeting, "name": name, "days": days / 2} for name in ("a", "b")]
    split = changed(SMALL, years=[1, 1], calendar__meetings=halves)
    off = (*GIVEN_HOURS, "pool_data", "background", "shock", "coordinate_ministries", "keep_contact")
    gained = []
    for table in (whole, split):
        run = ready(table, parameters="prior", histories=20, without=off)
        met, still = (last(run, 1, meets=meets)[0] for meets in (True, False))
        gained.append(getattr(met, field) - getattr(still, field))
    size = np.mean(np.abs(gained[0]))
    assert size > 1e-4, f"{only} did nothing, so the test shows nothing"
    return float(np.mean(np.abs(gained[0] - gained[1])) / size)


# --- free axes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["puebla", EVERYTHING], ids=["puebla", "everything"])
def test_a_history_has_the_same_bits_alone_and_in_any_company(scenario: Any) -> None:
    numbers = np.arange(8)
    scenario = load_scenario(scenario, {"years": [1996, 1997] if scenario == "puebla" else [1, 2]})
    whole = arrays(*last(ready(scenario, histories=numbers, parameters="prior"), 8))
    ways = [
        [[0], [3], [7]],
        [numbers[:7], numbers[7:]],
        [numbers[::-1]],
        [np.array([1000, 3]), np.array([6, 2**20])],
    ]
    for parts in ways:
        for part in parts:
            alone = arrays(*last(ready(scenario, histories=part, parameters="prior"), 8))
            shared = [place for place, number in enumerate(part) if number in numbers]
            for name, value in alone.items():
                expected = whole[name][[part[place] for place in shared]]
                assert np.array_equal(value[shared], expected, equal_nan=value.dtype.kind == "f"), name


@pytest.mark.parametrize("name", list_scenarios())
def test_years_that_are_still_to_come_change_nothing(name: str) -> None:
    first = load_scenario(name).years[0]
    whole, short = (load_scenario(name, {"years": [first, first + more]}) for more in (5, 2))
    assert short.states == whole.states
    runs = [ready(read, histories=3, parameters="prior") for read in (whole, short)]
    one, other = (_by_entry(arrays(*last(run, 12)), run.setting.calendar) for run in runs)
    assert differing(one, other) == set()


def _by_entry(told: dict[str, np.ndarray], calendar: Calendar) -> dict[str, np.ndarray]:
    """Add up what is told of slots over meetings of the scenario: busier years to come have more slots."""
    belongs = np.equal.outer(np.asarray(calendar.entry), np.arange(len(calendar.entries)))
    slots = ("Minutes.called", "Minutes.held", "Minutes.slot_heads")
    return {name: value @ belongs.astype(float) if name in slots else value for name, value in told.items()}


def test_a_parameter_draw_belongs_to_its_number_and_not_to_its_history() -> None:
    one = ready(SMALL, histories=[4, 5], draws=[2, 2], parameters="prior").setting.parameters
    assert all(value[0] == value[1] for value in one.values())
    alone = ready(SMALL, histories=[9], draws=[2], parameters="prior").setting.parameters
    assert all(alone[name][0] == one[name][0] for name in one)


# --- nothing for nothing --------------------------------------------------------------------------

_EVENT = {"title": "an event", "source": "ours"}
_NO_SIZE = {"salience": {"return": 0.0}, "capacity": 0.0, "half_life": 6}
NOTHING = {
    "follow-up that nobody asks for": (("follow_up",), {"design__follow_up": 0.0}),
    "security of a file that is not kept": (("pool_data",), {"design__data_security": 1.0}),
    "focal points that do not call": (("keep_contact",), {"design__focal_points": False}),
    "caution without an agenda": (("set_agenda",), {"design__caution": 1.0}),
    "the load of items never adopted": (("conclude",), {"plan__load": 0.9, "plan__due": 2}),
    "a closing rule that never acts": (("live_or_die",), {"design__closing": "sunset"}),
    "rooms that are not formed": (("form_rooms",), {"design__working_groups__size": 2}),
    "training that reaches no administration": (("implement",), {"design__capacity_building": 1.0}),
    "a sunset after the end": ((), {"design__closing": "sunset", "design__closing_after": 190}),
    "a review nobody fails": ((), {"design__closing": "review", "design__closing_after": 190}),
    "an event of no size": (
        (),
        {
            "event": [
                {**_EVENT, "id": "none", "kind": "shock", "on": "Y01-Q3", "acts_on": _NO_SIZE},
                {**_EVENT, "id": "nil", "kind": "incentive", "on": "Y01-Q2", "strength": 0.0},
            ]
        },
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_a_change_that_does_nothing_makes_no_difference_at_all(what: str) -> None:
    off, values = NOTHING[what]
    if what == "an event of no size":
        off = ("respond",)  # a shock of no size is still a crisis, which is something
    one, other = (
        ready(table, parameters="prior", without=off) for table in (SMALL, changed(SMALL, **values))
    )
    for record, beside in zip(played(one), played(other), strict=True):
        assert differing(arrays(*record), arrays(*beside)) == set()


@pytest.mark.parametrize(
    ("dial", "before", "after"),
    [
        ("confidentiality", 0.5, 1.0),
        ("follow_up", 0.5, 0.0),
        ("caution", 0.5, 1.0),
        ("secretariat", "own", "none"),
        ("evaluation", 1, 0),
        ("data_security", 0.5, 0.0),
    ],
)
def test_two_designs_share_their_luck_until_they_differ(dial: str, before: Any, after: Any) -> None:
    periods = [{"from": "Y01-Q1", "value": before}, {"from": "Y03-Q1", "value": after}]
    one, other = (
        ready(changed(SMALL, **{f"design__{dial}": value}), parameters="prior") for value in (before, periods)
    )
    assert len(other.setting.designs) == 2
    same = [
        differing(arrays(*record), arrays(*beside)) == set()
        for record, beside in zip(played(one), played(other), strict=True)
    ]
    assert all(same[:8]), "designs that do not differ yet have lived differently"
    assert not all(same[8:]), "the change of the dial does nothing at all"


PROCESS_DIALS: dict[str, Any] = {
    "design__confidentiality": 1.0,
    "design__secretariat": "none",
    "design__chair__mode": "standing",
    "design__follow_up": 0.0,
    "design__caution": 0.0,
    "design__observers__openness": 0.0,
    "design__working_groups__size": 3,
    "design__focal_points": False,
    "design__contact_list": False,
    "design__evaluation": 0,
    "design__reporting": False,
    "design__capacity_building": 0.0,
    "design__consensus": "pathfinder",
    "design__order_of_work": "due_first",
    "design__data_pool": False,
    "design__steering": ["S02", "S03"],
    "design__priority": {"data": 2.0},
    "calendar__meetings": [
        {"kind": "ministerial", "per_year": 1, "days": 1, "text": "binding", "record": 1.0}
    ],
    "plan__sought": False,
    "plan__load": 0.9,
    "money__sponsor_share": 0.0,
    "money__backers": ["S02"],
}


def test_the_world_without_the_process_is_the_same_whatever_the_design() -> None:
    plain = ready(SMALL, parameters="prior")
    twin = [arrays(world) for world, _, _ in played(plain, meets=False)]
    designs = [{key: value} for key, value in PROCESS_DIALS.items()] + [PROCESS_DIALS]
    for values in designs:
        other = ready(changed(SMALL, **values), parameters="prior")
        for (world, _, _), expected in zip(played(other, meets=False), twin, strict=True):
            assert differing(expected, arrays(world)) == set(), values


# --- the end --------------------------------------------------------------------------------------


def test_a_process_that_has_ended_stays_ended_and_meets_no_more() -> None:
    table = changed(
        EVERYTHING, years=[1, 8], design__closing="review", design__closing_after=12, money__sponsor_share=0.0
    )
    run = with_parameters(ready(table, histories=30, parameters="prior"), payment=0.4)
    before = np.zeros(30, dtype=bool)
    kinds = np.zeros(30, dtype=np.int64)
    kept = None
    for world, process, minutes in played(run):
        assert np.array_equal(process.status[before], kinds[before])
        assert not minutes.held[before].any()
        assert not minutes.called[before].any()
        for name in ("money_members", "money_sponsor", "adopted", "defined", "closed", "kind"):
            assert not np.any(getattr(minutes, name)[before]), name
        if kept is not None:
            for name in (
                "commitment",
                "treasury",
                "relevance",
                "value",
                "paid",
                "cost",
                "open",
                "items_closed",
            ):
                now, then = getattr(process, name), getattr(kept, name)
                assert np.array_equal(now[before], then[before]), name
        ended = ~np.isin(process.status, (lifecycle.ACTIVE, lifecycle.DORMANT))
        assert np.all(ended[before])
        before, kinds, kept = ended, process.status, process
        assert_in_bounds(world, process, minutes, run.setting)
    assert 3 <= before.sum() < 30, "too few or too many ended for the test to show anything"


def test_a_mechanism_that_is_off_leaves_what_only_it_moves() -> None:
    """The neutral forms of docs/theory/index.md, array by array."""
    stands = {
        "turn_over": ("World.discretion", "World.comfort"),
        "learn": ("World.empathy",),
        "bargain": ("World.deals", "World.gain"),
        "implement": ("World.law", "World.exists", "World.backing", "World.capacity_built"),
        "conclude": ("Process.open", "Process.defined", "Process.spent", "Process.items_adopted"),
        "set_agenda": ("Process.memory",),
        "commit_and_fund": ("Process.treasury", "Process.relevance", "Process.paid", "Process.cost"),
        "live_or_die": ("Process.status", "Process.since_meeting", "Process.idle"),
        "respond": ("World.crisis",),
        "pool_data": ("Process.data_share",),
    }
    acting = arrays(*last(ready(SMALL, parameters="prior"))[:2])
    for name, fields_ in stands.items():
        off = (name, "leak_or_keep") if name == "implement" else (name,)
        run = ready(SMALL, parameters="prior", without=off)
        founding, after = arrays(run.world, run.process), arrays(*last(run)[:2])
        for field in fields_:
            still = founding[field]
            if name == "learn":
                assert np.all(after[field] <= still + 1e-15), (name, field)
            else:
                assert np.array_equal(still, after[field]), (name, field)
            if name not in ("live_or_die", "respond"):  # too short a time for these to show
                assert not np.array_equal(still, acting[field]), (name, field)


def test_every_scenario_of_these_tests_can_be_read() -> None:
    assert load_scenario(EVERYTHING).id == "everything"
