"""Build written expressions without their trivialities: 1·x, 0 + x, −(−x), (xᵀ)ᵀ, 2·½, nested products.

The constructors here are for what a derivation *makes*; what a person wrote is never rebuilt. `rebuild` applies
them to the part of an expression that holds differentials, and leaves the rest alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from agnesi.expr.nodes import (
    Bind,
    Const,
    Expr,
    apply,
    bind,
    constant,
    fold,
    free_indices,
    postorder,
    with_args,
)
from agnesi.rules.step_look import Number, has_d, is_symmetric, is_zero, number_of, op_of


def magnitude(value: Number) -> Number:
    """Return |value|."""
    return -value if value < 0 else value


def number(value: Number) -> Expr:
    """Return a number as it is written: 2, 1/2, −3."""
    if value < 0:
        return apply("neg", number(-value))
    if isinstance(value, float):
        return constant(value)
    top = constant(value.numerator)
    return top if value.denominator == 1 else apply("div", top, constant(value.denominator))


def zero(like: Expr) -> Expr:
    """Return 0 in the shape of an expression."""
    return apply("zeros", attrs=like.shape) if like.shape else constant(0)


@dataclass
class Factors:
    """A product in parts: a number, scalar factors, scalar products, a chain of the rest, and denominators."""

    coefficient: Number = Fraction(1)
    scalars: list[Expr] = field(default_factory=list)
    units: list[Expr] = field(default_factory=list)
    chain: list[Expr] = field(default_factory=list)
    below: list[Expr] = field(default_factory=list)
    identity: Expr | None = None

    def take(self, factors: Iterable[Expr]) -> Factors:
        """Sort factors into the parts, from left to right."""
        todo = list(factors)[::-1]
        while todo:
            node = todo.pop()
            value = number_of(node)
            if value is not None:
                self.coefficient *= value
                continue
            match op_of(node):
                case "neg":
                    self.coefficient = -self.coefficient
                    todo.append(node.args[0])
                case "mul" if not node.shape:
                    self._unit(node)
                case "mul":
                    todo.extend(reversed(node.args))
                case "div" if node.shape or has_d(node) or number_of(node.args[0]) is not None:
                    self.below.append(node.args[1])
                    todo.append(node.args[0])
                case "eye":
                    self.identity = self.identity or node
                case _:
                    (self.chain if node.shape else self.scalars).append(node)
        return self

    def _unit(self, node: Expr) -> None:
        """A scalar product inside: its own numbers and scalars come out, its chain stays together."""
        todo, chain = list(node.args)[::-1], []
        while todo:
            part = todo.pop()
            value = number_of(part)
            if value is not None:
                self.coefficient *= value
            elif op_of(part) == "neg":
                self.coefficient = -self.coefficient
                todo.append(part.args[0])
            elif op_of(part) == "mul":
                if part.shape:
                    todo.extend(reversed(part.args))
                else:
                    (self.units if any(a.shape for a in part.args) else self.scalars).append(part)
            elif not part.shape:
                (self.units if op_of(part) == "inner" else self.scalars).append(part)
            else:
                chain.append(part)
        if chain:
            self.units.append(apply("mul", *chain))

    def _cancel(self) -> None:
        """Join powers of one scalar, above and below the line: s·s is s², s/s² is 1/s."""
        above = [p for node in self.scalars for p in powers(node, 1)] + [(u, 1) for u in self.units]
        under = [p for node in self.below for p in powers(node, -1)]
        seen = [base for base, _ in above + under if number_of(base) is None and not has_d(base)]
        if len(set(seen)) == len(seen) and all(number_of(base) is None for base, _ in under):
            return
        order: dict[Expr, int] = {}
        live: list[Expr] = []
        for base, k in under + above:
            value = number_of(base)
            if value is not None:
                self.coefficient = self.coefficient * value**k
            elif has_d(base):
                live.append(base)
            else:
                order[base] = order.get(base, 0) + k
        units = set(self.units)
        self.units = [b for b, k in order.items() if k == 1 and b in units] + [u for u in live if u in units]
        ahead = dict.fromkeys(base for base, _ in above + under)
        self.scalars = [power(b, order[b]) for b in ahead if order.get(b, 0) > 0 and not (order[b] == 1 and b in units)]
        self.scalars += [x for x in live if x not in units]
        self.below = [power(b, -k) for b, k in order.items() if k < 0]

    def _halve(self) -> None:
        """Write 2·(n/2) as n."""
        for k, node in enumerate(self.scalars):
            below = number_of(node.args[1]) if op_of(node) == "div" else None
            size = self.coefficient
            if isinstance(below, Fraction) and isinstance(size, Fraction) and below > 1 and not (size / below) % 1:
                self.scalars[k], self.coefficient = node.args[0], size / below

    def written(self) -> Expr:
        """Return the product: the number, scalars, then the chain, over the denominators."""
        if self.coefficient == 0:
            return constant(0)
        self._cancel()
        self._halve()
        chain = self.chain or ([self.identity] if self.identity is not None else [])
        moving = any(has_d(s) for s in self.scalars)
        if moving and chain and not any(has_d(f) for f in chain) and not apply("mul", *chain).shape:
            self.units, chain = [*self.units, apply("mul", *chain)], []
        if not chain and len(self.units) == 1 and op_of(self.units[0]) == "mul" and not moving:
            chain, self.units = list(self.units[0].args), []
        rest = sorted([*self.scalars, *self.units], key=has_d)
        if self.units and len(rest) > len(self.units):
            rest = sorted(self.scalars, key=has_d) + sorted(self.units, key=has_d)
            rest.sort(key=has_d)
        size = magnitude(self.coefficient)
        below = list(self.below)
        if below and isinstance(size, Fraction) and size.denominator > 1:
            below.insert(0, constant(size.denominator))
            size = Fraction(size.numerator)
        parts = [*([] if size == 1 else [number(size)]), *rest, *chain]
        body = parts[0] if len(parts) == 1 else apply("mul", *parts) if parts else constant(1)
        if below:
            body = apply("div", body, times(*below))
        return apply("neg", body) if self.coefficient < 0 else body


def powers(root: Expr, sign: int) -> list[tuple[Expr, int]]:
    """Return a scalar as powers of its factors: 2s² is 2¹ s²."""
    todo, out = [(root, sign)], list[tuple[Expr, int]]()
    while todo:
        node, k = todo.pop()
        if op_of(node) == "pow" and isinstance(node.args[1], Const) and isinstance(node.args[1].value, int):
            todo.append((node.args[0], k * node.args[1].value))
        elif op_of(node) == "mul" and all(not a.shape for a in node.args):
            todo.extend((a, k) for a in reversed(node.args))
        elif op_of(node) == "div" and not node.shape and all(number_of(a) is None for a in node.args):
            todo += [(node.args[1], -k), (node.args[0], k)]
        else:
            out.append((node, k))
    return out


def power(base: Expr, k: int) -> Expr:
    """Return baseᵏ; an even power of a root is a power of what is under it."""
    if op_of(base) == "sqrt" and k % 2 == 0:
        base, k = base.args[0], k // 2
    return base if k == 1 else apply("pow", base, constant(k))


def times(*factors: Expr) -> Expr:
    """Return the product: numbers multiplied, scalars in front, nested products flattened."""
    out = Factors().take(factors).written()
    if is_zero(out):
        shaped = next((f for f in (apply("mul", *factors),) if f.shape), None)
        return zero(shaped) if shaped is not None else out
    return out


def over(top: Expr, bottom: Expr) -> Expr:
    """Return top / bottom."""
    if isinstance(bottom, Const) and bottom.value == 1:
        return top
    if number_of(top) is not None and number_of(bottom) is not None:
        return apply("div", top, bottom)
    parts = Factors().take((top,))
    parts.below.append(bottom)
    return parts.written()


def negated(node: Expr) -> Expr:
    """Return −node."""
    if is_zero(node):
        return node
    return node.args[0] if op_of(node) == "neg" else apply("neg", node)


def plus(*terms: Expr) -> Expr:
    """Return the sum: zeros dropped, sums of differentials flattened."""
    todo, kept, shape = (
        list(terms)[::-1],
        list[Expr](),
        apply("add", *terms).shape if len(terms) > 1 else terms[0].shape,
    )
    while todo:
        term = todo.pop()
        if op_of(term) == "add" and has_d(term):
            todo.extend(reversed(term.args))
        elif op_of(term) == "neg" and op_of(term.args[0]) == "add" and has_d(term):
            todo.extend(negated(a) for a in reversed(term.args[0].args))
        elif not is_zero(term):
            kept.append(term)
    if not kept:
        return apply("zeros", attrs=shape) if shape else constant(0)
    return kept[0] if len(kept) == 1 else apply("add", *kept)


def gathered(terms: Iterable[Expr]) -> list[Expr]:
    """Return terms with equal ones added up: u + 2u is 3u."""
    counts: dict[Expr, Number] = {}
    for term in terms:
        parts = Factors().take((term,))
        count, parts.coefficient = parts.coefficient, Fraction(1)
        core = parts.written()
        counts[core] = counts.get(core, Fraction(0)) + count
    return [times(number(count), core) for core, count in counts.items() if count != 0]


def transposed(node: Expr) -> Expr:
    """Return nodeᵀ: products turn round, numbers and symmetric matrices stay."""
    if not node.shape or is_symmetric(node):
        return node
    match op_of(node):
        case "transpose":
            return node.args[0]
        case "neg":
            return negated(transposed(node.args[0]))
        case "div":
            return over(transposed(node.args[0]), node.args[1])
        case "mul":
            parts = Factors().take(node.args)
            chain = [_turned(f) for f in reversed(parts.chain or [node])]
            parts.chain = chain
            return parts.written()
        case "Sum" if isinstance(node, Bind):
            return bind("Sum", node.variables, transposed_body(node), *node.args[1:])
    return _turned(node)


def turned_number(node: Expr) -> Expr:
    """Write the number (du)ᵀv as vᵀdu."""
    sign = op_of(node) == "neg"
    product = node.args[0] if sign else node
    if product.shape or op_of(product) != "mul":
        return node
    parts = Factors().take(product.args)
    chain = parts.chain
    if not chain or op_of(chain[0]) != "transpose" or [has_d(f) for f in chain].count(True) != 1 or not has_d(chain[0]):
        return node
    parts.chain = [_turned(f) for f in reversed(chain)]
    return negated(parts.written()) if sign else parts.written()


def transposed_body(node: Bind) -> Expr:
    """Return the transpose of a binder's body; one level of nested sums is enough for a person to read."""
    return node.body if not node.body.shape else _turned_product(node.body)


