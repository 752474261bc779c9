"""What every family is held to; `test_families.py` goes over all of them.

A planted answer is judged twice: as learners' answers are, and blind, with the list of planted answers taken away.
Then its slip must be found from what is typed alone. Slips that only the family knows (the wrong eigenvalue was used)
cannot; those that are records of `agnesi.check`, and those that `LIKE` says are seen as one, must be, but for chance:
of small numbers two slips may give the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from agnesi.check.slips import slips
from agnesi.exercises import Choice, Exact, Family, Instance, Shape, WrongLine, instance, judge, solution
from agnesi.exercises.slips import LIKE, known

MOST_ALIKE = 0.34  # of the planted answers, those that equal another planted one
LEAST_NAMED = 0.5  # of the slips that can be seen from the answer alone, those that are, in each family


@dataclass
class Seen:
    """What was seen of the instances of a family."""

    questions: set[str] = field(default_factory=set)
    slips: Counter[str] = field(default_factory=Counter)
    alike: int = 0
    blind: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)


def checked(family: Family, level: int, seed: int, seen: Seen, every: bool = True, blind: bool = True) -> Instance:
    """Draw an instance, solve it, see that its answer is right and that its planted answers, or one, are refused."""
    one = instance(family.id, level, seed)
    where = one.id
    assert one.question.count("$") % 2 == 0, f"{where}: dollars do not match: {one.question}"
    solved = solution(one, code=False)
    verdict = judge(one, solved.answer)
    assert verdict.right and verdict.state == "right", f"{where}: its own answer {solved.answer!r}: {verdict.says}"
    assert solved.steps, f"{where} has no steps"
    assert one.slips, f"{where} has no planted slip"
    seen.questions.add(one.question + "|".join(c.text for c in one.choices))
    for k, planted in enumerate(one.slips):
        assert known(planted), f"{where}: the slip {planted.slip} has no record and no words"
        seen.slips[planted.slip] += 1
        if not isinstance(one.answer, WrongLine) and (every or k == seed % len(one.slips)):
            _refused(one, planted.text, planted.slip, seen)
            if blind and not isinstance(one.answer, Choice | Shape):
                _found_blind(replace(one, slips=()), planted.text, planted.slip, seen)
    return one


def _found_blind(bare: Instance, text: str, slip: str, seen: Seen) -> None:
    """See that an answer is refused without the list of planted ones, and what is said of it."""
    verdict = judge(bare, text)
    refused = verdict.state == "wrong" or "not have this letter" in verdict.says
    assert not verdict.right and refused, f"{bare.id}: {text!r} is {verdict.state}: {verdict.says}"
    if (slip in slips or slip in LIKE) and slip != "arithmetic":  # a number worked out wrongly has no other name
        seen.blind[slip] += 1
        seen.named[slip] += verdict.diagnosis in (slip, *LIKE.get(slip, ()))


def _refused(one: Instance, text: str, slip: str, seen: Seen) -> None:
    verdict = judge(one, text)
    assert not verdict.right, f"{one.id}: the planted answer {text!r} ({slip}) is called right"
    assert verdict.state == "wrong", f"{one.id}: the planted answer {text!r} is {verdict.state}: {verdict.says}"
    if verdict.diagnosis != slip:
        other = [p.slip for p in one.slips]
        assert verdict.diagnosis in other, f"{one.id}: {text!r} is {slip}, and was taken for {verdict.diagnosis}"
        seen.alike += 1
    if not isinstance(one.answer, Choice):
        assert verdict.repair, f"{one.id}: {text!r} has no repair"
    if isinstance(one.answer, Exact) and text[:1] == "[":  # written in another way it is the same
        rows = r" \\ ".join(" & ".join(row.split()) for row in text.strip("[]").split(";"))
        other = judge(one, rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}")
        assert (other.state, other.diagnosis) == (verdict.state, verdict.diagnosis), f"{one.id}: {text!r}"
