"""In which part of a space of features something happens: scores of features, and boxes found by peeling.

Two methods, both for samples of tens to thousands of rows:

- *feature scores*: how far each feature helps extremely randomised trees (Geurts, Ernst and Wehenkel 2006) to
  tell rows in which it happens from others; they sum to one. Needs scikit-learn (``rcpsim[analysis]``);
- *PRIM*, the patient rule induction method (Friedman and Fisher 1999), as ema_workbench has it
  (``rcpsim[analysis]``): of the whole sample a twentieth is peeled off at a time, at that end of that feature
  which gains most for each row lost, and pasted on again where that helps.

A box always fits the rows that it was found in. `search` therefore finds boxes in four fifths of the rows and
tries them on the fifth that is left, five times over, and refuses to tell of a region that does no better
there than chance.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from rcpsim.arrays import Array, BoolArray, IntArray

__all__ = ["FEWEST", "RARE", "Limit", "Region", "Search", "box_of", "feature_scores", "search"]

FEWEST: Final = 40
"""Draws below which nothing is said; rows of one group are one draw."""

RARE: Final = 10
"""Draws with a row of the rarer sort below which nothing is said."""

PEEL: Final = 0.05
"""Share of the rows of a box that is peeled off at a time."""

SMALLEST_BOX: Final = 0.1
"""Share of all rows that a box holds at least."""

FOLDS: Final = 5
_BEST: Final = 6
_SOME: Final = 1e-9  # what is above it counts as happening, and any box is told
_SURE: Final = 0.05
_TREES: Final = 120
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Limit:
    """The range of one feature within a region; infinite where it has no end on that side."""

    feature: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Region:
    """A box in the space of features.

    Attributes
    ----------
    limits : of the features that bound it, the one that matters most first
    density : share of the rows inside in which it happens
    coverage : share of the rows in which it happens that lie inside
    mass : share of all rows that lie inside
    """

    limits: tuple[Limit, ...]
    density: float
    coverage: float
    mass: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for a region came to.

    Attributes
    ----------
    region : found in all rows, or None
    refusal : why there is none, in words; empty where there is one
    rows : how many were looked at
    chance : share of all rows in which it happens
    held_density, held_coverage : of boxes on rows that they were not found in; nan where none was tried
    scores : feature -> score, the highest first
    """

    region: Region | None
    refusal: str
    rows: int
    chance: float
    held_density: float
    held_coverage: float
    scores: Mapping[str, float]


def search(features: Mapping[str, Array], happens: BoolArray, groups: IntArray | None = None) -> Search:
    """Look for the region of the features in which something happens.

    Parameters
    ----------
    features : name -> (R,), numbers without gaps
    happens : (R,)
    groups : (R,)   rows with the same number are held out together; each row by itself where missing

    Returns
    -------
    Search
        with a refusal where there are too few groups, where too few of them have a row of the rarer sort, or
        where boxes do no better than chance on rows that they were not found in, or too few rows lie in them
        to tell

    Raises
    ------
    ImportError
        without scikit-learn or ema_workbench
    """
    names = [name for name, values in features.items() if np.ptp(values) > 0.0] if happens.size else []
    table = np.stack([features[name] for name in names], axis=-1) if names else np.zeros((happens.size, 0))
    chance = float(happens.mean()) if happens.size else float("nan")
    of = np.arange(happens.size) if groups is None else groups
    draws = np.unique(of).size
    nothing = float("nan")

    def refused(why: str, scores: Mapping[str, float] | None = None) -> Search:
        return Search(None, why, happens.size, chance, nothing, nothing, scores or {})

    if draws < FEWEST:
        return refused(f"{draws} draws are too few to say; {FEWEST} are needed")
    if not names:
        return refused("no feature differs between the draws")
    with_it, against_it = np.unique(of[happens]).size, np.unique(of[~happens]).size
    if with_it < RARE:
        return refused(f"it happens hardly anywhere (in {with_it} of {draws} draws)")
    if against_it < RARE:
        return refused(f"it happens nearly everywhere (not in {against_it} of {draws} draws)")
    scores = feature_scores(dict(zip(names, table.T, strict=True)), happens)
    inside = _held_out(table, happens, of)
    hits, many = int(happens[inside].sum()), int(inside.sum())
    density, coverage = hits / max(many, 1), hits / int(happens.sum())
    # Rows of one group tell little more than one of them, so that they count as one row together.
    apart = draws / happens.size
    told, beyond = ceil(many * apart), int(hits * apart)
    sure = many > 0 and stats.binomtest(beyond, told, chance, alternative="greater").pvalue < _SURE
    if not sure:
        found = "boxes found in four fifths of the draws"
        if density > chance:
            why = (
                f"{found} hold {density:.0%} against {chance:.0%} in the fifth left out, but with too few "
                f"draws in them ({beyond} of {told}) to tell that from chance"
            )
        else:
            why = (
                f"{found} do no better than chance in the fifth left out ({density:.0%} against {chance:.0%})"
            )
        return Search(None, why, happens.size, chance, density, coverage, scores)
    chosen = [names.index(name) for name in list(scores)[:_BEST]]
    limits, rows = box_of(table[:, chosen], happens)
    named = tuple(Limit(names[chosen[place]], low, high) for place, low, high in limits)
    region = Region(
        tuple(sorted(named, key=lambda one: -scores[one.feature])),
        float(happens[rows].mean()),
        float(happens[rows].sum() / happens.sum()),
        float(rows.mean()),
    )
    return Search(region, "", happens.size, chance, density, coverage, scores)


