"""What a run is asked for from Python: every argument of a wrong kind is told at once, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from rcpsim.errors import Fault, InputError, quoted
from rcpsim.quarters import Theory
from rcpsim.scenario import Scenario

__all__ = ["refuse_odd_arguments"]


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= least


def _listed(value: object) -> list[object] | None:
    """Return the entries of a list, an array, or the like; None for what is none."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return None
    return list(value)


def _names(value: object) -> bool:
    entries = _listed(value)
    return entries is not None and all(isinstance(name, str) for name in entries)


def _numbers(value: object) -> bool:
    entries = _listed(value)
    return entries is not None and all(_whole(one, 0) for one in entries)


_ARGUMENTS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "scenario": (
        lambda value: isinstance(value, Scenario),
        "it must be a scenario (see load_scenario), the name of a packaged one, or the path of a file",
    ),
    "theory": (
        lambda value: value is None or isinstance(value, Theory),
        'it must be a Theory, such as Theory().without("learn")',
    ),
    "without": (_names, 'it must be a list of mechanisms, such as ["learn"]'),
    "parameters": (
        lambda value: isinstance(value, str | Mapping),
        "it must be the name of a choice, or a table of parameters by name",
    ),
    "draws": (
        lambda value: value is None or _numbers(value),
        "it must be a list of whole numbers from 0, one for each history",
    ),
    "draw": (lambda value: value is None or _whole(value, 0), "it must be a whole number from 0"),
    "history": (lambda value: value is None or _whole(value, 0), "it must be a whole number from 0"),
    "judged": (lambda value: isinstance(value, str), "it must be draw, central or blind"),
    "as_of": (lambda value: value is None or _whole(value, 1), "it must be a year"),
    "twin": (lambda value: isinstance(value, bool | np.bool_), "it must be True or False"),
    "chunk": (lambda value: value is None or _whole(value, 1), "it must be a whole number from 1"),
    "progress": (lambda value: value is None or callable(value), "it must be a function"),
}
"""Argument -> whether a value is of its kind, and what is."""


def refuse_odd_arguments(**given: object) -> None:
    """Raise unless each argument is of its kind; what its values mean is judged where they are used.

    Raises
    ------
    InputError
        with a fault for each argument that is not

    Examples
    --------
    >>> refuse_odd_arguments(judged="draw", as_of=2001, theory=None)
    >>> try:
    ...     refuse_odd_arguments(theory="x", twin=1)
    ... except InputError as error:
    ...     print(*(fault.field for fault in error.faults))
    theory twin
    """
    faults = [
        Fault("options", name, f"is {quoted(value)}", _ARGUMENTS[name][1])
        for name, value in given.items()
        if not _ARGUMENTS[name][0](value)
    ]
    if faults:
        raise InputError(faults)
