"""The tables that come with the package: states, the stocks of migrants between them, and the issues.

Figures are read once and kept. They are facts with gaps: an unknown figure is ``nan``, never zero and never
an average. What a gap is taken for in a simulation is decided where profiles are made, not here. Sources,
terms and derivation of every column stand in ``LICENSES.md`` beside the tables.
"""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GOVERNANCE_YEARS",
    "STATE_YEARS",
    "STOCK_YEARS",
    "Issues",
    "StateTable",
    "StockTable",
    "issues",
    "state_table",
    "stock_table",
]

STATE_YEARS = (1990, 1995, 2000, 2005, 2010)
"""Years of population, GDP and the totals of migrants."""

GOVERNANCE_YEARS = (1996, 2000, 2005, 2010)
"""Years of government effectiveness and political stability."""

STOCK_YEARS = (1990, 2000, 2010)
"""Years of the stocks between two states and of the transit figure."""


@dataclass(frozen=True, eq=False)
class StateTable:
    """What is known of the S states and areas that occur in a membership list, in order of their codes.

    Attributes
    ----------
    codes : S codes of ISO 3166-1 alpha-3 (and SCG, Serbia and Montenegro)
    names : S English short names
    regions, areas : S sub-regions and continents
    unions : S of ``"soviet"``, ``"yugoslav"`` or ``""``: the federation whose end made borders of its seams
    population : (5, S)   thousand persons, in ``STATE_YEARS``
    gdp_head : (5, S)   current US dollars per head, in ``STATE_YEARS``
    emigrants, immigrants : (5, S)   thousand persons over the whole world, in ``STATE_YEARS``
    effectiveness, political_stability : (4, S)   estimates of about -2.5..2.5, in ``GOVERNANCE_YEARS``
    transit : (3, S)   corridor figure, square roots of persons, in ``STOCK_YEARS``
    transit_documented : (S,)   1 where a document calls the state one of transit, 0 where not, nan unknown
    borders : (S, S)   whether the two have a common land border; symmetric
    notes : S remarks on figures taken from another year
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    regions: tuple[str, ...]
    areas: tuple[str, ...]
    unions: tuple[str, ...]
    population: NDArray[np.float64]
    gdp_head: NDArray[np.float64]
    emigrants: NDArray[np.float64]
    immigrants: NDArray[np.float64]
    effectiveness: NDArray[np.float64]
    political_stability: NDArray[np.float64]
    transit: NDArray[np.float64]
    transit_documented: NDArray[np.float64]
    borders: NDArray[np.bool_]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StockTable:
    """Migrants from each of the S states in each other, rows and columns in the order of the state table.

    Attributes
    ----------
    codes : S codes, the same as in the state table
    stock : (3, S, S)   thousand persons born in i who live in j, in ``STOCK_YEARS``; 0 where under one
        thousand, unknown, or where the two never sit together in a process
    split : (S, S)   whether both lay in one federation that ended, so that part of the stock never moved
    """

    codes: tuple[str, ...]
    stock: NDArray[np.float64]
    split: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Issues:
    """The K issues and their traits: our judgement throughout.

    Attributes
    ----------
    ids, titles, domains : K names
    plus, minus : K meanings of +1 and of -1
    sensitivity, blame : (K,)   0..1, how much a candid word can hurt; whether a culprit is in the room
    interest : (K, 3)   -1..1, what a purely origin, transit, destination state wants
    salience_base : (K,)   0..1, importance to any state
    salience : (K, 3)   what full intensity of origin, transit, destination adds
    ministries : (K, 3)   -1..1, what foreign, interior and labour ministry want beyond their government
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    domains: tuple[str, ...]
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    sensitivity: NDArray[np.float64]
    blame: NDArray[np.float64]
    interest: NDArray[np.float64]
    salience_base: NDArray[np.float64]
    salience: NDArray[np.float64]
    ministries: NDArray[np.float64]


