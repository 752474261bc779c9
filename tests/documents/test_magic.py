"""The notebook magic: in IPython's shell, in a notebook that a real kernel runs, and as `agnesi check` reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import agnesi
from agnesi.documents.files import check_file
from agnesi.errors import AgnesiError
from agnesi.magic import Options, Stopped, options_of

Run = Callable[[str], tuple[list[Any], BaseException | None]]
RIDGE = "Let X : n x d, y : n.\nf(w) = ‖Xw − y‖²\n"


@pytest.fixture
def run() -> Iterator[Run]:
    """Run cells in one shell; each gives what it displays, and the error that it ends with."""
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "agnesi")

    def cell(text: str) -> tuple[list[Any], BaseException | None]:
        with capture_output() as shown:
            found = shell.run_cell(text)
        return [o.data for o in shown.outputs], found.error_before_exec or found.error_in_exec

    yield cell
    shell.extension_manager.loaded.discard("agnesi")
    InteractiveShell.clear_instance()


def test_a_line(run: Run) -> None:
    (shown,), error = run("%agnesi tr(A B) = tr(B A)")
    assert error is None
    assert "proved" in shown["text/plain"] and "<math" in shown["text/html"] and "✓" in shown["text/html"]


def test_a_cell_shows_what_is_wrong_and_goes_on(run: Run) -> None:
    (shown,), error = run(f"%%agnesi\n{RIDGE}∇f = Xᵀ(Xw − y)")
    assert error is None
    assert "first wrong line is line 3" in shown["text/plain"] and "factor 2" in shown["text/html"]


def test_braces_and_dollars_are_not_variables_of_python(run: Run) -> None:
    run("b = 5; x = 7")
    (shown,), error = run(r"%agnesi \frac{x^2 - 1}{x - {1}} = x + 1")
    assert error is None and r"\frac{x^2 - 1}{x - {1}}" in shown["text/plain"] and "proved" in shown["text/plain"]


@pytest.mark.parametrize(("option", "text", "stops"), [
    ("", "x = x + 1", False), ("--raise", "(x + 1)² = x² + 1", True), ("--raise", "x + x = 2x", False),
    ("--raise", "x + + = 2", False), ("--strict", "x + + = 2", True), ("--strict", "(x + 1)² = x² + 1", True),
    ("--strict", "x + x = 2x", False),
])  # fmt: skip
def test_what_stops_a_notebook(run: Run, option: str, text: str, stops: bool) -> None:
    shown, error = run(f"%%agnesi {option}\nx ∈ ℝ\n{text}")
    assert isinstance(error, Stopped) is stops and (stops or error is None)
    assert len(shown) == 1, "the report is shown in any case"
    if isinstance(error, Stopped):
        assert error._render_traceback_() == [str(error)] and "judged" in str(error)


def test_what_was_said_before_holds_with_continue(run: Run) -> None:
    run(f"%%agnesi\n{RIDGE}")
    (shown,), _ = run("%%agnesi --continue\n∇f = Xᵀ(Xw − y)")
    assert "line 1" in shown["text/plain"] and "factor 2" in shown["text/plain"] and "f(w)" not in shown["text/plain"]
    (shown,), _ = run("%%agnesi --continue\nf(w) = ‖w‖²\n∇f = 2w")
    assert "1 proved" in shown["text/plain"], "said anew"
    (shown,), _ = run("%%agnesi --continue\n∇f = 2w")
    assert "1 proved" in shown["text/plain"]
    run("%agnesi x + x = 2x")
    (shown,), _ = run("%%agnesi --continue\n∇f = 2w")
    assert "proved" not in shown["text/plain"], "a cell without --continue begins anew"


def test_lines_that_carry_an_error_on_name_it_by_the_line_of_the_cell(run: Run) -> None:
    run(f"%%agnesi\n{RIDGE}")
    (shown,), _ = run("%%agnesi --continue\n∇f = Xᵀ(Xw − y)\n   = XᵀXw − Xᵀy")
    assert "carries on the error of line 1" in shown["text/plain"]


def test_the_rules_of_a_proof(run: Run) -> None:
    (plain,), _ = run("%agnesi -x <= |x|")
    (shown,), _ = run("%agnesi --chain -x <= |x|")
    assert "<details>" in shown["text/html"] and "<details>" not in plain["text/html"]
    assert shown["text/plain"].count("\n") > plain["text/plain"].count("\n")


@pytest.mark.parametrize(("cell", "words"), [
    ("%agnesi", "There is nothing to judge."), ("%agnesi --foo x = x", "There is no option --foo."),
    ("%agnesi --dialect klingon x = x", "There is no dialect klingon."), ("%agnesi --dialect", "--dialect needs"),
])  # fmt: skip
def test_mistakes_are_sentences(run: Run, cell: str, words: str) -> None:
    shown, error = run(cell)
    assert shown == [] and isinstance(error, AgnesiError) and str(error).startswith(words)


def test_options() -> None:
    assert options_of("--raise --dialect mml x = 1") == (Options(frozenset({"raise"}), "mml"), "x = 1")
    assert options_of("-x = -x") == (Options(), "-x = -x")


# -- whole notebooks -------------------------------------------------------------------------------------------------


def notebook(*code: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_markdown_cell("# Least squares"), *(nbformat.v4.new_code_cell(c) for c in code)]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of the kernel's own machinery
def test_a_kernel_runs_a_notebook(tmp_path: Path) -> None:
    book = notebook(
        "%load_ext agnesi", f"%%agnesi --raise\n{RIDGE}∇f = 2Xᵀ(Xw − y)", "%%agnesi --continue\n∇f = Xᵀ(Xw − y)"
    )
    client = nbclient.NotebookClient(book, timeout=120, kernel_name="python3")
    client.execute()
    right, wrong = (cell.outputs[0].data["text/html"] for cell in book.cells[2:])
    assert "1 proved" in right and "the factor 2" in wrong
    book.cells[3].source = book.cells[3].source.replace("--continue", "--continue --raise")
    with pytest.raises(nbclient.exceptions.CellExecutionError) as failed:
        nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    assert "The first wrong line is line 1." in str(failed.value) and "magic.py" not in str(failed.value)


def test_a_check_of_the_file_judges_its_cells(tmp_path: Path) -> None:
    book = notebook(
        "%load_ext agnesi", f"%%agnesi --raise\n{RIDGE}     = wᵀXᵀXw − 2yᵀXw + yᵀy\n∇f = 2Xᵀ(Xw − y)",
        "%%agnesi --continue\n∇f = Xᵀ(Xw − y)", "%%agnesi", "%%agnesix\n1 = 2", "x = '$1 = 2$'", "%%latex\n$1 = 2$",
    )  # fmt: skip
    path = tmp_path / "lecture.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    report = check_file(path)
    judged = [(s.where.cell, s.where.line, s.verdict) for s in report.statements if s.verdict is not None]
    assert judged == [(3, 4, "proved"), (3, 5, "proved"), (4, 2, "refuted")]
    assert report.formulas == 2


def test_the_package_stays_light() -> None:
    code = "import sys, agnesi; assert callable(agnesi.load_ipython_extension); print('IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    assert "load_ipython_extension" not in agnesi.__all__
