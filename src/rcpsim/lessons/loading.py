"""Lessons by their ids, by the claims that they test, or as files; those of the package stand one a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.lessons.reading import read_lesson
from rcpsim.lessons.records import Lesson

__all__ = ["lesson_folder", "lessons_of_claim", "list_lessons", "load_lesson", "load_lessons"]

_CLAIM: Final = re.compile(r"L\d+")


def lesson_folder() -> Path:
    """Return the folder of the lessons that come with the package."""
    package = Path(str(resources.files("rcpsim")))
    inside, beside = package / "experiments", package.parents[1] / "experiments"
    return (inside if inside.is_dir() else beside) / "lessons"


@cache
def list_lessons() -> tuple[str, ...]:
    """Return the ids of the lessons that come with the package, sorted."""
    return tuple(sorted(path.stem for path in lesson_folder().glob("*.toml") if path.stem not in _OTHERS))


_OTHERS: Final = ("vocabulary", "register")
"""Files of the folder that hold no lesson."""


def load_lesson(name_or_path: str | Path) -> Lesson:
    """Return a lesson by its id, or from a file.

    Raises
    ------
    UnknownName
        when there is no such lesson
    ScenarioError
        with every fault of the file
    """
    name = str(name_or_path)
    if name in list_lessons():
        return read_lesson(lesson_folder() / f"{name}.toml", f"experiments/lessons/{name}.toml")
    if Path(name).suffix == ".toml":
        return read_lesson(Path(name), name)
    raise UnknownName.of("lesson", name, list_lessons())


def lessons_of_claim(claim: str) -> tuple[str, ...]:
    """Return the ids of the packaged lessons that test a claim of the register, such as L32.

    Examples
    --------
    >>> "manage-your-numbers" in lessons_of_claim("L32")
    True
    """
    return tuple(name for name in list_lessons() if claim in _claims(name))


@cache
def _claims(name: str) -> frozenset[str]:
    """Return the claims of a packaged lesson without playing it through; none where its file is faulty."""
    try:
        raw = tomllib.loads((lesson_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    found = raw.get("claims", [])
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def load_lessons(names: Sequence[str] = (), *, headlines: bool = False) -> list[Lesson]:
    """Return lessons by their ids, by the claims that they test, or from files; all faults are told at once.

    Parameters
    ----------
    names : ids, claims such as L32, or files; every packaged lesson where none is named
    headlines : of all lessons, the headlines alone

    Raises
    ------
    UnknownName, ScenarioError, InputError
        with every fault of every name and file
    """
    chosen: dict[str, None] = {}
    faults: list[Fault] = []
    for name in names or list_lessons():
        of_claim = lessons_of_claim(name)
        if of_claim:
            chosen.update(dict.fromkeys(of_claim))
        elif _CLAIM.fullmatch(name):
            allowed = "`rcpsim lessons --claims` tells the status of every claim"
            faults.append(Fault("claims", name, "is tested by no lesson", allowed))
        else:
            chosen[name] = None
    lessons: list[Lesson] = []
    for name in chosen:
        try:
            lessons.append(load_lesson(name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return [one for one in lessons if one.headline] if headlines else lessons
