"""The words of the documents are mapped to the issues once, and every agenda follows them."""

import tomllib
from pathlib import Path

import pytest

from rcpsim.axes import DOCUMENT_YEARS, ISSUES
from rcpsim.scenario import list_scenarios, load_scenario

ROOT = Path(__file__).resolve().parents[1]
TABLE = tomllib.loads((ROOT / "src" / "rcpsim" / "data" / "issue_words.toml").read_text(encoding="utf-8"))
WORDS: dict[str, list[str]] = TABLE["words"]
PROCESSES: dict[str, dict[str, object]] = TABLE["process"]


def listed(name: str, part: str) -> list[str]:
    found = PROCESSES[name].get(part, [])
    assert isinstance(found, list)
    return found


def test_every_real_scenario_stands_in_the_table_and_nothing_else() -> None:
    real = {name for name in list_scenarios() if load_scenario(name).kind != "synthetic"}
    assert set(PROCESSES) == real


def test_words_stand_for_issues_of_the_model_once() -> None:
    assert TABLE["format"] == 1
    for word, issues in WORDS.items():
        assert set(issues) <= set(ISSUES), word
        assert len(set(issues)) == len(issues), word
    assert list(WORDS) == sorted(WORDS, key=str.casefold)


def test_every_word_is_used_and_every_used_word_is_mapped() -> None:
    used = {word for name in PROCESSES for part in ("agenda", "later") for word in listed(name, part)}
    assert used == set(WORDS)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_the_agenda_follows_the_words(name: str) -> None:
    process = PROCESSES[name]
    assert set(process) <= {"agenda", "later", "source"}
    assert any(document in str(process["source"]) for document in DOCUMENT_YEARS)
    words = listed(name, "agenda")
    assert len({*words, *listed(name, "later")}) == len(words) + len(listed(name, "later"))
    agenda = load_scenario(name).plan.agenda
    assert set(agenda) == {issue for word in words for issue in WORDS[word]}
    assert len(set(agenda)) == len(agenda)
