"""Random cases as the records of the code, to lay the two implementations side by side."""

import numpy as np

from rcpsim.axes import TEXTS
from rcpsim.world import Calendar, Design, Luck, Parameters, Process, Setting, World, record_fields

NAMES = {  # what the second implementation calls otherwise
    "relevance": "flow_relevance", "value": "flow_value", "outcome": "flow_outcome", "paid": "flow_paid",
    "cost": "flow_cost", "delivered_before": "mean_delivered_before",
}  # fmt: skip
WORLD, PROCESS = record_fields(World), record_fields(Process)
ACTS = {"deals": "deals", "joint": "joint_acts"}
LUCK = {"discretion": "newcomer_discretion", "comfort": "newcomer_comfort"}


def stack(values):
    """Histories side by side."""
    return np.array(values, dtype=np.float64)


def world_of(worlds):
    """World and Process of some histories of plain dictionaries."""
    fields = {name: stack([world[NAMES.get(name, name)] for world in worlds]) for name in (*WORLD, *PROCESS)}
    fields["status"] = fields["status"].astype(np.int64)
    return (
        World(**{name: fields[name] for name in WORLD}),
        Process(**{name: fields[name] for name in PROCESS}),
    )


def design_of(rules):
    """The dials of some histories."""
    columns = {
        name: stack([one[name] for one in rules])
        for name in record_fields(Design)
        if name not in ("sunset", "review_patience")
    }
    return Design(
        **columns,
        sunset=stack([d["sunset_quarter"] if d["closing_rule"] == "sunset" else np.inf for d in rules]),
        review_patience=stack(
            [d["review_patience"] if d["closing_rule"] == "review" else np.inf for d in rules]
        ),
    )


def calendar_of(cases):
    """The slots of the common frame with what each history makes of them."""
    slots = cases[0]["frame"]["slots"]
    quarters = len(cases[0]["luck"])
    planned = np.zeros((len(cases), quarters, len(slots)), dtype=bool)
    rate = np.zeros((len(cases), quarters, len(slots)))
    own = {name: np.zeros((len(cases), len(slots))) for name in
           ("hours", "days", "record", "text_level", "obligation", "room_size", "observed")}  # fmt: skip
    for h, case in enumerate(cases):
        for q, row in enumerate(case["setting"]["calendar"]):
            for slot in row:
                planned[h, q, slot["column"]] = True
        for q, row in enumerate(case["setting"]["rates"]):
            for slot, a_year in row:
                rate[h, q, slot["column"]] = a_year
        for slot in case["slots"]:
            own["text_level"][h, slot["column"]] = TEXTS.index(slot["text"])
            for name in ("hours", "days", "record", "obligation", "room_size", "observed"):
                own[name][h, slot["column"]] = slot[name]
    return Calendar(
        kind=tuple(slot["kind"] for slot in slots),
        name=tuple(slot["name"] for slot in slots),
        planned=planned,
        rate=rate,
        political=stack([slot["political"] for slot in slots]),
        mix=stack([slot["mix"] for slot in slots]),
        people=stack([slot["people"] for slot in slots]),
        steering=tuple(bool(slot["steering"]) for slot in slots),
        grouped=tuple(bool(slot["grouped"]) for slot in slots),
        limit=tuple(slot["limit"] for slot in slots),
        pay_order=tuple(sorted(range(len(slots)), key=lambda s: slots[s]["priority"])),
        **own,
    )


