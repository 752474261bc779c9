"""How a report is shown: lines with their verdicts on a terminal and in a notebook, and as data."""

from __future__ import annotations

import re
import textwrap
from html import escape
from typing import Any

import numpy as np

from agnesi.check.judge import SIGNS
from agnesi.check.report import Counterexample, Finding, Judged, Report, displays
from agnesi.check.small import matrices
from agnesi.expr.nodes import Expr
from agnesi.run.sample import Point
from agnesi.show import plain_ascii
from agnesi.write import write

WIDTH = 96
MARKS = {"proved": "✓", "tested": "✓", "refuted": "✗", "not read": "?"}
ASCII_MARKS = {"✓": "+", "✗": "x", "?": "?", "~": "~", " ": " "}
WORDS = {"proved": "proved", "tested": "tested", "refuted": "WRONG", "not read": "not read"}


def show_report(report: Report, form: str = "unicode", chain: bool = False) -> str:
    """Return the report as text for a terminal; `chain` shows the rules of each proof."""
    out = _said("Read as", report.read_as) + _said("", report.notes)
    if out:
        out.append("")
    column = min(46, max((len(_first(s.text)) for s in report.statements), default=0))
    for one in report.statements:
        out += _statement(one, column, chain)
    out += ["", summary(report)]
    text = "\n".join(line.rstrip() for line in out)
    return plain_ascii(_ascii_marks(text)) if form == "ascii" else text


def summary(report: Report) -> str:
    """Return the totals, and the first wrong line."""
    counts = report.counts
    total = sum(counts.values())
    if not total:
        return "Nothing to judge: no claim was found."
    parts = [f"{n} {WORDS[v].lower()}" for v, n in counts.items()]
    said = f"{total} statement{'s' if total != 1 else ''} judged: {', '.join(parts)}"
    return f"{said}. The first wrong line is line {report.first_wrong}." if report.first_wrong else f"{said}."


def _said(label: str, parts: tuple[str, ...]) -> list[str]:
    if not parts:
        return []
    joined = ("   " if label else "\n").join(parts)
    lines = [piece for one in joined.split("\n") for piece in textwrap.wrap(one, WIDTH - 10, break_long_words=False)]
    return [f"{label if k == 0 else '':<10}{line}" for k, line in enumerate(lines)]


def _first(text: str) -> str:
    lines = text.strip().split("\n")
    return " ".join(line.strip() for line in lines)


def _statement(one: Judged, column: int, chain: bool) -> list[str]:
    mark = "~" if one.carries else MARKS.get(one.verdict or "", " ")
    head = f"{one.line:>4} {mark} "
    words = _verdict(one)
    text = _first(one.text)
    lines = textwrap.wrap(text, WIDTH - len(head), break_long_words=False) or [""]
    out = [head + lines[0], *(" " * len(head) + line for line in lines[1:])]
    if len(lines) == 1 and len(text) <= column and len(words) <= WIDTH - column - 10:
        out[0] = f"{head}{text:<{column}}   {words}"
    elif words:
        out += [" " * 9 + line for line in textwrap.wrap(words, WIDTH - 9, break_long_words=False)]
    return out + [" " * 9 + line for line in _details(one, chain)]


def _verdict(one: Judged) -> str:
    """The verdict with its evidence in a few words."""
    if one.carries:
        return f"carries on the error of line {one.carries}"
    if one.verdict is None:
        return one.role if one.role in ("definition", "declaration", "condition", "choice", "model", "fact") else ""
    word = WORDS[one.verdict]
    found = one.evidence
    if one.verdict == "refuted" or found is None:
        return word
    said = str(found)
    return f"{word}: {said}" + (f"; {one.note}" if one.note else "")


def evidence_of(one: Judged) -> str:
    """Return what a verdict stands on, in a sentence; nothing where there is no verdict."""
    if one.verdict is None or one.evidence is None:
        return ""
    if one.verdict == "refuted":
        return one.evidence.reason
    return f"{one.evidence}; {one.note}" if one.note and one.verdict != "not read" else str(one.evidence)


def details_of(one: Judged) -> list[str]:
    """Return what stands under a wrong line: counterexample, notes and explanation, a line each."""
    return _details(one, False) if one.verdict == "refuted" else []


