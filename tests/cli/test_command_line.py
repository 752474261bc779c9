"""The command line: every option, where formulas come from, exit statuses, errors, terminals that know only ASCII."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agnesi.cli import app
from agnesi.dialects import dialects

RIDGE = "||X w - y||^2 + λ ||w||^2"


def run(*args: str, stdin: str | bytes | None = None) -> Any:
    found = CliRunner().invoke(app, list(args), input=stdin, prog_name="agnesi", env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert "Traceback" not in found.output
    return found


def answer(*args: str, stdin: str | bytes | None = None) -> str:
    found = run("derive", *args, stdin=stdin)
    assert found.exit_code == 0, found.output
    assert found.stderr == ""
    return str(found.stdout)


def refusal(*args: str, stdin: str | bytes | None = None) -> str:
    found = run("derive", *args, stdin=stdin)
    assert found.exit_code == 2, found.output
    assert found.stdout == ""
    return str(found.stderr)


def result(*args: str) -> str:
    return str(json.loads(answer(*args, "--as", "json"))["result"]["unicode"])


# -- what to differentiate in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("args", "expected"), [
    ((RIDGE, "--wrt", "w"), "2Xᵀ(Xw − y) + 2λw"),
    ((RIDGE, "-w", "y"), "−2(Xw − y)"),
    (("log det X",), "X⁻ᵀ"),
    (("x'A y", "--wrt", "x", "--wrt", "y"), "A"),
    (("x'A y", "-w", "y", "-w", "x"), "Aᵀ"),
    (("‖X w − y‖²", "--wrt", "X w - y"), "2(Xw − y)"),
    (("a = tanh(W x); f = ‖a − y‖²", "--wrt", "a"), "2(tanh(Wx) − y)"),
    (("f(x) = x'A x",), "(A + Aᵀ)x"),
    ((RIDGE, "--wrt", "w", "--order", "2"), "2XᵀX + 2λI"),
    (("t^5", "--wrt", "t", "--order", "3"), "60t²"),
    (("softmax(z)", "-w", "z"), "diag(softmax(z)) − softmax(z) softmax(z)ᵀ"),
])  # fmt: skip
def test_wrt_and_order(args: tuple[str, ...], expected: str) -> None:
    assert result(*args) == expected


def test_a_formula_may_begin_with_a_minus_sign() -> None:
    assert result("-y' log(softmax(z))", "--wrt", "z") == "sum(y) softmax(z) − y"
    assert result("-w'A w", "--wrt", "w") == "−(A + Aᵀ)w"
    assert result("-(-t)", "--wrt", "t") == "1"
    assert result("--2 t", "--wrt", "t") == "2"


# -- steps, chain, structure, dialect --------------------------------------------------------------------------------


def test_steps_are_more_or_fewer() -> None:
    counts = [len(json.loads(answer(RIDGE, "--wrt", "w", "--steps", s, "--as", "json"))["steps"])
              for s in ("none", "fewer", "normal", "all")]  # fmt: skip
    assert counts[0] == 0
    assert 3 <= counts[1] <= counts[2] <= counts[3]


def test_each_line_of_the_text_names_its_rule() -> None:
    text = answer(RIDGE, "--wrt", "w")
    assert "X and y are constant" in text and "d‖u‖² = 2uᵀ du" in text
    assert "∇f = 2Xᵀ(Xw − y) + 2λw" in text
    assert "Read as   X ∈ ℝⁿˣᵈ   w ∈ ℝᵈ" in text
    assert "Checked   agrees with" in text
    assert "(XᵀX + λI)⁻¹Xᵀy" in text


def test_chain() -> None:
    nest = "‖V tanh(W x + b) − y‖²"
    kinds = {c: [s["kind"] for s in json.loads(answer(nest, "--wrt", "W", "--chain", c, "--as", "json"))["steps"]]
             for c in ("named", "nested", "auto")}  # fmt: skip
    assert "definition" in kinds["named"] and "definition" not in kinds["nested"]
    assert kinds["auto"] in (kinds["named"], kinds["nested"])


@pytest.mark.parametrize("structure", ["symmetric", "diagonal", "toeplitz"])
def test_structure_names_its_convention(structure: str) -> None:
    text = answer("S : n x n; tr(A S)", "--wrt", "S", "--structure", structure)
    assert f"{structure} argument" in text
    assert text != answer("S : n x n; tr(A S)", "--wrt", "S")


@pytest.mark.parametrize("dialect", [d.name for d in dialects])
def test_dialects(dialect: str) -> None:
    text = answer("log(x'A x)", "--wrt", "x", "--dialect", dialect)
    assert ("ln" in text) == (dialects[dialect].log == "ln")


# -- forms of output -------------------------------------------------------------------------------------------------


def test_ascii_is_ascii() -> None:
    text = answer(RIDGE, "--wrt", "w", "--as", "ascii")
    assert text.isascii() and "?" not in text
    assert "2*X'*(X*w - y) + 2*lambda*w" in text


def test_latex() -> None:
    text = answer(RIDGE, "--wrt", "w", "--as", "latex")
    assert text.startswith(r"\begin{aligned}") and text.rstrip().endswith(r"\end{aligned}")
    assert r"2 X^{\top} (X w - y) + 2 \lambda w" in text


def test_mathml_is_well_formed() -> None:
    root = ElementTree.fromstring(answer(RIDGE, "--wrt", "w", "--as", "mathml"))
    space = "{http://www.w3.org/1998/Math/MathML}"
    assert root.tag == f"{space}math"
    lines = root.findall(f"{space}mtable/{space}mtr")
    assert len(lines) >= 4
    assert all(len(line) == 4 for line in lines), "a left side, a sign, a right side and a rule"
    assert any(node.get("data-shape") for node in lines[-1].iter())
    assert "".join(lines[-1][0].itertext()) == "∇f"


def test_json_has_its_fields() -> None:
    data = json.loads(answer(RIDGE, "--wrt", "w", "--as", "json"))
    assert set(data) >= {"function", "variables", "result", "steps", "evidence", "symbols", "certificates", "notes"}
    assert set(data["function"]) == {"unicode", "ascii", "latex"}
    assert data["variables"] == ["w"]
    assert data["result"]["shape"] == ["d"]
    assert data["symbols"]["X"]["shape"] == ["n", "d"]
    assert data["evidence"]["verdict"] == "tested" and data["evidence"]["points"] == 5
    assert data["evidence"]["largest_relative_error"] < 1e-7
    assert {"left", "right", "rule", "source"} <= set(data["steps"][1])
    assert data["hessian"]["unicode"] == "2XᵀX + 2λI"
    assert data["stationary"]["value"]["unicode"] == "(XᵀX + λI)⁻¹Xᵀy"


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex", "mathml", "json"])
@pytest.mark.parametrize("args", [
    ("A x", "-w", "x"), ("x'A y", "-w", "x", "-w", "y"), ("t^3", "-w", "t", "--order", "2"), ("3", "-w", "x"),
    ("tr(X X)", "-w", "X", "--steps", "none"),
])  # fmt: skip
def test_every_form_of_every_kind(form: str, args: tuple[str, ...]) -> None:
    found = run("derive", *args, "--as", form)
    assert found.exit_code in (0, 2)
    assert (found.stdout if found.exit_code == 0 else found.stderr).strip()


# -- where the formula comes from ------------------------------------------------------------------------------------


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "loss.txt"
    path.write_text("X : n×d;  y : n\n‖X w − y‖²\n", encoding="utf-8")
    assert result(str(path), "--wrt", "w") == "2Xᵀ(Xw − y)"
    path.write_text("\ufeff‖w‖²", encoding="utf-8")
    assert result(str(path), "--wrt", "w") == "2w"


def test_standard_input() -> None:
    assert "X⁻ᵀ" in answer("-", stdin="log det X\n")
    assert "2w" in answer("-", "--wrt", "w", stdin="‖w‖²".encode())


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "There is no file missing.txt" in refusal("missing.txt")
    path = tmp_path / "latin.txt"
    path.write_bytes("λ".encode("utf-16"))
    assert "not UTF-8" in refusal(str(path))
    assert "not UTF-8" in refusal("-", stdin=b"\xff\xfe")


def test_a_name_without_a_dot_is_a_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_text("y^2", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert result("x", "--wrt", "x") == "1"


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("args", "said"), [
    (("",), "no expression"),
    (("y*",), "operand is missing"),
    (("(x", "-w", "x"), "bracket"),
    (("foo(x)", "-w", "x"), "There is no function foo"),
    (("a / b c", "-w", "a"), "two readings"),
    (("X : n x d; y : n; X y", "-w", "y"), "inner sizes"),
    (("X w - y", "-w", "q"), "q does not occur"),
    (("x'A x",), "It is not said what to differentiate in"),
    (("x'A x", "-w", "x", "--dialect", "latin"), "There is no dialect latin"),
    (("x'A x", "-w", "x", "-w", "A", "--order", "3"), "order"),
    (("x'A x", "-w", "x", "--structure", "symmetric"), "square matrix"),
    (("x ≤ y", "-w", "x"), "a statement, not a function"),
    (("x'A x", "-w", "x", "--order", "0"), "--order"),
    (("x'A x", "-w", "x", "--steps", "some"), "--steps"),
    (("x'A x", "-w", "x", "--as", "word"), "--as"),
    (("x'A x", "-w", "x", "--chain", "long"), "--chain"),
    (("x'A x", "--order"), "--order"),
    (("x'A x", "--wrong", "x"), "--wrong"),
    ((), "text"),
])  # fmt: skip
def test_refusals(args: tuple[str, ...], said: str) -> None:
    found = run("derive", *args)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert said.lower() in found.stderr.lower()


@pytest.mark.parametrize("text", ["X y", "foo(x)", "y*", "x'A*x + )"])
def test_errors_point_at_the_place(text: str) -> None:
    lines = refusal(f"X : n x d; y : n; {text}", "-w", "x").splitlines()
    assert set(lines[-1].strip()) == {"^"}
    assert lines[-1].index("^") < len(lines[-2])


@pytest.mark.parametrize("text", [
    "(" * 100_000, "x^10^10^10", "x" * 1_000_000, "\x00\x07\x1b[31m", "\udcff", "'" * 9999, "∑" * 5000,
    "\\frac" * 5000, "{}" * 5000, "1/" * 5000, "-" * 5000,
], ids=lambda text: repr(text[:6]))  # fmt: skip
def test_hostile_text(text: str) -> None:
    found = run("derive", text, "--wrt", "x") if not text.startswith("-") else run("derive", "--", text)
    assert found.exit_code in (0, 2)
    assert len(found.output) < 20_000


def test_a_fault_of_its_own_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **named: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("agnesi.derivation.derive", broken)
    monkeypatch.delenv("AGNESI_DEBUG", raising=False)
    found = run("derive", "x", "--wrt", "x")
    assert found.exit_code == 3
    assert "Agnesi itself failed" in found.stderr and "ZeroDivisionError" in found.stderr
    assert len(found.stderr.splitlines()) == 1


# -- help ------------------------------------------------------------------------------------------------------------


def test_help_teaches() -> None:
    text = run("--help").stdout
    for part in ("agnesi derive \"||X w - y||^2", "Matrices are capitals", "Unicode", "ASCII", "LaTeX", "Exit status"):
        assert part in text
    assert run("-h").stdout == text
    shown = run()
    assert "agnesi derive" in shown.output


def test_help_of_derive() -> None:
    text = run("derive", "--help").stdout
    options = ("--wrt", "--order", "--steps", "--as", "--structure", "--chain", "--dialect")
    assert all(part in text for part in (*options, "Examples:", "standard input"))


def test_the_examples_in_the_help_work() -> None:
    examples = [line.strip() for line in (run("--help").stdout + run("derive", "--help").stdout).splitlines()
                if line.strip().startswith('agnesi derive "')]  # fmt: skip
    assert len(examples) >= 9
    for line in examples:
        words = cli_words(line)
        assert answer(*words[2:])


def test_help_of_check() -> None:
    text = run("check", "--help").stdout
    options = ("--json", "--chain", "--strict", "--dialect", "--verbose", "--junit", "--sarif", "--jobs", "--no-cache")
    assert all(part in text for part in (*options, "Examples:", "Exit status"))
    examples = [line.strip() for line in text.splitlines() if line.strip().startswith('agnesi check "')]
    assert len(examples) >= 3
    for line in examples:
        found = run(*cli_words(line)[1:])
        assert found.exit_code in (0, 1) and "1 statement judged" in found.stdout


def cli_words(line: str) -> list[str]:
    before, _, rest = line.partition('"')
    formula, _, after = rest.partition('"')
    return [*before.split(), formula, *after.split()]


def test_version() -> None:
    assert run("--version").stdout.startswith("agnesi 0.")


# -- as a process ----------------------------------------------------------------------------------------------------


def process(*args: str, stdin: str = "", encoding: str = "utf-8", **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from agnesi.cli import main; main()", *args]
    told = {**os.environ, "PYTHONIOENCODING": encoding, **env}
    return subprocess.run(command, input=stdin.encode(), capture_output=True, env=told, check=False)


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex", "mathml", "json"])
def test_a_terminal_that_knows_only_ascii(form: str) -> None:
    found = process("derive", "‖X w − y‖² + λ‖w‖²", "--wrt", "w", "--as", form, encoding="ascii")
    assert found.returncode == 0, found.stderr
    assert found.stderr == b""
    text = found.stdout.decode("ascii")
    assert "lambda" in text or "\\u03bb" in text or "&#955;" in text
    if form == "json":
        assert json.loads(text)["result"]["unicode"] == "2Xᵀ(Xw − y) + 2λw"
    if form == "unicode":
        assert "grad f = 2*X'*(X*w - y) + 2*lambda*w" in text


def test_errors_and_help_on_such_a_terminal() -> None:
    found = process("derive", "λ X y", "--wrt", "q", encoding="ascii")
    assert found.returncode == 2 and b"Traceback" not in found.stderr and found.stderr.isascii()
    found = process("--help", encoding="ascii")
    assert found.returncode == 0 and b"agnesi derive" in found.stdout
    found = process("derive", "-", "--wrt", "w", stdin="‖w‖²", encoding="ascii")
    assert found.returncode == 0 and b"2*w" in found.stdout


def test_a_reader_that_goes_away() -> None:
    code = "import sys; from agnesi.cli import main; sys.argv = ['agnesi', 'derive', 'log det X']; main()"
    first = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert first.stdout is not None and first.stderr is not None
    first.stdout.close()
    complaint = first.stderr.read()
    first.stderr.close()
    assert first.wait() in (0, 1) and b"Traceback" not in complaint


def test_a_result_is_printed_as_the_code_that_computes_it() -> None:
    printed = run("result", "mml-3-proj-line", "--code")
    assert printed.exit_code == 0
    names: dict[str, Any] = {}
    exec(compile(printed.stdout, "result", "exec"), names)
    assert names["evidence"][0].holds and names["size"] == 1
    both = run("result", "mml-3-proj-line", "--code", "--json")
    assert both.exit_code == 2 and "not as both. Leave out one of them." in " ".join(both.stderr.split())
