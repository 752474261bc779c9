"""The units of a document judged one after the other: each with what was said before it, as far as that matters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from agnesi.check.report import Judged, Report
from agnesi.check.settings import Findings
from agnesi.check.worlds import has_chance
from agnesi.checking import check_within
from agnesi.documents.cache import Cache, key_of
from agnesi.documents.context import Context, Told, defined_names
from agnesi.documents.names import names_in, names_of, names_spoken
from agnesi.documents.records import Document
from agnesi.documents.report import Repair
from agnesi.documents.units import Unit, defined_anew
from agnesi.errors import AgnesiError
from agnesi.expr.clock import now, over, within
from agnesi.read.prose import fragments
from agnesi.show_report import details_of, evidence_of, reading_of

TELLS = ("declaration", "fact", "definition", "model", "condition")
_HELD = re.compile(r"(?i)\b(?:let|assume|assuming|suppose|throughout|denote|from now on|set|write|define)\b")
_MOMENT = re.compile(  # of one letter: what is said of a noise holds for its section
    r"\s*(?:\\mathbb\s*\{?\s*E\s*\}?|\\(?:operatorname|mathrm|text)\s*\{\s*(?:E|Var|Cov)\s*\}|[E𝔼]|Var|Cov)\s*"
    r"[\[({]\s*\\?[A-Za-zεηξν]\w*(?:_\{?\w\}?)?\s*[\])}]\s*=(?!=)"
)
_NOISY = re.compile(r"\s*[a-z]\s*=[^=]*\+\s*(?:\\(?:var)?epsilon|\\eta|\\xi|\\nu|[εηξν])\s*$")  # y = Xβ + ε
_CASE = re.compile(  # what is said of a case holds in its sentence only
    r"(?i)\b(?:(?:case|if|when|whenever|unless)\b[^.;:=]{0,40}|(?:for|at)[\s$(]*)$"
)
_LEFT = re.compile(
    r"\s*\(?\s*(\\?[^\W\d_][\w{}\\^']{0,24}?)\s*(?P<at>\([^=]{0,40}?\))?\s*&?\s*(?::=|=|≔|\\coloneqq|\\triangleq)"
)
_MADE = re.compile(r"\s*(\\?[^\W\d_]+(?:_\{?\w+\}?)?)\s*(?:\([^=()]{0,40}\))?\s*:?=(?!=)")  # f = ..., g(x, y) = ...
_BESIDE = re.compile(r"(?i)(?:\b(?:for|if|when|where|whenever|provided(?: that)?|as long as)|\$\s*[,(]|\()\s*\$?\s*\Z")
_HEAD = r"(?:\\(?:mathrm|mathsf|mathcal|mathbf|text|operatorname)\{\w+\}|\\?\w+)(?:_\{?\\?\w+\}?)?"  # \mathrm{RSS}
_FIRST = re.compile(_HEAD + r"\([^()=]{1,30}\)\s*&?\s*=[^=<>$]{1,300}(?==\s*\S)")  # f(x) = a = b
_UNLET = re.compile(r"(?i)\A(?:let|assume|assuming|suppose|where|with|given)\s+(?:that\s+)?")
_LIMIT = re.compile(r"→|\\(?:long)?(?:to|rightarrow)\b")
_SAYS = re.compile(r"\s*(?:is|are|be|has|have)\b")
_CLAIMED = re.compile(
    r"(?i)\b(?:so|hence|thus|therefore|then|shows?|follows?|prove|proves|conclude|claim|verify|have|has|get|obtain|gives?"
    r"|yields?|holds?|find|equals)\b"
)
_SPOKEN = re.compile(
    r"(?i)\b(?:let|where|with|given|assume|assuming|suppose|denote|is|are|be|for|vector|matrix|symmetric|independent"
    r"|random|scalar|positive|throughout)\b"
)
LEAST, OTHERS = 1.0, 2.0  # seconds for another context at least, and times as much as the first took
CUT_SHORT = "It takes too long in this context."
ENOUGH = 4.0  # seconds of processor time for a unit, after which no other context is tried
ALONE = 300  # letters of a formula that is tried by itself
HELD = ("proved", "tested")
NEAR = 90  # letters before a formula in which words say what it is


@dataclass(frozen=True)
class Found:
    """What a unit gave: its statements with places in its own text, what it tells, and how its letters were read."""

    statements: tuple[dict[str, Any], ...]
    told: tuple[Told, ...]
    read_as: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return plain data for the cache."""
        return {"statements": list(self.statements), "told": [t.data() for t in self.told], "read_as": self.read_as}

    @staticmethod
    def of(data: dict[str, Any]) -> Found:
        """Return what `data` was made of."""
        told = tuple(Told(kind, text, tuple(names)) for kind, text, names in data["told"])
        return Found(tuple(data["statements"]), told, tuple(data["read_as"]))


