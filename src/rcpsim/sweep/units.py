"""Work units: histories of some settings, as plain data in and the bytes of a finished table out.

A unit holds nothing but text and numbers, so that it can be sent anywhere; whoever plays it uses the package
that is installed there. It comes back as the bytes of a Parquet file whose footer says what is in it
(`Footer`), so that a part is checked without reading it, and found whole by its digest.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from rcpsim.arrays import Array, IntArray
from rcpsim.axes import quarter_label
from rcpsim.draws import Drawn, remembering
from rcpsim.errors import Fault, InputError
from rcpsim.experiment import Recipe
from rcpsim.results import LIFE, last_of_years
from rcpsim.scenario import Scenario
from rcpsim.setting import Run, parameters_of, prepare
from rcpsim.simulation import begin_chunk, play_chunk, refuse_odd_engine
from rcpsim.sweep.batching import join_runs
from rcpsim.theory import lifecycle
from rcpsim.world import Setting

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "KEYS",
    "TWIN",
    "Failure",
    "Footer",
    "Row",
    "Unit",
    "digest_of",
    "digest_of_table",
    "footer_of",
    "forget",
    "kept_of",
    "play_rows",
    "play_unit",
    "unplayed",
]

Row: TypeAlias = tuple[int, int, int]
"""Setting, draw and history."""

KEYS: Final = ("design", "setting", "draw", "history", "quarter")
"""The columns of a part that are no measures."""

TWIN: Final = "_twin"
"""What is added to the name of a measure where it is the twin's."""

FOOTER: Final = b"rcpsim-sweep"
_MODULUS: Final = 2**256


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Histories to play.

    Attributes
    ----------
    sweep : fingerprint of what every row of the sweep rests on
    stamp : of the model that is to play it
    rows : settings, draws and histories
    designs : setting -> name of its arm
    recipes : setting -> what is played in it, as a table of JSON
    options : seed, parameters, judged, as_of, twin, engine, keep and at of the experiment
    """

    sweep: str
    stamp: str
    rows: tuple[Row, ...]
    designs: Mapping[int, str]
    recipes: Mapping[int, Mapping[str, Any]]
    options: Mapping[str, Any]

    def to_json(self) -> str:
        """Return the unit as text."""
        return json.dumps(
            {
                "sweep": self.sweep,
                "stamp": self.stamp,
                "rows": self.rows,
                "designs": {str(key): value for key, value in self.designs.items()},
                "recipes": {str(key): value for key, value in self.recipes.items()},
                "options": dict(self.options),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Unit:
        """Return the unit that a text holds."""
        table = json.loads(text)
        return cls(
            table["sweep"],
            table["stamp"],
            tuple((row[0], row[1], row[2]) for row in table["rows"]),
            {int(key): value for key, value in table["designs"].items()},
            {int(key): value for key, value in table["recipes"].items()},
            table["options"],
        )

    def only(self, rows: Sequence[Row]) -> Unit:
        """Return the unit with some of its rows."""
        wanted = {row[0] for row in rows}
        return Unit(
            self.sweep,
            self.stamp,
            tuple(rows),
            {key: value for key, value in self.designs.items() if key in wanted},
            {key: value for key, value in self.recipes.items() if key in wanted},
            self.options,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A history that could not be played."""

    setting: int
    draw: int
    history: int
    error: str


@dataclass(frozen=True, slots=True)
class Footer:
    """What a part says of itself.

    Attributes
    ----------
    sweep : fingerprint of the sweep it belongs to
    rows : settings, draws and histories that are in it
    failed : those that could not be played
    digest : sum of the digests of its histories; the order and the parts they are written in do not matter
    """

    sweep: str
    rows: tuple[Row, ...]
    failed: tuple[Failure, ...]
    digest: str

    def to_json(self) -> bytes:
        """Return the footer as it stands in the file."""
        failed = [[one.setting, one.draw, one.history, one.error] for one in self.failed]
        table = {"sweep": self.sweep, "rows": self.rows, "failed": failed, "digest": self.digest}
        return json.dumps(table).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Footer:
        """Return the footer that a file holds."""
        table = json.loads(text)
        rows = tuple((int(row[0]), int(row[1]), int(row[2])) for row in table["rows"])
        failed = tuple(Failure(*one) for one in table["failed"])
        return cls(table["sweep"], rows, failed, table["digest"])


