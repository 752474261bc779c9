"""Derivatives in closed form: gradient, Jacobian, Hessian, mixed and higher ones, in book notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agnesi.errors import NoDerivative
from agnesi.expr.dims import ONE
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    fold,
    free_indices,
    postorder,
    replace,
    symbol,
    with_args,
)
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form
from agnesi.rules.canon import symmetric
from agnesi.rules.chains import tokens
from agnesi.rules.expand import expanded
from agnesi.rules.forms import Form, build, leaf
from agnesi.rules.multiply import join
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.tidy import Tidy
from agnesi.rules.transpose import jacobian, structured


def derivative(f: Expr, variables: Sequence[Expr], structure: str | None = None) -> Expr:
    """Return the derivative of f in the variables one after the other, in the shortest written form.

    Shapes: the axes of f first, then those of each variable (a row counts as a vector). `structure` says that the
    variables are symmetric, diagonal or toeplitz matrices and asks for the derivative along such arguments.
    A variable is a symbol or a subexpression of f; a subexpression is varied as a whole.

    Raises `NoDerivative` where there is no closed form. Source: Magnus & Neudecker, chapters 5, 8 and 10.
    """
    source, names = isolate(resolved(f), variables)
    source, columns = without_rows(source)
    moved = [columns.get(n, n) for n in names]
    form = normal_derivative(source, moved, structure)
    if len(moved) == 1 and names[0] in columns and len(form.shape) == 1:
        form = join([(form, (1,))], (ONE, *form.shape))
    written = shortest(form, source)
    if structure == "symmetric" and len(moved) == 1 and not source.shape:
        written = min(written, _mirrored(source, moved[0]) or written, key=tokens)
    back: dict[Expr, Expr] = {s: v for s, v in zip(names, variables, strict=True) if s is not v}
    return replace(with_rows(written, columns), back)


def shortest(form: Form, source: Expr) -> Expr:
    """Return a form in written notation: as it stands or multiplied out, whichever prints shorter."""
    tidy = Tidy(source)
    written = tidy.write(form)
    if tokens(written) < 12:
        return written
    opened = expanded(form)
    if opened is None or (len(opened.terms) >= 2 * len(form.terms) + 2):
        return written
    other = tidy.write(opened)
    return other if tokens(other) < 0.85 * tokens(written) else written


def _mirrored(f: Expr, variable: Expr) -> Expr | None:
    """Return 2G − diag(diag(G)) where the free gradient G is symmetric: then it is G + Gᵀ − I ⊙ G."""
    free = normal_derivative(f, [variable])
    if not symmetric(build(free)):
        return None
    gradient = shortest(free, f)
    return 2 * gradient - apply("diag", apply("diagonal", gradient))


def rewritten(f: Expr) -> Expr:
    """Return f in matrix notation by way of its normal form: sums over indices become products of arrays."""
    source, columns = without_rows(resolved(f))
    node = normalise(source)
    return with_rows(Tidy().write(as_form(node)), columns)


def without_rows(f: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """Return f with its row symbols (1×n) written as transposes of vectors, and the vector for each row."""
    rows = [n for n in postorder(f) if isinstance(n, Symbol) and n.ndim == 2 and n.shape[0] == ONE]
    columns: dict[Expr, Expr] = {r: symbol(f"\0{r.name}", r.shape[1:], r.facts) for r in rows}
    return replace(f, {r: apply("transpose", c) for r, c in columns.items()}) if rows else f, columns


def with_rows(f: Expr, columns: Mapping[Expr, Expr]) -> Expr:
    """Return f with the vectors of `without_rows` as transposes of their rows again."""
    if not columns:
        return f
    rows = {c: r for r, c in columns.items()}

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if node in rows:
            return apply("transpose", rows[node])
        if isinstance(node, Apply) and node.op.name == "transpose":
            inner = args[0]
            if isinstance(inner, Apply) and inner.op.name == "transpose":
                return inner.args[0]
        return with_args(node, args)

    return fold(f, step)


def normal_derivative(f: Expr, variables: Sequence[Expr], structure: str | None = None) -> Form:
    """Return the derivative as a form (the normal form), for those who go on computing with it."""
    twins: dict[Expr, Expr] = {v: free_twin(v) for v in variables if isinstance(v, Symbol)}
    twins = {v: t for v, t in twins.items() if t is not v}
    f = replace(f, twins) if twins else f
    node = normalise(f)
    if node.ndim == 2 and node.shape[0].number == 1:
        node = normalise(apply("transpose", f))
    form = as_form(node)
    for at, variable in enumerate(twins.get(v, v) for v in variables):
        if at:
            node = smaller(form)
        form = jacobian(node, variable)
        if structure is not None:
            if variable.ndim != 2 or variable.shape[0] != variable.shape[1]:
                raise NoDerivative(f"A {structure} argument is a square matrix, which {variable} is not.")
            form = structured(form, variable, structure)
        node = build(form)
    if twins:
        form = form_of(node, {t: leaf(v) for v, t in twins.items()})
    return form


def smaller(form: Form) -> Expr:
    """Return the normal form to go on with: as it stands or multiplied out, whichever has fewer parts."""
    node = build(form)
    opened = expanded(form)
    if opened is None:
        return node
    other = build(opened)
    return other if len(list(postorder(other))) < 0.8 * len(list(postorder(node))) else node


_OPEN = frozenset(
    ("positive", "nonnegative", "negative", "unit interval", "small", "invertible", "full column rank", "full row rank")
)


def free_twin(variable: Symbol) -> Symbol:
    """Return the variable with only those facts that hold in a neighbourhood.

    A fact such as S = Sᵀ holds at the points of interest, but the derivative is taken entry by entry, as if S were
    free: so it may simplify the answer, never the function before it is differentiated.
    """
    kept = [fact for fact in facts.closure(variable.facts) if fact in _OPEN]
    if facts.closure(kept) == facts.closure(variable.facts):
        return variable
    return symbol(f"\0{variable.name}", variable.shape, kept)


def isolate(f: Expr, variables: Sequence[Expr]) -> tuple[Expr, list[Expr]]:
    """Return f with every subexpression among the variables replaced by a symbol of its own, and the symbols."""
    names: list[Expr] = []
    for k, variable in enumerate(variables):
        if isinstance(variable, Symbol):
            names.append(variable)
            continue
        fresh = symbol(f"\0v{k}", variable.shape)
        f = replace(f, {variable: fresh})
        names.append(fresh)
    return f, names


def derivative_at(f: Expr, variables: Sequence[Expr]) -> Expr:
    """Return the derivative of f, in which indices may be free that a binder around it holds: v_i in ∑_i v_i dv_i/dw.

    What holds such an index but no variable is a constant; of the rest the derivative is taken for all values of the
    index, and of that the row or the entry.

    Raises `NoDerivative` where that has more axes than a row and an entry tell apart.
    """
    owner = _owner(f, variables)
    if owner is not None:  # ∂f/∂w_i where f holds all of w
        place = variables[0]
        whole = derivative_at(f, [owner])
        same = whole.shape == owner.shape and not f.shape
        if not same:
            raise NoDerivative(f"The derivative of {f} by a part of {owner} is read for numbers f.")
        return apply("entry" if not place.shape else "row", whole, *place.args[1:])
    names: dict[Expr, Expr] = {}
    moved = []
    for k, variable in enumerate(variables):  # an entry w_i as a variable is one for itself
        names.setdefault(variable, variable if isinstance(variable, Symbol) else symbol(f"\0u{k}", variable.shape))
        moved.append(names[variable])
    f = replace(f, {v: s for v, s in names.items() if s is not v})
    held = _constants(f, moved)
    f = fold(f, lambda node, args: held[node] if node in held else with_args(node, args))
    free = sorted(free_indices(f), key=lambda i: i.name)
    whole = derivative(bind("Tensor", free, f) if free and not f.shape else f, moved)
    if free:
        if f.shape or whole.ndim > 2 or (whole.ndim == 2 and len(free) > 2):
            raise NoDerivative("The derivative of an entry by a matrix is not written with rows.")
        whole = apply("row" if whole.ndim > len(free) else "entry", whole, *free)
    back = {s: v for v, s in [*held.items(), *names.items()] if s is not v}
    return replace(whole, back)


def _owner(f: Expr, variables: Sequence[Expr]) -> Symbol | None:
    """Return the symbol of which the one variable is an entry or a row, where f holds more of it than that."""
    one = variables[0]
    if len(variables) > 1 or not isinstance(one, Apply) or one.op.name not in ("entry", "row"):
        return None
    owner = one.args[0]
    if not isinstance(owner, Symbol):
        return None
    rest = replace(f, {one: symbol("\0u", one.shape)})
    return owner if owner in set(postorder(rest)) else None


def _constants(f: Expr, variables: Sequence[Expr]) -> dict[Expr, Expr]:
    """Return a symbol for each part of f that holds a free index of f and none of the variables."""
    free, within, held = free_indices(f), dict[Expr, bool](), dict[Expr, Expr]()
    for node in postorder(f) if free else ():
        within[node] = node in variables or any(within[a] for a in node.args)
        if isinstance(node, Bind) and free & set(node.variables):
            raise NoDerivative("An index stands free and bound in one formula.")
        plain = isinstance(node, Index) or (isinstance(node, Apply) and node.op.name == "transpose")
        if not within[node] and not plain and free_indices(node) and free_indices(node) <= free:
            held[node] = symbol(f"\0c{len(held)}", node.shape)
    return held


def resolved(f: Expr) -> Expr:
    """Return f with the derivatives that stand inside it carried out."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Apply) and node.op.name == "derivative":
            return derivative_at(args[0], args[1:])
        return with_args(node, args)

    if not any(isinstance(n, Apply) and n.op.name == "derivative" for n in postorder(f)):
        return f
    return fold(f, step)
