"""How a sentence of the chronicle is worded: by turns, so that no year begins like the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import listed, sentence
from rcpsim.chronicle.reading import Reading

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

__all__ = ["Said", "Wording"]

_FEW: Final = 4  # names that are listed before the rest is counted

Said: TypeAlias = tuple[int, str]
"""A sentence and the quarter in which it can be said."""


class Wording(Reading):
    """A history with words for its quarters and states; holds which wording of a topic came last."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay)
        self.turns: dict[str, int] = {}

    def when(self, quarter: int) -> str:
        """Return when a quarter is, as the beginning of a sentence."""
        return say.SEASONS[(self.setting.first_quarter + quarter) % 4]

    def list_of(self, states: Sequence[int]) -> str:
        """Return the names of states; beyond a few, how many more."""
        return listed([self.names[i] for i in states], _FEW)

    def turn(self, topic: str, wordings: Sequence[str], **parts: str) -> str:
        """Return the next wording of a topic, with its first letter raised unless it goes on."""
        place = self.turns.get(topic, 0)
        self.turns[topic] = place + 1
        text = wordings[place % len(wordings)].format(**parts)
        return text if text.startswith(";") else sentence(text)
