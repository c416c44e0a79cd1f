"""Where parameter sets are drawn: over the whole prior first, then where nothing speaks against them.

A set is a point of the unit cube, with one coordinate for each card whose prior is not fixed, in the order of
names: the quantile of its prior. The first wave is a Latin hypercube over the cube. A later one takes the
points of further Latin hypercubes that are not ruled out by what was learnt so far
(:mod:`rcpsim.fitting.emulating`), in their order: a sample that is even over what is left, without weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.stats import qmc

from rcpsim.arrays import Array, BoolArray
from rcpsim.cards import all_cards, draw_value

__all__ = ["free_names", "hypercube", "points_left", "values_at"]

_CANDIDATES: Final = 4096
_MOST_CUBES: Final = 100
"""So many hypercubes of candidates are looked through for a wave at most."""
_EDGE: Final = 1e-9


def free_names() -> tuple[str, ...]:
    """Return the names of the cards that are fitted, sorted."""
    return tuple(name for name, card in all_cards().items() if card.prior.dist != "fixed")


def hypercube(sets: int, seed: int, *key: int) -> Array:
    """Return a Latin hypercube, (sets, P), each coordinate strictly between 0 and 1.

    Parameters
    ----------
    key : tells one sample of a fit from another

    Examples
    --------
    >>> points = hypercube(4, 1, 0)
    >>> points.shape[0], sorted(int(4 * u) for u in points[:, 0])
    (4, [0, 1, 2, 3])
    """
    chance = np.random.default_rng([seed, *key])
    points = qmc.LatinHypercube(len(free_names()), seed=chance).random(sets)
    return np.asarray(np.clip(points, _EDGE, 1.0 - _EDGE))


def points_left(sets: int, seed: int, wave: int, left: Callable[[Array], BoolArray]) -> Array:
    """Return the points of a later wave: (sets, P), fewer where hardly anything is left.

    Parameters
    ----------
    left : says of points (n, P) which are not ruled out
    """
    found: list[Array] = []
    count = 0
    for cube in range(_MOST_CUBES):
        candidates = hypercube(_CANDIDATES, seed, wave, cube)
        kept = candidates[left(candidates)]
        found.append(kept)
        count += kept.shape[0]
        if count >= sets:
            break
    return np.concatenate(found)[:sets]


def values_at(points: Array) -> dict[str, Array]:
    """Return the parameters at points of the cube: name -> (sets,)."""
    cards = all_cards()
    return {
        name: np.asarray(draw_value(cards[name], points[:, place])) for place, name in enumerate(free_names())
    }
