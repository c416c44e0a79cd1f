"""Chance is a function of what it is for, and of nothing else."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from rcpsim.draws import (
    PURPOSES,
    Chance,
    Drawn,
    HashCollision,
    UnknownPurpose,
    exponential,
    judged_uniform,
    name_id,
    name_ids,
    noise,
    normal,
    pair_ids,
    parameter_uniform,
    philox,
    philox_4x32,
    purpose_number,
    purpose_numbers,
    remembering,
)
from rcpsim.errors import InputError

STATES = name_ids(["BLZ", "CAN", "CRI", "GTM", "HND", "MEX", "NIC", "PAN", "SLV", "USA"])


def reference_words(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox 4x32-10 word by word in whole numbers, as the paper states it."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    words = [int(word, 16) for word in counter.split()]
    low, high = (int(word, 16) for word in key.split())
    assert philox_4x32(words, (low, high)).tolist() == [int(word, 16) for word in answer.split()]


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1),
    history=st.integers(0, 2**32 - 1),
    quarter=st.integers(0, 2**16 - 1),
    purpose=st.sampled_from(PURPOSES),
    first=st.integers(0, 2**32 - 1),
    second=st.integers(0, 2**32 - 1),
)
def test_noise_is_the_stated_function_of_its_key(
    seed: int, history: int, quarter: int, purpose: str, first: int, second: int
) -> None:
    counter = (history, quarter * 2**16 + purpose_number(purpose), first, second)
    word0, word1, *_ = reference_words(counter, (seed % 2**32, seed // 2**32))
    odd = ((word0 * 2**32 + word1) >> 11) | 1
    assert float(noise(seed, history, quarter, purpose, first, second)) == odd * 2.0**-53


def test_a_recorded_number_stays_what_it_was() -> None:
    assert name_id("MEX") == int.from_bytes(bytes.fromhex("b13a6d1a"), "little")
    assert float(noise(1, 0, 7984, "leak", name_id("MEX"))).hex() == "0x1.15b5e51c50118p-4"


def test_missing_ids_are_zero_and_more_than_two_are_folded_one_to_one() -> None:
    assert noise(1, 2, 3, "leak") == noise(1, 2, 3, "leak", 0, 0)
    many = np.arange(50_000)
    for ids in ((7, 8, many), (7, many, 8), (many, 7, 8), (7, 8, 9, many), (7, 8, 9, 10, 11, many)):
        assert np.unique(noise(1, 2, 3, "leak", *ids)).size == many.size
    orders = {float(noise(1, 2, 3, "leak", *ids)) for ids in itertools.permutations((7, 8, 9, 10))}
    assert len(orders) == 24


def test_every_part_of_the_key_matters() -> None:
    base = (1, 2, 3, "leak", 4, 5)
    others = [(0, 1 + 2**32), (1, 3), (2, 4), (3, "deal"), (4, 5), (5, 6)]
    numbers = {float(noise(*base))} | {
        float(noise(*base[:place], value, *base[place + 1 :])) for place, value in others
    }
    assert len(numbers) == 7


@pytest.mark.parametrize("block", [1, 7, 64, 1000, 16384])
def test_blocks_change_no_bit(block: int) -> None:
    history = np.arange(40, dtype=np.uint32)[:, None]
    stamp = np.uint32(77) * np.ones((), np.uint32)
    none = np.zeros((), np.uint32)
    whole = philox.uniforms(9, history, stamp, STATES, none)
    assert np.array_equal(philox.uniforms(9, history, stamp, STATES, none, block), whole)


def test_numbers_beyond_one_block_equal_those_asked_one_by_one() -> None:
    ids = np.arange(40_000, dtype=np.uint32)
    whole = noise(3, 5, 6, "tie", ids)
    for place in (0, 16_383, 16_384, 32_768, 39_999):
        assert whole[place] == noise(3, 5, 6, "tie", int(ids[place]))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunks_of_histories_agree_to_the_bit(size: int) -> None:
    whole = Chance(8, np.arange(50)).uniform(np.arange(4), "leak", STATES)
    chunks = [Chance(8, np.arange(start, min(start + size, 50))) for start in range(0, 50, size)]
    assert np.array_equal(np.concatenate([c.uniform(np.arange(4), "leak", STATES) for c in chunks]), whole)


def test_permuted_members_and_histories_give_permuted_luck() -> None:
    rows, states = np.random.default_rng(1).permutation(20), np.random.default_rng(2).permutation(10)
    straight = Chance(8, np.arange(20)).uniform([3, 5], "deal", STATES[:, None], STATES)
    turned = Chance(8, rows).uniform([5, 3], "deal", STATES[states][:, None], STATES[states])
    assert np.array_equal(turned, straight[rows][:, ::-1][:, :, states][:, :, :, states])


def test_a_member_or_a_history_more_changes_nothing_that_was_there() -> None:
    few = Chance(8, np.arange(5)).uniform(3, "leak", STATES[:9])
    assert np.array_equal(Chance(8, np.arange(6)).uniform(3, "leak", STATES)[:5, :9], few)


def test_shapes_are_history_quarter_ids() -> None:
    chance = Chance(1, np.arange(3))
    assert chance.uniform(4, "climate").shape == (3,)
    assert chance.uniform(np.arange(6), "climate").shape == (3, 6)
    assert chance.uniform(4, "leak", STATES).shape == (3, 10)
    assert chance.uniform(np.arange(6), "deal", STATES[:, None], STATES[None]).shape == (3, 6, 10, 10)
    assert chance.uniform(np.arange(6), "leak", name_ids([])).shape == (3, 6, 0)
    assert Chance(1, np.arange(0)).uniform(4, "leak", STATES).shape == (0, 10)
    assert chance.uniform(4, "leak", STATES).flags.c_contiguous
    whole = chance.uniform(np.arange(6), "deal", STATES[:, None], STATES[None])
    assert whole[2, 5, 1, 7] == noise(1, 2, 5, "deal", STATES[1], STATES[7])


def test_the_layout_of_the_ids_changes_no_bit() -> None:
    square = np.arange(12, dtype=np.uint32).reshape(3, 4)
    straight = noise(1, 0, 0, "tie", square)
    assert np.array_equal(noise(1, 0, 0, "tie", np.asfortranarray(square)), straight)
    assert np.array_equal(noise(1, 0, 0, "tie", square[::-1, ::2]), straight[::-1, ::2])
    assert np.array_equal(noise(1, 0, 0, "tie", square.astype(np.int64)), straight)


def test_traits_of_newcomers_may_differ_by_history() -> None:
    chance = Chance(4, np.array([11, 12]))
    arrival = np.array([[3] * 10, [5] * 10])
    drawn = chance.uniform_each(arrival, "arrival-comfort", STATES, 1)
    assert drawn.shape == (2, 10)
    assert drawn[1, 6] == noise(4, 12, 5, "arrival-comfort", STATES[6], 1)
    assert np.array_equal(chance.uniform_each(3, "leak", STATES[None]), chance.uniform(3, "leak", STATES))
    assert chance.uniform_each(3, "climate").shape == (2,)
    with pytest.raises(ValueError, match="there are 1 histories"):
        Chance(4, np.array([11])).uniform_each(arrival, "leak", STATES)


@pytest.mark.parametrize("histories", [1, 400])
def test_many_purposes_in_one_pass_equal_one_call_each(histories: int) -> None:
    chance = Chance(5, np.arange(histories))
    asked = {
        "leak": (np.arange(12), STATES),
        "climate": (np.arange(12),),
        "deal": (7, *pair_ids(STATES)),
        "sponsor": (0,),
    }
    drawn = chance.uniforms(asked)
    assert list(drawn) == list(asked)
    for purpose, (quarter, *ids) in asked.items():
        assert np.array_equal(drawn[purpose], chance.uniform(quarter, purpose, *ids))
    assert chance.uniforms({}) == {}


def test_pairs_share_one_number() -> None:
    drawn = Chance(1, np.arange(4)).uniform(np.arange(3), "deal", *pair_ids(STATES))
    assert np.array_equal(drawn, drawn.swapaxes(-1, -2))
    assert np.unique(drawn[0, 0][np.triu_indices(10)]).size == 55
    turned = Chance(1, np.arange(4)).uniform(np.arange(3), "deal", *pair_ids(STATES[::-1]))
    assert np.array_equal(turned, drawn[..., ::-1, ::-1])


def test_another_purpose_moves_no_number() -> None:
    before = purpose_numbers(PURPOSES)
    after = purpose_numbers(("a-new-purpose", *PURPOSES[::-1]))
    assert {name: after[name] for name in PURPOSES} == dict(before)
    assert purpose_number("leak") == before["leak"] == name_id("leak") % 2**16


def test_the_register_is_sorted_and_free_of_doubles() -> None:
    assert list(PURPOSES) == sorted(set(PURPOSES))
    assert len(set(purpose_numbers(PURPOSES).values())) == len(PURPOSES)


def colliding(bits: int) -> tuple[str, str]:
    seen: dict[int, str] = {}
    for number in itertools.count():
        name = f"name {number}"
        other = seen.setdefault(name_id(name) % 2**bits, name)
        if other != name:
            return other, name
    raise AssertionError


def test_purposes_and_names_with_one_hash_are_refused() -> None:
    first, second = colliding(16)
    with pytest.raises(HashCollision, match=" and ".join(sorted((repr(first), repr(second))))):
        purpose_numbers((*PURPOSES, first, second))
    first, second = colliding(32)
    with pytest.raises(HashCollision, match=" and ".join(sorted((repr(first), repr(second))))):
        name_ids(["MEX", second, first])
    assert name_ids(["MEX", "USA", "MEX"]).tolist() == [name_id("MEX"), name_id("USA"), name_id("MEX")]


def test_what_cannot_be_a_key_is_refused() -> None:
    with pytest.raises(UnknownPurpose, match="leak"):
        noise(1, 0, 0, "leek")
    with pytest.raises(InputError, match="seed: is -1"):
        noise(-1, 0, 0, "leak")
    with pytest.raises(InputError, match="seed"):
        Chance(2**64, np.arange(3))
    odd: list[Any] = [1.5, "1", True]
    for seed in odd:
        with pytest.raises(InputError, match="whole number"):
            Chance(seed, np.arange(3))
    for history, quarter, ids in (
        (-1, 0, 0),
        (2**32, 0, 0),
        (0, -1, 0),
        (0, 2**16, 0),
        (0, 0, -1),
        (0, 0, 2**32),
    ):
        with pytest.raises(ValueError, match="must lie between 0 and"):
            noise(1, history, quarter, "leak", ids)
    with pytest.raises(TypeError, match="name_ids"):
        noise(1, 0, 0, "leak", np.array(["MEX"]))
    with pytest.raises(TypeError, match="whole numbers"):
        noise(1, 0, 0.5, "leak")
    with pytest.raises(ValueError, match="one"):
        Chance(1, np.zeros((2, 2), np.int64))


def test_the_luck_of_a_run_cannot_be_written_over() -> None:
    numbers = np.arange(3)
    chance = Chance(1, numbers)
    numbers[:] = 9
    assert chance.histories.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        chance.histories[0] = 5


def test_parameters_and_judged_values_are_keyed_by_name() -> None:
    several = parameter_uniform(3, np.arange(5), ["leak_hazard", "gossip"])
    assert several.shape == (5, 2)
    assert np.array_equal(several[:, 1], parameter_uniform(3, np.arange(5), "gossip"))
    assert several[4, 0] == noise(3, 4, 0, "parameter", name_id("leak_hazard"))
    judged = judged_uniform(3, np.arange(5), ["design.form", "plan.load"])
    assert judged[2, 1] == noise(3, 2, 0, "judged", name_id("plan.load"))
    assert not np.intersect1d(several, judged_uniform(3, np.arange(5), ["leak_hazard", "gossip"])).size


@pytest.mark.parametrize("axis", range(4))
def test_numbers_are_uniform_along_every_part_of_the_key(axis: int) -> None:
    parts = [np.zeros(60_000, np.int64) for _ in range(4)]
    parts[axis] = np.arange(60_000)
    drawn = noise(2024, parts[0], parts[1], "leak", parts[2], parts[3])
    assert stats.kstest(drawn, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.02
    last_bits = (drawn * 2.0**53).astype(np.uint64) >> np.uint64(1)
    assert abs((last_bits & np.uint64(1)).mean() - 0.5) < 0.01


def test_purposes_and_neighbours_are_independent() -> None:
    ids = np.arange(40_000)
    drawn = np.array([noise(1, 0, 0, purpose, ids) for purpose in PURPOSES[:12]])
    assert np.abs(np.corrcoef(drawn) - np.eye(12)).max() < 0.025


def test_the_ends_are_open() -> None:
    for fill, expected in ((0, 2.0**-53), (0xFFFFFFFF, 1 - 2.0**-53)):
        u = philox._open_unit(*np.full((2, 1), fill, np.uint64))
        assert u == expected
        assert np.isfinite(exponential(u))
        assert np.isfinite(exponential(1 - u))
        assert np.isfinite(normal(u))
    dirty = np.full((2, 1), 0xABCD << 32 | 0x12345678, np.uint64)
    assert philox._open_unit(*dirty) == philox._open_unit(*np.full((2, 1), 0x12345678, np.uint64))


def test_normal_is_the_inverse_of_the_normal_distribution() -> None:
    edges = [2.0**-53, 1e-14, 1e-12, 1e-11, 1e-9, 1e-3, 0.0749999, 0.075, 0.0750001, 0.25, 0.5]
    u = np.concatenate([edges, 1 - np.array(edges), noise(1, np.arange(20_000), 0, "interest")])
    assert np.abs(normal(u) - ndtri(u)).max() < 2e-12
    assert np.array_equal(normal(1 - u[np.arange(u.size) > 21]), -normal(u[np.arange(u.size) > 21]))


@pytest.mark.parametrize(
    "centre",
    [2.0**-52 * 3000, 1e-11, 1.388e-11, 1e-6, 0.0749999999999, 0.075, 0.3, 0.5, 0.7, 0.925, 1 - 1e-9],
)
def test_normal_never_falls(centre: float) -> None:
    for step in (2.0**-53, 2.0**-48, 2.0**-41):
        u = centre + np.arange(-2000, 2000) * step
        u = u[(u > 0) & (u < 1)]
        assert (np.diff(normal(u)) >= 0).all()


def test_shape_and_layout_change_no_bit_of_a_transform() -> None:
    u = noise(1, np.arange(300)[:, None], 0, "interest", np.arange(101))
    for transform in (normal, exponential):
        whole = transform(u)
        assert whole.shape == u.shape
        assert np.array_equal(transform(u[::3, ::-2]), whole[::3, ::-2])
        assert np.array_equal(transform(u.T), whole.T)
        assert all(transform(u[7, k]) == whole[7, k] for k in range(101))
        assert transform(u[:0]).shape == (0, 101)


def test_a_hazard_fires_with_its_probability() -> None:
    fired = exponential(noise(6, np.arange(50_000), 0, "leak")) < 0.3
    assert fired.mean() == pytest.approx(1 - np.exp(-0.3), abs=0.006)


# --- what was drawn before ------------------------------------------------------------------------


def test_what_is_remembered_has_the_same_bits_and_cannot_be_written():
    chance = Chance(seed=3, histories=np.array([5, 2, 9]))
    ids = name_ids(["CRI", "MEX", "USA"])

    def asked():
        together = chance.uniforms({"leak": (np.arange(4), ids), "climate": (np.arange(4),)})
        single = chance.uniform(7, "leak", ids), noise(3, np.arange(5), 0, "judged", 17)
        return [*together.values(), *single]

    fresh = asked()
    with remembering(Drawn(1_000_000)):
        first, again = asked(), asked()
    for one, other, kept in zip(fresh, first, again, strict=True):
        assert one.tobytes() == other.tobytes()
        assert kept is other
        assert not kept.flags.writeable
    assert asked()[0] is not fresh[0]


def test_other_keys_are_not_mistaken_for_those_remembered():
    with remembering(Drawn(1_000_000)):
        drawn = [
            Chance(seed, np.array(histories)).uniform(quarter, purpose, ids)
            for seed in (1, 2)
            for histories in ([0, 1], [1, 0])
            for quarter in (0, 1)
            for purpose in ("leak", "deal")
            for ids in (np.array([3, 4], dtype=np.uint32), np.array([4, 3], dtype=np.uint32))
        ]
    assert len({one.tobytes() for one in drawn}) == len(drawn)


def test_what_does_not_fit_goes_and_is_drawn_again():
    chance = Chance(seed=1, histories=np.arange(10))
    drawn = Drawn(200)  # of 80 bytes each: two
    with remembering(drawn):
        first = chance.uniform(0, "climate")
        chance.uniform(1, "climate")
        assert chance.uniform(0, "climate") is first
        chance.uniform(2, "climate")  # the one of quarter 1 goes
        assert chance.uniform(0, "climate") is first
        drawn.forget()
        again = chance.uniform(0, "climate")
    assert again is not first
    assert again.tobytes() == first.tobytes()
