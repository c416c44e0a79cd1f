"""From an experiment file to its record: every fault of the file is told at once."""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast

from rcpsim.cards import Card, all_cards, fault_of_value
from rcpsim.errors import Fault, InputError, ScenarioError, UnknownName, did_you_mean, quoted
from rcpsim.experiment.records import (
    FULL,
    METHODS,
    MOMENTS,
    Analysis,
    Arm,
    Draws,
    Effect,
    Experiment,
    Factor,
    Kept,
    Method,
    Sampling,
    ScenarioGiven,
)
from rcpsim.measures import MEASURES
from rcpsim.parameter_sets import WAYS
from rcpsim.scenario import Scenario, dial_cards, load_scenario
from rcpsim.scenario.loading import laid_over, packaged, read_table
from rcpsim.scenario.tables import Faults, Table, as_number, one_of
from rcpsim.simulation import ENGINES

__all__ = ["is_experiment", "list_experiments", "load_experiment", "scenario_of"]

FORMAT = 1
JUDGED = ("draw", "central", "blind")
SCALES = ("linear", "log", "prior")
EFFECT_SCALES = ("sd over histories at low", "none")
_MOST = 1_000_000_000
_MOST_LEVELS = 1000
_NOTHING: Mapping[str, object] = {}
_NEEDS_POINTS = ("latin", "sobol", "morris")


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
        raw = tomllib.loads(Path(name).read_text(encoding="utf-8")) if Path(name).is_file() else {}
    except (OSError, ValueError, RecursionError):
        return False
    return bool({"scenario", "question", "factor", "measures"} & raw.keys())


