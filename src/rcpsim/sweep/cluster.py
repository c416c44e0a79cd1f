"""A cluster of Dask as the place where units are played (`rcpsim[dask]`).

Units travel as text, parts come back as bytes; a worker imports the rcpsim that is installed on its machine
and uses that package's own data. A worker that ends loses nothing: the scheduler gives its units to others.
A scheduler that goes away ends the session with a message; what has come is in the folder, which goes on
later.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, Final

from rcpsim.errors import Fault, InputError, OutputError
from rcpsim.sweep.engines import Played, retried
from rcpsim.sweep.units import Unit, play_unit, unplayed

__all__ = ["Cluster"]

_CONNECT: Final = 10.0  # seconds to wait for the scheduler
_WORKERS: Final = 60.0  # seconds to wait for the first worker
_POLL: Final = 1.0  # seconds between two looks at a silent scheduler
_AHEAD: Final = 2  # units on the way for each worker thread


class Cluster:
    """Plays units on the workers of a Dask scheduler."""

    def __init__(
        self, scheduler: str, *, patience: float = _CONNECT, workers_within: float = _WORKERS
    ) -> None:
        """Connect to a scheduler.

        Parameters
        ----------
        scheduler : its address, such as ``tcp://127.0.0.1:8786``
        patience : seconds to wait for it
        workers_within : seconds to wait for the first worker

        Raises
        ------
        InputError
            when it is no address, does not answer or has no worker, or Dask is not installed
        """
        try:
            dask: Any = import_module("distributed")
        except ImportError as error:
            fault = Fault("--scheduler", "", "needs Dask, which is not installed", "install rcpsim[dask]")
            raise InputError([fault]) from error
        if "://" not in scheduler:
            raise _refused(scheduler, "is no address", "write tcp://HOST:PORT")
        self._address = scheduler
        self._known = 1
        try:
            self._client: Any = dask.Client(
                scheduler, timeout=patience, set_as_default=False, name="rcpsim", direct_to_workers=False
            )
        except (OSError, TimeoutError, ValueError) as error:
            allowed = "start one with `dask scheduler`, or leave --scheduler out to play on this machine"
            raise _refused(scheduler, f"does not answer within {patience:g} s", allowed) from error
        try:
            self._client.wait_for_workers(1, timeout=workers_within)
        except (OSError, TimeoutError) as error:
            self.close()
            allowed = f"start some with `dask worker {scheduler}`"
            raise _refused(scheduler, f"has no worker after {workers_within:g} s", allowed) from error

    @property
    def workers(self) -> int:
        """How many units are played at once, by now."""
        try:
            threads: dict[str, int] = self._client.nthreads() if self._alive() else {}
        except OSError:  # the scheduler has just gone; whoever asks it for work is told
            threads = {}
        self._known = max(sum(threads.values()), 1) if threads else self._known
        return self._known

    def play(self, units: Iterable[Unit]) -> Iterator[Played]:
        """Yield every unit with what came of it, as it comes.

        Raises
        ------
        OutputError
            when the scheduler goes away, or a worker has another version of the model
        """
        waiting, again = iter(units), list[Unit]()
        attempts: dict[Unit, int] = {}
        flying: dict[Any, Unit] = {}
        try:
            while True:
                self._fill(flying, waiting, again)
                if not flying:
                    return
                for future in self._landed(flying):
                    unit = flying.pop(future)
                    yield from self._taken(future, unit, again, attempts)
        finally:
            self._drop(flying)

    def _fill(self, flying: dict[Any, Unit], waiting: Iterator[Unit], again: list[Unit]) -> None:
        room = _AHEAD * self.workers
        while len(flying) < room:
            unit = again.pop() if again else next(waiting, None)
            if unit is None:
                return
            try:
                future = self._client.submit(play_unit, unit.to_json(), pure=False, retries=0)
            except Exception as error:
                raise self._gone() from error
            flying[future] = unit

    def _landed(self, flying: dict[Any, Unit]) -> list[Any]:
        """Return futures that are done; wait for at least one."""
        while True:
            if not self._alive():
                raise self._gone()
            done = [future for future in flying if future.status != "pending"]
            if done:
                return done
            self._wait(list(flying))

    def _wait(self, futures: list[Any]) -> None:
        dask: Any = import_module("distributed")
        try:
            dask.wait(futures, timeout=_POLL, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return
        except Exception:  # a future of a scheduler that is gone; the next look at it tells
            time.sleep(_POLL / 10)

    def _taken(
        self, future: Any, unit: Unit, again: list[Unit], attempts: dict[Unit, int]
    ) -> Iterator[Played]:
        if future.status == "finished":
            try:
                file, seconds = future.result(timeout=_CONNECT)
            except Exception as error:
                if not self._alive():
                    raise self._gone() from error
                again.append(unit)
                return
            yield Played(unit, file, seconds)
            return
        if not self._alive() or future.status in ("cancelled", "lost"):
            raise self._gone()
        reason = future.exception(timeout=_CONNECT)
        if isinstance(reason, InputError):
            raise OutputError(str(reason))
        more, given_up = retried(unit, attempts)
        again += more
        for one in given_up:
            yield Played(one, unplayed(one, f"{type(reason).__name__}: {reason}"), 0.0)

    def _alive(self) -> bool:
        return str(self._client.status) == "running"

    def _gone(self) -> OutputError:
        return OutputError(
            f"the scheduler {self._address} went away; what it had played is kept, the same command goes on"
        )

    def _drop(self, flying: dict[Any, Unit]) -> None:
        if flying and self._alive():
            self._client.cancel(list(flying), force=True)

    def close(self) -> None:
        """Let go of the scheduler; its workers stay."""
        self._client.close(timeout=_POLL)

    def describe(self) -> dict[str, object]:
        """Return what the manifest says of the engine."""
        return {"engine": "dask", "workers": self.workers if self._alive() else 0}


def _refused(scheduler: str, found: str, allowed: str) -> InputError:
    return InputError([Fault("--scheduler", scheduler, found, allowed)])
