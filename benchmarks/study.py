"""Measure the study app as its users meet it, and write benchmarks/study.md: `python benchmarks/study.py`.

The load comes from other processes over loopback. Nothing here passes or fails; the aims stand beside the numbers.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, sleep

from playwright.sync_api import sync_playwright

from agnesi.course import curriculum
from agnesi.memory import Review
from agnesi.study.store.keeping import Store
from agnesi.study.store.practice import Practice

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "study.md"
PAGES = {
    "first page": "/", "map": "/map", "an area of the map": "/map/linear-algebra", "the whole map": "/map/all",
    "a concept": "/concepts/multi-chain", "a path": "/path?goal=understand+backpropagation", "results": "/results",
    "a result": "/results/mml-3-proj-line", "search": "/search?q=projection", "workbench": "/workbench",
    "a derivative": "/workbench?text=%7C%7CX+w+-+y%7C%7C%5E2&wrt=w&do=derive", "gallery": "/workbench/gallery",
}  # fmt: skip
REVIEWS = 400  # of someone who has practised for weeks: pages show what they know
READ = ("first page", "map", "an area of the map", "a concept", "a path", "results", "a result", "search", "workbench")
TYPED = "X : n x d; y : n\nf(w) = 1/2 ||X w - y||^2 + lambda ||w||^2\ngrad f = X'(X w - y) + 2 lambda w"


class App:
    """A running `agnesi study`."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "agnesi", "study", "--no-browser", "--port", "0", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r"http://127.0.0.1:(\d+)", self.process.stdout.readline())
        assert found, "the app did not start"
        self.port = int(found[1])

    def end(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


class Reader:
    """A visitor with a cookie and one connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Get a page, or post a form."""
        headers = {"Cookie": self.cookie, "HX-Request": "true"} if fields else {"Cookie": self.cookie}
        body = None
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode({**fields, "csrf": self.cookie.partition("=")[2]})
        self.connection.request("POST" if fields else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        said = answer.getheader("set-cookie") or ""
        self.cookie = said.partition(";")[0] if said else self.cookie
        return answer.status, text


def practised(data: Path) -> None:
    """Keep reviews of exercises about all concepts, so that pages have to tell how well each is known."""
    concepts, store = list(curriculum().concepts), Store.at(data / "study.sqlite3")
    begun = datetime.now(UTC) - timedelta(days=40)
    Practice(store).add(
        Review(begun + timedelta(minutes=97 * k), f"about-{at}/1/{k}", (at,), 3 if k % 4 else 1, k % 4 > 0, 0, 40.0)
        for k, at in ((k, concepts[7 * k % len(concepts)]) for k in range(REVIEWS))
    )
    store.close()


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(c) for c in row) + " |" for row in lines) + "\n"


def starts(folder: Path, runs: int) -> str:
    """Return the times from the start of the process to the first page."""
    rows = []
    for name, fresh in (("on a new folder", True), ("again", False)):
        times = []
        for i in range(runs):
            data = folder / (f"start{i}" if fresh else "start0")
            start = perf_counter()
            app = App(data)
            assert Reader(app.port).ask("/")[0] == 200
            times.append(perf_counter() - start)
            app.end()
        rows.append((name, *(f"{v:.2f}" for v in (statistics.median(times), min(times), max(times)))))
    return "## Start\n\nSeconds from the start of the process to the first page, whole (aim: 1).\n\n" + table(
        ("start", "median", "min", "max"), rows
    )


