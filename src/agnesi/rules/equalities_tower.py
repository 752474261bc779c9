"""Functions of normal nodes, rewritten from the inside out: each operation by its rule, sums multiplied out on the way.

A stand-in symbol is what a rule puts in the place of a function that is taken as it is, such as e^m.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, apply, postorder, replace
from agnesi.rules.bases import as_form
from agnesi.rules.canon import key
from agnesi.rules.equalities_forms import Work, is_exact, one, opened, plus, power
from agnesi.rules.forms import Factor, Form, Label, Term, build, exact, fresh, leaf, number, split_power
from agnesi.rules.multiply import join
from agnesi.rules.products import simplify
from agnesi.rules.tidy import Tidy

Rule = Callable[["Tower", Apply, tuple[Form, ...]], Form | None]


class Tower:
    """Rewrites normal nodes from the inside out."""

    def __init__(self, work: Work, rules: Mapping[str, Rule]) -> None:
        self.work, self.rules = work, rules

    def run(self, root: Expr) -> Form:
        """Return the rewritten form of a normal node (all its axes are axes of the form)."""
        forms: dict[Expr, Form] = {}
        for node in postorder(root, below=lambda n: () if isinstance(n, Bind) else n.args):
            self.work.tick()
            below = () if isinstance(node, Bind) else tuple(forms[a] for a in node.args)
            forms[node] = opened(self.step(node, below), self.work)
        return forms[root]

    def step(self, node: Expr, below: tuple[Form, ...]) -> Form:
        """Return the form of a node from the forms of its arguments."""
        if isinstance(node, Const):
            return number(exact(node.value))
        name = node.op.name if isinstance(node, Apply) else ""
        if name == "einsum":
            return _product(node, below)
        if not isinstance(node, Apply) or not node.args:
            return leaf(node)
        if name == "plus":
            return plus(*below)
        if name == "epow" and split_power(node)[1] != 1:
            return power(below[0], Fraction(split_power(node)[1]))
        rule = self.rules.get(name.removeprefix("batched "))
        if rule is not None and all(map(is_exact, below)):
            found = rule(self, node, below)
            if found is not None:
                return found
        return leaf(self.rebuilt(node, below))

    def rebuilt(self, node: Apply, below: tuple[Form, ...]) -> Expr:
        """Return the node over rewritten arguments."""
        args = [build(f) for f in below]
        return apply(node.op, *args, attrs=node.attrs)


def _product(node: Expr, below: tuple[Form, ...]) -> Form:
    assert isinstance(node, Apply)
    coef, subs, out, loose = node.attrs
    names: dict[int, Label] = {label: k for k, label in enumerate(out)}
    parts: list[tuple[Form, Sequence[Label]]] = [(number(coef), ())]
    for form, labels in zip(below, subs, strict=True):
        parts.append((form, [names.setdefault(x, fresh()) for x in labels]))
    for label, dim in loose:
        if label not in names:
            parts.append((join([(one((dim,)), (fresh(),))], ()), ()))
    return join(parts, node.shape)


# -- products as monomials -------------------------------------------------------------------------------------------


def monomial(term: Term, width: int) -> tuple[Expr, tuple[Label, ...]]:
    """Return a product without its number as a node of its own, with the axes that it stands on."""
    order = sorted(term.factors, key=lambda f: (key(f.base), str(f.power)))
    held = {x: None for f in order for x in f.labels if isinstance(x, int) and x < width}
    axes = tuple(held)
    dims = {x: d for x, d in term.dims.items() if x >= width or x in held}
    sizes: dict[Label, Dim] = dict(term.dims.items())
    return build(Form((), [Term(Fraction(1), term.factors, dims)]), axes, sizes), axes


def factor_form(base: Expr, labels: tuple[Label, ...], exponent: Fraction, like: Form) -> Form:
    """Return base^exponent at labels as a form."""
    term = Term(Fraction(1), (Factor(base, labels, exponent),), dict(enumerate(like.shape)))
    done = simplify(term, len(like.shape))
    return Form(like.shape, [done] if done is not None else [])


def written_back(work: Work) -> dict[Expr, Expr]:
    """Return the function that each stand-in symbol stands for, in book notation; those inside come before."""
    back: dict[Expr, Expr] = {}
    for made, (kind, inner, other) in work.meaning.items():
        written = [replace(Tidy().write(as_form(n)), back) for n in (inner, other) if n is not None]
        back[made] = apply(kind, *written) if other is None else apply("pow", written[1], written[0])
    return back
