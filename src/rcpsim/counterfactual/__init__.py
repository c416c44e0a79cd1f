"""History run again with one thing otherwise: the same luck, and the same past until the difference.

`otherwise` says what is to differ and from when, `rerun` plays both courses, and `effects` with
`state_effects` tell what the thing contributed: by measure and phase, by state, and since when it shows.
"""

from rcpsim.counterfactual.asking import Otherwise, otherwise
from rcpsim.counterfactual.playing import PER_DRAW, Counterfactual, rerun
from rcpsim.counterfactual.telling import report, words_of
from rcpsim.counterfactual.weighing import Effect, StateEffect, begins_to_show, effects, state_effects

__all__ = [
    "PER_DRAW",
    "Counterfactual",
    "Effect",
    "Otherwise",
    "StateEffect",
    "begins_to_show",
    "effects",
    "otherwise",
    "report",
    "rerun",
    "state_effects",
    "words_of",
]
