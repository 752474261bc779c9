"""Declared letters, and texts in them that use every kind of step: for tests that go over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from agnesi.compilation import compile
from agnesi.expr.nodes import Expr, Symbol, symbol, symbols_of
from agnesi.ops.facts import facts
from agnesi.read import read
from agnesi.run.compiled import Compiled

LETTERS: dict[str, Symbol] = {
    s.name: s
    for s in (
        symbol("a"), symbol("λ", (), ("positive",)), symbol("x", ("n",)), symbol("y", ("n",)), symbol("w", ("d",)),
        symbol("p", ("n",), ("positive",)), symbol("r", (1, "n")), symbol("X", ("n", "d")), symbol("Y", ("n", "k")),
        symbol("W", ("d", "k")), symbol("U", ("n", "k")), symbol("V", ("m", "k")), symbol("Z", ("n", "m")),
        symbol("A", ("n", "n"), ("invertible",)), symbol("S", ("n", "n"), ("spd",)),
        symbol("T", ("n", "n"), ("symmetric",)), symbol("L", ("n", "n"), ("lower", "invertible")),
    )
}  # fmt: skip

# Products, sums, norms, functions, inverses, determinants, structural constants, reductions, broadcasts.
TEXTS = """
a
a x
x
−x
X
Xᵀ
(Xᵀ)ᵀ
1 x
x + 0 x
r
rᵀ
r x
r A
xᵀx
x yᵀ
x ⊗ y
x ./ p
X ⊙ X
X w − y
‖X w − y‖²
2Xᵀ(X w − y)
2XᵀX
A Aᵀ
X W
S A S
½xᵀA x
‖x‖
‖A‖
‖x‖_1
max(x)
min(X)
relu(X W)
tanh(A)
abs(X)
exp(a) x
x.^3
x.^5
λ X
λ I + S
A + diag(x)
A − diag(p)
diag(p)
diag(p) X
diag(A)
diag(diag(x))
tr(A)
sum(X)
∑_i a x_i
∑_i ∑_j exp(−(x_i − x_j)²)
X[1,2]
x_1
X[:,1]
X[2,:]
vec(X)
[x; w]
[A; S]
tril(A)
cumsum(x)
softmax(x)
logsumexp(x)
∑_i log(∑_j exp(X_ij))
log σ(X w)
sum(softplus(X w)) − yᵀX w + λ‖w‖²
softmax(Wᵀ w)
‖Z − U Vᵀ‖²
S⁻¹
S⁻¹ x
A⁻¹
A⁻¹ X
A⁻²
xᵀS⁻¹ x + log det S
log det S
log det A
det(A)
tr(A⁻¹ S)
L⁻¹ x
log det L
(XᵀX + λ I)⁻¹ Xᵀ y
(λ I + S)⁻¹ y
(diag(p) + X Xᵀ)⁻¹ x
log det(diag(p) + X Xᵀ)
pinv(X)
expm(A)
lammax(T)
‖X‖_*
""".strip().splitlines()


@cache
def expression(text: str) -> Expr:
    """A text over the letters."""
    return read(text, LETTERS).expr


@cache
def compiled(text: str, backend: str) -> Compiled:
    """The compiled function of a text over the letters."""
    return compile(expression(text), backend)  # type: ignore[arg-type]


def draw(text: str, sizes: Mapping[str, int], rng: np.random.Generator) -> dict[str, Any]:
    """Random values for the letters of a text, with their facts; an axis of size 0 is empty."""
    out: dict[str, Any] = {}
    for s in symbols_of(expression(text)):
        shape = tuple(d.size(sizes) for d in s.shape)
        empty = 0 in shape
        out[s.name] = np.zeros(shape) if empty else np.asarray(facts.sampler(s.facts)(rng, shape), dtype=float)
    return out
