"""A fit from beginning to end: reference batch, waves, filter, and the sets that are left.

Every step is made of blocks that are kept when they are done, and depends on nothing but what was asked for
and on blocks before it. So a fit that was interrupted ends as one that was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.fitting.emulating import Emulator, emulator, ruled_in
from rcpsim.fitting.matching import accepted, distance, misses, spread_of_histories
from rcpsim.fitting.plausibility import try_sets
from rcpsim.fitting.playing import Block, Plan, play_block
from rcpsim.fitting.sampling import free_names, hypercube, points_left, values_at
from rcpsim.fitting.storing import FitFolder
from rcpsim.sharing import shared_out
from rcpsim.stamp import theory_stamp

__all__ = ["Fit", "Size", "Wave", "asked_of", "run_fit"]

Tell = Callable[[int, int, str], None]
"""Called with steps done, steps in all so far, and what is being done."""

KEPT: Final = 500
"""Plausible sets that are kept at most."""

_TRIED: Final = 1000
"""Sets that the plausibility filter is asked about at most."""

_SHRINKS: Final = 0.9
"""A wave that leaves more than this share of what was left before it is the last."""

_LEAST_LEFT: Final = 0.01
"""Share of the prior that a stand-in must leave."""

_MEASURED: Final = 16384
"""Points of the prior that the volume left is measured with."""

_PROSE: Final = ("description", "note", "source", "weak_because")
"""Fields of a pattern that change no number."""

_REFERENCE: Final = 10_000_000
"""History numbers of the reference batch begin here, above those of all sets."""


@dataclass(frozen=True)
class Size:
    """How much is played.

    Attributes
    ----------
    sets : in a wave
    waves : at most
    reference : sets of the reference batch
    repeats : histories of each of these
    block : histories of every process played at once; it changes no bit
    """

    sets: int
    waves: int
    reference: int
    repeats: int
    block: int = 50


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave.

    Attributes
    ----------
    points : (n, P) of the cube
    seen : (n, patterns) what the history of each set came to
    stand_ins : what was learnt from this wave and those before it, strong patterns only
    volume : share of the prior that no stand-in rules out after this wave
    accepted : how many of its sets miss no strong pattern
    """

    points: Array
    seen: Array
    stand_ins: Mapping[str, Emulator]
    volume: float
    accepted: int


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit found.

    Attributes
    ----------
    plan : what was played
    seed, size : as asked
    spread : (patterns,) standard deviation over histories of one set
    waves : in order
    candidates : sets that miss no strong pattern and lie where nothing rules them out
    tried, passed : how many of these the plausibility filter was asked about, and how many it let pass
    points : (n, P) the plausible sets, thinned
    seen : (n, patterns) what their histories came to
    distance : (n,) worst miss of a strong pattern
    wave : (n,) in which wave each was drawn
    history : (n,) number of its history
    """

    plan: Plan
    seed: int
    size: Size
    spread: Array
    waves: tuple[Wave, ...]
    candidates: int
    tried: int
    passed: int
    points: Array
    seen: Array
    distance: Array
    wave: IntArray
    history: IntArray

    @property
    def strong(self) -> IntArray:
        """Places of the strong patterns."""
        return _strong(self.plan)


def asked_of(plan: Plan, seed: int, size: Size) -> dict[str, Any]:
    """Return what the numbers of a fit depend on."""
    return {
        "what": "history matching",
        "theory": theory_stamp(),
        "record": _record_stamp(plan),
        "as_of": plan.as_of,
        "processes": list(plan.processes),
        "aside": list(plan.aside),
        "parameters": len(free_names()),
        "seed": seed,
        "sets": size.sets,
        "waves": size.waves,
        "reference": [size.reference, size.repeats],
    }


def _record_stamp(plan: Plan) -> str:
    """Return a hash of the patterns and of the scenario files that a fit reads."""
    told = hashlib.sha256()
    for pattern in plan.patterns:
        fields = {name: value for name, value in asdict(pattern).items() if name not in _PROSE}
        told.update(f"{sorted(fields.items())!r}\n".encode())
    for place in range(len(plan.processes)):
        told.update(f"{plan.scenario(place)!r}\n".encode())
    return told.hexdigest()[:16]


def run_fit(
    folder: FitFolder, plan: Plan, seed: int, size: Size, *, workers: int = 1, tell: Tell | None = None
) -> Fit:
    """Fit, or go on with a fit, and return what it found."""
    work = _Work(folder, plan, seed, size, workers, tell)
    strong = _strong(plan)
    spread = work.reference()
    waves: list[Wave] = []
    left = 1.0
    measured = hypercube(_MEASURED, seed, 0, 1)
    while len(waves) < size.waves:
        number = len(waves) + 1
        learnt = [list(wave.stand_ins.values()) for wave in waves]
        if number == 1:
            points = hypercube(size.sets, seed, number, 0)
        else:
            points = points_left(size.sets, seed, number, partial(ruled_in, waves=learnt))
        if points.shape[0] == 0:
            break
        seen = work.wave(number, points)
        all_points = np.concatenate([*(wave.points for wave in waves), points])
        all_seen = np.concatenate([*(wave.seen for wave in waves), seen])
        stand_ins = _learnt(plan, all_points, all_seen, measured)
        volume = float(np.mean(ruled_in(measured, [*learnt, list(stand_ins.values())])))
        fits = int(accepted(misses(plan.patterns, seen, spread)[:, strong]).sum())
        waves.append(Wave(points, seen, stand_ins, volume, fits))
        if volume > _SHRINKS * left:
            break
        left = volume
    return _finished(work, spread, waves)


def _finished(work: _Work, spread: Array, waves: list[Wave]) -> Fit:
    plan, strong = work.plan, _strong(work.plan)
    learnt = [list(wave.stand_ins.values()) for wave in waves]
    points = np.concatenate([wave.points for wave in waves])
    seen = np.concatenate([wave.seen for wave in waves])
    number = np.concatenate([np.full(wave.points.shape[0], n + 1) for n, wave in enumerate(waves)])
    history = np.concatenate(
        [n * work.size.sets + np.arange(wave.points.shape[0]) for n, wave in enumerate(waves)]
    )
    miss = misses(plan.patterns, seen, spread)[:, strong]
    (rows,) = np.nonzero(accepted(miss) & ruled_in(points, learnt))
    asked = rows[_evenly(rows.size, _TRIED)]
    passes = work.filtered(points[asked])
    kept = asked[passes]
    chosen = kept[_evenly(kept.size, KEPT)]
    return Fit(
        plan=plan,
        seed=work.seed,
        size=work.size,
        spread=spread,
        waves=tuple(waves),
        candidates=rows.size,
        tried=asked.size,
        passed=kept.size,
        points=points[chosen],
        seen=seen[chosen],
        distance=distance(miss[chosen]),
        wave=number[chosen],
        history=history[chosen],
    )


def _learnt(plan: Plan, points: Array, seen: Array, measured: Array) -> dict[str, Emulator]:
    """Return the stand-ins of the strong patterns, but for those that would leave next to nothing.

    One that rules out all but a hundredth of the prior by itself tells of the model and not of a set; sets
    are then held against the pattern by their own histories alone.
    """
    found = {}
    for place in _strong(plan):
        pattern = plan.patterns[place]
        assert pattern.documented is not None
        one = emulator(points, seen[:, place], pattern.documented.value, pattern.documented.error)
        if one is not None and np.mean(ruled_in(measured, [[one]])) >= _LEAST_LEFT:
            found[pattern.name] = one
    return found


def _strong(plan: Plan) -> IntArray:
    return np.array([place for place, one in enumerate(plan.patterns) if one.strong], dtype=np.int64)


def _evenly(count: int, most: int) -> IntArray:
    """Return the places of at most so many of `count`, evenly spaced.

    Examples
    --------
    >>> _evenly(3, 5), _evenly(6, 3)
    (array([0, 1, 2]), array([0, 2, 4]))
    """
    if count <= most:
        return np.arange(count)
    return (np.arange(most) * count) // most


class _Work:
    """Plays blocks, keeps them, and tells how far it has come."""

    def __init__(
        self, folder: FitFolder, plan: Plan, seed: int, size: Size, workers: int, tell: Tell | None
    ) -> None:
        self.folder, self.plan, self.seed, self.size = folder, plan, seed, size
        self.workers, self.tell = workers, tell

    def reference(self) -> Array:
        """Return the spread of histories of one set, (patterns,)."""
        sets, repeats = self.size.reference, self.size.repeats
        table = values_at(hypercube(sets, self.seed, 0, 0))
        rows = np.repeat(np.arange(sets), repeats)
        numbers = _REFERENCE + np.arange(sets * repeats)
        seen = self._played("reference", table, numbers, rows)
        return spread_of_histories(self.plan.patterns, seen.reshape(sets, repeats, -1))

    def wave(self, number: int, points: Array) -> Array:
        """Return what the history of each set of a wave came to, (sets, patterns)."""
        rows = np.arange(points.shape[0])
        first = (number - 1) * self.size.sets
        return self._played(f"wave-{number}", values_at(points), first + rows, rows)

    def filtered(self, points: Array) -> BoolArray:
        """Return which sets the plausibility filter lets pass, (n,)."""
        table = values_at(points)
        spans = _spans(points.shape[0], _FILTERED)
        names = {span: f"filter-{span[0]:06d}" for span in spans}
        waiting = [span for span in spans if not self.folder.has(names[span])]
        tasks = [_Tried(span, _rows(table, *span), self.seed) for span in waiting]
        done = points.shape[0] - sum(stop - start for start, stop in waiting)
        what = "plausibility filter"
        self._tell(done, points.shape[0], what)
        with closing(shared_out(_try_block, tasks, self.workers)) as shared:
            for task, passes in shared:
                self.folder.keep(names[task.span], {"passes": passes.astype(np.float64)})
                done += passes.size
                self._tell(done, points.shape[0], what)
        parts = [self.folder.read(names[span])["passes"] > 0.5 for span in spans]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)

    def _played(self, what: str, table: Mapping[str, Array], numbers: IntArray, rows: IntArray) -> Array:
        spans = _spans(numbers.size, self.size.block)
        names = {span: f"{what}-{span[0]:06d}" for span in spans}
        waiting = [span for span in spans if not self.folder.has(names[span])]
        tasks = []
        for start, stop in waiting:
            first, last = int(rows[start]), int(rows[stop - 1]) + 1
            tasks.append(
                Block(
                    names[start, stop],
                    self.plan.key,
                    self.seed,
                    numbers[start:stop],
                    rows[start:stop] - first,
                    _rows(table, first, last),
                )
            )
        done = numbers.size - sum(stop - start for start, stop in waiting)
        self._tell(done, numbers.size, what)
        with closing(shared_out(play_block, tasks, self.workers)) as shared:
            for task, (patterns, seen) in shared:
                self.folder.keep(task.part, dict(zip(patterns, seen.T, strict=True)))
                done += seen.shape[0]
                self._tell(done, numbers.size, what)
        blocks = [self.folder.read(names[span]) for span in spans]
        return np.concatenate(
            [np.stack([block[one.name] for one in self.plan.patterns], axis=1) for block in blocks]
        )

    def _tell(self, done: int, total: int, what: str) -> None:
        if self.tell is not None:
            self.tell(done, total, what)


_FILTERED: Final = 10
"""Sets that are filtered at once."""


@dataclass(frozen=True, eq=False)
class _Tried:
    span: tuple[int, int]
    table: dict[str, Array]
    seed: int


def _try_block(task: _Tried) -> BoolArray:
    return try_sets(task.table, task.seed).passes


def _rows(table: Mapping[str, Array], start: int, stop: int) -> dict[str, Array]:
    return {name: column[start:stop] for name, column in table.items()}


def _spans(count: int, size: int) -> list[tuple[int, int]]:
    return [(start, min(start + size, count)) for start in range(0, count, size)]
