"""Shapes of random quantities: what the operations of chance ask of their arguments, and the habits of the field."""

from __future__ import annotations

from collections.abc import Container, Sequence

from agnesi.read.scene import Scene, is_capital, names_of
from agnesi.read.syntax import Node
from agnesi.read.unify import Type

_OF_VECTORS = frozenset(("Dirichlet",))
_DEFAULT = "XYZUVWT"


def chance_type(s: Scene, node: Node) -> Type:
    """Return the type of a node of chance; what its arguments must be is unified."""
    name, attrs = node.value
    axes, t, args = s.axes, s.types, node.args
    s.chance.append(node)
    if name in ("expectation", "Expectation", "Outcomes", "Whole"):
        return t[args[0]]
    if name in ("variance", "covariance"):
        count = attrs[0] if attrs else len(args) if name == "covariance" else 1
        first, second = t[args[0]], t[args[count - 1]]
        for kind in (first, second):
            if len(kind) == 2:
                axes.unify(kind[1], axes.one)
        return (first[0], second[0])
    if name == "entropy" and of_numbers(node) and all(_numbered(a) for a in args if a.head == "sub"):
        for arg in args:  # H(p_1, p_2, 1 − p_1 − p_2)
            if axes.can_be(t[arg], axes.scalar):
                axes.same(t[arg], axes.scalar)
    if name == "probability" and attrs[0] in ("P", "Pr"):
        for arg in args:  # C_1 in P(H | C_1) is an event
            owner, *below = arg.args if arg.head == "sub" else (arg,)
            event = below and owner.head == "name" and owner.value[:1].isupper() and below[0].head == "num"
            if event and axes.can_be(t[arg], axes.scalar):
                axes.same(t[arg], axes.scalar)
    if name == "distribution":
        _scalars(s, attrs[0], [t[a] for a in args if a.head != "num"])
        if attrs[0] == "Normal" and len(args) == 2 and args[0].head != "num" and len(t[args[0]]) == 2:
            if not axes.apart(t[args[0]][1], axes.one):
                _fit(s, "Normal", t[args[0]], args)
    if name in ("density", "follows"):
        points = [t[a] for a in args[: attrs[0] if name == "follows" else 1]]
        law = args[1:] if name == "density" else args[attrs[0]].args
        of = attrs[0] if name == "density" else args[attrs[0]].value[1][0]
        for point in points:
            _fit(s, of, point, law)
    return axes.scalar


def _numbered(node: Node) -> bool:
    """Tell whether a name has a number for a subscript and is the letter of a probability."""
    owner, below = node.args[0], node.args[1]
    return owner.head == "name" and owner.value in ("p", "q", "r", "w", "π") and below.head == "num"


def _fit(s: Scene, name: str, point: Type, parameters: Sequence[Node]) -> None:
    """Unify a random variable with the parameters of its distribution."""
    axes = s.axes
    kinds = [None if p.head == "num" else s.types[p] for p in parameters]
    if len(point) != 2 or any(k is not None and len(k) != 2 for k in kinds):
        return
    if name == "Normal" and len(kinds) == 2:
        mean, spread = kinds
        axes.unify(point[1], axes.one)
        if mean is not None and axes.can_be(mean, point):
            axes.same(mean, point)
        if spread is None:
            axes.same(point, axes.scalar) if axes.can_be(point, axes.scalar) else None
        elif not axes.apart(spread[0], point[0]) and not axes.apart(spread[1], point[0]):
            axes.unify(spread[0], point[0])
            axes.unify(spread[1], point[0])
        return
    _scalars(s, name, [point] if name == "Categorical" else [point, *(k for k in kinds if k is not None)])


def _scalars(s: Scene, name: str, kinds: Sequence[Type]) -> None:
    """Say that parameters are numbers, where a distribution has numbers for parameters."""
    axes = s.axes
    for kind in kinds:
        if name in _OF_VECTORS and len(kind) == 2:
            axes.unify(kind[1], axes.one)
        elif name not in ("Normal", "Categorical") and axes.can_be(kind, axes.scalar):
            axes.same(kind, axes.scalar)