def feature_scores(features: Mapping[str, Array], happens: BoolArray) -> dict[str, float]:
    """Return how far each feature helps trees to tell where something happens, the highest first.

    Raises
    ------
    ImportError
        without scikit-learn
    """
    names = list(features)
    scores = _importances(np.stack([features[name] for name in names], axis=-1), happens)
    order = np.argsort(-scores, kind="stable")
    return {names[place]: float(scores[place]) for place in order}


def _importances(table: Array, happens: BoolArray) -> Array:
    from sklearn.ensemble import ExtraTreesClassifier

    trees: Any = ExtraTreesClassifier(
        n_estimators=_TREES, min_samples_leaf=3, class_weight="balanced", random_state=_SEED, n_jobs=1
    )
    scores: Array = trees.fit(table, happens).feature_importances_
    return scores


def _chosen(table: Array, happens: BoolArray) -> list[int]:
    """Return the places of the features that matter most; among too many, peeling finds accidents."""
    order = np.argsort(-_importances(table, happens), kind="stable")
    return [int(place) for place in order[:_BEST]]


def _held_out(table: Array, happens: BoolArray, groups: IntArray) -> BoolArray:
    """Return which rows lie in the box that was found in the folds they are not in: (R,)."""
    kinds = np.unique(groups)
    rng = np.random.default_rng(_SEED)
    fold_of = dict(zip(kinds.tolist(), rng.permutation(np.arange(kinds.size) % FOLDS).tolist(), strict=True))
    folds = np.array([fold_of[group] for group in groups.tolist()])
    inside = np.zeros(happens.shape, dtype=np.bool_)
    for fold in range(FOLDS):
        out = folds == fold
        within = ~out
        if happens[within].all() or not happens[within].any():
            continue
        chosen = _chosen(table[within], happens[within])
        limits, _ = box_of(table[within][:, chosen], happens[within])
        inside[out] = _inside(table[out][:, chosen], limits)
    return inside


def _inside(table: Array, limits: Sequence[tuple[int, float, float]]) -> BoolArray:
    rows = np.ones(table.shape[0], dtype=np.bool_)
    for place, low, high in limits:
        rows &= (table[:, place] >= low) & (table[:, place] <= high)
    return rows


def box_of(table: Array, happens: BoolArray) -> tuple[list[tuple[int, float, float]], BoolArray]:
    """Return the box that PRIM ends with: (place of a feature, low, high) of its bounds, and its rows.

    Peeling and pasting are those of ema_workbench. Of all boxes on its way, the one is taken whose share of
    rows in which it happens is the highest when a standard error is taken off.

    Parameters
    ----------
    table : (R, F)
    happens : (R,)

    Raises
    ------
    ImportError
        without ema_workbench

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 101)[:, None]
    >>> limits, rows = box_of(x, x[:, 0] > 0.6)
    >>> [(place, round(low, 1), high) for place, low, high in limits], int(rows.sum())
    ([(0, 0.6, inf)], 39)
    """
    if happens.all() or not happens.any():
        return [], np.ones(happens.shape, dtype=np.bool_)
    with warnings.catch_warnings():  # it warns of evaluators and plots that are not asked for here
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim

        frame = pd.DataFrame({f"{place:04d}": column for place, column in enumerate(table.T)})
        prim: Any = Prim(
            frame, happens.astype(np.int64), threshold=_SOME, peel_alpha=PEEL, mass_min=SMALLEST_BOX
        )
        found: Any = prim.find_box()
        way = found.peeling_trajectory
        shares = [_sure_share(int(k), int(n)) for k, n in zip(way["k"], way["n"], strict=True)]
        (low, high), (least, most) = (
            found.box_lims[step].to_numpy(dtype=np.float64) for step in (int(np.argmax(shares)), 0)
        )
    low, high = np.where(low > least, low, -np.inf), np.where(high < most, high, np.inf)
    limits = [
        (place, float(low[place]), float(high[place]))
        for place in range(table.shape[1])
        if np.isfinite(low[place]) or np.isfinite(high[place])
    ]
    return limits, _inside(table, limits)


def _sure_share(hits: int, many: int) -> float:
    """Return the share of rows in which it happens, a standard error off (one row of each sort added)."""
    share = (hits + 1) / (many + 2)
    return float(share - np.sqrt(share * (1.0 - share) / (many + 2)))
