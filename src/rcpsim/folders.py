"""Folders and files that a command writes: what may be written is asked first, and what is written is whole.

A folder is filled beside its place and renamed at the end. Nothing is left behind by an error or an
interruption, and a folder that is there is replaced only when the new one is complete.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from rcpsim.errors import OutputError

__all__ = [
    "MANIFEST",
    "check_file",
    "check_folder",
    "fresh_folder",
    "refuse_own_input",
    "refuse_own_output",
    "refuse_unwritable",
    "what_is",
]

MANIFEST: Final = "manifest.json"
_HOURS: Final = ("sweep", "fit")  # kinds of a folder that holds hours of work
_OURS: Final = (MANIFEST, "lock", "parts")
"""What rcpsim writes beside the outputs that a manifest names: parts come while a sweep goes on."""
_LITTER: Final = ".ipynb_checkpoints"


def what_is(path: Path) -> str:
    """Return what is at a path: a ``file``, a ``folder``, something ``else``, or an empty text.

    A name that no file can have is nothing, and no error.
    """
    try:
        if path.is_file():
            return "file"
        if path.is_dir():
            return "folder"
        return "else" if path.exists() else ""
    except (OSError, ValueError):
        return ""


def check_folder(folder: str | Path, *, force: bool = False, kind: str | None = None) -> Path:
    """Return the folder as a path if it may be written; ask before hours of work, not after.

    Parameters
    ----------
    force : whether the folder of an earlier run may be replaced
    kind : replace only a folder whose manifest says that it is of this kind

    Raises
    ------
    OutputError
        when it is there already (and ``force`` is not given, or it is not the folder of a run, or something
        lies in it that rcpsim did not write), or when it cannot be made where it should be
    """
    place = Path(folder)
    with _told(place):
        if place.name in ("", "..") or os.path.ismount(place):
            raise OutputError(f"{place} cannot be replaced as a whole; name a folder within it")
        if place.exists() or place.is_symlink():
            if not force:
                raise OutputError(
                    f"{place} is there already; choose another folder with --out, or add --force"
                )
            _refuse_others(place, kind)
    refuse_unwritable(place)
    return place


def _refuse_others(place: Path, kind: str | None) -> None:
    """Refuse to replace what rcpsim did not write."""
    if place.is_dir() and not any(place.iterdir()):
        return
    manifest = _manifest(place) or {}
    if not (place / MANIFEST).is_file() or (kind is not None and manifest.get("kind") != kind):
        what = "folder that rcpsim wrote" if kind is None else f"folder of an {kind}"
        raise OutputError(f"{place} is no {what}, so it is not replaced; choose another with --out")
    if kind is None and manifest.get("kind") in _HOURS:
        raise OutputError(
            f"{place} holds a {manifest['kind']}, which is not replaced by --force; "
            "remove it yourself, or choose another with --out"
        )
    for one in _others(place, frozenset()):
        raise OutputError(
            f"{place} holds {one.relative_to(place)}, which rcpsim did not write, so it is not replaced; "
            "move that away, or choose another with --out"
        )


def _others(folder: Path, known: Set[Path]) -> Iterator[Path]:
    """Yield the files that no manifest names; hidden ones that other programs leave behind are let be."""
    outputs = (_manifest(folder) or {}).get("outputs")
    if isinstance(outputs, dict):
        known = {folder / str(name) for name in outputs}
    for one in sorted(folder.iterdir()):
        if one.name in _OURS or one.name == _LITTER:
            continue
        if one.is_dir() and not one.is_symlink():
            yield from _others(one, known)
        elif one not in known and not one.name.startswith("."):
            yield one


def _manifest(place: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def refuse_unwritable(place: Path, *, into: bool = False) -> None:
    """Raise unless a file or folder can be made at a place, with the folders above it; nothing stays.

    Parameters
    ----------
    into : the place is a folder that is gone on with where it is there

    Raises
    ------
    OutputError
        that names what stands in the way
    """
    with _told(place):
        there = place.exists()  # a name that is too long is told by this
        if into and there and not place.is_dir():
            raise OutputError(f"{place} is a file; name a folder")
        above = next(parent for parent in place.absolute().parents if parent.exists())
        above = place if into and there else above
        if not above.is_dir():
            raise OutputError(f"{place} cannot be written: {above} is no folder that may be written to")
        Path(tempfile.mkdtemp(prefix=f".{place.name}-old-", dir=above)).rmdir()


def check_file(file: str | Path, *, force: bool, way_out: str) -> Path:
    """Return the path of a file if it may be written; ask before the work, not after.

    Parameters
    ----------
    way_out : what to do where it is there already

    Raises
    ------
    OutputError
        when it is there already and ``force`` is not given, is a folder, or cannot be written
    """
    place = Path(file)
    with _told(place):
        if place.is_dir():
            raise OutputError(f"{place} is a folder; name a file")
        if (place.exists() or place.is_symlink()) and not force:
            raise OutputError(f"{place} is there already; {way_out}")
        if not place.parent.is_dir():
            raise OutputError(f"{place} cannot be written: {place.parent} is no folder")
    refuse_unwritable(place)
    return place


def refuse_own_input(place: Path, source: Path) -> None:
    """Raise where a folder to write is the one that is read, or lies around it.

    Raises
    ------
    OutputError
        that names both
    """
    with _told(place):
        there, read = place.resolve(), source.resolve()
    if there == read or there in read.parents:
        raise OutputError(f"{place} holds what is read ({source}); choose another folder with --out")


def refuse_own_output(file: Path, folder: Path) -> None:
    """Raise where a file to write is one that rcpsim wrote into a folder, or its manifest.

    Raises
    ------
    OutputError
        that names both
    """
    manifest = _manifest(folder) or {}
    with _told(file):
        there = file.resolve()
        ours = any(there == (folder / name).resolve() for name in (MANIFEST, *manifest.get("outputs", ())))
    if ours:
        raise OutputError(f"{file} belongs to what is read ({folder}); choose another name")


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Tell an error of the operating system as one of the place."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error


@contextmanager
def fresh_folder(folder: str | Path, *, force: bool = False, kind: str | None = None) -> Iterator[Path]:
    """Give an empty folder to fill, which takes its place when the block ends without an error.

    Raises
    ------
    OutputError
        as in :func:`check_folder`, or when writing fails
    """
    place = check_folder(folder, force=force, kind=kind)
    made = [parent for parent in place.absolute().parents if not parent.exists()]
    beside: Path | None = None
    old: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        beside.chmod(0o755)
        yield beside
        if place.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{place.name}-old-", dir=place.parent))
            place.rename(old / place.name)
        beside.rename(place)
    except BaseException as error:
        if old is not None and not place.exists():
            with suppress(OSError):
                (old / place.name).rename(place)
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
        for parent in made:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        if isinstance(error, OSError):
            raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
        raise
    finally:
        if old is not None and place.exists():
            shutil.rmtree(old, ignore_errors=True)
