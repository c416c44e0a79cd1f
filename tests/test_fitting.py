"""The plausibility filter, history matching, and where the parameters of a run come from."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from rcpsim import parameter_sets
from rcpsim.cards import all_cards, default_parameters
from rcpsim.cli import main
from rcpsim.errors import InputError, OutputError
from rcpsim.figures.fitting import fit_figures
from rcpsim.fitting import (
    Fit,
    FitFolder,
    Size,
    Wave,
    asked_of,
    columns_of,
    defaults_of,
    facts_of,
    head_of,
    judging,
    medoid,
    plan_of,
    plausibility,
    playing,
    report,
    run_fit,
)
from rcpsim.fitting.confirming import confirm_filter, confirm_plausible
from rcpsim.fitting.emulating import CUTOFF, emulator, ruled_in
from rcpsim.fitting.judging import in_the_way, learnt, left_out, met_by_none, pulls
from rcpsim.fitting.matching import accepted, misses, spread_of_histories
from rcpsim.fitting.plausibility import try_sets
from rcpsim.fitting.playing import Block, Plan, play_block
from rcpsim.fitting.sampling import free_names, hypercube, points_left, values_at
from rcpsim.parameter_sets import (
    Plausible,
    filtered_prior,
    plausible_sets,
    read_plausible,
    unfiltered,
    values_of,
)
from rcpsim.patterns import Documented, Pattern, load_patterns
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import simulate
from rcpsim.stamp import cards_stamp, stamp_of_code, theory_stamp
from tests.cases import medoid as medoid_case

TINY = Size(sets=4, waves=2, reference=2, repeats=2, block=2)


def pattern(
    name: str, value: float, error: float = 0.0, *, form: str = "value", strong: bool = True
) -> Pattern:
    """A pattern of one process, made from a real one so that it has all fields."""
    process, _, own = name.partition("/")
    half = error * 3.0**0.5
    return replace(
        next(one for one in load_patterns(["puebla"]) if one.form == "value" and one.strong),
        id=own,
        process=process,
        processes=(process,),
        documented=Documented(value, value - half, value + half),
        form=form,
        strong=strong,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """A tiny fit that nobody stopped."""
    return tiny_fit(tmp_path_factory.mktemp("fit") / "whole")


# --- where parameters come from -------------------------------------------------------------------


def test_the_filtered_prior_is_the_draws_that_pass_in_order_whatever_the_seed() -> None:
    kept = filtered_prior()
    assert 0 < kept.survivors.size < kept.tried
    asked = np.array([0, 1, 7, kept.survivors.size])
    for seed in (1, 5):
        found = values_of("prior", seed, asked)
        plain = unfiltered(kept.seed, kept.survivors[[0, 1, 7, 0]])
        for name, column in plain.items():
            np.testing.assert_array_equal(found[name], column)
    assert sorted(found) == sorted(default_parameters())


def test_the_unfiltered_prior_goes_by_the_seed_of_the_run() -> None:
    one, other = (values_of("unfiltered", seed, np.array([3])) for seed in (1, 2))
    assert any(one[name] != other[name] for name in one)


def test_the_filter_of_the_package_is_that_of_the_theory_that_is_installed() -> None:
    kept = filtered_prior()
    assert kept.remark == "", "run `rcpsim fit --confirm`, or `rcpsim fit --filter-only --install`"
    assert kept.histories == plausibility.HISTORIES


def test_a_filter_of_other_cards_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    parameter_sets.filtered_prior.cache_clear()
    monkeypatch.setattr(parameter_sets, "cards_stamp", lambda: "0" * 16)
    with pytest.raises(InputError, match="rcpsim fit --filter-only --install"):
        values_of("prior", 1, np.array([0]))
    monkeypatch.undo()
    parameter_sets.filtered_prior.cache_clear()


def test_plausible_sets_of_another_theory_are_refused_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = made_fit()
    (tmp_path / "data").mkdir()
    folder = FitFolder(tmp_path / "data")
    monkeypatch.setattr(parameter_sets, "files", lambda name: tmp_path)
    plausible_sets.cache_clear()
    with pytest.raises(InputError, match="is not there"):
        prepare(load_scenario("small-process"), seed=1, histories=[0], parameters="plausible")
    folder.keep_sets("plausible.parquet", columns_of(fit), {**facts_of(fit), "stamp": "old"})
    with pytest.raises(InputError, match=r"theory old.*rcpsim fit --install"):
        plausible_sets()
    folder.keep_sets("plausible.parquet", columns_of(fit), facts_of(fit))
    sets = plausible_sets()
    drawn = values_of("plausible", 9, np.array([2, fit.points.shape[0] + 2]))
    for name in free_names():
        assert drawn[name][0] == drawn[name][1] == sets.values[name][2]
    results = simulate(load_scenario("small-process", {"years": [1, 1]}), histories=2, parameters="plausible")
    assert results.parameters == "plausible"
    plausible_sets.cache_clear()


def test_an_unknown_word_for_parameters_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean plausible"):
        values_of("plausable", 1, np.array([0]))


def test_the_stamp_hears_what_changes_a_number_and_nothing_else() -> None:
    code = "def f(x):\n    return x + 1\n"
    assert stamp_of_code(code) == stamp_of_code(
        '"""Words."""\ndef f(x: float) -> float:\n    """More."""\n    return (x + 1)  # so\n'
    )
    assert stamp_of_code(code) != stamp_of_code(code.replace("+ 1", "+ 2"))
    assert stamp_of_code(code) != stamp_of_code(code.replace("return", "yield"))
    assert len(theory_stamp()) == len(cards_stamp()) == 16


# --- the plausibility filter ----------------------------------------------------------------------


def test_the_filter_says_what_the_package_holds_and_gives_its_rule() -> None:
    from rcpsim.parameter_sets import FILTER_FILE

    rows = (Path(parameter_sets.__file__).parent / "data" / FILTER_FILE).read_text().splitlines()[2:]
    wanted = ["dies early", "passes"]
    draws = [
        next(int(row.split(",")[0]) for row in rows if row.split(",")[1] == verdict) for verdict in wanted
    ]
    tried = try_sets(unfiltered(1, draws))
    assert tried.verdicts == tuple(wanted)
    assert (tried.alive_early < 0.4).tolist() == [True, False]
    assert tried.played_late[0] == 0


def test_stopping_early_decides_as_playing_everything_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plausibility, "HISTORIES", 8)
    table = unfiltered(1, np.arange(4))
    monkeypatch.setattr(plausibility, "_STEPS", (8,))
    whole = try_sets(table)
    monkeypatch.setattr(plausibility, "_STEPS", (1, 3, 8))
    steps = try_sets(table)
    assert steps.verdicts == whole.verdicts
    assert (steps.played_late <= whole.played_late).all()
    monkeypatch.setattr(plausibility, "_AT_ONCE", 16)
    np.testing.assert_array_equal(try_sets(table).twin_law, steps.twin_law)


def test_each_fault_of_a_draw_has_its_word() -> None:
    tried = plausibility.Tried(
        alive_early=np.array([0.39, 0.4, 1.0, 1.0, 1.0]),
        ended_late=np.array([0, 1, 0, 1, 1]),
        played_late=np.array([0, 5, 100, 5, 5]),
        twin_law=np.array([0.0, 0.1, 0.0, 0.11, 0.0]),
        twin_trust=np.array([0.0, 0.05, 0.0, 0.0, 0.051]),
    )
    assert tried.verdicts == ("dies early", "passes", "never ends", "twin moves law", "twin moves trust")


# --- sampling and stand-ins -----------------------------------------------------------------------


def test_a_first_wave_is_even_over_every_prior_and_the_same_each_time() -> None:
    points = hypercube(20, 3, 1, 0)
    assert points.shape == (20, len(free_names()))
    assert (np.sort((points * 20).astype(int), axis=0) == np.arange(20)[:, None]).all()
    np.testing.assert_array_equal(points, hypercube(20, 3, 1, 0))
    assert (points != hypercube(20, 4, 1, 0)).any()
    for name, column in values_at(points).items():
        low, high = all_cards()[name].allowed
        assert ((column >= low) & (column <= high)).all()


def test_a_later_wave_lies_where_nothing_is_ruled_out_and_is_even_there() -> None:
    chance = np.random.default_rng(1)
    points = hypercube(400, 1, 1, 0)
    seen = 10.0 * points[:, 4] + chance.normal(size=400)
    fitted = emulator(points, seen, 1.0, 0.0)
    assert fitted is not None
    assert fitted.inputs.tolist() == [4]
    assert fitted.variance == pytest.approx(1.0, rel=0.2)
    drawn = points_left(500, 1, 2, lambda these: ruled_in(these, [[fitted]]))
    assert drawn.shape[0] == 500
    assert (fitted.misses(drawn) <= CUTOFF).all()
    edge = drawn[:, 4].max()
    assert 0.3 < edge < 0.55  # (1 + 3 sd)/10
    assert abs(np.mean(drawn[:, 4]) - edge / 2) < 0.04
    assert abs(np.mean(drawn[:, 5]) - 0.5) < 0.05


def test_what_depends_on_nothing_visible_rules_nothing_out() -> None:
    chance = np.random.default_rng(2)
    points = hypercube(200, 1, 1, 0)
    assert emulator(points, chance.normal(size=200), 50.0, 0.0) is None
    assert emulator(points, np.zeros(200), 50.0, 0.0) is None
    assert emulator(points, np.full(200, np.nan), 50.0, 0.0) is None


# --- matching -------------------------------------------------------------------------------------


def test_the_spread_is_that_of_histories_within_a_set_not_between_sets() -> None:
    chance = np.random.default_rng(0)
    seen = 100.0 * np.arange(50)[:, None, None] + chance.normal(0.0, 2.0, (50, 8, 1))
    assert spread_of_histories([pattern("a/x", 0.0)], seen)[0] == pytest.approx(2.0, rel=0.1)
    seen[0, 1:] = np.nan
    assert spread_of_histories([pattern("a/x", 0.0)], seen)[0] == pytest.approx(2.0, rel=0.1)


def test_a_yes_or_no_that_never_varied_keeps_the_spread_of_what_so_many_histories_can_tell() -> None:
    seen = np.zeros((4, 2, 1))
    spread = spread_of_histories([pattern("a/x", 1.0, form="any")], seen)
    assert spread[0] == pytest.approx(np.sqrt(0.1 * 0.9))


def test_a_miss_counts_spread_and_documented_error_together() -> None:
    miss = misses(
        [pattern("a/x", 1.0, 4.0), pattern("a/y", 1.0)],
        np.array([[16.0, 1.0], [np.nan, 2.0]]),
        np.array([3.0, 0.0]),
    )
    assert miss[0].tolist() == pytest.approx([3.0, 0.0])
    assert np.isnan(miss[1, 0])
    assert np.isinf(miss[1, 1])
    assert accepted(miss).tolist() == [True, False]


# --- playing --------------------------------------------------------------------------------------


def block_of(plan: Plan, numbers: Any, table: dict[str, Any]) -> Block:
    return Block("x", plan.key, 1, np.asarray(numbers), np.asarray(numbers), table)


def untold_with(trials: int, plan: Plan, table: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What sixteen histories came to with so many trials, and which of them leave a strong pattern untold."""
    monkeypatch.setattr(playing, "TRIALS", trials)
    names, seen = play_block(block_of(plan, range(16), table))
    assert names == tuple(one.name for one in plan.patterns)
    strong = [place for place, one in enumerate(plan.patterns) if one.strong]
    return seen, np.isnan(seen[:, strong]).any(axis=1)


