"""How fast histories are played, measured and written, on one processor."""

import importlib.util
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from rcpsim import writing
from rcpsim.events import EventLog
from rcpsim.measures import finish_series, measure_quarter, start_memory
from rcpsim.quarters import play_quarters
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from rcpsim.simulation import chunk_of, replay, simulate
from tests.benchmarks.clocks import Line, cpu_seconds, exponent
from tests.benchmarks.plain_case import plain_case
from tests.benchmarks.plain_mesa import PlainModel

HISTORIES = 200
MANY_MEETINGS = {  # a hundred of them are held
    "members.count": 30,
    "calendar.meetings.ministerial.per_year": 1,
    "calendar.meetings.senior.per_year": 1,
    "calendar.meetings.workshop.per_year": 3.85,
}


def story_of(run, meets=True):
    """Play a run or its twin; return how many meetings were held in a history."""
    held = 0
    for _, _, minutes in play_quarters(
        run.world, run.process, run.setting, run.luck, run.theory, meets=meets
    ):
        held += int(minutes.held.sum())
    return held / run.setting.histories.size


def compiled_story(scenario):
    """How many histories JAX plays side by side, and what plays their story."""
    from rcpsim.compiled import begin, widest

    width = widest(len(scenario.states))
    run = prepare(scenario, seed=1, histories=np.arange(width))
    status = frozenset({"status"})  # as little as can be asked for; what nobody asks for is not reckoned
    return width, lambda: begin(run, twin=False, events=False, measures=status).played()


def prepared(scenario):
    """One chunk of a scenario, as large as `simulate` makes it."""
    return prepare(scenario, seed=1, histories=np.arange(chunk_of(len(scenario.states), HISTORIES)))


def parts_of_the_time(runs):
    """Milliseconds a Puebla history takes, by what is done: medians over runs of one chunk with its twin."""
    scenario = load_scenario("puebla")
    size = chunk_of(len(scenario.states), HISTORIES)
    rows = []
    for _ in range(runs + 1):
        clock = time.process_time
        spent = dict.fromkeys(("noise", "story", "twin", "measures"), 0.0)

        def passed(name, since, spent=spent, clock=clock):
            now = clock()
            spent[name] += now - since
            return now

        at = clock()
        run = prepare(scenario, seed=1, histories=np.arange(size))
        at = passed("noise", at)
        setting, log, series = run.setting, EventLog(run.setting), ({}, {})
        stories = [
            play_quarters(run.world, run.process, setting, run.luck, run.theory, meets=meets)
            for meets in (True, False)
        ]
        memory = other = start_memory(run.world, run.process, setting)
        for quarter in range(setting.quarters):
            at = clock()
            told = next(stories[0])
            at = passed("story", at)
            beside = next(stories[1])
            at = passed("twin", at)
            values, memory = measure_quarter(*told, setting, quarter, memory)
            twin, other = measure_quarter(*beside, setting, quarter, other, beside=memory)
            log.add(quarter, *told)
            for rows_of, found in zip(series, (values, twin), strict=True):
                for name, value in found.items():
                    rows_of.setdefault(name, []).append(value)
            at = passed("measures", at)
        for rows_of in series:
            finish_series({name: np.stack(values, axis=-1) for name, values in rows_of.items()})
        log.table()
        passed("measures", at)
        rows.append({name: 1000.0 * seconds / size for name, seconds in spent.items()})
    return {name: median(row[name] for row in rows[1:]) for name in rows[0]}


def writing_time(runs):
    """Milliseconds a Puebla history takes to be joined and written into tables; no figures, no page."""
    results, typical = simulate("puebla", histories=HISTORIES, seed=1), replay("puebla", history=0, seed=1)
    with tempfile.TemporaryDirectory() as place:

        def write():
            writing.write_results(results, Path(place) / "run", typical, force=True, pictures=False)

        return 1000.0 * cpu_seconds(write, runs) / HISTORIES


