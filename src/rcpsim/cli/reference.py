"""The table of parameters as a page of the docs: what `rcpsim list parameters --markdown` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rcpsim.cards import Card, Prior

__all__ = ["parameters_page"]

_INTRODUCTION: Final = """\
# Parameters

`rcpsim list parameters --markdown` makes this page from the parameter cards beside the theory
(`src/rcpsim/theory/*.toml`), and a test holds it to what the command prints. To change a value here, change
its card and print the page again.

A run uses the *default*: of a coefficient with a prior, what the most central of the plausible sets says, to
three digits ([fitting.md](fitting.md)). It is one set that the record does not speak against; where nothing
was learnt of a coefficient, its default says no more than the prior. With `--parameters prior` each history
draws its own value. U(low, high) is uniform, LogU(low, high) uniform in the logarithm, *fixed* is never
drawn. A card that names no default has the middle of its prior: the mean of low and high, for LogU their
geometric mean.
*Allowed* are the values that `--set parameters.PART.NAME=VALUE` and scenario files may give.

| status | meaning |
| --- | --- |
| judged | the range is ours; a source named beside it supports the form or the direction, not the number |
| documented | a source states it |
| assumed | the mechanism is one that the documents assert and that is taken over; the range is ours |
| other-side | there only so that a dial has its other side as well; its prior starts at 0 |

*Prototype range* says that the range was tried in a throw-away prototype: a reasoned start, not evidence.
"""


def parameters_page() -> str:
    """Return every parameter card in Markdown, a table for each part of the theory.

    Returns
    -------
    a page that begins with what its columns mean and ends with a line break
    """
    from rcpsim.cards import all_cards

    parts: dict[str, list[Card]] = {}
    for card in all_cards().values():
        parts.setdefault(card.part, []).append(card)
    tables = (
        f"\n## {part}\n\nEquations: [theory/{part}.md](theory/{part}.md). Keys: `parameters.{part}.NAME`.\n\n"
        + _table(parts[part])
        for part in sorted(parts)
    )
    return _INTRODUCTION + "".join(tables)


def _table(cards: Iterable[Card]) -> str:
    heads = ("name", "symbol", "meaning", "unit", "default", "prior", "allowed", "status", "source")
    lines = [_line(heads), _line("---" for _ in heads)]
    for card in cards:
        allowed = f"{card.allowed[0]:g} to {card.allowed[1]:g}"
        cells = (
            f"`{card.name}`",
            card.symbol,
            card.meaning,
            card.unit,
            f"{card.default:.4g}",
            _told(card.prior),
            allowed,
            card.status,
            card.source,
        )
        lines.append(_line(cell.replace("|", r"\|") for cell in cells))
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(prior: Prior) -> str:
    if prior.dist == "fixed":
        return "fixed"
    if prior.dist == "beta":
        return f"Beta({prior.a:g}, {prior.b:g})"
    shape = {"uniform": "U", "loguniform": "LogU"}[prior.dist]
    return f"{shape}({prior.low:g}, {prior.high:g})"
