"""Work shared out to processes: all of it, the same bits, and an end that is told."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rcpsim.errors import OutputError
from rcpsim.sharing import shared_out


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_comes_back_with_what_came_of_it(workers: int) -> None:
    with closing(shared_out(math.sqrt, [4.0, 9.0, 16.0], workers)) as shared:
        assert dict(shared) == {4.0: 2.0, 9.0: 3.0, 16.0: 4.0}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_work_is_that_of_the_whole(workers: int) -> None:
    with pytest.raises(ValueError, match=r"math domain|nonnegative"):
        list(shared_out(math.sqrt, [-1.0, -2.0], workers))


@pytest.mark.parametrize(
    ("kept", "then"),
    [(True, "the same command goes on"), (False, "nothing is kept: run the same command again")],
)
def test_a_worker_that_is_ended_from_outside_is_told(kept: bool, then: str) -> None:
    with pytest.raises(OutputError, match=f"ended from outside; {then}$"):
        list(shared_out(os._exit, [1, 1], 2, kept=kept))


SHARING = """
import os, signal, sys, threading, time
from contextlib import closing
from rcpsim.sharing import shared_out
if __name__ == "__main__":
    try:
        {}
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize(
    "what",
    [
        # the whole group gets the signal, as from a keyboard, when no worker has done anything yet
        "threading.Timer(0.15, os.killpg, (0, signal.SIGINT)).start(); "
        "list(shared_out(time.sleep, [60, 60], 2))",
        # it comes while the loop does something with what was done, and there is much left to do
        "with closing(shared_out(time.sleep, [0, 60, 60, 60], 2)) as shared: next(shared); "
        "os.killpg(0, signal.SIGINT); time.sleep(60)",
    ],
    ids=["while workers are loaded", "in the body of the loop"],
)
def test_ctrl_c_is_answered_at_once_and_in_silence(what: str, tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(SHARING.format(what), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, str(tmp_path / "shared.py")],
        capture_output=True, text=True, timeout=50, start_new_session=True,
    )  # fmt: skip
    assert (found.returncode, found.stdout, found.stderr) == (130, "", "")
