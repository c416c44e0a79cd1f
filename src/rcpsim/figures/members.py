"""Pictures of the members of a process before it is played: their roles, and the migrants between them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from rcpsim.arrays import Array
from rcpsim.axes import quarter_label
from rcpsim.data import STOCK_YEARS, stock_table
from rcpsim.figures.style import (
    BLACK,
    GREY,
    ROLE_COLOURS,
    ROLE_MARKERS,
    WIDTH,
    Drawn,
    canvas,
    heading,
    roles,
)
from rcpsim.profile import first_profiles
from rcpsim.scenario import Scenario

__all__ = ["stocks", "triangle"]

_CORNERS: Final = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2], [1.0, 0.0]])
"""Where a state of origin, of transit, of destination alone would stand."""

_PAPER_TO_INK: Final = LinearSegmentedColormap.from_list(
    "paper to ink", colormaps["Blues"](np.linspace(0.15, 1.0, 64))
)
"""One hue, so that it prints in grey, and its lightest still stands out from an empty cell."""

_FEW: Final = 12  # states up to which a cell holds its number
_MARGIN: Final = 0.07  # of the triangle, around the points
_STRIP: Final = 2.4  # inches, above the large triangle
_STEPS: Final = 400  # by which names are moved apart
_DARK_TRANSIT: Final = "#8A6D00"  # yellow letters cannot be read on white


def triangle(scenario: Scenario) -> Drawn:
    """Draw each member between origin, transit and destination."""
    profiles = first_profiles(scenario)
    parts = np.stack([profiles.origin[0], profiles.transit[0], profiles.destination[0]], axis=-1)
    shares = parts / np.maximum(parts.sum(axis=-1, keepdims=True), 1e-12)
    at = shares @ _CORNERS
    names, _ = roles(*parts.T)
    capacity = profiles.capacity[0]
    many = len(at) > 2 * _FEW
    area = _area(capacity) * (0.5 if many else 1.0)
    view = _view(at)
    wide = 0.94 * WIDTH
    high = wide * (view[3] - view[2]) / (view[1] - view[0])
    height = high + _STRIP
    figure, grid = canvas(1, 1, height, f"Origin, transit, destination: the members of {scenario.id}")
    figure.subplots_adjust(left=0.03, right=0.97, bottom=0.1 / height, top=(0.1 + high) / height)
    axes = grid[0][0]
    _ground(axes)
    axes.set_xlim(view[0], view[1])
    axes.set_ylim(view[2], view[3])
    for role, colour in ROLE_COLOURS.items():
        these = np.array([name == role for name in names])
        axes.scatter(
            at[these, 0],
            at[these, 1],
            s=area[these],
            c=colour,
            marker=ROLE_MARKERS[role],
            edgecolors=BLACK,
            linewidths=0.6,
            zorder=3,
        )
    inset = (0.09, (height - 2.05) / height, 0.22, 1.4 / height)
    _whole(figure.add_axes(inset), at, view)
    _name_all(axes, at, profiles.codes, 6.5 if many else 8.0, float(np.sqrt(area.max()) / 2), wide)
    handles: list[Any] = [
        Line2D(
            [], [], linestyle="", marker=ROLE_MARKERS[role], color=colour, markeredgecolor=BLACK, label=role
        )
        for role, colour in ROLE_COLOURS.items()
    ]
    handles += [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            color="white",
            markeredgecolor=BLACK,
            markersize=float(np.sqrt(_area(np.array(held)) * (0.5 if many else 1.0))),
            label=f"capacity {held}",
        )
        for held in (0.2, 0.5, 0.8)
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.45, (height - 0.7) / height),
        ncols=2,
        frameon=False,
        fontsize=8,
        labelspacing=1.0,
    )
    caption = (
        f"The {len(at)} states that are ever members of {scenario.id}, by what each is in "
        f"{quarter_label(scenario.quarters[0])}: the nearer to a corner, the larger the share of that role "
        "in the sum of its three (each without a unit, 0 to 1). Colour and mark: the main role; size: "
        "capacity of the administration (0 to 1). Grey lines: a share of a quarter, a half, three "
        "quarters. The small triangle is the whole, and the frame in it what is shown large."
    )
    return figure, caption


def stocks(scenario: Scenario) -> Drawn:
    """Draw how many people born in one member live in another."""
    profiles = first_profiles(scenario)
    codes = profiles.codes
    names, order = roles(profiles.origin[0], profiles.transit[0], profiles.destination[0])
    if scenario.synthetic:
        year, unit = 0, "share of the migrants of the row"
        figures = profiles.flow_share[0]
    else:
        middle = (scenario.years[0] + scenario.years[1]) / 2
        year = min(STOCK_YEARS, key=lambda one: abs(one - middle))
        table, unit = stock_table(), "thousand persons"
        rows = [table.codes.index(code) for code in codes]
        figures = table.stock[STOCK_YEARS.index(year)][np.ix_(rows, rows)]
    known = np.where(figures > 0, figures, np.nan)[np.ix_(order, order)]
    height = 7.2
    title = f"Who lives where: the members of {scenario.id}" + (f", {year}" if year else "")
    figure, grid = canvas(1, 1, height, title)
    figure.subplots_adjust(left=0.085, right=0.86, bottom=0.15 / height, top=1 - 0.95 / height)
    axes = grid[0][0]
    _matrix(axes, known, [codes[n] for n in order], [names[n] for n in order])
    if np.isfinite(known).any():
        low, high = float(np.nanmin(known)), float(np.nanmax(known))
        image = axes.imshow(
            known,
            norm=LogNorm(vmin=low, vmax=max(high, 1.01 * low)),
            cmap=_PAPER_TO_INK,
            aspect="equal",
            interpolation="nearest",
        )
        bar = figure.colorbar(image, cax=figure.add_axes((0.885, 0.3, 0.02, 0.4)))
        bar.set_label(f"{unit} (logarithmic)", fontsize=8)
        bar.ax.tick_params(labelsize=8)
        if len(codes) <= _FEW:
            _numbers(axes, known, low, high)
    heading(axes, "", "born in")
    axes.set_xlabel("living in", fontsize=8)
    axes.xaxis.set_label_position("top")
    return figure, _stocks_caption(scenario, year, figures, codes)


def _stocks_caption(scenario: Scenario, year: int, figures: Array, codes: tuple[str, ...]) -> str:
    order = (
        "States run from origin (vermilion) over transit (dark yellow) to destination (blue), by their main "
        "role in the first quarter."
    )
    if scenario.synthetic:
        return (
            "Share of the migrants of the state of the row, the whole synthetic list over, whose other "
            f"country is that of the column. {order}"
        )
    largest = np.argsort(figures, axis=None)[::-1][:3]
    pairs = [(codes[place // len(codes)], codes[place % len(codes)]) for place in largest.tolist()]
    told = ", ".join(
        f"{one} to {other} {figures.flat[place]:,.0f}"
        for (one, other), place in zip(pairs, largest.tolist(), strict=True)
        if figures.flat[place] > 0
    )
    table = stock_table()
    rows = [table.codes.index(code) for code in codes]
    split = bool(table.split[np.ix_(rows, rows)].any())
    return (
        f"Thousand persons born in the state of the row who lived in that of the column in {year}, "
        f"{figures.sum():,.0f} in all"
        + (f"; the largest: {told}" if told else "")
        + ". Pale grey: under one thousand, not known, or a pair that meets in no process of the documents. "
        + order
        + (
            " Between states that once were one, some of these people never moved: the border did."
            if split
            else ""
        )
    )


def _area(capacity: Array) -> Array:
    """Return the area of a mark, square points."""
    return 14.0 + 90.0 * capacity


def _ground(axes: Axes) -> None:
    """Draw the triangle and lines of equal share."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.fill(*_CORNERS.T, facecolor="#FAFAFA", edgecolor=GREY, linewidth=1.0, zorder=0)
    for corner in range(3):
        here, one, other = (_CORNERS[(corner + step) % 3] for step in range(3))
        for share in (0.25, 0.5, 0.75):
            ends = np.stack([share * here + (1 - share) * end for end in (one, other)])
            axes.plot(*ends.T, color="#D0D0D0", linewidth=0.6, zorder=1)


