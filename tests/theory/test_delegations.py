"""The equations of docs/theory/delegations.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import delegations as d

H, N, M, K = 3, 5, 3, 4
OFF = 1.0 - np.eye(N)
WEIGHTS = np.array([0.3, 0.45, 0.25])
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories of a world with an absent state, the last."""
    rng = np.random.default_rng(seed)
    world = {
        "stability": rng.uniform(size=(H, N)),
        "luck": rng.uniform(size=(H, N, M)),
        "newcomer": rng.uniform(size=(H, N)),
        "participation": rng.uniform(size=(H, N)),
        "replaced": rng.uniform(size=(H, N)),
        "evidence": rng.uniform(0.0, 20.0, size=(H, N, N)) * OFF,
        "ties": rng.uniform(size=(H, N, N)) * OFF,
        "understanding": rng.uniform(size=(H, N, K)),
        "founding": rng.uniform(size=(H, N, K)),
        "credit": rng.uniform(1.0, 9.0, size=(H,)),
        "broken": rng.uniform(1.0, 9.0, size=(H,)),
        "dial": rng.uniform(size=(H,)),
    }
    world["participation"][:, -1] = 0.0
    world["replaced"][:, -1] = 0.0
    return world


def every_equation(w: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All results of the page, with dials that differ between histories."""
    by_state, by_pair = w["dial"][:, None], w["dial"][:, None, None]
    off = OFF[: w["stability"].shape[-1], : w["stability"].shape[-1]]
    hazard = d.turnover_hazard(0.1 + by_state, 2.0 * by_state, w["stability"])
    return {
        "hazard": hazard,
        "replaced": d.replaced_share(hazard, w["luck"], WEIGHTS),
        "carried": d.carried_over(w["stability"], w["newcomer"], w["replaced"]),
        "evidence": d.evidence_after_turnover(w["evidence"], w["replaced"], by_pair, 1.0 - by_pair),
        "ties": d.ties_after_turnover(w["ties"], w["replaced"], by_pair, 1.0 - np.eye(w["ties"].shape[-1])),
        "understanding": d.understanding_after_turnover(
            w["understanding"], w["founding"], w["replaced"], by_pair
        ),
        "newcomer": d.newcomer_after_turnover(w["newcomer"], w["replaced"]),
        "met": d.first_meeting_evidence(w["newcomer"], w["participation"], 2.0 * by_pair, off),
        "settled": d.newcomer_after_meeting(w["newcomer"], w["participation"]),
        "share": d.credit_share(w["credit"], w["broken"]),
        "credit": d.credit_after_quarter(w["credit"], w["dial"]),
    }


def reordered(name: str, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    if name in {"evidence", "ties", "met"}:
        return value[:, order][:, :, order]
    return value[:, order] if value.ndim > 1 else value


def test_a_seat_changes_hands_when_its_luck_lies_below_the_chance() -> None:
    hazard = d.turnover_hazard(0.05, 1.5, np.array([[1.0, 0.2]]))
    np.testing.assert_allclose(hazard, [[0.05, 0.11]], rtol=1e-14)
    chance = 1.0 - np.exp(-0.11)
    luck = np.array([[[0.0, 1.0, 1.0], [chance - 1e-9, chance + 1e-9, 0.0]]])
    np.testing.assert_allclose(d.replaced_share(hazard, luck, WEIGHTS), [[0.3, 0.55]], rtol=1e-14)


def test_over_many_quarters_the_mean_replaced_share_is_the_chance() -> None:
    luck = (np.arange(10_000)[:, None, None] + 0.5) / 10_000 * np.ones((1, 1, M))
    replaced = d.replaced_share(np.array([[0.08]]), luck, WEIGHTS)
    assert np.mean(replaced) == pytest.approx(1.0 - np.exp(-0.08), abs=1e-4)


def test_evidence_leaves_by_row_and_by_column_at_once() -> None:
    replaced = np.array([[1.0, 0.5, 0.0]])
    evidence = np.full((1, 3, 3), 10.0) * (1.0 - np.eye(3))
    after = d.evidence_after_turnover(evidence, replaced, 0.6, 0.8)
    # holder: 1 - s(1 - .6) = .6, .8, 1; about: 1 - s(1 - .8) = .8, .9, 1
    expected = [[[0.0, 5.4, 6.0], [6.4, 0.0, 8.0], [8.0, 9.0, 0.0]]]
    np.testing.assert_allclose(after, expected, rtol=1e-14)


def test_a_current_list_saves_every_contact_and_no_list_saves_none() -> None:
    off = 1.0 - np.eye(2)
    replaced, ties = np.array([[1.0, 0.5]]), np.array([[[0.0, 0.84], [0.44, 0.0]]])
    np.testing.assert_allclose(d.ties_after_turnover(ties, replaced, 1.0, off), ties, rtol=1e-14)
    none = d.ties_after_turnover(ties, replaced, 0.0, off)
    np.testing.assert_allclose(none, 0.04 * off[None], rtol=1e-14)  # what bilateral life keeps up
    half = d.ties_after_turnover(ties, replaced, 0.5, off)
    np.testing.assert_allclose(half, [[[0.0, 0.34], [0.19, 0.0]]], rtol=1e-14)


def test_the_expected_stay_is_the_mean_over_luck() -> None:
    hazard, weights = np.array([0.3, 0.7]), np.array([0.3, 0.45, 0.25])
    luck = np.random.default_rng(1).uniform(size=(200_000, 2, 3))
    replaced = d.replaced_share(np.broadcast_to(hazard, (200_000, 2)), luck, weights)
    ones = np.ones((200_000, 2, 2))
    factor = d.evidence_after_turnover(ones, replaced, 0.6, 0.8).mean(axis=0)
    expected = d.expected_stay(hazard, 0.6, 0.8)
    np.testing.assert_allclose(factor * (1 - np.eye(2)), expected * (1 - np.eye(2)), atol=3e-3)


def test_the_file_keeps_its_share_of_what_was_learnt_since_founding() -> None:
    after = d.understanding_after_turnover(
        np.array([[[0.9, 0.1]]]), np.array([[[0.4, 0.2]]]), np.array([[0.5]]), 0.6
    )
    np.testing.assert_allclose(after, [[[0.8, 0.12]]], rtol=1e-14)


def test_a_newcomer_learns_the_credit_of_the_process_once() -> None:
    newcomer, participation = np.array([[0.5, 1.0, 0.0]]), np.array([[1.0, 0.5, 0.8]])
    amount = d.first_meeting_evidence(newcomer, participation, 2.0, 1.0 - np.eye(3))
    np.testing.assert_allclose(amount, [[[0, 0.5, 0.8], [1.0, 0, 0.8], [0, 0, 0]]], rtol=1e-14)
    left = d.newcomer_after_meeting(newcomer, participation)
    np.testing.assert_allclose(left, [[0.0, 0.5, 0.0]], rtol=1e-14)
    again = d.first_meeting_evidence(left, participation, 2.0, 1.0 - np.eye(3))
    assert np.all(again[0, 0] == 0.0)
    assert again[0, 1, 0] == pytest.approx(0.5)


def test_credit_fades_to_its_founding_counts_by_half_in_a_half_life() -> None:
    credit = np.array([9.0, 1.0])
    for _ in range(20):
        credit = d.credit_after_quarter(credit, 2.0 ** (-1.0 / 20.0))
    np.testing.assert_allclose(credit, [5.0, 1.0], rtol=1e-12)
    assert d.credit_share(np.array([1.0]), np.array([1.0]))[0] == 0.5
    assert d.credit_share(np.array([1.5]), np.array([4.5]))[0] == 0.25


@quick
@given(seeds)
def test_everything_stays_within_its_bounds(seed: int) -> None:
    w = world(seed)
    out = every_equation(w)
    for name in ("replaced", "carried", "ties", "understanding", "newcomer", "settled", "share"):
        assert np.all((out[name] >= 0.0) & (out[name] <= 1.0 + 1e-15)), name
    assert np.all((out["evidence"] >= 0.0) & (out["evidence"] <= w["evidence"]))
    assert np.all(out["ties"] <= np.maximum(w["ties"], d.EVERYDAY_TIES) + 1e-15)
    assert np.all(out["credit"] >= 1.0)
    for name in ("evidence", "ties", "met"):
        assert np.all(np.diagonal(out[name], axis1=-2, axis2=-1) == 0.0), name


@quick
@given(seeds, st.permutations(range(N)))
def test_states_in_another_order_give_results_in_that_order(seed: int, order: list[int]) -> None:
    w = world(seed)
    moved = every_equation({name: reordered(name, value, np.array(order)) for name, value in w.items()})
    for name, value in every_equation(w).items():
        np.testing.assert_allclose(
            moved[name], reordered(name, value, np.array(order)), rtol=0, atol=1e-12, err_msg=name
        )


@quick
@given(seeds, st.integers(0, H - 1))
def test_one_history_alone_has_the_bits_it_has_among_three(seed: int, history: int) -> None:
    w = world(seed)
    alone = every_equation({name: value[history : history + 1] for name, value in w.items()})
    for name, value in every_equation(w).items():
        np.testing.assert_array_equal(alone[name], value[history : history + 1], err_msg=name)


@quick
@given(seeds)
def test_who_is_absent_changes_nothing_for_the_others(seed: int) -> None:
    w = world(seed)
    full = every_equation(w)
    kept = np.arange(N - 1)
    without = every_equation({name: reordered(name, value, kept) for name, value in w.items()})
    for name, value in without.items():
        np.testing.assert_allclose(value, reordered(name, full[name], kept), rtol=0, atol=1e-12)
    assert np.all(full["met"][:, :, -1] == 0.0)
    assert np.all(full["met"][:, -1, :] == 0.0)


@quick
@given(seeds)
def test_where_nobody_goes_and_nobody_comes_nothing_changes(seed: int) -> None:
    w = world(seed)
    none = np.zeros((H, N))
    assert np.all(d.replaced_share(none, w["luck"], WEIGHTS) == 0.0)
    np.testing.assert_array_equal(d.carried_over(w["stability"], w["newcomer"], none), w["stability"])
    np.testing.assert_array_equal(d.evidence_after_turnover(w["evidence"], none, 0.4, 0.4), w["evidence"])
    kept = d.ties_after_turnover(w["ties"], none, 0.0, 1.0 - np.eye(w["ties"].shape[-1]))
    np.testing.assert_allclose(kept, w["ties"], rtol=1e-14, atol=1e-16)
    np.testing.assert_array_equal(
        d.understanding_after_turnover(w["understanding"], w["founding"], none, 0.4), w["understanding"]
    )
    np.testing.assert_array_equal(d.newcomer_after_turnover(w["newcomer"], none), w["newcomer"])
    assert np.all(d.first_meeting_evidence(w["newcomer"], none, 2.0, OFF) == 0.0)
    np.testing.assert_array_equal(d.newcomer_after_meeting(w["newcomer"], none), w["newcomer"])


def test_the_cards_name_the_arguments_and_stay_in_their_bounds(tmp_path: Path) -> None:
    page = files("rcpsim") / "theory" / "delegations.toml"
    (tmp_path / page.name).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    cards = read_cards(tmp_path)
    assert set(cards) == {
        "turnover_base",
        "turnover_instability",
        "file",
        "reputation",
        "newcomer_units",
        "credit_halflife_secretariat",
        "credit_halflife_bare",
    }
    assert cards["turnover_base"].prior.middle == pytest.approx(0.06)
    assert cards["credit_halflife_bare"].status == "assumed"
