"""More linear algebra by hand: Gram–Schmidt, rotations, Markov chains and PageRank, null spaces, singular or not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import sympy

from agnesi import linalg
from agnesi.exercises.drawing import apart, declared, integer, listed, matrix, once, shuffled, typed
from agnesi.exercises.record import Choice, Exact, Family, Instance, Option, Planted
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked


def _vector(rng: Random, n: int, size: int = 3) -> sympy.ImmutableMatrix:
    return sympy.ImmutableMatrix(n, 1, [integer(rng, -size, size) for _ in range(n)])


def _told(v: sympy.Matrix) -> str:
    return "(" + ", ".join(str(e).replace("-", "−") for e in v) + ")"


def _gram_schmidt(rng: Random, level: int) -> Instance:
    """Draw two vectors: the second one of the orthogonal basis, at level 3 of unit length."""
    n = 2 if level == 1 else 3
    while True:
        a, b = _vector(rng, n), _vector(rng, n)
        left = (b - (a.T * b)[0] / (a.T * a)[0] * a).as_immutable()
        if (a.T * b)[0] != 0 and left != sympy.zeros(n, 1):
            break
    unit = level == 3
    work = once(linalg.gram_schmidt, a.row_join(b), unit=unit)
    value = sympy.ImmutableMatrix(work().value)[:, 1]
    slips = [
        (
            (b - left).as_immutable(),
            "projection for what is left",
            "the projection on b₁ was given, not what is left of b₂ without it",
            "u₂ = b₂ − (u₁ᵀb₂/u₁ᵀu₁) u₁.",
        ),
        (
            (b - (a.T * b)[0] * a).as_immutable(),
            "not divided by the length",
            "u₁ᵀb₂ was not divided by u₁ᵀu₁",
            "u₂ = b₂ − (u₁ᵀb₂/u₁ᵀu₁) u₁.",
        ),
    ]
    if unit:
        slips.append(
            (left, "unit length", "it was not divided by its length", "An orthonormal basis has unit vectors.")
        )
    kind, name = ("orthonormal", "q") if unit else ("orthogonal", "u")
    return Instance(
        f"Gram–Schmidt makes of $b₁ = {_told(a)}$, $b₂ = {_told(b)}$ an {kind} basis ${name}₁, {name}₂$. "
        f"Find ${name}₂$.",
        Exact(value.as_immutable(), "vector", "sign" if unit else "scale", claim="" if unit else "b − (aᵀb/(aᵀa)) a"),
        "a vector" + ("; its sign is free" if unit else "; any multiple counts"),
        f"a = {_told(a)}; b = {_told(b)}",
        slips=_kept(a, b, unit, apart(value.as_immutable(), slips)),
        work=work,
    )


def _kept(a: sympy.Matrix, b: sympy.Matrix, unit: bool, slips: tuple[Planted, ...]) -> tuple[Planted, ...]:
    """Return planted vectors that are no multiples of the right one."""
    return tuple(p for p in slips if p.slip != "not divided by the length" or (a.T * a)[0] != 1)


_ANGLES = {1: (90, 180, 270), 2: (30, 45, 60, 120, 135), 3: (30, 45, 60, 120, 135, 150, 210, 240)}


def _rotation(rng: Random, level: int) -> Instance:
    """Draw an angle, at level 3 a vector too: the matrix of the rotation, or where it takes the vector."""
    angle = rng.choice(_ANGLES[level])
    R = sympy.ImmutableMatrix(linalg.rotation(angle, degrees=True).value)
    v = _vector(rng, 2, 6)
    while v[0] == v[1]:
        v = _vector(rng, 2, 6)
    why = "The columns are where e₁ and e₂ go: (cos, sin) and (−sin, cos)."
    work = once(_turned, angle, v)
    value = sympy.ImmutableMatrix(work().value).applyfunc(sympy.expand)
    back = (R.T * v).applyfunc(sympy.expand).as_immutable()
    swapped = (R * v[[1, 0], :]).applyfunc(sympy.expand).as_immutable()
    slips = [
        (back, "turned the other way", "it was turned clockwise", why),
        (swapped, "entries exchanged", "x and y were exchanged", why),
    ]
    return Instance(
        f"Turn the vector ${_told(v)}$ by {angle}° counterclockwise. Where does it go?",
        Exact(value, "vector"),
        "a vector, such as (1/2, sqrt(3)/2)",
        slips=apart(value, slips),
        work=work,
    )


def _turned(angle: int, v: sympy.ImmutableMatrix) -> Worked:
    """Return the rotation of a vector worked: the matrix, then its product with the vector."""
    R = linalg.rotation(angle, degrees=True)
    done = linalg.product(R.value, v)
    first = replace(R.steps[0], said=f"The columns of the matrix are where e₁ and e₂ go, turned by {angle}°.")
    told = Formula.of("R", "v", "=", sympy.Matrix(R.value), v, "=", sympy.Matrix(done.value).applyfunc(sympy.expand))
    return replace(done, steps=(first, Step("product", "Multiply: each entry is a row of R times v.", (told,))))


def _markov(rng: Random, level: int) -> Instance:
    """Draw a chain of two places (three at level 3): one or two steps from the first place."""
    n = 2 if level < 3 else 3
    parts = rng.choice((4, 5, 10)) if n == 2 else rng.choice((4, 5))
    columns = []
    for _ in range(n):
        cuts = sorted(rng.sample(range(1, parts), n - 1))
        columns.append([b - a for a, b in zip([0, *cuts], [*cuts, parts], strict=True)])
    P = sympy.ImmutableMatrix(n, n, lambda i, j: sympy.Rational(columns[j][i], parts))
    while P == P.T:
        P = _shifted(P, rng)
    start = sympy.ImmutableMatrix(n, 1, [1] + [0] * (n - 1))
    steps = 1 if level == 1 else 2
    work = once(linalg.markov_steps, P, list(start), steps)
    value = sympy.ImmutableMatrix(work().value)
    slips = [
        (
            ((P.T) ** steps * start).as_immutable(),
            "transpose too much",
            "rows were used for columns",
            "Column j says where one goes from place j.",
        ),
        (
            (P ** (steps + 1) * start).as_immutable(),
            "one step too many",
            "one step too many was done",
            "After k steps it is Pᵏ times the start.",
        ),
    ]
    return Instance(
        f"Column j of $P = {typed(P)}$ has the chances to go from place j to the others. One begins at place 1. "
        f"What are the chances after {steps} step{'s' if steps > 1 else ''}?",
        Exact(value, "vector", claim="P u" if steps == 1 else "P P u"),
        "a vector of fractions or decimals",
        f"P = {listed(P)}; u = {declared(start)}",
        slips=apart(value, slips),
        work=work,
    )


def _shifted(P: sympy.ImmutableMatrix, rng: Random) -> sympy.ImmutableMatrix:
    """Return a matrix of chances that is not symmetric."""
    made = sympy.Matrix(P)
    q = sympy.Rational(rng.randint(1, 2), 10)
    made[0, 1], made[1, 1] = q, made[0, 1] + made[1, 1] - q
    return made.as_immutable()


_WEBS = {
    1: (
        {"A": ["B"], "B": ["A", "C"], "C": ["A"]},
        {"A": ["B", "C"], "B": ["C"], "C": ["A"]},
        {"A": ["B"], "B": ["C"], "C": ["A", "B"]},
    ),
    2: ({"A": ["B", "C"], "B": ["A"], "C": ["A", "B"]}, {"A": ["C"], "B": ["A", "C"], "C": ["A", "B"]}),
    3: (
        {"A": ["B", "C"], "B": ["C", "D"], "C": ["A"], "D": ["A"]},
        {"A": ["B"], "B": ["C", "D"], "C": ["A", "D"], "D": ["A"]},
    ),
}


def _pagerank(rng: Random, level: int) -> Instance:
    """Draw a small web with its names in random order: the ranks of its pages, without damping."""
    web = rng.choice(_WEBS[level])
    names = sorted(web)
    order = names[:]
    rng.shuffle(order)
    new = dict(zip(names, order, strict=True))
    links = {
        new[page]: sorted(new[t] for t in targets) for page, targets in sorted(web.items(), key=lambda p: new[p[0]])
    }
    work = once(_ranks, links)
    value = sympy.ImmutableMatrix(work().value)
    counts = {n: sum(n in targets for targets in links.values()) for n in names}
    total = sum(counts.values())
    slips = [
        (
            sympy.ImmutableMatrix(len(names), 1, [sympy.Rational(counts[n], total) for n in names]),
            "links counted",
            "the links to a page were counted",
            "A link is worth the rank of the page it stands on, shared among that page’s links.",
        ),
        (
            sympy.ImmutableMatrix(len(names), 1, [sympy.Rational(1, len(names))] * len(names)),
            "all alike",
            "all pages were given the same rank",
            "The ranks r solve L r = r.",
        ),
    ]
    told = "; ".join(f"{page} to {' and '.join(targets)}" for page, targets in links.items())
    return Instance(
        f"Links go from {told}. Find the ranks of {', '.join(names)} without damping: $L r = r$, with the sum 1.",
        Exact(value, "vector"),
        f"a vector: the ranks of {', '.join(names)}, such as (2/5, 2/5, 1/5)",
        slips=apart(value, slips),
        work=work,
    )


def _ranks(links: dict[str, list[str]]) -> Worked:
    """Return the ranks worked as by hand: the kernel of L − I, divided by its sum; the verb for ranks iterates."""
    done = linalg.pagerank(links)
    L = sympy.Matrix(linalg.link_matrix(links)[0])
    kernel = linalg.null_space(L - sympy.eye(L.rows))
    first = replace(done.steps[0], why="Each page shares its rank among the pages that it links to.")
    told = Formula.of("L", "−", "I", "=", L - sympy.eye(L.rows))
    ask = Step("kernel", "L r = r means (L − I) r = 0: eliminate.", (told,))
    k = sympy.Matrix(kernel.value)[:, 0]
    total = sum(k)
    r = (k / total).as_immutable()
    named = tuple(replace(s, said=s.said.replace("A x", "(L − I) r")) for s in kernel.steps)
    last = Step("sum", f"Divide by the sum of the entries, {total}.", (Formula.of("r", "=", r),))
    return replace(done, value=r, steps=(first, ask, *named, last))


def _null_space(rng: Random, level: int) -> Instance:
    """Draw a matrix with a null space of dimension one: a vector that spans it."""
    n = 2 if level == 1 else 3
    while True:
        v = _vector(rng, n, 3)
        rows = [w for w in (matrix(rng, 1, n, 3) for _ in range(60)) if (w * v)[0] == 0 and any(w)]
        A = sympy.Matrix.vstack(*rows[: max(1, n - 1)]) if rows else sympy.zeros(1, n)
        if A.rank() == n - 1:
            break
    if level == 3:
        A = A.col_join(sympy.Matrix([A[0, :] + rng.choice((-1, 1, 2)) * A[1, :]]))
    A = A.as_immutable()
    work = once(_kernel, A)
    value = sympy.ImmutableMatrix(work().value)
    row = A[0, :].T.as_immutable()
    slips = [
        (row, "row for null vector", "a row of A was given", "The null space is orthogonal to the rows: A v = 0."),
        (
            sympy.ImmutableMatrix(n, 1, [-e if k == 0 else e for k, e in enumerate(value)]),
            "sign",
            "one sign is turned",
            "Put it in: A v must be 0.",
        ),
    ]
    planted = tuple(p for p in apart(value, slips) if p.slip != "sign" or (value[0] != 0 and any(value[1:])))
    return Instance(
        f"Find a vector $v ≠ 0$ with $A v = 0$ for $A = {typed(A)}$.",
        Exact(value, "vector", "scale"),
        "a vector, such as (1, −2, 1); any multiple counts",
        slips=planted,
        work=work,
    )


def _kernel(A: sympy.ImmutableMatrix) -> Worked:
    """Return a null space worked, in the letter of the question."""
    done = linalg.null_space(A)
    return replace(done, steps=tuple(replace(s, said=s.said.replace("A x = 0", "A v = 0")) for s in done.steps))


def _counted(A: sympy.ImmutableMatrix) -> Worked:
    """Return whether a matrix is singular worked, with what its pivots say."""
    done = linalg.is_singular(A)
    said = "A row has no pivot: there is no inverse." if done.value else "Every row has a pivot: there is an inverse."
    return replace(done, steps=(*done.steps, Step("pivots", said)))


def _singular(rng: Random, level: int) -> Instance:
    """Draw a square matrix: has it an inverse, and if not why?"""
    n = 2 if level == 1 else 3
    A = matrix(rng, n, n, 4)
    while A.det() == 0 or 0 in A[0, :] or A[1, 0] == 0:
        A = matrix(rng, n, n, 4)
    regular = rng.random() < 0.5
    if not regular:
        last = rng.choice((2, -1, -2)) * A[0, :] if n == 2 else A[0, :] + rng.choice((-1, 1, 2)) * A[1, :]
        A = sympy.Matrix.vstack(A[: n - 1, :], last).as_immutable()
    found = linalg.is_singular(A)
    yes, no = Option("it has an inverse"), Option("it has none: its rows are dependent")
    wrong = Option("it has none: it is not symmetric")
    never = "Whether a matrix is symmetric has nothing to do with it."
    right = no if found.value else yes
    others = [
        (
            yes if found.value else no,
            "pivots miscounted",
            f"elimination {'leaves a row without a pivot' if found.value else 'gives a pivot in every row'}",
            "A square matrix has an inverse exactly when elimination gives a pivot in every row.",
        ),
        (wrong, "symmetry for singularity", "an inverse does not need symmetry", never),
    ]
    options, place, slips = shuffled(rng, right, others)
    return Instance(
        f"Has $A = {typed(A)}$ an inverse?",
        Choice(place),
        "the letter of an option",
        choices=options,
        slips=slips,
        work=once(_counted, A),
    )


FAMILIES = (
    Family(
        "impla-gram-schmidt",
        "One step of Gram–Schmidt",
        "compute",
        ("gram-schmidt", "projection", "orthogonality"),
        _gram_schmidt,
        where=(("impla", "4"), ("mml", "3.8.3")),
    ),
    Family(
        "impla-rotation",
        "Turn a vector",
        "compute",
        ("rotation", "linear-map"),
        _rotation,
        where=(("impla", "3"), ("mml", "3.9")),
    ),
    Family(
        "impla-markov",
        "Steps of a Markov chain",
        "compute",
        ("power-method", "pagerank", "matrix"),
        _markov,
        where=(("impla", "5"),),
    ),
    Family(
        "impla-pagerank",
        "PageRank of a small web",
        "compute",
        ("pagerank", "eigen"),
        _pagerank,
        where=(("impla", "5"),),
    ),
    Family(
        "impla-null-vector",
        "A vector of the null space",
        "compute",
        ("lin-indep", "linear-system"),
        _null_space,
        where=(("impla", "3"), ("mml", "2.7.3")),
    ),
    Family(
        "impla-singular",
        "Has it an inverse?",
        "compute",
        ("lin-code-test", "matrix-inverse", "gauss-elim"),
        _singular,
        where=(("impla", "3"), ("mml", "2.2.2")),
    ),
)
