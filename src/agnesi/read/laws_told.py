"""Distributions in words: "X is Poisson with mean λ", "θ has a Beta(a, b) prior", "k heads in n tosses".

Each becomes a model, X ~ Poisson(λ), beside what the text writes in formulas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agnesi.read.fragment import Fragment
from agnesi.read.moments_told import NAME, Told

_START = r"(?<![^\W_\\])"
_NUMBER = r"\d+(?:\.\d+)?(?:\s?/\s?\d+)?"
_POWER = r"(?:²|\^2|\^\{2\})?"
VALUE = rf"\$?((?:{_NUMBER}|{NAME}{_POWER}|1\s?/\s?{NAME}))\$?(?![\w(\[])"
_IS = (
    r"\s*\$?\s*(?:,|be|is|are|has|have|follows?|denote)\s+(?:an?\s+|the\s+)?"
    r"(?:random (?:variable|number)s? (?:that is |which is |with )?)?(?:an?\s+|the\s+)?"
)
_TAIL = r"(?:\s+distributed|\s+distribution|\s+random variable|\s+variable|\s+rv|\s+r\.v\.|\s+prior)?"
_WITH = r",?\s*(?:\(|with\s+|of\s+|having\s+)?(?:an?\s+|the\s+)?(?:known\s+)?"
_ON = r"\s+(?:on|over|in|between)\s+(?:the\s+)?(?:(?:unit\s+)?interval\s+)?\$?"
_TRIALS = r"(?:independent\s+|coin\s+|Bernoulli\s+|iid\s+|i\.i\.d\.\s+)*(?:tosses|trials|flips|draws|throws)"
_DRAWS = r"(?:independent\s+|coin\s+|Bernoulli\s+)*(?:tosses|trials|flips|draws|throws|rolls|attempts)"
_EVENTS = r"(?:heads|successes|ones|hits|failures|white balls|times)"


@dataclass(frozen=True)
class Worded:
    """A way to say a distribution: a pattern whose first group is the variable, and the law that the others make."""

    pattern: re.Pattern[str]
    law: Callable[..., str]


def _one(words: str, parameters: str, law: Callable[..., str]) -> Worded:
    return Worded(re.compile(rf"{_START}({NAME}){_IS}(?:{words}){_TAIL}{_WITH}(?:{parameters})\s+{VALUE}"), law)


WORDED: Sequence[Worded] = (
    _one("[Pp]oisson", "parameter|rate|mean|intensity", lambda v: f"Poisson({v})"),
    _one("exponential(?:ly)?", "parameter|rate", lambda v: f"Exp({v})"),
    _one("exponential(?:ly)?", "mean|scale", lambda v: f"Exp(1/({v}))"),
    _one("[Bb]ernoulli", "parameter|success probability|probability|mean|bias", lambda v: f"Bern({v})"),
    _one("geometric(?:ally)?", "parameter|success probability|probability", lambda v: f"Geom({v})"),
    Worded(
        re.compile(rf"{_START}({NAME}){_IS}binomial(?:ly)?{_TAIL}{_WITH}parameters?\s+{VALUE}\s+and\s+{VALUE}"),
        lambda n, p: f"Bin({n}, {p})",
    ),
    Worded(
        re.compile(
            rf"{_START}({NAME}){_IS}(?:normal(?:ly)?|[Gg]aussian){_TAIL}{_WITH}mean\s+{VALUE}\s+and\s+"
            rf"(?:variance|standard deviation (?P<root>))\s*{VALUE}"
        ),
        lambda m, _, v: f"N({m}, {v})",
    ),
    Worded(re.compile(rf"{_START}({NAME}){_IS}standard (?:normal|[Gg]aussian)"), lambda: "N(0, 1)"),
    Worded(
        re.compile(
            rf"{_START}({NAME}){_IS}uniform(?:ly)?{_TAIL}{_ON}"
            rf"[\[(]\s*({_NUMBER}|{NAME})\s*,\s*({_NUMBER}|{NAME})\s*[\])]"
        ),
        lambda a, b: f"U({a}, {b})",
    ),
    Worded(
        re.compile(
            rf"{_START}({NAME}){_IS}(?:the\s+)?(?:total\s+)?number of {_EVENTS} "
            rf"(?:in|among|out of) \$?({NAME}|\d+)\$? {_TRIALS}"
            rf"[^.;\n]{{0,40}}?(?:probability|chance|bias|parameter)\s+(?:of \w+ )?{VALUE}"
        ),
        lambda n, p: f"Bin({n}, {p})",
    ),
    Worded(
        re.compile(
            rf"{_START}({NAME})\$? {_EVENTS} (?:in|among|out of) \$?({NAME}|\d+)\$? {_TRIALS}"
            rf"[^.;\n]{{0,40}}?(?:probability|chance|bias|parameter)\s+(?:of \w+ )?{VALUE}"
        ),
        lambda n, p: f"Bin({n}, {p})",
    ),
    Worded(
        re.compile(
            rf"{_START}({NAME})(?:{_IS}|\s*=\s*)(?:the\s+)?(?:total\s+)?number of {_DRAWS} "
            rf"(?:needed\s+|up to\s+)?(?:until|till|to get|to)\s+(?:and including\s+)?(?:we (?:get|see)\s+)?(?:the\s+)?"
            rf"first (?:head|success|one|hit|six|win)[^;\n]{{0,40}}?"
            rf"(?:(?:probability|chance|bias|parameter|prob)\.?\s+(?:of \w+ )?(?:is\s+|=\s*)?"
            rf"|(?:P|Pr)\s?\(\s*(?:\w+)\s*\)\s*=\s*){VALUE}"
        ),
        lambda p: f"Geom({p})",
    ),
)
_CALLED = (
    r"((?:Beta|Gamma|Poisson|Pois|Poi|Exp|Exponential|Bin|Binomial|Bern|Bernoulli|Geom|Geometric|N|𝒩|U|Unif|Uniform"
    r"|Normal|Laplace)\s?\((?:[^()\n]|\([^()\n]{1,20}\)){1,40}\))"
)
CALLED = (
    re.compile(rf"{_START}({NAME})\s*\$?\s+(?:has|have|gets|follows)\s+(?:an?\s+|the\s+)?\$?{_CALLED}"),
    re.compile(rf"[Pp]rior (?:on|for|of|over) \$?({NAME})\$?\s*(?:is|be|:|=)\s*(?:an?\s+|the\s+)?\$?{_CALLED}"),
)
SAMPLED = re.compile(
    rf"{_START}([A-Za-z])(?:_\{{?1\}}?|₁)\s*,?\s*(?:\.\.\.?|…|\\[lc]?dots)\s*,?\s*\1(?:_\{{?[A-Za-z]\}}?|[ₙₘ])\s*"
    rf"(?:\||\\mid|given)\s*\$?({NAME})\$?,?\s+(?:(?:are|be)\s+)?(?:iid|i\.i\.d\.?|independent(?:ly)?)\s+"
    rf"(?:as\s+)?\$?{_CALLED}"
)
_OVER = r"(?:\\(?:overset|stackrel)\s*\{[^~∼]{1,40}?\}\s*\{\s*\\sim\s*\}|\\sim(?![a-z])|~|∼)"
_WORDS_OF_DRAWS = r"(?:(?:iid|i\.i\.d\.?|be|are|drawn|independent(?:ly)?|from|all|samples|random),?)"
DRAWN = re.compile(
    rf"{_START}([A-Za-z])(?:_\{{?1\}}?|₁)\s*,?\s*(?:\1(?:_\{{?2\}}?|₂)\s*,\s*)?(?:\.\.\.?|…|⋯|\\[lc]?dots)\s*,?\s*"
    rf"\1(?P<size>_\{{?[A-Za-z]\}}?|[ₙₘₖ])\s*(?:(?:\||\\mid|given)\s*({NAME})\s*)?,?\s*"
    rf"(?:(?:{_WORDS_OF_DRAWS}\s+)*{_OVER}"
    rf"(?:_?\{{?(?:\\text\s*\{{)?\s*i\.?i\.?d\.?\s*\}}?\}}?|ᵢᵢd|\^\{{?iid\}}?)?\s*(?:iid\s+|i\.i\.d\.\s+)?"
    rf"|(?:{_WORDS_OF_DRAWS}\s+)+){_CALLED}"
    r"(?:\s*,?\s*(?:are\s+|be\s+|all\s+)?(?:iid|i\.i\.d\.?|independent(?:ly)?)(?![a-z]))?"
)
_BELL = r"((?:\\mathcal\s*\{?N\}?|N|𝒩|Exp|Gamma|Beta|U)\s?\([^()\n]{1,30}\))"
DENSITIES = (
    re.compile(
        rf"{_START}([pq])\$?\s+(?:be|is|denotes?)\s+(?:the\s+)?(?:density|distribution|pdf|law)\s+"
        rf"(?:function\s+)?(?:of\s+)?(?:an?\s+|the\s+)?\$?{_BELL}"
    ),
    re.compile(rf"\band\s+\$?([pq])\$?\s+that\s+of\s+(?:an?\s+|the\s+)?\$?{_BELL}"),
)
AFTER = re.compile(rf"{_CALLED}\$?\s+prior\s+(?:on|for|over)\s+\$?({NAME})")


def with_laws(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with a model for each distribution that the text tells in words."""
    modelled = {m[0] for f in found if f.kind == "model" if (m := re.match(NAME, f.text))}
    modelled |= {m[1] for m in re.finditer(rf"({NAME})(?:\s*\|[^~\n]{{0,20}})?\s*(?:~|∼|\\sim)", source)}
    told = sorted(_told(source), key=lambda one: one[2])
    counts = {f"{name.partition(' ')[0]} ∈ ℕ" for name, *_ in told}  # k successes: that k is random says more
    found = [f for f in found if f.kind != "declaration" or f.text not in counts]
    found = [f for f in found if not _draws(f)]  # it is told below
    out = [*found, *_signed(source, found)]
    for name, law, start, _ in told:
        if name in modelled:
            continue
        modelled.add(name)
        line = source.count("\n", 0, start) + 1
        out.append(Fragment("model", f"{name} ~ {law}", start, start + 1, line, ""))
    for match in (m for pattern in DENSITIES for m in pattern.finditer(source)):
        if not re.search(rf"{_START}{match[1]}\$?\s*:?=\s*(?:\\mathcal|N|𝒩)", source):
            line = source.count("\n", 0, match.start()) + 1
            out.append(Fragment("formula", f"{match[1]} = {match[2]}", match.start(), match.start() + 1, line, "where"))
    return sorted(out, key=lambda f: f.start)


