"""One history told in plain dated sentences, to be read aloud.

Only what the history holds is told: its events, and its worlds beside those of the no-process twin. The same
history always reads the same; the wording changes from sentence to sentence by turns, not by chance. A year
that is full is told by its weightiest events; the rest is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from rcpsim.axes import quarter_label
from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import (
    NOTICED,
    agree,
    compared,
    joined,
    kept_apart,
    level_word,
    listed,
    lowered,
    moved,
    number_word,
    sentence,
    share_word,
    times_word,
    without_stop,
)
from rcpsim.chronicle.reading import Reading, chosen
from rcpsim.events import EventTable
from rcpsim.theory import lifecycle

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

__all__ = ["chronicle", "chronicle_sentences"]

_MOST: Final = 6  # sentences of an ordinary year
_LEAKS: Final = 2  # told one by one in a year; the rest is counted
_STOCK: Final = 3  # years between two looks at trust, understanding and law
_FEW: Final = 4  # names that are listed before the rest is counted
_CLEAR: Final = 0.15  # by which origin exceeds destination, or the reverse, where a state is named as one
_BIG_TURNOVER: Final = 0.5  # share of a delegation replaced in a year that is told


Said: TypeAlias = tuple[int, str]
"""A sentence and the quarter in which it can be said."""


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


class _Teller(Reading):
    """Tells one history; holds what was last said, so that wording and comparisons move on."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay)
        self.turns: dict[str, int] = {}
        self.last_stock = 0
        self.stage = 0
        self.calendar: list[str] = []

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

    def members(self, quarters: list[int]) -> list[Said]:
        """Say who joins and who leaves."""
        told: list[Said] = []
        for quarter in quarters:
            if quarter <= self.begins:
                continue
            change = self.present[quarter] - self.present[quarter - 1]
            for states, word, many in (
                (np.nonzero(change > 0)[0], "joins", "join"),
                (np.nonzero(change < 0)[0], "leaves", "leave"),
            ):
                if states.size:
                    who = sentence(self.list_of(list(states)))
                    told.append(
                        (quarter, f"{who} {agree(states.size, word, many)} {lowered(self.when(quarter))}.")
                    )
        return told

    def chairs(self, quarters: list[int]) -> list[Said]:
        """Say to whom the chair passes; where more than once in a year, to each in turn."""
        changes = []
        for quarter in quarters:
            now, before = self.chair(quarter), self.chair(quarter - 1) if quarter > self.begins else None
            if (
                quarter > self.begins
                and now is not None
                and now != before
                and self.status(quarter - 1) < lifecycle.STARVED
            ):
                changes.append((quarter, self.names[now]))
        if not changes:
            return []
        who = ", then ".join(name for _, name in changes)
        return [(changes[0][0], self.turn("chair", say.CHAIR if len(changes) == 1 else say.CHAIRS, who=who))]

    def meetings(self, quarters: list[int], events: EventTable) -> list[Said]:
        """Count what was held and what was called off, and name what was talked about."""
        held, missed = events.of_kind("meeting"), events.of_kind("cancelled")
        told: list[Said] = []
        if len(held):
            kinds = [self.setting.calendar.entry_kind[place] for place in held.meeting]
            counted = [
                f"{number_word(kinds.count(kind), 'one')} {agree(kinds.count(kind), *say.KINDS[kind])}"
                for kind in reversed(say.KINDS)
                if kind in kinds
            ]
            room = float(np.mean(held.value))
            of = float(np.mean([self.present[q].sum() for q in held.quarter]))
            talk = self.agenda(sorted(set(held.quarter.tolist())))
            again = counted == self.calendar
            self.calendar = counted
            told.append(
                (
                    quarters[-1],
                    self.turn(
                        "again" if again else "meetings",
                        say.MEETINGS_AGAIN if again else say.MEETINGS,
                        what=joined(counted),
                        count=number_word(len(held)),
                        are="is" if len(held) == 1 else "are",
                        room=number_word(round(room)),
                        of=number_word(round(of)),
                        talk=talk,
                    ),
                )
            )
        if len(missed):
            unpaid = int(np.sum(missed.value > 0))
            few = len(missed) - unpaid
            if unpaid and few:
                reason = f"{number_word(unpaid)} for want of money, {number_word(few)} for want of states"
            elif unpaid:
                reason = "the money does not reach"
            else:
                reason = "too few would come"
            many = len(missed) > 1
            told.append(
                (
                    quarters[-1],
                    self.turn(
                        "missed",
                        say.MISSED,
                        n=number_word(len(missed)),
                        meetings="meetings are" if many else "meeting is",
                        gathering="meetings do" if many else "meeting does",
                        why=reason,
                    ),
                )
            )
        return told

    def agenda(self, quarters: list[int]) -> str:
        """Return what most hours went to, as the end of a sentence."""
        hours = np.sum([self.replay.minutes[q].agenda[0] for q in quarters], axis=0)
        top = [int(k) for k in np.argsort(-hours, kind="stable")[:2] if hours[k] > 0]
        if not top:
            return ""
        return self.turn(
            "agenda",
            say.AGENDA,
            what=joined([self.issues[k] for k in top]),
            take=agree(len(top), "takes", "take"),
        )

    def agreements(self, events: EventTable) -> list[Said]:
        """Say what terms were agreed, what items were adopted, and what was declared."""
        told: list[Said] = []
        for kind, wordings in (("definition", say.DEFINED), ("item", say.ADOPTED)):
            rows = events.of_kind(kind)
            for quarter in sorted(set(rows.quarter.tolist())):
                topics = [self.issues[k] for k in rows.issue[rows.quarter == quarter]]
                told.append(
                    (
                        quarter,
                        self.turn(
                            kind,
                            wordings,
                            when=self.when(quarter),
                            what=listed(topics, 6),
                            item="an item" if len(topics) == 1 else "items",
                        ),
                    )
                )
        texts = events.of_kind("declaration")
        many = int(np.nansum(texts.value))
        if many and not told:
            told.append(
                (
                    int(texts.quarter.max()),
                    self.turn(
                        "declared",
                        ("{n} {word} adopted.", "The year brings {m}."),
                        n=number_word(many),
                        word=agree(many, "joint declaration is", "joint declarations are"),
                        m=f"{number_word(many)} {agree(many, 'joint declaration', 'joint declarations')}",
                    ),
                )
            )
        return told

    def items(self, events: EventTable) -> list[Said]:
        """Say what became of adopted items."""
        told: list[Said] = []
        for kind, wordings in (
            ("item_closed", say.CLOSED),
            ("item_due", say.DUE),
            ("item_dropped", say.DROPPED),
        ):
            rows = events.of_kind(kind)
            if len(rows):
                share = float(np.nanmean(rows.value)) if kind == "item_due" else 0.0
                told.append(
                    (
                        int(rows.quarter.max()),
                        self.turn(
                            kind,
                            wordings,
                            what=listed([self.issues[k] for k in dict.fromkeys(rows.issue.tolist())], 5),
                            share=share_word(share),
                            falls=agree(len(rows), "item on {} falls", "items on {} fall"),
                            s="s" if len(rows) > 1 else "",
                            have="have" if len(rows) > 1 else "has",
                            are="are" if len(rows) > 1 else "is",
                        ),
                    )
                )
        return told

    def leaks(self, events: EventTable) -> list[Said]:
        """Say who told what was said in confidence, whether it came out, and what it did to trust."""
        rows = events.of_kind("leak")
        inside = self.present[rows.quarter, rows.state] * self.present[rows.quarter, rows.other] > 0
        rows = chosen(rows, inside)
        told: list[Said] = []
        for n in np.lexsort((rows.other, rows.state, rows.quarter, -rows.value))[:_LEAKS]:
            who, whose, quarter = int(rows.state[n]), int(rows.other[n]), int(rows.quarter[n])
            before, after = (self.trust(q)[whose, who] for q in (quarter, quarter + 1))
            known = rows.value[n] > 0
            told.append(
                (
                    quarter,
                    self.turn(
                        "leak_known" if known else "leak",
                        say.LEAK_KNOWN if known else say.LEAK,
                        when=self.when(quarter),
                        who=self.names[who],
                        whose=self.names[whose],
                        moves=moved(float(before), float(after)),
                    ),
                )
            )
        more = len(rows) - len(told)
        if more > 0:
            words = agree(more, "confidence is", "confidences are")
            text = sentence(f"{number_word(more)} other {words} passed on in the year.")
            told.append((int(rows.quarter.max()), text))
        return told

    def deals(self, events: EventTable) -> list[Said]:
        """Say which pairs struck deals."""
        rows = events.of_kind("deal")
        pairs = [(int(i), int(j)) for i, j in zip(rows.state, rows.other, strict=True)]
        if not pairs:
            return []
        first = [f"{self.names[i]} and {self.names[j]}" for i, j in pairs[:3]]
        if len(pairs) == 1:
            return [(int(rows.quarter.max()), self.turn("deal", say.DEAL, pair=first[0]))]
        return [
            (
                int(rows.quarter.max()),
                self.turn(
                    "deals",
                    say.DEALS,
                    n=number_word(len(pairs)),
                    pairs=kept_apart(first, len(pairs) - len(first)),
                ),
            )
        ]

    def shocks(self, quarters: list[int], events: EventTable) -> list[Said]:
        """Say what struck from outside, and who answered together."""
        told: list[Said] = []
        dated = {event.on.low: event for event in self.scenario.events if event.on.low == event.on.high}
        for quarter in quarters:
            event = dated.get(self.setting.first_quarter + quarter)
            if event is not None and event.title and not (quarter <= self.begins and event.kind != "shock"):
                told.append(
                    (quarter, f"{self.when(quarter)} comes news from outside: {without_stop(event.title)}.")
                )
            jump = self.replay.minutes[quarter].pulses[0]
            issue = int(np.argmax(np.abs(jump)))
            if abs(jump[issue]) > 0.0:
                wordings = say.RISE if jump[issue] > 0 else say.FALL
                told.append(
                    (
                        quarter,
                        self.turn(
                            "rise" if jump[issue] > 0 else "fall",
                            wordings,
                            when=self.when(quarter),
                            what=self.issues[issue],
                        ),
                    )
                )
        rows = events.of_kind("joint_act")
        pairs = list(dict.fromkeys(zip(rows.state.tolist(), rows.other.tolist(), strict=True)))
        if pairs:
            pair = f"{self.names[pairs[0][0]]} and {self.names[pairs[0][1]]}"
            many = f"{number_word(len(pairs))} pairs"
            topic, wordings = ("joint", say.JOINT) if len(pairs) > 1 else ("joint_one", say.JOINT_ONE)
            told.append((int(rows.quarter.max()), self.turn(topic, wordings, n=many, pair=pair)))
        return told

    def people(self, quarters: list[int], events: EventTable) -> list[Said]:
        """Say where governments and delegations changed."""
        told: list[Said] = []
        rows = events.of_kind("government")
        members = self.present[rows.quarter, rows.state] > 0
        states = list(dict.fromkeys(rows.state[members].tolist()))
        if states:
            told.append((quarters[-1], self.turn("government", say.GOVERNMENT, where=self.list_of(states))))
        replaced = (
            np.sum([self.replay.minutes[q].replaced[0] for q in quarters], axis=0)
            * self.present[quarters[-1]]
        )
        most = int(np.argmax(replaced))
        if replaced[most] >= _BIG_TURNOVER:
            told.append((quarters[-1], self.turn("turnover", say.TURNOVER, who=self.names[most])))
        return told

    def money_and_life(self, events: EventTable) -> list[Said]:
        """Say when a sponsor leaves, and when the process sleeps, wakes or ends."""
        told: list[Said] = []
        if len(events.of_kind("sponsor_left")):
            quarter = int(events.of_kind("sponsor_left").quarter[0])
            told.append(
                (
                    quarter,
                    f"{self.when(quarter)} the sponsor, who has seen too little come of it, stops paying.",
                )
            )
        changes = events.of_kind("status")
        for quarter, code in zip(changes.quarter.tolist(), changes.value.astype(int).tolist(), strict=True):
            told.append((quarter, f"{self.when(quarter)} {say.STATUS[code]}"))
        return told

    def stages(self, quarter: int) -> list[Said]:
        """Say when the process has come to another stage."""
        series = self.replay.measures.get("stage")
        if series is None or not np.isfinite(series[quarter]):
            return []
        now, before = int(series[quarter]), self.stage
        self.stage = now
        if now == before or not 0 <= now < len(say.STAGES):
            return []
        word = "has reached" if now > before else "has fallen back to"
        return [(quarter, f"By the end of the year the process {word} {say.STAGES[now]}.")]

    def stock(self, quarter: int) -> list[Said]:
        """Look back over some years: who came closer, who drew apart, and how the twin fares."""
        now, before = self.trust(quarter + 1), self.trust(self.last_stock)
        both = self.present[quarter] * self.present[max(self.last_stock - 1, self.begins)]
        pairs = np.outer(both, both) * self.setting.off
        change = np.where(pairs > 0, now - before, 0.0)
        years = (quarter + 1 - self.last_stock + 2) // 4
        self.last_stock = quarter + 1
        told: list[Said] = []
        up, down = (np.unravel_index(int(find(change)), change.shape) for find in (np.argmax, np.argmin))
        if change[up] > NOTICED:
            text = self.turn(
                "up",
                say.UP,
                years=number_word(years),
                who=self.names[up[0]],
                whom=self.names[up[1]],
                moves=f"from {before[up]:.2f} to {now[up]:.2f}",
            )
            told.append((quarter, text))
        if change[down] < -NOTICED:
            told.append(
                (
                    quarter,
                    self.turn(
                        "down",
                        say.DOWN,
                        who=self.names[down[0]],
                        whom=self.names[down[1]],
                        moves=f"from {before[down]:.2f} to {now[down]:.2f}",
                    ),
                )
            )
        told.append((quarter, self.against_twin(quarter)))
        return told

    def against_twin(self, quarter: int) -> str:
        """Compare trust, understanding and law with the twin in one sentence."""
        here, there = self.state_of(quarter, self.worlds), self.state_of(quarter, self.twins)
        words = [
            compared(here[name] - there[name], *say.WORDS[name]) for name in ("trust", "understanding", "law")
        ]
        return self.turn("twin", say.TWIN, words=joined(words))

    # What closes it

    def ending(self) -> list[str]:
        """Say how it stands at the end, against the twin."""
        told = []
        last = self.setting.quarters - 1
        here, there = self.state_of(last, self.worlds), self.state_of(last, self.twins)
        status = self.status(last)
        events = self.replay.events
        counts = [
            (len(events.of_kind("meeting")), "meeting was held", "meetings were held"),
            (len(events.of_kind("definition")), "definition was agreed", "definitions were agreed"),
            (len(events.of_kind("item")), "plan item was adopted", "plan items were adopted"),
            (len(events.of_kind("item_closed")), "of them was carried out", "of them were carried out"),
            (len(events.of_kind("deal")), "bilateral deal was struck", "bilateral deals were struck"),
        ]
        said = [
            f"{number_word(n)} {agree(n, one, many)}"
            for n, one, many in counts
            if n or many.startswith("plan")
        ]
        told.append(f"In all, {joined(said)}.")
        told.append(
            "When the story breaks off, the process still meets."
            if status == lifecycle.ACTIVE
            else "When the story breaks off, the process is asleep."
            if status == lifecycle.DORMANT
            else "The process itself is over; what is left of it is counted to the last year of the story."
        )
        for name, text in say.LAST.items():
            gap = here[name] - there[name]
            if abs(gap) < NOTICED:
                told.append(text[2].format(here=level_word(here[name])))
            else:
                told.append(
                    text[0 if gap > 0 else 1].format(
                        here=level_word(here[name]), there=level_word(there[name])
                    )
                )
        return told

    def when(self, quarter: int) -> str:
        """Return when a quarter is, as the beginning of a sentence."""
        return say.SEASONS[(self.setting.first_quarter + quarter) % 4]

    def list_of(self, states: Sequence[int]) -> str:
        """Return the names of states; beyond a few, how many more."""
        return listed([self.names[i] for i in states], _FEW)

    def turn(self, topic: str, wordings: Sequence[str], **parts: str) -> str:
        """Return the next wording of a topic, with its first letter raised unless it goes on."""
        place = self.turns.get(topic, 0)
        self.turns[topic] = place + 1
        text = wordings[place % len(wordings)].format(**parts)
        return text if text.startswith(";") else sentence(text)
