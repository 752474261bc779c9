"""Hints, one at a time, graded: what rule comes next, where it is used, then the next line.

The next line is the engine's, after what equals the learner's own last right line: of a derivation the line with the
same parts still to be differentiated; of an elimination the engine goes on with the learner's own matrix.
"""

from __future__ import annotations

from dataclasses import replace

from agnesi.derivation import Derivation
from agnesi.errors import AgnesiError
from agnesi.exercises import answers
from agnesi.exercises.claims import judged_lines, open_parts
from agnesi.exercises.judging import judge
from agnesi.exercises.record import Choice, Exact, Formula, Gap, Hint, Instance, Proof, Shape, SolutionStep, WrongLine
from agnesi.exercises.slips import stated
from agnesi.exercises.solving import derivation_steps, steps_of, worked
from agnesi.expr.nodes import Expr
from agnesi.rules.steps import Line
from agnesi.worked.record import Worked

GRADES = 3


def hint(instance: Instance, text_so_far: str, number: int = 1) -> Hint | None:
    """Return the hint of a number (from 1), counted since the learner's last right line; None where there is no more.

    Up to three hints make one step: the rule, where it is used, the line. A wrong line is looked at first.
    """
    if number < 1:
        return None
    verdict = judge(instance, text_so_far) if text_so_far.strip() else None
    if verdict is not None and verdict.right:
        return None
    if verdict is not None and verdict.state in ("wrong", "not read") and not isinstance(instance.answer, Choice):
        if not isinstance(instance.answer, WrongLine):
            return _of_wrong(instance, [*verdict.lines], verdict.says, verdict.repair, number)
    if isinstance(instance.answer, Choice | WrongLine):
        return _left_over(instance, number)
    steps = _next_steps(instance, text_so_far)
    shapes = isinstance(instance.answer, Shape)
    found = [one for step in steps for one in (_of_shape(step) if shapes else _graded(step))]
    return replace(found[number - 1], number=number) if number <= len(found) else None


def _of_wrong(instance: Instance, lines: list[object], says: str, repair: str, number: int) -> Hint | None:
    """Return a hint about a line that is wrong or not read."""
    place = next((k for k, line in enumerate(lines, 1) if getattr(line, "verdict", "") in ("wrong", "not read")), 1)
    which = f"Line {place}" if len(lines) > 1 else "Your line"
    if number == 1:
        return Hint(1, 1, f"{which} does not hold. Compare it, sign by sign and factor by factor, with the line above.")
    if number == 2:
        return Hint(2, 2, says)
    return Hint(3, 3, "It would be right with this.", repair) if number == 3 and repair else None


def _next_steps(instance: Instance, text: str) -> tuple[SolutionStep, ...]:
    """Return the steps that are still to be done after the learner's last right line."""
    done = instance.work() if instance.work else None
    answer = instance.answer
    if isinstance(done, Derivation) and isinstance(answer, Formula):
        return derivation_steps(done, instance)[_reached(instance, answer, done.steps, text) + 1 :]
    if isinstance(answer, Exact) and answer.again is not None and text.strip():
        own = _own_work(answer, text)
        if own:
            return own
    steps = steps_of(instance, done)
    if isinstance(answer, Gap):
        return steps[answer.missing : answer.missing + 1]
    if isinstance(answer, Proof):
        return steps[_reached_proof(answer, text) :]
    return steps[_mentioned(steps, text) :]


def _reached(instance: Instance, answer: Formula, steps: tuple[Line, ...], text: str) -> int:
    """Return the place of the derivation's line that equals the learner's last one in what is still to be done."""
    mine = _last_side(instance, answer, text)
    if mine is None:
        return 0
    left = {n.args[0] for n in open_parts(mine)}
    found = [k for k, line in enumerate(steps) if isinstance(line.left, str)]
    exact = [k for k in found if {n.args[0] for n in open_parts(steps[k].right)} == left and k > 0]
    if exact:
        return exact[-1] if left else max(exact[0], len(steps) - 2)
    fewer = [k for k in found if k > 0 and len(open_parts(steps[k].right)) <= len(left)]
    return max(0, fewer[0] - 1) if fewer else 0


