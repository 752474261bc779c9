"""The workbench without JavaScript: sheets, tools, repairs, files, undo, algorithms, documents."""

from __future__ import annotations

import json
import re

import pytest

from agnesi.study.verbs.algorithms import algorithms
from agnesi.study.verbs.gallery import starts
from study_visitors import Visitor

RIDGE = "X : n x d; λ > 0\nf(w) = ‖X w − y‖² + λ‖w‖²"


def test_an_empty_workbench_shows_where_to_begin(client: Visitor) -> None:
    page = client.get("/workbench")
    assert page.status_code == 200
    assert "/workbench/gallery" in page.text


def test_a_derivative_by_its_address(client: Visitor) -> None:
    page = client.get("/workbench", params={"text": RIDGE, "do": "derive", "wrt": "w"})
    assert page.status_code == 200
    for said in ("2Xᵀ(Xw − y) + 2λw", "Step by step", "MML 5.2.1", "strictly convex", "Hessian"):
        assert said in page.text


def test_a_tool_keeps_the_sheet_and_leads_to_its_address(client: Visitor) -> None:
    answer = client.submit("/workbench/ask", {"text": RIDGE, "do": "derive", "wrt": "w"}, follow_redirects=False)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert re.fullmatch(r"/workbench/[\w-]{12}\?do=derive&wrt=w", address)
    page = client.get(address)
    assert "f(w) = ‖X w − y‖²" in page.text and "2Xᵀ(Xw − y) + 2λw" in page.text
    again = client.get(address.partition("?")[0])  # as it was left
    assert "Step by step" in again.text


def test_an_error_has_a_caret_and_repairs_that_work(client: Visitor) -> None:
    page = client.get("/workbench", params={"text": "X : n x d; y : n; X y"})
    assert "the inner sizes d and n differ" in page.text and "^^^" in page.text
    offered = re.search(r'name="repaired" value="([^"]*)"', page.text)
    assert offered is not None
    answer = client.submit("/workbench/ask", {"text": "X : n x d; y : n; X y", "repaired": offered[1]})
    assert "Xᵀy" in answer.text and "differ" not in answer.text


def test_a_wrong_line_is_repaired(client: Visitor) -> None:
    answer = client.submit("/workbench/ask", {"text": "d log det X = tr(X dX)", "was": "check", "mend": "0"})
    assert "tr(inv(X)*dX)" in answer.text
    assert "1 statement judged: 1 " in answer.text and "Repair this line" not in answer.text


def test_undo_and_redo(client: Visitor) -> None:
    first = client.submit("/workbench/ask", {"text": "x^2", "do": "plot"}, follow_redirects=False)
    id = first.headers["location"].partition("?")[0].rpartition("/")[2]
    client.submit("/workbench/ask", {"id": id, "text": "x^3", "do": "plot"})
    assert "x^2" in client.submit(f"/workbench/{id}/undo").text
    assert "x^3" in client.submit(f"/workbench/{id}/redo").text
    history = client.get(f"/workbench/{id}/history").text
    assert "x^2" in history and "x^3" in history
    assert "x^2" in client.submit(f"/workbench/{id}/restore", {"version": "1"}).text


def test_a_sheet_is_put_away_and_taken_back(client: Visitor) -> None:
    made = client.submit("/workbench/ask", {"text": "put_away^2", "do": "derive"}, follow_redirects=False)
    id = made.headers["location"].partition("?")[0].rpartition("/")[2]
    client.submit(f"/workbench/{id}/drop")
    assert client.get(f"/workbench/{id}").status_code == 404
    client.submit(f"/workbench/{id}/drop", {"back": "1"})
    assert client.get(f"/workbench/{id}").status_code == 200


