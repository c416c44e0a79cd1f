"""What random numbers are for: the register of purposes and their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from rcpsim.draws.names import name_id, refuse_collisions
from rcpsim.errors import near_names

__all__ = ["PURPOSES", "UnknownPurpose", "purpose_number", "purpose_numbers"]


class UnknownPurpose(ValueError):
    """A random number was asked for a purpose that is not in the register."""


PURPOSES: Final[tuple[str, ...]] = (
    "ability",
    "agenda",
    "arrival-comfort",
    "arrival-discretion",
    "arrival-guardedness",
    "arrival-loquacity",
    "attend",
    "attribution",
    "background",
    "candour",
    "chair",
    "climate",
    "closing",
    "comfort",
    "conclude",
    "coordinate",
    "deal",
    "definition",
    "delegate",
    "departure",
    "discretion",
    "dominant-speaker",
    "evaluation",
    "exit",
    "follow-up",
    "government",
    "government-lean",
    "guardedness",
    "incentive",
    "initial",
    "interest",
    "item",
    "joining",
    "joint-response",
    "judged",
    "leak",
    "leak-source",
    "leaving",
    "loquacity",
    "meeting-date",
    "meeting-days",
    "meeting-held",
    "neighbour",
    "observer",
    "parameter",
    "persuade",
    "pool-data",
    "position",
    "prestige",
    "reminder",
    "room",
    "salience",
    "sampling",
    "shock",
    "shock-sign",
    "shock-size",
    "shock-state",
    "sponsor",
    "synthetic-profile",
    "term",
    "tie",
    "turnover",
    "usage",
)
"""What random numbers are for. A purpose's number is a hash of its name: adding one moves no other."""


def purpose_numbers(names: Sequence[str]) -> Mapping[str, int]:
    """Return the 16-bit number of each purpose: the first two bytes of the BLAKE2s digest, little end first.

    Raises
    ------
    HashCollision
        if two of the names share a number; rename the newer one
    """
    numbers = {name: name_id(name) & 0xFFFF for name in names}
    holders: dict[int, set[str]] = {}
    for name, number in numbers.items():
        holders.setdefault(number, set()).add(name)
    refuse_collisions(holders, "purposes", "rename the newer one")
    return MappingProxyType(numbers)


_NUMBERS: Final = purpose_numbers(PURPOSES)


def purpose_number(purpose: str) -> int:
    """Return the number of a registered purpose.

    Raises
    ------
    UnknownPurpose
        with the nearest registered names
    """
    try:
        return _NUMBERS[purpose]
    except KeyError:
        near = near_names(purpose, PURPOSES) or PURPOSES
        raise UnknownPurpose(f"{purpose!r} is not in draws.PURPOSES; near: {', '.join(near)}") from None
