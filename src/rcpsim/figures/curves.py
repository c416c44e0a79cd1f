"""Curves of a run: trust, understanding, positions, law, and what keeps a process alive."""

from __future__ import annotations

import numpy as np

from rcpsim.arrays import Array
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
    curve,
    foot,
    heading,
    key,
)
from rcpsim.results import Results

_LIVING = "The interval holds nine of ten of the {n} histories in which the process has not ended."
_TWIN = "Dashed: the same world and luck without the process (its median)."


def _over(results: Results) -> str:
    """Return what an interval holds, in words."""
    n = results.histories.size
    return _LIVING.format(n=n) if n > 1 else "One history."


def _twin(results: Results, name: str) -> Array | None:
    return None if results.twin is None else results.twin.get(name)


def trust(results: Results) -> Drawn:
    """Draw trust over all pairs, over pairs that met, and between origin and destination."""
    time = Time.of(results.labels)
    figure, grid = canvas(
        2, 3, 4.9, "Trust and what it rests on", sharex=True, sharey="row", height_ratios=(3, 2)
    )
    panels = (
        ("all", "all pairs of founders", BLUE),
        ("met", "weighted by candid hours", GREEN),
        ("across", "origin with destination", VERMILION),
    )
    for column, (name, title, colour) in enumerate(panels):
        trust_name = f"trust_{name}"
        evidence = "trust_evidence" if name == "all" else f"{trust_name}_evidence"
        upper, lower = grid[0][column], grid[1][column]
        curve(upper, time, results.measures[trust_name], colour, twin=_twin(results, trust_name))
        curve(lower, time, results.measures[evidence], colour, twin=_twin(results, evidence))
        heading(upper, title, "trust, 0 to 1" if column == 0 else "")
        heading(lower, "evidence behind it", "share of trust" if column == 0 else "")
        upper.set_ylim(0, 1)
        lower.set_ylim(0, 1)
        time.dress(upper, last=False)
        time.dress(lower)
    foot(figure, twin=results.twin is not None)
    caption = (
        "Trust: how far founders believe that the others keep what is said in confidence. Left over all "
        "pairs, in the middle weighted by the candid hours of the last year, right weighted by how "
        "one-sided migration between the two is. Below, how much of that belief is evidence from the "
        f"pair's own dealings; the rest is what they believed before any. {_over(results)} {_TWIN}"
    )
    return figure, caption


