"""Whether what was found with other code of the theory still holds, by playing a part of it again.

A file of the theory may change without a number changing. A sample of the filtered draws and of the
plausible sets is played again; where every figure is as it was, they carry the stamp of the theory that is
installed from then on, and otherwise they stay as they are and have to be made anew. With other cards there
is nothing to confirm.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from rcpsim.errors import OutputError
from rcpsim.fitting.filtering import SEED, table_of
from rcpsim.fitting.plausibility import try_sets
from rcpsim.fitting.playing import Block, play_block
from rcpsim.fitting.sampling import free_names
from rcpsim.fitting.telling import SEEN
from rcpsim.parameter_sets import FILTER_FILE, PLAUSIBLE_FILE, read_filter, read_plausible, unfiltered
from rcpsim.stamp import cards_stamp, theory_stamp

__all__ = ["Confirmed", "confirm_filter", "confirm_plausible"]

_DRAWS: Final = 25
_SETS: Final = 20
_NEAR: Final = 1e-6


@dataclass(frozen=True)
class Confirmed:
    """What playing again showed.

    Attributes
    ----------
    file : of the package
    before : the stamp it bore
    played, of : how many entries were played again, of how many
    differing : how many came out otherwise
    holds : whether it may bear the stamp of the theory that is installed
    """

    file: str
    before: str
    played: int
    of: int
    differing: int

    @property
    def holds(self) -> bool:
        """Whether every entry that was played again came out as it was."""
        return self.differing == 0


def confirm_filter(path: Path | None = None, draws: int = _DRAWS) -> Confirmed:
    """Play a sample of the filtered draws again, and stamp the file anew where all are as they were."""
    place = path or _package(FILTER_FILE)
    text = place.read_text(encoding="utf-8")
    found = read_filter(text)
    if found.cards != cards_stamp():
        return Confirmed(FILTER_FILE, found.stamp, 0, found.tried, found.tried)
    facts, table = text.split("\n", 1)
    rows = list(csv.DictReader(table.splitlines()))
    chosen = np.unique(np.linspace(0, found.tried - 1, min(draws, found.tried)).astype(np.int64))
    again = table_of(try_sets(unfiltered(SEED, chosen), SEED)).split("\n", 1)[1]
    differing = 0
    for draw, row in zip(chosen, csv.DictReader(again.splitlines()), strict=True):
        before = rows[draw]
        figures = ("alive_early", "ended_late", "played_late", "twin_law", "twin_trust")
        same = before["verdict"] == row["verdict"] and all(
            np.isclose(float(before[name]), float(row[name]), rtol=1e-3, atol=_NEAR) for name in figures
        )
        differing += not same
    confirmed = Confirmed(FILTER_FILE, found.stamp, chosen.size, found.tried, differing)
    if confirmed.holds and found.stamp != theory_stamp():
        about = {**json.loads(facts.removeprefix("#")), "stamp": theory_stamp()}
        _replace(place, f"#{json.dumps(about)}\n{table}".encode())
    return confirmed


def confirm_plausible(path: Path | None = None, sets: int = _SETS) -> Confirmed | None:
    """Play a sample of the plausible sets again, and stamp the file anew; None without such a file."""
    import pyarrow.parquet as pq

    place = path or _package(PLAUSIBLE_FILE)
    if not place.is_file():
        return None
    found = read_plausible(place)
    table = pq.read_table(place)
    count = table.num_rows
    if tuple(found.values) != free_names() or count == 0:
        return Confirmed(PLAUSIBLE_FILE, found.stamp, 0, count, count)
    chosen = np.unique(np.linspace(0, count - 1, min(sets, count)).astype(np.int64))
    block = Block(
        "again",
        (found.about["as_of"], tuple(found.about["processes"]), tuple(found.about["aside"])),
        found.about["seed"],
        np.asarray(table.column("history").to_numpy(), dtype=np.int64)[chosen],
        np.arange(chosen.size),
        {name: column[chosen] for name, column in found.values.items()},
    )
    names, seen = play_block(block)
    before = np.stack(
        [np.asarray(table.column(f"{SEEN}{name}").to_numpy(), dtype=np.float64)[chosen] for name in names],
        axis=1,
    )
    same = np.isclose(before, seen, rtol=_NEAR, atol=_NEAR, equal_nan=True).all(axis=1)
    confirmed = Confirmed(PLAUSIBLE_FILE, found.stamp, chosen.size, count, int((~same).sum()))
    if confirmed.holds and found.stamp != theory_stamp():
        about = {**found.about, "stamp": theory_stamp()}
        beside = place.with_name(f".{place.name}")
        pq.write_table(
            table.replace_schema_metadata({"rcpsim": json.dumps(about)}), beside, compression="zstd"
        )
        beside.replace(place)
    return confirmed


def _package(name: str) -> Path:
    return Path(str(files("rcpsim") / "data" / name))


def _replace(place: Path, content: bytes) -> None:
    beside = place.with_name(f".{place.name}")
    try:
        beside.write_bytes(content)
        beside.replace(place)
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
