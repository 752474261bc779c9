"""Documents tell the truth: examples print what stands below them, tables of notation agree, nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agnesi.check.slips import slips
from agnesi.checking import check
from agnesi.cli import Chain, Output, Speed, Steps, Structure, Way
from agnesi.dialects import dialects
from agnesi.expr.nodes import Expr
from agnesi.expr.operation import operations
from agnesi.ops.facts import facts
from agnesi.read import read, worksheet

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import refresh  # noqa: E402

PAGES = {str(p.relative_to(ROOT)): p for p in refresh.DOCUMENTS}
TEXT = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
COMMANDS = [(name, *pair) for name, text in TEXT.items()
            for kind, body in refresh.FENCE.findall(text) if kind == "console"
            for pair in refresh.console(body)]  # fmt: skip


# -- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "command", "output"), COMMANDS, ids=[c[1] for c in COMMANDS])
def test_commands_print_what_the_page_says(page: str, command: str, output: str) -> None:
    now = refresh.run_command(command)
    assert refresh.same(now, output), f"./dev docs would write:\n{now}"


@pytest.mark.parametrize("page", [name for name in PAGES if ">>> " in TEXT[name]])
def test_python_examples(page: str) -> None:
    names: dict = {"__name__": "example"}
    for kind, body in refresh.FENCE.findall(TEXT[page]):
        if kind == "python":
            now = refresh.fresh_python(body, names)
            assert refresh.same(now, body), f"./dev docs would write:\n{now}"


def test_there_are_examples() -> None:
    assert len([c for c in COMMANDS if c[0] == "README.md"]) >= 5
    assert TEXT["docs/tour.md"].count(">>> ") > 30


def test_the_page_of_operations_is_up_to_date() -> None:
    assert TEXT["docs/operations.md"] == refresh.operations_page(), "run ./dev docs"


def test_the_page_of_slips_is_up_to_date() -> None:
    assert TEXT["docs/slips.md"] == refresh.slips_page(), "run ./dev docs"
    assert TEXT["docs/slips.md"].count(" → `") == len(slips) > 100


def test_a_wrong_page_is_noticed() -> None:
    block = '```console\n$ agnesi derive "x^2" --wrt x --steps none\nnonsense\n```\n'
    assert "f′(x)" in refresh.fresh(block) or "df/dx" in refresh.fresh(block)
    assert refresh.fresh("```python\n>>> 1 + 1\n3\n```\n") == "```python\n>>> 1 + 1\n2\n```\n"
    assert refresh.same("largest relative error 3e-16", "largest relative error 1e-9")
    assert not refresh.same("largest relative error 3e-16", "largest relative error 1e-2")
    assert not refresh.same("∇f = 2x", "∇f = 3x")


# -- notation --------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[list[str]]:
    """The rows of tables that have four columns, the last three of them code."""
    found = []
    for line in text.splitlines():
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and all(re.fullmatch("`[^`]+`", c) for c in cells[1:]):
            found.append([cells[0], *(c[1:-1] for c in cells[1:])])
    return found


NOTATION = rows(TEXT["docs/notation.md"])
DECLARED = worksheet(re.search(r"^    (X : .*)$", TEXT["docs/notation.md"], re.MULTILINE)[1]).symbols  # type: ignore[index]


def meaning(text: str, declaration: bool) -> Expr | dict:
    return worksheet(text).symbols if declaration else read(text, DECLARED).expr


@pytest.mark.parametrize("row", NOTATION, ids=[r[0] for r in NOTATION])
def test_three_spellings_are_one(row: list[str]) -> None:
    declaration = row in NOTATION[:8]
    unicode, ascii_, latex = (meaning(text, declaration) for text in row[1:])
    assert unicode == ascii_ == latex


def test_the_tables_were_found() -> None:
    assert len(NOTATION) > 50 and NOTATION[7][0] == "two at once"


# -- claims ----------------------------------------------------------------------------------------------------------

KINDS = [c.replace("\\|", "|") for c in re.findall(
    r"^\| [\w ,]+ \| `(.+?)` \| ", TEXT["docs/check.md"].partition("## Kinds of claims")[2], re.MULTILINE
)]  # fmt: skip
FALSE = ["tr(A B) = tr(A) tr(B)", "(xᵀy)² ≥ ‖x‖²‖y‖²", "∑_{k=1}^n k = n²/2", "Var[X + Y] = Var[X] + Var[Y]"]


@pytest.mark.parametrize("claim", KINDS)
def test_the_examples_of_claims_hold(claim: str) -> None:
    assert check(claim).verdict in ("proved", "tested")


@pytest.mark.parametrize("claim", FALSE)
def test_claims_like_them_do_not(claim: str) -> None:
    assert check(claim).verdict == "refuted"


def test_the_kinds_of_claims_were_found() -> None:
    assert len(KINDS) > 15


# -- completeness ----------------------------------------------------------------------------------------------------


def test_every_command_and_option_is_documented() -> None:
    """Each option stands in the table of the README, and each of its choices."""
    readme = TEXT["README.md"]
    commands = re.findall(r"^  (\w+)  ", refresh.run_command("agnesi --help").partition("Commands:")[2], re.MULTILINE)
    told = "derive check draw result results path study server exercise sheet lesson"
    assert commands == told.split()
    assert "agnesi --version" in readme
    for name in commands:
        assert f"agnesi {name}" in readme
        listed = refresh.run_command(f"agnesi {name} --help").partition("Options:")[2]
        options = re.findall(r"^  (-\w, )?(--[\w-]+)", listed, re.MULTILINE)
        counts = {
            "derive": 8, "check": 10, "draw": 6, "result": 4, "results": 2, "path": 7, "study": 5, "server": 2,
            "exercise": 9, "sheet": 7, "lesson": 1,
        }  # fmt: skip
        assert len(options) == counts[name]
        for short, long in options:
            assert f"`{long}" in readme and (not short or f"`{short[:2]}" in readme), long
    for kind in (Steps, Output, Structure, Chain, Way, Speed):
        assert "\\|".join(choice.value for choice in kind) in readme


def test_every_dialect_operation_and_fact_is_documented() -> None:
    assert all(f"`{d.name}`" in TEXT["README.md"] for d in dialects)
    page = TEXT["docs/operations.md"]
    assert all(f"`{op.name}`" in page for op in operations if op.family != "normal")
    assert all(f"`{fact.name}`" in page for fact in facts)


def test_every_script_command_is_documented() -> None:
    script = (ROOT / "dev").read_text(encoding="utf-8")
    for name in re.findall(r"^    (\w+)\) ready", script, re.MULTILINE):
        assert f"./dev {name}" in TEXT["CONTRIBUTING.md"]


def test_links_lead_somewhere() -> None:
    for name, text in TEXT.items():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "", text)):
            assert (PAGES[name].parent / target).exists(), f"{name}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_machine(page: str) -> None:
    assert not re.search(r"/(work|root|home|opt|tmp)/|\.\./share[d]|https?://(?!www\.w3\.org)", TEXT[page])


# -- the first hour --------------------------------------------------------------------------------------------------

RECORD = next(body for kind, body in refresh.FENCE.findall(TEXT["CONTRIBUTING.md"]) if "softsign" in body)
USE = """
import numpy as np
import agnesi as ag
from agnesi.check.evidence import derivative_evidence
from agnesi.ops import elementwise
exec(compile(RECORD, "elementwise.py", "exec"), vars(elementwise))

