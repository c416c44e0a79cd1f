"""Who is a member when: as far as the file says it, and with what it leaves open drawn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from rcpsim.axes import quarter_label
from rcpsim.scenario.records import Members, Snapshot, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def membership(members: Members, state: str, when: Window) -> tuple[bool, bool]:
    """Return whether a state is surely, and whether it is possibly, a member at some time within a window.

    Surely: whatever is drawn, it is a member in every quarter of the window.
    """
    unnamed = members.unnamed
    surely = possibly = state in members.start
    if unnamed is not None and state in unnamed.among:
        possibly = when.high >= unnamed.totals[0][0]
        surely = when.low >= unnamed.totals[-1][0]
    for change in members.changes:
        if change.state != state:
            continue
        if change.to == "member":
            possibly = possibly or when.high >= change.when.low
            surely = surely or when.low >= change.when.high
        else:
            surely = surely and when.high < change.when.low
            possibly = possibly and when.low < change.when.high
    return surely, possibly


def snapshot_differences(members: Members, snapshot: Snapshot) -> tuple[str, ...]:
    """Return, in words, how a printed list differs from the members of the file; nothing where they agree."""
    differences = []
    if snapshot.states:
        for state in members.listed:
            surely, possibly = membership(members, state, snapshot.when)
            if surely and state not in snapshot.present:
                differences.append(f"{state} is a member and not in the list")
            elif not possibly and state in snapshot.present:
                differences.append(f"{state} is in the list and no member")
        strangers = [state for state in snapshot.present if state not in members.listed]
        differences += [f"{state} is in the list and never a member" for state in strangers]
        if snapshot.relation == "exactly" and snapshot.total != len(snapshot.states):
            differences.append(f"the list holds {len(snapshot.states)}, the total says {snapshot.total}")
    elif snapshot.relation == "exactly" and snapshot.total is not None:
        each = [membership(members, state, snapshot.when) for state in members.listed]
        least, most = sum(sure for sure, _ in each), sum(maybe for _, maybe in each)
        counted = members.unnamed and dict(members.unnamed.totals).get(snapshot.when.low)
        if counted != snapshot.total and not least <= snapshot.total <= most:
            differences.append(f"the total is {snapshot.total}, the file has {least} to {most} members")
    return tuple(differences)


def presence(
    members: Members,
    quarters: range,
    uniform: Callable[[str], NDArray[np.float64]],
    histories: int,
) -> NDArray[np.bool_]:
    """Return which state is a member in which quarter of each history.

    Where documents only enclose the date of an arrival or departure, every quarter between them is as
    likely as the others. Where they count members without naming them, the first ones are those with the
    lowest numbers of their own, so that taking a state out moves none of the others.

    Parameters
    ----------
    members : of a scenario
    quarters : the absolute quarters of the run
    uniform : dotted key → (histories,) in (0, 1); asked once a key, `members.founder.ISO3`,
        `members.joins.ISO3`
        and `members.changes.ISO3.STATUS.QUARTER`, and only where something is left open
    histories : length of the first axis

    Returns
    -------
    (histories, len(quarters), len(members.states))   true where the state is a member
    """
    import numpy as np  # here, so that reading a scenario does not need it

    time = np.asarray(quarters)[None, :]
    listed = members.listed
    column = {state: index for index, state in enumerate(listed)}
    present = np.zeros((histories, len(quarters), len(listed)), dtype=np.bool_)

    def between(window: Window, key: str) -> NDArray[np.int64]:
        width = window.high - window.low + 1
        if width == 1:
            return np.full((histories, 1), window.low, dtype=np.int64)
        return (window.low + np.floor(width * uniform(key)).astype(np.int64))[:, None]

    everyone = listed if members.count is not None else members.start
    present[:, :, [column[state] for state in everyone]] = True
    if members.unnamed is not None:
        among, totals = members.unnamed.among, members.unnamed.totals
        luck = np.stack([uniform(f"members.founder.{state}") for state in among], axis=-1)
        rank = np.argsort(np.argsort(luck, axis=-1, kind="stable"), axis=-1, kind="stable")
        for index, state in enumerate(among):
            joins = np.full((histories, 1), totals[0][0], dtype=np.int64)
            for (before, seated), (quarter, _) in pairwise(totals):
                later = rank[:, index, None] >= seated - len(members.start)
                joins = np.where(later, between(Window(before + 1, quarter), f"members.joins.{state}"), joins)
            present[:, :, column[state]] = time >= joins
    for change in members.changes:
        if change.state not in column:
            continue
        key = f"members.changes.{change.state}.{change.to}.{quarter_label(change.when.low)}"
        after = time >= between(change.when, key)
        held = present[:, :, column[change.state]]
        present[:, :, column[change.state]] = np.where(after, change.to == "member", held)
    return present[:, :, [column[state] for state in members.states]]
