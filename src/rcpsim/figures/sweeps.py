"""Pictures of a sweep: effects, curves, two factors together, what matters, and where it is high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.lines import Line2D

from rcpsim.experiment.records import FULL
from rcpsim.figures.style import (
    BLUE,
    DESIGN_COLOURS,
    DESIGN_STYLES,
    GREY,
    VERMILION,
    WIDTH,
    Drawn,
    canvas,
    heading,
)
from rcpsim.measures import MEASURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rcpsim.analysis.effects import EffectRow
    from rcpsim.analysis.shapes import Axis, Curve
    from rcpsim.analysis.sweeps import Analysed

__all__ = ["sweep_figures"]

_MARKS: Final = "osD^vP*"
_FACTORS: Final = 20
_LONGEST: Final = 36


def sweep_figures(analysed: Analysed) -> dict[str, Drawn]:
    """Return the pictures of an analysis with their captions, by the names of their files."""
    drawn = {"effects": _effects(analysed)} if _shown(analysed) else {}
    if analysed.curves:
        drawn["curves"] = _curves(analysed)
    if analysed.surface is not None:
        drawn["heat-map"] = _heat_map(analysed)
        drawn["interaction"] = _interaction(analysed)
    if any(one.indices for (name, _), one in analysed.sensitivity.items() if name == analysed.measure):
        drawn["sensitivity"] = _sensitivity(analysed)
    if analysed.found is not None and analysed.found.scores:
        drawn["scores"] = _scores(analysed)
    return drawn


def _over(analysed: Analysed) -> str:
    """Return over what every picture is, as a sentence."""
    draws = analysed.sweep.experiment.draws
    settings = len(analysed.sweep.settings)
    return (
        f"{analysed.measure} ({MEASURES[analysed.measure].meaning.rstrip('.')}) at {analysed.quarter}; "
        f"{settings} settings, "
        f"{draws.count} draws of {draws.histories} histories each, "
        f"{settings * draws.count * draws.histories} "
        "histories in all, the same draws and the same luck in each setting."
    )


def _shown(analysed: Analysed) -> list[EffectRow]:
    rows = [
        row for row in analysed.effects if row.measure == analysed.measure and row.kind in ("effect", "arm")
    ]
    return [row for row in rows if np.isfinite(row.effect)]


def _colour(analysed: Analysed, design: str) -> tuple[str, Any, str]:
    place = analysed.designs.index(design)
    return DESIGN_COLOURS[place % 7], DESIGN_STYLES[place % 7], _MARKS[place % 7]


def _cut(text: str) -> str:
    """Return a name that fits beside an axis: the end of a long key says most."""
    text = text.removeprefix("parameters.")
    return text if len(text) <= _LONGEST else "…" + text[1 - _LONGEST :]


def _effects(analysed: Analysed) -> Drawn:
    rows = _shown(analysed)
    panels = [part for kind in ("effect", "arm") if (part := [row for row in rows if row.kind == kind])]
    height = 1.6 + 0.27 * len(rows) + 0.75 * len(panels)
    figure, grid = canvas(
        len(panels),
        1,
        height,
        f"What moves {analysed.measure}",
        height_ratios=[len(part) + 0.4 for part in panels],
    )
    figure.subplots_adjust(left=0.44, bottom=0.95 / height, hspace=1.5 * len(panels) / height)
    for (axes,), part in zip(grid, panels, strict=True):
        _rows_of_effects(analysed, axes, part)
    grid[-1][0].set_xlabel(f"mean paired difference of {analysed.measure} ({_unit(analysed)})", fontsize=8)
    _arms(analysed, figure, marks=True)
    interval = round(100 * analysed.sweep.experiment.analysis.interval)
    unit = "draws" if rows[0].unit == "draw" else "histories"
    caption = (
        f"Mean paired difference with its {interval} % interval over {rows[0].units} {unit} (thick), and "
        f"nine of ten {unit} (thin). Grey: less than the smallest effect of interest. Open marks: too few or "
        f"too uncertain to be called a finding. The panels have scales of their own. {_over(analysed)}"
    )
    return figure, caption


def _rows_of_effects(analysed: Analysed, axes: Axes, rows: list[EffectRow]) -> None:
    for place, row in enumerate(reversed(rows)):
        colour, _, mark = _colour(analysed, row.design)
        if np.isfinite(row.smallest):
            edges = [place - 0.4, place + 0.4]
            axes.fill_betweenx(edges, -row.smallest, row.smallest, color="#D8D8D8", linewidth=0)
        axes.plot([row.q05, row.q95], [place, place], color=colour, linewidth=0.8, alpha=0.7)
        axes.plot([row.interval_low, row.interval_high], [place, place], color=colour, linewidth=2.4)
        fill = colour if row.finding in ("rises", "falls", "nothing to be seen") else "#FFFFFF"
        axes.plot([row.effect], [place], mark, color=colour, markerfacecolor=fill, markersize=6)
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [_effect_name(row) for row in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    first = rows[0]
    asked = f"{_cut(first.of)} from {first.low} to {first.high}" if first.by else "factors, end to end"
    heading(axes, "arms" if first.kind == "arm" else asked)


def _effect_name(row: EffectRow) -> str:
    if row.kind == "arm":
        return f"{row.design}, less full"
    change = f"{_cut(row.of)}\n{row.low} to {row.high}" if not row.by else f"{_cut(row.by)} = {row.at}"
    return change if row.design == FULL else f"{change} ({row.design})"


def _unit(analysed: Analysed) -> str:
    return MEASURES[analysed.measure].unit


def _arms(analysed: Analysed, figure: Any, *, marks: bool = False) -> None:
    if len(analysed.designs) < 2:
        return
    handles = []
    for design in analysed.designs:
        colour, style, mark = _colour(analysed, design)
        handles.append(
            Line2D(
                [],
                [],
                color=colour,
                linestyle="-" if marks else style,
                marker=mark,
                markersize=5,
                label=design,
            )
        )
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=4, frameon=False, fontsize=8
    )


def _along(
    axes: Axes, curve: Curve, colour: str, style: Any, mark: str, label: str, shift: float = 0.0
) -> None:
    there = np.isfinite(curve.mean)
    at, mean = curve.axis.at[there] + shift, curve.mean[there]
    half = np.nan_to_num(curve.half[there])
    if curve.axis.words:
        axes.errorbar(at, mean, half, color=colour, fmt=mark, markersize=5, linewidth=1.5, label=label)
        return
    axes.fill_between(at, mean - half, mean + half, color=colour, alpha=0.15, linewidth=0)
    axes.plot(at, mean, color=colour, linestyle=style, marker=mark, markersize=4, linewidth=1.6, label=label)


def _dress(axes: Axes, axis: Axis) -> None:
    if axis.words:
        turned = sum(len(label) for label in axis.labels) > 30
        axes.set_xticks(
            axis.at.tolist(),
            [_cut(label) for label in axis.labels],
            rotation=25 if turned else 0,
            ha="right" if turned else "center",
        )
        axes.set_xlim(-0.5, len(axis.labels) - 0.5)
    axes.set_xlabel(_cut(axis.key), fontsize=8)


def _curves(analysed: Analysed) -> Drawn:
    keys = list(analysed.curves)
    columns = min(3, len(keys))
    rows = -(-len(keys) // columns)
    height = 1.3 + 2.3 * rows
    figure, grid = canvas(rows, columns, height, f"{analysed.measure} along each factor", sharey=True)
    figure.subplots_adjust(hspace=0.55, bottom=0.95 / height, left=0.1)
    for place in range(rows * columns):
        axes = grid[place // columns][place % columns]
        if place >= len(keys):
            axes.set_axis_off()
            continue
        for turn, (design, curve) in enumerate(analysed.curves[keys[place]].items()):
            shift = 0.12 * (turn - (len(analysed.designs) - 1) / 2) if curve.axis.words else 0.0
            _along(axes, curve, *_colour(analysed, design), design, shift)
        _dress(axes, curve.axis)
        if place % columns == 0:
            axes.set_ylabel(_unit(analysed), fontsize=8)
    _arms(analysed, figure)
    first = next(iter(analysed.curves[keys[0]].values()))
    binned = (
        " A factor with a range is cut into bins of even content, each at its mean."
        if first.axis.binned
        else ""
    )
    many = len(analysed.sweep.factors)
    chosen = f" The {len(keys)} of {many} factors that tell most." if len(keys) < many else ""
    caption = (
        "Mean over all other factors, with the "
        f"{round(100 * analysed.sweep.experiment.analysis.interval)} % interval "
        f"over {first.units} {'draws' if first.unit == 'draw' else 'histories'}, what shifts a draw "
        "as a whole "
        "left out."
        f"{binned}{chosen} {_over(analysed)}"
    )
    return figure, caption


def _heat_map(analysed: Analysed) -> Drawn:
    surface = analysed.surface
    assert surface is not None
    one, other = surface.one, surface.other
    height = 1.7 + 0.42 * max(len(other.labels), 4)
    figure, grid = canvas(1, 1, height, f"{analysed.measure} over two factors")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.24, right=0.9, bottom=0.85 / height)
    axes.grid(visible=False)
    table = surface.mean.T
    drawn = axes.imshow(table, cmap="cividis", aspect="auto", origin="lower")
    low, high = float(np.nanmin(table)), float(np.nanmax(table))
    digits = int(np.clip(1 - np.floor(np.log10(max(high - low, 1e-6))), 0, 6))
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            value = table[row, column]
            dark = np.isfinite(value) and value < low + 0.55 * (high - low)
            text = f"{value:.{digits}f}" if np.isfinite(value) else "none"
            axes.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=8,
                color="#FFFFFF" if dark else "#000000",
            )
    axes.set_xticks(range(len(one.labels)), [_cut(label) for label in one.labels], fontsize=8)
    axes.set_yticks(range(len(other.labels)), [_cut(label) for label in other.labels], fontsize=8)
    axes.set_xlabel(_cut(one.key), fontsize=8)
    axes.set_ylabel(_cut(other.key), fontsize=8)
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    bar.set_label(_unit(analysed), fontsize=8)
    caption = f"Mean over draws, histories and all other factors, in the full arm. {_over(analysed)}"
    return figure, caption


def _interaction(analysed: Analysed) -> Drawn:
    surface = analysed.surface
    assert surface is not None
    figure, grid = canvas(
        1, 1, 3.6, f"Does {_cut(surface.one.key)} act alike at each {_cut(surface.other.key)}?"
    )
    axes = grid[0][0]
    figure.subplots_adjust(left=0.1, right=0.74, bottom=0.16)
    shown = list(surface.lines.items())
    if len(shown) > len(DESIGN_COLOURS):
        shown = [shown[int(place)] for place in np.linspace(0, len(shown) - 1, len(DESIGN_COLOURS)).round()]
    for place, (label, curve) in enumerate(shown):
        shift = 0.08 * (place - (len(shown) - 1) / 2) if curve.axis.words else 0.0
        _along(axes, curve, DESIGN_COLOURS[place], DESIGN_STYLES[place], _MARKS[place], label, shift)
    _dress(axes, surface.one)
    axes.set_ylabel(f"{analysed.measure} ({_unit(analysed)})", fontsize=8)
    axes.legend(
        title=_cut(surface.other.key),
        title_fontsize=8,
        fontsize=8,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        handlelength=3.0,
    )
    curve = shown[0][1]
    caption = (
        "Where the lines are parallel, the two factors do not depend on each other. Bands: "
        f"{round(100 * analysed.sweep.experiment.analysis.interval)} % interval over {curve.units} "
        f"{'draws' if curve.unit == 'draw' else 'histories'}, what shifts a draw as a whole left "
        "out; full arm. "
        f"{_over(analysed)}"
    )
    return figure, caption


def _sensitivity(analysed: Analysed) -> Drawn:
    one = analysed.sensitivity[analysed.measure, FULL]
    kinds = [
        kind for kind in ("total", "main", "mu_star") if any(index.index == kind for index in one.indices)
    ]
    by = {(index.factor, index.index): index for index in one.indices}
    lead = kinds[0]
    names = sorted({index.factor for index in one.indices}, key=lambda name: -by[name, lead].value)[:_FACTORS]
    height = 1.9 + 0.3 * len(names)
    figure, grid = canvas(1, 1, height, f"What {analysed.measure} depends on")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.38, bottom=1.0 / height)
    axes.axvspan(0.0, one.threshold, color="#E4E4E4", linewidth=0)
    colours, marks = (
        {"total": BLUE, "main": VERMILION, "mu_star": BLUE},
        {"total": "o", "main": "D", "mu_star": "o"},
    )
    for row, name in enumerate(reversed(names)):
        for turn, kind in enumerate(kinds):
            index = by[name, kind]
            place = row + (0.15 if turn == 0 else -0.15) * (len(kinds) > 1)
            half = np.nan_to_num(index.half_replicates)
            axes.plot([index.low, index.high], [place] * 2, color=colours[kind], linewidth=0.9)
            axes.plot(
                [index.value - half, index.value + half], [place] * 2, color=colours[kind], linewidth=3.0
            )
            sure = index.finding in ("matters", "hardly matters")
            axes.plot(
                [index.value],
                [place],
                marks[kind],
                color=colours[kind],
                markerfacecolor=colours[kind] if sure else "#FFFFFF",
                markersize=6,
            )
            axes.plot([index.without_noise], [place], "|", color="#000000", markersize=9, markeredgewidth=1.4)
    axes.set_yticks(range(len(names)), [_cut(name) for name in reversed(names)])
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    if one.method == "morris":
        axes.set_xlim(left=0.0)
        axes.set_xlabel(f"mean size of the effect over the whole range ({_unit(analysed)})", fontsize=8)
    else:
        axes.set_xlim(-0.05, 1.1)
        axes.set_xlabel("share of the variance between settings", fontsize=8)
    words = {"total": "alone and together (total)", "main": "alone (main)", "mu_star": "mean size (mu_star)"}
    handles = [
        Line2D([], [], color=colours[kind], marker=marks[kind], linewidth=3.0, label=words[kind])
        for kind in kinds
    ]
    bar = "root mean square, without noise" if one.method == "morris" else "without noise"
    handles.append(Line2D([], [], color="#000000", marker="|", markersize=9, linewidth=0, label=bar))
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=3, frameon=False, fontsize=8
    )
    shown = f" The {len(names)} that tell most." if len(names) == _FACTORS else ""
    refusal = f" No finding: {one.refusal}." if one.refusal else ""
    caption = (
        "Thick: the interval that draws and luck leave; thin: with the choice of points as well "
        f"({round(100 * analysed.sweep.experiment.analysis.interval)} %). Full marks: clearly "
        "beyond, or clearly "
        "within, the grey field, where a factor hardly matters; open marks: no finding. Bar: the "
        "same from replicates "
        f"that share neither draw nor luck.{shown}{refusal} {_over(analysed)}"
    )
    return figure, caption


def _scores(analysed: Analysed) -> Drawn:
    found = analysed.found
    assert found is not None
    scores = list(found.scores.items())[:_FACTORS]
    height = 1.5 + 0.27 * len(scores)
    figure, grid = canvas(1, 1, height, f"What tells settings with high {analysed.measure} from others")
    axes = grid[0][0]
    figure.set_size_inches(WIDTH, height)
    figure.subplots_adjust(left=0.38, bottom=0.65 / height)
    limits = {limit.feature for limit in found.region.limits} if found.region is not None else set()
    for row, (name, score) in enumerate(reversed(scores)):
        axes.barh([row], [score], color=BLUE if name in limits else GREY, height=0.62)
    axes.set_yticks(range(len(scores)), [_cut(name) for name, _ in reversed(scores)])
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_xlabel("score; all factors together have 1", fontsize=8)
    heading(axes, "")
    region = "Blue: bounds the region that is told in report.md." if limits else "No region is told."
    caption = (
        "Scores of extremely randomised trees that tell settings whose mean is above "
        f"{analysed.level:.3g} (the highest "
        f"quarter) from the others, over {found.rows} settings of the full arm. {region} {_over(analysed)}"
    )
    return figure, caption
