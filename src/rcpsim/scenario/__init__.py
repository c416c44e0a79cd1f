"""Scenario files: read, checked, laid over with single values, and written back.

`load_scenario` is the door. Reading a scenario executes nothing: a file is a table of numbers and words,
every fault of which is told at once. The records it returns are in `records`, what a dial may be in
`values` and `data/dials.toml`, and the format is told for users in `docs/scenario-files.md`.
"""

from rcpsim.scenario.loading import list_scenarios, load_scenario, parse_setting
from rcpsim.scenario.membership import membership, presence, snapshot_differences
from rcpsim.scenario.records import (
    Chair,
    Change,
    Design,
    Event,
    Groups,
    Meeting,
    Members,
    Money,
    Observers,
    Plan,
    Rotation,
    Scenario,
    Snapshot,
    TheoryChoice,
    Unnamed,
    Window,
)
from rcpsim.scenario.values import (
    UNKNOWN,
    Dial,
    DialCard,
    MeetingCard,
    Periods,
    Value,
    dial_card,
    dial_cards,
    judged_spread,
    meeting_card,
    values_of,
)
from rcpsim.scenario.writing import scenario_to_dict, scenario_to_toml

__all__ = [
    "UNKNOWN",
    "Chair",
    "Change",
    "Design",
    "Dial",
    "DialCard",
    "Event",
    "Groups",
    "Meeting",
    "MeetingCard",
    "Members",
    "Money",
    "Observers",
    "Periods",
    "Plan",
    "Rotation",
    "Scenario",
    "Snapshot",
    "TheoryChoice",
    "Unnamed",
    "Value",
    "Window",
    "dial_card",
    "dial_cards",
    "judged_spread",
    "list_scenarios",
    "load_scenario",
    "meeting_card",
    "membership",
    "parse_setting",
    "presence",
    "scenario_to_dict",
    "scenario_to_toml",
    "snapshot_differences",
    "values_of",
]
