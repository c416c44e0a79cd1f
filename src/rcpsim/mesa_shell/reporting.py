"""What Mesa collects: a reporter for each measure and for what is told of each state.

Reporters are functions of a module, so that a model can be pickled.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rcpsim.arrays import Array
from rcpsim.measures import MEASURES, finish_series

if TYPE_CHECKING:
    from rcpsim.mesa_shell.agents import StateAgent
    from rcpsim.mesa_shell.model import ProcessModel

__all__ = [
    "agent_reporters",
    "finished",
    "line_on",
    "measure_now",
    "model_reporters",
    "twin_measure_now",
]

_OF_AGENTS: Final = (
    "iso3",
    "role",
    "present",
    "trust_given",
    "trust_received",
    "mean_ties",
    "understanding",
    "commitment",
    "participation",
    "candour",
    "backing",
    "money",
)
_AS_YET: Final = "stage_so_far"


def measure_now(name: str, model: ProcessModel) -> float:
    """Return a measure of the last quarter played."""
    return model.measure(name)


def twin_measure_now(name: str, model: ProcessModel) -> float:
    """Return a measure of the last quarter played without the process."""
    return model.measure(name, twin=True)


def line_on(issue: str, agent: StateAgent) -> float:
    """Return the national line of a state on an issue, -1..1."""
    return float(agent.model.line_matrix[agent.index, agent.model.setting.issues.index(issue)])


def model_reporters(twin: bool) -> dict[str, Any]:
    """Return name -> reporter of a model; with a twin, its measures too."""
    names = [name for name in MEASURES if name != "stage"]
    reporters: dict[str, Any] = {"label": "label", "luck_seed": "luck_seed"}
    reporters.update((name, partial(measure_now, name)) for name in names)
    reporters[_AS_YET] = partial(measure_now, "stage")
    if twin:
        reporters.update((f"twin_{name}", partial(twin_measure_now, name)) for name in names)
    return reporters


def agent_reporters(issues: tuple[str, ...]) -> dict[str, Any]:
    """Return name -> reporter of a state; its line on each issue too."""
    reporters: dict[str, Any] = {name: operator.attrgetter(name) for name in _OF_AGENTS}
    reporters.update((f"line_{issue}", partial(line_on, issue)) for issue in issues)
    return reporters


def finished(rows: list[dict[str, Array]]) -> dict[str, Array]:
    """Return the series of quarters, name -> (quarters,)."""
    if not rows:
        return {name: np.zeros(0) for name in MEASURES}
    stacked = {name: np.stack([row[name] for row in rows], axis=-1) for name in rows[0]}
    return {name: value[0] for name, value in finish_series(stacked).items()}
