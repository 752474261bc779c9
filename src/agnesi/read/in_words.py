"""Quantities in words as formulas: "the Hessian of f is A + Aᵀ", "the largest xᵀSx over unit x is λ_max(S)".

A sentence that names a quantity, says "is" and gives its value is a claim as good as an equation. What stands on each
side must be mathematics; a sentence with other words in it is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agnesi.read.english import PROSE
from agnesi.read.fragment import Fragment
from agnesi.read.vocabulary import FUNCTIONS

IS = r"(?:is equal to|is given by|is just|is simply|is exactly|is then|is|equals|becomes)"
_BY = r"(?:(?:\s*,\s*|\s+|(?<=\)))(?:with respect to|w\.?\s?r\.?\s?t\.?|in|by)\s+(?P<by>\\?[^\W\d_][\w{}\\]{0,8}))?"
_KIND = (
    r"gradient|jacobian(?: matrix)?|hessian(?: matrix)?|(?:partial |total )?derivative|trace|determinant|inverse"
    r"|transpose|rank|(?:squared |euclidean )?norm|entropy|logarithm|log|mean|expected value|expectation|variance"
    r"|(?:largest|biggest|top|maximum|maximal|smallest|least|minimum|minimal) eigenvalue"
    r"|(?:sum|product) of (?:the|its|all) eigenvalues"
)
_EXTREME = (
    r"(?:largest|greatest|biggest|maximum|maximal|smallest|least|minimum|minimal)(?: possible)?(?: value)?(?: of)?"
)
_OVER = (
    r"(?:over|for|among|on|subject to|with|when|such that)(?: all| the| every| any)?\s+"
    r"(?P<set>(?:unit(?: vectors?)?|probability vectors?|vectors?)?\s*[^.\n]{1,50}?)"
)
_SENTENCE = re.compile(
    rf"(?:^|(?<=[.;:,(\n])|\b(?:so|then|thus|hence|therefore|and|that|because|since|now|here)\b)\s*,?\s*"
    rf"(?P<left>(?:the |its )?(?:(?:{_KIND}) of [^.\n]{{1,80}}?|{_EXTREME} [^.\n]{{1,60}}? {_OVER}))"
    rf"\s*,?\s+{IS}\s+(?P<right>[^\n]{{1,120}})",
    re.IGNORECASE,
)
_ITS = re.compile(
    r"(?:^|(?<=[.;:,(\n])|\b(?:so|then|thus|hence|therefore|and|that|with)\b)[ \t]*,?[ \t]*"
    r"(?P<left>(?:(?:the|its|whose) )?(?P<kind>gradient|hessian|derivative)(?: matrix| vector)?)[ \t]*"
    rf"(?:{IS}[ \t]+|[=:][ \t]*)(?P<right>[^\n]{{1,120}})",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"(?<![\w\\])(\\?[^\W\d_]\w{0,5})\s*\(\s*\\?\w{1,8}\s*\)\s*&?:?=(?!=)")
_AT = re.compile(
    r"(?P<left>[^\n.;:]{3,90}?)[ \t]+(?:evaluated )?at[ \t]+"
    r"(?P<place>\$?\\?[^\W\d_]\w{0,5}\$?[ \t]*=[ \t]*[^\s,;=]{1,12})"
    rf"[ \t]*,?[ \t]+(?:{IS}|=)[ \t]+(?P<right>[^\n]{{1,120}})"
)
_ABOUT = re.compile(
    r"\b(?:taylor|maclaurin|differentiate|find the derivatives?)(?: (?:series|expansion|polynomial|approximation))?"
    r"(?: (?:of|for))? (?P<body>[^\n.;:]{2,60}?)(?= *(?:$|[\n.;:]|,? (?:at|around|about|near|up to|to|with|wrt|in)\b))",
    re.IGNORECASE,
)
_F_PRIMED = re.compile(r"(?<![A-Za-z])f['′]")
_F_DEFINED = re.compile(r"(?<![A-Za-z])f\s*(?:\(\s*[A-Za-z]\s*\))?\s*:?=(?!=)")
_THERE = re.compile(
    r"(?P<left>\b(?:the )?(?:value of )?(?P<name>[A-Za-zℓ])[ \t]+at[ \t]+(?:that|this|the)[ \t]+"
    r"(?:\w|point|value|min\w*|max\w*|optimum|solution|optimal \w+))[ \t]*(?:is|equals|=|becomes)[ \t]+"
    r"(?P<right>[^\n]{1,120})"
)
_IN = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?P<left>(?:the |its |so the |and the )?(?:derivative|gradient|slope)[ \t]+"
    r"(?:in|wrt|w\.r\.t\.?|with respect to)[ \t]+\$?(?P<by>\\?[^\W\d_]\w{0,7})\$?)[ \t]*(?:is|:|=)[ \t]*"
    r"(?P<right>[^\n]{1,120})",
    re.IGNORECASE,
)
_SLOPED = re.compile(r"(?:d|∂|\\partial)\w{0,3}\s*/\s*(?:d|∂|\\partial)|\\frac\{|∇|\\nabla")
_NAMED = re.compile(rf"(?:the |its )?(?P<kind>{_KIND}) of (?P<what>.{{1,80}}?){_BY}$", re.IGNORECASE)
_BEST = re.compile(rf"(?:the |its )?(?P<kind>{_EXTREME}) (?P<what>.{{1,60}}?) {_OVER}$", re.IGNORECASE)
_ENDS = re.compile(
    r"\s*(?:[.;](?:\s|$)|,?\s+(?:where|if|when|for|because|since|so|but|while|which|as|and (?:the|so|not|its))\b"
    r"|,\s+(?:the|its|with)\b|$)"
)
_WORD = re.compile(r"(?<![\\\w])[A-Za-z]{2,}(?![\w(])")
_LETTER = re.compile(r"(?<![\w\\])[^\W\d_](?!\w)")
_GIVEN = re.compile(  # the variance of X is σ²: that is given, and no claim
    r"(?!.*(?:gradient|hessian|jacobian|derivative) of).* of \$?\\?[^\W\d_]\w{0,8}\$?$", re.IGNORECASE
)
_SIGNS = frozenset(("log", "ln", "exp", "det", "tr", "sin", "cos", "logdet"))
_LONE = re.compile(r"-?(?:\\?[^\W\d_](?:[a-z]{2,8})?|\d+(?:\.\d+)?)(?:²|\^\{?\w\}?)?$")
_TURNED = re.compile(r"\^\s*\{?\s*(?:T|\\top)\b")
_WHOLE = re.compile(  # the gradient of f(x) = xᵀAx
    r"(?P<name>\\?[^\W\d_]\w{0,5})\s*(?:\(\s*(?P<of>\\?\w{1,8})\s*\))?\s*:?=\s*(?P<body>[^=]{2,80})$"
)
_GREEK = re.compile(r"\\[a-zA-Z]+|\$")
_UNIT = re.compile(
    r"^unit(?: vectors?)?\s+(?P<name>[^\W\d_])$"
    r"|^(?P<other>[^\W\d_])\s+(?:of|with)\s+(?:unit length|length (?:1|one)|(?:unit )?norm(?: (?:1|one))?)$",
    re.IGNORECASE,
)

_OF: dict[str, Callable[[str], str]] = {
    "trace": lambda x: f"tr({x})", "determinant": lambda x: f"det({x})", "inverse": lambda x: f"({x})^{{-1}}",
    "transpose": lambda x: f"({x})^T", "rank": lambda x: f"rank({x})", "norm": lambda x: f"‖{x}‖",
    "euclidean norm": lambda x: f"‖{x}‖", "squared norm": lambda x: f"‖{x}‖^2", "mean": lambda x: f"E[{x}]",
    "expected value": lambda x: f"E[{x}]", "expectation": lambda x: f"E[{x}]", "variance": lambda x: f"Var[{x}]",
    "entropy": lambda x: f"H({x})", "log": lambda x: f"log({x})", "logarithm": lambda x: f"log({x})",
}


def with_quantities_in_words(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments, with a formula for each sentence that gives the value of a quantity named in words."""
    out = _at_places(source, _of_the_function(source, list(found)))
    out = _of_the_line_above(source, _at_the_optimum(source, _the_function(source, out)))
    for sentence in each_sentence(_SENTENCE, source):
        start, (right, stop) = sentence.start("left"), until_the_end(sentence)
        left = formula_of(sentence["left"], source)
        other = formula_of(right, source) or (right if is_mathematics(right) else None)
        if left is None or other is None or (_GIVEN.match(sentence["left"]) and _LONE.match(other)):
            continue
        inside = [f for f in out if f.start < stop and f.stop > start]
        if any(f.start < start or f.stop > stop for f in inside):
            continue
        line = source.count("\n", 0, start) + 1
        said = source[source.rfind("\n", 0, start) + 1 : start]
        link = next((f.link for f in inside if f.kind == "formula"), "")
        made = Fragment("formula", f"{left} = {other}", start, stop, line, link, said=said)
        stay = [f for f in inside if f.kind == "formula" and f.stop <= sentence.end("left") and "=" in f.text]
        gone = [f for f in inside if f not in stay]
        made = replace(made, start=max(f.stop for f in stay)) if stay else made
        out = sorted([*(f for f in out if f not in gone), made], key=lambda f: f.start)
    return out


