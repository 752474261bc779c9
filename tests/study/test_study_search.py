"""Search: words, beginnings, initials and misspellings find what a person means, as it is typed and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from agnesi.course import curriculum
from agnesi.course.advice import advice
from agnesi.course.own import EXAMPLE
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.search import KINDS, entries_of, index, words
from study_visitors import Visitor

INDEX = index(entries_of(curriculum(), advice()))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("svd", "Singular value decomposition"),
        ("backprop", "Backpropagation"),
        ("gaussian processes", "Gaussian processes"),
        ("prml chapter 10", "Approximate Inference"),
        ("egenvalues", "Eigenvalues and eigenvectors"),
        ("hmm", "Hidden Markov models"),
        ("Jacobians", "Jacobian matrix"),
        ("kl", "Relative entropy"),
        ("bayes' theorem", "Bayes' theorem"),
        ("MONTE CARLO", "Monte Carlo estimates"),
        ("jacobian matrix zzzz", "Jacobian matrix"),
        ("the Gram-Schmidt of vectors", "Orthonormal bases and Gram-Schmidt"),
        ("MacKay", "Information Theory, Inference, and Learning Algorithms"),
    ],
)
def test_a_query_finds_first_what_is_meant(query: str, title: str) -> None:
    assert INDEX.search(query)[0].title == title


@pytest.mark.parametrize("query", ["zzzz", "", "   ", "?!", "x" * 200, "jacobian zzzz", "xyzzy jacobian qwrty"])
def test_a_query_of_nothing_finds_nothing(query: str) -> None:
    assert INDEX.search(query) == []


def test_every_concept_and_result_is_found_by_its_name() -> None:
    for record in (*curriculum().concepts.values(), *curriculum().results.values()):
        name = getattr(record, "name", None) or record.what
        assert f"/{record.id}" in " ".join(e.address for e in INDEX.search(name, 40)), name


def test_starting_points_and_goals_are_found() -> None:
    for start in starts().values():
        assert start.address in [e.address for e in INDEX.search(start.title, 40)], start.title
    kinds = {e.kind for e in INDEX.entries}
    assert kinds == set(KINDS)


def test_words_are_compared_without_accents_and_plurals() -> None:
    assert words("Pólya’s biasses, KL") == words("polya s biasse kl")
    assert words("basis") == ("basis",)


def test_the_page_groups_what_it_finds(client: Visitor) -> None:
    text = client.get("/search?q=chain+rule").text
    assert 'href="/concepts/' in text and 'href="/results/' in text and "<title>chain rule" in text
    only = client.get("/search?q=chain+rule&kind=results").text.partition("<main")[2]
    assert 'href="/results/' in only and 'href="/concepts/' not in only


def test_what_is_asked_is_text_and_not_markup(client: Visitor) -> None:
    text = client.get("/search", params={"q": "<b>zzzz'\""}).text
    assert "<b>" not in text and "&lt;b&gt;" in text and "Nothing has" in text


def test_it_finds_as_is_typed(tab: Page) -> None:
    tab.goto("/search")
    tab.keyboard.type("jacob")
    expect(tab.locator("#found a").first).to_have_text("Jacobian matrix")
    expect(tab).to_have_url(tab.url.partition("/search")[0] + "/search?q=jacob")
    expect(tab.get_by_role("status")).to_have_text(f"{len(INDEX.search('jacob', 500))} found")
    assert tab.locator("h1").count() == 1  # the list came, not a page within the page
    tab.reload()
    expect(tab.locator("#found a").first).to_have_text("Jacobian matrix")


def test_from_any_page_to_a_concept_by_keys(tab: Page) -> None:
    tab.goto("/about")
    tab.keyboard.press("/")
    tab.keyboard.type("jacobian matrix")
    tab.keyboard.press("Enter")
    expect(tab.locator("#found a").first).to_have_attribute("href", "/concepts/jacobian")


def test_a_persons_own_concepts_goals_and_books_are_found(client: Visitor) -> None:
    try:
        client.submit("/own", {"text": EXAMPLE})
        for words, address in (("adam optimiser", "/concepts/adam"), ("lecture notes", "/resources/notes"),
                               ("networks trained", "/path?goal=How+networks+are+trained")):  # fmt: skip
            assert f'href="{address}"' in client.get("/search", params={"q": words}).text
    finally:
        client.submit("/own", {"text": ""})
    assert "/concepts/adam" not in client.get("/search?q=adam+optimiser").text
