"""The process as a Mesa model: to step, watch, plot and disturb with the tools of Mesa.

`ProcessModel` holds one world and plays it with the same quarters and the same luck as the rest of the
package, so that its numbers are those of `rcpsim.simulate`, to the bit. Sweeps and statistics belong to
`rcpsim.simulate`, which plays hundreds of histories in the time that a Mesa model takes for a few.

Importing this package imports Mesa; ``import rcpsim`` does not. See ``docs/mesa.md``.
"""

from rcpsim.mesa_shell.agents import StateAgent
from rcpsim.mesa_shell.model import ProcessModel

__all__ = ["ProcessModel", "StateAgent"]
