"""The hindcast: scores against closed forms, verdicts by the rules, what the command prints and writes."""

from __future__ import annotations

import io
import json
import math
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from scipy.stats import norm

from rcpsim.axes import parse_quarter
from rcpsim.cli import main
from rcpsim.cli.hindcast_table import print_hindcast, simulated_text
from rcpsim.errors import InputError, OutputError
from rcpsim.figures.hindcasts import hindcast_figures
from rcpsim.fitting import plan_of
from rcpsim.hindcast import BASELINES, VERDICTS, Hindcast, crps, finding_of, hindcast, survival
from rcpsim.patterns import Documented, Pattern, load_patterns
from rcpsim.results import Results
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare

ROOT = Path(__file__).parents[1]
PATTERNS = {one.name: one for one in load_patterns()}
LEVEL = PATTERNS["puebla/evaluation-1999"]
DATE = PATTERNS["puebla/stage3-plan-of-action-1997"]
ANSWER = PATTERNS["across/manila-slower"]
STATUS = PATTERNS["midwa/dormancy-2005"]
YEARS = (1996.125, 2011.125)


def shell(*words: str) -> Result:
    return CliRunner().invoke(main, ["hindcast", *words])


@pytest.fixture(scope="module")
def few() -> Hindcast:
    """Two small processes, three histories."""
    return hindcast(["marri", "jcm"], histories=3, seed=4)


# ------------------------------------------------------------------------------- what is given


def test_the_docs_name_every_event_that_only_a_later_document_tells_of() -> None:
    """As of 2001 values of later documents are drawn, and events are played all the same (decision 27)."""
    early, late = [], []
    for name in plan_of(2001).processes:
        for event in load_scenario(name).events:
            if "K01" not in event.source:
                (early if event.on.low // 4 <= 2001 else late).append(f"{name}/{event.id}")
    page = (ROOT / "docs" / "hindcast.md").read_text(encoding="utf-8")
    section = page.split("### What is given, and not foretold")[1].split("\n## ")[0]
    told = re.findall(r"`([a-z0-9-]+/[a-z0-9-]+)`", section)
    assert told == [*sorted(early), *sorted(late)]


def test_an_event_that_a_later_document_tells_of_is_played_as_of_2001() -> None:
    for as_of in (2001, None):
        found = prepare(load_scenario("puebla"), seed=1, histories=[0], as_of=as_of)
        quarter = parse_quarter("2001-Q3") - parse_quarter("1996-Q1")

        assert found.setting.event_crisis[:, quarter].max() == 1.0


# ------------------------------------------------------------------------------------------- scores


def test_the_score_of_a_normal_sample_is_that_of_the_closed_form() -> None:
    sample = norm.ppf((np.arange(20000) + 0.5) / 20000)
    for truth in (-1.5, 0.0, 0.7):
        closed = truth * (2 * norm.cdf(truth) - 1) + 2 * norm.pdf(truth) - 1 / math.sqrt(math.pi)
        assert crps(sample, truth) == pytest.approx(closed, abs=1e-3)


def test_the_score_is_half_the_mean_distance_of_pairs_less() -> None:
    sample = np.array([0.3, 2.0, 0.9, 0.9, -4.0])
    pairs = np.abs(sample[:, None] - sample[None, :]).mean()
    assert crps(sample, 0.5) == pytest.approx(np.abs(sample - 0.5).mean() - pairs / 2)
    assert crps(np.array([3.0]), 1.0) == 2.0


def test_the_score_of_a_yes_or_no_is_the_squared_distance_of_its_chance() -> None:
    answers = np.array([1.0] * 8 + [0.0] * 2)
    found = finding_of(ANSWER, answers, (0.0, 1.0), 1 / 3)
    assert found.score == pytest.approx(0.2**2)
    assert found.guess_score == pytest.approx((2 / 3) ** 2)
    assert found.agreeing == 0.8


def test_the_score_of_a_range_is_the_mean_over_it() -> None:
    found = finding_of(LEVEL, np.full(10, 0.8), (0.0, 1.0), 0.5)
    assert found.score == pytest.approx(0.1)  # mean distance of .8 from .8 to 1
    assert found.guess_score == pytest.approx(0.4)
    assert found.verdict == "within"


def test_the_score_of_a_condition_is_over_all_three() -> None:
    values = np.array([0.0] * 5 + [1.0] * 3 + [2.0] * 2)
    found = finding_of(STATUS, values, (0.0, 2.0), 0.0)
    assert found.score == pytest.approx((0.5**2 + 0.7**2 + 0.2**2) / 2)
    assert found.guess_score == 1.0
    assert found.shares == (0.5, 0.3, 0.2)
    assert simulated_text(found) == "active 50%, dormant 30%, ended 20%"


# ----------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("low", "high", "guess", "verdict"),
    [
        (1997.5, 1999.0, 2005.0, "within"),
        (1997.5, 1999.0, 1997.6, "near"),  # a guess does as well
        (1999.0, 2000.0, 2005.0, "near"),  # .75 years off, a tenth of what is possible is 1.5
        (2000.0, 2001.0, 2005.0, "missed"),
        (1997.0, 2006.0, 2005.0, "cannot be said"),
        (2008.0, 2011.125, 2005.0, "missed"),
    ],
)
def test_verdicts_on_a_date(low: float, high: float, guess: float, verdict: str) -> None:
    values = np.linspace(low, high, 101)
    assert finding_of(DATE, values, YEARS, guess).verdict == verdict


