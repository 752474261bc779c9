"""Derivatives of textbooks, letter for letter: what a good book prints is what comes out.

MML: Deisenroth, Faisal, Ong, chapter 5. PRML: Bishop, appendix C. MC: the Matrix Cookbook, chapter 2.
MN: Magnus & Neudecker, chapter 9. PH: Parr & Howard.
"""

from __future__ import annotations

import pytest
from rule_words import LETTERS, derived, expression, moved

from agnesi.check.evidence import derivative_evidence
from agnesi.errors import NoDerivative
from agnesi.expr.nodes import apply, symbol
from agnesi.rules.derive import derivative
from agnesi.write import write

BOOKS = """
MML 5.2 | Ax | x | A
MML 5.99 | xᵀAx | x | (A + Aᵀ)x
MML 5.107 | xᵀSx | x | 2Sx
MML 5.106 | xᵀA⁻¹y | A | −A⁻ᵀxyᵀA⁻ᵀ
MML 5.105 | yᵀAx | A | yxᵀ
MML 5.100 | tr(A) | A | I_n
MML 5.98 | μᵀx | x | μ
MML 5.5 | ‖y − Xw‖² | w | −2Xᵀ(y − Xw)
MML 9.2 | ‖Xw − y‖² | w | 2Xᵀ(Xw − y)
MML 9.3 | ‖Xw − y‖² + λ‖w‖² | w | 2Xᵀ(Xw − y) + 2λw
MML 5.1 | sin(a)cos(a) | a | cos²(a) − sin²(a)
MML 5.1 | a^3 | a | 3a²
MML 5.1 | log(a) | a | 1/a
PRML C.19 | xᵀy | x | y
PRML C.23 | tr(AB) | A | Bᵀ
PRML C.24 | tr(AᵀB) | A | B
PRML C.25 | tr(A) | A | I_n
PRML C.26 | tr(ABAᵀ) | A | A(B + Bᵀ)
PRML C.28 | logdet(A) | A | A⁻ᵀ
PRML 2.122 | logdet(P) | P | P⁻¹
PRML 2.120 | (x − μ)ᵀP⁻¹(x − μ) | μ | −2P⁻¹(x − μ)
PRML 2.121 | (x − μ)ᵀP⁻¹(x − μ) | x | 2P⁻¹(x − μ)
PRML 2.121 | (x − μ)ᵀP⁻¹(x − μ) | P | −P⁻¹(x − μ)(x − μ)ᵀP⁻¹
PRML 4.88 | sigmoid(a) | a | σ(a)(1 − σ(a))
PRML 4.88 | 1/(1 + exp(−a)) | a | σ(a)(1 − σ(a))
PRML 4.91 | sum(softplus(Xw)) − yᵀXw | w | Xᵀ(σ(Xw) − y)
PRML 4.106 | softmax(x) | x | diag(softmax(x)) − softmax(x) softmax(x)ᵀ
PRML 4.109 | −pᵀlog(softmax(x)) | x | softmax(x) − p
MC 49 | det(A) | A | det(A)A⁻ᵀ
MC 55 | logdet(XᵀX) | X | 2X(XᵀX)⁻¹
MC 58 | det(A)^2 | A | 2 det(A)²A⁻ᵀ
MC 63 | tr(A⁻¹B) | A | −A⁻ᵀBᵀA⁻ᵀ
MC 71 | xᵀAᵀy | A | yxᵀ
MC 84 | (Ax − y)ᵀS(Ax − y) | x | 2AᵀS(Ax − y)
MC 100 | tr(A) | A | I_n
MC 105 | tr(A ⊗ B) | A | tr(B)I_n
MC 106 | tr(A²) | A | 2Aᵀ
MC 108 | tr(XᵀBX) | X | (B + Bᵀ)X
MC 115 | tr(XᵀX) | X | 2X
MC 116 | tr(ABA) | A | AᵀBᵀ + BᵀAᵀ
MC 121 | tr(A³) | A | 3(A²)ᵀ
MC 129 | ‖x − μ‖ | x | (x − μ)/‖x − μ‖
MC 131 | ‖x‖² | x | 2x
MC 132 | ‖A‖² | A | 2A
MC 57 | tr(expm(A)) | A | expm(A)ᵀ
MN 9.9 | ‖XW − Y‖² | W | 2Xᵀ(XW − Y)
MN 9.9 | ‖Xw − y‖² | X | 2(Xw − y)wᵀ
MN 8.3 | xᵀAᵀBy | A | Byxᵀ
PH 4.1 | x ⊙ y | x | diag(y)
PH 4.1 | x + y | x | I_n
PH 4.2 | x.^2 | x | 2 diag(x)
PH 4.3 | sum(x) | x | 𝟏_n
PH 4.3 | sum(exp(x)) | x | exp(x)
PH 4.4 | max(0, μᵀx + c) | x | step(μᵀx + c)μ
PH 5.2 | relu(x) | x | diag(step(x))
Boyd 3.1.5 | logsumexp(Xw) | w | Xᵀ softmax(Xw)
Boyd 3.1.5 | norm1(x) | x | sign(x)
ESL 3.4 | sqrt(xᵀPx) | x | Px/sqrt(xᵀPx)
"""
ROWS = [tuple(line.split(" | ")) for line in BOOKS.strip().splitlines()]


