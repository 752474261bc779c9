"""How every kind of page looks and reads: axe finds nothing, nothing is wider than a phone, small pages, print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agnesi.study.web import FOLDER
from study_visitors import Visitor

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
PAGES = (
    "/", "/map", "/map/all", "/map/vector-calculus", "/concepts/jacobian", "/resources/mml", "/own",
    "/path?goal=backpropagation", "/results", "/results?all=1", "/results/mml-7-gd", "/results/lin-5-eig",
    "/results/prml-1-1", "/search", "/search?q=chain+rule", "/about", "/no-such-page",
    "/workbench", "/workbench?text=f(w)+%3D+w'A+w&do=derive", "/workbench?text=x'A+x+%3D+x'A'x%0A1+%3D+2&do=check",
    "/workbench?text=f(w)+%3D+w'A+w&do=code", "/workbench?text=f(x)+%3D+a+sin(x)&do=plot", "/workbench/gallery",
    "/workbench/algorithms", "/workbench/algorithms/rref", "/workbench/documents", "/workbench/sheets",
    "/practice", "/practice/matcalc-power-rule/1/1", "/practice/matcalc-power-rule/1/1?text=4x%5E3&do=check&hint=2",
    "/practice/matcalc-wrong-line/1/1?do=solution", "/practice/matcalc-prove-product/2/1", "/memory", "/teach",
    "/teach/sheet?f=matcalc-power-rule/1/2&f=impla-inverse/1&seed=3",
    "/lessons", "/lessons/matcalc-sum", "/lessons/impla-eigenvectors", "/lessons/impcalc-lagrange",
)  # fmt: skip
ON_A_PHONE = (
    "/", "/practice", "/practice/matcalc-power-rule/1/1", "/practice/matcalc-prove-product/2/1", "/memory", "/teach",
    "/map", "/concepts/jacobian", "/path", "/workbench", "/results/lin-5-eig", "/search", "/lessons",
    "/lessons/impcalc-lagrange",
)  # fmt: skip
PAGE_BYTES, PHONE = 200_000, 390


def faults(page: Page) -> list[str]:
    """Return what axe finds on a page, one line each."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [f"{v['id']}: {v['nodes'][0]['target']}: {v['help']}" for v in found["violations"]]


@pytest.fixture
def phone(chromium: Browser, served: str) -> Iterator[Page]:
    """A tab on a phone whose system is dark."""
    context = chromium.new_context(
        base_url=served, color_scheme="dark", viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_axe_finds_what_is_wrong(tab: Page) -> None:
    tab.goto("/about")
    tab.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><input>')")
    assert {line.partition(":")[0] for line in faults(tab)} >= {"image-alt", "label"}


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_too_wide(tab: Page, path: str) -> None:
    tab.goto(path)
    tab.wait_for_load_state("networkidle")
    assert faults(tab) == []
    tab.set_viewport_size({"width": PHONE, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("path", [p for p in PAGES if p.partition("?")[0] in ON_A_PHONE])
def test_axe_finds_nothing_on_a_dark_phone(phone: Page, path: str) -> None:
    phone.goto(path)
    phone.wait_for_load_state("networkidle")
    assert faults(phone) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_of_its_own_and_is_small(client: Visitor, path: str) -> None:
    answer = client.get(path)
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert "Agnesi" in (re.search("<title>(.*?)</title>", answer.text, re.DOTALL) or [""])[0]
    files = {name for name in re.findall(r'(?:src|href)="/static/([\w./-]+)', answer.text) if "plotly" not in name}
    fonts = sum(f.stat().st_size for f in (FOLDER / "static" / "fonts").glob("*.woff2"))
    own = sum((FOLDER / "static" / name).stat().st_size for name in files)
    assert len(answer.content) + own < PAGE_BYTES and fonts < PAGE_BYTES


@pytest.mark.parametrize("path", ["/", "/about", "/results", "/results/mml-3-proj-plane", "/map", "/search?q=svd"])
def test_pages_are_read_without_scripts(chromium: Browser, served: str, path: str) -> None:
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    assert len(page.locator("main").inner_text()) > 200
    assert page.locator("main button[data-copy]:visible").count() == 0  # it would do nothing
    context.close()


def test_formulas_are_set_in_the_font_that_comes_along(tab: Page) -> None:
    tab.goto("/results/mml-3-proj-plane")
    assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"STIX Two Math\"', '∇𝑥'))")
    loaded = tab.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("STIX Two Math" in family for family in loaded)


def test_keys_skip_to_the_content_and_what_has_the_focus_is_seen(tab: Page) -> None:
    tab.goto("/results")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")
    style = tab.evaluate("({...getComputedStyle(document.activeElement)})")
    assert (style["outlineStyle"], style["outlineWidth"]) == ("solid", "3px")


def test_what_is_wider_than_its_place_is_reached_by_keys(phone: Page) -> None:
    phone.goto("/results/lin-5-eig")
    phone.wait_for_function("document.fonts.status === 'loaded'")
    wide = "[...document.querySelectorAll('.formula, pre')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert phone.evaluate(f"{wide}.length") > 0
    assert phone.evaluate(f"{wide}.every(e => e.tabIndex === 0)")


def test_print_leaves_out_what_is_for_the_screen(tab: Page) -> None:
    tab.goto("/results/mml-3-proj-plane")
    tab.emulate_media(media="print")
    assert not tab.locator("header.site").is_visible() and not tab.get_by_role("button", name="Copy").is_visible()
    assert tab.locator(".formula").first.is_visible()
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_a_dark_page_has_dark_pictures(phone: Page, tab: Page) -> None:
    for page, ground in ((phone, "dark"), (tab, "light")):
        page.goto("/results/mml-7-gd")
        assert page.evaluate("document.querySelector('figure img').currentSrc").endswith(f"theme={ground}")


def test_every_icon_and_class_of_the_macros_is_there() -> None:
    macros = (FOLDER / "templates" / "macros.html").read_text("utf-8")
    style = (FOLDER / "static" / "style.css").read_text("utf-8")
    for name in ("steps", "said", "evidence", "verdict", "formula", "answer", "error", "code", "picture", "chips"):
        assert name in macros and re.search(rf"\.{name}\b", style), name


def test_every_picture_of_the_app_is_one_that_the_script_takes() -> None:
    docs = Path(__file__).parents[2] / "docs"
    taken = set(re.findall(r'^    Shot\("(\w+)"', (docs / "screenshots.py").read_text("utf-8"), re.MULTILINE))
    shown = set(re.findall(r"images/study-(\w+)\.png", (docs / "study.md").read_text("utf-8")))
    there = {file.stem.removeprefix("study-") for file in (docs / "images").glob("study-*.png")}
    assert taken == there and shown <= there and len(shown) >= 12
