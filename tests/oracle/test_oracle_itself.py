"""The second implementation by itself: numbers worked out by hand, random worlds within bounds."""

import copy
import math
import random

import pytest

from tests.oracle.oracle_meeting import CORRIDOR, PLENARY, Meeting
from tests.oracle.oracle_quarter import Quarter, play_quarter
from tests.oracle.oracle_world import OF_A_STATE, OF_THE_PROCESS, OracleWorld
from tests.oracle.random_case import MECHANISMS, RIVALS, random_case

UNIT = (
    "understanding",
    "exists",
    "backing",
    "discretion",
    "comfort",
    "ties",
    "empathy",
    "commitment",
    "newcomer",
    "achieved",
    "judged",
    "acted",
)
SIGNED = ("position", "stated", "law")
COUNTS = ("kept", "broken", "entrusted", "entrusted_sensitive", "unkept", "deals", "gain")
PAIRS = ("kept", "broken", "entrusted", "entrusted_sensitive", "ties", "empathy", "deals", "gain", "acted")


def flat(value):
    return [x for item in value for x in flat(item)] if isinstance(value, list) else [value]


def check_bounds(world):
    slack = 1e-9
    for name in (*OF_A_STATE, *OF_THE_PROCESS):
        assert all(math.isfinite(x) for x in flat(world[name])), name
    for name in UNIT:
        assert all(-slack <= x <= 1 + slack for x in flat(world[name])), name
    for name in SIGNED:
        assert all(-1 - slack <= x <= 1 + slack for x in flat(world[name])), name
    for name in COUNTS:
        assert all(x >= 0 for x in flat(world[name])), name
    assert all(abs(sum(shares) - 1) < 1e-9 for state in world["usage"] for shares in state)
    assert 0 <= world["data_share"] <= 1
    assert world["treasury"] >= 0
    assert world["status"] in range(1, 8)
    for i in range(len(world["kept"])):
        for name in PAIRS:
            assert world[name][i][i] == 0, name


def play(case, **changes):
    world, seen = case["world"], []
    setting = {**case["setting"], **changes}
    for q, luck in enumerate(case["luck"]):
        world, minutes = play_quarter(world, setting, q, luck)
        check_bounds(world)
        seen.append(minutes)
    return world, seen


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_stay_within_bounds(seed):
    rng = random.Random(seed)
    play(random_case(rng, rng.choice([2, 3, 6, 11])))


@pytest.mark.parametrize("name", MECHANISMS)
def test_each_mechanism_can_be_left_out_and_matters(name):
    matters = False
    for seed in range(4):
        case = random_case(random.Random(100 + seed), 6)
        case["setting"]["design"].update(closing_rule="sunset", sunset_quarter=3, database=1)
        matters = matters or play(case)[0] != play(case, without={name})[0]
    assert matters


@pytest.mark.parametrize(("mechanism", "form"), RIVALS)
def test_each_rival_form_runs_and_matters(mechanism, form):
    matters = False
    for seed in range(4):
        case = random_case(random.Random(200 + seed), 8)
        case["setting"]["design"].update(follow_up=0.5, closing_rule="none", plan_sought=1)
        case["setting"]["inputs"][0]["exposure"][:] = [1.0] * 8
        case["setting"]["par"].update(leak=0.3, breach_weight=4.0)
        matters = matters or play(case)[0] != play(case, rivals={mechanism: form})[0]
    assert matters


def test_the_twin_meets_nobody_and_keeps_commitment():
    case = random_case(random.Random(5), 6)
    world, seen = play(case, process=False)
    assert not any(minutes["called"] or minutes["held"] for minutes in seen)
    for name in ("commitment", "treasury", "data_share", "open", "spent", "items_adopted"):
        assert world[name] == case["world"][name]
    assert world["law"] != case["world"]["law"]


def test_a_quarter_leaves_what_it_was_given_untouched():
    case = random_case(random.Random(6), 5)
    before = copy.deepcopy(case)
    play(case)
    assert case == before


