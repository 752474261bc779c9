"""Typesetting for the study app: expressions and relations as MathML with the shape of every part, and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from agnesi.course.curriculum import curriculum
from agnesi.dialects import Dialect, dialects
from agnesi.expr.nodes import Apply, Expr
from agnesi.write import write

OUTER = re.compile(r"^\s*<math[^>]*>|</math>\s*$")
SECTION = re.compile(r"(?P<book>[A-Za-z]+)\s+(?:(?:section|chapter)\s+)?(?P<section>[\dA-Z]+(?:\.\d+)*)")
WEEK = re.compile(r"Imperial (?P<course>LA|MVC) W(?P<week>\d)")
COURSES = {"LA": "impla", "MVC": "impcalc"}
PART = re.compile(r"[^\W\d_]_\w+|[a-z]{3,}|[^\W\d_]|\d+|.")  # of a name: a letter with its index, a word, a sign
Spans = Mapping[Expr, tuple[int, int]]


def whole(inside: str) -> str:
    """Return MathML from the elements inside it."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inside}</math>'


def inner(expr: Expr, dialect: str | Dialect = "agnesi", spans: Spans | None = None, **more: Any) -> str:
    """Return the MathML of an expression without the outer element."""
    return OUTER.sub("", write(expr, "mathml", dialect, spans, **more))


def mathml(expr: Expr, dialect: str | Dialect = "agnesi", spans: Spans | None = None) -> str:
    """Return an expression as one MathML element: in the layout and letters of a dialect, with `data-shape`."""
    return write(expr, "mathml", dialect, spans)


def relation(
    sides: Sequence[Expr], signs: Sequence[str], dialect: str = "agnesi", spans: Spans | None = None,
    goes_on: bool = False,
) -> str:
    """Return a chain a = b ≤ c as one MathML element; one that goes on from the line above begins with its sign."""
    parts = [] if goes_on else [inner(sides[0], dialect, spans)]
    for sign, side in zip(signs, sides[1:], strict=False):
        parts += [f"<mo>{escape(sign)}</mo>", inner(side, dialect, spans)]
    return whole("".join(parts))


def chained(chain: Sequence[Expr]) -> tuple[list[Expr], list[str]]:
    """Return the sides of a chain of relations and the signs between them."""
    links = [one for one in chain if isinstance(one, Apply) and len(one.args) == 2]
    if not links:
        return [], []
    return [links[0].args[0], *(one.args[1] for one in links)], [one.op.unicode or one.op.name for one in links]


def named(text: str) -> str:
    """Return a short name such as ∇f or ∂f/∂x as MathML."""
    return whole(name_of(text))


def name_of(text: str) -> str:
    """Return a short name as MathML without the outer element: letters one by one, words as they are.

    >>> name_of("df/dx")
    '<mfrac><mrow><mi>d</mi><mi>f</mi></mrow><mrow><mi>d</mi><mi>x</mi></mrow></mfrac>'
    """
    top, bar, below = text.partition("/")
    if bar and below:
        return f"<mfrac><mrow>{name_of(top)}</mrow><mrow>{name_of(below)}</mrow></mfrac>"
    return "".join(_letter(found[0]) for found in PART.finditer(text) if found[0].strip())


def _letter(part: str) -> str:
    head, low, tail = part.partition("_")
    if low and head and tail:
        return f"<msub><mi>{escape(head)}</mi><mi>{escape(tail)}</mi></msub>"
    if part[0].isalpha() or part in "∇∂":
        return f"<mi>{escape(part)}</mi>"
    return f'<mo stretchy="false">{escape(part)}</mo>'


@cache
def concepts_at(source: str) -> tuple[dict[str, str], ...]:
    """Return the concepts that a section teaches, as id and name: of "MML 5.2.1" those of 5.2.1, else of 5.2.

    >>> concepts_at("MML 2.3.3")[0]["id"]
    'gauss-elim'
    """
    resource, section = place_of(source)
    concepts = curriculum().concepts.values()
    while section:
        found = [c for c in concepts if any(t.resource == resource and t.section == section for t in c.taught)]
        if found:
            return tuple({"id": c.id, "name": c.name} for c in found[:4])
        section = section.rpartition(".")[0]
    return ()


def place_of(source: str) -> tuple[str, str]:
    """Return the resource and the section that a source such as "MML 5.2.1" names; empty where it is another book."""
    week = WEEK.search(source)
    if week:
        return COURSES[week["course"]], week["week"]
    found = SECTION.match(source)
    if not found or found["book"].lower() not in dialects:
        return "", ""
    return found["book"].lower(), found["section"]
