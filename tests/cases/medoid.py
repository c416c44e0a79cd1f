"""Write the defaults of the cards from the medoid of the plausible sets that the package holds.

    python -m tests.cases.medoid

Every card whose prior is not fixed gets its line ``default = ...``, just before its prior, and nothing else
in its file changes; a second time nothing changes at all. It is run after ``rcpsim fit --install``. The stamp
of the theory leaves defaults out, so that the sets stay those of the theory.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import rcpsim
from rcpsim.fitting import defaults_of
from rcpsim.parameter_sets import plausible_sets

FOLDER = Path(rcpsim.__file__).parent / "theory"


def with_defaults(text: str, values: Mapping[str, float]) -> str:
    """Return a file of cards with these defaults."""
    lines, name = [], ""
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            name = line.strip().strip("[]")
        if name in values and line.startswith("default ="):
            continue
        if name in values and line.startswith("prior ="):
            lines.append(f"default = {values[name]!r}\n")
        lines.append(line)
    return "".join(lines)


def main() -> None:
    """Write the defaults, and say of each file how many of its lines changed."""
    values = defaults_of(plausible_sets())
    for path in sorted(FOLDER.glob("*.toml")):
        before = path.read_text(encoding="utf-8")
        after = with_defaults(before, values)
        changed = len(set(after.splitlines()) - set(before.splitlines()))
        if after != before:
            path.write_text(after, encoding="utf-8")
        print(f"{path.name}: {changed} changed")


if __name__ == "__main__":
    main()