def load_experiment(
    name_or_path: str | os.PathLike[str] | Mapping[str, object],
    overrides: Mapping[str, object] = _NOTHING,
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
    if name in known and not Path(name).is_file():
        return known[name], f"experiments/{name}.toml"
    path = Path(name)
    if path.is_file():
        return path, name
    if isinstance(given, str) and "/" not in name and os.sep not in name and not name.endswith(".toml"):
        raise UnknownName.of("experiment", name, known)
    found = "is a folder" if path.is_dir() else "does not exist"
    near = [one.name for one in sorted(path.parent.glob("*.toml"))] if path.parent.is_dir() else []
    hint = did_you_mean(path.name, near) or did_you_mean(path.stem, known)
    raise ScenarioError(
        [Fault(name, "", found, "give an experiment file, or the name of a packaged one", hint)]
    )


def scenario_of(
    given: ScenarioGiven, overrides: Mapping[str, object] = _NOTHING, without: Iterable[str] = ()
) -> Scenario:
    """Return the scenario that an experiment names or holds, with values laid over it."""
    return load_scenario(_packaged_table(given) if isinstance(given, str) else given, overrides, without)


@cache
def _packaged_table(name: str) -> dict[str, object]:
    """Return the raw table of a packaged scenario, read once however many settings are laid over it."""
    return read_table(packaged("scenarios")[name], f"scenarios/{name}.toml")


class _Reader:
    """Reads one experiment; what is wrong is noted and replaced by a stand-in."""

    def __init__(self, top: Table, faults: Faults, folder: Path) -> None:
        self.top, self.faults, self.folder = top, faults, folder
        self.scenario: ScenarioGiven = "small-process"
        self.base: Scenario | None = None  # None where the scenario itself is at fault
        self.overrides: dict[str, object] = {}

    def experiment(self) -> Experiment:
        top = self.top
        version = top.whole("format", FORMAT, FORMAT)
        if version is None and "format" not in top.raw:
            top.missing("format", f"this version reads format = {FORMAT}")
        id_, question = top.needed_text("id"), top.needed_text("question", "say in a sentence what is asked")
        self._scenario()
        seed = top.whole("seed", 0, 2**63 - 1) if "seed" in top.raw else (top.has("seed") or 1)
        draws = self._draws(top.table("draws"))
        sampling, factors = self._sampling(top.table("sampling"))
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

    # --- the scenario and what is laid over it ---------------------------------------------------

    def _scenario(self) -> None:
        top = self.top
        if not top.has("scenario"):
            top.missing("scenario", "name a scenario (`rcpsim list`), or give a file")
        else:
            found = self._given(top.raw["scenario"], "scenario")
            if found is not None:
                self.scenario, self.base = found
        years: list[object] = []
        if top.has("years"):
            raw = top.raw["years"]
            years = list(raw) if isinstance(raw, list | tuple) else [raw]
        laid = _flat(top.table("set").raw)
        for place, values in (("years", {"years": years} if years else {}), ("set", laid)):
            for key, value in values.items():
                if self.base is None or self._fits(
                    place if key == place else f"{place}.{key}", key, value, {key: value}
                ):
                    self.overrides[key] = value
        if self.base is not None:
            try:
                self.base = scenario_of(self.scenario, self.overrides)
            except InputError as error:
                self._note(error, "set")
                self.base = None

    def _given(self, found: object, place: str) -> tuple[ScenarioGiven, Scenario] | None:
        """Return a scenario as the workers will be given it, and read."""
        if isinstance(found, Mapping):
            raw: ScenarioGiven = {str(key): value for key, value in found.items()}
        elif isinstance(found, str) and found.strip():
            beside = self.folder / found
            name = str(beside) if found.endswith(".toml") and beside.is_file() else found
            packed = name in packaged("scenarios") and not name.endswith(".toml")
            try:
                raw = name if packed else dict(read_table(_file(name), name))
            except InputError as error:
                self._note(error, place)
                return None
        else:
            self.top.fault(place, f"is {quoted(found)}", "it must be the name of a scenario, or a file")
            return None
        try:
            return raw, scenario_of(raw)
        except InputError as error:
            self._note(error, place)
            return None

    def _fits(
        self,
        place: str,
        key: str,
        value: object,
        overrides: Mapping[str, object],
        without: Sequence[str] = (),
    ) -> bool:
        """Whether the scenario takes a value; its faults are told at the place of the experiment."""
        del key, value
        try:
            scenario_of(self.scenario, {**self.overrides, **overrides}, without)
        except InputError as error:
            self._note(error, place)
            return False
        return True

    def _note(self, error: InputError, place: str) -> None:
        for fault in error.faults:
            where = f"{place}: {fault.field}" if fault.field and fault.field not in place else place
            self.faults.add(where, fault.found, fault.allowed, fault.hint)

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
        judged = table.choice("judged", JUDGED, "draw")
        as_of = table.whole("as_of", 1, 2100) if "as_of" in table.raw else None
        table.has("as_of")
        table.done()
        return Draws(parameters, judged, counts[0], counts[1], as_of)

    def _sampling(self, table: Table) -> tuple[Sampling, tuple[Factor, ...]]:
        method = table.choice("method", METHODS, "grid")
        points = table.whole("points", 1, _MOST) if "points" in table.raw else None
        levels = table.whole("levels", 2, 100) if "levels" in table.raw else 4
        for key in ("points", "levels"):
            table.has(key)
        if method in _NEEDS_POINTS and "points" not in table.raw:
            table.missing("points", f"a {method} plan needs to know how many")
        if method not in _NEEDS_POINTS and "points" in table.raw:
            table.wrong("points", f"a plan of the method {method} follows from its factors; leave it out")
        if method == "sobol" and points is not None and points & (points - 1):
            near = 1 << (points.bit_length() - 1)
            table.wrong("points", f"a sobol plan takes a power of two, such as {near} or {2 * near}")
        if "levels" in table.raw and method != "morris":
            table.wrong("levels", "only a morris plan has levels of its own; a factor may have `levels`")
        if levels is not None and levels % 2:
            table.wrong("levels", "a morris plan has an even number of levels")
        second = table.yes_no("second_order", False)
        if "second_order" in table.raw and method != "sobol":
            table.wrong("second_order", "only a sobol plan knows it")
        columns, rows = self._rows(table, method)
        table.done()
        blocks = self.top.tables("factor", single=True)
        factors: list[Factor] = []
        for place, block in enumerate(blocks):
            factors += self._factor(block, f"factor.{place}", method, columns)
        keys = [factor.key for factor in factors]
        for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            self.top.fault("factor", f"{quoted(key)} stands twice", "each key varies once")
        if method == "table":
            known = {factor.key: factor for factor in factors}
            for key in known.keys() - set(columns):
                self.top.fault("factor", f"{quoted(key)} is no column of the table", one_of(columns or ["…"]))
            factors = self._columns(columns, rows, known)
        if method not in ("grid", "table") and not factors:
            self.top.fault("factor", "is missing", f"a plan of the method {method} needs at least one factor")
        return (
            Sampling(
                method=cast("Method", method),
                points=points,
                levels=levels or 4,
                second_order=second,
                rows=tuple(rows),
            ),
            tuple(factors),
        )

    def _rows(self, table: Table, method: str) -> tuple[list[str], list[tuple[object, ...]]]:
        given = [key for key in ("file", "columns", "rows") if table.has(key)]
        if method != "table":
            for key in given:
                table.fault(key, "stands beside another method", 'only method = "table" reads it')
            return [], []
        if "file" in given:
            name = table.text("file")
            return self._csv(name, table) if name else ([], [])
        if "columns" not in given or "rows" not in given:
            table.missing("file", "a table is a CSV file whose first line names the keys")
            return [], []
        columns = list(table.texts("columns"))
        rows = []
        for place, row in enumerate(table.entries("rows")):
            if not isinstance(row, list | tuple) or len(row) != len(columns):
                table.fault(f"rows.{place}", f"is {quoted(row)}", f"it must hold {len(columns)} values")
            else:
                rows.append(tuple(row))
        return columns, rows

    def _csv(self, name: str, table: Table) -> tuple[list[str], list[tuple[object, ...]]]:
        path = self.folder / name
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            table.fault("file", f"is {quoted(name)}, which cannot be read ({reason})", "give a CSV file")
            return [], []
        lines = [line for line in csv.reader(text.splitlines()) if any(cell.strip() for cell in line)]
        if len(lines) < 2:
            table.fault("file", f"is {quoted(name)}, which holds no setting", "give a line for each setting")
            return [], []
        columns = [cell.strip() for cell in lines[0]]
        rows = []
        for place, line in enumerate(lines[1:], start=2):
            if len(line) != len(columns):
                found = f"has {len(line)} values in line {place} of {name}"
                table.fault("file", found, f"the first line names {len(columns)} keys")
            else:
                rows.append(tuple(_cell(cell.strip()) for cell in line))
        for place, row in enumerate(rows):
            if row in rows[:place]:
                found = f"says the same in lines {rows.index(row) + 2} and {place + 2} of {name}"
                table.fault("file", found, "each setting stands once")
        return columns, rows

    def _columns(
        self, columns: Sequence[str], rows: Sequence[tuple[object, ...]], known: Mapping[str, Factor]
    ) -> list[Factor]:
        factors = []
        for column, key in enumerate(columns):
            values = list(dict.fromkeys(_frozen(row[column]) for row in rows))
            thawed = tuple(
                next(row[column] for row in rows if _frozen(row[column]) == value) for value in values
            )
            factor = replace(known.get(key, Factor(key)), values=thawed)
            for place, value in enumerate(thawed):
                self._value(f"sampling.rows.{place}", factor, value)
            factors.append(factor)
        return factors

    def _factor(self, table: Table, place: str, method: str, columns: Sequence[str]) -> list[Factor]:
        key = table.needed_text("key", "name a dotted key of --set, or parameters.CARD.SYMBOL")
        values = tuple(table.entries("values")) if "values" in table.raw else None
        ends = self._range(table)
        for name in ("values", "range"):
            table.has(name)
        scale = table.choice("scale", SCALES, "linear")
        levels = table.whole("levels", 2, _MOST_LEVELS) if "levels" in table.raw else None
        base = table.raw.get("base")
        held = table.texts("held")
        for name in ("levels", "base"):
            table.has(name)
        table.done()
        if not key:
            return []
        if "values" in table.raw and "range" in table.raw:
            table.fault("range", "stands beside values", "give one of the two")
            return []
        if values is not None and not values:
            table.fault("values", "is empty", "give at least one value")
        low, high = ends or (None, None)
        factor = Factor(key, values, low, high, scale, levels, base, held)
        if key.startswith("parameters."):
            return self._parameters(factor, table, place, method)
        if method == "table" and key in columns:
            return [factor]
        if values is None and ends is None:
            if "range" not in table.raw:
                table.missing("values", "give the values, or a range = [low, high]")
            return []
        if scale == "prior":
            table.wrong("scale", "only a parameter has a prior")
        return [self._checked(factor, table, place, method)]

    def _range(self, table: Table) -> tuple[float, float] | None:
        if "range" not in table.raw:
            return None
        found = table.raw["range"]
        ends = [as_number(end) for end in found] if isinstance(found, list | tuple) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None or not ends[0] < ends[1]:
            table.wrong("range", "it must be two numbers, the lower first")
            return None
        return ends[0], ends[1]

    def _parameters(self, factor: Factor, table: Table, place: str, method: str) -> list[Factor]:
        """Return the factor of one parameter, or one for each of `parameters.*` and `parameters.CARD.*`."""
        cards = {_parameter_key(card): card for card in all_cards().values()}
        if factor.key.endswith(".*"):
            begins = factor.key[:-1]
            named = [
                key for key, card in cards.items() if key.startswith(begins) and card.prior.dist != "fixed"
            ]
            if not named:
                parts = sorted({key.split(".")[1] for key in cards})
                hint = did_you_mean(begins.split(".")[1], parts)
                table.wrong("key", f"the parts are {', '.join(parts)}", hint)
            if factor.values is not None or factor.low is not None:
                table.fault("values", "stands beside many parameters", "each takes the range of its card")
            return [self._of_card(replace(factor, key=key), cards[key]) for key in named]
        card = cards.get(factor.key)
        if card is None:
            names = {key.rsplit(".", 1)[-1]: key for key in cards}
            known = names.get(factor.key.rsplit(".", 1)[-1])
            hint = f"did you mean {known}?" if known else did_you_mean(factor.key, cards)
            table.wrong("key", "`rcpsim list parameters` names them all", hint)
            return []
        if factor.values is None and factor.low is None:
            if "range" in table.raw:
                return []
            if card.prior.dist == "fixed":
                table.missing("values", f"{factor.key} has no prior; give values, or a range")
                return []
            factor = self._of_card(factor, card)
        return [self._checked(factor, table, place, method)]

    @staticmethod
    def _of_card(factor: Factor, card: Card) -> Factor:
        prior = card.prior
        return replace(factor, low=prior.low, high=prior.high, scale="prior")

    def _checked(self, factor: Factor, table: Table, place: str, method: str) -> Factor:
        """Return a factor whose levels the scenario takes."""
        if factor.low is not None and factor.scale == "log" and factor.low <= 0:
            table.wrong("range", "on a log scale both ends lie above 0")
        if factor.values is not None and factor.levels is not None:
            table.fault("levels", "stands beside values", "values are the levels; leave it out")
        if (
            factor.low is not None
            and method in ("grid", "one-at-a-time")
            and factor.levels is None
            and factor.scale != "prior"
        ):
            table.missing("levels", f"a plan of the method {method} needs values, or a range with levels")
        if factor.low is not None and method in ("latin", "sobol", "morris") and factor.levels is not None:
            table.wrong("levels", f"a {method} plan takes the whole range; leave it out")
        if factor.values is not None:
            seen: list[object] = []
            for number, value in enumerate(factor.values):
                frozen = _frozen(value)
                if frozen in seen:
                    self.faults.add(
                        f"{place}.values.{number}", f"is {quoted(value)} again", "each value once"
                    )
                seen.append(frozen)
                self._value(f"{place}.values.{number}", factor, value)
        else:
            for number, end in enumerate((factor.low, factor.high)):
                whole = round(float(end or 0.0)) if is_whole(factor.key) else end
                self._value(f"{place}.range.{number}", factor, whole)
        if method == "one-at-a-time":
            self._base(factor, table)
        elif factor.base is not None:
            table.wrong("base", "only one-at-a-time has a base")
        return factor

    def _base(self, factor: Factor, table: Table) -> None:
        if factor.base is None and factor.scale != "prior":
            table.missing("base", "one-at-a-time needs to know where a factor stays")
        elif factor.values is not None and factor.base not in factor.values:
            table.wrong("base", f"it must be one of the values {', '.join(map(quoted, factor.values))}")
        elif factor.base is not None:
            self._value(f"{table.where}.base", factor, factor.base)

    def _value(self, place: str, factor: Factor, value: object) -> None:
        """Note what is wrong with one level of a factor."""
        if factor.kind == "parameter":
            card = {_parameter_key(card): card for card in all_cards().values()}.get(factor.key)
            if card is None:
                self.faults.add(
                    place,
                    f"varies {quoted(factor.key)}, which is no parameter",
                    "`rcpsim list parameters` names them all",
                )
                return
            fault = fault_of_value(card, value, "", "")
            if fault is not None:
                self.faults.add(place, fault.found, f"{fault.allowed} ({fault.hint})")
            return
        if factor.kind == "scenario":
            self._given(value, place)
            return
        if factor.kind == "without":
            names = _without(value)
            if names is None:
                self.faults.add(
                    place, f"is {quoted(value)}", 'it must be "", a name as in --without, or a list'
                )
            elif self.base is not None:
                self._fits(place, factor.key, value, {}, names)
            return
        if self.base is not None:
            self._fits(f"{place} ({factor.key})", factor.key, value, {factor.key: value})

    def _arm(self, table: Table, place: str) -> Arm:
        name = table.needed_text("name", "give each arm a name of its own")
        without = table.texts("without")
        replacing = {str(key): value for key, value in table.table("replacing").raw.items()}
        laid = _flat(table.table("set").raw)
        table.done()
        if not without and not replacing and not laid:
            table.missing("without", "an arm leaves something out, or has `replacing` or `set`")
        overrides = {f"theory.replacing.{key}": value for key, value in replacing.items()} | laid
        if self.base is not None:
            for leaves in without:
                self._fits(f"{place}.without", "", leaves, {}, [leaves])
            for key, value in overrides.items():
                self._fits(f"{place}.set", key, value, {key: value})
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
                    and _frozen(value) not in map(_frozen, factor.values)
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


def is_whole(key: str) -> bool:
    """Return whether a dial takes whole numbers only, by its card; list entries may be named.

    Examples
    --------
    >>> is_whole("members.count"), is_whole("design.closing_after"), is_whole("design.confidentiality")
    (True, True, False)
    """
    if key == "members.count":
        return True
    parts = key.split(".")
    for card in dial_cards():
        wanted = card.key.split(".")
        if len(wanted) == len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=True)):
            return card.whole
    return False


