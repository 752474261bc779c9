"""The map: areas, concepts, resources; what a person knows; files of their own."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.sync_api import Page, expect

from agnesi.course import curriculum
from agnesi.course.own import EXAMPLE
from agnesi.course.records import AREAS
from agnesi.study.layout import HEIGHT, WIDTH, Drawing, around, banded, drawn
from agnesi.study.pages.map import LEANS, slug
from agnesi.study.web import written
from study_visitors import Visitor

ALL = curriculum()


def links(text: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'href="(/[^"#]*)', text)]


def test_the_map_leads_to_every_area_resource_and_concept(client: Visitor) -> None:
    there = set(links(client.get("/map").text))
    assert {f"/map/{slug(a)}" for a in AREAS} <= there
    assert {f"/resources/{r}" for r in ALL.resources} <= there
    assert {f"/concepts/{c}" for c in ALL.concepts} <= there


@pytest.mark.parametrize("area", AREAS)
def test_an_area_shows_its_concepts_as_a_drawing_and_as_a_list(area: str, client: Visitor) -> None:
    text = client.get(f"/map/{slug(area)}").text
    drawing, _, listed = text.partition("</svg>")
    for c in ALL.concepts.values():
        if c.area == area:
            assert f'href="/concepts/{c.id}"' in drawing and f'href="/concepts/{c.id}"' in listed
            assert written(c.statement) in unescape(listed)
    within = sum(ALL.concepts[n].area == area for c in ALL.concepts.values() if c.area == area for n in c.needs)
    assert drawing.count('<path class="edge') == within


def test_a_phone_has_all_concepts_as_a_list_and_the_drawing_when_asked(tab: Page) -> None:
    tab.goto("/map/all?goal=backpropagation")
    expect(tab.locator(".drawing")).to_be_visible()
    expect(tab.locator(".instead")).to_be_hidden()
    tab.set_viewport_size({"width": 390, "height": 844})
    expect(tab.locator(".drawing")).to_be_hidden()
    listed = tab.locator(".instead .chip")
    assert listed.count() == int(re.search(r"(\d+) concepts are on the way", tab.locator("main").inner_text())[1])  # type: ignore[index]
    tab.goto("/map/all")
    assert tab.locator(".instead .chip").count() == len(ALL.concepts)
    tab.get_by_role("link", name="Show the drawing all the same").click()
    expect(tab.locator(".drawing")).to_be_visible()
    expect(tab.locator(".instead")).to_be_hidden()


def test_every_concept_and_resource_has_a_page_without_broken_links(client: Visitor) -> None:
    """Each page of a concept answers, says where it is taught and what it needs; links to concepts lead somewhere."""
    for c in ALL.concepts.values():
        found = client.get(f"/concepts/{c.id}")
        text = unescape(found.text)
        assert found.status_code == 200 and written(c.statement) in text
        assert all(f'href="/concepts/{n}"' in text for n in c.needs)
        assert all(f'href="/resources/{p.resource}#part-{p.chapter}"' in text for p in c.taught)
        about = [r.id for r in ALL.results.values() if c.id in r.concepts]
        assert all(f'href="/results/{r}"' in text for r in about)
    for r in ALL.resources.values():
        text = unescape(client.get(f"/resources/{r.id}").text)
        assert r.use in text and r.start in text
        assert all(f'id="part-{c.n}"' in text and c.title in text for c in r.chapters)
        assert all(f'<a href="{link}" rel="noreferrer noopener">' in text for link in r.links)


@pytest.mark.parametrize("address", ["/concepts/ghost", "/resources/ghost", "/map/ghost", "/concepts/<b>"])
def test_what_is_not_there_is_said(address: str, client: Visitor) -> None:
    found = client.get(address)
    assert found.status_code == 404 and "no such page" in found.text and "<b>" not in found.text


def test_the_way_to_a_goal_is_marked_in_the_drawing_of_all_concepts(client: Visitor) -> None:
    plain, marked = client.get("/map/all").text, client.get("/map/all?goal=understand+backpropagation").text
    assert plain.count('class="node') == marked.count('class="node') == len(ALL.concepts)
    assert "edge on" not in plain and "edge on" in marked
    assert re.search(r'href="/concepts/backprop" class="node \w+ goal on"', marked)
    assert 'role="alert"' in client.get("/map/all?goal=zzzz").text


def test_who_knows_a_concept_knows_what_it_needs_until_they_take_it_back(client: Visitor) -> None:
    try:
        found = client.submit("/known", {"concept": ["eigen", "ghost"], "known": "1", "back": "/concepts/eigen"})
        assert found.url.path == "/concepts/eigen" and "I do not know this" in found.text
        area = client.get("/map/matrix-decompositions").text
        assert re.search(r'href="/concepts/determinant" class="node known"', area)
        assert re.search(r'href="/concepts/pagerank" class="node ahead"', area)
        assert "since you know what needs it" in client.get("/concepts/determinant").text
        assert "You know" in client.get("/map").text
    finally:
        client.submit("/known", {"concept": "eigen", "known": "0", "back": "/map"})
    assert re.search(r'href="/concepts/determinant" class="node ahead"', client.get("/map/matrix-decompositions").text)


def known(client: Visitor) -> set[str]:
    return set(re.findall(r'href="/concepts/([^"]*)" class="node known', client.get("/map/all").text))


def test_who_does_not_know_a_concept_does_not_know_what_needs_it_but_keeps_the_rest(client: Visitor) -> None:
    try:
        client.submit("/known", {"concept": "eigen", "known": "1"})
        before = known(client)
        assert {"eigen", "determinant", "linear-map", "gauss-elim"} <= before
        client.submit("/known", {"concept": "determinant", "known": "0"})
        assert known(client) == before - {"eigen", "determinant"}
        client.submit("/known", {"concept": sorted(before), "known": "1"})
        assert known(client) == before
    finally:
        client.submit("/known", {"concept": list(ALL.concepts), "known": "0"})
    assert known(client) == set()


def test_a_whole_area_or_a_part_of_a_book_is_known_at_once(client: Visitor) -> None:
    try:
        text = client.get("/map/linear-algebra").text
        assert "I know all of these" in text
        ids = [c.id for c in ALL.concepts.values() if c.area == "linear algebra"]
        client.submit("/known", {"concept": ids, "known": "1"})
        assert set(ids) <= known(client) and "I do not know these" in client.get("/map/linear-algebra").text
        assert re.search(r'href="/map/linear-algebra" class="node known"', client.get("/map").text)
    finally:
        client.submit("/known", {"concept": list(ALL.concepts), "known": "0"})
    assert 'class="knows"' in client.get("/resources/mml").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", ""])
def test_no_form_sends_elsewhere(back: str, client: Visitor) -> None:
    for path in ("/known", "/owns", "/path/keep"):
        found = client.submit(path, {"back": back}, follow_redirects=False)
        assert found.status_code == 303 and found.headers["location"] in ("/map", "/path")


def test_a_file_of_ones_own_is_kept_and_on_the_map(client: Visitor) -> None:
    try:
        found = client.submit("/own", {"text": EXAMPLE})
        assert found.status_code == 200 and "Kept, and on the map" in found.text
        assert "The Adam optimiser" in client.get("/map/optimisation").text
        assert client.get("/concepts/adam").status_code == 200 and client.get("/resources/notes").status_code == 200
        assert "How networks are trained" in client.get("/path?goal=training").text
        wrong = client.submit("/own", {"text": "[[concept]]\nid = '<script>'"})
        assert wrong.status_code == 422 and "lacks" in wrong.text and "<script>'" not in wrong.text
        assert client.get("/concepts/adam").status_code == 200  # the file before stays
        file = ("mine.toml", EXAMPLE.replace("adam", "adam2").encode())
        given = client.submit("/own", {"text": ""}, files={"file": file})
        assert given.status_code == 200 and client.get("/concepts/adam2").status_code == 200
        assert client.submit("/own", {}, files={"file": ("x.toml", b"\xff\xfe")}).status_code == 422
    finally:
        client.submit("/own", {"text": ""})
    assert client.get("/concepts/adam2").status_code == 404


def test_a_link_of_ones_own_file_is_no_script(client: Visitor) -> None:
    text = '[[resource]]\nid = "x1"\ntitle = "<i>T"\nlinks = ["javascript:alert(1)", "https://example.org/"]'
    try:
        assert client.submit("/own", {"text": text}).status_code == 200
        shown = client.get("/resources/x1").text
        assert "javascript:" not in shown and 'href="https://example.org/"' in shown and "<i>T" not in shown
    finally:
        client.submit("/own", {"text": ""})


def overlaps(found: Drawing) -> list[tuple[str, str]]:
    return [
        (a.id, b.id) for i, a in enumerate(found.nodes) for b in found.nodes[i + 1 :]
        if abs(a.x - b.x) < WIDTH and abs(a.y - b.y) < HEIGHT
    ]  # fmt: skip


def test_drawings_go_from_left_to_right_and_no_box_covers_another() -> None:
    names = {c.id: c.name for c in ALL.concepts.values()}
    needs = {c.id: c.needs for c in ALL.concepts.values()}
    strips = {a: [c.id for c in ALL.concepts.values() if c.area == a] for a in AREAS}
    for found in (drawn(names, needs), banded(names, needs, strips)):
        at = {n.id: n for n in found.nodes}
        assert set(at) == set(names) and not overlaps(found)
        assert all(at[e.source].x < at[e.target].x for e in found.edges)
        assert len(found.edges) == sum(map(len, needs.values()))
        assert all(0 <= n.x <= found.width - WIDTH and 0 <= n.y <= found.height - HEIGHT for n in found.nodes)
    small = around("jacobian", needs["jacobian"], ["hessian", "multi-chain"], names)
    assert not overlaps(small) and len(small.edges) == 4


def test_areas_lean_on_areas_that_their_concepts_need() -> None:
    assert set(LEANS) == set(AREAS)
    for area, others in LEANS.items():
        needed = {ALL.concepts[n].area for c in ALL.concepts.values() if c.area == area for n in c.needs}
        assert set(others) <= needed, area


@pytest.mark.slow
def test_from_the_map_to_a_concept_to_a_result(tab: Page) -> None:
    tab.goto("/map")
    tab.click("svg.map a[href='/map/vector-calculus']")
    tab.click("svg.map a[href='/concepts/jacobian']")
    assert tab.inner_text("h1") == "Jacobian matrix"
    tab.click("a[href^='/results/']")
    tab.wait_for_url("**/results/*")
    assert tab.inner_text("h1")


def test_what_is_known_is_shown_without_leaving_the_page(tab: Page) -> None:
    tab.goto("/map/linear-algebra")
    tab.evaluate("window.same = 1")
    tab.click("#knows-matrix")
    tab.wait_for_selector(".map a.known[href='/concepts/matrix']")
    assert tab.evaluate("window.same") == 1
    tab.reload()
    assert tab.locator(".map a.known").count() == 2  # with what it needs
    tab.click("#knows-matrix")
    tab.wait_for_selector(".map a.known", state="detached")


def test_small_windows_get_the_list(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto("/map/models")
    assert not tab.locator("svg.map").is_visible() and tab.locator(".list a[href='/concepts/gp']").is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