def _of_the_function(source: str, out: list[Fragment]) -> list[Fragment]:
    """Return the fragments with "Hessian: XᵀX" and "its gradient is 2Ax" as claims about the one function of a text."""
    names = {m[1]: m.start() for m in reversed(list(_DEFINED.finditer(source)))}
    for sentence in each_sentence(_ITS, source) if len(names) == 1 else ():
        (name, at), start = next(iter(names.items())), sentence.start("left")
        right, stop = until_the_end(sentence)
        left = _slope(sentence["kind"].lower(), name, None, source)
        able = left is not None and at < start and is_mathematics(right) and not re.search(r"[=<>≤≥≈]|^0$", right)
        if able and (not _LONE.match(right) or f"({right})" in str(left)):
            out = put_formula(out, source, f"{left} = {right}", start, stop)
    return out


def _at_places(source: str, out: list[Fragment]) -> list[Fragment]:
    """Return the fragments with "d/dt f(t) at t = 0 is c" as a claim with its place behind it."""
    for sentence in each_sentence(_AT, source):
        right, stop = until_the_end(sentence)
        pieces = sentence["left"].split(" ")
        first = next((k for k in range(len(pieces)) if is_mathematics(" ".join(pieces[k:]))), len(pieces))
        left = " ".join(pieces[first:]).strip(" $")
        if not _SLOPED.match(left) or not is_mathematics(right) or re.search(r"[=<>≤≥≈]", left + right):
            continue
        start, place = sentence.end("left") - len(" ".join(pieces[first:])), sentence.span("place")
        out = put_formula(out, source, f"{left} = {right}", start, stop)
        made = next((f for f in out if f.start == start), None)
        if made is not None and made.text.startswith(left):
            told = sentence["place"].replace("$", " ")
            condition = Fragment("formula", told, place[0], place[1], made.line, "suppose")
            out.insert(out.index(made) + 1, condition)
    return out


