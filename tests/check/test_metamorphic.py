"""Changes that must turn a verdict, and changes that must leave it: over the corpus of derivations and over claims.

`RIGHTLY` are the cases of the corpus that are judged rightly (the first wrong line is the planted one, or none is);
the list may grow, and must not shrink. The fast run takes every `EVERY`th of them, the nightly one all.
"""

import re
import tomllib
from pathlib import Path

import pytest
from test_verdicts import RIGHT, WRONG

import agnesi as ag
from agnesi.expr.nodes import symbols_of
from agnesi.write.declare import declaration

CORPUS = Path(__file__).parent / "corpus"
CASES = {c["id"]: c for f in sorted(CORPUS.glob("*.toml")) for c in tomllib.loads(f.read_text("utf-8"))["case"]}
RIGHTLY = (Path(__file__).parent / "judged_rightly.txt").read_text("utf-8").split()
EVERY = 40
SOME = RIGHTLY[::EVERY]
nightly = pytest.mark.nightly
HELD = ("proved", "tested")


def text_of(case):
    return case["text"].strip("\n")


def judged(text):
    """The line and kind of verdict ("holds", "refuted", "not read") of all that was judged."""
    report = ag.check(text, diagnose=False)
    return [(s.line, "holds" if s.verdict in HELD else s.verdict) for s in report.statements if s.verdict is not None]


def refuted(found):
    return [line for line, verdict in found if verdict == "refuted"]


def first(found):
    return min(refuted(found), default=None)


def corrected(case):
    """The text of a case with the planted error put right."""
    if not case["wrong"]:
        return text_of(case)
    if case.get("right_text"):
        return case["right_text"].strip("\n")
    lines = text_of(case).splitlines()
    lines[case["wrong"] - 1] = case["right_line"]
    return "\n".join(lines)


# -- renaming -----------------------------------------------------------------------------------------------

KIN = {"w": "vutq", "x": "zuvq", "y": "tzu", "X": "ZYU", "A": "MRZ", "B": "GVR", "b": "cag", "a": "cb", "z": "xv",
       "W": "VU", "S": "K", "λ": "γ", "α": "γ", "μ": "ν", "θ": "φ"}  # fmt: skip
RUN = re.compile(r"\\?[A-Za-zα-ω]+")
WORDS = {"An", "As", "At", "If", "In", "Is", "It", "No", "Of", "On", "Or", "So", "To", "We", "By", "Be", "Do", "an",
         "as", "at", "if", "in", "is", "it", "no", "of", "on", "or", "so", "to", "we", "by", "be", "do"}  # fmt: skip


_TAKEN = {"a": r"\ba\s+[a-z]{3,}", "x": r"\w x \w"}  # an article of English, and "n x d"


def holds_letter(run, letter):
    """Whether a run of letters is a letter alone, or one product or differential of letters with it."""
    if run.startswith("\\") or run in WORDS:
        return False
    return run == letter or (len(run) == 2 and letter in run and (run[0] == "d" or run[0].isupper()))


def renamed(text):
    """The text with one letter replaced by an unused one of its kind; None where none can be replaced safely."""
    runs = RUN.findall(text)
    for old, choices in KIN.items():
        own = [r for r in runs if holds_letter(r, old)]
        doubtful = [r for r in runs if old in r and r not in own and not r.startswith("\\") and len(r) < 4 and
                    r not in WORDS]  # fmt: skip
        if not own or doubtful or (old in _TAKEN and re.search(_TAKEN[old], text)):
            continue
        both = re.search(rf"(?<![A-Za-z\\]){old.swapcase()}(?![A-Za-z])", text) if old.isascii() else None
        if both and re.search(rf"p\([^)]*{old.lower()}", text):
            continue  # x is a value of X: its name is given by that of X
        new = next((c for c in choices if not any(c in r for r in runs if len(r) < 4 or r == c)), None)
        if new is not None:
            return RUN.sub(lambda m: m[0].replace(old, new) if holds_letter(m[0], old) else m[0], text)
    return None


# -- over the corpus -----------------------------------------------------------------------------------------------


def check_judged_rightly(name):
    assert first(judged(text_of(CASES[name]))) == (CASES[name]["wrong"] or None)


def check_corrected(name):
    found = judged(corrected(CASES[name]))
    assert not refuted(found), "with the error put right, no line is refuted"


def check_renamed(name):
    text = text_of(CASES[name])
    other = renamed(text)
    if other is not None:
        assert first(judged(other)) == (CASES[name]["wrong"] or None), other


def check_spread_out(name):
    """Blank lines between the lines of a text, and one before: the numbers of lines move along."""
    spread = "\n" + text_of(CASES[name]).replace("\n", "\n\n")
    wrong = CASES[name]["wrong"]
    assert first(judged(spread)) == (2 * wrong if wrong else None)


def check_remarks(name):
    """A remark before and after the text."""
    remarked = "% a remark\n" + text_of(CASES[name]) + "\n% another remark"
    wrong = CASES[name]["wrong"]
    assert first(judged(remarked)) == (wrong + 1 if wrong else None)


CHECKS = [check_judged_rightly, check_corrected, check_renamed, check_spread_out, check_remarks]


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__.removeprefix("check_"))
def test_corpus(check, name):
    check(name)


