"""The analysis of sweeps, held against functions whose answers are known."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from rcpsim.analysis import effects as effects_module
from rcpsim.analysis.effects import FEWEST, effects_of
from rcpsim.analysis.replicates import (
    half_width,
    independent_product,
    jackknife_half_width,
    parts_of_variance,
)
from rcpsim.analysis.sensitivity import Sensitivity, sensitivity_of
from rcpsim.analysis.shapes import axis_of
from rcpsim.analysis.sweeps import analyse
from rcpsim.cli import main
from rcpsim.experiment import load_experiment, resolve
from rcpsim.sweep import Sweep, open_sweep, run_sweep

TABLE = {
    "format": 1,
    "id": "tried",
    "question": "Does it hold?",
    "scenario": "small-process",
    "years": [1, 1],
    "draws": {"parameters": "prior", "count": 2, "histories": 2},
    "factor": [
        {"key": "design.confidentiality", "values": [0.0, 1.0]},
        {"key": "design.caution", "values": [0.0, 0.5, 1.0]},
    ],
    "arm": [{"name": "carrier off", "without": ["leak_or_keep"]}],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "candour", "alive"], "at": "end"},
    "analysis": {
        "effect": {"of": "design.confidentiality", "low": 0.0, "high": 1.0, "by": "design.caution"},
    },
}
RANGES = [
    {"key": "design.confidentiality", "range": [0, 1]},
    {"key": "design.caution", "range": [0, 1]},
    {"key": "design.follow_up", "range": [0, 1]},
]


def rcpsim_command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


class Planned(Sweep):
    """A sweep of which nothing was played: its settings are those of the plan."""

    @property
    def settings(self) -> Any:
        import pandas as pd

        plan = resolve(self.experiment)
        rows = [
            {"setting": place, "design": one.design, "point": one.point}
            | dict(zip(self.factors, one.values, strict=True))
            for place, one in enumerate(plan.settings)
        ]
        return pd.DataFrame(rows)


def planned(**overrides: object) -> Sweep:
    given = {key.replace("__", "."): value for key, value in overrides.items()}
    return Planned(Path("nowhere"), {}, load_experiment(TABLE, given))


def sampled(method: str, points: int, **more: object) -> Sweep:
    sampling = {"method": method, "points": points}
    return planned(sampling=sampling, factor=RANGES, arm=[], analysis={}, **more)


def levels(sweep: Sweep) -> np.ndarray:
    return sweep.settings[list(sweep.factors)].to_numpy(dtype=np.float64)


def index_of(found: Sensitivity, factor: str, name: str):
    return next(one for one in found.indices if (one.factor, one.index) == (factor, name))


# --- replicates -----------------------------------------------------------------------------------


def test_independent_products_are_free_of_noise_that_is_shared_by_draw_or_by_luck():
    rng = np.random.default_rng(1)
    signal = rng.normal(size=(4000, 1, 1))
    by_draw, by_luck = rng.normal(size=(4000, 3, 1)), rng.normal(size=(4000, 1, 2))
    y = signal + 2.0 * by_draw + 2.0 * by_luck + rng.normal(size=(4000, 3, 2))
    assert float(np.mean(independent_product(y, y))) == pytest.approx(1.0, abs=0.15)
    assert float(np.mean(y.mean(axis=(1, 2)) ** 2)) > 4.0  # which is what noise does to the mean


def test_independent_products_are_those_of_all_pairs():
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=(2, 3, 4))
    pairs = [
        one[d, h] * other[e, i]
        for d in range(3)
        for h in range(4)
        for e in range(3)
        for i in range(4)
        if d != e and h != i
    ]
    assert float(independent_product(one, other)) == pytest.approx(np.mean(pairs))
    assert np.isnan(independent_product(one[:1, :1], other[:1, :1]))
    few = [one[0, h] * other[0, i] for h in range(4) for i in range(4) if h != i]
    assert float(independent_product(one[:1], other[:1])) == pytest.approx(np.mean(few))


def test_variance_is_laid_to_where_it_comes_from():
    rng = np.random.default_rng(3)
    sizes = {"s": (400, 1, 1), "d": (1, 300, 1), "sd": (400, 300, 1), "sh": (400, 1, 8)}
    spread = {"s": 3.0, "d": 5.0, "sd": 2.0, "sh": 1.0}
    y = sum(spread[name] * rng.normal(size=shape) for name, shape in sizes.items())
    parts = parts_of_variance(y + 0.5 * rng.normal(size=(400, 300, 8)))
    assert parts.settings == pytest.approx(9.0, rel=0.2)
    assert parts.draws == pytest.approx(25.0, rel=0.2)
    assert parts.luck == pytest.approx(0.0, abs=0.05)
    assert parts.settings_by_draws == pytest.approx(4.0, rel=0.1)
    assert parts.settings_by_luck == pytest.approx(1.25, rel=0.1)
    assert parts.noise == pytest.approx(4.0 / 300 + 1.0 / 8 + 0.25 / 2400, rel=0.2)


def test_what_all_settings_share_is_no_noise():
    y = np.arange(6.0)[:, None, None] + 100.0 * np.random.default_rng(4).normal(size=(1, 4, 3))
    parts = parts_of_variance(y)
    assert parts.settings == pytest.approx(3.5)
    assert parts.noise == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("shape", [(30, 1, 5), (30, 5, 1)])
def test_with_one_draw_or_one_history_the_other_is_told_and_nothing_made_up(shape: tuple[int, int, int]):
    y = np.arange(30.0)[:, None, None] + np.random.default_rng(5).normal(size=shape)
    parts = parts_of_variance(y)
    assert parts.settings == pytest.approx(77.5, rel=0.1)
    assert parts.noise == pytest.approx(0.2, rel=0.4)
    unknown, known = (parts.luck, parts.draws) if shape[2] == 1 else (parts.draws, parts.luck)
    assert np.isnan(unknown)
    assert not np.isnan(known)


def test_the_jackknife_of_a_mean_over_draws_is_its_standard_interval():
    y = np.random.default_rng(6).normal(size=(1, 12, 1))
    half, by_luck = jackknife_half_width(y, lambda part: part.mean(axis=(1, 2)), 0.9)
    assert float(half[0]) == pytest.approx(float(half_width(y[0, :, 0], 0.9)))
    assert not by_luck[0]


def test_the_jackknife_sees_luck_that_all_draws_share():
    rng = np.random.default_rng(7)
    y = rng.normal(size=(1, 1, 6)) + 0.01 * rng.normal(size=(1, 50, 6))
    half, by_luck = jackknife_half_width(y, lambda part: part.mean(axis=(1, 2)), 0.9)
    assert by_luck[0]
    assert float(half[0]) > 10 * float(half_width(y[0].mean(axis=-1), 0.9))


# --- effects --------------------------------------------------------------------------------------


def test_effects_are_paired_and_luck_stays_out_of_the_interval():
    sweep = planned()
    rng = np.random.default_rng(8)
    x = levels(sweep)
    off = (sweep.settings["design"] != "full").to_numpy()
    slope = np.where(off, 0.0, 1.0 + 2.0 * x[:, 1])  # the effect of the first factor: 1 + 2 x of the second
    of_draw = 0.1 * rng.normal(size=(1, 20, 1))
    luck = 5.0 * rng.normal(size=(1, 1, 4))
    y = (
        slope[:, None, None] * (x[:, 0, None, None] + x[:, 0, None, None] * of_draw)
        + luck
        + 3.0 * off[:, None, None]
    )
    rows = effects_of(sweep, "trust_all", y)
    full = [row for row in rows if (row.kind, row.design) == ("effect", "full")]
    assert [row.at for row in full] == ["0", "0.5", "1"]
    assert [row.effect for row in full] == pytest.approx([1.0, 2.0, 3.0], rel=0.1)
    assert all(row.interval_high - row.interval_low < 0.4 for row in full)
    assert all(row.unit == "draw" and row.units == 20 for row in full)
    assert full[0].sd_histories_at_low == pytest.approx(luck.std(ddof=1))
    assert full[0].sd_luck == pytest.approx(0.0, abs=1e-9)
    assert full[0].standardised == pytest.approx(full[0].effect / full[0].sd_histories_at_low)
    (crossed,) = [row for row in rows if (row.kind, row.design) == ("interaction", "full")]
    assert crossed.effect == pytest.approx(2.0, rel=0.1)
    carried = [row.effect for row in rows if row.kind == "carried"]
    assert carried == pytest.approx([row.effect for row in full])
    (arm,) = [row for row in rows if row.kind == "arm"]
    assert arm.effect == pytest.approx(3.0 - np.mean([1.0, 2.0, 3.0]) / 2, rel=0.1)


def test_too_few_draws_are_no_finding_and_it_is_said_how_many_would_do():
    sweep = planned(arm=[])
    clear = levels(sweep)[:, 0, None, None] + np.random.default_rng(9).normal(0.0, 0.01, size=(6, FEWEST, 3))
    for draws, finding, needed in ((FEWEST, "rises", 0), (FEWEST - 1, "too few", FEWEST)):
        rows = [row for row in effects_of(sweep, "trust_all", clear[:, :draws]) if row.kind == "effect"]
        assert {(row.finding, row.needed) for row in rows} == {(finding, needed)}


def test_an_effect_is_open_until_its_interval_is_clear_of_the_smallest_one():
    judged = effects_module.judged
    assert judged(0.3, 0.1, 0.1, 20) == ("rises", 0)
    assert judged(-0.3, 0.1, 0.1, 20) == ("falls", 0)
    assert judged(0.02, 0.05, 0.1, 20) == ("nothing to be seen", 0)
    finding, needed = judged(0.2, 0.3, 0.1, 20)
    assert (finding, needed) == ("open", 180)
    assert judged(0.2, 0.3 * np.sqrt(20 / (needed + 1)), 0.1, needed + 1)[0] == "rises"


def test_missing_sides_leave_the_pair_out_and_are_counted():
    sweep = planned(arm=[])
    y = levels(sweep)[:, 0, None, None] + np.zeros((6, 12, 2))
    y[:, 3, 0] = np.nan
    rows = [row for row in effects_of(sweep, "trust_all", y) if row.kind == "effect"]
    assert [row.effect for row in rows] == pytest.approx([1.0] * 3)
    assert [row.missing for row in rows] == pytest.approx([1 / 24] * 3)


# --- sensitivity ----------------------------------------------------------------------------------


def ishigami(x: np.ndarray) -> np.ndarray:
    """A function whose indices are known: main .314, .442, 0; total .558, .442, .244."""
    a, b, c = (2.0 * np.pi * (x[:, column] - 0.5) for column in range(3))
    return np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_sobol_indices_are_those_that_are_known():
    sweep = sampled("sobol", 512)
    y = ishigami(levels(sweep))[:, None, None] + np.zeros((1, 3, 2))
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.1)
    for name, known in (("main", (0.314, 0.442, 0.0)), ("total", (0.558, 0.442, 0.244))):
        for factor, value in zip(sweep.factors, known, strict=True):
            index = index_of(found, factor, name)
            assert index.value == pytest.approx(value, abs=0.06)
            assert index.without_noise == pytest.approx(index.value, abs=0.03)
            assert index.half_replicates == pytest.approx(0.0, abs=1e-9)  # there is no noise
            assert index.half_points > 0.0 or value == 0.0


def test_noise_looks_like_dependence_on_everything_and_is_told_apart():
    sweep = sampled("sobol", 1024)
    x = levels(sweep)
    noise = np.random.default_rng(10).normal(size=(x.shape[0], 6, 3))
    y = x[:, 0, None, None] + 1.0 * noise  # the second and third factor do nothing
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.1)
    for factor in sweep.factors[1:]:
        index = index_of(found, factor, "total")
        assert index.value > 0.25
        assert index.without_noise == pytest.approx(0.0, abs=0.1)
    assert index_of(found, sweep.factors[0], "total").without_noise == pytest.approx(1.0, abs=0.1)
    assert parts_of_variance(y).noise_share == pytest.approx((1 / 18) / (1 / 12 + 1 / 18), abs=0.06)


def test_noise_of_the_replicates_widens_its_own_interval_only():
    sweep = sampled("sobol", 64)
    x = levels(sweep)
    slope = 1.0 + np.random.default_rng(11).normal(0.0, 0.5, size=(1, 5, 2))
    plain = (x[:, 0] + x[:, 1])[:, None, None] + np.zeros((1, 5, 2))
    mixed = x[:, 0, None, None] * slope + x[:, 1, None, None]
    for y, wide in ((plain, False), (mixed, True)):
        index = index_of(sensitivity_of(sweep, "trust_all", y, "full", 0.1), sweep.factors[0], "total")
        assert (index.half_replicates > 0.05) is wide
        assert index.high - index.low == pytest.approx(2 * np.hypot(index.half_points, index.half_replicates))


def test_too_few_base_points_or_replicates_are_refused():
    few = sampled("sobol", 16)
    found = sensitivity_of(few, "trust_all", levels(few)[:, :1, None] + np.zeros((1, 4, 2)), "full", 0.1)
    assert "16 base points are too few; 32 are the least" in found.refusal
    assert {(one.finding, one.needed) for one in found.indices} == {("too few", 32)}
    one = sampled("sobol", 32)
    found = sensitivity_of(one, "trust_all", levels(one)[:, :1, None] + np.zeros((1, 1, 1)), "full", 0.1)
    assert "tell nothing of the noise" in found.refusal
    assert {one.finding for one in found.indices} == {"too few"}


def test_a_measure_that_does_not_move_has_no_indices():
    sweep = sampled("sobol", 32)
    found = sensitivity_of(sweep, "alive", np.ones((160, 2, 2)), "full", 0.1)
    assert (found.indices, "the same in all settings" in found.refusal) == ((), True)


def test_base_points_with_a_setting_that_ended_are_left_out():
    sweep = sampled("sobol", 64)
    y = ishigami(levels(sweep))[:, None, None] + np.zeros((1, 2, 2))
    y[7] = np.nan
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.1)
    assert found.points == (63, 64)
    assert index_of(found, sweep.factors[1], "total").value == pytest.approx(0.44, abs=0.15)


def test_elementary_effects_are_those_of_a_line():
    sweep = sampled("morris", 6)
    x = levels(sweep)
    y = (3.0 * x[:, 0] - 2.0 * x[:, 1])[:, None, None] + np.zeros((1, 2, 3))
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.5)
    told = {
        name: [index_of(found, one, name).value for one in sweep.factors]
        for name in ("mu", "mu_star", "sigma")
    }
    assert told["mu"] == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)
    assert told["mu_star"] == pytest.approx([3.0, 2.0, 0.0], abs=1e-9)
    assert told["sigma"] == pytest.approx([0.0] * 3, abs=1e-9)
    clean = [index_of(found, one, "mu_star").without_noise for one in sweep.factors]
    assert clean == pytest.approx([3.0, 2.0, 0.0], abs=1e-7)
    words = [index_of(found, one, "mu_star").finding for one in sweep.factors]
    assert words == ["matters", "matters", "hardly matters"]


def test_random_balance_finds_main_effects():
    sweep = sampled("latin", 512)
    y = ishigami(levels(sweep))[:, None, None] + np.zeros((1, 2, 2))
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.1)
    values = [index_of(found, one, "main").value for one in sweep.factors]
    assert values == pytest.approx([0.314, 0.442, 0.0], abs=0.08)
    assert {one.index for one in found.indices} == {"main"}  # a latin plan tells no totals


def test_a_grid_tells_shares_over_its_levels():
    sweep = planned(arm=[])
    x = levels(sweep)
    y = (x[:, 0] + 2.0 * x[:, 1] + 4.0 * (x[:, 0] - 0.5) * (x[:, 1] - 0.5))[:, None, None] + np.zeros(
        (1, 2, 2)
    )
    found = sensitivity_of(sweep, "trust_all", y, "full", 0.1)
    parts = np.array([0.25, 4.0 / 6.0, 16.0 * 0.25 / 6.0])  # one, other, both together
    main = [index_of(found, one, "main").value for one in sweep.factors]
    total = [index_of(found, one, "total").value for one in sweep.factors]
    assert main == pytest.approx((parts[:2] / parts.sum()).tolist())
    assert total == pytest.approx(((parts[:2] + parts[2]) / parts.sum()).tolist())


def test_one_factor_at_a_time_tells_no_shares():
    factor = [
        {"key": "design.confidentiality", "values": [0.0, 1.0], "base": 0.0},
        {"key": "design.caution", "values": [0.0, 1.0], "base": 0.0},
    ]
    sweep = planned(sampling={"method": "one-at-a-time"}, factor=factor, arm=[], analysis={})
    found = sensitivity_of(sweep, "trust_all", np.zeros((3, 2, 2)), "full", 0.1)
    assert (found.indices, "one factor at a time" in found.refusal) == ((), True)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "tried"
    run_sweep(load_experiment(TABLE), folder)
    return folder


def test_the_command_writes_tables_figures_and_a_report(swept: Path):
    result = rcpsim_command("analyse", str(swept))
    assert result.exit_code == 0, result.output
    place = swept / "analysis"
    assert {path.name for path in place.iterdir()} == {
        "effects.csv",
        "sensitivity.csv",
        "report.md",
        "figures",
        "manifest.json",
    }
    with (place / "effects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["measure"] for row in rows} == {"trust_all", "candour", "alive"}
    assert {row["finding"] for row in rows} == {"too few"}  # two draws
    report = (place / "report.md").read_text(encoding="utf-8")
    assert "2 draws are too few to say; 10 are the least" in report
    assert " rises " not in report
    captions = (place / "figures" / "captions.md").read_text(encoding="utf-8")
    for path in (place / "figures").glob("*.png"):
        assert f"## {path.name}" in captions
    assert captions.count("48 histories in all") == len(list((place / "figures").glob("*.png")))
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sweep"]["digest"] == json.loads((swept / "manifest.json").read_text())["digest"]
    again = rcpsim_command("analyse", str(swept), "--quiet", "--no-figures", "--measure", "candour")
    assert (again.exit_code, again.output) == (0, "")
    assert not (place / "figures").exists()
    assert "Measure: candour" in (place / "report.md").read_text(encoding="utf-8")


def test_an_analysis_does_not_disturb_the_sweep(swept: Path):
    rcpsim_command("analyse", str(swept), "--quiet", "--no-figures")
    report = run_sweep(load_experiment(TABLE), swept)
    assert report.played == 0
    assert rcpsim_command("verify", str(swept), "--sample", "1", "--quiet").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--measure", "trust_al"), "did you mean trust_all"),
        (("--at", "Y09-Q4"), "Y09-Q4"),
    ],
)
def test_what_was_not_kept_is_refused(swept: Path, tmp_path: Path, words: tuple[str, ...], told: str):
    out = tmp_path / "no"
    result = rcpsim_command("analyse", str(swept), *words, "--out", str(out))
    assert (result.exit_code, told in result.output, out.exists()) == (2, True, False)


def test_what_is_no_sweep_is_refused(tmp_path: Path):
    result = rcpsim_command("analyse", str(tmp_path))
    assert (result.exit_code, "name a folder that rcpsim wrote" in result.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_without_salib_or_scikit_learn_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = load_experiment(
        TABLE,
        {
            "sampling": {"method": "sobol", "points": 2},
            "factor": RANGES,
            "arm": [],
            "analysis": {},
            "draws.count": 1,
        },
    )
    run_sweep(asked, tmp_path / "few")
    monkeypatch.setitem(sys.modules, "SALib.analyze.morris", None)
    monkeypatch.setitem(sys.modules, "SALib", None)
    result = rcpsim_command("analyse", str(tmp_path / "few"))
    assert (result.exit_code, "pip install 'rcpsim[analysis]'" in result.output) == (2, True)
    assert not (tmp_path / "few" / "analysis").exists()


def test_a_region_is_not_told_from_few_settings(swept: Path):
    analysed = analyse(open_sweep(swept))
    assert analysed.found is not None
    assert analysed.found.region is None
    assert "6 settings apart from each other are too few" in analysed.found.refusal


def test_a_value_on_an_edge_counts_to_the_bin_above_it_and_the_highest_to_the_last():
    axis = axis_of(sampled("latin", 33), "design.caution", np.arange(33))
    assert np.bincount(axis.level).tolist() == [4, 4, 4, 4, 4, 4, 4, 5]
