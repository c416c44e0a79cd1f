"""The graph of causes: which dial enters which mechanism, what each passes on, and what measures look at.

The graph is measured, not declared: `tests/cases/causes.py` turns every dial and shakes every array in random
worlds and writes what it finds to ``data/graph.toml``. A lesson is *emergent* when between what it turns and
what it looks at

1. at least two named mechanisms stand on the shortest ways, one way for each mechanism that the dial enters;
   the way through one door may be a single mechanism where another door makes up for it; and
2. the effect can go either way: two of the ways have opposite signs, or a step on one of them goes up in some
   worlds and down in others. The sign of a way is the product of the signs of its steps. A step has a sign
   where the mean of what it moves goes the same way in nine of ten worlds.

Steps of a quarter that are no mechanism (sums, fading, the opening of a quarter) are passed for nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from importlib.resources import files
from typing import Final

from rcpsim.lessons.records import Lesson

__all__ = ["Emergence", "Way", "dials", "emergence", "turned", "ways"]

_FLIPPED: Final = {"+": {"+": "+", "-": "-", "?": "?"}, "-": {"+": "-", "-": "+", "?": "?"}}
_KEYS: Final = {"members.polarisation": "polarisation", "members": "members", "event": "event"}
_PLACE: Final = "theory."

Signs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """The shortest way from a door of a dial to a measure.

    Attributes
    ----------
    mechanisms : the named ones, in order; the first is the door
    arrays : what is passed on, in order
    sign : "+", "-", or "?" where it can go either way
    """

    mechanisms: tuple[str, ...]
    arrays: tuple[str, ...]
    sign: str


@dataclass(frozen=True, slots=True)
class Emergence:
    """Whether a lesson emerges, and why.

    Attributes
    ----------
    dials : what is turned
    ways : from every door
    mechanisms : that stand on them
    either_way : whether one of them can work against another, or goes either way by itself
    """

    dials: tuple[str, ...]
    ways: tuple[Way, ...]
    mechanisms: tuple[str, ...]
    either_way: bool

    @property
    def emergent(self) -> bool:
        """Whether at least two mechanisms stand between, and the effect can go either way."""
        return len(self.mechanisms) >= 2 and self.either_way


@dataclass(frozen=True)
class _Graph:
    doors: Mapping[str, Mapping[str, Signs]]
    steps: Mapping[str, Mapping[str, Signs]]
    looks: Mapping[str, Signs]


@cache
def _graph() -> _Graph:
    raw = tomllib.loads((files("rcpsim.data") / "graph.toml").read_text(encoding="utf-8"))
    return _Graph(
        {name: {door: _signs(found) for door, found in doors.items()} for name, doors in raw["dial"].items()},
        {name: {one: _signs(found) for one, found in moved.items()} for name, moved in raw["step"].items()},
        {name: _signs(found) for name, found in raw["measure"].items()},
    )


def _signs(listed: list[str]) -> Signs:
    return {text[1:]: text[0] for text in listed}


def dials() -> tuple[str, ...]:
    """Return the names of the dials whose doors are known, coefficients left out, sorted.

    Examples
    --------
    >>> "confidentiality" in dials()
    True
    """
    return tuple(sorted(name for name in _graph().doors if not name.startswith("parameters.")))


def turned(lesson: Lesson) -> tuple[str, ...]:
    """Return the dials that a lesson turns: the one it names, else those of the keys that differ."""
    if lesson.dial:
        return (lesson.dial,)
    if lesson.shape == "process":
        return ("process",)
    tables = [dict(design.settings) for design in lesson.designs]
    keys = sorted({key for table in tables for key in table})
    differing = [key for key in keys if any(table.get(key) != tables[0].get(key) for table in tables)]
    return tuple(dict.fromkeys(_dial_of(key) for key in differing))


def _dial_of(key: str) -> str:
    if key in _graph().doors or key.startswith(_PLACE):
        return key
    return _KEYS.get(key, _KEYS.get(key.split(".")[0], key))


def emergence(lesson: Lesson) -> Emergence:
    """Return whether a lesson emerges on its primary outcome, from the graph alone."""
    found = [way for dial in turned(lesson) for way in ways(dial, lesson.primary.measure)]
    signs = {way.sign for way in found}
    return Emergence(
        dials=turned(lesson),
        ways=tuple(found),
        mechanisms=tuple(dict.fromkeys(name for way in found for name in way.mechanisms)),
        either_way="?" in signs or len(signs) > 1,
    )


@cache
def ways(dial: str, measure: str) -> tuple[Way, ...]:
    """Return the shortest way from each door of a dial to a measure; none where it cannot be reached.

    Of ways that are as short, all signs count: where they differ, the way goes either way.

    Examples
    --------
    >>> [way.mechanisms for way in ways("follow_up", "law_change")][:1]
    [('implement',)]
    """
    found = [_shortest(door, arrays, measure) for door, arrays in sorted(_doors(dial).items())]
    return tuple(way for way in found if way is not None)


def _doors(dial: str) -> Mapping[str, Signs]:
    graph = _graph()
    if not dial.startswith(_PLACE):
        return graph.doors.get(dial, {})
    named = [name for name in graph.steps if dial.endswith(f".{name}")] or [
        name for name in graph.steps if not name.startswith("(")
    ]
    return {name: {one: "?" for signs in graph.steps[name].values() for one in signs} for name in named}


def _shortest(door: str, arrays: Signs, measure: str) -> Way | None:
    graph = _graph()
    looked_at = graph.looks.get(measure, {})
    best: dict[str, int] = {}
    signs: dict[str, set[str]] = {}
    came: dict[str, tuple[str, str]] = {}
    queue: list[tuple[int, str]] = []
    for array, sign in sorted(arrays.items()):
        best[array], signs[array] = 1, {sign}
        heappush(queue, (1, array))
    settled: set[str] = set()
    while queue:
        length, array = heappop(queue)
        if array in settled:
            continue
        settled.add(array)
        for step, other, sign in _onwards(array):
            further = length + (not step.startswith("("))
            if other not in best or further < best[other]:
                best[other], came[other] = further, (array, step)
                signs[other] = {_product(one, sign) for one in signs[array]}
                heappush(queue, (further, other))
            elif further == best[other] and other not in settled:
                signs[other] |= {_product(one, sign) for one in signs[array]}
    ends = sorted((best[array], array) for array in looked_at if array in best)
    if not ends:
        return None
    shortest = [array for length, array in ends if length == ends[0][0]]
    found = {_product(one, looked_at[array]) for array in shortest for one in signs[array]}
    mechanisms, passed = [], [shortest[0]]
    while passed[-1] in came:
        before, step = came[passed[-1]]
        mechanisms += [] if step.startswith("(") else [step]
        passed.append(before)
    sign = found.pop() if len(found) == 1 else "?"
    return Way((door, *reversed(mechanisms)), tuple(reversed(passed)), sign)


@cache
def _passed_on() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    onwards: dict[str, list[tuple[str, str, str]]] = {}
    for step, arrays in _graph().steps.items():
        for array, moved in arrays.items():
            onwards.setdefault(array, []).extend((step, other, sign) for other, sign in moved.items())
    return {array: tuple(sorted(found)) for array, found in onwards.items()}


def _onwards(array: str) -> Iterator[tuple[str, str, str]]:
    """Yield step, array that it moves, and sign."""
    yield from _passed_on().get(array, ())


def _product(one: str, other: str) -> str:
    return "?" if "?" in (one, other) else _FLIPPED[one][other]
