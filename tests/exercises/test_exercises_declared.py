"""Families from a text file: drawn, solved and judged like the others; what does not fit is refused with a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sympy

from agnesi.course.folder import course_folder
from agnesi.errors import AgnesiError, IncompleteRecord
from agnesi.exercises import families, instance, judge, solution
from agnesi.exercises.declared import EXAMPLE, declared, filled
from agnesi.exercises.own import use_folder
from agnesi.exercises.registry import add, remove

HEAD = '[[family]]\nid = "own-x"\ntitle = "X"\nkind = "compute"\nconcepts = ["derivative"]\n'
LEVEL = "[[family.level]]\n"


@pytest.fixture
def own() -> None:
    found = declared(EXAMPLE)
    add(found)
    yield
    remove([f.id for f in found])


def plain(text: str) -> sympy.Expr:
    """Read a formula of the example by sympy alone."""
    up = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹−", "0123456789-")
    text = re.sub("([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"**{m[1].translate(up)}", text).translate(up)
    text = re.sub(r"((?<![a-z])x|[\d)])\s*(?=[a-z(])", r"\1*", text)
    return sympy.sympify(text)


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("level", "many"), [(1, 25), (2, 25)])
def test_declared_derivatives_are_those_of_sympy(level: int, many: int) -> None:
    for seed in range(many):
        one = instance("own-cubic", level, seed)
        function = re.search(r"= (.*?)\$", one.question)[1]
        expected = sympy.diff(plain(function), sympy.Symbol("x"))
        answer = solution(one, code=False).answer
        assert sympy.simplify(plain(answer) - expected) == 0, (function, answer)
        assert judge(one, str(expected).replace("**", "^").replace("*", " ")).right
        for slip in one.slips:
            found = judge(one, slip.text)
            assert found.state == "wrong" and "exponent" in found.says


@pytest.mark.usefixtures("own")
def test_declared_computations_are_exact() -> None:
    for seed in range(30):
        one = instance("own-determinant", 1, seed)
        a, b, c, d = map(int, re.findall(r"\d+", one.question))
        assert judge(one, str(a * d - b * c)).right and not judge(one, str(a * d + b * c)).right


def test_options_are_shuffled_and_the_first_is_right() -> None:
    text = (
        HEAD
        + LEVEL
        + 'question = "Which?"\noptions = ["$x$ right", "wrong one", "wrong two"]\n'
        + ('[[family.level.slip]]\ntext = "b"\nwords = "the first wrong one was taken"\n')
    )
    (found,) = declared(text)
    add([found])
    try:
        places = set()
        for seed in range(30):
            one = instance("own-x", 1, seed)
            right = next(k for k, o in enumerate(one.choices) if o.text == "$x$ right")
            first = next(k for k, o in enumerate(one.choices) if o.text == "wrong one")
            places.add(right)
            assert judge(one, chr(97 + right)).right
            assert "first wrong one" in judge(one, chr(97 + first)).says
        assert places == {0, 1, 2}
    finally:
        remove(["own-x"])


def test_templates_read_as_books_write() -> None:
    assert filled("{a}x² + {b}x", {"a": "1", "b": "-3"}) == "x² − 3x"
    assert filled("{a}x − {b}", {"a": "-1", "b": "-4"}) == "−x + 4"
    assert filled("{a} + {b}", {"a": "11", "b": "1"}) == "11 + 1"
    assert filled("x{a} {c}", {"a": "1"}) == "x1 {c}"


WRONG = [
    ("", "declares no families"), ("x = 1", "declares no families"), ("[[family", "not TOML"),
    ('[[family]]\nid = "a"', "lacks title"), (HEAD, "lacks level"),
    (HEAD.replace("derivative", "nope") + LEVEL + 'question = "q"\nanswer = "1"', "trains nope"),
    (HEAD.replace('"own-x"', '"Own X"') + LEVEL + 'question = "q"\nanswer = "1"', "id that cannot"),
    (HEAD.replace('"compute"', '"magic"') + LEVEL + 'question = "q"\nanswer = "1"', "magic"),
    (HEAD + LEVEL + 'question = "q"', "does not say what the answer is"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nfunction = "x"', "does not say what the answer is"),
    (HEAD + LEVEL + 'function = "x²"', "lacks in"), (HEAD + LEVEL + 'answer = "1"', "lacks question"),
    (HEAD + LEVEL + 'question = "q {z}"\nanswer = "1"', "uses z"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nnumbers = { a = [5, 1] }', "the number a"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nnumbers = { a = [0.5, 1] }', "the number a"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nnumbers = { a = [true, 3] }', "the number a"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nchoose = { a = [] }', "the choice a"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\nrun = "import os"', "has run"),
    (HEAD + LEVEL + 'question = 5\nanswer = "1"', "question is 5"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "((("', "cannot be drawn"),
    (HEAD + LEVEL + 'function = "x +"\nin = "x"', "cannot be drawn"),
    (HEAD + LEVEL + 'question = "q"\nanswer = "1"\n[[family.level.slip]]\ntext = "2"', "slip lacks"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_does_not_fit_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(IncompleteRecord, match=re.escape(said)):
        declared(text)


def test_a_folder_is_used_again_when_a_file_changes_and_left_when_it_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "a.toml").write_text(EXAMPLE, "utf-8")
    (tmp_path / "families" / "b.toml").write_text(EXAMPLE, "utf-8")
    (tmp_path / "families" / "c.toml").write_bytes(b"\xff")
    first = course_folder(tmp_path)
    try:
        faults = use_folder(str(tmp_path), first.stamp)
        assert len(faults) == 3 and "b.toml" in faults[0] and "already" in faults[0] and "c.toml" in faults[2]
        assert "own-cubic" in families() and use_folder(str(tmp_path), first.stamp) == faults
        (tmp_path / "families" / "a.toml").write_text(EXAMPLE.replace("own-cubic", "own-square"), "utf-8")
        (tmp_path / "families" / "b.toml").unlink()
        again = course_folder(tmp_path)
        assert again.stamp != first.stamp
        use_folder(str(tmp_path), again.stamp)
        assert "own-square" in families() and "own-cubic" not in families()
    finally:
        use_folder("", "")
    assert "own-square" not in families() and course_folder(tmp_path / "none") is None


def test_a_built_in_family_cannot_be_taken_over(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    text = EXAMPLE.replace("own-cubic", "matcalc-power-rule")
    (tmp_path / "families" / "a.toml").write_text(text, "utf-8")
    try:
        (fault,) = use_folder(str(tmp_path), course_folder(tmp_path).stamp)
        assert "matcalc-power-rule" in fault and families()["matcalc-power-rule"].title != "The slope of a cubic"
    finally:
        use_folder("", "")


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    for n in range(501):
        (tmp_path / "lessons" / f"{n}.md").touch()
    with pytest.raises(AgnesiError, match="501 files"):
        course_folder(tmp_path)
