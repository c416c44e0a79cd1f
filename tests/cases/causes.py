"""The graph of causes, measured: what a dial enters, what a mechanism passes on, what a measure looks at.

Everything is found by turning or shaking one thing in random worlds (those of `tests.cases.audit`) and
looking at what differs:

- *doors*: dial -> mechanism -> arrays that it touches there of itself, as the audit finds them. Beside the
  dials of the audit stand the coefficients, how far interests lie apart, an event, and the process itself (it
  meets or not).
- *passes*: step -> array -> arrays that differ after the step when that array alone is shaken before it.
  Steps that are no mechanism (sums of a meeting, fading, the opening of a quarter) have a name in brackets.
- *looks*: measure -> arrays of the quarter that move it when shaken at its end.

Each of them has a sign. The dial is turned, or the array is raised everywhere, and the mean of what it moves
is looked at in every world: `+` and `-` where it goes that way in nine of ten worlds in which it goes any
way, `?` where it goes either way.

    python -m tests.cases.causes            # writes src/rcpsim/data/graph.toml; about two minutes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from rcpsim.axes import MECHANISMS
from rcpsim.cards import all_cards
from rcpsim.measures import STAGE_SERIES, measure_quarter, start_memory
from rcpsim.quarters import between, meeting, play_quarter, story
from rcpsim.quarters.workspace import QuarterInPlay
from rcpsim.setting import Run
from tests.cases.audit import DIALS, Scene, _watched, direct_touches, scene, snapshots
from tests.cases.worlds import EVERYTHING, changed, ready

GRAPH: Final = Path(__file__).parents[2] / "src" / "rcpsim" / "data" / "graph.toml"
QUARTERS: Final = (4, 9, 13, 15, 16, 19)
"""Quarters in which dials are turned; some things happen at the turn of a year, others are rare."""

SHAKEN: Final = (9, 15, 16)
WORLDS: Final = 40
"""Quarters and worlds in which arrays are shaken."""

STEPS: Final = {
    "_add_up": (meeting, "(sums)"),
    "fade": (between, "(fading)"),
    "see_interest": (between, "(interests)"),
}
"""Steps of a quarter that are no mechanism, the place where each stands, and what it is called."""

CLEARLY: Final = 0.9
"""Share of the worlds in which something moves that must agree on the way."""

Signed = dict[str, dict[str, str]]
"""What moves -> what is moved -> "+", "-" or "?"."""

_NOT_SHAKEN: Final = frozenset({"setting", "theory", "q", "design", "in_rooms", "_trace", "place"})


# --- dials that are none of a design ------------------------------------------------------------------


def _never_meets(run: Run, quarter: int) -> Run:
    planned = run.setting.calendar.planned.copy()
    planned[::2] = False  # every other world keeps its meetings, so that the order of steps stays
    return replace(run, setting=replace(run.setting, calendar=replace(run.setting.calendar, planned=planned)))


def _table(**values: Any) -> Callable[[Run, int], Run]:
    def turn(run: Run, quarter: int) -> Run:
        return ready(
            changed(EVERYTHING, **values), histories=run.setting.histories, parameters="prior", seed=21
        )

    return turn


def _event(run: Run, quarter: int) -> Run:
    acts = {"salience": {"trafficking": 0.3}, "capacity": 0.2, "half_life": 200}
    event = {"id": "event", "kind": "shock", "on": "Y02-Q1", "source": "ours", "acts_on": acts}
    return _table(event=[event])(run, quarter)


OUTSIDE: Final[dict[str, Callable[[Run, int], Run]]] = {
    "polarisation": _table(members__polarisation=1.8),
    "event": _event,
    "process": _never_meets,
}


def _coefficient(name: str) -> Callable[[Run, int], Run]:
    card = all_cards()[name]
    low, high = card.allowed
    file = card.file.rsplit("/", 1)[-1].removesuffix(".toml")
    at = card.default * 1.5 + 0.01
    at = at if (np.isfinite(high) and at <= high) or not np.isfinite(high) else 0.5 * (low + card.default)
    return _table(parameters={file: {name: float(at)}})


# --- passes and looks ---------------------------------------------------------------------------------


def _parts(value: Any) -> list[np.ndarray]:
    """Return the arrays that a value of the workspace is made of."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, list):
        return [part for one in value for part in _parts(one)]
    if is_dataclass(value) and not isinstance(value, type):
        return [part for field in fields(value) for part in _parts(getattr(value, field.name))]
    return []


