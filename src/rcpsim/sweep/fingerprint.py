"""What every row of a sweep rests on, as short texts: the model that plays it and the experiment it is of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from rcpsim.experiment import Experiment, experiment_to_dict
from rcpsim.scenario.loading import packaged
from rcpsim.stamp import stamp_of_code

__all__ = ["foundation_of", "model_stamp", "sweep_fingerprint"]

_MODEL: Final = (
    "arrays.py",
    "axes.py",
    "cards",
    "data",
    "draws",
    "experiment",
    "measures",
    "profiles.py",
    "quarters",
    "results",
    "scenario",
    "setting",
    "simulation.py",
    "theory",
    "world.py",
)
"""What a row depends on; screens, pictures and the store are left out."""

_COMPILED: Final = "compiled"
"""What a row depends on besides where the theory is compiled; and then on the compiler itself."""

_APART: Final = ("patterns", "player")
_LENGTH: Final = 16


@cache
def model_stamp(engine: str = "numpy") -> str:
    """Return a hash of the code and data of the model that is installed, comments and docstrings aside.

    Parameters
    ----------
    engine : what reckons; a compiled one has a stamp of its own, with the version of the compiler in it
    """
    told = hashlib.sha256()
    top = files("rcpsim")
    for name in _MODEL:
        _add(told, top / name, name)
    if engine != "numpy":
        _add(told, top / _COMPILED, _COMPILED)
        told.update(f"jaxlib {version('jaxlib')}\n".encode())
    return told.hexdigest()[:_LENGTH]


def _add(told: Any, path: Traversable, name: str) -> None:
    if path.is_dir():
        for inside in sorted(path.iterdir(), key=lambda one: one.name):
            if (
                inside.name not in _APART and not inside.name.startswith(("_", "."))
            ) or inside.name == "__init__.py":
                _add(told, inside, f"{name}/{inside.name}")
    elif name.endswith(".py"):
        told.update(f"{name}\n{stamp_of_code(path.read_text(encoding='utf-8'))}\n".encode())
    elif name.endswith((".toml", ".csv", ".parquet")):
        told.update(f"{name}\n".encode() + path.read_bytes())


def foundation_of(experiment: Experiment) -> dict[str, Any]:
    """Return what may not change while a sweep grows: all that a row depends on, but which rows there are."""
    table = experiment_to_dict(experiment)
    sampling = {
        key: value for key, value in _table(table["sampling"]).items() if key not in ("points", "rows")
    }
    draws = {key: value for key, value in _table(table["draws"]).items() if key not in ("count", "histories")}
    measures = _table(table["measures"])
    keys = ("id", "scenario", "seed", "twin", "years", "set")
    return {
        **{key: table[key] for key in keys},
        "scenario_files": scenario_files(experiment),
        "draws": draws,
        "sampling": sampling,
        "factors": [factor.key for factor in experiment.factors],
        "arms": {arm.name: [list(arm.without), dict(arm.overrides)] for arm in experiment.arms},
        "measures": {"keep": sorted(measures["keep"]), "at": measures["at"]},
        **({} if experiment.engine == "numpy" else {"engine": experiment.engine}),
    }


def scenario_files(experiment: Experiment) -> dict[str, str]:
    """Return a hash of the file of every packaged scenario that an experiment names."""
    named = [experiment.scenario]
    for factor in experiment.factors:
        if factor.kind == "scenario":
            named += [str(value) for value in factor.values or ()]
    return {name: file_hash(name) for name in dict.fromkeys(one for one in named if isinstance(one, str))}


@cache
def file_hash(name: str) -> str:
    """Return a hash of the file of a packaged scenario; a text that is none where there is no file."""
    path = packaged("scenarios").get(name)
    return "missing" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()[:_LENGTH]


def _table(found: Any) -> dict[str, Any]:
    return dict(found)


def sweep_fingerprint(foundation: Mapping[str, Any]) -> str:
    """Return the fingerprint by which a part is known to belong to a sweep."""
    text = json.dumps(foundation, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
