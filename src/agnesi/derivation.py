"""Derivations: from a text or an expression to its derivative, with the steps and the evidence.

This is the verb `derive` and its short forms `gradient`, `jacobian`, `hessian`, `derivative`, `differential`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as relabelled
from typing import Any, Literal

import numpy as np

from agnesi.asked import function_of, is_line, variables_of
from agnesi.check.evidence import Evidence, derivative_evidence, equal_evidence
from agnesi.dialects import Dialect, dialects
from agnesi.errors import AgnesiError, Disagreement, NoDerivative, NotNumeric, ShapeError
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Symbol,
    apply,
    constant,
    postorder,
    replace,
    surface,
    symbol,
    symbols_of,
)
from agnesi.ops.facts import facts
from agnesi.read import Reading, read
from agnesi.rules.canon import symmetric
from agnesi.rules.chains import tokens
from agnesi.rules.curvature import Certificate, certificates
from agnesi.rules.derive import derivative as closed_form
from agnesi.rules.derive import isolate
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.stationary import Stationary, stationary
from agnesi.rules.steps import Line, explain
from agnesi.rules.steps import differential as expanded
from agnesi.rules.tidy import Tidy
from agnesi.run.reference import evaluate as reference
from agnesi.run.sample import Sampler

Grain = Literal["none", "fewer", "normal", "all"]
Chain = Literal["auto", "nested", "named"]
Structure = Literal["symmetric", "diagonal", "toeplitz"]


@dataclass(frozen=True)
class Derivation:
    """A derivative with how it was found and how it was checked.

    - `function`, `variables`, `result`: f, what it was differentiated in, and the closed form. Its axes are those of f,
      then those of each variable, so a gradient has the shape of its variable.
    - `steps`: the lines of the worked derivation (first order, one variable).
    - `evidence`: the numerical check of `result`.
    - `certificates`, `stationary`, `hessian`: what is known besides, for a scalar f of one variable.
    - `notes`: conventions, kinks, and readings that a person should know of.
    """

    function: Expr
    variables: tuple[Expr, ...]
    result: Expr
    steps: tuple[Line, ...]
    evidence: Evidence
    structure: str | None = None
    certificates: tuple[Certificate, ...] = ()
    stationary: Stationary | None = None
    hessian: Expr | None = None
    notes: tuple[str, ...] = ()
    reading: Reading | None = field(default=None, repr=False)
    dialect: Dialect = field(default_factory=lambda: dialects["agnesi"], repr=False)
    name: str = "f"

    def __str__(self) -> str:
        return str(surface("show")(self, "unicode"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return plain text and LaTeX for notebooks."""
        return {"text/plain": str(self), "text/latex": surface("show")(self, "latex")}


def rows_of(d: Derivation) -> dict[str, str]:
    """Return the letters that the text has for the rows of matrices: x_i for row i of X."""
    if d.reading is None:
        return {}
    names, text = set(d.reading.symbols), d.reading.source
    matrices = [n for n, s in d.reading.symbols.items() if s.ndim == 2 and len(n) == 1 and n.lower() not in names]
    return {n: n.lower() for n in matrices if n.isupper() and re.search(rf"(?<![^\Wᵀ]){n.lower()}_", text)}


def derive(
    f: Expr | str,
    wrt: Expr | str | Sequence[Expr | str] | None = None,
    *,
    order: int = 1,
    structure: str | None = None,
    grain: Grain = "normal",
    chain: Chain = "auto",
    dialect: str = "agnesi",
    declarations: Mapping[str, Symbol] | None = None,
) -> Derivation:
    """Derive the derivative of f, step by step, and check it numerically.

    `wrt` names what to differentiate in: a symbol, a subexpression or definition, or a list (mixed derivatives);
    `order=2` with one variable is the Hessian. Left out, it is the only variable there is.

    >>> d = derive("‖Xw − y‖² + λ‖w‖²", "w")
    >>> print(d.result)
    2Xᵀ(Xw − y) + 2λw

    Shapes: f: [o...], variables [a...], [b...] -> result: [o... a... b...].

    Raises `ReadError`, `ShapeError`, `UnknownName` for what cannot be read; `NoDerivative` where no closed form is
    known; `Disagreement` if the answer fails its own check (it is then not shown). Source: Magnus & Neudecker 5, MML 5.
    """
    function, reading, name = function_of(f, declarations)
    variables = variables_of(function, reading, wrt, order)
    if len(variables) == 1 and is_line(variables[0]):
        owner = variables[0].args[0]
        whole = derive(
            f, owner, structure=structure, grain=grain, chain=chain, dialect=dialect, declarations=declarations
        )  # fmt: skip
        return _at_line(whole, variables[0])
    function, variables = _structured(function, variables, structure)
    result, evidence, notes = _checked(function, variables, structure)
    steps: tuple[Line, ...] = ()
    single = variables[0] if len(variables) == 1 else None
    if grain != "none":
        own = {d.body: n for n, d in reading.definitions.items() if not d.parameters} if reading is not None else {}
        steps = _all_steps(function, variables, result, grain, chain, name, structure, own)
        if not steps and len(variables) < 3:
            notes = (*notes, _NO_STEPS)
    extras: dict[str, Any] = {}
    if isinstance(single, Symbol) and not function.shape and structure is None:
        extras = _extras(function, single)
    return Derivation(
        function, tuple(variables), result, steps, evidence, structure, notes=(*notes, *_kinks(function, variables)),
        reading=reading, dialect=dialects[dialect], name=name, **extras,
    )  # fmt: skip


