"""Pictures of a hindcast: the stages of every process, documented beside simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rcpsim.axes import parse_quarter
from rcpsim.figures.style import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Drawn, canvas
from rcpsim.measures import STAGES
from rcpsim.patterns.observing import first_quarter
from rcpsim.patterns.records import year_of
from rcpsim.results import INTERVAL, Results, quantiles

if TYPE_CHECKING:
    from rcpsim.hindcast import Finding, Hindcast

__all__ = ["hindcast_figures"]

_COLOURS: Final = (GREY, BLUE, GREEN, ORANGE, VERMILION)
_MARKS: Final = ("o", "o", "s", "^", "D")
_FIRST: Final = ("puebla", "budapest", "manila", "cis-conference")
_LANE: Final = 0.1
_TOP: Final = 0.4
_LAST: Final = 2011.25


def hindcast_figures(found: Hindcast) -> dict[str, Drawn]:
    """Return the pictures of a hindcast with their captions, by the names of their files."""
    return {"stages": _stages(found)} if found.results else {}


def _stages(found: Hindcast) -> Drawn:
    """Draw one row for each process: when each stage is reached, simulated above, documented below."""
    dated: dict[str, list[Finding]] = {}
    for one in found.findings:
        if one.pattern.of == "stage" and one.pattern.form == "date":
            dated.setdefault(one.pattern.process, []).append(one)
    order = sorted(found.results, key=lambda name: (_FIRST.index(name) if name in _FIRST else 9, name))
    height = 1.6 + 0.55 * len(order)
    figure, grid = canvas(1, 1, height, "Stages of development: documented beside simulated")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.2, right=0.84, bottom=0.95 / height, top=1 - 0.55 / height)
    for row, name in enumerate(order):
        results = found.results[name]
        place = len(order) - 1 - row
        axes.axhline(place - 0.5, color="#DDDDDD", linewidth=0.6)
        _simulated(axes, results, place)
        for one in dated.get(name, ()):
            _documented(axes, one, place)
    axes.text(_LAST + 0.2, len(order) - 0.45, "ever reach 2, 3, 4", fontsize=7, va="bottom")
    axes.set_yticks(range(len(order)), [found.results[name].scenario.id for name in reversed(order)])
    axes.set_ylim(-0.5, len(order) - 0.5)
    axes.set_xlim(1985, _LAST)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)
    axes.set_xlabel("year", fontsize=8)
    handles = [
        Line2D(
            [], [], color=_COLOURS[n], marker=_MARKS[n], linewidth=2.0, markersize=5, label=f"{n} {STAGES[n]}"
        )
        for n in range(1, len(STAGES))
    ]
    handles += [
        Line2D([], [], color=BLACK, marker="o", mfc="white", ls=dashes, lw=1.0, markersize=5, label=words)
        for words, dashes in (("documented", "-"), ("documented, our reading", ":"))
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=3, frameon=False, fontsize=8
    )
    many = next(iter(found.results.values())).histories.size
    caption = (
        f"Upper, filled marks of each row: when a stage is reached, in the middle one of those of {many} "
        f"histories that reach it, with the interval that holds {round(100 * INTERVAL)} % of them; at the "
        "right the share of histories that ever reach stages 2, 3 and 4. Lower, white marks: what the "
        "documents say, with the error of their dating, dotted where the reading is ours. The four processes "
        "whose stages the document of 2001 assigns come first. Stage 1 follows from the calendar."
    )
    return figure, caption


def _simulated(axes: Axes, results: Results, place: float) -> None:
    """Draw when the histories reach each stage, and write how many do."""
    series, told = results.measures["stage"], []
    tail = (1.0 - INTERVAL) / 2.0
    for stage in range(1, len(STAGES)):
        first = first_quarter(series, float(stage))
        reached = np.isfinite(first)
        told.append(float(np.mean(reached)))
        if not reached.any():
            continue
        dates = year_of(parse_quarter(results.labels[0])) + first[reached] / 4.0
        low, middle, high = (float(one) for one in quantiles(dates, (tail, 0.5, 1.0 - tail)))
        at = place + _TOP - _LANE * (stage - 1)
        axes.plot([low, high], [at, at], color=_COLOURS[stage], linewidth=2.0, solid_capstyle="butt")
        axes.plot([middle], [at], marker=_MARKS[stage], color=_COLOURS[stage], markersize=5)
    shares = "  ".join(f"{share:.0%}" for share in told[1:])
    axes.text(_LAST + 0.2, place, shares, fontsize=7, va="center")


def _documented(axes: Axes, one: Finding, place: float) -> None:
    """Draw what is documented of one stage."""
    documented, stage = one.pattern.documented, int(one.pattern.reaches)
    assert documented is not None, "only patterns that are held have findings"
    at = place - 0.1 - _LANE * (stage - 1)
    dashes = ":" if one.pattern.reading == "ours" else "-"
    colour = _COLOURS[stage]
    axes.plot([documented.low, documented.high], [at, at], color=colour, linestyle=dashes, linewidth=1.1)
    axes.plot([documented.value], [at], color=colour, marker=_MARKS[stage], mfc="white", markersize=5)
