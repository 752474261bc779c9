"""The chain rules of Parr & Howard 4.5: one variable with intermediates, the total derivative, vectors of functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from agnesi.calculus.derivatives import checked
from agnesi.calculus.functions import (
    Function,
    Letters,
    function,
    functions,
    letter,
    letters,
    neat,
    one_variable,
    partial,
    shown,
    vanishes,
)
from agnesi.calculus.graphs import Tape, tape
from agnesi.errors import NoDerivative, ShapeError, UnknownName
from agnesi.worked.exact import from_expr
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

Inner = Mapping[str, Any]


def single_chain(f: Any, variable: Letters = None) -> Worked:
    """Differentiate a nest of functions of one variable through intermediate variables u₁, u₂, …

    >>> print(single_chain("sin(x^2)").answer[0].text()[0])
    df/dx = 2x cos(x²)

    Each intermediate depends on the one before alone; raises `NoDerivative` where one does not, and `total_derivative`
    is the rule then. Source: Parr & Howard 4.5.1.
    """
    ways = _intermediate(f, variable)
    x = ways.inputs[0]
    previous = x
    for name in ways.operations:
        if ways.parents(name) != [previous]:
            raise NoDerivative(
                f"{letter(name)} = {_text(ways, name)} depends on more than one variable below it.",
                repair="Use total_derivative(f): it adds all the ways.",
            )
        previous = name
    names = list(ways.operations)
    steps = [_introduced(ways), _alone(ways)]
    signs = _product([partial(n, p, False) for n, p in zip(reversed(names), reversed([x, *names[:-1]]), strict=True)])
    factors = [ways.local(n, p) for n, p in zip(reversed(names), reversed([x, *names[:-1]]), strict=True)]
    begun = partial(ways.output, x, False)
    lines = (Formula.of(begun, "=", *signs), Formula.of("=", *_product([_factor(s) for s in factors])))
    told = "Multiply the derivatives along the chain."
    steps.append(Step("multiply", told, lines, "", "Parr & Howard 4.5.1", {"factors": factors}))
    put, result = _restored(ways, sympy.Mul(*factors))
    steps.append(_back(put, result))
    return _finished("single-variable chain rule", ways, result, steps, "Parr & Howard 4.5.1")


def _intermediate(f: Any, variable: Letters) -> Tape:
    read = one_variable(f, variable, 'single_chain("sin(a x)", "x")')
    count = iter(range(1, 100))
    return tape(read, names=(f"u_{k}" for k in count))


def _text(ways: Tape, name: str) -> str:
    return Formula.of(ways.written[name]).text()[0]


def _product(factors: Sequence[Any]) -> list[Any]:
    out: list[Any] = []
    for k, factor in enumerate(factors):
        out += [*(["·"] if k else []), *(factor if isinstance(factor, list) else [factor])]
    return out


def _factor(value: sympy.Expr) -> Any:
    return ["(", shown(value), ")"] if value.is_Add or value.could_extract_minus_sign() else shown(value)


def _introduced(ways: Tape) -> Step:
    lines = tuple(Formula.of(name, "=", line) for name, line in ways.written.items())
    told = "Name the parts, from the inside out: each is one operation."
    return Step("intermediate variables", told, lines, "", "Parr & Howard 4.5", {"operations": dict(ways.operations)})


def _alone(ways: Tape) -> Step:
    lines = tuple(
        Formula.of(partial(n, p, len(ways.parents(n)) > 1), "=", shown(ways.local(n, p)))
        for n in ways.operations for p in ways.parents(n)
    )  # fmt: skip
    return Step("derivative of each", "Differentiate each part in what it is made of.", lines, "", "", {"tape": ways})


def _restored(ways: Tape, expr: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Return an expression with the intermediate variables put back, as it comes and tidied."""
    for name in reversed(list(ways.operations)):
        expr = expr.subs(sympy.Symbol(name, real=True), ways.operations[name])
    return expr, neat(expr)


def _back(put: sympy.Expr, result: sympy.Expr) -> Step:
    lines = [Formula.of("=", shown(put))]
    if put != result:
        lines.append(Formula.of("=", shown(result)))
    return Step(
        "put back", "Put the parts back.", tuple(lines), "", "Parr & Howard 4.5", {"before": put, "after": result}
    )


