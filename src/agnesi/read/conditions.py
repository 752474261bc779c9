"""Formulas in loose text that state no claim: conditions, explanations of a code, cases in words, hypotheses."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from agnesi.read.balance import balances
from agnesi.read.joins import LONE, SLOPE
from agnesi.read.names import NAME, Item

_STARTS = re.compile(
    r"(?i)\b(?:start(?:s|ed|ing)?|initiali[sz](?:ed|ing|e)|begin(?:s|ning)?)[ ,]+(?:from|at|with|in|by)"
    r"(?:[ ,]+(?:the|a|an|initial|point|values?|guess|state|taking|setting))*\s*$"
)
_SOLVE = re.compile(  # not `Solve: x = ...`, which says what came out
    r"\b[Ss]olve(?: the)?(?: following| linear)*(?:(?: system| equations?| system of equations)(?: of)?[\s:$]*|[\s$]*)$"
)
_CHAIN = re.compile(r"\s*(?:→|->|\\to(?![a-z])|\\rightarrow)\s*")
MOMENT = re.compile(r"(?:𝔼|E|Var|Cov|\\(?:mathrm|operatorname|mathbb)\{\w+\})\s*[\[(]\s*(\\?\w+)\s*[\])]\s*=")
_ORDER = r"(?:>=|<=|[≥≤<>≠]|!=|\\(?:geq?|leq?|neq?)(?![a-z]))"
_BOUND = re.compile(rf"\s*(\\?[^\W\d_]\w{{0,4}})\s*{_ORDER}\s*(\\?\w{{1,5}})\s*$")
_SIGNED = re.compile(r"\s*([^\W\d_]\w{0,3})\s*\([^()=]{1,30}\)\s*(?:>=|[>≥]|\\geq?)\s*0$")
_CODE = re.compile(r"\s*[^\W\d_]\w{0,3}\s*=\s*[-−]?\w{1,3}\s*$")
_HYPOTHESIS = re.compile(r"(?:\\mathcal\{H\}|ℋ|H)_?\{?[01₀₁]\}?$")
_DRAWN = re.compile(  # x^{(s)} ~ q, x_i ~ p(x_i | x_{\\setminus i}): from what points are drawn
    r"[^=≈<>≤≥~∼]{1,60}(?:~|∼|\\sim(?![A-Za-z]))\s*(?:[pq]|\\pi|π|(?:[pq]|\\pi|π)\([^=()]*\\setminus[^=()]*\))\s*"
)
_NOTHING = re.compile(r"\s*0\s*(?:\\cdot|·)?\s*\\?(?:log|ln)(?:_\{?\w+\}?)?\s*\(?\s*0\s*\)?\s*(?:=|:=|\\equiv)\s*0\s*")
MAX_SENTENCE = 60  # items after the mark that are looked at
_EVERYWHERE = frozenset(("everywhere", "on", "for", "throughout"))
_BALANCED = frozenset(("symmetric", "proposal", "symmetrical"))


def explains(items: Sequence[Item], k: int, piece: str) -> bool:
    """Tell whether a formula only names a case: `a = 1: it rains`, `X = 1 if it rains`, `H0: p = 1/2`.

    So do what points are drawn from, `x^{(s)} ~ q`, and the convention that 0 log 0 = 0.
    """
    if _DRAWN.fullmatch(piece) or _NOTHING.fullmatch(piece):
        return True
    if k > 1 and items[k - 1].text == ":" and items[k - 2].kind == "M" and _HYPOTHESIS.match(items[k - 2].text):
        return k == 2 or items[k - 3].kind == "P"
    if not _CODE.match(piece) or (k and items[k - 1].kind == "W"):
        return False
    mark = items[k + 1].text if k + 1 < len(items) else ""
    if mark not in (":", "if", "when"):
        return False
    sentence: list[Item] = []
    for item in items[k + 2 : k + 2 + MAX_SENTENCE]:
        if item.kind == "P" and item.text in ",;.":
            break
        sentence.append(item)
    stated = any(i.kind == "M" and i.related for i in sentence)
    words = sum(i.kind == "W" for i in sentence)
    first = [i.kind for i in sentence[:2]]
    return words > (mark == ":") and "W" in first and not stated


def limits(items: Sequence[Item], k: int, piece: str, defined: Container[str]) -> bool:
    """Tell whether a formula says when another holds: `..., n ≥ c`, `q(x) > 0 everywhere`, a symmetric proposal."""
    bound = _BOUND.match(piece)
    if bound and k and items[k - 1].text in (",", ";") and any(i.kind == "M" and i.related for i in items[:k]):
        return bound[1] not in defined and bound[2] not in defined
    sign = _SIGNED.match(piece)
    if sign and k + 1 < len(items) and items[k + 1].text in _EVERYWHERE:
        return sign[1] not in defined
    if balances(piece, {i.text for i in items if i.kind == "W"}):
        return True
    said = [i.text if i.kind == "W" else "" for i in items[max(0, k - 2) : k]]
    sides = [side.strip() for side in piece.split("=")]
    swapped = len(sides) == 2 and sides[0][:1] == sides[1][:1]
    return bool(said and said[-1] and _BALANCED & set(said) and swapped)


def restricts(piece: str, said: str) -> bool:
    """Tell whether a formula after `with` or `where` is a condition, since it defines nothing: X'X = I, ad - bc ≠ 0."""
    if "=" not in re.sub(r"[<>!≤≥]=", "", piece):
        return bool(re.search(_ORDER, piece))
    if not re.search(r"(?i)\bwith\s*$", said) or re.search(r":=|≔|~|∼|\\sim", piece):
        return False
    left = piece.split("=")[0].strip(" &:")
    return not (NAME.match(left) or re.match(r"\\?[\w{}]+\s*[\[(]", left) or re.fullmatch(r"d\S{1,4}|\S*̂|\S*̄", left))


def solved_for(said: str, piece: str) -> bool:
    """Tell whether an equation is to be solved: `solve 2x + y = 5 and x − 3y = −1`, or says where one starts."""
    if _STARTS.search(said) and piece.count("=") == 1:
        return True
    left = piece.split("=")[0]
    return piece.count("=") == 1 and bool(_SOLVE.search(said)) and not SLOPE.match(piece) and not LONE.match(left)


def markov_chain(piece: str, line: str, text: str) -> list[tuple[str, str, str]]:
    """Return (A, C, B) where A and C are independent given B, for each three in a Markov chain A → B → C."""
    names = _CHAIN.split(piece)
    capitals = all(re.fullmatch(r"[A-Z]", n) for n in names) and re.search(r"\bI\([A-Z]|\bH\([A-Z]", text)
    told = "Markov" in line or capitals
    if len(names) < 3 or not told or not all(re.fullmatch(r"\w{1,4}", n) for n in names):
        return []
    return [(before, after, middle) for before, middle, after in zip(names, names[1:], names[2:], strict=False)]