def settle(s: Scene) -> None:
    """Settle what use leaves open: scalars, where the text has no transpose and no other capital; else vectors.

    Capitals that stand bare in an expectation or a density are random variables, not matrices.
    """
    inside = names_below([n for n in s.chance if not of_numbers(n) and n.value[0] != "independent"])
    held = dict.fromkeys(n for n in inside if n in s.symbols)
    held.update(dict.fromkeys(k for m in s.made.values() if "(" in m.name for k in m.keys if k in s.symbols))
    if not held:
        return
    axes = s.axes
    random = random_names(s.chance) & held.keys()
    turned = {name for n in s.types if n.head in ("transpose", "prime") for name in names_of(n.args[0])}
    turned |= {
        n for node in s.chance if node.value[0] == "covariance" and len(node.args) == 1 for n in names_of(node)
    }
    random |= {n for n in held if n[0] in _DEFAULT and (not random or n not in turned)}
    partners(s, random, inside)
    turned = set(names_below([n.args[0] for n in s.types if n.head in ("transpose", "prime")]))
    turned |= set(names_below([n for n in s.chance if n.value[0] == "covariance" and len(n.args) == 1]))
    wide = with_matrices(s)
    others = {n for n in held if is_capital(n) and n not in random} | (wide & held.keys())
    declared = (s.words.symbols.get(n) for n in inside)
    linear = bool(others or (turned & held.keys())) or any(one is not None and one.shape for one in declared)
    for name in held:
        kind = s.symbols[name]
        if len(kind) != 2:
            continue
        if not linear:
            if axes.can_be(kind, axes.scalar):
                axes.same(kind, axes.scalar)
        elif name in wide and not is_capital(name) and not axes.is_many(kind[1]) and not axes.is_one(kind[0]):
            axes.unify(kind[1], axes.one)
            axes.mark(kind[0])
        elif name in random and is_capital(name) and not axes.is_many(kind[1]):
            axes.unify(kind[1], axes.one)
            if not axes.is_one(kind[0]) and name in turned:
                axes.mark(kind[0])
        axes.settle()


def with_matrices(s: Scene) -> set[str]:
    """Return the names of which a covariance is a matrix: ε in Cov(ε) = σ²I and in E[ε ε'] = S."""
    found: set[str] = set()
    for node in s.types:
        if node.head != "rel":
            continue
        others = {n for a in node.args for n in names_of(a)} - {n for m in s.chance for n in names_of(m)}
        for one in node.args:
            if one.head != "chance" or not any(is_capital(n) for n in others):
                continue
            inside = one.args[0]
            if one.value[0] in ("variance", "covariance") and inside.head == "name":
                found.add(inside.value)
            elif one.value[0] == "expectation" and inside.head == "mul" and len(inside.args) == 2:
                left, right = inside.args
                if right.head in ("transpose", "prime") and names_of(left) == names_of(right):
                    found.update(names_of(left))
    return found


def of_numbers(node: Node) -> bool:
    """Tell whether a node is the entropy of a list of numbers: H(p_1, 1 − p_1), H(p_1, p_2, p_3)."""
    plain = all(a.head in ("name", "sub", "chance", "call") for a in node.args)
    several = len(node.args) > 1 and all(a.head == "sub" for a in node.args)
    return node.value[0] == "entropy" and len(node.args) > 1 and (not plain or several)


def names_below(roots: Sequence[Node]) -> dict[str, None]:
    """Return the names in trees that may stand in one another; every node is visited once."""
    found: dict[str, None] = {}
    seen: set[Node] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.head == "name":
            found[node.value] = None
        stack.extend(reversed(node.args))
    return found


def random_names(nodes: Sequence[Node]) -> set[str]:
    """Return the names that are random: those that stand bare in an expectation, or are arguments of a density."""
    found: set[str] = set()
    for node in nodes:
        name, attrs = node.value
        count = len(node.args)
        if name in ("distribution", "kl", "cross_entropy", "Expectation"):
            count = 0
        elif name in ("density",):
            count = 1
        elif name == "follows":
            count = attrs[0]
        for arg in node.args[:count]:
            if arg.head == "rel":
                found.update(names_of(arg.args[0]) if not arg.args[0].args else [])
            while arg.head in ("sub", "bracket") and arg.args[0].head == "name":
                arg = arg.args[0]
            if arg.head == "name" and name not in ("Outcomes", "Whole"):
                found.add(arg.value)
    return found


def partners(s: Scene, random: set[str], inside: Container[str]) -> None:
    """A value has the shape of its variable: x of X."""
    for name in sorted(random):
        lower = name.lower()
        if lower == name or lower not in s.symbols or lower not in inside:
            continue
        if s.axes.can_be(s.symbols[name], s.symbols[lower]):
            s.axes.same(s.symbols[name], s.symbols[lower])
            s.axes.settle()
