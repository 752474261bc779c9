"""Notes of multivariable calculus: differentials, vectors in angles, chain rules, Jacobians, Lagrange, another case."""

from __future__ import annotations

import pytest
from test_scopes import verdicts

POLAR = r"Let $f(x,y)=x^2y+\sin x$, $x=r\cos\theta$, $y=r\sin\theta$. Then $f_r = f_x\cos\theta {0} f_y\sin\theta$."
CHAIN = (
    r"If $z=f(x,y)$, $x=x(t)$, $y=y(t)$:" "\n"
    r"$$\frac{dz}{dt}=\frac{\partial f}{\partial x}\frac{dx}{dt}+\frac{\partial f}{\partial y}\frac{{0}}{dt}.$$"
)
BOX = (
    r"Box without lid, volume $V=xyz=32$, surface $S=xy+2xz+2yz$. Lagrange:" "\n"
    r"\begin{align*}y+2z&=\lambda yz\\x+2z&=\lambda xz\\2x+2y&=\lambda xy\end{align*}" "\n"
    r"Multiply by $x$, $y$, $z$: $xy+2xz=xy+2yz=2xz+2yz$. So $x=y=2z$, $4z^3=32$, $z=2$."
)


def judged(text: str) -> list[str]:
    """Return the verdicts of what is judged or not read."""
    return [v for v in verdicts(text) if v]


@pytest.mark.parametrize(("formula", "wanted"), [
    (r"\int_0^1\!\int_{x^2}^{x}xy\,d y\,d x=\frac1{24}", "tested"),
    (r"\int_0^1\!\int_{x^2}^{x}xy\,d y\,d x=\frac1{12}", "refuted"),
    (r"\int_0^{2\pi}\int_0^R r^2\,r\,d r\,d \theta=\frac{\pi R^4}2", "tested"),
    (r"\int_0^1 \frac{d x}{1+x^2} = \frac{\pi}{4}", "tested"),
])  # fmt: skip
def test_a_differential_that_stands_apart(formula: str, wanted: str) -> None:
    assert judged(f"Here $${formula}.$$") == [wanted]


@pytest.mark.parametrize(("text", "wanted"), [
    (r"Let $g(x,y) = x^3 + xy$. Then $\nabla g = \langle 3x^2 + y, x\rangle$.", ["proved"]),
    (r"Let $g(x,y) = x^3 + xy$. Then $\nabla g = \langle 3x^2 + y, y\rangle$.", ["refuted"]),
    (r"Let $g(x,y) = x^3 + xy$. Then $\nabla g(1,2) = \langle 5, 1\rangle$.", ["proved"]),
    (r"Let $h = x^3y$. Then $\nabla h = \langle 3x^2y, x^3\rangle$.", ["proved"]),
    (r"$r(t) = \langle \cos t, \sin t\rangle$, so $r'(t) = \langle -\sin t, \cos t\rangle$.", ["proved"]),
    (r"Here $\langle 3, 4, 0\rangle \cdot \langle 1, 2, 5\rangle = 11$.", ["proved"]),
    (r"Here $\langle 3, 4\rangle \cdot \langle 1, 2\rangle = 10$.", ["refuted"]),
    (r"Here $\langle x, 2y \rangle = 2\langle x, y\rangle$ for vectors.", ["proved"]),
    (r"Here $\langle Ax, y \rangle = \langle x, A^Ty\rangle$.", ["proved"]),
])  # fmt: skip
def test_vectors_and_inner_products_in_angles(text: str, wanted: list[str]) -> None:
    assert judged(text) == wanted


def test_a_gradient_at_a_place_said_before_is_not_called_wrong() -> None:
    text = r"Let $f=x^2y$ at $(1,2)$. Then $\nabla f=\langle 2xy,x^2\rangle=\langle 4,1\rangle$."
    assert "refuted" not in verdicts(text)


@pytest.mark.parametrize(("sign", "wanted"), [("+", "proved"), ("-", "refuted")])
def test_slopes_in_polar_coordinates(sign: str, wanted: str) -> None:
    assert judged(POLAR.replace("{0}", sign)) == [wanted]


