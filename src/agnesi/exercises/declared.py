"""Families that a text file declares: templates with numbers to be drawn. Nothing in the file is run.

`EXAMPLE` shows a family of each kind. Braces hold the name of a number or of a choice; the engine finds the answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from agnesi.course import curriculum
from agnesi.derivation import Derivation
from agnesi.errors import AgnesiError, IncompleteRecord
from agnesi.exercises import answers
from agnesi.exercises.drawing import asked, derivation, distinct, shuffled
from agnesi.exercises.record import Choice, Exact, Family, Instance, Option, Planted

EXAMPLE = """\
[[family]]
id = "own-cubic"
title = "The slope of a cubic"
kind = "differentiate"
concepts = ["derivative"]
where = [{ resource = "matcalc", section = "2" }]

[[family.level]]
numbers = { a = [2, 9], b = [-5, 5] }            # whole numbers from … to …, never 0
function = "{a}x³ + {b}x"
in = "x"

[[family.level.slip]]                            # a wrong answer to expect, and what to say to it
text = "{a}x² + {b}"
words = "the exponent was not brought down"
why = "The derivative of xⁿ is n xⁿ⁻¹."

[[family.level]]
numbers = { a = [2, 5] }
choose = { g = ["sin", "cos", "exp"] }
function = "x² {g}({a}x)"
in = "x"

[[family]]
id = "own-determinant"
title = "A determinant of order two"
kind = "compute"
concepts = ["determinant"]
where = [{ resource = "mml", section = "4.1" }]

