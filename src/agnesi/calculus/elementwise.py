"""The Jacobians of Parr & Howard 4: element-wise operations, scalar expansion, sums; the shapes of derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from agnesi.calculus.functions import function, letter, neat, shown
from agnesi.calculus.given import whole
from agnesi.calculus.jacobians import entries_checked
from agnesi.errors import ShapeError, UnknownName
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Worked

_OPERATIONS: dict[str, tuple[str, str, Callable[[Any, Any], Any]]] = {
    "+": ("sum", "+", lambda a, b: a + b), "-": ("difference", "−", lambda a, b: a - b),
    "*": ("product", "⊙", lambda a, b: a * b), "/": ("quotient", "⊘", lambda a, b: a / b),
    "max": ("maximum", "max", lambda a, b: sympy.Max(a, b)), "**": ("power", "^", lambda a, b: a**b),
}  # fmt: skip
_SPELLINGS = {"−": "-", "⊙": "*", "×": "*", "⊗": "*", "⊘": "/", "÷": "/", "^": "**"}


def _operation(name: str) -> tuple[str, str, Callable[[Any, Any], Any]]:
    found = _OPERATIONS.get(_SPELLINGS.get(name, name))
    if found is None:
        raise UnknownName(f"{name} is no element-wise operation here.", expected=f"one of {', '.join(_OPERATIONS)}")
    return found


def _vector(name: str, size: int) -> list[sympy.Symbol]:
    size = whole(size, "entries of a vector", 1, 8)
    positive = name in ("w", "x")
    return [sympy.Symbol(f"{name}_{k}", real=True, positive=positive or None) for k in range(1, size + 1)]


def elementwise(operation: str, size: int = 3) -> Worked:
    """Find the Jacobians of an element-wise operation of two vectors w and x: both are diagonal.

    >>> elementwise("*").wrt_w
    Matrix([
    [x_1,   0,   0],
    [  0, x_2,   0],
    [  0,   0, x_3]])

    The operations are +, -, *, / (also max and **). Shapes: w, x: [n] -> [n n]. Source: Parr & Howard 4.2.
    """
    name, sign, run = _operation(operation)
    w, x = _vector("w", size), _vector("x", size)
    fs = [run(a, b) for a, b in zip(w, x, strict=True)]
    lines = tuple(Formula.of(f"y_{k}", "=", shown(f)) for k, f in enumerate(fs, 1))
    steps = [Step("write out", "Write out the entries: each uses its own entry of w and of x alone.", lines, "",
                  "Parr & Howard 4.2", {"functions": fs})]  # fmt: skip
    found = {}
    for label, vs in (("w", w), ("x", x)):
        J = sympy.ImmutableMatrix([[neat(sympy.diff(f, v)) for v in vs] for f in fs])
        found[label] = J
        off = Formula.of(f"∂yᵢ/∂{label}ⱼ", "=", 0, why="for i ≠ j")
        line = Formula.of(f"∂y/∂{label}", "=", grid(_cells(J)), "=", _diagonal(J, label))
        why = f"yᵢ does not use {label}ⱼ for other j, so that only the diagonal is left."
        steps.append(Step("diagonal Jacobian", f"Differentiate in {label}.", (off, line), why, "Parr & Howard 4.2", {
            "functions": fs, "variables": vs, "jacobian": J}))  # fmt: skip
    evidence = (entries_checked(fs, w, found["w"]), entries_checked(fs, x, found["x"]))
    answer = tuple(Formula.of(f"∂y/∂{k}", "=", _diagonal(J, k)) for k, J in found.items())
    return Worked(
        f"element-wise {name}",
        (Formula.of("y", "=", f"w {sign} x"),),
        tuple(found.values()),
        answer,
        tuple(steps),
        evidence,
        {"wrt_w": found["w"], "wrt_x": found["x"]},
        _conditions(operation),
        "Parr & Howard 4.2",
    )


def _cells(matrix: Any) -> list[list[Any]]:
    return [[_cell(v) for v in row] for row in matrix.tolist()]


def _cell(value: sympy.Expr) -> Any:
    """Return an entry as it is shown; the slope of a maximum as a condition, 1 where it holds."""
    if isinstance(value, sympy.Heaviside):
        above = [t for t in sympy.Add.make_args(value.args[0]) if not t.could_extract_minus_sign()]
        below = [-t for t in sympy.Add.make_args(value.args[0]) if t.could_extract_minus_sign()]
        return f"{letter(above[0])} > {letter(below[0])}"
    return shown(value)


def _diagonal(J: Any, label: str) -> str:
    """Return a diagonal Jacobian in one word: I, −I, diag(x), diag(1/x), diag(−w/x²)."""
    entry = J[0, 0]
    if entry in (1, -1):
        return "I" if entry == 1 else "−I"
    whole = entry.subs({s: sympy.Symbol(s.name.split("_")[0], positive=True) for s in entry.free_symbols})
    return f"diag({Formula.of(_cell(whole)).text()[0]})"


def scalar_expansion(operation: str = "+", size: int = 3) -> Worked:
    """Find the derivatives of a vector and a scalar, x + z or x z: the scalar is repeated for every entry.

    >>> scalar_expansion("*").wrt_z
    Matrix([
    [x_1],
    [x_2],
    [x_3]])

    Shapes: x: [n], z: [] -> ∂y/∂x: [n n] and ∂y/∂z: [n 1]. Source: Parr & Howard 4.3.
    """
    name, sign, run = _operation(operation)
    x, z = _vector("x", size), sympy.Symbol("z", real=True)
    fs = [run(a, z) for a in x]
    lines = tuple(Formula.of(f"y_{k}", "=", shown(f)) for k, f in enumerate(fs, 1))
    in_x = sympy.ImmutableMatrix([[neat(sympy.diff(f, v)) for v in x] for f in fs])
    in_z = sympy.ImmutableMatrix([[neat(sympy.diff(f, z))] for f in fs])
    steps = (
        Step("expand the scalar", f"Repeat z for every entry: y = x {sign} 1z.", lines, "", "Parr & Howard 4.3", {
            "functions": fs}),
        Step("diagonal Jacobian", "Differentiate in x: each entry uses its own xᵢ.", (
            Formula.of("∂y/∂x", "=", grid(_cells(in_x)), "=", _diagonal(in_x, "x")),), "", "Parr & Howard 4.2", {
                "functions": fs, "variables": x, "jacobian": in_x}),
        Step("column", "Differentiate in z: every entry uses z, so this is one column.", (
            Formula.of("∂y/∂z", "=", grid(_cells(in_z)), "=", _column(in_z)),), "", "Parr & Howard 4.3", {
                "functions": fs, "variables": [z], "jacobian": in_z}),
    )  # fmt: skip
    answer = (Formula.of("∂y/∂x", "=", _diagonal(in_x, "x")), Formula.of("∂y/∂z", "=", _column(in_z)))
    evidence = (entries_checked(fs, x, in_x), entries_checked(fs, [z], in_z))
    return Worked(f"scalar expansion of a {name}", (Formula.of("y", "=", f"x {sign} z"),), (in_x, in_z), answer, steps,
                  evidence, {"wrt_x": in_x, "wrt_z": in_z}, _conditions(operation), "Parr & Howard 4.3")  # fmt: skip


def _conditions(operation: str) -> tuple[str, ...]:
    return ("A condition such as w₁ > x₁ is 1 where it holds, else 0.",) if operation == "max" else ()


def _column(J: Any) -> str:
    """Return a column in one word: the vector of ones, x, −x/z²."""
    entry = J[0, 0]
    if entry in (1, -1):
        return "1, a vector of ones" if entry == 1 else "−1, a vector of minus ones"
    whole = entry.subs({s: sympy.Symbol(s.name.split("_")[0], real=True) for s in entry.free_symbols})
    return Formula.of(_cell(whole)).text()[0]


def vector_sum(entry: Any = "x", size: int = 3, variable: str = "x") -> Worked:
    """Find the gradient of a sum over a vector, y = Σᵢ f(xᵢ): a row with f′(xᵢ) at place i; of ones for f(x) = x.

    >>> vector_sum().value
    Matrix([[1, 1, 1]])
    >>> vector_sum("x z", variable="z").value
    Matrix([[x_1 + x_2 + x_3]])

    The letter x in `entry` stands for xᵢ; other letters are scalars. Shapes: x: [n] -> [1 n]. Source: Parr & Howard
    4.4.
    """
    read = function(entry)
    x = sympy.Symbol("x", real=True)
    entries = _vector("x", size)
    terms = [read.expr.subs(x, v) for v in entries]
    y = sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]
    wanted = entries if variable == "x" else [sympy.Symbol(variable, real=True)]
    if variable != "x" and wanted[0] not in read.expr.free_symbols:
        raise UnknownName(f"{variable} does not occur in {entry}.", repair="Name a letter of the entry.")
    row = sympy.ImmutableMatrix([[neat(sympy.diff(y.doit(), v)) for v in wanted]])
    shown_sum = Formula.of("y", "=", *_added([shown(t) for t in terms]))
    signs = [Formula.of(f"∂y/∂{letter(v)}", "=", shown(row[0, k])) for k, v in enumerate(wanted)]
    steps = (
        Step("write out", "Write out the sum.", (shown_sum,), "", "Parr & Howard 4.4", {"sum": y.doit()}),
        Step(
            "partial derivative",
            "Differentiate: the derivative of a sum is the sum of the derivatives.",
            tuple(signs),
            "Only the terms that hold the variable are left.",
            "Parr & Howard 4.4",
            {"row": row},
        ),
    )
    answer = Formula.of(f"∂y/∂{variable}", "=", grid(_cells(row)))
    question = Formula.of("y", "=", "sum over i of", shown(read.expr.subs(x, sympy.Symbol("x_i", real=True))))
    return Worked("vector sum", (question,), row, (answer,), steps, (entries_checked([y.doit()], wanted, row),),
                  {"terms": tuple(terms)}, source="Parr & Howard 4.4")  # fmt: skip


def _added(parts: list[Any]) -> list[Any]:
    out: list[Any] = []
    for k, part in enumerate(parts):
        out += [*(["+"] if k else []), part]
    return out


def identity_jacobian(size: int = 3) -> Worked:
    """Find the Jacobian of y = x: the identity matrix.

    >>> identity_jacobian(2).value
    Matrix([
    [1, 0],
    [0, 1]])

    Source: Parr & Howard 4.1.
    """
    x = _vector("x", size)
    J = sympy.ImmutableMatrix([[sympy.diff(a, b) for b in x] for a in x])
    lines = (Formula.of("∂xᵢ/∂xⱼ", "=", "1 for i = j, else 0"), Formula.of("∂y/∂x", "=", grid(J)))
    step = Step("Jacobian", "Each entry of y is one entry of x.", lines, "", "Parr & Howard 4.1", {"jacobian": J})
    return Worked(
        "Jacobian of the identity",
        (Formula.of("y", "=", "x"),),
        J,
        (Formula.of("∂y/∂x", "=", "I"),),
        (step,),
        (entries_checked(x, x, J),),
        {},
        source="Parr & Howard 4.1",
    )


def derivative_shape(function_size: int | None, variable_size: int | None) -> tuple[int, ...]:
    """Return the shape of ∂f/∂x in the numerator layout: of a scalar (None) or a vector, in a scalar or a vector.

    >>> derivative_shape(None, 3), derivative_shape(2, 3), derivative_shape(2, None)
    ((1, 3), (2, 3), (2, 1))

    Raises `ShapeError` for a size below 1. Source: Parr & Howard 4.1.
    """
    for size in (function_size, variable_size):
        if size is not None and size < 1:
            raise ShapeError(f"A vector of {size} entries has no derivative.", repair="Give a size from 1.")
    return () if function_size is None and variable_size is None else (function_size or 1, variable_size or 1)


def derivative_shapes(n: int = 3, m: int = 2) -> Worked:
    """List the shapes of derivatives, each on an example: scalars, vectors, element-wise vectors and sums, in either.

    >>> derivative_shapes().value["vector in vector"]
    (2, 3)

    Source: Parr & Howard 4.1; MML 5.3.
    """
    x, t = _vector("x", n), sympy.Symbol("x", real=True)
    scalar, row = sympy.Add(*[v**2 for v in x]), [v**2 for v in x]
    cases = {
        "scalar in scalar": ([t**2], [t], None, None), "scalar in vector": ([scalar], x, None, n),
        "vector in scalar": ([t**k for k in range(1, m + 1)], [t], m, None),
        "vector in vector": ([scalar * k for k in range(1, m + 1)], x, m, n),
        "element-wise vector in vector": (row, x, n, n), "sum in vector": ([sympy.Add(*x)], x, None, n),
    }  # fmt: skip
    steps, shapes, evidence = [], {}, []
    for name, (fs, vs, rows, columns) in cases.items():
        J = sympy.ImmutableMatrix([[sympy.diff(f, v) for v in vs] for f in fs])
        shapes[name] = derivative_shape(rows, columns)
        told = " × ".join(map(str, shapes[name])) or "a number"
        fits = J.shape == (shapes[name] or (1, 1))
        evidence.append(fits)
        line = Formula.of("∂f/∂x", "=", grid(_cells(J)), why=told)
        steps.append(Step("shape", f"{name[:1].upper()}{name[1:]}: {told}.", (line,), "", "Parr & Howard 4.1",
                          {"jacobian": J, "shape": shapes[name]}))  # fmt: skip
    checked = [
        entries_checked(fs, vs, s.data["jacobian"]) for (fs, vs, *_), s in zip(cases.values(), steps, strict=True)
    ]
    answer = tuple(Formula.of(f"{k}:", " × ".join(map(str, v)) or "a number") for k, v in shapes.items())
    return Worked("shapes of derivatives", (), shapes, answer, tuple(steps), (max(checked, key=lambda v: not v.holds),),
                  {"fits": all(evidence)}, source="Parr & Howard 4.1")  # fmt: skip
