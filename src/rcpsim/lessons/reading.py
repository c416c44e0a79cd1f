"""Reading lessons: one file each in experiments/lessons, told with all its faults at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, cast

from rcpsim.axes import MECHANISMS
from rcpsim.errors import Fault, InputError, ScenarioError, UnknownName, did_you_mean, quoted
from rcpsim.lessons.records import OVER, SHAPES, SIGNS, WHEN, Design, Lesson, Outcome, Shape
from rcpsim.measures import MEASURES
from rcpsim.scenario import load_scenario

__all__ = ["lesson_folder", "list_lessons", "load_lesson", "read_lesson"]

_WITHOUT_TWIN: Final = frozenset(
    {
        "candour",
        "candour_year",
        "cancelled",
        "delivered",
        "leaks_per_100h",
        "majority_delivered",
        "meetings",
        "money_members_share",
        "ownership",
        "participation",
        "participation_participants",
        "pro_forma",
        "stage",
        "treasury_years",
    }
)
"""Measures of what only a process that meets can have."""

_TEXTS: Final = ("title", "claim", "source")
_KEYS: Final = (
    "format",
    "id",
    "claims",
    "headline",
    "title",
    "claim",
    "source",
    "conditions",
    "counter",
    "shape",
    "bases",
    "years",
    "dial",
    "low",
    "high",
    "common",
    "second",
    "key",
    "values",
    "held",
    "outcome",
    "carriers",
    "unrelated",
)
_OUTCOME_KEYS: Final = ("measure", "expected", "when", "over", "primary")
FEWEST_POINTS: Final = 7


def lesson_folder() -> Path:
    """Return the folder of the lessons that come with the package."""
    package = Path(str(resources.files("rcpsim")))
    inside, beside = package / "experiments", package.parents[1] / "experiments"
    return (inside if inside.is_dir() else beside) / "lessons"


@cache
def list_lessons() -> tuple[str, ...]:
    """Return the ids of the lessons that come with the package, sorted."""
    return tuple(sorted(path.stem for path in lesson_folder().glob("*.toml") if path.stem not in _OTHERS))


_OTHERS: Final = ("vocabulary", "register")
"""Files of the folder that hold no lesson."""


def load_lesson(name_or_path: str | Path) -> Lesson:
    """Return a lesson by its id, by the id of a claim that it tests, or from a file.

    Raises
    ------
    UnknownName
        when there is no such lesson
    ScenarioError
        with every fault of the file
    """
    name = str(name_or_path)
    path = lesson_folder() / f"{name}.toml"
    if name in list_lessons():
        return read_lesson(path, f"experiments/lessons/{name}.toml")
    if Path(name).suffix == ".toml":
        return read_lesson(Path(name), name)
    raise UnknownName.of("lesson", name, list_lessons())


def read_lesson(path: Path, file: str) -> Lesson:
    """Return the lesson of a file.

    Parameters
    ----------
    file : the name by which its faults are told

    Raises
    ------
    ScenarioError
        with every fault
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ScenarioError([Fault(file, "", "does not exist", "give a lesson or a file of one")]) from None
    except OSError as error:
        raise ScenarioError([Fault(file, "", f"cannot be read ({error.strerror})", "")]) from None
    except (UnicodeDecodeError, ValueError) as error:
        raise ScenarioError([Fault(file, "", f"is not TOML ({error})", "")]) from None
    return _Reader(file, raw, path.stem).lesson()


