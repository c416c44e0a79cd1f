"""Sweeps by a compiled engine: one in a folder, the same bits in any company, nothing compiled twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from rcpsim.analysis.replaying import play_again
from rcpsim.axes import MECHANISMS
from rcpsim.cli import main
from rcpsim.compiled.playing import compiled_runs
from rcpsim.errors import InputError
from rcpsim.experiment import Experiment, load_experiment
from rcpsim.simulation import simulate
from rcpsim.sweep import open_sweep, run_sweep, verify
from rcpsim.sweep.fingerprint import foundation_of, model_stamp

FEW = ("attend", "set_agenda", "speak", "share_terms", "learn", "leak_or_keep")  # soon compiled
TABLE: dict[str, Any] = {
    "format": 1,
    "id": "compiled",
    "question": "Is it the same compiled?",
    "scenario": "small-process",
    "years": [1, 2],
    "twin": True,
    "engine": "jax",
    "set": {"members.count": 5, "theory.without": [name for name in MECHANISMS if name not in FEW]},
    "draws": {"parameters": "prior", "count": 2, "histories": 2},
    "factor": [{"key": "design.confidentiality", "values": [0.0, 0.5, 1.0]}],
    "measures": {"primary": "trust_all", "keep": ["trust_all", "candour", "stage"], "at": "quarters"},
}
ALL = 3 * 2 * 2


def asked(**overrides: object) -> Experiment:
    return load_experiment(TABLE, {key.replace("__", "."): value for key, value in overrides.items()})


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled") / "whole"
    before = compiled_runs()
    assert run_sweep(asked(), folder).played == ALL
    assert compiled_runs() == before + 1  # one function for all settings
    return folder


def test_a_folder_has_one_engine(whole: Path, tmp_path: Path) -> None:
    assert manifest(whole)["engine"] == "jax"
    assert manifest(whole)["foundation"]["engine"] == "jax"
    assert open_sweep(whole).experiment.engine == "jax"
    before = {path: path.read_bytes() for path in whole.rglob("*.*")}
    with pytest.raises(InputError, match=r'engine is "numpy"; .* was begun with "jax"') as refused:
        run_sweep(asked(engine="numpy"), whole)
    assert len(refused.value.faults) == 1
    assert {path: path.read_bytes() for path in whole.rglob("*.*")} == before


def test_an_old_folder_that_names_no_engine_is_one_of_numpy(tmp_path: Path) -> None:
    few = {"engine": "numpy", "draws__count": 1}
    run_sweep(asked(**few), tmp_path / "a")
    told = manifest(tmp_path / "a")
    assert "engine" not in told["foundation"]
    del told["engine"]  # as it was before there were engines
    (tmp_path / "a" / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match=r'engine is "jax-single"; .* was begun with "numpy"'):
        run_sweep(asked(engine="jax-single", draws__count=1), tmp_path / "a")
    assert run_sweep(asked(**few), tmp_path / "a").played == 0


def test_the_engine_is_part_of_what_rows_rest_on() -> None:
    assert foundation_of(asked()) != foundation_of(asked(engine="jax-single"))
    assert "engine" not in foundation_of(asked(engine="numpy"))
    assert model_stamp("jax") != model_stamp()


@pytest.mark.parametrize("chunk", [1, 5])
def test_units_seeds_and_growth_compile_nothing_and_change_no_bit(
    whole: Path, tmp_path: Path, chunk: int
) -> None:
    before = compiled_runs()
    run_sweep(asked(draws__count=1), tmp_path / "a", chunk=chunk)
    run_sweep(asked(), tmp_path / "a", chunk=chunk)
    assert manifest(tmp_path / "a")["digest"] == manifest(whole)["digest"]
    run_sweep(asked(seed=8), tmp_path / "b")
    assert compiled_runs() == before


def test_every_row_is_that_of_numpy_within_rounding(whole: Path, tmp_path: Path) -> None:
    run_sweep(asked(engine="numpy"), tmp_path / "numpy")
    for measure in ("trust_all", "candour", "stage", "trust_all_twin"):
        one, other = (open_sweep(folder)[measure].to_numpy() for folder in (whole, tmp_path / "numpy"))
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9, err_msg=measure)


def test_verifying_plays_by_the_same_engine_to_the_bit(whole: Path) -> None:
    verdict = verify(whole, sample=5)
    assert verdict.sound
    assert (verdict.apart, verdict.histories, verdict.engine) == (0.0, 5, "jax")
    said = CliRunner().invoke(main, ["verify", str(whole), "--sample", "2"]).stdout
    assert "the same to the bit, by jax" in said


def test_replaying_tells_the_history_by_numpy_and_says_how_near(whole: Path, tmp_path: Path) -> None:
    again = play_again(whole, setting=1, draw=1, history=0)
    assert again.difference is None
    assert (again.engine, again.within) == ("jax", 1e-9)
    words = ["replay", str(whole), "--setting", "1", "--draw", "1", "--history", "0", "--no-figures"]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "again")])
    assert done.exit_code == 0
    assert "all the same to 1e-09 (jax had played them)" in done.stdout


@pytest.mark.parametrize("engine", ["jax", "jax-single"])
def test_a_run_of_a_compiled_engine_is_verified_by_it(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine itself is left out: what counts is which one is asked, and how far it may be apart."""
    asked_for: list[str] = []

    def instead(*words: Any, engine: str, **options: Any) -> Any:
        asked_for.append(engine)
        return simulate(*words, **options)

    options = ["--years", "1-1", "--histories", "3", "--no-figures", "--quiet"]
    folder = tmp_path / "run"
    assert CliRunner().invoke(main, ["run", "small-process", *options, "--out", str(folder)]).exit_code == 0
    told = manifest(folder)
    told["options"]["engine"] = engine
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr("rcpsim.sweep.verifying.simulate", instead)
    assert verify(folder).sound
    assert asked_for == [engine]


def test_without_jax_the_way_out_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rcpsim.simulation.find_spec", lambda name: None)
    words = ["sweep", "room-record", "--engine", "jax", "--out", str(tmp_path / "a")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "JAX is not installed" in done.stderr
    assert "pip install 'rcpsim[jax]'" in done.stderr
    assert not (tmp_path / "a").exists()


def test_the_option_of_the_command_says_what_the_file_may_say(tmp_path: Path) -> None:
    odd = CliRunner().invoke(
        main, ["sweep", "room-record", "--set", "engine=torch", "--out", str(tmp_path / "a")]
    )
    assert odd.exit_code == 2
    assert "engine is torch" in odd.stderr.replace('"', "")
    assert "numpy, jax" in odd.stderr
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["jax", "jax-single"])
def test_workers_and_a_process_of_its_own_give_the_same_bits(tmp_path: Path, engine: str) -> None:
    run_sweep(asked(engine=engine), tmp_path / "a")
    run_sweep(asked(engine=engine), tmp_path / "b", workers=2, chunk=5)
    assert manifest(tmp_path / "a")["digest"] == manifest(tmp_path / "b")["digest"]
    assert verify(tmp_path / "b").apart == 0.0
