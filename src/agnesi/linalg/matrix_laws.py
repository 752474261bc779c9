"""Laws of products, traces, Kronecker products and vec on given matrices: both sides worked out, and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from agnesi.errors import ShapeError
from agnesi.linalg.arithmetic import given
from agnesi.linalg.matrices import fit, kronecker_product, times
from agnesi.linalg.notation import equal, exactly, is_zero
from agnesi.linalg.row_operations import factored
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked

Matrix = Any


@dataclass(frozen=True)
class Law:
    """One law: its name, its two sides as text, both as functions of the matrices, and whether it needs something."""

    name: str
    left: str
    right: str
    sides: Callable[..., tuple[Any, Any]]
    applies: Callable[..., bool] = lambda *matrices: True


def _matrix(value: Any) -> Any:
    if hasattr(value, "applyfunc"):
        return sympy.ImmutableMatrix(value.applyfunc(factored))
    return factored(sympy.sympify(value))


def _shown(name: str, laws: Sequence[Law], names: str, matrices: Sequence[Matrix], source: str) -> Worked:
    steps, evidence = [], []
    for law in laws:
        if not law.applies(*matrices):
            continue
        left, right = (_matrix(side) for side in law.sides(*matrices))
        same = equal(left, right) if hasattr(left, "rows") else is_zero(left - right)
        lines = (Formula.of(law.left, "=", left), Formula.of(law.right, "=", right))
        steps.append(
            Step(law.name, f"{law.name[:1].upper()}{law.name[1:]}.", lines, data={"left": left, "right": right})
        )
        evidence.append(exactly(f"{law.left} = {law.right}", same))
    holds = all(v.holds for v in evidence)
    question = tuple(Formula.of(n, "=", M) for n, M in zip(names, matrices, strict=True))
    answer = tuple(Formula.of(law.left, "=", law.right) for law in laws if law.applies(*matrices))
    return Worked(name, question, holds, answer, tuple(steps), tuple(evidence), {}, (), source)


PRODUCT_LAWS = (
    Law("associativity", "(A B) C", "A (B C)", lambda A, B, C: (times(times(A, B), C), times(A, times(B, C)))),
    Law("transpose of a product", "(A B)ᵀ", "Bᵀ Aᵀ", lambda A, B, C: (times(A, B).T, times(B.T, A.T))),
    Law("distributivity on the left", "A (B + D)", "A B + A D",
        lambda A, B, C: (times(A, B + _other(B)), times(A, B) + times(A, _other(B)))),
    Law("distributivity on the right", "(B + D) C", "B C + D C",
        lambda A, B, C: (times(B + _other(B), C), times(B, C) + times(_other(B), C))),
    Law("identity", "I A", "A I", lambda A, B, C: (times(sympy.eye(A.rows), A), times(A, sympy.eye(A.cols)))),
)  # fmt: skip


def _other(B: Matrix) -> Matrix:
    """Return the matrix D of the laws of distributivity: B with its entries in reverse order."""
    return sympy.ImmutableMatrix(B.rows, B.cols, list(B)[::-1])


def product_laws(A: Any, B: Any, C: Any) -> Worked:
    """Show the laws of the product on three matrices: associativity, distributivity, the transpose of a product.

    >>> product_laws("[1 2; 3 4]", "[0 1; 1 0]", "[1; 2]").value
    True

    `A`: [m k], `B`: [k l], `C`: [l n]. Where A and B are square, A B and B A are compared too: they need not be equal.
    For distributivity, D is B with its entries in reverse order. Raises `ShapeError` where A B C does not exist.
    Source: MML 2.2.1.
    """
    M, N, K = given(A), given(B, "B"), given(C, "C")
    fit(M, N)
    fit(N, K, "B C")
    found = _shown("laws of the matrix product", PRODUCT_LAWS, "ABC", (M, N, K), "MML 2.2.1")
    if M.shape == N.shape and M.rows == M.cols:
        AB, BA = times(M, N), times(N, M)
        sign = "=" if equal(AB, BA) else "≠"
        said = "No law: A B and B A " + ("happen to be equal here." if sign == "=" else "differ.")
        step = Step("order of the factors", said, (Formula.of("A", "B", "=", AB), Formula.of("B", "A", "=", BA)),
                    data={"AB": AB, "BA": BA})  # fmt: skip
        return Worked(
            found.name, found.question, found.value, (*found.answer, Formula.of("A", "B", sign, "B", "A")),
            (*found.steps, step), found.evidence, {"commute": sign == "="}, (), found.source,
        )  # fmt: skip
    return found


TRACE_LAWS = (
    Law("order under the trace", "tr(A B)", "tr(B A)", lambda A, B: (times(A, B).trace(), times(B, A).trace())),
    Law("trace as a sum of products", "tr(A B)", "Σᵢⱼ aᵢⱼ bⱼᵢ",
        lambda A, B: (times(A, B).trace(), sum(A[i, j] * B[j, i] for i in range(A.rows) for j in range(A.cols)))),
    Law("trace of a transpose", "tr((A B)ᵀ)", "tr(A B)", lambda A, B: (times(A, B).T.trace(), times(A, B).trace())),
    Law("trace of a sum", "tr(A + B)", "tr A + tr B", lambda A, B: ((A + B).trace(), A.trace() + B.trace()),
        lambda A, B: A.shape == B.shape and A.rows == A.cols),
    Law("squared Frobenius norm", "tr(Aᵀ A)", "Σᵢⱼ aᵢⱼ²", lambda A, B: (times(A.T, A).trace(), sum(v**2 for v in A))),
)  # fmt: skip


def trace_laws(A: Any, B: Any) -> Worked:
    """Show the laws of the trace on two matrices: tr(A B) = tr(B A), of sums and transposes, the Frobenius norm.

    >>> trace_laws("[1 2 3; 4 5 6]", "[1 0; 0 1; 2 2]").value
    True

    `A`: [m n], `B`: [n m]. Raises `ShapeError` where A B or B A does not exist. Source: MML 4.1.
    """
    M, N = given(A), given(B, "B")
    fit(M, N)
    fit(N, M, "B A")
    return _shown("laws of the trace", TRACE_LAWS, "AB", (M, N), "MML 4.1")


def _both_square(A: Matrix, B: Matrix) -> bool:
    return bool(A.rows == A.cols and B.rows == B.cols)


KRONECKER_LAWS = (
    Law("product of Kronecker products", "(A ⊗ B)(Aᵀ ⊗ Bᵀ)", "A Aᵀ ⊗ B Bᵀ",
        lambda A, B: (kronecker_product(A, B) * kronecker_product(A.T, B.T), kronecker_product(A * A.T, B * B.T))),
    Law("transpose of a Kronecker product", "(A ⊗ B)ᵀ", "Aᵀ ⊗ Bᵀ",
        lambda A, B: (kronecker_product(A, B).T, kronecker_product(A.T, B.T))),
    Law("trace of a Kronecker product", "tr(A ⊗ B)", "tr A · tr B",
        lambda A, B: (kronecker_product(A, B).trace(), A.trace() * B.trace()), _both_square),
    Law("determinant of a Kronecker product", "det(A ⊗ B)", "(det A)ⁿ (det B)ᵐ",
        lambda A, B: (kronecker_product(A, B).det(method="berkowitz"), A.det() ** B.rows * B.det() ** A.rows),
        lambda A, B: _both_square(A, B) and A.rows * B.rows <= 9),
    Law("inverse of a Kronecker product", "(A ⊗ B)⁻¹", "A⁻¹ ⊗ B⁻¹",
        lambda A, B: (kronecker_product(A, B).inv(), kronecker_product(A.inv(), B.inv())),
        lambda A, B: _both_square(A, B) and not is_zero(A.det()) and not is_zero(B.det())),
)  # fmt: skip


def kronecker_laws(A: Any, B: Any) -> Worked:
    """Show the laws of the Kronecker product on two matrices: products, transposes, traces, determinants, inverses.

    >>> kronecker_laws("[1 2; 3 4]", "[0 1; 1 1]").value
    True

    `A`: [m m] and `B`: [n n] for all laws; of other shapes, for products and transposes. Source: Magnus and
    Neudecker 2.2.
    """
    M, N = given(A), given(B, "B")
    if len(M) * len(N) > 144:
        raise ShapeError(f"A ⊗ B has {len(M) * len(N)} entries; laws are shown for at most 144.")
    return _shown("laws of the Kronecker product", KRONECKER_LAWS, "AB", (M, N), "Magnus & Neudecker 2.2")


def vec(X: sympy.MatrixBase) -> Matrix:
    """Return the columns of a matrix, one below the other.

    >>> vec(sympy.Matrix([[1, 2], [3, 4]])).T
    Matrix([[1, 3, 2, 4]])
    """
    return sympy.ImmutableMatrix(sympy.Matrix.vstack(*(X[:, j] for j in range(X.cols))))


VEC_LAWS = (
    Law("vec of a product of three", "vec(A X B)", "(Bᵀ ⊗ A) vec X",
        lambda A, X, B: (vec(times(times(A, X), B)), times(kronecker_product(B.T, A), vec(X)))),
    Law("trace as an inner product", "tr(Xᵀ X)", "vec(X)ᵀ vec X",
        lambda A, X, B: (times(X.T, X).trace(), times(vec(X).T, vec(X))[0, 0])),
)  # fmt: skip


def vec_laws(A: Any, X: Any, B: Any) -> Worked:
    """Show vec(A X B) = (Bᵀ ⊗ A) vec X on given matrices: a linear map of a matrix as one matrix.

    >>> vec_laws("[1 2; 3 4]", "[1 0; 2 1]", "[1; 1]").value
    True

    `A`: [m k], `X`: [k l], `B`: [l n]. Raises `ShapeError` where A X B does not exist.
    Source: Magnus and Neudecker 2.4.
    """
    M, Y, N = given(A), given(X, "X"), given(B, "B")
    fit(M, Y, "A X")
    fit(Y, N, "X B")
    return _shown("laws of vec", VEC_LAWS, "AXB", (M, Y, N), "Magnus & Neudecker 2.4")
