"""Results: the list, the page of a result with what it shows, its picture and files, and the way to the next."""

from __future__ import annotations

import pytest
from markupsafe import escape
from playwright.sync_api import Page, expect

from agnesi.course import curriculum
from agnesi.results import results
from agnesi.study.verbs import results as verbs
from agnesi.study.verbs.coloured import coloured
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.reproduced import reproduced, results_about, results_by_chapter
from agnesi.study.web import safe_mathml
from study_visitors import Visitor

PLANE = "/results/mml-3-proj-plane"


def test_what_is_reproduced_is_known_without_computing() -> None:
    assert reproduced() == frozenset(results)


def test_results_of_a_book_stand_in_chapters_that_it_has() -> None:
    for resource in curriculum().resources.values():
        found = results_by_chapter(resource.id)
        assert set(found) <= {c.n for c in resource.chapters}
        assert sum(map(len, found.values())) == sum(r.resource == resource.id for r in curriculum().results.values())


def test_results_about_a_concept_begin_with_what_is_reproduced() -> None:
    kept = [r.id in reproduced() for r in results_about("projection")]
    assert len(kept) > 2 and kept == sorted(kept, reverse=True) and kept[0]


@pytest.mark.parametrize("id", ["mml-3-proj-plane", "lin-3-elim", "mvc-2-hess", "mat-6-w"])
def test_a_result_is_plain_data_whose_formulas_are_mathml(id: str) -> None:
    found = verbs.result(id)
    lines = [line for w in found["worked"] for s in w["steps"] for line in s["lines"]]
    assert found["verified"] and lines
    assert all(safe_mathml(line["mathml"]) and line["latex"] for line in [*lines, *found["values"]])
    assert "".join(text for _, text in found["coloured"]) == found["code"]


def test_python_is_cut_into_pieces_that_make_it_again() -> None:
    code = 'def f(x):\n    return "a # b", 1e-3, x1, None  # said\n'
    pieces = coloured(code)
    assert "".join(text for _, text in pieces) == code
    assert [tuple(p) for p in pieces if p[0]] == [
        ("k", "def"), ("k", "return"), ("s", '"a # b"'), ("n", "1e-3"), ("k", "None"), ("c", "# said"),
    ]  # fmt: skip


def test_the_list_has_what_is_reproduced_and_all_when_asked(client: Visitor) -> None:
    short, all_ = client.get("/results").text, client.get("/results?all=1").text
    assert 'href="/results/mml-3-proj-plane"' in short and 'href="/results/prml-1-poly"' not in short
    assert all(f'href="/results/{id}"' in all_ for id in curriculum().results)


def test_the_list_of_one_book_has_only_that(client: Visitor) -> None:
    text = client.get("/results?of=impla").text
    assert 'href="/results/lin-5-eig"' in text and 'href="/results/mml-3-proj-plane"' not in text
    assert "There is no such book" in client.get("/results?of=nothing").text


def test_a_result_has_statement_steps_answer_published_value_and_code(client: Visitor) -> None:
    text = client.get(PLANE).text
    for said in (
        "Projection of (6, 0, 0) on the", "What is left is to be orthogonal", "<math", "Everything checked here holds",
        "What is published", "the residual is orthogonal to the plane", 'href="/concepts/', "agnesi.linalg",
        "MML 3.8.2",
    ):  # fmt: skip
        assert said in text, said
    assert 'class="fails"' not in text and "style=" not in text.partition("<main")[2].partition("</main>")[0]


def test_a_result_that_is_not_reproduced_says_so(client: Visitor) -> None:
    id = next(id for id in curriculum().results if id not in reproduced())
    answer = client.get(f"/results/{id}")
    assert answer.status_code == 200 and "Not reproduced yet" in answer.text
    assert client.get(f"/results/{id}/picture").status_code == 404


@pytest.mark.parametrize("path", ["/results/nothing", "/results/nothing/picture", f"{PLANE}/file.exe"])
def test_what_there_is_not_is_not_found(client: Visitor, path: str) -> None:
    assert client.get(path).status_code == 404


def test_headings_stand_over_what_there_is(client: Visitor) -> None:
    bare = next(id for id in results if not results[id].values and results[id].worked)
    text = client.get(f"/results/{bare}").text
    assert "Step by step" in text and "What was found" not in text
    assert "What was found" in client.get(PLANE).text


def test_a_result_leads_to_the_workbench_where_a_starting_point_is_about_the_same(client: Visitor) -> None:
    text = client.get("/results/mml-7-gd").text
    start = next(s for s in starts().values() if s.concept in curriculum().results["mml-7-gd"].concepts)
    assert str(escape(start.address)) in text and start.title in text


def test_a_picture_is_for_a_light_or_a_dark_page(client: Visitor) -> None:
    light, dark = (client.get(f"{PLANE}/picture?theme={theme}") for theme in ("light", "dark"))
    assert light.headers["content-type"].startswith("image/svg+xml") and light.text.startswith("<?xml")
    assert "#14171c" in dark.text and "#14171c" not in light.text


def test_a_picture_that_is_large_as_svg_comes_as_png(client: Visitor) -> None:
    answer = client.get("/results/mvc-4-2d/picture")
    assert answer.headers["content-type"] == "image/png" and answer.content.startswith(b"\x89PNG")
    assert len(answer.content) < 500_000


def test_the_figure_is_what_plotly_takes(client: Visitor) -> None:
    found = client.get(f"{PLANE}/figure").json()
    assert found["data"] and "layout" in found


@pytest.mark.parametrize(("form", "said"), [("py", "import"), ("tex", "\\["), ("txt", "Projection"), ("json", '"id"')])
def test_a_result_is_saved_as_a_file(client: Visitor, form: str, said: str) -> None:
    answer = client.get(f"{PLANE}/file.{form}")
    assert said in answer.text and f"mml-3-proj-plane.{form}" in answer.headers["content-disposition"]


def test_from_one_result_to_the_next_and_back(tab: Page) -> None:
    tab.goto(PLANE)
    title = tab.locator("h1").inner_text()
    tab.locator("a[rel=next]").click()
    expect(tab.locator("h1")).not_to_have_text(title)
    tab.locator("a[rel=prev]").click()
    expect(tab.locator("h1")).to_have_text(title)


def test_the_code_is_copied(tab: Page) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(PLANE)
    tab.get_by_role("button", name="Copy").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    assert "from agnesi.linalg import project" in tab.evaluate("navigator.clipboard.readText()")


def test_a_picture_becomes_one_that_can_be_turned(tab: Page) -> None:
    tab.goto(PLANE)
    tab.get_by_role("button", name="Turn and zoom").click()
    expect(tab.locator("figure .js-plotly-plot")).to_be_visible()
    expect(tab.locator("figure picture")).to_be_hidden()
    assert tab.locator("[data-title^=Share]").count() == 0  # it would offer to send the picture away
