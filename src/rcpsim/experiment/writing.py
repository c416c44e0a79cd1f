"""An experiment as a table again: what a manifest keeps, and what reads back to the same record."""

from __future__ import annotations

from collections.abc import Mapping

from rcpsim.experiment.reading import FORMAT
from rcpsim.experiment.records import Experiment, Factor

__all__ = ["experiment_to_dict"]


def experiment_to_dict(experiment: Experiment) -> dict[str, object]:
    """Return an experiment as a raw table that `load_experiment` reads back to the same record."""
    draws, sampling, measures, analysis = (
        experiment.draws,
        experiment.sampling,
        experiment.measures,
        experiment.analysis,
    )
    table: dict[str, object] = {
        "format": FORMAT,
        "id": experiment.id,
        "question": experiment.question,
        **({"about": experiment.about} if experiment.about else {}),
        "scenario": experiment.scenario
        if isinstance(experiment.scenario, str)
        else dict(experiment.scenario),
        "seed": experiment.seed,
        "twin": experiment.twin,
        **({} if experiment.engine == "numpy" else {"engine": experiment.engine}),
        "years": list(experiment.years),
        "set": {key: value for key, value in experiment.overrides.items() if key != "years"},
        "draws": {
            "parameters": draws.parameters,
            "judged": draws.judged,
            "count": draws.count,
            "histories": draws.histories,
            **({} if draws.as_of is None else {"as_of": draws.as_of}),
        },
        "sampling": {"method": sampling.method},
        "measures": {"primary": measures.primary, "keep": list(measures.keep), "at": measures.at},
        "analysis": {
            "scale": analysis.scale,
            "smallest_effect": analysis.smallest_effect,
            "interval": analysis.interval,
        },
    }
    plan: dict[str, object] = {"method": sampling.method}
    if sampling.points is not None:
        plan["points"] = sampling.points
    if sampling.method == "morris":
        plan["levels"] = sampling.levels
    if sampling.method == "sobol":
        plan["second_order"] = sampling.second_order
    if sampling.method == "table":
        plan["columns"] = [factor.key for factor in experiment.factors]
        plan["rows"] = [list(row) for row in sampling.rows]
    table["sampling"] = plan
    table["factor"] = [_factor_to_dict(factor, sampling.method) for factor in experiment.factors]
    table["arm"] = [
        {
            "name": arm.name,
            **({"without": list(arm.without)} if arm.without else {}),
            **({"set": dict(arm.overrides)} if arm.overrides else {}),
        }
        for arm in experiment.arms
    ]
    if analysis.effect is not None:
        effect = analysis.effect
        asked = {"of": effect.of, "low": effect.low, "high": effect.high}
        by = {} if effect.by is None else {"by": effect.by}
        table["analysis"] = {**_table(table["analysis"]), "effect": {**asked, **by}}
    return table


def _table(found: object) -> dict[str, object]:
    return dict(found) if isinstance(found, Mapping) else {}


def _factor_to_dict(factor: Factor, method: str) -> dict[str, object]:
    table: dict[str, object] = {"key": factor.key}
    if factor.values is not None and method != "table":
        table["values"] = list(factor.values)
    if factor.low is not None and factor.scale != "prior":
        table["range"] = [factor.low, factor.high]
        table["scale"] = factor.scale
    for name, value in (("levels", factor.levels), ("base", factor.base)):
        if value is not None:
            table[name] = value
    if factor.held:
        table["held"] = list(factor.held)
    return table
