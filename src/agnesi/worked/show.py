"""How a worked result is shown: as text for a terminal, as LaTeX, as HTML with MathML, and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from agnesi.errors import AgnesiError
from agnesi.worked.pieces import Formula, scalar_text
from agnesi.write.ascii_words import plain_ascii

if TYPE_CHECKING:
    from agnesi.worked.record import Step, Verified, Worked

WIDTH = 96
ROW = "display:flex;align-items:center;gap:1em;overflow:auto hidden;padding:3px 0 7px"  # of a formula and its words


def shown(worked: Worked, form: str = "unicode") -> str:
    """Return a result as text: "unicode", "ascii", "latex" or "html"."""
    if form == "latex":
        return _latex(worked)
    if form == "ascii":
        return plain_ascii(_text(worked, plain=True))
    return _html(worked) if form == "html" else _text(worked, plain=False)


def _text(worked: Worked, plain: bool) -> str:
    out = [f"{worked.name[:1].upper()}{worked.name[1:]}" + (f"  [{worked.source}]" if worked.source else "")]
    for formula in worked.question:
        out += _indented(formula, plain)
    for k, step in enumerate(worked.steps, 1):
        out += ["", *_step_text(k, step, plain, worked.source)]
    out.append("")
    for k, formula in enumerate(worked.answer):
        out += _indented(formula, plain, "Answer    " if k == 0 else "          ")
    for k, one in enumerate(worked.evidence):
        mark = ("+" if plain else "✓") if one.holds else ("x" if plain else "✗")
        out += textwrap.wrap(
            f"{'Checked   ' if k == 0 else '          '}{mark} {one.what}: {one.how}", WIDTH,
            subsequent_indent=" " * 12, drop_whitespace=True,
        )
    for note in worked.notes:
        out += textwrap.wrap(f"Note      {note}", WIDTH, subsequent_indent=" " * 10)
    return "\n".join(line.rstrip() for line in out)


def _step_text(number: int, step: Step, plain: bool, known: str = "") -> list[str]:
    """Return a step as lines; its source only where it is not that of the whole."""
    told = step.source and not _within(step.source, known)
    said = f"{number:>3}  {step.said or step.rule}" + (f"  [{step.source}]" if told else "")
    out = textwrap.wrap(said, WIDTH, subsequent_indent="     ")
    if step.why:
        out += textwrap.wrap(step.why, WIDTH, initial_indent="     ", subsequent_indent="     ")
    for formula in step.lines:
        out += _indented(formula, plain, "     ")
    return out


def _indented(formula: Formula, plain: bool, label: str = "    ") -> list[str]:
    lines = formula.text(plain)
    middle = (len(lines) - 1) // 2
    shown = [f"{label if k == middle else ' ' * len(label)}{line}" for k, line in enumerate(lines)]
    if formula.why:
        shown[middle] = f"{shown[middle]}   {formula.why}"
    return shown


def _latex(worked: Worked) -> str:
    """Return aligned displays, one for the question, one for each step with its words, one for the answer."""
    out = [_display(f) for f in worked.question]
    for step in worked.steps:
        out.append(rf"\text{{{step.said or step.rule}}}" if not step.lines else step.said or step.rule)
        out += [_display(f) for f in step.lines]
    return "\n".join(out + [_display(f) for f in worked.answer])


def _display(formula: Formula) -> str:
    why = rf" \qquad \text{{{formula.why}}}" if formula.why else ""
    return f"\\[ {formula.latex()}{why} \\]"


def _html(worked: Worked) -> str:
    title = f"<p><b>{escape(worked.name[:1].upper() + worked.name[1:])}</b>{_source(worked.source)}</p>"
    question = "".join(_formula_html(f) for f in worked.question)
    steps = "".join(_step_html(s, worked.source) for s in worked.steps)
    answer = "".join(_formula_html(f) for f in worked.answer)
    notes = "".join(f"<p>{escape(n)}</p>" for n in worked.notes)
    listed = f"<ol>{steps}</ol>" if steps else ""
    evidence = checked_html(worked.evidence)
    return f'<div class="agnesi-worked">{title}{question}{listed}<p><b>Answer</b></p>{answer}{evidence}{notes}</div>'


def checked_html(evidence: Iterable[Verified]) -> str:
    """Return what was checked as a list, in colours that can be read on white and on black."""
    marks = {True: ("#178655", "✓"), False: ("#d13a31", "✗")}
    rows = [
        f'<li style="color:{colour}">{mark} {escape(v.what)}: {escape(v.how)}</li>'
        for v in evidence for colour, mark in [marks[bool(v.holds)]]
    ]  # fmt: skip
    return f'<ul style="list-style:none;padding-left:0">{"".join(rows)}</ul>' if rows else ""


def _step_html(step: Step, known: str = "") -> str:
    why = f"<div>{escape(step.why)}</div>" if step.why else ""
    lines = "".join(_formula_html(f) for f in step.lines)
    source = "" if _within(step.source, known) else step.source
    return f"<li>{escape(step.said or step.rule)}{_source(source)}{why}{lines}</li>"


def _within(source: str, whole: str) -> bool:
    """Tell whether a source is a part of another, which stands above it already: MML 2.3.2 of MML 2.3."""
    return bool(whole) and source.startswith(whole)


def _formula_html(formula: Formula) -> str:
    why = f'<span style="opacity:.75">{escape(formula.why)}</span>' if formula.why else ""
    return f'<div style="{ROW}">{formula.mathml()}{why}</div>'


def _source(source: str) -> str:
    return f' <span style="opacity:.75">[{escape(source)}]</span>' if source else ""


def data(worked: Worked) -> dict[str, Any]:
    """Return a result as plain data, mathematics as LaTeX: what `--json` prints."""
    return {
        "name": worked.name, "source": worked.source, "question": [f.latex() for f in worked.question],
        "answer": [f.latex() for f in worked.answer], "parts": {k: plain(v) for k, v in worked.parts.items()},
        "value": plain(worked.value), "notes": list(worked.notes),
        "steps": [
            {"rule": s.rule, "said": s.said, "why": s.why, "source": s.source, "lines": [f.latex() for f in s.lines]}
            for s in worked.steps
        ],
        "evidence": [{"what": v.what, "holds": bool(v.holds), "how": v.how} for v in worked.evidence],
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it: whole numbers and floats as they are, exact numbers as text, arrays as lists."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    try:
        return scalar_text(value)
    except (AgnesiError, TypeError, ValueError):  # a record, which has a text of its own
        return str(value)