def _at_line(whole: Derivation, variable: Expr) -> Derivation:
    """Return the derivative in one row (or entry) from that in the whole array."""
    assert isinstance(variable, Apply)
    if whole.function.shape:
        raise NoDerivative(f"The derivative of an array in {variable} alone is not known here.")
    sliced = Tidy(whole.function).write(form_of(apply(variable.op, whole.result, *variable.args[1:])))
    kind = {"row": "row", "col": "column", "entry": "entry"}[variable.op.name]
    rule = f"the {kind} of the gradient in {variable.args[0]}"
    line = Line(f"∂{whole.name}/∂{variable}", sliced, rule, "MML 5.2", "result")
    steps = (*whole.steps, line) if whole.steps else ()
    note = f"{variable} is one {kind} of {variable.args[0]}: the index here is any one, not that of the sum"
    return relabelled(
        whole, variables=(variable,), result=sliced, steps=steps, notes=(*whole.notes, note), certificates=(),
        stationary=None, hessian=None,
    )  # fmt: skip


def derivative(f: Expr | str, wrt: Any = None, structure: str | None = None) -> Expr:
    """Return the (mixed) derivative of f in one or several variables: the axes of f, then of each variable.

    >>> print(derivative("xᵀAy", ["x", "y"]))
    A
    """
    function, reading, _ = function_of(f, None)
    variables = variables_of(function, reading, wrt, 1)
    if len(variables) == 1 and is_line(variables[0]):
        return derive(f, wrt, structure=structure, grain="none").result
    return _checked(*_structured(function, variables, structure), structure)[0]


def gradient(f: Expr | str, wrt: Expr | str | None = None, structure: str | None = None) -> Expr:
    """Return the gradient of a scalar f: it has the shape of its variable. For other f, see `jacobian`.

    >>> print(gradient("log det X", "X"))
    X⁻ᵀ
    """
    function, _, _ = function_of(f, None)
    if function.shape:
        raise ShapeError(
            f"A gradient is of a scalar, but this function has the shape {show_shape(function.shape)}.",
            repair="Ask for the Jacobian, or reduce it: sum(...), ‖...‖².",
        )
    return derivative(f, wrt, structure)


def jacobian(f: Expr | str, wrt: Expr | str | None = None, structure: str | None = None) -> Expr:
    """Return the Jacobian: the axes of f first, then those of the variable.

    >>> print(jacobian("softmax(z)", "z"))
    diag(softmax(z)) − softmax(z) softmax(z)ᵀ
    """
    return derivative(f, wrt, structure)


def hessian(f: Expr | str, wrt: Expr | str | None = None, structure: str | None = None) -> Expr:
    """Return the Hessian of f: the second derivative, with the axes of the variable twice.

    >>> print(hessian("‖Xw − y‖² + λ‖w‖²", "w"))
    2XᵀX + 2λI
    """
    function, reading, _ = function_of(f, None)
    variables = variables_of(function, reading, wrt, 2)
    return _checked(*_structured(function, variables, structure), structure)[0]


def differential(f: Expr | str) -> Expr:
    """Return the differential df, with every variable moving.

    >>> print(differential("tr(AX)"))
    tr(dA X + A dX)
    """
    function, _, _ = function_of(f, None)
    return expanded(function, *(s for s in symbols_of(function) if "constant" not in s.facts))


def directional(f: Expr | str, wrt: Expr | str, direction: Expr | str) -> Expr:
    """Return the derivative of f along a direction: the Jacobian applied to it.

    >>> print(directional("‖x‖²", "x", "v"))
    2xᵀv
    """
    function, reading, _ = function_of(f, None)
    (variable,) = variables_of(function, reading, wrt, 1)
    if isinstance(direction, str):
        known = dict(reading.symbols) if reading else {s.name: s for s in symbols_of(function)}
        known.setdefault(direction, symbol(direction, variable.shape))
        direction = read(direction, known).expr
    if not isinstance(variable, Symbol):
        raise NoDerivative("A direction is given for a symbol, not for a part of the expression.")
    return replace(expanded(function, variable), {apply("d", variable): direction})


