"""Eigenvalues and eigenvectors of matrices that are written out, and ranks."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right

RIGHT = [
    "A = [[2,1],[1,2]]\ndet(A - λI) = (2-λ)^2 - 1 = λ^2 - 4λ + 3\nλ = 1, 3\nfor λ = 3: v = (1,1)\n"
    "for λ = 1: v = (1,-1)",
    "A = [4 -2; 1 1]\nchar. polynomial: det(A - λI) = λ² - 5λ + 6 = (λ-2)(λ-3)\nλ₁ = 2, λ₂ = 3\n"
    "λ₁ = 2: v₁ = (1, 1)\nλ₂ = 3: v₂ = (2, 1)",
    r"Let $A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}$. The eigenvalues of $A$ are $1$ and $3$. "
    r"$v = \begin{pmatrix} 1 \\ 1 \end{pmatrix}$ is an eigenvector of $A$ with eigenvalue $3$.",
    "A = [2 1; 1 1]\neigenvalues: (3 ± √5)/2",
    "A = [2 1; 1 2], eigenvalues 1 and 3, trace 4, det 3",
    "A = [2 1; 1 2]\nv = (1,1) is an eigenvector of A",
    "rank(AᵀA) = rank(A)",
    "rank(A + B) ≤ rank A + rank B",
    "A invertible\nrank(A B) = rank(B)",
    "rank(A ⊗ B) = rank(A) rank(B)",
    "P = X(XᵀX)⁻¹Xᵀ, X: n×d\nrank(P) = d\ntr(P) = rank(P)",
]  # fmt: skip

FIRST_WRONG = [
    (3, "A = [[2,1],[1,2]]\ndet(A - λI) = λ^2 - 4λ + 3\nλ = 1, 4"),
    (2, "A = [[2,1],[1,2]]\nthe eigenvalues of A are 1 and 4"),
    (4, "A = [[2,1],[1,2]]\ndet(A - λI) = λ^2 - 4λ + 3\nλ = 1, 3\nfor λ = 3: v = (1,-1)\nfor λ = 1: v = (1,-1)"),
    (2, "A = [[2,1],[1,2]]\neigenvector for λ = 1: (1,1)"),
    (2, "A = [2 1; 1 2]\nv = (1,2) is an eigenvector of A"),
    (2, "A = [2 1; 1 2]\nv = (1,1) is an eigenvector of A with eigenvalue 2"),
    (1, "rank(A + B) = rank A + rank B"),
    (1, "rank(A + B) = 1/2 (rank A + rank B)"),
    (1, "rank(AB) = rank(AᵀB)"),
    (2, "A: n×n; B: n×d\nrank(A B) = rank(B)"),
    (2, "A n×n\nrank(A^2) = rank(A)"),
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
