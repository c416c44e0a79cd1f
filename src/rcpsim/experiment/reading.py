"""From an experiment file to its record: every fault of the file is told at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from rcpsim.errors import Fault, ScenarioError, UnknownName, did_you_mean, quoted
from rcpsim.experiment.factors import FactorReader, frozen
from rcpsim.experiment.laying_over import NOTHING, flat_keys
from rcpsim.experiment.records import (
    FULL,
    MOMENTS,
    Analysis,
    Arm,
    Draws,
    Effect,
    Experiment,
    Factor,
    Kept,
)
from rcpsim.folders import what_is
from rcpsim.measures import MEASURES
from rcpsim.parameter_sets import WAYS
from rcpsim.scenario.loading import laid_over, packaged, read_table
from rcpsim.scenario.tables import Faults, Table
from rcpsim.simulation import ENGINES

__all__ = ["is_experiment", "list_experiments", "load_experiment"]

FORMAT = 1
JUDGED = ("draw", "central", "blind")
EFFECT_SCALES = ("sd over histories at low", "none")
_MOST = 1_000_000_000
_MOST_PLAYED = 10_000_000  # histories of a setting


def list_experiments() -> tuple[str, ...]:
    """Return the names of the experiments that come with the package, sorted."""
    return tuple(packaged("experiments"))


def is_experiment(name: str) -> bool:
    """Return whether a name stands for an experiment: one that comes with the package, or a file that asks.

    Examples
    --------
    >>> is_experiment("size-and-confidentiality"), is_experiment("puebla")
    (True, False)
    """
    if name in packaged("experiments"):
        return True
    try:
        raw = tomllib.loads(Path(name).read_text(encoding="utf-8")) if what_is(Path(name)) == "file" else {}
    except (OSError, ValueError, RecursionError):
        return False
    return bool({"scenario", "question", "factor", "measures"} & raw.keys())


def load_experiment(
    name_or_path: str | os.PathLike[str] | Mapping[str, object],
    overrides: Mapping[str, object] = NOTHING,
) -> Experiment:
    """Return an experiment, read and checked.

    Parameters
    ----------
    name_or_path : name of a packaged experiment, path of a file, or a raw table in the form of a file
    overrides : dotted key -> value, laid over the file before it is checked: `draws.count`, `factor.0.values`

    Raises
    ------
    UnknownName
        when there is no such experiment
    ScenarioError
        with every fault of the file, of the overrides, and of what it asks of its scenario

    Examples
    --------
    >>> load_experiment("size-and-confidentiality", {"draws.count": 3}).draws.count
    3
    """
    if isinstance(name_or_path, Mapping):
        raw, file, folder = dict(name_or_path), "the table given", Path()
    else:
        path, file = _find(name_or_path)
        raw, folder = read_table(path, file, "docs/sweeps.md"), path.parent
    faults = Faults(file, overrides)
    experiment = _Reader(Table(laid_over(raw, overrides), "", faults), faults, folder).experiment()
    if faults.found:
        raise ScenarioError(faults.found)
    return experiment


def _find(given: str | os.PathLike[str]) -> tuple[Path, str]:
    name = os.fspath(given)
    known = packaged("experiments")
    path = Path(name)
    kind = what_is(path) if name else ""
    if name in known and kind != "file":
        return known[name], f"experiments/{name}.toml"
    if kind == "file":
        return path, name
    if (
        not kind
        and isinstance(given, str)
        and "/" not in name
        and os.sep not in name
        and not name.endswith(".toml")
    ):
        raise UnknownName.of("experiment", name, known)
    found = {"folder": "is a folder", "else": "is no file"}.get(kind, "does not exist")
    beside = what_is(path.parent) == "folder"
    near = [one.name for one in sorted(path.parent.glob("*.toml"))] if beside else []
    hint = did_you_mean(path.name, near) or did_you_mean(path.stem, known)
    raise ScenarioError(
        [Fault(name, "", found, "give an experiment file, or the name of a packaged one", hint)]
    )


class _Reader(FactorReader):
    """Reads one experiment; what is wrong is noted and replaced by a stand-in."""

    def experiment(self) -> Experiment:
        top = self.top
        version = top.whole("format", FORMAT, FORMAT)
        if version is None and "format" not in top.raw:
            top.missing("format", f"this version reads format = {FORMAT}")
        id_, question = top.needed_text("id"), top.needed_text("question", "say in a sentence what is asked")
        self.read_scenario()
        seed = top.whole("seed", 0, 2**63 - 1) if "seed" in top.raw else (top.has("seed") or 1)
        draws = self._draws(top.table("draws"))
        sampling, factors = self.read_sampling(top.table("sampling"))
        arms = tuple(
            self._arm(table, f"arm.{place}") for place, table in enumerate(top.tables("arm", single=True))
        )
        for place, arm in enumerate(arms):
            if arm.name in (FULL, *(other.name for other in arms[:place])):
                top.fault(
                    f"arm.{place}.name",
                    f"is {quoted(arm.name)} again",
                    f"{FULL} is always there, and every other arm has a name of its own",
                )
        experiment = Experiment(
            id=id_,
            question=question,
            about=top.text("about") or "",
            scenario=self.scenario,
            years=(1, 1) if self.base is None else self.base.years,
            seed=1 if seed is None else int(seed),
            twin=top.yes_no("twin", True),
            overrides=self.overrides,
            draws=draws,
            sampling=sampling,
            factors=factors,
            arms=arms,
            measures=self._measures(top.table("measures")),
            analysis=self._analysis(top.table("analysis"), factors),
            file=self.faults.file,
            engine=top.choice("engine", ENGINES, "numpy"),
        )
        top.done()
        return experiment

    # --- the tables of the file ------------------------------------------------------------------

    def _draws(self, table: Table) -> Draws:
        parameters = table.choice("parameters", WAYS, "default")
        counts = []
        for key in ("count", "histories"):
            found = table.whole(key, 1, _MOST) if key in table.raw else 1
            table.has(key)
            counts.append(1 if found is None else found)
        if parameters == "default" and counts[0] > 1:
            table.wrong(
                "count",
                "with parameters = default all draws are the same",
                "set draws.histories, or parameters = prior",
            )
        if counts[0] * counts[1] > _MOST_PLAYED:
            allowed = f"count times histories may be {_MOST_PLAYED:,} at most, to fit the memory"
            table.wrong("histories" if counts[1] >= counts[0] else "count", allowed)
        judged = table.choice("judged", JUDGED, "draw")
        as_of = table.whole("as_of", 1, 2100) if "as_of" in table.raw else None
        table.has("as_of")
        table.done()
        return Draws(parameters, judged, counts[0], counts[1], as_of)

    def _arm(self, table: Table, place: str) -> Arm:
        name = table.needed_text("name", "give each arm a name of its own")
        without = table.texts("without")
        replacing = {str(key): value for key, value in table.table("replacing").raw.items()}
        laid = flat_keys(table.table("set").raw)
        table.done()
        if not without and not replacing and not laid:
            table.missing("without", "an arm leaves something out, or has `replacing` or `set`")
        overrides = {f"theory.replacing.{key}": value for key, value in replacing.items()} | laid
        if self.base is not None:
            for leaves in without:
                self.fits(f"{place}.without", {}, [leaves])
            for key, value in overrides.items():
                self.fits(f"{place}.set", {key: value})
        return Arm(name, without, overrides)

    def _measures(self, table: Table) -> Kept:
        primary = table.choice("primary", MEASURES)
        keep = table.words("keep", MEASURES) if "keep" in table.raw else tuple(MEASURES)
        table.has("keep")
        at = table.choice("at", MOMENTS, "year-ends")
        table.done()
        return Kept(primary, keep if primary in keep else (primary, *keep), at)

    def _analysis(self, table: Table, factors: Sequence[Factor]) -> Analysis:
        keys = {factor.key: factor for factor in factors}
        effect = None
        if table.has("effect"):
            wanted = table.table("effect")
            of = wanted.choice("of", keys) if keys else wanted.needed_text("of")
            by = wanted.choice("by", keys) if "by" in wanted.raw and keys else wanted.text("by")
            wanted.has("by")
            ends = []
            for name in ("low", "high"):
                if not wanted.has(name):
                    wanted.missing(name, f"say between which values of {of} the effect lies")
                    continue
                value = wanted.raw[name]
                factor = keys.get(str(wanted.raw.get("of")))
                if (
                    factor is not None
                    and factor.values is not None
                    and frozen(value) not in map(frozen, factor.values)
                ):
                    wanted.wrong(
                        name,
                        f"it must be one of the values {', '.join(map(quoted, factor.values))} of {of}",
                    )
                ends.append(value)
            wanted.done()
            if len(ends) == 2:
                effect = Effect(of, ends[0], ends[1], by)
        scale = table.choice("scale", EFFECT_SCALES, EFFECT_SCALES[0])
        smallest = table.number("smallest_effect", 0.0, 1e9, 0.1)
        interval = table.number("interval", 0.5, 0.999, 0.9)
        table.done()
        return Analysis(
            effect, scale, 0.1 if smallest is None else smallest, 0.9 if interval is None else interval
        )
