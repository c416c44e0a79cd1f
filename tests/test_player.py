"""The player: its numbers are those of the history, it stays one page, it plays in a browser from disk."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from rcpsim.errors import InputError, OutputError
from rcpsim.player import CURVES, packed, write_player
from rcpsim.results import Results, quantiles
from rcpsim.simulation import Replay, replay, simulate
from rcpsim.theory import lifecycle
from rcpsim.theory.trust import trust

HISTORIES = 5
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
HOSTILE = "</script><script>document.title='taken'</script><b>&amp; \"x\" 'y' \u2028 @DATA@"

Case = tuple[Replay, Results]


def played(name: str) -> Case:
    results = simulate(name, histories=HISTORIES, seed=2)
    return replay(name, history=results.medoid(), seed=2), results


@pytest.fixture(scope="module")
def puebla() -> Case:
    return played("puebla")


@pytest.fixture(scope="module")
def large() -> list[Case]:
    return [played("large-process"), played("large-process-working-groups")]


class Elements(HTMLParser):
    """Collects the elements of a page, their attributes and the text inside some of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        self.inside[self.open] = self.inside.get(self.open, "") + data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def story(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(Elements(path.read_text(encoding="utf-8")).inside["data"])
    return told


def numbers(text: str) -> np.ndarray:
    places = np.array([LETTERS.index(letter) for letter in text])
    whole = 64 * places[0::2] + places[1::2]
    return np.where(whole == 4095, np.nan, whole)


def written(path: Path, cases: list[Case], names: list[str] | None = None) -> Path:
    write_player(path, [case[0] for case in cases], [case[1] for case in cases], names)
    return path


# What the page holds


def test_the_network_holds_the_trust_and_the_talk_of_the_history(puebla: Case, tmp_path: Path) -> None:
    history = puebla[0]
    design = story(written(tmp_path / "player.html", [puebla]))["designs"][0]
    members = len(history.setting.codes)
    links = numbers(design["trust"]).reshape(len(history.labels), -1)
    commitment = numbers(design["commitment"]).reshape(-1, members)
    pair = 0
    for i in range(members):
        for j in range(i + 1, members):
            for quarter in (0, 17, len(history.labels) - 1):
                world = history.worlds[quarter]
                given = trust(
                    world.kept,
                    world.broken,
                    history.setting.trust_prior,
                    history.setting.parameters.m["prior_weight"],
                )[0]
                mutual = np.sqrt(given[i, j] * given[j, i])
                assert links[quarter, pair] / 1000 == pytest.approx(mutual, abs=5.1e-4)
                candid = history.minutes[quarter].candid[0]
                told = numbers(design["talk"][quarter])
                hours = told[pair] * design["hour"] if told.size else 0.0
                assert hours == pytest.approx(candid[i, j] + candid[j, i], abs=0.01 * design["hour"] * 4000)
            pair += 1
    assert links.shape[1] == pair
    assert commitment / 1000 == pytest.approx(
        np.stack([one.commitment[0] for one in history.processes]), abs=5.1e-4
    )


def test_the_curves_are_the_history_and_the_interval_of_all_histories(puebla: Case, tmp_path: Path) -> None:
    history, results = puebla
    curves = story(written(tmp_path / "player.html", [puebla]))["designs"][0]["curves"]
    assert list(curves) == list(CURVES)
    for name, curve in curves.items():
        low, middle, high = quantiles(results.measures[name], (0.05, 0.5, 0.95))
        of_history = results.measures[name][results.histories == history.history][0]
        wanted = {"low": low, "middle": middle, "high": high, "own": of_history, "twin": history.twin[name]}
        for line, values in wanted.items():
            told = np.array([np.nan if one is None else one for one in curve[line]])
            np.testing.assert_allclose(told, values, rtol=5.1e-3, atol=1e-12, err_msg=f"{name} {line}")


def test_nothing_is_drawn_of_a_process_that_has_ended(puebla: Case, tmp_path: Path) -> None:
    history, results = puebla
    status = history.measures["status"].copy()
    status[30:] = lifecycle.STARVED
    ended = replace(history, measures=history.measures | {"status": status})
    design = story(written(tmp_path / "player.html", [(ended, results)]))["designs"][0]
    own = design["curves"]["trust_all"]["own"]
    assert None not in own[:30]
    assert own[30:] == [None] * (len(own) - 30)
    assert design["status"][30] == lifecycle.STARVED


def test_leaks_and_meetings_are_those_of_the_minutes(large: list[Case], tmp_path: Path) -> None:
    history = large[0][0]
    design = story(written(tmp_path / "player.html", large))["designs"][0]
    found = {(q, leaker, whose) for q, leaker, whose, _ in design["leaks"]}
    wanted = {
        (quarter, int(leaker), int(whose))
        for quarter, minutes in enumerate(history.minutes)
        for whose, leaker in np.argwhere(minutes.source[0] > 0)
    }
    assert found == wanted
    assert found
    held = [row[2] for row in design["meetings"]]
    assert held == [int(np.sum(minutes.held[0])) for minutes in history.minutes]
    assert [row[3] for row in design["leaks"]] == [
        int(value > 0) for value in history.events.of_kind("leak").value
    ]


def test_the_lines_of_a_quarter_tell_its_events(puebla: Case, tmp_path: Path) -> None:
    history = puebla[0]
    happened = story(written(tmp_path / "player.html", [puebla]))["designs"][0]["happened"]
    for kind, words in (
        ("item", "Plan item adopted: "),
        ("deal", "Deal: "),
        ("government", "New government: "),
    ):
        rows = history.events.of_kind(kind)
        told = [q for q, lines in enumerate(happened) if any(line.startswith(words) for line in lines)]
        assert told == sorted(set(rows.quarter.tolist()))
        assert told


def test_the_chronicle_is_cut_into_the_years_of_the_run(puebla: Case, tmp_path: Path) -> None:
    years = story(written(tmp_path / "player.html", [puebla]))["designs"][0]["years"]
    labels = puebla[0].labels
    assert [year[0] for year in years[:-1]] == list(range(0, len(labels), 4))
    assert all(labels[first].startswith(heading) for first, _, heading, _ in years[:-1])
    assert all(len(text) > 20 for *_, text in years)
    assert years[-1][:2] == [len(labels) - 1, len(labels) - 1]


def test_the_caption_says_which_history_of_how_many(puebla: Case, tmp_path: Path) -> None:
    history, results = puebla
    caption = story(written(tmp_path / "player.html", [puebla]))["designs"][0]["caption"]
    assert f"History {history.history} of seed 2, the typical one" in caption
    assert f"{HISTORIES} histories" in caption
    assert re.search(r"rcpsim \d+\.\d+", caption)
    other = next(number for number in range(HISTORIES) if number != history.history)
    case = (replay("puebla", history=other, seed=2), results)
    caption = story(written(tmp_path / "player.html", [case]))["designs"][0]["caption"]
    assert f"History {other} of seed 2, in front of" in caption


def test_packed_numbers_come_back() -> None:
    values = np.array([0.0, 0.4, 63.6, 1000.0, 4094.0, 9999.0, -5.0, np.nan])
    wanted = [0.0, 0.0, 64.0, 1000.0, 4094.0, 4094.0, 0.0, np.nan]
    np.testing.assert_array_equal(numbers(packed(values)), wanted)


# The page as a file


def test_the_page_asks_for_nothing_from_outside(puebla: Case, tmp_path: Path) -> None:
    page = written(tmp_path / "player.html", [puebla]).read_text(encoding="utf-8")
    parsed = Elements(page)
    addresses = {
        value for _, given in parsed.elements for name, value in given.items() if name in {"src", "href"}
    }
    assert addresses == {"data:,"}
    assert set(re.findall(r"https?://[^\s\"']*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\(", page)
    policy = next(given["content"] for _, given in parsed.elements if "http-equiv" in given)
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")


def test_a_name_stays_text(puebla: Case, tmp_path: Path) -> None:
    plain = Elements(written(tmp_path / "plain.html", [puebla]).read_text(encoding="utf-8"))
    path = written(tmp_path / "hostile.html", [puebla], [HOSTILE])
    page = Elements(path.read_text(encoding="utf-8"))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert page.inside["title"] == HOSTILE
    assert story(path)["designs"][0]["name"] == HOSTILE


def test_the_page_is_small(puebla: Case, large: list[Case], tmp_path: Path) -> None:
    assert written(tmp_path / "one.html", [puebla]).stat().st_size < 1.5e6
    assert written(tmp_path / "two.html", large).stat().st_size < 4e6


def test_the_same_history_gives_the_same_page(puebla: Case, tmp_path: Path) -> None:
    first = written(tmp_path / "first.html", [puebla]).read_bytes()
    assert written(tmp_path / "second.html", [puebla]).read_bytes() == first


def test_what_does_not_belong_together_is_told_at_once(
    puebla: Case, large: list[Case], tmp_path: Path
) -> None:
    history, results = puebla
    with pytest.raises(InputError, match="replays are none"):
        write_player(tmp_path / "player.html", [], [])
    with pytest.raises(InputError) as told:
        write_player(tmp_path / "player.html", [history], [large[0][1]], ["a", "b"])
    assert "names are 2" in str(told.value)
    assert "of another process" in str(told.value)
    with pytest.raises(InputError, match="results are 2"):
        write_player(tmp_path / "player.html", [history], [results, results])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_leaves_nothing(puebla: Case, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        written(tmp_path / "missing" / "player.html", [puebla])
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        written(tmp_path / "taken", [puebla])
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


# The page in a browser


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as tool:
        opened = tool.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


class Watched:
    """A page opened from disk; at the end it must have asked for nothing else and complained of nothing."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.page: Page = browser.new_page(**options)
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def quarter(self) -> str:
        return self.page.inner_text("#quarter")

    def close(self) -> None:
        self.page.wait_for_timeout(100)
        self.page.close()
        assert [url for url in self.requests if not url.startswith("data:")] == [self.address]
        assert self.faults == []


@pytest.mark.browser
def test_it_plays_and_pauses(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    watched = Watched(browser, written(tmp_path / "player.html", [puebla]))
    page, labels = watched.page, puebla[0].labels
    assert watched.quarter() == labels[0]
    assert page.locator(".node").count() == len(puebla[0].setting.codes)
    assert page.locator(".curve .own").count() == len(CURVES)
    assert page.locator(".curve:visible").count() == 6
    page.select_option("#speed", "8")
    page.click("#play")
    page.wait_for_function("label => document.getElementById('quarter').textContent > label", arg=labels[2])
    page.click("#play")
    stopped = watched.quarter()
    assert stopped in labels
    page.wait_for_timeout(400)
    assert watched.quarter() == stopped
    page.press("body", "End")
    page.click("#play")  # at the end, it begins again
    page.wait_for_function("label => document.getElementById('quarter').textContent < label", arg=labels[-1])
    watched.close()


@pytest.mark.browser
def test_slider_keys_and_pictures_set_the_quarter(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    watched = Watched(browser, written(tmp_path / "player.html", [puebla]))
    page, labels = watched.page, puebla[0].labels
    before = page.get_attribute(".curve .cursor", "x1")
    page.locator("#scrub").fill("21")
    assert watched.quarter() == labels[21]
    assert page.get_attribute("#scrub", "aria-valuetext") == labels[21]
    assert page.get_attribute(".curve .cursor", "x1") != before
    assert page.inner_text(".now").startswith(labels[21])
    assert page.inner_text(".story .here b") == labels[21].split("-")[0]
    page.press("body", "ArrowRight")
    assert watched.quarter() == labels[22]
    page.press("#scrub", "ArrowLeft")
    assert watched.quarter() == labels[21]
    page.press("body", "Home")
    assert watched.quarter() == labels[0]
    page.press("body", "End")
    assert watched.quarter() == labels[-1]
    page.press("body", " ")
    assert page.inner_text("#play") == "Pause"
    page.press("body", " ")
    assert page.inner_text("#play") == "Play"
    for picture in (".strip svg", ".curve svg >> nth=3"):
        box = page.locator(picture).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 0.55 * box["width"], box["y"] + 0.4 * box["height"])
        place = labels.index(watched.quarter())
        assert 0.4 < place / len(labels) < 0.6
    page.click("#first")
    page.click("#forward")
    assert watched.quarter() == labels[1]
    watched.close()


@pytest.mark.browser
def test_the_reading_of_a_curve_is_the_measure(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    watched = Watched(browser, written(tmp_path / "player.html", [puebla]))
    for quarter in (3, 40):
        watched.page.locator("#scrub").fill(str(quarter))
        for name in ("trust_all", "understanding"):
            text = watched.page.inner_text(f'.curve[data-measure="{name}"] p')
            own, twin = (float(number) for number in re.findall(r"\d+\.\d+", text))
            assert own == pytest.approx(puebla[0].measures[name][quarter], abs=0.0056)
            assert twin == pytest.approx(puebla[0].twin[name][quarter], abs=0.0056)
    watched.close()


@pytest.mark.browser
def test_links_are_those_above_the_chosen_level(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    path = written(tmp_path / "player.html", [puebla])
    watched = Watched(browser, path)
    page, history = watched.page, puebla[0]

    def lines(layer: str) -> int:
        drawn = page.eval_on_selector_all(f".{layer} path", "all => all.map(one => one.getAttribute('d'))")
        return sum(text.count("M") for text in drawn if text)

    quarter = len(history.labels) - 1
    page.press("body", "End")
    members = int(np.sum(history.setting.present[0, quarter]))
    page.locator("#level-trust").fill("0")
    assert lines("net .trust") == members * (members - 1) // 2
    told = numbers(story(path)["designs"][0]["trust"]).reshape(len(history.labels), -1)[quarter]
    level = round(float(np.median(told)) / 1000, 2)
    page.locator("#level-trust").fill(str(level))
    assert lines("net .trust") == int(np.sum(told / 1000 >= level))
    assert 0 < lines("net .trust") < told.size
    page.locator("#level-trust").fill("0.99")
    assert lines("net .trust") == 0
    page.locator("#level-trust").fill("0")
    code = history.setting.codes[0]
    page.select_option("#state", code)
    assert lines("net .trust") == members - 1
    assert history.setting.codes[0] in (page.text_content(".node.chosen") or "")
    met = next(q for q, minutes in enumerate(history.minutes) if minutes.candid.any())
    page.select_option("#state", "")
    page.locator("#level-talk").fill("0")
    page.locator("#scrub").fill(str(met))
    candid = history.minutes[met].candid[0]
    both = np.triu(candid + candid.T, 1) > 0.0
    assert 0 < lines("net .talk") <= int(np.sum(both))
    watched.close()


@pytest.mark.browser
def test_two_designs_play_side_by_side(browser: Browser, large: list[Case], tmp_path: Path) -> None:
    path = written(tmp_path / "player.html", large, ["one room", HOSTILE])
    watched = Watched(browser, path, viewport={"width": 1440, "height": 900})
    page = watched.page
    assert page.locator(".design h2").all_inner_texts()[0] == "one room"
    assert page.text_content(".design:nth-child(2) h2") == HOSTILE
    assert page.locator(".node").count() == 80
    first, second = (page.locator(".design").nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    assert second["x"] >= first["x"] + first["width"]
    quarter = next(q for q, lines in enumerate(large[0][0].minutes) if lines.leaked.any())
    page.locator("#scrub").fill(str(quarter))
    assert watched.quarter() == large[0][0].labels[quarter]
    assert all(text.startswith(watched.quarter()) for text in page.locator(".now").all_inner_texts())
    leaks = page.locator(".design >> nth=0").locator(".net .leak path")
    assert leaks.count() == int(np.sum(large[0][0].minutes[quarter].source[0] > 0))
    assert page.title() != "taken"
    watched.close()


@pytest.mark.browser
def test_designs_of_different_dates_are_shown_by_age(
    browser: Browser, puebla: Case, large: list[Case], tmp_path: Path
) -> None:
    watched = Watched(browser, written(tmp_path / "player.html", [puebla, large[0]]))
    page = watched.page
    assert watched.quarter() == "Quarter 1"
    page.press("body", "End")
    assert watched.quarter() == f"Quarter {len(large[0][0].labels)}"
    ends = [case[0].labels[-1] for case in (puebla, large[0])]
    for text, label in zip(page.locator(".now").all_inner_texts(), ends, strict=True):
        assert text.startswith(label)
    watched.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1100, 1600])
def test_it_fits_the_window(
    browser: Browser, puebla: Case, large: list[Case], tmp_path: Path, width: int
) -> None:
    for name, cases in (("one", [puebla]), ("two", large)):
        path = written(tmp_path / f"{name}.html", cases)
        watched = Watched(browser, path, viewport={"width": width, "height": 800})
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
        watched.close()


@pytest.mark.browser
def test_motion_is_left_out_where_it_is_not_wanted(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    path = written(tmp_path / "player.html", [puebla])
    moving = {}
    for wish in ("reduce", "no-preference"):
        watched = Watched(browser, path, reduced_motion=wish)
        style = "getComputedStyle(document.querySelector('.node .body')).transitionDuration"
        moving[wish] = watched.page.evaluate(style)
        watched.close()
    assert moving == {"reduce": "0s", "no-preference": "0.25s"}


@pytest.mark.browser
def test_everything_that_can_be_pressed_has_a_name(browser: Browser, puebla: Case, tmp_path: Path) -> None:
    watched = Watched(browser, written(tmp_path / "player.html", [puebla]))
    nameless = watched.page.evaluate(
        """[...document.querySelectorAll("button, select, input, svg[role=img], ol[tabindex], ul[tabindex]")]
        .filter(one => !one.getAttribute("aria-label") && !one.closest("label") && !one.textContent.trim())
        .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
    watched.close()
