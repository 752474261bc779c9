r"""Detailed balance, T(y | x) p(x) = T(x | y) p(y) and π_i P_ij = π_j P_ji: asked of a chain, no claim about all."""

from __future__ import annotations

import re
from collections.abc import Container

_SUBSCRIPT = re.compile(r"_(?:\{\s*([A-Za-z]\s*,?\s*[A-Za-z]?)\s*\}|([a-z]{1,2})(?![A-Za-z]))")
_ARROW = re.compile(r"\\(?:leftarrow|to|mid|vert|gets|rightarrow)(?![A-Za-z])|[←→∣|;]|->|<-|:=")
_NOISE = re.compile(r"\\[,;:! ]|\\(?:left|right|cdot|q?quad)(?![A-Za-z])|[\s{}&$.*·]")
_FACTOR = re.compile(r"(\\?[^\W\d_]+_?)\(([^()]*)\)")
_LETTER = re.compile(r"(?:\\[A-Za-z]+|[^\W\d_])'?")
_AVERAGED = re.compile(
    r"\\(?:int|sum)(?![A-Za-z])(?:\\limits)?(?:_\{?\\?\w+'?\}?)?|∫|∑(?:_\{?\w+'?\}?)?|\bsum_\{?\w+'?\}?"
)
_OVER = re.compile(r"(?<![A-Za-z\\])(?:\\[,;! ])*\s*d(?:\\[a-z]+|[^\W\d_])'?\s*$")
_WORDS = ("balance", "balanced", "reversible", "reversibility", "balances", "stationary", "invariant", "equilibrium")
_STATIONARY = frozenset(("π", "\\pi", "π_", "\\pi_"))  # what the distribution of a chain is called
_MEASURES = frozenset(("p", "P", "Pr", "ℙ", "Prob"))

Factor = tuple[str, str, tuple[str, ...]]


def balances(piece: str, said: Container[str]) -> bool:
    r"""Tell whether the sides of an equation are one product of two things, with two letters exchanged.

        >>> balances(r"T(y|x)\,p(x) = T(x|y)\,p(y)", ())
        True
        >>> balances("π_i P_ij = π_j P_ji", ())
        True
        >>> balances("P(A|B) P(A) = P(B|A) P(B)", ())
        False
    """
    if _AVERAGED.search(piece):
        return _stays(piece, any(word in said for word in _WORDS))
    sides = [_factors(side) for side in piece.split("=")]
    if len(sides) != 2 or sides[0] is None or sides[1] is None or len(sides[0]) not in (1, 2):
        return False
    names = {name for name, _, _ in sides[0]}
    kernels = [shape for name, shape, _ in sides[0] if name not in _MEASURES and "|" in shape]
    told = any(word in said for word in _WORDS) or bool(_STATIONARY & names)
    if not (kernels and len(names) == len(sides[0])) and not told:
        return False
    letters = sorted({x for _, _, held in sides[0] for x in held})
    if len(letters) != 2:
        return False
    other = dict(zip(letters, letters[::-1], strict=True))
    exchanged = [(name, shape, tuple(other[x] for x in held)) for name, shape, held in sides[0]]
    return sorted(exchanged) == sorted(sides[1]) != sorted(sides[0])


def _stays(piece: str, told: bool) -> bool:
    """Tell whether an equation says that one step leaves a distribution as it is: ∫ T(y | x) p(x) dx = p(y)."""
    inner, other = sorted(piece.split("="), key=len, reverse=True) if piece.count("=") == 1 else ("", "")
    found = _factors(_AVERAGED.sub("", _OVER.sub("", inner)))
    alone = _factors(other)
    if not found or not alone or len(found) != 2 or len(alone) != 1:
        return False
    for (name, shape, held), (own, plain, at) in (found, found[::-1]):
        able = shape == "?|?" or (shape in ("??", "?,?") and (told or own in _STATIONARY))
        if able and name != own and (own, plain) == alone[0][:2]:
            return plain == "?" and set(held) == {*at, *alone[0][2]}
    return False


def _factors(side: str) -> list[Factor] | None:
    """Return the factors of a product of things of letters, T(y|x) and P_ij; None where something else is in it."""
    side = _SUBSCRIPT.sub(lambda m: f"_({m[1] or m[2]})", side)
    side = _NOISE.sub("", _ARROW.sub("|", side))
    if not side or _FACTOR.sub("", side):
        return None
    return [(m[1], _LETTER.sub("?", m[2]), tuple(_LETTER.findall(m[2]))) for m in _FACTOR.finditer(side)]
