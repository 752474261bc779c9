"""How the backend code of a record is written: one Python expression for each of NumPy, JAX and PyTorch.

    code("exp")                                        np.exp({0}), jnp.exp({0}), torch.exp({0})
    code("special.expit", "jax.nn.sigmoid", "torch.sigmoid")
    code("xp.linalg.eigvalsh({0})[..., -1]")           the same in all; xp is np, jnp or torch
    code("softplus({0})")                              a function of run/prelude.py

In a template, `{0}` and `{1}` are the arguments, arrays of one floating type whose core axes are the last ones. `{a0}`,
`{a1}` are the attributes of the node (sizes, an order, the sign of a comparison), `{dtype}` the type of a constant,
`{shape}` its shape. Each argument occurs once, so that no expression is computed twice, and a template needs no
brackets around it. The names at hand are those in `NAMES`, and the functions of the prelude.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from agnesi.expr.operation import BACKENDS

NAMES: Mapping[str, Mapping[str, str]] = {
    "numpy": {"np": "numpy", "special": "scipy.special", "linalg": "scipy.linalg", "warnings": "warnings"},
    "jax": {"jax": "jax", "jnp": "jax.numpy", "special": "jax.scipy.special", "linalg": "jax.scipy.linalg"},
    "torch": {"torch": "torch"},
}
HOMES: Mapping[str, str] = {"numpy": "np", "jax": "jnp", "torch": "torch"}


def code(*parts: str, args: int = 1) -> dict[str, str]:
    """Return the templates by backend, from one part for all or from one for each.

        >>> code("exp")["jax"]
        'jnp.exp({0})'
        >>> code("maximum", args=2)["torch"]
        'torch.maximum({0}, {1})'

    A bare name is a function of the backend, a name with a dot is a function, anything else is a template; where
    `args` is 0 a name is a constant.
    """
    each = parts * len(BACKENDS) if len(parts) == 1 else parts
    return {backend: _template(HOMES[backend], part, args) for backend, part in zip(BACKENDS, each, strict=True)}


def _template(home: str, part: str, args: int) -> str:
    name = part if "." in part else f"{home}.{part}"
    if not re.fullmatch(r"\w+(\.\w+)*", part):
        name = part
    elif args:
        name += "(" + ", ".join(f"{{{k}}}" for k in range(args)) + ")"
    return re.sub(r"\bxp\.", f"{home}.", name)
