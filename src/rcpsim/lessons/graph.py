"""The graph of causes: which dial enters which mechanism, what each passes on, and what measures look at."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["dials"]


@cache
def _graph() -> Mapping[str, Any]:
    return tomllib.loads((files("rcpsim.data") / "graph.toml").read_text(encoding="utf-8"))


def dials() -> tuple[str, ...]:
    """Return the names of the dials whose paths are known, sorted."""
    return tuple(sorted(_graph()["dial"]))
