"""One reading of a text, judged: its fragments as lines, what is known of chance, and the verdict of each claim."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agnesi.check.chances import chance_of_lines, facts_named
from agnesi.check.chances_told import Spoken, domains_told, spoken_facts, spreads_told, with_twins
from agnesi.check.coordinates import with_inverse_slopes
from agnesi.check.course import Entry
from agnesi.check.derivations import judged
from agnesi.check.layouts import layouts_in
from agnesi.check.report import Judged
from agnesi.check.settings import Findings, Setting
from agnesi.check.shapes import with_one_size, with_same_sizes
from agnesi.check.spectra import with_symmetric
from agnesi.check.tacit import distributions_in
from agnesi.check.told import told_by
from agnesi.check.worlds import has_chance
from agnesi.check.worlds_states import bared, lifted
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbols_of
from agnesi.read.lines import Group, Lines, Piece, read_lines
from agnesi.read.moments_told import moments_told
from agnesi.read.noise_told import with_noise
from agnesi.read.numbered_arguments import vectors_told
from agnesi.read.prose import Fragment
from agnesi.read.samples import with_samples
from agnesi.read.units_told import unit_of
from agnesi.read.vocabulary import Definition

THIN = re.compile(r"(?i)\b(?:orthonormal columns|columns (?:are )?orthonormal|tall|wide|rectangular)\b")
LIMIT = re.compile(r"(?:sum|∑|Σ|prod|∏)_\{?\w\s*=\s*1\}?\s*\^\{?([A-Za-z])(?!\w)")  # sizes that are told apart
SIZES = re.compile(r"×|∈|\\in(?![a-z])|\\times|ℝ|R\^|:.*\d|\w x \w|\bby\b|: *[a-zA-Z](?: |$)")
BOUND = re.compile(r"[^=<>≤≥≠]+(?:!=|[<>≤≥≠]=?|\\(?:leq?|geq?|neq?|ne)(?![a-z]))[^=<>≤≥≠]+")  # r ≠ 1, 0 < p
LISTED = (",", "and", ", and")  # between the conditions of a claim
SENTENCE = re.compile(r"(?<![ .][a-zA-Z])(?<!\s\d)[.?!]\$*\s")  # not that of e.g.


@dataclass(frozen=True)
class GivenText:
    """A text with its fragments, what is in force from the start, and how it is to be read.

    `ways` are those of `read_lines`; `doubtful` are lines that are not called wrong, by place, with the reason;
    `findings` what was found of claims in other readings.
    """

    source: str
    found: tuple[Fragment, ...]
    layout: str
    declarations: Mapping[str, Symbol]
    definitions: Mapping[str, Definition] | None
    ways: tuple[str, ...] = ()
    doubtful: Mapping[tuple[int, int], str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True)
class Judgement:
    """The statements as judged, how they were read, and under what."""

    statements: Sequence[Judged]
    lines: Lines
    setting: Setting
    given: GivenText
    entries: Sequence[Entry]
    declared: frozenset[str]
    told: Sequence[Expr]

    def again(self, doubtful: Mapping[tuple[int, int], str]) -> Judgement:
        """Return the judgement in which more lines are doubtful: what was found of a claim is kept."""
        given = replace(self.given, doubtful={**self.given.doubtful, **doubtful})
        setting = replace(self.setting, doubtful=given.doubtful)
        statements = judged(self.entries, setting, self.declared, self.told)
        return replace(self, statements=statements, setting=setting, given=given)


@dataclass(frozen=True)
class TextRead:
    """A text as it is read: its lines (`raw`, as they were written), its formulas, and what its words say."""

    given: GivenText
    raw: Lines
    lines: Lines
    formulas: Sequence[Fragment]
    spoken: Sequence[str]
    said: Sequence[Spoken]


def as_read(lines: Lines) -> list[object]:
    """Return what tells one reading of lines from another: their formulas, or why they are none."""
    return [line.groups if line.error is None else str(line.error) for line in lines.lines]


def judged_text(given: GivenText) -> Judgement:
    """Read the fragments of a text and judge them."""
    return judgement_of(text_read(given))


def text_read(given: GivenText) -> TextRead:
    """Read the fragments of a text."""
    source, found, declarations = given.source, given.found, given.declarations
    added = with_samples(source, with_noise(source, found), moments_told(source))
    found = added.fragments
    formulas = [f for f in found if f.kind in ("formula", "model")]
    pieces = [piece_of(f) for f in formulas]
    spoken = [
        f.text for f in found
        if f.kind == "declaration" and not names_density(f, source) and not follows_definition(f, found)
    ]
    spoken = [t for t in spoken if t.split(" ")[0] not in added.sizes]
    spoken += [*added.declarations, *(t for t in vectors_told(source, found) if t[0] not in declarations)]
    raw = read_lines(source, pieces, spoken, declarations, given.definitions, given.ways)
    lines = with_inverse_slopes(with_symmetric(with_states_free(with_same_sizes(raw)), source))
    return TextRead(given, raw, lines, formulas, spoken, spoken_facts(found, source, added.facts))


def judgement_of(reading: TextRead) -> Judgement:
    """Judge a text as it is read."""
    given, formulas, said = reading.given, reading.formulas, reading.said
    source, lines = given.source, _with_unsized(reading)
    held: set[int] = set()
    derived = {f.start for f in formulas if f.link in ("so", "claim")}
    chance = chance_of_lines(lines, said, held, derived)
    twins = spreads_told(chance) if random_in(lines) else domains_told(chance)
    if twins:
        lines = with_twins(lines, twins)
        chance = chance_of_lines(lines, said, held, derived)
    unit = unit_of(source)
    chance = replace(chance, bits=chance.bits or unit == "bit", nats=unit == "nat")
    setting = Setting(
        layout=given.layout, chance=chance, small=facts_named(said, "small"),
        large=facts_named(said, "large"), instances=lines.instances,
        constrained=lines.instances if lines.constrained else frozenset(),
        differentials=frozenset(differentials_in(lines)),
        loose_sizes=not THIN.search(source) and len(set(LIMIT.findall(source))) < 2,
        sized=frozenset(sized_in(lines, reading.spoken)),
        layouts=layouts_in(g for line in lines.lines if line.error is None for g in line.groups),
        found=given.findings, doubtful=given.doubtful,
    )
    entries = entries_of(lines, formulas, source)
    entries = [replace(e, link="given") if e.line.piece.start in held else e for e in entries]
    declared = frozenset((set(lines.symbols) - set(lines.inferred)) | chance.parameters())
    sides = [side for line in lines.lines if line.error is None for g in line.groups for side in g.sides]
    told = [*told_by(said, lines, random_in(lines)), *distributions_in(sides, source)]
    return Judgement(judged(entries, setting, declared, told), lines, setting, given, entries, declared, told)


def _with_unsized(reading: TextRead) -> Lines:
    """Return the lines of a reading, those whose shapes do not fit with what they say where all sizes are one."""
    pieces = [piece_of(f) for f in reading.formulas]
    sized = with_one_size(reading.given.source, pieces, reading.raw)
    if sized is reading.raw:
        return reading.lines
    pairs = zip(reading.lines.lines, sized.lines, strict=True)
    return replace(reading.lines, lines=tuple(replace(line, unsized=one.unsized) for line, one in pairs))


def with_states_free(lines: Lines) -> Lines:
    """Return lines in which p(z = k) with a free k is a tensor over k, as π_k is."""
    def made(group: Group) -> Group:
        if not has_chance(*group.sides):
            return group
        return Group((bared(group.sides[0]), *(lifted(s) for s in group.sides[1:])), group.ops) if (
            len(group.sides) > 1 and not has_chance(group.sides[0])
        ) else Group(tuple(lifted(s) for s in group.sides), group.ops)

    return replace(lines, lines=tuple(replace(li, groups=tuple(map(made, li.groups))) for li in lines.lines))


def random_in(lines: Lines) -> set[str]:
    """Return the names that stand in lines with expectations, probabilities and the like."""
    groups = [g for line in lines.lines if line.role != "model" for g in line.groups]
    return {s.name for g in groups if has_chance(*g.sides) for s in symbols_of(*g.sides)}


def names_density(fragment: Fragment, source: str) -> bool:
    """Tell whether words declare what the text uses otherwise: q of q(z) as a vector, k of k | θ ~ Bin(n, θ) as a size.

    Neither is i of "coin i with probability 1/3".
    """
    name = re.split(r"\s*[:∈]", fragment.text)[0].strip()
    if len(name) != 1:
        return False
    if "probability" in fragment.text:
        return f"{name}(" in source or name in "ijkn"
    drawn = rf"(?<!\w){name}\s*(?:\|[^|~\n]{{1,20}})?~|[pPq]\(\s*{name}\s*[|)]|\|\s*{name}\s*[)\]~]"
    return "ℕ" in fragment.text and re.search(drawn, source) is not None


def follows_definition(one: Fragment, found: Sequence[Fragment]) -> bool:
    """Tell whether a declaration says a fact of a name that a formula before has settled: S = ..., S is symmetric."""
    name, _, facts = (part.strip() for part in one.text.partition(":"))
    if not facts or SIZES.search(one.text) or not all(w.isalpha() for w in facts.split()):
        return False
    settled = re.compile(rf"\s*{re.escape(name)}\s*:?=(?!=)")
    made = next((f for f in found if f.kind == "formula" and f.start < one.start and settled.match(f.text)), None)
    if made is None:
        return False
    return not any(f.kind == "declaration" and name in f.names and f.start <= made.start for f in found)


def differentials_in(lines: Lines) -> set[str]:
    """Return the names of the symbols whose differentials are written: X where dX stands."""
    sides = [s for line in lines.lines for g in line.groups for s in g.sides]
    heads = [n for n in postorder(*sides) if isinstance(n, Apply) and n.op.name == "d"]
    return {n.args[0].name for n in heads if isinstance(n.args[0], Symbol)}


def sized_in(lines: Lines, spoken: Sequence[str]) -> set[str]:
    """Return the names that are declared with sizes: X : n×d, x ∈ ℝⁿ, not V with VᵀV = I."""
    told = [(text, [n.strip() for n in text.partition(":")[0].split(",")]) for text in spoken]
    told += [(line.piece.text, list(line.names)) for line in lines.lines if line.role == "declaration"]
    return {name for text, names in told if SIZES.search(text) for name in names}


def piece_of(fragment: Fragment) -> Piece:
    """Return the formula of a fragment as the reader wants it."""
    return Piece(
        fragment.text, fragment.start, fragment.stop, fragment.link == "continues", fragment.link == "where",
        fragment.link == "suppose",
    )


def _supposed(formulas: Sequence[Fragment], at: int, source: str) -> bool:
    """Tell whether a formula is supposed, or listed behind one that is: for x = 1, y = 2."""
    while at > 0 and not formulas[at].link and source[formulas[at - 1].stop : formulas[at].start].strip(" $") in LISTED:
        at -= 1
    return formulas[at].link == "suppose"


def entries_of(lines: Lines, formulas: Sequence[Fragment], source: str) -> list[Entry]:
    """Return the lines with their numbers and with the words that link them."""
    out: list[Entry] = []
    begun: set[int] = set()
    ended = [m.start() for m in SENTENCE.finditer(source)]
    for line in lines.lines:
        of = next((k for k, f in enumerate(formulas) if f.start <= line.piece.start < f.stop), -1)
        link = formulas[of].link if of >= 0 and of not in begun else ""
        link = "suppose" if line.piece.supposed and not link else link
        before = formulas[of - 1] if of > 0 else None
        given = before is not None and (_supposed(formulas, of - 1, source) or BOUND.fullmatch(before.text) is not None)
        if not link and of not in begun and before is not None and given:
            gap = source[before.stop : formulas[of].start]
            link = "claim" if gap.strip() == ":" else link  # for A = I: ...
        begun.add(of)
        words = formulas[of].said if of >= 0 and line.piece.start <= formulas[of].start + 2 else ""
        at = line.piece.start
        out.append(Entry(line, source.count("\n", 0, at) + 1, link, words, bisect_right(ended, at)))
    return out
