"""Pieces of a line that are one formula: ranges with dots, cases, problems with constraints, `a = b iff ...`."""

from __future__ import annotations

import re
from collections.abc import Container

from agnesi.read.alternatives import with_alternatives
from agnesi.read.english import PROBLEMS
from agnesi.read.names import Item

_APPLIED_NAME = re.compile(r"\s*([^\W\d_]\w{0,9}'?)\s*\([^()=]{1,20}\)\s*=")
_INDEX_ONLY = re.compile(r"\s*[ijklmn](?:\s*(?:=|≠|!=|\\neq?|<|≤|<=|>)\s*[ijklmn01])+\s*$")
RANGE = re.compile(r"\s*[ijklmnt]\s*=\s*\w+\s*(?:,\s*(?:\w+\s*,\s*)*)?(?:\.\.|…|\\l?dots)")
_DOTS = re.compile(r"\s*(?:\.\.\.?|…|\\[lc]?dots)\s*$")
LONE = re.compile(r"\s*(?:[^\W\d_]\w{0,2}|\\[A-Za-z]+|\d+)(?:_\{?\w+\}?|\^\{?\w+\}?|'|ᵀ)*\s*$")
PROBLEM = re.compile(rf"(?:{'|'.join(sorted(PROBLEMS))})(?![A-Za-z])")
CONSTRAINED = re.compile(r"\\?(?:min|max)(?![A-Za-z]).*\b(?:s\.t\.|subject to)")
_CONSTRAINTS = re.compile(
    r"\b(?:(?:subject to|such that|under|given|with|where|over|for)\s*(?=[^.;]*[=≤≥<>])|s\.t\.\s*)"
)
_DESCRIBED = re.compile(r"\s+\(?(?:an?|the|is|are|where|being|which|for (?:all|every|each|some))\s+[a-z]{2,}")
_OBJECTIVE = re.compile(rf"({'|'.join(sorted(PROBLEMS))})\s+([^\W\d_]\w{{0,3}}\([^()=]{{1,40}}\)\s*:?=)")
SLOPE = re.compile(r"\s*(?:0\s*=\s*)?(?:∂|∇|d\w{0,6}\s*/\s*d|\\frac\{(?:\\partial|d)|\\nabla|grad)|\w'(?:\(\w\))?\s*=")
ARROW = re.compile(r"->|→|⟶|\\to|\\rightarrow")
ARROW_SO = re.compile(r"([^\n]*?[=≤≥<>≈](?![>=])[^\n]*?\S)\s+(?:->|-->|→|⟶|\\to|\\rightarrow)\s+(?=[^\n]*[=≤≥≈])")
_ARROW_NAME = re.compile(r"\s*(?:=>|⇒|->|→|\\implies|\\Rightarrow)\s*([^\W\d_]\w{0,2})$")


def with_cases(text: str, items: list[Item], pieced: Container[str] = ()) -> list[Item]:
    """Join what belongs to one formula by cases (..., 0 otherwise), and conditions on indices (1 if i = j)."""
    items = with_alternatives(text, items)
    out: list[Item] = []
    k = 0
    while k < len(items):
        item = items[k]
        stop = k
        if item.kind == "M" and PROBLEM.fullmatch(item.text) and (k + 1 == len(items) or items[k + 1].kind == "P"):
            item = items[k] = item._replace(kind="W", text=item.text.lower())  # to minimise, ...
        if item.kind == "M" and (objective := _OBJECTIVE.match(item.text)):
            middle = item.start + objective.end(1)
            out.append(Item("W", objective[1].lower(), item.start, middle))
            begin = item.start + objective.start(2)
            item = items[k] = item._replace(start=begin, text=text[begin : item.stop])
        if item.kind == "M" and (PROBLEM.match(item.text) or _best(items, k)):
            stop = next((j - 1 for j in range(k + 1, len(items)) if _problem_ends(items, j)), len(items) - 1)
            while stop > k and items[stop].kind == "A":
                stop -= 1
        elif item.kind == "M" and (more := _iff(items, k)):
            stop = more
        elif item.kind == "M":
            stop = _by_cases(items, k, pieced)
            for j in range(k + 1, min(k + 14, len(items))) if stop == k else ():
                if items[j].kind == "A" or (items[j].kind == "P" and items[j].text not in ",;"):
                    break
                if items[j].kind == "P" and all(i.kind != "W" for i in items[k + 1 : j]):
                    break
                if items[j].kind == "W" and items[j].text in ("otherwise", "else"):
                    more = j + 1 < len(items) and items[j].text == "else" and items[j + 1].kind == "M"
                    stop = j + 1 if more else j
                    break
                if items[j].kind == "W" and items[j].text not in ("if", "for", "when", "and"):
                    break
            if stop == k and k + 2 < len(items) and items[k + 1].text in ("if", "for", "when", "unless"):
                shown = items[k + 2]
                if shown.kind == "M" and _INDEX_ONLY.match(text[shown.start : shown.stop]):
                    stop = k + 2 if not text[shown.start : shown.stop].strip().endswith("1") else k
        if stop > k:
            out.append(item._replace(stop=items[stop].stop, text=text[item.start : items[stop].stop], related=True))
        else:
            out.append(item)
        k = stop + 1
    return out


def _by_cases(items: list[Item], k: int, pieced: Container[str]) -> int:
    """Return the last item of `a = 1 if z > 0, 0 if z < 0` that begins at k, or k; also of one of several cases."""
    stop, j = k, k
    name = _APPLIED_NAME.match(items[k].text)
    if name and name[1] in pieced:
        return _one_case(items, k)
    while j + 2 < len(items) and items[j].kind == "M" and items[j + 1].text in ("if", "for", "when"):
        if (items[j].related and j > k) or items[j + 2].kind != "M" or not items[j + 2].related:
            break
        stop, j = (j + 2 if j > k else k), j + 3
        while j < len(items) and (items[j].text == "," or items[j].text == "and"):
            j += 1
    return stop


