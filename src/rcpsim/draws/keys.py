"""Numbers by key: seed, history, quarter, purpose and ids laid into a counter, one or many at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rcpsim.draws.names import name_id, name_ids
from rcpsim.draws.philox import BLOCK, WORD, Ids, Uniforms, uniforms, whole_numbers
from rcpsim.draws.purposes import purpose_number
from rcpsim.draws.remembered import exact, now_remembered
from rcpsim.errors import Fault, InputError

__all__ = ["Chance", "judged_uniform", "noise", "parameter_uniform"]

_QUARTERS: Final = 1 << 16


def _words(values: npt.ArrayLike, what: str) -> Ids:
    return whole_numbers(values, what, WORD).astype(np.uint32, copy=False)


def _stamps(quarter: npt.ArrayLike, purpose: str) -> Ids:
    """Return the second counter word: the quarter in the upper 16 bits, the purpose in the lower."""
    quarters = whole_numbers(quarter, "quarter", _QUARTERS).astype(np.uint32)
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


def noise(
    seed: int, history: npt.ArrayLike, quarter: npt.ArrayLike, purpose: str, *ids: npt.ArrayLike
) -> Uniforms:
    """Return the uniforms of these keys; history, quarter and ids broadcast together.

    Parameters
    ----------
    seed : 0 .. 2**64 - 1, the Philox key (low word first)
    history : (...)   number of the history in the whole experiment, never its place in a chunk
    quarter : (...)   0 .. 65535; count from the year 0 (4 · year + quarter - 1) where the calendar is real
    purpose : a name in :data:`~rcpsim.draws.PURPOSES`
    ids : (...) each   hashes of names (:func:`~rcpsim.draws.name_ids`) or small whole numbers such as a seat;
        up to two are used as they are, more are folded into the second word; a missing one counts as 0

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
        return {purpose: uniforms(_checked_seed(seed), *words, first, second)}

    known = now_remembered()
    if known is None:
        return draw()[purpose]
    key = ("noise", seed, purpose, *(exact(each) for each in (history, quarter, *ids)))
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
        numbers = whole_numbers(self.histories, "histories", WORD)
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
        purpose : a name in :data:`~rcpsim.draws.PURPOSES`
        ids : (...) each

        Returns
        -------
        (H, ...) or (H, Q, ...) float64 in (0, 1)
        """

        def draw() -> dict[str, Uniforms]:
            return {purpose: uniforms(self.seed, *self._keys(quarter, purpose, ids))}

        known = now_remembered()
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
        return uniforms(self.seed, history, stamp, first, second)

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
        known = now_remembered()
        if known is None:
            return self._drawn(asked)
        return known.take(self._exactly("uniforms", asked), lambda: self._drawn(asked))

    def _exactly(self, what: str, asked: Mapping[str, Sequence[npt.ArrayLike]]) -> Any:
        """Return what tells this question from every other."""
        words = tuple((purpose, *(exact(each) for each in given)) for purpose, given in asked.items())
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
        if sum(sizes) > 4 * BLOCK:  # long enough: gathering the keys would cost more than it saves
            drawn = {purpose: uniforms(self.seed, *words) for purpose, words in keys.items()}
        else:
            counters = np.empty((4, sum(sizes)), dtype=np.uint32)
            ends = np.cumsum(sizes).tolist()
            for (purpose, words), size, end in zip(keys.items(), sizes, ends, strict=True):
                for place, word in enumerate(words):
                    counters[place, end - size : end].reshape(shapes[purpose])[...] = word
            row = uniforms(self.seed, *counters)
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
