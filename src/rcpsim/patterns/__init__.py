"""What came of the real processes, as facts to hold against the model: read, checked and observed.

A *pattern* is one documented outcome (`data/patterns/*.toml`): no scenario holds it and no mechanism reads
it. `load_patterns` reads them; `observe` tells what each history of a run came to, in the unit of the
pattern, and nan where the history did not live long enough to be described; `constant_guess` is what
somebody would say who knows neither the process nor the model.
"""

from rcpsim.patterns.guessing import constant_guess
from rcpsim.patterns.loading import list_patterned, load_patterns
from rcpsim.patterns.observing import described, observe, possible
from rcpsim.patterns.records import ACROSS, FORMS, STATUS_WORDS, Documented, Pattern

__all__ = [
    "ACROSS",
    "FORMS",
    "STATUS_WORDS",
    "Documented",
    "Pattern",
    "constant_guess",
    "described",
    "list_patterned",
    "load_patterns",
    "observe",
    "possible",
]
