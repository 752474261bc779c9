"""Algebra on normal forms for proofs: multiply out, take out what is common, bring over one denominator.

Each step is an equality wherever both sides have a value, so a difference that comes out as 0 is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from agnesi.expr.clock import now
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Symbol, symbol
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine, key, term_key
from agnesi.rules.expand import split_at
from agnesi.rules.forms import Factor, Form, Label, Term, build, is_delta
from agnesi.rules.multiply import join
from agnesi.rules.powers import absolute
from agnesi.rules.powers import power as plain_power
from agnesi.rules.products import simplify
from agnesi.rules.signs import surely_nonnegative, surely_positive

MOST_TERMS = 300
HIGHEST = 8


class OutOfTime(Exception):
    """The time for a proof is over."""


@dataclass
class Work:
    """One proof under way: the names of the equalities used, the symbols that stand for functions, the deadline.

    `meaning` tells what each stand-in symbol is; `cosines` gives the sine for each cosine.
    """

    deadline: float
    used: dict[str, None] = field(default_factory=dict)
    meaning: dict[Expr, tuple[str, Expr, Expr | None]] = field(default_factory=dict)
    cosines: dict[Expr, Symbol] = field(default_factory=dict)
    angles: dict[bytes, Fraction] = field(default_factory=dict)

    def use(self, name: str) -> None:
        """Note that an equality was used."""
        self.used.setdefault(name)

    def tick(self) -> None:
        """Raise `OutOfTime` past the deadline."""
        if now() > self.deadline:
            raise OutOfTime

    def stand_in(
        self, kind: str, node: Expr, other: Expr | None = None, facts: Sequence[str] = (),
        shape: Sequence[Dim] | None = None,
    ) -> Symbol:
        """Return the symbol that stands for a function of a normal node (the same for equal nodes)."""
        name = f"\0{kind} {key(node).hex()}" + (f" {key(other).hex()}" if other is not None else "")
        made = symbol(name, node.shape if shape is None else shape, facts)
        self.meaning.setdefault(made, (kind, node, other))
        return made


def one(shape: Sequence[Dim]) -> Form:
    """Return the form of ones."""
    return Form(tuple(shape), [Term(Fraction(1), (), dict(enumerate(shape)))])


def plus(*forms: Form) -> Form:
    """Return the sum of forms of one shape."""
    return combine(Form(forms[0].shape, [t for f in forms for t in f.terms]))


def times(*forms: Form) -> Form:
    """Return the entrywise product of forms of one shape, multiplied out as far as that stays small."""
    axes = tuple(range(len(forms[0].shape)))
    return join([(f, axes) for f in forms], forms[0].shape)


def is_exact(form: Form) -> bool:
    """Tell whether all coefficients and powers are exact."""
    return all(isinstance(t.coef, Fraction) for t in form.terms)


def is_sum(node: Expr) -> bool:
    """Tell whether a base is a sum."""
    return isinstance(node, Apply) and node.op.name == "plus"


def carried(term: Term) -> set[Label]:
    """Return the labels that factors carry."""
    return {x for f in term.factors for x in f.labels}


# -- multiplying out -------------------------------------------------------------------------------------------------


def opened(form: Form, work: Work | None = None) -> Form:
    """Return the form with whole powers of sums multiplied out; as it stands where that gives too many terms."""
    width = len(form.shape)
    done: list[Term] = []
    todo = list(reversed(form.terms))
    while todo:
        term = todo.pop()
        at = next((k for k, f in enumerate(term.factors) if _opens(f)), None)
        if at is None:
            done.append(term)
            continue
        if work is not None:
            work.tick()
        parts = split_at(term, at, width) if is_sum(term.factors[at].base) else _repeated(term, at, width)
        todo.extend(reversed(parts))
        if len(done) + len(todo) > MOST_TERMS:
            return form
    return combine(Form(form.shape, done))


def _opens(factor: Factor) -> bool:
    if not 0 < factor.power <= HIGHEST or factor.power != int(factor.power):
        return False
    return is_sum(factor.base) or (is_contraction(factor.base) and factor.power <= 4)


def is_contraction(node: Expr) -> bool:
    """Tell whether a base is one product."""
    return isinstance(node, Apply) and node.op.name == "einsum"


def _repeated(term: Term, at: int, width: int) -> list[Term]:
    """Return (∑ u)² as ∑ ∑ u u′, with labels of their own."""
    chosen = term.factors[at]
    factors = term.factors[:at] + term.factors[at + 1 :]
    coef, dims = term.coef, dict(term.dims)
    for _ in range(int(chosen.power)):
        (copy,) = as_form(chosen.base).at(chosen.labels)
        coef, factors = coef * copy.coef, factors + copy.factors
        dims = {**copy.dims, **dims}
    done = simplify(Term(coef, factors, dims, term.rank), width)
    return [done] if done is not None else []


# -- what is common --------------------------------------------------------------------------------------------------


def positive(node: Expr) -> bool:
    """Tell whether all entries of a base are surely above 0."""
    return surely_positive(node)


def magnitude(node: Expr) -> Expr:
    """Return |node| as a base."""
    return node if surely_nonnegative(node) else absolute(node)


def content(form: Form, whole: bool) -> tuple[Term, Form]:
    """Return (m, rest) with form = m · rest: m has the shared number and the factors that all terms share.

    Where not `whole`, m has only what is surely positive, so that roots of the product may be taken one by one.
    """
    width = len(form.shape)
    shared: dict[tuple[bytes, tuple[Label, ...]], tuple[Factor, Fraction]] = {}
    for k, term in enumerate(form.terms):
        own = {(key(f.base), f.labels): f for f in term.factors if _fixed(f, width)}
        if k == 0:
            shared = {name: (f, Fraction(f.power)) for name, f in own.items()}
        for name, (f, least) in shared.items():
            shared[name] = (f, min(least, Fraction(own[name].power) if name in own else Fraction(0)))
        for name, f in own.items():
            if name not in shared and f.power < 0:
                shared[name] = (f, Fraction(f.power))
    free = [(f, p) for f, p in shared.values() if positive(f.base) or (whole and p == int(p))]
    factors = [Factor(f.base, f.labels, p) for f, p in free if p != 0]
    scale = _shared_number(form, width, whole)
    axes = dict(enumerate(form.shape))
    rest = opened(divided(form, factors).scaled(1 / scale))
    return Term(scale, tuple(factors), axes), rest


def _fixed(factor: Factor, width: int) -> bool:
    return not is_delta(factor) and all(isinstance(x, int) and x < width for x in factor.labels)


def _shared_number(form: Form, width: int, signed: bool) -> Fraction:
    """Return the coefficient of the term that comes first in canonical order."""
    first = min(form.terms, key=lambda t: term_key(t, width))
    coef = Fraction(first.coef)
    return coef if signed else abs(coef)


def divided(form: Form, factors: Sequence[Factor]) -> Form:
    """Return the form over a product of factors."""
    if not factors:
        return form
    width = len(form.shape)
    under = tuple(Factor(f.base, f.labels, -f.power) for f in factors)
    found = [simplify(Term(t.coef, t.factors + under, dict(t.dims), t.rank), width) for t in form.terms]
    return combine(Form(form.shape, [t for t in found if t is not None]))


def power(form: Form, exponent: Fraction) -> Form:
    """Return form^exponent, where a sum is first split into what its terms share and the rest."""
    whole = exponent.denominator == 1
    if not form.terms or not is_exact(form) or exponent in (0, 1):
        return plain_power(form, exponent)
    if len(form.terms) < 2:
        return _power_of_product(form, exponent)
    shared, rest = content(form, whole)
    front = plain_power(Form(form.shape, [shared]), exponent)
    if len(rest.terms) < 2:
        return times(front, plain_power(rest, exponent))
    base, axes = as_base(rest)
    back = Form(form.shape, [Term(Fraction(1), (Factor(base, axes, exponent),), dict(enumerate(form.shape)))])
    return times(front, back)


def as_base(form: Form) -> tuple[Expr, tuple[int, ...]]:
    """Return a form as one node, on those of its axes that a factor carries."""
    width = len(form.shape)
    seen = {x for t in form.terms for x in carried(t)}
    held = tuple(x for x in range(width) if x in seen)
    terms = [Term(t.coef, t.factors, {x: d for x, d in t.dims.items() if x in held or x >= width}) for t in form.terms]
    return build(Form(form.shape, terms), held, dict(enumerate(form.shape))), held


def _power_of_product(form: Form, exponent: Fraction) -> Form:
    """Return the power of a product: factors that no summed label joins leave it, where that is right."""
    (term,) = form.terms
    width = len(form.shape)
    if all(x < width for x in term.dims):
        return plain_power(form, exponent)
    whole = exponent.denominator == 1
    outer = [f for f in term.factors if _fixed(f, width) and (whole or positive(f.base))]
    inner = tuple(f for f in term.factors if not any(f is o for o in outer))
    size = abs(Fraction(term.coef))
    sign = 1 if term.coef > 0 else -1
    axes = dict(enumerate(form.shape))
    front = plain_power(Form(form.shape, [Term(size, tuple(outer), axes)]), exponent)
    back = Form(form.shape, [Term(Fraction(sign), inner, dict(term.dims))])
    if whole and sign < 0:
        front, back = front.scaled(Fraction((-1) ** int(exponent))), back.scaled(Fraction(-1))
    return times(front, plain_power(back, exponent))


# -- one denominator -------------------------------------------------------------------------------------------------


def cleared(form: Form, work: Work) -> Form:
    """Return the form times all its denominators, multiplied out: 0 exactly where the form is.

    Denominators that are 0 are where the form has no value.
    """
    for _ in range(6):
        width = len(form.shape)
        under = [f for f in _least_powers(form, width) if f.power != 0]
        if not under:
            return form
        work.tick()
        form = reduced(opened(divided(form, under), work), work)
    return form


def _least_powers(form: Form, width: int) -> list[Factor]:
    """Return each factor on the axes with its least power over the terms, where that is not 0 and not whole above 0."""
    least: dict[tuple[bytes, tuple[Label, ...]], Factor] = {}
    count: dict[tuple[bytes, tuple[Label, ...]], int] = {}
    for term in form.terms:
        for f in term.factors:
            if _fixed(f, width):
                name = (key(f.base), f.labels)
                count[name] = count.get(name, 0) + 1
                if name not in least or f.power < least[name].power:
                    least[name] = f
    everywhere = {name for name, k in count.items() if k == len(form.terms)}
    return [f for name, f in least.items() if f.power < 0 or (f.power != int(f.power) and name in everywhere)]


def reduced(form: Form, work: Work) -> Form:
    """Return the form with even powers of cosines written by sines: cos² = 1 − sin²."""
    if not work.cosines:
        return form
    width = len(form.shape)
    terms: list[Term] = []
    changed = False
    for term in form.terms:
        cosines = (f for f in term.factors if f.base in work.cosines)
        at = next((f for f in cosines if f.power >= 2 and f.power == int(f.power)), None)
        if at is None:
            terms.append(term)
            continue
        changed = True
        base = at.base
        sine = Form(base.shape, as_form(work.cosines[base]).terms)
        less = plus(one(base.shape), times(sine, sine).scaled(Fraction(-1)))
        half = int(at.power) // 2
        swapped = [Factor(build(less), at.labels, half)]
        if at.power % 2:
            swapped.append(Factor(base, at.labels, 1))
        factors = tuple(f for f in term.factors if f is not at) + tuple(swapped)
        found = simplify(Term(term.coef, factors, dict(term.dims), term.rank), width)
        if found is not None:
            terms.append(found)
    return reduced(opened(combine(Form(form.shape, terms)), work), work) if changed else form
