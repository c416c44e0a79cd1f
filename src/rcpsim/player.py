"""The player: one page that plays a history, quarter by quarter, without a server and without the network.

The page holds its numbers, its style and its program in itself. Numbers are kept to three significant digits,
which is more than a screen shows; nobody should calculate with them. What it shows is told on it and in
``docs/player.md``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.chronicle import chronicle
from rcpsim.data import issues
from rcpsim.errors import Fault, InputError, OutputError
from rcpsim.events import EVENT_KINDS
from rcpsim.measures import MEASURES, STAGES
from rcpsim.profiles import main_role
from rcpsim.results import INTERVAL, Results, quantiles
from rcpsim.simulation import Replay
from rcpsim.theory.lifecycle import STARVED, STATUS_NAMES
from rcpsim.theory.trust import trust

__all__ = ["CURVES", "write_player"]

CURVES: Final = {
    "trust_all": "Trust, all pairs",
    "trust_across": "Trust, origin and destination",
    "understanding": "Understanding",
    "common_language": "Common language",
    "dispersion": "Dispersion of positions",
    "delivered": "Delivered of what was agreed",
    "commitment": "Commitment",
    "participation": "Participation",
}
"""The measures drawn as curves and what they are called there; the first six are shown at the beginning."""

_ALPHABET: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", dtype=np.uint8
)
_MISSING: Final = 4095  # of the numbers that two letters can hold
_THOUSAND: Final = 1000.0  # steps of a share
_FULL: Final = 4000.0  # what the most hours of a history are written as
_TOLD: Final = 3  # events of one kind told one by one in a quarter
_HAPPENED: Final = {
    "crisis": "Crisis",
    "declaration": "A declaration is made",
    "definition": "Terms are agreed",
    "item": "Plan item adopted",
    "item_closed": "Plan item delivered",
    "item_dropped": "Plan item dropped",
    "item_due": "Plan item due",
    "leak": "Leak",
    "deal": "Deal",
    "joint_act": "Joint act in a crisis",
    "government": "New government",
    "sponsor_left": "The sponsor leaves",
    "status": "The process is now",
}
_CROWD: Final = 15  # states above which fewer links are shown at first


def write_player(
    path: str | Path,
    replays: Sequence[Replay],
    results: Sequence[Results],
    names: Sequence[str] | None = None,
) -> None:
    """Write the page that plays one history of each design.

    Parameters
    ----------
    path : the file, such as ``player.html``; one that is there is replaced
    replays : one history of each design; three have room side by side, more go below
    results : all histories of the same designs, drawn behind the one that is played
    names : what the designs are called; the titles of the scenarios where missing

    Raises
    ------
    InputError
        when there is no design, or replays, results and names do not belong together
    OutputError
        when the file cannot be written
    """
    place = Path(path)
    page = _page(_story(replays, results, names)).encode()
    try:
        number, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError as error:
        raise _unwritable(place, error) from error
    try:
        with os.fdopen(number, "wb") as file:
            file.write(page)
        Path(beside).chmod(0o644)
        os.replace(beside, place)
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        raise _unwritable(place, error) from error
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _unwritable(place: Path, error: OSError) -> OutputError:
    return OutputError(f"{place} cannot be written ({error.strerror or error}); choose another place")


def _page(story: Mapping[str, Any]) -> str:
    """Return the whole page; whatever a scenario calls itself, it stays text."""
    folder = files("rcpsim") / "data" / "player"
    script = (folder / "player.js").read_text(encoding="utf-8")
    style = (folder / "player.css").read_text(encoding="utf-8")
    page = (folder / "template.html").read_text(encoding="utf-8")
    parts = {
        "SCRIPT_HASH": _hash(script),
        "STYLE_HASH": _hash(style),
        "TITLE": html.escape(story["title"]),
        "STYLE": style,
        "DATA": _json(story),
        "SCRIPT": script,
    }
    return re.sub("@([A-Z_]+)@", lambda mark: parts[mark[1]], page)


def _hash(text: str) -> str:
    """Return what the page's own policy knows a script or style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: Any) -> str:
    r"""Return JSON that cannot end the element it stands in.

    Examples
    --------
    >>> _json(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _story(
    replays: Sequence[Replay], results: Sequence[Results], names: Sequence[str] | None
) -> dict[str, Any]:
    titles = [one.scenario.title for one in results] if names is None else list(names)
    _check(replays, results, titles)
    pairs = [_Pairs(replay) for replay in replays]
    alone = len(replays) == 1
    crowd = max(len(replay.setting.codes) for replay in replays) > _CROWD
    every_trust = np.concatenate([one.trust[one.members] for one in pairs])
    every_talk = np.concatenate([one.talk[one.talk > 0.0] for one in pairs])
    together = len({replay.labels[0] for replay in replays}) == 1
    return {
        "title": " | ".join(titles),
        "about": (
            ("One history" if alone else "One history of each design")
            + " quarter by quarter: who talked to whom, who trusts whom, what was understood, agreed and"
            " carried out. It is simulated, not a record of what happened. Press Play, or drag the slider;"
            " the arrow keys step, the space bar plays."
            + ("" if together else " The designs begin at different dates and are shown by their age.")
        ),
        "foot": (
            f"Bands hold {100 * INTERVAL:.0f} % of the histories of a design in that quarter. Links show the"
            " mutual trust of two states, the geometric mean of what each has in the other. Written by rcpsim"
            f" {version('rcpsim')}; the numbers on this page are rounded to three digits."
        ),
        "measures": {
            name: {"label": label, "unit": MEASURES[name].unit, "meaning": MEASURES[name].meaning}
            for name, label in CURVES.items()
        },
        "stages": list(STAGES),
        "statuses": list(STATUS_NAMES),
        "levels": {
            "trust": _level(every_trust, 0.75 if crowd else 0.25, 2),
            "talk": _level(every_talk, 0.75, 1) if crowd else 0.0,
            "most": _rounded([np.max(every_talk, initial=0.0)])[0],
        },
        "designs": [
            _design(replay, result, title, one)
            for replay, result, title, one in zip(replays, results, titles, pairs, strict=True)
        ],
    }


def _check(replays: Sequence[Replay], results: Sequence[Results], titles: Sequence[str]) -> None:
    faults = []
    if not replays:
        faults.append(Fault("player", "replays", "are none", "one history of each design, at least one"))
    for word, given in (("results", results), ("names", titles)):
        if len(given) != len(replays):
            faults.append(Fault("player", word, f"are {len(given)}", f"{len(replays)}, as many as replays"))
    for place, (replay, result) in enumerate(zip(replays, results, strict=False)):
        if replay.labels != result.labels or replay.setting.codes != result.codes:
            wanted = f"that of the same design, {result.scenario.id}, over the same quarters"
            faults.append(
                Fault("player", f"replays[{place}]", "is of another process or other years", wanted)
            )
    if faults:
        raise InputError(faults)


class _Pairs:
    """What passes between two states, for each quarter and unordered pair.

    Attributes
    ----------
    trust : (Q, P)   mutual trust, 0..1
    talk : (Q, P)   candid hours, both directions
    members : (Q, P)   whether both are members
    """

    def __init__(self, replay: Replay) -> None:
        setting = replay.setting
        first, second = np.triu_indices(len(setting.codes), 1)
        given = trust(
            np.stack([world.kept[0] for world in replay.worlds]),
            np.stack([world.broken[0] for world in replay.worlds]),
            setting.trust_prior[0],
            setting.parameters.m["prior_weight"][0],
        )
        heard = np.stack([minutes.candid[0] for minutes in replay.minutes])
        present = setting.present[0] > 0.0
        self.trust: Array = np.sqrt(given[:, first, second] * given[:, second, first])
        self.talk: Array = heard[:, first, second] + heard[:, second, first]
        self.members: BoolArray = present[:, first] & present[:, second]


def _place_of_role(origin: float, transit: float, destination: float) -> int:
    """Return the place of a state's main role among origin, transit and destination."""
    return ("origin", "transit", "destination").index(main_role(origin, transit, destination))


