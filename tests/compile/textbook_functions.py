"""Functions as books have them, with what is asked of each (value, derivatives, Newton step), and points for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agnesi.compilation import compile
from agnesi.derivation import gradient, hessian
from agnesi.expr.nodes import Symbol, symbols_of
from agnesi.ops.facts import facts
from agnesi.read import read
from agnesi.run.compiled import Compiled
from agnesi.run.emit import identifier
from agnesi.second_order import hvp, newton_step

SIZES = {"n": 6, "d": 3, "m": 4, "k": 2, "h": 5}


@dataclass(frozen=True)
class Function:
    """A function by name: its text, and what of it is compiled (texts, expressions, a Newton step)."""

    name: str
    text: str
    what: Callable[[str], Any]
    more: Mapping[str, Any] = field(default_factory=dict)

    def compiled(self, backend: str) -> Compiled:
        """The compiled function."""
        return compile(self.what(self.text), backend, **self.more)  # type: ignore[arg-type]

    def symbols(self) -> dict[str, Symbol]:
        """The symbols of the text by their names in Python."""
        return {identifier(s.name): s for s in symbols_of(read(self.text).expr)}

    def point(self, f: Compiled, seed: int = 1) -> dict[str, Any]:
        """Random arguments with the facts of the symbols."""
        rng = np.random.default_rng(seed)
        known = self.symbols()
        out: dict[str, Any] = {}
        for name in f.parameters:
            if name in known:
                shape = tuple(d.size(SIZES) for d in known[name].shape)
                out[name] = np.asarray(facts.sampler(known[name].facts)(rng, shape), dtype=float)
            else:  # the direction of a Hessian product
                out[name] = rng.normal(size=tuple(d.size(SIZES) for d in known["w"].shape))
        return {name: value if value.ndim else float(value) for name, value in out.items()}


def alone(text: str) -> Any:
    return text


def all_of(name: str) -> Callable[[str], Any]:
    return lambda text: [text, gradient(text, name), hessian(text, name)]


def both_of(*names: str) -> Callable[[str], Any]:
    return lambda text: [text, *(gradient(text, name) for name in names)]


def step_in(name: str) -> Callable[[str], Any]:
    return lambda text: newton_step(text, name)


def product_in(name: str) -> Callable[[str], Any]:
    return lambda text: hvp(text, name, "v")


LOGISTIC = "X : n×d, w : d, y : n, λ > 0; sum(softplus(X w)) − yᵀX w + λ‖w‖²"
FACTORS = "Y : n×m, U : n×k, V : m×k, λ > 0; ‖Y − U Vᵀ‖² + λ‖U‖²"
FUNCTIONS = [
    Function("least_squares", "X : n×d, w : d, y : n; ‖X w − y‖²", all_of("w")),
    Function("ridge_solution", "X : n×d, y : n, λ > 0; (XᵀX + λI)⁻¹Xᵀy", alone),
    Function("logistic_regression", LOGISTIC, all_of("w")),
    Function("logistic_newton_step", LOGISTIC, step_in("w")),
    Function("logistic_hessian_product", LOGISTIC, product_in("w")),
    Function("softmax_regression", "X : n×d, W : d×k, Y : n×k; ∑_i log(∑_j exp((X W)_ij)) − tr(YᵀX W)", both_of("W")),
    Function("gaussian_log_density",
             "x : n, μ : n, Σ : n×n, Σ spd; −½(x − μ)ᵀΣ⁻¹(x − μ) − ½ log det Σ − n/2 log(2π)", both_of("x", "Σ")),
    Function("gaussian_process", "y : n, K : n×n, K spd, σ > 0; −½yᵀ(K + σ²I)⁻¹y − ½ log det(K + σ²I)", alone),
    Function("gaussian_precision",
             "Λ : d×d, Λ spd, X : n×d, μ : d; n/2 log det Λ − ½ tr(Λ (X − 𝟏μᵀ)ᵀ(X − 𝟏μᵀ))", both_of("Λ")),
    Function("matrix_factorisation", FACTORS, both_of("U")),
    Function("factorisation_newton_step", FACTORS, step_in("U")),
    Function("relu_network", "A : h×d, x : d, b : h, c : h, y : scalar; ½(cᵀ relu(A x + b) − y)²", both_of("A", "b",
        "c")),
    Function("tanh_network", "X : n×d, A : d×m, b : m, y : n; ‖tanh(X A) b − y‖²", both_of("A", "b")),
    Function("diagonal_plus_low_rank", "p : n, U : n×k, x : n; p > 0; (diag(p) + U Uᵀ)⁻¹x",
             lambda text: [text, "p : n, U : n×k; p > 0; log det(diag(p) + U Uᵀ)"], {"sizes": {"n": 100, "k": 3}}),
    Function("poisson_regression", "X : n×d, w : d, y : n; sum(exp(X w)) − yᵀX w", all_of("w")),
    Function("robust_regression", "X : n×d, w : d, y : n, ν > 0; ∑_i log(1 + (y_i − x_iᵀw)²/ν)", both_of("w")),
    Function("log_sum_exp", "X : n×d, w : d; logsumexp(X w)", all_of("w")),
    Function("weighted_least_squares", "X : n×d, w : d, y : n, q : n, q > 0; ∑_i q_i(x_iᵀw − y_i)²", all_of("w")),
    Function("principal_components", "X : n×d, W : d×k; ‖X − X W Wᵀ‖²", both_of("W")),
    Function("quadratic_form", "x : n, A : n×n; ½xᵀA x", all_of("x")),
    Function("determinant", "A : n×n, A invertible; det(A)", both_of("A")),
    Function("trace_of_products", "Σ : n×n, Σ spd, S : n×n, T : n×n; tr(Σ⁻¹SΣ⁻¹T)", alone),
    Function("kernel_matrix", "X : n×d; [exp(−‖X[i,:] − X[j,:]‖²/2)]_ij", alone),
    Function("mixture_of_gaussians",
             "X : n×d, M : k×d, π : k, π > 0; ∑_i log(∑_j π_j exp(−½‖X[i,:] − M[j,:]‖²))", alone),
    Function("normalised", "x : n, ε > 0; (x − mean(x))/sqrt(mean((x − mean(x)).^2) + ε)", alone),
    Function("triangular_solve", "L : n×n, L lower triangular, L invertible, x : n; ‖L⁻¹x‖² + log det L", both_of("x")),
    Function("cumulative", "x : n; sum(cumsum(x).^2)", both_of("x")),
    Function("stacked", "x : n, w : d; ‖[x; w]‖² + sum([x; w].^3)", both_of("x")),
    Function("hinge", "X : n×d, w : d, y : n; sum(relu(1 − y ⊙ (X w))) + ½‖w‖²", both_of("w")),
    Function("matrix_exponential", "A : n×n, x : n; xᵀexpm(A)x", alone),
    Function("nuclear_norm", "X : n×d; ‖X‖_* + ‖X‖", both_of("X")),
    Function("entries_and_sizes", "x : n; x_1 x_2 + n ‖x‖ + sum(ones(k))", alone),
]  # fmt: skip
BY_NAME = {f.name: f for f in FUNCTIONS}
