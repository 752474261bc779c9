"""What an expression needs to have a value, and that is not declared: "X invertible", "x > 0", "a ≠ 0"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import isfinite

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, constant, postorder
from agnesi.ops.facts import facts
from agnesi.rules.curvature import definite_sum
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.signs import definite, sign_of, surely_nonnegative, surely_nonzero, surely_positive
from agnesi.write import write

Need = tuple[str, Expr]  # "> 0", "≥ 0", "≠ 0", "invertible", ...; and what must be so
STRONGER = {"≥ 0": ("> 0", "positive definite"), "≠ 0": ("> 0",), "invertible": ("positive definite",)}


def assumptions(*exprs: Expr) -> tuple[str, ...]:
    """Return what the expressions need to have a value beyond their declarations, in order of appearance.

        >>> from agnesi.expr.nodes import symbol
        >>> X, a = symbol("X", ("n", "n")), symbol("a")
        >>> assumptions(apply("inv", X) / a, apply("log", a))
        ('X invertible', 'a > 0')
    """
    return tuple(dict.fromkeys(f"{write(what)} {word}" for word, what in needs_of(*exprs)))


def needs_of(*exprs: Expr) -> list[Need]:
    """Return what the expressions need as pairs of a word and what it is said of, without what others imply."""
    needs: dict[Need, None] = {}
    for node in postorder(*exprs):
        if isinstance(node, Apply):
            rule = _NEEDS.get(node.op.name)
            for need in rule(node) if rule is not None else ():
                needs.setdefault(need)
    return _joined(list(needs))


def _joined(needs: list[Need]) -> list[Need]:
    """Drop what others imply: x ≥ 0 and x ≠ 0 together are x > 0; a product is invertible where its factors are."""
    held = set(needs)
    out: dict[Need, None] = {}
    for word, what in needs:
        if word in ("≥ 0", "≠ 0") and {("≥ 0", what), ("≠ 0", what)} <= held:
            out.setdefault(("> 0", what))
        elif any((s, what) in held for s in STRONGER.get(word, ())):
            continue
        else:
            out.setdefault((word, what))
    above = {what for word, what in out if word == "> 0"}
    for need in [n for n in out if n[0] == "> 0" and _factors(n[1]) and all(
        p in above or surely_positive(p) for p in _factors(n[1])
    )]:
        del out[need]
    given = {what for word, what in out if word in ("invertible", "positive definite")}
    return [n for n in out if n[0] != "invertible" or n[1] in _kept_inverses(given, n[1])]


def _factors(node: Expr) -> tuple[Expr, ...]:
    scalar = isinstance(node, Apply) and node.op.name in ("mul", "div", "hadamard", "ediv")
    return node.args if scalar and all(not a.shape for a in node.args) else ()


def _kept_inverses(given: set[Expr], what: Expr) -> set[Expr]:
    """Return the matrix itself, unless it is a product of matrices that are invertible already."""
    parts = _square_factors(what)
    return set() if len(parts) > 1 and all(p in given or invertible(p) for p in parts) else {what}


def _square_factors(node: Expr) -> tuple[Expr, ...]:
    if isinstance(node, Apply) and node.op.name == "mul" and all(a.shape == node.shape for a in node.args if a.shape):
        return tuple(_plain(a) for a in node.args if a.shape)
    return (node,)


def _plain(node: Expr) -> Expr:
    """Return X for Xᵀ and X⁻¹."""
    while isinstance(node, Apply) and node.op.name in ("transpose", "inv"):
        node = node.args[0]
    return node


def invertible(node: Expr) -> bool:
    """Tell whether a square matrix surely has an inverse: declared, positive definite, or a product of such."""
    node = _plain(node)
    if isinstance(node, Symbol):
        known = facts.closure(f for f in node.facts if f in facts)
        return bool({"invertible", "spd", "orthogonal"} & known)
    if not isinstance(node, Apply):
        return False
    if node.op.name in ("eye", "expm", "sqrtm"):
        return node.op.name != "sqrtm" or definite(node.args[0])
    if node.op.name == "diag":
        return surely_nonzero(node.args[0])
    parts = _square_factors(node)
    if len(parts) > 1 and all(map(invertible, parts)):
        return all(surely_nonzero(a) for a in node.args if not a.shape)
    return _gram_of_full_rank(node) or _definite(node)


def _gram_of_full_rank(node: Apply) -> bool:
    """XᵀX for full column rank, XXᵀ for full row rank."""
    if node.op.name != "mul" or len(node.args) != 2:
        return False
    a, b = node.args
    if a is not apply("transpose", b) and b is not apply("transpose", a):
        return False
    first = isinstance(a, Apply) and a.op.name == "transpose"
    inner = b if first else a
    rank = "full column rank" if first else "full row rank"
    return isinstance(inner, Symbol) and rank in facts.closure(f for f in inner.facts if f in facts)


def _definite(node: Expr) -> bool:
    """Tell whether a sum of semidefinite matrices has a definite one among them, or all are negative."""
    try:
        return definite_sum(form_of(node)) in ("strictly convex", "strictly concave")
    except AgnesiError:
        return False


def _positive_definite(node: Expr) -> bool:
    if definite(node) or (isinstance(node, Apply) and node.op.name == "eye"):
        return True
    try:
        return _gram_of_full_rank(node) if isinstance(node, Apply) and _gram_of_full_rank(node) else (
            definite_sum(form_of(node)) == "strictly convex")
    except AgnesiError:
        return False


# -- what each operation needs ---------------------------------------------------------------------------------------


def _sure(test: Callable[[Expr], bool], node: Expr) -> bool:
    """Tell whether a sign is sure of an expression as it is written or in its normal form."""
    if test(node):
        return True
    try:
        return test(normalise(node))
    except AgnesiError:
        return False


def _above(node: Expr) -> list[Need]:
    """Return what keeps an expression above 0; where its parts are at least 0, part by part."""
    if _sure(surely_positive, node) or _is_probability(node):
        return []
    if isinstance(node, Apply):
        name = node.op.name
        even = name in ("pow", "epow") and isinstance(node.args[1], Const) and node.args[1].value % 2 == 0
        if even or name == "abs":
            return _not_zero(node.args[0])
        if name == "sqrt":
            return _above(node.args[0])
        parts = node.args if name in ("mul", "hadamard", "div", "ediv") else ()
        if parts and all(surely_nonnegative(a) and not a.shape for a in parts):
            return [need for a in parts for need in _above(a)]
    return [("> 0", node)]


def _is_probability(node: Expr) -> bool:
    """Tell whether something is declared a probability p, or is 1 − p: 0 log 0 is 0 by convention."""
    if isinstance(node, Apply) and node.op.name == "add" and len(node.args) == 2 and node.args[0] is constant(1):
        node = node.args[1].args[0] if isinstance(node.args[1], Apply) and node.args[1].op.name == "neg" else node
    while isinstance(node, Apply) and node.op.name in ("entry", "row", "col", "transpose"):
        node = node.args[0]
    return isinstance(node, Symbol) and "unit interval" in facts.closure(f for f in node.facts if f in facts)


def _at_least(node: Expr) -> list[Need]:
    return [] if _sure(surely_nonnegative, node) else [("≥ 0", node)]


def _not_zero(node: Expr) -> list[Need]:
    """Return what keeps a denominator from 0, factor by factor."""
    out: list[Need] = []
    todo = [node]
    while todo:
        part = todo.pop(0)
        if isinstance(part, Const) and part.value != 0:
            continue
        name = part.op.name if isinstance(part, Apply) else ""
        if name in ("neg", "sqrt", "abs") or (name in ("pow", "epow") and isinstance(part.args[1], Const)):
            todo.append(part.args[0])
        elif name in ("norm", "norm1", "norminf"):
            out.append(("≠ 0", part.args[0]))
        elif name == "div":
            todo.append(part.args[0])
        elif name in ("mul", "hadamard") and all(not a.shape or name == "hadamard" for a in part.args):
            todo += part.args
        elif name == "det":
            out += [] if invertible(part.args[0]) else [("invertible", part.args[0])]
        elif not _sure(surely_nonzero, part) and not _declared_nonnegative(part):
            out.append(("≠ 0", part))
        elif _declared_nonnegative(part):
            out.append(("> 0", part))
    return out


def _declared_nonnegative(node: Expr) -> bool:
    return isinstance(node, Symbol) and sign_of(node) == "nonnegative"


def _inverse(node: Apply) -> list[Need]:
    inner = _plain(node.args[0])
    return [] if invertible(inner) else [("invertible", inner)]


def _spd(node: Apply) -> list[Need]:
    return [] if _positive_definite(node.args[0]) else [("positive definite", node.args[0])]


def _power(node: Apply) -> list[Need]:
    base, exponent = node.args
    if isinstance(exponent, Apply) and exponent.op.name == "neg" and isinstance(exponent.args[0], Const):
        exponent = constant(-exponent.args[0].value)
    if isinstance(exponent, Const) and not isfinite(exponent.value):
        return []
    if isinstance(exponent, Const):
        value = Fraction(exponent.value)
        whole = [] if value.denominator % 2 else _at_least(base)
        return [*whole, *(_not_zero(base) if value < 0 else [])]
    if _whole(exponent):
        return []
    return _above(base)


def _whole(node: Expr) -> bool:
    """Tell whether an exponent is surely a whole number at least 0."""
    for part in postorder(node):
        if isinstance(part, Symbol):
            if not {"integer", "binary"} & facts.closure(f for f in part.facts if f in facts):
                return False
        elif isinstance(part, Const):
            if not isinstance(part.value, int):
                return False
        elif isinstance(part, Apply) and part.op.name not in ("add", "mul", "size", "neg"):
            return False
    return not isinstance(node, Bind)


def _between(low: str, high: str) -> Callable[[Apply], list[Need]]:
    def rule(node: Apply) -> list[Need]:
        (u,) = node.args
        inside = isinstance(u, Symbol) and "unit interval" in facts.closure(f for f in u.facts if f in facts)
        return [] if inside else [(f"between {low} and {high}", u)]

    return rule


def _each(rule: Callable[[Expr], Iterable[Need]], at: int = 0) -> Callable[[Apply], Iterable[Need]]:
    return lambda node: rule(node.args[at])


_NEEDS: dict[str, Callable[[Apply], Iterable[Need]]] = {
    "inv": _inverse, "logdet": _inverse, "logm": _spd, "chol": _spd, "sqrtm": _spd, "log": _each(_above),
    "log2": _each(_above), "log10": _each(_above), "gamma": _each(_above), "lgamma": _each(_above),
    "digamma": _each(_above), "polygamma": _each(_above), "sqrt": _each(_at_least), "div": _each(_not_zero, 1),
    "ediv": _each(_not_zero, 1), "pow": _power, "epow": _power, "tan": lambda n: _not_zero(apply("cos", n.args[0])),
    "logit": _between("0", "1"), "arcsin": _between("−1", "1"),
    "arccos": _between("−1", "1"),
}  # fmt: skip
