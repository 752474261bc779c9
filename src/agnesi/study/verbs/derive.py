"""Derivatives for the workbench: `ag.derive` as plain data with MathML, and programs for three libraries."""

from __future__ import annotations

from typing import Any

from agnesi.compilation import program
from agnesi.derivation import Derivation, derive, rows_of
from agnesi.errors import AgnesiError
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Expr
from agnesi.show import entries, result_name, shown_result, shown_steps, written
from agnesi.study.verbs.coloured import coloured
from agnesi.study.verbs.formulas import concepts_at, inner, name_of, named, whole
from agnesi.study.verbs.sheets import focused, told
from agnesi.write import declaration, write

BACKENDS = {"numpy": "NumPy", "jax": "JAX", "torch": "PyTorch"}


def derivation(
    text: str, wrt: str = "", order: int = 1, grain: str = "normal", chain: str = "auto", structure: str = "",
    dialect: str = "agnesi", number: int | None = None,
) -> Derivation:
    """Derive one statement of a sheet in the variables that are named with commas; see `ag.derive`."""
    variables: Any = [v.strip() for v in wrt.split(",") if v.strip()]
    variables = variables[0] if len(variables) == 1 else variables or None
    return derive(
        focused(text, number), variables, order=order, grain=grain, chain=chain,  # type: ignore[arg-type]
        structure=structure or None, dialect=dialect,
    )  # fmt: skip


def derived(
    text: str, wrt: str = "", order: int = 1, grain: str = "normal", chain: str = "auto", structure: str = "",
    dialect: str = "agnesi", number: int | None = None,
) -> dict[str, Any]:
    """Return a derivative with its steps, evidence, certificates and Hessian as plain data.

    >>> derived("‖X w − y‖²", "w")["result"]["unicode"]
    '2Xᵀ(Xw − y)'
    """
    d = derivation(text, wrt, order, grain, chain, structure, dialect, number)
    name, result = entries(d, "unicode") or (result_name(d), shown_result(d))
    stationary = None
    if d.stationary is not None:
        condition = d.stationary.condition
        equal = f"{_inner(d.stationary.variable, d)}<mo>=</mo>{_inner(d.stationary.value, d)}"
        stationary = {"value": whole(equal), "condition": whole(_inner(condition, d)) if condition is not None else ""}
    return {
        "kind": "derivative", "name": d.name, "function": whole(_inner(d.function, d)),
        "variables": [write(v) for v in d.variables], "result_name": named(name),
        "result": {**spelled(result, d), "shape": show_shape(d.result.shape)},
        "steps": steps(d), "evidence": {"verdict": d.evidence.verdict, "text": str(d.evidence)},
        "certificates": [{"name": c.name, "reason": c.reason, "source": c.source} for c in d.certificates],
        "hessian": spelled(d.hessian, d) if d.hessian is not None else None,
        "stationary": stationary, "notes": [*(d.reading.notes if d.reading else ()), *d.notes],
        "read_as": [declaration(s) for s in (d.reading.symbols.values() if d.reading else ()) if "\0" not in s.name],
    }  # fmt: skip


def _inner(expr: Expr, d: Derivation) -> str:
    spans = d.reading.spans if d.reading is not None else None
    return inner(expr, d.dialect, spans, rows=rows_of(d))


def spelled(expr: Expr, d: Derivation) -> dict[str, str]:
    """Return an expression in all spellings that can be copied, and as MathML."""
    return {
        "mathml": whole(_inner(expr, d)), "unicode": written(expr, d), "ascii": written(expr, d, "ascii"),
        "latex": written(expr, d, "latex"),
    }  # fmt: skip


def steps(d: Derivation) -> list[dict[str, Any]]:
    """Return the lines of a derivation: both sides, the rule with its law, and where a book teaches it."""
    out, previous = [], ""
    for k, line in enumerate(shown_steps(d)):
        left = inner(line.left, d.dialect) if isinstance(line.left, Expr) else name_of(line.left)
        right = shown_result(d) if k == len(d.steps) - 1 and line.right is d.result else line.right
        out.append({
            "left": "" if left == previous else whole(left), "right": whole(f"<mo>=</mo>{_inner(right, d)}"),
            "rule": line.rule, "note": line.note, "source": line.source, "kind": line.kind,
            "concepts": list(concepts_at(line.source)), "unicode": written(right, d),
        })  # fmt: skip
        previous = left
    return out


def programs(
    text: str, wrt: str = "", order: int = 1, structure: str = "", number: int | None = None
) -> list[dict[str, Any]]:
    """Return the derivative as a program for NumPy, JAX and PyTorch: name, source, or why there is none.

    >>> programs("½‖X w − y‖²", "w")[0]["source"].strip().splitlines()[-1].strip()
    'return X.T @ (X @ w - y)'
    """
    d = derivation(text, wrt, order, "none", "auto", structure, "agnesi", number)
    out: list[dict[str, Any]] = []
    for backend, title in BACKENDS.items():
        try:
            source = program(d, backend)  # type: ignore[arg-type]
            out.append({"id": backend, "title": title, "source": source, "coloured": coloured(source), "error": ""})
        except AgnesiError as error:
            said = told(error, text)["said"]
            out.append({"id": backend, "title": title, "source": "", "coloured": [], "error": said})
    return out
