"""Reading the patterns of the package: every fault of every file is told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from math import isfinite
from pathlib import Path
from typing import Final

from rcpsim.axes import DOCUMENT_YEARS, OUTCOMES
from rcpsim.errors import Fault, ScenarioError, UnknownName, did_you_mean
from rcpsim.measures import MEASURES
from rcpsim.patterns.records import (
    ACROSS,
    FORMS,
    SEVERAL,
    STATUS_WORDS,
    YES_NO,
    Documented,
    Pattern,
    year_of,
)
from rcpsim.scenario import list_scenarios
from rcpsim.scenario.tables import Faults, Table

__all__ = ["KINDS", "first_described", "list_patterned", "load_patterns"]

KINDS: Final = (*OUTCOMES, "status", "judged", "comparison")
"""Kinds of patterns: dated outcomes, the condition in which a document finds a process, a judgement of ours
on a level, and comparisons of processes."""

READINGS: Final = ("K01", "ours")
_NO_MEASURE: Final = "none"
_HALF_WIDTH: Final = {"high": 0.05 * 3**0.5, "medium": 0.12 * 3**0.5, "low": 0.25 * 3**0.5}
"""Half the range of a judged level: that of an even chance with the spread of its confidence."""
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "date": ("of",),
    "value": ("of",),
    "total": ("of", "reaches"),
    "any": ("of",),
    "rise": ("of", "by"),
    "fall": ("of", "by"),
    "adds": ("of", "by"),
    "status": (),
    "slower": ("reaches",),
    "stages": (),
    "phases": (),
    "rank": ("of", "against"),
}
_FORMAT: Final = 1


def _folder() -> Path:
    return Path(str(resources.files("rcpsim.data") / "patterns"))


def list_patterned() -> tuple[str, ...]:
    """Return the processes that have a file of patterns, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml") if path.stem != ACROSS))


def load_patterns(
    names: Iterable[str] | None = None, *, folder: Path | None = None, held: bool = True
) -> tuple[Pattern, ...]:
    """Return patterns, read and checked.

    Parameters
    ----------
    names : of processes, and ``across`` for the comparisons between them; all where missing
    folder : where the files are; the package's where missing
    held : only those that the model has a measure for

    Raises
    ------
    UnknownName
        when a process has no file of patterns
    ScenarioError
        with every fault of every file

    Examples
    --------
    >>> stage = next(p for p in load_patterns(["puebla"]) if p.id == "stage3-plan-of-action-1997")
    >>> stage.form, stage.of, stage.reaches, stage.documented.value
    ('date', 'stage', 3.0, 1997.625)
    """
    place = folder or _folder()
    known = sorted(path.stem for path in place.glob("*.toml"))
    chosen = known if names is None else list(names)
    for name in chosen:
        if name not in known:
            raise UnknownName.of("patterns", name, known)
    faults: list[Fault] = []
    found: list[Pattern] = []
    for name in chosen:
        reader = _Reader(place / f"{name}.toml", name)
        found += reader.patterns()
        faults += reader.faults.found
    if faults:
        raise ScenarioError(faults)
    return tuple(pattern for pattern in found if pattern.held or not held)


@cache
def first_described(process: str) -> int:
    """Return the absolute quarter in which the first document finds a process alive.

    Raises
    ------
    UnknownName
        when no document tells of the process: it has no file of patterns

    Examples
    --------
    >>> from rcpsim.axes import quarter_label
    >>> quarter_label(first_described("puebla"))
    '2001-Q2'
    """
    if process not in list_patterned():
        raise UnknownName.of("patterns", process, list_patterned())
    return _Reader(_folder() / f"{process}.toml", process).described()