def reading_of(one: Judged) -> str:
    """Return a statement as it was understood: its sides with the relations between them."""
    if not one.sides:
        return ""
    signs = [SIGNS.get(op, op) for op in one.relations]
    parts = [str(one.sides[0])]
    for sign, side in zip(signs, one.sides[1:], strict=False):
        parts += [sign, str(side)]
    return " ".join(parts)


def _details(one: Judged, chain: bool) -> list[str]:
    """What stands under a line: the counterexample, the diagnosis, the rules of a proof."""
    return [line for set_out, said in _parts(one, chain) for line in ([said] if set_out else _wrapped(said))]


def _parts(one: Judged, chain: bool = False) -> list[tuple[bool, str]]:
    """The same piece by piece: whether a piece keeps its columns (numbers, matrices), and its text."""
    out: list[tuple[bool, str]] = []
    found = one.evidence
    if found is not None and one.verdict == "refuted":
        out.append((False, found.reason))
        out += _counterexample(found.counterexample) if found.counterexample else []
        out += [(False, note) for note in found.notes]
        out.append((False, _against_start(one)))
        if one.diagnosis is not None:
            out += [(False, one.diagnosis.words), (False, one.diagnosis.explanation)]
        elif one.sides and one.sought:
            out.append((False, "No slip that is known here explains it."))
    if chain and found is not None and found.chain:
        out += [(True, f"{step.name}  [{step.source}]" if step.source else step.name) for step in found.chain]
    return [(set_out, said) for set_out, said in out if said]


def _against_start(one: Judged) -> str:
    if one.start is not None and one.above is not None and one.start is not one.above and one.start:
        return "It does not follow from the line above, though it agrees with the start."
    return one.note if one.verdict == "refuted" else ""


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 9, break_long_words=False) if text else []


def _counterexample(counter: Counterexample) -> list[tuple[bool, str]]:
    if len(counter.told) > 1 or not counter.values or all(np.ndim(v) < 2 for v in counter.values.values()):
        return [("   " in said, said) for said in counter.told]
    shown = matrices(Point(counter.values, counter.sizes), counter.left, counter.right, width=WIDTH - 9)
    return [(True, line) for line in shown]


def _ascii_marks(text: str) -> str:
    for mark, plain in ASCII_MARKS.items():
        text = text.replace(mark, plain)
    return text


# -- notebooks -----------------------------------------------------------------------------------------------------

_OUTER = re.compile(r"^\s*<math[^>]*>|</math>\s*$")
_DEFINED = re.compile(r"([^\W\d_]\w*(?:\([^()=]*\))?)\s*(:?=)")
_SIGNED = re.compile(r"\s*&?\s*(?:[=≤≥<>≈∝≠]|\\(?:le|ge|approx|propto|ne|iff|equiv)|~=)")
COLOURS = {"✓": "#00704f", "✗": "#b3261e", "?": "#6b6b6b", "~": "#8a5a00", " ": "inherit"}


def report_html(report: Report) -> str:
    """Return the report as a list: number, mark, the line as it was read, the verdict, and below what was found.

    It stands on one column where the page is narrow; what keeps its columns scrolls within itself.
    """
    rows = "".join(_row(s) for s in report.statements)
    read_as = f"<p>Read as {escape(',   '.join(report.read_as))}</p>" if report.read_as else ""
    read_as += "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    return f'<div class="agnesi-report">{read_as}{rows}<p>{escape(summary(report))}</p></div>'


def _row(one: Judged) -> str:
    mark = "~" if one.carries else MARKS.get(one.verdict or "", " ")
    refuted = one.verdict == "refuted" and not one.carries
    below = "".join(_piece(set_out, said) for set_out, said in _joined(_parts(one))) if refuted else ""
    below = f'<div style="margin:2px 0 8px">{below}</div>' if below else ""
    return (
        '<div style="display:grid;grid-template-columns:1.5em 1em minmax(0,1fr);gap:2px 8px;align-items:baseline">'
        f'<span style="text-align:right">{one.line}</span><b style="color:{COLOURS[mark]}">{mark}</b><div>'
        '<div style="display:flex;flex-wrap:wrap;gap:0 14px;align-items:baseline">'
        f'<span style="overflow:auto hidden;max-width:100%;padding:3px 0">{_formula(one)}</span>'
        f'<span style="color:{COLOURS[mark]}">{escape(_verdict(one))}</span></div>{below}</div></div>'
    )


