"""The keys of a scenario as `rcpsim list dials` tells them, held to what is read and to where it acts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rcpsim.axes import EVENT_KINDS, MECHANISMS
from rcpsim.cli import main
from rcpsim.errors import InputError
from rcpsim.profile import key_named, keys, manual
from rcpsim.scenario import DialCard, dial_cards, list_scenarios, load_scenario
from rcpsim.scenario.tables import Table

ALLOWED = Path(__file__).with_name("allowed_paths.toml")

OF_THE_AUDIT = {
    "record": "calendar.meetings.*.record",
    "text": "calendar.meetings.*.text",
    "days": "calendar.meetings.*.days",
    "meetings": "calendar.meetings.*.per_year",
    "rank": "calendar.meetings.*.political",
    "ministries": "calendar.meetings.*.ministries",
    "members": "members.start",
    "sponsor_share": "money.sponsor_share",
    "sponsor_issues": "money.sponsor_issues",
    "backers": "money.backers",
    "backers_share": "money.backers_share",
    "agenda": "plan.agenda",
    "priority": "design.priority.*",
    "plan.sought": "plan.sought",
    "plan.load": "plan.load",
    "plan.count": "plan.count",
    "plan.due": "plan.due",
    "working_groups": "design.working_groups.size",
    "closing.sunset": "design.closing",
    "closing.review": "design.closing",
    "observers.openness": "design.observers.*.openness",
    "observers.organisations": "design.observers.*.organisations",
    "observers.let_in": "calendar.meetings.*.observers",
}
"""Dial of the audit -> key, where the key is not `design.` and the name of the dial."""


def rcpsim_command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """Return the place of every key that reading asks for, in all scenarios and one that holds everything."""
    places: set[str] = set()
    whole = Table.has

    def noting(table: Table, key: str) -> bool:
        places.add(table.place(key))
        return whole(table, key)

    small = {"kind": "senior", "per_year": 1, "source": "ours", "groups": {"size": 4}}
    event = {"on": "Y02-Q1", "source": "ours", "text": "plan"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "has", noting)
        for name in list_scenarios():
            load_scenario(name)
        overrides: dict[str, Any] = {
            "calendar.meetings": [small],
            "design.working_groups": {"count": 2},
            "design.observers": [{"states": 3}],
            "design.rotation": {"order": ["S01"]},
            "event": [{**event, "id": kind, "kind": kind} for kind in EVENT_KINDS],
        }
        with pytest.raises(InputError):  # a text has no place in other kinds of events
            load_scenario("small-process", overrides)
    return places


def _plain(place: str) -> str:
    """Return a place with `*` for the entries of lists, of which a single table of observers is one."""
    return re.sub(r"^(design\.observers)\.(?!\*)", r"\1.*.", re.sub(r"\.\d+(?=\.|$)", ".*", place))


def test_every_key_that_is_read_is_listed(asked: set[str]) -> None:
    tables = {key.rsplit(".", count)[0] for key in keys() for count in range(1, key.count(".") + 1)}
    inside = ("design.rotation.", "members.snapshots.", "checks.judged.")  # told with the whole
    dials = tuple(f"{card.key}." for card in dial_cards())
    missing = set()
    for place in asked:
        plain = _plain(place)
        told = key_named(plain) is not None or plain in tables
        if not told and not plain.startswith((*dials, *inside)):
            missing.add(plain)
    assert not missing


def test_every_listed_key_is_read(asked: set[str]) -> None:
    plain = {_plain(place) for place in asked}
    above = {place.rsplit(".", 1)[0] for place in plain} | plain
    for key in keys():
        assert key in plain or key.removesuffix(".*") in above, key


def test_every_dial_is_a_key_and_tells_its_card() -> None:
    cards = {card.key: card for card in dial_cards()}
    assert {key for key, found in keys().items() if found.card is not None} == set(cards)
    for key, card in cards.items():
        assert keys()[key].meaning == card.meaning
        assert keys()[key].card == card


def test_every_key_says_where_it_acts_or_what_is_made_of_it() -> None:
    for name, key in keys().items():
        assert bool(key.acts) != bool(key.how), name
        assert set(key.acts) <= set(MECHANISMS), name


def test_keys_act_where_the_audit_of_emergence_lets_them() -> None:
    found: dict[str, set[str]] = {}
    for row in tomllib.loads(ALLOWED.read_text(encoding="utf-8"))["row"]:
        for dial, paths in row["dials"].items():
            key = OF_THE_AUDIT.get(dial, f"design.{dial}")
            found.setdefault(key, set()).update(set(paths) - {"laid_out"})
    found.pop("design.obligation")  # what follows from the texts sought
    for key, mechanisms in found.items():
        assert set(keys()[key].acts) == mechanisms, key


@pytest.mark.parametrize(
    "card", [card for card in dial_cards() if "*" not in card.key], ids=lambda card: card.key
)
def test_lists_by_period_are_read_where_the_page_says_so(card: DialCard) -> None:
    """What takes a list acts by period; whatever holds throughout refuses one."""
    value = card.options[0] if card.options else card.low
    overrides: dict[str, Any] = {card.key: [{"from": "Y01", "value": value}, {"from": "Y03", "value": value}]}
    if card.key == "money.backers_share":
        overrides["money.backers"] = ["S01"]
    if keys()[card.key].periods:
        assert load_scenario("small-process", overrides)
    else:
        with pytest.raises(InputError, match="it has no periods"):
            load_scenario("small-process", overrides)


# The commands


def test_dials_are_listed_with_unit_range_and_place() -> None:
    output = rcpsim_command("list", "dials").output
    for key in keys():
        assert re.search(rf"^{re.escape(key)} ", output, re.M), key
    assert re.search(r"^design\.caution +share +0 to 1 +set_agenda", output, re.M)


@pytest.mark.parametrize("name", keys())
def test_every_key_can_be_shown(name: str) -> None:
    result = rcpsim_command("show", name)
    assert result.exit_code == 0, result.output
    assert f"--set {name}=VALUE" in result.output


def test_a_key_is_shown_by_an_entry_or_by_its_last_part() -> None:
    for name in ("caution", "design.caution"):
        output = rcpsim_command("show", name).output
        for wanted in ("share", "0 to 1", "set_agenda", "as unknown", "theory/meetings"):
            assert wanted in output
    assert "unit" in rcpsim_command("show", "calendar.meetings.workshop.per_year").output
    result = rcpsim_command("show", "design.cautoin")
    assert result.exit_code == 2
    assert "did you mean design.caution" in result.stderr


def test_pages_of_the_docs_are_listed_and_shown() -> None:
    listed = rcpsim_command("list", "pages").output
    for name, path in manual().items():
        assert re.search(rf"^{re.escape(name)} ", listed, re.M)
        assert rcpsim_command("show", name).output == path.read_text(encoding="utf-8")
    assert rcpsim_command("show", "theory/trust", "--out", "there").exit_code == 2


def test_states_are_listed() -> None:
    assert re.search(r"^MEX +Mexico", rcpsim_command("list", "states").output, re.M)


def test_a_broken_file_points_to_a_command_that_explains_the_format(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("format = ", encoding="utf-8")
    told = rcpsim_command("check", str(path)).stderr
    wanted = re.search(r"`rcpsim (show [\w-]+)`", told)
    assert wanted is not None, told
    assert rcpsim_command(*wanted[1].split()).exit_code == 0
