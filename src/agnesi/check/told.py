"""Facts in words that are conditions: x and y are orthogonal, A and B commute, v is an eigenvector of A.

    "u and v are orthogonal"  ->  uᵀv = 0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agnesi.check.chances import Spoken
from agnesi.check.judge import relation
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant
from agnesi.read.lines import Lines
from agnesi.read.names import in_greek


def told_by(facts: Iterable[Spoken], lines: Lines, random: Iterable[str]) -> list[Expr]:
    """Return the conditions that facts in words state of symbols that are not random."""
    known = {n: s for n, s in lines.symbols.items() if n not in set(random)}
    out: list[Expr] = []
    for fact in (*facts, *_perpendicular(lines)):
        names = [n if n in known else in_greek(n) for n in fact.names]
        try:
            out += _conditions(fact.fact, [n.split("{")[0] for n in names], known)
        except AgnesiError:
            continue
    return list(dict.fromkeys(out))


def _conditions(fact: str, names: list[str], known: Mapping[str, Symbol]) -> list[Expr]:
    """Return what one fact says of its names; nothing where a name has another shape."""
    held = [known[n] for n in names if n in known]
    if fact in ("eigenvector", "eigenvalue") and len(held) == len(names) == 3:
        one, matrix, other = held
        vector, value = (one, other) if fact == "eigenvector" else (other, one)
        fits = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and vector.shape == matrix.shape[:1]
        return [relation("eq", matrix @ vector, value * vector)] if fits and not value.shape else []
    if fact.split(" ")[0] in ("lammax", "lammin") and len(held) == len(names) == 2:
        matrix, value = held if fact.endswith("x") or fact.endswith("n") else held[::-1]
        fits = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and not value.shape
        return [relation("eq", apply(fact.split(" ")[0], matrix), value)] if fits else []
    if fact == "mean" and len(names) == 2 and names[1] == "0" and len(held) == 1 and held[0].ndim in (1, 2):
        total = apply("sum", held[0]) if held[0].ndim == 1 else held[0].T @ _ones(held[0])
        zero = constant(0) if held[0].ndim == 1 else apply("zeros", attrs=held[0].shape[1:])
        return [relation("eq", total, zero)]
    if fact == "perpendicular":
        vectors = [s for s in held if s.ndim == 1]
        pairs = [(a, b) for k, a in enumerate(vectors) for b in vectors[k + 1 :] if a.shape == b.shape]
        return [relation("eq", apply("inner", a, b), constant(0)) for a, b in pairs]
    if fact == "commute":
        square = [s for s in held if s.ndim == 2 and s.shape[0] == s.shape[1]]
        pairs = [(a, b) for k, a in enumerate(square) for b in square[k + 1 :] if a.shape == b.shape]
        return [relation("eq", a @ b, b @ a) for a, b in pairs]
    return []


def _ones(matrix: Symbol) -> Expr:
    return apply("ones", attrs=matrix.shape[:1])


def _perpendicular(lines: Lines) -> list[Spoken]:
    """Return x ⊥ y as a fact."""
    models = [g.sides[0] for one in lines.lines if one.role == "model" and one.error is None for g in one.groups]
    found = [m for m in models if isinstance(m, Apply) and m.op.name == "independent"]
    return [Spoken("perpendicular", tuple(str(a) for a in m.args)) for m in found if len(m.args) == 2]
