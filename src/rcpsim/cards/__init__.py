"""Parameter cards: the one place where a coefficient has its meaning, unit, default, range and source.

Beside each part of the theory lies a file of cards, ``rcpsim/theory/*.toml``. Every top-level table is one
parameter, and its name is the name of the argument in the theory:

.. code-block:: toml

    [leak_hazard]
    symbol = "ℓ"
    meaning = "hazard that a listener passes on what was entrusted, per unit of it"
    unit = "per quarter"
    prior = {dist = "loguniform", low = 0.003, high = 0.05}
    source = "ours; one leak in four years among ten states"
    status = "judged"

Defaults, prior ranges, the bounds of sliders, the tables of the docs and the text of an error are all read
from here. The defaults of the package are those of the most central plausible set (docs/fitting.md). A card
may leave out ``default`` (then it is the middle of the prior), ``prior`` (then the value is fixed at the
default) and ``allowed`` (then hard bounds are set generously about the prior).

A rate is *per quarter* (hazards) or *per hour* (gains) and nothing else, so that a month or a year cannot
slip in; a decay is a half-life in *quarters*.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from rcpsim.cards.reading import read_cards
from rcpsim.cards.records import UNITS, Card, Prior, draw_value, fault_of_value, quantile_of

__all__ = [
    "UNITS",
    "Card",
    "Prior",
    "all_cards",
    "default_parameters",
    "draw_value",
    "fault_of_value",
    "quantile_of",
    "read_cards",
]


@cache
def all_cards() -> Mapping[str, Card]:
    """Return every card of the package, sorted by name; read once.

    Raises
    ------
    ScenarioError
        with all faults of all card files
    """
    return read_cards(files("rcpsim") / "theory")


def default_parameters() -> dict[str, float]:
    """Return the default of every parameter, sorted by name."""
    return {name: card.default for name, card in all_cards().items()}
