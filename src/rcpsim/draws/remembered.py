"""What was drawn before, kept for those who ask again for the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from rcpsim.draws.philox import Uniforms

__all__ = ["Drawn", "exact", "now_remembered", "remembering"]


class Drawn:
    """Numbers that were drawn before, kept as far as there is room; the longest unused go first.

    The settings of a sweep share their luck, so that most of what a setting asks for has been drawn. A number
    is a function of its key, and what is kept can be read only: no bit hangs on what is remembered.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._known: OrderedDict[Any, tuple[dict[str, Uniforms], int]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: Any, draw: Callable[[], dict[str, Uniforms]]) -> dict[str, Uniforms]:
        """Return what a key stands for, drawn where it is not known."""
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return dict(found[0])
        drawn = draw()
        for values in drawn.values():
            values.flags.writeable = False
        size = sum(values.nbytes for values in drawn.values())
        with self._lock:
            if size <= self._most and key not in self._known:
                self._known[key] = dict(drawn), size
                self._held += size
                while self._held > self._most:
                    self._held -= self._known.popitem(last=False)[1][1]
        return drawn

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._known.clear()
            self._held = 0


_DRAWN: ContextVar[Drawn | None] = ContextVar("drawn", default=None)


@contextmanager
def remembering(drawn: Drawn) -> Iterator[None]:
    """Take from what was drawn before, and add to it, while this lasts.

    Examples
    --------
    >>> from rcpsim.draws.keys import Chance
    >>> chance = Chance(seed=1, histories=np.array([4, 7]))
    >>> with remembering(Drawn(most_bytes=1000)):
    ...     chance.uniform(0, "climate") is chance.uniform(0, "climate")
    True
    """
    before = _DRAWN.set(drawn)
    try:
        yield
    finally:
        _DRAWN.reset(before)


def now_remembered() -> Drawn | None:
    """Return what is being added to, or None outside of :func:`remembering`."""
    return _DRAWN.get()


def exact(value: npt.ArrayLike) -> tuple[tuple[int, ...], str, bytes]:
    """Return what tells an array from every other."""
    array = np.asarray(value)
    return array.shape, array.dtype.str, array.tobytes()
