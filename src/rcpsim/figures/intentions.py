"""A picture of what a process is given from outside: members, chair, calendar and events by date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from rcpsim.axes import quarter_label
from rcpsim.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Drawn,
    Time,
    canvas,
    plain,
)
from rcpsim.profile import member_counts
from rcpsim.scenario import Dial, Event, Meeting, Scenario, Value, dial_card, values_of

__all__ = ["timeline"]

_ROW: Final = 0.25  # inches
_STRIP: Final = 1.1  # inches, for the number of members
_EVENTS: Final = {
    "shock": (VERMILION, "v", "shock"),
    "incentive": (GREEN, "^", "incentive"),
    "money": (ORANGE, "s", "money"),
    "text": (PURPLE, "D", "text adopted elsewhere"),
    "overlap": (SKY, "P", "another body"),
}
_LONGEST: Final = 26  # letters of a name on the left


@dataclass(frozen=True)
class _Bar:
    """A stretch of a row: absolute quarters, both included, words on it, and whether it is known."""

    low: int
    high: int
    words: str
    known: bool
    colour: str


@dataclass(frozen=True)
class _Row:
    """A row of the time line: its name, its stretches, and marks (quarter, mark, colour, date known)."""

    name: str
    bars: tuple[_Bar, ...] = ()
    marks: tuple[tuple[int, str, str, bool], ...] = ()


def timeline(scenario: Scenario) -> Drawn:
    """Draw members, secretariat, chair, intended meetings and events of a scenario by date."""
    groups = [
        ("who runs it", list(_people(scenario))),
        ("intended meetings a year", [_meeting_row(scenario, meeting) for meeting in scenario.meetings]),
        ("events from outside", [_event_row(scenario, event) for event in scenario.events]),
    ]
    groups = [(title, rows) for title, rows in groups if rows]
    count = sum(len(rows) + 1 for _, rows in groups)
    height = 1.35 + _STRIP + _ROW * count
    figure, grid = canvas(
        2,
        1,
        height,
        f"Members, meetings as intended, and events: {scenario.id}",
        sharex=True,
        height_ratios=(_STRIP, _ROW * count),
    )
    figure.subplots_adjust(
        left=0.25, right=0.97, bottom=0.75 / height, top=1 - 0.5 / height, hspace=0.3 / (height / 2)
    )
    upper, lower = grid[0][0], grid[1][0]
    time = Time.of([quarter_label(quarter) for quarter in scenario.quarters])
    _members(upper, scenario, time)
    _rows(lower, groups)
    time.dress(upper, last=False)
    time.dress(lower)
    figure.legend(
        handles=_handles(scenario),
        loc="lower left",
        bbox_to_anchor=(0.02, 0.0),
        ncols=5,
        frameon=False,
        fontsize=7.5,
        columnspacing=1.2,
        handlelength=1.6,
    )
    caption = (
        f"What the file of {scenario.id} gives to a run; what came of it is left to the model. Above, the "
        "number of member states: the line is the number that are members whatever is drawn, the shade goes "
        "up to those that may be. Below, filled: documented or judged; hatched: the documents do not say "
        "how often, or enclose the date only, and it is drawn for each history. Numbers on a bar are "
        "meetings a year. A hollow mark stands in the middle of the time in which the "
        "event may fall; a bar behind a mark is how long it lasts, where it does not fade."
    )
    return figure, caption


def _members(axes: Axes, scenario: Scenario, time: Time) -> None:
    counts = np.array([member_counts(scenario, quarter) for quarter in scenario.quarters])
    sure, maybe = counts[:, 0], counts[:, 1]
    edges = np.append(time.at - 0.125, time.at[-1] + 0.125)
    axes.stairs(maybe, edges, baseline=sure, fill=True, color=BLUE, alpha=0.2, linewidth=0)
    axes.stairs(sure, edges, baseline=None, color=BLUE, linewidth=1.8)
    axes.set_ylim(0, 1.15 * max(int(maybe.max()), 1))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_ylabel("members", fontsize=8)


def _people(scenario: Scenario) -> Iterator[_Row]:
    design, run = scenario.design, scenario.quarters
    yield _Row("secretariat", tuple(_stretches(design.secretariat, run, SKY)))
    mode = design.chair.mode
    named = [] if all(value.kind == "unknown" for value in values_of(mode)) else _stretches(mode, run, SKY)
    yield _Row("chair", tuple(named) or (_Bar(run[0], run[-1], "mode not known", False, SKY),))
    if design.chair.holders:
        yield _Row("documented chairs", tuple(_chairs(scenario)))
    if design.observers:
        marks = tuple(
            (max(seen.since or run[0], run[0]), "|", BLACK, True)
            for seen in design.observers
            if (seen.since or run[0]) <= run[-1]
        )
        first = min(quarter for quarter, *_ in marks) if marks else run[0]
        yield _Row("observers let in", (_Bar(first, run[-1], "", True, "#DDDDDD"),), marks)


def _chairs(scenario: Scenario) -> Iterator[_Bar]:
    """Yield each documented chair until the next one; a rotating one for a term, or the shortest possible."""
    chair, run = scenario.design.chair, scenario.quarters
    dates = sorted({quarter for quarter, _ in chair.holders})
    shortest = dial_card("design.chair.quarters").drawn or (1.0, 1.0)
    term = shortest[0] if chair.quarters.central is None else float(chair.quarters.central)
    for place, (start, end) in enumerate(pairwise([*dates, run[-1] + 1])):
        rotating = chair.mode.at(start).value == "rotating"
        last = min(end - 1, start + int(term) - 1) if rotating else end - 1
        if last < run[0] or start > run[-1]:
            continue
        names = "+".join(state for quarter, state in chair.holders if quarter == start)
        yield _Bar(max(start, run[0]), min(last, run[-1]), names, True, ("#F6C9A6", "#FBE7D3")[place % 2])


def _meeting_row(scenario: Scenario, meeting: Meeting) -> _Row:
    run = scenario.quarters
    name = meeting.name if len(meeting.name) <= _LONGEST else meeting.name[: _LONGEST - 1] + "…"
    if meeting.per_year is None:
        marks = tuple((date, "o", BLUE, True) for date in meeting.dates if run[0] <= date <= run[-1])
        return _Row(name, (), marks)
    window = range(max(run[0], meeting.since or run[0]), min(run[-1], meeting.until or run[-1]) + 1)
    return _Row(name, tuple(_stretches(meeting.per_year, window, "#A9CCE3")))


def _event_row(scenario: Scenario, event: Event) -> _Row:
    run = scenario.quarters
    colour, mark, _ = _EVENTS[event.kind]
    name = event.id if len(event.id) <= _LONGEST else event.id[: _LONGEST - 1] + "…"
    bars = []
    start, end = max(event.on.low, run[0]), min(event.on.high, run[-1])
    dated = event.on.low == event.on.high
    if event.until is not None:
        bars.append(_Bar(start, min(event.until - 1, run[-1]), "", True, colour))
    elif event.half_life is None:
        bars.append(_Bar(start, run[-1], "", True, colour))
    if not dated:
        bars.append(_Bar(start, end, "", False, colour))
    return _Row(name, tuple(bars), ((start if dated else (start + end) // 2, mark, colour, dated),))


def _stretches(dial: Dial, window: range, colour: str) -> Iterator[_Bar]:
    """Yield a bar for each period of a dial within a window of quarters."""
    if not window:
        return
    if isinstance(dial, Value):
        yield _Bar(window[0], window[-1], _words(dial), dial.kind != "unknown", colour)
        return
    starts = [window[0], *dial.starts[1:], window[-1] + 1]
    for value, (start, end) in zip(dial.values, pairwise(starts), strict=True):
        low, high = max(start, window[0]), min(end - 1, window[-1])
        if low <= high:
            yield _Bar(low, high, _words(value), value.kind != "unknown", colour)


def _words(value: Value) -> str:
    if value.kind == "unknown":
        return "not known"
    if value.kind == "range":
        return f"{value.low:g} to {value.high:g}"
    return f"{value.value:g}" if isinstance(value.value, int | float) else str(value.value)


def _rows(axes: Axes, groups: list[tuple[str, list[_Row]]]) -> None:
    """Draw the rows of all groups from the top downward, each group under its title."""
    plain(axes)
    axes.grid(visible=False)
    place, ticks, names = 0, [], []
    for title, rows in groups:
        axes.text(
            -0.325, place, title, transform=axes.get_yaxis_transform(), fontsize=8, weight="bold", va="center"
        )
        for row in rows:
            place += 1
            ticks.append(place)
            names.append(row.name)
            axes.axhline(place, color="#EEEEEE", linewidth=0.6, zorder=0)
            for bar in row.bars:
                _draw_bar(axes, place, bar)
            for quarter, mark, colour, known in row.marks:
                axes.scatter(
                    (quarter + 0.5) / 4,
                    place,
                    s=70 if mark == "|" else 38,
                    marker=mark,
                    facecolors=colour if known else "white",
                    edgecolors=None if mark == "|" else BLACK if known else colour,
                    linewidths=1.2 if mark == "|" or not known else 0.6,
                    zorder=4,
                )
        place += 1
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(place - 0.4, -0.6)


def _draw_bar(axes: Axes, place: int, bar: _Bar) -> None:
    left, width = bar.low / 4, (bar.high + 1 - bar.low) / 4
    look: dict[str, Any] = (
        {"color": bar.colour, "alpha": 0.8, "edgecolor": "white"}
        if bar.known
        else {
            "facecolor": "white",
            "edgecolor": bar.colour if bar.colour != "#DDDDDD" else GREY,
            "hatch": "////",
        }
    )
    axes.barh(place, width, left=left, height=0.62, linewidth=0.6, zorder=2, **look)
    if bar.words:
        axes.text(
            left + width / 2,
            place,
            bar.words,
            ha="center",
            va="center",
            fontsize=7 if width > 1.2 else 5.5,
            clip_on=True,
            zorder=3,
            bbox=None
            if bar.known
            else {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )


def _handles(scenario: Scenario) -> list[Any]:
    kinds = [kind for kind in _EVENTS if any(event.kind == kind for event in scenario.events)]
    handles: list[Any] = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=mark,
            color=colour,
            markeredgecolor=BLACK,
            markersize=6,
            label=words,
        )
        for colour, mark, words in (_EVENTS[kind] for kind in kinds)
    ]
    handles.append(Patch(facecolor="#A9CCE3", label="known"))
    handles.append(Patch(facecolor="white", edgecolor=GREY, hatch="////", label="drawn"))
    return handles
