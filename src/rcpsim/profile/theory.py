"""One page on a mechanism, a measure or a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rcpsim.axes import RIVALS
from rcpsim.cards import Card, all_cards, quantile_of
from rcpsim.profile.page import Page, Section

__all__ = ["MECHANISM_PAGES", "measure_page", "mechanism_page", "parameter_page"]

MECHANISM_PAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "attend": (
        "meetings",
        "States decide how fully they come, from commitment, capacity, travel and what a text obliges to.",
        "every member present comes fully",
    ),
    "set_agenda": (
        "meetings",
        "Weights of say, salience, priority and sponsor share out the hours of a meeting over the issues.",
        "every issue that may be treated weighs the same",
    ),
    "form_rooms": (
        "meetings",
        "The clock of a meeting is shared out over statements, plenary, rooms and corridor.",
        "plenary only, the floor shared equally, no corridor",
    ),
    "speak": (
        "candour",
        "Each state decides how openly it speaks on each issue, from the ears it fears and what is at stake.",
        "candour is the same everywhere",
    ),
    "share_terms": (
        "language",
        "States take over the terms they hear and those of shared papers.",
        "terms stay",
    ),
    "learn": (
        "learning",
        "States learn from what is pooled in the room, and come to see the interests of others.",
        "understanding and empathy stay",
    ),
    "persuade": (
        "positions",
        "Heard positions move national lines, as far as trust lets them.",
        "lines stay",
    ),
    "conclude": (
        "agreements",
        "Terms are defined, plan items and declarations adopted where hours and the rule of consensus allow.",
        "no product",
    ),
    "shock": (
        "environment",
        "Events, pulses of salience, changes of government and the climate of the quarter.",
        "salience and capacity stay as founded, no government changes",
    ),
    "turn_over": (
        "delegations",
        "Officials are replaced; what they knew and whom they trusted goes with them in part.",
        "nobody leaves",
    ),
    "leak_or_keep": (
        "trust",
        "What was confided is kept or leaked; trust is the evidence of it.",
        "no evidence; what was entrusted stays",
    ),
    "keep_contact": ("networks", "Ties between officials live on by telephone and fade.", "ties stay"),
    "pool_data": ("networks", "Members put data into a common pool and learn from it.", "no pool"),
    "coordinate_ministries": (
        "positions",
        "Ministries of one state settle on a line, and stated lines follow.",
        "ministries keep what each holds",
    ),
    "follow_up": (
        "policy",
        "What fell due is looked at, and keeps or costs the process its credit.",
        "no follow-up",
    ),
    "implement": (
        "policy",
        "Members work on open items with the means they have; law moves.",
        "law does not move",
    ),
    "bargain": ("agreements", "Pairs of states that gain from each other strike deals.", "no deals"),
    "background": (
        "environment",
        "States meet outside the process as well, by what they have to do with each other.",
        "no contact outside meetings, no drift towards incentives",
    ),
    "respond": ("environment", "States with ties and trust act jointly in a crisis.", "no joint response"),
    "commit_and_fund": (
        "ownership",
        "Commitment follows what the process gives and costs; members and sponsors pay.",
        "commitment stays, every bill is paid",
    ),
    "live_or_die": ("lifecycle", "A process falls dormant, wakes, or ends.", "the process never ends"),
}
"""Mechanism -> (page of the theory, what it does, what holds when it is switched off)."""


def mechanism_page(name: str) -> Page:
    """Return the page of a mechanism, by its name."""
    part, does, off = MECHANISM_PAGES[name]
    facts = [("page of the theory", f"rcpsim show theory/{part}"), ("switched off", off)]
    facts.append(("to switch it off", f"--without mechanism:{name}"))
    if name in RIVALS:
        facts.append(("forms, the default first", ", ".join(RIVALS[name])))
        facts.append(("to take another form", f"--replacing {name}={RIVALS[name][1]}"))
    cards = [card for card in all_cards().values() if card.part == part]
    rows = tuple((card.name, f"{card.default:g}", card.unit, card.meaning) for card in cards)
    columns = ("parameter", "default", "unit", "meaning")
    return Page(
        f"Mechanism: {name}",
        does,
        (Section("", (), tuple(facts)), Section(f"Parameters of the page {part}", columns, rows)),
    )


def measure_page(name: str) -> Page:
    """Return the page of a measure, by its name."""
    from rcpsim.measures import MEASURES, PHASES

    measure = MEASURES[name]
    facts = (
        ("phase", PHASES[measure.phase]),
        ("unit", measure.unit),
        ("lowest, highest", f"{_bound(measure.low)}, {_bound(measure.high)}"),
    )
    return Page(f"Measure: {name}", measure.meaning, (Section("", (), facts),))


def parameter_page(card: Card) -> Page:
    """Return the page of a parameter."""
    prior = card.prior
    if prior.dist == "fixed":
        believed = "fixed"
    elif prior.dist == "beta":
        believed = f"beta({prior.a:g}, {prior.b:g})"
    else:
        believed = f"{prior.dist}, {prior.low:g} to {prior.high:g}"
    facts = (
        ("symbol", card.symbol),
        ("unit", card.unit),
        ("default", f"{card.default:g}{_place_of_default(card)}"),
        ("prior", believed),
        ("allowed", f"{card.allowed[0]:g} to {card.allowed[1]:g}"),
        ("status", card.status),
        ("source", card.source),
        ("card", card.file),
        ("to set it", f"--set {card.key}={card.default:g}"),
    )
    return Page(f"Parameter: {card.name}", card.meaning, (Section("", (), facts),))


def _place_of_default(card: Card) -> str:
    """Return what a default is, and where in its prior it lies; nothing for a card that is fixed."""
    if card.prior.dist == "fixed":
        return ""
    quantile = quantile_of(card, card.default)
    where = "below 0.01" if quantile < 0.01 else "above 0.99" if quantile > 0.99 else f"{quantile:.2f}"
    return f" (of the most central plausible set, and no estimate; quantile of the prior: {where})"


def _bound(bound: float | None) -> str:
    return "none" if bound is None or abs(bound) == float("inf") else f"{bound:g}"
