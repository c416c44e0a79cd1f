"""The code beside the second implementation, field by field and quarter by quarter."""

import random

import pytest

from rcpsim.quarters import Theory
from rcpsim.quarters import play_quarter as play_code
from tests.oracle.beside_the_code import differences, luck_of, setting_of, untold, world_of
from tests.oracle.oracle_quarter import play_quarter as play_pages
from tests.oracle.random_case import MECHANISMS, RIVALS, random_case

RIVAL_FLOORS = ("chair_shared", "fay2000")


def compare(cases, *, without=(), forms=None, meets=True, change=None):
    """Play cases on one frame in both; return the worlds at the end and all minutes of the pages."""
    forms = forms or {}
    setting, theory = setting_of(cases, change), Theory(frozenset(without), forms)
    world, process = world_of([case["world"] for case in cases])
    plain, told = [case["world"] for case in cases], []
    for q in range(setting.quarters):
        world, process, minutes = play_code(
            world, process, setting, q, luck_of(cases, q), theory, meets=meets
        )
        design = "design" if change is None or q < change else "later_design"
        for h, case in enumerate(cases):
            given = {
                **case["setting"], "design": case[design], "without": set(without), "rivals": forms,
                "process": meets,
            }  # fmt: skip
            plain[h], happened = play_pages(plain[h], given, q, case["luck"][q])
            told.append(happened)
        assert not (found := differences(world, process, plain)), f"quarter {q}: {found}"
        assert not (found := untold(minutes, told[-len(cases) :])), f"quarter {q}: {found}"
    return plain, told


def abreast(rng, n, k=9, quarters=8, histories=3):
    """Cases on one frame."""
    first = random_case(rng, n, k, quarters)
    return [first, *(random_case(rng, n, k, quarters, first["frame"]) for _ in range(histories - 1))]


def trouble(rng, case):
    """Bring a case near what happens seldom: leaks, sleep, poverty, a sponsor who has seen enough."""
    world, n = case["world"], len(case["own"])
    if rng.random() < 0.3:
        world["status"] = rng.choice([2, 2, 3, 5])
    if rng.random() < 0.3:
        world.update(since_meeting=rng.choice([9, 20]), dormant_for=rng.choice([5, 10, 11]))
    if rng.random() < 0.2:
        world["treasury"] = 0.0
    if rng.random() < 0.2:
        world["commitment"] = [0.2 * rng.random() for _ in range(n)]
    if rng.random() < 0.2:
        world["sponsor_discontent"] = 20
    if rng.random() < 0.3:
        case["setting"]["par"]["leak"] = 0.5


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_theory(seed):
    rng = random.Random(seed)
    compare([random_case(rng, (2, 3, 6, 11, 14, 24)[seed % 6])])


@pytest.mark.parametrize("seed", range(4))
def test_three_histories_at_once(seed):
    rng = random.Random(100 + seed)
    compare(abreast(rng, rng.choice([4, 7])))


@pytest.mark.parametrize("seed", range(4))
def test_a_design_that_changes(seed):
    compare([random_case(random.Random(200 + seed), 6, quarters=10)], change=4)


@pytest.mark.parametrize("name", MECHANISMS)
def test_each_mechanism_off(name):
    for seed in (300, 301):
        compare([random_case(random.Random(seed), 6)], without=[name])


@pytest.mark.parametrize(("mechanism", "form"), RIVALS)
def test_each_rival_form(mechanism, form):
    for seed in (400, 401):
        compare([random_case(random.Random(seed), 8)], forms={mechanism: form})


@pytest.mark.parametrize("form", RIVAL_FLOORS)
def test_ties(form):
    """Equal purses, salience and participation: what goes by rank goes by key, by issue or is shared."""
    case = random_case(random.Random(450), 9)
    for slot in case["slots"]:
        slot["room_size"] = 4 * slot["grouped"]
    for figures in case["frame"]["quarters"]:
        figures["salience"][:] = [[round(x) * 0.5 + 0.25 for x in row] for row in figures["salience"]]
    for inputs in case["setting"]["inputs"]:
        inputs["ability"][:] = [1 / 9] * 9
        inputs["present"][:] = [1] * 9
    case["design"].update(priority=[1.0] * 9, caution=0.0)
    compare([case], without=["shock", "attend", "turn_over"], forms={"form_rooms": form})


@pytest.mark.parametrize("seed", range(4))
def test_the_twin(seed):
    compare([random_case(random.Random(500 + seed), 6)], meets=False)


@pytest.mark.parametrize("status", [2, 3, 4, 5, 6, 7])
def test_asleep_or_ended(status):
    case = random_case(random.Random(600 + status), 6)
    case["world"]["status"] = status
    compare([case])