def _last_side(instance: Instance, answer: Formula, text: str) -> Expr | None:
    """Return the right side of the last line that is right, or None."""
    typed = answers.lines_of(text)
    if not typed:
        return None
    lines, found = judged_lines(instance, answer.claim, typed, diagnose=False)
    good = [f for line, f in zip(lines, found, strict=True) if line.verdict == "right" and f is not None and f.sides]
    return good[-1].sides[-1] if good else None


def _own_work(answer: Exact, text: str) -> tuple[SolutionStep, ...]:
    """Return the steps of the engine that go on from the learner's own last matrix."""
    assert answer.again is not None
    try:
        mine = answers.array(answers.lines_of(text)[-1])
        going_on = answer.again(mine)
    except AgnesiError:
        return ()
    return tuple(worked(step) for step in going_on.steps) if isinstance(going_on, Worked) else ()


def _mentioned(steps: tuple[SolutionStep, ...], text: str) -> int:
    """Return how many steps are done: those up to the last in which the learner's last value stands."""
    typed = answers.lines_of(text)
    if not typed:
        return 0
    value = answers.right_side(typed[-1]).replace(" ", "").replace("-", "−")
    hits = [k for k, step in enumerate(steps[:-1]) if len(value) > 1 and value in step.text.replace(" ", "")]
    return hits[-1] + 1 if hits else 0


def _reached_proof(answer: Proof, text: str) -> int:
    """Return the place of the model's line that comes after the learner's last one."""
    typed = answers.lines_of(text)
    if not typed:
        return 0
    last = answers.right_side(typed[-1]).replace(" ", "")
    same = [k for k, (line, _) in enumerate(answer.model) if answers.right_side(line).replace(" ", "") == last]
    return min(same[-1] + 1 if same else len(typed), len(answer.model) - 1)


def _graded(step: SolutionStep) -> list[Hint]:
    """Return a step as hints, each of which says more than the one before."""
    said = step.said.rstrip(".")
    rule = said.split(":")[0] if "←" in said or not step.text else said
    out = [Hint(0, 1, f"Next: {rule}.")]
    if rule != said or step.why or step.source:
        source = f"; see {step.source}" if step.source else ""
        out.append(Hint(0, 2, f"Use this: {said}{f'. {step.why.rstrip(chr(46))}' if step.why else ''}{source}."))
    if step.text:
        out.append(Hint(0, 3, "The next line.", step.text, step.html))
    return out


def _of_shape(step: SolutionStep) -> list[Hint]:
    """Return the shape of a part as hints: of what, then which."""
    part, _, size = step.said.partition(": ")
    said = f"{part} is a number." if size == "a number" else f"{part} has the shape {size}."
    return [Hint(0, 1, f"What shape has {part}?"), Hint(0, 3, said)]


def _left_over(instance: Instance, number: int) -> Hint | None:
    """Return a hint that takes away what cannot be the answer."""
    answer = instance.answer
    if isinstance(answer, WrongLine):
        right = answer.wrong // 2
        said = (
            "Check each line against the one above." + (f" Lines 1 to {right} are right." if right > 1 else ""),
            *(f"Look for this. {' '.join(stated(one))}" for one in instance.slips[:1]),
            f"Line {answer.wrong} is the first that does not follow.",
        )
        return Hint(number, min(number, GRADES), said[number - 1]) if number <= len(said) else None
    out: list[str] = []
    for one in instance.slips:
        chosen = answers.option(one.text, instance.choices)
        if chosen is not None:
            words, why = stated(one)
            why = "" if any(why in said for said in out) else why
            out.append(f"Not {chr(97 + chosen)}: {words[0].lower()}{words[1:]} {why}".strip())
    return Hint(number, min(number, GRADES), out[number - 1]) if number <= len(out) else None
