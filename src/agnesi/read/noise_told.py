"""Moments of the entries of a noise vector: E[ε_i] = 0, Var(ε_i) = σ² and uncorrelated are those of ε.

    y = Xβ + ε, E[ε_i] = 0, Var(ε_i) = σ², uncorrelated        E[ε] = 0, Cov(ε) = σ² I
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.prose import Fragment

_LETTER = r"(?P<letter>\\(?:var)?[a-z]{2,10}|[a-zεηξνω])\s*"
_AT = r"(?:_\s*\{?\s*[ijknt]\s*\}?|[ᵢⱼₖₙₜ])\s*"
_MEAN = r"(?:\\mathbb\s*\{?\s*E\s*\}?|\\(?:operatorname|mathrm|mathsf)\s*\{\s*E\s*\}|\\E(?![a-z])|𝔼|E)"
_SPREAD = r"(?:\\(?:operatorname|mathrm|text)\s*\{\s*(?:Var|var|V)\s*\}|\\Var(?![a-z])|Var|var|𝕍)"
_OPEN, _CLOSE = r"\s*(?:\\(?:left|big|Big|bigl))?\s*[\[(]\s*", r"(?:\\(?:right|big|Big|bigr))?\s*[\])]"
_ZERO = re.compile(rf"\s*{_MEAN}{_OPEN}{_LETTER}{_AT}{_CLOSE}\s*=\s*0\s*$")
_EACH = re.compile(rf"\s*{_SPREAD}{_OPEN}{_LETTER}{_AT}{_CLOSE}\s*=\s*(?P<value>[^=≤≥<>]+)$")
_APART = re.compile(r"\buncorrelated\b|\bindependent\b|\biid\b|\bi\.i\.d\.")
_WHOLE = r"(?<![A-Za-z\\])(?:\+|Cov\s*\(|Cov\s*\}\s*\()\s*{}(?![A-Za-z_ᵢⱼₖ^(\[])"  # Xβ + ε, Cov(ε)


def with_noise(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with the moments of a vector for those of its entries, where the vector is used."""
    told = [(f, _ZERO.match(f.text) or _EACH.match(f.text)) for f in found if f.kind == "formula"]
    letters = {m["letter"] for _, m in told if m}
    whole = {one for one in letters if re.search(_WHOLE.replace("{}", re.escape(one)), source)}
    if not whole:
        return list(found)
    made = {f.start: _of_vector(f, m, source) for f, m in told if m and m["letter"] in whole}
    return [one for f in found if (one := made.get(f.start, f)) is not None]


def words_of_noise(source: str) -> list[tuple[int, int]]:
    """Return the places of the words that are taken in: that the entries of a noise are uncorrelated."""
    each = re.search(rf"{_SPREAD}{_OPEN}{_LETTER}{_AT}{_CLOSE}\s*=", source)
    if each is None:
        return []
    behind = rf"(?:\b(?:and|with|are|all|mutually)\s+)*(?:{_APART.pattern})(?:\s+(?:errors?|noises?|entries))?"
    return [found.span() for found in re.compile(behind).finditer(source, each.end())][:1]


def _of_vector(fragment: Fragment, moment: re.Match[str], source: str) -> Fragment | None:
    """Return what a moment of each entry says of the vector; None where the text says it of the vector too."""
    letter = moment["letter"]
    if "value" not in moment.re.groupindex:
        return replace(fragment, text=f"E[{letter}] = 0")
    if re.search(rf"(?:Cov|Var)\s*\}}?\s*\(\s*{re.escape(letter)}\s*\)\s*=", source):
        return None
    apart = _APART.search(source) is not None
    return replace(fragment, text=f"Cov({letter}) = ({moment['value'].strip()}) I") if apart else fragment
