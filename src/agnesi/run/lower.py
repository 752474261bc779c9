"""From the normal form to the steps of a program.

Every node of the normal form becomes a value with labelled axes: a sum of products becomes sums and matrix products,
an atom becomes a call of its backend code, log det and inverses share one factorisation. Patterns that lose digits when
computed as they stand (log σ(u), log(1 + u), 1 − σ(u), eᵘ − 1, √Σx²) become careful functions (`careful.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from agnesi.errors import NotCompiled
from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, postorder, symbol
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form
from agnesi.rules.canon import form_key, key, symmetric
from agnesi.rules.curvature import definite, definite_sum, nonnegative_entries
from agnesi.rules.forms import Factor, Form, Label, Term, build, is_delta, split_power
from agnesi.rules.structure import LowRank, structure
from agnesi.run.careful import careful_call, careful_pair, quotients, ratios, slope_of_sigmoid
from agnesi.run.constants import Structural
from agnesi.run.diagonals import scaling, with_blocks
from agnesi.run.distances import distances, taken_exactly
from agnesi.run.parts import Part
from agnesi.run.products import Operand, Products, diagonals, in_layout
from agnesi.run.rewrite import opened, sound
from agnesi.run.values import Number, Value, Values
from agnesi.run.weights import with_joint_weights

WITH_FACTOR = ("inv", "logdet", "det")
COLUMNS = ("softmax", "logsumexp")
STRUCTURAL = ("eye", "fuse", "slot", "mask", "basis")


class Lowering:
    """Lowers normal forms into one set of values; nodes that occur twice are lowered once."""

    def __init__(
        self, values: Values, sizes: Mapping[str, int], grams: bool, factored: bool, symbols: Mapping[Expr, Value]
    ) -> None:
        self.values, self.symbols, self.factored = values, symbols, factored
        self.products = Products(values, sizes, grams, factored)
        self.products.structured, self.products.inverted = self._low_rank_solve, self._low_rank_inverse
        self.structures: dict[Expr, LowRank | None] = {}
        self.parts: dict[Expr, Part] = {}
        self.sums: dict[bytes, Expr] = {}
        self.occurs: Counter[Expr] = Counter()
        self.exact: set[Expr] = set()
        self.current: Expr | None = None

    def expect(self, roots: Sequence[Expr]) -> None:
        """Note how often each part of the outputs occurs: what occurs twice is worth computing as it stands."""
        nodes = list(postorder(*roots))
        self.exact |= taken_exactly(nodes)
        for node in nodes:
            self.occurs.update(split_power(a)[0] for a in node.args)

    def _pays(self, term: Term, at: int, width: int) -> bool:
        """Tell whether a sum of matrix products is better multiplied out against the one matrix that it meets."""
        factor = term.factors[at]
        base = factor.base
        if factor.power != 1 or not isinstance(base, Apply) or base.op.name != "plus" or self.occurs[base] != 1:
            return False
        met = [f for f in term.factors if f is not factor and set(f.labels) & set(factor.labels)]
        if base.ndim != 2 or len(met) != 1 or len(met[0].labels) != 2 or len(set(factor.labels)) != 2:
            return False
        common = set(met[0].labels) & set(factor.labels)
        shared = next(iter(common), None)
        if len(common) != 1 or not isinstance(shared, int) or shared < width:
            return False
        inner = [_inner(t) for t in as_form(base).terms]
        if None in inner:
            return False
        n, m = (self.products.size(d) for d in base.shape)
        if factor.labels.index(shared) == 0:
            n, m = m, n
        k = self.products.size(met[0].base.shape[1 - met[0].labels.index(shared)])
        sizes = [self.products.size(d) for d in inner if d is not None]
        return sum(s * k * (m + n) for s in sizes) < sum(n * s * m for s in sizes) + n * m * k

    def output(self, node: Expr) -> Value:
        """Return the value of a node with all its axes in order."""
        return self.whole(self.part(node), node.shape)

    def part(self, root: Expr) -> Part:
        """Return the part for a node, with all below it."""
        for node in postorder(root, below=self._below):
            if node not in self.parts:
                self.current = node
                self.parts[node] = self._lowered(node)
        return self.parts[root]

    def whole(self, part: Part, shape: Shape) -> Value:
        """Return a part with all the axes of its node, in order."""
        order = tuple(range(len(shape)))
        value = self.products.aligned(Operand(part.value, part.labels), order)
        return self.values.broadcast(value, shape)

    def _below(self, node: Expr) -> tuple[Expr, ...]:
        """What must be lowered before a node: structural constants and inverses are dealt with in their products."""
        if node in self.parts or node in self.symbols or isinstance(node, Bind):
            return ()
        if isinstance(node, Apply) and node.op.name in ("einsum", "plus"):
            return _bases(node)
        if isinstance(node, Apply) and _structural(node):
            return ()
        return node.args

    # -- nodes -------------------------------------------------------------------------------------------------------

    def _lowered(self, node: Expr) -> Part:
        if node in self.symbols:
            return self.all_of(self.symbols[node])
        match node:
            case Const():
                return Part(self.values.number(node.value), ())
            case Apply() if node.op.name == "plus":
                return self._sum(node)
            case Apply() if node.op.name == "einsum":
                return self.form(as_form(node))
            case Apply():
                return self._atom(node)
            case Index():
                raise NotCompiled(f"The index {node.name} is free: it has no value.", repair="Sum over it, or fix it.")
            case Bind():
                raise NotCompiled(
                    f"{node.op.unicode} over {', '.join(str(v) for v in node.variables)} has no code.",
                    repair="expr.evaluate(...) computes it slowly.",
                )
        raise NotCompiled(f"{node} has no code.")

    def all_of(self, value: Value) -> Part:
        """Return a value that carries all axes of its node."""
        return Part(value, tuple(range(value.ndim)))

    def _sum(self, node: Apply) -> Part:
        """Return a sum; the transpose of one that is there already is only turned."""
        if node.ndim != 2:
            return self.form(as_form(node))
        if any(other.shape == node.shape[::-1] for other in self.sums.values()):
            turned = form_key(Form(node.shape[::-1], as_form(node).at((1, 0))))
            if turned in self.sums:
                part = self.parts[self.sums[turned]]
                return Part(part.value, tuple(1 - x for x in part.labels))
        self.sums[key(node)] = node
        return self.form(as_form(node))

    def scaled(self, coef: Number, part: Part) -> Part:
        """Return a number times a part."""
        return Part(self.values.scaled(coef, part.value), part.labels)

    def relabelled(self, part: Part, labels: Sequence[Label]) -> Part:
        """Return a part of a factor's base at the factor's labels, its axes in order."""
        found = tuple(labels[k] for k in part.labels)
        order = tuple(sorted(range(len(found)), key=lambda k: found[k]))  # type: ignore[arg-type,return-value]
        return Part(self.values.transpose(part.value, order), tuple(found[k] for k in order))  # type: ignore[misc]

    def _atom(self, node: Apply) -> Part:
        name = node.op.name
        if name in ("zeros", "ones"):
            return Part(self.values.number(int(name == "ones")), ())
        if name == "size":
            return Part(self.values.size(Dim.of(node.attrs[0])), ())
        if _structural(node):
            return self.form(Form(node.shape, [_alone(node)]))
        if name in WITH_FACTOR and (name != "inv" or node.ndim == 2):
            return self._of_matrix(node)
        inner = node.op.extra.get("of", node.op)
        batch = node.attrs[0] if "of" in node.op.extra else 0
        attrs = node.attrs[1:] if "of" in node.op.extra else node.attrs
        if inner.core is not None and not any(inner.core):
            return self._entrywise(node, attrs)
        if not inner.code:
            raise NotCompiled(f"{inner.name} has no code.", repair=inner.extra.get("no_code", {}).get("all", ""))
        args = [self.whole(self.parts[a], a.shape) for a in node.args]
        if self.factored and batch == 1 and node.args[0].ndim == 2 and inner.name in COLUMNS:
            rows, columns = (self.products.size(d) for d in node.args[0].shape)
            if 4 * columns <= rows:  # NumPy goes over short rows slowly, and over long columns fast
                value = self.values.turned(args[0])
                dims = value.dims if node.ndim == 2 else value.dims[1:]
                found = self.values.call(f"{inner.name} of columns", (0,), [value], dims)
                return Part(found, (1, 0) if node.ndim == 2 else (0,))
        return self.all_of(self.values.call(inner.name, (batch, *attrs), args, node.shape))

    def _entrywise(self, node: Apply, attrs: tuple[Any, ...]) -> Part:
        """Return a function of entries; axes along which no argument varies are left out."""
        found = careful_call(self, node)
        if found is not None:
            return found
        if not node.op.code:
            raise NotCompiled(f"{node.op.name} has no code.", repair="Give its record `code`.")
        parts = [self.parts[a] for a in node.args]
        return self.entries(node.op.name, attrs, parts)

    def entries(self, name: str, attrs: tuple[Any, ...], parts: Sequence[Part]) -> Part:
        """Return a function of the entries of parts."""
        labels = in_layout({x for p in parts for x in p.labels}, [(p.value, p.labels) for p in parts])
        args = [self.products.aligned(Operand(p.value, p.labels), labels) for p in parts]
        dims = {x: d for p in parts for x, d in zip(p.labels, p.value.dims, strict=True)}
        return Part(self.values.call(name, (0, *attrs), args, tuple(dims[x] for x in labels)), labels)

    def _of_matrix(self, node: Apply) -> Part:
        """Return log det, det or the inverse of a matrix."""
        matrix = node.args[0]
        found = self.low_rank(matrix) if node.op.name == "inv" else None
        if found is not None:
            form = found.inverse()
            assert form is not None
            return self.form(form)
        if matrix.ndim != 2:
            raise NotCompiled(f"{node.op.name} over several matrices has no code here.")
        mode = self.mode(matrix)
        value = self.whole(self.parts[matrix], matrix.shape)
        if node.op.name == "inv":
            return self.all_of(self.products.plain(Operand(value, (0, 1), mode=mode)).value)
        if mode in ("lower", "upper"):
            diagonal = self.values.make("diagonal", (value,), (0, 1), matrix.shape[:1])
            if node.op.name == "det":
                return Part(self.values.call("prod", (0,), [diagonal], ()), ())
            sizes = self.values.call("abs", (0,), [diagonal], diagonal.dims)
            return Part(self.values.total(self.values.call("log", (0,), [sizes], sizes.dims), (0,)), ())
        if node.op.name == "det" or (not self.factored and mode != "spd"):
            return Part(self.values.call(node.op.name, (0,), [value], ()), ())
        factor = self.products.factor(Operand(value, (0, 1), mode=mode))
        return Part(self.values.make(node.op.name, (factor,), (mode,)), ())

    def log_of_det(self, atom: Apply) -> Part:
        """Return log(det A), which is NaN where the determinant is negative."""
        matrix = atom.args[0]
        if atom.op.name != "det" or matrix.ndim != 2 or self.mode(matrix) in ("spd", "lower", "upper"):
            return self.part(apply("logdet", matrix))
        value = self.whole(self.part(matrix), matrix.shape)
        if not self.factored:
            return Part(self.values.call("log of det", (0,), [value], ()), ())
        factor = self.products.factor(Operand(value, (0, 1), mode=self.mode(matrix)))
        return Part(self.values.make("logofdet", (factor,), (self.mode(matrix),)), ())

    def low_rank(self, matrix: Expr) -> LowRank | None:
        """Return the structure of a matrix with whose inverse Woodbury's formula is cheaper; None for any other."""
        if matrix not in self.structures:
            found = structure(as_form(matrix), 1) if isinstance(matrix, Apply) and matrix.op.name == "plus" else None
            low = isinstance(found, LowRank) and found.base is not None and found.pays(self.products.sizes)
            low = low and found is not None and sound(found)
            self.structures[matrix] = found if low and isinstance(found, LowRank) else None
        return self.structures[matrix]

    def _low_rank_solve(self, inverse: Operand, right: Value) -> Value:
        """Return A⁻¹b by Woodbury's formula; with the labels the other way round, A⁻ᵀb."""
        place = symbol(f"\0b{id(right)}", right.dims)
        self.symbols = {**self.symbols, place: right}
        found = inverse.structure.solve(place)
        assert found is not None
        first = self.output(found)
        if right.ndim > 1:
            return first
        # once more with what is left, for Woodbury's formula cancels where the base is small: it costs little
        held, rest = symbol(f"\0x{id(first)}", right.dims), symbol(f"\0r{id(first)}", right.dims)
        self.symbols = {**self.symbols, held: first}
        left = self.values.add([(1, right), (-1, self.output(inverse.structure.matvec(held)))])
        self.symbols = {**self.symbols, rest: left}
        again = inverse.structure.solve(rest)
        assert again is not None
        return self.values.add([(1, first), (1, self.output(again))])

    def _low_rank_inverse(self, inverse: Operand) -> Value:
        form = inverse.structure.inverse()
        assert form is not None
        return self.whole(self.form(form), form.shape)

    def mode(self, matrix: Expr) -> str:
        """Return how a matrix is factorised: by Cholesky if definite, first by Cholesky if symmetric, else by LU."""
        known = facts.closure(matrix.facts) if isinstance(matrix, Symbol) else frozenset()
        if "lower" in known:
            return "lower"
        if "upper" in known:
            return "upper"
        if definite(matrix) or definite_sum(as_form(matrix)) == "strictly convex":
            return "spd"
        return "sym" if symmetric(matrix) else "gen"

    # -- sums --------------------------------------------------------------------------------------------------------

    def form(self, form: Form) -> Part:
        """Return a sum of products."""
        if not form.terms:
            return Part(self.values.number(0), ())
        done: list[Part] = []
        diagonals: list[Part] = []
        width = len(form.shape)
        terms = list(form.terms)
        for pair, part in careful_pair(self, form):
            terms = [t for t in terms if t not in pair]
            done.append(part)
        terms = [self._with_diagonals(t, width) for t in terms]
        terms = [t for term in terms for t in opened(term, form, lambda t, at: self._pays(t, at, width))]
        terms = with_joint_weights(terms, width)
        if self.factored and len(form.shape) > 2 and not done:
            return with_blocks(self, terms, form)
        for term in terms:
            if len(form.shape) == 2 and any(is_delta(f) and set(f.labels) == {0, 1} for f in term.factors):
                diagonals.append(self.term(_without_delta(term), Form(form.shape[:1], [])))
            else:
                done.append(self.term(term, form))
        if diagonals:
            return self._with_diagonal(done, self.added(diagonals), form.shape)
        return self.added(done)

    def _with_diagonals(self, term: Term, width: int) -> Term:
        """Return a product in which diagonal matrices scale, and Woodbury's inverse has the diagonal of its terms."""
        factors: list[Factor] = []
        term = scaling(term, width)
        for factor in term.factors:
            base = factor.base
            same = len(factor.labels) == 2 and factor.labels[0] == factor.labels[1]
            square = factor.power == 2 and any(isinstance(x, int) and x >= width for x in factor.labels)
            if isinstance(base, Apply) and base.op.name == "inv" and ((same and factor.power == 1) or square):
                found = self.low_rank(base.args[0])
                inverse = found.inverse() if found is not None else None
                if inverse is not None:
                    factors += [Factor(build(inverse), factor.labels)] * int(factor.power)
                    continue
            factors.append(factor)
        return Term(term.coef, tuple(factors), term.dims, term.rank)

    def added(self, parts: Sequence[Part]) -> Part:
        """Return a sum of parts."""
        if len(parts) == 1:
            return parts[0]
        labels = in_layout({x for p in parts for x in p.labels}, [(p.value, p.labels) for p in parts])
        values = [self.products.aligned(Operand(p.value, p.labels), labels) for p in parts]
        return Part(self.values.add([(1, v) for v in values]), labels)

    def _with_diagonal(self, rest: Sequence[Part], diagonal: Part, shape: Shape) -> Part:
        """Return a matrix plus a diagonal."""
        if not rest:
            if not diagonal.labels:
                eye = self.values.make("eye", (), (shape[0],), shape)
                return self.all_of(self.values.mul(1, [(diagonal.value, 1), (eye, 1)]))
            return self.all_of(self.values.make("embed", (diagonal.value,), (), shape))
        matrix = self.whole(self.added(rest), shape)
        return self.all_of(self.values.make("adddiag", (matrix, diagonal.value), (), shape))

    # -- products ----------------------------------------------------------------------------------------------------

    def term(self, term: Term, form: Form, given: Mapping[int, Operand] | None = None) -> Part:
        """Return one product, with the axes of the form that it carries; some of its factors may be `given`."""
        keep: tuple[Label, ...] = tuple(range(len(form.shape)))
        structural = Structural(self, term, keep)
        factors = [f for f in term.factors if not _structural(f.base)]
        operands: list[Operand] = []
        given = given if given is not None else ratios(self, factors)
        operands += [given[id(f)] for f in factors if id(f) in given]
        factors = [f for f in factors if id(f) not in given]
        apart = distances(self, factors, keep) if self.current not in self.exact else None
        if apart is not None:
            factors = [f for f in factors if f is not apart[0]]
            operands.append(apart[1])
            structural.gone |= set(apart[0].labels) - set(apart[1].labels)
        together = quotients(self, factors)
        if together is not None:
            factors = [f for f in factors if f not in together[0]]
            operands.append(together[1])
        slope = slope_of_sigmoid(self, factors)
        if slope is not None:
            s, complement, part = slope
            factors = [f for f in factors if f is not s and f is not complement]
            operands += [Operand(part.value, tuple(s.labels[k] for k in part.labels), signed=False)]
        operands += [self._operand(f) for g in factors for f in _halves(g, factors, keep)]
        operands, keep, coef = structural.applied(operands)
        found = self.products.contract(coef, operands, keep)
        labels, value = structural.restored(found, form.shape)
        return Part(value, labels)

    def _operand(self, factor: Factor) -> Operand:
        """Return a factor of a product: its base to its power, with the labels of the axes that it carries."""
        base, power = factor.base, Fraction(factor.power)
        if isinstance(base, Apply) and base.op.name == "inv" and power == 1 and base.ndim == 2 and _apart(factor):
            matrix = base.args[0]
            found = self.low_rank(matrix)
            if found is not None:
                stand_in = self.values.make("structured", (), (base.digest,), base.shape)
                return Operand(stand_in, factor.labels, mode="low rank", structure=found)
            return Operand(self.whole(self.part(matrix), matrix.shape), factor.labels, mode=self.mode(matrix))
        if isinstance(base, Apply) and base.op.name == "batched inv" and power == 1 and len(set(factor.labels)) == 3:
            matrix = base.args[0]
            return Operand(self.whole(self.part(matrix), matrix.shape), factor.labels, mode="stack")
        part = self.part(base)
        if power == Fraction(1, 2) or power == Fraction(-1, 2):
            norm = careful_norm(self, base) or careful_hypot(self, base)
            if norm is not None:
                return Operand(norm.value, tuple(factor.labels[k] for k in norm.labels), under=power < 0, signed=False)
        signed = not (power.denominator == 1 and power % 2 == 0) and not nonnegative_entries(base)
        value, under = part.value, power < 0
        value = self.values.power(value, _number(-power if under else power))
        labels = tuple(factor.labels[k] for k in part.labels)
        value, labels = diagonals(self.values, value, labels)
        return Operand(value, labels, under=under, signed=signed)


