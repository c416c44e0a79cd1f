"""What can only be judged when a whole scenario is read: dates, membership and lists that must agree."""

from __future__ import annotations

from dataclasses import replace

from rcpsim.axes import quarter_label
from rcpsim.errors import quoted
from rcpsim.scenario.membership import snapshot_differences
from rcpsim.scenario.records import Event, Meeting, Scenario, Window
from rcpsim.scenario.tables import Faults
from rcpsim.scenario.values import Value

_AS = {"member": "a member", "observer": "an observer"}


def checked(scenario: Scenario, faults: Faults) -> Scenario:
    """Return the scenario without the states taken out and without the events outside overridden years.

    What does not agree is noted in `faults`. A list of members with a fault of its own is not held against
    others, and neither are lists that an override has changed on purpose.
    """
    wrong = {fault.field.split(".")[0] for fault in faults.found}
    dated = "years" not in wrong  # nothing can be said to lie outside years that are not known
    if "calendar" not in wrong:
        _calendar(scenario, faults, dated=dated)
    if "members" not in wrong:
        _membership(scenario, faults, dated=dated)
        _people(scenario, faults)
        if not any(str(key).startswith("members") for key in scenario.overrides):
            _snapshots(scenario, faults, dated=dated)
    _choices(scenario, faults)
    return _without_members(_events(scenario, faults, dated=dated))


def _membership(scenario: Scenario, faults: Faults, *, dated: bool) -> None:
    members = scenario.members
    if len(members.states) < 2:
        found = f"hold {members.states[0]} alone" if members.states else "hold no state"
        faults.add("members.without" if members.without else "members", found, "a process needs at least two")
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
        if change.to == now == "none":
            faults.add(place, f"lets {change.state} leave", "it must have joined before")
        elif change.to == now:
            faults.add(place, f"makes {change.state} {_AS[now]}", f"it is {_AS[now]} already")
        elif change.when.low < since.high:
            faults.add(
                place, f"may come before {quarter_label(since.high)}", "a state leaves after it has joined"
            )
        if dated and "years" not in scenario.overrides and not _inside(change.when, scenario):
            faults.add(place, "lies outside the years", _years_text(scenario))
        status[change.state] = (change.to, change.when)


def _calendar(scenario: Scenario, faults: Faults, *, dated: bool) -> None:
    """A process meets: within its years, and where years are overridden within those too."""
    for index, meeting in enumerate(scenario.meetings if dated else ()):
        outside = [quarter_label(date) for date in meeting.dates if date not in scenario.quarters]
        if outside and "years" not in scenario.overrides:
            place = f"calendar.meetings.{index}.per_year"
            faults.add(place, f"names {', '.join(outside)}", _years_text(scenario))
    if not any(_meets(meeting, scenario, dated=dated) for meeting in scenario.meetings):
        found = "holds no meeting" if scenario.meetings else "is missing or empty"
        if any(meeting.dates for meeting in scenario.meetings):
            found = f"holds no meeting from {_years_text(scenario).partition(' from ')[2]}"
        faults.add("calendar.meetings", found, "a process meets: give at least one kind")


def _meets(meeting: Meeting, scenario: Scenario, *, dated: bool) -> bool:
    """Whether a kind of meeting is intended in any quarter of the scenario, or at all if they are unknown."""
    if isinstance(meeting.per_year, Value) and meeting.per_year.value == 0:
        return False
    if not dated:
        return True
    if meeting.dates:
        return any(date in scenario.quarters for date in meeting.dates)
    first, last = scenario.quarters.start, scenario.quarters[-1]
    begins = first if meeting.since is None else meeting.since
    ends = last if meeting.until is None else meeting.until
    return begins <= last and ends >= first


def _snapshots(scenario: Scenario, faults: Faults, *, dated: bool) -> None:
    for index, snapshot in enumerate(scenario.members.snapshots):
        if snapshot.relation != "exactly" or snapshot.discrepancy is not None:
            continue
        if "years" in scenario.overrides and not (dated and _inside(snapshot.when, scenario)):
            continue
        differences = snapshot_differences(scenario.members, snapshot)
        if differences:
            faults.add(
                f"members.snapshots.{index}",
                f"does not agree with the members: {'; '.join(differences)}",
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
            if state not in scenario.members.listed:
                faults.add(place, f"names {state}", "it must be a member at some time")
    for index, state in enumerate(scenario.members.without):
        if state not in scenario.members.listed:
            faults.add(f"members.without.{index}", f"takes out {state}", "it must be a member at some time")


def _choices(scenario: Scenario, faults: Faults) -> None:
    """The rule of consensus and the order of work are dials and rival forms: they must not say two things."""
    for mechanism, dial in (
        ("conclude", scenario.design.consensus),
        ("implement", scenario.design.order_of_work),
    ):
        chosen = scenario.theory.replacing.get(mechanism)
        written = dial.value
        default = {"conclude": "unanimity", "implement": "equal"}[mechanism]
        if chosen is not None and written not in (default, chosen):
            name = "consensus" if mechanism == "conclude" else "order_of_work"
            faults.add(
                f"theory.replacing.{mechanism}",
                f"is {quoted(chosen)}",
                f"design.{name} says {quoted(written)}",
            )


def _events(scenario: Scenario, faults: Faults, *, dated: bool) -> Scenario:
    kept: list[Event] = []
    left_out = []
    names: list[str] = []
    for index, event in enumerate(scenario.events):
        if event.id and event.id in names:
            faults.add(
                f"event.{index}.id", f"is {quoted(event.id)} again", "each event has a name of its own"
            )
        names.append(event.id)
        if not dated or _inside(event.on, scenario):
            kept.append(event)
        elif "years" in scenario.overrides:
            left_out.append(event.id)
        else:
            faults.add(f"event.{index}.on", f"is {quarter_label(event.on.low)}", _years_text(scenario))
    return replace(scenario, events=tuple(kept), left_out=tuple(left_out))


def _without_members(scenario: Scenario) -> Scenario:
    """Strike the states taken out from every list; an event that concerned nobody else is gone."""
    out = set(scenario.members.without)
    if not out:
        return scenario

    def kept(states: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(state for state in states if state not in out)

    design, money = scenario.design, scenario.money
    holders = tuple(holder for holder in design.chair.holders if holder[1] not in out)
    return replace(
        scenario,
        design=replace(
            design,
            chair=replace(design.chair, holders=holders),
            rotation=replace(design.rotation, order=kept(design.rotation.order)),
            steering=kept(design.steering),
        ),
        money=replace(money, backers=kept(money.backers)),
        events=tuple(
            replace(event, states=kept(event.states))
            for event in scenario.events
            if not event.states or kept(event.states)
        ),
    )


def _inside(when: Window, scenario: Scenario) -> bool:
    return when.low <= scenario.quarters[-1] and when.high >= scenario.quarters.start


def _years_text(scenario: Scenario) -> str:
    ends = (quarter_label(scenario.quarters.start), quarter_label(scenario.quarters[-1]))
    return f"the scenario runs from {ends[0]} to {ends[1]}"
