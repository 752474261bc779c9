"""Norms, right angles, bounds, subspaces, bases: small exercises on what a space is made of."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import linalg
from agnesi.exercises.drawing import apart, integer, once, plus, shuffled, times, typed
from agnesi.exercises.record import Choice, Exact, Family, Instance, Option, Planted
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked

_TRIPLES = ((3, 4), (6, 8), (5, 12), (8, 15), (4, 3), (12, 5))
_QUADRUPLES = ((1, 2, 2), (2, 3, 6), (1, 4, 8), (4, 4, 7), (2, 6, 9))
NUMBER = "a number, such as 3, 5/2 or sqrt(13)"


def _vec(v: Any) -> str:
    return "(" + ", ".join(str(e).replace("-", "−") for e in v) + ")"


def _vector(rng: Random, n: int, size: int = 4) -> sympy.ImmutableMatrix:
    return sympy.ImmutableMatrix(n, 1, [integer(rng, -size, size) for _ in range(n)])


def _norm(rng: Random, level: int) -> Instance:
    """Draw a length (level 1), a distance, or a vector of length 1."""
    why = "‖x‖ = √(x₁² + … + xₙ²)."
    if level == 1:
        x = _vector(rng, rng.choice((2, 3)), 5)
        work, ask = once(linalg.norm, x), f"Find the length of $x = {_vec(x)}$."
        value = work().value
        slips = [
            (value**2, "root lost", "", ""),
            (sum(map(abs, x)), "sum of entries for the length", "the entries were added, not squared", why),
        ]
        return _number(ask, value, slips, work, "‖x‖", f"x = {_vec(x)}")
    if level == 2:
        x, y = _vector(rng, 2, 5), _vector(rng, 2, 5)
        while x[0] == y[0] or x[1] == y[1] or x == -y:
            x, y = _vector(rng, 2, 5), _vector(rng, 2, 5)
        work = once(linalg.distance, x, y)
        d = work().value
        slips = [
            ((x + y).norm(), "sum for difference", "the vectors were added", "The distance is the length of x − y."),
            (sympy.Abs(x.norm() - y.norm()), "difference of lengths", "the lengths were subtracted, not the vectors",
             "The distance is the length of x − y."),
            (d**2, "root lost", "", ""),
        ]  # fmt: skip
        ask, given = f"How far apart are $x = {_vec(x)}$ and $y = {_vec(y)}$?", f"x = {_vec(x)}; y = {_vec(y)}"
        return _number(ask, d, slips, work, "‖x − y‖", given)
    x = sympy.ImmutableMatrix([rng.choice((1, -1)) * k for k in rng.choice((*_TRIPLES, *_QUADRUPLES))])
    work = once(_unit, x)
    length, unit = linalg.norm(x).value, sympy.ImmutableMatrix(work().value)
    planted = [
        ((x / length**2).as_immutable(), "root lost", "it was divided by the square of the length", "Divide by ‖x‖."),
        (x, "not divided by the length", "it was not divided by its length", "A vector of length 1 is x/‖x‖."),
        ((-unit).as_immutable(), "sign", "it points the other way", "Dividing by a length keeps the direction."),
    ]
    return Instance(
        f"Find the vector of length 1 that points as $x = {_vec(x)}$ does.",
        Exact(unit, "vector", claim="x/‖x‖"),
        "a vector, such as (3/5, −4/5)",
        f"x = {_vec(x)}",
        slips=apart(unit, planted),
        work=work,
    )


def _unit(x: sympy.ImmutableMatrix) -> Worked:
    """Return the vector of length 1 along x worked: its length, then each entry divided by it."""
    done = linalg.norm(x)
    unit = (x / done.value).as_immutable()
    last = Step("divide", "Divide each entry by the length.", (Formula.of("x/‖x‖", "=", unit),))
    return replace(done, value=unit, steps=(*done.steps, last))


def _number(
    question: str, value: Any, slips: list[tuple[Any, str, str, str]], work: Any, claim: str = "", given: str = ""
) -> Instance:
    value = sympy.sympify(value)
    exact = [(sympy.sympify(v), *rest) for v, *rest in slips]
    planted = tuple(Planted(typed(p), *rest) for p, *rest in _unlike(value, exact))
    return Instance(question, Exact(value, claim=claim), NUMBER, given, slips=planted, work=work)


def _unlike(value: sympy.Expr, slips: list[Any]) -> list[Any]:
    seen, out = [value], []
    for one in slips:
        if all(sympy.simplify(one[0] - s) != 0 for s in seen):
            seen.append(one[0])
            out.append(one)
    return out


def _right_angles(A: sympy.Matrix) -> Worked:
    """Return what is orthogonal to the rows of a matrix worked: its null space."""
    done = linalg.null_space(A)
    first = Step("right angles", "Two equations, xᵀv = 0 and yᵀv = 0: eliminate in the matrix with the rows x and y.")
    return replace(done, steps=(first, *done.steps))


def _orthogonal(rng: Random, level: int) -> Instance:
    """Draw two vectors with a letter in one (levels 1 and 2), or two in space: what is orthogonal to them?"""
    if level == 3:
        x, y = _vector(rng, 3, 3), _vector(rng, 3, 3)
        while x.cross(y).norm() == 0 or 0 in x.cross(y):
            x, y = _vector(rng, 3, 3), _vector(rng, 3, 3)
        value = x.cross(y).as_immutable()
        A = sympy.ImmutableMatrix.vstack(x.T, y.T)
        turned = sympy.ImmutableMatrix([value[0], -value[1], value[2]])
        slips = [
            (turned, "sign", "one sign is turned", "Take the inner product with x and with y: both must be 0."),
            ((x + y).as_immutable(), "sum for a right angle", "the vectors were added", "Inner products must be 0."),
            (x, "factor for a right angle", "one of the two was given", "Its inner product with itself is not 0."),
        ]
        return Instance(
            f"Find a vector $v ≠ 0$ that is orthogonal to $x = {_vec(x)}$ and to $y = {_vec(y)}$.",
            Exact(value, "vector", "scale"),
            "a vector, such as (1, −2, 1); any multiple counts",
            slips=tuple(p for p in apart(value, slips)),
            work=once(_right_angles, A),
        )
    n = level + 1
    x, y = _vector(rng, n, 4), _vector(rng, n, 4)
    t = sympy.Symbol("t")
    at = rng.randrange(n)
    rest = sum(x[k] * y[k] for k in range(n) if k != at)
    right = sympy.Rational(-rest, x[at])
    shown = _vec([t if k == at else e for k, e in enumerate(y)])
    sum_text = plus(times(int(x[at]), "t"), times(int(rest), "1")) if rest else times(int(x[at]), "t")
    steps = (
        ("Multiply entry by entry, and add", f"xᵀy = {sum_text}"),
        ("The angle is right where that is 0", f"{sum_text} = 0"),
        ("Solve for t", f"t = {typed(right)}"),
    )
    slips = [
        (-right, "sign", "the sign is turned", "xᵀy is to be 0: what stands beside t goes to the other side."),
        (sympy.Rational(1 - rest, x[at]), "one for nothing", "xᵀy was made 1", "Orthogonal vectors have xᵀy = 0."),
        (y[at], "arithmetic", "", ""),
    ]
    return _number(
        f"For which $t$ are $x = {_vec(x)}$ and $y = {shown}$ orthogonal?", right, slips, lambda: steps
    )


_CAUCHY = "|xᵀy| ≤ ‖x‖ ‖y‖ (Cauchy–Schwarz)."


def _bound(rng: Random, level: int) -> Instance:
    """Draw lengths, a circle, or a sum: what the Cauchy–Schwarz inequality allows."""
    return {1: _of_lengths, 2: _on_a_circle, 3: _of_entries}[level](rng)


def _of_lengths(rng: Random) -> Instance:
    a, b = rng.sample(range(2, 10), 2)
    least = rng.random() < 0.4
    value = -a * b if least else a * b
    steps = (
        ("The Cauchy–Schwarz inequality", "abs(xᵀy) ≤ ‖x‖ ‖y‖"),
        ("Put the lengths in; equality stands where x and y lie on one line", f"abs(xᵀy) ≤ {a * b}"),
    )
    slips = [
        (a + b, "sum for product", "the lengths were added", _CAUCHY),
        (-value, "sign", "the other end was given", _CAUCHY),
        (a * a * b * b, "square too much", "the lengths were squared", _CAUCHY),
        (0, "right angle taken", "a right angle was taken, which gives 0", _CAUCHY),
    ]
    ask = f"Of $x$ and $y$ one knows $‖x‖ = {a}$ and $‖y‖ = {b}$. What is the {'least' if least else 'largest'} "
    return _number(ask + "value that $xᵀy$ can have?", value, slips, lambda: steps)


def _on_a_circle(rng: Random) -> Instance:
    a, r = rng.choice(_TRIPLES), integer(rng, 2, 6)
    length = sympy.sqrt(a[0] ** 2 + a[1] ** 2)
    steps = (
        (f"The Cauchy–Schwarz inequality, with a = {_vec(a)}", "aᵀx ≤ ‖a‖ ‖x‖"),
        ("Find the length of a", f"‖a‖ = {length}"),
        ("Equality stands where x points as a does", f"{length}·{r} = {length * r}"),
    )
    slips = [
        (r * (a[0] + a[1]), "sum of entries for the length", "the entries of a were added", "‖a‖ = √(a₁² + a₂²)."),
        (length * r**2, "square too much", "the length of x was squared", _CAUCHY),
        (length, "factor lost", "the length of x was left out", _CAUCHY),
    ]
    ask = f"How large can ${a[0]}x + {a[1]}y$ become on the circle $x² + y² = {r * r}$?"
    return _number(ask, length * r, slips, lambda: steps)


def _of_entries(rng: Random) -> Instance:
    n, s = rng.choice((4, 9, 16, 25)), integer(rng, 2, 6)
    root = sympy.sqrt(n)
    steps = (
        ("Take a with all entries 1: aᵀx is the sum of the entries", f"‖a‖ = sqrt({n}) = {root}"),
        ("The Cauchy–Schwarz inequality: the sum is at most ‖a‖ ‖x‖", f"{root}·{s} = {root * s}"),
    )
    slips = [
        (n * s, "root lost", "the length of the vector of ones was taken as n", "Its length is √n."),
        (s, "factor lost", "the length of the vector of ones was left out", _CAUCHY),
        (n * s * s, "square too much", "both sides were left squared", _CAUCHY),
    ]
    ask = f"A vector with {n} entries has the length {s}. What is the largest sum that its entries can have?"
    return _number(ask, root * s, slips, lambda: steps)


def _subspace(rng: Random, level: int) -> Instance:
    """Draw four sets, one of which is a subspace."""
    a, b, c = integer(rng, 2, 6), integer(rng, 2, 6), integer(rng, 1, 5)
    zero = "0 does not belong to it"
    scaled = "multiplied by −1, a member may leave it"
    added = "the sum of two of its members may leave it"
    rule = "A subspace has 0, all sums, and all multiples of its members."
    right, wrong = {
        1: (
            rng.choice((f"{a}x + {b}y = 0", f"y = {a}x", f"{a}x = {b}y")),
            [(f"{a}x + {b}y = {c}", "zero left out", zero), ("x ≥ 0", "multiples leave it", scaled),
             ("x y = 0", "sums leave it", added)],
        ),
        2: (
            rng.choice((f"{a}x − y + {b}z = 0", f"x = {a}y and z = {b}y", f"x + y = {a}z")),
            [(f"x + {a}y − z = {c}", "zero left out", zero), ("x ≤ y", "multiples leave it", scaled),
             (f"x² = {a * a}y²", "sums leave it", added)],
        ),
        3: (
            rng.choice((f"A x = {a}x", "A x = 0 and xᵀu = 0 for one u", f"xᵀu = {a} xᵀv for some fixed u, v")),
            [("A x = u, where u ≠ 0", "zero left out", zero), ("xᵀu ≥ 0, where u ≠ 0", "multiples leave it", scaled),
             (f"‖x‖ ≤ {c}", "sums leave it", added)],
        ),
    }[level]  # fmt: skip
    room = {1: "ℝ²", 2: "ℝ³", 3: "ℝⁿ"}[level]
    options, place, slips = shuffled(
        rng, Option(right), [(Option(text), slip, words, rule) for text, slip, words in wrong]
    )
    return Instance(
        f"Which of these conditions gives a subspace of ${room}$?" + (" $A$ is a matrix $n×n$." if level == 3 else ""),
        Choice(place),
        "the letter of an option",
        choices=options,
        slips=slips,
    )


def _missing(rng: Random) -> Instance:
    """Draw vectors, one of which is too many: how many more does a basis need?"""
    n, have = rng.choice(((4, 2), (5, 2), (5, 3), (4, 3)))
    base = sympy.ImmutableMatrix(n, have, lambda i, j: integer(rng, -3, 3))
    while base.rank() < have:
        base = sympy.ImmutableMatrix(n, have, lambda i, j: integer(rng, -3, 3))
    A = base.row_join(base[:, 0] + rng.choice((-1, 1, 2)) * base[:, 1]).as_immutable()
    told = ", ".join(f"${_vec(A[:, k])}$" for k in range(A.cols))
    steps = (
        ("Count the pivots of the matrix with these columns", f"{have}"),
        (f"A basis of ℝⁿ with n = {n} has n vectors", f"{n} − {have} = {n - have}"),
    )
    slips = [
        (n - A.cols, "dependent ones counted", "all vectors were counted, dependent ones too",
         "A vector that is a combination of the others adds nothing to the span."),
        (have, "dimension for what is left", "the dimension of the span was given", "A basis of ℝⁿ has n vectors."),
        (n, "all counted", "the dimension of the whole space was given", "What the vectors span is there already."),
    ]  # fmt: skip
    ask = f"At least how many vectors must be added to {told} so that they span $ℝ^{n}$?"
    return _number(ask, n - have, slips, lambda: steps)


def _basis(rng: Random, level: int) -> Instance:
    """Draw vectors with a letter: where are they no basis? At level 3: how many more does a basis need?"""
    why = "Vectors as many as the dimension are a basis exactly where the determinant of the matrix of them is not 0."
    if level == 3:
        return _missing(rng)
    t = sympy.Symbol("t")
    n = level + 1
    while True:
        A = sympy.Matrix(n, n, lambda i, j: integer(rng, -4, 4) if n == 2 else rng.randint(-2, 2))
        A[n - 1, n - 1] = t
        det = sympy.Poly(A.det(), t)
        if det.degree() == 1 and all(any(A[:, k]) for k in range(n)):
            break
    p, q = det.all_coeffs()
    value = sympy.Rational(-q, p)
    text = plus(times(int(p), "t"), times(int(q), "1")) if q else times(int(p), "t")
    told = ", ".join(f"${_vec(A[:, k])}$" for k in range(n))
    steps = (
        ("Find the determinant of the matrix with these columns", f"det = {text}"),
        ("They are no basis where it is 0", f"{text} = 0"),
        ("Solve for t", f"t = {typed(value)}"),
    )
    slips = [
        (-value, "sign", "the sign is turned", why),
        (sympy.Rational(1 - q, p), "one for nothing", "the determinant was made 1", why),
        (value + 1, "arithmetic", "", ""),
    ]
    return _number(f"For which $t$ are {told} no basis of $ℝ^{n}$?", value, slips, lambda: steps)


FAMILIES = (
    Family(
        "impla-norm", "Lengths and distances", "compute", ("norm", "inner-product"), _norm,
        where=(("impla", "2"), ("mml", "3.1")),
    ),
    Family(
        "impla-orthogonal", "Make a right angle", "compute", ("orthogonality", "inner-product"), _orthogonal,
        where=(("impla", "2"), ("mml", "3.4")),
    ),
    Family(
        "impla-cauchy-schwarz", "How large can an inner product be?", "compute", ("cauchy-schwarz", "norm"), _bound,
        where=(("mml", "3.2"), ("impla", "2")),
    ),
    Family(
        "impla-subspace", "Which is a subspace?", "compute", ("vector-space", "linear-system"), _subspace,
        where=(("mml", "2.4"), ("impla", "2")),
    ),
    Family(
        "impla-basis", "Is it a basis?", "compute", ("basis-dim", "lin-indep"), _basis,
        where=(("impla", "2"), ("mml", "2.6")),
    ),
)  # fmt: skip