def careful_norm(run: Lowering, base: Expr) -> Part | None:
    """Return √Σ x² over all axes as a norm that neither overflows nor underflows; None for anything else."""
    if base.ndim or not isinstance(base, Apply) or base.op.name != "einsum":
        return None
    (term,) = as_form(base).terms
    if term.coef != 1 or len(term.factors) != 1:
        return None
    (factor,) = term.factors
    if factor.power != 2 or len(set(factor.labels)) != len(factor.labels) or not factor.labels:
        return None
    inner = factor.base
    value = run.whole(run.part(inner), inner.shape)
    return Part(run.values.call("nrm2", (0,), [value], ()), ())


def careful_hypot(run: Lowering, base: Expr) -> Part | None:
    """Return √(a² + b²), entry by entry, without overflow; None for anything else."""
    if not isinstance(base, Apply) or base.op.name != "plus" or len(base.args) != 2:
        return None
    sides: list[Part] = []
    for term in as_form(base).terms:
        if term.coef != 1 or any(f.power != 2 for f in term.factors) or not term.factors:
            return None
        if any(x >= base.ndim for x in term.dims):
            return None
        roots = tuple(Factor(f.base, f.labels) for f in term.factors)
        sides.append(run.term(Term(Fraction(1), roots, term.dims), Form(base.shape, [])))
    return run.entries("hypot", (), sides)


