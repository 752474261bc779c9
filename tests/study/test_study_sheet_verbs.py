"""What the workbench asks of Agnesi: plain data of sheets, derivatives, verdicts, plots."""

from __future__ import annotations

import re

import pytest

from agnesi.errors import AgnesiError, TooLarge
from agnesi.study.bench import bench_of
from agnesi.study.verbs import derive, judge, papers, plots, sheets
from agnesi.study.verbs.algorithms import algorithms, argument
from agnesi.study.verbs.derive import derived
from agnesi.study.verbs.formulas import concepts_at, place_of
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.judge import judged
from agnesi.study.verbs.sheets import focused, previewed, typeset
from agnesi.study.web import safe_mathml


def test_a_line_that_cannot_be_told_apart_leaves_the_others_readable() -> None:
    rows = sheets.previewed("f(x) = x^2\n(a + b\ng(x) = f(x) + 1")["statements"]
    assert [(r["line"], bool(r["error"])) for r in rows] == [(1, False), (2, True), (3, False)]
    assert rows[1]["error"]["repairs"] == [{"said": ")", "text": "f(x) = x^2\n(a + b)\ng(x) = f(x) + 1"}]


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        ("x : n; x^2", ["x ⊙ x", "‖x‖²"]),
        ("A : n x n; A + 1", ["+ 1 I", "+ 1 𝟏𝟏ᵀ"]),
        ("sin x + snh(y)", ["sinh"]),
        ("a / b c", []),
    ],
)
def test_repairs_are_offered_only_where_the_text_can_then_be_read(text: str, repairs: list[str]) -> None:
    faults = [r["error"] for r in sheets.previewed(text)["statements"] if r["error"]]
    assert [r["said"] for r in faults[0]["repairs"]] == repairs
    for repair in faults[0]["repairs"]:
        assert not any(r["error"] for r in sheets.previewed(repair["text"])["statements"])


def test_words_between_formulas_are_no_error() -> None:
    rows = sheets.previewed("f(x) = x^2 − 2x\nSet the derivative to zero: 2x − 2 = 0\n2x +")["statements"]
    assert [bool(r["error"]) for r in rows] == [False, False, True]


def test_a_chain_has_a_line_for_each_of_its_lines() -> None:
    rows = sheets.previewed("(a + b)^2 = (a + b)(a + b)\n= a^2 + 2 a b + b^2")["statements"]
    assert len(rows) == 1 and len(rows[0]["lines"]) == 2
    assert all(safe_mathml(line) for line in rows[0]["lines"])


def test_one_statement_of_a_sheet_is_derived() -> None:
    text = "X : n x d\nf(w) = ‖X w‖²\ng(w) = ‖w‖²"
    assert derive.derived(text, "w", number=1)["result"]["unicode"] == "2XᵀXw"
    assert derive.derived(text, "w")["result"]["unicode"] == "2w"


def test_steps_name_their_rules_and_the_concepts_that_teach_them() -> None:
    found = derive.derived("‖X w − y‖²", "w")
    assert found["steps"][-1]["source"] == "MML 5.2"
    assert any(c["id"] == "gradient" or c for c in found["steps"][-1]["concepts"])
    everything = derive.derived("‖X w − y‖²", "w", grain="all")
    assert len(everything["steps"]) >= len(found["steps"])
    assert all(safe_mathml(step["right"]) for step in everything["steps"])


def test_a_dialect_changes_the_layout() -> None:
    own = derive.derived("‖X w − y‖²", "w")["result"]["unicode"]
    mml = derive.derived("‖X w − y‖²", "w", dialect="mml")["result"]["unicode"]
    assert own == "2Xᵀ(Xw − y)" and mml != own


def test_a_repair_that_is_not_confirmed_changes_nothing() -> None:
    text = "tr(A B C) = tr(B A C)"
    found = judge.repaired(text, 0)
    assert found["done"] or found["text"] == text


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(TooLarge):
        judge.judged("x" * 30_000)


@pytest.mark.parametrize(
    ("text", "axes", "sliders"),
    [
        ("a sin(b x)", ["x"], ["a", "b"]),
        ("x^2 + a y^2", ["x", "y"], ["a"]),
        ("λ > 0; ‖X w − y‖² + λ‖w‖²", ["w"], ["λ"]),
        ("∑_i log(1 + exp(−y_i x_iᵀw))", ["w"], []),
        ("[cos(k t), sin(t)]", ["t"], ["k"]),
        ("[2 1; 0 1]", [], []),
    ],
)
def test_a_plot_has_axes_and_sliders(text: str, axes: list[str], sliders: list[str]) -> None:
    found = plots.drawn(text, {})
    assert sorted(found["axes"]) == axes and [s["name"] for s in found["sliders"]] == sliders
    assert found["figure"]["data"] and found["alt"]


def test_a_value_is_in_the_picture() -> None:
    low, high = (plots.drawn("a x^2", {"a": a}, window=[-1, 1])["figure"]["data"][0]["y"] for a in (1.0, 3.0))
    assert max(v for v in high if v is not None) == pytest.approx(3 * max(v for v in low if v is not None))


def test_the_way_down_begins_at_the_point() -> None:
    found = plots.drawn("x^2 + y^2", {}, at=[1.0, 2.0])
    assert "goes from (1, 2)" in found["alt"] and found["point"] == [1.0, 2.0]


