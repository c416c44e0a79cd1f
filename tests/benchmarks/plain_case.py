"""One history of a scenario as the second implementation takes it: nested lists and dictionaries."""

import numpy as np

from rcpsim.axes import TEXTS
from rcpsim.world import Design, Luck, Process, World, record_fields
from tests.oracle.beside_the_code import LUCK, NAMES
from tests.oracle.random_case import interest

FROM_DESIGN = [name for name in record_fields(Design) if name not in ("sunset", "review_patience")]
BY_QUARTER = ("capacity", "stability", "salience", "flow_share", "treated", "overlap")
BY_HISTORY = {
    "ability": "ability", "salience_event": "event_salience", "capacity_event": "event_capacity",
    "incentive": "event_incentive", "event_crisis": "event_crisis", "present": "present",
}  # fmt: skip
ROLES = ("origin", "transit", "destination")


def plain(values):
    """Numbers as Python has them; truth values as 0 and 1."""
    values = np.asarray(values)
    return (values.astype(np.int64) if values.dtype == np.bool_ else values).tolist()


def of_history(values, h):
    """The part of an array that belongs to a history; one that all share has a first axis of length one."""
    return values[h if values.shape[0] > 1 else 0]


def world_of(run, h):
    """The founding world of one history."""
    world = {}
    for record, names in ((run.world, record_fields(World)), (run.process, record_fields(Process))):
        for name in names:
            world[NAMES.get(name, name)] = plain(getattr(record, name)[h])
    for name in ("founding_law", "founding_understanding", "home_usage"):
        world[name] = plain(getattr(run.setting, name)[h])
    world["floor"] = plain(run.setting.backing_floor[h])
    return world


def design_of(design, h):
    """The dials of one history in one period."""
    plainly = {name: plain(getattr(design, name)[h]) for name in FROM_DESIGN}
    sunset, patience = float(design.sunset[h]), float(design.review_patience[h])
    rule = "sunset" if np.isfinite(sunset) else "review" if np.isfinite(patience) else "none"
    return {**plainly, "closing_rule": rule, "sunset_quarter": sunset, "review_patience": patience}


def calendar_of(calendar, h):
    """The planned slots of each quarter, and how many a year of each the calendar intends by then."""
    slots = [
        {
            "kind": calendar.kind[s],
            "name": calendar.name[s],
            "column": s,
            "people": float(calendar.people[s]),
            "mix": plain(calendar.mix[s]),
            "steering": int(calendar.steering[s]),
            "grouped": int(calendar.grouped[s]),
            "limit": calendar.limit[s],
            "priority": calendar.pay_order.index(s),
            "text": TEXTS[int(calendar.text_level[h, s])],
            "room_size": int(calendar.room_size[h, s]),
            **{
                name: float(getattr(calendar, name)[h, s])
                for name in ("hours", "days", "record", "political", "obligation", "observed")
            },
        }
        for s in range(len(calendar.kind))
    ]
    planned = [[slot for slot in slots if row[slot["column"]]] for row in calendar.planned[h]]
    return planned, [[[slot, float(row[slot["column"]])] for slot in slots] for row in calendar.rate[h]]


def inputs_of(setting, lucks, h):
    """What comes from outside, quarter by quarter."""
    frame = {name: plain(getattr(setting, name)) for name in
             ("interest_loading", "ministry_offset", "ministry_weights")}  # fmt: skip
    par = {name: float(values[h]) for name, values in setting.parameters.s.items()}
    own = plain(setting.idiosyncrasy[h])
    steady = {
        **{name: plain(getattr(setting, name)[h]) for name in
           ("sovereignty", "exposure", "guardedness", "trust_prior")},
        "bond": plain(setting.bond),
    }  # fmt: skip
    inputs = []
    for q in range(setting.quarters):
        roles = np.stack([getattr(setting, name)[q] for name in ROLES], axis=-1)
        inputs.append(
            {
                **steady,
                **{name: plain(getattr(setting, name)[q]) for name in BY_QUARTER},
                **{name: plain(of_history(getattr(setting, key), h)[q]) for name, key in BY_HISTORY.items()},
                "profile": [
                    interest(frame, par, view, one) for view, one in zip(own, roles.tolist(), strict=True)
                ],
                "image": [
                    interest(frame, par, view, one)
                    for view, one in zip(own, (roles**2).tolist(), strict=True)
                ],
                "chair": plain(of_history(setting.chair, h)[q] * of_history(setting.chaired, h)[q]),
                "sponsor_share": float(of_history(setting.sponsor_share, h)[q]),
                "climate": float(lucks[q].climate[h]),
            }
        )
    return inputs


def plain_case(run, h):
    """One history of a run.

    Returns
    -------
    world, settings (one a quarter, as the design may change) and luck (one a quarter)
    """
    setting, lucks = run.setting, [run.luck(q) for q in range(run.setting.quarters)]
    given = {
        "par": {name: float(values[h]) for name, values in setting.parameters.s.items()},
        **dict(zip(("calendar", "rates"), calendar_of(setting.calendar, h), strict=True)),
        "inputs": inputs_of(setting, lucks, h),
        **{name: plain(getattr(setting, name)) for name in ("ministry_weights", "sensitivity", "blame")},
        "key_order": plain(np.sum(setting.key_before, axis=-1)),
        "first_quarter": setting.first_quarter,
        "without": set(run.theory.off),
        "rivals": dict(run.theory.forms),
        "process": True,
    }
    designs = [design_of(design, h) for design in setting.designs]
    return {
        "world": world_of(run, h),
        "settings": [{**given, "design": designs[period]} for period in setting.design_of],
        "luck": [
            {LUCK.get(name, name): plain(getattr(luck, name)[h]) for name in record_fields(Luck)}
            for luck in lucks
        ],
    }