def _apart(factor: Factor) -> bool:
    return factor.labels[0] != factor.labels[1]


def _halves(factor: Factor, factors: Sequence[Factor], keep: tuple[Label, ...]) -> tuple[Factor, ...]:
    """Return a square that is summed over, and that nothing else weighs, as a product of two: Σ r² is rᵀr."""
    summed = {x for x in factor.labels if x not in keep}
    if factor.power == 2 and summed and not any(summed & set(f.labels) for f in factors if f is not factor):
        single = Factor(factor.base, factor.labels)
        return single, single
    return (factor,)


def _number(power: Fraction) -> Number:
    return power.numerator if power.denominator == 1 else power


def _inner(term: Term) -> Dim | None:
    """Return the size of the summed axis of a product of two matrices; None for any other product."""
    matrices = [f for f in term.factors if f.labels]
    if len(matrices) != 2 or any(len(f.labels) != 2 for f in matrices):
        return None
    shared = set(matrices[0].labels) & set(matrices[1].labels)
    if len(shared) != 1 or shared & {0, 1}:
        return None
    (label,) = shared
    return term.dims[label] if isinstance(label, int) else None


def _structural(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name in STRUCTURAL


def _bases(node: Apply) -> tuple[Expr, ...]:
    """Return the bases of the products of a sum, without structural constants; an inverse counts as its matrix."""
    found: list[Expr] = []
    for part in node.args if node.op.name == "plus" else (node,):
        if isinstance(part, Apply) and part.op.name == "einsum":
            bases = [split_power(a)[0] for a in part.args]
            for base in bases:
                if isinstance(base, Apply) and base.op.name in ("inv", "batched inv") and base.ndim >= 2:
                    for inner in base.args:
                        found += _bases(inner) if isinstance(inner, Apply) and inner.op.name == "plus" else (inner,)
                elif not _structural(base):
                    found.append(base)
        elif not _structural(part):
            found.append(part)
    return tuple(found)


def _alone(node: Expr) -> Term:
    return Term(Fraction(1), (Factor(node, tuple(range(node.ndim))),), dict(enumerate(node.shape)))


def _without_delta(term: Term) -> Term:
    """Return a term with its δ over the two axes taken out, both axes as one."""
    rest = [f for f in term.factors if not (is_delta(f) and set(f.labels) == {0, 1})]
    factors = tuple(f.renamed({1: 0}) for f in rest)
    return Term(term.coef, factors, {x: d for x, d in term.dims.items() if x != 1}, term.rank)

