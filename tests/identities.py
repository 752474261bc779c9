"""The 134 matrix-calculus identities: cases, their symbols, and their expected values in NumPy."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.linalg

from agnesi.expr.nodes import Symbol, symbol
from agnesi.ops.facts import facts

DATA = json.loads((Path(__file__).parent / "data" / "identities.json").read_text(encoding="utf-8"))
DIMS: dict[str, int] = DATA["dims"]
CASES: list[dict[str, Any]] = DATA["cases"]
TAGS = {
    "inv": ["invertible"], "sym": ["symmetric"], "spd": ["spd"], "pos": ["positive"], "small": ["small"],
    "pm1": ["sign"], "bin": ["binary"], "prob": ["probability"], "probrows": ["stochastic"], "diagonal": ["diagonal"],
    "diagpos": ["diagonal", "positive"], "toeplitz": ["toeplitz"],
}  # fmt: skip


def symbols(case: Mapping[str, Any]) -> dict[str, Symbol]:
    """Return the declared symbols of a case."""
    return {
        name: symbol(name, shape, [fact for tag in tags for fact in TAGS[tag]])
        for name, (shape, tags) in case["symbols"].items()
    }


def variables(case: Mapping[str, Any]) -> list[str]:
    """Return the variables of a case, one for each order."""
    names = list(case["wrt"])
    return names * case["order"] if len(names) == 1 else names


def draw(case: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Return random values with the facts of the symbols."""
    return {
        name: facts.sampler(s.facts)(rng, tuple(d.size(DIMS) for d in s.shape)) for name, s in symbols(case).items()
    }


def expected(source: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an expected formula, which is NumPy source."""
    return np.asarray(eval(source, {**_NAMES, **DIMS, **values}))


def _toeplitz(g: Any) -> Any:
    n = len(g)
    return np.array([[np.trace(g, offset=j - i) for j in range(n)] for i in range(n)])


def _softmax_rows(x: Any) -> Any:
    return np.exp(x) / np.exp(x).sum(1, keepdims=True)


_NAMES: dict[str, Any] = {
    "np": np, "inv": np.linalg.inv, "det": np.linalg.det, "logdet": lambda x: np.linalg.slogdet(x)[1], "tr": np.trace,
    "I": np.eye, "outer": np.outer, "kron": np.kron, "diag": np.diag, "exp": np.exp, "log": np.log, "sin": np.sin,
    "cos": np.cos, "tanh": np.tanh, "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "es": np.einsum,
    "norm": np.linalg.norm, "pinv": np.linalg.pinv, "mpow": np.linalg.matrix_power,
    "sig": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: np.maximum(x, 0), "step": lambda x: (x > 0) * 1.0,
    "lse": lambda x: np.log(np.exp(x).sum()),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(), "smrows": _softmax_rows, "ones": np.ones, "toep": _toeplitz,
    "top": lambda a: np.linalg.eigh((a + a.T) / 2), "eigmax": lambda a: np.linalg.eigh((a + a.T) / 2)[0][-1],
    "expm": scipy.linalg.expm,
}  # fmt: skip


def source_tokens(source: str) -> int:
    """Return the number of names, numbers, signs and indices in an expected formula (brackets and commas are free)."""
    total = 0
    for node in ast.walk(ast.parse(source, mode="eval")):
        match node:
            case ast.Call(func=ast.Name(id="es"), args=[ast.Constant(value=str(spec)), *_]):
                total += sum(c.isalpha() for c in spec) - 1
            case ast.Constant(value=str()):
                pass
            case ast.Name() | ast.Constant():
                total += 1
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Div() | ast.Pow()) | ast.UnaryOp():
                total += 1
            case ast.Attribute(attr="T" | "sum" | "mean"):
                total += 1
    return total
