"""Which refuted lines may only be misread: no slip that is known leads to them, and their reading was a choice.

A wrong line is nearly always one slip away from a right one. A line that no slip explains, in a text of which some
words or lines were not understood or could be read in two ways, is more often misread than wrong. It is not called
wrong, but not read, and the reason says what was in doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agnesi.check.course import letters
from agnesi.check.report import Judged
from agnesi.check.rounding import last_digits
from agnesi.check.worlds import has_chance
from agnesi.check.written_numbers import wrong_in_numbers
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbols_of
from agnesi.read.lines import Lines
from agnesi.read.loose_tokens import RELATIONS
from agnesi.read.unsaid import Unsaid

NEEDS_VECTORS = re.compile(
    r"‖|\|\||ᵀ|\^T|\^\{?\\top|[A-Za-z)]'(?!['(\[]|\s*[=+])|softmax|norm|sum|∑|_[ijk]\b|diag|R\^|ℝ"
)  # what only makes sense where some letters are vectors
WEAK = frozenset((
    "arithmetic", "coefficients", "other symbol", "other function", "taken for orthogonal", "factor lost",
    "factor too much", "term lost", "root lost", "wrong number",
))
_INVERSE = re.compile(r"[A-Za-z)]\s?(?:\^\s?\{?-1|⁻¹)|\binv\(")
_CHOICE = re.compile(r"(.+?) is (?:read as(?! (?:row|column)\b| \()|taken)\b")
_PRIMED = re.compile(r"[a-z]\s?['′]{1,3}\s*=")  # y' = −2y is no transpose
_MATRIX_SHOWN = re.compile(  # eigenvalues of [[2, 1], [1, 2]] are ...: a matrix written out, without a letter for it
    r"\b(?:of|for|matrix|consider|take)\s+(?:the matrix\s+)?[$\s]*"
    r"(?:\\begin\{[pbB]matrix\}|\[\[|\[\s*-?\d+[ ,]+-?\d+\s*;)",
    re.IGNORECASE,
)
_FOREIGN = re.compile("[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOMENTS = re.compile(r"\b(?:mean|variance)s?\b[^.;\n]{0,30}\b(?:mean|variance)s?\b")  # told in words
_BLOCK = re.compile(r"(?:Σ|S|C|K)_[a-z]_?[a-z]")
_PLACE = re.compile(  # at (1, 2)
    r"\b(?:at|near|around)\s(?:the (?:point|place)\s)?\s*\$?\s*(?:\\left)?\(\s*[-−]?\d[\d./]*\s*,[^()a-zA-Z]*\)"
)
_MARKED = re.compile(r".(?:_hat|_star|_tilde|_check)(?:_\w+)?$")
_SHORT = 3  # statements up to which a text is a claim with what it needs, not a derivation
_THEOREM = re.compile(r"(?i)\bhadamard(?:['’]s)? (?:determinant )?(?:inequality|theorem|bound)\b")
_UP_TO = re.compile(  # y ∈ {1, ..., k}
    r"(?<![\w\\])([A-Za-z])\s*(?:\\in(?![A-Za-z])|∈|:)\s*\\?\{\s*[01]\s*,[^{}]{0,20}?(?:\\[lc]?dots|…|\.\.\.?)\s*,"
    r"\s*([A-Za-z])\s*\\?\}"
)
_NUMBERS = re.compile(r"The left side is [-−\d.e]+, the right side [-−\d.e]+")  # σ'(z) ≈ 0.17 at the z that was told
_CALLED = re.compile(  # f^*(y) = ...: of another f, perhaps
    r"\s*\\?[A-Za-zα-ω]+(?:[_^]\{?[A-Za-zα-ω0-9*\\]{1,12}\}?){0,2}\s*\([^()=]*\)\s*&?="
)
# Not understood, these may make a line right that looks wrong.
_FACTS = re.compile(r"^the words .*\b(?:uncorrelated|disjoint|mutually exclusive)\b")


@dataclass(frozen=True)
class Doubt:
    """Why a line may be misread: a `faint` doubt counts only where no slip explains the line, a `grave` one always."""

    reason: str
    faint: bool = False
    grave: bool = False
    named: bool = False  # a theorem that is named, or a range that is told, asks for more than was kept


def in_doubt(
    statements: Sequence[Judged], lines: Lines, unsaid: Sequence[Unsaid], source: str, document: bool = False
) -> dict[tuple[int, int], Doubt]:
    """Return the places of refuted statements with a doubtful reading and why; those with a diagnosis to be left out.

    Statements are as judged; whether a slip explains one is for the caller to find out. In a `document` letters have
    meanings from far away, so that only a slip, or two sides in the same letters, make a line wrong.
    """
    out: dict[tuple[int, int], Doubt] = {}
    for one in statements:
        if one.verdict == "refuted" and one.diagnosis is None and len(one.sides) > 1 and not wrong_in_numbers(one):
            asks = _asked(one, lines, source) or _beyond(one, source)
            if asks:
                out[one.place] = Doubt(asks, named=True)
                continue
            block = _free_block(one, lines, source)
            if block:
                out[one.place] = Doubt(f"what ties {block} to the covariances is not understood", grave=True)
                continue
            if _at_a_place(one, source):
                out[one.place] = Doubt("a place is told in words, and the numbers may be those there", grave=True)
                continue
            doubted = {place for place, doubt in out.items() if not doubt.faint}
            withheld = _withheld(one, statements, doubted)
            if withheld:
                out[one.place] = Doubt(withheld, grave=True)
                continue
            other = _another(one, lines) if document else ""
            if other:
                out[one.place] = Doubt(f"what {other} is, is not said", grave=True)
                continue
            misfit = _misfit(one, lines) if document else ""
            if misfit:
                out[one.place] = Doubt(f"the sides do not fit, and what {misfit} is was inferred", grave=True)
                continue
            reason = next(_reasons(one, statements, lines, unsaid, source), None)
            if document and reason is None:
                reason = _unsaid_mean(one, lines)
            faint = next(_faint(one, statements, lines, source), None) if reason is None else None
            if document and reason is None and faint is None and _of_letters(one, lines):
                faint = "what the text around it says of its letters may not all be known"
            if reason is not None:
                out[one.place] = Doubt(reason, grave=bool(_FACTS.search(reason)))
            elif faint is not None:
                out[one.place] = Doubt(faint, True)
    return out


def _at_a_place(one: Judged, source: str) -> bool:
    """Tell whether letters are compared with numbers, and a place such as "at (1, 2)" is said that was not put in."""
    numbered = any(letters(a) and not letters(b) for a, b in pairwise(one.sides)) and not one.conditions
    return numbered and _PLACE.search(source) is not None


def _withheld(one: Judged, statements: Sequence[Judged], doubted: set[tuple[int, int]]) -> str:
    """Return that an equation in the same unknowns stands above and was not judged: it may be one of a system."""
    held = letters(*one.sides)
    if one.role != "step" or not one.conditions or set(one.relations) - {"eq"}:
        return ""
    for other in statements:
        equation = len(other.sides) > 1 and "eq" in other.relations and other.role in ("step", "definition")
        unknown = letters(*other.sides) & letters(*one.conditions) & held
        unjudged = other.verdict == "not read" or other.place in doubted
        if other.place < one.place and unjudged and equation and unknown:
            return f"the equation in line {other.line}, in {min(unknown)} too, was not judged"
    return ""


def _another(one: Judged, lines: Lines) -> str:
    """Return a letter with a hat or a star that nothing tells, and that one side alone has: X^T X β̂ = X^T y."""
    held = Counter(n for side in one.sides for n in letters(side))
    return min((n for n in held if held[n] == 1 and n in lines.inferred and _MARKED.search(n)), default="")


def _unsaid_mean(one: Judged, lines: Lines) -> str | None:
    """Return that μ̂ = x̄ = (1/n) ∑ x_i says what x̄ is, where nothing else does."""
    bars = {s.name for s in one.sides if isinstance(s, Symbol) and s.name.endswith("_bar")}
    return next((f"what {name} is, is not said" for name in sorted(bars & set(lines.inferred))), None)


def _of_letters(one: Judged, lines: Lines) -> bool:
    """Tell whether a line may be about other letters than it seems: not one of numbers, or of letters that are told.

    Nor is it one without more letters than those written on its left.
    """
    reason = one.evidence.reason if one.evidence is not None else ""
    held = [letters(s) for s in one.sides]
    if _NUMBERS.match(reason) or not any(held):
        return False
    if has_chance(*one.sides) or one.conditions:
        return True
    if any(held) and any(0 < d < 1 for s in one.sides for d in last_digits(s)):  # ŷ − y = 0.9621: values from above
        return True
    every = held[0].union(*held[1:])
    if _CALLED.match(one.text) and one.text.strip()[0] in every:  # p(x) = ... read as p times x
        return True
    open_ = {n for n in every & set(lines.inferred) if not lines.symbols[n].facts}
    told = not open_ and not any("_" in n for n in every) and "shapes differ" not in reason
    written = all(n[0] in one.text or not n[0].isascii() for n in held[0])  # not by a definition
    same = written and all(h <= held[0] for h in held)
    return not told and not (same and (one.role == "step" or (one.role == "claim" and not _CALLED.match(one.text))))


def _misfit(one: Judged, lines: Lines) -> str:
    """Return a letter that was inferred of a line in which only the shapes fail: another letter elsewhere, perhaps."""
    shapes = one.evidence is not None and "shapes differ" in one.evidence.reason
    return min(letters(*one.sides) & set(lines.inferred), default="") if shapes else ""


def _free_block(one: Judged, lines: Lines, source: str) -> str:
    """Return a block Σ_xy of a covariance that nothing ties to the variables, in a claim about covariances."""
    held = {n.op.name for n in postorder(*one.sides) if isinstance(n, Apply)}
    if "ovarian" not in source or not held & {"covariance", "variance"}:
        return ""
    free = letters(*one.sides) & set(lines.inferred)
    return min((n for n in free if _BLOCK.fullmatch(n) and lines.symbols[n].ndim == 2), default="")


def _asked(one: Judged, lines: Lines, source: str) -> str:
    """Return what a theorem named before a line asks of a matrix of which it was not told: to be positive definite."""
    found = _THEOREM.search(source[max(0, one.place[0] - 60) : one.place[0]])
    of = [lines.symbols[n] for n in sorted(letters(*one.sides) & set(lines.inferred)) if n in lines.symbols]
    matrices = [s.name for s in of if s.ndim == 2 and not {"pd", "spd", "psd"} & s.facts]
    if found is None or not matrices:
        return ""
    return f"{found[0]} is about positive definite matrices, and whether {matrices[0]} is one was not told"


def _beyond(one: Judged, source: str) -> str:
    """Return that the end of a range is not kept, where an inequality may need it: y ≤ k of y ∈ {1, ..., k}."""
    for told in _UP_TO.finditer(source) if {"le", "lt", "ge", "gt"} & set(one.relations) else ():
        if all(re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])", one.text) for name in told.groups()):
            return f"that {told[1]} is at most {told[2]} is not used"
    return ""


def misread(one: Judged, doubt: Doubt | None) -> bool:
    """Tell whether a doubt counts: no slip explains the statement, or only one that many misreadings look like."""
    if doubt is None or doubt.grave:
        return doubt is not None
    if one.diagnosis is None or doubt.named:
        return True
    slip = one.diagnosis.slip
    return not doubt.faint and (slip in WEAK or slip.startswith("equality for"))


def _faint(one: Judged, statements: Sequence[Judged], lines: Lines, source: str) -> Iterator[str]:
    """Yield what is open about a line of a derivation: letters that were inferred, chance.

    A step of a chain compares two expressions in the same letters, so that there inferred letters are no reason; nor
    are those that stand in a line that was found right.
    """
    if sum(s.verdict is not None for s in statements) < 2 and len(statements) <= _SHORT:
        return
    chained = one.role == "step" and "propto" not in one.relations
    open_ = not chained and has_chance(*one.sides) and not _MOMENTS.search(source)
    if open_ and not _modelled(one.sides, lines, statements):
        yield "it is about chance"
    sure = {n for s in statements if _right(s) and s.place < one.place for n in letters(*s.sides)}
    told = {n for s in statements if s.verdict is None and has_chance(*s.sides) for n in letters(*s.sides)}
    made = letters(*one.sides) & set(lines.inferred) - _in_models(lines) - sure - told
    made = {n for n in made if n in one.text or not n.isascii()}  # not those that come in by definitions
    if made and not chained:
        yield f"what {', '.join(sorted(made))} {'is' if len(made) == 1 else 'are'} was inferred, not declared"


def _reasons(
    one: Judged, statements: Sequence[Judged], lines: Lines, unsaid: Sequence[Unsaid], source: str
) -> Iterator[str]:
    held = letters(*one.sides)
    for words in unsaid:
        if words.names & held or words.line == one.line:
            yield f"the words “{words.text}” (line {words.line}) were not understood"
    for note in lines.notes:
        choice = _CHOICE.match(note)
        named = re.sub("[\"'′″]+$", "", _plain(choice[1]).strip("‘’“”")) if choice else ""
        borne_out = choice and any(named in _plain(s.text) for s in statements if _right(s) and s is not one)
        if choice and _plain(choice[1]) in _plain(one.text) and not borne_out:
            yield note
    if any(not letters(s) for s in one.sides):
        others = letters(*(s for other in statements if other is not one for s in other.sides))
        free = letters(*one.sides) & set(lines.inferred) - others
        if free and len(statements) > 1:
            yield f"the value of {min(free)} is not told"
    matrices = {n for n in held & set(lines.inferred) if lines.symbols[n].ndim == 2}
    if matrices and _MATRIX_SHOWN.search(source):
        yield f"whether {min(matrices)} is the matrix that is written out is not said"
    loose_end = _said_by_nothing(one, statements, lines)
    if loose_end:
        yield f"what {loose_end} is, is not said"
    if not RELATIONS.search(one.text) and len(statements) > 1:
        yield "it has no sign of relation of its own"
    if _FOREIGN.search(source):
        yield "the text has words of another language"
    if _PRIMED.match(one.text.strip(" &")) and not any(_right(s) and "'" in s.text for s in statements):
        yield "a prime may be a derivative"
    open_ = _numbers_put_in(one, statements, lines)
    if open_:
        yield f"what {', '.join(sorted(open_))} {'is' if len(open_) == 1 else 'are'} here is not said"
    missed = [s for s in statements if s.verdict == "not read" and s.line <= one.line]
    if missed:
        yield f"line {missed[0].line} was not read"
    several = sum(s.verdict is not None for s in statements) > 1 or len(statements) > _SHORT
    modelled = bool(_in_models(lines))
    if several and modelled and has_chance(*one.sides) and not _modelled(one.sides, lines, statements):
        yield "it is about random variables whose distributions were chosen here"
    loose = several and not NEEDS_VECTORS.search(source) and not _INVERSE.search(source)
    made = _inferred(one.sides, lines) - _in_models(lines) if loose else set()
    if made:
        yield f"what {', '.join(sorted(made))} {'is' if len(made) == 1 else 'are'} was inferred, not declared"


def _said_by_nothing(one: Judged, statements: Sequence[Judged], lines: Lines) -> str:
    """Return the letter of one side of e = y − Xb = (I − H)y that stands nowhere else: the line says what b is."""
    if one.role != "definition" or len(one.sides) != 2:
        return ""
    others = {c for other in statements if other is not one for c in re.findall(r"[^\W\d_]+", other.text)}
    first, second = (letters(s) for s in one.sides)
    free = {n for n in (first - second) & set(lines.inferred) if not any(n in other for other in others)}
    return min(free) if len(free) == 1 and second <= (first | set(lines.definitions)) else ""


def _numbers_put_in(one: Judged, statements: Sequence[Judged], lines: Lines) -> set[str]:
    """Return letters that nothing gives values, where numbers are put in for them: ∑ p_i l_i = ½·1 + ¼·2 + ¼·2."""
    given = {n for s in statements if s.verdict is None for n in letters(*s.sides)} | set(lines.definitions)
    for left, right in pairwise(one.sides):
        held = letters(left)
        put = isinstance(right, Apply) and not letters(right) and right.op.name in ("add", "mul")
        if put and held and held <= set(lines.inferred) - given and not has_chance(left):
            return held
    return set()


def _in_models(lines: Lines) -> set[str]:
    """Return the letters that stand in models."""
    models = [g for line in lines.lines if line.role == "model" and line.error is None for g in line.groups]
    return {s.name for g in models for s in symbols_of(*g.sides)}


def _modelled(sides: Sequence[Expr], lines: Lines, statements: Sequence[Judged]) -> bool:
    """Tell whether the text says a distribution or a probability for all that is random: then none was chosen."""
    told = _in_models(lines)
    given = [s for s in statements if s.verdict is None and has_chance(*s.sides)]
    told |= {s.name for one in given for s in symbols_of(*one.sides)}
    told |= {n.lower() for n in lines.definitions}  # y in f_Y(y)
    for node in postorder(*sides):
        if not has_chance(node) or not isinstance(node, Apply) or node.op.family != "probability":
            continue
        names = {s.name for s in symbols_of(*node.args)}
        moment = node.op.name in ("expectation", "variance", "covariance")  # its other letters are constants
        if names and not (names & told if moment else names <= told):
            return False
    return True


def _inferred(sides: Sequence[Expr], lines: Lines) -> set[str]:
    """Return the vectors and matrices among the letters that are declared nowhere: such by habit."""
    return {n for n in letters(*sides) & set(lines.inferred) if lines.symbols[n].shape}


def _right(one: Judged) -> bool:
    return one.verdict in ("proved", "tested") and one.carries is None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
