"""A quick hindcast as of 2001 gives what it gave when it was last accepted, and what the page on it shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from rcpsim.cli.hindcast_table import print_hindcast
from rcpsim.hindcast import QUICK, VERDICTS, Hindcast, hindcast
from tests.reproduction.recorded import hold

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hindcast.md"
COMMAND = "rcpsim hindcast --quick --as-of 2001"
WIDTH = 140
HEAD = f"""Recorded results: what every pattern came to in `{COMMAND}`.
Each row: histories counted, median, ends of the 90 % interval, score, score of the constant guess, verdict
({", ".join(f"{place} {word}" for place, word in enumerate(VERDICTS))}). nan where no history was described.
To accept new ones see tests/reproduction/recorded.py."""


@pytest.fixture(scope="module")
def quick() -> Hindcast:
    return hindcast(histories=QUICK, as_of=2001)


def test_a_quick_hindcast_gives_its_recorded_results(quick: Hindcast) -> None:
    tables: dict[str, dict[str, list[float]]] = {}
    for one in quick.findings:
        row = [one.counted, one.median, one.low, one.high, one.score, one.guess_score]
        place = VERDICTS.index(one.verdict)
        tables.setdefault(one.pattern.process, {})[one.pattern.id] = [float(cell) for cell in (*row, place)]
    assert quick.survival is not None
    tables["statuses"] = {f"brier-{year}": list(row) for year, row in quick.survival.brier.items()}
    hold("hindcast", HEAD, tables)


def test_the_page_shows_what_the_command_prints(quick: Hindcast) -> None:
    """Where it does not, the page as it should be is written beside it; rename it to accept it."""
    screen = io.StringIO()
    print_hindcast(quick, Console(file=screen, width=WIDTH, highlight=False, soft_wrap=False))
    printed = "\n".join(line.rstrip() for line in screen.getvalue().splitlines())
    page = PAGE.read_text(encoding="utf-8")
    begin = f"```text\n$ {COMMAND}\n"
    before, rest = page.split(begin)
    shown, after = rest.split("\n```\n", 1)
    beside = PAGE.with_suffix(".md.new")
    if shown != printed:
        beside.write_text(f"{before}{begin}{printed}\n```\n{after}", encoding="utf-8")
        raise AssertionError(f"the table changed; rename {beside.name} to {PAGE.name} if that is meant")
    beside.unlink(missing_ok=True)
