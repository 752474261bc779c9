"""The one transposition: from a normal form to its derivative, for every operation.

The differential of a normal form is linear in the differential of the variable, and its only linear nodes are sums
and products. So one backward pass accumulates, for every node, the cotangent: the derivative of the result with
respect to that node. An atom contributes through its own differential, written once in its record.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agnesi.errors import NoDerivative
from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Apply, Bind, Expr, Index, apply, bind, index, postorder, replace, symbol
from agnesi.expr.operation import Operation
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.chains import shared_coef
from agnesi.rules.forms import (
    LONG,
    Factor,
    Form,
    Label,
    Term,
    build,
    fresh,
    identity,
    is_delta,
    leaf,
    split_power,
    unbuild,
)
from agnesi.rules.multiply import join, one_factor
from agnesi.rules.normal import form_of
from agnesi.rules.products import product


def jacobian(root: Expr, variable: Expr) -> Form:
    """Return the derivative of a normal form with respect to `variable`: axes of `root` first, then its own."""
    return jacobians(root, [variable])[0]


def jacobians(root: Expr, variables: Sequence[Expr]) -> list[Form]:
    """Return the derivatives with respect to several variables from one backward pass."""
    order = list(postorder(root, below=_below))
    active = _depends(order, set(variables))
    width = root.ndim
    cotangents: dict[Expr, list[Term]] = {root: _seed(root)}
    for node in reversed(order):
        if node not in cotangents or node not in active or node in variables:
            continue
        form = combine(Form(root.shape + node.shape, cotangents.pop(node)))
        for below, terms in _pull(node, form, width, active, variables):
            cotangents.setdefault(below, []).extend(terms)
    found = []
    for variable in variables:
        terms = sorted(cotangents.get(variable, []), key=lambda t: t.rank)
        found.append(combine(Form(root.shape + variable.shape, terms)))
    return found


def _below(node: Expr) -> tuple[Expr, ...]:
    """Return the nodes that a node depends on; a power is a part of its product."""
    if isinstance(node, Apply) and node.op.name == "einsum":
        return tuple(split_power(a)[0] for a in node.args)
    return node.args


def _depends(order: Sequence[Expr], variables: set[Expr]) -> set[Expr]:
    active: set[Expr] = set()
    for node in order:
        if node in variables or any(b in active for b in _below(node)):
            active.add(node)
    return active


def _seed(root: Expr) -> list[Term]:
    """Return the identity: δ between the axes of the result and those of the root."""
    k = root.ndim
    factors = [Factor(identity(dim), (at, k + at)) for at, dim in enumerate(root.shape)]
    return [Term(Fraction(1), tuple(factors), dict(enumerate(root.shape + root.shape)))]


def _pull(
    node: Expr, cotangent: Form, width: int, active: set[Expr], variables: Sequence[Expr]
) -> list[tuple[Expr, list[Term]]]:
    """Return what a node passes on to the nodes below it."""
    if not cotangent.terms:
        return []
    if isinstance(node, Apply) and node.op.name == "plus":
        out = []
        if len(cotangent.terms) > LONG:
            cotangent = one_factor(cotangent)
        for at, part in enumerate(node.args):
            if part in active:
                out.append((part, [Term(t.coef, t.factors, t.dims, _ranked(t, at)) for t in cotangent.terms]))
        return out
    if isinstance(node, Apply) and node.op.name == "einsum":
        return _pull_product(node, cotangent, width, active)
    if isinstance(node, Apply):
        return _pull_atom(node, cotangent, width, active)
    if isinstance(node, Bind) and node.op.name == "Integral" and len(node.args) == 3:
        return [(v, _pull_integral(node, cotangent, width, v)) for v in variables if v not in node.variables]
    if isinstance(node, Bind):
        raise NoDerivative(f"{node.op.unicode} has no derivative in closed form here.", repair=node.op.why_not)
    return []


def _ranked(term: Term, at: int) -> tuple[int, ...]:
    return (*term.rank, at)[:12]


def _pull_product(node: Apply, cotangent: Form, width: int, active: set[Expr]) -> list[tuple[Expr, list[Term]]]:
    """d(Π bᵖ) = Σ_k p_k b_k^(p−1) db_k Π others: the cotangent of b_k is the cotangent times the others."""
    out: list[tuple[Expr, list[Term]]] = []
    (local,) = unbuild(node).terms
    lead = [*range(width)]
    for at, factor in enumerate(local.factors):
        if factor.base not in active:
            continue
        middle = [fresh() for _ in node.shape]
        names: dict[Label, Label] = {x: fresh() for x in local.dims}
        names.update(enumerate(middle))
        inner = local.renamed(names)
        chosen = inner.factors[at]
        others = [f for k, f in enumerate(inner.factors) if k != at]
        if chosen.power != 1:
            others.append(Factor(chosen.base, chosen.labels, chosen.power - 1))
        rest = Term(inner.coef * Fraction(chosen.power), tuple(others), inner.dims)
        terms = _joined(cotangent, [*lead, *middle], rest, chosen, width, at)
        out.append((factor.base, terms))
    return out


def _joined(cotangent: Form, labels: Sequence[Label], rest: Term, chosen: Factor, width: int, at: int) -> list[Term]:
    """Return cotangent × rest with the labels of the chosen factor as new axes."""
    base = chosen.base
    axes: dict[int, Dim] = dict(enumerate(cotangent.shape[:width]))
    axes.update({width + k: dim for k, dim in enumerate(base.shape)})
    bridges = tuple(
        Factor(identity(dim), (width + k, x)) for k, (dim, x) in enumerate(zip(base.shape, chosen.labels, strict=True))
    )
    dims = {x: d for x, d in rest.dims.items()}
    bridge = Term(Fraction(1), bridges, dims)
    found = []
    for term in _few(cotangent, labels):
        done = product([Term(term.coef, term.factors, term.dims, _ranked(term, at)), rest, bridge], len(axes), axes)
        if done is not None:
            found.append(done)
    return found


def _few(cotangent: Form, labels: Sequence[Label]) -> list[Term]:
    """Return the terms of a cotangent; a sum of many terms, or one that would be multiplied, stays one factor."""
    if len(cotangent.terms) <= 1 or any(is_delta(f) for t in cotangent.terms for f in t.factors):
        return cotangent.at(labels)
    scale = shared_coef([t.coef for t in cotangent.terms])
    base = build(cotangent.scaled(1 / scale))
    dims = {x: d for x, d in zip(labels, cotangent.shape, strict=True) if isinstance(x, int)}
    rank = min(t.rank for t in cotangent.terms)
    return [Term(scale, (Factor(base, tuple(labels)),), dims, rank)]


def _pull_integral(node: Bind, cotangent: Form, width: int, variable: Expr) -> list[Term]:
    """Leibniz: d ∫ₐᵇ f dt = ∫ₐᵇ df dt + f(b) db − f(a) da."""
    body, low, high = node.args
    (t,) = node.variables
    inside = jacobian(build(form_of(body)), variable)
    parts: list[Form] = []
    if inside.terms:
        parts.append(leaf(bind(node.op, [t], build(inside), low, high)))
    for limit, sign in ((high, 1), (low, -1)):
        moving = jacobian(build(form_of(limit)), variable)
        if moving.terms:
            at_limit = form_of(replace(body, {t: limit})).scaled(Fraction(sign))
            parts.append(join([(at_limit, ()), (moving, tuple(range(variable.ndim)))], variable.shape))
    shape = cotangent.shape[:width] + variable.shape
    lead, rest = tuple(range(width)), tuple(range(width, len(shape)))
    return [t for p in parts for t in join([(cotangent, lead), (p, rest)], shape).terms]


def _pull_atom(node: Apply, cotangent: Form, width: int, active: set[Expr]) -> list[tuple[Expr, list[Term]]]:
    out: list[tuple[Expr, list[Term]]] = []
    op, batch = core_of(node)
    if "adjoint" in op.extra:
        return _pull_adjoint(node, op, batch, cotangent, width, active)
    for k, arg in enumerate(node.args):
        if arg not in active:
            continue
        terms: list[Term] = []
        for rest, chosen, outer in linearised(node, op, batch, k):
            labels = [*range(width), *outer]
            terms += _joined(cotangent, labels, rest, chosen, width, k)
        out.append((arg, terms))
    return out


def _pull_adjoint(
    node: Apply, op: Operation, batch: int, cotangent: Form, width: int, active: set[Expr]
) -> list[tuple[Expr, list[Term]]]:
    """Pull through a matrix function by the adjoint of its Fréchet derivative (axes of the result are indices)."""
    if batch:
        raise NoDerivative(f"{op.name} over an index has no derivative in closed form here.")
    lanes = [index(f"\0a{i}", dim) for i, dim in enumerate(cotangent.shape[:width])]
    place = symbol("\0c", node.shape)
    out = []
    for k, rule in enumerate(op.extra["adjoint"](node.args, place)):
        if node.args[k] not in active:
            continue
        if rule is None:
            raise NoDerivative(f"{op.name} has no second derivative in closed form here.", repair=op.why_not)
        env: dict[Expr, Form] = {place: _at_batch(build(cotangent), lanes)}
        env.update({a: as_form(a) for a in node.args})
        form = form_of(rule, env)
        labels = list(range(width, width + len(form.shape)))
        axes = {**dict(enumerate(cotangent.shape[:width])), **{width + i: d for i, d in enumerate(form.shape)}}
        back: dict[Label, Label] = {lane: i for i, lane in enumerate(lanes)}
        terms = [t.renamed(back, axes) for t in form.at(labels)]
        out.append((node.args[k], [Term(t.coef, t.factors, t.dims, cotangent.terms[0].rank) for t in terms]))
    return out


def core_of(node: Apply) -> tuple[Operation, int]:
    """Return the operation of an atom without its batch, and how many leading batch axes it has."""
    if "of" in node.op.extra:
        return node.op.extra["of"], node.attrs[0]
    if node.op.core is not None and not any(node.op.core):
        return node.op, max((a.ndim for a in node.args), default=0)
    return node.op, 0


def linearised(node: Apply, op: Operation, batch: int, k: int) -> list[tuple[Term, Factor, list[Label]]]:
    """Return d(op) along its k-th argument as products: (rest, the dU factor, labels of the axes of the node)."""
    attrs = node.attrs[1:] if "of" in node.op.extra else node.attrs
    bound = [index(f"\0b{i}", dim) for i, dim in enumerate(node.shape[:batch])]
    places = [symbol(f"\0u{i}", a.shape[batch:]) for i, a in enumerate(node.args)]
    move = symbol("\0d", node.args[k].shape[batch:])
    rule = rule_of(op, places, move, k, attrs)
    if rule is None:
        raise NoDerivative(f"{op.name} has no derivative in closed form here: {op.why_not}.")
    env: dict[Expr, Form] = {place: _at_batch(arg, bound) for place, arg in zip(places, node.args, strict=True)}
    form = form_of(rule, env, frozenset((move,)))
    out = []
    for term in form.terms:
        own: list[Label] = [fresh() for _ in form.shape]
        lanes: list[Label] = [fresh() for _ in bound]
        names: dict[Label, Label] = {x: fresh() for x in term.dims}
        names.update(dict(enumerate(own)))
        names.update(dict(zip(bound, lanes, strict=True)))
        dims = {x: b.dim for x, b in zip(lanes, bound, strict=True) if isinstance(x, int)}
        shifted = term.renamed(names, dims)
        moves = [f for f in shifted.factors if f.base is move]
        if len(moves) != 1 or moves[0].power != 1:
            raise NoDerivative(f"The differential of {op.name} is not linear: {rule}.")
        rest = Term(shifted.coef, tuple(f for f in shifted.factors if f is not moves[0]), shifted.dims)
        chosen = Factor(node.args[k], (*lanes, *moves[0].labels))
        out.append((rest, chosen, [*lanes, *own]))
    return out


def rule_of(op: Operation, places: Sequence[Expr], move: Expr, k: int, attrs: tuple[object, ...]) -> Expr | None:
    """Return the written differential of an operation along its k-th argument."""
    if op.derivative is not None:
        return op.derivative(places[0]) * move
    if op.differential is None:
        return None
    return op.differential(tuple(places), tuple(move if i == k else None for i in range(len(places))), attrs)


def _at_batch(arg: Expr, bound: Sequence[Index]) -> Form:
    """Return a normal argument with its leading axes at the batch indices."""
    form = as_form(arg)
    lead = len(bound)
    shape: Shape = form.shape[lead:]
    labels: list[Label] = [*bound, *range(len(shape))]
    terms = []
    for term in form.at(labels):
        done = product([term], len(shape), dict(enumerate(shape)))
        if done is not None:
            terms.append(done)
    return Form(shape, terms)


def structured(form: Form, variable: Expr, structure: str) -> Form:
    """Return the derivative along a structured argument from the free one (its last two axes are the variable's).

    symmetric: G + Gᵀ − I ⊙ G (entry ij along E_ij + E_ji); diagonal: I ⊙ G; toeplitz: the sums along the diagonals.
    """
    lead = len(form.shape) - 2
    outer = [*range(lead)]
    i, j = lead, lead + 1
    dim = variable.shape[0]
    delta = form_of(identity(dim))
    flipped = Form(form.shape, _turn(form, [*outer, j, i]))
    diagonal = join([(form, [*outer, i, j]), (delta, (i, j))], form.shape)
    if structure == "diagonal":
        return diagonal
    if structure == "symmetric":
        terms = [*form.terms, *flipped.terms, *diagonal.scaled(Fraction(-1)).terms]
        return combine(Form(form.shape, terms))
    if structure == "toeplitz" and not lead:
        return form_of(apply("toeplitz", build(form)))
    raise NoDerivative(
        f"Derivatives along {structure} arguments are not known here.", expected="symmetric, diagonal or toeplitz"
    )


def _turn(form: Form, order: list[int]) -> list[Term]:
    done = []
    for term in form.at(order):
        found = product([term], len(order), dict(enumerate(form.shape)))
        if found is not None:
            done.append(found)
    return done
