"""A person's own resources, concepts and goals stand beside those of the project; a wrong file is refused."""

from __future__ import annotations

import pytest

from agnesi.course import curriculum, route, with_own
from agnesi.course.own import EXAMPLE
from agnesi.errors import IncompleteRecord


def test_the_example_is_read_and_its_goal_has_a_route() -> None:
    known, given = with_own(EXAMPLE)
    assert known.resources["notes"].title == "My lecture notes" and known.concepts["adam"].needs == ("sgd",)
    assert ("notes", "1.2") in {(p.resource, p.section) for p in known.concepts["gradient"].taught}
    assert [c.n for c in known.resources["notes"].chapters] == ["1", "3"]
    found = route("training", known=known, given=given)
    assert found.goal.name == "How networks are trained" and {"adam", "backprop"} <= set(found.concepts)
    assert any(s.place and s.place.resource == "notes" for s in found.stops)
    assert route("read notes 3", known=known, given=given).goal.concepts == ("adam",)
    assert "notes" not in curriculum().resources and "adam" not in curriculum().concepts


def test_a_pace_of_ones_own_counts() -> None:
    pace = 'chapter = 7\nsection = 6\nsubsection = 5\nopening = 0\nrank = 1\nhow = "Skim."\n'
    known, given = with_own(f'{EXAMPLE}\n[[pace]]\nresource = "notes"\n{pace}')
    found = route("gradient", ["partial-deriv", "vectors"], way="shortest", known=known, given=given)
    assert [(s.place.resource, s.minutes) for s in found.stops if s.place] == [("notes", 5)]


def test_an_empty_text_adds_nothing() -> None:
    assert with_own("")[0] == curriculum()


RECORD = """
[[concept]]
id = "{id}"
name = "N"
area = "{area}"
statement = "S."
needs = {needs}
taught = [{{resource = "mml", section = "{at}"}}]
"""


def concept(id: str = "new", area: str = "coding", needs: str = "[]", at: str = "2") -> str:
    return RECORD.format(id=id, area=area, needs=needs, at=at)


PACE = 'chapter = 1\nsection = 1\nsubsection = 1\nopening = 1\nrank = 1\nhow = "H"'
WRONG = [
    ("[[", "is not TOML"),
    ("[[lesson]]\n", "The file has lesson"),
    ("goal = 3", "no list of tables"),
    ("concept = [1, 2]", "no list of tables"),
    (concept("gradient"), "a concept gradient already"),
    (concept("new") * 2, "a concept new already"),
    (concept("<b>"), "has the id '<b>'"),
    (concept("../x"), "has the id '../x'"),
    (concept(area="cooking"), "has the area 'cooking'"),
    (concept(needs='["ghost"]'), "needs ghost, which is no concept"),
    (concept("a", needs='["b"]') + concept("b", needs='["a"]'), "in a circle: a, b"),
    (concept(at="77"), "does not exist"),
    (concept(needs="3"), "the field needs is 3"),
    (concept(needs="[3]"), "the field needs is [3]"),
    ('[[concept]]\nid = "x"', "lacks name"),
    ('[[resource]]\nid = "mml"\ntitle = "Mine"', "a resource mml already"),
    ('[[resource]]\nid = "x"\ntitle = "Mine"\nyear = "long ago"', "the field year is 'long ago'"),
    ('[[taught]]\nconcept = "ghost"\nresource = "mml"\nsection = "2"', "teaches ghost, which is no concept"),
    ('[[taught]]\nconcept = "gradient"\nresource = "moon"\nsection = "2"', "taught in moon, which is no resource"),
    ('[[taught]]\nconcept = "gradient"\nresource = "mml"\nsection = 2', "the field section is 2"),
    ('[[goal]]\nname = "G"\nwords = []\nconcepts = ["ghost"]', "means ghost, which is no concept"),
    ('[[goal]]\nname = "G"\nwords = []\nconcepts = []', "means no concept"),
    (f'[[pace]]\nresource = "moon"\n{PACE}', "a pace of moon"),
    ('[[goal]]\nname = "G"\nwords = []\nconcepts = ["gradient"]\n' * 2001, "more than 2000 records"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_wrong_file_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(IncompleteRecord) as refused:
        with_own(text)
    assert said in str(refused.value)
