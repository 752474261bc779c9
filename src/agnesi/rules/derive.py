"""Derivatives in closed form: gradient, Jacobian, Hessian, mixed and higher ones, in book notation."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.errors import NoDerivative
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, fold, replace, symbol, with_args
from agnesi.rules.forms import Form, build
from agnesi.rules.normal import normalise
from agnesi.rules.products import as_form
from agnesi.rules.tidy import Tidy
from agnesi.rules.transpose import jacobian, structured


def derivative(f: Expr, variables: Sequence[Expr], structure: str | None = None) -> Expr:
    """Return the derivative of f in the variables one after the other, in the shortest written form.

    Shapes: the axes of f first, then those of each variable (a row counts as a vector). `structure` says that the
    variables are symmetric, diagonal or toeplitz matrices and asks for the derivative along such arguments.
    A variable is a symbol or a subexpression of f; a subexpression is varied as a whole.

    Raises `NoDerivative` where there is no closed form. Source: Magnus & Neudecker, chapters 5, 8 and 10.
    """
    source, names = isolate(resolved(f), variables)
    form = normal_derivative(source, names, structure)
    written = Tidy(source).write(form)
    back = {s: v for s, v in zip(names, variables, strict=True) if s is not v}
    return replace(written, back) if back else written


def normal_derivative(f: Expr, variables: Sequence[Expr], structure: str | None = None) -> Form:
    """Return the derivative as a form (the normal form), for those who go on computing with it."""
    node = normalise(f)
    if node.ndim == 2 and node.shape[0].number == 1:
        node = normalise(apply("transpose", f))
    form = as_form(node)
    for variable in variables:
        form = jacobian(node, variable)
        if structure is not None:
            if variable.ndim != 2 or variable.shape[0] != variable.shape[1]:
                raise NoDerivative(f"A {structure} argument is a square matrix, which {variable} is not.")
            form = structured(form, variable, structure)
        node = build(form)
    return form


def isolate(f: Expr, variables: Sequence[Expr]) -> tuple[Expr, list[Expr]]:
    """Return f with every subexpression among the variables replaced by a symbol of its own, and the symbols."""
    names: list[Expr] = []
    for k, variable in enumerate(variables):
        if isinstance(variable, Symbol):
            names.append(variable)
            continue
        fresh = symbol(f"\0v{k}", variable.shape)
        f = replace(f, {variable: fresh})
        names.append(fresh)
    return f, names


def resolved(f: Expr) -> Expr:
    """Return f with the derivatives that stand inside it carried out."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Apply) and node.op.name == "derivative":
            return derivative(args[0], args[1:])
        return with_args(node, args)

    if not any(isinstance(n, Apply) and n.op.name == "derivative" for n in _nodes(f)):
        return f
    return fold(f, step)


def _nodes(f: Expr) -> list[Expr]:
    found: list[Expr] = []

    def step(node: Expr, args: tuple[None, ...]) -> None:
        found.append(node)

    fold(f, step)
    return found


