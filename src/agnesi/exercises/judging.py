"""Judging what a learner typed: is it the answer, is each line right, and if not, what was probably done."""

from __future__ import annotations

from dataclasses import replace

import sympy

from agnesi.errors import AgnesiError, ReadError
from agnesi.exercises import answers
from agnesi.exercises.claims import judged_formula, judged_gap, judged_proof, judged_wrong_line
from agnesi.exercises.drawing import typed
from agnesi.exercises.guessing import guessed
from agnesi.exercises.record import (
    Choice,
    Exact,
    Formula,
    Gap,
    Instance,
    LineVerdict,
    Planted,
    Proof,
    Shape,
    Verdict,
    WrongLine,
)
from agnesi.exercises.slips import stated, told

NOTHING = "Nothing is typed yet."


def judge(instance: Instance, text: str) -> Verdict:
    """Judge an answer, line by line where there are several; never raises for what a learner types.

    >>> from agnesi.exercises import instance, judge
    >>> one = instance("matcalc-power-rule", 1, 0)
    >>> judge(one, one.answer.value).right
    True
    """
    if not answers.lines_of(text):
        return Verdict(False, "not read", NOTHING)
    try:
        return _judged(instance, text)
    except AgnesiError as error:
        return Verdict(False, "not read", str(error).split("\n")[0], (LineVerdict(text.strip(), "not read"),))


def _judged(instance: Instance, text: str) -> Verdict:
    match instance.answer:
        case Formula():
            return judged_formula(instance, instance.answer, text)
        case Exact():
            return _exact(instance, instance.answer, text)
        case Shape():
            return _shape(instance, instance.answer, text)
        case Choice():
            return _choice(instance, instance.answer, text)
        case WrongLine():
            return judged_wrong_line(instance, instance.answer, text)
        case Gap():
            return judged_gap(instance, instance.answer, text)
        case Proof():
            return judged_proof(instance, instance.answer, text)


def _exact(instance: Instance, answer: Exact, text: str) -> Verdict:
    """Judge numbers: the last line is the answer, the others keep its value or its rows."""
    lines = answers.lines_of(text)
    lines = answers.joined(lines) if answer.form == "vector" else lines
    before = tuple(_kept(line, answer) for line in lines[:-1])
    wrong = next((line for line in before if line.verdict == "wrong"), None)
    if answer.form == "number" and answers.right_side(lines[-1])[:1] in ("[", "{"):
        raise ReadError("That is a list.", expected="one number", got=lines[-1])
    given = answers.value(lines[-1], answer)
    if answers.lettered(given) and not answers.lettered(answer.value):
        form = {"number": "a number", "set": "a set of numbers"}.get(answer.form, f"a {answer.form} of numbers")
        raise ReadError("There are letters in it.", expected=form, got=lines[-1])
    right = answers.same(given, answer.value, answer)
    done = answers.carried_out(lines[-1], answer)
    last = LineVerdict(lines[-1], "right" if right else "wrong")
    if right and done:
        return Verdict(True, "right", "Right.", (*before, last))
    if right:
        return Verdict(False, "unsimplified", "That is equal to the answer. Work it out to the end.", (*before, last))
    if answer.same == "pattern" and given.shape == answer.value.shape and answers.row_equivalent(given, answer.value):
        says = "These rows are still right. They are not in echelon form yet: go on."
        return Verdict(False, "unsimplified", says, (*before, LineVerdict(lines[-1], "right")))
    if answer.lines and not right and _kept(lines[-1], answer).verdict == "right":
        says = "Every row so far is right. Go on." if answer.lines == "rows" else "That is right so far. Go on."
        return Verdict(False, "unsimplified", says, (*before, LineVerdict(lines[-1], "right")))
    planted = next((p for p in instance.slips if _is(given, p, answer)), None)
    if planted is not None:
        words, why = told(planted)
        return Verdict(False, "wrong", words, (*before, last), planted.slip, why, repair=shown(answer))
    if "." in lines[-1] and not wrong and answers.rounded(given, answer):
        says = "That is close, but rounded. Give it exactly, with fractions or roots."
        return Verdict(False, "unsimplified", says, (*before, LineVerdict(lines[-1], "right")))
    if wrong:
        return Verdict(False, "wrong", _first_wrong(before, wrong), (*before, last), repair=shown(answer))
    guess = guessed(instance, answer, given)
    words, why = told(guess) if guess else (_differs(given, answer), "")
    return Verdict(False, "wrong", words, (*before, last), guess.slip if guess else None, why, repair=shown(answer))


