"""The chain rule through named intermediate variables: z = Wx, a = tanh(z), r = Va − y, as backpropagation has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from agnesi.expr.nodes import Apply, Expr, Symbol, free_indices, postorder, symbol, symbols_of, with_args
from agnesi.rules.step_differential import Rules
from agnesi.rules.step_look import differentials, is_symmetric, op_of

LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉", "_")
ALGEBRA = {"mul", "hadamard", "div", "ediv", "pow", "epow", "inner", "norm", "matpow", "kron", "transpose", "sqrt"}


@dataclass(frozen=True)
class Names:
    """A function written through named parts: `parts` in the order in which they are computed."""

    f: Expr
    parts: dict[Expr, Expr]

    def restored(self) -> str:
        """Say which names are replaced by what they stand for."""
        names = [s.name.translate(LOW) for s in self.parts if isinstance(s, Symbol)]
        listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
        return f"{listed} put back"


def inputs(node: Expr, rules: Rules) -> list[Expr]:
    """Return the expressions whose differentials the law for a node asks for."""
    return [d.args[0] for d in differentials(rules.move(node).after)]


def layers(f: Expr, rules: Rules) -> dict[Expr, list[Expr]]:
    """Return, for each node where a law applies, its inputs; f first."""
    found: dict[Expr, list[Expr]] = {}
    todo = [f]
    while todo:
        node = todo.pop()
        if node not in found and node not in rules.variables:
            found[node] = inputs(node, rules)
            todo += found[node]
    return found


def depth(f: Expr, rules: Rules) -> int:
    """Return how many laws that are not linear lie on the longest way from f to the variable."""
    graph, deep = layers(f, rules), dict[Expr, int]()
    for node in postorder(f, below=lambda n: graph.get(n, ())):
        below = max((deep[n] for n in graph.get(node, ())), default=0)
        deep[node] = below + (node in graph and node not in rules.variables and not rules.move(node).linear)
    return deep[f]


def to_name(f: Expr, rules: Rules, coarse: bool) -> dict[Expr, str]:
    """Return the parts of f that deserve a name, with their role; coarse: only what functions and norms make."""
    graph, roles = layers(f, rules), dict[Expr, str]()
    top = {f, *(part for part in graph[f] if rules.move(f).linear and op_of(part) not in ("softmax", "softmaxrows"))}
    for node, below in graph.items():
        for part in below:
            if part in rules.variables or part in top or part in roles or free_indices(part):
                continue
            inside_root = op_of(node) == "sqrt" and node not in top
            role = "" if inside_root and not part.shape else role_of(node, part, rules.move(node).linear)
            if role and not (coarse and role in "zs"):
                roles[part] = role
    return roles


def role_of(user: Expr, part: Expr, linear: bool) -> str:
    """Return the role of a part in what uses it: z goes into a function, a comes out of one, r into a norm."""
    if linear and op_of(part) in ALGEBRA:
        return ""
    if op_of(part) in ("transpose", "neg") or (isinstance(part, Apply) and part.op.family == "entry"):
        return ""
    if op_of(part) in ("softmax", "softmaxrows"):
        return "p"
    if isinstance(part, Apply) and part.op.family == "elementwise" and part.shape:
        return "a"
    if isinstance(user, Apply) and user.op.family == "elementwise" and part.shape:
        return "z"
    if op_of(user) in ("softmax", "logsumexp", "softmaxrows", "log"):
        return "z" if part.shape else "s"
    if not part.shape:
        return "s"
    return "r" if op_of(user) in ("pow", "norm", "norm1") else "u"


SPARE = {"s": "stqcg", "z": "zvh", "a": "ahg", "r": "reu", "u": "uvhg", "p": "pq"}


def letters(role: str, upper: bool, taken: set[str]) -> str:
    """Return a free letter for a role."""
    for letter in SPARE[role] + "uvhgabc":
        letter = letter.upper() if upper else letter
        if not any(t == letter or t.startswith(letter + "_") or (t[:1] == letter and t[1:].isdigit()) for t in taken):
            return letter
    return next(f"u{k}" for k in count(1) if f"u{k}" not in taken)


def name_parts(f: Expr, rules: Rules, coarse: bool = False) -> Names:
    """Return f with its intermediate results named, innermost first."""
    roles = to_name(f, rules, coarse)
    order = [n for n in postorder(f) if n in roles]
    taken = {s.name for s in symbols_of(f)} | {name for n in postorder(f) for dim in n.shape for name in dim.names}
    labels = dict(labelled(order, roles, taken | {s.name for s in rules.variables} | {"f", "d", "e"}))
    image: dict[Expr, Expr] = {}
    parts: dict[Expr, Expr] = {}
    for node in postorder(f):
        written = with_args(node, tuple(image[a] for a in node.args))
        if node in labels:
            known = ("symmetric",) if node.ndim == 2 and is_symmetric(node) else ()
            image[node] = name = symbol(labels[node], node.shape, known)
            parts[name] = written
        else:
            image[node] = written
    return Names(image[f], parts)


def labelled(order: Iterable[Expr], roles: dict[Expr, str], taken: set[str]) -> Iterator[tuple[Expr, str]]:
    """Give each part its letter, with a number where a role occurs more than once."""
    groups: dict[tuple[str, bool], list[Expr]] = {}
    for node in order:
        groups.setdefault((roles[node], node.ndim == 2), []).append(node)
    used = set(taken)
    for (role, upper), nodes in groups.items():
        if len(nodes) <= 3 and role in "su":
            for node in nodes:
                letter = letters(role, upper, used)
                used.add(letter)
                yield node, letter
            continue
        letter = letters(role, upper, used)
        used.add(letter)
        for k, node in enumerate(nodes, 1):
            yield node, letter if len(nodes) == 1 else f"{letter}_{k}"
