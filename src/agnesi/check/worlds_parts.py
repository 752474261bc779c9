"""Hypotheses H1, H2, H3 of which one is true, H_i among them, and events D = 3 that are compared with numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from itertools import combinations

from agnesi.check.worlds_numbers import as_events, compared, events_of
from agnesi.check.worlds_scan import Chance, is_op
from agnesi.check.worlds_tables import Independence
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Index,
    Symbol,
    apply,
    constant,
    fold,
    postorder,
    symbol,
    symbols_of,
    with_args,
)
from agnesi.expr.nodes import replace as substituted

NUMBERED = re.compile(r"([A-Z][a-z]?)_?(\d)")
MAX_PARTS = 5


def partition_in(roots: Sequence[Expr], number: int = 0) -> dict[str, tuple[str, ...]]:
    """Return the hypotheses of a text by letter: H0 and H1 where each is a condition and no two stand together."""
    densities = [n for n in postorder(*roots) if is_op(n, "probability") and isinstance(n, Apply)]
    found: dict[str, dict[str, None]] = {}
    given: set[str] = set()
    together: set[str] = set()
    entries: set[str] = set()
    for node in densities:
        here: dict[str, list[str]] = {}
        for k, arg in enumerate(node.args):
            for s in symbols_of(arg):
                made = NUMBERED.fullmatch(s.name)
                if made and not s.shape:
                    here.setdefault(made[1], []).append(s.name)
                    given |= {s.name} if k >= node.attrs[1] else set()
                if s.ndim == 1 and is_op(arg, "entry"):
                    entries.add(s.name)
        for letter, names in here.items():
            found.setdefault(letter, {}).update(dict.fromkeys(names))
            together |= {letter} if len(names) > 1 else set()
    out: dict[str, tuple[str, ...]] = {}
    for letter, held in found.items():
        able = len(held) > 1 and set(held) & given and letter not in together and len(held) <= MAX_PARTS
        if able and (set(held) <= given or letter in entries):
            out[letter] = tuple(sorted(held))
    return out


def total_in(roots: Sequence[Expr]) -> list[tuple[str, ...]]:
    """Return events B_k over which a text sums P(A | B_k) P(B_k): one of them happens; and + with −."""
    out: dict[tuple[str, ...], None] = {}
    signs = {s.name for n in postorder(*roots) if is_op(n, "probability") for s in symbols_of(n)} & {"⁺", "⁻"}
    if len(signs) > 1:
        out[tuple(sorted(signs))] = None
    for node in postorder(*roots):
        if is_op(node, "add") and isinstance(node, Apply):
            pairs = [_conditioned(a) for a in node.args]
            names = [p[1] for p in pairs if p is not None]
            heads = {p[0] for p in pairs if p is not None}
            if len(names) > 1 and len(names) == len(node.args) and len(heads) == 1 and len(set(names)) == len(names):
                out[tuple(sorted(names))] = None
    return list(out)


def chains_in(roots: Sequence[Expr]) -> list[Independence]:
    """Return x ⊥ D | θ where a text says p(x | D) = ∫ p(x | θ) p(θ | D) dθ: that holds in such chains only."""
    out: dict[Independence, None] = {}
    for node in postorder(*roots):
        if not isinstance(node, Bind) or node.op.name not in ("Outcomes", "Whole") or len(node.variables) != 1:
            continue
        held = [a for a in postorder(node.body) if is_op(a, "probability") and isinstance(a, Apply)]
        middle = node.variables[0]
        if len(held) != 2 or not isinstance(middle, Symbol) or not is_op(node.body, "mul"):
            continue
        first = next((a for a in held if middle in a.args[a.attrs[1] :]), None)
        other = next((a for a in held if a is not first and middle in a.args[: a.attrs[1]]), None)
        if first is None or other is None or not all(isinstance(a, Symbol) for a in (*first.args, *other.args)):
            continue
        left = {a.name for a in first.args[: first.attrs[1]] if isinstance(a, Symbol)}
        after = {a.name for a in first.args if isinstance(a, Symbol)}
        far = {a.name for a in other.args[other.attrs[1] :] if isinstance(a, Symbol)} - after
        if far:
            out[frozenset(left), frozenset(far), frozenset(after - left)] = None
    return list(out)


def _conditioned(term: Expr) -> tuple[Expr, str] | None:
    """Return (A, "B") of a term P(A | B) P(B); None for others."""
    if not is_op(term, "mul") or not isinstance(term, Apply):
        return None
    held = [a for a in term.args if is_op(a, "probability") and isinstance(a, Apply)]
    both = next((a for a in held if a.attrs[1] == 1 and len(a.args) == 2 and isinstance(a.args[1], Symbol)), None)
    if both is None or not isinstance(both.args[1], Symbol) or both.args[1].shape:
        return None
    alone = any(a.args == both.args[1:] for a in held)
    return (both.args[0], both.args[1].name) if alone and len(held) == 2 else None


def with_partition(known: Chance, roots: Sequence[Expr]) -> Chance:
    """Return what is known with the hypotheses of a text: one of them is true, and no two."""
    known = changed(known, independent=(*known.independent, *chains_in(roots)))
    for names in total_in(roots):
        pairs = tuple(frozenset(pair) for pair in combinations(names, 2))
        known = changed(
            known, exclusive=(*known.exclusive, *pairs), exhaustive=(*known.exhaustive, frozenset(names)),
        )
    parts = partition_in(roots)
    for names in parts.values():
        pairs = tuple(frozenset(pair) for pair in combinations(names, 2))
        known = changed(
            known, exclusive=(*known.exclusive, *pairs), exhaustive=(*known.exhaustive, frozenset(names)),
            parts=(*known.parts, (names[0].rstrip("0123456789_"), names)),
        )
    return known


def with_parts(roots: Sequence[Expr], known: Chance) -> tuple[list[Expr], Chance]:
    """Return roots in which H_i stands for H1, H2, ... in turn, and D = 3 is an event where numbers of it are given."""
    parts = dict(known.parts)
    out = [expanded(r, parts) for r in roots] if parts else list(roots)
    counted = dict.fromkeys(n for n in postorder(*(v for _, v in known.numbers)) if is_op(n, "size"))
    if counted:
        letters = {n: symbol(str(n)) for n in counted}
        sizes = {d for r in out for s in symbols_of(r) for dim in s.shape for d in dim.names}
        if sizes & {s.name for s in letters.values()}:
            raise NotNumeric("A size of a vector stands in a given probability.")
        out = [substituted_nodes(r, letters) for r in out]
        numbers = tuple((p, substituted_nodes(v, letters)) for p, v in known.numbers)
        known = changed(known, numbers=numbers)
    bare = {s.name for r in out for n in postorder(r) if isinstance(n, Apply) and n.op.name != "eq"
            for s in n.args if isinstance(s, Symbol)}
    states = {n for f in known.formulas for n, _ in (*f.cases, *f.states)}
    alone, bare = known.relations - bare - states, bare - states
    if known.relations & bare:
        raise NotNumeric(f"{min(known.relations & bare)} is a variable here and an event in what is given.")
    if not alone:
        return out, known
    out = [as_events(r, alone) for r in out]
    held = {s.name for p in (*out, *(p for p, _ in known.numbers)) for n in postorder(p) if is_op(n, "probability")
            for s in symbols_of(n)}
    pairs: list[frozenset[str]] = []
    for name in alone:
        mine = sorted(n for n in held if n.startswith(f"{name} = "))
        pairs += [frozenset(pair) for pair in combinations(mine, 2)]
    return out, changed(known, exclusive=(*known.exclusive, *pairs))


def substituted_nodes(root: Expr, letters: Mapping[Expr, Expr]) -> Expr:
    """Return an expression with nodes, such as the size N, replaced."""
    return fold(root, lambda node, below: letters[node] if node in letters else with_args(node, below))


def expanded(root: Expr, parts: Mapping[str, tuple[str, ...]]) -> Expr:
    """Return an expression with sums over i of H_i written out."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        if not isinstance(made, Bind) or len(made.variables) != 1 or not isinstance(made.variables[0], Index):
            return made
        at = made.variables[0]
        names = next((parts[n] for a in postorder(made.body) if (n := entry_at(a, at, parts))), None)
        if names is None or made.op.name not in ("Sum", "Prod", "Tensor"):
            return made
        terms = [chosen(made.body, at, k, name, parts) for k, name in enumerate(names, start=1)]
        if made.op.name == "Tensor":
            return apply("blocks", *terms, attrs=(len(terms), 1)) if not made.body.shape else made
        return apply("add" if made.op.name == "Sum" else "mul", *terms)

    return fold(root, step)


def entry_at(node: Expr, at: Index, parts: Mapping[str, tuple[str, ...]]) -> str:
    """Return H where a node is H_i at this index; nothing for others."""
    if not is_op(node, "entry") or not isinstance(node, Apply) or len(node.args) != 2 or node.args[1] is not at:
        return ""
    owner = node.args[0]
    return owner.name if isinstance(owner, Symbol) and owner.name in parts else ""


def chosen(body: Expr, at: Index, k: int, name: str, parts: Mapping[str, tuple[str, ...]]) -> Expr:
    """Return a body with one hypothesis in place of H_i, and its number in place of i."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        return symbol(name) if entry_at(node, at, parts) else with_args(node, below)

    return substituted(fold(body, step), {at: constant(k)})


__all__ = ["as_events", "compared", "events_of", "with_partition", "with_parts"]
