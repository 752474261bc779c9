"""From expressions to layouts: how each operation is set, for every writer at once.

Most operations are a name and arguments in brackets; `SPECIAL` holds those with a notation of their own. Where
brackets are needed is decided in `precedence`. Every node gives two layouts: with the size of `I`, `𝟏` and `𝟎` written
out, and bare, for places where the neighbours tell the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, fold, free_indices, postorder
from agnesi.expr.operation import Operation
from agnesi.ops import operations
from agnesi.write import precedence as p
from agnesi.write.chance import RULES
from agnesi.write.layout import Layout, build, operator
from agnesi.write.names import ascii_name, is_letter
from agnesi.write.parts import (
    Pair,
    Rule,
    Setting,
    called,
    flat,
    name,
    number,
    script,
    size,
    subscript,
    up_to,
    word,
)
from agnesi.write.statements import binder, derivative, differential


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
            rule = SPECIAL.get(node.op.name, called)
            return _same(rule(setting, node, sized))
        case Bind():
            return _same(binder(setting, node, sized))
    raise TypeError(f"not an expression: {type(node).__name__}")


def _same(layout: Layout) -> Pair:
    return Pair(layout, layout)


# Leaves


def _sized_leaf(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    sign = Layout("function", node.op.name, (), p.ATOM, "letter", "letter")
    if len(node.attrs) > 1 and node.op.name != "eye":
        call = build("call", Layout("function", node.op.name, variant="word"), *map(size, node.attrs), level=p.ATOM,
                     first="word", last="close", tall=False)
        return _same(call)
    return Pair(script(sign, size(node.attrs[0]), level=p.ATOM), sign)


def _size_rule(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    dim = Dim.of(node.attrs[0])
    text = str(dim)
    if is_letter(text) or text.isdigit():
        return word(text)
    return p.fence(word(text)) if len(dim.terms) > 1 else word(text)


def _basis(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    """Return e_k; e_{2≤n} where nothing else tells its size."""
    sign = Layout("function", "basis", (), p.ATOM, "letter", "letter")
    bare = script(sign, subscript([below[0].sized]), level=p.ATOM)
    which = node.args[0]
    if isinstance(which, Index) and which.dim == node.attrs[0]:
        return _same(bare)
    return Pair(script(sign, subscript([up_to(below[0].sized, node.attrs[0])]), level=p.ATOM), bare)


def _plain_leaf(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return Layout("function", node.op.name, (), p.ATOM, "letter", "word" if setting.ascii else "letter")


# Sums and products


def _sum(terms: Sequence[tuple[Expr, Layout]]) -> Layout:
    parts: list[Layout] = []
    for k, (node, shown) in enumerate(_held(terms)):
        if k and isinstance(node, Apply) and node.op.name == "neg":
            inside = shown.parts[1]  # already guarded as "signed"
            parts += [operator("−"), inside]
            continue
        parts += [operator("+")] if k else []
        parts.append(p.guard(shown, "term" if k else "first term"))
    return build("row", *parts, level=p.SUM)


def _held(terms: Sequence[tuple[Expr, Layout]]) -> list[tuple[Expr, Layout]]:
    """Put brackets around a big operator whose index stands in later terms too: they would be read as its own."""
    out = list(terms)
    if not any(_ends_open(node) for node, _ in terms[:-1]):
        return out
    later: frozenset[Index] = frozenset()
    for k in range(len(terms) - 1, -1, -1):
        node, shown = terms[k]
        if later & _ends_open(node):
            inner = node.args[0] if isinstance(node, Apply) and node.op.name == "neg" else None
            if inner is None:
                out[k] = (node, p.fence(shown))
            else:
                out[k] = (node, replace(shown, parts=(*shown.parts[:1], p.fence(shown.parts[1]), *shown.parts[2:])))
        later |= free_indices(node)
    return out


def _ends_open(node: Expr) -> frozenset[Expr]:
    """Return the indices of the big operators that end a term."""
    found: set[Expr] = set()
    while True:
        if isinstance(node, Bind) and node.op.name not in ("Tensor", "Expectation", "Integral"):
            found.update(node.variables)
            node = node.args[0]
        elif isinstance(node, Apply) and node.op.name in ("neg", "mul"):
            node = node.args[-1]
        else:
            return frozenset(found)


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
    if setting.scripts and isinstance(inner, Apply) and inner.op.name == "inv" and not _is_power(inner.args[0]):
        return _same(script(below[0].sized.parts[0], sup=word("−T")))
    return _wrapped(below[0], lambda inside: script(p.guard(inside, "base"), sup=word("T")))


def _is_power(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name == "matpow"


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
    return _scaled_identity(arg) and (by_left or by_right)


def _ends(arg: Expr, first: bool, last: bool) -> bool:
    """Tell whether the shape of the whole product fixes an open factor at its end."""
    if arg.ndim == 1:
        return first
    return last if arg.shape[0] == ONE else _scaled_identity(arg)


def _scaled_identity(arg: Expr) -> bool:
    """Tell whether a factor is a multiple of I, so that one side's size is the other's (as for 𝟏wᵀ it is not)."""
    while isinstance(arg, Apply) and arg.op.name in ("neg", "div", "transpose", "mul"):
        full = [a for a in arg.args if a.shape]
        if len(full) != 1:
            return False
        arg = full[0]
    return isinstance(arg, Apply) and arg.op.name == "eye"


# Powers, inverses, entries


def _power(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    base, power = node.args
    whole = isinstance(power, Const) and isinstance(power.value, int) and power.value > 1
    named = isinstance(base, Apply) and base.op.family == "elementwise" and _wordy(base.op)
    if below[0].kind == "call" and setting.scripts and whole and named:
        return _powered(below[0], below[1])
    if node.op.name == "epow":
        simple = setting.stacked or below[1].kind in ("name", "number")
        parts = [p.guard(below[0], "base"), operator(".^"), flat(below[1]) if simple else p.fence(below[1])]
        return build("row", *parts, level=p.POWER, last="script")
    return script(p.guard(below[0], "base"), sup=flat(below[1]))


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
        return called(setting, node, below)
    if isinstance(inner, Apply) and inner.op.name == "matpow":
        return script(below[0].parts[0], sup=number(-inner.attrs[0]))
    return script(p.guard(below[0], "base"), sup=number(-1))


def _sqrtm(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if not setting.scripts:
        return called(setting, node, below)
    return script(p.guard(below[0], "base"), sup=word("1/2"))


def _entry(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    owner = node.args[0]
    if isinstance(owner, Apply) and owner.op.name == "eye" and not setting.ascii:
        return script(Layout("word", "δ", (), p.ATOM, "letter", "letter"), subscript(below[1:]), level=p.ATOM)
    if setting.scripts and isinstance(owner, Symbol) and is_letter(owner.name):
        plain = owner.name + "_" + "".join(part.text for part in below[1:])
        if plain not in setting.taken:
            return script(replace(below[0], variant="plain"), subscript(below[1:]), level=p.ATOM)
    compound = isinstance(owner, Apply) and owner.op.name not in ("row", "col")
    if setting.scripts and compound:  # (Ax − b)_j, softmax(x)_i
        shown = p.guard(below[0], "base")
        return script(shown if shown.kind in ("call", "fence") else p.fence(shown), subscript(below[1:]), level=p.ATOM)
    return _indexed(below[0], below[1:])


def _indexed(owner: Layout, indices: Sequence[Layout]) -> Layout:
    inside = build("list", *indices, text=",", level=p.ATOM)
    return build("row", p.guard(owner, "base"), p.fence(inside, "["), level=p.ATOM, last="close")


def _line(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    owner, colon = node.args[0], word(":")
    if node.op.name == "row":
        letter = setting.rows.get(owner.name) if isinstance(owner, Symbol) else None
        if letter is not None and not setting.ascii:
            return script(name(setting, letter), subscript(below[1:]), level=p.ATOM)
        return _indexed(below[0], [below[1], colon])
    return _indexed(below[0], [colon, below[1]])


def _blocks(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    return build("table", *below, text=str(node.attrs[1]), level=p.ATOM, first="bracket", last="close", tall=True)


# Functions


def _determinant(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    call, inside = called(setting, node, below), below[0]
    plain = inside.kind == "name"
    if setting.ascii or (node.op.name == "det" and not plain):
        return call
    argument = inside if plain else p.fence(inside)  # `log det(X) y` would be read as the logarithm of a product
    return build("call", call.parts[0], argument, level=p.PREFIX, first="word", last=argument.last)


def _norm(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    quadratic = node.op.name == "norm_quad"
    if (setting.ascii and not quadratic) or ("‖" in below[0].bars and not quadratic):
        return called(setting, node, below)
    kind = {"norm1": "1", "norminf": "∞", "normnuc": "*"}.get(node.op.name, "")
    if quadratic:
        nested = "‖" in below[0].bars
        bars = p.fence(p.fence(below[0]) if nested else below[0], "‖")
        return script(bars, below[1], level=p.ATOM)
    bars = p.fence(below[0], "‖")
    return script(bars, word(kind), level=p.ATOM) if kind else bars


def _abs(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii or node.shape or below[0].bars:
        return called(setting, node, below)
    return p.fence(below[0], "|")


def _sqrt(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if not setting.stacked:
        return called(setting, node, below)
    return build("root", below[0], level=p.ATOM, first="open", last="close", tall=True)


def _inner(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii:
        return called(setting, node, below)
    return p.fence(build("list", *below, text=", ", level=p.ATOM), "⟨")


def _kron(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    if setting.ascii:
        return called(setting, node, below)
    return p.infix(below, "⊗", "kronecker", p.KRONECKER)


# Relations, and the tables


def _relation(setting: Setting, node: Apply, below: Sequence[Pair]) -> Pair:
    logical = node.op.name in ("implies", "iff")
    place: p.Place = "clause" if logical else "side"
    shown = [pair.sized for pair in below] if logical else _shared(node, below)
    return _same(p.infix(shown, node.op.unicode, place, p.STATEMENT if logical else p.RELATION))


def _ascii_pairs(rule: Callable[[Setting, Apply, Sequence[Pair]], Pair]) -> Rule:
    return lambda setting, node, below: rule(setting, node, [_same(b) for b in below]).sized


_OPEN: dict[str, Callable[[Setting, Apply, Sequence[Pair]], Pair]] = {
    "eye": _sized_leaf, "ones": _sized_leaf, "zeros": _sized_leaf, "basis": _basis,
    "add": _add, "mul": _mul, "neg": _neg, "div": _div,
    "transpose": _transpose, "hadamard": _hadamard, "ediv": _hadamard,
    **{op.name: _relation for op in operations if op.family == "relation"},
}
SPECIAL: dict[str, Rule] = {
    **{op: _ascii_pairs(rule) for op, rule in _OPEN.items() if rule is not _sized_leaf},
    "pow": _power, "epow": _power, "matpow": _matpow, "inv": _inv, "sqrtm": _sqrtm, "entry": _entry, "row": _line,
    "col": _line, "blocks": _blocks, "det": _determinant, "logdet": _determinant, "norm": _norm, "norm1": _norm,
    "norminf": _norm, "normnuc": _norm, "norm_quad": _norm, "abs": _abs, "sqrt": _sqrt, "inner": _inner, "kron": _kron,
    "d": differential, "derivative": derivative, "size": _size_rule, "pi": _plain_leaf,
    "euler": _plain_leaf, **RULES,
}
