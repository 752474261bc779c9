"""The verb `compile`: from formulas to fast functions that a good numerical programmer would have written by hand."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np

from agnesi.asked import function_of
from agnesi.derivation import Derivation
from agnesi.errors import NotCompiled, NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.read import Reading
from agnesi.rules.bases import as_form
from agnesi.rules.derive import resolved, with_rows, without_rows
from agnesi.rules.normal import normalise
from agnesi.rules.structure import Structure, Tensor, parts_of, settled
from agnesi.rules.structure import structure as structure_of
from agnesi.run.backends import BACKENDS
from agnesi.run.build import Wish, arguments, build, least_sizes, one_symbol_a_name
from agnesi.run.compiled import Arguments, Compiled, execute, sparse, thin_matrix, with_door
from agnesi.run.emit import Source
from agnesi.run.factorise import FACTORISED
from agnesi.run.iterate import newton_program
from agnesi.run.operators import assembler
from agnesi.run.prelude import preludes
from agnesi.run.products import Assumed
from agnesi.run.tensors import as_tensors
from agnesi.second_order import MatrixOperator, NewtonStep
from agnesi.show import result_name, written

Backend = Literal["numpy", "jax", "torch"]
Precision = Literal["float64", "float32"]
Keep = Literal["auto", "operator", "dense"]


class Calls:
    """Takes the calls that the door of a function does not let through: converts, and plans anew where it must.

    Leading batch axes and sparse matrices have programs of their own, made at the first such call.
    """

    def __init__(
        self, wish: Wish, sizes: Mapping[str, int], source: Source, check_facts: bool,
        collect: Callable[[Any], Any] | None = None,
    ) -> None:
        self.wish, self.assumed, self.collect = wish, sizes, collect
        self.least = least_sizes(wish.outputs)
        self.taker = Arguments(
            source.parameters, wish.symbols, source.sizes, wish.backend, check_facts, self.least
        )  # fmt: skip
        self.run: Callable[..., Any] = execute(source)
        self.programs: dict[tuple[frozenset[str], frozenset[str]], tuple[Arguments, Callable[..., Any]]] = {}

    def __call__(self, given: Mapping[str, Any]) -> Any:
        """Return the outputs for arguments of any kind."""
        self.taker.missing(given)
        batch = self.taker.batched(given)
        thin = frozenset(n for n in self.taker.names if sparse(given[n]))
        if batch and (thin or self.collect is not None):
            what = "sparse matrices" if thin else "operators as outputs"
            raise NotCompiled(f"A call cannot have both {what} and leading batch axes.")
        if batch:
            return self._batched(given, batch)
        out = self._sparse(given, thin) if thin else self.run(*_native(self.taker.prepared(given), self.wish.backend))
        return out if self.collect is None else self.collect(out)

    def _program(self, batch: frozenset[str], thin: frozenset[str]) -> tuple[Arguments, Callable[..., Any]]:
        """Return the program for arguments with a leading axis, or for sparse ones."""
        found = self.programs.get((batch, thin))
        if found is None:
            own = dict(zip(self.taker.names, self.wish.symbols, strict=True))
            wish = replace(
                self.wish, batch=frozenset(own[n].name for n in batch), sparse=frozenset(own[n].name for n in thin)
            )
            source = build(wish, self.assumed)
            symbols = wish.with_batch() if batch else wish.symbols
            check = self.taker.check_facts and not batch
            taker = Arguments(source.parameters, symbols, source.sizes, wish.backend, check, self.least)
            found = self.programs[batch, thin] = taker, execute(source)
        return found

    def _batched(self, given: Mapping[str, Any], names: Sequence[str]) -> Any:
        """Compute over leading axes: they are made one, and come back in the results."""
        if self.taker.check_facts:
            self.taker.facts_of_stacks(given)
        own = dict(zip(self.taker.names, self.wish.symbols, strict=True))
        arrays = {n: _as_array(given[n]) for n in names}
        leads = {n: tuple(a.shape[: a.ndim - own[n].ndim]) for n, a in arrays.items()}
        try:
            lead = np.broadcast_shapes(*leads.values())
        except ValueError as error:
            shown = ", ".join(f"{n} {'×'.join(map(str, shape))}" for n, shape in leads.items())
            raise NotNumeric(f"The leading axes do not fit each other: {shown}.") from error
        flat = dict(given)
        for n, a in arrays.items():
            inner = tuple(a.shape[a.ndim - own[n].ndim :])
            full = a.expand(*lead, *inner) if hasattr(a, "expand") else np.broadcast_to(a, (*lead, *inner))
            flat[n] = full.reshape(int(np.prod(lead)), *inner)
        taker, run = self._program(frozenset(names), frozenset())
        out = run(*_native(taker.prepared(flat), self.wish.backend))
        parts = out if isinstance(out, tuple) else (out,)
        found = tuple(p.reshape(*lead, *p.shape[1:]) for p in parts)
        return found if isinstance(out, tuple) else found[0]

    def _sparse(self, given: Mapping[str, Any], thin: frozenset[str]) -> Any:
        """Compute with sparse matrices, where the plan permits."""
        if self.wish.backend != "numpy":
            title = BACKENDS[self.wish.backend].title
            raise NotCompiled(f"Sparse matrices of SciPy are for the NumPy backend, not for {title}.",
                              repair=f"Give {min(thin)}.toarray().")  # fmt: skip
        own = dict(zip(self.taker.names, self.wish.symbols, strict=True))
        matrices = {n: thin_matrix(n, given[n], own[n]) for n in thin}
        taker, run = self._program(frozenset(), thin)
        values = taker.prepared({**given, **matrices})
        return run(*values)


def compile(
    what: Any,
    backend: Backend = "numpy",
    *,
    sizes: Mapping[str, int] | None = None,
    dtype: Precision = "float64",
    structure: Keep = "auto",
    check_facts: bool = False,
    name: str = "f",
) -> Compiled:
    """Compile one or several expressions (texts, operators, Newton steps) into one function of arrays by name.

    >>> f = compile(["‖X w − y‖²", "2Xᵀ(X w − y)"])
    >>> value, gradient = f(X=np.eye(2), w=np.ones(2), y=np.zeros(2))
    >>> gradient
    array([2., 2.])

    `f.source` is the program: it imports nothing but NumPy and SciPy, or JAX, or PyTorch. Arguments are checked against
    their declared shapes once a call; `check_facts` checks declared facts too. Arrays with leading axes more than
    declared are computed over those; SciPy's sparse matrices stay sparse where the plan permits. float32 arrays give
    float32 results. `sizes` are the sizes to plan for, as in {"n": 10_000, "d": 20}.

    `structure`: "auto" returns derivatives of order 4 that have structure as operators, "operator" matrices too,
    "dense" only arrays. Raises `NotCompiled` where something has no code; a call raises `NotNumeric` for arguments that
    are missing or do not fit.
    """
    _check_options(what, backend, sizes, dtype, structure, name)
    again = (_again, (what, backend, sizes, dtype, structure, check_facts, name))
    assumed = dict(sizes or {})
    items = [_item(w, structure, assumed) for w in (what if isinstance(what, (list, tuple)) else [what])]
    outputs = tuple(one_symbol_a_name([e for item in items for e in item.parts]))
    order = [s for item in items for s in item.order]
    symbols = arguments(outputs, order)
    wish = Wish(outputs, tuple(item.formula for item in items), symbols, backend, name, dtype == "float64")
    named = {n: e for item in items for n, e in item.named.items()}
    if isinstance(what, NewtonStep) and what.iterative:
        source = _iterative(what, wish, assumed)
    else:
        source = build(wish, assumed, named)
        own = [item.variable for item in items if isinstance(item.variable, Symbol)]
        telling = _telling([s for s in (*own, *order) if s not in symbols], source.sizes)
        if telling:  # a size that no argument tells is told by the variable, else by another letter
            symbols = (*symbols, *telling)
            wish = replace(wish, symbols=symbols)
            source = build(wish, assumed, named)
    kept = any(item.structure for item in items)
    collect = _collector(items, not isinstance(what, (list, tuple)), backend) if kept else None
    calls = Calls(wish, assumed, source, check_facts, collect)
    return with_door(
        source, symbols, backend, wish.formulas, calls, check_facts, calls.least, again, calls.run, collect
    )  # fmt: skip


def _telling(symbols: Sequence[Symbol], sizes: Sequence[str]) -> list[Symbol]:
    """Return the first symbols whose shapes tell the sizes, as few as that needs."""
    unknown = {Dim.of(n) for n in sizes}
    found = []
    for s in symbols:
        if unknown & set(s.shape):
            found.append(s)
            unknown -= set(s.shape)
    return found


def _check_options(what: Any, backend: Any, sizes: Any, dtype: Any, structure: Any, name: Any) -> None:
    """Refuse options that are none, naming what there is."""
    for value, choices, title in (
        (backend, tuple(BACKENDS), "backend"), (dtype, get_args(Precision), "dtype"),
        (structure, get_args(Keep), "structure"),
    ):  # fmt: skip
        if value not in choices:
            raise NotCompiled(f"There is no {title} {value!r}.", expected=f"one of {', '.join(choices)}")
    taken = {*BACKENDS[backend].imports, *FACTORISED, *(p.name for p in preludes)}
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name in taken:
        raise NotCompiled(f"A function cannot be named {name!r}.", expected="a name of Python that is not in use")
    for size, count in dict(sizes or {}).items():
        if not isinstance(count, int) or count < 0:
            raise NotCompiled(f"The size {size} is a whole number, not {count!r}.")
    if isinstance(what, (list, tuple)) and not what:
        raise NotCompiled("There is nothing to compile.", repair="Give at least one formula.")
    for item in what if isinstance(what, (list, tuple)) else [what]:
        if not isinstance(item, (str, Expr, MatrixOperator, NewtonStep)):
            raise NotCompiled(f"{item!r} is not a formula.", expected="a text, an expression, an operator or a step")


def _iterative(step: NewtonStep, wish: Wish, sizes: Mapping[str, int]) -> Source:
    """Return the program of a Newton step for which no shortcut is known."""
    order = wish.symbols
    dense = build(replace(wish, name="by_factorisation"), sizes)
    slope = replace(wish, outputs=(step.gradient,), formulas=(str(step.gradient),), name="gradient",
                    symbols=arguments([step.gradient], order))  # fmt: skip
    others = [s for s in arguments([step.product], order) if s is not step.direction]
    text = f"the Hessian times {step.direction.name}"
    product = replace(wish, outputs=(step.product,), formulas=(text,), name="hessian_times",
                      symbols=(*others, step.direction))  # fmt: skip
    names = dict(zip(dense.parameters, wish.symbols, strict=True))
    variable = next(n for n, s in names.items() if s is step.variable)
    return newton_program(wish.name, variable, dense, build(slope, sizes), build(product, sizes), wish.backend)


@dataclass(frozen=True)
class _Item:
    """One thing to compile: its part expressions, its formula, and the structure that its parts make up."""

    parts: tuple[Expr, ...]
    formula: str
    structure: Structure | None = None
    order: tuple[Symbol, ...] = ()
    named: Mapping[str, Expr] = field(default_factory=dict)
    variable: Expr | None = None


def _item(what: Any, keep: Keep, sizes: Mapping[str, int]) -> _Item:
    if isinstance(what, NewtonStep):
        formula = f"{what} for f = {what.function}" if what.iterative else str(what)
        return _Item((what.expr,), formula, None, tuple(symbols_of(what.function)), {}, what.variable)
    if isinstance(what, MatrixOperator):
        _, columns = without_rows(what.function)
        parts = tuple(with_rows(p, columns) for p in parts_of(what.structure))
        return _Item(parts, str(what), what.structure, tuple(symbols_of(what.function)), {}, what.variable)
    # as in `gradient`: what nothing is said of is a number, where that makes the formula one
    function, reading, _ = function_of(what, None, scalar=not _declares(what))
    found = _structure_of(function, keep, sizes)
    if found is not None:
        return _Item(parts_of(found), str(found), found)
    return _Item((function,), str(function), None, _declared(reading), _definitions(reading))


def _structure_of(function: Expr, keep: Keep, sizes: Mapping[str, int]) -> Structure | None:
    """Return the structure of a derivative of order 4 (or of a matrix, where asked for); None where it has none."""
    wanted = function.ndim == 4 if keep == "auto" else function.ndim in (2, 4) and keep == "operator"
    lead = function.ndim // 2
    if not wanted or function.shape[:lead] != function.shape[lead:]:
        return None
    found = structure_of(as_form(normalise(resolved(function))), lead)
    return None if isinstance(found, Tensor) and keep == "auto" else settled(found, Assumed(sizes))


def _collector(items: Sequence[_Item], single: bool, backend: str) -> Callable[[Any], Any]:
    """Return the function that makes operators of the parts that a program returns."""

    makers = [assembler(item.structure) if item.structure is not None else None for item in items]

    def collect(out: Any) -> Any:
        values = list(out) if isinstance(out, tuple) else [out]
        found: list[Any] = []
        at = 0
        for item, make in zip(items, makers, strict=True):
            mine = values[at : at + len(item.parts)]
            at += len(item.parts)
            if make is None or item.structure is None:
                found.append(mine[0])
            else:
                arrays = mine if backend == "numpy" else map(np.asarray, mine)
                own = dict(zip(parts_of(item.structure), arrays, strict=True))
                found.append(make(own.__getitem__))
        return found[0] if single else tuple(found)

    return collect


def program(found: Derivation, backend: Backend = "numpy", dtype: Precision = "float64") -> str:
    r'''Return a derivative as a program: one function with the formula as its docstring.

    >>> from agnesi.derivation import derive
    >>> print(program(derive("½‖X w − y‖²", "w")))
    def gradient(X, w, y):
        """f  = ½‖Xw − y‖²
        ∇f = Xᵀ(Xw − y)
        """
        # X: n×d, w: d, y: n
        return X.T @ (X @ w - y)
    '''
    order, scalar = len(found.variables), not found.function.shape
    name = {(1, True): "gradient", (2, True): "hessian", (1, False): "jacobian"}.get((order, scalar), "derivative")
    if scalar and order == 1 and not found.variables[0].shape:
        name = "derivative"
    left = result_name(found)
    function = f"{found.name:<{len(left)}} = {written(found.function, found)}"
    formulas = [function, f"{left} = {written(found.result, found)}"]
    symbols = arguments([found.result], _declared(found.reading))
    wish = Wish((found.result,), tuple(formulas), symbols, backend, name, dtype == "float64")
    return build(wish, {}, _definitions(found.reading)).text


def _declared(reading: Reading | None) -> tuple[Symbol, ...]:
    return tuple(s for s in reading.symbols.values() if isinstance(s, Symbol)) if reading is not None else ()


def _declares(what: Any) -> bool:
    """Tell whether a text begins with declarations."""
    return isinstance(what, str) and ";" in what


def _definitions(reading: Reading | None) -> dict[str, Expr]:
    """Return the definitions of a text, whose names a program takes over for its steps."""
    return {n: d.body for n, d in reading.definitions.items() if not d.parameters} if reading is not None else {}


def _again(
    what: Any, backend: Backend, sizes: Any, dtype: Precision, structure: Keep, check_facts: bool, name: str
) -> Compiled:
    """Compile once more, where a compiled function is unpickled."""
    return compile(
        what, backend, sizes=sizes, dtype=dtype, structure=structure, check_facts=check_facts, name=name
    )  # fmt: skip


def _as_array(value: Any) -> Any:
    """Return a value as an array of its own kind."""
    return value if type(value).__module__.partition(".")[0] in ("jax", "jaxlib", "torch") else np.asarray(value)


def _native(values: list[Any], backend: str) -> list[Any]:
    """Return arrays as those of the backend."""
    return as_tensors(values) if backend == "torch" else values
