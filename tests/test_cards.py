"""Cards are read whole, or refused with everything that is wrong with them."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from scipy import stats

from rcpsim import cards
from rcpsim.cards import (
    UNITS,
    Card,
    all_cards,
    default_parameters,
    draw_value,
    fault_of_value,
    quantile_of,
    read_cards,
)
from rcpsim.errors import ScenarioError

REST = 'symbol = "x"\nmeaning = "what it is"\nsource = "ours"\nstatus = "judged"\n'


def card_text(name: str, more: str, unit: str = "1") -> str:
    return f'[{name}]\n{REST}unit = "{unit}"\n{more}\n'


def read_one(folder: Path, more: str, unit: str = "1", name: str = "bend") -> Card:
    (folder / "a.toml").write_text(card_text(name, more, unit), encoding="utf-8")
    return read_cards(folder)[name]


def faults_of(folder: Path, text: str) -> list[str]:
    (folder / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_cards(folder)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("prior", "default", "quartile", "support", "allowed"),
    [
        ('{dist = "uniform", low = 2, high = 6}', 4.0, 3.0, (2.0, 6.0), (0.0, 10.0)),
        ('{dist = "uniform", low = -0.1, high = 0.3}', 0.1, 0.0, (-0.1, 0.3), (-0.5, 0.7)),
        ('{dist = "loguniform", low = 1, high = 16}', 4.0, 2.0, (1.0, 16.0), (0.1, 160.0)),
        ('{dist = "fixed", value = 3}', 3.0, 3.0, (3.0, 3.0), (0.0, 6.0)),
        ('{dist = "beta", a = 1, b = 1}', 0.5, 0.25, (0.0, 1.0), (0.0, 1.0)),
    ],
)
def test_each_prior_has_its_middle_its_quantiles_and_its_bounds(
    tmp_path: Path,
    prior: str,
    default: float,
    quartile: float,
    support: tuple[float, float],
    allowed: tuple[float, float],
) -> None:
    card = read_one(tmp_path, f"prior = {prior}")
    assert card.default == pytest.approx(default)
    assert draw_value(card, 0.25) == pytest.approx(quartile)
    assert (card.prior.low, card.prior.high) == support
    assert card.allowed == pytest.approx(allowed)
    u = np.linspace(2.0**-53, 1 - 2.0**-53, 300).reshape(3, 100)
    values = draw_value(card, u)
    assert values.shape == (3, 100)
    assert (np.diff(values.ravel()) >= 0).all()
    if support[0] < support[1]:
        assert [quantile_of(card, one) for one in values[1, ::10]] == pytest.approx(u[1, ::10].tolist())
        assert (quantile_of(card, support[0] - 1), quantile_of(card, support[1] + 1)) == (0, 1)
    assert values.min() >= support[0]
    assert values.max() <= support[1]


def test_draws_from_a_beta_prior_follow_it(tmp_path: Path) -> None:
    card = read_one(tmp_path, 'prior = {dist = "beta", a = 8, b = 2}', unit="share")
    assert card.default == pytest.approx(0.8)
    u = (np.arange(500) + 0.5) / 500
    assert stats.kstest(draw_value(card, u), stats.beta(8, 2).cdf).statistic < 0.002


def test_a_default_alone_is_a_fixed_prior(tmp_path: Path) -> None:
    card = read_one(tmp_path, "default = 0.25", unit="share")
    assert (card.prior.dist, card.prior.low, card.prior.high, card.default) == ("fixed", 0.25, 0.25, 0.25)
    assert card.allowed == (0.0, 0.5)
    assert draw_value(card, 0.9) == 0.25


def test_bounds_of_a_share_stay_within_0_and_1(tmp_path: Path) -> None:
    assert read_one(tmp_path, 'prior = {dist = "uniform", low = 0.4, high = 0.9}', "share").allowed == (
        0.0,
        1.0,
    )


def test_what_is_given_wins_over_what_is_derived(tmp_path: Path) -> None:
    card = read_one(tmp_path, 'default = 3\nprior = {dist = "uniform", low = 2, high = 6}\nallowed = [1, 50]')
    assert (card.default, card.allowed, card.file) == (3.0, (1.0, 50.0), f"{tmp_path.name}/a.toml")


def test_cards_of_all_files_come_sorted_and_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        card_text("zeal", "default = 1") + card_text("bend", "default = 2"), "utf-8"
    )
    (tmp_path / "b.toml").write_text(card_text("cost", "default = 3"), "utf-8")
    (tmp_path / "c.txt").write_text("no card", "utf-8")
    read = read_cards(tmp_path)
    assert list(read) == ["bend", "cost", "zeal"]
    with pytest.raises(TypeError):
        cast("dict[str, Card]", read)["bend"] = read["cost"]


def test_a_name_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(card_text("bend", "default = 3"), "utf-8")
    (fault,) = faults_of(tmp_path, card_text("bend", "default = 2"))
    assert (
        fault
        == f"{tmp_path.name}/b.toml: bend already stands in {tmp_path.name}/a.toml; each name has one card"
    )


@pytest.mark.parametrize("unit", ["per year", "per month", "minutes", "month", "%", "Quarter"])
def test_other_units_are_refused(tmp_path: Path, unit: str) -> None:
    (fault,) = faults_of(tmp_path, card_text("bend", "default = 2", unit))
    assert f'bend.unit is "{unit}"' in fault
    assert "per quarter" in fault


@pytest.mark.parametrize("unit", UNITS)
def test_every_listed_unit_is_taken(tmp_path: Path, unit: str) -> None:
    assert read_one(tmp_path, "default = 1", unit).unit == unit


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("ties_half_life", "quarter", "year"), ("leak_hazard", "per quarter", "per hour")],
)
def test_half_lives_and_hazards_have_one_unit_each(tmp_path: Path, name: str, right: str, wrong: str) -> None:
    assert read_one(tmp_path, "default = 1", right, name).unit == right
    (fault,) = faults_of(tmp_path, card_text(name, "default = 1", wrong))
    assert f"{name}.unit" in fault
    assert right in fault


def test_the_other_side_of_a_dial_starts_at_zero(tmp_path: Path) -> None:
    text = card_text("bend", 'prior = {dist = "uniform", low = LOW, high = 1}').replace(
        "judged", "other-side"
    )
    (fault,) = faults_of(tmp_path, text.replace("LOW", "0.1"))
    assert "starts at 0.1" in fault
    (tmp_path / "a.toml").write_text(text.replace("LOW", "0"), "utf-8")
    assert read_cards(tmp_path)["bend"].status == "other-side"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "prior is missing, and so is default"),
        ("default = true", "default is true"),
        ("default = nan", "default is nan"),
        ("default = 1\nprior = 3", "prior is 3"),
        ("prior = {low = 0, high = 1}", "prior.dist is missing"),
        ('prior = {dist = "unifrom", low = 0, high = 1}', "did you mean uniform or loguniform?"),
        ('prior = {dist = "uniform", low = 0}', "prior.high is missing"),
        ('prior = {dist = "uniform", low = 0, high = 1, mode = 1}', "prior.mode is not a field"),
        ('prior = {dist = "uniform", low = 1, high = 1}', "low must be below high"),
        ('prior = {dist = "loguniform", low = 0, high = 1}', "above 0"),
        ('prior = {dist = "beta", a = 0, b = 1}', "both must be above 0"),
        ("default = 1\nallowed = [2, 1]", "allowed is [2, 1]"),
        ("default = 1\nallowed = [0]", "allowed is [0]"),
        ("default = 1\nallowed = [2, 3]", "default is 1"),
        (
            'default = 1\nprior = {dist = "uniform", low = 0, high = 4}\nallowed = [0, 3]',
            "prior runs from 0 to 4",
        ),
        ("default = 1\ndefalt = 2", "did you mean default?"),
    ],
)
def test_an_unfit_field_is_told(tmp_path: Path, more: str, told: str) -> None:
    assert told in "\n".join(faults_of(tmp_path, card_text("bend", more)))


def test_a_share_above_1_is_refused(tmp_path: Path) -> None:
    assert "a share lies between 0 and 1" in "\n".join(
        faults_of(tmp_path, card_text("bend", "default = 1\nallowed = [0, 2]", "share"))
    )
    assert "a share lies between 0 and 1" in "\n".join(
        faults_of(tmp_path, card_text("bend", "default = 1.5", "share"))
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("[broken\n", "utf-8")
    told = faults_of(
        tmp_path,
        '"no-name" = 3\n'
        + card_text("bend", 'prior = {dist = "uniform", low = 0, high = "x"}', "%").replace("ours", ""),
    )
    assert len(told) == 6
    for part in (
        "no-name is no name",
        "no-name is 3",
        "bend.source",
        "bend.unit",
        "bend.prior.high",
        "cannot be read",
    ):
        assert any(part in fault for fault in told), part


@pytest.mark.parametrize(
    ("value", "fits"), [(0.0, True), (10, True), (10.1, False), (True, False), ("1", False)]
)
def test_a_value_is_held_to_the_bounds(tmp_path: Path, value: object, fits: bool) -> None:
    card = read_one(tmp_path, 'prior = {dist = "uniform", low = 2, high = 6}')
    assert (fault_of_value(card, value, "a.toml", "parameters.x") is None) == fits


def test_the_cards_of_the_package_are_those_beside_the_theory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "trust.toml").write_text(
        card_text("zeal", "default = 1") + card_text("bend", "default = 2")
    )
    monkeypatch.setattr(cards, "files", lambda package: {"rcpsim": tmp_path}[package])
    all_cards.cache_clear()
    try:
        assert default_parameters() == {"bend": 2.0, "zeal": 1.0}
        assert list(default_parameters()) == ["bend", "zeal"]
        assert all_cards() is all_cards()
        assert all_cards()["zeal"].file == "theory/trust.toml"
    finally:
        all_cards.cache_clear()
