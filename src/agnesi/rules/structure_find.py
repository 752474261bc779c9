"""What structure one product has: which of its axes meet, found from the labels that its factors share.

With rows (i, j) and columns (k, l): δ_ik δ_jl makes a product diagonal; δ_ik alone, block diagonal; factors that join
only i with k and j with l, a Kronecker product; only i with l and j with k, a swapped one; rows with columns nowhere,
rank one. For one row i and one column k, equal factors seen from both sides are U in U C Uᵀ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Index
from agnesi.rules.canon import form_key, key, symmetric
from agnesi.rules.forms import Coef, Factor, Form, Label, Term, fresh, identity, is_delta
from agnesi.rules.multiply import join
from agnesi.rules.structure_forms import pulled, spanned


@dataclass(frozen=True)
class Found:
    """A product by the kind of its structure; `forms` are its parts, `blocks` its blocks along either axis.

    identity: (c); diagonal: (d); kronecker and swapped: (A, B, c) for c A ⊗ B; update: (U, C, V); blocks and rest: ().
    """

    kind: str
    forms: tuple[Form, ...] = ()
    blocks: tuple[Form | None, ...] = (None, None)
    term: Term = field(default_factory=lambda: Term(Fraction(0), (), {}))


@dataclass(frozen=True)
class Split:
    """A product without the δ that join its rows with its columns: `met` tells for which axes there was one."""

    lead: int
    met: tuple[bool, ...]
    coef: Coef
    scalars: list[Factor]
    groups: list[tuple[frozenset[int], list[Factor]]]
    dims: Mapping[Label, Dim]

    def piece(self, groups: Iterable[list[Factor]], axes: Sequence[int], scaled: bool = False) -> Form:
        """Return the product of some groups with these axes; `scaled` takes the scalars in."""
        factors = [f for group in groups for f in group] + (self.scalars if scaled else [])
        return _piece(self.dims, factors, tuple(axes), self.coef if scaled else Fraction(1))

    def touching(self, axes: Iterable[int]) -> list[list[Factor]]:
        """Return the groups that touch one of the axes."""
        wanted = set(axes)
        return [fs for at, fs in self.groups if at & wanted]

    def apart(self, left: Iterable[int], right: Iterable[int]) -> bool:
        """Tell whether no group touches both some of `left` and some of `right`."""
        a, b = set(left), set(right)
        return not any(at & a and at & b for at, _ in self.groups)


def classified(term: Term, form: Form, lead: int) -> Found:
    """Return the structure of one product of a form whose first `lead` axes are its rows."""
    rows, columns = form.shape[:lead], form.shape[lead:]
    if len(rows) != len(columns) or lead > 2 or any(isinstance(x, Index) for f in term.factors for x in f.labels):
        return Found("rest", term=term)
    split = _split(pulled(term), form, lead)
    if all(split.met):
        found: Found | None = _diagonal(split)
    else:
        found = (_one_axis if lead == 1 else _two_axes)(split, rows == columns)
    return replace(found or Found("rest"), term=term)


def _split(term: Term, form: Form, lead: int) -> Split:
    deltas = {
        x: f for f in term.factors if is_delta(f) for x in range(lead) if set(f.labels) == {x, x + lead}
    }  # fmt: skip
    met = tuple(x in deltas for x in range(lead))
    names: dict[Label, Label] = {x + lead: x for x in deltas}
    gone = {id(f) for f in deltas.values()}
    factors = [f.renamed(names) for f in term.factors if id(f) not in gone]
    dims: dict[Label, Dim] = {x: d for x, d in term.dims.items()}
    dims.update(enumerate(form.shape))
    groups = _groups(factors, 2 * lead)
    scalars = [f for at, fs in groups if not at for f in fs]
    return Split(lead, met, term.coef, scalars, [g for g in groups if g[0]], dims)


def _groups(factors: list[Factor], width: int) -> list[tuple[frozenset[int], list[Factor]]]:
    """Return the factors grouped by shared labels, with the axes that each group touches."""
    groups: list[tuple[set[Label], list[Factor]]] = []
    for factor in factors:
        labels, members = set(factor.labels), [factor]
        for old in [g for g in groups if g[0] & labels]:
            groups.remove(old)
            labels, members = labels | old[0], old[1] + members
        groups.append((labels, members))
    return [(frozenset(x for x in ls if isinstance(x, int) and x < width), fs) for ls, fs in groups]


def _diagonal(split: Split) -> Found:
    axes = tuple(range(split.lead))
    groups = [fs for _, fs in split.groups]
    blocks: tuple[Form | None, ...] = (None, None)
    if split.lead == 2:
        blocks = tuple(_block(split, axis) for axis in (0, 1))
    if not groups:
        return Found("identity", (split.piece([], (), True),), blocks)
    return Found("diagonal", (split.piece(groups, axes, True),), blocks)


def _block(split: Split, axis: int) -> Form:
    """Return the blocks of a product with δ on `axis`: that axis first, then row and column of the other one."""
    other = 1 - axis
    groups = [fs for _, fs in split.groups]
    if split.met[other]:
        groups = [*groups, [Factor(identity(split.dims[other]), (other, other + 2))]]
    return split.piece(groups, (axis, other, other + 2), True)


def _two_axes(split: Split, square: bool) -> Found | None:
    if not any(split.met) and square and split.apart((0, 1), (2, 3)):
        left = split.piece(split.touching((0, 1)), (0, 1))
        return _update(left, split.piece([], (), True), split.piece(split.touching((2, 3)), (2, 3)))
    blocks = tuple(_block(split, axis) if split.met[axis] else None for axis in (0, 1))
    if split.apart((0, 2), (1, 3)):
        return Found("kronecker", (_side(split, 0), _side(split, 1), split.piece([], (), True)), blocks)
    if any(split.met):
        return Found("blocks", (), blocks)
    if split.apart((0, 3), (1, 2)):
        left, right = split.piece(split.touching((1, 2)), (1, 2)), split.piece(split.touching((0, 3)), (0, 3))
        return Found("swapped", (left, right, split.piece([], (), True)))
    return None


def _side(split: Split, axis: int) -> Form:
    """Return the factor of a Kronecker product on one axis."""
    delta = [[Factor(identity(split.dims[axis]), (axis, axis + 2))]] if split.met[axis] else []
    return split.piece([*split.touching((axis, axis + 2)), *delta], (axis, axis + 2))


def _one_axis(split: Split, square: bool) -> Found | None:
    if not square:
        return None
    if split.apart((0,), (1,)):
        left, right = split.piece(split.touching((0,)), (0,)), split.piece(split.touching((1,)), (1,))
        return _update(left, split.piece([], (), True), right)
    return _mirrored(split)


def _update(left: Form, core: Form, right: Form) -> Found:
    if form_key(left) == form_key(right):
        right = left
    return Found("update", (left, core, right))


def _mirrored(split: Split) -> Found | None:
    """Return U C Uᵀ, where the same factors stand at both ends; U takes as many of them as there are."""
    left = [f for _, fs in split.groups for f in fs]
    i: Label = 0
    j: Label = 1
    taken: list[Factor] = []
    while i != j:
        ends = _matched(left, i, j)
        if ends is None:
            break
        mine, others, i, j = ends
        taken += mine
        gone = {id(f) for f in (*mine, *others)}
        left = [f for f in left if id(f) not in gone]
    if not taken:
        return None
    u = _piece(split.dims, taken, (0, i), Fraction(1))
    inner = [*left, *split.scalars]
    labels = {x for f in left for x in f.labels}
    axes: tuple[Label, ...] = (i, j) if i != j else (i,) if i in labels else ()
    return _update(u, _piece(split.dims, inner, axes, split.coef), u)


def _piece(known: Mapping[Label, Dim], factors: list[Factor], axes: tuple[Label, ...], coef: Coef) -> Form:
    names: dict[Label, Label] = {x: k for k, x in enumerate(axes)}
    for x in (x for f in factors for x in f.labels):
        if x not in names:
            names[x] = fresh()
    dims = {new: known[x] for x, new in names.items() if isinstance(new, int)}
    return Form(tuple(known[x] for x in axes), [Term(coef, tuple(_renamed(f, names) for f in factors), dims)])


def _renamed(factor: Factor, names: Mapping[Label, Label]) -> Factor:
    """Return the factor with other labels, those of a symmetric matrix in order."""
    factor = factor.renamed(names)
    if len(factor.labels) == 2 and repr(factor.labels[0]) > repr(factor.labels[1]) and symmetric(factor.base):
        return Factor(factor.base, factor.labels[::-1], factor.power)
    return factor


def _matched(factors: list[Factor], i: Label, j: Label) -> tuple[list[Factor], list[Factor], Label, Label] | None:
    """Return the factors at i and the same ones at j, with the labels behind them; None where they differ."""
    at_i, at_j = ([f for f in factors if x in f.labels] for x in (i, j))
    if any(f in at_j for f in at_i) or sorted(_name(f, i) for f in at_i) != sorted(_name(f, j) for f in at_j):
        return None
    wide = [f for f in at_i if len(f.labels) == 2], [f for f in at_j if len(f.labels) == 2]
    if any(len(f.labels) > 2 for f in at_i) or len(wide[0]) != 1:
        return None
    (a,), (b,) = wide
    ends = [f.labels[1 - f.labels.index(x)] for f, x in ((a, i), (b, j))]
    return (at_i, at_j, ends[0], ends[1]) if not {i, j} & set(ends) else None


def _name(factor: Factor, at: Label) -> str:
    return f"{key(factor.base)!r} {factor.power} {factor.labels.index(at)} {len(factor.labels)}"


def merged(updates: Iterable[tuple[Form, ...]]) -> list[tuple[Form, Form, Form]]:
    """Return updates with the cores of those that share U and V added up."""
    table: dict[tuple[bytes, bytes], tuple[Form, Form, Form]] = {}
    for left, core, right in updates:
        name = form_key(left), form_key(right)
        if name in table:
            left, core, right = left, _cores(table[name][1], core, left), right
        table[name] = (left, core, right)
    return list(table.values())


def _cores(a: Form, b: Form, left: Form) -> Form:
    """Return the sum of two cores: a scalar beside a vector is all its entries, beside a matrix c I."""
    if len(a.shape) != len(b.shape):
        a, b = sorted((a, b), key=lambda f: len(f.shape))
        a = spanned(a, left.shape[-1:]) if not a.shape else a
        if len(b.shape) == 2:
            delta = Factor(identity(left.shape[-1]), (0, 1))
            eye = Form(b.shape, [Term(Fraction(1), (delta,), dict(enumerate(b.shape)))])
            a = join([(a, (0,)), (eye, (0, 1))], b.shape)
    return Form(b.shape, [*a.terms, *b.terms])
