"""Small grammar: counts, lists, shares and differences in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

WITH_ARTICLE: Final = re.compile(
    r"^(United|Dominican Republic|Netherlands|Philippines|Gambia|Comoros|Maldives|Seychelles)|Islands$|^DR "
)
NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
)
NOTICED: Final = 0.01
"""A difference to the twin below it is no difference to a reader."""


def with_article(name: str) -> str:
    """Return the name of a state as it stands in a sentence."""
    return f"the {name}" if WITH_ARTICLE.search(name) else name


def lowered(text: str) -> str:
    """Return a text with its first letter small."""
    return text[:1].lower() + text[1:]


def without_stop(title: str) -> str:
    """Return a title without the stop at its end."""
    return title.rstrip(".")


def sentence(text: str) -> str:
    """Return a text with its first letter raised."""
    return text[:1].upper() + text[1:]


def agree(count: int, one: str, many: str) -> str:
    """Return the word that agrees with a count."""
    return one if count == 1 else many


def number_word(count: int, single: str = "one") -> str:
    """Return a count in words up to eleven.

    Examples
    --------
    >>> number_word(3), number_word(0), number_word(40)
    ('three', 'no', '40')
    """
    if count == 1:
        return single
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def times_word(often: float) -> str:
    """Return how often, rounded.

    Examples
    --------
    >>> times_word(1.2), times_word(4.4), times_word(0.5)
    ('once', 'four times', 'once every two years at most, so less than once')
    """
    if often < 0.75:
        return "once every two years at most, so less than once"
    whole = round(often)
    return {1: "once", 2: "twice"}.get(whole, f"{number_word(whole)} times")


def share_word(share: float) -> str:
    """Return a share in words of tens.

    Examples
    --------
    >>> share_word(0.43), share_word(0.01)
    ('40 percent', 'next to nothing')
    """
    tens = round(10 * share) * 10
    return f"{tens} percent" if tens > 0 else "next to nothing"


def level_word(value: float) -> str:
    """Return a level with two decimals."""
    return f"{value:.2f}"


def moved(before: float, after: float) -> str:
    """Return how trust moved.

    Examples
    --------
    >>> moved(0.5, 0.4), moved(0.5, 0.501)
    ('falls from 0.50 to 0.40', 'stays near 0.50')
    """
    if abs(after - before) < 0.005:
        return f"stays near {after:.2f}"
    return f"{'falls' if after < before else 'rises'} from {before:.2f} to {after:.2f}"


def compared(gap: float, more: str, less: str, same: str) -> str:
    """Return a clause for a difference to the twin."""
    if abs(gap) < NOTICED:
        return same
    size = "a little" if abs(gap) < 0.05 else "clearly" if abs(gap) < 0.15 else "much"
    return (more if gap > 0 else less).format(size)


def joined(parts: Sequence[str]) -> str:
    """Return parts joined as in speech.

    Examples
    --------
    >>> joined(["a", "b", "c"]), joined(["a"])
    ('a, b and c', 'a')
    """
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def kept_apart(pairs: Sequence[str], more: int) -> str:
    """Return pairs, each of which has its own 'and', kept apart by semicolons."""
    rest = [f"{number_word(more)} more {agree(more, 'pair', 'pairs')}"] if more > 0 else []
    return "; ".join([*pairs, *rest])


def listed(names: Sequence[str], most: int) -> str:
    """Return names joined; beyond `most`, how many more there are.

    Examples
    --------
    >>> listed(["A", "B", "C", "D"], 2)
    'A, B and two others'
    """
    if len(names) <= most + 1:
        return joined(names)
    return joined([*names[:most], f"{number_word(len(names) - most)} others"])
