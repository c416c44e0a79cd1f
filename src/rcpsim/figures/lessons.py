"""Pictures of lessons: the effects of all draws, what carries them, and all lessons at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rcpsim.arrays import Array
from rcpsim.figures.style import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Drawn, canvas, heading
from rcpsim.measures import MEASURES

if TYPE_CHECKING:
    from rcpsim.lessons import LessonResult

__all__ = ["lesson_figure", "overview_figure"]

_COLOURS: Final = (BLUE, VERMILION, ORANGE, SKY, GREY)
_MARKS: Final = ("o", "s", "^", "D", "v")
_SMALL: Final = 7.5


def lesson_figure(result: LessonResult) -> Drawn:
    """Return the picture of one lesson: every draw by base, its curve, and the arms."""
    curve = bool(result.lesson.key)
    arms = bool(result.arms)
    rows = len(result.lesson.bases)
    height = 1.9 + 0.42 * rows + (2.1 if curve else 0.0) + (0.9 + 0.2 * len(result.arms) if arms else 0.0)
    parts = [0.5 + 0.42 * rows, *([2.1] if curve else []), *([0.4 + 0.2 * len(result.arms)] if arms else [])]
    figure, grid = canvas(len(parts), 1, height, result.lesson.title, height_ratios=parts)
    figure.subplots_adjust(left=0.25, bottom=0.62 / height, hspace=0.85)
    panels = [row[0] for row in grid]
    _draws(panels[0], result)
    if curve:
        _curve(panels[1], result)
    if arms:
        _arms(panels[-1], result)
    return figure, _caption(result)


def _draws(axes: Axes, result: LessonResult) -> None:
    """Draw the effect of every draw, a row for each base, on the band within the smallest effect."""
    lesson = result.lesson
    standard = result.effects.standardised
    shown = standard[np.isfinite(standard)]
    reach = float(np.max(np.abs(shown), initial=0.3)) * 1.1
    axes.axvspan(-0.1, 0.1, color="#DDDDDD", linewidth=0)
    axes.axvline(0.0, color=BLACK, linewidth=0.8)
    for place, base in enumerate(lesson.bases):
        own = standard[result.base == place]
        own = own[np.isfinite(own)]
        row = len(lesson.bases) - 1 - place
        spread = 0.26 * (np.argsort(np.argsort(own)) % 5 - 2) / 2.0
        axes.plot(
            own,
            row + spread,
            linestyle="none",
            marker=_MARKS[place % 5],
            color=_COLOURS[place % 5],
            markersize=3.2,
            alpha=0.75,
            label=base,
        )
        if own.size:
            axes.plot([np.median(own)] * 2, [row - 0.38, row + 0.38], color=BLACK, linewidth=1.6)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-0.6, len(lesson.bases) - 0.4)
    axes.set_yticks(range(len(lesson.bases)), list(reversed(lesson.bases)))
    axes.grid(visible=False)
    way = "right" if lesson.primary.sign > 0 else "left"
    axes.set_xlabel(f"effect of a draw, in standard deviations; the lesson's way is to the {way}", fontsize=8)
    heading(axes, f"{lesson.primary.label}: {result.verdict.word}")


def _curve(axes: Axes, result: LessonResult) -> None:
    """Draw the outcome over the dial, by base: the median over draws and the middle half."""
    lesson = result.lesson
    for place, base in enumerate(lesson.bases):
        own = result.levels[result.base == place]
        middle = _quantile(own, 0.5)
        axes.fill_between(
            lesson.values, _quantile(own, 0.25), _quantile(own, 0.75), color=_COLOURS[place % 5], alpha=0.15
        )
        axes.plot(
            lesson.values,
            middle,
            color=_COLOURS[place % 5],
            marker=_MARKS[place % 5],
            markersize=4,
            label=base,
        )
    axes.set_xlabel(lesson.key, fontsize=8)
    axes.legend(frameon=False, fontsize=_SMALL, ncols=3)
    heading(axes, f"{lesson.primary.label} over the dial", MEASURES[lesson.primary.measure].unit)


def _arms(axes: Axes, result: LessonResult) -> None:
    """Draw the share of the effect that is left in every arm."""
    names = list(result.arms)
    left = np.array([result.left(name) for name in names])
    places = np.arange(len(names))[::-1]
    known = np.isfinite(left)
    clipped = np.clip(left, -0.5, 2.0)
    axes.barh(places[known], clipped[known], color=SKY, height=0.6)
    for place, value, there in zip(places, left, known, strict=True):
        axes.text(
            float(np.clip(value, 0.0, 2.0)) + 0.03 if there else 0.03,
            place,
            f"{value:.2f}" if there else "no effect to lose",
            va="center",
            fontsize=_SMALL,
        )
    axes.axvline(0.5, color=VERMILION, linewidth=1.0, linestyle=(0, (4, 2)))
    axes.axvline(1.0, color=BLACK, linewidth=0.8)
    axes.set_xlim(-0.5, 2.2)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(places, names)
    axes.grid(visible=False)
    axes.set_xlabel("share of the median effect that is left", fontsize=8)
    heading(axes, "What is left without each")


def _caption(result: LessonResult) -> str:
    plan, lesson = result.plan, result.lesson
    said = (
        f"Each mark is the effect in one of {plan.draws} draws of the {plan.said}, a mean over "
        f"{plan.histories} histories with the same luck in all designs, divided by the standard deviation "
        "over histories at the first design; black bars are medians, the grey band is within the smallest "
        "effect of interest."
    )
    if lesson.key:
        said += " Below, the outcome over the dial: median and middle half of the draws of each base."
    if result.arms:
        said += (
            " At the bottom, the share of the median effect that is left in every arm; without its carriers "
            "it should lie left of the dashed line."
        )
    return said


def overview_figure(results: Sequence[LessonResult]) -> Drawn:
    """Return all lessons at once: the share of draws for and against each."""
    order = sorted(results, key=lambda one: (one.lesson.rival, *_rank(one)))
    height = 1.6 + 0.2 * len(order)
    figure, grid = canvas(1, 1, height, "What the draws say of each lesson")
    axes = grid[0][0]
    figure.subplots_adjust(left=0.43, right=0.83, top=1 - 0.65 / height, bottom=0.95 / height)
    for row, one in enumerate(reversed(order)):
        verdict = one.verdict
        if np.isnan(verdict.share_for):
            axes.text(0.01, row, "too few draws with a value", va="center", fontsize=_SMALL)
            continue
        pro, contra = verdict.share_for, verdict.share_against
        axes.barh(row, pro, color=BLUE, height=0.68)
        axes.barh(row, max(1.0 - pro - contra, 0.0), left=pro, color="#DDDDDD", height=0.68)
        axes.barh(
            row,
            contra,
            left=1.0 - contra,
            color=ORANGE,
            height=0.68,
            hatch="////",
            edgecolor="white",
            linewidth=0,
        )
        if one.beside is not None:
            axes.plot(
                [np.nan_to_num(one.beside.verdict.share_for)],
                [row],
                marker="D",
                markersize=4,
                color="white",
                markeredgecolor=BLACK,
                markeredgewidth=0.9,
                clip_on=False,
                zorder=4,
            )
        axes.text(1.02, row, verdict.word, va="center", fontsize=_SMALL)
    names = [_name(one) for one in reversed(order)]
    axes.set_yticks(range(len(order)), names, fontsize=_SMALL)
    for label, one in zip(axes.get_yticklabels(), reversed(order), strict=True):
        label.set_fontweight("bold" if one.lesson.headline else "normal")
    for share in (0.7, 0.9):
        axes.axvline(share, color=BLACK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.grid(visible=False)
    axes.tick_params(top=True, labeltop=True)
    axes.set_xlabel("share of draws", fontsize=8)
    handles = [
        Patch(color=BLUE, label="the lesson's way"),
        Patch(color="#DDDDDD", label="nothing to be seen"),
        Patch(facecolor=ORANGE, hatch="////", edgecolor="white", label="the other way"),
        Line2D([], [], color=BLACK, linewidth=0.8, linestyle=(0, (4, 2)), label="usual .7, robust .9"),
    ]
    plan = results[0].plan
    beside = [one.beside for one in results if one.beside is not None]
    if beside:
        said = f"the lesson's way over the {beside[0].plan.said}"
        mark = Line2D([], [], linestyle="none", marker="D", markersize=4, color="white", label=said)
        mark.set_markeredgecolor(BLACK)
        handles.append(mark)
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=3, frameon=False, fontsize=8
    )
    caption = (
        f"Share of {plan.draws} draws of the {plan.said} ({plan.histories} histories each, several "
        "base scenarios) in which the primary outcome of a lesson goes its way by more than a tenth of a "
        "standard deviation, the other way, or neither. Headline lessons are bold; contrary findings of the "
        "literature, under their own assumptions, stand last and begin with ≠."
    )
    if beside:
        caption += f" Diamonds: the share for it over {beside[0].plan.draws} draws of the other kind."
    return figure, caption


def _name(one: LessonResult) -> str:
    return f"≠ {one.lesson.id}" if one.lesson.rival else one.lesson.id


def _rank(one: LessonResult) -> tuple[float, float, str]:
    verdict = one.verdict
    return (-np.nan_to_num(verdict.share_for), np.nan_to_num(verdict.share_against), one.lesson.id)


def _quantile(values: Array, at: float) -> Array:
    """Return a quantile over draws [D, P] -> [P], passing over what has no value."""
    return np.array(
        [np.quantile(row[np.isfinite(row)], at) if np.isfinite(row).any() else np.nan for row in values.T]
    )
