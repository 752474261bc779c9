"""Exercises as plain data for their pages: the question set in type, verdicts, hints, solutions, notes for Anki.

`own` is the folder of a course of one's own and the stamp of its files ("" and "" where there is none): its families
are there beside those of Agnesi.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from agnesi.errors import AgnesiError
from agnesi.exercises import Choice, Gap, Instance, Solution, WrongLine, families, hint, instance, judge, solution
from agnesi.exercises.own import use_folder
from agnesi.exercises.pieces import dollars, latexed, paragraphs, pieces, shapes_of
from agnesi.exercises.pieces import typeset as formula
from agnesi.study.verbs.coloured import coloured

LARGE = 250_000  # letters of an SVG
LONGEST = 4_000  # letters of an answer
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_STYLE = re.compile(r' style="[^"]*"')
_TAG = re.compile(r"<[^>]+>")
_SIDES = re.compile(r"(?P<where>.+): left (?P<left>.+), right (?P<right>.+)")
Own = tuple[str, str] | list[str]
families()  # loaded once, before the workers are begun


def catalogue(own: Own = ("", "")) -> list[dict[str, Any]]:
    """Return all families as plain data."""
    use_folder(*own)
    return [
        {"id": f.id, "title": f.title, "kind": f.kind, "concepts": list(f.concepts), "levels": f.levels,
         "resources": list(f.resources), "where": [list(w) for w in f.where]}
        for f in families().values()
    ]  # fmt: skip


def asked(family: str, level: int, seed: int, own: Own = ("", "")) -> dict[str, Any]:
    """Return the question of an exercise; raises `AgnesiError` where there is none."""
    one = _one(family, level, seed, own)
    shapes = shapes_of(one)
    return {
        "question": paragraphs(one.question, shapes), "asks": pieces(one.asks, shapes, plain=True),
        "options": options_of(one),
        "lines": len(one.answer.lines) if isinstance(one.answer, WrongLine) else 0, "given": one.given,
        "short": isinstance(one.answer, Choice | WrongLine), "rows": 6 if _long(one) else 3,
    }  # fmt: skip


def options_of(one: Instance) -> list[dict[str, Any]]:
    """Return what there is to choose: a letter, the text in pieces, the same in words, and whether it is a picture."""
    shapes = shapes_of(one)
    return [
        {"letter": chr(97 + k), "text": pieces(o.text, shapes), "words": o.text.replace("$", ""),
         "picture": o.picture is not None}
        for k, o in enumerate(one.choices)
    ]  # fmt: skip


def _long(one: Instance) -> bool:
    return families()[one.family].kind == "prove"


def judged(family: str, level: int, seed: int, text: str, own: Own = ("", "")) -> dict[str, Any]:
    """Return what is found of an answer: the verdict, and each line with its own, set in type."""
    if len(text) > LONGEST:
        raise AgnesiError(f"The answer has {len(text)} letters; at most {LONGEST} are read.")
    one = _one(family, level, seed, own)
    found = judge(one, text)
    shapes = shapes_of(one)
    return {
        "right": found.right, "state": found.state, "says": pieces(found.says, shapes, plain=True),
        "diagnosis": found.diagnosis, "explanation": pieces(found.explanation, shapes, plain=True),
        "counterexample": _of_a_learner(found.counterexample, text),
        "repair": typeset(found.repair, one) if found.repair else None,
        "lines": [
            {"text": line.text, "mathml": typeset(line.text, one)["mathml"] if not one.choices else "",
             "verdict": line.verdict, "says": pieces(line.says, shapes, plain=True)}
            for line in found.lines
        ],
    }  # fmt: skip


def _of_a_learner(counterexample: str | None, text: str) -> str | None:
    """Return a counterexample without a left and a right side where the answer is one formula, which has none.

    >>> _of_a_learner("x = 2: left 200, right 4", "2x"), _of_a_learner("x = 2: left 200, right 4", "f'(x) = 2x")
    ('with x = 2 it is 200, and yours is 4', 'x = 2: left 200, right 4')
    """
    sides = _SIDES.fullmatch(counterexample or "")
    if not sides or "=" in text or "\n" in text.strip():
        return counterexample
    return f"with {sides['where']} it is {sides['left']}, and yours is {sides['right']}"


def hinted(family: str, level: int, seed: int, text: str, number: int, own: Own = ("", "")) -> list[dict[str, Any]]:
    """Return the hints for what is typed, up to a number; fewer where there are no more."""
    one = _one(family, level, seed, own)
    shapes = shapes_of(one)
    found: list[dict[str, Any]] = []
    for k in range(1, number + 1):
        it = hint(one, text, k)
        if it is None:
            break
        line = {**typeset(it.line, one), "lines": _shown(it.html, it.line, shapes)} if it.line else None
        says = pieces(it.says, shapes, plain=True)
        found.append({"number": it.number, "grade": it.grade, "says": says, "line": line})
    return found


def hint_number(family: str, level: int, seed: int, text: str, before: str, number: int, own: Own = ("", "")) -> int:
    """Return the number of the next hint: from 1 again where what was typed since leads further."""
    if text.strip() == before.strip():
        return number + 1
    one = _one(family, level, seed, own)
    new, old = hint(one, text, 1), hint(one, before, 1)
    return number + 1 if new is not None and old is not None and new.says == old.says else 1


def solved(family: str, level: int, seed: int, own: Own = ("", "")) -> dict[str, Any]:
    """Return the solution of an exercise: the answer, the steps, code, and whether there is a picture."""
    one = _one(family, level, seed, own)
    found = solution(one)
    shapes = shapes_of(one)
    option = one.choices[one.answer.right] if isinstance(one.answer, Choice) and one.choices else None
    return {
        **answer_and_steps(one, found), "text": found.answer,
        "option": pieces(option.text, shapes) if option else None, "code": found.code,
        "coloured": coloured(found.code) if found.code else [],
        "alt": str(getattr(found.picture, "alt", "")) if found.picture is not None else "",
        "whole": isinstance(one.answer, Gap),
    }  # fmt: skip


def answer_and_steps(one: Instance, found: Solution) -> dict[str, Any]:
    """Return the answer and the steps of a solution, set in type."""
    shapes = shapes_of(one)
    steps = [
        {"said": pieces(s.said, shapes, plain=True), "lines": _shown(s.html, s.text, shapes),
         "why": pieces(s.why, shapes, plain=True), "source": s.source}
        for s in found.steps
    ]  # fmt: skip
    return {"answer": _shown(found.html, found.answer, shapes), "steps": steps}


def picture(family: str, level: int, seed: int, which: str, theme: str, own: Own = ("", "")) -> dict[str, str]:
    """Return a picture of an exercise: "solution", or an option by its letter; {} where there is none."""
    one = _one(family, level, seed, own)
    place = ord(which) - 97 if len(which) == 1 else -1
    make = one.picture if which == "solution" else one.choices[place].picture if 0 <= place < len(one.choices) else None
    if make is None:
        return {}
    found = make()
    drawn = found.svg(theme)
    return {"svg": drawn} if len(drawn) <= LARGE else {"png": base64.b64encode(found.png(1000, theme)).decode()}


def notes(items: list[str], own: Own = ("", "")) -> list[dict[str, Any]]:
    """Return exercises as notes for Anki, with LaTeX between dollars; those that are no longer there are left out."""
    use_folder(*own)
    found = []
    for item in items:
        family, level, seed = item.split("/")
        try:
            one = instance(family, int(level), int(seed))
            done = solution(one, code=False)
        except AgnesiError:
            continue
        options = [f"{chr(97 + k)}) {o.text}" for k, o in enumerate(one.choices)]
        said = [(s.said.rstrip(".") + ":" if s.text else s.said, dollars(s.text)) for s in done.steps]
        steps = [" ".join(filter(None, both)) for both in said]
        question = latexed("\n".join([one.question, *options]), one)
        found.append({
            "item": item, "question": question, "answer": dollars(done.answer, one.given),
            "steps": [latexed(s, one) for s in steps], "tags": list(families()[family].concepts),
        })  # fmt: skip
    return found


def _one(family: str, level: int, seed: int, own: Own) -> Instance:
    use_folder(*own)
    return instance(family, level, seed)


def typeset(text: str, one: Instance) -> dict[str, str]:
    """Return a line as it was typed, and set in type."""
    plain = "\n" in text or not text.strip()  # a matrix over several lines is shown as it is
    return {"text": text, "mathml": "" if plain else formula(text, shapes_of(one), display=True)}


def _shown(html: str, text: str, shapes: Mapping[str, int]) -> list[dict[str, str]]:
    """Return what the engine wrote as formulas: each MathML element, with the text before it set in type too."""
    found: list[dict[str, str]] = []
    at = 0
    for m in _MATH.finditer(html):
        left = unescape(_TAG.sub("", html[at : m.start()])).strip()
        math = _STYLE.sub("", m[0])
        if left:
            before = re.sub(r"^<math[^>]*>|</math>$", "", formula(left, shapes))
            math = re.sub(r"^(<math[^>]*>)", lambda k: k[1] + before, math)
        found.append({"mathml": math, "why": ""})
        at = m.end()
    rest = unescape(_TAG.sub("", html[at:])).strip("\n") or text
    rows = rest.split("\n") if rest and not found else []
    return found + [{"mathml": formula(row, shapes, display=True) or row, "why": ""} for row in rows]
