"""One history told in plain dated sentences, to be read aloud.

Only what the history holds is told: its events, and its worlds beside those of the no-process twin. The same
history always reads the same; the wording changes from sentence to sentence by turns, not by chance. A year
that is full is told by its weightiest events; the rest is counted.
"""

from rcpsim.chronicle.telling import chronicle, chronicle_sentences

__all__ = ["chronicle", "chronicle_sentences"]
