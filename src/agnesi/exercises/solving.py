"""Solutions: the answer with its steps, from the engine's own derivation or worked result, never typed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

from agnesi.compilation import program
from agnesi.derivation import Derivation
from agnesi.errors import AgnesiError
from agnesi.exercises import answers
from agnesi.exercises.drawing import kept_lines, listed
from agnesi.exercises.judging import shown
from agnesi.exercises.pieces import shapes_of
from agnesi.exercises.pieces import typeset as as_written
from agnesi.exercises.record import (
    Choice,
    Exact,
    Formula,
    Gap,
    Instance,
    Proof,
    Shape,
    Solution,
    SolutionStep,
    WrongLine,
)
from agnesi.exercises.slips import stated
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Apply, Const, Expr, postorder
from agnesi.read import read
from agnesi.rules.steps import Line
from agnesi.worked.record import Step, Worked
from agnesi.write import write

_OUTSIDE = re.compile(r"^<math[^>]*>|</math>$| data-shape=\"[^\"]*\"")  # alone a letter has no known shape


def solution(instance: Instance, code: bool = True) -> Solution:
    """Return the answer of an exercise with its steps; `code` adds a program where a formula is asked.

    Raises what the engine raises; the tests of the families see that it never does.
    """
    done = instance.work() if instance.work else None
    picture = instance.picture() if instance.picture else None
    answer = answer_text(instance)
    written = ""
    if code and isinstance(done, Derivation) and isinstance(instance.answer, Formula):
        written = _code(done)
    exact = instance.answer.value if isinstance(instance.answer, Exact) else None
    html = typeset(listed(exact) if hasattr(exact, "tolist") else answer)  # [−1/3 −5/9] could be a difference
    return Solution(answer, html, steps_of(instance, done), written, picture)


def answer_text(instance: Instance) -> str:
    """Return the right answer as a learner may type it."""
    match instance.answer:
        case Formula(value=value):
            return value
        case Exact():
            return shown(instance.answer)
        case Shape(dims=dims):
            return "×".join(dims) or "number"
        case Choice(right=right):
            return chr(97 + right)
        case WrongLine(wrong=wrong):
            return str(wrong)
        case Gap(lines=lines, missing=missing):
            return lines[missing]
        case Proof(model=model):
            return "\n".join(line for line, _ in model)


def typeset(text: str) -> str:
    """Return a formula as MathML, with all its sides; what is not read as one stays text."""
    if "\n" in text or "{" in text:
        return _preformatted(text)
    try:
        made = write(read(text).expr, "mathml")
        sides = text.split(" = ")
        if made.count("<mo>=</mo>") >= len(sides) - 1:
            return made
        # "R = …" is read as a definition, of "a = b = c" the first two sides: set each on its own
        insides = [_OUTSIDE.sub("", write(read(side).expr, "mathml")) for side in sides]
        return f"<math>{'<mo>=</mo>'.join(insides)}</math>"
    except AgnesiError:
        return _preformatted(text)


def _preformatted(text: str) -> str:
    return f"<pre>{escape(text)}</pre>" if "\n" in text else f"<code>{escape(text)}</code>"


def steps_of(instance: Instance, done: Any) -> tuple[SolutionStep, ...]:
    """Return the steps of a solution: those of the derivation, of the worked result, or of the answer itself."""
    match instance.answer:
        case WrongLine():
            return _wrong_line(instance, instance.answer)
        case Gap(lines=lines, missing=missing, rule=rule):
            return tuple(
                SolutionStep(rule if k == missing else "the line that is given", line, typeset(line))
                for k, line in enumerate(lines)
            )
        case Proof(model=model):
            shapes = shapes_of(instance)
            return tuple(SolutionStep(why, line, as_written(line, shapes) or typeset(line)) for line, why in model)
    if isinstance(done, Derivation):
        return derivation_steps(done, instance)
    if isinstance(done, Worked):
        return tuple(worked(step) for step in done.steps)
    if isinstance(done, Expr):
        return tuple(_shapes(done))
    if isinstance(done, tuple):
        return tuple(SolutionStep(said, text, typeset(text) if text else "") for said, text in done)
    if isinstance(instance.answer, Choice):
        return tuple(_options(instance))
    return ()


def derivation_steps(done: Derivation, instance: Instance) -> tuple[SolutionStep, ...]:
    """Return the lines of a derivation as steps, in the letters of the question: a for f where ∂a/∂w is asked."""
    claim = instance.answer.claim if isinstance(instance.answer, Formula) else ""
    told = re.search(r"\$(d\w/d\w)\$", instance.question) if claim.startswith("f′") else None
    steps = [derived(line, told[1] if told else claim) for line in kept_lines(done)]
    if claim.startswith("w − η ∇"):  # the step itself comes after the gradient
        value = answer_text(instance)
        steps.append(SolutionStep("Put it into the step", f"{claim} = {value}", typeset(value)))
    return tuple(steps)


def _lettered(text: str, claim: str) -> str:
    """Return a text about f in the letter of the claim: ∇f is ∂C/∂w where that is asked, df is dC."""
    asked = re.fullmatch(r"[∂d](\w)/[∂d](\w)", claim)
    letter = asked[1] if asked else claim[7] if claim.startswith("w − η ∇") else ""
    if not letter:
        return text
    slope = claim if asked else f"∇{letter}"
    text = re.sub(r"f′\(\w\)|∂f/∂\w|∇f", slope, text)
    return re.sub(r"\bdf\b", f"d{letter}", re.sub(r"^f(?= = |$)", letter, text))


def derived(line: Line, claim: str = "") -> SolutionStep:
    """Return a line of a derivation as a step; of what the claim asks in its letters."""
    left = _lettered(line.left if isinstance(line.left, str) else write(line.left, "unicode"), claim)
    text = f"{left} = {write(line.right, 'unicode')}"
    html = f'<span class="left">{escape(left)} = </span>{write(line.right, "mathml")}'
    return SolutionStep(_lettered(line.rule, claim), text, html, "", line.source)


def worked(step: Step) -> SolutionStep:
    """Return a step of a worked result."""
    text = "\n".join(row for formula in step.lines for row in formula.text())
    return SolutionStep(step.said or step.rule, text, "".join(f.mathml() for f in step.lines), step.why, step.source)


def _shapes(expr: Expr) -> Iterable[SolutionStep]:
    """Yield the shape of each part of an expression, from the inside out."""
    seen: set[Expr] = set()
    for node in postorder(expr):
        if node not in seen and (node.args if isinstance(node, Apply) else not isinstance(node, Const)):
            seen.add(node)
            text = write(node, "unicode")
            if text.startswith("−") and node is not expr:  # of X w − y, not −y too
                continue
            size = show_shape(node.shape) if node.shape else "a number"
            yield SolutionStep(f"{text}: {size}", "", write(node, "mathml"))


def _options(instance: Instance) -> Iterable[SolutionStep]:
    for one in instance.slips:
        words, why = stated(one)
        chosen = answers.option(one.text, instance.choices)
        if chosen is not None:
            yield SolutionStep(f"Not {chr(97 + chosen)}: {words[0].lower()}{words[1:]}", why=why)


def _wrong_line(instance: Instance, answer: WrongLine) -> tuple[SolutionStep, ...]:
    out = []
    for k, line in enumerate(answer.lines, 1):
        if k == answer.wrong:
            words = " ".join(stated(instance.slips[0])) if instance.slips else ""
            out.append(SolutionStep(f"Line {k} does not follow.", line, typeset(line), words))
            out.append(SolutionStep(f"Line {k} as it should be", answer.repaired, typeset(answer.repaired)))
        elif k < answer.wrong:
            out.append(SolutionStep(f"Line {k} is right.", line, typeset(line)))
    return tuple(out)


def _code(done: Derivation) -> str:
    try:
        return str(program(done, "numpy")).rstrip()
    except AgnesiError:
        return ""
