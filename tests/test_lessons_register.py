"""Every claim has a status, every name in it a meaning, and every testable one a test or a reason why not."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from rcpsim.axes import MECHANISMS
from rcpsim.cards import all_cards
from rcpsim.lessons import lesson_folder, list_lessons, load_lesson
from rcpsim.measures import MEASURES
from rcpsim.profile.keys import keys

Entry = dict[str, Any]

CLAIMS: Final = 104
FACTORS: Final = 106
OUTCOMES: Final = 43
"""Names in the register of claims; they stand here so that none is lost by accident."""

STATUSES: Final = ("testable", "assumed", "definition", "not modelled")
DIRECTIONS: Final = ("+", "-", "inverted_U", "threshold", "conditional")
NAMED_BY_THE_THEORY: Final = frozenset(
    {"L02", "L19", "L21", "L28", "L30", "L31", "L39", "L40", "L42", "L55", "L57", "L66", "L73", "L74"}
)
"""Claims whose mechanism is the claim itself, as the theory names them; it says that there are others."""

HEADLINES: Final = frozenset(
    {
        "knit-your-networks",
        "manage-your-numbers",
        "gather-data",
        "take-the-lead",
        "send-the-right-people",
        "two-level-structure",
        "respect-confidentiality",
        "own-your-process",
        "choose-the-issues-carefully",
        "the-middle-way",
        "let-processes-die",
    }
)
"""The lessons learned of [H10] section 4."""

BESIDES: Final = 40
"""Testable claims that are tested besides those of the headline lessons, at the least."""


@cache
def table(name: str) -> Entry:
    return tomllib.loads((lesson_folder() / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def claims() -> dict[str, Entry]:
    return {claim["id"]: claim for claim in table("register")["claim"]}


@cache
def named_by() -> dict[str, list[str]]:
    """Return the lessons that name each claim, as their files say it."""
    found: dict[str, list[str]] = {}
    for name in list_lessons():
        for claim in table(name).get("claims", ()):
            found.setdefault(claim, []).append(name)
    return found


def dials() -> set[str]:
    """Return the dials of the table of paths."""
    text = (Path(__file__).parent / "allowed_paths.toml").read_text(encoding="utf-8")
    return {name for row in tomllib.loads(text)["row"] for name in row["dials"]}


def parameters() -> set[str]:
    return {
        f"parameters.{card.file.rsplit('/', 1)[-1].removesuffix('.toml')}.{name}"
        for name, card in all_cards().items()
    }


def test_all_claims_are_registered_once_and_in_order() -> None:
    assert [claim["id"] for claim in table("register")["claim"]] == [
        f"L{n:02d}" for n in range(1, CLAIMS + 1)
    ]


def test_every_claim_says_all_there_is_to_say_of_it() -> None:
    for name, claim in claims().items():
        assert set(claim) - {"reason"} == {
            "id",
            "theme",
            "claim",
            "factors",
            "outcomes",
            "direction",
            "source",
            "status",
            "tested_by",
        }, name
        assert claim["factors"], name
        assert claim["outcomes"], name
        assert claim["direction"] in DIRECTIONS, name
        assert claim["status"] in STATUSES, name
        assert any(document in claim["source"] for document in ("H10", "K01", "IOM05")), name


@pytest.mark.parametrize(("kind", "count"), [("factor", FACTORS), ("outcome", OUTCOMES)])
def test_no_name_is_missing_from_the_vocabulary_and_none_is_idle(kind: str, count: int) -> None:
    named = {name for claim in claims().values() for name in claim[f"{kind}s"]}
    assert len(named) == count
    assert set(table("vocabulary")[kind]) == named


@pytest.mark.parametrize("kind", ["factor", "outcome"])
def test_what_a_name_stands_for_exists(kind: str) -> None:
    known = {
        "keys": set(keys()),
        "parameters": parameters(),
        "measures": set(MEASURES),
        "mechanisms": set(MECHANISMS),
    }
    for name, entry in table("vocabulary")[kind].items():
        assert set(entry) <= {*known, "not_modelled", "note"}, name
        for part, allowed in known.items():
            assert set(entry.get(part, ())) <= allowed, (name, part)


def test_a_name_stands_for_something_or_says_why_not() -> None:
    vocabulary = table("vocabulary")
    for name, entry in {**vocabulary["factor"], **vocabulary["outcome"]}.items():
        if "not_modelled" in entry:
            assert set(entry) == {"not_modelled"}, name
            assert entry["not_modelled"].strip(), name
        else:
            assert any(entry.get(part) for part in ("keys", "parameters", "measures", "mechanisms")), name
    for name, entry in vocabulary["outcome"].items():
        assert "not_modelled" in entry or entry.get("measures"), name


def test_claims_that_the_theory_calls_assumed_are_so() -> None:
    assumed = {name for name, claim in claims().items() if claim["status"] == "assumed"}
    assert assumed >= NAMED_BY_THE_THEORY


def test_a_claim_is_tested_or_says_why_not() -> None:
    for name, claim in claims().items():
        if claim["status"] == "testable":
            assert bool(claim["tested_by"]) != bool(claim.get("reason")), name
        else:
            assert claim.get("reason"), name
        if claim["status"] in ("definition", "not modelled"):
            assert not claim["tested_by"], name


def test_a_claim_that_is_not_modelled_has_a_factor_or_an_outcome_that_is_not() -> None:
    vocabulary = table("vocabulary")
    partly = {
        "L22",
        "L89",
    }  # what is told of ties and of reciprocity is there, what the claim says of it is not
    for name, claim in claims().items():
        missing = [
            word
            for kind in ("factor", "outcome")
            for word in claim[f"{kind}s"]
            if "not_modelled" in vocabulary[kind][word]
            or "it sets no target" in vocabulary[kind][word].get("note", "")
        ]
        if claim["status"] == "not modelled" and name not in partly:
            assert missing, name


def test_register_and_lessons_name_each_other() -> None:
    for name, claim in claims().items():
        assert sorted(claim["tested_by"]) == sorted(named_by().get(name, [])), name
    assert set(named_by()) <= set(claims())
    for name in list_lessons():
        assert bool(table(name).get("claims")) is not bool(table(name).get("rival")), name


@pytest.mark.parametrize("name", list_lessons())
def test_every_lesson_can_be_read(name: str) -> None:
    lesson = load_lesson(name)
    assert lesson.counter, "no lesson of the documents is beyond doubt"
    assert lesson.conditions, "every lesson says when it is to hold"
    assert lesson.dial in {"", *dials()}


def test_the_headline_lessons_are_all_there() -> None:
    assert {name for name in list_lessons() if table(name).get("headline")} == HEADLINES


def test_forty_claims_more_are_tested() -> None:
    headline = {claim for name in HEADLINES for claim in table(name)["claims"]}
    besides = {
        name
        for name, claim in claims().items()
        if claim["status"] == "testable" and claim["tested_by"] and name not in headline
    }
    assert len(besides) >= BESIDES, f"{len(besides)} are"