def setting_of(cases, change=None):
    """Everything that a run is given, for cases on one frame; the later design holds from ``change`` on."""
    frame, settings = cases[0]["frame"], [case["setting"] for case in cases]
    by_quarter, first = frame["quarters"], [s["inputs"] for s in settings]
    n, k = len(frame["bond"]), len(frame["sensitivity"])
    worlds = [case["world"] for case in cases]

    def shared(name):
        return stack([figures[name] for figures in by_quarter])

    def quarterly(name):
        return stack([[inputs[name] for inputs in s["inputs"]] for s in settings])

    def steady(name):
        return stack([inputs[0][name] for inputs in first])

    present, chair = quarterly("present"), quarterly("chair")
    chaired = (chair.sum(axis=-1) > 0) * 1.0
    even = present / present.sum(axis=-1, keepdims=True)
    before = np.concatenate([present[:, :1], present[:, :-1]], axis=1)
    order = np.array(frame["key_order"])
    return Setting(
        codes=tuple(f"S{i:02d}" for i in range(n)),
        issues=tuple(f"issue {place}" for place in range(k)),
        first_quarter=frame["first_quarter"],
        quarters=len(by_quarter),
        histories=np.arange(len(cases)),
        parameters=Parameters(
            {name: stack([s["par"][name] for s in settings]) for name in settings[0]["par"]}
        ),
        designs=tuple(design_of([case[name] for case in cases]) for name in ("design", "later_design")),
        design_of=tuple(int(change is not None and q >= change) for q in range(len(by_quarter))),
        calendar=calendar_of(cases),
        present=present,
        joined=present * (1 - before),
        ability=quarterly("ability"),
        capacity=shared("capacity"),
        stability=shared("stability"),
        origin=shared("origin"),
        transit=shared("transit"),
        destination=shared("destination"),
        interest_loading=stack(frame["interest_loading"]),
        ministry_offset=stack(frame["ministry_offset"]),
        ministry_weights=stack(frame["ministry_weights"]),
        idiosyncrasy=stack([case["own"] for case in cases]),
        salience=shared("salience"),
        sensitivity=stack(frame["sensitivity"]),
        blame=stack(frame["blame"]),
        sovereignty=steady("sovereignty"),
        exposure=steady("exposure"),
        guardedness=steady("guardedness"),
        flow_share=shared("flow_share"),
        pair_weight=shared("flow_share"),
        bond=stack(frame["bond"]),
        trust_prior=steady("trust_prior"),
        key_before=order[None, :] < order[:, None],
        key_order=(order[None, :] <= order[:, None]) * 1.0,
        treated=shared("treated"),
        chair=np.where(chaired[..., None] > 0, chair, even),
        chaired=chaired,
        sponsor_share=quarterly("sponsor_share"),
        overlap=shared("overlap"),
        event_salience=quarterly("salience_event"),
        event_capacity=quarterly("capacity_event"),
        event_incentive=quarterly("incentive"),
        event_crisis=quarterly("event_crisis"),
        seed=1,
        draws=np.arange(len(cases)),
        founding_law=stack([world["founding_law"] for world in worlds]),
        founding_understanding=stack([world["founding_understanding"] for world in worlds]),
        home_usage=stack([world["home_usage"] for world in worlds]),
        backing_floor=stack([world["floor"] for world in worlds]),
        off=1.0 - np.eye(n),
    )


def luck_of(cases, q):
    """The luck of one quarter; a pair's number stands on both sides."""
    values = {}
    for name in record_fields(Luck):
        if name == "climate":
            values[name] = stack([case["setting"]["inputs"][q]["climate"] for case in cases])
            continue
        column = stack([case["luck"][q][LUCK.get(name, name)] for case in cases])
        if name in ("deal", "joint"):
            column = np.triu(column, 1)
            column = column + np.swapaxes(column, -1, -2) + 0.5 * np.eye(column.shape[-1])
        values[name] = column
    return Luck(**values)


def differences(world, process, plain):
    """The fields in which code and plain dictionaries differ: name, place, both values."""
    found = []
    for record, names in ((world, WORLD), (process, PROCESS)):
        for name in names:
            pages = stack([one[NAMES.get(name, name)] for one in plain])
            found += difference(name, getattr(record, name), pages)
    return found


def untold(minutes, told):
    """The same for what happened: minutes of the code against a list of those of the pages."""
    slots, n = minutes.held.shape[-1], minutes.hours.shape[-1]
    found = []
    for name in ("salience", "candid", "coherence"):
        found += difference(name, getattr(minutes, name), stack([one[name] for one in told]))
    found += difference("kind", minutes.kind, stack([one["delegate_days"] for one in told]))
    hours = np.zeros(minutes.hours.shape)
    marks = {name: np.zeros((len(told), slots)) for name in ("called", "held")}
    sources, pairs = np.zeros((len(told), n, n)), {name: np.zeros((len(told), n, n)) for name in ACTS}
    for h, one in enumerate(told):
        for meeting in one["held"]:
            hours[h] += stack(meeting["hours"])
            marks["held"][h, meeting["column"]] = 1
        marks["called"][h, one["called_columns"]] = 1
        for listener, source, _ in one["leaks"]:
            sources[h, source, listener] = 1
        for name, acts in ACTS.items():
            for i, j in one[acts]:
                pairs[name][h, i, j] = pairs[name][h, j, i] = 1
    found += difference("hours", minutes.hours, hours)
    found += difference("source", minutes.source, sources)
    for name, values in {**marks, **pairs}.items():
        found += difference(name, getattr(minutes, name), values)
    return found


def difference(name, code, pages):
    """Nothing, or where two arrays differ most."""
    code = np.asarray(code, dtype=np.float64)
    if code.shape != pages.shape:
        return [(name, "shape", code.shape, pages.shape)]
    near = np.isclose(code, pages, rtol=1e-9, atol=1e-12)
    if np.all(near):
        return []
    place = np.unravel_index(np.argmax(np.where(near, -1.0, np.abs(code - pages))), code.shape)
    return [(name, tuple(int(x) for x in place), float(code[place]), float(pages[place]))]
