"""Pictures of a counterfactual (as it was against otherwise, and who gained) and of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from rcpsim.counterfactual import state_effects, words_of
from rcpsim.counterfactual.telling import HEADLINES, over_what
from rcpsim.counterfactual.weighing import difference, measured, shows_since
from rcpsim.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ROLE_COLOURS,
    ROLE_MARKERS,
    VERMILION,
    Drawn,
    Time,
    canvas,
    curve,
    heading,
)
from rcpsim.lessons.verdicts import USUAL
from rcpsim.measures import MEASURES, PHASES
from rcpsim.results import INTERVAL, mean_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rcpsim.advice import Advice, Line
    from rcpsim.counterfactual import Counterfactual

_PANELS: Final = 3
_DASHES: Final = (0, (4, 2))
_FILES: Final = {"i": "agenda", "ii": "consensus", "iii": "law", "life": "life"}
_OF_STATES: Final = ("trust_received", "understanding", "trust_given")


def counterfactual_figures(found: Counterfactual) -> dict[str, Drawn]:
    """Return the pictures of a counterfactual with their captions, by the names of their files."""
    drawn = {}
    there = set(measured(found))
    for phase, names in HEADLINES.items():
        shown = [name for name in names if name in there][:_PANELS]
        if shown:
            drawn[_FILES[phase]] = _phase(found, phase, shown)
    drawn["by-state"] = _states(found)
    return drawn


def _phase(found: Counterfactual, phase: str, names: list[str]) -> Drawn:
    """Draw measures of one phase: both courses above, the mean difference beneath."""
    time = Time.of(found.labels)
    title = PHASES[phase]
    figure, grid = canvas(
        2, len(names), 5.0, f"{title[:1].upper()}{title[1:]}", sharex=True, height_ratios=(3, 2)
    )
    parted = float(time.at[found.case.first]) - 0.125
    for column, name in enumerate(names):
        upper, lower = grid[0][column], grid[1][column]
        was, other = found.factual[name], found.counterfactual[name]
        if name == "alive":
            upper.plot(time.at, np.mean(other, axis=0), color=VERMILION, linestyle=_DASHES, linewidth=1.6)
            upper.plot(time.at, np.mean(was, axis=0), color=BLUE, linewidth=1.8)
        else:
            curve(upper, time, other, VERMILION, style=_DASHES)
            curve(upper, time, was, BLUE)
        unit = "share of histories" if name == "alive" else MEASURES[name].unit
        word = words_of(name)
        heading(upper, _broken(word[:1].upper() + word[1:]), unit)
        _difference(lower, found, name, time)
        if column == 0:
            lower.set_ylabel("difference", fontsize=8)
        for axes in (upper, lower):
            if found.case.first:
                axes.axvline(parted, color=GREY, linewidth=0.8, linestyle=":")
        time.dress(upper, last=False)
        time.dress(lower)
    figure.subplots_adjust(top=1 - 0.85 / 5.0, hspace=0.16, wspace=0.36)
    _key(figure, found)
    caption = (
        f"{found.case.title}. Above: medians over {found.histories.size} histories with the interval that "
        "holds nine of ten, the same luck in both. Beneath: mean of as it was less otherwise, with its "
        f"{round(100 * INTERVAL)} % interval, over {over_what(found)}. The triangle marks the first quarter "
        "from which that interval leaves out 0 for a year; the dotted line where the two part, if later than "
        "the first quarter. Beneath, only histories count that have a value in both courses."
    )
    return figure, caption


def _difference(axes: Axes, found: Counterfactual, name: str, time: Time) -> None:
    mean, low, high = mean_interval(difference(found, name))
    axes.axhline(0.0, color=BLACK, linewidth=0.8)
    axes.fill_between(time.at, low, high, color=BLACK, alpha=0.25, linewidth=0)
    axes.plot(time.at, mean, color=BLACK, linewidth=1.4)
    since = shows_since(found, name)
    if since:
        place = found.labels.index(since)
        axes.plot([time.at[place]], [mean[place]], marker="^", color=BLACK, markersize=6, clip_on=False)


def _states(found: Counterfactual) -> Drawn:
    """Draw what is added to every state over the last year."""
    year = found.years[-1]
    rows = state_effects(found, [year])
    order = [
        row.state
        for row in sorted(
            (row for row in rows if row.quantity == _OF_STATES[0]), key=lambda row: row.difference
        )
    ]
    height = 1.9 + 0.19 * len(order)
    figure, grid = canvas(1, len(_OF_STATES), height, f"What is added to each state, {year}", sharey=True)
    figure.subplots_adjust(left=0.2, top=1 - 0.7 / height, bottom=0.95 / height, wspace=0.12)
    for axes, quantity in zip(grid[0], _OF_STATES, strict=True):
        axes.axvline(0.0, color=BLACK, linewidth=0.8)
        for row in rows:
            if row.quantity == quantity:
                place = order.index(row.state)
                colour = ROLE_COLOURS[row.role]
                axes.plot([row.low, row.high], [place, place], color=GREY, linewidth=1.8)
                axes.plot(
                    [row.difference],
                    [place],
                    marker=ROLE_MARKERS[row.role],
                    color=colour,
                    markeredgecolor=BLACK,
                    markeredgewidth=0.5,
                    markersize=5.5,
                )
        word = words_of(quantity)
        heading(axes, word[:1].upper() + word[1:])
        axes.set_xlabel("as it was less otherwise, share", fontsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.grid(visible=False, axis="y")
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    names = dict(zip(found.codes, found.names, strict=True))
    grid[0][0].set_yticks(range(len(order)), [names[code] for code in order])
    grid[0][0].set_ylim(-0.7, len(order) - 0.3)
    figure.legend(
        handles=[
            Line2D(
                [],
                [],
                linestyle="",
                marker=ROLE_MARKERS[role],
                color=ROLE_COLOURS[role],
                markeredgecolor=BLACK,
                markeredgewidth=0.5,
                label=role,
            )
            for role in ROLE_COLOURS
        ],
        loc="lower left",
        bbox_to_anchor=(0.07, 0.0),
        ncols=3,
        frameon=False,
        fontsize=8,
    )
    caption = (
        f"{found.case.title}. Mean over {year} of as it was less otherwise, with its "
        f"{round(100 * INTERVAL)} % interval, over {over_what(found)}; by the main role of a state in "
        "migration."
    )
    return figure, caption


def _broken(word: str) -> str:
    """Break a long heading in two, so that three stand side by side."""
    if len(word) <= 26:
        return word
    middle = min((n for n, letter in enumerate(word) if letter == " "), key=lambda n: abs(n - len(word) // 2))
    return f"{word[:middle]}\n{word[middle + 1 :]}"


def _key(figure: Figure, found: Counterfactual) -> None:
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, linewidth=1.8, label="as it was"),
            Line2D([], [], color=VERMILION, linewidth=1.6, linestyle=_DASHES, label=found.case.words),
            Patch(color=GREY, alpha=0.3, linewidth=0, label="nine of ten histories; interval of the mean"),
        ],
        loc="lower left",
        bbox_to_anchor=(0.07, 0.0),
        ncols=3,
        frameon=False,
        fontsize=8,
        handlelength=3.0,
    )


def advice_figures(advice: Advice) -> dict[str, Drawn]:
    """Return the picture of an advice with its caption: effect, chance of harm and regret of every change."""
    lines = [line for line in reversed(advice.lines) if not np.isnan(line.effect)]
    height = 2.0 + 0.2 * len(lines)
    word = words_of(advice.outcome)
    figure, grid = canvas(
        1, 3, height, f"What each change does to {word}", sharey=True, width_ratios=(5, 2, 3)
    )
    figure.subplots_adjust(left=0.33, top=1 - 0.75 / height, bottom=0.6 / height, wspace=0.18)
    effect, harm, regret = grid[0]
    effect.axvspan(-advice.smallest, advice.smallest, color="#E6E6E6", linewidth=0)
    effect.axvline(0.0, color=BLACK, linewidth=0.8)
    for place, line in enumerate(lines):
        if line.change is not None:
            colour, mark = _verdict(line)
            effect.plot([line.low, line.high], [place, place], color=colour, linewidth=1.8)
            effect.plot([line.effect], [place], marker=mark, color=colour, markersize=5.5)
            harm.barh(place, line.harm, color=VERMILION, height=0.6)
        regret.plot([line.regret_low, line.regret_high], [place, place], color=GREY, linewidth=1.8)
        regret.plot([line.regret], [place], marker="o", color=BLACK, markersize=4.5)
    effect.set_yticks(range(len(lines)), [line.title for line in lines])
    effect.set_ylim(-0.7, len(lines) - 0.3)
    harm.set_xlim(0.0, 1.0)
    unit = MEASURES[advice.outcome].unit
    for axes, title, below in (
        (effect, "Effect", unit),
        (harm, "Harm", "share of draws"),
        (regret, "Regret", unit),
    ):
        heading(axes, title)
        axes.set_xlabel(below, fontsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=2 if axes is harm else 4))
        axes.grid(visible=False, axis="y")
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    better = "less" if advice.lower_is_better else "more"
    caption = (
        f"{advice.scenario.title}. Effect: median over {advice.draws} draws of the coefficients "
        f"({advice.parameters}) of the mean difference over {advice.histories} histories each, with the "
        f"interval that holds nine of ten draws; {better} is taken as better. Grey: smaller than a tenth "
        "of the standard deviation between histories. Blue circles help in seven of ten draws or more, red "
        "triangles harm in as many, grey squares neither. Regret: what is lost against the best change of "
        "each draw, mean and nine of ten draws."
    )
    return {"advice": (figure, caption)}


def _verdict(line: Line) -> tuple[str, str]:
    """Return colour and mark of a change: it helps in most draws, harms in most, or neither."""
    if line.better >= USUAL:
        return BLUE, "o"
    return (VERMILION, "v") if line.harm >= USUAL else (GREY, "s")
