"""A dial enters only where the theory says it physically acts: each is turned, what it touches looked up."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rcpsim.axes import MECHANISMS
from rcpsim.quarters import action, meeting
from rcpsim.quarters.workspace import QuarterInPlay
from tests.cases.audit import (
    DIALS,
    MIRRORS,
    QUARTERS,
    WORLDS,
    Scene,
    Snapshot,
    direct_touches,
    first_touch,
    scene,
    snapshots,
)
from tests.cases.worlds import EVERYTHING, arrays, changed, differing, ready

PATHS = Path(__file__).parents[1] / "allowed_paths.toml"


def allowed_paths() -> dict[str, dict[str, set[str]]]:
    """Return dial -> mechanism -> arrays, the rows of the table taken together."""
    table = tomllib.loads(PATHS.read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = table["groups"]
    allowed: dict[str, dict[str, set[str]]] = {}
    for row in table["row"]:
        for dial, paths in row["dials"].items():
            for mechanism, names in paths.items():
                whole = {one for name in names for one in (groups[name[1:]] if name[0] == "@" else [name])}
                allowed.setdefault(dial, {}).setdefault(mechanism, set()).update(whole)
    return allowed


ALLOWED = allowed_paths()


def forbidden(dial: str, touched: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return what a dial touches and may not: mechanism -> arrays."""
    rest = {name: named - ALLOWED[dial].get(name, set()) for name, named in touched.items()}
    return {name: named for name, named in rest.items() if named}


@pytest.fixture(scope="module")
def before() -> tuple[Scene, list[Snapshot]]:
    standing = scene(QUARTERS[0])
    return standing, snapshots(standing, standing.run)


def _touched(
    dial: str, quarter: int, scenery: tuple[Scene, list[Snapshot]]
) -> tuple[Any, dict[str, set[str]]]:
    standing, base = scenery
    turned = DIALS[dial](standing.run, quarter)
    whole = snapshots(standing, turned)
    return first_touch(base, whole), direct_touches(standing, turned, base, whole)


def _hold(dial: str, first: Any, direct: dict[str, set[str]]) -> None:
    assert first is not None, f"{dial} touches nothing at all in {WORLDS} worlds"
    mechanism, named = first
    may = ALLOWED[dial].get(mechanism, set()) | ALLOWED[dial].get("laid_out", set())
    assert named <= may, f"{dial} first touches {sorted(named - may)} in {mechanism}"
    assert forbidden(dial, direct) == {}


@pytest.mark.parametrize("dial", DIALS)
def test_a_dial_acts_only_by_the_paths_of_the_table(dial: str, before: tuple[Scene, list[Snapshot]]) -> None:
    _hold(dial, *_touched(dial, QUARTERS[0], before))


@pytest.mark.slow
@pytest.mark.parametrize("quarter", [4, 9, 13, *QUARTERS[1:], 19, 23])
def test_a_dial_acts_only_by_the_paths_of_the_table_in_any_quarter(quarter: int) -> None:
    standing = scene(quarter)
    base = snapshots(standing, standing.run)
    for dial in DIALS:
        first, direct = _touched(dial, quarter, (standing, base))
        if first is not None:  # a review, for one, acts once a year
            _hold(dial, first, direct)


def test_the_worlds_of_the_audit_are_in_the_middle_of_their_lives(
    before: tuple[Scene, list[Snapshot]],
) -> None:
    standing, base = before
    assert standing.process.status.size >= 50
    assert np.mean(standing.process.open.sum(axis=-1) > 0) > 0.3, (
        "too few items are open to see what work does"
    )
    assert np.mean(standing.process.defined.sum(axis=-1) > 0) > 0.3
    names = [name for name, _ in base]
    assert names.count("attend") == 3
    assert all(np.any(arrays["held"] > 0) for name, arrays in base if name == "conclude")


def test_the_table_names_only_dials_mechanisms_and_arrays_that_there_are() -> None:
    assert set(ALLOWED) == set(DIALS)
    known = set(QuarterInPlay.__annotations__)
    for dial, paths in ALLOWED.items():
        assert set(paths) <= {*MECHANISMS, "laid_out"}, dial
        assert paths.get("laid_out", set()) <= set(MIRRORS), dial
        for mechanism, named in paths.items():
            assert named <= known, (dial, mechanism, named - known)


