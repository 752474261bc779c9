"""How the command line reads and speaks: text from an argument, file or pipe; answers and sentences, no traceback."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer

from agnesi.errors import AgnesiError

if TYPE_CHECKING:
    from agnesi.check.report import Report

WRONG, REFUSED, BROKEN = 1, 2, 3  # exit statuses: a claim is wrong; it cannot be answered; Agnesi itself failed
FILES = (".txt", ".md", ".tex", ".agnesi")


def showing() -> Any:
    """Return the module that shows derivations: it loads all the mathematics, which a cached report does without."""
    return import_module("agnesi.show")


def write(path: Path | None, text: str) -> None:
    """Write a text to a file, where one is named."""
    if path is not None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(f"The file {path} cannot be written: {error.strerror}.")


def print_plainly(text: str) -> None:
    """Print text; a terminal that cannot show a sign gets it in ASCII."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = showing().plain_ascii(text.replace("✓", "+").replace("✗", "x"))
    print(text)


def print_report(report: Report, as_json: bool, chain: bool) -> None:
    """Print a report; a terminal that cannot show a sign gets it in ASCII."""
    shown = json.dumps(report.data(), ensure_ascii=False, indent=2) if as_json else report.show(chain=chain)
    try:
        shown.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        shown = json.dumps(report.data(), indent=2) if as_json else report.show("ascii", chain)
    print(shown)


@contextmanager
def sentences() -> Iterator[None]:
    """End with a sentence whatever goes wrong, never with a traceback."""
    try:
        yield
    except AgnesiError as error:
        fail(str(error))
    except RecursionError:
        fail("The expression is nested too deeply.")
    except (BrokenPipeError, typer.Exit):
        raise
    except Exception as error:  # the last resort
        if os.environ.get("AGNESI_DEBUG"):
            traceback.print_exc()
        what = f"Agnesi itself failed on this formula ({type(error).__name__}: {error})."
        fail(f"{what} Please report it; AGNESI_DEBUG=1 shows where.", BROKEN)


def source(text: str) -> str:
    """Return the formula: the text itself, the contents of a file, or standard input."""
    if text == "-":
        return _decoded(sys.stdin.buffer.read(), "Standard input")
    if len(text) > 1024 or "\0" in text or "\n" in text or not ("." in text or os.sep in text):
        return text
    path = Path(text)
    try:
        if path.is_file():
            return _decoded(path.read_bytes(), f"The file {text}")
    except (OSError, ValueError) as error:
        if text.endswith(FILES):
            fail(f"The file {text} cannot be opened: {getattr(error, 'strerror', None) or error}.")
    if text.endswith(FILES) and " " not in text:
        fail(f"There is no file {text}.")
    return text


def _decoded(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fail(f"{what} is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8, or write the formula in ASCII.")


def fail(message: str, status: int = REFUSED) -> NoReturn:
    """End with a sentence on standard error."""
    say(message, sys.stderr)
    raise typer.Exit(status)


def say(text: str, stream: TextIO) -> None:
    """Print a sentence; a terminal that cannot show a sign gets it in ASCII."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        text = showing().plain_ascii(text)
    print(text, file=stream)
