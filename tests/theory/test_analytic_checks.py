"""Known results of the literature, played with the model's own equations instead of the literature's code.

Three models of opinion and one of language are special cases of what the theory does in a meeting: with
trust in everybody and no limit of latitude persuasion is that of Friedkin and Johnsen, two in a room who talk
for ever are a pair of Deffuant's, everybody in one room is the mean of Hegselmann and Krause, and where each
state keeps whole words instead of shares a talk is a move of the naming game.

The numbers to meet were computed elsewhere, from few seeds, and rounded. Ours may lie three standard errors
of the difference away, plus what rounding hides. Positions run from 0 to 1 in them.
"""

from __future__ import annotations

import numpy as np
import pytest

from rcpsim.theory import language, positions

FOR_EVER = 1e6
"""Hours after which nothing is left to be moved."""


def test_friedkin_and_johnsen_as_printed_reach_the_closed_form():
    # x ← Λ W x + (1 − Λ) x⁰ with W = trust by rows, own included; 30 states, 2 issues
    rng = np.random.default_rng(30)
    n = 30
    trust, start = rng.uniform(size=(n, n)), rng.uniform(-1, 1, (n, 1, 2))
    keep = rng.uniform(0.2, 0.95, n)
    influence = trust / trust.sum(axis=1, keepdims=True)
    closed = np.linalg.solve(np.eye(n) - keep[:, None] * influence, (1 - keep)[:, None] * start[:, 0])
    x = start
    for _ in range(800):
        mean, _ = positions.bounded_mean(x[:, 0], x[:, 0], trust, 2.0)
        x = positions.position_at_home(mean[:, None], start, keep[:, None, None])
    assert np.abs(x[:, 0] - closed).max() < 1e-14


def test_a_forum_without_limits_of_latitude_is_friedkin_and_johnsen():
    # a quarter (P1 to P7) is x ← keep((1 − π) x + π W x) + (1 − keep) interest, W = trust × hours by rows
    rng = np.random.default_rng(1990)
    n, k = 12, 3
    trust, interest = rng.uniform(0.1, 1, (n, n)), rng.uniform(-1, 1, (n, 1, k))
    hours = rng.uniform(0, 3, (n, n)) * (1 - np.eye(n))
    issue_hours, keep, seat = rng.dirichlet(np.ones(k)), 2 ** (-1 / 20), np.ones(1)
    par = positions.PersuasionParameters(
        latitude_base=2.0,
        latitude_trust=0.0,
        susceptibility=0.4,
        persuade_hours=15.0,
        repulsion=0.3,
        bounded_confidence=0.5,
        deffuant_step=0.5,
    )
    x = interest
    for _ in range(1500):
        line = positions.national_line(x, seat)
        delta = positions.friedkin1990(line, line, hours, trust, issue_hours, par)
        x = positions.position_after_meeting(x, delta, seat, 0.0, 0.0, np.zeros(k))
        x = positions.position_at_home(x, interest, keep)
    influence = hours * trust / (hours * trust).sum(axis=1, keepdims=True)
    for issue in range(k):
        moved = 1 - 0.6 ** (issue_hours[issue] * hours.sum(axis=1) / 15.0)
        step = keep * ((1 - moved)[:, None] * np.eye(n) + moved[:, None] * influence)
        closed = np.linalg.solve(np.eye(n) - step, (1 - keep) * interest[:, 0, issue])
        assert np.abs(x[:, 0, issue] - closed).max() < 1e-13


def clusters(x: np.ndarray, members: int) -> np.ndarray:
    """Return for each history how many groups of at least so many members stand more than .01 apart."""
    found = []
    for row in np.sort(x, axis=-1):
        ends = np.append(np.flatnonzero(np.diff(row) > 0.01), len(row) - 1)
        found.append(np.sum(np.diff(ends, prepend=-1) >= members))
    return np.array(found)


def bounded(confidence: np.ndarray) -> positions.PersuasionParameters:
    return positions.PersuasionParameters(
        latitude_base=0.0,
        latitude_trust=0.0,
        susceptibility=0.5,
        persuade_hours=1.0,
        repulsion=0.0,
        bounded_confidence=confidence,
        deffuant_step=0.5,
    )


