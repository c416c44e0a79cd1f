"""One archive for a repository: results, a reference to their code, the model's description, the data.

The archive is the same to the byte whenever it is made from the same folder and version: files in order,
without times and owners, stored as they are (Parquet and PNG are compressed already).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rcpsim.errors import Fault, InputError, OutputError
from rcpsim.folders import check_file
from rcpsim.provenance import checksum
from rcpsim.scenario.loading import packaged
from rcpsim.sweep.durable import ASIDE
from rcpsim.sweep.kinds import PLAYED_AGAIN, kind_of, made_by
from rcpsim.sweep.store import MANIFEST

__all__ = ["bundle"]

_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16
_ABOUT: Final = ("CITATION.cff", "codemeta.json", "LICENSE", "docs/ODD.md")
_DATA: Final = (".csv", ".toml", ".md", ".parquet")
_LEFT_OUT: Final = ("lock",)
_ANALYSIS: Final = "analysis"


def bundle(folder: str | Path, archive: str | Path | None = None) -> Path:
    """Pack a folder that rcpsim wrote, and return the path of the archive.

    Parameters
    ----------
    archive : where to write; beside the folder, with the ending ``.zip``, where missing

    Raises
    ------
    InputError
        when the folder has no manifest, the sweep in it is not complete, or the analysis in it is damaged or
        tells of another state of the sweep
    OutputError
        when the archive is there already or cannot be written
    """
    place = Path(folder)
    manifest = _manifest(place)
    whole = place.resolve()
    target = whole.with_name(f"{whole.name}.zip") if archive is None else Path(archive)
    check_file(target, force=False, way_out="choose another name with --to, or move it away")
    aside = target.with_name(f".{target.name}{ASIDE}")
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as packed:
            listed = []
            for name, path in _content(place, manifest):
                _add(packed, name, path.read_bytes())
                listed.append(name)
            _add(packed, "README.md", _read_me(whole.name, manifest, listed))
        aside.replace(target)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return target


def _manifest(place: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        outputs = manifest["outputs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        allowed = "name a folder that rcpsim wrote"
        fault = Fault(str(place), "", "has no manifest of rcpsim", allowed, str(error))
        raise InputError([fault]) from error
    faults = []
    if manifest.get("state", "complete") != "complete":
        done, asked = manifest["histories"]["done"], manifest["histories"]["asked"]
        found = f"holds {done} of {asked} histories"
        faults.append(Fault(str(place), "", found, "finish the sweep first: the same command goes on"))
    faults += _damaged(place, outputs, "`rcpsim verify` tells more")
    faults += _odd_analysis(place, manifest)
    if faults:
        raise InputError(faults)
    return manifest


def _damaged(place: Path, outputs: Mapping[str, str], allowed: str) -> list[Fault]:
    """Return a fault for each file that is missing or changed."""
    return [
        Fault(str(place), name, "is not what the manifest says" if path.is_file() else "is missing", allowed)
        for name, path in ((name, place / name) for name in outputs)
        if not path.is_file() or checksum(path) != outputs[name]
    ]


def _analysis(place: Path) -> dict[str, Any] | None:
    """Return the manifest of what `rcpsim analyse` wrote into a folder, or None where it wrote nothing."""
    try:
        found: dict[str, Any] = json.loads((place / _ANALYSIS / MANIFEST).read_text(encoding="utf-8"))
        return found if found["kind"] == _ANALYSIS and found["outputs"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _odd_analysis(place: Path, manifest: Mapping[str, Any]) -> list[Fault]:
    analysed = _analysis(place)
    if analysed is None:
        return []
    again = "run `rcpsim analyse` again, or move the folder away"
    if analysed["sweep"]["digest"] != manifest.get("digest"):
        return [Fault(str(place), _ANALYSIS, "tells of another state of the sweep", again)]
    return _damaged(place / _ANALYSIS, analysed["outputs"], again)


def _content(place: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield what goes in, by name: results and their analysis, description, scenarios, data."""
    for name in sorted({MANIFEST, *manifest["outputs"]} - set(_LEFT_OUT)):
        yield f"results/{name}", place / name
    analysed = _analysis(place)
    for name in sorted({MANIFEST, *analysed["outputs"]}) if analysed else ():
        yield f"results/{_ANALYSIS}/{name}", place / _ANALYSIS / name
    for name in _ABOUT:
        found = _about(name)
        if found is not None:
            yield f"model/{Path(name).name}", found
    for name in sorted(_scenarios(manifest)):
        path = packaged("scenarios").get(name)
        if path is not None:
            yield f"scenarios/{path.name}", path
    data = Path(str(files("rcpsim") / "data"))
    for path in sorted(data.iterdir()):
        if path.suffix in _DATA:
            yield f"data/{path.name}", path


def _about(name: str) -> Path | None:
    """Return a file about the project: packed into the wheel, or at the top of the source."""
    package = Path(str(files("rcpsim")))
    candidates = (package / "about" / Path(name).name, package.parents[1] / name)
    return next((path for path in candidates if path.is_file()), None)


def _scenarios(manifest: dict[str, Any]) -> set[str]:
    """Return the names of the packaged scenarios that the results rest on."""
    names = set(manifest.get("foundation", {}).get("scenario_files", {}))
    tables = [manifest, *manifest.get("designs", {}).values(), *manifest.get("processes", {}).values()]
    asked = manifest.get("asked", {})  # of a fit, or of the filter of the prior
    names |= {*asked.get("processes", ()), *([asked["scenario"]] if "scenario" in asked else [])}
    played = [table.get("scenario", table.get("factual")) for table in tables]
    return names | {one["id"] for one in played if isinstance(one, dict)}


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.external_attr = _MODE
    info.compress_type = zipfile.ZIP_STORED
    packed.writestr(info, content)


def _read_me(name: str, manifest: dict[str, Any], names: list[str]) -> bytes:
    made = made_by(manifest)
    asked = manifest.get("experiment", {}).get("question")
    seed = manifest.get("seed", manifest.get("plan", {}).get("seed"))
    packages = "".join(f", {key} {value}" for key, value in made.get("packages", {}).items())
    kind = kind_of(manifest)
    lines = [
        f"# {name}",
        "",
        *([asked, ""] if asked else []),
        "Results of rcpsim, a simulation of regional consultative processes on migration.",
        "",
        *([f"- written by `rcpsim {kind}`"] if kind else []),
        f"- version {made.get('rcpsim', 'unknown')}, commit {made.get('commit') or 'unknown'}",
        f"- Python {made.get('python', 'unknown')}{packages}",
        f"- seed {'unknown' if seed is None else seed}",
        "",
        "`results/manifest.json` says what was played and how; `model/ODD.md` describes the model;",
        "`data/LICENSES.md` says on which terms the figures may be used. To check: unpack, install this",
        "version of rcpsim, and run `rcpsim verify results`, which",
        "holds the files against their checksums and plays a sample of the histories again."
        if kind in PLAYED_AGAIN
        else "holds the files against their checksums; the histories behind them are not played again.",
        "",
        *(f"- `{one}`" for one in names),
        "",
    ]
    return "\n".join(lines).encode()
