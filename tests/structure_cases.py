"""Functions whose Hessians have structure: text, variable, kind and how the structure prints; and a random point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

import agnesi.show  # noqa: F401  expressions print as mathematics
from agnesi.expr.nodes import Expr, Symbol, symbol
from agnesi.read import read
from agnesi.rules.derive import normal_derivative, resolved
from agnesi.rules.forms import Form, build
from agnesi.rules.structure import Structure, structure
from agnesi.run.reference import evaluate
from agnesi.run.sample import Point, Sampler

SIZES = {"n": 5, "d": 3, "m": 4, "k": 2}
LETTERS = {
    s.name: s
    for s in (
        symbol("a"), symbol("λ", (), ("positive",)), *(symbol(name, ("n",)) for name in "xyc"), symbol("w", ("d",)),
        symbol("q", ("n",), ("positive",)), symbol("s", ("n",), ("nonnegative",)),
        *(symbol(name, ("n", "n")) for name in "AC"), symbol("B", ("d", "d")), symbol("X", ("n", "d")),
        symbol("G", ("n", "d")), symbol("U", ("n", "k")), symbol("V", ("m", "k")), symbol("Y", ("n", "m")),
        symbol("R", ("m", "n")), symbol("W", ("d", "m")), symbol("M", ("n", "n"), ("invertible",)),
        symbol("P", ("n", "n"), ("spd",)), symbol("S", ("n", "n"), ("symmetric",)), symbol("K", ("k", "k"), ("spd",)),
    )
}  # fmt: skip

# text | variable | kind | as it prints (*: too long for the table). A text with * has a Hessian without an inverse.
HESSIANS = """
‖Y − U Vᵀ‖² + λ‖U‖² | U | Kronecker | I_n ⊗ (2VᵀV + 2λI)
‖Y − U Vᵀ‖² + λ‖V‖² | V | Kronecker | I_m ⊗ (2UᵀU + 2λI)
‖Y − X W‖² | W | Kronecker | (2XᵀX) ⊗ I_m
sum(exp(x)) | x | Diagonal | diag(exp(x))
sum(exp(X)) | X | Diagonal | diag(exp(X))
sum(exp(x)) + λ‖x‖² | x | Diagonal | diag(exp(x)) + 2λI
½‖x − c‖² | x | Identity | I_n
λ‖X‖² | X | Identity | 2λI_{d·n}
a⁴ | a | Identity | 12a²
logdet(M) | M | Kronecker | −K(M⁻¹ ⊗ M⁻ᵀ)
tr(S P) − logdet(P) | P | Kronecker | K(P⁻¹ ⊗ P⁻¹)
‖X w − y‖² + λ‖w‖² | w | LowRank | 2XᵀX + 2λI
‖Rx‖² + λ‖x‖² | x | LowRank | 2RᵀR + 2λI
½xᵀ(U Uᵀ)x + ½ ∑_i q_i x_i² | x | LowRank | UUᵀ + diag(q)
½xᵀ(U K Uᵀ)x + ½ ∑_i q_i x_i² | x | LowRank | UKUᵀ + diag(q)
½xᵀ(U inv(K) Uᵀ)x + ½ ∑_i q_i x_i² | x | LowRank | UK⁻¹Uᵀ + diag(q)
sum(softplus(X w)) − yᵀX w + λ‖w‖² | w | LowRank | Xᵀ diag(σ(Xw) ⊙ (1 − σ(Xw)))X + 2λI
sum(softplus(Rx)) + λ‖x‖² | x | LowRank | Rᵀ diag(σ(Rx) ⊙ (1 − σ(Rx)))R + 2λI
sum(sin(Rx)) + λ‖x‖² | x | LowRank | 2λI − Rᵀ diag(sin(Rx))R
logsumexp(x) * | x | LowRank | diag(softmax(x)) − softmax(x) softmax(x)ᵀ
½‖x‖⁴ | x | LowRank | 4xxᵀ + 2‖x‖²I
λ‖x‖² + (cᵀx)² + (yᵀx)⁴ | x | LowRank | 2λI + 2ccᵀ + 12(yᵀx)²yyᵀ
(sum(X))² + λ‖X‖² | X | LowRank | 2λI_{d·n} + [2]_{i≤n, j≤d, k≤n, l≤d}
det(M) | M | LowRank | −K(M⁻¹ ⊗ (det(M)M⁻ᵀ)) + [det(M)(M⁻¹)_ji(M⁻¹)_lk]_ijkl
‖X w − y‖² | w | Dense | 2XᵀX
‖A x‖² + λ‖x‖² | x | Dense | 2AᵀA + 2λI
‖tanh(X w) − y‖² | w | Dense | *
logsumexp(X w) | w | Dense | Xᵀ(diag(softmax(Xw)) − softmax(Xw) softmax(Xw)ᵀ)X
xᵀA x | x | Dense | A + Aᵀ
½xᵀP x | x | Dense | P
exp(xᵀP x) | x | Dense | exp(xᵀPx)(4PxxᵀP + 2P)
tr(Xᵀ A X B) | X | Sum | A ⊗ Bᵀ + Aᵀ ⊗ B
tr(Xᵀ P X) + tr(X B Xᵀ) | X | Sum | (2P) ⊗ I_d + I_n ⊗ (B + Bᵀ)
tr(Xᵀ P X B) + tr(Xᵀ P X) | X | Kronecker | P ⊗ (Bᵀ + B + 2I)
‖X Xᵀ − S‖² | X | Sum | I_n ⊗ (4XᵀX) + K(Xᵀ ⊗ (4X)) + (4(XXᵀ − S)) ⊗ I_d
tr(inv(M)) | M | Sum | K(M⁻² ⊗ M⁻ᵀ) + K(M⁻¹ ⊗ (M⁻²)ᵀ)
∑_i log(∑_j exp(X_ij)) * | X | Blocks | *
∑_i log(∑_j exp(X_ij)) + λ‖X‖² | X | Blocks | *
sum(softplus(G W)) + λ‖W‖² | W | Blocks | blockdiag(Gᵀ diag(σ(GW)[:,j] ⊙ (1 − σ(GW)[:,j]))G + 2λI for each j)
½‖Y − X W‖² + sum(exp(W)) | W | Blocks | blockdiag(XᵀX + diag(exp(W)[:,j]) for each j)
∑_i log(∑_j exp((X W)_ij)) + λ‖W‖² | W | Tensor | *
(sum(X))² * | X | LowRank | [2]_{i≤n, j≤d, k≤n, l≤d}
tr(Xᵀ P X) + tr(X B Xᵀ) + (sum(X))² | X | Sum | (2P) ⊗ I_d + I_n ⊗ (B + Bᵀ) + [2]_{i≤n, j≤d, k≤n, l≤d}
cᵀx * | x | Identity | zeros(n, n)
"""


@dataclass(frozen=True)
class Case:
    """A function, its variable, its Hessian, the structure found and what is expected of it."""

    text: str
    variable: Symbol
    form: Form
    found: Structure
    kind: str
    printed: str
    invertible: bool

    def point(self, seed: int = 1) -> Point:
        """Return a point where the Hessian has a value, with a b in the shape of the variable."""
        drawn = Sampler([build(self.form)], np.random.default_rng(seed), extra=[self.b], sizes=SIZES)
        return drawn.point()[0]

    @property
    def b(self) -> Symbol:
        """A right-hand side."""
        return symbol("b", self.variable.shape)

    def matrix(self, point: Point) -> np.ndarray:
        """Return the Hessian as a matrix, from the dense form, which structure has no part in."""
        full = value(build(self.form), point)
        n = int(np.prod(full.shape[: self.variable.ndim]))
        return full.reshape(n, n)


def value(expr: Expr, point: Point) -> np.ndarray:
    """Return the value of an expression at a point."""
    return np.asarray(evaluate(expr, point.values, point.sizes))


@cache
def case(row: str) -> Case:
    """Return the case of a row of the table."""
    text, name, kind, printed = (part.strip() for part in row.split(" | "))
    invertible = not text.endswith("*")
    text = text.removesuffix("*").strip()
    f = resolved(read(text, LETTERS).expr)
    variable = LETTERS[name]
    form = normal_derivative(f, [variable, variable])
    return Case(text, variable, form, structure(form, variable.ndim), kind, printed, invertible)


ROWS = HESSIANS.strip().splitlines()
