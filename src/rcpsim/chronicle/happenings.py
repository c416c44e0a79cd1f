"""What happened in a year: comings and goings, meetings, agreements, leaks, deals, and news from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import (
    agree,
    joined,
    kept_apart,
    listed,
    lowered,
    moved,
    number_word,
    sentence,
    share_word,
    without_stop,
)
from rcpsim.chronicle.reading import chosen
from rcpsim.chronicle.wording import Said, Wording
from rcpsim.events import EventTable
from rcpsim.theory import lifecycle

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

__all__ = ["Happenings"]

_LEAKS: Final = 2  # told one by one in a year; the rest is counted
_BIG_TURNOVER: Final = 0.5  # share of a delegation replaced in a year that is told


class Happenings(Wording):
    """Tells what happened in some quarters, kind by kind; holds the calendar that was told last."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay)
        self.calendar: list[str] = []

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
            wordings = say.GOVERNMENT if len(states) > 1 else say.GOVERNMENT_ONE
            told.append((quarters[-1], self.turn("government", wordings, where=self.list_of(states))))
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