@pytest.mark.parametrize(("book", "text", "name", "answer"), ROWS)
def test_answer(book: str, text: str, name: str, answer: str) -> None:
    result = derived(text, name)
    assert write(result) == answer
    f = expression(text)
    assert derivative_evidence(f, [moved(f, name)], result, points=2)


STRUCTURED = """
logdet(A) | A | symmetric | A⁻ᵀ + A⁻¹ − diag(diag(A⁻¹))
logdet(P) | P | symmetric | 2P⁻¹ − diag(diag(P⁻¹))
tr(AB) | A | symmetric | Bᵀ + B − diag(diag(B))
xᵀAx | A | symmetric | 2xxᵀ − diag(x ⊙ x)
tr(AB) | A | diagonal | diag(diag(B))
xᵀAx | A | diagonal | diag(x ⊙ x)
logdet(A) | A | diagonal | diag(diag(A⁻¹))
tr(AB) | A | toeplitz | toep(Bᵀ)
xᵀAx | A | toeplitz | toep(xxᵀ)
"""


@pytest.mark.parametrize(
    ("text", "name", "structure", "answer"), [line.split(" | ") for line in STRUCTURED.strip().splitlines()]
)
def test_structured_arguments(text: str, name: str, structure: str, answer: str) -> None:
    result = derived(text, name, structure=structure)
    assert write(result) == answer
    f = expression(text)
    assert derivative_evidence(f, [moved(f, name)], result, structure, points=2)


@pytest.mark.parametrize(
    ("text", "name", "structure", "sentence"),
    [
        ("xᵀx", "x", "symmetric", "A symmetric argument is a square matrix, which x is not."),
        ("‖X‖²", "X", "toeplitz", "A toeplitz argument is a square matrix, which X is not."),
        ("tr(A)", "A", "bogus", "Derivatives along bogus arguments are not known here."),
    ],
)
def test_structures_that_do_not_fit(text: str, name: str, structure: str, sentence: str) -> None:
    with pytest.raises(NoDerivative, match=sentence):
        derived(text, name, structure=structure)


X, w, y, a, c = (LETTERS[name] for name in ("X", "w", "y", "a", "c"))
HIGHER = """
t^5 | t t t | 60t²
exp(c t) | t t t | c³ exp(ct)
xᵀAx | x x | A + Aᵀ
‖Xw − y‖² | w w | 2XᵀX
logsumexp(x) | x x | diag(softmax(x)) − softmax(x) softmax(x)ᵀ
exp(xᵀy) | x y | exp(xᵀy)(yxᵀ + I)
xᵀAx | x x x | zeros(n, n, n)
"""


@pytest.mark.parametrize(("text", "names", "answer"), [line.split(" | ") for line in HIGHER.strip().splitlines()])
def test_higher_orders(text: str, names: str, answer: str) -> None:
    result = derived(text, *names.split())
    assert write(result) == answer
    f = expression(text)
    assert derivative_evidence(f, [moved(f, name) for name in names.split()], result, points=2)


