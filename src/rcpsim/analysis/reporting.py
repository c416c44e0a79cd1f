"""The report of an analysis, in plain sentences: what can be said, and what the sample is too small for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from rcpsim.analysis.effects import FEWEST, EffectRow
from rcpsim.analysis.regions import Limit, Search
from rcpsim.analysis.replicates import Parts
from rcpsim.analysis.sensitivity import MATTERS, POINTS, Index, Sensitivity
from rcpsim.analysis.sweeps import HIGH, Analysed
from rcpsim.experiment.records import FULL
from rcpsim.measures import MEASURES

__all__ = ["findings", "report"]

_BEYOND: Final = 100_000
_ROWS: Final = 12


def report(analysed: Analysed) -> str:
    """Return the report as Markdown."""
    experiment = analysed.sweep.experiment
    unit = MEASURES[analysed.measure].unit
    lines = [
        f"# {experiment.id}: {experiment.question}",
        "",
        f"Measure: {analysed.measure} ({MEASURES[analysed.measure].meaning.rstrip('.')}; {unit}), "
        f"at {analysed.quarter}. " + _played(analysed),
        "",
        "## What can be said",
        "",
        *(f"- {line}" for line in findings(analysed)),
        "",
        "## Effects",
        "",
        *_effects(analysed),
        "",
        "## Where the variance comes from",
        "",
        *_parts(analysed),
        "",
        "## Sensitivity",
        "",
        *_sensitivity(analysed),
        "",
        "## Region",
        "",
        *_region(analysed),
    ]
    return "\n".join(lines) + "\n"


def _played(analysed: Analysed) -> str:
    sweep = analysed.sweep
    draws = sweep.experiment.draws
    done, asked = sweep.manifest["histories"]["done"], sweep.manifest["histories"]["asked"]
    whole = "" if done == asked else f" Only {done} of {asked} histories are there yet."
    missing = ""
    if analysed.missing:
        missing = f" {_percent(analysed.missing)} of the histories have no value (the process had ended)."
    return (
        f"{len(sweep.settings)} settings, {draws.count} draws of {draws.histories} histories "
        f"(parameters: {draws.parameters}), seed {sweep.experiment.seed}.{whole}{missing}"
    )


# --- findings -------------------------------------------------------------------------------------


def findings(analysed: Analysed) -> list[str]:
    """Return what can be said, a sentence each; what the sample is too small for comes last."""
    said: list[str] = []
    unsaid: list[str] = []
    for row in analysed.effects:
        if row.measure == analysed.measure and row.kind != "carried":
            (said if row.finding in _SAID else unsaid).append(_of_effect(row))
    for (measure, design), one in analysed.sensitivity.items():
        if measure == analysed.measure and design == FULL:
            more, less = _of_sensitivity(one)
            said += more
            unsaid += less
    if analysed.found is not None and analysed.found.region is not None:
        said.append(_of_region(analysed, analysed.found))
    return [*said, *unsaid] or ["Nothing: the sweep varies nothing."]


_SAID: Final = ("rises", "falls", "nothing to be seen")


def _of_effect(row: EffectRow) -> str:
    if row.kind == "arm":
        what = f"{row.measure} under {row.design}, compared with full,"
    elif row.kind == "interaction":
        what = f"The effect of {row.of} on {row.measure} from {row.by} = {row.at}"
        what += _in(row.design)
    else:
        where = f" at {row.by} = {row.at}" if row.by else ""
        what = f"{row.measure}{where}, with {row.of} from {row.low} to {row.high}{_in(row.design)},"
    size = f"{row.effect:+.3g} ({row.interval_low:.3g} to {row.interval_high:.3g}; {_count(row)})"
    if row.finding in ("rises", "falls"):
        return (
            f"{what} {row.finding} by more than the smallest effect of interest ({row.smallest:.2g}): {size}."
        )
    if row.finding == "nothing to be seen":
        return f"{what} moves by less than the smallest effect of interest ({row.smallest:.2g}): {size}."
    return f"Open: {what.rstrip(',')}. {_why(row)}"


def _in(design: str) -> str:
    return "" if design == FULL else f" ({design})"


def _count(row: EffectRow) -> str:
    plural = {"draw": "draws", "history": "histories"}[row.unit]
    return f"{row.units} {plural if row.units != 1 else row.unit}"


def _why(row: EffectRow) -> str:
    plural = {"draw": "draws", "history": "histories"}[row.unit]
    if row.finding == "too few":
        return f"{_count(row)} are too few to say; {FEWEST} are the least."
    if np.isnan(row.sd_histories_at_low) and np.isnan(row.smallest):
        return "One history in a draw gives no scale; two are the least."
    if not row.needed:
        return "There is no value to say it from."
    return f"{_count(row)} do not tell it; about {_many(row.needed)} {plural} would do."


def _many(needed: int) -> str:
    return f"{needed:,}" if needed < _BEYOND else f"more than {_BEYOND:,}"


def _of_sensitivity(one: Sensitivity) -> tuple[list[str], list[str]]:
    if one.refusal:
        return [], [f"No sensitivity is told: {one.refusal}."]
    wanted = {"morris": "mu_star", "latin": "main"}.get(one.method, "total")
    rows = [index for index in one.indices if index.index == wanted]
    by = {
        word: [index for index in rows if index.finding == word]
        for word in ("matters", "hardly matters", "open")
    }
    said, unsaid = [], []
    if by["matters"]:
        names = ", ".join(_index(index) for index in sorted(by["matters"], key=lambda index: -index.value))
        said.append(f"What matters ({_WORDS[wanted]}, beyond {one.threshold:.2g}): {names}.")
    if by["hardly matters"]:
        said.append(f"What hardly matters: {_listed(index.factor for index in by['hardly matters'])}.")
    if by["open"]:
        most = max(by["open"], key=lambda index: index.needed)
        more = f"; about {_many(most.needed)} {most.of} would do for all of them" if most.needed else ""
        verb = "matters" if len(by["open"]) == 1 else "matter"
        unsaid.append(f"Open: whether {_listed(index.factor for index in by['open'])} {verb}{more}.")
    return said, unsaid


_WORDS: Final = {
    "total": "total index, alone and together with others",
    "main": "main index, alone",
    "mu_star": "mean size of the effect over the whole range",
}


def _index(index: Index) -> str:
    return f"{index.factor} {index.value:.2g} ({index.low:.2g} to {index.high:.2g})"


def _listed(names: Iterable[str]) -> str:
    whole = list(names)
    if len(whole) <= _ROWS:
        return ", ".join(whole)
    return f"{', '.join(whole[:_ROWS])} and {len(whole) - _ROWS} more"


def _of_region(analysed: Analysed, found: Search) -> str:
    assert found.region is not None
    where = " and ".join(_limit(limit) for limit in found.region.limits)
    return (
        f"{analysed.measure} is above {analysed.level:.3g} (the highest quarter of the settings) "
        "mostly where "
        f"{where}: {_percent(found.held_density)} of the settings there, tried on settings the "
        "region was not "
        f"found in, against {_percent(found.chance)} of all."
    )


def _limit(limit: Limit) -> str:
    if np.isfinite(limit.low) and np.isfinite(limit.high):
        return f"{limit.feature} lies in {limit.low:.3g} to {limit.high:.3g}"
    side = f">= {limit.low:.3g}" if np.isfinite(limit.low) else f"<= {limit.high:.3g}"
    return f"{limit.feature} {side}"


# --- tables ---------------------------------------------------------------------------------------


def _effects(analysed: Analysed) -> Iterator[str]:
    rows = [row for row in analysed.effects if row.measure == analysed.measure]
    if not rows:
        yield "A sampled plan has no pairs of settings that differ in one factor alone; see Sensitivity."
        return
    interval = _percent(analysed.sweep.experiment.analysis.interval)
    yield (
        f"Mean paired difference with the same coefficients and the same luck, and its {interval} "
        "interval over "
        f"{'draws' if rows[0].unit == 'draw' else 'histories'}; in sd: over the standard deviation "
        "of histories "
        "of one draw at low. The spread of a draw's effect over draws is what the coefficients "
        "leave open; that "
        "over histories is luck, and is not in the interval. All measures: effects.csv."
    )
    yield ""
    yield from _table(
        ("what", "arm", "effect", "interval", "in sd", "sd over draws", "sd over luck", "missing", "finding"),
        [
            (
                _what(row),
                row.design,
                f"{row.effect:+.3g}",
                f"{row.interval_low:.3g} to {row.interval_high:.3g}",
                _number(row.standardised),
                _number(row.sd_draws),
                _number(row.sd_luck),
                _percent(row.missing),
                row.finding if row.finding in _SAID else f"open: {_why(row)}",
            )
            for row in rows
        ],
    )


def _what(row: EffectRow) -> str:
    if row.kind == "arm":
        return "arm less full"
    where = f" at {row.by} = {row.at}" if row.by else ""
    change = f"{row.of} {row.low} to {row.high}{where}"
    return {"effect": change, "interaction": f"interaction: {change}", "carried": f"full less arm: {change}"}[
        row.kind
    ]


def _parts(analysed: Analysed) -> Iterator[str]:
    yield (
        "Variance of single histories over the whole plan, in % of the sum. Noise is what the "
        "replicates leave in "
        "the mean of a setting, as a share of the variance between these means; nan: it would take "
        "two of them."
    )
    yield ""
    yield from _table(
        (
            "arm",
            "factors",
            "coefficients",
            "luck",
            "factors x coefficients",
            "factors x luck",
            "noise of a mean",
        ),
        [(design, *_shares(parts), _percent(parts.noise_share)) for design, parts in analysed.parts.items()],
    )
    thin = [design for design, parts in analysed.parts.items() if parts.complete < 1.0]
    if thin:
        share = _percent(1.0 - min(analysed.parts[design].complete for design in thin))
        yield ""
        yield f"Settings that lack a value in some history are left out (up to {share} of an arm)."


def _shares(parts: Parts) -> list[str]:
    found = [parts.settings, parts.draws, parts.luck, parts.settings_by_draws, parts.settings_by_luck]
    total = float(np.nansum(found))
    return [_percent(one / total) if total > 0.0 else "nan" for one in found]


def _sensitivity(analysed: Analysed) -> Iterator[str]:
    told = False
    for (measure, design), one in analysed.sensitivity.items():
        if measure != analysed.measure:
            continue
        if one.refusal:
            yield f"{design}: {one.refusal}."
            yield ""
        if not one.indices:
            continue
        if not told:
            told = True
            yield _how(one)
            yield ""
        rows = [index for index in one.indices if index.index not in ("mu", "sigma")]
        rows = sorted(rows, key=lambda index: -index.value)[: 2 * _ROWS]
        yield f"Arm {design}, {one.points[0]} of {one.points[1]} {POINTS[one.method]} with a value:"
        yield ""
        yield from _table(
            ("factor", "index", "value", "interval", "± points", "± replicates", "without noise", "finding"),
            [
                (
                    index.factor,
                    index.index,
                    _number(index.value),
                    f"{_number(index.low)} to {_number(index.high)}",
                    _number(index.half_points),
                    _number(index.half_replicates),
                    _number(index.without_noise),
                    _finding(index),
                )
                for index in rows
            ],
        )
        yield ""
    yield "All measures and factors: sensitivity.csv."


def _how(one: Sensitivity) -> str:
    if one.method == "morris":
        what = (
            "mu_star: mean size of the change over the whole range of a factor, in the measure's "
            "unit; it matters "
            f"beyond the smallest effect of interest ({one.threshold:.2g}), and without noise "
            "stands for the root "
            "mean square"
        )
    else:
        what = (
            "main: share of the variance between settings that a factor explains alone; total: with "
            "all it does "
            f"together with others; it matters beyond {MATTERS:g}"
        )
    return (
        f"{what}. Points: had other points been chosen; replicates: had other draws and other luck "
        "been played; the "
        "interval joins both. Without noise: the same from replicates that share neither draw nor history."
    )


def _finding(index: Index) -> str:
    if index.finding in ("open", "too few") and index.needed:
        word = "about" if index.finding == "open" else "at least"
        return f"{index.finding}; {word} {_many(index.needed)} {index.of}"
    return index.finding


def _region(analysed: Analysed) -> Iterator[str]:
    found = analysed.found
    if found is None:
        yield "Nothing varies but the arms."
        return
    yield (
        f"Where {analysed.measure} is above {analysed.level:.3g}, its {_percent(HIGH)} quantile "
        "over settings, by the "
        "patient rule induction method, tried on settings held out; scores of features by extremely "
        "randomised trees."
    )
    yield ""
    if found.region is None:
        yield f"No region is told: {found.refusal.replace('draws', 'settings')}."
    else:
        yield _of_region(analysed, found)
        density, coverage = _percent(found.region.density), _percent(found.region.coverage)
        yield f"In the settings it was found in: density {density}, coverage {coverage}."
    if found.scores:
        yield ""
        rows = list(found.scores.items())[:_ROWS]
        yield from _table(("factor", "score"), [(name, f"{score:.2f}") for name, score in rows])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3g}"


def _percent(share: float) -> str:
    """Return a share as per cent.

    Examples
    --------
    >>> _percent(0.25), _percent(0.001), _percent(0.0), _percent(float("nan"))
    ('25 %', '0.1 %', '0 %', 'nan')
    """
    if np.isnan(share):
        return "nan"
    return f"{100.0 * share:.0f} %" if share == 0.0 or share >= 0.01 else f"{100.0 * share:.1g} %"