def _rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table without its comment lines."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _number(text: str) -> float:
    """Return a figure, nan for a blank."""
    return float(text) if text else float("nan")


def _fixed(values: object) -> NDArray[np.float64]:
    """Return an array nobody can change by accident."""
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _years(rows: list[dict[str, str]], column: str, years: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the figures of one column group, (years, S)."""
    return _fixed([[_number(row[f"{column}_{year}"]) for row in rows] for year in years])


@cache
def state_table() -> StateTable:
    """Return the table of states, read once.

    Examples
    --------
    >>> table = state_table()
    >>> mexico = table.codes.index("MEX")
    >>> table.names[mexico], float(table.population[2, mexico])
    ('Mexico', 98900.0)
    """
    rows = _rows("states.csv")
    codes = tuple(row["code"] for row in rows)
    named = np.array(
        [[other in row["borders"].split("|") for other in codes] for row in rows], dtype=np.bool_
    )
    borders = named | named.T
    borders.setflags(write=False)
    return StateTable(
        codes=codes,
        names=tuple(row["name"] for row in rows),
        regions=tuple(row["region"] for row in rows),
        areas=tuple(row["area"] for row in rows),
        unions=tuple(row["union"] for row in rows),
        population=_years(rows, "population", STATE_YEARS),
        gdp_head=_years(rows, "gdp_head", STATE_YEARS),
        emigrants=_years(rows, "emigrants", STATE_YEARS),
        immigrants=_years(rows, "immigrants", STATE_YEARS),
        effectiveness=_years(rows, "effectiveness", GOVERNANCE_YEARS),
        political_stability=_years(rows, "political", GOVERNANCE_YEARS),
        transit=_years(rows, "transit", STOCK_YEARS),
        transit_documented=_fixed([_number(row["transit_documented"]) for row in rows]),
        borders=borders,
        notes=tuple(row["note"] for row in rows),
    )


@cache
def stock_table() -> StockTable:
    """Return the stocks of migrants between states, read once.

    Examples
    --------
    >>> table = stock_table()
    >>> mexico, usa = table.codes.index("MEX"), table.codes.index("USA")
    >>> float(table.stock[2, mexico, usa])
    12200.0
    """
    codes = state_table().codes
    place = {code: row for row, code in enumerate(codes)}
    stock = np.zeros((len(STOCK_YEARS), len(codes), len(codes)))
    split = np.zeros((len(codes), len(codes)), dtype=np.bool_)
    for row in _rows("stocks.csv"):
        i, j = place[row["origin"]], place[row["destination"]]
        stock[:, i, j] = [float(row[f"stock_{year}"] or 0.0) for year in STOCK_YEARS]
        split[i, j] = split[j, i] = row["split"] == "1"
    stock.setflags(write=False)
    split.setflags(write=False)
    return StockTable(codes=codes, stock=stock, split=split)


@cache
def issues() -> Issues:
    """Return the issues and their traits, read once.

    Examples
    --------
    >>> issues().ids[:3]
    ('trafficking', 'border-control', 'return')
    """
    entries = tomllib.loads((files(__name__) / "issues.toml").read_text(encoding="utf-8"))["issue"]
    return Issues(
        ids=tuple(entry["id"] for entry in entries),
        titles=tuple(entry["title"] for entry in entries),
        domains=tuple(entry["domain"] for entry in entries),
        plus=tuple(entry["plus"] for entry in entries),
        minus=tuple(entry["minus"] for entry in entries),
        sensitivity=_fixed([entry["sensitivity"] for entry in entries]),
        blame=_fixed([entry["blame"] for entry in entries]),
        interest=_fixed([entry["interest"] for entry in entries]),
        salience_base=_fixed([entry["salience_base"] for entry in entries]),
        salience=_fixed([entry["salience"] for entry in entries]),
        ministries=_fixed([entry["ministries"] for entry in entries]),
    )
