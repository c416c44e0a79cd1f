"""The tables are what LICENSES.md says they are."""

from importlib.resources import files

import numpy as np
import pytest

from rcpsim.data import STATE_YEARS, STOCK_YEARS, issues, state_table, stock_table

NINE = (
    "trafficking",
    "border-control",
    "return",
    "rights",
    "labour",
    "development",
    "asylum",
    "integration",
    "data",
)


def row(code: str) -> int:
    return state_table().codes.index(code)


def test_there_are_178_states_in_order_of_their_codes():
    codes = state_table().codes
    assert len(codes) == 178
    assert list(codes) == sorted(set(codes))


def test_only_norfolk_island_has_no_population():
    table = state_table()
    unknown = np.isnan(table.population)
    assert [code for code, gap in zip(table.codes, unknown.any(axis=0), strict=True) if gap] == ["NFK"]
    assert unknown[:, row("NFK")].all()


def test_serbia_and_montenegro_together_are_the_two_without_what_lies_between_them():
    table = state_table()
    both = table.population[:, row("SRB")] + table.population[:, row("MNE")]
    np.testing.assert_allclose(table.population[:, row("SCG")], both, rtol=0.01)
    assert (
        table.emigrants[2, row("SCG")] < table.emigrants[2, row("SRB")] + table.emigrants[2, row("MNE")] - 80
    )


@pytest.mark.parametrize(
    ("code", "column", "year", "thousands"),
    [("USA", "immigrants", 2010, 44200), ("MEX", "emigrants", 2010, 12400), ("PHL", "emigrants", 2000, 3060)],
)
def test_known_totals(code, column, year, thousands):
    assert getattr(state_table(), column)[STATE_YEARS.index(year), row(code)] == pytest.approx(
        thousands, rel=0.01
    )


def test_borders_go_both_ways_and_nobody_borders_itself():
    borders = state_table().borders
    assert (borders == borders.T).all()
    assert not borders.diagonal().any()
    assert borders[row("MEX"), row("USA")]
    assert borders[row("SCG"), row("HUN")]
    assert not borders[row("JPN")].any()


def test_no_state_has_more_people_abroad_within_the_table_than_in_the_world():
    totals, stocks = state_table(), stock_table().stock
    outside_union = np.isin(np.array(totals.codes), ["SRB", "MNE", "SCG"], invert=True)
    years = [STATE_YEARS.index(year) for year in STOCK_YEARS]
    inside = stocks[:, :, outside_union].sum(axis=2)
    assert (inside <= np.nan_to_num(totals.emigrants[years]) * 1.02 + 0.5).all()


def test_split_pairs_are_those_of_one_former_federation():
    table, split = state_table(), stock_table().split
    assert split[row("RUS"), row("UKR")]
    assert split[row("HRV"), row("BIH")]
    assert not split[row("RUS"), row("POL")]
    pairs = {(table.unions[i], table.unions[j]) for i, j in zip(*np.nonzero(split), strict=True)}
    assert pairs == {("soviet", "soviet"), ("yugoslav", "yugoslav")}


def test_tables_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        state_table().population[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        stock_table().stock[0, 0, 0] = 1.0


def test_issues_come_in_the_agreed_order_and_within_their_ranges():
    traits = issues()
    assert traits.ids == NINE
    for values in (traits.sensitivity, traits.blame, traits.salience_base):
        assert ((values >= 0) & (values <= 1)).all()
    for values in (traits.interest, traits.ministries):
        assert values.shape == (9, 3)
        assert (np.abs(values) <= 1).all()
    assert set(traits.domains) == {"control", "rights", "markets", "exchange"}


def test_trafficking_is_sensitive_but_blameless():
    traits = issues()
    assert traits.sensitivity[0] >= 0.6
    assert traits.blame[0] == traits.blame.min()


def test_return_and_labour_can_be_traded():
    traits = issues()
    returns, labour = traits.ids.index("return"), traits.ids.index("labour")
    origin, destination = 0, 2
    assert traits.interest[returns, origin] < 0 < traits.interest[returns, destination]
    assert traits.interest[labour, destination] < 0 < traits.interest[labour, origin]
    importance = traits.salience_base[:, None] + traits.salience
    assert importance[labour, origin] > importance[returns, origin]
    assert importance[returns, destination] > importance[labour, destination]


def test_every_column_has_its_source_and_the_odbl_notice_is_there():
    licences = (files("rcpsim.data") / "LICENSES.md").read_text(encoding="utf-8")
    header = next(
        line
        for line in (files("rcpsim.data") / "states.csv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    for column in header.split(","):
        assert f"`{column.rstrip('0123456789')}{'YEAR' if column[-1].isdigit() else ''}`" in licences
    assert "iom" not in header.lower()
    assert "https://opendatacommons.org/licenses/odbl/1-0/" in licences
