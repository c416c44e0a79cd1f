r"""Chance: every random number of a run, looked up by name instead of drawn in turn.

An ordinary generator hands out numbers in the order in which they are asked for, so one question more or less
changes everything that comes after it. Here a number is a pure function of *what it is for*:

    u = noise(seed, history, quarter, purpose, id 1, id 2, ...)

The ids are hashes of ISO codes and other names, never positions in an array. So two runs that differ in a
rule, in the calendar, in the members or in the number of histories share their luck wherever the same thing
is asked, and a change that does nothing changes no bit. Each key gives one uniform; use it with a threshold
(``u < p``) or an inverse distribution function (:func:`normal`, :func:`exponential`), and never ask inside a
condition. Something fires in a quarter when its hazard, summed over the quarter, exceeds ``exponential(u)``.

The function is Philox 4x32-10 of :cite:`salmon2011`, evaluated on whole arrays. The page
``docs/theory/chance.md`` states every rule of this file, with numbers.

Examples
--------
>>> chance = Chance(seed=1, histories=np.arange(1000))
>>> states = name_ids(["CRI", "MEX", "USA"])
>>> chance.uniform(7984, "leak", states).shape                      # [H, N]
(1000, 3)
>>> chance.uniform(np.arange(7984, 8044), "deal", *pair_ids(states)).shape        # [H, Q, N, N]
(1000, 60, 3, 3)
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rcpsim.errors import Fault, InputError, near_names

__all__ = [
    "PURPOSES",
    "Chance",
    "Drawn",
    "HashCollision",
    "UnknownPurpose",
    "exponential",
    "judged_uniform",
    "name_id",
    "name_ids",
    "noise",
    "normal",
    "pair_ids",
    "parameter_uniform",
    "philox_4x32",
    "purpose_number",
    "purpose_numbers",
    "remembering",
]

Uniforms = npt.NDArray[np.float64]
Ids = npt.NDArray[np.uint32]
Words = npt.NDArray[np.uint64]


class HashCollision(InputError):
    """Two different names have the same hash, so that their luck could not be told apart."""


class UnknownPurpose(ValueError):
    """A random number was asked for a purpose that is not in the register."""


# --- names ----------------------------------------------------------------------------------------


def name_id(text: str) -> int:
    """Return the 32-bit id of a name.

    It is the first four bytes of the BLAKE2s digest of the UTF-8 text, little end first.

    Examples
    --------
    >>> name_id("MEX") == name_id("MEX"), 0 <= name_id("MEX") < 2**32
    (True, True)
    """
    return int.from_bytes(hashlib.blake2s(text.encode("utf-8")).digest()[:4], "little")


def name_ids(names: Iterable[str]) -> Ids:
    """Return the ids of names, in their order. The same name twice is no fault.

    Parameters
    ----------
    names : N names (ISO codes, issues, meetings by name and calendar date)

    Returns
    -------
    (N,) uint32

    Raises
    ------
    HashCollision
        naming every group of different names that share an id
    """
    listed = list(names)
    holders: dict[int, set[str]] = {}
    for name in listed:
        holders.setdefault(name_id(name), set()).add(name)
    _refuse_collisions(holders, "names", "rename one of each group")
    return np.array([name_id(name) for name in listed], dtype=np.uint32)


def pair_ids(ids: npt.ArrayLike) -> tuple[Ids, Ids]:
    """Return the smaller and the larger id of every pair, so that ``u[i, j] == u[j, i]``.

    Parameters
    ----------
    ids : (..., N)   ids as given by :func:`name_ids`

    Returns
    -------
    lower, higher : (..., N, N) uint32, both symmetric
    """
    words = _checked(ids, "ids", _IDS).astype(np.uint32)
    first, second = words[..., :, None], words[..., None, :]
    return np.minimum(first, second), np.maximum(first, second)


def _refuse_collisions(holders: Mapping[int, set[str]], what: str, remedy: str) -> None:
    shared = sorted(sorted(group) for group in holders.values() if len(group) > 1)
    if shared:
        found = [f"{' and '.join(map(repr, group))} have the same hash" for group in shared]
        raise HashCollision(Fault(what, "", each, remedy) for each in found)


# --- purposes -------------------------------------------------------------------------------------

PURPOSES: Final[tuple[str, ...]] = (
    "ability",
    "agenda",
    "arrival-comfort",
    "arrival-discretion",
    "arrival-guardedness",
    "arrival-loquacity",
    "attend",
    "attribution",
    "background",
    "candour",
    "chair",
    "climate",
    "closing",
    "comfort",
    "conclude",
    "coordinate",
    "deal",
    "definition",
    "delegate",
    "departure",
    "discretion",
    "dominant-speaker",
    "evaluation",
    "exit",
    "follow-up",
    "government",
    "government-lean",
    "guardedness",
    "incentive",
    "initial",
    "interest",
    "item",
    "joining",
    "joint-response",
    "judged",
    "leak",
    "leak-source",
    "leaving",
    "loquacity",
    "meeting-date",
    "meeting-days",
    "meeting-held",
    "neighbour",
    "observer",
    "parameter",
    "persuade",
    "pool-data",
    "position",
    "prestige",
    "reminder",
    "room",
    "salience",
    "sampling",
    "shock",
    "shock-sign",
    "shock-size",
    "shock-state",
    "sponsor",
    "synthetic-profile",
    "term",
    "tie",
    "turnover",
    "usage",
)
"""What random numbers are for. A purpose's number is a hash of its name: adding one moves no other."""


