"""Philox 4x32-10 of :cite:`salmon2011` on whole arrays: what comes of counters under a key.

A counter is four words of 32 bits, held in the lower halves of 64-bit ones so that a product of two does not
overflow; `docs/theory/chance.md` says what each of them stands for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["BLOCK", "WORD", "Ids", "Uniforms", "Words", "philox_4x32", "uniforms", "whole_numbers"]

Uniforms = npt.NDArray[np.float64]
Ids = npt.NDArray[np.uint32]
Words = npt.NDArray[np.uint64]

WORD: Final = 1 << 32
"""How many numbers a word of 32 bits can be."""

BLOCK: Final = 32768
"""Numbers worked on at a time: six rows of 64-bit words, which stay near the processor."""

_ROUNDS: Final = 10
_LOW: Final = np.uint64(0xFFFFFFFF)
_32: Final = np.uint64(32)
_12: Final = np.uint64(12)
_MULTIPLIERS: Final[Words] = np.array([[0xD2511F53], [0xCD9E8D57]], dtype=np.uint64)
_M0, _M1 = _MULTIPLIERS[:, 0]
_WEYL: Final = (0x9E3779B9, 0xBB67AE85)
_ONE_BITS: Final = np.uint64(0x3FF0000000000000)  # the bits of 1.0
_BELOW_ONE: Final = 1.0 - 2.0**-53


@lru_cache(maxsize=16)
def _round_keys(key_low: int, key_high: int) -> tuple[Words, ...]:
    """Return the ten round keys, each (2, 1): the key plus the round times the Weyl constants."""
    words = [
        [[(key_low + step * _WEYL[0]) % WORD], [(key_high + step * _WEYL[1]) % WORD]]
        for step in range(_ROUNDS)
    ]
    return tuple(np.array(words, dtype=np.uint64))


def _scramble(even: Words, odd: Words, spare: Words, keys: tuple[Words, ...]) -> tuple[Words, ...]:
    """Run a round for each key on rows (c0, c2) and (c1, c3), overwriting all three (2, n) arrays.

    Returns them: even, odd, and the one that holds nothing of worth.

    The odd words keep the upper halves of the products they come from: they only ever enter an exclusive or,
    so one mask after that is enough.
    """
    product = spare
    for key in keys:
        np.multiply(even, _MULTIPLIERS, out=product)
        crossed = product[::-1]
        np.right_shift(crossed, _32, out=even)
        np.bitwise_xor(even, odd, out=even)
        np.bitwise_xor(even, key, out=even)
        np.bitwise_and(even, _LOW, out=even)
        product, odd = odd, crossed
    return even, odd, product


def philox_4x32(counter: npt.ArrayLike, key: tuple[int, int]) -> Ids:
    """Return the four output words of Philox 4x32-10 for each counter.

    Parameters
    ----------
    counter : (..., 4)   words 0 .. 2**32 - 1
    key : two words

    Returns
    -------
    (..., 4) uint32

    Examples
    --------
    The first of the three known answers published with Random123:

    >>> [f"{word:08x}" for word in philox_4x32([0, 0, 0, 0], (0, 0)).tolist()]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    words = whole_numbers(counter, "counter", WORD)
    flat = np.moveaxis(words, -1, 0).reshape(4, -1).astype(np.uint64)
    even, odd, _ = _scramble(flat[0::2].copy(), flat[1::2].copy(), np.empty_like(flat[:2]), _round_keys(*key))
    stacked = np.stack([even[0], odd[0], even[1], odd[1]], axis=-1).astype(np.uint32)  # the lower halves
    return stacked.reshape(words.shape)


def uniforms(seed: int, history: Ids, stamp: Ids, first: Ids, second: Ids, block: int = BLOCK) -> Uniforms:
    """Return one uniform per counter (history, stamp, first, second), all broadcast together."""
    out: Uniforms = np.empty(np.broadcast_shapes(history.shape, stamp.shape, first.shape, second.shape))
    if out.size == 0:
        return out
    axes = max(out.ndim, 1)
    words = [
        word.reshape((1,) * (axes - word.ndim) + word.shape).astype(np.uint64)
        for word in (history, stamp, first, second)
    ]
    room = np.empty((3, 2, min(block, out.size)), dtype=np.uint64)
    _fill(_round_keys(seed % WORD, seed >> 32), words, out.reshape(out.shape or (1,)), room)
    return out


