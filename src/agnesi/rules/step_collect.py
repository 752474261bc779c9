"""Bring a differential to the form gᵀdx, tr(GᵀdX) or g ds by named moves, term by term.

A term is scalars · ∑ tr(left · active · right), where `active` holds dX and the trace is left out where the product
is a number. Each move takes one operation off the active factor and puts it on the side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, constant
from agnesi.rules.simplify import Factors, divided, entrywise, gathered, over, plus, summed, times, transposed, zero
from agnesi.rules.step_look import differential_of, has_d, op_of

Chain = tuple[Expr, ...]
SAME = "a number equals its transpose"
TURN = "tr(A) = tr(Aᵀ)"
BOTH = "tr(A) = tr(Aᵀ), and the trace is cyclic"
CYCLE = "the trace is cyclic"
OWN = "a number is its own trace, and the trace is cyclic"
MULTIPLIED = "multiplied out"
BY_TERMS = "the sum is taken term by term"
SOURCES = {SAME: "MML 2.2.2", TURN: "MML 4.1", BOTH: "MML 4.1", CYCLE: "MML 4.1", OWN: "MML 4.1"}


@dataclass(frozen=True)
class Term:
    """A term of the differential (see the module); `scalar` tells that the whole is a number.

    `sums` are from the outside in: the indices, the bounds, and the scalars before and under the sum.
    """

    active: Expr
    scalars: Chain = ()
    below: Chain = ()
    sums: tuple[tuple[Chain, Chain, Chain, Chain], ...] = ()
    left: Chain = ()
    right: Chain = ()
    trace: bool = False
    scalar: bool = True

    def written(self, core: Expr | None = None) -> Expr:
        """Return the term as an expression (with another core in place of left · active · right)."""
        if core is None:
            core = times(*self.left, self.active, *self.right)
            core = apply("tr", core) if self.trace and core.shape else core
        out = over(times(*self.scalars, core), times(*self.below)) if self.below else times(*self.scalars, core)
        for variables, rest, above, below in reversed(self.sums):
            out = times(*above, summed(variables, out, *rest))
            out = over(out, times(*below)) if below else out
        return out

    def gradient(self) -> Expr | None:
        """Return what stands on dX, transposed to its shape, where nothing is left on the right."""
        if self.right or op_of(self.active) != "d":
            return None
        if not self.active.shape:
            return self.written(times(*self.left) if self.left else constant(1))
        side = transposed(times(*self.left)) if self.left else apply("eye", attrs=self.active.shape[:1])
        return self.written(side)


@dataclass(frozen=True)
class Collected:
    """The lines (expression, words, source) of a collection, and the derivative that it reads off, if it got there."""

    lines: tuple[tuple[Expr, str, str], ...]
    derivative: Expr | None


def absorb(term: Term) -> tuple[list[Term], list[str]]:
    """Take numbers, products and sums off the active factor; say whether a product or a sum was taken apart."""
    todo, done, apart = [term], list[Term](), list[str]()
    while todo:
        now = todo.pop()
        active, name = now.active, op_of(now.active)
        match name:
            case "neg":
                todo.append(replace(now, active=active.args[0], scalars=(constant(-1), *now.scalars)))
            case "div" if has_d(active.args[0]) and not has_d(active.args[1]):
                todo.append(replace(now, active=active.args[0], below=(*now.below, active.args[1])))
            case "add":
                if now.left or now.right:
                    apart.append(MULTIPLIED)
                elif now.sums:
                    apart.append(BY_TERMS)
                parts = [_spread(a, active) for a in active.args]
                todo.extend(replace(now, active=a) for a in reversed(parts))
            case "mul":
                todo.append(_product(now))
            case "sum" if op_of(active.args[0]) == "add" and not (now.left or now.right):
                apart.append(BY_TERMS)
                inner = active.args[0]
                todo.extend(replace(now, active=apply("sum", _spread(a, inner))) for a in reversed(inner.args))
            case "tr" if not (now.left or now.right):
                todo.append(replace(now, active=active.args[0], trace=True))
            case "Sum" if isinstance(active, Bind):
                sums = (*now.sums, (active.variables, active.args[1:], now.scalars, now.below))
                todo.append(replace(now, active=active.body, sums=sums, scalars=(), below=()))
            case _:
                done.append(now)
    return done, apart


def _spread(part: Expr, whole: Expr) -> Expr:
    return times(part, apply("ones", attrs=whole.shape)) if whole.shape and not part.shape else part


def _product(term: Term) -> Term:
    factors = list(term.active.args)
    at = next(k for k, f in enumerate(factors) if has_d(f))
    active, before, after = factors[at], factors[:at], factors[at + 1 :]
    if active.shape:
        outside = tuple(f for f in before + after if not f.shape)
        left = (*term.left, *(f for f in before if f.shape))
        right = (*(f for f in after if f.shape), *term.right)
        return replace(term, active=active, scalars=(*term.scalars, *outside), left=left, right=right)
    rest = Factors().take([*before, *after]).written() if before or after else constant(1)
    if not term.scalar:
        outside = tuple(f for f in before + after if not f.shape)
        left = (*term.left, *(f for f in before + after if f.shape), *term.right)
        return replace(term, active=active, scalars=(*term.scalars, *outside), left=left, right=())
    around = times(*term.left, rest, *term.right)
    around = apply("tr", around) if around.shape else around
    return replace(term, active=active, scalars=(*term.scalars, around), left=(), right=(), trace=False)


Moved = tuple[Term, str] | None


def step(term: Term) -> Moved:
    """Make one named move on a term of a number, or return None where there is none to make."""
    active, name = term.active, op_of(term.active)
    if name == "d":
        return _rotated(term) if term.right else None
    if name == "transpose":
        return _turned(term)
    if not active.shape:
        return _reduction(term, name)
    if term.right:
        return _rotated(term)
    rule = _SIDE.get(name)
    return rule(term) if rule is not None else None


def _rotated(term: Term) -> Moved:
    if not term.active.shape and not term.left:
        return None
    if term.active.ndim == 1 and not term.trace and not term.left:
        return None
    words = CYCLE if term.trace else OWN
    left = (*term.right, *term.left)
    return replace(term, left=left, right=(), trace=times(*left, term.active).ndim > 0), words


def _turned(term: Term) -> Moved:
    left = tuple(transposed(f) for f in reversed(term.right))
    right = tuple(transposed(f) for f in reversed(term.left))
    turned = replace(term, left=left, right=right, active=term.active.args[0])
    if not term.trace:
        return turned, SAME
    return (replace(turned, left=(*right, *left), right=()), BOTH) if right else (turned, TURN)


def _reduction(term: Term, name: str) -> Moved:
    """A number made of the entries of what is below it: inner, sum, mean, an entry."""
    active = term.active
    if name == "inner":
        one, other = active.args if has_d(active.args[1]) else active.args[::-1]
        words = "⟨u, v⟩ = uᵀv" if other.ndim == 1 else "⟨U, V⟩ = tr(UᵀV)"
        return replace(term, left=(transposed(one),), active=other, trace=other.ndim > 1), words
    if name in ("sum", "mean"):
        return _total(term, name)
    if name == "entry":
        return _entry(term)
    return None


def _total(term: Term, name: str) -> Moved:
    inner = term.active.args[0]
    if name == "mean":
        sizes = tuple(apply("size", attrs=(dim,)) for dim in inner.shape)
        return replace(term, active=apply("sum", inner), below=(*term.below, *sizes)), "mean(u) = sum(u)/n"
    if op_of(inner) == "hadamard":
        live = next(a for a in inner.args if has_d(a))
        rest = entrywise(*(a for a in inner.args if a is not live))
        words = "sum(u ⊙ v) = uᵀv" if live.ndim == 1 else "sum(U ⊙ V) = tr(UᵀV)"
        return replace(term, left=(transposed(rest),), active=live, trace=live.ndim > 1), words
    if not inner.shape:
        return replace(term, active=inner), "the sum of one number is the number"
    ones = apply("ones", attrs=inner.shape[:1])
    if inner.ndim == 1:
        return replace(term, left=(transposed(ones),), active=inner), "sum(u) = 𝟏ᵀu"
    right = apply("ones", attrs=inner.shape[1:])
    return replace(term, left=(transposed(ones),), active=inner, right=(right,)), "sum(U) = 𝟏ᵀU𝟏"


def unit(position: Expr, dim: object) -> Expr:
    """Return the unit vector with 1 at a position."""
    return apply("basis", position, attrs=(dim,))


def _entry(term: Term) -> Moved:
    owner, *at = term.active.args
    if len(at) != owner.ndim:
        return None
    left = (transposed(unit(at[0], owner.shape[0])),)
    right = (unit(at[1], owner.shape[1]),) if len(at) == 2 else ()
    words = "Uᵢⱼ = eᵢᵀU eⱼ" if right else "uᵢ = eᵢᵀu"
    return replace(term, active=owner, left=left, right=right), words


def _cotangent(term: Term) -> Expr:
    """Return the cotangent in the shape of the active factor."""
    return transposed(times(*term.left)) if term.left else apply("eye", attrs=term.active.shape[:1])


def _on(term: Term, active: Expr, cotangent: Expr, words: str) -> Moved:
    left = (transposed(cotangent),)
    return replace(term, active=active, left=left, trace=active.ndim > 1 and times(*left, active).ndim > 0), words


def _hadamard(term: Term) -> Moved:
    live = next(a for a in term.active.args if has_d(a))
    rest = [a for a in term.active.args if a is not live]
    words = "gᵀ(v ⊙ u) = (g ⊙ v)ᵀu" if live.ndim == 1 else "tr(Gᵀ(V ⊙ U)) = tr((G ⊙ V)ᵀU)"
    return _on(term, live, entrywise(_cotangent(term), *rest), words)


def _ediv(term: Term) -> Moved:
    live, below = term.active.args
    if has_d(below):
        return None
    words = "gᵀ(u ./ v) = (g ./ v)ᵀu" if live.ndim == 1 else "tr(Gᵀ(U ./ V)) = tr((G ./ V)ᵀU)"
    return _on(term, live, divided(_cotangent(term), below), words)


def _row(term: Term) -> Moved:
    owner, at = term.active.args
    turned = replace(term, active=apply("transpose", owner), right=(unit(at, owner.shape[0]),))
    return turned, "row i of U is Uᵀeᵢ"


def _col(term: Term) -> Moved:
    owner, at = term.active.args
    return replace(term, active=owner, right=(unit(at, owner.shape[1]),)), "column j of U is U eⱼ"


def _unvec(term: Term) -> Moved:
    return _on(term, term.active.args[0], apply("vec", _cotangent(term)), "tr(Gᵀ unvec(u)) = vec(G)ᵀu")


def _vec(term: Term) -> Moved:
    owner = term.active.args[0]
    return _on(term, owner, apply("unvec", _cotangent(term), attrs=owner.shape), "gᵀvec(U) = tr(unvec(g)ᵀU)")


def _adjoint(term: Term) -> Moved:
    """Use the adjoint that an operation brings, as the Fréchet derivatives of matrix functions do."""
    active = term.active
    assert isinstance(active, Apply)
    at = next(k for k, a in enumerate(active.args) if has_d(a))
    adjoint = active.op.extra.get("adjoint")
    found = adjoint(active.args, _cotangent(term)) if adjoint is not None else ()
    if any(has_d(a) for k, a in enumerate(active.args) if k != at) or len(found) <= at or found[at] is None:
        return None
    return _on(term, active.args[at], found[at], "tr(GᵀL(X, U)) = tr(L(Xᵀ, G)ᵀU)")


def _self(name: str, words: str) -> Callable[[Term], Moved]:
    return lambda term: _on(term, term.active.args[0], apply(name, _cotangent(term)), words)


def _diag(term: Term) -> Moved:
    return _on(term, term.active.args[0], apply("diagonal", _cotangent(term)), "tr(Gᵀdiag(u)) = diag(G)ᵀu")


def _cumsum(term: Term) -> Moved:
    n = term.active.shape[0]
    lower = apply("tril", apply("ones", attrs=(n, n)))
    return replace(
        term, active=term.active.args[0], left=(*term.left, lower)
    ), "running sums are a product with a triangle of ones"


_SIDE: dict[str, Callable[[Term], Moved]] = {
    "hadamard": _hadamard,
    "ediv": _ediv,
    "row": _row,
    "col": _col,
    "vec": _vec,
    "unvec": _unvec,
    "dexpm": _adjoint,
    "dlogm": _adjoint,
    "dsqrtm": _adjoint,
    "diag": _diag,
    "diagonal": _self("diag", "gᵀdiag(U) = tr(diag(g)ᵀU)"),
    "cumsum": _cumsum,
    "tril": _self("tril", "tr(Gᵀtril(U)) = tr(tril(G)ᵀU)"),
    "triu": _self("triu", "tr(Gᵀtriu(U)) = tr(triu(G)ᵀU)"),
    "toeplitz": _self("toeplitz", "sums along diagonals move to the other factor"),
}


def vector_step(term: Term) -> Moved:
    """Make one move towards J dx on a term of a vector."""
    active, name = term.active, op_of(term.active)
    if name == "hadamard" and active.ndim == 1 and not term.right:
        live = next(a for a in active.args if has_d(a))
        rest = entrywise(*(a for a in active.args if a is not live))
        return replace(term, active=live, left=(*term.left, apply("diag", rest))), "v ⊙ u = diag(v) u"
    if name == "ediv" and active.ndim == 1 and not term.right and not has_d(active.args[1]):
        inverse = apply("ediv", constant(1), active.args[1])
        return replace(
            term, active=active.args[0], left=(*term.left, apply("diag", inverse))
        ), "u ./ v = diag(1 ./ v) u"
    if name == "sum" and active.args[0].ndim == 1:
        ones = transposed(apply("ones", attrs=active.args[0].shape))
        return replace(term, active=active.args[0], left=(*term.left, ones)), "sum(u) = 𝟏ᵀu"
    if name == "mean" and active.args[0].ndim == 1:
        size = apply("size", attrs=active.args[0].shape)
        return replace(term, active=apply("sum", active.args[0]), below=(*term.below, size)), "mean(u) = sum(u)/n"
    if name == "inner" and active.args[0].ndim == 1:
        one, other = active.args if has_d(active.args[1]) else active.args[::-1]
        return replace(term, active=other, left=(*term.left, transposed(one))), "⟨u, v⟩ = uᵀv"
    if name == "diag" and len(term.right) >= 1 and term.right[0].ndim == 1 and len(term.right) == 1:
        return replace(
            term, active=active.args[0], left=(*term.left, apply("diag", term.right[0])), right=()
        ), "diag(u) v = diag(v) u"
    return None


def settle(terms: list[Term]) -> tuple[list[Term], list[str]]:
    """Absorb what needs no name in every term, and say what needs one."""
    out, apart = list[Term](), list[str]()
    for term in terms:
        more, words = absorb(term)
        out += more
        apart += words
    return out, apart


def collect(df: Expr, variable: Symbol, grain: str = "normal", merge: int = 0) -> Collected:
    """Return the lines that bring df to the form in which the derivative is read off."""
    move = step if not df.shape else vector_step
    if df.ndim > 1 or variable.ndim > 2:
        return Collected((), None)
    frame, inner = framed(df)
    terms, multiplied = settle([Term(inner, scalar=not df.shape)])

    def whole_of(parts: list[Expr]) -> Expr:
        return over(times(*frame[0], plus(*parts)), times(*frame[1])) if frame[1] else times(*frame[0], plus(*parts))

    shown = df
    rounds: list[tuple[Expr, list[str]]] = []
    pending: list[str] = []
    if multiplied:
        shown = whole_of([t.written() for t in terms])
        rounds.append((shown, multiplied))
    for _ in range(200):
        moved = [move(t) for t in terms]
        words = [m[1] for m in moved if m is not None]
        if not words:
            break
        terms, multiplied = settle([t if m is None else m[0] for t, m in zip(terms, moved, strict=True)])
        now = whole_of([t.written() for t in terms])
        pending += [*words, *multiplied]
        if now is not shown:
            rounds.append((now, pending))
            shown, pending = now, []
    reached = all(op_of(t.active) == "d" and not t.right for t in terms)
    gradients = [t.gradient() if not df.shape else _jacobian(t) for t in terms] if reached else [None]
    whole = None if any(g is None for g in gradients) else total([g for g in gradients if g is not None], whole_of)
    if reached and len(kept := gathered([t.written() for t in terms])) < len(terms):
        shown = total([t.written() for t in terms], whole_of) if kept else zero(df)
        rounds.append((shown, ["equal terms added up"]))
    lines = [(e, "; ".join(named(w)), _sources(w)) for e, w in fewer_rounds(rounds, grain, merge)]
    if not reached:
        lines = []
    if reached and grain == "all" and whole is not None and len(terms) > 1:
        lines += together(whole, variable, df, shown)
    return Collected(tuple(lines), whole)


def gradients(df: Expr) -> dict[Expr, Expr] | None:
    """Return what stands on the differential of each variable in a number df; None where one is not reached."""
    terms, _ = settle([Term(df)])
    for _ in range(200):
        moved = [step(t) for t in terms]
        if not any(moved):
            break
        terms, _ = settle([t if m is None else m[0] for t, m in zip(terms, moved, strict=True)])
    found: dict[Expr, list[Expr]] = {}
    for term in terms:
        part = term.gradient()
        if part is None:
            return None
        found.setdefault(term.active.args[0], []).append(part)
    return {x: total(parts) for x, parts in found.items()}


def framed(df: Expr) -> tuple[tuple[Chain, Chain], Expr]:
    """Take the scalars before a sum and those under it off a differential: they stay where they are."""
    above, below, inner = list[Expr](), list[Expr](), df
    while True:
        live = [a for a in inner.args if has_d(a)]
        if op_of(inner) == "neg":
            above.append(constant(-1))
        elif op_of(inner) == "div" and len(live) == 1 and live[0] is inner.args[0]:
            below.append(inner.args[1])
        elif op_of(inner) == "mul" and len(live) == 1 and not any(a.shape for a in inner.args if a is not live[0]):
            above += [a for a in inner.args if a is not live[0]]
        else:
            break
        inner = live[0]
    return ((tuple(above), tuple(below)), inner) if op_of(inner) == "add" else (((), ()), df)


def total(terms: list[Expr], whole_of: Callable[[list[Expr]], Expr] | None = None) -> Expr:
    """Return the sum of terms, equal ones added up."""
    kept = gathered(terms)
    if not kept:
        return zero(terms[0])
    return plus(*kept) if whole_of is None else whole_of(kept)


def _jacobian(term: Term) -> Expr | None:
    if term.right:
        return None
    if not term.active.shape:
        return term.written(times(*term.left)) if term.left else None
    return term.written(times(*term.left) if term.left else apply("eye", attrs=term.active.shape))


def together(whole: Expr, variable: Symbol, df: Expr, shown: Expr) -> list[tuple[Expr, str, str]]:
    """Return the line that takes dx out of all terms."""
    dx = differential_of(variable)
    if df.shape or not variable.shape:
        line = times(whole, dx)
    elif variable.ndim == 1:
        line = apply("mul", transposed(whole), dx)
    else:
        line = apply("tr", apply("mul", transposed(whole), dx))
    return [(line, f"d{variable.name} taken out of the terms", "MML 2.2.1")] if line is not shown else []


def named(words: list[str]) -> list[str]:
    """Return the names of moves, each once, and none that another says already."""
    said = list(dict.fromkeys(words))
    longer = [w for w in said if any(w != other and w in other for other in said)]
    return [w for w in said if w not in longer]


def _sources(words: list[str]) -> str:
    found = [SOURCES.get(w, "Matrix Cookbook 1.1" if "tr(" in w else "MML 2.2") for w in words]
    return "; ".join(dict.fromkeys(found))


def fewer_rounds(rounds: list[tuple[Expr, list[str]]], grain: str, merge: int) -> list[tuple[Expr, list[str]]]:
    """Merge rounds: every one at the grain "all", at most three at "normal", one at "fewer"."""
    most = len(rounds) if grain == "all" else 1 if grain == "fewer" or merge else 3
    if len(rounds) <= most:
        return rounds
    out = rounds[: most - 1]
    tail = rounds[most - 1 :]
    return [*out, (tail[-1][0], [w for _, words in tail for w in words])]
