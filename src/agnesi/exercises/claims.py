"""Judging formulas: what a learner typed is put behind the left side of the question, and `check` judges each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import agnesi.checking as checking
from agnesi.check.report import Judged
from agnesi.exercises import answers
from agnesi.exercises.guessing import guessed_formula
from agnesi.exercises.record import Formula, Gap, Instance, LineVerdict, Planted, Proof, Verdict, WrongLine
from agnesi.exercises.slips import stated, told
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, postorder, symbols_of

RIGHT = "Right."
SO = "so "  # said before a claim: it is no equation for its letters, whose solutions would be looked for
_PROBABLY = re.compile(r"Probably (.*?)\.?$")
_DIFFERENTIAL = re.compile(r"d\s?[A-Za-z]")  # df = …, a line on the way
_NAMED = re.compile(r"(\w+)\s*(?:[:,]|=)")  # declared, or defined by the learner
_SAME_NAME = re.compile(r"\s+|\\left|\\right")


def judged_formula(instance: Instance, answer: Formula, text: str) -> Verdict:
    """Judge a formula: the last line must equal the claim and be carried out; lines before it must hold."""
    typed = answers.lines_of(text)
    typed = [answers.listed(line) for line in typed] if answer.vector else typed
    lines, found = judged_lines(instance, answer.claim, typed, diagnose=False)
    last = found[-1]
    if last is None or _unread(last):
        says = _reason(last) if last else "The last line has no formula in it."
        return Verdict(False, "not read", says, lines)
    wrong = next((k for k, line in enumerate(lines) if line.verdict == "wrong"), None)
    if wrong is None and last.verdict in ("proved", "tested"):
        return _carried(instance, answer, _question(instance, answer.claim), last, lines)
    place = len(lines) - 1 if wrong is None else wrong
    verdict = _explained(instance, answer, found[place] or last, lines, typed, place)
    return verdict if place == len(lines) - 1 else replace(verdict, says=f"Line {place + 1}: {verdict.says}")


def judged_lines(
    instance: Instance, claim: str, typed: Sequence[str], diagnose: bool = True
) -> tuple[tuple[LineVerdict, ...], list[Judged | None]]:
    """Judge lines as a chain that begins with the claim; return their verdicts, and what was judged of each."""
    chain = [*_chained(claim, typed)]
    head = instance.given.rstrip()
    offset = head.count("\n") + 1 if head else 0
    report = checking.check((head + "\n" if head else "") + "\n".join(chain), diagnose=diagnose)
    found: list[Judged | None] = [None] * len(typed)
    for one in report.statements:
        k = one.line - offset - 1
        if 0 <= k < len(typed) and (found[k] is None or one.verdict is not None):
            previous = found[k]
            if previous is None or previous.verdict not in ("refuted", "not read"):
                found[k] = one
    found = [_as_claim(instance, claim, one) for one in found]
    return tuple(_line(t, f) for t, f in zip(typed, found, strict=True)), found


def _as_claim(instance: Instance, claim: str, one: Judged | None) -> Judged | None:
    """Return a line that was read as an equation to be solved (f′(x) = 0) as the claim that it is here."""
    if one is None or one.verdict is not None or one.role != "condition" or len(one.sides) < 2:
        return one
    twice = f"{SO}({claim}) + ({claim}) = {claim}"  # only 0 is twice itself
    statements = checking.check(f"{instance.given}\n{twice}", diagnose=False).statements
    return replace(one, verdict=statements[-1].verdict, evidence=statements[-1].evidence) if statements else one


def _chained(claim: str, typed: Sequence[str]) -> list[str]:
    """Return the lines with the claim as left side of the first and of the last one, unless they name other things."""
    out: list[str] = []
    open_ = False  # whether the line above belongs to the claim
    for k, line in enumerate(typed):
        parts = answers.sides(line)
        left, right = parts[0], " = ".join(parts[1:]) if len(parts) > 1 else line
        own = len(parts) == 1 or not left or _bare(left) == _bare(claim)
        last = k == len(typed) - 1 and not _DIFFERENTIAL.fullmatch(left)
        if last or (own and not (open_ and not left)):
            out.append(f"{SO}{claim} = {right}")
            open_ = True
        elif own:
            out.append(f"= {right}")
        else:
            out.append(line)
            open_ = False
    return out


def _bare(text: str) -> str:
    return _SAME_NAME.sub("", text).replace("'", "′").replace("-", "−")


def _line(text: str, one: Judged | None) -> LineVerdict:
    if one is None or one.verdict is None:
        return LineVerdict(text, "")
    if _unread(one):
        return LineVerdict(text, "not read", _reason(one))
    if one.verdict in ("refuted", "not read"):
        return LineVerdict(text, "wrong", _probably(one))
    return LineVerdict(text, "right")


def _unread(one: Judged) -> bool:
    """Tell whether a line is not read; of one that may be misread, and fails, the question here settles the reading."""
    reason = one.evidence.reason if one.evidence is not None else ""
    return one.verdict == "not read" and not (reason.startswith("The sides differ") and len(one.sides) > 1)


def _reason(one: Judged) -> str:
    reason = (one.evidence.reason if one.evidence is not None else "") or "This is not read as a formula."
    return re.sub(r" Try .*$", "", reason)  # what to try would be the answer


def _probably(one: Judged) -> str:
    """Return what was probably done, without the repair."""
    if one.diagnosis is None:
        return ""
    said = _PROBABLY.search(one.diagnosis.words)
    return f"Probably {said[1]}." if said else ""


def open_parts(expr: Expr) -> list[Apply]:
    """Return the derivatives that are left in an expression: not dx of a variable, but d(x²) and d/dx x²."""
    found = [n for n in postorder(expr) if isinstance(n, Apply) and n.op.family == "derivative"]
    return [n for n in found if n.op.name != "d" or not isinstance(n.args[0], Symbol)]


def _apart(expr: Expr) -> str:
    """Return an expression as text with a space between d and the name of a function: d sin(x)/dx."""
    return re.sub(r"\bd(?=[a-z]{2,}\()", "d ", str(expr))


def _question(instance: Instance, claim: str) -> Expr | None:
    """Return what is asked, as an expression."""
    statements = checking.check(f"{instance.given}\n{claim} = {claim}", diagnose=False).statements
    return statements[-1].sides[0] if statements and statements[-1].sides else None


def _carried(
    instance: Instance, answer: Formula, left: Expr | None, last: Judged, lines: tuple[LineVerdict, ...]
) -> Verdict:
    """Return the verdict of a formula that is equal to the answer: is it carried out?"""
    side = last.sides[-1]
    undone = open_parts(side)
    if any(isinstance(n, Apply) and n.op.name == "d" for n in postorder(side)):
        return Verdict(False, "unsimplified", "That is right so far. Go on to the end.", lines)
    if answer.layout and left is not None and side.shape != left.shape:
        planted = next((p for p in instance.slips if p.slip == answer.layout), None)
        words, why = told(planted) if planted else ("That has another shape.", "")
        return Verdict(False, "wrong", words, lines, answer.layout, why, repair=answer.value)
    if (side is left and (undone or answer.bare)) or (undone and undone[-1] is left):
        says = f"That is the question itself: {_apart(left)}. Carry it out."
        return Verdict(False, "question back", says, lines)
    if undone:
        says = f"That is right, but {_apart(undone[-1])} is still to be carried out."
        return Verdict(False, "unsimplified", says, lines)
    names = {n.op.name for n in postorder(side) if isinstance(n, Apply | Bind)}
    if names & set(answer.bare):
        return Verdict(False, "unsimplified", "That is equal, but not in the form that is asked for. Go on.", lines)
    return Verdict(True, "right", RIGHT, lines)


def _explained(
    instance: Instance, answer: Formula, one: Judged, lines: tuple[LineVerdict, ...], typed: Sequence[str], place: int
) -> Verdict:
    """Return the verdict of a wrong line: a planted slip that gives just this, else what the engine finds."""
    example = one.evidence.counterexample if one.evidence is not None else None
    counter = " ".join(example.told) if example is not None and example.told else None
    planted = planted_for(instance, answers.right_side(typed[place]), instance.slips)
    if planted is not None:
        words, why = told(planted)
        return Verdict(False, "wrong", words, lines, planted.slip, why, counter, answer.value)
    unlike = _of_another_kind(instance, answer, one, typed)
    guess = guessed_formula(instance, answer, one.sides[-1]) if one.sides and _derivative(instance, unlike) else None
    if guess is not None:
        words, why = told(guess)
        return Verdict(False, "wrong", words, lines, guess.slip, why, counter, answer.value)
    if unlike is not None:
        state, says = unlike
        at = min(place, len(lines) - 1)
        marked = (*lines[:at], replace(lines[at], verdict=state), *lines[at + 1 :])
        return Verdict(False, state, says, marked, repair=answer.value if state == "wrong" else "")
    found = judged_lines(instance, answer.claim, typed[: place + 1])[1][place]
    if found is not None and found.diagnosis is not None:
        repair = found.diagnosis.repaired or answer.value
        says = _probably(found) or _differs(answer, instance.question)
        return Verdict(False, "wrong", says, lines, found.diagnosis.slip, found.diagnosis.explanation, counter, repair)
    return Verdict(False, "wrong", _differs(answer, instance.question), lines, None, "", counter, answer.value)


def _derivative(instance: Instance, unlike: tuple[str, str] | None) -> bool:
    """Tell whether a slip of a derivative is looked for here: of all but proofs, with letters that are known."""
    return not isinstance(instance.answer, Proof) and (unlike is None or unlike[0] == "wrong")


def _of_another_kind(
    instance: Instance, answer: Formula, one: Judged, typed: Sequence[str]
) -> tuple[Literal["wrong", "not read"], str] | None:
    """Return what is said of a line with letters that are not known here, or of another shape; None where it has none.

    No slip is looked for in such a line, which would take long.
    """
    if not one.sides:
        return None
    left, right = _question(instance, answer.claim), _side(instance, answer.claim, answer.value)
    if left is None or right is None:
        return None
    known = {s.name for s in (*symbols_of(left), *symbols_of(right))}
    known |= {name for text in (instance.given, *typed) for name in _NAMED.findall(text)}
    strange = sorted(s.name for s in symbols_of(one.sides[-1]) if s.name not in known)
    if strange:
        letters = "this letter" if len(strange) == 1 else "these letters"
        return "not read", f"The question does not have {letters}: {', '.join(strange[:5])}."
    sizes = {*_flat(left), *_flat(one.sides[-1])}
    if _flat(left) == _flat(one.sides[-1]) or not all(n.isdecimal() or n in instance.given for n in sizes):
        return None  # sizes that the reader has made up say nothing
    return "wrong", f"That is {_kind(one.sides[-1])}, and the answer is {_kind(left)}."


def _flat(expr: Expr) -> tuple[str, ...]:
    return tuple(str(d) for d in expr.shape if str(d) != "1")


def _kind(expr: Expr) -> str:
    if not expr.shape:
        return "a number"
    size = show_shape(expr.shape)
    flat = len(expr.shape) == 1 or "1" in map(str, expr.shape)
    return f"a vector of size {size}" if flat else f"a matrix {size}"


def _differs(answer: Formula, question: str) -> str:
    """Return that it is wrong, without giving the answer away."""
    unnamed = answer.claim.startswith("f′(") and "f(" not in question  # there it has another name
    return "That is not it." if unnamed or answer.claim == answer.value else f"That is not equal to {answer.claim}."


def planted_for(instance: Instance, right: str, planted: Sequence[Planted]) -> Planted | None:
    """Return the planted slip whose answer equals what was typed, or None."""
    for one in planted:
        if _bare(answers.right_side(one.text)) == _bare(right):
            return one
    for one in planted:
        sides = f"{SO}{right} = {answers.right_side(one.text)}"
        report = checking.check(f"{instance.given}\n{sides}", diagnose=False)
        if report.statements and report.statements[-1].verdict in ("proved", "tested"):
            return one
    return None


def judged_gap(instance: Instance, answer: Gap, text: str) -> Verdict:
    """Judge a missing line: equal to the lines around it, none of them once more, as far on as the one left out."""
    typed = answers.lines_of(text)[-1:]
    above, line, below = (answer.lines[answer.missing + k] for k in (-1, 0, 1))
    claim = answers.sides(line)[0]
    around = [answers.right_side(part) for part in (above, line, below)]
    right = answers.right_side(typed[0])
    for name, other in (("above", above), ("below", below)):
        if _bare(typed[0]) == _bare(other):
            says = f"That is the line {name} once more. Write the step between."
            return Verdict(False, "question back", says, (LineVerdict(typed[0], "right"),))
    start = f"{SO}{claim} = {around[0]}" if answers.sides(above)[0] == claim else ""
    text_ = "\n".join(x for x in (instance.given, start, f"= {right}" if start else f"{SO}{claim} = {right}") if x)
    one = checking.check(text_, diagnose=False).statements[-1]
    lines = (_line(typed[0], one),)
    if one.verdict is None or _unread(one):
        return Verdict(False, "not read", _reason(one), lines)
    if one.verdict in ("refuted", "not read"):
        chain = [start.removeprefix(SO), f"= {right}"] if start else [f"{claim} = {right}"]
        verdict = _explained(instance, Formula(claim, around[1]), one, lines, chain, len(chain) - 1)
        return replace(verdict, repair=line)
    exprs = [_side(instance, claim, part) for part in around]
    mine = one.sides[-1]
    if mine is exprs[0] or mine is exprs[2]:
        which = "above" if mine is exprs[0] else "below"
        return Verdict(False, "question back", f"That is the line {which} once more. Write the step between.", lines)
    if exprs[1] is not None and len(open_parts(mine)) > len(open_parts(exprs[1])):
        return Verdict(False, "unsimplified", "That is right, but the step is not done yet.", lines)
    return Verdict(True, "right", RIGHT, lines)


def _side(instance: Instance, claim: str, right: str) -> Expr | None:
    """Return a right side as it is read in the context of the exercise."""
    statements = checking.check(f"{instance.given}\n{claim} = {right}", diagnose=False).statements
    return statements[-1].sides[-1] if statements and statements[-1].sides else None


def judged_wrong_line(instance: Instance, answer: WrongLine, text: str) -> Verdict:
    """Judge which line is said to be wrong: its number, and after it, if one likes, the line as it should be."""
    first, *more = answers.lines_of(text)
    found = re.match(r"(?:line\s*)?\(?(\d+)\)?\s*[:.,]?\s*(.*)$", first, re.IGNORECASE)
    count = len(answer.lines)
    if not found or not 1 <= int(found[1]) <= count:
        return Verdict(
            False, "not read", f"Give the number of a line, 1 to {count}.", (LineVerdict(first, "not read"),)
        )
    number, mended = int(found[1]), " ".join(x for x in (found[2], *more) if x)
    if number != answer.wrong:
        says = f"Line {number} follows from the line above it." if number > 1 else "Line 1 only says what is given."
        if number > answer.wrong:
            says = f"Line {number} only carries on what went wrong before it."
        return Verdict(False, "wrong", says, (LineVerdict(first, "wrong"),), repair=str(answer.wrong))
    planted = instance.slips[0] if instance.slips and instance.slips[0].text == str(number) else None
    why = " ".join(stated(planted)) if planted else ""
    if not mended:
        return Verdict(True, "right", f"Right. {why}".strip(), (LineVerdict(first, "right"),), repair=answer.repaired)
    claim = answers.sides(answer.repaired)[0]
    verdict = judged_formula(instance, Formula(claim, answers.right_side(answer.repaired)), mended)
    good = verdict.state in ("right", "unsimplified")  # a line in the middle may leave something to be done
    says = "Right, and your line is right too." if good else f"It is line {number}. But your line: {verdict.says}"
    return replace(verdict, right=good, state="right" if good else verdict.state, says=says)


def judged_proof(instance: Instance, answer: Proof, text: str) -> Verdict:
    """Judge a chain from the left side to the right one, each line against the line above."""
    typed = answers.lines_of(text)
    lines, found = judged_lines(instance, answer.left, typed, diagnose=False)
    bad = next((k for k, line in enumerate(lines) if line.verdict in ("wrong", "not read")), None)
    if bad is not None:
        one = found[bad]
        if one is None or _unread(one):
            which = f"Line {bad + 1}: " if len(typed) > 1 else ""
            return Verdict(False, "not read", f"{which}{lines[bad].says}", lines)
        verdict = _explained(instance, Formula(answer.left, answer.right), one, lines, typed, bad)
        return replace(verdict, says=f"Line {bad + 1}: {verdict.says}") if len(typed) > 1 else verdict
    sides = [f.sides[-1] for f in found if f is not None and f.sides]
    goal = _side(instance, answer.left, answer.right)
    start = next((f.sides[0] for f in found if f is not None and f.sides), None)
    if not sides or sides[-1] is not goal:
        return Verdict(
            False, "unsimplified", f"All lines are right so far. Go on until {answer.right} stands there.", lines
        )
    between = {s for s in sides if s is not goal and s is not start}
    if len(between) < answer.least:
        need = "one line" if answer.least == 1 else f"{answer.least} lines"
        says = f"That is the statement itself. Put at least {need} between, each by one rule."
        return Verdict(False, "question back" if not between else "unsimplified", says, lines)
    return Verdict(True, "right", "Right: each line follows from the line above.", lines)
