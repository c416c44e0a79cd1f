"""From an experiment to its plan: every setting that is played, as plain data that a worker can be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np

from rcpsim.arrays import Array
from rcpsim.cards import all_cards, draw_value
from rcpsim.errors import Fault, InputError, ScenarioError
from rcpsim.experiment.factors import is_whole, without_of
from rcpsim.experiment.laying_over import scenario_of
from rcpsim.experiment.records import FULL, Arm, Experiment, Factor, ScenarioGiven
from rcpsim.experiment.sampling import grid, latin, morris, one_at_a_time, saltelli
from rcpsim.experiment.writing import experiment_to_dict
from rcpsim.scenario import Scenario

__all__ = ["Plan", "PlannedSetting", "Recipe", "resolve"]

_MOST_SETTINGS: Final = 1_000_000
_PRIOR_LEVELS: Final = 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is played in one setting, as plain data.

    Attributes
    ----------
    scenario : the name of a packaged scenario, or the raw table of one
    overrides : dotted key -> value
    without : as `--without` takes it
    parameters : name -> value, laid over the draws of the parameters
    """

    scenario: ScenarioGiven
    overrides: Mapping[str, object]
    without: tuple[str, ...]
    parameters: Mapping[str, float]

    def load(self) -> Scenario:
        """Return the scenario that is played, parameters aside."""
        return scenario_of(self.scenario, self.overrides, self.without)

    @property
    def stage(self) -> str:
        """What two settings share that differ in nothing but drawn parameters, as a text."""
        return json.dumps([self.scenario, self.overrides, self.without], sort_keys=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as a table of JSON."""
        return {
            "scenario": self.scenario,
            "overrides": dict(self.overrides),
            "without": list(self.without),
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Recipe:
        """Return the recipe that a table of JSON holds."""
        return cls(table["scenario"], table["overrides"], tuple(table["without"]), table["parameters"])


@dataclass(frozen=True, slots=True)
class PlannedSetting:
    """One setting: a point of the plan in one arm.

    Attributes
    ----------
    design : name of the arm, `full` where nothing is left out
    point : row of the plan, from 0; the same in all arms
    values : of the factors, in their order
    """

    design: str
    point: int
    values: tuple[object, ...]


@dataclass(frozen=True)
class Plan:
    """An experiment with all its settings.

    Attributes
    ----------
    experiment : what was resolved
    settings : every point in the full arm, then every point in the next arm, …
    stages : for each setting, the place among `scenarios` of what it is played on
    scenarios : the distinct scenarios, as the factors and arms leave them
    """

    experiment: Experiment
    settings: tuple[PlannedSetting, ...]
    scenarios: tuple[Scenario, ...] = field(repr=False)
    stages: tuple[int, ...] = field(repr=False)

    @property
    def histories(self) -> int:
        """How many histories are played in all settings together."""
        draws = self.experiment.draws
        return len(self.settings) * draws.count * draws.histories

    def recipe(self, setting: PlannedSetting) -> Recipe:
        """Return what is played in a setting."""
        return _recipe(self.experiment, setting)

    def to_dict(self) -> dict[str, object]:
        """Return the resolved experiment as a table of JSON."""
        return experiment_to_dict(self.experiment)


def resolve(experiment: Experiment) -> Plan:
    """Return the plan of an experiment.

    Raises
    ------
    ScenarioError
        with every fault of settings that cannot be played, such as two values that contradict each other, or
        designs that do not cover the same years

    Examples
    --------
    >>> from rcpsim.experiment import load_experiment
    >>> plan = resolve(load_experiment("size-and-confidentiality"))
    >>> plan.settings[0].design, plan.settings[1].values
    ('full', (5, 0.25))
    """
    points = _points(experiment)
    arms = (Arm(FULL), *experiment.arms)
    many = len(points) * len(arms)
    if many > _MOST_SETTINGS:
        found = f"gives {many} settings"
        fault = Fault(experiment.file, "sampling", found, f"at most {_MOST_SETTINGS} are played")
        raise ScenarioError([fault])
    settings = tuple(
        PlannedSetting(arm.name, place, values) for arm in arms for place, values in enumerate(points)
    )
    faults: dict[Fault, None] = {}
    known: dict[str, int] = {}
    scenarios: list[Scenario] = []
    stages: list[int] = []
    for setting in settings:
        recipe = _recipe(experiment, setting)
        stage = recipe.stage
        if stage not in known:
            try:
                scenario = recipe.load()
            except InputError as error:
                faults |= dict.fromkeys(_placed(experiment, setting, fault) for fault in error.faults)
                continue
            if scenario.years != experiment.years:
                found = f"covers {scenario.years[0]}-{scenario.years[1]}"
                allowed = f"all settings cover {experiment.years[0]}-{experiment.years[1]}; set years"
                faults[_placed(experiment, setting, Fault("", "years", found, allowed))] = None
            known[stage] = len(scenarios)
            scenarios.append(scenario)
        stages.append(known[stage])
    if faults:
        raise ScenarioError(faults)
    return Plan(experiment, settings, tuple(scenarios), tuple(stages))


def _placed(experiment: Experiment, setting: PlannedSetting, fault: Fault) -> Fault:
    varied = ", ".join(
        f"{factor.key} = {value}" for factor, value in zip(experiment.factors, setting.values, strict=True)
    )
    where = f"{setting.design} ({varied})" if varied else setting.design
    return Fault(experiment.file, f"{where}: {fault.field}", fault.found, fault.allowed, fault.hint)


def _recipe(experiment: Experiment, setting: PlannedSetting) -> Recipe:
    arm = next((one for one in experiment.arms if one.name == setting.design), Arm(FULL))
    scenario = experiment.scenario
    overrides = dict(experiment.overrides)
    without = list(arm.without)
    parameters: dict[str, float] = {}
    cards = all_cards()
    for factor, value in zip(experiment.factors, setting.values, strict=True):
        if factor.kind == "scenario":
            scenario = cast("ScenarioGiven", value)
        elif factor.kind == "without":
            without += [name for name in without_of(value) if name not in without]
        elif factor.kind == "parameter" and cards[_symbol(factor)].prior.dist != "fixed":
            parameters[_symbol(factor)] = float(cast("float", value))
        else:
            overrides[factor.key] = value
    for key, value in arm.overrides.items():
        overrides[key] = value
        parameters.pop(key.rsplit(".", 1)[-1] if key.startswith("parameters.") else "", None)
    return Recipe(scenario, overrides, tuple(without), parameters)


def _symbol(factor: Factor) -> str:
    return factor.key.rsplit(".", 1)[-1]


def _points(experiment: Experiment) -> list[tuple[object, ...]]:
    """Return the values of all factors at every point of the plan."""
    factors, sampling = experiment.factors, experiment.sampling
    if sampling.method == "table":
        return [tuple(row) for row in sampling.rows]
    if sampling.method in ("grid", "one-at-a-time"):
        levels = [_levels(factor) for factor in factors]
        counts = [len(of_factor) for of_factor in levels]
        if sampling.method == "grid":
            places = grid(counts)
        else:
            based = [_with_base(factor, of) for factor, of in zip(factors, levels, strict=True)]
            levels = [values for values, _ in based]
            places = one_at_a_time([len(values) for values in levels], [place for _, place in based])
        return [tuple(levels[column][place] for column, place in enumerate(row)) for row in places.tolist()]
    keys, points, seed = [factor.key for factor in factors], sampling.points or 1, experiment.seed
    if sampling.method == "latin":
        plan = latin(points, keys, seed)
    elif sampling.method == "sobol":
        plan = saltelli(points, keys, seed, second_order=sampling.second_order)
    else:
        plan = morris(points, keys, seed, levels=sampling.levels)
    columns = [_scaled(factor, plan[:, column]) for column, factor in enumerate(factors)]
    return list(zip(*columns, strict=True))


def _levels(factor: Factor) -> list[object]:
    if factor.values is not None:
        return list(factor.values)
    return _scaled(factor, np.linspace(0.0, 1.0, factor.levels or _PRIOR_LEVELS))


def _with_base(factor: Factor, levels: list[object]) -> tuple[list[object], int]:
    """Return the levels with the base among them, and its place."""
    base = factor.base
    if base is None:
        base = all_cards()[_symbol(factor)].default
    if base not in levels:
        levels = [base, *levels]
    return levels, levels.index(base)


def _scaled(factor: Factor, u: Array) -> list[object]:
    """Return the values of a factor at levels u in 0..1."""
    if factor.values is not None:
        many = len(factor.values)
        places = np.minimum(np.floor(u * many).astype(np.int64), many - 1)
        return [factor.values[place] for place in places.tolist()]
    low, high = float(factor.low or 0.0), float(factor.high or 0.0)
    if factor.scale == "prior":
        inside = np.clip(u, 1e-9, 1.0 - 1e-9)  # a beta prior has no value at its very ends
        return [float(value) for value in draw_value(all_cards()[_symbol(factor)], inside)]
    log = factor.scale == "log"
    values = np.clip(low * np.exp(np.log(high / low) * u) if log else low + (high - low) * u, low, high)
    if is_whole(factor.key):
        return [round(value) for value in values.tolist()]
    return [float(value) for value in values]