@pytest.mark.parametrize(
    ("yes", "guess", "verdict"),
    [(80, 1 / 3, "within"), (80, 1.0, "near"), (60, 1 / 3, "cannot be said"), (20, 1 / 3, "missed")],
)
def test_verdicts_on_a_yes_or_no(yes: int, guess: float, verdict: str) -> None:
    values = np.repeat([1.0, 0.0], [yes, 100 - yes])
    assert finding_of(ANSWER, values, (0.0, 1.0), guess).verdict == verdict


def test_a_wide_prior_scores_nothing_however_well_it_is_centred() -> None:
    found = finding_of(LEVEL, np.linspace(0.3, 1.0, 200), (0.0, 1.0), 0.1)
    assert found.better
    assert found.verdict == "cannot be said"


def test_histories_that_were_not_described_do_not_count() -> None:
    values = np.full(40, np.nan)
    values[:4] = 0.9
    found = finding_of(LEVEL, values, (0.0, 1.0), 0.5)
    assert (found.counted, found.histories, found.verdict) == (4, 40, "within")
    values[3] = np.nan
    assert finding_of(LEVEL, values, (0.0, 1.0), 0.5).verdict == "not described"
    none = finding_of(LEVEL, np.full(3, np.nan), (0.0, 1.0), 0.5)
    assert (none.counted, none.verdict, simulated_text(none)) == (0, "not described", "·")


def test_what_the_guess_meets_is_weak_and_what_was_not_read_is_predicted() -> None:
    assert finding_of(LEVEL, np.full(4, 0.9), (0.0, 1.0), 0.85).weak == "a constant guess meets it"
    assert finding_of(LEVEL, np.full(4, 0.9), (0.0, 1.0), 0.5).weak == ""
    assert finding_of(STATUS, np.full(4, 1.0), (0.0, 2.0), 0.0, as_of=2001).predicted
    assert not finding_of(STATUS, np.full(4, 1.0), (0.0, 2.0), 0.0, as_of=2005).predicted
    assert not finding_of(STATUS, np.full(4, 1.0), (0.0, 2.0), 0.0).predicted


def test_a_date_that_is_never_reached_is_told_so() -> None:
    found = finding_of(DATE, np.full(5, YEARS[1]), YEARS, 2000.0)
    assert simulated_text(found) == "never [never, never]"


def test_what_puts_all_at_one_point_foretells_every_convergence() -> None:
    one = next(p for p in PATTERNS.values() if p.form == "fall" and p.of == "dispersion")
    assert finding_of(one, np.zeros(3), (0.0, 1.0), 1.0).mean_score == 0.0
    assert math.isnan(finding_of(LEVEL, np.zeros(3), (0.0, 1.0), 1.0).mean_score)


# ------------------------------------------------------------------------------ the statuses to come


def told(process: str, year: int, value: float) -> Pattern:
    quarter = 4 * year + 1
    return replace(
        PATTERNS["puebla/status-2001"],
        process=process,
        processes=(process,),
        id=f"status-{year}",
        known=year,
        quarter=quarter,
        span=(quarter, quarter),
        described=4 * 2001 + 1,
        documented=Documented(value, value, value),
    )


def founded(process: str, year: float) -> Pattern:
    return replace(
        PATTERNS["puebla/founding-1996"],
        process=process,
        processes=(process,),
        documented=Documented(year, year, year),
    )


def test_baselines_are_the_greatest_likelihood_of_what_was_known(few: Hindcast) -> None:
    """Two processes from 1981.375, twenty years old in 2001-Q2, one of them over; sizes as in the files."""
    patterns = [founded("marri", 1981.375), founded("jcm", 1981.375)]
    patterns += [
        told("marri", 2001, 0.0),
        told("jcm", 2001, 2.0),
        told("marri", 2005, 0.0),
        told("jcm", 2005, 2.0),
    ]
    results: dict[str, Results] = {
        name: replace(one, measures={**one.measures, "status": np.ones_like(one.measures["status"])})
        for name, one in few.results.items()
    }
    found = survival(patterns, results, as_of=2001)
    assert found is not None
    (one,) = found.standings  # what was over is not foretold
    assert (one.process, one.year, one.documented, one.shares) == ("marri", 2005, "active", (1.0, 0.0, 0.0))
    by_age = 1 / (2 * math.log(21.0))
    everything, age, size = one.chances
    assert everything == 1.0
    assert age == pytest.approx((21.0 / 25.0) ** by_age)
    sizes = {name: len(few.results[name].scenario.members.listed) for name in ("marri", "jcm")}
    assert size == pytest.approx(math.exp(-sizes["marri"] * 4.0 / (20.0 * sum(sizes.values()))), abs=0.05)
    assert found.brier[2005] == pytest.approx((0.0, 0.0, (1 - age) ** 2, (1 - size) ** 2))
    assert found.by_condition[2005] == 0.0
    assert list(found.to_frame().columns[-3:]) == list(BASELINES)


