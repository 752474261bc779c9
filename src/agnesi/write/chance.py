"""How probability is set: p(x | y), P(A ∩ B), E_q[log p(x, z)], H(X | Y), KL(p ‖ q), N(x | μ, Σ), models."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.expr.nodes import Apply, Bind, Symbol
from agnesi.write import precedence as p
from agnesi.write.layout import NOTHING, Layout, build
from agnesi.write.parts import Setting, function, name, script, word

SHORT = {"Normal": "N"}
BAR, BARS, SEMICOLON, COMMA = " | ", " ‖ ", "; ", ", "


def joined(parts: Sequence[Layout], separator: str = COMMA) -> list[Layout]:
    """Return layouts with a separator between them."""
    out: list[Layout] = []
    for k, part in enumerate(parts):
        out += [word(separator), part] if k else [part]
    return out


def listed(groups: Sequence[Sequence[Layout]], separators: Sequence[str]) -> Layout:
    """Return groups of arguments with commas inside, and the separators between those that are there."""
    out: list[Layout] = []
    for k, group in enumerate(groups):
        if group:
            out += [*([word(separators[k - 1])] if k and out else []), *joined(group)]
    return build("row", *out, level=p.ATOM)


def called(head: Layout, inside: Layout, opening: str = "(") -> Layout:
    """Return a head with brackets."""
    if opening == "(":
        return build("call", head, inside, level=p.ATOM, first="word", last="close")
    return build("row", head, p.fence(inside, opening), level=p.ATOM, first="word", last="close")


def probability(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return p(x, y | z), or p for the distribution itself."""
    letter, count = node.attrs or ("P", len(below))
    base, _, label = letter.partition("_")
    shown = word(label) if len(label) == 1 else build("row", word(label), level=p.ATOM)
    head = script(word(base), shown, level=p.ATOM) if label else word(base)
    if not below:
        return head
    return called(head, listed([below[:count], below[count:]], [BAR]))


def moment(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return E[x], E_q[x | y], Var[x], Cov[x, y]."""
    count, dists = node.attrs or (len(below), 0)
    head = function(setting, node.op)
    if dists:
        head = script(head, below[count], level=p.ATOM)
    return called(head, listed([below[:count], below[count + dists :]], [BAR]), "[")


def entropy(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return H(X, Y | Z)."""
    count = node.attrs[0] if node.attrs else len(below)
    return called(function(setting, node.op), listed([below[:count], below[count:]], [BAR]))


def mutual(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return I(X; Y | Z)."""
    first, second = node.attrs
    groups = [below[:first], below[first : first + second], below[first + second :]]
    return called(function(setting, node.op), listed(groups, [SEMICOLON, BAR]))


def divergence(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return KL(p ‖ q), or the cross entropy H(p, q)."""
    between = BARS if node.op.name == "kl" else COMMA
    return called(function(setting, node.op), listed([below[:1], below[1:]], [between]))


def distribution(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return N(μ, Σ), or N(x | μ, Σ) for a density."""
    at = 1 if node.op.name == "density" else 0
    head = word(SHORT.get(node.attrs[0], node.attrs[0]))
    return called(head, listed([below[:at], below[at:]], [BAR]))


def model(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return y | w ~ N(w, 1)."""
    count = node.attrs[0]
    left = listed([below[:count], below[count + 1 :]], [BAR])
    return build("row", left, word(" ~ "), below[count], level=p.STATEMENT)


def independent(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return X ⊥ Y | Z."""
    first, second = node.attrs
    groups = [below[:first], below[first : first + second], below[first + second :]]
    return build("row", listed(groups, [" ⊥ ", BAR]), level=p.STATEMENT)


_LOOSENESS = {"union": 3, "intersection": 2, "complement": 1}
_SIGNS = {"union": " ∪ ", "intersection": " ∩ ", "complement": "¬"}
_WORDS = {"union": " or ", "intersection": " and ", "complement": "not "}


def event(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return A ∪ B, A ∩ B, ¬A."""
    sign = (_WORDS if setting.ascii else _SIGNS)[node.op.name]
    mine = _LOOSENESS[node.op.name]
    parts: list[Layout] = []
    for arg, shown in zip(node.args, below, strict=True):
        other = _LOOSENESS.get(arg.op.name, 0) if isinstance(arg, Apply) else 0
        relation = isinstance(arg, Apply) and arg.op.family == "relation" and mine == 1
        loose = other >= mine and not (other == mine == 1)
        parts.append(p.fence(shown) if loose or relation else shown)
    if mine == 1:
        return build("row", word(sign), *parts, level=p.RELATION, first="word")
    return build("row", *joined(parts, sign), level=p.RELATION)


def over_values(setting: Setting, node: Bind, below: Sequence[Layout]) -> Layout:
    """Return ∑_{x,y} p(x, y) and ∫ p(x, y) dx dy over all values."""
    variables = [name(setting, v.name) for v in node.variables if isinstance(v, Symbol)]
    sign, body = Layout("function", node.op.name, (), p.ATOM, "word", "word"), p.guard(below[0], "body")
    if node.op.name == "Outcomes":
        low = build("list", *variables, text=",", level=p.ATOM)
        return build("big", sign, low, NOTHING, body, level=p.PREFIX, first="word", tall=True)
    ends: list[Layout] = []
    for one in variables:
        ends += [word(" "), word("d"), one]
    whole = build("row", body, *ends, level=p.PRODUCT)
    return build("big", sign, NOTHING, NOTHING, whole, level=p.PREFIX, first="word", tall=True)


RULES = {
    "probability": probability, "expectation": moment, "variance": moment, "covariance": moment, "entropy": entropy,
    "mutual_information": mutual, "kl": divergence, "cross_entropy": divergence, "distribution": distribution,
    "density": distribution, "follows": model, "independent": independent, "union": event, "intersection": event,
    "complement": event,
}
