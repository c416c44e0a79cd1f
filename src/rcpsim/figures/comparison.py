"""Pictures of a comparison: the same measures under each design, and what each adds to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rcpsim.figures.style import DESIGN_COLOURS, DESIGN_STYLES, Drawn, Time, canvas, curve, heading
from rcpsim.measures import MEASURES
from rcpsim.results import INTERVAL

if TYPE_CHECKING:
    from rcpsim.comparison import Comparison

_PAGES: Final = {
    "trust": ("Trust", ("trust_all", "trust_met", "trust_across", "trust_evidence")),
    "understanding": (
        "Understanding each other",
        ("understanding", "common_language", "empathy", "candour_year"),
    ),
    "positions": ("Positions and law", ("dispersion", "gap_across", "harmonisation", "delivered")),
    "life": ("Participation, commitment and life", ("participation", "commitment", "ownership", "alive")),
}
_DIFFERENCES: Final = {
    "trust_all": "trust, all pairs",
    "trust_met": "trust, by candid hours",
    "trust_across": "trust, origin with destination",
    "trust_evidence": "evidence behind trust",
    "candour_year": "candour over the last year",
    "leaks_per_100h": "leaks per 100 candid hours",
    "understanding": "understanding",
    "common_language": "common language",
    "empathy": "knowing what others need",
    "dispersion": "spread of positions",
    "gap_across": "gap, origin to destination",
    "harmonisation": "harmonisation of law",
    "delivered": "delivered of what was agreed",
    "participation": "participation",
    "commitment": "commitment",
    "ownership": "ownership",
}
"""Measures that are held against the first design, with the words for them."""
_LINEAR: Final = 1.0  # standard deviations up to which the axis of differences is even


def comparison_figures(comparison: Comparison) -> dict[str, Drawn]:
    """Return the pictures of a comparison with their captions, by the names of their files."""
    drawn = {name: _page(comparison, title, measures) for name, (title, measures) in _PAGES.items()}
    drawn["differences"] = _differences(comparison)
    return drawn


def _page(comparison: Comparison, title: str, measures: tuple[str, ...]) -> Drawn:
    """Draw four measures, one curve for each design."""
    time = Time.of(comparison.results[0].labels)
    figure, grid = canvas(2, 2, 5.4, title, sharex=True)
    for place, name in enumerate(measures):
        axes = grid[place // 2][place % 2]
        for n, results in enumerate(comparison.results):
            colour, style = _look(n)
            values = results.measures[name]
            if name == "alive":
                axes.plot(time.at, np.mean(values, axis=0), color=colour, linestyle=style, linewidth=1.8)
            else:
                curve(axes, time, values, colour, style=style)
        measure = MEASURES[name]
        heading(axes, _DIFFERENCES.get(name, name), measure.unit if name != "alive" else "share of histories")
        top = 1.02 if measure.high == 1.0 else None
        axes.set_ylim(min(0.0, axes.get_ylim()[0]) if measure.low != 0 else 0.0, top)
        time.dress(axes, last=place >= 2)
    _designs(comparison, figure, height=5.4)
    told = [(_DIFFERENCES.get(name, name), MEASURES[name].meaning) for name in measures]
    meanings = " ".join(f"{words[:1].upper()}{words[1:]}: {meaning}" for words, meaning in told)
    caption = (
        f"Medians over {comparison.results[0].histories.size} histories with the interval that holds nine of "
        f"ten, among those whose process has not ended; the same luck in every design. {meanings}"
    )
    return figure, caption


def _differences(comparison: Comparison) -> Drawn:
    """Draw what each design adds to the first, in standard deviations of the first over histories."""
    first, others = comparison.results[0], comparison.names[1:]
    year = comparison.years[-1]
    found = []
    for name in _DIFFERENCES:
        values = first.year_ends(first.measures[name], [year])[:, 0]
        values = values[np.isfinite(values)]
        spread = float(np.std(values, ddof=1)) if values.size > 1 else 0.0
        if spread > 0.0:
            found.append((name, spread))
    height = 1.5 + 0.2 * len(found) * (0.6 + 0.4 * len(others))
    figure, grid = canvas(1, 1, height, f"What each design adds to {comparison.names[0]}, end of year {year}")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.27, bottom=0.95 / height, top=1 - 0.5 / height)
    axes.axvline(0.0, color="#000000", linewidth=0.8)
    axes.axvspan(-0.1, 0.1, color="#EEEEEE", linewidth=0)
    for row, (name, spread) in enumerate(reversed(found)):
        for n, design in enumerate(others):
            entry = comparison.row(name, design, year)
            place = row + 0.3 * (0.5 - (n + 0.5) / len(others)) * 2
            colour, _ = _look(n + 1)
            axes.plot([entry.low / spread, entry.high / spread], [place, place], color=colour, linewidth=2.2)
            axes.plot(
                [entry.mean_difference / spread], [place], marker="os^Dv*P"[n % 7], color=colour, markersize=6
            )
    axes.set_yticks(range(len(found)), [_DIFFERENCES[name] for name, _ in reversed(found)])
    axes.set_ylim(-0.6, len(found) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_xscale("symlog", linthresh=_LINEAR, linscale=2.0)
    ticks = [-30, -10, -3, -1, -0.5, 0, 0.5, 1, 3, 10, 30]
    low, high = axes.get_xlim()
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xlim(min(low, -1.2), max(high, 1.2))
    axes.minorticks_off()
    axes.set_xlabel(f"mean paired difference, in standard deviations of {comparison.names[0]}", fontsize=8)
    _designs(comparison, figure, height=height, skip=1, marks=True)
    caption = (
        f"Mean difference to {comparison.names[0]} in the same history with the same luck, with its "
        f"{round(100 * INTERVAL)} % interval, in standard deviations of {comparison.names[0]} over "
        "histories. Grey: differences smaller than a tenth of a standard deviation. Only histories count "
        "whose process has not ended under either design."
    )
    return figure, caption


def _look(place: int) -> tuple[str, Any]:
    """Return colour and line style of a design."""
    return DESIGN_COLOURS[place % len(DESIGN_COLOURS)], DESIGN_STYLES[place % len(DESIGN_STYLES)]


def _designs(
    comparison: Comparison, figure: Figure, *, height: float, skip: int = 0, marks: bool = False
) -> None:
    """Draw the legend of the designs below all panels."""
    handles = []
    for n, name in enumerate(comparison.names):
        colour, style = _look(n)
        mark = "os^Dv*P"[(n - skip) % 7] if marks else None
        if n >= skip:
            handles.append(
                Line2D([], [], color=colour, linestyle="-" if marks else style, marker=mark, label=name)
            )
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.07, 0.0),
        ncols=3,
        frameon=False,
        fontsize=8,
        handlelength=3.2,
    )
