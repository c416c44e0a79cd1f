"""Running lessons: arms, what is left, controls, and the plumbing that must give exactly nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rcpsim.cards import all_cards
from rcpsim.lessons import Arm, Lesson, controls, run_lessons
from rcpsim.lessons.arms import (
    CARRIERS_OFF,
    asked_arms,
    asked_beside,
    mechanism_arms,
    rival_arms,
    why_arms,
)
from rcpsim.lessons.controls import coins
from rcpsim.lessons.pages import lesson_page
from rcpsim.lessons.playing import Plan, cells_of, columns_of, read_cell
from rcpsim.lessons.reading import read_lesson
from rcpsim.lessons.reporting import to_frame
from rcpsim.lessons.running import histories_of
from rcpsim.lessons.where import where_it_fails
from tests.lessons.test_reading import written

PLAN = Plan(draws=12, histories=2, seed=1)


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cells")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    outcomes = '[{measure = "candour_year", expected = "+"}, {measure = "understanding", expected = "-"}]'
    return read_lesson(written(tmp_path_factory.mktemp("files"), outcome=outcomes), "mine.toml")


def test_a_lesson_is_judged_on_every_outcome_and_base_and_its_arms_on_the_first(
    lesson: Lesson, cells: Path
) -> None:
    arms = asked_arms(cells, replace(PLAN, draws=10), why=True)
    (found,) = run_lessons([lesson], cells, plan=PLAN, arms=arms, arm_plan=replace(PLAN, draws=10))
    assert list(found.outcomes) == ["candour_year", "understanding over the twin"]
    assert found.verdict is found.outcomes["candour_year"]
    assert repr(found.bases["small-process"]) == repr(found.verdict)
    assert list(found.arms) == ["carriers off", "unrelated off", "other sides at 0"]
    assert found.arms[CARRIERS_OFF].median == 0.0  # without speak, candour does not answer to closed rooms
    assert found.left(CARRIERS_OFF) == 0.0
    assert found.left("unrelated off") == pytest.approx(1.0, abs=0.2)
    assert found.carried is True
    full = found.arm_full
    assert full is not None
    for low, high, word, carried in (
        (-1.0, 1.0, "open", None),  # an effect that may as well be none has no share to lose
        (-1.0, 1.0, "nothing to be seen", None),
        (0.1, 1.0, "open", True),
        (-1.0, -0.1, "open", True),
        (-1.0, 1.0, "reversed", True),
    ):
        unclear = replace(found, arm_full=replace(full, low=low, high=high, word=word))
        assert unclear.carried is carried
        text = lesson_page(unclear, where_it_fails(found), arm_plan=replace(PLAN, draws=10))
        assert ("no clear effect to lose" in text) == (carried is None)
    assert found.arm_full is not None
    assert found.arm_full.draws == 10
    assert found.levels.shape == (12, 2)
    rows = to_frame([found])
    assert len(rows) == 2 + 1 + 3
    assert rows["left"].notna().sum() == 3
    page = lesson_page(found, where_it_fails(found), arm_plan=replace(PLAN, draws=10))
    for said in (
        "# Mine",
        "All 24 histories have a value",
        "- carriers off: 10 draws of the prior by 2 histories, seed 1, played on 20",
        "- not run: over the plausible sets",
        "under *other sides at 0*",
        "**candour_year**",
        "carriers off",
        "By the graph the lesson is",
        "learn=maximum (`--rivals`)",
    ):
        assert said in page


def test_arms_that_were_played_are_told_again_without_being_asked_for(lesson: Lesson, cells: Path) -> None:
    some = replace(PLAN, draws=10)
    run_lessons([lesson], cells, plan=PLAN, arms=asked_arms(cells, some, why=True), arm_plan=some)
    told = [arm.name for arm in asked_arms(cells, some)(lesson)]
    assert told == [
        *(arm.name for arm in why_arms(lesson)),
        "without speak",
    ]  # the one carrier off: the same cells
    assert asked_arms(cells, replace(some, seed=9))(lesson) == []


def test_designs_that_are_alike_give_exactly_nothing(lesson: Lesson, cells: Path) -> None:
    """An inert factor: the dial turned where no mechanism reads it, all luck shared."""
    inert = replace(lesson, designs=(lesson.designs[0], replace(lesson.designs[0], name="high")))
    ghost = replace(
        lesson,
        designs=(
            replace(lesson.designs[0], settings={"design.closing_after": 12}),
            replace(lesson.designs[0], settings={"design.closing_after": 16}),  # no rule of closing reads it
        ),
    )
    for one in run_lessons([inert, replace(ghost, id="ghost")], cells, plan=PLAN):
        assert np.array_equal(one.effects.effect, np.zeros(12))
        for verdict in one.outcomes.values():
            assert (verdict.median, verdict.share_for, verdict.share_against) == (0.0, 0.0, 0.0)
            assert verdict.word == "nothing to be seen"


def test_cells_are_counted_once_however_many_lessons_share_them(lesson: Lesson) -> None:
    assert histories_of([lesson, replace(lesson, id="again")], None, PLAN) == 2 * 12 * 2
    with_arms = histories_of(
        [lesson], lambda one: [Arm("off", without=("speak",))], PLAN, replace(PLAN, draws=10)
    )
    assert with_arms == 2 * 12 * 2 + 2 * 10 * 2


def test_the_arms_are_what_they_are_called(lesson: Lesson) -> None:
    carriers, unrelated, other = why_arms(lesson)
    assert carriers.without == lesson.carriers
    assert unrelated.without == (lesson.unrelated,)
    sides = {name for name, card in all_cards().items() if card.status == "other-side"}
    assert {key.rsplit(".", 1)[-1] for key, _ in other.settings} == sides
    assert all(value == 0.0 for _, value in other.settings)
    assert [arm.without for arm in mechanism_arms(lesson)] == [(name,) for name in lesson.carriers]
    assert {arm.replacing[0][0] for arm in rival_arms()} >= {"persuade", "leak_or_keep", "form_rooms"}


def test_few_draws_are_too_few_to_say_where_it_fails(lesson: Lesson, cells: Path) -> None:
    (found,) = run_lessons([lesson], cells, plan=PLAN)
    where = where_it_fails(found)
    assert where.search is not None
    assert where.search.region is None
    assert "too few" in where.sentence


def test_controls_go_through_the_same_code_and_know_their_number(lesson: Lesson, cells: Path) -> None:
    results = run_lessons([lesson], cells, plan=PLAN)
    same, shuffled = controls(results, cells, plan=replace(PLAN, draws=12), tried=4)
    assert same.tried == 4
    assert shuffled.tried >= 4
    for one in (same, shuffled):
        assert 0.0 <= one.low <= one.rate <= one.high <= 1.0


def test_the_coins_are_fair_and_of_each_lesson_and_turn() -> None:
    tossed = coins((100, 50), 0, 0)
    assert abs(tossed.mean() - 0.5) < 0.03
    assert not np.array_equal(tossed, coins((100, 50), 1, 0))
    assert not np.array_equal(tossed, coins((100, 50), 0, 1))
    assert np.array_equal(tossed, coins((100, 50), 0, 0))


def test_a_verdict_over_the_other_draws_stands_beside_and_is_told_again_unasked(
    lesson: Lesson, cells: Path
) -> None:
    assert asked_beside(cells, PLAN)(lesson) is None
    both = asked_beside(cells, PLAN, both=True)
    (found,) = run_lessons([lesson], cells, plan=PLAN, beside=both)
    other = found.beside
    assert other is not None
    assert (other.plan.parameters, found.plan.parameters) == ("plausible", "prior")
    assert not np.array_equal(other.effects.effect, found.effects.effect)
    (alone,) = run_lessons([lesson], cells, plan=replace(PLAN, parameters="plausible"))
    assert np.array_equal(other.effects.effect, alone.effects.effect)
    assert asked_beside(cells, PLAN)(lesson) == other.plan
    rows = to_frame([found])
    assert rows["parameters"].value_counts().to_dict() == {"prior": 3, "plausible": 3}
    page = lesson_page(found, where_it_fails(found), arm_plan=PLAN)
    assert "Over 12 draws of the plausible sets the same lesson is **" in page
    assert "- full: 12 draws of the plausible sets by 2 histories, seed 1, played on 20" in page
    assert histories_of([lesson], None, PLAN, PLAN, both) == 2 * histories_of([lesson], None, PLAN)


def test_columns_that_are_read_are_those_that_are_looked_at(lesson: Lesson, cells: Path) -> None:
    run_lessons([lesson], cells, plan=PLAN)
    (cell,) = cells_of(lesson, lesson.designs[:1], Arm(), PLAN)[0]
    some, every = read_cell(cell, cells, columns_of([lesson.primary])), read_cell(cell, cells)
    assert set(some) < set(every)
    assert {name.split("|")[1] for name in some} == {"candour_year"}
    for name, values in some.items():
        assert np.array_equal(values, every[name], equal_nan=True)