@pytest.mark.parametrize(("last", "wanted"), [("dy", "tested"), ("dx", "refuted")])
def test_a_chain_rule_of_functions_of_which_nothing_is_said(last: str, wanted: str) -> None:
    assert judged(CHAIN.replace("{0}", last)) == [wanted]


def test_what_functions_may_satisfy_is_no_chain_rule() -> None:
    text = r"Let $u=u(x,y)$, $v=v(x,y)$. Then $\frac{\partial u}{\partial x}=\frac{\partial v}{\partial y}$."
    assert "refuted" not in verdicts(text)


def test_a_function_applied_before_its_arguments_are_told() -> None:
    text = r"Let $z=f(x,y)$ with $f(x,y)=x^2y+\sin x$, $x=\cos t$, $y=e^t$. Then $\frac{dz}{dt}=%s$."
    assert judged(text % r"(2xy+\cos x)\frac{dx}{dt}+x^2\frac{dy}{dt}") == ["proved"]
    assert judged(text % r"2xy\frac{dx}{dt}+x^2\frac{dy}{dt}") == ["refuted"]


def test_the_jacobian_of_a_map() -> None:
    text = r"$F(x,y)=(x^2-y^2,\,2xy)$. Then $DF=\begin{pmatrix}2x&-2y\\%s&2x\end{pmatrix}$ and $\det DF=4(x^2+y^2)$."
    assert judged(text % "2y") == ["tested", "tested"]
    assert judged(text % "-2y") == ["refuted", "tested"]


def test_the_differential_of_a_letter_that_is_told_between() -> None:
    text = (
        r"$dV=\frac{\partial V}{\partial r}\,dr+\frac{\partial V}{\partial h}\,dh$. Cone $V=\frac13\pi r^2h$: "
        r"$dV=\frac23\pi rh\,dr+\frac13\pi r^2\,dh$ and $$\frac{dV}V=2\frac{dr}r+\frac{dh}h.$$"
    )
    assert "refuted" not in verdicts(text)


def test_a_system_with_a_multiplier_and_its_constraint() -> None:
    steps = judged(BOX)
    assert steps[:2] == ["tested"] * 2 and "refuted" not in steps


@pytest.mark.parametrize("text", [
    r"Special cases: $\alpha=\beta=1$ (uniform), so $\alpha+\beta=2$. With $\alpha=\beta=2$ it is a parabola.",
    "The uniform prior $\\alpha=\\beta=1$ is flat.\n\nNumbers: $\\alpha=\\beta=2$, $k=7$. So $\\alpha+k=9$.",
])  # fmt: skip
def test_numbers_given_anew_are_another_case(text: str) -> None:
    assert judged(text) == ["tested"]


def test_numbers_that_are_concluded_are_no_other_case() -> None:
    assert judged("From $x + y = 4$ and $x - y = 0$ we get $x = y = 3$.") == ["refuted"]
    assert judged("From $x + y = 4$ and $x - y = 0$ we get $x = y = 2$.") == ["tested"]


def test_a_letter_defined_for_two_purposes_has_slopes_in_the_letters_of_both() -> None:
    text = r"Let $u=\ln(x^2+y^2)$. Then $u_{xx}=\frac{2(y^2-x^2)}{(x^2+y^2)^2}$ "
    text += r"and $u_{yy}=\frac{2(x^2%sy^2)}{(x^2+y^2)^2}$."
    assert judged(text % "-") == ["proved", "proved"]
    assert judged(text % "+") == ["proved", "refuted"]


def test_another_case_in_words_goes_on_from_nothing() -> None:
    text = r"A disc: $\int_0^{2\pi}\int_0^Rr^3\,dr\,d\theta=\frac{\pi R^4}2$. %s it is $\frac14 \pi R^4$."
    assert judged(text % "About a diameter") == ["tested"]
    assert "refuted" in judged(text % "So")