def _design(replay: Replay, results: Results, title: str, pairs: _Pairs) -> dict[str, Any]:
    setting = replay.setting
    roles = [np.mean(role, axis=0) for role in (setting.origin, setting.transit, setting.destination)]
    top = float(np.max(pairs.talk, initial=0.0)) or 1.0
    stage = replay.measures["stage"]
    status = replay.measures["status"]
    chairs = setting.chair[0]
    many = results.histories.size
    place = "the typical one, " if results.medoid() == replay.history else ""
    return {
        "name": title,
        "caption": (
            ("" if title == results.scenario.title else f"{results.scenario.title}. ")
            + f"History {replay.history} of seed {results.seed}, {place}in front of"
            f" {many} {'history' if many == 1 else 'histories'}; {replay.labels[0]} to {replay.labels[-1]};"
            f" rcpsim {version('rcpsim')}."
        ),
        "labels": list(replay.labels),
        "states": [
            {"code": code, "name": name, "roles": _rounded(shares), "main": _place_of_role(*shares)}
            for code, name, *shares in zip(setting.codes, results.names, *roles, strict=True)
        ],
        "present": ["".join("01"[int(one > 0.0)] for one in quarter) for quarter in setting.present[0]],
        "commitment": packed(np.stack([one.commitment[0] for one in replay.processes]) * _THOUSAND),
        "trust": packed(pairs.trust * _THOUSAND),
        "talk": [packed(row * (_FULL / top)) if row.any() else "" for row in pairs.talk],
        "hour": _rounded([top / _FULL])[0],
        "leaks": _leaks(replay),
        "chair": [int(np.argmax(row)) if np.max(row) > 0.5 else -1 for row in chairs],
        "stage": [None if np.isnan(one) else int(one) for one in stage],
        "status": [int(one) for one in status],
        "meetings": _meetings(replay),
        "curves": {name: _curve(name, replay, results) for name in CURVES},
        "happened": _happened(replay, results.names),
        "years": _years(chronicle(replay), replay.labels),
    }


