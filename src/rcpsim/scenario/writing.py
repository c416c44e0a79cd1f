"""A scenario back as a table and as TOML: what a manifest keeps, and what reads back to the same records."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rcpsim.axes import quarter_label
from rcpsim.scenario.records import (
    Chair,
    Design,
    Event,
    Groups,
    Meeting,
    Members,
    Money,
    Observers,
    Plan,
    Scenario,
    Window,
)
from rcpsim.scenario.values import Dial, Periods, Value

_Raw = dict[str, object]
_DESIGN_DIALS = (
    "form",
    "confidentiality",
    "informality",
    "secretariat",
    "follow_up",
    "caution",
    "closing",
    "closing_after",
    "networks",
    "focal_points",
    "contact_list",
    "evaluation",
    "reporting",
    "capacity_building",
    "consensus",
    "order_of_work",
    "data_pool",
    "data_security",
)


def scenario_to_dict(scenario: Scenario) -> dict[str, object]:
    """Return a scenario as a table in the form of a scenario file, overrides laid in and absent keys filled.

    The table holds texts, numbers, lists and tables only, so that it can be written as JSON or TOML;
    `load_scenario` reads it back to the same records.
    """
    raw: _Raw = {
        "format": scenario.format,
        "id": scenario.id,
        "title": scenario.title,
        "kind": scenario.kind,
        "region": scenario.region or None,
        "about": scenario.about or None,
        "years": list(scenario.years),
        "held": list(scenario.held),
        "members": _members(scenario.members),
        "design": _design(scenario.design),
        "calendar": {"meetings": [_meeting(meeting) for meeting in scenario.meetings]},
        "plan": _plan(scenario.plan),
        "money": _money(scenario.money),
        "checks": {"judged": {key: _value(value) for key, value in scenario.checks.items()}},
        "event": [_event(event) for event in scenario.events],
        "theory": {"without": list(scenario.theory.without), "replacing": dict(scenario.theory.replacing)},
        "parameters": _parameters(scenario.theory.parameters),
        "sources": dict(scenario.sources),
    }
    return _without_empty(raw)


def scenario_to_toml(scenario: Scenario) -> str:
    """Return a scenario as the text of a scenario file."""
    return toml_text(scenario_to_dict(scenario))


def toml_text(table: Mapping[str, object]) -> str:
    """Return a table of texts, numbers, lists and tables as TOML.

    Tables at the top and one level below get headers, a list of tables at the top gets one header each, and
    everything deeper stands in line.

    Examples
    --------
    >>> print(toml_text({"id": "a", "plan": {"load": {"low": 0.2, "high": 0.5}}}))
    id = "a"
    <BLANKLINE>
    [plan]
    load = {low = 0.2, high = 0.5}
    <BLANKLINE>
    """
    lines = [f"{_key(key)} = {_inline(value)}" for key, value in table.items() if not _gets_header(value)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{_key(key)}]", *_lines(value)]
        elif _gets_header(value) and isinstance(value, list):
            for entry in value:
                lines += ["", f"[[{_key(key)}]]", *_lines(entry)]
    return "\n".join(lines) + "\n"


def _gets_header(value: object) -> bool:
    tables = isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)
    return isinstance(value, Mapping) or tables


def _lines(table: Mapping[str, object]) -> list[str]:
    lines = []
    for key, value in table.items():
        if isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value):
            lines += [f"{_key(key)} = [", *(f"  {_inline(entry)}," for entry in value), "]"]
        else:
            lines.append(f"{_key(key)} = {_inline(value)}")
    return lines


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _quoted(key)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\{char}"
        if char in '"\\'
        else f"\\u{ord(char):04x}"
        if ord(char) < 32 or ord(char) == 127
        else char
        for char in text
    )
    return f'"{escaped}"'


def _inline(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_inline(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(entry) for entry in value) + "]"
    return str(value)


def _without_empty(table: _Raw) -> _Raw:
    """Return a table without keys that hold None, an empty list or an empty table, at every depth."""
    kept: _Raw = {}
    for key, value in table.items():
        if isinstance(value, dict):
            value = _without_empty(value)
        elif isinstance(value, list):
            value = [_without_empty(entry) if isinstance(entry, dict) else entry for entry in value]
        if value is not None and value != [] and value != {}:
            kept[key] = value
    return kept


def _value(value: Value | None) -> object:
    if value is None:
        return None
    if value.kind == "unknown":
        return "unknown" if value.source is None else {"value": "unknown", "source": value.source}
    entry: _Raw = {
        "value": value.value,
        "low": value.low,
        "high": value.high,
        "confidence": value.confidence,
        "source": value.source,
        "looks_ahead": value.looks_ahead or None,
    }
    held = {key: part for key, part in entry.items() if part is not None}
    return held["value"] if set(held) == {"value"} else held


def _dial(dial: Dial | None) -> object:
    if not isinstance(dial, Periods):
        return _value(dial)
    periods = []
    for start, value in zip(dial.starts, dial.values, strict=True):
        entry = _value(value)
        periods.append(
            {"from": quarter_label(start), **(entry if isinstance(entry, dict) else {"value": entry})}
        )
    return periods


def _quarter(quarter: int | None) -> str | None:
    return None if quarter is None else quarter_label(quarter)


def _window(window: Window) -> object:
    if window.low == window.high:
        return quarter_label(window.low)
    return [quarter_label(window.low), quarter_label(window.high)]


def _members(members: Members) -> _Raw:
    if members.count is not None:
        return {
            "count": members.count,
            "polarisation": _value(members.polarisation),
            "without": list(members.without),
        }
    raw: _Raw = {
        "start": list(members.start),
        "changes": [
            {
                "state": change.state,
                "to": change.to,
                "on": _window(change.when),
                "basis": change.basis,
                "source": change.source,
            }
            for change in members.changes
        ],
        "snapshots": [
            {
                "year": snapshot.when.low // 4,
                "on": _quarter(snapshot.when.low) if snapshot.when.low == snapshot.when.high else None,
                "total": snapshot.total,
                "relation": snapshot.relation,
                "source": snapshot.source,
                "discrepancy": snapshot.discrepancy,
                "states": list(snapshot.states),
            }
            for snapshot in members.snapshots
        ],
        "without": list(members.without),
    }
    if members.unnamed is not None:
        raw["unnamed"] = {
            "among": list(members.unnamed.among),
            "totals": [[quarter_label(quarter), total] for quarter, total in members.unnamed.totals],
            "source": members.unnamed.source,
        }
    return raw


def _design(design: Design) -> _Raw:
    raw: _Raw = {key: _dial(getattr(design, key)) for key in _DESIGN_DIALS}
    raw["chair"] = _chair(design.chair)
    raw["rotation"] = {
        "order": list(design.rotation.order),
        "confidence": design.rotation.confidence,
        "source": design.rotation.source,
    }
    raw["steering"] = list(design.steering)
    raw["observers"] = [_observers(period) for period in design.observers]
    raw["priority"] = dict(design.priority)
    raw["working_groups"] = _groups(design.working_groups)
    return raw


def _chair(chair: Chair) -> _Raw:
    return {
        "mode": _dial(chair.mode),
        "quarters": _value(chair.quarters),
        "holders": [[quarter_label(quarter), state] for quarter, state in chair.holders],
        "source": chair.source,
    }


def _observers(period: Observers) -> _Raw:
    return {
        "from": _quarter(period.since),
        "states": _value(period.states),
        "organisations": _value(period.organisations),
        "openness": _value(period.openness),
        "source": period.source,
    }


def _groups(groups: Groups | None) -> _Raw | None:
    if groups is None:
        return None
    return {
        "size": _value(groups.size),
        "count": _value(groups.count),
        "from": _quarter(groups.since),
        "source": groups.source,
    }


def _meeting(meeting: Meeting) -> _Raw:
    dates: list[object] = [quarter_label(quarter) for quarter in meeting.dates]
    return {
        "kind": meeting.kind,
        "name": meeting.name,
        "per_year": dates or _dial(meeting.per_year),
        "days": _value(meeting.days),
        "text": _value(meeting.text),
        "record": _value(meeting.record),
        "political": _value(meeting.political),
        "ministries": list(meeting.ministries),
        "steering": meeting.steering or None,
        "groups": _groups(meeting.groups),
        "observers": _value(meeting.observers),
        "from": _quarter(meeting.since),
        "until": _quarter(meeting.until),
        "source": meeting.source,
    }


def _plan(plan: Plan) -> _Raw:
    return {
        "sought": _dial(plan.sought),
        "load": _dial(plan.load),
        "count": _value(plan.count),
        "due": _value(plan.due),
        "agenda": list(plan.agenda),
    }


def _money(money: Money) -> _Raw:
    return {
        "backers": list(money.backers),
        "backers_share": _dial(money.backers_share) if money.backers else None,
        "sponsor_share": _dial(money.sponsor_share),
        "sponsor": money.sponsor,
        "sponsor_issues": list(money.sponsor_issues),
    }


def _event(event: Event) -> _Raw:
    return {
        "id": event.id,
        "kind": event.kind,
        "title": event.title or None,
        "on": _window(event.on),
        "until": _quarter(event.until),
        "states": list(event.states),
        "issues": list(event.issues),
        "acts_on": {
            "salience": dict(event.salience),
            "flows": event.flows or None,
            "capacity": event.capacity or None,
            "stability": event.stability or None,
            "half_life": event.half_life,
        },
        "strength": _value(event.strength),
        "sponsor_share": _value(event.sponsor_share),
        "hand_over": _value(event.hand_over),
        "text": event.text,
        "other": event.other,
        "confidence": event.confidence,
        "source": event.source,
        "looks_ahead": event.looks_ahead or None,
    }


def _parameters(parameters: Mapping[str, float]) -> _Raw:
    if not parameters:
        return {}
    from rcpsim.cards import all_cards  # here, because cards import numpy and few scenarios set a coefficient

    parts: dict[str, _Raw] = {}
    for name, number in parameters.items():
        parts.setdefault(all_cards()[name].part, {})[name] = number
    return dict(parts)
