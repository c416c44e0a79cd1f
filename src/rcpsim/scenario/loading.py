"""Finding a scenario by name or path, laying single values over it, and reading it."""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from rcpsim.axes import MECHANISMS
from rcpsim.errors import Fault, OptionError, ScenarioError, UnknownName, did_you_mean, quoted
from rcpsim.folders import what_is
from rcpsim.scenario.checks import checked
from rcpsim.scenario.reading import scenario_from_table
from rcpsim.scenario.records import Scenario
from rcpsim.scenario.tables import Faults

_NAMED_BY = ("id", "name", "kind", "state")
_NOTHING: Mapping[str, object] = {}


@cache
def packaged(kind: str) -> Mapping[str, Path]:
    """Return the path of every scenario (or experiment) that comes with the package, by name.

    In a wheel they lie inside the package; an editable install falls back to the folder at the top of
    the project.
    """
    package = Path(str(resources.files("rcpsim")))
    inside, beside = package / kind, package.parents[1] / kind
    folder = inside if inside.is_dir() else beside
    return {path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)}


def list_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package, sorted."""
    return tuple(packaged("scenarios"))


def load_scenario(
    name_or_path: str | os.PathLike[str] | Mapping[str, object],
    overrides: Mapping[str, object] = _NOTHING,
    without: Iterable[str] = (),
) -> Scenario:
    """Return a scenario, read and checked.

    Parameters
    ----------
    name_or_path : name of a packaged scenario (`puebla`), path of a file, or a raw table in the form of
        a file
    overrides : dotted key → value, laid over the file before it is checked: `design.confidentiality`,
        `members.count`, `calendar.meetings.0.per_year`; entries of lists are found by number, or by their id,
        name, kind or state (`calendar.meetings.workshop.per_year`, `event.mitch.on`). Events that an override
        of `years` leaves outside are dropped and named in `left_out`
    without : what is left out: `mechanism:NAME` or a bare name, `event:ID`, `member:ISO3`

    Raises
    ------
    UnknownName
        when there is no such scenario
    ScenarioError
        with every fault of the file and of the overrides
    OptionError
        when `without` names something that is not there
    """
    if isinstance(name_or_path, Mapping):
        raw, file = dict(name_or_path), "the table given"
    else:
        path, file = _find(name_or_path)
        raw = read_table(path, file)
    faults = Faults(file)
    names: list[Fault] = []
    table = _left_out(laid_over(raw, overrides), tuple(without), faults, names)
    for key in overrides:
        faults.lay_to("--set", _place(table, str(key)), str(key))
    scenario = checked(scenario_from_table(table, faults, overrides), faults)
    if faults.found:
        raise ScenarioError([*names, *faults.found])
    if names:
        raise OptionError(names)
    return scenario


def parse_setting(text: str) -> tuple[str, object]:
    """Return key and value of a setting of the command line, `KEY=VALUE`.

    The value is read as in a scenario file; what is none there is taken as a word.

    Examples
    --------
    >>> parse_setting("design.confidentiality=0.5"), parse_setting("design.secretariat=own")
    (('design.confidentiality', 0.5), ('design.secretariat', 'own'))

    Raises
    ------
    OptionError
        when there is no key or no value
    """
    key, sign, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not sign or not key or not value or not all(key.split(".")):
        raise OptionError(
            [
                Fault(
                    "--set",
                    "",
                    f"{quoted(text)} is no setting",
                    "write KEY=VALUE, such as design.confidentiality=0.5",
                )
            ]
        )
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return key, value


def _find(given: str | os.PathLike[str]) -> tuple[Path, str]:
    name = os.fspath(given)
    named = isinstance(given, str) and "/" not in name and os.sep not in name and not name.endswith(".toml")
    if named:
        if name in packaged("scenarios"):
            return packaged("scenarios")[name], f"scenarios/{name}.toml"
        if not name or not what_is(Path(name)):
            raise UnknownName.of("scenario", name, list_scenarios())
    path = Path(name)
    kind = what_is(path)
    if kind == "file":
        return path, name
    found = {"folder": "is a folder", "else": "is no file"}.get(kind, "does not exist")
    near = (
        [one.name for one in sorted(path.parent.glob("*.toml")) if one.is_file()]
        if what_is(path.parent) == "folder"
        else []
    )
    hint = did_you_mean(path.name, near) or did_you_mean(path.stem, list_scenarios())
    raise ScenarioError([Fault(name, "", found, "give a scenario file, or the name of a packaged one", hint)])


def read_table(path: Path, file: str, page: str = "docs/scenario-files.md") -> dict[str, object]:
    """Return the raw table of a TOML file; what cannot be read is a fault that names the page to see."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        fault = Fault(file, "", f"cannot be read ({error.strerror})", "")
    except UnicodeDecodeError as error:
        fault = Fault(file, "", f"is not UTF-8 (byte {error.start})", "save it as text in UTF-8")
    else:
        try:
            return tomllib.loads(text.removeprefix("\ufeff"))
        except RecursionError:
            fault = Fault(file, "", "is nested too deep", "it must be a TOML file of a few levels")
        except ValueError as error:
            fault = Fault(file, "", f"is not TOML ({error})", f"see `rcpsim show {Path(page).stem}`")
    raise ScenarioError([fault])


