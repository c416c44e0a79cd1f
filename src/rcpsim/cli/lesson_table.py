"""What came of lessons as tables for the screen."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.table import Table
from rich.text import Text

from rcpsim.cli.screen import NOTHING
from rcpsim.lessons.arms import CARRIERS_OFF, OTHER_SIDES, UNRELATED_OFF
from rcpsim.lessons.verdicts import WORDS, Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.lessons import Controls, LessonResult
    from rcpsim.lessons.playing import Plan
    from rcpsim.lessons.register import Claim

__all__ = ["WIDTH", "lessons_page", "print_claims", "print_lessons", "summary", "table_text"]

WIDTH: Final = 120
"""Columns that the table of lessons takes, and no more."""
_NAME: Final = 31
"""Columns of the name of a lesson; longer ones go on in the next line."""

_STYLES: Final = dict(zip(WORDS, ("bold green", "green", "yellow", "dim", "bold red"), strict=True))
_LETTERS: Final = dict(zip(WORDS, ("R", "U", "o", "n", "X"), strict=True))


def print_lessons(
    results: Sequence[LessonResult],
    rates: Sequence[Controls],
    screen: Console,
    *,
    plan: Plan,
    arm_plan: Plan,
) -> None:
    """Print the verdict on each lesson, what the arms say of it, and what all come to."""
    screen.print(Text("What the draws say of the lessons", style="bold"))
    count = f"{len(results)} lesson{'s'[: len(results) != 1]}"
    screen.print(
        f"{count}; {plan.draws} draws of the {plan.said} by {plan.histories} histories, "
        f"dealt out over the base scenarios; the same luck in both designs; seed {plan.seed}",
        width=WIDTH,
    )
    screen.print()
    screen.print(_verdicts(results, min(WIDTH, screen.width)))
    screen.print(Text(_LEGEND, style="dim"), width=min(WIDTH, screen.width))
    if any(one.arms for one in results):
        screen.print()
        screen.print(Text(f"Why, at {arm_plan.draws} draws: what is left of the effect", style="bold"))
        screen.print(_arms(results, min(WIDTH, screen.width)))
        screen.print(Text(_ARM_LEGEND, style="dim"), width=min(WIDTH, screen.width))
    screen.print()
    for line in summary(results, rates):
        screen.print(line, width=min(WIDTH, screen.width))


def table_text(
    results: Sequence[LessonResult], rates: Sequence[Controls], *, plan: Plan, arm_plan: Plan
) -> str:
    """Return what `print_lessons` prints, without colours and without blanks at the ends of lines."""
    from rich.console import Console

    file = StringIO()
    screen = Console(file=file, width=WIDTH, highlight=False, color_system=None)
    print_lessons(results, rates, screen, plan=plan, arm_plan=arm_plan)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def lessons_page(
    results: Sequence[LessonResult],
    rates: Sequence[Controls],
    *,
    plan: Plan,
    arm_plan: Plan,
    command: str,
    figure: bool,
) -> str:
    """Return the table of all lessons as a page, with the command that made it and when it was played.

    Parameters
    ----------
    command : as it would be typed
    figure : whether `overview.png` lies beside the page
    """
    played = sorted({when for one in results for when in one.when.values()})
    lines = ["# The lessons, as printed", "", f"Printed by `{command}`; cells {', '.join(played)}."]
    lines += ["How to read it: lessons.md in the documentation.", "", "## In short", ""]
    lines += [f"- {line}" for line in summary(results, rates)]
    lines += ["", "## The table", "", "```"]
    lines += [table_text(results, rates, plan=plan, arm_plan=arm_plan).rstrip(), "```", ""]
    if figure:
        lines += ["All lessons at once: `overview.png`.", ""]
    return "\n".join(lines)


_LEGEND: Final = (
    "* headline lesson, ≠ contrary finding of the literature. outcome: ° above the no-process twin; the "
    "way it is said to go (∩ best point inside, ⌐ a turn, and where). effect: median over draws of the "
    "difference between the designs, with its 90 % interval, in the unit of the measure; sd: the same in "
    "standard deviations over histories (flat: the first design has none, so any effect counts); least: "
    "the smallest effect of interest (.1 sd); for, opp: shares of draws beyond it, the lesson's way and "
    "opposed; gone: share of histories without a value. bases: a letter for each base scenario, R robust,"
    " U usual, o open, n nothing to be seen, X reversed. A last column, where there is one, is the "
    "verdict over other draws of the coefficients: its letter, for and opp. · no value."
)
_ARM_LEGEND: Final = (
    "others at 0: the verdict with the other-side coefficients at 0, and its share of draws for the "
    "lesson. carriers off: at most half may be left; unrelated off: .8 to 1.2 must be left. · the effect "
    "is under the smallest one, so that a share of it says nothing. A letter is the verdict in that arm, "
    "as for bases."
)


def print_claims(found: tuple[Claim, ...], screen: Console) -> None:
    """Print the status of every claim, the lessons that test it, and the reason where there is one."""
    from rcpsim.lessons.register import counts

    table = _table("claim", "status", "tested by", "in our words; why it is not tested")
    for one in found:
        words = f"{one.claim} [{one.reason}]" if one.reason else one.claim
        table.add_row(one.id, one.status, ", ".join(one.lessons), Text(words))
    screen.print(table)
    screen.print()
    told = ", ".join(f"{many} {status}" for status, many in counts(found).items() if many)
    screen.print(f"{len(found)} claims: {told}")
    screen.print(Text(_CLAIM_LEGEND, style="dim"))


_CLAIM_LEGEND: Final = (
    "emergent and direct are computed from the graph of paths (docs/lessons.md): tested by a lesson with two "
    "mechanisms or more between dial and outcome that can go either way, or by none; testable: no lesson "
    "tests it; assumed: the mechanism in the model is the claim itself."
)


def _verdicts(results: Sequence[LessonResult], width: int) -> Table:
    other = {one.beside.plan.parameters for one in results if one.beside is not None}
    heads = [
        "lesson",
        "outcome",
        "effect (90 %)",
        "sd",
        "least",
        "for",
        "opp",
        "gone",
        "bases",
        *sorted(other),
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", width=width)
    for head in heads:
        left = head in ("lesson", "outcome", "bases", *other)
        wraps = head in ("lesson", "outcome")
        table.add_column(
            head,
            justify="left" if left else "right",
            no_wrap=not wraps,
            overflow="fold",
            min_width={"lesson": _NAME + 2, "outcome": 12}.get(head, len(head)),
        )
    for word in WORDS:
        chosen = sorted((one for one in results if one.verdict.word == word), key=_order)
        if chosen:
            table.add_row(Text(f"{word}: {len(chosen)}", style=_STYLES[word]))
        for result in chosen:
            table.add_row(*_row(result), *([_beside(result)] if other else []))
    return table


def _order(result: LessonResult) -> tuple[bool, bool, float, str]:
    lesson = result.lesson
    return lesson.rival, not lesson.headline, -np.nan_to_num(result.verdict.share_for), lesson.id


def _row(result: LessonResult) -> list[Text | str]:
    one, lesson = result.verdict, result.lesson
    sign = {"inverted-u": "∩", "threshold": "⌐"}.get(lesson.shape, "+" if lesson.primary.sign > 0 else "−")
    place = "" if math.isnan(one.place) else f" at {one.place:.2g}"
    label = lesson.primary.label.replace(" over the twin", "°")
    mark = "≠ " if lesson.rival else "* " if lesson.headline else "  "
    name = ("\n  ").join(textwrap.wrap(lesson.id, _NAME))
    return [
        Text(f"{mark}{name}", style="bold" if lesson.headline else ""),
        f"{label} {sign}{place}",
        number(one.median) if math.isnan(one.low) else f"{number(one.median, 2)} ({_interval(one)})",
        number(one.standardised, 2) if one.spread else "flat",
        number(one.smallest, 2),
        _share(one.share_for),
        _share(one.share_against),
        _share(one.missing),
        "".join(_LETTERS[each.word] for each in result.bases.values()),
    ]


def _beside(result: LessonResult) -> Text:
    if result.beside is None:
        return Text(NOTHING)
    one = result.beside.verdict
    return Text(
        f"{_LETTERS[one.word]} {_share(one.share_for)} {_share(one.share_against)}", _STYLES[one.word]
    )


def _arms(results: Sequence[LessonResult], width: int) -> Table:
    heads = ("lesson", "others at 0", "carriers", "unrelated", "so", "each carrier off, rivals, flips")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", width=width)
    for place, head in enumerate(heads):
        wide = place in (0, len(heads) - 1)
        table.add_column(
            head,
            justify="right" if place in (2, 3) else "left",
            no_wrap=not wide,
            overflow="fold",
            min_width=_NAME if place == 0 else None,
        )
    for result in results:
        if not result.arms:
            continue
        three = (CARRIERS_OFF, UNRELATED_OFF, OTHER_SIDES)
        rest = [
            f"{name.removeprefix('without ')} {_left(result, name)} {_LETTERS[one.word]}"
            for name, one in result.arms.items()
            if name not in three
        ]
        others = result.arms.get(OTHER_SIDES)
        carried = {None: NOTHING, True: "yes", False: "no"}[result.carried]
        table.add_row(
            "\n".join(textwrap.wrap(result.lesson.id, _NAME)),
            Text(f"{others.word} {_share(others.share_for)}", style=_STYLES[others.word])
            if others
            else NOTHING,
            _left(result, CARRIERS_OFF),
            _left(result, UNRELATED_OFF),
            carried,
            ", ".join(rest),
        )
    return table


def _left(result: LessonResult, arm: str) -> str:
    return NOTHING if arm not in result.arms else number(result.left(arm), 2)


def summary(results: Sequence[LessonResult], rates: Sequence[Controls]) -> list[str]:
    """Return in sentences what all come to, what the model does not support, how often verdicts are false."""
    lines = []
    own = [one for one in results if not one.lesson.rival]
    for title, chosen in (
        ("lessons", own),
        ("of these, headline lessons", [one for one in own if one.lesson.headline]),
        ("contrary findings", [one for one in results if one.lesson.rival]),
    ):
        if chosen:
            lines.append(f"{title}: {len(chosen)} judged, {_told(one.verdict.word for one in chosen)}")
    if len(own) > 1:
        held = sum(one.verdict.word in ("robust", "usual") for one in own)
        lines.append(f"not supported (neither robust nor usual): {len(own) - held} of {len(own)} lessons")
        for word in ("reversed", "nothing to be seen"):
            named = sorted(one.lesson.id for one in own if one.verdict.word == word)
            if named:
                lines.append(f"{word}: {', '.join(named)}")
    beside = [one.beside for one in own if one.beside is not None]
    if beside:
        of = beside[0].plan
        told = _told(one.verdict.word for one in beside)
        lines.append(f"over {of.draws} draws of the {of.said}: {len(beside)} judged, {told}")
        moved = [
            f"{one.lesson.id} ({one.verdict.word} to {one.beside.verdict.word})"
            for one in own
            if one.beside is not None and one.beside.verdict.word != one.verdict.word
        ]
        if moved:
            lines.append(f"judged otherwise there: {', '.join(moved)}")
    carried = Counter(one.carried for one in own if one.arms)
    if carried[True] or carried[False]:
        lines.append(
            f"carried as said: {carried[True]} of {carried[True] + carried[False]} lessons with both arms "
            "and a clear effect to lose"
        )
    lines += [
        f"negative control, {one.name}: {one.false} false verdicts in {one.tried} "
        f"({one.rate:.1%}; exact 95 % interval {one.low:.1%} to {one.high:.1%})"
        for one in rates
    ]
    return lines


def _told(words: Iterable[str]) -> str:
    counts = Counter(words)
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _interval(one: Verdict) -> str:
    return f"{number(one.low, 2)} to {number(one.high, 2)}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with its sign in so many significant places, or a dot where there is none.

    Examples
    --------
    >>> number(0.01234), number(-1.5), number(float("nan")), number(0.0), number(float("inf"))
    ('0.0123', '-1.5', '·', '0', '∞')
    """
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.{digits}g}"


def _share(value: float) -> str:
    """Return a share without its leading nought.

    Examples
    --------
    >>> _share(0.7), _share(1.0), _share(0.0)
    ('.70', '1.0', '0')
    """
    if math.isnan(value):
        return NOTHING
    return (
        f"{value:.2f}".removeprefix("0")
        if 0.0 < round(value, 2) < 1.0
        else f"{value:.1f}".replace("0.0", "0")
    )