def judged_units(
    document: Document, every: Iterable[Unit], dialect: str, diagnose: bool, cache: Cache
) -> Iterator[tuple[Found, bool]]:
    """Yield what each unit gives in the context of those before it, and whether the cache had it."""
    context = Context(document)
    for unit in every:
        found, hit = _found(unit, context, dialect, diagnose, cache)
        context.add(unit.place, found.told)
        yield found, hit


def names_of_unit(unit: Unit) -> frozenset[str]:
    """Return the names in the formulas of a unit, and what may be one in its words."""
    out, at = set[str](), 0
    for start, stop in (*unit.spans, (len(unit.text), len(unit.text))):
        out |= names_spoken(unit.text[at:start]) | names_in(unit.text[start:stop])
        at = stop
    return frozenset(out)


def _found(unit: Unit, context: Context, dialect: str, diagnose: bool, cache: Cache) -> tuple[Found, bool]:
    """Return what a unit gives, from the cache where it was judged before in the same context."""
    if not unit.spans:
        return Found((), tuple(_spoken(unit))), False
    names = names_of_unit(unit)
    scoped, wide = context.in_scope(unit.place, names), context.anywhere(unit.place, names)
    key = key_of(unit.text, unit.spans, [t.data() for t in scoped], [t.data() for t in wide], dialect, diagnose)
    held = cache.get(key)
    if held is not None:
        return Found.of(held), True
    found = _Attempt(unit, dialect, diagnose, names).best(context, scoped, wide)
    cache.put(key, found.data())
    return found, False


