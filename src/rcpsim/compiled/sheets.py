"""Arrays of a compiled run, and the words of numpy for them.

The theory writes into arrays that it has made itself (``out=``, ``+=``); arrays of JAX cannot be written
into. A :class:`Sheet` holds one and takes another in its place when it is written into, so that the source of
the theory holds for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

__all__ = ["Sheet", "Words", "bare", "sheets"]


@jax.tree_util.register_pytree_node_class
class Sheet:
    """An array that may be written into.

    Attributes
    ----------
    data : the array of JAX that it holds now
    """

    __slots__ = ("_whole", "data")
    __array_ufunc__ = None  # so that numpy leaves arithmetic with it to it

    def __init__(self, data: Any) -> None:
        self.data = data
        self._whole: tuple[Sheet, Any] | None = None

    def tree_flatten(self) -> tuple[tuple[Any], None]:
        """Return what JAX passes on."""
        return (self.data,), None

    @classmethod
    def tree_unflatten(cls, _: None, data: tuple[Any]) -> Sheet:
        """Return the sheet again."""
        return cls(data[0])

    def __getattr__(self, name: str) -> Any:
        """Return what the array has by a name, such as its shape, as a sheet where it is an array."""
        if name in ("shape", "ndim", "dtype", "size"):
            return getattr(self.data, name)
        if name in ("T", "mT"):
            return Sheet(getattr(self.data, name))
        raise AttributeError(name)

    def reshape(self, *shape: Any) -> Sheet:
        """Return it in another shape."""
        return Sheet(self.data.reshape(*shape))

    def astype(self, dtype: Any) -> Sheet:
        """Return it as numbers of another type, no wider than the run is."""
        return Sheet(self.data.astype(jax.dtypes.canonicalize_dtype(dtype)))

    def fill(self, value: float) -> None:
        """Fill it with a number."""
        self.take(jnp.asarray(value))

    def take(self, value: Any) -> Sheet:
        """Take the numbers of another array, and pass them to the sheet that this is a part of."""
        self.data = jnp.broadcast_to(bare(value), self.data.shape).astype(self.data.dtype)
        if self._whole is not None:
            whole, key = self._whole
            whole[key] = self.data
        return self

    def __len__(self) -> int:
        return int(self.data.shape[0])

    def __eq__(self, other: object) -> Any:
        """Return where numbers are equal: by element, so that a sheet has no hash."""
        return Sheet(jnp.equal(self.data, bare(other)))

    def __bool__(self) -> bool:
        return bool(self.data)

    def __getitem__(self, key: Any) -> Sheet:
        part = Sheet(self.data[_bare_key(key)])
        part._whole = (self, key)
        return part

    def __setitem__(self, key: Any, value: Any) -> None:
        self.take(self.data.at[_bare_key(key)].set(bare(value)))


def _operator(name: str, turned: bool) -> Callable[..., Sheet]:
    act = getattr(jnp, name)

    def operate(self: Sheet, *other: Any) -> Sheet:
        values = [self.data, *(bare(one) for one in other)]
        return Sheet(act(*(reversed(values) if turned else values)))

    return operate


_OPERATORS: Final = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "matmul": "matmul",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
}
_ONE_WAY: Final = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "ne": "not_equal",
    "neg": "negative",
    "invert": "invert",
    "abs": "abs",
}
for _sign, _word in (_OPERATORS | _ONE_WAY).items():
    setattr(Sheet, f"__{_sign}__", _operator(_word, turned=False))
for _sign, _word in _OPERATORS.items():
    setattr(Sheet, f"__r{_sign}__", _operator(_word, turned=True))


def bare(value: Any) -> Any:
    """Return the array of a sheet, and anything else as it is."""
    return value.data if isinstance(value, Sheet) else value


def sheets(tree: Any) -> Any:
    """Return every array of a tree as a sheet."""
    return jax.tree.map(lambda one: Sheet(jnp.asarray(bare(one))), tree, is_leaf=_is_sheet)


def _bare_key(key: Any) -> Any:
    return tuple(bare(item) for item in key) if isinstance(key, tuple) else bare(key)


def _is_sheet(value: Any) -> bool:
    return isinstance(value, Sheet)


def _of_jax(value: Any) -> bool:
    return isinstance(value, (Sheet, jax.Array))


class Words:
    """The words of numpy, for sheets.

    What has no sheet among its arguments is left to numpy, except new arrays, which may be written into.
    """

    def __getattr__(self, name: str) -> Any:
        """Return a word of numpy that takes sheets as well as arrays."""
        own = getattr(np, name)
        if not callable(own) or isinstance(own, type):
            return own
        act = _WORDS.get(name) or getattr(jnp, name)

        def word(*values: Any, out: Any = None, where: Any = None, **options: Any) -> Any:
            given = (values, options, out, where)
            if not any(_of_jax(one) for one in jax.tree.leaves(given, is_leaf=_of_jax)):
                return own(*values, **options)
            seen, told = jax.tree.map(bare, (values, options), is_leaf=_is_sheet)
            if "dtype" in told:
                told["dtype"] = jax.dtypes.canonicalize_dtype(told["dtype"])
            result = act(*seen, **told)
            if where is not None:
                result = jnp.where(bare(where), result, bare(out))
            return jax.tree.map(Sheet, result) if out is None else out.take(result)

        return word

    def zeros(self, shape: Any, dtype: Any = np.float64) -> Sheet:
        """Return zeros that may be written into."""
        return Sheet(jnp.zeros(shape, jax.dtypes.canonicalize_dtype(dtype)))

    empty = zeros

    def zeros_like(self, value: Any) -> Sheet:
        """Return as many zeros."""
        return Sheet(jnp.zeros_like(bare(value)))

    empty_like = zeros_like


_FEW: Final = 8  # weights that are written out one by one


def _ranks(value: Any, axis: int) -> Any:
    """Return the place that each number takes in order, the earlier first of equal ones."""
    last = jnp.moveaxis(value, axis, -1)
    mine, others = last[..., :, None], last[..., None, :]
    ahead = (others < mine) | ((others == mine) & np.tri(last.shape[-1], k=-1, dtype=np.bool_))
    return jnp.moveaxis(jnp.sum(ahead, axis=-1, dtype=np.int32), -1, axis)


def _argsort(value: Any, axis: int = -1, kind: str = "stable") -> Any:
    """Return the order of few numbers, equal ones as they stand, whatever kind of sorting is asked for."""
    count = value.shape[axis]
    ranks = jnp.moveaxis(_ranks(value, axis), axis, -1)
    places = np.arange(count, dtype=np.int32)
    order = jnp.sum((ranks[..., None, :] == places[:, None]) * places, axis=-1, dtype=np.int32)
    return jnp.moveaxis(order, -1, axis)


def _select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0) -> Any:
    result = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = jnp.where(condition, choice, result)
    return result


def _einsum(letters: str, *values: Any) -> Any:
    """Return sums of products; few weights are written out, for which the compiler would turn the array."""
    given, _, result = letters.partition("->")
    first, _, second = given.partition(",")
    over_one = first.startswith("...") and len(second) == 1 and first.count(second) == 1
    if not over_one or result != first.replace(second, "") or values[-1].shape[0] > _FEW:
        return jnp.einsum(letters, *values)
    array, weights = values
    axis = array.ndim - len(first) + first.index(second)
    parts = [lax.index_in_dim(array, n, axis, keepdims=False) * weights[n] for n in range(weights.shape[0])]
    return sum(parts[1:], parts[0])


def _expm1(value: Any) -> Any:
    """Return exp(x) - 1 for x up to about ten, as exact as numpy; the compiler's own takes twice as long."""
    half = jnp.tanh(0.5 * value)
    return 2.0 * half / (1.0 - half)