@pytest.mark.parametrize(
    ("form", "holds"),
    [("md", "\\nabla f &= 2 X^{\\top} (X w - y)"), ("tex", "\\begin{document}"), ("py", "def gradient("),
     ("ipynb", "ag.derive")],
)
def test_a_sheet_is_saved_as(client: Visitor, form: str, holds: str) -> None:
    answer = client.get(f"/workbench/export.{form}", params={"text": RIDGE, "do": "derive", "wrt": "w"})
    assert answer.status_code == 200 and holds in answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="sheet.{form}"'
    if form == "ipynb":
        assert json.loads(answer.text)["nbformat"] == 4


def test_a_python_file_runs_alone(client: Visitor) -> None:
    source = client.get("/workbench/export.py", params={"text": RIDGE, "do": "derive", "wrt": "w"}).text
    names: dict[str, object] = {}
    exec(source, names)
    import_free = [line for line in source.splitlines() if line.startswith(("import", "from"))]
    assert all("agnesi" not in line for line in import_free)
    assert callable(names["gradient"])


def test_a_plot_as_svg_and_as_data(client: Visitor) -> None:
    state = {"text": "a sin(b x)", "do": "plot", "at": "1", "v_a": "2"}
    found = client.get("/workbench/plot.json", params=state).json()
    assert found["axes"] == ["x"] and [s["name"] for s in found["sliders"]] == ["a", "b"]
    assert found["point"] == [1.0] and found["figure"]["data"]
    assert client.get("/workbench/plot.svg", params=state).headers["content-type"] == "image/svg+xml"
    page = client.get("/workbench", params=state)
    assert "/workbench/plot.svg?" in page.text  # for readers without scripts


def test_what_cannot_be_answered_is_a_sentence(client: Visitor) -> None:
    page = client.get("/workbench", params={"text": "‖X w − y‖²", "do": "derive"})
    assert page.status_code == 422
    assert "It is not said what to differentiate in." in page.text


def test_a_text_is_never_a_tag(client: Visitor) -> None:
    for do in ("", "derive", "check", "plot", "code"):
        page = client.get("/workbench", params={"text": "<script>alert(1)</script>", "do": do, "wrt": "<b>"})
        assert "<script>alert" not in page.text and "<b>" not in page.text


def test_there_are_forty_starting_points(client: Visitor) -> None:
    page = client.get("/workbench/gallery")
    assert page.status_code == 200 and len(starts()) == 40
    assert page.text.count('class="cover"') == 40


@pytest.mark.parametrize("id", list(starts()))
def test_a_starting_point_works(client: Visitor, id: str) -> None:
    start = starts()[id]
    page = client.get(start.address)
    assert page.status_code == 200, page.text
    steps = "Step by step"
    shows = {"derive": steps, "hessian": steps, "check": "judged", "code": "PyTorch", "plot": "plot-words"}
    assert shows[start.do] in page.text and 'role="alert"' not in page.text
    if start.do == "check":
        assert "not read" not in re.sub(r"<textarea.*?</textarea>", "", page.text, flags=re.DOTALL)


@pytest.mark.parametrize("id", list(algorithms()))
def test_an_algorithm_works_its_example(client: Visitor, id: str) -> None:
    page = client.get(f"/workbench/algorithms/{id}")
    assert page.status_code == 200, page.text
    assert '<ol class="steps">' in page.text and 'class="holds"' in page.text
    assert 'class="fails"' not in page.text and '<code class="formula">' not in page.text


def test_an_algorithm_for_what_is_asked(client: Visitor) -> None:
    page = client.get("/workbench/algorithms/determinant", params={"A": "[2 0; 0 5]"})
    assert "10" in page.text
    wrong = client.get("/workbench/algorithms/newton", params={"f": "x^2 - 2", "start": "one"})
    assert wrong.status_code == 422 and "Start is &#39;one&#39;" in wrong.text
    assert client.get("/workbench/algorithms/none").status_code == 404


