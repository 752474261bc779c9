"""Second derivatives for use: structured operators, Hessian-vector products, Newton steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from agnesi.asked import function_of, variables_of
from agnesi.check.evidence import Evidence, derivative_evidence, equal_evidence
from agnesi.errors import Disagreement, NoDerivative, NotNumeric, ShapeError
from agnesi.expr.dims import ONE, Dim, show_shape
from agnesi.expr.nodes import Expr, Symbol, apply, replace, symbol, symbols_of
from agnesi.read import Reading, read
from agnesi.rules.bases import as_form
from agnesi.rules.chains import shared_coef, tokens
from agnesi.rules.curvature import depends
from agnesi.rules.derive import derivative as closed_form
from agnesi.rules.derive import (
    free_twin,
    isolate,
    normal_derivative,
    resolved,
    rewritten,
    shortest,
    with_rows,
    without_rows,
)
from agnesi.rules.forms import Form, build, leaf
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.structure import Structure, settled, structure
from agnesi.rules.tidy import Tidy
from agnesi.run.products import Assumed
from agnesi.run.sample import Sampler


@dataclass(frozen=True)
class MatrixOperator:
    """A Hessian or Jacobian as a matrix with structure: it prints as mathematics, and `why` it may use a shortcut.

    `matvec`, `solve`, `logdet`, `diagonal` and `dense` are expressions again, of the axes of the variable; `solve` and
    `logdet` are None where nothing better is known than to build the matrix. `ag.compile` makes a numerical operator.
    """

    function: Expr
    variable: Expr
    structure: Structure

    @property
    def kind(self) -> str:
        """The kind of structure: Identity, Diagonal, Kronecker, Blocks, LowRank, Dense, Sum or Tensor."""
        return type(self.structure).__name__

    @property
    def why(self) -> tuple[str, ...]:
        """Why the shortcut is right, one sentence each."""
        return self.structure.why()

    def matvec(self, v: Expr | str = "v") -> Expr:
        """Return the product with v."""
        return self._written(self.structure.matvec(self._array(v, self.structure.form.shape[self.structure.lead :])))

    def solve(self, b: Expr | str = "b") -> Expr | None:
        """Return the solution x of operator · x = b."""
        return self._written(self.structure.solve(self._array(b, self.structure.form.shape[: self.structure.lead])))

    def logdet(self) -> Expr | None:
        """Return log |det|."""
        return self._written(self.structure.logdet())

    def diagonal(self) -> Expr:
        """Return the diagonal, in the shape of the variable."""
        return self._written(self.structure.diagonal())

    def dense(self) -> Expr:
        """Return the derivative in full: the axes of the rows, then those of the columns."""
        return self._written(build(self.structure.dense()))

    def _written(self, normal: Expr | None) -> Expr:
        if normal is None:
            return None  # type: ignore[return-value]
        source, columns = without_rows(self.function)
        return with_rows(Tidy(source).write(as_form(normal)), columns)

    def _array(self, given: Expr | str, shape: tuple[Dim, ...]) -> Expr:
        return given if isinstance(given, Expr) else symbol(given, shape)

    def __str__(self) -> str:
        text = str(self.structure)
        for row, column in without_rows(self.function)[1].items():
            text = text.replace(str(column), f"{row}ᵀ").replace("ᵀᵀ", "")
        return text

    def __repr__(self) -> str:
        return "\n".join([str(self), *(f"  {reason}" for reason in self.why)])


@dataclass(frozen=True)
class NewtonStep:
    """The Newton step −(∇²f)⁻¹∇f: its `expr`, the `operator` whose structure it uses, and the numerical `evidence`.

    `iterative` tells that no shortcut is known: compiled code then solves densely for few unknowns, and by conjugate
    gradients with `product` (the Hessian times the symbol `direction`) for many.
    """

    function: Expr
    variable: Symbol
    gradient: Expr
    operator: MatrixOperator
    expr: Expr
    evidence: Evidence
    iterative: bool
    direction: Symbol
    product: Expr

    @property
    def why(self) -> tuple[str, ...]:
        """Why the shortcut is right, one sentence each."""
        return self.operator.why

    def __str__(self) -> str:
        return "−(∇²f)⁻¹ ∇f" if self.iterative else str(self.expr)

    def __repr__(self) -> str:
        return "\n".join([str(self), *(f"  {reason}" for reason in self.why)])


def operator(f: Expr | str, wrt: Expr | str | None = None, *, sizes: Mapping[str, int] | None = None) -> MatrixOperator:
    """Return the Hessian of a scalar f, or the Jacobian of another f, as a matrix that keeps its structure.

    >>> H = operator("‖Y − U Vᵀ‖² + λ‖U‖²", "U")
    >>> print(H)
    I_n ⊗ (2VᵀV + 2λI)
    >>> H.kind
    'Kronecker'

    A ⊗ B acts on the rows and columns of the variable: A X Bᵀ. `sizes` (else assumed from the names) decide whether a
    low rank is low. Raises what `jacobian` raises. Source: Magnus & Neudecker 2, Golub & Van Loan 2.1.4 (Woodbury).
    """
    function, reading, _ = function_of(f, None)
    (variable,) = variables_of(function, reading, wrt, 1)
    form, lead = _form(function, variable)
    return MatrixOperator(function, variable, settled(structure(form, lead), Assumed(sizes or {})))


def _form(function: Expr, variable: Expr) -> tuple[Form, int]:
    source, (name,) = isolate(resolved(function), [variable])
    source, columns = without_rows(source)
    moved = columns.get(name, name)
    if function.shape:
        return normal_derivative(source, [moved]), function.ndim
    return normal_derivative(source, [moved, moved]), moved.ndim


def hvp(f: Expr | str, wrt: Expr | str | None = None, direction: Expr | str = "v") -> Expr:
    """Return the Hessian of a scalar f times a direction of the variable's shape: no Hessian is built.

    >>> print(hvp("‖X w − y‖² + λ‖w‖²", "w", "v"))
    2XᵀXv + 2λv

    Both derivatives are checked at random points. Raises `Disagreement` where that fails, and what `gradient` raises.
    Source: Pearlmutter 1994; Magnus & Neudecker 10.
    """
    function, reading, _ = function_of(f, None)
    (variable,) = variables_of(function, reading, wrt, 1)
    _scalar(function)
    moved = _direction(direction, variable, function, reading)
    # S = Sᵀ must not simplify the gradient before it is differentiated once more: then its Jacobian has no symmetry
    source, (name,) = isolate(resolved(function), [variable])
    assert isinstance(name, Symbol)
    twin = free_twin(name)
    source = replace(source, {name: twin})
    slope = closed_form(source, [twin])
    held = symbol("\0v", variable.shape)  # whatever the direction is made of, it is held fixed
    along = slope * held if not slope.shape else apply("inner", slope, held)
    found = closed_form(along, [twin])
    for f, claimed in ((source, slope), (along, found)):
        evidence = derivative_evidence(f, [twin], claimed, points=2)
        if evidence.verdict == "refuted":
            raise Disagreement(f"The product that was found fails its own check: {evidence}. It is not shown.",
                               repair="Please report the expression.")  # fmt: skip
    found = replace(found, {held: moved})
    return found if twin is name is variable else rewritten(replace(found, {twin: variable}))


def _scalar(function: Expr) -> None:
    if function.shape:
        raise ShapeError(f"A Hessian is of a scalar, but this function has the shape {show_shape(function.shape)}.",
                         repair="Reduce it: sum(...), ‖...‖².")  # fmt: skip


def _direction(given: Expr | str, variable: Expr, function: Expr, reading: Reading | None) -> Expr:
    """Return the direction: an expression, or a new symbol of the variable's shape."""
    if isinstance(given, Expr):
        found = given
    else:
        known = dict(reading.symbols) if reading else {s.name: s for s in symbols_of(function)}
        known.setdefault(given, symbol(given, variable.shape))
        found = read(given, known).expr
    if found.shape != variable.shape:
        raise ShapeError(
            f"A direction of {variable} has its shape, {show_shape(variable.shape)}; "
            f"{found} has {show_shape(found.shape)}.", repair="Name a new letter."
        )  # fmt: skip
    return found


