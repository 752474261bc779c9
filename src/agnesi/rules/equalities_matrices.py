"""Determinants, inverses, eigenvalues and pseudoinverses of normal nodes, split into those of their factors."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Symbol, apply
from agnesi.ops.facts import facts
from agnesi.rules.atoms import matrix_atom
from agnesi.rules.bases import as_form, has_fact
from agnesi.rules.canon import combine, symmetric
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_blocks import entries
from agnesi.rules.equalities_exponentials import log_of, product_of_exponentials
from agnesi.rules.equalities_forms import content, divided, one, plus, power, times
from agnesi.rules.equalities_tower import Rule, Tower
from agnesi.rules.equalities_words import Letter, Word, matrix_of, rotations, word_of
from agnesi.rules.forms import Factor, Form, Label, Term, build, fresh, leaf
from agnesi.rules.multiply import join, size_of

DET_PRODUCT = equalities.add(
    "det AB = det A det B", "A: n×n, B: n×n; det(A B) = det(A) det(B)", "MML 4.1")
DET_SCALED = equalities.add("det cA = cⁿ det A", "A: n×n, c: scalar; det(c A) = c^n det(A)", "MML 4.1")
DET_ENTRIES = equalities.add(
    "det [a b; c d] = ad − bc", "a: scalar, b: scalar, c: scalar, d: scalar; det([a b; c d]) = a d - b c", "MML 4.1")
DET_DIAGONAL = equalities.add("det diag(u) = ∏ u", "d: n, positive; logdet(diag(d)) = sum(log(d))", "MML 4.1")
DET_LEMMA = equalities.add(
    "det(A + UV) = det A det(I + A⁻¹UV)", "A: n×n, u: n, v: n; det(A + u v') = (1 + v' inv(A) u) det(A)",
    "Matrix Cookbook 1.2")
SYLVESTER = equalities.add(
    "det(I + UV) = det(I + VU)", "U: n×k, V: k×n; det(eye(n) + U V) = det(eye(k) + V U)", "PRML C.14")
INV_SCALED = equalities.add(
    "(cA)⁻¹ = c⁻¹A⁻¹", "A: n×n, B: n×n, c > 0; inv(c A + c B) = inv(A + B)/c", "MML 2.2.2")
PARALLEL = equalities.add(
    "(A⁻¹ + B⁻¹)⁻¹ = A(A + B)⁻¹B", "A: n×n, B: n×n; inv(inv(A) + inv(B)) = A inv(A + B) B", "Matrix Cookbook 3.2")
ORTHOGONAL = equalities.add("|det Q| = 1 for QᵀQ = I", "Q: n×n orthogonal; logdet(Q) = 0", "MML 4.1")
EIGEN_TRACE = equalities.add("∑ λᵢᵏ = tr Aᵏ", "A: n×n symmetric; sum(eigvals(A)) = tr(A)", "MML 4.2")
EIGEN_DET = equalities.add("∏ λᵢ = det A", "A: n×n symmetric; prod(eigvals(A)) = det(A)", "MML 4.2")
PINV_RANK = equalities.add(
    "X⁺ = (XᵀX)⁻¹Xᵀ for full column rank", "X: n×d full column rank; pinv(X) = inv(X'X) X'", "MML 2.7.2")


def power_of_size(tower: Tower, base: Form, dim: Dim) -> Form:
    """Return base^n for a number and a size."""
    if dim.number is not None:
        return power(base, Fraction(dim.number))
    exponent = size_of(dim)
    node = apply("power", build(base), build(exponent))
    found = tower.rules["power"](tower, node, (base, exponent))
    return found if found is not None else leaf(node)


def _scalar_content(form: Form) -> tuple[Form, Form]:
    """Return (c, rest) with form = c · rest, c a number."""
    if not form.terms:
        return one(()), form
    shared = content(form, True)[0] if len(form.terms) > 1 else form.terms[0]
    factors = [f for f in shared.factors if not f.labels and f.power == int(f.power)]
    scale = Form((), [Term(shared.coef, tuple(factors), {})])
    return scale, divided(form, factors).scaled(1 / Fraction(shared.coef))


def inverse(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """Return the inverse of a form, with numbers in front."""
    (form,) = below
    if node.op.name != "inv" or not form.terms:
        return None
    scale, rest = _scalar_content(form)
    inner = _parallel(rest, tower) or matrix_atom(node.op, rest)
    if scale.terms[0].factors or scale.terms[0].coef != 1:
        tower.work.use(INV_SCALED)
    front = power(scale, Fraction(-1))
    return join([(front, ()), (inner, (0, 1))], node.shape)


def _parallel(form: Form, tower: Tower) -> Form | None:
    """(A⁻¹ + B⁻¹)⁻¹ = A(A + B)⁻¹B, with numbers in front of either."""
    words = [word_of(t) for t in form.terms]
    if len(words) != 2 or any(w is None or len(w.letters) != 1 for w in words):
        return None
    a, b = (w for w in words if w is not None)
    bases = [w.letters[0].base for w in (a, b)]
    if not all(isinstance(x, Apply) and x.op.name == "inv" for x in bases):
        return None
    dim = form.shape[0]
    left, right = (Letter(x.args[0], w.letters[0].turned) for x, w in zip(bases, (a, b), strict=True))
    total = plus(
        matrix_of(Word(a.coef, a.scalars, (right,)), dim, dim), matrix_of(Word(b.coef, b.scalars, (left,)), dim, dim))
    i, j = fresh(), fresh()
    whole = Word(Fraction(1), (), (left,)), Word(Fraction(1), (), (right,))
    tower.work.use(PARALLEL)
    return join([
        (matrix_of(whole[0], dim, dim), (0, i)), (matrix_atom(_INV, total), (i, j)),
        (matrix_of(whole[1], dim, dim), (j, 1)),
    ], form.shape)


def determinant(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """Return a determinant as a product over factors."""
    (form,) = below
    if node.op.name not in ("det", "logdet") or not form.terms:
        return None
    small = entries(form)
    if small is not None:
        tower.work.use(DET_ENTRIES)
        return _leibniz(small) if node.op.name == "det" else log_of(tower, _leibniz(small))
    out = one(())
    for base, exponent in _det_parts(tower, form):
        out = times(out, power(base, Fraction(exponent)))
    if node.op.name == "det":
        return out
    return log_of(tower, out)


def _leibniz(table: list[list[Form]]) -> Form:
    """Return the determinant of a small matrix of numbers, along its first row."""
    if len(table) == 1:
        return table[0][0]
    terms = [Form((), [])]
    for k, entry in enumerate(table[0]):
        minor = [row[:k] + row[k + 1 :] for row in table[1:]]
        terms.append(times(entry, _leibniz(minor)).scaled(Fraction((-1) ** k)))
    return plus(*terms)


def _det_parts(tower: Tower, form: Form) -> list[tuple[Form, int]]:
    """Return the factors of a determinant with their powers (1 or −1)."""
    dim = form.shape[0]
    scale, rest = _scalar_content(form)
    found: list[tuple[Form, int]] = []
    if scale.terms[0].factors or scale.terms[0].coef != 1:
        tower.work.use(DET_SCALED)
        found.append((power_of_size(tower, scale, dim), 1))
    if len(rest.terms) == 1:
        return [*found, *_det_word(tower, rest)]
    return [*found, *_det_sum(tower, rest)]


def _det_word(tower: Tower, form: Form) -> list[tuple[Form, int]]:
    dim = form.shape[0]
    word = word_of(form.terms[0])
    if word is None or any(x.rows != dim or x.columns != dim for x in word.letters):
        return [(leaf(apply("det", build(form))), 1)]
    if len(word.letters) > 1:
        tower.work.use(DET_PRODUCT)
    return [_det_letter(tower, x) for x in word.letters]


def _det_letter(tower: Tower, letter: Letter) -> tuple[Form, int]:
    base = letter.base
    if base.ndim == 1:
        tower.work.use(DET_DIAGONAL)
        entries = Form(base.shape, [Term(Fraction(1), (Factor(base, (0,), letter.power),), {0: base.shape[0]})])
        return leaf(apply("prod", build(entries))), 1
    if has_fact(base, "orthogonal"):
        tower.work.use(ORTHOGONAL)
        return leaf(tower.work.stand_in("det", base, facts=("sign",), shape=())), 1
    if isinstance(base, Apply) and base.op.name == "inv":
        return leaf(apply("det", base.args[0])), -1
    return leaf(apply("det", base)), 1


def _det_sum(tower: Tower, form: Form) -> list[tuple[Form, int]]:
    """det(A + UV) = det A det(I + A⁻¹UV), and det(I + UV) = det(I + VU) in the order that comes first."""
    dim = form.shape[0]
    words = [word_of(t) for t in form.terms]
    whole = [k for k, w in enumerate(words) if w and all(x.rows == dim == x.columns for x in w.letters)]
    if len(whole) != 1:
        return [(leaf(apply("det", build(form))), 1)]
    lead = words[whole[0]]
    assert lead is not None
    found: list[tuple[Form, int]] = []
    head = Form(form.shape, [form.terms[whole[0]]])
    scale = Form((), [Term(lead.coef, lead.scalars, {})])
    if lead.scalars or lead.coef != 1:
        found.append((power_of_size(tower, scale, dim), 1))
    if lead.letters:
        tower.work.use(DET_LEMMA)
        found += [_det_letter(tower, x) for x in lead.letters]
    under = matrix_atom(_INV, head)
    others = Form(form.shape, [t for k, t in enumerate(form.terms) if k != whole[0]])
    middle = fresh()
    rest = join([(under, (0, middle)), (others, (middle, 1))], form.shape)
    return [*found, (_identity_plus(tower, rest), 1)]


_INV = apply("inv", apply("eye", attrs=(Dim.of(2),))).op


def _identity_plus(tower: Tower, rest: Form) -> Form:
    """Return det(I + rest); of one product, in the rotation that comes first."""
    word = word_of(rest.terms[0]) if len(rest.terms) == 1 else None
    if word is not None and word.matrices() > 1:
        turns = [r for w in (word, word.turn()) for r in rotations(w.letters) if r[0].base.ndim == 2]
        best = min(turns, key=lambda r: (str(r[0].rows), [x.name() for x in r]))
        if best != word.letters:
            tower.work.use(SYLVESTER)
        size = best[0].rows
        rest = matrix_of(Word(word.coef, word.scalars, best), size, size)
    dim = rest.shape[0]
    eye = leaf(apply("eye", attrs=(dim,)))
    return matrix_atom(_DET, plus(eye, rest))


_DET = apply("det", apply("eye", attrs=(Dim.of(2),))).op


def pseudoinverse(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """X⁺ = (XᵀX)⁻¹Xᵀ for full column rank, Xᵀ(XXᵀ)⁻¹ for full row rank."""
    x = build(below[0])
    if node.op.name != "pinv" or not isinstance(x, Symbol):
        return None
    known = facts.closure(x.facts)
    i, j, k = fresh(), fresh(), fresh()
    if {"invertible", "spd"} & known:
        return leaf(apply("inv", x))
    if "full column rank" in known:
        tower.work.use(PINV_RANK)
        gram = join([(leaf(x), (i, 0)), (leaf(x), (i, 1))], (x.shape[1],) * 2)
        return join([(matrix_atom(_INV, gram), (0, k)), (leaf(x), (1, k))], node.shape)
    if "full row rank" in known:
        tower.work.use(PINV_RANK)
        gram = join([(leaf(x), (0, j)), (leaf(x), (1, j))], (x.shape[0],) * 2)
        return join([(leaf(x), (k, 0)), (matrix_atom(_INV, gram), (k, 1))], node.shape)
    return None


def product_of_eigenvalues(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """∏ λᵢ = det A for a symmetric A."""
    inner = build(below[0])
    if node.op.name == "prod" and isinstance(inner, Apply) and inner.op.name == "eigvals" and symmetric(inner.args[0]):
        tower.work.use(EIGEN_DET)
        return leaf(apply("det", inner.args[0]))
    return None


def spectral(tower: Tower, form: Form) -> Form:
    """Return a form with sums of powers of eigenvalues of symmetric matrices as traces: ∑ λᵢᵏ = tr Aᵏ."""
    out: list[Term] = []
    changed = False
    for term in form.terms:
        uses = Counter(x for f in term.factors for x in f.labels)
        at = next((f for f in term.factors if _lone_spectrum(f, uses, len(form.shape))), None)
        if at is None:
            out.append(term)
            continue
        changed = True
        tower.work.use(EIGEN_TRACE)
        assert isinstance(at.base, Apply)
        matrix = at.base.args[0]
        ring = [fresh() for _ in range(int(at.power))]
        trace = join([(as_form(matrix), (ring[k], ring[k - 1])) for k in range(len(ring))], ())
        dims = {x: d for x, d in term.dims.items() if x != at.labels[0]}
        others = Form(form.shape, [Term(term.coef, tuple(f for f in term.factors if f is not at), dims)])
        out += join([(trace, ()), (others, tuple(range(len(form.shape))))], form.shape).terms
    return combine(Form(form.shape, out)) if changed else form


def _lone_spectrum(factor: Factor, uses: Counter[Label], width: int) -> bool:
    base = factor.base
    if not isinstance(base, Apply) or base.op.name != "eigvals" or not symmetric(base.args[0]):
        return False
    x = factor.labels[0]
    return isinstance(x, int) and x >= width and uses[x] == 1 and factor.power in (1, 2, 3, 4)


def products(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """Return a product of entries: of eigenvalues, or of exponentials."""
    return product_of_eigenvalues(tower, node, below) or product_of_exponentials(tower, node, below)


MATRICES: dict[str, Rule] = {
    "inv": inverse, "det": determinant, "logdet": determinant, "pinv": pseudoinverse, "prod": products,
}  # fmt: skip
