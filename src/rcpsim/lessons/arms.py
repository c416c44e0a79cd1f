"""The arms of a lesson: what is played beside the full one, to tell why and under which readings it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from rcpsim.cards import all_cards
from rcpsim.lessons.playing import Plan, cells_of, is_played
from rcpsim.lessons.records import Arm, Lesson

__all__ = [
    "BESIDE",
    "CARRIERS_OFF",
    "OTHERS",
    "OTHER_SIDES",
    "RIVAL_FORMS",
    "UNRELATED_OFF",
    "asked_arms",
    "asked_beside",
    "mechanism_arms",
    "rival_arms",
    "why_arms",
]

RIVAL_FORMS: Final = (
    ("persuade", "deffuant2000"),
    ("persuade", "hegselmann2002"),
    ("leak_or_keep", "symmetric"),
    ("form_rooms", "fay2000"),
    ("learn", "maximum"),
)
"""Rival forms of persuasion, trust and talk, one at a time."""

CARRIERS_OFF: Final = "carriers off"
UNRELATED_OFF: Final = "unrelated off"
OTHER_SIDES: Final = "other sides at 0"
ALONE: Final = "without "
"""How the arm of a single mechanism begins."""
BESIDE: Final = "other parameters"
"""What the full arm over the other draws of the coefficients is called among the arms."""
OTHERS: Final = {"prior": "plausible", "plausible": "prior"}
"""Draws of the coefficients, and those over which a verdict may stand beside theirs."""


def why_arms(lesson: Lesson) -> tuple[Arm, ...]:
    """Return the arms that tell why: carriers off, something unrelated off, and other sides at 0."""
    other = tuple((card.key, 0.0) for _, card in sorted(all_cards().items()) if card.status == "other-side")
    return (
        Arm(CARRIERS_OFF, without=lesson.carriers),
        Arm(UNRELATED_OFF, without=(lesson.unrelated,)),
        Arm(OTHER_SIDES, settings=other),
    )


def mechanism_arms(lesson: Lesson) -> tuple[Arm, ...]:
    """Return an arm for each carrier, off alone."""
    return tuple(Arm(f"{ALONE}{name}", without=(name,)) for name in lesson.carriers)


def rival_arms() -> tuple[Arm, ...]:
    """Return an arm for each rival form."""
    return tuple(
        Arm(f"{mechanism}={form}", replacing=((mechanism, form),)) for mechanism, form in RIVAL_FORMS
    )


def asked_arms(
    folder: Path, arm_plan: Plan, *, why: bool = False, mechanisms: bool = False, rivals: bool = False
) -> Callable[[Lesson], list[Arm]]:
    """Return the arms of each lesson: those that are asked for, and those that were played already.

    Parameters
    ----------
    folder : of the cells
    arm_plan : with which arms are played
    """

    def arms(lesson: Lesson) -> list[Arm]:
        asked = [
            *(((why or lesson.rival), arm) for arm in why_arms(lesson)),
            *((mechanisms, arm) for arm in mechanism_arms(lesson)),
            *((rivals, arm) for arm in rival_arms()),
            *((lesson.rival, arm) for arm in lesson.flips),
        ]
        return [arm for wanted, arm in asked if wanted or _there(lesson, arm, arm_plan, folder)]

    return arms


def asked_beside(folder: Path, plan: Plan, *, both: bool = False) -> Callable[[Lesson], Plan | None]:
    """Return the plan over the other draws of the coefficients of each lesson, or None where there is none.

    Parameters
    ----------
    folder : of the cells
    plan : of the full arm
    both : whether it is asked for; if not, only what was played already is told
    """
    other = replace(plan, parameters=OTHERS[plan.parameters])

    def beside(lesson: Lesson) -> Plan | None:
        return other if both or _there(lesson, Arm(), other, folder) else None

    return beside


def _there(lesson: Lesson, arm: Arm, plan: Plan, folder: Path) -> bool:
    return all(is_played(cell, folder) for row in cells_of(lesson, lesson.designs, arm, plan) for cell in row)
