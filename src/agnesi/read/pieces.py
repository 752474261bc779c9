"""A line of loose text cut into mathematics, words, marks and asides; letters are judged by their neighbours."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import takewhile

from agnesi.read.asides import barred, is_aside, operator
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
from agnesi.read.loose_tokens import Token, tokens_of
from agnesi.read.names import Item
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK

_PRIME = frozenset("'’′")


def items_of(page: Page, start: int, stop: int) -> list[Item]:
    """Return the items of a line of a page."""
    tokens = tokens_of(page, start, stop)
    tokens = [t._replace(prose=_prose(tokens, k, page)) if t.kind in _WORDY else t for k, t in enumerate(tokens)]
    return _grouped(page, tokens)


_DECORATED = re.compile(r"(?!that|what|chat|hbar)[A-Za-z](?:bar|hat|tilde|star)")  # xbar, yhat
_WORDY = frozenset(("word", "hyphen", "short", "abbr"))


def _prose(tokens: list[Token], k: int, page: Page) -> bool:
    """Tell whether a word is English, from itself and its neighbours."""
    token = tokens[k]
    if token.kind in ("abbr", "hyphen", "short"):
        return True
    sure = bool(page.sure) and page.inside(token.start)
    if page.marked and not sure and not _letter(tokens, k) and "$" in _line_about(page, token.start):
        return True
    word, low = token.text, token.text.lower()
    before = tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    applied = after is not None and after.start == token.stop and after.text in ("(", "_", "^", "[", "{")
    if len(word) == 1:
        return not sure and _article(tokens, k, page)
    if _named(tokens, k, page):
        return False
    number = before is not None and before.stop == token.start and (before.kind == "num" or before.text in "½⅓¼¾⅔")
    if len(word) == 2 and word.islower() and number:
        return word in ("st", "nd", "rd", "th", "db", "in", "of")  # 2as is a product
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
    if _DECORATED.fullmatch(word):
        return False
    if word in _SLOPES and _callee(tokens, k + 1):
        return False
    if word in FUNCTIONS or word in MATHEMATICAL:
        return _named_operation(word, before, after, applied)
    if _measured(tokens, k):
        return False
    known = (shaped and low in PROSE) or low in NOUNS or low in FUNCTIONS or low in SIDES
    if not known and (len(word) < 4 or not (word.islower() or word.istitle())):
        return word.isupper() and len(word) > 2 and not applied and not _equals(after) and word in _ACRONYMS
    if applied:
        return False
    if _equals(after) and low not in FUNCTIONS and low not in SIDES:
        opens = before is None or before.kind in ("op", "rel") or (before.prose and before.text.lower() in _DEFINES)
        return not opens or low in _NEVER
    return known or not operator(before)


def _letter(tokens: list[Token], k: int) -> bool:
    """Tell whether a letter without dollar signs beside others with them may stand for a quantity: not (a), b)."""
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    return len(tokens[k].text) == 1 and (after is None or after.text not in (")", "]"))


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
    return signed or (operator(before) and (before is None or before.kind != "rel" or not _english(after or before)))


def _measured(tokens: list[Token], k: int) -> bool:
    """Tell whether a word stands for a quantity, since it is multiplied or divided: likelihood * prior / evidence."""
    word, before = tokens[k].text.lower(), tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    left = before is not None and before.text in _TIMES
    right = after is not None and after.text in _TIMES
    if word in STRICT_PROSE or word in _NEVER or not (left or right):
        return False
    far = tokens[k + 2] if right and k + 2 < len(tokens) else tokens[k - 2] if left and k > 1 else None
    if far is None or far.kind not in ("word", "num", "close") or far.text in STRICT_PROSE:
        return False
    ends = after is None or after.kind in ("rel", "close") or after.text in "+,;." or _combined(after)
    begins = before is None or before.kind in ("rel", "open") or before.text in "+-−" or left
    return ends and begins


_TIMES = frozenset("*/×·")


def _combined(token: Token) -> bool:
    """Tell whether a sign of arithmetic stands here."""
    return token.kind == "rel" or (token.kind == "op" and token.text in "+-−*/·×^_")


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
        return not operator(before) or (word == "constant" and after is not None and _english(after))
    if word in ("grad", "Hess", "hess") and _equals(after):
        return True
    if word in NOUNS:
        spoken = before is not None and (before.prose or before.kind == "said")
        if word in _PREFIXES and after is not None and after.kind in ("word", "num", "open", "roman", "cmd"):
            opens = before is None or not spoken or before.text.lower() in _LEADS
            return not opens or _english(after)
        return not (operator(before) and not spoken) or after is None or _english(after)
    if word in _LAWS and before is not None and _english(before):
        return True
    return after is not None and _english(after) and not operator(before)


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


def _equals(token: Token | None) -> bool:
    return token is not None and token.kind == "rel" and token.text in ("=", ":=", "≔", "∝")


def _article(tokens: list[Token], k: int, page: Page) -> bool:
    """Tell whether a letter is an English word: `a`, `A` before a noun, `I` before a verb."""
    token = tokens[k]
    before = tokens[k - 1] if k else None
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    if after is None or after.start == token.stop or operator(before):
        return False
    low = after.text.lower()
    if token.text in ("a", "A") and page.marked and page.sure and page.inside(after.start):
        return True  # for a $v ∈ ℝⁿ$
    if token.text == "a":
        if _factor(tokens, k, page):
            return False
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


def _factor(tokens: list[Token], k: int, page: Page) -> bool:
    """Tell whether the letter `a` is a factor: a sum(x), a log det S, a rank(A); not a sum of squares."""
    after, held = tokens[k + 1], tokens[k + 2] if k + 2 < len(tokens) else None
    if held is not None and after.kind == "word" and held.text in ("(", "[", "{") and held.start == after.stop:
        return True
    if after.text not in FUNCTIONS and after.text not in MATHEMATICAL:
        return after.text in page.names and held is not None and _combined(held)
    return held is not None and not _english(held) and held.kind in ("word", "open", "cmd", "roman") and not (
        held.kind == "word" and held.text.islower() and len(held.text) > 3 and held.text not in FUNCTIONS
    )


_THINGS = words("matrix vector function scalar distribution variable number sequence sum product set")


def _grouped(page: Page, tokens: list[Token]) -> list[Item]:
    """Put tokens together: runs of mathematics with their brackets, words, marks, asides in brackets."""
    text, close = page.text, _matching(tokens)
    bars = barred(tokens, close)
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
        if run >= 0 and related and _begins_another(page, tokens, k):
            finish(k)
        if k in bars:
            run = k if run < 0 else run
            k = bars[k] + 1
            continue
        if token.kind in ("open", "begin") or token.text == "\\{":
            last = close.get(k, len(tokens) - 1 if run >= 0 else k)
            ends = k in close or any(t.prose for t in tokens[k:])  # of A (B = C the end was forgotten
            if last > k and ends and is_aside(tokens, k, last):
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


def _begins_another(page: Page, tokens: list[Token], k: int) -> bool:
    """Tell whether a statement ends before a token, with no word between: $a + a = 2a$ $b < c$, $a + a = 2a$ (3)."""
    before, token = tokens[k - 1], tokens[k]
    if {before.kind, token.kind} & {"op", "rel"} or not page.inside(before.start):
        return False
    if not page.inside(token.start):
        apart = token.start - before.stop > 1
        return apart and (token.kind in ("num", "open") or (token.kind == "word" and len(token.text) == 1))
    first, second = (bisect_right(page.sure, (t.start, len(page.text) + 1)) - 1 for t in (before, token))
    held = takewhile(lambda t: t.start < page.sure[second][1], tokens[k:])
    return first != second and any(t.kind == "rel" for t in held)


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

