"""From a raw table to the records of a scenario: one function per table of the file.

Every function notes its faults and goes on, so that a file's faults are all told at once. What can only be
judged when the whole file is read (a state that leaves before it joins, an event outside the years) is in
`checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rcpsim.axes import (
    CONFIDENCES,
    EVENT_KINDS,
    ISSUES,
    MECHANISMS,
    MEETING_KINDS,
    MINISTRIES,
    OUTCOMES,
    RIVALS,
    SCENARIO_KINDS,
    SYNTHETIC_BLOCK,
    SYNTHETIC_STATES,
    TEXTS,
)
from rcpsim.errors import did_you_mean, near_names, quoted
from rcpsim.scenario.records import (
    Chair,
    Change,
    Design,
    Event,
    Groups,
    Meeting,
    Members,
    Money,
    Observers,
    Plan,
    Rotation,
    Scenario,
    Snapshot,
    TheoryChoice,
    Unnamed,
    Window,
)
from rcpsim.scenario.tables import Faults, Table, as_number, one_of, run_window
from rcpsim.scenario.values import UNKNOWN, Value

FORMAT = 1
_YEARS = (1, 2100)
_LONGEST_RUN = 200
_RELATIONS = ("exactly", "about", "at-least", "none")
_CHECKS = ("state_ownership", "like_mindedness", "capacity", "political_share")
_OUTCOME_HINT = "an outcome is held against the model as a pattern and is never an input"


def scenario_from_table(
    raw: Mapping[object, object], faults: Faults, overrides: Mapping[str, object]
) -> Scenario:
    """Return the scenario of a raw table; what is wrong is noted in `faults` and replaced by a stand-in."""
    top = Table(raw, "", faults)
    version = top.whole("format", FORMAT, FORMAT)
    if "format" not in top.raw:
        top.missing("format", f"this version reads format = {FORMAT}")
    kind = top.choice("kind", SCENARIO_KINDS)
    synthetic = kind == "synthetic"
    years = _years(top)
    run = run_window(years)
    scenario = Scenario(
        format=version or FORMAT,
        id=top.needed_text("id"),
        title=top.needed_text("title"),
        kind=kind,
        region=top.text("region") or "",
        years=years,
        members=_members(top.table("members"), run, synthetic),
        design=_design(top.table("design"), sourced=not synthetic, synthetic=synthetic),
        meetings=_meetings(top.table("calendar"), sourced=not synthetic),
        plan=_plan(top.table("plan"), sourced=not synthetic),
        money=_money(top.table("money"), sourced=not synthetic, synthetic=synthetic),
        checks=_checks(top.table("checks")),
        events=tuple(_event(table, run, synthetic) for table in top.tables("event")),
        theory=_theory(top.table("theory"), top),
        held=top.texts("held"),
        sources=_sources(top.table("sources")),
        about=top.text("about") or "",
        file=faults.file,
        overrides=dict(overrides),
        left_out=(),
    )
    top.done()
    return scenario


def _years(top: Table) -> tuple[int, int]:
    allowed = "it must be the first and the last year, both included, such as [1996, 2010]"
    if not top.has("years"):
        top.missing("years", allowed)
        return (1, 1)
    found = top.raw["years"]
    if not isinstance(found, list | tuple) or len(found) != 2:
        top.wrong("years", allowed)
        return (1, 1)
    ends: list[int] = []
    for index, entry in enumerate(found):
        year = as_number(entry)
        if year is None or year != int(year) or not _YEARS[0] <= year <= _YEARS[1]:
            top.fault(
                f"years.{index}", f"is {quoted(entry)}", f"it must be a year from {_YEARS[0]} to {_YEARS[1]}"
            )
        else:
            ends.append(int(year))
    if len(ends) != 2:
        return (1, 1)
    if ends[0] > ends[1]:
        top.wrong("years", "the first year comes first", f"did you mean [{ends[1]}, {ends[0]}]?")
        ends.reverse()
    if ends[1] - ends[0] >= _LONGEST_RUN:
        top.wrong("years", f"a run lasts at most {_LONGEST_RUN} years")
        return (ends[0], ends[0])
    return (ends[0], ends[1])


def _members(table: Table, run: Window, synthetic: bool) -> Members:
    count = None
    if synthetic:
        count = _count(table)
    elif "count" in table.raw:
        table.has("count")
        table.wrong("count", 'only a synthetic scenario counts its states; kind must be "synthetic"')
    start = () if synthetic else table.states("start")
    changes = () if synthetic else tuple(_changes(table))
    snapshots = () if synthetic else tuple(_snapshots(table))
    unnamed = None if synthetic else _unnamed(table)
    if not synthetic and not table.has("start") and unnamed is None:
        table.missing("start", "list the states that are members from the first quarter on")
    polarisation = table.value("polarisation") if synthetic else Value("documented", 1.0)
    without = table.states("without", synthetic=synthetic)
    table.done()
    if not synthetic and any(fault.field.split(".")[0] == "members" for fault in table.faults.found):
        _totals(table)  # `checks` holds no list against members that are wrong themselves
    changes = tuple(sorted(changes, key=lambda change: (change.when.low, change.when.high, change.state)))
    return Members(tuple(sorted(start)), changes, snapshots, unnamed, count, polarisation, without)


def _count(table: Table) -> int:
    most = len(SYNTHETIC_STATES)
    allowed = f"it must be a multiple of {SYNTHETIC_BLOCK} from {SYNTHETIC_BLOCK} to {most}"
    hint = "states come in blocks of equal mix: two origin, one transit, two destination"
    if not table.has("count"):
        table.missing("count", allowed)
        return SYNTHETIC_BLOCK
    number = as_number(table.raw["count"])
    if number is None or number % SYNTHETIC_BLOCK or not SYNTHETIC_BLOCK <= number <= most:
        table.wrong("count", allowed, hint)
        return SYNTHETIC_BLOCK
    return int(number)


def _changes(table: Table) -> list[Change]:
    changes = []
    for entry in table.tables("changes"):
        state = entry.state("state")
        to = entry.choice("to", ("member", "observer", "none"))
        basis = entry.choice("basis", ("asserted", "snapshots"))
        never = Window(0, 0)
        when = entry.window("on", never)
        if entry.raw.get("on") == "unknown":
            entry.wrong("on", "give a quarter, or the two quarters between which it lies")
        source = entry.needed_text("source", "say where it stands")
        entry.done()
        if state is not None and when != never:
            changes.append(Change(state, to, when, basis, source))
    return changes


def _snapshots(table: Table) -> list[Snapshot]:
    snapshots = []
    for entry in table.tables("snapshots"):
        year = entry.whole("year", *_YEARS)
        if "year" not in entry.raw:
            entry.missing("year", "give the year that the list describes")
        on = entry.quarter("on")
        total = entry.whole("total", 1, 500)
        relation = entry.choice("relation", _RELATIONS)
        if (total is None) != (relation == "none") and ("total" not in entry.raw or total is not None):
            entry.fault(
                "relation", f"is {quoted(relation)}", 'a list without a stated total has relation = "none"'
            )
        states = entry.states("states", printed=True)
        source = entry.needed_text("source", "say where it stands")
        discrepancy = entry.text("discrepancy")
        entry.done()
        if year is not None:
            when = Window(on, on) if on is not None else run_window((year, year))
            snapshots.append(Snapshot(when, total, relation, source, states, discrepancy))
    return snapshots


def _totals(table: Table) -> None:
    """Hold the stated total of each printed list against the length of this list, as it is written."""
    if any(place.startswith("members.snapshots") for place in table.faults.given):
        return  # changed on purpose
    for entry in table.tables("snapshots"):
        total, states = entry.raw.get("total"), entry.raw.get("states")
        if entry.raw.get("relation") != "exactly" or "discrepancy" in entry.raw:
            continue
        if isinstance(total, int) and isinstance(states, list | tuple) and states:
            lengths = {len(states), len(set(map(str, states)))}  # one that is there twice is told already
            if total not in lengths:
                entry.fault(
                    "total",
                    f"is {total}",
                    f"the list holds {len(states)}: mend one of the two, or give the id of the discrepancy",
                )


def _unnamed(table: Table) -> Unnamed | None:
    if not table.has("unnamed"):
        return None
    entry = table.table("unnamed")
    among = entry.states("among")
    totals: list[tuple[int, int]] = []
    for index, found in enumerate(entry.entries("totals")):
        place = f"totals.{index}"
        if not isinstance(found, list | tuple) or len(found) != 2:
            entry.fault(
                place, f"is {quoted(found)}", 'it must be a quarter and a number, such as ["1991-Q4", 26]'
            )
            continue
        quarter = entry.as_quarter(f"{place}.0", found[0])
        number = as_number(found[1])
        if number is None or number != int(number) or number < 1:
            entry.fault(f"{place}.1", f"is {quoted(found[1])}", "it must be a whole number of members")
        elif quarter is not None:
            if totals and (quarter <= totals[-1][0] or number < totals[-1][1]):
                entry.fault(
                    place, f"is {quoted(found)}", "dates must follow each other and totals must not fall"
                )
            totals.append((quarter, int(number)))
    if len(totals) < 2:
        entry.fault(
            "totals", "has fewer than two entries", "give the first total, and the last, when all are named"
        )
        return None
    source = entry.needed_text("source", "say where the totals stand")
    entry.done()
    return Unnamed(tuple(sorted(among)), tuple(totals), source)


def _design(table: Table, *, sourced: bool, synthetic: bool) -> Design:
    design = Design(
        form=table.dial("form", sourced=sourced),
        confidentiality=table.dial("confidentiality", sourced=sourced),
        informality=table.dial("informality", sourced=sourced) if table.has("informality") else None,
        secretariat=table.dial("secretariat", sourced=sourced),
        chair=_chair(table.table("chair"), sourced=sourced, synthetic=synthetic),
        rotation=_rotation(table, synthetic),
        steering=table.states("steering", synthetic=synthetic),
        observers=_observers(table, sourced=sourced),
        follow_up=table.dial("follow_up", sourced=sourced),
        caution=table.dial("caution", sourced=sourced),
        closing=table.dial("closing", sourced=sourced),
        closing_after=table.value("closing_after", sourced=sourced),
        working_groups=_groups(table, "working_groups", "design.working_groups", sourced=sourced),
        networks=table.dial("networks", sourced=sourced),
        focal_points=table.dial("focal_points", sourced=sourced),
        contact_list=table.dial("contact_list", sourced=sourced),
        evaluation=table.dial("evaluation", sourced=sourced),
        reporting=table.dial("reporting", sourced=sourced),
        capacity_building=table.dial("capacity_building", sourced=sourced),
        consensus=table.value("consensus", sourced=sourced),
        order_of_work=table.value("order_of_work", sourced=sourced),
        data_pool=table.dial("data_pool", sourced=sourced),
        data_security=table.dial("data_security", sourced=sourced),
        priority=_by_issue(table.table("priority"), 0.0, 10.0, 1.0),
    )
    table.done()
    return design


def _chair(table: Table, *, sourced: bool, synthetic: bool) -> Chair:
    holders: list[tuple[int, str]] = []
    for index, found in enumerate(table.entries("holders")):
        place = f"holders.{index}"
        if not isinstance(found, list | tuple) or len(found) != 2:
            table.fault(
                place, f"is {quoted(found)}", 'it must be a quarter and a state, such as ["1996", "MEX"]'
            )
            continue
        quarter = table.as_quarter(f"{place}.0", found[0])
        if table.is_state(f"{place}.1", found[1], synthetic=synthetic) and quarter is not None:
            holders.append((quarter, str(found[1])))
    mode = table.dial("mode", sourced=sourced)
    quarters = table.value("quarters", sourced=sourced)
    source = table.text("source")
    table.done()
    return Chair(mode, quarters, tuple(sorted(holders)), source)


def _rotation(table: Table, synthetic: bool) -> Rotation:
    if not isinstance(table.raw.get("rotation", ()), Mapping):
        return Rotation(table.states("rotation", synthetic=synthetic), None, None)
    entry = table.table("rotation")
    order = entry.states("order", synthetic=synthetic)
    confidence = entry.choice("confidence", CONFIDENCES, "low") if entry.has("confidence") else None
    source = entry.text("source")
    entry.done()
    return Rotation(order, confidence, source)


def _observers(table: Table, *, sourced: bool) -> tuple[Observers, ...]:
    periods = []
    for entry in table.tables("observers", single=True):
        since = entry.quarter("from")
        card = "design.observers.*."
        periods.append(
            Observers(
                since=since,
                states=entry.value("states", card + "states", sourced=sourced),
                organisations=entry.value("organisations", card + "organisations", sourced=sourced),
                openness=entry.value("openness", card + "openness", sourced=sourced),
                source=entry.text("source"),
            )
        )
        entry.done()
    return tuple(sorted(periods, key=lambda period: period.since or 0))


def _groups(table: Table, key: str, card: str, *, sourced: bool) -> Groups | None:
    if not table.has(key):
        return None
    found = table.raw[key]
    if not isinstance(found, Mapping):
        table.wrong(key, "it must be a table: {size = states in a room} or {count = rooms}")
        return None
    entry = table.table(key)
    size = entry.value("size", f"{card}.size", sourced=sourced) if entry.has("size") else None
    count = entry.value("count", f"{card}.count", sourced=sourced) if entry.has("count") else None
    if (size is None) == (count is None):
        table.fault(
            key, "has both size and count" if size else "has neither size nor count", "give one of the two"
        )
    since = entry.quarter("from")
    source = entry.text("source")
    entry.done()
    return Groups(size, count, since, source)


def _meetings(table: Table, *, sourced: bool) -> tuple[Meeting, ...]:
    entries = table.tables("meetings")
    names: list[str] = []
    meetings: list[Meeting] = []
    for entry in entries:
        kind = entry.choice("kind", MEETING_KINDS)
        name = entry.text("name")
        if name is not None and name in names:
            entry.wrong("name", "each entry of the calendar has its own name")
        if name is None:
            name = kind if kind not in names else f"{kind}-{sum(one.kind == kind for one in meetings) + 1}"
        names.append(name)
        meetings.append(_meeting(entry, kind, name, sourced=sourced))
    table.done()
    return tuple(meetings)


def _meeting(entry: Table, kind: str, name: str, *, sourced: bool) -> Meeting:
    card = "calendar.meetings.*."

    def optional(key: str) -> Value | None:
        return entry.value(key, card + key, sourced=sourced) if entry.has(key) else None

    dates: list[int] = []
    per_year = None
    found = entry.raw.get("per_year")
    if isinstance(found, list | tuple) and not any(isinstance(one, Mapping) for one in found):
        for index, label in enumerate(entry.entries("per_year")):
            quarter = entry.as_quarter(f"per_year.{index}", label)
            if quarter is not None:
                dates.append(quarter)
        if not found:
            entry.wrong("per_year", "a list of dates holds at least one")
    elif found is None:
        entry.missing("per_year", "give the intended number a year, a range, or a list of dates")
    else:
        per_year = entry.dial("per_year", card + "per_year", sourced=sourced)
    entry.has("per_year")
    meeting = Meeting(
        name=name,
        kind=kind,
        per_year=per_year,
        dates=tuple(sorted(dates)),
        days=optional("days"),
        text=optional("text"),
        record=optional("record"),
        political=optional("political"),
        ministries=entry.words("ministries", MINISTRIES),
        steering=entry.yes_no("steering", False),
        groups=_groups(entry, "groups", card + "groups", sourced=sourced),
        observers=optional("observers"),
        since=entry.quarter("from"),
        until=entry.quarter("until"),
        source=entry.text("source"),
    )
    if meeting.since is not None and meeting.until is not None and meeting.until < meeting.since:
        entry.wrong("until", "it must not lie before `from`")
    entry.done()
    return meeting


def _plan(table: Table, *, sourced: bool) -> Plan:
    plan = Plan(
        sought=table.dial("sought", sourced=sourced),
        load=table.dial("load", sourced=sourced),
        count=table.value("count", sourced=sourced),
        due=table.value("due", sourced=sourced),
        agenda=table.issues("agenda"),
    )
    for key in {"adopted", "on", "date", "year"} & set(table.raw):
        table.fault(
            key, "is not a known key", "a plan is sought; the model says when it is adopted", _OUTCOME_HINT
        )
        table.has(key)
    table.done()
    return plan


def _money(table: Table, *, sourced: bool, synthetic: bool) -> Money:
    money = Money(
        backers=table.states("backers", synthetic=synthetic),
        backers_share=table.dial("backers_share", sourced=sourced)
        if table.has("backers_share")
        else Value("documented", 0.0),
        sponsor_share=table.dial("sponsor_share", sourced=sourced),
        sponsor=table.text("sponsor"),
        sponsor_issues=table.issues("sponsor_issues"),
    )
    if not money.backers and "backers_share" in table.raw:
        table.wrong("backers_share", "name the backers, or leave it out")
    if money.backers and "backers_share" not in table.raw:
        money = replace(money, backers_share=UNKNOWN)
    table.done()
    return money


def _checks(table: Table) -> dict[str, Value]:
    judged = table.table("judged")
    checks: dict[str, Value] = {}
    for name in _CHECKS:
        if not judged.has(name):
            continue
        found = judged.raw[name]
        number = as_number(found)
        if found == "unknown":
            checks[name] = UNKNOWN
        elif number is not None and 0 <= number <= 1:
            checks[name] = Value("documented", number)
        else:
            judged.wrong(name, 'it must be a share between 0 and 1, or "unknown"')
    judged.done()
    table.done()
    return checks


def _event(table: Table, run: Window, synthetic: bool) -> Event:
    found = table.raw.get("kind")
    outcome = isinstance(found, str) and found in OUTCOMES
    kind = table.choice("kind", EVENT_KINDS, hint=_OUTCOME_HINT if outcome else "")
    on = table.window("on", run)
    until = table.quarter("until")
    if until is not None and until <= on.low:
        table.wrong("until", "it must lie after `on`")
    acts = table.table("acts_on")
    event = Event(
        id=table.needed_text("id", "give each event a name of its own"),
        kind=kind,
        title=table.text("title") or "",
        on=on,
        until=until,
        states=table.states("states", synthetic=synthetic),
        issues=table.issues("issues") if kind in ("incentive", "text", "overlap") else (),
        salience=_by_issue(acts.table("salience"), -1.0, 1.0, 0.0),
        flows=acts.number("flows", -1, 1, 0.0) or 0.0,
        capacity=acts.number("capacity", -1, 1, 0.0) or 0.0,
        stability=acts.number("stability", -1, 1, 0.0) or 0.0,
        half_life=acts.number("half_life", 0.1, 200),
        strength=table.value("strength", "event.*.strength", sourced=not synthetic)
        if kind == "incentive"
        else None,
        sponsor_share=table.value("sponsor_share", "event.*.sponsor_share", sourced=not synthetic)
        if kind == "money"
        else None,
        hand_over=table.value("hand_over", "event.*.hand_over", sourced=not synthetic)
        if kind == "money"
        else None,
        text=table.choice("text", TEXTS) if kind == "text" else None,
        other=table.text("other") if kind in ("text", "overlap") else None,
        confidence=table.choice("confidence", CONFIDENCES, "low") if table.has("confidence") else None,
        source=table.needed_text("source", "say where it stands, or that it is ours"),
        looks_ahead=table.yes_no("looks_ahead", False),
    )
    acts.done()
    table.done()
    return event


def _by_issue(table: Table, low: float, high: float, default: float) -> dict[str, float]:
    """Return numbers by issue; a stand-in is taken for a number that is not allowed."""
    numbers: dict[str, float] = {}
    for issue in table.raw:
        if issue not in ISSUES:
            table.fault(issue, "is not an issue", one_of(ISSUES), did_you_mean(issue, ISSUES))
        else:
            number = table.number(issue, low, high)
            numbers[issue] = default if number is None else number
    return numbers


def _theory(table: Table, top: Table) -> TheoryChoice:
    without = table.words("without", MECHANISMS)
    replacing: dict[str, str] = {}
    chosen = table.table("replacing")
    for mechanism, rival in chosen.raw.items():
        if mechanism not in MECHANISMS:
            chosen.fault(
                mechanism, "is not a mechanism", one_of(MECHANISMS), did_you_mean(mechanism, MECHANISMS)
            )
        elif mechanism not in RIVALS:
            chosen.fault(mechanism, "has one form only", f"forms can be chosen for {', '.join(RIVALS)}")
        elif rival not in RIVALS[mechanism]:
            chosen.wrong(mechanism, one_of(RIVALS[mechanism]), did_you_mean(rival, RIVALS[mechanism]))
        else:
            replacing[mechanism] = str(rival)
    for index, mechanism in enumerate(without):
        if mechanism in replacing:
            table.fault(
                f"without.{index}", f"switches off {mechanism}", "it is replaced: choose one of the two"
            )
    table.done()
    return TheoryChoice(without, replacing, _parameters(top.table("parameters")))


def _parameters(table: Table) -> dict[str, float]:
    if not table.raw:
        return {}
    from rcpsim.cards import (
        all_cards,
        fault_of_value,
    )  # here, because cards import numpy and few files need them

    cards = all_cards()
    parts = sorted({card.part for card in cards.values()})
    parameters: dict[str, float] = {}
    for part in list(table.raw):
        if part not in parts:
            table.fault(
                part,
                "is not a part of the theory",
                f"the parts are {', '.join(parts)}",
                did_you_mean(part, parts),
            )
            continue
        known = [name for name, card in cards.items() if card.part == part]
        chosen = table.table(part)
        for name, found in chosen.raw.items():
            if name not in known:
                near = near_names(name, known)
                hint = f"did you mean {' or '.join(near)}?" if near else ""
                chosen.fault(name, "is not a parameter", f"parameters.{part} has {', '.join(known)}", hint)
                continue
            number = as_number(found)
            fault = fault_of_value(cards[name], found if number is None else number, "", "")
            if fault is not None:
                chosen.fault(name, fault.found, fault.allowed, fault.hint)
            elif number is not None:
                parameters[name] = number
    return parameters


def _sources(table: Table) -> dict[str, str]:
    return {key: table.text(key) or "" for key in list(table.raw)}
