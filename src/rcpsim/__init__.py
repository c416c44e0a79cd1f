"""rcpsim: regional consultative processes on migration, quarter by quarter.

The public names are loaded on first use (PEP 562), so that ``import rcpsim`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rcpsim import measures
    from rcpsim.comparison import Comparison, compare
    from rcpsim.quarters import Theory
    from rcpsim.results import Results
    from rcpsim.scenario import Scenario, list_scenarios, load_scenario
    from rcpsim.simulation import Replay, replay, simulate
    from rcpsim.sweep import Sweep, open_results

__all__ = [
    "Comparison",
    "Replay",
    "Results",
    "Scenario",
    "Sweep",
    "Theory",
    "compare",
    "list_scenarios",
    "load_scenario",
    "measures",
    "open_results",
    "replay",
    "simulate",
]

# Where each public name lives; a name that is its own home is a module.
_HOMES = {
    "Comparison": "comparison",
    "Replay": "simulation",
    "Results": "results",
    "Scenario": "scenario",
    "Sweep": "sweep",
    "Theory": "quarters",
    "compare": "comparison",
    "list_scenarios": "scenario",
    "load_scenario": "scenario",
    "measures": "measures",
    "open_results": "sweep",
    "replay": "simulation",
    "simulate": "simulation",
}
_MODULES = {"measures"}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("rcpsim")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOMES[name]}")
    value = module if name in _MODULES else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
