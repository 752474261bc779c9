"""Choose the picture: the graph of a slope, level curves, what a matrix does to the plane."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

import sympy

from agnesi import draw
from agnesi.draw import Picture
from agnesi.exercises.drawing import integer, plus, raised, shuffled, slope_of, times, typed, values
from agnesi.exercises.record import Choice, Family, Instance, Option

X = sympy.Symbol("x", real=True)


def _polynomial(rng: Random, level: int) -> str:
    """Return a polynomial whose slope has whole zeros: a parabola, a cubic, a quartic."""
    if level == 1:
        p, a = integer(rng, -3, 3), rng.choice((1, -1, 2))
        f = a * (X - p) ** 2 + rng.randint(-3, 3)
    elif level == 2:
        p, q = sorted(rng.sample(range(-3, 4), 2))
        f = sympy.integrate(rng.choice((3, -3, 6)) * (X - p) * (X - q), X) + rng.randint(-2, 2)
    else:
        p, q = rng.sample((-2, -1, 1, 2), 2)
        f = sympy.integrate(rng.choice((4, -4)) * (X - p) * X * (X - q), X) + rng.randint(-1, 1)
    return _text(f)


def _text(f: sympy.Expr) -> str:
    poly = sympy.Poly(f, X)
    out = []
    for (n,), c in poly.terms():
        text = times(int(c), raised("x", n)) if c.q == 1 else f"{'−' if c < 0 else ''}{abs(c)} {raised('x', n)}"
        out.append(text)
    return plus(*out)


def _words(text: str) -> str:
    """Return what is seen of the graph of a polynomial: heights at a few places."""
    heights = (f"{v + 0.0:.3g}".replace("-", "−") for v in values(text, (-3.0, -1.0, 0.0, 1.0)))
    told = (f"{height} at x = {x}" for height, x in zip(heights, ("−3", "−1", "0", "1"), strict=True))
    return f"a graph of height {', '.join(told)}"


def _slope(rng: Random, level: int) -> Instance:
    """Draw f; which graph is that of its slope?"""
    f = _polynomial(rng, level)
    slope = slope_of(f"x: scalar; {f}", "x")
    wrong = [
        (f"−({slope})", "sign", "the sign of the slope is turned", "Where f rises its slope is above 0."),
        (
            f,
            "function and slope",
            "this is the graph of f itself",
            "The slope is 0 where f has its highest and lowest places.",
        ),
        (
            slope_of(f"x: scalar; {slope}", "x") if level > 1 else f"({slope}) + {integer(rng, 2, 4)}",
            "second derivative" if level > 1 else "slope shifted",
            "this is the slope of the slope" if level > 1 else "its zero is at another place",
            "The zeros of the slope are the places where f is level.",
        ),
    ]
    made = [(_graph(t), slip, words, why) for t, slip, words, why in wrong]
    options, right, slips = shuffled(rng, _graph(slope), made)
    return Instance(
        f"Which graph is that of the slope of $f(x) = {f}$?",
        Choice(right),
        "the letter of a graph",
        f"x: scalar; f(x) = {f}",
        options,
        slips,
        picture=partial(draw.function, slope, (-4, 4)),
        work=lambda: (("Differentiate", f"f′(x) = {slope}"), (f"Look for {_words(slope)}", "")),
    )


def _graph(text: str) -> Option:
    return Option(_words(text), partial(_unnamed, text))


def _unnamed(text: str) -> Picture:
    """Return the graph without its formula, which would give it away."""
    picture = draw.function(text, (-4, 4), title=" ")
    across, up = picture.axes
    return replace(picture, axes=(across, replace(up, label="height")), alt=_words(text), legend=False)


_LEVELS = "On a level curve f has one value: {}."


def _contours(rng: Random, level: int) -> Instance:
    """Draw a quadratic function of x and y; which level curves are its?"""
    a, b = rng.sample(range(1, 8), 2)
    c = 0 if level < 3 else rng.choice((-1, 1))
    sign = 1 if level == 1 else rng.choice((1, -1))

    def text(p: int, q: int, r: int = 0) -> str:
        return plus(times(p, "x²"), *([times(r, "x y")] if r else []), times(q, "y²"))

    f = text(a, sign * b, c * min(a, b))
    wrong = [
        (
            text(b, sign * a, c * min(a, b)),
            "axes exchanged",
            "x and y were exchanged",
            _LEVELS.format("the larger number in front makes it change faster, and the curves lie closer"),
        ),
        (
            text(a, -sign * b, c * min(a, b)),
            "sign",
            "the sign of y² was turned",
            _LEVELS.format("like signs give ellipses, unlike ones hyperbolas"),
        ),
    ]
    if c:
        wrong.append(
            (
                text(a, sign * b, -c * min(a, b)),
                "sign of the mixed term",
                "the sign of the mixed term was turned",
                "The mixed term tilts the curves; its sign says which way.",
            )
        )
    made = [(_map(t), slip, words, why) for t, slip, words, why in wrong]
    options, right, slips = shuffled(rng, _map(f), made)
    kind = (
        "ellipses" if sympy.Matrix([[2 * a, c * min(a, b)], [c * min(a, b), 2 * sign * b]]).det() > 0 else "hyperbolas"
    )
    return Instance(
        f"Which picture shows the level curves of $f(x, y) = {f}$?",
        Choice(right),
        "the letter of a picture",
        f"f(x, y) = {f}",
        options,
        slips,
        work=lambda: (
            ("Along y = 0 and along x = 0", f"f(x, 0) = {times(a, 'x²')}, f(0, y) = {times(sign * b, 'y²')}"),
            (f"The level curves are {kind}", ""),
        ),
    )


def _map(text: str) -> Option:
    heights = ", ".join(
        f"{_at(text, x, y)} at ({x}, {y})".replace("-", "−") for x, y in ((1, 0), (0, 1), (1, 1), (1, -1))
    )
    return Option(f"level curves of a function with the heights {heights}", partial(draw.contours, text, title=" "))


def _at(text: str, x: int, y: int) -> str:
    plain = text.replace("²", "**2").replace("−", "-").replace("x y", "x*y")
    parsed = sympy.sympify(_starred(plain))
    return str(parsed.subs({"x": x, "y": y}))


def _starred(text: str) -> str:
    out = ""
    for k, char in enumerate(text):
        if char in "xy" and k and (text[k - 1].isdigit()):
            out += "*"
        out += char
    return out


def _linear(rng: Random, level: int) -> Instance:
    """Draw a matrix; which picture shows what it does to the plane?"""
    while True:
        entries = [rng.randint(-2, 2) for _ in range(4)]
        A = sympy.ImmutableMatrix(2, 2, entries)
        swapped = A[:, [1, 0]]
        others = [A.T, swapped, -A] if level > 1 else [A.T, swapped]
        if level == 3 and A.det() not in (0, 1, -1):
            others.append(A.inv())
        if abs(A.det()) >= 1 and len({tuple(m) for m in (A, *others)}) == len(others) + 1:
            break
    told = (
        ("transpose too much", "rows were taken for columns", "The columns of A are where e₁ and e₂ go."),
        ("columns exchanged", "the columns were exchanged", "The first column is where e₁ goes."),
        ("sign", "the whole plane is turned round", "The columns of A are where e₁ and e₂ go."),
        ("inverse too much", "this is what undoes A", "A takes e₁ to its first column; the inverse takes that back."),
    )
    made = [(_plane(m), *words) for m, words in zip(others, told, strict=False)]
    options, right, slips = shuffled(rng, _plane(A), made)
    return Instance(
        f"Which picture shows what $A = {typed(A)}$ does to the plane?",
        Choice(right),
        "the letter of a picture",
        "",
        options,
        slips,
        work=lambda: (
            ("The columns of A are the images of e₁ and e₂", f"A e₁ = {typed(A[:, 0])}, A e₂ = {typed(A[:, 1])}"),
        ),
    )


def _plane(A: sympy.Matrix) -> Option:
    first, second = (f"({A[0, k]}, {A[1, k]})".replace("-", "−") for k in (0, 1))
    rows = [[float(v) for v in row] for row in A.tolist()]
    return Option(f"e₁ goes to {first} and e₂ to {second}", partial(draw.linear_map, rows, show=("grid",), title=" "))


FAMILIES = (
    Family(
        "matcalc-choose-slope",
        "Choose the graph of the slope",
        "picture",
        ("derivative",),
        _slope,
        where=(("matcalc", "2"), ("impcalc", "1")),
    ),
    Family(
        "impcalc-choose-contours",
        "Choose the level curves",
        "picture",
        ("gradient", "hessian"),
        _contours,
        where=(("impcalc", "2"), ("matcalc", "3")),
    ),
    Family(
        "impla-choose-map",
        "Choose what a matrix does",
        "picture",
        ("linear-map", "matrix"),
        _linear,
        where=(("impla", "3"), ("mml", "2.7")),
    ),
)
