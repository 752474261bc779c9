"""Arguments of densities that are states or whole numbers: k in p(x | k) = N(x | m_k, s²), P(k = 1), n ~ Poisson(s)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from agnesi.check.worlds_scan import Formula, Given, constant_value, is_op
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    constant,
    fold,
    index,
    postorder,
    symbol,
    symbols_of,
    with_args,
)
from agnesi.expr.nodes import replace as substituted
from agnesi.rules.derive import derivative

Argument = tuple[Symbol, Expr | None]  # a variable, and the value that it is read at: 1 in P(k = 1)
MAX_STATES = 6


def argument(one: Expr) -> Argument | None:
    """Return the variable of an argument of a density and its value there; None for an event of another kind."""
    if isinstance(one, Symbol):
        return one, None
    if isinstance(one, Index):
        return symbol(one.name), one
    if is_op(one, "eq") and isinstance(one, Apply):
        left, right = one.args
        if isinstance(left, Bind) and left.op.name == "Tensor" and left.body is left.variables[0]:
            left = left.body
        if isinstance(left, Index):
            left = symbol(left.name)
        if isinstance(left, Symbol) and not left.shape and (isinstance(right, Index) or whole(right) is not None):
            return left, right
    return None


def lifted(root: Expr) -> Expr:
    """Return p(z = k) with a free k as a tensor over k, as p(k | x) is one."""
    if root.shape:
        return root
    found: dict[Expr, Index] = {}
    for node in postorder(root):
        if is_op(node, "probability") and isinstance(node, Apply):
            for arg in node.args:
                last = arg.args[1] if is_op(arg, "eq") and isinstance(arg, Apply) else None
                if isinstance(last, Bind) and last.op.name == "Tensor" and last.body is last.variables[0]:
                    assert isinstance(last.body, Index)
                    found[last] = last.body
    if not found:
        return root
    made = fold(root, lambda node, below: found[node] if node in found else with_args(node, below))
    return bind("Tensor", list(dict.fromkeys(found.values())), made)


def bared(root: Expr) -> Expr:
    """Return γ for the vector of its entries γ_k."""
    if isinstance(root, Bind) and root.op.name == "Tensor" and len(root.variables) == 1 and is_op(root.body, "entry"):
        assert isinstance(root.body, Apply)
        owner = root.body.args[0]
        if isinstance(owner, Symbol) and root.body.args[1:] == root.variables and owner.shape == root.shape:
            return owner
    return root


def whole(one: Expr) -> int | None:
    """Return the whole number that a node is, or None."""
    value = constant_value(one)
    return int(value) if value is not None and float(value).is_integer() else None


def opened(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Return the sides of an equation between entries, such as p(x | k) = N(x | m_k, s²) for all k, without the k."""
    left = lifted(left)
    if not (isinstance(left, Bind) and left.op.name == "Tensor" and len(left.variables) == 1):
        return left, right
    if isinstance(right, Bind) and right.op.name == "Tensor" and len(right.variables) == 1:
        return left.body, substituted(right.body, {right.variables[0]: left.variables[0]})
    return (left.body, right) if not right.shape else (left, right)


def labels_of(roots: Iterable[Expr], formulas: Sequence[Formula]) -> dict[str, list[int]]:
    """Return the numbers that stand for states of each variable, in order: 0 and 1 in P(y = 1) and p(x | y = 0)."""
    out: dict[str, set[int]] = {}
    for node in postorder(*roots):
        if is_op(node, "probability") and isinstance(node, Apply):
            for made in map(argument, node.args):
                if made is not None and made[1] is not None and (label := whole(made[1])) is not None:
                    out.setdefault(made[0].name, set()).add(label)
    for formula in formulas:
        for name, label in formula.cases:
            out.setdefault(name, set()).add(label)
    return {n: sorted(v) for n, v in out.items()}