def _fill(keys: tuple[Words, ...], words: list[Words], out: Uniforms, room: Words) -> None:
    """Fill an array with the uniforms of its counters, in parts that fit the room."""
    block, count = room.shape[-1], out.shape[0]
    if out.size <= block:
        _uniforms_of(keys, words, out, room[:, :, : out.size])
        return
    if count == 1:
        _fill(keys, [word[0] for word in words], out[0], room)
        return
    rows = max(1, block // (out.size // count))
    for start in range(0, count, rows):
        part = slice(start, start + rows)
        _fill(keys, [word[part] if word.shape[0] > 1 else word for word in words], out[part], room)


def _uniforms_of(keys: tuple[Words, ...], words: list[Words], out: Uniforms, room: Words) -> None:
    """Put the uniforms of counters into an array, working in rows (3, 2, n).

    Of the last two rounds only what leads to the first two words is done.
    """
    even, odd, spare = room
    if min(word.size for word in words) == out.size:
        (even[0], odd[0], even[1], odd[1]), done = (word.reshape(-1) for word in words), 0
    else:
        done = _first_rounds(keys, words, [row.reshape(out.shape) for row in room.reshape(6, -1)])
    even, odd, spare = _scramble(even, odd, spare, keys[done : _ROUNDS - 2])
    np.multiply(even, _MULTIPLIERS, out=spare)  # the last round but one
    last = even[1]
    np.right_shift(spare[0], _32, out=last)
    np.bitwise_xor(last, odd[1], out=last)
    np.bitwise_xor(last, keys[8][1], out=last)
    np.bitwise_and(last, _LOW, out=last)
    low = np.multiply(last, _M1, out=odd[1])  # the last round
    high = np.right_shift(low, _32, out=even[0])
    np.bitwise_xor(high, spare[1], out=high)
    np.bitwise_xor(high, keys[9][0], out=high)
    np.copyto(out, _open_unit(high, low).reshape(out.shape))


def _first_rounds(keys: tuple[Words, ...], words: list[Words], rows: list[Words]) -> int:
    """Run the first rounds and return how many; c0, c2, c1 and c3 come to stand in the first four rows.

    They mix few words of the counter with one another, so that each step is done once for all the counters
    that share those words.
    """
    history, stamp, first, second = words
    crossed, straight = first * _M1, history * _M0
    c0, c1 = (crossed >> _32) ^ stamp ^ keys[0][0], crossed & _LOW
    c2, c3 = (straight >> _32) ^ second ^ keys[0][1], straight & _LOW
    crossed, straight = c2 * _M1, c0 * _M0
    c0, c1 = (crossed >> _32) ^ c1 ^ keys[1][0], crossed & _LOW
    c2, c3 = np.bitwise_xor((straight >> _32) ^ keys[1][1], c3, out=rows[1]), straight & _LOW
    crossed, straight = np.multiply(c2, _M1, out=rows[2]), c0 * _M0
    np.right_shift(crossed, _32, out=rows[0])
    np.bitwise_xor(rows[0], c1 ^ keys[2][0], out=rows[0])
    np.bitwise_xor((straight >> _32) ^ keys[2][1], c3, out=rows[1])
    np.copyto(rows[3], straight & _LOW)
    return 3


def _open_unit(high: Words, low: Words) -> Uniforms:
    """Return numbers in (0, 1) from two words each, of which the lower halves count; both are overwritten.

    52 bits come behind the leading one of a number in [1, 2). Taking 1 - 2**-53 away is exact and leaves the
    odd multiples of 2**-53: symmetric about a half and open at both ends.
    """
    np.left_shift(high, _32, out=high)
    np.right_shift(high, _12, out=high)
    np.bitwise_and(low, _LOW, out=low)
    np.right_shift(low, _12, out=low)
    np.bitwise_or(high, low, out=high)
    np.bitwise_or(high, _ONE_BITS, out=high)
    numbers: Uniforms = high.view(np.float64)
    return np.subtract(numbers, _BELOW_ONE, out=numbers)


def whole_numbers(values: npt.ArrayLike, what: str, limit: int) -> npt.NDArray[np.integer[Any]]:
    """Return whole numbers in 0 .. limit - 1, or refuse with what was found."""
    array = np.asarray(values)
    if (
        array.size == 0 and array.dtype == np.float64
    ):  # an empty list has no whole numbers to tell its type by
        return array.astype(np.uint32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{what} must be whole numbers, not {array.dtype}; hash names with name_ids")
    if array.size and not (array.dtype == np.uint32 and limit == WORD):
        lowest, highest = int(array.min()), int(array.max())
        if lowest < 0 or highest >= limit:
            raise ValueError(
                f"{what} run from {lowest} to {highest}; they must lie between 0 and {limit - 1}"
            )
    return array