def _the_function(source: str, out: list[Fragment]) -> list[Fragment]:
    """Return the fragments with f(x) = log(1 + x) for "Taylor of log(1 + x) at 0", where f′ is used and not defined."""
    told = _ABOUT.search(source)
    if told is None or not _F_PRIMED.search(source) or _F_DEFINED.search(source):
        return out
    body = told["body"].strip(" $,")
    letter = _variable(body, source) if is_mathematics(body) and len(body) > 1 and "=" not in body else None
    return put_formula(out, source, f"f({letter}) = {body}", *told.span("body")) if letter else out


def _at_the_optimum(source: str, out: list[Fragment]) -> list[Fragment]:
    """Return the fragments with "f at that x is c" as the claim f(x) = c."""
    for sentence in each_sentence(_THERE, source):
        head = re.search(rf"(?<![\w\\]){re.escape(sentence['name'])}\s*\(\s*(\\?\w{{1,8}})\s*\)\s*:?=", source)
        right, stop = until_the_end(sentence)
        if head is not None and is_mathematics(right) and not re.search(r"[=<>≤≥≈]", right):
            out = put_formula(out, source, f"{sentence['name']}({head[1]}) = {right}", sentence.start("left"), stop)
    return out


def _of_the_line_above(source: str, out: list[Fragment]) -> list[Fragment]:
    """Return the fragments with "derivative in c: −2E[X] + 2c" as a claim about the left side of the line above."""
    for sentence in each_sentence(_IN, source):
        above = [f for f in out if f.kind == "formula" and f.stop <= sentence.start("left") and "=" in f.text]
        left = above[-1].text.partition("=")[0].strip(" &:") if above else ""
        right, stop = until_the_end(sentence)
        if left and is_mathematics(right) and not re.search(r"[=<>≤≥≈]", right) and "d/d" not in left:
            body = left if len(left) == 1 else f"({left})"
            text = f"d/d{sentence['by']} {body} = {right}"
            out = put_formula(out, source, text, sentence.start("left"), stop)
    return out


def each_sentence(pattern: re.Pattern[str], source: str) -> Iterator[re.Match[str]]:
    """Yield the sentences of a kind; the next may begin where the right side of one ends."""
    at = 0
    while (found := pattern.search(source, at)) is not None:
        yield found
        at = max(found.start("right") + 1, min(until_the_end(found)[1], found.end()))


def put_formula(out: list[Fragment], source: str, text: str, start: int, stop: int) -> list[Fragment]:
    """Return the fragments with a formula in place of those between two places, if none lies across them."""
    inside = [f for f in out if f.start < stop and f.stop > start]
    if any(f.start < start or f.stop > stop for f in inside):
        return out
    said = source[source.rfind("\n", 0, start) + 1 : start]
    link = next((f.link for f in inside if f.kind == "formula" and f.link != "suppose"), "")
    made = Fragment("formula", text, start, stop, source.count("\n", 0, start) + 1, link, said=said)
    return sorted([*(f for f in out if f not in inside), made], key=lambda f: f.start)


