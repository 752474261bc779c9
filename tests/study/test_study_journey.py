"""The app from its first start: usable at once, offline, with everything there after a reload, a restart, a kill."""

from __future__ import annotations

import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from study_visitors import Server, Visit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "data")
    yield found
    if found.process is not None and found.process.poll() is None:
        found.end()


@pytest.mark.slow
def test_from_the_first_start_to_a_derivative_offline_and_after_restarts(chromium: Browser, server: Server) -> None:
    address = server.start()
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_role("link", name="Workbench").first.click()
    page.locator("#text").press_sequentially("||X w - y||^2", delay=5)
    expect(page.locator("#kept")).to_have_text("Kept")
    expect(page.locator("#preview math").first).to_be_visible()
    page.locator("summary", has_text="Settings").click()
    page.get_by_label("In the variable").fill("w")
    page.get_by_role("button", name="Derivative").click()
    expect(page.locator("#answer math").first).to_be_visible(timeout=30_000)
    expect(page.locator("#answer")).to_contain_text("2")
    page.reload()
    expect(page.locator("#text")).to_have_value("||X w - y||^2")
    sheet = page.url.partition("?")[0].removeprefix(address)
    for how, more in ((signal.SIGKILL, " + lambda"), (signal.SIGINT, " ||w||^2"), (signal.SIGKILL, " + 1")):
        before = page.locator("#text").input_value()
        page.locator("#text").press("End")
        page.locator("#text").press_sequentially(more, delay=5)
        expect(page.locator("#kept")).to_have_text("Kept")
        server.end(how)
        page.goto(server.start() + sheet)
        expect(page.locator("#text")).to_have_value(before + more)
    page.goto(server.address)
    page.get_by_role("link", name="||X w - y||^2").first.click()
    expect(page.locator("#text")).to_have_value("||X w - y||^2 + lambda ||w||^2 + 1")
    page.close()
    assert len(asked) > 10
    assert [url for url in asked if not re.match(r"http://127\.0\.0\.1:\d+/|data:|blob:", url)] == []


@pytest.mark.slow
def test_what_is_typed_before_the_script_is_there_is_kept(chromium: Browser, server: Server) -> None:
    page = chromium.new_page()
    late: list[Route] = []
    page.route("**/handles.js*", lambda route: late.append(route))  # the script of the workbench waits for this one
    page.goto(server.start() + "/workbench", wait_until="commit")
    page.locator("#text").fill("a + b")
    while not late:
        page.wait_for_timeout(20)
    expect(page.locator("#kept")).to_have_text("")
    late[0].continue_()
    expect(page.locator("#kept")).to_have_text("Kept")
    page.close()


@pytest.mark.slow
def test_no_keystroke_that_was_kept_is_lost_by_kill_9(server: Server) -> None:
    chance, kept, id = random.Random(5), 0, ""
    for _ in range(5):
        visit = Visit(server.start())
        visit.ask("GET", "/workbench")
        if id:
            text = visit.ask("GET", f"/workbench/{id}")[1]
            found = int(re.search(r"a \+ (\d+)</textarea>", text)[1])
            assert kept <= found <= kept + 1  # the last one may have been kept and not said
            kept = found
        id = visit.post("/workbench/preview", {"id": id, "text": f"a + {kept}"}).headers["x-sheet"]  # workers are there
        ends = threading.Timer(chance.uniform(0.1, 0.6), server.end, (signal.SIGKILL,))
        ends.start()
        while True:
            try:
                answer = visit.post("/workbench/preview", {"id": id, "text": f"a + {kept + 1}", "was": "derive"})
            except (ConnectionError, OSError):
                break
            if answer.status != 200:
                break
            id, kept = answer.headers["x-sheet"], kept + 1
            time.sleep(0.001)
        ends.join()
    assert kept > 6
