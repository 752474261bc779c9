"""Gradients and Jacobians by The Matrix Calculus You Need, chapters 3 and 4."""

from __future__ import annotations

from random import Random

from agnesi.exercises.drawing import asked, derivation, distinct, integer, plus, put, raised, slope_of, times, unlike
from agnesi.exercises.made_wrong import slips_of_derivative
from agnesi.exercises.record import Family, Formula, Instance, Planted

_HELD = "A partial derivative varies one letter and holds the others fixed."


def two_letters(rng: Random, level: int) -> str:
    """Return a function of x and y as text: a polynomial, at level 3 with a sine, a cosine or an exponential."""
    a, b, n, m = integer(rng, 2, 5), integer(rng, -5, 5), integer(rng, 2, 4), integer(rng, 2, 3)
    if level == 1:
        return plus(times(a, f"{raised('x', n)} y"), times(b, raised("y", m)))
    if level == 2:
        return plus(times(a, f"{raised('x', n)} {raised('y', m)}"), times(b, "x"), times(integer(rng, 1, 6), "y"))
    outer = rng.choice(("sin", "cos", "exp"))
    inner = rng.choice((f"{a}x y", plus(times(a, "x"), times(b, "y")), f"x² {rng.choice('+−')} {a}y"))
    return plus(f"{outer}({inner})", times(b, f"x {raised('y', m)}"))


