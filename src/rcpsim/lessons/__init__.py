"""The lessons of the documents as experiments that can fail."""

from rcpsim.lessons.reading import lesson_folder, list_lessons, load_lesson, read_lesson
from rcpsim.lessons.records import Design, Lesson, Outcome

__all__ = ["Design", "Lesson", "Outcome", "lesson_folder", "list_lessons", "load_lesson", "read_lesson"]
