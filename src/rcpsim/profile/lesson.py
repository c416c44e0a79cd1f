"""One page on a lesson of the documents: what is claimed, and how it is put to the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rcpsim.profile.page import Page, Section

if TYPE_CHECKING:
    from rcpsim.lessons import Lesson

__all__ = ["lesson_page", "lessons_section"]


def lessons_section() -> Section:
    """Return all lessons: name, claims of the register, and what is claimed in a line."""
    from rcpsim.lessons import load_lessons

    rows = tuple((one.id, ", ".join(one.claims), one.title) for one in load_lessons())
    return Section("", ("lesson", "claims", "in a line"), rows)


def lesson_page(lesson: Lesson) -> Page:
    """Return the page of a lesson."""
    about = [
        ("claims of the register", ", ".join(lesson.claims)),
        ("conditions", lesson.conditions),
        ("against it", "; ".join(lesson.counter)),
        ("source", lesson.source),
        ("played over", f"{', '.join(lesson.bases)}; {lesson.years[0]}-{lesson.years[1]}"),
        ("shape", lesson.shape),
        ("alike in all designs", ", ".join(lesson.held)),
        ("carried by", ", ".join(lesson.carriers)),
        ("nothing to do with it", lesson.unrelated),
    ]
    outcomes = tuple(
        (one.label, "up" if one.sign > 0 else "down", "the verdict" if one.primary else "")
        for one in lesson.outcomes
    )
    designs = tuple(
        (one.name, ", ".join(f"{key} = {value}" for key, value in one.settings.items()) or "as it is")
        for one in lesson.designs
    )
    sections = (
        Section("", (), tuple((name, told) for name, told in about if told)),
        Section("Designs", ("design", "settings"), designs),
        Section("Outcomes, and the way they are said to go", ("measure", "way", "decides"), outcomes),
        Section("", (), (("to play it", f"rcpsim lessons {lesson.id} --why"),)),
    )
    return Page(f"Lesson: {lesson.title}", lesson.claim, sections)
