"""Pattern slips: find one side of a case in an expression, and write the other side for what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise, permutations

from agnesi.check.slip_places import built, name_of
from agnesi.check.slips import Case, Slip, sides, slips
from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Index, Symbol, apply, bind, postorder, symbol
from agnesi.expr.operation import operations

Found = dict[Expr, Expr]


@dataclass(frozen=True)
class Shift:
    """One way to go wrong: `seen` in the line above becomes `wrong`, and should have become `right`."""

    slip: Slip
    seen: Expr
    right: Expr
    wrong: Expr


Shifts = Mapping[str, tuple[list[Shift], list[Shift]]]

# What in a text asks for which operations: one of them must be in a line, or the text is not even read.
_SIGNS: dict[str, tuple[str, ...]] = {
    "'": ("transpose",), "^": ("pow", "epow", "matpow", "inv"), "/": ("div", "ediv"), "√": ("sqrt",),
    "‖": ("norm", "kl"), "∂": ("derivative",), "E[": ("expectation",), "Var[": ("variance",), "Cov[": ("covariance",),
    "H(": ("entropy", "cross_entropy"), "I(": ("mutual_information",), "P(": ("probability",), "∩": ("intersection",),
    "∪": ("union",), "¬": ("complement",),
}


@lru_cache(maxsize=2048)
def needs(text: str) -> tuple[frozenset[str], ...]:
    """Return what a text needs: from each set one operation."""
    text = text.replace("∂/∂", "∂")
    signs = [frozenset(names) for sign, names in _SIGNS.items() if sign in text]
    words = [frozenset((operations.functions[w].name,)) for w in _WORD.findall(text) if w in operations.functions]
    return tuple(dict.fromkeys(signs + words))


_WORD = re.compile(r"[a-z][a-z0-9]+(?=\()")


def shifts(present: frozenset[str]) -> Shifts:
    """Return the shifts that may fit where these operations are, by what is on top: of what is seen, of what is wrong.

    The texts of a case are read when they are first needed.
    """
    table: dict[str, tuple[list[Shift], list[Shift]]] = {}
    for slip in slips:
        for case in slip.cases if slip.pattern else ():
            above, below = (all(n & present for n in needs(t)) for t in (case.above or case.right, case.wrong))
            shift = _shift(slip, case) if above or below else None
            if shift is not None and above:
                table.setdefault(name_of(shift.seen), ([], []))[0].append(shift)
            if shift is not None and below and _says_all(shift):
                table.setdefault(name_of(shift.wrong), ([], []))[1].append(shift)
    return table


@lru_cache(maxsize=2048)
def _shift(slip: Slip, case: Case) -> Shift | None:
    """Read a case; None where it cannot be read, of which the tests speak."""
    try:
        return Shift(slip, *sides(case.given, case.above or case.right, case.right, case.wrong))
    except AgnesiError:
        return None


def _says_all(shift: Shift) -> bool:
    """Tell whether the wrong side has all the symbols, so that the right one can be written from it."""
    if isinstance(shift.wrong, Symbol):
        return False
    return _symbols(shift.wrong) >= _symbols(shift.right) | _symbols(shift.seen)


def spoiled(node: Expr, known: Shifts) -> Iterator[tuple[Slip, Expr, Expr]]:
    """Yield (slip, right, wrong): what a part of the line above should become, and what slips make of it."""
    for shift in known.get(name_of(node), ((), ()))[0]:
        for found in match(shift.seen, node, {}):
            yield from _written(shift, shift.right, shift.wrong, found)
            break


def mended(node: Expr, around: frozenset[Expr], known: Shifts) -> Iterator[tuple[Slip, Expr, bool]]:
    """Yield (slip, right, sure): what a wrong part of a line should have been; sure where the part that it was made
    from stands around, so that it is known to have been made from it.
    """
    for shift in known.get(name_of(node), ((), ()))[1]:
        for found in match(shift.wrong, node, {}):
            for slip, right, seen in _written(shift, shift.right, shift.seen, found):
                yield slip, right, seen in around
            break


@lru_cache(maxsize=512)
def _symbols(node: Expr) -> frozenset[Expr]:
    return frozenset(n for n in postorder(node) if isinstance(n, Symbol))


def _written(shift: Shift, right: Expr, wrong: Expr, found: Found) -> Iterator[tuple[Slip, Expr, Expr]]:
    try:
        yield shift.slip, written(right, found), written(wrong, found)
    except AgnesiError:
        return


def match(p: Expr, e: Expr, found: Found) -> Iterator[Found]:
    """Yield what the symbols of a pattern stand for in an expression; the pattern is ours and short."""
    if isinstance(p, Symbol):
        if p in found:
            if found[p] is e:
                yield found
        elif (fitted := _fits(p, e, found)) is not None:
            yield fitted
    elif isinstance(p, Apply) and isinstance(e, Apply) and p.op is e.op:
        lettered = _attrs(p, e, found)
        for args in _pairings(p, e) if lettered is not None else ():
            yield from _all(tuple(zip(p.args, args, strict=True)), lettered or found)
    elif isinstance(p, Bind):
        if isinstance(e, Bind) and p.op is e.op and len(p.variables) == len(e.variables) == len(e.args):
            inner = {**found, **dict(zip(p.variables, e.variables, strict=True))}
            yield from _all(tuple(zip(p.args, e.args, strict=True)), inner)
    elif isinstance(p, Index):
        if found.get(p) is e:
            yield found
    elif p is e:
        yield found


def _attrs(p: Apply, e: Apply, found: Found) -> Found | None:
    """Match static parameters: sizes of leaves and the letter of a probability may be others, the same throughout."""
    if p.op.family in ("leaf", "derivative") or p.attrs == e.attrs:
        return found
    if p.op.family != "probability" or len(p.attrs) != len(e.attrs):
        return None
    for want, got in zip(p.attrs, e.attrs, strict=True):
        if isinstance(want, str) and isinstance(got, str):
            if found.get(_letter(want), symbol(got)) is not symbol(got):
                return None
            found = {**found, _letter(want): symbol(got)}
        elif want != got:
            return None
    return found


def _letter(name: str) -> Expr:
    return symbol(f"\0letter {name}")


def _all(pairs: Sequence[tuple[Expr, Expr]], found: Found) -> Iterator[Found]:
    if not pairs:
        yield found
        return
    for more in match(*pairs[0], found):
        yield from _all(pairs[1:], more)


def _fits(p: Symbol, e: Expr, found: Found) -> Found | None:
    """Bind a symbol, where the orders agree and the sizes are the same as before."""
    if p.ndim != e.ndim:
        return None
    sizes = dims(found)
    for want, got in zip(p.shape, e.shape, strict=True):
        if sizes.setdefault(want, got) != got:
            return None
    return {**found, p: e}


def dims(found: Found) -> dict[Dim, Dim]:
    """Return what the sizes in a pattern stand for."""
    return {w: g for s, e in found.items() for w, g in zip(s.shape, e.shape, strict=True)}


def _pairings(p: Apply, e: Apply) -> Iterator[tuple[Expr, ...]]:
    """Yield the arguments of e in as many groups as p has; those of a sum or of scalars in any order."""
    if len(p.args) == len(e.args):
        free = p.op.name in ("add", "hadamard") or (p.op.name == "mul" and not any(a.shape for a in e.args))
        yield from permutations(e.args) if free and len(p.args) <= 3 else (e.args,)
    elif p.op.name in ("add", "mul", "hadamard") and len(p.args) < len(e.args) <= 6:
        count = len(e.args)
        for cuts in combinations(range(1, count), len(p.args) - 1):
            ends = (0, *cuts, count)
            groups = [e.args[a:b] for a, b in pairwise(ends)]
            made = [g[0] if len(g) == 1 else built(e, g) for g in groups]
            if all(m is not None for m in made):
                yield tuple(m for m in made if m is not None)


def written(side: Expr, found: Found) -> Expr:
    """Return a side of a case for what its symbols stand for; raises `AgnesiError` where it does not fit."""
    sizes, out = dims(found), dict[Expr, Expr]()
    for node in postorder(side, below=lambda n: (*n.variables, *n.args) if isinstance(n, Bind) else n.args):
        if node in found:
            out[node] = found[node]
        elif isinstance(node, Bind):
            out[node] = bind(node.op, [out[v] for v in node.variables], *(out[a] for a in node.args))
        elif isinstance(node, Apply) and node.op.family == "leaf":
            attrs = tuple(sizes.get(Dim.of(a), Dim.of(a)) for a in node.attrs)
            out[node] = apply(node.op, *(out[a] for a in node.args), attrs=attrs)
        elif isinstance(node, Apply) and node.op.family == "probability":
            named = tuple(_named(a, found) for a in node.attrs)
            out[node] = apply(node.op, *(out[a] for a in node.args), attrs=named)
        elif isinstance(node, Apply):
            made = built(node, tuple(out[a] for a in node.args))
            if made is None:
                raise AgnesiError("The pattern does not fit.")
            out[node] = made
        else:
            out[node] = node
    return out[side]


def _named(attr: object, found: Found) -> object:
    held = found.get(_letter(attr)) if isinstance(attr, str) else None
    return held.name if isinstance(held, Symbol) else attr