def joined_cases(formulas: Sequence[Formula], labels: Mapping[str, list[int]]) -> list[Formula]:
    """Return formulas in which p(x | y = 0) = ... and p(x | y = 1) = ... are one with a state y."""
    out = [f for f in formulas if not f.cases]
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Formula]] = {}
    for f in formulas:
        if len(f.cases) == 1:
            groups.setdefault((f.letter, _names(f.left), _names(f.given)), []).append(f)
    for (letter, left, _), held in groups.items():
        name = held[0].cases[0][0]
        bodies = {f.cases[0][1]: f.body for f in held if f.cases[0][0] == name}
        wanted = labels.get(name, [])
        if wanted == [1] or wanted == [0]:
            wanted = [0, 1]
        missing = [label for label in wanted if label not in bodies]
        if left == (name,) and len(missing) == 1:
            bodies[missing[0]] = apply("add", constant(1), *(-b for b in bodies.values()))
        if len(wanted) < 2 or any(label not in bodies for label in wanted) or len(wanted) > MAX_STATES:
            continue
        vector = apply("blocks", *(bodies[label] for label in wanted), attrs=(len(wanted), 1))
        over = index(name, vector.shape[0])
        out.append(Formula(letter, held[0].left, held[0].given, apply("entry", vector, over), states=((name, over),)))
    return out


def cases_of(given: Given) -> list[Formula]:
    """Return P(y = 1) = φ and P(y = 0) = 1 − φ of y ~ Bernoulli(φ), where densities are given for y = 0 and y = 1."""
    if given.law.name != "Bernoulli" or given.copies or given.variable.shape:
        return []
    (chance,), one = given.law.parameters, given.variable
    bodies = ((1, chance), (0, constant(1) - chance))
    return [Formula(given.letter, (one,), (), body, cases=((one.name, k),)) for k, body in bodies]


def values_at(
    held: Sequence[Symbol], states: Mapping[str, Index], labels: Mapping[str, list[int]]
) -> dict[Expr, Expr]:
    """Return the values, 0 and 1, that stand for states in an expectation."""
    out: dict[Expr, Expr] = {}
    for one in held:
        if one.name not in states:
            continue
        if not labels.get(one.name) or not set(labels[one.name]) <= {0, 1}:
            raise NotNumeric(f"What {one.name} has for values is not known.")
        vector = apply("blocks", constant(0), constant(1), attrs=(2, 1))
        out[one] = apply("entry", vector, states[one.name])
    return out


def _names(symbols: Sequence[Symbol]) -> tuple[str, ...]:
    return tuple(s.name for s in symbols)


def states_sum_to_one(formulas: Sequence[Formula], name: str) -> int | None:
    """Return how many states a variable has whose probabilities are given as numbers: P(k = 1) = P(k = 2) = 1/2."""
    numbers = {f.cases[0]: f.body for f in formulas if len(f.cases) == 1 and f.cases[0][0] == name and not f.given}
    values = [b.value for b in numbers.values() if isinstance(b, Const)]
    if numbers and len(values) == len(numbers) and abs(float(sum(Fraction(v) for v in values)) - 1) < 1e-12:
        return len(values)
    return None


def ends_of(one: Symbol, body: Expr, low: Expr) -> tuple[Expr, Expr]:
    """Return the whole numbers between which a body has values other than 0, from n! and binom(n, c) in it."""
    high: Expr = constant(float("inf"))
    for node in postorder(body):
        if not isinstance(node, Apply) or node.op.name not in ("factorial", "lgamma", "binom"):
            continue
        inner = node.args[0] - node.args[1] if node.op.name == "binom" else node.args[0]
        if one not in symbols_of(inner) or len(symbols_of(inner)) < 2:
            continue
        slope = whole(derivative(inner, [one]))
        rest = substituted(inner, {one: constant(0)})
        rest = rest - 1 if node.op.name == "lgamma" else rest
        if slope == 1:
            low = -rest
        elif slope == -1:
            high = rest
    return low, high


def at_labels(value: Expr, labels: Sequence[int]) -> Expr:
    """Return the position of a state: 2 for y = 1 where y is 0 or 1."""
    number = whole(value)
    if number is None:
        return value
    if labels and labels != list(range(1, len(labels) + 1)):
        both = [0, 1] if set(labels) <= {0, 1} else list(labels)
        if number not in both:
            raise NotNumeric(f"{number} is no state here.")
        return constant(both.index(number) + 1)
    return constant(number)
