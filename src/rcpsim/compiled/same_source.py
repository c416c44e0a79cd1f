"""The modules of the theory a second time, from the same source, with other words for arrays.

There is one text of every equation. Here each module of the theory, of the quarters and of the measures is
run once more into a module of its own, in which ``np`` stands for the words of a compiled run and ``when``
for a choice that is made while it runs.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import numpy as np

__all__ = ["SameSource"]

_TWICE: Final = ("rcpsim.arrays", "rcpsim.theory", "rcpsim.quarters", "rcpsim.measures")


class SameSource:
    """Modules made from the source of others.

    Parameters
    ----------
    words : takes the place of numpy once a module has been run; its constants are made by numpy
    instead : name of a module -> what takes the place of names in it
    """

    def __init__(self, words: Any, instead: Mapping[str, Mapping[str, Any]]) -> None:
        self._words = words
        self._instead = instead
        self._made: dict[str, ModuleType] = {}

    def module(self, name: str) -> Any:
        """Return the module made from the source of the named one."""
        if name in self._made:
            return self._made[name]
        first = importlib.import_module(name)
        path = Path(str(first.__file__))
        made = ModuleType(name)
        made.__dict__["__file__"] = str(path)
        made.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        self._made[name] = made
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), made.__dict__)
        for word, value in list(vars(made).items()):
            if value is np:
                setattr(made, word, self._words)
        for word, value in self._instead.get(name, {}).items():
            if not hasattr(made, word):
                raise AttributeError(f"{name} has no {word} that could be taken the place of")
            setattr(made, word, value)
        return made

    def _import(
        self,
        name: str,
        outer: Mapping[str, object] | None = None,
        inner: Mapping[str, object] | None = None,
        wanted: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> Any:
        found = builtins.__import__(name, outer, inner, wanted or (), level)
        if not any(name == first or name.startswith(f"{first}.") for first in _TWICE):
            return found
        if not hasattr(found, "__path__"):
            return self.module(name)
        return SimpleNamespace(
            **{
                word: self.module(f"{name}.{word}")
                if f"{name}.{word}" in sys.modules
                else getattr(self.module(name), word)
                for word in wanted or ()
            }
        )
