"""Explain a derivative line by line, each line from the one above by one named law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agnesi.expr.nodes import Expr, Symbol, postorder
from agnesi.rules.simplify import differential_of, differentials, is_zero, op_of, rebuild, zero
from agnesi.rules.step_collect import collect, together
from agnesi.rules.step_differential import Move, Rules, said

Grain = Literal["fewer", "normal", "all"]
Kind = Literal["given", "definition", "differential", "collect", "result"]
TIDIED = "the same, with like terms and common factors collected"
MOST = 12  # lines at the normal grain


@dataclass(frozen=True)
class Line:
    """One line: `left` = `right` by `rule`, taught in `source`; `note` is a remark, on a kink or a convention.

    `left` is a label ("f", "df", "∇f") or, for a definition, its symbol.
    """

    left: Expr | str
    right: Expr
    rule: str
    source: str = ""
    kind: Kind = "differential"
    note: str = ""


def differential(f: Expr, *variables: Symbol) -> Expr:
    """Return df in written form, with nothing but differentials of the variables left."""
    rules = Rules(*variables)
    if not rules.varies(f):
        return zero(f)
    moves: dict[Expr, Expr] = {}

    def after(node: Expr) -> Expr:
        if node not in moves:
            moves[node] = node if node.args[0] in rules.variables else rules.move(node.args[0]).after
        return moves[node]

    top, out = differential_of(f), dict[Expr, Expr]()
    for node in postorder(top, below=lambda n: () if after(n) is n else differentials(after(n))):
        out[node] = rebuild(after(node), out)
    return out[top]


def directional(f: Expr, variable: Symbol, direction: Expr) -> Expr:
    """Return the directional derivative of f at the variable along a direction: df with dx replaced by it."""
    return rebuild(differential(f, variable), {differential_of(variable): direction})


def open_differentials(expr: Expr, rules: Rules) -> list[Expr]:
    """Return the d-nodes that are not yet the differential of a variable."""
    return [n for n in differentials(expr) if n.args[0] not in rules.variables]


def chosen(moves: Mapping[Expr, Move], grain: Grain, merge: int) -> list[Expr]:
    """Return which of the open differentials the next line rewrites."""
    nodes = list(moves)
    if grain == "all":
        return nodes[:1]
    if grain == "fewer" or merge:
        return nodes
    bent = [n for n in nodes if not moves[n].linear]
    return [n for n in bent if moves[n].words == moves[bent[0]].words] or nodes


def joined(parts: list[str]) -> str:
    """Join the names of laws, each once."""
    return "; ".join(dict.fromkeys(p for part in parts for p in part.split("; ") if p))


def worded(used: list[Move]) -> str:
    """Name the laws of one line, with all constants in one sentence."""
    told = [m for m in used if m.sums or m.constants]
    words = [m.words for m in used if m not in told]
    if told:
        words.append(said(any(m.sums for m in told), [c for m in told for c in m.constants]))
    return joined(words)


def unfold(start: Expr, rules: Rules, grain: Grain, merge: int = 0, label: str = "df") -> list[Line]:
    """Return the lines that take d(f) to an expression in the differentials of the variables."""
    lines: list[Line] = []
    now = start
    while found := open_differentials(now, rules):
        moves = {n: rules.move(n.args[0]) for n in found}
        used = [moves[n] for n in chosen(moves, grain, merge)]
        now = rebuild(now, {n: moves[n].after for n in chosen(moves, grain, merge)})
        if grain == "fewer" or merge > 1:
            more = {n: m for n in open_differentials(now, rules) if (m := rules.move(n.args[0])).linear}
            now = rebuild(now, {n: m.after for n, m in more.items()})
            used += more.values()
        lines.append(Line(label, now, worded(used), joined([m.source for m in used]), note=joined([m.note for m in used])))
    return lines


def reading(f: Expr, variable: Symbol, name: str) -> tuple[str, str]:
    """Return the label of the derivative and the sentence that reads it off the differential."""
    x = variable.name
    if not f.shape and not variable.shape:
        return f"{name}′({x})", f"d{name} = {name}′({x}) d{x}"
    if not f.shape:
        form = f"(∇{name})ᵀ d{x}" if variable.ndim == 1 else f"tr((∇{name})ᵀ d{x})"
        return f"∇{name}", f"d{name} = {form}"
    if f.ndim == 1 and variable.ndim == 1:
        return f"∂{name}/∂{x}", f"d{name} = (∂{name}/∂{x}) d{x}"
    if not variable.shape:
        return f"∂{name}/∂{x}", f"d{name} = (∂{name}/∂{x}) d{x}"
    return f"∂{name}/∂{x}", f"the entries of d{name}, by those of d{x}"


CONVENTIONS = {
    "symmetric": ("{x} is symmetric: a change of one entry changes its mirror image too, so G + Gᵀ − diag(G)",
                  "Matrix Cookbook 2.8.2"),
    "diagonal": ("{x} is diagonal: only the entries on the diagonal move", "Matrix Cookbook 2.8.1"),
    "toeplitz": ("{x} is Toeplitz: the entries of a whole diagonal move together, so their derivatives add up",
                 "Matrix Cookbook 2.8.3"),
}


def ending(f: Expr, variable: Symbol, result: Expr, name: str, structure: str | None, free: Expr | None) -> list[Line]:
    """Return the last lines: the derivative read off, and the convention of a structured argument."""
    label, words = reading(f, variable, name)
    if structure is None:
        return [Line(label, result, words, "MML 5.2" if not f.shape else "MML 5.3", "result")]
    words_for, source = CONVENTIONS[structure]
    lines = [Line("G", free, words.replace(f"∇{name}", "G"), "MML 5.2", "collect")] if free is not None else []
    return [*lines, Line(label, result, words_for.format(x=variable.name), source, "result", f"{structure} convention")]


def nested(f: Expr, variable: Symbol, result: Expr, grain: Grain, name: str, structure: str | None, merge: int = 0) -> list[Line]:
    """Return the lines with the chain rule applied from the outside in, nothing named."""
    rules = Rules(variable)
    lines = [Line(name, f, "the function", "", "given")]
    if not rules.varies(f):
        lines.append(Line(f"d{name}", zero(f), f"{variable.name} does not occur: {name} is constant", "MML 5.1.2"))
        return [*lines, *ending(f, variable, result, name, structure, None)]
    lines += unfold(differential_of(f), rules, grain, merge, f"d{name}")
    if not lines[1:]:
        lines.append(Line(f"d{name}", differential_of(f), f"{name} is {variable.name} itself", "MML 5.1.2"))
    if is_zero(lines[-1].right):
        return [*lines, *ending(f, variable, result, name, structure, None)]
    gathered = collect(lines[-1].right, variable, grain, merge)
    lines += [Line(f"d{name}", expr, words, source, "collect") for expr, words, source in gathered.lines]
    own = gathered.derivative
    last = ending(f, variable, result, name, structure, own)
    if own is not None and structure is None and own is not result and grain != "fewer":
        label, words = reading(f, variable, name)
        last = [Line(label, own, words, last[0].source, "result"), Line(label, result, TIDIED, "MML 2.2", "result")]
    if len(lines) + len(last) < 4 and grain == "normal" and own is not None:
        extra = together(own, variable, lines[-1].right, f)
        lines += [Line(f"d{name}", expr, "written with the differential on the right", source, "collect") for expr, _, source in extra]
    return [*lines, *last]


def explain(
    f: Expr,
    variable: Symbol,
    result: Expr,
    grain: Grain = "normal",
    *,
    chain: Literal["auto", "nested", "named"] = "auto",
    name: str = "f",
    structure: str | None = None,
) -> tuple[Line, ...]:
    """Return the derivation of `result`, the derivative of `f` in `variable`, line by line."""
    lines = nested(f, variable, result, grain, name, structure)
    for merge in (1, 2):
        if grain == "normal" and len(lines) > MOST:
            lines = nested(f, variable, result, grain, name, structure, merge)
    return tuple(lines)


def read_off(f: Expr, variable: Symbol) -> Expr | None:
    """Return the derivative as the collection of terms leaves it (a gradient, or a Jacobian of a vector), if it gets there."""
    df = differential(f, variable)
    if is_zero(df):
        return zero(variable) if not f.shape else None
    return collect(df, variable).derivative
