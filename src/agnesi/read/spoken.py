"""Declarations and facts in words: "Let X be an n x d matrix", "A and B are symmetric", "x has mean mu".

What is understood becomes a declaration that the strict reader takes, or a fact; the rest is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agnesi.errors import AgnesiError
from agnesi.ops.facts import facts as known_facts
from agnesi.read.declare import Declare
from agnesi.read.lex import lex
from agnesi.read.vocabulary import Vocabulary
from agnesi.read.words import GREEK


class Item(NamedTuple):
    """A piece of a line: `kind` is "M" (mathematics), "W" (a word), "P" (a mark), "A" (an aside in brackets)."""

    kind: str
    text: str
    start: int
    stop: int
    related: bool = False  # it has a relation outside brackets
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Said:
    """What words declare: a declaration for the strict reader, or a fact about names."""

    kind: str
    text: str
    names: tuple[str, ...] = ()
    fact: str = ""


_OPENERS = frozenset(
    """let assume suppose given that for where with if when here and both all any every each consider take since because
    as the a an real also some note denote we have is there whenever provided under assuming letting fix two three
    these those particular now then general arbitrary every finally such are be also again both""".split()
)
_VERBS = frozenset("is are be being has have having denotes denote in as : lies lie belongs belong takes take".split())
_FILLERS = frozenset(
    """a an the matrix matrices vector vectors of real valued square design data weight weights feature features any given
    some both all arbitrary column known also and with entries entry finite nonrandom full dense generic tall ordinary
    usual positive-valued non-random deterministic dimensional real-valued each again random-free random_free fixed
    unknown its input inputs output target targets label labels parameter parameters coefficient coefficients
    coordinates element elements in unspecified general particular two three jointly that which is are training test
    observed latent hidden variable variables quantity quantities term terms""".split()
)
_KINDS: dict[str, tuple[str, str]] = {
    "scalar": ("scalar", ""),
    "scalars": ("scalar", ""),
    "number": ("scalar", ""),
    "numbers": ("scalar", ""),
    "real number": ("scalar", ""),
    "real numbers": ("scalar", ""),
    "reals": ("scalar", ""),
    "number of": ("count", ""),
    "dimension of": ("count", ""),
    "sample size": ("count", ""),
    "real": ("maybe", ""),
    "vector": ("noun", "vector"),
    "vectors": ("noun", "vector"),
    "unit vectors": ("fact", "unit"),
    "vector of ones": ("said", "ones"),
    "vector of all ones": ("said", "ones"),
    "all-ones vector": ("said", "ones"),
    "ones vector": ("said", "ones"),
    "projection": ("said", "projection"),
    "projection matrix": ("said", "projection"),
    "projector": ("said", "projection"),
    "idempotent": ("said", "idempotent"),
    "column vector": ("noun", "vector"),
    "column vectors": ("noun", "vector"),
    "matrix": ("noun", "matrix"),
    "matrices": ("noun", "matrix"),
    "a constant": ("fact", "constant"),
    "constants": ("fact", "constant"),
    "held fixed": ("fact", "constant"),
    "held constant": ("fact", "constant"),
    "fixed": ("fact", "constant"),
    "integers": ("fact", "integer"),
    "natural": ("fact", "integer"),
    "whole number": ("fact", "integer"),
    "orthonormal": ("fact", "orthogonal"),
    "orthonormal columns": ("fact", "orthogonal"),
    "orthogonal columns": ("none", ""),
    "rotation": ("fact", "orthogonal"),
    "rotation matrix": ("fact", "orthogonal"),
    "covariance matrix": ("fact", "psd"),
    "covariance matrices": ("fact", "psd"),
    "precision matrix": ("fact", "spd"),
    "kernel matrix": ("fact", "psd"),
    "gram matrix": ("fact", "psd"),
    "p.s.d": ("fact", "psd"),
    "non singular": ("fact", "invertible"),
    "symmetric and positive definite": ("fact", "spd"),
    "full rank": ("fact", "full column rank"),
    "full-rank": ("fact", "full column rank"),
    "independent columns": ("fact", "full column rank"),
    "linearly independent columns": ("fact", "full column rank"),
    "linearly independent rows": ("fact", "full row rank"),
    "independent rows": ("fact", "full row rank"),
    "row-stochastic": ("fact", "stochastic"),
    "unit norm": ("fact", "unit"),
    "unit length": ("fact", "unit"),
    "norm one": ("fact", "unit"),
    "normalised": ("none", ""),
    "distribution": ("fact", "probability"),
    "distributions": ("fact", "probability"),
    "discrete distribution": ("fact", "probability"),
    "discrete distributions": ("fact", "probability"),
    "discrete probability distribution": ("fact", "probability"),
    "probability distribution": ("fact", "probability"),
    "probability distributions": ("fact", "probability"),
    "probability mass function": ("fact", "probability"),
    "pmf": ("fact", "probability"),
    "pmfs": ("fact", "probability"),
    "probability vectors": ("fact", "probability"),
    "probabilities": ("fact", "probability"),
    "non-negative": ("fact", "nonnegative"),
    "strictly positive": ("fact", "positive"),
    "nonzero": ("fact", "nonzero"),
    "not zero": ("fact", "nonzero"),
    "random variable": ("said", "random"),
    "random variables": ("said", "random"),
    "random vector": ("said", "random"),
    "random vectors": ("said", "random"),
    "random": ("said", "random"),
    "independent": ("said", "independent"),
    "mutually independent": ("said", "independent"),
    "statistically independent": ("said", "independent"),
    "conditionally independent": ("said", "conditionally independent"),
    "linearly independent": ("none", ""),
    "iid": ("said", "iid"),
    "i.i.d": ("said", "iid"),
    "i.i.d.": ("said", "iid"),
    "independent and identically distributed": ("said", "iid"),
    "identically distributed": ("said", "identically distributed"),
    "uncorrelated": ("said", "uncorrelated"),
    "distinct": ("said", "distinct"),
    "commute": ("said", "commute"),
    "commutes": ("said", "commute"),
    "commuting": ("said", "commute"),
    "disjoint": ("said", "disjoint"),
    "mutually exclusive": ("said", "disjoint"),
    "event": ("said", "event"),
    "events": ("said", "event"),
    "convex": ("said", "convex"),
    "concave": ("said", "concave"),
    "differentiable": ("said", "differentiable"),
    "twice differentiable": ("said", "differentiable"),
    "continuous": ("said", "continuous"),
    "linear": ("said", "linear"),
    "function": ("said", "function"),
    "functions": ("said", "function"),
    "logistic function": ("said", "sigmoid"),
    "logistic sigmoid": ("said", "sigmoid"),
    "logistic sigmoid function": ("said", "sigmoid"),
    "sigmoid": ("said", "sigmoid"),
    "sigmoid function": ("said", "sigmoid"),
    "small": ("said", "small"),
    "large": ("said", "large"),
    "centred": ("zero", "mean"),
    "centered": ("zero", "mean"),
    "zero mean": ("zero", "mean"),
    "zero-mean": ("zero", "mean"),
    "mean zero": ("zero", "mean"),
    "unit variance": ("one", "variance"),
}
for _word, _record in known_facts.words.items():
    if _word not in _KINDS and _word not in ("given", "random", "a distribution", "a random variable", "random variable"):
        _KINDS[_word] = ("fact", _record.name)
_ADJECTIVES = frozenset(w for w, (k, v) in _KINDS.items() if k == "fact" or (k == "said" and v in ("random", "convex")))
_LATE = frozenset("fixed const inv pos bin prob sign signs lower upper unit regular sym constant".split())
_COUNTED = frozenset(
    """samples sample observations points examples classes states outcomes features dimensions variables components
    clusters inputs neurons units symbols nodes rows columns entries values bits data instances trials tosses draws
    categories letters layers steps items words experts hidden""".split()
)
_MOMENTS = {
    "mean": "mean",
    "expectation": "mean",
    "expected value": "mean",
    "variance": "variance",
    "var": "variance",
    "covariance": "covariance",
    "covariance matrix": "covariance",
    "cov": "covariance",
    "std": "standard deviation",
    "standard deviation": "standard deviation",
}
_INTO = frozenset("of in to by on from than over at into mean variance covariance between wrt".split())
_MEASURES = frozenset("length size dimension dimensions shape order dim".split())
_PLURAL = frozenset("scalar scalars vectors matrices numbers".split())
_STOPS = frozenset("if iff only when unless whenever not".split())
_NAME = re.compile(
    r"(?:\\(?:mathbf|boldsymbol|bm|mathrm|mathcal|vec|hat|bar|tilde|mathsf)\s*\{\s*\\?[A-Za-z]+\s*\}|\\[A-Za-z]+"
    r"|" + "|".join(sorted((g for g in GREEK if g.isascii()), key=len, reverse=True)) + r"|[^\W\d_]\w{0,2}̂?)"
    r"(?:_(?:\{[^{}]{1,12}\}|\\?\w+)|[₀-₉ᵢⱼₖₙₘₗₜ]+)?(?:\^\{?\((?:\w)\)\}?|⁽.⁾)?'{0,2}$"
)
_SIZE = r"(?:\d+|[A-Za-z][0-9]?(?:_\{?\w\}?)?|\d[A-Za-z]|\\ell|ℓ)(?:\s*[-+−]\s*\d)?"
_TIMES = r"\s*(?:×|\*|\\times|·|\bx\b|(?<=\d)x(?=\d|[a-zA-Z]\b)|(?<=\s)x(?=\s)|x)\s*"
_SIZES = re.compile(rf"\(?\s*{_SIZE}(?:(?:{_TIMES}|\s*,\s*){_SIZE})*\s*,?\s*\)?$")
_TABLE = re.compile(rf"\(?\s*{_SIZE}(?:(?:{_TIMES}){_SIZE})+\s*\)?$")
_SET = re.compile(
    r"(?:ℝ|R|\\mathbb\s*\{?R\}?|\\R|\\Re|ℕ|N|\\mathbb\s*\{?[NZ]\}?|ℤ|Z|\\?\{[^{}]{1,12}\\?\}|[\[(]\s*0\s*,\s*1\s*[\])])"
    r"(?:[⁺₊]|[_^]\s*(?:\{[^{}]{1,30}\}|\+?\+|\w+)|[ⁿᵐᵈᵏᵖᴺᴰᴷᴹˣ⁰-⁹\u00b2\u00b3⁺]+)*$"
)
_INDEXED = re.compile(r"(?:_\{?[ijknmltN]{1,2}\}?|[ᵢⱼₖₙₘₗₜ])(?:'|$)")
_LIST = re.compile(r"([^\s,]+)\s*,(?:[^,]+,)?\s*(?:\.\.\.?|…|\\[lc]?dots)\s*,?\s*([^\s,]+)$")
_ARROW = re.compile(r"->|→|\\to(?![a-z])|\\rightarrow|↦")
_MEMBER = re.compile(r"\s*(?:∈|\\in(?![a-z]))\s*")


@dataclass
class _Found:
    """What has been gathered of one declaration."""

    names: list[str] = field(default_factory=list)
    shape: str = ""
    facts: list[str] = field(default_factory=list)
    said: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    scalar: bool = False
    noun: str = ""
    formal: tuple[str, ...] = ()  # the names of a declaration that is formal already

    @property
    def empty(self) -> bool:
        return not (self.shape or self.facts or self.said or self.scalar)


class Spoken:
    """Reads declarations in the items of a line; `last` is the matrix that was declared last."""

    def __init__(self) -> None:
        self.last = ""
        self.items: Sequence[Item] = ()

    def at(self, items: Sequence[Item], k: int) -> tuple[list[Said], int] | None:
        """Return what is declared at item k and the item after it, or None."""
        self.items = items
        start = k
        while k < len(items) and items[k].kind == "W" and self.opens(k):
            k += 1
        bare = start > 0 and self.word(start - 1) in _INTO or self.word(k - 1) in _INTO if k else False
        counted = self.counted(k)
        if counted:
            return counted
        rows = self.rows(k)
        if rows:
            return rows
        found = _Found()
        k = self.before(k, found)
        k, formal = self.named(k, found)
        if not found.names and not formal:
            return self.of_expression(k, start)
        if formal:
            k = self.described(k, found) if not self.word(k) or self.word(k) in _VERBS | _KINDS.keys() else k
            return ([Said("declaration", formal, found.formal), *self.results(found)], k) if k > start else None
        if bare:
            out = self.results(found) if not found.empty else []
            return (out, k) if out else None
        verb = self.word(k) in _VERBS or self.mark(k) == ":"
        after = k + 1 if verb else k
        stop = self.described(after, found, late=verb, colon=self.mark(k) == ":")
        if stop == after and found.noun in ("vector", "matrix") and not verb and found.empty:
            return None
        if self.word(stop) in _STOPS and not found.shape:
            return None
        if found.empty and not (found.noun and (verb or found.names) and (stop > after or not verb)):
            return None
        if found.noun in ("vector", "matrix") and found.empty and stop == after and verb:
            return None
        out = self.results(found)
        return (out, stop if stop > after else k) if out else None

    def of_expression(self, k: int, start: int) -> tuple[list[Said], int] | None:
        """`X'X is invertible`, `AB is symmetric`: a fact of an expression."""
        text = self.mathematics(k)
        before = self.word(k - 1) if k else ""
        if not text or self.items[k].related or self.word(k + 1) not in ("is", "are", "be") or before in _INTO:
            return None
        kind, value, size = self.phrase(k + 2)
        if kind not in ("fact", "said") or self.word(k + 2 + size) in _STOPS:
            return None
        return [Said("fact", "", (text,), value)], k + 2 + size

    # -- items --------------------------------------------------------------------------------------------------

    def word(self, k: int) -> str:
        return self.items[k].text if k < len(self.items) and self.items[k].kind == "W" else ""

    def mark(self, k: int) -> str:
        return self.items[k].text if k < len(self.items) and self.items[k].kind == "P" else ""

    def mathematics(self, k: int) -> str:
        return self.items[k].text if k < len(self.items) and self.items[k].kind == "M" else ""

    def opens(self, k: int) -> bool:
        """Tell whether a word only opens what follows (let, for, a, the), and says nothing of its own."""
        return self.word(k) in _OPENERS and self.phrase(k)[0] not in ("fact", "said", "scalar", "zero", "one")

    def phrase(self, k: int) -> tuple[str, str, int]:
        """Return (what it says, value, its length in items) of the longest known phrase at k."""
        words: list[str] = []
        for j in range(k, min(k + 5, len(self.items))):
            if self.items[j].kind != "W":
                break
            words.append(self.items[j].text)
        for size in range(len(words), 0, -1):
            text = " ".join(words[:size])
            for shown in (text, text.replace("-", " "), text.replace("-", "")):
                if shown in _KINDS:
                    return (*_KINDS[shown], size)
        return ("", "", 0)

    # -- parts --------------------------------------------------------------------------------------------------

    def counted(self, k: int) -> tuple[list[Said], int] | None:
        """`n samples`, `K classes`: the letter is a number of things."""
        name = self.mathematics(k)
        if re.fullmatch(r"[nmdkNDKMTVL]", name) and self.word(k + 1) in _COUNTED:
            return [Said("declaration", f"{name} ∈ ℕ", (name,))], k + 2
        return None

    def rows(self, k: int) -> tuple[list[Said], int] | None:
        """`rows x_i^T`, `whose rows are x_i^T`, `with columns a_j`, `x_i is the i-th row of X`."""
        at = k
        while self.word(at) in ("with", "whose", "having", "the", "where", "and", "its", "has", "have"):
            at += 1
        which = {"row": "row", "rows": "row", "column": "column", "columns": "column"}.get(self.word(at), "")
        if which and self.word(at + 1) == "of" and self.word(at + 3) in ("are", "being"):
            kind, value, size = self.phrase(at + 4)
            name, words = self.mathematics(at + 2), [i.text for i in self.items[at + 4 : at + 4 + size]]
            if _NAME.match(name) and size and words[-1] in ("independent", "orthonormal"):
                fact = "orthogonal" if words[-1] == "orthonormal" else f"full {which} rank"
                return [Said("declaration", f"{name} : {fact}", (name,))], at + 4 + size
            return None
        if which:
            at += 1
            while self.word(at) in ("are", "is", "vectors", "given", "by", "the", "being"):
                at += 1
            bare = _untransposed(self.mathematics(at))
            index = _index_of(bare)
            whole = self.mathematics(at + 2) if self.word(at + 1) == "of" else ""
            if index and (_NAME.match(whole) or self.last):
                stop = at + 3 if _NAME.match(whole) else at + 1
                whole = whole if _NAME.match(whole) else self.last
                return [Said("declaration", f"{_greek(bare)} is {which} {index} of {_greek(whole)}", (bare,))], stop
            return None
        bare = _untransposed(self.mathematics(k))
        index = _index_of(bare)
        if not index or self.word(k + 1) not in ("is", "are", "denotes", "be"):
            return None
        at = k + 2
        while self.word(at) in ("the", "a") or self.mathematics(at) in (index, f"{index}th") or (
            self.word(at) in ("th", f"{index}-th", "i-th", "n-th", "ith", "nth", "jth", "kth")
        ):
            at += 1
        which = {"rows": "row", "columns": "column"}.get(self.word(at), self.word(at))
        if which not in ("row", "column"):
            return None
        at += 1
        if self.mathematics(at) == index:
            at += 1
        if self.word(at) in ("vector", "vectors"):
            at += 1
        matrix = self.mathematics(at + 1)
        if self.word(at) == "of" and _NAME.match(matrix):
            return [Said("declaration", f"{_greek(bare)} is {which} {index} of {_greek(matrix)}", (bare,))], at + 2
        return None

    def before(self, k: int, found: _Found) -> int:
        """Descriptions before the names: `symmetric n x n matrix A`, `real numbers a, b`, `unit vector u`."""
        at, said = k, _Found()
        while at < len(self.items):
            if _TABLE.match(self.mathematics(at)) and self.word(at + 1) in ("matrix", "matrices", "real", *_ADJECTIVES):
                said.shape, at = self.mathematics(at), at + 1
                continue
            sized = _sized(self.word(at))
            if sized:
                said.shape, at = sized, at + 1
                continue
            kind, value, size = self.phrase(at)
            if not size and not (at > k and self.word(at) in _FILLERS):
                break
            if size:
                self.take(kind, value, said)
            at += max(size, 1)
        if at > k and (_NAME.match(self.mathematics(at)) or _member(self.mathematics(at))):
            found.__dict__.update(said.__dict__)
            return at
        return k

    def named(self, k: int, found: _Found) -> tuple[int, str]:
        """Names with commas or `and` between them; the last may be a formal declaration (x, y ∈ ℝⁿ)."""
        while k < len(self.items):
            text = self.mathematics(k)
            if not text:
                break
            if _NAME.match(text) and not self.items[k].related:
                found.names.append(text)
                k += 1
                after = self.word(k) if self.word(k) in ("and", "or") else self.mark(k)
                if after in ("and", ",") and (_NAME.match(self.mathematics(k + 1)) or _member(self.mathematics(k + 1))):
                    k += 1
                    continue
                if after == "," and self.word(k + 1) == "and" and _NAME.match(self.mathematics(k + 2)):
                    k += 2
                    continue
                break
            dots = _LIST.match(text)
            if dots and not self.items[k].related:
                found.names += [dots[1], dots[2]]
                return k + 1, ""
            pair = re.match(r"(\S+)\s+(\S.*)$", text)
            if pair and _NAME.match(pair[1]) and _TABLE.match(pair[2]) and not self.items[k].related:
                found.names.append(pair[1])
                found.shape = pair[2]
                return k + 1, ""
            formal = self.formal(text, found)
            if formal is not None:
                return k + 1, formal
            break
        return k, ""

    def formal(self, text: str, found: _Found) -> str | None:
        """Return the declaration that a formula such as λ > 0 or x ∈ ℝⁿ is; "" when its parts are in `found`."""
        member = _member(text)
        if member:
            found.names.append(member[0])
            if not self.members(member[1], found):
                found.names.pop()
                return None
            return ""
        sign = re.match(r"(.+?)\s*(>=|≥|>|≻|⪰|\\geq?(?![a-z])|\\succ(?:eq)?(?![a-z]))\s*0$", text)
        if sign and _NAME.match(sign[1]) and _INDEXED.search(sign[1]):
            found.names.append(sign[1])
            found.facts.append({">": "positive", "≻": "spd", "⪰": "psd", "\\succ": "spd"}.get(sign[2], "nonnegative"))
            return ""
        whole = ", ".join([*found.names, text])
        if len(text) > 80 or any(_INDEXED.search(n) for n in found.names):
            return None
        names = declared_names(whole)
        if not names:
            return None
        found.formal = tuple(names)
        found.names.clear()
        return whole

    def members(self, text: str, found: _Found) -> bool:
        """Take in a set: ℝⁿ, {0,1}ⁿ, [0, 1], Sⁿ of positive definite matrices."""
        text = text.strip()
        cone = re.match(r"(?:\\mathbb\s*\{?S\}?|S|𝕊|\\mathcal\s*\{?S\}?)(?:_\{?(\+\+?)\}?)?\^\{?(\w)\}?(?:_\{?(\+\+?)\}?)?$", text)
        if cone:
            found.shape = f"{cone[2]}×{cone[2]}"
            found.facts.append({"++": "spd", "+": "psd"}.get(cone[1] or cone[3] or "", "symmetric"))
            return True
        if re.fullmatch(r"[(\[\]]\s*0\s*,\s*(1|∞|\\infty|inf)\s*[)\]\[]", text):
            below = "nonnegative" if text[0] == "[" else "positive"
            found.facts.append("unit interval" if re.search(r"1\s*\S$", text) else below)
            return True
        if _SET.match(text) and declared_names("x : " + text) is not None:
            found.shape = text
            return True
        return False

    def described(self, k: int, found: _Found, late: bool = True, colon: bool = False) -> int:
        """What is said after the names; returns the item after what was understood."""
        stop = k
        while k < len(self.items):
            k2 = self.one(k, found, late, colon and k == stop)
            if k2 == k:
                if self.word(k) in _FILLERS and k - stop < 4:
                    k += 1
                    continue
                if self.mark(k) == "," and found.names and k > stop - 1 and self.continues(k + 1):
                    k += 1
                    continue
                break
            k = stop = k2
        return stop

    def continues(self, k: int) -> bool:
        """Tell whether a description goes on after a comma: `symmetric, positive definite`."""
        while self.word(k) in ("and", "with", "a", "an"):
            k += 1
        kind, value, size = self.phrase(k)
        after = k + size
        named = bool(_NAME.match(self.mathematics(after)))
        return bool(size) and kind in ("fact", "said") and not named and self.word(after) not in ("is", "are")

    def one(self, k: int, found: _Found, late: bool, colon: bool) -> int:
        """Take one description at k; returns the place after it, or k."""
        kind, value, size = self.phrase(k)
        if self.word(k) in _MEASURES and not kind or self.word(k) in _MOMENTS:
            k2 = self.sized(k, found)
            if k2 != k:
                return k2
        if self.word(k) in ("with", "of", "and", "has", "have", "having", "over", "on", "be", "is", "are", "from") or (
            kind in ("noun", "fact", "scalar", "said") and self.word(k + size) in ("of", "with", "over", "on", "in")
        ):
            k2 = self.sized(k + (size if kind else 1), found) if not kind else self.sized(k + size + 1, found)
            if kind and k2 != k + size + 1:
                self.take(kind, value, found)
                return k2
            if not kind and k2 != k + 1:
                return k2
        if size and value in ("independent", "conditionally independent"):
            return self.independent(k + size, value, found)
        if size:
            if not late and (size == 1 and self.word(k) in _LATE or kind in ("noun", "scalar") and self.word(k) not in _PLURAL):
                return k + size if kind == "noun" and k > 0 and not found.empty else k
            self.take(kind, value, found)
            return k + size
        text = self.mathematics(k)
        sized = _sized(self.word(k))
        if sized:
            found.shape = sized
            return k + 1
        if text and late and found.names and not self.items[k].related:
            if self.members(text, found) and not _NAME.match(text):
                return k + 1
            if self.word(k + 1) == "by" and _NAME.match(text) and _NAME.match(self.mathematics(k + 2)):
                found.shape = f"{text}×{self.mathematics(k + 2)}"
                return k + 3
            if _TABLE.match(text) or (colon and _SIZES.match(text)):
                found.shape = text
                return k + 1
            if self.word(k - 1) == "in" and self.members(text, found):
                return k + 1
        if colon and text and self.items[k].related and _ARROW.search(text):
            found.said.append(("function", ()))
            return k + 1
        if text and found.said and re.match(r"(?:[~∼]|\\sim)", text):
            found.said.append(("distributed", (re.sub(r"^(?:[~∼]|\\sim)\s*", "", text),)))
            return k + 1
        if text and self.word(k + 1) == "rows" and self.word(k + 2) in ("and", ""):
            return self.sized(k, found)
        if text and found.said and re.match(r"(?:N|Normal|Poisson|Bernoulli|Uniform|Exp\w*|Gamma|Beta|U)\s*\(", text):
            found.said.append(("distributed", (text,)))
            return k + 1
        if self.word(k) == "between" and self.mathematics(k + 1) == "0" and self.mathematics(k + 3) == "1":
            found.facts.append("unit interval")
            return k + 4
        return k

    def independent(self, k: int, value: str, found: _Found) -> int:
        """`independent of y`, `independent given z`: the names that follow belong to the fact."""
        more: list[str] = []
        if self.word(k) in ("random", "variables", "variable", "events"):
            k = k + 2 if self.word(k + 1) in ("variables", "vectors") else k + 1
            found.said.append(("random", ()))
        if self.word(k) in ("of", "from") and _NAME.match(self.mathematics(k + 1)):
            more.append(self.mathematics(k + 1))
            k += 2
            while (self.word(k) == "and" or self.mark(k) == ",") and _NAME.match(self.mathematics(k + 1)):
                if self.word(k + 2) in _VERBS:
                    break
                more.append(self.mathematics(k + 1))
                k += 2
        if self.word(k) == "given" and self.mathematics(k + 1):
            found.said.append(("conditionally independent", (*more, self.mathematics(k + 1))))
            return k + 2
        if value == "independent":
            found.said.append((value, tuple(more)))
        return k

    def sized(self, k: int, found: _Found) -> int:
        """`of length n`, `of size n x d`, `over K states`, `with mean mu`, `with n rows and d columns`, `in R^n`."""
        at = k
        while self.word(at) in ("a", "an", "the", "common", "same"):
            at += 1
        word = self.word(at)
        if word in _MEASURES:
            at += 1
            while self.word(at) in ("of", "is"):
                at += 1
            text = self.mathematics(at)
            if self.word(at + 1) == "by" and text and self.mathematics(at + 2):
                found.shape = f"{text}×{self.mathematics(at + 2)}"
                return at + 3
            if _SIZES.match(text):
                found.shape = text if word != "order" else f"{text}×{text}"
                return at + 1
            return k
        moment = next((m for m in (f"{word} {self.word(at + 1)}", word) if m in _MOMENTS), "")
        if moment:
            value = at + len(moment.split())
            while self.word(value) in ("vector", "matrix", "equal", "to", "of", "is"):
                value += 1
            held = self.mathematics(value) or {"zero": "0", "one": "1"}.get(self.word(value), "")
            if held and (not self.items[value].related):
                found.said.append((_MOMENTS[moment], (held,)))
                return value + 1
            return k
        text = self.mathematics(at)
        if self.word(at + 1) in _COUNTED and re.fullmatch(r"[A-Za-z]|\d{1,3}", text):
            if self.word(at + 1) == "rows" and self.word(at + 2) == "and" and self.word(at + 4) == "columns":
                found.shape = f"{text}×{self.mathematics(at + 3)}"
                return at + 5
            found.shape = found.shape or text
            return at + 2
        if text and _SET.match(text) and not _NAME.match(text) and self.members(text, found):
            return at + 1
        return k

    def take(self, kind: str, value: str, found: _Found) -> None:
        """Add what a phrase says."""
        if kind == "fact":
            found.facts.append(value)
        elif kind == "said":
            found.said.append((value, ()))
        elif kind in ("zero", "one"):
            found.said.append((value, ("0" if kind == "zero" else "1",)))
        elif kind == "scalar":
            found.scalar = True
        elif kind == "maybe":
            found.scalar = all(n[0].islower() or n[0] == "\\" for n in found.names) and bool(found.names)
        elif kind == "count":
            found.noun = "count"
        elif kind == "noun":
            found.noun = value

    def results(self, found: _Found) -> list[Said]:
        """Return the declarations and facts that were gathered."""
        out: list[Said] = []
        names = tuple(found.names)
        plain = [n for n in names if not _INDEXED.search(n)]
        facts = list(dict.fromkeys(found.facts))
        if plain and (found.shape or facts or (found.scalar and not found.said)):
            shape = found.shape or ("scalar" if found.scalar else "")
            text = f"{', '.join(plain)} : {' '.join([shape, *facts]).strip()}"
            if declared_names(text):
                out.append(Said("declaration", text, names))
                if found.noun == "matrix" or _TABLE.match(found.shape) or "×" in shape or "x" in shape:
                    self.last = plain[-1]
        family = [n for n in names if _INDEXED.search(n)]
        for name in family:
            base = re.split(r"_|[ᵢⱼₖₙₘₗₜ]", name)[0]
            sets = {"{0,1}": "binary", "{-1,1}": "sign", "[0,1]": "unit interval"}
            of = sets.get(re.sub(r"[\\\s+]", "", found.shape).replace("−", "-"), "")
            kept = [*facts, *([of] if of else [])]
            text = f"{base} : {' '.join(kept)}"
            if kept and declared_names(text):
                out.append(Said("declaration", text, (name,)))
        if found.noun == "count" and names:
            return [Said("declaration", f"{n} ∈ ℕ", (n,)) for n in names]
        for fact, values in found.said:
            out.append(Said("fact", "", (*names, *values), fact))
        if not out and found.noun and names:
            out.append(Said("fact", "", names, found.noun))
        return out


def declared_names(text: str) -> list[str] | None:
    """Return the names that the strict reader takes `text` to declare; None when it is no declaration."""
    try:
        tokens = [t for t in lex(text) if t.kind != "end"]
        names, stop = Declare(Vocabulary(), text).read(tokens)
    except AgnesiError:
        return None
    return names if names and stop == len(tokens) else None


def _member(text: str) -> tuple[str, str] | None:
    """Return (name, set) of `x ∈ ℝⁿ`."""
    parts = _MEMBER.split(text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and _NAME.match(parts[0]) else None


def _sized(word: str) -> str:
    """Return the size in `n-dimensional`, `d-vector`."""
    by = re.fullmatch(r"([a-z]|\d{1,3})-by-([a-z]|\d{1,3})", word)
    if by:
        return f"{by[1]}×{by[2]}"
    found = re.fullmatch(r"([a-z]|\d{1,3})-(?:dimensional|vector|vectors|dim|d|component)", word)
    return found[1] if found else ""


def _untransposed(text: str) -> str:
    return re.sub(r"(?:\^\{?(?:T|\\top|\\intercal)\}?|ᵀ|'|\^⊤)$", "", text)


def _index_of(name: str) -> str:
    """Return the index letter of a name such as x_i."""
    found = re.fullmatch(r"(?:\\?[^\W\d_]+|\\mathbf\{\w\})_\{?([a-zN])\}?", name)
    if found:
        return found[1]
    small = re.fullmatch(r"[^\W\d_]([ᵢⱼₖₙₘₗₜ])", name)
    return "ijknmlt"["ᵢⱼₖₙₘₗₜ".index(small[1])] if small else ""


def _greek(name: str) -> str:
    """Return a name with its letters in Greek: phi_n is φ_n."""
    return re.sub(r"\\?([A-Za-z]+)", lambda f: GREEK.get(f[1], f[0]), name)