def purpose_numbers(names: Sequence[str]) -> Mapping[str, int]:
    """Return the 16-bit number of each purpose: the first two bytes of the BLAKE2s digest, little end first.

    Raises
    ------
    HashCollision
        if two of the names share a number; rename the newer one
    """
    numbers = {name: name_id(name) & 0xFFFF for name in names}
    holders: dict[int, set[str]] = {}
    for name, number in numbers.items():
        holders.setdefault(number, set()).add(name)
    _refuse_collisions(holders, "purposes", "rename the newer one")
    return MappingProxyType(numbers)


_NUMBERS: Final = purpose_numbers(PURPOSES)


def purpose_number(purpose: str) -> int:
    """Return the number of a registered purpose.

    Raises
    ------
    UnknownPurpose
        with the nearest registered names
    """
    try:
        return _NUMBERS[purpose]
    except KeyError:
        near = near_names(purpose, PURPOSES) or PURPOSES
        raise UnknownPurpose(f"{purpose!r} is not in draws.PURPOSES; near: {', '.join(near)}") from None


# --- Philox 4x32-10 -------------------------------------------------------------------------------

_ROUNDS: Final = 10
_BLOCK: Final = 32768  # numbers worked on at a time: six rows of 64-bit words, which stay near the processor
_LOW: Final = np.uint64(0xFFFFFFFF)
_32: Final = np.uint64(32)
_12: Final = np.uint64(12)
_MULTIPLIERS: Final[Words] = np.array([[0xD2511F53], [0xCD9E8D57]], dtype=np.uint64)
_M0, _M1 = _MULTIPLIERS[:, 0]
_WEYL: Final = (0x9E3779B9, 0xBB67AE85)
_ONE_BITS: Final = np.uint64(0x3FF0000000000000)  # the bits of 1.0
_BELOW_ONE: Final = 1.0 - 2.0**-53

_IDS: Final = 1 << 32
_QUARTERS: Final = 1 << 16