def newton_step(
    f: Expr | str, wrt: Expr | str | None = None, *, sizes: Mapping[str, int] | None = None
) -> NewtonStep:
    """Return the Newton step −(∇²f)⁻¹∇f of a scalar f, by the structure of its Hessian.

    >>> print(newton_step("‖Y − U Vᵀ‖² + λ‖U‖²", "U"))
    YV(VᵀV + λI)⁻¹ − U

    It is checked: the Hessian times the step must be −∇f at random points. Raises `NoDerivative` where the Hessian is
    0, `Disagreement` where the check fails. Source: Boyd & Vandenberghe 9.5.
    """
    function, reading, _ = function_of(f, None)
    (variable,) = variables_of(function, reading, wrt, 1)
    _scalar(function)
    if not isinstance(variable, Symbol):
        raise NoDerivative("A Newton step is taken in a symbol, not in a part of the expression.")
    if variable.ndim == 2 and variable.shape[0] == ONE:
        raise NoDerivative(f"{variable} is a row; Newton steps are taken in columns.",
                           repair=f"Declare {variable} : {variable.shape[1]} and write {variable}ᵀ.")  # fmt: skip
    function, columns = without_rows(function)
    found = operator(function, variable, sizes=sizes)
    if not found.structure.form.terms:
        raise NoDerivative(f"The Hessian in {variable} is 0: there is no Newton step.")
    slope = closed_form(function, [variable])
    step = _by_structure(function, variable, slope, found.structure, Assumed(sizes or {}))
    iterative = step is None
    if step is None:
        down = as_form(normalise(apply("neg", slope)))
        step = _dense_solve(as_form(normalise(closed_form(function, [variable, variable]))), down)
    letter = next(c for c in ("v", "u", "d", "s", "direction") if c not in {s.name for s in symbols_of(function)})
    direction = symbol(letter, variable.shape)
    product = hvp(function, variable, direction) if iterative else found.structure.matvec(direction)
    evidence = equal_evidence(found.structure.matvec(step), -slope, points=3)
    if evidence.verdict != "tested" and _singular(found.structure.form):
        raise NoDerivative(f"The Hessian in {variable} is singular: there is no Newton step.",
                           repair="Add a term such as λ‖·‖², or solve in other unknowns.")  # fmt: skip
    if evidence.verdict == "refuted":
        raise Disagreement(f"The Newton step that was found fails its own check: {evidence}. It is not shown.",
                           repair="Please report the expression.")  # fmt: skip
    whole = MatrixOperator(with_rows(function, columns), variable, found.structure)
    slope, step, product = (with_rows(e, columns) for e in (slope, step, product))
    return NewtonStep(whole.function, variable, slope, whole, step, evidence, iterative, direction, product)


