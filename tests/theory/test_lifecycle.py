"""The equations of docs/theory/lifecycle.md: every way to sleep, to wake and to end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.theory import lifecycle as life

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

QUIET = {
    "status": life.ACTIVE,
    "dormant": False,
    "dormant_for": 0.0,
    "sponsor_was_main": False,
    "sponsor_left": False,
    "overlap": False,
    "mean_commitment": 0.5,
    "settled_mean": 0.5,
    "mean_relevance": 0.5,
    "rule_closes": False,
}


def status(**change: object) -> int:
    return int(
        life.next_status(**{name: np.array([value]) for name, value in {**QUIET, **change}.items()})[0]
    )


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({}, life.ACTIVE),
        ({"dormant": True, "dormant_for": 11.0}, life.DORMANT),
        ({"status": life.DORMANT}, life.ACTIVE),
        ({"dormant": True, "dormant_for": 12.0}, life.STARVED),
        ({"dormant": True, "dormant_for": 12.0, "sponsor_left": True}, life.STARVED),
        ({"dormant": True, "dormant_for": 12.0, "sponsor_was_main": True}, life.STARVED),
        (
            {"dormant": True, "dormant_for": 12.0, "sponsor_was_main": True, "sponsor_left": True},
            life.SPONSOR_CLOSED,
        ),
        ({"sponsor_was_main": True, "sponsor_left": True}, life.ACTIVE),
        ({"overlap": True}, life.ACTIVE),
        ({"mean_commitment": 0.2}, life.ACTIVE),
        ({"overlap": True, "mean_commitment": 0.25}, life.ACTIVE),
        ({"overlap": True, "mean_commitment": 0.24}, life.ABSORBED),
        ({"settled_mean": 0.95, "mean_relevance": 0.09}, life.DONE),
        ({"settled_mean": 0.94, "mean_relevance": 0.09}, life.ACTIVE),
        ({"settled_mean": 0.95, "mean_relevance": 0.1}, life.ACTIVE),
        ({"rule_closes": True}, life.CLOSED),
        ({"rule_closes": True, "dormant": True}, life.CLOSED),
        ({"rule_closes": True, "overlap": True, "mean_commitment": 0.1}, life.ABSORBED),
        ({"dormant_for": 12.0, "overlap": True, "mean_commitment": 0.1}, life.STARVED),
    ],
)
def test_the_first_ending_that_applies_decides(change, after):
    assert status(**change) == after


@pytest.mark.parametrize(
    "ended", [life.NOT_FOUNDED, life.STARVED, life.SPONSOR_CLOSED, life.ABSORBED, life.DONE, life.CLOSED]
)
def test_what_has_ended_or_not_begun_stays_so(ended):
    assert status(status=ended) == ended
    assert status(status=ended, rule_closes=True, dormant=True, dormant_for=99.0) == ended


def test_dormancy_begins_after_two_years_or_after_the_calendar_slips():
    assert not life.is_dormant(np.array([7.0]), np.array([1.0]), 1.5)[0]
    assert life.is_dormant(np.array([8.0]), np.array([1.0]), 1.5)[0]
    assert not life.is_dormant(np.array([11.0]), np.array([8.0]), 1.5)[0]
    assert life.is_dormant(np.array([12.0]), np.array([8.0]), 1.5)[0]


def test_a_process_that_stops_meeting_sleeps_after_eight_quarters_and_starves_twelve_later():
    since, slept, now, story = np.array([0.0]), np.array([0.0]), np.array([life.ACTIVE]), []
    for _ in range(22):
        since = life.since_meeting_after(since, np.array([False]))
        dormant = life.is_dormant(since, np.array([2.0]), 1.5)
        slept = life.dormant_for_after(slept, dormant)
        change = {"status": now[0], "dormant": dormant[0], "dormant_for": slept[0]}
        now = np.array([status(**change)])
        story.append(int(now[0]))
    assert story == [life.ACTIVE] * 7 + [life.DORMANT] * 11 + [life.STARVED] * 4


def test_a_meeting_wakes():
    since = life.since_meeting_after(np.array([20.0]), np.array([True]))
    dormant = life.is_dormant(since, np.array([2.0]), 1.5)
    assert life.dormant_for_after(np.array([9.0]), dormant)[0] == 0.0
    assert status(status=life.DORMANT, dormant=bool(dormant[0])) == life.ACTIVE


def test_closing_rules():
    no, yes = np.array([False]), np.array([True])
    assert life.rule_closes(yes, no, np.array([0.0]), 12.0)[0]
    assert life.rule_closes(no, yes, np.array([12.0]), 12.0)[0]
    assert not life.rule_closes(no, yes, np.array([11.0]), 12.0)[0]
    assert not life.rule_closes(no, no, np.array([99.0]), 12.0)[0]


def test_idle_counts_quarters_in_which_nothing_comes_about():
    idle = np.full(4, 5.0)
    produced, rise = np.array([True, False, False, False]), np.array([0.0, 0.01, 0.009, -0.2])
    assert life.idle_after(idle, produced, rise).tolist() == [0.0, 0.0, 6.0, 6.0]


@quick
@given(seed=seeds)
def test_histories_do_not_touch(seed):
    rng = np.random.default_rng(seed)
    flags = ("dormant", "sponsor_was_main", "sponsor_left", "overlap", "rule_closes")
    w = {name: rng.uniform(size=40) for name in QUIET}
    w = {name: value < 0.3 if name in flags else value for name, value in w.items()}
    w["status"], w["dormant_for"] = rng.integers(0, 8, size=40), 20.0 * w["dormant_for"]
    together = life.next_status(**w)
    alone = [life.next_status(**{n: v[h : h + 1] for n, v in w.items()})[0] for h in range(40)]
    assert together.tolist() == alone
    assert set(alone) <= set(range(len(life.STATUS_NAMES)))
