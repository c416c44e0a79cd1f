"""Questions as files: what varies, by which plan, over how many draws and histories, and what is looked at.

`load_experiment` reads a file and tells every fault at once; `resolve` turns the experiment into a `Plan`,
the list of settings to be played. Reading executes nothing. The format is told for users in
`docs/sweeps.md`.
"""

from rcpsim.experiment.planning import Plan, PlannedSetting, Recipe, resolve
from rcpsim.experiment.reading import is_experiment, list_experiments, load_experiment
from rcpsim.experiment.records import (
    Analysis,
    Arm,
    Draws,
    Effect,
    Experiment,
    Factor,
    Kept,
    Sampling,
)
from rcpsim.experiment.writing import experiment_to_dict

__all__ = [
    "Analysis",
    "Arm",
    "Draws",
    "Effect",
    "Experiment",
    "Factor",
    "Kept",
    "Plan",
    "PlannedSetting",
    "Recipe",
    "Sampling",
    "experiment_to_dict",
    "is_experiment",
    "list_experiments",
    "load_experiment",
    "resolve",
]
