"""Work shared out to processes of the machine, block by block, so that it can stop after any of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from rcpsim.errors import OutputError

__all__ = ["shared_out"]

_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


def shared_out(
    work: Callable[[_Task], _Done], tasks: Sequence[_Task], workers: int, *, kept: bool = True
) -> Generator[tuple[_Task, _Done], None, None]:
    """Yield each task with what came of it, in the order in which they are done.

    What comes of a task must not depend on which process does it. With one worker everything is done here.
    When it is closed early, or by Ctrl-C, nothing more is done: the workers are ended, in silence. Who loops
    over it closes it (`contextlib.closing`), or Ctrl-C in the body of the loop would wait for all tasks.

    Parameters
    ----------
    work : a function of a module, so that it can travel
    tasks : what it is given, one at a time
    workers : processes
    kept : whether who loops over it keeps each thing done, so that the same command goes on where it stopped

    Raises
    ------
    OutputError
        when a worker was ended from outside
    """
    if workers <= 1 or len(tasks) < 2:
        for task in tasks:
            yield task, work(task)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_serve)
    try:
        with _ctrl_c_waits():
            waiting = {pool.submit(work, task): task for task in tasks}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    except BaseException as error:
        for worker in set(active_children()) - others:
            worker.terminate()
            worker.join()
        # Where one ends in the middle of an answer, the pool reads for ever as long as we might write.
        results = vars(pool).get("_result_queue")
        if results is not None:
            results._writer.close()
        if isinstance(error, BrokenProcessPool):
            then = "the same command goes on" if kept else "nothing is kept: run the same command again"
            raise OutputError(f"a worker was ended from outside; {then}") from error
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Let Ctrl-C wait, here and in the workers that are started meanwhile, where the system can do so.

    A worker that is still being loaded would answer it with a page of what it was loading.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve() -> None:
    """Let Ctrl-C end a worker without a word, and let none outlive the process that started it.

    What it was doing is done again by whoever goes on.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