def laid_over(raw: Mapping[str, object], overrides: Mapping[str, object]) -> dict[object, object]:
    """Return a raw table with values laid over it by dotted keys; unreachable places are faults."""
    table: dict[object, object] = {key: copy.deepcopy(value) for key, value in raw.items()}
    faults: list[Fault] = []
    for key, value in overrides.items():
        parts = str(key).split(".")
        place: object = table
        for depth, part in enumerate(parts[:-1]):
            below = _step(place, part)
            if below is None and isinstance(place, dict) and part not in place:
                below = place[part] = {}
            if not isinstance(below, dict | list):
                where = ".".join(parts[: depth + 1])
                found = f"stands for {quoted(below)}" if below is not None else "stands for nothing"
                faults.append(
                    Fault("--set", str(key), f"cannot be set: {where} {found}", _what_is_there(place))
                )
                break
            place = below
        else:
            if isinstance(place, dict):
                place[parts[-1]] = copy.deepcopy(value)
            elif isinstance(place, list) and (index := _index(place, parts[-1])) is not None:
                place[index] = copy.deepcopy(value)
            else:
                found = f"cannot be set: there is no entry {quoted(parts[-1])}"
                faults.append(Fault("--set", str(key), found, _what_is_there(place)))
    if faults:
        raise ScenarioError(faults)
    return table


def entry_at(table: object, key: str) -> object:
    """Return what stands in a raw table at a dotted key, as `laid_over` finds it; None where nothing does."""
    for part in key.split("."):
        table = _step(table, part)
    return table


def _left_out(
    table: dict[object, object], names: tuple[str, ...], given: Faults, faults: list[Fault]
) -> dict[object, object]:
    """Return the raw table with mechanisms and members named as left out, and events struck from it.

    Names of what is not there are noted in `faults`.
    """
    for name in names:
        what, sign, which = name.partition(":")
        if not sign:
            what, which = "mechanism", name
        if what == "mechanism":
            if which in MECHANISMS:
                _append(table, "theory", which, given, f"mechanism:{which}")
            else:
                known = f"the mechanisms are {', '.join(MECHANISMS)}"
                faults.append(
                    Fault(
                        "--without",
                        "",
                        f"{quoted(which)} is not a mechanism",
                        known,
                        did_you_mean(which, MECHANISMS),
                    )
                )
        elif what == "member":
            _append(table, "members", which, given, f"member:{which}")
        elif what == "event":
            events = table.get("event")
            entries = (
                [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
            )
            ids = [str(event.get("id")) for event in entries]
            if which in ids:
                table["event"] = [event for event in entries if event.get("id") != which]
            else:
                known = f"the events are {', '.join(ids)}" if ids else "the scenario has none"
                faults.append(
                    Fault(
                        "--without", "", f"{quoted(which)} is not an event", known, did_you_mean(which, ids)
                    )
                )
        else:
            allowed = "write mechanism:NAME, event:ID or member:ISO3; a bare name is a mechanism"
            faults.append(Fault("--without", "", f"{quoted(name)} is not understood", allowed))
    return table


def _append(table: dict[object, object], key: str, name: str, given: Faults, shown: str) -> None:
    """Add a name to the list `without` of a table; what is no list is left for the check to report."""
    below = table.setdefault(key, {})
    if isinstance(below, dict):
        names = below.setdefault("without", [])
        if isinstance(names, list) and name not in names:
            given.lay_to("--without", f"{key}.without.{len(names)}", shown)
            names.append(name)


def _place(table: object, key: str) -> str:
    """Return a dotted key with the entries of lists by their numbers, as faults name them."""
    parts: list[str] = []
    for part in key.split("."):
        index = _index(table, part) if isinstance(table, list) else None
        parts.append(part if index is None else str(index))
        table = _step(table, part)
    return ".".join(parts)


def _step(place: object, part: str) -> object:
    if isinstance(place, dict):
        return place.get(part)
    if isinstance(place, list) and (index := _index(place, part)) is not None:
        entry: object = place[index]
        return entry
    return None


def _index(entries: list[object], part: str) -> int | None:
    """Return the place of a list entry that is given by number, or by its id, name, kind or state."""
    if part.isascii() and part.isdigit():
        return int(part) if int(part) < len(entries) else None
    for key in _NAMED_BY:
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and entry.get(key) == part:
                return index
    return None


def _what_is_there(place: object) -> str:
    if isinstance(place, list):
        return f"the list has {len(place)} entries, counted from 0 or given by id, name, kind or state"
    return "the key must lead through tables"