def _by_structure(
    function: Expr, variable: Symbol, slope: Expr, found: Structure, sizes: Mapping[str, int]
) -> Expr | None:
    """Return the step in the shortest form that the structure of the Hessian gives; None where it gives none.

    What the Hessian and the gradient share as a number cancels: (2A)⁻¹(2b) is A⁻¹b.
    """
    scale = 1 / shared_coef([t.coef for t in found.form.terms])
    matrix = settled(structure(found.form.scaled(scale), found.lead), sizes) if scale != 1 else found
    down = form_of(slope).scaled(-scale)
    step = matrix.solve(build(down))
    if step is None:
        return None
    written = shortest(as_form(step), function)
    direct = _to_the_minimum(matrix, down, variable) if not depends(found.form, variable) else None
    other = shortest(direct, function) if direct is not None else written
    return other if tokens(other) < tokens(written) else written


def _to_the_minimum(matrix: Structure, down: Form, variable: Symbol) -> Form | None:
    """Return the step of a quadratic function: H⁻¹c − x, with c the way down at 0."""
    start = form_of(build(down), {variable: Form(variable.shape, [])})
    rest = matrix.solve(build(start)) if start.terms else None
    if start.terms and rest is None:
        return None
    back = leaf(variable).scaled(Fraction(-1))
    return Form(variable.shape, [*(as_form(rest).terms if rest is not None else ()), *back.terms])


def _singular(form: Form) -> bool:
    """Tell whether a Hessian has no inverse at random points of the domain."""
    sampler = Sampler([build(form)], np.random.default_rng(0))
    try:
        for _ in range(3):
            _, (value,) = sampler.point()
            matrix = np.asarray(value, dtype=float)
            rows = int(np.prod(matrix.shape[: matrix.ndim // 2]))
            if np.linalg.cond(matrix.reshape(rows, rows)) < 1e11:
                return False
    except NotNumeric:
        return False
    return True


def _dense_solve(hessian: Form, b: Form) -> Expr:
    """Return H⁻¹b with the axes of H joined two by two into those of a square matrix."""
    shape = b.shape
    if len(shape) != 2:
        raise NoDerivative(f"Newton steps in arrays of order {len(shape)} are not known here.")
    fused = apply("fuse", attrs=shape)
    # nested products, so that each is one step: the whole Hessian, reshaped; the right side; one solve; reshaped again
    labels = ((0, 2, 3), (2, 3, 4, 5), (1, 4, 5))
    square = apply("einsum", fused, build(hessian), fused, attrs=(Fraction(1), labels, (0, 1), ()))
    square.memo("symmetric", lambda: True)  # the second derivatives are, in whatever order they are taken
    inverse = apply("inv", square)
    right = apply("einsum", fused, build(b), attrs=(Fraction(1), ((0, 1, 2), (1, 2)), (0,), ()))
    solved = apply("einsum", inverse, right, attrs=(Fraction(1), ((0, 1), (1,)), (0,), ()))
    return apply("einsum", fused, solved, attrs=(Fraction(1), ((0, 1, 2), (0,)), (1, 2), ()))
