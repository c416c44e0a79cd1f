"""What many histories came to: arrays with named axes, tables, intervals, the typical history, the folder."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from rcpsim import open_results
from rcpsim.errors import InputError, OutputError, UnknownName
from rcpsim.events import EVENT_KINDS
from rcpsim.results import LIFE, Results, Twin, mean_interval, quantiles
from rcpsim.simulation import Replay, replay, simulate
from rcpsim.writing import check_folder, fresh_folder, write_results

HISTORIES = 6


@pytest.fixture(scope="module")
def results() -> Results:
    return simulate("puebla", histories=HISTORIES, seed=5, chunk=4)


@pytest.fixture(scope="module")
def typical(results: Results) -> Replay:
    return replay("puebla", history=results.medoid(), seed=5)


@pytest.fixture(scope="module")
def folder(results: Results, typical: Replay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run") / "puebla"
    return write_results(
        results, place, typical, seconds=1.5, pictures=False, player=lambda path: path.touch(), pairs=[1999]
    )


def with_measures(results: Results, **measures: np.ndarray) -> Results:
    """Return results that hold only these measures."""
    return replace(results, measures=measures, twin=None)


def test_a_measure_has_named_axes(results: Results) -> None:
    trust = results["trust_all"]
    assert trust.dims == ("history", "quarter")
    assert trust.sel(history=3, quarter="1999-Q4").item() == results.measures["trust_all"][3, 15]
    assert trust.attrs["units"] == "share"


def test_the_difference_is_that_to_the_twin(results: Results) -> None:
    assert results.twin is not None
    gap = results["trust_all"] - results.twin("trust_all")
    assert np.array_equal(gap.values, results.difference("trust_all").values, equal_nan=True)
    assert set(results.dataset()) == set(results.measures) | {f"twin_{name}" for name in results.twin}


def test_an_unknown_measure_is_told_with_a_near_name(results: Results) -> None:
    with pytest.raises(UnknownName, match="trust_all"):
        results["trust_al"]


@pytest.mark.parametrize("histories", [0, 2.5, "7", [], [-1]])
def test_what_is_no_number_of_histories_is_refused(histories: Any) -> None:
    with pytest.raises(InputError, match="histories"):
        simulate("small-process", histories=histories)


def test_without_a_twin_the_error_says_how_to_get_one(results: Results) -> None:
    alone = replace(results, twin=None)
    with pytest.raises(InputError, match="twin=True"):
        alone.difference("trust_all")
    assert "twin" not in alone.summary().columns


def test_the_frame_has_a_row_for_each_history_and_quarter(results: Results) -> None:
    frame = results.to_frame()
    assert len(frame) == HISTORIES * 60
    assert not frame.duplicated(["draw", "history", "quarter"]).any()
    row = frame[(frame.history == 4) & (frame.quarter == "2001-Q2")]
    assert row["understanding"].item() == results.measures["understanding"][4, 21]
    assert all(frame[name].dtype == np.float64 for name in results.measures)
    other = results.to_frame(twin=True)
    assert results.twin is not None
    assert other["law_change"].to_numpy()[-1] == results.twin["law_change"][-1, -1]


class _Part:
    """A chunk of one history whose process ends in the third quarter."""

    def __init__(self, results: Results) -> None:
        status = np.full((1, 60), 1.0)
        status[:, 2:] = 3.0
        self.measures = {"status": status, "ended": 1.0 * (status >= 3), "trust_all": np.full((1, 60), 0.5)}
        self.twin = {name: values.copy() for name, values in self.measures.items()}
        self.states: dict[str, np.ndarray] = {}
        self.events = results.events.of_history(0)


def test_nothing_is_measured_after_the_end_but_the_end_itself(results: Results, typical: Replay) -> None:
    numbers = np.array([0, 1])
    parts = [_Part(results), _Part(results)]
    ended = Results.from_parts(results.scenario, typical.run, 5, numbers, numbers, parts, {})
    assert np.isfinite(ended.measures["trust_all"][:, :2]).all()
    assert np.isnan(ended.measures["trust_all"][:, 2:]).all()
    assert not any(np.isnan(ended.measures[name]).any() for name in LIFE if name in ended.measures)
    assert ended.twin is not None
    assert np.isfinite(ended.twin["trust_all"]).all()
    summary = ended.summary()
    assert (summary.n_alive == 0).all()
    assert summary[summary.measure == "trust_all"]["mean"].isna().all()
    assert parts[0].measures == {}


def test_year_ends_take_the_last_value_of_the_year(results: Results) -> None:
    series = np.full((HISTORIES, 60), np.nan)
    series[:, [0, 2, 7]] = [1.0, 2.0, 3.0]
    ends = results.year_ends(series, [1996, 1997, 1998])
    assert np.array_equal(ends[0], [2.0, 3.0, np.nan], equal_nan=True)
    status = results.measures["status"].copy()
    status[1, 3:], series[1, 3:] = 3.0, np.nan
    over = replace(results, measures={"status": status}).year_ends(series, [1996, 1997])
    assert np.array_equal(over[:2], [[2.0, 3.0], [np.nan, np.nan]], equal_nan=True)


def test_the_summary_counts_and_pairs(results: Results) -> None:
    assert results.twin is not None
    row = results.summary([2000]).set_index("measure").loc["understanding"]
    values = results.measures["understanding"][:, 19]
    gap = values - results.twin["understanding"][:, 19]
    assert row.n_alive == HISTORIES
    assert row["mean"] == pytest.approx(values.mean())
    assert row.q50 == pytest.approx(np.quantile(values, 0.5))
    assert row.difference == pytest.approx(gap.mean())
    half = 2.0150 * gap.std(ddof=1) / np.sqrt(HISTORIES)  # Student, five degrees of freedom, one-sided 0.95
    assert row.difference_high - row.difference == pytest.approx(half, rel=1e-3)


def test_quantiles_equal_those_of_numpy_and_skip_what_is_missing() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(11, 4))
    values[2:9, 1] = np.nan
    values[:, 3] = np.nan
    for share in (0.05, 0.5, 0.95, 1.0):
        (found,) = quantiles(values, (share,))
        assert found[:3] == pytest.approx(np.nanquantile(values[:, :3], share, axis=0))
        assert np.isnan(found[3])


def test_one_value_has_no_interval() -> None:
    mean, low, high = mean_interval(np.array([[2.0], [np.nan]]))
    assert mean[0] == 2.0
    assert np.isnan([low[0], high[0]]).all()


def test_the_typical_history_is_the_one_in_the_middle(results: Results) -> None:
    middle = np.array([0.0, 10.0, 4.0, 5.0, 6.0])[:, None] * np.ones((1, 60))
    five = replace(with_measures(results, trust_all=middle), histories=np.array([7, 8, 9, 10, 11]))
    assert five.medoid() == 10


def test_a_history_that_ended_early_is_not_typical(results: Results) -> None:
    level = np.tile(np.array([0.0, 10.0, 4.0, 5.0, 6.1])[:, None], (1, 60))
    level[3, 4:] = np.nan
    five = replace(with_measures(results, trust_all=level), histories=np.arange(5))
    assert five.medoid() != 3


def test_events_are_told_in_words(results: Results) -> None:
    frame = results.events_frame()
    assert len(frame) == len(results.events)
    meetings = frame[frame.kind == "meeting"]
    assert set(meetings.meeting) == {"vice-ministerial", "consultative-group", "workshop"}
    assert frame[frame.kind == "government"].state.isin(results.codes).all()
    assert meetings.state.isna().all()


def test_the_folder_opens_to_the_same_results(results: Results, folder: Path) -> None:
    again = open_results(folder)
    assert (again.seed, again.labels, again.codes, again.meetings) == (
        results.seed,
        results.labels,
        results.codes,
        results.meetings,
    )
    assert again.scenario.members == results.scenario.members
    assert again.theory == results.theory
    assert again.twin is not None
    assert isinstance(again.twin, Twin)
    assert results.twin is not None
    for name, values in results.measures.items():
        assert np.array_equal(again.measures[name], values, equal_nan=True), name
        assert np.array_equal(again.twin[name], results.twin[name], equal_nan=True), name
    for name, values in results.states.items():
        assert np.array_equal(again.states[name], values, equal_nan=True), name
    assert again.medoid() == results.medoid()
    assert again.events_frame().astype(str).equals(results.events_frame().astype(str))
    pd.testing.assert_frame_equal(again.summary(), results.summary())


def test_the_tables_have_the_columns_of_the_format(results: Results, folder: Path) -> None:
    measures = pq.read_table(folder / "measures.parquet")
    assert measures.column_names[:5] == ["design", "setting", "draw", "history", "quarter"]
    assert {str(measures.schema.field(name).type) for name in results.measures} == {"double"}
    assert measures["candour"].null_count == int(np.isnan(results.measures["candour"]).sum())
    events = pq.read_table(folder / "events.parquet")
    assert events.column_names == [
        "history",
        "quarter",
        "meeting",
        "kind",
        "state",
        "other",
        "issue",
        "value",
    ]
    assert set(events["kind"].to_pylist()) <= set(EVENT_KINDS)
    pairs = pq.read_table(folder / "pairs.parquet").to_pandas()
    assert set(pairs.quarter) == {"1999-Q4"}
    assert len(pairs) == 11 * 10
    assert pairs[["trust", "ties", "empathy"]].notna().all().all()


def test_the_manifest_holds_what_is_needed_to_repeat_the_run(results: Results, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 5
    assert manifest["histories"] == {"count": HISTORIES, "numbers": "0-5"}
    assert manifest["scenario"]["id"] == "puebla"
    assert manifest["parameters"]["prior_weight"] == results.parameters["prior_weight"]
    assert manifest["typical_history"] == results.medoid()
    assert manifest["keep"] == {"states": HISTORIES, "pairs": ["1999-Q4"]}
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest["outputs"]) == written - {"manifest.json"}
    assert {"summary.csv", "chronicle.md", "player.html"} <= written


def test_a_folder_that_is_there_is_refused_and_only_ours_is_replaced(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    for place, name in ((ours, "manifest.json"), (other, "thesis.txt")):
        place.mkdir()
        (place / name).write_text("old", encoding="utf-8")
    with pytest.raises(OutputError, match="--force"):
        check_folder(ours)
    with pytest.raises(OutputError, match="not replaced"):
        check_folder(other, force=True)
    with fresh_folder(ours, force=True) as place:
        assert (ours / "manifest.json").read_text(encoding="utf-8") == "old"
        (place / "new.txt").touch()
    assert [path.name for path in ours.iterdir()] == ["new.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "ours"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_nothing_behind(tmp_path: Path, stop: type[BaseException]) -> None:
    def interrupted(folder: Path) -> None:
        with fresh_folder(folder, force=True) as place:
            (place / "half.txt").touch()
            raise stop

    with pytest.raises(stop):
        interrupted(tmp_path / "deep" / "down")
    assert list(tmp_path.iterdir()) == []
    before = tmp_path / "before"
    before.mkdir()
    (before / "manifest.json").touch()
    with pytest.raises(stop):
        interrupted(before)
    assert [path.name for path in tmp_path.iterdir()] == ["before"]
    assert [path.name for path in before.iterdir()] == ["manifest.json"]


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        check_folder(tmp_path / "file" / "run")

    def full(folder: Path) -> None:
        with fresh_folder(folder):
            raise OSError(28, os.strerror(28))

    with pytest.raises(OutputError, match="No space left"):
        full(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_no_run_wrote_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not the folder of a run"):
        open_results(tmp_path)
