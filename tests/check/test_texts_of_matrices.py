"""Linear algebra and derivatives by vectors and matrices, as people type them and as sources print them."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, left_open, not_refuted, only_the_last_wrong

import agnesi

SYMMETRIC = r"Let $P \in {\mbox{\bf S}}^n$. "
COLUMNS = r"Let $A : N\times p$, $y : N$. $a_j$ are the columns of $A$. "
EIGENVECTORS = r"Let $S$ be symmetric with eigendecomposition $S = Q\Lambda Q^T$. "
RIGHT = [
    "a, b, x in R^n, f(x) = (a'x)(b'x)\ngrad f = (ab' + ba') x\nthats linear in x so the hessian is const\n"
    "H = ab' + ba'",
    "A = Aᵀ ∈ ℝⁿˣⁿ, and for x ≠ 0 define ρ(x) = xᵀAx / xᵀx.\n∇(xᵀAx) = 2Ax\n∇ρ = 2(Ax − ρ(x)x)/(xᵀx)",
    "∀ u ∈ ℝᵐ, v ∈ ℝⁿ: ‖uvᵀ‖_F = ‖u‖‖v‖",
    "A is n x n with det A > 0, B any n x n\nthen d/dt log det(A + tB) at t = 0 is tr(A^-1 B)",
    "A is symmetric. ∇_x 1/2 x'Ax = Ax",
    "If A is symmetric positive definite with Cholesky factor L (A = L L^T), then log det A = 2 sum_i log L_ii.",
    r"Let $A$ be symmetric with eigenvalues $\lambda_1 \ge \dots \ge \lambda_n$. Then $\|A\|_F^2 = "
    r"\sum_i \lambda_i^2$.",
    r"Let A be a symmetric matrix. Then $\nabla (x^TAx) = 2Ax$.",
    "If A and B are symmetric and commute, $(AB)^T = AB$.",
    r"\frac{\partial x^T A x}{\partial x} = (A + A^T)x",
    r"\frac{\partial a^T X b}{\partial X} = ab^T, \frac{\partial a^T X^T b}{\partial X} = ba^T",
    r"\frac{\partial b^T X^T X c}{\partial X} = X(bc^T + cb^T)",
    "∂ a'Xb/∂X = ab'",
    r"\frac{d\, x^T A x}{dx} = (A + A^T)x",
    "d sum(w ⊗ x)/dw = x",
    "cos ω = xᵀy/√(xᵀx yᵀy). For x = [1,1]ᵀ, y = [1,2]ᵀ: cos ω = 3/√10.",
    "A is n x n with A^T A = I\ndet(A)^2 = 1\ndet(A) = ±1",
    r"Let $A$ be symmetric with smallest eigenvalue $\lambda_{\min}$ and largest eigenvalue "
    r"$\lambda_{\max}$." "\n"
    r"Then $\lambda_{\min}\|x\|^2 \le x^\top A x \le \lambda_{\max}\|x\|^2$.",
    "A is symmetric n x n, lambda_max its largest eigenvalue, lambda_min its smallest\n"
    "lambda_min ||x||^2 <= x^T A x <= lambda_max ||x||^2\ntr(A) <= n lambda_max",
    r"Let $Q\succeq0$ be symmetric with largest eigenvalue $L>0$, $f(x)=\tfrac12x^\top Qx$, $g=Qx$ and "
    r"$x^+ = x - \tfrac1Lg$. Then" "\n"
    r"$f(x^+) \le f(x)+g^\top(x^+-x)+\frac L2\|x^+-x\|^2$",
    "A = [[2, 1], [1, 2]]\ndet(A - lambda I) = (2 - lambda)^2 - 1 = lambda^2 - 4 lambda + 3\n"
    "so lambda_1 = 1 and lambda_2 = 3\nlambda_1 + lambda_2 = 4 = tr(A)",
    "f(X) = log det X for X ≻ 0, df = tr(X⁻¹dX), d²f = −tr(X⁻¹dX X⁻¹dX)",
    "A is n x n invertible, b in R^n\n"
    r"x = A\b" "\n"
    "A x = b",
    "We solve 2x + y = 5 and x - 3y = -1 with the inverse matrix.\nA = [[2, 1], [1, -3]], b = [5, -1]\n"
    "det(A) = 2*(-3) - 1*1 = -7\nA^-1 = -1/7 * [[-3, -1], [-1, 2]]\nso the solution is A^-1 b = [2, 1]",
    "A = [A_{11}, A_{12}; A_{21}, A_{22}]\ndet A = det(A_{22}) det(A_{11} - A_{12} A_{22}^{-1} A_{21})",
    "Σ is 2x2 symmetric, Σ = [Σ_{11}, Σ_{12}; Σ_{21}, Σ_{22}]\ndet Σ = Σ_{11}Σ_{22} - Σ_{12}^2",
    r"$A, B$ are $n\times n$ and positive definite. Then $A + B \succeq A$.",
    r"$X \in \mathbb{R}^{n\times d}$. Then $X^\top X \succeq 0$.",
    r"$f(x) = \log\sum_i e^{x_i}$. $\nabla^2 f(x) = \mathrm{diag}(p) - pp^T \succeq 0$ where $p = "
    r"\mathrm{softmax}(x)$.",
    "A ⪯ B, A, B symmetric n×n. So tr(A) ≤ tr(B).",
    r"Let $A$ be positive definite. By Hadamard's inequality $\det A \le \prod_i A_{ii}$.",
    SYMMETRIC + r"$\nabla x^TPx = 2Px$",
    r"Let $z\in {\bf R}^n$. $\mathop{\bf tr}(\mathop{\bf diag}(z)) = \mathbf{1}^Tz$",
    EIGENVECTORS + r"$S = \sum_i \lambda_i q_iq_i^T$",
    COLUMNS + r"$$A A^Ty = \sum_{j=1}^p a_j a_j^Ty$$",
    r"$\sum_i x_iy_i = x^Ty$",
    "x in R^n, f(x) = x^T A x + b^T x, A symmetric\ngrad f = 2 A x + b\nsetting it to zero, x = -1/2 A^-1 b\n"
    "f at that x is -1/4 b^T A^-1 b",
    "trick: d log det(A) = tr(A^{-1} dA)\nwith A = sigma^2 I + W W^T, d log det A/dW = 2 A^{-1} W",
    r"Let $A \in \mathbb{R}^{n\times n}$ be invertible." "\n"
    r"Differentiate $A A^{-1} = I$: $dA\, A^{-1} + A\, d(A^{-1}) = 0$" "\n"
    "hence $d(A^{-1}) = -A^{-1} dA A^{-1}$",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (5, "a, b, x in R^n, f(x) = (a'x)(b'x)\nproduct rule: grad f = (b'x) a + (a'x) b\n"
        "so grad f = (ab' + ba') x\nthats linear in x so the hessian is const\nH = 2ab'"),
    (2, "A = Aᵀ ∈ ℝⁿˣⁿ, and for x ≠ 0 define ρ(x) = xᵀAx / xᵀx.\n∇ρ = 2(Ax − ρ(x)x)/(xᵀx)²"),
    (1, "∀ u ∈ ℝᵐ, v ∈ ℝⁿ: ‖uvᵀ‖_F = ‖u‖ + ‖v‖"),
    (1, "A, B ∈ ℝⁿˣⁿ ⇒ (A + B)(A − B) = A² − B²"),
    (2, "A is n x n with det A > 0, B any n x n\nthen d/dt log det(A + tB) at t = 0 is tr(A B)"),
    (1, r"For $A, B, X \in \mathbb{R}^{n\times n}$ one has $\nabla_X \operatorname{tr}(AXB) = B^\top "
        r"A^\top$."),
    (1, r"For $f(x) = \log(1 + \|x\|^2)$ with $x \in \mathbb{R}^n$ the gradient is $\nabla f(x) = "
        r"\dfrac{x}{1 + \|x\|^2}$."),
    (1, "If A is symmetric positive definite with Cholesky factor L (A = L L^T), then log det A = "
        "sum_i log L_ii."),
    (1, r"Let $A$ be symmetric with eigenvalues $\lambda_1 \ge \dots \ge \lambda_n$. Then $\|A\|_F = "
        r"\sum_i \lambda_i$."),
    (1, "Hence ‖x + y‖ ≤ ‖x‖ + ‖y‖, and ‖x − y‖ ≤ ‖x‖ − ‖y‖."),
    (1, "Suppose Q is orthogonal. Then det Q = 1."),
    (3, "A is n x n with A^T A = I\ndet(A)^2 = 1\ndet(A) = ±2"),
    (2, r"Let $A$ be symmetric with smallest eigenvalue $\lambda_{\min}$ and largest eigenvalue "
        r"$\lambda_{\max}$." "\n"
        r"Then $\lambda_{\max}\|x\|^2 \le x^\top A x$."),
    (1, "f(X) = log det X for X ≻ 0, df = tr(X⁻¹dX), d²f = tr(X⁻¹dX X⁻¹dX)"),
    (4, "We solve 2x + y = 5 and x - 3y = -1 with the inverse matrix.\nA = [[2, 1], [1, -3]], b = [5, -1]\n"
        "det(A) = 2*(-3) - 1*1 = -7\nA^-1 = -1/7 * [[-3, 1], [1, 2]]"),
    (3, "(A + B)^2 = (A+B)(A+B)\n= A^2 + AB + BA + B^2\n= A^2 + 2AB + B^2   where A, B are n x n"),
    (4, "x in R^n, f(x) = x^T A x + b^T x, A symmetric\ngrad f = 2 A x + b\n"
        "setting it to zero, x = -1/2 A^-1 b\nf at that x is -1/2 b^T A^-1 b"),
    (2, "||u+v||^2 + ||u-v||^2\n= 2||u||^2 + 2||v||^2 + 4 u.v\n"),
    (3, r"Let $A \in \mathbb{R}^{n\times n}$ be invertible." "\n"
        r"Differentiate $A A^{-1} = I$: $dA\, A^{-1} + A\, d(A^{-1}) = 0$" "\n"
        "hence $d(A^{-1}) = -A^{-1} dA$"),
    (3, "eigenvalues of [[2,1],[1,2]]\ndet(A - lam I) = (2-lam)^2 - 1 = 0\nlam = 1 or lam = 2"),
    (3, "Sherman-Morrison: (A + uv')^-1 = A^-1 - A^-1 u v' A^-1/(1 + v'A^-1 u)\n"
        "with A = I: (I + uv')^-1 = I - uv'/(1 + v'u)\n"
        "check: (I + uv')(I - uv'/(1+v'u)) = I + uv' - uv'/(1+v'u) - uv'/(1+v'u) = I"),
    (3, "let P = A(A'A)^-1 A'\nP^2 = A(A'A)^-1 A'A(A'A)^-1 A' = P\nP' = A'(A'A)^-1 A = P"),
    (3, "A = U S V' (SVD)\nA'A = V S^2 V'\nAA' = V S^2 V'"),
    (2, "tr(ABC) = tr(BCA) = tr(CAB)\ntr(ABC) = tr(ACB)"),
    (3, "rank one: A = u v^T, A^2 = u v^T u v^T = (v^T u) A\nA^3 = (v^T u)^2 A\ntr(A) = u v^T"),
    (3, "M = [A B; C D] with A, D invertible\ndet M = det(A) det(D - C A^-1 B)\n= det(D) det(A - B D^-1 B)"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    r"Let A be a symmetric matrix. Then $\nabla (x^TAx) = 3Ax$.",
    r"\frac{\partial x^T A x}{\partial x} = (A + A)x",
    r"\frac{\partial x^T B^T B x}{\partial x} = B^T B x",
    "d sum(w ⊗ x)/dw = w",
    "cos ω = xᵀy/√(xᵀx yᵀy). For x = [1,1]ᵀ, y = [1,2]ᵀ: cos ω = 3/√5.",
    r"$A, B$ are $n\times n$ and positive definite. Then $A \succeq A + B$.",
    r"$X \in \mathbb{R}^{n\times d}$. Then $X^\top X \succ 0$.",
    "A ⪯ B, A, B symmetric n×n. So tr(A) ≥ tr(B).",
    r"Let $A$ be positive definite. By Hadamard's inequality $\det A \ge \prod_i A_{ii}$.",
    SYMMETRIC + r"$\nabla x^TPx = Px$",
    EIGENVECTORS + r"$S = \sum_i q_iq_i^T$",
    COLUMNS + r"$$A A^Ty = 2\sum_{j=1}^p a_j a_j^Ty$$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    r"Find a real matrix $A$ with $A A^T = \Sigma$, or $A = U\Lambda^{1/2}$ obtained from a spectral "
    r"decomposition $\Sigma = U\Lambda U^{-1}$.",
]  # fmt: skip

IN_DOUBT = [  # right, or right with what is not said: not called wrong
    r"Eigenvalues of $\begin{pmatrix} 2 & 1 \\ 1 & 2\end{pmatrix}$ are 3 and 1, since $\det(A - \lambda "
    r"I) = (2-\lambda)^2 - 1 = \lambda^2 - 4\lambda + 3$.",
    "A symmetric, Av = lambda v, v^T v = 1\nv^T A v = lambda v^T v = lambda",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)
test_in_doubt = each(IN_DOUBT, not_refuted)


def test_outer_products_of_one_size_in_kronecker_products() -> None:
    report = agnesi.check("tr(A ⊗ B) = tr(A) tr(B)")
    assert [s.verdict for s in report.statements] == ["proved"]


def test_a_theorem_that_is_named_asks_for_more_than_is_told() -> None:
    claim = agnesi.check(r"By Hadamard's inequality $\lvert \Lambda \rvert \le \prod_i\Lambda_{ii}$.")
    assert claim.verdict == "not read"
    assert agnesi.check(r"Hence $\lvert \Lambda \rvert \le \prod_i\Lambda_{ii}$.").verdict == "refuted"