for text, wrt in (("softsign(t)", "t"), ("softsign(W x)", "x"), ("‖softsign(A X)‖²", "X")):
    found = ag.derive(text, wrt)
    assert found.evidence.verdict == "tested", found
    assert ag.read(ag.write(found.result), found.reading.symbols).expr is found.result
    assert any("softsign" in line.rule for line in found.steps), found
second = ag.derive("sum(softsign(X w))", "w", order=2)
assert second.evidence.verdict == "tested", second
value = ag.read("softsign(x)").expr.evaluate(x=np.array([-1.0, 0.0, 3.0]))
assert np.allclose(value, [-0.5, 0.0, 0.75]), value
try:
    exec(compile(RECORD, "elementwise.py", "exec"), vars(elementwise))
except ag.AgnesiError as error:
    print(error)
"""


def test_the_example_record_buys_what_it_promises() -> None:
    """In a process of its own, for it adds an operation."""
    code = f"RECORD = {RECORD!r}\n{USE}"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stderr
    assert "two operations named softsign" in found.stdout


SLIP = next(body for kind, body in refresh.FENCE.findall(TEXT["CONTRIBUTING.md"]) if "sine of a sum" in body)
FOUND = """
import agnesi as ag
from agnesi.check import slips_algebra

exec(compile(SLIP, "slips_algebra.py", "exec"), vars(slips_algebra))
report = ag.check("t, u : scalar;  cos(t) sin(t + 2u) = cos(t) (sin(t) + sin(2u))")
assert report.verdict == "refuted", report
diagnosis = report.statements[-1].diagnosis
assert diagnosis.slip == "sine of a sum", report
assert ag.check(f"t, u : scalar;  cos(t) sin(t + 2u) = {diagnosis.repaired}").verdict in ("proved", "tested")
try:
    exec(compile(SLIP, "slips_algebra.py", "exec"), vars(slips_algebra))
except ag.AgnesiError as error:
    print(error)
"""


def test_the_example_slip_is_found_in_other_lines() -> None:
    """In a process of its own, for it adds a slip."""
    code = f"SLIP = {SLIP!r}\n{FOUND}"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stderr
    assert "two slips named sine of a sum" in found.stdout
