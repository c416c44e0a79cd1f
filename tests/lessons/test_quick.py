"""The eleven headline lessons, quickly: how they come out is recorded, never required.

Twelve draws of two histories say little of a lesson; they say whether anything has changed.
"""

from __future__ import annotations

from pathlib import Path

from rcpsim.lessons import load_lessons, run_lessons
from rcpsim.lessons.running import QUICK
from tests.reproduction.recorded import Table, hold

HEAD = """Recorded results: the eleven headline lessons as `rcpsim lessons --quick` plays them.
Of each outcome the median effect, its 90 % interval, and the shares of draws for and against.
To accept new ones see tests/reproduction/recorded.py."""


def test_the_headline_lessons_come_out_as_recorded(tmp_path: Path) -> None:
    results = run_lessons(load_lessons(headlines=True), tmp_path, plan=QUICK)
    assert len(results) == 11
    found: dict[str, Table] = {
        result.lesson.id: {
            outcome.replace(",", "").replace(" ", "_"): [
                verdict.median,
                verdict.low,
                verdict.high,
                verdict.share_for,
                verdict.share_against,
            ]
            for outcome, verdict in result.outcomes.items()
        }
        for result in results
    }
    hold("lessons_quick", HEAD, found)
