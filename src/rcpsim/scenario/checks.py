"""What can only be judged when a whole scenario is read: dates, membership and lists that must agree."""

from __future__ import annotations

from dataclasses import replace

from rcpsim.axes import quarter_label
from rcpsim.errors import quoted
from rcpsim.scenario.records import Event, Members, Scenario, Snapshot, Window
from rcpsim.scenario.tables import Faults


def checked(scenario: Scenario, faults: Faults) -> Scenario:
    """Return the scenario without the events that fall outside overridden years; note what does not agree."""
    _membership(scenario, faults)
    _snapshots(scenario, faults)
    _people(scenario, faults)
    _choices(scenario, faults)
    return _events(scenario, faults)


def _membership(scenario: Scenario, faults: Faults) -> None:
    members = scenario.members
    if len(members.states) < 2:
        found = f"hold {len(members.states)} state" + ("s" if not members.states else " alone")
        faults.add("members.start", found, "a process needs at least two")
    status: dict[str, tuple[str, Window]] = {}
    beginning = Window(0, 0)
    status.update(dict.fromkeys(members.start, ("member", beginning)))
    if members.unnamed is not None:
        last = members.unnamed.totals[-1]
        for state in members.unnamed.among:
            if state in status:
                faults.add("members.unnamed.among", f"holds {state}", "it stands in members.start already")
            status[state] = ("member", Window(members.unnamed.totals[0][0], last[0]))
        listed = len(members.start) + len(members.unnamed.among)
        if last[1] != listed:
            faults.add(
                "members.unnamed.totals",
                f"ends with {last[1]}",
                f"at the last date all are named: start and among hold {listed}",
            )
        if members.unnamed.totals[0][1] < len(members.start):
            faults.add(
                "members.unnamed.totals",
                f"begins with {members.unnamed.totals[0][1]}",
                f"start alone holds {len(members.start)}",
            )
    for change in members.changes:
        now, since = status.get(change.state, ("none", beginning))
        place = f"members.changes ({change.state}, {quarter_label(change.when.low)})"
        if change.to == now:
            found = f"makes {change.state} {'a member' if now == 'member' else now}"
            faults.add(place, found, f"it is {'one' if now == 'member' else now} already")
        elif change.to == "none" and now == "none":
            faults.add(place, "lets a state leave", "it must have joined before")
        elif change.when.low < since.high:
            faults.add(
                place, f"may come before {quarter_label(since.high)}", "a state leaves after it has joined"
            )
        if "years" not in scenario.overrides and not _inside(change.when, scenario):
            faults.add(place, "lies outside the years", _years_text(scenario))
        status[change.state] = (change.to, change.when)
    for index, change in enumerate(members.changes):
        if change.to != "member" and _never_before(members, index):
            place = f"members.changes ({change.state}, {quarter_label(change.when.low)})"
            faults.add(place, f"makes {change.state} {change.to}", "a state leaves after it has joined")


def _never_before(members: Members, index: int) -> bool:
    """Whether a departure comes before the state was ever a member, though it joins later."""
    change = members.changes[index]
    among = members.unnamed.among if members.unnamed else ()
    earlier = {one.state for one in members.changes[:index] if one.to == "member"}
    later = {one.state for one in members.changes[index:] if one.to == "member"}
    return change.state in later and change.state not in {*members.start, *among, *earlier}


def membership(members: Members, state: str, when: Window) -> tuple[bool, bool]:
    """Return whether a state is surely, and whether it is possibly, a member at some time within a window.

    Surely: whatever is drawn, it is a member in every quarter of the window.
    """
    unnamed = members.unnamed
    surely = possibly = state in members.start
    if unnamed is not None and state in unnamed.among:
        possibly = when.high >= unnamed.totals[0][0]
        surely = when.low >= unnamed.totals[-1][0]
    for change in members.changes:
        if change.state != state:
            continue
        if change.to == "member":
            possibly = possibly or when.high >= change.when.low
            surely = surely or when.low >= change.when.high
        else:
            surely = surely and when.high < change.when.low
            possibly = possibly and when.low < change.when.high
    return surely, possibly


