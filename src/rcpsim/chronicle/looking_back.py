"""How things stand: stages reached, who came closer over some years, and all of it beside the twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rcpsim.chronicle import phrases as say
from rcpsim.chronicle.grammar import NOTICED, agree, compared, joined, level_word, number_word
from rcpsim.chronicle.wording import Said, Wording
from rcpsim.theory import lifecycle

if TYPE_CHECKING:
    from rcpsim.simulation import Replay

__all__ = ["LookingBack"]


class LookingBack(Wording):
    """Compares what stands with what stood before and with the twin; holds when it last looked."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay)
        self.last_stock = 0
        self.stage = 0

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
