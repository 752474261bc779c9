"""Slips of probability and information: moments, conditionals, Bayes, entropies, divergences, densities."""

from __future__ import annotations

from collections.abc import Iterator

from agnesi.check import slip_edits_numbers as numbers
from agnesi.check import slip_edits_parts as parts
from agnesi.check import slip_edits_terms as terms
from agnesi.check.slip_forms import BARRED, bar_of
from agnesi.check.slip_places import UNFIT, Place, is_number, name_of, with_attrs
from agnesi.check.slips import Pool, edit, pattern
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, postorder, with_args
from agnesi.expr.nodes import replace as replaced

TWO = "X: scalar; Y: scalar"

pattern("expectation of a product", "E[XY] was taken as E[X]E[Y]",
        "E[XY] = E[X]E[Y] + Cov[X, Y]: they are equal only for uncorrelated X and Y.", "MML 6.4.5", 0.45,
        ("E[X*Y]", "E[X]*E[Y]"), given=TWO)
pattern("expectation of a quotient", "E[X/Y] was taken as E[X]/E[Y]",
        "The expectation is linear, but does not pass through a quotient.", "MML 6.4.1", 0.45,
        ("E[X/Y]", "E[X]/E[Y]"), ("E[1/X]", "1/E[X]"), given="X: scalar positive; Y: scalar positive")
pattern("scaling of a variance", "Var[aX] was taken as a Var[X]",
        "Var[aX] = E[(aX − aE[X])²] = a² Var[X]: the factor is squared.", "MML 6.4.4", 0.45,
        ("a^2*Var[X]", "a*Var[X]", "Var[a*X]"), ("a^2*Var[X]", "a*Var[X]", "Var[a*X + b]"),
        ("a^2*Var[X]", "a*Var[X] + b", "Var[a*X + b]"), ("a^2*Var[X]", "a^2*Var[X] + b", "Var[a*X + b]"),
        ("Var[X]", "-Var[X]", "Var[-X]"), given="a: scalar; b: scalar; X: scalar")
pattern("variance of a shift", "a constant was added to a variance", "Var[X + b] = Var[X]: a shift moves the mean too.",
        "MML 6.4.4", 0.45, ("Var[X]", "Var[X] + b", "Var[X + b]"), given="X: scalar; b: scalar")
pattern("variance of a sum", "the covariance was lost in Var[X + Y]",
        "Var[X + Y] = Var[X] + Var[Y] + 2 Cov[X, Y]; the last is 0 only for uncorrelated X and Y.", "MML 6.4.4", 0.45,
        ("Var[X] + Var[Y] + 2*Cov[X,Y]", "Var[X] + Var[Y]", "Var[X + Y]"),
        ("Var[X] + Var[Y] + 2*Cov[X,Y]", "Var[X] + Var[Y] + Cov[X,Y]", "Var[X + Y]"),
        ("Var[X] + Var[Y] - 2*Cov[X,Y]", "Var[X] + Var[Y]", "Var[X - Y]"),
        ("Var[X] + Var[Y] - 2*Cov[X,Y]", "Var[X] + Var[Y] + 2*Cov[X,Y]", "Var[X - Y]"), given=TWO)
pattern("variance of a difference", "variances were subtracted",
        "Var[X − Y] = Var[X] + (−1)² Var[Y] − 2 Cov[X, Y]: the minus sign is squared, uncertainties add, also in a "
        "difference.", "MML 6.4.4", 0.45,
        ("Var[X] + Var[Y] - 2*Cov[X,Y]", "Var[X] - Var[Y]", "Var[X - Y]"),
        ("Var[X] + Var[Y]", "Var[X] - Var[Y]", "Var[X - Y]"),
        ("Var[X] + Var[Y] - 2*Cov[X,Y]", "Var[X] - Var[Y] - 2*Cov[X,Y]", "Var[X - Y]"),
        ("Var[X] + Var[Y]", "Var[X] - Var[Y]", "Var[X + Y]"), given=TWO)
