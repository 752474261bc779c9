"""The competitors of `compare.py`: JAX, PyTorch and HIPS autograd, hand-written NumPy, and Agnesi.

Each turns a problem, a quantity and arrays into a function without arguments that computes the quantity. What may be
done once is done before: compiling, moving arrays to where they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any, Protocol

import numpy as np

from problems import Problem

try:
    import autograd
    import autograd.numpy as anp
    import autograd.scipy.special as special
except ImportError:  # a peer that is not installed has an empty column
    autograd = None
try:
    import jax
    import jax.numpy as jnp
    from jax.scipy.linalg import cho_factor, cho_solve, solve_triangular
except ImportError:
    jax = None
try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

import agnesi as ag

Call = Callable[[], Any]
Arrays = Mapping[str, Any]


class Peer(Protocol):
    """A competitor by name."""

    name: str

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        """Return a function of nothing that computes the quantity."""

    def to_numpy(self, result: Any) -> Any:
        """Return a result of this competitor as a NumPy array."""


@dataclass(frozen=True)
class Module:
    """What the formulas of the problems ask of an array module."""

    sum: Callable[..., Any]
    rows: Callable[..., Any]  # the sum of every row
    log: Callable[..., Any]
    tanh: Callable[..., Any]
    relu: Callable[..., Any]
    softplus: Callable[..., Any]
    logsumexp: Callable[..., Any]  # along the last axis
    eye: Callable[..., Any]
    diag: Callable[..., Any]
    logdet: Callable[..., Any]
    logdet_spd: Callable[..., Any]
    gaussian: Callable[..., Any]  # ½yᵀK⁻¹y + ½ log det K
    gaussian_spd: Callable[..., Any]


def formula(problem: Problem, quantity: str) -> Callable[..., Any]:
    """Return f, in the form that serves the quantity best."""
    return problem.f_value if quantity == "value" and problem.f_value else problem.f


class Hand:
    """The best that one writes by hand with NumPy and SciPy."""

    name = "hand-written"

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        function, given = problem.hand[quantity], named(problem, quantity, arrays)
        return lambda: function(**given)

    def to_numpy(self, result: Any) -> Any:
        return result


def named(problem: Problem, quantity: str, arrays: Arrays) -> dict[str, Any]:
    """Return the arrays that a function of this quantity takes."""
    return {k: a for k, a in arrays.items() if k != "v" or quantity == "hvp"}


# -- JAX -------------------------------------------------------------------------------------------------------------


def jax_module() -> Module:
    """Return the operations in JAX. LU differentiates faster than Cholesky there, and serves where derivatives are."""

    def logdet_spd(K: Any) -> Any:
        return 2 * jnp.log(jnp.diagonal(jnp.linalg.cholesky(K))).sum()

    def gaussian_spd(K: Any, y: Any) -> Any:
        L = jnp.linalg.cholesky(K)
        z = solve_triangular(L, y, lower=True)
        return z @ z / 2 + jnp.log(jnp.diagonal(L)).sum()

    return Module(
        sum=jnp.sum, rows=lambda A: jnp.sum(A, axis=1), log=jnp.log, tanh=jnp.tanh, relu=jax.nn.relu,
        softplus=jax.nn.softplus, logsumexp=lambda Z: jax.nn.logsumexp(Z, axis=-1), eye=jnp.eye, diag=jnp.diag,
        logdet=lambda K: jnp.linalg.slogdet(K)[1], logdet_spd=logdet_spd,
        gaussian=lambda K, y: y @ jnp.linalg.solve(K, y) / 2 + jnp.linalg.slogdet(K)[1] / 2, gaussian_spd=gaussian_spd,
    )  # fmt: skip


class Jax:
    """JAX in double precision, one jitted function for each quantity."""

    name = "JAX"

    def __init__(self) -> None:
        jax.config.update("jax_enable_x64", True)
        self.module = jax_module()
        self.first_calls: list[float] = []

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        given = [jnp.asarray(a) for k, a in arrays.items() if k != "v"]
        function = jax.jit(self.function(problem, quantity, [k for k in arrays if k != "v"]))
        if quantity == "hvp":
            given.append(jnp.asarray(arrays["v"]))
        start = process_time()
        function(*given).block_until_ready()
        self.first_calls.append(process_time() - start)
        return lambda: function(*given).block_until_ready()

    def function(self, problem: Problem, quantity: str, names: list[str]) -> Callable[..., Any]:
        """Return the quantity as a function of all arrays, in the order of their names."""
        at, plain = names.index(problem.variable), formula(problem, quantity)

        def f(*args: Any) -> Any:
            return plain(self.module, **dict(zip(names, args, strict=True)))

        def hvp(*args: Any) -> Any:
            *args, v = args
            along = lambda x: gradient(*args[:at], x, *args[at + 1 :])
            return jax.jvp(along, (args[at],), (v,))[1]

        def newton(*args: Any) -> Any:
            g, H = gradient(*args), hessian(*args)
            if not g.ndim:
                return -g / H
            H = H.reshape(g.size, g.size)
            if problem.definite:
                return -problem.definite * cho_solve(cho_factor(problem.definite * H), g.ravel()).reshape(g.shape)
            return -jnp.linalg.solve(H, g.ravel()).reshape(g.shape)

        gradient, hessian = jax.grad(f, at), jax.hessian(f, at)
        return {"value": f, "gradient": gradient, "hessian": hessian, "hvp": hvp, "newton": newton}[quantity]

    def to_numpy(self, result: Any) -> Any:
        return np.asarray(result)


# -- PyTorch ---------------------------------------------------------------------------------------------------------


def torch_module() -> Module:
    """Return the operations in PyTorch; of LU and Cholesky as in JAX."""

    def logdet_spd(K: Any) -> Any:
        return 2 * torch.log(torch.diagonal(torch.linalg.cholesky(K))).sum()

    def gaussian_spd(K: Any, y: Any) -> Any:
        L = torch.linalg.cholesky(K)
        z = torch.linalg.solve_triangular(L, y[:, None], upper=False)
        return (z * z).sum() / 2 + torch.log(torch.diagonal(L)).sum()

    return Module(
        sum=torch.sum, rows=lambda A: torch.sum(A, dim=1), log=torch.log, tanh=torch.tanh, relu=torch.relu,
        softplus=lambda z: torch.logaddexp(z, torch.zeros_like(z)), logsumexp=lambda Z: torch.logsumexp(Z, dim=-1),
        eye=lambda n: torch.eye(n, dtype=torch.float64), diag=torch.diag,
        logdet=lambda K: torch.linalg.slogdet(K)[1], logdet_spd=logdet_spd,
        gaussian=lambda K, y: y @ torch.linalg.solve(K, y) / 2 + torch.linalg.slogdet(K)[1] / 2,
        gaussian_spd=gaussian_spd,
    )  # fmt: skip


class Torch:
    """PyTorch in double precision, by torch.func."""

    name = "PyTorch"

    def __init__(self) -> None:
        self.module = torch_module()

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        given = {k: torch.tensor(a, dtype=torch.float64) if np.ndim(a) else a for k, a in arrays.items()}
        x = torch.as_tensor(given.pop(problem.variable), dtype=torch.float64)
        v = torch.as_tensor(given.pop("v"), dtype=torch.float64)
        plain = formula(problem, quantity)

        def f(x: Any) -> Any:
            return plain(self.module, **{problem.variable: x}, **given)

        def newton() -> Any:
            g, H = gradient(x), hessian(x)
            if not g.ndim:
                return -g / H
            H, g = H.reshape(g.numel(), -1), g.reshape(-1, 1)
            if problem.definite:
                step = torch.cholesky_solve(g, torch.linalg.cholesky(problem.definite * H)) * -problem.definite
            else:
                step = -torch.linalg.solve(H, g)
            return step.reshape(x.shape)

        gradient, hessian = torch.func.grad(f), torch.func.hessian(f)
        calls: dict[str, Call] = {
            "value": lambda: f(x),
            "gradient": lambda: gradient(x),
            "hessian": lambda: hessian(x),
            "hvp": lambda: torch.func.vjp(gradient, x)[1](v)[0],  # the Hessian is symmetric; faster than jvp here
            "newton": newton,
        }
        return calls[quantity]

    def to_numpy(self, result: Any) -> Any:
        return result.numpy()


# -- HIPS autograd ---------------------------------------------------------------------------------------------------


def autograd_module() -> Module:
    """Return the operations in autograd."""

    def logdet(K: Any) -> Any:
        return anp.linalg.slogdet(K)[1]

    def logdet_spd(K: Any) -> Any:
        return 2 * anp.sum(anp.log(anp.diagonal(anp.linalg.cholesky(K))))

    def gaussian(K: Any, y: Any) -> Any:
        return anp.dot(y, anp.linalg.solve(K, y)) / 2 + logdet(K) / 2

    return Module(
        sum=anp.sum, rows=lambda A: anp.sum(A, axis=1), log=anp.log, tanh=anp.tanh, relu=lambda Z: anp.maximum(Z, 0.0),
        softplus=lambda z: anp.logaddexp(0.0, z), logsumexp=lambda Z: special.logsumexp(Z, axis=-1), eye=anp.eye,
        diag=anp.diag, logdet=logdet, logdet_spd=logdet_spd, gaussian=gaussian, gaussian_spd=gaussian,
    )  # fmt: skip


class Autograd:
    """HIPS autograd on NumPy arrays."""

    name = "autograd"

    def __init__(self) -> None:
        self.module = autograd_module()

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        given = dict(arrays)
        x, v = given.pop(problem.variable), given.pop("v")
        plain = formula(problem, quantity)

        def f(x: Any) -> Any:
            return plain(self.module, **{problem.variable: x}, **given)

        def newton() -> Any:
            g, H = gradient(x), hessian(x)
            if not np.ndim(g):
                return -g / H
            return -np.linalg.solve(H.reshape(g.size, g.size), g.ravel()).reshape(g.shape)

        gradient, hessian = autograd.grad(f), autograd.hessian(f)
        product = autograd.hessian_vector_product(f)
        calls: dict[str, Call] = {
            "value": lambda: f(x),
            "gradient": lambda: gradient(x),
            "hessian": lambda: hessian(x),
            "hvp": lambda: product(x, v),
            "newton": newton,
        }
        return calls[quantity]

    def to_numpy(self, result: Any) -> Any:
        return np.asarray(result)


# -- Agnesi ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compiled:
    """A compiled function, and the seconds of processor time that its parts took when the process first met it."""

    function: Callable[..., Any]
    read: float
    derive: float
    compile: float


def derived(f: Any, problem: Problem, quantity: str) -> Any:
    """Return what is compiled for the quantity. A Hessian that is more than a matrix of N rows is an operator."""
    match quantity:
        case "value":
            return f
        case "gradient":
            return ag.gradient(f, problem.variable)
        case "hessian":
            return (ag.operator if problem.dense else ag.hessian)(f, problem.variable)
        case "hvp":
            return ag.hvp(f, problem.variable, "v")
    return ag.newton_step(f, problem.variable)


@dataclass
class Agnesi:
    """What `agnesi.compile` makes of the text. A Hessian that the others return dense is made dense here as well."""

    name: str = "Agnesi"
    compiled: dict[tuple[str, str], Compiled] = field(default_factory=dict)

    def function(self, problem: Problem, quantity: str) -> Compiled:
        """Return the compiled function for a quantity, compiled once for all sizes."""
        key = problem.name, quantity
        if key not in self.compiled:
            times = [process_time()]
            f = ag.read(problem.text).expr
            times.append(process_time())
            expression = derived(f, problem, quantity)
            times.append(process_time())
            function = ag.compile(expression)
            times.append(process_time())
            read, derive, compiling = np.diff(times)
            self.compiled[key] = Compiled(function, read, derive, compiling)
        return self.compiled[key]

    def call(self, problem: Problem, quantity: str, arrays: Arrays) -> Call:
        function, given = self.function(problem, quantity).function, named(problem, quantity, arrays)
        if quantity == "hessian" and problem.dense is None and hasattr(function(**given), "dense"):
            return lambda: function(**given).dense()
        return lambda: function(**given)

    def to_numpy(self, result: Any) -> Any:
        return np.asarray(result.dense() if hasattr(result, "dense") else result)


def competitors() -> list[Peer]:
    """Return those that are installed, hand-written code first."""
    found: list[Peer] = [Hand(), Agnesi()]
    if jax is not None:
        found.append(Jax())
    if torch is not None:
        found.append(Torch())
    if autograd is not None:
        found.append(Autograd())
    return found
