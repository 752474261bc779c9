"""Edits of signs, brackets, numbers, sizes, powers and quotients."""

from __future__ import annotations

from fractions import Fraction

from agnesi.check.slip_edits import Edits, as_rational, divided, fitting, is_square, multiplied, rational
from agnesi.check.slip_places import Place, built, flat, is_number, minus, name_of, times
from agnesi.check.slips import Edit, Pool
from agnesi.expr.nodes import Const, Expr, Index, Symbol, apply, constant, postorder

WHOLE = {"integer", "natural"}
LOGARITHMIC = {"log", "log2", "entropy", "mutual_information", "kl", "cross_entropy"}
COUNTING = ("gamma", "lgamma", "digamma", "factorial", "binom")


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


def none(place: Place, pool: Pool) -> Edits:
    """Yield nothing: what belongs there is found by its numbers."""
    return iter(())


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
    if name_of(node) not in ("pow", "epow") or name_of(place.parent) == "sqrt":
        return
    base, power = node.args
    value = as_rational(power.args[0] if name_of(power) == "neg" else power)
    if value is None:
        options = [built(power, power.args), *fitting("add", power, constant(-1)), *fitting("add", power, constant(1))]
        yield from (apply(node.op, base, p) for p in options if p is not None and p is not power)  # type: ignore[attr-defined]
        return
    value = -value if name_of(power) == "neg" else value
    for new in dict.fromkeys((value - 1, value + 1, -value, value / 2, value * 2, value - 2, value + 2)):
        if new not in (value, 0) and not (value == 2 and new == 1):
            yield base if new == 1 else apply(node.op, base, rational(new))  # type: ignore[attr-defined]


def exponents_swapped(place: Place, pool: Pool) -> Edits:
    """Yield aᵠbᵖ for aᵖbᵠ."""
    node = place.node
    if name_of(node) not in ("mul", "div") or len(node.args) > 4:
        return
    for k, a in enumerate(node.args):
        for j, b in enumerate(node.args[k + 1 :], k + 1):
            one, two = (n.args[1] if name_of(n) == "pow" else constant(1) for n in (a, b))
            bases = [n.args[0] if name_of(n) == "pow" else n for n in (a, b)]
            if one is two or any(n.shape or isinstance(n, Const) for n in bases):
                continue
            new = [n if is_number(p, 1) else n**p for n, p in zip(bases, (two, one), strict=True)]
            args = list(node.args)
            args[k], args[j] = new
            yield from fitting(name_of(node), *args)


def times_sizes(place: Place, pool: Pool) -> Edits:
    """Yield a term times a size."""
    if _scalable(place):
        for size in pool.sizes:
            yield from multiplied(place.node, size)


def less_one(place: Place, pool: Pool) -> Edits:
    """Yield (n − 1)/n times a term, and n/(n − 1) times it."""
    if _scalable(place) and not isinstance(place.node, Const):
        for size in pool.sizes:
            for one in multiplied(place.node, apply("div", size - 1, size)):
                yield one
            for one in multiplied(place.node, apply("div", size, size - 1)):
                yield one


def over_sizes(place: Place, pool: Pool) -> Edits:
    """Yield a term divided by a size."""
    if _scalable(place):
        for size in pool.sizes:
            yield from divided(place.node, size)


def size_less_one(place: Place, pool: Pool) -> Edits:
    """Yield n − 1 for n, and n + 1: of sizes, whole numbers, and arguments of the gamma function."""
    whole = isinstance(place.node, Symbol) and not place.node.shape and bool(WHOLE & place.node.facts)
    if name_of(place.node) == "size" or place.node in pool.sizes or whole or name_of(place.parent) in COUNTING:
        yield place.node - 1
        yield place.node + 1


def size_whole(place: Place, pool: Pool) -> Edits:
    """Yield n for n − 1 or n + 1."""
    node = place.node
    for k, arg in enumerate(node.args if name_of(node) == "add" else ()):
        if k and as_rational(arg) in (1, -1):
            yield flat("add", (*node.args[:k], *node.args[k + 1 :]))
    if name_of(node) == "add" and len(node.args) == 2 and name_of(node.args[1]) == "neg":
        if is_number(node.args[1].args[0], 1):
            yield node.args[0]


def squared(place: Place, pool: Pool) -> Edits:
    """Yield the square of a scalar, and the entrywise square of a vector."""
    node = place.node
    if name_of(node) == "neg" and not node.shape and name_of(place.parent) in ("", "add"):
        yield minus(node.args[0] ** 2)
    bare = name_of(node) not in ("neg", "size", "sqrt") and not isinstance(node, Const)
    if not bare or name_of(place.parent) in ("pow", "epow", "sqrt"):
        return
    inner = name_of(node) == "add" and name_of(place.parent) == "mul"
    if not node.shape and (place.is_term or inner or name_of(node) not in ("add", "mul")):
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
    inside = place.is_term or name_of(place.parent) in ("mul", "div")
    if isinstance(node, Const) and inside and node.value in (2, 3, 5, 6, 7, 8, 10):
        yield apply("sqrt", node)
    if not node.shape and inside and not isinstance(node, Const) and name_of(node) not in ("neg", "sqrt"):
        yield apply("sqrt", node)


