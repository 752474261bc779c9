"""Every built-in lesson holds: statements, blocks, ids, links; figures run alone; what is planted is found, by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agnesi import lesson_command
from agnesi.course import curriculum
from agnesi.dialects import dialects
from agnesi.lessons import Lesson, LessonFault, check_lesson, lessons, neighbours, read_lesson
from agnesi.lessons.checking import concepts_of_families
from agnesi.lessons.coverage import COMPLETE, gaps
from agnesi.lessons.parts import Figure, filled
from agnesi.lessons.reading import BUILT_IN, LISTS, TEXTS, paths
from agnesi.lessons.record import KINDS, SECTIONS, shown_path
from agnesi.results import results
from agnesi.study.pages.lessons import prose
from agnesi.study.verbs import lessons as verbs

FILES = sorted(BUILT_IN.rglob("*.md"))
NAMES = [f.stem for f in FILES]
SUM = BUILT_IN / "matcalc" / "matcalc-sum.md"
LAGRANGE = BUILT_IN / "impcalc" / "impcalc-lagrange.md"
EIGEN = BUILT_IN / "impla" / "impla-eigenvectors.md"


@pytest.fixture(scope="module")
def every() -> dict[str, Lesson]:
    return dict(lessons())


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_lesson_holds(file: Path, every: dict[str, Lesson]) -> None:
    report = check_lesson(every[file.stem], every)
    assert report.good, report.show()
    assert set(report.document.counts) <= {"proved", "tested", "refuted"}


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_lesson_is_a_page_in_every_dialect_of_a_kind(file: Path) -> None:
    """Rows and columns, bold and plain: the page is made, and what it puts into the page is only what it may."""
    for dialect in ("agnesi", "mml"):
        for part in verbs.parts(str(file), file.stat().st_mtime_ns, dialect):
            assert "fault" not in part, part["fault"]
            if part["kind"] == "prose":
                assert prose(part["html"]) == part["html"]
                left = re.sub(r"<code>[\w./ -]*</code>", "", part["html"])
                assert "\ufdd2" not in left and "<code>" not in left


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_the_code_of_a_figure_runs_alone(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lesson = read_lesson(file)
    for block in (b for b in lesson.blocks if b.kind == "figure"):
        figure = filled(lesson, block)
        assert isinstance(figure, Figure)
        names: dict[str, object] = {}
        exec(figure.code.replace('picture.save("picture.svg")', ""), names)
        assert names["picture"].alt == figure.picture.alt  # type: ignore[attr-defined]
        for slider in figure.sliders:  # both ends can be drawn, and are different; a page sends 5.0 for 5
            ends = [filled(lesson, block, values={slider.name: float(v)}) for v in (slider.low, slider.high)]
            assert ends[0].picture.data() != ends[1].picture.data()  # type: ignore[union-attr]


def test_ids_are_those_of_the_files_and_the_order_is_that_of_the_books(every: dict[str, Lesson]) -> None:
    assert sorted(every) == sorted(f.stem for f in paths())
    for resource in {one.resource for one in every.values()}:
        chapters = [c.n for c in curriculum().resources[resource].chapters]
        found = [chapters.index(one.chapter) for one in every.values() if one.resource == resource]
        assert found == sorted(found)
        first = next(one for one in every.values() if one.resource == resource)
        assert neighbours(first, every)[0] is None


@pytest.mark.parametrize("resource", COMPLETE or ["none is declared complete yet"])
def test_a_complete_resource_leaves_nothing_out(resource: str, every: dict[str, Lesson]) -> None:
    if not COMPLETE:
        assert list(gaps("matcalc", {}))  # the list of gaps is not empty where there is no lesson
        return
    assert list(gaps(resource, every, concepts_of_families())) == []
    shown = {b.text.strip() for one in every.values() for b in one.blocks if b.kind == "result"}
    pictured = {id for id in results if curriculum().results[id].resource == resource and results[id].picture}
    assert pictured <= shown, "these results have a picture, and no lesson shows it"


MATHEMATICS = ("2", "3", "4", "5", "7")  # the chapters of MML that teach what the three resources teach, and more of it


def _left_out_of_mml(every: dict[str, Lesson]) -> set[str]:
    """Return the concepts and results of these chapters that no lesson teaches or names."""
    course = curriculum()
    taught = {c for one in every.values() for c in one.concepts}
    named = {r for one in every.values() for r in one.results}
    concepts = {c.id for c in course.concepts.values() for p in c.taught if (p.resource, p.chapter) in _PLACES}
    reached = {r for r in course.results if re.fullmatch(rf"mml-[{''.join(MATHEMATICS)}]-.*", r)}
    return (concepts - taught) | (reached - named)


_PLACES = {("mml", chapter) for chapter in MATHEMATICS}


def test_the_mathematics_of_mml_has_lessons(every: dict[str, Lesson]) -> None:
    assert _left_out_of_mml(every) == set()
    assert _left_out_of_mml({id: one for id, one in every.items() if id != "mml-svd"}) == {"svd", "mml-4-svd"}
    chapters = {p.chapter for one in every.values() for p in one.where if one.resource == p.resource == "mml"}
    assert set(MATHEMATICS) <= chapters
    shown = {b.text.strip() for one in every.values() for b in one.blocks if b.kind == "result"}
    others = {r for r in results if re.fullmatch(rf"mml-[{''.join(MATHEMATICS)}]-.*", r)} - shown
    assert not [r for r in others if results[r].picture], "these results have a picture, and no lesson shows it"


def test_gaps_are_what_is_left_out(every: dict[str, Lesson]) -> None:
    bare = {id: one for id, one in every.items() if one.resource != "matcalc"}
    told = list(gaps("matcalc", bare, [("gradient",)]))
    assert any("mat-44-sum" in one for one in told) and any("section 5" in one for one in told)
    assert any(one.startswith("the concept neuron-grad") and one.endswith("has no exercises") for one in told)
    assert not any(one.startswith("the concept gradient ") and one.endswith("has no exercises") for one in told)


PLANTED = [  # lesson, what stands there, what is put in its place, what is said, and the line it is said of
    (SUM, "so $∇f(x) = 𝟏$", "so $∇f(x) = 2 𝟏$", "wrong: ∇f(x) = 2 𝟏", "so $∇f(x) = 2"),
    (SUM, "$∇h(x) = 2 x$", "$∇h(x) = x$", "factor 2", "$∇h(x) = x$"),
    (SUM, "$∇h(x) = 2 x$", "$∇h(x) = 2 x +$", "not read", "2 x +$"),
    (SUM, "$0.1/0.1 = 1$", "$0.1/0.1 = 10$", "wrong", "= 10$"),
    (SUM, '"sum-reduction"', '"sum-reductions"', "Did you mean sum-reduction", "concepts ="),
    (SUM, '"mat-44-sum"', '"mat-44-sun"', "results: there is no mat-44-sun", "results ="),
    (SUM, 'where = ["matcalc 4.4', 'where = ["matcalc 44.4', "has no section 44", "where ="),
    (SUM, "next = [", 'next = ["no-lesson", ', "there is no no-lesson", "next ="),
    (SUM, "ones for a vector", "ones for vectors", "Did you mean ones for a vector", "ones for vectors"),
    (SUM, "gradients=True", "gradient=True", "Did you mean gradients?", "gradient=True"),
    (SUM, "draw.contours", "draw.contour", "Did you mean contours", "draw.contour("),
    (SUM, "```derive wrt=x", "```derive wrt=q", "derive", "wrt=q"),
    (SUM, "```derive wrt=x", "```derive var=x", "the option var", "var=x"),
    (SUM, "## Try it", "## More", "The section More is none of", "## More"),
    (SUM, "A neuron ends", "A [neuron](concept:neurons) ends", "there is no neurons", "concept:neurons"),
    (SUM, "A neuron ends", "A [neuron](https://example.org) ends", "The link leads to https", "example.org"),
    (LAGRANGE, "(2 x, x²)", "(2 x y, x²)", "has none", "```check"),
    (LAGRANGE, "```check expect=wrong", "```check", "wrong: ∇f", "(2 x, x²)"),
    (LAGRANGE, "$0.8² · 0.6 = 0.384$", "$0.8² · 0.6 = 0.394$", "wrong", "0.394"),
    (LAGRANGE, 'results = ["mvc-5-lagrange"]', "results = []", "not named in results", "```result"),
    (EIGEN, "A v = (3, 3) = 3 v", "A v = (3, 3) = 2 v", "wrong", "= 2 v"),
    (EIGEN, "(2 − λ)² − 1", "(2 − λ)² + 1", "wrong", "+ 1$$"),
    (EIGEN, 'linalg.eigen("[2 1; 1 2]")', 'linalg.eigen("[2 1; 1]")', "linalg.eigen", "[2 1; 1]"),
    (EIGEN, 'linalg.eigen("[2 1; 1 2]")', 'open("x")', "cannot be called here", 'open("x")'),
]


@pytest.mark.parametrize(("file", "old", "new", "said", "place"), PLANTED, ids=[f"{p[2]:.30}" for p in PLANTED])
def test_what_is_planted_is_found_with_file_and_line(
    file: Path, old: str, new: str, said: str, place: str, every: dict[str, Lesson], tmp_path: Path
) -> None:
    text = file.read_text("utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    planted = tmp_path / file.name
    planted.write_text(changed, "utf-8")
    report = check_lesson(read_lesson(planted), every)
    line = next(k for k, row in enumerate(changed.split("\n"), 1) if place in row)
    assert any(f.line == line and said in " ".join(f.text.split()) for f in report.faults), report.show()
    assert f"{planted}:{line}: " in report.show()


UNREADABLE = [  # what cannot even be read as a lesson
    ("+++\nid", "id", "The front matter is missing", 1),
    ('title = "The gradient of a sum"', "title = The gradient", "no TOML", 3),
    ('title = "The gradient of a sum"', 'titel = "The gradient of a sum"', "Did you mean title?", 3),
    ('title = "The gradient of a sum"', "title = 3", "title is 3", 3),
    ("results = [", "#", "lacks results", 1),
    ('id = "matcalc-sum"', 'id = "Sum of it"', "small letters", 2),
    ('id = "matcalc-sum"', 'id = "matcalc-sums"', "Call the file matcalc-sums.md", 2),
    ('where = ["matcalc 4.4"', 'where = ["matcalc"', "a resource and a section", 6),
    ("```slips\nones for a vector\n```", "```slips\nones for a vector\n", "not closed", None),
    ("```slips", "```slip", "Did you mean slips?", None),
    ("```slips", "```python", "Results are never typed", None),
]


@pytest.mark.parametrize(("old", "new", "said", "line"), UNREADABLE, ids=[u[2] for u in UNREADABLE])
def test_what_cannot_be_read_is_told_with_its_line(old: str, new: str, said: str, line: int | None) -> None:
    text = SUM.read_text("utf-8")
    assert old in text
    with pytest.raises(LessonFault) as caught:
        read_lesson(SUM, text.replace(old, new, 1))
    assert said in str(caught.value) and str(caught.value).startswith(f"{shown_path(SUM)}:{caught.value.line}: ")
    assert line in (None, caught.value.line)


def test_missing_sections_pictures_and_words_are_told(every: dict[str, Lesson]) -> None:
    text = SUM.read_text("utf-8")
    head = text.partition("## The idea")[0]
    poor = f"{head}## The idea\n\nShort.\n\n## Usual slips\n\n## An example\n"
    told = check_lesson(read_lesson(SUM, poor), every).show()
    for part in (
        "another order", "are missing: The statement, The derivation", "words of prose", "There is no picture",
        "The idea has no block figure or result", "Usual slips has no block slips or check",
        "No formula of the prose claims anything",
    ):  # fmt: skip
        assert part in told


def test_two_lessons_with_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / SUM.name).write_text(SUM.read_text("utf-8"), "utf-8")
    with pytest.raises(LessonFault, match="two lessons matcalc-sum"):
        lessons([tmp_path])


def test_the_page_for_teachers_shows_the_example_and_what_a_mistake_in_it_says(every: dict[str, Lesson]) -> None:
    docs = Path(__file__).parents[2] / "docs"
    page, example = (docs / "lessons.md").read_text("utf-8"), docs / "examples" / "slope.md"
    text = example.read_text("utf-8")
    assert f"~~~markdown\n{text}~~~" in page
    assert check_lesson(read_lesson(example), every).good
    wrong = read_lesson(example, text.replace("f'(x) = 2 x$", "f'(x) = 3 x$"))
    fault = check_lesson(wrong, every).faults[0]
    assert f"```text\nslope.md:{fault.line}: {fault.text}\n```" in page
    for name in (*KINDS, *SECTIONS, *TEXTS, *LISTS):
        assert name in page


def test_every_dialect_has_what_a_page_asks_of_it() -> None:
    assert {"matcalc", "impcalc", "impla", "mml", "agnesi"} <= {d.name for d in dialects}


def test_a_built_in_lesson_is_checked_by_its_id() -> None:
    said, good = lesson_command.check([Path("matcalc-sum")], False, None)
    assert good and "matcalc-sum.md: good" in said
    assert not lesson_command.check([Path("matcalc-nothing")], False, None)[1]
