"""`agnesi study`: the app, from the options of the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agnesi.errors import AgnesiError
from agnesi.study.serve import serve
from agnesi.study.settings import Settings, data_folder


def study(port: int, browser: bool, data: Path | None, lessons: Path | None = None) -> None:
    """Serve the app until it is interrupted; `lessons` is a file or folder of lessons whose pages follow their files.

    Raises `AgnesiError` where there are no lessons there.
    """
    settings = Settings(data=data or data_folder(), port=port)
    if lessons is None:
        serve(settings, browser)
        return
    folder = lessons.expanduser().resolve()
    first = f"lessons/{folder.stem}" if folder.is_file() else "lessons"
    folder = folder.parent if folder.is_file() else folder
    if not any(folder.rglob("*.md")):
        raise AgnesiError(f"There is no lesson in {lessons}.", expected="a file that ends in .md, or a folder of them",
                          repair="`agnesi lesson new` writes one.")  # fmt: skip
    serve(replace(settings, lessons=(folder,), watch=True), browser, first)
