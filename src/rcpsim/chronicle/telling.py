"""One history told in plain dated sentences, to be read aloud.

Only what the history holds is told: its events, and its worlds beside those of the no-process twin. The same
history always reads the same; the wording changes from sentence to sentence by turns, not by chance. A year
that is full is told by its weightiest events; the rest is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.axes import quarter_label
from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import agree, listed, number_word, sentence, share_word, times_word
from rcpsim.chronicle.happenings import Happenings
from rcpsim.chronicle.looking_back import LookingBack
from rcpsim.chronicle.reading import chosen
from rcpsim.chronicle.wording import Said
from rcpsim.theory import lifecycle

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

__all__ = ["chronicle", "chronicle_sentences"]

_MOST: Final = 6  # sentences of an ordinary year
_STOCK: Final = 3  # years between two looks at trust, understanding and law
_CLEAR: Final = 0.15  # by which origin exceeds destination, or the reverse, where a state is named as one


def chronicle(replay: Replay) -> str:
    """Return the story of a history as Markdown, one heading for each year.

    Parameters
    ----------
    replay : the history, kept whole
    """
    parts = _Teller(replay).tell()
    text = [f"# {replay.run.scenario.title}", ""]
    for title, said in parts:
        text += [f"## {title}", ""] if title else []
        text += [" ".join(sentence for _, sentence in said), ""]
    return "\n".join(text)


def chronicle_sentences(replay: Replay) -> list[tuple[int, str]]:
    """Return the same sentences, each with the quarter by whose end it is true, in the order of quarters."""
    said = [one for _, part in _Teller(replay).tell() for one in part]
    return sorted(said, key=lambda one: one[0])


class _Teller(Happenings, LookingBack):
    """Tells one history; holds what was last said, so that wording and comparisons move on."""

    def tell(self) -> list[tuple[str, list[Said]]]:
        """Return the whole story, part by part: its title and its sentences."""
        first = self.setting.first_quarter
        parts = [("", [(0, text) for text in self.preface()])]
        years = sorted({(first + q) // 4 for q in range(self.setting.quarters)})
        for number, year in enumerate(years, start=1):
            quarters = [q for q in range(self.setting.quarters) if (first + q) // 4 == year]
            if quarters[-1] < self.begins:
                continue
            said = [(self.begins, text) for text in self.founding()] if self.begins in quarters else []
            said += self.year(quarters, looks_back=number % _STOCK == 0)
            name = quarter_label(4 * year).split("-")[0]
            parts.append((f"Year {year}" if name.startswith("Y") else name, said))
            if self.status(quarters[-1]) >= lifecycle.STARVED:
                break
        last = self.setting.quarters - 1
        parts.append(("What the process changed", [(last, text) for text in self.ending()]))
        return parts

    # What opens the story

    def preface(self) -> list[str]:
        """Say what kind of text this is."""
        return [
            f"This is history {self.replay.history} of a simulation with seed {self.setting.seed}.",
            "It is one course that events could have taken, not a record of what happened."
            if not self.scenario.synthetic
            else "Its states are made up.",
            "The same years were also played without the process, with the same luck: that is the twin.",
        ]

    def founding(self) -> list[str]:
        """Say who begins, in what roles, under whose chair, with what intentions."""
        here = [i for i in range(len(self.names)) if self.present[self.begins, i] > 0]
        told = [
            sentence(
                f"{number_word(len(here))} states begin to meet: {listed([self.names[i] for i in here], 12)}."
            )
        ]
        net = self.setting.origin[self.begins] - self.setting.destination[self.begins]
        from_ = [i for i in sorted(here, key=lambda i: -net[i]) if net[i] > _CLEAR]
        to = [i for i in sorted(here, key=lambda i: net[i]) if net[i] < -_CLEAR]
        if from_ and to:
            told.append(
                f"Migrants leave above all {self.list_of(from_)}; they go above all to {self.list_of(to)}."
            )
        chair = self.chair(self.begins)
        if chair is not None:
            told.append(f"{sentence(self.names[chair])} takes the chair.")
        often = float(np.sum(self.setting.calendar.rate[0, self.begins]))
        told.append(f"The states mean to meet about {times_word(often)} a year.")
        design = self.setting.design_at(self.begins)
        told.append(
            "They want a common plan of action."
            if design.plan_sought[0] > 0
            else "They want to exchange views, not to write a plan."
        )
        told.append(
            "A secretariat keeps the minutes and the papers."
            if design.secretariat[0] > 0
            else "There is no secretariat."
        )
        backers = [i for i in here if design.backers[0, i] > 0]
        sponsor = float(self.setting.sponsor_share[0, self.begins])
        if backers:
            told.append(
                f"{sentence(self.list_of(backers))} {agree(len(backers), 'backs', 'back')} it with money."
            )
        if sponsor >= 0.25:
            told.append(f"An outside sponsor is to pay about {share_word(sponsor)} of the cost.")
        return told

    # One year

    def year(self, quarters: list[int], *, looks_back: bool) -> list[Said]:
        """Tell one year: the weightiest sentences, in the order of this list."""
        rows = self.replay.events
        events = chosen(rows, np.isin(rows.quarter, quarters))
        told: list[tuple[int, Said]] = []
        for weight, said in (
            (8, self.members(quarters)),
            (4, self.chairs(quarters)),
            (9, self.shocks(quarters, events)),
            (7, self.meetings(quarters, events)),
            (7, self.agreements(events)),
            (5, self.items(events)),
            (6, self.leaks(events)),
            (5, self.deals(events)),
            (3, self.people(quarters, events)),
            (9, self.money_and_life(events)),
            (6, self.stages(quarters[-1])),
            (8, self.stock(quarters[-1]) if looks_back else []),
        ):
            told += [(weight, one) for one in said]
        while len(told) > _MOST + (2 if looks_back else 0):
            lowest = min(weight for weight, _ in told)
            place = max(n for n, (weight, _) in enumerate(told) if weight == lowest)
            del told[place]
        return [one for _, one in told] or [(quarters[-1], self.turn("quiet", say.QUIET))]
