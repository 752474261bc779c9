"""The verb `check`: a text of statements is read, every claim judged, every wrong line explained."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

import agnesi.show_report  # noqa: F401  (so that reports can show themselves)
from agnesi.check.explain import explained
from agnesi.check.misread import NEEDS_VECTORS, in_doubt, misread
from agnesi.check.other_readings import OBSERVED, habits
from agnesi.check.report import Judged, Report
from agnesi.check.settings import Findings
from agnesi.check.worlds_cast import roles_of
from agnesi.dialects import dialects
from agnesi.errors import ReadError, TooLarge
from agnesi.expr.clock import now
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbol, symbols_of
from agnesi.judgement import GivenText, Judgement, as_read, judged_text, judgement_of, text_read
from agnesi.ops.facts import facts
from agnesi.read.denials import with_denials
from agnesi.read.domains_told import with_domains_told
from agnesi.read.eigenpairs_told import with_eigenpairs_told
from agnesi.read.extremes_told import with_extremes_told
from agnesi.read.in_words import with_quantities_in_words
from agnesi.read.lex import source_of
from agnesi.read.over_lines import with_broken_lines
from agnesi.read.prose import Fragment, fragments
from agnesi.read.ranges_told import without_ranges
from agnesi.read.remarks import spelt_out
from agnesi.read.unsaid import not_understood
from agnesi.read.vocabulary import Definition
from agnesi.write.declare import declaration

MAX_STATEMENTS = 2_000
ALIGNED = 20_000  # characters of a text whose places are sought again where parts were spelt out
MORE = 6.0  # seconds of processor time after which a text is not read in other ways
ROUNDS = 5  # of leaving out lines that may be misread
SPOKEN = ("declaration", "fact")
WORDED = re.compile(r".*\b(?:is|the|that|at|of)\b.* is read as")  # about words that stand for a formula
BLANKS = re.compile(r"[ \t]{81,}")
ARROWED = re.compile(  # the words "set to 0" before ⇒ are no equation
    r"\b[sS]et(?:ting)?(?: it| this| that| these| both| (?:the )?(?:grad(?:ient)?|derivative|slope)(?: of \w)?)?"
    r"(?: equal)?\s?(?:=|to)\s?(?:0|zero)"
    r" *(?:=>|⇒|⟹|->|→|\\implies|\\Rightarrow)"
)
MAP = re.compile(  # f : ℝ² → ℝ speaks of numbers where f(x, y) follows
    r"[A-Za-z]\s*:\s*(?:ℝ|R|\\mathbb\{?R\}?|\\R)(?:\^\{?[23]\}?|[²³])\s*(?:->|→|\\to|\\rightarrow)\s*"
    r"(?:ℝ|R|\\mathbb\{?R\}?|\\R)(?=[^\n]{1,20}\(\s*\w\s*,)"
)
OVER_UNIT = re.compile(r"\b(max|min)(?:imum)? over (?:all )?unit(?: vectors?)? ([a-z]) of ")  # max over unit x of x'Sx
ELSEWHERE = re.compile(  # reasons that have nothing to do with sizes
    r"has words in it|Cannot read on|is 0 as it is written|does not say in which|is no random variable|is no event"
    r"|is not (?:known|judged|read)\b|What ties|no slip leads there|does not follow from|satisfies the conditions"
)
KRONECKER = re.compile(r"⊗|\\otimes(?![A-Za-z])")  # of vectors of one size, some books' sign for ⊙
LETTERED = re.compile(r"\s*\([a-hivx]\)(?=[ \t])")  # before the first line of a text
LOG_POWER = re.compile(r"(?:log(?:_?\d+)?|ln)\s+\([^()]*\)\s*(?:\^|/\s?\()")  # log (x)^3, log (a)/(b), with a space
NEAR = re.compile(r"^\w+ \S*?\w\(.* is read as \w+\(")  # sin t(1 − cos t) is read as sin(t(1 − cos t))
NUMBERS = frozenset("abcks")  # letters that are vectors by habit where nothing says otherwise, and often numbers


def check(
    text: str, *, dialect: str = "agnesi", declarations: Mapping[str, Symbol] | None = None,
    definitions: Mapping[str, Definition] | None = None, diagnose: bool = True,
) -> Report:
    """Judge every claim of a text, line by line, and return a `Report`.

    The text holds declarations, definitions, claims and derivations in the notation of books, with small words
    between. Each relation is proved, tested, refuted (with a counterexample) or not read (with the reason); in a
    derivation each line is judged against the line above and against the start.

        >>> report = check("d log det X = tr(X dX)")
        >>> report.statements[0].verdict
        'refuted'
        >>> print(report.statements[0].diagnosis)
        It would be right with X⁻¹ in place of X: d log det X = tr(X⁻¹ dX). Probably d log det X was taken with X, Xᵀ
        or a determinant in place of the inverse: the inverse was forgotten.

    `dialect` names the book whose layout of derivatives is meant ("mml": rows; "agnesi": the gradient has the shape of
    its variable). `declarations` and `definitions` are in force from the start. Without `diagnose`, wrong lines are not
    explained.

    Raises `UnknownName` for a dialect that does not exist, `TooLarge` for a text past the stated limits. What cannot be
    read is never an error: it is reported as such.
    """
    return check_within(
        text, None, dialect=dialect, declarations=declarations, definitions=definitions, diagnose=diagnose
    )


def check_within(
    text: str, spans: Sequence[tuple[int, int]] | None, *, dialect: str = "agnesi",
    declarations: Mapping[str, Symbol] | None = None, definitions: Mapping[str, Definition] | None = None,
    diagnose: bool = True, findings: Findings | None = None, most_unread: float = MAX_STATEMENTS,
) -> Report:
    """Judge a text as `check` does; of prose outside the spans (start, stop) only what it declares is taken in.

    Documents mark their formulas, so that what looks like one elsewhere is none. `findings` keeps what is found of
    claims, for the same text in another context. Raises what `check` raises, and `ReadError` where more than
    `most_unread` statements are not read, before any is judged.
    """
    layout = dialects[dialect].gradient_layout
    source = spelt_out(source_of(BLANKS.sub(lambda found: found.group()[:80], text)))
    source = ARROWED.sub(lambda found: "set to 0,".ljust(len(found.group())), source)
    source = OVER_UNIT.sub(lambda f: f"{f[1]}_{{‖{f[2]}‖ = 1}} ".ljust(len(f.group())), source)
    found = _fragments(source, spans)
    if len(found) > MAX_STATEMENTS:
        raise TooLarge(f"The text has {len(found)} statements; at most {MAX_STATEMENTS} are judged at once.")
    begun = now()
    kept = Findings() if findings is None else findings
    reading = text_read(GivenText(source, tuple(found), layout, declarations or {}, definitions, findings=kept))
    if sum(line.error is not None for line in reading.lines.lines) > most_unread:
        raise ReadError(f"More than {most_unread:.0f} statements are not read.")
    first = judgement_of(reading)
    first, numbers = _in_other_ways(first, begun)
    first, usual = _by_habit(first, spans, begun)
    first, statements = _without_misread(first, diagnose, spans is not None)
    told = with_words(statements, found, source)
    told = told if len(source) == len(text) or len(text) > ALIGNED else _placed(told, text, source)
    notes = tuple(n for n in first.lines.notes if not WORDED.match(n))
    return Report(tuple(told), notes, _read_as(first, {*numbers, *usual}), text)


def _fragments(source: str, spans: Sequence[tuple[int, int]] | None) -> list[Fragment]:
    """Return the formulas of a text, within the spans if there are some, and what its words declare."""
    found = with_broken_lines(source, fragments(without_ranges(source)))
    found = with_eigenpairs_told(source, with_extremes_told(source, with_domains_told(source, found)))
    found = with_denials(source, with_quantities_in_words(source, found))
    if spans is not None:
        found = [f for f in found if f.kind != "formula" or any(a < f.stop and f.start < b for a, b in spans)]
    return list(found)


def _in_other_ways(first: Judgement, begun: float) -> tuple[Judgement, Mapping[str, Symbol]]:
    """Return the best of the ways to read a text in which lines fail, and the letters that are numbers in it."""
    given, numbers = first.given, dict[str, Symbol]()
    for way in _ways(first) if now() - begun < MORE else ():
        reading = text_read(replace(given, ways=(way,)))
        if as_read(reading.lines) == as_read(first.lines):
            continue
        other = judgement_of(reading)
        first = other if _faults(other) < _faults(first) else first
    for tried in _perhaps_numbers(first, given.source) if now() - begun < MORE else ():
        other = judged_text(replace(given, declarations={**given.declarations, **tried}))
        few = _faults(other)[1] <= max(1, _faults(first)[1])  # none that makes several lines wrong
        better = few and _faults(other)[0] < _faults(first)[0]
        if better or _meant(other, first) or _either_way(other, first):
            first, numbers = other, tried
            break
    if _near(first) and _faults(first)[0] and now() - begun < MORE:
        other = judged_text(replace(first.given, ways=(*first.given.ways, "near")))
        meant = _faults(other) == _faults(first) and all("\\" + n in given.source for n in _near(first))
        first = other if _faults(other) < _faults(first) or meant else first
    return first, numbers


def _by_habit(
    first: Judgement, spans: Sequence[tuple[int, int]] | None, begun: float
) -> tuple[Judgement, Mapping[str, Symbol]]:
    """Return a text in which lines fail as it reads by the habits of some books, and the letters that these settle."""
    source, settled = first.given.source, dict[str, Symbol]()
    if LETTERED.match(source) and _faults(first)[0] and now() - begun < MORE:  # (a) is a factor where a is used
        numbered = LETTERED.sub(lambda f: " " * len(f.group()), source)
        other = judged_text(replace(first.given, source=numbered, found=tuple(_fragments(numbered, spans))))
        first = first if _faults(other)[0] else other
    if KRONECKER.search(source) and _faults(first)[0] and _entrywise(first) and now() - begun < MORE:
        turned = KRONECKER.sub(lambda f: {"⊗": "⊙"}.get(f.group(), "\\odot".ljust(len(f.group()))), source)
        other = judged_text(replace(first.given, source=turned, found=tuple(_fragments(turned, spans))))
        if _faults(other)[0] < _faults(first)[0]:  # not one that only makes of a wrong line one that is not read
            first = replace(other, lines=replace(other.lines, notes=(*other.lines.notes, "⊗ is entry by entry here")))
    for note, habit in habits(first.statements, first.lines, source) if now() - begun < MORE else ():
        declared = {**first.given.declarations, **habit}
        other = judged_text(replace(first.given, declarations=declared))
        if _faults(other) < _faults(first) or (note.startswith(OBSERVED) and _faults(other) == _faults(first)):
            first = replace(other, lines=replace(other.lines, notes=(*other.lines.notes, note)))
            settled |= habit
    return first, settled


def _entrywise(one: Judgement) -> bool:
    """Tell whether ⊗ may be meant entry by entry: it stands between vectors, and in lines that fail on one side only.

    a ⊗ b = b ⊗ a is about Kronecker products, of which it is wrong.
    """
    sides = [side for line in one.lines.lines for g in line.groups for side in g.sides]
    if any(a.ndim > 1 for n in _kroneckers(*sides) for a in n.args):
        return False
    failed = [s for s in one.statements if s.verdict in ("refuted", "not read")]
    return all(sum(bool(_kroneckers(side)) for side in s.sides) < 2 for s in failed)


def _kroneckers(*sides: Expr) -> list[Apply]:
    return [n for n in postorder(*sides) if isinstance(n, Apply) and n.op.name == "kron"]


def _placed(statements: Sequence[Judged], text: str, source: str) -> list[Judged]:
    """Return statements with their places in the text that was given, of which some parts were spelt out."""
    blocks = SequenceMatcher(None, source, text, autojunk=False).get_matching_blocks()
    starts = [b.a for b in blocks]

    def moved(at: int) -> int:
        block = blocks[max(0, bisect_right(starts, at) - 1)]
        return min(len(text), block.b + min(at - block.a, block.size))

    return [replace(s, place=(moved(s.place[0]), moved(s.place[1]))) for s in statements]


def _read_as(one: Judgement, numbers: Container[str]) -> tuple[str, ...]:
    """Return what was inferred of letters: shapes and facts, and which are events or random."""
    sides = [side for line in one.lines.lines for g in line.groups for side in g.sides]
    events, random = roles_of(sides, one.setting.chance)
    out = []
    for s in one.lines.symbols.values():
        if s.name in one.lines.inferred or s.name in numbers:
            role = " event" if s.name in events else " random" if s.name in random else ""
            out.append(f"{s.name} an event" if role == " event" else declaration(s, "unicode") + role)
    return tuple(out)


def _without_misread(one: Judgement, diagnose: bool, document: bool) -> tuple[Judgement, Sequence[Judged]]:
    """Return the judgement in which no line is called wrong that may be misread, and its statements explained."""
    unsaid = not_understood(one.given.source, one.given.found)
    statements: Sequence[Judged] = one.statements
    for _ in range(ROUNDS):
        risky = in_doubt(one.statements, one.lines, unsaid, one.given.source, document)
        if not diagnose and not risky:
            return one, one.statements
        statements = explained(one.statements, replace(one.setting, found=None))
        doubtful = {s.place: risky[s.place].reason for s in statements if misread(s, risky.get(s.place))}
        if not doubtful:
            break
        one = one.again(doubtful)
    else:
        statements = explained(one.statements, replace(one.setting, found=None)) if diagnose else one.statements
    return one, statements if diagnose else one.statements


def _ways(one: Judgement) -> Iterator[str]:
    """Yield other readings for lines that fail."""
    if any(_of_shapes(s) for s in one.statements):
        yield "apart"
    if any("is the matrix function" in n for n in one.lines.notes) and _faults(one)[0]:
        yield "matrix functions"
    if any(s.verdict == "refuted" and LOG_POWER.search(s.text) for s in one.statements):
        yield "powers"


def _of_shapes(one: Judged) -> bool:
    """Tell whether a statement fails by its shapes, or is not read."""
    shapes = one.verdict == "refuted" and one.evidence is not None and "shapes differ" in one.evidence.reason
    built = one.verdict == "refuted" and one.above is not None and "Cannot" in one.above.reason
    unread = one.verdict == "not read" and (one.evidence is None or not ELSEWHERE.search(one.evidence.reason))
    return shapes or built or unread


def _meant(numbers: Judgement, first: Judgement) -> bool:
    """Tell whether lines that mean nothing with vectors have a meaning with numbers: right formulas hold there too."""
    misfits = [s for s in first.statements if s.verdict == "not read" and not s.sides]
    unread = any(s.verdict == "not read" for s in numbers.statements)
    return bool(misfits) and not unread and not any(s.verdict == "refuted" for s in first.statements)


def _either_way(numbers: Judgement, first: Judgement) -> bool:
    """Tell whether the same lines are wrong with numbers alone, so that no letter had to be a vector for that."""
    wrong = [[s.place for s in one.statements if s.verdict == "refuted"] for one in (numbers, first)]
    shaped = any(s.shape for s in numbers.lines.symbols.values())
    return not shaped and bool(wrong[0]) and wrong[0] == wrong[1] and _faults(numbers) == _faults(first)


def _near(one: Judgement) -> list[str]:
    """Return how functions without brackets were read that may end before the bracket: sin t(1 − cos t)."""
    return [n.split(" is read as")[0] for n in one.lines.notes if NEAR.search(n)]


def _faults(one: Judgement) -> tuple[int, int]:
    verdicts = [s.verdict for s in one.statements]
    wrong, unread = verdicts.count("refuted"), verdicts.count("not read")
    return wrong + unread, wrong


def _perhaps_numbers(one: Judgement, source: str) -> Iterator[dict[str, Symbol]]:
    """Yield letters that habit took for vectors and that may be numbers, for a second reading of lines that fail.

    First c in softmax(z + c); then, in a text in which nothing needs a vector, all letters.
    """
    bad = [s for s in one.statements if s.verdict in ("refuted", "not read")]
    known = one.lines.symbols
    letters = {s.name for line in bad for s in symbols_of(*line.sides)}
    letters |= set(known) if any(not line.sides for line in bad) else set()
    able = {n: s for n, s in known.items() if n in one.lines.inferred and n in letters and s.ndim == 1}
    vectors = {n: s for n, s in able.items() if not any(f in facts and facts[f].orders == (1,) for f in s.facts)}
    marked = {n for n in vectors if re.search(rf"(?<![A-Za-z]){re.escape(n)}(_|\[|ᵀ|\^T|'|[₀-₉ᵢ-ⱼ])", source)}
    found = {n: symbol(n, (), s.facts) for n, s in vectors.items() if n in NUMBERS and n not in marked}
    if found:
        yield found
    if not bad or any(s.ndim > 1 for s in known.values()) or NEEDS_VECTORS.search(MAP.sub("", source)):
        return
    unread = {c for s in bad if not s.sides for c in re.findall(r"(?<![A-Za-z])[a-z](?![A-Za-z])", s.text)}
    free = unread - set(known) - set(one.lines.definitions) - set("defi")
    loose = {n: symbol(n, (), s.facts) for n, s in vectors.items()}
    every = {**{n: symbol(n) for n in sorted(free)}, **loose}
    if every and every != found:
        numbers = {n: s for n, s in known.items() if n in one.lines.inferred and not s.shape and n.isalpha()}
        yield {**numbers, **every}  # so that y is not a vector where x is none


def with_words(statements: Sequence[Judged], found: Sequence[Fragment], source: str) -> list[Judged]:
    """Return the statements with the declarations and facts in words among them, in the order of the text."""
    spoken: dict[tuple[int, int], Judged] = {}
    for one in found:
        place = (one.start, one.stop)
        text = one.text if one.kind == "declaration" else " ".join(source[one.start : one.stop].split())
        if one.kind in SPOKEN and text and place not in spoken:
            spoken[place] = Judged(text, one.line, one.kind, place=place, names=one.names)
    return sorted([*statements, *spoken.values()], key=lambda s: s.place)
