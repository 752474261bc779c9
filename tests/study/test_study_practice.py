"""Practice, memory and teaching without a browser: every state has an address, and all works without scripts."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest

from agnesi.exercises import instance, solution
from agnesi.exercises.declared import EXAMPLE
from agnesi.study.verbs.practice import catalogue, pieces
from study_visitors import Visitor

BASE = "/practice/matcalc-power-rule"


def answer_of(item: str) -> str:
    family, level, seed = item.removeprefix("/practice/").split("/")
    return solution(instance(family, int(level), int(seed))).answer


def slip_of(item: str) -> str:
    family, level, seed = item.removeprefix("/practice/").split("/")
    return instance(family, int(level), int(seed)).slips[0].text


def memory(client: Visitor) -> dict[str, object]:
    return json.loads(client.get("/memory/export.json").text)


def reviews(client: Visitor, item: str) -> list[dict[str, object]]:
    return [r for r in memory(client)["reviews"] if r["item"] == item.removeprefix("/practice/")]


def test_the_queue_has_exercises_that_can_be_opened(client: Visitor) -> None:
    text = client.get("/practice").text
    items = re.findall(r'<span class="what"><a href="(/practice/[\w-]+/\d/\d+)"', text)
    assert 3 <= len(items) <= 10 and len({i.split("/")[2] for i in items}) == len(items)
    assert f'class="button primary" href="{items[0]}"' in text
    assert client.get(items[0]).status_code == 200


def test_a_wrong_answer_a_hint_and_a_right_one_without_scripts(client: Visitor) -> None:
    item = f"{BASE}/1/501"
    shown = client.get(item)
    assert "<math" in shown.text and "Solution" not in shown.text and answer_of(item) not in shown.text
    wrong = client.submit(f"{item}/ask", {"text": slip_of(item), "do": "check"})
    assert wrong.url.path == item and "do=check" in wrong.url.query.decode()
    assert "Not right." in wrong.text and "Probably" in wrong.text and "Solution" not in wrong.text
    hinted = client.submit(f"{item}/ask", {"text": "", "do": "hint"})
    assert hinted.text.count("<li>") >= 1 and 'aria-label="Hints"' in hinted.text and "hint=1" in str(hinted.url)
    second = client.submit(f"{item}/ask", {"text": "", "do": "hint", "hint": "1", "hinted": ""})
    assert "hint=2" in str(second.url)
    assert reviews(client, item) == []
    right = client.submit(f"{item}/ask", {"text": answer_of(item), "do": "check"})
    assert "Right." in right.text and "With help" in right.text and "Solution" in right.text
    assert 'id="next"' in right.text
    (review,) = reviews(client, item)
    assert (review["grade"], review["right"], review["hints"]) == (2, True, 2)
    client.submit(f"{item}/ask", {"text": answer_of(item), "do": "check"})
    assert len(reviews(client, item)) == 1


def test_at_once_and_without_help_is_good_and_the_solution_before_is_again(client: Visitor) -> None:
    first, second = f"{BASE}/1/502", f"{BASE}/1/503"
    assert "At once, without help." in client.submit(f"{first}/ask", {"text": answer_of(first), "do": "check"}).text
    shown = client.submit(f"{second}/ask", {"text": "", "do": "solution"})
    assert "Step by step" in shown.text and "do=solution" in str(shown.url)
    client.submit(f"{second}/ask", {"text": answer_of(second), "do": "check"})
    assert [reviews(client, i)[0]["grade"] for i in (first, second)] == [3, 1]


def test_who_does_not_find_it_is_asked_again_soon(client: Visitor) -> None:
    item = f"{BASE}/3/511"
    shown = client.submit(f"{item}/ask", {"text": "x", "do": "solution"})
    assert 'value="again"' in shown.text
    went = client.submit(f"{item}/ask", {"text": "x", "do": "again"})
    assert went.status_code == 200 and item not in str(went.url)
    (review,) = reviews(client, item)
    assert (review["grade"], review["right"]) == (1, False)


def test_what_was_typed_is_there_again_and_an_address_tells_a_state(client: Visitor) -> None:
    item = f"{BASE}/2/504"
    client.submit(f"{item}/live", {"text": "f'(x) = 3x\n= "})
    assert re.search(r'<textarea id="text"[^>]*>f&#39;\(x\) = 3x\n= </textarea>', client.get(item).text)
    other = client.get(f"{item}?text={quote('12 x^99')}&do=check")
    assert "Not right." in other.text and "12 x^99</textarea>" in other.text
    assert re.search(r"f&#39;\(x\) = 3x\n= </textarea>", client.get(item).text), "an address alone keeps nothing"
    assert reviews(client, item) == []


def test_lines_are_judged_while_typing_and_the_last_one_is_not_called_wrong(client: Visitor) -> None:
    item = "/practice/impla-echelon/1/505"
    one = instance("impla-echelon", 1, 505)
    start = re.search(r"\$A = (\[.*?\])", one.question)[1]
    found = client.submit(f"{item}/live", {"text": f"{start}\n[9 9 9; 9 9 9]"}).text
    assert found.count("<li") == 2 and 'class="holds"' in found and 'class="fails"' not in found
    ended = client.submit(f"{item}/live", {"text": f"{start}\n[9 9 9; 9 9 9]\n"}).text
    assert 'class="fails"' in ended and "Wrong: " in ended
    first = f"{BASE}/1/507"
    typed = f"f'(x) = {slip_of(first)}\n= "
    assert "Probably" in client.submit(f"{first}/live", {"text": f"{typed}1"}).text, "with a diagnosis"
    assert "Probably" not in client.submit(f"{first}/live", {"text": typed.split(chr(10))[0]}).text
    assert "Press Check" in client.submit(f"{item}/live", {"text": answer_of(item)}).text
    assert client.submit(f"{item}/live", {"text": ""}).text.strip() == ""


@pytest.mark.parametrize(
    "path",
    ["/practice/none/1/1", f"{BASE}/9/1", f"{BASE}/0/1", f"{BASE}/1/x", f"{BASE}/1/-1", "/practice/none",
     f"{BASE}/1/1/picture/z", f"{BASE}/1/1/picture/solution2", "/teach/sheet.exe?f=matcalc-power-rule"],
)  # fmt: skip
def test_what_is_not_there_is_said(path: str, client: Visitor) -> None:
    assert client.get(path).status_code == 404


STRANGE = ["<script>alert(1)</script>", "((((", "\\frac{", "x" * 5000, "∑∑∑", "1/0", "[1 2; 3]", "$$", "^", "\u202e"]


@pytest.mark.parametrize("text", STRANGE)
def test_anything_may_be_typed(text: str, client: Visitor) -> None:
    item = f"{BASE}/1/506"
    found = client.submit(f"{item}/ask", {"text": text, "do": "check"})
    assert found.status_code in (200, 422) and "<script>alert" not in found.text
    assert "Agnesi itself failed" not in found.text
    assert client.submit(f"{item}/live", {"text": text}).status_code == 200
    assert client.submit(f"{item}/ask", {"text": text, "do": "hint"}).status_code == 200


def test_one_concept_or_one_book_may_be_chosen(client: Visitor) -> None:
    text = client.get("/practice?concept=matrix-inverse").text
    families = set(re.findall(r'href="/practice/([\w-]+)/\d/\d+\?concept=matrix-inverse"', text))
    assert families and families <= {f["id"] for f in catalogue() if "matrix-inverse" in f["concepts"]}
    text = client.get("/practice?resource=impla").text
    books = set(re.findall(r'href="/practice/([\w-]+)/\d/\d+\?resource=impla"', text))
    assert books and books <= {f["id"] for f in catalogue() if "impla" in f["resources"]}
    assert client.get("/practice?concept=none").url.path == "/practice"
    went = client.get("/practice/next?concept=matrix-inverse")
    assert went.url.path.split("/")[2] in families and "concept=matrix-inverse" in str(went.url)


def test_a_day_is_as_long_as_one_wants(client: Visitor) -> None:
    try:
        client.submit("/practice/length", {"length": "3"})
        text = client.get("/practice").text
        assert text.count('<span class="where">level') <= 3 and "<option selected>3</option>" in text
        client.submit("/practice/length", {"length": "4"})
        assert "<option selected>3</option>" in client.get("/practice").text
    finally:
        client.submit("/practice/length", {"length": "10"})


def test_what_was_begun_comes_first_until_it_is_put_away(client: Visitor) -> None:
    item = f"{BASE}/2/512"
    client.submit(f"{item}/live", {"text": "x"})
    first = re.search(r'class="button primary" href="([^"?]*)', client.get("/practice?concept=derivative").text)[1]
    assert first == item and "Put away" in client.get("/practice?concept=derivative").text
    client.submit(f"{item}/away", {"concept": "derivative"})
    assert item not in client.get("/practice?concept=derivative").text


def test_a_family_goes_to_an_exercise_that_was_not_done(client: Visitor) -> None:
    first = client.get("/practice/matcalc-sum-rule?level=2").url.path
    assert re.fullmatch(r"/practice/matcalc-sum-rule/2/\d+", first)
    client.submit(f"{first}/ask", {"text": answer_of(first), "do": "check"})
    assert client.get("/practice/matcalc-sum-rule?level=2").url.path != first


def test_memory_says_what_it_rests_on_and_mastery_is_on_the_map(client: Visitor) -> None:
    item = f"{BASE}/1/507"
    client.submit(f"{item}/ask", {"text": answer_of(item), "do": "check"})
    text = client.get("/memory").text
    assert re.search(r"of \d+ reviews; likely|too few for a share", text) and "The power rule" in text
    assert 'class="mastery"' in client.get("/map/vector-calculus").text
    concept = client.get("/concepts/derivative").text
    assert "it rests on" in concept and 'href="/practice/matcalc-power-rule"' in concept


def test_what_goes_out_comes_in_and_what_is_no_export_is_refused(client: Visitor) -> None:
    item = f"{BASE}/1/508"
    client.submit(f"{item}/ask", {"text": answer_of(item), "do": "check"})
    text = client.get("/memory/export.json").text
    data = json.loads(text)
    data["reviews"].append({**data["reviews"][0], "item": "matcalc-power-rule/3/509"})
    came = client.submit("/memory/import", {}, files={"file": ("m.json", json.dumps(data).encode())})
    assert came.url.path == "/memory" and "1 reviews were new" in came.text
    assert json.loads(client.get("/memory/export.json").text)["reviews"][0] == json.loads(text)["reviews"][0]
    assert len(reviews(client, "matcalc-power-rule/3/509")) == 1
    for wrong in (b"{", b"\xff\xfe", b"[]", text.replace('"grade": ', '"grade": 9').encode()):
        found = client.submit("/memory/import", {}, files={"file": ("m.json", wrong)})
        assert found.status_code == 422 and 'role="alert"' in found.text


def test_settings_are_kept_and_strange_ones_refused(client: Visitor) -> None:
    try:
        client.submit("/memory/settings", {"retention": "0.85", "longest": "100"})
        assert memory(client)["settings"]["retention"] == 0.85 and memory(client)["settings"]["longest"] == 100
        for retention, longest in (("2", "100"), ("x", "1"), ("0.9", "0"), ("nan", "10")):
            found = client.submit("/memory/settings", {"retention": retention, "longest": longest})
            assert found.status_code == 422 and "Choose a share" in found.text
        assert memory(client)["settings"]["retention"] == 0.85
    finally:
        client.submit("/memory/settings", {"retention": "0.9", "longest": "365"})


def test_the_deck_is_one_that_anki_opens(client: Visitor, tmp_path: Path) -> None:
    item = f"{BASE}/1/510"
    client.submit(f"{item}/ask", {"text": answer_of(item), "do": "check"})
    with zipfile.ZipFile(BytesIO(client.get("/memory/export.apkg").content)) as archive:
        archive.extract("collection.anki2", tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    rows = {row[0].split("\x1f")[0]: row[0].split("\x1f") for row in connection.execute("SELECT flds FROM notes")}
    connection.close()
    fields = rows["matcalc-power-rule/1/510"]
    assert r"\(" in fields[1] and r"\(" in fields[2] and fields[3].startswith("<ol>") and "$" not in "".join(fields)


SHEET = "/teach/sheet?f=matcalc-power-rule/2/2&f=impla-inverse/1&seed=4&title=Week+3"


def test_a_sheet_is_the_same_for_the_same_seed_and_comes_with_and_without_solutions(client: Visitor) -> None:
    one, again, other = (client.get(p).text for p in (SHEET, SHEET, SHEET.replace("seed=4", "seed=5")))
    maths = [re.findall(r"<math.*?</math>", text, re.DOTALL) for text in (one, again, other)]
    assert maths[0] == maths[1] != maths[2] and "<h1>Week 3</h1>" in one and one.count('class="room"') == 3
    assert "Solutions" in one and "Solutions</h2>" not in client.get(f"{SHEET}&solutions=0").text
    for form, sign in (("md", "**3.**"), ("tex", r"\end{document}"), ("html", "<!doctype html>")):
        found = client.get(SHEET.replace("/sheet?", f"/sheet.{form}?"))
        assert sign in found.text and "attachment" in found.headers["content-disposition"]
        bare = client.get(SHEET.replace("/sheet?", f"/sheet.{form}?") + "&solutions=0").text
        assert "Solutions" in found.text and "Solutions" not in bare
    assert client.get(SHEET.replace("/sheet?", "/sheet.apkg?")).content.startswith(b"PK")


def test_the_form_of_sheets_leads_to_a_short_address(client: Visitor) -> None:
    found = client.get("/teach/sheet?title=A&seed=2&n-matcalc-power-rule=2&l-matcalc-power-rule=3&n-impla-inverse=0")
    assert "f=matcalc-power-rule%2F3%2F2" in str(found.url) and "impla" not in str(found.url)
    for wrong in ("", "?f=none", "?f=matcalc-power-rule/9", "?f=matcalc-power-rule/1/1000", "?f=../x"):
        assert client.get(f"/teach/sheet{wrong}").status_code == 422


def test_a_course_of_ones_own_stands_beside_the_built_in_one(client: Visitor, tmp_path: Path) -> None:
    folder = tmp_path / "my course"
    try:
        assert client.submit("/teach/folder", {"path": str(folder)}).status_code == 422
        assert client.submit("/teach/folder", {"path": "relative"}).status_code == 422
        client.submit("/teach/folder", {"path": str(folder), "begin": "1"})
        (folder / "families" / "mine.toml").write_text(EXAMPLE, "utf-8")
        goal = '[[goal]]\nname = "My seminar"\nwords = ["seminar"]\nconcepts = ["jacobian"]\n'
        (folder / "course.toml").write_text(goal, "utf-8")
        text = client.get("/teach").text
        assert "The slope of a cubic" in text and "1 file of exercises" in text
        item = client.get("/practice/own-cubic").url.path
        assert client.get(item).status_code == 200
        (folder / "families" / "mine.toml").write_text(EXAMPLE.replace('"own-cubic"', '"own-other"'), "utf-8")
        assert client.get("/practice/own-cubic").status_code == 404, "a file is read again when it changes"
        assert client.get("/practice/own-other").status_code == 200
        assert "determinant" in client.get("/teach/sheet?f=own-determinant/1/2&seed=1").text
        assert "My seminar" in client.get("/path?goal=seminar").text
        (folder / "families" / "wrong.toml").write_text('[[family]]\nid = "x"', "utf-8")
        (folder / "course.toml").write_text("[[goal]]", "utf-8")
        text = client.get("/teach").text
        assert "wrong.toml: The family x lacks" in text and "is left out" in text
        assert client.get("/map").status_code == 200
    finally:
        client.submit("/teach/folder", {"path": ""})
    assert client.get("/practice/own-other").status_code == 404
    assert "My seminar" not in client.get("/path?goal=seminar").text


def test_pieces_hold_words_apart_from_formulas() -> None:
    found = pieces("a **b** `c` $x < y$ *d*", {})
    assert [kind for kind, _ in found] == ["text", "strong", "text", "code", "text", "math", "text", "em"]
    assert "&lt;" in found[5][1]
    assert pieces("3 * 4 * 5", {}) == [["text", "3 * 4 * 5"]]


def test_the_list_of_families_is_kept_for_the_next_start(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/practice").status_code == 200

    async def refused(*_: object, **__: object) -> object:
        raise AssertionError("a worker was asked")

    client.app.state.skills = None  # as after a start
    monkeypatch.setattr("agnesi.study.practising.compute", refused)
    assert 'class="button primary" href="/practice/' in client.get("/practice").text


def test_a_day_begins_as_many_new_kinds_as_a_person_wants(client: Visitor) -> None:
    def new() -> int:
        return client.get("/practice").text.count("· new</span>")

    assert new() <= 5
    client.submit("/practice/length", {"length": "10", "new": "2"})
    assert new() <= 2
    client.submit("/practice/length", {"length": "10", "new": "4711"})
    assert new() <= 2
    client.submit("/practice/length", {"length": "10", "new": "5"})
