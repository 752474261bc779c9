"""Scalar derivatives by the rules of The Matrix Calculus You Need, chapter 2: powers, sums, products, quotients."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from agnesi.exercises.drawing import (
    asked,
    derivation,
    distinct,
    fact,
    integer,
    kept_lines,
    linear,
    plus,
    power,
    quadratic,
    raised,
    times,
)
from agnesi.exercises.record import Family, Formula, Instance, Planted

WHERE = (("matcalc", "2"), ("impcalc", "1"), ("mml", "5.1.2"))
ASKS = "a formula in x, such as 3x² cos(2x)"
HEAD = "Differentiate {} with respect to $x$."


def _instance(f: str, slips: list[Planted], given: str = "") -> Instance:
    """Return: differentiate f(x)."""
    answer = asked("f′(x)", f, "x")
    question = HEAD.format(f"$f(x) = {f}$")
    return Instance(question, answer, ASKS, f"f(x) = {f}", slips=distinct(answer.value, slips), work=derivation(f, "x"))


def _power(rng: Random, level: int) -> Instance:
    """Draw c xⁿ: n from 2 on; with level 2 a negative one; with level 3 a root."""
    c, n = integer(rng, 2, 7), integer(rng, 3, 7)
    if level == 1:
        f = times(c, raised("x", n))
        slips = [
            Planted(times(c, raised("x", n - 1)), "power rule"),
            Planted(times(c * n, raised("x", n)), "power rule"),
            Planted(
                times(n, raised("x", n - 1)),
                "number lost",
                "the number in front of the power was lost",
                "A constant factor stays: (c u)′ = c u′.",
            ),
        ]
    elif level == 2:
        f = f"{c}/{raised('x', n - 1)}"
        up = f"/{raised('x', n)}"
        slips = [
            Planted(f"{c * (n - 1)}{up}", "derivative of 1/x", "the minus of the exponent was lost"),
            Planted(
                f"−{c * (n - 1)}/{raised('x', n - 2)}", "power rule", "one was added to the exponent, not taken off"
            ),
        ]
    else:
        f = f"{c} sqrt(x) + {times(n, 'x')}"
        slips = [
            Planted(f"{c}/sqrt(x) + {n}", "derivative of the root"),
            Planted(f"{c}/(2 sqrt(x))", "term lost"),
        ]
    return _instance(f, slips)


def _sum(rng: Random, level: int) -> Instance:
    """Draw a polynomial of two to four terms, at level 3 with a sine or an exponential."""
    powers = sorted(rng.sample(range(1, 6), min(level + 1, 3)), reverse=True)
    numbers = [integer(rng, -6, 6, 1, -1) for _ in powers]
    constant = integer(rng, 1, 9)
    terms = [times(c, raised("x", n)) for c, n in zip(numbers, powers, strict=True)]
    slopes = [times(c * n, raised("x", n - 1)) for c, n in zip(numbers, powers, strict=True)]
    more, slope = (
        rng.choice((("sin(x)", "cos(x)"), ("exp(x)", "exp(x)"), ("cos(x)", "−sin(x)"))) if level == 3 else ("", "")
    )
    f = plus(*terms, str(constant), *([more] if more else []))
    right = [*slopes, *([slope] if slope else [])]
    slips = [
        Planted(
            plus(*right, str(constant)),
            "term too much",
            "the constant was kept: its derivative is 0",
            "A constant does not change, so its derivative is 0.",
        ),
        Planted(plus(*right[:-1]), "term lost"),
    ]
    first = times(numbers[0], raised("x", powers[0] - 1))
    if powers[0] > 1:
        slips.append(Planted(plus(first, *right[1:]), "power rule"))
    return _instance(f, slips)


_OUTER = (  # of u: text, derivative, a usual slip in it
    ("sin({})", "cos({})", "−cos({})", "derivative of the sine"),
    ("cos({})", "−sin({})", "sin({})", "derivative of the cosine"),
    ("exp({})", "exp({})", "{} exp({})", "derivative of exp"),
)


def _product(rng: Random, level: int) -> Instance:
    """Draw a power times a function: at level 2 of a multiple of x, at level 3 a sum times it."""
    u = power(rng, low=2, high=4) if level < 3 else quadratic(rng)
    k = 1 if level == 1 else integer(rng, 2, 5)
    outer, slope, _, _ = rng.choice(_OUTER[:3])
    inside = times(k, "x")
    v, dv = (
        outer.format(inside),
        times(k, slope.format(inside)) if not slope.startswith("−") else times(-k, slope[1:].format(inside)),
    )
    f = f"{u.closed} {v}"
    bare = slope.format(inside)
    slips = [
        Planted(f"({u.slope}) ({dv})", "product of derivatives"),
        Planted(f"({u.slope}) {v}", "held constant"),
        Planted(
            f"({u.slope}) {v} − {u.closed} ({dv})",
            "sign",
            "the two terms of the product rule were subtracted",
            "(uv)′ = u′v + uv′: the terms are added; the minus belongs to the quotient.",
        ),
    ]
    if k > 1:
        slips.append(Planted(f"({u.slope}) {v} + {u.closed} ({bare})", "inner derivative lost"))
    return _instance(f, slips)


def _quotient(rng: Random, level: int) -> Instance:
    """Draw u/v with a power, a line or a sine above and a sum below."""
    n = integer(rng, 2, 4)
    above = (raised("x", n), times(n, raised("x", n - 1))) if level < 3 else ("sin(x)", "cos(x)")
    below = linear(rng) if level == 1 else quadratic(rng)
    u, du = above
    v, dv = below.text, below.slope
    f = f"{u}/({v})"
    slips = [
        Planted(f"({du})/({dv})", "product of derivatives"),
        Planted(f"(({du}) ({v}) + {u} ({dv}))/({v})²", "quotient rule"),
        Planted(f"({u} ({dv}) − ({du}) ({v}))/({v})²", "quotient rule"),
        Planted(f"(({du}) ({v}) − {u} ({dv}))/({v})", "quotient rule"),
    ]
    made = _instance(f, slips)
    right = fact(kept_lines(derivation(f, "x")())[-1].right)
    return replace(made, answer=Formula("f′(x)", right, (f, "x")))


def _chain(rng: Random, level: int) -> Instance:
    """Draw g(u(x)): a power or a function of a sum; at level 3 one more function around."""
    u = linear(rng) if level == 1 else quadratic(rng)
    if level == 3:
        outer, slope, _, _ = rng.choice(_OUTER[:2])
        n = integer(rng, 2, 3)
        name, dname = outer.format(u.text), slope.format(u.text)
        f = raised(f"({name})", n)
        slips = [
            Planted(f"{times(n, raised(f'({name})', n - 1))} ({dname})", "inner derivative lost"),
            Planted(
                f"{times(n, raised(f'({name})', n - 1))} ({u.slope})",
                "factor lost",
                "one link of the chain is missing",
                "Each function of the nest gives one factor.",
            ),
        ]
        return _instance(f, slips)
    if rng.random() < 0.5:
        n = integer(rng, 3, 5)
        f = raised(f"({u.text})", n)
        inner = times(n, raised(f"({u.text})", n - 1))
        slips = [
            Planted(inner, "inner derivative lost"),
            Planted(
                f"{times(n, raised('x', n - 1))} ({u.slope})",
                "derivative at the wrong place",
                "the outer derivative was taken at x, not at u",
            ),
        ]
    else:
        outer, slope, wrong, name = rng.choice(_OUTER[:2])
        f = outer.format(u.text)
        slips = [
            Planted(slope.format(u.text), "inner derivative lost"),
            Planted(
                f"({u.slope}) {slope.format('x').replace('−', '')}"
                if not slope.startswith("−")
                else f"−({u.slope}) {slope[1:].format('x')}",
                "derivative at the wrong place",
            ),
            Planted(f"({u.slope}) ({wrong.format(u.text)})", name),
        ]
    return _instance(f, slips)


def _constant(rng: Random, level: int) -> Instance:
    """Draw a letter for a number times a function: d/dx (a u) = a u′, and a alone is constant."""
    a = rng.choice("abc")
    n = integer(rng, 2, 5)
    u, du = (raised("x", n), times(n, raised("x", n - 1))) if level < 3 else ("sin(x)", "cos(x)")
    f = f"{a} {u}" if level == 1 else plus(f"{a} {u}", f"{a}²")
    answer = asked("f′(x)", f"{a}: scalar; {f}", "x")
    slips = [
        Planted(du, "number lost", "the constant factor was lost", "(c u)′ = c u′ for a constant c."),
        Planted(
            plus(f"{a} {du}", u),
            "constant taken as a variable",
            f"{a} was differentiated too, as if it moved with x",
            f"{a} does not depend on x: it is held constant.",
        ),
    ]
    if level > 1:
        slips.append(
            Planted(
                plus(f"{a} {du}", f"2{a}"),
                "constant taken as a variable",
                f"{a}² was differentiated, as if {a} moved with x",
                f"{a}² does not depend on x.",
            )
        )
    question = f"Here ${a}$ is a constant. " + HEAD.format(f"$f(x) = {f}$")
    return Instance(
        question,
        answer,
        f"a formula in x and {a}",
        f"{a}: scalar; f(x) = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(f"{a}: scalar; {f}", "x"),
    )


FAMILIES = (
    Family("matcalc-power-rule", "The power rule", "differentiate", ("derivative", "diff-rules"), _power, where=WHERE),
    Family(
        "matcalc-constant-factor",
        "Constants and constant factors",
        "differentiate",
        ("diff-rules", "derivative"),
        _constant,
        where=WHERE,
    ),
    Family("matcalc-sum-rule", "The sum rule", "differentiate", ("diff-rules", "derivative"), _sum, where=WHERE),
    Family(
        "matcalc-product-rule", "The product rule", "differentiate", ("diff-rules", "derivative"), _product, where=WHERE
    ),
    Family(
        "matcalc-quotient-rule",
        "The quotient rule",
        "differentiate",
        ("diff-rules", "derivative"),
        _quotient,
        where=WHERE,
    ),
    Family(
        "matcalc-chain-rule",
        "The chain rule",
        "differentiate",
        ("single-chain", "diff-rules"),
        _chain,
        where=(("matcalc", "4.5.1"), ("impcalc", "1")),
    ),
)
