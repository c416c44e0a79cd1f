"""All scenarios at a glance, by region: what `rcpsim list` prints."""

from __future__ import annotations

from collections.abc import Iterable

from rcpsim.patterns import list_patterned, load_patterns
from rcpsim.profile.knowledge import shares
from rcpsim.profile.page import Section
from rcpsim.scenario import Scenario, Window, membership

__all__ = ["READING", "founding", "member_counts", "overview"]

READING = (
    "founded: the year that documents tell, which is the first of the file; ≤2005: no document tells it, and "
    "the file begins with the first list of members, that of 2005. "
    "members: at the founding or in the first list, and at the end; 7-16: drawn. "
    "documented, judged, unknown: shares of the values that could be any of the three."
)

_COLUMNS = ("scenario", "founded", "members", "kind", "documented", "judged", "unknown", "title")
_NO_PLACE = "teaching"
_FIRST = ("meeting", "declaration")
"""Facts that date a founding where they lie in the first year of a file."""


def overview(scenarios: Iterable[Scenario]) -> tuple[Section, ...]:
    """Return a table for each region, the oldest process first; synthetic worlds come last.

    Examples
    --------
    >>> from rcpsim.scenario import load_scenario
    >>> found = overview([load_scenario("small-process"), load_scenario("puebla")])
    >>> [section.title for section in found], found[0].rows[0][:4]
    (['Americas', 'teaching (synthetic)'], ('puebla', '1996', '10 to 11', 'rcp'))
    """
    regions: dict[str, list[Scenario]] = {}
    for scenario in sorted(scenarios, key=lambda one: (one.synthetic, one.years[0], one.id)):
        place = f"{_NO_PLACE} (synthetic)" if scenario.synthetic else scenario.region or "elsewhere"
        regions.setdefault(place, []).append(scenario)
    return tuple(
        Section(place, _COLUMNS, tuple(_row(scenario) for scenario in found))
        for place, found in regions.items()
    )


def founding(scenario: Scenario) -> str:
    """Return the year in which a process was founded, in words; nothing of a synthetic one.

    It is told where a document dates the founding, or a first meeting or text in the first year of the file.
    A file of one's own, of which the package has no patterns, begins with the founding.

    Examples
    --------
    >>> from rcpsim.scenario import load_scenario
    >>> [founding(load_scenario(name)) for name in ("puebla", "marri", "ocam")]
    ['1996', '2004', '≤2005']
    """
    if scenario.synthetic:
        return ""
    first = scenario.years[0]
    if scenario.id not in list_patterned():
        return str(first)
    begun = [
        one
        for one in load_patterns([scenario.id], held=False)
        if one.kind == "founding" or (one.kind in _FIRST and one.span[0] // 4 == one.span[1] // 4 == first)
    ]
    return str(first) if begun else f"≤{first}"


def member_counts(scenario: Scenario, quarter: int) -> tuple[int, int]:
    """Return the least and the most members that a scenario can have in an absolute quarter.

    Examples
    --------
    >>> from rcpsim.scenario import load_scenario
    >>> igc = load_scenario("igc")
    >>> [member_counts(igc, 4 * year + 2) for year in (1985, 1986, 2001)]
    [(7, 7), (7, 16), (15, 17)]
    """
    members = scenario.members
    if members.count is not None:
        return len(members.states), len(members.states)
    unnamed = members.unnamed
    drawn = set(unnamed.among) if unnamed is not None and quarter < unnamed.totals[-1][0] else set()
    each = [
        membership(members, state, Window(quarter, quarter)) for state in members.states if state not in drawn
    ]
    least, most = sum(sure for sure, _ in each), sum(maybe for _, maybe in each)
    if unnamed is None or not drawn:
        return least, most
    places = len(drawn & set(members.states))  # counted, and not named until the last of their dates
    before = [(start, total - len(members.start)) for start, total in unnamed.totals if start <= quarter]
    after = [total - len(members.start) for start, total in unnamed.totals if start > quarter]
    low = before[-1][1] if before else 0
    high = low if not before or before[-1][0] == quarter else after[0]
    return least + max(low - (len(drawn) - places), 0), most + min(high, places)


def _row(scenario: Scenario) -> tuple[str, ...]:
    unnamed = scenario.members.unnamed
    listed = scenario.quarters[0] if unnamed is None else max(unnamed.totals[0][0], scenario.quarters[0])
    first, last = (_span(*member_counts(scenario, when)) for when in (listed, scenario.quarters[-1]))
    part = shares(scenario)
    return (
        scenario.id,
        founding(scenario),
        first if first == last else f"{first} to {last}",
        scenario.kind,
        *(f"{100 * part[told]:.0f} %" for told in ("documented", "judged", "unknown")),
        scenario.title,
    )


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
