"""What every part of the theory is held to: histories do not touch, and the order of states is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Axes = tuple[int, ...]


def assert_histories_and_order_do_not_matter(
    equation: Callable[..., Any],
    names: str,
    result: Axes | Sequence[Axes] | None,
    world: Mapping[str, Any],
    axes: Mapping[str, Axes],
    seed: int,
    spread: int = 0,
) -> None:
    """Hold an equation to both promises on some world.

    `names` are those of its arguments in the world, one after the other, and `axes` those that run over
    states, none where a name is missing. `result` are the axes of what it returns; None where the order of
    states is part of what it is given. `spread` puts one more axis in where a history alone would have none.
    """
    arguments = [np.expand_dims(world[name], 1) if spread else world[name] for name in names.split()]
    assert_alone_as_together(equation, arguments)
    if result is None:
        return
    over = [axes.get(name, ()) for name in names.split()]
    counts = {_count(argument, its) for argument, its in zip(arguments, over, strict=True)} - {0}
    order = np.random.default_rng(seed).permutation(counts.pop() if counts else 0)
    assert not counts, "states are counted otherwise in different arguments"
    assert_order_of_states_is_nothing(equation, arguments, over, result, order)


def assert_alone_as_together(equation: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Hold a batch of histories to each of them alone, as a batch of one and without an axis, bit for bit.

    Every array among the arguments, also within a tuple, has its histories first.
    """
    together = _arrays(equation(*arguments))
    for history in range(len(together[0])):
        for pick in (history, slice(history, history + 1)):
            alone = _arrays(equation(*(_picked(argument, pick) for argument in arguments)))
            for one, all_of_them in zip(alone, together, strict=True):
                np.testing.assert_array_equal(one, all_of_them[pick])


def assert_order_of_states_is_nothing(
    equation: Callable[..., Any],
    arguments: Sequence[Any],
    axes: Sequence[Axes],
    result: Axes | Sequence[Axes],
    order: np.ndarray,
) -> None:
    """Hold the result for states in another order to the result in another order, to 1e-12.

    `axes` names for each argument the axes that run over states, `result` those of the result, or those of
    each field of it.
    """
    moved = [_moved(argument, its, order) for argument, its in zip(arguments, axes, strict=True)]
    here, there = _arrays(equation(*arguments)), _arrays(equation(*moved))
    each = result if result and isinstance(result[0], tuple) else [result] * len(here)
    for one, other, its in zip(there, here, each, strict=True):
        np.testing.assert_allclose(one, _moved(other, its, order), rtol=0, atol=1e-12)


def _count(value: Any, axes: Axes) -> int:
    """Return how many states an argument holds, 0 where no axis runs over them."""
    array = value[0] if isinstance(value, tuple) else value
    return array.shape[axes[0]] if axes else 0


def _arrays(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple) else (value,)


def _rebuilt(value: Any, parts: list[Any]) -> Any:
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


def _picked(value: Any, pick: int | slice) -> Any:
    if isinstance(value, tuple):
        return _rebuilt(value, [_picked(part, pick) for part in value])
    return value[pick] if isinstance(value, np.ndarray) else value


def _moved(value: Any, axes: Any, order: np.ndarray) -> Any:
    if isinstance(value, tuple):
        return _rebuilt(value, [_moved(part, axes, order) for part in value])
    for axis in axes:
        value = np.take(value, order, axis=axis)
    return value
