"""Pairs of texts that have one normal form, and pairs that must not; each pair is also compared numerically."""

from __future__ import annotations

import pickle

import pytest
from rule_words import expression

from agnesi.check.evidence import equal_evidence
from agnesi.expr.nodes import Expr, apply, bind, index, symbol
from agnesi.rules.canon import form_key, key, symmetric
from agnesi.rules.expand import expanded
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.tidy import tidy

EQUAL = """
∑_i ∑_j A_{ij} x_i x_j == xᵀAx
∑_{i,j} A_{ij} x_i x_j == xᵀAx
∑_j A_{ij} x_j == (Ax)_i
∑_i x_i y_i == xᵀy
∑_i x_i == sum(x)
∑_i X_{i,:} == Xᵀ𝟏
xᵀx == ∑_i x_i^2
tr(AᵀB) == ∑_i ∑_j A_{ij} B_{ij}
tr(AB) == tr(BA)
tr(ABC) == tr(CAB)
tr(A) == tr(Aᵀ)
tr(AᵀB) == sum(A ⊙ B)
tr(AᵀB) == ⟨A, B⟩
tr(XXᵀ) == ‖X‖²
tr(XᵀX) == ‖X‖²
tr(A(B + C)) == tr(AB) + tr(CA)
tr(I_n) == n
tr(xyᵀ) == xᵀy
tr(diag(x)) == sum(x)
tr(diag(x) A) == xᵀ diag(A)
xᵀx == ‖x‖²
xᵀy == yᵀx
xᵀAx == xᵀAᵀx
xᵀAx == tr(A x xᵀ)
(AB)ᵀ == BᵀAᵀ
(ABC)ᵀ == CᵀBᵀAᵀ
(A + B)ᵀ == Bᵀ + Aᵀ
(Aᵀ)ᵀ == A
(XᵀX)ᵀ == XᵀX
(xyᵀ)ᵀ == yxᵀ
A(B + C) == AB + AC
(A + B)x == Ax + Bx
A^2 == A A
A^3 == A A A
diag(diag(x)) == x
diag(x) y == x ⊙ y
diag(x) diag(y) == diag(x ⊙ y)
diag(x)⁻¹ == diag(1 ./ x)
diag(x) A diag(y) == A ⊙ (xyᵀ)
(x yᵀ) ⊙ (u vᵀ) == (x ⊙ u)(y ⊙ v)ᵀ
A ⊙ B == B ⊙ A
x ⊙ x == x.^2
x ./ y == x ⊙ (1 ./ y)
sum(x) == 𝟏ᵀx
sum(A) == 𝟏ᵀA𝟏
mean(x) == sum(x)/n
tr(A ⊗ B) == tr(A) tr(B)
(A ⊗ W)ᵀ == Aᵀ ⊗ Wᵀ
(A ⊗ W)(B ⊗ K) == (AB) ⊗ (WK)
(A + B) ⊗ W == A ⊗ W + B ⊗ W
vec(AXW) == (Wᵀ ⊗ A) vec(X)
vec(AXWᵀ) == (W ⊗ A) vec(X)
vec(xwᵀ) == w ⊗ x
vec(A)ᵀ vec(B) == tr(AᵀB)
vec(A + B) == vec(A) + vec(B)
(AB)⁻¹ == B⁻¹A⁻¹
(Mᵀ)⁻¹ == (M⁻¹)ᵀ
(M⁻¹)⁻¹ == M
det(Aᵀ) == det(A)
(a + c)^2 == a^2 + 2 a c + c^2
‖x − y‖² == xᵀx − 2xᵀy + yᵀy
x/c == (1/c) x
a/c == a c^-1
exp(log(λ)) == λ
log(exp(a)) == a
σ(a) == 1/(1 + exp(-a))
logsumexp(x) == log(sum(exp(x)))
softmax(x) == exp(x)/sum(exp(x))
sum(p) == 1
e_ ⊙ e_ == 𝟏_n
norm1(q) == sum(q)
abs(λ) == λ
"""
DIFFERENT = """
tr(A^6) == tr(A^3)^2
tr(A^4) == tr(A^2)^2
tr(A^2) == tr(A)^2
tr(ABAB) == tr(AABB)
tr(ABC) == tr(ACB)
tr(AᵀA) == tr(AA)
AB == BA
xᵀAy == yᵀAx
(x xᵀ)(y yᵀ) == (y yᵀ)(x xᵀ)
det(A + B) == det(A) + det(B)
A ⊗ B == B ⊗ A
vec(A) == vec(Aᵀ)
A ⊙ B == AB
Aᵀ == A
A^2 == A.^2
exp(A) == expm(A)
triu(A) == tril(A)
diag(x) == x 𝟏ᵀ
XᵀX == XᵀY
inv(P + A) == inv(P) + inv(A)
‖x‖² == sum(x)²
sum(x ⊙ y) == sum(x) sum(y)
∑_i ∑_j A_{ij} x_i x_j == ∑_i A_{ii} x_i x_i
∑_{i≠j} A_{ij} == sum(A)
sqrt(a^2) == a
log(λ + q_1) == log(λ) + log(q_1)
softmax(x) == exp(x)
max(x) == sum(x)
"""


