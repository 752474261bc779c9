"""Claims that a text denies: "but not tr(AB) = tr(A) tr(B)" says that the two sides differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.fragment import Fragment

_BEFORE = re.compile(
    r"\b(?:not|never|no longer|cannot (?:write|say)(?: that)?"
    r"|(?:not true|false|untrue|wrong|incorrect|a mistake) (?:that|to (?:write|say|think|assume)(?: that)?)"
    r"|(?:cannot|can't) be(?: true)? that|impossible that"
    r"|(?:not|never) (?:that|have|write|conclude|true that|equal to)|n't (?:have|hold|true)|not in general)"
    r"\s*:?\s*\$*\\?[(\[]?\s*$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:or|why) not\W*$", re.IGNORECASE)  # whether or not a = b
_TWICE = re.compile(  # it is not wrong to write a = b
    r"\b(?:not|never|n't|neither|hardly|no)\s+(?:\w+\s+)?"
    r"(?:false|untrue|wrong|incorrect|a mistake) (?:that|to)\b[^.;]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*\\?[)\]]?\$*\s*,?\s*"
    r"(?:is (?:generally |in general |usually |simply )?(?:false|wrong|incorrect|untrue|not true|not correct)"
    r"|(?:does not|doesn't|need not|cannot|will not) (?:in general |generally |always )?(?:hold|be true)|fails(?! to)\b"
    r"|(?:in general )?(?:does not|doesn't) hold)",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"(?<![:<>=!≠])=(?![=>])")
_OTHER = re.compile(r"[<>≤≥≈∝≠⇒⇔]|\\(?:leq?|geq?|approx|propto|neq?|implies|Rightarrow)(?![A-Za-z])")
NEAR = 60  # letters of words about a formula


def with_denials(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with ≠ in the equalities that are denied; what else is denied, or asked, is left out."""
    out: list[Fragment] = []
    for one in found:
        if one.kind == "formula" and _ASKED.search(_words_before(source, one)):
            continue
        if one.kind != "formula" or not _denied(source, one):
            out.append(one)
        elif len(_EQUALS.findall(one.text)) == 1 and not _OTHER.search(one.text):
            out.append(replace(one, text=_EQUALS.sub("≠", one.text), link="claim"))
    return out


def _denied(source: str, one: Fragment) -> bool:
    """Tell whether the words right before or right after a formula say that it does not hold."""
    before = _words_before(source, one)
    said = _BEFORE.search(before) and not _TWICE.search(before)
    return bool(said or _AFTER.match(source, one.stop))


def _words_before(source: str, one: Fragment) -> str:
    return source[max(0, one.start - NEAR) : one.start].rpartition("\n\n")[2]
