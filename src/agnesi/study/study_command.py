"""`agnesi study`: the app, from the options of the command line."""

from __future__ import annotations

from pathlib import Path

from agnesi.study.serve import serve
from agnesi.study.settings import Settings, data_folder


def study(port: int, browser: bool, data: Path | None) -> None:
    """Serve the app until it is interrupted."""
    serve(Settings(data=data or data_folder(), port=port), browser)
