"""The folder of a sweep: what it holds, what of it is done, and how it grows.

::

    DIR/manifest.json        the experiment as resolved, versions, machine, checksums, what failed
    DIR/settings.parquet     one row for each setting: its number, arm, point and the values of the factors
    DIR/parts/part-*.parquet histories, written once and never changed; any order, any number of files
    DIR/lock                 names the process that is sweeping into the folder, if any

What is done is read off the footers of the parts, never off a list that could fall behind. Settings keep
their numbers when a sweep grows; new ones are numbered on.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import BoolArray
from rcpsim.errors import Fault, InputError, OutputError
from rcpsim.experiment import (
    Experiment,
    Plan,
    PlannedSetting,
    experiment_to_dict,
    load_experiment,
    resolve,
)
from rcpsim.folders import refuse_unwritable
from rcpsim.provenance import checksum, made_with
from rcpsim.sweep.durable import ASIDE, locked, write_durably
from rcpsim.sweep.fingerprint import foundation_of, model_stamp, sweep_fingerprint
from rcpsim.sweep.units import Failure, Footer, Row, digest_of_table

__all__ = [
    "MANIFEST",
    "PARTS",
    "SETTINGS",
    "Store",
    "part_name",
    "read_footer",
    "read_manifest",
    "refuse_foreign",
]

MANIFEST: Final = "manifest.json"
SETTINGS: Final = "settings.parquet"
PARTS: Final = "parts"
KIND: Final = "sweep"
FORMAT: Final = 1
_OWN: Final = ("manifest.json", "settings.parquet", "parts", "lock")
_WORDS: Final = ("question", "about", "analysis")
_EVERY: Final = 2.0  # seconds between two manifests of a sweep that goes on
_MODULUS: Final = 2**256
_SEED_RULE: Final = (
    "every number of chance is a function of (seed, history, quarter, purpose, ids), parameters are one of "
    "(draw, name); draw and history are the columns of that name, so that each row can be played alone"
)


@dataclass
class Store:
    """The folder of a sweep, held by this process.

    Attributes
    ----------
    folder : where it is
    plan : the experiment with its settings; draws and histories are the most ever asked for
    numbers : of the plan's settings, in their order
    foundation : what every row rests on
    fingerprint : of that
    done : (S, D, H) whether a history of the plan is there, or has failed
    failures : those that have failed
    mended : parts that were cut off or damaged and are played again
    retold : what the folder told of itself otherwise, in words: it now tells what is asked for
    """

    folder: Path
    plan: Plan
    numbers: tuple[int, ...]
    foundation: Mapping[str, Any]
    fingerprint: str
    done: BoolArray
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    retold: tuple[str, ...] = ()
    sessions: list[dict[str, Any]] = field(default_factory=list)
    digest: int = 0
    state: str = "running"
    _written: float = 0.0

    @property
    def remaining(self) -> int:
        """How many histories of the plan are still to be played."""
        return int(self.done.size - np.count_nonzero(self.done))

    def missing(self, place: int) -> list[Row]:
        """Return what is still to be played of one setting of the plan, by draw and history."""
        number = self.numbers[place]
        draws, histories = np.nonzero(~self.done[place])
        return [(number, int(draw), int(history)) for draw, history in zip(draws, histories, strict=True)]

    def add(self, file: bytes, footer: Footer) -> None:
        """Write a part, and note what is in it."""
        name = part_name(footer)
        write_durably(self.folder / PARTS / name, file)
        self._count(name, footer, hashlib.sha256(file).hexdigest(), len(file))
        if time.monotonic() - self._written > _EVERY:
            self.write_manifest()

    def _count(self, name: str, footer: Footer, sha256: str, size: int) -> None:
        places = {number: place for place, number in enumerate(self.numbers)}
        for setting, draw, history in (
            *footer.rows,
            *((f.setting, f.draw, f.history) for f in footer.failed),
        ):
            place = places.get(setting)
            if place is not None and draw < self.done.shape[1] and history < self.done.shape[2]:
                self.done[place, draw, history] = True
        self.failures += footer.failed
        self.digest = (self.digest + int(footer.digest, 16)) % _MODULUS
        self.parts[name] = {"sha256": sha256, "bytes": size, "histories": len(footer.rows)}

    def finish(self, session: Mapping[str, Any]) -> None:
        """Write the manifest of a sweep that is complete, or that this process leaves as it is."""
        self.sessions = [*self.sessions, dict(session)]
        self.state = "running" if self.remaining else "complete"
        self.write_manifest()

    def write_manifest(self) -> None:
        """Write what is known by now."""
        self._written = time.monotonic()
        write_durably(self.folder / MANIFEST, (json.dumps(self.manifest(), indent=1) + "\n").encode())

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as a table of JSON."""
        experiment = self.plan.experiment
        settings = self.folder / SETTINGS
        return {
            "kind": KIND,
            "format": FORMAT,
            "state": self.state,
            **_made_with(),
            "engine": experiment.engine,
            "stamp": model_stamp(experiment.engine),
            "foundation": self.foundation,
            "fingerprint": self.fingerprint,
            "seed": experiment.seed,
            "seed_rule": _SEED_RULE,
            "experiment": self.plan.to_dict(),
            "settings": len(self.numbers),
            "histories": {
                "asked": int(self.done.size),
                "done": sum(part["histories"] for part in self.parts.values()),
                "failed": len(self.failures),
            },
            "digest": f"{self.digest:064x}",
            "seconds": round(sum(session.get("seconds", 0.0) for session in self.sessions), 2),
            "sessions": self.sessions,
            "failures": [
                {"setting": one.setting, "draw": one.draw, "history": one.history, "error": one.error}
                for one in sorted(self.failures, key=lambda one: (one.setting, one.draw, one.history))
            ],
            "outputs": {
                **({SETTINGS: checksum(settings)} if settings.is_file() else {}),
                **{f"{PARTS}/{name}": part["sha256"] for name, part in sorted(self.parts.items())},
            },
        }

    def grown(self, count: int, histories: int) -> Store:
        """Return the store with more draws or histories asked for; what is there stays."""
        experiment = self.plan.experiment
        draws = replace(
            experiment.draws,
            count=max(count, experiment.draws.count),
            histories=max(histories, experiment.draws.histories),
        )
        self.plan = replace(self.plan, experiment=replace(experiment, draws=draws))
        wider = np.zeros((len(self.numbers), draws.count, draws.histories), dtype=np.bool_)
        wider[:, : self.done.shape[1], : self.done.shape[2]] = self.done
        self.done = wider
        self.state = "running"
        self.write_manifest()
        return self


