"""All measures of a quarter."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rcpsim.arrays import Array
from rcpsim.measures.agenda_setting import AGENDA_SETTING, agenda_setting
from rcpsim.measures.consensus import CONSENSUS, consensus
from rcpsim.measures.law import LAW, of_items, of_states, without_items
from rcpsim.measures.life import LIFE, life, life_without
from rcpsim.measures.memory import Memory, remember, remember_twin
from rcpsim.measures.stages import STAGE_SERIES, stages
from rcpsim.measures.weighing import Measure, weighted
from rcpsim.world import Minutes, Process, Setting, World

__all__ = ["MEASURES", "finish_series", "measure_quarter"]

MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {measure.name: measure for measure in (*AGENDA_SETTING, *CONSENSUS, *LAW, *LIFE)}
)
"""Every measure by name, in the order of phases."""


def measure_quarter(
    world: World,
    process: Process,
    minutes: Minutes,
    setting: Setting,
    quarter: int,
    memory: Memory,
    beside: Memory | None = None,
    *,
    begun: bool = False,
) -> tuple[dict[str, Array], Memory]:
    """Return all measures of a quarter but the stage, and the memory for the next.

    Parameters
    ----------
    world, process, minutes : at the end and of the quarter
    setting : of the run
    quarter : its index, from 0
    memory : of the quarters before
    beside : for the no-process twin, the memory of the run it is held against at the end of the same quarter:
        a twin has neither candid hours nor an agenda, so pairs that met and issues that had hours are taken
        from there
    begun : for a twin that met before it parted from that run: what it had agreed by then is still told

    Returns
    -------
    name -> (H,), null (nan) where a measure has no value, also after the process has ended; the memory
    """
    if beside is None:
        memory = beside = remember(memory, process, minutes, setting, quarter)
        own = {**of_items(process, memory), **life(process, minutes, setting, quarter, memory)}
    elif begun:
        memory = remember(memory, process, minutes, setting, quarter)
        own = {**of_items(process, memory), **life_without(process, setting, quarter, memory)}
    else:
        memory = remember_twin(memory, minutes, setting, quarter)
        own = {**without_items(process), **life_without(process, setting, quarter, memory)}
    values = {
        **own,
        **agenda_setting(world, setting, quarter, memory, beside),
        **consensus(world, process, minutes, setting, quarter, memory, beside),
        **of_states(world, minutes, memory),
        "backing": weighted(world.backing, memory.states),
    }
    return values, memory


def finish_series(series: Mapping[str, Array]) -> dict[str, Array]:
    """Return the measures of a whole run with the stage among them, in the order of `MEASURES`.

    Parameters
    ----------
    series : name -> (H, Q)   every measure but the stage, or those that are wanted

    Returns
    -------
    name -> (H, Q)
    """
    whole = dict(series)
    if all(name in series for name in STAGE_SERIES):
        whole["stage"] = stages(series)
    return {name: whole[name] for name in MEASURES if name in whole}
