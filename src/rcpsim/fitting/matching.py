"""Which sets the record speaks against.

A set *misses* a pattern by

    |what its history came to − what is documented| / sd,   sd² = spread of histories² + documented error²

and is set aside when it misses a strong pattern by more than 3. The spread of histories is that of a set
that is played many times: a reference batch of prior draws, several histories each, gives the variance
within sets, pooled over sets. It is estimated once, before the first wave, and holds for all sets. Where a
yes-or-no pattern came out alike in every one of n histories, the spread is that of a chance of 1 in n + 2,
as nobody can tell n equal histories from that.

A process that in four histories never lived long enough to be described leaves its patterns untold, and a
set with a strong pattern untold is not accepted: under it, what is documented would not have been there to
document.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.fitting.emulating import CUTOFF
from rcpsim.patterns import Pattern

__all__ = ["accepted", "distance", "misses", "spread_of_histories"]


def spread_of_histories(patterns: Sequence[Pattern], seen: Array) -> Array:
    """Return the standard deviation over histories of one set, for each pattern.

    Parameters
    ----------
    seen : (R, n, patterns) what n histories of R sets came to, nan where undescribed

    Returns
    -------
    (patterns,), nan where no set has two histories that tell
    """
    told = np.isfinite(seen)
    counts = told.sum(axis=1)
    means = np.where(told, seen, 0.0).sum(axis=1) / np.maximum(counts, 1)
    squares = np.where(told, (seen - means[:, None]) ** 2, 0.0).sum(axis=(0, 1))
    freedom = np.maximum(counts - 1, 0).sum(axis=0)
    spread = np.sqrt(np.where(freedom > 0, squares / np.maximum(freedom, 1), np.nan))
    for place, pattern in enumerate(patterns):
        values = seen[..., place][told[..., place]]
        if pattern.yes_no and values.size and np.ptp(values) == 0.0:
            rare = 1.0 / (values.size + 2)
            spread[place] = np.sqrt(rare * (1.0 - rare))
    return np.asarray(spread)


def misses(patterns: Sequence[Pattern], seen: Array, spread: Array) -> Array:
    """Return by how many sd each set misses each pattern: (sets, patterns), nan where undescribed.

    Parameters
    ----------
    seen : (sets, patterns)
    spread : (patterns,)
    """
    told = [pattern.documented for pattern in patterns]
    documented = np.array([np.nan if one is None else one.value for one in told])
    error = np.array([np.nan if one is None else one.error for one in told])
    sd = np.sqrt(np.nan_to_num(spread) ** 2 + error**2)
    away = np.abs(seen - documented)
    return np.asarray(
        np.where(sd > 0.0, away / np.where(sd > 0.0, sd, 1.0), np.where(away > 0.0, np.inf, away))
    )


def accepted(strong: Array) -> BoolArray:
    """Return which sets tell every strong pattern and miss none.

    Parameters
    ----------
    strong : (sets, strong patterns) misses

    Examples
    --------
    >>> nan = np.nan
    >>> accepted(np.array([[1.0, 2.0], [1.0, 3.5], [nan, 0.5]])).tolist()
    [True, False, False]
    """
    return np.asarray((strong <= CUTOFF).all(axis=1))


def distance(strong: Array) -> Array:
    """Return the worst miss of each set among the strong patterns it can tell, (sets,)."""
    return np.asarray(np.max(np.where(np.isnan(strong), 0.0, strong), axis=1))
