"""What `rcpsim show NAME` prints, whatever the name stands for."""

from __future__ import annotations

from rcpsim.axes import MECHANISMS
from rcpsim.cards import all_cards
from rcpsim.errors import Fault, UnknownName, did_you_mean, quoted
from rcpsim.experiment import is_experiment, list_experiments, load_experiment
from rcpsim.profile.experiment import experiment_page
from rcpsim.profile.keys import key_named, key_page, keys
from rcpsim.profile.lesson import lesson_page
from rcpsim.profile.manual import manual
from rcpsim.profile.page import Page
from rcpsim.profile.process import scenario_page
from rcpsim.profile.theory import measure_page, mechanism_page, parameter_page
from rcpsim.scenario import list_scenarios, load_scenario

__all__ = ["is_scenario", "page_of"]


def page_of(name: str, *, each: bool = False) -> Page:
    """Return the page of a scenario or experiment (name or file), or of what else has a name.

    Parameters
    ----------
    each : of a scenario: a row for each member, however many there are

    Raises
    ------
    UnknownName
        when it is none of these
    ScenarioError
        with every fault of a scenario file
    """
    from rcpsim.measures import MEASURES

    if name in MECHANISMS:
        return mechanism_page(name)
    if name in MEASURES:
        return measure_page(name)
    short = name.rsplit(".", 1)[-1]
    if short in all_cards() and name in (short, all_cards()[short].key):
        return parameter_page(all_cards()[short])
    if is_experiment(name):
        return experiment_page(load_experiment(name))
    if is_scenario(name):
        return scenario_page(load_scenario(name), each=each)
    if (key := key_named(name)) is not None:
        return key_page(key)
    from rcpsim.lessons import list_lessons, load_lesson

    if name in list_lessons():
        return lesson_page(load_lesson(name))
    known = (
        *list_scenarios(), *list_experiments(), *list_lessons(),
        *MECHANISMS, *MEASURES, *all_cards(), *keys(), *manual(),
    )  # fmt: skip
    allowed = (
        "give a scenario, an experiment, a lesson, a mechanism, a measure, a parameter, a dial or a page; "
        "`rcpsim list` names them"
    )
    raise UnknownName([Fault("show", "", f"{quoted(name)} is not known", allowed, did_you_mean(name, known))])


def is_scenario(name: str) -> bool:
    """Return whether a name stands for a scenario: one that comes with the package, or a file."""
    return "/" in name or name.endswith(".toml") or name in list_scenarios()
