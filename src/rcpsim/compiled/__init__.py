"""The theory compiled: the same equations through JAX, for many histories of few scenarios.

Only :mod:`rcpsim.compiled.agreement` can be imported where JAX is not installed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rcpsim.compiled.playing import Played, Playing, begin, widest, width_of

__all__ = ["Played", "Playing", "begin", "widest", "width_of"]


def __getattr__(name: str) -> Any:
    """Load JAX when something compiled is asked for, not before."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rcpsim.compiled import playing

    return getattr(playing, name)
