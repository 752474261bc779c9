"""The chain rule through named intermediate variables: z = Wx, a = tanh(z), r = Va − y, as backpropagation has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from agnesi.expr.nodes import Apply, Expr, Symbol, free_indices, postorder, symbol, symbols_of, with_args
from agnesi.rules.step_differential import Rules
from agnesi.rules.step_look import differentials, is_symmetric, op_of

LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉", "_")
ALGEBRA = {"mul", "hadamard", "div", "ediv", "pow", "epow", "inner", "norm", "matpow", "kron", "transpose", "sqrt"}


@dataclass(frozen=True)
class Names:
    """A function written through named parts, in the order in which they are computed; `words` say what they are."""

    f: Expr
    parts: dict[Expr, Expr]
    words: dict[Expr, str] = field(default_factory=dict)
    roles: dict[Expr, str] = field(default_factory=dict)

    def restored(self) -> str:
        """Say which names are replaced by what they stand for."""
        names = [s.name.translate(LOW) for s in self.parts if isinstance(s, Symbol)]
        if len(names) > 4:
            return "the names replaced by what they stand for"
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
    inside = {a for n in postorder(f) if op_of(n) in ("softmax", "softmaxrows", "logsumexp") for a in n.args}
    top = {f, *(part for part in graph[f] if rules.move(f).linear and op_of(part) not in ("softmax", "softmaxrows"))}
    for node, below in graph.items():
        for part in below:
            if part in rules.variables or part in top or part in roles or free_indices(part):
                continue
            if part in inside:
                roles[part] = "z"
                continue
            inside_root = op_of(node) == "sqrt" and node not in top
            role = "" if inside_root and not part.shape else role_of(node, part, rules.move(node).linear)
            if role and not (coarse and role in "zs"):
                roles[part] = role
    return {part: role for part, role in roles.items() if not (coarse and role in "zs")}


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


def name_parts(f: Expr, rules: Rules, coarse: bool = False, given: Mapping[Expr, str] | None = None) -> Names:
    """Return f with its intermediate results named, innermost first; `given` parts have their names."""
    inside = set(postorder(f)) - {f} if given else set()
    own = {n: c for n, c in (given or {}).items() if n in inside and not isinstance(n, Symbol) and rules.varies(n)}
    roles = {**dict.fromkeys(own, "u"), **to_name(f, rules, coarse)}
    order = [n for n in postorder(f) if n in roles]
    taken = {s.name for s in symbols_of(f)} | {name for n in postorder(f) for dim in n.shape for name in dim.names}
    taken |= {s.name for s in rules.variables} | {"f", "d", "e"} | set(own.values())
    labels = {**dict(labelled([n for n in order if n not in own], roles, taken)), **own}
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
    called = {image[n]: roles[n] for n in order}
    words = {**dict(described(f, order, image, called)), **{image[n]: "as defined" for n in own}}
    return Names(image[f], parts, words, called)


def described(
    f: Expr, order: list[Expr], image: dict[Expr, Expr], roles: dict[Expr, str]
) -> Iterator[tuple[Expr, str]]:
    """Say what each named part is, where that is evident."""
    users: dict[Expr, Expr] = {}
    for node in postorder(f):
        for a in node.args:
            users.setdefault(a, node)
    hidden = [n for n in order if is_layer(n)]
    for node in order:
        name, user = image[node], users.get(node)
        words = "for short"
        if node in hidden:
            words = f"the {ORDINALS[hidden.index(node)]} " if 1 < len(hidden) <= len(ORDINALS) else "the "
            words += "hidden layer"
        elif roles[name] == "p":
            words = "the probabilities"
        elif roles[name] == "z" and isinstance(user, Apply):
            words = f"what goes into {called(user)}"
        elif is_difference(node) and roles[name] in "ru":
            fitted = any(op_of(a) != "" for n in node.args for a in (n.args if op_of(n) == "neg" else (n,)))
            words = "the residual" if fitted and op_of(user or node) in ("norm", "norm1") else "the difference"
        elif roles[name] == "s" and op_of(user or node) == "sqrt":
            words = "the number under the root"
        elif roles[name] == "s" and user is not None and op_of(user) == "div":
            words = "the numerator" if user.args[0] is node else "the denominator"
        yield name, words


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
ACTIVATIONS = {"tanh", "sigmoid", "relu", "softplus", "gelu", "silu", "elu", "leakyrelu", "erf", "sin", "softsign"}


def is_layer(node: Expr) -> bool:
    """Tell whether a part is a layer of a network: a function, entry by entry, of a matrix product (and a bias)."""
    if op_of(node) not in ACTIVATIONS or not node.shape:
        return False
    inner = node.args[0]
    terms = inner.args if op_of(inner) == "add" else (inner,)
    return any(op_of(t) == "mul" and sum(a.ndim == 2 for a in t.args) > 0 for t in terms)


def is_difference(node: Expr) -> bool:
    """Tell whether a part is written as a difference."""
    return op_of(node) == "add" and 0 < sum(op_of(a) == "neg" for a in node.args) < len(node.args)


def called(node: Apply) -> str:
    """Return the name of a function in a sentence."""
    return {"softmax": "the softmax", "softmaxrows": "the softmax", "log": "the logarithm", "sigmoid": "σ"}.get(
        node.op.name, node.op.name
    )


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
