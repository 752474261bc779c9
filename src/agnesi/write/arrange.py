"""From expressions to layouts: how each operation is set, for every writer at once.

Most operations are a name and arguments in brackets; `SPECIAL` holds those with a notation of their own. Where
brackets are needed is decided in `precedence`. Every node gives two layouts: with the size of `I`, `𝟏` and `𝟎` written
out, and bare, for places where the neighbours tell the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from agnesi.dialects import Dialect
from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, fold, postorder
from agnesi.expr.operation import Operation
from agnesi.ops import operations
from agnesi.write import precedence as p
from agnesi.write.layout import NOTHING, Edge, Layout, build, operator
from agnesi.write.names import GREEK, ascii_name, is_letter, split_name


class Pair(NamedTuple):
    """The two layouts of a node: with sizes, and bare."""

    sized: Layout
    bare: Layout

    @property
    def closed(self) -> bool:
        """Whether the text tells its own shape."""
        return self.sized is self.bare


@dataclass(frozen=True)
class Setting:
    """How to set an expression: `scripts` (Unicode, LaTeX, MathML) or functions (ASCII), and which names are taken."""

    dialect: Dialect
    scripts: bool = True
    stacked: bool = False  # fractions and roots drawn with bars
    ascii: bool = False
    taken: frozenset[str] = frozenset()
    rows: dict[str, str] = field(default_factory=dict)  # matrix name -> letter of its rows

    @property
    def reserved(self) -> frozenset[str]:
        """Words that single letters side by side must not spell."""
        return _WORDS | p.reserved_words(self.taken)


_WORDS = p.reserved_words(
    {name for op in operations for name in (*op.names, op.name)} | set(GREEK.values())
    | {"grad", "Hess", "argmax", "argmin", "const", "Var", "Cov", "Pr", "KL", "in", "to", "st", "let", "for", "is"}
)
Rule = Callable[[Setting, Apply, Sequence[Layout]], Layout]


def arrange(root: Expr, setting: Setting) -> Layout:
    """Return the layout of an expression."""

    def step(node: Expr, below: tuple[Pair, ...]) -> Pair:
        pair = _pair(setting, node, below)
        sized = pair.sized.of(node)
        return Pair(sized, sized if pair.closed else pair.bare.of(node))

    return fold(root, step).sized


def names_in(root: Expr) -> frozenset[str]:
    """Return the names of all symbols, as written and in ASCII."""
    names = {n.name for n in postorder(root) if isinstance(n, Symbol)}
    return frozenset(names | {ascii_name(n) for n in names})


def _pair(setting: Setting, node: Expr, below: tuple[Pair, ...]) -> Pair:
    sized = [pair.sized for pair in below]
    match node:
        case Const():
            return _same(number(node.value))
        case Symbol() | Index():
            return _same(name(setting, node.name))
        case Apply() if node.op.name in _OPEN and not setting.ascii:
            return _OPEN[node.op.name](setting, node, below)
        case Apply():
            rule = SPECIAL.get(node.op.name, _called)
            return _same(rule(setting, node, sized))
        case Bind():
            return _same(_binder(setting, node, sized))
    raise TypeError(f"not an expression: {type(node).__name__}")


def _same(layout: Layout) -> Pair:
    return Pair(layout, layout)


# Leaves


def number(value: float | Fraction) -> Layout:
    """Return the layout of a number; a negative one binds like a sign, a Fraction like a quotient."""
    text = str(value)
    level = p.QUOTIENT if "/" in text else p.ATOM
    return Layout("number", text.removeprefix("-") if value < 0 else text, (), level, "digit", "digit") if (
        not text.startswith("-")
    ) else build("row", operator("−"), Layout("number", text[1:], (), level, "digit", "digit"), level=p.SIGN)


def name(setting: Setting, text: str) -> Layout:
    """Return the layout of a symbol or an index."""
    shown = ascii_name(text) if setting.ascii else text
    head, tail = split_name(text)
    first: Edge = "letter" if is_letter(head) else "word"
    last: Edge = "letter" if is_letter(text) else "script" if is_letter(head) and tail else "word"
    return Layout("name", shown, (), p.ATOM, first, last)


def word(text: str) -> Layout:
    """Return a piece of text that stands as it is."""
    return Layout("word", text, (), p.ATOM, "letter", "letter" if len(text) == 1 else "word")


def script(base: Layout, sub: Layout = NOTHING, sup: Layout = NOTHING, level: int = p.POWER) -> Layout:
    """Return a base with scripts."""
    raised = (sup.kind == "word" and "T" in sup.text) or whole(sup) != ""
    return build("script", base, sub, sup, level=level, last="raised" if raised else "script")


def whole(sup: Layout) -> str:
    """Return a whole number in a superscript as text, with its sign, or nothing."""
    if sup.kind == "row" and len(sup.parts) == 2 and sup.parts[0].text == "−":
        text = whole(sup.parts[1])
        return "−" + text if text else ""
    return sup.text if sup.kind == "number" and sup.text.isdigit() else ""


def _size(dim: object) -> Layout:
    return Layout("word", str(Dim.of(dim)), (), p.ATOM, "letter", "script")  # type: ignore[arg-type]


def _sized_leaf(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    sign = Layout("function", node.op.name, (), p.ATOM, "letter", "letter")
    if len(node.attrs) > 1 and node.op.name != "eye":
        call = build("call", Layout("function", node.op.name, variant="word"), *map(_size, node.attrs), level=p.ATOM,
                     first="word", last="close", tall=False)
        return _same(call)
    return Pair(script(sign, _size(node.attrs[0]), level=p.ATOM), sign)


def _size_rule(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    dim = Dim.of(node.attrs[0])
    text = str(dim)
    if is_letter(text) or text.isdigit():
        return word(text)
    return p.fence(word(text)) if len(dim.terms) > 1 else word(text)


def _basis(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return script(Layout("function", "basis", (), p.ATOM, "letter", "letter"), _subscript(setting, below), level=p.ATOM)


def _plain_leaf(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return Layout("function", node.op.name, (), p.ATOM, "letter", "word" if setting.ascii else "letter")


# Sums and products


def _sum(terms: Sequence[tuple[Expr, Layout]]) -> Layout:
    parts: list[Layout] = []
    for k, (node, shown) in enumerate(terms):
        if k and isinstance(node, Apply) and node.op.name == "neg":
            inside = shown.parts[1]  # already guarded as "signed"
            parts += [operator("−"), inside]
            continue
        parts += [operator("+")] if k else []
        parts.append(p.guard(shown, "term" if k else "first term"))
    return build("row", *parts, level=p.SUM)


def _shared(node: Apply, below: Sequence[Pair]) -> list[Layout]:
    """Return operands of one shape, bare where another operand tells the shape."""
    tells = any(pair.closed and arg.shape for pair, arg in zip(below, node.args, strict=True))
    return [pair.bare if tells else pair.sized for pair in below]


def _add(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    return _same(_sum(list(zip(node.args, _shared(node, below), strict=True))))


def _hadamard(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    sign = "⊙" if node.op.name == "hadamard" else "./"
    return _same(p.infix(_shared(node, below), sign, "entrywise", p.ENTRYWISE))


def _neg(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    return _wrapped(below[0], lambda inside: build(
        "row", operator("−"), p.guard(inside, "signed"), level=p.SIGN, first="other"))


def _div(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    return _wrapped(below[0], lambda inside: _quotient(setting, inside, below[1].sized))


def _quotient(setting: Setting, top: Layout, bottom: Layout) -> Layout:
    if setting.stacked:
        drawn = build("fraction", top, bottom, level=p.FRACTION, first="open", last="close", tall=True)
        return replace(drawn, bars=frozenset())
    return build("fraction", p.guard(top, "numerator"), p.guard(bottom, "denominator"), level=p.QUOTIENT)


def _wrapped(inside: Pair, wrap: Callable[[Layout], Layout]) -> Pair:
    sized = wrap(inside.sized)
    return Pair(sized, sized if inside.closed else wrap(inside.bare))


def _transpose(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    inner = node.args[0]
    if setting.scripts and isinstance(inner, Apply) and inner.op.name == "inv":
        return _same(script(below[0].sized.parts[0], sup=word("−T")))
    return _wrapped(below[0], lambda inside: script(p.guard(inside, "base"), sup=word("T")))


def _mul(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    full = [k for k, arg in enumerate(node.args) if arg.shape]
    sized: list[Layout] = []
    bare: list[Layout] = []
    for k, pair in enumerate(below):
        told = pair.closed or (k in full and _told(node, below, full, full.index(k)))
        sized.append(pair.bare if told else pair.sized)
        outer = not told and k in (full[0], full[-1]) and _ends(node.args[k], k == full[0], k == full[-1])
        bare.append(pair.bare if told or outer else pair.sized)
    first = p.chain(sized, setting.reserved, setting.ascii)
    same = all(a is b for a, b in zip(sized, bare, strict=True))
    return Pair(first, first if same else p.chain(bare, setting.reserved, setting.ascii))


def _told(node: Apply, below: Sequence[Pair], full: list[int], at: int) -> bool:
    """Tell whether the neighbours in a product fix the size of an open factor (`Xᵀ𝟏`, `𝟏ᵀx`, `XI`)."""
    arg = node.args[full[at]]
    left = full[at - 1] if at else None
    right = full[at + 1] if at + 1 < len(full) else None
    by_left = left is not None and below[left].closed and node.args[left].ndim == 2
    by_right = right is not None and below[right].closed
    if arg.ndim == 1:
        return by_left
    if arg.shape[0] == ONE:
        return by_right
    return arg.shape[0] == arg.shape[1] and (by_left or by_right)


def _ends(arg: Expr, first: bool, last: bool) -> bool:
    """Tell whether the shape of the whole product fixes an open factor at its end."""
    if arg.ndim == 1:
        return first
    return last if arg.shape[0] == ONE else arg.shape[0] == arg.shape[1]


# Powers, inverses, entries


def _power(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    base, power = node.args
    whole = isinstance(power, Const) and isinstance(power.value, int) and power.value > 1
    named = isinstance(base, Apply) and base.op.family == "elementwise" and _wordy(base.op)
    if below[0].kind == "call" and setting.scripts and whole and named:
        return _powered(below[0], below[1])
    if node.op.name == "epow":
        simple = setting.stacked or below[1].kind in ("name", "number")
        parts = [p.guard(below[0], "base"), operator(".^"), _flat(below[1]) if simple else p.fence(below[1])]
        return build("row", *parts, level=p.POWER, last="script")
    return script(p.guard(below[0], "base"), sup=_flat(below[1]))


def _flat(power: Layout) -> Layout:
    """Return an exponent with its fraction on one line."""
    if power.kind != "fraction":
        return power
    top, bottom = p.guard(power.parts[0], "numerator"), p.guard(power.parts[1], "denominator")
    return build("row", top, word("/"), bottom, level=p.QUOTIENT, tall=False)


def _wordy(op: Operation) -> bool:
    """Tell whether a power may stand at the name: tanh², but σ² is a variance and log₂² has two scripts."""
    return len(op.unicode) > 1 and op.unicode.isalpha()


def _powered(call: Layout, power: Layout) -> Layout:
    """Return tanh²(x): the power stands at the name."""
    head = script(call.parts[0], sup=power)
    return build("call", head, *call.parts[1:], level=p.POWER, first="word", last="close")


def _matpow(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return script(p.guard(below[0], "base"), sup=number(node.attrs[0]))


def _inv(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    inner = node.args[0]
    if not setting.scripts:
        return _called(setting, node, below)
    if isinstance(inner, Apply) and inner.op.name == "matpow":
        return script(below[0].parts[0], sup=number(-inner.attrs[0]))
    return script(p.guard(below[0], "base"), sup=number(-1))


def _sqrtm(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if not setting.scripts:
        return _called(setting, node, below)
    return script(p.guard(below[0], "base"), sup=word("1/2"))


def _subscript(setting: Setting, indices: Sequence[Layout]) -> Layout:
    return build("subscript", *indices, level=p.ATOM)


def _entry(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    owner = node.args[0]
    if isinstance(owner, Apply) and owner.op.name == "eye" and not setting.ascii:
        return script(Layout("word", "δ", (), p.ATOM, "letter", "letter"), _subscript(setting, below[1:]), level=p.ATOM)
    if setting.scripts and isinstance(owner, Symbol) and is_letter(owner.name):
        plain = owner.name + "_" + "".join(part.text for part in below[1:])
        if plain not in setting.taken:
            return script(replace(below[0], variant="plain"), _subscript(setting, below[1:]), level=p.ATOM)
    return _indexed(below[0], below[1:])


def _indexed(owner: Layout, indices: Sequence[Layout]) -> Layout:
    inside = build("list", *indices, text=",", level=p.ATOM)
    return build("row", p.guard(owner, "base"), p.fence(inside, "["), level=p.ATOM, last="close")


def _line(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    owner, colon = node.args[0], word(":")
    if node.op.name == "row":
        letter = setting.rows.get(owner.name) if isinstance(owner, Symbol) else None
        if letter is not None and not setting.ascii:
            return script(name(setting, letter), _subscript(setting, below[1:]), level=p.ATOM)
        return _indexed(below[0], [below[1], colon])
    return _indexed(below[0], [colon, below[1]])


def _blocks(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return build("table", *below, text=str(node.attrs[1]), level=p.ATOM, first="bracket", last="close", tall=True)


# Functions


def function(setting: Setting, op: Operation) -> Layout:
    """Return the name of a function: its letter where no symbol has that letter, else its word."""
    taken = is_letter(op.unicode) and op.unicode in setting.taken
    return Layout("function", op.name, (), p.ATOM, "word", "word", variant="word" if taken else "")


def _called(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    extra = [_size(a) if isinstance(a, (Dim, int)) else word(str(a)) for a in node.attrs]
    arguments = [*extra, *below] if node.op.name == "polygamma" else [*below, *extra]
    head = function(setting, node.op)
    return build("call", head, *arguments, level=p.ATOM, first="word", last="close",
                 tall=any(a.tall for a in arguments))


def _determinant(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    call, inside = _called(setting, node, below), below[0]
    plain = inside.kind == "name"
    if setting.ascii or (node.op.name == "det" and not plain):
        return call
    argument = inside if plain else p.fence(inside)  # `log det(X) y` would be read as the logarithm of a product
    return build("call", call.parts[0], argument, level=p.PREFIX, first="word", last=argument.last)


def _norm(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    quadratic = node.op.name == "norm_quad"
    if (setting.ascii and not quadratic) or ("‖" in below[0].bars and not quadratic):
        return _called(setting, node, below)
    kind = {"norm1": "1", "norminf": "∞", "normnuc": "*"}.get(node.op.name, "")
    if quadratic:
        nested = "‖" in below[0].bars
        bars = p.fence(p.fence(below[0]) if nested else below[0], "‖")
        return script(bars, below[1], level=p.ATOM)
    bars = p.fence(below[0], "‖")
    return script(bars, word(kind), level=p.ATOM) if kind else bars


def _abs(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii or node.shape or below[0].bars:
        return _called(setting, node, below)
    return p.fence(below[0], "|")


def _sqrt(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if not setting.stacked:
        return _called(setting, node, below)
    return build("root", below[0], level=p.ATOM, first="open", last="close", tall=True)


def _inner(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii:
        return _called(setting, node, below)
    return p.fence(build("list", *below, text=", ", level=p.ATOM), "⟨")


def _kron(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii:
        return _called(setting, node, below)
    return p.infix(below, "⊗", "kronecker", p.KRONECKER)


# Statements, derivatives, binders


def _relation(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    logical = node.op.name in ("implies", "iff")
    place: p.Place = "clause" if logical else "side"
    shown = [pair.sized for pair in below] if logical else _shared(node, below)
    return _same(p.infix(shown, node.op.unicode, place, p.STATEMENT if logical else p.RELATION))


def _ascii_pairs(rule: Callable[[Setting, Apply, Sequence[Pair]], Pair]) -> Rule:
    return lambda setting, node, below: rule(setting, node, [_same(b) for b in below]).sized


def _differential(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    inside, d = below[0], word("d")
    if inside.kind == "name" and (not setting.ascii or inside.last == "letter"):
        return build("row", d, inside, level=p.POWER, first="differential", last="differential")
    core = inside.parts[0] if inside.kind == "script" else inside
    if (core.kind == "fence" and core.text == "‖") or inside.level == p.PREFIX:
        gap = [word(" ")] if inside.level == p.PREFIX else []
        return build("row", d, *gap, inside, level=p.PREFIX, first="differential")
    return build("row", d, p.fence(inside), level=p.ATOM, first="differential")


def _derivative(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    function, variables = below[0], below[1:]
    how = node.attrs[0] if node.attrs else "partial"
    target = p.guard(function, "base")
    if how == "jacobian":
        sign = script(Layout("name", "jacobian", (), p.ATOM, "word", "word"), variables[0], level=p.ATOM)
        return build("row", sign, word(" "), target, level=p.POWER, first="word")
    if how in ("nabla", "hessian"):
        second = how == "hessian"
        wrt = variables[0] if variables else NOTHING
        power = number(2) if second and not setting.ascii else NOTHING
        sign = word("Hess" if second else "grad") if setting.ascii else word("∇")
        sign = script(sign, wrt, power) if variables or power is not NOTHING else sign
        gap = [word(" ")] if variables or setting.ascii else []
        return build("row", sign, *gap, target, level=p.POWER, first="word")
    d = word("d" if how == "total" else "∂")
    head = script(d, sup=number(len(variables))) if len(variables) > 1 else d
    top = build("row", head, target, level=p.ATOM)
    below_line: list[Layout] = []
    for variable in variables:
        below_line += [d, p.guard(variable, "base")]
    bottom = build("row", *below_line, level=p.ATOM)
    level = p.FRACTION if setting.stacked else p.QUOTIENT
    return build("fraction", top, bottom, level=level, first="word", last="letter", tall=setting.stacked)


def _random(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    inside = p.fence(build("list", *below, text=", ", level=p.ATOM), "[")
    return build("row", function(setting, node.op), inside, level=p.ATOM, first="word", last="close")


def _binder(setting: Setting, node: Bind, below: Sequence[Layout]) -> Layout:
    op, variables = node.op.name, [name(setting, v.name) for v in node.variables if isinstance(v, (Symbol, Index))]
    indices = build("list", *variables, text=",", level=p.ATOM)
    if op == "Tensor":
        tensor = p.fence(below[0], "[")
        return script(tensor, _subscript(setting, variables), level=p.ATOM)
    if op == "Expectation":
        body = p.fence(below[0], "[")
        head = script(Layout("function", op, (), p.ATOM, "word", "word"), indices, level=p.ATOM)
        return build("row", head, body, level=p.ATOM, first="word", last="close")
    sign = Layout("function", op, (), p.ATOM, "word", "word")
    if op == "Integral":
        low, high = (below[1], below[2]) if len(below) > 2 else (NOTHING, NOTHING)
        body = build("row", p.guard(below[0], "body"), word(" "), word("d"), *variables, level=p.PRODUCT)
        return build("big", sign, low, high, body, level=p.PREFIX, first="word", tall=True)
    first = node.variables[0]
    body = p.guard(below[0], "body")
    if len(node.args) == 2:
        return build("big", sign, below[1], NOTHING, body, level=p.PREFIX, first="word", tall=True)
    if len(variables) == 1 and isinstance(first, Index) and op in ("Sum", "Prod"):
        low = build("list", variables[0], number(1), text="=", level=p.RELATION)
        return build("big", sign, low, _size(first.dim), body, level=p.PREFIX, first="word", tall=True)
    return build("big", sign, indices, NOTHING, body, level=p.PREFIX, first="word", tall=True)


_OPEN: dict[str, Callable[[Setting, Apply, Sequence[Pair]], Pair]] = {
    "eye": _sized_leaf, "ones": _sized_leaf, "zeros": _sized_leaf, "add": _add, "mul": _mul, "neg": _neg, "div": _div,
    "transpose": _transpose, "hadamard": _hadamard, "ediv": _hadamard,
    **{op.name: _relation for op in operations if op.family == "relation"},
}
SPECIAL: dict[str, Rule] = {
    **{op: _ascii_pairs(rule) for op, rule in _OPEN.items() if rule is not _sized_leaf},
    "pow": _power, "epow": _power, "matpow": _matpow, "inv": _inv, "sqrtm": _sqrtm, "entry": _entry, "row": _line,
    "col": _line, "blocks": _blocks, "det": _determinant, "logdet": _determinant, "norm": _norm, "norm1": _norm,
    "norminf": _norm, "normnuc": _norm, "norm_quad": _norm, "abs": _abs, "sqrt": _sqrt, "inner": _inner, "kron": _kron,
    "d": _differential, "derivative": _derivative, "size": _size_rule, "basis": _basis, "pi": _plain_leaf,
    "euler": _plain_leaf, "expectation": _random, "variance": _random, "covariance": _random,
}
