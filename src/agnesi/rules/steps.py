"""Explain a derivative line by line, each line from the one above by one named law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Literal

from agnesi.expr.nodes import Expr, Symbol, apply, postorder, symbols_of
from agnesi.rules.simplify import associated, rebuild, times, zero
from agnesi.rules.step_back import backward
from agnesi.rules.step_chain import Names, depth, name_parts
from agnesi.rules.step_collect import collect
from agnesi.rules.step_compact import compact, same_terms
from agnesi.rules.step_differential import Rules
from agnesi.rules.step_line import Grain, length
from agnesi.rules.step_line import Line as Line
from agnesi.rules.step_look import differential_of, differentials, has_d, is_zero, number_of, op_of
from agnesi.rules.step_unfold import unfold
from agnesi.rules.step_vec import vec_lines

TIDIED = "the same, with like terms and common factors collected"
RECOVERED = {"sigmoid": "σ", "softmax": "softmax", "tanh": "tanh", "logsumexp": "logsumexp"}
WIDE = 40  # nodes in a line that is still easy to read
DEEP = 60  # laws on the longest way: past it, nobody reads line by line
MATRICES = "the sum over the index, written with matrices"
MANY = 300  # differentials in a function past which its differential keeps nested products
MOST = 12  # lines at the normal grain


def differential(f: Expr, *variables: Symbol) -> Expr:
    """Return df in written form, with nothing but differentials of the variables left."""
    f, rules = associated(f), Rules(*variables)
    if not rules.varies(f):
        return zero(f)
    moves: dict[Expr, Expr] = {}

    def after(node: Expr) -> Expr:
        if node not in moves:
            moves[node] = node if node.args[0] in rules.variables else rules.move(node.args[0]).after
        return moves[node]

    top, out = differential_of(f), dict[Expr, Expr]()
    order = list(postorder(top, below=lambda n: () if after(n) is n else differentials(after(n))))
    for node in order:
        out[node] = rebuild(after(node), out, clean=len(order) < MANY)
    return out[top]


def directional(f: Expr, variable: Symbol, direction: Expr) -> Expr:
    """Return the directional derivative of f at the variable along a direction: df with dx replaced by it."""
    return rebuild(differential(f, variable), {differential_of(variable): direction})


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
    "symmetric": (
        "{x} is symmetric: a change of one entry changes its mirror image too, so G + Gᵀ − diag(G)",
        "Matrix Cookbook 2.8.2",
    ),
    "diagonal": ("{x} is diagonal: only the entries on the diagonal move", "Matrix Cookbook 2.8.1"),
    "toeplitz": (
        "{x} is Toeplitz: the entries of a whole diagonal move together, so their derivatives add up",
        "Matrix Cookbook 2.8.3",
    ),
}


@dataclass(frozen=True)
class Task:
    """What is to be explained: the derivative `result` of `f` in `variable`, under a name and a convention."""

    f: Expr
    variable: Symbol
    result: Expr
    grain: Grain
    name: str = "f"
    structure: str | None = None

    def lines(self, merge: int = 0, names: Names | None = None, brief: bool = True, opened: bool = False) -> list[Line]:
        """Return the derivation; with `names` through intermediate variables, else from the outside in."""
        f, label = self.f if names is None else names.f, f"d{self.name}"
        parts = names.parts if names is not None else None
        rules = Rules(self.variable, named=parts, opened=opened or self.grain == "all")
        lines = [Line(self.name, self.f, "the function", "", "given")]
        if not rules.varies(f):
            words = f"{self.variable.name} does not occur: {self.name} is constant"
            return [*lines, Line(label, zero(f), words, "MML 5.1.2"), *self.ending(None, names)]
        if names is not None:
            lines += definitions(names)
            lines.append(Line(self.name, f, "the function in these names", "", "given"))
        deep = self.depth() > DEEP
        unfolded = self.at_once() if deep else unfold(differential_of(f), rules, self.grain, merge, label, brief)
        lines += unfolded or [
            Line(label, differential_of(f), f"{self.name} is {self.variable.name} itself", "MML 5.1.2")
        ]
        if is_zero(lines[-1].right):
            return [*lines, *self.ending(None, names)]
        gathered = collect(lines[-1].right, self.variable, self.grain, merge)
        lines += [Line(label, expr, words, source, "collect") for expr, words, source in gathered.lines]
        last = self.ending(gathered.derivative, names)
        if gathered.derivative is None and self.structure is None and self.grain != "fewer" and not deep:
            last = [*vec_lines(f, lines[-1].right, self.variable, self.name), *last]
        if len(lines) + len(last) < 4 and self.grain == "normal" and gathered.derivative is not None:
            lines += self.number_inside(lines[-1].right)
        return [*lines, *last]

    def backwards(self) -> list[Line] | None:
        """Return the derivation of a network as backpropagation has it; None for other functions."""
        names = name_parts(self.f, Rules(self.variable))
        found = backward(names, self.variable, f"d{self.name}")
        if found is None:
            return None
        lines = [Line(self.name, self.f, "the function", "", "given")]
        lines += definitions(names)
        every = replaced(names, parts={**names.parts, **found.deltas})
        return [*lines, *found.lines, *self.ending(found.derivative, every)]

    def depth(self) -> int:
        """Return how many laws lie one inside the other between f and the variable."""
        key = f"depth in {self.variable.name}"
        return int(self.f.memo(key, lambda: depth(self.f, Rules(self.variable))))

    def at_once(self) -> list[Line]:
        """Return, for a nest too deep to read line by line, the one line in which all laws are applied."""
        words = f"the chain rule through {self.depth()} functions, one inside the other"
        return [Line(f"d{self.name}", differential(self.f, self.variable), words, "MML 5.6")]

    def number_inside(self, shown: Expr) -> list[Line]:
        """Return, for a number times a trace, the line that takes the number inside; else none."""
        if op_of(shown) != "mul" or self.f.shape or op_of(shown.args[-1]) != "tr":
            return []
        *numbers, trace = shown.args
        if any(has_d(a) for a in numbers) or all(number_of(a) is not None for a in numbers):
            return []
        whole = apply("tr", times(*numbers, trace.args[0]))
        return [Line(f"d{self.name}", whole, "a number may go into the trace", "MML 4.1", "collect")]

    def ending(self, own: Expr | None, names: Names | None) -> list[Line]:
        """Return the last lines: the derivative as read off, as given, and the convention of a structured argument."""
        label, words = reading(self.f, self.variable, self.name)
        source = "MML 5.2" if not self.f.shape else "MML 5.3"
        if self.structure is not None:
            convention, taught = CONVENTIONS[self.structure]
            free = [Line("G", own, words.replace(f"(∇{self.name})", "G"), source, "collect")] if own is not None else []
            note = f"{self.structure} convention"
            return [*free, Line(label, self.result, convention.format(x=self.variable.name), taught, "result", note)]
        if own is None or same_terms(own, self.result):
            return [Line(label, self.result, words, source, "result")]
        if names is not None and names.parts and any(s in names.parts for s in symbols_of(own)):
            put_back = Line(label, self.result, names.restored(), "Parr & Howard 4.5", "result")
            return [Line(label, own, words, source, "result"), put_back]
        if self.grain == "fewer":
            return [Line(label, self.result, words, source, "result")]
        how = MATRICES if has_sum(own) and not has_sum(self.result) else tidied(own, self.result)
        return [Line(label, own, words, source, "result"), Line(label, self.result, how, "MML 2.2", "result")]

    def shortest(self) -> list[Line]:
        """Return the lines from the outside in, or through names where that is shorter."""
        plain = self.fitted(None)
        rules = Rules(self.variable)
        readable = len(plain) <= MOST and max(length([line]) for line in plain) < WIDE
        if not rules.varies(self.f) or (readable and self.depth() < 2):
            return plain
        if self.depth() > DEEP:
            return plain
        if self.grain == "normal" and (through := self.backwards()) is not None:
            return through
        ways = [self.fitted(names) for coarse in (False, True) if (names := name_parts(self.f, rules, coarse)).parts]
        fit = [way for way in ways if len(way) <= MOST or len(way) < len(plain)]
        best = min(fit, key=length, default=plain)
        return best if length(best) < 0.85 * length(plain) or len(plain) > MOST >= len(best) else plain

    def fitted(self, names: Names | None) -> list[Line]:
        """Return the lines, with laws merged as far as needed to keep within the most lines of the normal grain."""
        lines = self.lines(0, names)
        for brief in (True, False):
            if len(lines) < 4 and self.grain == "normal":
                lines = self.lines(0, names, brief, opened=True)
        for merge in (1, 2):
            if self.grain == "normal" and len(lines) > MOST:
                lines = self.lines(merge, names)
        return lines


def definitions(names: Names) -> list[Line]:
    """Return a line for each named part."""
    return [Line(s, meaning, names.words[s], "Parr & Howard 4.5", "definition") for s, meaning in names.parts.items()]


def tidied(own: Expr, result: Expr) -> str:
    """Say how the derivative as it was read off became the result."""
    before, after = ({op_of(n) for n in postorder(e)} for e in (own, result))
    new = [RECOVERED[name] for name in sorted(after - before) if name in RECOVERED]
    return f"the same, written with {new[0]}" if new else TIDIED


def has_sum(root: Expr) -> bool:
    """Tell whether an expression holds a sum over an index."""
    return any(op_of(node) == "Sum" for node in postorder(root))


def explain(
    f: Expr,
    variable: Symbol,
    result: Expr,
    grain: Grain = "normal",
    *,
    chain: Literal["auto", "nested", "named"] = "auto",
    name: str = "f",
    structure: str | None = None,
    given: Mapping[Expr, str] | None = None,
) -> tuple[Line, ...]:
    """Return the derivation of `result`, the derivative of `f` in `variable`, line by line.

    `given` are parts of f that have names already; they are kept where the chain is `named`.
    """
    f = associated(f)
    task = Task(f, variable, result, grain, name, structure)
    match chain:
        case "nested":
            return tuple(task.fitted(None))
        case "named":
            rules = Rules(variable)
            own = {associated(part): letter for part, letter in (given or {}).items()}
            names = name_parts(f, rules, given=own) if rules.varies(f) and task.depth() <= DEEP else None
            if names is not None and not own and grain == "normal" and (through := task.backwards()) is not None:
                return tuple(through)
            return tuple(task.fitted(names if names is not None and names.parts else None))
    return tuple(task.shortest())


def read_off(f: Expr, variable: Symbol) -> Expr | None:
    """Return the derivative as the collection of terms leaves it, or None where it does not get there."""
    df = differential(f, variable)
    if is_zero(df):
        return zero(variable) if not f.shape else None
    found = collect(df, variable).derivative
    return None if found is None else compact(found)
