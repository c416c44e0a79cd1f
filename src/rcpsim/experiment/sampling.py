"""Plans of settings: where in the space of the factors the model is looked at.

A plan is a matrix of levels u in 0..1, one row for each point and one column for each factor, or, for a grid
and for one factor at a time, a list of picks among levels. All plans grow: a larger plan of the same kind
begins with the smaller one or holds all its points, so that no history that has been played is lost.

The numbers of chance are looked up by (seed, point, factor), never drawn in turn; where the seed enters, it
is the experiment's. The Sobol' sequence is that of Joe and Kuo (2008), shifted digit by digit (Owen 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.draws import name_ids, noise

__all__ = ["grid", "latin", "morris", "one_at_a_time", "saltelli"]

_BITS: Final = 30


def grid(levels: Sequence[int]) -> IntArray:
    """Return the full product of levels, the first factor varying slowest.

    Parameters
    ----------
    levels : how many each of F factors has

    Returns
    -------
    (P, F)   places of the levels

    Examples
    --------
    >>> grid([2, 2]).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    places = list(product(*(range(many) for many in levels)))
    return np.array(places, dtype=np.int64).reshape(len(places), len(levels))


def one_at_a_time(levels: Sequence[int], base: Sequence[int]) -> IntArray:
    """Return the base, and each factor at each of its other levels while the others stay.

    Returns
    -------
    (P, F)   places of the levels

    Examples
    --------
    >>> one_at_a_time([2, 3], [0, 1]).tolist()
    [[0, 1], [1, 1], [0, 0], [0, 2]]
    """
    points = [list(base)]
    for factor, many in enumerate(levels):
        for level in range(many):
            if level != base[factor]:
                points.append([*base[:factor], level, *base[factor + 1 :]])
    return np.array(points, dtype=np.int64)


def latin(points: int, keys: Sequence[str], seed: int) -> Array:
    """Return a Latin hypercube that grows by doubling (Sallaberry, Helton and Hora 2008).

    An odd number of points is laid out at once; then, as often as the number asked for is even, every stratum
    is halved and the empty half of each is filled. The first half of a plan of 2n points is the plan of n.

    Parameters
    ----------
    points : P, at least 1
    keys : of the F factors

    Returns
    -------
    (P, F)   in 0..1, one point in each P-th of each column

    Examples
    --------
    >>> plan = latin(6, ["a", "b"], 1)
    >>> np.sort(np.floor(plan * 6), axis=0).tolist() == [[place] * 2 for place in range(6)]
    True
    >>> bool((latin(12, ["a", "b"], 1)[:6] == plan).all())
    True
    """
    start = points
    while start % 2 == 0:
        start //= 2
    columns = []
    for key, word in zip(keys, name_ids(keys), strict=True):
        del key
        strata = np.arange(start)
        column = np.zeros(0)
        size = start
        while True:
            new = np.arange(column.size, size)
            order = np.argsort(noise(seed, new, 0, "sampling", word, 0), kind="stable")
            within = noise(seed, new, 0, "sampling", word, 1)
            column = np.concatenate([column, (strata[order] + within) / size])
            if size == points:
                break
            size *= 2
            taken = np.floor(column * size).astype(np.int64)
            strata = np.setdiff1d(np.arange(size), taken)
        columns.append(column)
    return np.stack(columns, axis=-1)


def saltelli(points: int, keys: Sequence[str], seed: int, *, second_order: bool) -> Array:
    """Return the points from which main and total sensitivity are read, in the order that SALib expects.

    For each of n base points: A, then A with one column of B for each factor, then (for second order) B with
    one column of A for each factor, then B (Saltelli 2002; Saltelli et al. 2010).

    Parameters
    ----------
    points : n, a power of two, so that the base sequence is balanced
    keys : of the F factors

    Returns
    -------
    (n (F + 2), F), or (n (2 F + 2), F) with second order; in 0..1

    Examples
    --------
    >>> saltelli(4, ["a", "b", "c"], 1, second_order=False).shape
    (20, 3)
    """
    from scipy.stats.qmc import Sobol

    count = len(keys)
    base = (Sobol(2 * count, scramble=False, bits=_BITS).random(points) * 2**_BITS).astype(np.int64)
    words = name_ids(keys)
    shifts = np.concatenate([noise(seed, 0, 0, "sampling", words, side) for side in (0, 1)])
    shifted = base ^ (shifts * 2**_BITS).astype(np.int64)
    both = (shifted + 0.5) / 2**_BITS
    one, other = both[:, :count], both[:, count:]
    blocks = [one, *_crossed(one, other), *(_crossed(other, one) if second_order else []), other]
    return np.stack(blocks, axis=1).reshape(-1, count)


def _crossed(into: Array, out_of: Array) -> list[Array]:
    """Return `into` with one column taken from `out_of`, for each column."""
    found = []
    for column in range(into.shape[1]):
        mixed = into.copy()
        mixed[:, column] = out_of[:, column]
        found.append(mixed)
    return found


def morris(trajectories: int, keys: Sequence[str], seed: int, *, levels: int) -> Array:
    """Return trajectories on which each factor moves once, half the levels at a time (Morris 1991).

    Parameters
    ----------
    trajectories : how many
    keys : of the F factors
    levels : even, from 2

    Returns
    -------
    (trajectories (F + 1), F)   in 0..1

    Examples
    --------
    >>> walk = morris(1, ["a", "b"], 1, levels=4)
    >>> np.abs(np.diff(walk, axis=0)).sum(axis=0).round(3).tolist()
    [0.667, 0.667]
    """
    count, words = len(keys), name_ids(keys)
    step = levels // 2
    walks = []
    for number in range(trajectories):
        start, way, turn = (noise(seed, number, 0, "sampling", words, what) for what in (0, 1, 2))
        low = np.floor(start * (levels - step)).astype(np.int64)
        up = way < 0.5
        now = np.where(up, low, low + step)
        walk = [now.copy()]
        for factor in np.argsort(turn, kind="stable"):
            now[factor] += step if up[factor] else -step
            walk.append(now.copy())
        walks.append(np.array(walk).reshape(count + 1, count))
    return np.concatenate(walks) / (levels - 1)
