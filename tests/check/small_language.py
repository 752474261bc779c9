"""A small language of matrices with its own NumPy meaning and its own printing: the oracle of the fuzz tests.

Nothing here uses Agnesi. A term is a tuple-like record; `text` prints it with every bracket, `value` computes it by
NumPy, `truths` are rewritings that keep its value, `spoilt` changes one thing in it, whether or not its value changes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

N, M = "n", "m"
SYMBOLS: Mapping[str, tuple[str, ...]] = {
    "A": (N, N), "B": (N, N), "C": (N, N), "S": (N, N), "X": (N, M), "Y": (N, M), "x": (N,), "y": (N,), "u": (M,),
    "v": (M,), "a": (), "b": (),
}  # fmt: skip
DECLARED = "A, B, C : n×n; S : n×n spd; X, Y : n×m; x, y : n; u, v : m; a, b : scalar"
SIZES = ({N: 2, M: 3}, {N: 3, M: 2}, {N: 3, M: 4})


@dataclass(frozen=True)
class Term:
    """An operation on terms; a symbol has a name, a multiple has a factor."""

    op: str
    args: tuple[Term, ...] = ()
    name: str = ""
    factor: int = 1

    @property
    def shape(self) -> tuple[str, ...]:
        a = self.args
        match self.op:
            case "symbol":
                return SYMBOLS[self.name]
            case "T":
                return a[0].shape[::-1]
            case "mul":
                return (a[0].shape[0], *a[1].shape[1:])
            case "outer":
                return (a[0].shape[0], a[1].shape[0])
            case "scaled":
                return a[1].shape
            case "diag":
                return a[0].shape * 2
            case "tr" | "inner" | "square" | "logdet" | "total":
                return ()
        return a[0].shape

    @property
    def text(self) -> str:
        """The term in the notation of books, compound parts in brackets."""
        if self.op == "symbol":
            return self.name
        whole = [a.text for a in self.args]
        inside = [t if a.op in ("symbol", "T", "inv", "tr", "square", "diag", "f") else f"({t})"
                  for a, t in zip(self.args, whole, strict=True)]  # fmt: skip
        return _PRINTED[self.op](self, whole, inside)


_PRINTED: Mapping[str, Callable[[Term, list[str], list[str]], str]] = {
    "T": lambda t, w, i: f"{i[0]}ᵀ" if t.args[0].op == "symbol" else f"({w[0]})ᵀ",
    "inv": lambda t, w, i: f"{i[0]}⁻¹" if t.args[0].op == "symbol" else f"({w[0]})⁻¹",
    "mul": lambda t, w, i: f"{i[0]} {i[1]}",
    "outer": lambda t, w, i: f"{i[0]} ({w[1]})ᵀ",
    "inner": lambda t, w, i: f"({w[0]})ᵀ {i[1]}",
    "scaled": lambda t, w, i: f"{i[0]} {i[1]}",
    "hadamard": lambda t, w, i: f"{i[0]} ⊙ {i[1]}",
    "add": lambda t, w, i: f"{w[0]} + {i[1]}",
    "sub": lambda t, w, i: f"{w[0]} − {i[1]}",
    "neg": lambda t, w, i: f"−{i[0]}",
    "times": lambda t, w, i: f"{t.factor} {i[0]}",
    "tr": lambda t, w, i: f"tr({w[0]})",
    "logdet": lambda t, w, i: f"log det({w[0]})",
    "total": lambda t, w, i: f"sum({w[0]})",
    "diag": lambda t, w, i: f"diag({w[0]})",
    "square": lambda t, w, i: f"‖{w[0]}‖²",
    "f": lambda t, w, i: f"{t.name}({w[0]})",
}

_MEANING: Mapping[str, Callable[..., Any]] = {
    "T": lambda t, a: a.T,
    "inv": lambda t, a: np.linalg.inv(a),
    "mul": lambda t, a, b: a @ b,
    "outer": lambda t, a, b: np.outer(a, b),
    "inner": lambda t, a, b: a @ b,
    "scaled": lambda t, a, b: a * b,
    "hadamard": lambda t, a, b: a * b,
    "add": lambda t, a, b: a + b,
    "sub": lambda t, a, b: a - b,
    "neg": lambda t, a: -a,
    "times": lambda t, a: t.factor * a,
    "tr": lambda t, a: np.trace(a),
    "logdet": lambda t, a: np.linalg.slogdet(a)[1],
    "total": lambda t, a: np.sum(a),
    "diag": lambda t, a: np.diag(a),
    "square": lambda t, a: np.sum(np.square(a)),
    "f": lambda t, a: {"tanh": np.tanh, "exp": np.exp, "sin": np.sin, "cos": np.cos}[t.name](a),
}


def value(term: Term, env: Mapping[str, np.ndarray]) -> Any:
    """The value of a term, by NumPy."""
    if term.op == "symbol":
        return env[term.name]
    return _MEANING[term.op](term, *(value(a, env) for a in term.args))


def environments(seed: int) -> Iterator[dict[str, np.ndarray]]:
    """Random values of all symbols at several sizes."""
    rng = np.random.default_rng(seed)
    for sizes in SIZES:
        env = {k: rng.normal(size=tuple(sizes[d] for d in s)) * 0.7 for k, s in SYMBOLS.items()}
        env["S"] = env["S"] @ env["S"].T + np.eye(sizes[N])
        yield env


def gap(left: Term, right: Term, seed: int = 0) -> float:
    """The largest relative difference of two terms over random values; inf where one is not finite."""
    worst = 0.0
    for env in environments(seed):
        try:
            with np.errstate(all="ignore"):
                a, b = np.asarray(value(left, env)), np.asarray(value(right, env))
        except np.linalg.LinAlgError:
            return np.inf
        if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))) or max(np.max(np.abs(a)), np.max(np.abs(b))) > 1e8:
            return np.inf
        worst = max(worst, float(np.max(np.abs(a - b)) / max(np.max(np.abs(a)), np.max(np.abs(b)), 1e-3)))
    return worst


# -- random terms -----------------------------------------------------------------------------------------------------


def sym(name: str) -> Term:
    return Term("symbol", name=name)


def mul(a: Term, b: Term) -> Term:
    return Term("mul", (a, b))


def tp(a: Term) -> Term:
    return Term("T", (a,))


def term(rng: random.Random, shape: tuple[str, ...], depth: int) -> Term:
    """A random term of a shape."""
    leaves = [k for k, s in SYMBOLS.items() if s == shape]
    if depth <= 0 and leaves:
        return sym(rng.choice(leaves))
    if depth <= 0:
        return tp(term(rng, shape[::-1], 0)) if shape == (M, N) else mul(tp(sym("X")), sym("Y"))
    below = depth - 1
    if rng.random() < 0.35:
        return Term(rng.choice(["add", "sub"]), (term(rng, shape, below), term(rng, shape, below)))
    if rng.random() < 0.15:
        return Term("times", (term(rng, shape, below),), factor=rng.choice([2, 3]))
    match len(shape):
        case 0:
            return _scalar(rng, below)
        case 1:
            return _vector(rng, shape, below)
    return _matrix(rng, shape, below)


def _scalar(rng: random.Random, below: int) -> Term:
    some = rng.choice([(N,), (M,)])
    match rng.randrange(7):
        case 6:
            return Term("logdet", (sym("S"),))
        case 0 | 1:
            return Term("tr", (term(rng, (some[0], some[0]), below),))
        case 2:
            return Term("inner", (term(rng, some, below), term(rng, some, below)))
        case 3:
            return Term("square", (term(rng, some, below),))
        case 4:
            return Term("f", (term(rng, (), min(below, 1)),), name=rng.choice(["tanh", "sin", "cos"]))
    return Term("scaled", (term(rng, (), below), term(rng, (), below)))


def _vector(rng: random.Random, shape: tuple[str, ...], below: int) -> Term:
    inner = rng.choice([N, M])
    match rng.randrange(5):
        case 0:
            return Term("hadamard", (term(rng, shape, below), term(rng, shape, below)))
        case 1:
            return Term("scaled", (term(rng, (), below), term(rng, shape, below)))
        case 2:
            return Term("f", (term(rng, shape, below),), name=rng.choice(["tanh", "sin"]))
    return mul(term(rng, (shape[0], inner), below), term(rng, (inner,), below))


def _matrix(rng: random.Random, shape: tuple[str, ...], below: int) -> Term:
    inner = rng.choice([N, M])
    match rng.randrange(6):
        case 0:
            return tp(term(rng, shape[::-1], below))
        case 1:
            return Term("outer", (term(rng, shape[:1], below), term(rng, shape[1:], below)))
        case 2 if shape == (N, N):
            one, other = rng.choice("SAB"), rng.choice("SAB")
            return Term("inv", (sym(one) if rng.random() < 0.5 else mul(sym(one), sym(other)),))
    return mul(term(rng, (shape[0], inner), below), term(rng, (inner, shape[1]), below))


# -- rewriting --------------------------------------------------------------------------------------------------------


def truths(t: Term) -> list[Term]:
    """What is equal to a term by a known law, applied at its root."""
    a = t.args
    out: list[Term] = []
    match t.op:
        case "T":
            match a[0].op:
                case "mul":
                    out.append(mul(tp(a[0].args[1]), tp(a[0].args[0])))
                case "add" | "sub":
                    out.append(Term(a[0].op, tuple(tp(x) for x in a[0].args)))
                case "outer":
                    out.append(Term("outer", a[0].args[::-1]))
                case "inv":
                    out.append(Term("inv", (tp(a[0].args[0]),)))
                case "T":
                    out.append(a[0].args[0])
        case "mul":
            for k, both in ((0, "left"), (1, "right")):
                if a[k].op in ("add", "sub"):
                    parts = [mul(p, a[1]) if both == "left" else mul(a[0], p) for p in a[k].args]
                    out.append(Term(a[k].op, tuple(parts)))
            if a[0].op == "mul":
                out.append(mul(a[0].args[0], mul(a[0].args[1], a[1])))
            if len(a[1].shape) == 2 and len(a[0].shape) == 2:
                out.append(tp(mul(tp(a[1]), tp(a[0]))))
        case "inv":
            if a[0].op == "mul":
                out.append(mul(Term("inv", (a[0].args[1],)), Term("inv", (a[0].args[0],))))
            out.append(tp(Term("inv", (tp(a[0]),))))
        case "symbol" if t.name == "S":
            out += [tp(t), mul(t, mul(t, Term("inv", (t,))))]
        case "logdet":
            out += [Term("neg", (Term("logdet", (Term("inv", a),)),)), Term("logdet", (tp(a[0]),))]
        case "tr":
            out.append(Term("tr", (tp(a[0]),)))
            if a[0].op == "mul":
                out.append(Term("tr", (mul(a[0].args[1], a[0].args[0]),)))
            if a[0].op == "outer":
                out.append(Term("inner", a[0].args))
            if a[0].op in ("add", "sub"):
                out.append(Term(a[0].op, tuple(Term("tr", (p,)) for p in a[0].args)))
        case "inner":
            out += [Term("inner", a[::-1]), Term("tr", (Term("outer", a),)), Term("total", (Term("hadamard", a),))]
            if a[1].op == "mul":
                out.append(Term("inner", (mul(tp(a[1].args[0]), a[0]), a[1].args[1])))
        case "square":
            out.append(Term("inner", (a[0], a[0])))
            if a[0].op in ("add", "sub"):
                p, q = a[0].args
                cross = Term("times", (Term("inner", (p, q)),), factor=2)
                first = Term("add" if a[0].op == "add" else "sub", (Term("square", (p,)), cross))
                out.append(Term("add", (first, Term("square", (q,)))))
        case "add":
            out.append(Term("add", a[::-1]))
        case "sub":
            out += [Term("neg", (Term("sub", a[::-1]),)), Term("add", (a[0], Term("neg", a[1:])))]
        case "hadamard":
            out += [Term("hadamard", a[::-1]), mul(Term("diag", a[:1]), a[1])]
        case "scaled" if not a[1].shape:
            out.append(Term("scaled", a[::-1]))
        case "times":
            out.append(Term("add", (Term("times", a, factor=t.factor - 1), a[0])))
        case "f" if t.name in ("tanh", "sin"):
            out.append(Term("neg", (Term("f", (Term("neg", a),), name=t.name),)))
        case "f" if t.name == "cos":
            out.append(Term("f", (Term("neg", a),), name="cos"))
    if len(t.shape) == 2:
        out.append(tp(tp(t)))
    return [*out, Term("sub", (Term("times", (t,), factor=2), t))]


def places(t: Term, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Term]]:
    yield path, t
    for k, a in enumerate(t.args):
        yield from places(a, (*path, k))


def put(t: Term, path: tuple[int, ...], new: Term) -> Term:
    if not path:
        return new
    k, *rest = path
    return replace(t, args=(*t.args[:k], put(t.args[k], tuple(rest), new), *t.args[k + 1 :]))


def rewritten(rng: random.Random, t: Term, times: int) -> Term:
    """The term after known laws at random places."""
    for _ in range(times):
        path, part = rng.choice(list(places(t)))
        t = put(t, path, rng.choice(truths(part)))
    return t


def spoilt(rng: random.Random, t: Term) -> Term:
    """The term with one thing changed: a transpose, sign, factor, order, inverse, term or letter."""
    for _ in range(60):
        path, part = rng.choice(list(places(t)))
        new = _changed(rng, part)
        if new is not None and new.shape == part.shape and new != part:
            return put(t, path, new)
    return Term("times", (t,), factor=2)


def _changed(rng: random.Random, t: Term) -> Term | None:
    match rng.randrange(6), t.op:
        case 0, "T" | "inv" | "neg":
            return t.args[0]
        case 0, "symbol" if len(set(t.shape)) == 1 and len(t.shape) == 2:
            return tp(t)
        case 1, "mul" | "outer":
            return Term(t.op, t.args[::-1]) if len(t.args[1].shape) == len(t.args[0].shape) else None
        case 2, "add":
            return Term("sub", t.args)
        case 2, "sub":
            return Term("add", t.args)
        case 3, "symbol":
            return sym(rng.choice([k for k, s in SYMBOLS.items() if s == t.shape]))
        case 4, "times":
            return Term("times", t.args, factor=t.factor + 1)
        case 5, "add" | "sub":
            return t.args[0]
    return None
