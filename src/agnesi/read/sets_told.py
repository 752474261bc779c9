"""Sets and facts in formulas that say what a letter is: A = Aᵀ ∈ ℝⁿˣⁿ, P = Pᵀ = P², ∀ u ∈ ℝᵐ: ..., A ∈ ℝⁿˣⁿ ⇒ ...."""

from __future__ import annotations

import re

_T = r"(?:ᵀ|⊤|['′]|\^\{?(?:T|⊤|\\top|\\intercal|\\mathsf\{T\}|\\mathrm\{T\})\}?)"
_NAME = r"\\?[A-Za-zΑ-Ωα-ω]\w{0,2}|\\(?:mathbf|boldsymbol|bm)\{\w\}"
_SQUARE = r"(?:²|\^2|\^\{2\})"
_OF_ITSELF = re.compile(
    rf"\s*&?\s*(?P<name>{_NAME})\s*(?P<equals>(?:&?=\s*(?P=name)\s*(?:{_T}|{_SQUARE})\s*)+)"
    r"(?P<set>(?:∈|\\in(?![a-z])|\bin\b).{1,40}|(?:≻|\\succ(?!eq)|⪰|\\succeq|>|>=|≥)\s*0\s*)?$"
)
_LETTERS = rf"(?:{_NAME})(?:\s*,\s*(?:{_NAME}))*"
_MEMBER = r"\s*(?:∈|\\in(?![a-z]))"
_EVERY = re.compile(
    rf"(?m)(?:^|(?<=[.:;])\s)[ \t(]*\$?[ \t]*(∀|\\forall(?![A-Za-z]))(?=\s*{_LETTERS}(?:{_MEMBER}|\s*[>≥≠]))"
)
_SO = re.compile(
    rf"(?m)^[ \t]*\$?{_LETTERS}{_MEMBER}\s*(?:ℝ|\\mathbb\{{?R\}}?|R\^)[^\s⇒⟹=]{{0,24}}(?:\\times [^\s⇒⟹=]{{1,4}})?"
    r"\s*(⇒|⟹|=>|\\Rightarrow(?![a-z])|\\implies(?![a-z]))"
)


def without_quantors(text: str) -> str:
    """Return a text of the same length in which ∀ before a membership is left out, and ⇒ after one ends it."""
    text = _EVERY.sub(lambda m: m[0].replace(m[1], " " * len(m[1])), text)
    return _SO.sub(lambda m: m[0][: m.start(1) - m.start()] + ";".ljust(len(m[1])), text)


def told_of_itself(piece: str) -> tuple[str, str] | None:
    """Return a letter and its declaration where a formula says that it is symmetric or idempotent: A = Aᵀ ∈ ℝⁿˣⁿ."""
    found = _OF_ITSELF.match(piece)
    if found is None:
        return None
    turned = re.search(_T, found["equals"]) is not None
    squared = re.search(_SQUARE, found["equals"]) is not None
    facts = ["orthogonal projection"] if turned and squared else ["symmetric"] * turned + ["idempotent"] * squared
    tail = (found["set"] or "").strip()
    if re.match(r"≻|\\succ(?!eq)|>\s*0", tail):
        facts.append("positive definite")
    elif re.match(r"⪰|\\succeq|>=|≥", tail):
        facts.append("positive semidefinite")
    shape = re.sub(r"^(?:∈|\\in|in)\s*", "", tail) if re.match(r"∈|\\in|in", tail) else ""
    name = found["name"]
    return name, f"{name} : {' '.join([shape, *facts]).strip()}"


_SET = re.compile(
    r"\s*(?:∈|\\in(?![a-z]))\s*(?:[ℝℕℤℂ]|\\mathbb\s*(?:\{\s*[RNZC]\s*\}|[RNZC])|\\Real(?![a-z])|R(?=\s*\^))"
    r"\s*(?:\^\s*(?:\{(?:[^{}=]|\{[^{}=]*\})*\}|\w)|_\{?[+>]\}?|[ⁿᵐᵈᵏᵖ⁰-⁹ˣ²³¹×])*\s*$"
)
_EQUATED = re.compile(r"[^<>!=]=(?![=>])|≔|\\coloneqq")


def without_set(piece: str) -> str:
    r"""Return an equation without the set that stands behind it, which says of what shape both sides are.

        >>> without_set(r"\partial L/\partial e = 2e^\top \in \mathbb{R}^{1 \times N}")
        '\\partial L/\\partial e = 2e^\\top'
    """
    found = _SET.search(piece) if "in" in piece or "∈" in piece else None
    before = piece[: found.start()] if found else ""
    return before.rstrip() if before.strip() and any(d == 0 for d in _depths(before)) else piece


def _depths(text: str) -> list[int]:
    """Return how deep in brackets each equality sign of a text stands."""
    return [
        sum(text.count(c, 0, m.start()) for c in "([{") - sum(text.count(c, 0, m.start()) for c in ")]}")
        for m in _EQUATED.finditer(text)
    ]
