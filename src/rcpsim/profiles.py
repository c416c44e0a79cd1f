"""Profiles: from the tables, or from the printed synthetic block, to arrays by quarter.

A profile says who a state is in each quarter of a run. Real profiles rest on figures of a few years: roles
are ranked in each of these years, and everything runs in a straight line from the middle of one data year
to the middle of the next, constant outside. Gaps are filled by the rules of ``docs/theory/states.md`` and
every gap filled is named in ``filled``: first by the state's own nearest years, then by like states, never
by zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.axes import PREDECESSORS, SYNTHETIC_BLOCK, SYNTHETIC_STATES
from rcpsim.cards import default_parameters
from rcpsim.data import GOVERNANCE_YEARS, STATE_YEARS, STOCK_YEARS, StateTable, state_table, stock_table
from rcpsim.errors import Fault, InputError, did_you_mean, quoted
from rcpsim.theory import states

__all__ = ["Profiles", "main_role", "real_profiles", "synthetic_profiles"]

ALIKE: Final = 5
"""How many states nearest in effectiveness stand in for a GDP per head that nobody printed."""

BALANCED: Final = 0.15
"""How far origin and destination may lie apart for a state to be one of transit."""

ENOUGH: Final = 3
"""How many known states make a region's median; with fewer, the continent's is taken."""


@dataclass(frozen=True, eq=False)
class Profiles:
    """Who the N states are in each of Q quarters.

    Attributes
    ----------
    codes : N codes, the order of every state axis
    names : N names as they are shown
    origin, transit, destination : (Q, N)   roles, 0..1, each for itself
    capacity, stability : (Q, N)   administration and steadiness in office, 0..1
    gdp : (Q, N)   million current US dollars; in a synthetic world, units of the mean economy
    flow_share : (Q, N, N)   share of i's migrants, the world over, whose other country is j; diagonal 0
    contention : (Q, N, N)   how one-sided the migration between i and j is, 0..1, symmetric
    pair_weight : (Q, N, N)   how much the pair counts as one across the origin-destination line, 0..1
    bond : (N, N)   what i and j have to do with each other at the first quarter, 0..1, symmetric, diagonal 0
    filled : what was unknown and how it was filled, one clause for each gap; empty in a synthetic world
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    origin: Array
    transit: Array
    destination: Array
    capacity: Array
    stability: Array
    gdp: Array
    flow_share: Array
    contention: Array
    pair_weight: Array
    bond: Array
    filled: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _WholeTable:
    """Every state of the table in the data years of each figure, without gaps: (years, S) each."""

    origin: Array
    transit: Array
    destination: Array
    capacity: Array
    stability: Array
    gdp: Array
    migrants_out: Array
    migrants_in: Array
    filled: tuple[tuple[str, ...], ...]


