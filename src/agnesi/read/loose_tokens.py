"""The tokens of a line of loose text: words, hyphened and shortened words, numbers, signs of relation, brackets."""

from __future__ import annotations

import re
from typing import NamedTuple

from agnesi.read.english import MATHEMATICAL, PROSE
from agnesi.read.layout import Page
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK

SIGN = (
    r"<=>|(?<![A-Za-z\\])propto(?![A-Za-z])|==>|=>|:=|=:|<=|>=|!=|==|~=|->|[=≠≤≥<>≈∝≡⇒⇔⟹⟺~∼⊥⟂→≻⪰≺⪯≔≕∈≜←]|\\(?:leqslant|leq?|geqslant|geq?|neq?|approx|propto|equiv|sim|implies|iff"
    r"|Rightarrow|Leftrightarrow|Longrightarrow|coloneqq|gets|leftarrow|to|rightarrow|in|succeq|succ|preceq|prec|perp|triangleq|lt|gt)(?![A-Za-z])"
)
RELATIONS = re.compile(r"[\s&]*(?:" + SIGN + ")")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0\u2000-\u200b]+)
    |(?P<abbr>(?:e\.g\.|i\.e\.|w\.r\.t\.?|s\.t\.|cf\.|i\.i\.d\.?|resp\.|etc\.|a\.s\.|w\.l\.o\.g\.|q\.e\.d\.?)(?![A-Za-z]))
    |(?P<hyphen>(?:[A-Za-z]+|\d+)(?:-[A-Za-z]{1,20}){1,5}(?![A-Za-z^_(]))
    |(?P<short>[A-Za-z]{2,12}['’](?:s|t|re|ll|ve)(?![A-Za-z]))
    |(?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)
    |(?P<text>\\(?:text|textrm|mbox|intertext|textnormal|textsf)\s*\{[^{}]{0,300}\})
    |(?P<roman>\\(?:mathrm|operatorname\*?|mathop|mathsf|mathbf|mathbb|mathcal|boldsymbol|bm)\s*\{[^{}]{0,40}\})
    |(?P<begin>\\begin\{[A-Za-z*]+\})|(?P<end>\\end\{[A-Za-z*]+\})
    |(?P<sep>\\q?quad(?![A-Za-z]))
    |(?P<rel>"""
    + SIGN
    + r""")
    |(?P<cmd>\\[A-Za-z]+|\\[{}|])
    |(?P<esc>\\.)
    |(?P<num>[0-9]+(?:\.[0-9]+)?)
    |(?P<word>[A-Za-z]{1,60}|[^\W\d_ᵀ⁰-₟ᴬ-ᶿⱼˀ-ˤ\U0001D400-\U0001D7FFℝℕℤ])
    |(?P<open>[(\[{⟨])|(?P<close>[)\]}⟩])
    |(?P<op>\.\.\.|\.\*|\./|\.\^|\.\.|\|\||.)""",
    re.VERBOSE | re.IGNORECASE,
)
_DROPPED = frozenset("□∎■✓✔✗✘“”\"☐▢◻◼⬜→")
ANGLES = {"\\langle": ("open", "⟨"), "\\rangle": ("close", "⟩")}


class Token(NamedTuple):
    """A token of loose text; `prose` tells whether it is a word of English."""

    kind: str
    text: str
    start: int
    stop: int
    prose: bool = False


def tokens_of(page: Page, start: int, stop: int) -> list[Token]:
    """Return the tokens of a line; blanks are left out."""
    out: list[Token] = []
    text, at = page.text, start
    while at < stop:
        found = _TOKEN.match(text, at, stop)
        if found is None:
            at += 1
            continue
        kind, shown = found.lastgroup or "op", found.group()
        if kind == "hyphen" and not _hyphened(shown):
            found = re.compile(r"[A-Za-z]+|\d+").match(text, at)
            assert found is not None
            shown = found.group()
            kind = "num" if shown[0].isdigit() else "word"
        if kind == "short" and not _shortened(shown):
            found = re.compile(r"[A-Za-z]+").match(text, at)
            assert found is not None
            kind, shown = "word", found.group()
        if kind == "cmd" and shown in ANGLES:
            kind, shown = ANGLES[shown]
        if shown == "∵" or kind == "cjk":
            out.append(Token("said", shown, at, found.end(), True))
        elif kind == "text":
            out += _roman(text, at, found.end())
        elif (kind != "space" and shown not in _DROPPED) or shown == "→":
            out.append(Token(kind, shown, at, found.end()))
        at = found.end()
    return out


def _roman(text: str, start: int, stop: int) -> list[Token]:
    """The tokens of \\text{...}: words, save where it names an operation or a constant."""
    begin = text.index("{", start) + 1
    inner = text[begin : stop - 1]
    bare = inner.strip()
    if bare in FUNCTIONS or bare in MATHEMATICAL or bare in ("T", "⊤", "d"):
        return [Token("roman", text[start:stop], start, stop)]
    out: list[Token] = []
    for found in re.finditer(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[,;.:]|\S", inner):
        shown = found.group()
        kind = "said" if shown[0].isalpha() else "op" if shown in ",;.:" else "drop"
        if kind != "drop":
            out.append(Token(kind, shown, begin + found.start(), begin + found.end(), kind == "said"))
    return out


def _hyphened(shown: str) -> bool:
    """Tell whether a run with hyphens is one word: mean-field, n-dimensional; not X-mu or a-b."""
    if shown in ("AM-GM", "KKT-conditions"):
        return True
    parts = shown.split("-")
    words = [p for p in parts if (len(p) > 2 and p.lower() not in GREEK and p not in FUNCTIONS) or p.lower() in PROSE]
    if not any(len(p) > 2 for p in words):
        return bool(re.fullmatch(r"(?:[a-zA-Z]|\d+)-(?:th|dim|d|by-[a-zA-Z\d]+)", shown))
    return all(p in words or len(p) <= 4 for p in parts) and any(
        p.lower() in PROSE or (len(p) > 3 and p.isalpha()) for p in words
    )


def _shortened(shown: str) -> bool:
    """Tell whether a word with an apostrophe is English: let's, Jensen's; not Xw's."""
    stem = re.split(r"['’]", shown)[0]
    return shown.lower().replace("’", "'") in PROSE or stem.lower() in PROSE or (len(stem) > 3 and stem[1:].islower())
