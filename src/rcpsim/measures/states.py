"""What is kept of each state, quarter by quarter."""

from __future__ import annotations

import numpy as np

from rcpsim.arrays import Array
from rcpsim.theory.trust import trust
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["state_values"]


def state_values(world: World, process: Process, minutes: Minutes, setting: Setting) -> dict[str, Array]:
    """Return what is kept of each state in a quarter, [H, N]."""
    weight = setting.parameters.m["prior_weight"]
    belief = trust(world.kept, world.broken, setting.trust_prior, weight)
    others = max(belief.shape[-1] - 1, 1)
    return {
        "trust_given": np.sum(belief * setting.off, axis=-1) / others,
        "trust_received": np.sum(belief * setting.off, axis=-2) / others,
        "understanding": np.mean(world.understanding, axis=-1),
        "backing": world.backing,
        "commitment": process.commitment,
        "participation": minutes.participation,
        "candour": minutes.candour,
        "money": minutes.money_members,
        "law": np.mean(world.law, axis=-1),
    }