@dataclass
class _Attempt:
    """The readings of one unit in several contexts."""

    unit: Unit
    dialect: str
    diagnose: bool
    names: frozenset[str]
    seen: dict[tuple[Told, ...], Report | str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    begun: float = field(default_factory=now)
    limit: float = inf  # seconds for the next context: none is worth much more than the first took

    def best(self, context: Context, scoped: Sequence[Told], wide: Sequence[Told]) -> Found:
        """Return the judgement in the context in force; of what fails, in that of the whole document."""
        anew = defined_anew(self.unit.text) | _opening(self.unit)
        scoped, wide = (
            [t for t in some if t.kind != "definition" or t.names[0] not in anew] for some in (scoped, wide)
        )
        used = tuple(scoped)
        report = self.report(used)
        if self.time() and (again := redefined(report, self.text(used), used)):
            other_told = tuple(context.in_scope(self.unit.place, self.names, again | anew))
            if self.better(self.report(other_told), report):
                used, report = other_told, self.report(other_told)
        if self.time() and self.helps(report, set(wide) - set(scoped), set(scoped) - set(wide)):
            other = self.report(tuple(wide), _rank(report)[1] - 1 if not _rank(report)[0] else inf)
            if self.time() and (again := redefined(other, self.text(tuple(wide)), wide)):
                other_told = tuple(context.anywhere(self.unit.place, self.names, again | anew))
                if self.better(self.report(other_told), other):
                    wide, other = other_told, self.report(other_told)
            if _rank(other) < _rank(report) and not _lost(other, report):
                used, report = tuple(wide), other
        return self.of(report, used)

    def time(self) -> bool:
        """Tell whether there is time for one more context."""
        return now() - self.begun < ENOUGH

    def better(self, new: Report | str, old: Report | str) -> bool:
        """Tell whether the letters that seem to be told anew are: less fails, or what was a condition defines them."""
        if _rank(new) < _rank(old) or isinstance(new, str) or isinstance(old, str):
            return _rank(new) < _rank(old)
        solved = any(s.role == "condition" and _LEFT.match(s.text) for s in old.statements)
        explained = all(s.diagnosis for s in new.statements if s.verdict == "refuted" and not s.carries)
        return solved and (_rank(new) == _rank(old) or explained)

    def helps(self, report: Report | str, more: set[Told], less: set[Told]) -> bool:
        """Tell whether something fails that another context has to do with, directly or through other lines."""
        if isinstance(report, str):
            return bool(more or less)
        failed = [names_in(s.text) for s in report.statements if s.verdict in ("refuted", "not read")]
        about = frozenset[str]().union(*failed)
        for _ in range(2 if failed else 0):
            linked = [names_in(s.text) for s in report.statements if about.intersection(names_in(s.text))]
            about = about.union(*linked)
        return any(about.intersection(t.names) for t in more | less)

    def text(self, told: Sequence[Told]) -> str:
        """Return what is told, a line each, with an empty line after it."""
        return "".join(f"{said(one)}\n" for one in told) + ("\n" if told else "")

    def report(self, told: tuple[Told, ...], most_unread: float = inf) -> Report | str:
        """Return the report of the unit in a context, or why there is none: more is not read than is of use."""
        if told not in self.seen:
            before = self.text(told)
            spans = [(0, len(before)), *((a + len(before), b + len(before)) for a, b in self.unit.spans)]
            begun = now()
            try:
                with within(self.limit):
                    found = check_within(
                        before + self.unit.text, spans, dialect=self.dialect, diagnose=self.diagnose,
                        findings=self.findings, most_unread=most_unread,
                    )
                    self.seen[told] = CUT_SHORT if over() else found  # what is cut short finds less
                if found.first_wrong is None:  # what is called wrong is worth all the time that another context takes
                    self.limit = min(self.limit, max(LEAST, OTHERS * (now() - begun)))
            except AgnesiError as error:
                self.seen[told] = str(error)
            except (RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AssertionError) as error:
                self.seen[told] = f"Agnesi itself failed here ({type(error).__name__}: {error}). Please report it."
        return self.seen[told]

    def alone(self, one: Judged) -> Judged:
        """Return a statement that is not read here as it is judged by itself, if it holds for all letters.

        A law such as (AB)C = A(BC) uses letters for which the text has other meanings: C = AB.
        """
        if one.verdict != "not read" or one.role != "claim" or not self.time() or len(one.text) > ALONE:
            return one
        if has_chance(*one.sides):  # what it is about stands in the text
            return one
        try:
            report = check_within(f"${one.text.strip(' ,.;')}$", None, dialect=self.dialect, diagnose=False)
        except (AgnesiError, RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AssertionError):
            return one
        found = [s for s in report.statements if s.verdict is not None]
        if len(found) != len(report.statements) or not found or any(s.verdict not in HELD for s in found):
            return one
        note = "its letters are read anew: " + ", ".join(report.read_as)
        return replace(one, verdict=found[0].verdict, evidence=found[0].evidence, sides=found[0].sides,
                       relations=found[0].relations, note=note)

    def of(self, report: Report | str, told: Sequence[Told]) -> Found:
        """Return the statements of the unit itself and what it tells."""
        if isinstance(report, str):
            start = self.unit.spans[0][0]
            stop = self.unit.spans[-1][1]
            text = " ".join(self.unit.text[start:stop].split())
            failed = {"text": text, "role": "claim", "verdict": "not read", "evidence": report, "place": [start, stop]}
            return Found((failed,), ())
        before = self.text(told)
        own = [s for s in report.statements if s.place[0] >= len(before)]
        data = tuple(_data(self.alone(s), len(before)) for s in own)
        tells = tuple(t for s in own for t in told_by(s, before + self.unit.text, self.unit.exercise > 0))
        return Found(data, tells, (*report.read_as, *report.notes))


def _opening(unit: Unit) -> set[str]:
    """Return what the formulas that open a paragraph give a meaning to: "x = r cos θ, y = r sin θ, where ..."."""
    out, at = set[str](), 0
    for start, stop in unit.spans:
        found, piece = _MADE.match(unit.text, start, stop), unit.piece_at(start)
        joined = unit.text[at:start].replace("$", " ").strip(" ,\n") in ("", "and")
        if found is None or piece is None or piece.kind == "display" or not joined:
            break
        if names_in(unit.text[found.end() : stop]):
            out |= set(defined_names(found[1]))
        at = stop
    return out


def said(one: Told) -> str:
    """Return a statement as it is handed on: a definition as one."""
    closed = one.text.count("$") % 2
    return f"Let ${one.text}{'' if closed else '$'}." if one.kind == "definition" else f"Let {one.text}."


def _rank(report: Report | str) -> tuple[int, int]:
    """Return what makes one judgement better than another: fewer lines wrong, then fewer not read."""
    if isinstance(report, str):
        return (1_000, 0)
    verdicts = [s.verdict for s in report.statements]
    return (verdicts.count("refuted"), verdicts.count("not read"))


_CASE = re.compile(r"\\?\w+\s*=\s*\d+")  # "for k = 2" is a case rather than a claim


def _lost(other: Report | str, report: Report | str) -> bool:
    """Tell whether a judgement only reads less than another: what was wrong is not read there, and more besides."""
    if isinstance(other, str) or isinstance(report, str):
        return False
    wrong = {s.text for s in report.statements if s.verdict == "refuted" and not _CASE.fullmatch(s.text.strip())}
    unread = [s.text for s in other.statements if s.verdict == "not read"]
    return bool(wrong) and wrong <= set(unread) and len(unread) > sum(_rank(report))


_MODELLED = re.compile(r"[~∼|]|\\sim|\\mid")


def redefined(report: Report | str, before: str, told: Sequence[Told]) -> set[str]:
    """Return the names that a unit gives a new meaning: an `f(x) = ...` that does not hold and that nothing claims."""
    if isinstance(report, str):
        return set()
    known = {n for one in told for n in one.names[:1] if one.kind != "declaration"}
    found = set[str]()
    for s in report.statements:
        if s.role == "model" and s.place[0] >= len(before):  # y ~ Bernoulli(φ), where y was θᵀx + ε before
            found.update(known.intersection(names_in(_MODELLED.split(s.text)[0])))
        fails = s.verdict in ("refuted", "not read") or s.role == "condition"
        name = _LEFT.match(s.text) if s.place[0] >= len(before) and fails and s.role != "step" else None
        valued = name is not None and name["at"] and not names_in(name["at"])  # f(2) = 4 is no definition
        if name and not valued and known.intersection(defined_names(name[1])):
            words = report.source[max(len(before), s.place[0] - NEAR) : s.place[0]].rpartition(".")[2]
            if not _CLAIMED.search(words):
                found.update(defined_names(name[1]))
    return found


def told_by(one: Judged, source: str, local: bool = False) -> Iterator[Told]:
    """Yield what a statement tells the rest of its section; in a `local` scope, an exercise, also for one case."""
    chained = one.role == "definition" and one.verdict in ("proved", "tested")
    if one.role not in TELLS or (one.verdict is not None and not chained):
        return
    text = " ".join(one.text.split()).strip(" ,.;&")
    if chained:
        text = _defining(text)
    line = source[max(0, one.place[0] - NEAR) : one.place[0]].rpartition(".")[2]
    if one.role in ("declaration", "fact"):
        beside = _BESIDE.search(line) and not _HELD.search(line)  # (...) for x > 0 is about what it stands beside
        if _LIMIT.search(text) and ":" not in text:  # λ → ∞, f maps ℝⁿ → ℝ: said of its sentence
            return
        if one.role == "fact" or ":" in text or not beside:
            yield from _declared(one, _UNLET.sub("", text))
        return
    if one.role == "definition" and not local and _CASE.search(line) and not _HELD.search(line):
        return
    if one.role == "condition" and _NOISY.match(text):
        yield Told("definition", text, defined_names(text))
        return
    if one.role == "condition":
        if _HELD.search(line) or _MOMENT.match(text):
            yield Told("condition", text, tuple(sorted(names_in(text))))
        return
    written = " ".join(source[one.place[0] : one.place[1]].split())
    if "$" in written and " if " in written:  # by cases in words: 1 if x > 0 and 0 otherwise
        text = written if written.count("$") % 2 else written + "$"
    if names := defined_names(text):
        yield Told(one.role, text, names)


def _defining(text: str) -> str:
    """Return f(x) = a of f(x) = a = b; nothing for another definition that was judged."""
    found = _FIRST.match(text)
    return found[0].strip() if found else ""


def _declared(one: Judged, text: str) -> Iterator[Told]:
    """Yield what a declaration or a fact tells, each name of a list by itself."""
    if text.count("$") % 2:  # the formula that it begins or ends with was cut at its dollar
        text = "$" + text if _SAYS.match(text.rpartition("$")[2]) else text + "$"
    head, colon, rest = text.partition(":")
    given = [names_of(n, apart=False)[:1] for n in one.names] or [names_of(head)]
    names = tuple(dict.fromkeys(n for some in given for n in some))
    if colon and one.role == "declaration" and len(names) > 1 and "," in head:
        for name in head.split(","):
            if known := names_of(name, apart=False)[:1]:
                yield Told("declaration", f"{name.strip()} :{rest}", tuple(known))
    elif names:
        yield Told(one.role, text, names)


def _spoken(unit: Unit) -> Iterator[Told]:
    """Yield what prose without formulas declares: the matrix A is symmetric."""
    if not _SPOKEN.search(unit.text):
        return
    for one in fragments(unit.text):
        if one.kind in ("declaration", "fact") and one.names:
            text = one.text if one.kind == "declaration" else " ".join(unit.text[one.start : one.stop].split())
            names = [n for name in one.names for n in names_of(name, apart=False)[:1]]
            yield Told(one.kind, _UNLET.sub("", text), tuple(names))


def _data(one: Judged, before: int) -> dict[str, Any]:
    """Return a judged statement as plain data, with its place in the text of the unit."""
    place = [one.place[0] - before, one.place[1] - before]
    return {**fields_of(one), "repairs": [vars(r) for r in repairs_of(one)], "place": place}


def fields_of(one: Judged) -> dict[str, Any]:
    """Return what a `Statement` says of a judged one, save its place and repairs."""
    return {
        "text": " ".join(one.text.split()), "role": one.role, "verdict": one.verdict, "evidence": evidence_of(one),
        "details": details_of(one), "repaired": one.diagnosis.repaired if one.diagnosis else "",
        "carries": bool(one.carries), "reading": reading_of(one),
    }


def repairs_of(one: Judged) -> tuple[Repair, ...]:
    """Return the right lines that were found for a wrong one, the simplest first."""
    every = (one.diagnosis, *one.others) if one.diagnosis is not None else ()
    return tuple(Repair(d.repaired, d.latex, d.ascii) for d in every if d.repaired)