def real_profiles(
    codes: Sequence[str],
    first_quarter: int,
    quarters: int,
    parameters: Mapping[str, float] | None = None,
) -> Profiles:
    """Return the profiles of real states over consecutive quarters.

    Parameters
    ----------
    codes : codes of the state table, in the order wanted
    first_quarter : absolute quarter of the first row, 4 * year + (quarter - 1)
    quarters : Q, how many
    parameters : values by name; what is missing is at its default

    Returns
    -------
    Profiles

    Raises
    ------
    InputError
        with every code that is unknown, stands twice, or is part of another one that stands beside it

    Examples
    --------
    >>> found = real_profiles(["MEX", "SLV", "USA"], first_quarter=4 * 2000, quarters=2)
    >>> found.names, found.flow_share.shape
    (('Mexico', 'El Salvador', 'United States'), (2, 3, 3))
    >>> bool(found.flow_share[0, 0, 2] > 0.9)
    True
    """
    table, stocks, value = state_table(), stock_table(), _values(parameters)
    _refuse_unfit(codes, table)
    rows = np.array([table.codes.index(code) for code in codes], dtype=np.intp)
    whole = _whole_table(float(value["documented_transit"]))
    when = (first_quarter + np.arange(quarters, dtype=np.float64) + 0.5) / 4.0

    def over(years: tuple[int, ...], figures: Array) -> Array:
        return _between_years(when, years, figures[:, rows])

    stock = stocks.stock[:, rows[:, None], rows]
    same_years = [STATE_YEARS.index(year) for year in STOCK_YEARS]
    share = _between_years(
        when,
        STOCK_YEARS,
        states.flow_share(
            stock, whole.migrants_out[same_years][:, rows], whole.migrants_in[same_years][:, rows]
        ),
    )
    one_sided = states.contention(_between_years(when, STOCK_YEARS, stock))
    regions = np.array(table.regions)[rows]
    return Profiles(
        codes=tuple(codes),
        names=tuple(table.names[row] for row in rows),
        origin=over(STATE_YEARS, whole.origin),
        transit=over(STOCK_YEARS, whole.transit),
        destination=over(STATE_YEARS, whole.destination),
        capacity=over(GOVERNANCE_YEARS, whole.capacity),
        stability=over(GOVERNANCE_YEARS, whole.stability),
        gdp=over(STATE_YEARS, whole.gdp),
        flow_share=share,
        contention=one_sided,
        pair_weight=states.origin_destination_weight(
            one_sided, stocks.split[rows[:, None], rows].astype(np.float64), value["split_weight"]
        ),
        bond=states.bond(
            share[0],
            table.borders[rows[:, None], rows].astype(np.float64),
            (regions[:, None] == regions[None, :]).astype(np.float64),
            value["border_bond"],
            value["region_bond"],
        ),
        filled=tuple(remark for row in rows for remark in whole.filled[row]),
    )


def synthetic_profiles(
    count: int,
    quarters: int,
    polarisation: float = 1.0,
    parameters: Mapping[str, float] | None = None,
    without: Sequence[str] = (),
) -> Profiles:
    """Return the profiles of the first states of the synthetic list.

    The list is made of blocks of five alike: two states of origin, one of transit, two of destination.
    Migrants are those of the whole list, whatever part of it is in the process, so that a state is the same
    in a small world and in a large one and only its coverage differs.

    Parameters
    ----------
    count : N, how many states of the list; a multiple of five up to its length
    quarters : Q; profiles are the same in each
    polarisation : spread of the roles about their mean, 0 all alike, 1 as printed, at most 2
    parameters : values by name; what is missing is at its default
    without : codes among them that get no row; their migrants count as those of any state outside

    Returns
    -------
    Profiles

    Raises
    ------
    InputError
        when `count` or `polarisation` is out of range

    Examples
    --------
    >>> small, large = synthetic_profiles(10, 1), synthetic_profiles(40, 1)
    >>> bool(np.all(small.flow_share == large.flow_share[:, :10, :10]))
    True
    """
    _refuse_odd_world(count, polarisation)
    value = _values(parameters)
    blocks = len(SYNTHETIC_STATES) // SYNTHETIC_BLOCK

    def everywhere(printed: tuple[float, ...], spread: Array | None = None) -> Array:
        block = np.array(printed)
        return np.tile(block if spread is None else states.spread_about_mean(block, spread), blocks)

    def each_quarter(figures: Array) -> Array:
        return np.ascontiguousarray(np.broadcast_to(figures, (quarters, *figures.shape)))

    spread = np.array(polarisation)
    origin = everywhere(states.SYNTHETIC_ORIGIN, spread)
    transit = everywhere(states.SYNTHETIC_TRANSIT, spread)
    destination = everywhere(states.SYNTHETIC_DESTINATION, spread)
    block_number = np.repeat(np.arange(blocks, dtype=np.float64), SYNTHETIC_BLOCK)
    bond = states.synthetic_bond(block_number, value["bond_reach"])
    stock = states.synthetic_stock(origin, destination, bond)
    share = states.flow_share(stock, stock.sum(axis=-1), stock.sum(axis=-2))
    one_sided = states.contention(stock)
    few = np.array([place for place, code in enumerate(SYNTHETIC_STATES[:count]) if code not in without])
    pairs = np.ix_(few, few)
    codes = tuple(SYNTHETIC_STATES[place] for place in few)
    return Profiles(
        codes=codes,
        names=codes,
        origin=each_quarter(origin[few]),
        transit=each_quarter(transit[few]),
        destination=each_quarter(destination[few]),
        capacity=each_quarter(everywhere(states.SYNTHETIC_CAPACITY)[few]),
        stability=each_quarter(everywhere(states.SYNTHETIC_STABILITY)[few]),
        gdp=each_quarter(everywhere(states.SYNTHETIC_GDP)[few]),
        flow_share=each_quarter(share[pairs]),
        contention=each_quarter(one_sided[pairs]),
        pair_weight=each_quarter(one_sided[pairs]),
        bond=np.ascontiguousarray(bond[pairs]),
        filled=(),
    )