def _partial(rng: Random, level: int) -> Instance:
    """Draw ∂f/∂x or ∂f/∂y."""
    f, wrt = two_letters(rng, level), rng.choice("xy")
    other = "y" if wrt == "x" else "x"
    text = f"x: scalar; y: scalar; {f}"
    answer = asked(f"∂f/∂{wrt}", text, wrt)
    slips = [
        Planted(slope_of(text, other), "other variable", f"the derivative was taken in {other}", _HELD),
        Planted(
            f"{answer.value} + {slope_of(text, other)}", "other letter not held", f"{other} was not held fixed", _HELD
        ),
        *slips_of_derivative(text, wrt, 1),
    ]
    return Instance(
        f"Find $∂f/∂{wrt}$ for $f(x, y) = {f}$.",
        answer,
        "a formula in x and y",
        f"f(x, y) = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _gradient(rng: Random, level: int) -> Instance:
    """Draw the gradient of a function of two letters; rows and columns both count."""
    f = two_letters(rng, level)
    text = f"x: scalar; y: scalar; {f}"
    dx, dy = slope_of(text, "x"), slope_of(text, "y")
    value = f"({dx}, {dy})"
    slips = [
        Planted(
            f"({dy}, {dx})",
            "entries exchanged",
            "the two partial derivatives were exchanged",
            "The entries of ∇f stand in the order of the variables: first ∂f/∂x, then ∂f/∂y.",
        ),
        Planted(
            f"{dx} + {dy}",
            "partial derivatives added",
            "the partial derivatives were added to one number",
            "∇f is a vector: one entry for each variable.",
        ),
        *(Planted(f"({p.text}, {dy})", p.slip) for p in slips_of_derivative(text, "x", 1)),
    ]
    return Instance(
        f"Find the gradient of $f(x, y) = {f}$.",
        Formula("∇f(x, y)", value, vector=True),
        "a vector, such as [2x y, x² + 1]",
        f"f(x, y) = {f}",
        slips=distinct(value, slips),
        work=lambda: _by_entries(text, (("f", "x"), ("f", "y")), (f,)),
    )


def _by_entries(
    text: str, entries: tuple[tuple[str, str], ...], functions: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return steps: each partial derivative by the engine, with the last rule that was used."""
    head = text.rsplit("; ", 1)[0]
    bodies = dict(zip(dict.fromkeys(name for name, _ in entries), functions, strict=True))
    out = []
    for name, wrt in entries:
        held = "y" if wrt == "x" else "x"
        value = slope_of(f"{head}; {bodies[name]}", wrt)
        out.append((f"Differentiate {name} in {wrt}, with {held} held fixed", f"∂{name}/∂{wrt} = {value}"))
    return tuple(out)


def _jacobian(rng: Random, level: int) -> Instance:
    """Draw the Jacobian of two functions of x and y."""
    f, g = two_letters(rng, level), two_letters(rng, max(1, level - 1))
    head = "x: scalar; y: scalar"
    (a, b), (c, d) = ([slope_of(f"{head}; {h}", v) for v in "xy"] for h in (f, g))
    value = f"[{a}, {b}; {c}, {d}]"
    slips = [
        Planted(
            f"[{a}, {c}; {b}, {d}]",
            "transposed as a whole",
            "rows and columns were exchanged",
            "Row i of the Jacobian is the gradient of the i-th function; column j belongs to the j-th variable.",
        ),
        Planted(
            f"[{b}, {a}; {d}, {c}]",
            "entries exchanged",
            "the columns were exchanged",
            "Column j belongs to the j-th variable: first x, then y.",
        ),
        *(Planted(f"[{p.text}, {b}; {c}, {d}]", p.slip) for p in slips_of_derivative(f"{head}; {f}", "x", 1)),
    ]
    return Instance(
        f"Find the Jacobian of $f(x, y) = {f}$ and $g(x, y) = {g}$, stacked in this order, in $x$ and $y$.",
        Formula("[∂f/∂x, ∂f/∂y; ∂g/∂x, ∂g/∂y]", value),
        "a matrix, such as [2x, 1; y, x]",
        f"f(x, y) = {f}; g(x, y) = {g}",
        slips=distinct(value, slips),
        work=lambda: _by_entries(f"{head}; {f}", (("f", "x"), ("f", "y"), ("g", "x"), ("g", "y")), (f, g)),
    )


_DIAGONAL = (
    "Entry i depends on entry i of the variable alone, so the Jacobian is diagonal: it is a matrix, not a vector."
)


def _elementwise(rng: Random, level: int) -> Instance:
    """Draw an element-wise operation of two vectors, at level 2 with numbers, at level 3 with functions."""
    a, b = integer(rng, 2, 6), integer(rng, 2, 6)
    head = "w: n; x: n"
    texts = {
        1: ("w ⊙ x", "w + x", "w − x", "x − w", f"w ⊙ x + {a}w", f"{a}w + x", f"{a}w ⊙ x"),
        2: (f"{a}w ⊙ x − {b}x", f"{a}x ./ w", f"w ./ ({b}x)", f"{a}w ⊙ w", f"w ⊙ w ⊙ x + {b}w", f"{a}w − {b}x"),
        3: (
            "exp(w) ⊙ x",
            f"sin({a}w) ⊙ x",
            f"x ⊙ tanh({b}w)",
            f"max(0, {a}w) ⊙ x",
            f"exp(w ⊙ x) + {a}w",
            "sigmoid(w) ⊙ x",
        ),
    }
    f = rng.choice(texts[level])
    wrt = "w" if level == 3 else rng.choice([v for v in "wx" if v in f])
    text = f"{head}; {f}"
    answer = asked(f"∂y/∂{wrt}", text, wrt)
    whole = answer.value.startswith("diag(") and answer.value.endswith(")")  # diag(x) + 6I is not one
    inside = answer.value.removeprefix("diag(").removesuffix(")") if whole else ""
    other = "x" if wrt == "w" else "w"
    slips = [*slips_of_derivative(text, wrt, 2)]
    if inside and "diag" not in inside:
        slips.append(
            Planted(
                inside, "Jacobian taken for a vector", "the vector was given that stands on the diagonal", _DIAGONAL
            )
        )
    slips.append(Planted(slope_of(text, other), "other variable", f"the derivative was taken in {other}"))
    return Instance(
        f"For vectors $w$ and $x$ of size $n$ let $y = {f}$, entry by entry. Find the Jacobian $∂y/∂{wrt}$.",
        answer,
        "a matrix, such as diag(x), I or −2I",
        f"{head}; y = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _expansion(rng: Random, level: int) -> Instance:
    """Draw a scalar spread over a vector, differentiated in the scalar or in the vector."""
    a = integer(rng, 2, 7)
    head = "x: n; z: scalar"
    texts = {
        1: ("x + z", "x z", f"x + {a}z", f"{a}x z", "x − z", f"{a}x + z"),
        2: (f"x z + {a}z", f"z² x + {a}x", f"(x + z) z + {a}x", f"x/z + {a}x", f"{a}x + z²"),
        3: (f"exp(z) x + {a}x", f"sin(x + {a}z)", f"exp({a}x) z", f"(x + z) ⊙ (x + {a}z)", f"tanh(x z) + {a}z"),
    }
    f, wrt = rng.choice(texts[level]), rng.choice("xz")
    text = f"{head}; {f}"
    answer = asked(f"∂y/∂{wrt}", text, wrt)
    other = "x" if wrt == "z" else "z"
    slips = [
        Planted(slope_of(text, other), "other variable", f"the derivative was taken in {other}"),
        *slips_of_derivative(text, wrt, 2),
    ]
    form = "a matrix, such as z I or 2I + diag(x)" if wrt == "x" else "a vector, such as x + 2𝟏 (𝟏 has n ones)"
    return Instance(
        f"$x$ is a vector of size $n$, $z$ a number, and $y = {f}$ (the number is spread over the entries). "
        f"Find $∂y/∂{wrt}$.",
        answer,
        form,
        f"{head}; y = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _sum(rng: Random, level: int) -> Instance:
    """Draw the sum of the entries of an element-wise expression."""
    a = integer(rng, 2, 9)
    head = "x: n; w: n; z: scalar"
    texts = {
        1: (f"sum({a}x)", f"sum(x + {a}w)", "sum(w ⊙ x)", f"{a} sum(x)", f"sum({a}w ⊙ x)", "sum(x ⊙ x)", "sum(x z)"),
        2: (
            f"sum({a}x ⊙ x)",
            f"sum(w ⊙ x ⊙ x) + {a}",
            f"sum({a}x ⊙ x ⊙ w)",
            f"sum({a}x z + w)",
            f"sum(x ⊙ x ⊙ x) + {a}z",
            f"sum((x − {a}w) ⊙ x)",
        ),
        3: (
            f"sum(exp({a}x))",
            f"sum(sin({a}x) ⊙ w)",
            f"log(sum(exp({a}x)))",
            f"sum(tanh(w ⊙ x)) + {a}",
            f"sum(exp(x) ⊙ w) + {a}",
            f"sum(max(0, {a}x ⊙ w))",
        ),
    }
    f = rng.choice(texts[level])
    text = f"{head}; {f}"
    answer = asked("∂y/∂x", text, "x")
    slips = [*slips_of_derivative(text, "x", 2)]
    slips.append(
        Planted(
            f"sum({answer.value})",
            "gradient summed",
            "the gradient was summed to one number",
            "A sum of entries has a gradient with one entry for each entry of x.",
        )
    )
    return Instance(
        f"$x$ and $w$ are vectors of size $n$, $z$ is a number. Find the gradient of $y = {f}$ in $x$.",
        answer,
        "a vector, such as 2x or 3𝟏 (𝟏 has n ones); a row counts too",
        f"{head}; y = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, "x"),
    )


def _total(rng: Random, level: int) -> Instance:
    """Draw y = f(x, u) with u = g(x): all paths count."""
    a, n = integer(rng, 2, 5), integer(rng, 2, 4)
    g = rng.choice(
        (raised("x", n), times(a, "x"), f"x² + {a}") if level < 3 else (f"sin({a}x)", f"exp({a}x)", f"cos({a}x)")
    )
    b = integer(rng, 2, 5)
    outer = rng.choice(
        {
            1: (f"x + {b}u", f"x² + {b}u", f"{b}x u"),
            2: (f"x u + {b}u", f"x² u + {b}x", f"u² + {b}x"),
            3: (f"x u² + {b}x", f"sin(u) + {b}x", f"exp(x) u + {b}x"),
        }[level]
    )
    inside = put(outer, (("u", g),))
    text = f"x: scalar; {inside}"
    answer = asked("f′(x)", text, "x")
    held, along = (put(slope_of(f"x: scalar; u: scalar; {outer}", v), (("u", g),)) for v in "xu")
    slips = [
        Planted(
            held,
            "path left out",
            "only the direct way of x was counted, not the way through u",
            "dy/dx = ∂y/∂x + ∂y/∂u du/dx: every way from x to y adds a term.",
        ),
        Planted(
            f"{held} + {along}",
            "inner derivative lost",
            "∂y/∂u was not multiplied by du/dx",
            "Along the way through u the factor du/dx belongs to ∂y/∂u.",
        ),
        Planted(
            f"({along}) ({slope_of(f'x: scalar; {g}', 'x')})",
            "direct path left out",
            "only the way through u was counted, not the direct one",
            "dy/dx = ∂y/∂x + ∂y/∂u du/dx.",
        ),
    ]
    return Instance(
        f"Let $y = {outer}$ with $u = {g}$. Find the total derivative $dy/dx$, as a formula in $x$.",
        answer,
        "a formula in x",
        f"x: scalar; u(x) = {g}; f(x) = {inside}",
        slips=unlike(answer.value, slips),
        work=derivation(text, "x"),
    )


def _vector_chain(rng: Random, level: int) -> Instance:
    """Draw a vector function of a vector function of x, put together."""
    a, b, n = integer(rng, 2, 5), integer(rng, 2, 5), integer(rng, 2, 3)
    g = rng.choice(((raised("x", n), f"{a}x"), (f"x² + {b}", f"{a}x"), (f"{a}x", f"{b}x")))
    outer = rng.choice(
        {
            1: (("sin(g)", "h²"), (f"{b}g", "sin(h)"), ("g²", f"{a}h")),
            2: (("sin(g)", "g h"), ("g h", f"h² + {b}g"), ("exp(h)", "g + h")),
            3: (("log(g)", "g h²"), ("sin(g h)", f"g + {a}h"), ("exp(g) h", "cos(h)")),
        }[level]
    )
    inside = (("g", g[0]), ("h", g[1]))
    whole = tuple(put(o, inside) for o in outer)
    slopes = [slope_of(f"x: scalar; {f}", "x") for f in whole]
    value = f"({slopes[0]}, {slopes[1]})"
    partials = [[slope_of(f"g: scalar; h: scalar; {o}", v) for v in "gh"] for o in outer]
    inner = [slope_of(f"x: scalar; {f}", "x") for f in g]
    first = [f"({put(p[0], inside)}) ({inner[0]})" for p in partials]
    bare = [f"{put(p[0], inside)} + {put(p[1], inside)}" for p in partials]
    slips = [
        Planted(
            f"({bare[0]}, {bare[1]})",
            "inner derivative lost",
            "the Jacobian of the inner function was left out",
            "∂f/∂x is the Jacobian of the outer function times that of the inner one.",
        ),
        Planted(
            f"({first[0]}, {first[1]})",
            "path left out",
            "only the way through g was counted",
            "Each entry is a row of ∂f/∂(g, h) times the column (dg/dx, dh/dx): all products are added.",
        ),
    ]
    work = tuple(
        (f"Row {k} of ∂y/∂(g, h), times (dg/dx, dh/dx)", f"[{p[0]}, {p[1]}] [{inner[0]}; {inner[1]}]")
        for k, p in enumerate(partials, 1)
    )
    done = (
        ("The derivatives of the inner functions", f"dg/dx = {inner[0]}, dh/dx = {inner[1]}"),
        *work,
        ("Put g and h in, and add", f"dy/dx = {value}"),
    )
    return Instance(
        f"Let $y = [{outer[0]}; {outer[1]}]$ with $g = {g[0]}$ and $h = {g[1]}$. Find $dy/dx$ by the vector "
        f"chain rule, "
        "as formulas in $x$.",
        Formula("f′(x)", value, vector=True),
        "a vector, such as [2x cos(x²); 3]",
        f"x: scalar; f(x) = ({whole[0]}, {whole[1]})",
        slips=distinct(value, slips),
        work=lambda: done,
    )


FAMILIES = (
    Family(
        "matcalc-partial",
        "Partial derivatives",
        "differentiate",
        ("partial-deriv", "diff-rules"),
        _partial,
        where=(("matcalc", "3"), ("impcalc", "2")),
    ),
    Family(
        "matcalc-gradient",
        "The gradient of a function of two letters",
        "differentiate",
        ("gradient", "partial-deriv"),
        _gradient,
        where=(("matcalc", "3"), ("impcalc", "2")),
    ),
    Family(
        "matcalc-jacobian",
        "The Jacobian of two functions",
        "differentiate",
        ("jacobian", "gradient", "partial-deriv"),
        _jacobian,
        where=(("matcalc", "4.1"), ("impcalc", "2")),
    ),
    Family(
        "matcalc-elementwise",
        "Jacobians of element-wise operations",
        "differentiate",
        ("elementwise", "jacobian"),
        _elementwise,
        where=(("matcalc", "4.2"),),
    ),
    Family(
        "matcalc-scalar-expansion",
        "A number spread over a vector",
        "differentiate",
        ("scalar-expansion", "elementwise"),
        _expansion,
        where=(("matcalc", "4.3"),),
    ),
    Family(
        "matcalc-vector-sum",
        "The gradient of a sum of entries",
        "differentiate",
        ("sum-reduction", "elementwise"),
        _sum,
        where=(("matcalc", "4.4"),),
    ),
    Family(
        "matcalc-total-derivative",
        "Total derivatives",
        "differentiate",
        ("total-derivative", "multi-chain"),
        _total,
        where=(("matcalc", "4.5.2"), ("impcalc", "2")),
    ),
    Family(
        "matcalc-vector-chain",
        "The vector chain rule",
        "differentiate",
        ("vector-chain", "multi-chain", "jacobian"),
        _vector_chain,
        where=(("matcalc", "4.5.3"), ("impcalc", "3")),
    ),
)
