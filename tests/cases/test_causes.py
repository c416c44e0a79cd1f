"""The graph of causes is what the model does, and what is emergent follows from it alone."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from rcpsim.axes import MECHANISMS
from rcpsim.lessons import graph as graph_module
from rcpsim.lessons import list_lessons, load_lesson
from rcpsim.lessons.graph import _Graph, _signs, dials, emergence, turned, ways
from rcpsim.measures import MEASURES
from tests.cases.audit import DIALS, scene
from tests.cases.causes import GRAPH, OUTSIDE, as_toml, doors, graph, looks, passes, standing

RECORDED = tomllib.loads(GRAPH.read_text(encoding="utf-8"))


def _named(signed: dict[str, list[str]]) -> dict[str, set[str]]:
    return {name: {text[1:] for text in listed} for name, listed in signed.items()}


@pytest.mark.slow
def test_the_graph_is_what_the_model_does() -> None:
    assert as_toml(graph()) == GRAPH.read_text(encoding="utf-8"), "run python -m tests.cases.causes"


def test_measures_look_at_what_the_graph_says() -> None:
    with np.errstate(all="ignore"):
        found = looks([scene(15, 12)])
    assert set(RECORDED["measure"]) == set(MEASURES)
    recorded = _named(RECORDED["measure"])
    assert all(set(arrays) <= recorded[name] for name, arrays in found.items())
    assert sum(map(len, found.values())) > 0.8 * sum(map(len, recorded.values()))


def test_steps_pass_on_what_the_graph_says() -> None:
    with np.errstate(all="ignore"):
        found = passes([scene(15, 12)])
    seen = 0
    for step, arrays in found.items():
        for array, moved in arrays.items():
            recorded = {text[1:] for text in RECORDED["step"][step].get(array, [])}
            assert set(moved) <= recorded, (step, array, set(moved) - recorded)
            seen += len(moved)
    every = sum(len(moved) for arrays in RECORDED["step"].values() for moved in arrays.values())
    assert seen > 0.7 * every


def test_dials_open_the_doors_that_the_graph_says() -> None:
    scenes = standing((15,))
    for dial in (*DIALS, *OUTSIDE, "parameters.trust.leak", "parameters.learning.learn_hours"):
        with np.errstate(all="ignore"):
            found = doors(dial, scenes)
        recorded = _named(RECORDED["dial"].get(dial, {}))
        for mechanism, arrays in found.items():
            assert set(arrays) <= recorded.get(mechanism, set()), (dial, mechanism)


def test_every_mechanism_and_dial_has_its_place() -> None:
    steps = {name for name in RECORDED["step"] if not name.startswith("(")}
    assert steps <= set(MECHANISMS)
    assert set(MECHANISMS) - steps <= {"background"}  # it acts within others
    assert set(dials()) <= {*DIALS, *OUTSIDE}


# --- what is emergent -----------------------------------------------------------------------------


def _graph_of(
    monkeypatch: pytest.MonkeyPatch, steps: dict[str, dict[str, list[str]]], **doors: list[str]
) -> None:
    made = _Graph(
        {"confidentiality": {name: _signs(listed) for name, listed in doors.items()}},
        {name: {one: _signs(moved) for one, moved in arrays.items()} for name, arrays in steps.items()},
        {"candour_year": {"z": "+"}},
    )
    monkeypatch.setattr(graph_module, "_graph", lambda: made)
    for cached in (ways, graph_module._passed_on):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def _fresh() -> object:
    yield
    for cached in (ways, graph_module._passed_on):
        cached.cache_clear()


LESSON = load_lesson("respect-confidentiality")


@pytest.mark.parametrize(
    ("steps", "opened", "mechanisms", "sign", "emergent"),
    [
        ({}, {"speak": ["+z"]}, ("speak",), "+", False),  # one mechanism
        ({"learn": {"a": ["+z"]}}, {"speak": ["+a"]}, ("speak", "learn"), "+", False),  # one way only
        ({"learn": {"a": ["-z"]}}, {"speak": ["-a"]}, ("speak", "learn"), "+", False),  # twice the other way
        ({"learn": {"a": ["?z"]}}, {"speak": ["+a"]}, ("speak", "learn"), "?", True),
        ({"(sums)": {"a": ["?z"]}}, {"speak": ["+a"]}, ("speak",), "?", False),  # sums are no mechanism
        ({"learn": {"a": ["+z"], "b": ["-z"]}}, {"speak": ["+a", "+b"]}, ("speak", "learn"), "?", True),
        # a longer way with the other sign does not count beside a short one
        ({"learn": {"a": ["-z"]}}, {"speak": ["+z", "+a"]}, ("speak",), "+", False),
    ],
)
def test_emergent_is_two_mechanisms_and_either_way(
    monkeypatch: pytest.MonkeyPatch,
    steps: dict[str, dict[str, list[str]]],
    opened: dict[str, list[str]],
    mechanisms: tuple[str, ...],
    sign: str,
    emergent: bool,
) -> None:
    _graph_of(monkeypatch, steps, **opened)
    found = emergence(LESSON)
    assert found.mechanisms == mechanisms
    assert [way.sign for way in found.ways] == [sign]
    assert found.emergent is emergent


def test_two_doors_that_pull_against_each_other_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _graph_of(monkeypatch, {}, speak=["+z"], conclude=["-z"])
    assert emergence(LESSON).emergent
    _graph_of(monkeypatch, {}, speak=["+z"], conclude=["+z"])
    assert not emergence(LESSON).emergent


def test_a_measure_that_cannot_be_reached_has_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    _graph_of(monkeypatch, {}, speak=["+a"])
    assert emergence(LESSON).ways == ()
    assert not emergence(LESSON).emergent


def test_what_a_lesson_turns_is_told_by_its_dial_or_by_its_keys() -> None:
    assert turned(LESSON) == ("confidentiality",)
    assert turned(load_lesson("meetings-teach"))[0] in ("process", "meetings")
    keys = load_lesson("leaks-silence")
    assert turned(replace(keys, dial="")) == ("parameters.trust.leak",)
    assert turned(replace(load_lesson("divided-groups-trust-slower"), dial="")) == ("polarisation",)


@pytest.mark.parametrize("name", list_lessons())
def test_every_lesson_has_a_way_from_what_it_turns_to_its_outcome(name: str) -> None:
    assert emergence(load_lesson(name)).ways, "the graph knows no way; run python -m tests.cases.causes"
