"""The theory compiled: the same equations through JAX, for many histories of few scenarios."""

from rcpsim.compiled.playing import Played, Playing, begin, width_of

__all__ = ["Played", "Playing", "begin", "width_of"]
