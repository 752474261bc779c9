"""Derivations line by line: the missing line, the wrong line, proofs of the rules, the two layouts."""

from __future__ import annotations

from random import Random

from agnesi.exercises.drawing import integer, put, slope_of, times
from agnesi.exercises.made_wrong import gap, wrong_line
from agnesi.exercises.record import Family, Instance, Planted, Proof

_SCALAR = {  # by level: functions of x
    1: ("x{n} sin(x)", "({a}x + {b}){n}", "exp({a}x{n})", "sin(x²) + {a}x", "x² exp({a}x)", "cos({a}x² + {b})"),
    2: (
        "x{n} sin({a}x)",
        "({a}x² + {b}){n}",
        "(x² + {b}) exp({a}x)",
        "sin(x²) cos({a}x)",
        "x{n} log({a}x + {b})",
        "sin({a}x)²",
    ),
    3: (
        "exp({a}x²) sin({b}x)",
        "sin(({a}x + {b})²)",
        "x{n} exp(x² + {a}) ",
        "tanh({a}x² + {b}) x",
        "({a}x² + {b}){n} sin(x)",
    ),
}
_VECTOR = {  # by level: declarations, functions, the variable
    1: ("X: N×d; y: N; w: d", ("‖X w − y‖²", "{a}‖X w − y‖²", "yᵀX w + {a} wᵀw", "{a}‖w‖² − yᵀX w"), "w"),
    2: (
        "X: N×d; y: N; w: d; λ: scalar",
        ("‖X w − y‖² + {a}λ‖w‖²", "sum(exp({a}X w))", "sum(tanh(X w)) + {a}λ wᵀw", "‖y − {a}X w‖²"),
        "w",
    ),
    3: (
        "x: n; w: n; b: scalar; y: scalar",
        ("(y − {a} tanh(wᵀx + b))²", "(max(0, wᵀx + {a}b) − y)²", "(sigmoid({a} wᵀx + b) − y)²", "{a} exp((y − wᵀx)²)"),
        "w",
    ),
}


def _filled(rng: Random, text: str) -> str:
    up = {2: "²", 3: "³", 4: "⁴"}[integer(rng, 2, 4)]
    return (
        text.replace("{a}", str(integer(rng, 2, 6))).replace("{b}", str(integer(rng, 1, 7))).replace("{n}", up).strip()
    )


def _given(rng: Random, level: int, vectors: bool) -> tuple[str, str, str]:
    """Return a function with declarations, its variable, and the definition of f."""
    if not vectors:
        f = _filled(rng, rng.choice(_SCALAR[level]))
        return f"x: scalar; {f}", "x", f"x: scalar; f(x) = {f}"
    head, texts, wrt = _VECTOR[level]
    f = _filled(rng, rng.choice(texts))
    return f"{head}; {f}", wrt, f"{head}; f({wrt}) = {f}"


def _first(rng: Random, level: int, vectors: bool, make: object) -> Instance:
    """Return the first exercise that can be made of functions drawn one after another."""
    for _ in range(40):
        text, wrt, given = _given(rng, level, vectors)
        made = (gap if make == "gap" else wrong_line)(rng, text, wrt, given)
        if made is not None and made.slips:
            return made
    raise AssertionError(f"no exercise in 40 draws at level {level}")


def _gap(rng: Random, level: int) -> Instance:
    """Draw a missing line in the derivative of a function of x."""
    return _first(rng, level, False, "gap")


def _gap_vector(rng: Random, level: int) -> Instance:
    """Draw a missing line in the gradient of a loss."""
    return _first(rng, level, True, "gap")


def _wrong(rng: Random, level: int) -> Instance:
    """Draw a derivative of a function of x with a wrong line."""
    return _first(rng, level, False, "wrong")


def _wrong_vector(rng: Random, level: int) -> Instance:
    """Draw the gradient of a loss with a wrong line."""
    return _first(rng, level, True, "wrong")


