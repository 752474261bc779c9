"""The verb `compile`: from expressions to fast functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from agnesi.asked import function_of
from agnesi.errors import NotCompiled
from agnesi.expr.nodes import Expr, Symbol
from agnesi.run.backends import BACKENDS
from agnesi.run.build import Wish, arguments, build
from agnesi.run.compiled import Arguments, Compiled, with_door

Backend = Literal["numpy", "jax", "torch"]


def compile(
    what: Expr | str | Sequence[Expr | str],
    backend: Backend = "numpy",
    *,
    sizes: Mapping[str, int] | None = None,
    dtype: Literal["float64", "float32"] = "float64",
    check_facts: bool = False,
    name: str = "f",
) -> Compiled:
    """Compile one or several expressions into one function of arrays by name."""
    items = list(what) if isinstance(what, (list, tuple)) else [what]
    found = [function_of(item, None) for item in items]
    outputs = tuple(f for f, _, _ in found)
    order: list[Symbol] = []
    named: dict[str, Expr] = {}
    for _, reading, _ in found:
        if reading is not None:
            named |= {n: d.body for n, d in reading.definitions.items() if not d.parameters}
    symbols = arguments(outputs, order)
    wish = Wish(outputs, tuple(map(str, outputs)), symbols, backend, name, dtype == "float64")
    source = build(wish, dict(sizes or {}), named)
    taker = Arguments(source.parameters, symbols, source.sizes, backend, check_facts)
    run: Any = None

    def slow(given: dict[str, Any]) -> Any:
        taker.missing(given)
        values = taker.prepared(given)
        return run(*_for_backend(values, backend))

    again = (_again, (what, backend, dict(sizes or {}), dtype, check_facts, name))
    compiled = with_door(source, symbols, backend, wish.formulas, slow, check_facts, again, None)
    run = compiled._run  # type: ignore[attr-defined]
    return compiled


def _again(what: Any, backend: Any, sizes: Any, dtype: Any, check_facts: bool, name: str) -> Compiled:
    return compile(what, backend, sizes=sizes, dtype=dtype, check_facts=check_facts, name=name)


def _for_backend(values: list[Any], backend: str) -> list[Any]:
    if backend == "torch":
        import torch

        return [v if isinstance(v, int | torch.Tensor) else torch.as_tensor(np.asarray(v)) for v in values]
    return values
