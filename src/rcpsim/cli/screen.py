"""The screen on which tables are printed: as wide as the terminal, and wide enough where there is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["NOTHING", "console"]

NOTHING: Final = "·"
"""What stands where there is no value."""

WIDE_ENOUGH: Final = 140
"""Columns where the output goes to a file or another command."""


def console() -> Console:
    """Return the standard output as a screen of rich."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDE_ENOUGH
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)
