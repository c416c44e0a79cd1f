"""Pictures of a run and of a comparison, each with a sentence or two that says what it shows.

Curves are medians over histories with the interval that holds nine of ten; the no-process twin stands beside
them, dashed. The colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart, and no
curve is told by its colour alone. Nothing here opens a window or keeps a global state.
"""

from rcpsim.figures.comparison import comparison_figures
from rcpsim.figures.gallery import figures, process_figures
from rcpsim.figures.style import Drawn, chosen_quarters, quarters_of_years

__all__ = [
    "Drawn",
    "chosen_quarters",
    "comparison_figures",
    "figures",
    "process_figures",
    "quarters_of_years",
]