class _Reader:
    """Reads one file."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.faults = Faults(f"patterns/{path.name}")
        self.raw: dict[object, object] = {}
        try:
            self.raw.update(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.faults.add("", f"cannot be read: {error}", "it must be a file of TOML")

    def patterns(self) -> list[Pattern]:
        if self.faults.found:
            return []
        table = Table(self.raw, "", self.faults)
        table.whole("format", _FORMAT, _FORMAT)
        process = table.needed_text("process", f"give the process, {self.name}")
        if process and process != self.name:
            table.wrong("process", f"it must be that of the file, {self.name}")
        entries = table.tables("pattern")
        described = self.described()
        table.quarter("described")
        found = [self._pattern(entry, described) for entry in entries]
        table.done()
        ids = [pattern.id for pattern in found]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                self.faults.add(f"pattern.{index}.id", f'is "{name}" again', "an id may stand once in a file")
        return found

    def described(self) -> int:
        """Return the first quarter in which a document finds the process alive; 0 of several processes.

        Where the first document tells that it has ended, the last quarter in which it may have been founded;
        where neither is told, that of the first fact.
        """
        if self.name == ACROSS:
            return 0
        quiet = Faults("")
        given = Table(self.raw, "", quiet).quarter("described")
        if given is not None:
            return given
        entries = self.raw.get("pattern")
        alive, founded, other = [], [], []
        for one in entries if isinstance(entries, list) else []:
            if not isinstance(one, dict):
                continue
            quarter, span = self._time(Table(one, "", quiet))
            if one.get("kind") == "status" and one.get("value") != STATUS_WORDS[2] and quarter is not None:
                alive.append(quarter)
            elif one.get("kind") == "founding":
                founded.append(span[1])
            else:
                other.append(span[1])
        return min(alive or founded or other, default=0)

    def _pattern(self, entry: Table, described: int) -> Pattern:
        name = entry.needed_text("id")
        kind = entry.choice("kind", KINDS)
        measure = entry.needed_text("measure", "give the measure in words, or none")
        quarter, span = self._time(entry)
        known = entry.whole("known", min(DOCUMENT_YEARS.values()), max(DOCUMENT_YEARS.values()))
        if known is None and "known" not in entry.raw:
            entry.missing("known", "give the year of the earliest document that tells of it")
        elif known is not None and known not in DOCUMENT_YEARS.values():
            entry.wrong("known", f"it must be one of {', '.join(map(str, DOCUMENT_YEARS.values()))}")
        form, hold = self._form(entry, measure)
        processes = self._processes(entry, form)
        strong = entry.yes_no("strong", False)
        weak_because = entry.text("weak_because") or ""
        if strong and not form:
            entry.wrong("strong", "a pattern without a measure cannot be strong")
        reading = entry.choice("reading", READINGS, default="ours") if entry.has("reading") else ""
        until = entry.quarter("described")
        documented = self._documented(entry, form, quarter, span)
        if form == "total" and (period := self._span(entry, "period")) is not None:
            span = period
        by = hold.number("by", 0.0, 1e6, 0.0) if form else 0.0
        missing = hold.number("missing", -1e6, 1e6) if form else None
        of = str(hold.raw.get("of", ""))
        pattern = Pattern(
            id=name,
            process=self.name,
            processes=processes,
            kind=kind,
            description=entry.needed_text("description"),
            note=entry.text("note") or "",
            source=entry.needed_text("source"),
            known=known or 0,
            quarter=quarter,
            span=span,
            documented=documented,
            form=form,
            of=of,
            against=str(hold.raw.get("against", "")),
            without=str(hold.raw.get("without", "")),
            reaches=(hold.number("reaches", 0.0, 1e6, 1.0) or 0.0) if form else 0.0,
            by=by or 0.0,
            missing=float("nan") if missing is None else missing,
            unit=_unit(form, of),
            strong=strong,
            weak_because=weak_because,
            reading=reading,
            described=until if until is not None else described,
        )
        for key in ("count", "confidence"):
            entry.has(key)
        entry.done()
        return pattern

    def _time(self, entry: Table) -> tuple[int | None, tuple[int, int]]:
        """Return the quarter, if one is known, and the span of quarters in which it lies."""
        window = self._span(entry, "window")
        error = entry.whole("error", 0, 40)
        if entry.has("quarter"):
            quarter = entry.quarter("quarter")
            if window is not None:
                entry.wrong("window", "give a quarter or a window, not both")
            if error is None and "error" not in entry.raw:
                entry.missing("error", "give the quarters by which the date may be off")
            at, off = quarter or 0, error or 0
            return quarter, (at - off, at + off)
        if window is None:
            if "window" not in entry.raw:
                entry.missing("quarter", "give a quarter, or a window of two")
            return None, (0, 0)
        return None, window

    def _span(self, entry: Table, key: str) -> tuple[int, int] | None:
        ends = entry.entries(key)
        if not ends:
            return None
        if len(ends) != 2:
            entry.wrong(key, "it must be two quarters, the earlier one first")
            return None
        low, high = (entry.as_quarter(f"{key}.{place}", end) for place, end in enumerate(ends))
        if low is None or high is None:
            return None
        if low > high:
            entry.wrong(key, "the earlier quarter comes first")
        return low, high

    def _form(self, entry: Table, measure: str) -> tuple[str, Table]:
        """Return how the pattern is looked for, and the table that says so."""
        hold = entry.table("hold")
        if "hold" not in entry.raw or not hold.raw:
            return "", hold
        form = hold.choice("as", FORMS)
        if measure == _NO_MEASURE:
            entry.wrong("measure", "a pattern that is held has a measure")
        for key in ("of", "against", "without"):
            if hold.has(key) and hold.raw[key] not in MEASURES:
                hold.wrong(key, "it must be a measure", did_you_mean(hold.raw[key], MEASURES))
        card = MEASURES.get(str(hold.raw.get("of", "")))
        if form == "value" and card is not None and not (isfinite(card.low) and isfinite(card.high)):
            hold.wrong("of", "a level needs a measure with a least and a greatest value")
        for key in ("by", "reaches", "missing"):
            hold.has(key)
        for key in _NEEDS[form]:
            if key not in hold.raw:
                hold.missing(key, f'"{form}" needs it')
        hold.done()
        return form, hold

    def _processes(self, entry: Table, form: str) -> tuple[str, ...]:
        if self.name != ACROSS:
            if form in SEVERAL:
                entry.fault("hold.as", f'is "{form}"', f"it concerns several processes: see {ACROSS}.toml")
            return (self.name,)
        chosen = entry.words("processes", list_scenarios())
        if form == "slower" and len(chosen) < 2:
            entry.fault("processes", "are fewer than two", "name the slower one first, then the others")
        if form in ("rank", *(set(FORMS) - set(SEVERAL))) and form and len(chosen) != 1:
            entry.fault("processes", f"are {len(chosen)}", "name one process")
        return chosen

    def _documented(
        self, entry: Table, form: str, quarter: int | None, span: tuple[int, int]
    ) -> Documented | None:
        """Return what is documented, in the unit of the pattern."""
        for key in ("value", "low", "high"):
            entry.has(key)
        raw = entry.raw
        if form == "status":
            word = raw.get("value")
            if word not in STATUS_WORDS:
                entry.fault("value", f"is {word!r}", f"it must be one of {', '.join(STATUS_WORDS)}")
                return None
            return Documented(*[float(STATUS_WORDS.index(word))] * 3)
        if not form:
            return None
        if form in YES_NO:
            return Documented(1.0, 1.0, 1.0)
        if form == "date":
            middle = sum(span) / 2.0 if quarter is None else quarter
            return Documented(year_of(middle), span[0] / 4.0, (span[1] + 1) / 4.0)
        low, high = entry.number("low", -1e6, 1e6), entry.number("high", -1e6, 1e6)
        if low is not None and high is not None:
            if low > high:
                entry.wrong("low", "it lies above high")
            return Documented((low + high) / 2.0, low, high)
        value = entry.number("value", -1e6, 1e6)
        confidence = entry.choice("confidence", _HALF_WIDTH, default="low") if entry.has("confidence") else ""
        if value is None or not confidence:
            entry.missing("low", "give low and high, or a value with its confidence")
            return None
        half = _HALF_WIDTH[confidence]
        return Documented(value, max(value - half, 0.0), min(value + half, 1.0))


def _unit(form: str, of: str) -> str:
    if form == "value":
        return MEASURES[of].unit if of in MEASURES else ""
    if form in YES_NO:
        return "yes or no"
    return {"date": "year", "status": "status", "stages": "share", "phases": "share"}.get(form, "")