def test_states_in_another_order_give_the_same_history():
    """Renumber the states, keep their keys: the same world comes out, renumbered (issue by issue to 1e-9)."""
    rng, n = random.Random(7), 6
    case = random_case(rng, n)
    new = [3, 5, 0, 4, 1, 2]  # the state that stands at each place

    def rows(value):
        return [value[i] for i in new]

    def both(value):
        return [[value[i][j] for j in new] for i in new]

    other = copy.deepcopy(case)
    for name in OF_A_STATE:
        other["world"][name] = both(case["world"][name]) if name in PAIRS else rows(case["world"][name])
    setting = other["setting"]
    setting["key_order"] = rows(setting["key_order"])
    for name in ("backers", "steering"):
        setting["design"][name] = rows(setting["design"][name])
    for q in setting["inputs"]:
        for name in ("flow_share", "bond", "trust_prior"):
            q[name] = both(q[name])
        for name in ("present", "ability", "salience", "salience_event", "capacity_event", "incentive",
                     "event_crisis", "chair", "capacity", "stability", "sovereignty", "exposure",
                     "guardedness", "profile", "image"):  # fmt: skip
            q[name] = rows(q[name])
    for old, luck in zip(case["luck"], other["luck"], strict=True):
        for name in ("turnover", "leak", "source", "attribution", "government", "government_z",
                     "newcomer_discretion", "newcomer_comfort"):  # fmt: skip
            luck[name] = rows(luck[name])
        for name in ("deal", "joint"):
            shared = [[old[name][min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
            luck[name] = both(shared)
    first, second = play(case)[0], play(other)[0]
    for name in OF_A_STATE:
        expected = both(first[name]) if name in PAIRS else rows(first[name])
        assert flat(second[name]) == pytest.approx(flat(expected), abs=1e-9), name
    for name in OF_THE_PROCESS:
        assert flat(second[name]) == pytest.approx(flat(first[name]), abs=1e-9), name


ENDINGS = {
    3: {"world": {"since_meeting": 80, "dormant_for": 11, "sponsor_active": 0}},
    4: {"world": {"since_meeting": 80, "dormant_for": 11, "sponsor_active": 0}, "sponsor_share": 0.6},
    5: {"world": {"commitment": [0.1, 0.1]}, "overlap": 1},
    6: {"world": {"flow_relevance": [0.05, 0.05]}, "settled": True},
    7: {"world": {"idle": 12}, "closing_rule": "review", "last": 3},
}


@pytest.mark.parametrize("status", ENDINGS)
def test_each_way_to_end(status):
    how = ENDINGS[status]
    case = two_states(**how["world"])
    last = how.get("last", 0)
    case["setting"]["design"].update(closing_rule=how.get("closing_rule", "none"), plan_sought=0)
    for inputs in case["setting"]["inputs"]:
        inputs.update(overlap=how.get("overlap", 0), sponsor_share=how.get("sponsor_share", 0.2))
    if how.get("settled"):
        for name in ("law", "founding_law"):
            case["world"][name] = [[0.1, 0.1], [0.1, 0.1]]
        wanted = [[[0.1, 0.1]] * 3] * 2
        case["world"]["position"], inputs = wanted, case["setting"]["inputs"][last]
        inputs.update(profile=wanted, image=wanted)
    case["world"].update(mean_delivered_before=1.0)
    world, _ = play_quarter(case["world"], case["setting"], last, case["luck"][last])
    assert world["status"] == status
    after, minutes = play_quarter(world, case["setting"], last, case["luck"][last])
    assert (after["status"], minutes["alive"], after["treasury"]) == (status, False, world["treasury"])


# By hand


def two_states(**world):
    """Two members, two issues, quiet luck: a quarter that can be followed on paper."""
    case = random_case(random.Random(1), 2, 2, 4)
    case["world"].update(world)
    for inputs in case["setting"]["inputs"]:
        inputs["present"] = [1, 1]
    case["setting"]["calendar"] = [[], [], [], []]
    case["setting"]["rates"] = [[], [], [], []]
    for luck in case["luck"]:
        luck.update(turnover=[[0.999] * 3] * 2, leak=[0.999999] * 2, pulse=[0.9] * 2, government=[0.9] * 2)
    return case


def quarter_of(case, q=0):
    quarter = Quarter(OracleWorld(case["world"]), case["setting"], q, case["luck"][q])
    quarter.shock()
    return quarter


def test_trust_is_the_mean_of_evidence_and_prior():
    case = two_states(kept=[[0.0, 3.0], [0.0, 0.0]], broken=[[0.0, 0.0], [0.0, 0.0]])
    state = OracleWorld(case["world"]).states[0]
    assert state.trust(1, [[0.0, 0.5], [0.5, 0.0]], 2.0) == pytest.approx(0.8)


def test_ties_fade_towards_bilateral_life():
    case = two_states(ties=[[0.0, 0.54], [0.04, 0.0]])
    case["setting"]["par"]["ties_halflife"] = 1.0
    case["setting"]["design"]["focal_points"] = 0.0
    case["setting"]["without"] = {"respond"}
    world, _ = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert world["ties"] == [[0.0, pytest.approx(0.29)], [pytest.approx(0.04), 0.0]]


def test_a_leak_is_blamed_on_whom_it_is_traced_to():
    case = two_states(
        kept=[[0.0, 0.0], [0.0, 0.0]], broken=[[0.0, 0.0], [0.0, 0.0]],
        entrusted=[[0.0, 2.0], [2.0, 0.0]], entrusted_sensitive=[[0.0, 2.0], [2.0, 0.0]],
        discretion=[0.0, 0.0], backing=[0.5, 0.9], floor=[0.45, 0.2], credit_broken=1.0, open=[0, 0],
    )  # fmt: skip
    case["luck"][0].update(leak=[1 - 1e-12, 0.5], attribution=[0.9, 0.1])
    case["setting"]["par"].update(leak=1.0, attribution=0.5, breach_weight=3.0, test=0.5, leak_cost=0.1)
    case["setting"]["par"].update(background_hours=0.0, rules_hold=0.0)
    case["setting"]["design"]["focal_points"] = 0.0
    case["setting"]["inputs"][0]["exposure"] = [1.0, 0.0]
    case["setting"]["without"] = {"implement"}
    world, minutes = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert minutes["leaks"] == [(1, 0, True)]  # state 1 hears what state 0 entrusted, and leaks it
    assert world["broken"][0][1] == 3.0
    assert world["kept"] == [[0.0, 0.0], [1.0, 0.0]]  # the traced leak earns nothing, the other pair does
    assert world["entrusted"] == [[0.0, 1.0], [1.0, 0.0]]
    assert world["backing"] == [0.45, 0.9]
    assert world["credit_broken"] == pytest.approx(1.5)


def test_law_drifts_towards_the_line_and_back_to_where_it_started():
    case = two_states(
        law=[[0.0, 0.0], [0.0, 0.0]], founding_law=[[0.2, 0.2], [0.2, 0.2]], exists=[[0.5] * 2] * 2
    )
    wanted = [[[0.4, 0.4]] * 3] * 2
    case["world"]["position"] = wanted
    case["setting"]["inputs"][0].update(profile=wanted, image=wanted)
    case["setting"]["par"].update(own_drift=0.1, erosion_halflife=1.0)
    case["setting"]["process"] = False
    case["setting"]["inputs"][0]["incentive"] = [[0.0, 0.0], [0.0, 0.0]]
    world, _ = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert flat(world["law"]) == pytest.approx([0.5 * 0.1 * 0.4 + 0.5 * 0.2] * 4)


def meeting_of(case, quarter, a, **slot):
    plan = {
        "kind": "senior", "days": 1, "people": 1, "hours": 6.0, "political": 0.5, "mix": [1 / 3] * 3,
        "record": 0.0, "text": "none", "obligation": 0.0, "steering": 0, "room_size": 0, "observed": 1,
        "limit": 1, "priority": 0,
    }  # fmt: skip
    meeting = Meeting(quarter, {**plan, **slot}, a)
    meeting.trust = [[0.0, 0.5], [0.5, 0.0]]
    return meeting


def test_the_clock_of_a_meeting_of_two():
    """Six hours: 1.2 in the corridor, .5 to open the one issue, 4.3 on the floor, shared by two equals."""
    case = two_states(ties=[[0.0, 0.3], [0.3, 0.0]])
    case["setting"]["par"].update(corridor=0.2, opening=0.5)
    case["setting"]["design"].update(organisations=0, caution=0.0, secretariat=0)
    case["setting"]["inputs"][0]["ability"] = [0.5, 0.5]
    case["setting"]["inputs"][0]["treated"] = [1, 1]
    meeting = meeting_of(case, quarter_of(case), [1.0, 1.0])
    meeting.set_agenda()
    meeting.form_rooms()
    assert sorted(meeting.alpha) == [0.0, 1.0]
    assert meeting.plenary_hours == pytest.approx(4.3)
    assert meeting.heard[PLENARY][0][1] == pytest.approx(2.15)
    assert meeting.heard[CORRIDOR][0][1] == pytest.approx(0.6)


def test_two_who_hear_each_other_come_nearer():
    """Lines .2 and −.2, two hours at weight 1 over two persuade hours: each goes half of the way."""
    case = two_states()
    case["world"]["position"] = [[[0.2, 0.0]] * 3, [[-0.2, 0.0]] * 3]
    case["setting"]["par"].update(latitude_base=1.0, susceptibility=0.5, persuade_hours=2.0)
    quarter = quarter_of(case)
    meeting = meeting_of(case, quarter, [1.0, 1.0])
    meeting.on, meeting.alpha, meeting.stall = [0], [1.0, 0.0], {0: 0.0}
    meeting.hours = [[0.0, 2.0], [2.0, 0.0]]
    meeting.line, meeting.said = {0: [0.2, 0.0], 1: [-0.2, 0.0]}, {0: {0: 0.2}, 1: {0: -0.2}}
    meeting.persuade()
    assert [seat[0] for seat in quarter.states[0].position] == pytest.approx([0.0] * 3)
    assert [seat[0] for seat in quarter.states[1].position] == pytest.approx([0.0] * 3)


def test_common_language_is_over_pairs_of_different_states():
    case = two_states(usage=[[[1.0, 0.0, 0.0]] * 2, [[0.5, 0.5, 0.0]] * 2])
    assert meeting_of(case, quarter_of(case), [1.0, 0.4]).common_language(0) == pytest.approx(0.5)


def test_the_best_deal_gives_each_what_it_cares_for():
    case = two_states()
    quarter = quarter_of(case)
    quarter.salience = [[0.1, 0.9], [0.7, 0.2]]
    assert quarter.gain(0, 1, [0, 1]) == pytest.approx(0.5)
    assert quarter.gain(0, 1, [0]) == 0.0


def item(**world):
    """Two members, both halfway from 0 to .8 on the first issue, where an item of full load is open."""
    given = {
        "law": [[0.4, 0.0]] * 2, "law_at_adoption": [[0.0, 0.0]] * 2, "target": [0.8, 0.0], "open": [1, 0],
        "bound": [[1, 1], [1, 1]], "load": [0.5, 0.5], "age": [3, 0], "obligation": [0.5, 0.0],
        "due_done": [0, 0], "judged": [[0, 0], [0, 0]], "achieved": [[0.0, 0.0], [0.0, 0.0]], "status": 1,
    }  # fmt: skip
    case = two_states(**{**given, **world})
    case["setting"]["design"].update(due=12, evaluation=0, plan_sought=1, follow_up=0.0, secretariat=0)
    return case


@pytest.mark.parametrize(("load", "share"), [(2.0, 0.5), (0.5, 0.5), (0.4, 0.625), (0.2, 1.0)])
def test_a_small_load_asks_for_part_of_the_way(load, share):
    assert quarter_of(item(load=[load, 0.5])).delivered(0, 0) == pytest.approx(share)


@pytest.mark.parametrize(("reminder", "work"), [(0.0, 0.5 * 0.5), (1.0, 0.5 * 2 / 3)])
def test_an_item_shares_the_desk_with_a_file_of_the_state(reminder, work):
    """Half an item's worth of effort goes to one item and one file; a reminder makes the item weigh two."""
    case = item(obligation=[0.0, 0.0], backing=[1.0, 1.0], commitment=[1.0, 1.0])
    case["setting"]["par"].update(
        reminder=reminder,
        reporting_cost=0.4,
        parallel_items=2.0,
        gate_floor=1.0,
        peers=0.0,
        item_rate=0.5,
        overload=0.0,
    )
    case["setting"]["design"]["reporting"] = 0.5
    quarter = quarter_of(case)
    quarter.coherence, quarter.lines = [1.0, 1.0], [[0.8, 0.0]] * 2
    quarter.incentive, quarter.pressed = [[0.0, 0.0]] * 2, 1.0
    quarter.capacity = [0.25 / 0.7] * 2  # .4 times the mean of 1 and .5 is spent on answering
    quarter.items_of = [[0], [0]]
    assert quarter.effort_of(0, [0], {0: {}})[0] == pytest.approx(work)


def test_what_reports_show_of_others_pulls():
    """The other has delivered all, this one half; the desk is cleared for it, so only the pull differs."""
    efforts = []
    for reporting in (0.0, 1.0):
        case = item(ties=[[0.0, 0.5], [0.5, 0.0]], law=[[0.4, 0.0], [0.8, 0.0]], obligation=[0.0, 0.0])
        case["setting"]["par"].update(peers=0.4, closed_loss=0.0, reporting_cost=0.0)
        case["setting"]["design"]["reporting"] = reporting
        quarter = quarter_of(case)
        quarter.coherence, quarter.lines = [1.0, 1.0], [[0.8, 0.0]] * 2
        quarter.incentive, quarter.pressed, quarter.items_of = [[0.0, 0.0]] * 2, 0.0, [[0], [0]]
        efforts.append(quarter.effort_of(0, [0], {0: {0: 0.5, 1: 1.0}})[0])
    assert efforts[1] / efforts[0] == pytest.approx((1 + 0.4 * 0.5) / (1 + 0.2 * 0.5))


def still(case):
    """Nothing moves the law of this case."""
    case["setting"]["par"].update(own_drift=0.0, item_rate=0.0, erosion_halflife=1e12)
    for inputs in case["setting"]["inputs"]:
        inputs["incentive"] = [[0.0, 0.0], [0.0, 0.0]]
    return case


def test_a_promise_kept_early_is_kept_and_goes_on_counting():
    case = still(item(law=[[0.8, 0.0], [0.79, 0.0]], credit_kept=1.0, flow_outcome=[0.0, 0.0]))
    case["setting"]["par"]["deal_hazard"] = 0.0
    world, minutes = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert (minutes["closed"], world["open"], world["due_done"]) == ([0], [0, 0], [1, 0])
    assert world["judged"] == [[1, 0], [1, 0]]
    assert flat(world["achieved"]) == pytest.approx([1.0, 0.0, 0.9875, 0.0])
    assert world["credit_kept"] == pytest.approx(1 + 0.99375)
    assert world["flow_outcome"] == pytest.approx([0.25, 0.25])  # after four of twelve quarters
    later, _ = play_quarter(world, case["setting"], 1, case["luck"][1])
    assert later["flow_outcome"] == pytest.approx([0.4375, 0.4375])
    assert (later["age"], later["achieved"]) == (world["age"], world["achieved"])


def test_what_is_dropped_has_achieved_nothing():
    case = still(item(age=[12, 0], due_done=[1, 0], law=[[0.2, 0.0]] * 2, achieved=[[0.25, 0.0]] * 2))
    case["setting"]["design"]["evaluation"] = 1
    world, minutes = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert minutes["closed"] == [0]
    assert (world["judged"], world["achieved"]) == ([[1, 0], [1, 0]], [[0.0, 0.0], [0.0, 0.0]])


def test_a_pair_acts_once_in_a_crisis():
    case = two_states(crisis=[0, 0], acted=[[0, 1], [1, 0]], ties=[[0.0, 0.9], [0.9, 0.0]])
    case["setting"]["par"].update(response_rate=1e6)
    for inputs, crisis in zip(case["setting"]["inputs"], ([0, 0], [1, 0], [0, 0], [0, 1]), strict=True):
        inputs["event_crisis"] = crisis
    world, acts = case["world"], []
    for q, luck in enumerate(case["luck"]):
        world, minutes = play_quarter(world, case["setting"], q, luck)
        acts.append((minutes["joint_acts"], world["acted"][0][1], world["acted"][1][0]))
    assert acts == [([], 0, 0), ([(0, 1)], 1, 1), ([], 1, 1), ([], 1, 1)]


def concluding(case, on, said, **slot):
    """A meeting of two that is about to conclude, having said what they said."""
    quarter = quarter_of(case)
    meeting = meeting_of(case, quarter, [1.0, 1.0], text="plan", **slot)
    meeting.on, meeting.alpha, meeting.stall, meeting.said = [on], [0.0, 0.0], {on: 0.0}, said
    meeting.plenary_hours = meeting.group_hours = meeting.text_hours = 0.0
    return quarter, meeting


@pytest.mark.parametrize(("said", "adopted"), [(0.45, False), (0.55, True)])
def test_a_plan_is_what_was_said_and_asks_something(said, adopted):
    """Laws at .4 and tolerance .1: a middle of .45 asks nothing. One of two treated issues counts half."""
    case = item(open=[0, 0], spent=[1e3, 0.0], defined=[1, 1], credit_kept=2.0)
    case["world"]["position"] = [[[0.5, 0.0]] * 3] * 2
    case["setting"]["par"]["standing_out"] = 2.0
    case["setting"]["inputs"][0]["treated"] = [1, 1]
    quarter, meeting = concluding(case, 0, {0: {0: said - 0.2}, 1: {0: said + 0.2}})
    meeting.conclude()
    process = quarter.process
    assert (meeting.items, process.open[0]) == (([0], 1) if adopted else ([], 0))
    assert process.credit_kept == pytest.approx(2.5 if adopted else 2.0)
    if adopted:
        assert process.target[0] == pytest.approx(said)
        assert [state.bound[0] for state in quarter.states] == [1, 1]


def test_meetings_cost_the_days_of_all_delegates():
    """Two members, two days, three delegates each, eight meetings in one year of the run: 96 a year."""
    case = two_states(treasury=23.9)
    slot = {**case["slots"][0], "steering": 0, "days": 2, "people": 3}
    case["setting"]["calendar"] = [[slot, slot], [slot, slot], [slot, slot], [slot, slot]]
    case["setting"]["rates"] = [[[slot, 8.0]]] * 4
    case["setting"]["design"]["secretariat"] = 0
    case["setting"]["without"] = {"attend"}
    quarter = quarter_of(case)
    assert quarter.annual_cost == pytest.approx(96.0)
    quarter.turn_over()
    quarter.meet()
    assert quarter.called == [0]
    assert quarter.process.treasury == pytest.approx(11.9)


def test_what_life_disappoints_is_a_share_of_what_is_confided():
    case = two_states(broken=[[0.0, 0.0], [0.0, 0.0]], entrusted=[[0.0, 0.0], [0.0, 0.0]])
    case["setting"]["par"].update(test=0.5, leak=0.0)
    world, _ = play_quarter(case["world"], case["setting"], 0, case["luck"][0])
    assert world["entrusted"][0][1] > 0
    for i, j in ((0, 1), (1, 0)):
        assert world["broken"][i][j] == pytest.approx(0.15 * 2 * world["entrusted"][i][j])


def test_ministries_agree_only_on_what_was_on_the_table():
    case = two_states()
    case["world"]["position"] = [[[0.3, 0.3], [0.0, 0.0], [0.0, 0.0]]] * 2
    case["setting"]["par"].update(coordination=1e6, return_halflife=1e12)
    quarter = quarter_of(case)
    quarter.days_on = [[1.0, 0.0], [0.0, 0.0]]
    quarter.coordinate_ministries()
    line = 0.3 * quarter.weights[0]
    assert [seat[0] for seat in quarter.states[0].position] == pytest.approx([line] * 3)
    assert [seat[1] for seat in quarter.states[0].position] == pytest.approx([0.3, 0.0, 0.0])
