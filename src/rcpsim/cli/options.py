"""The grammar that `run` and `compare` share, and the scenarios that come of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from rcpsim.cli.asking import Faults, Place
from rcpsim.errors import Fault, InputError, OptionError, quoted

if TYPE_CHECKING:
    from rcpsim.scenario import Scenario

__all__ = [
    "YEAR",
    "Choices",
    "as_of_option",
    "choices_of",
    "figures_option",
    "force_option",
    "note_prior",
    "out_option",
    "quiet_option",
    "refuse_missing_sets",
    "refuse_too_many",
    "scenarios_of",
    "seed_option",
    "shared_options",
    "workers_option",
    "years_option",
]

PROCESS: Final = "process"
_YEARS = re.compile(r"\s*(\d{1,4})\s*-\s*(\d{1,4})\s*")
_FOR_ONE = re.compile(r"(?P<design>[^:=]+):(?P<rest>.+)", re.DOTALL)
_WHAT: Final = ("mechanism", "event", "member")
MOST: Final = 2**32
"""Histories that there are: chance is drawn by the number of each."""
YEAR: Final = click.IntRange(min=1, max=9999)
_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Choices:
    """What the shared options ask for.

    Attributes
    ----------
    histories : how many
    history : the number of one history to replay alone, or None
    seed : of the run
    settings, without, replacing : as given, `KEY=VALUE`, `WHAT:NAME`, `MECHANISM=FORM`
    years : as given, `1996-2010`, or None
    parameters, judged, as_of, engine : as `simulate` takes them
    out : where to write, or None for the folder named after the run
    force, quiet, figures : whether to replace a folder, to say nothing, to draw
    """

    histories: int
    history: int | None
    seed: int
    settings: tuple[str, ...]
    without: tuple[str, ...]
    replacing: tuple[str, ...]
    years: str | None
    parameters: str
    judged: str
    as_of: int | None
    out: Path | None
    force: bool
    quiet: bool
    figures: bool
    engine: str = "numpy"

    @property
    def numbers(self) -> int | Sequence[int]:
        """The histories to play, as `simulate` takes them."""
        return self.histories if self.history is None else [self.history]

    @property
    def count(self) -> int:
        """How many histories are played."""
        return self.histories if self.history is None else 1

    def folder(self, name: str) -> Path:
        """Return where to write; the folder is named after what was run and its seed unless one is given."""
        return self.out or Path(f"{name}-seed{self.seed}")

    def refuse_folder(self, name: str | None) -> None:
        """Raise unless the folder may be written; where nobody can name it, only one that is given is asked.

        Raises
        ------
        OutputError
            as :func:`rcpsim.folders.check_folder`
        """
        from rcpsim.folders import check_folder

        if name is not None or self.out is not None:
            check_folder(self.folder(name or ""), force=self.force)


# One wording for what several commands take.
seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=1,
    show_default=True,
    help="Seed of all chance.",
)
force_option = click.option("--force", is_flag=True, help="Replace the folder if rcpsim wrote it.")
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
figures_option = click.option(
    "--no-figures", "figures", is_flag=True, flag_value=False, default=True, help="Draw no figures."
)
workers_option = click.option(
    "--workers", type=click.IntRange(min=1, max=64), default=2, show_default=True, help="Processes."
)
years_option = click.option(
    "--years", metavar="FIRST-LAST", help="Years to play, both included, such as 1996-2010."
)
out_option = click.option(
    "--out",
    type=Place(path_type=Path),
    metavar="DIR",
    help="Folder to write; without it, one named after the run and its seed.",
)
as_of_option = click.option(
    "--as-of", type=YEAR, metavar="YEAR", help="Read only values documented by YEAR; draw the others."
)

_OPTIONS = (
    click.option(
        "--histories",
        type=click.IntRange(min=1, max=MOST),
        default=200,
        show_default=True,
        help="How many histories to play.",
    ),
    click.option(
        "--history",
        type=click.IntRange(min=0, max=MOST - 1),
        metavar="N",
        help="Replay history number N alone, from 0.",
    ),
    seed_option,
    years_option,
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set a value by its dotted key in the scenario file; in compare, A:KEY=VALUE for A alone.",
    ),
    click.option(
        "--without",
        multiple=True,
        metavar="WHAT",
        help="Leave out mechanism:NAME (or a bare NAME), event:ID, member:ISO3 or the whole process.",
    ),
    click.option(
        "--replacing",
        multiple=True,
        metavar="MECHANISM=FORM",
        help="Let a mechanism take a rival form, such as persuade=deffuant2000.",
    ),
    click.option(
        "--parameters",
        type=click.Choice(["default", "prior", "unfiltered", "plausible"]),
        default="default",
        show_default=True,
        help="Coefficients at their defaults; for each history a draw of the prior, filtered or not; or a "
        "set that a fit has left.",
    ),
    click.option(
        "--judged",
        type=click.Choice(["draw", "central", "blind"]),
        default="draw",
        show_default=True,
        help="Judged and unknown values drawn for each history, or fixed at their middle; blind draws "
        "as if values that rest on an outcome were unknown.",
    ),
    as_of_option,
    click.option(
        "--engine",
        type=click.Choice(["numpy", "jax", "jax-single"]),
        default="numpy",
        show_default=True,
        help="What reckons: numpy, the reference; the same theory compiled by JAX, or with seven digits.",
    ),
    out_option,
    force_option,
    quiet_option,
    figures_option,
)


def shared_options(command: _Command) -> _Command:
    """Give a command the options of `run` and `compare`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choices_of(ctx: click.Context, given: Mapping[str, Any], faults: Faults) -> Choices:
    """Return the options of a command as one record, and note what of them cannot be."""
    with faults:
        both = ctx.get_parameter_source("histories") is click.core.ParameterSource.COMMANDLINE
        if both and given["history"] is not None:
            allowed = "leave one of the two out"
            raise OptionError([Fault("--history", "", "stands beside --histories", allowed)])
    choices = Choices(**given)
    with faults:
        if choices.engine != "numpy":
            from rcpsim.simulation import refuse_odd_engine

            refuse_odd_engine(choices.engine)
    with faults:
        refuse_missing_sets(choices.parameters)
    return choices


