"""Writing so that nothing is lost: a file is written aside, forced to the disk, and then takes its name.

And one folder for one sweep at a time: the lock is held by the operating system, which lets go of it when the
process ends, however it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from rcpsim.errors import OutputError

__all__ = ["ASIDE", "locked", "write_durably"]

ASIDE: Final = ".aside"
"""Ending of a file that is being written; one that is found was left by a process that was killed."""

_LOCK: Final = "lock"


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; after it returns, the file outlives a loss of power.

    Raises
    ------
    OutputError
        when the disk is full or the folder cannot be written; what was there stays
    """
    aside = path.with_name(f".{path.name}{ASIDE}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone.

    Raises
    ------
    OutputError
        when another process holds it, with the number of that process
    """
    path = folder / _LOCK
    try:
        file = path.open("a+")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
    with file:
        if not _take(file):
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise OutputError(
                f"{folder} is in use: {holder} is sweeping into it; wait until it is done, or stop it"
            )
        try:
            file.seek(0)
            file.truncate()
            file.write(f"process {os.getpid()} on {_host()}")
            file.flush()
        except OSError as error:
            raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
        try:
            yield
        finally:
            with suppress(OSError):
                file.seek(0)
                file.truncate()


def _take(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _host() -> str:
    import socket

    return socket.gethostname()