def sizes(app: App) -> str:
    """Return the sizes of pages, with what they load but for plots, and the time to make them."""
    reader = Reader(app.port)
    rows, files = [], {}
    for name, path in PAGES.items():
        status, text = reader.ask(path)
        if status != 200:
            rows.append((name, f"status {status}", "", "", ""))
            continue
        loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js)[^"]*)"', text.decode()))
        for file in (f for f in loaded if "plotly.min.js" not in f):
            files.setdefault(file, len(reader.ask(file)[1]))
        whole = len(text) + sum(files.get(file, 0) for file in loaded)
        times = [timed(lambda path=path: reader.ask(path)) for _ in range(15)]
        kb = (f"{len(text) / 1000:.0f}", f"{whole / 1000:.0f}")
        rows.append((name, *kb, f"{statistics.median(times):.1f}", f"{max(times):.1f}"))
    head = ("page", "HTML, kB", "with style and scripts, kB", "median ms", "max ms")
    text = "## Pages\n\nNothing is compressed. The font (once, then kept by the browser) and Plotly (on pages that "
    return text + "draw) are not counted. Aim: under 200 kB.\n\n" + table(head, rows)


def keystrokes(app: App) -> str:
    """Return the times from a keystroke to the preview: the server's part."""
    reader = Reader(app.port)
    reader.ask("/workbench")
    fields = {"id": "", "text": "", "do": "", "was": "derive", "dialect": "agnesi"}
    times = []
    for turn in range(2):
        for end in range(1, len(TYPED) + 1):
            fields["text"] = TYPED[:end].replace("X", "XA"[turn])
            status = 0

            def once() -> None:
                nonlocal status
                status = reader.ask("/workbench/preview", fields)[0]

            times.append(timed(once))
            assert status == 200, status
    rows = [(len(times), *(f"{v:.1f}" for v in (statistics.median(times), quantile(times, 0.95), max(times))))]
    text = "## Keystroke to preview\n\nA worksheet of three lines typed letter by letter; every keystroke is saved, "
    text += "read and set. Milliseconds of the server's part, over loopback (aim: median under 30).\n\n"
    return text + table(("keystrokes", "median", "p95", "max"), rows)


WATCH = """() => {
  window.seen = [];
  let pressed = 0;
  document.getElementById("text").addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    if (pressed) { window.seen.push(performance.now() - pressed); pressed = 0; }
  })).observe(document.getElementById("preview"), { childList: true, subtree: true });
}"""


def eye(app: App) -> str:
    """Return the times from a key to the preview on the screen, in Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{app.port}/workbench")
        page.evaluate(WATCH)
        page.locator("#text").focus()
        for letter in TYPED.splitlines()[1]:
            page.keyboard.type(letter)
            page.wait_for_timeout(350)
        seen = page.evaluate("window.seen")
        browser.close()
    rows = [(len(seen), *(f"{v:.0f}" for v in (statistics.median(seen), quantile(seen, 0.95), max(seen))))]
    text = "Milliseconds from the key to the frame that shows the preview, in Chromium, with the pause that "
    text = f"\n{text}the page waits for another key (aim: under 100).\n\n"
    return text + table(("keystrokes", "median", "p95", "max"), rows)


def read_pages(port: int, readers: int, pages: int, pause: float, answers: object) -> None:
    """Read pages as many readers at once, and tell how long each took."""
    times: list[float] = []
    refused = 0

    def one(number: int) -> None:
        nonlocal refused
        reader = Reader(port)
        sleep(pause * number / readers)
        for i in range(pages):
            path = PAGES[READ[(number + i) % len(READ)]]
            start = perf_counter()
            status, _ = reader.ask(path)
            times.append((perf_counter() - start) * 1000)
            refused += status != 200
            sleep(pause)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(readers)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put((times, refused, perf_counter() - start))  # type: ignore[attr-defined]


def load(app: App, readers: int) -> str:
    """Return the times of many readers at once."""
    rows = []
    for pause, pages in ((1.0, 15), (0.3, 20), (0.0, 20)):
        context = get_context("spawn")
        answers = context.Queue()
        process = context.Process(target=read_pages, args=(app.port, readers, pages, pause, answers))
        process.start()
        times, refused, took = answers.get()
        process.join()
        named = f"{pause:g} s between pages" if pause else "no pause at all"
        figures = (f"{quantile(times, share):.0f}" for share in (0.5, 0.95, 0.99))
        rows.append((named, len(times), *figures, f"{len(times) / took:.0f}", refused))
    head = ("readers", "pages", "median ms", "p95 ms", "p99 ms", "pages a second", "not answered")
    text = f"## {readers} readers at once\n\nEach reads page after page ({', '.join(READ)}), from one other process on "
    text += f"the same cores; {REVIEWS} reviews are kept, so that pages tell what is known (aim: p95 under 300 ms).\n\n"
    return text + table(head, rows)


def memory(app: App) -> str:
    """Return the memory of the server and its workers, shared pages counted once."""
    pids = [app.process.pid]
    rows = []
    for pid in pids:
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
        pids += [int(child) for child in children]
    for pid in pids:
        rolled = Path(f"/proc/{pid}/smaps_rollup")
        if rolled.exists():
            lines = re.findall(r"^(Rss|Pss):\s+(\d+) kB", rolled.read_text(), re.MULTILINE)
            found = {name: int(kb) // 1024 for name, kb in lines}
            rows.append(("server" if pid == app.process.pid else "helper or worker", found["Rss"], found["Pss"]))
    rows.append(("together", "", sum(row[2] for row in rows)))
    return "## Memory\n\nMB after all of the above; *share* counts what processes share once.\n\n" + table(
        ("process", "resident", "share"), rows
    )


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, and nothing is written")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = [starts(folder, 2 if quick else 7)]
        practised(folder / "data")
        app = App(folder / "data")
        try:
            for part in (sizes, keystrokes, eye, lambda app: load(app, 50), memory):
                parts.append(part(app))
                print(parts[-1], flush=True)
        finally:
            app.end()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    packages = ", ".join(f"{p} {version(p)}" for p in ("agnesi", "starlette", "uvicorn", "sqlalchemy"))
    head = f"# The study app\n\nWritten by `python benchmarks/study.py`.\n\n- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; "
    text = f"{head}{machine}\n- {packages}; load average at the end {os.getloadavg()[0]:.1f}\n\n" + "\n".join(parts)
    print(parts[0])
    if not quick:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
