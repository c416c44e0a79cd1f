"""The second implementation as a Mesa model: one agent for each state, one step for each quarter."""

import mesa

from tests.oracle.oracle_quarter import advance
from tests.oracle.oracle_world import OracleWorld


class PlainState(mesa.Agent):
    """A state; its numbers are those of the second implementation's state."""

    def __init__(self, model, state):
        super().__init__(model)
        self.state = state


class PlainModel(mesa.Model):
    """One history, played one state, one issue, one number at a time."""

    def __init__(self, case):
        super().__init__()
        self.case, self.quarter = case, 0
        self.world = OracleWorld(case["world"])
        for state in self.world.states:
            PlainState(self, state)

    def step(self):
        settings, luck = self.case["settings"], self.case["luck"]
        self.told = advance(self.world, settings[self.quarter], self.quarter, luck[self.quarter])
        self.quarter += 1
