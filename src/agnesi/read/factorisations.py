"""What the name of a factorisation says of its factors: A = UΣVᵀ as an SVD has orthogonal U and V and a diagonal Σ."""

from __future__ import annotations

import re

_NAME = r"\\?[A-Za-zΑ-Ωα-ω]+|[ΣΛΦΨ]"
_TURNED = r"(?:ᵀ|'|\^\{?\\?(?:T|top|mathsf\s*\{T\}|intercal)\}?|\^⊤|⁻¹|\^\{?[-−]1\}?|ᴴ|\^\{?[H*]\}?|\^\\ast)"
_LEFT = re.compile(rf"\s*(?:{_NAME})(?:_\w)?\s*&?:?=\s*")
_FACTOR = re.compile(rf"\s*(?:\\,|\\cdot|\*|@|·)?\s*(\\[A-Za-z]+|[A-ZΑ-Ω])\s*({_TURNED})?")
_KINDS: tuple[tuple[re.Pattern[str], int, tuple[tuple[int, str], ...]], ...] = (
    (re.compile(r"\bSVD\b|singular[- ]value (?:decomposition|factori[sz]ation)", re.I), 3,
     ((0, "orthogonal"), (1, "diagonal"), (2, "orthogonal"))),
    (re.compile(r"\b(?:eigen|spectral |eigenvalue )\s*-?(?:decomposition|factori[sz]ation|theorem)|diagonali", re.I), 3,
     ((1, "diagonal"),)),
    (re.compile(r"\bQR\b"), 2, ((0, "orthogonal"), (1, "upper"))),
    (re.compile(r"\bcholesky\b", re.I), 2, ((0, "lower"),)),
    (re.compile(r"\bLU\b"), 2, ((0, "lower"), (1, "upper"))),
)


_SMALL = {"D": "d", "S": "s", "Σ": "σ", "\\Sigma": "\\sigma", "Λ": "λ", "\\Lambda": "\\lambda"}
_COLUMN = {"U": "u", "V": "v", "Q": "q"}


def said_of_factors(formula: str, words: str, text: str) -> list[tuple[str, str]]:
    """Return (letter, fact) of the factors of a formula, where the words beside it name the factorisation.

    A letter that the text defines by itself (D = diag(d)) is left alone.
    """
    if "full SVD" in words:
        return []
    for pattern, count, facts in _KINDS:
        if pattern.search(words):
            factors = _factors(formula)
            if len(factors) == count:
                able = [(factors[at][0], fact) for at, fact in _facts(facts, factors)]
                return [(name, fact) for name, fact in able if not _defined(name, fact, text)]
    return []


def told_of_factors(formula: str, words: str, text: str) -> list[tuple[str, str, str, str]]:
    """Return (kind, what it says, link, letter) of each fact about the factors of a formula.

    Where d_1 ≥ d_2 ≥ ... orders the values of an SVD X = U D Vᵀ, they are the diagonal of D; u_j is a column of U.
    """
    out = []
    facts = said_of_factors(formula, words, text)
    listed = any(fact == "diagonal" and _listed(_SMALL.get(name, ""), text) for name, fact in facts)
    for name, fact in facts:
        small = _SMALL.get(name, "")
        if fact == "diagonal" and listed:
            out.append(("formula", f"{name} = diag({small})", "where", name))
            continue
        out.append(("declaration", f"{name} : {fact}", "", name))
        column = _COLUMN.get(name, "")
        if fact == "orthogonal" and column and _indexed(column, text):
            out.append(("declaration", f"{column}_j is column j of {name}", "", column))
    return out


def _listed(small: str, text: str) -> bool:
    """Tell whether a letter is a list of numbers in a text: d_1 ≥ d_2 ≥ ..., or σ_i and never σ alone."""
    one = rf"{'' if small[:1] == chr(92) else '(?<![A-Za-z])'}{re.escape(small)}"
    chain = rf"{one}_\{{?1\}}?\s*(?:≥|>=?|\\geq?(?:slant)?(?![a-z]))\s*{one}_\{{?2"
    if not small or re.search(chain, text):
        return bool(small)
    return bool(len(small) > 1 or not small.isascii()) and bool(
        re.search(rf"{one}_\{{?[ijk]", text) and not re.search(rf"{one}(?!\w|\s*_)", text)
    )


def _indexed(small: str, text: str) -> bool:
    """Tell whether a letter stands in a text with an index, and is not defined by it."""
    letter = rf"(?<![A-Za-z])(?:{small}|\\(?:mathbf|boldsymbol|bm|vec)\s*\{{{small}\}})"
    used = re.search(rf"{letter}_\{{?[ijk]", text)
    return bool(used) and not re.search(rf"{letter}(?:_\{{?\w\}}?)?\s*&?:?=|{letter}\s*(?:∈|\\in(?![a-z]))", text)


def is_factorised(formula: str) -> bool:
    """Tell whether a formula gives a letter as a product with a transposed or inverse factor: A = L Lᵀ."""
    factors = _factors(formula)
    return len(factors) in (2, 3) and any(re.search(_TURNED, formula[formula.index("=") :]) for _ in factors)


def _facts(facts: tuple[tuple[int, str], ...], factors: list[tuple[str, bool]]) -> list[tuple[int, str]]:
    """Return the facts that hold: with Q Λ Qᵀ the outer factors are orthogonal too."""
    turned = len(factors) == 3 and factors[0][0] == factors[2][0] and factors[2][1]
    return [(0, "orthogonal"), *facts] if turned and facts == ((1, "diagonal"),) else list(facts)


def _factors(formula: str) -> list[tuple[str, bool]]:
    """Return the letters of the product on the right, and whether each is transposed; none where it is no product."""
    left = _LEFT.match(formula)
    out: list[tuple[str, bool]] = []
    at = left.end() if left else len(formula)
    while left and at < len(formula) and (found := _FACTOR.match(formula, at)):
        mark = found[2] or ""
        out.append((found[1], bool(mark) and "1" not in mark))
        at = found.end()
    return out if left and not formula[at:].strip(" \\,.") else []


def _defined(letter: str, fact: str, text: str) -> bool:
    """Tell whether a text says by itself what a letter is: D = diag(d), UᵀU = I, D diagonal."""
    one = rf"(?<![\w\\]){re.escape(letter)}"
    equal = rf"{one}\s*&?:?=(?!\s*0)|{one}\s*{_TURNED}\s*{re.escape(letter)}\s*&?="
    return bool(re.search(rf"{equal}|{one}(?!\w)[^.;\n=]{{0,25}}\b{fact}", text))
