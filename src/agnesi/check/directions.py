"""The symbols dX that differentials need values for."""

from __future__ import annotations

from collections.abc import Collection

from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbol, symbols_of


def directions(*roots: Expr, moved: frozenset[str] = frozenset()) -> list[Symbol]:
    """Return the symbols dX that need values: those that the text moves or writes, or all under d(...)."""
    heads = _heads(roots)
    able = symbols_of(*(n.args[0] for n in heads))
    chosen = {s.name for s in able} & (moved | {s.name for s in _written(heads)})
    if not chosen:
        each = [{s.name for s in symbols_of(n.args[0])} for n in heads]
        chosen = set.intersection(*each) if each else set()
    return [symbol(f"d{s.name}", s.shape) for s in able if not chosen or s.name in chosen]


def written_directions(*roots: Expr, moving: Collection[str] | None = None) -> list[Symbol]:
    """Return the symbols dX of those that `moving` names; without it those written, or all under d(...) if none is."""
    heads = _heads(roots)
    written = _written(heads)
    able = symbols_of(*(n.args[0] for n in heads))
    chosen = [s for s in able if (s.name in moving if moving is not None else not written or s in written)]
    return [symbol(f"d{s.name}", s.shape) for s in chosen]


def _heads(roots: tuple[Expr, ...]) -> list[Apply]:
    return [n for n in postorder(*roots) if isinstance(n, Apply) and n.op.name == "d"]


def _written(heads: list[Apply]) -> set[Symbol]:
    return {n.args[0] for n in heads if isinstance(n.args[0], Symbol)}