def _joined(parts: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Join lines that keep their columns into one piece."""
    out: list[tuple[bool, str]] = []
    for set_out, said in parts:
        if set_out and out and out[-1][0]:
            out[-1] = (True, f"{out[-1][1]}\n{said}")
        else:
            out.append((set_out, said))
    return out


def _formula(one: Judged) -> str:
    """A line as it was read; as it was written, where it says nothing that can be set."""
    signs = [SIGNS.get(op, op) for op in one.relations]
    if one.sides and signs:
        goes_on = one.role == "step" and _SIGNED.match(one.text) is not None
        return f'<span title="{escape(one.text)}">{_typeset(one.sides, signs, goes_on)}</span>'
    defined = _DEFINED.match(_first(one.text)) if one.role == "definition" and len(one.sides) == 1 else None
    if defined:
        side = _OUTER.sub("", write(one.sides[0], "mathml"))
        left = f'<mtext style="font-style:italic">{escape(defined[1])}</mtext><mo>{escape(defined[2])}</mo>'
        return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{left}{side}</math>'
    return f"<code>{escape(_first(one.text))}</code>"


def _piece(set_out: bool, said: str) -> str:
    if set_out:
        return f'<pre style="margin:0;line-height:1.2;overflow:auto hidden">{escape(said)}</pre>'
    return f'<div style="max-width:44em">{escape(said)}</div>'


def _typeset(sides: tuple[Expr, ...], signs: list[str], goes_on: bool) -> str:
    """Return a relation as one formula; what goes on from the line above begins with its sign."""
    first, *others = (_OUTER.sub("", write(side, "mathml")) for side in sides)
    parts = [] if goes_on else [first]
    for sign, side in zip(signs, others, strict=False):
        parts += [f"<mo>{escape(sign)}</mo>", side]
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{"".join(parts)}</math>'


# -- data ---------------------------------------------------------------------------------------------------------


def report_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data: what `agnesi check --json` prints."""
    return {
        "first_wrong": report.first_wrong,
        "verdict": report.verdict,
        "counts": dict(report.counts),
        "read_as": list(report.read_as),
        "notes": list(report.notes),
        "statements": [_statement_data(s) for s in report.statements],
    }


def _statement_data(one: Judged) -> dict[str, Any]:
    diagnosis = one.diagnosis
    return {
        "text": one.text, "line": one.line, "role": one.role, "verdict": one.verdict,
        "evidence": None if one.evidence is None else finding_data(one.evidence),
        "diagnosis": None if diagnosis is None else {
            "slip": diagnosis.slip, "words": diagnosis.words, "repaired": diagnosis.repaired,
            "explanation": diagnosis.explanation, "source": diagnosis.source,
        },
        "others": [other.words for other in one.others],
        "above": None if one.above is None else one.above.verdict,
        "start": None if one.start is None else one.start.verdict,
        "carries": one.carries, "recovers": one.recovers, "note": one.note, "place": list(one.place),
    }


def finding_data(found: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    counter = found.counterexample
    return {
        "verdict": found.verdict, "reason": found.reason or str(found), "points": found.points,
        "worst": None if not np.isfinite(found.worst) else found.worst, "sizes": [dict(s) for s in found.sizes],
        "chain": [{"rule": step.name, "source": step.source, "expression": str(step.expr)} for step in found.chain],
        "assumptions": list(found.assumptions), "notes": list(found.notes),
        "counterexample": None if counter is None else {
            "sizes": dict(counter.sizes), "values": {n: _plain(v) for n, v in counter.values.items()},
            "left": _plain(counter.left), "right": _plain(counter.right), "told": list(counter.told),
        },
    }


def _plain(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind == "c":
        return str(array.tolist())
    return [_plain(v) for v in array] if array.ndim else (float(array) if np.isfinite(array) else str(array))


displays.update(text=show_report, html=report_html, data=report_data)