def test_a_process_that_died_undescribed_is_played_with_other_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(2001, ("cis-conference",))
    table = values_at(hypercube(16, 1, 1, 0))
    once, untold = untold_with(1, plan, table, monkeypatch)
    more, still = untold_with(4, plan, table, monkeypatch)
    assert untold.any()
    assert still.sum() < untold.sum()
    np.testing.assert_array_equal(more[~untold], once[~untold])


def test_a_process_is_played_again_for_a_comparison_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plan_of(2001, ("manila", "puebla"))
    (slower,) = load_patterns(["across"])[:1]
    plan = replace(whole, patterns=(*whole.patterns, replace(slower, processes=("manila", "puebla"))))
    monkeypatch.setattr(playing, "plan_of", lambda *key: plan)
    assert not any(one.strong and one.process == "manila" for one in plan.patterns)
    table = values_at(hypercube(16, 1, 1, 0))
    once, untold = untold_with(1, plan, table, monkeypatch)
    _, still = untold_with(4, plan, table, monkeypatch)
    assert np.isnan(once[:, -1]).any()
    assert still.sum() < untold.sum()


def test_blocks_of_any_size_give_the_same_bits() -> None:
    plan = plan_of(2001, ("puebla", "sacm"))
    table = values_at(hypercube(5, 1, 1, 0))
    _, whole = play_block(block_of(plan, range(5), table))
    _, part = play_block(block_of(plan, [3, 1], table))
    np.testing.assert_array_equal(whole[[3, 1]], part)


