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
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, constant, fold, postorder
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form, has_fact
from agnesi.rules.canon import key
from agnesi.rules.derive import normal_derivative
from agnesi.rules.expand import expanded
from agnesi.rules.forms import Factor, Form, Label, Term, is_delta
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
    if len(first.shape) <= 1 and smooth(first, variable):
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
        least = " for " + ", ".join(f"{s} ≥ 0" for s in assumed) if assumed else ""
        return [Certificate(kind + least, _built_from(f, variable)), *found]
    return found


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
                reason = "the second derivative is nowhere " + ("above 0" if sign < 0 else "below 0")
            if not assumed:
                return (f"strictly {name}" if strict else name), reason
            least = ", ".join(f"{s} ≥ 0" for s in assumed)
            more = "; strictly, for " + ", ".join(f"{s} > 0" for s in assumed) if strict else ""
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
    assumed.update({f.base.name: None for f in unknown if isinstance(f.base, Symbol)})
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


def positive_entries(node: Expr) -> bool:
    """Tell whether all entries are surely above 0."""
    return has_fact(node, "positive") or (isinstance(node, Apply) and node.op.name in ("size", "pi", "euler"))


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


# -- composition -----------------------------------------------------------------------------------------------------


def composition(f: Expr, variable: Symbol, assumed: dict[str, None] | None = None) -> str:
    """Return "constant", "affine", "convex", "concave" or "" by the rules of composition (Boyd 3.2).

    Scalars of unknown sign are assumed nonnegative where that helps, and their names are added to `assumed`.
    """
    needed: dict[str, None] = {} if assumed is None else assumed

    def step(node: Expr, kinds: tuple[str, ...]) -> str:
        if node is variable:
            return "affine"
        if not kinds or all(k == "constant" for k in kinds):
            return "constant"
        if isinstance(node, Bind):
            return kinds[0] if node.op.name == "Sum" else "convex" if node.op.name == "Max" and kinds[0] in _UP else ""
        return _composed(node, kinds, needed) if isinstance(node, Apply) else ""

    return fold(f, step)


def _built_from(f: Expr, variable: Symbol) -> str:
    """Return, in words, the curved functions of affine arguments that f is built from."""
    names: dict[str, None] = {}
    for node in postorder(f):
        if isinstance(node, Apply) and node.op.convex and composition(node.args[0], variable) == "affine":
            names.setdefault(node.op.name)
        elif (
            isinstance(node, Apply)
            and node.op.name in ("pow", "epow")
            and composition(node.args[0], variable) == "affine"
        ):
            names.setdefault("a square" if node.args[1] == constant(2) else "a power")
    listed = ", ".join(names)
    return "built by rules that keep convexity" + (
        f" from {listed} of functions affine in {variable.name}" if listed else ""
    )


_UP = ("constant", "affine", "convex")
_DOWN = ("constant", "affine", "concave")


def _composed(node: Apply, kinds: tuple[str, ...], assumed: dict[str, None]) -> str:
    name = node.op.name
    if name == "add":
        return _joined(kinds)
    if name == "neg":
        return _flipped(kinds[0])
    if name in ("mul", "hadamard", "div", "ediv", "inner"):
        return _scaled(node, kinds, assumed)
    if node.op.linear:
        return kinds[0] if kinds[0] == "affine" or name in ("sum", "mean", "entry", "diag", "vec", "tr") else ""
    if name in ("pow", "epow") and isinstance(node.args[1], Const):
        return _powered(node, kinds[0])
    if name == "maximum":
        return "convex" if all(k in _UP for k in kinds) else ""
    if name == "logdet" and kinds[0] == "affine" and _symmetric_positive(node.args[0]):
        return "concave"
    if node.op.convex == 1 and (kinds[0] == "affine" or (node.op.monotone == 1 and kinds[0] == "convex")):
        return "convex"
    if node.op.convex == 1 and name == "logsumexp" and kinds[0] == "convex":
        return "convex"
    if node.op.convex == -1 and (kinds[0] == "affine" or (node.op.monotone == 1 and kinds[0] == "concave")):
        return "concave"
    return ""


