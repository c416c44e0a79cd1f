"""Lesson files: every fault is told, all at once, with file, field, value and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rcpsim import simulate
from rcpsim.errors import InputError, ScenarioError, UnknownName
from rcpsim.lessons import (
    Arm,
    Design,
    lesson_folder,
    lessons_of_claim,
    list_lessons,
    load_lesson,
    load_lessons,
    read_lesson,
    reading,
)

GOOD: dict[str, str] = {
    "format": "1",
    "id": '"mine"',
    "claims": '["L47"]',
    "title": '"Mine"',
    "claim": '"Closed rooms are open."',
    "source": '"H10 p.37"',
    "shape": '"contrast"',
    "bases": '["small-process"]',
    "years": "[1, 4]",
    "dial": '"confidentiality"',
    "low": '{"design.confidentiality" = 0.0}',
    "high": '{"design.confidentiality" = 1.0}',
    "carriers": '["speak"]',
    "outcome": '[{measure = "candour_year", expected = "+"}]',
}


def written(folder: Path, **changes: str | None) -> Path:
    path = folder / "mine.toml"
    table = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    path.write_text("\n".join(f"{key} = {value}" for key, value in table.items()), encoding="utf-8")
    return path


def faults_of(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        read_lesson(path, path.name)
    assert all(fault.file == "mine.toml" for fault in caught.value.faults)
    assert all(fault.allowed or fault.hint for fault in caught.value.faults if fault.field)
    return [(fault.field, fault.found) for fault in caught.value.faults]


def test_a_good_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path), "mine.toml")
    assert lesson.claims == ("L47",)
    assert lesson.designs == (
        Design("low", {"design.confidentiality": 0.0}),
        Design("high", {"design.confidentiality": 1.0}),
    )
    assert (lesson.unrelated, lesson.rival, lesson.headline) == ("respond", False, False)
    assert lesson.primary.measure == "candour_year"
    assert lesson.primary.over == "level"  # a twin has no candour


CURVE = {"shape": '"inverted-u"', "low": None, "high": None, "key": '"design.confidentiality"'}
SEVEN = "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"format": "2"}, "format"),
        ({"format": None}, "format"),
        ({"id": '"yours"'}, "id"),
        ({"title": '" "'}, "title"),
        ({"claim": "3"}, "claim"),
        ({"source": None}, "source"),
        ({"conditions": "3"}, "conditions"),
        ({"colour": '"red"'}, "colour"),
        ({"shape": '"hump"'}, "shape"),
        ({"shape": "[1]"}, "shape"),
        ({"bases": "[]"}, "bases"),
        ({"bases": '["small-proces"]'}, "bases"),
        ({"bases": '["small-process", "small-process"]'}, "bases"),
        ({"bases": '"small-process"'}, "bases"),
        ({"years": "[1, 3]"}, "years"),
        ({"years": "[1.0, 9.0]"}, "years"),
        ({"years": None}, "years"),
        ({"dial": '"loudness"'}, "dial"),
        ({"dial": "3"}, "dial"),
        ({"low": None}, "low"),
        ({"low": "3"}, "low"),
        ({"high": GOOD["low"]}, "high"),
        ({"second": "{low = {}, high = {}}"}, "second"),
        ({"shape": '"interaction"'}, "second"),
        ({"shape": '"interaction"', "second": "{low = 1, high = {}}"}, "second"),
        ({"key": '"design.caution"'}, "key"),
        ({"values": SEVEN}, "values"),
        ({**CURVE, "values": "[0, 0.1, 0.2, 0.3, 0.4, 0.5]"}, "values"),
        ({**CURVE, "values": "[0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.5]"}, "values"),
        ({**CURVE, "values": '["a"]'}, "values"),
        ({**CURVE, "values": None}, "values"),
        ({**CURVE, "values": SEVEN, "key": "3"}, "key"),
        ({**CURVE, "values": SEVEN, "low": "{}"}, "low"),
        ({"carriers": "[]"}, "carriers"),
        ({"carriers": '["shout"]'}, "carriers"),
        ({"unrelated": '"shout"'}, "unrelated"),
        ({"unrelated": '"speak"'}, "unrelated"),
        ({"headline": '"yes"'}, "headline"),
        ({"rival": "1"}, "rival"),
        ({"counter": '"one"'}, "counter"),
        ({"outcome": "[]"}, "outcome"),
        ({"outcome": '[{measure = "noise", expected = "+"}]'}, "outcome.0.measure"),
        ({"outcome": '[{measure = "candour", expected = "up"}]'}, "outcome.0.expected"),
        ({"outcome": '[{measure = "candour", expected = "+", when = "noon"}]'}, "outcome.0.when"),
        ({"outcome": '[{measure = "candour", expected = "+", over = "twin"}]'}, "outcome.0.over"),
        ({"outcome": '[{measure = "candour", expected = "+", loud = 1}]'}, "outcome.0.loud"),
        ({"outcome": '[{measure = "candour", expected = "+", primary = false}]'}, "outcome"),
        (
            {"outcome": '[{measure = "candour", expected = "+"}, {measure = "candour", expected = "-"}]'},
            "outcome",
        ),
        ({"flips": "3"}, "flips"),
        ({"flips": '[{name = "x"}]'}, "flips.0"),
        ({"flips": '[{set = {"design.caution" = 1.0}}]'}, "flips.0.name"),
        ({"flips": '[{name = "x", set = 3}]'}, "flips.0.set"),
        ({"flips": '[{name = "x", without = ["shout"]}]'}, "flips.0.without"),
        ({"flips": '[{name = "x", replacing = {speak = "loudly"}}]'}, "flips.0.replacing"),
    ],
)
def test_every_fault_is_told(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    assert field in [name for name, _ in faults_of(written(tmp_path, **changes))]


def test_faults_are_told_all_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, format="3", shape='"hump"', carriers='["shout"]', years="[1]", dial='"loudness"')
    assert {"format", "shape", "carriers", "years", "dial"} <= {field for field, _ in faults_of(path)}


def test_a_key_that_no_scenario_has_is_told_before_anything_is_played(tmp_path: Path) -> None:
    path = written(
        tmp_path, high='{"design.confidentialty" = 1.0}', bases='["small-process", "medium-process"]'
    )
    told = faults_of(path)
    assert [field for field, _ in told] == [
        "high over small-process: design.confidentialty",
        "high over medium-process: design.confidentialty",
    ]
    flipped = written(tmp_path, flips='[{name = "loud", set = {"design.loud" = 1}}]')
    assert any("loud over small-process: design.loud" in field for field, _ in faults_of(flipped))


@pytest.mark.parametrize(("content", "told"), [(b"\xff\xfe", "is not TOML"), (b"a = ", "is not TOML")])
def test_what_is_no_toml_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert told in faults_of(path)[0][1]


def test_a_file_that_is_not_there_and_a_name_that_is_near_are_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="does not exist"):
        load_lesson(tmp_path / "none.toml")
    with pytest.raises(UnknownName, match="manage-your-numbers"):
        load_lesson("manage-your-number")


def test_a_curve_an_interaction_and_a_flip_are_read(tmp_path: Path) -> None:
    curve = read_lesson(
        written(tmp_path, **CURVE, values=SEVEN, common='{"design.caution" = 0.2}'), "mine.toml"
    )
    assert len(curve.designs) == 7
    assert curve.designs[2].settings == {"design.caution": 0.2, "design.confidentiality": 0.2}
    second = '{low = {"design.caution" = 0.0}, high = {"design.caution" = 1.0}}'
    crossed = read_lesson(written(tmp_path, shape='"interaction"', second=second), "mine.toml")
    settings = [tuple(design.settings.values()) for design in crossed.designs]
    assert settings == [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    flips = '[{name = "louder", set = {"design.caution" = 1.0}, replacing = {persuade = "deffuant2000"}}]'
    flipped = read_lesson(written(tmp_path, rival="true", flips=flips), "mine.toml")
    expected = Arm("louder", (), (("persuade", "deffuant2000"),), (("design.caution", 1.0),))
    assert flipped.flips == (expected,)


def test_the_primary_outcome_is_the_first_unless_another_says_so(tmp_path: Path) -> None:
    two = '[{measure = "candour", expected = "+"}, {measure = "trust_met", expected = "+"%s}]'
    assert read_lesson(written(tmp_path, outcome=two % ""), "mine.toml").primary.measure == "candour"
    chosen = read_lesson(written(tmp_path, outcome=two % ", primary = true"), "mine.toml")
    assert chosen.primary.measure == "trust_met"


# --- what comes with the package -----------------------------------------------------------------


def test_lessons_are_found_by_claim_and_each_is_loaded_once() -> None:
    assert "manage-your-numbers" in lessons_of_claim("L32")
    found = [lesson.id for lesson in load_lessons(["L32", "manage-your-numbers"])]
    assert found.count("manage-your-numbers") == 1
    with pytest.raises(InputError) as caught:
        load_lessons(["L999", "no-such-lesson", "manage-your-numbers"])
    assert len(caught.value.faults) == 2


def test_the_eleven_headlines_are_there() -> None:
    assert len([lesson for lesson in load_lessons(headlines=True) if lesson.headline]) == 11


@pytest.mark.parametrize("name", list_lessons())
def test_every_packaged_lesson_reads_and_has_what_a_page_needs(name: str) -> None:
    lesson = load_lesson(name)
    assert lesson.id == name
    assert lesson.claims or lesson.rival
    assert lesson.conditions
    assert (lesson_folder() / f"{name}.toml").is_file()


def test_what_has_no_value_without_a_process_is_not_held_against_the_twin() -> None:
    twin = simulate("small-process", histories=4, seed=1).twin
    assert twin is not None
    none = {name for name, values in twin.items() if np.isnan(values).all()}
    said = none | {"cancelled", "meetings", "stage"}  # a twin has a value of these, and it says nothing
    assert said == reading._WITHOUT_TWIN
