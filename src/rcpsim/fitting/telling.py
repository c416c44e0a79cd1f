"""The report of a fit: what it asked, what is left, what was learnt and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from rcpsim.cards import all_cards
from rcpsim.fitting.central import medoid
from rcpsim.fitting.judging import LEARNT_BY, TAUGHT, held, in_the_way, learnt, left_out, met_by_none, pulls
from rcpsim.fitting.running import KEPT, Fit
from rcpsim.fitting.sampling import free_names, values_at
from rcpsim.parameter_sets import filtered_prior
from rcpsim.stamp import theory_stamp

__all__ = [
    "FEW",
    "REPORT",
    "SEEN",
    "Part",
    "columns_of",
    "facts_of",
    "head_of",
    "parts_of",
    "report",
    "tables_of",
]

FEW: Final = 50
"""With fewer plausible sets than this the report says which patterns exclude each other."""

REPORT: Final = "report.md"

SEEN: Final = "seen: "
"""Before the name of a pattern: the column of what the history of each set came to."""

_WORST: Final = 12
_ALONE: Final = "One process left out"
_FEW_OF: Final = 10
"""In a small wave, one set in so many is enough."""


def facts_of(fit: Fit) -> dict[str, Any]:
    """Return what is known of a fit beside its sets."""
    return {
        "stamp": theory_stamp(),
        "seed": fit.seed,
        "as_of": fit.plan.as_of,
        "processes": list(fit.plan.processes),
        "aside": list(fit.plan.aside),
        "strong": [fit.plan.patterns[place].name for place in fit.strong],
        "sets": [wave.points.shape[0] for wave in fit.waves],
        "volume": [wave.volume for wave in fit.waves],
        "candidates": fit.candidates,
        "tried": fit.tried,
        "passed": fit.passed,
        "medoid": medoid(fit.points),
    }


def columns_of(fit: Fit) -> dict[str, Any]:
    """Return the plausible sets as columns: number, wave, history, distance, parameters, outcomes."""
    count = fit.points.shape[0]
    values = values_at(fit.points) if count else {name: np.zeros(0) for name in free_names()}
    seen = {f"{SEEN}{pattern.name}": fit.seen[:, place] for place, pattern in enumerate(fit.plan.patterns)}
    about = {"set": np.arange(count), "wave": fit.wave, "history": fit.history, "distance": fit.distance}
    return {**about, **values, **seen}


def report(fit: Fit) -> str:
    """Return the report as Markdown."""
    return "\n\n".join([head_of(fit), *(part.markdown for part in parts_of(fit))]) + "\n"


@dataclass(frozen=True)
class Part:
    """A part of the report: a title, a paragraph, and a table where there is one."""

    title: str
    text: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def markdown(self) -> str:
        """The part as Markdown."""
        told = (f"## {self.title}", self.text, _table(self.heads, self.rows) if self.rows else "")
        return "\n\n".join(words for words in told if words)


def parts_of(fit: Fit) -> tuple[Part, ...]:
    """Return the parts of the report that have something to say."""
    found = (_waves(fit), _few(fit), _held(fit), _pulls(fit), _learnt(fit), _left_out(fit), _medoid(fit))
    return tuple(part for part in found if part is not None)


def tables_of(fit: Fit) -> dict[str, list[dict[str, Any]]]:
    """Return what the report says of patterns, pairs, parameters and processes left out, row by row."""
    tables: dict[str, Sequence[Any]] = {
        "patterns": held(fit),
        "pulls": pulls(fit),
        "parameters": learnt(fit),
        "left-out": left_out(fit),
    }
    return {name: [_flat(asdict(one)) for one in rows] for name, rows in tables.items()}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with an interval as three columns."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, tuple):
            cells |= zip((f"{name}_low", f"{name}_median", f"{name}_high"), value, strict=True)
        else:
            cells[name] = value
    return cells


def head_of(fit: Fit) -> str:
    """Return the first lines of the report: what was asked, and how many sets are left."""
    strong, found, processes = len(fit.strong), fit.points.shape[0], len(fit.plan.processes)
    return "\n".join(
        (
            f"# A fit as of {fit.plan.as_of}",
            "",
            f"Theory {theory_stamp()}, seed {fit.seed}. {len(free_names())} parameters over their whole "
            f"prior ranges, {strong} strong and {len(fit.plan.patterns) - strong} weak patterns of "
            f"{processes} {'process' if processes == 1 else 'processes'}, all played with the same set: "
            f"{', '.join(fit.plan.processes)}.",
            *(["", f"**Set aside by hand**: {', '.join(fit.plan.aside)}."] if fit.plan.aside else []),
            "",
            f"**{found} plausible {'set' if found == 1 else 'sets'}**: {fit.candidates} tell every strong "
            "pattern, miss none by more than 3 sd and lie where nothing rules them out; the plausibility "
            f"filter was asked about {fit.tried} of these and let {fit.passed} pass; "
            f"at most {KEPT} are kept.",
        )
    )


def _waves(fit: Fit) -> Part:
    rows = tuple(
        (
            str(n + 1),
            str(wave.points.shape[0]),
            str(wave.accepted),
            f"{wave.accepted / max(wave.points.shape[0], 1):.3f}",
            f"{wave.volume:.3f}",
            ", ".join(f"{name} ({one.explained:.2f})" for name, one in wave.stand_ins.items()) or "none",
        )
        for n, wave in enumerate(fit.waves)
    )
    heads = (
        "wave",
        "sets",
        "miss no strong pattern",
        "share",
        "prior volume left",
        "stand-ins (variance explained)",
    )
    return Part("Waves", "", heads, rows)


def _few(fit: Fit) -> Part | None:
    if fit.points.shape[0] >= FEW:
        return None
    fits = fit.waves[0].accepted
    lines = [
        f"Nothing is widened. In the first wave {fits} sets miss no strong pattern. What excludes what:",
        "",
    ]
    lines += [
        f"- `{name}` is met by no set: that tells of the model, or of how the process is described, and "
        "not of parameters"
        for name in met_by_none(fit)
    ]
    enough = min(FEW, fit.waves[0].points.shape[0] // _FEW_OF)
    for place, (name, sets) in enumerate(in_the_way(fit, enough)):
        left = "1 set is left" if sets == 1 else f"{sets} sets are left"
        lines.append(f"- {'then' if place else 'first'} set `{name}` aside, and {left}")
    lines += [
        f"- `{pull.other}` is met closely by {pull.other_if_one:.2f} of the sets that meet `{pull.one}` "
        f"closely, and by {pull.other_if_not:.2f} of the others"
        for pull in pulls(fit)[:_WORST]
        if pull.z < -LEARNT_BY
    ]
    lines += [
        "",
        "To go on all the same, name the patterns that no set is to be held against: "
        "`rcpsim fit --aside PATTERN`. They stay in the report as missed.",
    ]
    return Part(f"Fewer than {FEW} sets are left", "\n".join(lines))


def _held(fit: Fit) -> Part:
    rows = tuple(
        (
            f"`{one.name}`",
            "strong" if one.strong else "weak",
            f"{one.told:.2f}",
            f"{one.spread:.3g}",
            f"{one.error:.3g}",
            f"{one.meets:.3f}",
            f"{one.close:.3f}",
            str(one.alone) if one.strong else "·",
        )
        for one in sorted(held(fit), key=lambda one: (not one.strong, one.meets))
    )
    heads = (
        "pattern",
        "",
        "described",
        "spread of histories",
        "documented error",
        "prior within 3 sd",
        "within 1 sd",
        "accepted without it",
    )
    return Part(
        "Share of prior volume that meets each pattern",
        "First wave, among histories that lived long enough to be described. The last column: "
        "how many sets of the first wave would miss no strong pattern if this were none, instead of "
        f"{fit.waves[0].accepted}.",
        heads,
        rows,
    )


def _pulls(fit: Fit) -> Part:
    found = pulls(fit)
    apart = [pull for pull in found if pull.z < -LEARNT_BY]
    together = [pull for pull in reversed(found) if pull.z > LEARNT_BY]
    heads = ("one", "other", "sets", "other met closely if one is", "if one is not", "z")
    rows = tuple(
        (
            f"`{pull.one}`",
            f"`{pull.other}`",
            str(pull.pairs),
            f"{pull.other_if_one:.2f}",
            f"{pull.other_if_not:.2f}",
            f"{pull.z:+.1f}",
        )
        for pull in (*apart[:_WORST], *together[:_WORST])
    )
    text = (
        f"Of {len(found)} pairs of strong patterns, {len(apart)} pull "
        f"against each other and {len(together)} go together beyond chance (|z| > {LEARNT_BY:g}; "
        "closely: within 1 sd; first wave)."
    )
    if max(len(apart), len(together)) > _WORST:
        text += f" The table holds the {_WORST} strongest of each at most; all are in `tables/pulls.csv`."
    return Part("Patterns that pull", text, heads, rows)


def _medoid(fit: Fit) -> Part | None:
    """Return which set is the most central, and what it says beside the middle of the prior."""
    if fit.points.shape[0] == 0:
        return None
    place = medoid(fit.points)
    values = values_at(fit.points[[place]])
    cards = all_cards()
    rows = tuple(
        (
            f"`{name}`",
            cards[name].symbol,
            f"{values[name][0]:.3g}",
            f"{cards[name].prior.middle:.3g}",
            f"{quantile:.2f}",
        )
        for name, quantile in zip(free_names(), fit.points[place], strict=True)
    )
    text = (
        f"Set {place} of the {fit.points.shape[0]} (wave {fit.wave[place]}, history {fit.history[place]}; "
        f"worst miss {fit.distance[place]:.2f} sd) has the smallest sum of distances to the others, all "
        "parameters scaled by their prior. It is one set that the record does not speak against, and no "
        "better than the others: where nothing was learnt of a parameter, its value says nothing either."
    )
    heads = ("parameter", "symbol", "medoid", "middle of the prior", "quantile of the prior")
    return Part("The most central set", text, heads, rows)


def _learnt(fit: Fit) -> Part | None:
    found = learnt(fit)
    if not found:
        return None
    count = {word: sum(one.verdict == word for one in found) for word in TAUGHT}
    cards = all_cards()
    rows = tuple(
        (
            f"`{one.name}`",
            cards[one.name].symbol,
            f"{one.by_record:.2f}",
            f"{one.by_filter:.2f}",
            f"{one.ratio:.2f}",
            f"{one.middle:.2f}",
            f"{one.filtered:.2f}",
            f"{one.low:.2f} to {one.high:.2f}",
            one.verdict,
        )
        for one in found
    )
    heads = (
        "parameter",
        "symbol",
        "record / filter",
        "filter / prior",
        "posterior / prior",
        "mean quantile",
        "of the filter",
        "nine of ten",
        "",
    )
    kept = filtered_prior()
    remark = f" Of the filter: {kept.remark}." if kept.remark else ""
    return Part(
        "What was learnt of the parameters",
        "Posterior over prior variance of the quantile of the prior, "
        "in its two factors: what the plausibility filter does to the prior by itself "
        f"({kept.survivors.size} draws of the prior that pass it), and what the record does beyond that "
        f"({fit.points.shape[0]} plausible sets, which pass it too). Of {count[TAUGHT[0]]} of {len(found)} "
        f"parameters something is *learnt* from the record; of {count[TAUGHT[1]]} only the filter says "
        f"something (*filter only*); of {count[TAUGHT[2]]} neither does (*prior only*). A difference counts "
        f"when the variance or the mean lies more than {LEARNT_BY:g} standard errors from that of what it is "
        f"held against.{remark}",
        heads,
        rows,
    )


def _left_out(fit: Fit) -> Part:
    found = left_out(fit)
    if not found:
        return Part(_ALONE, "The others allow too few sets of the first wave to say anything.")
    rows = tuple(
        (
            one.process,
            f"`{one.pattern}`",
            str(one.sets),
            f"{one.documented:.5g}",
            _span(one.prior),
            _span(one.posterior),
            f"{one.score_prior:.3g}",
            f"{one.score:.3g}",
            f"{1.0 - one.score / one.score_prior:+.2f}" if one.score_prior > 0 else "·",
        )
        for one in found
    )
    heads = (
        "left out",
        "pattern",
        "sets",
        "documented",
        "prior",
        "allowed by the others",
        "CRPS prior",
        "CRPS",
        "skill",
    )
    better = sum(one.score < one.score_prior for one in found)
    return Part(
        _ALONE,
        "Stored histories of the first wave, weighted anew: sets count that "
        "miss no strong pattern of the *other* processes. The score is better than over the whole prior for "
        f"{better} of {len(found)} patterns (skill: 1 − CRPS / CRPS prior; 0: the other processes teach "
        "nothing of this one).",
        heads,
        rows,
    )


def _span(three: tuple[float, float, float]) -> str:
    low, middle, high = three
    return f"{middle:.5g} [{low:.5g}, {high:.5g}]"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