pattern("variance of a product", "Var[XY] was taken as Var[X] Var[Y]",
        "For independent X and Y, Var[XY] = E[X²]E[Y²] − E[X]²E[Y]².", "MML 6.4.4", 0.5,
        ("Var[X*Y]", "Var[X]*Var[Y]"), given=TWO)
pattern("mean lost in a variance", "E[X]² was not subtracted, or the wrong way round",
        "Var[X] = E[(X − E[X])²] = E[X²] − E[X]².", "MML 6.4.1", 0.45,
        ("E[X^2] - E[X]^2", "E[X^2]", "Var[X]"), ("E[X^2] - E[X]^2", "E[X]^2 - E[X^2]", "Var[X]"),
        ("E[X^2] - E[X]^2", "E[X^2] - E[X]", "Var[X]"), ("E[X^2] - E[X]^2", "E[X^2] + E[X]^2", "Var[X]"),
        given="X: scalar")
pattern("means lost in a covariance", "E[X]E[Y] was not subtracted", "Cov[X, Y] = E[XY] − E[X]E[Y].", "MML 6.4.1", 0.45,
        ("E[X*Y] - E[X]*E[Y]", "E[X*Y]", "Cov[X,Y]"), ("E[X*Y] - E[X]*E[Y]", "E[X]*E[Y] - E[X*Y]", "Cov[X,Y]"),
        given=TWO)
pattern("scaling of a covariance", "factors of a covariance were lost or squared",
        "Cov[aX, bY] = ab Cov[X, Y], and Cov[Ax] = A Cov[x] Aᵀ.", "MML 6.4.4", 0.5,
        ("a*b*Cov[X,Y]", "a^2*b^2*Cov[X,Y]", "Cov[a*X, b*Y]"), ("a*Cov[X,Y]", "a^2*Cov[X,Y]", "Cov[a*X, Y]"),
        ("a*Cov[X,Y]", "Cov[X,Y]", "Cov[a*X, Y]"), given=f"a: scalar; b: scalar; {TWO}")
pattern("covariance of a linear map", "Cov[Ax] was taken without Aᵀ, or with Aᵀ on the left",
        "Cov[Ax] = E[A(x − μ)(x − μ)ᵀAᵀ] = A Cov[x] Aᵀ.", "MML 6.4.4", 0.45,
        ("A*Cov[x]*A'", "A'*Cov[x]*A", "Cov[A*x]"), ("A*Cov[x]*A'", "A*Cov[x]", "Cov[A*x]"),
        ("A*Cov[x]*A'", "A^2*Cov[x]", "Cov[A*x]"), ("A*Cov[x]*A'", "A*Cov[x]*A", "Cov[A*x]"),
        ("A*Cov[x]*A'", "A'*Cov[x]*A", "Cov[A*x + b]"), ("A*Cov[x]*A'", "A*Cov[x]", "Cov[A*x + b]"),
        ("A*Cov[x]*A'", "A*Cov[x]*A' + b*b'", "Cov[A*x + b]"), given="A: n×n; x: n; b: n")
pattern("expected quadratic form", "the trace tr(AΣ) was lost",
        "E[xᵀAx] = tr(A Cov[x]) + E[x]ᵀA E[x]: the spread of x adds to the value at the mean.", "Matrix Cookbook 8.2.2",
        0.45, ("tr(A*Cov[x]) + E[x]'*A*E[x]", "E[x]'*A*E[x]", "E[x'*A*x]"),
        ("tr(A*Cov[x]) + E[x]'*A*E[x]", "tr(A*Cov[x])", "E[x'*A*x]"), given="A: n×n; x: n")

pattern("conditional for joint", "P(A, B) was taken as P(A | B)", "P(A, B) = P(A | B) P(B).", "MML 6.3", 0.5,
        ("P(A|B)*P(B)", "P(A|B)", "P(A, B)"), ("P(A|B)*P(B)", "P(A|B)*P(A)", "P(A, B)"), given="")
pattern("Bayes without the prior", "the prior was lost", "P(A | B) = P(B | A) P(A)/P(B).", "MML 6.3", 0.45,
        ("P(B|A)*P(A)/P(B)", "P(B|A)/P(B)", "P(A|B)"), given="")