# -- the answer and its evidence -------------------------------------------------------------------------------------


def _structured(f: Expr, variables: list[Expr], structure: str | None) -> tuple[Expr, list[Expr]]:
    """Return f and its variables with the structure declared: to derive along symmetric matrices is to be at one."""
    if structure is None or structure not in facts:
        return f, variables
    table: dict[Expr, Expr] = {
        v: symbol(v.name, v.shape, v.facts | {structure})
        for v in variables
        if isinstance(v, Symbol) and v.ndim == 2 and structure not in facts.closure(v.facts)
    }
    return (replace(f, table), [table.get(v, v) for v in variables]) if table else (f, variables)


def _checked(f: Expr, variables: Sequence[Expr], structure: str | None) -> tuple[Expr, Evidence, tuple[str, ...]]:
    """Return the closed form with its evidence; an answer that fails the check is not returned."""
    result = closed_form(f, variables, structure)
    isolated, names = isolate(f, variables)
    back = {v: s for s, v in zip(names, variables, strict=True) if s is not v}
    shown = replace(result, back) if back else result
    evidence = derivative_evidence(isolated, names, shown, structure)
    if evidence.verdict == "refuted":
        raise Disagreement(
            f"The derivative that was found fails its own check: {evidence}. It is not shown.",
            repair="Please report the expression.",
        )
    notes = [f"{structure} argument: {_CONVENTION[structure]}"] if structure in _CONVENTION else []
    return result, evidence, tuple(notes)


# facts that leave a variable free to move: of others, a zero of the gradient is not the point that is looked for
_FREE = frozenset(("positive", "nonnegative", "negative", "small", "invertible", "full column rank", "full row rank"))
_READABLE = 4000  # names and signs; past it nobody reads the steps
_NO_STEPS = "no steps are shown: they are not known for this expression, or one did not pass its check"
_CONVENTION = {
    "symmetric": "entry (i, j) is the derivative along E_ij + E_ji (i ≠ j), along E_ii on the diagonal: G + Gᵀ − I ⊙ G "
    "(Matrix Cookbook 2.8.2); the gradient in the trace inner product is (G + Gᵀ)/2 instead",
    "diagonal": "the derivative along E_ii only, zero off the diagonal",
    "toeplitz": "entry (i, j) is the derivative along the whole diagonal j − i (Matrix Cookbook 2.8.3)",
}


def _all_steps(
    f: Expr,
    variables: Sequence[Expr],
    result: Expr,
    grain: Grain,
    chain: Chain,
    name: str,
    structure: str | None,
    own: Mapping[Expr, str],
) -> tuple[Line, ...]:
    """Return the worked lines of a first derivative, or of a second one by way of the first."""
    if tokens(f) + tokens(result) > _READABLE:
        return ()
    if len(variables) == 1:
        return _steps(f, variables[0], result, grain, chain, name, structure, own)
    if len(variables) != 2 or structure is not None or f.shape or not all(isinstance(v, Symbol) for v in variables):
        return ()
    gradient = closed_form(f, variables[:1])
    first = _steps(f, variables[0], gradient, grain, chain, name, None)
    if not first or not isinstance(first[-1].left, str):
        return ()
    label = first[-1].left
    second = _steps(gradient, variables[1], result, grain, chain, label, None)
    if not second:
        return ()
    same = variables[0] is variables[1] and isinstance(second[-1].left, str)
    ending = second[-1].left
    shown = f"∇²{name}" if same and label.startswith("∇") else f"{name}″({variables[0]})" if same else ending
    return (*first, *(_renamed(line, str(ending), str(shown)) for line in second[1:]))


def _renamed(line: Line, old: str, new: str) -> Line:
    """Return a line with a better name for its left side, in its rule too."""
    left = new if line.left == old else line.left
    return relabelled(line, left=left, rule=line.rule.replace(f"({old})", new).replace(old, new))


def _steps(
    f: Expr, variable: Expr, result: Expr, grain: Grain, chain: Chain, name: str, structure: str | None,
    own: Mapping[Expr, str] | None = None,
) -> tuple[Line, ...]:
    """Return the worked lines; a line that is not equal to the one above is never shown."""
    if grain == "none":
        return ()
    if not isinstance(variable, Symbol):
        return _steps_in_part(f, variable, result, grain, chain, name)
    try:
        lines = tuple(explain(f, variable, result, grain, chain=chain, name=name, structure=structure, given=own))
    except NoDerivative:
        return ()
    return lines if lines_agree(lines, variable) else ()


