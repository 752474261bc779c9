"""The three backends: how the steps of a program are spelled in NumPy, JAX and PyTorch.

A template is a Python expression with `{0}`, `{1}` for arguments, `{dims}` for the sizes of the result, and `{like}`
for what makes a new array of the right type. Functions that take more than one expression are in the prelude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Backend:
    """A backend: its `module` prefix, its imports by the prefix that needs them, and templates by kind of step.

    `in_place`: fresh arrays may be written to. `grams`: AᵀA costs half of AᵀB. `factored`: an inverse or a log
    determinant comes from the factorisation that solves use. `first`: lines that stand after the imports.
    """

    name: str
    title: str
    module: str
    imports: Mapping[str, str]
    templates: Mapping[str, str]
    in_place: bool = False
    grams: bool = False
    factored: bool = False
    first: str = ""
    decorator: str = ""
    like: str = ", dtype={0}.dtype"
    like_nothing: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


_SHARED = {
    "vdot": "{m}.vdot({0}, {1})", "einsum": '{m}.einsum("{labels}", {0}, {1})', "embed": "{m}.diag({0})",
    "eye": "{m}.eye({dims[0]}{like})", "basis": "{m}.eye({dims[0]}{like})[{at}]",
    "full": "{m}.full({shape}, {value}{like})",
    "slot": "{m}.eye({total}, {width}, k={k}{like})", "fuse": "{m}.eye({total}{like}).reshape({shape})",
    "mask ge": "{m}.tri({dims[0]}, {dims[1]}{like})", "mask gt": "{m}.tri({dims[0]}, {dims[1]}, -1{like})",
    "mask le": "{m}.tri({dims[1]}, {dims[0]}{like}).T", "mask lt": "{m}.tri({dims[1]}, {dims[0]}, -1{like}).T",
    "broadcast": "{m}.broadcast_to({0}, {shape})", "transpose": "{0}.transpose({order})",
    "diagonal": "{m}.diagonal({0}, axis1={axes[0]}, axis2={axes[1]})", "diagonal 2": "{m}.diagonal({0})",
    "adddiag": "{0} + {m}.diag({1})", "adddiag scalar": "{0} + {1} * {m}.eye({dims[0]}{like})",
    "pad": "{m}.pad({0}, {widths})", "cumsum": "{0}.cumsum({axis})",
    "cumsum from the end": "{0}{turn}.cumsum({axis}){turn}",
    "root": "{m}.sqrt({0})", "copy": "{0}.copy()", "number": "{0}",
}  # fmt: skip

BACKENDS = {
    "numpy": Backend(
        "numpy", "NumPy", "np",
        {"np": "import numpy as np", "special": "from scipy import special", "linalg": "from scipy import linalg",
         "warnings": "import warnings"},
        {
            **_SHARED, "pad": "padded({0}, {axis}, {before}, {after})",
            "factor spd": "factor({0}, symmetric=True)", "factor sym": "factor({0}, symmetric=True)",
            "factor gen": "factor({0}, symmetric=False)", "solve": "solve({0}, {1})",
            "solve turned": "solve({0}, {1}, transposed=True)", "inverse": "inverse({0})",
            "logdet": "log_det({0})", "logofdet": "log_of_det({0})",
            "det": "np.linalg.det({0})",
            "trisolve lower": "solve_triangle({0}, {1}, lower=True)",
            "trisolve upper": "solve_triangle({0}, {1}, lower=False)",
            "trisolve lower turned": "solve_triangle({0}, {1}, lower=True, transposed=True)",
            "trisolve upper turned": "solve_triangle({0}, {1}, lower=False, transposed=True)",
            "broadcast scalar": "np.full({shape}, {0})", "python": "float({0})", "whole": "np.float64({0})",
        },
        in_place=True, grams=True, factored=True,
    ),
    "jax": Backend(
        "jax", "JAX", "jnp",
        {"functools": "import functools", "jax": "import jax", "jnp": "import jax.numpy as jnp",
         "special": "from jax.scipy import special",
         "linalg": "from jax.scipy import linalg"},
        {
            **_SHARED,
            "factor spd": "linalg.cho_factor({0}, lower=True)", "factor sym": "linalg.lu_factor({0})",
            "factor gen": "linalg.lu_factor({0})", "solve": "linalg.lu_solve({0}, {1})",
            "solve spd": "linalg.cho_solve({0}, {1})", "solve turned": "linalg.lu_solve({0}, {1}, trans=1)",
            "inverse": "jnp.linalg.inv({0})", "logdet spd": "2 * jnp.log(jnp.diagonal({0}[0])).sum()",
            "inverse spd": "linalg.cho_solve({0}, jnp.eye({dims[0]}{like}))",
            "det": "jnp.linalg.det({0})",
            "trisolve lower": "linalg.solve_triangular({0}, {1}, lower=True)",
            "trisolve upper": "linalg.solve_triangular({0}, {1})",
            "trisolve lower turned": "linalg.solve_triangular({0}, {1}, trans=1, lower=True)",
            "trisolve upper turned": "linalg.solve_triangular({0}, {1}, trans=1)",
            "broadcast scalar": "jnp.full({shape}, {0})", "copy": "{0}", "python": "jnp.asarray({0}{like})",
            "whole": "jnp.asarray({0}{like})",
        },
        first='jax.config.update("jax_enable_x64", True)', decorator="@jax.jit", like_nothing=", dtype=float",
    ),
    "torch": Backend(
        "torch", "PyTorch", "torch", {"torch": "import torch"},
        {
            **_SHARED,
            "vdot": "({0} * {1}).sum()", "transpose": "{0}.permute({order})",
            "slot": "torch.ones(({total}, {width}){like}).triu({k}).tril({k})",
            "mask ge": "torch.ones({shape}{like}).tril()", "mask gt": "torch.ones({shape}{like}).tril(-1)",
            "mask le": "torch.ones({shape}{like}).triu()", "mask lt": "torch.ones({shape}{like}).triu(1)",
            "diagonal": "torch.diagonal({0}, dim1={axes[0]}, dim2={axes[1]})",
            "factor spd": "torch.linalg.cholesky({0})", "factor sym": "torch.linalg.lu_factor({0})",
            "factor gen": "torch.linalg.lu_factor({0})",
            "solve": "torch.linalg.lu_solve(*{0}, {1})",
            "solve vector": "torch.linalg.lu_solve(*{0}, {1}[:, None])[:, 0]",
            "solve turned": "torch.linalg.lu_solve(*{0}, {1}, adjoint=True)",
            "solve turned vector": "torch.linalg.lu_solve(*{0}, {1}[:, None], adjoint=True)[:, 0]",
            "solve spd": "torch.cholesky_solve({1}, {0})",
            "solve spd vector": "torch.cholesky_solve({1}[:, None], {0})[:, 0]",
            "inverse": "torch.linalg.inv({0})", "inverse spd": "torch.cholesky_inverse({0})",
            "logdet spd": "2 * torch.log(torch.diagonal({0})).sum()", "det": "torch.linalg.det({0})",
            "trisolve lower": "torch.linalg.solve_triangular({0}, {1}, upper=False)",
            "trisolve upper": "torch.linalg.solve_triangular({0}, {1}, upper=True)",
            "trisolve lower vector": "torch.linalg.solve_triangular({0}, {1}[:, None], upper=False)[:, 0]",
            "trisolve upper vector": "torch.linalg.solve_triangular({0}, {1}[:, None], upper=True)[:, 0]",
            "trisolve lower turned": "torch.linalg.solve_triangular({0}.T, {1}, upper=True)",
            "trisolve upper turned": "torch.linalg.solve_triangular({0}.T, {1}, upper=False)",
            "trisolve lower turned vector": "torch.linalg.solve_triangular({0}.T, {1}[:, None], upper=True)[:, 0]",
            "trisolve upper turned vector": "torch.linalg.solve_triangular({0}.T, {1}[:, None], upper=False)[:, 0]",
            "pad": "torch.nn.functional.pad({0}, {widths})",
            "cumsum from the end": "{0}.flip({axis}).cumsum({axis}).flip({axis})",
            "broadcast scalar": "torch.full({shape}, 1.0{like}) * {0}", "copy": "{0}.clone()",
            "python": "torch.as_tensor({0}{like})", "whole": "torch.as_tensor({0}{like})",
        },
        like=", dtype={0}.dtype, device={0}.device", like_nothing=", dtype=torch.float64",
    ),
}  # fmt: skip
