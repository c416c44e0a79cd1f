"""The named mechanisms of the theory, to switch off or to replace by a rival form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rcpsim.axes import MECHANISMS, RIVALS
from rcpsim.errors import UnknownName

__all__ = ["Theory"]


@dataclass(frozen=True)
class Theory:
    """Which mechanisms act, and in which form.

    Parameters
    ----------
    off : frozenset of str
        mechanisms that are replaced by their neutral form (docs/theory/index.md).
    forms : mapping of str to str
        the form of each mechanism that has rivals; what is missing takes the first of its rivals.

    Examples
    --------
    >>> theory = Theory().without("leak_or_keep").replacing(persuade="deffuant2000")
    >>> theory.has("leak_or_keep"), theory.form("persuade"), theory.form("conclude")
    (False, 'deffuant2000', 'unanimity')
    """

    off: frozenset[str] = frozenset()
    forms: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong: list[tuple[str, str, tuple[str, ...]]] = []
        for name in sorted(self.off, key=str):
            if name not in MECHANISMS:
                wrong.append(("mechanism", name, MECHANISMS))
        for name, form in self.forms.items():
            if name not in RIVALS:
                wrong.append(("mechanism with rival forms", name, tuple(RIVALS)))
            elif form not in RIVALS[name]:
                wrong.append((f"form of {name}", form, RIVALS[name]))
        if wrong:
            raise UnknownName([fault for one in wrong for fault in UnknownName.of(*one).faults])
        object.__setattr__(self, "forms", MappingProxyType(dict(self.forms)))

    def without(self, *names: str) -> Theory:
        """Return a theory in which the named mechanisms take their neutral form."""
        return Theory(self.off | frozenset(names), self.forms)

    def replacing(self, **forms: str) -> Theory:
        """Return a theory in which mechanisms take the named rival forms."""
        return Theory(self.off, {**self.forms, **forms})

    def has(self, name: str) -> bool:
        """Tell whether a mechanism acts."""
        return name not in self.off

    def form(self, name: str) -> str:
        """Return the form in which a mechanism with rivals acts."""
        return self.forms.get(name, RIVALS[name][0])

    def __reduce__(self) -> tuple[type[Theory], tuple[frozenset[str], dict[str, str]]]:
        return Theory, (self.off, dict(self.forms))
