"""One page on an experiment: what is asked, what varies, and how much there is to play."""

from __future__ import annotations

from rcpsim.errors import quoted
from rcpsim.experiment import Experiment, Factor, resolve
from rcpsim.profile.page import Page, Section

__all__ = ["experiment_page", "size_of"]

_MOST_LEVELS = 12


def experiment_page(experiment: Experiment) -> Page:
    """Return the page of an experiment."""
    draws, kept, analysis = experiment.draws, experiment.measures, experiment.analysis
    name = experiment.scenario if isinstance(experiment.scenario, str) else "a scenario of its own"
    asked = [
        ("scenario", name),
        ("years", f"{experiment.years[0]}-{experiment.years[1]}"),
        ("plan", _plan_of(experiment)),
        ("draws", f"{draws.count} of parameters ({draws.parameters}), judged values: {draws.judged}"),
        ("histories", f"{draws.histories} in each draw, the same luck in every setting"),
        ("twin", "played beside each history" if experiment.twin else "not played"),
        ("measures", f"{', '.join(kept.keep)} ({kept.primary} first), {kept.at}"),
        ("in all", size_of(experiment)),
    ]
    if analysis.effect is not None:
        effect = analysis.effect
        by = f", by {effect.by}" if effect.by else ""
        asked.append(("effect", f"of {effect.of} from {effect.low} to {effect.high}{by}"))
    factors = tuple((one.key, _levels(one), ", ".join(one.held)) for one in experiment.factors)
    arms = tuple(
        (
            arm.name,
            ", ".join((*arm.without, *(f"{key} = {value}" for key, value in arm.overrides.items()))),
        )
        for arm in experiment.arms
    )
    sections = [Section("", (), tuple(asked))]
    if factors:
        sections.append(Section("Factors", ("key", "levels", "held"), factors))
    if arms:
        sections.append(Section("Arms, beside full", ("arm", "without or set"), arms))
    return Page(f"{experiment.id}: {experiment.question}", experiment.about, tuple(sections))


def size_of(experiment: Experiment) -> str:
    """Return how many settings and histories an experiment has, as text."""
    plan = resolve(experiment)
    return f"{len(plan.settings)} settings, {plan.histories} histories"


def _plan_of(experiment: Experiment) -> str:
    sampling = experiment.sampling
    return sampling.method if sampling.points is None else f"{sampling.method}, {sampling.points} points"


def _levels(factor: Factor) -> str:
    if factor.values is None:
        many = f", {factor.levels} levels" if factor.levels else ""
        scale = "" if factor.scale == "linear" else f" ({factor.scale})"
        return f"{factor.low:g} to {factor.high:g}{scale}{many}"
    told = [one if isinstance(one, str) and one else quoted(one) for one in factor.values]
    more = f", … ({len(told)})" if len(told) > _MOST_LEVELS else ""
    return ", ".join(told[:_MOST_LEVELS]) + more
