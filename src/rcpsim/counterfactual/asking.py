"""What is to be otherwise, and from when: one scenario becomes two that part at one quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rcpsim.arrays import BoolArray
from rcpsim.axes import MECHANISMS, absolute_quarter, parse_quarter, quarter_label
from rcpsim.errors import Fault, InputError, OptionError, did_you_mean, quoted
from rcpsim.scenario import Change, Event, Scenario, Window, load_scenario, presence, scenario_to_dict
from rcpsim.scenario.loading import entry_at

__all__ = ["PROCESS", "Otherwise", "otherwise"]

PROCESS: Final = "process"
_NOT_HERE: Final = {
    "members": "take a state out with --without member:ISO3",
    "years": "choose them with --years",
}
_IN_NAME_ONLY: Final = ("format", "id", "title", "kind", "region", "about", "sources", "held", "checks")
_LEAST: Final = 2


@dataclass(frozen=True)
class Otherwise:
    """Two scenarios that are one until a quarter.

    Attributes
    ----------
    factual, counterfactual : the process as it was, and otherwise; the same states, issues and years
    first : index of the first quarter that may differ
    meets : False where the process itself is taken away
    mechanisms : those that are off from then on
    words : what is otherwise, as in `without the event mitch`
    """

    factual: Scenario
    counterfactual: Scenario
    first: int
    meets: bool
    mechanisms: tuple[str, ...]
    words: str

    @property
    def since(self) -> str:
        """The first quarter that may differ, such as 1998-Q4."""
        return quarter_label(self.factual.quarters.start + self.first)

    @property
    def title(self) -> str:
        """What is asked, as a heading."""
        return f"{self.factual.title}: as it was, and {self.words} from {self.since}"


def otherwise(
    scenario: Scenario,
    *,
    without: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    since: int | None = None,
) -> Otherwise:
    """Return what is to be otherwise.

    Parameters
    ----------
    scenario : the process as it was
    without : `process`, `event:ID`, `member:ISO3`, `mechanism:NAME` or a bare name of a mechanism
    settings : dotted key -> value
    since : year from which it holds; where missing, the date of the earliest event if events alone are left
        out, else the first quarter

    Raises
    ------
    InputError
        with every fault: nothing or nothing known is to differ, a date outside the years, fewer than two
        members left, a key that cannot change over time

    Examples
    --------
    >>> case = otherwise(load_scenario("puebla"), without=["event:mitch"])
    >>> case.since, case.words
    ('1998-Q4', 'without the event mitch')
    """
    asked = _Asked(scenario, list(dict.fromkeys(without)), dict(settings or {}), since)
    case = asked.case()
    if asked.faults:
        raise OptionError(asked.faults)
    return case


class _Asked:
    """What is asked of one scenario, and what is wrong with it."""

    def __init__(
        self, scenario: Scenario, without: list[str], settings: dict[str, Any], since: int | None
    ) -> None:
        self.scenario, self.without, self.settings, self.since = scenario, without, settings, since
        self.faults: list[Fault] = []
        self.begin = scenario.quarters.start
        self.meets = True
        self.events: list[Event] = []
        self.members: list[str] = []
        self.mechanisms: list[str] = []

    def case(self) -> Otherwise:
        """Return the two scenarios; they are of use only where there are no faults."""
        if not self.without and not self.settings:
            found = "names nothing that is to be otherwise"
            self.faults.append(Fault("counterfactual", "", found, "give --without or --set"))
        for name in self.without:
            self._take(name)
        if not self.meets and (len(self.without) > 1 or self.settings):
            found = "takes the whole process away beside something else"
            self.faults.append(Fault("--without", "", found, "leave the rest out: none of it would count"))
        first = self._first()
        self._still_to_come(first)
        changed = self._laid_over(first)
        changed = self._left(changed, first)
        return Otherwise(
            factual=self.scenario,
            counterfactual=changed,
            first=first,
            meets=self.meets,
            mechanisms=tuple(self.mechanisms),
            words=self._words(),
        )

    def _take(self, name: str) -> None:
        what, sign, which = name.partition(":")
        if name == PROCESS:
            self.meets = False
        elif not sign or what == "mechanism":
            which = which if sign else name
            self._known(which, MECHANISMS, "a mechanism", "the mechanisms are", self.mechanisms)
        elif what == "event":
            ids = [event.id for event in self.scenario.events]
            found: list[str] = []
            self._known(which, ids, "an event", "the events are", found)
            self.events += [event for event in self.scenario.events if event.id in found]
        elif what == "member":
            self._known(which, self.scenario.states, "a member", "the members are", self.members)
        else:
            allowed = "write process, event:ID, member:ISO3 or mechanism:NAME"
            self.faults.append(Fault("--without", "", f"{quoted(name)} is not understood", allowed))

    def _known(self, name: str, names: Sequence[str], what: str, are: str, found: list[str]) -> None:
        if name in names:
            found.append(name)
            return
        allowed = f"{are} {', '.join(names)}" if names else "the scenario has none"
        hint = did_you_mean(name, names)
        self.faults.append(Fault("--without", "", f"{quoted(name)} is not {what}", allowed, hint))

    def _first(self) -> int:
        """Return the index of the first quarter that may differ."""
        low, high = self.scenario.years
        alone = bool(self.events) and not (self.settings or self.members or self.mechanisms or not self.meets)
        begun = min((max(event.on.low - self.begin, 0) for event in self.events), default=0) if alone else 0
        if self.since is None:
            return begun
        if not low <= self.since <= high:
            allowed = f"it must be a year of the scenario, {low} to {high}"
            self.faults.append(Fault("--from", "", f"is {self.since}", allowed))
            return 0
        return max(begun, absolute_quarter(self.since, 1) - self.begin)

    def _still_to_come(self, first: int) -> None:
        """Refuse to leave out an event that was over by then."""
        for event in self.events:
            if event.until is not None and event.until <= self.begin + first:
                found = f"is over since {quarter_label(event.until)}"
                self.faults.append(Fault("--without", f"event:{event.id}", found, "choose an earlier --from"))

    def _laid_over(self, first: int) -> Scenario:
        """Return the scenario with the settings laid over it from a quarter on, and without the events."""
        plain = self._settable()
        struck = [f"event:{event.id}" for event in self.events]
        table = scenario_to_dict(self.scenario)
        try:
            changed = load_scenario(table, plain, struck)
        except InputError as error:
            self.faults += error.faults
            return self.scenario
        if first > 0 and plain:
            listed: dict[str, object] = {}
            for key, value in plain.items():
                over = self._by_period(entry_at(table, key), value, first)
                try:
                    load_scenario(table, {key: over})
                except InputError:
                    found, allowed = (
                        "cannot change over time",
                        "leave out --from, and it holds from the start",
                    )
                    self.faults.append(Fault("--set", key, found, allowed))
                else:
                    listed[key] = over
            changed = load_scenario(table, listed, struck)
        return replace(
            changed,
            file=self.scenario.file,
            overrides={**self.scenario.overrides, **plain},
            left_out=self.scenario.left_out,
        )

    def _settable(self) -> dict[str, object]:
        kept = {}
        for key, value in self.settings.items():
            top = key.split(".")[0]
            if top in _NOT_HERE:
                self.faults.append(Fault("--set", key, "cannot be otherwise in a twin", _NOT_HERE[top]))
            elif top in _IN_NAME_ONLY:
                allowed = "set what the process is given: design, calendar, plan, money, event or parameters"
                self.faults.append(Fault("--set", key, "is read by no mechanism", allowed))
            else:
                kept[key] = value
        return kept

    def _by_period(self, before: object, value: object, first: int) -> object:
        """Return a value that holds from a quarter on, before it what the file says."""
        if before is None:
            return [{"from": quarter_label(self.begin), **_entry(value)}]
        start = self.begin + first
        listed = (
            before if isinstance(before, list) else [{"from": quarter_label(self.begin), **_entry(before)}]
        )
        earlier = [one for one in listed if not isinstance(one, dict) or _quarter(one.get("from")) < start]
        return [*earlier, {"from": quarter_label(start), **_entry(value)}]

    def _left(self, changed: Scenario, first: int) -> Scenario:
        """Return the scenario from which members leave at a quarter."""
        if not self.members:
            return changed
        when = Window(self.begin + first, self.begin + first)
        leaving = tuple(Change(state, "none", when, "asserted", "--without") for state in self.members)
        members = replace(changed.members, changes=(*changed.members.changes, *leaving))
        changed = replace(changed, members=members)
        here, there = (_present(one)[first:] for one in (self.scenario, changed))
        for state in self.members:
            column = self.scenario.states.index(state)
            if not here[:, column].any():
                found = f"is no member from {quarter_label(self.begin + first)} on"
                self.faults.append(Fault("--without", f"member:{state}", found, "choose an earlier --from"))
        short = (there.sum(axis=-1) < _LEAST) & (here.sum(axis=-1) >= _LEAST)
        if short.any():
            place = int(np.argmax(short))
            left = ", ".join(np.array(self.scenario.states)[there[place]])
            then = f" in {quarter_label(self.begin + first + place)}" if place else ""
            found = (
                f"takes {', '.join(self.members)} and leaves {f'only {left}' if left else 'no member'}{then}"
            )
            self.faults.append(Fault("--without", "", found, "a process needs at least two members"))
        return changed

    def _words(self) -> str:
        parts = ["without the process"] if not self.meets else []
        parts += [f"without the event {event.id}" for event in self.events]
        parts += [f"without {state} as a member" for state in self.members]
        parts += [f"without the mechanism {name}" for name in self.mechanisms]
        parts += [f"with {key} = {_shown(value)}" for key, value in self.settings.items()]
        return " and ".join(parts)


def _entry(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {"value": value}


def _quarter(label: object) -> int:
    return parse_quarter(str(label))


def _present(scenario: Scenario) -> BoolArray:
    """Return who is a member in each quarter where every open date falls in the middle: [Q, N]."""
    half = np.full(1, 0.5)
    present: BoolArray = presence(scenario.members, scenario.quarters, lambda key: half, 1)[0]
    return present


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
