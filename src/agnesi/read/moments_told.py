"""Moments in words: "iid with mean μ and variance σ²", "both with variance s²", "each pair with correlation ρ".

A scan of its own over the text, beside the reader of prose: of each sentence the names that it speaks of, and what it
says of their means, variances, covariances and correlations, of what they are independent of, and of estimators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon eps zeta eta theta vartheta kappa lambda lam mu nu xi rho sigma tau phi "
    "varphi psi omega Sigma Lambda Gamma Omega Theta Phi"
).replace(" ", "|")
_LETTER = r"[^\W\d_²³¹⁰⁴-⁹₀-₉ᵀᵢⱼₖₙₘₗₜ]"
_SCRIPT = r"(?:_(?:\{[^{}]{1,8}\}|\\?\w{1,6})|[₀-₉ᵢⱼₖₙₘₗₜ]+)?"
NAME = (
    rf"(?:\\(?:mathbf|boldsymbol|bm|mathrm|hat|bar|tilde|overline)\s*\{{\s*\\?\w+\s*\}}|\\?(?:{_GREEK})\d?(?![A-Za-z])"
    rf"|{_LETTER}(?:\d|[̂̄̃])?(?!{_LETTER}))(?:{_SCRIPT})"
)
_PROPERTIES = {
    "mean": r"means?|expectations?|expected values?",
    "variance": r"variances?",
    "covariance": r"(?:covariance(?: matri(?:x|ces))?|variance-covariance matrix|covariances|dispersion matrix)",
    "deviation": r"(?:standard deviations?|std\.? devs?\.?|std|sds?|s\.d\.)",
    "correlation": r"(?:correlation(?: coefficient)?s?)",
}
_WORDS = [
    ("independent", r"mutually independent|independently|independent"),
    ("iid", r"i\.\s?i\.\s?d\.?|iid|IID|independent and identically distributed|identical and independent"),
    ("identical", r"identically distributed|exchangeable"),
    ("uncorrelated", r"pairwise uncorrelated|mutually uncorrelated|uncorrelated"),
    ("zero mean", r"zero[- ]mean|mean[- ]zero|centred|centered|zero mean|zero expectation"),
    ("unit variance", r"unit[- ]variance|unit variance"),
    ("standard", r"(?:each|all)? ?standardi[sz]ed"),
    ("gaussian", r"(?:jointly|bivariate|multivariate) (?:[Gg]aussian|[Nn]ormal)(?:ly distributed)?"),
    ("unbiased", r"unbiased"),
    ("noise", r"noise|errors?|disturbances?|residual errors?"),
    ("pairs", r"(?:each|every|any) (?:distinct )?pair(?: of them)?|(?:any|each) two|pairwise|pairs|mutual"),
    ("both", r"both|each|all"),
    ("them", r"of them|of these|of each other|of one another|of each|of all"),
    ("random number", r"random number|random"),
]
_TOKEN = re.compile(
    "|".join(
        [rf"(?P<p_{k}>\b(?:{v})(?![A-Za-z\-(]))" for k, v in _PROPERTIES.items()]
        + [rf"(?P<w_{k.replace(' ', '_')}>(?<![A-Za-z])(?:{v})(?![A-Za-z]))" for k, v in _WORDS]
        + [r"(?P<word>\b(?:[A-Za-z]{2,}[a-z]|[a-z]{2}|a|an|A|I)\b(?![_\[(]|\s*[=~,)]|\s+and\b))"]
        + [r"(?P<call>(?:[A-Z][A-Za-z]+|N|U|𝒩|\\mathcal\s*\{?N\}?)\s?\()"]
        + [rf"(?P<name>(?<![^\W\d_\\]){NAME})", r"(?P<dots>\.\.\.?|…|\\[lc]?dots)", r"(?P<mark>[,;:.()\[\]]|and\b)"]
        + [r"(?P<other>\S)"]
    ),
)
_VALUE = re.compile(
    rf"\s*(?:is|of|equal to|=|being)?\s*((?:\\?\d+(?:\.\d+)?|{NAME}|[α-ωΑ-Ω]{_SCRIPT}"
    r"|\\[dt]?frac\s*\{[^{}]*\}\s*\{[^{}]*\}|[\^*/·²³+−()]"
    r"|-(?=\s?[\w\\(])|\^?\{\d\}|\s(?=[\w\\(²³·/*σρμΣΛθ+\-−]))+)"
)
_STOPS = re.compile(
    r"\s+(?:and|with|for|of|each|is|are|in|the|both|where|so|then|as|a|an|at|on|if|to|by|all|but|that)\b"
)
_SENTENCE = re.compile(r"[\n;]|\.\s+(?=[A-Z])|\.\s*$|:\s")
_MORE = re.compile(
    r"\s*(?:,\s*(?:and\b)?(?!\s*\w+\s+(?:has|have|with))|and\b(?!\s+(?:has|have|with|are|is))|\.\.\.|…)\s*"
)
_TOGETHER = re.compile(
    r"\bi\.?\s?i\.?\s?d\b|[Ii]ndependen|[Uu]ncorrelated|\brandom sample|\bwhite\b|\bdraws\b|⊥|\bperp\b"
)
_AHEAD = re.compile(
    r"\s+(?:(?:random|identically|distributed|and|variables?|copies|draws|observations|samples?|terms|real|numbers|zero-mean"
    r"|measurements?|unbiased|estimat(?:or|e)s|rvs?|r\.v\.s?|scalar|noise|errors?|quantities|values)\s+){1,5}(?:with\s+)?"
)
_GUESS = ("ε", r"\epsilon", r"\varepsilon", "epsilon", "eps", "e", "ξ", "η", "u", "w", "v", "n")
_FAR = 5  # letters between a name and the next noun: "b and "
_NOUNS = re.compile(
    r".{0,4}(?:,|and)\s(?!(?:let|suppose|with|has|have|given|where|then|so|for|that|if|both)\b)[a-z]{3,}\s"
)
_FORMULA = re.compile(r"[=~∼]|\\sim")


@dataclass(frozen=True)
class Told:
    """A fact: `fact` of `names`; of a moment the last name is its value. `line` is its line, at `start`."""

    fact: str
    names: tuple[str, ...]
    start: int = 0


@dataclass
class _Sentence:
    """One sentence while it is read: the names that it speaks of, those of the group before, and what was found."""

    text: str
    start: int
    whole: str
    names: list[str] = field(default_factory=list)
    out: list[Told] = field(default_factory=list)
    pairs: bool = False
    others: list[str] = field(default_factory=list)  # what "which" means: the names that something is independent of
    plural: list[str] = field(default_factory=list)  # what "them" means: the last names of a sample


@lru_cache(maxsize=8)
def moments_told(source: str) -> tuple[Told, ...]:
    """Return what a text says of moments in words, in the order of the text."""
    out: list[Told] = []
    sample: list[str] = []
    names: list[str] = []
    if _TOGETHER.search(source):
        out.append(Told("together", ()))
    for start, text in _sentences(source.replace("$", " ")):
        one = _Sentence(text, start, source, plural=sample)
        if re.match(r"\s*(?:each|both|all|every|any|with|having|they|iid|i\.i\.d|uncorrelated|independent)\b", text):
            one.names = names
        _read(one)
        sample, names = one.plural, one.names
        out += one.out
    return tuple(out)


def _sentences(source: str) -> Iterator[tuple[int, str]]:
    begin = 0
    for cut in [*(m.start() for m in _SENTENCE.finditer(source)), len(source)]:
        if source[begin:cut].strip():
            yield begin, source[begin:cut]
        begin = cut + 1


def _read(one: _Sentence) -> None:
    """Read one sentence from left to right."""
    at, run, fresh = 0, list[str](), False
    while at < len(one.text):
        found = _TOKEN.search(one.text, at)
        if found is None:
            return
        kind, text, at = found.lastgroup or "", found.group(), found.end()
        if kind == "call":
            at, fresh = _closed(one.text, at), False
            continue
        if kind == "name":
            if not _alone(one.text, found.start(), at):
                at, run, fresh = _past_chunk(one.text, at), [], False
                continue
            run = [*run, text] if fresh else [text]
            fresh = True
            if _in_formula(one.text, found.start(), at):
                at, run, fresh = _past_formula(one, found.start()), [], False
            continue
        if kind == "dots" or text in (",", "and") or (kind == "mark" and text in "()"):
            continue
        if kind == "other" and not text.isalnum():
            fresh = False
            continue
        if fresh and kind == "word" and _NOUNS.match(one.text, max(0, found.start() - _FAR)):
            if re.match(rf"\s{NAME}(?=[\s,;.)]|$)", one.text[at:]):
                continue  # burglary b and earthquake e
        if fresh and run:
            one.names = _range(run, one.text)
            if len(run) > 1 or _indexed(run[0]):
                one.plural = one.names
        fresh = False
        if kind.startswith("p_"):
            at = _property(one, kind[2:], text, at)
        elif text in ("which", "whose", "who", "that") and one.others:
            one.names = one.others
        elif kind.startswith("w_"):
            at = _word(one, kind[2:].replace("_", " "), at)


def _alone(text: str, start: int, stop: int) -> bool:
    """Tell whether a name is no part of a formula: cᵀy, x/2, X'X, 2 x."""
    after, before = text[stop : stop + 1], text[max(0, start - 1) : start]
    juxtaposed = re.match(rf"\s(?:{NAME})(?=[\s,;=]|$)", text[stop:]) and not re.match(r"\s[aAI]\s", text[stop:])
    able = not after or after in ",;:)]=~ \n" or after.isspace() or text[stop:].startswith(("..", "…", "-", "."))
    return able and (not before or before in "([,: ." or before.isspace() or before == "…") and not juxtaposed


