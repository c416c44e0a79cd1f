"""What came of lessons as tables for the screen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from rcpsim.lessons.running import CARRIERS_OFF, OTHER_SIDES, UNRELATED_OFF
from rcpsim.lessons.verdicts import WORDS, Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.lessons import Controls, LessonResult
    from rcpsim.lessons.playing import Plan
    from rcpsim.lessons.register import Claim

__all__ = ["print_claims", "print_lessons"]

_STYLES: Final = dict(zip(WORDS, ("bold green", "green", "yellow", "dim", "bold red"), strict=True))
_LETTERS: Final = dict(zip(WORDS, ("R", "U", "o", "n", "X"), strict=True))
_NONE: Final = "·"


def print_lessons(
    results: Sequence[LessonResult],
    rates: Sequence[Controls],
    screen: Console,
    *,
    plan: Plan,
    arm_plan: Plan,
) -> None:
    """Print the verdict on each lesson, what the arms say of it, and the rate of false verdicts."""
    screen.print(Text("What the draws say of the lessons", style="bold"))
    screen.print(
        f"{len(results)} lessons; {plan.draws} draws of the {plan.parameters} by {plan.histories} histories, "
        f"dealt out over the base scenarios; the same luck in both designs; seed {plan.seed}"
    )
    screen.print()
    screen.print(_verdicts(results))
    screen.print(Text(_LEGEND, style="dim"))
    if any(one.arms for one in results):
        screen.print()
        screen.print(Text(f"Why, at {arm_plan.draws} draws: what is left of the effect", style="bold"))
        screen.print(_arms(results))
        screen.print(Text(_ARM_LEGEND, style="dim"))
    screen.print()
    for line in _counts(results, rates):
        screen.print(line)


_LEGEND: Final = (
    "effect: median over draws of the difference between the designs, with its 90 % interval, in the unit of "
    "the measure (° above the no-process twin); sd: the same in standard deviations over histories; least: "
    "the smallest effect of interest (.1 sd); for, against: shares of draws beyond it. bases: a letter for "
    "each base scenario, R robust, U usual, o open, n nothing to be seen, X reversed. · no value."
)
_ARM_LEGEND: Final = (
    "carriers off: at most half may be left; unrelated off: .8 to 1.2 must be left. · the effect is under "
    "the smallest one, so that a share of it says nothing."
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


def _verdicts(results: Sequence[LessonResult]) -> Table:
    table = _table(
        "lesson",
        "claims",
        "outcome",
        "verdict",
        "effect",
        "90 %",
        "sd",
        "least",
        "for",
        "against",
        "draws",
        "missing",
        "bases",
    )
    for result in results:
        one = result.verdict
        sign = "+" if result.lesson.primary.sign > 0 else "−"
        label = result.lesson.primary.label.replace(" over the twin", " °")
        if result.lesson.shape in ("inverted-u", "threshold"):
            sign = {"inverted-u": "∩", "threshold": "⌐"}[result.lesson.shape]
        table.add_row(
            Text(result.lesson.id, style="bold" if result.lesson.headline else ""),
            " ".join(result.lesson.claims),
            f"{label} {sign}",
            Text(one.word, style=_STYLES[one.word]),
            number(one.median),
            _interval(one),
            number(one.standardised, 2),
            number(one.smallest),
            _share(one.share_for),
            _share(one.share_against),
            str(one.draws),
            _share(one.missing),
            "".join(_LETTERS[each.word] for each in result.bases.values()),
        )
    return table


def _arms(results: Sequence[LessonResult]) -> Table:
    table = _table(
        "lesson",
        "others at 0",
        "carriers off",
        "unrelated off",
        "carried so",
        "each carrier off, rivals, flips",
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
        carried = {None: _NONE, True: "yes", False: "no"}[result.carried]
        table.add_row(
            result.lesson.id,
            Text(others.word, style=_STYLES[others.word]) if others else _NONE,
            _left(result, CARRIERS_OFF),
            _left(result, UNRELATED_OFF),
            carried,
            ", ".join(rest),
        )
    return table


def _left(result: LessonResult, arm: str) -> str:
    return _NONE if arm not in result.arms else number(result.left(arm), 2)


def _counts(results: Sequence[LessonResult], rates: Sequence[Controls]) -> list[str]:
    lines = []
    for title, chosen in (
        ("lessons", [one for one in results if not one.lesson.rival]),
        ("contrary findings", [one for one in results if one.lesson.rival]),
    ):
        counts = Counter(one.verdict.word for one in chosen)
        told = ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])
        if chosen:
            lines.append(f"{title}: {len(chosen)} judged, {told}")
    lines += [
        f"negative control, {one.name}: {one.false} false verdicts in {one.tried} "
        f"({one.rate:.1%}; exact 95 % interval {one.low:.1%} to {one.high:.1%})"
        for one in rates
    ]
    return lines


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        left = head in (
            "lesson",
            "claims",
            "outcome",
            "verdict",
            "bases",
            "others at 0",
            "carried so",
            heads[-1],
        )
        table.add_column(head, justify="left" if left else "right", overflow="fold")
    return table


def _interval(one: Verdict) -> str:
    return _NONE if math.isnan(one.low) else f"{number(one.low)} to {number(one.high)}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with its sign in so many significant places, or a dot where there is none.

    Examples
    --------
    >>> number(0.01234), number(-1.5), number(float("nan")), number(0.0), number(float("inf"))
    ('0.0123', '-1.5', '·', '0', '∞')
    """
    if math.isnan(value):
        return _NONE
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.{digits}g}"


def _share(value: float) -> str:
    return _NONE if math.isnan(value) else f"{value:.2f}"
