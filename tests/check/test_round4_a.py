"""Calculus as it is typed in notes, scripts and posts: right lines are judged so, and the first wrong one is found."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    '$$\\int_0^{\\pi/2} \\sin^2 x \\cos x \\, \\mathrm{d}x = \\left[\\frac{\\sin^3 '
     'x}{3}\\right]_0^{\\pi/2} = \\frac13$$',
    (
        'int x e^x dx by parts: u = x, dv = e^x dx, so du = dx, v = e^x\n'
        'int x e^x dx = x e^x - int e^x dx\n'
        '= x e^x - e^x + C'
    ),
    (
        'For |x| < 1: ∑_{n=0}^∞ xⁿ = 1/(1−x). Differentiating, ∑_{n=1}^∞ n xⁿ⁻¹ = 1/(1−x)².\n'
        'Multiply by x: ∑_{n=1}^∞ n xⁿ = x/(1−x)²'
    ),
    (
        'Let z = e^{xy}, x = t^2, y = 1/t. By the chain rule\n'
        "dz/dt = z_x x' + z_y y' = y e^{xy} 2t + x e^{xy} (-1/t^2)\n"
        '= 2e^t - e^t = e^t'
    ),
    "y = x^x, so ln y = x ln x.\ny'/y = ln x + 1\ny' = x^x (ln x + 1)",
    'Implicit differentiation of x^2 + y^2 = 25: 2x + 2y dy/dx = 0, hence dy/dx = -x/y.',
    (
        '**Example.** Find $\\int x\\cos x\\,dx$.\n'
        'Put $u=x$ and $dv=\\cos x\\,dx$; then $du=dx$, $v=\\sin x$, so\n'
        '$$\\int x\\cos x\\,dx = x\\sin x - \\int \\sin x\\,dx = x \\sin x + \\cos x + C.$$'
    ),
    'Let f(x, y, z) = x y z. grad f = (yz, xz, xy), so at (1,2,3) it is (6, 3, 2).',
    'f(x,y) = ln(x^2 + y^2)\nf_x = 2x/(x^2+y^2), f_xx = 2(y^2 - x^2)/(x^2+y^2)^2\nf_xx + f_yy = 0',
    'u(x,t) = e^{-k^2 t} sin(k x)\nu_t = -k^2 u\nu_xx = -k^2 u\nhence u_t = u_xx.',
    (
        '(ii) Show that ∫₀^∞ e^{−ax} dx = 1/a for a > 0. Differentiate under the integral w.r.t. a:\n'
        '∫₀^∞ x e^{−ax} dx = 1/a²\n'
        '∫₀^∞ x² e^{−ax} dx = 2/a³'
    ),
    (
        '\\begin{gather*}\n'
        '\\Gamma(n+1) = \\int_0^\\infty t^n e^{-t}\\,dt = \\bigl[-t^n e^{-t}\\bigr]_0^\\infty + n\\int_0^\\infty '
        't^{n-1}e^{-t}\\,dt = n\\Gamma(n)\n'
        '\\end{gather*}'
    ),
    (
        "f(x) = x e^{-x}. f'(x) = e^{-x} - x e^{-x} = (1 - x) e^{-x} = 0 iff x = 1. f''(x) = (x - 2) e^{-x}, "
        "f''(1) = -1/e < 0: maximum."
    ),
    "we want the min of g(t) = t + 4/t on t > 0\ng'(t) = 1 - 4/t^2\ng'(t) = 0 -> t^2 = 4 -> t = 2\ng(2) = 2 + 2 = 4",
    (
        'Box of volume 32 with square base: V = x² h = 32, so h = 32/x².\n'
        'Surface A(x) = x² + 4xh = x² + 128/x\n'
        "A'(x) = 2x − 128/x² = 0 ⟹ x³ = 64 ⟹ x = 4"
    ),
    (
        '\\begin{align}\n'
        '\\int_0^\\infty \\frac{dx}{1+x^2} &= \\lim_{b\\to\\infty} \\int_0^b \\frac{dx}{1+x^2} \\\\\n'
        '&= \\lim_{b\\to\\infty} \\arctan b = \\frac{\\pi}{2}\n'
        '\\end{align}'
    ),
    "Suppose z = f(x - ct) for a differentiable f. Then z_t = -c f'(x - ct) and z_x = f'(x - ct).",
    "If y = ln(x^2 + 1) then y' = 2x/(x^2 + 1), y'' = (2 - 2x^2)/(x^2+1)^2",
    (
        'Let $g(\\mathbf{x}) = x_1^2 + 2x_1x_2$. Then $\\partial g/\\partial x_1 = 2x_1 + 2x_2$ and $\\partial '
        'g/\\partial x_2 = 2x_1$.'
    ),
    (
        'Find the stationary points of f(x,y) = x^3 - 3x + y^2.\n'
        'f_x = 3x^2 - 3, f_y = 2y\n'
        'Setting both to zero gives x = ±1, y = 0.'
    ),
    'x^2 - 2x - 3 = 0\nx = (2 ± sqrt(4 + 12))/2 = 1 ± 2',
    'a x^2 + b x + c = 0, a ≠ 0\nx = (-b ± √(b² - 4ac))/(2a)',
    (
        'f(x) = x^3 - 12x\n'
        "f'(x) = 3x^2 - 12 = 0 ⇒ x = ±2\n"
        "f''(x) = 6x\n"
        "f''(2) = 12 > 0, so x = 2 is a minimum\n"
        "f''(-2) = -12 < 0, so x = -2 is a maximum"
    ),
    "Implicit differentiation of x^2 + x y + y^2 = 7: 2x + y + x y' + 2y y' = 0\nso y' = -(2x + y)/(x + 2y)",
    "x^2 + y^2 = 25. Differentiating both sides, 2x + 2y y' = 0, so y' = -x/y.",
    "y = e^{3x} cos x\ny' = 3e^{3x} cos x - e^{3x} sin x\ny'' = 8 e^{3x} cos x - 6 e^{3x} sin x",
    'log (x)^3 = 3 log x',
    (
        'Fix v > λ > 0 and put φ(x) = ½(x − v)² + λ|x|.\n'
        'x* = v − λ > 0\n'
        'φ(x*) = ½λ² + λ(v − λ) = λv − ½λ²\n'
        'φ(0) − φ(x*) = ½v² − λv + ½λ² = ½(v − λ)² > 0'
    ),
    (
        'int_0^1 x e^x dx with u = x, dv = e^x dx, so du = dx and v = e^x:\n'
        '= [x e^x]_0^1 - int_0^1 e^x dx\n'
        '= e - (e - 1) = 1'
    ),
    (
        'by parts with u = ln x, dv = x dx, so du = dx/x and v = x^2/2\n'
        'int_1^e x ln x dx = [x^2/2 * ln x]_1^e - int_1^e x^2/2 * 1/x dx\n'
        '= e^2/2 - int_1^e x/2 dx'
    ),
    (
        'Let D be the unit disk.\n'
        '\\[ \\iint_D \\sqrt{x^2+y^2}\\, dA = \\int_0^{2\\pi}\\int_0^1 r^2\\, dr\\, d\\theta = \\frac{2\\pi}{3} \\]'
    ),
    'D = {(x, y) : 0 ≤ x ≤ 1, 0 ≤ y ≤ x}\n∫∫_D xy dA = ∫_0^1 ∫_0^x xy dy dx = ∫_0^1 x³/2 dx = 1/8',
    'D = [0,1] × [0,2]\n∬_D (x + y) dx dy = 3',
    'Taylor: e^x = 1 + x + x^2/2 + O(x^3)\nln(1+x) = x - x^2/2 + O(x^3)\nso e^x ln(1+x) = x + x^2/2 + O(x^3)',
    '\\lim_{x \\to 0} \\frac{\\sin 3x}{\\sin 5x} = \\lim_{x\\to 0} \\frac{3\\cos 3x}{5 \\cos 5x} = \\frac{3}{5}',
    'Partial fractions: 1/(x^2 - 1) = (1/2)(1/(x-1) - 1/(x+1))\nso ∫ dx/(x^2-1) = (1/2) ln|(x-1)/(x+1)| + C',
]  # fmt: skip

WRONG = [
    ('$$\\int_0^{\\pi/2} \\sin^2 x \\cos x \\, \\mathrm{d}x = \\left[\\frac{\\sin^3 '
     'x}{3}\\right]_0^{\\pi/2} = \\frac12$$', 1),
    ((
        'int x^2 e^x dx. Let u = x^2, dv = e^x dx. Then du = 2x dx and v = e^x.\n'
        'int x^2 e^x dx = x^2 e^x - int 2x e^x dx\n'
        '= x^2 e^x - 2x e^x - 2e^x + C'
     ), 3),
    ("y = x^x, so ln y = x ln x.\ny'/y = ln x + 1\ny' = x^x (ln x) + 1", 3),
    ("Implicit differentiation of x^2 + x y + y^2 = 7: 2x + y + 2y y' = 0", 1),
    ('Area between y = x and y = x^2 on [0,1]:\nA = \\int_0^1 (x - x^2) dx = 1/2 - 1/4 = 1/4', 2),
    ((
        '**Example.** Find $\\int x\\cos x\\,dx$.\n'
        'Put $u=x$ and $dv=\\cos x\\,dx$; then $du=dx$, $v=\\sin x$, so\n'
        '$$\\int x\\cos x\\,dx = x\\sin x - \\int \\sin x\\,dx$$\n'
        '$$= x \\sin x - \\cos x + C.$$'
     ), 4),
    ('f(x,y) = ln(x^2 + y^2)\nf_x = 2x/(x^2+y^2)\nf_xx = 2(y^2 + x^2)/(x^2+y^2)^2', 3),
    ('u(x,t) = sin(x - c t)\nu_tt = c u_xx', 2),
    ("we want the min of g(t) = t + 4/t on t > 0\ng'(t) = 1 - 4/t^2\ng'(t) = 0 -> t^2 = 4 -> t = 4", 3),
    ("If y = ln(x^2 + 1) then y' = 2x/(x^2 + 1), y'' = (2 + 2x^2)/(x^2+1)^2", 1),
    ("f(x) = x^3 - 12x\nf'(x) = 3x^2 - 12 = 0 ⇒ x = ±4", 2),
    ("Implicit differentiation of x^2 + x y + y^2 = 7: 2x + y + 2y y' = 0", 1),
    ("x^3 + y^3 = 6xy\n3x^2 + 3y^2 y' = 6y + 6x y'\ny' = (2y - x^2)/(y^2 + 2x)", 3),
    ('D = [0,1] × [0,2]\n∬_D (x + y) dx dy = 4', 2),
    ((
        'Let $f(x,y) = x^2 y + y^3$.\n'
        '\\begin{align*}\n'
        '\\frac{\\partial f}{\\partial x} &= 2xy \\\\\n'
        '\\frac{\\partial f}{\\partial y} &= x^2 + 3y \\\\\n'
        '\\end{align*}'
     ), 4),
    ('Taylor around 0:\ncos x = 1 - x^2/2 + x^4/4 + O(x^6)', 2),
    ('\\[ \\lim_{x \\to 0} \\frac{\\sin 3x}{\\sin 5x} = \\lim_{x\\to 0} \\frac{3\\cos '
     '3x}{5 \\cos 5x} = \\frac{5}{3} \\]', 1),
    ((
        'Let z = e^{xy}, x = t^2, y = 1/t. By the chain rule\n'
        'dz/dt = (∂z/∂x)(dx/dt) + (∂z/∂y)(dy/dt)\n'
        '= y e^{xy} 2t + x e^{xy} (1/t^2)\n'
        '= 3e^t'
     ), 3),
    ('Partial fractions: 1/(x^2 - 1) = (1/2)(1/(x-1) - 1/(x+1))\nso ∫ dx/(x^2-1) = (1/2) ln|(x-1)(x+1)| + C', 2),
    ("f(x) = arcsin(x/2), f'(x) = 1/√(1 − x²/4)", 1),
    ('d/dx ∫_0^{x²} e^{-t²} dt = e^{-x⁴}', 1),
    ((
        "Quotient rule: (f/g)' = (f' g - f g')/g^2. With f = x, g = x^2 + 1:\n"
        "h(x) = x/(x^2+1), h'(x) = (x^2 + 1 + 2x^2)/(x^2+1)^2"
     ), 2),
    ('Q: is this right? ∫ tan x dx = ln|cos x| + C', 1),
    ('lim_{n→∞} (1 + 1/n)^n = e\nlim_{n→∞} (1 + 2/n)^n = 2e', 2),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_first_wrong_line_is_found(text: str, line: int) -> None:
    wrong = [s.line for s in agnesi.check(text, diagnose=False).statements if s.verdict == "refuted"]
    assert wrong[:1] == [line]


def test_a_tangent_is_another_quantity() -> None:
    statements = agnesi.check("The tangent plane to z = x² + y² at (1, 2): z = 5 + 2(x - 1) + 4(y - 2)").statements
    assert statements[-1].verdict == "not read"


def test_a_fraction_without_braces_is_read() -> None:
    text = r"$\log\Bigl(\frac1n\sum_{i=1}^n x_i\Bigr) \ge \frac1n\sum_{i=1}^n \log x_i$, $x_i > 0$"
    assert "refuted" not in [s.verdict for s in agnesi.check(text).statements]
