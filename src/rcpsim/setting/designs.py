"""The dials of a process, one record for each period in which one changes; its agenda, chair and sponsor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.scenario import Dial, Periods, Scenario, dial_card
from rcpsim.setting.judged import Judged
from rcpsim.world import Design

__all__ = ["chairs", "design_starts", "designs", "sponsor_share", "treated_issues"]

_LEAST_LOAD: Final = 0.05  # an item of no size would be done before it is begun
_OWNERSHIP_SD: Final = 0.25  # of a sponsor's share read off the judged ownership of the states


def design_starts(scenario: Scenario, first: int, quarters: int) -> IntArray:
    """Return the quarters (from 0) in which a dial of the design or the plan changes."""
    design = scenario.design
    found = {0}
    for holder in (design, scenario.plan, scenario.money):
        for name in type(holder).__slots__:
            dial = getattr(holder, name)
            if isinstance(dial, Periods):
                found.update(start - first for start in dial.starts)
    found.update(start - first for start in _starts(design.chair.mode, first, quarters))
    found.update(seen.since - first for seen in design.observers if seen.since is not None)
    return np.array(sorted(start for start in found if 0 <= start < quarters), dtype=np.int64)


def designs(
    scenario: Scenario,
    judge: Judged,
    codes: tuple[str, ...],
    issues: tuple[str, ...],
    first: int,
    quarters: int,
    salience: Array,
    destination: Array,
    founders: Array,
) -> tuple[Design, ...]:
    """Return the dials of each period, resolved for every history; `obligation` is filled in later."""
    design, plan, money = scenario.design, scenario.plan, scenario.money
    count = judge.histories.size

    def per_history(values: Array) -> Array:
        return np.ascontiguousarray(np.broadcast_to(values, (count,)))

    def number(dial: Dial, key: str, when: int) -> Array:
        return per_history(judge.number(dial.at(when), dial_card(key), key))

    def flag(dial: Dial, key: str, when: int, yes: Callable[[Any], bool] = bool) -> Array:
        return per_history(judge.flag(dial.at(when), dial_card(key), key, yes))

    agenda = plan.agenda or issues
    donor = (destination + 1e-12) * founders  # [1 or H, N]: who comes later is in no count yet
    wanted = np.sum(donor[..., None] * salience, axis=-2) / np.maximum(
        np.sum(donor, axis=-1, keepdims=True), 1e-12
    )
    if money.sponsor_issues:
        wanted = np.array([1.0 if issue in money.sponsor_issues else 0.0 for issue in issues])
    priority = np.array([float(design.priority.get(issue, 1.0)) for issue in issues])
    backers = np.array([1.0 if code in money.backers else 0.0 for code in codes])
    steering = np.array([1.0 if code in design.steering else 0.0 for code in codes])
    steering = steering if steering.any() else np.ones(len(codes))
    found = []
    for start in design_starts(scenario, first, quarters).tolist():
        when = first + start
        seats, openness = per_history(np.zeros(1)), per_history(np.zeros(1))
        for n, seen in enumerate(design.observers):
            if seen.since is None or seen.since <= when:
                place = "design.observers.*"
                seats = per_history(
                    judge.number(seen.states, dial_card(f"{place}.states"), f"design.observers.{n}.states")
                ) + per_history(
                    judge.number(
                        seen.organisations,
                        dial_card(f"{place}.organisations"),
                        f"design.observers.{n}.organisations",
                    )
                )
                openness = per_history(
                    judge.number(seen.openness, dial_card(f"{place}.openness"), "design.observers.openness")
                )
        closing = design.closing.at(when)
        after = per_history(
            judge.number(design.closing_after, dial_card("design.closing_after"), "design.closing_after")
        )
        rule = judge.choice(closing, dial_card("design.closing"), "design.closing")
        rule = rule if len(rule) == count else rule * count
        sunset = np.where([word == "sunset" for word in rule], after, np.inf)
        patience = np.where([word == "review" for word in rule], after, np.inf)
        networks = flag(design.networks, "design.networks", when)
        recommendations = per_history(judge.number(plan.count, dial_card("plan.count"), "plan.count"))
        listed = np.array([1.0 if issue in agenda else 0.0 for issue in issues])
        found.append(
            Design(
                confidentiality=number(design.confidentiality, "design.confidentiality", when),
                follow_up=number(design.follow_up, "design.follow_up", when),
                reporting=flag(design.reporting, "design.reporting", when),
                secretariat=flag(design.secretariat, "design.secretariat", when, lambda word: word != "none"),
                contact_list=flag(design.contact_list, "design.contact_list", when),
                focal_points=np.maximum(flag(design.focal_points, "design.focal_points", when), networks),
                rotates=flag(design.chair.mode, "design.chair.mode", when, lambda word: word == "rotating"),
                caution=number(design.caution, "design.caution", when),
                openness=openness,
                organisations=seats,
                plan_sought=flag(plan.sought, "plan.sought", when),
                load=np.maximum(number(plan.load, "plan.load", when), _LEAST_LOAD),
                due=per_history(judge.number(plan.due, dial_card("plan.due"), "plan.due")),
                count=np.maximum(recommendations / max(len(agenda), 1), 1.0)[:, None] * listed,
                evaluation=number(design.evaluation, "design.evaluation", when),
                database=flag(design.data_pool, "design.data_pool", when),
                data_security=number(design.data_security, "design.data_security", when),
                capacity_building=number(design.capacity_building, "design.capacity_building", when),
                backers=np.broadcast_to(backers, (count, len(codes))),
                backers_share=number(money.backers_share, "money.backers_share", when) * float(backers.any()),
                sponsor_salience=np.broadcast_to(wanted, (count, len(issues))),
                obligation=per_history(np.zeros(1)),
                sunset=sunset,
                review_patience=patience,
                steering=np.broadcast_to(steering, (count, len(codes))),
                priority=np.broadcast_to(priority, (count, len(issues))),
            )
        )
    return tuple(found)


def treated_issues(scenario: Scenario, issues: tuple[str, ...], quarters: int) -> Array:
    """Return 1 for each issue that the process treats, [Q, K]."""
    agenda = scenario.plan.agenda or issues
    row = np.array([1.0 if issue in agenda else 0.0 for issue in issues])
    return np.ascontiguousarray(np.broadcast_to(row, (quarters, len(issues))))


def chairs(
    scenario: Scenario, judge: Judged, codes: tuple[str, ...], present: Array, first: int, quarters: int
) -> tuple[Array, Array]:
    """Return the chair of each quarter [H, Q, N] and whether somebody in particular chairs [H, Q]."""
    chair = scenario.design.chair
    count = judge.histories.size
    length = np.broadcast_to(
        judge.number(chair.quarters, dial_card("design.chair.quarters"), "design.chair.quarters"), (count,)
    )
    periods = []  # from which quarter, and the mode of each history from then on
    for start in _starts(chair.mode, first, quarters):
        words = judge.choice(chair.mode.at(start), dial_card("design.chair.mode"), "design.chair.mode")
        periods.append((start, words if len(words) == count else words * count))
    order = [code for code in scenario.design.rotation.order if code in codes] or list(codes)
    here = np.broadcast_to(present, (count, quarters, len(codes)))
    known = sorted(chair.holders)
    whole = np.zeros((count, quarters, len(codes)))
    seen: dict[tuple[tuple[tuple[int, str], ...], float, bytes], Array] = {}
    for h in range(count):
        modes = tuple(  # a period that says the same goes on
            (start, words[h])
            for n, (start, words) in enumerate(periods)
            if n == 0 or words[h] != periods[n - 1][1][h]
        )
        key = (modes, float(length[h]), here[h].tobytes() if present.shape[0] > 1 else b"")
        if key not in seen:
            seen[key] = _one_chair(modes, int(length[h]), known, order, codes, here[h], first)
        whole[h] = seen[key]
    return whole, (whole.max(axis=-1) >= 0.5).astype(np.float64)


def _starts(dial: Dial, first: int, quarters: int) -> list[int]:
    """Return the absolute quarters of the run at which a period of a dial begins, the first included."""
    later = dial.starts[1:] if isinstance(dial, Periods) else ()
    return [first, *(start for start in later if first < start < first + quarters)]


def _one_chair(
    modes: tuple[tuple[int, str], ...],
    length: int,
    known: list[tuple[int, str]],
    order: list[str],
    codes: tuple[str, ...],
    present: Array,
    first: int,
) -> Array:
    """Return one history's chair by quarter [Q, N]: documented holders, else in order or shared evenly.

    Where the chair begins to rotate in the middle of a run, whoever holds it then serves the first term.

    Parameters
    ----------
    modes : (absolute quarter, mode from then on), the first quarter of the run first
    """
    quarters = present.shape[0]
    out = np.zeros_like(present)
    for q in range(quarters):
        now = first + q
        since, mode = next((since, mode) for since, mode in reversed(modes) if since <= now)
        before = [when for when, _ in known if when <= now]
        held_since = max(before) if before else None
        holders = [code for when, code in known if when == held_since]
        begun = first if held_since is None else held_since
        terms = (now - (max(begun, since) if since > first else begun)) // length
        names = holders if mode != "rotating" or terms == 0 else []
        if not names and mode == "rotating":  # the next in order, term by term, after whom we know of
            members = [code for code in order if present[q, codes.index(code)] > 0]
            last = holders[-1] if holders and holders[-1] in members else None
            place = terms if last is None else members.index(last) + terms
            names = [members[place % len(members)]] if members else []
        rows = [codes.index(name) for name in names if name in codes]
        if rows:
            out[q, rows] = 1.0 / len(rows)
        else:
            out[q] = present[q] / max(present[q].sum(), 1.0)
    return out


def sponsor_share(scenario: Scenario, judge: Judged, first: int, quarters: int) -> Array:
    """Return the sponsor's share of the money [H, Q], with dated changes of it."""
    dial = scenario.money.sponsor_share
    count = judge.histories.size
    card = dial_card("money.sponsor_share")
    share = np.zeros((count, quarters))
    owned = scenario.checks.get("state_ownership")
    said = [dial.at(first + q) for q in range(quarters)]
    for value in dict.fromkeys(said):
        if value.kind == "unknown" and owned is not None and owned.value is not None:
            paid = judge.normal_about(1.0 - float(owned.value), _OWNERSHIP_SD, "money.sponsor_share")
        else:
            paid = judge.number(value, card, "money.sponsor_share")
        share[:, [one == value for one in said]] = paid[:, None]
    time = first + np.arange(quarters)
    for event in scenario.events:
        if event.kind != "money" or event.sponsor_share is None:
            continue
        when = judge.quarter(event.on.low, event.on.high, f"event.{event.id}.on")
        target = judge.number(
            event.sponsor_share, dial_card("event.*.sponsor_share"), f"event.{event.id}.sponsor_share"
        )
        over = (
            np.zeros(1)
            if event.hand_over is None
            else judge.number(event.hand_over, dial_card("event.*.hand_over"), f"event.{event.id}.hand_over")
        )
        done = np.clip((time[None, :] - when[:, None] + 1.0) / np.maximum(over, 1.0)[:, None], 0.0, 1.0)
        if event.until is not None:
            done = done * (time < event.until)[None, :]
        share = share + done * (target[:, None] - share)
    return share