def _curve(name: str, replay: Replay, results: Results) -> dict[str, list[float | None]]:
    tail = (1.0 - INTERVAL) / 2.0
    low, middle, high = quantiles(results.measures[name], (tail, 0.5, 1.0 - tail))
    own = np.where(replay.measures["status"] >= STARVED, np.nan, replay.measures[name])
    lines = {"low": low, "middle": middle, "high": high, "own": own, "twin": replay.twin[name]}
    return {key: _rounded(values) for key, values in lines.items()}


def _leaks(replay: Replay) -> list[list[int]]:
    """Return quarter, who leaked, whose confidence, and whether it became known who."""
    rows = replay.events.of_kind("leak")
    known = rows.value > 0.0
    return [
        [int(value) for value in row] for row in zip(rows.quarter, rows.state, rows.other, known, strict=True)
    ]


def _meetings(replay: Replay) -> list[list[str | int]]:
    """Return for each quarter what was held and what cancelled, in words and as counts."""
    calendar = replay.setting.calendar
    rows: list[list[str | int]] = []
    for quarter, minutes in enumerate(replay.minutes):
        held = minutes.held[0]
        missed = calendar.planned[0, quarter] & ~held
        words = [_listed(calendar.name, chosen) for chosen in (held, missed)]
        rows.append([*words, int(np.sum(held)), int(np.sum(missed))])
    return rows


