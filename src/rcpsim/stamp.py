"""The stamp of the theory: one short text that changes when what the model claims changes.

Parameter sets that were held against the record are worth something only with the theory they were held
against. The stamp is a hash of two things:

- the code of ``theory/*.py`` and ``quarters/*.py`` as a tree, without docstrings, comments, layout and
  annotations, which change no number;
- of every card the name, the unit, the prior and the bounds. A default that has a prior counts for nothing:
  no fit plays it, and it may be moved to where a fit says.

The second alone is the stamp of the cards: with other cards a draw of the prior is another draw.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from rcpsim.cards import all_cards

__all__ = ["cards_stamp", "stamp_of_code", "theory_stamp"]

_FOLDERS: Final = ("theory", "quarters")
_LENGTH: Final = 16
_SILENT: Final = ("annotation", "returns", "type_comment", "type_params", "kind", "ctx")
_NAMED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def theory_stamp() -> str:
    """Return the stamp of the theory that is installed: 16 hexadecimal digits.

    Examples
    --------
    >>> len(theory_stamp())
    16
    """
    told = hashlib.sha256()
    for folder in _FOLDERS:
        inside = [path for path in (files("rcpsim") / folder).iterdir() if path.name.endswith(".py")]
        for path in sorted(inside, key=lambda path: path.name):
            told.update(f"{folder}/{path.name}\n{stamp_of_code(path.read_text(encoding='utf-8'))}\n".encode())
    told.update(cards_stamp().encode())
    return told.hexdigest()[:_LENGTH]


@cache
def cards_stamp() -> str:
    """Return the stamp of the cards alone: 16 hexadecimal digits."""
    told = hashlib.sha256()
    for name, card in all_cards().items():
        told.update(f"{name} {card.unit} {card.prior!r} {card.allowed!r}\n".encode())
    return told.hexdigest()[:_LENGTH]


def stamp_of_code(source: str) -> str:
    r"""Return a hash of Python source that comments, docstrings, annotations and layout leave as it is.

    Examples
    --------
    >>> stamp_of_code("def f(x: int) -> int:\n    'Say.'\n    return x+1") == stamp_of_code(
    ...     "def f(x):\n    # one more\n    return x + 1"
    ... )
    True
    >>> stamp_of_code("x = 1") == stamp_of_code("x = 2")
    False
    """
    return hashlib.sha256("\n".join(_words(ast.parse(source))).encode()).hexdigest()


def _words(node: object) -> Iterator[str]:
    """Yield a tree as words; a field that is empty is passed over, as versions of Python differ in them."""
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for field, value in ast.iter_fields(node):
            if field in _SILENT or value is None or value == []:
                continue
            said = value
            if (
                field == "body"
                and isinstance(node, _NAMED)
                and ast.get_docstring(node, clean=False) is not None
            ):
                said = value[1:]
            yield field
            yield from _words(said)
        yield ")"
    elif isinstance(node, list):
        for each in node:
            yield from _words(each)
    else:
        yield repr(node)
