"""A hindcast as tables for the screen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

from rich.table import Table
from rich.text import Text

from rcpsim.hindcast import BASELINES, VERDICTS, Finding, Hindcast, Survival
from rcpsim.patterns import ACROSS, STATUS_WORDS

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_hindcast"]

_STYLES: Final = dict(zip(VERDICTS, ("green", "yellow", "red", "dim", "dim"), strict=True))
_LONGEST: Final = 40
_HEADS: Final = ("pattern", "documented", "simulated", "counted", "score", "guess", "verdict")
_NUMBERS: Final = ("counted", "score", "guess")
_FIRST: Final = ("puebla", "budapest", "manila", "cis-conference")


def print_hindcast(found: Hindcast, screen: Console, *, everything: bool = False) -> None:
    """Print each pattern with what is documented and simulated, and the verdict.

    Parameters
    ----------
    everything : also all weak patterns one by one; without it those of stages, ends and comparisons alone
    """
    shown = [one for one in found.findings if everything or _always(one)]
    many = {one.histories for one in found.findings}
    screen.print(Text("Held against the record", style="bold"))
    screen.print(
        f"{_counted(found, many)}, seed "
        f"{found.seed}, parameters {found.parameters}"
        + (f", read as of {found.as_of}" if found.as_of is not None else "")
    )
    _print_groups(found, shown, screen)
    screen.print(Text(_legend(found.parameters), style="dim"))
    screen.print()
    for line in _counts(found):
        screen.print(line)
    if found.survival is not None:
        _print_survival(found.survival, screen)


def _counted(found: Hindcast, many: set[int]) -> str:
    """Return how many processes and histories there are, in words that agree with the numbers."""
    processes = len(found.results)
    of = "of each" if processes != 1 else "of it"
    histories = f"{', '.join(map(str, sorted(many)))} {'history' if many == {1} else 'histories'}"
    return f"{processes} {'process' if processes == 1 else 'processes'}, {histories} {of}"


def _always(one: Finding) -> bool:
    """Tell whether a pattern is always printed: firm, a stage above the first, an end, a comparison."""
    pattern = one.pattern
    staged = bool(pattern.reading) and pattern.reaches > 1.0
    fallen = pattern.form == "status" and pattern.documented is not None and pattern.documented.value > 0.0
    return pattern.strong or staged or fallen or pattern.of == "ended" or pattern.process == ACROSS


def _print_groups(found: Hindcast, shown: Sequence[Finding], screen: Console) -> None:
    """Print a table for each process under its title, all with the same columns."""
    groups: dict[str, list[Sequence[str]]] = {}
    for one in shown:
        groups.setdefault(one.pattern.process, []).append(_cells(one))
    lines = [_HEADS, *(line for group in groups.values() for line in group)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]

    def table(lines: Sequence[Sequence[str]], style: str) -> Table:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for head, width in zip(_HEADS, widths, strict=True):
            justify: Literal["left", "right"] = "right" if head in _NUMBERS else "left"
            grid.add_column(justify=justify, min_width=width, no_wrap=True, overflow="crop", style=style)
        for line in lines:
            grid.add_row(*line[:-1], Text(line[-1], style=_STYLES.get(line[-1], style)))
        return grid

    screen.print(table([_HEADS], "bold"))
    for process in _in_order(groups):
        title = "Between processes" if process == ACROSS else found.results[process].scenario.title
        screen.print(Text(title, style="bold"))
        screen.print(table(groups[process], ""))


def _legend(parameters: str) -> str:
    """Return what the marks mean, and whether the record took part in choosing the coefficients."""
    chosen = (
        " The coefficients were chosen among sets held against what was told by 2001: only > is foretold."
        if parameters in ("default", "plausible")
        else ""
    )
    return (
        "Simulated: median over the histories that lived long enough to be described, with their 90 % "
        "interval; of a yes or no the share of yes. Score: CRPS, 0 is best; guess: that of a constant guess. "
        "Within: the interval meets what is documented and the score beats the guess. * our own reading. "
        f"~ weak. > told by no document that was read.{chosen}"
    )


def _in_order(names: Iterable[str]) -> list[str]:
    """Return processes with the four whose stages a document assigns first, and comparisons last."""
    first = {name: place for place, name in enumerate(_FIRST)}
    return sorted(names, key=lambda name: (name == ACROSS, first.get(name, len(first)), name))


def _cells(one: Finding) -> Sequence[str]:
    """Return one line of the table, without colours."""
    pattern = one.pattern
    marks = "".join(
        mark
        for mark, there in (
            ("*", pattern.reading == "ours"),
            ("~", bool(one.weak)),
            (">", one.predicted),
        )
        if there
    )
    words = pattern.id.replace("-", " ")
    name = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    return (
        f"  {name} {marks}".rstrip(),
        documented_text(one),
        simulated_text(one),
        f"{one.counted}/{one.histories}",
        _number(one.score),
        _number(one.guess_score),
        one.verdict,
    )


def documented_text(one: Finding) -> str:
    """Return what is documented, in words."""
    documented = one.pattern.documented
    assert documented is not None, "only patterns that are held have findings"
    if one.pattern.yes_no:
        return "yes"
    if one.pattern.form == "status":
        return STATUS_WORDS[int(documented.value)]
    if one.pattern.form == "date":
        return f"{documented.low:.1f} to {documented.high:.1f}"
    return f"{documented.low:.2f} to {documented.high:.2f}"


def simulated_text(one: Finding) -> str:
    """Return what the histories came to, in words."""
    if one.counted == 0:
        return "·"
    if one.pattern.yes_no:
        return f"yes in {one.agreeing:.0%}"
    if one.pattern.form == "status":
        told = zip(STATUS_WORDS, one.shares, strict=True)
        return ", ".join(f"{word} {share:.0%}" for word, share in told if share > 0)
    if one.pattern.form == "date":
        never = one.possible[1] - 1e-9

        def year(value: float) -> str:
            return "never" if value >= never else f"{value:.1f}"

        return f"{year(one.median)} [{year(one.low)}, {year(one.high)}]"
    return f"{one.median:.2f} [{one.low:.2f}, {one.high:.2f}]"


def _number(value: float) -> str:
    return "·" if math.isnan(value) else f"{value:.2f}"


def _counts(found: Hindcast) -> list[str]:
    """Return how many patterns got which verdict, strong and weak apart."""
    lines = []
    for title, chosen in (
        ("strong", [one for one in found.findings if not one.weak]),
        ("weak", [one for one in found.findings if one.weak]),
    ):
        counts = Counter(one.verdict for one in chosen)
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
        lines.append(f"{len(chosen)} {title} patterns: {told or 'none'}")
    lines.append(f"{len(found.not_held)} documented facts have no measure in the model and are not held")
    positions = [one for one in found.findings if not math.isnan(one.mean_score)]
    if positions:
        ours = sum(one.score for one in positions) / len(positions)
        lines.append(
            f"{len(positions)} facts on positions, none of them a number: mean score {ours:.2f}; the mean "
            "and the salience-weighted mean of positions, which put all at one point, have 0.00"
        )
    if found.left_out:
        lines.append(f"{len(found.left_out)} comparisons need processes that were not played")
    return lines


def _print_survival(found: Survival, screen: Console) -> None:
    """Print the statuses of 2005 and 2010, predicted from what was known in 2001."""
    screen.print()
    screen.print(Text("Who was still active: chances as of 2001", style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("process", "year", "documented", "model: active", "dormant", "ended", *BASELINES):
        table.add_column(head, no_wrap=True, justify="left" if head in ("process", "documented") else "right")
    for one in found.standings:
        shares = [_number(share) for share in one.shares]
        chances = [_number(chance) for chance in one.chances]
        table.add_row(one.process, str(one.year), one.documented, *shares, *chances)
    for year, scores in found.brier.items():
        table.add_row(
            Text("mean squared error", style="bold"),
            str(year),
            "",
            _number(scores[0]),
            "",
            "",
            *map(_number, scores[1:]),
        )
    screen.print(table)
    told = ", ".join(f"{year} {score:.2f}" for year, score in found.by_condition.items())
    screen.print(Text(f"Of the model over all three conditions: {told}. 0 is best.", style="dim"))
