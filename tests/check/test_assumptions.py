"""What expressions need to have a value, and that is not declared."""

from __future__ import annotations

import pytest
from claims_for_proofs import sides

from agnesi.check.assumptions import assumptions
from agnesi.read import read

TABLE = [
    ("X: n×n; inv(X)", ["X invertible"]),
    ("X: n×n invertible; inv(X)", []),
    ("X: n×n spd; inv(X) + inv(X')", []),
    ("Q: n×n orthogonal; inv(Q)", []),
    ("X: n×d; inv(X'X) X'", ["XᵀX invertible"]),
    ("X: n×d full column rank; inv(X'X) X'", []),
    ("X: n×d, λ > 0; inv(X'X + λ I)", []),
    ("X: n×d, λ: scalar; inv(X'X + λ I)", ["XᵀX + λI invertible"]),
    ("A: n×n, B: n×n; inv(A B) - inv(B) inv(A)", ["B invertible", "A invertible"]),
    ("A: n×n; logdet(A)", ["A invertible"]),
    ("A: n×n symmetric; chol(A)", ["A positive definite"]),
    ("d: n positive; inv(diag(d))", []),
    ("x: scalar; log(x)", ["x > 0"]),
    ("x > 0; log(x) + log(1 + x^2)", []),
    ("x: scalar; log(1 + exp(x)) + log(cosh(x))", []),
    ("x: scalar; log(x^2)", ["x ≠ 0"]),
    ("x: scalar; log(abs(x))", ["x ≠ 0"]),
    ("p: K probability; sum_k p_k log(p_k)", []),
    ("a: scalar, b: scalar; b/a", ["a ≠ 0"]),
    ("a: scalar, b: scalar; b/(2 a^2)", ["a ≠ 0"]),
    ("a: scalar, b: scalar; b a^-2", ["a ≠ 0"]),
    ("x: scalar; 1/(1 + x)", ["1 + x ≠ 0"]),
    ("x: scalar; 1/(1 + x^2) + 1/exp(x)", []),
    ("x: scalar; sqrt(1 - x^2)", ["1 − x² ≥ 0"]),
    ("x: scalar; x/sqrt(1 - x^2)", ["1 − x² > 0"]),
    ("x: scalar; sqrt(x^2 + 1)", []),
    ("x: n; x/||x||", ["x ≠ 0"]),
    ("x: n; x/sum(exp(x))", []),
    ("x: scalar, p: scalar; x^p", ["x > 0"]),
    ("x: scalar, n ∈ ℕ; x^n", []),
    ("x: scalar; logit(x)", ["x between 0 and 1"]),
    ("0 < p < 1; logit(p) + log(p) + log(1 - p)", []),
    ("x: scalar; arcsin(x)", ["x between −1 and 1"]),
]


@pytest.mark.parametrize(("text", "wanted"), TABLE, ids=[t for t, _ in TABLE])
def test_needs(text: str, wanted: list[str]) -> None:
    found = read(text).expr
    assert list(assumptions(found)) == wanted


def test_both_sides_are_looked_at_once() -> None:
    a, b = sides("A: n×n, c: scalar; inv(c A) = inv(A)/c")
    assert sorted(assumptions(a, b)) == sorted(assumptions(b, a))
    assert assumptions(a, b).count("A invertible") == 1
