"""The prior held against the plausibility filter, block by block, and what of it is kept as package data."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.errors import OutputError
from rcpsim.fitting.plausibility import HISTORIES, SCENARIO, Tried, try_sets
from rcpsim.fitting.storing import FitFolder
from rcpsim.parameter_sets import unfiltered
from rcpsim.sharing import shared_out
from rcpsim.stamp import cards_stamp, theory_stamp

__all__ = ["SEED", "filter_asked", "filter_prior", "install", "table_of"]

SEED: Final = 1
"""Of the draws that the package filters, and of the luck they are tried with."""

_BLOCK: Final = 10
_COLUMNS: Final = ("alive_early", "ended_late", "played_late", "twin_law", "twin_trust")

Tell = Callable[[int, int, str], None]
"""Called with sets done, sets in all, and what is being done."""


def filter_asked(draws: int) -> dict[str, Any]:
    """Return what the numbers of a filter depend on."""
    return {
        "what": "plausibility filter of the prior",
        "theory": theory_stamp(),
        "seed": SEED,
        "draws": draws,
        "histories": HISTORIES,
        "scenario": SCENARIO,
    }


def filter_prior(folder: FitFolder, draws: int, *, workers: int = 1, tell: Tell | None = None) -> Tried:
    """Return what the filter says of the first draws of the prior; what is done already is not done again."""
    starts = range(0, draws, _BLOCK)
    waiting = [
        (start, min(start + _BLOCK, draws)) for start in starts if not folder.has(f"filter-{start:06d}")
    ]
    done = draws - sum(stop - start for start, stop in waiting)
    what = "trying draws of the prior"
    if tell is not None:
        tell(done, draws, what)
    with closing(shared_out(_try_draws, waiting, workers)) as shared:
        for (start, stop), tried in shared:
            folder.keep(f"filter-{start:06d}", {name: getattr(tried, name) for name in _COLUMNS})
            done += stop - start
            if tell is not None:
                tell(done, draws, what)
    blocks = [folder.read(f"filter-{start:06d}") for start in starts]
    whole = {name: np.concatenate([block[name] for block in blocks]) for name in _COLUMNS}
    return Tried(
        whole["alive_early"],
        whole["ended_late"].astype(np.int64),
        whole["played_late"].astype(np.int64),
        whole["twin_law"],
        whole["twin_trust"],
    )


def _try_draws(span: tuple[int, int]) -> Tried:
    return try_sets(unfiltered(SEED, np.arange(*span)), SEED)


def table_of(tried: Tried) -> str:
    """Return the file that the package keeps: facts, then each draw with its verdict and figures."""
    facts = {"stamp": theory_stamp(), "cards": cards_stamp(), "seed": SEED, "histories": HISTORIES}
    lines = [f"#{json.dumps(facts)}", "draw,verdict,alive_early,ended_late,played_late,twin_law,twin_trust"]
    lines += [
        f"{draw},{verdict},{tried.alive_early[draw]:.2f},{tried.ended_late[draw]},{tried.played_late[draw]},"
        f"{tried.twin_law[draw]:.4g},{tried.twin_trust[draw]:.4g}"
        for draw, verdict in enumerate(tried.verdicts)
    ]
    return "\n".join(lines) + "\n"


def install(source: Path, name: str) -> Path:
    """Put a file where the package looks for its data, whole or not at all.

    Raises
    ------
    OutputError
        when the package cannot be written to
    """
    target = Path(str(files("rcpsim") / "data" / name))
    beside = target.with_name(f".{name}")
    try:
        beside.write_bytes(source.read_bytes())
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    return target
