"""What a run or a comparison came to, as tables for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from rich.table import Table
from rich.text import Text

from rcpsim.cli.screen import NOTHING
from rcpsim.comparison import Comparison, Row, middle_year
from rcpsim.data import STATE_YEARS
from rcpsim.measures import MEASURES, PHASES, STAGES
from rcpsim.results import Results, mean_interval, quantiles
from rcpsim.theory.lifecycle import STATUS_NAMES

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.arrays import Array

__all__ = ["print_comparison", "print_run"]

TOLD_IN_WORDS: Final = ("stage", "status", "ended", "dormant")
"""Measures that the lines below the table tell better."""

OF_A_PROCESS: Final = (
    "activity",
    "alive",
    "cancelled",
    "commitment",
    "commitment_participants",
    "data_share",
    "declarations",
    "meetings",
    "treasury_years",
)
"""Measures of a process itself, which say nothing of a world without one."""

ROOMY: Final = 118
"""Columns from which every interval and the units are shown."""

FAR: Final = 5
"""Years before the first figures from which a run says so."""

_SHARES: Final = (0.5, 0.05, 0.95)


def print_run(results: Results, screen: Console) -> None:
    """Print the measures of a run by phase, the stages reached and how the histories ended."""
    many = results.histories.size
    span = f"{results.labels[0]} to {results.labels[-1]}"
    screen.print(Text(results.scenario.title, style="bold"))
    histories = f"{many} histories" if many > 1 else f"history {results.histories[0]}"
    screen.print(f"{len(results.codes)} states, {span}, {histories}, seed {results.seed}")
    screen.print(Text(_beyond_figures(results), style="dim"), end="")
    years = tuple(dict.fromkeys((results.years[0], middle_year(results.years), results.years[-1])))
    roomy = screen.width >= ROOMY
    heads = ["measure", *(f"end of {year}" if roomy else str(year) for year in years)]
    heads += ["without", "adds"] if results.twin is not None else []
    groups: dict[str, list[tuple[str, ...]]] = {}
    for phase, names in _by_phase(results.measures):
        for name in names:
            ends = results.year_ends(results.measures[name], years)
            if not np.isnan(ends).all():
                cells = (name, *_levels(ends, roomy), *_twin_cells(results, name, ends[:, -1], roomy))
                groups.setdefault(phase, []).append((*cells, MEASURES[name].unit) if roomy else cells)
    _print_groups(groups, [*heads, "unit"] if roomy else heads, screen)
    notes = "Median over histories that have a value, with their 90 % interval. " if many > 1 else ""
    if results.twin is not None:
        notes += "Without: the same luck where the process never meets. Adds: what the process adds to that"
        notes += ", mean over histories with its 90 % interval." if many > 1 else "."
    screen.print(Text(notes.strip(), style="dim"))
    screen.print()
    for line in (*_stage_lines(results), *_end_lines(results)):
        screen.print(line)


def _beyond_figures(results: Results) -> str:
    """Return a line where a run of real states lies outside the years of which there are figures."""
    first, last = results.scenario.years
    outside = last < STATE_YEARS[0] or first > STATE_YEARS[-1]
    if results.scenario.synthetic or not (outside or first < STATE_YEARS[0] - FAR):
        return ""
    known = f"{STATE_YEARS[0]} to {STATE_YEARS[-1]}"
    return f"The figures on states are of {known}; before and after they are taken as constant.\n"


def print_comparison(comparison: Comparison, screen: Console) -> None:
    """Print the measures of the designs by phase, each design held against the first."""
    results, year = comparison.results[0], comparison.years[-1]
    letters = dict(zip(comparison.names, ascii_uppercase, strict=False))
    screen.print(Text("The same luck in all designs", style="bold"))
    screen.print(f"{results.histories.size} histories, to the end of {year}, seed {results.seed}")
    for design, one in zip(comparison.names, comparison.results, strict=True):
        screen.print(f"  {letters[design]}  {design}: {one.scenario.title} ({len(one.codes)} states)")
    heads = ["measure", "", "median", "90 %", "less A", "mean less A, 90 %", "in sd", "P(above A)", "luck"]
    groups: dict[str, list[tuple[str, ...]]] = {}
    for phase, names in _by_phase(results.measures):
        for name in names:
            rows = [comparison.row(name, design, year) for design in comparison.names]
            if any(row.n for row in rows):
                for place, row in enumerate(rows):
                    cells = _comparison_cells(row, first=place == 0)
                    line = ("" if place else name, letters[row.design], *cells)
                    groups.setdefault(phase, []).append(line)
    _print_groups(groups, heads, screen)
    screen.print(
        Text(
            "Less A: the design less A in the same history, median over histories; beside it the mean and "
            "its interval. In sd: that mean over the standard deviation over histories of A. P(above A): "
            "chance that a history of the design lies above one of A, ties counted half. Luck: how many "
            "times more histories would be needed if the designs did not share their luck.",
            style="dim",
        )
    )
    screen.print()
    for design, one in zip(comparison.names, comparison.results, strict=True):
        for told in (*_stage_lines(one), *_end_lines(one)):
            screen.print(f"{letters[design]}  {told}")


def _print_groups(groups: dict[str, list[tuple[str, ...]]], heads: Sequence[str], screen: Console) -> None:
    """Print a table for each phase under its name, all with the same columns, and the heads above them."""
    cells = [tuple(heads), *(line for lines in groups.values() for line in lines)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]

    def table(lines: Sequence[Sequence[str]], style: str) -> Table:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for head, width in zip(heads, widths, strict=True):
            justify: Literal["left", "right"] = "left" if head in ("measure", "unit") else "right"
            grid.add_column(justify=justify, min_width=width, no_wrap=True, overflow="crop", style=style)
        for line in lines:
            grid.add_row(*line)
        return grid

    screen.print(table([heads], "bold"))
    for phase, lines in groups.items():
        screen.print(Text(phase, style="bold"))
        screen.print(table(lines, ""))


def _comparison_cells(row: Row, *, first: bool) -> tuple[str, ...]:
    level = (_number(row.q50), _interval(row.q05, row.q95))
    if first:
        return (*level, "", "", "", "", "")
    return (
        *level,
        _number(row.difference, sign=True),
        f"{_number(row.mean_difference, sign=True)} {_interval(row.low, row.high, sign=True)}".strip(),
        _number(row.standardised, sign=True),
        _number(row.superiority),
        ">999" if row.luck_ratio > 999 else _number(row.luck_ratio, digits=1),
    )


def _levels(ends: Array, roomy: bool) -> Iterator[str]:
    """Yield the median at each year end, with its interval where there is room, and always at the last."""
    middle, low, high = quantiles(ends, _SHARES)
    for column in range(ends.shape[1]):
        text = _number(middle[column])
        told = ends.shape[0] > 1 and text != NOTHING and (roomy or column == ends.shape[1] - 1)
        yield f"{text} {_interval(low[column], high[column])}" if told else text


def _twin_cells(results: Results, name: str, last: Array, roomy: bool) -> tuple[str, ...]:
    if results.twin is None:
        return ()
    if name not in results.twin or name in OF_A_PROCESS:
        return (NOTHING, NOTHING)
    other = results.year_ends(results.twin[name], results.years[-1:])[:, 0]
    same = np.where(np.isnan(last), np.nan, other)
    if np.isnan(last - same).all():
        return (NOTHING, NOTHING)
    mean, low, high = (float(found) for found in mean_interval(last - same))
    adds = _number(mean, sign=True)
    if roomy and not np.isnan(low):
        adds = f"{adds} {_interval(low, high, sign=True)}"
    return _number(float(quantiles(same, (0.5,))[0])), adds


def _by_phase(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each phase with the measures it has among `names`, but for those that are told in words."""
    for phase, title in PHASES.items():
        found = [name for name, card in MEASURES.items() if card.phase == phase and name in names]
        if found:
            yield title, [name for name in found if name not in TOLD_IN_WORDS]


