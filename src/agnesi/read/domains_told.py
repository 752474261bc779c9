"""f : 𝕊ⁿ₊₊ → ℝ with f(A) = log |A|: what the letter A of a function is, where only the function's domain says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.fragment import Fragment
from agnesi.read.names import CONE

_SET = r"(?:\\mathbb\s*\{?\s*[RS]\s*\}?|ℝ|𝕊)(?:\s*_\s*\{?\+{1,2}\}?)?\s*\^\s*(?:\{[^{}]*\}|\w)(?:\s*_\s*\{?\+{1,2}\}?)?"
_SIGNATURE = re.compile(
    rf"(?<![\w\\])(?P<name>\\?[A-Za-z]\w?)\s*:\s*(?P<set>{_SET})\s*(?:\\to(?![a-z])|\\rightarrow|→|->)"
)


_KINDS = {None: "symmetric", "+": "psd", "++": "spd"}


def with_domains_told(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments, with a declaration of the letter that a function with a told domain is applied to."""
    out = list(found)
    for told in _SIGNATURE.finditer(source):
        call = re.compile(rf"(?<![\w\\]){re.escape(told['name'])}\s*\(\s*(\\?[A-Za-z])\s*\)")
        applied = call.search(source, told.end())
        letter = applied[1] if applied else ""
        declared = {name.strip() for f in out if f.kind == "declaration" and f.start > told.start() for name in f.names}
        if letter and letter not in declared:
            line = source.count("\n", 0, told.start()) + 1
            cone = CONE.match(told["set"].replace(" ", ""))
            text = f"{letter} ∈ {told['set']}"
            if cone is not None:
                text = f"{letter} : {cone[2]}×{cone[2]} {_KINDS[cone[1] or cone[3]]}"
            out.append(Fragment("declaration", text, told.start(), told.start(), line, "where", (letter,)))
    return sorted(out, key=lambda f: f.start)
