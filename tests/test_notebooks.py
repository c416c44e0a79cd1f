"""The notebooks: stored bare, run from top to bottom without a warning, and true in what their sentences say.

Each is run in a copy, in an empty folder. What its sentences claim is asserted in a cell added at its end.
"""

import ast
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import rcpsim

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = ("analyst", "researcher", "teacher")
READS = {
    "rcpsim",
    "rcpsim.chronicle",
    "rcpsim.comparison",
    "rcpsim.figures.style",
    "rcpsim.results",
    "rcpsim.simulation",
    "rcpsim.theory.trust",
}
"""What a notebook may import of the package: what gives results, tells, compares or draws them, and trust."""

WATCHING = """
import warnings

import matplotlib.pyplot as plt

warnings.simplefilter("error")
_shown, _show = [], plt.show


def _watched():
    for number in plt.get_fignums():
        panels = plt.figure(number).axes
        _shown.append([(axes.get_xlabel(), axes.get_ylabel(), len(axes.get_yticks())) for axes in panels])
    _show()


plt.show = _watched
"""

CLAIMS = {
    "teacher": """
from rcpsim.cards import all_cards

before, after, later = (pair.iloc[place] for place in quarters[1:])
assert leak["value"] == 1 and pair.index[at_leak] == leak["quarter"]
card = all_cards()["leak"]
assert often == {"parameters.trust.leak": float(f"{card.prior.middle:.3g}")}, "leaks are at the middle"
assert card.default < often["parameters.trust.leak"] / 2, "and hardly ever happen as the simulation comes"
assert in_time["history"].nunique() > 5, "there are leaks to choose from"
assert pair.iloc[0, 0] < before.iloc[0] and after.iloc[0] < before.iloc[0] - 0.05, "a leak costs trust"
assert abs(after.iloc[1] - before.iloc[1]) < 0.03, "the leaker's own trust hardly moves"
assert 0 < before.iloc[2] - after.iloc[2] < before.iloc[0] - after.iloc[0], "hearsay counts for less"
assert pair.iloc[:, 3].max() < before.iloc[0], "never met, the two would trust each other less"
low, high = mean_interval(results.difference("trust_all").values[:, -1])[1:]
assert low > 0.1, "the process builds trust"
width = np.ptp(results.twin["trust_all"], axis=0).max()
assert width < 0.05, "the band of the twin is narrow"
assert mean_interval(leaks_of["strict less as it was"])[2] < 0, "a strict rule prevents leaks"
low, high = mean_interval(added_trust.values[:, -1])[1:]
assert 0 < low <= high < 0.05, "but it adds little to trust"
np.testing.assert_array_equal(story.measures["trust_all"], results.measures["trust_all"][history])
""",
    "analyst": """
def ends(measure, one, other):
    return mean_interval(one.year_ends(one.measures[measure] - other.measures[measure], [last])[:, 0])


assert ends("trust_met", large, small)[2] < 0 and ends("candour_year", large, small)[2] < 0
assert ends("candour_year", rooms, large)[1] > 0, "rooms raise candour"
gained, lost = ends("trust_met", rooms, large)[0], -ends("trust_met", large, small)[0]
regained = ends("candour_year", rooms, large)[0], -ends("candour_year", large, small)[0]
assert gained / lost < 0.5 < regained[0] / regained[1], "rooms do more for frankness than for trust"
assert ends("understanding", large, small)[0] > -0.02, "understanding need not suffer"
low, high = ends("alive", large, small)[1:]
said = "ends less often" if low > 0 else "ends more often" if high < 0 else "ends neither more nor less often"
assert said in sentence.data, "what is said of staying alive is what the numbers say"
assert mean_interval(before)[0] < check.mean_difference, "strangers are a part of the difference"
assert check.high < 0, "but not all of it"
assert set(honest["verdict"]) <= {"as expected", "no clear difference", "THE OTHER WAY"} and len(honest) == 12
assert (honest["pairs"] > 20).all()
for results in comparison.results:
    np.testing.assert_array_equal(results.histories, small.histories)
""",
    "researcher": """
assert values.shape == (draws * lucks, len(measures) * len(sizes) * len(dials))
for size in sizes:
    for measure, sign in (("candour_year", 1), ("trust_all", 1), ("leaks_per_100h", -1)):
        mean, low, high = mean_interval(by_draw(added[measure][size][[1.0]])[:, 0])
        assert sign * mean > 0, (measure, size)
    ratios = {}
    for measure in measures:
        none, full = (values[measure, size, dial] for dial in (0.0, 1.0))
        ratios[measure] = (none.var() + full.var()) / (full - none).var()
    assert 10 * ratios.pop("leaks_per_100h") < min(ratios.values()), "sharing luck helps least for leaks"
    for measure in ratios:
        level = mean_interval(by_draw(values[measure][size]))
        assert level[1].max() < level[2].min(), "the intervals of levels overlap along the whole curve"
    low, high = mean_interval(by_draw(added["trust_all"][size][[1.0]])[:, 0])[1:]
    assert low > 0, "those of differences leave out zero"
    for measure in ("candour_year", "trust_all"):
        table = values[measure, size, 0.5].unstack("history").to_numpy()
        assert share_between(table) > 0.5, "most of the variance is owed to coefficients"
assert abs(added.xs(0.0, axis=1, level="confidentiality")).max().max() == 0
np.testing.assert_array_equal(together, whole.measures["trust_all"])
""",
}


