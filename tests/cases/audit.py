"""The audit of emergence: which arrays a dial of the design touches, and in which mechanism.

A dial is turned for one quarter (or for one meeting of it) in fifty random worlds, and the workspace of the
quarter is compared with that of the same quarter under the old design, after each mechanism:

- :func:`first_touch` has the dial turned for the whole quarter and returns the first mechanism after which
  anything differs, with the arrays that differ there;
- :func:`direct_touches` turns it for each mechanism by itself, everything before having happened under the
  old design: what differs after that mechanism is what the dial enters *directly*. A mechanism in which
  nothing differs then only passes on what others have done. So a second, hidden door is found even where
  the effect of the first one would cover it.

Some arrays of the workspace are the dial itself as the quarter is opened (shares of the bill, for example);
`MIRRORS` names them. They are reported by the mechanism in which they are laid out, and from there on they
follow the dial like the dial itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rcpsim.quarters import play_quarter, story
from rcpsim.quarters.workspace import QuarterInPlay
from rcpsim.setting import Run
from rcpsim.theory import states
from rcpsim.world import Process, World
from tests.cases.worlds import EVERYTHING, changed, last, ready

MIRRORS: Final = (
    # laid out as the quarter opens
    *("present", "ability", "confidentiality", "sponsor_now", "key", "planned_pay", "chair", "chair_agenda"),
    # laid out before its meetings
    *("covered", "clerks", "annual_cost", "planned_now", "slots_planned"),
    # laid out as a meeting sits down
    "record",
    # laid out before work on items
    "follow_up_now",
)
QUARTERS: Final = (15, 16)  # the last of a year, with reviews, and the first, with its look at gains
WORLDS: Final = 50

Snapshot = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Scene:
    """Random worlds in mid-life, and the quarter about to be played in them."""

    run: Run
    world: World
    process: Process
    quarter: int


def scene(quarter: int, histories: int = WORLDS, table: Mapping[str, Any] = EVERYTHING) -> Scene:
    """Return worlds that have lived to a quarter under parameters drawn from their priors."""
    run = ready(table, histories=histories, parameters="prior", seed=21)
    world, process, _ = last(run, quarter)
    return Scene(run, world, process, quarter)


# --- the dials ------------------------------------------------------------------------------------


def _fewer_members(run: Run, quarter: int) -> Run:
    """Send the ninth state home for the quarter."""
    present, ability = run.setting.present.copy(), run.setting.ability.copy()
    present[:, quarter, 8] = 0.0
    gdp = np.ones(present.shape[-1])
    ability[:, quarter] = states.ability(gdp, present[:, quarter], np.array(0.2))
    return replace(run, setting=replace(run.setting, present=present, ability=ability))


def _calendar(name: str, change: Callable[[Any], Any]) -> Callable[[Run, int], Run]:
    def turn(run: Run, quarter: int) -> Run:
        calendar = run.setting.calendar
        return replace(
            run,
            setting=replace(
                run.setting, calendar=replace(calendar, **{name: change(getattr(calendar, name))})
            ),
        )

    return turn


def _no_gathering(run: Run, quarter: int) -> Run:
    planned = run.setting.calendar.planned.copy()  # every other world keeps it, so that the order stays
    planned[::2, quarter, run.setting.calendar.name.index("gathering")] = False
    return _calendar("planned", lambda _: planned)(run, quarter)


def _tabled(**values: Any) -> Callable[[Run, int], Run]:
    def turn(run: Run, quarter: int) -> Run:
        return ready(
            changed(EVERYTHING, **values), histories=run.setting.histories, parameters="prior", seed=21
        )

    return turn


DIALS: Final[dict[str, Callable[[Run, int], Run]]] = {
    "members": _fewer_members,
    "record": _tabled(calendar__meetings__0__record=0.9),
    "text": _tabled(calendar__meetings__0__text="none"),
    "obligation": _tabled(calendar__meetings__2__text="binding"),
    "confidentiality": _tabled(design__confidentiality=0.9),
    "sponsor_share": _tabled(money__sponsor_share=0.8),
    "sponsor_issues": _tabled(money__sponsor_issues=["data"]),
    "backers": _tabled(money__backers=["S02"]),
    "backers_share": _tabled(money__backers_share=0.8),
    "chair.mode": _tabled(design__chair__mode="standing"),
    "chair.quarters": _tabled(design__chair__quarters=1),
    "caution": _tabled(design__caution=0.9),
    "secretariat": _tabled(design__secretariat="none"),
    "steering": _tabled(design__steering=["S02", "S03", "S05", "S06", "S07", "S09"]),
    "working_groups": _tabled(design__working_groups__size=3),
    "rank": _calendar("political", lambda values: np.minimum(values + 0.3, 1.0)),
    "ministries": _calendar("mix", lambda values: values[:, ::-1].copy()),
    "agenda": _tabled(plan__agenda=["trafficking", "return", "labour", "development", "asylum"]),
    "priority": _tabled(design__priority={"data": 3.0}),
    "focal_points": _tabled(design__focal_points=False),
    "contact_list": _tabled(design__contact_list=False),
    "data_pool": _tabled(design__data_pool=False),
    "data_security": _tabled(design__data_security=0.9),
    "plan.sought": _tabled(plan__sought=False),
    "plan.load": _tabled(plan__load=0.8),
    "plan.count": _tabled(plan__count=90),
    "plan.due": _tabled(plan__due=3),
    "follow_up": _tabled(design__follow_up=0.9),
    "reporting": _tabled(design__reporting=False),
    "evaluation": _tabled(design__evaluation=0),
    "capacity_building": _tabled(design__capacity_building=1.0),
    "closing.sunset": _tabled(design__closing="sunset"),
    "closing.review": _tabled(design__closing="review", design__closing_after=1),
    "consensus": _tabled(design__consensus="pathfinder"),
    "order_of_work": _tabled(design__order_of_work="due_first"),
    "observers.openness": _tabled(design__observers__openness=0.9),
    "observers.organisations": _tabled(design__observers__organisations=12),
    "observers.let_in": _tabled(calendar__meetings__0__observers=False),
    "days": _tabled(calendar__meetings__0__days=5),
    "meetings": _no_gathering,
}
"""Name of a dial -> the run with that dial turned. `design.networks` is read as the dial of focal points."""


# --- the audit ------------------------------------------------------------------------------------


@contextmanager
def _watched(done: Callable[[QuarterInPlay, int, str], None]) -> Iterator[None]:
    """Call `done` after each mechanism with the workspace itself, its place in the order and its name."""

    class Watched(QuarterInPlay):
        place = -1

        def done(self, mechanism: str) -> None:
            place = vars(self).pop("place", -1) + 1
            done(self, place, mechanism)
            self.place = place

    kept = story.QuarterInPlay
    story.QuarterInPlay = Watched
    try:
        yield
    finally:
        story.QuarterInPlay = kept


def _play(before: Scene, run: Run) -> None:
    play_quarter(
        before.world, before.process, run.setting, before.quarter, before.run.luck(before.quarter), run.theory
    )


def _standing(play: QuarterInPlay) -> dict[str, Any]:
    return _copied(vars(play))


def snapshots(before: Scene, run: Run) -> list[Snapshot]:
    """Return the name of each mechanism of the quarter, in order, with all that stands after it."""
    seen: list[Snapshot] = []
    with _watched(lambda play, place, name: seen.append((name, _standing(play)))):
        _play(before, run)
    return seen


def _differs(one: Mapping[str, Any], other: Mapping[str, Any]) -> frozenset[str]:
    """Return the arrays that differ in any world, or that only one of the two has."""
    names = {name for each in (one, other) for name, value in each.items() if isinstance(value, np.ndarray)}
    return frozenset(
        name
        for name in names
        if name not in one
        or name not in other
        or one[name].shape != other[name].shape
        or not np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f")
    )


def first_touch(base: list[Snapshot], whole: list[Snapshot]) -> tuple[str, frozenset[str]] | None:
    """Return the first mechanism after which anything differs, and what; None if nothing ever does."""
    for (name, standing), (beside, other) in zip(base, whole, strict=True):
        assert name == beside
        if touched := _differs(standing, other):
            return name, touched
    return None


def direct_touches(
    before: Scene,
    turned: Run,
    base: list[Snapshot],
    whole: list[Snapshot],
    tell: Callable[[str, str, Any, Any], None] | None = None,
) -> dict[str, set[str]]:
    """Return mechanism -> arrays that the dial touches there of itself, and what it lays out by `MIRRORS`.

    After each mechanism everything is put back to what stood under the old design, all but the dial and its
    mirrors. Mirrors are returned under the name "laid_out". `tell` is called with every mechanism, every
    array that is touched there and no mirror, and its values under the old and the new design.
    """
    found: dict[str, set[str]] = {}
    given = {"setting": turned.setting, "theory": turned.theory}
    given["design"] = turned.setting.design_at(before.quarter)

    def done(play: QuarterInPlay, place: int, mechanism: str) -> None:
        name, expected = base[place]
        assert name == mechanism
        touched = _differs(expected, vars(play))
        for kind, arrays in (("laid_out", touched & set(MIRRORS)), (mechanism, touched - set(MIRRORS))):
            if arrays:
                found.setdefault(kind, set()).update(arrays)
        for array in (touched - set(MIRRORS)) if tell else ():
            tell(mechanism, array, expected.get(array), vars(play).get(array))
        vars(play).clear()
        mirrors = {mirror: whole[place][1][mirror] for mirror in MIRRORS if mirror in whole[place][1]}
        vars(play).update(_copied(expected) | given | mirrors)

    with _watched(done):
        _play(before, turned)
    return found


def _copied(standing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list) else value for name, value in standing.items()}
