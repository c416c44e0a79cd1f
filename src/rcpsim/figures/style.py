"""How every picture looks: colours, line styles, the time axis, and the curve with its interval and twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from rcpsim.arrays import Array, IntArray
from rcpsim.axes import parse_quarter
from rcpsim.profiles import main_role
from rcpsim.results import INTERVAL, quantiles

Drawn: TypeAlias = tuple[Figure, str]
"""A picture and its caption."""

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#7F7F7F"

DESIGN_COLOURS: Final = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
DESIGN_STYLES: Final = (
    "-",
    (0, (6, 2)),
    (0, (1, 1.2)),
    "-.",
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (8, 3)),
    (0, (2, 3)),
)
ROLE_COLOURS: Final = {"origin": VERMILION, "transit": YELLOW, "destination": BLUE}
ROLE_MARKERS: Final = {"origin": "o", "transit": "D", "destination": "s"}

WIDTH: Final = 7.6
"""Inches; a page's text is about as wide."""

TWIN_DASHES: Final = (0, (4, 2))
_TEXT: Final = 9.0
_SMALL: Final = 8.0


@dataclass(frozen=True)
class Time:
    """The time axis of a run.

    Attributes
    ----------
    at : (Q,)   years, at the middle of each quarter
    synthetic : whether the years are those of the process
    """

    at: Array
    synthetic: bool

    @classmethod
    def of(cls, labels: Sequence[str]) -> Time:
        """Return the time axis of quarters.

        Examples
        --------
        >>> Time.of(["1996-Q1", "1996-Q2"]).at
        array([1996.125, 1996.375])
        """
        first = parse_quarter(labels[0])
        return cls((first + np.arange(len(labels), dtype=np.float64) + 0.5) / 4.0, labels[0].startswith("Y"))

    def dress(self, axes: Axes, *, last: bool = True) -> None:
        """Give axes the range and ticks of the run."""
        axes.set_xlim(float(np.floor(self.at[0])), float(np.ceil(self.at[-1])))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("year of the process" if self.synthetic else "year", fontsize=_SMALL)


def canvas(
    rows: int, columns: int, height: float, title: str, **options: Any
) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure with a grid of plain axes.

    Parameters
    ----------
    height : inches
    options : to `Figure.subplots`
    """
    figure = Figure(figsize=(WIDTH, height))
    grid = figure.subplots(rows, columns, squeeze=False, **options)
    figure.suptitle(title, x=0.02, y=1.0 - 0.08 / height, ha="left", va="top", fontsize=11, weight="bold")
    top = 1.0 - 0.62 / height
    gap = 0.5 * height / rows / (height / rows + 1.0)
    figure.subplots_adjust(
        left=0.085, right=0.97, bottom=0.78 / height, top=top, wspace=0.26, hspace=0.36 + 0.0 * gap
    )
    for axes in grid.flat:
        plain(axes)
    return figure, [list(row) for row in grid]


def plain(axes: Axes) -> None:
    """Take away what carries no information."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=_SMALL)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def heading(axes: Axes, title: str, unit: str = "") -> None:
    """Give axes a title and, on the left, the unit of what they show."""
    axes.set_title(title, loc="left", fontsize=_TEXT)
    if unit:
        axes.set_ylabel(unit, fontsize=_SMALL)


def curve(
    axes: Axes,
    time: Time,
    values: Array,
    colour: str = BLUE,
    *,
    label: str = "",
    style: Any = "-",
    twin: Array | None = None,
    band: bool = True,
) -> None:
    """Draw the median over histories, its interval, and the median of the twin.

    Parameters
    ----------
    values, twin : (H, Q)   `nan` where there is none
    """
    tail = (1.0 - INTERVAL) / 2.0
    low, middle, high = quantiles(values, (tail, 0.5, 1.0 - tail))
    if band:
        axes.fill_between(time.at, low, high, color=colour, alpha=0.16, linewidth=0)
    axes.plot(time.at, middle, color=colour, linestyle=style, linewidth=1.8, label=label)
    if twin is not None and np.isfinite(twin).any():
        axes.plot(time.at, quantiles(twin, (0.5,))[0], color=BLACK, linestyle=TWIN_DASHES, linewidth=1.1)


def key(axes: Axes, **options: Any) -> None:
    """Draw the legend of one panel."""
    axes.legend(frameon=False, fontsize=_SMALL, handlelength=2.4, **options)


def foot(figure: Figure, *, twin: bool, median: bool = True) -> None:
    """Say once, below all panels, how to read the lines."""
    handles: list[Any] = []
    if median:
        handles += [
            Line2D([], [], color=GREY, linewidth=1.8, label="median of histories"),
            Patch(color=GREY, alpha=0.25, linewidth=0, label="nine of ten histories"),
        ]
    if twin:
        handles.append(
            Line2D(
                [], [], color=BLACK, linestyle=TWIN_DASHES, linewidth=1.1, label="without the process (twin)"
            )
        )
    if handles:
        figure.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0.07, 0.0),
            ncols=3,
            frameon=False,
            fontsize=_SMALL,
        )


def chosen_quarters(quarters: int) -> tuple[int, int, int, int]:
    """Return the quarters at which pairs are shown: the first, a third, two thirds, the last.

    Examples
    --------
    >>> chosen_quarters(60)
    (0, 19, 39, 59)
    """
    return 0, max(quarters // 3 - 1, 0), max(2 * quarters // 3 - 1, 0), quarters - 1


def quarters_of_years(first: int, quarters: int, years: Sequence[int]) -> tuple[int, ...]:
    """Return the last quarters of years, in order; a year that is cut off by the run counts to its end.

    Parameters
    ----------
    first, quarters : absolute first quarter of the run, and how many it has
    years : within the run

    Examples
    --------
    >>> quarters_of_years(4 * 1996, 60, [2001, 1996])
    (3, 23)
    """
    return tuple(min(4 * year + 3 - first, quarters - 1) for year in sorted(set(years)))


def spread_out(places: Sequence[int], count: int = 4) -> tuple[int, ...]:
    """Return so many of some places, the first and the last among them and the others evenly between.

    Examples
    --------
    >>> spread_out([0, 4, 8, 12, 16, 20, 24]), spread_out([3, 9])
    ((0, 8, 16, 24), (3, 9))
    """
    if len(places) <= count:
        return tuple(places)
    return tuple(places[round(n * (len(places) - 1) / (count - 1))] for n in range(count))


def roles(origin: Array, transit: Array, destination: Array) -> tuple[list[str], IntArray]:
    """Return the main role of each state and the order that puts like by like.

    The role is that of `rcpsim.profiles.main_role`. The order runs from origin over
    transit to destination, and within each from leaving to coming.

    Parameters
    ----------
    origin, transit, destination : (N,)

    Returns
    -------
    N roles, and (N,) places
    """
    names = [main_role(o, t, d) for o, t, d in zip(origin, transit, destination, strict=True)]
    place = {"origin": 0, "transit": 1, "destination": 2}
    order = sorted(range(len(names)), key=lambda i: (place[names[i]], float(destination[i] - origin[i]), i))
    return names, np.array(order, dtype=np.int64)