@lru_cache(maxsize=16)
def _round_keys(key_low: int, key_high: int) -> tuple[Words, ...]:
    """Return the ten round keys, each (2, 1): the key plus the round times the Weyl constants."""
    words = [
        [[(key_low + step * _WEYL[0]) % _IDS], [(key_high + step * _WEYL[1]) % _IDS]]
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
    words = _checked(counter, "counter", _IDS)
    flat = np.moveaxis(words, -1, 0).reshape(4, -1).astype(np.uint64)
    even, odd, _ = _scramble(flat[0::2].copy(), flat[1::2].copy(), np.empty_like(flat[:2]), _round_keys(*key))
    stacked = np.stack([even[0], odd[0], even[1], odd[1]], axis=-1).astype(np.uint32)  # the lower halves
    return stacked.reshape(words.shape)


def _uniforms(seed: int, history: Ids, stamp: Ids, first: Ids, second: Ids, block: int = _BLOCK) -> Uniforms:
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
    _fill(_round_keys(seed % _IDS, seed >> 32), words, out.reshape(out.shape or (1,)), room)
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


# --- keys -----------------------------------------------------------------------------------------


def _checked(values: npt.ArrayLike, what: str, limit: int) -> npt.NDArray[np.integer[Any]]:
    """Return whole numbers in 0 .. limit - 1, or refuse with what was found."""
    array = np.asarray(values)
    if (
        array.size == 0 and array.dtype == np.float64
    ):  # an empty list has no whole numbers to tell its type by
        return array.astype(np.uint32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{what} must be whole numbers, not {array.dtype}; hash names with name_ids")
    if array.size and not (array.dtype == np.uint32 and limit == _IDS):
        lowest, highest = int(array.min()), int(array.max())
        if lowest < 0 or highest >= limit:
            raise ValueError(
                f"{what} run from {lowest} to {highest}; they must lie between 0 and {limit - 1}"
            )
    return array


def _words(values: npt.ArrayLike, what: str) -> Ids:
    return _checked(values, what, _IDS).astype(np.uint32, copy=False)


def _stamps(quarter: npt.ArrayLike, purpose: str) -> Ids:
    """Return the second counter word: the quarter in the upper 16 bits, the purpose in the lower."""
    quarters = _checked(quarter, "quarter", _QUARTERS).astype(np.uint32)
    return np.asarray((quarters << np.uint32(16)) | np.uint32(purpose_number(purpose)))


def _folded(ids: Sequence[npt.ArrayLike]) -> tuple[Ids, Ids]:
    """Return the two id words: the first id, and all the others folded into one.

    ``fold(a, b) = mix(a) ^ b``, from the left: with ids 2, 3 and 4 the word is ``mix(mix(id2) ^ id3) ^ id4``.
    ``mix`` is the 32-bit finaliser of MurmurHash3 after adding the golden-ratio constant, one-to-one, so that
    two folds that differ in one id only are never equal. A missing id counts as 0.
    """
    words = [_words(each, f"id {place}") for place, each in enumerate(ids, start=1)]
    first = words[0] if words else np.zeros((), dtype=np.uint32)
    second = words[1] if len(words) > 1 else np.zeros((), dtype=np.uint32)
    for following in words[2:]:
        second = np.bitwise_xor(_mixed(second), following)
    return first, second


def _mixed(word: Ids) -> Ids:
    mixed = np.atleast_1d(word) + np.uint32(0x9E3779B9)
    mixed ^= mixed >> np.uint32(16)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed.reshape(np.shape(word))


def _checked_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 1 << 64:
        allowed = "it must be a whole number between 0 and 2**64 - 1"
        raise InputError([Fault("seed", "", f"is {seed!r}", allowed)])
    return int(seed)


# --- what was drawn before ------------------------------------------------------------------------


class Drawn:
    """Numbers that were drawn before, kept as far as there is room; the longest unused go first.

    The settings of a sweep share their luck, so that most of what a setting asks for has been drawn. A number
    is a function of its key, and what is kept can be read only: no bit hangs on what is remembered.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._known: OrderedDict[Any, tuple[dict[str, Uniforms], int]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: Any, draw: Callable[[], dict[str, Uniforms]]) -> dict[str, Uniforms]:
        """Return what a key stands for, drawn where it is not known."""
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return dict(found[0])
        drawn = draw()
        for values in drawn.values():
            values.flags.writeable = False
        size = sum(values.nbytes for values in drawn.values())
        with self._lock:
            if size <= self._most and key not in self._known:
                self._known[key] = dict(drawn), size
                self._held += size
                while self._held > self._most:
                    self._held -= self._known.popitem(last=False)[1][1]
        return drawn

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._known.clear()
            self._held = 0


_DRAWN: ContextVar[Drawn | None] = ContextVar("drawn", default=None)


@contextmanager
def remembering(drawn: Drawn) -> Iterator[None]:
    """Take from what was drawn before, and add to it, while this lasts.

    Examples
    --------
    >>> chance = Chance(seed=1, histories=np.array([4, 7]))
    >>> with remembering(Drawn(most_bytes=1000)):
    ...     chance.uniform(0, "climate") is chance.uniform(0, "climate")
    True
    """
    before = _DRAWN.set(drawn)
    try:
        yield
    finally:
        _DRAWN.reset(before)


def _exact(value: npt.ArrayLike) -> tuple[tuple[int, ...], str, bytes]:
    """Return what tells an array from every other."""
    array = np.asarray(value)
    return array.shape, array.dtype.str, array.tobytes()


def noise(
    seed: int, history: npt.ArrayLike, quarter: npt.ArrayLike, purpose: str, *ids: npt.ArrayLike
) -> Uniforms:
    """Return the uniforms of these keys; history, quarter and ids broadcast together.

    Parameters
    ----------
    seed : 0 .. 2**64 - 1, the Philox key (low word first)
    history : (...)   number of the history in the whole experiment, never its place in a chunk
    quarter : (...)   0 .. 65535; count from the year 0 (4 · year + quarter - 1) where the calendar is real
    purpose : a name in :data:`PURPOSES`
    ids : (...) each   hashes of names (:func:`name_ids`) or small whole numbers such as a seat; up to two are
        used as they are, more are folded into the second word; a missing one counts as 0

    Returns
    -------
    (...) float64, strictly between 0 and 1: the odd multiples of 2**-53

    Raises
    ------
    InputError
        for a seed out of range
    UnknownPurpose
        for a purpose that is not in the register
    ValueError, TypeError
        for a history, quarter or id that is out of range or no whole number
    """

    def draw() -> dict[str, Uniforms]:
        first, second = _folded(ids)
        words = _words(history, "history"), _stamps(quarter, purpose)
        return {purpose: _uniforms(_checked_seed(seed), *words, first, second)}

    known = _DRAWN.get()
    if known is None:
        return draw()[purpose]
    key = ("noise", seed, purpose, *(_exact(each) for each in (history, quarter, *ids)))
    return known.take(key, draw)[purpose]


@dataclass(frozen=True, eq=False)
class Chance:
    """The luck of some histories of one seed, asked by quarter, purpose and ids.

    It holds no state and can be asked in any order, any number of times, in any chunks: history 41 is the
    same alone, in a chunk of seven, and among a thousand.

    Attributes
    ----------
    seed : 0 .. 2**64 - 1
    histories : (H,) int64, numbers of the histories in the whole experiment; a number may stand twice (the
        same luck under two draws of the parameters)
    """

    seed: int
    histories: npt.NDArray[np.int64]
    _history_words: Ids = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numbers = _checked(self.histories, "histories", _IDS)
        if numbers.ndim != 1:
            raise ValueError(f"histories has {numbers.ndim} axes; it must have one")
        kept = numbers.astype(np.int64)
        kept.flags.writeable = False
        object.__setattr__(self, "seed", _checked_seed(self.seed))
        object.__setattr__(self, "histories", kept)
        object.__setattr__(self, "_history_words", kept.astype(np.uint32))

    def uniform(self, quarter: npt.ArrayLike, purpose: str, *ids: npt.ArrayLike) -> Uniforms:
        """Return the uniforms of every history and quarter with the ids, which broadcast among themselves.

        Parameters
        ----------
        quarter : a number, or (Q,) for a whole calendar at once
        purpose : a name in :data:`PURPOSES`
        ids : (...) each

        Returns
        -------
        (H, ...) or (H, Q, ...) float64 in (0, 1)
        """

        def draw() -> dict[str, Uniforms]:
            return {purpose: _uniforms(self.seed, *self._keys(quarter, purpose, ids))}

        known = _DRAWN.get()
        if known is None:
            return draw()[purpose]
        return known.take(self._exactly("uniform", {purpose: (quarter, *ids)}), draw)[purpose]

    def uniform_each(self, quarter: npt.ArrayLike, purpose: str, *ids: npt.ArrayLike) -> Uniforms:
        """Return the uniforms where quarter and ids themselves differ by history.

        An example are the traits of newcomers, keyed by (state, seat, quarter of arrival).

        Parameters
        ----------
        quarter, ids : each broadcasts to a common (H, ...), the histories along the first axis

        Returns
        -------
        (H, ...) float64 in (0, 1)
        """
        first, second = _folded(ids)
        stamp = _stamps(quarter, purpose)
        axes = max(stamp.ndim, first.ndim, second.ndim, 1)
        history = self._history_words.reshape((-1, *(1,) * (axes - 1)))
        shape = np.broadcast_shapes(history.shape, stamp.shape, first.shape, second.shape)
        if shape[0] != self.histories.size:
            raise ValueError(
                f"quarter and ids broadcast to {shape}; there are {self.histories.size} histories"
            )
        return _uniforms(self.seed, history, stamp, first, second)

    def uniforms(self, asked: Mapping[str, Sequence[npt.ArrayLike]]) -> dict[str, Uniforms]:
        """Return several purposes in one pass, bit for bit as in one call for each.

        For few histories this is much faster. In memory the quarters come first, so that the numbers of one
        quarter stand together.

        Parameters
        ----------
        asked : purpose -> (quarter, *ids), as for :meth:`uniform`

        Returns
        -------
        purpose -> (H, ...) or (H, Q, ...) float64 in (0, 1), in the order asked

        Examples
        --------
        >>> chance = Chance(seed=1, histories=np.array([4]))
        >>> drawn = chance.uniforms({"leak": (0, name_ids(["MEX", "USA"])), "climate": (np.arange(8),)})
        >>> drawn["leak"].shape, drawn["climate"].shape
        ((1, 2), (1, 8))
        """
        known = _DRAWN.get()
        if known is None:
            return self._drawn(asked)
        return known.take(self._exactly("uniforms", asked), lambda: self._drawn(asked))

    def _exactly(self, what: str, asked: Mapping[str, Sequence[npt.ArrayLike]]) -> Any:
        """Return what tells this question from every other."""
        words = tuple((purpose, *(_exact(each) for each in given)) for purpose, given in asked.items())
        return what, self.seed, self.histories.tobytes(), words

    def _drawn(self, asked: Mapping[str, Sequence[npt.ArrayLike]]) -> dict[str, Uniforms]:
        keys, axes = {}, {}
        for purpose, (quarter, *ids) in asked.items():
            stamp, words = _stamps(quarter, purpose), np.broadcast_arrays(*_folded(ids))
            first, second = (word.reshape(1, 1, -1) for word in words)
            keys[purpose] = (self._history_words[:, None], stamp.reshape(-1, 1, 1), first, second)
            axes[purpose] = (stamp.shape, words[0].shape)
        shapes = {
            purpose: np.broadcast_shapes(*(word.shape for word in words)) for purpose, words in keys.items()
        }
        sizes = [math.prod(shape) for shape in shapes.values()]
        if sum(sizes) > 4 * _BLOCK:  # long enough: gathering the keys would cost more than it saves
            drawn = {purpose: _uniforms(self.seed, *words) for purpose, words in keys.items()}
        else:
            counters = np.empty((4, sum(sizes)), dtype=np.uint32)
            ends = np.cumsum(sizes).tolist()
            for (purpose, words), size, end in zip(keys.items(), sizes, ends, strict=True):
                for place, word in enumerate(words):
                    counters[place, end - size : end].reshape(shapes[purpose])[...] = word
            row = _uniforms(self.seed, *counters)
            drawn = {
                purpose: row[end - size : end].reshape(shape)
                for (purpose, shape), size, end in zip(shapes.items(), sizes, ends, strict=True)
            }
        whole = {}
        for purpose, values in drawn.items():
            quarters, of_ids = axes[purpose]
            values = values.reshape(*values.shape[:2], *of_ids)
            whole[purpose] = np.moveaxis(values, 0, 1) if quarters else values[0]
        return whole

    def _keys(
        self, quarter: npt.ArrayLike, purpose: str, ids: Sequence[npt.ArrayLike]
    ) -> tuple[Ids, Ids, Ids, Ids]:
        """Return the four counter words, shaped so that they broadcast to (H, *quarter, *ids)."""
        first, second = _folded(ids)
        stamp = _stamps(quarter, purpose)
        id_axes = max(first.ndim, second.ndim)
        stamp = stamp.reshape((*stamp.shape, *(1,) * id_axes))
        return self._history_words.reshape((-1, *(1,) * stamp.ndim)), stamp, first, second


def parameter_uniform(seed: int, draws: npt.ArrayLike, names: str | Sequence[str]) -> Uniforms:
    """Return the uniforms that draws of parameters are made from, keyed by (draw, name).

    Parameters
    ----------
    seed : 0 .. 2**64 - 1
    draws : (D,) or a number   numbers of the draws in the whole experiment
    names : one name, or P names of cards

    Returns
    -------
    (D,) for one name, (D, P) for several; turn them into values with ``cards.draw_value``
    """
    return _named_uniform(seed, draws, "parameter", names)


def judged_uniform(seed: int, histories: npt.ArrayLike, keys: str | Sequence[str]) -> Uniforms:
    """Return the uniforms of judged and unknown values, the same in every design: keyed by (history, key).

    Parameters
    ----------
    seed : 0 .. 2**64 - 1
    histories : (H,) or a number
    keys : one dotted key of a scenario, or J of them

    Returns
    -------
    (H,) for one key, (H, J) for several
    """
    return _named_uniform(seed, histories, "judged", keys)


def _named_uniform(seed: int, numbers: npt.ArrayLike, purpose: str, names: str | Sequence[str]) -> Uniforms:
    if isinstance(names, str):
        return noise(seed, numbers, 0, purpose, name_id(names))
    return noise(seed, np.asarray(numbers)[..., None], 0, purpose, name_ids(names))


# --- from uniforms to other distributions ---------------------------------------------------------


def exponential(u: npt.ArrayLike) -> Uniforms:
    """Return ``-log(u)``, exponential with mean 1: the hazard that has to add up before something happens.

    ``(summed hazard) > exponential(u)`` is true with probability ``1 - exp(-(summed hazard))``.

    Parameters
    ----------
    u : (...) in (0, 1)

    Returns
    -------
    (...) float64, > 0
    """
    result: Uniforms = -np.log(_contiguous(u))
    return result


# Wichura (1988), algorithm AS 241, PPND16: numerators and denominators, lowest power first.
_CENTRE: Final = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL: Final = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL: Final = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)
_UPPER_40_BITS: Final = np.uint64(0xFFFFFFFFFFFFE000)


def normal(u: npt.ArrayLike) -> Uniforms:
    """Return the standard normal quantile of u, by the rational approximation AS 241 of :cite:`wichura1988`.

    The distance to the nearer end of (0, 1) is first cut to 40 significant bits. One step of what is left
    then moves the quantile by far more than the rounding error of the formula, so the function never falls as
    u rises; it is exact to about 2e-12, and ``normal(1 - u) == -normal(u)`` to the bit.

    Parameters
    ----------
    u : (...) in (0, 1)

    Returns
    -------
    (...) float64
    """
    flat = _contiguous(u)
    shape, flat = flat.shape, flat.reshape(-1)
    result = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        _quantiles(flat[part], result[part])
    return result.reshape(shape)


def _quantiles(u: Uniforms, out: Uniforms) -> None:
    tail = np.minimum(u, 1.0 - u)
    bits = tail.view(np.uint64)
    np.bitwise_and(bits, _UPPER_40_BITS, out=bits)
    from_half = 0.5 - tail
    square = 0.180625 - from_half * from_half
    np.multiply(from_half, _ratio(square, _CENTRE), out=out)
    outside = np.flatnonzero(from_half > 0.425)
    if outside.size:
        root = np.sqrt(-np.log(tail[outside]))
        far = root > 5.0
        out[outside] = np.where(far, _ratio(root - 5.0, _FAR_TAIL), _ratio(root - 1.6, _TAIL))
    np.copysign(out, u - 0.5, out=out)


def _ratio(x: Uniforms, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Uniforms:
    """Return the ratio of two polynomials by Horner's rule."""
    parts = []
    for powers in coefficients:
        total = x * powers[-1]
        for coefficient in powers[-2:0:-1]:
            total += coefficient
            total *= x
        total += powers[0]
        parts.append(total)
    return np.divide(parts[0], parts[1], out=parts[0])


def _contiguous(u: npt.ArrayLike) -> Uniforms:
    """Return u in one piece: over scattered memory the logarithm may take a path with other last bits."""
    array = np.asarray(u, dtype=np.float64)
    return array if array.flags.c_contiguous else array.copy(order="C")
