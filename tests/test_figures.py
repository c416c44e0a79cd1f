"""Pictures: all are drawn, say what they show, and hold the numbers they are drawn from."""

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import StepPatch

from rcpsim.comparison import compare
from rcpsim.figures import chosen_quarters, comparison_figures, figures, history
from rcpsim.figures.style import Drawn, Time, roles
from rcpsim.results import Results
from rcpsim.simulation import Replay, replay, simulate
from rcpsim.writing import write_figures

NAMES = [
    "trust",
    "understanding",
    "positions",
    "law",
    "participation",
    "stages",
    "trust-matrix",
    "tie-network",
    "timeline",
]


@pytest.fixture(scope="module")
def results() -> Results:
    return simulate("puebla", histories=4, seed=5)


@pytest.fixture(scope="module")
def typical(results: Results) -> Replay:
    return replay("puebla", history=results.medoid(), seed=5)


@pytest.fixture(scope="module")
def drawn(results: Results, typical: Replay) -> dict[str, Drawn]:
    return figures(results, typical)


def test_every_picture_is_there_with_a_caption(drawn: dict[str, Drawn]) -> None:
    assert list(drawn) == NAMES
    for figure, caption in drawn.values():
        assert isinstance(figure, Figure)
        assert caption.endswith(".")
        assert len(caption) > 80


def test_captions_say_over_how_many_histories(drawn: dict[str, Drawn]) -> None:
    for name in ("trust", "understanding", "positions", "law", "participation", "stages"):
        assert "4 histories" in drawn[name][1]
    for name in ("trust-matrix", "tie-network", "timeline"):
        assert "typical history" in drawn[name][1]


def test_curves_are_medians_beside_their_twin(results: Results, drawn: dict[str, Drawn]) -> None:
    assert results.twin is not None
    first = drawn["trust"][0].axes[0]
    median, twin = (line.get_ydata() for line in first.lines)
    trust, ended = results.measures["trust_all"], results.measures["ended"] > 0
    among = [np.median(trust[~gone, quarter]) for quarter, gone in enumerate(ended.T)]
    assert np.allclose(median, among)
    assert np.allclose(twin, np.median(results.twin["trust_all"], axis=0))
    assert first.lines[1].get_linestyle() == "--"
    assert first.get_xlim() == (1996.0, 2011.0)


def test_axes_carry_units(drawn: dict[str, Drawn]) -> None:
    for name in ("understanding", "law"):
        assert all(axes.get_ylabel() for axes in drawn[name][0].axes)
    for figure, _ in drawn.values():
        assert any(axes.get_xlabel() == "year" for axes in figure.axes) or figure in (
            drawn["trust-matrix"][0],
            drawn["tie-network"][0],
        )


def test_a_run_without_a_twin_and_of_one_history_is_drawn() -> None:
    alone = simulate("small-process", histories=1, seed=2, twin=False)
    for figure, _ in figures(alone, replay("small-process", history=0, seed=2)).values():
        figure.savefig(io.BytesIO(), dpi=40)


def test_the_matrix_shows_trust_of_the_row_in_the_column(typical: Replay, drawn: dict[str, Drawn]) -> None:
    image = drawn["trust-matrix"][0].axes[3].images[0].get_array()
    assert image is not None
    _, order = roles(*(getattr(typical.setting, name)[0] for name in ("origin", "transit", "destination")))
    world = typical.worlds[-1]
    weight = typical.setting.parameters.m["prior_weight"]
    belief = ((world.kept + weight * typical.setting.trust_prior) / (world.kept + world.broken + weight))[0]
    assert image[2, 5] == pytest.approx(belief[order[2], order[5]])
    assert image[5, 2] == pytest.approx(belief[order[5], order[2]])


def test_shares_of_stages_fill_the_picture(drawn: dict[str, Drawn]) -> None:
    last = drawn["stages"][0].axes[0].patches[-1]
    assert isinstance(last, StepPatch)
    assert np.allclose(last.get_data().values, 1.0)


def test_roles_follow_what_clearly_prevails() -> None:
    names, order = roles(np.array([0.2, 0.5, 0.9]), np.array([0.8, 0.8, 0.8]), np.array([0.7, 0.45, 0.1]))
    assert names == ["destination", "transit", "origin"]
    assert order.tolist() == [2, 1, 0]


def test_dates_are_spread_over_the_run() -> None:
    assert chosen_quarters(80) == (0, 25, 52, 79)
    assert chosen_quarters(1) == (0, 0, 0, 0)


def test_a_synthetic_process_counts_its_own_years() -> None:
    time = Time.of(["Y01-Q1", "Y01-Q2"])
    assert time.synthetic
    assert time.at.tolist() == [1.125, 1.375]


def test_a_comparison_is_drawn_with_one_style_for_each_design(tmp_path: Path) -> None:
    comparison = compare(["small-process", "medium-process"], histories=3, seed=3, twin=False)
    drawn = comparison_figures(comparison)
    assert list(drawn) == ["trust", "understanding", "positions", "life", "differences"]
    styles = {line.get_linestyle() for line in drawn["trust"][0].axes[0].lines}
    colours = {line.get_color() for line in drawn["trust"][0].axes[0].lines}
    assert len(styles) == len(colours) == 2
    write_figures(drawn, tmp_path / "figures")
    captions = (tmp_path / "figures" / "captions.md").read_text(encoding="utf-8")
    for name in drawn:
        picture = imread(tmp_path / "figures" / f"{name}.png")
        assert picture.shape[1] == 1140
        assert picture.std() > 0.05
        assert f"{name}.png" in captions


def test_matrix_and_network_show_the_quarters_that_are_asked_for(typical: Replay) -> None:
    for draw in (history.matrix, history.network):
        figure, caption = draw(typical, [3, 7])
        assert "at the ends of 1996-Q4 and 1997-Q4" in caption
        assert "at the end of 1996-Q4" in draw(typical, [3])[1]
        shown = [axes for axes in figure.axes if axes.get_visible() and axes.get_title(loc="left")]
        assert [axes.get_title(loc="left") for axes in shown] == [typical.labels[3], typical.labels[7]]


def test_states_are_kept_of_as_many_histories_as_asked() -> None:
    kept = [simulate("small-process", histories=3, keep_states=many).states for many in (0, 2, 9)]
    assert kept[0] == {}
    assert [states["commitment"].shape[0] for states in kept[1:]] == [2, 3]
