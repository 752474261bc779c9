"""The multivariate chain rule: a number of two letters, each of which moves with a third."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from agnesi.exercises.drawing import asked, integer, put, raised, slope_of, times, unlike
from agnesi.exercises.record import Family, Instance, Planted

_OUTER = {
    1: ("x y", "x² + {a}y", "{a}x + y²"),
    2: ("x² y", "x y²", "x² + {a}x y"),
    3: ("sin(x) y", "exp(x) + {a}x y", "x cos(y)"),
}
_WHY = "dz/dt = ∂z/∂x dx/dt + ∂z/∂y dy/dt: each way from t to z is a product of slopes, and the ways are added."


def _chain(rng: Random, level: int) -> Instance:
    """Draw z of x and y, both of t."""
    a = integer(rng, 2, 5)
    outer = rng.choice(_OUTER[level]).replace("{a}", str(a))
    inner = [raised("t", 2), times(integer(rng, 2, 6), "t"), raised("t", 3), f"t + {integer(rng, 2, 5)}"]
    if level > 1:
        inner += [f"sin({integer(rng, 2, 4)}t)", "exp(t)"]
    g, h = rng.sample(inner, 2)
    letters = (("x", f"({g})"), ("y", f"({h})"))
    inside = put(outer, letters)
    answer = replace(asked("z′(t)", f"t: scalar; {inside}", "t"), of=())
    zx, zy = (slope_of(f"x: scalar; y: scalar; {outer}", v) for v in "xy")
    dx, dy = (slope_of(f"t: scalar; {s}", "t") for s in (g, h))
    px, py = put(zx, letters), put(zy, letters)
    slips = [
        Planted(_way(px, dx), "path left out", "only the way through x was counted", _WHY),
        Planted(f"({px}) + ({py})", "inner derivative lost", "dx/dt and dy/dt were left out", _WHY),
        Planted(f"{_way(px, dy)} + {_way(py, dx)}", "paths exchanged", "each slope met the other’s inner slope", _WHY),
    ]
    steps = (
        ("Differentiate z in each of its letters", f"∂z/∂x = {zx}, ∂z/∂y = {zy}"),
        ("Differentiate the letters in t", f"dx/dt = {dx}, dy/dt = {dy}"),
        ("Each way is a product of its slopes; add the ways", f"dz/dt = {_way(zx, dx)} + {_way(zy, dy)}"),
        ("Put x and y in", f"dz/dt = {answer.value}"),
    )
    return Instance(
        f"Let $z = {outer}$ with $x = {g}$ and $y = {h}$. Find $dz/dt$ by the chain rule, as a formula in $t$.",
        answer,
        "a formula in t",
        f"t: scalar; x(t) = {g}; y(t) = {h}; z(t) = {inside}",
        slips=_apart_in_t(answer.value, slips),
        work=lambda: steps,
    )


def _way(outer: str, inner: str) -> str:
    """Return the product of two slopes, without a factor 1."""
    return _closed(outer) if inner == "1" else f"{_closed(outer)}·{_closed(inner)}"


def _closed(text: str) -> str:
    """Return a factor in brackets, unless it is a letter, a power, or a number times one."""
    return text if re.fullmatch("[0-9]*[a-z]?[²³⁴⁵⁶]?", text) else f"({text})"


def _apart_in_t(value: str, slips: list[Planted]) -> tuple[Planted, ...]:
    """Return those slips whose values differ from the right one and from one another."""
    names = {one.slip: one for one in slips}
    renamed = [Planted(put(one.text, (("t", "x"),)), one.slip) for one in slips]
    return tuple(names[one.slip] for one in unlike(put(value, (("t", "x"),)), renamed))


FAMILIES = (
    Family(
        "impcalc-chain", "The chain rule with two ways", "differentiate", ("multi-chain", "partial-deriv"), _chain,
        where=(("impcalc", "3"), ("matcalc", "4.5.2"), ("mml", "5.2.2")),
    ),
)  # fmt: skip
