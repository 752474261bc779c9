"""Patterns that lose digits when they are computed as they stand, and the careful functions that they become.

| as it stands | becomes | why |
|---|---|---|
| log σ(u) | log_sigmoid(u) = −softplus(−u) | σ(u) underflows at u = −746 |
| log softmax(u) | u − logsumexp(u) | the same |
| log(1 − σ(u)) | log_sigmoid(−u) | σ(u) rounds to 1 |
| log(1 − eᵘ), log(1 + u) | log1mexp(u), log1p(u) | 1 + u rounds |
| eᵘ − 1, 1 − σ(u) | expm1(u), σ(−u) | cancellation |
| σ(u)(1 − σ(u)) | dsigmoid(u) = e^(−\\|u\\|)/(1 + e^(−\\|u\\|))² | the same |
| log Σⱼ wⱼ e^(uᵢⱼ), e^(uᵢⱼ)/Σⱼ wⱼ e^(uᵢⱼ) | with u − maxⱼ u in place of u | eᵘ overflows at u = 710 |
| √Σ x², √(a² + b²) | nrm2(x), hypot(a, b) | x² overflows at 1e154 |
| φ(u)/Φ(u), sinh(u)/cosh(u) | hazard(−u), tanh(u) | 0/0, ∞/∞ |
| log(eᵘ + eᵛ), log cosh u, log Φ(u), log Γ(u) | logaddexp(u, v), log_cosh(u), log_ndtr(u), lgamma(u) | overflow |
| log(det A) | from a factorisation, NaN where det A < 0 | the determinant overflows |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from agnesi.expr.nodes import Apply, Expr, apply
from agnesi.rules.bases import as_form
from agnesi.rules.curvature import nonnegative_entries
from agnesi.rules.forms import Factor, Form, Label, Term, build
from agnesi.run.parts import Part
from agnesi.run.products import Operand, diagonals

if TYPE_CHECKING:
    from agnesi.run.lower import Lowering


def careful_call(run: Lowering, node: Apply) -> Part | None:
    """Return a careful function for an atom, or None where it is fine as it stands."""
    if node.op.name != "log":
        return None
    inner = _single(node.args[0])
    if inner is not None:
        found = _log_of_atom(run, *inner)
        if found is not None:
            return found
    found = _log_of_exponentials(run, node.args[0])
    return found if found is not None else _log_of_sum(run, as_form(node.args[0]))


def _single(node: Expr) -> tuple[Apply, tuple[Label, ...]] | None:
    """Return an atom and its labels where a node is nothing but that atom, perhaps turned."""
    terms = as_form(node).terms
    if len(terms) != 1 or terms[0].coef != 1 or len(terms[0].factors) != 1:
        return None
    (factor,) = terms[0].factors
    plain = factor.power == 1 and sorted(map(str, factor.labels)) == sorted(map(str, range(node.ndim)))
    return (factor.base, factor.labels) if plain and isinstance(factor.base, Apply) else None


def _log_of_atom(run: Lowering, atom: Apply, labels: tuple[Label, ...]) -> Part | None:
    inside = atom.args[0] if atom.args else atom
    match atom.op.name:
        case "sigmoid":
            found = run.entries("log_sigmoid", (), [run.part(inside)])
        case "softmax" | "batched softmax":
            value = run.whole(run.part(inside), atom.shape)
            found = run.all_of(run.values.call("log_softmax", (atom.ndim - 1,), [value], atom.shape))
        case "normcdf":
            found = run.entries("log_normcdf", (), [run.part(inside)])
        case "gamma":
            found = run.entries("lgamma", (), [run.part(inside)])
        case "abs" if isinstance(inside, Apply) and inside.op.name == "det":
            return run.part(apply("logdet", inside.args[0]))
        case "cosh":
            found = run.entries("log_cosh", (), [run.part(inside)])
        case "prod" if nonnegative_entries(inside):
            logs = run.entries("log", (), [run.part(inside)])
            whole = run.whole(logs, inside.shape)
            found = Part(run.values.total(whole, tuple(range(whole.ndim))), ())
        case "det":
            return run.log_of_det(atom)
        case _:
            return None
    return run.relabelled(found, labels)


def _log_of_sum(run: Lowering, form: Form) -> Part | None:
    """log(1 + ...), log(eᵘ + eᵛ)."""
    ones = [t for t in form.terms if _constant(t, form) and t.coef == 1]
    rest = [t for t in form.terms if t not in ones]
    if not ones and len(rest) == 2 and all(t.coef == 1 for t in rest):
        pair = [_argument(run, t, form, "exp") for t in rest]
        if pair[0] is not None and pair[1] is not None:
            return run.entries("logaddexp", (), [pair[0], pair[1]])
    if len(ones) != 1 or not rest or len(form.terms) > 8:
        return None
    if len(rest) == 1 and rest[0].coef == -1:
        for name, careful, sign in (
            ("exp", "log1mexp", 1), ("sigmoid", "log_sigmoid", -1), ("normcdf", "log_normcdf", -1),
        ):  # fmt: skip
            inner = _argument(run, rest[0], form, name)
            if inner is not None:
                return run.entries(careful, (), [_times(run, sign, inner)])
    return run.entries("log1p", (), [run.form(Form(form.shape, rest))])


def exponentials(node: Expr) -> tuple[Term, Factor] | None:
    """Return the product and its factor eᵘ where a node is Σ w eᵘ: one product that sums over axes of eᵘ, all of whose
    other axes are those of the node."""
    if not isinstance(node, Apply) or node.op.name != "einsum":
        return None
    (term,) = as_form(node).terms
    found = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name == "exp" and f.power == 1]
    width = node.ndim
    if len(found) != 1 or len(set(found[0].labels)) < len(found[0].labels):
        return None
    kept = {x for x in found[0].labels if isinstance(x, int) and x < width}
    return (term, found[0]) if kept == set(range(width)) and len(found[0].labels) > width else None


def shifted(run: Lowering, node: Expr) -> tuple[Part, Part, Part] | None:
    """Return, where a node is S = Σ w eᵘ: e^(u − m), Σ w e^(u − m) and m, with m the largest u of each sum."""
    found = exponentials(node)
    if found is None:
        return None
    term, factor = found
    assert isinstance(factor.base, Apply)
    u = factor.base.args[0]
    value = run.whole(run.part(u), u.shape)
    away = tuple(k for k, x in enumerate(factor.labels) if not (isinstance(x, int) and x < node.ndim))
    top = run.values.largest(value, away)
    kept = tuple(k for k in range(u.ndim) if k not in away)
    aligned = run.products.aligned(Operand(top, kept), tuple(range(u.ndim)))
    gap = run.values.make("add", (value, aligned), (1, -1), u.shape)  # u as it is, for its largest entry is taken too
    exps = run.values.call("exp", (0,), [gap], u.shape)
    operand = Operand(exps, factor.labels, signed=False)
    total = run.term(term, Form(node.shape, []), {id(factor): operand})
    labels = tuple(factor.labels[k] for k in kept)
    order = tuple(sorted(range(len(labels)), key=lambda k: labels[k]))  # type: ignore[arg-type,return-value]
    peak = Part(run.values.transpose(top, order), tuple(labels[k] for k in order))  # type: ignore[misc]
    return run.all_of(exps), total, peak


def _log_of_exponentials(run: Lowering, node: Expr) -> Part | None:
    found = shifted(run, node)
    if found is None:
        return None
    _, total, peak = found
    return run.added([run.entries("log", (), [total]), peak])


def ratios(run: Lowering, factors: Sequence[Factor]) -> dict[int, Operand]:
    """Return operands in place of factors that are eᵘ and powers of 1/Σ w eᵘ, where they balance."""
    found: dict[int, Operand] = {}
    for sums in factors:
        power = Fraction(sums.power)
        if power >= 0 or power.denominator != 1:
            continue
        inner = exponentials(sums.base)
        if inner is None:
            continue
        kept = inner[1].labels
        place = [kept.index(k) for k in range(sums.base.ndim)]
        tops = [f for f in factors if f.base is inner[1].base and f.power == 1 and id(f) not in found
                and tuple(f.labels[k] for k in place) == sums.labels]  # fmt: skip
        if len(tops) != -power:
            continue
        parts = shifted(run, sums.base)
        assert parts is not None
        exps, total, _ = parts
        for top in tops:
            value, labels = diagonals(run.values, exps.value, top.labels)
            found[id(top)] = Operand(value, labels, signed=False)
        value = run.values.power(total.value, power.numerator * -1)
        found[id(sums)] = Operand(value, tuple(sums.labels[k] for k in total.labels), under=True, signed=False)
    return found


def careful_pair(run: Lowering, form: Form) -> Iterator[tuple[Sequence[Term], Part]]:
    """Yield pairs of terms with what they are together: c eᵘ − c = c expm1(u), c − c σ(u) = c σ(−u)."""
    ones = [t for t in form.terms if _constant(t, form)]
    if len(ones) != 1 or len(form.terms) < 2:
        return
    (one,) = ones
    for term in form.terms:
        if term is one or term.coef != -one.coef:
            continue
        for name, careful, sign in (("exp", "expm1", 1), ("sigmoid", "sigmoid", -1), ("normcdf", "normcdf", -1)):
            inner = _argument(run, term, form, name)
            if inner is not None:
                found = run.entries(careful, (), [_times(run, sign, inner)])
                yield (one, term), _times(run, -one.coef if name == "exp" else one.coef, found)
                return


def slope_of_sigmoid(run: Lowering, factors: Sequence[Factor]) -> tuple[Factor, Factor, Part] | None:
    """Return the two factors σ(u) and 1 − σ(u) of a product, with dsigmoid(u)."""
    for s in factors:
        if not (isinstance(s.base, Apply) and s.base.op.name == "sigmoid" and s.power == 1):
            continue
        for other in factors:
            if other.labels == s.labels and other.power == 1 and _is_complement(other.base, s.base):
                return s, other, run.entries("dsigmoid", (), [run.part(s.base.args[0])])
    return None


def quotients(run: Lowering, factors: Sequence[Factor]) -> tuple[list[Factor], Operand] | None:
    """Return factors that are computed together: φ(u)/Φ(u), φ(u)/(1 − Φ(u)), sinh(u)/cosh(u), eᵘ/(eᵘ + eᵛ)."""
    for over in factors:
        if over.power != 1 or not isinstance(over.base, Apply) or over.base.op.name not in ("normpdf", "sinh", "exp"):
            continue
        u = over.base.args[0]
        for under in factors:
            if under.power != -1 or under.labels != over.labels:
                continue
            other = _other_exponent(run, over.base, under.base)
            if other is not None:
                gap = run.added([run.part(u), _times(run, -1, other)])
                part = run.entries("sigmoid", (), [gap])
                return [over, under], Operand(part.value, tuple(over.labels[k] for k in part.labels), signed=False)
            name, sign = _quotient(over.base.op.name, under.base, u)
            if name:
                part = run.entries(name, (), [_times(run, sign, run.part(u))])
                labels = tuple(over.labels[k] for k in part.labels)
                return [over, under], Operand(part.value, labels, signed=name != "hazard")
    return None


def _other_exponent(run: Lowering, exp: Apply, total: Expr) -> Part | None:
    """Return v where a sum is eᵘ + eᵛ, for one of its terms eᵘ; None for any other sum."""
    form = as_form(total)
    if exp.op.name != "exp" or len(form.terms) != 2 or any(t.coef != 1 for t in form.terms):
        return None
    own = [t for t in form.terms if len(t.factors) == 1 and t.factors[0].base is exp]
    rest = [t for t in form.terms if t not in own]
    return _argument(run, rest[0], form, "exp") if len(own) == 1 and len(rest) == 1 else None


def _quotient(over: str, under: Expr, u: Expr) -> tuple[str, int]:
    """Return the careful function that a quotient is, and the sign of its argument."""
    if over == "sinh":
        same = isinstance(under, Apply) and under.op.name == "cosh" and under.args[0] is u
        return ("tanh", 1) if same else ("", 1)
    if isinstance(under, Apply) and under.op.name == "normcdf":
        if under.args[0] is u:
            return "hazard", -1
        mirrored = build(Form(u.shape, [t.scaled(Fraction(-1)) for t in as_form(u).terms]))
        return ("hazard", 1) if under.args[0] is mirrored else ("", 1)
    return ("hazard", 1) if _is_complement(under, apply("normcdf", u)) else ("", 1)


def _is_complement(node: Expr, s: Expr) -> bool:
    """Tell whether a node is 1 − s."""
    if not isinstance(node, Apply) or node.op.name != "plus" or len(node.args) != 2:
        return False
    form = as_form(node)
    one = [t for t in form.terms if _constant(t, form) and t.coef == 1]
    rest = [t for t in form.terms if t not in one]
    if len(one) != 1 or rest[0].coef != -1 or len(rest[0].factors) != 1:
        return False
    factor = rest[0].factors[0]
    return factor.base is s and factor.power == 1 and factor.labels == tuple(range(node.ndim))


def _constant(term: Term, form: Form) -> bool:
    return not term.factors and all(x < len(form.shape) for x in term.dims)


def _argument(run: Lowering, term: Term, form: Form, name: str) -> Part | None:
    """Return u where a term is a number times name(u), at the axes of the form; None otherwise."""
    if len(term.factors) != 1 or any(x >= len(form.shape) for x in term.dims):
        return None
    (factor,) = term.factors
    base = factor.base
    if not isinstance(base, Apply) or base.op.name != name or factor.power != 1:
        return None
    if len(set(factor.labels)) < len(factor.labels) or not all(isinstance(x, int) for x in factor.labels):
        return None
    return run.relabelled(run.part(base.args[0]), factor.labels)


def _times(run: Lowering, coef: Fraction | float | int, part: Part) -> Part:
    return run.scaled(coef, part)
