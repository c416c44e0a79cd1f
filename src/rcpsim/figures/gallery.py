"""All pictures of a run, or of a process before it is played, in the order in which they are best read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rcpsim.figures import curves, history, intentions, members
from rcpsim.figures.style import Drawn
from rcpsim.results import Results
from rcpsim.scenario import Scenario

if TYPE_CHECKING:
    from rcpsim.simulation import Replay


def figures(results: Results, replay: Replay, pairs_at: Sequence[int] | None = None) -> dict[str, Drawn]:
    """Return the pictures of a run with their captions, by the names of their files.

    Parameters
    ----------
    results : all histories
    replay : the typical one, for what cannot be averaged: matrix, network, timeline
    pairs_at : quarters at whose end matrix and network are drawn, of which four at most are shown; without
        it the first, the last and two between
    """
    return {
        "trust": curves.trust(results),
        "understanding": curves.understanding(results),
        "positions": curves.positions(results),
        "law": curves.law(results),
        "participation": curves.life(results),
        "stages": history.stages(results, replay),
        "trust-matrix": history.matrix(replay, pairs_at),
        "tie-network": history.network(replay, pairs_at),
        "timeline": history.timeline(replay),
    }


def process_figures(scenario: Scenario) -> dict[str, Drawn]:
    """Return the pictures of a process as its file describes it, by the names of their files."""
    return {
        "triangle": members.triangle(scenario),
        "stocks": members.stocks(scenario),
        "timeline": intentions.timeline(scenario),
    }
