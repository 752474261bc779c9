"""x as the vector of the numbers that a function takes: f(x_1, x_2) = x_1² x_2, and then df/dx or ∇_x f.

    vectors_told("f(x_1, x_2) = x_1^2 x_2; df/dx = [2 x_1 x_2, x_1^2]")        ["x ∈ ℝ^2"]

Only where the text differentiates in x itself, or writes x = (x_1, x_2): beside f(x_1, x_2) alone, x may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.jacobians_of_lists import slopes_of_jacobians
from agnesi.read.prose import Fragment

_ONE = r"[a-z]\s*(?:_\s*(?:\{\s*\d{1,2}\s*\}|\d(?!\d))|[₁-₉])"
_LISTED = re.compile(rf"(?P<before>[A-Za-z]|=)\s*[(\[]\s*(?P<list>{_ONE}(?:\s*,\s*{_ONE})+)\s*[)\]]")
_INDEXED = re.compile(r"([a-z])\s*(?:_\s*\{?\s*(\d+)\s*\}?|([₁-₉]))")
_LOW = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")


def vectors_told(source: str, found: Sequence[Fragment]) -> list[str]:
    """Return declarations of the letters whose numbers x_1, ..., x_k are what a function takes."""
    told = {n for f in found if f.kind in ("declaration", "model") for n in f.names}
    sizes: dict[str, set[int]] = {}
    for listed in _LISTED.finditer(source):
        listing = [(m[1], int(m[2] or m[3].translate(_LOW))) for m in _INDEXED.finditer(listed["list"])]
        letter, places = listing[0][0], [place for _, place in listing]
        one = {name for name, _ in listing} == {letter} and places == list(range(1, len(places) + 1))
        if one and letter not in told and _whole(letter, listed, source):
            sizes.setdefault(letter, set()).add(len(places))
    numbers = [f"{n} ∈ ℝ" for n in _numbers(source) if n not in told]
    return [f"{letter} ∈ ℝ^{size}" for letter, (size, *more) in sizes.items() if not more] + numbers


def _numbers(source: str) -> list[str]:
    """Return the letters of Jacobians that are numbers: x of ∂u/∂x, and u where x is what the text defines."""
    found = slopes_of_jacobians(source)
    given = {x for _, x in found if not defined(x, source)}
    return sorted(given | {u for u, x in found if not defined(u, source) and defined(x, source)})


def defined(name: str, source: str) -> bool:
    """Tell whether a line of a text seems to say what a letter is."""
    return re.search(rf"(?<![\w\\∂/]){re.escape(name)}\s*(?:\([^()=]*\)\s*)?&?=", source) is not None


def _whole(letter: str, listed: re.Match[str], source: str) -> bool:
    """Tell whether a text is about the letter itself where it lists its numbers."""
    if listed["before"] == "=":
        return re.search(rf"(?<![A-Za-z_\\]){letter}\s*$", source[: listed.start("before")]) is not None
    d, function = r"(?:d|∂|\\partial)", listed["before"]
    under = rf"{d}\s*{function}\s*\}}?\s*(?:/|\{{)\s*{d}\s*{letter}(?![\w_₁-₉])"
    slope = rf"(?:∇|\\nabla)\s*_\s*\{{?\s*{letter}\s*\}}?\s*{function}(?!\w)"
    return re.search(f"{under}|{slope}", source) is not None
