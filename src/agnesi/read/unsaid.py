"""Words that seem to state a fact, and that the reader did not understand.

A claim that fails may hold where a fact is used that stands in such words, so it is not called wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agnesi.read.channels_told import words_of_channels
from agnesi.read.english import PROSE
from agnesi.read.fragment import Fragment
from agnesi.read.laws_told import words_of_laws
from agnesi.read.masses_told import words_of_masses
from agnesi.read.moments_told import moments_told
from agnesi.read.noise_told import words_of_noise

_FACT = re.compile(
    r"\b(?:i\.?i\.?d|independent(?! (?:trials|tosses|flips|throws|experiments))|uncorrelated|means"
    r"|disjoint|mutually exclusive"
    r"|with (?:zero )?mean|mean (?:0|zero|[^\W\d_]{1,2}\b)|variances?|sds?"
    r"|standard deviations?|covariances?|jointly|distributed|distributions? over|has density|one-hot|sums? to|add up to"
    r"|ortho(?:gonal|normal)|(?:skew-?|anti)?symmetric|commut(?:e|es|ing)|idempotent|parallel|(?:doubly )?stochastic"
    r"|gaussian(?! (?:channel|kernel|process|mixture))|normally"
    r"|bernoulli|poisson|binomial|exponential(?:ly)?|geometric(?! (?:series|mean|sum|prog))"
    r"|multinomial|dirichlet"
    r"|uniform(?:ly)?"
    r"|eigenvectors? of|rank)\b",
    re.IGNORECASE,
)
_MOMENTS = {
    "mean": re.compile(r"\b(?:with )?(?:zero )?means?\b", re.IGNORECASE),
    "variance": re.compile(r"\b(?:variances?|sds?|standard deviations?)\b", re.IGNORECASE),
    "covariance": re.compile(r"\bcovariances?\b", re.IGNORECASE),
    "pair covariance": re.compile(r"\bcovariances?\b", re.IGNORECASE),
    "gaussian": re.compile(r"\b(?:jointly|bivariate)?\s*(?:gaussian|normal(?:ly)?(?: distributed)?)\b", re.IGNORECASE),
}
_NO_GIVEN = re.compile(
    r"\W*(?:so|hence|thus|therefore|then|multiply|multiplying|minimi[sz]e|maximi[sz]e|take|using|use|by|apply|and so|"
    r"which|because|since|recall|law|compute|expand|find|show|the projection|posterior)\b"
    r"|.*\b(?:is|are|be) ?(?:then)?\W*$|\W*$", re.IGNORECASE,
)
_IID = re.compile(r"^\W*(?:i\.?i\.?d\.?|independent(?:ly)?)\b(?! of)", re.IGNORECASE)
_NAME = re.compile(r"(?<![^\W_])[^\W\d_](?:_?\{?\w{1,2}\}?)?'?(?![^\W_])|Sigma|sigma|theta|lambda|mu|[a-z]+bar")


@dataclass(frozen=True)
class Unsaid:
    """Words of a line that may state something of the letters `names`."""

    text: str
    line: int
    start: int
    names: frozenset[str]


def not_understood(source: str, found: Sequence[Fragment]) -> list[Unsaid]:
    """Return the words of a text that seem to state a fact and are in no fragment."""
    covered = bytearray(len(source))
    for one in found:
        covered[one.start : one.stop] = b"\x01" * (min(one.stop, len(source)) - one.start)
    taken = (words_of_laws, words_of_masses, words_of_channels, words_of_noise)
    for begin, end in (span for words in taken for span in words(source)):
        covered[begin:end] = b"\x01" * (end - begin)
    told: dict[int, set[str]] = {}
    for fact in moments_told(source):
        lead = len(source[fact.start :]) - len(source[fact.start :].lstrip())
        told.setdefault(source.count("\n", 0, fact.start + lead) + 1, set()).add(fact.fact)
    out, at = [], 0
    for number, line in enumerate(source.split("\n"), 1):
        for start, stop in _bare(covered, at, at + len(line)):
            words = source[start:stop]
            before = [f for f in found if f.stop <= start and not source[f.stop : start].strip()]
            if any(f.kind == "model" or "~" in f.text for f in before):
                words = _IID.sub(lambda m: " " * len(m[0]), words, count=1)  # x_i ~ Poisson(r) iid
            words = _taken_in(words, told.get(number, set()))
            if _FACT.search(words) and not _NO_GIVEN.match(words):
                beside = [f for f in found if at <= f.start <= at + len(line) and (f.stop == start or f.start == stop)]
                near = " ".join([words, *(f.text if f.kind == "formula" else " ".join(f.names) for f in beside)])
                out.append(Unsaid(words.strip(" ,;:.()"), number, start, frozenset(_names(near))))
        at += len(line) + 1
    return out


def _taken_in(words: str, told: set[str]) -> str:
    """Return words without the moments that were understood in their line."""
    if not told & _MOMENTS.keys() or len(told & {"mean", "variance", "correlation", "pair covariance"}) < 2:
        return words
    for fact in told & _MOMENTS.keys():
        words = _MOMENTS[fact].sub(lambda m: " " * len(m[0]), words)
    return words


def _bare(covered: bytearray, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the stretches between start and stop that no fragment covers."""
    out, begun = [], -1
    for k in range(start, stop + 1):
        free = k < stop and not covered[k]
        if free and begun < 0:
            begun = k
        elif not free and begun >= 0:
            out.append((begun, k))
            begun = -1
    return out


def _names(text: str) -> set[str]:
    found = {n for n in _NAME.findall(text) if n not in PROSE and (n not in ("a", "A", "I") or f"{n} " not in text)}
    return found | {n.split("_")[0] for n in found}
