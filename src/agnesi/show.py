"""Showing a derivation to a person: lines with their rules, the result, the evidence, what else is known.

A result that no matrix notation holds is shown entry by entry: ∂f_ij/∂X_kl = A_ik B_lj.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from importlib import import_module
from typing import Any

from agnesi.derivation import Derivation, rows_of
from agnesi.expr.nodes import Bind, Expr, Symbol, apply, surfaces, symbol
from agnesi.rules.normal import normalise
from agnesi.rules.steps import Line
from agnesi.rules.tidy import tidy
from agnesi.run.evaluate import evaluate
from agnesi.write import Form, declaration, write
from agnesi.write.ascii_words import GREEK
from agnesi.write.ascii_words import plain_ascii as plain_ascii

WIDTH = 100
RULE_AT = 64
HALF = re.compile(r"(?:(?<=^)|(?<=[\s(−\[{]))\(1/2\)(?! ?/)")  # (1/2) that is no argument and no exponent
ENTRY = re.compile(r"\)\[([a-z])(?:,([a-z]))?\](?!\[)(\w?)")  # (dx)[i] as a book writes it: (dx)_i


def show(d: Derivation, form: str = "unicode") -> str:
    """Return a derivation as text: "unicode", "ascii", "latex", "mathml" or "json"."""
    if form == "json":
        return json.dumps(as_data(d), ensure_ascii=False, indent=2)
    if form == "latex":
        return _latex(d)
    if form == "mathml":
        return _mathml(d)
    return _text(d, "ascii" if form == "ascii" else "unicode")


def shown_result(d: Derivation) -> Expr:
    """Return the result in the layout of the dialect: a row where its gradients are rows."""
    return _turned(d.result) if _has_rows(d) else d.result


def shown_steps(d: Derivation) -> tuple[Line, ...]:
    """Return the lines of a derivation; where gradients are rows, all that is said of the gradient is about a row."""
    if not _has_rows(d):
        return d.steps
    name = f"∇{d.name}"
    return tuple(
        replace(
            line, rule=line.rule.replace(f"({name})ᵀ", name),
            right=line.right if line.right is d.result else _turned(line.right),
        ) if line.left == name else line
        for line in d.steps
    )  # fmt: skip


def _has_rows(d: Derivation) -> bool:
    return d.dialect.gradient_layout == "row" and not d.function.shape and d.result.ndim == 1


def _turned(column: Expr) -> Expr:
    return tidy(normalise(apply("transpose", column)), apply("transpose", column))


def written(e: Expr, d: Derivation, form: Form = "unicode") -> str:
    """Return an expression of a derivation as text: rows by the letter that the text has for them, ½ for (1/2)."""
    text = write(e, form, d.dialect, rows=rows_of(d))
    return ENTRY.sub(_subscript, HALF.sub("½", text)) if form == "unicode" else text


def _subscript(found: re.Match[str]) -> str:
    return f")_{found[1]}{found[2] or ''}{' ' + found[3] if found[3] else ''}"


def entries(d: Derivation, form: Form = "unicode") -> tuple[str, Expr] | None:
    """Return the name of one entry of the result and what it is, where the result is told by its entries."""
    result = d.result
    if not isinstance(result, Bind) or result.op.name != "Tensor":
        return None
    indices = list(result.variables)
    if len(indices) != d.function.ndim + sum(v.ndim for v in d.variables):
        return None
    names = []
    for node, label in [(d.function, d.name), *((v, written(v, d, form)) for v in d.variables)]:
        mine, indices = indices[: node.ndim], indices[node.ndim :]
        plain = symbol(label, node.shape) if not isinstance(node, Symbol) else node
        names.append(write(apply("entry", plain, *mine), form, d.dialect) if mine else label)
    sign = {"unicode": "∂", "ascii": "d"}.get(form, r"\partial ")
    power = "" if len(names) == 2 else f"^{len(names) - 1}" if form != "unicode" else "²³⁴⁵⁶⁷⁸"[len(names) - 3]
    below = "".join(sign + name for name in names[1:])
    if form in ("latex", "mathml"):
        return rf"\frac{{{sign}{power}{names[0]}}}{{{below}}}", result.body
    return f"{sign}{power}{names[0]}/{below}", result.body


def result_name(d: Derivation, form: Form = "unicode") -> str:
    """Return the name of the result: ∇f, ∇²f, ∂f/∂X, df/dx."""
    order, f = len(d.variables), d.name
    variables = [write(v, form, d.dialect) for v in d.variables]
    ascii_, latex = form == "ascii", form in ("latex", "mathml")
    if d.function.shape or (order > 1 and len(set(variables)) > 1) or order > 2:
        return _quotient(f, variables, form)
    if order == 1 and not d.variables[0].shape:
        return _quotient(f, variables, form, total=True)
    nabla = r"\nabla" if latex else "grad " if ascii_ else "∇"
    if order == 2:
        nabla = r"\nabla^2" if latex else "Hess " if ascii_ else "∇²"
    return f"{nabla} {f}" if latex else f"{nabla}{f}"


def _quotient(f: str, variables: Sequence[str], form: Form, total: bool = False) -> str:
    sign = {"ascii": "d", "latex": r"\partial ", "mathml": r"\partial "}.get(form, "∂")
    if total and len(variables) == 1:
        sign = "d"
    names = [v if len(v) == 1 or form == "latex" else v if v.isalnum() else f"({v})" for v in variables]
    k = len(variables)
    power = "" if k == 1 else f"^{k}" if form != "unicode" else "²³⁴⁵⁶⁷⁸"[k - 2]
    same = len(set(names)) == 1 and k > 1 and total
    below = f"{sign}{names[0]}{power}" if same else "".join(f"{sign}{n}" for n in names)
    if form == "latex":
        return rf"\frac{{{sign}{power}{f}}}{{{below}}}"
    return f"{sign}{power}{f}/{below}"


# -- plain text ------------------------------------------------------------------------------------------------------


def _text(d: Derivation, form: Form) -> str:
    out = _reading(d, form)
    if d.steps:
        out += _lines(d, form)
    else:
        found = entries(d, form) or (result_name(d, form), shown_result(d))
        out += _aligned([(d.name, written(d.function, d, form), ""), (found[0], written(found[1], d, form), "")], form)
    out += [""] if d.steps else []
    out.append(_labelled("Checked" if d.evidence.verdict == "tested" else "Not checked", str(d.evidence), form))
    if d.hessian is not None:
        out.append(_labelled("Hessian", written(d.hessian, d, form), form))
    if d.certificates:
        out.append(_labelled("Known", _joined(str(c) for c in d.certificates), form))
    if d.stationary is not None:
        out.append(_labelled("Zero at", _stationary(d, form), form))
    for note in d.notes:
        out.append(_labelled("Note", note, form))
    text = "\n".join(out)
    return plain_ascii(text) if form == "ascii" else text


def _joined(parts: Any) -> str:
    return "; ".join(parts)


def _stationary(d: Derivation, form: Form) -> str:
    assert d.stationary is not None
    equal = f"{d.stationary.variable.name} = {written(d.stationary.value, d, form)}"
    if d.stationary.condition is None:
        return equal
    return f"{equal}   where {written(d.stationary.condition, d, form)} is invertible"


def _reading(d: Derivation, form: Form) -> list[str]:
    symbols = [s for s in dict.fromkeys(_symbols(d)) if "\0" not in s.name]
    said = [declaration(s, "ascii" if form == "ascii" else "unicode") for s in symbols]
    out = _wrapped("Read as", said, form)
    if d.reading is not None:
        out += [_labelled("", note, form) for note in d.reading.notes]
    return [*out, ""] if out else []


def _symbols(d: Derivation) -> list[Symbol]:
    if d.reading is not None:
        return list(d.reading.symbols.values())
    return [n for n in _nodes(d.function) if isinstance(n, Symbol)]


def _nodes(f: Expr) -> list[Expr]:
    seen: dict[Expr, None] = {}
    stack = [f]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack.extend(reversed(node.args))
    return list(seen)


def _wrapped(label: str, parts: Sequence[str], form: Form) -> list[str]:
    """Return the parts in columns of one line or several."""
    lines: list[str] = []
    line = ""
    for part in parts:
        if line and len(line) + 3 + len(part) > WIDTH - 10:
            lines.append(line)
            line = ""
        line = f"{line}   {part}" if line else part
    if line:
        lines.append(line)
    return [_labelled(label if k == 0 else "", text, form) for k, text in enumerate(lines)]


def _labelled(label: str, text: str, form: Form) -> str:
    return f"{label:<12}{text}".rstrip() if len(label) >= 10 else f"{label:<10}{text}".rstrip()


def _left(line: Line, d: Derivation, form: Form) -> str:
    if isinstance(line.left, Expr):
        return write(line.left, form, d.dialect)
    if form == "ascii":
        return line.left.replace("∇", "grad ").replace("∂", "d").replace("²", "^2")
    return line.left


def _lines(d: Derivation, form: Form) -> list[str]:
    rows: list[tuple[str, str, str]] = []
    previous = ""
    for k, line in enumerate(shown_steps(d)):
        left, right = _left(line, d, form), line.right
        if k == len(d.steps) - 1 and right is d.result:
            left, right = entries(d, form) or (left, shown_result(d))
        again = k > 0 and line.kind == d.steps[k - 1].kind == "definition" and line.source == d.steps[k - 1].source
        rule = line.rule + (f", {line.note}" if line.note else "")
        rule += f"  [{line.source}]" if line.source and not again else ""
        rows.append(("" if left == previous else left, written(right, d, form), rule))
        previous = left
    return _aligned(rows, form)


def _aligned(rows: Sequence[tuple[str, str, str]], form: Form) -> list[str]:
    wide = max(len(left) for left, _, _ in rows)
    short = [len(right) for _, right, _ in rows if len(right) <= RULE_AT]
    column = max(short, default=24) + 3
    out: list[str] = []
    for left, right, rule in rows:
        head = f"  {left:<{wide}} = "
        if not rule:
            out.append(head + right)
        elif len(right) + 3 <= column:
            out.append(f"{head}{right:<{column}}{rule}")
        else:
            out += [head + right, " " * (len(head) + column) + rule]
    return out


# -- LaTeX, MathML, data ---------------------------------------------------------------------------------------------


def _latex(d: Derivation) -> str:
    rows = []
    previous = ""
    for line in shown_steps(d):
        left = _latex_left(line, d)
        rule = re.sub(r"([&_%#])", r"\\\1", line.rule + (f" [{line.source}]" if line.source else ""))
        right = line.right
        if right is d.result:
            left, right = entries(d, "latex") or (left, shown_result(d))
        rows.append(rf"{'' if left == previous else left} &= {written(right, d, 'latex')} && \text{{{rule}}}")
        previous = left
    if not d.steps:
        rows = [
            rf"{d.name} &= {write(d.function, 'latex', d.dialect)}",
            rf"{result_name(d, 'latex')} &= {write(shown_result(d), 'latex', d.dialect)}",
        ]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


_COMMANDS = (
    ("∇²", r"\nabla^2 "), ("∇", r"\nabla "), ("∂²", r"\partial^2 "), ("∂", r"\partial "), ("ᵀ", r"^\top"),
    ("′", "'"), ("″", "''"),
)  # fmt: skip


def _latex_left(line: Line, d: Derivation) -> str:
    if isinstance(line.left, Expr):
        return write(line.left, "latex", d.dialect)
    left = re.sub(r"vec ", r"\\operatorname{vec} ", line.left)
    for sign, command in _COMMANDS:
        left = left.replace(sign, command)
    return re.sub("[α-ωΑ-Ω]", lambda found: rf"\{GREEK[found[0]]} ", left)


def _mathml(d: Derivation) -> str:
    """Return a derivation as one MathML table: left side, equals sign, right side, and the rule as text."""
    spans = d.reading.spans if d.reading is not None else None

    def inner(e: Expr) -> str:
        text = write(e, "mathml", d.dialect, spans, rows=rows_of(d))
        return text[text.index(">") + 1 : text.rindex("</math>")]

    rows: list[tuple[str, str, str]] = []
    previous = ""
    for line in shown_steps(d):
        left = inner(line.left) if isinstance(line.left, Expr) else f"<mtext>{escape(line.left)}</mtext>"
        right = shown_result(d) if line.right is d.result else line.right
        rule = line.rule + (f" [{line.source}]" if line.source else "")
        rows.append(("" if left == previous else left, inner(right), rule))
        previous = left
    if not rows:
        name = f"<mtext>{escape(result_name(d))}</mtext>"
        rows = [(f"<mi>{escape(d.name)}</mi>", inner(d.function), ""), (name, inner(shown_result(d)), "")]
    cells = "".join(
        f'<mtr><mtd style="text-align:-webkit-right">{left}</mtd><mtd><mo>=</mo></mtd>'
        f'<mtd style="text-align:-webkit-left">{right}</mtd>'
        f'<mtd style="text-align:-webkit-left"><mtext>{escape(rule)}</mtext></mtd></mtr>'
        for left, right, rule in rows
    )
    space = 'xmlns="http://www.w3.org/1998/Math/MathML"'
    return f'<math {space} display="block"><mtable displaystyle="true">{cells}</mtable></math>'


def as_data(d: Derivation) -> dict[str, Any]:
    """Return a derivation as plain data: texts in Unicode, ASCII and LaTeX, steps, evidence, certificates."""

    def texts(e: Expr) -> dict[str, str]:
        return {"unicode": write(e), "ascii": write(e, "ascii"), "latex": write(e, "latex")}

    out: dict[str, Any] = {
        "function": texts(d.function),
        "variables": [write(v) for v in d.variables],
        "symbols": {
            s.name: {"shape": [str(n) for n in s.shape], "facts": sorted(s.facts)}
            for s in _symbols(d)
            if "\0" not in s.name
        },
        "inferred": list(d.reading.inferred) if d.reading is not None else [],
        "notes": [*(d.reading.notes if d.reading is not None else ()), *d.notes],
        "name": result_name(d),
        "result": {**texts(d.result), "shape": [str(n) for n in d.result.shape]},
        "structure": d.structure,
        "steps": [
            {
                "left": _left(s, d, "unicode"), "right": texts(s.right), "rule": s.rule, "source": s.source,
                "kind": s.kind, "note": s.note,
            }
            for s in d.steps
        ],
        "evidence": {
            "verdict": d.evidence.verdict, "points": d.evidence.points, "method": d.evidence.method,
            "largest_relative_error": d.evidence.worst if d.evidence.verdict != "not tested" else None,
            "text": str(d.evidence),
        },
        "certificates": [{"name": c.name, "reason": c.reason, "source": c.source} for c in d.certificates],
        "hessian": texts(d.hessian) if d.hessian is not None else None,
        "stationary": None,
    }  # fmt: skip
    if d.stationary is not None:
        condition = d.stationary.condition
        out["stationary"] = {
            "variable": d.stationary.variable.name, "value": texts(d.stationary.value),
            "invertible": texts(condition) if condition is not None else None,
        }  # fmt: skip
    return out


surfaces["show"] = show
surfaces["write"] = write
surfaces["evaluate"] = evaluate
surfaces["partial_sums"] = lambda *asked: import_module("agnesi.partial_sums").partial_sums(*asked)  # loads when asked
surfaces["plot"] = lambda expr, values: import_module("agnesi.draw").picture_of(expr, **values)