def _view(at: Array) -> tuple[float, float, float, float]:
    """Return the part of the triangle that holds the points and their names: left, right, low, high."""
    low, high = at.min(axis=0) - _MARGIN, at.max(axis=0) + _MARGIN
    middle = 0.5 * (low[0] + high[0])
    half = max(0.5 * (high[0] - low[0]), 0.5 * (high[1] - low[1]), 0.2)
    return float(middle - half), float(middle + half), float(low[1]), float(high[1])


def _whole(axes: Axes, at: Array, view: tuple[float, float, float, float]) -> None:
    """Draw the whole triangle, small, with its corners named and a frame around what is shown large."""
    _ground(axes)
    axes.scatter(at[:, 0], at[:, 1], s=2.0, c=BLACK, linewidths=0, zorder=3)
    left, right, low, high = view
    axes.plot(
        [left, right, right, left, left], [low, low, high, high, low], color=BLACK, linewidth=0.9, zorder=4
    )
    for (x, y), words in zip(_CORNERS, ("origin", "transit", "destination"), strict=True):
        axes.text(
            x,
            y + (0.05 if y else -0.05),
            words,
            ha="center",
            va="bottom" if y else "top",
            fontsize=8,
            zorder=5,  # over the frame
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )


def _name_all(axes: Axes, at: Array, names: tuple[str, ...], size: float, mark: float, inches: float) -> None:
    """Write a name beside each point, moved apart so that none covers another, with a line where it is far.

    Parameters
    ----------
    at : (N, 2)   in the coordinates of the axes
    size, mark : points; height of the letters, radius of the largest mark
    inches : width of the axes
    """
    left, right = axes.get_xlim()
    point = (right - left) / inches / 72.0
    half = np.array([0.36 * size * max(len(name) for name in names), 0.6 * size]) * point
    labels = names_apart(at, half, mark * point)
    for name, (x, y), (u, v) in zip(names, at, labels, strict=True):
        if np.hypot(u - x, v - y) > 2.0 * (half[1] + mark * point):
            axes.plot([x, u], [y, v], color=GREY, linewidth=0.5, zorder=2)
        axes.text(
            u,
            v,
            name,
            ha="center",
            va="center",
            fontsize=size,
            zorder=4,
            bbox={"boxstyle": "square,pad=0.02", "facecolor": "white", "edgecolor": "none", "alpha": 0.6},
        )


