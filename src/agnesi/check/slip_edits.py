"""Edits of one place: what could have stood there, by kind. The records in slips_*.py say what each means.

An edit works on a `Place` and a `Pool` and yields new parts; those whose shapes do not fit are dropped later.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from agnesi.check.slip_places import Place, built, flat, is_number, minus, name_of, times, turned
from agnesi.check.slips import Edit, Pool
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, bind, constant

Edits = Iterator[Expr]
PRODUCTS = ("mul", "hadamard")


def fitting(name: str, *args: Expr) -> Edits:
    """Yield the operation of the arguments, if the shapes fit."""
    try:
        yield flat(name, args) if name in ("add", "mul", "hadamard") else apply(name, *args)
    except AgnesiError:
        return


def is_square(node: Expr) -> bool:
    """Tell whether a node is a square matrix."""
    return node.ndim == 2 and node.shape[0] == node.shape[1]


def is_row(node: Expr) -> bool:
    """Tell whether a node is a row, 1×n."""
    return node.ndim == 2 and node.shape[0].number == 1


# signs and brackets


def other_sign(place: Place, pool: Pool) -> Edits:
    """Yield the negative of a term."""
    if place.is_term and name_of(place.node) != "add" and not is_number(place.node, 0):
        yield minus(place.node)


def whole_sign(place: Place, pool: Pool) -> Edits:
    """Yield the negative of a whole sum, term by term."""
    if place.is_term and name_of(place.node) == "add":
        yield flat("add", tuple(minus(a) for a in place.node.args))


def signs_after(place: Place, pool: Pool) -> Edits:
    """Yield a sum with the signs turned from some term on: a − b − c for a − b + c, and the like."""
    if name_of(place.node) != "add":
        return
    args = place.node.args
    for k in range(1, len(args)):
        for end in range(k + 2, len(args) + 1):
            yield flat("add", (*args[:k], *(minus(a) for a in args[k:end]), *args[end:]))


def into_bracket(place: Place, pool: Pool) -> Edits:
    """Yield a(b + c) for a sum ab + c."""
    if name_of(place.node) != "add":
        return
    args = place.node.args
    for k, arg in enumerate(args):
        factor = arg.args[0] if name_of(arg) == "neg" else arg
        if name_of(factor) != "mul":
            continue
        for cut in range(1, len(factor.args)):
            head, tail = factor.args[:cut], factor.args[cut:]
            for end in range(k + 2, len(args) + 1):
                rest = [minus(a) for a in args[k + 1 : end]] if factor is not arg else args[k + 1 : end]
                for inner in _sums(tail, rest):
                    for product in fitting("mul", *head, inner):
                        signed = product if factor is arg else minus(product)
                        yield flat("add", (*args[:k], signed, *args[end:]))


def _sums(tail: tuple[Expr, ...], rest: tuple[Expr, ...] | list[Expr]) -> Edits:
    for first in fitting("mul", *tail) if len(tail) > 1 else tail:
        if all(first.shape == r.shape for r in rest):
            yield from fitting("add", first, *rest)


def out_of_bracket(place: Place, pool: Pool) -> Edits:
    """Yield ab + c for a product a(b + c): the factor belongs to one term only."""
    if name_of(place.node) != "mul":
        return
    *head, last = place.node.args
    if name_of(last) == "add":
        for k in range(len(last.args)):
            for product in fitting("mul", *head, last.args[k]):
                yield from fitting("add", *last.args[:k], product, *last.args[k + 1 :])


# numbers and sizes


def numbers_times(*numbers: int | Fraction) -> Edit:
    """Return the edit that multiplies a term by one of the numbers."""

    def mend(place: Place, pool: Pool) -> Edits:
        if _scalable(place):
            yield from (scaled(place.node, Fraction(number)) for number in numbers)

    return mend


def _scalable(place: Place) -> bool:
    return place.is_term and name_of(place.node) not in ("add", "size") and not isinstance(place.node, Index)


def scaled(node: Expr, number: Fraction) -> Expr:
    """Return a number times a term, joined with a number or a fraction that leads it."""
    if name_of(node) == "neg":
        return minus(scaled(node.args[0], number))
    if isinstance(node, Const) and not isinstance(node.value, float):
        return rational(node.value * number)
    if name_of(node) == "div" and isinstance(node.args[1], Const) and isinstance(node.args[1].value, int):
        ratio = number / node.args[1].value
        top = node.args[0] if ratio.numerator == 1 else scaled(node.args[0], Fraction(ratio.numerator))
        return top if ratio.denominator == 1 else apply("div", top, ratio.denominator)
    if name_of(node) == "mul":
        held = as_rational(node.args[0])
        if held is not None:
            return times(rational(held * number), *node.args[1:])
    return times(rational(number), node)


def rational(value: int | Fraction) -> Expr:
    """Return a fraction as it is written: 3, 1/2."""
    value = Fraction(value)
    if value.denominator == 1:
        return constant(value.numerator)
    return apply("div", constant(value.numerator), constant(value.denominator))


def as_rational(node: Expr) -> Fraction | None:
    """Return the number that a node is written as, or None."""
    if isinstance(node, Const) and not isinstance(node.value, float):
        return Fraction(node.value)
    if name_of(node) == "div" and all(isinstance(a, Const) for a in node.args):
        top, bottom = (as_rational(a) for a in node.args)
        return top / bottom if top is not None and bottom else None
    return None


def other_number(place: Place, pool: Pool) -> Edits:
    """Yield neighbours of a written number, and its double and half."""
    value = as_rational(place.node)
    if value is None or name_of(place.parent) in ("pow", "epow"):
        return
    near = [value + 1, value - 1, value * 2, value / 2, 1 / value if value else Fraction(1)]
    yield from (rational(x) for x in dict.fromkeys(near) if x != value and (x or name_of(place.parent) == "add"))


def other_exponent(place: Place, pool: Pool) -> Edits:
    """Yield powers with an exponent that is off by one, or of the other sign, or half or twice as large."""
    node = place.node
    if name_of(node) == "matpow":
        yield node.args[0]
        yield apply("matpow", node.args[0], attrs=(int(node.attrs[0]) + 1,))  # type: ignore[attr-defined]
    if name_of(node) not in ("pow", "epow"):
        return
    base, power = node.args
    value = as_rational(power.args[0] if name_of(power) == "neg" else power)
    if value is None:
        options = [built(power, power.args), *fitting("add", power, constant(-1)), *fitting("add", power, constant(1))]
        yield from (apply(node.op, base, p) for p in options if p is not None and p is not power)  # type: ignore[attr-defined]
        return
    value = -value if name_of(power) == "neg" else value
    for new in dict.fromkeys((value - 1, value + 1, -value, value / 2, value * 2)):
        if new != value and new != 0:
            yield base if new == 1 else apply(node.op, base, rational(new))  # type: ignore[attr-defined]


def times_sizes(place: Place, pool: Pool) -> Edits:
    """Yield a term times a size."""
    if _scalable(place):
        for size in pool.sizes:
            yield from fitting("mul", size, place.node)


def over_sizes(place: Place, pool: Pool) -> Edits:
    """Yield a term divided by a size."""
    if _scalable(place):
        for size in pool.sizes:
            yield from fitting("div", place.node, size)


def size_less_one(place: Place, pool: Pool) -> Edits:
    """Yield n − 1 for n, and n + 1."""
    if name_of(place.node) == "size" or place.node in pool.sizes:
        yield place.node - 1
        yield place.node + 1


def size_whole(place: Place, pool: Pool) -> Edits:
    """Yield n for n − 1 or n + 1."""
    node = place.node
    if name_of(node) == "add" and len(node.args) == 2 and as_rational(node.args[1]) in (1, -1):
        yield node.args[0]
    if name_of(node) == "add" and len(node.args) == 2 and name_of(node.args[1]) == "neg":
        if is_number(node.args[1].args[0], 1):
            yield node.args[0]


# transposes, inverses, order


def transposed(place: Place, pool: Pool) -> Edits:
    """Yield the transpose of a matrix."""
    node = place.node
    if node.ndim == 2 and not is_row(node) and name_of(node) not in ("transpose", "add"):
        yield turned(node)


def untransposed(place: Place, pool: Pool) -> Edits:
    """Yield what is under a transpose."""
    if name_of(place.node) == "transpose":
        yield place.node.args[0]


def transposed_sum(place: Place, pool: Pool) -> Edits:
    """Yield the transpose of a whole sum or product, as a whole and factor by factor."""
    node = place.node
    if name_of(node) == "add" and node.ndim == 2:
        yield turned(node)
    if name_of(node) == "mul" and node.ndim == 2 and not is_row(node):
        yield from fitting("mul", *(turned(a) if a.shape else a for a in reversed(node.args)))


def transpose_moved(place: Place, pool: Pool) -> Edits:
    """Yield a product with the transpose on the neighbour instead: X Yᵀ for XᵀY."""
    if name_of(place.node) != "mul":
        return
    args = place.node.args
    for k in range(len(args) - 1):
        a, b = args[k], args[k + 1]
        if a.shape and b.shape and (name_of(a) == "transpose") != (name_of(b) == "transpose"):
            yield from fitting("mul", *args[:k], turned(a), turned(b), *args[k + 2 :])


def inverted(place: Place, pool: Pool) -> Edits:
    """Yield the inverse of a square matrix."""
    if is_square(place.node) and name_of(place.node) not in ("inv", "eye"):
        if name_of(place.node) == "transpose":
            yield turned(apply("inv", place.node.args[0]))
        else:
            yield apply("inv", place.node)


def uninverted(place: Place, pool: Pool) -> Edits:
    """Yield what is under an inverse."""
    node = place.node
    if name_of(node) == "inv":
        yield node.args[0]
    if name_of(node) == "transpose" and name_of(node.args[0]) == "inv":
        yield turned(node.args[0].args[0])


def inverse_for_transpose(place: Place, pool: Pool) -> Edits:
    """Yield the inverse where a transpose is written, and the inverse transposed."""
    node = place.node
    if name_of(node) == "transpose" and is_square(node):
        yield apply("inv", node.args[0])
    if is_square(node) and name_of(node) not in ("inv", "transpose", "eye"):
        yield turned(apply("inv", node))


def transpose_for_inverse(place: Place, pool: Pool) -> Edits:
    """Yield the transpose where an inverse is written."""
    if name_of(place.node) == "inv":
        yield turned(place.node.args[0])


def swapped(place: Place, pool: Pool) -> Edits:
    """Yield products with two neighbours exchanged, or the whole order reversed, or one factor moved to an end."""
    node = place.node
    if name_of(node) != "mul" or sum(bool(a.shape) for a in node.args) < 2:
        return
    scalars = tuple(a for a in node.args if not a.shape)
    chain = tuple(a for a in node.args if a.shape)
    orders = [(*chain[:k], chain[k + 1], chain[k], *chain[k + 2 :]) for k in range(len(chain) - 1)]
    if len(chain) > 2:
        orders += [chain[::-1], (*chain[1:], chain[0]), (chain[-1], *chain[:-1])]
    for order in dict.fromkeys(orders):
        if order != chain and _chains(order):
            yield from fitting("mul", *scalars, *order)


def _chains(order: tuple[Expr, ...]) -> bool:
    """Tell, before an error message is made for it, whether neighbours may be multiplied."""
    for a, b in pairwise(order):
        inner = a.shape[-1] if a.ndim == 2 else None
        if inner is not None and inner.number != 1 and b.shape[0] != inner:
            return False
    return True


def quotient_turned(place: Place, pool: Pool) -> Edits:
    """Yield b/a for a/b, of scalars."""
    node = place.node
    if name_of(node) == "div" and not node.shape and as_rational(node) is None:
        yield apply("div", node.args[1], node.args[0])


def reciprocal(place: Place, pool: Pool) -> Edits:
    """Yield 1/s for a scalar s, x/s for a product s x, and s x for x/s."""
    node = place.node
    if name_of(node) == "mul":
        for k, arg in enumerate(node.args):
            rest = (*node.args[:k], *node.args[k + 1 :])
            if not arg.shape and as_rational(arg) is None:
                for product in fitting("mul", *rest) if len(rest) > 1 else rest:
                    yield from fitting("div", product, arg)
    elif name_of(node) == "div":
        yield from fitting("mul", *_inside_out(node))
    elif isinstance(node, Symbol) and not node.shape and name_of(place.parent) not in ("mul", "div"):
        yield apply("div", 1, node)


def _inside_out(node: Expr) -> tuple[Expr, Expr]:
    top, bottom = node.args
    return (bottom, top) if bottom.ndim <= top.ndim else (top, bottom)


def bottom_lost(place: Place, pool: Pool) -> Edits:
    """Yield a without the denominator that it is divided by."""
    if name_of(place.node) in ("div", "ediv") and as_rational(place.node) is None:
        yield place.node.args[0]


# powers and roots


def squared(place: Place, pool: Pool) -> Edits:
    """Yield the square of a scalar, and the entrywise square of a vector."""
    node = place.node
    if isinstance(node, Const) or name_of(node) in ("neg", "add", "mul", "size") or name_of(place.parent) in ("pow",):
        return
    if not node.shape:
        yield node**2
    elif node.ndim == 1:
        yield apply("epow", node, 2)
    elif is_square(node) and isinstance(node, Symbol):
        yield apply("matpow", node, attrs=(2,))


def unsquared(place: Place, pool: Pool) -> Edits:
    """Yield x for x²."""
    node = place.node
    if (name_of(node) in ("pow", "epow") and is_number(node.args[1], 2)) or name_of(node) == "matpow":
        yield node.args[0]


def rooted(place: Place, pool: Pool) -> Edits:
    """Yield the square root of a scalar."""
    node = place.node
    if not node.shape and place.is_term and not isinstance(node, Const) and name_of(node) not in ("neg", "sqrt"):
        yield apply("sqrt", node)


def unrooted(place: Place, pool: Pool) -> Edits:
    """Yield what is under a square root."""
    if name_of(place.node) == "sqrt":
        yield place.node.args[0]


# terms and factors


def term_missing(place: Place, pool: Pool) -> Edits:
    """Yield a sum with a term more, of those that stand around."""
    if not place.is_term or name_of(place.parent) == "add":
        return
    for term in pool.terms:
        if term.shape == place.node.shape and term is not place.node:
            yield flat("add", (place.node, term))
            yield flat("add", (place.node, minus(term)))


def term_extra(place: Place, pool: Pool) -> Edits:
    """Yield a sum without one of its terms."""
    if name_of(place.node) == "add":
        args = place.node.args
        for k in range(len(args)):
            yield flat("add", (*args[:k], *args[k + 1 :]))


def factor_missing(place: Place, pool: Pool) -> Edits:
    """Yield a part times a scalar or a matrix that stands around, on either side or inside."""
    node = place.node
    if place.is_term and name_of(node) != "add" and not isinstance(node, Const | Index):
        for scalar in pool.scalars:
            if scalar is not node:
                yield from fitting("mul", scalar, node)
    if name_of(place.parent) == "mul" or not node.shape:
        return
    for factor in pool.arrays:
        yield from _inserted(node, factor)


def _inserted(node: Expr, factor: Expr) -> Edits:
    chain = node.args if name_of(node) == "mul" else (node,)
    scalars, parts = tuple(a for a in chain if not a.shape), tuple(a for a in chain if a.shape)
    for k in range(len(parts) + 1):
        order = (*parts[:k], factor, *parts[k:])
        if _chains(order):
            yield from fitting("mul", *scalars, *order)
    if factor.ndim == node.ndim == 1 and factor.shape == node.shape and factor is not node:
        yield from fitting("hadamard", factor, node)


def divisor_missing(place: Place, pool: Pool) -> Edits:
    """Yield a part divided by a scalar that stands around."""
    if place.is_term and not isinstance(place.node, Const | Index):
        for scalar in pool.scalars:
            if scalar is not place.node:
                yield from fitting("div", place.node, scalar)


def factor_extra(place: Place, pool: Pool) -> Edits:
    """Yield a product without one of its factors, or without two neighbours."""
    if name_of(place.node) in PRODUCTS:
        args = place.node.args
        for width in (1, 2):
            for k in range(len(args) - width + 1):
                rest = (*args[:k], *args[k + width :])
                if not rest or all(as_rational(a) is not None for a in args[k : k + width]):
                    continue
                if _chains(tuple(a for a in rest if a.shape)):
                    yield from fitting(name_of(place.node), *rest)


def number_extra(place: Place, pool: Pool) -> Edits:
    """Yield a product without its number, and a quotient by a number without it."""
    node = place.node
    if name_of(node) == "mul":
        for k, arg in enumerate(node.args):
            if as_rational(arg) is not None:
                yield flat("mul", (*node.args[:k], *node.args[k + 1 :]))
    if name_of(node) == "div" and isinstance(node.args[1], Const) and as_rational(node) is None:
        yield node.args[0]


# other symbols, other functions


def other_symbol(place: Place, pool: Pool) -> Edits:
    """Yield other symbols of the same shape."""
    node = place.node
    if isinstance(node, Symbol):
        yield from (s for s in pool.symbols if s.shape == node.shape and s is not node)


def indices_swapped(place: Place, pool: Pool) -> Edits:
    """Yield A_ji for A_ij."""
    node = place.node
    if name_of(node) == "entry" and len(node.args) == 3:
        owner, i, j = node.args
        yield from fitting("entry", owner, j, i)


def other_index(place: Place, pool: Pool) -> Edits:
    """Yield another index that is in scope, and the index off by one."""
    node = place.node
    if not isinstance(node, Index):
        return
    here, bound = place.root, []
    for k in place.path:
        bound += [v for v in here.variables if isinstance(v, Index)] if isinstance(here, Bind) else []
        here = here.args[k]
    yield from (i for i in dict.fromkeys(bound) if i is not node)


def other_limits(place: Place, pool: Pool) -> Edits:
    """Yield a sum that ends one earlier or later (of its size), or whose condition is strict or is not."""
    node = place.node
    if not isinstance(node, Bind) or node.op.name == "Integral":
        return
    if node.condition is not None and name_of(node.condition) in _STRICT:
        other = apply(_STRICT[name_of(node.condition)], *node.condition.args)
        yield bind(node.op, node.variables, node.body, other)
        yield bind(node.op, node.variables, node.body)


_STRICT = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "ne": "ge"}


def renamed(*pairs: tuple[str, str]) -> Edit:
    """Return the edit that puts another function for a function: pairs (written, meant)."""

    def mend(place: Place, pool: Pool) -> Edits:
        for old, new in pairs:
            if name_of(place.node) == old:
                yield from fitting(new, *place.node.args)

    return mend


def wrapped(*names: str) -> Edit:
    """Return the edit that applies one of the functions to a part."""

    def mend(place: Place, pool: Pool) -> Edits:
        if isinstance(place.node, Const | Index) or name_of(place.node) in (*names, "neg"):
            return
        if place.is_term or name_of(place.parent) in PRODUCTS:
            for name in names:
                yield from fitting(name, place.node)

    return mend


def unwrapped(*names: str) -> Edit:
    """Return the edit that leaves a function out."""

    def mend(place: Place, pool: Pool) -> Edits:
        if name_of(place.node) in names:
            yield place.node.args[0]

    return mend


def arguments_swapped(*names: str) -> Edit:
    """Return the edit that exchanges the two arguments of an operation."""

    def mend(place: Place, pool: Pool) -> Edits:
        node = place.node
        if name_of(node) in names and isinstance(node, Apply) and len(node.args) == 2:
            try:
                yield apply(node.op, node.args[1], node.args[0], attrs=node.attrs)
            except AgnesiError:
                return

    return mend


def entrywise(place: Place, pool: Pool) -> Edits:
    """Yield the entrywise product where a matrix product is written, of neighbours of one shape."""
    if name_of(place.node) == "mul":
        args = place.node.args
        for k in range(len(args) - 1):
            if args[k].shape and args[k].shape == args[k + 1].shape:
                pair = apply("hadamard", args[k], args[k + 1])
                yield from fitting("mul", *args[:k], pair, *args[k + 2 :])


def matrix_product(place: Place, pool: Pool) -> Edits:
    """Yield the matrix product where the entrywise one is written."""
    node = place.node
    if name_of(node) == "hadamard" and node.ndim == 2:
        yield from fitting("mul", *node.args)
        yield from fitting("mul", *reversed(node.args))
    if name_of(node) == "epow" and is_square(node) and is_number(node.args[1], 2):
        yield apply("matpow", node.args[0], attrs=(2,))


def entrywise_square(place: Place, pool: Pool) -> Edits:
    """Yield the entrywise square where a matrix square is written."""
    if name_of(place.node) == "matpow":
        yield apply("epow", place.node.args[0], int(place.node.attrs[0]))  # type: ignore[attr-defined]


def diagonal_only(place: Place, pool: Pool) -> Edits:
    """Yield the diagonal part of a square matrix."""
    if is_square(place.node) and name_of(place.node) not in ("diag", "eye"):
        yield apply("diag", apply("diagonal", place.node))


def full_matrix(place: Place, pool: Pool) -> Edits:
    """Yield the whole matrix where its diagonal part is written."""
    if name_of(place.node) == "diag" and name_of(place.node.args[0]) == "diagonal":
        yield place.node.args[0].args[0]


def inner_for_outer(place: Place, pool: Pool) -> Edits:
    """Yield xᵀy for xyᵀ."""
    yield from _turned_pair(place, "transpose", last=True)


def outer_for_inner(place: Place, pool: Pool) -> Edits:
    """Yield xyᵀ for xᵀy."""
    yield from _turned_pair(place, "transpose", last=False)


def _turned_pair(place: Place, name: str, last: bool) -> Edits:
    if name_of(place.node) != "mul":
        return
    args = place.node.args
    for k in range(len(args) - 1):
        a, b = args[k], args[k + 1]
        marked, plain = (b, a) if last else (a, b)
        if name_of(marked) == name and name_of(plain) != name and a.shape and b.shape:
            yield from fitting("mul", *args[:k], turned(a), turned(b), *args[k + 2 :])


def with_transpose(place: Place, pool: Pool) -> Edits:
    """Yield M + Mᵀ for a square matrix M, and (A + Aᵀ)x for 2Ax."""
    node = place.node
    if is_square(node) and name_of(node) in ("", "mul", "inv"):
        yield from fitting("add", node, turned(node))
        if name_of(place.parent) == "add" and name_of(node) == "mul":
            yield from fitting("div", apply("add", node, turned(node)), constant(2))
    if name_of(node) == "mul":
        for k, arg in enumerate(node.args):
            if is_square(arg) and name_of(arg) in ("", "inv"):
                both = apply("add", arg, turned(arg))
                numbers = [m for m, other in enumerate(node.args) if is_number(other, 2)]
                if numbers:
                    rest = tuple(both if m == k else other for m, other in enumerate(node.args) if m != numbers[0])
                    yield from fitting("mul", *rest)
                    yield from fitting("mul", *(turned(a) if m == k else a for m, a in enumerate(node.args)))


def without_transpose(place: Place, pool: Pool) -> Edits:
    """Yield A and 2A for A + Aᵀ."""
    node = place.node
    if name_of(node) == "add" and len(node.args) == 2 and node.args[1] is turned(node.args[0]):
        yield node.args[0]
        yield times(2, node.args[0])
