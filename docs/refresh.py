"""Run every example in README.md, CONTRIBUTING.md and docs/, and write what it prints; write the pages of records,
docs/operations.md, docs/slips.md and docs/results.md.

    python docs/refresh.py            write
    python docs/refresh.py --check    only tell what would change (exit status 1)

Two kinds of blocks are examples: ```console blocks with lines `$ agnesi ...`, each followed by its output, and
```python blocks with `>>>` prompts. The examples of one document share their names. Tests run the same functions.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import agnesi.check.diagnosis  # which registers all slips
import agnesi.check.proof  # noqa: F401  (which registers all equalities)
from agnesi.check.proof_bounds import BOUNDS
from agnesi.check.slips import Case, Slip, slips
from agnesi.cli import app
from agnesi.course import Result, curriculum
from agnesi.expr.operation import Operation, operations
from agnesi.ops.facts import facts
from agnesi.results import results
from agnesi.rules.equalities import equalities

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = ROOT / "docs" / "operations.md"
SLIPS = ROOT / "docs" / "slips.md"
RESULTS = ROOT / "docs" / "results.md"
FENCE = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r"(largest relative error )\d\S*?e-(\d+)|no error(?=\))")
WORST = 7  # a printed error is at most a few 1e-7


def same(a: str, b: str) -> bool:
    """Tell whether two outputs agree; of a rounding error only that it is small is compared."""
    return _plain(a) == _plain(b)


def _plain(text: str) -> str:
    def size(found: re.Match[str]) -> str:
        small = found[2] is None or int(found[2]) >= WORST
        return "(small error)" if small else found[0]

    return "\n".join(line.rstrip() for line in ERROR.sub(size, text).strip("\n").splitlines())


def run_command(line: str) -> str:
    """Return what a command line such as `agnesi derive "tr(X)"` prints."""
    program, *args = shlex.split(line)
    if program != "agnesi":
        raise ValueError(f"Only agnesi is run here, not {program}.")
    sizes = {"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"}
    with chdir(ROOT):  # files are named from there
        found = CliRunner().invoke(app, args, prog_name="agnesi", env=sizes)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return "\n".join(part.rstrip() for part in found.output.strip("\n").splitlines())


def console(block: str) -> Iterator[tuple[str, str]]:
    """Return the commands of a console block, each with the output that stands below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output.strip("\n")


def fresh_console(block: str) -> str:
    """Return a console block with the outputs of today."""
    parts = []
    for command, output in console(block):
        now = run_command(command)
        parts.append(f"$ {command}\n{output if same(now, output) else now}\n")
    return "\n".join(parts)


def fresh_python(block: str, names: dict[str, Any]) -> str:
    """Return a python block with the outputs of today; a block without prompts stays as it is."""
    if ">>> " not in block:
        return block
    out = []
    for part in doctest.DocTestParser().parse(block):
        if isinstance(part, str):
            out.append(part)
            continue
        now = _printed(part.source, names)
        lines = part.source.rstrip("\n").splitlines()
        out += [f"{'>>>' if k == 0 else '...'} {line}\n" for k, line in enumerate(lines)]
        out.append(part.want if same(now, part.want) else now)
    return "".join(out)


def _printed(source: str, names: dict[str, Any]) -> str:
    stream = io.StringIO()
    with redirect_stdout(stream):
        try:
            exec(compile(source, "<example>", "single"), names)
        except Exception as error:  # an example may show an error
            last = traceback.format_exception_only(error)
            stream.write("Traceback (most recent call last):\n    ...\n" + "".join(last))
    return stream.getvalue()


def fresh(text: str) -> str:
    """Return a document with every example run again."""
    names: dict[str, Any] = {"__name__": "example"}

    def block(found: re.Match[str]) -> str:
        kind, body = found.groups()
        body = fresh_console(body) if kind == "console" else fresh_python(body, names)
        return f"```{kind}\n{body}```"

    return FENCE.sub(block, text)


# -- the page of operations ------------------------------------------------------------------------------------------

FAMILIES = {
    "arithmetic": "Arithmetic", "elementwise": "Of every entry", "reduction": "Reductions", "vector": "Of vectors",
    "matrix": "Of matrices", "spectral": "Spectral", "entry": "Entries, rows and blocks", "leaf": "Named quantities",
    "binder": "Big operators", "relation": "Relations", "derivative": "Derivatives", "probability": "Probability",
    "quadrature": "Quadrature",
}  # fmt: skip
HEAD = """# Operations and facts

Generated from the records in `src/agnesi/ops` by `./dev docs`; a test fails while it is out of date. The reader accepts
the names in the second column; an operation without one has a sign of its own ([notation](notation.md)). The law is the
differential, in the words that steps use; where there is none, the reason stands in its place.
"""


