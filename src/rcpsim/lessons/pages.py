"""A page for each lesson, in Markdown: what it says, what came of it, what carries it, and where it fails."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rcpsim.cards import all_cards
from rcpsim.lessons.arms import BESIDE, OTHERS, mechanism_arms, rival_arms, why_arms
from rcpsim.lessons.graph import emergence
from rcpsim.lessons.playing import Plan
from rcpsim.lessons.readings import CHANGES, readings
from rcpsim.lessons.records import Arm, Lesson
from rcpsim.lessons.results import LessonResult
from rcpsim.lessons.verdicts import Verdict
from rcpsim.lessons.where import Where

__all__ = ["lesson_page"]

_WAY: Final = {
    "contrast": "a contrast of two designs",
    "inverted-u": "a curve with its best point inside",
    "threshold": "a curve that turns at a point",
    "interaction": "a contrast that depends on a second one",
    "process": "the process against its twin that never meets",
}
_SAID: Final = {
    "robust": "holds in nearly all draws",
    "usual": "holds in most draws",
    "open": "holds in some draws and not in others",
    "nothing to be seen": "shows no effect to speak of in most draws",
    "reversed": "goes the other way in most draws",
}

_HEADS: Final = ("verdict", "effect (90 %)", "in sd", "smallest", "for", "against", "draws", "missing")


def lesson_page(
    result: LessonResult,
    where: Where,
    *,
    arm_plan: Plan,
    figure: str | None = None,
    caption: str = "",
) -> str:
    """Return the page of a lesson.

    Parameters
    ----------
    arm_plan : with which the arms were played
    figure : name of the picture beside the page, or None
    caption : of the picture
    """
    return (
        "\n".join(
            [
                *_head(result),
                *_outcomes(result),
                *_beside(result),
                *_figure(result, figure, caption),
                *_why(result, arm_plan),
                *_readings(result),
                *_where(where),
                *_foot(result, arm_plan),
            ]
        )
        + "\n"
    )


def _head(result: LessonResult) -> Iterator[str]:
    lesson, verdict = result.lesson, result.verdict
    kind = "contrary finding" if lesson.rival else "headline lesson" if lesson.headline else "lesson"
    yield f"# {lesson.title}"
    yield ""
    yield f"*{lesson.claim}* ({lesson.source})"
    yield ""
    claims = f" of claim {', '.join(lesson.claims)}" if lesson.claims else ""
    yield f"A {kind}{claims}; {_WAY[lesson.shape]}."
    yield ""
    yield f"**{verdict.word}**: in the model the lesson {_SAID[verdict.word]} ({_shares(verdict)})."
    if lesson.conditions:
        yield ""
        yield f"Conditions. {lesson.conditions}"
    if lesson.counter:
        yield ""
        yield "Published against it:"
        yield ""
        yield from (f"- {one}" for one in lesson.counter)
    yield ""


def _outcomes(result: LessonResult) -> Iterator[str]:
    lesson = result.lesson
    yield "## What came of it"
    yield ""
    yield from _designs(lesson)
    yield f"| outcome | expected | {' | '.join(_HEADS)} |"
    yield f"| --- | --- |{' --- |' * len(_HEADS)}"
    signs = {one.label: "+" if one.sign > 0 else "−" for one in lesson.outcomes}
    for label, verdict in result.outcomes.items():
        name = f"**{label}**" if label == lesson.primary.label else label
        yield f"| {name} | {signs[label]} | {_cells(verdict)} |"
    if len(result.bases) > 1:
        for base, verdict in result.bases.items():
            label = lesson.primary.label
            yield f"| {label} in `{base}` | {signs[label]} | {_cells(verdict)} |"
    yield ""
    yield _missing(result)
    if result.verdict.flat > 0.0:
        yield (
            f"In {result.verdict.flat:.0%} of the draws no history of the first design differs from another "
            "in the primary outcome: there is no spread to measure an effect by, and any effect counts."
        )
    yield ""
    if not math.isnan(result.verdict.place):
        place = f"{lesson.key} = {result.verdict.place:.2g}"
        yield f"Where there is a best point or a turn, it lies at about {place}."
        yield ""


def _missing(result: LessonResult) -> str:
    """Return in one sentence how many histories have no value of the primary outcome."""
    plan, verdict = result.plan, result.verdict
    total = plan.draws * plan.histories
    gone = round(verdict.missing * total)
    if gone == 0:
        return f"All {total} histories have a value of the primary outcome in every design."
    lost = plan.draws - verdict.draws
    draws = f", and with them {lost} of {plan.draws} draws" if lost else ""
    return (
        f"Of {total} histories {gone} ({verdict.missing:.0%}) have no value of the primary outcome in one of "
        f"the designs and are left out{draws}; that favours designs which end what goes badly."
    )


def _beside(result: LessonResult) -> Iterator[str]:
    other = result.beside
    if other is None:
        return
    many = f"{other.plan.draws} draws of the {other.plan.said}"
    yield f"Over {many} the same lesson is **{other.verdict.word}** ({_shares(other.verdict)}):"
    yield ""
    yield f"| over the {other.plan.said} | {' | '.join(_HEADS)} |"
    yield f"| --- |{' --- |' * len(_HEADS)}"
    for label, verdict in other.outcomes.items():
        name = f"**{label}**" if label == result.lesson.primary.label else label
        yield f"| {name} | {_cells(verdict)} |"
    if len(other.bases) > 1:
        for base, verdict in other.bases.items():
            yield f"| {result.lesson.primary.label} in `{base}` | {_cells(verdict)} |"
    yield ""


def _designs(lesson: Lesson) -> Iterator[str]:
    bases = ", ".join(f"`{base}`" for base in lesson.bases)
    if lesson.shape == "process":
        yield f"Played over {bases}, years {lesson.years[0]} to {lesson.years[1]}."
    elif lesson.key:
        values = ", ".join(f"{value:g}" for value in lesson.values)
        yield f"`{lesson.key}` at {values}, over {bases}, years {lesson.years[0]} to {lesson.years[1]}."
    else:
        for design in lesson.designs:
            told = ", ".join(f"`{key} = {value}`" for key, value in design.settings.items()) or "as it is"
            yield f"- {design.name}: {told}"
        yield ""
        yield f"Over {bases}, years {lesson.years[0]} to {lesson.years[1]}, the same luck in all designs."
    if lesson.held:
        yield f"Held alike: {', '.join(lesson.held)}."
    yield ""


def _figure(result: LessonResult, figure: str | None, caption: str) -> Iterator[str]:
    if figure:
        yield f"![{result.lesson.title}]({figure})"
        yield ""
        yield caption
        yield ""


def _why(result: LessonResult, arm_plan: Plan) -> Iterator[str]:
    lesson = result.lesson
    found = emergence(lesson)
    yield "## What carries it"
    yield ""
    yield f"Said to be carried by {', '.join(f'`{name}`' for name in lesson.carriers)}."
    if found.ways:
        told = "; ".join(f"{' → '.join(way.mechanisms)} ({_sign(way.sign)})" for way in found.ways)
        ends = f"{', '.join(found.dials)} to `{lesson.primary.measure}`"
        yield f"Shortest ways from {ends} in the graph of paths: {told}."
    word = "emergent" if found.emergent else "not emergent"
    many = len(found.mechanisms)
    way = "the effect can go either way" if found.either_way else "the effect can go one way only"
    yield f"By the graph the lesson is **{word}**: {many} mechanism{'s'[: many != 1]} between, and {way}."
    yield ""
    if not result.arms:
        yield "The arms that tell why were not run (`--why`, `--mechanisms`, `--rivals`)."
        yield ""
        return
    yield f"The verdict in every arm, and what is left of the median effect, at {arm_plan.draws} draws:"
    yield ""
    yield "| arm | verdict | for | against | effect (90 %) | left |"
    yield "| --- | --- | --- | --- | --- | --- |"
    if result.arm_full is not None:
        yield f"| full | {_short(result.arm_full)} | |"
    for name, verdict in result.arms.items():
        left = result.left(name)
        share = "the effect is under the smallest one" if math.isnan(left) else f"{left:.2f} {_bar(left)}"
        yield f"| {name} | {_short(verdict)} | {share} |"
    yield ""
    if result.carried is not None:
        asked = f"half of it must go with the carriers, and under a fifth with `{lesson.unrelated}`"
        yield f"It is {'' if result.carried else '**not** '}carried as said: {asked}."
        yield ""
    elif result.both_arms:
        yield "Whether it is carried as said cannot be told: there is no clear effect to lose."
        yield ""


def _readings(result: LessonResult) -> Iterator[str]:
    """Say what becomes of the verdict under other readings."""
    found = readings(result)
    if not found:
        return
    yield "## Under other readings"
    yield ""
    kind = "finding" if result.lesson.rival else "lesson"
    for what in CHANGES:
        named = [f"*{name}*" for name, one in found.items() if one == what]
        if named:
            yield f"- The {kind} {what} under {', '.join(named)}."
    yield ""


def _bar(left: float) -> str:
    """Return a share as a bar of ten places.

    Examples
    --------
    >>> _bar(0.5), _bar(1.7), _bar(-0.2)
    ('█████·····', '██████████+', '··········-')
    """
    full = min(max(round(10 * left), 0), 10)
    return "█" * full + "·" * (10 - full) + ("+" if left > 1.05 else "-" if left < -0.05 else "")


def _where(where: Where) -> Iterator[str]:
    yield "## Where it fails" if where.failing else "## Where it holds"
    yield ""
    yield where.sentence
    yield ""
    if where.search is not None and where.search.scores:
        cards = all_cards()
        yield "What tells best the draws in which it holds from the others (scores sum to 1):"
        yield ""
        for name, score in list(where.search.scores.items())[:5]:
            meaning = f": {cards[name].meaning}" if name in cards else ""
            yield f"- `{name}` {score:.2f}{meaning}"
        yield ""


def _foot(result: LessonResult, arm_plan: Plan) -> Iterator[str]:
    plan, other = result.plan, result.beside
    yield "## What was run"
    yield ""
    yield f"- full: {_many(plan)}, {result.when[Arm().name]}"
    if other is not None:
        yield f"- full: {_many(other.plan)}, {result.when[BESIDE]}"
    else:
        missing = replace(plan, parameters=OTHERS[plan.parameters])
        yield f"- not run: over the {missing.said} (`--parameters both`)"
    for name in result.arms:
        yield f"- {name}: {_many(arm_plan)}, {result.when[name]}"
    lesson = result.lesson
    for option, arms in (
        ("why", why_arms(lesson)),
        ("mechanisms", mechanism_arms(lesson)),
        ("rivals", rival_arms()),
    ):
        left_out = [arm.name for arm in arms if arm.name not in result.arms]
        if left_out:
            yield f"- not run: {', '.join(left_out)} (`--{option}`)"


def _many(plan: Plan) -> str:
    return f"{plan.draws} draws of the {plan.said} by {plan.histories} histories, seed {plan.seed}"


def _short(verdict: Verdict) -> str:
    effect = f"{_number(verdict.median)} ({_number(verdict.low)} to {_number(verdict.high)})"
    return f"{verdict.word} | {_share(verdict.share_for)} | {_share(verdict.share_against)} | {effect}"


def _cells(verdict: Verdict) -> str:
    effect = f"{_number(verdict.median)} ({_number(verdict.low)} to {_number(verdict.high)})"
    standard = _number(verdict.standardised) if verdict.spread else "no spread"
    shares = (verdict.share_for, verdict.share_against)
    counted = (str(verdict.draws), _share(verdict.missing))
    return " | ".join(
        [verdict.word, effect, standard, _number(verdict.smallest), *map(_share, shares), *counted]
    )


def _shares(verdict: Verdict) -> str:
    if math.isnan(verdict.share_for):
        return f"{verdict.draws} draws with a value are too few"
    return (
        f"{verdict.share_for:.0%} of {verdict.draws} draws go its way beyond the smallest effect, "
        f"{verdict.share_against:.0%} the other way"
    )


def _number(value: float) -> str:
    return "·" if math.isnan(value) else f"{value:.3g}"


def _share(value: float) -> str:
    return "·" if math.isnan(value) else f"{value:.2f}"


def _sign(sign: str) -> str:
    return "either way" if sign == "?" else sign
