"""Sessions with the language server, over its standard input and output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from editor import COMMAND, Editor, under
from lsprotocol import types

pytestmark = pytest.mark.slow  # each server takes a second or two to begin

GRADIENT = "# Notes\n\nFor a square matrix,\n\n$$\n\\frac{d}{dX} \\log\\det X = X\n$$\n"
TRACE = "We have 𝟏 and 😀 $\\operatorname{tr}(A + B) = \\operatorname{tr}(A) - \\operatorname{tr}(B)$ here.\n"
ALIGN = """\\documentclass{article}
\\newcommand{\\sq}[1]{\\|#1\\|^2}
\\begin{document}
\\begin{align}
  \\sq{Xw - y} &= w^T X^T X w - 2 w^T X^T y + y^T y \\\\
   &= w^T X^T X w - w^T (X^T y) + y^T y
\\end{align}
\\end{document}
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    one = Editor()
    yield one
    assert one.leave() == 0


def severities(found: list[types.Diagnostic]) -> list[types.DiagnosticSeverity | None]:
    return [d.severity for d in found]


def test_what_the_server_can_do(editor: Editor) -> None:
    able = editor.server.capabilities
    assert able.position_encoding == "utf-16" and able.hover_provider
    assert able.text_document_sync.change == types.TextDocumentSyncKind.Full
    assert able.code_action_provider.code_action_kinds == ("quickfix",)
    assert editor.server.server_info.name == "agnesi"


def test_an_error_is_found_explained_and_repaired(editor: Editor) -> None:
    uri = "file:///notes/gradient.md"
    editor.open(uri, GRADIENT)
    (found,) = editor.diagnostics(uri)
    assert found.range == types.Range(types.Position(5, 0), types.Position(5, 27))
    assert under(GRADIENT, found.range) == "\\frac{d}{dX} \\log\\det X = X"
    assert found.severity == types.DiagnosticSeverity.Error and (found.code, found.source) == ("wrong", "agnesi")
    assert found.message.startswith("wrong: ") and "It would be right with X⁻ᵀ in place of X" in found.message

    (action,) = editor.actions(uri, found.range)
    assert action.title == "Agnesi: replace with X⁻ᵀ" and action.kind == "quickfix" and action.is_preferred
    assert action.diagnostics is not None and action.diagnostics[0].range == found.range
    text = editor.apply(uri, action)
    assert "\\log\\det X = X^{-\\top}\n" in text
    version = editor.change(uri, text)
    assert editor.diagnostics(uri, version) == []
    assert editor.actions(uri, found.range) == []


def test_hover_tells_verdict_reading_and_letters(editor: Editor) -> None:
    uri = "file:///notes/hover.md"
    editor.open(uri, "Here $a^\\top X b$ and\n\n$$ \\|X w\\|^2 = w^\\top X^\\top X w $$\n")
    assert editor.diagnostics(uri) == []
    shown = editor.hover(uri, 2, 8)
    assert shown is not None and isinstance(shown.contents, types.MarkupContent)
    words = shown.contents.value
    assert words.startswith("**proved**") and "‖Xw‖² = wᵀXᵀXw" in words and "X ∈ ℝⁿˣᵈ" in words and "w ∈ ℝᵈ" in words
    assert shown.range is not None and under(editor.texts[uri], shown.range) == "\\|X w\\|^2 = w^\\top X^\\top X w"
    assert editor.hover(uri, 1, 0) is None and editor.hover(uri, 99, 3) is None


def test_columns_are_units_of_utf_16(editor: Editor) -> None:
    uri = "file:///notes/signs.md"
    editor.open(uri, TRACE)
    (found,) = editor.diagnostics(uri)
    assert found.range.start == types.Position(0, 19)  # 17 characters, two of which are two units
    assert under(TRACE, found.range) == TRACE.split("$")[1]
    (action, *_) = editor.actions(uri, types.Range(found.range.start, found.range.start))
    text = editor.apply(uri, action)
    assert text.startswith("We have 𝟏 and 😀 $") and text.endswith("$ here.\n")
    assert editor.diagnostics(uri, editor.change(uri, text)) == []


def test_latex_with_macros_is_repaired_in_its_own_spelling(editor: Editor) -> None:
    uri = "file:///paper/paper.tex"
    editor.open(uri, ALIGN, "latex")
    (found,) = editor.diagnostics(uri)
    assert found.range.start == types.Position(5, 4) and found.severity == types.DiagnosticSeverity.Error
    (action,) = editor.actions(uri, found.range, only=["quickfix"])
    text = editor.apply(uri, action)
    assert text.splitlines()[5].startswith("   &= w^T X^T X w - ") and "\\top" not in text
    assert text.splitlines()[:5] == ALIGN.splitlines()[:5] and text.splitlines()[6:] == ALIGN.splitlines()[6:]
    assert editor.diagnostics(uri, editor.change(uri, text)) == []
    assert editor.actions(uri, found.range, only=["refactor"]) == []


def test_a_claim_in_words_is_marked_where_its_formula_stands(editor: Editor) -> None:
    uri = "file:///notes/words.md"
    text = "The gradient of $f(x) = x^\\top A x$ is $\\nabla f(x) = A x$.\n"
    editor.open(uri, text)
    (found,) = editor.diagnostics(uri)
    assert under(text, found.range) == "\\nabla f(x) = A x"
    (action, *_) = editor.actions(uri, found.range)
    assert editor.diagnostics(uri, editor.change(uri, editor.apply(uri, action))) == []


def test_a_derivation_in_plain_notation(editor: Editor) -> None:
    uri = "file:///notes/derivation.agnesi"
    text = "f = x'A x\nd f/d x = A x + x\n"
    editor.open(uri, text, "plaintext")
    (found,) = editor.diagnostics(uri)
    assert found.range.start.line == 1 and under(text, found.range) == "d f/d x = A x + x"
    (action, *_) = editor.actions(uri, found.range)
    fixed = editor.apply(uri, action)
    assert fixed == "f = x'A x\nd f/d x = A*x + A'*x\n"
    assert editor.diagnostics(uri, editor.change(uri, fixed)) == []


def test_what_is_no_document_is_left_alone(editor: Editor) -> None:
    editor.open("file:///code/a.py", "x = 1  # $1 = 2$", "python")
    editor.open("untitled:Untitled-1", "$1 + 1 = 3$\n", "markdown")
    assert severities(editor.diagnostics("untitled:Untitled-1")) == [types.DiagnosticSeverity.Error]
    assert not [p for p in editor.published if p.uri == "file:///code/a.py"]


def test_not_read_is_a_hint_and_right_is_silent(editor: Editor) -> None:
    uri = "file:///notes/strange.md"
    editor.open(uri, "It is $\\mathfrak{Q}\\langle\\!\\langle x = \\sharp \\natural$ and $2 + 2 = 4$.\n")
    found = editor.diagnostics(uri)
    assert all(d.severity == types.DiagnosticSeverity.Hint and d.code == "not-read" for d in found)
    assert len(found) == 1


def test_two_quick_changes_give_the_last_version_only(editor: Editor) -> None:
    uri = "file:///notes/quick.md"
    editor.open(uri, "$1 + 1 = 2$\n")
    editor.diagnostics(uri)
    editor.change(uri, "$1 + 1 = 3$\n")
    editor.change(uri, "$1 + 1 = 4$ and $2 + 2 = 5$\n")
    assert len(editor.diagnostics(uri, 3)) == 2
    editor.wait(0.6)
    assert [p.version for p in editor.published if p.uri == uri] == [1, 3]


def test_an_old_check_is_interrupted(editor: Editor) -> None:
    uri = "file:///notes/long.md"
    claim = "We have $\\|x - {a} y\\|^2 = x^\\top x - {b} x^\\top y + {c} y^\\top y$.\n\n"
    editor.open(uri, "".join(claim.format(a=k, b=2 * k, c=k * k) for k in range(2, 60)))
    editor.wait(0.2)
    editor.change(uri, "$1 + 1 = 3$\n")
    assert len(editor.diagnostics(uri, 2)) == 1
    assert [p.version for p in editor.published if p.uri == uri] == [2]


def test_close_clears_and_save_judges_again(editor: Editor) -> None:
    uri = "file:///notes/close.md"
    editor.open(uri, "$1 + 1 = 3$\n")
    assert len(editor.diagnostics(uri)) == 1
    editor.published.clear()
    editor.save(uri)
    assert len(editor.diagnostics(uri)) == 1
    editor.close(uri)
    assert editor.diagnostics(uri, None) == []
    assert editor.hover(uri, 0, 2) is None


def test_garbage_does_not_end_the_session(editor: Editor) -> None:
    garbage = [
        ("a.md", "markdown", "$" * 999), ("b.tex", "latex", "\\begin{align}" * 300),
        ("c.md", "markdown", "$$\n" + "{" * 5_000 + "\n$$"), ("d.tex", "latex", "\\def\\a{\\a\\a}\\a $\\a = 1$"),
        ("e.md", "markdown", "$\ud7ff\x0c\u2028 = \x00$\r\n$1+1=3$\r"), ("f.tex", "latex", "$" + "x^" * 3_000 + "$"),
        ("g.md", "markdown", "```agnesi\n" + "(" * 4_000 + "\n```"), ("h.agnesi", "plaintext", "= ) \u0000 ∑_( = ="),
    ]
    for name, language, text in garbage:
        uri = f"file:///garbage/{name}"
        editor.open(uri, text, language)
        for found in editor.diagnostics(uri):
            editor.hover(uri, found.range.start.line, found.range.start.character)
            editor.actions(uri, found.range)
        editor.close(uri)
    uri = "file:///garbage/after.md"
    editor.open(uri, "$1 + 1 = 3$\n")
    assert len(editor.diagnostics(uri)) == 1
    assert editor.shown == []


def test_a_repair_that_says_nothing_is_not_offered(editor: Editor) -> None:
    uri = "file:///notes/nothing.md"
    editor.open(uri, "$\\operatorname{tr}(A B) = \\operatorname{tr}(A) \\operatorname{tr}(B)$\n")
    (found,) = editor.diagnostics(uri)
    assert "tr(AB)" in found.message
    assert editor.actions(uri, found.range) == []


def test_utf_8_where_the_editor_prefers_it_and_versioned_edits() -> None:
    editor = Editor(["utf-8", "utf-16"])
    assert editor.server.capabilities.position_encoding == "utf-8"
    uri = "file:///notes/signs.md"
    editor.open(uri, TRACE)
    (found,) = editor.diagnostics(uri)
    formula = TRACE.split("$")[1]
    start = TRACE.encode().index(formula.encode())
    assert found.range == types.Range(types.Position(0, start), types.Position(0, start + len(formula.encode())))
    (action, *_) = editor.actions(uri, found.range)
    assert action.edit is not None and action.edit.changes is None
    (change,) = action.edit.document_changes or []
    assert isinstance(change, types.TextDocumentEdit) and change.text_document.version == 1
    assert editor.leave() == 0


def test_the_server_ends_with_its_editor() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "server"], input=b"", capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0 and done.stdout == b"" and done.stderr == b""


def test_without_pygls_a_sentence_tells_what_to_install() -> None:
    code = "import sys; sys.modules['pygls'] = None; sys.argv = ['agnesi', 'server']; " + COMMAND
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == (
        'The language server needs pygls, which is not installed: pip install "agnesi[editor]".\n'
    )
