"""The app as visitors meet it: a client without a browser, a running server, and a tab of Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.testclient import TestClient

from agnesi.study.app import application
from agnesi.study.settings import Settings
from study_visitors import ADDRESS, Server, Visitor

expect.set_options(timeout=20_000)  # on a busy machine the first answer waits for the workers to load


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = application(Settings(data=tmp_path_factory.mktemp("data"), workers=2))
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def client(running: TestClient) -> Iterator[Visitor]:
    """A new visitor of the app (the app and what it keeps are shared by all tests of a process)."""
    visitor = Visitor(running.app, base_url=ADDRESS)
    visitor.portal = running.portal
    yield visitor


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server, which the tests of a process share."""
    server = Server(tmp_path_factory.mktemp("served"))
    yield server.start()
    server.end()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("AGNESI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, served: str) -> Iterator[Page]:
    """A tab of a new browser window: `tab.goto("/map")`. No request may leave, and no script may fail."""
    context = chromium.new_context(base_url=served)
    page, faults = context.new_page(), []
    page.set_default_timeout(20_000)
    page.on("request", lambda r: None if r.url.startswith((served, "data:", "blob:")) else faults.append(r.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    context.close()
    assert not faults, faults