def _shaken(value: Any, rng: np.random.Generator) -> Any:
    """Return a value with all its numbers moved a little, within the bounds that they keep."""
    if isinstance(value, list):
        return [_shaken(one, rng) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{field.name: _shaken(getattr(value, field.name), rng) for field in fields(value)}
        )
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind == "b":
        return value ^ (rng.random(value.shape) < 0.4)
    if value.dtype.kind != "f":
        return np.where(rng.random(value.shape) < 0.5, value + 1, value)
    known = value[np.isfinite(value)]
    moved = value * (1.0 + 0.3 * rng.standard_normal(value.shape)) + 0.1 * rng.standard_normal(value.shape)
    low = float(known.min()) if known.size else 0.0
    if low >= 0.0:
        moved = np.abs(moved)
    if known.size and float(np.abs(known).max()) <= 1.0:
        moved = np.clip(moved, -1.0, 1.0)
    return moved


def _raised(value: Any, rng: np.random.Generator) -> Any:
    """Return a value with all its numbers raised, within the bounds that they keep."""
    if isinstance(value, list):
        return [_raised(one, rng) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{field.name: _raised(getattr(value, field.name), rng) for field in fields(value)}
        )
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind == "b":
        return value | (rng.random(value.shape) < 0.4)
    if value.dtype.kind != "f":
        return value + 1
    known = value[np.isfinite(value)]
    if known.size and float(np.abs(known).max()) <= 1.0:
        return value + 0.1 * (1.0 - value)
    return 1.1 * value + 0.05


def _differ(one: Any, other: Any) -> bool:
    left, right = _parts(one), _parts(other)
    return len(left) != len(right) or any(
        a.shape != b.shape or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(left, right, strict=True)
    )


