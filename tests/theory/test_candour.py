"""The equations of docs/theory/candour.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import candour as c

H, N, K = 3, 11, 9
COEFFICIENTS = (0.5, 6.0, 15.0, 1.25, 1.0)
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=25, deadline=None)


def world(seed: int) -> dict[str, np.ndarray]:
    """Three histories of a meeting whose last state is a ghost: in the arrays, and nowhere else."""
    rng = np.random.default_rng(seed)
    off = np.broadcast_to(1.0 - np.eye(N), (H, N, N)).copy()
    w = {name: rng.uniform(size=(H, N)) for name in ("exposure", "guardedness", "comfort", "coming")}
    for name in ("line", "stated"):
        w[name] = rng.uniform(-1.0, 1.0, size=(H, N, K))
    for name in ("understanding", "salience"):
        w[name] = rng.uniform(size=(H, N, K))
    for name in ("sensitivity", "pool", "blame", "alpha"):
        w[name] = rng.uniform(size=(H, K))
    w["alpha"] /= np.sum(w["alpha"], axis=-1, keepdims=True)
    w["trust"] = rng.uniform(size=(H, N, N))
    w["off"] = off
    w["coming"][:, -1] = 0.0
    w["hours"] = rng.uniform(0.0, 2.0, size=(H, N, N)) * off * w["coming"][:, :, None] * w["coming"][:, None]
    w["dial"] = rng.uniform(size=(H,))
    return w


def every_equation(w: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All results of the page, with dials that differ between histories."""
    one, two = w["dial"][:, None], w["dial"][:, None, None]
    safe = c.log_safe_ear(0.4 * two, 0.5, two, w["trust"], w["off"])
    public = 3.0 * c.log_safe(0.4 * one, 0.5, one, w["comfort"])
    risk = c.risk_of_speaking(w["coming"][:, None, :] * w["off"], safe, public)
    stake = c.stake(w["sensitivity"], w["exposure"], w["line"], w["stated"])
    want = c.want(w["pool"], w["understanding"], w["salience"])
    words = c.candour(*COEFFICIENTS, want, stake, risk, two, w["guardedness"])
    apart = c.disagreement(w["alpha"] * w["blame"], w["stated"])
    return {
        "safe": safe,
        "public": public,
        "risk": risk,
        "stake": stake,
        "want": want,
        "words": words,
        "share": c.candid_share(w["alpha"], words),
        "sensitive": c.candid_share(w["alpha"] * w["sensitivity"], words),
        "heard": c.heard_position(w["line"], w["stated"], words),
        "voice": c.observer_voice(w["dial"], 3.0, 0.5, np.sum(w["coming"], axis=-1)),
        "stalled": c.stalled(one, w["blame"], w["hours"], w["trust"], w["stated"]),
        "apart": apart,
        "sparring": c.sparring_evidence(0.1 * two, w["hours"], w["trust"], apart),
    }


PER_PAIR = {"trust", "off", "hours", "safe", "apart", "sparring"}
PER_STATE = {
    *("exposure", "guardedness", "comfort", "coming", "line", "stated", "understanding", "salience"),
    *("public", "risk", "stake", "want", "words", "share", "sensitive", "heard"),
}


