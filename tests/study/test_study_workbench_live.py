"""The workbench in a browser: typing, repairs, undo, plots that move, dialects, documents that are dropped."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

WRONG = "f(w) = ||X w - y||^2\ngrad f = 2 X'X w - X'y"


def opened(tab: Page, **state: str) -> None:
    tab.goto("/workbench?" + urlencode(state))


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def test_what_is_typed_is_set_in_type_and_kept(tab: Page) -> None:
    tab.goto("/workbench")
    tab.locator("#text").click()
    tab.keyboard.type("g(x) = x^2 sin(x)")
    expect(tab.locator("#preview math")).to_be_visible()
    expect(tab.locator("#kept")).to_have_text("Kept")
    assert tab.url.rpartition("/")[0].endswith("/workbench")  # the sheet has an address of its own
    tab.reload()
    expect(tab.locator("#text")).to_have_value("g(x) = x^2 sin(x)")


def test_a_wrong_line_is_repaired_and_undone(tab: Page) -> None:
    opened(tab, text=WRONG, do="check")
    expect(tab.locator(".verdict.fails")).to_be_visible()
    press(tab, "Repair this line")
    expect(tab.locator(".verdict.holds")).to_be_visible()
    assert "2*X'*y" in tab.locator("#text").input_value()
    tab.locator("#text").press_sequentially(" ")
    expect(tab.locator("#undo")).to_be_enabled()


def test_an_error_is_repaired_by_one_click(tab: Page) -> None:
    opened(tab, text="X : n x d; y : n; X y")
    press(tab, "Write Xᵀy")
    expect(tab.locator("#text")).to_have_value("X : n x d; y : n; Xᵀy")
    expect(tab.locator("#preview .error")).to_have_count(0)


def test_tools_answer_in_place_and_their_state_is_an_address(tab: Page) -> None:
    opened(tab, text="‖X w − y‖²", wrt="w")
    press(tab, "Derivative")
    expect(tab.locator(".answer.result math").first).to_be_visible()
    assert "do=derive" in tab.url and "wrt=w" in tab.url
    tab.reload()
    expect(tab.locator("ol.derivation > li").first).to_be_visible()


def test_a_dialect_is_switched(tab: Page) -> None:
    opened(tab, text="‖X w − y‖²", do="derive", wrt="w")
    expect(tab.locator(".answer.result mi", has_text="𝐗")).to_have_count(0)
    tab.locator("#dialect").select_option("mml")
    expect(tab).to_have_url(re.compile("dialect=mml"))
    expect(tab.locator(".answer.result mi", has_text="𝐗").first).to_be_visible()  # vectors and matrices are bold in MML


def test_a_slider_moves_the_plot(tab: Page) -> None:
    opened(tab, text="a sin(b x)", do="plot", v_a="1")
    expect(tab.locator("#drawing .main-svg").first).to_be_visible()
    tab.locator("#v_a").fill("3")
    expect(tab.locator("#plot-words")).to_contain_text("Here a = 3 and b = 1.")
    expect(tab).to_have_url(re.compile("v_a=3"))


@pytest.mark.parametrize("where", ["/workbench/documents", "/workbench"])
def test_a_document_is_dropped_on_the_page(tab: Page, where: str) -> None:
    tab.goto(where)
    tab.wait_for_load_state("networkidle")
    brought = tab.evaluate_handle(
        """() => { const all = new DataTransfer();
        all.items.add(new File(["So $(a+b)^2 = a^2 + b^2$."], "notes.md", { type: "text/markdown" })); return all; }"""
    )
    for event in ("dragenter", "dragover", "drop"):
        tab.dispatch_event("main", event, {"dataTransfer": brought})
    tab.wait_for_url("**/workbench/documents/*")
    expect(tab.locator(".verdict.fails")).to_contain_text("1 wrong statement")
    expect(tab.locator(".judged .formula math").first).to_be_visible()  # typeset, not as it was typed


def test_a_document_is_chosen(tab: Page) -> None:
    tab.goto("/workbench/documents")
    note = {"name": "notes.md", "mimeType": "text/markdown", "buffer": b"So $(a+b)^2 = a^2 + b^2$.\n"}
    tab.locator("#file").set_input_files(note)  # type: ignore[arg-type]
    press(tab, "Check")
    expect(tab.locator(".verdict.fails")).to_contain_text("1 wrong statement")


def test_a_press_is_not_lost_when_an_answer_comes_meanwhile(tab: Page) -> None:
    opened(tab, text="X : n x d; y : n; X y")
    tab.evaluate(
        "answered = 0; const was = fetch; fetch = async (...a) => { const r = await was(...a); answered++; return r; }"
    )
    tab.get_by_role("button", name="Write Xᵀy").scroll_into_view_if_needed()
    button = tab.get_by_role("button", name="Write Xᵀy").bounding_box()
    assert button is not None
    tab.mouse.move(button["x"] + 5, button["y"] + 5)
    tab.mouse.down()
    tab.evaluate("document.getElementById('text').dispatchEvent(new Event('input', { bubbles: true }))")
    tab.wait_for_function("answered > 0")
    tab.wait_for_timeout(150)
    tab.mouse.up()
    expect(tab.locator("#text")).to_have_value(re.compile("Xᵀy"))


def test_asking_again_by_keys_leaves_the_page_as_it_is(tab: Page) -> None:
    opened(tab, text="‖X w − y‖²", wrt="w")
    press(tab, "Derivative")
    expect(tab.locator(".answer.result")).to_be_visible()
    boxes = [tab.locator(".editor").bounding_box(), tab.locator("#answer").bounding_box()]
    for _ in range(2):
        tab.keyboard.press("Control+Enter")
        expect(tab.locator("#answer")).to_have_attribute("aria-busy", "false")
        assert [tab.locator(".editor").bounding_box(), tab.locator("#answer").bounding_box()] == boxes
    assert tab.evaluate("document.activeElement.id !== 'again'")


def test_keys_take_the_tools(tab: Page) -> None:
    opened(tab, text="sin(x)")
    tab.locator("#text").focus()
    tab.keyboard.press("Alt+1")
    expect(tab.locator(".answer.result")).to_be_visible()
