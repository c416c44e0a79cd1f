"""Names as numbers: the ids by which chance is looked up; two that cannot be told apart are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from rcpsim.draws.philox import WORD, Ids, whole_numbers
from rcpsim.errors import Fault, InputError

__all__ = ["HashCollision", "name_id", "name_ids", "pair_ids", "refuse_collisions"]


class HashCollision(InputError):
    """Two different names have the same hash, so that their luck could not be told apart."""


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
    refuse_collisions(holders, "names", "rename one of each group")
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
    words = whole_numbers(ids, "ids", WORD).astype(np.uint32)
    first, second = words[..., :, None], words[..., None, :]
    return np.minimum(first, second), np.maximum(first, second)


def refuse_collisions(holders: Mapping[int, set[str]], what: str, remedy: str) -> None:
    """Raise :class:`HashCollision` where different names share an id."""
    shared = sorted(sorted(group) for group in holders.values() if len(group) > 1)
    if shared:
        found = [f"{' and '.join(map(repr, group))} have the same hash" for group in shared]
        raise HashCollision(Fault(what, "", each, remedy) for each in found)
