"""The equations of docs/theory/language.md: worked on paper, and what must hold for any numbers."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.cards import read_cards
from rcpsim.theory import language as la
from tests.theory.histories import assert_histories_and_order_do_not_matter

H, N, K, V = 3, 11, 9, 3
OFF = 1.0 - np.eye(N)
PAIR, NK, NKV, NONE = (-2, -1), (-2,), (-3,), ()
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)

EQUATIONS = [
    (la.home_usage, "interest", NKV),
    (la.heard_usage, "hours candour usage sharpening", (NK, NKV, NK)),
    (la.usage_after_meeting, "usage heard candid rate", NKV),
    (la.usage_after_papers, "usage defined exposure rate", NKV),
    (la.usage_at_home, "usage home pull", NKV),
    (la.common_language, "usage weights", NONE),
    (la.common_language_index, "chance", NONE),
]
AXES = dict.fromkeys(("interest", "candid", "exposure", "candour"), NK)
AXES |= dict.fromkeys(("usage", "heard", "home"), NKV) | {"hours": PAIR, "weights": (-1,)}


def world(seed: int) -> dict[str, object]:
    """Three histories and three settings, with dials that differ between histories."""
    rng = np.random.default_rng(seed)
    usage, heard, home = rng.dirichlet((1, 1, 1), (3, H, N, K))
    return {
        "interest": rng.uniform(-1, 1, (H, N, K)),
        "hours": tuple(rng.uniform(0, 2, (3, H, N, N)) * OFF),
        "candour": tuple(rng.uniform(0, 1, (3, H, N, K))),
        "usage": usage,
        "heard": heard,
        "home": home,
        "sharpening": rng.uniform(1, 1.5, (H, 1, 1, 1)),
        "candid": rng.uniform(0, 5, (H, N, K)),
        "rate": rng.uniform(0.02, 0.08, (H, 1, 1)),
        "defined": (rng.uniform(size=(H, K)) < 0.5).astype(float),
        "exposure": rng.uniform(0, 5, (H, N, K)),
        "pull": np.full((H, 1, 1, 1), 0.01),
        "weights": rng.uniform(0, 1, (H, N)),
        "chance": rng.uniform(0, 1, (H, K)),
    }


@pytest.mark.parametrize(("equation", "names", "result"), EQUATIONS)
@quick
@given(seed=seeds)
def test_histories_and_the_order_of_states_do_not_matter(equation, names, result, seed):
    assert_histories_and_order_do_not_matter(equation, names, result, world(seed), AXES, seed)


@quick
@given(seed=seeds)
def test_usage_stays_shares(seed):
    w = world(seed)
    heard = la.heard_usage(w["hours"], w["candour"], w["usage"], w["sharpening"]).heard
    for usage in (
        la.home_usage(w["interest"]),
        heard,
        la.usage_after_meeting(w["usage"], heard, w["candid"], w["rate"]),
        la.usage_after_papers(w["usage"], w["defined"], w["exposure"], w["rate"]),
        la.usage_at_home(w["usage"], w["home"], w["pull"]),
    ):
        assert (usage >= 0).all()
        np.testing.assert_allclose(usage.sum(axis=-1), 1.0, rtol=0, atol=1e-12)


@quick
@given(seed=seeds)
def test_products_of_matrices_are_the_sums_of_the_page(seed):
    w = world(seed)
    usage, gamma = w["usage"], w["sharpening"]
    g = sum(h[..., :, :, None] * c[..., None, :, :] for h, c in zip(w["hours"], w["candour"], strict=True))
    got = la.heard_usage(w["hours"], w["candour"], usage, gamma)
    heard = np.einsum("hijk,hjkv->hikv", g, usage**gamma)
    overlap = np.einsum("hijk,hikv,hjkv->hik", g, usage, usage)
    np.testing.assert_allclose(got.candid_hours, g.sum(axis=-2), rtol=1e-12)
    np.testing.assert_allclose(got.heard, heard / heard.sum(axis=-1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(got.shared, overlap / g.sum(axis=-2), rtol=1e-12)
    assert ((got.shared >= 0) & (got.shared <= 1)).all()


def test_home_on_paper():
    # tanh(ln 3) = .8 and so s = .9: .15 + .36 and .15 + .04
    np.testing.assert_allclose(
        la.home_usage(np.array([0.25 * np.log(3.0)])), [[0.51, 0.19, 0.30]], atol=1e-12
    )


def test_hearing_on_paper():
    # 0 hears 1 for 2 h at candour .5 (g = 1), and 2 for 1 h at candour 1 in the corridor and 2 h at 1 (g = 3)
    usage = np.array([[[0.5, 0.5, 0.0]], [[1.0, 0.0, 0.0]], [[0.0, 0.6, 0.4]]])
    plenary, corridor = np.zeros((3, 3)), np.zeros((3, 3))
    plenary[0, 1], plenary[0, 2], corridor[0, 2] = 2.0, 2.0, 1.0
    candour = (np.array([[0.0], [0.5], [1.0]]), np.array([[0.0], [0.9], [1.0]]))
    candid, heard, shared = la.heard_usage((plenary, corridor), candour, usage, 1.0)
    np.testing.assert_allclose(candid[:, 0], [4.0, 0.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(heard[0, 0], [0.25, 0.45, 0.30], rtol=1e-14)
    np.testing.assert_allclose(shared[:, 0], [(0.5 + 3 * 0.3) / 4, 0.0, 0.0], rtol=1e-14)
    # squared: 1, and 3 × (.36, .16), over their sum 2.56
    sharp = la.heard_usage((plenary, corridor), candour, usage, 2.0).heard
    np.testing.assert_allclose(sharp[0, 0], np.array([1.0, 1.08, 0.48]) / 2.56, rtol=1e-14)


@quick
@given(seed=seeds)
def test_without_hours_or_papers_words_stay_as_they_are(seed):
    w = world(seed)
    silence = tuple(np.zeros((H, N, N)) for _ in range(3))
    candid, heard, shared = la.heard_usage(silence, w["candour"], w["usage"], w["sharpening"])
    assert not candid.any()
    assert not heard.any()
    assert not shared.any()
    np.testing.assert_array_equal(la.usage_after_meeting(w["usage"], heard, candid, w["rate"]), w["usage"])
    none = np.zeros((H, N, K))
    np.testing.assert_array_equal(
        la.usage_after_papers(w["usage"], w["defined"], none, w["rate"]), w["usage"]
    )
    undefined = np.zeros((H, K))
    unread = la.usage_after_papers(w["usage"], undefined, w["exposure"], w["rate"])
    np.testing.assert_array_equal(unread, w["usage"])


@quick
@given(seed=seeds)
def test_two_half_meetings_move_usage_as_one_whole_does(seed):
    w = world(seed)
    half = w["candid"] / 2
    once = la.usage_after_meeting(w["usage"], w["heard"], half, w["rate"])
    twice = la.usage_after_meeting(once, w["heard"], half, w["rate"])
    whole = la.usage_after_meeting(w["usage"], w["heard"], w["candid"], w["rate"])
    np.testing.assert_allclose(twice, whole, rtol=0, atol=1e-12)


@quick
@given(seed=seeds)
def test_two_half_meetings_of_talk_end_within_two_per_cent_of_one_whole(seed):
    # what is heard moves while they talk, so that halves are not the whole to the last digit
    w = world(seed)
    hours, usage = w["hours"], w["usage"] * 0.2 + 0.8 * la.home_usage(w["interest"])

    def meeting(now, share):
        talk = la.heard_usage(tuple(share * h / 5 for h in hours), w["candour"], now, w["sharpening"])
        return la.usage_after_meeting(now, talk.heard, talk.candid_hours / K, w["rate"])

    whole, halves = meeting(usage, 1.0), meeting(meeting(usage, 0.5), 0.5)
    assert np.abs(halves - whole).max() <= 0.02 * np.abs(whole - usage).max()


@quick
@given(seed=seeds)
def test_a_ghost_is_not_heard(seed):
    w = world(seed)
    hours = tuple(h.copy() for h in w["hours"])
    for h in hours:
        h[..., -1] = 0.0
        h[..., -1, :] = 0.0
    weights = w["weights"].copy()
    weights[:, -1] = 0.0
    full = la.heard_usage(hours, w["candour"], w["usage"], w["sharpening"])
    less = la.heard_usage(
        tuple(h[:, :-1, :-1] for h in hours),
        tuple(c[:, :-1] for c in w["candour"]),
        w["usage"][:, :-1],
        w["sharpening"],
    )
    for one, other in zip(full, less, strict=True):
        np.testing.assert_allclose(one[:, :-1], other, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        la.common_language(w["usage"], weights),
        la.common_language(w["usage"][:, :-1], weights[:, :-1]),
        rtol=0,
        atol=1e-12,
    )


def test_common_language_on_paper():
    # overlaps .5 (weight 1 × ½), 0 and .5 (the third only half there): (.5 × 1 + 0 × ½ + .5 × ½)/2
    usage = np.array([[[1.0, 0.0, 0.0]], [[0.5, 0.5, 0.0]], [[0.0, 1.0, 0.0]]])
    chance = la.common_language(usage, np.array([1.0, 1.0, 0.5]))
    np.testing.assert_allclose(chance, [0.75 / 2], rtol=1e-14)
    np.testing.assert_allclose(la.common_language_index(chance), [(0.375 - 1 / 3) * 1.5], rtol=1e-12)
    np.testing.assert_array_equal(la.common_language(usage, np.array([1.0, 0.0, 0.0])), [0.0])


@quick
@given(seed=seeds)
def test_one_term_for_all_is_a_common_language(seed):
    w = world(seed)
    usage = np.zeros((H, N, K, V))
    usage[..., 2] = 1.0
    np.testing.assert_allclose(la.common_language(usage, w["weights"]), 1.0, rtol=1e-12)
    chance = la.common_language(w["usage"], w["weights"])
    assert ((chance >= 0) & (chance <= 1)).all()
    np.testing.assert_allclose(la.common_language_index(np.array([1.0])), [1.0], rtol=1e-15)


def test_papers_reach_a_common_language_sooner_than_talk():
    usage = la.home_usage(np.linspace(-1, 1, N)[:, None] * np.ones((1, K)))
    everywhere = np.ones((N, K))
    papers = la.usage_after_papers(usage, np.ones(K), everywhere, 0.5)
    talk = la.usage_after_meeting(usage, usage.mean(axis=0) * np.ones((N, 1, 1)), everywhere, 0.5)
    all_of_them = np.ones(N)
    before, by_talk, by_papers = (la.common_language(now, all_of_them) for now in (usage, talk, papers))
    assert (before < by_talk).all()
    assert (by_talk < by_papers).all()


def test_every_parameter_of_the_page_has_a_card():
    cards = read_cards(files("rcpsim") / "theory")
    own = {name for name, card in cards.items() if card.file == "theory/language.toml"}
    assert own == {"usage_rate", "sharpening", "paper_rate", "home_pull"}
