"""What a run or a comparison came to, as tables for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.table import Table
from rich.text import Text

from rcpsim.compare import Comparison, Row, middle_year
from rcpsim.measures import MEASURES, PHASES, STAGES
from rcpsim.results import Results, mean_interval, quantiles
from rcpsim.theory.lifecycle import STATUS_NAMES

if TYPE_CHECKING:
    from rich.console import Console

    from rcpsim.arrays import Array

__all__ = ["print_comparison", "print_run"]

NOTHING: Final = "·"
"""What stands where a measure has no value."""

TOLD_IN_WORDS: Final = ("stage", "status", "ended", "dormant")
"""Measures that the lines below the table tell better."""

_SHARES: Final = (0.5, 0.05, 0.95)


def print_run(results: Results, screen: Console) -> None:
    """Print the measures of a run by phase, the stages reached and how the histories ended."""
    many = results.histories.size
    span = f"{results.labels[0]} to {results.labels[-1]}"
    screen.print(Text(results.scenario.title, style="bold"))
    histories = f"{many} histories" if many > 1 else f"history {results.histories[0]}"
    screen.print(f"{len(results.codes)} states, {span}, {histories}, seed {results.seed}")
    screen.print(_measures_table(results))
    notes = "Median over histories that have a value, with their 90 % interval." if many > 1 else ""
    if results.twin is not None:
        notes += " Without: the same luck in which the process never meets. Adds: what the process adds to it"
        notes += ", the mean over histories with its 90 % interval." if many > 1 else "."
    screen.print(Text(notes.strip(), style="dim"))
    screen.print()
    for line in (*_stage_lines(results), *_end_lines(results)):
        screen.print(line)


def print_comparison(comparison: Comparison, screen: Console) -> None:
    """Print the measures of the designs by phase, each design held against the first."""
    first = comparison.names[0]
    results = comparison.results[0]
    year = comparison.years[-1]
    many = results.histories.size
    screen.print(Text(f"{', '.join(comparison.names)}: the same luck in all", style="bold"))
    screen.print(f"{many} histories, {results.labels[0]} to {results.labels[-1]}, seed {results.seed}")
    table = Table(box=None, pad_edge=False, title=f"At the end of {year}", title_justify="left")
    for words in ("measure", "design"):
        table.add_column(words, no_wrap=True)
    for words in (
        "median",
        "90 % of histories",
        "differs by",
        "mean difference, 90 %",
        "in sd",
        "P(above)",
        "luck",
    ):
        table.add_column(words, justify="right", no_wrap=True)
    for phase, names in _by_phase(results.measures):
        table.add_row(Text(phase, style="bold"))
        for name in names:
            rows = [comparison.row(name, design, year) for design in comparison.names]
            if not any(row.n for row in rows):
                continue
            for place, row in enumerate(rows):
                table.add_row(
                    name if place == 0 else "", row.design, *_comparison_cells(row, first=place == 0)
                )
    screen.print(table)
    screen.print(
        Text(
            f"Differs by: median over histories of the design less {first} in the same history. In sd: mean "
            f"difference over the standard deviation over histories of {first}. P(above): chance that a "
            f"history of the design lies above one of {first}, ties counted half. Luck: how many times more "
            "histories would be needed if the designs did not share their luck.",
            style="dim",
        )
    )
    screen.print()
    for design, one in zip(comparison.names, comparison.results, strict=True):
        for line in (*_stage_lines(one), *_end_lines(one)):
            screen.print(f"{design}: {line}")


def _comparison_cells(row: Row, *, first: bool) -> tuple[str, ...]:
    level = (_number(row.q50), _interval(row.q05, row.q95))
    if first:
        return level
    interval = f"{_number(row.mean_difference, sign=True)} {_interval(row.low, row.high, sign=True)}"
    return (
        *level,
        _number(row.difference, sign=True),
        interval,
        _number(row.standardised, sign=True, digits=2),
        _number(row.superiority, digits=2),
        _number(row.luck_ratio, digits=1),
    )


def _measures_table(results: Results) -> Table:
    years = tuple(dict.fromkeys((results.years[0], middle_year(results.years), results.years[-1])))
    table = Table(box=None, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    for year in years:
        table.add_column(f"end of {year}", justify="right", no_wrap=True)
    if results.twin is not None:
        table.add_column("without", justify="right", no_wrap=True)
        table.add_column("adds", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for phase, names in _by_phase(results.measures):
        table.add_row(Text(phase, style="bold"))
        for name in names:
            ends = results.year_ends(results.measures[name], years)
            if np.isnan(ends).all():
                continue
            table.add_row(name, *_levels(ends), *_twin_cells(results, name, ends[:, -1]), MEASURES[name].unit)
    return table


def _levels(ends: Array) -> Iterator[str]:
    middle, low, high = quantiles(ends, _SHARES)
    for column in range(ends.shape[1]):
        text = _number(middle[column])
        several = ends.shape[0] > 1 and text != NOTHING
        yield f"{text} {_interval(low[column], high[column])}" if several else text


def _twin_cells(results: Results, name: str, last: Array) -> tuple[str, ...]:
    if results.twin is None:
        return ()
    if name not in results.twin:
        return (NOTHING, NOTHING)
    other = results.year_ends(results.twin[name], results.years[-1:])[:, 0]
    same = np.where(np.isnan(last), np.nan, other)
    if np.isnan(last - same).all():
        return (NOTHING, NOTHING)
    mean, low, high = (float(found) for found in mean_interval(last - same))
    adds = _number(mean, sign=True)
    if not np.isnan(low):
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
    """Return a number with about three figures, or the mark for nothing.

    Examples
    --------
    >>> _number(0.12345), _number(12.345), _number(1234.5, sign=True), _number(float("nan"))
    ('0.123', '12.3', '+1234', '·')
    """
    if np.isnan(value):
        return NOTHING
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    if digits is None:
        digits = 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.replace("-", "", 1) if float(text) == 0 else text