def _steps_in_part(f: Expr, part: Expr, result: Expr, grain: Grain, chain: Chain, name: str) -> tuple[Line, ...]:
    """Return the lines for a part of f: it gets a letter, f is differentiated in that, and the part is put back."""
    taken = {s.name for s in symbols_of(f)}
    letter = next(c for c in ("a", "u", "z", "v", "s", "t", "q", "u_1") if c not in taken)
    held = symbol(letter, part.shape)
    outer = replace(f, {part: held})
    own = closed_form(outer, [held])
    lines = _steps(outer, held, own, grain, chain, name, None)
    if not lines or equal_evidence(replace(own, {held: part}), result, points=1).verdict != "tested":
        return ()
    given = Line(held, part, "the part that is varied as a whole", "", "definition")
    back = [] if own is result else [Line(lines[-1].left, result, f"{letter} put back", "", "result")]
    return (given, *lines, *back)


def lines_agree(lines: Sequence[Line], variable: Symbol) -> bool:
    """Tell whether every line of a derivation equals the one above it, numerically.

    Lines with the same left side are compared in turn, with named parts put back.
    """
    meanings: dict[Expr, Expr] = {}
    before: dict[str, Expr] = {}
    for line in lines:
        right = _put_back(line.right, meanings)
        if isinstance(line.left, Expr):
            meanings[line.left] = right
            continue
        last = before.get(line.left)
        if last is not None and last is not right:
            if equal_evidence(last, right, points=1, moving=[variable.name]).verdict == "refuted":
                return False
        before[line.left] = right
    return True


def _put_back(expr: Expr, meanings: Mapping[Expr, Expr]) -> Expr:
    """Return an expression with named parts replaced by what they stand for (their differentials too)."""
    return replace(expr, meanings) if meanings else expr


def _kinks(f: Expr, variables: Sequence[Expr]) -> list[str]:
    """Return what to know where f is not differentiable."""
    moving = set(variables)
    out: dict[str, None] = {}
    active: set[Expr] = set()
    for node in postorder(f):
        if node in moving or any(a in active for a in node.args):
            active.add(node)
            if isinstance(node, Apply) and node.op.kinks and node.op.name not in ("norm", "norm_quad"):
                out.setdefault(
                    f"almost everywhere: {node.op.unicode or node.op.name} has kinks; {node.op.subdifferential}"
                )
    out.update({note: None for note in _symmetric_parts(f)})
    return list(out)


def _symmetric_parts(f: Expr) -> list[str]:
    """Return what to know where an eigenvalue is taken of a matrix that is not seen to be symmetric."""
    out = []
    for node in postorder(f):
        if isinstance(node, Apply) and node.op.name in ("lammax", "lammin", "eigvals", "eigvecmax", "eigvecmin"):
            try:
                told = symmetric(normalise(node.args[0]))
            except AgnesiError:
                told = False
            if not told:
                out.append(f"{node.op.name}(A) is that of the symmetric part (A + Aᵀ)/2; declare A symmetric if it is")
    return out


def _extras(f: Expr, variable: Symbol) -> dict[str, Any]:
    """Return certificates, the Hessian and the stationary point, each only if its own check agrees."""
    out: dict[str, Any] = {}
    if tokens(f) > _READABLE:
        return out
    try:
        out["certificates"] = certificates(f, variable)
        if variable.ndim <= 1 and not any(isinstance(n, Bind) and n.op.name == "Integral" for n in postorder(f)):
            second = closed_form(f, [variable, variable])
            zero = isinstance(second, Const) or (isinstance(second, Apply) and second.op.name == "zeros")
            if not zero and derivative_evidence(f, [variable, variable], second, points=2).verdict == "tested":
                out["hessian"] = second
    except AgnesiError:
        pass
    found = stationary(f, variable) if facts.closure(variable.facts) <= _FREE else None
    if found is not None and _vanishes(f, found):
        out["stationary"] = found
    return out


def _vanishes(f: Expr, found: Stationary) -> bool:
    """Tell whether the gradient is 0 at the stationary point, and the matrix that is inverted is not singular."""
    try:
        if found.condition is not None:
            rng = np.random.default_rng(1)
            sampler = Sampler([found.condition], rng)
            point, _ = sampler.point()
            matrix = np.asarray(reference(found.condition, point.values, point.sizes))
            if matrix.ndim == 2 and np.linalg.cond(matrix) > 1e10:
                return False
        slope = replace(closed_form(f, [found.variable]), {found.variable: found.value})
        zero = apply("zeros", attrs=found.variable.shape) if found.variable.shape else constant(0)
        return equal_evidence(slope, zero, points=2).verdict == "tested"
    except (AgnesiError, NotNumeric):
        return False
