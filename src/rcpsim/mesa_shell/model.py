"""One history of a process as a Mesa model."""

# Mesa ships no types, so that its classes are Any to a type checker.
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from __future__ import annotations

import math
import operator
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

import mesa
import numpy as np

from rcpsim.arrays import Array
from rcpsim.axes import quarter_label
from rcpsim.errors import Fault, InputError, UnknownName, quoted
from rcpsim.measures import MEASURES, Memory, measure_quarter, start_memory
from rcpsim.mesa_shell.agents import StateAgent
from rcpsim.mesa_shell.changing import FORM_OF, dial_keys, from_quarter_on, new_event_name, read_again
from rcpsim.mesa_shell.reporting import agent_reporters, finished, model_reporters
from rcpsim.quarters import Theory, play_quarter
from rcpsim.scenario import Change, Scenario, Window, load_scenario
from rcpsim.setting import Run, prepare
from rcpsim.theory.positions import national_line
from rcpsim.theory.trust import trust
from rcpsim.world import Luck, Minutes, Process, Setting, World

__all__ = ["ProcessModel"]


class ProcessModel(mesa.Model):
    """A regional consultative process, one quarter a step.

    It plays one history with the quarters and the luck of the core: `series` equals the measures of
    `rcpsim.simulate` for the same scenario, seed and history, to the bit. Everything that comes by chance is
    looked up by seed and history; `model.rng` and `model.random` are Mesa's, for what users add, and are read
    by nothing here.

    Parameters
    ----------
    scenario : name of a packaged scenario, a file, a raw table, or a scenario
    rng : seed of the history, an integer; None takes a new one, which is then found in `luck_seed`
    history : number of the history under that seed, from 0
    theory : which mechanisms act; what the scenario chooses where missing
    parameters : ``default`` or ``prior``
    judged : ``draw`` or ``central``
    twin : also play the same quarters without the process, with the same luck

    Attributes
    ----------
    process_scenario : what the model was given
    world, process : the condition at this moment; arrays with a history axis of length one
    minutes : what happened in the last quarter; None before the first
    twin_world, twin_process : the same without the process; None without `twin`
    setting : everything the quarters are given
    quarter : how many quarters have been played
    luck_seed, history : with which the history can be played again
    datacollector : measures by quarter, and what is collected of each state

    Raises
    ------
    InputError
        for a scenario, a seed or an option that cannot be used

    Examples
    --------
    >>> with ProcessModel("small-process", rng=1) as model:
    ...     for _ in range(8):
    ...         model.step()
    >>> model.quarter, model.label, model.running
    (8, 'Y02-Q4', True)
    >>> len(model.series()["trust_all"]), model.agents.groupby("role").count()
    (8, {'origin': 4, 'transit': 2, 'destination': 4})
    """

    def __init__(
        self,
        scenario: Scenario | str | os.PathLike[str] | Mapping[str, object] = "small-process",
        *,
        rng: int | None = 1,
        history: int = 0,
        theory: Theory | None = None,
        parameters: str = "default",
        judged: str = "draw",
        twin: bool = False,
    ) -> None:
        self.luck_seed = secrets.randbelow(2**31) if rng is None else _whole("rng", rng)
        super().__init__(rng=self.luck_seed)
        self.history = _whole("history", history)
        self.process_scenario = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self._changed_scenario = self.process_scenario
        self._parameters, self._judged = parameters, judged
        run = self._prepared(self.process_scenario, theory)
        self.theory = run.theory
        self.setting: Setting = run.setting
        self.state_names: tuple[str, ...] = run.profiles.names
        self.world: World = run.world
        self.process: Process = run.process
        self.minutes: Minutes | None = None
        self.quarter = 0
        self._luck: tuple[Luck, ...] = tuple(run.luck(q) for q in range(run.setting.quarters))
        self._memory: Memory = start_memory(run.world, run.process, run.setting)
        self._rows: list[dict[str, Array]] = []
        self.twin_world: World | None = run.world if twin else None
        self.twin_process: Process | None = run.process if twin else None
        self._twin_memory = self._memory
        self._twin_rows: list[dict[str, Array]] = []
        self._matrices: dict[str, Array] = {}
        StateAgent.create_agents(self, len(run.setting.codes), list(range(len(run.setting.codes))))
        self._states: tuple[StateAgent, ...] = tuple(self.agents)
        self.datacollector = mesa.DataCollector(
            model_reporters=model_reporters(twin), agent_reporters=agent_reporters(run.setting.issues)
        )
        self.datacollector.collect(self)

    def __enter__(self) -> ProcessModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def step(self) -> None:
        """Play one quarter and collect; once the years are over, nothing happens."""
        if self.quarter == self.setting.quarters:
            return
        quarter, luck = self.quarter, self._luck[self.quarter]
        self.world, self.process, self.minutes = play_quarter(
            self.world, self.process, self.setting, quarter, luck, self.theory
        )
        row, self._memory = measure_quarter(
            self.world, self.process, self.minutes, self.setting, quarter, self._memory
        )
        self._rows.append(row)
        if self.twin_world is not None and self.twin_process is not None:
            self.twin_world, self.twin_process, minutes = play_quarter(
                self.twin_world, self.twin_process, self.setting, quarter, luck, self.theory, meets=False
            )
            row, self._twin_memory = measure_quarter(
                self.twin_world,
                self.twin_process,
                minutes,
                self.setting,
                quarter,
                self._twin_memory,
                self._memory,
            )
            self._twin_rows.append(row)
        self.quarter += 1
        self._matrices = {}
        self.datacollector.collect(self)
        if self.quarter == self.setting.quarters:
            self.running = False
            self.close()

    def close(self) -> None:
        """Let Mesa forget the model, so that its memory is freed once nobody holds it any more.

        Mesa 3.3 keeps every model for which an agent was ever made. A model that is played to its end, or
        used in a ``with`` block, closes itself. A closed model can go on: only the numbers that Mesa gives to
        agents begin anew, should any be added to it.
        """
        numbers = getattr(mesa.Agent, "_ids", None)
        if numbers is not None:
            numbers.pop(self, None)

    # looking

    @property
    def last_quarter(self) -> int:
        """Index of the last quarter played; 0 before the first."""
        return max(self.quarter - 1, 0)

    @property
    def label(self) -> str:
        """Label of the last quarter played, such as 1996-Q1; ``founding`` before the first."""
        if self.quarter == 0:
            return "founding"
        return quarter_label(self.setting.first_quarter + self.last_quarter)

    @property
    def members(self) -> Any:
        """AgentSet of the states that are members at this moment."""
        return self.agents.select(operator.attrgetter("present"))

    @property
    def trust_matrix(self) -> Array:
        """How far i believes j to keep a confidence (N, N), 0..1; the diagonal is not used."""
        if "trust" not in self._matrices:
            weight = self.setting.parameters.m["prior_weight"]
            prior = self.setting.trust_prior
            self._matrices["trust"] = trust(self.world.kept, self.world.broken, prior, weight)[0]
        return self._matrices["trust"]

    @property
    def line_matrix(self) -> Array:
        """National lines (N, K), -1..1."""
        if "line" not in self._matrices:
            self._matrices["line"] = national_line(self.world.position, self.setting.ministry_weights)[0]
        return self._matrices["line"]

    def series(self) -> dict[str, Array]:
        """Return every measure of the quarters played, name -> (quarters,), as the core has them.

        The stage of a quarter is read from what follows it: the last three may be read otherwise later on.
        """
        return finished(self._rows)

    def twin_series(self) -> dict[str, Array]:
        """Return the same of the world without the process.

        Raises
        ------
        InputError
            when the model was made without a twin
        """
        if self.twin_world is None:
            allowed = "make the model with twin=True"
            raise InputError([Fault("ProcessModel", "twin", "is false, so that no twin was played", allowed)])
        return finished(self._twin_rows)

    def measure(self, name: str, *, twin: bool = False) -> float:
        """Return a measure of the last quarter played; nan before the first, and where it has no value.

        Raises
        ------
        UnknownName
            when there is no such measure
        InputError
            when the twin is asked for and the model was made without
        """
        if name not in MEASURES:
            raise UnknownName.of("measure", name, MEASURES)
        if not self._rows:
            return math.nan
        if name == "stage":
            return float((self.twin_series() if twin else self.series())[name][-1])
        if twin and not self._twin_rows:
            self.twin_series()
        return float((self._twin_rows if twin else self._rows)[-1][name][0])

    def state_index(self, state: StateAgent | str) -> int:
        """Return the place of a state in all arrays.

        Raises
        ------
        UnknownName
            when there is no such state in the process
        """
        if isinstance(state, StateAgent):
            return state.index
        if state not in self.setting.codes:
            raise UnknownName.of("state", str(state), self.setting.codes)
        return self.setting.codes.index(state)

    def state(self, code: str) -> StateAgent:
        """Return the agent of a state by its code, also of one that was removed.

        Raises
        ------
        UnknownName
            when there is no such state in the process
        """
        return self._states[self.state_index(code)]

    # changing

    def set_design(self, name: str, value: object) -> None:
        """Give a dial of the design, the plan or the money another value, from the next quarter on.

        Whatever the scenario says of later periods of this dial no longer holds; all other dials, the luck
        and what has happened stay as they are.

        Parameters
        ----------
        name : key of a dial as in a scenario file (``design.confidentiality``, ``plan.load``,
            ``money.sponsor_share``); ``design.`` may be left out
        value : in the unit and the range of the dial's card

        Raises
        ------
        UnknownName
            when there is no such dial
        InputError
            when the value is not allowed, or the years are over
        """
        keys = dial_keys()
        key = f"design.{name}" if f"design.{name}" in keys else name
        if key not in keys:
            raise UnknownName.of("set_design", name, keys)
        plain = value.item() if isinstance(value, np.generic) else value
        read = self._read("set_design", {key: plain})
        now = self._changed_scenario
        theory = self.theory
        if key in FORM_OF:
            theory = theory.replacing(**{FORM_OF[key]: str(plain)})
        self._change("set_design", replace(now, design=read.design, plan=read.plan, money=read.money), theory)

    def remove_state(self, state: StateAgent | str) -> None:
        """Let a state leave the process for good, from the next quarter on; its agent leaves the AgentSet.

        The state stays in the arrays and in the world: bilateral relations go on.

        Raises
        ------
        UnknownName
            when there is no such state in the process
        InputError
            when it was removed before
        """
        index = self.state_index(state)
        agent, code = self._states[index], self.setting.codes[index]
        if agent not in self.agents:
            raise InputError([Fault("remove_state", code, "was removed before", "name another state")])
        if self.quarter < self.setting.quarters:
            now = self._changed_scenario
            members, chair = now.members, now.design.chair
            when = self.setting.first_quarter + self.quarter
            # Changes hold in the order in which they stand: the last one has the last word.
            leaves = Change(code, "none", Window(when, when), "asserted", "removed while the model ran")
            holders = tuple(one for one in chair.holders if one[1] != code)
            self._change(
                "remove_state",
                replace(
                    now,
                    members=replace(members, changes=(*members.changes, leaves)),
                    design=replace(now.design, chair=replace(chair, holders=holders)),
                ),
                self.theory,
            )
        mesa.Agent.remove(agent)

    def inject_event(
        self,
        kind: str = "shock",
        *,
        states: Iterable[StateAgent | str] = (),
        salience: Mapping[str, float] | None = None,
        half_life: float | None = None,
        capacity: float = 0.0,
        stability: float = 0.0,
        flows: float = 0.0,
        **fields: object,
    ) -> None:
        """Let something happen outside the process, in the next quarter.

        Parameters
        ----------
        kind : shock, incentive, money, text or overlap
        states : whom it concerns; all when empty
        salience : issue -> pulse of salience, -1..1
        half_life : of the pulses, quarters; without it they last
        capacity, stability, flows : pulses, -1..1
        fields : other fields of an event as in a scenario file: issues, strength, sponsor_share, hand_over,
            text, other, until, title

        Raises
        ------
        InputError
            with every fault of the event, or when the years are over
        """
        codes = [self.setting.codes[self.state_index(one)] for one in states]
        self._refuse_the_end("inject_event")
        event: dict[str, object] = {
            **fields,
            "id": new_event_name(self._changed_scenario),
            "kind": kind,
            "on": quarter_label(self.setting.first_quarter + self.quarter),
            "acts_on": {"capacity": capacity, "stability": stability, "flows": flows}
            | ({"salience": dict(salience)} if salience else {})
            | ({} if half_life is None else {"half_life": half_life}),
            "source": "injected while the model ran",
        }
        if codes:
            event["states"] = codes
        read = self._read("inject_event", {"event": [event]})
        events = (*self._changed_scenario.events, *read.events)
        self._change("inject_event", replace(self._changed_scenario, events=events), self.theory)

    def _read(self, caller: str, overrides: Mapping[str, object]) -> Scenario:
        return read_again(caller, self._changed_scenario, self.process_scenario, overrides)

    def _refuse_the_end(self, caller: str) -> None:
        if self.quarter == self.setting.quarters:
            allowed = "changes act from the next quarter on"
            raise InputError([Fault(caller, "", "comes after the last quarter", allowed)])

    def _change(self, caller: str, scenario: Scenario, theory: Theory) -> None:
        self._refuse_the_end(caller)
        after = self._prepared(scenario, theory).setting
        self.setting = from_quarter_on(self.setting, after, self.quarter)
        self._changed_scenario, self.theory = scenario, theory

    def _prepared(self, scenario: Scenario, theory: Theory | None) -> Run:
        return prepare(
            scenario,
            seed=self.luck_seed,
            histories=[self.history],
            theory=theory,
            parameters=self._parameters,
            judged=self._judged,
        )


def _whole(name: str, value: object) -> int:
    """Return an integer given for a seed or a history as a plain one: Mesa draws otherwise from NumPy's."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0:
        return int(value)
    allowed = "it must be a whole number, 0 or more"
    raise InputError([Fault("ProcessModel", name, f"is {quoted(value)}", allowed)])
