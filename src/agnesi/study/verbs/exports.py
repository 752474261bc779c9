"""A worksheet with its answer as a file: Markdown, LaTeX, a notebook, or a Python program."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from agnesi.check.report import Report
from agnesi.checking import check
from agnesi.compilation import program
from agnesi.derivation import Derivation
from agnesi.errors import UnknownName
from agnesi.show import result_name, show, written
from agnesi.show_report import show_report
from agnesi.study.verbs.derive import derivation
from agnesi.study.verbs.sheets import focused, tolerant
from agnesi.write import write

FORMS = {"md": "text/markdown", "tex": "application/x-tex", "ipynb": "application/x-ipynb+json", "py": "text/x-python"}
TOP = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
SAFE = str.maketrans({"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
                      "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})  # fmt: skip


def exported(form: str, text: str, do: str = "", options: dict[str, Any] | None = None) -> str:
    """Return a sheet and the answer that is shown with it as the text of a file.

    `do` is "derive", "code" or "check" (anything else: the sheet alone), `options` those of `derivation`.

    >>> print(exported("py", "‖X w − y‖²", "derive", {"wrt": "w"}).splitlines()[0])
    # ‖X w − y‖²
    """
    if form not in FORMS:
        raise UnknownName(f"There is no form {form}.", expected=", ".join(FORMS))
    found = derivation(text, **(options or {})) if do in ("derive", "code") else None
    report = check(text, dialect=(options or {}).get("dialect", "agnesi")) if do == "check" else None
    writer = {"md": _markdown, "tex": _latex, "ipynb": _notebook, "py": _python}[form]
    return writer(text.strip(), found, report, options or {})


def _markdown(text: str, found: Derivation | None, report: Report | None, options: dict[str, Any]) -> str:
    out = ["```agnesi", text, "```", ""]
    if found is not None:
        out += ["$$", show(found, "latex"), "$$", "", f"{found.evidence}.".capitalize(), "", "```python",
                program(found).rstrip(), "```", ""]  # fmt: skip
    if report is not None:
        out += ["```", show_report(report).rstrip(), "```", ""]
    return "\n".join(out)


def _latex(text: str, found: Derivation | None, report: Report | None, options: dict[str, Any]) -> str:
    """The statements set in type, those that cannot be read as they are; then the derivation or the verdicts."""
    out = [TOP]
    for one in tolerant(text)[0].statements:
        if one.expr is None or one.error is not None:
            out.append(rf"\noindent\texttt{{{one.text.strip().translate(SAFE)}}}" + "\n")
        else:
            head = f"{one.name} = " if one.role == "definition" and len(one.name) == 1 else ""
            out.append(f"\\[ {head}{write(one.expr, 'latex')} \\]")
    if found is not None:
        out.append(f"\\[\n{show(found, 'latex')}\n\\]")
    if report is not None:
        plain = show_report(report, "ascii").rstrip()
        out.append(f"\\begin{{verbatim}}\n{plain}\n\\end{{verbatim}}")
    return "\n".join([*out, "\\end{document}", ""])


def _notebook(text: str, found: Derivation | None, report: Report | None, options: dict[str, Any]) -> str:
    """Cells that ask Agnesi the same again; the program runs without it."""
    cells = [_cell("markdown", f"```agnesi\n{text}\n```"), _cell("code", "import agnesi as ag")]
    if found is not None:
        told = ", ".join(f"{k}={v!r}" for k, v in options.items() if v not in ("", None) and k not in ("number", "wrt"))
        asked = [v.strip() for v in str(options.get("wrt", "")).split(",") if v.strip()]
        own = focused(text, options.get("number"))
        cells.append(_cell("code", f"ag.derive({own!r}, {asked or None!r}{', ' if told else ''}{told})"))
        cells.append(_cell("code", program(found).rstrip()))
    if report is not None:
        cells.append(_cell("code", f"ag.check({text!r})"))
    book = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, source: str) -> dict[str, Any]:
    own = f"c{crc32(source.encode()):08x}"
    cell: dict[str, Any] = {"cell_type": kind, "id": own, "metadata": {}, "source": source}
    return {**cell, "execution_count": None, "outputs": []} if kind == "code" else cell


def _python(text: str, found: Derivation | None, report: Report | None, options: dict[str, Any]) -> str:
    """The sheet as a comment, then a program that runs without Agnesi; of claims the call that judges them."""
    out = [f"# {line}" for line in text.splitlines()]
    if found is not None:
        out += [f"# {result_name(found)} = {written(found.result, found)}", "", program(found).rstrip()]
    elif report is not None:
        out += ["", "import agnesi as ag", "", f"print(ag.check({text!r}))"]
    else:
        out += ["", "import agnesi as ag", "", f"sheet = ag.worksheet({text!r}, strict=False)"]
        out += ["for statement in sheet.statements:", "    print(statement.line, statement.role, statement.expr)"]
    return "\n".join([*out, ""])

