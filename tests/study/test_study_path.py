"""Paths in the app: from a goal in words to stops with reasons, other ways, what is known and owned."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page

from agnesi.course import curriculum, route
from agnesi.course.places import WAYS
from agnesi.study.pages.paths import EXAMPLES, WORDS
from study_visitors import Visitor


def stops(text: str) -> list[str]:
    return re.findall(r'<li id="stop-\d+">', text)


def test_without_a_goal_the_page_says_where_to_start(client: Visitor) -> None:
    text = unescape(client.get("/path").text)
    assert "slowly, with examples" in text
    for r in curriculum().resources.values():
        assert r.start in text and f'href="/resources/{r.id}"' in text


@pytest.mark.parametrize("goal", EXAMPLES)
def test_a_goal_has_the_stops_of_its_route(goal: str, client: Visitor) -> None:
    found = client.get("/path", params={"goal": goal})
    it, text = route(goal), unescape(found.text)
    assert found.status_code == 200 and len(stops(text)) == len(it.stops)
    for stop in it.stops:
        assert stop.place and f'href="/resources/{stop.place.resource}#part-{stop.place.chapter}"' in text
        assert all(f'href="/concepts/{c}"' in text and stop.why[c] in text for c in stop.concepts)
        assert stop.chosen in text


def test_other_ways_lead_to_the_same_goal_at_their_own_address(client: Visitor) -> None:
    text = client.get("/path?goal=gp&own=mml&own=prml&own=impla").text
    others = [unescape(a) for a in re.findall(r'href="(/path\?goal=gp[^"]*way=[^"]*)"', text)]
    assert others and all("own=impla&own=mml&own=prml" in a for a in others)
    for address in others:
        assert stops(client.get(address).text)
    assert set(WORDS) == {w.name for w in WAYS}


def test_the_state_stands_in_the_address(client: Visitor) -> None:
    slow = unescape(client.get("/path?goal=gp&own=mml&own=prml&speed=slow&way=shortest").text)
    assert 'value="slow" selected' in slow and 'value="shortest" selected' in slow
    it = route("gp", owns=["mml", "prml"], speed="slow", way="shortest")
    assert len(stops(slow)) == len(it.stops) and "Imperial" not in slow[slow.index("stops") : slow.index("Other ways")]
    assert client.get("/path?goal=gp&own=ghost&way=odd&speed=warp").status_code == 200


@pytest.mark.parametrize("goal", ["zzzz", "prml 99", "<script>alert(1)</script>", "x" * 5000, "MacKay 38"])
def test_a_goal_that_is_not_understood_is_answered_with_a_sentence(goal: str, client: Visitor) -> None:
    found = client.get("/path", params={"goal": goal})
    assert found.status_code == 422 and 'role="alert"' in found.text and "<script>alert" not in found.text


def test_near_names_are_links(client: Visitor) -> None:
    text = unescape(client.get("/path?goal=Bayes+theorem+for+spam").text)
    assert '<a href="/path?goal=Bayes%27%20theorem">' in text.replace("+", "%20")


def test_what_is_known_shortens_the_way(client: Visitor) -> None:
    before = len(stops(client.get("/path?goal=gp").text))
    try:
        after = client.submit("/known", {"concept": ["mvn", "kernels"], "known": "1", "back": "/path?goal=gp"})
        assert len(stops(after.text)) == 1 < before and "you know already" in after.text
    finally:
        client.submit("/known", {"concept": ["mvn", "kernels"], "known": "0"})
    assert len(stops(client.get("/path?goal=gp").text)) == before


def test_the_shelf_is_kept_and_paths_keep_to_it(client: Visitor) -> None:
    try:
        found = unescape(client.submit("/owns", {"own": ["mml"], "back": "/path?goal=backprop"}).text)
        assert "In none of the books chosen" in found and "(not on your shelf)" in found
        assert "not on your shelf" in client.get("/concepts/gp").text
    finally:
        client.submit("/owns", {})
    assert "In none of the books chosen" not in client.get("/path?goal=backprop").text


def test_goals_are_kept_and_forgotten(client: Visitor) -> None:
    kept = client.submit("/path/keep", {"goal": "Kalman filter", "keep": "1", "back": "/path?goal=Kalman+filter"})
    assert "Forget this goal" in kept.text and "Kalman filter" in client.get("/path").text
    client.submit("/path/keep", {"goal": "Kalman filter", "keep": "0"})
    assert "Your goals" not in client.get("/path").text


def test_a_path_is_found_and_walked_in_a_browser(tab: Page) -> None:
    tab.goto("/")
    tab.goto("/path")
    tab.fill("#goal", "understand backpropagation")
    tab.press("#goal", "Enter")
    tab.wait_for_selector("#stop-12")
    assert tab.inner_text("h1") == "Backpropagation"
    tab.click("#stop-1 summary")
    assert "MML is the spine" in tab.inner_text("#stop-1 details")
    tab.click("#stop-1 .knows button")
    tab.wait_for_selector("#stop-12", state="detached")
    tab.reload()
    assert tab.locator("ol.route > li").count() == 11
    tab.goto("/concepts/vectors")
    tab.click("text=I do not know this")
    tab.wait_for_selector("text=I know this")


@pytest.mark.slow
def test_axe_finds_nothing_where_something_is_known_opened_or_wrong(tab: Page) -> None:
    """As in test_study_looks, in the states that a person makes."""
    axe = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
    tab.goto("/concepts/gradient")
    tab.click("#knows-gradient")
    tab.wait_for_selector("text=I do not know this")
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        for address in ("/path", "/path?goal=gp&own=mml", "/path?goal=zz", "/map/vector-calculus", "/map/all?goal=gp"):
            tab.goto(address)
            tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            tab.evaluate(axe)
            found = tab.evaluate("() => axe.run({resultTypes: ['violations']})")
            assert [(v["id"], v["nodes"][0]["target"]) for v in found["violations"]] == [], (scheme, address)
    tab.goto("/concepts/gradient")
    tab.click("#knows-gradient")
    tab.wait_for_selector("text=I know this")
