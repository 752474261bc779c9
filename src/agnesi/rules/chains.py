"""Written products as chains of elements: assembling them, transposing them, and counting what they print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, constant, postorder
from agnesi.ops.facts import facts
from agnesi.rules.forms import Coef

Chain = tuple[Expr, ...]


def flat(elements: Iterable[Expr]) -> Chain:
    """Return the elements with products among them opened; a product that is a number stays whole."""
    out: list[Expr] = []
    for element in elements:
        if isinstance(element, Apply) and element.op.name == "mul" and element.shape:
            out += flat(element.args)
        else:
            out.append(element)
    return tuple(out)


def assembled(chain: Sequence[Expr]) -> Expr:
    """Return a chain as one expression; runs of one square matrix become its power."""
    parts = powers(flat(chain))
    if len(parts) > 1 and not any(p.shape for p in parts):
        parts = flat_numbers(parts)
    return parts[0] if len(parts) == 1 else apply("mul", *parts)


def flat_numbers(parts: Chain) -> Chain:
    """Return numbers that are multiplied, with products of numbers among them opened (not those of vectors)."""
    out: list[Expr] = []
    for part in parts:
        plain = isinstance(part, Apply) and part.op.name == "mul" and not any(a.shape for a in part.args)
        out += flat_numbers(part.args) if plain else (part,)
    return tuple(out)


def powers(parts: Chain) -> Chain:
    """Return the chain with A A written A², Aᵀ Aᵀ as (A²)ᵀ and A⁻¹ A⁻¹ as A⁻²."""
    out: list[Expr] = []
    at = 0
    while at < len(parts):
        run = 1
        while at + run < len(parts) and parts[at + run] is parts[at]:
            run += 1
        element = parts[at]
        square = element.ndim == 2 and element.shape[0] == element.shape[1]
        out += [_power_of(element, run)] if run > 1 and square else [element] * run
        at += run
    return tuple(out)


def _power_of(element: Expr, k: int) -> Expr:
    if isinstance(element, Apply) and element.op.name in ("transpose", "inv"):
        return apply(element.op, _power_of(element.args[0], k))
    if isinstance(element, Apply) and element.op.name == "matpow":
        return apply("matpow", element.args[0], attrs=(element.attrs[0] * k,))
    return apply("matpow", element, attrs=(k,))


def opened_powers(parts: Iterable[Expr]) -> Chain:
    """Return the chain with whole powers of matrices written out as factors."""
    out: list[Expr] = []
    for part in flat(parts):
        wraps: list[Expr] = []
        inner = part
        while isinstance(inner, Apply) and inner.op.name in ("transpose", "inv") and isinstance(inner.args[0], Apply):
            wraps.append(inner)
            inner = inner.args[0]
        if isinstance(inner, Apply) and inner.op.name == "matpow":
            element = inner.args[0]
            for wrap in reversed(wraps):
                element = apply(wrap.op, element)  # type: ignore[attr-defined]
            out += [element] * int(inner.attrs[0])
        else:
            out.append(part)
    return tuple(out)


def transposed(element: Expr, symmetric: set[Expr]) -> Expr:
    """Return the transpose of one element, in its shortest form."""
    if not element.shape or element in symmetric:
        return element
    if isinstance(element, Symbol) and "symmetric" in facts.closure(element.facts):
        return element
    if isinstance(element, Apply):
        if element.op.name == "transpose":
            return element.args[0]
        if element.op.name in ("diag", "eye"):
            return element
        if element.op.name in ("tril", "triu"):
            other = "triu" if element.op.name == "tril" else "tril"
            return apply(other, transposed(element.args[0], symmetric))
        if element.op.name == "ones" and element.ndim == 2:
            return apply("ones", attrs=element.shape[::-1])
    return apply("transpose", element)


def turned(chain: Sequence[Expr], symmetric: set[Expr]) -> Chain:
    """Return the transpose of a chain: (AB)ᵀ = BᵀAᵀ, numbers first."""
    parts = flat(chain)
    numbers = [p for p in parts if not p.shape]
    rest = [p for p in parts if p.shape]
    return tuple(numbers + [transposed(p, symmetric) for p in reversed(rest)])


def tokens(node: Expr) -> int:
    """Return how many names, numbers and signs an expression prints, roughly."""
    if node._memo is None or "tokens" not in node._memo:
        for sub in postorder(node, below=lambda n: () if n._memo and "tokens" in n._memo else n.args):
            count = _tokens(sub)
            sub.memo("tokens", lambda: count)
    return node.memo("tokens", lambda: 0)  # type: ignore[no-any-return]


def _tokens(node: Expr) -> int:
    below = sum(tokens(a) for a in node.args)
    if not isinstance(node, Apply):
        return below + (not node.args)
    name = node.op.name
    if name in ("add", "hadamard"):
        return below + len(node.args) - 1 - sum(_is_neg(a) for a in node.args[1:] if name == "add")
    return below + (name != "mul")


def _is_neg(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name == "neg"


@dataclass(frozen=True)
class Product:
    """A printed term: coefficient · scalars · chain / denominators. An empty chain is a scalar (or ones)."""

    coef: Coef
    scalars: Chain
    chain: Chain
    under: Chain
    rank: tuple[int, ...] = ()

    def written(self, signed: bool = True) -> Expr:
        """Return the term as an expression; without its sign if told."""
        coef: Coef = self.coef if signed or self.coef >= 0 else -self.coef
        sign = coef < 0
        size: Coef = -coef if sign else coef
        front: list[Expr] = []
        under = list(self.under)
        if isinstance(size, float):
            front.append(constant(size))
        else:
            if size.numerator != 1:
                front.append(constant(size.numerator))
            if size.denominator != 1:
                under.insert(0, constant(size.denominator))
        scalars = sorted(self.scalars, key=_weight)
        whole = [*front, *scalars]
        only = self.chain[0] if len(self.chain) == 1 else None
        if whole and isinstance(only, Apply) and only.op.name == "ediv" and is_one(only.args[0]):
            top: Expr = apply("ediv", whole[0] if len(whole) == 1 else apply("mul", *whole), only.args[1])
        elif self.chain or len(scalars) > 1:
            parts: Sequence[Expr] = [*whole, *powers(flat(self.chain))]
            top = parts[0] if len(parts) == 1 else apply("mul", *parts) if parts else constant(1)
        else:
            top = assembled([*front, *scalars]) if front or scalars else constant(1)
        if under:
            bottom = sorted(under, key=_weight)
            top = apply("div", top, bottom[0] if len(bottom) == 1 else apply("mul", *bottom))
        return apply("neg", top) if sign else top


def _weight(node: Expr) -> int:
    """Return where a scalar stands in a product: numbers, names, then functions and products."""
    if isinstance(node, Const):
        return 0
    if not node.args:
        return 1
    name = node.op.name if isinstance(node, Apply) else ""
    return {"add": 3, "mul": 4}.get(name, 2)


def common(items: Sequence[Chain]) -> Chain:
    """Return the elements that all chains have, with multiplicity, in the order of the first."""
    out: list[Expr] = []
    rest = [list(i) for i in items[1:]]
    for element in items[0]:
        if all(element in r for r in rest):
            out.append(element)
            for r in rest:
                r.remove(element)
    return tuple(out)


def shared_roots(terms: Sequence[Product]) -> tuple[list[Product], Chain] | None:
    """Take the least power of a base that all denominators have out of them: u/‖x‖ − v/‖x‖³ is (u − v/‖x‖²)/‖x‖.

    Returns the terms without it and the denominators taken out; None where there are none.
    """
    powers_ = [{base: power for base, power in map(root_of, t.under)} for t in terms]
    least = {b: min(p[b] for p in powers_) for b in powers_[0] if b.args and all(b in p for p in powers_)}
    if not any(len({p[b] for p in powers_}) > 1 for b in least):
        return None
    out = []
    for term, own in zip(terms, powers_, strict=True):
        under = [raised(b, p - least.get(b, Fraction(0))) for b, p in own.items() if p != least.get(b)]
        out.append(Product(term.coef, term.scalars, term.chain, tuple(under), term.rank))
    return out, tuple(raised(b, p) for b, p in least.items())


def root_of(node: Expr) -> tuple[Expr, Fraction]:
    """Return (base, power) of a scalar: √u is (u, 1/2), u³ is (u, 3)."""
    if isinstance(node, Apply) and node.op.name == "sqrt":
        return node.args[0], Fraction(1, 2)
    if isinstance(node, Apply) and node.op.name == "pow" and isinstance(node.args[1], Const):
        return node.args[0], Fraction(node.args[1].value).limit_denominator(1000)
    return node, Fraction(1)


def raised(base: Expr, power: Fraction) -> Expr:
    """Return base^power for a positive power: √u, u, u³, u^1.5."""
    if power == 1:
        return base
    return apply("sqrt", base) if power == Fraction(1, 2) else base ** exponent(power)


def exponent(power: Fraction) -> Expr:
    """Return an exponent: whole, a short decimal, or a quotient."""
    if power.denominator == 1:
        return constant(power.numerator)
    if power.denominator in (2, 4, 8, 5, 10):
        return constant(float(power))
    return apply("div", constant(power.numerator), constant(power.denominator))


def without(chain: Chain, gone: Chain) -> Chain:
    """Return a chain without the given elements (each once)."""
    left = list(chain)
    for element in gone:
        left.remove(element)
    return tuple(left)


def shared_coef(coefs: Sequence[Coef]) -> Coef:
    """Return the greatest rational that divides all coefficients; negative where all are."""
    if any(isinstance(c, float) for c in coefs):
        return Fraction(1)
    exact = [Fraction(c) for c in coefs]
    top, bottom = 0, 1
    for c in exact:
        top = _gcd(top, abs(c.numerator))
        bottom = bottom * c.denominator // _gcd(bottom, c.denominator)
    value = Fraction(top, bottom)
    return -value if all(c < 0 for c in exact) else value


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def summed(terms: Sequence[Product], broadcast: bool) -> Expr:
    """Return the sum of terms, a positive one first; `broadcast` lets numbers join a sum of vectors."""
    order = list(terms)
    if order[0].coef < 0:
        first = next((t for t in order if t.coef > 0), order[0])
        order.remove(first)
        order.insert(0, first)
    if len(order) == 2 and order[0].coef == order[1].coef and _is_turned(order[0], order[1]):
        order.reverse()
    if len(order) == 1:
        return order[0].written()
    parts = [order[0].written()]
    for term in order[1:]:
        part = term.written(signed=False)
        parts.append(apply("neg", part) if term.coef < 0 else part)
    return apply("add", *_opened(parts))


def _is_turned(first: Product, second: Product) -> bool:
    """Tell whether the first is the transpose of a second that is not one itself: A + Aᵀ reads better."""
    if len(first.chain) != 1 or len(second.chain) != 1:
        return False
    one = first.chain[0]
    return isinstance(one, Apply) and one.op.name == "transpose" and one.args[0] is second.chain[0]


def _opened(parts: Iterable[Expr]) -> list[Expr]:
    """Return the parts with sums among them opened."""
    out: list[Expr] = []
    for part in parts:
        if isinstance(part, Apply) and part.op.name == "add":
            out += part.args
        else:
            out.append(part)
    return out


def entrywise_shared(terms: Sequence[Product], shape: Shape) -> list[Product] | None:
    """Take a vector or matrix that all terms multiply entrywise out of them: p ⊙ c − s p is p ⊙ (c − s).

    A diag(v) in front of a matrix M counts: it is M ⊙ (v 𝟏ᵀ). None where there is no such factor.
    """
    if len(terms) < 2 or len(shape) not in (1, 2):
        return None
    options = [_entry_factors(t, shape) for t in terms]
    if any(o is None for o in options):
        return None
    shared = [f for f in options[0][0] if all(f in o[0] for o in options if o)]  # type: ignore[index]
    if not shared:
        return None
    factor = max(shared, key=tokens)
    inner = []
    for term, option in zip(terms, options, strict=True):
        assert option is not None
        rest = without(option[0], (factor,))
        chain: Chain = option[1]
        if rest:
            chain = (rest[0] if len(rest) == 1 else apply("hadamard", *rest),)
        elif not chain and len(shape) == 2:
            return None
        inner.append(Product(term.coef, term.scalars, chain, term.under, term.rank))
    if not any(t.chain for t in inner):
        return None
    return [Product(Fraction(1), (), (apply("hadamard", factor, summed(inner, True)),), ())]


def _entry_factors(term: Product, shape: Shape) -> tuple[Chain, Chain] | None:
    """Return the entrywise factors of a term and, for diag(v) M, the chain v 𝟏ᵀ that is left of it."""
    if len(term.chain) == 1:
        (only,) = term.chain
        whole = isinstance(only, Apply) and only.op.name == "hadamard"
        return (only.args if whole else (only,)), ()
    if len(term.chain) == 2 and len(shape) == 2:
        front, matrix = term.chain
        if isinstance(front, Apply) and front.op.name == "diag" and matrix.shape == shape:
            row = apply("transpose", apply("ones", attrs=shape[1:]))
            return (matrix,), flat((front.args[0], row))
    return None


_MANY = 32  # past that many terms, looking at all pairs costs more than a shorter answer is worth


def collected(terms: Sequence[Product]) -> list[Product]:
    """Return the terms with common first or last elements of their chains taken out where that is shorter."""
    left = list(terms)
    while 1 < len(left) <= _MANY:
        best: tuple[int, list[Product], Chain, bool] | None = None
        for ends in (True, False):
            for members, shared in _candidates(left, ends):
                saved = (len(members) - 1) * sum(tokens(e) for e in shared)
                saved += (len(members) - 1) * sum(tokens(e) for e in common([m.scalars for m in members]))
                if best is None or saved > best[0]:
                    best = (saved, members, shared, ends)
        if best is None:
            break
        _, members, shared, ends = best
        merged = _merged(members, shared, ends)
        at = left.index(members[0])
        left = [t for t in left if t not in members]
        left.insert(at, merged)
    return left


def _candidates(terms: Sequence[Product], ends: bool) -> list[tuple[list[Product], Chain]]:
    """Return groups of terms with the same last (or first) elements and rests of one shape."""
    found: list[tuple[list[Product], Chain]] = []
    seen: set[Chain] = set()
    for i, a in enumerate(terms):
        for b in terms[i + 1 :]:
            shared = _shared_end(a.chain, b.chain, ends)
            for size in range(len(shared), 0, -1):
                part = shared[-size:] if ends else shared[:size]
                if part in seen:
                    continue
                seen.add(part)
                rest = _rest(a.chain, size, ends)
                if not rest:
                    continue
                shape = assembled(rest).shape
                members = [
                    t
                    for t in terms
                    if len(t.chain) > size
                    and (t.chain[-size:] if ends else t.chain[:size]) == part
                    and assembled(_rest(t.chain, size, ends)).shape == shape
                ]
                simple = all(len(t.chain) == size + 1 for t in members)
                if len(members) > 1 and shape and (simple or len(members) == len(terms)):
                    found.append((members, part))
    return found


def _rest(chain: Chain, size: int, ends: bool) -> Chain:
    return chain[:-size] if ends else chain[size:]


def _shared_end(a: Chain, b: Chain, ends: bool) -> Chain:
    size = 0
    most = min(len(a), len(b)) - 1
    while size < most and (a[-1 - size] is b[-1 - size] if ends else a[size] is b[size]):
        size += 1
    return (a[len(a) - size :] if ends else a[:size]) if size else ()


def _merged(members: Sequence[Product], shared: Chain, ends: bool) -> Product:
    scalars, under = common([m.scalars for m in members]), common([m.under for m in members])
    coef = shared_coef([m.coef for m in members])
    inner = [
        Product(m.coef / coef, without(m.scalars, scalars), _rest(m.chain, len(shared), ends), without(m.under, under))
        for m in members
    ]
    total = _diagonal_sum(inner) or summed(collected(inner), False)
    chain = (total, *shared) if ends else (*shared, total)
    return Product(coef, scalars, chain, under, members[0].rank)


def _diagonal_sum(parts: Sequence[Product]) -> Expr | None:
    """Return diag(u) + diag(v) as diag(u + v)."""
    inner = []
    for part in parts:
        if len(part.chain) != 1 or not isinstance(part.chain[0], Apply) or part.chain[0].op.name != "diag":
            return None
        inner.append(Product(part.coef, part.scalars, flat(part.chain[0].args), part.under, part.rank))
    return apply("diag", summed(inner, True))


def is_one(node: Expr) -> bool:
    """Tell whether a node is the number 1."""
    return isinstance(node, Const) and node.value == 1
