"""Claims in words: a quantity is named, "is" is said, and its value is given."""

import pytest
from judged_texts import each, judged_right, verdicts

import agnesi as ag

RIGHT = [
    "the largest xᵀSx over unit x is the largest eigenvalue of S",
    "The maximum of x'Sx subject to x'x = 1 is the largest eigenvalue of S.",
    "The smallest value of $x^T S x$ over all unit vectors $x$ is the smallest eigenvalue of $S$.",
    "f(x) = x^T A x\nthe Hessian of f is A + A^T",
    "f(x) = x^T A x with A symmetric. The Hessian of f is 2A, so f is convex.",
    "g(x) = A x. The Jacobian of g is A",
    "The trace of A B equals the trace of B A.",
    "the gradient of ||Xw - y||^2 with respect to w is 2X^T(Xw - y)",
    "The variance of aX is a^2 Var[X]",
    "so the determinant of $A B$ is $\\det A \\det B$",
    "the derivative of sin(x) cos(x) is cos(2x)",
    "the sum of the eigenvalues of A is tr A, where A is symmetric",
    "the mean of X is n p where X ~ Bin(n, p)",
]
WRONG = [
    ("the largest xᵀSx over unit x is the trace of S", "refuted"),
    ("f(x) = x^T A x\nthe Hessian of f is 2A", "refuted"),
    ("g(x) = A x. The Jacobian of g is A^T", "tested"),  # right in the other layout, and told so
    ("The trace of A B equals tr(A) tr(B).", "refuted"),
    ("the gradient of ||Xw - y||^2 with respect to w is X^T(Xw - y)", "refuted"),
    ("The variance of aX is a Var[X]", "refuted"),
    ("the determinant of $A + B$ is $\\det A + \\det B$", "refuted"),
    ("the inverse of AB is A^{-1}B^{-1}", "refuted"),
    ("f(x) = x^3\nThe derivative of f is 3x", "refuted"),
]
NO_CLAIM = [
    "the variance of X is σ^2", "Because the gradient of a sum is the sum of the gradients, nothing is lost.",
    "the inverse of A is symmetric", "the mean of X is m", "The derivative of f is 2x.",
]  # fmt: skip


test_right = each(RIGHT, judged_right)


@pytest.mark.parametrize(("text", "wanted"), WRONG)
def test_wrong(text, wanted):
    report = ag.check(text, diagnose=False)
    assert verdicts(report) == [wanted]
    assert wanted == "refuted" or "layout" in str(report)


@pytest.mark.parametrize("text", NO_CLAIM)
def test_no_claim(text):
    assert verdicts(ag.check(text, diagnose=False)) == []


@pytest.mark.parametrize(("text", "wanted"), [
    ("eigvals(A B) = eigvals(B A)", ["not read"]),  # of AB, which is not symmetric, they are not computed
    ("A : n×n upper triangular\nλ_max(A) ≤ tr(A)", ["not read"]),
    ("prod(eigvals(A)) = det A", ["proved"]),
    ("λ_max(A + B) = λ_max(A) + λ_max(B)", ["refuted"]),
])
def test_eigenvalues_are_those_of_symmetric_matrices(text, wanted):
    assert verdicts(ag.check(text, diagnose=False)) == wanted