def _finished(name: str, ways: Tape, result: sympy.Expr, steps: list[Step], source: str) -> Worked:
    x = ways.function.variables[0]
    sign = partial(ways.output, x, False)
    evidence = checked(ways.function.expr, x, result)
    return Worked(name, (ways.function.question(),), result, (Formula.of(sign, "=", shown(result)),), tuple(steps),
                  tuple(evidence), {"tape": ways}, source=source)  # fmt: skip


def total_derivative(f: Any, variable: Letters = None, along: Inner | None = None) -> Worked:
    """Differentiate where a variable acts along several ways: each way adds ∂f/∂u · du/dx.

    >>> total_derivative("x + x^2").value
    2*x + 1
    >>> total_derivative("x^2 y", along={"x": "cos t", "y": "sin t"}).verified
    True

    `along` gives the variables of f as functions of one letter (a path). Source: Parr & Howard 4.5.2; Imperial MVC W3.
    """
    if along is not None:
        return _along_path(f, along)
    ways = _intermediate(f, variable)
    x = ways.inputs[0]
    slopes: dict[str, sympy.Expr] = {x: sympy.Integer(1)}
    steps = [_introduced(ways)]
    for name in ways.operations:
        slopes[name] = neat(sympy.Add(*[ways.local(name, p) * slopes[p] for p in ways.parents(name)]))
        steps.append(_total_step(ways, name, x, slopes))
    put, result = _restored(ways, slopes[ways.output])
    steps.append(_back(put, result))
    return _finished("total derivative", ways, result, steps, "Parr & Howard 4.5.2")


def _total_step(ways: Tape, name: str, x: str, slopes: Mapping[str, sympy.Expr]) -> Step:
    general: list[Any] = [partial(name, x, False), "="]
    special: list[Any] = ["="]
    parents = ways.parents(name)
    for k, parent in enumerate(parents):
        plus = ["+"] if k else []
        own = [partial(name, parent, len(parents) > 1)]
        general += [*plus, *own] if parent == x else [*plus, *own, "·", partial(parent, x, False)]
        local = ways.local(name, parent)
        special += [*plus, *_product([_factor(local)] if parent == x else [_factor(local), _factor(slopes[parent])])]
    why = f"{letter(x)} acts directly and through others: add the ways." if x in parents and len(parents) > 1 else ""
    total = Formula.of("=", shown(slopes[name]))
    lines = (Formula.of(*general), Formula.of(*special), *((total,) if total.parts != tuple(special) else ()))
    if parents == [x]:
        lines = (Formula.of(general[0], *total.parts),)
    data = {"name": name, "slope": slopes[name], "slopes": dict(slopes), "tape": ways}
    return Step(
        "total derivative",
        f"How {letter(name)} changes with {letter(x)}, in all.",
        lines,
        why,
        "Parr & Howard 4.5.2",
        data,
    )


def _along_path(f: Any, along: Inner) -> Worked:
    read = function(f)
    inner = _layer(along)
    missing = [v.name for v in read.variables if v.name not in inner]
    if missing:
        raise UnknownName(f"The path does not say what {', '.join(missing)} is.", repair="Give every variable of f.")
    used = [inner[v.name] for v in read.variables]
    free = sorted(set().union(*(u.expr.free_symbols for u in used)), key=str)
    if len(free) != 1:
        raise UnknownName(
            f"The path depends on {len(free)} letters.", repair="Use one, as in {'x': 'cos t', 'y': 'sin t'}."
        )
    t = free[0]
    general: list[Any] = [partial(read.name, t, False), "="]
    special: list[Any] = ["="]
    for k, (v, u) in enumerate(zip(read.variables, used, strict=True)):
        plus = ["+"] if k else []
        general += [*plus, partial(read.name, v), "·", partial(v, t, False)]
        special += [*plus, *_product([_factor(read.gradient[k]), _factor(neat(sympy.diff(u.expr, t)))])]
    outer = tuple(
        Formula.of(partial(read.name, v), "=", shown(g)) for v, g in zip(read.variables, read.gradient, strict=True)
    )
    ways = tuple(Formula.of(partial(u.name, t, False), "=", shown(neat(sympy.diff(u.expr, t)))) for u in used)
    swap = {v: u.expr for v, u in zip(read.variables, used, strict=True)}
    raw = sympy.Add(*[g * sympy.diff(u.expr, t) for g, u in zip(read.gradient, used, strict=True)])
    put, whole = raw.subs(swap, simultaneous=True), read.expr.subs(swap, simultaneous=True)
    result = neat(put)
    steps = (
        Step(
            "derivative of each",
            "Differentiate f in each variable, and each variable along the path.",
            outer + ways,
            "",
            "MML 5.2.2",
            {"gradient": read.gradient, "path": swap},
        ),
        Step(
            "total derivative",
            "Add the ways through each variable.",
            (Formula.of(*general), Formula.of(*special)),
            "",
            "Imperial MVC W3",
            {"total": raw},
        ),
        _back(put, result),
    )
    path = tuple(Formula.of(u.name, "=", u.written) for u in used)
    answer = Formula.of(partial(read.name, t, False), "=", shown(result))
    return Worked("total derivative along a path", (read.question(), *path), result, (answer,), steps,
                  tuple(checked(whole, t, result)), {"variable": t}, source="Imperial MVC W3")  # fmt: skip