def _one_case(items: list[Item], k: int) -> int:
    """Return the last item of `f(z) = z if z > 0` or `f(z) = 0, otherwise` that begins at k, or k."""
    at = k + 1 + (k + 1 < len(items) and items[k + 1].text == ",")
    if at < len(items) and items[at].text == "otherwise":
        return at
    if at + 1 < len(items) and items[at].text in ("if", "for", "when") and items[at + 1].related:
        return at + 1
    return k


def sides_of(piece: str) -> list[tuple[int, int]]:
    """Return the spans between the equality signs of a formula that stand outside brackets."""
    out, depth, begin = [], 0, 0
    for at, letter in enumerate(piece):
        depth += (letter in "([{") - (letter in ")]}")
        plain = piece[at - 1 : at] not in ("<", ">", "!", ":") and piece[at + 1 : at + 2] != ">"
        if letter == "=" and depth == 0 and plain:
            out.append((begin, at))
            begin = at + 1
    return [*out, (begin, len(piece))]


def constraints_of(piece: str) -> list[tuple[int, int]]:
    """Return the spans of the constraints in the statement of a problem."""
    found = _CONSTRAINTS.search(piece)
    if found is None:
        return []
    out, depth, begin = [], 0, found.end()
    for mark in re.finditer(r"[(\[{]|[)\]}]|,\s*|\band\b", piece[begin:]):
        at = found.end() + mark.start()
        depth += (mark.group() in "([{") - (mark.group() in ")]}")
        if depth == 0 and mark.group() not in "([{)]}":
            out.append((begin, at))
            begin = found.end() + mark.end()
    return [*out, (begin, len(piece))]


def unworded(piece: str, start: int, stop: int) -> int:
    """Return where the formula of a constraint ends and words begin that describe it: S = Sᵀ a covariance matrix."""
    found = _DESCRIBED.search(piece[start:stop])
    return start + found.start() if found else stop


def _problem_ends(items: list[Item], j: int) -> bool:
    """Tell whether the statement of a problem ends at the mark j: a comma goes on with another constraint only."""
    described = items[j].kind == "W" and items[j].text in ("for", "where", "with") and items[j - 1].related
    if described and j + 1 < len(items) and items[j + 1].kind == "W":
        return True  # subject to ‖x‖ = 1 for a symmetric matrix A
    if items[j].kind != "P" or items[j].text not in ",;.":
        return False
    return items[j].text != "," or j + 1 >= len(items) or not (items[j + 1].kind == "M" and items[j + 1].related)


def without_conclusions(text: str, items: list[Item]) -> list[Item]:
    """Cut `p(x, y) = p(x) p(y) => x` before words: what follows the arrow is the beginning of a sentence."""
    out: list[Item] = []
    for k, item in enumerate(items):
        arrow = _ARROW_NAME.search(item.text) if item.kind == "M" and item.related else None
        arrow = arrow if arrow and "=" in item.text[: arrow.start()] else None
        if arrow and k + 1 < len(items) and items[k + 1].kind == "W" and items[k + 1].text in ("and", "is", "are"):
            cut = item.start + arrow.start()
            out.append(item._replace(stop=cut, text=text[item.start : cut]))
            item = item._replace(start=item.start + arrow.start(1), text=arrow[1], related=False)
        out.append(item)
    return out


def _best(items: list[Item], k: int) -> bool:
    """Tell whether `argmax_w ... subject to` stands at k."""
    if not re.match(r"\\?(?:arg\s*)?\\?(?:max|min)(?![a-z])", items[k].text) or k + 1 >= len(items):
        return False
    return items[k + 1].text in ("subject", "s.t.", "such") and not items[k].related


def _iff(items: list[Item], k: int) -> int:
    """Return the last item of `a = b iff ...` that begins at k, or 0: its left side alone is no claim."""
    if not items[k].related or (k and items[k - 1].kind == "W" and items[k - 1].text == "equality"):
        return 0
    said = " ".join(i.text for i in items[k + 1 : k + 5] if i.kind == "W")
    if re.search(r"=[^=]+=\s*0\s*$", items[k].text) and re.match(r"(?:iff|if and only if|exactly)\b", said):
        return 0  # f' = 2x − 2 = 0 iff x = 1: what stands before the 0 is a claim
    if re.match(r"(?:iff|if and only if|exactly when|only if|unless)\b", said):
        ends = (j - 1 for j in range(k + 1, len(items)) if items[j].kind == "P" and items[j].text in ".;")
        return next(ends, len(items) - 1)
    return 0


def with_ranges(text: str, items: list[Item]) -> list[Item]:
    """Join i = 1, ..., n and x_1, ..., x_n into one piece."""
    out: list[Item] = []
    k = 0
    while k < len(items):
        marks = [i.text if i.kind == "P" else ("." if _DOTS.match(i.text) else i.kind) for i in items[k : k + 7]]
        shown = "".join(m if len(m) == 1 else "?" for m in marks)
        found = re.match(r"M,(?:M,)?\.,?M", shown)
        if found and (LONE.match(items[k].text) or RANGE.match(items[k].text + ", ...")):
            last = items[k + len(found.group()) - 1]
            out.append(items[k]._replace(stop=last.stop, text=text[items[k].start : last.stop]))
            k += len(found.group())
            continue
        out.append(items[k])
        k += 1
    return out
