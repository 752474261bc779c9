"""Judging formulas: what a learner typed is put behind the left side of the question, and `check` judges each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import agnesi.checking as checking
from agnesi.check.report import Judged
from agnesi.exercises import answers
from agnesi.exercises.record import Formula, Gap, Instance, LineVerdict, Planted, Proof, Verdict, WrongLine
from agnesi.exercises.slips import told
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder

RIGHT = "Right."
_PROBABLY = re.compile(r"Probably (.*?)\.?$")
_SAME_NAME = re.compile(r"\s+|\\left|\\right")


def judged_formula(instance: Instance, answer: Formula, text: str) -> Verdict:
    """Judge a formula: the last line must equal the claim and be carried out; lines before it must hold."""
    typed = answers.lines_of(text)
    typed = [answers.listed(line) for line in typed] if answer.vector else typed
    lines, found = judged_lines(instance, answer.claim, typed, diagnose=False)
    last = found[-1]
    if last is None or last.verdict == "not read":
        says = _reason(last) if last else "The last line has no formula in it."
        return Verdict(False, "not read", says, lines)
    wrong = next((k for k, line in enumerate(lines) if line.verdict == "wrong"), None)
    if wrong is None and last.verdict in ("proved", "tested"):
        return _carried(answer, last, lines)
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
    return tuple(_line(t, f) for t, f in zip(typed, found, strict=True)), found


def _chained(claim: str, typed: Sequence[str]) -> list[str]:
    """Return the lines with the claim as left side of the first and of the last one, unless they name other things."""
    out: list[str] = []
    open_ = False  # whether the line above belongs to the claim
    for k, line in enumerate(typed):
        parts = answers.sides(line)
        left, right = parts[0], " = ".join(_zero(part) for part in parts[1:]) if len(parts) > 1 else _zero(line)
        own = len(parts) == 1 or not left or _bare(left) == _bare(claim)
        if k == len(typed) - 1 or (own and not (open_ and not left)):
            out.append(f"{claim} = {right}" if own or k == len(typed) - 1 else line)
            open_ = True
        elif own:
            out.append(f"= {right}")
        else:
            out.append(line)
            open_ = False
    return out


def _zero(text: str) -> str:
    """Return a side that is 0 as a product, so that the line is a claim, and no equation to be solved."""
    return "2·0" if text.strip() in ("0", "−0", "-0") else text


def _bare(text: str) -> str:
    return _SAME_NAME.sub("", text)


def _line(text: str, one: Judged | None) -> LineVerdict:
    if one is None or one.verdict is None:
        return LineVerdict(text, "")
    if one.verdict == "not read":
        return LineVerdict(text, "not read", _reason(one))
    if one.verdict == "refuted":
        return LineVerdict(text, "wrong", _probably(one))
    return LineVerdict(text, "right")


def _reason(one: Judged) -> str:
    return (one.evidence.reason if one.evidence else "") or "This is not read as a formula."


def _probably(one: Judged) -> str:
    """Return what was probably done, without the repair."""
    if one.diagnosis is None:
        return ""
    said = _PROBABLY.search(one.diagnosis.words)
    return f"Probably {said[1]}." if said else ""


def open_parts(expr: Expr) -> list[Apply]:
    """Return the derivatives that are left in an expression: not dx of a variable, but d(x²) and d/dx x²."""
    return [
        n for n in postorder(expr)
        if isinstance(n, Apply) and n.op.family == "derivative" and not (n.op.name == "d" and isinstance(n.args[0], Symbol))
    ]  # fmt: skip


def _carried(answer: Formula, last: Judged, lines: tuple[LineVerdict, ...]) -> Verdict:
    """Return the verdict of a formula that is equal to the answer: is it carried out?"""
    side, left = last.sides[-1], last.sides[0]
    undone = open_parts(side)
    if side is left or (undone and undone[-1] is left):
        says = f"That is the question itself: {left}. Carry it out."
        return Verdict(False, "question back", says, lines)
    if undone:
        says = f"That is right, but {undone[-1]} is still to be carried out."
        return Verdict(False, "unsimplified", says, lines)
    names = {n.op.name for n in postorder(side) if isinstance(n, Apply)}
    if names & set(answer.bare):
        return Verdict(False, "unsimplified", "That is equal, but not in the form that is asked for. Go on.", lines)
    return Verdict(True, "right", RIGHT, lines)


def _explained(
    instance: Instance, answer: Formula, one: Judged, lines: tuple[LineVerdict, ...], typed: Sequence[str], place: int
) -> Verdict:
    """Return the verdict of a wrong line: a planted slip that gives just this, else what the engine finds."""
    counter = " ".join(one.evidence.counterexample.told) if one.evidence and one.evidence.counterexample else None
    planted = planted_for(instance, answers.right_side(typed[place]), instance.slips)
    if planted is not None:
        words, why = told(planted)
        return Verdict(False, "wrong", words, lines, planted.slip, why, counter, answer.value)
    found = judged_lines(instance, answer.claim, typed[: place + 1])[1][place]
    if found is not None and found.diagnosis is not None:
        repair = found.diagnosis.repaired or answer.value
        says = _probably(found) or f"That is not equal to {answer.claim}."
        return Verdict(False, "wrong", says, lines, found.diagnosis.slip, found.diagnosis.explanation, counter, repair)
    return Verdict(False, "wrong", f"That is not equal to {answer.claim}.", lines, None, "", counter, answer.value)


def planted_for(instance: Instance, right: str, planted: Sequence[Planted]) -> Planted | None:
    """Return the planted slip whose answer equals what was typed, or None."""
    for one in planted:
        if _bare(answers.right_side(one.text)) == _bare(right):
            return one
    for one in planted:
        sides = f"{_zero(right)} = {_zero(answers.right_side(one.text))}"
        report = checking.check(f"{instance.given}\n{sides}", diagnose=False)
        if report.statements and report.statements[-1].verdict in ("proved", "tested"):
            return one
    return None


def judged_gap(instance: Instance, answer: Gap, text: str) -> Verdict:
    """Judge a missing line: equal to the lines around it, no copy of one of them, and as far on as the line left out."""
    typed = answers.lines_of(text)[-1:]
    above, line, below = (answer.lines[answer.missing + k] for k in (-1, 0, 1))
    claim = answers.sides(line)[0]
    around = [answers.right_side(part) for part in (above, line, below)]
    right = answers.right_side(typed[0])
    for name, other in (("above", above), ("below", below)):
        if _bare(typed[0]) == _bare(other):
            says = f"That is the line {name} once more. Write the step between."
            return Verdict(False, "question back", says, (LineVerdict(typed[0], "right"),))
    start = f"{claim} = {around[0]}" if answers.sides(above)[0] == claim else ""
    text_ = "\n".join(x for x in (instance.given, start, f"= {right}" if start else f"{claim} = {right}") if x)
    one = checking.check(text_, diagnose=False).statements[-1]
    lines = (_line(typed[0], one),)
    if one.verdict == "not read" or one.verdict is None:
        return Verdict(False, "not read", _reason(one), lines)
    if one.verdict == "refuted":
        chain = [start, f"= {right}"] if start else [f"{claim} = {right}"]
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
        return Verdict(False, "not read", f"Give the number of a line, 1 to {count}.", (LineVerdict(first, "not read"),))
    number, mended = int(found[1]), " ".join(x for x in (found[2], *more) if x)
    if number != answer.wrong:
        says = f"Line {number} follows from the line above it." if number > 1 else "Line 1 only says what is given."
        if number > answer.wrong:
            says = f"Line {number} only carries on what went wrong before it."
        return Verdict(False, "wrong", says, (LineVerdict(first, "wrong"),), repair=str(answer.wrong))
    planted = instance.slips[0] if instance.slips and instance.slips[0].text == str(number) else None
    why = told(planted)[0] + " " + told(planted)[1] if planted else ""
    if not mended:
        return Verdict(True, "right", f"Right. {why}".strip(), (LineVerdict(first, "right"),), repair=answer.repaired)
    claim = answers.sides(answer.repaired)[0]
    verdict = judged_formula(instance, Formula(claim, answers.right_side(answer.repaired)), mended)
    says = "Right, and your line is right too." if verdict.right else f"It is line {number}. But your line: {verdict.says}"
    return replace(verdict, says=says)


def judged_proof(instance: Instance, answer: Proof, text: str) -> Verdict:
    """Judge a chain from the left side to the right one, each line against the line above."""
    typed = answers.lines_of(text)
    lines, found = judged_lines(instance, answer.left, typed, diagnose=False)
    bad = next((k for k, line in enumerate(lines) if line.verdict in ("wrong", "not read")), None)
    if bad is not None:
        one = found[bad]
        if one is None or one.verdict == "not read":
            return Verdict(False, "not read", f"Line {bad + 1}: {lines[bad].says}", lines)
        verdict = _explained(instance, Formula(answer.left, answer.right), one, lines, typed, bad)
        return replace(verdict, says=f"Line {bad + 1}: {verdict.says}")
    sides = [f.sides[-1] for f in found if f is not None and f.sides]
    goal = _side(instance, answer.left, answer.right)
    start = next((f.sides[0] for f in found if f is not None and f.sides), None)
    if not sides or sides[-1] is not goal:
        return Verdict(False, "unsimplified", f"All lines are right so far. Go on until {answer.right} stands there.", lines)
    between = {s for s in sides if s is not goal and s is not start}
    if len(between) < answer.least:
        need = "a line" if answer.least == 1 else f"{answer.least} lines"
        says = f"That is the statement itself. Put at least {need} between, each by one rule."
        return Verdict(False, "question back" if not between else "unsimplified", says, lines)
    return Verdict(True, "right", "Right: each line follows from the line above.", lines)
