"""Coefficients at the middles of their priors, for tests that are not about the defaults.

Defaults move with every fit; a test that needs a history in which something happens names the coefficients it
needs, and these stay.
"""

from __future__ import annotations

import numpy as np

from rcpsim.arrays import Array
from rcpsim.cards import all_cards


def middles(histories: int) -> dict[str, Array]:
    """Return a table of parameters, alike in all histories from 0."""
    return {
        name: np.full(histories, card.prior.middle)
        for name, card in all_cards().items()
        if card.prior.dist != "fixed"
    }
