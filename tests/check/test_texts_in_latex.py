"""LaTeX as notes have it: labels under braces, reasons over signs, values at places, sets behind equations, columns."""

from __future__ import annotations

import pytest
from judged_texts import each, judged_right, only_the_last_wrong

import agnesi
from agnesi.read.latex_marks import unmarked

MATRIX = r"Let $A\in\mathbb{R}^{n\times n}$, $x\in\mathbb{R}^n$. "
CUBIC = r"$f(x,y) = x^2 + 2xy + y^3$. "
RIGHT = [
    r"$f(x) = (x^2+1)^3$. Then $$f'(x) = \underbrace{3(x^2+1)^2}_{\text{outer}} \cdot "
    r"\overbrace{2x}^{\text{inner}}$$",
    r"$f(x) = x^2 - 4x$. $f'(x) = 2x - 4 \overset{!}{=} 0 \iff x = 2$",
    r"$\ell(\lambda) = n\log\lambda - \lambda S$. $$\ell'(\lambda) = \frac n\lambda - S \overset{!}{=} "
    r"0 \quad\Longrightarrow\quad \hat\lambda = \frac nS.$$",
    r"$\mathbf{x}, \mathbf{y} \in \mathbb{R}^n$. $\langle\mathbf{x},\mathbf{y}\rangle "
    r"\overset{(*)}{\le} \|\mathbf{x}\|_2\|\mathbf{y}\|_2$",
    r"$\mathop{\mathrm{arg\,max}}_x \left(-(x-3)^2\right) = 3$",
    r"$\underset{x}{\operatorname{arg\,min}}\; (x-3)^2 = 3$",
    r"$\sum_{\substack{i=1}}^{n} i = \frac{n(n+1)}{2}$",
    MATRIX + r"$$\nabla_x \|Ax\|^2 = 2A^\top A x \in \mathbb{R}^{n}.$$",
    r"$$\int_{-\infty}^\infty e^{-x^2/2}\,dx = \sqrt{2\pi} =: Z$$ $$Z^2 = 2\pi$$",
    r"$$|x| = \begin{cases} x, & x \ge 0, \\ -x, & x < 0.\end{cases}$$",
    r"$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$ $$\frac{\partial p_i}{\partial z_j} = \begin{cases} "
    r"p_i(1-p_i) & i = j, \\ -p_i p_j & i \neq j.\end{cases}$$",
    CUBIC + r"$\nabla f(1,2) = [6\ \ 14]$, $\nabla^2 f(1,2) = \begin{bmatrix}2&2\\2&12\end{bmatrix}$",
    CUBIC + r"$f_x(1,2) = 6$, $\frac{\partial f}{\partial y}(1, 2) = 14$, $\nabla f(a, b) = (2a + 2b, 2a + 3b^2)^\top$",
    r"$f(x) = \sin x + \cos x$. $f''(0) = -1$, $f^{(3)}(0) = -1$, $f^{(4)}(x) = f(x)$",
    r"$M(t) = e^{\mu t + t^2/2}$. $\left.\frac{d^2M}{dt^2}\right|_{t=0} = \mu^2 + 1$",
    MATRIX + r"$v\in\mathbb{R}^n$. $\frac{d}{dt} \|x + tv\|^2 \Big|_{t=0} = 2 v^\top x$",
    MATRIX + r"$$\frac{\partial}{\partial x} x^\top A x = 2 x^\top A\quad\text{for symmetric }\boldsymbol A "
    r"\tag{5.1}$$",
    MATRIX + r"$$\frac{\partial}{\partial x} x^\top A x = 2 x^\top A \quad\text{if $A$ is symmetric}$$",
    r"$$n! = 1 \cdot 2 \cdots n$$",
    r"$2\sin t\cos t - 2\sin t = 2\sin t(\cos t - 1)$",
    r"$\log x (1 + \log x) = \log x + (\log x)^2$",
    r"$x = (1,2)^\top$, $A = \begin{pmatrix}1 & 0\\0 & 2\end{pmatrix}$. $Ax = (1, 4)^\top$, $x^\top x = "
    "5$",
    r"$\frac{d^2}{dt^2} e^{3t} = 9e^{3t}$, $\frac{d^2}{dt^2} e^{3t} \Big|_{t=0} = 9$",
    r"Let $b\in\mathbb{R}^n$, $g(z) = b^\top z + z^\top z$. $\partial_j g(z) = b_j + 2z_j$",
    r"$k_* = A x$. $k_*^\top k_* = \|k_*\|^2$",
    r"Let $a, b \in \mathbb{R}$. Write $a^2 + b^2 \eqqcolon c$. Then $(a+b)^2 = c + 2ab$.",
    r"Let $\vec{v}, \vec{w} \in \mathbb{R}^n$. Then $\|\vec v + \vec w\|^2 = \|\vec{v}\|^2 + 2 \vec v^T "
    r"\vec w + \|\vec w\|^2$ and $v^T w = w^T v$.",
    r"$$|x| = \left\{\begin{array}{ll} x & x \geq 0 \\ -x & \mbox{otherwise.}\end{array}\right.$$",
    r"$\hat f(x) = 2x$. $\hat f(3) = 6$",
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    r"$\frac{d}{dx} x^n = \underbrace{n x^{n}}_{\text{power rule}}$",
    r"$(a+b)^2 \stackrel{(1)}{=} a^2 + ab + b^2$",
    r"$f(x) = x^2 - 4x$. $f'(x) = 2x - 2 \overset{!}{=} 0$",
    r"$\operatorname*{arg\,min}_x (x-3)^2 = 2$",
    MATRIX + r"$$\nabla_x \|Ax\|^2 = A^\top A x \in \mathbb{R}^{n}.$$",
    r"$$|x| = \begin{cases} x, & x \ge 0, \\ 2x, & x < 0.\end{cases}$$",
    CUBIC + r"$\nabla f(1,2) = [6\ \ 12]$",
    CUBIC + r"$\frac{\partial f}{\partial y}(1, 2) = 12$",
    r"$f(x) = \sin x$. $f^{(3)}(0) = 1$",
    r"$M(t) = e^{\mu t + t^2/2}$. $\left.\frac{d^2M}{dt^2}\right|_{t=0} = \mu^2 + 2$",
    r"$2\sin t\cos t - 2\sin t = 2\sin t(\cos t + 1)$",
    r"$x = (1,2)^\top$, $A = \begin{pmatrix}1 & 0\\0 & 2\end{pmatrix}$. $Ax = (1, 3)^\top$",
    r"Let $b\in\mathbb{R}^n$, $g(z) = b^\top z + z^\top z$. $\partial_j g(z) = b_j + z_j$",
    "Let $g(x) = x^2$. $(a+b)^2 = a^2 + b^2$",
    r"Let $a, b \in \mathbb{R}$. Write $a^2 + b^2 \eqqcolon c$. Then $(a+b)^2 = c + ab$.",
    r"$$|x| = \left\{\begin{array}{ll} x & x \geq 0 \\ -2x & \mbox{otherwise.}\end{array}\right.$$",
    "$f^*(x) = 2x$. $f^*(3) = 7$",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)


def test_a_factor_of_an_adjective_is_wrong_without_it() -> None:
    claim = MATRIX + r"$$\frac{\partial}{\partial x} x^\top A x = 2 x^\top A$$"
    assert agnesi.check(claim, diagnose=False).statements[-1].verdict == "refuted"


def test_a_requirement_is_no_claim() -> None:
    assert [s.verdict for s in agnesi.check(r"$x^2 \overset{!}{=} 4$", diagnose=False).statements] == [None]


@pytest.mark.parametrize("text", [*RIGHT, *LAST_WRONG])
def test_places_are_kept(text: str) -> None:
    assert len(unmarked(text)) == len(text)


def test_a_fraction_without_braces_is_read() -> None:
    text = r"$\log\Bigl(\frac1n\sum_{i=1}^n x_i\Bigr) \ge \frac1n\sum_{i=1}^n \log x_i$, $x_i > 0$"
    assert "refuted" not in [s.verdict for s in agnesi.check(text).statements]
