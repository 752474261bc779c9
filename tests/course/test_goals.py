"""What people say they want is read as concepts, and what is not there is answered with a sentence."""

from __future__ import annotations

import pytest

from agnesi.course import curriculum, read_goal
from agnesi.course.advice import FOLDER, advice, faults, read_advice
from agnesi.errors import AgnesiError

READ = [  # what is typed, the concepts that it means
    ("understand backpropagation", ["backprop"]),
    ("Backpropogation", ["backprop"]),
    ("Gaussian processes", ["gp"]),
    ("gausian proceses", ["gp"]),
    ("gp", ["gp"]),
    ("How does PCA work?", ["pca"]),
    ("PCA and SVD", ["pca", "svd"]),
    ("learn Bayes' rule", ["bayes"]),
    ("I want to understand how the Kalman filter works", ["lds"]),
    ("Lagrange multipliers", ["lagrange"]),
    ("projection onto a subspace", ["projection"]),
    ("why does regularization work", ["ridge", "lasso", "map"]),
    ("determinants", ["determinant"]),
    ("Orthogonal matrices", ["orthogonality", "gram-schmidt"]),
    ("Poisson process", ["poisson"]),
    ("principle component analysis", ["pca"]),
    ("Regularization", ["ridge", "lasso", "map"]),
    ("gradient boosting", ["boosting"]),
    ("lin-indep", ["lin-indep"]),
    ("mml-3-proj-line", ["projection"]),
    ("MML 5.6", ["backprop", "autodiff"]),
    ("chapter 5.6 of the MML book", ["backprop", "autodiff"]),
    ("week 3 of impcalc", ["multi-chain", "neuron-grad", "backprop", "mlp"]),
    ("Bishop 6.4", ["gp"]),
    ("MacKay, chapter 45", ["gp", "empirical-bayes"]),
    ("prml appendix E", ["lagrange"]),
]


@pytest.mark.parametrize(("text", "concepts"), READ, ids=[text for text, _ in READ])
def test_a_goal_is_read(text: str, concepts: list[str]) -> None:
    assert sorted(read_goal(text).concepts) == sorted(concepts)


def test_every_concept_is_a_goal_by_its_name_and_by_its_id() -> None:
    named = {a.name for a in advice().aims}
    for concept in curriculum().concepts.values():
        words = {w for a in advice().aims for w in (a.name.casefold(), *a.words)}
        if concept.name not in named and concept.name.casefold() not in words:
            assert read_goal(concept.name).concepts == (concept.id,), concept.name
        if concept.id.replace("-", " ") not in words and concept.id not in words:
            assert read_goal(concept.id).concepts == (concept.id,), concept.id


def test_every_chapter_that_teaches_something_is_a_goal() -> None:
    known = curriculum()
    for resource in known.resources.values():
        for chapter in resource.chapters:
            here = {
                c.id for c in known.concepts.values()
                if any((p.resource, p.chapter) == (resource.id, chapter.n) for p in c.taught)
            }  # fmt: skip
            part = chapter.n if chapter.n.isdigit() else f"appendix {chapter.n}"
            if here:
                found = read_goal(f"read {resource.id} {part}")
                assert set(found.concepts) == here and found.sections == (chapter.n,)
                assert chapter.title in found.name


def test_several_chapters_and_whole_books_and_areas() -> None:
    known = curriculum()
    assert read_goal("MML chapters 2 to 4").sections == ("2", "3", "4")
    assert read_goal("chapters 2-4 of mml").concepts == read_goal("MML chapters 2 to 4").concepts
    assert len(read_goal("read Bishop").concepts) > 80
    assert read_goal("the matrix calculus you need for deep learning").resource == "matcalc"
    assert read_goal("optimization").concepts == read_goal("Optimisation").concepts
    areas = {c.id for c in known.concepts.values() if c.area == "linear algebra"}
    assert set(read_goal("linear algebra").concepts) == areas


REFUSED = [
    ("", "No goal is given"), ("   ?! ", "No goal is given"), ("x" * 400, "has 400 characters"),
    ("quantum gravity", "Nothing in the curriculum"), ("transformers", "Nothing in the curriculum"),
    ("prml 99", "has no chapter 99"), ("MacKay chapter 38", "it is prose"), ("week 9 of impla", "has no week 9"),
    ("mml 2.9", "no concept of the map is taught in 2.9"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_is_not_there_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(AgnesiError) as refused:
        read_goal(text)
    assert said in str(refused.value) and "Traceback" not in str(refused.value)


ODD = ["(((", "\\", "[[goal]]", "chapter", "§§", "..5", "‖Xw − y‖²", "ʼ", "-1", "1-99999999 mml", "mml 5-2", "mml 1-²"]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_end_in_an_answer_or_a_sentence(text: str) -> None:
    try:
        assert read_goal(text).concepts
    except AgnesiError as error:
        assert str(error)


def test_other_readings_are_named() -> None:
    found = read_goal("derivatives of matrices")
    assert found.others and found.name not in found.others and len(set(found.others)) == len(found.others)


def test_the_advice_names_what_exists() -> None:
    given = advice()
    assert set(given.paces) == set(curriculum().resources)
    assert min(given.paces.values(), key=lambda p: p.rank).resource == "mml" and "slowly" in given.pace("mml").how
    assert {c.resource for c in given.companions} == set(curriculum().resources)
    for pace in given.paces.values():
        assert pace.chapter >= pace.section >= pace.subsection > 0 and pace.short


def test_advice_that_names_what_is_not_there_is_found(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = (FOLDER / "advice.toml").read_text(encoding="utf-8")
    for old, new, said in [
        ('resource = "mml"\nshort', 'resource = "lml"\nshort', "a pace of lml"),
        ('chapters = ["2", "3", "4"]', 'chapters = ["2", "33"]', "chapter 33 of mml"),
        ('companion = "impla"', 'companion = "moon"', "a companion names moon"),
        ('concept = "cox-rules"', 'concept = "fox-rules"', "fox-rules is an aside"),
        ('concepts = ["backprop"]', 'concepts = ["forward"]', "means forward"),
    ]:
        assert old in text
        (tmp_path / "advice.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        assert any(said in fault for fault in faults(read_advice(tmp_path / "advice.toml"), curriculum()))
    assert not list(faults(advice(), curriculum()))
