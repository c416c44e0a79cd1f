"""The register of claims: every claim of the documents, and what became of it.

`experiments/lessons/register.toml` says of each claim whether it is *testable*, *assumed*, a *definition* or
*not modelled*. Of the testable ones the rest is computed: *emergent* where a lesson tests the claim and
emerges by the graph of paths, *direct* where all lessons that test it run through a single mechanism or can
go one way only, and *testable* where no lesson tests it yet.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Final

from rcpsim.lessons.graph import emergence
from rcpsim.lessons.loading import lesson_folder, lessons_of_claim, load_lesson

__all__ = ["STATUSES", "Claim", "claims", "counts"]

STATUSES: Final = ("emergent", "direct", "testable", "assumed", "definition", "not modelled")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id, claim, source, reason : from the register; the reason why it is not testable or not tested
    declared : the status in the register
    status : one of `STATUSES`
    lessons : that test it; of an assumed claim, what follows from it
    """

    id: str
    claim: str
    source: str
    reason: str
    declared: str
    status: str
    lessons: tuple[str, ...]


def claims() -> tuple[Claim, ...]:
    """Return every claim of the register with its status.

    Examples
    --------
    >>> len(claims())
    104
    """
    raw = tomllib.loads((lesson_folder() / "register.toml").read_text(encoding="utf-8"))
    found = []
    for entry in raw["claim"]:
        lessons = lessons_of_claim(entry["id"])
        declared = entry["status"]
        status = _status(lessons) if declared == "testable" else declared
        found.append(
            Claim(
                id=entry["id"],
                claim=entry["claim"],
                source=entry["source"],
                reason=entry.get("reason", ""),
                declared=declared,
                status=status,
                lessons=lessons,
            )
        )
    return tuple(found)


def _status(lessons: tuple[str, ...]) -> str:
    if not lessons:
        return "testable"
    return "emergent" if any(emergence(load_lesson(name)).emergent for name in lessons) else "direct"


def counts(found: tuple[Claim, ...]) -> dict[str, int]:
    """Return how many claims have each status, in the order of `STATUSES`."""
    counted = Counter(claim.status for claim in found)
    return {status: counted[status] for status in STATUSES}