def unrooted(place: Place, pool: Pool) -> Edits:
    """Yield what is under a square root."""
    if name_of(place.node) == "sqrt":
        yield place.node.args[0]


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
    elif name_of(node) == "pow" and is_number(node.args[1], 2):
        yield constant(1)
    elif isinstance(node, Symbol) and not node.shape and name_of(place.parent) not in ("mul", "div"):
        yield apply("div", 1, node)


def _inside_out(node: Expr) -> tuple[Expr, Expr]:
    top, bottom = node.args
    return (bottom, top) if bottom.ndim <= top.ndim else (top, bottom)


def bottom_lost(place: Place, pool: Pool) -> Edits:
    """Yield a without the denominator that it is divided by."""
    if name_of(place.node) in ("div", "ediv") and as_rational(place.node) is None:
        yield place.node.args[0]


def number_extra(place: Place, pool: Pool) -> Edits:
    """Yield a product without its number, and a quotient by a number without it."""
    node = place.node
    if name_of(node) == "mul":
        for k, arg in enumerate(node.args):
            if as_rational(arg) is not None:
                yield flat("mul", (*node.args[:k], *node.args[k + 1 :]))
    if name_of(node) == "div" and isinstance(node.args[1], Const) and as_rational(node) is None:
        yield node.args[0]


def bits_for_nats(place: Place, pool: Pool) -> Edits:
    """Yield a number times log 2 or over it, where logarithms or entropies stand around."""
    node = place.node
    around = {name_of(n) for n in postorder(*pool.scalars, *pool.terms, place.root)}
    inside = {name_of(n) for n in postorder(node)} & LOGARITHMIC
    if place.is_term and not node.shape and around & LOGARITHMIC and not inside and name_of(node) not in ("add", "neg"):
        two = apply("log", constant(2))
        if not is_number(node, 0) and not isinstance(node, Index):
            yield two if is_number(node, 1) else times(node, two)
            yield apply("div", node, two)


def complemented(place: Place, pool: Pool) -> Edits:
    """Yield 1 − p for a symbol, a probability or a function p."""
    node = place.node
    simple = not isinstance(node, Const) and name_of(node) not in ("add", "mul", "neg", "div", "pow", "size")
    if simple and not node.shape:
        yield 1 - node
    elif isinstance(node, Const) and isinstance(node.value, float) and 0 < node.value < 1:
        yield constant(round(1 - node.value, 12))


def as_share(place: Place, pool: Pool) -> Edits:
    """Yield a/(a + b) for a/b, and x/(1 + x) for another number x."""
    node = place.node
    if node.shape or not place.is_term or isinstance(node, Const | Index) or name_of(node) in ("add", "neg"):
        return
    if name_of(node) == "div":
        top, bottom = node.args
        yield apply("div", top, flat("add", (top, bottom)))
    else:
        yield apply("div", node, flat("add", (constant(1), node)))


def without_constants(place: Place, pool: Pool) -> Edits:
    """Yield a/b for (a − 1)/(b − 2), the numbers left out of both sums."""
    node = place.node
    if name_of(node) == "div" and all(name_of(a) == "add" for a in node.args):
        kept = [tuple(t for t in a.args if as_rational(minus(t)) is None) for a in node.args]
        if all(0 < len(k) < len(a.args) for k, a in zip(kept, node.args, strict=True)):
            yield apply("div", *(flat("add", k) for k in kept))


def as_odds(place: Place, pool: Pool) -> Edits:
    """Yield p/(1 − p) for p, and a/b for a/(a + b)."""
    node = place.node
    if node.shape or not place.is_term or isinstance(node, Const | Index) or name_of(node) in ("add", "neg"):
        return
    if name_of(node) == "div" and name_of(node.args[1]) == "add" and node.args[0] in node.args[1].args:
        rest = tuple(a for a in node.args[1].args if a is not node.args[0])
        yield from (apply("div", node.args[0], flat("add", rest)) for _ in rest[:1])
    elif name_of(node) != "div":
        yield apply("div", node, 1 - node)


def uncomplemented(place: Place, pool: Pool) -> Edits:
    """Yield p for 1 − p."""
    node = place.node
    if name_of(node) == "add" and len(node.args) == 2 and is_number(node.args[0], 1) and name_of(node.args[1]) == "neg":
        yield node.args[1].args[0]
