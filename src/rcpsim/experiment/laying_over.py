"""The scenario of which an experiment asks, values laid over it, and what it does not take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rcpsim.errors import Fault, InputError, ScenarioError, UnknownName, quoted
from rcpsim.experiment.records import ScenarioGiven
from rcpsim.folders import what_is
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.scenario.loading import packaged, read_table
from rcpsim.scenario.tables import Faults, Table

__all__ = ["NOTHING", "ScenarioReader", "flat_keys", "scenario_of"]

NOTHING: Mapping[str, object] = {}


def scenario_of(
    given: ScenarioGiven, overrides: Mapping[str, object] = NOTHING, without: Iterable[str] = ()
) -> Scenario:
    """Return the scenario that an experiment names or holds, with values laid over it."""
    return load_scenario(_packaged_table(given) if isinstance(given, str) else given, overrides, without)


@cache
def _packaged_table(name: str) -> dict[str, object]:
    """Return the raw table of a packaged scenario, read once however many settings are laid over it."""
    return read_table(packaged("scenarios")[name], f"scenarios/{name}.toml")


class ScenarioReader:
    """Reads of which scenario an experiment asks, and whether it takes what is laid over it.

    What is wrong is noted, under the place of the experiment, and replaced by a stand-in.

    Attributes
    ----------
    scenario : as the workers will be given it
    base : the same, read; None where it is at fault itself
    overrides : dotted key -> value, in every setting
    """

    def __init__(self, top: Table, faults: Faults, folder: Path) -> None:
        self.top, self.faults, self.folder = top, faults, folder
        self.scenario: ScenarioGiven = "small-process"
        self.base: Scenario | None = None
        self.overrides: dict[str, object] = {}

    def read_scenario(self) -> None:
        """Read the scenario that is named or held, with `years` and `set` laid over it."""
        top = self.top
        if not top.has("scenario"):
            top.missing("scenario", "name a scenario (`rcpsim list`), or give a file")
        else:
            found = self.given(top.raw["scenario"], "scenario")
            if found is not None:
                self.scenario, self.base = found
        years: list[object] = []
        if top.has("years"):
            raw = top.raw["years"]
            years = list(raw) if isinstance(raw, list | tuple) else [raw]
        laid = flat_keys(top.table("set").raw)
        for place, values in (("years", {"years": years} if years else {}), ("set", laid)):
            for key, value in values.items():
                if self.base is None or self.fits(place if key == place else f"{place}.{key}", {key: value}):
                    self.overrides[key] = value
        if self.base is not None:
            try:
                self.base = scenario_of(self.scenario, self.overrides)
            except InputError as error:
                self.note(error, "set")
                self.base = None

    def given(self, found: object, place: str) -> tuple[ScenarioGiven, Scenario] | None:
        """Return a scenario as the workers will be given it, and read."""
        if isinstance(found, Mapping):
            raw: ScenarioGiven = {str(key): value for key, value in found.items()}
        elif isinstance(found, str) and found.strip():
            beside = self.folder / found
            name = str(beside) if found.endswith(".toml") and what_is(beside) == "file" else found
            packed = name in packaged("scenarios") and not name.endswith(".toml")
            try:
                raw = name if packed else dict(read_table(_file(name), name))
            except InputError as error:
                self.note(error, place)
                return None
        else:
            self.top.fault(place, f"is {quoted(found)}", "it must be the name of a scenario, or a file")
            return None
        try:
            return raw, scenario_of(raw)
        except InputError as error:
            self.note(error, place)
            return None

    def fits(self, place: str, overrides: Mapping[str, object], without: Sequence[str] = ()) -> bool:
        """Whether the scenario takes what is laid over it; faults are told at the place of the experiment."""
        try:
            scenario_of(self.scenario, {**self.overrides, **overrides}, without)
        except InputError as error:
            self.note(error, place)
            return False
        return True

    def note(self, error: InputError, place: str) -> None:
        """Note the faults of a scenario at a place of the experiment."""
        for fault in error.faults:
            where = f"{place}: {fault.field}" if fault.field and fault.field not in place else place
            self.faults.add(where, fault.found, fault.allowed, fault.hint)


def flat_keys(table: Mapping[str, object], before: str = "") -> dict[str, object]:
    """Return nested tables as dotted keys; a list of tables stays as it is."""
    found: dict[str, object] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and value and before.count(".") < 2 and not _is_value(value):
            found |= flat_keys({str(k): v for k, v in value.items()}, f"{name}.")
        else:
            found[name] = value
    return found


def _is_value(table: Mapping[object, object]) -> bool:
    """Whether a table is itself a value of a dial: judged, or a range."""
    return bool({"value", "low", "mode"} & {str(key) for key in table})


def _file(name: str) -> Path:
    path = Path(name)
    if (kind := what_is(path)) != "file":
        known = packaged("scenarios")
        if "/" not in name and not name.endswith(".toml"):
            raise UnknownName.of("scenario", name, known)
        found = {"folder": "is a folder", "else": "is no file"}.get(kind, "does not exist")
        raise ScenarioError([Fault(name, "", found, "give a scenario file", "")])
    return path
