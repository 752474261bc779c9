"""Coefficients of power series, exactly, by the recurrences of series: sums, products, powers, functions.

    coefficients(f, x, at, n)           # of (x − at)⁰, …, (x − at)ⁿ, or None where no such series is known

On the way a series may begin with a negative power, so that sin(x)/x has one too. Source: Knuth, The Art of Computer
Programming 2, 4.7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

Coefficients = list[sympy.Expr]
_MORE = 6  # coefficients that quotients may use up
_ZERO, _ONE = sympy.Integer(0), sympy.Integer(1)


class _NoSeriesError(Exception):
    """There is no power series, or no recurrence is known."""


@dataclass(frozen=True)
class _Series:
    """The distance to the power `low`, times a power series; its first coefficient is not zero unless all are."""

    low: int
    held: Coefficients


def coefficients(
    f: sympy.Expr, x: sympy.Symbol, at: sympy.Expr, n: int, real: bool = True
) -> Coefficients | None:
    """Return the coefficients of the powers 0 to n of x − at, exactly; None where no series (of reals) is known.

    >>> x = sympy.Symbol("x", real=True)
    >>> coefficients(sympy.sin(x) / x, x, sympy.Integer(0), 4)
    [1, 0, -1/6, 0, 1/120]
    """
    size, done = n + 1 + _MORE, dict[Any, _Series]()
    try:
        for node in sympy.postorder_traversal(f):
            if node not in done:
                done[node] = _of(node, done, x, at, size)
        found = _plain(done[f])[: n + 1]
    except _NoSeriesError:
        return None
    bad = any(c.has(sympy.zoo, sympy.nan, sympy.oo) or (real and c.is_real is False) for c in found)
    return None if bad or len(found) < n + 1 else found


def _of(node: Any, done: dict[Any, _Series], x: sympy.Symbol, at: sympy.Expr, size: int) -> _Series:
    if node == x:
        return _begun([at, _ONE, *[_ZERO] * (size - 2)])
    if not node.has(x):
        return _begun([node, *[_ZERO] * (size - 1)])
    args = [done[a] for a in node.args]
    if node.is_Add:
        return _added(args)
    if node.is_Mul:
        low = sum(a.low for a in args)
        return _begun(_product([a.held for a in args]), low)
    if node.is_Pow and not node.exp.has(x):
        return _raised(args[0], node.exp)
    if node.is_Pow and node.base is not sympy.E:
        return _begun(_exp(_product([_plain(args[1]), _log(_plain(args[0]))])))
    run = _FUNCTIONS.get(sympy.exp if node.is_Pow else node.func)
    if run is None:
        raise _NoSeriesError
    return _begun(run(_plain(args[-1])))


def _begun(held: Coefficients, low: int = 0) -> _Series:
    """Return a series whose first coefficient is not zero, if there is one."""
    for k, c in enumerate(held):
        if c != 0 and (c.is_Rational or sympy.simplify(c) != 0):
            return _Series(low + k, held[k:])
    return _Series(0, held)


def _plain(series: _Series) -> Coefficients:
    """Return the coefficients from the power 0 on; refuse a pole."""
    if series.low < 0:
        raise _NoSeriesError
    return [_ZERO] * series.low + series.held


def _added(terms: Sequence[_Series]) -> _Series:
    low, end = min(t.low for t in terms), min(t.low + len(t.held) for t in terms)
    lists = [([_ZERO] * (t.low - low) + t.held)[: end - low] for t in terms]
    return _begun([sympy.Add(*cs) for cs in zip(*lists, strict=True)], low)


def _product(lists: Sequence[Coefficients]) -> Coefficients:
    whole = lists[0]
    for other in lists[1:]:
        size = min(len(whole), len(other))
        whole = [
            sympy.Add(*[whole[i] * other[k - i] for i in range(k + 1) if whole[i] != 0 and other[k - i] != 0])
            for k in range(size)
        ]
    return whole


def _raised(base: _Series, e: sympy.Expr) -> _Series:
    """Return a power: k a₀ pₖ = Σ (e j − (k − j)) aⱼ pₖ₋ⱼ, for any exponent that has no variable."""
    a, low = base.held, base.low * e
    if a[0] == 0 or not low.is_Integer or (base.low and not e.is_Integer):
        raise _NoSeriesError
    p = [a[0] ** e]
    for k in range(1, len(a)):
        total = sympy.Add(*[(e * j - (k - j)) * a[j] * p[k - j] for j in range(1, k + 1) if a[j] != 0])
        p.append(total / (k * a[0]))
    return _Series(int(low), p)


def _exp(a: Coefficients) -> Coefficients:
    p = [sympy.exp(a[0])]
    for k in range(1, len(a)):
        p.append(sympy.Add(*[j * a[j] * p[k - j] for j in range(1, k + 1) if a[j] != 0]) / k)
    return p


def _log(a: Coefficients) -> Coefficients:
    if a[0] == 0:
        raise _NoSeriesError
    return _integrated(sympy.log(a[0]), a, _raised(_Series(0, a), sympy.Integer(-1)).held)


def _integrated(first: sympy.Expr, a: Coefficients, slope: Coefficients) -> Coefficients:
    """Return the series of g(u), whose derivative g′(u) has the given series: that of g′(u) u′, integrated."""
    inner = [k * c for k, c in enumerate(a)][1:]
    return [first, *(c / (k + 1) for k, c in enumerate(_product([slope, inner])))]


def _waves(a: Coefficients, first: tuple[Any, Any], sign: int) -> tuple[Coefficients, Coefficients]:
    """Return sine and cosine together (sign −1), or the hyperbolic ones (sign 1): s′ = c u′, c′ = ± s u′."""
    s, c = [first[0]], [first[1]]
    for k in range(1, len(a)):
        s_next = sympy.Add(*[j * a[j] * c[k - j] for j in range(1, k + 1) if a[j] != 0]) / k
        c_next = sign * sympy.Add(*[j * a[j] * s[k - j] for j in range(1, k + 1) if a[j] != 0]) / k
        s.append(s_next)
        c.append(c_next)
    return s, c


def _circular(a: Coefficients) -> tuple[Coefficients, Coefficients]:
    return _waves(a, (sympy.sin(a[0]), sympy.cos(a[0])), -1)


def _hyperbolic(a: Coefficients) -> tuple[Coefficients, Coefficients]:
    return _waves(a, (sympy.sinh(a[0]), sympy.cosh(a[0])), 1)


def _over(pair: tuple[Coefficients, Coefficients]) -> Coefficients:
    return _product([pair[0], _raised(_Series(0, pair[1]), sympy.Integer(-1)).held])


def _of_square(a: Coefficients, sign: int, e: sympy.Rational) -> Coefficients:
    """Return the series of (1 ± u²)ᵉ."""
    square = [sign * c for c in _product([a, a])]
    return _raised(_Series(0, [1 + square[0], *square[1:]]), e).held


_HALF = -sympy.Rational(1, 2)
_FUNCTIONS: dict[Any, Callable[[Coefficients], Coefficients]] = {
    sympy.exp: _exp, sympy.log: _log, sympy.sin: lambda a: _circular(a)[0], sympy.cos: lambda a: _circular(a)[1],
    sympy.tan: lambda a: _over(_circular(a)), sympy.tanh: lambda a: _over(_hyperbolic(a)),
    sympy.sinh: lambda a: _hyperbolic(a)[0], sympy.cosh: lambda a: _hyperbolic(a)[1],
    sympy.atan: lambda a: _integrated(sympy.atan(a[0]), a, _of_square(a, 1, sympy.Integer(-1))),
    sympy.asin: lambda a: _integrated(sympy.asin(a[0]), a, _of_square(a, -1, _HALF)),
    sympy.acos: lambda a: _integrated(sympy.acos(a[0]), a, [-c for c in _of_square(a, -1, _HALF)]),
    sympy.erf: lambda a: _integrated(
        sympy.erf(a[0]), a, [2 * c / sympy.sqrt(sympy.pi) for c in _exp([-c for c in _product([a, a])])]
    ),
}  # fmt: skip