def _norm(rng: Random, level: int) -> Instance:
    """Draw an identity of norms and inner products to be proved."""
    a, b = integer(rng, 2, 5), integer(rng, 2, 5)
    u, v = rng.choice((("x", "y"), ("u", "v"), ("p", "q"), ("a", "b")))
    left = {
        1: f"‖{u} + {times(a, v)}‖²",
        2: f"‖{times(a, u)} − {times(b, v)}‖²",
        3: f"‖{u} + {times(a, v)}‖² − ‖{u} − {times(a, v)}‖²",
    }[level]
    head = f"{u}: n; {v}: n"
    s, t = (u, times(a, v)) if level != 2 else (times(a, u), times(b, v))
    sign = "−" if level == 2 else "+"
    cross = 2 * a * (b if level == 2 else 1)
    square = f"({s} {sign} {t})ᵀ({s} {sign} {t})"
    if level < 3:
        first, second = f"‖{u}‖²" if level == 1 else f"{a * a}‖{u}‖²", f"{a * a if level == 1 else b * b}‖{v}‖²"
        right, lost = f"{first} {sign} {cross} {u}ᵀ{v} + {second}", f"{first} {sign} {second}"
        model = (
            (f"{left} = {square}", "the square of a norm is the inner product with itself"),
            (f"= {_turned(s, s)} {sign} 2 {_turned(s, t)} + {_turned(t, t)}", "multiply out; xᵀy = yᵀx"),
            (f"= {right}", "numbers in front; xᵀx = ‖x‖²"),
        )
        slips = [
            Planted(f"{left} = {square}\n= {lost}", "norm of a sum"),
            Planted(f"{left} = {square}\n= {right.replace(f'{cross} {u}', f'{cross // 2} {u}')}", "factor 2 lost"),
        ]
    else:
        other = f"({s} − {t})ᵀ({s} − {t})"
        right = f"{4 * a} {u}ᵀ{v}"
        model = (
            (f"{left} = {square} − {other}", "the square of a norm is the inner product with itself"),
            (
                f"= ‖{u}‖² + {2 * a} {u}ᵀ{v} + {a * a}‖{v}‖² − (‖{u}‖² − {2 * a} {u}ᵀ{v} + {a * a}‖{v}‖²)",
                "multiply out",
            ),
            (f"= {right}", "the squares cancel"),
        )
        slips = [
            Planted(
                f"{left} = {square} − {other}\n= 0",
                "cross terms cancelled",
                "the cross terms were cancelled too",
                "−(a − b) = −a + b: the minus turns the sign of the cross term, so the two add.",
            ),
            Planted(f"{left} = {square} − {other}\n= {2 * a} {u}ᵀ{v}", "factor 2 lost"),
        ]
    return Instance(
        f"Prove line by line, for ${u}, {v} ∈ ℝⁿ$: ${left} = {right}$.",
        Proof(left, right, model),
        "lines, each equal to the one above; the last one is the right side",
        head,
        slips=tuple(slips),
    )


def _turned(a: str, b: str) -> str:
    """Return aᵀb, with brackets where there is more than a letter."""
    left, right = (x if len(x) == 1 else f"({x})" for x in (a, b))
    return f"{left}ᵀ{right}"


def _trace(rng: Random, level: int) -> Instance:
    """Draw an identity of transposes or traces to be proved."""
    A, B, C = rng.sample("ABCDEFGHKMP", 3)
    a = integer(rng, 2, 7)
    if level == 1:
        head, left, right = f"{A}: n×n; {B}: n×n", f"({a}{A}ᵀ{B})ᵀ", f"{a}{B}ᵀ{A}"
        model = (
            (f"{left} = {a}{B}ᵀ({A}ᵀ)ᵀ", "the transpose of a product: factors in reverse order"),
            (f"= {right}", "a transpose of a transpose"),
        )
        slips = [Planted(f"{left} = {a}({A}ᵀ)ᵀ{B}ᵀ\n= {right}", "transpose of a product")]
    elif level == 2:
        left, right = f"{a} tr({A} {B} {C})", f"{a} tr({C} {A} {B})"
        head, model = (
            f"{A}: n×n; {B}: n×n; {C}: n×n",
            (
                (f"{left} = {a} tr({B} {C} {A})", "tr(XY) = tr(YX), with X the first factor"),
                (f"= {right}", "tr(XY) = tr(YX) once more"),
            ),
        )
        slips = [Planted(f"{left} = {a} tr({B} {A} {C})\n= {right}", "trace of reordered factors")]
    else:
        head, left, right = (
            f"{A}: n×n; {B}: n×n",
            f"({A} + {B})({A} + {B}) − ({A} − {B})({A} − {B})",
            f"2{A} {B} + 2{B} {A}",
        )
        plus, minus = f"{A} {A} + {A} {B} + {B} {A} + {B} {B}", f"{A} {A} − {A} {B} − {B} {A} + {B} {B}"
        model = (
            (f"{left} = {plus} − ({minus})", "multiply out, and keep the order of the factors"),
            (f"= {right}", "what cancels"),
        )
        slips = [Planted(f"{left} = {plus} − ({minus})\n= 4{A} {B}", "taken to commute")]
    return Instance(
        f"Prove line by line, for square matrices ${A}$, ${B}${f', ${C}$' if level == 2 else ''} of one size: "
        f"${left} = {right}$.",
        Proof(left, right, model),
        "lines, each equal to the one above; the last one is the right side",
        head,
        slips=tuple(slips),
    )


