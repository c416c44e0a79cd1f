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
_AXES: Final = {
    "meeting": ("meeting",),
    "cancelled": ("meeting",),
    "definition": ("issue",),
    "item": ("issue",),
    "item_closed": ("issue",),
    "item_dropped": ("issue",),
    "item_due": ("issue",),
    "leak": ("state", "other"),
    "deal": ("state", "other"),
    "joint_act": ("state", "other"),
    "government": ("state",),
    "crisis": ("state",),
}  # the columns that the axes behind histories fill


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
        return self.in_order(np.flatnonzero(self.history == history))

    def of_kind(self, kind: str) -> EventTable:
        """Return the rows of one kind."""
        return self.in_order(np.flatnonzero(self.kind == EVENT_KINDS.index(kind)))

    def in_order(self, rows: IntArray) -> EventTable:
        """Return the rows that are named, in that order."""
        return EventTable(**{name: getattr(self, name)[rows] for name in (*_COLUMNS, "value")})

    def __len__(self) -> int:
        return int(self.history.size)


class EventLog:
    """Collects the events of a chunk of histories, quarter by quarter; the rows are made at the end."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._once = np.triu(np.ones(setting.off.shape[-2:], dtype=np.bool_), 1)  # a pair, not both its ways
        self._where: dict[str, list[BoolArray]] = {}  # kind -> what happened in each quarter, [H, ...]
        self._value: dict[str, list[Array | BoolArray | IntArray]] = {}
        self._status: IntArray | None = None
        self._sponsor: Array | None = None
        self._crisis: Array | None = None

    def add(self, quarter: int, world: World, process: Process, minutes: Minutes) -> None:
        """Add what happened in a quarter; quarters come in their order, from the first."""
        planned = self._setting.calendar.planned[:, quarter]
        status = process.status if self._status is None else self._status
        sponsor = process.sponsor_active if self._sponsor is None else self._sponsor
        crisis = np.zeros_like(minutes.crisis) if self._crisis is None else self._crisis
        alive_before = (status == lifecycle.ACTIVE) | (status == lifecycle.DORMANT)
        if self._status is None:
            alive_before = np.ones_like(alive_before)
        missed = planned & ~minutes.held & alive_before[:, None]
        self._keep("meeting", minutes.held, minutes.slot_heads)
        self._keep("cancelled", missed, ~minutes.called)
        self._keep("declaration", minutes.declared > 0, minutes.declared)
        self._keep("definition", minutes.defined)
        self._keep("item", minutes.adopted, process.target)
        self._keep("item_closed", minutes.closed)
        self._keep("item_dropped", minutes.dropped)
        self._keep("item_due", minutes.due, minutes.mean_delivered)
        found = np.greater(np.swapaxes(minutes.source, -1, -2), 0, order="C")
        self._keep("leak", found, minutes.attributed)
        self._keep("deal", (minutes.deals > 0) & self._once)
        self._keep("joint_act", (minutes.joint > 0) & self._once)
        self._keep("government", minutes.government)
        self._keep("crisis", (minutes.crisis > 0) & (crisis == 0))
        self._keep("status", process.status != status, process.status)
        self._keep("sponsor_left", (sponsor > 0) & (process.sponsor_active == 0))
        self._status, self._sponsor, self._crisis = process.status, process.sponsor_active, minutes.crisis

    def _keep(self, kind: str, where: BoolArray, value: Array | BoolArray | IntArray | None = None) -> None:
        self._where.setdefault(kind, []).append(where)
        if value is not None:
            self._value.setdefault(kind, []).append(value)

    def table(self) -> EventTable:
        """Return all rows so far, quarter by quarter, and in a quarter by kind."""
        parts = [self._rows(kind) for kind in EVENT_KINDS if kind in self._where]
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return EventTable(**dict.fromkeys(_COLUMNS, none), value=np.zeros(0))
        whole = EventTable.join(parts)
        return whole.in_order(np.argsort(whole.quarter, kind="stable"))

    def _rows(self, kind: str) -> EventTable:
        """Return the rows of a kind; a value may know fewer axes than what it is the value of."""
        where = np.stack(self._where[kind])
        found = np.unravel_index(np.flatnonzero(where), where.shape)
        rows = found[0].size
        values = np.full(rows, np.nan)
        if kind in self._value:
            value = np.stack(self._value[kind])
            values[:] = value[found[: value.ndim]]
        columns: dict[str, Any] = dict.fromkeys(_COLUMNS, np.full(rows, -1, dtype=np.int16))
        columns["quarter"] = found[0].astype(np.int32)
        columns["history"] = self._setting.histories[found[1]]
        columns["kind"] = np.full(rows, EVENT_KINDS.index(kind), dtype=np.int16)
        for name, place in zip(_AXES.get(kind, ()), found[2:], strict=True):
            entry = self._setting.calendar.entry if name == "meeting" else ()
            columns[name] = (np.array(entry)[place] if entry else place).astype(np.int16)
        return EventTable(**columns, value=values)
