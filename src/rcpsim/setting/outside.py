"""Dated events from outside the process, laid out by quarter (docs/theory/environment.md, E1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.profiles import Profiles
from rcpsim.scenario import Scenario, dial_card
from rcpsim.setting.judged import Judged

__all__ = ["Outside", "outside_events"]

_TEXT_SALIENCE: Final = 0.1  # what a text adopted elsewhere adds to the salience of its issues (E1)


@dataclass(frozen=True)
class Outside:
    """What comes from outside, by quarter; the first axis is one where no date or size is drawn."""

    salience: Array  # [1 or H, Q, N, K]
    capacity: Array  # [1 or H, Q, N]
    stability: Array  # [Q, N]
    flows: Array  # [Q, N] factor on roles
    incentive: Array  # [1 or H, Q, N, K]
    crisis: Array  # [1 or H, Q, N]
    overlap: Array  # [Q]


def outside_events(scenario: Scenario, judge: Judged, profiles: Profiles, issues: tuple[str, ...]) -> Outside:
    """Return the levels of all dated events, quarter by quarter."""
    quarters, n = profiles.origin.shape
    first = scenario.quarters.start
    time = first + np.arange(quarters)
    salience = np.zeros((1, quarters, n, len(issues)))
    incentive = np.zeros((1, quarters, n, len(issues)))
    capacity = np.zeros((1, quarters, n))
    crisis = np.zeros((1, quarters, n))
    stability, flows, overlap = np.zeros((quarters, n)), np.ones((quarters, n)), np.zeros(quarters)
    agenda = scenario.plan.agenda or issues
    for event in scenario.events:
        if event.flows or event.stability or event.kind == "overlap":  # roles are alike in all histories
            when = np.array([(event.on.low + event.on.high) // 2])
        else:
            when = judge.quarter(event.on.low, event.on.high, f"event.{event.id}.on")
        since = time[None, :] - when[:, None]
        level = (since >= 0) * 1.0
        if event.half_life is not None:
            level = level * 0.5 ** (np.maximum(since, 0) / event.half_life)
        if event.until is not None:
            level = level * (time < event.until)
        whom = np.array(
            [1.0 if code in event.states or not event.states else 0.0 for code in scenario.states]
        )
        concerned = event.issues or agenda
        on_issue = np.array([1.0 if issue in concerned else 0.0 for issue in issues])
        pulse = np.array([float(event.salience.get(issue, 0.0)) for issue in issues])
        if event.kind == "text" and not event.salience:
            pulse = _TEXT_SALIENCE * on_issue
        if pulse.any():
            salience = salience + level[:, :, None, None] * (whom[:, None] * pulse)
        if event.capacity:
            capacity = capacity + level[:, :, None] * whom * event.capacity
        stability = stability + level[0][:, None] * whom * event.stability
        flows = flows * (1.0 + level[0][:, None] * whom * event.flows)
        if event.kind == "shock":
            crisis = np.maximum(crisis, (since == 0)[:, :, None] * whom)
        if event.kind == "incentive" and event.strength is not None:
            strength = judge.number(
                event.strength, dial_card("event.*.strength"), f"event.{event.id}.strength"
            )
            offered = (level * strength[:, None])[:, :, None, None] * (whom[:, None] * on_issue)
            incentive = 1.0 - (1.0 - incentive) * (1.0 - offered)
        if event.kind == "overlap":
            overlap = np.maximum(overlap, level[0])
    return Outside(salience, capacity, stability, flows, incentive, crisis, overlap)