def _stage_lines(results: Results) -> list[str]:
    """Return, for each stage, how many histories reached it and when half of these had."""
    series = results.measures.get("stage")
    if series is None:
        return []
    lines = []
    for stage in range(1, len(STAGES)):
        reached = np.nan_to_num(series, nan=-1.0) >= stage
        ever = reached.any(axis=1)
        text = f"stage {stage}, {STAGES[stage]}: reached in {int(np.sum(ever))} of {ever.size}"
        if ever.any():
            first = np.sort(np.argmax(reached[ever], axis=1))
            text += f", in the middle one by {results.labels[int(first[(first.size - 1) // 2])]}"
        lines.append(text)
    return lines


def _end_lines(results: Results) -> list[str]:
    """Return in how many histories the process stands in which condition at the end."""
    status = results.measures.get("status")
    if status is None:
        return []
    last = status[:, -1].astype(int).tolist()
    found = sorted(set(last), key=lambda code: (-last.count(code), code))
    ends = (f"{STATUS_NAMES[code]} in {last.count(code)} of {len(last)}" for code in found)
    return [f"at the end: {', '.join(ends)}"]


def _interval(low: float, high: float, *, sign: bool = False) -> str:
    return "" if np.isnan(low) else f"[{_number(low, sign=sign)}, {_number(high, sign=sign)}]"


def _number(value: float, *, sign: bool = False, digits: int | None = None) -> str:
    """Return a number with two or three figures, one more where it is a difference, or the mark for nothing.

    Examples
    --------
    >>> _number(0.12345), _number(0.12345, sign=True), _number(12.345), _number(1234.5, sign=True)
    ('0.12', '+0.123', '12.3', '+1234')
    >>> _number(float("nan")), _number(-0.0001, sign=True)
    ('·', '0.000')
    """
    if np.isnan(value):
        return NOTHING
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    if digits is None:
        digits = 2 + sign if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text
