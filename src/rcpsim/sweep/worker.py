"""A worker on this machine: takes units from its standard input, hands parts to its standard output.

Each message is eight bytes of length and as many bytes; an answer has one more byte before that, ``p`` for a
part (eight bytes of seconds, then the file) and ``e`` for an error that concerns the whole sweep. The worker
ends when its input ends, so that none outlives the process that started it. Ctrl-C is that process's
business.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from typing import IO, Final

__all__ = ["HEAD", "SECONDS", "main", "read_exactly", "serve"]

HEAD: Final = struct.Struct(">Q")
SECONDS: Final = struct.Struct(">d")


def read_exactly(pipe: IO[bytes], many: int) -> bytes | None:
    """Return so many bytes, or None where the pipe ends before."""
    found = pipe.read(many)
    return found if len(found) == many else None


def serve(given: IO[bytes], taken: IO[bytes]) -> None:
    """Play units until there are no more."""
    from rcpsim.errors import InputError
    from rcpsim.sweep.units import play_unit

    while (head := read_exactly(given, HEAD.size)) is not None:
        (length,) = HEAD.unpack(head)
        text = read_exactly(given, length)
        if text is None:
            return
        try:
            file, seconds = play_unit(text.decode())
            sort, answer = b"p", SECONDS.pack(seconds) + file
        except InputError as error:
            sort, answer = b"e", str(error).encode()
        taken.write(sort + HEAD.pack(len(answer)) + answer)
        taken.flush()


def main() -> None:
    """Serve on the standard input and output; what anything prints goes to the standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    given = os.fdopen(os.dup(0), "rb")
    taken = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        serve(given, taken)
    except BrokenPipeError:
        return