def test_a_document_is_judged_and_kept(client: Visitor) -> None:
    text = "# Squares\nClearly $(a+b)^2 = a^2 + b^2$, and $tr(AB) = tr(BA)$.\n"
    files = {"file": ("notes.md", text, "text/markdown")}
    page = client.submit("/workbench/documents", files=files)
    assert page.status_code == 200 and "1 wrong statement" in page.text
    assert "(a+b)^2 = a^2 + b^2" in page.text and page.text.count("<msup") >= 3  # as it is written, and typeset
    assert "notes.md" in client.get("/workbench/documents").text
    everything = client.get(str(page.url.path) + "?all=1")
    assert "tr(AB) = tr(BA)" in everything.text
    assert everything.text.count('display="block"') == 2


def test_what_was_found_in_another_form_is_found_anew(client: Visitor) -> None:
    files = {"file": ("old.md", "Then $(a+b)^2 = a^2$.", "text/markdown")}
    address = client.submit("/workbench/documents", files=files).url.path
    store = client.app.state.store  # type: ignore[attr-defined]
    store.set_found(address.rpartition("/")[2], {"agnesi": {"statements": [{"line": 1}]}})
    assert "1 wrong statement" in client.get(address).text


def test_a_document_takes_nothing_in_from_the_disc(client: Visitor, tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.tex"
    secret.write_text("\\[ (p+q)^2 = p^2 + q^2 \\]\n")
    text = f"\\input{{{secret}}} \\input{{{secret.with_suffix('')}}}\n\\[ (a+b)^2 = a^2 \\]\n"
    page = client.submit("/workbench/documents", files={"file": ("paper.tex", text, "application/x-tex")})
    assert "1 wrong statement" in page.text and "p²" not in page.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("a.pdf", b"%PDF", "a.pdf is no document that is read here"), ("a.md", b"%PDF\x00", "a.md is no text."),
     ("a.md", "é".encode("latin-1"), "a.md is no text in UTF-8. Save it as UTF-8."),
     ("a.md", b"x" * 400_001, "a.md has 400,001 letters; at most 400,000 are judged here.")],
)  # fmt: skip
def test_what_is_no_document_is_refused_with_the_reason(client: Visitor, name: str, data: bytes, said: str) -> None:
    page = client.submit("/workbench/documents", files={"file": (name, data, "text/plain")})
    assert said in page.text
    both = [("file", (name, data, "text/plain")), ("file", ("good.md", b"So $a = a$.", "text/plain"))]
    assert said in client.submit("/workbench/documents", files=both).text  # beside the one that is read


def test_a_name_is_shown_as_it_is_and_short(client: Visitor) -> None:
    files = {"file": ("<script>alert(1)<" + "/" + "script>" + "n" * 200 + ".md", b"So $a = a$.", "text/markdown")}
    page = client.submit("/workbench/documents", files=files)
    assert page.status_code == 200 and "<script>alert" not in page.text and "n.md" in page.text
    wrong = client.submit("/workbench/documents", files={"file": ("b.ipynb", b"{", "application/json")})
    assert "The file b.ipynb is not a Jupyter notebook." in wrong.text


def test_two_windows_write_one_sheet(client: Visitor) -> None:
    own = {"fresh": "aaaaaaaaaaaa", "tab": "a"}
    first = client.submit("/workbench/preview", {"text": "two windows", **own})
    again = client.submit("/workbench/preview", {"text": "two windows 1", **own})
    assert first.headers["x-sheet"] == again.headers["x-sheet"] == "aaaaaaaaaaaa"  # one sheet, though asked twice
    other = {"id": "aaaaaaaaaaaa", "tab": "b", "seen": first.headers["x-seen"]}
    crossed = client.submit("/workbench/preview", {"text": "two windows 2", **other})
    assert "Another window changed this sheet too" in crossed.headers["x-crossed"]
    assert "two windows 1" in client.get("/workbench/aaaaaaaaaaaa/history").text
    calm = client.submit("/workbench/preview", {"text": "two windows 3", **other, "seen": crossed.headers["x-seen"]})
    assert calm.headers["x-crossed"] == ""