def test_the_mirrors_are_laid_out_before_the_work_and_then_stand_still(
    before: tuple[Scene, list[Snapshot]],
) -> None:
    """What follows the dial like the dial itself may not be moved by any mechanism in between."""
    _, base = before
    for mirror in MIRRORS:
        if mirror == "record":  # each meeting has its own
            continue
        seen = [arrays[mirror] for _, arrays in base if mirror in arrays]
        assert seen, mirror
        moves = sum(not np.array_equal(one, other) for one, other in pairwise(seen))
        assert moves == (1 if mirror == "slots_planned" else 0), (
            mirror
        )  # known once the slots are gone through


# --- dials that only fill what a calendar leaves open -------------------------------------------

OPEN_CALENDAR = changed(
    EVERYTHING,
    calendar__meetings=[
        {key: value for key, value in one.items() if key not in ("record", "text")}
        for one in EVERYTHING["calendar"]["meetings"]
    ],
)
FILLS = {
    "form": ({"design__form": 0.9}, {"calendar.text_level", "calendar.obligation", "designs.obligation"}),
    "informality": ({"design__informality": 0.1}, {"calendar.record"}),
}


@pytest.mark.parametrize("dial", FILLS)
def test_form_and_informality_only_fill_record_and_text(dial: str) -> None:
    """They are no variables of the model: a path to the text sought, and one to the record of the rooms."""
    values, reach = FILLS[dial]
    one, other = (
        ready(changed(OPEN_CALENDAR, **{"design__informality": 0.5} | given), histories=3).setting
        for given in ({}, values)
    )
    seen = set()
    for name, left, right in (
        ("setting", one, other),
        ("calendar", one.calendar, other.calendar),
        ("designs", one.designs[0], other.designs[0]),
    ):
        held, beside = arrays(left), arrays(right)
        numbers = {key: value for key, value in held.items() if value.dtype.kind in "bfi"}
        seen |= {f"{name}.{key.split('.')[1]}" for key in differing(numbers, beside)}
    assert seen == reach


# --- the audit can fail ---------------------------------------------------------------------------

Wrong = Callable[[QuarterInPlay], None]


def _openly_wiser(play: QuarterInPlay) -> None:
    play.understanding = play.understanding * (1.0 + 0.01 * play.design.confidentiality[:, None, None])


def _owned_so_delivered(play: QuarterInPlay) -> None:
    play.law = play.law + 0.001 * (1.0 - play.sponsor_now)[:, None, None]


def _small_is_trusting(play: QuarterInPlay) -> None:
    play.empathy = play.empathy * (1.0 + 0.1 / np.sum(play.present, axis=-1))[:, None, None]


@pytest.mark.parametrize(
    ("module", "step", "wrong", "dial", "mechanism", "array"),
    [
        (meeting, "_learn", _openly_wiser, "confidentiality", "learn", "understanding"),
        (action, "implement", _owned_so_delivered, "sponsor_share", "implement", "law"),
        (meeting, "_learn", _small_is_trusting, "members", "learn", "empathy"),
    ],
)
def test_a_lesson_written_into_an_equation_is_caught(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    step: str,
    wrong: Wrong,
    dial: str,
    mechanism: str,
    array: str,
) -> None:
    right = getattr(module, step)

    def planted(play: QuarterInPlay, *slot: int) -> None:
        done, play_done = [], play.done
        play.__dict__["done"] = done.append  # the mechanism reports once the wrong term has been added
        right(play, *slot)
        del play.__dict__["done"]
        wrong(play)
        for name in done:
            play_done(name)

    monkeypatch.setattr(module, step, planted)
    standing = scene(QUARTERS[0], 8)
    base = snapshots(standing, standing.run)
    _, direct = _touched(dial, QUARTERS[0], (standing, base))
    assert array in forbidden(dial, direct).get(mechanism, set())
