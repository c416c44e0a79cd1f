"""From the file of a lesson to its record, with all its faults told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from rcpsim.axes import MECHANISMS, RIVALS
from rcpsim.errors import Fault, InputError, ScenarioError, did_you_mean, quoted
from rcpsim.lessons.graph import dials
from rcpsim.lessons.records import OVER, SHAPES, SIGNS, WHEN, Arm, Design, Lesson, Outcome, Shape
from rcpsim.measures import MEASURES
from rcpsim.scenario import list_scenarios, load_scenario

__all__ = ["read_lesson"]

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
    "rival",
    "flips",
)
_FLIP_KEYS: Final = ("name", "set", "without", "replacing")
_OUTCOME_KEYS: Final = ("measure", "expected", "when", "over", "primary")
FEWEST_POINTS: Final = 7


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
        bases = self._bases()
        carriers = self._mechanisms("carriers")
        unrelated = self._one_of(raw, "unrelated", MECHANISMS, "", default="respond")
        if unrelated in carriers:
            self._fault("unrelated", f"is {quoted(unrelated)}", "it must not be among the carriers")
        years = self._years()
        key, values = self._curve(shape)
        designs = self._designs(shape, key, values)
        outcomes = self._outcomes(shape)
        flips = self._flips()
        dial, headline = self._dial(), self._yes_no(raw, "headline", "")
        rival, conditions = self._yes_no(raw, "rival", ""), self._text("conditions", needed=False)
        claims, counter = self._words("claims", needed=False), self._words("counter", needed=False)
        held = self._words("held", needed=False)
        if not self._faults:
            self._play_through(bases, designs, years, flips)
        if self._faults:
            raise ScenarioError(self._faults)
        return Lesson(
            id=self._stem,
            claims=claims,
            headline=headline,
            title=texts["title"],
            claim=texts["claim"],
            source=texts["source"],
            conditions=conditions,
            counter=counter,
            shape=cast("Shape", shape),
            bases=bases,
            years=years,
            dial=dial,
            designs=designs,
            key=key,
            values=values,
            held=held,
            outcomes=outcomes,
            carriers=carriers,
            unrelated=unrelated,
            rival=rival,
            flips=flips,
        )

    def _fault(self, field: str, found: str, allowed: str, hint: str = "") -> None:
        self._faults.append(Fault(self._file, field, found, allowed, hint))

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        for key in table:
            if key not in known:
                field = f"{place}.{key}" if place else key
                self._fault(field, "is not known", f"known are {', '.join(known)}", did_you_mean(key, known))

    def _text(self, key: str, *, needed: bool = True) -> str:
        value = self._raw.get(key)
        if not needed and value is None:
            return ""
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

    def _yes_no(self, table: Mapping[str, Any], key: str, place: str, *, default: bool = False) -> bool:
        value = table.get(key, default)
        if not isinstance(value, bool):
            self._fault(f"{place}.{key}" if place else key, _found(table, key), "it must be true or false")
            return default
        return value

    def _bases(self) -> tuple[str, ...]:
        bases = self._words("bases", needed=True)
        for name in dict.fromkeys(bases):
            if name not in list_scenarios():
                hint = did_you_mean(name, list_scenarios())
                allowed = "`rcpsim list` names the scenarios that come with the package"
                self._fault("bases", f"names {quoted(name)}", allowed, hint)
        if len(set(bases)) < len(bases):
            self._fault("bases", "names one twice", "each may stand there once")
        return bases

    def _dial(self) -> str:
        value = self._raw.get("dial", "")
        if value != "" and value not in dials():
            hint = did_you_mean(str(value), dials())
            allowed = f"it must be empty or one of {', '.join(dials())}"
            self._fault("dial", _found(self._raw, "dial"), allowed, hint)
            return ""
        return str(value)

    def _flips(self) -> tuple[Arm, ...]:
        tables = self._raw.get("flips", [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._fault("flips", _found(self._raw, "flips"), "it must be a list of tables")
            return ()
        return tuple(self._flip(table, f"flips.{number}") for number, table in enumerate(tables))

    def _flip(self, table: Mapping[str, Any], place: str) -> Arm:
        self._only(table, _FLIP_KEYS, place)
        name, settings, without = table.get("name"), table.get("set", {}), table.get("without", [])
        forms = table.get("replacing", {})
        if not isinstance(name, str) or not name.strip():
            self._fault(f"{place}.name", _found(table, "name"), "it must be a text")
        if not isinstance(settings, dict):
            self._fault(f"{place}.set", _found(table, "set"), "it must be a table of dotted keys and values")
            settings = {}
        if not isinstance(without, list) or any(one not in MECHANISMS for one in without):
            self._fault(f"{place}.without", _found(table, "without"), "it must be a list of mechanisms")
            without = []
        if not isinstance(forms, dict) or any(form not in RIVALS.get(one, ()) for one, form in forms.items()):
            allowed = "it must be a table of mechanisms and their rival forms"
            self._fault(f"{place}.replacing", _found(table, "replacing"), allowed)
            forms = {}
        if not (settings or without or forms):
            self._fault(place, "changes nothing", f"name one of {', '.join(_FLIP_KEYS[1:])}")
        return Arm(
            name=str(name),
            without=tuple(without),
            replacing=tuple(sorted(forms.items())),
            settings=tuple(sorted(settings.items())),
        )

    def _mechanisms(self, key: str) -> tuple[str, ...]:
        names = self._words(key, needed=True)
        for name in names:
            if name not in MECHANISMS:
                hint = did_you_mean(name, MECHANISMS)
                self._fault(key, f"names {quoted(name)}", "`rcpsim list mechanisms` names them all", hint)
        return names

    def _years(self) -> tuple[int, int]:
        value = self._raw.get("years")
        years = value if isinstance(value, list) and all(type(year) is int for year in value) else []
        if len(years) != 2 or years[1] - years[0] < 3:
            self._fault(
                "years", _found(self._raw, "years"), "it must be the first and the last of four years or more"
            )
            return (1, 4)
        return years[0], years[1]

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
        told = any("primary" in table for table in tables)
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
                    primary=self._yes_no(table, "primary", place, default=number == 0 and not told),
                )
            )
        labels = [outcome.label for outcome in outcomes]
        if len(set(labels)) < len(labels):
            self._fault("outcome", "stands there twice", "each measure, part of a life and comparison once")
        if sum(outcome.primary for outcome in outcomes) != 1:
            self._fault("outcome", "has no single primary one", "exactly one may be primary")
        return tuple(outcomes)

    def _play_through(
        self,
        bases: tuple[str, ...],
        designs: tuple[Design, ...],
        years: tuple[int, int],
        flips: tuple[Arm, ...],
    ) -> None:
        """Read every design over every base, so that a wrong key is told before anything is played."""
        told: dict[Fault, None] = {}
        over: list[tuple[str, tuple[tuple[str, Any], ...]]] = [
            ("", ()),
            *((f", {flip.name}", flip.settings) for flip in flips),
        ]
        for base in bases:
            for design in designs:
                for name, settings in over:
                    try:
                        load_scenario(base, {"years": list(years), **design.settings, **dict(settings)})
                    except InputError as error:
                        for fault in error.faults:
                            field = f"{design.name}{name} over {base}: {fault.field or fault.file}"
                            told[Fault(self._file, field, fault.found, fault.allowed, fault.hint)] = None
        self._faults += told


def _found(table: Mapping[str, Any], key: str) -> str:
    return f"is {quoted(table[key])}" if key in table else "is missing"