def batch_lines(runs):
    """Speed of the core."""
    parts = parts_of_the_time(runs)
    parts["writing"] = writing_time(runs)
    overhead = parts["noise"] + parts["measures"] + parts["writing"]
    scenario = load_scenario("large-process", overrides=MANY_MEETINGS)
    run = prepared(scenario)
    held = story_of(run)
    thirty = 1000.0 * cpu_seconds(lambda: story_of(run), runs) / run.setting.histories.size
    compiled = {}
    if importlib.util.find_spec("jax") is not None:
        for name, which in (("puebla", load_scenario("puebla")), ("thirty", scenario)):
            width, play = compiled_story(which)
            compiled[name] = 1000.0 * cpu_seconds(play, runs) / width
    single = "processor time, one thread"
    lines = [
        Line("Puebla: the story of a history", parts["story"], "ms", 12, how=single),
        Line("Puebla: its twin without the process", parts["twin"], "ms"),
        Line("Puebla: story and twin", parts["story"] + parts["twin"], "ms", 12, how=single),
        Line("Puebla: noise and everything else prepared", parts["noise"], "ms"),
        Line("Puebla: measures and events of story and twin", parts["measures"], "ms"),
        Line("Puebla: writing the tables", parts["writing"], "ms", how=f"{HISTORIES} histories, no pictures"),
        Line("Puebla: noise, measures and writing together", overhead, "ms", 2, how=single),
        Line(f"30 states, 9 issues, {held:.0f} meetings held", thirty, "ms", 40, how="the story; " + single),
    ]
    names = {"puebla": "Puebla", "thirty": "30 states"}
    every = "processor time, all threads"
    lines += [
        Line(f"{names[name]}: the story, compiled", ms, "ms", how=every) for name, ms in compiled.items()
    ]
    return lines, {"puebla": parts["story"], "thirty": thirty, "thirty_run": run, "compiled": compiled}


def plain_lines(played, runs):
    """The same theory, agent by agent, in plain Python under Mesa."""
    lines = []
    puebla = prepare(load_scenario("puebla"), seed=1, histories=np.arange(3))
    for name, run, key in (("Puebla", puebla, "puebla"), ("30 states", played["thirty_run"], "thirty")):
        seconds = []
        for h in range(3):
            case = plain_case(run, h)

            def play(case=case):
                model = PlainModel(case)
                for _ in case["settings"]:
                    model.step()

            seconds.append(cpu_seconds(play, runs if name == "Puebla" else 1))
        plain = float(np.mean(seconds))
        lines += [
            Line(f"{name}: plain Python under Mesa", plain, "s", how="story of a history, mean of three"),
            Line(f"{name}: so much faster in a batch of numpy", 1000.0 * plain / played[key], "times"),
        ]
        if key in played["compiled"]:
            faster = 1000.0 * plain / played["compiled"][key]
            lines.append(
                Line(f"{name}: so much faster in a compiled batch", faster, "times", 100, at_least=True)
            )
    return lines


def growth_lines(runs):
    """How cost grows with states and with histories."""
    states, times = (5, 10, 20, 40, 65), []  # they come in fives
    for count in states:
        run = prepared(load_scenario("large-process", overrides={"members.count": count, "years": [1, 5]}))
        times.append(cpu_seconds(lambda run=run: story_of(run), runs) / run.setting.histories.size)
    numbers, whole = (100, 200, 400, 800), []
    few = load_scenario("small-process", overrides={"years": [1, 4]})
    for count in numbers:
        whole.append(cpu_seconds(lambda count=count: simulate(few, histories=count), runs))
    shown = ", ".join(f"{1000.0 * one:.2g}" for one in times)
    how = f"5, 10, 20, 40, 65 states: {shown} ms, five years"
    return [
        Line("Growth with states: exponent", exponent(states, times), "", 2, how=how),
        Line("Growth with histories: exponent", exponent(numbers, whole), "", 1.05, how="100, 200, 400, 800"),
    ]


def same_bits_line():
    """Whether chunks of 1, 7 and 64 histories leave the same bits."""
    scenario = load_scenario("puebla", overrides={"years": [1996, 2001]})
    runs = [simulate(scenario, histories=70, chunk=chunk) for chunk in (1, 7, 64)]
    differ = 0
    for other in runs[1:]:
        for ours, theirs in (
            (runs[0].measures, other.measures),
            (runs[0].twin, other.twin),
            (runs[0].states, other.states),
        ):
            differ += sum(ours[name].tobytes() != theirs[name].tobytes() for name in ours)
    return Line("Chunks of 1, 7 and 64: measures that differ", differ, "", 0, how="70 histories, 6 years")
