"""The changes that somebody who runs a process could make, and which of them a process can still make."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from rcpsim.axes import ISSUES
from rcpsim.errors import InputError
from rcpsim.lessons.loading import lesson_folder
from rcpsim.scenario import Scenario, load_scenario, scenario_to_dict
from rcpsim.scenario.loading import entry_at

__all__ = ["Change", "Feasible", "changes", "claims_not_modelled", "feasible"]

Way = Literal["up", "down", "is"]
_WEIGHT: Final = 4.0


@dataclass(frozen=True, slots=True)
class Change:
    """One change; the fields are explained at the head of `data/changes.toml`."""

    id: str
    title: str
    meaning: str
    lesson: str
    cost: str
    way: Way
    set: Mapping[str, Any]
    enough: tuple[str, ...]
    meetings: Mapping[str, Any]
    add: Mapping[str, Any]
    easy: tuple[str, ...]
    least: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys that it sets."""
        in_meetings = [f"calendar.meetings.*.{name}" for name in self.meetings.get("set", {})]
        return (*self.set, *in_meetings, *(["design.priority"] if self.easy else []))


@dataclass(frozen=True)
class Feasible:
    """A change held against one process.

    Attributes
    ----------
    change : what would be done
    scenario : the process with it; None where it is not played
    why_not : why it is not played: `in place already`, or what stands in the way
    """

    change: Change
    scenario: Scenario | None
    why_not: str


@cache
def changes() -> tuple[Change, ...]:
    """Return every change of the package, in the order of its file.

    Examples
    --------
    >>> changes()[0].id, changes()[0].keys
    ('close-the-room', ('design.confidentiality',))
    """
    text = resources.files("rcpsim.data").joinpath("changes.toml").read_text(encoding="utf-8")
    return tuple(
        Change(
            id=entry["id"],
            title=entry["title"],
            meaning=entry["meaning"],
            lesson=entry["lesson"],
            cost=entry["cost"],
            way=entry["way"],
            set=entry.get("set", {}),
            enough=tuple(entry.get("enough", ())),
            meetings=entry.get("meetings", {}),
            add=entry.get("add", {}),
            easy=tuple(entry.get("easy", ())),
            least=entry.get("least", 0),
        )
        for entry in tomllib.loads(text)["change"]
    )


def claims_not_modelled() -> tuple[int, int]:
    """Return how many claims of the documents are not modelled, and how many there are."""
    raw = tomllib.loads((lesson_folder() / "register.toml").read_text(encoding="utf-8"))["claim"]
    return sum(entry["status"] == "not modelled" for entry in raw), len(raw)


def feasible(scenario: Scenario, among: Sequence[Change] | None = None) -> tuple[Feasible, ...]:
    """Return each change with the process as it would be, or why that is not played.

    A change is in place where the file says so, documented or judged; what is unknown is not in place.
    """
    return tuple(_held_against(scenario, change) for change in (changes() if among is None else among))


def _held_against(scenario: Scenario, change: Change) -> Feasible:
    if len(scenario.states) < change.least:
        return Feasible(change, None, f"makes sense from {change.least} members")
    table = scenario_to_dict(scenario)
    there = [_there(entry_at(table, key), value, change) for key, value in change.set.items()]
    settings = dict(change.set)
    found = None
    if change.meetings or change.add:
        found = _calendar(table, change)
        if isinstance(found, str):
            return Feasible(change, None, found)
        there.append(found is None)
        if found is not None:
            settings["calendar.meetings"] = found
    if change.easy:
        agenda = scenario.plan.agenda or ISSUES  # an agenda that names none has all
        easy = [issue for issue in change.easy if issue in agenda]
        if not easy or len(easy) == len(agenda):
            return Feasible(change, None, "the agenda has none to choose between")
        priority = dict.fromkeys(easy, _WEIGHT)
        there.append(all(scenario.design.priority.get(issue, 1.0) > 1.0 for issue in easy))
        settings["design.priority"] = priority
    if all(there):
        return Feasible(change, None, "in place already")
    try:
        changed = load_scenario(table, settings)
    except InputError as error:
        fault = error.faults[0]
        return Feasible(change, None, f"cannot be done here: {fault.field} {fault.found}")
    return Feasible(change, changed, "")


def _calendar(table: Mapping[str, Any], change: Change) -> list[dict[str, Any]] | str | None:
    """Return the calendar with the change, None where it is in place, or why it cannot be made."""
    kinds, wanted = change.meetings["kinds"], change.meetings["set"]
    meetings = [dict(entry) for entry in table["calendar"]["meetings"]]
    own = [entry for entry in meetings if entry["kind"] in kinds and not entry.get("steering")]
    if not own:
        return [*meetings, dict(change.add)] if change.add else "the calendar has no such meeting"
    moved = False
    for entry in own:
        for name, value in wanted.items():
            if name == "per_year" and _dated(entry[name]):
                return "its meetings are dated one by one"
            if not _there(entry.get(name), value, change):
                entry[name] = value
                moved = True
    return meetings if moved else None


def _dated(rate: object) -> bool:
    """Whether a list of dates stands where a frequency might, and not a list by period."""
    return isinstance(rate, list) and not any(isinstance(one, Mapping) for one in rate)


def _there(now: object, wanted: object, change: Change) -> bool:
    """Whether what a file says is as wanted already, in every period."""
    if isinstance(now, list) and now and all(isinstance(one, Mapping) and "value" in one for one in now):
        return all(_there(one["value"], wanted, change) for one in now)
    if isinstance(wanted, Mapping) and isinstance(now, Mapping):
        return all(name in now and _there(now[name], value, change) for name, value in wanted.items())
    if isinstance(now, Mapping):
        if "low" in now and "high" in now:
            return _there(now["low"], wanted, change) and _there(now["high"], wanted, change)
        now = now.get("value")
    if now is None:
        return wanted == []
    if now in change.enough or now == wanted:
        return True
    if isinstance(now, bool) or not isinstance(now, int | float) or not isinstance(wanted, int | float):
        return False
    return (change.way == "up" and now >= wanted) or (change.way == "down" and now <= wanted)
