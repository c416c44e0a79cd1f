"""The factors of an experiment: keys that vary, their levels, and the plan or the table by which they do."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from rcpsim.cards import Card, all_cards, fault_of_value
from rcpsim.errors import did_you_mean, quoted
from rcpsim.experiment.laying_over import ScenarioReader
from rcpsim.experiment.records import METHODS, Factor, Method, Sampling
from rcpsim.scenario import dial_cards
from rcpsim.scenario.tables import Table, as_number, one_of

__all__ = ["FactorReader", "frozen", "is_whole", "without_of"]

SCALES = ("linear", "log", "prior")
_MOST = 1_000_000_000
_MOST_LEVELS = 1000
_NEEDS_POINTS = ("latin", "sobol", "morris")


class FactorReader(ScenarioReader):
    """Reads the method of sampling and the factors: what varies, between which values."""

    def read_sampling(self, table: Table) -> tuple[Sampling, tuple[Factor, ...]]:
        """Return the plan and the factors of a file, from its tables `sampling` and `factor`."""
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
            for key in [key for key in known if key not in columns]:
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
            values = list(dict.fromkeys(frozen(row[column]) for row in rows))
            thawed = tuple(
                next(row[column] for row in rows if frozen(row[column]) == value) for value in values
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
        cards = {card.key: card for card in all_cards().values()}
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
                alike = frozen(value)
                if alike in seen:
                    self.faults.add(
                        f"{place}.values.{number}", f"is {quoted(value)} again", "each value once"
                    )
                seen.append(alike)
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
            card = {card.key: card for card in all_cards().values()}.get(factor.key)
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
            self.given(value, place)
            return
        if factor.kind == "without":
            names = _without(value)
            if names is None:
                self.faults.add(
                    place, f"is {quoted(value)}", 'it must be "", a name as in --without, or a list'
                )
            elif self.base is not None:
                self.fits(place, {}, names)
            return
        if self.base is not None:
            self.fits(f"{place} ({factor.key})", {factor.key: value})


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


def _cell(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def frozen(value: object) -> str:
    """Return a value as a text by which equal values are found, 1 and 1.0 alike."""
    number = as_number(value)
    return repr(number) if number is not None else repr(value)