def _kept(line: str, answer: Exact) -> LineVerdict:
    """Return the verdict of a line before the last."""
    if not answer.lines:
        return _arithmetic(line)
    try:
        found = answers.array(line) if answer.form in ("matrix", "vector") else answers.number(line)
    except AgnesiError as error:
        return LineVerdict(line, "not read", str(error).split("\n")[0])
    if answer.lines == "rows":
        good = answers.row_equivalent(found, answer.value)
        return LineVerdict(
            line, "right" if good else "wrong", "" if good else "These rows do not come from the rows above."
        )
    good = answers.same(found, answer.value, answer)
    return LineVerdict(line, "right" if good else "wrong")


def _arithmetic(line: str) -> LineVerdict:
    """Return the verdict of an equation between numbers: all sides that are numbers are equal."""
    values = []
    for side in answers.sides(line):
        try:
            found = answers.number(side)
        except AgnesiError:
            continue
        if not found.free_symbols:
            values.append(found)
    if len(values) < 2:
        return LineVerdict(line, "")
    good = all(answers.zero(v - values[0]) for v in values[1:])
    return LineVerdict(line, "right" if good else "wrong", "" if good else "The two sides are different numbers.")


def _first_wrong(lines: tuple[LineVerdict, ...], wrong: LineVerdict) -> str:
    return f"Look at line {lines.index(wrong) + 1} again. {wrong.says}".strip()


def _is(given: object, planted: Planted, answer: Exact) -> bool:
    """Tell whether an answer is what a slip makes."""
    try:
        made = answers.value(planted.text, answer)
        if answers.same(given, made, replace(answer, same="")):
            return True
        return answer.same != "pattern" and answers.same(given, made, answer)
    except AgnesiError:
        return False


def _differs(given: object, answer: Exact) -> str:
    """Return how an answer differs, without giving the right one away."""
    right = answer.value
    if answer.form == "set":
        count = len(given) if isinstance(given, tuple) else 0
        if count != len(right):
            return f"That is not it: you gave {count}, and there are {'more' if count < len(right) else 'fewer'}."
        return "That is not it: not all of these belong to the answer."
    shape = given.shape if isinstance(given, sympy.MatrixBase) else ()
    if shape and shape != right.shape:
        return f"That is not it: it is {_sized(shape)}, and the answer is {_sized(right.shape)}."
    if shape and not answer.same:
        wrong = [k for k, (a, b) in enumerate(zip(given, right, strict=True)) if not answers.zero(a - b)]  # type: ignore[call-overload]
        if 0 < len(wrong) < len(right):
            i, j = divmod(wrong[0], right.cols)
            place = f"entry {i + 1}" if right.cols == 1 else f"the entry in row {i + 1}, column {j + 1}"
            return f"Nearly: look at {place} again."
    return "That is not it."


def _sized(shape: tuple[int, int]) -> str:
    if shape == (1, 1):
        return "a number"
    return f"a vector of {shape[0]} entries" if shape[1] == 1 else f"a matrix {shape[0]}×{shape[1]}"


def shown(answer: Exact) -> str:
    """Return the value of an answer as text that can be typed."""
    if answer.form == "set":
        return "{" + ", ".join(typed(v) for v in answer.value) + "}"
    return typed(answer.value)


def _shape(instance: Instance, answer: Shape, text: str) -> Verdict:
    found = answers.shape(text)
    if found == answer.dims or (len(found) == 2 and found[1] == "1" and found[:1] == answer.dims):
        return Verdict(True, "right", "Right.", (LineVerdict(text.strip(), "right"),))
    planted = next((p for p in instance.slips if answers.shape(p.text) == found), None)
    words, why = told(planted) if planted else ("That is not its shape.", "")
    repair = "×".join(answer.dims) or "a number"
    line = LineVerdict(text.strip(), "wrong")
    return Verdict(False, "wrong", words, (line,), planted.slip if planted else None, why, repair=repair)


def _choice(instance: Instance, answer: Choice, text: str) -> Verdict:
    found = answers.option(text, instance.choices)
    if found is None:
        last = chr(96 + len(instance.choices))
        return Verdict(False, "not read", f"Choose one of a to {last}.", (LineVerdict(text.strip(), "not read"),))
    letter = chr(97 + found)
    if found == answer.right:
        return Verdict(True, "right", "Right.", (LineVerdict(letter, "right"),))
    planted = next((p for p in instance.slips if answers.option(p.text, instance.choices) == found), None)
    words, why = stated(planted) if planted else ("That is not it.", "")
    line = LineVerdict(letter, "wrong")
    slip = planted.slip if planted else None
    return Verdict(False, "wrong", words, (line,), slip, why, repair=chr(97 + answer.right))
