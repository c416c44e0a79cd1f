"""The story of one history: what it tells has happened, and it reads the same each time."""

import re

import numpy as np
import pytest

from rcpsim.chronicle import chronicle, chronicle_sentences
from rcpsim.simulation import Replay, replay
from tests.cases.middles import middles


@pytest.fixture(scope="module")
def puebla() -> Replay:
    return replay("puebla", history=1, seed=1, parameters=middles(2))  # whatever the defaults are


@pytest.fixture(scope="module")
def story(puebla: Replay) -> str:
    return chronicle(puebla)


def years(story: str) -> dict[str, str]:
    """Return the text under each heading."""
    parts = re.split(r"^## (.+)$", story, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_same_history_reads_the_same(puebla: Replay, story: str) -> None:
    assert chronicle(puebla) == story
    assert chronicle(replay("puebla", history=2, seed=1, parameters=middles(3))) != story


def test_every_year_has_a_heading_and_the_length_is_that_of_a_talk(story: str) -> None:
    assert list(years(story)) == [*map(str, range(1996, 2011)), "What the process changed"]
    sentences = re.findall(r"[.](?:\s|$)", story)
    assert 60 <= len(sentences) <= 150


def test_sentences_are_whole(story: str) -> None:
    for line in story.splitlines():
        if line and not line.startswith("#"):
            assert line[0].isupper()
            assert line.endswith(".")
            assert "  " not in line
            assert not re.search(r"[{}]|\.\.|\bnan\b|[.] [a-z]", line), line


def test_founding_names_states_by_their_names(story: str) -> None:
    first = years(story)["1996"]
    assert "Ten states begin to meet: Belize, Canada" in first
    assert "the United States" in first
    assert "Mexico takes the chair" in first
    assert not re.search(r"\b(USA|MEX|SLV)\b", story)


def test_documented_shocks_and_newcomers_stand_in_their_year(story: str) -> None:
    told = years(story)
    assert "Hurricane Mitch" in told["1998"]
    assert "11 September" in told["2001"]
    assert "The Dominican Republic joins" in told["2000"]
    assert sum("Hurricane Mitch" in text for text in told.values()) == 1


def test_each_chair_of_a_year_is_told(story: str) -> None:
    told = years(story)
    assert "Nicaragua, then Panama" in told["1997"]  # Panama is documented from the third quarter on
    assert "then Canada" in told["2005"]


def test_governments_are_as_many_as_the_states_that_change_them(puebla: Replay, story: str) -> None:
    rows = puebla.events.of_kind("government")
    counts = set()
    for year, text in years(story).items():
        words_of = "A new government takes|The government changes|New governments take|Governments change"
        told = re.findall(rf"({words_of}) [^.]*?in ([^.]+)\.", text) if year.isdecimal() else []
        for words, where in told:
            here = (rows.quarter // 4 == int(year) - 1996) & (
                puebla.setting.present[0][rows.quarter, rows.state] > 0
            )
            changed = len(set(rows.state[here].tolist()))
            counts.add(changed > 1)
            assert (" and " in where) == (changed > 1)
            assert words.startswith(
                ("New governments", "Governments") if changed > 1 else ("A new", "The gov")
            )
    assert counts == {True, False}, "years with one and with several"


def test_leaks_are_told_as_they_were(puebla: Replay, story: str) -> None:
    rows = puebla.events.of_kind("leak")
    told = re.findall(r"[^.]*(?:confided|in confidence|a confidence of)[^.]*\.", story)
    assert len(rows) > 0
    assert 0 < len(told) <= len(rows)
    named = [text for text in told if "found out:" in text or "comes out" in text or "named for it" in text]
    assert len(named) <= int(np.sum(rows.value > 0))


def test_counts_at_the_end_are_those_of_the_events(puebla: Replay, story: str) -> None:
    last = years(story)["What the process changed"]
    assert f"{len(puebla.events.of_kind('meeting'))} meetings were held" in last
    found = re.search(r"at (0\.\d\d) on a scale from 0 to 1; without .* be (0\.\d\d)\.", last)
    assert found is not None
    first, twin = found.groups()
    assert float(first) == pytest.approx(puebla.measures["trust_all"][-1], abs=0.006)
    assert float(twin) == pytest.approx(puebla.twin["trust_all"][-1], abs=0.006)


def test_sentences_come_with_their_quarters(puebla: Replay, story: str) -> None:
    said = chronicle_sentences(puebla)
    quarters = [quarter for quarter, _ in said]
    assert quarters == sorted(quarters)
    assert {0, 59} <= set(quarters) <= set(range(60))
    assert all(text in story for _, text in said)
    (mitch,) = [quarter for quarter, text in said if "Hurricane Mitch" in text]
    assert puebla.labels[mitch] == "1998-Q4"


def test_a_synthetic_process_counts_its_own_years() -> None:
    story = chronicle(replay("small-process", history=0, seed=2))
    assert list(years(story))[:2] == ["Year 1", "Year 2"]
    assert "made up" in story
