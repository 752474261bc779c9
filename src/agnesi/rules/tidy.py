"""From the normal form back to the shortest matrix notation.

A product is a hypergraph: factors joined by labels. It is reduced step by step: a label that only vectors carry is an
inner product, a label at the end of one matrix is a product with a vector, a label between two matrices is a matrix
product (with a diag between them if vectors carry it too), a loop is a trace. What cannot be reduced is written with
indices. Subexpressions of the source that survive keep the form in which they were written.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from agnesi.errors import AgnesiError, NoDerivative
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    constant,
    free_indices,
    index,
    postorder,
)
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine, form_key, key, symmetric
from agnesi.rules.chains import (
    Chain,
    Product,
    collected,
    common,
    entrywise_shared,
    opened_powers,
    shared_coef,
    shared_roots,
    summed,
    tokens,
    without,
)
from agnesi.rules.expand import expanded
from agnesi.rules.forms import Coef, Factor, Form, Label, Term, is_delta, split_power
from agnesi.rules.indexed import fixed_at, index_names, needs_slices, slice_of, sliced
from agnesi.rules.normal import form_of
from agnesi.rules.pairs import whole_slot
from agnesi.rules.pieces import Piece, Reducer

HALF = Fraction(1, 2)


def written_forms(source: Expr | None) -> dict[bytes, Expr]:
    """Return the subexpressions of the source by the key of their normal form, the shortest for each."""
    known: dict[bytes, Expr] = {}
    if source is None:
        return known
    for node in postorder(source):
        if (
            isinstance(node, (Const, Index))
            or not isinstance(node, Apply)
            or node.op.family in ("derivative", "relation")
        ):
            continue
        if node.op.name in ("neg", "size", "eye", "ones", "zeros", "basis"):
            continue
        try:
            form = form_of(node)
        except AgnesiError:
            continue
        if form.indices() or free_indices(node) or not form.terms:
            continue  # not even one whose index vanished, as that of i 0 does: outside its sum nothing binds it
        name = form_key(form)
        if name not in known or tokens(node) < tokens(known[name]):
            known[name] = node
    return known


class Tidy:
    """Writes normal forms; `known` are forms to keep as they were written, `taken` the names not to use as indices."""

    def __init__(self, source: Expr | None = None, taken: Iterable[str] = ()) -> None:
        self.known = written_forms(source)
        self.symmetric: set[Expr] = set()
        self.cache: dict[Expr, Expr] = {}
        self.decimals = source is not None and any(
            isinstance(n, Const) and isinstance(n.value, float) for n in postorder(source)
        )
        names = {n.name for n in postorder(source) if isinstance(n, (Symbol, Index))} if source is not None else set()
        self.taken = set(taken) | names

    def write(self, form: Form) -> Expr:
        """Return a form in written notation, of the same shape."""
        for term in form.terms:
            for factor in term.factors:
                self.base(factor.base)
        return self.form(combine(form))

    def base(self, root: Expr) -> Expr:
        """Return a base (an atom or a sum of the normal form) in written notation."""
        if root not in self.cache:
            for node in postorder(root, below=self._open):
                if node not in self.cache:
                    self.cache[node] = self._base(node)
        return self.cache[root]

    def _open(self, node: Expr) -> tuple[Expr, ...]:
        if node in self.cache or (isinstance(node, Apply) and node.op.name == "plus" and self._kept(node) is not None):
            return ()
        if isinstance(node, Apply) and node.op.name == "einsum":
            return tuple(split_power(a)[0] for a in node.args)
        return node.args

    def _base(self, node: Expr) -> Expr:
        if isinstance(node, Apply):
            if node.args:
                found = self._kept(node)
                if found is not None:
                    if node.op.name in ("einsum", "plus") or "of" in node.op.extra:
                        return self._noted(node, found)
                    return self._noted(node, min(found, self._atom(node), key=tokens))
            if node.op.name in ("einsum", "plus", "zeros"):
                return self._noted(node, self.form(as_form(node)))
            return self._noted(node, self._atom(node))
        if isinstance(node, Bind):
            return bind(node.op, node.variables, *(self.cache[a] for a in node.args))
        return node

    def _kept(self, node: Expr) -> Expr | None:
        """Return the form in which a node was written, if it was."""
        found = self.known.get(key(node))
        return found if found is not None and found.shape == node.shape else None

    def _noted(self, node: Expr, out: Expr) -> Expr:
        if node.ndim == 2 and symmetric(node):
            self.symmetric.add(out)
        return out

    def _atom(self, node: Apply) -> Expr:
        """Return an atom over written arguments; batch axes that have a name of their own are written so."""
        args = tuple(self.cache[a] for a in node.args)
        name = node.op.name
        if name == "mask":
            return _mask(node)
        if name == "slot":
            return _slot(node)
        if name == "power":
            return self._power(node, args)
        if "of" in node.op.extra:
            inner = node.op.extra["of"]
            if inner.name == "softmax" and node.attrs[0] == 1:
                return apply("softmaxrows", *args)
            return self._by_entries(node)
        if name in ("max", "min", "prod") and isinstance(args[0], Apply) and args[0].op.name == "vec":
            return apply(name, args[0].args[0])
        return apply(node.op, *args, attrs=node.attrs)

    def _by_entries(self, node: Apply) -> Expr:
        """Return a function over batch axes as the tensor of its values: [max(X[i,:])]_i."""
        names = index_names(self.taken)
        axes = [index(next(names), dim) for dim in node.shape[: node.attrs[0]]]
        self.taken |= {a.name for a in axes}
        parts = [self.write(fixed_at(a, axes)) for a in node.args]
        inner = apply(node.op.extra["of"], *parts, attrs=node.attrs[1:])
        rest = [index(next(names), dim) for dim in inner.shape]
        self.taken -= {a.name for a in axes}
        return bind("Tensor", [*axes, *rest], apply("entry", inner, *rest) if rest else inner)

    def _power(self, node: Apply, args: tuple[Expr, ...]) -> Expr:
        """Return u^p; an exponent with entries of its own is written with exp and log."""
        exponent = as_form(node.args[1])
        if any(f.labels for t in exponent.terms for f in t.factors):
            names = index_names(self.taken)
            axes = [index(next(names), dim) for dim in node.shape]
            base, power = (self.write(fixed_at(a, axes)) for a in node.args)
            return bind("Tensor", axes, base**power)
        scalar = Form((), [Term(t.coef, t.factors, {}) for t in exponent.terms])
        return args[0] ** self.write(scalar)

    # -- sums --------------------------------------------------------------------------------------------------------

    def form(self, form: Form) -> Expr:
        """Return a form in written notation; the bases of its factors are in the cache."""
        if not form.terms:
            return apply("zeros", attrs=form.shape) if form.shape else constant(0)
        if not form.indices():
            found = self.known.get(form_key(form))
            if found is not None and found.shape == form.shape:
                return found
        if len(form.shape) > 2 or any(self._needs_index(t) for t in form.terms):
            return self._indexed(form)
        terms = [self.term(t, form) for t in form.terms]
        if all(isinstance(t, Product) for t in terms):
            return self._sum([t for t in terms if isinstance(t, Product)], form)
        return self._indexed(form)

    def _sum(self, terms: list[Product], form: Form) -> Expr:
        terms = self._same_chains(self._with_ones(terms, form))
        if len(terms) == 1:
            return terms[0].written()
        plain = self._added(terms, form, ())
        entry = entrywise_shared(terms, form.shape)
        if entry is not None:
            plain = min(plain, entry[0].written(), key=tokens)
        roots = shared_roots(terms)
        if roots is None:
            return plain
        return min(plain, self._added(roots[0], form, roots[1]), key=tokens)

    def _added(self, terms: list[Product], form: Form, roots: Chain) -> Expr:
        """Return the sum of several terms over the denominators `roots`, with what they share in front."""
        scalars, under = common([t.scalars for t in terms]), common([t.under for t in terms])
        bare = any(not without(t.scalars, scalars) and not t.chain for t in terms)
        coef = shared_coef([t.coef for t in terms])
        fraction = not isinstance(coef, float) and coef.denominator != 1
        if not fraction or (not isinstance(coef, float) and any(Fraction(t.coef).denominator == 1 for t in terms)):
            coef = Fraction(1)
        if bare:
            scalars = ()
        inner = [
            Product(t.coef / coef, without(t.scalars, scalars), t.chain, without(t.under, under), t.rank) for t in terms
        ]
        parts = collected(inner) if form.shape else inner
        under = under + roots
        if (scalars or under) and not any(t.chain for t in inner):
            number = self._number_sum(inner)
            if number is not None:
                return Product(coef * number.coef, scalars + number.scalars, (), under).written()
        if coef == 1 and not scalars and not under:
            return summed(parts, len(form.shape) == 1)
        total = summed(parts, len(form.shape) == 1)
        if len(parts) == 1:
            (only,) = parts
            return Product(coef * only.coef, scalars + only.scalars, only.chain, under + only.under).written()
        return Product(coef, scalars, (total,), under).written()

    def _number_sum(self, parts: list[Product]) -> Product | None:
        """Return a sum of numbers multiplied out, where that is shorter: (1 − s) − s is 1 − 2s."""
        before = summed(parts, False)
        total = form_of(before)
        total = expanded(total) or total
        if not total.terms or total.shape:
            return None
        found = self._sum_of_numbers(total)
        return found if tokens(found.written()) < tokens(before) else None

    def _same_chains(self, terms: list[Product]) -> list[Product]:
        """Add the numbers in front of equal vectors or matrices: (1 − s)x − s x = (1 − 2s)x."""
        groups: dict[tuple[Chain, Chain], list[Product]] = {}
        for term in terms:
            groups.setdefault((term.chain, term.under), []).append(term)
        if len(groups) == len(terms):
            return terms
        out: list[Product] = []
        for (chain, under), group in groups.items():
            if not chain or len(group) == 1:
                out += group
                continue
            shared = common([t.scalars for t in group])
            parts = [Product(t.coef, without(t.scalars, shared), (), ()) for t in group]
            total = form_of(summed(parts, False))
            total = expanded(total) or total
            if not total.terms:
                continue
            front = self._sum_of_numbers(total)
            out.append(Product(front.coef, shared + front.scalars, chain, under + front.under, group[0].rank))
        return out or [Product(Fraction(0), (), (), ())]

    def _sum_of_numbers(self, form: Form) -> Product:
        """Return a scalar form as a factor: its coefficient outside, a sum as one bracket."""
        scale = shared_coef([t.coef for t in form.terms])
        inner = form.scaled(1 / scale)
        for term in inner.terms:
            for factor in term.factors:
                self.base(factor.base)
        written = self.form(inner)
        return Product(scale, () if written == constant(1) else (written,), (), ())

    def _with_ones(self, terms: list[Product], form: Form) -> list[Product]:
        """Give terms without a chain their ones, except numbers that join a sum of vectors."""
        if not form.shape:
            return terms
        joins = len(form.shape) == 1 and any(t.chain for t in terms)
        ones = apply("ones", attrs=form.shape[:1])
        return [t if t.chain or joins else Product(t.coef, t.scalars, (ones,), t.under, t.rank) for t in terms]

    # -- products ----------------------------------------------------------------------------------------------------

    def term(self, term: Term, form: Form) -> Product | None:
        """Return a product in matrix notation, or None where it has none."""
        width = len(form.shape)
        whole = Form(form.shape, [Term(Fraction(1), term.factors, term.dims)])
        found = self.known.get(form_key(whole)) if term.factors and not whole.indices() else None
        if found is not None and found.shape == form.shape and not _bracketed(found):
            return Product(term.coef, *_opened_product(found, form), term.rank)
        reducer = Reducer(self.symmetric, dict(enumerate(form.shape)) | dict(term.dims), width)
        for factors, reaches in _groups(term, width):
            if not reaches and not any(isinstance(x, Index) for f in factors for x in f.labels):
                self._scalar(factors, term, reducer)
                continue
            for factor in factors:
                reducer.add(self._piece(factor))
        core = reducer.run()
        if core is None:
            return None
        return Product(
            self._number(term.coef * reducer.coef), tuple(reducer.scalars), core, tuple(reducer.under), term.rank
        )

    def _number(self, coef: Coef) -> Coef:
        """Return a coefficient as a decimal where the source has decimals and it is a short one (5/2 as 2.5)."""
        if not self.decimals or isinstance(coef, float) or coef.numerator in (1, -1) or coef.denominator == 1:
            return coef
        return float(coef) if 1000 % coef.denominator == 0 else coef

    def _scalar(self, factors: list[Factor], term: Term, reducer: Reducer) -> None:
        """Reduce a part of a product that has no axis: look it up, or reduce it on its own."""
        if len(factors) == 1 and not factors[0].labels:
            reducer.scalar(*self._root(factors[0]))
            return
        dims = {x: d for x, d in term.dims.items() if any(x in f.labels for f in factors)}
        part = Form((), [Term(Fraction(1), tuple(factors), dims)])
        found = self.known.get(form_key(part)) if not part.indices() else None
        if found is not None and not found.shape:
            reducer.scalar(found, Fraction(1))
            return
        inner = Reducer(self.symmetric, dims, 0)
        for factor in factors:
            inner.add(self._piece(factor))
        if inner.run() is None:
            reducer.scalar(self._indexed(part), Fraction(1))
            return
        reducer.scalars += inner.scalars
        reducer.under += inner.under
        reducer.coef *= inner.coef

    def _root(self, factor: Factor) -> tuple[Expr, Fraction]:
        """Return a scalar factor as (base, power), with norms for roots of sums of squares."""
        power = Fraction(factor.power)
        if power.denominator == 2:
            half = Form((), [Term(Fraction(1), (Factor(factor.base, (), HALF),), {})])
            found = self.known.get(form_key(half))
            if found is not None and not found.shape and (abs(power) == HALF or not _is_root(found)):
                return found, 2 * power
            inner = as_form(factor.base)
            if len(inner.terms) == 1 and inner.terms[0].coef == 1 and len(inner.terms[0].factors) == 1:
                (square,) = inner.terms[0].factors
                if square.power == 2 and len(set(square.labels)) == len(square.labels) in (1, 2):
                    return apply("norm", self.base(square.base)), 2 * power
            if abs(power) == HALF:
                return apply("sqrt", self.base(factor.base)), 2 * power
        return self.base(factor.base), power

    def _piece(self, factor: Factor) -> Piece:
        expr, labels = slice_of(self, factor, factor.labels)
        return Piece((expr,), labels, Fraction(factor.power), is_delta(factor) and len(labels) == 2)

    # -- indices -----------------------------------------------------------------------------------------------------

    def _needs_index(self, term: Term) -> bool:
        """Tell whether a factor has axes that must be indices and are not yet."""
        return any(not isinstance(x, Index) for f in term.factors for x in f.labels[: needs_slices(f)]) or any(
            isinstance(x, Index) for f in term.factors if f.base.ndim == 3 for x in f.labels
        )

    def _indexed(self, form: Form) -> Expr:
        """Return a form in index notation: [entries]_{ij...}, with sums over the inner indices."""
        free = {i.name for i in form.indices()}
        names = index_names(self.taken | free)
        axes = [index(next(names), dim) for dim in form.shape]
        self.taken |= {a.name for a in axes}
        parts = [sliced(self, t, form, axes, names) for t in form.terms]
        self.taken -= {a.name for a in axes}
        body = summed(parts, False)
        return bind("Tensor", axes, body) if axes else body


def tidy(node: Expr, source: Expr | None = None) -> Expr:
    """Return an expression (any form) in the shortest matrix notation, keeping what survives of the source."""
    return Tidy(source).write(as_form(node))


def _mask(node: Apply) -> Expr:
    """Return the mask [i ≥ j] and its kin by triangles of ones."""
    kind, rows, columns = node.attrs
    ones = apply("ones", attrs=(rows, columns))
    match kind:
        case "ge":
            return apply("tril", ones)
        case "le":
            return apply("triu", ones)
        case "gt":
            return ones - apply("triu", ones)
    return ones - apply("tril", ones)


def _slot(node: Apply) -> Expr:
    """Return the matrix [0; I; 0] that puts a block in its place, or the shift [0 I; 0 0] of a square one."""
    offset, size, total = (Dim.of(d) for d in node.attrs)
    rest = total - (offset + size)
    if not whole_slot(node):
        return _shift(offset, size, total)
    parts: list[Expr] = [apply("eye", attrs=(size,))]
    for at, dim in ((0, offset), (2, rest)):
        if dim != Dim.of(0):
            parts.insert(at, apply("zeros", attrs=(dim, size)))
    return parts[0] if len(parts) == 1 else apply("blocks", *parts, attrs=(len(parts), 1))


def _shift(offset: Dim, size: Dim, total: Dim) -> Expr:
    """Return the square matrix with ones k below the diagonal (above it for a negative k)."""
    k = offset.number
    if k is None or size != total:
        raise NoDerivative(f"An index shifted by {offset} over an axis of {total} runs out of it.")
    step, left = Dim.of(abs(k)), total - abs(k)
    eye = apply("eye", attrs=(left,))
    side, corner, foot = (apply("zeros", attrs=d) for d in ((left, step), (step, step), (step, left)))
    blocks = (foot, corner, eye, side) if k > 0 else (side, eye, corner, foot)
    return apply("blocks", *blocks, attrs=(2, 2))


def _is_root(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name in ("sqrt", "pow")


def _groups(term: Term, width: int) -> list[tuple[list[Factor], bool]]:
    """Return the factors in groups that share labels, each with whether it reaches an axis."""
    groups: list[tuple[list[Factor], set[Label]]] = []
    for factor in term.factors:
        labels = set(factor.labels)
        inner = {x for x in labels if isinstance(x, int) and x >= width}
        members, reach = [factor], set(labels)
        rest = []
        for fs, seen in groups:
            if seen & inner:
                members = fs + members
                reach |= seen
            else:
                rest.append((fs, seen))
        groups = [*rest, (members, reach)]
    return [(fs, any(isinstance(x, int) and x < width for x in seen)) for fs, seen in groups]


def _bracketed(found: Expr) -> bool:
    """Tell whether a written form should be made anew as part of a product (a sum, a sign, a quotient)."""
    return isinstance(found, Apply) and found.op.name in ("add", "neg", "div")


def _opened_product(found: Expr, form: Form) -> tuple[Chain, Chain, Chain]:
    """Return scalars, chain and denominators of a written form."""
    if not form.shape:
        return (found,), (), ()
    parts = opened_powers((found,))
    return tuple(p for p in parts if not p.shape), tuple(p for p in parts if p.shape), ()
