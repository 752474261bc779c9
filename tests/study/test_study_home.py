"""The first page, and what every page has."""

from __future__ import annotations

import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from agnesi.study.guard import POLICY
from study_visitors import ADDRESS, Visitor


def test_the_first_page_says_what_there_is(client: Visitor) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert 'href="/workbench"' in answer.text and 'action="/path"' in answer.text


def test_a_page_that_is_not_there_is_said_in_a_sentence(client: Visitor) -> None:
    answer = client.get("/nothing-of-that-name")
    assert answer.status_code == 404 and "There is no such page." in answer.text


def test_the_theme_is_kept(client: Visitor) -> None:
    answer = client.submit("/theme", {"theme": "dark", "back": "/"})
    assert answer.url.path == "/" and 'data-theme="dark"' in answer.text
    assert 'data-theme="auto"' in client.submit("/theme", {"theme": "auto", "back": "//elsewhere.org"}).text


@pytest.mark.parametrize(
    ("fault", "repair"),
    [("database or disk is full", "Make room on the disc"), ("database is locked", "Another program uses the file"),
     ("attempt to write a readonly database", "may not be written"), ("disk I/O error", "Look whether the disc")],
)  # fmt: skip
def test_what_cannot_be_saved_is_said(
    client: Visitor, monkeypatch: pytest.MonkeyPatch, fault: str, repair: str
) -> None:
    def full(name: str, value: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(fault))

    monkeypatch.setattr(client.app.state.store, "prefer", full)
    answer = client.submit("/theme", {"theme": "dark"})
    assert answer.status_code == 507 and f"could not be saved: {fault}. " in answer.text
    assert repair in answer.text and "Copy what you typed first." in answer.text


def test_a_fault_of_our_own_is_a_page_as_safe(running: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, value: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    visitor = Visitor(running.app, base_url=ADDRESS, raise_server_exceptions=False)
    visitor.portal = running.portal
    monkeypatch.setattr(visitor.app.state.store, "prefer", fail)
    answer = visitor.submit("/theme", {"theme": "dark"})
    assert answer.status_code == 500 and "Agnesi itself failed" in answer.text and "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


def test_a_part_of_a_page_that_cannot_be_shown_is_a_part(client: Visitor) -> None:
    answer = client.get("/nothing-of-that-name", headers={"hx-request": "true"})
    assert answer.status_code == 404 and "There is no such page." in answer.text and "<html" not in answer.text


def test_a_theme_is_chosen_in_the_browser(tab: Page) -> None:
    tab.goto("/")
    tab.locator("button[value=dark]").click()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    tab.locator("button[value=auto]").click()
    expect(tab.locator("html")).to_have_attribute("data-theme", "auto")


def test_a_slash_goes_to_the_search(tab: Page) -> None:
    tab.goto("/")
    tab.keyboard.press("/")
    expect(tab.get_by_role("searchbox")).to_be_focused()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/teach", "Practice"), ("/memory", "Practice"), ("/concepts/gradient", "Map"), ("/resources/mml", "Map"),
        ("/own", "Map"), ("/map/all", "Map"), ("/lessons", "Lessons"), ("/workbench/gallery", "Workbench"),
    ],
)  # fmt: skip
def test_each_page_tells_to_what_it_belongs_and_comes_back_after_the_theme(
    address: str, name: str, client: Visitor
) -> None:
    text = client.get(address).text
    assert re.findall(r'<a href="[^"]*" aria-current="\w+">(\w+)</a>', text.partition("<main")[0]) == [name]
    assert f'name="back" value="{address}">' in text.partition("<footer")[2]