def _joined(kinds: Sequence[str]) -> str:
    if all(k in ("constant", "affine") for k in kinds):
        return "affine"
    if all(k in _UP for k in kinds):
        return "convex"
    return "concave" if all(k in _DOWN for k in kinds) else ""


def _flipped(kind: str) -> str:
    return {"convex": "concave", "concave": "convex"}.get(kind, kind)


def _scaled(node: Apply, kinds: tuple[str, ...], assumed: dict[str, None]) -> str:
    """A product with one factor that varies: affine stays affine; a convex one wants factors of known sign."""
    moving = [k for k, kind in enumerate(kinds) if kind != "constant"]
    if len(moving) != 1 or (node.op.name in ("div", "ediv") and moving[0] == 1):
        return ""
    kind = kinds[moving[0]]
    if kind == "affine":
        return "affine"
    sign = 1
    for k, arg in enumerate(node.args):
        if k != moving[0]:
            found = _sign(arg)
            if found == 0 and isinstance(arg, Symbol) and not arg.shape and "random" not in arg.facts:
                assumed[arg.name] = None
                found = 1
            if found == 0:
                return ""
            sign *= found
    return kind if sign > 0 else _flipped(kind)


def _sign(node: Expr) -> int:
    if isinstance(node, Const):
        return 1 if node.value >= 0 else -1
    if isinstance(node, Apply) and node.op.name == "neg":
        return -_sign(node.args[0])
    if isinstance(node, Apply) and node.op.name in ("mul", "div", "hadamard", "ediv"):
        product = 1
        for arg in node.args:
            product *= _sign(arg)
        return product
    if isinstance(node, Apply) and node.op.name == "transpose":
        return _sign(node.args[0])
    return (
        1 if nonnegative(node) or positive_entries(node) or (isinstance(node, Apply) and node.op.name == "ones") else 0
    )


def _powered(node: Apply, kind: str) -> str:
    power = node.args[1]
    assert isinstance(power, Const)
    if kind == "affine" and isinstance(power.value, int) and power.value > 0 and power.value % 2 == 0:
        return "convex"
    if kind == "convex" and power.value >= 1 and _sign(node.args[0]) > 0:
        return "convex"
    return kind if power.value == 1 else ""


def _symmetric_positive(node: Expr) -> bool:
    return isinstance(node, Symbol) and "spd" in facts.closure(node.facts)


# -- homogeneity -----------------------------------------------------------------------------------------------------


def degree(node: Expr, variable: Expr) -> Fraction | None:
    """Return k where f(t x) = t^k f(x) for t > 0, seen from the normal form; None where it is not seen."""
    values: dict[Expr, Fraction | None] = {}
    for sub in postorder(node):
        values[sub] = _degree(sub, variable, values)
    return values[node]


_SAME = (
    "abs",
    "relu",
    "max",
    "min",
    "maximum",
    "minimum",
    "lammax",
    "lammin",
    "normnuc",
    "sqrtm",
    "eigvals",
    "singvals",
)


def _degree(node: Expr, variable: Expr, values: dict[Expr, Fraction | None]) -> Fraction | None:
    if node is variable:
        return Fraction(1)
    below = [values[a] for a in node.args]
    if not below:
        return Fraction(0)
    if not isinstance(node, Apply) or any(b is None for b in below):
        return None
    known = [b for b in below if b is not None]
    name = node.op.extra["of"].name if "of" in node.op.extra else node.op.name
    if name == "einsum":
        return sum(known, Fraction(0))
    if name == "plus" or name in _SAME:
        return known[0] if len(set(known)) == 1 else None
    if name == "epow" and isinstance(node.args[1], Const):
        return known[0] * Fraction(node.args[1].value)
    if name in ("inv", "pinv"):
        return -known[0]
    if name in ("sign", "step", "eigvecmax", "eigvecmin", "onehotmax", "polar"):
        return Fraction(0)
    return Fraction(0) if all(k == 0 for k in known) else None
