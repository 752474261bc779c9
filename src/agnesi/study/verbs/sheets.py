"""A worksheet as it is typed: each statement set in type, shapes, errors with a caret, and repairs of one click."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from agnesi.checking import check
from agnesi.errors import AgnesiError, Place, TooLarge
from agnesi.expr.clock import over, within
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Expr, Symbol
from agnesi.read import worksheet
from agnesi.read.readings import Statement, Worksheet
from agnesi.study.verbs.formulas import chained, inner, mathml, name_of, relation, whole
from agnesi.write import declaration, write

LONGEST = 20_000  # characters of a sheet
AGREED = 2_000  # characters of a sheet up to which it is set in type as the check reads it
HASTE = 0.2  # seconds of processor time for that, on a keystroke
ROLE = re.compile(r" (random|an event)$")  # what a check says of a letter besides its shape
MOST_FAULTS = 20  # lines that are left out because they cannot be told apart
OPENING = re.compile(r"<math[^>]*>")
CARRIED = ("declaration", "fact", "definition", "condition", "model")
TRY = re.compile(r"\b(?:Try|Write|Did you mean) (?P<texts>[^?]+?)(?:[?]|, as in .*|\.(?= |$))")
OR = re.compile(r",? or ")
SIDE = re.compile(r" \([a-z][a-z ]+\)$| for .*$| of the .*$")  # what says which of several is which
ADD = re.compile(r"Add (?P<text>[)\]}|‖⟩]+|\\[a-zA-Z]+\.?)\.")
WORDS = (  # that a check understands between formulas, and a sheet does not
    "set sets setting to zero so hence thus then therefore let where with since because we get which gives is are the "
    "for an suppose assume if claim show that prove and from by using recall of it follows this now derivative"
)
PROSE = frozenset(WORDS.split())
SAID = re.compile(r"…|\.\.\.|^[a-z]+ [a-z]+ ")  # a repair that tells how, and is not itself to be written


def read_sheet(text: str, declared: Mapping[str, Symbol] | None = None) -> Worksheet:
    """Read a sheet; statements that cannot be read carry their error. Raises `TooLarge` past the stated length."""
    if len(text) > LONGEST:
        raise TooLarge(f"The worksheet has {len(text)} characters; at most {LONGEST} are read.")
    return worksheet(text, strict=False, scalar=True, declarations=declared)


def agreed(text: str, said: Sequence[str] | None = None) -> tuple[Worksheet, list[AgnesiError]]:
    """Read a sheet as `tolerant` does, and letters of claims as the check reads them, so that there is one reading.

    `said` is what a check said of letters; without it a short one is made.

    >>> [s.shape for s in agreed("f(x) = sin(x)\\nf'(x) = cos(x)")[0].symbols.values()]
    [()]
    """
    sheet, faults = tolerant(text)
    if not _claims(sheet):
        return sheet, faults
    settled = letters_said(tuple(said)) if said is not None else checked_letters(text)
    wrong = {n for n, s in settled.items() if n not in sheet.symbols or sheet.symbols[n].shape != s.shape}
    if not wrong:
        return sheet, faults
    try:
        other, left = tolerant(text, {n: s for n, s in settled.items() if n in sheet.inferred or n in wrong})
    except AgnesiError:
        return sheet, faults
    if _count(other, left) > _count(sheet, faults):
        return sheet, faults
    return replace(other, inferred=tuple(n for n in other.symbols if n in settled or n in other.inferred)), left


def _claims(sheet: Worksheet) -> bool:
    """Tell whether a sheet says something of letters that it does not declare."""
    return bool(sheet.inferred) and any(one.role == "claim" or one.error is not None for one in sheet.statements)


@lru_cache(maxsize=64)
def checked_letters(text: str) -> Mapping[str, Symbol]:
    """Return the letters whose shapes a check infers, by name; none where that takes long."""
    if len(text) > AGREED:
        return {}
    with within(HASTE):
        try:
            said = check(text, diagnose=False).read_as
        except AgnesiError:
            return {}
        return {} if over() else letters_said(said)


def letters_said(said: Sequence[str]) -> Mapping[str, Symbol]:
    """Return the letters that a check said how it read, by name; no events.

    >>> sorted(letters_said(("x ∈ ℝⁿ random", "A an event", "c ∈ ℝ")))
    ['c', 'x']
    """
    return _letters(tuple(said))


@lru_cache(maxsize=64)
def _letters(said: tuple[str, ...]) -> Mapping[str, Symbol]:
    plain = [ROLE.sub("", one) for one in said if not one.endswith("event")]
    try:
        return {n: s for n, s in worksheet("; ".join(plain), strict=False).symbols.items() if isinstance(s, Symbol)}
    except AgnesiError:
        return {}


def previewed(text: str, dialect: str = "agnesi", said: Sequence[str] | None = None) -> dict[str, Any]:
    """Return what a sheet says, set in type: statements, symbols with shapes, notes, and errors with repairs.

    `said` is how a check of it read its letters, where there was one.

    >>> [s["role"] for s in previewed("X : n x d; f(w) = ‖X w‖²")["statements"]]
    ['declaration', 'definition']
    """
    sheet, faults = agreed(text, said)
    rows = [_statement(one, k, sheet, dialect) for k, one in enumerate(sheet.statements)]
    rows += [_unread(error, text) for error in faults]
    rows.sort(key=lambda row: int(row["line"]))
    return {"statements": rows, "symbols": symbols(sheet), "notes": list(sheet.notes)}


def tolerant(text: str, declared: Mapping[str, Symbol] | None = None) -> tuple[Worksheet, list[AgnesiError]]:
    """Read a sheet without the lines on which no formula can be told apart, and return their errors."""
    faults: list[AgnesiError] = []
    left = text
    while True:
        try:
            return read_sheet(left, declared), faults
        except AgnesiError as error:
            blanked = _without(left, error) if len(faults) < MOST_FAULTS else None
            if blanked is None:
                faults.append(error)
                return worksheet("", strict=False), faults
            faults.append(_in_full(error, text))
            left = blanked


def _without(text: str, error: AgnesiError) -> str | None:
    """Return the text with blanks in place of the line of an error."""
    if error.where is None:
        return None
    start = text.rfind("\n", 0, error.where.start) + 1
    stop = _end(text, error.where)
    return text[:start] + " " * (stop - start) + text[stop:] if text[start:stop].strip() else None


def _in_full(error: AgnesiError, text: str) -> AgnesiError:
    """Return an error with its place in the text as it was given."""
    assert error.where is not None
    error.where = Place(text, error.where.start, error.where.stop)
    return error


def _unread(error: AgnesiError, text: str) -> dict[str, Any]:
    said = told(error, text)
    line = int(said["line"]) or 1
    shown = text.split("\n")[line - 1].strip() if line <= text.count("\n") + 1 else ""
    return {"number": -1, "line": line, "role": "not read", "text": shown, "lines": [], "name": "", "error": said,
            "can": False}  # fmt: skip


def symbols(sheet: Worksheet) -> list[dict[str, Any]]:
    """Return the symbols of a sheet: name, declaration, shape, and whether it was inferred."""
    return [
        {"name": s.name, "said": declaration(s), "shape": show_shape(s.shape), "inferred": s.name in sheet.inferred,
         "scalar": not s.shape}
        for s in sheet.symbols.values() if isinstance(s, Symbol) and "\0" not in s.name
    ]  # fmt: skip


def _statement(one: Statement, number: int, sheet: Worksheet, dialect: str) -> dict[str, Any]:
    wordy = one.error is not None and in_words(one.text)
    fault = told(one.error, sheet.source) if one.error is not None and not wordy else None
    lines = [] if one.error is not None else _typeset(one, sheet, dialect)
    return {
        "number": number, "line": one.line, "role": one.role, "text": one.text.strip(), "lines": lines,
        "name": one.name, "error": fault, "can": can_derive(one),
    }  # fmt: skip


def _typeset(one: Statement, sheet: Worksheet, dialect: str) -> list[str]:
    """Return a statement in type: a chain of relations with a line for each that stands on one of its own."""
    sides, signs = chained(one.chain)
    head = _defined(one, sheet) if one.role == "definition" and one.expr is not None else ""
    if head and (not sides or _line(one, 1) != one.line):
        assert one.expr is not None
        alone = whole(f"{head}{inner(one.expr, dialect, sheet.spans)}")
        return [alone, *_chain(one, sides, signs, sheet, dialect, True)]
    if sides:
        first, *rest = _chain(one, sides, signs, sheet, dialect, False)
        return [OPENING.sub(lambda found: found[0] + head, first, count=1), *rest]
    return [mathml(one.expr, dialect, sheet.spans)] if one.expr is not None else []


def _defined(one: Statement, sheet: Worksheet) -> str:
    """Return what stands before the formula of a definition: its name with its parameters, and the sign."""
    of = sheet.definitions[one.name]
    label = f"{one.name}({', '.join(of.parameters)})" if of.parameters else one.name
    return f"{name_of(label)}<mo>=</mo>"


def _chain(
    one: Statement, sides: list[Expr], signs: list[str], sheet: Worksheet, dialect: str, goes_on: bool
) -> list[str]:
    """Return a chain of relations, with a line for each that stands on one of its own."""
    out, first = list[str](), 0
    for k in range(1, len(sides) + 1):
        if k == len(sides) or (k > 1 and _line(one, k) != _line(one, k - 1)):
            out.append(relation(sides[first:k], signs[first:k], dialect, sheet.spans, goes_on or first > 0))
            first = k - 1
    return out if sides else []


def typeset(text: str, said: Sequence[str] | None = None, dialect: str = "agnesi") -> list[str]:
    """Return a formula as lines of MathML, its letters as `said` declares them; nothing where it cannot be read.

    Without `said` its letters are read as a check of it alone reads them.

    >>> typeset("‖x‖² = xᵀx", ["x ∈ ℝⁿ"])[0].count("<math")
    1
    """
    try:
        sheet, faults = tolerant(text, checked_letters(text) if said is None else letters_said(said))
        read = [one for one in sheet.statements if one.error is None and one.role in ("claim", "expression")]
        return _typeset(read[0], sheet, dialect) if len(read) == len(sheet.statements) == 1 and not faults else []
    except AgnesiError:
        return []


def _line(one: Statement, side: int) -> int:
    """Return the line of a side of a chain; of the first one that of the statement."""
    return one.lines[side - 1] if 0 < side <= len(one.lines) else one.line


def in_words(text: str) -> bool:
    """Tell whether a statement is said in words, which are for the check to understand.

    >>> in_words("Set to zero: A x = b"), in_words("sin(x +")
    (True, False)
    """
    return len(PROSE & set(re.findall(r"[a-z]{2,}", text.lower()))) > 1


def can_derive(one: Statement) -> bool:
    """Tell whether a statement holds an expression that can be differentiated."""
    return one.error is None and one.expr is not None and one.role in ("expression", "definition", "claim")


def told(error: AgnesiError, text: str) -> dict[str, Any]:
    """Return an error as data: its sentences, the line with the caret, its place, and the texts with its repairs."""
    where = error.where
    sentence = str(error).partition("\n")[0]
    out: dict[str, Any] = {"said": sentence, "caret": "", "line": 0, "start": 0, "stop": 0, "repairs": []}
    if where is None:
        return out
    caret = where.caret().split("\n")
    out |= {"caret": "\n".join(line[4:] for line in caret), "line": where.line_number(), "start": where.start,
            "stop": where.stop}  # fmt: skip
    out["repairs"] = repairs(text, where, error.repair) if where.text == text else []
    return out


def repairs(text: str, where: Place, repair: str) -> list[dict[str, str]]:
    """Return the repairs that an error proposes, each with what is written and the whole text after it.

    Only those are given after which the text has fewer statements that cannot be read.

    >>> repairs("(a + b", Place("(a + b", 0, 1), "Add ).")
    [{'said': ')', 'text': '(a + b)'}]
    """
    tries = []
    closing = ADD.search(repair)
    if closing:
        tries += [(closing["text"], text[:at] + closing["text"] + text[at:]) for at in (_end(text, where), where.stop)]
    for said in _proposed(repair):
        start = where.start
        if said[0] in "+−-":  # what is to stand after the sign instead
            start = max(where.start, text.rfind(said[0], where.start, where.stop))
        tries.append((said, text[:start] + said + text[where.stop :]))
    if not tries:
        return []
    before = _faults(text)
    good = [{"said": said, "text": changed} for said, changed in tries if _faults(changed) < before]
    return good[:1] if closing else good


def _proposed(repair: str) -> list[str]:
    found = TRY.search(repair)
    parts = [SIDE.sub("", part).strip() for part in OR.split(found["texts"])] if found else []
    return [part for part in parts if part and not SAID.search(part)]


def _end(text: str, where: Place) -> int:
    end = text.find("\n", where.start)
    return end if end >= 0 else len(text)


def _faults(text: str) -> int:
    """Count the statements and lines that cannot be read."""
    return _count(*tolerant(text))


def _count(sheet: Worksheet, faults: list[AgnesiError]) -> int:
    return len(faults) + sum(one.error is not None for one in sheet.statements)


def focused(text: str, number: int | None = None, bare: bool = False) -> str:
    """Return the part of a sheet that is about one statement: what is declared and defined before it, and itself.

    Without a number it is the last expression, else the last definition, else the left side of the first claim; of a
    claim it is the left side. `bare` leaves declarations and facts out.

    >>> focused("X : n x d; f(w) = ‖X w‖²\\n∇f = 2 X w")
    'X : n x d\\nf(w) = ‖X w‖²'
    """
    sheet, faults = agreed(text)
    every = list(sheet.statements)
    if not every and faults:
        raise faults[0]
    target = chosen_of(sheet, number)
    if target is None:
        return text
    chosen = next(k for k, one in enumerate(every) if one is target)
    own = target.text.strip()
    if target.role == "claim" and target.chain:
        sides, _ = chained(target.chain)
        own = write(sides[0]) if sides else own
    kept = [
        one.text.strip() for k, one in enumerate(every)
        if k != chosen and one.error is None and one.role in (("definition",) if bare else CARRIED)
        and (one.role != "definition" or k < chosen or target.role != "definition")
    ]  # fmt: skip
    return "\n".join([*_settled(text, sheet, own, bare), *kept, own])


def chosen_of(sheet: Worksheet, number: int | None = None) -> Statement | None:
    """Return the statement that a sheet is about: the one with this number, else the main one."""
    every = list(sheet.statements)
    at = number if number is not None and 0 <= number < len(every) else _main(every)
    return None if at is None else every[at]


def _settled(text: str, sheet: Worksheet, own: str, bare: bool) -> list[str]:
    """Return declarations of the letters of a statement that alone would be read otherwise than in its sheet."""
    if bare or not _claims(sheet):
        return []
    alone, _ = tolerant(own)
    known = {n: s for n, s in sheet.symbols.items() if n in sheet.inferred and "\0" not in n}
    other = [n for n, s in known.items() if n in alone.symbols and alone.symbols[n].ndim != s.ndim]
    return [declaration(known[n]) for n in other if isinstance(known[n], Symbol)]


def _main(every: list[Statement]) -> int | None:
    for role in ("expression", "definition", "claim"):
        found = [k for k, one in enumerate(every) if one.role == role and one.error is None]
        if found:
            return found[0] if role == "claim" else found[-1]
    wrong = [k for k, one in enumerate(every) if one.role in ("expression", "definition", "claim")]
    return wrong[-1] if wrong else None
