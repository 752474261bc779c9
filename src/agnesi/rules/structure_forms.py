"""Linear algebra on normal forms: products spread over sums, inverses, the small matrix in Woodbury's formula.

Products here are made term by term, so that (XᵀX + λI)v is XᵀXv + λv and no matrix is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.expr.nodes import Apply, Expr, Symbol, apply
from agnesi.expr.operation import operations
from agnesi.rules.atoms import function, matrix_atom
from agnesi.rules.bases import as_form, has_fact
from agnesi.rules.batch import lifted
from agnesi.rules.canon import combine
from agnesi.rules.composition import positive_entries
from agnesi.rules.curvature import definite, nonnegative_entries
from agnesi.rules.forms import Factor, Form, Label, Term, build, fresh, leaf, number
from agnesi.rules.multiply import delta_of, is_number, join, size_of
from agnesi.rules.powers import power
from agnesi.rules.products import product

Part = tuple[Form, Sequence[Label]]
HALF = Fraction(1, 2)


def spread(form: Form, labels: Sequence[Label], others: Sequence[Part], shape: Shape) -> Form:
    """Return the product of a form with others, one term of the form after the other."""
    terms = [t for term in form.terms for t in join([(Form(form.shape, [term]), labels), *others], shape).terms]
    return combine(Form(shape, terms))


def added(shape: Shape, *forms: Form) -> Form:
    """Return the sum of forms of one shape."""
    return combine(Form(shape, [t for form in forms for t in form.terms]))


def applied(form: Form, lead: int, v: Form) -> Form:
    """Return Σ over the columns of form · v; `lead` axes are rows, further axes of v stay."""
    rows, columns = form.shape[:lead], form.shape[lead:]
    summed = [fresh() for _ in columns]
    rest = v.shape[len(columns) :]
    others = [(v, [*summed, *range(lead, lead + len(rest))])]
    return spread(form, [*range(lead), *summed], others, (*rows, *rest))


def along(matrix: Form, b: Form, axis: int) -> Form:
    """Return the matrix applied to one axis of b."""
    labels: list[Label] = list(range(len(b.shape)))
    labels[axis] = x = fresh()
    shape = (*b.shape[:axis], matrix.shape[0], *b.shape[axis + 1 :])
    return spread(matrix, (axis, x), [(b, labels)], shape)


def entrywise(entries: Form, b: Form, axes: Sequence[int]) -> Form:
    """Return b with the entries multiplied into the given axes."""
    return spread(entries, tuple(axes), [(b, range(len(b.shape)))], b.shape)


def diagonal_of(form: Form, lead: int) -> Form:
    """Return the diagonal of a matrix whose rows and columns are `lead` axes each."""
    shape, axes = form.shape[:lead], tuple(range(lead))
    found = [product([t], lead, dict(enumerate(shape))) for t in form.at(axes + axes)]
    return combine(Form(shape, [t for t in found if t is not None]))


def reciprocal(form: Form) -> Form:
    """Return 1/form, entry by entry."""
    return power(form, Fraction(-1))


def inverted(matrix: Form, batch: int = 0) -> Form:
    """Return the inverse of a matrix; of each of them where the first axis counts matrices."""
    if batch:
        return leaf(lifted(operations["inv"], [build(matrix)], (), batch))
    return matrix_atom(operations["inv"], matrix)


def log_abs(form: Form) -> Form:
    """Return log|u|, entry by entry."""
    plain = len(form.terms) != 1 and nonnegative_entries(build(form))
    if len(form.terms) == 1:
        (term,) = form.terms
        plain = term.coef > 0 and all(positive_entries(f.base) for f in term.factors)
    return function("log", form if plain else function("abs", form))


def log_det(matrix: Form, batch: int = 0) -> Form:
    """Return log |det M|; of each matrix where the first axis counts matrices."""
    if batch:
        return leaf(lifted(operations["logdet"], [build(matrix)], (), batch))
    return matrix_atom(operations["logdet"], matrix)


def total(form: Form) -> Form:
    """Return the sum of all entries."""
    return spread(form, [fresh() for _ in form.shape], [], ())


def scaled_by(form: Form, *scalars: Form) -> Form:
    """Return a form times scalars."""
    return spread(form, range(len(form.shape)), [(s, ()) for s in scalars], form.shape)


def count(dims: Sequence[Dim]) -> Form:
    """Return the product of sizes, as a number."""
    return join([(size_of(d), ()) for d in dims], ()) if dims else number(Fraction(1))


def size_expr(dim: Dim) -> Expr:
    """Return a size as a normal expression."""
    return build(size_of(dim))


def spanned(form: Form, shape: Shape) -> Form:
    """Return a scalar form as a vector of the given shape, all entries equal."""
    axes = dict(enumerate(shape))
    return Form(shape, [t.renamed({x: fresh() for x in t.dims}, axes) for t in form.terms])


def pulled(term: Term) -> Term:
    """Return a product in which what all terms of a sum share stands in front: (X ⊙ a + X ⊙ b) is X ⊙ (a + b)."""
    factors: list[Factor] = []
    for factor in term.factors:
        factors += _pulled(factor)
    return term if len(factors) == len(term.factors) else Term(term.coef, tuple(factors), term.dims, term.rank)


def _pulled(factor: Factor) -> list[Factor]:
    base = factor.base
    if factor.power != 1 or not isinstance(base, Apply) or base.op.name != "plus":
        return [factor]
    inner = as_form(base)
    width = base.ndim
    names = [{(f.base, f.labels, f.power) for f in t.factors} for t in inner.terms]
    shared = {f for f in set.intersection(*names) if f[1] and all(isinstance(x, int) and x < width for x in f[1])}
    if not shared:
        return [factor]
    rest = [tuple(f for f in t.factors if (f.base, f.labels, f.power) not in shared) for t in inner.terms]
    carried = {x for fs in rest for f in fs for x in f.labels}
    covered = {x for f in shared for x in f[1]}
    axes = tuple(k for k in range(width) if k in carried or k not in covered)
    gone = set(range(width)) - set(axes)
    terms = [
        Term(t.coef, fs, {x: d for x, d in t.dims.items() if x not in gone})
        for t, fs in zip(inner.terms, rest, strict=True)
    ]
    left = Factor(build(Form(base.shape, terms), axes), tuple(factor.labels[k] for k in axes))
    place = dict(enumerate(factor.labels))
    front = sorted(shared, key=lambda f: f[0].digest)
    return [*(Factor(b, tuple(place[x] for x in ls if isinstance(x, int)), p) for b, ls, p in front), left]


# -- Woodbury --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Middle:
    """What corrects the inverse of B for B + U C Vᵀ: B⁻¹ − Z S WᵀB⁻¹ with Z = B⁻¹U; and log|det| of the change."""

    z: Form
    s: Form
    w: Form
    change: Form


def middle(lead: int, update: tuple[Form, Form, Form], z: Form, scale: Form | None) -> Middle:
    """Return the correction for an update U C Vᵀ of a matrix B, with z = B⁻¹U; `scale` is b where B = bI.

    S = (C⁻¹ + VᵀZ)⁻¹ where C is known to be invertible, (I + C VᵀZ)⁻¹C elsewhere; a diagonal C ≥ 0 is put into U
    and V as its root, which keeps the small matrix symmetric. For a rank-one update S is a number.
    """
    left, core, right = update
    if len(left.shape) == lead:
        small = added((), number(Fraction(1)), scaled_by(core, _met(right, z, lead)))
        return Middle(z, scaled_by(core, reciprocal(small)), right, log_abs(small))
    eye, weights = delta_of(left.shape[-1]), build(core)
    if not core.shape:
        return _scaled_middle(core, _met(right, z, lead), z, right, eye, scale)
    if len(core.shape) == 1 and nonnegative_entries(weights) and not isinstance(weights, Symbol):
        root = power(core, HALF)
        z, right = (entrywise(root, side, (lead,)) for side in (z, right))
        small = added(eye.shape, eye, _met(right, z, lead))
        return Middle(z, inverted(small), right, log_det(small))
    return _core_middle(weights, _met(right, z, lead), z, right, eye)


def stacked(lead: int, updates: Sequence[tuple[Expr, Expr, Expr]]) -> tuple[Form, Form, Form]:
    """Return several updates as one, their columns side by side; nonnegative weights of U C Uᵀ go into U.

    One after the other would not do: with the first of them alone the matrix may be singular.
    """
    if len(updates) == 1:
        left, core, right = updates[0]
        return as_form(left), as_form(core), as_form(right)
    rooted = all(u is v and c.ndim < 2 and nonnegative_entries(c) for u, c, v in updates)
    vector = all(c.ndim < 2 for _, c, _ in updates)
    widths = [u.shape[-1] if u.ndim > lead else ONE for u, _, _ in updates]
    whole, offset = sum(widths[1:], widths[0]), Dim.of(0)
    placed: list[tuple[Form, Form, Form]] = []
    for (u, c, v), width in zip(updates, widths, strict=True):
        slot, weights = leaf(apply("slot", attrs=(offset, width, whole))), as_form(c)
        offset = offset + width
        first = _weighted(as_form(u), power(weights, HALF), lead) if rooted else as_form(u)
        last = first if rooted else as_form(v)
        placed.append((_placed(first, slot, lead), _block(weights, slot, vector), _placed(last, slot, lead)))
    firsts, cores, lasts = (added(parts[0].shape, *parts) for parts in zip(*placed, strict=True))
    return firsts, number(Fraction(1)) if rooted else cores, lasts


def _weighted(u: Form, weights: Form, lead: int) -> Form:
    """Return U with its columns times weights."""
    return entrywise(weights, u, (lead,) if weights.shape else ())


def _placed(u: Form, slot: Form, lead: int) -> Form:
    """Return U with its columns at the places of a slot."""
    x = fresh()
    own = [*range(lead), x][: len(u.shape)]
    return spread(u, own, [(slot, (lead, x))], (*u.shape[:lead], slot.shape[0]))


def _block(core: Form, slot: Form, vector: bool) -> Form:
    """Return C at its place in the stacked core: a vector, or a matrix."""
    whole, x, y = slot.shape[0], fresh(), fresh()
    if vector:
        return spread(core, (x,)[: len(core.shape)], [(slot, (0, x))], (whole,))
    if len(core.shape) == 2:
        return spread(core, (x, y), [(slot, (0, x)), (slot, (1, y))], (whole, whole))
    return spread(core, (x,)[: len(core.shape)], [(slot, (0, x)), (slot, (1, x))], (whole, whole))


def _met(right: Form, z: Form, lead: int) -> Form:
    """Return VᵀZ: a number for a rank-one update."""
    rows: list[Label] = [fresh() for _ in range(lead)]
    wide = len(right.shape) > lead
    shape = (right.shape[-1], z.shape[-1]) if wide else ()
    return spread(right, [*rows, *range(wide)], [(z, [*rows, *range(1, 1 + wide)])], shape)


def _scaled_middle(core: Form, met: Form, z: Form, right: Form, eye: Form, scale: Form | None) -> Middle:
    """C = c: S = c(I + c VᵀZ)⁻¹; for B = bI and a known c, S = b((b/c)I + VᵀU)⁻¹."""
    if scale is None or not is_number(core):
        small = added(eye.shape, eye, scaled_by(met, core))
        return Middle(z, scaled_by(inverted(small), core), right, log_det(small))
    ratio = scaled_by(scale, reciprocal(core))
    small = added(eye.shape, scaled_by(eye, ratio), scaled_by(met, scale))
    change = added((), log_det(small), scaled_by(log_abs(ratio), count(eye.shape[:1])).scaled(Fraction(-1)))
    return Middle(z, scaled_by(inverted(small), scale), right, change)


def _core_middle(core: Expr, met: Form, z: Form, right: Form, eye: Form) -> Middle:
    """C a diagonal (its vector) or a matrix."""
    form = as_form(core)
    vector = core.ndim == 1
    if positive_entries(core) if vector else _invertible(core):
        back = entrywise(reciprocal(form), eye, (0,)) if vector else inverted(form)
        small = added(eye.shape, back, met)
        own = total(log_abs(form)) if vector else log_det(form)
        return Middle(z, inverted(small), right, added((), log_det(small), own))
    turned = entrywise(form, met, (0,)) if vector else along(form, met, 0)
    small = added(eye.shape, eye, turned)
    x = fresh()
    parts: list[Part] = [(form, (1,))] if vector else [(form, (x, 1))]
    return Middle(z, spread(inverted(small), (0, 1 if vector else x), parts, eye.shape), right, log_det(small))


def _invertible(core: Expr) -> bool:
    return definite(core) or has_fact(core, "invertible") or (isinstance(core, Apply) and core.op.name == "inv")


def corrected(found: Middle, b: Form, axes: Sequence[int]) -> Form:
    """Return b − Z S Vᵀb, where the rows of Z and V stand at `axes` of b."""
    width = len(b.shape)
    inner: list[Label] = [fresh() if k in axes else k for k in range(width)]
    rows = [inner[k] for k in axes]
    lead = len(axes)
    wide = len(found.w.shape) > lead
    p, q = fresh(), fresh()
    parts: list[Part] = [
        (found.z, [*axes, *([p] if wide else [])]),
        (found.s, (p, q) if wide else ()),
        (found.w, [*rows, *([q] if wide else [])]),
        (b, inner),
    ]
    return added(b.shape, b, join(parts, b.shape).scaled(Fraction(-1)))


def outer(left: Expr, core: Expr, right: Expr, lead: int) -> Form:
    """Return U C Vᵀ in full."""
    p, q = 2 * lead, 2 * lead + 1
    wide = left.ndim > lead
    inner: tuple[Label, ...] = (p, q) if core.ndim == 2 else (p,) * core.ndim
    last = q if core.ndim == 2 else p
    first, second = [*range(lead), *([p] if wide else [])], [*range(lead, 2 * lead), *([last] if wide else [])]
    return join([(as_form(left), first), (as_form(core), inner), (as_form(right), second)], left.shape[:lead] * 2)
