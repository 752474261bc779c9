"""Signs that are sure: which expressions are above 0, at least 0, below 0 or not 0 in every entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, fold
from agnesi.ops.facts import facts
from agnesi.rules.step_look import palindrome

Sign = Literal["positive", "nonnegative", "negative", "nonpositive", "nonzero", "zero", ""]
UP: tuple[Sign, ...] = ("positive", "nonnegative", "zero")
DOWN: tuple[Sign, ...] = ("negative", "nonpositive", "zero")
_FLIP: dict[Sign, Sign] = {
    "positive": "negative", "negative": "positive", "nonnegative": "nonpositive", "nonpositive": "nonnegative",
    "nonzero": "nonzero", "zero": "zero", "": "",
}  # fmt: skip
_MOVES = ("transpose", "entry", "row", "col", "vec", "unvec", "diagonal", "max", "min", "mean")


def sign_of(root: Expr) -> Sign:
    """Return the sign that all entries of an expression surely have ("" where that is not seen)."""
    return root.memo("sign", lambda: fold(root, _sign))  # type: ignore[no-any-return]


def surely_positive(node: Expr) -> bool:
    """Tell whether all entries are surely above 0."""
    return sign_of(node) == "positive"


def surely_nonnegative(node: Expr) -> bool:
    """Tell whether all entries are surely at least 0."""
    return sign_of(node) in UP


def surely_nonzero(node: Expr) -> bool:
    """Tell whether no entry is 0, surely."""
    return sign_of(node) in ("positive", "negative", "nonzero")


def _sign(node: Expr, below: tuple[Sign, ...]) -> Sign:
    match node:
        case Const():
            return "positive" if node.value > 0 else "zero" if node.value == 0 else "negative" if node.value < 0 else ""
        case Symbol():
            return _declared(node)
        case Bind():
            same = node.op.name in ("Max", "Min", "Prod", "Expectation") and below[0] in UP and node.condition is None
            if node.op.name == "Sum":
                return _summed(below[0], sure=node.condition is None)
            return below[0] if same else ""
        case Apply():
            rule = _RULES.get(node.op.name)
            return rule(node, below) if rule is not None else _by_record(node, below)
    return "positive"  # an index counts from 1


def _declared(node: Symbol) -> Sign:
    known = facts.closure(f for f in node.facts if f in facts)
    for fact in ("positive", "negative", "nonnegative"):
        if fact in known:
            return "positive" if fact == "positive" else "negative" if fact == "negative" else "nonnegative"
    return "nonzero" if {"nonzero", "sign"} & known else ""


def _by_record(node: Apply, below: tuple[Sign, ...]) -> Sign:
    if node.op.name.removeprefix("batched ") in ("softmax",):
        return "positive"
    if node.op.range in ("positive", "nonnegative"):
        return "positive" if node.op.range == "positive" else "nonnegative"
    if node.op.range in facts and "nonnegative" in facts.closure((node.op.range,)):
        return "nonnegative"
    if node.op.name in _MOVES:
        return below[0] if below[0] != "nonzero" or node.op.name != "mean" else ""
    if node.op.odd and node.op.monotone == 1:
        return below[0]
    return "positive" if node.op.name in ("size", "pi", "euler", "ones") else "zero" if node.op.name == "zeros" else ""


def _add(node: Apply, below: Sequence[Sign]) -> Sign:
    if all(s in UP for s in below):
        return "positive" if "positive" in below else "zero" if set(below) == {"zero"} else "nonnegative"
    if all(s in DOWN for s in below):
        return "negative" if "negative" in below else "nonpositive"
    return _one_less(node)


def _one_less(node: Apply) -> Sign:
    """Return the sign of 1 − u for u between 0 and 1."""
    ones = [a for a in node.args if isinstance(a, Const) and a.value == 1]
    rest = [a for a in node.args if a not in ones]
    if len(ones) != 1 or len(rest) != 1 or not isinstance(rest[0], Apply):
        return ""
    (u,) = rest
    assert isinstance(u, Apply)
    if u.op.name == "einsum":
        inner = u.args[0] if len(u.args) == 1 and u.attrs[0] == -1 and u.attrs[1] == (u.attrs[2],) else None
    else:
        inner = u.args[0] if u.op.name == "neg" else None
    if isinstance(inner, Symbol):
        return "nonnegative" if "unit interval" in facts.closure(f for f in inner.facts if f in facts) else ""
    name = inner.op.name if isinstance(inner, Apply) else ""
    return "positive" if name in ("sigmoid", "normcdf") else "nonnegative" if name == "softmax" else ""


def _product(signs: Sequence[Sign]) -> Sign:
    out: Sign = "positive"
    for s in signs:
        if s == "" or out == "":
            return ""
        if "zero" in (s, out):
            out = "zero"
        elif "nonzero" in (s, out):
            other = s if out == "nonzero" else out
            out = "nonzero" if other in ("nonzero", "positive", "negative") else ""
        else:
            strict = s in ("positive", "negative") and out in ("positive", "negative")
            up = (s in UP) == (out in UP)
            out = ("positive" if up else "negative") if strict else ("nonnegative" if up else "nonpositive")
    return out


def _mul(node: Apply, below: Sequence[Sign]) -> Sign:
    found = _product(below)
    scalars = [s for a, s in zip(node.args, below, strict=True) if not a.shape]
    arrays = tuple(a for a in node.args if a.shape)
    if found == "nonzero" and len(arrays) > 1:
        found = ""
    if found in ("",) and not node.shape and arrays and _gram(arrays):
        front = _product(scalars)
        return {"positive": "nonnegative", "negative": "nonpositive"}.get(front, front if front != "nonzero" else "")  # type: ignore[return-value]
    return found


def _gram(arrays: tuple[Expr, ...]) -> bool:
    """uᵀu, or uᵀSu for a positive semidefinite S in the middle."""
    if palindrome(arrays) and len(arrays) % 2 == 0:
        return True
    if len(arrays) % 2 == 0 or len(arrays) < 3:
        return False
    at = len(arrays) // 2
    return semidefinite(arrays[at]) and palindrome(arrays[:at] + arrays[at + 1 :])


def semidefinite(node: Expr) -> bool:
    """Tell whether a matrix is declared positive semidefinite, or made from such."""
    while isinstance(node, Apply) and node.op.name in ("inv", "transpose", "sqrtm", "pinv"):
        node = node.args[0]
    return isinstance(node, Symbol) and "psd" in facts.closure(f for f in node.facts if f in facts)


def definite(node: Expr) -> bool:
    """Tell whether a matrix is declared positive definite, or made from such."""
    while isinstance(node, Apply) and node.op.name in ("inv", "transpose", "sqrtm"):
        node = node.args[0]
    return isinstance(node, Symbol) and "spd" in facts.closure(f for f in node.facts if f in facts)


def _einsum(node: Apply, below: Sequence[Sign]) -> Sign:
    coef, subs, out, _ = node.attrs
    found = _product(["positive" if coef > 0 else "negative", *below])
    contracted = any(x not in out for labels in subs for x in labels)
    return "" if found == "nonzero" and contracted else found


def _div(node: Apply, below: Sequence[Sign]) -> Sign:
    under: Sign = {"nonnegative": "positive", "nonpositive": "negative"}.get(below[1], below[1])  # type: ignore[assignment]
    return _product((below[0], under))


def _pow(node: Apply, below: Sequence[Sign]) -> Sign:
    base, exponent = below[0], node.args[1]
    if base == "positive":
        return "positive"
    if isinstance(exponent, Const):
        power = Fraction(exponent.value)
        if power.denominator == 1 and power % 2 == 0:
            return "positive" if base in ("negative", "nonzero") else "nonnegative"
        if power.denominator == 1 and base in ("negative", "nonpositive", "nonzero"):
            return base
    return "nonnegative" if base in UP else ""


def _summed(inside: Sign, sure: bool = True) -> Sign:
    if inside in ("positive", "negative") and not sure:
        return "nonnegative" if inside == "positive" else "nonpositive"
    return inside if inside != "nonzero" else ""


def _of_matrix(node: Apply, below: Sequence[Sign]) -> Sign:
    """det, trace and extreme eigenvalues of definite matrices."""
    (inner,) = node.args
    if definite(inner):
        return "positive"
    if semidefinite(inner):
        return "nonnegative"
    if node.op.name == "tr" and isinstance(inner, Apply) and inner.op.name == "mul" and palindrome(inner.args):
        return "nonnegative" if len(inner.args) % 2 == 0 else ""
    return below[0] if node.op.name == "tr" and below[0] in (*UP, *DOWN) else ""


def _both_up(below: Sequence[Sign]) -> Sign:
    return "nonnegative" if all(s in UP for s in below) else ""


def _log(node: Apply, below: Sequence[Sign]) -> Sign:
    """log u ≤ 0 for u between 0 and 1."""
    inner = node.args[0]
    while isinstance(inner, Apply) and inner.op.name in ("entry", "row", "col", "transpose"):
        inner = inner.args[0]
    small = isinstance(inner, Symbol) and "unit interval" in facts.closure(f for f in inner.facts if f in facts)
    return "nonpositive" if small or (isinstance(inner, Apply) and inner.op.name in ("sigmoid", "softmax")) else ""


_RULES: dict[str, Callable[[Apply, tuple[Sign, ...]], Sign]] = {
    "add": _add, "plus": _add, "neg": lambda node, s: _FLIP[s[0]], "mul": _mul,
    "hadamard": lambda node, s: _product(s), "einsum": _einsum, "div": _div, "ediv": _div, "pow": _pow, "epow": _pow,
    "power": _pow, "sum": lambda node, s: _summed(s[0]), "det": _of_matrix, "tr": _of_matrix, "lammax": _of_matrix,
    "lammin": _of_matrix, "eigvals": _of_matrix, "prod": lambda node, s: s[0] if s[0] in UP else "",
    "log": _log, "sqrt": lambda node, s: "positive" if s[0] == "positive" else "nonnegative",
    "abs": lambda node, s: "positive" if s[0] in ("positive", "negative", "nonzero") else "nonnegative",
    "inner": lambda node, s: "nonnegative" if node.args[0] is node.args[1] else _summed(_product(s)),
    "maximum": lambda node, s: "positive" if "positive" in s else "nonnegative" if "nonnegative" in s else "",
    "minimum": lambda node, s: "positive" if set(s) == {"positive"} else _both_up(s),
}  # fmt: skip
