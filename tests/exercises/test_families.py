"""Every family: instances of all levels are drawn, solved by the engine, and their planted slips refused by name."""

from __future__ import annotations

import pytest
from families_checked import LEAST_NAMED, MOST_ALIKE, Seen, checked

from agnesi.checking import check
from agnesi.course import curriculum
from agnesi.exercises import Family, WrongLine, families, hint, instance, judge
from agnesi.exercises.registry import drawn, unknown_concepts

ALL = tuple(families().values())
QUICK, MANY, BLIND = 6, 200, 30
SEEN: dict[str, Seen] = {}  # what the tests above saw, for the one of all families together


@pytest.mark.parametrize("family", ALL, ids=lambda f: f.id)
def test_instances_are_sound(family: Family) -> None:
    _run(family, QUICK)


@pytest.mark.nightly
@pytest.mark.parametrize("family", ALL, ids=lambda f: f.id)
def test_two_hundred_instances_are_sound(family: Family) -> None:
    _run(family, MANY)


def _run(family: Family, count: int) -> None:
    seen = Seen()
    for k in range(count):
        every = count > QUICK or k < family.levels
        checked(family, k % family.levels + 1, k, seen, every, every and k < BLIND and (k != 1 or count > QUICK))
    assert len(seen.questions) >= min(count // 2, 4 * family.levels) // 2, f"{family.id} repeats itself"
    assert seen.alike <= MOST_ALIKE * seen.slips.total(), f"{family.id}: planted answers are often the same"
    least = LEAST_NAMED * seen.blind.total() - (count == QUICK)  # of two or three one may be by chance
    assert seen.named.total() >= least, f"{family.id}: {seen.blind}, named {seen.named}"
    SEEN[family.id] = seen


def test_slips_are_found_from_the_answer_alone() -> None:
    if len(SEEN) < len(ALL):
        pytest.skip("needs all families")
    found, named = (sum(getattr(s, name).total() for s in SEEN.values()) for name in ("blind", "named"))
    assert found > 2 * len(ALL) and named >= 0.9 * found, f"{named} of {found}"
    whole = [slip for s in SEEN.values() for slip in s.blind]
    assert len(set(whole)) > 40


def test_an_identity_gives_the_same_exercise() -> None:
    for family in ALL:
        one = instance(family.id, 1, 5)
        drawn.cache_clear()
        again = instance(family.id, 1, 5)
        assert one == again and one is not again and one.id == f"{family.id}/1/5"


def test_concepts_and_sections_are_known() -> None:
    assert unknown_concepts(ALL) == []
    known = curriculum().resources
    for family in ALL:
        assert {r for r, _ in family.where} <= set(known), family.id


@pytest.mark.parametrize("family", ALL, ids=lambda f: f.id)
def test_hints_lead_on(family: Family) -> None:
    for level in {1, family.levels}:
        one = instance(family.id, level, 3)
        first = hint(one, "", 1)
        assert first is not None and first.says, one.id
        said = [h for h in (hint(one, "", k) for k in range(1, 16)) if h is not None]
        assert len({(h.says, h.line) for h in said}) >= min(2, len(said)), one.id
        assert hint(one, "", 400) is None


def test_nothing_and_nonsense_are_not_read() -> None:
    of_each = {(f.kind, type(instance(f.id, 1, 1).answer)): f for f in ALL}  # one for each kind and form of answer
    assert len(of_each) >= 10
    for family in of_each.values():
        one = instance(family.id, 1, 1)
        for text in ("", "  \n ", "((", "?!", "qwerty asdf", "\\frac{", "𝒳" * 50):
            verdict = judge(one, text)
            assert not verdict.right and verdict.says, (one.id, text)


WRONG = [f for f in ALL if f.kind == "wrong line"]


@pytest.mark.parametrize("family", WRONG, ids=lambda f: f.id)
def test_the_check_finds_the_same_wrong_line(family: Family) -> None:
    for k in range(12):
        one = instance(family.id, k % family.levels + 1, k)
        assert isinstance(one.answer, WrongLine)
        kept = [line for line in one.answer.lines if not line.startswith("f = ")]
        skipped = len(one.answer.lines) - len(kept)
        report = check("\n".join([one.given, *kept]), diagnose=False)
        lines = [s.line for s in report if s.verdict not in ("proved", "tested", None)]
        assert lines and lines[0] - 1 + skipped == one.answer.wrong, f"{one.id}: {report}"
