"""Regions: planted boxes are found, accidents are not told."""

from __future__ import annotations

import builtins
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rcpsim.analysis import box_of, feature_scores, regions, search
from rcpsim.analysis.regions import FEWEST, RARE, Limit
from rcpsim.lessons import where

RNG = np.random.default_rng(11)
ROWS = 300
FEATURES = {name: RNG.random(ROWS) for name in "abcdef"}
PLANTED = (FEATURES["a"] < 0.4) & (FEATURES["b"] > 0.3)


def test_a_planted_box_is_found_and_holds_on_rows_it_was_not_found_in() -> None:
    found = search(FEATURES, PLANTED)
    assert found.refusal == ""
    assert found.region is not None
    limits = {limit.feature: limit for limit in found.region.limits}
    assert set(limits) == {"a", "b"}
    assert limits["a"].high == pytest.approx(0.4, abs=0.05)
    assert limits["b"].low == pytest.approx(0.3, abs=0.05)
    assert found.region.density > 0.95
    assert found.region.coverage > 0.85
    assert found.held_density > 0.9
    assert next(iter(found.scores)) == "a"
    assert sum(found.scores.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_told_as_a_region(seed: int) -> None:
    happens = np.random.default_rng(seed).random(ROWS) < 0.5
    found = search(FEATURES, happens)
    assert found.region is None
    assert "chance" in found.refusal


def test_too_few_rows_or_too_rare_a_thing_are_refused() -> None:
    few = {name: values[: FEWEST - 1] for name, values in FEATURES.items()}
    assert "too few" in search(few, PLANTED[: FEWEST - 1]).refusal
    rare = np.arange(ROWS) < RARE - 1
    assert "hardly anywhere" in search(FEATURES, rare).refusal
    assert "nearly everywhere" in search(FEATURES, ~rare).refusal
    assert search({"same": np.ones(ROWS)}, PLANTED).region is None


def test_rows_of_one_draw_make_no_second_draw() -> None:
    """Draws are counted and not rows, both of all and of the rarer sort."""
    each = np.repeat(np.arange(FEWEST // 2), 2)
    some = {name: np.repeat(values[: FEWEST // 2], 2) for name, values in FEATURES.items()}
    assert each.size == FEWEST
    refusal = f"{FEWEST // 2} draws are too few to say; {FEWEST} are needed"
    assert search(some, np.arange(FEWEST) % 2 == 0, each).refusal == refusal
    each = np.repeat(np.arange(ROWS), 2)
    doubled = {name: np.repeat(values, 2) for name, values in FEATURES.items()}
    rare = each < RARE - 1
    assert rare.sum() > RARE
    few = f"{RARE - 1} of {ROWS} draws"
    assert search(doubled, rare, each).refusal == f"it happens hardly anywhere (in {few})"
    assert search(doubled, ~rare, each).refusal == f"it happens nearly everywhere (not in {few})"


def test_a_refusal_says_what_its_numbers_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes that hold more than chance, with too few draws in them, do not do *no better than chance*."""
    happens = np.arange(ROWS) % 4 == 0
    monkeypatch.setattr(regions, "feature_scores", lambda *_: {})
    inside = np.zeros(ROWS, dtype=np.bool_)
    inside[[0, 4]] = True
    monkeypatch.setattr(regions, "_held_out", lambda *_: inside)
    better = search(FEATURES, happens)
    assert better.region is None
    assert better.refusal == (
        "boxes found in four fifths of the draws hold 100% against 25% in the fifth left out, "
        "but with too few draws in them (2 of 2) to tell that from chance"
    )
    monkeypatch.setattr(regions, "_held_out", lambda *_: ~inside & (np.arange(ROWS) < 40))
    worse = search(FEATURES, happens)
    assert worse.refusal.endswith("do no better than chance in the fifth left out (21% against 25%)")


def test_rows_of_one_draw_are_held_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row whose double was looked at is not left out."""
    each = np.repeat(np.arange(ROWS), 2)
    doubled = np.stack([np.repeat(values, 2) for values in (*FEATURES.values(), np.arange(ROWS) * 1.0)], -1)
    seen = []

    def box_of_some(table: np.ndarray, _: np.ndarray) -> tuple[list[object], np.ndarray]:
        seen.append({int(row) for row in table[:, -1]})
        return [], np.ones(len(table), dtype=np.bool_)

    monkeypatch.setattr(regions, "box_of", box_of_some)
    monkeypatch.setattr(regions, "_chosen", lambda table, _: list(range(table.shape[1])))
    happens = np.repeat(PLANTED, 2)
    assert regions._held_out(doubled, happens, each).all()
    left_out = [set(range(ROWS)) - rows for rows in seen]
    assert sum(map(len, left_out)) == ROWS
    assert set.union(*left_out) == set(range(ROWS))
    seen.clear()
    regions._held_out(doubled, happens, np.arange(2 * ROWS))
    assert sum(ROWS - len(rows) for rows in seen) < ROWS / 4


def test_rows_of_one_group_count_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def test_of(hits: int, rows: int, *_: object, **__: object) -> SimpleNamespace:
        asked.append((hits, rows))
        return SimpleNamespace(pvalue=1.0)

    monkeypatch.setattr(regions.stats, "binomtest", test_of)
    monkeypatch.setattr(regions, "_held_out", lambda *_: np.arange(2 * ROWS) < 90)
    doubled = {name: np.repeat(values, 2) for name, values in FEATURES.items()}
    happens = np.arange(2 * ROWS) % 3 == 0
    search(doubled, happens, np.repeat(np.arange(ROWS), 2))
    search(doubled, happens)
    assert asked == [(15, 45), (30, 90)]


def test_peeling_takes_ends_of_features_with_few_values_whole() -> None:
    size = np.repeat([10.0, 20.0, 40.0], 30)
    ((place, low, high),), rows = box_of(size[:, None], size >= 40.0)
    assert (place, high) == (0, np.inf)
    assert 20.0 < low <= 40.0
    assert rows.sum() == 30


def test_scores_do_not_depend_on_the_order_of_features() -> None:
    scores = feature_scores(FEATURES, PLANTED)
    assert list(scores)[:2] == ["a", "b"]
    assert scores["a"] > 5 * scores["c"]


def test_where_it_happens_everywhere_inside_the_box_is_the_whole() -> None:
    limits, rows = box_of(np.linspace(0.0, 1.0, 60)[:, None], np.ones(60, dtype=np.bool_))
    assert limits == []
    assert rows.all()


@pytest.mark.parametrize("missing", ["sklearn", "ema_workbench"])
def test_without_the_extra_the_error_is_an_import_error(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith(missing):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError):
        search(FEATURES, PLANTED)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (Limit("states", -np.inf, 14.0), "among 14 states or fewer"),
        (Limit("states", 20.0, 20.0), "among 20 states"),
        (Limit("age", -np.inf, 1.0), "in its first two years"),
        (Limit("age", 11.0, np.inf), "late in its life"),
        (
            Limit("capacity", -np.inf, 0.4),
            "where administrations are weak (capacity at most 0.4)",
        ),
        (
            Limit("pool_share", 0.5, np.inf),
            'where "share of what one knows that one puts on the table" is high (pool_share 0.5 or more)',
        ),
    ],
)
def test_a_bound_is_told_as_a_practitioner_would(limit: Limit, told: str) -> None:
    assert where._told(limit) == told
