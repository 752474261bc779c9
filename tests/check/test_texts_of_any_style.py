"""The same mathematics in the styles of chats, solution sheets, Markdown and LaTeX: the verdicts stay."""

from __future__ import annotations

import pytest
from judged_texts import each, first_wrong, judged_right

from agnesi.read.layout import page_of
from agnesi.read.remarks import spelt_out, without_remarks

RIGHT = [
    "(0.4 + 2·0.6)/5 = 0.32",  # no number of a line
    "(a) Var[a X] = a² Var[X]",
    "(a) a + a = 2a\nhence a + a + a = 3a",
    "X, Y are n x n   <-- square\n(X + Y)^T = X^T + Y^T ...\ntr(XY) = tr(YX) !",
    "x, y in R^n\n‖x − y‖ ≤ ‖x‖ + ‖y‖  [triangle inequality]\n‖x + y‖ ≤ ‖x‖ + ‖y‖ (by symmetry)",
    "f(x) = x^2 + 3x\nf'(x) = 2x + 3 {by linearity}\n==> f'(1) = 5 ✅\n--> f'(2) = 7 <- plug in\n"
    "-> so f'(3) = 9 :)",
    "given: P(D) = 0.02, P(T|D) = 0.95, P(T|not D) = 0.1\nP(T) = 0.95*0.02 + 0.1*0.98\n= 0.117\n"
    "P(D|T) = 0.019/0.117\n~ 0.162 (16.2%)",
    "X ~ Beta(a, b) w/ a, b > 0\nE[X] = a/(a+b)",
    "A is n x n and invertible, b in R^n\nc = (A+I)(A+I)^{-1} b = b",
    "Show that (1 + x)^2 >= 1 + 2x\nLHS: (1+x)^2 = 1 + 2x + x^2\nRHS: 1 + 2x\nLHS - RHS = x^2 >= 0 qed",
    "> f(x) = ln(x)/x\n> f'(x) = (1/x * x - ln x)/x^2\n>       = (1 - ln x)/x^2\n\nf(e) = 1/e ~ 0.368",
    "KL(q||p) = sum_x q(x) log q(x)/p(x)        [def.]\n"
    "         = -H(q) - sum_x q(x) log p(x)     [log of a quotient]",
    "| step | formula | why |\n|------|---------|-----|\n| 1 | f(x) = x^2 e^x | given |\n"
    "| 2 | f'(x) = 2x e^x + x^2 e^x | product rule |\n| 3 | f'(x) = x (2 + x) e^x | factor |",
    "p_i = exp(z_i) / sum_j exp(z_j)\nd/dz_k log p_i = [i == k] - p_k",
    "x in R^n\nsum(x_i^2) = x'x\n"
    r"\sum x_i^2 = x'x" "\n"
    "∑ x_i² = x'x\nsum x_i^2 - 2 sum x_i + n = sum (x_i - 1)^2",
    "m = (1/n) sum x_i\nsum (x_i - m) = 0\nsum (x_i - m)^2 = sum x_i^2 - n m^2",
    r"Let $\bar{x} = \frac{1}{n}\sum x_i$ and $\bar{y} = \frac1n \sum y_i$. Then $\sum (x_i - "
    r"\bar{x})(y_i - \bar{y}) = \sum x_i y_i - n\bar{x}\bar{y}$.",
    "X_1, ..., X_n iid with E[X_i] = μ, Var(X_i) = σ²\nS = ∑ X_i\nE[S] = nμ\nVar(S) = n σ²",
    "$$\n"
    r"\begin{array}{rcl}" "\n"
    r"(a+b)^3 &=& (a+b)(a+b)^2 \\" "\n"
    r"&=& (a+b)(a^2+2ab+b^2) \\" "\n"
    "&=& a^3+3a^2b+3ab^2+b^3\n"
    r"\end{array}" "\n"
    "$$",
    r"\begin{align}" "\n"
    r"\mathbb{E}\left[ (X - c)^2 \right] &= \mathbb{E}[X^2] - 2c\,\mathbb{E}[X] + c^2 \nonumber\\" "\n"
    r"\intertext{and setting $c = \mathbb{E}[X]$ gives}" "\n"
    r"&= \mathbb{E}[X^2] - \mathbb{E}[X]^2. \label{eq:var}" "\n"
    r"\end{align}",
    "E[(X − c)²] = E[X²] − 2cE[X] + c²\nsetting c = E[X] gives\n= E[X²] − E[X]²",
    "y = Wx + b,  L = ½‖y − t‖²   (W: m×n, x: n)\n∂L/∂y = y − t\n∂L/∂W = (y − t) xᵀ\n"
    "∂L/∂x = Wᵀ (y − t)     ← backprop",
    "f(x,y) = x^2 y + y^3\ndf/dx = 2xy\nplug in (1,2): df/dx = 4",
    "f(x) = x^3\nf'(x) = 3x^2\nsub in x = 2, f'(x) = 12\nfor x=2 this gives f'(x) = 12\nfor x=3, f'(x) = 27",
    "f(x) = x^3 + x\nf(2x) = 8x^3 + 2x\nfor x = 1:\n= 8 + 2 = 10",
    "1️⃣ f(x) = x e^{x}, x in R\n2️⃣ f'(x) = e^{x} + x e^{x} (!)\n👉 f'(0) = 1 🎉",
    "a, b ⩾ 0\n(a + b)/2 ⩾ √(ab)  ∵ (√a − √b)² ⩾ 0",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (1, "(a) Var[a X] = a Var[X]"),
    (3, "f(x) = x^2 + 3x\nf'(x) = 2x + 3 {by linearity}\n--> f'(2) = 8 <- plug in"),
    (2, "KL(q||p) = sum_x q(x) log q(x)/p(x)   [def.]\n   = H(q) - sum_x q(x) log p(x)     [log of a quotient]"),
    (4, "| step | formula |\n|------|---------|\n| 1 | f(x) = x^2 e^x |\n| 2 | f'(x) = x (2 - x) e^x |"),
    (2, "m = (1/n) sum x_i\nsum (x_i - m)^2 = sum x_i^2 - m^2"),
    (2, "x in R^n\n∑ x_i² = (∑ x_i)²"),
    (3, "X_1, ..., X_n iid with E[X_i] = μ, Var(X_i) = σ²\nS = ∑ X_i\nVar(S) = n^2 σ²"),
    (3, "> f(x) = ln(x)/x\n> f'(x) = (1/x * x - ln x)/x^2\n>       = (1 + ln x)/x^2"),
    (6, r"\begin{align*}" "\n"
        r"f(x) &= x^2 e^x \\" "\n"
        r"\intertext{By the product rule,}" "\n"
        r"f'(x) &= 2x e^x + x^2 e^x \\" "\n"
        r"\intertext{which we may write as}" "\n"
        "&= x (x + 1) e^x.\n"
        r"\end{align*}"),
    (4, "$$\n"
        r"\begin{array}{rcl}" "\n"
        r"(a+b)^3 &=& (a+b)(a+b)^2 \\" "\n"
        "&=& a^3+3a^2b+3ab^2+b^2\n"
        r"\end{array}" "\n"
        "$$"),
    (3, "y = Wx + b,  L = ½‖y − t‖²   (W: m×n, x: n)\n∂L/∂y = y − t\n∂L/∂x = W (y − t)     ← backprop"),
    (3, "f(x) = x^3\nfor x=2 this gives f'(x) = 12\nfor x=3 this gives f'(x) = 28"),
    (6, "f(x, y) = x³y + x + 2y²\n∂²f/∂x² = 6xy\n∂²f/∂x∂y = 3x²\n∂²f/∂y² = 4\nH = [6xy 3x²; 3x² 4]\n"
        "det H = 24xy − 3x²"),
    (4, "x, y in R^n\n||x - y||^2 = x'x - 2 x'y + y'y\nwith s = x'y:\n= x'x - 2 s - y'y"),
    (2, "A is n x n w/ det A > 0\ndet(A^-1) = det A ..."),
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)


@pytest.mark.parametrize(
    "text",
    [
        "x = a/b, u = w/ ||w||", "y = 3 w/ 2", "1 + 1/2 + 1/4 + ... = 2", "x = 0.333...", "5! = 120", "n! = n!!",
        "X ~ N(0, 1)", "x ~ 0.5 N(0, 1) + 0.5 N(2, 1)", "{x : x > 0}", "p(x | y) = [x y]", "a, b, c, ...",
        "x <- x - eta g", "if x > 0 [x otherwise]",
    ],
)  # fmt: skip
def test_what_is_mathematics_is_no_decoration(text: str) -> None:
    assert without_remarks(text) == text


def test_places_stay() -> None:
    text = "f(x) = x !\n| a | b |\n|---|---|\n| 1 | x = 2 |\n✅ x = 1/3 ~ 0.33 [by linearity] ... (2)\n"
    assert len(without_remarks(text)) == len(text)
    assert len(page_of(text).text) == len(text)


def test_words_with_strokes_are_spelt_out_but_quotients_are_not() -> None:
    assert spelt_out("A w/ det A > 0, b/c it is") == "A with det A > 0, because it is"
    assert spelt_out("u = w/ n and a b/c") == "u = w/ n and a b/c"
