"""Measures on small records made by hand, and what must hold for any records."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcpsim.measures import (
    MEASURES,
    PHASES,
    STAGE_SERIES,
    STAGES,
    finish_series,
    measure_quarter,
    stages,
    start_memory,
)
from rcpsim.measures.consensus import _gap
from rcpsim.theory.language import common_language, common_language_index
from rcpsim.world import Calendar, Design, Minutes, Parameters, Process, Setting, World

AXES = {
    "kept broken entrusted entrusted_sensitive ties empathy deals gain": "NN",
    "hours candid source joint": "NN",
    "stated law exists understanding salience_pulse bound law_at_adoption delivered counted salience": "NK",
    "interest": "NK",
    "position": "NMK",
    "usage": "NKV",
    "backing discretion comfort government crisis commitment newcomer unkept relevance value outcome": "N",
    "participation candour leaked attributed coherence money_members kind replaced capacity_built paid": "N",
    "cost": "N",
    "memory live spent defined open target load age obligation due_done items_adopted items_closed": "K",
    "agenda adopted closed dropped due pulses mean_delivered": "K",
    "held called slot_heads": "S",
}
AXES_OF = {name: axes for names, axes in AXES.items() for name in names.split()}
TRUTHS = {"held", "called", "leaked", "attributed", "adopted", "closed", "dropped", "due", "counted"}


def record(kind: type, sizes: dict[str, int], histories: int, /, **given_fields: Any) -> Any:
    """Return a record of zeros, but for the fields that are given without their history axis."""
    values = {}
    for item in fields(kind):
        axes = AXES_OF.get(item.name, "")
        if kind is Minutes and item.name == "defined":
            axes = "K"
        if kind is Minutes and item.name in ("deals", "crisis", "government"):
            axes = {"deals": "NN"}.get(item.name, "N")
        shape = (histories, *(sizes[axis] for axis in axes))
        truth = kind is Minutes and item.name in {*TRUTHS, "defined", "government"}
        value = np.asarray(given_fields.pop(item.name, 0.0))
        if item.name == "status" and kind is Process:
            values[item.name] = np.full(shape, 1 if not value.any() else int(value), dtype=np.int64)
        else:
            values[item.name] = np.array(np.broadcast_to(value, shape), dtype=bool if truth else float)
    assert not given_fields, given_fields
    return kind(**values)


def setting_of(
    sizes: dict[str, int], histories: int, quarters: int = 8, parts: dict[str, Any] | None = None
) -> Setting:
    """Return a setting in which everything that measures read is plain, but for the parts given."""
    states, issues, slots = sizes["N"], sizes["K"], sizes["S"]
    plain = np.zeros(1)
    given_parts = dict(parts or {})
    design: dict[str, Any] = {item.name: plain for item in fields(Design)}
    design |= {
        "count": np.ones((1, issues)),
        "steering": np.zeros((1, states)),
        "secretariat": np.zeros(histories),
    } | given_parts.pop("design", {})
    calendar: dict[str, Any] = {item.name: () for item in fields(Calendar)}
    calendar |= {
        "planned": np.ones((histories, quarters, slots), dtype=bool),
        "days": np.ones((histories, slots)),
        "steering": (False,) * slots,
    } | given_parts.pop("calendar", {})
    off = 1.0 - np.eye(states)
    values: dict[str, Any] = {item.name: plain for item in fields(Setting)}
    values |= {
        "quarters": quarters,
        "first_quarter": 4 * 1996,
        "design_of": (0,) * quarters,
        "designs": (Design(**design),),
        "calendar": Calendar(**calendar),
        "parameters": Parameters(
            {"prior_weight": np.full(histories, 2.0), "secretariat_cost": np.full(histories, 0.5)}
        ),
        "present": np.ones((1, quarters, states)),
        "ability": np.full((1, quarters, states), 1.0 / states),
        "salience": np.full((quarters, states, issues), 0.5),
        "pair_weight": np.broadcast_to(off, (quarters, states, states)),
        "trust_prior": np.broadcast_to(0.4 * off, (histories, states, states)),
        "treated": np.ones((quarters, issues)),
        "ministry_weights": np.array([0.3, 0.45, 0.25]),
        "off": off,
    } | given_parts
    return Setting(**values)


class Case:
    """A run of one history by hand: what stands at its start, and then quarter after quarter."""

    def __init__(self, states: int = 3, issues: int = 2, slots: int = 1, **parts: Any) -> None:
        self.sizes = {"N": states, "K": issues, "S": slots, "M": 3, "V": 3}
        start = parts.pop("start", {})
        self.setting = setting_of(self.sizes, 1, parts=parts)
        self.memory = start_memory(self.of(World, **start), self.of(Process), self.setting)
        self.quarter = 0

    def of(self, kind: type, /, **given_fields: Any) -> Any:
        return record(kind, self.sizes, 1, **given_fields)

    def play(
        self, *, world: dict[str, Any] | None = None, process: dict[str, Any] | None = None, **minutes: Any
    ) -> dict[str, float]:
        records = (self.of(World, **(world or {})), self.of(Process, **(process or {})))
        values, self.memory = measure_quarter(
            *records, self.of(Minutes, **minutes), self.setting, self.quarter, self.memory
        )
        self.quarter += 1
        return {name: float(value[0]) for name, value in values.items()}


def pairs(*entries: tuple[int, int, float], states: int = 3) -> np.ndarray:
    matrix = np.zeros((states, states))
    for i, j, value in entries:
        matrix[i, j] = value
    return matrix


def random_records(histories: int, states: int, issues: int, seed: int, quarters: int = 6) -> Any:
    """Return a setting, a start and quarters of random records within their bounds."""
    rng = np.random.default_rng(seed)
    sizes = {"N": states, "K": issues, "S": 2, "M": 3, "V": 3}
    off = 1.0 - np.eye(states)

    def filled(kind: type) -> Any:
        plain = record(kind, sizes, histories)
        values = {}
        for item in fields(kind):
            old = getattr(plain, item.name)
            if old.dtype == bool:
                values[item.name] = rng.random(old.shape) < 0.3
            elif old.dtype == np.int64:
                values[item.name] = rng.integers(1, 7, old.shape)
            else:
                values[item.name] = rng.random(old.shape)
        return kind(**values)

    def world() -> World:
        one = filled(World)
        usage = one.usage / one.usage.sum(axis=-1, keepdims=True)
        return replace(
            one,
            kept=one.kept * off,
            broken=one.broken * off,
            position=2.0 * one.position - 1.0,
            stated=2.0 * one.stated - 1.0,
            law=2.0 * one.law - 1.0,
            usage=usage,
        )

    def minutes() -> Minutes:
        one = filled(Minutes)
        deals = np.triu(rng.random(one.deals.shape) < 0.2, 1) * 1.0
        joint = np.triu(rng.random(one.joint.shape) < 0.2, 1) * 1.0
        return replace(
            one,
            hours=one.hours * off,
            candid=one.hours * one.candid * off,
            source=(one.source < 0.1) * off,
            deals=deals + np.swapaxes(deals, -1, -2),
            joint=joint + np.swapaxes(joint, -1, -2),
            crisis=(one.crisis < 0.5) * 1.0,
        )

    weight = rng.random((8, states, states))
    present = (rng.random((1, 8, states)) < 0.8) * 1.0
    present[:, :, :2] = 1.0
    setting = setting_of(
        sizes,
        histories,
        parts={
            "present": present,
            "pair_weight": (weight + np.swapaxes(weight, -1, -2)) * off,
            "trust_prior": rng.random((histories, states, states)) * off,
            "salience": rng.random((8, states, issues)),
            "treated": np.broadcast_to(np.arange(issues) % 3 < 2, (8, issues)) * 1.0,
            "ability": (lambda a: a / a.sum(-1, keepdims=True))(rng.random((1, 8, states))),
            "design": {
                "count": rng.integers(1, 9, (histories, issues)) * 1.0,
                "steering": (rng.random((histories, states)) < 0.5) * 1.0,
                "secretariat": (rng.random(histories) < 0.5) * 1.0,
            },
            "calendar": {
                "planned": rng.random((histories, 8, 2)) < 0.7,
                "days": rng.random((histories, 2)) + 1.0,
                "steering": (True, False),
            },
        },
    )
    rounds = []
    for quarter in range(quarters):
        took_place = minutes()
        held = took_place.held & setting.calendar.planned[:, quarter]
        rounds.append((world(), filled(Process), replace(took_place, held=held)))
    return setting, (world(), filled(Process)), rounds


def played(setting: Setting, start: Any, rounds: Any) -> dict[str, np.ndarray]:
    memory = start_memory(*start, setting)
    rows: dict[str, list[np.ndarray]] = {}
    for quarter, records in enumerate(rounds):
        values, memory = measure_quarter(*records, setting, quarter, memory)
        for name, value in values.items():
            rows.setdefault(name, []).append(value)
    return finish_series({name: np.stack(row, axis=-1) for name, row in rows.items()})


# ------------------------------------------------------------------------------------------------ phase (i)


def test_trust_three_ways_weighs_the_same_beliefs_differently() -> None:
    weight = np.broadcast_to(pairs((0, 1, 1), (1, 0, 1)), (8, 3, 3))
    case = Case(pair_weight=weight)
    kept, broken = pairs((0, 1, 2), (1, 0, 2)), pairs((0, 2, 2), (2, 0, 2))
    values = case.play(world={"kept": kept, "broken": broken}, candid=pairs((0, 1, 3), (2, 0, 1)))
    good, bad, prior = (2 + 0.8) / 4, 0.8 / 4, 0.4  # (kept + 2 * .4)/(kept + broken + 2)
    assert values["trust_all"] == pytest.approx((2 * good + 2 * bad + 2 * prior) / 6)
    assert values["trust_met"] == pytest.approx((3 * good + 1 * bad) / 4)
    assert values["trust_across"] == pytest.approx(good)
    assert values["trust_evidence"] == pytest.approx(4 * 0.5 / 6)
    assert values["trust_met_evidence"] == pytest.approx(0.5)
    assert values["trust_across_evidence"] == pytest.approx(0.5)


def test_pairs_that_last_met_a_year_ago_no_longer_weigh() -> None:
    case = Case()
    case.play(candid=pairs((0, 1, 1)))
    for _ in range(3):
        assert case.play()["trust_met"] == pytest.approx(0.4)
    values = case.play()
    assert np.isnan(values["trust_met"])
    assert np.isnan(values["trust_met_evidence"])
    assert values["trust_all"] == pytest.approx(0.4)


def test_calibration_is_one_where_trust_is_as_discretion_deserves() -> None:
    assert Case().play(world={"discretion": 0.4})["trust_calibration"] == pytest.approx(1.0)
    values = Case().play(world={"discretion": [0.4, 0.4, 0.9]})  # two of six pairs are off by .5
    assert values["trust_calibration"] == pytest.approx(1 - 2 * 0.5 / 6)
    kept = [[0, 0, 10], [0, 0, 10], [0, 0, 0]]  # both others believe .9 of the third: (10 + .8) / (10 + 2)
    values = Case().play(world={"discretion": [0.4, 0.4, 0.9], "kept": kept})
    assert values["trust_calibration"] == pytest.approx(1.0)


def test_candour_and_leaks_of_this_quarter_and_of_the_year() -> None:
    case = Case()
    leak = pairs((0, 1, 1))
    first = case.play(hours=pairs((0, 1, 8), (1, 0, 2)), candid=pairs((0, 1, 4), (1, 0, 1)), source=leak)
    assert (first["candour"], first["candour_year"], first["leaks"]) == (0.5, 0.5, 1)
    assert first["leaks_per_100h"] == pytest.approx(100 / 5)
    second = case.play(hours=pairs((0, 1, 10)), candid=pairs((0, 1, 0)), source=leak + pairs((2, 0, 1)))
    assert (second["candour"], second["candour_year"], second["leaks"]) == (0, 0.25, 2)
    assert second["leaks_per_100h"] == pytest.approx(300 / 5)
    third = case.play()
    assert np.isnan(third["candour"])
    assert third["candour_year"] == 0.25


def test_a_leak_counts_only_between_members() -> None:
    present = np.ones((1, 8, 3))
    present[:, :, 2] = 0
    case = Case(present=present)
    assert case.play(source=pairs((0, 2, 1), (2, 1, 1), (1, 0, 1)))["leaks"] == 1


def test_understanding_and_common_language_look_at_treated_issues_only() -> None:
    treated = np.broadcast_to([1.0, 0.0], (8, 2))
    usage = np.full((3, 2, 3), 1 / 3)
    usage[:, 0] = [0, 0, 1]
    values = Case(treated=treated).play(world={"understanding": [0.6, 0.1], "usage": usage})
    assert values["understanding"] == pytest.approx(0.6)
    assert values["common_language"] == pytest.approx(1.0)
    values = Case(treated=treated[:, ::-1]).play(world={"understanding": [0.6, 0.1], "usage": usage})
    assert values["understanding"] == pytest.approx(0.1)
    assert values["common_language"] == pytest.approx(0.0)


def test_common_language_is_that_of_the_theory() -> None:
    setting, start, rounds = random_records(4, 7, 5, seed=5)
    memory = start_memory(*start, setting)
    values, memory = measure_quarter(*rounds[0], setting, 0, memory)
    chance = common_language(rounds[0][0].usage, memory.founding)
    index = common_language_index(chance) @ setting.treated[0] / setting.treated[0].sum()
    np.testing.assert_allclose(values["common_language"], index, atol=1e-12)


# ----------------------------------------------------------------------------------------------- phase (ii)


def position(line: Any) -> np.ndarray:
    """Return positions of three ministries that agree on a line (N, K)."""
    return np.repeat(np.asarray(line, dtype=float)[:, None, :], 3, axis=1)


def test_dispersion_and_its_placebo_part_issues_by_whether_they_ever_had_hours() -> None:
    start = [[-1, -1], [0, 0], [1, 1]]
    now = [[-0.5, -0.8], [0, 0], [0.5, 0.8]]
    case = Case(start={"position": position(start), "stated": start})
    before = case.play(world={"position": position(now), "stated": start})
    assert np.isnan(before["dispersion"])
    assert before["dispersion_placebo"] == pytest.approx((0.5 + 0.8) / 2)
    for agenda in ([2, 0], [0, 0]):  # once on the agenda, an issue is no placebo again
        values = case.play(world={"position": position(now), "stated": start}, agenda=agenda)
        assert values["dispersion"] == pytest.approx(0.5)
        assert values["dispersion_stated"] == pytest.approx(1.0)
        assert values["dispersion_placebo"] == pytest.approx(0.8)
    values = case.play(world={"position": position(now), "stated": start}, agenda=[0, 1])
    assert values["dispersion"] == pytest.approx((0.5 + 0.8) / 2)
    assert np.isnan(values["dispersion_placebo"])


def test_issues_weigh_by_the_salience_they_had_at_the_start() -> None:
    salience = np.zeros((8, 3, 2))
    salience[0] = [0.9, 0.3]
    salience[1:] = [0.1, 0.9]
    start = [[-1, -1], [0, 0], [1, 1]]
    case = Case(start={"position": position(start)}, salience=salience)
    now = [[-0.5, -1], [0, 0], [0.5, 1]]
    for _ in range(2):
        values = case.play(world={"position": position(now)}, agenda=[1, 1], salience=0.2)
        assert values["dispersion"] == pytest.approx((0.9 * 0.5 + 0.3 * 1) / 1.2)


def test_gap_across_follows_the_pairs_that_migration_parts() -> None:
    weight = np.broadcast_to(pairs((0, 2, 0.5), (2, 0, 0.5), (0, 1, 0.25), (1, 0, 0.25)), (8, 3, 3))
    start = [[-1.0, 0], [0, 0], [1, 0]]
    case = Case(start={"position": position(start), "stated": start}, pair_weight=weight)
    now = [[-0.5, 0], [0.5, 0], [0.5, 0]]  # distances 1 (was 2) by .5 and 1 (was 1) by .25
    values = case.play(world={"position": position(now), "stated": start})
    assert values["gap_across"] == pytest.approx((0.5 * 1 + 0.25 * 1) / (0.5 * 2 + 0.25 * 1))
    assert values["gap_stated"] == pytest.approx(1.0)


@given(states=st.integers(1, 8), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_gap_is_the_sum_over_all_pairs(states: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = rng.random((2, states, 3)), rng.random((1, states, states))
    distances = np.abs(values[:, :, None, :] - values[:, None, :, :])
    expected = np.sum(weights[..., None] * distances, axis=(1, 2))
    np.testing.assert_allclose(_gap(values, weights), expected, atol=1e-12)


def test_counts_of_agreement() -> None:
    treated = np.broadcast_to([1.0, 0.0], (8, 2))
    values = Case(treated=treated).play(
        world={"ties": pairs((0, 1, 0.6), (1, 0, 0.6))},
        process={"items_adopted": [2, 1], "defined": [1, 1], "open": [1, 0], "items_closed": [1, 1]},
        coherence=[0.2, 0.4, 0.9],
        declared=2,
    )
    assert values["items_agreed"] == 3
    assert values["definitions"] == 2
    assert values["defined_share"] == 1
    assert (values["items_open"], values["items_closed"], values["declarations"]) == (1, 2, 2)
    assert values["coherence"] == pytest.approx(0.5)
    assert values["ties"] == pytest.approx(0.2)


# ---------------------------------------------------------------------------------------------- phase (iii)


def test_delivered_keeps_counting_items_that_closed_or_were_dropped() -> None:
    case = Case(design={"count": np.array([[4.0, 1.0]])})
    none = case.play()
    assert np.isnan(none["delivered"])
    assert np.isnan(none["majority_delivered"])
    asked = [[True, True], [True, False], [False, False]]
    first = case.play(
        process={"load": [0.5, 1]}, counted=asked, delivered=[[0.2, 0.6], [0.4, 0], [0.9, 0.9]], adopted=True
    )
    assert first["delivered"] == pytest.approx((0.2 + 0.6 + 0.4) / 3)
    assert first["load_adopted"] == pytest.approx(1.5)
    assert first["load_delivered"] == pytest.approx(0.5 * 0.3 + 1 * 0.6)
    # by recommendations: state 0 (4 * .2 + .6)/5, state 1 .4; nothing is asked of state 2
    assert first["majority_delivered"] == pytest.approx((1.4 / 5 + 0.4) / 2)
    closing = case.play(
        process={"load": [0.5, 1]},
        counted=asked,
        delivered=[[0.9, 0.6], [0.9, 0], [0, 0]],
        closed=[True, False],
    )
    after = case.play(
        process={"load": [0.5, 1]}, counted=[[False, True], [False, False], [False, False]], delivered=0.6
    )
    for values in (closing, after):
        assert values["delivered"] == pytest.approx((0.9 + 0.9 + 0.6) / 3)
        assert values["load_delivered"] == pytest.approx(0.5 * 0.9 + 0.6)
        assert values["majority_delivered"] == pytest.approx(((4 * 0.9 + 0.6) / 5 + 0.9) / 2)
    dropped = case.play(process={"load": [0.5, 1]}, counted=asked, delivered=0.5, dropped=[False, True])
    assert dropped["delivered"] == pytest.approx((0.9 + 0.9 + 0.5 + 0.5 + 0.5) / 5)


def test_the_median_state_of_an_odd_number() -> None:
    values = Case(issues=1).play(counted=True, delivered=[[0.1], [0.8], [0.3]])
    assert values["majority_delivered"] == pytest.approx(0.3)


def test_harmonisation_and_law_change() -> None:
    case = Case(start={"law": [[-1, 0], [0, 0], [1, 0]]})
    values = case.play(world={"law": [[-0.25, 0], [0, 0], [0.25, 0]]})
    assert values["harmonisation"] == pytest.approx(0.75)
    assert values["law_change"] == pytest.approx((0.75 + 0 + 0.75) / 6)
    assert case.play(world={"law": [[-2, 0], [0, 0], [2, 0]]})["harmonisation"] == pytest.approx(-1.0)
    assert np.isnan(Case().play()["harmonisation"])  # all alike from the start


def test_deals_are_counted_by_years_of_pairs_of_members() -> None:
    present = np.ones((1, 8, 3))
    present[:, 1:, 2] = 0
    case = Case(present=present)
    struck = pairs((0, 1, 1), (1, 0, 1))
    first = case.play(deals=struck, joint=struck + pairs((0, 2, 1), (2, 0, 1)), crisis=[1, 1, 0])
    assert (first["deals"], first["joint_acts"]) == (1, 2)
    assert first["deals_per_100_pair_years"] == pytest.approx(100 / (3 / 4))
    assert first["joint_share"] == 1
    second = case.play(joint=struck, crisis=[1, 0, 1])
    assert second["deals_per_100_pair_years"] == pytest.approx(100 / (4 / 4))
    assert second["joint_share"] == 0.5
    assert np.isnan(case.play()["joint_share"])


# --------------------------------------------------------------------------------------------- life


def test_participation_is_over_the_meetings_a_state_was_invited_to() -> None:
    case = Case(
        slots=2,
        calendar={"steering": (True, False)},
        design={"steering": np.array([[1.0, 0.0, 0.0]])},
    )
    assert np.isnan(case.play()["participation"])
    few = case.play(participation=[0.9, 0, 0], held=[True, False])
    assert few["participation"] == pytest.approx(0.3)
    assert few["pro_forma"] == 0  # only the steering group was asked
    both = case.play(participation=[0.5, 0.6, 0.1], held=[False, True])
    assert both["participation"] == pytest.approx((0.7 + 0.6 + 0.1) / 3)
    assert both["pro_forma"] == pytest.approx(1 / 3)
    assert case.play()["participation"] == pytest.approx(both["participation"])
    assert (both["meetings"], both["cancelled"]) == (1, 1)


def test_who_left_counts_as_nothing_and_who_came_later_not_at_all() -> None:
    present = np.ones((1, 8, 3))
    present[:, 0, 2] = 0  # comes in quarter 1
    present[:, 1:, 0] = 0  # leaves in quarter 1
    case = Case(present=present)
    case.play(process={"commitment": 0.5}, participation=[0.8, 0.8, 0], held=True)
    trusts = pairs((0, 1, 2), (1, 0, 2))
    values = case.play(
        world={"kept": trusts, "backing": [0.2, 0.4, 0.9]},
        process={"commitment": [0.5, 0.7, 0.9]},
        participation=[0, 0.8, 0.4],
        held=True,
    )
    assert values["commitment"] == pytest.approx(0.35)
    assert values["commitment_participants"] == pytest.approx(0.8)
    assert values["participation"] == pytest.approx(0.4)
    assert values["participation_participants"] == pytest.approx((0.8 + 0.4) / 2)
    assert values["trust_all"] == pytest.approx(0.7)
    assert values["trust_all_participants"] == pytest.approx(0.4)
    assert values["backing"] == pytest.approx(0.3)


def test_the_founding_list_is_that_of_the_first_quarter_with_two_members() -> None:
    present = np.zeros((1, 8, 3))
    present[:, :, 0] = 1  # a host, alone in quarters 0 and 1
    present[:, 2:, 1] = 1
    present[:, 3:, 2] = 1
    values = Case(present=present).play(
        world={"backing": [0.2, 0.4, 0.9], "kept": pairs((0, 1, 2), (1, 2, 9))}
    )
    assert values["backing"] == pytest.approx(0.3)
    assert values["trust_all"] == pytest.approx((0.7 + 0.4) / 2)


def test_ownership_counts_money_up_to_ability_and_days_in_full() -> None:
    case = Case(ability=np.broadcast_to([0.5, 0.3, 0.2], (1, 8, 3)))
    assert np.isnan(case.play()["ownership"])
    values = case.play(money_members=[4, 3, 0], money_sponsor=3, kind=[2, 2, 1])
    assert values["ownership"] == pytest.approx((4 + 3 + 5) / (10 + 5))
    assert values["money_members_share"] == pytest.approx(0.7)
    lone = case.play(money_members=[10, 0, 0])  # 14 of 20, of which half counts
    assert lone["ownership"] == pytest.approx((10 + 3 + 5) / 25)
    for _ in range(3):
        last = case.play()
    assert last["money_members_share"] == 1
    assert last["ownership"] == pytest.approx(0.5)
    assert np.isnan(case.play()["ownership"])


def test_treasury_in_years_of_what_the_calendar_and_the_secretariat_cost() -> None:
    values = Case().play(process={"treasury": 17}, annual_cost=34)
    assert values["treasury_years"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("status", "expected"), [(1, (1, 0, 0)), (2, (0, 1, 0)), (3, (0, 0, 1)), (7, (0, 0, 1))]
)
def test_condition(status: int, expected: tuple[int, ...]) -> None:
    values = Case().play(process={"status": status})
    assert (values["alive"], values["dormant"], values["ended"]) == expected
    assert values["status"] == status


# ------------------------------------------------------------------------------------------------- stages


def series_of(quarters: int, **rows: Any) -> dict[str, np.ndarray]:
    series = {name: np.zeros((1, quarters)) for name in STAGE_SERIES}
    series["delivered"] = np.full((1, quarters), np.nan)
    series["meetings"] = np.ones((1, quarters))
    return series | {name: np.array([row], dtype=float) for name, row in rows.items()}


def test_stage_is_0_before_the_first_meeting_whatever_else_holds() -> None:
    met = [0, 0, 1, 0, 0, 0, 0]
    read = stages(series_of(7, meetings=met, common_language=[0.9] * 7))
    assert read.tolist() == [[0, 0, 2, 2, 2, 2, 2]]


def test_a_stage_must_hold_four_quarters_to_be_reached_and_be_missed_for_four_to_be_lost() -> None:
    spoken = [0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    read = stages(series_of(17, common_language=spoken))
    assert read.tolist() == [[1] * 5 + [2] * 8 + [1] * 4]


def test_stages_may_be_skipped() -> None:
    assert stages(series_of(5, delivered=[np.nan, 0.6, 0.6, 0.6, 0.6])).tolist() == [[1, 4, 4, 4, 4]]
    assert stages(series_of(4, items_open=[1] * 4, items_closed=[1] * 4)).tolist() == [[3] * 4]
    assert stages(series_of(4, defined_share=[0.6] * 4)).tolist() == [[2] * 4]
    assert stages(series_of(4, delivered=[0.6] * 4)).tolist() == [[4] * 4]


def test_a_higher_stage_counts_as_the_lower_ones_while_it_lasts() -> None:
    mixed = series_of(4, items_open=[2, 0, 2, 0], delivered=[0, 0.9, 0, 0.9])
    assert stages(mixed).tolist() == [[3] * 4]


def test_thresholds_are_met_strictly_and_scale_together() -> None:
    exact = series_of(4, common_language=[0.5] * 4, items_open=[1] * 4)
    assert stages(exact).tolist() == [[1] * 4]
    assert stages(exact, scale=0.7).tolist() == [[2] * 4]
    assert stages(exact, scale=0.5).tolist() == [[3] * 4]
    high = series_of(4, delivered=[0.6] * 4)
    assert stages(high).tolist() == [[4] * 4]
    assert stages(high, scale=1.3).tolist() == [[1] * 4]


# ----------------------------------------------------------------------------- what must hold for any records


@given(states=st.integers(2, 7), issues=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_every_measure_keeps_its_bounds(states: int, issues: int, seed: int) -> None:
    for name, values in played(*random_records(3, states, issues, seed)).items():
        assert values.shape == (3, 6), name
        known = values[~np.isnan(values)]
        assert np.all(known >= MEASURES[name].low - 1e-12), name
        assert np.all(known <= MEASURES[name].high + 1e-12), name


@pytest.mark.parametrize(("states", "issues"), [(2, 1), (5, 4), (11, 9), (12, 9)])
def test_one_history_alone_equals_the_same_in_a_batch_to_the_bit(states: int, issues: int) -> None:
    setting, start, rounds = random_records(17, states, issues, seed=7)
    batch = played(setting, start, rounds)
    for history in (0, 8, 16):
        alone = played(*picked((setting, start, rounds), history))
        for name, values in batch.items():
            np.testing.assert_array_equal(values[history : history + 1], alone[name], err_msg=name)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_the_order_of_states_does_not_matter(seed: int) -> None:
    case = random_records(2, 6, 4, seed)
    order = np.random.default_rng(seed).permutation(6)
    turned = played(*reordered(case, order))
    for name, values in played(*case).items():
        np.testing.assert_allclose(turned[name], values, atol=1e-12, err_msg=name)


def picked(case: Any, history: int) -> Any:
    """Return the same records with one history of a batch of 17."""

    def cut(value: Any) -> Any:
        whole = isinstance(value, np.ndarray) and value.ndim > 0 and value.shape[0] == 17
        return value[history : history + 1].copy() if whole else value

    return mapped(case, cut)


def reordered(case: Any, order: np.ndarray) -> Any:
    """Return the same records with six states in another order."""

    def turn(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            for axis, length in enumerate(value.shape):
                if length == 6:
                    value = np.take(value, order, axis=axis)
        return value

    return mapped(case, turn)


def mapped(value: Any, change: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(mapped(item, change) for item in value)
    if isinstance(value, Parameters):
        return Parameters({name: change(item) for name, item in value.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{item.name: mapped(getattr(value, item.name), change) for item in fields(value)}
        )
    return change(value)


def test_a_twin_is_weighed_by_the_pairs_and_issues_of_its_run() -> None:
    run, twin = Case(), Case()
    run.play(candid=pairs((0, 1, 1)), agenda=[1, 0])
    world = twin.of(World, kept=pairs((0, 1, 2), (1, 0, 2)))
    records = (world, twin.of(Process), twin.of(Minutes))
    alone, _ = measure_quarter(*records, twin.setting, 0, twin.memory)
    beside, after = measure_quarter(*records, twin.setting, 0, twin.memory, run.memory)
    assert np.isnan(alone["trust_met"][0])
    assert beside["trust_met"][0] == pytest.approx(0.7)
    assert np.isnan(beside["candour_year"][0])
    assert not after.had_hours.any()


# ------------------------------------------------------------------------------------------- what is declared


def test_every_measure_is_declared_and_every_declared_one_measured() -> None:
    assert list(played(*random_records(1, 3, 2, seed=1))) == list(MEASURES)
    assert set(STAGE_SERIES) < set(MEASURES)
    assert len(STAGES) == 5


@pytest.mark.parametrize("measure", MEASURES.values(), ids=str)
def test_declarations_are_whole(measure: Any) -> None:
    assert measure.phase in PHASES
    assert measure.low < measure.high
    assert measure.unit
    assert measure.meaning.endswith(".")


def test_the_page_has_one_row_for_each_measure() -> None:
    page = (Path(__file__).parents[1] / "docs" / "measures.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip().strip("`") for line in page.splitlines() if line.startswith("| `")]
    assert rows == list(MEASURES)