def _turned_product(node: Expr) -> Expr:
    parts = Factors().take((node,))
    parts.chain = [_turned(f) for f in reversed(parts.chain)]
    return parts.written()


def _turned(node: Expr) -> Expr:
    if is_symmetric(node):
        return node
    return node.args[0] if op_of(node) == "transpose" else apply("transpose", node)


def entrywise(*factors: Expr) -> Expr:
    """Return the entrywise product: scalars in front, ones dropped."""
    if all(not f.shape for f in factors):
        return times(*factors)
    todo, outside, inside, ones = list(factors)[::-1], list[Expr](), list[Expr](), list[Expr]()
    while todo:
        node = todo.pop()
        match op_of(node):
            case "hadamard" if all(a.shape for a in node.args):
                todo.extend(reversed(node.args))
            case "neg":
                outside.append(constant(-1))
                todo.append(node.args[0])
            case "ones":
                ones.append(node)
            case "div" if number_of(node) is None:
                outside.append(apply("div", constant(1), node.args[1]))
                todo.append(node.args[0])
            case "mul" if any(not a.shape for a in node.args) and any(a.shape for a in node.args):
                outside.extend(a for a in node.args if not a.shape)
                todo.append(times(*(a for a in node.args if a.shape)))
            case _:
                (inside if node.shape else outside).append(node)
    inside = _one_over(inside) or ones[:1]
    body = inside[0] if len(inside) == 1 else apply("hadamard", *inside)
    return times(*outside, body) if outside else body


