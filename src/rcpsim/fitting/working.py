"""Work shared out to processes of the machine, block by block, so that it can stop after any of them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

__all__ = ["shared_out"]

_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


def shared_out(
    work: Callable[[_Task], _Done], tasks: Sequence[_Task], workers: int
) -> Iterator[tuple[_Task, _Done]]:
    """Yield each task with what came of it, in the order in which they are done.

    What comes of a task must not depend on which process does it. With one worker everything is done here.
    When the loop is left early, or by Ctrl-C, tasks that have not begun are dropped.

    Parameters
    ----------
    work : a function of a module, so that it can travel
    tasks : what it is given, one at a time
    workers : processes
    """
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            yield task, work(task)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_stop_when_told)
    try:
        waiting = {pool.submit(work, task): task for task in tasks}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _stop_when_told() -> None:
    """Let Ctrl-C end a worker without a word; what it was doing is done again by the next fit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