def play_unit(text: str) -> tuple[bytes, float]:
    """Play a unit given as text; return the bytes of its part and the seconds of computing.

    A history that fails is left out and named in the footer; the others are played all the same.

    Raises
    ------
    InputError
        when the model installed here is not the one the sweep was begun with
    """
    from rcpsim.sweep.fingerprint import file_hash, model_stamp

    unit = Unit.from_json(text)
    engine = unit.options["engine"]
    refuse_odd_engine(engine)
    here = {"the model": model_stamp(engine)} | {
        name: file_hash(name) for name in unit.options["scenario_files"]
    }
    there = {"the model": unit.stamp} | unit.options["scenario_files"]
    if here != there:
        other = ", ".join(name for name in there if here[name] != there[name])
        allowed = "install the same version of rcpsim everywhere"
        if engine != "numpy":
            allowed += ", and of jaxlib"
        raise InputError([Fault("worker", "", f"has another version of {other}", allowed)])
    began = time.process_time()
    blocks: list[_Block] = []
    failed: list[Failure] = []
    _attempt(unit, unit.rows, blocks, failed)
    columns = _columns(unit, blocks)
    rows = tuple(row for block in blocks for row in block.rows)
    digest = _summed(block.digests for block in blocks)
    return _file(columns, Footer(unit.sweep, rows, tuple(failed), digest)), time.process_time() - began


def unplayed(unit: Unit, why: str) -> bytes:
    """Return the part of a unit of which no history could be played."""
    failed = tuple(Failure(*row, why) for row in unit.rows)
    return _file(_columns(unit, []), Footer(unit.sweep, (), failed, _summed([])))


