"""Pictures of a fit: what was learnt of each parameter, and which patterns pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.cards import all_cards
from rcpsim.figures.style import BLUE, GREY, VERMILION, Drawn, canvas, heading
from rcpsim.fitting.judging import LEARNT_BY, TAUGHT, held, learnt, pulls
from rcpsim.fitting.sampling import free_names

if TYPE_CHECKING:
    from rcpsim.fitting import Fit

__all__ = ["fit_figures"]

_ROWS: Final = 24
_FEWEST: Final = 10
_STRONGEST: Final = 16


def fit_figures(fit: Fit) -> dict[str, Drawn]:
    """Return the pictures of a fit with their captions, by the names of their files."""
    drawn = {"volume": _volume(fit), "pulls": _pulls(fit)}
    if fit.points.shape[0] >= _FEWEST:
        drawn["learnt"] = _strips(fit)
    return drawn


def _strips(fit: Fit) -> Drawn:
    """Draw the plausible sets of each parameter as points along the quantiles of its prior."""
    found = learnt(fit)[:_ROWS]
    place = {name: column for column, name in enumerate(free_names())}
    cards = all_cards()
    height = 1.9 + 0.24 * len(found)
    figure, grid = canvas(1, 1, height, "What the record says of the parameters")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.34, right=0.84, bottom=0.8 / height)
    axes.axvspan(0.0, 1.0, color="#EEEEEE", linewidth=0)
    for tick in (0.05, 0.5, 0.95):
        axes.axvline(tick, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)))
    count = fit.points.shape[0]
    lift = (np.arange(count) * 0.61803398875 % 1.0 - 0.5) * 0.6  # an even scatter, the same in every picture
    for row, one in enumerate(reversed(found)):
        colour = BLUE if one.verdict == TAUGHT[0] else GREY
        axes.plot(fit.points[:, place[one.name]], row + lift, ".", color=colour, markersize=2.2, alpha=0.5)
        axes.plot([one.low, one.high], [row, row], color="#000000", linewidth=1.2)
        axes.plot([one.filtered], [row], marker="|", color=VERMILION, markersize=11, markeredgewidth=1.8)
        axes.plot([one.middle], [row], marker="D", color="#000000", markerfacecolor="#FFFFFF", markersize=4.5)
        words = f"{one.by_record:.2f} · {one.by_filter:.2f}"
        words += "" if one.verdict == TAUGHT[0] else f" {one.verdict}"
        axes.text(1.015, row, words, va="center", fontsize=7)
    axes.set_yticks(
        range(len(found)),
        [f"{one.name.replace('_', ' ')} ({cards[one.name].symbol})" for one in reversed(found)],
    )
    axes.set_ylim(-0.6, len(found) - 0.4)
    axes.set_xlim(0.0, 1.0)
    axes.grid(visible=False)
    axes.set_xlabel("quantile of the prior (0: its low end, 1: its high end)", fontsize=8)
    caption = (
        f"Each point is one of {count} plausible sets (one history of each of {len(fit.plan.processes)} "
        "processes "
        f"as of {fit.plan.as_of}); grey field: the prior, even from 0 to 1, with its middle and its nine "
        "of ten; "
        "diamond: posterior mean; line: nine of ten sets; orange stroke: mean of the draws of the prior "
        "that pass the plausibility filter; at the right: variance over the plausible sets over that of "
        f"these draws, and theirs over that of the prior. Of {len(free_names())} parameters the "
        f"{len(found)} of which most was learnt. Grey points: the record moves mean and variance by no more "
        f"than {LEARNT_BY:g} standard errors beyond the filter (filter only), and the filter does no more to "
        "the prior either (prior only)."
    )
    return figure, caption


def _volume(fit: Fit) -> Drawn:
    """Draw the share of prior volume that meets each strong pattern."""
    found = sorted((one for one in held(fit) if one.strong), key=lambda one: (one.meets, one.close))
    height = 1.8 + 0.26 * len(found)
    figure, grid = canvas(1, 1, height, "How much of the prior meets each strong pattern")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.43, bottom=0.95 / height)
    for row, one in enumerate(reversed(found)):
        axes.plot([one.close, one.meets], [row, row], color=GREY, linewidth=1.5, zorder=1)
        axes.plot([one.meets], [row], "o", color=BLUE, markersize=6, label="" if row else "within 3 sd")
        axes.plot([one.close], [row], "D", color=VERMILION, markersize=5, label="" if row else "within 1 sd")
    axes.set_yticks(range(len(found)), [one.name for one in reversed(found)])
    axes.set_ylim(-0.6, len(found) - 0.4)
    axes.set_xlim(-0.03, 1.03)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_xlabel("share of the sets of the first wave", fontsize=8)
    axes.legend(
        frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(-0.75, -0.35 / height * 2.2), ncols=2
    )
    caption = (
        f"Over the {fit.waves[0].points.shape[0]} sets of the first wave, even over the whole prior, one "
        "history each, "
        "among histories that lived long enough to be described; sd: spread of histories of one set and "
        "documented "
        "error together. A set is set aside when it misses one of these by more than 3 sd."
    )
    return figure, caption


def _pulls(fit: Fit) -> Drawn:
    """Draw how meeting one strong pattern closely bears on meeting another."""
    found = pulls(fit)
    weight: dict[str, float] = {}
    for one in found:
        for name in (one.one, one.other):
            weight[name] = max(weight.get(name, 0.0), abs(one.z))
    order = [fit.plan.patterns[place].name for place in fit.strong]
    most = sorted(weight, key=lambda name: -weight[name])[:_STRONGEST]
    names = [name for name in order if name in most]
    table = np.full((len(names), len(names)), np.nan)
    for one in found:
        if one.one in names and one.other in names:
            a, b = names.index(one.one), names.index(one.other)
            table[a, b] = table[b, a] = one.other_if_one - one.other_if_not
    height = 1.6 + 0.3 * max(len(names), 3)
    figure, grid = canvas(1, 1, height, "Which patterns pull together, and which apart")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.4, right=0.93, bottom=0.75 / height)
    axes.grid(visible=False)
    caption = (
        "Share of sets that meet one pattern closely (within 1 sd) among those that meet the other "
        "closely, less the share "
        f"among those that do not; {fit.waves[0].points.shape[0]} sets of the first wave, one history "
        "each. Below 0 "
        f"(orange) the two pull against each other; a frame: beyond {LEARNT_BY:g} standard errors. "
        "Empty: too few sets "
        "tell both."
    )
    if not names:
        axes.set_axis_off()
        axes.text(0.0, 0.5, "too few sets to say", fontsize=9)
        return figure, caption
    drawn = axes.imshow(table, cmap="PuOr", vmin=-1.0, vmax=1.0, aspect="auto")
    for one in found:
        if one.one in names and one.other in names:
            a, b = names.index(one.one), names.index(one.other)
            gap = one.other_if_one - one.other_if_not
            for row, column in ((a, b), (b, a)):
                ink = "#FFFFFF" if abs(gap) > 0.65 else "#000000"
                axes.text(
                    column,
                    row,
                    f"{round(gap, 1) + 0.0:+.1f}",
                    ha="center",
                    va="center",
                    fontsize=6.5,
                    color=ink,
                )
                if abs(one.z) > LEARNT_BY:
                    corner = [column - 0.47, column + 0.47, column + 0.47, column - 0.47, column - 0.47]
                    level = [row - 0.46, row - 0.46, row + 0.46, row + 0.46, row - 0.46]
                    axes.plot(corner, level, color="#000000", linewidth=0.9)
    axes.set_xticks(range(len(names)), [str(n + 1) for n in range(len(names))], fontsize=7)
    axes.set_yticks(range(len(names)), [f"{name}  {n + 1}" for n, name in enumerate(names)], fontsize=7)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    heading(axes, "difference of shares")
    return figure, caption