def main_role(origin: float, transit: float, destination: float) -> str:
    """Return what a state is first of all: origin, transit or destination.

    It is one of origin or destination where one of the two clearly exceeds the other; where neither does, it
    is one of transit if that is the strongest of the three.

    Examples
    --------
    >>> main_role(0.8, 0.8, 0.3), main_role(0.5, 0.8, 0.45), main_role(0.2, 0.0, 0.9)
    ('origin', 'transit', 'destination')
    """
    balanced = abs(origin - destination) <= BALANCED and transit > max(origin, destination)
    return "transit" if balanced else "origin" if origin >= destination else "destination"


def _values(parameters: Mapping[str, float] | None) -> dict[str, Array]:
    """Return every parameter as an array without axes, the given ones over the defaults."""
    return {name: np.array(value) for name, value in (default_parameters() | dict(parameters or {})).items()}


def _refuse_unfit(codes: Sequence[str], table: StateTable) -> None:
    """Raise with every code that cannot be looked up beside the others."""
    faults = []
    for place, code in enumerate(codes):
        field = f"states[{place}]"
        if code not in table.codes:
            hint = did_you_mean(code, table.codes)
            faults.append(
                Fault("states", field, f"is {quoted(code)}", "`rcpsim list states` names them all", hint)
            )
        elif code in codes[:place]:
            faults.append(Fault("states", field, f"is {quoted(code)} again", "each stands once"))
        faults += [
            Fault("states", field, f"is {quoted(code)} beside {part}", "the one holds the other")
            for part in PREDECESSORS.get(code, ())
            if part in codes
        ]
    if faults:
        raise InputError(faults)


def _refuse_odd_world(count: int, polarisation: float) -> None:
    """Raise unless the synthetic world can be made."""
    faults = []
    if count % SYNTHETIC_BLOCK or not 0 < count <= len(SYNTHETIC_STATES):
        allowed = f"it must be a multiple of {SYNTHETIC_BLOCK}, at most {len(SYNTHETIC_STATES)}"
        faults.append(Fault("synthetic world", "members.count", f"is {count}", allowed))
    if not 0 <= polarisation <= 2:
        allowed = "it must lie between 0 and 2"
        faults.append(Fault("synthetic world", "members.polarisation", f"is {polarisation:g}", allowed))
    if faults:
        raise InputError(faults)


def _between_years(when: Array, years: tuple[int, ...], figures: Array) -> Array:
    """Return figures at given times: straight between the middles of data years, constant outside.

    Parameters
    ----------
    when : (Q,)   years with fractions
    years : Y data years
    figures : (Y, ...)

    Returns
    -------
    (Q, ...)
    """
    place = np.interp(when, np.array(years) + 0.5, np.arange(len(years), dtype=np.float64))
    before = np.minimum(place.astype(np.intp), len(years) - 2)
    part = (place - before).reshape(-1, *[1] * (figures.ndim - 1))
    at: Array = (1.0 - part) * figures[before] + part * figures[before + 1]
    return at


