"""One law at a time: what d(u) is, for the operation at the top of u, and which law says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced

from agnesi.errors import NoDerivative
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, bind, postorder, replace, symbols_of, with_args
from agnesi.rules.laws import TAUGHT
from agnesi.rules.simplify import entrywise, negated, over, plus, rebuild, summed, times, turned_number, zero
from agnesi.rules.step_look import differential_of, differentials, number_of, op_of
from agnesi.rules.step_match import Found, law_for

FACTOR = "a constant factor stays"
DROPPED = "the differential of a constant is 0"


@dataclass(frozen=True)
class Move:
    """What a law makes of a differential: its words, where it is taught, the new expression, and a note on kinks."""

    words: str
    source: str
    after: Expr
    linear: bool = False
    note: str = ""
    sums: bool = False
    constants: tuple[str, ...] = ()


class Rules:
    """The laws of the differential with respect to some variables; everything else is constant.

    With `opened`, a law that has a derivation of its own is not used whole: its first step is.
    """

    def __init__(self, *variables: Symbol, named: Mapping[Expr, Expr] | None = None, opened: bool = False) -> None:
        self.variables = frozenset(variables)
        self.opened = opened
        self.named = dict(named or {})
        self._varies: dict[Expr, bool] = {v: True for v in (*variables, *self.named)}
        self._moves: dict[Expr, Move] = {}
        self._laws: dict[Expr, Found | None] = {}

    def varies(self, root: Expr) -> bool:
        """Tell whether an expression depends on the variables (where it is differentiable)."""
        if root not in self._varies:
            for node in postorder(root, below=lambda n: (a for a in n.args if a not in self._varies)):
                self._varies.setdefault(node, self._depends(node))
        return self._varies[root]

    def _depends(self, node: Expr) -> bool:
        if isinstance(node, Apply) and (node.op.piecewise_constant or node.op.name in ("entry", "row", "col")):
            return not node.op.piecewise_constant and self._varies[node.args[0]]
        parts = node.args[:1] if isinstance(node, Bind) else node.args
        return any(self._varies[a] for a in parts)

    def is_linear(self, node: Expr) -> bool:
        """Tell whether a node is linear in what varies below it, with the rest constant."""
        if isinstance(node, Bind):
            return node.op.name in ("Sum", "Tensor")
        if not isinstance(node, Apply):
            return False
        varying = sum(self.varies(a) for a in node.args)
        match node.op.name:
            case "mul" | "hadamard" | "kron" | "inner":
                return varying == 1
            case "div" | "ediv":
                return not self.varies(node.args[1])
            case "dexpm" | "dlogm" | "dsqrtm":
                return not self.varies(node.args[0])
        return node.op.linear

    def law(self, node: Expr) -> Found | None:
        """Return the law for a whole pattern that fits a node, with the differential that it gives."""
        if node not in self._laws:
            self._laws[node] = law_for(node, self.varies)
        return self._laws[node]

    def split(self, node: Expr) -> tuple[list[Expr], Expr] | None:
        """Return the constant scalars of a product and the rest, where several factors vary; None for other nodes."""
        if op_of(node) != "mul" or node in self.named or self.is_linear(node):
            return None
        scalars = [a for a in node.args if not a.shape and not self.varies(a)]
        rest = [a for a in node.args if a.shape or self.varies(a)]
        return (scalars, apply("mul", *rest)) if scalars and len(rest) > 1 else None

    def stops(self, node: Expr) -> bool:
        """Tell whether linearity stops here: at a variable, a name, a law for a whole pattern, a function."""
        if node in self.variables or node in self.named:
            return True
        return self.law(node) is not None or not self.is_linear(node)

    def linear(self, root: Expr) -> Expr:
        """Return d(root) with sums, constants and linear maps carried through to where linearity stops."""
        out: dict[Expr, Expr | None] = {}
        flat: dict[Expr, Expr | None] = {}  # sums in sums are joined where the outermost ends, once
        walk = postorder(root, below=lambda n: () if not self.varies(n) or self.stops(n) else self._inside(n))
        for node in walk:
            if not self.varies(node):
                out[node] = None
            elif self.stops(node):
                parts = self.split(node) if node is not root else None
                out[node] = times(*parts[0], differential_of(parts[1])) if parts else differential_of(node)
            elif op_of(node) == "add":
                terms = [self._spread(a, node, out) for a in node.args if self.varies(a)]
                out[node] = terms[0] if len(terms) == 1 else apply("add", *terms)
                continue
            else:
                for a in self._inside(node):
                    if op_of(a) == "add" and a not in flat:
                        found = out[a]
                        flat[a] = plus(found) if found is not None else None
                out[node] = self.once(node, {a: flat.get(a, out[a]) for a in self._inside(node)})
        final = out[root]
        assert final is not None
        return plus(final)

    def _spread(self, part: Expr, whole: Expr, of: Mapping[Expr, Expr | None]) -> Expr:
        du = of[part]
        assert du is not None
        return times(du, apply("ones", attrs=whole.shape)) if whole.shape and not du.shape else du

    def _inside(self, node: Expr) -> tuple[Expr, ...]:
        return node.args[:1] if isinstance(node, Bind) else node.args

    def once(self, node: Expr, of: Mapping[Expr, Expr | None]) -> Expr:
        """Return the differential of a node by the rule of its operation, given those of its arguments."""
        if isinstance(node, Bind):
            return self._binder(node, of)
        assert isinstance(node, Apply)
        dargs = tuple(of.get(a) if self.varies(a) else None for a in node.args)
        record = node.op
        if record.derivative is not None:
            (du,) = dargs
            assert du is not None
            return entrywise(record.derivative(node.args[0]), du)
        if record.differential is None:
            raise NoDerivative(f"The differential of {record.name} is not known here: {record.why_not or record.doc}")
        out = rebuild(record.differential(node.args, dargs, node.attrs), {d: d for d in dargs if d is not None})
        if not node.shape and not self.opened:
            return turned_number(out)
        return times(out, apply("ones", attrs=node.shape)) if node.shape and not out.shape else out

    def _binder(self, node: Bind, of: Mapping[Expr, Expr | None]) -> Expr:
        du = of.get(node.body)
        name = node.op.name
        if du is None or name not in ("Sum", "Tensor", "Prod"):
            raise NoDerivative(f"The differential of {name} is not known here: {node.op.why_not or node.op.doc}")
        if name == "Prod":
            return times(node, summed(node.variables, over(du, node.body), *node.args[1:]))
        return summed(node.variables, du, *node.args[1:]) if name == "Sum" else bind("Tensor", node.variables, du)

    def small(self, node: Expr) -> Move:
        """Return one small step for d(node): a linear step is taken one operation at a time, constants by name."""
        if node in self.named or self.stops(node):
            return self.move(node)
        inside = self._inside(node)
        after = self.once(node, {a: differential_of(a) for a in inside})
        fixed = [a for a in inside if not self.varies(a)]
        names = list(dict.fromkeys(s.name for a in fixed for s in symbols_of(a)))
        name = op_of(node)
        if name == "add" and len(inside) - len(fixed) > 1:
            return Move("the differential of a sum", "MML 5.2.1", self.settled(after), True, "", True, tuple(names))
        if name in ("add", "mul", "hadamard", "inner", "kron", "div", "ediv") and names:
            return Move(said(False, names), "MML 5.2.1", self.settled(after), True, "", False, tuple(names))
        if name in ("mul", "div"):
            return Move(FACTOR, "MML 5.1.2", self.settled(after), True)
        return Move(record_words(node), source_of(node), self.settled(after), True)

    def move(self, node: Expr) -> Move:
        """Return what the law for d(node) makes of it; linear steps go as far as they can."""
        if node not in self._moves:
            self._moves[node] = self._move(node)
        return self._moves[node]

    def _move(self, node: Expr) -> Move:
        if node in self.named:
            meaning = self.named[node]
            inner = self.move(meaning)
            known = {value: key for key, value in self.named.items()}
            return Move(
                inner.words, inner.source, replace(inner.after, known), False, inner.note, inner.sums, inner.constants
            )
        found = self.law(node)
        if found is not None:
            law = found.law
            if self.opened and law.opens is not None and found.opened is not None:
                return Move(law.opens.words, law.opens.source, self.settled(rebuild(found.opened, {})))
            return Move(law.words, law.source, self.settled(rebuild(found.after, {})), False, kink_note(node))
        if (parts := self.split(node)) is not None:
            move = self.move(parts[1])
            return replaced(move, after=times(*parts[0], move.after))
        if self.is_linear(node):
            return self.linear_words(node)
        after = self.once(node, {a: differential_of(a) for a in node.args})
        return Move(record_words(node), source_of(node), self.settled(after), False, kink_note(node))

    def settled(self, root: Expr) -> Expr:
        """Write d(Xᵀ) as (dX)ᵀ and d(−x) as −dx, and drop what does not vary: no line is spent on that."""
        found: dict[Expr, Expr] = {}
        for node in differentials(root):
            inner = node.args[0]
            if not self.varies(inner):
                found[node] = zero(inner)
            elif op_of(inner) == "transpose" and inner.args[0] in self.variables:
                found[node] = apply("transpose", differential_of(inner.args[0]))
            elif op_of(inner) in ("entry", "row", "col") and inner.args[0] in self.variables:
                found[node] = with_args(inner, (differential_of(inner.args[0]), *inner.args[1:]))
            elif op_of(inner) == "neg" and inner.args[0] in self.variables:
                found[node] = negated(differential_of(inner.args[0]))
        return rebuild(root, found) if found else root

    def linear_words(self, root: Expr) -> Move:
        """Return the linear step as far as it goes, with what it uses in a learner's words."""
        sums, constants, others, names = False, list[Expr](), list[Expr](), list[str]()
        for node in postorder(root, below=lambda n: () if not self.varies(n) or self.stops(n) else self._inside(n)):
            if not self.varies(node) or self.stops(node):
                continue
            name, inside = op_of(node), self._inside(node)
            fixed = [a for a in inside if not self.varies(a) and number_of(a) is None]
            if name in ("add", "Sum"):
                sums = sums or name == "Sum" or sum(self.varies(a) for a in inside) > 1
                constants += fixed
            elif name in ("mul", "hadamard", "inner", "kron", "div", "ediv"):
                constants += fixed
            elif name not in ("neg", "entry", "row", "col"):
                others.append(node)
        weighty = [c for c in constants if c.shape or not sums]
        names = list(dict.fromkeys(s.name for c in weighty for s in symbols_of(c)))
        after = self.linear(root)
        if sums or names:
            return Move(said(sums, names), "MML 5.2.1", after, True, "", sums, tuple(names))
        if others:
            return Move(record_words(others[-1]), source_of(others[-1]), after, True)
        if op_of(root) in ("entry", "row", "col"):
            return Move(record_words(root), source_of(root), after, True)
        return Move(DROPPED if op_of(root) == "add" else FACTOR, "MML 5.1.2", after, True)