def _layer(inner: Inner) -> dict[str, Function]:
    """Return a layer {"u": "x^2", "v": "3x"} as functions by name."""
    if not isinstance(inner, Mapping):
        raise ShapeError(f"{inner} is no layer.", repair='Give functions by name, as in {"u": "x^2", "v": "3x"}.')
    out = {}
    for name, what in inner.items():
        symbol = letters(str(name))[0]
        read = function(what)
        out[symbol.name] = Function(read.expr, read.written, read.variables, symbol.name)
    return out


def vector_chain(outer: Any, *inner: Inner, variables: Letters = None) -> Worked:
    """Differentiate vectors of functions of vectors: the Jacobian of a composition is the product of the Jacobians.

    >>> vector_chain(["ln u", "sin v"], {"u": "x^2", "v": "3x"}).value
    Matrix([
    [       2/x],
    [3*cos(3*x)]])

    `outer` is f, then come its inner layers, the innermost last: {name: function}. Shapes: f: [m] of g: [k] of x: [n]
    gives ∂f/∂g: [m k] times ∂g/∂x: [k n]. Raises `ShapeError` without inner layers, `UnknownName` for a letter of a
    layer that the next does not define. Source: Parr & Howard 4.5.3; Imperial MVC W3; MML 5.3.
    """
    if not inner:
        raise ShapeError("There is no inner layer.", repair='Give one, as in vector_chain(["ln u"], {"u": "x^2"}).')
    layers = [_layer(i) for i in inner]
    top = functions(outer, list(layers[0]))
    last = _last_variables(layers[-1], variables)
    rows = [list(top), *(list(layer.values()) for layer in layers)]
    domains = [[sympy.Symbol(n, real=True) for n in layer] for layer in layers] + [list(last)]
    names = ["f", *(_vector_name(layer) for layer in layers), _vector_name({v.name: top[0] for v in last})]
    _closed(rows, domains)
    factors, steps = [], []
    for k, (fs, xs) in enumerate(zip(rows, domains, strict=True)):
        J = sympy.ImmutableMatrix([[neat(sympy.diff(f.expr, x)) for x in xs] for f in fs])
        factors.append(J)
        steps.append(_jacobian_step(fs, xs, J, names[k], names[k + 1]))
    whole = factors[0]
    for J in factors[1:]:
        whole = whole * J
    steps.append(_multiplied(names, factors, whole))
    substitution = _composed(layers)
    put = whole.subs(substitution, simultaneous=True)
    result = sympy.ImmutableMatrix(put.applyfunc(neat))
    steps.append(Step("put back", "Put the inner functions back.", (Formula.of("=", grid(_shown(result))),), "", "", {
        "before": whole, "after": result, "inner": substitution}))  # fmt: skip
    composed = [f.expr.subs(substitution, simultaneous=True) for f in top]
    return Worked(
        "vector chain rule",
        _composition(rows),
        result,
        (Formula.of(partial("f", names[-1]), "=", grid(_shown(result))),),
        tuple(steps),
        tuple(_direct(composed, last, result)),
        {"factors": tuple(factors), "composed": tuple(composed)},
        source="Parr & Howard 4.5.3",
    )


def _vector_name(layer: Mapping[str, Function]) -> str:
    names = list(layer)
    stem = names[0].split("_")[0]
    return (
        stem if all(n.split("_")[0] == stem for n in names) or len(names) == 1 else f"({', '.join(map(letter, names))})"
    )