def _past_chunk(text: str, at: int) -> int:
    """Return the place after the letters and signs that stand together."""
    found = re.compile(r"[^\s,;]*").match(text, at)
    return max(at, found.end()) if found else at


def _closed(text: str, at: int) -> int:
    """Return the place after the bracket that is open at a place."""
    depth = 1
    while at < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def _in_formula(text: str, start: int, stop: int) -> bool:
    """Tell whether a name is the left side of an equation or a model."""
    related = re.match(r"\s*(?:[\[(][^\])]*[\])])?\s*(?::?=|~|∼|\\sim)", text[stop:])
    return bool(related) and not text[:start].endswith("_")


def _past_formula(one: _Sentence, start: int) -> int:
    """Return where a formula ends; its left side is not what the next words are about, unless `with` follows."""
    rest = one.text[start:]
    stop = re.search(r",|\s(?:and|with|where|for|so|then|is|are|has|independent|iid|each|both|hence|let)\b|;", rest)
    depth_end = stop.start() if stop else len(rest)
    while stop and rest[: stop.start()].count("(") + rest[: stop.start()].count("[") > (
        rest[: stop.start()].count(")") + rest[: stop.start()].count("]")
    ):
        stop = re.compile(r",|\s(?:and|with|where|for|so|then|is|are|has)\b|;").search(rest, stop.end())
        depth_end = stop.start() if stop else len(rest)
    name = re.match(NAME, rest)
    if stop and stop.group().strip() == "with" and name and not re.match(r"\s*with\s+\S+\s*[\[(=]", rest[depth_end:]):
        noise = _noise(one)
        one.names = [noise] if noise and noise != name[0] else one.names
    return start + max(depth_end, 1)