def stored(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code_of(book: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def test_there_is_one_for_each_audience() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.ipynb"))) == NAMES
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.ipynb`" in told for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_bare(name: str) -> None:
    book = stored(name)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"
    for cell in book.cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_a_title_and_ends_with_its_limits(name: str) -> None:
    first, *_, last = stored(name).cells
    assert first.cell_type == last.cell_type == "markdown"
    assert re.match(r"# \S", first.source)
    assert last.source.startswith("## What one must not conclude")
    assert len(re.findall(r"^- \*\*", last.source, flags=re.MULTILINE)) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_results_and_holds_no_model(name: str) -> None:
    for source in code_of(stored(name)):
        assert len(source.splitlines()) <= 40
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.ClassDef)
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert {one for one in imported if one.split(".")[0] == "rcpsim"} <= READS


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_clean_and_is_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(rcpsim.__file__).resolve().parents[1]), prepend=os.pathsep)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel's own, which draws into the notebook
    book = stored(name)
    length = len(book.cells)
    watch, claims, seen = (
        nbformat.v4.new_code_cell(source) for source in (WATCHING, CLAIMS[name], "print(repr(_shown))")
    )
    book.cells = [watch, *book.cells, claims, seen]
    folder = tmp_path / "empty"
    folder.mkdir()
    client = NotebookClient(
        book,
        timeout=None,
        startup_timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    assert not list(folder.iterdir())

    pictures = 0
    for cell in book.cells[1 : length + 1]:
        outputs = cell.get("outputs", [])
        assert all(output.output_type in ("display_data", "execute_result") for output in outputs)
        drawn = [place for place, output in enumerate(outputs) if "image/png" in output.data]
        for place in drawn:
            pictures += 1
            caption = outputs[place + 1].data["text/markdown"]
            assert caption.startswith(f"**Picture {pictures}.**")
            assert "histories" in caption
            assert re.search(r"\d+ (\(above\)|to \d+|histories|draws)", caption)
            assert re.search("90 %|nine of ten", caption)
    shown = ast.literal_eval(book.cells[-1].outputs[0].text)
    assert 2 <= pictures <= 4
    assert len(shown) == pictures
    for panels in shown:
        assert any(below for below, _, _ in panels)
        assert all(beside or ticks <= 8 for _, beside, ticks in panels)  # unless its rows are named