def _last_variables(layer: Mapping[str, Function], variables: Letters) -> tuple[sympy.Symbol, ...]:
    if variables is not None:
        return letters(variables)
    found = functions([f.expr for f in layer.values()])[0].variables
    if not found:
        raise ShapeError("The innermost layer has no variable.", repair="Let it depend on one, as in {'u': 'x^2'}.")
    return found


def _closed(rows: Sequence[Sequence[Function]], domains: Sequence[Sequence[sympy.Symbol]]) -> None:
    """Refuse a layer with a letter that no layer below defines."""
    known = set(domains[-1])
    for fs, xs in zip(rows, domains, strict=True):
        for f in fs:
            unknown = sorted(f.expr.free_symbols - set(xs) - known, key=str)
            if unknown:
                raise UnknownName(f"{f.name} uses {unknown[0]}, which the next layer does not define.",
                                  repair=f"Add {unknown[0]} to the next layer.")  # fmt: skip
            if set(xs) != known and f.expr.free_symbols & known - set(xs):
                raise NoDerivative(f"{f.name} skips a layer.", repair="Pass the variable on through each layer.")


def _jacobian_step(fs: Sequence[Function], xs: Sequence[sympy.Symbol], J: Any, upper: str, lower: str) -> Step:
    told = f"The Jacobian of {upper} in {lower}: a row for each function, a column for each variable."
    line = Formula.of(*_sign(upper, lower), "=", grid(_shown(J)))
    data = {"functions": [f.expr for f in fs], "variables": list(xs), "jacobian": J}
    return Step("Jacobian", told, (line,), f"It is {J.rows}×{J.cols}.", "Parr & Howard 4", data)


def _sign(upper: str, lower: str) -> list[Any]:
    return [f"∂{upper}/∂{lower}"]


def _multiplied(names: Sequence[str], factors: Sequence[Any], whole: Any) -> Step:
    general: list[Any] = [f"∂{names[0]}/∂{names[-1]}", "="]
    numbers: list[Any] = ["="]
    for k, J in enumerate(factors):
        general += [*(["·"] if k else []), f"∂{names[k]}/∂{names[k + 1]}"]
        numbers += [*(["·"] if k else []), grid(_shown(J))]
    shapes = " times ".join(f"{J.rows}×{J.cols}" for J in factors)
    lines = (Formula.of(*general), Formula.of(*numbers, "=", grid(_shown(whole))))
    return Step(
        "multiply",
        f"Multiply the Jacobians, the outermost first: {shapes}.",
        lines,
        "",
        "Parr & Howard 4.5.3",
        {"factors": tuple(factors), "product": whole},
    )


def _shown(J: Any) -> list[list[Any]]:
    return [[shown(v) for v in row] for row in J.tolist()]


def _composed(layers: Sequence[Mapping[str, Function]]) -> dict[sympy.Symbol, sympy.Expr]:
    """Return every intermediate variable in the innermost variables."""
    found: dict[sympy.Symbol, sympy.Expr] = {}
    for layer in reversed(layers):
        for name, f in layer.items():
            found[sympy.Symbol(name, real=True)] = f.expr.subs(found, simultaneous=True)
    return found


def _composition(rows: Sequence[Sequence[Function]]) -> tuple[Formula, ...]:
    return tuple(Formula.of(f.name, "=", f.written) for fs in rows for f in fs)


def _direct(composed: Sequence[sympy.Expr], xs: Sequence[sympy.Symbol], result: Any) -> list[Verified]:
    direct = sympy.Matrix([[sympy.diff(f, x) for x in xs] for f in composed])
    same = all(vanishes(gap) for gap in direct - result)
    out = [Verified("the composition, differentiated directly", same)]
    for i, f in enumerate(composed):
        for j, x in enumerate(xs):
            out += [v for v in checked(f, x, result[i, j]) if v.what.startswith("central")]
    numeric = out[1:]
    if numeric:
        worst = max((v.how for v in numeric), key=lambda how: float(how.rsplit(" ", 1)[-1].replace("−", "-")))
        out = [out[0], Verified("central differences of every entry", all(v.holds for v in numeric), worst)]
    return out


def intermediate_of(f: Any, variable: Letters = None) -> dict[str, sympy.Expr]:
    """Return the intermediate variables of a function of one variable, by name, in the order of computation."""
    ways = _intermediate(f, variable)
    return {n: from_expr(w) for n, w in ways.written.items()}
