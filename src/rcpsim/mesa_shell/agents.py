"""States as Mesa agents: an agent is a place in the arrays of its model's world and holds no number."""

# Mesa ships no types, so that its classes are Any to a type checker.
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from rcpsim.arrays import Array
from rcpsim.axes import MINISTRIES
from rcpsim.profiles import main_role

if TYPE_CHECKING:
    from rcpsim.mesa_shell.model import ProcessModel

__all__ = ["ROLES", "StateAgent"]

ROLES = ("origin", "transit", "destination")
"""The roles of a state; on equal terms the first one is its `role`."""


class StateAgent(mesa.Agent):
    """One state of a process.

    Every property reads the model's world at this moment, at the end of the last quarter played (before the
    first quarter: as the world was founded). None can be set: what states do follows from the theory, and
    what can be changed from outside is changed on the model.

    Parameters
    ----------
    model : the process
    index : place of the state in all arrays of the model

    Examples
    --------
    >>> from rcpsim.mesa_shell import ProcessModel
    >>> state = ProcessModel().state("S03")
    >>> state.role, state.commitment, state.present
    ('transit', 0.5, True)
    """

    model: ProcessModel

    def __init__(self, model: ProcessModel, index: int) -> None:
        super().__init__(model)
        self.index = int(index)

    def __repr__(self) -> str:
        return f"<StateAgent {self.iso3}>"

    def remove(self) -> None:
        """Let the state leave the process; the same as `ProcessModel.remove_state`."""
        self.model.remove_state(self.iso3)

    # who it is

    @property
    def iso3(self) -> str:
        """Code of the state: ISO 3166 alpha-3, or S01 to S80 in a synthetic world."""
        return self.model.setting.codes[self.index]

    @property
    def name(self) -> str:
        """Name as it is shown."""
        return self.model.state_names[self.index]

    @property
    def profile(self) -> dict[str, float]:
        """Origin, transit, destination, capacity and stability, each 0..1."""
        return {name: self._profile(name) for name in (*ROLES, "capacity", "stability")}

    @property
    def origin(self) -> float:
        """How far migrants come from here, 0..1."""
        return self._profile("origin")

    @property
    def transit(self) -> float:
        """How far migrants pass through here, 0..1."""
        return self._profile("transit")

    @property
    def destination(self) -> float:
        """How far migrants come here, 0..1."""
        return self._profile("destination")

    @property
    def capacity(self) -> float:
        """Administration as the profile has it, without what capacity building added, 0..1."""
        return self._profile("capacity")

    @property
    def role(self) -> str:
        """What it is first of all, one of `ROLES`."""
        return main_role(*(self._profile(role) for role in ROLES))

    @property
    def present(self) -> bool:
        """Whether it was a member in the last quarter played and has not been removed since."""
        return self in self.model.agents and bool(
            self.model.setting.present[0, self.model.last_quarter, self.index] > 0
        )

    # what it thinks of the others

    @property
    def trust(self) -> dict[str, float]:
        """How far it believes each other state to keep a confidence, 0..1, by code."""
        return self._of_others(self.model.trust_matrix[self.index])

    @property
    def trust_given(self) -> float:
        """Mean trust in the others, 0..1."""
        return self._mean_of_others(self.model.trust_matrix, -1)

    @property
    def trust_received(self) -> float:
        """Mean trust of the others in this state, 0..1."""
        return self._mean_of_others(self.model.trust_matrix, -2)

    @property
    def ties(self) -> dict[str, float]:
        """Working contact with each other state, 0..1, by code."""
        return self._of_others(self.model.world.ties[0, self.index])

    @property
    def mean_ties(self) -> float:
        """Mean working contact with the others, 0..1."""
        return self._mean_of_others(self.model.world.ties[0], -1)

    @property
    def empathy(self) -> dict[str, float]:
        """How well it knows what each other state needs, 0..1, by code."""
        return self._of_others(self.model.world.empathy[0, self.index])

    def trust_in(self, other: StateAgent | str) -> float:
        """Return how far it believes another state to keep a confidence, 0..1.

        Raises
        ------
        UnknownName
            when there is no such state in the process
        """
        return float(self.model.trust_matrix[self.index, self.model.state_index(other)])

    def ties_with(self, other: StateAgent | str) -> float:
        """Return its working contact with another state, 0..1.

        Raises
        ------
        UnknownName
            when there is no such state in the process
        """
        return float(self.model.world.ties[0, self.index, self.model.state_index(other)])

    # where it stands

    @property
    def position(self) -> dict[str, dict[str, float]]:
        """Where each ministry stands, -1..1: issue -> ministry -> position."""
        by_issue = self.model.world.position[0, self.index].T
        return {
            issue: dict(zip(MINISTRIES, row.tolist(), strict=True))
            for issue, row in zip(self.model.setting.issues, by_issue, strict=True)
        }

    @property
    def line(self) -> dict[str, float]:
        """The national line, the weighted mean of the ministries, -1..1, by issue."""
        return self._of_issues(self.model.line_matrix)

    @property
    def stated(self) -> dict[str, float]:
        """The line that is said on the record, -1..1, by issue."""
        return self._of_issues(self.model.world.stated[0])

    @property
    def law(self) -> dict[str, float]:
        """Where law, policy and practice stand, -1..1, by issue."""
        return self._of_issues(self.model.world.law[0])

    # what it knows and gives

    @property
    def understanding(self) -> float:
        """Mean understanding over the issues, 0..1."""
        return float(self.model.world.understanding[0].mean(axis=-1)[self.index])

    @property
    def understanding_of(self) -> dict[str, float]:
        """Understanding, 0..1, by issue."""
        return self._of_issues(self.model.world.understanding[0])

    @property
    def commitment(self) -> float:
        """Commitment to the process, 0..1."""
        return float(self.model.process.commitment[0, self.index])

    @property
    def backing(self) -> float:
        """Political backing of its officials, 0..1."""
        return float(self.model.world.backing[0, self.index])

    @property
    def participation(self) -> float:
        """Highest participation in the meetings of the last quarter, 0..1; nan before the first quarter."""
        minutes = self.model.minutes
        return math.nan if minutes is None else float(minutes.participation[0, self.index])

    @property
    def candour(self) -> float:
        """Candid share of the hours in which it was heard, 0..1; nan where it was not heard."""
        minutes = self.model.minutes
        return math.nan if minutes is None else float(minutes.candour[0, self.index])

    @property
    def money(self) -> float:
        """What it paid in the last quarter, delegate-days; nan before the first quarter."""
        minutes = self.model.minutes
        return math.nan if minutes is None else float(minutes.money_members[0, self.index])

    # how the arrays are read

    def _profile(self, name: str) -> float:
        by_quarter: Array = getattr(self.model.setting, name)
        return float(by_quarter[self.model.last_quarter, self.index])

    def _of_issues(self, by_state: Array) -> dict[str, float]:
        return dict(zip(self.model.setting.issues, by_state[self.index].tolist(), strict=True))

    def _of_others(self, row: Array) -> dict[str, float]:
        values: list[Any] = row.tolist()
        codes = self.model.setting.codes
        return {
            code: value for n, (code, value) in enumerate(zip(codes, values, strict=True)) if n != self.index
        }

    def _mean_of_others(self, pairs: Array, axis: int) -> float:
        others = max(pairs.shape[-1] - 1, 1)
        return float((pairs * self.model.setting.off).sum(axis=axis)[self.index] / others)
