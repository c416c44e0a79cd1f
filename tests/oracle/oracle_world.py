"""The world of the second implementation: one object for each state, one for the process.

Written from docs/theory/*.md alone, without the code of the package. Nothing here is an array: a state holds
plain lists over issues, ministries and terms, and for what it holds about others a list over states.
README.md in this folder tells the layout of the plain dictionary that goes in and comes out.
"""

import math

EPSILON = 1e-12

OF_A_STATE = (
    "position", "stated", "law", "exists", "understanding", "usage", "backing", "discretion", "comfort",
    "capacity_built", "salience_pulse", "government", "crisis",
    "kept", "broken", "entrusted", "entrusted_sensitive", "ties", "empathy", "deals", "gain",
    "acted",
    "commitment", "newcomer", "bound", "law_at_adoption", "achieved", "judged", "unkept",
    "flow_relevance", "flow_value", "flow_outcome", "flow_paid", "flow_cost",
    "home_usage", "founding_law", "founding_understanding", "floor",
)  # fmt: skip
OF_THE_PROCESS = (
    "credit_kept", "credit_broken", "memory", "live", "spent", "defined", "open", "target", "load", "age",
    "obligation", "due_done", "items_adopted", "items_closed", "data_share", "treasury", "activity",
    "sponsor_active", "sponsor_discontent", "since_meeting", "dormant_for", "idle", "mean_delivered_before",
    "status",
)  # fmt: skip
# What never changes after the founding is handed on, not copied.
FIXED = {"home_usage", "founding_law", "founding_understanding", "floor"}


def sigma(z):
    """The logistic function, without overflow."""
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))


def clip(z, low=0.0, high=1.0):
    """Keep z within its bounds."""
    return low if z < low else high if z > high else z


def keep(halflife):
    """What is left of a stock after one quarter."""
    return 2.0 ** (-1.0 / halflife)


def saturate(z):
    """1 − e^(−z): how much of the way is gone after z units."""
    return 1.0 - math.exp(-z)


def copied(value):
    """A copy of nested lists."""
    return [copied(item) for item in value] if isinstance(value, list) else value


class OracleState:
    """A state: what it wants, says, knows, does, and what it holds about each other state."""

    def __init__(self, number, world):
        self.number = number
        for name in OF_A_STATE:
            value = world[name][number]
            setattr(self, name, value if name in FIXED else copied(value))

    def begin_quarter(self, weights, image, profile):
        """Fix the quarter's interest (U9) and the w-weighted interest of the state."""
        issues = range(len(self.stated))
        self.interest = [
            [
                (1 - self.understanding[k]) * image[m][k] + self.understanding[k] * profile[m][k]
                for k in issues
            ]
            for m in range(len(weights))
        ]
        self.mean_interest = [
            sum(w * seat[k] for w, seat in zip(weights, self.interest, strict=True)) for k in issues
        ]

    def national_line(self, weights):
        """What the ministries come to together, by issue."""
        return [
            sum(w * seat[k] for w, seat in zip(weights, self.position, strict=True))
            for k in range(len(self.stated))
        ]

    def trust(self, j, prior, prior_weight):
        """(T1) how far this state believes that j keeps a confidence."""
        weighed = prior_weight * prior[self.number][j]
        return (self.kept[j] + weighed) / (self.kept[j] + self.broken[j] + prior_weight)


class OracleProcess:
    """The process: its record, agenda, items, money and status."""

    def __init__(self, world):
        for name in OF_THE_PROCESS:
            setattr(self, name, copied(world[name]))

    def credit(self):
        """χ, how far the process is believed to keep what it says."""
        return self.credit_kept / (self.credit_kept + self.credit_broken)


class OracleWorld:
    """All states and the process."""

    def __init__(self, world):
        self.states = [OracleState(i, world) for i in range(len(world["position"]))]
        self.process = OracleProcess(world)

    def as_dict(self):
        """The plain dictionary again, with the same fields."""
        world = {name: [copied(getattr(state, name)) for state in self.states] for name in OF_A_STATE}
        world.update({name: copied(getattr(self.process, name)) for name in OF_THE_PROCESS})
        return world