def refuse_too_many(choices: Choices, scenarios: Sequence[Scenario]) -> None:
    """Raise where the measures of so many histories cannot fit into the memory of this machine.

    Raises
    ------
    OptionError
        that says how many do
    """
    from rcpsim.measures import MEASURES

    quarters = sum(4 * (scenario.years[1] - scenario.years[0] + 1) for scenario in scenarios)
    each = 2 * 8 * len(MEASURES) * quarters  # numbers of 8 bytes, of the process and of its twin
    if choices.count * each > (there := _memory()):
        allowed = f"the memory of this machine holds {there // each} at most; a sweep keeps more on disk"
        raise OptionError([Fault("--histories", "", f"is {choices.count}", allowed)])


def _memory() -> int:
    """Return how many bytes of memory the machine has, or more than any has where it does not say."""
    known = getattr(os, "sysconf_names", {})
    if {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= set(known):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 2**62


def refuse_missing_sets(parameters: str) -> None:
    """Raise where the draws or sets that are asked for are not there, or are those of another theory.

    Raises
    ------
    InputError
        that says how to make them anew
    """
    if parameters in ("prior", "plausible"):
        from rcpsim.parameter_sets import filtered_prior, plausible_sets

        _ = filtered_prior() if parameters == "prior" else plausible_sets()


def note_prior(choices: Choices) -> None:
    """Print what is to be known of the filtered prior, where it is asked for."""
    if choices.parameters == "prior" and not choices.quiet:
        from rcpsim.parameter_sets import filtered_prior

        if remark := filtered_prior().remark:
            click.echo(f"note: {remark}", err=True)


def scenarios_of(names: Sequence[str], choices: Choices) -> list[Scenario]:
    """Return the scenarios that are named, with what the options set and leave out.

    Raises
    ------
    InputError
        with every fault of all options and all scenarios
    """
    faults: dict[Fault, None] = {}
    plans = [_Plan(name) for name in names]
    if choices.years is not None:
        _note(faults, lambda: _lay(plans, "years", _years(str(choices.years)), "--years"))
    for text in choices.settings:
        _note(faults, partial(_take_setting, plans, text))
    for text in choices.replacing:
        _note(faults, partial(_take_form, plans, text))
    for text in choices.without:
        _note(faults, partial(_take_left_out, plans, text))
    found: list[Scenario] = []

    def finish(plan: _Plan) -> None:
        found.append(plan.scenario())

    for plan in plans:
        _note(faults, partial(finish, plan))
    if faults:
        raise InputError(faults)
    return found


class _Plan:
    """What is asked of one scenario."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.overrides: dict[str, object] = {}
        self.option_of: dict[str, str] = {}
        self.without: list[str] = []
        self.meets = True

    def lay(self, key: str, value: object, option: str) -> None:
        """Set a value, and remember by which option."""
        self.overrides[key] = value
        self.option_of[key] = option

    def scenario(self) -> Scenario:
        """Return the scenario; what is wrong is laid to the option that asked for it."""
        try:
            return self._scenario()
        except InputError as error:
            raise type(error)([self._named(fault) for fault in error.faults]) from None

    def _named(self, fault: Fault) -> Fault:
        for key, option in self.option_of.items():
            if fault.file == "--set" and f"{fault.field}.".startswith(f"{key}."):
                return replace(fault, file=option)
        return fault

    def _scenario(self) -> Scenario:
        from rcpsim.scenario import load_scenario

        faults: dict[Fault, None] = {}
        if self.overrides and self.without:  # each alone, so that the faults of both are told
            _note(faults, lambda: load_scenario(self.name, self.overrides))
            _note(faults, lambda: load_scenario(self.name, without=self.without))
        if faults:
            raise InputError(faults)
        scenario = load_scenario(self.name, self.overrides, self.without)
        return scenario if self.meets else without_process(scenario)


def without_process(scenario: Scenario) -> Scenario:
    """Return the scenario in which the process never meets: its states live as in the twin of a run.

    Their shocks and incentives stay; meetings, rules, networks, pool, plan, money and an end of it go.
    """
    from rcpsim.scenario import Value

    none, no = Value("documented", 0.0), Value("documented", False)
    meetings = tuple(replace(meeting, per_year=none, dates=()) for meeting in scenario.meetings)
    design = replace(
        scenario.design,
        confidentiality=none,
        secretariat=Value("documented", "none"),
        networks=no,
        focal_points=no,
        contact_list=no,
        data_pool=no,
        closing=Value("documented", "none"),
    )
    plan = replace(scenario.plan, sought=no)
    money = replace(scenario.money, sponsor_share=none)
    left_out = dict.fromkeys((*scenario.theory.without, "commit_and_fund", "live_or_die"))
    theory = replace(scenario.theory, without=tuple(left_out))
    return replace(scenario, meetings=meetings, design=design, plan=plan, money=money, theory=theory)


def _note(faults: dict[Fault, None], step: Callable[[], object]) -> None:
    """Take a step and note the faults it raises, each once."""
    try:
        step()
    except InputError as error:
        faults.update(dict.fromkeys(error.faults))


def _years(text: str) -> list[int]:
    match = _YEARS.fullmatch(text)
    if match is None:
        found = f"is {quoted(text)}"
        raise OptionError([Fault("--years", "", found, "write FIRST-LAST, such as 1996-2010")])
    first, last = int(match[1]), int(match[2])
    if first > last:
        found, hint = f"is {quoted(text)}", f"did you mean {last}-{first}?"
        raise OptionError([Fault("--years", "", found, "the first year comes first", hint)])
    return [first, last]


def _lay(plans: Sequence[_Plan], key: str, value: object, option: str) -> None:
    for plan in plans:
        plan.lay(key, value, option)


def _take_setting(plans: Sequence[_Plan], text: str) -> None:
    from rcpsim.scenario import parse_setting

    chosen, rest = _chosen(plans, text, "--set")
    key, value = parse_setting(rest)
    _lay(chosen, key, value, "--set")


def _take_form(plans: Sequence[_Plan], text: str) -> None:
    chosen, rest = _chosen(plans, text, "--replacing")
    mechanism, sign, form = (part.strip() for part in rest.partition("="))
    if not (mechanism and sign and form):
        allowed = "write MECHANISM=FORM, such as persuade=deffuant2000"
        raise OptionError([Fault("--replacing", "", f"{quoted(text)} is no replacement", allowed)])
    _lay(chosen, f"theory.replacing.{mechanism}", form, "--replacing")


def _take_left_out(plans: Sequence[_Plan], text: str) -> None:
    chosen, rest = (plans, text) if text.split(":")[0] in _WHAT else _chosen(plans, text, "--without")
    for plan in chosen:
        if rest == PROCESS:
            plan.meets = False
        else:
            plan.without.append(rest)


def _chosen(plans: Sequence[_Plan], text: str, option: str) -> tuple[Sequence[_Plan], str]:
    """Return the scenarios an option concerns: all, or the one named or counted before a colon."""
    match = _FOR_ONE.fullmatch(text)
    if match is None or len(plans) < 2:
        return plans, text
    design, rest = match["design"].strip(), match["rest"].strip()
    if design.isdecimal() and 1 <= int(design) <= len(plans):
        return [plans[int(design) - 1]], rest
    named = [plan for plan in plans if design in (plan.name, Path(plan.name).stem)]
    if not named:
        allowed = (
            f"before the colon stands one of {', '.join(plan.name for plan in plans)}, or its place from 1"
        )
        raise OptionError([Fault(option, "", f"{quoted(text)} names no design", allowed)])
    return named, rest