def _listed(names: Sequence[str], chosen: BoolArray) -> str:
    """Return names with their number where there are several alike.

    Examples
    --------
    >>> _listed(("workshop", "workshop", "senior"), np.array([True, True, True]))
    '2 workshop, senior'
    """
    counts = Counter(name for name, there in zip(names, chosen, strict=True) if there)
    return ", ".join(name if number == 1 else f"{number} {name}" for name, number in counts.items())


def _happened(replay: Replay, names: Sequence[str]) -> list[list[str]]:
    """Return for each quarter what happened, one short line for each kind of event."""
    titles = dict(zip(issues().ids, issues().titles, strict=True))
    subjects = [titles.get(issue, issue) for issue in replay.setting.issues]
    rows = replay.events
    found: list[dict[str, list[str]]] = [{} for _ in replay.labels]
    for quarter, kind, state, other, issue, value in zip(
        rows.quarter, rows.kind, rows.state, rows.other, rows.issue, rows.value, strict=True
    ):
        told = EVENT_KINDS[kind]
        if told in {"definition", "item", "item_closed", "item_dropped", "item_due"}:
            about = subjects[issue]
        elif told == "leak":
            unknown = "" if value > 0.0 else " (nobody knows who it was)"
            about = f"{names[state]} passes on what {names[other]} had said{unknown}"
        elif told in {"deal", "joint_act"}:
            about = f"{names[state]} and {names[other]}"
        elif told in {"government", "crisis"}:
            about = names[state]
        elif told == "status":
            about = STATUS_NAMES[int(value)]
        else:
            about = ""
        found[quarter].setdefault(told, []).append(about)
    return [
        [_told(before, quarter[kind]) for kind, before in _HAPPENED.items() if kind in quarter]
        for quarter in found
    ]


def _told(before: str, items: Sequence[str]) -> str:
    """Return one line on events of one kind.

    Examples
    --------
    >>> _told("Deal", ["A and B", "A and C", "B and C", "B and D", "C and D"])
    'Deal: A and B; A and C; B and C; and 2 more'
    """
    shown = list(items[:_TOLD])
    more = len(items) - len(shown)
    listed = "; ".join([*shown, *([f"and {more} more"] if more else [])])
    return f"{before}: {listed}" if any(items) else before


def _years(text: str, labels: Sequence[str]) -> list[list[str | int]]:
    """Return the chronicle in pieces: first and last quarter, heading, sentences.

    The first pieces are the years, four quarters each; the last one looks back, from the last quarter.
    """
    sections = [section.partition("\n") for section in text.split("\n## ")[1:]]
    last = len(labels) - 1
    pieces: list[list[str | int]] = [
        [4 * place, min(4 * place + 3, last), heading, body.strip()]
        for place, (heading, _, body) in enumerate(sections[:-1])
    ]
    pieces += [[last, last, heading, body.strip()] for heading, _, body in sections[-1:]]
    return pieces


def _level(values: Array, share: float, digits: int) -> float:
    """Return a round level that about so large a share of the values does not reach."""
    return round(float(np.quantile(values, share)), digits) if values.size else 0.0


def _rounded(values: Iterable[float]) -> list[float | None]:
    """Return numbers to three significant digits, None for missing ones.

    Examples
    --------
    >>> _rounded([0.123456, 1234.5, float("nan")])
    [0.123, 1230.0, None]
    """
    return [None if np.isnan(value) else float(f"{value:.3g}") for value in values]


def packed(values: Array) -> str:
    """Return numbers 0..4094, rounded, as two letters each; 4095 stands for a missing one.

    Parameters
    ----------
    values : (...)   taken in C order; beyond the bounds they are set to the bounds

    Examples
    --------
    >>> packed(np.array([0.0, 1.4, 64.0, np.nan]))
    'AAABBA//'
    """
    whole = np.where(np.isnan(values), _MISSING, np.clip(np.rint(values), 0, _MISSING - 1)).astype(np.int64)
    letters = np.stack([_ALPHABET[whole >> 6], _ALPHABET[whole & 63]], axis=-1)
    return letters.tobytes().decode("ascii")
