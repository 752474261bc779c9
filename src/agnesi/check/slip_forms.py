"""The line above in the forms in which a learner may have gone on from it, and the parts that stand around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agnesi.check.probe import each_carried_out
from agnesi.check.slip_places import name_of, size_of
from agnesi.check.slips import Pool
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    fold,
    free_indices,
    postorder,
    replace,
    symbols_of,
    with_args,
)
from agnesi.rules.bases import as_form
from agnesi.rules.derive import rewritten
from agnesi.rules.expand import expanded
from agnesi.rules.normal import normalise
from agnesi.rules.steps import differential
from agnesi.rules.tidy import Tidy

LONG = 60
BARRED = ("probability", "entropy", "expectation", "variance", "covariance")
SHORT_SCALAR, SHORT_TERM = 6, 14
SHORT_ARRAY = {"": 1, "transpose": 4, "inv": 7}  # places of a symbol, a transpose and an inverse that may be lost


def forms(above: Expr, line: Expr, given: Sequence[Expr] = ()) -> tuple[Expr, tuple[Expr, ...]]:
    """Return the line above with derivatives and differentials carried out, and all its forms: as written, so, with
    what symbols are by equations that hold, and multiplied out.
    """
    moving = moving_symbols(above, line)
    opened = each_carried_out(with_differentials(above, moving))
    found = [above, opened, *put_in(above, given)]
    if size_of(opened) <= LONG and not any(name_of(n) == "d" for n in postorder(opened)):
        found += multiplied_out(opened)
    return opened, tuple(dict.fromkeys(found))


def put_in(above: Expr, given: Sequence[Expr]) -> Iterator[Expr]:
    """Yield the line above with what its symbols are by equations, one at a time."""
    here = set(symbols_of(above))
    for one in given:
        for symbol, meant in (one.args, one.args[::-1]) if name_of(one) == "eq" and len(one.args) == 2 else ():
            if isinstance(symbol, Symbol) and symbol in here and symbol.shape == meant.shape:
                if symbol not in symbols_of(meant) and size_of(meant) <= LONG:
                    yield replace(above, {symbol: meant})


def in_arrays(f: Expr) -> tuple[Expr, ...]:
    """Return a function as it is written, and with its sums over indices as products of arrays."""
    if not any(isinstance(n, Bind) for n in postorder(f)) or size_of(f) > LONG:
        return (f,)
    try:
        return tuple(dict.fromkeys((f, rewritten(f))))
    except (AgnesiError, AssertionError, KeyError):
        return (f,)


def moving_symbols(*exprs: Expr) -> tuple[Symbol, ...]:
    """Return the symbols that have a differential dX, or all under a differential where none stands alone."""
    heads = [n.args[0] for n in postorder(*exprs) if name_of(n) == "d"]
    alone = tuple(s for s in dict.fromkeys(heads) if isinstance(s, Symbol))
    return alone or tuple(symbols_of(*heads))


def with_differentials(root: Expr, moving: Sequence[Symbol]) -> Expr:
    """Return an expression with every d(f) written in the differentials of the symbols that move."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if name_of(node) == "d" and not isinstance(args[0], Symbol):
            try:
                return differential(args[0], *(s for s in moving if s in symbols_of(args[0])))
            except AgnesiError:
                return node
        return with_args(node, args)

    return fold(root, step) if any(name_of(n) == "d" for n in postorder(root)) else root


def multiplied_out(root: Expr) -> Iterator[Expr]:
    """Yield an expression with its products of sums multiplied out, in matrix notation."""
    try:
        opened = expanded(as_form(normalise(root)), limit=12)
        if opened is not None:
            written = Tidy().write(opened)
            if written.shape == root.shape:
                yield written
    except (AgnesiError, AssertionError, KeyError):
        return


def pool_of(exprs: Iterable[Expr]) -> Pool:
    """Return what a lost part may have been: the short parts of expressions, the first ones first."""
    roots = list(dict.fromkeys(exprs))
    nodes = [n for n in dict.fromkeys(n for r in roots for n in postorder(r)) if _stands_alone(n)]
    symbols = [s for s in symbols_of(*roots) if not s.name.startswith("\0")]
    scalars = [n for n in nodes if not n.shape and not isinstance(n, Const) and size_of(n) <= SHORT_SCALAR]
    arrays = [n for n in nodes if n.shape and size_of(n) <= SHORT_ARRAY.get(name_of(n), 0)]
    arrays += [n for a in arrays if a.ndim == 2 for n in _turned(a)]
    terms = [t for r in roots for n in postorder(r) if name_of(n) == "add" for t in n.args]
    terms = [t.args[0] if name_of(t) == "neg" else t for t in terms]
    short = [t for t in terms if size_of(t) <= SHORT_TERM and not free_indices(t)]
    whole = set(roots)
    return Pool(
        tuple(symbols),
        tuple(n for n in dict.fromkeys([*scalars, *_squares(symbols)]) if n not in whole)[:14],
        tuple(dict.fromkeys(arrays))[:16],
        tuple(dict.fromkeys(short))[:16],
        _sizes(roots),
        tuple(dict.fromkeys(c for n in postorder(*roots) for c in bar_of(n)[1])),
    )


def bar_of(node: Expr) -> tuple[int, tuple[Expr, ...]]:
    """Return how many arguments of a probability, moment or entropy stand before its conditions, and these."""
    if not isinstance(node, Apply) or node.op.name not in BARRED or not node.args:
        return len(node.args), ()
    attrs = [a for a in node.attrs if isinstance(a, int)]
    left = sum(attrs[:2]) if attrs else len(node.args)
    return left, node.args[left:]


def _stands_alone(node: Expr) -> bool:
    if isinstance(node, Index) or free_indices(node) or name_of(node) in ("d", "derivative", "neg"):
        return False
    return not (isinstance(node, Apply) and node.op.family in ("relation", "leaf") and name_of(node) != "eye")


def _turned(node: Expr) -> Iterator[Expr]:
    inside = node.args[0] if name_of(node) in ("transpose", "inv") else node
    if inside.ndim == 2 and inside.shape[0].number != 1:
        yield apply("transpose", inside)
        if inside.shape[0] == inside.shape[1]:
            yield apply("inv", inside)


def _squares(symbols: Sequence[Symbol]) -> Iterator[Expr]:
    return (s**2 for s in symbols if not s.shape)


def _sizes(roots: Sequence[Expr]) -> tuple[Expr, ...]:
    """The sizes that occur, as numbers: as they are written, else as n."""
    dims = dict.fromkeys(
        d
        for n in postorder(*roots)
        for d in (*n.shape, *(v.dim for v in (n.variables if isinstance(n, Bind) else ()) if isinstance(v, Index)))
    )
    written = {s.name: s for s in symbols_of(*roots) if not s.shape}
    dims = {d: None for d in dims if len(d.names) == 1 and len(d.terms) == 1}
    invented = [d for d in dims if str(d)[:2] == "d_" and str(d) not in written]  # sizes that only the reading gave
    found = [written.get(str(d)) or apply("size", attrs=(d,)) for d in dims if d not in invented]
    return tuple(dict.fromkeys(found))[:4]