def without_of(value: object) -> tuple[str, ...]:
    """Return what a level of the factor `without` leaves out."""
    return tuple(_without(value) or ())


def _without(value: object) -> list[str] | None:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return [str(one) for one in value]
    return None


def _parameter_key(card: Card) -> str:
    part = card.file.removeprefix("theory/").removesuffix(".toml")
    return f"parameters.{part}.{card.name}"


def _flat(table: Mapping[str, object], before: str = "") -> dict[str, object]:
    """Return nested tables as dotted keys; a list of tables stays as it is."""
    found: dict[str, object] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and value and before.count(".") < 2 and not _is_value(value):
            found |= _flat({str(k): v for k, v in value.items()}, f"{name}.")
        else:
            found[name] = value
    return found


def _is_value(table: Mapping[object, object]) -> bool:
    """Whether a table is itself a value of a dial: judged, or a range."""
    return bool({"value", "low", "mode"} & {str(key) for key in table})


def _cell(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _frozen(value: object) -> str:
    """Return a value as a text by which equal values are found, 1 and 1.0 alike."""
    number = as_number(value)
    return repr(number) if number is not None else repr(value)


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        known = packaged("scenarios")
        if "/" not in name and not name.endswith(".toml"):
            raise UnknownName.of("scenario", name, known)
        raise ScenarioError([Fault(name, "", "does not exist", "give a scenario file", "")])
    return path