[[family.level]]
numbers = { a = [1, 6], b = [1, 6], c = [1, 6], d = [1, 6] }
question = "Compute the determinant of $[{a} {b}; {c} {d}]$."
answer = "{a}*{d} - {b}*{c}"                     # worked out exactly by the engine
asks = "a number"
"""
FIELDS = {
    "id": str, "title": str, "kind": str, "concepts": list, "where": list, "level": list,
}  # fmt: skip
LEVEL_FIELDS = {
    "numbers": dict, "choose": dict, "question": str, "function": str, "in": str, "given": str, "answer": str,
    "form": str, "asks": str, "options": list, "slip": list,
}  # fmt: skip
FORMS = ("number", "vector", "matrix", "set")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
HOLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
MOST_FAMILIES, MOST_LEVELS, LARGEST = 200, 9, 10_000


@dataclass(frozen=True)
class Level:
    """One level of a declared family: what is drawn, and the texts that it is put into."""

    numbers: Mapping[str, tuple[int, int]]
    choose: Mapping[str, tuple[str, ...]]
    question: str
    function: str
    variable: str
    given: str
    answer: str
    form: str
    asks: str
    options: tuple[str, ...]
    slips: tuple[Planted, ...]


def declared(text: str) -> tuple[Family, ...]:
    """Return the families that a TOML text declares.

    >>> [f.levels for f in declared(EXAMPLE)]
    [2, 1]

    Raises `IncompleteRecord` for a text that is no TOML, and for a family that lacks something, has a field of another
    type, names a concept that does not exist, or cannot be drawn.
    """
    try:
        read_in = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise IncompleteRecord(f"The file is not TOML: {error}.") from None
    rows = read_in.get("family")
    if set(read_in) != {"family"} or not _tables(rows) or len(rows) > MOST_FAMILIES:  # type: ignore[arg-type]
        raise IncompleteRecord("The file declares no families.", expected=f"[[family]], {MOST_FAMILIES} at most")
    return tuple(_family(row) for row in rows)  # type: ignore[union-attr]


def _tables(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _family(row: Mapping[str, Any]) -> Family:
    name = f"The family {row.get('id', '?')!s:.60}"
    _fields(name, row, FIELDS)
    lacking = [f for f in ("id", "title", "kind", "concepts", "level") if not row.get(f)]
    if lacking:
        raise IncompleteRecord(f"{name} lacks {', '.join(lacking)}.")
    if not NAME.fullmatch(row["id"]):
        raise IncompleteRecord(f"{name} has an id that cannot be one.", expected="small letters, digits, hyphens")
    concepts = tuple(str(c) for c in row["concepts"])
    strange = [c for c in concepts if c not in curriculum().concepts]
    if strange:
        raise IncompleteRecord(f"{name} trains {', '.join(strange)}.", expected="ids of concepts, as on the map")
    if not _tables(row["level"]) or len(row["level"]) > MOST_LEVELS:
        raise IncompleteRecord(f"{name} has no levels.", expected=f"[[family.level]], {MOST_LEVELS} at most")
    levels = tuple(_level(f"{name}, level {k}", level) for k, level in enumerate(row["level"], 1))
    where = tuple((str(w.get("resource", "")), str(w.get("section", ""))) for w in row.get("where", []) if _tables([w]))
    draw = _drawer(name, row["kind"], levels)
    found = Family(row["id"], row["title"], row["kind"], concepts, draw, len(levels), where or (("", ""),))
    for k in range(1, len(levels) + 1):
        draw(Random(0), k)  # a family that cannot be drawn is refused here, not before a class
    return found


def _fields(name: str, row: Mapping[str, Any], known: Mapping[str, type]) -> None:
    strange = sorted(set(row) - set(known))
    if strange:
        raise IncompleteRecord(f"{name} has {', '.join(strange)}.", expected=f"only {', '.join(known)}")
    wrong = [f for f, value in row.items() if not isinstance(value, known[f])]
    if wrong:
        kinds = {"str": "a text", "list": "a list", "dict": "a table { … }"}
        said = f"{name}: {wrong[0]} is {row[wrong[0]]!r:.60}."
        raise IncompleteRecord(said, expected=kinds[known[wrong[0]].__name__])


def _level(name: str, row: Mapping[str, Any]) -> Level:
    _fields(name, row, LEVEL_FIELDS)
    numbers, choose = row.get("numbers", {}), row.get("choose", {})
    for key, span in numbers.items():
        good = isinstance(span, list) and len(span) == 2 and all(type(n) is int and abs(n) <= LARGEST for n in span)
        if not good or not LETTER.fullmatch(key) or not _wanted(*span):
            said = f"{name}: the number {key} is {span!r:.60}."
            raise IncompleteRecord(said, expected="two whole numbers, [from, to]")
    for key, texts in choose.items():
        good = isinstance(texts, list) and bool(texts) and all(isinstance(t, str) for t in texts)
        if not good or not LETTER.fullmatch(key):
            raise IncompleteRecord(f"{name}: the choice {key} is {texts!r:.60}.", expected="a list of texts")
    slips = tuple(_slip(name, slip) for slip in row.get("slip", []))
    options = tuple(str(o) for o in row.get("options", []))
    form = row.get("form", "number")
    given = [f for f in ("function", "answer", "options") if row.get(f)]
    if len(given) != 1 or form not in FORMS or len(options) == 1 or len(options) > 8:
        what = "one of function (with in), answer (with form), options (two to eight, the right one first)"
        raise IncompleteRecord(f"{name} does not say what the answer is.", expected=what)
    needs = "in" if "function" in row else "question"
    if not row.get(needs):
        raise IncompleteRecord(f"{name} lacks {needs}.")
    found = Level(
        {k: (s[0], s[1]) for k, s in numbers.items()}, {k: tuple(t) for k, t in choose.items()},
        row.get("question", ""), row.get("function", ""), row.get("in", ""), row.get("given", ""),
        row.get("answer", ""), form, row.get("asks", ""), options, slips,
    )  # fmt: skip
    holes = {h for text in _texts(found) for h in HOLE.findall(text)} - set(numbers) - set(choose) - {"function"}
    if holes:
        raise IncompleteRecord(f"{name} uses {', '.join(sorted(holes))}.", expected="names of its numbers and choices")
    return found


def _texts(level: Level) -> tuple[str, ...]:
    slips = (t for s in level.slips for t in (s.text, s.words, s.why))
    return (level.question, level.function, level.given, level.answer, level.asks, *level.options, *slips)


def _slip(name: str, row: Any) -> Planted:
    kinds = {"text": str, "words": str, "why": str, "slip": str}
    if not isinstance(row, dict):
        raise IncompleteRecord(f"{name}: a slip is no table.", expected="[[family.level.slip]]")
    _fields(f"{name}, a slip", row, kinds)
    if not row.get("text") or not row.get("words"):
        raise IncompleteRecord(f"{name}: a slip lacks its text or its words.")
    return Planted(row["text"], row.get("slip", "own"), row["words"], row.get("why", ""))


def _wanted(low: int, high: int) -> list[int]:
    """Return the numbers of a span, without 0 unless it begins or ends there."""
    return [n for n in range(low, high + 1) if n != 0 or 0 in (low, high)]


def _drawer(name: str, kind: str, levels: tuple[Level, ...]) -> Callable[[Random, int], Instance]:
    def draw(rng: Random, level: int) -> Instance:
        it = levels[level - 1]
        values = {k: str(rng.choice(_wanted(*span))) for k, span in sorted(it.numbers.items())}
        values |= {k: rng.choice(texts) for k, texts in sorted(it.choose.items())}
        try:
            return _instance(rng, it, values)
        except AgnesiError as error:
            raise IncompleteRecord(f"{name}, level {level}, cannot be drawn. {error}") from None

    return draw


def _instance(rng: Random, level: Level, values: Mapping[str, str]) -> Instance:
    def fill(text: str) -> str:
        return filled(text, values)

    slips = [Planted(fill(s.text), s.slip, fill(s.words), fill(s.why)) for s in level.slips]
    given = fill(level.given)
    if level.function:
        f, x = fill(level.function), level.variable
        answer = asked(f"∂f/∂{x}" if given else f"f′({x})", f, x, given)
        plain = f"Differentiate $f({x}) = {f}$ with respect to ${x}$."
        question = filled(level.question, {**values, "function": f}) if level.question else plain
        told = "; ".join(filter(None, (given, f"f({x}) = {f}")))
        work: Callable[[], Derivation] = derivation(f"{given}; {f}" if given else f, x)
        return Instance(question, answer, level.asks or f"a formula in {x}", told, slips=distinct(answer.value, slips),
                        work=work)  # fmt: skip
    if level.options:
        wrong = [(Option(fill(o)), s.slip if s else "own", s.words if s else "", s.why if s else "")
                 for o, s in zip(level.options[1:], [*slips, *[None] * len(level.options)], strict=False)]  # fmt: skip
        options, at, planted = shuffled(rng, Option(fill(level.options[0])), wrong)
        told_of = tuple(p for p in planted if p.words)
        return Instance(fill(level.question), Choice(at), level.asks or "a letter", given, options, told_of)
    exact = Exact(0, level.form)  # type: ignore[arg-type]
    value = answers.value(fill(level.answer), exact)
    right = Exact(value, level.form)  # type: ignore[arg-type]
    asks = level.asks or {"number": "a number", "set": "numbers, such as {1, 2}"}.get(level.form, f"a {level.form}")
    return Instance(fill(level.question), right, asks, given, slips=distinct(fill(level.answer), slips))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a template with its holes filled: a minus takes the place of plus and minus, a factor 1 is left out.

    >>> filled("{a}x² + {b}x", {"a": "1", "b": "-3"})
    'x² − 3x'
    """
    out = HOLE.sub(lambda m: values.get(m[1], m[0]).replace("-", "−"), text)
    out = re.sub(r"\+ −", "− ", out)
    out = re.sub(r"(?<=\S )[−-] −", "+ ", out)
    return re.sub(r"(?<![\d.,/^⁰¹²³⁴⁵⁶⁷⁸⁹A-Za-z_)])1(?=[A-Za-zα-ω(])", "", out)