def _range(run: Sequence[str], text: str) -> list[str]:
    """Return the names of a list."""
    return list(dict.fromkeys(run))


def _indexed(name: str) -> bool:
    return bool(re.search(r"_\{?[ijkn]\}?$|[ᵢⱼₖₙ]$", name))


def _property(one: _Sentence, kind: str, word: str, at: int) -> int:
    """Read the value of a mean, a variance, a covariance or a correlation."""
    values: list[str] = []
    about = re.match(rf"\s*(?:matrix\s+)?of\s+({NAME})\s+(?:is|equals|=)(?=\s)", one.text[at:])
    if about:
        one.names, at = [about[1]], at + about.end()
    several = (word.endswith(("s", "s.")) and kind != "deviation") or word in ("sds", "standard deviations")
    before = one.text[: at - len(word)].rstrip()
    if re.search(r"(?:\bzero|\bno)$", before):
        _moment(one, kind, ["0"])
        return at
    if re.search(r"\bunit$", before) and kind in ("variance", "deviation"):
        _moment(one, kind, ["1"])
        return at
    able = re.search(r"\b(?:with|has|have|having|of|a|an|common|same)$", before)
    if re.match(r"\s*of\b", one.text[at:]) and not able:
        return at  # the mean of n numbers
    zero = re.match(r"\s*(zero|one|unity)\b", one.text[at:])
    if zero:
        _moment(one, kind, ["0" if zero[1] == "zero" else "1"])
        return at + zero.end()
    while True:
        value, stop = _value(one.text, at)
        if not value:
            break
        values.append(value)
        bound = re.match(r"\s*(?:>|≥|>=|\\ge?q?|\\gt)\s*0", one.text[stop:])  # variances σ² > 0 and τ² > 0
        at = stop + (bound.end() if bound else 0)
        more = re.match(r"\s*(?:,\s*(?:and\b)?|and\b)", one.text[at:])
        if not several or not more or len(values) >= max(len(one.names), 1):
            break
        at += more.end()
    if values:
        _moment(one, kind, values)
    return at


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the formula that stands at a place, up to the next word."""
    found = _VALUE.match(text, at)
    if not found:
        return "", at
    shown = found[1]
    stop = _STOPS.search(shown + " ")
    if stop:
        shown = shown[: stop.start()]
    shown = shown.rstrip(" +-−*/·(^")
    while shown.count(")") > shown.count("(") and shown.endswith(")"):
        shown = shown[:-1]
    end = found.start(1) + len(shown)
    after = re.match(r"\s*(?:[=\[~(]|:=)", text[end:])
    if not shown or shown.count("(") != shown.count(")") or (after and re.fullmatch(NAME, shown.split()[-1])):
        return "", at
    return shown, end


def _moment(one: _Sentence, kind: str, values: Sequence[str]) -> None:
    """Note a moment of the names of the sentence."""
    names = one.names
    if not names:
        return
    if kind == "deviation":
        kind, values = "variance", [f"({v})^2" if len(v) > 3 else f"{v}^2" for v in values]
    if kind == "covariance" and len(values) > 1 and len(values) != len(names):
        return
    alone = len(values) == 1
    pair = one.pairs or (len(names) == 2 and not _sampled(names))
    if kind == "correlation" or (alone and kind == "covariance" and pair):
        fact = kind if kind == "correlation" else "pair covariance"
        one.out.append(Told(fact, (*names, values[0]), one.start))
        return
    if len(values) == len(names) and len(values) > 1:
        one.out += [Told(kind, (n, v), one.start) for n, v in zip(names, values, strict=True)]
        return
    one.out.append(Told(kind, (*names, values[0]), one.start))


def _sampled(names: Sequence[str]) -> bool:
    """Tell whether names are the first and last of a sample: x_1, x_n."""
    return len(names) == 2 and bool(re.search(r"_?\{?[1₁]\}?$", names[0])) and bool(
        re.search(r"_\{?[A-Za-z]\}?$|[ₙₘₖ]$", names[1])
    )


def _word(one: _Sentence, kind: str, at: int) -> int:
    """Read a word that says something of the names before it, or of those that follow."""
    if kind in ("independent", "uncorrelated", "iid"):
        ahead = _AHEAD.match(one.text, at)
        listed = _listed(one.text, ahead.end()) if ahead else ([], at)
        if listed[0]:
            one.names, at = listed
            if len(one.names) > 1 or _indexed(one.names[0]):
                one.plural = one.names
    names = tuple(one.names)
    if kind == "noise":
        noise = _noise(one)
        if noise and not (one.names and one.names[-1] == noise):
            one.names = [noise]
    elif kind == "pairs":
        one.pairs = True
    elif not names:
        return at
    elif kind in ("independent", "uncorrelated"):
        others = _others(one, at)
        if others:
            one.others = others[0]
            one.out += [Told(kind, (n, o), one.start) for n in names for o in others[0] if n != o]
            return others[1]
        one.out.append(Told(kind, names, one.start))
    elif kind == "iid":
        one.out.append(Told("iid", names, one.start))
    elif kind == "identical":
        one.out.append(Told("identically distributed", names, one.start))
    elif kind == "zero mean":
        one.out.append(Told("mean", (*names, "0"), one.start))
    elif kind == "unit variance":
        one.out.append(Told("variance", (*names, "1"), one.start))
    elif kind == "standard":
        one.out += [Told("mean", (*names, "0"), one.start), Told("variance", (*names, "1"), one.start)]
    elif kind == "gaussian":
        one.out.append(Told("gaussian", names, one.start))
    elif kind == "unbiased":
        found = re.match(rf"\s*(?:linear )?(?:estimat(?:e|or)s?\s+)?(?:for|of)\s+({NAME})(?=[\s,;.)]|$)", one.text[at:])
        if found:
            one.out.append(Told("mean", (*names, found[1]), one.start))
            return at + found.end()
    return at


def _others(one: _Sentence, at: int) -> tuple[list[str], int] | None:
    """Return the names in `of X and Y`, `from the X_i`, `of them`."""
    found = re.match(r"\s*(?:of|from|with)\s+(?:the\s+|all\s+|both\s+)?", one.text[at:])
    if not found:
        return None
    at += found.end()
    if re.match(r"(?:them|these|those|X's)\b", one.text[at:]):
        return (one.plural, at + 4) if one.plural and one.plural != one.names else None
    listed = _listed(one.text, at)
    return listed if listed[0] else None


def _listed(text: str, at: int) -> tuple[list[str], int]:
    """Return the names of a list that stands at a place, and where it ends."""
    out: list[str] = []
    while True:
        name = re.compile(NAME).match(text, at)
        if not name or re.match(r"[A-Za-z]", text[name.end() : name.end() + 1]):
            break
        after = text[name.end() :]
        if after and after[0] not in ",;:.)… " and not after[0].isspace():
            break
        if re.match(r"\s*[=~∼(\[]", after):
            break
        out.append(name[0])
        at = name.end()
        more = _MORE.match(after)
        if not more:
            break
        at += more.end()
        dots = re.match(r"(?:\.\.\.?|…|\\[lcd]?dots)\s*,?\s*", text[at:])
        at += dots.end() if dots else 0
    return out, at


def _noise(one: _Sentence) -> str:
    """Return the name of the noise of a text: ε in y = Xβ + ε."""
    for name in _GUESS:
        if re.search(rf"\+\s*{re.escape(name)}{_SCRIPT}(?![A-Za-z])", one.whole):
            found = re.search(rf"\+\s*({re.escape(name)}{_SCRIPT})(?![A-Za-z])", one.whole)
            return found[1] if found else name
    return ""
