"""Where units are played: in this process, in processes of this machine, or on a cluster (`cluster.py`).

An engine is given units and yields each with what came of it, in any order. It asks for the next unit only
when somebody is free, so that what is on the way is bounded whatever the size of the sweep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final, Protocol

from rcpsim.errors import OutputError
from rcpsim.sweep.units import Unit, forget, play_unit, unplayed
from rcpsim.sweep.worker import HEAD, SECONDS, read_exactly

__all__ = ["Engine", "InProcess", "LocalWorkers", "Played", "retried"]

_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")  # the last of XLA
ATTEMPTS: Final = 3  # of a unit whose worker ends without an answer


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a unit: the bytes of its part, and the seconds its worker computed."""

    unit: Unit
    file: bytes
    seconds: float


class Engine(Protocol):
    """Plays units."""

    @property
    def workers(self) -> int:
        """How many units are played at once."""
        ...

    def play(self, units: Iterable[Unit]) -> Iterator[Played]:
        """Yield every unit with what came of it, as it comes."""
        ...

    def describe(self) -> dict[str, object]:
        """Return what the manifest says of the engine."""
        ...


class InProcess:
    """Plays one unit after the other, here."""

    workers = 1

    def play(self, units: Iterable[Unit]) -> Iterator[Played]:
        """Yield every unit with what came of it."""
        try:
            for unit in units:
                file, seconds = play_unit(unit.to_json())
                yield Played(unit, file, seconds)
        finally:
            forget()

    def describe(self) -> dict[str, object]:
        """Return what the manifest says of the engine."""
        return {"engine": "in-process", "workers": 1}


class _Worker:
    """A process of this machine and the thread that talks to it."""

    def __init__(self, answers: SimpleQueue[tuple[_Worker, bytes | None]]) -> None:
        quiet = dict.fromkeys(_THREADS, "1")  # many workers with many threads each stand in each other's way
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from rcpsim.sweep.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **quiet},
        )
        self.unit: Unit | None = None
        self._answers = answers
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, unit: Unit) -> None:
        """Send a unit; a worker that is gone says so through its thread."""
        self.unit = unit
        text = unit.to_json().encode()
        pipe = self.process.stdin
        try:
            if pipe is not None:
                pipe.write(HEAD.pack(len(text)) + text)
                pipe.flush()
        except OSError:
            return

    def _listen(self) -> None:
        pipe = self.process.stdout
        while pipe is not None:
            head = read_exactly(pipe, 1 + HEAD.size)
            body = None if head is None else read_exactly(pipe, HEAD.unpack(head[1:])[0])
            if head is None or body is None:
                break
            self._answers.put((self, head[:1] + body))
        self._answers.put((self, None))

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue


class LocalWorkers:
    """Plays units in processes of this machine; one that ends is replaced, and its unit played again."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def play(self, units: Iterable[Unit]) -> Iterator[Played]:
        """Yield every unit with what came of it.

        Raises
        ------
        OutputError
            when a worker cannot play any unit of this sweep
        """
        waiting, attempts, again = iter(units), dict[Unit, int](), list[Unit]()
        answers: SimpleQueue[tuple[_Worker, bytes | None]] = SimpleQueue()
        crew: list[_Worker] = []
        idle: list[_Worker] = []

        def following() -> Unit | None:
            return again.pop() if again else next(waiting, None)

        try:
            while True:
                while len(crew) < self.workers or idle:
                    unit = following()
                    if unit is None:
                        break
                    if idle:
                        worker = idle.pop()
                    else:
                        worker = _Worker(answers)
                        crew.append(worker)
                    worker.give(unit)
                if all(worker.unit is None for worker in crew):
                    return
                worker, answer = answers.get()
                unit, worker.unit = worker.unit, None
                if answer is None:
                    worker.end()
                    crew.remove(worker)
                    if worker in idle:
                        idle.remove(worker)
                    if unit is not None:
                        more, given_up = retried(unit, attempts)
                        again += more
                        for one in given_up:
                            yield Played(one, unplayed(one, "the process that played it ended"), 0.0)
                    continue
                idle.append(worker)
                if unit is None or answer[:1] == b"e":
                    raise OutputError(answer[1:].decode())
                (seconds,) = SECONDS.unpack(answer[1 : 1 + SECONDS.size])
                yield Played(unit, answer[1 + SECONDS.size :], seconds)
        finally:
            for worker in crew:
                worker.end()

    def describe(self) -> dict[str, object]:
        """Return what the manifest says of the engine."""
        return {"engine": "local", "workers": self.workers}


def retried(unit: Unit, attempts: dict[Unit, int]) -> tuple[list[Unit], list[Unit]]:
    """Return what is played again of a unit whose worker ended, and what is given up.

    The same unit is tried again, then its halves, so that what brings a worker down is found and all else
    played.
    """
    tried = attempts.pop(unit, 0) + 1
    if tried < ATTEMPTS:
        attempts[unit] = tried
        return [unit], []
    if len(unit.rows) == 1:
        return [], [unit]
    half = len(unit.rows) // 2
    return [unit.only(unit.rows[:half]), unit.only(unit.rows[half:])], []