def assert_mean(found: np.ndarray, printed: float, their_seeds: int, rounding: float = 0.05) -> None:
    error = found.std() * np.sqrt(1 / len(found) + 1 / their_seeds)
    assert abs(found.mean() - printed) <= 3 * error + rounding


def assert_share(found: np.ndarray, printed: float, their_seeds: int) -> None:
    both = (found.sum() + printed * their_seeds + 1) / (len(found) + their_seeds + 2)
    error = np.sqrt(both * (1 - both) * (1 / len(found) + 1 / their_seeds))
    assert abs(found.mean() - printed) <= 3 * error + 0.005


def test_deffuants_pairs_end_in_as_many_groups_as_printed():
    # 40 states, 200 sweeps of as many talks as states, groups of three or more; printed from 40 seeds
    printed = {0.10: 4.9, 0.15: 3.4, 0.20: 2.7, 0.25: 2.1, 0.30: 1.6, 0.35: 1.3, 0.50: 1.0}
    consensus = {0.25: 0.03, 0.30: 0.43, 0.35: 0.75, 0.50: 1.0}
    n, seeds = 40, 100
    rng, histories = np.random.default_rng(2000), seeds * len(printed)
    x, each = rng.uniform(size=(histories, n, 1)), np.arange(histories)[:, None]
    par = bounded(np.repeat(list(printed), seeds)[:, None, None])
    talk = FOR_EVER * (1 - np.eye(2)) * np.ones((histories, 1, 1))
    trust, whole = np.zeros((histories, 2, 2)), np.ones((histories, 1))
    for _ in range(200 * n):
        one = rng.integers(0, n, histories)
        pair = np.stack((one, (one + rng.integers(1, n, histories)) % n), axis=1)
        line = x[each, pair]
        x[each, pair] = line + positions.deffuant2000(line, line, talk, trust, whole, par)
    groups = clusters(x[..., 0], 3).reshape(len(printed), seeds)
    for (confidence, expected), found in zip(printed.items(), groups, strict=True):
        assert_mean(found, expected, 40)
        if confidence in consensus:
            assert_share(found == 1, consensus[confidence], 40)


def test_hegselmann_and_krauses_mean_ends_in_as_many_groups_as_printed():
    # 40 states, all in one room, groups of any size; printed from 200 seeds
    printed = {0.10: 4.0, 0.15: 2.7, 0.20: 2.0, 0.25: 1.6, 0.30: 1.2}
    consensus = {0.25: 0.39, 0.30: 0.80}
    n, seeds = 40, 200
    histories = seeds * len(printed)
    x = np.random.default_rng(2002).uniform(size=(histories, n, 1))
    par = bounded(np.repeat(list(printed), seeds)[:, None, None])
    room = FOR_EVER * (1 - np.eye(n)) * np.ones((histories, 1, 1))
    trust, whole = np.zeros((histories, n, n)), np.ones((histories, 1))
    for _ in range(30):
        x = x + positions.hegselmann2002(x, x, room, trust, whole, par)
    still = positions.hegselmann2002(x, x, room, trust, whole, par)
    assert np.abs(still).max() < 1e-12
    groups = clusters(x[..., 0], 1).reshape(len(printed), seeds)
    for (confidence, expected), found in zip(printed.items(), groups, strict=True):
        assert_mean(found, expected, 200)
        if confidence in consensus:
            assert_share(found == 1, consensus[confidence], 200)


