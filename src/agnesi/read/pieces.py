"""A line of loose text cut into mathematics, words, marks and asides; letters are judged by their neighbours."""

from __future__ import annotations

import re
from typing import NamedTuple

from agnesi.read.english import (
    AFTER_I,
    AFTER_NAME,
    MATHEMATICAL,
    NOUNS,
    PROSE,
    SIDES,
    STRICT_PROSE,
    WEAK,
    words,
)
from agnesi.read.layout import Page
from agnesi.read.names import Item
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK

_SIGN = (
    r"<=>|==>|=>|:=|<=|>=|!=|==|~=|->|[=≠≤≥<>≈∝≡⇒⇔⟹⟺~∼⊥⟂→≻⪰≺⪯≔∈≜]|\\(?:leqslant|leq?|geqslant|geq?|neq?|approx|propto|equiv|sim|implies|iff"
    r"|Rightarrow|Leftrightarrow|Longrightarrow|coloneqq|to|rightarrow|in|succeq|succ|preceq|prec|perp|triangleq|lt|gt)(?![A-Za-z])"
)
RELATIONS = re.compile(r"[\s&]*(?:" + _SIGN + ")")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0\u2000-\u200b]+)
    |(?P<abbr>(?:e\.g\.|i\.e\.|w\.r\.t\.?|s\.t\.|cf\.|i\.i\.d\.?|resp\.|etc\.|a\.s\.|w\.l\.o\.g\.|q\.e\.d\.?)(?![A-Za-z]))
    |(?P<hyphen>(?:[A-Za-z]+|\d+)(?:-[A-Za-z]{1,20}){1,5}(?![A-Za-z^_(]))
    |(?P<short>[A-Za-z]{2,12}['’](?:s|t|re|ll|ve)(?![A-Za-z]))
    |(?P<text>\\(?:text|textrm|mbox|intertext|textnormal|textsf)\s*\{[^{}]{0,300}\})
    |(?P<roman>\\(?:mathrm|operatorname\*?|mathop|mathsf|mathbf|mathbb|mathcal|boldsymbol|bm)\s*\{[^{}]{0,40}\})
    |(?P<begin>\\begin\{[A-Za-z*]+\})|(?P<end>\\end\{[A-Za-z*]+\})
    |(?P<sep>\\q?quad(?![A-Za-z]))
    |(?P<rel>"""
    + _SIGN
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
_PRIME = frozenset("'’′")


class Token(NamedTuple):
    """A token of loose text; `prose` tells whether it is a word of English."""

    kind: str
    text: str
    start: int
    stop: int
    prose: bool = False


def items_of(page: Page, start: int, stop: int) -> list[Item]:
    """Return the items of a line of a page."""
    tokens = _tokens(page, start, stop)
    tokens = [t._replace(prose=_prose(tokens, k, page)) if t.kind in _WORDY else t for k, t in enumerate(tokens)]
    return _grouped(page.text, tokens)


_WORDY = frozenset(("word", "hyphen", "short", "abbr"))


def _tokens(page: Page, start: int, stop: int) -> list[Token]:
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
        if kind == "text":
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


def _prose(tokens: list[Token], k: int, page: Page) -> bool:
    """Tell whether a word is English, from itself and its neighbours."""
    token = tokens[k]
    if token.kind in ("abbr", "hyphen", "short"):
        return True
    sure = bool(page.sure) and page.inside(token.start)
    if page.marked and not sure and "$" in _line_about(page, token.start):
        return True
    word, low = token.text, token.text.lower()
    before = tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    applied = after is not None and after.start == token.stop and after.text in ("(", "_", "^", "[", "{")
    if len(word) == 1:
        return not sure and _article(tokens, k)
    if _named(tokens, k, page):
        return False
    if sure and word not in ("if", "otherwise", "where", "for", "and", "is"):
        return False
    shaped = word.islower() or word.istitle() or len(word) > 3
    if len(word) == 2 and (low in WEAK or word.istitle()) and low in PROSE and _computed(before, after):
        return False
    if low == "db" and before is not None and before.kind == "num" and _DECIBELS.search(page.text):
        return True
    if low in STRICT_PROSE and shaped:
        return not (applied and after is not None and after.text in "_^")
    if low in WEAK and shaped:
        return True
    if word in GREEK or low in GREEK:
        return False
    if word in _SLOPES and _callee(tokens, k + 1):
        return False
    if word in FUNCTIONS or word in MATHEMATICAL:
        return _named_operation(word, before, after, applied)
    known = (shaped and low in PROSE) or low in NOUNS or low in FUNCTIONS or low in SIDES
    if not known and (len(word) < 4 or not (word.islower() or word.istitle())):
        return word.isupper() and len(word) > 2 and not applied and not _equals(after) and word in _ACRONYMS
    if applied:
        return False
    if _equals(after) and low not in FUNCTIONS and low not in SIDES:
        opens = before is None or before.kind in ("op", "rel") or (before.prose and before.text.lower() in _DEFINES)
        return not opens or low in _NEVER
    return known or not _operator(before)


def _named(tokens: list[Token], k: int, page: Page) -> bool:
    """Tell whether a word names a quantity: an index (x_bar), in a quotient (d loss/dw), defined in the text."""
    word, before = tokens[k].text, tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    if before is not None and before.text in ("_", "^") and before.stop == tokens[k].start:
        return True
    divided = after is not None and after.text == "/" and after.start == tokens[k].stop
    if before is not None and before.text in ("d", "∂") and divided and not before.prose and _differential(tokens, k):
        return True
    if before is not None and before.text in ("d", "∂") and k > 1 and tokens[k - 2].text == "/" and _equals(after):
        return True
    if divided and word[0] == "d" and (word[1:] in page.names or _differential(tokens, k)):
        return True
    if _equals(after) and _sloped(tokens, k):
        return True
    if word not in page.names or word in STRICT_PROSE:
        return False
    if word.lower() not in PROSE:
        return True
    signed = after is not None and after.kind == "op" and after.text in "/+*^_-−·"
    if before is not None and before.kind == "num":  # = 2 loss
        return True
    return signed or (_operator(before) and (before is None or before.kind != "rel" or not _english(after or before)))


def _sloped(tokens: list[Token], k: int) -> bool:
    """Tell whether the sign of a gradient stands before a word: ∇loss, grad_w loss."""
    at = k - 3 if k > 2 and tokens[k - 2].text == "_" else k - 1
    return at >= 0 and tokens[at].text in ("∇", "grad", "\\nabla")


_SLOPES = words("grad Hess hess d log ln exp tr det")


def _callee(tokens: list[Token], k: int) -> bool:
    """Tell whether a word is applied, cost(w), so that what stands before it is an operation."""
    if k + 1 >= len(tokens) or tokens[k].kind != "word" or tokens[k].text in STRICT_PROSE:
        return False
    return tokens[k + 1].text == "(" and tokens[k + 1].start == tokens[k].stop


def _differential(tokens: list[Token], k: int) -> bool:
    """Tell whether d before and d after the stroke make a quotient of a word: d activation/dw, ∂loss/∂x."""
    below = tokens[k + 2] if k + 2 < len(tokens) else None
    return below is not None and below.text[0] in "d∂" and len(below.text) < 8


_DECIBELS = re.compile(r"log_?\{?10|\bdecibels?\b")
_ACRONYMS = words("LHS RHS QED MLE MAP SVD PCA OLS GLM EM KKT AM GM LLN CLT SPD PSD IID WLOG WTS ML ELBO ODE")
_DEFINES = words("let define so then where with and denote hence")
_NEVER = words("gives give get becomes equals implies yields this that derivative result answer gradient")


def _line_about(page: Page, at: int) -> str:
    begin = max(page.source.rfind("\n", 0, at) + 1, at - 400)
    return page.source[begin : at + 400].split("\n", 1)[0]


def _named_operation(word: str, before: Token | None, after: Token | None, applied: bool) -> bool:
    """Tell whether the name of an operation is used as an English word: the mean, log likelihood, step by step."""
    if applied:
        return False
    if word in ("const", "constant"):
        return not _operator(before) or (word == "constant" and after is not None and _english(after))
    if word in ("grad", "Hess") and _equals(after):
        return True
    if word in NOUNS:
        spoken = before is not None and (before.prose or before.kind == "said")
        if word in _PREFIXES and after is not None and after.kind in ("word", "num", "open", "roman", "cmd"):
            opens = before is None or not spoken or before.text.lower() in _LEADS
            return not opens or _english(after)
        return not (_operator(before) and not spoken) or after is None or _english(after)
    if word in _LAWS and before is not None and _english(before):
        return True
    return after is not None and _english(after) and not _operator(before)


_LAWS = words("Gaussian Normal Poisson Bernoulli Uniform Exponential Binomial Gamma Beta Geometric")
_PREFIXES = words("max min sum prod rank trace norm")
_LEADS = words("so hence thus then therefore that get gives")


def _computed(before: Token | None, after: Token | None) -> bool:
    """Tell whether a word of two letters stands in a formula: Ax + By = c, As = λs."""
    sign = after is not None and ((after.kind == "rel" and after.text[0] in "=≤≥<≈∝") or after.text in "+*/^")
    return sign or (before is not None and before.kind in ("op", "rel") and before.text in "+-−*/·=")


def _english(token: Token) -> bool:
    low = token.text.lower()
    return token.kind in ("hyphen", "short", "said") or (
        token.kind == "word" and len(low) > 1 and (low in PROSE or low in STRICT_PROSE) and token.text not in FUNCTIONS
    )


def _operator(token: Token | None) -> bool:
    if token is None:
        return False
    return token.kind == "rel" or (token.kind in ("op", "open") and token.text in "+-−*/·^_=|‖(⊙⊗∑∏[{∂∇")


def _equals(token: Token | None) -> bool:
    return token is not None and token.kind == "rel" and token.text in ("=", ":=", "≔", "∝")


def _article(tokens: list[Token], k: int) -> bool:
    """Tell whether a letter is an English word: `a`, `A` before a noun, `I` before a verb."""
    token = tokens[k]
    before = tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    if after is None or after.start == token.stop or _operator(before):
        return False
    low = after.text.lower()
    if token.text == "a":
        if after.kind == "hyphen":
            return True
        if before is not None and before.text.lower() in ("be", "is", "as", "with", "has", "have") and after.kind in (
            "num",
            "word",
        ):
            return low not in AFTER_NAME
        wordy = after.kind == "word" and len(low) > 1 and low not in AFTER_NAME and low not in GREEK
        return wordy and (low in PROSE or low in NOUNS or len(low) > 3)
    if token.text == "A":
        if before is not None and before.text not in (".", ";", ":"):
            return False
        nouns = [t.text.lower() for t in tokens[k + 1 : k + 6] if t.kind in ("word", "hyphen")]
        held = next((i for i, w in enumerate(nouns) if w in _THINGS), None)
        return held is not None and all(w not in AFTER_NAME and len(w) > 1 for w in nouns[:held])
    if token.text == "I":
        opens = before is None or before.kind == "op" or before.text.lower() in ("and", "then", "so", "now", "where")
        return opens and low in AFTER_I
    return False


_THINGS = words("matrix vector function scalar distribution variable number sequence sum product set")


def _grouped(text: str, tokens: list[Token]) -> list[Item]:
    """Put tokens together: runs of mathematics with their brackets, words, marks, asides in brackets."""
    close = _matching(tokens)
    out: list[Item] = []
    run, related, k = -1, False, 0

    def finish(stop: int) -> None:
        nonlocal run, related
        if run >= 0:
            a, b = tokens[run].start, tokens[stop - 1].stop
            out.append(Item("M", text[a:b], a, b, related, run, stop))
        run, related = -1, False

    while k < len(tokens):
        token = tokens[k]
        if token.kind in ("open", "begin") or token.text == "\\{":
            last = close.get(k, len(tokens) - 1 if run >= 0 else k)
            if last > k and _aside(tokens, k, last):
                finish(k)
                out.append(Item("A", text[token.start : tokens[last].stop], token.start, tokens[last].stop))
            elif run < 0:
                run = k
            k = last + 1
            continue
        if token.prose or token.kind == "said":
            finish(k)
            out.append(Item("W", token.text.lower().replace("’", "'"), token.start, token.stop))
        elif token.kind == "sep" or (token.kind == "op" and _mark(text, tokens, k)):
            finish(k)
            out.append(Item("P", "," if token.kind == "sep" else token.text, token.start, token.stop))
        elif run >= 0 and token.text in _PRIME and tokens[k - 1].prose:
            pass
        else:
            if run < 0:
                if token.text in _PRIME or token.text == "&":
                    k += 1
                    continue
                run = k
            related = related or token.kind == "rel"
        k += 1
    finish(len(tokens))
    return out


def _mark(text: str, tokens: list[Token], k: int) -> bool:
    """Tell whether , ; . : ? — ends a piece here."""
    token = tokens[k]
    if token.text in (",", ";", "?", "—"):
        return True
    after = text[token.stop : token.stop + 1]
    if token.text == ".":
        return after in ("", " ", "\n", "\t", "\r", "$") or k + 1 == len(tokens) or tokens[k + 1].prose
    return token.text == ":"


def _matching(tokens: list[Token]) -> dict[int, int]:
    """Return for each opening bracket that is closed the place of its closing one."""
    stack: list[int] = []
    found: dict[int, int] = {}
    for k, token in enumerate(tokens):
        if token.kind in ("open", "begin") or token.text == "\\{":
            stack.append(k)
        elif (token.kind in ("close", "end") or token.text == "\\}") and stack:
            found[stack.pop()] = k
    return found


def _binary(token: Token) -> bool:
    """Tell whether something must follow a token: an operator or a relation."""
    return token.kind == "rel" or (token.kind == "op" and token.text in "+-−*/·^_=⊙⊗∑∏∂∇")


def _aside(tokens: list[Token], first: int, last: int) -> bool:
    """Tell whether brackets hold a remark: (using tr(AB) = tr(BA)), [expand], (A symmetric)."""
    opened = tokens[first]
    if opened.text not in ("(", "["):
        return False
    before = tokens[first - 1] if first else None
    held = tokens[first + 1 : last]
    if opened.text == "[" and _comment(tokens, first, last):
        return True
    said = {t.text.lower() for t in _outside(held) if t.prose or t.kind == "said"}
    if held and held[0].prose and held[0].text.lower() in _CONDITIONS and not _binary(before or opened):
        return before is None or before.stop < opened.start
    if not said:
        return opened.text == "(" and before is not None and _condition(before, opened, held)
    if before is not None and before.stop == opened.start and not (before.prose or before.kind in ("op", "rel")):
        return False
    if _operator(before) and not (before is not None and before.prose):
        return False
    return bool(said - {"if", "else", "otherwise", "for", "and", "or"})


_CONDITIONS = words("for if when where since because using by with as")


def _outside(held: list[Token]) -> list[Token]:
    """Return the tokens that do not stand in a bracket that is applied: of 1 - P(B | not A) only 1 - P."""
    out: list[Token] = []
    depth, applied = 0, [False]
    for k, token in enumerate(held):
        if token.kind == "close" and depth:
            depth -= 1
            applied.pop()
        if not any(applied):
            out.append(token)
        if token.kind == "open":
            depth += 1
            applied.append(bool(k) and held[k - 1].stop == token.start and not held[k - 1].prose)
    return out


def _comment(tokens: list[Token], first: int, last: int) -> bool:
    """Tell whether brackets at the end of a line, set apart by spaces, hold a reason: [tr(AB) = tr(BA)]."""
    before = tokens[first - 1] if first else None
    if before is None or tokens[first].start - before.stop < 2 or _operator(before):
        return False
    ends = all(t.text in ".,;" for t in tokens[last + 1 :])
    stated = any(t.kind == "rel" for t in tokens[:first])
    return ends and stated and any(t.kind == "rel" for t in tokens[first + 1 : last])


def _condition(before: Token, opened: Token, held: list[Token]) -> bool:
    """Tell whether brackets without words, set apart by a space, hold a condition (x ≠ 0) or a name (Bernoulli)."""
    if before.stop == opened.start or _binary(before):
        return False
    if any(t.kind == "rel" for t in held):
        return before.text not in ("P", "Pr", "E", "p", "H")
    name = held[0].text if len(held) == 1 and held[0].kind == "word" else ""
    return len(name) > 4 and name.lower() not in GREEK and name != "const"
