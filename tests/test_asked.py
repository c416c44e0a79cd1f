"""Arguments of a wrong kind, given from Python: told in words, all at once, and never by a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rcpsim
from rcpsim.errors import InputError, UnknownName
from rcpsim.quarters import Theory

ODD: dict[str, tuple[Any, ...]] = {
    "theory": ("x", 3, ["learn"]),
    "without": ("learn", 3, [3], {"learn": 1}),
    "parameters": (3, None, ["prior"]),
    "judged": (None, 3),
    "as_of": ("2001", 2001.5, True),
    "draws": ("0", [0.5, 1], 1),
    "twin": ("no", 1),
    "chunk": (0, "4", 2.5),
    "progress": ("bar", 3),
    "scenario": (3, {"id": "x"}, None),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in ODD for value in ODD[name]])
def test_an_argument_of_a_wrong_kind_is_told(name: str, value: object) -> None:
    given: dict[str, Any] = {"scenario": "small-process", "histories": 2, name: value}
    with pytest.raises(InputError) as caught:
        rcpsim.simulate(given.pop("scenario"), **given)
    assert [fault.field for fault in caught.value.faults] == [name]
    assert "it must be" in str(caught.value)


def test_arguments_of_a_wrong_kind_are_told_together() -> None:
    given: dict[str, Any] = {"theory": "x", "without": "learn", "as_of": "then", "draw": -1}
    with pytest.raises(InputError) as caught:
        rcpsim.replay("small-process", history=0, **given)
    assert [fault.field for fault in caught.value.faults] == ["theory", "without", "draw", "as_of"]


def test_numbers_of_histories_are_whole() -> None:
    odd: Any = [0, 1.5]
    with pytest.raises(InputError, match=r"hold 1\.5"):
        rcpsim.simulate("small-process", histories=odd)


def test_there_is_a_draw_for_each_history() -> None:
    with pytest.raises(InputError, match="1 draws for 2 histories"):
        rcpsim.simulate("small-process", histories=2, draws=[0])


@pytest.mark.parametrize("scenarios", ["puebla", 3])
def test_compare_takes_a_list(scenarios: Any) -> None:
    with pytest.raises(InputError, match="list of at least two"):
        rcpsim.compare(scenarios)


def test_compare_tells_what_is_no_scenario() -> None:
    odd: Any = ["small-process", 3]
    with pytest.raises(InputError, match="scenario is 3"):
        rcpsim.compare(odd)


def test_a_path_is_as_good_as_a_name(tmp_path: Path) -> None:
    from rcpsim.scenario import load_scenario, scenario_to_toml

    short = load_scenario("small-process", {"years": [1, 1]})
    path = tmp_path / "small-process.toml"
    path.write_text(scenario_to_toml(short), encoding="utf-8")
    found = rcpsim.simulate(path, histories=2, seed=4)["trust_all"]
    assert np.array_equal(found, rcpsim.simulate(short, histories=2, seed=4)["trust_all"])


def test_a_theory_tells_every_name_it_does_not_know() -> None:
    with pytest.raises(UnknownName) as caught:
        Theory().without("lern", "learn", "speek")
    assert [fault.found for fault in caught.value.faults] == ['"lern" is not known', '"speek" is not known']
    with pytest.raises(UnknownName) as caught:
        Theory(frozenset({"lern"}), {"attend": "fully", "persuade": "deffuant"})
    told = str(caught.value)
    for part in ("did you mean learn?", "mechanism with rival forms", "did you mean deffuant2000?"):
        assert part in told
    odd: Any = (3, "lern")
    with pytest.raises(UnknownName) as caught:
        Theory().without(*odd)
    assert len(caught.value.faults) == 2