pattern("Bayes without the evidence", "the normaliser P(B) was lost",
        "P(A | B) = P(B | A) P(A)/P(B): without P(B) the posterior does not sum to 1 (it is only proportional).",
        "MML 6.3", 0.45, ("P(B|A)*P(A)/P(B)", "P(B|A)*P(A)", "P(A|B)"), given="")
pattern("Bayes turned", "prior and evidence were exchanged", "P(A | B) = P(B | A) P(A)/P(B).", "MML 6.3", 0.45,
        ("P(B|A)*P(A)/P(B)", "P(B|A)*P(B)/P(A)", "P(A|B)"), given="")
pattern("Bayes with another evidence", "the denominator is the probability of another event",
        "P(A | B) = P(B | A) P(A)/P(B): the evidence in the denominator is the probability of the same B that is "
        "given.", "MML 6.3", 0.45, ("P(B|A)*P(A)/P(B)", "P(B|A)*P(A)/P(C)", "P(A|B)"),
        ("P(¬B|A)*P(A)/P(¬B)", "P(¬B|A)*P(A)/P(B)", "P(A|¬B)"), given="")
pattern("difference of events", "all of P(B) was subtracted, not only what the events share",
        "P(A ∩ ¬B) = P(A) − P(A ∩ B): only the intersection with B is taken away from A; it is P(A) − P(B) only where "
        "B is a subset of A.", "MacKay 2.1", 0.45,
        ("P(A) - P(A ∩ B)", "P(A) - P(B)", "P(A ∩ ¬B)"), ("P(A) - P(A ∩ B)", "P(B) - P(A)", "P(A ∩ ¬B)"),
        ("P(A) - P(A ∩ B)", "1 - P(A ∩ B)", "P(A ∩ ¬B)"), ("P(A) - P(A ∩ B)", "P(A) - P(A)*P(B)", "P(A ∩ ¬B)"),
        ("P(A) - P(A ∩ B)", "P(A)*P(¬B)", "P(A ∩ ¬B)"), given="")
pattern("independence assumed", "a joint probability was taken as the product of the marginals",
        "P(A, B) = P(A) P(B) holds only for independent A and B.", "MML 6.4.5", 0.55,
        ("P(A, B)", "P(A)*P(B)"), ("P(A|B)", "P(A)"), given="")
pattern("independence assumed under a condition", "a joint probability given C was taken as the product of two",
        "P(A, B | C) = P(A | C) P(B | C) needs independence given C. Causes that are independent become dependent once "
        "their common effect is known (explaining away).", "MacKay 21.1", 0.5,
        ("P(A|B,C)*P(B|C)", "P(A|C)*P(B|C)", "P(A, B | C)"), ("P(A|B,C)*P(B|C)", "P(A)*P(B)", "P(A, B | C)"),
        ("P(A|B,C)*P(B|C)", "P(A|C)*P(B)", "P(A, B | C)"), given="")
pattern("union of events", "what two events share was counted twice, or not at all",
        "P(A ∪ B) = P(A) + P(B) − P(A ∩ B).", "MacKay 2.1", 0.45,
        ("P(A) + P(B) - P(A ∩ B)", "P(A) + P(B)", "P(A ∪ B)"),
        ("P(A) + P(B) - P(A ∩ B)", "P(A) + P(B) + P(A ∩ B)", "P(A ∪ B)"),
        ("P(A) + P(B) - P(A ∩ B)", "P(A)*P(B)", "P(A ∪ B)"),
        ("P(A) + P(B) - P(A ∩ B)", "P(A) + P(B) - P(A)*P(B)", "P(A ∪ B)"), given="")
pattern("complement of the condition", "the complement was taken of the condition",
        "P(¬A | B) = 1 − P(A | B); P(A | ¬B) is not determined by P(A | B).", "MacKay 2.1", 0.5,
        ("P(A|¬B)", "1 - P(A|B)"), given="")