def pairs(table: str) -> list[tuple[str, str]]:
    return [tuple(line.split(" == ")) for line in table.strip().splitlines()]  # type: ignore[misc]


def one_form(a: Expr, b: Expr) -> bool:
    """Tell whether the normal forms are the same, as they stand or multiplied out."""
    if key(normalise(a)) == key(normalise(b)):
        return True
    left, right = expanded(form_of(a)), expanded(form_of(b))
    return left is not None and right is not None and form_key(left) == form_key(right)


@pytest.mark.parametrize(("left", "right"), pairs(EQUAL))
def test_one_normal_form(left: str, right: str) -> None:
    a, b = expression(left), expression(right)
    assert one_form(a, b), f"{tidy(normalise(a))} and {tidy(normalise(b))}"


@pytest.mark.parametrize(("left", "right"), [p for p in pairs(EQUAL) if not p[1].endswith("_i")])
def test_they_are_equal(left: str, right: str) -> None:
    assert equal_evidence(expression(left), expression(right), points=2), "the table is wrong"


@pytest.mark.parametrize(("left", "right"), pairs(DIFFERENT))
def test_two_normal_forms(left: str, right: str) -> None:
    a, b = expression(left), expression(right)
    assert equal_evidence(a, b, points=8).verdict == "refuted", "the table is wrong"
    assert not one_form(a, b)


SYMMETRIC = ["XᵀX", "XXᵀ", "A + Aᵀ", "S", "S + P", "ASAᵀ", "xxᵀ", "P⁻¹", "I + XXᵀ", "A ⊙ Aᵀ"]


@pytest.mark.parametrize("text", SYMMETRIC)
def test_symmetric(text: str) -> None:
    assert symmetric(normalise(expression(text)))


@pytest.mark.parametrize("text", ["A", "AB", "SP", "xyᵀ", "A − Aᵀ", "ASA", "triu(S)", "A⁻¹", "A + S"])
def test_not_symmetric(text: str) -> None:
    assert not symmetric(normalise(expression(text)))


@pytest.mark.parametrize(("left", "right"), [p for p in pairs(EQUAL) if not p[1].endswith("_i")])
def test_tidy_keeps_the_value(left: str, right: str) -> None:
    for text in (left, right):
        f = expression(text)
        assert equal_evidence(f, tidy(normalise(f)), points=1)


N, K, a = apply("ones", attrs=("n",)), apply("ones", attrs=("k",)), symbol("a")
SIZES_APART = {
    "logsumexp of ones": apply("logsumexp", N) - apply("logsumexp", K),
    "prod of ones times a": apply("prod", a * N) - apply("prod", a * K),
    "a to the n": bind("Prod", [index("i", "n")], a) - bind("Prod", [index("i", "k")], a),
    "eigenvalues of ones": apply("lammax", N @ N.T) - apply("lammax", K @ K.T),
    "norm of ones": apply("norm", N) - apply("norm", K),
    "sums of ones": bind("Sum", [index("i", "n")], a) - bind("Sum", [index("i", "k")], a),
}


@pytest.mark.parametrize("name", SIZES_APART)
def test_sizes_are_told_apart(name: str) -> None:
    """Ones along n are not ones along k, though no factor carries the axis."""
    assert equal_evidence(SIZES_APART[name], tidy(normalise(SIZES_APART[name])))


@pytest.mark.parametrize("count", [6, 7, 9])
def test_different_products_beyond_the_search_keep_different_keys(count: int) -> None:
    def star(name: str) -> bytes:
        factors = [symbol(name, ("n", "n"))] * count
        labels = tuple((0, k + 1) for k in range(count))
        return key(apply("einsum", *factors, attrs=(1, labels, (), ())))

    assert len({star(f"A{k}") for k in range(50)}) == 50


def test_normal_forms_with_batches_can_be_pickled() -> None:
    node = normalise(expression("∑_i logsumexp(X_{i,:})"))
    assert pickle.loads(pickle.dumps(node)) is node