@pytest.mark.parametrize("seed", [660, 661])
def test_who_is_bound_and_to_what(seed):
    """A steering group that agrees at once, on issues of which some are law everywhere already."""
    case = random_case(random.Random(seed), 7)
    world, setting = case["world"], case["setting"]
    world["open"] = [0] * 9
    for name in ("position", "law", "founding_law", "stated"):
        for row in world[name]:
            for issues in row if name == "position" else [row]:
                issues[::2] = [0.2] * 5
    for slot in (*case["frame"]["slots"], *case["slots"]):
        slot.update(steering=1, text="plan", obligation=0.5)
    for name in ("design", "later_design"):
        case[name].update(steering=[1, 1, 1, 1, 0, 0, 0], plan_sought=1, obligation=0.5)
    for slots in setting["calendar"]:
        for slot in slots:
            slot.update(steering=1, text="plan", obligation=0.5)
    setting["par"].update(standing_out=3.0, agreement_hours=0.01)
    (_,), told = compare([case], without=["persuade", "commit_and_fund"])
    assert {k % 2 for one in told for held in one["held"] for k in held["items"]} >= {1}


def test_a_process_that_costs_nothing_keeps_its_money():
    case = random_case(random.Random(680), 5)
    case["world"]["treasury"] = 40.0
    case["setting"]["calendar"] = [[] for _ in case["luck"]]
    case["setting"]["rates"] = [[] for _ in case["luck"]]
    case["design"]["secretariat"] = 0
    (world,), _ = compare([case])
    assert world["treasury"] == 40.0


def end_with(case, status):
    """Make a case end in its first quarter in the way that a status names."""
    world, setting = case["world"], case["setting"]
    world.update(treasury=0.0)
    for inputs, figures in zip(setting["inputs"], case["frame"]["quarters"], strict=True):
        inputs["overlap"] = figures["overlap"] = int(status == 5)
        inputs["sponsor_share"] = 0.7 * (status == 4)
    for name in ("design", "later_design"):
        case[name]["closing_rule"] = "none"
    if status in (3, 4):
        world.update(since_meeting=30, dormant_for=11, sponsor_active=1, sponsor_discontent=30)
    elif status == 5:
        world["commitment"] = [0.05] * len(world["commitment"])
    elif status == 6:
        world["flow_relevance"] = [0.05] * len(world["flow_relevance"])
        for state in world["position"]:
            for seat in state:
                seat[:] = world["law"][0]
        for name in ("law", "founding_law"):
            world[name] = [list(world["law"][0]) for _ in world[name]]
        setting["par"]["return_halflife"] = 1e9
    else:
        case["design"].update(closing_rule="sunset", sunset_quarter=0)


@pytest.mark.parametrize("status", [3, 4, 5, 6, 7])
def test_each_way_to_end(status):
    case = random_case(random.Random(700 + status), 5)
    end_with(case, status)
    (world,), _ = compare([case])
    assert world["status"] == status


def mixed(seed):
    """A world with some mechanisms off, some rival forms, and trouble; returns how often things happened."""
    rng = random.Random(seed)
    n, histories = rng.choice([2, 3, 5, 8, 11]), rng.choice([1, 1, 3])
    cases = abreast(rng, n, rng.choice([3, 9]), rng.choice([8, 12]), histories)
    for case in cases:
        trouble(rng, case)
    often = rng.choice([0, 0, 0.15])
    _, told = compare(
        cases,
        without=[name for name in MECHANISMS if rng.random() < often],
        forms={mechanism: form for mechanism, form in RIVALS if rng.random() < 0.25},
        meets=rng.random() > 0.1,
        change=rng.choice([None, 5]),
    )
    return {
        **{name: sum(len(one[name]) for one in told) for name in ("leaks", "deals", "joint_acts", "closed")},
        "not held": sum(len(one["called"]) - len(one["held"]) for one in told),
        **{
            name: sum(bool(held[name]) for one in told for held in one["held"])
            for name in ("declaration", "definitions", "items")
        },
        "traced": sum(attributed for one in told for _, _, attributed in one["leaks"]),
    }


def test_mixed_worlds():
    """Some of everything, and each thing that may happen happens."""
    counts = [mixed(seed) for seed in range(800, 824)]
    for what in counts[0]:
        assert sum(one[what] for one in counts) > 3, what


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_many_more_mixed_worlds(block):
    for seed in range(1000 + 25 * block, 1025 + 25 * block):
        mixed(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_long_and_large(seed):
    rng = random.Random(2000 + seed)
    compare([random_case(rng, rng.choice([20, 30]), quarters=40)])
