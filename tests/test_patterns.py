"""What is documented of real processes: read whole or refused whole, and observed as the page says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rcpsim.axes import parse_quarter
from rcpsim.errors import InputError, ScenarioError, UnknownName
from rcpsim.measures import MEASURES
from rcpsim.patterns import (
    ACROSS,
    Pattern,
    constant_guess,
    described,
    list_patterned,
    load_patterns,
    observe,
    possible,
)
from rcpsim.patterns.guessing import met_by_guess
from rcpsim.patterns.loading import first_described
from rcpsim.patterns.records import year_of
from rcpsim.results import Results, Twin
from rcpsim.scenario import list_scenarios, load_scenario
from rcpsim.simulation import simulate

HEAD = 'format = 1\nprocess = "puebla"\n'
ONE = """
[[pattern]]
id = "{id}"
kind = "{kind}"
measure = "stage"
{when}
hold = {{{hold}}}
{more}
description = "What came of it"
known = 2001
source = "K01 p.1"
"""
QUARTERS = 8


def pattern(
    tmp_path: Path,
    hold: str,
    *,
    when: str = 'quarter = "1997-Q1"\nerror = 0',
    kind: str = "evaluation",
    more: str = "",
) -> Pattern:
    """Return a pattern of Puebla as a file would hold it."""
    (tmp_path / "puebla.toml").write_text(
        HEAD + 'described = "1996-Q2"\n' + ONE.format(id="one", kind=kind, when=when, hold=hold, more=more),
        encoding="utf-8",
    )
    (found,) = load_patterns(["puebla"], folder=tmp_path)
    return found


@pytest.fixture(scope="module")
def played() -> Results:
    """Two years of Puebla, three histories, with measures that the tests set themselves."""
    results = simulate(load_scenario("puebla", {"years": [1996, 1997]}), histories=3, seed=1)
    assert len(results.labels) == QUARTERS
    return results


def with_measures(results: Results, **rows: object) -> Results:
    """Return the results with some measures set: each a row for all histories or a row for each."""
    given = {name: np.broadcast_to(np.asarray(row, float), (3, QUARTERS)) for name, row in rows.items()}
    active = {"status": np.ones((3, QUARTERS))}
    return replace(results, measures={**results.measures, **active, **given})


# --------------------------------------------------------------------------------------- the files


def test_every_file_of_the_package_can_be_read() -> None:
    patterns = load_patterns(held=False)
    assert {one.process for one in patterns} == {*list_patterned(), ACROSS}
    assert set(list_patterned()) <= set(list_scenarios())
    assert len({one.name for one in patterns}) == len(patterns)
    for one in patterns:
        assert one.held == bool(one.form)
        assert not one.strong or one.held
        assert one.of == "" or one.of in MEASURES


def test_every_pattern_that_is_held_can_be_reached_by_the_run_of_its_scenario() -> None:
    for one in load_patterns():
        for name in one.processes:
            first, last = (load_scenario(name).quarters[place] for place in (0, -1))
            assert first <= one.described <= last, one.name
            assert first <= (one.span[1] if one.quarter is None else one.quarter) <= last, one.name


def test_a_strong_pattern_says_so_and_a_weak_one_says_why() -> None:
    for one in load_patterns():
        assert one.strong != bool(one.weak_because), one.name


def test_stages_that_the_document_assigns_are_those_of_four_processes() -> None:
    assigned = {one.process for one in load_patterns() if one.reading == "K01"}
    assert assigned == {"puebla", "budapest", "manila", "cis-conference"}
    for one in load_patterns():
        if one.of == "stage" and one.form == "date":
            assert one.reading == ("K01" if one.process in assigned else "ours"), one.name
            assert not (one.strong and one.reading == "ours"), one.name


def test_the_facts_that_the_theory_names_are_held() -> None:
    strong = {one.name: one for one in load_patterns() if one.strong}
    assert {"puebla/stage3-plan-of-action-1997", "puebla/evaluation-1999", "budapest/stated-result-2000"} <= {
        *strong
    }
    assert {"midwa/dormancy-2005", "sacm/funding-change-unknown"} <= {*strong}
    across = {one.id for one in strong.values() if one.process == ACROSS}
    assert {"manila-slower", "sacm-positions-before-technique"} <= across
    share = strong["budapest/stated-result-2000"].documented
    assert share is not None
    assert (share.low, share.value, share.high) == (0.5, 0.6, 0.7)
    assert share.error == pytest.approx(0.2 / 12**0.5)


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "puebla.toml").write_text(
        HEAD
        + ONE.format(
            id="a",
            kind="evaluatoin",
            when='quarter = "1997-Q7"\nerror = 0',
            hold='as = "date", of = "stages", reaches = 3',
            more="strong = 3",
        )
        + ONE.format(
            id="a",
            kind="evaluation",
            when='quarter = "1997-Q1"\nerror = 0',
            hold='as = "valeu", of = "trust_all"',
            more="colour = 1",
        )
        + ONE.format(
            id="b", kind="evaluation", when='quarter = "1997-Q1"\nerror = 0', hold='as = "rise"', more=""
        )
        + ONE.format(
            id="c", kind="evaluation", when="", hold='as = "slower", of = "deals", reaches = 2', more=""
        ),
        encoding="utf-8",
    )
    (tmp_path / "sacm.toml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "across.toml").write_text(
        'format = 1\nprocess = "across"\n'
        + ONE.format(
            id="a",
            kind="comparison",
            when='quarter = "1997-Q1"\nerror = 0',
            hold='as = "slower", of = "stage", reaches = 2',
            more='processes = ["peubla"]',
        ),
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        load_patterns(folder=tmp_path)
    told = str(caught.value)
    for wanted in (
        'puebla.toml: pattern.0.kind is "evaluatoin"',
        'puebla.toml: pattern.0.quarter is "1997-Q7"',
        'puebla.toml: pattern.0.hold.of is "stages"; it must be a measure (did you mean stage',
        "puebla.toml: pattern.0.strong is 3",
        'puebla.toml: pattern.1.hold.as is "valeu"',
        "puebla.toml: pattern.1.colour is not a known key",
        'puebla.toml: pattern.1.id is "a" again',
        "puebla.toml: pattern.2.hold.by is missing",
        "puebla.toml: pattern.2.hold.of is missing",
        "puebla.toml: pattern.3.quarter is missing",
        'puebla.toml: pattern.3.hold.as is "slower"; it concerns several processes',
        'sacm.toml: process is "puebla"; it must be that of the file, sacm',
        'across.toml: pattern.0.processes.0 is "peubla"',
        "did you mean puebla?",
    ):
        assert wanted in told, f"{wanted}\n\n{told}"


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "puebla.toml").write_text("format = = 1", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"patterns/puebla\.toml: cannot be read"):
        load_patterns(folder=tmp_path)


def test_a_process_without_patterns_is_answered_with_the_near_one() -> None:
    with pytest.raises(UnknownName, match="did you mean puebla"):
        load_patterns(["pueblo"])


def test_a_level_needs_a_measure_with_bounds(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"hold\.of is .deals.; a level needs"):
        pattern(tmp_path, 'as = "value", of = "deals"', more="low = 1\nhigh = 2")


# ------------------------------------------------------------------------------------- what is seen


def test_a_date_is_the_middle_of_the_first_quarter_at_the_level(tmp_path: Path, played: Results) -> None:
    one = pattern(tmp_path, 'as = "date", of = "stage", reaches = 3')
    stage = [[0, 1, 3, 3, 3, 3, 3, 3], [1, 2, 2, 2, 2, 2, 2, 4], [1, 1, 1, 1, 1, 1, 1, 2]]
    found = observe(one, with_measures(played, stage=stage))
    np.testing.assert_allclose(found, [1996.625, 1997.875, 1998.125])
    assert one.unit == "year"
    assert possible(one, played) == (1996.125, 1998.125)


def test_a_documented_date_has_its_dating_error_and_half_a_quarter(tmp_path: Path) -> None:
    documented = pattern(
        tmp_path, 'as = "date", of = "stage", reaches = 3', when='quarter = "1997"\nerror = 2'
    ).documented
    assert documented is not None
    assert (documented.low, documented.value, documented.high) == (1997.0, 1997.625, 1998.25)


def test_only_histories_that_lived_long_enough_count(tmp_path: Path, played: Results) -> None:
    one = pattern(tmp_path, 'as = "date", of = "stage", reaches = 1')
    status = [[0, 0, 0, 1, 1, 1, 1, 1], [1, 3, 3, 3, 3, 3, 3, 3], [1, 2, 2, 2, 3, 3, 3, 3]]
    results = with_measures(played, stage=1.0, status=status)
    np.testing.assert_array_equal(described(one, results), [False, False, True])
    np.testing.assert_array_equal(np.isnan(observe(one, results)), [True, True, False])


def test_a_level_is_that_of_the_quarter_and_counts_as_missing_where_there_is_none(
    tmp_path: Path, played: Results
) -> None:
    nan = np.nan
    rows = [[nan, nan, nan, nan, 0.4, 0.9, 0.9, 0.9], [0.1, 0.2, 0.3, nan, nan, 1, 1, 1], [nan] * 8]
    results = with_measures(played, delivered=rows)
    one = pattern(tmp_path, 'as = "value", of = "delivered"', more="low = 0.5\nhigh = 0.7")
    np.testing.assert_array_equal(observe(one, results), [0.4, 0.3, nan])
    zero = pattern(tmp_path, 'as = "value", of = "delivered", missing = 0', more="low = 0.5\nhigh = 0.7")
    np.testing.assert_array_equal(observe(zero, results), [0.4, 0.3, 0.0])
    over = with_measures(played, delivered=0.4, status=[[1, 1, 1, 1, 3, 3, 3, 3]] * 3)
    assert np.isnan(observe(zero, over)).all()


@pytest.mark.parametrize(
    ("hold", "row", "yes"),
    [
        ('as = "rise", of = "deals", by = 2', [0, 0, 0, 1, 1, 2, 3, 3], True),
        ('as = "rise", of = "deals", by = 2', [0, 0, 0, 1, 1, 2, 2, 3], False),
        (
            'as = "fall", of = "dispersion", by = 0.08',
            [np.nan, np.nan, np.nan, np.nan, 0.95, 0.9, 0.9, 1],
            True,
        ),
        ('as = "fall", of = "dispersion", by = 0.08', [1, 1, 0.9, 0.9, 0.85, 0.85, 0.85, 0.5], False),
        ('as = "any", of = "declarations"', [1, 1, 1, 1, 0, 0, 1, 0], True),
        ('as = "any", of = "declarations"', [1, 1, 1, 1, 0, 0, 0, 1], False),
    ],
)
def test_what_happened_is_looked_for_within_the_span(
    tmp_path: Path, played: Results, hold: str, row: list[float], yes: bool
) -> None:
    one = pattern(tmp_path, hold, when='quarter = "1997-Q2"\nerror = 1')
    name = next(measure for measure in ("deals", "dispersion", "declarations") if measure in hold)
    np.testing.assert_array_equal(observe(one, with_measures(played, **{name: row})), float(yes))


def test_a_total_is_taken_over_its_period(tmp_path: Path, played: Results) -> None:
    one = pattern(
        tmp_path,
        'as = "total", of = "meetings", reaches = 5',
        more='low = 5\nperiod = ["1996-Q2", "1996-Q4"]',
    )
    rows = [[9, 1, 1, 3, 9, 9, 9, 9], [9, 1, 1, 2, 9, 9, 9, 9], [0, 5, 0, 0, 0, 0, 0, 0]]
    np.testing.assert_array_equal(observe(one, with_measures(played, meetings=rows)), [1, 0, 1])


def test_a_condition_is_active_dormant_or_ended(tmp_path: Path, played: Results) -> None:
    one = pattern(tmp_path, 'as = "status"', kind="status", more='value = "dormant"')
    status = [[1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 2, 2, 2, 2, 2], [1, 1, 1, 1, 5, 5, 5, 5]]
    np.testing.assert_array_equal(observe(one, with_measures(played, status=status)), [0, 1, 2])
    assert one.documented is not None
    assert one.documented.value == 1.0


def with_twin(results: Results, **rows: float) -> Results:
    assert results.twin is not None
    given = {name: np.full((3, QUARTERS), row) for name, row in rows.items()}
    return replace(results, twin=Twin({**results.twin, **given}, results.histories, results.labels))


def across(tmp_path: Path, hold: str, more: str) -> Pattern:
    (tmp_path / "across.toml").write_text(
        'format = 1\nprocess = "across"\n'
        + ONE.format(id="a", kind="comparison", when='quarter = "1997-Q4"\nerror = 0', hold=hold, more=more),
        encoding="utf-8",
    )
    (found,) = load_patterns([ACROSS], folder=tmp_path)
    return found


def test_harmonising_without_a_plan_needs_both(tmp_path: Path, played: Results) -> None:
    one = across(
        tmp_path,
        'as = "adds", of = "harmonisation", by = 0.05, without = "items_agreed"',
        'processes = ["puebla"]\ndescribed = "1996-Q2"',
    )
    agreed = [[0.0] * 8, [0.0] * 8, [1.0] * 8]
    law = [[0.2] * 8, [0.1] * 8, [0.2] * 8]
    results = with_twin(with_measures(played, harmonisation=law, items_agreed=agreed), harmonisation=0.1)
    np.testing.assert_array_equal(observe(one, {"puebla": results}), [1, 0, 0])


def test_slower_counts_from_the_first_meeting_and_a_tie_is_no(tmp_path: Path, played: Results) -> None:
    one = across(
        tmp_path,
        'as = "slower", of = "stage", reaches = 2',
        'processes = ["manila", "puebla"]\ndescribed = "1996-Q3"',
    )
    slow = [[1, 1, 1, 2, 2, 2, 2, 2], [0, 0, 1, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1]]
    fast = [[1, 1, 2, 2, 2, 2, 2, 2], [0, 1, 2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 2]]
    table = {"manila": with_measures(played, stage=slow), "puebla": with_measures(played, stage=fast)}
    np.testing.assert_array_equal(observe(one, table), [1, 0, 1])
    gone = with_measures(played, stage=slow, status=[[1, 3, 3, 3, 3, 3, 3, 3]] * 3)
    assert np.isnan(observe(one, {**table, "manila": gone})).all()


def test_the_order_of_stages_is_that_of_language_and_plan(tmp_path: Path, played: Results) -> None:
    one = across(tmp_path, 'as = "stages"', "low = 0.5\nhigh = 1.0")
    language = [[0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6], [0, 0, 0, 0, 0.6, 0.6, 0.6, 0.6], [0.6] * 8]
    plan = [[0, 0, 0, 2, 2, 2, 2, 2], [0, 0, 0, 2, 2, 2, 2, 2], [0] * 8]
    first = with_measures(played, common_language=language, defined_share=0, items_open=plan, items_closed=0)
    spoken = with_measures(played, common_language=0.6, defined_share=0, items_open=plan, items_closed=0)
    table = {"puebla": first, "sacm": spoken}
    np.testing.assert_array_equal(observe(one, table), [1.0, 0.5, np.nan])
    ended = [[1] * 8, [1, 1, 1, 1, 3, 3, 3, 3], [1] * 8]  # after it had a plan, before it was described
    table["sacm"] = with_measures(spoken, status=ended)
    np.testing.assert_array_equal(observe(one, table), [1.0, 0.0, np.nan])
    table["puebla"] = with_measures(first, status=np.full((3, 8), 3))
    np.testing.assert_array_equal(observe(one, table), [1.0, np.nan, np.nan])


def test_the_order_of_phases_is_that_of_half_the_effect(tmp_path: Path, played: Results) -> None:
    one = across(tmp_path, 'as = "phases"', "low = 0.5\nhigh = 1.0")
    late = [0, 0, 0, 0, 0, 0, 0.1, 0.2]
    knowledge = [[0.1, 0.2, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4], late, [0.0] * 8]
    positions = [1, 1, 1, 0.8, 0.7, 0.7, 0.7, 0.7]
    results = with_twin(
        with_measures(played, understanding=knowledge, dispersion=positions, law_change=late),
        understanding=0.0,
        dispersion=1.0,
        law_change=0.0,
    )
    np.testing.assert_array_equal(observe(one, {"puebla": results}), [1.0, 0.0, np.nan])
    ended = with_measures(results, status=[[1] * 8, [1, 1, 1, 3, 3, 3, 3, 3], [1] * 8])
    np.testing.assert_array_equal(observe(one, {"puebla": ended}), [1.0, np.nan, np.nan])


def test_a_process_that_no_document_tells_of_is_never_described() -> None:
    with pytest.raises(UnknownName, match="did you mean puebla"):
        first_described("pueblo")


def test_a_rank_is_the_share_of_others_that_add_less(tmp_path: Path, played: Results) -> None:
    one = across(
        tmp_path, 'as = "rank", of = "dispersion", against = "understanding"', 'processes = ["sacm"]'
    )

    def adds(dispersion: list[float], understanding: list[float]) -> Results:
        rows = {"dispersion": dispersion, "understanding": understanding}
        given = {name: np.repeat(np.array(row)[:, None], QUARTERS, axis=1) for name, row in rows.items()}
        return with_twin(with_measures(played, **given), dispersion=1.0, understanding=0.0)

    table = {
        "sacm": adds([0.5, 0.9, 0.5], [0.1, 0.9, 0.1]),
        "a": adds([0.7, 0.7, 0.9], [0.3, 0.3, 0.05]),
        "b": adds([0.8, 0.8, 0.8], [0.4, 0.4, 0.4]),
    }
    np.testing.assert_array_equal(observe(one, table), [1, 0, 1])


def test_what_was_not_played_is_told(tmp_path: Path, played: Results) -> None:
    one = pattern(tmp_path, 'as = "date", of = "stage", reaches = 3')
    with pytest.raises(InputError, match="looks at puebla, which was not played"):
        observe(one, {"manila": played})
    late = pattern(tmp_path, 'as = "any", of = "deals"', when='quarter = "1999-Q1"\nerror = 0')
    with pytest.raises(InputError, match="played were 1996-Q1 to 1997-Q4"):
        observe(late, played)
    twin = across(tmp_path, 'as = "adds", of = "harmonisation", by = 0', 'processes = ["puebla"]')
    with pytest.raises(InputError, match="play the twin"):
        observe(twin, {"puebla": replace(played, twin=None)})


# ---------------------------------------------------------------------------------- constant guesses


def test_the_guess_of_a_date_is_the_lag_of_the_others() -> None:
    patterns = load_patterns()
    one = next(p for p in patterns if p.name == "puebla/stage3-plan-of-action-1997")
    # known by 2001: Budapest 1991.875 to 1997.625, Manila 1996.625 to 1999.375, CIS 1995.625 to 1996.625
    assert constant_guess(one, patterns, (1996.125, 2011.125)) == pytest.approx(1996.625 + 2.75)


def test_a_guess_reads_nothing_of_the_process_itself() -> None:
    patterns = load_patterns()
    one = next(p for p in patterns if p.name == "puebla/stage3-plan-of-action-1997")
    moved = [replace(p, documented=replace(p.documented, value=2005.0)) if p is one else p for p in patterns]
    assert constant_guess(one, moved, (1996.0, 2011.0)) == constant_guess(one, patterns, (1996.0, 2011.0))


def test_two_strong_patterns_are_met_by_a_constant_guess_and_so_counted_weak() -> None:
    patterns = load_patterns()
    met = set()
    for one in patterns:
        ends = (0.0, 2.0) if one.form == "status" else (0.0, 1.0)
        if one.form == "date":
            quarters = load_scenario(one.process).quarters
            ends = (year_of(quarters[0]), year_of(quarters[-1] + 1))
        if one.strong and met_by_guess(one, constant_guess(one, patterns, ends)):
            met.add(one.name)
    assert met == {"budapest/stated-result-2000", "across/order-of-stages"}


def test_the_quarter_of_the_first_description_is_that_of_the_first_status() -> None:
    found = {one.process: one.described for one in load_patterns() if one.process != ACROSS}
    assert found["puebla"] == parse_quarter("2001-Q2")
    assert found["bali"] == parse_quarter("2005-Q2")
    assert found["baltic-sea-conference"] == parse_quarter("1995-Q3")  # as its file says
    assert found["bangkok-declaration"] == parse_quarter("1999-Q2")