pattern("square of a conditional mean", "E[X|Y]² was averaged as if it were E[X|Y]",
        "E[E[X | Y]] = E[X], but E[E[X | Y]²] = E[X]² + Var(E[X | Y]): the conditional mean varies with Y.",
        "MML 6.4.1", 0.45, ("E[E[X|Y]^2]", "E[X]^2"), ("E[E[X|Y]^2]", "E[E[X|Y]]^2"), given=TWO)
pattern("joint entropy", "H(X, Y) was taken as H(X) + H(Y)",
        "H(X, Y) = H(X) + H(Y | X): they add only for independent X and Y.", "MacKay 8.1", 0.45,
        ("H(X) + H(Y|X)", "H(X) + H(Y)", "H(X, Y)"), ("H(X) + H(Y|X)", "H(X) + H(X|Y)", "H(X, Y)"),
        ("H(X) + H(Y|X)", "H(X|Y) + H(Y|X)", "H(X, Y)"), ("H(X) + H(Y|X)", "H(X)*H(Y|X)", "H(X, Y)"), given=TWO)
pattern("conditional entropy", "a conditional entropy was taken from the wrong marginal",
        "H(X | Y) = H(X, Y) − H(Y).", "MacKay 8.1", 0.45,
        ("H(X, Y) - H(Y)", "H(X, Y) - H(X)", "H(X|Y)"), ("H(X, Y) - H(Y)", "H(X) - H(Y)", "H(X|Y)"),
        ("H(X, Y) - H(Y)", "H(X, Y) + H(Y)", "H(X|Y)"), ("H(X, Y) - H(Y)", "H(X, Y)/H(Y)", "H(X|Y)"), given=TWO)
pattern("mutual information", "the mutual information was put together wrongly",
        "I(X; Y) = H(X) − H(X | Y) = H(X) + H(Y) − H(X, Y).", "MacKay 8.1", 0.45,
        ("H(X) - H(X|Y)", "H(X) - H(Y)", "I(X;Y)"),
        ("H(X) - H(X|Y)", "H(X|Y) - H(X)", "I(X;Y)"), ("H(X) - H(X|Y)", "H(X) + H(X|Y)", "I(X;Y)"),
        ("H(X) + H(Y) - H(X,Y)", "H(X) + H(Y) + H(X,Y)", "I(X;Y)"), ("H(X) + H(Y) - H(X,Y)", "H(X,Y) - H(X)", "I(X;Y)"),
        ("H(X) + H(Y) - H(X,Y)", "H(X,Y) - H(X) - H(Y)", "I(X;Y)"), given=TWO)


pattern("condition of an entropy flipped", "the condition was turned round: H(Y|X) for H(X|Y)",
        "I(X; Y) = H(X) − H(X|Y) = H(Y) − H(Y|X): what is known is taken from the uncertainty of the same variable.",
        "MacKay 8.1", 0.44,
        ("H(X) - H(X|Y)", "H(X) - H(Y|X)", "I(X;Y)"), ("H(X) - H(X|Y)", "H(X) - H(Y|X)", "H(X) + H(Y) - H(X,Y)"),
        given=TWO)


