"""What becomes of a verdict under other readings: other sides at 0, rival forms, what may flip a finding."""

from __future__ import annotations

from typing import Final

from rcpsim.lessons.arms import OTHER_SIDES, rival_arms
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.verdicts import Verdict

__all__ = ["CHANGES", "change", "readings"]

TURNS: Final = "turns round"
LOST: Final = "no longer holds"
GAINED: Final = "comes to hold"
SAME: Final = "is judged as in full, or between,"
CHANGES: Final = (TURNS, LOST, GAINED, SAME)
"""What a reading may do to a verdict, in words that a reading follows after `under`."""

_HOLDS: Final = ("robust", "usual")


def change(full: Verdict, other: Verdict) -> str:
    """Return what a reading does to a verdict: one of `CHANGES`.

    A verdict holds where it is robust or usual. It turns round where it is reversed and was not.
    """
    if other.word == "reversed" and full.word != "reversed":
        return TURNS
    held, holds = full.word in _HOLDS, other.word in _HOLDS
    if held and not holds:
        return LOST
    return GAINED if holds and not held else SAME


def readings(result: LessonResult) -> dict[str, str]:
    """Return what every other reading that was played does: name of its arm -> one of `CHANGES`.

    The full arm is judged on the draws that the arms were played with.
    """
    full = result.arm_full or result.verdict
    names = (OTHER_SIDES, *(arm.name for arm in (*rival_arms(), *result.lesson.flips)))
    return {name: change(full, result.arms[name]) for name in names if name in result.arms}