def reordered(name: str, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    if name in PER_PAIR:
        return value[:, order][:, :, order]
    return value[:, order] if name in PER_STATE else value


# --- what is said -----------------------------------------------------------------------------------


def test_an_ear_is_feared_less_the_more_it_is_trusted_and_bound() -> None:
    # .2(1 - .5·.8)(1 - .25) = .09
    feared = c.log_safe(0.2, 0.5, 0.8, np.array([[0.25, 1.0]]))
    np.testing.assert_allclose(feared, [[np.log(0.91), 0.0]], rtol=1e-14)
    pairs = c.log_safe_ear(0.2, 0.5, 0.8, np.full((1, 2, 2), 0.25), 1.0 - np.eye(2))
    np.testing.assert_allclose(pairs, [[[0.0, np.log(0.91)], [np.log(0.91), 0.0]]], rtol=1e-14)


def test_the_risk_is_one_minus_the_product_over_all_ears() -> None:
    ears = np.array([[[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [2.0, 0.0, 0.0]]])
    safe = np.log(np.array([[[1.0, 0.9, 0.5], [0.8, 1.0, 1.0], [0.7, 0.5, 1.0]]]))
    risk = c.risk_of_speaking(ears, safe, np.log(np.array([[1.0, 0.9, 1.0]])))
    np.testing.assert_allclose(risk, [[1 - 0.45, 1 - 0.72, 1 - 0.49]], rtol=1e-13)


def test_one_ear_that_is_not_trusted_spoils_a_room_of_friends() -> None:
    off = 1.0 - np.eye(10)
    trust = np.full((2, 10, 10), 0.95)
    trust[1, :, 9] = 0.0
    safe = c.log_safe_ear(0.4, 0.0, 0.0, trust, off)
    risk = c.risk_of_speaking(off * np.ones((2, 1, 1)), safe, np.zeros((2, 10)))
    assert risk[0, 0] == pytest.approx(1 - 0.98**9)
    assert risk[1, 0] == pytest.approx(1 - 0.98**8 * 0.6)


def test_a_stake_is_full_from_half_a_step_between_private_and_stated() -> None:
    line, stated = np.array([[[0.0, 0.0, -1.0]]]), np.array([[[0.1, -0.5, 1.0]]])
    stake = c.stake(np.array([[0.5, 0.5, 1.0]]), np.array([[0.8]]), line, stated)
    np.testing.assert_allclose(stake, [[[0.08, 0.4, 0.8]]], rtol=1e-14)


def test_one_wants_what_the_room_knows_and_oneself_does_not() -> None:
    want = c.want(np.array([[0.9, 0.5]]), np.array([[[0.4, 0.6]]]), np.array([[[0.8, 1.0]]]))
    np.testing.assert_allclose(want, [[[0.4, 0.0]]], rtol=1e-14)


def test_plain_speech_weighs_want_against_risk_record_and_manners() -> None:
    # .5 + 6(.2) - 15(.4)(.1) - 1.25(.4) - 1(.3) = .3
    words = c.candour(
        *COEFFICIENTS, np.array([[[0.2]]]), np.array([[[0.4]]]), np.array([[0.1]]), 0.4, np.array([[0.3]])
    )
    np.testing.assert_allclose(words, [[[1.0 / (1.0 + np.exp(-0.3))]]], rtol=1e-14)


def test_the_stated_line_is_heard_where_nothing_is_said_plainly() -> None:
    line, stated = np.array([[[0.2, 0.2, 0.2]]]), np.array([[[0.7, 0.7, 0.7]]])
    heard = c.heard_position(line, stated, np.array([[[0.0, 1.0, 0.4]]]))
    np.testing.assert_allclose(heard, [[[0.7, 0.2, 0.5]]], rtol=1e-14)


def test_observers_take_their_voices_share_of_what_is_open_to_them() -> None:
    heads = np.array([9.0, 9.0, 9.0, 9.0, 0.0])
    organisations = np.array([1.0, 11.0, 11.0, 0.0, 0.0])
    coordination = np.array([0.3, 1.0, 0.8, 0.3, 0.3])
    left = c.observer_voice(0.5, organisations, coordination, heads)
    np.testing.assert_allclose(left, [0.95, 0.95, 1 - 0.5 * 3 / 12, 1.0, 1.0], rtol=1e-14)


# --- blame and friction -----------------------------------------------------------------------------


def test_the_stall_of_three_states_is_the_sum_over_their_pairs() -> None:
    hours = np.array([[[0.0, 2.0, 1.0], [1.0, 0.0, 0.0], [0.0, 4.0, 0.0]]])
    trust = np.array([[[0.9, 0.5, 0.0], [0.2, 0.9, 0.3], [0.3, 0.75, 0.9]]])
    stated = np.array([[[1.0], [-1.0], [0.0]]])
    # tense hours 1, 1, .8, 1 on squares 1, .25, 1, .25 of 8 hours
    stall = c.stalled(0.8, np.array([[0.5]]), hours, trust, stated)
    np.testing.assert_allclose(stall, [[0.8 * 0.5 * (1.0 + 0.25 + 0.8 + 0.25) / 8.0]], rtol=1e-13)


def test_who_says_the_same_does_not_quarrel() -> None:
    same = np.full((1, 4, 2), 0.3)
    hours = 1.0 - np.eye(4)[None]
    np.testing.assert_allclose(c.stalled(1.0, np.ones((1, 2)), hours, 0 * hours, same), 0.0, atol=1e-15)
    np.testing.assert_allclose(c.disagreement(np.ones((1, 2)), same), 0.0, atol=1e-15)
    assert np.all(c.stalled(1.0, np.ones((1, 2)), 0.0 * hours, 0 * hours, same) == 0.0)


@quick
@given(seeds)
def test_squares_multiplied_out_are_the_squares_of_the_page(seed: int) -> None:
    w = world(seed)
    squares = ((w["stated"][:, :, None, :] - w["stated"][:, None, :, :]) / 2.0) ** 2
    weight = w["hours"] * (1.0 - w["trust"]) / np.sum(w["hours"], axis=(1, 2), keepdims=True)
    stall = np.clip(w["dial"][:, None] * w["blame"] * np.einsum("hij,hijk->hk", weight, squares), 0.0, 1.0)
    out = every_equation(w)
    np.testing.assert_allclose(out["stalled"], stall, rtol=0, atol=1e-13)
    apart = np.einsum("hk,hijk->hij", w["alpha"] * w["blame"], squares)
    np.testing.assert_allclose(out["apart"], apart, rtol=0, atol=1e-13)
    broken = 0.1 * w["dial"][:, None, None] * w["hours"] * (1.0 - w["trust"]) * apart
    np.testing.assert_allclose(out["sparring"], broken, rtol=0, atol=1e-13)


# --- for any numbers --------------------------------------------------------------------------------


@quick
@given(seeds)
def test_everything_stays_within_its_bounds(seed: int) -> None:
    w = world(seed)
    out = every_equation(w)
    for name in set(out) - {"safe", "public", "heard"}:
        assert np.all((out[name] >= 0.0) & (out[name] <= 1.0 + 1e-12)), name
    assert np.all(out["sensitive"] <= out["share"] + 1e-12)
    assert np.all(out["safe"] <= 0.0)
    assert np.all(out["public"] <= 0.0)
    low, high = np.minimum(w["line"], w["stated"]), np.maximum(w["line"], w["stated"])
    assert np.all((out["heard"] >= low - 1e-12) & (out["heard"] <= high + 1e-12))
    for name in ("safe", "apart", "sparring"):
        assert np.all(np.diagonal(out[name], axis1=-2, axis2=-1) == 0.0), name


@quick
@given(seeds)
def test_more_ears_less_trust_and_weaker_rules_never_lower_the_risk(seed: int) -> None:
    w = world(seed)
    ears, nothing = w["coming"][:, None, :] * w["off"], np.zeros((H, N))

    def risk(trust: np.ndarray, rules: float, ears: np.ndarray) -> np.ndarray:
        return c.risk_of_speaking(ears, c.log_safe_ear(0.3, rules, 0.7, trust, w["off"]), nothing)

    base = risk(w["trust"], 0.5, ears)
    assert np.all(risk(0.9 * w["trust"], 0.5, ears) >= base)
    assert np.all(risk(w["trust"], 0.4, ears) >= base)
    assert np.all(risk(w["trust"], 0.5, 1.1 * ears) >= base)


@quick
@given(seeds, st.permutations(range(N)))
def test_states_in_another_order_give_results_in_that_order(seed: int, order: list[int]) -> None:
    w = world(seed)
    moved = every_equation({name: reordered(name, value, np.array(order)) for name, value in w.items()})
    for name, value in every_equation(w).items():
        expected = reordered(name, value, np.array(order))
        np.testing.assert_allclose(moved[name], expected, rtol=0, atol=1e-12, err_msg=name)


@quick
@given(seeds, st.integers(0, H - 1))
def test_one_history_alone_has_the_bits_it_has_among_three(seed: int, history: int) -> None:
    w = world(seed)
    alone = every_equation({name: value[history : history + 1] for name, value in w.items()})
    for name, value in every_equation(w).items():
        np.testing.assert_array_equal(alone[name], value[history : history + 1], err_msg=name)


@quick
@given(seeds)
def test_a_ghost_changes_nothing_for_the_others(seed: int) -> None:
    w = world(seed)
    kept = np.arange(N - 1)
    full = every_equation(w)
    without = every_equation({name: reordered(name, value, kept) for name, value in w.items()})
    for name, value in without.items():
        np.testing.assert_allclose(value, reordered(name, full[name], kept), rtol=0, atol=1e-12, err_msg=name)
    assert np.all(full["sparring"][:, -1] == 0.0)
    assert np.all(full["sparring"][:, :, -1] == 0.0)


@quick
@given(seeds)
def test_no_hours_leave_no_quarrel_and_two_half_meetings_leave_that_of_one(seed: int) -> None:
    w = world(seed)
    apart = every_equation(w)["apart"]
    assert np.all(c.sparring_evidence(0.1, 0.0 * w["hours"], w["trust"], apart) == 0.0)
    assert np.all(c.stalled(1.0, w["blame"], 0.0 * w["hours"], w["trust"], w["stated"]) == 0.0)
    whole = c.sparring_evidence(0.1, w["hours"], w["trust"], apart)
    half = c.sparring_evidence(0.1, 0.5 * w["hours"], w["trust"], apart)
    np.testing.assert_allclose(2.0 * half, whole, rtol=1e-12)
    stall = c.stalled(1.0, w["blame"], w["hours"], w["trust"], w["stated"])
    np.testing.assert_allclose(
        c.stalled(1.0, w["blame"], 0.5 * w["hours"], w["trust"], w["stated"]), stall, rtol=1e-12
    )


def test_the_cards_of_the_page(tmp_path: Path) -> None:
    page = files("rcpsim") / "theory" / "candour.toml"
    (tmp_path / page.name).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    cards = read_cards(tmp_path)
    assert len(cards) == 11
    assert tuple(
        cards[f"candour_{name}"].prior.middle for name in ("base", "want", "risk", "record", "guarded")
    ) == pytest.approx(COEFFICIENTS)
    assert cards["sparring"].unit == "per hour"
    assert all(cards[name].allowed[1] < 1.0 for name in ("ear_risk", "observer_risk"))
