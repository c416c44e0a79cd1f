"""What came of a lesson: its verdicts in full and in every arm, and whether it is carried as said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.lessons.arms import CARRIERS_OFF, UNRELATED_OFF
from rcpsim.lessons.playing import Plan
from rcpsim.lessons.records import Lesson
from rcpsim.lessons.verdicts import Effects, Verdict, left_of

__all__ = ["LessonResult"]


@dataclass(frozen=True, eq=False)
class LessonResult:
    """What came of one lesson.

    Attributes
    ----------
    lesson : what was tested
    plan : with how many draws and histories
    outcomes : label of an outcome -> its verdict, over all base scenarios
    bases : base scenario -> verdict on the primary outcome over its draws alone
    arms : name of an arm -> verdict on the primary outcome
    arm_full : the verdict in full on the draws that the arms were played with, or None
    beside : the same over the other draws of the coefficients (`OTHERS`), in full arm alone, or None
    when : name of an arm, `BESIDE` among them -> when its cells were played, in words
    cells : the names of all cells that it was told from
    effects : of each draw on the primary outcome
    levels : (D, P)   the primary outcome itself under each design, the mean over histories of each draw
    draws : (D,)   which draw each row is
    base : (D,)   and of which base scenario, by its place among those of the lesson
    ages : part of a life -> effects on the primary outcome in that part, (D,); see `WHEN`
    """

    lesson: Lesson
    plan: Plan
    outcomes: Mapping[str, Verdict]
    bases: Mapping[str, Verdict]
    effects: Effects
    levels: Array
    draws: IntArray
    base: IntArray
    ages: Mapping[str, Effects]
    arms: Mapping[str, Verdict] = field(default_factory=dict)
    arm_full: Verdict | None = None
    beside: LessonResult | None = None
    when: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict on the primary outcome."""
        return self.outcomes[self.lesson.primary.label]

    def left(self, arm: str) -> float:
        """Return the share of the effect that is left in an arm, or nan where there was no effect to lose."""
        return left_of(self.arm_full or self.verdict, self.arms[arm])

    @property
    def both_arms(self) -> bool:
        """Whether the two arms were played that tell whether a lesson is carried as said."""
        return {CARRIERS_OFF, UNRELATED_OFF} <= set(self.arms)

    @property
    def clear(self) -> bool:
        """Whether the full arm has an effect of which a share can be told.

        It has one where it is robust, usual or reversed, or where the 90 % interval leaves out 0.
        """
        full = self.arm_full or self.verdict
        return full.word in ("robust", "usual", "reversed") or full.low > 0.0 or full.high < 0.0

    @property
    def carried(self) -> bool | None:
        """Whether at least half of the effect goes with the carriers and under a fifth with the unrelated.

        None where the two arms were not played, or where there is no clear effect to lose.
        """
        if not self.both_arms or not self.clear:
            return None
        without, unrelated = self.left(CARRIERS_OFF), self.left(UNRELATED_OFF)
        if np.isnan(without) or np.isnan(unrelated):
            return None
        return bool(without <= 0.5 and abs(1.0 - unrelated) < 0.2)