def names_apart(at: Array, half: Array, mark: float) -> Array:
    """Return where names stand, near their points and beside each other.

    Each begins beside its point, on the side away from the middle of all; names that overlap push each other
    away along the side on which they overlap least, and marks push names; a weak pull holds each
    to its point.

    Parameters
    ----------
    at : (N, 2)   points
    half : (2,)   half the width and height of a name
    mark : radius of a mark

    Returns
    -------
    (N, 2)   middles of the names

    Examples
    --------
    >>> where = names_apart(np.array([[0.0, 0.0], [0.001, 0.0]]), np.array([0.03, 0.01]), 0.01)
    >>> bool(np.any(np.abs(where[0] - where[1]) >= 0.98 * 2 * np.array([0.03, 0.01])))
    True
    """
    count = len(at)
    away = at - at.mean(axis=0) + np.array([0.0, 1e-6])
    away = away / np.maximum(np.hypot(*away.T)[:, None], 1e-9)
    spot: Array = at + (half + mark) * away
    tie = 1e-7 * (np.arange(count)[:, None, None] - np.arange(count)[None, :, None])  # for equal points
    others_only = ~np.eye(count, dtype=np.bool_)
    for step in range(_STEPS):
        push = np.zeros_like(spot)
        for others, room, who in ((spot, 2.0 * half, others_only), (at, half + mark, ...)):
            apart = spot[:, None, :] - others[None, :, :] + tie
            inside = room - np.abs(apart)
            hit = (inside > 0).all(axis=-1)
            hit = hit & who if who is not ... else hit
            along = (inside / room).argmin(axis=-1)
            for side in range(2):
                moved = np.where(hit & (along == side), np.sign(apart[..., side]) * inside[..., side], 0.0)
                push[:, side] += 0.4 * np.sum(moved, axis=1)
        pull = 0.02 * (1.0 - step / _STEPS)
        spot = spot + np.clip(push, -half, half) - pull * (spot - at)
    return spot


def _matrix(axes: Axes, known: Array, codes: list[str], names: list[str]) -> None:
    """Dress axes as a matrix of states by states in the order of roles."""
    count = len(codes)
    size = 8.0 if count <= 24 else max(4.5, 8.0 * 36 / (count + 10))
    axes.grid(visible=False)
    axes.set_facecolor("#F3F3F3")
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xticks(range(count), codes, rotation=90, fontsize=size)
    axes.set_yticks(range(count), codes, fontsize=size)
    axes.xaxis.tick_top()
    for n in range(1, count):
        if names[n] != names[n - 1]:
            axes.axhline(n - 0.5, color="white", linewidth=1.4)
            axes.axvline(n - 0.5, color="white", linewidth=1.4)
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        for label, name in zip(labels, names, strict=True):
            label.set_color(_DARK_TRANSIT if name == "transit" else ROLE_COLOURS[name])
    for n in range(count):
        axes.add_patch(Rectangle((n - 0.5, n - 0.5), 1, 1, facecolor="#DADADA", edgecolor="none"))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _numbers(axes: Axes, known: Array, low: float, high: float) -> None:
    """Write the figure into each cell, light on dark and dark on light."""
    middle = np.sqrt(low * high)
    for row, column in np.argwhere(np.isfinite(known)).tolist():
        found = known[row, column]
        text = f"{found:,.0f}" if found >= 1 else f"{found:.2f}"
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=6.5,
            color="white" if found > middle else BLACK,
        )
