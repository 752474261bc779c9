"""How statements are set: differentials, derivatives, expectations, sums and other binders."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, free_indices, postorder, symbols_of
from agnesi.ops.analysis import UNITS
from agnesi.write import precedence as p
from agnesi.write.chance import over_values
from agnesi.write.layout import NOTHING, Layout, build
from agnesi.write.parts import Setting, name, number, script, size, subscript, up_to, word


def differential(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return dX, d(Xw − y), d‖u‖² or d log det X."""
    inside, d = below[0], word("d")
    if inside.kind == "name" and (not setting.ascii or inside.last == "letter"):
        return build("row", d, inside, level=p.POWER, first="differential", last="differential")
    core = inside.parts[0] if inside.kind == "script" else inside
    if (core.kind == "fence" and core.text == "‖") or inside.level == p.PREFIX:
        gap = [word(" ")] if inside.level == p.PREFIX else []
        return build("row", d, *gap, inside, level=p.PREFIX, first="differential")
    return build("row", d, p.fence(inside), level=p.ATOM, first="differential")


def derivative(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return ∇_w f, ∇²_w f, jacobian_x f, or a quotient of ∂s or ds."""
    of, variables = below[0], below[1:]
    how = node.attrs[0] if node.attrs else "partial"
    target = p.guard(of, "base")
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


def binder(setting: Setting, node: Bind, below: Sequence[Layout]) -> Layout:
    """Return a sum, product, maximum, integral or expectation with its range, or a tensor by its entries."""
    if node.op.name in ("Outcomes", "Whole"):
        return over_values(setting, node, below)
    op, variables = node.op.name, [name(setting, v.name) for v in node.variables if isinstance(v, (Symbol, Index))]
    indices = build("list", *variables, text=",", level=p.ATOM)
    if op == "Tensor":
        untold = _untold(node, setting.ascii)
        axes = [
            up_to(shown, v.dim) if isinstance(v, Index) and v in untold else shown
            for v, shown in zip(node.variables, variables, strict=True)
        ]
        return script(p.fence(below[0], "["), subscript(axes), level=p.ATOM)
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
    if op == "Limit":
        way = node.args[2].value if isinstance(node.args[2], Const) else 0
        side = [word("+" if way > 0 else "−")] if way in (1, -1) else []
        low = build("row", variables[0], word(" "), word("→"), word(" "), below[1], *side, level=p.RELATION)
        return build("big", sign, low, NOTHING, body, level=p.PREFIX, first="word", tall=True)
    if op in UNITS:
        sign = Layout("function", UNITS[op], (), p.ATOM, "word", "word")
        low = build("list", variables[0], below[1], text="=", level=p.RELATION)
        return build("big", sign, low, below[2], body, level=p.PREFIX, first="word", tall=True)
    if isinstance(first, Symbol) and len(node.args) > 1:
        conditions = build("list", *below[1:], text=", ", level=p.RELATION)
        low = build("row", indices, word(":"), word(" "), conditions, level=p.RELATION)
        return build("big", sign, low, NOTHING, body, level=p.PREFIX, first="word", tall=True)
    if len(node.args) == 2:
        return build("big", sign, below[1], NOTHING, body, level=p.PREFIX, first="word", tall=True)
    if len(variables) == 1 and isinstance(first, Index) and op in ("Sum", "Prod"):
        low = build("list", variables[0], number(1), text="=", level=p.RELATION)
        return build("big", sign, low, size(first.dim), body, level=p.PREFIX, first="word", tall=True)
    return build("big", sign, indices, NOTHING, body, level=p.PREFIX, first="word", tall=True)


def _untold(node: Bind, sized: bool) -> set[Expr]:
    """Return the axes of a tensor whose sizes its entries do not tell, one of each group that δs make equal.

    An index of something with a symbol in it has that symbol's size; with `sized`, identities say theirs.
    """
    group: dict[Expr, Expr] = {}

    def leader(one: Expr) -> Expr:
        while one in group:
            one = group[one]
        return one

    told: set[Expr] = set()
    for part in postorder(node.body):
        if isinstance(part, Bind) and len(part.args) == 1 and len(part.variables) == 1:
            told.update(part.variables)
        if not isinstance(part, Apply) or part.op.name not in ("entry", "row", "col"):
            continue
        owner, *positions = part.args
        inside = [i for i in positions if isinstance(i, Index)]
        if sized or symbols_of(owner):
            told.update(inside)
            continue
        if isinstance(owner, Apply) and owner.op.name == "basis" and isinstance(owner.args[0], Index):
            inside.append(owner.args[0])
        for other in inside[1:]:
            a, b = leader(inside[0]), leader(other)
            if a is not b:
                group[b] = a
    known = {leader(one) for one in told & free_indices(node.body)}
    out: dict[Expr, Expr] = {}
    for one in node.variables:
        if leader(one) not in known:
            out.setdefault(leader(one), one)
    return set(out.values())
