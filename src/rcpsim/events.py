"""What happened, as a table: one row for each meeting, product, leak, deal, joint act, change of status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from rcpsim.arrays import Array, BoolArray, IntArray
from rcpsim.theory import lifecycle
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["EVENT_KINDS", "EventLog", "EventTable"]

EVENT_KINDS: Final = (
    "meeting",  # meeting: slot name; value: participants (heads)
    "cancelled",  # meeting: slot name; value 1 if it could not be paid, 0 if too few would come
    "declaration",  # value: how many this quarter
    "definition",  # issue
    "item",  # issue; an item is adopted; value: its target
    "item_closed",  # issue; delivered by its median state
    "item_dropped",  # issue; dropped by an evaluation
    "item_due",  # issue; value: mean share delivered
    "leak",  # state: who leaked; other: whose confidence; value: 1 if attributed
    "deal",  # state, other: a bilateral deal
    "joint_act",  # state, other: a joint response to a crisis
    "government",  # state: change of government
    "crisis",  # state: a crisis begins
    "status",  # value: new status
    "sponsor_left",
)
"""The kinds of row; the comment beside each says which columns it fills. An empty column holds -1 or nan."""

Indices: TypeAlias = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
"""Whole numbers of any width."""

_COLUMNS: Final = ("history", "quarter", "kind", "meeting", "state", "other", "issue")


@dataclass(frozen=True)
class EventTable:
    """Rows by quarter; histories are absolute numbers, other columns are short indices, -1 where empty.

    Ten thousand histories have millions of rows, hence the short indices.
    """

    history: IntArray
    quarter: Indices
    kind: Indices  # index into EVENT_KINDS
    meeting: Indices  # place among the scenario's meetings (Calendar.entries)
    state: Indices
    other: Indices
    issue: Indices
    value: Array

    @staticmethod
    def join(tables: list[EventTable]) -> EventTable:
        """Return the rows of several tables, in order."""
        columns = {name: np.concatenate([getattr(one, name) for one in tables]) for name in _COLUMNS}
        return EventTable(**columns, value=np.concatenate([one.value for one in tables]))

    def of_history(self, history: int) -> EventTable:
        """Return the rows of one history."""
        return self._rows(self.history == history)

    def of_kind(self, kind: str) -> EventTable:
        """Return the rows of one kind."""
        return self._rows(self.kind == EVENT_KINDS.index(kind))

    def _rows(self, chosen: BoolArray) -> EventTable:
        return EventTable(**{name: getattr(self, name)[chosen] for name in (*_COLUMNS, "value")})

    def __len__(self) -> int:
        return int(self.history.size)


class EventLog:
    """Collects the events of a chunk of histories, quarter by quarter."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._parts: list[EventTable] = []
        self._status: IntArray | None = None
        self._sponsor: Array | None = None
        self._crisis: Array | None = None

    def add(self, quarter: int, world: World, process: Process, minutes: Minutes) -> None:
        """Add what happened in a quarter."""
        setting = self._setting
        planned = setting.calendar.planned[:, quarter]
        alive_before = (
            np.ones(planned.shape[0], dtype=np.bool_)
            if self._status is None
            else np.isin(self._status, (lifecycle.ACTIVE, lifecycle.DORMANT))
        )
        heads = minutes.slot_heads
        self._rows(quarter, "meeting", minutes.held, ("meeting",), heads)
        missed = planned & ~minutes.held & alive_before[:, None]
        self._rows(quarter, "cancelled", missed, ("meeting",), np.where(minutes.called, 0.0, 1.0))
        self._rows(quarter, "declaration", minutes.declared > 0, (), minutes.declared)
        self._rows(quarter, "definition", minutes.defined, ("issue",))
        self._rows(quarter, "item", minutes.adopted, ("issue",), process.target)
        self._rows(quarter, "item_closed", minutes.closed, ("issue",))
        self._rows(quarter, "item_dropped", minutes.dropped, ("issue",))
        self._rows(quarter, "item_due", minutes.due, ("issue",), minutes.mean_delivered)
        found = np.greater(np.swapaxes(minutes.source, -1, -2), 0, order="C")
        told = np.broadcast_to(minutes.attributed[:, :, None], found.shape)
        self._rows(quarter, "leak", found, ("state", "other"), told)
        once = np.triu(np.ones(found.shape[-2:], dtype=np.bool_), 1)
        self._rows(quarter, "deal", (minutes.deals > 0) & once, ("state", "other"))
        self._rows(quarter, "joint_act", (minutes.joint > 0) & once, ("state", "other"))
        self._rows(quarter, "government", minutes.government, ("state",))
        before = np.zeros_like(minutes.crisis) if self._crisis is None else self._crisis
        self._rows(quarter, "crisis", (minutes.crisis > 0) & (before == 0), ("state",))
        if self._status is not None:
            changed = process.status != self._status
            self._rows(quarter, "status", changed, (), process.status.astype(np.float64))
        if self._sponsor is not None:
            self._rows(quarter, "sponsor_left", (self._sponsor > 0) & (process.sponsor_active == 0), ())
        self._status, self._sponsor, self._crisis = process.status, process.sponsor_active, minutes.crisis

    def _rows(
        self,
        quarter: int,
        kind: str,
        where: BoolArray,
        axes: tuple[str, ...],
        value: Array | BoolArray | None = None,
    ) -> None:
        flat = np.flatnonzero(where)
        rows = flat.size
        if rows == 0:
            return
        found = np.unravel_index(flat, where.shape)
        values = np.full(rows, np.nan) if value is None else np.asarray(value)[found].astype(np.float64)
        columns: dict[str, Any] = dict.fromkeys(_COLUMNS, np.full(rows, -1, dtype=np.int16))
        columns["history"] = self._setting.histories[found[0]]
        if "meeting" in axes and self._setting.calendar.entry:
            entry = np.array(self._setting.calendar.entry, dtype=np.int64)
            found = (*found[:-1], entry[found[-1]])
        columns["quarter"] = np.full(rows, quarter, dtype=np.int32)
        columns["kind"] = np.full(rows, EVENT_KINDS.index(kind), dtype=np.int16)
        for name, place in zip(axes, found[1:], strict=True):
            columns[name] = place.astype(np.int16)
        self._parts.append(EventTable(**columns, value=values))

    def table(self) -> EventTable:
        """Return all rows so far."""
        if self._parts:
            return EventTable.join(self._parts)
        none = np.zeros(0, dtype=np.int64)
        return EventTable(**dict.fromkeys(_COLUMNS, none), value=np.zeros(0))
