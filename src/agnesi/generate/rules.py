"""The rules of random expressions: which operation makes which shape from what."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.expr.nodes import Expr, Index, apply, bind, constant, symbol
from agnesi.expr.operation import Operation
from agnesi.generate.maker import Maker, Rule, joined
from agnesi.ops import operations

RELATIONS = ("eq", "ne", "lt", "le", "gt", "ge")
BOUNDED_ARGUMENT = frozenset(("exp", "sinh", "cosh", "tan"))  # of a bounded argument they stay moderate and smooth


def entrywise(names: Iterable[Operation]) -> tuple[str, ...]:
    """Return the entrywise operations of one argument."""
    return tuple(op.name for op in names if op.family == "elementwise" and op.derivative is not None)


def _entrywise(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    record = operations[op]
    inner = make.bounded(shape, depth) if op in BOUNDED_ARGUMENT else make.within(record.domain, shape, depth)
    return apply(op, inner)


def _sum_of(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    terms = [make.expression(shape, depth) for _ in range(int(make.rng.integers(2, 4)))]
    if len(shape) == 1 and make.rng.random() < 0.2:
        terms[-1] = make.expression((), depth)
    return apply("add", *(apply("neg", t) if k and make.rng.random() < 0.4 else t for k, t in enumerate(terms)))


def _power(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    way = int(make.rng.integers(3))
    if way == 0:
        return apply(op, make.positive(shape, depth), constant(make.pick([0.5, -1, -1.5, -2, 3])))
    if way == 1:
        return apply(op, make.positive(shape, depth), make.bounded((), depth - 1))
    return apply(op, make.expression(shape, depth), constant(make.pick([2, 2, 3])))


def _product(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """A matrix product of two or three factors; of a scalar shape, a row times (a matrix times) a vector."""
    rows, columns = (ONE if not shape else shape[0]), (shape[1] if len(shape) == 2 else ONE)
    inner = [make.dim() for _ in range(int(make.rng.integers(1, 3)))]
    edges = [rows, *inner, columns]
    factors = [make.expression(_between(a, b), depth) for a, b in itertools.pairwise(edges)]
    return apply("mul", *factors) if make.rng.random() < 0.8 else apply("mul", make.leaf(()), *factors)


def _between(a: Dim, b: Dim) -> Shape:
    return (a,) if b == ONE and a != ONE else (a, b)


def _reduction(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    inner = make.some_shape()
    return apply(op, make.positive(inner, depth) if op == "prod" else make.expression(inner, depth))


def _of_square(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """An operation of a square matrix that suits it."""
    n = shape[0] if shape else make.dim()
    if op in ("logm", "sqrtm", "chol", "logdet"):
        return apply(op, make.definite(n, depth))
    if op in ("lammax", "lammin", "eigvals", "eigvecs", "eigvecmax", "eigvecmin"):
        return apply(op, make.symmetric(n, depth))
    if op in ("inv", "det"):
        return apply(op, make.invertible(n, depth))
    if op in ("dexpm", "dlogm", "dsqrtm"):
        at = make.bounded((n, n), depth) if op == "dexpm" else make.definite(n, depth)
        return apply(op, at, make.expression((n, n), depth))
    if op == "matpow":
        return apply(op, make.bounded((n, n), depth), attrs=(int(make.rng.integers(2, 4)),))
    return apply(op, make.bounded((n, n), depth) if op == "expm" else make.expression((n, n), depth))


def _of_matrix(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """pinv, singvals, normnuc and polar of a symbol (full rank almost surely); the others of anything."""
    if op == "normnuc":
        return apply(op, make.leaf((make.dim(), make.dim())))
    if op == "singvals":
        return apply(op, make.leaf((make.dim(), shape[0])))
    if op == "pinv":
        return apply(op, make.leaf(shape[::-1]))
    return apply(op, make.leaf(shape) if op == "polar" else make.expression(shape, depth))


def _line(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """A row or a column, at a number or at an index in scope."""
    other = make.dim()
    position: Expr = constant(int(make.rng.integers(1, 3)) if other.number is None else 1)
    matching = [i for i in make.scope if isinstance(i, Index) and i.dim == other]
    position = make.pick(matching) if matching else position
    return apply(op, make.expression((other, *shape) if op == "row" else (*shape, other), depth), position)


def _entry(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    owner = make.expression(make.pick([(make.dim(),), (make.dim(), make.dim())]), depth)
    known = [[i for i in make.scope if isinstance(i, Index) and i.dim == d] for d in owner.shape]
    return apply("entry", owner, *(make.pick(found or [constant(1)]) for found in known))


def _big(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """A sum, product or maximum over an index; the body has it in an entry or a row, now and then under a condition."""
    i = make.fresh_index(make.dim())
    if shape:
        return bind(op, (i,), make.under((i,), lambda: apply("mul", make.leaf(()), make.expression(shape, depth))))

    def body() -> Expr:
        at = apply("entry", make.expression((i.dim,), depth - 1), i)
        rest = make.expression((), depth - 1)
        return apply("add", make.pick([at, apply("mul", at, rest)]), apply("tanh", rest))

    made = make.under((i,), body)
    others = [j for j in make.scope if isinstance(j, Index) and j.dim == i.dim]
    if op in ("Sum", "Prod") and make.rng.random() < 0.4:
        relation = make.pick(make.allowed(RELATIONS) or ["ne"])
        return bind(op, (i,), made, apply(relation, i, make.pick(others) if others else constant(1)))
    return bind(op, (i,), made)


def _tensor(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    variables: list[Index] = []
    for dim in shape:
        variables.append(make.fresh_index(dim, variables))
    return bind("Tensor", variables, make.under(variables, lambda: make.expression((), depth)))


def _integral(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    t = symbol("t")
    body = make.under((t,), lambda: apply("mul", make.bounded((), depth), apply("exp", -t)))
    return bind("Integral", (t,), body, 0, 1)


def _leaf_operation(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    if op == "size":
        return apply("size", attrs=(make.dim(),))
    if op == "basis":
        return apply("basis", 1, attrs=shape)
    return apply(op, attrs=() if op in ("pi", "euler") else shape[:1] if op == "eye" else shape)


def _unvec(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    return apply("unvec", make.expression((shape[0] * shape[1],), depth), attrs=shape)


def _matrix_of_blocks(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    a, b = _parts(make, shape[0])
    return apply("blocks", make.expression((a, shape[1]), depth), make.expression((b, shape[1]), depth), attrs=(2, 1))


def _parts(make: Maker, dim: Dim) -> tuple[Dim, Dim]:
    return next((a, b) for a in make.dims for b in make.dims if a + b == dim)


def _is_sum(make: Maker, dim: Dim) -> bool:
    return dim.number is None and any(a + b == dim for a in make.dims for b in make.dims)


def _pair(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    inner = shape if op != "inner" else make.some_shape()
    u, v = make.expression(inner, depth), make.expression(inner, depth)
    return apply(op, u, apply("neg", v) if u is v else v)


def _kronecker(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """A scalar from a Kronecker product of two matrices."""
    a, b = (make.expression((make.dim(), make.dim()), depth - 1) for _ in range(2))
    return apply("sum", apply("tanh", apply("kron", a, b)))


def _any(make: Maker, shape: Shape) -> bool:
    return len(shape) < 3


def _full(make: Maker, shape: Shape) -> bool:
    return 0 < len(shape) < 3


def _scalar(make: Maker, shape: Shape) -> bool:
    return shape == ()


def _vector(make: Maker, shape: Shape) -> bool:
    return len(shape) == 1


def _based(make: Maker, shape: Shape) -> bool:
    """A vector along a size of the symbols."""
    return len(shape) == 1 and shape[0] in make.dims


def _row(make: Maker, shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] == ONE


def _matrix(make: Maker, shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] != ONE


def _square(make: Maker, shape: Shape) -> bool:
    return _matrix(make, shape) and shape[0] == shape[1]


def _can_join(make: Maker, shape: Shape) -> bool:
    return len(shape) == 1 and shape[0] not in make.dims and joined(make, shape, 0) is not None


def _apply_one(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """An operation that keeps the shape of its argument."""
    return apply(op, make.expression(shape, depth))


def _scaled(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    if op == "ediv":
        return apply(op, make.expression(shape, depth), make.positive(shape, depth))
    if op == "div":
        return apply(op, make.expression(shape, depth), make.positive((), depth))
    return apply(op, make.expression((), depth), make.expression(shape, depth))


def _of_two(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    """polygamma(1, u) of a positive u; ‖x‖_A with a positive definite A; the rank of a matrix."""
    n = make.dim()
    if op == "polygamma":
        return apply(op, make.positive(shape, depth), attrs=(1,))
    if op == "rank":
        return apply(op, make.leaf((n, make.dim())))
    return apply(op, make.expression((n,), depth), make.definite(n, depth))


def _transposed(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    if len(shape) == 1:
        return apply(op, make.expression((ONE, *shape), depth))
    return apply(op, make.expression(shape[1:] if shape[0] == ONE else shape[::-1], depth))


def _joined_vector(make: Maker, op: str, shape: Shape, depth: int) -> Expr:
    return joined(make, shape, depth) or make.leaf(shape)


def _can_sum(make: Maker, shape: Shape) -> bool:
    return shape == () and len(make.scope) < 2


def _can_sum_vectors(make: Maker, shape: Shape) -> bool:
    return len(shape) == 1 and len(make.scope) < 2


def _outermost(make: Maker, shape: Shape) -> bool:
    return shape == () and not make.scope


def _by_entries(make: Maker, shape: Shape) -> bool:
    return len(shape) > 2 or (len(shape) > 0 and shape[0] != ONE and not make.scope)


def _stacked(make: Maker, shape: Shape) -> bool:
    return len(shape) == 2 and _is_sum(make, shape[0])


_REDUCTIONS = ("sum", "mean", "prod", "logsumexp", "norm", "norm1", "norminf", "max", "min")
_SQUARE = ("inv", "matpow", "expm", "logm", "sqrtm", "toeplitz", "chol", "eigvecs", "dexpm", "dlogm", "dsqrtm")
RULES: tuple[Rule, ...] = (
    Rule(("add",), _any, _sum_of, 2.0),
    Rule(("neg",), _any, _apply_one, 0.5),
    Rule(entrywise(operations), _any, _entrywise, 4.0),
    Rule(("polygamma",), _any, _of_two, 0.2),
    Rule(("maximum", "minimum", "hadamard"), _full, _pair, 1.5),
    Rule(("maximum", "minimum", "inner"), _scalar, _pair),
    Rule(("mul", "div"), _any, _scaled, 2.0),
    Rule(("ediv",), _full, _scaled),
    Rule(("pow",), _scalar, _power, 1.5),
    Rule(("epow",), _full, _power),
    Rule(("mul",), _any, _product, 4.0),
    Rule(_REDUCTIONS, _scalar, _reduction, 4.0),
    Rule(("norm_quad", "rank"), _scalar, _of_two, 0.7),
    Rule(("tr", "det", "logdet", "lammax", "lammin"), _scalar, _of_square, 2.0),
    Rule(("normnuc",), _scalar, _of_matrix, 0.3),
    Rule(("entry",), _scalar, _entry, 0.7),
    Rule(("kron",), _scalar, _kronecker, 0.3),
    Rule(("Sum", "Prod", "Sum"), _can_sum, _big, 2.0),
    Rule(("Max", "Min"), _can_sum, _big, 0.7),
    Rule(("Argmax", "Argmin"), _outermost, _big, 1.0),
    Rule(("Integral",), _outermost, _integral, 0.5),
    Rule(("size", "pi", "euler"), _scalar, _leaf_operation, 0.4),
    Rule(("softmax", "cumsum", "onehotmax", "onehotmin"), _vector, _apply_one, 1.5),
    Rule(("transpose",), _vector, _transposed, 0.3),
    Rule(("transpose",), _row, _transposed, 3.0),
    Rule(("row", "col"), _based, _line, 0.7),
    Rule(("diagonal", "eigvals", "eigvecmax", "eigvecmin"), _based, _of_square, 0.7),
    Rule(("singvals",), _based, _of_matrix, 0.2),
    Rule(("basis", "ones", "zeros"), _vector, _leaf_operation, 0.3),
    Rule(("vec", "kron", "blocks"), _can_join, _joined_vector, 8.0),
    Rule(("Sum",), _can_sum_vectors, _big, 0.3),
    Rule(("Tensor",), _by_entries, _tensor, 0.3),
    Rule(("transpose",), _matrix, _transposed, 0.7),
    Rule(("softmaxrows", "tril", "triu", "polar", "pinv"), _matrix, _of_matrix, 1.5),
    Rule(("unvec",), _matrix, _unvec, 0.3),
    Rule(("blocks",), _stacked, _matrix_of_blocks, 4.0),
    Rule(("ones", "zeros"), _matrix, _leaf_operation, 0.3),
    Rule(("eye",), _square, _leaf_operation, 0.3),
    Rule(("diag",), _square, lambda make, op, shape, depth: apply(op, make.expression(shape[:1], depth))),
    Rule(_SQUARE, _square, _of_square, 2.0),
)
