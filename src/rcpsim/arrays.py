"""Names for the kinds of array that pass through rcpsim.

``Array`` holds numbers (float64), ``BoolArray`` truths, ``IntArray`` counts and codes. A reduction that
leaves no axis returns a numpy scalar, which the three names admit too, so that the same function serves
one history and ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
    BoolArray: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
    IntArray: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
else:  # a reduction that leaves no axis returns a numpy scalar
    Array = np.ndarray | np.generic
    BoolArray = np.ndarray | np.generic
    IntArray = np.ndarray | np.generic


def once(rows: Array) -> Array:
    """Return rows, or the first alone where all of them are known to be alike.

    Parameters
    ----------
    rows : (H, ...)

    Returns
    -------
    (H, ...) or (1, ...)

    Examples
    --------
    >>> once(np.array([[0.0, 1.0], [0.0, 1.0]])), once(np.array([[0.0], [1.0]])).shape
    (array([[0., 1.]]), (2, 1))
    """
    known = isinstance(rows, np.ndarray)  # the numbers of a compiled run are not
    return rows[:1] if known and rows.shape[0] > 1 and bool(np.all(rows == rows[:1])) else rows


def when(condition: Any, act: Callable[[], None], fields: dict[str, Any]) -> None:
    """Act where a condition holds that is one for all histories.

    Every condition on a quarter is asked here, because a compiled run does not know it before it runs: there
    ``rcpsim.compiled`` takes the place of this function.

    Parameters
    ----------
    condition : one truth
    act : changes nothing but values of ``fields``
    fields : the attributes of a workspace

    Examples
    --------
    >>> stock = {"left": 2}
    >>> when(True, lambda: stock.update(left=1), stock)
    >>> stock
    {'left': 1}
    """
    if condition:
        act()
