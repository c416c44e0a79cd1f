"""Every packaged scenario gives the numbers it gave when they were last accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from rcpsim.scenario import list_scenarios
from rcpsim.simulation import simulate
from tests.reproduction.recorded import alike, differences, hold

HISTORIES = 3
SEED = 2010
MEASURES = (
    *("trust_all", "trust_across", "candour_year", "understanding", "common_language", "dispersion"),
    *("ties", "items_agreed", "law_change", "deals", "participation", "commitment"),
)
HEAD = f"""Recorded results: last quarter of histories 0 to {HISTORIES - 1}, seed {SEED}, every scenario.
nan where a measure has no value, also after the end of a process. The table "twin" is the world without it.
To accept new ones see tests/reproduction/recorded.py."""


@pytest.mark.parametrize("name", list_scenarios())
def test_a_scenario_gives_its_recorded_results(name: str) -> None:
    results = simulate(name, histories=HISTORIES, seed=SEED)
    assert results.twin is not None
    found = {
        "run": {measure: results.measures[measure][:, -1].tolist() for measure in MEASURES},
        "twin": {m: results.twin[m][:, -1].tolist() for m in ("trust_all", "law_change", "deals")},
    }
    hold(name, f"{HEAD}\nScenario: {name}", found)


def test_a_result_that_differs_is_written_beside_and_refused(tmp_path: Path) -> None:
    was, now = {"run": {"trust": [0.5, float("nan")]}}, {"run": {"trust": [0.5 + 1e-5, float("nan")]}}
    with pytest.raises(AssertionError, match="results changed"):
        hold("case", "head", was, tmp_path)
    (tmp_path / "case.toml.new").rename(tmp_path / "case.toml")
    hold("case", "head", was, tmp_path)
    with pytest.raises(AssertionError, match=r"case.toml.new"):
        hold("case", "head", now, tmp_path)
    assert (tmp_path / "case.toml.new").is_file()
    hold("case", "head", was, tmp_path)
    assert not (tmp_path / "case.toml.new").exists()


def test_numbers_are_alike_to_a_millionth() -> None:
    assert alike(0.3, 0.3 * (1 + 9e-7))
    assert not alike(0.3, 0.3 + 1e-5)
    assert not alike(float("nan"), 0.0)
    assert differences({"run": {"a": [1.0]}}, {"run": {"a": [1.0], "b": [1.0]}})
    assert differences({"run": {"a": [1.0]}}, {}) == ["run is no longer there"]