def footer_of(file: bytes) -> Footer:
    """Return what a part says of itself, from its bytes."""
    import pyarrow.parquet as pq

    return Footer.from_json(pq.read_schema(BytesIO(file)).metadata[FOOTER])


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows that were played together."""

    rows: tuple[Row, ...]
    labels: tuple[str, ...]
    measures: dict[str, Array]  # name -> [H, Q'], twin measures with their ending

    @property
    def digests(self) -> list[int]:
        """The digest of each history."""
        names = sorted(self.measures)
        values = np.stack([self.measures[name] for name in names], axis=1)
        return digest_of(self.rows, names, values)


def _attempt(unit: Unit, rows: Sequence[Row], blocks: list[_Block], failed: list[Failure]) -> None:
    """Play rows together; where that fails, play halves, down to the history that is the reason."""
    try:
        blocks.extend(play_rows(unit, rows))
    except Exception as error:  # whatever it is, the other histories go on
        if len(rows) == 1:
            failed.append(Failure(*rows[0], f"{type(error).__name__}: {error}"))
            return
        half = len(rows) // 2
        _attempt(unit, rows[:half], blocks, failed)
        _attempt(unit, rows[half:], blocks, failed)


def play_rows(unit: Unit, rows: Sequence[Row]) -> list[_Block]:
    """Return the measures of rows of a unit, played in as few batches as possible."""
    by_stage: dict[str, list[Row]] = {}
    recipes = {setting: Recipe.from_dict(unit.recipes[setting]) for setting in {row[0] for row in rows}}
    for row in rows:
        by_stage.setdefault(recipes[row[0]].stage, []).append(row)
    runs = [_prepared(stage, of, recipes, unit.options) for stage, of in by_stage.items()]
    staged = list(by_stage.values())
    blocks = []
    for run, places in join_runs(runs):
        together = tuple(row for place in places for row in staged[place])
        blocks.append(_measured(run, together, unit.options))
    return blocks


_LUCK: Final = Drawn(48 * 2**20)
"""Numbers of chance that settings share, whichever units they are in."""


def forget() -> None:
    """Let go of what was kept for the units that follow."""
    _LUCK.forget()


@lru_cache(maxsize=512)
def _scenario(stage: str) -> Scenario:
    given, overrides, without = json.loads(stage)
    return Recipe(given, overrides, tuple(without), {}).load()


def _prepared(
    stage: str, rows: Sequence[Row], recipes: Mapping[int, Recipe], options: Mapping[str, Any]
) -> Run:
    """Return the run of rows whose settings differ in nothing but drawn parameters."""
    with remembering(_LUCK):
        return _resolved(_scenario(stage), rows, recipes, options)


def _resolved(
    scenario: Scenario, rows: Sequence[Row], recipes: Mapping[int, Recipe], options: Mapping[str, Any]
) -> Run:
    draws: IntArray = np.array([draw for _, draw, _ in rows], dtype=np.int64)
    how: Any = options["parameters"]
    varied = {name for setting, _, _ in rows for name in recipes[setting].parameters}
    if varied:
        how = dict(parameters_of(scenario, options["seed"], draws, how))
        for name in varied:
            own = [recipes[setting].parameters.get(name) for setting, _, _ in rows]
            drawn = how[name]
            how[name] = np.array(
                [drawn[place] if value is None else value for place, value in enumerate(own)],
                dtype=np.float64,
            )
        draws = np.arange(draws.size, dtype=np.int64)
    return prepare(
        scenario,
        seed=options["seed"],
        histories=[history for _, _, history in rows],
        parameters=how,
        draws=draws,
        judged=options["judged"],
        as_of=options["as_of"],
    )


def _measured(run: Run, rows: tuple[Row, ...], options: Mapping[str, Any]) -> _Block:
    if options["engine"] == "numpy":
        part = play_chunk(run, twin=options["twin"], events=False)
    else:
        part = begin_chunk(
            run,
            twin=options["twin"],
            events=False,
            engine=options["engine"],
            any_company=True,
            measures=options["keep"],
        )()
    labels, kept = kept_of(part.measures, part.twin, run.setting, options)
    return _Block(rows, labels, kept)


def kept_of(
    measures: Mapping[str, Array],
    twin: Mapping[str, Array] | None,
    setting: Setting,
    options: Mapping[str, Any],
) -> tuple[tuple[str, ...], dict[str, Array]]:
    """Return what a sweep keeps of histories that were played: labels of the quarters, name -> (H, Q').

    Parameters
    ----------
    measures, twin : name -> (H, Q)
    options : of a unit; `keep` and `at` are read
    """
    going = measures["status"] <= lifecycle.DORMANT
    always = np.ones_like(going)
    series = {name: (measures[name], going) for name in options["keep"]}
    if twin is not None:
        series |= {name + TWIN: (twin[name], always) for name in options["keep"] if name not in LIFE}
    first, last = setting.first_quarter, setting.first_quarter + setting.quarters - 1
    if options["at"] == "quarters":
        labels = tuple(quarter_label(first + quarter) for quarter in range(setting.quarters))
        return labels, {name: _plain(values) for name, (values, _) in series.items()}
    years = tuple(range(first // 4, last // 4 + 1))
    years = years if options["at"] == "year-ends" else years[-1:]
    labels = tuple(quarter_label(min(4 * year + 3, last)) for year in years)
    return labels, {
        name: _plain(last_of_years(values, open_, first, years)) for name, (values, open_) in series.items()
    }


def _plain(values: Array) -> Array:
    """Return values with every nan alike, so that equal results have equal digests."""
    return np.where(np.isnan(values), np.nan, values)


def digest_of(rows: Sequence[Row], names: Sequence[str], values: Array) -> list[int]:
    """Return a number for each history that changes with any of its values.

    Parameters
    ----------
    rows : H settings, draws and histories
    names : of the M measures, sorted
    values : (H, M, Q)
    """
    whole = np.ascontiguousarray(values, dtype="<f8")
    head = "/".join(names)
    return [
        int.from_bytes(hashlib.sha256(f"{head} {row!r} ".encode() + whole[place].tobytes()).digest(), "big")
        for place, row in enumerate(rows)
    ]


def _summed(digests: Iterable[Sequence[int]]) -> str:
    return f"{sum(one for each in digests for one in each) % _MODULUS:064x}"


def digest_of_table(table: pa.Table) -> str:
    """Return the digest of a part that has been read back; rows of a history stand together."""
    names = sorted(name for name in table.column_names if name not in KEYS)
    settings, draws, histories = (table[name].to_numpy() for name in KEYS[1:4])
    if settings.size == 0:
        return _summed([])
    new = np.flatnonzero(
        np.concatenate([[True], (np.diff(settings) != 0) | (np.diff(draws) != 0) | (np.diff(histories) != 0)])
    )
    quarters = settings.size // new.size
    rows = [(int(settings[at]), int(draws[at]), int(histories[at])) for at in new]
    if settings.size != quarters * new.size or not names:
        return "rows of a history are missing"
    values = np.stack([table[name].to_numpy().reshape(-1, quarters) for name in names], axis=1)
    return _summed([digest_of(rows, names, _plain(values))])


def _columns(unit: Unit, blocks: Sequence[_Block]) -> dict[str, Any]:
    import pyarrow as pa

    def words(texts: Sequence[str]) -> pa.Array:
        return pa.array(texts, type=pa.string()).dictionary_encode()

    rows = [(row, block.labels) for block in blocks for row in block.rows]
    repeated = np.array([len(labels) for _, labels in rows], dtype=np.int64)
    columns: dict[str, Any] = {
        "design": words([unit.designs[row[0]] for row, labels in rows for _ in labels]),
    }
    for place, name in enumerate(KEYS[1:4]):
        numbers = np.array([row[place] for row, _ in rows], dtype=np.int64)
        columns[name] = pa.array(np.repeat(numbers, repeated))
    columns["quarter"] = words([label for _, labels in rows for label in labels])
    names = list(unit.options["keep"])
    if unit.options["twin"]:
        names += [name + TWIN for name in unit.options["keep"] if name not in LIFE]
    for name in names:
        values = [block.measures[name].reshape(-1) for block in blocks]
        whole = np.concatenate(values) if values else np.zeros(0)
        columns[name] = pa.array(whole, type=pa.float64(), from_pandas=True)
    return columns


def _file(columns: Mapping[str, Any], footer: Footer) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(dict(columns)).replace_schema_metadata({FOOTER: footer.to_json()})
    sink = BytesIO()
    pq.write_table(
        table, sink, compression="zstd", use_dictionary=["design", "quarter"], write_page_checksum=True
    )
    return sink.getvalue()