def test_a_picture_of_nothing_is_a_sentence() -> None:
    with pytest.raises(AgnesiError, match="no letter to draw along"):
        plots.drawn("1 + 1", {})


def test_the_state_goes_into_an_address_and_back() -> None:
    given = {"text": "a x^2", "do": "plot", "wrt": "x", "dialect": "mml", "at": "1, 2", "v_a": "0.5", "number": "0"}
    bench = bench_of(given, {"agnesi": "", "mml": ""})
    assert bench.query() == "text=a+x%5E2&do=plot&wrt=x&dialect=mml&number=0&at=1%2C+2&v_a=0.5"
    assert bench_of({**bench.data(), "text": bench.text}, {"agnesi": "", "mml": ""}) == bench
    assert bench_of({"do": "rm", "dialect": "none", "at": "x"}, {"agnesi": ""}) == bench_of({}, {"agnesi": ""})


def test_sources_lead_to_concepts() -> None:
    assert place_of("MML 5.2.1") == ("mml", "5.2.1")
    assert place_of("Imperial MVC W1") == ("impcalc", "1")
    assert place_of("Matrix Cookbook 2.6") == ("", "")
    assert concepts_at("MML 2.3.3")[0]["id"] == "gauss-elim"
    assert concepts_at("Boyd & Vandenberghe 3") == ()


def test_arguments_of_algorithms_are_read_and_bounded() -> None:
    degree = algorithms()["taylor"].asks[2]
    assert argument(degree, "4") == 4
    assert argument(algorithms()["gradient-descent"].asks[1], "2, 1/2") == [2, 0.5]
    with pytest.raises(AgnesiError, match="a number such as"):
        argument(degree, "__import__('os')")
    with pytest.raises(TooLarge):
        argument(algorithms()["rref"].asks[0], "[" + "1 " * 500 + "]")


CLAIMS = (
    "f = a b\ndf/da = b", "f(x) = sin(x)\nf'(x) = cos(x)", "y = X w + e\n(y − X w)'(y − X w) = e'e",
    "E[x] = μ", "f(w) = ‖X w − y‖²\n∇f = 2X'X w − X'y", "K = A B\ntr(K) = tr(B A)",
)  # fmt: skip


@pytest.mark.parametrize("text", [*CLAIMS, *(s.text for s in starts().values() if s.do == "check")])
def test_a_sheet_is_read_as_the_check_reads_it(text: str) -> None:
    said = {one.removesuffix(" random") for one in judged(text)["read_as"] if "event" not in one}
    found = previewed(text, said=judged(text)["read_as"])
    assert said <= {one["said"] for one in found["symbols"]}
    if len(text) < 60:  # on a keystroke too, where nothing was checked yet
        assert previewed(text)["symbols"] == found["symbols"]


def test_a_derivative_is_that_of_the_sheet_as_it_is_read() -> None:
    text = "f = a b\ndf/da = b"
    assert focused(text, 0) == "b ∈ ℝⁿ\nf = a b"
    assert derived(text, "a", number=0)["result"]["shape"] == "n"


def test_facts_may_stand_before_the_sizes() -> None:
    for text in ("A : symmetric n x n", "A : a symmetric n×n matrix", "A : n x n symmetric"):
        found = previewed(f"{text}\nf(x) = x'A x")
        assert not any(s["error"] for s in found["statements"])
        assert {"A ∈ ℝⁿˣⁿ symmetric"} <= {s["said"] for s in found["symbols"]}
        assert derived(f"{text}\nx'A x", "x")["result"]["unicode"] == "2Ax"
    wrong = previewed("A : symmetric foo bar")["statements"][0]["error"]
    assert "bar is not a shape or a fact." in wrong["said"] and wrong["caret"].endswith("^^^")


def test_a_name_in_a_check_is_set_as_in_the_preview() -> None:
    checked = judged("f(w) = ‖w‖²\n∇f = 2w")["statements"][0]["mathml"]
    assert "<mi>f</mi>" in checked and "<mi>f(w)</mi>" not in checked


def test_statements_of_documents_are_typeset() -> None:
    note = "Let $f(x) = x^\\top A x$ with $A$ symmetric. Then $\\nabla f(x) = 2 A x$ and $(a+b)^2 = a^2 + b^2$."
    found = papers.judged("note.md", note)["statements"]
    assert len(found) == 2 and all(len(s["mathml"]) == 1 and safe_mathml(s["mathml"][0]) for s in found)
    assert typeset("sin(x +") == [] and typeset("a = b\nc = d") == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [("f(x) = x^2\n= x x = x^2\n= 3", ["f(x)=x2", "=xx=x2", "=3"]), ("f(x) = x^2 = x x", ["f(x)=x2=xx"]),
     ("a = b\n= c = d", ["a=b", "=c=d"]), ("g(y) := y^3", ["g(y)=y3"])],
)  # fmt: skip
def test_a_chain_is_set_line_by_line_as_it_is_written(text: str, lines: list[str]) -> None:
    found = previewed(text)["statements"]
    plain = [re.sub("<[^>]+>|\N{INVISIBLE TIMES}", "", line) for one in found for line in one["lines"]]
    assert plain == lines
