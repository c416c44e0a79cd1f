"""One page on anything that has a name: what `rcpsim show` and `rcpsim list` print.

`page_of` is the door. What a scenario file knows of its values is told in `knowledge`.
"""

from rcpsim.profile.experiment import size_of
from rcpsim.profile.keys import Key, key_named, keys, keys_section
from rcpsim.profile.knowledge import DialLine, central_values, dial_lines, knowledge, shares, value_text
from rcpsim.profile.lesson import lessons_section
from rcpsim.profile.manual import manual, manual_section
from rcpsim.profile.markdown import markdown_of
from rcpsim.profile.overview import READING, founding, member_counts, overview
from rcpsim.profile.page import Page, Section
from rcpsim.profile.pages import is_scenario, page_of
from rcpsim.profile.process import first_profiles
from rcpsim.profile.theory import MECHANISM_PAGES

__all__ = [
    "MECHANISM_PAGES",
    "READING",
    "DialLine",
    "Key",
    "Page",
    "Section",
    "central_values",
    "dial_lines",
    "first_profiles",
    "founding",
    "is_scenario",
    "key_named",
    "keys",
    "keys_section",
    "knowledge",
    "lessons_section",
    "manual",
    "manual_section",
    "markdown_of",
    "member_counts",
    "overview",
    "page_of",
    "shares",
    "size_of",
    "value_text",
]
