"""What costs time without any clock: what is loaded, what is drawn, how large the pieces are."""

import subprocess
import sys

import numpy as np
import pytest

from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import chunk_of, simulate

HEAVY = {"matplotlib", "mesa", "numpy", "pandas", "pyarrow", "scipy", "xarray"}


def loaded_by(code):
    """Top-level modules in memory after some code, in a fresh Python."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


HELP = """
from click.testing import CliRunner
from rcpsim.cli import main
CliRunner().invoke(main, ["--help"], catch_exceptions=False)
"""


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("import rcpsim", HEAVY),
        (HELP, HEAVY),
        ("from rcpsim import simulate", {"matplotlib", "mesa", "pandas", "pyarrow", "xarray"}),
    ],
    ids=["import", "help", "simulate"],
)
def test_what_is_not_needed_is_not_loaded(code, spared):
    assert not loaded_by(code) & spared


@pytest.mark.parametrize("states", [2, 11, 40, 178])
@pytest.mark.parametrize("histories", [1, 7, 300, 10_000])
def test_chunks_are_alike_in_size_and_fit_into_memory(states, histories):
    size = chunk_of(states, histories)
    pieces = -(-histories // size)
    assert 1 <= size <= histories
    assert size * pieces - histories < pieces
    assert size <= 8 or size * states * states <= 60_000


def test_luck_is_drawn_once_for_all_quarters(monkeypatch):
    import rcpsim.draws.keys

    asked = []
    draw = rcpsim.draws.keys.uniforms
    monkeypatch.setattr(rcpsim.draws.keys, "uniforms", lambda *given: asked.append(1) or draw(*given))
    run = prepare(load_scenario("small-process"), seed=1, histories=np.arange(3))
    before = len(asked)
    for quarter in range(run.setting.quarters):
        run.luck(quarter)
    assert before
    assert len(asked) == before


def test_results_keep_no_pair_of_states():
    results = simulate("small-process", histories=2)
    members = len(results.codes)
    for values in (*results.measures.values(), *results.states.values()):
        assert values.shape.count(members) <= 1