def understanding(results: Results) -> Drawn:
    """Draw understanding, common language, empathy and candour."""
    time = Time.of(results.labels)
    figure, grid = canvas(2, 2, 5.2, "Understanding each other", sharex=True)
    panels = (
        ("understanding", "understanding of the issues", "share", BLUE),
        ("common_language", "common language", "index, 1: all say the same", GREEN),
        ("empathy", "knowing what the other needs", "share", PURPLE),
        ("candour_year", "candour over the last year", "share of hours", ORANGE),
    )
    for place, (name, title, unit, colour) in enumerate(panels):
        axes = grid[place // 2][place % 2]
        curve(axes, time, results.measures[name], colour, twin=_twin(results, name))
        heading(axes, title, unit)
        axes.set_ylim(min(0.0, float(np.nanmin(results.measures[name], initial=0.0))), 1)
        time.dress(axes, last=place >= 2)
    foot(figure, twin=results.twin is not None)
    caption = (
        "Understanding is the mean over founders and treated issues; common language the chance that two "
        "founders use the same term, rescaled so that 0 is chance and 1 means that all say the same; empathy "
        "how well a state knows what another needs; candour the candid share of all hours heard in a year. "
        f"{_over(results)} {_TWIN}"
    )
    return figure, caption


def positions(results: Results) -> Drawn:
    """Draw the dispersion of positions and the gap between origin and destination."""
    time = Time.of(results.labels)
    figure, grid = canvas(1, 2, 3.7, "How far positions lie apart", sharex=True, sharey=True)
    left, right = grid[0]
    curve(left, time, results.measures["dispersion"], BLUE, label="issues that had hours")
    curve(left, time, results.measures["dispersion_stated"], ORANGE, style="-.", label="the same, as stated")
    curve(
        left,
        time,
        results.measures["dispersion_placebo"],
        GREY,
        style=":",
        label="issues that had none",
        band=False,
    )
    twin = _twin(results, "gap_across")
    curve(right, time, results.measures["gap_across"], VERMILION, label="privately held", twin=twin)
    curve(right, time, results.measures["gap_stated"], ORANGE, style="-.", label="as stated")
    heading(left, "spread over founders", "ratio to the start")
    heading(right, "gap, origin to destination")
    for axes in (left, right):
        axes.set_ylim(bottom=0)
        axes.axhline(1.0, color=BLACK, linewidth=0.6)
        key(axes, loc="lower left")
        time.dress(axes)
    foot(figure, twin=twin is not None)
    caption = (
        "Left: standard deviation of national lines over founders, weighted by salience and relative to "
        "the start, for issues that had hours on the agenda, for the same as stated on the record, and for "
        "issues that had none (the placebo: what would have happened to positions anyway). Right: mean "
        f"distance between lines of pairs with one-sided migration, relative to the start. {_over(results)} "
        f"{_TWIN}"
    )
    return figure, caption


def law(results: Results) -> Drawn:
    """Draw law, delivery, plan items and what pairs do together."""
    time = Time.of(results.labels)
    figure, grid = canvas(2, 2, 5.4, "Law, delivery and plan items", sharex=True)
    (first, second), (third, fourth) = grid
    curve(first, time, results.measures["harmonisation"], BLUE, twin=_twin(results, "harmonisation"))
    heading(first, "harmonisation of law", "1 - spread / spread at start")
    curve(second, time, results.measures["law_change"], GREEN, twin=_twin(results, "law_change"))
    heading(second, "how far law has moved", "distance on -1 to 1")
    curve(third, time, results.measures["delivered"], VERMILION, label="mean of items")
    curve(
        third,
        time,
        results.measures["majority_delivered"],
        BLACK,
        style="-.",
        label="the median state",
        band=False,
    )
    heading(third, "delivered of what was agreed", "share")
    third.set_ylim(0, 1.02)
    curve(fourth, time, results.measures["items_agreed"], BLUE, label="plan items adopted")
    curve(fourth, time, results.measures["items_closed"], GREEN, style="-.", label="of them done", band=False)
    curve(fourth, time, results.measures["definitions"], ORANGE, style=":", label="definitions", band=False)
    curve(
        fourth,
        time,
        results.measures["deals"],
        PURPLE,
        style=(0, (5, 1)),
        label="bilateral deals",
        band=False,
    )
    heading(fourth, "agreed so far", "count")
    fourth.set_ylim(bottom=0)
    key(third, loc="lower left")
    key(fourth, loc="upper left")
    for place, axes in enumerate((first, second, third, fourth)):
        time.dress(axes, last=place >= 2)
    foot(figure, twin=results.twin is not None)
    caption = (
        "Harmonisation is one less the spread of law over founders relative to the start, on treated "
        "issues; law has moved by its mean distance from where it stood at the founding. Delivered is the "
        "share of the way from law at adoption to the target, over all items adopted so far; there is none "
        f"before the first item. {_over(results)} {_TWIN}"
    )
    return figure, caption


def life(results: Results) -> Drawn:
    """Draw participation, commitment, money and how many processes are alive."""
    time = Time.of(results.labels)
    figure, grid = canvas(2, 2, 5.4, "Participation, commitment and money", sharex=True)
    (first, second), (third, fourth) = grid
    curve(first, time, results.measures["participation"], BLUE, label="participation")
    curve(first, time, results.measures["commitment"], VERMILION, style="-.", label="commitment")
    heading(first, "being there and meaning it", "share")
    curve(second, time, results.measures["ownership"], GREEN, label="ownership")
    curve(
        second,
        time,
        results.measures["money_members_share"],
        PURPLE,
        style="-.",
        band=False,
        label="money paid by members",
    )
    heading(second, "who carries it", "share")
    curve(third, time, results.measures["treasury_years"], ORANGE)
    heading(third, "treasury", "years of the calendar's cost")
    alive, dormant = (np.mean(results.measures[name], axis=0) for name in ("alive", "dormant"))
    ended = np.mean(results.measures["ended"], axis=0)
    edges = np.append(time.at - 0.125, time.at[-1] + 0.125)
    below = np.zeros(time.at.size)
    for share, colour, word in (
        (alive, SKY, "meeting"),
        (dormant, "#D9D9D9", "dormant"),
        (ended, "#5A5A5A", "ended"),
    ):
        fourth.stairs(
            below + share, edges, baseline=below, fill=True, facecolor=colour, linewidth=0, label=word
        )
        below = below + share
    heading(fourth, "processes alive", "share of histories")
    for axes in (first, second, fourth):
        axes.set_ylim(0, 1)
    third.set_ylim(bottom=0)
    for axes in (first, second):
        key(axes, loc="lower left")
    fourth.legend(loc="lower left", fontsize=8, framealpha=1.0, edgecolor="none")
    for place, axes in enumerate((first, second, third, fourth)):
        time.dress(axes, last=place >= 2)
    foot(figure, twin=False)
    caption = (
        "Participation is the mean over founders of the share of a meeting's work at which they are there; "
        "commitment what they mean to give. Ownership is the members' part of all money and officials' "
        "days of the last year, relative to their ability. The treasury is counted in years of what the "
        "calendar costs. The last panel counts histories whose process meets, is dormant (no meeting for "
        f"two years or more) or has ended. {_over(results)} Without the process there is nothing of these "
        "to show."
    )
    return figure, caption
