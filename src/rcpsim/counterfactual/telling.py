"""What a counterfactual came to, as a page that somebody who runs such a process can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from rcpsim.counterfactual.playing import Counterfactual
from rcpsim.counterfactual.weighing import (
    HOLDS,
    SMALLEST,
    Effect,
    StateEffect,
    effects,
    largest,
    state_effects,
)
from rcpsim.measures import PHASES

__all__ = ["HEADLINES", "WORDS", "over_what", "report", "words_of"]

WORDS: Final = {
    "trust_all": "trust between all pairs",
    "trust_across": "trust between origin and destination",
    "trust_met": "trust between those who talk openly",
    "trust_evidence": "how much of trust rests on experience",
    "candour_year": "candour over the year",
    "leaks_per_100h": "leaks per 100 candid hours",
    "understanding": "understanding of the issues",
    "common_language": "common language",
    "empathy": "knowing what the others need",
    "dispersion": "spread of positions",
    "gap_across": "gap between origin and destination",
    "ties": "personal ties between officials",
    "items_agreed": "plan items agreed",
    "definitions": "terms agreed",
    "delivered": "delivered of what was agreed",
    "harmonisation": "harmonisation of law",
    "law_change": "how far law has moved",
    "deals": "bilateral deals",
    "joint_acts": "joint acts in crises",
    "data_share": "data pooled",
    "participation": "participation",
    "commitment": "commitment",
    "ownership": "what members give of all that is given",
    "backing": "political backing of officials",
    "alive": "processes that still meet",
    "trust_received": "trust received from others",
    "trust_given": "trust in others",
    "law": "place of its law",
}
"""Measures in words."""

HEADLINES: Final = {
    "i": ("trust_all", "trust_across", "understanding", "common_language", "empathy", "candour_year"),
    "ii": ("dispersion", "gap_across", "ties", "items_agreed", "definitions"),
    "iii": ("harmonisation", "law_change", "delivered", "deals", "joint_acts"),
    "life": ("alive", "participation", "commitment", "ownership", "backing"),
}
"""The measures that are told first in each phase."""

_FEW: Final = 3


def words_of(measure: str) -> str:
    """Return a measure in words, or its name where it has none."""
    return WORDS.get(measure, measure)


def over_what(found: Counterfactual) -> str:
    """Return over what the numbers are taken, as a clause."""
    histories = found.histories.size
    if not found.drawn:
        return f"{histories} histories"
    draws = histories // found.per_draw
    return (
        f"{draws} draws of the coefficients ({found.parameters}), the mean of {found.per_draw} histories each"
    )


def report(found: Counterfactual) -> str:
    """Return the page in Markdown."""
    case, last = found.case, found.years[-1]
    rows = effects(found)
    lines = [f"# {case.factual.title}: what if {_asked(found)}", ""]
    lines += [
        f"Every history was played twice with the same luck: as it was, and {case.words} from {case.since} "
        "on. Before that quarter the two are the same in everything. Numbers are taken over "
        f"{over_what(found)}, at the end of year {last}. A difference is how much higher the process as it "
        "was comes out.",
        "",
    ]
    if case.factual.members != case.counterfactual.members:
        lines += [
            "Who is taken out lives on outside and stays in the means, as a state does that has left.",
            "",
        ]
    if found.ended_before > 0:
        lines += [f"In {found.ended_before:.0%} of histories the process had ended before that quarter.", ""]
    for phase, title in PHASES.items():
        lines += _of_phase(phase, title, rows, last)
    lines += _of_states(state_effects(found, [last]), last)
    lines += [
        "## What this is, and what it is not",
        "",
        "It is what this model says of its own world under its assumptions. The other course can never be "
        "observed, so nobody can hold it against a record. Bilateral contacts, shocks and incentives go on "
        "in both courses. A difference is told where its 90 % interval leaves out 0 and it is larger than "
        f"{SMALLEST:g} standard deviations between histories; with many measures a few will be told by "
        f"chance. It begins to show in the first quarter from which the interval leaves out 0 for {HOLDS} "
        "quarters in a row, so more histories see it sooner. Only histories that have a value in both "
        "courses are counted: a process that has ended has none.",
        "",
    ]
    if not found.drawn:
        lines[-1:] = [
            "",
            "The coefficients stood at their defaults. `--parameters prior` tells whether the answer holds "
            "where they are drawn.",
            "",
        ]
    return "\n".join(lines)


def _asked(found: Counterfactual) -> str:
    case = found.case
    if not case.meets:
        return "it had never met" if case.first == 0 else f"it had stopped meeting in {case.since}"
    return f"it had gone on {case.words}"


def _of_phase(phase: str, title: str, rows: Sequence[Effect], last: int) -> list[str]:
    """Return what is told of one phase: what differs by headline measures, and what does not."""
    at_the_end = {row.measure: row for row in rows if row.year == last and row.units}
    known = [at_the_end[name] for name in HEADLINES[phase] if name in at_the_end]
    if not known:
        return []
    told = sorted((row for row in known if row.told), key=lambda row: -abs(row.standardised))
    once = [(row, largest(rows, row.measure)) for row in known if not row.told]
    lines = [f"## {_capital(title)}", ""]
    lines += [f"- {_sentence(row)}" for row in told]
    lines += [
        f"- {_capital(words_of(row.measure))}: {_much(most)} "
        f"{'higher' if most.difference > 0 else 'lower'} at the end of year {most.year}, when the difference "
        "was largest; none of interest by the end."
        for row, most in once
        if most is not None
    ]
    quiet = [words_of(row.measure) for row, most in once if most is None]
    if quiet:
        lines.append(f"- No difference of interest at any time in: {', '.join(quiet)}.")
    return [*lines, ""]


def _sentence(row: Effect) -> str:
    word = words_of(row.measure)
    way = "higher" if row.difference > 0 else "lower"
    since = f"; it shows since {row.shows_since}" if row.shows_since else ""
    return (
        f"{_capital(word)}: {row.factual:.3g} as it was, {row.counterfactual:.3g} otherwise, "
        f"{abs(row.difference):.2g} {way} (90 % interval {row.low:.2g} to {row.high:.2g}; "
        f"{_much(row)}){since}."
    )


def _much(row: Effect) -> str:
    size = abs(row.standardised)
    return f"{size:.1f} standard deviations" if np.isfinite(size) else "no spread to hold it against"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _of_states(rows: Sequence[StateEffect], year: int) -> list[str]:
    lines = [f"## State by state, year {year}", ""]
    for quantity in ("trust_received", "understanding"):
        own = sorted((row for row in rows if row.quantity == quantity), key=lambda row: -row.difference)
        told = sum(row.told for row in own)
        if told == 0:
            continue
        most, least = own[:_FEW], own[::-1][:_FEW]
        lines.append(
            f"- {words_of(quantity).capitalize()}: a difference of interest for {told} of {len(own)}. Most "
            f"for {_named(most)}; least for {_named(least)}."
        )
    if len(lines) == 2:
        lines.append("- No state comes out otherwise in trust received or in understanding.")
    return [*lines, ""]


def _named(rows: Iterable[StateEffect]) -> str:
    return ", ".join(f"{row.name} ({row.difference:+.2g})" for row in rows)