@cache
def _filled_figures() -> tuple[dict[str, Array], tuple[tuple[str, ...], ...]]:
    """Return the figures of the table without gaps, and for each state which gaps were filled and how."""
    table = state_table()
    remarks: list[list[str]] = [[] for _ in table.codes]

    def note(row: int, figure: str, how: str) -> None:
        remarks[row].append(f"{table.codes[row]}: {figure} {how}")

    def own_years(figure: str, years: tuple[int, ...], figures: Array) -> Array:
        whole = figures.copy()
        for row in range(len(table.codes)):
            known = ~np.isnan(figures[:, row])
            if known.any() and not known.all():
                whole[:, row] = np.interp(years, np.array(years)[known], figures[known, row])
                gaps = [str(year) for year, there in zip(years, known, strict=True) if not there]
                note(row, figure, f"of {', '.join(gaps)} from its own other years")
        return whole

    def neighbours(figure: str, figures: Array) -> Array:
        whole = figures.copy()
        for row in np.flatnonzero(np.isnan(figures).any(axis=0)).tolist():
            known = ~np.isnan(figures).any(axis=0)
            alike = known & (np.array(table.regions) == table.regions[row])
            place = table.regions[row]
            if alike.sum() < ENOUGH:
                alike, place = known & (np.array(table.areas) == table.areas[row]), table.areas[row]
            whole[:, row] = np.median(figures[:, alike], axis=1)
            note(row, figure, f"from the median of {place}")
        return whole

    def like_governed(figures: Array, effectiveness: Array) -> Array:
        whole = figures.copy()
        known = ~np.isnan(figures).any(axis=0)
        usual = effectiveness.mean(axis=0)
        for row in np.flatnonzero(~known & ~np.isnan(usual)).tolist():
            candidates = np.flatnonzero(known & (np.array(table.areas) == table.areas[row]))
            nearest = candidates[np.argsort(np.abs(usual[candidates] - usual[row]), kind="stable")[:ALIKE]]
            whole[:, row] = np.median(figures[:, nearest], axis=1)
            note(row, "GDP per head", f"from the {ALIKE} states of {table.areas[row]} governed most alike")
        return whole

    effectiveness = own_years("government effectiveness", GOVERNANCE_YEARS, table.effectiveness)
    head = like_governed(own_years("GDP per head", STATE_YEARS, table.gdp_head), effectiveness)
    figures = {
        "effectiveness": neighbours("government effectiveness", effectiveness),
        "stability": neighbours(
            "political stability",
            own_years("political stability", GOVERNANCE_YEARS, table.political_stability),
        ),
        "population": neighbours("population", own_years("population", STATE_YEARS, table.population)),
        "gdp_head": neighbours("GDP per head", head),
        "emigrants": neighbours("emigrants", own_years("emigrants", STATE_YEARS, table.emigrants)),
        "immigrants": neighbours("immigrants", own_years("immigrants", STATE_YEARS, table.immigrants)),
        "transit": neighbours("transit", own_years("transit", STOCK_YEARS, table.transit)),
    }
    return figures, tuple(tuple(lines) for lines in remarks)


@lru_cache(maxsize=16)
def _whole_table(documented_transit: float) -> _WholeTable:
    """Return roles, administration, size and totals of every state in every data year."""
    table = state_table()
    figures, filled = _filled_figures()
    # what holds several states together, or has no figures, ranks among the others but is not ranked against
    single = np.array(
        [
            code not in PREDECESSORS and known
            for code, known in zip(table.codes, ~np.isnan(table.population[0]), strict=True)
        ]
    )

    def rank(figure: Array) -> Array:
        return states.percentile(figure, figure[:, single])

    population, out, into = figures["population"], figures["emigrants"], figures["immigrants"]
    return _WholeTable(
        origin=states.origin_intensity(rank(out), rank(out / population)),
        transit=states.transit_intensity(
            rank(figures["transit"]), np.nan_to_num(table.transit_documented), np.array(documented_transit)
        ),
        destination=states.destination_intensity(rank(into), rank(into / population)),
        capacity=states.governance_share(figures["effectiveness"]),
        stability=states.governance_share(figures["stability"]),
        gdp=population * figures["gdp_head"] / 1000.0,
        migrants_out=out,
        migrants_in=into,
        filled=filled,
    )
