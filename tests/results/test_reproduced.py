"""Every result runs, what it claims of itself holds, and it agrees with the published value; a spoilt one does not."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
import sympy

import agnesi as ag
from agnesi.course import curriculum
from agnesi.errors import IncompleteRecord, UnknownName
from agnesi.results import results
from agnesi.results.code import code_of
from agnesi.results.compare import compare
from agnesi.results.derived import by_differences, derived
from agnesi.results.record import Found, Reproduced, holds, near
from agnesi.results.registry import Results

IDS = list(results)
WANTED = [r.id for name in ("impla", "impcalc", "matcalc") for r in curriculum().results_of(name)]
WANTED += [r.id for r in curriculum().results_of("mml", "23457")]
COMPARED = [id for id in IDS if curriculum().results[id].values]


def test_all_results_of_the_worked_parts_are_reproduced() -> None:
    assert sorted(set(WANTED) - set(IDS)) == []
    assert len(WANTED) == 82


@pytest.mark.parametrize("id", IDS)
def test_a_result_holds(id: str) -> None:
    found = results[id]
    assert found.result is curriculum().results[id]
    assert found.evidence, "nothing was checked"
    assert [f"{v.what}: {v.how}" for v in found.evidence if not v.holds] == []
    assert found.verified
    assert all(w.steps or w.evidence for w in found.worked)
    assert found.steps or found.picture is not None


@pytest.mark.parametrize("id", IDS)
def test_a_result_agrees_with_what_is_published(id: str) -> None:
    found = results[id]
    if found.result.certainty == "sure":
        assert found.result.values, "sure, but nothing to compare with"
    for one in found.comparison:
        assert one.agrees, f"{one.name}: found {one.found}, published {one.published}"
    assert set(found.result.values) <= set(found.values)


def spoilt(text: str) -> str:
    """A published value with its last digit (or, without digits, its first letter) changed."""
    digits = list(re.finditer(r"\d", text))
    if digits:
        at = digits[-1].start()
        return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
    return f"3 ({text})"


@pytest.mark.parametrize("id", COMPARED)
def test_a_spoilt_published_value_is_noticed(id: str) -> None:
    found = results[id]
    for name, text in found.result.values.items():
        wrong = replace(found.result, values={**found.result.values, name: spoilt(text)})
        again = Reproduced(wrong, found.found)
        assert [c.name for c in again.comparison if not c.agrees] == [name]
        assert not again.verified


def test_something_is_compared_in_each_resource() -> None:
    assert {curriculum().results[id].resource for id in COMPARED} == {"mml", "impla", "impcalc", "matcalc"}
    assert len(COMPARED) >= 24


@pytest.mark.parametrize("id", IDS)
def test_a_result_is_shown_in_every_form(id: str) -> None:
    found = results[id]
    text = str(found)
    assert found.statement.split()[0] in text and id in text and "Checked" in text
    assert max(map(len, text.splitlines())) < 200
    ascii_text = found.show("ascii")
    assert ascii_text.isascii() and ascii_text.count("?") == text.count("?")
    assert found.show("latex").startswith("%")
    page = found.show("html")
    ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", page))
    assert json.loads(json.dumps(found.data()))["verified"] is True


@pytest.mark.parametrize("id", [i for i in IDS if curriculum().results[i].kind == "figure"])
def test_a_figure_has_a_picture_with_words(id: str) -> None:
    picture = results[id].picture
    assert picture is not None and len(picture.alt) > 20 and picture.alt.endswith(".")
    assert picture.png(300).startswith(b"\x89PNG")


# -- the code of a result --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", IDS)
def test_the_code_of_a_result_runs_alone_and_finds_the_same(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    found, space = results[id], dict[str, object]()
    exec(compile(found.code, id, "exec"), space)
    printed = capsys.readouterr().out
    worked = space["worked"]
    assert isinstance(worked, tuple) and list(map(str, worked)) == list(map(str, found.worked))
    values = space.get("values", {})
    assert isinstance(values, dict) and list(map(str, values.items())) == list(map(str, found.values.items()))
    checks = space.get("evidence", ())
    assert isinstance(checks, tuple) and checks == found.found.evidence
    assert getattr(space.get("picture"), "alt", None) == getattr(found.picture, "alt", None)
    assert all(str(w) in printed for w in worked)


def test_the_code_is_short_and_uses_public_names() -> None:
    code = results["lin-2-basis"].code
    assert code.startswith("from agnesi.draw import vectors\nfrom agnesi.linalg import coordinates\n")
    assert 'done = coordinates([3, 4], "[2 −2; 1 4]")' in code and "Found" not in code
    assert results["lin-2-basis"].data()["code"] == code
    assert "coordinates([3, 4]" in results["lin-2-basis"].show("html")


def test_what_is_no_function_of_a_module_has_no_code() -> None:
    assert code_of(Found) == "" and code_of(lambda: Found()) == ""


# -- what a page needs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", IDS)
def test_what_is_from_memory_or_our_own_is_said(id: str) -> None:
    found = results[id]
    assert ("from memory" in str(found)) >= (found.result.certainty == "check")
    assert all(" ".join(note.split()[:3]) in str(found) for note in found.notes)
    assert found.result.note == "" or found.notes[0] == found.result.note
    assert found.place.endswith(found.result.where) and found.concepts


def test_words_between_formulas_stand_apart_from_them() -> None:
    page = results["mml-5-autodiff"].show("html")
    assert "<mtext>\N{NO-BREAK SPACE}at\N{NO-BREAK SPACE}</mtext>" in page and "<mi>at</mi>" not in page


def test_differences_notice_a_wrong_gradient() -> None:
    done = derived("X: n×n; tr(A X)", "X")
    assert by_differences("∇f", done.function, done.variable, done.value).holds
    assert not by_differences("∇f", done.function, done.variable, done.value.T).holds


# -- the registry ----------------------------------------------------------------------------------------------------


def test_results_are_a_public_name_and_are_kept() -> None:
    assert ag.results is results
    id = IDS[0]
    assert results[id] is results[id] and results.run(id) is not results[id]
    assert id in results and "nothing" not in results and len(results) == len(IDS)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="mat-43-scalar"):
        results["mat-43-scala"]
    with pytest.raises(UnknownName, match="is not reproduced yet"):
        results["prml-1-fit"] if "prml-1-fit" in curriculum().results else results[_not_reproduced()]


def _not_reproduced() -> str:
    return next(id for id in curriculum().results if id not in results)


def test_a_registration_of_nothing_or_of_the_same_is_refused() -> None:
    registry = Results()
    with pytest.raises(IncompleteRecord, match="no result xyz"):
        registry.reproduces("xyz")(Found)
    registry.reproduces("mml-3-gs")(Found)
    with pytest.raises(IncompleteRecord, match="twice"):
        registry.reproduces("mml-3-gs")(Found)
    assert not registry["mml-3-gs"].verified, "what checked nothing is not verified"


def test_what_does_not_hold_is_shown() -> None:
    wrong = (holds("1 = 2", False), near("small", 1e-3, 1e-9))
    found = Reproduced(curriculum().results["mml-3-gs"], Found(evidence=wrong))
    assert not found.verified
    assert "✗ 1 = 2" in str(found) and "✗ small: largest error 1e-03" in str(found)
    assert "✗ 1 = 2" in found.show("html")


# -- comparing -------------------------------------------------------------------------------------------------------

a, x = sympy.symbols("a x", real=True)
positive = sympy.Symbol("a", positive=True)
AGREE = [
    (3, "3"), (sympy.Rational(1, 2), "0.5"), (0.1204, "0.12"), (np.float64(1.7693), "1.769"), (-1.76929, "-1.769"),
    ([5, -3], "[5; -3]"), ((5, -3), "[5 -3]"), (sympy.Matrix([[1, 2], [3, 4]]), "[1 2; 3 4]"),
    (np.array([0.1249, 0.2351]), "[.12; .24]"), (sympy.sqrt(6), "sqrt(6)"), (6**0.5, "sqrt(6)"),
    (2 * x * sympy.cos(x**2), "2x cos(x^2)"), (positive / sympy.sqrt(3), "a/sqrt(3)"), ("saddle", "saddle"),
    ([1.0, 2.0], "[1; 2]"), (sympy.Matrix([sympy.sqrt(6), 1]), "[sqrt(6); 1]"),
]  # fmt: skip
DIFFER = [
    (3, "4"), (sympy.Rational(1, 2), "0.6"), (0.1251, "0.12"), (1.7686, "1.770"), ([5, -3], "[-3; 5]"),
    ([5, -3, 0], "[5; -3]"), (sympy.Matrix([[1, 2], [3, 4]]), "[1 2; 3 5]"), (sympy.sqrt(6), "sqrt(5)"),
    (2.4495, "sqrt(6)"), (2 * x * sympy.cos(x), "2x cos(x^2)"), (a, "b"), ("saddle", "minimum"), (5, "[5; 6]"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "published"), AGREE, ids=[p for _, p in AGREE])
def test_values_that_agree(found: object, published: str) -> None:
    assert compare("v", found, published).agrees


@pytest.mark.parametrize(("found", "published"), DIFFER, ids=[f"{f} against {p}" for f, p in DIFFER])
def test_values_that_differ(found: object, published: str) -> None:
    assert not compare("v", found, published).agrees


def test_expressions_are_compared_by_value() -> None:
    found = ag.gradient("w: n; x: n; wᵀx", "w")
    assert compare("∇", found, "x").agrees
    assert not compare("∇", found, "2x").agrees