THIRD = (("sum(x.^3)", "xxx"), ("sin(a c)", "aca"), ("logsumexp(x)", "xxx"), ("tr(A³)", "AAA"))


@pytest.mark.parametrize(("text", "names"), THIRD)
def test_third_derivatives(text: str, names: str) -> None:
    f = expression(text)
    assert derivative_evidence(f, [moved(f, n) for n in names], derived(text, *names), points=1)


def test_with_respect_to_a_subexpression() -> None:
    """As backpropagation does: ∂E/∂z where z = Xw, and ∂E/∂a where a = tanh(z)."""
    z, r, h = X @ w, X @ w - y, apply("tanh", a)
    assert write(derivative(apply("sum", apply("tanh", z)), [z])) == "1 − tanh²(Xw)"
    assert write(derivative(apply("pow", apply("norm", r), 2), [z])) == "2(Xw − y)"
    assert write(derivative(apply("pow", apply("norm", r), 2), [r])) == "2(Xw − y)"
    assert derivative(h * c, [h]) is c


@pytest.mark.parametrize("text", ["r x", "‖r‖²", "r A rᵀ"])
def test_gradients_in_a_row_are_rows(text: str) -> None:
    r, x, A = symbol("r", (1, "n")), LETTERS["x"], LETTERS["A"]
    f = {"r x": r @ x, "‖r‖²": apply("pow", apply("norm", r), 2), "r A rᵀ": apply("mul", r, A, r.T)}[text]
    result = derivative(f, [r])
    assert result.shape == r.shape
    assert derivative_evidence(f, [r], result, points=2)


FACTS = """
tr(triu(S) S) | S | triu(S) + tril(S)
tr(tril(S) S) | S | tril(S) + triu(S)
tr(S S) | S | 2S
tr(S^3) | S | 3S²
xᵀSy | S | xyᵀ
logdet(S) | S | S⁻¹
tr(Q^2) | Q | 2Qᵀ
‖QA‖² | Q | 2QAAᵀ
‖Qx‖² | x | 2x
sum(p) | p | 𝟏_n
sum(p.^2) | p | 2p
norm1(q) | q | 𝟏_n
sum(β.^3) | β | 3β.^2
xᵀ(e_ ⊙ e_ ⊙ x) | x | 2x
"""
WORSE = {"xᵀ(e_ ⊙ e_ ⊙ x)": "prints 2(e_ ⊙ e_ ⊙ x): the source's e_ ⊙ e_ is kept", "sum(β.^3)": "prints 3β or β.^2"}


@pytest.mark.parametrize(("text", "name", "answer"), [line.split(" | ") for line in FACTS.strip().splitlines()])
def test_facts_hold_after_differentiating_only(text: str, name: str, answer: str) -> None:
    """Each variable is free; its facts may shorten the answer (S = Sᵀ), never the function (‖QA‖² is not ‖A‖²)."""
    result = derived(text, name)
    f = expression(text)
    assert derivative_evidence(f, [moved(f, name)], result, points=2)
    if text not in WORSE:
        assert write(result) == answer


NONE = {
    "frames": (apply("eigvecs", LETTERS["S"]), "S", "fixed only up to signs"),
    "rank": (apply("rank", LETTERS["A"]), "A", "jumps elsewhere"),
    "polar": (apply("polar", X), "X", "no closed form"),
    "expectation": (apply("expectation", LETTERS["x"]), "x", "distribution"),
    "argmax": (expression("argmax_i x_i"), "x", "argmax .* no closed form"),
}


@pytest.mark.parametrize("name", NONE)
def test_no_closed_form_is_said(name: str) -> None:
    f, variable, sentence = NONE[name]
    with pytest.raises(NoDerivative, match=sentence):
        derivative(f, [moved(f, variable)])



def test_under_an_integral() -> None:
    """Leibniz's rule."""
    f = expression("∫_0^1 exp(c t) dt")
    assert derivative_evidence(f, [moved(f, "c")], derived("∫_0^1 exp(c t) dt", "c"), points=2)
