"""Index notation for what has no matrix notation: entries of pieces, and sums over the indices between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import Apply, Expr, Index, apply, bind, index
from agnesi.rules.bases import as_form
from agnesi.rules.chains import Product, assembled, exponent, flat
from agnesi.rules.forms import Factor, Form, Label, Term, fresh, is_delta
from agnesi.rules.pieces import Piece, Reducer
from agnesi.rules.products import product

_LETTERS = "ijklpqrstuvabcgh"


class Writer(Protocol):
    """What this module needs of `tidy.Tidy`."""

    symmetric: set[Expr]

    def base(self, root: Expr) -> Expr:
        """Return a base in written notation."""

    def write(self, form: Form) -> Expr:
        """Return a form in written notation."""


def index_names(taken: Iterable[str]) -> Iterator[str]:
    """Yield index letters that are not taken, then numbered ones."""
    used = set(taken)
    for letter in _LETTERS:
        if letter not in used:
            yield letter
    k = 1
    while True:
        yield f"i_{k}"
        k += 1


def needs_slices(factor: Factor) -> int:
    """Return how many leading labels of a factor must be indices: batch axes without a name, and high orders."""
    base = factor.base
    if not isinstance(base, Apply) or base.op.name == "fuse":
        return 0
    if "of" in base.op.extra:
        named = base.op.extra["of"].name == "softmax" and base.attrs[0] == 1
        return 0 if named else int(base.attrs[0])
    return base.ndim if base.ndim > 2 else 0


def sliced(tidy: Writer, term: Term, form: Form, axes: Sequence[Index], names: Iterator[str]) -> Product:
    """Return the entry of a product at the indices `axes`, with a sum over what stays summed."""
    width = len(axes)
    at: dict[Label, Index] = {}
    dims = dict(enumerate(form.shape)) | dict(term.dims)
    sums: list[Index] = []

    def fix(x: Label) -> None:
        if x in at or isinstance(x, Index):
            return
        if x < width:
            at[x] = axes[x]
        else:
            at[x] = index(next(names), dims[x])
            sums.append(at[x])

    for factor in term.factors:
        for x in factor.labels[: needs_slices(factor)]:
            fix(x)
    fuses = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name == "fuse"]
    if fuses:
        joint = {f.labels[0] for f in fuses}
        for x in range(width):
            if x not in joint:
                fix(x)
    while True:
        reducer = _reduced(tidy, term, dims, width, at)
        if reducer.contract():
            break
        assert reducer.stuck is not None
        fix(reducer.stuck)
    return _entries(reducer, term, axes, sums)


def _reduced(tidy: Writer, term: Term, dims: Mapping[int, object], width: int, at: Mapping[Label, Index]) -> Reducer:
    reducer = Reducer(tidy.symmetric, dims, width)  # type: ignore[arg-type]
    for factor in term.factors:
        if isinstance(factor.base, Apply) and factor.base.op.name == "fuse":
            _add_fuse(reducer, factor, at)
            continue
        expr, rest = slice_of(tidy, factor, tuple(at.get(x, x) for x in factor.labels))
        reducer.add(Piece((expr,), rest, Fraction(factor.power), is_delta(factor) and len(rest) == 2))
    used = {x for f in term.factors for x in f.labels}
    for x in dims:
        if x >= width and x not in used:
            reducer.add(Piece((apply("ones", attrs=(dims[x],)),), (x,)))
    return reducer


def _add_fuse(reducer: Reducer, factor: Factor, at: Mapping[Label, Index]) -> None:
    """Add F_{p,j,i}; a fixed j or i becomes a unit vector on a label of its own."""
    labels = list(factor.labels)
    for k in (0, 1, 2):
        fixed = labels[k] if isinstance(labels[k], Index) else at.get(labels[k])
        if fixed is not None:
            own = fresh()
            reducer.add(Piece((apply("basis", fixed, attrs=(factor.base.shape[k],)),), (own,)))
            labels[k] = own
    reducer.add(Piece((factor.base,), tuple(labels)))


def slice_of(tidy: Writer, factor: Factor, labels: tuple[Label, ...]) -> tuple[Expr, tuple[Label, ...]]:
    """Return a factor with some of its labels fixed to indices, and the labels that stay."""
    base = factor.base
    if not any(isinstance(x, Index) for x in labels):
        return tidy.base(base), labels
    if needs_slices(factor) or (isinstance(base, Apply) and base.op.name in ("einsum", "plus")):
        return _inside(tidy, factor, labels)
    expr = tidy.base(base)
    if expr.ndim < len(labels):
        labels = tuple(x for x, dim in zip(labels, base.shape, strict=True) if dim != ONE)
    return entry_of(expr, labels), tuple(x for x in labels if not isinstance(x, Index))


def entry_of(expr: Expr, labels: Sequence[Label]) -> Expr:
    """Return the entry, row or column of a written expression where labels are indices."""
    if isinstance(expr, Apply) and expr.op.name == "transpose" and expr.args[0].ndim == 2:
        return entry_of(expr.args[0], labels[::-1])
    at = [x for x in labels if isinstance(x, Index)]
    if isinstance(expr, Apply) and expr.op.name in ("row", "col") and len(at) == 1 == len(labels):
        owner, place = expr.args
        return apply("entry", owner, place, *at) if expr.op.name == "row" else apply("entry", owner, *at, place)
    if len(at) == 2 and isinstance(expr, Apply) and expr.op.name == "eye":
        at.sort(key=lambda i: i.name)
    if len(at) == len(labels):
        return apply("entry", expr, *at) if at else expr
    if not at:
        return expr
    if isinstance(expr, Apply) and expr.op.name == "eye":
        return apply("basis", at[0], attrs=(expr.shape[0],))
    return apply("row" if isinstance(labels[0], Index) else "col", expr, at[0])


def _inside(tidy: Writer, factor: Factor, labels: tuple[Label, ...]) -> tuple[Expr, tuple[Label, ...]]:
    """Return a batched atom or a tensor of high order at indices, by going into its arguments."""
    base = factor.base
    assert isinstance(base, Apply)
    rest = tuple(x for x in labels if not isinstance(x, Index))
    if base.op.name in ("einsum", "plus"):
        return tidy.write(fixed_at(base, labels)), rest
    lead = base.attrs[0] if "of" in base.op.extra else base.ndim
    op = base.op.extra.get("of", base.op)
    attrs = base.attrs[1:] if "of" in base.op.extra else base.attrs
    args = [tidy.write(fixed_at(a, labels[:lead])) for a in base.args]
    return entry_of(apply(op, *args, attrs=attrs), labels[lead:]), rest


def fixed_at(node: Expr, labels: Sequence[Label]) -> Form:
    """Return a normal node with its leading axes fixed where labels are indices."""
    form = as_form(node)
    own: list[Label] = []
    shape: list[Dim] = []
    for k, dim in enumerate(form.shape):
        if k < len(labels) and isinstance(labels[k], Index):
            own.append(labels[k])
        else:
            own.append(len(shape))
            shape.append(dim)
    terms = []
    for term in form.at(own):
        done = product([term], len(shape), dict(enumerate(shape)))
        if done is not None:
            terms.append(done)
    return Form(tuple(shape), terms)


def _entries(reducer: Reducer, term: Term, axes: Sequence[Index], sums: list[Index]) -> Product:
    """Return the product of the entries of the pieces, under its sum."""
    scalars, under = list(reducer.scalars), list(reducer.under)
    coef = term.coef * reducer.coef
    for piece in reducer.pieces:
        labels = tuple(axes[x] if isinstance(x, int) and x < len(axes) else x for x in piece.labels)
        chain = flat(piece.chain)
        if piece.power == 1:
            scalars += [e for e in chain if not e.shape]
            chain = tuple(e for e in chain if e.shape) or chain
        expr = entry_of(assembled(chain), labels)
        power = Fraction(piece.power)
        number = exponent(abs(power))
        if power > 0:
            scalars.append(expr if power == 1 else expr**number)
        else:
            under.append(expr if power == -1 else expr**number)
    if not sums:
        return Product(coef, tuple(scalars), (), tuple(under), term.rank)
    inner = Product(Fraction(1), tuple(scalars), (), tuple(under))
    return Product(coef, (bind("Sum", sums, inner.written()),), (), (), term.rank)
