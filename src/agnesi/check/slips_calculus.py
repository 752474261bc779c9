"""Slips of the calculus: rules for derivatives that are almost right, and parts of the chain and product rule lost.

A slip with `derive` gives wrong derivatives of f in the variables: a part that was held constant, an inner derivative
that was forgotten, a function with a wrong derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from agnesi.check import slip_edits_matrices as matrices
from agnesi.check import slip_edits_parts as parts
from agnesi.check import slip_edits_terms as terms
from agnesi.check.slip_places import UNFIT, name_of, places, put, size_of
from agnesi.check.slips import Case, Rule, Slip, Take, edit, pattern, slips
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Symbol,
    apply,
    free_indices,
    lift,
    postorder,
    replace,
    symbol,
    symbols_of,
)
from agnesi.rules.derive import derivative
from agnesi.rules.steps import differential

PARTS = 14
Variables = tuple[Expr, ...]


def derived(f: Expr, variables: Variables) -> Expr:
    """Return the derivative of f in the variables; raises `NoDerivative`."""
    return derivative(f, variables)


def differentiated(f: Expr, variables: Variables) -> Expr:
    """Return the differential of f, in those of the variables; raises `NoDerivative`."""
    return differential(f, *(v for v in variables if isinstance(v, Symbol)))


def _derived(f: Expr, variables: Variables, take: Take, back: Mapping[Expr, Expr]) -> Iterator[Expr]:
    """Yield the derivative of f with stand-ins put back, if there is one."""
    try:
        yield replace(take(f, variables), back)
    except (AgnesiError, AssertionError, IndexError):
        return


def _moving(f: Expr, variables: Variables) -> list[Expr]:
    """The parts of f that depend on the variables and are more than one of them, the short ones first."""
    held: dict[Expr, bool] = {}
    for node in postorder(f):
        held[node] = node in variables or any(held[a] for a in node.args)
    found = [n for n, moves in held.items() if moves and n not in variables and n is not f and not _bound(n)]
    return sorted(found, key=size_of)[:PARTS]


def _bound(node: Expr) -> bool:
    return bool(free_indices(node))


def held_constant(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative with one occurrence of a part that varies taken for a constant."""
    moving = {*_moving(f, variables), *variables}
    for place in places(f, 40):
        if place.node in moving and place.path:
            still = symbol("\0still", place.node.shape)
            whole = put(place, still)
            if whole is not None and not _inside_binder(f, place.path):
                yield from _derived(whole, variables, take, {still: place.node})


def _inside_binder(f: Expr, path: tuple[int, ...]) -> bool:
    for k in path:
        if isinstance(f, Bind):
            return True
        f = f.args[k]
    return False


