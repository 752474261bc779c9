"""Shorten a derivative that was read off term by term: common factors in front, entrywise products multiplied out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b

from agnesi.expr.nodes import Const, Expr, apply, fold
from agnesi.rules.simplify import Factors, entrywise, number, plus, times
from agnesi.rules.step_look import Number, number_of, op_of

LARGE = 2000  # nodes past which a shorter form is not looked for


def size_of(root: Expr) -> int:
    """Return the number of nodes as they are printed; transposes and signs weigh little in print and here nothing."""

    def step(node: Expr, below: tuple[int, ...]) -> int:
        return sum(below) + (op_of(node) not in ("transpose", "neg", "mul"))

    return fold(root, step)


def same_up_to_order(a: Expr, b: Expr) -> bool:
    """Tell whether two expressions differ only in the order of terms and factors that commute."""
    return a is b or order_key(a) == order_key(b)


def same_terms(a: Expr, b: Expr) -> bool:
    """Tell whether two expressions are the same sum, up to the order of terms and where a number in front stands."""
    return same_up_to_order(a, b) or terms_of(a) == terms_of(b)


def terms_of(root: Expr) -> dict[str, Number]:
    """Return the terms of a sum with their coefficients, numbers before and under a bracket taken in."""
    found: dict[str, Number] = {}
    todo: list[tuple[Expr, Number]] = [(root, Fraction(1))]
    while todo:
        node, k = todo.pop()
        match op_of(node):
            case "add":
                todo += [(a, k) for a in node.args]
                continue
            case "neg":
                todo.append((node.args[0], -k))
                continue
            case "mul" if any(number_of(a) is not None for a in node.args):
                rest = [a for a in node.args if number_of(a) is None]
                for a in node.args:
                    k = k * (number_of(a) or 1)
                if rest:
                    todo.append((rest[0] if len(rest) == 1 else apply("mul", *rest), k))
                    continue
            case "div" if (below := number_of(node.args[1])) is not None and below != 0:
                todo.append((node.args[0], k / below))
                continue
        value = number_of(node)
        if value is not None or op_of(node) == "ones":
            key, k = "1", k * (value if value is not None else 1)
        else:
            key = order_key(node)
            key, k = (key[1:], -k) if key.startswith("−") else (key, k)
        found[key] = found.get(key, Fraction(0)) + k
    return {key: k for key, k in found.items() if k != 0}


def order_key(root: Expr) -> str:
    """Return a text that does not depend on the order of terms, scalar factors and entrywise factors."""

    def step(node: Expr, below: tuple[str, ...]) -> str:
        match op_of(node):
            case "add":
                return _sum_key(below)
            case "hadamard":
                sign = sum(key.startswith("−") for key in below)
                return "−" * (sign % 2) + f"hadamard({';'.join(sorted(key.removeprefix('−') for key in below))})"
            case "transpose" | "tr" | "sum" | "diag" | "div" | "ediv" if below[0].startswith("−"):
                inner = ";".join((below[0][1:], *below[1:]))
                return f"−{op_of(node)}{getattr(node, 'attrs', '')}({inner})"
            case "neg":
                return below[0][1:] if below[0].startswith("−") else "−" + below[0]
            case "mul":
                return _product_key(node, below)
        if not node.args:
            return str(node.value) if isinstance(node, Const) else node.digest.hex()
        return f"{op_of(node)}{getattr(node, 'attrs', '')}({';'.join(below)})"

    return fold(root, step)


def _sum_key(below: tuple[str, ...]) -> str:
    """Return the key of a sum, with its first term positive: −(a − b) and b − a have the same."""
    terms = sorted(below, key=lambda key: key.removeprefix("−"))
    if not terms[0].startswith("−"):
        return f"add({';'.join(terms)})"
    return f"−add({';'.join(key[1:] if key.startswith('−') else '−' + key for key in terms)})"


def _sealed(key: str) -> str:
    """Return a key without a bar of its own, so that the bar of the product around it is the only one."""
    return blake2b(key.encode(), digest_size=16).hexdigest() if "|" in key else key


def _product_key(node: Expr, below: tuple[str, ...]) -> str:
    """Return the key of a product: its scalars in a fixed order, then its chain, with products inside it spliced in."""
    scalars: list[str] = []
    chain: list[str] = []
    sign = 0
    for key, factor in zip(below, node.args, strict=True):
        sign += key.startswith("−")
        key = key.removeprefix("−")
        if op_of(factor) == "mul" and factor.shape:
            inner, _, rest = key.removeprefix("mul(").removesuffix(")").rpartition("|")
            scalars += [inner] if inner else []
            chain.append(rest)
        else:
            (chain if factor.shape else scalars).append(_sealed(key))
    return "−" * (sign % 2) + f"mul({';'.join(sorted(scalars))}|{';'.join(chain)})"


@dataclass(frozen=True)
class Piece:
    """A term as coefficient · scalars · before · core · after / below."""

    coefficient: Number
    outside: tuple[tuple[Expr, ...], tuple[Expr, ...], tuple[Expr, ...], tuple[Expr, ...]]
    core: Expr


def pieces(whole: Expr, last: bool) -> list[Piece] | None:
    """Take a sum apart, with the last (or first) factor of each product as its core; None where a term is a number."""
    terms = whole.args if op_of(whole) == "add" else (whole,)
    found: list[Piece] = []
    for term in terms:
        parts = Factors().take((term,))
        if not parts.chain:
            return None
        chain = tuple(parts.chain)
        before, core, after = (chain[:-1], chain[-1], ()) if last else ((), chain[0], chain[1:])
        outside = ((*parts.scalars, *parts.units), before, after, tuple(parts.below))
        found.append(Piece(parts.coefficient, outside, core))
    return found


def expanded(core: Expr) -> list[tuple[Number, tuple[Expr, ...]]]:
    """Multiply out an entrywise product of sums: a list of (coefficient, entrywise factors)."""
    out: list[tuple[Number, tuple[Expr, ...]]] = [(Fraction(1), ())]
    todo = list(core.args) if op_of(core) == "hadamard" else [core]
    for factor in todo:
        options: list[tuple[Number, tuple[Expr, ...]]] = []
        for term in factor.args if op_of(factor) == "add" else (factor,):
            sign = Fraction(1)
            while op_of(term) == "neg":
                term, sign = term.args[0], -sign
            value = number_of(term)
            plain = value is not None or op_of(term) == "ones"
            options.append((sign * value if value is not None else sign, () if plain else (term,)))
        out = [(a * b, (*f, *g)) for a, f in out for b, g in options]
    return out


def collected(terms: Iterable[tuple[Number, tuple[Expr, ...]]], shape: Expr) -> Expr | None:
    """Add up like terms of entrywise products, positive ones first; None where everything cancels."""
    counts: dict[frozenset[Expr], tuple[Number, tuple[Expr, ...]]] = {}
    for value, factors in terms:
        key = frozenset(factors)
        if len(key) < len(factors):
            return None
        before = counts.get(key, (Fraction(0), factors))
        counts[key] = (before[0] + value, before[1])
    kept = sorted(((c, f) for c, f in counts.values() if c != 0), key=lambda cf: cf[0] < 0)
    if not kept:
        return None
    one = apply("ones", attrs=shape.shape)
    return plus(*(times(number(c), entrywise(*f) if f else one) for c, f in kept))


def grouped(whole: Expr, last: bool) -> Expr:
    """Put common factors in front (or behind) and add up what is inside."""
    parts = pieces(whole, last)
    if parts is None:
        return whole
    groups: dict[object, list[Piece]] = {}
    for piece in parts:
        groups.setdefault(piece.outside, []).append(piece)
    terms: list[Expr] = []
    for same in groups.values():
        scalars, before, after, below = same[0].outside
        inside = _inside(same)
        body = times(*scalars, *before, inside, *after)
        for s in below:
            body = times(apply("div", body, s))
        terms.append(body)
    return plus(*sorted(terms, key=lambda t: op_of(t) == "neg"))


def _inside(same: list[Piece]) -> Expr:
    multiplied = [(p.coefficient * c, f) for p in same for c, f in expanded(p.core)]
    plain = plus(*(times(number(p.coefficient), p.core) for p in same))
    short = collected(multiplied, same[0].core) if len(multiplied) <= 64 else None
    return short if short is not None and size_of(short) <= size_of(plain) else plain


def compact(whole: Expr) -> Expr:
    """Return the shortest of a derivative and of what common factors make of it."""
    if size_of(whole) > LARGE or not whole.shape:
        return whole
    tries: list[Callable[[Expr], Expr]] = [
        lambda e: grouped(e, True),
        lambda e: grouped(e, False),
        lambda e: grouped(grouped(e, True), False),
    ]
    forms = [whole, *(make(whole) for make in tries)]
    best = min(forms, key=lambda e: (size_of(e), op_of(e) == "neg", forms.index(e)))
    return best