def operations_page() -> str:
    """Return docs/operations.md from the records."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        records = [op for op in operations if op.family == family]
        if records:
            columns: list[tuple[str, Callable[[Operation], str]]] = [
                ("operation", lambda op: f"`{op.name}`"),
                ("written", lambda op: " ".join(f"`{n}`" for n in op.names)),
                ("meaning", lambda op: op.doc),
                ("law", lambda op: op.law or op.why_not),
                ("known", _known),
                ("source", lambda op: op.source),
            ]
            parts.append(f"## {title}\n\n{_table(records, columns)}")
    parts.append("## Facts\n\nWhat may be declared of a symbol: `S : n×n positive definite`.\n\n" + _table(facts, [
        ("fact", lambda f: f"`{f.name}`"),
        ("words", lambda f: ", ".join(f"`{w}`" for w in f.words)),
        ("meaning", lambda f: f.doc),
        ("implies", lambda f: ", ".join(f"`{i}`" for i in f.implies)),
        ("source", lambda f: f.source),
    ]))  # fmt: skip
    return "\n".join(parts)


def _known(op: Operation) -> str:
    words = []
    if op.domain != "real":
        words.append(f"domain: {op.domain}")
    if op.range:
        words.append(f"values: {op.range}")
    words += [word for word, on in (("linear", op.linear), ("odd", op.odd), ("even", op.even)) if on]
    words += {1: ["increasing"], -1: ["decreasing"]}.get(op.monotone, [])
    words += {1: ["convex"], -1: ["concave"]}.get(op.convex, [])
    if op.subdifferential:
        words.append(op.subdifferential)
    return "; ".join(words)


# -- the page of slips and of rules of proof -------------------------------------------------------------------------

SLIPS_HEAD = """# Slips, and rules of proof

Generated from the records in `src/agnesi/check` and `src/agnesi/rules` by `./dev docs`; a test fails while it is out of
date. [check.md](check.md) tells what they are for.

## Slips

A slip is a known way to go wrong. Where a line is refuted, `check` looks for slips that lead to it. The example has on
the left what is right, and on the right what the slip makes of it.

"""
RULES_HEAD = """
## Rules of proof

A claim is proved where both sides have the same normal form, by the laws of [operations.md](operations.md) for
derivatives, or by these rules. A report names those that it used. The example is a claim that the rule proves.

"""


def slips_page() -> str:
    """Return docs/slips.md from the records."""
    found = _table(sorted(slips, key=lambda s: s.name.lower()), [
        ("slip", lambda s: s.name),
        ("what was done", lambda s: s.words),
        ("example", _example),
        ("why", lambda s: s.explanation),
        ("source", lambda s: s.source),
    ])  # fmt: skip
    rules = _table(sorted([*equalities, *BOUNDS], key=lambda r: r.name), [
        ("rule", lambda r: r.name), ("example", lambda r: f"`{r.example}`"), ("source", lambda r: r.source),
    ])  # fmt: skip
    return SLIPS_HEAD + found + RULES_HEAD + rules


def _example(slip: Slip) -> str:
    case: Case = slip.cases[0]
    return f"`{case.right}` → `{case.wrong}`"


# -- the page of results ---------------------------------------------------------------------------------------------

RESULTS_HEAD = """# Results of the books and courses

Each result below is computed by the general algorithms, with its steps, checked, and compared with the published value
where there is one. In Python it is `ag.results["mml-3-proj-line"]`; its `steps`, `values`, `comparison`, `evidence`,
`picture`, `notes`, `concepts` and `code` are there by these names. `code` is the Python that computes it, to be pasted
into a notebook. On the command line:

```console
$ agnesi result mml-3-proj-line
```

`--json` prints it as data. `-o picture.png` (or `--output`; .svg and .html too) writes the picture, where the result
has one. The exit status is 1 where something does not hold. `agnesi results` lists them all, `agnesi results impla`
those of one book or course, with `--json` as data.

The tables are generated from the registry in `src/agnesi/results` by `./dev docs`, and each row is a test. A published
value stands here where the list of results is sure of it; of the others each result says in its notes which numbers are
from memory, and which are our own.
"""


def results_page() -> str:
    """Return docs/results.md from the registry and the curriculum."""
    parts = [fresh(RESULTS_HEAD)]
    for resource in curriculum().resources.values():
        own = [r for r in results.entries() if r.resource == resource.id]
        if own:
            count = f"{len(own)} of the {len(curriculum().results_of(resource.id))} results in the list."
            parts.append(f"## {resource.title}\n\n{count}\n\n" + _table(own, [
                ("result", lambda r: f"`{r.id}`"), ("where", lambda r: r.where), ("what", lambda r: r.what),
                ("shows", lambda r: r.shows), ("published", _published),
            ]))  # fmt: skip
    return "\n".join(parts)


def _published(result: Result) -> str:
    return result.published if result.certainty == "sure" else ""


# -- tables, and what is out of date ---------------------------------------------------------------------------------


def _table(records: Any, columns: list[tuple[str, Any]]) -> str:
    rows = [[name for name, _ in columns], ["---"] * len(columns)]
    rows += [[cell(record).replace("|", "\\|") for _, cell in columns] for record in records]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def stale() -> Iterator[tuple[Path, str]]:
    """Return the documents that are not what they would be now, with the text that they would have."""
    for path in DOCUMENTS:
        if path in (OPERATIONS, SLIPS, RESULTS):
            continue
        text = path.read_text(encoding="utf-8")
        now = fresh(text)
        if now != text:
            yield path, now
    for path, page in ((OPERATIONS, operations_page()), (SLIPS, slips_page()), (RESULTS, results_page())):
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            yield path, page


def main() -> int:
    """Write what is stale, or with --check only name it."""
    os.chdir(ROOT)
    check = "--check" in sys.argv[1:]
    found = list(stale())
    for path, text in found:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if found and check else 0


if __name__ == "__main__":
    sys.exit(main())
