"""Limits with the reason, and derivatives from first principles, by the difference quotient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import mpmath
import sympy

from agnesi.calculus.derivatives import BY_THE_LIMIT, checked
from agnesi.calculus.functions import Function, Letters, exact_number, function, letter, neat, said, sample, shown
from agnesi.errors import AgnesiError, ShapeError, UnknownName
from agnesi.expr.nodes import Expr, apply, replace, symbol
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

Side = Literal["both", "left", "right"]
_H = sympy.Symbol("h", real=True)


@dataclass(frozen=True)
class KnownLimit:
    """A quotient whose limit for h → 0 is known from geometry or series; `quotient` stands for `meaning`."""

    quotient: sympy.Symbol
    meaning: sympy.Expr
    limit: int
    why: str


_KNOWN = (
    KnownLimit(sympy.Symbol("E", real=True), (sympy.exp(_H) - 1) / _H, 1, "this is the property that defines e"),
    KnownLimit(sympy.Symbol("S", real=True), sympy.sin(_H) / _H, 1, "cos h ≤ sin h / h ≤ 1 on the unit circle"),
    KnownLimit(sympy.Symbol("C", real=True), (1 - sympy.cos(_H)) / _H, 0, "1 − cos h = sin² h / (1 + cos h)"),
)


def first_principles(f: Any, variable: Letters = None) -> Worked:
    """Differentiate from the definition, f′(x) = lim (f(x + h) − f(x))/h for h → 0, step by step.

    >>> print(first_principles("x^2").answer[0].text()[0])
    f′(x) = 2x

    The part `table` has the quotient at x = 1.3 (or another point of the domain) for h = 0.1, 0.01, … Raises
    `UnknownName` for several variables. Source: Imperial MVC W1; MML 5.1, definition 5.2.
    """
    read, x = _one_variable(f, variable)
    quotient = (read.expr.subs(x, x + _H) - read.expr) / _H
    begun = Formula.of(f"{read.name}′({letter(x)})", "=", "lim h → 0", _written_quotient(read, x))
    steps = [Step(
        "difference quotient", "Write the slope between x and x + h, and let h become small.".replace("x", letter(x)),
        (begun,), "The slope of the line through two points of the graph.", "MML 5.1", {"after": quotient},
    )]  # fmt: skip
    more, result = _simplified(read.expr, x, quotient)
    steps += more
    label = f"{read.name}′({letter(x)})"
    table = numeric_quotients(read, x)
    evidence = [*checked(read.expr, x, result), *_approaches(table)]
    return Worked(
        "derivative from first principles", (read.question(),), result, (Formula.of(label, "=", shown(result)),),
        tuple(steps), tuple(evidence), {"table": table, "quotient": quotient, "variable": x}, source=BY_THE_LIMIT,
    )  # fmt: skip


def _one_variable(f: Any, variable: Letters) -> tuple[Function, sympy.Symbol]:
    read = function(f, variable)
    if len(read.variables) != 1:
        if not read.variables:
            return read, sympy.Symbol("x", real=True)
        raise UnknownName(
            f"{read.head} has several variables.", repair='Name one, as in first_principles("a x^2", "x").'
        )
    if read.variables[0].name == "h":
        raise UnknownName("The step is called h here.", repair="Name the variable x.")
    return read, read.variables[0]


def _written_quotient(read: Function, x: sympy.Symbol) -> Any:
    """Return (f(x + h) − f(x))/h as it is put in, without any simplification."""
    if not isinstance(read.written, Expr):
        return shown((read.expr.subs(x, x + _H) - read.expr) / _H)
    at, h = symbol(x.name, ()), symbol("h", ())
    moved = replace(read.written, {at: apply("add", at, h)})
    return apply("div", apply("add", moved, apply("neg", read.written)), h)


def _simplified(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr]:
    """Return the steps from the quotient to the limit, by the first way that works."""
    for way in (_rational, _base, _by_known_limits, _logarithm, _root):
        found = way(f, x, quotient)
        if found is not None:
            return found
    result = neat(sympy.limit(quotient, _H, 0))
    why = "No cancellation by hand is known here; sympy finds the leading term of the quotient."
    if result.has(sympy.nan, sympy.zoo, sympy.oo, sympy.AccumBounds, sympy.Limit):
        result = neat(sympy.diff(f, x))
        why = "No cancellation by hand is known here; this is what the rules give, and the numbers below agree."
    line = Formula.of("lim h → 0", shown(quotient), "=", shown(result))
    return [Step("limit", "Take the limit.", (line,), why, "", {"before": quotient, "after": result})], result


def _rational(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr] | None:
    if not f.is_rational_function(x):
        return None
    top, bottom = sympy.fraction(sympy.together(f.subs(x, x + _H) - f))
    opened = sympy.expand(top)
    steps = []
    if bottom.has(x):
        line = Formula.of("=", over(top, bottom * _H))
        steps.append(Step("common denominator", "Bring both onto one denominator.", (line,), data={
            "before": quotient, "after": top / (bottom * _H)}))  # fmt: skip
    if opened != top or not steps:
        line = Formula.of("=", over(opened, bottom * _H))
        steps.append(Step("expand", "Multiply out; what has no h cancels.", (line,), data={
            "before": quotient, "after": opened / (bottom * _H)}))  # fmt: skip
    reduced = sympy.cancel(opened / _H)
    cancelled = sympy.expand(reduced) / bottom
    told = "Every term above has a factor h: cancel it." if opened != 0 else "Nothing is left above."
    steps.append(_equal("cancel", told, quotient, cancelled))
    result = neat(sympy.cancel(cancelled.subs(_H, 0)))
    return [*steps, _let_go(cancelled, result)], result


def _equal(rule: str, told: str, before: sympy.Expr, after: sympy.Expr, why: str = "") -> Step:
    return Step(rule, told, (Formula.of("=", shown(after)),), why, "", {"before": before, "after": after})


def _let_go(before: sympy.Expr, result: sympy.Expr) -> Step:
    if not before.has(_H):
        return Step("limit", "No h is left: this is the limit.", (Formula.of("=", shown(result)),), "", "", {
            "limit of": before, "after": result})  # fmt: skip
    line = Formula.of("→", shown(result), why="for h → 0")
    return Step("limit", "Now h may be 0: let h → 0.", (line,), "", "MML 5.1", {"limit of": before, "after": result})


def _by_known_limits(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr] | None:
    """Return the steps for polynomials of x, eˣ, sin x and cos x: addition theorems, then known limits."""
    opened = sympy.expand(f.subs(x, x + _H), power_exp=True, trig=True) - sympy.expand(f)
    opened = sympy.expand(sympy.expand_trig(opened))
    E, S, C = (k.quotient for k in _KNOWN)
    named = opened.replace(sympy.exp, lambda a: _split_exponential(a))
    named = named.subs({sympy.exp(_H): 1 + _H * E, sympy.sin(_H): _H * S, sympy.cos(_H): 1 - _H * C})
    over = sympy.cancel(sympy.expand(named) / _H)
    used = [k for k in _KNOWN if over.has(k.quotient)]
    if not used or not over.is_polynomial(_H, E, S, C) or sympy.expand(named.subs(_H, 0)) != 0:
        return None
    over = sympy.collect(sympy.expand(over), [E, S, C])
    told = "Take x + h apart by the addition theorems.".replace("x", letter(x))
    grouped = over.subs({k.quotient: k.meaning for k in _KNOWN})
    steps = [
        _equal("addition theorem", told, quotient, opened / _H, _theorems(used)),
        _equal("group", "Group so that quotients with known limits stand out.", quotient, grouped),
    ]
    for k in used:
        line = Formula.of(shown(k.meaning), "→", k.limit, why=f"{k.why}")
        steps.append(Step("known limit", "A known limit for h → 0:", (line,), "", BY_THE_LIMIT, {
            "limit of": k.meaning, "after": sympy.Integer(k.limit)}))  # fmt: skip
    result = neat(over.subs({k.quotient: k.limit for k in _KNOWN}).subs(_H, 0))
    return [*steps, _let_go(grouped, result)], result


def _base(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr] | None:
    """Return the steps for bˣ with a base that is no variable: bˣ (bʰ − 1)/h."""
    if not (f.is_Pow and f.exp == x and not f.base.has(x)) or f.base is sympy.E:
        return None
    b = f.base
    small = (b**_H - 1) / _H
    steps = [
        _equal("power of a sum", f"Take {said(f)} out.", quotient, f * small, f"{said(b)}ˣ⁺ʰ = {said(b)}ˣ {said(b)}ʰ"),
        Step("known limit", "A known limit for h → 0:", (Formula.of(shown(small), "→", shown(sympy.log(b))),),
             f"{said(b)}ʰ = eᵘ with u = h ln {said(b)}, and (eᵘ − 1)/u → 1", BY_THE_LIMIT,
             {"limit of": small, "after": sympy.log(b)}),
    ]  # fmt: skip
    result = f * sympy.log(b)
    return [*steps, _let_go(f * small, result)], result


def _split_exponential(a: sympy.Expr) -> sympy.Expr:
    """Return exp(k h) as a power of exp(h), for whole k."""
    k = a / _H
    return sympy.exp(_H) ** k if k.is_Integer and k > 0 else sympy.exp(a)


def _theorems(used: list[KnownLimit]) -> str:
    names = {k.quotient.name for k in used}
    told = ["eˣ⁺ʰ = eˣ eʰ"] if "E" in names else []
    return "; ".join([*told, *(["sin(x + h) = sin x cos h + cos x sin h"] if names & {"S", "C"} else [])])


def _logarithm(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr] | None:
    if f != sympy.log(x):
        return None
    joined = sympy.log(1 + _H / x) / _H
    steps = [
        _equal("logarithm of a quotient", "ln a − ln b = ln(a/b).", quotient, joined),
        Step("known limit", "A known limit for u = h/x → 0:", (
            Formula.of("ln(1 + u)/u", "→", 1, why="the inverse of (eᵘ − 1)/u → 1"),), "", BY_THE_LIMIT),
        Step("group", "Multiply above and below by x, so that u = h/x stands below.".replace("x", letter(x)), (
            Formula.of("=", over(1, x), "·", over(sympy.log(1 + _H / x), over(_H, x))),),
            data={"before": quotient, "after": joined}),
    ]  # fmt: skip
    return [*steps, _let_go(joined, 1 / x)], 1 / x


def _root(f: sympy.Expr, x: sympy.Symbol, quotient: sympy.Expr) -> tuple[list[Step], sympy.Expr] | None:
    if not (f.is_Pow and f.exp == sympy.Rational(1, 2) and f.base.is_polynomial(x)):
        return None
    below = f.subs(x, x + _H) + f
    above = sympy.expand(f.base.subs(x, x + _H) - f.base)
    wide = Step("conjugate", "Multiply above and below by the sum of the roots.", (
        Formula.of("=", over(above, apply("mul", shown(_H), shown(below)))),), "(a − b)(a + b) = a² − b²", "",
        {"before": quotient, "after": above / (_H * below)})  # fmt: skip
    cancelled = sympy.cancel(above / _H) / below
    result = neat(cancelled.subs(_H, 0))
    return [wide, _equal("cancel", "Cancel h.", quotient, cancelled), _let_go(cancelled, result)], result


def over(top: Any, bottom: Any) -> Any:
    """Return a quotient as it is written down, without simplification."""
    above, below = shown(top), shown(bottom)
    if isinstance(above, str | float) or isinstance(below, str | float):
        return shown(sympy.sympify(top) / sympy.sympify(bottom))
    return apply("div", above, below) if below != 1 else above


def numeric_quotients(read: Function, x: sympy.Symbol, count: int = 6) -> list[tuple[float, float, float]]:
    """Return rows (h, quotient, error) at a point of the domain: what the limit is seen to be."""
    run, slope = (sympy.lambdify([x], e, "mpmath") for e in (read.expr, sympy.diff(read.expr, x)))
    others = read.expr.free_symbols - {x}
    if others:
        return []
    with mpmath.workdps(30):
        for place in (1.3, 0.3, -0.7, 2.6):
            at = mpmath.mpf(str(place))
            try:
                rows = []
                for k in range(1, count + 1):
                    h = mpmath.mpf(10) ** -k
                    q = (run(at + h) - run(at)) / h
                    rows.append((float(h), float(q), float(q - slope(at))))
                return rows
            except (TypeError, ValueError, ZeroDivisionError):
                continue
    return []


def _approaches(table: list[tuple[float, float, float]]) -> list[Verified]:
    if not table:
        return []
    h, q, error = table[-1]
    falls = abs(table[-1][2]) <= max(abs(table[0][2]), 1e-12)
    how = f"{q:.8g} at h = {h:.0e}, {abs(error):.0e} from the limit".replace("-", "−")
    return [Verified("the quotient in numbers", falls and abs(error) < 100 * h * (1 + abs(q)), how)]


def limit(f: Any, variable: Letters = None, to: Any = 0, side: Side = "both") -> Worked:
    """Find a limit and say why: by putting in, cancelling, the rule of L'Hôpital, the leading term, or the sides.

    >>> limit("sin(x)/x", "x", 0).value
    1

    `to` may be "oo" or "-oo". A limit that does not exist has the value None and a note that says why.
    Source: Imperial MVC W1; MML 5.1.
    """
    read, x = _one_variable(f, variable)
    if side not in ("both", "left", "right"):
        raise ShapeError(f"{side} is no side.", expected='"left", "right" or "both"')
    target = bound(to)
    sign = "+" if side == "right" or target is -sympy.oo else "-"
    where = f"lim {letter(x)} → {said(target)}{'' if side == 'both' else ' from the ' + side}"
    question = (Formula.of(where, read.written),)
    if side == "both" and target.is_finite:
        left, right = (_sided(read.expr, x, target, d) for d in "-+")
        if left is None or right is None or left != right:
            return _no_limit(question, where, left, right, read, x, target)
        value = left
    else:
        value = _sided(read.expr, x, target, sign)
        if value is None:
            return _no_limit(question, where, None, None, read, x, target)
    steps = [*_reasons(read.expr, x, target, value)]
    answer = Formula.of(where, read.written, "=", shown(value))
    return Worked("limit", question, value, (answer,), tuple(steps), tuple(_near(read.expr, x, target, value, sign)),
                  {"to": target}, source=BY_THE_LIMIT)  # fmt: skip


def bound(to: Any) -> sympy.Expr:
    """Return a place as it is told: a number, an expression, or "oo" and "-oo" for infinity."""
    text = str(to).replace(" ", "").replace("−", "-")
    named = {"oo": sympy.oo, "∞": sympy.oo, "inf": sympy.oo, "infinity": sympy.oo}
    if (size := named.get(text.lstrip("+-"))) is not None:
        return -size if text.startswith("-") else size
    return exact_number(to, "The place")


def _sided(f: sympy.Expr, x: sympy.Symbol, to: sympy.Expr, side: str) -> sympy.Expr | None:
    try:
        found = sympy.limit(f, x, to, side)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise ShapeError(f"The limit of {said(f)} is not found: sympy has no method for it.") from error
    return None if found.has(sympy.AccumBounds, sympy.nan, sympy.I) or found is sympy.zoo else sympy.simplify(found)


def _no_limit(question: Any, where: str, left: Any, right: Any, read: Function, x: Any, to: Any) -> Worked:
    if left is None and right is None:
        why = "The values do not settle: they go up and down for ever, or the function is not defined there."
        lines: tuple[Formula, ...] = ()
    else:
        sides = [("left", left), ("right", right)]
        lines = tuple(Formula.of(f"from the {n}:", "no limit" if v is None else shown(v)) for n, v in sides)
        why = "The limits from the two sides differ."
    step = Step("compare the sides", "Come near from either side.", lines, why, "", {"left": left, "right": right})
    gap = Verified("the two sides differ", left != right) if lines else Verified("sympy finds bounds, no limit", True)
    return Worked("limit", question, None, (Formula.of(where, read.written, "does not exist"),), (step,), (gap,),
                  {"left": left, "right": right, "to": to}, (why,), BY_THE_LIMIT)  # fmt: skip


def _reasons(f: sympy.Expr, x: sympy.Symbol, to: sympy.Expr, value: sympy.Expr) -> list[Step]:
    """Return why the limit is what it is, by the simplest of the known reasons."""
    if to.is_finite:
        put = f.subs(x, to)
        if (put.is_finite and put == value) or sympy.simplify(put - value) == 0:
            line = Formula.of(shown(f), "→", shown(value))
            why = f"The function is continuous at {said(to)}."
            return [
                Step("put in", f"Put {letter(x)} = {said(to)} in.", (line,), why, "", {"before": f, "after": value})
            ]
        reduced = sympy.cancel(f) if f.is_rational_function(x) else f
        if reduced != f and reduced.subs(x, to).is_finite:
            told = f"Above and below are 0 at {said(to)}: cancel {said(x - to)}."
            return [_equal("cancel", told, f, reduced), *_reasons(reduced, x, to, value)]
    if to == 0 and (known := _named_limit(f, x)):
        return [known]
    if f.is_Pow and f.base.has(x) and f.exp.has(x) and value.is_positive:
        return _by_logarithm(f, x, to, value)
    top, bottom = sympy.fraction(sympy.together(f))
    if not to.is_finite and f.is_rational_function(x):
        return _highest_power(f, x, value)
    if bottom != 1 and (steps := _hopital(top, bottom, x, to, value)):
        return steps
    return [_leading(f, x, to, value)]


def _named_limit(f: sympy.Expr, x: sympy.Symbol) -> Step | None:
    for k in _KNOWN:
        if sympy.simplify(f - k.meaning.subs(_H, x)) == 0:
            line = Formula.of(shown(f), "→", k.limit, why=k.why.replace(" h", f" {letter(x)}"))
            return Step(
                "known limit", "This is a known limit.", (line,), "", BY_THE_LIMIT, {"limit of": f, "after": k.limit}
            )
    return None


def _by_logarithm(f: sympy.Expr, x: sympy.Symbol, to: sympy.Expr, value: sympy.Expr) -> list[Step]:
    logged, limit_of_it = f.exp * sympy.log(f.base), sympy.log(value)
    line = Formula.of("ln", shown(f), "=", shown(logged), "→", shown(limit_of_it))
    return [
        Step("logarithm", "Base and exponent both move: take the logarithm.", (line,), "ln aᵇ = b ln a", "", {
            "limit of": logged, "after": limit_of_it}),
        Step("put in", "The exponential function is continuous.", (Formula.of(shown(f), "→", shown(value)),), "", "", {
            "limit of": f, "after": value}),
    ]  # fmt: skip


def _highest_power(f: sympy.Expr, x: sympy.Symbol, value: sympy.Expr) -> list[Step]:
    top, bottom = (sympy.expand(e) for e in sympy.fraction(sympy.together(f)))
    power = x ** sympy.degree(bottom, x)
    divided = [sympy.expand(e / power) for e in (top, bottom)]
    told = f"Divide above and below by the highest power below, {said(power)}."
    why = f"All terms with {letter(x)} below go to 0."
    line = Formula.of("=", over(divided[0], divided[1]))
    return [
        Step("highest power", told, (line,), why, "", {"before": f, "after": divided[0] / divided[1]}),
        _goes(f, value),
    ]


def _hopital(top: Any, bottom: Any, x: Any, to: Any, value: Any, most: int = 3) -> list[Step]:
    steps = []
    for _ in range(most):
        above, below = (sympy.limit(e, x, to) for e in (top, bottom))
        small, large = above == 0 and below == 0, above.is_infinite and below.is_infinite
        if not (small or large):
            break
        before, top, bottom = top / bottom, sympy.diff(top, x), sympy.diff(bottom, x)
        kind = "0/0" if small else "∞/∞"
        line = Formula.of("lim", shown(before), "=", "lim", over(top, bottom))
        steps.append(Step("L'Hôpital", f"The form is {kind}: differentiate above and below.", (line,),
                          "", BY_THE_LIMIT, {"limit of": before, "after": value}))  # fmt: skip
    if (
        not steps
        or sympy.limit(top / bottom, x, to) != value
        or sympy.simplify((top / bottom).subs(x, to) - value) != 0
    ):
        return []
    return [*steps, _goes(top / bottom, value)]


def _goes(f: sympy.Expr, value: sympy.Expr) -> Step:
    return Step("put in", "Now the limit can be read off.", (Formula.of("→", shown(value)),), "", "", {
        "limit of": f, "after": value})  # fmt: skip


def _leading(f: sympy.Expr, x: sympy.Symbol, to: sympy.Expr, value: sympy.Expr) -> Step:
    try:
        term = sympy.series(f, x, to, n=4).removeO().as_leading_term(x) if to == 0 else f
    except (NotImplementedError, ValueError, TypeError, AttributeError, sympy.PoleError):
        term = f
    squeezed = any(isinstance(a, sympy.sin | sympy.cos) and a.args[0].subs(x, to).is_infinite is not False
                   for a in f.atoms(sympy.Function)) and value == 0  # fmt: skip
    told = "Keep the leading term of the series." if term != f else "Compare how fast the parts grow."
    why = "" if term != f else "Exponentials grow faster than powers, powers faster than logarithms."
    if squeezed and term == f:
        told, why = "The factor that goes up and down stays between −1 and 1; the other goes to 0.", "Squeeze theorem."
    line = (
        Formula.of(shown(f), "∼", shown(term), "→", shown(value))
        if term != f
        else Formula.of(shown(f), "→", shown(value))
    )
    return Step("leading term", told, (line,), why, "", {"limit of": f, "after": value})


def _near(f: sympy.Expr, x: sympy.Symbol, to: sympy.Expr, value: sympy.Expr, side: str) -> list[Verified]:
    """Check a limit with numbers close to the place, with 60 digits; letters have numbers of their own for it."""
    put = sample(sorted((f.free_symbols | value.free_symbols | to.free_symbols) - {x}, key=str))
    f, to, value = f.subs(put), to.subs(put), value.subs(put)
    with mpmath.workdps(60):
        run = sympy.lambdify([x], f, "mpmath")
        sign = -1 if side == "-" else 1
        steps = [mpmath.mpf(10) ** -k for k in (2, 4, 8)]
        at = [
            mpmath.mpf(sympy.N(to, 60)) + sign * s if to.is_finite else (1 if to is sympy.oo else -1) / s for s in steps
        ]
        try:
            seen = [mpmath.re(run(a)) for a in at]
        except (TypeError, ValueError, ZeroDivisionError, OverflowError, AgnesiError):
            return []
        if not value.is_finite:
            grows = bool(abs(seen[-1]) > abs(seen[0]))
            return [Verified("the values nearby grow without bound", grows, mpmath.nstr(seen[-1], 3))]
        told = mpmath.mpf(sympy.N(value, 60)) if value.is_number else None
    if told is None:
        return []
    errors = [abs(s - told) for s in seen]
    holds = errors[-1] <= errors[0] + mpmath.mpf(10) ** -30 and errors[-1] < 0.3 * (1 + abs(told))
    told_error = "less than 1e-50" if errors[-1] < 1e-50 else mpmath.nstr(errors[-1], 1)
    return [Verified("the values nearby", bool(holds), f"{told_error} away at the nearest".replace("-", "−"))]