def _slope(rng: Random, level: int) -> Instance:
    """Draw a derivative to be proved: a rule used on letters, with at least one line between."""
    a, n = integer(rng, 2, 6), {1: 2, 2: 3, 3: 4}[level]
    up = {2: "²", 3: "³", 4: "⁴"}[n]
    u, name = rng.choice((("sin(x)", "sine"), ("exp({a}x)", "exponential"), ("cos({a}x)", "cosine")))
    u = u.replace("{a}", str(a))
    f = f"x{up} {u}"
    left = f"d/dx ({f})"
    du, dp = slope_of(f"x: scalar; {u}", "x"), slope_of(f"x: scalar; x{up}", "x")
    right = f"{fact_of(f'({dp}) {u}')} + {fact_of(f'x{up} ({du})')}"
    model = (
        (f"{left} = (d/dx x{up}) {u} + x{up} (d/dx {u})", "(uv)′ = u′v + uv′"),
        (f"= ({dp}) {u} + x{up} (d/dx {u})", "the slope of the power"),
        (f"= {right}", f"the slope of the {name}"),
    )
    slips = [
        Planted(f"{left} = (d/dx x{up}) (d/dx {u})\n= {right}", "product of derivatives"),
        Planted(f"{left} = (d/dx x{up}) {u}\n= {right}", "held constant"),
    ]
    return Instance(
        f"Prove line by line: ${left} = {right}$.",
        Proof(left, right, model),
        "lines, each equal to the one above; the last one is the right side",
        "x: scalar",
        slips=tuple(slips),
    )


def fact_of(text: str) -> str:
    """Return a product in x as the engine writes it."""
    return put(text, ())


FAMILIES = (
    Family(
        "matcalc-missing-line",
        "Fill in the missing line",
        "missing line",
        ("single-chain", "diff-rules"),
        _gap,
        where=(("matcalc", "4.5.1"), ("impcalc", "1")),
    ),
    Family(
        "matcalc-missing-line-vectors",
        "Fill in the missing line, with vectors",
        "missing line",
        ("vector-chain", "gradient"),
        _gap_vector,
        where=(("matcalc", "4.5.3"),),
    ),
    Family(
        "matcalc-wrong-line",
        "Find the wrong line",
        "wrong line",
        ("single-chain", "diff-rules"),
        _wrong,
        where=(("matcalc", "4.5.1"), ("impcalc", "1")),
    ),
    Family(
        "matcalc-wrong-line-vectors",
        "Find the wrong line, with vectors",
        "wrong line",
        ("vector-chain", "loss-grad"),
        _wrong_vector,
        where=(("matcalc", "6"),),
    ),
    Family(
        "matcalc-prove-product",
        "Prove a slope by the product rule",
        "prove",
        ("diff-rules", "derivative"),
        _slope,
        where=(("matcalc", "2"),),
    ),
    Family(
        "impla-prove-norms",
        "Prove an identity of norms",
        "prove",
        ("inner-product", "norm"),
        _norm,
        where=(("impla", "2"), ("mml", "3.2")),
    ),
    Family(
        "impla-prove-products",
        "Prove an identity of matrix products",
        "prove",
        ("matrix", "transpose-symmetry"),
        _trace,
        where=(("impla", "3"), ("mml", "2.2.2")),
    ),
)