def test_nothing_is_foretold_by_runs_that_have_read_it(few: Hindcast) -> None:
    assert few.survival is None
    assert survival([], few.results, as_of=2005) is None


# ------------------------------------------------------------------------------------------ playing


def test_workers_change_no_bit() -> None:
    alone = hindcast(["jcm", "marri"], histories=53, seed=2)
    shared = hindcast(["jcm", "marri"], histories=53, seed=2, workers=2)
    pd.testing.assert_frame_equal(alone.to_frame(), shared.to_frame())
    for name, one in alone.results.items():
        assert one.histories.tolist() == list(range(53))
        for measure, values in one.measures.items():
            np.testing.assert_array_equal(values, shared.results[name].measures[measure])


def end_at_once(task: object) -> None:
    """Stand for a worker that is ended from outside."""
    os._exit(1)


def test_a_worker_that_is_ended_from_outside_is_told_without_a_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rcpsim.hindcast.playing._play", end_at_once)
    with pytest.raises(OutputError, match="run the same command again"):
        hindcast(["jcm"], histories=60, workers=2)


def test_comparisons_are_left_out_where_not_all_are_played(few: Hindcast) -> None:
    assert {one.pattern.process for one in few.findings} == {"marri", "jcm"}
    assert {one.id for one in few.left_out} == {
        one.id for one in PATTERNS.values() if one.process == "across"
    }
    assert all(one.verdict in VERDICTS for one in few.findings)


def test_progress_is_told_to_the_end() -> None:
    steps: list[tuple[int, int, str]] = []
    hindcast(["jcm", "marri"], histories=2, progress=lambda *step: steps.append(step))
    assert steps[-1][:2] == (4, 4)
    assert {step[2] for step in steps} == {"jcm", "marri"}


def test_every_unknown_name_is_told() -> None:
    with pytest.raises(InputError) as caught:
        hindcast(["pueblo", "puebla", "manilla"])
    assert "did you mean puebla?" in str(caught.value)
    assert "did you mean manila?" in str(caught.value)
    with pytest.raises(InputError, match="it must be 1 or more"):
        hindcast(["jcm"], histories=0)


def test_the_picture_has_every_process(few: Hindcast) -> None:
    ((figure, caption),) = hindcast_figures(few).values()
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["marri", "jcm"]
    assert "3 histories" in caption


# --------------------------------------------------------------------------------------- the command


def test_the_command_prints_the_table_and_writes_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("marri", "puebla", "--histories", "2", "--workers", "1", "--as-of", "2001")
    result = shell(*words)
    assert result.exit_code == 0, result.output
    for wanted in ("Held against the record", "stage3 plan of action 1997", "mean squared error", "guess"):
        assert wanted in result.stdout
    folder = tmp_path / "hindcast-seed1"
    table = pd.read_csv(folder / "hindcast.csv")
    assert set(table["process"]) == {"marri", "puebla"}
    assert set(table["verdict"]) <= set(VERDICTS)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == {
        "hindcast.csv",
        "statuses.csv",
        "figures/stages.png",
        "figures/captions.md",
    }
    assert manifest["processes"]["puebla"]["histories"]["count"] == 2
    assert "2 processes, 2 histories of each, seed 1" in result.stdout
    again = shell(*words)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    everything = shell(*words, "--force", "--all", "--no-figures")
    assert "status 2001" in everything.stdout
    assert not (folder / "figures").exists()


def test_one_process_and_one_history_are_told_as_one(few: Hindcast) -> None:
    told = io.StringIO()
    one = replace(few, results={"jcm": few.results["jcm"]})
    one = replace(
        one, findings=tuple(replace(f, histories=1) for f in few.findings if f.pattern.process == "jcm")
    )
    print_hindcast(one, Console(file=told, width=140))
    assert "1 process, 1 history of it, seed 4" in told.getvalue()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("pueblo",), "did you mean puebla?"),
        (("jcm", "--quick", "--histories", "9"), "--quick: stands beside --histories"),
        (("jcm", "--as-of", "soon"), "--as-of"),
        (("jcm", "--histories", "0"), "--histories"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(
    words: tuple[str, ...], wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = shell(*words)
    assert result.exit_code == 2, result.output
    assert wanted in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_ends_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rcpsim", "hindcast", "jcm", "marri", "--histories", "20000"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "preparing" in process.stderr.readline()
    assert "played" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []
