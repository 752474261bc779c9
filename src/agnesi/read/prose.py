"""Loose text cut into formulas, declarations in words and facts, each with what the words before it say.

People write derivations as notes: mixed ASCII, Unicode and LaTeX, small words between formulas, numbering, comments.
`fragments` finds the formulas for the strict reader to read one by one, and never guesses: prose that is not
understood is dropped, and what looks like mathematics is always given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.bounds_told import bounded_before, only_finite
from agnesi.read.conditions import explains, markov_chain
from agnesi.read.edges import is_side, negated, place_before, plain, spoken_of, squeezed, trimmed, unsigned
from agnesi.read.english import DENIED, ENDS_OPEN, OPENING, ZERO, link_of, words
from agnesi.read.factorisations import is_factorised, told_of_factors
from agnesi.read.fragment import Fragment as Fragment
from agnesi.read.fragment_links import LEFT_NAME, ZERO_RIGHT, Links
from agnesi.read.joins import (
    ARROW,
    ARROW_SO,
    CONSTRAINED,
    PROBLEM,
    RANGE,
    SLOPE,
    constraints_of,
    sides_of,
    unworded,
    with_cases,
    with_ranges,
    without_conclusions,
)
from agnesi.read.latex_marks import wanted
from agnesi.read.laws import of_model
from agnesi.read.layout import Page, Row, page_of
from agnesi.read.lex import source_of
from agnesi.read.loose_tokens import RELATIONS
from agnesi.read.names import Item, Said
from agnesi.read.pieces import items_of
from agnesi.read.quantities import interruptions, with_quantities
from agnesi.read.sets_told import told_of_itself, without_quantors, without_set
from agnesi.read.shares import sharing
from agnesi.read.spoken import Spoken

_EQUALITY = re.compile(r"\bequality\b[^.;]*\b(?:at|iff|if|when|for|only|exactly)\b[^.;]*$", re.IGNORECASE)
_JOINING = words("which so that and get again also this hence thus therefore then")
_ENDED_BY = {",": ("suppose", "since"), ":": ("where", "suppose", "since")}
_LETTER = re.compile(r"(?<![\w\\^_])[A-Za-z]\d?(?![\w(])")
ALL_NUMBERS = re.compile(r"\ball (?:are |of them )?(?:scalars|(?:real )?numbers)\b")
_APPLIED = re.compile(r"([^\W\d_]\w{0,3})\s*\([^()=]{1,40}\)\s*=")
_DEPENDS = re.compile(r"\s*([^\W\d_]\w?)\s*=\s*(?=\1\s*\()\w{1,2}\s*\(([^\W\d_]\w{0,2})\)$")  # L = L(Y)
HELD = re.compile(r":.*\b(?:orthogonal|orthonormal|projection)\b")
MODEL = re.compile(r"\s*\S{1,8}\s*(?:[~∼]|\\sim(?![a-z]))\s*\\?\w{1,12}\s*\(.{1,60}\)\s*$")
OPENS = re.compile(r"(?:let|where|with|given|suppose|assume|for)$")
MAX_INTERRUPTED = 200  # remarks that are taken from formulas


def fragments(text: str) -> list[Fragment]:
    """Return the formulas, declarations and facts of a text in loose style, in the order of the text.

    Places refer to `text`, with its LaTeX macros expanded where it defines any; long blanks are shortened in formulas.
    """
    source, cuts = squeezed(without_quantors(source_of(text)))
    scan = _Scan(page_of(source))
    for row in scan.page.rows:
        scan.row(row)
    if not cuts:
        return scan.out
    return [replace(f, start=place_before(cuts, f.start), stop=place_before(cuts, f.stop)) for f in scan.out]


class _Scan(Links):
    """One pass over the rows of a page: what was said since the last fragment makes the link of the next."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.spoken = Spoken()
        self.interrupted = 0

    def row(self, row: Row) -> None:
        """Read one logical line."""
        page = self.page
        self.items = items_of(page, row.start, row.stop)
        if row.aside:
            self.aside(self.items)
            return
        self.uninterrupted(row)
        whole = with_quantities(page.text, without_conclusions(page.text, self.items))
        self.items = with_cases(page.text, with_ranges(page.text, whole), page.pieced)
        if not page.text[self.since : row.start].strip() or page.text.count("\n", self.since, row.start) > 3:
            self.since = row.start
        self.link = "claim" if row.claimed else ""
        words = [i for i in self.items if i.kind == "W"]
        self.alone = not words and sum(i.kind == "M" for i in self.items) == 1
        k, before = 0, len(self.out)
        while k < len(self.items):
            k = self.step(k, row)
        self.sums_to_one(row)
        if len(self.out) > before and ALL_NUMBERS.search(page.text, row.start, row.stop):
            self.numbers(self.out[before:], row)
        if len(self.out) > before and not ENDS_OPEN.search(page.text, max(self.since, row.stop - 40), row.stop):
            self.since = row.stop

    def sums_to_one(self, row: Row) -> None:
        """Declare weights that are said to sum to one."""
        found = sharing(self.page.text[row.start : row.stop], self.defined)
        if found is not None and "one-hot" not in self.page.text[row.start : row.stop].replace(" ", "-"):
            name, fact, at, end = found
            place = (row.start + at, row.start + end)
            self.give(Fragment("declaration", f"{name} : {fact}", *place, self.line_of(place[0]), "", (name,)))

    def uninterrupted(self, row: Row) -> None:
        """Take the remarks within a formula from it: E[X] (X ~ N(0, 1)) = 0."""
        text = self.page.text
        found = interruptions(text, self.items) if self.interrupted < MAX_INTERRUPTED else []
        for item in found:
            self.aside(items_of(self.page, item.start + 1, item.stop - 1))
            self.since = min(self.since, row.start)
            text = text[: item.start] + re.sub(r"[^\n]", " ", item.text) + text[item.stop :]
        if found:
            self.interrupted += len(found)
            self.page.text = text
            self.items = items_of(self.page, row.start, row.stop)

    def numbers(self, given: list[Fragment], row: Row) -> None:
        """Declare the letters of a line that says `all scalars` at its end, save those that it defines."""
        found = [n for f in given if f.kind == "formula" for n in _LETTER.findall(f.text)]
        names = tuple(n for n in dict.fromkeys(found) if n not in self.defined and n not in "de")
        if names:
            text = f"{', '.join(names)} : scalar"
            at = row.stop - 1
            self.give(Fragment("declaration", text, at, at + 1, self.line_of(at), "", names, "", "all scalars"))

    def step(self, k: int, row: Row) -> int:
        """Take in the item k; return the next."""
        item = self.items[k]
        if item.kind == "P":
            self.punctuation(item, k)
            return k + 1
        if item.kind == "A":
            name = spoken_of(self.items, k) or item
            inner = items_of(self.page, item.start + 1, item.stop - 1)
            held = self.spoken.bracketed(name.text, inner) if name.kind == "M" else []
            if held:
                self.declare(held, [name], name.start, item.stop)
                return k + 1
            self.aside(inner)
            return k + 1
        if item.kind == "M" or k == 0 or self.items[k - 1].kind != "M":
            said = self.spoken.at(self.items, k)
            if said is not None and self.link_now(item) not in ("so", "claim") and not self.known(said[0]):
                found, stop = said
                before = self.words(item.stop if item.kind == "W" else item.start)
                if not DENIED.search(before) or OPENS.match(item.text):
                    self.declare(found, self.items, item.start, self.items[stop - 1].stop)
                return stop
        if item.kind == "M":
            self.formula(k, item)
        elif item.kind == "W" and k and self.items[k - 1].kind == "M":
            if (told := of_model(self.spoken, self.items, k)) is not None:
                self.declare(told[0], [item], item.start, self.items[told[1] - 1].stop)
                return told[1]
        return k + 1

    def known(self, said: list[Said], aside: bool = False) -> bool:
        """Tell whether a formal declaration is about what was settled before, so that it is a claim."""
        known = self.defined | {n for f in self.out if not aside and HELD.search(f.text) for n in f.names}  # QᵀQ = I
        return any(s.kind == "declaration" and ":" not in s.text and set(s.names) & known for s in said)

    def punctuation(self, item: Item, k: int) -> None:
        """A sentence that ends takes its words with it, save that something was set to zero."""
        if item.text in ".;?":
            if not ZERO.search(self.words(item.start)):
                self.since = item.stop
            self.link = ""
        elif self.link in _ENDED_BY.get(item.text, ()) and not (item.text == "," and self.lasting):
            self.link = ""

    def formula(self, k: int, item: Item) -> None:
        """Give a formula: with a relation always, an expression where the words present one."""
        text = self.page.text
        start, stop = trimmed(text, item.start, item.stop)
        said = self.words(start)
        start, sign = unsigned(text, start, stop)
        said += sign
        if self.only_range(k, text[start:stop], item) or self.at_arrow(start, stop, said, k):
            return
        begins = bool(RELATIONS.match(text[start:stop]))
        if begins and (k or sign):
            start, stop, begins = self.after_sign(k, start, stop)
            said = self.words(start)
        piece = text[start:stop]
        for one, bound in bounded_before(self.items, k, piece):
            told = Fragment("formula", bound, one.start, one.stop, self.line_of(one.start), "suppose", said=plain(said))
            self.give(told)
        if not piece.strip(" \t+-−*/") or (begins and k == 0 and is_side(piece)) or self.depends(piece, start, stop):
            return
        if only_finite(piece) or explains(self.items, k, piece) or self.chain(piece, start, stop):
            self.since = stop
            return
        related = begins or (item.related and bool(RELATIONS.search(piece)))
        if related or self.presented(piece, said, k):
            self.stated(Fragment("formula", piece, start, stop, self.line_of(start), "", said=said), begins, k)

    def at_arrow(self, start: int, stop: int, said: str, k: int) -> bool:
        """Give ∂Q/∂μ = 0 -> μ = ... as two formulas, of which the second follows."""
        text = self.page.text
        arrow = ARROW_SO.match(text, start, stop) if ARROW.search(text, start, stop) else None
        if not arrow or re.search(r"\blim|\\lim", text[start:stop]):
            return False
        zero = ZERO_RIGHT.search(text[start : arrow.end(1)]) and SLOPE.match(text, start)
        said = "setting to zero" if zero else said
        while start >= 0:
            end = arrow.end(1) if arrow else stop
            self.stated(Fragment("formula", text[start:end], start, end, self.line_of(start), said=said), False, k)
            start, said = arrow.end() if arrow else -1, "so"
            arrow = ARROW_SO.match(text, start, stop) if arrow else None
        return True

    def stated(self, one: Fragment, begins: bool, k: int) -> None:
        """Give a formula with its link; a condition for equality is left out."""
        self.since = one.stop
        claimed, told = wanted(one.text)
        text = without_set(claimed).replace("\\mustbe", "       ")
        one = replace(one, text=text, stop=one.start + len(text), said=one.said + told)
        if _EQUALITY.search(one.said):
            return
        link = self.link_for(one.said, one.text, begins, k)
        if begins and link in ("", "so", "since", "where"):
            link = "continues"
        one = replace(one, link=link, said=plain(one.said))
        for part in self.parts(one):
            self.give(part)
        self.factors(one)
        name = LEFT_NAME.match(one.text)
        if name:
            self.defined.add(name[1])

    def factors(self, one: Fragment) -> None:
        """Declare what the name of a factorisation says: A = UΣVᵀ is an SVD."""
        text = self.page.text
        end = text.find("\n", one.stop)
        words = one.said + " " + text[one.stop : min(one.stop + 80, end if end >= 0 else len(text))]
        for kind, told, link, name in told_of_factors(one.text, words, text):
            self.give(Fragment(kind, told, one.stop - 1, one.stop, one.line, link, (name,)))

    def parts(self, one: Fragment) -> list[Fragment]:
        """Return a formula with the constraints that it states; `g(x) = A = a` supposed is g(x) = A and A = a."""
        text = one.text
        if PROBLEM.match(text) or CONSTRAINED.match(text):
            spans = [(*trimmed(text, a, unworded(text, a, b)), "suppose") for a, b in constraints_of(text)]
            return [one, *(self.part(one, *s) for s in spans if RELATIONS.search(text[s[0] : s[1]]))]
        name = _APPLIED.match(text)
        sides = sides_of(text) if name and one.link == "suppose" and name[1] not in self.defined else []
        if len(sides) != 3:
            return [one]
        (a, _), (b, c), (_, d) = sides
        return [self.part(one, *trimmed(text, a, c), "where"), self.part(one, *trimmed(text, b, d), "suppose")]

    def part(self, one: Fragment, start: int, stop: int, link: str) -> Fragment:
        """Return a part of a formula as a formula of its own."""
        return replace(one, text=one.text[start:stop], start=one.start + start, stop=one.start + stop, link=link)

    def only_range(self, k: int, piece: str, item: Item) -> bool:
        """Tell whether a formula is a range such as i = 1, ..., n, which only says over what another holds."""
        return bool(RANGE.match(piece) and self.link != "since" and item.related and self.after_formula(k))

    def depends(self, piece: str, start: int, stop: int) -> bool:
        """Give L = L(Y) as the fact that L is a function of Y, and A = Aᵀ ∈ ℝⁿˣⁿ as a declaration."""
        own = told_of_itself(piece) if self.link_now(Item("M", piece, start, stop)) not in ("so", "claim") else None
        if own is not None and own[0] not in self.defined:
            said = plain(self.words(start))
            self.give(Fragment("declaration", own[1], start, stop, self.line_of(start), "where", own[:1], said=said))
            self.since = stop
            return True
        found = _DEPENDS.match(piece)
        if found:
            said = plain(self.words(start))
            self.give(Fragment("fact", "", start, stop, self.line_of(start), "where", found.groups(), "function", said))
            self.since = stop
        return bool(found)

    def chain(self, piece: str, start: int, stop: int) -> bool:
        """Give a Markov chain A → B → C as the fact that A and C are independent given B."""
        line = self.page.text[max(0, start - 40) : stop + 40]
        held = markov_chain(piece, line, self.page.text)
        for names in held:
            fact = "conditionally independent"
            self.give(Fragment("fact", "", start, stop, self.line_of(start), "suppose", names, fact, "Markov chain"))
        return bool(held)

    def after_formula(self, k: int) -> bool:
        """Tell whether a range such as i = 1, ..., n only says over what a formula holds."""
        before = self.items[k - 1] if k else None
        return before is not None and (before.kind == "W" or (k > 1 and self.items[k - 2].kind == "M"))

    def after_sign(self, k: int, start: int, stop: int) -> tuple[int, int, bool]:
        """A sign after a word: LHS = ..., "the gradient = ...": what follows the sign is an expression of that."""
        text = self.page.text
        before = self.items[k - 1] if k else None
        if before is None or before.kind != "W" or before.text in _JOINING:
            return start, stop, True
        sign = RELATIONS.match(text, start, stop)
        assert sign is not None
        return *trimmed(text, sign.end(), stop), False

    def declare(self, said: list[Said], items: Sequence[Item], start: int, stop: int) -> None:
        """Give declarations and facts."""
        words = self.words(start) + self.page.text[start:stop]
        opened = next((i.start for i in items if i.kind == "M" and i.start >= start), stop)
        inside = [i.text for i in items if i.kind == "W" and start <= i.start < opened]
        link = next((OPENING[w] for w in inside[:3] if w in OPENING), "") or link_of(self.words(start)) or self.link
        for one in said:
            text = self.page.text[start:stop] if one.kind == "formula" else one.text
            line, told = self.line_of(start), plain(words)
            self.give(Fragment(one.kind, text, start, stop, line, link, one.names, one.fact, told))
        self.link = link
        self.since = stop

    def aside(self, items: list[Item]) -> None:
        """A comment: declarations and facts in it are taken, formulas are not."""
        k = 0
        while k < len(items):
            item = items[k]
            if item.kind != "P" and (item.kind == "M" or k == 0 or items[k - 1].kind != "M"):
                found = self.spoken.at(items, k)
                if found is not None and not self.known(found[0], True) and not negated(items, k):
                    self.declare(found[0], items, item.start, items[found[1] - 1].stop)
                    k = found[1]
                    continue
            if item.kind == "M" and len(items) == 1 and is_factorised(item.text):
                self.stated(Fragment("formula", item.text, item.start, item.stop, self.line_of(item.start),
                                     said=self.words(item.start)), False, 0)
            if item.kind == "M" and MODEL.match(item.text):
                self.give(Fragment("model", item.text, item.start, item.stop, self.line_of(item.start), "suppose"))
            k += 1
        if items:
            self.since = max(self.since, items[-1].stop)
