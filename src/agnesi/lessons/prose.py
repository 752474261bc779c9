"""The words of a lesson as HTML: Markdown without HTML of its own, its formulas typeset, its links resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape

from markdown_it import MarkdownIt

from agnesi.lessons.tokens import FUNCTIONS

FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
MARKER = re.compile(r"<!--\s*agnesi:.*?-->", re.DOTALL)
LINK = re.compile(r"\]\((?P<kind>lesson|concept|result|exercise|resource):(?P<id>[\w-]+)\)")
ADDRESSES: Mapping[str, str] = {
    "lesson": "/lessons/", "concept": "/concepts/", "result": "/results/", "exercise": "/practice/",
    "resource": "/resources/",
}  # fmt: skip
_HELD = re.compile("\ufdd2(\\d+)\ufdd3")
_INLINE = re.compile(r"(?P<opened>\(*)<math>(?:(?!</math>).)*</math>(?P<closed>[.,;:!?)]*)", re.DOTALL)
_ANY_LINK = re.compile(r"\]\((?P<target>[^()\s]*)[^()]*\)")
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table"]).disable(["image", "autolink"])


def html(text: str, typeset: Callable[[str, bool], str]) -> str:
    """Return prose as HTML; `typeset(formula, display)` gives the MathML of a formula, which keeps its full stop by it.

    >>> html("A *sum*: $x$.", lambda formula, display: f"<math><mi>{formula}</mi></math>")
    '<p>A <em>sum</em>: <span><math><mi>x</mi></math>.</span></p>\\n'
    """
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        display = found["display"] is not None
        held.append(typeset((found["display"] or found["inline"]).strip(), display))
        return f"\ufdd2{len(held) - 1}\ufdd3"

    plain = FORMULA.sub(hold, MARKER.sub("", text))
    plain = LINK.sub(lambda m: f"]({ADDRESSES[m['kind']]}{m['id']})", plain)
    return kept_together(_HELD.sub(lambda m: held[int(m[1])], _PARSER.render(plain)))


def kept_together(text: str) -> str:
    """Return HTML in which a formula and the signs that stand close to it are a span, which a page does not break.

    >>> kept_together("(<math>x</math>), or <math>y</math> is")
    '<span>(<math>x</math>),</span> or <math>y</math> is'
    """
    return _INLINE.sub(lambda m: f"<span>{m[0]}</span>" if m["opened"] or m["closed"] else m[0], text)


def formulas(text: str) -> Iterator[tuple[str, int]]:
    """Yield the formulas of prose and where they begin."""
    for found in FORMULA.finditer(text):
        yield (found["display"] or found["inline"]), found.start()


def links(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the links of prose: kind, id, and where they stand; kind "" is one that leads elsewhere."""
    for found in _ANY_LINK.finditer(FORMULA.sub(lambda m: " " * len(m[0]), text)):
        kind, colon, id = found["target"].partition(":")
        yield (kind, id, found.start()) if colon and kind in ADDRESSES else ("", found["target"], found.start())


def code(text: str) -> str:
    """Return a text as HTML code."""
    return f"<code>{escape(text)}</code>"


def begun(words: str) -> str:
    """Return words as the beginning of a sentence: a letter of mathematics stays the letter that it is.

    >>> begun("a sign was turned"), begun("xyᵀ stands for xᵀy"), begun("σ stands for σ²")
    ('A sign was turned', 'xyᵀ stands for xᵀy', 'σ stands for σ²')
    """
    first = words.split(" ", 1)[0]
    spoken = re.match(r"(?:[a-z]{2,}|a [a-z]{2})", words) and first.isascii() and first.strip(",:").isalpha()
    return words[:1].upper() + words[1:] if spoken and first not in FUNCTIONS else words
