"""Positions in units of UTF-16, UTF-8 and characters."""

from __future__ import annotations

import pytest
from lsprotocol import types

from agnesi.server.kinds import Kind, kind_of
from agnesi.server.positions import Lines

TEXT = "ab\r\n𝟏é x\u2028y\rz"


SIZES = [("utf-16", "utf-16-le", 2), ("utf-8", "utf-8", 1), ("utf-32", "utf-32-le", 4)]


@pytest.mark.parametrize(("encoding", "codec", "size"), SIZES)
def test_columns(encoding: str, codec: str, size: int) -> None:
    lines, text = Lines(TEXT, encoding), TEXT.replace("\r\n", "\n").replace("\r", "\n")
    for offset in range(len(text) + 1):
        before = text[:offset].split("\n")  # U+2028 ends no line of the protocol
        expected = types.Position(len(before) - 1, len(before[-1].encode(codec)) // size)
        assert lines.position(offset) == expected and lines.offset(expected) == offset


def test_what_lies_outside() -> None:
    lines = Lines(TEXT)
    assert lines.offset(types.Position(0, 99)) == 2 and lines.offset(types.Position(99, 0)) == len(lines.text)
    assert lines.position(999) == types.Position(2, 1) and lines.position(-1) == types.Position(0, 0)


@pytest.mark.parametrize(("path", "language", "kind"), [
    ("/a/b.md", "markdown", Kind("/a/b.md")), ("/a/b.qmd", "quarto", Kind("/a/b.qmd")),
    ("/a/b.tex", "", Kind("/a/b.tex")),
    ("Untitled-1", "latex", Kind("Untitled-1.tex")), ("/a/b.agnesi", "plaintext", Kind("/a/b.agnesi", True)),
    ("/a/b.txt", "plaintext", None), ("/a/b.py", "python", None), ("/a/b.tex", "markdown", Kind("/a/b.tex.md")),
])  # fmt: skip
def test_kinds(path: str, language: str, kind: Kind | None) -> None:
    assert kind_of(path, language) == kind
