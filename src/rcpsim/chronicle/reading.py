"""What a story is read off: names, members, chair, condition, and means over the founding members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.axes import TERMS
from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import with_article
from rcpsim.data import state_table
from rcpsim.events import EventTable
from rcpsim.theory import language, positions
from rcpsim.world import World

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

_PRESIDES: Final = 0.99  # share of the chair from which a state presides alone


def chosen(rows: EventTable, these: BoolArray) -> EventTable:
    """Return the rows of a table that are chosen."""
    return EventTable(**{item.name: getattr(rows, item.name)[these] for item in fields(EventTable)})


class Reading:
    """One history as a teller needs it.

    Parameters
    ----------
    replay : the history, kept whole

    Attributes
    ----------
    names, issues : N states and K issues as they are called in speech
    present : (Q, N)   1 while a member
    begins : index of the first quarter in which there are members
    worlds, twins : the founding world and those at the end of each quarter, with and without the process
    """

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        run = replay.run
        self.scenario = run.scenario
        self.setting = self.replay.setting
        table = state_table()
        known = dict(zip(table.codes, table.names, strict=True))
        self.names = [with_article(known.get(code, code)) for code in self.setting.codes]
        self.issues = [say.ISSUES.get(issue, issue) for issue in self.setting.issues]
        self.present: Array = self.setting.present[0]
        self.begins = int(np.argmax(self.present.any(axis=-1)))
        self.worlds = (run.world, *self.replay.worlds)
        self.twins = (run.world, *self.replay.twin_worlds)

    def trust(self, place: int) -> Array:
        """Return trust of i in j after `place` quarters, (N, N)."""
        return self.trust_in(self.worlds[place])

    def trust_in(self, world: World) -> Array:
        """Return trust of i in j in a world, (N, N)."""
        weight = self.setting.parameters.m["prior_weight"]
        belief: Array = (
            (world.kept + weight * self.setting.trust_prior) / (world.kept + world.broken + weight)
        )[0]
        return belief

    def state_of(self, quarter: int, worlds: Sequence[World]) -> dict[str, float]:
        """Return means over the founding members and the issues of the process after a quarter."""
        world, start = worlds[quarter + 1], worlds[0]
        founders = np.nonzero(self.present[self.begins] > 0)[0]
        treated = np.nonzero(self.setting.treated[quarter] > 0)[0]
        treated = treated if treated.size else np.arange(len(self.issues))
        block = np.ix_(founders, treated)
        square = np.ix_(founders, founders)
        pairs = founders.size * (founders.size - 1)
        off = self.setting.off[square]
        line = positions.national_line(world.position, self.setting.ministry_weights)[0][block]
        words = language.common_language(
            world.usage, np.broadcast_to(self.present[self.begins], world.backing.shape)
        )[0]
        spread = float(np.std(start.law[0][block], axis=0).mean())
        ratio = float(np.std(world.law[0][block], axis=0).mean()) / max(spread, 1e-12)
        return {
            "trust": float(np.sum(self.trust_in(world)[square] * off) / max(pairs, 1)),
            "understanding": float(world.understanding[0][block].mean()),
            "empathy": float(np.sum(world.empathy[0][square] * off) / max(pairs, 1)),
            "language": float((words[treated].mean() - 1.0 / TERMS) / (1.0 - 1.0 / TERMS)),
            "apart": float(np.std(line, axis=0).mean()),
            "law": -ratio,
            "spread": ratio,
        }

    def chair(self, quarter: int) -> int | None:
        """Return who presides, None where nobody in particular does."""
        holders = self.setting.chair[0, quarter]
        return int(np.argmax(holders)) if holders.max() > _PRESIDES else None

    def status(self, quarter: int) -> int:
        """Return the condition of the process at the end of a quarter."""
        return int(self.replay.processes[quarter].status[0])