def said(sums: bool, names: Iterable[str]) -> str:
    """Say what a linear step uses: a sum, and constants by name."""
    names = list(dict.fromkeys(names))
    parts = ["the differential of a sum"] if sums else []
    if names:
        parts.append(f"{_listed(names)} {'is' if len(names) == 1 else 'are'} constant")
    return "; ".join(parts)


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return "all other quantities"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def record_words(node: Expr) -> str:
    """Return the law of the operation at the top, in its own words."""
    assert isinstance(node, (Apply, Bind))
    if node.op.name == "Prod":
        return "d∏uᵢ = ∏uᵢ ∑ duᵢ/uᵢ"
    if node.op.name == "Sum":
        return "d∑uᵢ = ∑duᵢ"
    if node.op.name == "mul" and all(not a.shape for a in node.args):
        return "d(uv) = v du + u dv"
    if op_of(node) in ("pow", "epow") and number_of(node.args[1]) == 3:
        return "d u³ = 3u² du"
    return node.op.law or f"the differential of {node.op.name}"


def source_of(node: Expr) -> str:
    """Return where the rule of the operation at the top is taught."""
    assert isinstance(node, (Apply, Bind))
    return TAUGHT.get(node.op.name, node.op.source)


def kink_note(node: Expr) -> str:
    """Return the remark for an operation with kinks: where its derivative does not exist, and what stands in."""
    if isinstance(node, Apply) and node.op.kinks and op_of(node) not in ("norm", "norm_quad"):
        return "almost everywhere"
    return ""
