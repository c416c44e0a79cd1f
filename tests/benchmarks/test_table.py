"""The table of the benchmark, without running it."""

from rcpsim.experiment import load_experiment, resolve
from tests.benchmarks.bench import main, page
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


def test_an_unknown_option_is_refused(capsys):
    assert main(["--fast"]) == 2
    assert "--fast" in capsys.readouterr().err
