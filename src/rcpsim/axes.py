"""The words that every other file uses: axes, ministries, kinds of meeting, texts, quarters, mechanisms.

An array of the model has its axes in the order of `AXES`; it has only those it needs. Time is counted in
*absolute quarters*: four times the year, plus 0 for the first quarter, up to 3 for the last. A scenario with
synthetic states counts its own years from 1, so that its quarters read `Y01-Q1`.
"""

from __future__ import annotations

import re
from typing import Final

AXES: Final = ("history", "quarter", "slot", "state", "ministry", "issue", "term")
"""The order of axes in every array. Pair arrays carry `state` twice: who holds, about whom."""

MINISTRIES: Final = ("foreign", "interior", "labour")
"""Foreign affairs (relations, rights), interior (control), labour and social affairs (markets)."""

TERMS: Final = 3
"""How many terms compete for one issue: two slanted, one neutral."""

ISSUES: Final = (
    "trafficking",
    "border-control",
    "return",
    "rights",
    "labour",
    "development",
    "asylum",
    "integration",
    "data",
)
"""The nine default issues, in the order of ``data/issues.toml``: trafficking and smuggling; border control;
return and readmission; rights of migrants; labour migration; development and remittances; asylum and
protection; integration and health; data exchange."""

MEETING_KINDS: Final = ("workshop", "working-group", "senior", "ministerial")
"""Kinds of meeting by rank, the lowest first: the order in which those of one quarter are held."""

TEXTS: Final = ("none", "declaration", "recommendations", "plan", "binding")
"""What a kind of meeting may conclude, by how far it obliges, the least first."""

OBLIGATION: Final = {"none": 0.0, "declaration": 0.1, "recommendations": 0.25, "plan": 0.5, "binding": 1.0}
"""How far each text obliges, 0..1."""

EVENT_KINDS: Final = ("shock", "incentive", "money", "text", "overlap")
"""What may come from outside the process."""

OUTCOMES: Final = (
    "stage1_decision_to_meet",
    "stage2_common_language",
    "stage3_plan_of_action",
    "stage4_operational",
    "founding",
    "ministerial",
    "meeting",
    "declaration",
    "structure_change",
    "funding_change",
    "agenda_change",
    "ngo_change",
    "linkage",
    "cross_fertilisation",
    "merger_talk",
    "dormancy",
    "ended",
    "evaluation",
    "agreement",
    "policy_change",
    "position_convergence",
    "capacity_building",
    "operational_cooperation",
    "data_system",
    "stated_result",
)
"""Types of dated facts that come out of a process: patterns to hold against the model, never inputs.

A change of funding is one unless it starts or ends the budget of an outside sponsor; then it is an event of
kind money."""

SCENARIO_KINDS: Final = ("rcp", "text", "comparator", "synthetic")
"""A consultative process, one text, a forum to compare with, or a synthetic world."""

CONFIDENCES: Final = ("high", "medium", "low")
"""How sure a judged value is; the spread of each stands in `data/dials.toml`."""

MECHANISMS: Final = (
    "attend",
    "set_agenda",
    "form_rooms",
    "speak",
    "share_terms",
    "learn",
    "persuade",
    "conclude",
    "shock",
    "turn_over",
    "leak_or_keep",
    "keep_contact",
    "pool_data",
    "coordinate_ministries",
    "follow_up",
    "implement",
    "bargain",
    "background",
    "respond",
    "commit_and_fund",
    "live_or_die",
)
"""The named mechanisms: first those of a meeting, then those of a quarter, each in the order it happens."""

RIVALS: Final = {
    "persuade": ("friedkin1990", "deffuant2000", "hegselmann2002"),
    "form_rooms": ("chair_shared", "fay2000"),
    "leak_or_keep": ("asymmetric", "symmetric"),
    "implement": ("equal", "easiest_first", "due_first"),
    "conclude": ("unanimity", "all_but_x", "pathfinder"),
    "learn": ("pooled", "maximum"),
}
"""The forms a mechanism may take, the default first. A mechanism that is not here has one form."""

DOCUMENT_YEARS: Final = {"K01": 2001, "IOM05": 2005, "H10": 2010}
"""The year up to which each document describes the world; see `[sources]` of the scenario files."""

PREDECESSORS: Final = {"SCG": ("SRB", "MNE")}
"""Withdrawn codes that printed lists use, and the states of the model that stand for them."""

SYNTHETIC_BLOCK: Final = 5
"""A block of the ordered list of synthetic states: two origin, one transit, two destination."""

SYNTHETIC_STATES: Final = tuple(f"S{number:02d}" for number in range(1, 81))
"""The codes of the 80 synthetic states, in the one order of which every synthetic world is a prefix."""

_QUARTER = re.compile(r"(?:(?P<year>\d{4})|Y(?P<own>\d{1,3}))(?:-Q(?P<quarter>[1-4]))?")
_FIRST_CALENDAR_YEAR = 1000


def absolute_quarter(year: int, quarter: int) -> int:
    """Return the absolute quarter of the `quarter`-th quarter (1..4) of a year.

    Examples
    --------
    >>> absolute_quarter(1996, 1)
    7984
    """
    return 4 * year + quarter - 1


def parse_quarter(label: str | int) -> int:
    """Return the absolute quarter of a label; a bare year acts from its third quarter.

    Parameters
    ----------
    label : `1996-Q1`, `1996`, `Y03-Q2`, `Y3`, or a year as an integer

    Raises
    ------
    ValueError
        when the label is none of these

    Examples
    --------
    >>> parse_quarter("1996-Q1") == 4 * 1996
    True
    >>> quarter_label(parse_quarter("2000")), quarter_label(parse_quarter("Y3-Q2"))
    ('2000-Q3', 'Y03-Q2')
    """
    text = f"{label:04d}" if isinstance(label, int) and label >= _FIRST_CALENDAR_YEAR else str(label)
    if isinstance(label, int) and 0 < label < _FIRST_CALENDAR_YEAR:
        text = f"Y{label}"
    match = _QUARTER.fullmatch(text)
    if isinstance(label, bool) or match is None or int(match["year"] or match["own"]) < 1:
        raise ValueError(f"{label!r} is not a quarter such as 1996-Q1, nor a year such as 1996")
    return absolute_quarter(int(match["year"] or match["own"]), int(match["quarter"] or 3))


def quarter_label(quarter: int) -> str:
    """Return the label of an absolute quarter.

    Examples
    --------
    >>> quarter_label(7984), quarter_label(4)
    ('1996-Q1', 'Y01-Q1')
    """
    year, index = divmod(int(quarter), 4)
    name = f"{year:04d}" if year >= _FIRST_CALENDAR_YEAR else f"Y{year:02d}"
    return f"{name}-Q{index + 1}"
