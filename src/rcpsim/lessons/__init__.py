"""The lessons of the documents as experiments that can fail."""

from rcpsim.lessons.controls import Controls, controls
from rcpsim.lessons.loading import lesson_folder, lessons_of_claim, list_lessons, load_lesson, load_lessons
from rcpsim.lessons.reading import read_lesson
from rcpsim.lessons.records import Arm, Design, Lesson, Outcome
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.running import run_lessons
from rcpsim.lessons.verdicts import Effects, Verdict

__all__ = [
    "Arm",
    "Controls",
    "Design",
    "Effects",
    "Lesson",
    "LessonResult",
    "Outcome",
    "Verdict",
    "controls",
    "lesson_folder",
    "lessons_of_claim",
    "list_lessons",
    "load_lesson",
    "load_lessons",
    "read_lesson",
    "run_lessons",
]
