"""Which command wrote a folder, told from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["PLAYED_AGAIN", "kind_of", "made_by"]

PLAYED_AGAIN: Final = ("run", "sweep")
"""Kinds of which a sample can be played again; of the others checksums are all that is held."""

_SHOWS: Final = {
    "compare": "designs",
    "hindcast": "processes",
    "lessons": "lessons",
    "counterfactual": "counterfactual",
    "advise": "outcome",
    "run": "quarters",
}
"""A key that manifests of one command have; `counterfactual` goes before `run`, as it has quarters too."""


def kind_of(manifest: Mapping[str, Any]) -> str:
    """Return the command whose manifest this is, or an empty text.

    Examples
    --------
    >>> kind_of({"kind": "sweep", "designs": {}}), kind_of({"lessons": ["one"]}), kind_of({})
    ('sweep', 'lessons', '')
    """
    kind = manifest.get("kind")
    if isinstance(kind, str):
        return {"analysis": "analyse"}.get(kind, kind)
    return next((name for name, key in _SHOWS.items() if key in manifest), "")


def made_by(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the table that says with which version and packages: the manifest, or that of its first part."""
    parts = [*manifest.get("designs", {}).values(), *manifest.get("processes", {}).values()]
    return next((one for one in (manifest, *parts) if "packages" in one), {})
