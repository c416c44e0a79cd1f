"""Where results come from: the version of the code, the machine, and the checksums of what was written."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

__all__ = ["checksum", "checksums", "commit", "made_with"]

_PACKAGES: Final = ("numpy", "pandas", "pyarrow", "xarray", "matplotlib", "scipy")
_PIECE: Final = 1 << 20


@cache
def commit() -> str | None:
    """Return the git commit of the source that runs, with ``+`` if changed since; None when unknown.

    It is asked once: what is changed later does not run.
    """
    top = Path(__file__).resolve().parents[2]
    if not (top / ".git").exists():
        return None
    try:
        head = _git(top, "rev-parse", "HEAD")
        changed = _git(top, "status", "--porcelain", "--untracked-files=no", "--", "src", "scenarios")
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+" if changed else "")


def _git(top: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=top, capture_output=True, check=True, text=True, timeout=10)
    return done.stdout.strip()


def made_with(packages: tuple[str, ...] = _PACKAGES) -> dict[str, Any]:
    """Return version, commit, Python, packages and system as a table of JSON.

    Examples
    --------
    >>> sorted(made_with())
    ['commit', 'packages', 'platform', 'python', 'rcpsim']
    """
    return {
        "rcpsim": version("rcpsim"),
        "commit": commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "platform": platform.platform(),
    }


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    told = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            told.update(piece)
    return told.hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by its path within."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): checksum(path) for path in files}
