"""Start the study app on new data, visit every kind of page as docs/study.md does, and write docs/images/study-*.png.

    python docs/screenshots.py            all
    python docs/screenshots.py check      those whose names have this word

It needs what the tests of the app need: Playwright, and Chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
WRONG = """X : n x d; y : n
f(w) = (X w - y)'(X w - y)
     = w'X'X w - 2 y'X w + y'y
df/dw = X'X w - 2 X'y"""
SLIP = quote("4x^3 exp(x)")
NOTE = "# Ridge\n\nFor $\\lambda > 0$, $\\nabla_w (\\|Xw - y\\|^2 + \\lambda \\|w\\|^2) = 2X^\\top(Xw - y) + λw$.\n"


@dataclass(frozen=True)
class Shot:
    """A picture of a page: its name, address, what is done there first, width and height, and the ground."""

    name: str
    path: str
    first: Callable[[Page], None] = lambda page: None
    size: tuple[int, int] = (1200, 860)
    dark: bool = False


def _know(page: Page) -> None:
    """Say that three concepts are known."""
    for concept in ("vectors", "matrix", "derivative"):
        page.goto(f"/concepts/{concept}")
        button = page.get_by_role("button", name="I know this")
        if button.count():
            button.first.click()
            page.wait_for_load_state("networkidle")
    page.goto("/path?goal=backpropagation")


def _repair(page: Page) -> None:
    """Press the button that repairs the wrong line, and wait until all holds."""
    page.get_by_role("button", name=re.compile("Repair")).first.click()
    page.locator(".verdict.holds").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _open_step(page: Page) -> None:
    """Open the rule of one step."""
    page.locator(".steps details summary, .derivation details summary").nth(1).click()


def _drop(page: Page) -> None:
    """Give the page a note with a mistake."""
    file = {"name": "ridge.md", "mimeType": "text/markdown", "buffer": NOTE.encode()}
    page.locator("input[type=file]").first.set_input_files(file)
    if page.get_by_role("button", name="Check").count():
        page.get_by_role("button", name="Check").first.click()
    page.wait_for_url("**/workbench/documents/*")


def _drawn(page: Page) -> None:
    """Wait until a plot is drawn, with its points."""
    page.locator(".handle").first.wait_for()


def _drag(page: Page) -> None:
    """Drag the tip of the first vector."""
    _drawn(page)
    box = page.locator(".handle").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] - 40, steps=8)
    page.mouse.up()
    page.locator("#kept", has_text="Kept").wait_for()
    page.wait_for_timeout(800)


def _turn(page: Page) -> None:
    """Make the picture one that can be turned."""
    page.get_by_role("button", name="Turn and zoom").click()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.wait_for_timeout(800)


def workbench(text: str, do: str, more: str = "") -> str:
    """Return the address of the workbench with a sheet and a tool."""
    return f"/workbench?text={quote(text)}&do={do}{more}"


SHOTS = (
    Shot("home", "/"),
    Shot("map", "/map"),
    Shot("area", "/map/vector-calculus"),
    Shot("concept", "/concepts/jacobian"),
    Shot("path", "/path?goal=backpropagation", _know, (1200, 1000)),
    Shot("check", workbench(WRONG, "check"), size=(1200, 960)),
    Shot("repaired", workbench(WRONG, "check"), _repair),
    Shot("derivative", workbench("X : n x d; y : n\nf(w) = ||X w - y||^2", "derive", "&wrt=w"), _open_step),
    Shot("code", workbench("X : n x d; y : n\nf(w) = ||X w - y||^2", "code", "&wrt=w")),
    Shot("plot", workbench("f(x) = a sin(b x)", "plot", "&at=2"), _drawn),
    Shot("drag", workbench("u = [3; 1]\nv = [1; 2]\np = u u'v / (u'u)", "plot"), _drag),
    Shot("line", "/workbench/algorithms/fit-line", _drawn),
    Shot("gallery", "/workbench/gallery"),
    Shot("algorithms", "/workbench/algorithms"),
    Shot("document", "/workbench/documents", _drop),
    Shot("results", "/results"),
    Shot("result", "/results/mml-3-proj-plane", size=(1200, 1000)),
    Shot("picture", "/results/mml-7-gd", _turn, (1200, 1000), dark=True),
    Shot("practice", "/practice", size=(1200, 1000)),
    Shot("exercise", f"/practice/matcalc-product-rule/1/1?text={SLIP}&do=check&hint=1", size=(1200, 1000)),
    Shot("sheet", "/teach/sheet?f=matcalc-product-rule/2/2&f=impla-inverse/1&seed=3&title=Week+3"),
    Shot("search", "/search?q=chain+rule"),
    Shot("dark", workbench(WRONG, "check"), dark=True),
    Shot("phone", "/results/mml-3-proj-plane", size=(390, 844)),
)


def start(data: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the app on a free port; return its process and its address."""
    command = [sys.executable, "-m", "agnesi", "study", "--no-browser", "--port", "0", "--data", str(data)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    if not found:
        raise SystemExit("The app did not start.")
    return process, found[0].rstrip("/")


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Write the picture of one page, in at most 256 colours."""
    width, height = shot.size
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    answer = page.goto(shot.path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{shot.path} answers {answer.status if answer else 'nothing'}.")
    page.wait_for_load_state("networkidle")
    shot.first(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    seen.quantize(256, dither=Image.Dither.NONE).save(IMAGES / f"study-{shot.name}.png", optimize=True)
    context.close()
    print(f"study-{shot.name}.png")


def main(words: list[str]) -> None:
    """Take the pictures whose names have one of the words; all without words."""
    IMAGES.mkdir(exist_ok=True)
    browser_at = os.environ.get("AGNESI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, address = start(Path(folder))
        browser = playwright.chromium.launch(executable_path=browser_at, args=["--no-sandbox", "--disable-gpu"])
        try:
            for shot in SHOTS:
                if not words or any(w in shot.name for w in words):
                    take(browser, address, shot)
        finally:
            browser.close()
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main(sys.argv[1:])