def until_the_end(sentence: re.Match[str]) -> tuple[str, int]:
    """Return the right side up to the end of the sentence or the next clause, and where it ends."""
    right, begun = sentence["right"], sentence.start("right")
    ends = (m for m in _ENDS.finditer(right) if m.start() > 0)
    stop = next((m.start() for m in ends if not _open(right[: m.start()])), len(right))
    return right[:stop].strip(" $,"), begun + stop


def _open(text: str) -> bool:
    return sum(text.count(c) for c in "([{") > sum(text.count(c) for c in ")]}")


def formula_of(phrase: str, source: str) -> str | None:
    """Return the formula of a phrase such as "the trace of A B", None where it is no such phrase."""
    phrase = " ".join(phrase.replace("$", " ").split())
    best = _BEST.match(phrase)
    if best is not None:
        return _extreme(best)
    named = _NAMED.match(phrase)
    if named is None or not is_mathematics(named["what"]):
        return None
    kind, what, by = named["kind"].lower(), named["what"].strip(" ,"), named["by"]
    if "eigenvalue" in kind:
        if kind.startswith(("sum", "product")):
            return f"{'sum' if kind[0] == 's' else 'prod'}(eigvals({what}))"
        return f"{'lammin' if kind.startswith(('s', 'le', 'mi')) else 'lammax'}({what})"
    if kind.startswith(("gradient", "jacobian", "hessian", "derivative", "partial", "total")):
        return _slope(kind, what, by, source)
    return _OF[kind](what)


def _slope(kind: str, what: str, by: str | None, source: str) -> str | None:
    """Return the formula of a derivative; None where its variable is not clear."""
    whole = _WHOLE.match(what)
    if whole is not None and not by:
        what = f"{whole['name']}({whole['of']})" if whole["of"] else f"({whole['body']})"
        by = str(whole["of"]) if whole["of"] else None
    parameter = re.search(rf"(?<![\w\\]){re.escape(what)}\s*\(\s*(\\?\w{{1,8}})\s*\)\s*:?=", source)
    if parameter is not None:
        what, by = f"{what}({parameter[1]})", by or parameter[1]
    by = by or _variable(what, source)
    if by is None and len(what) > 3 and kind.startswith("gradient"):
        return f"∇({what})"  # the reader says that the variable is missing
    if by is None or by == what:
        return None
    body = what if parameter is not None or len(what) == 1 or (whole and whole["of"]) else f"({what})"
    if kind.startswith("gradient"):
        return f"∇_{{{by}}} {body}"
    if kind.startswith("hessian"):
        return f"∇²_{{{by}}} {body}"
    if kind.startswith("jacobian") or kind.startswith("partial"):
        return f"∂{body}/∂{by}"
    return f"d/d{by} {body}"


def _variable(what: str, source: str) -> str | None:
    """Return the one letter that can vary in an expression, or in the definition of a name; else w or x."""
    if len(what) == 1:
        body = re.search(rf"(?<![\w\\]){re.escape(what)}\s*&?:?=\s*([^\n=;,$]{{1,80}}?)(?:[.;,$\n]|$)", source)
        what = body[1] if body else ""
    letters: set[str] = set(_LETTER.findall(_TURNED.sub(" ", _GREEK.sub(" ", what)))) - {"e"}
    small = {c for c in letters if c.islower()}
    if len(letters) == 1 or len(small) == 1:
        return min(small or letters)
    usual = small & {"w", "x"}
    return min(usual) if len(usual) == 1 else None


def _extreme(best: re.Match[str]) -> str | None:
    """Return max_{...} ... for the largest ... over ...."""
    over, what = best["set"].strip(" ,"), best["what"].strip(" ,")
    unit = _UNIT.match(over)
    name = (unit["name"] or unit["other"]) if unit else ""
    condition = f"‖{name}‖ = 1" if name else over
    if not is_mathematics(what) or (not name and not (is_mathematics(over) and re.search(r"[=≤<∈]|\\le", over))):
        return None
    which = "min" if best["kind"].lower().startswith(("s", "le", "mi")) else "max"
    return f"{which}_{{{condition}}} ({what})"


def is_mathematics(text: str) -> bool:
    """Tell whether a stretch holds no word of English."""
    rest = _WORD.findall(_GREEK.sub(" ", text))
    return bool(text.strip()) and not any(
        (w.lower() in PROSE and w not in _SIGNS) or (len(w) > 4 and w.islower() and w not in FUNCTIONS) for w in rest
    )

