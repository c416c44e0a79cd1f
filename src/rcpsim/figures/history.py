"""Pictures of the typical history: its stages, its matrix of trust, its network of ties, its dated events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rcpsim.arrays import Array
from rcpsim.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    ROLE_COLOURS,
    ROLE_MARKERS,
    SKY,
    VERMILION,
    Drawn,
    Time,
    canvas,
    chosen_quarters,
    heading,
    roles,
    spread_out,
)
from rcpsim.results import Results

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

_STAGE_NAMES: Final = ("not yet", "1 meets", "2 common language", "3 plan", "4 operational", "ended")
_STAGE_COLOURS: Final = ("#F2F2F2", "#C6DBEF", "#6BAED6", "#2171B5", "#08306B", "#BDBDBD")
_ROWS: Final = (  # kind of event, words, marker, colour; from the top of the picture downward
    ("ministerial", "ministerial meeting", "o", BLUE),
    ("senior", "senior officials", "o", BLUE),
    ("working-group", "working group", "o", BLUE),
    ("workshop", "workshop", "o", BLUE),
    ("cancelled", "called off", "x", GREY),
    ("definition", "terms agreed", "D", GREEN),
    ("item", "plan item adopted", "^", GREEN),
    ("item_due", "plan item due", "|", BLACK),
    ("item_closed", "plan item done", "v", GREEN),
    ("item_dropped", "plan item dropped", "x", GREEN),
    ("deal", "bilateral deal", "P", ORANGE),
    ("leak", "confidence broken", "X", VERMILION),
    ("joint_act", "joint acts in a crisis", "s", SKY),
    ("government", "change of government", "|", PURPLE),
    ("sponsor_left", "sponsor leaves", "v", BLACK),
    ("status", "falls asleep, wakes, ends", "*", BLACK),
)
_MANY: Final = 24  # states beyond which only every second or fourth is named
_TIE: Final = 0.1  # ties below it are not drawn
_FEW: Final = 12  # states up to which every tie is drawn
_EACH: Final = 8  # where there are more: how many of its strongest ties a state brings into play
_SIZED: Final = ("ministerial", "senior", "working-group", "workshop")


def stages(results: Results, replay: Replay) -> Drawn:
    """Draw the share of histories in each of the four stages, and the stages of the typical history."""
    time = Time.of(results.labels)
    figure, grid = canvas(2, 1, 3.9, "The four stages of a process", sharex=True, height_ratios=(5, 1))
    upper, lower = grid[0][0], grid[1][0]
    stage = results.measures["stage"]
    ended = np.isnan(stage)
    shares = [np.mean(~ended & (stage == place), axis=0) for place in range(5)] + [np.mean(ended, axis=0)]
    edges = np.append(time.at - 0.125, time.at[-1] + 0.125)
    below = np.zeros(stage.shape[1])
    for share, colour in zip(shares, _STAGE_COLOURS, strict=True):
        upper.stairs(below + share, edges, baseline=below, fill=True, color=colour, linewidth=0)
        below = below + share
    upper.set_ylim(0, 1)
    upper.grid(visible=False)
    heading(upper, f"all {results.histories.size} histories", "share of histories")
    own = np.where(np.isnan(replay.measures["stage"]), 5.0, replay.measures["stage"])
    own = np.where(replay.measures["ended"] > 0, 5.0, own)
    lower.pcolormesh(edges, [0, 1], own[None, :], cmap=ListedColormap(_STAGE_COLOURS), vmin=-0.5, vmax=5.5)
    lower.set_yticks([])
    heading(lower, f"the typical history (number {replay.history})")
    time.dress(upper, last=False)
    time.dress(lower)
    handles = [
        Patch(facecolor=colour, edgecolor=GREY, linewidth=0.5, label=name)
        for colour, name in zip(_STAGE_COLOURS, _STAGE_NAMES, strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.07, 0.0),
        ncols=6,
        frameon=False,
        fontsize=8,
        columnspacing=1.2,
        handlelength=1.2,
    )
    caption = (
        "The stages of Klekowski von Koppenfels (2001): a process meets; its members come to a common "
        "language; to a plan of action; to working together in practice. A stage counts once it has lasted "
        f"a year, and may be skipped or lost. Above, the share of {results.histories.size} histories in "
        "each; below, the one history nearest to the medians."
    )
    return figure, caption


def matrix(replay: Replay, quarters: Sequence[int] | None = None) -> Drawn:
    """Draw how far each state trusts each other at the ends of up to four quarters."""
    setting = replay.setting
    when = spread_out(quarters or chosen_quarters(setting.quarters))
    figure, grid = canvas(2, 2, 7.9, f"Who trusts whom (history {replay.history})")
    figure.subplots_adjust(left=0.08, right=0.86, bottom=0.07, top=0.91, wspace=0.16, hspace=0.2)
    names, order = roles(setting.origin[0], setting.transit[0], setting.destination[0])
    codes = [setting.codes[i] for i in order]
    edges = [n - 0.5 for n in range(1, len(codes)) if names[order[n]] != names[order[n - 1]]]
    step = 1 if len(codes) <= _MANY else 2 if len(codes) <= 2 * _MANY else 4
    size = 7 if len(codes) <= _MANY else 5
    weight = setting.parameters.m["prior_weight"]
    image: Any = None
    shown = []
    for quarter in when:
        world, here = replay.worlds[quarter], setting.present[0, quarter]
        belief = ((world.kept + weight * setting.trust_prior) / (world.kept + world.broken + weight))[0]
        known = np.where(setting.off * np.outer(here, here) > 0, belief, np.nan)
        shown.append(known[np.ix_(order, order)])
    low = np.floor(10 * np.nanmin(shown, initial=0.9)) / 10
    high = np.ceil(10 * np.nanmax(shown, initial=0.1)) / 10
    for place, quarter in enumerate(when):
        axes = grid[place // 2][place % 2]
        axes.grid(visible=False)
        axes.set_facecolor("#EEEEEE")
        image = axes.imshow(
            shown[place], vmin=low, vmax=high, cmap="viridis", aspect="equal", interpolation="nearest"
        )
        ticks = list(range(0, len(codes), step))
        axes.set_xticks(ticks, [codes[n] for n in ticks], rotation=90, fontsize=size)
        axes.set_yticks(ticks, [codes[n] for n in ticks], fontsize=size)
        for edge in edges:
            axes.axhline(edge, color="white", linewidth=1.4)
            axes.axvline(edge, color="white", linewidth=1.4)
        for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
            for label, n in zip(labels, ticks, strict=True):
                label.set_color("#8A6D00" if names[order[n]] == "transit" else ROLE_COLOURS[names[order[n]]])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        heading(axes, replay.labels[quarter])
    for place in range(len(when), 4):
        grid[place // 2][place % 2].set_visible(False)
    bar = figure.colorbar(image, cax=figure.add_axes((0.9, 0.28, 0.022, 0.44)))
    bar.set_label("trust of the row in the column (of 0 to 1)", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    caption = (
        "Trust of the state of the row in that of the column in the typical history, at the "
        f"{_ends(replay, when)}. "
        "States run from origin (vermilion) over transit (dark yellow) to destination (blue), by "
        "their main role in the first quarter. Grey: not both members."
    )
    return figure, caption


def network(replay: Replay, quarters: Sequence[int] | None = None) -> Drawn:
    """Draw working ties between states at the ends of up to four quarters."""
    setting = replay.setting
    when = spread_out(quarters or chosen_quarters(setting.quarters))
    figure, grid = canvas(2, 2, 7.6, f"Working ties (history {replay.history})")
    figure.subplots_adjust(left=0.03, right=0.97, bottom=0.07, top=0.91, wspace=0.05, hspace=0.1)
    names, order = roles(setting.origin[0], setting.transit[0], setting.destination[0])
    angle = np.pi / 2 - 2 * np.pi * np.argsort(order) / len(order)
    x, y = np.cos(angle), np.sin(angle)
    thin = 1.0 if len(order) <= _MANY else 0.5
    size = 110 if len(order) <= _FEW else 60 if len(order) <= _MANY else 25
    for place, quarter in enumerate(when):
        axes = grid[place // 2][place % 2]
        here = setting.present[0, quarter] > 0
        ties = _both_ways(replay.worlds[quarter].ties[0])
        i, j = np.nonzero(np.triu(_strongest(ties * np.outer(here, here)), 1) >= _TIE)
        strength = ties[i, j]
        lines = [[(x[a], y[a]), (x[b], y[b])] for a, b in zip(i, j, strict=True)]
        grey = 0.85 - 0.75 * strength
        axes.add_collection(
            LineCollection(
                lines,
                linewidths=thin * (0.3 + 2.2 * strength**2),
                colors=np.stack([grey, grey, grey, 0.35 + 0.5 * strength], axis=-1),
                zorder=1,
            )
        )
        for role, colour in ROLE_COLOURS.items():
            these = np.array([name == role for name in names])
            for group, alpha in ((these & here, 1.0), (these & ~here, 0.2)):
                axes.scatter(
                    x[group],
                    y[group],
                    s=size,
                    c=colour,
                    marker=ROLE_MARKERS[role],
                    alpha=alpha,
                    edgecolors=BLACK,
                    linewidths=0.6,
                    zorder=2,
                )
        small = 7 if len(order) <= _MANY else 5
        for n, code in enumerate(setting.codes):
            axes.text(1.17 * x[n], 1.17 * y[n], code, ha="center", va="center", fontsize=small)
        axes.set_xlim(-1.32, 1.32)
        axes.set_ylim(-1.32, 1.32)
        axes.set_aspect("equal")
        axes.set_axis_off()
        heading(axes, replay.labels[quarter])
    for place in range(len(when), 4):
        grid[place // 2][place % 2].set_visible(False)
    handles: list[Any] = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=ROLE_MARKERS[role],
            color=colour,
            markeredgecolor=BLACK,
            markersize=7,
            label=role,
        )
        for role, colour in ROLE_COLOURS.items()
    ]
    handles += [
        Line2D([], [], color=(g, g, g), linewidth=thin * (0.3 + 2.2 * s**2), label=f"tie of {s}")
        for s, g in ((0.2, 0.7), (0.5, 0.475), (0.9, 0.175))
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.03, 0.0), ncols=6, frameon=False, fontsize=8
    )
    left_out = f"ties below {_TIE} are left out"
    if len(order) > _FEW:
        left_out += f", and those that are not among the {_EACH} strongest of both"
    caption = (
        "Working contact between states by any means, the mean of both directions, in the typical history at "
        f"the {_ends(replay, when)}; {left_out}. States stand on the circle from origin over transit "
        "to destination, clockwise from the top; pale: not a member at that time."
    )
    return figure, caption


def _ends(replay: Replay, quarters: Sequence[int]) -> str:
    """Return at the ends of which quarters something is shown, in words."""
    *before, last = (replay.labels[quarter] for quarter in quarters)
    return f"ends of {', '.join(before)} and {last}" if before else f"end of {last}"


def _strongest(ties: Array) -> Array:
    """Return ties that are among the strongest of both states, the others 0; all where states are few."""
    if len(ties) <= _FEW:
        return ties
    least = np.sort(ties, axis=-1)[:, -_EACH]
    kept: Array = np.where((ties >= least) & (ties >= least[:, None]), ties, 0.0)
    return kept


def _both_ways(ties: Array) -> Array:
    mean: Array = 0.5 * (ties + ties.T)
    return mean


def timeline(replay: Replay) -> Drawn:
    """Draw what happened in the typical history, by kind of event and date."""
    time = Time.of(replay.labels)
    found: list[tuple[str, str, str, Array, Array]] = []
    events = replay.events
    kinds = np.array(replay.setting.calendar.entry_kind)
    for kind, words, marker, colour in _ROWS:
        rows = events.of_kind("meeting" if kind in _SIZED else kind)
        quarter, value = rows.quarter, rows.value
        if kind in _SIZED:
            these = kinds[rows.meeting] == kind
            quarter, value = quarter[these], value[these]
        if quarter.size == 0:
            continue
        when, count = np.unique(quarter, return_counts=True)
        if kind in _SIZED:
            heads = np.array([value[quarter == q].mean() for q in when])
            size = 10 + 60 * heads / max(len(replay.setting.codes), 1)
        else:
            size = 22 + 9 * np.minimum(count - 1, 6)
        found.append((words, marker, colour, time.at[when], size.astype(np.float64)))
    shocks = [
        event
        for event in replay.run.scenario.events
        if event.kind == "shock" and event.on.low == event.on.high
    ]
    height = 1.3 + 0.3 * max(len(found), 3)
    figure, grid = canvas(1, 1, height, f"What happened when (history {replay.history})")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.25, right=0.97, bottom=0.6 / height, top=1 - 0.55 / height)
    for row, (_, marker, colour, at, size) in enumerate(reversed(found)):
        axes.scatter(at, np.full(at.size, row), s=size, marker=marker, c=colour, linewidths=0.9, alpha=0.85)
    axes.set_yticks(range(len(found)), [words for words, *_ in reversed(found)])
    axes.set_ylim(-0.7, len(found) - 0.3)
    first = replay.setting.first_quarter
    for event in shocks:
        at_year = (event.on.low + 0.5) / 4.0
        if 0 <= event.on.low - first < replay.setting.quarters:
            axes.axvline(at_year, color=VERMILION, linewidth=1.0, linestyle=":")
            axes.text(at_year, len(found) - 0.4, f" {event.id}", fontsize=7, color=VERMILION, va="bottom")
    time.dress(axes)
    caption = (
        "Dated events of the typical history. The mark of a meeting grows with the states in the room, any "
        "other with how many of its kind fall in the quarter. Dotted: documented shocks from outside."
    )
    return figure, caption