def snapshot_differences(members: Members, snapshot: Snapshot) -> tuple[str, ...]:
    """Return, in words, how a printed list differs from the members of the file; nothing where they agree."""
    differences = []
    if snapshot.states:
        for state in members.states:
            surely, possibly = membership(members, state, snapshot.when)
            if surely and state not in snapshot.present:
                differences.append(f"{state} is a member and not in the list")
            elif not possibly and state in snapshot.present:
                differences.append(f"{state} is in the list and no member")
        strangers = [state for state in snapshot.present if state not in members.states]
        differences += [f"{state} is in the list and never a member" for state in strangers]
        if snapshot.relation == "exactly" and snapshot.total != len(snapshot.states):
            differences.append(f"the list holds {len(snapshot.states)}, the total says {snapshot.total}")
    elif snapshot.relation == "exactly" and snapshot.total is not None:
        each = [membership(members, state, snapshot.when) for state in members.states]
        least, most = sum(sure for sure, _ in each), sum(maybe for _, maybe in each)
        counted = members.unnamed and dict(members.unnamed.totals).get(snapshot.when.low)
        if counted != snapshot.total and not least <= snapshot.total <= most:
            differences.append(f"the total is {snapshot.total}, the file has {least} to {most} members")
    return tuple(differences)


def _snapshots(scenario: Scenario, faults: Faults) -> None:
    for index, snapshot in enumerate(scenario.members.snapshots):
        if snapshot.relation != "exactly" or snapshot.discrepancy is not None:
            continue
        if not _inside(snapshot.when, scenario) and "years" in scenario.overrides:
            continue
        for difference in snapshot_differences(scenario.members, snapshot):
            faults.add(
                f"members.snapshots.{index}",
                f"does not agree with the members: {difference}",
                "mend the members, or give the id of the discrepancy",
            )


def _people(scenario: Scenario, faults: Faults) -> None:
    lists = {
        "design.chair.holders": tuple(state for _, state in scenario.design.chair.holders),
        "design.rotation": scenario.design.rotation.order,
        "design.steering": scenario.design.steering,
        "money.backers": scenario.money.backers,
    }
    for index, event in enumerate(scenario.events):
        lists[f"event.{index}.states"] = event.states
    for place, states in lists.items():
        for state in states:
            if state not in scenario.states:
                faults.add(
                    place, f"names {state}", "it must be a member at some time", _near_member(state, scenario)
                )


def _near_member(state: str, scenario: Scenario) -> str:
    if not scenario.synthetic:
        return ""
    return f"members.count = {scenario.members.count} ends with {scenario.states[-1]}"


def _choices(scenario: Scenario, faults: Faults) -> None:
    """The rule of consensus and the order of work are dials and rival forms: they must not say two things."""
    for mechanism, dial in (
        ("conclude", scenario.design.consensus),
        ("implement", scenario.design.order_of_work),
    ):
        chosen = scenario.theory.replacing.get(mechanism)
        written = dial.at(scenario.quarters.start).value
        default = {"conclude": "unanimity", "implement": "equal"}[mechanism]
        if chosen is not None and written not in (default, chosen):
            name = "consensus" if mechanism == "conclude" else "order_of_work"
            faults.add(
                f"theory.replacing.{mechanism}",
                f"is {quoted(chosen)}",
                f"design.{name} says {quoted(written)}",
            )


def _events(scenario: Scenario, faults: Faults) -> Scenario:
    kept: list[Event] = []
    left_out = []
    names: list[str] = []
    for index, event in enumerate(scenario.events):
        if event.id and event.id in names:
            faults.add(
                f"event.{index}.id", f"is {quoted(event.id)} again", "each event has a name of its own"
            )
        names.append(event.id)
        if _inside(event.on, scenario):
            kept.append(event)
        elif "years" in scenario.overrides:
            left_out.append(event.id)
        else:
            faults.add(f"event.{index}.on", f"is {quarter_label(event.on.low)}", _years_text(scenario))
    return replace(scenario, events=tuple(kept), left_out=tuple(left_out))


def _inside(when: Window, scenario: Scenario) -> bool:
    return when.low <= scenario.quarters[-1] and when.high >= scenario.quarters.start


def _years_text(scenario: Scenario) -> str:
    ends = (quarter_label(scenario.quarters.start), quarter_label(scenario.quarters[-1]))
    return f"the scenario runs from {ends[0]} to {ends[1]}"
