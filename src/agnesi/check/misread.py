"""Which refuted lines may only be misread: no slip that is known leads to them, and their reading was a choice.

A wrong line is nearly always one slip away from a right one. A line that no slip explains, in a text of which some
words or lines were not understood or could be read in two ways, is more often misread than wrong. It is not called
wrong, but not read, and the reason says what was in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from agnesi.check.course import letters
from agnesi.check.report import Judged
from agnesi.check.worlds import has_chance
from agnesi.expr.nodes import Apply, Expr, postorder, symbols_of
from agnesi.read.lines import Lines
from agnesi.read.unsaid import Unsaid

NEEDS_VECTORS = re.compile(
    r"‖|\|\||ᵀ|\^T|\^\{?\\top|[A-Za-z)]'(?!['(\[]|\s*[=+])|softmax|norm|sum|∑|_[ijk]\b|diag|R\^|ℝ"
)  # what only makes sense where some letters are vectors
WEAK = frozenset(("arithmetic", "coefficients", "other symbol", "other function", "taken for orthogonal"))
_INVERSE = re.compile(r"[A-Za-z)]\s?(?:\^\s?\{?-1|⁻¹)|\binv\(")
_CHOICE = re.compile(r"(.+?) is (?:read as(?! (?:row|column)\b| \()|taken)\b")
_PRIMED = re.compile(r"[a-z]\s?['′]{1,3}\s*=")  # y' = −2y is no transpose
_SHORT = 3  # statements up to which a text is a claim with what it needs, not a derivation
Places = Mapping[tuple[int, int], str]


def in_doubt(
    statements: Sequence[Judged], lines: Lines, unsaid: Sequence[Unsaid], source: str
) -> dict[tuple[int, int], str]:
    """Return the places of refuted statements with a doubtful reading and why; those with a diagnosis to be left out.

    Statements are as judged; whether a slip explains one is for the caller to find out.
    """
    out = {}
    for one in statements:
        if one.verdict == "refuted" and one.diagnosis is None and len(one.sides) > 1:
            reason = next(_reasons(one, statements, lines, unsaid, source), None)
            if reason is not None:
                out[one.place] = reason
    return out


def unexplained(one: Judged) -> bool:
    """Tell whether no slip explains a statement, or one that many misreadings look like."""
    return one.diagnosis is None or one.diagnosis.slip in WEAK or one.diagnosis.slip.startswith("equality for")


def _reasons(
    one: Judged, statements: Sequence[Judged], lines: Lines, unsaid: Sequence[Unsaid], source: str
) -> Iterator[str]:
    held = letters(*one.sides)
    for words in unsaid:
        if words.names & held or words.line == one.line:
            yield f"the words “{words.text}” (line {words.line}) were not understood"
    for note in lines.notes:
        choice = _CHOICE.match(note)
        if choice and _plain(choice[1]) in _plain(one.text):
            yield note
    if any(not letters(s) for s in one.sides):
        others = letters(*(s for other in statements if other is not one for s in other.sides))
        free = letters(*one.sides) & set(lines.inferred) - others
        if free and len(statements) > 1:
            yield f"the value of {min(free)} is not told"
    if _PRIMED.match(one.text.strip(" &")):
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


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
