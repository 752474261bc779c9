"""Algebra and calculus as typed in notes, scripts and posts: derivatives, integrals, series, limits, optima."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, left_open, only_the_last_wrong

import agnesi

RIGHT = [
    "x: n; z: scalar; y = (sum(x + z))² + 2\n∂y/∂x = 2 sum(x + z)𝟏_n",  # the n of 𝟏_n is a size, no index of the sum
    "u = x^2 - y^2, v = 2xy\nJ = ∂(u,v)/∂(x,y)\nJ = [2x -2y; 2y 2x]\ndet J = 4(x^2 + y^2)",
    "x = r cos θ, y = r sin θ\n∂(x,y)/∂(r,θ) = r",
    "ln((1+x)/(1-x)) = 2(x + x^3/3 + ...)",
    r"$$\int_0^{\pi/2} \sin^2 x \cos x \, \mathrm{d}x = \left[\frac{\sin^3 x}{3}\right]_0^{\pi/2} = "
    r"\frac13$$",
    "int x e^x dx by parts: u = x, dv = e^x dx, so du = dx, v = e^x\nint x e^x dx = x e^x - int e^x dx\n"
    "= x e^x - e^x + C",
    "For |x| < 1: ∑_{n=0}^∞ xⁿ = 1/(1−x). Differentiating, ∑_{n=1}^∞ n xⁿ⁻¹ = 1/(1−x)².\n"
    "Multiply by x: ∑_{n=1}^∞ n xⁿ = x/(1−x)²",
    "Let z = e^{xy}, x = t^2, y = 1/t. By the chain rule\n"
    "dz/dt = z_x x' + z_y y' = y e^{xy} 2t + x e^{xy} (-1/t^2)\n= 2e^t - e^t = e^t",
    "y = x^x, so ln y = x ln x.\ny'/y = ln x + 1\ny' = x^x (ln x + 1)",
    "Implicit differentiation of x^2 + y^2 = 25: 2x + 2y dy/dx = 0, hence dy/dx = -x/y.",
    r"**Example.** Find $\int x\cos x\,dx$." "\n"
    r"Put $u=x$ and $dv=\cos x\,dx$; then $du=dx$, $v=\sin x$, so" "\n"
    r"$$\int x\cos x\,dx = x\sin x - \int \sin x\,dx = x \sin x + \cos x + C.$$",
    "Let f(x, y, z) = x y z. grad f = (yz, xz, xy), so at (1,2,3) it is (6, 3, 2).",
    "f(x,y) = ln(x^2 + y^2)\nf_x = 2x/(x^2+y^2), f_xx = 2(y^2 - x^2)/(x^2+y^2)^2\nf_xx + f_yy = 0",
    "u(x,t) = e^{-k^2 t} sin(k x)\nu_t = -k^2 u\nu_xx = -k^2 u\nhence u_t = u_xx.",
    "(ii) Show that ∫₀^∞ e^{−ax} dx = 1/a for a > 0. Differentiate under the integral w.r.t. a:\n"
    "∫₀^∞ x e^{−ax} dx = 1/a²\n∫₀^∞ x² e^{−ax} dx = 2/a³",
    r"\begin{gather*}" "\n"
    r"\Gamma(n+1) = \int_0^\infty t^n e^{-t}\,dt = \bigl[-t^n e^{-t}\bigr]_0^\infty + n\int_0^\infty "
    r"t^{n-1}e^{-t}\,dt = n\Gamma(n)" "\n"
    r"\end{gather*}",
    "f(x) = x e^{-x}. f'(x) = e^{-x} - x e^{-x} = (1 - x) e^{-x} = 0 iff x = 1. f''(x) = (x - 2) "
    "e^{-x}, f''(1) = -1/e < 0: maximum.",
    "we want the min of g(t) = t + 4/t on t > 0\ng'(t) = 1 - 4/t^2\ng'(t) = 0 -> t^2 = 4 -> t = 2\n"
    "g(2) = 2 + 2 = 4",
    "Box of volume 32 with square base: V = x² h = 32, so h = 32/x².\nSurface A(x) = x² + 4xh = x² + 128/x\n"
    "A'(x) = 2x − 128/x² = 0 ⟹ x³ = 64 ⟹ x = 4",
    r"\begin{align}" "\n"
    r"\int_0^\infty \frac{dx}{1+x^2} &= \lim_{b\to\infty} \int_0^b \frac{dx}{1+x^2} \\" "\n"
    r"&= \lim_{b\to\infty} \arctan b = \frac{\pi}{2}" "\n"
    r"\end{align}",
    "Suppose z = f(x - ct) for a differentiable f. Then z_t = -c f'(x - ct) and z_x = f'(x - ct).",
    "If y = ln(x^2 + 1) then y' = 2x/(x^2 + 1), y'' = (2 - 2x^2)/(x^2+1)^2",
    r"Let $g(\mathbf{x}) = x_1^2 + 2x_1x_2$. Then $\partial g/\partial x_1 = 2x_1 + 2x_2$ and $\partial "
    r"g/\partial x_2 = 2x_1$.",
    "Find the stationary points of f(x,y) = x^3 - 3x + y^2.\nf_x = 3x^2 - 3, f_y = 2y\n"
    "Setting both to zero gives x = ±1, y = 0.",
    "x^2 - 2x - 3 = 0\nx = (2 ± sqrt(4 + 12))/2 = 1 ± 2",
    "a x^2 + b x + c = 0, a ≠ 0\nx = (-b ± √(b² - 4ac))/(2a)",
    "f(x) = x^3 - 12x\nf'(x) = 3x^2 - 12 = 0 ⇒ x = ±2\nf''(x) = 6x\nf''(2) = 12 > 0, so x = 2 is a minimum\n"
    "f''(-2) = -12 < 0, so x = -2 is a maximum",
    "Implicit differentiation of x^2 + x y + y^2 = 7: 2x + y + x y' + 2y y' = 0\nso y' = -(2x + y)/(x + 2y)",
    "x^2 + y^2 = 25. Differentiating both sides, 2x + 2y y' = 0, so y' = -x/y.",
    "y = e^{3x} cos x\ny' = 3e^{3x} cos x - e^{3x} sin x\ny'' = 8 e^{3x} cos x - 6 e^{3x} sin x",
    "log (x)^3 = 3 log x",
    "Fix v > λ > 0 and put φ(x) = ½(x − v)² + λ|x|.\nx* = v − λ > 0\nφ(x*) = ½λ² + λ(v − λ) = λv − ½λ²\n"
    "φ(0) − φ(x*) = ½v² − λv + ½λ² = ½(v − λ)² > 0",
    "int_0^1 x e^x dx with u = x, dv = e^x dx, so du = dx and v = e^x:\n= [x e^x]_0^1 - int_0^1 e^x dx\n"
    "= e - (e - 1) = 1",
    "by parts with u = ln x, dv = x dx, so du = dx/x and v = x^2/2\n"
    "int_1^e x ln x dx = [x^2/2 * ln x]_1^e - int_1^e x^2/2 * 1/x dx\n= e^2/2 - int_1^e x/2 dx",
    "Let D be the unit disk.\n"
    r"\[ \iint_D \sqrt{x^2+y^2}\, dA = \int_0^{2\pi}\int_0^1 r^2\, dr\, d\theta = \frac{2\pi}{3} \]",
    "D = {(x, y) : 0 ≤ x ≤ 1, 0 ≤ y ≤ x}\n∫∫_D xy dA = ∫_0^1 ∫_0^x xy dy dx = ∫_0^1 x³/2 dx = 1/8",
    "D = [0,1] × [0,2]\n∬_D (x + y) dx dy = 3",
    "Taylor: e^x = 1 + x + x^2/2 + O(x^3)\nln(1+x) = x - x^2/2 + O(x^3)\nso e^x ln(1+x) = x + x^2/2 + O(x^3)",
    r"\lim_{x \to 0} \frac{\sin 3x}{\sin 5x} = \lim_{x\to 0} \frac{3\cos 3x}{5 \cos 5x} = \frac{3}{5}",
    "Partial fractions: 1/(x^2 - 1) = (1/2)(1/(x-1) - 1/(x+1))\nso ∫ dx/(x^2-1) = (1/2) ln|(x-1)/(x+1)| + C",
    "tanh' = 1 - tanh^2",
    "σ' = σ(1 - σ)",
    "for a, b and eps > 0 we get 2ab <= eps*a^2 + b^2/eps",
    "x + y + z >= 3 (xyz)^(1/3) for x, y, z > 0",
    "eps > 0, a > 0\n2 a <= eps*a^2 + 1/eps",
    "for real a, b and c > 0: 2ab <= c a^2 + b^2/c",
    "(a) $a + a = 2a$. (b) $2b + b = 3b$",
    r"\frac{d x^2}{dx} = 2x, \frac{d e^{ax}}{dx} = a e^{ax}",
    r"\frac{d^2 x^3}{dx^2} = 6x",
    "f(x) = (x - 3)^2 + 4\nset grad = 0 => 2(x - 3) = 0 => x = 3\nf(3) = 4",
    "ln(1+x) = x - x^2/2 + x^3/3 - ...\nln(1+x) = x - x^2/2 + O(x^3)",
    r"For small $x$ we have $\cos x = 1 - \frac{x^2}{2} + \frac{x^4}{24} - \dots$ and $e^x = 1 + x + "
    r"\frac{x^2}{2} + \cdots$.",
    "x^2 - 5x + 6 = 0 => (x-2)(x-3) = 0 => x = 2 or x = 3",
    "x² − 5x + 6 = 0 ⇒ x_{1,2} = (5 ± 1)/2 ⇒ x_1 = 3, x_2 = 2",
    "x(x-1) = 0 => x = 0 or 1",
    "f(x) = x^3 - 3x\nf'(x) = 3x^2 - 3 = 0 => x = 1 or x = -1\nf(1) = -2, f(-1) = 2",
    "x^2 - 5x + 6 = 0\nD = 25 - 24 = 1\nx_1 = (5 + 1)/2 = 3\nx_2 = (5 - 1)/2 = 2\nx_1 + x_2 = 5, x_1 x_2 = 6",
    "I = integral from 0 to pi of x*sin(x) dx\ntake u = x and dv = sin(x) dx, then du = dx and v = -cos(x)\n"
    "I = [-x*cos(x)]_0^pi + integral from 0 to pi of cos(x) dx\n  = pi + [sin(x)]_0^pi",
    "the integral from 0 to infinity of x e^(-x) dx = 1\nthe sum from k=1 to n of k = n(n+1)/2\n"
    "the limit as x -> 0 of sin(3x)/x = 3",
    "f(x,y) = x^3 - 3xy + y^3\nfx = 3x^2 - 3y, fy = 3y^2 - 3x\nfxx = 6x, fyy = 6y, fxy = -3\n"
    "D = fxx fyy - fxy^2 = 36xy - 9",
    "minimize x^2 + y^2 s.t. x + y = 1.\nL(x,y,λ) = x^2 + y^2 - λ(x+y-1)\n"
    "L_x = 2x - λ = 0, L_y = 2y - λ = 0 => x = y = λ/2\nconstraint: λ = 1, x = y = 1/2, min value 1/2",
    "Solve the system:\nx + y = 3\nx - y = 1\nAdding: 2x = 4, so x = 2 and y = 1",
    r"$(g\circ f)'(x) = g'(f(x)) f'(x)$",
    r"$(f\circ g\circ h)'(x) = f'(g(h(x)))\, g'(h(x))\, h'(x)$",
    "The error is linear, and f smooth. (x f(x))' = f(x) + x f'(x)",
    "f is bounded. d/dx f(x^2) = 2x f'(x^2)",
    r"$\max\{a, b\} = (a + b + |a-b|)/2$",
    "$(t)_+ - (-t)_+ = t$",
    "f(λ) = n log λ, λ > 0\n"
    r"\frac{df}{d\lambda} = \frac{n}{\lambda}",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (2, "x = r cos θ, y = r sin θ\n|∂(x,y)/∂(r,θ)| = r^2"),
    (1, "ln((1+x)/(1-x)) = 2(x + x^3/2 + ...)"),
    (1, r"$$\int_0^{\pi/2} \sin^2 x \cos x \, \mathrm{d}x = \left[\frac{\sin^3 x}{3}\right]_0^{\pi/2} = "
        r"\frac12$$"),
    (3, "int x^2 e^x dx. Let u = x^2, dv = e^x dx. Then du = 2x dx and v = e^x.\n"
        "int x^2 e^x dx = x^2 e^x - int 2x e^x dx\n= x^2 e^x - 2x e^x - 2e^x + C"),
    (3, "y = x^x, so ln y = x ln x.\ny'/y = ln x + 1\ny' = x^x (ln x) + 1"),
    (1, "Implicit differentiation of x^2 + x y + y^2 = 7: 2x + y + 2y y' = 0"),
    (2, "Area between y = x and y = x^2 on [0,1]:\n"
        r"A = \int_0^1 (x - x^2) dx = 1/2 - 1/4 = 1/4"),
    (4, r"**Example.** Find $\int x\cos x\,dx$." "\n"
        r"Put $u=x$ and $dv=\cos x\,dx$; then $du=dx$, $v=\sin x$, so" "\n"
        r"$$\int x\cos x\,dx = x\sin x - \int \sin x\,dx$$" "\n"
        r"$$= x \sin x - \cos x + C.$$"),
    (3, "f(x,y) = ln(x^2 + y^2)\nf_x = 2x/(x^2+y^2)\nf_xx = 2(y^2 + x^2)/(x^2+y^2)^2"),
    (2, "u(x,t) = sin(x - c t)\nu_tt = c u_xx"),
    (3, "we want the min of g(t) = t + 4/t on t > 0\ng'(t) = 1 - 4/t^2\ng'(t) = 0 -> t^2 = 4 -> t = 4"),
    (1, "If y = ln(x^2 + 1) then y' = 2x/(x^2 + 1), y'' = (2 + 2x^2)/(x^2+1)^2"),
    (2, "f(x) = x^3 - 12x\nf'(x) = 3x^2 - 12 = 0 ⇒ x = ±4"),
    (3, "x^3 + y^3 = 6xy\n3x^2 + 3y^2 y' = 6y + 6x y'\ny' = (2y - x^2)/(y^2 + 2x)"),
    (2, "D = [0,1] × [0,2]\n∬_D (x + y) dx dy = 4"),
    (4, "Let $f(x,y) = x^2 y + y^3$.\n"
        r"\begin{align*}" "\n"
        r"\frac{\partial f}{\partial x} &= 2xy \\" "\n"
        r"\frac{\partial f}{\partial y} &= x^2 + 3y \\" "\n"
        r"\end{align*}"),
    (2, "Taylor around 0:\ncos x = 1 - x^2/2 + x^4/4 + O(x^6)"),
    (1, r"\[ \lim_{x \to 0} \frac{\sin 3x}{\sin 5x} = \lim_{x\to 0} \frac{3\cos 3x}{5 \cos 5x} = "
        r"\frac{5}{3} \]"),
    (3, "Let z = e^{xy}, x = t^2, y = 1/t. By the chain rule\ndz/dt = (∂z/∂x)(dx/dt) + (∂z/∂y)(dy/dt)\n"
        "= y e^{xy} 2t + x e^{xy} (1/t^2)\n= 3e^t"),
    (2, "Partial fractions: 1/(x^2 - 1) = (1/2)(1/(x-1) - 1/(x+1))\nso ∫ dx/(x^2-1) = (1/2) ln|(x-1)(x+1)| + C"),
    (1, "f(x) = arcsin(x/2), f'(x) = 1/√(1 − x²/4)"),
    (1, "d/dx ∫_0^{x²} e^{-t²} dt = e^{-x⁴}"),
    (2, "Quotient rule: (f/g)' = (f' g - f g')/g^2. With f = x, g = x^2 + 1:\n"
        "h(x) = x/(x^2+1), h'(x) = (x^2 + 1 + 2x^2)/(x^2+1)^2"),
    (1, "Q: is this right? ∫ tan x dx = ln|cos x| + C"),
    (2, "lim_{n→∞} (1 + 1/n)^n = e\nlim_{n→∞} (1 + 2/n)^n = 2e"),
    (1, "σ' = σ(1 + σ)"),
    (1, "geometric sum, r != 1: sum_{k=0}^n r^k = (1 - r^n)/(1 - r)"),
    (1, "√(x^2 - 2x + 1) = 1 - x"),
    (2, "f(x) = (x - 3)^2 + 4\nset the derivative = 0 => 2(x - 3) = 0 => x = 2"),
    (1, "ln(1+x) = x - x^2/2 + x^3/6 - ..."),
    (1, "sin x = x − x³/3 + …"),
    (1, "x^2 - 5x + 6 = 0 => (x-2)(x-3) = 0 => x = 2 or x = 4"),
    (2, "f(x) = x^3 - 3x\nf'(x) = 3x^2 - 3 = 0 => x = 1 or x = -2"),
    (4, "x^2 - 5x + 6 = 0\nD = 25 - 24 = 1\nx_1 = (5 + 1)/2 = 3\nx_2 = (5 - 1)/4 = 1"),
    (4, "I = integral from 0 to pi of x*sin(x) dx\n"
        "take u = x and dv = sin(x) dx, then du = dx and v = -cos(x)\n"
        "I = [-x*cos(x)]_0^pi + integral from 0 to pi of cos(x) dx\n  = -pi + [sin(x)]_0^pi"),
    (2, "∫_0^1 x e^x dx = [x e^x]_0^1 - ∫_0^1 e^x dx\n= e - e\n= 0"),
    (3, "f(x,y) = x^3 - 3xy + y^3\nfx = 3x^2 - 3y\nfy = 3y^2 - 3y"),
    (2, "cosh^2 x - sinh^2 x = 1\nd/dx cosh x = -sinh x"),
    (3, r"$$\int_0^\infty x e^{-ax}\,dx$$ with $a>0$" "\n"
        r"$$= \left[-\frac{x}{a}e^{-ax}\right]_0^\infty + \frac{1}{a}\int_0^\infty e^{-ax}dx$$" "\n"
        r"$$= \frac{1}{a}$$"),
    (3, "lim_{x->0} (1 - cos x)/x^2\n= lim_{x->0} sin x/(2x)\n= 1"),
    (3, "minimise f(x,y) = x^2 + y^2 subject to x + y = 1\nL = x^2 + y^2 + lam (x + y - 1)\n"
        "dL/dx = 2x + lam = 0 => x = lam/2\nso x = y = 1/2"),
    (3, "S = sum_{k=0}^{n} r^k\nr S = sum_{k=1}^{n+1} r^k\nS - rS = 1 - r^n\nS = (1 - r^n)/(1 - r)"),
    (3, "f(x,y) = x^2 y + sin(xy)\ndf/dx = 2xy + y cos(xy)\ndf/dy = x^2 + y cos(xy)\n"
        "d2f/dxdy = 2x + cos(xy) - xy sin(xy)"),
    (2, "J = [[2x, 1],[y, x]] is the Jacobian of F(x,y) = (x^2 + y, xy)\ndet J = 2x^2 + y"),
    (3, "u = x^2, du = 2x dx\nint_0^2 x e^{x^2} dx = 1/2 int_0^4 e^u du\n= e^4 - 1"),
    (2, "sum_{i=1}^n (x_i - xbar)^2, xbar = (1/n) sum_i x_i\n= sum_i x_i^2 + n xbar^2\n"),
    (2, "x_{k+1} = x_k - f(x_k)/f'(x_k) with f(x) = x^2 - 2\nx_{k+1} = (x_k + 1/x_k)/2\n"),
    (4, "taylor of log(1+x) at 0\nf' = 1/(1+x), f'' = -1/(1+x)^2\nf(0) = 0, f'(0) = 1, f''(0) = -1\n"
        "log(1+x) = x + x^2/2 + O(x^3)"),
    (2, "cos(a+b) = cos a cos b - sin a sin b\ncos 2a = 2 cos^2 a + 1\n"),
    (2, "AM-GM: (a+b)/2 >= sqrt(ab), a,b >= 0\nso a + b <= 2 sqrt(ab)"),
    (2, "integral of 1/(1+x^2) from -inf to inf is pi\nintegral_0^inf 1/(1+x^2) dx = pi/4"),
    (3, "sigma(a) = 1/(1+exp(-a))\n1 - sigma(a) = sigma(-a)\nsigma'(a) = sigma(a)(1 + sigma(a))"),
    (2, "tanh(a) = 2 sigma(2a) - 1\ntanh'(a) = 2 sigma'(2a)\n"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    r"\frac{d x^3}{dx} = 3x",
    r"$\max\{a, b\} = (a + b - |a-b|)/2$",
    "$(t)_+ + (-t)_+ = t$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    "y(x) = [exp(2x)(4x); cos(4x)]\ny′(x) = (1, 2)",
    "f(x + y) = f(x) + f(y). So f(2x) = 2 f(x).",
    "f solves f'(x) = 2 f(x). So f''(x) = 4 f(x).",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)


def test_a_tangent_is_another_quantity() -> None:
    statements = agnesi.check("The tangent plane to z = x² + y² at (1, 2): z = 5 + 2(x - 1) + 4(y - 2)").statements
    assert statements[-1].verdict == "not read"