class _Reader:
    """One file being read; faults are gathered and told together."""

    def __init__(self, file: str, raw: Mapping[str, Any], stem: str) -> None:
        self._file, self._raw, self._stem = file, raw, stem
        self._faults: list[Fault] = []

    def lesson(self) -> Lesson:
        raw = self._raw
        self._only(raw, _KEYS, "")
        if raw.get("format") != 1:
            self._fault("format", _found(raw, "format"), "it must be 1")
        if raw.get("id") != self._stem:
            self._fault("id", _found(raw, "id"), f"it must be the name of the file, {quoted(self._stem)}")
        texts = {key: self._text(key) for key in _TEXTS}
        shape = self._one_of(raw, "shape", SHAPES, "", default="contrast")
        bases = self._words("bases", needed=True)
        carriers = self._mechanisms("carriers")
        unrelated = self._one_of(raw, "unrelated", MECHANISMS, "", default="respond")
        if unrelated in carriers:
            self._fault("unrelated", f"is {quoted(unrelated)}", "it must not be among the carriers")
        years = self._years()
        key, values = self._curve(shape)
        designs = self._designs(shape, key, values)
        outcomes = self._outcomes(shape)
        if not self._faults:
            self._play_through(bases, designs, years)
        if self._faults:
            raise ScenarioError(self._faults)
        return Lesson(
            id=self._stem,
            claims=self._words("claims", needed=False),
            headline=bool(raw.get("headline", False)),
            title=texts["title"],
            claim=texts["claim"],
            source=texts["source"],
            conditions=str(raw.get("conditions", "")),
            counter=self._words("counter", needed=False),
            shape=cast("Shape", shape),
            bases=bases,
            years=years,
            dial=str(raw.get("dial", "")),
            designs=designs,
            key=key,
            values=values,
            held=self._words("held", needed=False),
            outcomes=outcomes,
            carriers=carriers,
            unrelated=unrelated,
        )

    def _fault(self, field: str, found: str, allowed: str, hint: str = "") -> None:
        self._faults.append(Fault(self._file, field, found, allowed, hint))

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        for key in table:
            if key not in known:
                field = f"{place}.{key}" if place else key
                self._fault(field, "is not known", f"known are {', '.join(known)}", did_you_mean(key, known))

    def _text(self, key: str) -> str:
        value = self._raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fault(key, _found(self._raw, key), "it must be a text")
            return ""
        return value

    def _words(self, key: str, *, needed: bool) -> tuple[str, ...]:
        value = self._raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._fault(key, _found(self._raw, key), "it must be a list of texts")
            return ()
        if needed and not value:
            self._fault(key, _found(self._raw, key), "it must name at least one")
        return tuple(value)

    def _one_of(
        self, table: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str, *, default: str
    ) -> str:
        value = table.get(key, default)
        if value not in allowed:
            field = f"{place}.{key}" if place else key
            hint = did_you_mean(value, allowed)
            self._fault(field, _found(table, key), f"it must be one of {', '.join(allowed)}", hint)
            return default
        return str(value)

    def _mechanisms(self, key: str) -> tuple[str, ...]:
        names = self._words(key, needed=True)
        for name in names:
            if name not in MECHANISMS:
                hint = did_you_mean(name, MECHANISMS)
                self._fault(key, f"names {quoted(name)}", "`rcpsim list mechanisms` names them all", hint)
        return names

    def _years(self) -> tuple[int, int]:
        value = self._raw.get("years")
        two = isinstance(value, list) and len(value) == 2 and all(type(year) is int for year in value)
        if not two or value[1] - value[0] < 3:  # type: ignore[index]
            self._fault(
                "years", _found(self._raw, "years"), "it must be the first and the last of four years or more"
            )
            return (1, 4)
        assert isinstance(value, list)
        return value[0], value[1]

    def _curve(self, shape: str) -> tuple[str, tuple[float, ...]]:
        curve = shape in ("inverted-u", "threshold")
        key, values = self._raw.get("key"), self._raw.get("values")
        if not curve:
            for name in ("key", "values"):
                if name in self._raw:
                    self._fault(name, "stands beside a shape that is no curve", "leave it out")
            return "", ()
        if not isinstance(key, str):
            self._fault("key", _found(self._raw, "key"), "a curve needs the dotted key that it turns")
            key = ""
        numbers = isinstance(values, list) and all(type(value) in (int, float) for value in values)
        if not numbers or len(values or ()) < FEWEST_POINTS or sorted(set(values or ())) != values:
            allowed = f"a curve needs {FEWEST_POINTS} rising numbers or more"
            self._fault("values", _found(self._raw, "values"), allowed)
            return key, ()
        return key, tuple(values or ())

    def _settings(self, key: str, *, needed: bool) -> dict[str, Any]:
        value = self._raw.get(key)
        if value is None and not needed:
            return {}
        if not isinstance(value, dict):
            self._fault(
                key, _found(self._raw, key), "a contrast needs a table of dotted keys and their values"
            )
            return {}
        return dict(value)

    def _designs(self, shape: str, key: str, values: tuple[float, ...]) -> tuple[Design, ...]:
        common = self._settings("common", needed=False)
        if key:
            for name in ("low", "high", "second"):
                if name in self._raw:
                    self._fault(name, "stands beside a curve", "leave it out")
            return tuple(Design(f"{key}={value:g}", {**common, key: value}) for value in values)
        if shape == "process":
            return (Design("the process", common),)
        low, high = self._settings("low", needed=True), self._settings("high", needed=True)
        if low == high and low:
            self._fault("high", "is the same as low", "the two designs must differ")
        pair = (Design("low", {**common, **low}), Design("high", {**common, **high}))
        if shape != "interaction":
            if "second" in self._raw:
                self._fault("second", "stands beside a shape that is no interaction", "leave it out")
            return pair
        second = self._settings("second", needed=True)
        if not {"low", "high"} <= set(second) or not all(
            isinstance(second.get(s), dict) for s in ("low", "high")
        ):
            self._fault("second", _found(self._raw, "second"), "it must hold the tables low and high")
            return pair
        return tuple(
            Design(f"{one.name}, second {side}", {**one.settings, **second[side]})
            for side in ("low", "high")
            for one in pair
        )

    def _outcomes(self, shape: str) -> tuple[Outcome, ...]:
        tables = self._raw.get("outcome")
        if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
            self._fault("outcome", _found(self._raw, "outcome"), "name at least one [[outcome]]")
            return ()
        outcomes = []
        for number, table in enumerate(tables):
            place = f"outcome.{number}"
            self._only(table, _OUTCOME_KEYS, place)
            measure = self._one_of(table, "measure", tuple(MEASURES), place, default="")
            sign = self._one_of(table, "expected", SIGNS, place, default="+")
            over = "twin" if shape == "process" else "level" if measure in _WITHOUT_TWIN else "twin"
            over = self._one_of(table, "over", OVER, place, default=over)
            if over == "twin" and measure in _WITHOUT_TWIN:
                self._fault(f"{place}.over", 'is "twin"', f"{measure} has no value without the process")
            outcomes.append(
                Outcome(
                    measure=measure,
                    sign=1 if sign == "+" else -1,
                    when=self._one_of(table, "when", WHEN, place, default="life"),
                    over=over,
                    primary=bool(table.get("primary", number == 0)),
                )
            )
        if sum(outcome.primary for outcome in outcomes) != 1:
            self._fault("outcome", "has no single primary one", "exactly one may be primary")
        return tuple(outcomes)

    def _play_through(
        self, bases: tuple[str, ...], designs: tuple[Design, ...], years: tuple[int, int]
    ) -> None:
        """Read every design over every base, so that a wrong key is told before anything is played."""
        told: set[str] = set()
        for base in bases:
            for design in designs:
                try:
                    load_scenario(base, {"years": list(years), **design.settings})
                except InputError as error:
                    for fault in error.faults:
                        line = f"{base}, {design.name}: {fault.field or fault.file} {fault.found}"
                        if line not in told:
                            told.add(line)
                            self._fault("designs", line, fault.allowed, fault.hint)


def _found(table: Mapping[str, Any], key: str) -> str:
    return f"is {quoted(table[key])}" if key in table else "is missing"
