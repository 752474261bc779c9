"""Certificates that need no numbers: linear, quadratic, homogeneous, convex; each with its reason.

Convexity is shown in two ways: the Hessian's normal form is a sum of matrices of the kind MᵀDM with D positive
semidefinite; or the function is built from convex functions by rules that keep convexity (Boyd & Vandenberghe 3.2).
What neither shows is not said to be false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, postorder, symbols_of
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form, has_fact
from agnesi.rules.canon import key
from agnesi.rules.composition import built_from, composition, positive_entries
from agnesi.rules.derive import normal_derivative
from agnesi.rules.expand import expanded
from agnesi.rules.forms import Factor, Form, Label, Term, is_delta
from agnesi.rules.homogeneity import degree
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.powers import nonnegative
from agnesi.rules.tidy import Tidy


@dataclass(frozen=True)
class Certificate:
    """A property that holds, in words, with the reason; `source` is where the rule is taught."""

    name: str
    reason: str
    source: str = "Boyd & Vandenberghe 3"

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}" if self.reason else self.name


def certificates(f: Expr, variable: Symbol) -> tuple[Certificate, ...]:
    """Return what the normal form shows of a scalar f as a function of one variable."""
    if f.shape:
        return ()
    node = normalise(f)
    first = normal_derivative(f, [variable])
    if not first.terms:
        return (Certificate("constant", f"{variable.name} does not matter", "MML 5.1"),)
    found: list[Certificate] = []
    k = degree(node, variable)
    if k is not None and k != 0:
        t = "t" if variable.name != "t" else "c"
        power = t if k == 1 else f"{t}^{k}" if k.denominator == 1 and k > 0 else f"{t}^({k})"
        words = f"f({t}{variable.name}) = {power} f({variable.name}) for {t} > 0"
        found.append(Certificate(f"homogeneous of degree {k}", words, "Magnus & Neudecker 7"))
    if not depends(expanded(first) or first, variable):
        return (Certificate("linear", f"the gradient does not depend on {variable.name}", "MML 5.1"), *found)
    shape = _curvature(f, first, variable)
    return (*shape, *found)


def depends(form: Form, variable: Expr) -> bool:
    """Tell whether a form holds the variable."""
    return any(n is variable for t in form.terms for f in t.factors for n in postorder(f.base))


def smooth(form: Form, variable: Expr) -> bool:
    """Tell whether a derivative has no jump (sign, step, an arg max) that moves with the variable."""
    for term in form.terms:
        for factor in term.factors:
            for node in postorder(factor.base):
                if isinstance(node, Apply) and node.op.extra.get("of", node.op).piecewise_constant:
                    if any(n is variable for n in postorder(node)):
                        return False
    return True


def _curvature(f: Expr, first: Form, variable: Symbol) -> list[Certificate]:
    found: list[Certificate] = []
    hessian: Form | None = None
    if len(first.shape) <= 1 and smooth(first, variable) and _whole_domain(f, variable):
        try:
            hessian = normal_derivative(f, [variable, variable])
        except AgnesiError:
            hessian = None
    if hessian is not None and not depends(hessian, variable):
        found.append(Certificate("quadratic", f"the Hessian does not depend on {variable.name}", "MML 5.5"))
    by_hessian = _definite(hessian) or _definite(_gathered(hessian)) if hessian is not None else None
    if by_hessian is not None:
        name, reason = by_hessian
        return [Certificate(name, reason), *found]
    assumed: dict[str, None] = {}
    kind = composition(f, variable, assumed)
    if kind in ("convex", "concave"):
        least = " for " + ", ".join(assumed) if assumed else ""
        return [Certificate(kind + least, built_from(f, variable)), *found]
    return found


def definite_sum(matrix: Form) -> str | None:
    """Return "strictly convex", "convex", ... for a matrix as if it were a Hessian; None where nothing is seen."""
    found = _definite(matrix)
    return found[0] if found is not None else None


def _whole_domain(f: Expr, variable: Symbol) -> bool:
    """Tell whether f has a convex domain as far as is seen: no quotient, root or log of what bends in the variable.

    1/x² has a positive second derivative on both sides of 0, and is not convex. A quotient by, or a log of, an affine
    function has half-lines for a domain; there the sign that is assumed or declared says which one.
    """
    for node in postorder(f):
        if not isinstance(node, Apply):
            continue
        risky: Expr | None = None
        if node.op.name in ("div", "ediv"):
            risky = node.args[1]
        elif (
            node.op.name in ("pow", "epow") and isinstance(node.args[1], Const) and not _natural(node.args[1])
        ) or node.op.domain not in ("real", "invertible", "spd"):
            risky = node.args[0]
        if risky is not None and variable in symbols_of(risky):
            kind = composition(risky, variable)
            if positive_entries(risky) or _surely_positive(risky):
                continue
            half_space = kind == "affine" and node.op.domain not in ("real", "invertible", "spd")
            if not half_space and (kind != "affine" or "positive" not in facts.closure(variable.facts)):
                return False
    return True


def _natural(node: Const) -> bool:
    return isinstance(node.value, int) and node.value >= 0


def _surely_positive(node: Expr) -> bool:
    """Tell whether a normal form is surely above 0 (or at least 0 with a positive part): 1 + eᵘ, Σ eᵘ, ‖x‖² + 1."""
    terms = as_form(normalise(node)).terms
    if _below_one(terms):
        return True
    if not terms or not all(t.coef > 0 and all(map(_nonnegative, t.factors)) for t in terms):
        return False
    return any(all(_positive(f) or _above_zero(f.base) for f in t.factors) for t in terms)


def _above_zero(node: Expr) -> bool:
    return isinstance(node, Apply) and (node.op.range == "positive" or node.op.name in ("softmax", "batched softmax"))


def _gathered(hessian: Form) -> Form:
    """Return a Hessian multiplied out and collected again, in which more is seen: σ(1 − σ) as one diagonal."""
    opened = expanded(hessian)
    return form_of(Tidy().write(opened)) if opened is not None and opened.terms else hessian


# -- definite normal forms -------------------------------------------------------------------------------------------


def _definite(hessian: Form) -> tuple[str, str] | None:
    """Return ("convex", why) where every term of a Hessian is positive semidefinite (or all negative)."""
    if not hessian.terms:
        return None
    soft = _covariance(hessian)
    if soft is not None:
        return soft
    for sign, name in ((1, "convex"), (-1, "concave")):
        assumed: dict[str, None] = {}
        kinds = [
            _semidefinite(Term(t.coef * sign, t.factors, t.dims), len(hessian.shape), assumed) for t in hessian.terms
        ]
        if all(kinds):
            strict = [k for k in kinds if k and k[1]]
            words = list(dict.fromkeys(k[0] for k in kinds if k))
            if hessian.shape:
                reason = "the Hessian is " + ("minus " if sign < 0 else "") + " plus ".join(words)
            else:
                where = "everywhere " if strict and not assumed else "nowhere "
                side = (sign < 0) == bool(strict and not assumed)
                reason = f"the second derivative is {where}{'below' if side else 'above'} 0"
            if not assumed:
                return (f"strictly {name}" if strict else name), reason
            least = ", ".join(assumed)
            open_ = all(" > 0" in s for s in assumed)
            if strict and open_:
                return f"strictly {name} for {least}", reason
            more = "; strictly, for " + least.replace("≥", ">") if strict else ""
            return f"{name} for {least}", reason + more
    return None


def _semidefinite(term: Term, width: int, assumed: dict[str, None]) -> tuple[str, bool] | None:
    """Return (what kind, whether definite) where a product is positive semidefinite, else None.

    A bare scalar of unknown sign is assumed nonnegative, and its name is added to `assumed`.
    """
    if term.coef <= 0:
        return None
    unknown = [f for f in term.factors if not f.labels and not _nonnegative(f)]
    if not all(isinstance(f.base, Symbol) for f in unknown):
        return None
    for factor in unknown:
        if isinstance(factor.base, Symbol):
            assumed.setdefault(factor.base.name + (" > 0" if factor.power < 0 else " ≥ 0"))
    positive = all(_positive(f) or f in unknown for f in term.factors if not f.labels)
    left: list[Factor] = [f for f in term.factors if f.labels]
    if width == 0:
        if any(not _nonnegative(f) for f in left):
            return None
        return "nonnegative", positive and not left
    i: Label = 0
    j: Label = 1
    mirrored = False
    while True:
        middle = _middle(left, i, j, positive)
        if middle is not None:
            return ("a Gram matrix", False) if mirrored and middle[0] == "the identity" else _framed(middle, mirrored)
        step = _mirror(left, i, j)
        if step is None:
            return None
        left, i, j, wide = step
        mirrored = mirrored or wide


def _framed(middle: tuple[str, bool], mirrored: bool) -> tuple[str, bool]:
    return (f"MᵀDM with D {middle[0]}", False) if mirrored else middle


def _middle(left: list[Factor], i: Label, j: Label, positive: bool) -> tuple[str, bool] | None:
    """Recognise the core between two labels: δ, a nonnegative diagonal, a semidefinite matrix, or nothing (v vᵀ)."""
    if i == j:
        return ("a nonnegative diagonal" if left else "the identity", False) if all(map(_nonnegative, left)) else None
    bridge = [f for f in left if i in f.labels and j in f.labels]
    rest = [f for f in left if f not in bridge]
    if not bridge:
        ends = [f for f in left if i in f.labels], [f for f in left if j in f.labels]
        same = sorted(_vector(f) for f in ends[0]) == sorted(_vector(f) for f in ends[1])
        alone = all(len(f.labels) == 1 for f in left) and len(left) == len(ends[0]) + len(ends[1])
        return ("an outer product v vᵀ", False) if same and alone and left else None
    if len(bridge) != 1:
        return None
    (core,) = bridge
    if is_delta(core):
        if not all(_nonnegative(f) for f in rest) or any(set(f.labels) - {i, j} for f in rest):
            return None
        return (
            ("a positive multiple of I" if not rest else "a positive diagonal"),
            positive and all(map(_positive, rest)),
        )
    if rest or core.power != 1 or core.base.ndim != 2:
        return None
    if definite(core.base):
        return "a positive definite matrix", positive
    return ("a positive semidefinite matrix", False) if has_fact(core.base, "psd") else None


def _vector(factor: Factor) -> str:
    return f"{key(factor.base)!r}{factor.power}"


def definite(node: Expr) -> bool:
    """Tell whether a matrix is surely positive definite."""
    if has_fact(node, "spd"):
        return True
    return isinstance(node, Apply) and node.op.name in ("inv", "expm", "sqrtm") and definite(node.args[0])


def _mirror(left: list[Factor], i: Label, j: Label) -> tuple[list[Factor], Label, Label, bool] | None:
    """Strip one matrix from each end where the two are the same, turned towards each other."""
    at_i = [f for f in left if i in f.labels]
    at_j = [f for f in left if j in f.labels]
    vectors_i = sorted(_vector(f) for f in at_i if len(f.labels) == 1)
    vectors_j = sorted(_vector(f) for f in at_j if len(f.labels) == 1)
    mats_i = [f for f in at_i if len(f.labels) == 2]
    mats_j = [f for f in at_j if len(f.labels) == 2]
    if any(len(f.labels) > 2 for f in (*at_i, *at_j)):
        return None
    if vectors_i != vectors_j or len(mats_i) != 1 or len(mats_j) != 1 or mats_i[0] is mats_j[0]:
        return None
    a, b = mats_i[0], mats_j[0]
    if key(a.base) != key(b.base) or a.power != 1 or b.power != 1:
        return None
    if a.labels.index(i) != b.labels.index(j):
        return None
    next_i, next_j = a.labels[1 - a.labels.index(i)], b.labels[1 - b.labels.index(j)]
    gone = {id(f) for f in (*at_i, *at_j)}
    return [f for f in left if id(f) not in gone], next_i, next_j, True


def _nonnegative(factor: Factor) -> bool:
    power = Fraction(factor.power)
    if power.denominator != 1 or power % 2 == 0:
        return True
    return nonnegative_entries(factor.base)


def _positive(factor: Factor) -> bool:
    base = factor.base
    return positive_entries(base) or isinstance(base, Const)


def nonnegative_entries(node: Expr) -> bool:
    """Tell whether all entries are surely at least 0: by a fact, or 1 − σ(u), 1 − tanh²(u), sums of such."""
    if nonnegative(node):
        return True
    if not isinstance(node, Apply) or node.op.name not in ("einsum", "plus"):
        return False
    terms = as_form(node).terms
    if all(t.coef > 0 and all(_nonnegative(f) for f in t.factors) for t in terms):
        return True
    return _below_one(terms) or _less_its_square(terms)


def _below_one(terms: Sequence[Term]) -> bool:
    """1 − s where 0 ≤ s ≤ 1."""
    if len(terms) != 2:
        return False
    ones = [t for t in terms if t.coef == 1 and not t.factors]
    rest = [t for t in terms if t.coef == -1 and len(t.factors) == 1]
    if len(ones) != 1 or len(rest) != 1:
        return False
    (factor,) = rest[0].factors
    name = factor.base.op.name if isinstance(factor.base, Apply) else ""
    if name in ("sigmoid", "softmax", "normcdf", "batched softmax") and factor.power >= 1:
        return True
    return name in ("tanh", "sin", "cos", "erf") and factor.power == 2


def _less_its_square(terms: Sequence[Term]) -> bool:
    """s − s² where 0 ≤ s ≤ 1."""
    if len(terms) != 2 or any(len(t.factors) != 1 for t in terms):
        return False
    plus, minus = sorted(terms, key=lambda t: -float(t.coef))
    (s,), (square,) = plus.factors, minus.factors
    same = s.base is square.base and s.labels == square.labels and (s.power, square.power) == (1, 2)
    name = s.base.op.name if isinstance(s.base, Apply) else ""
    return same and (plus.coef, minus.coef) == (1, -1) and name in ("sigmoid", "softmax", "normcdf", "batched softmax")


def _covariance(hessian: Form) -> tuple[str, str] | None:
    """Aᵀ(diag(p) − p pᵀ)A with p = softmax(u): the covariance of a categorical variable."""
    if len(hessian.terms) not in (1, 2) or len(hessian.shape) != 2:
        return None
    found = Tidy().write(hessian)
    inner = [n for n in postorder(found) if isinstance(n, Apply) and n.op.name == "add"]
    core = inner[0] if inner else None
    if core is None or len(core.args) != 2:
        return None
    first, second = core.args
    p = first.args[0] if isinstance(first, Apply) and first.op.name == "diag" else None
    if not isinstance(p, Apply) or p.op.name != "softmax":
        return None
    outer = second.args[0] if isinstance(second, Apply) and second.op.name == "neg" else None
    if not isinstance(outer, Apply) or outer.op.name != "mul" or outer.args != (p, p.T):
        return None
    frame = found.args if isinstance(found, Apply) and found.op.name == "mul" else (found,)
    at = frame.index(core)
    left, right = frame[:at], frame[at + 1 :]
    numbers = [n for n in left if not n.shape]
    if not all(isinstance(n, Const) and n.value > 0 for n in numbers):
        return None
    left = tuple(n for n in left if n.shape)
    if tuple(n.T for n in reversed(right)) != left:
        return None
    return "convex", "the Hessian is " + (
        "MᵀCM with C " if right else ""
    ) + "the covariance matrix diag(p) − p pᵀ of a distribution p"
