"""Where lessons are read from besides the built-in ones."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from agnesi.study.web import store


def lesson_folders(request: Request) -> tuple[Path, ...]:
    """Return the folders of lessons that the app was started with, and that of a person's own course."""
    own = str(store(request).preference("course_folder", "") or "")
    return (*request.app.state.settings.lessons, *((Path(own) / "lessons",) if own else ()))
