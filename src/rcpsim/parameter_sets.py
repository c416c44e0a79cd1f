"""Where the parameters of a history come from: the defaults, the prior, what survived, or a table.

==============  ======================================================================================
``default``     the default of every card: the most central of the plausible sets
``prior``       *filtered*: draw k is the k-th draw of the prior that passed the plausibility filter
``unfiltered``  draw k of the prior as it is, keyed by the seed of the run, k and the name of the card
``plausible``   set k of those that `rcpsim fit` found not to contradict the record
a table         one column for each name; draw k is row k
==============  ======================================================================================

The filtered draws and the plausible sets are package data. Both count from 0, begin again after the last, and
are the same for every seed of a run: they belong to what is believed of the coefficients, not to luck. Both
carry the stamp of the theory they were made with (:mod:`rcpsim.stamp`). Plausible sets of another theory are
refused, with the command that makes them anew. So is a filter of other cards, whose draws would be other
draws; a filter that was run with other code of the theory is used, and :attr:`Filtered.remark` says so.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rcpsim.arrays import Array, IntArray
from rcpsim.cards import all_cards, default_parameters, draw_value
from rcpsim.draws import parameter_uniform
from rcpsim.errors import Fault, InputError, did_you_mean
from rcpsim.stamp import cards_stamp, theory_stamp

__all__ = [
    "FILTER_FILE",
    "PLAUSIBLE_FILE",
    "WAYS",
    "Filtered",
    "ParameterTable",
    "Plausible",
    "fault_of_draws",
    "fault_of_way",
    "filtered_prior",
    "plausible_sets",
    "read_filter",
    "read_plausible",
    "unfiltered",
    "values_of",
]

ParameterTable = Mapping[str, npt.ArrayLike]
"""Parameters by name, one column each; a history takes the row that its draw says."""

WAYS: Final = ("default", "prior", "unfiltered", "plausible")
"""The words that say where parameters come from."""

FILTER_FILE: Final = "prior_filter.csv"
PLAUSIBLE_FILE: Final = "plausible.parquet"


@dataclass(frozen=True, eq=False)
class Filtered:
    """Which draws of the prior pass the plausibility filter.

    Attributes
    ----------
    stamp, cards : of the theory they were tried with, and of its cards alone
    seed : of the draws
    histories : played for each draw
    tried : how many draws, numbered from 0
    survivors : (n,) numbers of those that pass
    """

    stamp: str
    cards: str
    seed: int
    histories: int
    tried: int
    survivors: IntArray

    @property
    def remark(self) -> str:
        """What is to be said where the draws were tried with other code of the theory; else empty."""
        if self.stamp == theory_stamp():
            return ""
        return (
            f"the plausibility filter of the prior was run with the theory {self.stamp}, and this is "
            f"{theory_stamp()}; `rcpsim fit --confirm` tells whether it still holds"
        )


@dataclass(frozen=True, eq=False)
class Plausible:
    """The plausible parameter sets.

    Attributes
    ----------
    stamp : of the theory they were found with
    about : what else is known of the fit: its seed, the year as of which it reads, the processes
    values : name of a card -> (n,)
    distance : (n,) worst miss among the strong patterns, in standard deviations
    medoid : place of the most central set
    """

    stamp: str
    about: Mapping[str, Any]
    values: Mapping[str, Array]
    distance: Array
    medoid: int


def fault_of_way(how: object, field: str = "parameters") -> Fault | None:
    """Return what is wrong with a word that should say where parameters come from, or None."""
    if not isinstance(how, str) or how in WAYS:
        return None
    return Fault("options", field, f"is {how!r}", f"it must be {', '.join(WAYS)}", did_you_mean(how, WAYS))


def values_of(how: str | ParameterTable, seed: int, draws: IntArray) -> dict[str, Array]:
    """Return every parameter of each history.

    Parameters
    ----------
    how : one of :data:`WAYS`, or a table
    seed : of the run; only the unfiltered prior depends on it
    draws : (H,) which draw, set or row each history takes

    Returns
    -------
    name -> (H,), all names of cards

    Raises
    ------
    InputError
        for another word, for a name without a card, a column of another length, a value outside its card or a
        row that is not there, and for package data of another theory
    """
    fault = fault_of_way(how)
    if fault is not None:
        raise InputError([fault])
    if not isinstance(how, str):
        chosen = {name: column[draws] for name, column in _checked(how, draws).items()}
    elif how == "prior":
        kept = filtered_prior()
        chosen = unfiltered(kept.seed, kept.survivors[draws % kept.survivors.size])
    elif how == "unfiltered":
        chosen = unfiltered(seed, draws)
    elif how == "plausible":
        sets = plausible_sets()
        chosen = {name: column[draws % column.size] for name, column in sets.values.items()}
    else:
        chosen = {}
    defaults = default_parameters()
    return {
        name: chosen[name] if name in chosen else np.full(draws.shape, default)
        for name, default in defaults.items()
    }


def fault_of_draws(how: str, draws: int, option: str) -> Fault | None:
    """Return what is wrong with asking for so many draws, each to count once, or None.

    Draws begin again after the last, so more than there are would count some twice.

    Parameters
    ----------
    how : one of :data:`WAYS`
    option : by which they were asked for
    """
    if how == "prior":
        there, of = filtered_prior().survivors.size, "draws of the filtered prior"
    elif how == "plausible":
        there, of = plausible_sets().distance.size, "plausible sets"
    else:
        return None
    if draws <= there:
        return None
    return Fault("options", option, f"is {draws}", f"there are {there} {of}, and each may count once")


def unfiltered(seed: int, draws: npt.ArrayLike) -> dict[str, Array]:
    """Return draws of the prior by (seed, draw, name): name -> (D,), all cards whose prior is not fixed."""
    numbers = np.asarray(draws, dtype=np.int64)
    return {
        name: np.asarray(draw_value(card, parameter_uniform(seed, numbers, name)))
        for name, card in all_cards().items()
        if card.prior.dist != "fixed"
    }


@cache
def filtered_prior() -> Filtered:
    """Return which draws of the prior are taken, read once.

    Raises
    ------
    InputError
        when they are draws of other cards, or none passed
    """
    source = files("rcpsim") / "data" / FILTER_FILE
    way_out = "make it anew with `rcpsim fit --filter-only --install`, or take `--parameters unfiltered`"
    if not source.is_file():
        raise InputError([Fault(FILTER_FILE, "", "is not there", way_out)])
    found = read_filter(source.read_text(encoding="utf-8"))
    if found.cards != cards_stamp():
        text = f"was made with the cards {found.cards}, and these are {cards_stamp()}"
        raise InputError([Fault(FILTER_FILE, "", text, way_out)])
    if found.survivors.size == 0:
        raise InputError([Fault(FILTER_FILE, "", "holds no draw that passes", way_out)])
    return found


def read_filter(text: str) -> Filtered:
    """Return what a file of filtered draws says: a line of facts, then a table with a row for each draw."""
    facts, table = text.split("\n", 1)
    about = json.loads(facts.removeprefix("#"))
    rows = list(csv.DictReader(table.splitlines()))
    passed = [int(row["draw"]) for row in rows if row["verdict"] == "passes"]
    survivors = np.array(passed, dtype=np.int64)
    return Filtered(about["stamp"], about["cards"], about["seed"], about["histories"], len(rows), survivors)


@cache
def plausible_sets() -> Plausible:
    """Return the plausible parameter sets of the package, read once.

    Raises
    ------
    InputError
        when there are none, or when they were found with another theory
    """
    source = files("rcpsim") / "data" / PLAUSIBLE_FILE
    refit = "fit again with `rcpsim fit --install`"
    if not source.is_file():
        raise InputError([Fault(PLAUSIBLE_FILE, "", "is not there", refit)])
    found = read_plausible(Path(str(source)))
    if found.stamp != theory_stamp():
        text = f"was fitted with the theory {found.stamp}, and this is {theory_stamp()}"
        raise InputError([Fault(PLAUSIBLE_FILE, "", text, refit)])
    if found.distance.size == 0:
        raise InputError([Fault(PLAUSIBLE_FILE, "", "holds no set", refit)])
    return found


def read_plausible(path: Path) -> Plausible:
    """Return the parameter sets of a file that a fit wrote."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    about = json.loads((table.schema.metadata or {}).get(b"rcpsim", b"{}"))
    names = [name for name in table.column_names if name in all_cards()]
    values = {name: np.asarray(table.column(name).to_numpy(), dtype=np.float64) for name in names}
    distance = np.asarray(table.column("distance").to_numpy(), dtype=np.float64)
    return Plausible(about.get("stamp", ""), about, values, distance, about.get("medoid", 0))


def _checked(table: ParameterTable, draws: IntArray) -> dict[str, Array]:
    """Return the columns of a table of parameters as arrays, or tell everything that is wrong with it."""
    cards = all_cards()
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in table.items()}
    faults = []
    for name, column in columns.items():
        if name not in cards:
            allowed = did_you_mean(name, cards) or "`rcpsim list parameters` names them all"
            faults.append(Fault("parameters", name, "has no card", allowed))
            continue
        if column.ndim != 1:
            faults.append(Fault("parameters", name, f"has the shape {column.shape}", "it must be one column"))
            continue
        if draws.size and not 0 <= draws.min() <= draws.max() < column.size:
            found = f"has {column.size} rows, and the draws go from {draws.min()} to {draws.max()}"
            faults.append(Fault("parameters", name, found, "every draw must be a row"))
        low, high = cards[name].allowed
        outside = column[~((column >= low) & (column <= high))]
        if outside.size:
            allowed = f"it must lie in {low:g} to {high:g}"
            faults.append(Fault("parameters", name, f"holds {outside[0]:g}", allowed))
    if faults:
        raise InputError(faults)
    return columns