def test_nothing_is_looked_at_that_was_not_known_or_had_not_happened() -> None:
    plan = plan_of(2001)
    assert len(plan.processes) >= 8
    assert len(plan.strong) >= 10
    assert all(one.known <= 2001 for one in plan.patterns)
    assert all((one.span[0] if one.quarter is None else one.quarter) // 4 <= 2001 for one in plan.patterns)
    assert len(plan_of(2001, few=True).processes) >= 8


# --- a fit from beginning to end ------------------------------------------------------------------


def tiny_fit(place: Path, tell: Any = None) -> Fit:
    plan = plan_of(2001, ("puebla", "sacm"))
    folder = FitFolder.open(place, asked_of(plan, 1, TINY))
    return run_fit(folder, plan, 1, TINY, tell=tell)


def assert_same_fit(one: Fit, other: Fit) -> None:
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_array_equal(one.seen, other.seen)
    np.testing.assert_array_equal(one.spread, other.spread)
    assert report(one) == report(other)


def test_a_fit_that_is_interrupted_again_and_again_ends_as_one_that_is_not(
    tmp_path: Path, whole: Fit
) -> None:
    told = set()

    def stop(done: int, total: int, what: str) -> None:
        if (done, what) not in told:  # after every block, and before every step
            told.add((done, what))
            raise KeyboardInterrupt

    broken: Fit | None = None
    while broken is None:
        try:
            broken = tiny_fit(tmp_path / "broken", stop)
        except KeyboardInterrupt:
            continue
    assert len(told) >= 8
    assert_same_fit(whole, broken)


KILLED = """
import os, sys
from pathlib import Path
from rcpsim.fitting import FitFolder, Size, asked_of, plan_of, run_fit
plan, size = plan_of(2001, ("puebla", "sacm")), Size(sets=4, waves=2, reference=2, repeats=2, block=2)
left = [3]
def tell(done, total, what):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), 9)
run_fit(FitFolder.open(Path(sys.argv[1]), asked_of(plan, 1, size)), plan, 1, size, tell=tell)
"""


def test_a_fit_that_is_killed_goes_on_and_ends_alike(tmp_path: Path, whole: Fit) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed")], check=False)
    assert killed.returncode == -9
    assert list((tmp_path / "killed" / "parts").glob("*.parquet"))
    assert_same_fit(whole, tiny_fit(tmp_path / "killed"))


INTERRUPTED = """
import sys
import rcpsim.fitting
from rcpsim.cli import fitting, main
from rcpsim.fitting import plan_of
fitting._QUICK = (4, 2, 2, 2, 2)
rcpsim.fitting.plan_of = lambda as_of, _, aside, few: plan_of(as_of, ("puebla", "sacm"), aside)
main(["fit", "--quick", "--no-figures", "--out", sys.argv[1]])
"""


def test_ctrl_c_ends_a_fit_with_130_and_the_same_command_ends_it_alike(tmp_path: Path, whole: Fit) -> None:
    place = tmp_path / "fit"
    words = [sys.executable, "-c", INTERRUPTED, str(place)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("wave-1: 2 of 4"):  # in the middle of a wave
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
        assert process.wait(timeout=120) == 130, rest
    assert "Interrupted; what is done stays" in rest
    assert "Traceback" not in rest
    assert list((place / "parts").glob("wave-1-*.parquet"))
    assert not (place / "plausible.parquet").exists()
    again = subprocess.run(words, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert (place / "report.md").read_text(encoding="utf-8") == report(whole)
    found = read_plausible(place / "plausible.parquet")
    for name, column in values_at(whole.points).items():
        np.testing.assert_array_equal(found.values[name], column)
    assert_same_fit(whole, tiny_fit(place))


def test_two_workers_find_what_one_finds(tmp_path: Path, whole: Fit) -> None:
    plan = plan_of(2001, ("puebla", "sacm"))
    found = run_fit(FitFolder.open(tmp_path / "two", asked_of(plan, 1, TINY)), plan, 1, TINY, workers=2)
    assert_same_fit(whole, found)


def test_the_folder_of_another_fit_is_refused_with_every_difference(tmp_path: Path) -> None:
    plan = plan_of(2001, ("puebla", "sacm"))
    asked = asked_of(plan, 1, TINY)
    FitFolder.open(tmp_path / "fit", {**asked, "theory": "old", "seed": 4})
    with pytest.raises(InputError) as caught:
        FitFolder.open(tmp_path / "fit", asked)
    assert [fault.field for fault in caught.value.faults] == ["theory", "seed"]
    assert "--force" in str(caught.value)
    FitFolder.open(tmp_path / "fit", asked, force=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds no fit"):
        FitFolder.open(tmp_path / "other", asked, force=True)
    (tmp_path / "fit" / "fit.json").write_text("nonsense")
    with pytest.raises(InputError, match="cannot be read"):
        FitFolder.open(tmp_path / "fit", asked)


# --- what is said of it ---------------------------------------------------------------------------


def made_fit(seed: int = 0) -> Fit:
    """A fit of a made-up model: one parameter drives two patterns that pull apart, and another a third."""
    chance = np.random.default_rng(seed)
    points = hypercube(600, 1, 1, 0)
    first, second = points[:, 0], points[:, 1]
    seen = np.stack([10 * first, 10 - 10 * first, 10 * second, second], axis=1)
    seen = seen + chance.normal(0.0, 0.5, seen.shape)
    patterns = (
        pattern("puebla/up", 8.0, 1.0),
        pattern("sacm/down", 6.0, 1.0),
        pattern("sacm/low", 2.0),
        pattern("sacm/weak", 0.0, strong=False),
    )
    plan = Plan(2001, ("puebla", "sacm"), ((1996, 2001), (1999, 2001)), (False, False), patterns)
    spread = np.full(4, 0.5)
    miss = misses(patterns, seen, spread)[:, :3]
    fits = accepted(miss)
    wave = Wave(points, seen, {}, 0.5, int(fits.sum()))
    kept = np.flatnonzero(fits)
    return Fit(
        plan=plan,
        seed=1,
        size=TINY,
        spread=spread,
        waves=(wave,),
        candidates=kept.size,
        tried=kept.size,
        passed=kept.size,
        points=points[kept],
        seen=seen[kept],
        distance=miss[kept].max(axis=1),
        wave=np.ones(kept.size, dtype=np.int64),
        history=kept,
    )


def test_patterns_that_pull_apart_are_told_first() -> None:
    found = pulls(made_fit())
    assert (found[0].one, found[0].other) == ("puebla/up", "sacm/down")
    assert found[0].z < -3.5
    assert found[0].other_if_one < found[0].other_if_not


def test_a_table_of_pulls_that_holds_not_all_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def part() -> str:
        return report(made_fit()).split("## Patterns that pull")[1].split("\n## ")[0]

    assert "tables/pulls.csv" not in part()
    first = pulls(made_fit())[0]
    many = [replace(first, one=f"puebla/{place}", z=sign * 9.0) for sign in (-1, 1) for place in range(13)]
    monkeypatch.setattr("rcpsim.fitting.telling.pulls", lambda fit: many)
    assert "13 pull against each other and 13 go together" in part()
    assert "holds the 12 strongest of each at most; all are in `tables/pulls.csv`" in part()
    assert sum(line.startswith("| `") for line in part().splitlines()) == 24


def test_the_report_in_the_package_says_what_its_table_of_pulls_leaves_out() -> None:
    text = files("rcpsim.data").joinpath("plausible.md").read_text(encoding="utf-8")
    part = text.split("## Patterns that pull")[1].split("\n## ")[0]
    told = sum(int(count) for count in re.findall(r"(\d+) (?:pull|go together)", part))
    assert told > sum(line.startswith("| `") for line in part.splitlines())
    assert "all are in `tables/pulls.csv`" in part


def test_what_was_learnt_is_told_from_what_was_not() -> None:
    fit = made_fit()
    found = {one.name: one for one in learnt(fit)}
    names = free_names()
    assert found[names[0]].verdict == "learnt"
    assert found[names[1]].ratio < 0.3
    assert found[names[1]].middle == pytest.approx(0.2, abs=0.05)
    rest = [found[name].verdict == "prior only" for name in names[2:]]
    assert sum(rest) >= len(rest) - 5  # one in a thousand by chance, and what the real filter narrows


def test_what_the_filter_does_is_not_laid_to_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    kept, sets = chance.random((400, len(free_names()))), chance.random((200, len(free_names())))
    kept[:, 0], sets[:, 0] = (
        kept[:, 0] * 0.5,
        sets[:, 0] * 0.5,
    )  # the filter halves the first, the record nothing
    sets[:, 1] = sets[:, 1] * 0.5  # the record the second
    kept[:, 2], sets[:, 2] = kept[:, 2] * 0.5, sets[:, 2] * 0.25  # and both the third
    monkeypatch.setattr(judging, "filtered_quantiles", lambda: kept)
    names = free_names()
    found = {one.name: one for one in learnt(replace(made_fit(), points=sets))}
    first, second, third = (found[name] for name in names[:3])
    assert (first.verdict, second.verdict, third.verdict) == ("filter only", "learnt", "learnt")
    assert (first.by_filter, first.by_record) == pytest.approx((0.25, 1.0), rel=0.2)
    assert (second.by_filter, second.by_record) == pytest.approx((1.0, 0.25), rel=0.2)
    assert (third.by_filter, third.by_record) == pytest.approx((0.25, 0.25), rel=0.2)
    for one in (first, second, third):
        assert one.by_filter * one.by_record == pytest.approx(one.ratio)
    assert {found[name].verdict for name in names[3:]} == {"prior only"}


def test_the_filter_is_read_as_the_draws_that_a_run_takes() -> None:
    kept = filtered_prior()
    drawn = values_of("prior", 1, np.arange(kept.survivors.size))
    for name, column in values_at(judging.filtered_quantiles()).items():
        np.testing.assert_allclose(column, drawn[name], rtol=1e-12)


def test_a_process_left_out_is_told_by_what_the_others_allow() -> None:
    fit = made_fit()
    found = {one.pattern: one for one in left_out(fit)}
    one = found["sacm/down"]  # puebla wants a high first parameter, and that is bad for sacm/down
    assert one.posterior[1] < one.prior[1]
    assert one.score > one.score_prior
    low = found["sacm/low"]  # of which puebla says nothing
    assert low.score == pytest.approx(low.score_prior, rel=0.15)


def test_a_comparison_of_all_processes_allows_nothing_to_one_that_is_left_out() -> None:
    fit = made_fit()
    of_all = replace(pattern("across/of-all", 0.0), processes=())
    fit = replace(fit, plan=replace(fit.plan, patterns=(*fit.plan.patterns[:3], of_all)))
    assert left_out(fit) == left_out(replace(fit, plan=replace(fit.plan, patterns=fit.plan.patterns[:3]),
                                             waves=(replace(fit.waves[0], seen=fit.waves[0].seen[:, :3]),),
                                             spread=fit.spread[:3]))  # fmt: skip


def test_few_sets_are_told_with_what_excludes_what() -> None:
    fit = made_fit()
    hopeless = replace(fit.plan, patterns=(*fit.plan.patterns[:3], pattern("sacm/never", 1000.0)))
    few = replace(fit, plan=hopeless, points=fit.points[:3], seen=fit.seen[:3], distance=fit.distance[:3],
                  wave=fit.wave[:3], history=fit.history[:3])  # fmt: skip
    few = replace(few, waves=(replace(fit.waves[0], accepted=0),))
    assert met_by_none(few) == ("sacm/never",)
    (name, sets), *_ = in_the_way(few, 10)
    assert (name, sets) == ("sacm/never", fit.candidates)
    text = report(few)
    assert "Fewer than 50 sets are left" in text
    assert "`sacm/never` is met by no set" in text
    assert "nothing is widened" in text.lower()
    assert "Fewer than" not in report(fit)


def test_one_set_and_one_process_are_told_as_one() -> None:
    fit = made_fit()
    alone = replace(fit, points=fit.points[:1], seen=fit.seen[:1], distance=fit.distance[:1],
                    wave=fit.wave[:1], history=fit.history[:1],
                    plan=replace(fit.plan, processes=("puebla",)))  # fmt: skip
    assert "**1 plausible set**" in head_of(alone)
    assert "weak patterns of 1 process," in head_of(alone)
    assert "**3 plausible sets**" in head_of(replace(fit, points=fit.points[:3]))
    assert "weak patterns of 2 processes," in head_of(fit)


def test_one_set_that_is_left_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = made_fit()
    few = replace(fit, points=fit.points[:3], seen=fit.seen[:3], distance=fit.distance[:3],
                  wave=fit.wave[:3], history=fit.history[:3])  # fmt: skip
    monkeypatch.setattr("rcpsim.fitting.telling.in_the_way", lambda fit, enough: [("a/b", 1), ("a/c", 2)])
    assert "first set `a/b` aside, and 1 set is left" in report(few)
    assert "then set `a/c` aside, and 2 sets are left" in report(few)


def test_the_sets_are_written_with_all_that_is_needed_to_read_them(tmp_path: Path) -> None:
    fit = made_fit()
    path = FitFolder(tmp_path).keep_sets("plausible.parquet", columns_of(fit), facts_of(fit))
    found = read_plausible(path)
    assert found.stamp == theory_stamp()
    assert tuple(found.values) == free_names()
    np.testing.assert_array_equal(found.distance, fit.distance)
    assert (found.distance <= CUTOFF).all()
    between = np.linalg.norm(fit.points[:, None] - fit.points[None], axis=2).sum(axis=1)
    assert found.medoid == int(np.argmin(between))


def test_the_most_central_set_is_told_with_what_it_says() -> None:
    fit = made_fit()
    between = np.linalg.norm(fit.points[:, None] - fit.points[None], axis=2).sum(axis=1)
    place = int(np.argmin(between))
    assert medoid(fit.points) == place
    assert medoid(np.repeat(fit.points[:2], 3, axis=0)) == 0, "of equals the first"
    part = report(fit).split("## The most central set")[1]
    assert f"Set {place} of the {fit.points.shape[0]} (wave 1, history {fit.history[place]};" in part
    for name, column in values_at(fit.points[[place]]).items():
        assert f"| `{name}` | {all_cards()[name].symbol} | {column[0]:.3g} |" in part


def test_defaults_are_written_before_the_prior_and_once() -> None:
    for path in sorted(medoid_case.FOLDER.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        values = {name: 0.123 for name, card in all_cards().items() if card.prior.dist != "fixed"}
        once = medoid_case.with_defaults(text, values)
        assert medoid_case.with_defaults(once, values) == once
        cards, plain = tomllib.loads(once), tomllib.loads(text)
        assert list(cards) == list(plain)
        for name, table in cards.items():
            if name in values:
                assert table.pop("default") == 0.123
                plain[name].pop("default", None)
            assert table == plain[name]
        assert [line for line in once.splitlines() if not line.startswith("default =")] == [
            line for line in text.splitlines() if not line.startswith("default =")
        ]
        assert all(
            later.startswith("prior =")
            for line, later in pairwise(once.splitlines())
            if line.startswith("default = 0.123")
        )


def test_a_default_from_the_medoid_has_three_digits_and_lies_within_its_bounds() -> None:
    fit = made_fit()
    values = values_at(fit.points)
    high = all_cards()["delegated_authority"].allowed[1]
    values["delegated_authority"] = np.full(fit.points.shape[0], high + 1.0)
    sets = Plausible("x", {}, values, fit.distance, 5)
    found = defaults_of(sets)
    assert tuple(found) == free_names()
    assert found["delegated_authority"] == high
    for name in found.keys() - {"delegated_authority"}:
        assert found[name] == pytest.approx(values[name][5], rel=5e-3)
        assert len(f"{found[name]:e}".split("e")[0].rstrip("0").replace(".", "").replace("-", "")) <= 3


def test_the_defaults_are_those_of_the_most_central_plausible_set() -> None:
    cards, found = all_cards(), defaults_of(plausible_sets())
    assert found.keys() == set(free_names())
    off = [name for name, value in found.items() if cards[name].default != value]
    assert off == [], "run `python -m tests.cases.medoid`, and print docs/parameters.md again"


def test_the_pictures_of_a_fit_say_how_many_sets_they_show() -> None:
    drawn = fit_figures(made_fit())
    assert set(drawn) == {"volume", "pulls", "learnt"}
    assert "600 sets" in drawn["volume"][1]
    assert "prior only" in drawn["learnt"][1]


# --- confirming -----------------------------------------------------------------------------------


def test_a_filter_that_still_holds_is_stamped_anew_and_one_that_does_not_is_left(tmp_path: Path) -> None:
    from rcpsim.fitting import table_of

    text = table_of(try_sets(unfiltered(1, [0])))
    facts, table = text.split("\n", 1)
    old = {**json.loads(facts[1:]), "stamp": "old"}
    place = tmp_path / "prior_filter.csv"
    place.write_text(f"#{json.dumps(old)}\n{table}")
    found = confirm_filter(place)
    assert (found.before, found.played, found.holds) == ("old", 1, True)
    assert parameter_sets.read_filter(place.read_text()).stamp == theory_stamp()
    place.write_text(f"#{json.dumps(old)}\n{table.replace('passes', 'never ends', 1)}")
    assert confirm_filter(place).differing == 1
    assert parameter_sets.read_filter(place.read_text()).stamp == "old"


def test_plausible_sets_that_still_hold_are_stamped_anew(tmp_path: Path) -> None:
    plan = plan_of(2001, ("puebla", "sacm"))
    points = hypercube(3, 1, 1, 0)
    _, seen = play_block(block_of(plan, range(3), values_at(points)))
    fit = replace(made_fit(), plan=plan, points=points, seen=seen, distance=np.ones(3),
                  wave=np.ones(3, dtype=np.int64), history=np.arange(3))  # fmt: skip
    facts = {**facts_of(fit), "stamp": "old"}
    path = FitFolder(tmp_path).keep_sets("plausible.parquet", columns_of(fit), facts)
    found = confirm_plausible(path)
    assert found is not None
    assert found.holds
    assert read_plausible(path).stamp == theory_stamp()
    FitFolder(tmp_path).keep_sets("plausible.parquet", columns_of(replace(fit, seen=seen + 1.0)), facts)
    found = confirm_plausible(path)
    assert found is not None
    assert found.differing == 3
    assert read_plausible(path).stamp == "old"
    assert confirm_plausible(tmp_path / "none.parquet") is None


# --- the command ----------------------------------------------------------------------------------


def test_bad_input_to_fit_ends_with_status_2_and_words(tmp_path: Path) -> None:
    runner = CliRunner()
    place = tmp_path / "fit"
    for words, told in (
        (["--as-of", "1980"], "no strong pattern"),
        (["--aside", "puebla/evaluation-1998"], "did you mean puebla/evaluation-1999"),
        (["--quick", "--install"], "a quick fit is for trying"),
    ):
        done = runner.invoke(main, ["fit", *words, "--out", str(place)])
        assert done.exit_code == 2, done.output
        assert told in done.output
        assert not place.exists()
    FitFolder.open(place, {"theory": "old"})
    done = runner.invoke(main, ["fit", "--quick", "--out", str(place)])
    assert done.exit_code == 2
    assert 'theory is "old"' in done.output


def test_a_filter_is_run_shown_and_taken_up_from_the_command_line(tmp_path: Path) -> None:
    words = ["fit", "--filter-only", "--draws", "1", "--workers", "1", "--out", str(tmp_path / "filter")]
    for _ in range(2):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        assert "passes" in done.output
    found = parameter_sets.read_filter((tmp_path / "filter" / "prior_filter.csv").read_text())
    assert (found.tried, found.stamp) == (1, theory_stamp())


def test_a_fit_writes_sets_report_and_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rcpsim.cli import fitting as command

    monkeypatch.setattr(command, "_QUICK", (6, 1, 2, 2, 4))
    monkeypatch.setattr(
        "rcpsim.fitting.plan_of", lambda as_of, _, aside, few: plan_of(as_of, ("puebla", "sacm"), aside)
    )
    place = tmp_path / "fit"
    done = CliRunner().invoke(main, ["fit", "--quick", "--workers", "1", "--out", str(place)])
    assert done.exit_code == 0, done.output
    assert "\nWaves\n" in done.output
    assert "\nOne process left out\n" in done.output
    assert {path.name for path in place.iterdir()} == {
        "fit.json",
        "manifest.json",
        "parts",
        "plausible.parquet",
        "report.md",
        "tables",
        "figures",
    }
    assert {path.stem for path in (place / "tables").iterdir()} == {
        "patterns",
        "pulls",
        "parameters",
        "left-out",
    }
    table = (place / "tables" / "patterns.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "name,strong,told,spread,error,meets,close,alone"
    plan = plan_of(2001, ("puebla", "sacm"))
    assert [line.split(",")[0] for line in table[1:]] == [one.name for one in plan.patterns]
    assert (place / "figures" / "captions.md").is_file()


def test_a_run_says_where_the_filter_is_of_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["run", "small-process", "--years", "1-1", "--histories", "2", "--parameters", "prior"]
    monkeypatch.setattr(parameter_sets, "theory_stamp", lambda: "changed")
    done = CliRunner().invoke(main, [*words, "--no-figures", "--out", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    assert "this is changed; `rcpsim fit --confirm`" in done.output
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["parameters"] == "prior"