def inner_lost(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative with the inner derivative of one part taken as 1: g′(u) without u′."""
    for x in variables:
        for part in _moving(f, variables):
            whole = _outer(part) and part.args[0] is x  # g(x): it is the outer derivative that is lost
            if part.shape == x.shape and x in symbols_of(part) and not whole:
                value, at = symbol("\0value", part.shape), symbol("\0at", x.shape)
                yield from _derived(replace(f, {part: value + (x - at)}), variables, take, {value: part, at: x})


def wrong_place(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative with that of an outer function taken at x in place of at u(x)."""
    for x in variables:
        for node in postorder(f):
            if _outer(node) and node.args[0] is not x and node.shape == x.shape and x in symbols_of(node):
                yield from _with_slope(f, node, slope_of(node, x), variables, take)


def outer_lost(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative with that of an outer function taken as 1: u′ without g′(u)."""
    for node in postorder(f):
        if _outer(node) and any(x in symbols_of(node) for x in variables):
            yield from _with_slope(f, node, one(node), variables, take)


def _outer(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.derivative is not None and not _bound(node)


def slope_of(node: Expr, at: Expr) -> Expr:
    """Return the derivative of the function on top, at another place."""
    assert isinstance(node, Apply) and node.op.derivative is not None
    return node.op.derivative(at)


def _with_slope(f: Expr, node: Expr, slope: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative of f with g(u) replaced by a straight line of the given slope in u."""
    u = node.args[0]
    value, steep, at = symbol("\0value", node.shape), symbol("\0slope", node.shape), symbol("\0at", u.shape)
    back: dict[Expr, Expr] = {value: node, steep: slope, at: u}
    yield from _derived(replace(f, {node: value + steep * (u - at)}), variables, take, back)


def other_variable(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative in another symbol of the same shape."""
    if len(variables) != 1 or take is differentiated:
        return
    for s in symbols_of(f):
        if s.shape == variables[0].shape and s is not variables[0]:
            yield from _derived(f, (s,), take, {})


def product_of_derivatives(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivative where (uv)′ was taken as u′v′, or (u/v)′ as u′/v′, of a number."""
    if len(variables) != 1 or variables[0].shape or take is differentiated:
        return
    (x,) = variables
    for node in postorder(f):
        if name_of(node) not in ("mul", "div", "hadamard") or len(node.args) < 2 or _bound(node):
            continue
        first, rest = node.args[0], node.args[1:]
        second = rest[0] if len(rest) == 1 else apply(name_of(node), *rest)
        if x in symbols_of(first) and x in symbols_of(second):
            for u in _derived(first, variables, take, {}):
                for v in _derived(second, variables, take, {}):
                    yield from _tangent(f, node, x, apply(name_of(node), u, v), take)


def _tangent(f: Expr, node: Expr, x: Expr, slope: Expr, take: Take) -> Iterator[Expr]:
    """Yield the derivative of f in a number x where that of a part is `slope`."""
    value, steep, at = symbol("\0value", node.shape), symbol("\0slope", node.shape), symbol("\0at")
    around = value + steep * (x - at) if not node.shape else value + (x - at) * steep
    back: dict[Expr, Expr] = {value: node, steep: slope, at: x}
    yield from _derived(replace(f, {node: around}), (x,), take, back)


def quotient(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the derivatives by quotient rules that are almost right: another sign, the square below lost."""
    yield from _quotients(f, variables, take, moving=True)


def reciprocal(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
    """Yield the same for quotients with a constant above."""
    yield from _quotients(f, variables, take, moving=False)


def _quotients(f: Expr, variables: Variables, take: Take, moving: bool) -> Iterator[Expr]:
    for node in postorder(f):
        if name_of(node) not in ("div", "ediv") or _bound(node) or not any(v in symbols_of(node) for v in variables):
            continue
        top, bottom = node.args
        above, below = (any(x in symbols_of(part) for x in variables) for part in (top, bottom))
        if not below or above != moving:
            continue
        u, v = symbol("\0u", top.shape), symbol("\0v", bottom.shape)
        value = symbol("\0value", node.shape)
        du, dv = top - u, bottom - v
        for wrong in (
            (du * v + u * dv) / (v * v), (u * dv - du * v) / (v * v), (du * v - u * dv) / v,
            (du * v - u * dv) * one(v), du / v + (u * dv) / (v * v), du / v - (u * dv) / v,
        ):
            back: dict[Expr, Expr] = {value: node, u: top, v: bottom}
            yield from _derived(replace(f, {node: value + wrong}), variables, take, back)


def one(v: Expr) -> Expr:
    """Return 1, of the shape of v."""
    return apply("ones", attrs=v.shape) if v.shape else lift(1)


Wrong = Callable[[Expr, Expr], Expr]


def with_rule(name: str, wrong: Wrong) -> Rule:
    """Return the wrong derivatives of f where d of an operation is `wrong(u, du)`: a straight line stands for it."""

    def derive(f: Expr, variables: Variables, take: Take) -> Iterator[Expr]:
        for node in postorder(f):
            if name_of(node) != name or not any(v in symbols_of(node) for v in variables) or _bound(node):
                continue
            u = node.args[0]
            value, at = symbol("\0value", node.shape), symbol("\0at", u.shape)
            try:
                line = value + wrong(at, u - at)
            except UNFIT:
                continue
            back: dict[Expr, Expr] = {value: node, at: u}
            yield from _derived(replace(f, {node: line}), variables, take, back)

    return derive


def all_of(op: str, rules: Sequence[Wrong]) -> Rule:
    """Return the wrong derivatives of f by each of the wrong rules for an operation."""
    made = [with_rule(op, rule) for rule in rules]
    return lambda f, variables, take: chain.from_iterable(derive(f, variables, take) for derive in made)


def _fn(name: str, *args: Expr) -> Expr:
    return apply(name, *args)


def calculus(
    name: str, words: str, explanation: str, source: str, cost: float, example: tuple[str, str, str],
    derive: Rule,
) -> Slip:
    """Register a slip that gives wrong derivatives: an example (declarations, right, wrong) with ∂/∂x on the right."""
    return slips.add(Slip(name, words, explanation, source, cost, (Case(*example),), derive=derive))


calculus("held constant", "a part that varies was held constant (a term of the product rule is missing)",
         "d(uv) = du v + u dv: every place where the variable stands gives a term.", "MML 5.1.2", 0.55,
         ("x: scalar", "∂/∂x (x^2*sin(x))", "2*x*sin(x)"), held_constant)
calculus("inner derivative lost", "the inner derivative was forgotten",
         "The chain rule: (f(u(x)))′ = f′(u(x)) u′(x).", "MML 5.2.2", 0.55,
         ("x: scalar", "∂/∂x sin(x^2)", "cos(x^2)"), inner_lost)
calculus("derivative at the wrong place", "the outer derivative was taken at x, not at the inner function",
         "The chain rule: (f(u(x)))′ = f′(u(x)) u′(x), with the outer derivative at u(x).", "MML 5.2.2", 0.6,
         ("x: scalar", "∂/∂x sin(x^2)", "2*x*cos(x)"), wrong_place)
calculus("outer derivative lost", "the derivative of the outer function was forgotten",
         "The chain rule: (f(u(x)))′ = f′(u(x)) u′(x); of a layer, the slope of the activation is a factor.",
         "MML 5.2.2", 0.6, ("x: scalar", "∂/∂x tanh(x^2)", "2*x"), outer_lost)
calculus("other variable", "the derivative was taken in another variable", "See in which variable it is asked for.",
         "MML 5.2", 1.1, ("x: n; y: n; A: n×n", "∂/∂x (x'*A*y)", "A'*x"), other_variable)
calculus("product of derivatives", "(uv)′ was taken as u′v′, or (u/v)′ as u′/v′", "(uv)′ = u′v + uv′.",
         "MML 5.1.2", 0.57, ("x: scalar", "∂/∂x (x^2*sin(x))", "2*x*cos(x)"), product_of_derivatives)
calculus("quotient rule", "the quotient rule is wrong: a sign, or the square of the denominator",
         "(u/v)′ = (u′v − uv′)/v².", "MML 5.1.2", 0.5,
         ("x: scalar", "∂/∂x (sin(x)/(1 + x^2))", "(cos(x)*(1 + x^2) + 2*x*sin(x))/(1 + x^2)^2"), quotient)
calculus("derivative of a reciprocal", "in the derivative of 1/u the square below was lost, or the sign",
         "(1/u)′ = −u′/u².", "MML 5.1.2", 1.06,
         ("x: scalar", "∂/∂x (1/(1 + x^2))", "-2*x/(1 + x^2)"), reciprocal)

for _name, _words, _why, _cost, _example, _op, _rule in (
    ("derivative of sigmoid", "σ′ was taken as σ, σ² or 1 − σ²", "σ′ = σ(1 − σ).", 0.5,
     ("x: scalar", "∂/∂x sigmoid(x)", "1 - sigmoid(x)^2"), "sigmoid",
     (lambda u, du: _one_minus_square("sigmoid", u, du), lambda u, du: _fn("sigmoid", u) * du,
      lambda u, du: _ones(u, _fn("sigmoid", u)) * du)),
    ("derivative of tanh", "tanh′ was taken as 1 − tanh or tanh(1 − tanh)", "tanh′ = 1 − tanh².", 0.5,
     ("x: scalar", "∂/∂x tanh(x)", "1 - tanh(x)"), "tanh",
     (lambda u, du: _ones(u, _fn("tanh", u)) * du, lambda u, du: _fn("tanh", u) * _ones(u, _fn("tanh", u)) * du,
      lambda u, du: _fn("tanh", u) * du)),
    ("derivative of the inverse", "d X⁻¹ was taken as −X⁻² dX, or without its minus",
     "d X⁻¹ = −X⁻¹ dX X⁻¹: from X X⁻¹ = I, with dX between the two.", 0.5,
     ("X: n×n", "d(X^-1)", "-X^-1*X^-1*d(X)"), "inv",
     (lambda u, du: -(_fn("inv", u) @ _fn("inv", u) @ du), lambda u, du: _fn("inv", u) @ du @ _fn("inv", u),
      lambda u, du: -(du @ _fn("inv", u) @ _fn("inv", u)), lambda u, du: _fn("inv", u) @ _fn("inv", u) @ du)),
    ("derivative of log det", "d log det X was taken with X, Xᵀ or a determinant in place of the inverse",
     "d log det X = tr(X⁻¹ dX), so that the gradient is X⁻ᵀ.", 0.5,
     ("X: n×n", "d(logdet(X))", "tr(X*d(X))"), "logdet",
     (lambda u, du: _fn("tr", u @ du), lambda u, du: _fn("tr", u.T @ du), lambda u, du: _fn("tr", _fn("inv", u).T @ du),
      lambda u, du: _fn("det", u) * _fn("tr", _fn("inv", u) @ du))),
    ("derivative of det", "d det X was taken without the determinant or without the inverse",
     "d det X = det X tr(X⁻¹ dX).", 0.5, ("X: n×n", "d(det(X))", "tr(X^-1*d(X))"), "det",
     (lambda u, du: _fn("tr", _fn("inv", u) @ du), lambda u, du: _fn("det", u) * _fn("tr", u @ du),
      lambda u, du: _fn("det", u) * _fn("tr", _fn("inv", u).T @ du))),
    ("derivative of log", "the derivative of the logarithm is wrong", "(log u)′ = u′/u.", 0.55,
     ("x: scalar positive", "∂/∂x log(x^2)", "2*x"), "log",
     (lambda u, du: du * 1, lambda u, du: _over_square(u, du))),
    ("derivative of exp", "the derivative of the exponential is wrong", "d eᵘ = eᵘ du.", 0.55,
     ("x: scalar", "∂/∂x exp(3*x)", "9*x"), "exp", (lambda u, du: u * du,)),
    ("derivative of the root", "the derivative of the square root is wrong", "(√u)′ = u′/(2√u).", 0.55,
     ("x: scalar positive", "∂/∂x √(1 + x)", "1/√(1 + x)"), "sqrt",
     (lambda u, du: du / _fn("sqrt", u), lambda u, du: du * _fn("sqrt", u) / 2)),
    ("derivative of the cosine", "the sign in the derivative of sine or cosine is wrong", "sin′ = cos, cos′ = −sin.",
     0.5, ("x: scalar", "∂/∂x cos(2*x)", "2*sin(2*x)"), "cos", (lambda u, du: _fn("sin", u) * du,)),
    ("derivative of the sine", "the derivative of the sine has a minus", "sin′ = cos, cos′ = −sin.", 0.5,
     ("x: scalar", "∂/∂x sin(2*x)", "-2*cos(2*x)"), "sin", (lambda u, du: -(_fn("cos", u) * du),)),
    ("derivative of the norm", "the derivative of the norm lacks its denominator, or is that of the square",
     "d‖u‖ = uᵀdu/‖u‖, and d‖u‖² = 2uᵀdu.", 0.5, ("x: n", "∂/∂x ‖x‖", "2*x"), "norm",
     (lambda u, du: 2 * _fn("inner", u, du), lambda u, du: _fn("inner", u, du),
      lambda u, du: 2 * _fn("inner", u, du) / _fn("norm", u))),
    ("derivative of softmax", "the part −ppᵀ of the Jacobian of softmax is lost or wrong",
     "∂pᵢ/∂xⱼ = pᵢ(δᵢⱼ − pⱼ): the Jacobian is diag(p) − ppᵀ, since all probabilities share the denominator.", 0.5,
     ("x: n", "∂/∂x softmax(x)", "diag(softmax(x))"), "softmax",
     (lambda u, du: _fn("softmax", u) * du, lambda u, du: _fn("softmax", u) * _ones(u, _fn("softmax", u)) * du,
      lambda u, du: _fn("softmax", u) * du + _fn("softmax", u) * (_fn("softmax", u).T @ du))),
    ("derivative of log-sum-exp", "the gradient of log-sum-exp lost its normaliser",
     "∇ log Σ exp xᵢ = softmax(x), which sums to 1.", 0.5, ("x: n", "∂/∂x logsumexp(x)", "exp(x)"), "logsumexp",
     (lambda u, du: _fn("sum", _fn("exp", u) * du), lambda u, du: _fn("sum", du))),
    ("derivative of the absolute value", "|u|′ was taken as 1, not as the sign", "|u|′ = sign(u).", 0.5,
     ("x: scalar", "∂/∂x abs(sin(x))", "cos(x)"), "abs", (lambda u, du: du * 1,)),
    ("derivative of softplus", "the derivative of softplus is wrong", "log(1 + eᵘ)′ = σ(u).", 0.5,
     ("x: scalar", "∂/∂x softplus(x)", "1 - sigmoid(x)"), "softplus",
     (lambda u, du: _ones(u, _fn("sigmoid", u)) * du, lambda u, du: _fn("exp", u) * du)),
):
    calculus(_name, _words, _why, "MML 5.1.2" if not _example[0].startswith("X") else "Magnus & Neudecker 8", _cost,
             _example, all_of(_op, _rule))


def _ones(u: Expr, value: Expr) -> Expr:
    """1 − value, of the shape of u."""
    return one(u) - value


def _one_minus_square(name: str, u: Expr, du: Expr) -> Expr:
    value = _fn(name, u)
    return _ones(u, value**2) * du


def _over_square(u: Expr, du: Expr) -> Expr:
    return du / (u * u)


edit("volume element", "the Jacobian factor of the new coordinates was lost in an integral",
     "dx dy = r dr dθ: a ring at a larger radius has more area; the factor is the determinant of the Jacobian.",
     "MML 6.7", 1.0, ("a: scalar", "∫_0^1 r*exp(a*r^2) dr", "∫_0^1 exp(a*r^2) dr"), terms.volume_missing)
edit("slope of an activation cut short", "σ′ was taken as σ, or tanh′ as tanh",
     "σ′ = σ(1 − σ), tanh′ = 1 − tanh²: the derivative of the sigmoid has two factors.", "PRML 4.88", 0.8,
     ("x: n; w: n", "w'*(sigmoid(x) ⊙ (1 - sigmoid(x)))", "w'*sigmoid(x)"), parts.full_slope)
pattern("norm of the wrong vector", "the norm below is that of another vector",
        "d‖u‖ = uᵀdu/‖u‖: what stands below is the norm that was differentiated.", "MML 5.3", 0.5,
        ("A'*A*x/‖A*x‖", "A'*A*x/‖x‖", "∂/∂x ‖A*x‖"), ("A'*(A*x - b)/‖A*x - b‖", "A'*(A*x - b)/‖x‖", "∂/∂x ‖A*x - b‖"),
        given="A: m×n; x: n; b: m")
pattern("derivative of 1/x", "(1/x)′ was taken without its minus, or as log x", "(1/x)′ = −1/x².", "MML 5.1.2", 0.45,
        ("-1/x^2", "1/x^2", "∂/∂x (1/x)"), ("-1/x^2", "log(x)", "∂/∂x (1/x)"), ("-1/x^2", "-1/x", "∂/∂x (1/x)"),
        given="x: scalar")
pattern("power rule", "the power rule is wrong: its factor or its exponent", "(xᵖ)′ = p xᵖ⁻¹.", "MML 5.1.2", 0.5,
        ("p*x^(p - 1)", "x^(p - 1)", "∂/∂x x^p"), ("p*x^(p - 1)", "p*x^p", "∂/∂x x^p"),
        ("p*x^(p - 1)", "(p - 1)*x^(p - 1)", "∂/∂x x^p"), ("p*x^(p - 1)", "x^p*log(x)", "∂/∂x x^p"),
        given="x: scalar; p: scalar")
pattern("gradient of a quadratic form",
        "the gradient of xᵀAx was taken as Ax, or as 2Ax for an A that is not symmetric",
        "d(xᵀAx) = dxᵀAx + xᵀA dx = xᵀ(A + Aᵀ) dx: the gradient is (A + Aᵀ)x, which is 2Ax only where A = Aᵀ.",
        "MML 5.3", 0.45, ("(A + A')*x", "2*A*x", "∂/∂x (x'*A*x)"), ("(A + A')*x", "A*x", "∂/∂x (x'*A*x)"),
        ("(A + A')*x", "2*A'*x", "∂/∂x (x'*A*x)"), given="A: n×n; x: n")
pattern("derivative of an exponential to another base", "aˣ was differentiated as a power or as eˣ",
        "(aˣ)′ = aˣ log a.", "MML 5.1.2", 0.5, ("a^x*log(a)", "x*a^(x - 1)", "∂/∂x a^x"),
        ("a^x*log(a)", "a^x", "∂/∂x a^x"), given="a: scalar positive; x: scalar")
edit("logistic derivative", "σ(1 − σ) and 1 − tanh² were exchanged", "σ′ = σ(1 − σ), tanh′ = 1 − tanh².",
     "PRML 4.88", 0.8,
     ("x: scalar", "tanh(x)*(1 - tanh(x)^2)", "tanh(x)*(tanh(x)*(1 - tanh(x)))"), parts.other_slope, parts.other_slope)
edit("softmax without its off-diagonal part", "the part −ppᵀ beside the diagonal was lost",
     "∂pᵢ/∂xⱼ = pᵢ(δᵢⱼ − pⱼ): the Jacobian of softmax is diag(p) − ppᵀ.", "PRML 4.106", 0.6,
     ("p: n; g: n", "(diag(p) - p*p')*g", "diag(p)*g"), matrices.minus_outer)
edit("function and slope", "a function stands for its derivative, or the reverse",
     "The chain rule multiplies with the derivative of the outer function.", "MML 5.2.2", 0.97,
     ("x: scalar", "x*cos(x)", "x*sin(x)"), parts.slope_for_function)
