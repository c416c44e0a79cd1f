"""The story of the model: one meeting, one quarter, many quarters, in the order in which things happen."""

from rcpsim.quarters.forms import Theory
from rcpsim.quarters.story import play_quarter, play_quarters

__all__ = ["Theory", "play_quarter", "play_quarters"]