def _sort(value: Any, axis: int = -1) -> Any:
    """Return few numbers in order, by comparing halves (Batcher's bitonic network).

    The compiler sorts one row after the other, and took a tenth of all time for a median over states.
    """
    axis %= value.ndim
    before, count, after = value.shape[:axis], value.shape[axis], value.shape[axis + 1 :]
    whole = 1 << (count - 1).bit_length()
    beyond = [(0, whole - count if n == axis else 0) for n in range(value.ndim)]
    value = jnp.pad(value, beyond, constant_values=np.inf)
    width = 1
    while width < whole:
        step = width
        while step:
            pairs = value.reshape(*before, whole // (2 * step), 2, step, *after)
            low, high = (lax.index_in_dim(pairs, n, axis + 1, keepdims=False) for n in (0, 1))
            turned = (lambda half: jnp.flip(half, axis + 1)) if step == width else (lambda half: half)
            low, high = jnp.minimum(low, turned(high)), turned(jnp.maximum(low, turned(high)))
            value = jnp.stack([low, high], axis=axis + 1).reshape(*before, whole, *after)
            step //= 2
        width *= 2
    return lax.slice_in_dim(value, 0, count, axis=axis)


_WORDS: Final[dict[str, Callable[..., Any]]] = {
    "argsort": _argsort,
    "ascontiguousarray": jnp.asarray,
    "einsum": _einsum,
    "expm1": _expm1,
    "select": _select,
    "sort": _sort,
}
