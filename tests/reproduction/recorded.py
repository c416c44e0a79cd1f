"""Recorded results: numbers kept in TOML beside the tests, and held to.

A test that finds numbers other than the recorded ones writes `NAME.toml.new` beside the file and fails.
Accepting them is deliberate: rename the new file over the old one, and add a line to CHANGELOG.md marked
*results changed* that says why.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

Table = Mapping[str, Sequence[float]]

FOLDER = Path(__file__).parent
RELATIVE = 1e-6
"""How far a number may lie from the recorded one on another machine."""


def as_toml(head: str, tables: Mapping[str, Table]) -> str:
    """Return tables of rows of numbers as TOML, with a comment on top."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for name, rows in tables.items():
        lines += ["", f'["{name}"]']
        lines += [f"{key} = [{', '.join(_number(value) for value in row)}]" for key, row in rows.items()]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return "nan" if math.isnan(value) else repr(float(value))


def alike(one: float, other: float, relative: float = RELATIVE) -> bool:
    """Tell whether two numbers are the same result; nan is nan."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=relative, abs_tol=relative)


def differences(recorded: Mapping[str, Table], found: Mapping[str, Table]) -> list[str]:
    """Return a sentence for each number that is not the recorded one."""
    told = [f"{name} is no longer there" for name in recorded if name not in found]
    for name, rows in found.items():
        was = recorded.get(name)
        if was is None or list(was) != list(rows):
            told.append(f"{name} was not recorded, or with other rows")
            continue
        for key, row in rows.items():
            if len(row) != len(was[key]) or not all(map(alike, row, was[key])):
                told.append(f"{name}.{key} was {list(was[key])} and is {list(row)}")
    return told


def hold(name: str, head: str, found: Mapping[str, Table], folder: Path = FOLDER) -> None:
    """Hold results to the recorded ones of this name; where they differ, write them beside and fail."""
    place, beside = folder / f"{name}.toml", folder / f"{name}.toml.new"
    recorded = tomllib.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    told = differences({key: recorded[key] for key in recorded}, found)
    if told:
        beside.write_text(as_toml(head, found), encoding="utf-8")
        raise AssertionError(
            f"results changed: {len(told)} differences, the first: {told[0]}; if that is meant, rename "
            f"{beside.name} to {place.name} and mark a line of CHANGELOG.md *results changed*"
        )
    beside.unlink(missing_ok=True)
