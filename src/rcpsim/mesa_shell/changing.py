"""What a change in the middle of a run comes to: a scenario read again, and a setting from a quarter on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from rcpsim.errors import InputError
from rcpsim.scenario import Scenario, dial_cards, load_scenario, scenario_to_dict
from rcpsim.world import Setting

__all__ = ["FORM_OF", "dial_keys", "from_quarter_on", "new_event_name", "read_again"]

_AFTER_HISTORIES: Final = (  # arrays of a setting whose second axis is the quarter
    "present",
    "joined",
    "ability",
    "chair",
    "chaired",
    "sponsor_share",
    "event_salience",
    "event_capacity",
    "event_incentive",
    "event_crisis",
)
_FROM_THE_FIRST: Final = (  # arrays of a setting whose first axis is the quarter
    "capacity",
    "stability",
    "origin",
    "transit",
    "destination",
    "salience",
    "flow_share",
    "pair_weight",
    "treated",
    "overlap",
)
FORM_OF: Final = {"design.consensus": "conclude", "design.order_of_work": "implement"}
"""Dial -> mechanism of which its values are the forms."""
_TABLES: Final = ("design.", "plan.", "money.")


def read_again(caller: str, now: Scenario, given: Scenario, overrides: Mapping[str, object]) -> Scenario:
    """Return a scenario with values laid over it, read and checked like a file.

    Events are left out, and members and holders of the chair are those of the file: they are laid down in
    records.

    Parameters
    ----------
    caller : to whom faults are laid
    now, given : the scenario as it has become, and as the model was given it
    overrides : dotted key -> value

    Raises
    ------
    InputError
        with every fault
    """
    asked = replace(
        now,
        members=given.members,
        design=replace(now.design, chair=given.design.chair),
        events=(),
    )
    try:
        read = load_scenario(scenario_to_dict(asked), overrides)
    except InputError as error:
        raise InputError(replace(fault, file=caller) for fault in error.faults) from None
    holders = now.design.chair.holders
    chair = replace(read.design.chair, holders=holders)
    return replace(read, design=replace(read.design, chair=chair))


def new_event_name(scenario: Scenario) -> str:
    """Return a name for one more event, ``injected-1`` and so on."""
    known = {one.id for one in scenario.events}
    return next(name for n in range(len(known) + 1) if (name := f"injected-{n + 1}") not in known)


def dial_keys() -> tuple[str, ...]:
    """Return the keys of the dials that can be changed while a model runs."""
    return tuple(card.key for card in dial_cards() if card.key.startswith(_TABLES) and "*" not in card.key)


def from_quarter_on(before: Setting, after: Setting, quarter: int) -> Setting:
    """Return a setting that is one before a quarter and another from it on; founding values stay."""
    changed: dict[str, Any] = {"calendar": after.calendar}
    for name in _AFTER_HISTORIES:
        old, new = getattr(before, name), getattr(after, name)
        changed[name] = np.concatenate([old[:, :quarter], new[:, quarter:]], axis=1)
    for name in _FROM_THE_FIRST:
        old, new = getattr(before, name), getattr(after, name)
        changed[name] = np.concatenate([old[:quarter], new[quarter:]], axis=0)
    periods = len(before.designs)
    later = tuple(periods + period for period in after.design_of[quarter:])
    return replace(
        before,
        designs=before.designs + after.designs,
        design_of=before.design_of[:quarter] + later,
        **changed,
    )