def _one_over(parts: list[Expr]) -> list[Expr]:
    """Write (1 ./ v) ⊙ u as u ./ v."""
    for k, node in enumerate(parts):
        if op_of(node) == "ediv" and number_of(node.args[0]) == 1 and len(parts) > 1:
            rest = parts[:k] + parts[k + 1 :]
            return [divided(entrywise(*rest), node.args[1])]
    return parts


def _reduced(op: str) -> Callable[[tuple[Expr, ...]], Expr]:
    """Numbers and scalars come out of a trace or a sum."""

    def build(args: tuple[Expr, ...]) -> Expr:
        inner = args[0]
        if op == "tr" and not inner.shape:
            return inner
        if op_of(inner) in ("neg", "mul", "div") and inner.shape:
            parts = Factors().take((inner,))
            outside = Factors(parts.coefficient, parts.scalars, parts.units, [], parts.below)
            if parts.chain:
                body = parts.chain[0] if len(parts.chain) == 1 else apply("mul", *parts.chain)
                outside.scalars = [*outside.scalars, apply(op, body)]
                return times(outside.written())
        return apply(op, inner)

    return build


def summed(variables: Iterable[Expr], body: Expr, *rest: Expr) -> Expr:
    """Return ∑ body, with numbers and factors that do not depend on the index in front."""
    bound = set(variables)
    parts = Factors().take((body,)) if op_of(body) in ("mul", "neg", "div") else Factors()
    outside = [number(magnitude(parts.coefficient))] if magnitude(parts.coefficient) != 1 else []
    below = [s for s in parts.below if not free_indices(s) & bound]
    if outside or parts.coefficient < 0 or below:
        inner = Factors(
            Fraction(1), parts.scalars, parts.units, parts.chain, [s for s in parts.below if s not in below]
        )
        out = times(
            *outside, *(apply("div", constant(1), s) for s in below), bind("Sum", variables, inner.written(), *rest)
        )
        return negated(out) if parts.coefficient < 0 else out
    return bind("Sum", variables, body, *rest)


