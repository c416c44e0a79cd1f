"""The errors rcpsim raises on purpose.

::

    RcpsimError
    ├── InputError            something given to the package is wrong; carries every fault found
    │   ├── ScenarioError     a scenario, experiment or card file, or a table in its form
    │   ├── OptionError       a value given on the command line
    │   └── UnknownName       a name that stands for nothing, with the names nearest to it
    └── OutputError           a folder that is already there or cannot be written

A screen that catches `RcpsimError` and prints it has told the user all there is to tell: the text names the
place, what was found and what is allowed, one fault per line. Any other exception is a defect of the package.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "Fault",
    "InputError",
    "OptionError",
    "OutputError",
    "RcpsimError",
    "ScenarioError",
    "UnknownName",
    "near_names",
]

_LONGEST_QUOTE = 80
_SHORTEST_BEGINNING = 3


def near_names(name: object, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return up to `count` known names that look like `name`, the nearest first.

    Case and the choice between hyphen and underscore do not count.

    Examples
    --------
    >>> near_names("confidentialty", ["confidentiality", "caution", "closing"])
    ('confidentiality',)
    >>> near_names("BUDAPEST", ["bali", "budapest"]), near_names("leak", ["leak_or_keep", "attend"])
    (('budapest',), ('leak_or_keep',))
    """

    def plain(text: str) -> str:
        return text.casefold().replace("_", "-")

    by_plain = {plain(word): word for word in known}
    wanted = plain(str(name))
    begun = [word for word in by_plain if len(wanted) >= _SHORTEST_BEGINNING and word.startswith(wanted)]
    alike = difflib.get_close_matches(wanted, by_plain, n=count, cutoff=0.6)
    found = dict.fromkeys([*begun, *alike]) if len(begun) <= count else dict.fromkeys(alike)
    return tuple(by_plain[word] for word in found)[:count]


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return 'did you mean ...?' for the nearest known names, or an empty text when none is near.

    Examples
    --------
    >>> did_you_mean("pueblo", ["bali", "puebla"])
    'did you mean puebla?'
    >>> did_you_mean("xyz", ["bali", "puebla"])
    ''
    """
    near = near_names(name, known)
    return f"did you mean {' or '.join(near)}?" if near else ""


def quoted(found: object) -> str:
    r"""Return a found value as it is shown in a fault: text in double quotes, long values cut.

    Examples
    --------
    >>> quoted(1.4), quoted("own"), quoted(True)
    ('1.4', '"own"', 'true')
    >>> print(quoted("two\nlines"), quoted("años"))
    "two\nlines" "años"
    """
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str):
        text = '"' + "".join(map(_printable, found)) + '"'
    else:
        try:
            text = repr(found)
        except ValueError:  # an integer with more digits than Python prints
            text = "a very long number"
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    Attributes
    ----------
    file : the file as the user named it, `--set` for an override, or the option of the command line
    field : dotted place inside the file (`design.confidentiality`); empty when the whole file is meant
    found : what stands there, as one clause without a subject (`is 1.4`, `is missing`)
    allowed : what may stand there, as a clause (`it must lie between 0 and 1`)
    hint : a near name or a way out; may be empty
    """

    file: str
    field: str
    found: str
    allowed: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the fault as one line."""
        place = f"{self.file}: {self.field} {self.found}" if self.field else f"{self.file}: {self.found}"
        line = f"{place}; {self.allowed}" if self.allowed else place
        return f"{line} ({self.hint})" if self.hint else line


class RcpsimError(Exception):
    """The root of every error that rcpsim raises on purpose."""


class InputError(RcpsimError):
    """Something given to the package is wrong.

    Examples
    --------
    >>> error = InputError([Fault("a.toml", "years", "is missing", "give two years")])
    >>> str(error)
    'a.toml: years is missing; give two years'
    >>> error.faults[0].field
    'years'
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Let the error travel between processes with its faults."""
        return type(self), (self.faults,)


class ScenarioError(InputError):
    """A scenario, experiment or card, as a file or as a table, that cannot be used."""


class OptionError(InputError):
    """A value given on the command line that cannot be used."""


class UnknownName(InputError):
    """A name that stands for nothing."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str]) -> UnknownName:
        """Return the error for `name`, which should have been the name of a `what`.

        Examples
        --------
        >>> str(UnknownName.of("scenario", "pueblo", ["bali", "puebla"]))
        'scenario: "pueblo" is not known; the names are bali, puebla (did you mean puebla?)'
        """
        names = sorted(known)
        allowed = f"the names are {', '.join(names)}" if names else "there are none"
        return cls([Fault(what, "", f"{quoted(name)} is not known", allowed, did_you_mean(name, names))])


class OutputError(RcpsimError):
    """A folder or file that is already there, or that cannot be written."""