class Tally:
    """Counts in how many worlds something rises or falls with something else."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], list[int]] = {}

    def note(self, mover: str, moved: str) -> None:
        """Note that something moves."""
        self.seen.setdefault((mover, moved), [0, 0])

    def count(self, mover: str, moved: str, before: Any, after: Any) -> None:
        """Note that something moves, and count the worlds in which its mean rises or falls."""
        counts = self.seen.setdefault((mover, moved), [0, 0])
        left, right = _parts(before), _parts(after)
        if len(left) != len(right) or any(a.shape != b.shape for a, b in zip(left, right, strict=True)):
            return
        with np.errstate(all="ignore"):
            change = sum(_by_world(b) - _by_world(a) for a, b in zip(left, right, strict=True))
        counts[0] += int(np.sum(change > 1e-12))
        counts[1] += int(np.sum(change < -1e-12))

    def signs(self) -> Signed:
        """Return what moves -> what is moved -> sign."""
        found: Signed = {}
        for (mover, moved), (up, down) in sorted(self.seen.items()):
            share = up / (up + down) if up + down else 0.5
            sign = "+" if share >= CLEARLY else "-" if share <= 1.0 - CLEARLY else "?"
            found.setdefault(mover, {})[moved] = sign
        return found


def _by_world(value: np.ndarray) -> np.ndarray:
    """Return the mean of an array in each world."""
    flat = np.where(np.isfinite(value), value, 0.0).reshape(value.shape[0], -1).astype(np.float64)
    mean: np.ndarray = flat.mean(axis=1)
    return mean


@contextmanager
def _steps_told() -> Iterator[None]:
    """Let also those steps of a quarter tell that they are done which are no mechanism."""

    def telling(step: Callable[..., None], name: str) -> Callable[..., None]:
        def told(play: QuarterInPlay, *rest: Any) -> None:
            step(play, *rest)
            play.done(name)

        return told

    def opening(step: Callable[..., None]) -> Callable[..., None]:
        def told(play: QuarterInPlay, *rest: Any) -> None:
            play.done("(start)")
            step(play, *rest)
            play.done("(opening)")

        return told

    with ExitStack() as stack:
        for name, (module, called) in STEPS.items():
            stack.enter_context(patch.object(module, name, telling(getattr(module, name), called)))
        stack.enter_context(patch.object(story, "_open", opening(story._open)))
        yield


def passes(scenes: list[Scene]) -> dict[str, Signed]:
    """Return step -> array -> arrays that differ after the step when that array alone is moved before it."""
    tallies: dict[str, Tally] = {}
    with _steps_told():
        for before in scenes:
            _pass_on(before, _shaken, tallies, raised=False)
            _pass_on(before, _raised, tallies, raised=True)
    return {step: tally.signs() for step, tally in sorted(tallies.items())}


def _pass_on(
    before: Scene, move: Callable[[Any, np.random.Generator], Any], tallies: dict[str, Tally], *, raised: bool
) -> None:
    whole = [(name, _copied(arrays)) for name, arrays in snapshots(before, before.run)]
    names = sorted({name for _, arrays in whole for name, value in arrays.items() if _parts(value)})
    for number, array in enumerate(name for name in names if name not in _NOT_SHAKEN):
        rng = np.random.default_rng(number)

        def done(play: QuarterInPlay, place: int, step: str, array: str = array, rng: Any = rng) -> None:
            name, expected = whole[place]
            assert name == step
            here = vars(play)
            if place > 0 and array in whole[place - 1][1]:
                tally = tallies.setdefault(step, Tally())
                for other in {*expected, *here} - _NOT_SHAKEN - {array}:
                    if not _differ(expected.get(other), here.get(other)):
                        continue
                    if raised:
                        tally.count(array, other, expected.get(other), here.get(other))
                    else:
                        tally.note(array, other)
            here.clear()
            here.update(_copied(expected))
            if array in expected:
                setattr(play, array, move(expected[array], rng))

        with _watched(done), np.errstate(all="ignore"):
            play_quarter(
                before.world,
                before.process,
                before.run.setting,
                before.quarter,
                before.run.luck(before.quarter),
                before.run.theory,
            )


def _copied(standing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list) else value for name, value in standing.items()}


def looks(scenes: list[Scene]) -> Signed:
    """Return measure -> arrays of the quarter that move it when moved at its end, with their sign."""
    tally = Tally()
    for before in scenes:
        _look(before, tally)
    moved_by: Signed = {}
    for array, measures in tally.signs().items():
        for name, sign in measures.items():
            moved_by.setdefault(name, {})[array] = sign
    moved_by["stage"] = {array: "?" for name in STAGE_SERIES for array in moved_by.get(name, {})}
    moved_by["ended"] = moved_by["alive"] if "ended" not in moved_by else moved_by["ended"]
    return dict(sorted(moved_by.items()))


def _look(before: Scene, tally: Tally) -> None:
    run, setting = before.run, before.run.setting
    world, process = run.world, run.process
    memory = start_memory(world, process, setting)
    for quarter in range(before.quarter):
        world, process, minutes = play_quarter(
            world, process, setting, quarter, run.luck(quarter), run.theory
        )
        _, memory = measure_quarter(world, process, minutes, setting, quarter, memory)
    ends: list[QuarterInPlay] = []
    close = story._close

    def kept(play: QuarterInPlay) -> Any:
        ends.append(play)
        return close(play)

    with patch.object(story, "_close", kept):
        play_quarter(world, process, setting, before.quarter, run.luck(before.quarter), run.theory)
    (end,) = ends
    standing = dict(vars(end))

    def measured() -> dict[str, np.ndarray]:
        values, _ = measure_quarter(*close(end), setting, before.quarter, memory)
        return values

    base = measured()
    names = sorted(name for name, value in standing.items() if _parts(value) and name not in _NOT_SHAKEN)
    for number, array in enumerate(names):
        for move in (_shaken, _raised):
            vars(end).update(standing)
            setattr(end, array, move(standing[array], np.random.default_rng(number)))
            with np.errstate(all="ignore"):
                now = measured()
            for name, value in base.items():
                if not np.array_equal(value, now[name], equal_nan=True):
                    both = np.isfinite(value) & np.isfinite(now[name])
                    if move is _raised:
                        tally.count(array, name, np.where(both, value, 0.0), np.where(both, now[name], 0.0))
                    else:
                        tally.note(array, name)
    vars(end).update(standing)


# --- doors --------------------------------------------------------------------------------------------


def turned_by(dial: str) -> Callable[[Run, int], Run]:
    """Return what turns a dial: one of a design, something outside, or a coefficient."""
    if dial in DIALS:
        return DIALS[dial]
    return OUTSIDE[dial] if dial in OUTSIDE else _coefficient(dial.rsplit(".", 1)[-1])


def coefficients() -> tuple[str, ...]:
    """Return the coefficients as a scenario file names them, sorted."""
    cards = all_cards().items()
    return tuple(sorted(f"parameters.{card.file.rsplit('/', 1)[-1][:-5]}.{name}" for name, card in cards))


def every_dial() -> tuple[str, ...]:
    """Return every dial of which doors are looked for."""
    return (*sorted(DIALS), *sorted(OUTSIDE), *coefficients())


Standing = tuple[Scene, list[Any]]


def standing(quarters: tuple[int, ...] = QUARTERS) -> list[Standing]:
    """Return the worlds of some quarters, and all that stands after each of their steps."""
    return [(one, snapshots(one, one.run)) for one in map(scene, quarters)]


def doors(dial: str, scenes: list[Standing]) -> Signed:
    """Return mechanism -> arrays that a dial touches there of itself, with their sign."""
    tallies: dict[str, Tally] = {}
    for before, base in scenes:
        run = turned_by(dial)(before.run, before.quarter)
        whole = snapshots(before, run)

        def touched(mechanism: str, array: str, one: Any, other: Any) -> None:
            tallies.setdefault(mechanism, Tally()).count(mechanism, array, one, other)

        direct_touches(before, run, base, whole, touched)
    return {name: tally.signs()[name] for name, tally in sorted(tallies.items()) if name in MECHANISMS}


# --- the file -----------------------------------------------------------------------------------------


def graph() -> dict[str, Any]:
    """Return the whole graph: doors of every dial, passes of every step, looks of every measure."""
    scenes = standing()
    shaken = [scene(quarter, WORLDS) for quarter in SHAKEN]
    with np.errstate(all="ignore"):
        opened = {dial: doors(dial, scenes) for dial in every_dial()}
    return {
        "dial": {dial: found for dial, found in opened.items() if found},
        "step": passes(shaken),
        "measure": looks(shaken),
    }


def as_toml(found: Mapping[str, Any]) -> str:
    """Return a graph as the text of its file."""
    lines = [
        "# The graph of causes, measured and written by `python -m tests.cases.causes`.",
        "# [dial.NAME]            mechanism -> arrays that the dial touches there of itself",
        "# [step.NAME]            array -> arrays that the step moves when that array alone is raised",
        "# [measure]              measure -> arrays of the quarter that move it",
        "# Before each array stands which way its mean goes: + or - in nine of ten random worlds, or ? for",
        "# either way.",
        "",
        "format = 1",
    ]
    for dial, mechanisms in found["dial"].items():
        lines += ["", f'[dial."{dial}"]']
        lines += [f"{name} = {_listed(arrays)}" for name, arrays in mechanisms.items()]
    for step, arrays in found["step"].items():
        lines += ["", f'[step."{step}"]']
        lines += [f"{name} = {_listed(moved)}" for name, moved in arrays.items()]
    lines += ["", "[measure]"]
    lines += [f"{name} = {_listed(arrays)}" for name, arrays in found["measure"].items()]
    return "\n".join(lines) + "\n"


def _listed(signs: Mapping[str, str]) -> str:
    return "[" + ", ".join(f'"{sign}{name}"' for name, sign in sorted(signs.items())) + "]"


if __name__ == "__main__":
    GRAPH.write_text(as_toml(graph()), encoding="utf-8")
