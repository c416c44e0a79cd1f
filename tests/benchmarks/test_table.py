"""The table of the benchmark, without running it."""

import socket

import pytest

from rcpsim.experiment import load_experiment, resolve
from tests.benchmarks.bench import machine, main, page
from tests.benchmarks.clocks import Line
from tests.benchmarks.engines import QUESTION, SETTINGS


def test_the_question_of_the_benchmark_can_be_played():
    plan = resolve(load_experiment(QUESTION))
    assert (len(plan.settings), plan.histories) == (SETTINGS, 10 * SETTINGS)


def test_a_page_holds_every_line_and_says_what_is_not_met():
    lines = [Line("slow", 3.0, "s", 1.0, how="on the wall"), Line("many", 12345.0, "/s")]
    told = page("a machine", lines)
    assert "| slow | 3 s | <= 1 s | NOT MET | on the wall |" in told
    assert "| many | 12345 /s |" in told
    assert "a machine" in told


@pytest.mark.parametrize("words", [["--fast"], ["--only", "nothing"]])
def test_an_unknown_option_is_refused(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert words[-1] in capsys.readouterr().err


def test_the_machine_is_told_without_its_name():
    told = machine()
    assert "cores" in told
    assert "numpy" in told
    assert socket.gethostname() not in told
    assert "/" not in told.split(";")[1]