class Luck:
    """Who talks to whom, and which of its words the speaker picks: the same for both ways of playing."""

    def __init__(self, n: int, seeds: int) -> None:
        self.n, self.rngs = n, [np.random.default_rng((n, seed)) for seed in range(seeds)]
        self.blocks: list[np.ndarray] = []

    def talk(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return speaker, hearer and a uniform for each seed."""
        block, place = divmod(number, 500)
        if block == len(self.blocks):
            self.blocks.append(np.array([rng.uniform(size=(500, 3)) for rng in self.rngs]))
        one, other, pick = self.blocks[block][:, place].T
        speaker = (one * self.n).astype(int)
        return speaker, (speaker + 1 + (other * (self.n - 1)).astype(int)) % self.n, pick


def talks_with_sets_of_words(n: int, seed: int, luck: Luck) -> int:
    """Return after how many talks all use one word: the naming game as Baronchelli et al. tell it."""
    known: list[set[int]] = [set() for _ in range(n)]
    number = 0
    while True:
        speaker, hearer, pick = (values[seed] for values in luck.talk(number))
        number += 1
        known[speaker] = known[speaker] or {int(speaker)}
        word = sorted(known[speaker])[int(pick * len(known[speaker]))]
        if word in known[hearer]:
            known[speaker] = known[hearer] = {word}
        else:
            known[hearer] = known[hearer] | {word}
        if all(words == {word} for words in known):
            return number


def talks_with_shares_of_usage(n: int, seeds: int, luck: Luck) -> np.ndarray:
    """Return the same for all seeds at once, where words known are equal shares of usage.

    A talk is a meeting of two on one issue. Shared terms tell whether the hearer knew the word (L2). If it
    did, both hear nothing else for ever (L3); if not, the hearer hears it for ln(1 + 1/words known) hours,
    which leaves all its words with equal shares. To choose the hours so is the game's rule, not the theory's.
    """
    usage, each, identity = np.zeros((seeds, n, n)), np.arange(seeds), np.eye(n)
    talks, running = np.zeros(seeds, dtype=int), np.ones(seeds, dtype=bool)
    hours, candour = np.array([[0.0, 1.0], [0.0, 0.0]]) * np.ones((seeds, 1, 1)), np.ones((seeds, 2, 1))
    while running.any():
        speaker, hearer, pick = luck.talk(int(talks.max()))
        says, hears = usage[each, speaker], usage[each, hearer]
        says = np.where(says.any(axis=-1, keepdims=True), says, identity[speaker])
        word = np.argmax(np.cumsum(says, axis=-1) > pick[:, None], axis=-1)
        room = np.stack((hears, identity[word]), axis=1)[:, :, None]
        _, heard, shared = language.heard_usage((hours,), (candour,), room, 50.0)
        knew = shared[:, :1] > 0
        words = np.sum(hears > 0, axis=-1)[:, None, None]
        adding = np.where(words > 0, np.log1p(1 / np.maximum(words, 1)), FOR_EVER)
        heard_hours = np.where(knew, FOR_EVER, adding)
        after = language.usage_after_meeting(room[:, :1], heard[:, :1], heard_hours, 1.0)[:, 0, 0]
        confirmed = np.where(knew, FOR_EVER, 0.0)
        says = language.usage_after_meeting(says[:, None, None], room[:, 1:], confirmed, 1.0)[:, 0, 0]
        usage[each, hearer], usage[each, speaker] = (
            np.where(after < 1e-9, 0, after),
            np.where(says < 1e-9, 0, says),
        )
        talks += running
        running &= ~(usage[each, :, word] > 1 - 1e-9).all(axis=-1)
    return talks


@pytest.mark.parametrize(
    ("n", "printed"),
    [(5, 20), (10, 80), (20, 280), (40, 700), pytest.param(80, 1760, marks=pytest.mark.slow)],
)
def test_the_naming_game_played_with_usage_takes_as_many_talks_as_printed(n, printed):
    # median of 60 seeds; t/n^1.5 is 1.8 to 3.1. A median errs by 1.25 times what a mean does
    seeds = 60
    luck = Luck(n, seeds)
    talks = talks_with_shares_of_usage(n, seeds, luck)
    for seed in range(0, seeds, 1 if n <= 20 else 20):
        assert talks[seed] == talks_with_sets_of_words(n, seed, luck)
    error = 1.25 * talks.std() * np.sqrt(2 / seeds)
    assert abs(np.median(talks) - printed) <= 3 * error


def test_with_much_sharpening_only_the_commonest_term_is_heard():
    # .8 and .6 to the 20th drown .3 and .1 by a factor of 2^20 and more
    usage = np.array([[[1.0, 0.0, 0.0]], [[0.1, 0.8, 0.1]], [[0.3, 0.6, 0.1]]])
    hours, candour = np.ones((3, 3)) - np.eye(3), np.ones((3, 1))
    heard = language.heard_usage((hours,), (candour,), usage, 20.0).heard
    np.testing.assert_allclose(heard[0, 0], [0.0, 1.0, 0.0], atol=1e-6)
    # whole words heard for ever are all one says: imitation
    after = language.usage_after_meeting(usage, heard, np.full((3, 1), FOR_EVER), 0.05)
    np.testing.assert_allclose(after, heard, atol=1e-15)
