"""Samples that a text speaks of: x_1, ..., x_n are the entries of x ∈ ℝⁿ, x̄ is their mean.

What the text leaves to habit is written out: declarations, the definition of a sample mean that has none, and a sum of
a random number N of terms with mean m and variance v as N m + √(N v) ζ, which has its moments given N.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agnesi.read.channels_told import channel_told, with_functions
from agnesi.read.fragment import Fragment
from agnesi.read.laws_told import drawn, positive_told, rates_told, with_laws
from agnesi.read.masses_told import with_masses
from agnesi.read.moments_told import NAME, Told

SIZES = {"ₙ": "n", "ₘ": "m", "ₖ": "k"}
FIRST = re.compile(r"(.+?)(?:_\{?1\}?|₁)$")
LAST = re.compile(r"(.+?)(?:_\{?(?P<plain>[A-Za-z])\}?|(?P<low>[ₙₘₖ]))$")
INDEXED = re.compile(r"(?:(?<![A-Za-z])(?:E|Var|Cov|V)|𝔼|\\mathbb\s*\{?[EV]\}?|\\operatorname\{Var\}|\})\s*[\[( ]\s*"
                     r"([A-Za-zεξη])(?:_\{?([ijk])\}?|([ᵢⱼₖ]))\s*(?:[\])=]|\^2|²)")
VECTORS = re.compile(r"\bvectors?\b|ℝ|R\^|\\mathbb\{?R|\bmatri|\bcolumns?\b|\brows?\b|dimension")
CHANCE = re.compile(
    r"(?<![A-Za-z])(?:E|Var|Cov|P|V)\s?[\[(]|𝔼|\\mathbb\s*\{?E|\\operatorname|\bVar\b|\bE\s[A-Z]|\bMSE|\bbias"
)
SUMMED = re.compile(r"∑|Σ|\\sum|\bsum_")
MOMENT = re.compile(
    r"(?:(?<![A-Za-z])(?:E|Var|Cov|V)|𝔼|\\operatorname\{\w+\}|\\mathrm\{\w+\})\s?[\[(][^\])]{1,40}[\])]"
)
DENSITY = re.compile(r"(?<![A-Za-z])f(?:_\{?[A-Z]\}?)?\s?\(\s*([a-z])\s*\)\s*(?:&\s*)?:?=")
NOISE = "ζ"
HIGHER = r"\^\{{?\s*{0}|e\^\{{?\s*-?\w*\s*{0}(?![A-Za-z])|exp\(|M_{0}|G_{0}|P\(\s*{0}|{0}\^3|p\({0}|log"


@dataclass(frozen=True)
class Added:
    """What is written out beside a text: declarations, formulas with changes, and facts."""

    declarations: tuple[str, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    facts: tuple[Told, ...] = ()
    sizes: frozenset[str] = frozenset()  # the numbers of entries


@dataclass
class _Sample:
    """The entries of a sample: how their name and number are written."""

    name: str
    size: str = "n"
    ranged: bool = False
    digits: set[str] = field(default_factory=set)


def with_samples(source: str, found: Sequence[Fragment], told: Sequence[Told]) -> Added:
    """Return what the samples of a text leave to habit."""
    found = with_functions(source, with_masses(source, with_laws(source, found)))
    channel = [*channel_told(source), *rates_told(source)]
    if not CHANCE.search(source):
        means = [*_plain_means(source, found)] if SUMMED.search(source) else []
        return Added((), (*means, *found), tuple(channel))
    sums, facts, declared, counts = _random_sums(source, found, told)
    held = [s for s in _samples(source, told) if s.size not in counts and _entries_only(s, source)]
    taken = {n for f in found if f.kind in ("declaration", "model") for n in f.names}
    held = [s for s in held if s.name not in taken]
    numbered = _numbered(source, told, {s.name for s in held} | taken)
    declared += [f"{n} ∈ ℝ" for n in _values(told, {s.name for s in held} | _letters(facts), taken, source)]
    declared += positive_told(source)
    densities = {m[1] for m in DENSITY.finditer(source) if re.search(rf"[\[(]\s*{m[1].upper()}(?![A-Za-z])", source)}
    declared += [f"{n} ∈ ℝ" for n in sorted(densities - {s.name for s in held} - taken)]
    declarations = [*(f"{s.name} ∈ ℝ^{s.size}" for s in held), *(f"{n} ∈ ℝ" for n in numbered), *declared]
    means = [*_means(source, held, found), *_least_squares(source, found)]
    fragments = tuple(sorted([*means, *sums], key=lambda f: f.start))
    return Added(tuple(declarations), fragments, (*facts, *channel), frozenset(s.size for s in held))


def _samples(source: str, told: Sequence[Told]) -> list[_Sample]:
    """Return the samples of facts about x_1, ..., x_n or x_i, and those whose moments the text writes."""
    out: dict[str, _Sample] = {}
    for fact in told:
        names = fact.names
        first, last = (FIRST.match(names[0]), LAST.match(names[1])) if len(names) > 1 else (None, None)
        if first and last and first[1] == last[1]:
            out[first[1]] = _Sample(first[1], last["plain"] or SIZES[last["low"]], True)
        for name in names:
            single = LAST.match(name)
            if single and (single["plain"] or "") in "ijkm" and single["plain"] and single[1] not in out:
                out[single[1]] = _Sample(single[1])
            elif re.search(r"[ᵢⱼ]$", name) and name[:-1] not in out:
                out[name[:-1]] = _Sample(name[:-1])
    for match in INDEXED.finditer(source):
        out.setdefault(match[1], _Sample(match[1]))
    for name, size in drawn(source):
        out[name] = _Sample(name, size, True)
    return [s for s in out.values() if len(s.name) == 1 and s.name.isalpha() and not VECTORS.search(source)]


def _letters(facts: Sequence[Told]) -> set[str]:
    """Return the letter of the noise of a random sum, whose terms are numbers."""
    return {"X", "Y", "Z"} if facts else set()


def _values(told: Sequence[Told], letters: set[str], taken: set[str], source: str) -> list[str]:
    """Return the names of the means and variances of numbers: m and v of "X_i iid with mean m and variance v"."""
    out: dict[str, None] = {}
    for fact in told:
        if fact.fact not in ("mean", "variance") or not any(n[:1] in letters for n in fact.names[:-1]):
            continue
        name = re.fullmatch(r"(\\?[^\W\d²]+\d?)(?:²|\^2|\^\{2\})?", fact.names[-1])
        sized = name and re.search(rf"_\{{?{re.escape(name[1])}\}}?(?!\w)", source)
        if name and not sized and name[1] not in taken:
            out[name[1].lstrip("\\")] = None
    return list(out)


def _numbered(source: str, told: Sequence[Told], taken: set[str]) -> list[str]:
    """Return X_1 and X_2, numbers of their own: random, with numbers below only, where no fact is of the letter."""
    if VECTORS.search(source):
        return []
    found = {n for t in told for n in t.names[: -1 if t.fact in ("mean", "variance", "covariance") else None]}
    held = [m for m in MOMENT.finditer(source)]
    names = {n for m in held for n in re.findall(r"(?<![A-Za-z\\])([A-Za-z])_\{?\d\}?(?![,\w])", m[0])}
    names |= {m[1] for n in found if (m := re.fullmatch(r"([A-Za-z])_\{?\d\}?", n))}
    out: dict[str, None] = {}
    for letter in sorted(names - taken):
        indexed = re.search(rf"(?<![A-Za-z\\]){letter}(?:_\{{?[A-Za-z]|[ᵢⱼₖₙ])", source)
        bare = re.search(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z0-9_₀-₉ᵢⱼₖₙₘ̄̂])", source)
        if indexed or (bare and not any(n.startswith(f"{letter}_") for n in found)):
            continue
        numbers = re.findall(rf"(?<![A-Za-z\\]){letter}_\{{?(\d)\}}?(?![,\w])", source)
        out |= dict.fromkeys(f"{letter}_{k}" for k in numbers)
    return [n for n in out if n not in taken]


def _entries_only(one: _Sample, source: str) -> bool:
    """Tell whether a letter stands with one subscript or a bar only, and never as a vector or with a second index."""
    name = re.escape(one.name)
    plain = re.sub(r"\\(?:bar|overline|hat|tilde)\s*\{?\s*\w\s*\}?", " ", source)
    bare = re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z0-9_₀-₉ᵢⱼₖₙₘ̄̂])", plain)
    scripts = r"(?:_\{\w\s?[,\w]|_[ijk][jkl]|_\w[ᵀ'^]T|_\{?\w\}?(?:ᵀ|'|\^T|\^\{?\\top))"
    double = re.search(rf"(?<![A-Za-z\\]){name}{scripts}", plain)
    squares = re.search(rf"(?<![A-Za-z\\]){name}_?\w?\s*{name}_?\w?(?:'|ᵀ|\^T)", plain)
    return not bare and not double and not squares


def _means(source: str, held: Sequence[_Sample], found: Sequence[Fragment]) -> Iterator[Fragment]:
    """Yield definitions of sample means that the text uses and does not define."""
    random = {s.name for s in held}
    others = {n for n in re.findall(r"(?<![A-Za-z\\])([A-Za-z])(?:_\{?[ij]\}?|[ᵢⱼ])(?!\w)", source)} - random
    for one in [*held, *(_Sample(n) for n in sorted(others))]:
        name = re.escape(one.name)
        whole = unicodedata.normalize("NFC", one.name + chr(0x304))  # ȳ as one character
        barred = rf"{whole}|{name}̄|{name}_?bar|\\(?:bar|overline)\s*(?:\{{\s*{name}\s*\}}|{name})"
        bars = rf"(?:{barred})(?:_\{{?{one.size}\}}?|ₙ)?"
        used = re.search(rf"(?<![A-Za-z\\]){bars}(?![A-Za-z])", source)
        told = re.search(rf"(?<![A-Za-z\\]){bars}\s*(?::=|=)\s*(?!.*(?:E|Var)\s*[\[(])", source)
        if not used or told or (one.size in {"N"} & {one.size} and not one.ranged):
            continue
        first = next((f for f in found if f.start >= 0), None)
        if first is None:
            continue
        text = f"{used[0]} = (1/{one.size}) ∑_{{i=1}}^{{{one.size}}} {one.name}_i"
        yield Fragment("formula", text, first.start, first.start + 1, first.line, "where")


def _plain_means(source: str, found: Sequence[Fragment]) -> Iterator[Fragment]:
    """Yield x̄ = mean(x) where a text sums over x_i, speaks of no chance, and does not say what x̄ is."""
    rows = {n.split("_")[0] for f in found if " is row " in f.text or " is column " in f.text for n in f.names}
    for one in _means(source, [], found):
        name = one.text.rsplit(" ", 1)[1].partition("_")[0]
        if name not in rows:
            yield replace(one, text=f"{one.text.split(' = ')[0]} = mean({name})")


HATS = {
    "β": r"β̂|\\hat\s*\{?\s*\\beta\s*\}?|beta_hat|\\widehat\{\\beta\}",
    "b": r"b̂|\\hat\s*\{?\s*b\s*\}?|b_hat",
}
LINEAR = re.compile(
    r"(?<![A-Za-z])y\s*=\s*X\s*(β|\\beta|beta|b)\s*\+\s*(?:ε|\\(?:var)?epsilon|epsilon|eps|e|u)(?![A-Za-z])"
)


def _least_squares(source: str, found: Sequence[Fragment]) -> Iterator[Fragment]:
    """Yield β̂ = (XᵀX)⁻¹Xᵀy where y = Xβ + ε and the text says nothing else of β̂, nor of a penalty."""
    model = LINEAR.search(source)
    if not model or re.search(r"[Rr]idge|[Ll]asso|[Pp]enal|weighted|prior|GLS|λ|\\lambda|lambda", source) or not found:
        return
    letter = "b" if model[1] == "b" else "β"
    used = re.search(rf"(?<![A-Za-z\\])(?:{HATS[letter]})", source)
    said = re.search(rf"(?<![A-Za-z\\])(?:{HATS[letter]})\s*:?=", source)
    if used and not said:
        first = found[0]
        yield Fragment("formula", f"{used[0]} = (X'X)^-1 X'y", first.start, first.start + 1, first.line, "where")


Sums = tuple[list[Fragment], list[Told], list[str], set[str]]


def _random_sums(source: str, found: Sequence[Fragment], told: Sequence[Told]) -> Sums:
    """Return the fragments with sums of a random number of terms written out, facts, declarations, and the numbers."""
    out, facts, declared, counts = list(found), list[Told](), list[str](), set[str]()
    for k, fragment in enumerate(found):
        made = _random_sum(fragment, source, told) if fragment.kind == "formula" else None
        if made is None:
            continue
        _, letter, count = made
        mean, spread = (_told(told, letter, kind) for kind in ("mean", "variance"))
        mean, spread = mean or f"E[{letter}_1]", spread or f"Var[{letter}_1]"
        lead = fragment.text[: fragment.text.index("=")].rstrip(" :")
        text = f"{lead} = {count} ({mean}) + sqrt({count} ({spread})) {NOISE}"
        out[k] = replace(fragment, text=text)
        apart = [count, *([f"{letter}_1"] if "_1]" in mean + spread else [])]
        facts += [Told("mean", (NOISE, "0")), Told("variance", (NOISE, "1"))]
        facts += [Told("independent", (NOISE, n)) for n in apart]
        facts += [Told("independent", (count, apart[1]))] if len(apart) > 1 else []
        facts.append(Told("random", (count, NOISE, *apart[1:])))
        declared += [f"{count} ∈ ℝ", f"{count} > 0", *(f"{n} ∈ ℝ" for n in apart[1:])]
        counts.add(count)
        break
    return out, facts, declared, counts


def _random_sum(fragment: Fragment, source: str, told: Sequence[Told]) -> tuple[str, str, str] | None:
    """Return the name, the letter of the terms and the number of terms of a sum of a random number of terms."""
    dots = r"(?:\.\.\.?|…|⋯|\\[lcd]*dots)"
    found = re.fullmatch(
        rf"\s*([A-Z])(?:_N|_\{{N\}})?\s*(?::=|=)\s*"
        rf"(?:([A-Z])_\{{?1\}}?\s*\+(?:\s*\2_\{{?2\}}?\s*\+)?\s*{dots}\s*\+\s*\2_\{{?([NKM])\}}?"
        rf"|(?:∑|sum|\\sum)_\{{?[ij]\s*=\s*1\}}?\^\{{?([NKM])\}}?\s*([A-Z])_\{{?[ij]\}}?)\s*",
        fragment.text,
    )
    if not found:
        return None
    name, letter, count = found[1], found[2] or found[5], found[3] or found[4]
    random = any(count in t.names[: 1 if t.fact in ("mean", "variance") else None] for t in told)
    used = rf"(?:E|Var|V)\s*[\[( ]\s*{count}\s*(?:[\])]|\^|²|=)|\|\s*{count}|{count}\s*~"
    random = random or bool(re.search(used, source))
    higher = re.search(HIGHER.format(name), source)
    return (name, letter, count) if random and not higher else None


def _told(told: Sequence[Told], letter: str, fact: str) -> str:
    """Return the value of a moment of the terms, as it is told."""
    able = [t.names for t in told if t.fact == fact]
    held = [names[-1] for names in able if any(re.match(rf"{letter}(?:_|[ᵢ₁])", n) for n in names[:-1])]
    return held[-1] if held and re.fullmatch(NAME + r"(?:²|\^2)?", held[-1]) else ""