_ADORNED = re.compile(
    r"\\(?:mathrm|text|operatorname|mathcal|textrm|mbox)\s*\{\s*([A-Za-z.]+)\s*\}|\$|\\left(?=\()|\\right(?=\))|\\[,;:!]"
)


def unadorned(source: str) -> str:
    """Return a text of the same length in which names of distributions stand without their LaTeX."""
    return _ADORNED.sub(lambda m: (m[1] or "").rjust(len(m[0])), source)


def _draws(one: Fragment) -> bool:
    """Tell whether a formula is x_1..x_n | λ ~ Poisson(λ) and no more."""
    return one.kind in ("model", "formula") and DRAWN.fullmatch(unadorned(one.text).strip(" .,;")) is not None


def density_of_one(letter: str, source: str) -> bool:
    """Tell whether a text writes the density of one of its draws as p(x | θ) = ..., where x is no sample."""
    return bool(re.search(rf"(?<![A-Za-z])[pfP]\s?\(\s*{letter}\s*(?:[|;)]|\\mid)[^\n=]{{0,30}}=", source))


def _signed(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the declarations of data that have no negative values by their law."""
    out: list[Fragment] = []
    named = {n for f in found if f.kind == "declaration" for n in f.names}
    for match in DRAWN.finditer(unadorned(source)):
        law = match[4].partition("(")[0].strip()
        fact = next((fact for fact, names in _SIGNS.items() if law in names), "")
        if fact and density_of_one(match[1], source) and match[1] not in named:
            line = source.count("\n", 0, match.start()) + 1
            text = f"{match[1]} : {fact}"
            out.append(Fragment("declaration", text, match.start(), match.start() + 1, line, "", (match[1],)))
    return out


_SIGNS = {
    "nonnegative": frozenset(("Poisson", "Pois", "Poi", "Bin", "Binomial", "Bern", "Bernoulli")),
    "positive": frozenset(("Exp", "Exponential", "Gamma", "Geom", "Geometric")),
}


def drawn(source: str) -> list[tuple[str, str]]:
    """Return the letter and the number of entries of each sample X_1, ..., X_n ~ ..."""
    found = [(m[1], m["size"].strip("_{}")) for m in DRAWN.finditer(unadorned(source))]
    found = [one for one in found if not density_of_one(one[0], source)]
    return [(name, {"ₙ": "n", "ₘ": "m", "ₖ": "k"}.get(size, size)) for name, size in found]


def words_of_laws(source: str) -> list[tuple[int, int]]:
    """Return where a text tells a distribution in words."""
    densities = [m.span() for pattern in DENSITIES for m in pattern.finditer(source)]
    return [*((start, stop) for *_, start, stop in _told(source)), *densities]


@lru_cache(maxsize=8)
def _told(source: str) -> tuple[tuple[str, str, int, int], ...]:
    """Return the variable, the law and the place of each distribution in words."""
    return tuple(_found(source))


def _found(source: str) -> Iterator[tuple[str, str, int, int]]:
    source = unadorned(source)
    for one in WORDED:
        for match in one.pattern.finditer(source):
            name, *values = match.groups()
            if "root" in match.groupdict() and match["root"] is not None:
                values[-1] = f"({values[-1]})^2"
            yield name, one.law(*values), match.start(), match.end()
    yield from _counted(source)
    for pattern in CALLED:
        for match in pattern.finditer(source):
            yield match[1], match[2], match.start(), match.end()
    for match in SAMPLED.finditer(source):
        yield f"{match[1]}_i | {match[2]}", match[3], match.start(), match.end()
    for match in DRAWN.finditer(source):
        if density_of_one(match[1], source):
            continue
        yield f"{match[1]}_i" + (f" | {match[3]}" if match[3] else ""), match[4], match.start(), match.end()
    for match in AFTER.finditer(source):
        yield match[2], match[1], match.start(), match.end()


_SEEN = re.compile(
    rf"{_START}({NAME})\s+{_EVENTS}\s+(?:are |were |is )?(?:seen |observed )?(?:in|among|out of)\s+({NAME}|\d+)\s+"
    r"(?:independent\s+|coin\s+|Bernoulli\s*(?:\([^()\n]{1,20}\))?\s+)*(?:tosses|trials|flips|draws|throws)"
    r"(?![^.;\n]*(?:probability|chance|bias))"
)
_SHARE = re.compile(
    rf"({NAME})\s*(?:~|∼|\\sim(?![a-z]))\s*(?:Beta|U|Unif|Uniform)\s?\("
    rf"|[Pp]rior (?:on|for|of|over) ({NAME})\s*(?:is|be|:|=)\s*(?:an?\s+|the\s+)?Beta"
)


def _counted(source: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield k | θ ~ Bin(n, θ) of `k heads in n tosses`, where the text gives one share a prior."""
    given = re.compile(r"(?:\||\\mid|\bgiven)\s*$")
    shares = {m[1] or m[2] for m in _SHARE.finditer(source) if not given.search(source[: m.start()])}
    found = _SEEN.search(source)
    if len(shares) == 1 and found:
        (share,) = shares
        yield f"{found[1]} | {share}", f"Bin({found[2]}, {share})", found.start(), found.end()


_RANDOM = r"(?:random variables?|rvs?|r\.v\.s?)"
POSITIVE = (
    re.compile(
        rf"{_START}({NAME})\$?\s+(?:be|is)\s+(?:an?\s+)?(?:strictly\s+|almost surely\s+)?positive"
        r"(?!\s+\w*\s*(?:definite|semi))"
    ),
    re.compile(rf"[Pp]ositive\s+(?:\w+\s+)?{_RANDOM}\s+\$?({NAME})"),
    re.compile(
        rf"{_START}({NAME})\$?\s+(?:be|is)\s+an?\s+(?:\w+\s+)?{_RANDOM}[^.;\n]{{0,60}}"
        r"(?:all (?:of them |of which )?(?:are )?(?:strictly )?positive|positive values|values in \(0)"
    ),
    re.compile(rf"{_START}({NAME})\$?\s+takes?\s+(?:only\s+)?(?:strictly\s+)?positive\s+values"),
)


def positive_told(source: str) -> list[str]:
    """Return the declarations X > 0 of random variables that the words say to be positive."""
    found = dict.fromkeys(m[1] for pattern in POSITIVE for m in pattern.finditer(source))
    return [f"{n} > 0" for n in found if len(n) == 1 and n.isupper()]


_RATE = re.compile(
    rf"(?<!learning )\b(?:rates?|rate parameter)\s*(?:=|of|is|are)?\s*\$?\\?{NAME}"
    r"|\b(?:is|are) (?:the )?rates?\b|\brate parameter"
)


def rates_told(source: str) -> list[Told]:
    """Return the fact that Exp(λ) and Gamma(a, λ) have rates, where the words say so."""
    found = _RATE.search(source)
    return [Told("rate", (), found.start())] if found else []
