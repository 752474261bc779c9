r"""Names as documents write them, in one spelling: \theta is θ, \hat{\mu} is μ_hat, q_{1} is q_1, x_n is x.

A subscript that counts, i of x_i, is no part of a name; a number, a word or a star is.
"""

from __future__ import annotations

import re

from agnesi.read.words import GREEK

_MARKS = "hat bar tilde widehat widetilde overline dot ddot vec check breve acute mathcal mathscr mathfrak mathbb"
_FONTS = (
    "mathbf boldsymbol bm mathrm mathsf mathit mathtt operatorname text textbf textit pmb left right big Big bigl bigr "
    "Bigl Bigr frac tfrac dfrac sqrt sum prod int cdot times quad qquad le leq ge geq in top"
)
_ONE = re.compile(
    r"(?P<marks>(?:\\(?:" + "|".join(_MARKS.split()) + r")(?![A-Za-z])\s*\{?\s*"
    r"(?:\\(?:mathbf|boldsymbol|bm)\s*\{?\s*)?){0,3})"
    r"(?P<core>\\[A-Za-z]+|[^\W\d_₀-₉]+)\s*(?:\}\s*){0,3}"
    r"(?:_\s*(?P<under>\{(?:\\(?:text|mathrm|rm)\s*)?[^{}]{0,20}\}?\}|\\[A-Za-z]+|[\w*]+)|(?P<small>[₀-₉]+))?"
)
_SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_COUNTERS = frozenset("ijklmnrstabcdNKMTp")
_SHORT = 4  # letters written together that are a product
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLES = frozenset(("a", "A", "I"))


def names_of(text: str, *, apart: bool = True) -> list[str]:
    """Return the names of a formula in their order, each followed by its parts: of \\hat q_1 q_hat_1, q_hat, q_1, q.

    Letters written together count one by one too, unless `apart` is False.
    """
    found: list[str] = []
    for one in _ONE.finditer(text):
        core = one["core"]
        if core.startswith("\\"):
            if core[1:] in _FONT_SET:
                continue
            bases = [GREEK.get(core[1:], core[1:])]
        else:
            bases = [GREEK.get(core, core) if len(core) > 1 else core]
            if apart and 1 < len(core) <= _SHORT:
                bases += [c for c in core if c not in bases]
        marks = re.findall(r"\\([A-Za-z]+)", one["marks"])
        mark = "_".join(m for m in marks if m in _MARK_SET)
        under = _under(one["under"] or one["small"] or "")
        for base in bases:
            for name in (_joined(base, mark, under), _joined(base, mark), _joined(base, under), base):
                if name not in found:
                    found.append(name)
    return found


def names_in(text: str) -> frozenset[str]:
    """Return the names that stand in a formula, LaTeX and Unicode alike."""
    return frozenset(names_of(text))


def names_spoken(prose: str) -> frozenset[str]:
    """Return the names that may stand in prose: words as they are, single letters, not the article."""
    words = {w for w in _WORD.findall(prose) if w not in _ARTICLES}
    return frozenset(GREEK.get(w, w) if len(w) > 1 else w for w in words)


def _under(text: str) -> str:
    """Return a subscript that is part of a name; '' of one that counts."""
    held = "".join(re.findall(r"\w+|\*", re.sub(r"\\(?:text|mathrm|rm)\s*", "", text).translate(_SMALL)))
    return "" if held in _COUNTERS or (len(held) > 1 and set(held) <= _COUNTERS) else held


def _joined(*parts: str) -> str:
    return "_".join(p for p in parts if p)


_MARK_SET, _FONT_SET = frozenset(_MARKS.split()), frozenset(_FONTS.split())