@nightly
@pytest.mark.parametrize("name", [n for n in RIGHTLY if n not in SOME])
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__.removeprefix("check_"))
def test_whole_corpus(check, name):
    check(name)


def test_renaming_says_something():
    changed = [n for n in RIGHTLY if renamed(text_of(CASES[n])) is not None]
    assert len(changed) >= len(RIGHTLY) / 3
    assert renamed("∇_w ‖Xw − y‖² where w is given") == "∇_v ‖Xv − y‖² where v is given"
    assert renamed(r"\theta = we") is None


# -- over claims -----------------------------------------------------------------------------------------------

CLAIMS = [*((text, "holds") for text in RIGHT), *((text, "refuted") for text in WRONG)]
SINGLE = [(t, w) for t, w in CLAIMS if ";" not in t and "where" not in t and "⇒" not in t and "const" not in t]
SIGNS = {
    "unicode": {"eq": "=", "le": "≤", "ge": "≥", "lt": "<", "gt": ">", "ne": "≠", "approx": "≈", "propto": "∝"},
    "ascii": {"eq": "=", "le": "<=", "ge": ">=", "lt": "<", "gt": ">", "ne": "!=", "approx": "≈", "propto": "∝"},
    "latex": {"eq": "=", "le": r"\leq", "ge": r"\geq", "lt": "<", "gt": ">", "ne": r"\neq", "approx": r"\approx",
              "propto": r"\propto"},
}  # fmt: skip


def parts_of(text):
    """The judged statement of a claim, with the symbols that reading it inferred, as declarations."""
    report = ag.check(text, diagnose=False)
    return report, next(s for s in report.statements if s.verdict is not None)


def verdict_of(text):
    found = judged(text)
    return found[-1][1] if found else None


def respelt(statement, form):
    """A claim printed in another spelling."""
    out = ag.write(statement.sides[0], form)
    for op, side in zip(statement.relations, statement.sides[1:], strict=True):
        out += f" {SIGNS[form][op]} {ag.write(side, form)}"
    return out


def symbols(statement):
    """The symbols of a claim by name."""
    return sorted(symbols_of(*statement.sides), key=lambda s: s.name)


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
@pytest.mark.parametrize(("text", "wanted"), SINGLE[::2], ids=lambda x: x if len(x) > 8 else "")
def test_spelling(text, wanted, form):
    _, one = parts_of(text)
    declared = "; ".join(declaration(s, form) for s in symbols(one))
    spelt = f"{declared}\n{respelt(one, form)}"
    assert verdict_of(spelt) == wanted, spelt


@pytest.mark.parametrize(("text", "wanted"), SINGLE[1::2], ids=lambda x: x if len(x) > 8 else "")
def test_declarations(text, wanted):
    """What reading inferred may be declared, in any order, on one line or on several, or in words."""
    _, one = parts_of(text)
    declared = [declaration(s) for s in symbols(one)]
    for lines in ("; ".join(declared), "\n".join(declared[::-1]), ", ".join(declared[::-1])):
        assert verdict_of(f"{lines}\n{text}") == wanted, lines
    words = "\n".join(f"Let {s.name} be {in_words(s.shape)}." for s in symbols(one))
    assert verdict_of(f"{words}\n{text}") == wanted, words


def in_words(shape):
    match shape:
        case ():
            return "a scalar"
        case (n,):
            return f"a vector of length {n}"
    return f"an {shape[0]} x {shape[1]} matrix"


@pytest.mark.parametrize("mark", ["(1) ", "1. ", "2) ", "(a) ", "  ", "• "])
def test_numbering(mark):
    for text, wanted in SINGLE[::12]:
        assert verdict_of(mark + text) == wanted, mark + text


FUNCTIONS = ["tr(A)", "det(A)", "log det(B)", "exp(b)", "log(exp(b))", "sum(x)", "mean(x)", "max(x)", "norm(x)",
             "sin(b)", "rank(A)", "diag(x)", "vec(A)", "‖x‖", "softmax(x)", "A", "x"]  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "b", "I_n", "k", "i"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_letter_is_no_word(function, letter):
    """A factor written before a function is a factor, be it an article of English: twice it is it and it."""
    declared = f"A : n×n; B : n×n spd; x : n; b : scalar{'' if letter in ('b', 'I_n') else f'; {letter} : scalar'}"
    if letter == "I_n" and function not in ("A", "x", "diag(x)", "softmax(x)"):
        letter = "2"
    both = f"{letter} {function}"
    assert verdict_of(f"{declared}\n{both} + {both} = 2 {letter} {function}") == "holds"
    assert verdict_of(f"{declared}\n{both} = 3 {letter} {function}") == "refuted"
    assert verdict_of(f"{declared}\n{both} = {letter} {function}") == "holds"


@pytest.mark.parametrize("text", ["(b) x + y = y + (b) x", "(a) tr(A) = tr(a A)", "(i) x = i x", "(x) b = b x"])
def test_a_factor_in_brackets_is_no_number(text):
    """A letter in brackets at the head of a line is a factor where it was declared and used."""
    declared = "A : n×n; x, y : n; a, b, i : scalar\na b i x = i b a x\na tr(A) = tr(A) a"
    assert verdict_of(f"{declared}\n{text}") == "holds"
