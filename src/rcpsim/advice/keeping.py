"""What has been played for an advice, kept so that an interrupted one goes on where it stopped.

Every design is a file in a folder beside the one that is to be written, under a name that says all that its
numbers depend on, the code of the model among it. The folder goes when the advice is written; it stays when
something was played and the rest was not. It is marked as ours, and only what we wrote is removed from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rcpsim.arrays import Array
from rcpsim.errors import OutputError
from rcpsim.lessons.playing import model_of
from rcpsim.measures import MEASURES
from rcpsim.scenario import Scenario, scenario_to_dict
from rcpsim.sweep.columns import read_columns, write_columns
from rcpsim.sweep.durable import ASIDE, locked

__all__ = ["kept_or_played", "parts_beside"]

_ENDING: Final = "-parts"
_LOCK: Final = "lock"
_MARK: Final = ".parts-of-an-advice"
_PART: Final = re.compile(rf"[0-9a-f]{{20}}\.parquet|\.[0-9a-f]{{20}}\.parquet{re.escape(ASIDE)}")
"""What a part is called, or one that was being written: nothing else is ever removed."""


@contextmanager
def parts_beside(folder: Path) -> Iterator[Path]:
    """Give the folder of the parts of an advice; it is left behind only with something in it.

    Raises
    ------
    OutputError
        when it cannot be written, holds what no advice has left there, or another process is at work in it
    """
    place = folder.with_name(f"{folder.name}{_ENDING}")
    made = [one for one in (place, *place.absolute().parents) if not one.exists()]
    try:
        place.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(place)
        (place / _MARK).touch()
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
    done = False
    try:
        with locked(place):
            yield place
        done = True
    finally:
        if done or not any(map(_is_part, place.iterdir())):
            _clear(place)
            for parent in made[1:]:
                if parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()


def _is_part(path: Path) -> bool:
    return _PART.fullmatch(path.name) is not None and path.is_file()


def _refuse_foreign(place: Path) -> None:
    """Refuse a folder that no advice has marked, unless all in it is what one has left there."""
    if (place / _MARK).is_file():
        return
    foreign = sorted(one.name for one in place.iterdir() if one.name != _LOCK and not _is_part(one))
    if foreign:
        raise OutputError(
            f"{place} is where the parts of this advice would be kept, and it holds something else "
            f"({foreign[0]}); choose another folder with --out, or move it"
        )


def _clear(place: Path) -> None:
    """Remove the parts, and the folder with its lock and its mark unless something else lies there."""
    with suppress(OSError):
        for one in list(place.iterdir()):
            if _is_part(one):
                one.unlink()
        if {one.name for one in place.iterdir()} <= {_LOCK, _MARK}:
            (place / _LOCK).unlink(missing_ok=True)
            (place / _MARK).unlink(missing_ok=True)
            place.rmdir()


def kept_or_played(
    scenario: Scenario,
    plan: Mapping[str, object],
    folder: Path | None,
    play: Callable[[], dict[str, Array]],
) -> dict[str, Array]:
    """Return what came of a design, [D, R] of each measure: from its file if there is one, else played.

    A file that is damaged, or does not hold every measure of every history, is played again.

    Parameters
    ----------
    plan : what the numbers depend on beside the scenario and the model; with `draws`, `histories` and
        `parameters`
    folder : of the files, or None to keep nothing
    play : plays the design
    """
    if folder is None:
        return play()
    told = {"model": model_of(str(plan["parameters"])), "scenario": scenario_to_dict(scenario), **plan}
    text = json.dumps(told, sort_keys=True, default=str)
    path = folder / f"{hashlib.blake2s(text.encode('utf-8')).hexdigest()[:20]}.parquet"
    draws, histories = int(str(plan["draws"])), int(str(plan["histories"]))
    if path.is_file():
        kept = read_columns(path, draws * histories)
        if kept and kept.keys() == MEASURES.keys():
            return {name: values.reshape(draws, histories) for name, values in kept.items()}
    played = play()
    write_columns(path, {name: values.reshape(-1) for name, values in played.items()})
    return played