@contextmanager
def open_store(folder: str | Path, plan: Plan) -> Iterator[Store]:
    """Hold the folder of a sweep, made where it is not there, and give what it holds by now.

    Raises
    ------
    OutputError
        when it is in use, is not the folder of a sweep, holds parts of another one, or cannot be written
    InputError
        when the experiment contradicts the one the folder was begun with; the difference is told
    """
    place = Path(folder)
    refuse_foreign(place)
    try:
        (place / PARTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
    with locked(place):
        yield _opened(place, plan)


def refuse_foreign(place: Path) -> None:
    """Raise unless a sweep can be played into a folder: it holds one or nothing, and can be written to.

    Raises
    ------
    OutputError
        when it is a file, holds something else, or cannot be written
    """
    refuse_unwritable(place, into=True)
    foreign = [] if not place.is_dir() else [p.name for p in place.iterdir() if not _is_own(p.name)]
    known = (place / MANIFEST).is_file()
    if foreign and not known:
        raise OutputError(
            f"{place} holds {', '.join(sorted(foreign)[:3])} and no sweep; choose another folder"
        )


def _is_own(name: str) -> bool:
    return name in _OWN or (name.startswith(".") and name.endswith(ASIDE))


def _opened(place: Path, plan: Plan) -> Store:
    for left in (*place.glob(f".*{ASIDE}"), *(place / PARTS).glob(f".*{ASIDE}")):
        left.unlink(missing_ok=True)
    foundation = foundation_of(plan.experiment)
    fingerprint = sweep_fingerprint(foundation)
    sessions: list[dict[str, Any]] = []
    recorded: Mapping[str, str] = {}
    state = "new"
    retold: tuple[str, ...] = ()
    if (place / MANIFEST).is_file():
        manifest = read_manifest(place)
        _refuse_contradiction(place, manifest, foundation)
        stored = load_experiment(manifest["experiment"])
        plan = _united(place, resolve(stored), plan)
        retold = _retold(stored, plan.experiment)
        sessions, recorded, state = manifest["sessions"], manifest["outputs"], manifest["state"]
    elif any((place / PARTS).iterdir()):
        raise OutputError(f"{place / PARTS} holds files, and {place} no manifest; move them away")
    numbers, changed = _numbered(place, plan)
    draws = plan.experiment.draws
    done = np.zeros((len(numbers), draws.count, draws.histories), dtype=np.bool_)
    store = Store(place, plan, numbers, foundation, fingerprint, done, sessions=sessions, state="running")
    if state == "new" or changed:
        store.parts = {
            name.removeprefix(f"{PARTS}/"): {"sha256": sha, "bytes": 0, "histories": 0}
            for name, sha in recorded.items()
            if name.startswith(f"{PARTS}/")
        }
        store.write_manifest()
        write_durably(place / SETTINGS, _settings_file(plan, numbers))
        store.parts = {}
    _read_parts(store, recorded)
    if state == "complete" and store.remaining == 0 and not store.mended:
        store.state = "complete"
    store.retold = retold
    if retold:
        store.write_manifest()
    return store


def _retold(stored: Experiment, asked: Experiment) -> tuple[str, ...]:
    """Return in what experiments differ that no row rests on: their words, and what is looked at first."""
    old, new = (
        {key: table.get(key) for key in _WORDS} | {"measures.primary": one.measures.primary}
        for one, table in ((stored, experiment_to_dict(stored)), (asked, experiment_to_dict(asked)))
    )
    return tuple(f"{where} is now {found}; it was {was}" for where, was, found in _differences(old, new))


def read_manifest(place: Path) -> dict[str, Any]:
    """Return the manifest of a sweep.

    Raises
    ------
    InputError
        when there is none, or it is not that of a sweep
    """
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if manifest.get("kind") != KIND or manifest.get("format") != FORMAT:
            raise ValueError("it is of another kind")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fault = Fault(str(place), "", "is not the folder of a sweep", "name one that `rcpsim sweep` wrote")
        raise InputError([replace(fault, hint=str(error))]) from error
    found: dict[str, Any] = manifest
    return found


def _refuse_contradiction(place: Path, manifest: Mapping[str, Any], foundation: Mapping[str, Any]) -> None:
    """Refuse to put rows beside others that rest on something else."""
    faults = []
    old, new = ({"engine": "numpy", **table} for table in (manifest["foundation"], foundation))
    for field_, was, found in _differences(old, new):
        allowed = f"{place} was begun with {was}; name another folder, or set it back"
        faults.append(Fault("experiment", field_, f"is {found}", allowed))
    if old["engine"] == new["engine"] and manifest["stamp"] != model_stamp(new["engine"]):
        made = manifest["commit"] or manifest["rcpsim"]
        allowed = f"{place} was begun with {made}; name another folder, or install that version"
        faults.append(Fault("rcpsim", "model", "is not what the rows there were played with", allowed))
    if faults:
        raise InputError(faults)


def _differences(old: object, new: object, where: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every place in which two tables differ, with what stands in each."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            below = f"{where}.{key}" if where else str(key)
            if key not in old or key not in new:
                yield below, _told(old.get(key)), _told(new.get(key))
            else:
                yield from _differences(old[key], new[key], below)
    elif old != new:
        yield where, _told(old), _told(new)


def _told(found: object) -> str:
    if found is None:
        return "missing"
    text = json.dumps(found)
    return text if len(text) <= 100 else text[:97] + "..."


def _united(place: Path, stored: Plan, plan: Plan) -> Plan:
    """Return the plan that holds all that is stored and all that is asked for now.

    Draws and histories may be fewer than there are: then nothing is lost and nothing is to do. A setting that
    is there and is no longer asked for is a contradiction.
    """
    wanted = set(_keys(plan))
    lost = [setting for setting, key in zip(stored.settings, _keys(stored), strict=True) if key not in wanted]
    if lost:
        keys = [factor.key for factor in stored.experiment.factors]
        one = ", ".join(f"{key} = {value}" for key, value in zip(keys, lost[0].values, strict=True))
        found = f"lacks {len(lost)} of the settings in {place}, first {lost[0].design} ({one})"
        hint = "a latin plan grows by doubling" if plan.experiment.sampling.method == "latin" else ""
        raise InputError(
            [Fault("experiment", "factor", found, "a sweep may grow, and keeps what it has", hint)]
        )
    old, new = stored.experiment.draws, plan.experiment.draws
    draws = replace(new, count=max(old.count, new.count), histories=max(old.histories, new.histories))
    return replace(plan, experiment=replace(plan.experiment, draws=draws))


def _keys(plan: Plan) -> list[str]:
    """Return what each setting of a plan is, as a text; equal settings of one plan are counted."""
    seen: dict[str, int] = {}
    keys = []
    for setting in plan.settings:
        text = key_of(setting)
        seen[text] = seen.get(text, -1) + 1
        keys.append(f"{text} {seen[text]}")
    return keys


def key_of(setting: PlannedSetting) -> str:
    """Return what a setting is, whatever its number: its arm and the values of its factors."""
    return json.dumps([setting.design, [_plain(value) for value in setting.values]], sort_keys=True)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _numbered(place: Path, plan: Plan) -> tuple[tuple[int, ...], bool]:
    """Return the numbers of the plan's settings, as they are in the folder or new, and whether any is new."""
    import pyarrow.parquet as pq

    path = place / SETTINGS
    known: dict[str, int] = {}
    if path.is_file():
        try:
            table = pq.read_table(path)
            known = dict(zip(table["key"].to_pylist(), table["setting"].to_pylist(), strict=True))
        except (OSError, ValueError, KeyError) as error:
            raise OutputError(
                f"{path} cannot be read ({error}); put it back, or start a new folder"
            ) from error
    elif any((place / PARTS).glob("part-*.parquet")):
        raise OutputError(f"{path} is missing; put it back, or start a new folder")
    keys = _keys(plan)
    order = list(known)
    following = max(known.values(), default=-1) + 1
    for key in keys:
        if key not in known:
            known[key] = following
            following += 1
    changed = order != keys
    return tuple(known[key] for key in keys), changed


def _settings_file(plan: Plan, numbers: Sequence[int]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {
        "setting": np.array(numbers, dtype=np.int64),
        "design": [setting.design for setting in plan.settings],
        "point": np.array([setting.point for setting in plan.settings], dtype=np.int64),
    }
    for place, factor in enumerate(plan.experiment.factors):
        columns[factor.key] = _column([setting.values[place] for setting in plan.settings])
    columns["key"] = _keys(plan)
    sink = BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def _column(values: Sequence[object]) -> Any:
    """Return the values of a factor as numbers where all are, else as words, lists as JSON."""
    if all(isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.bool_)
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.int64)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.float64)
    return [value if isinstance(value, str) else json.dumps(value) for value in values]


@cache
def _made_with() -> dict[str, Any]:
    return made_with()


def part_name(footer: Footer) -> str:
    """Return the name of a part: a hash of the histories it holds."""
    rows = sorted((*footer.rows, *((one.setting, one.draw, one.history) for one in footer.failed)))
    return f"part-{hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:20]}.parquet"


def read_footer(path: Path) -> Footer | None:
    """Return what a part says of itself, or None where it is cut off, damaged or no part of any sweep."""
    import pyarrow.parquet as pq

    from rcpsim.sweep.units import FOOTER

    try:
        metadata = pq.read_schema(path).metadata or {}
        return Footer.from_json(metadata[FOOTER])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read_parts(store: Store, recorded: Mapping[str, str]) -> None:
    """Count the parts that are there; take out those that are damaged, refuse those that are not ours."""
    seen: dict[Row, str] = {}
    problems: list[str] = []
    for path in sorted((store.folder / PARTS).iterdir()):
        where = f"{PARTS}/{path.name}"
        footer = read_footer(path) if path.name.startswith("part-") else None
        sha256 = checksum(path) if path.is_file() else ""
        known = recorded.get(where)
        sound = footer is not None and (known == sha256 if known else _is_whole(path, footer))
        if footer is not None and footer.sweep != store.fingerprint:
            problems.append(f"{path} belongs to another sweep; move it away")
        elif footer is None and not path.name.startswith("part-"):
            problems.append(f"{path} is no part of a sweep; move it away")
        elif footer is None or not sound or part_name(footer) != path.name:
            store.mended.append(path.name)
        else:
            twice = next((seen[row] for row in footer.rows if row in seen), None)
            if twice is not None:
                problems.append(f"{path} and {twice} hold the same history; move one of them away")
            seen |= dict.fromkeys(footer.rows, path.name)
            store._count(path.name, footer, sha256, path.stat().st_size)
    if problems:
        raise OutputError("\n".join(problems))
    for name in store.mended:
        (store.folder / PARTS / name).unlink()


def _is_whole(path: Path, footer: Footer) -> bool:
    """Whether what a part holds is what its footer says, read in full."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, ValueError):
        return False
    return digest_of_table(table) == footer.digest


def now() -> str:
    """Return the time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