_BUILD: dict[str, Callable[[tuple[Expr, ...]], Expr]] = {
    "mul": lambda args: times(*args),
    "add": lambda args: plus(*args),
    "neg": lambda args: negated(args[0]),
    "hadamard": lambda args: entrywise(*args),
    "div": lambda args: over(args[0], args[1]),
    "tr": _reduced("tr"),
    "sum": _reduced("sum"),
    "mean": _reduced("mean"),
}


def built(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """Return the node with new arguments and without trivialities."""
    name = op_of(node)
    if name == "transpose":
        inner = args[0]
        if not inner.shape:
            return inner
        if op_of(inner) == "transpose":
            return inner.args[0]
        return negated(apply("transpose", inner.args[0])) if op_of(inner) == "neg" else apply("transpose", inner)
    if isinstance(node, Bind):
        return summed(node.variables, *args) if name == "Sum" else with_args(node, args)
    if name == "ediv" and number_of(args[0]) is None:
        return divided(args[0], args[1])
    return _BUILD[name](args) if name in _BUILD else with_args(node, args)


def associated(root: Expr) -> Expr:
    """Return an expression with numbers inside chains of products in brackets: xᵀAx x is (xᵀAx) x."""
    if not any(op_of(n) == "mul" and len(_closed(n.args)) < len(n.args) for n in postorder(root)):
        return root

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        parts = _closed(args) if op_of(node) == "mul" else []
        return apply("mul", *parts) if 1 < len(parts) < len(args) else with_args(node, args)

    return fold(root, step)


def _closed(factors: tuple[Expr, ...]) -> list[Expr]:
    """Put each run of factors that makes a number in brackets, where other arrays follow or stand before it."""
    out: list[Expr] = []
    run: list[Expr] = []
    numbers = 0
    for factor in factors:
        (run if factor.shape else out).append(factor)
        if factor.ndim == 1 and len(run) > 1 and run[0].ndim == 2 and run[0].shape[0].number == 1:
            number = apply("mul", *run)
            if not number.shape:
                out.append(number)
                numbers, run = numbers + 1, []
    return [*out, *run] if numbers > 1 or (numbers and run) else list(factors)


def divided(top: Expr, bottom: Expr) -> Expr:
    """Return top ./ bottom, entry by entry."""
    if top is bottom:
        return apply("ones", attrs=top.shape)
    return negated(apply("ediv", top.args[0], bottom)) if op_of(top) == "neg" else apply("ediv", top, bottom)


def rebuild(root: Expr, mapping: Mapping[Expr, Expr], clean: bool = True) -> Expr:
    """Return `root` with differentials replaced, its part that holds differentials cleaned up, the rest as it was.

    Without `clean`, nested products stay nested: flattening them at every level of a deep nest would take long.
    """
    make = built if clean else with_args
    if root in mapping or not has_d(root):
        return mapping.get(root, root)
    out: dict[Expr, Expr] = {}

    def below(node: Expr) -> Iterable[Expr]:
        return () if op_of(node) == "d" or node in mapping else (a for a in node.args if has_d(a))

    for node in postorder(root, below=below):
        if op_of(node) == "d" or node in mapping:
            out[node] = mapping.get(node, node)
        else:
            out[node] = make(node, tuple(out.get(a, a) for a in node.args))
    return out[root]
