"""The curriculum is complete and consistent, and what is not is refused with a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agnesi.course import curriculum
from agnesi.course.curriculum import FOLDER, load
from agnesi.course.records import AREAS, KINDS
from agnesi.errors import IncompleteRecord

ALL = curriculum()


def test_the_records_are_there() -> None:
    assert (len(ALL.resources), len(ALL.concepts), len(ALL.results)) == (8, 220, 411)
    assert len(ALL.datasets) >= 24 and len(ALL.packages) >= 8
    assert {c.area for c in ALL.concepts.values()} == set(AREAS)
    assert {r.kind for r in ALL.results.values()} == set(KINDS)


def test_the_order_of_concepts_can_be_learnt() -> None:
    order = ALL.order
    assert sorted(order) == sorted(ALL.concepts)
    place = {name: k for k, name in enumerate(order)}
    for concept in ALL.concepts.values():
        assert all(place[need] < place[concept.id] for need in concept.needs)


def test_chapters_that_are_prose_exist_and_hold_no_concept() -> None:
    for resource in ALL.resources.values():
        taught = {p.chapter for c in ALL.concepts.values() for p in c.taught if p.resource == resource.id}
        assert not taught & set(resource.prose)


def test_every_sure_result_of_the_worked_parts_has_values_to_compare_with() -> None:
    worked = [r for name in ("impla", "impcalc", "matcalc") for r in ALL.results_of(name)]
    worked += ALL.results_of("mml", "23457")
    assert len(worked) == 46 + 36  # those of the three courses, and of chapters 2, 3, 4, 5 and 7 of the book
    assert not [r.id for r in worked if r.certainty == "sure" and not r.values]


def test_books_and_concepts_are_told_in_one_sentence() -> None:
    for concept in ALL.concepts.values():
        assert concept.statement.endswith(".") and len(concept.statement) < 300
    for resource in ALL.resources.values():
        assert resource.use.endswith(".") and resource.links and resource.year > 1990


SPOILT = [  # file, what stands there, what is put in its place, what the refusal says
    ("concepts.toml", 'area = "linear algebra"', 'area = "cooking"', "has the area 'cooking'"),
    ("concepts.toml", 'needs = ["vectors"]', 'needs = ["nothing-of-this-name"]', "which is no concept"),
    ("concepts.toml", "needs = []", 'needs = ["linear-system"]', "in a circle"),
    ("concepts.toml", 'id = "matrix"', 'id = "vectors"', "have the same id: vectors"),
    ("concepts.toml", 'resource = "impla", section = "1"', 'resource = "impla", section = "77"', "does not exist"),
    ("concepts.toml", 'resource = "impla", section = "1"', 'resource = "bible", section = "1"', "which is no resource"),
    ("concepts.toml", 'name = "Vectors and their operations"\n', "", "lacks name"),
    ("resources.toml", 'prose = ["1"]', "prose = []", "is reached by no concept"),
    ("resources.toml", 'prose = ["1"]', 'prose = ["1", "99"]', "prose chapters that do not exist: 99"),
    ("resources.toml", 'part = "main"', 'part = "side"', "has the part 'side'"),
    ("results.toml", 'kind = "algorithm"', 'kind = "rumour"', "has the kind 'rumour'"),
    ("results.toml", 'certainty = "none"', 'certainty = "sure"', "sure of a number that is not given"),
    ("results.toml", 'concepts = ["kernel-image"]', 'concepts = ["ghost"]', "is about ghost, which is no concept"),
    ("results.toml", 'resource = "mml"', 'resource = "lml"', "is of lml, which is no resource"),
    ("results.toml", 'id = "mml-2-inverse"', 'id = "mml-2-gauss"', "have the same id: mml-2-gauss"),
    ("results.toml", 'where = "2.3.3"', 'were = "2.3.3"', "has were"),
    ("datasets.toml", 'fits = "exact"\n', 'fits = "perhaps"\n', "has the fit 'perhaps'"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), SPOILT, ids=[f"{s[0]}: {s[3]}" for s in SPOILT])
def test_a_spoilt_file_is_refused_with_a_sentence(file: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(IncompleteRecord) as refused:
        load(tmp_path)
    assert said in str(refused.value)


def test_an_unspoilt_copy_is_read(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    assert load(tmp_path) == ALL
