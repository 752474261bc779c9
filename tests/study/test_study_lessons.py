"""Lessons in the app: the list, a page as the engine makes it, notation, figures with sliders, files that change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from agnesi.lessons import lessons
from agnesi.study.app import application
from agnesi.study.settings import Settings
from study_visitors import ADDRESS, Visitor

SLOW = 30_000  # milliseconds that a picture may take on a machine that has other things to do
SUM, EIGEN, LAGRANGE = "/lessons/matcalc-sum", "/lessons/impla-eigenvectors", "/lessons/impcalc-lagrange"


def figure_of(text: str) -> int:
    """The number of the first figure with a slider on a page."""
    pattern = r'data-figure="/lessons/[\w-]+/figures/(\d+)">(?:(?!</figure>).)*?class="slider"'
    found = re.search(pattern, text, re.DOTALL)
    assert found
    return int(found[1])


def test_the_list_has_every_lesson_under_its_chapter(client: Visitor) -> None:
    text = client.get("/lessons").text
    assert all(f'href="/lessons/{id}"' in text for id in lessons())
    only = client.get("/lessons?of=impla").text
    assert EIGEN in only and SUM not in only and "Week 5 · Eigenvalues and Eigenvectors" in only
    assert client.get("/lessons?of=nothing").status_code == 200


@pytest.mark.parametrize("id", list(lessons()))
def test_every_lesson_is_a_whole_page(client: Visitor, id: str) -> None:
    answer = client.get(f"/lessons/{id}")
    lesson, text = lessons()[id], answer.text
    assert answer.status_code == 200 and 'class="error"' not in text
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    assert [t for t in titles if t in {s.title for s in lesson.sections}] == [s.title for s in lesson.sections]
    assert titles.index("Where to read it") < titles.index("What comes next")
    assert all(f'href="/results/{r}"' in text for r in lesson.results)
    assert all(f'href="/concepts/{c}"' in text for c in lesson.concepts)
    assert all(f'href="/lessons/{n}"' in text for n in lesson.next)
    assert len(re.findall(r"data-figure=\"/lessons/", text)) == sum(b.kind == "figure" for b in lesson.blocks)


def test_links_of_a_lesson_lead_somewhere_and_back(client: Visitor) -> None:
    text = client.get(LAGRANGE).text.partition("<main")[2].partition("<footer")[0]
    addresses = {a.partition("#")[0] for a in re.findall(r'href="(/[^"]*)"', text)}
    assert {"/results/mvc-5-lagrange", "/concepts/lagrange", "/lessons?of=impcalc"} <= addresses
    for address in addresses:
        assert client.get(address).status_code == 200, address
    backs = ("/results/mvc-5-lagrange", "/concepts/lagrange", "/resources/impcalc", "/search?q=lagrange", "/lessons")
    for back in (*backs, "/map/optimisation", "/path?goal=lagrange"):
        assert f'href="{LAGRANGE}"' in client.get(back).text, back


def test_a_page_is_in_the_notation_of_its_book_or_of_another(client: Visitor) -> None:
    row = client.get(SUM).text
    assert '<option value="matcalc" selected' in row and "𝐱" in row
    column = client.get(f"{SUM}?as=agnesi").text
    assert '<option value="agnesi" selected' in column and "𝐱" not in column
    assert row.count('<mi mathvariant="normal">T</mi>') > column.count('<mi mathvariant="normal">T</mi>') == 0
    try:
        answer = client.submit("/lessons/dialect", {"dialect": "prml", "back": SUM}, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"] == SUM
        assert '<option value="prml" selected' in client.get(EIGEN).text
    finally:
        client.submit("/lessons/dialect", {"dialect": "", "back": "//example.org"})
    assert '<option value="impla" selected' in client.get(EIGEN).text
    answer = client.submit("/lessons/dialect", {"dialect": "no such", "back": "//example.org"}, follow_redirects=False)
    assert answer.headers["location"] == "/lessons"


def test_figures_are_drawn_for_numbers_between_the_ends_of_their_sliders(client: Visitor) -> None:
    number = figure_of(client.get(EIGEN).text)
    data = f"{EIGEN}/figures/{number}"
    first, other, beyond = (client.get(f"{data}?theme=dark&a={a}").json() for a in (-1, 1, 99))
    assert "No real eigenvectors" in first["alt"] and "λ" not in first["alt"] and first["data"]
    assert first["alt"] != other["alt"] != beyond["alt"] and "a = 1.5" in beyond["code"]
    assert client.get(f"{data}?a=x&b=1").json()["alt"] == other["alt"]
    still = client.get(f"{EIGEN}/pictures/{number}?theme=light")
    assert still.headers["content-type"].startswith("image/") and len(still.content) > 2000
    assert client.get(f"{EIGEN}/figures/999").status_code == client.get("/lessons/none/figures/1").status_code == 404
    assert client.get(f"{EIGEN}/stamp").status_code == 404  # nobody watches


def test_a_slider_moves_its_figure(tab: Page) -> None:
    tab.goto(EIGEN)
    figure = tab.locator("figure", has=tab.locator("input[type=range]"))
    expect(figure.locator("picture img")).to_be_visible()
    figure.get_by_role("slider").fill("-1")
    expect(figure.locator(".words")).to_contain_text("No real eigenvectors", timeout=SLOW)
    expect(figure.locator(".plot .main-svg").first).to_be_visible(timeout=SLOW)
    expect(figure.locator("output")).to_have_text("-1")
    figure.get_by_text("Its code").click()
    expect(figure.locator("pre")).to_contain_text("a = -1")
    tab.locator("figure").first.get_by_role("button", name="Turn and zoom").click()
    expect(tab.locator("figure").first.locator(".plot .main-svg").first).to_be_visible(timeout=SLOW)


def test_the_notation_is_chosen_without_a_button(tab: Page) -> None:
    tab.goto(LAGRANGE)
    tab.get_by_label("Written as in").select_option("esl")
    expect(tab.get_by_label("Written as in")).to_have_value("esl", timeout=SLOW)
    tab.reload()
    expect(tab.get_by_label("Written as in")).to_have_value("esl", timeout=SLOW)
    tab.get_by_label("Written as in").select_option("impcalc")


def test_a_lesson_is_read_in_full_without_scripts(chromium: Browser, served: str) -> None:
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(SUM)
    for heading in ("The idea", "An example", "The statement", "The derivation", "Usual slips", "Where to read it"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.locator("figure img").first).to_be_visible()
    expect(page.get_by_role("button", name="Turn and zoom")).to_have_count(0)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The gradient of a sum")
    context.close()


def test_a_lesson_is_printed_without_its_tools(tab: Page) -> None:
    tab.goto(EIGEN)
    tab.emulate_media(media="print")
    expect(tab.locator("form.notation")).to_be_hidden()
    expect(tab.get_by_role("slider")).to_be_hidden()
    expect(tab.locator("figure img").first).to_be_visible()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "own"
    found.mkdir()
    text = lessons()["matcalc-sum"].source.replace('"matcalc-sum"', '"own-sum"')
    text = text.replace("The gradient of", "My gradient of")
    (found / "own-sum.md").write_text(text, "utf-8")
    return found


def test_lessons_of_ones_own_stand_beside_the_others_and_follow_their_files(folder: Path, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", workers=1, lessons=(folder,), watch=True)
    with TestClient(application(settings), base_url=ADDRESS) as client:
        file, text = folder / "own-sum.md", (folder / "own-sum.md").read_text("utf-8")
        page = client.get("/lessons/own-sum").text
        assert "My gradient of a sum" in page and 'data-watch="/lessons/own-sum/stamp"' in page
        listed = client.get("/lessons").text
        assert "/lessons/own-sum" in listed and "/lessons/matcalc-sum" in listed
        assert 'href="/lessons/own-sum"' in client.get("/search?q=my+gradient").text
        first = client.get("/lessons/own-sum/stamp").json()
        file.write_text(text.replace("My gradient", "Our gradient"), "utf-8")
        assert client.get("/lessons/own-sum/stamp").json() != first
        assert "Our gradient of a sum" in client.get("/lessons/own-sum").text
        found = client.get("/search?q=our+gradient+of+a+sum").text
        assert 'href="/lessons/own-sum"' in found and "Our gradient" in found and "My gradient" not in found
        file.write_text(text.replace("```slips", "```slip"), "utf-8")
        broken = client.get("/lessons/own-sum")
        assert broken.status_code == 422 and "Did you mean slips?" in broken.text and "data-watch" in broken.text
        assert "own-sum.md" in client.get("/lessons").text
        file.write_text(text.replace("ones for a vector", "<script>alert(1)</script>"), "utf-8")
        page = client.get("/lessons/own-sum").text
        assert "There is no slip" in page and "<script>alert" not in page
        file.write_text(text.replace('resource = "matcalc"', 'resource = "notes"'), "utf-8")
        assert client.get("/lessons/own-sum").status_code == 422
        assert "There is no resource notes" in client.get("/lessons").text
        file.unlink()
        assert client.get("/lessons/own-sum").status_code == 404
        assert "/lessons/own-sum" not in client.get("/search?q=my+gradient").text