def _flipped(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield P(B|A) for P(A|B), H(Y|X) for H(X|Y), E[Y|X] for E[X|Y]."""
    node = place.node
    if not isinstance(node, Apply) or node.op.family != "probability" or not node.attrs:
        return
    left = node.attrs[-1] if node.op.name == "probability" else node.attrs[0]
    if isinstance(left, int) and 0 < left < len(node.args) and node.op.name in ("probability", "entropy"):
        swapped = (*node.args[left:], *node.args[:left])
        count = len(node.args) - left
        attrs = (node.attrs[0], count) if node.op.name == "probability" else (count, *node.attrs[1:])
        yield from with_attrs(node, swapped, attrs)


def _joint(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield P(A, B) for P(A|B), H(X, Y) for H(X|Y), and the condition left out."""
    node = place.node
    if not isinstance(node, Apply) or node.op.name not in ("probability", "entropy") or not node.attrs:
        return
    at = 1 if node.op.name == "probability" else 0
    left = node.attrs[at] if len(node.attrs) > at else None
    if isinstance(left, int) and 0 < left < len(node.args):
        yield from with_attrs(node, node.args, (*node.attrs[:at], len(node.args), *node.attrs[at + 1 :]))
        yield from with_attrs(node, node.args[:left], node.attrs)


def _conditional(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield P(A|B) and P(B|A) for P(A, B), H(X|Y) and H(Y|X) for H(X, Y)."""
    node = place.node
    if not isinstance(node, Apply) or node.op.name not in ("probability", "entropy") or len(node.args) < 2:
        return
    at = 1 if node.op.name == "probability" else 0
    if len(node.attrs) > at and node.attrs[at] == len(node.args):
        for k in range(len(node.args)):
            one, rest = node.args[k], (*node.args[:k], *node.args[k + 1 :])
            yield from with_attrs(node, (one, *rest), (*node.attrs[:at], 1, *node.attrs[at + 1 :]))


def _outside(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield f(E[X]) for E[f(X)]."""
    node = place.node
    if name_of(node) == "expectation" and isinstance(node.args[0], Apply) and node.args[0].args:
        inner = node.args[0]
        if inner.op.family == "elementwise" or inner.op.name in ("pow", "div"):
            for k, arg in enumerate(inner.args[:2]):
                try:
                    moved = with_args(node, (arg, *node.args[1:]))
                    yield with_args(inner, (*inner.args[:k], moved, *inner.args[k + 1 :]))
                except UNFIT:
                    continue


def _inside(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield E[f(X)] for f(E[X])."""
    node = place.node
    if isinstance(node, Apply) and (node.op.family == "elementwise" or node.op.name in ("pow", "div")):
        for k, arg in enumerate(node.args[:2]):
            if name_of(arg) == "expectation":
                try:
                    moved = with_args(node, (*node.args[:k], arg.args[0], *node.args[k + 1 :]))
                    yield with_args(arg, (moved, *arg.args[1:]))
                except UNFIT:
                    continue
    if isinstance(node, Apply) and node.op.name in ("add", "mul"):
        means = {n for n in postorder(node) if name_of(n) == "expectation"}
        if len(means) == 1:
            (mean,) = means
            assert isinstance(mean, Apply)
            try:
                yield with_args(mean, (replaced(node, {mean: mean.args[0]}), *mean.args[1:]))
            except UNFIT:
                return


def _more_conditions(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield P(A | B, C) for P(A | B) and E[X | C] for E[X], with conditions that stand around."""
    node = place.node
    if not isinstance(node, Apply) or node.op.name not in BARRED or not node.args:
        return
    left, held = bar_of(node)
    attrs = node.attrs or ((1, 0) if len(node.args) == 1 else (len(node.args), 0))
    if node.op.name == "entropy" and not node.attrs:
        attrs = (left,)
    for condition in pool.conditions:
        if condition not in node.args:
            yield from with_attrs(node, (*node.args[:left], *held, condition), attrs)


def _fewer_conditions(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield P(A | B) for P(A | B, C), and E[X] for E[X | C]."""
    node = place.node
    left, held = bar_of(node)
    if isinstance(node, Apply):
        for k in range(len(held)):
            yield from with_attrs(node, (*node.args[:left], *held[:k], *held[k + 1 :]), node.attrs)


def _square_inside(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield E[X²] for E[X]²."""
    node = place.node
    if name_of(node) in ("pow", "epow", "hadamard") and name_of(node.args[0]) == "expectation":
        yield from _inside(place, pool)


def _square_outside(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield E[X]² for E[X²]."""
    if name_of(place.node) == "expectation" and name_of(place.node.args[0]) in ("pow", "epow"):
        yield from _outside(place, pool)


def _other_letter(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield a probability of another letter that is in use: q(x) for p(x)."""
    node = place.node
    if name_of(node) == "probability" and isinstance(node, Apply):
        letters = {n.attrs[0] for n in postorder(place.root) if isinstance(n, Apply) and name_of(n) == "probability"}
        for letter in sorted(str(a) for a in letters if a != node.attrs[0]):
            yield from with_attrs(node, node.args, (letter, *node.attrs[1:]))


def _variance(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield σ² for σ, of symbols that usually are a standard deviation."""
    if isinstance(place.node, Symbol) and not place.node.shape and place.node.name[:1] in ("σ", "τ"):
        yield place.node**2


def _deviation(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield σ for σ²."""
    if name_of(place.node) == "pow":
        base = place.node.args[0]
        if isinstance(base, Symbol) and base.name[:1] in ("σ", "τ") and is_number(place.node.args[1], 2):
            yield base


def _spread(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield E[x²] for Var[x], and Cov[X, Y] for E[XY]."""
    if name_of(place.node) == "variance" and not place.node.shape and not getattr(place.node, "attrs", ()):
        yield apply("expectation", place.node.args[0] ** 2)


edit("conditional flipped", "a conditional was turned round: P(A|B) for P(B|A)",
     "P(A | B) P(B) = P(B | A) P(A): they are equal only where P(A) = P(B).", "MML 6.3", 0.5,
     ("", "P(A|B)", "P(B|A)"), _flipped, _flipped)
edit("Jacobian inverted", "the Jacobian factor is inverted: |du/dx| stands for |dx/du|",
     "p(u) = p(x) |dx/du|: where u runs faster than x, the same probability is spread thinner.", "MML 6.7", 0.8,
     ("x: scalar positive; a: scalar", "a/abs(∂/∂x log(x))", "a*abs(∂/∂x log(x))"), parts.jacobian_inverted,
     parts.jacobian_inverted)
edit("Jacobian lost", "the Jacobian factor of the change of variable was lost",
     "f_Y(y) = f_X(x(y)) |dx/dy|, by the chain rule from F_Y(y) = F_X(x(y)): the inner derivative |dx/dy| is a factor.",
     "MML 6.7", 1.0, ("x: scalar positive; p: scalar", "abs(∂/∂x x^2)*p", "p"), parts.jacobian_missing)
edit("joint for conditional", "a conditional stands for a joint, or a condition was added",
     "P(A, B) = P(A | B) P(B), H(X, Y) = H(X | Y) + H(Y).", "MML 6.3", 0.7, (TWO, "H(X, Y)", "H(X|Y)"), _joint,
     _conditional)
edit("condition lost", "a joint stands for a conditional, or a condition was lost",
     "P(A | B) = P(A, B)/P(B), H(X | Y) = H(X, Y) − H(Y).", "MML 6.3", 0.7, (TWO, "H(X|Y)", "H(X, Y)"), _conditional,
     _joint)
edit("condition forgotten", "a condition was lost", "Every mean and probability is then under it.", "MML 6.3",
     0.8, ("", "E[X|Z]*P(Z)", "E[X]*P(Z)"), _more_conditions, _fewer_conditions)
edit("condition too much", "there is a condition too much", "A condition counts only where it is given.", "MML 6.3",
     0.8, ("X: scalar; Z: scalar", "E[X]*2", "E[X|Z]*2"), _fewer_conditions, _more_conditions)
edit("event for its complement", "an event stands for its complement", "P(A) and P(¬A) add to 1; so do P(A | B) and "
     "P(¬A | B), but not P(A | B) and P(A | ¬B).", "MacKay 2.1", 0.95, ("", "P(A)*P(¬B)", "P(A)*P(B)"),
     terms.event_turned, terms.event_turned)
edit("event for an intersection", "an event stands for its intersection with another",
     "Of what two events share, only P(A ∩ B) counts.", "MacKay 2.1", 0.9, ("", "P(A)*2 - P(A ∩ B)", "P(A)*2 - P(B)"),
     terms.event_missing)
edit("odds for a probability", "odds stand for a probability",
     "Odds o = p/(1 − p) give the probability p = o/(1 + o): a part a beside b is the share a/(a + b) of the whole.",
     "MacKay 3.2", 1.1, ("a: scalar positive; b: scalar positive", "exp(a/(a + b))", "exp(a/b)"), numbers.as_share,
     numbers.as_odds)
edit("probability for odds", "a probability stands for odds", "The odds are p/(1 − p) to 1.", "MacKay 3.2", 1.15,
     ("p: scalar", "log(p/(1 - p))", "log(p)"), numbers.as_odds, numbers.as_share)
edit("mode for mean", "the mode was given for the mean",
     "Beta(a, b) has the mean a/(a + b) and the mode (a − 1)/(a + b − 2): the maximum of a density is not its mean.",
     "PRML 2.1.1", 0.9, ("a: scalar positive; b: scalar positive", "a/(a + b)*2", "(a - 1)/(a + b - 2)*2"),
     numbers.without_constants)
edit("square of an expectation", "E[X]² stands for E[X²]",
     "E[X²] = E[X]² + Var[X]: the mean of the square is the square of the mean only where X is constant.", "MML 6.4.1",
     0.45,
     ("X: scalar", "E[X^2]", "E[X]^2"), _square_inside, _square_outside)
edit("square inside an expectation", "E[X²] stands for E[X]²",
     "E[X²] = E[X]² + Var[X]: the mean of the square is the square of the mean only where X is constant.", "MML 6.4.1",
     0.46,
     ("X: scalar", "E[X]^2", "E[X^2]"), _square_outside, _square_inside)
edit("wrong distribution", "an expectation or a density is under the wrong distribution",
     "E_q[f] = ∫ q f: the letter says under which distribution is averaged.", "MML 6.4.1", 0.6,
     ("", "KL(p‖q) + H(p)", "KL(p‖q) + H(q)"), _other_letter, _other_letter)
edit("function of an expectation", "f(E[X]) stands for E[f(X)]",
     "Jensen: for a convex f, f(E[X]) ≤ E[f(X)]; they are equal for linear f only.", "MacKay 2.7", 0.5,
     ("X: scalar", "E[exp(X)]", "exp(E[X])"), _inside, _outside)
edit("expectation of a function", "E[f(X)] stands for f(E[X])",
     "Jensen: for a convex f, f(E[X]) ≤ E[f(X)]; they are equal for linear f only.", "MacKay 2.7", 0.5,
     ("X: scalar positive", "log(E[X])", "E[log(X)]"), _outside, _inside)
pattern("divergence for cross-entropy", "the entropy between cross-entropy and divergence was lost",
        "H(p, q) = H(p) + KL(p‖q): the cross-entropy is the entropy and what the wrong code costs more.", "MacKay 5.4",
        0.5, ("KL(p‖q) + H(p)", "KL(p‖q)", "H(p, q)"), ("H(p, q) - H(p)", "H(p, q)", "KL(p‖q)"),
        ("H(p, q) - H(p)", "H(p) - H(p, q)", "KL(p‖q)"), ("H(p, q) - H(p)", "H(p, q) + H(p)", "KL(p‖q)"),
        ("H(p, q) - H(p)", "H(p, q) - H(q)", "KL(p‖q)"), given="")
edit("divergence reversed", "the two distributions of a divergence were exchanged",
     "KL(p‖q) averages log p/q under p; it is not symmetric.", "PRML 1.6.1", 0.5, ("", "KL(p‖q)", "KL(q‖p)"),
     parts.arguments_swapped("kl", "cross_entropy"), parts.arguments_swapped("kl", "cross_entropy"))
edit("standard deviation for variance", "σ stands for σ²",
     "N(μ, σ²) has the variance σ²: the exponent divides by 2σ², the normaliser by √(2πσ²).", "MML 6.5", 0.8,
     ("σ: scalar positive; x: scalar", "exp(-x^2/(2*σ^2))", "exp(-x^2/(2*σ))"), _variance, _deviation)
edit("variance for standard deviation", "σ² stands for σ",
     "The normaliser of a Gaussian is √(2πσ²) = σ√(2π).", "MML 6.5", 0.8,
     ("σ: scalar positive; x: scalar", "exp(-x^2)/σ", "exp(-x^2)/σ^2"), _deviation, _variance)
edit("moment for central moment", "Var[X] stands for E[X²]", "E[X²] = Var[X] + E[X]².", "MML 6.4.1", 0.6,
     ("X: scalar", "E[X^2]", "Var[X]"), _spread)
