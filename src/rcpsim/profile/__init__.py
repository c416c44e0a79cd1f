"""One page on anything that has a name: what `rcpsim show` and `rcpsim list` print.

`page_of` is the door. What a scenario file knows of its values is told in `knowledge`.
"""

from rcpsim.profile.knowledge import DialLine, central_values, dial_lines, knowledge, value_text
from rcpsim.profile.page import Page, Section
from rcpsim.profile.pages import page_of
from rcpsim.profile.theory import MECHANISM_PAGES, parameter_key

__all__ = [
    "MECHANISM_PAGES",
    "DialLine",
    "Page",
    "Section",
    "central_values",
    "dial_lines",
    "knowledge",
    "page_of",
    "parameter_key",
    "value_text",
]
