"""Every slip by itself: its example is wrong, and the diagnosis finds it, or one as simple, and repairs the line."""

from __future__ import annotations

import pytest

import agnesi
import agnesi.show
from agnesi.check.diagnosis import diagnose
from agnesi.check.evidence import equal_evidence
from agnesi.check.explain import probe_of
from agnesi.check.probe import each_carried_out, probe_for
from agnesi.check.settings import Setting
from agnesi.check.slip_patterns import needs, shifts
from agnesi.check.slips import Case, Slip, Slips, sides, slips
from agnesi.errors import IncompleteRecord
from agnesi.expr.nodes import Apply, Expr, postorder, surfaces
from agnesi.read.worksheet import read as read_text

STEPS = [slip for slip in slips if not (slip.relations or slip.solving)]
ALL = [(slip, case) for slip in STEPS for case in slip.cases]
# A trial of the same place that is as good: the example cannot tell the two apart.
AS_GOOD = 0.13


def is_chance(*roots: Expr) -> bool:
    return any(isinstance(n, Apply) and n.op.family == "probability" for n in postorder(*roots))


def read(case: Case) -> tuple[Expr, Expr, Expr]:
    above, right, wrong = sides(case.given, case.above or case.right, case.right, case.wrong)
    return above, right, wrong


PLAIN = [(slip, case) for slip, case in ALL if not is_chance(*read(case))]
CHANCE = [slip for slip in STEPS if is_chance(*read(slip.cases[0]))]


def named(pairs: list[tuple[Slip, Case]]) -> list[str]:
    return [f"{slip.name}: {case.wrong}" for slip, case in pairs]


def test_expressions_print_as_mathematics() -> None:
    assert surfaces["write"] is agnesi.show.write


def test_there_are_many() -> None:
    assert len(slips) > 150


PATTERNS = [(slip, case) for slip, case in ALL if slip.pattern]


@pytest.mark.parametrize(("slip", "case"), PATTERNS, ids=named(PATTERNS))
def test_a_pattern_is_tried_where_its_operations_are(slip: Slip, case: Case) -> None:
    """What a text asks for before it is read is in the expressions that it is read as."""
    for text, side in zip((case.above or case.right, case.wrong), (read(case)[0], read(case)[2]), strict=True):
        present = frozenset(n.op.name for n in postorder(side) if isinstance(n, Apply))
        assert all(wanted & present for wanted in needs(text))
    present = frozenset(n.op.name for n in postorder(*read(case)) if isinstance(n, Apply))
    assert slip in [shift.slip for above, _ in shifts(present).values() for shift in above]


def test_a_pattern_is_not_tried_where_its_operations_are_not() -> None:
    found = shifts(frozenset(("add", "mul", "transpose")))
    names = {shift.slip.name for above, wrong in found.values() for shift in (*above, *wrong)}
    assert "transpose of a product" in names
    assert not names & {"log of a sum", "inverse of a sum", "variance of a sum", "trace of a product"}


@pytest.mark.parametrize(("slip", "case"), PLAIN, ids=named(PLAIN))
def test_the_wrong_side_is_wrong_and_the_right_one_right(slip: Slip, case: Case) -> None:
    above, right, wrong = (each_carried_out(e) for e in read(case))
    assert equal_evidence(above, right).verdict == "tested"
    assert equal_evidence(right, wrong, points=12).verdict == "refuted"


FIRST = [(slip, slip.cases[0]) for slip in STEPS if slip not in CHANCE]


@pytest.mark.parametrize(("slip", "case"), FIRST, ids=named(FIRST))
def test_the_diagnosis_finds_it(slip: Slip, case: Case) -> None:
    above, right, wrong = read(case)
    found = diagnose("eq", above, wrong, probe_for([above, wrong]), budget=3.0)
    assert slip.name in [d.slip for d in found]
    best = next(d for d in found if d.slip == slip.name)
    assert best.cost <= found[0].cost + AS_GOOD
    assert equal_evidence(each_carried_out(best.repaired), each_carried_out(right)).verdict == "tested"
    assert slip.words in best.words
    assert best.explanation == slip.explanation


@pytest.mark.slow
@pytest.mark.parametrize("slip", CHANCE, ids=lambda s: s.name)
def test_the_diagnosis_finds_it_in_finite_worlds(slip: Slip) -> None:
    above, right, wrong = read(slip.cases[0])
    probe = probe_of(above, wrong, Setting())
    assert probe.equal(above, right)
    assert not probe.equal(right, wrong)
    assert slip.name in [d.slip for d in diagnose("eq", above, wrong, probe, budget=3.0)]


@pytest.mark.parametrize("slip", [s for s in slips if s.solving], ids=lambda s: s.name)
def test_a_slip_of_solving_is_found(slip: Slip) -> None:
    case = slip.cases[0]
    so = " ⇒ " if case.above == case.right else "\n"  # where the equation stays, the slip is in what follows from it
    report = agnesi.check(f"{case.given}\n{case.above}{so}{case.wrong}".replace("; ", "\n"))
    last = report.statements[-1]
    assert last.verdict == "refuted"
    assert last.diagnosis is not None
    assert last.diagnosis.slip == slip.name
    repaired = read_text(f"{case.given}; {last.diagnosis.repaired}").expr
    right = read_text(f"{case.given}; {case.right}").expr
    gaps = [e.args[0] - e.args[1] for e in (repaired, right)]
    assert equal_evidence(*gaps).verdict == "tested"


@pytest.mark.parametrize("slip", [s for s in slips if s.relations], ids=lambda s: s.name)
def test_another_relation_holds(slip: Slip) -> None:
    case = slip.cases[0]
    wrong, right = (read_text(f"{case.given}; {text}").expr for text in (case.wrong, case.right))
    assert isinstance(wrong, Apply)
    found = diagnose(wrong.op.name, *wrong.args)
    assert slip.name in [d.slip for d in found]
    assert found[0].repaired is right


def test_a_duplicate_is_refused() -> None:
    registry, case = Slips(), (Case("", "a", "b"),)
    registry.add(Slip("one", "it was so", "why", "book", 1.0, case, pattern=True))
    with pytest.raises(IncompleteRecord, match="two slips named one"):
        registry.add(Slip("one", "other words", "why", "book", 1.0, case, pattern=True))
    with pytest.raises(IncompleteRecord, match="have the same words"):
        registry.add(Slip("two", "it was so", "why", "book", 1.0, case, pattern=True))


@pytest.mark.parametrize("missing", ["name", "words", "explanation", "source"])
def test_an_incomplete_record_is_refused(missing: str) -> None:
    parts = {"name": "n", "words": "w", "explanation": "e", "source": "s", missing: ""}
    with pytest.raises(IncompleteRecord, match=missing):
        Slip(**parts, cost=1.0, cases=(Case("", "a", "b"),), pattern=True)


def test_a_record_that_does_nothing_is_refused() -> None:
    with pytest.raises(IncompleteRecord, match="a pattern, mend"):
        Slip("n", "w", "e", "s", 1.0, (Case("", "a", "b"),))
