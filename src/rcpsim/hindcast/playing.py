"""Playing the processes that have patterns, some histories at a time, on as many workers as wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.events import EventTable
from rcpsim.hindcast.scoring import Finding, finding_of
from rcpsim.hindcast.survival import Survival, survival
from rcpsim.patterns import ACROSS, Pattern, constant_guess, list_patterned, load_patterns, observe, possible
from rcpsim.patterns.records import SEVERAL
from rcpsim.results import Results, Twin
from rcpsim.scenario import Scenario, load_scenario
from rcpsim.sharing import shared_out
from rcpsim.simulation import simulate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QUICK", "Hindcast", "hindcast"]

QUICK: Final = 20
"""Histories of a quick look."""

_BLOCK: Final = 50
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Hindcast:
    """All processes that were played, and what they say of every pattern.

    Attributes
    ----------
    results : of each process, without its events and its states
    findings : one for each pattern that is held, by process; comparisons come last
    not_held : patterns that the model has no measure for
    left_out : comparisons some of whose processes were not played
    survival : the statuses of 2005 and 2010 beside baselines, None unless played as of 2001
    seed, parameters, as_of : as given
    """

    results: dict[str, Results]
    findings: tuple[Finding, ...]
    not_held: tuple[Pattern, ...]
    left_out: tuple[Pattern, ...]
    survival: Survival | None
    seed: int
    parameters: str
    as_of: int | None

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each pattern that is held."""
        import pandas as pd

        return pd.DataFrame([_cells(finding) for finding in self.findings])


def hindcast(
    names: Sequence[str] = (),
    *,
    histories: int = 200,
    seed: int = 1,
    parameters: str = "default",
    as_of: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Hindcast:
    """Play processes and hold them against what is documented of them.

    Parameters
    ----------
    names : of processes that have patterns; all where none is named
    histories : of each process; the same luck in all
    seed, parameters, as_of : as in `rcpsim.simulate`
    workers : processes of the machine to share the work; any number gives the same bits
    progress : called with histories done and in all, over all processes, and what was played last

    Raises
    ------
    InputError
        for names without patterns, and for every fault of a pattern file or scenario

    Examples
    --------
    >>> found = hindcast(["jcm"], histories=2)
    >>> {finding.pattern.process for finding in found.findings}
    {'jcm'}
    """
    scenarios = processes_named(names)
    chosen = [*scenarios, ACROSS]
    patterns = load_patterns(held=False)
    held = [pattern for pattern in patterns if pattern.held and pattern.process in chosen]
    every = not set(list_patterned()) - set(scenarios)
    results = _played(list(scenarios.values()), histories, seed, parameters, as_of, workers, progress)
    findings, left_out = [], []
    for pattern in held:
        of_all = not pattern.processes or pattern.form == "rank"
        if set(pattern.processes) - set(scenarios) or (of_all and not every):
            left_out.append(pattern)
            continue
        among = {name: one for name, one in results.items() if one.scenario.kind == "rcp"}
        looked_at = results if pattern.form not in SEVERAL else among
        ends = possible(pattern, results)
        guess = constant_guess(pattern, [one for one in patterns if one.held], ends)
        findings.append(finding_of(pattern, observe(pattern, looked_at), ends, guess, as_of=as_of))
    return Hindcast(
        results=results,
        findings=tuple(findings),
        not_held=tuple(one for one in patterns if not one.held and one.process in scenarios),
        left_out=tuple(left_out),
        survival=survival([one for one in patterns if one.held], results, as_of=as_of),
        seed=seed,
        parameters=parameters,
        as_of=as_of,
    )


def processes_named(names: Sequence[str]) -> dict[str, Scenario]:
    """Return the scenarios to play, by name; every fault is told at once."""
    known = list_patterned()
    faults: list[Fault] = []
    found: dict[str, Scenario] = {}
    for name in dict.fromkeys(names or known):
        if name not in known:
            faults += UnknownName.of("process", name, known).faults
            continue
        try:
            found[name] = load_scenario(name)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


@dataclass(frozen=True)
class _Task:
    """Some histories of one process."""

    process: str
    numbers: tuple[int, ...]
    seed: int
    parameters: str
    as_of: int | None


def _play(task: _Task) -> Results:
    """Play some histories, and keep what patterns look at."""
    results = simulate(
        task.process,
        histories=task.numbers,
        seed=task.seed,
        parameters=task.parameters,
        as_of=task.as_of,
        judged="blind",
    )
    none = results.events.of_history(-1)
    return replace(results, states={}, events=none, scenario=replace(results.scenario, overrides={}))


def _played(
    scenarios: Sequence[Scenario],
    histories: int,
    seed: int,
    parameters: str,
    as_of: int | None,
    workers: int,
    progress: Progress | None,
) -> dict[str, Results]:
    """Return the results of each process; the largest blocks are played first."""
    if histories < 1:
        raise InputError([Fault("options", "histories", f"is {histories}", "it must be 1 or more")])
    blocks = [tuple(range(histories))[start : start + _BLOCK] for start in range(0, histories, _BLOCK)]
    tasks = [_Task(one.id, block, seed, parameters, as_of) for one in scenarios for block in blocks]
    cost = {one.id: len(one.states) ** 2 * len(one.quarters) for one in scenarios}
    tasks.sort(key=lambda task: (-cost[task.process] * len(task.numbers), task.process, task.numbers))
    parts: dict[str, list[Results]] = {one.id: [] for one in scenarios}
    done, total = 0, histories * len(scenarios)
    with closing(shared_out(_play, tasks, workers, kept=False)) as played:
        for task, part in played:
            parts[task.process].append(part)
            done += len(task.numbers)
            if progress is not None:
                progress(done, total, task.process)
    return {name: _joined(found) for name, found in parts.items()}


def _joined(parts: Sequence[Results]) -> Results:
    """Return the results of all blocks of a process, in the order of histories."""
    ordered = sorted(parts, key=lambda part: int(part.histories[0]))
    first = ordered[0]
    histories = np.concatenate([part.histories for part in ordered])
    twin = None
    if first.twin is not None:
        names = list(first.twin)
        joined = {
            name: np.concatenate([part.twin[name] for part in ordered if part.twin is not None])
            for name in names
        }
        twin = Twin(joined, histories, first.labels)
    return replace(
        first,
        histories=histories,
        draws=np.concatenate([part.draws for part in ordered]),
        measures={name: np.concatenate([part.measures[name] for part in ordered]) for name in first.measures},
        twin=twin,
        events=EventTable.join([part.events for part in ordered]),
    )


def _cells(finding: Finding) -> dict[str, object]:
    pattern = finding.pattern
    documented = pattern.documented
    assert documented is not None, "only patterns that are held have findings"
    return {
        "process": pattern.process,
        "pattern": pattern.id,
        "kind": pattern.kind,
        "form": pattern.form,
        "measure": pattern.of,
        "unit": pattern.unit,
        "reading": pattern.reading,
        "known": pattern.known,
        "predicted": finding.predicted,
        "documented": documented.value,
        "documented_low": documented.low,
        "documented_high": documented.high,
        "histories": finding.histories,
        "counted": finding.counted,
        "median": finding.median,
        "low": finding.low,
        "high": finding.high,
        "agreeing": finding.agreeing,
        "score": finding.score,
        "guess": finding.guess,
        "guess_score": finding.guess_score,
        "mean_score": finding.mean_score,
        "verdict": finding.verdict,
        "weak": finding.weak,
        "description": pattern.description,
        "source": pattern.source,
    }
