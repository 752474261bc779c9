"""Distributions in words: "X is Poisson with mean λ", "X uniform on [0, 1]", "e is Gaussian noise with covariance S".

What is complete becomes a model that the reader of probability takes (X ~ Poisson(λ)); the rest is a fact or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.english import words
from agnesi.read.measured import Measured
from agnesi.read.names import MODELLED, NAME, Item, Said

LAWS = {
    "uniform": "Uniform", "uniformly": "Uniform", "poisson": "Poisson", "normal": "N", "normally": "N",
    "gaussian": "N", "gaussians": "N", "bernoulli": "Bernoulli", "exponential": "Exponential",
    "binomial": "Binomial", "gamma": "Gamma", "beta": "Beta", "geometric": "Geometric",
}  # fmt: skip
_WANTED = {
    "Poisson": (("mean", "rate", "parameter", "intensity"),),
    "N": (("mean",), ("variance", "covariance", "covariance matrix", "standard deviation", "precision")),
    "Bernoulli": (("mean", "parameter", "probability", "success probability"),),
    "Exponential": (("rate",),),
}
_BEFORE = words(
    """is are be has have follow follows a an the iid i.i.d i.i.d. independent independently all each random variable
    variables noise distributed distribution jointly as multivariate univariate drawn from"""
)
_AFTER = words("distributed noise distribution random variable variables vector vectors prior also")
_STATED = frozenset(("is", "are", "be", "jointly", "follow", "follows", "has", "have"))
_ZERO_MEAN = frozenset(("zero-mean", "centred", "centered"))
_INTERVAL = re.compile(r"[\[(]\s*([^,\[\]()]{1,20})\s*,\s*([^,\[\]()]{1,20})\s*[\])]$")
_CALL = re.compile(
    r"(?:[~∼]\s*)?(?:N|𝒩|U|Normal|Gaussian|Poisson|Bernoulli|Uniform|Exponential|Gamma|Beta|Binomial)\s*\(.*\)$"
)
_ALL = words("be are is both all and two mutually they that which where random variables with being")
_WORDS = {"zero": "0", "one": "1", "unit": "1", "identity": "I"}
MAX_WORDS = 8


def law_at(told: Measured, k: int, names: Sequence[str]) -> tuple[list[Said], int] | None:
    """Return the models that the words at k make of `names`, and the item after them."""
    found = (_listed(told, k, names) or _law_at(told, k, names)) if names else None
    if found is None or told.word(found[1]) not in ("and", "independent"):
        return found
    said, k = found
    more = _others(told, k + (told.word(k) == "and"), names)
    return ([*said, *more[0]], more[1]) if more else found


def _listed(told: Measured, k: int, names: Sequence[str]) -> tuple[list[Said], int] | None:
    """`X, Y ~ Exp(λ)`: one model for each name of a list, and what is said of them together."""
    found = MODELLED.match(told.mathematics(k))
    if not found or not NAME.match(found[1]):
        return None
    every = [*names, found[1]]
    at = k + 1
    while told.mark(at) == "," or told.word(at) in _ALL:
        at += 1
    more = _others(told, at, every)
    if more is None and len(every) == 2 and told.word(at) == "correlation":
        at += told.word(at + 1) == "coefficient"
        link = told.mathematics(at + 1)
        more = ([Said("fact", "", (*every, link), "correlation")], at + 2) if link else None
    return ([*models(every, found[2]), *more[0]], more[1]) if more else (models(every, found[2]), k + 1)


def modelled_together(told: Measured, k: int) -> tuple[list[Said], int] | None:
    """`X ~ Poisson(λ) and Y ~ Poisson(μ) be independent`: the last model, and what is said of all of them."""
    names: list[str] = []
    at = k
    while (found := MODELLED.match(told.mathematics(at))) and NAME.match(found[1]):
        names[:0] = [found[1]]
        if told.word(at - 1) != "and" and told.mark(at - 1) != ",":
            break
        at -= 2
    end, before = _words(told, k + 1, _ALL | frozenset(_TOGETHER))
    facts = [Said("fact", "", tuple(names), f) for f in _together(before)]
    last = MODELLED.match(told.mathematics(k))
    return ([*models(names[-1:], last[2]), *facts], end) if last and facts and len(names) > 1 else None


def _law_at(told: Measured, k: int, names: Sequence[str]) -> tuple[list[Said], int] | None:
    """Return the models alone."""
    at, before = _words(told, k, _BEFORE | _ZERO_MEAN | {"standard"})
    facts = [Said("fact", "", tuple(names), f) for f in _together(before)]
    call = told.mathematics(at)
    if before and _CALL.match(call) and (before & {"iid", "i.i.d", "i.i.d.", "is", "are", "be", "independent"}):
        return [*facts, *models(names, re.sub(r"^[~∼]\s*", "", call))], at + 1
    law = LAWS.get(told.word(at), "")
    if not law or ("has" in before and "a" not in before):
        return None
    stop, more = _words(told, at + 1, _AFTER)
    said = before | more
    found, end = _parameters(told, stop, law)
    shown = _written(law, found, said)
    if shown:
        return [*facts, *models(names, shown)], end
    if law == "N" and ("gaussian" in told.word(at) or "distributed" in more) and before & _STATED:
        return [*facts, Said("fact", "", tuple(names), "gaussian")], stop
    return None


def _words(told: Measured, k: int, known: frozenset[str]) -> tuple[int, set[str]]:
    """Return the place after a run of known words, and the words."""
    found: set[str] = set()
    begin = k
    while k < begin + MAX_WORDS:
        if told.word(k) not in known and not (told.word(k) == "and" and told.word(k - 1) in _TOGETHER):
            break
        found.add(told.word(k))
        k += 1
    return k, found


_TOGETHER = {
    "iid": "iid", "i.i.d": "iid", "i.i.d.": "iid", "independent": "independent", "independently": "independent",
}  # fmt: skip


def _together(said: set[str]) -> list[str]:
    return sorted({_TOGETHER[w] for w in said if w in _TOGETHER})


def models(names: Sequence[str], law: str) -> list[Said]:
    """Return a model for each name; of x_1, ..., x_n one for x_i."""
    first, last = (re.fullmatch(r"(\\?[A-Za-z]+)_\{?(\w)\}?|([^\W\d_])([₁ₙₘᵢ])", n) for n in (names[0], names[-1]))
    if len(names) == 2 and first and last and (first[2] == "1" or first[4] == "₁") and not (last[2] or "n").isdigit():
        names = [f"{first[1] or first[3]}_i"]
    return [Said("model", f"{n} ~ {law}", (n,)) for n in names]


def _parameters(told: Measured, k: int, law: str) -> tuple[dict[str, str], int]:
    """Read `with mean μ and variance σ²`, `of rate λ`, `on [0, 1]`, `between a and b`."""
    found: dict[str, str] = {}
    if law == "Uniform":
        return _interval(told, k)
    end = k
    if told.word(k) not in ("with", "of", "having"):
        return found, end
    k += 1
    for _ in range(3):
        while told.word(k) in ("a", "an", "the", "common", "known", "unknown", "zero") and told.word(k + 1) != "":
            if told.word(k) == "zero":
                found[told.word(k + 1)] = "0"
            k += 1
        name = told.word(k)
        if f"{name} {told.word(k + 1)}" in ("covariance matrix", "standard deviation", "success probability"):
            k, name = k + 1, f"{name} {told.word(k + 1)}"
        if not name or not any(name in group for group in _WANTED.get(law, ())):
            break
        k += 1
        plain = k < len(told.items) and not told.items[k].related
        value = _WORDS.get(told.word(k), "") or (told.mathematics(k) if plain else "")
        if value:
            found[name] = value
            k += 1
        elif name not in found:
            break
        end = k
        if told.word(k) == "and" or told.mark(k) == ",":
            k += 1
            continue
        break
    return found, end


def _interval(told: Measured, k: int) -> tuple[dict[str, str], int]:
    """Read the interval of a uniform distribution."""
    if told.word(k) == "between" and told.word(k + 2) == "and":
        return {"from": told.mathematics(k + 1), "to": told.mathematics(k + 3)}, k + 4
    at = k + 1 if told.word(k) in ("on", "over", "in") else k
    while told.word(at) in ("the", "interval", "unit"):
        at += 1
    found = _INTERVAL.match(told.mathematics(at))
    return ({"from": found[1], "to": found[2]}, at + 1) if found else ({}, k)


def _written(law: str, found: dict[str, str], said: set[str]) -> str:
    """Return the distribution as it is written, where all its parameters are known."""
    if law == "Uniform":
        return f"Uniform({found['from']}, {found['to']})" if found.get("from") and found.get("to") else ""
    if law == "N":
        mean = found.get("mean", "0" if said & _ZERO_MEAN or "noise" in said else "")
        spread = next((_spread(n, v) for n, v in found.items() if n != "mean"), "")
        if "standard" in said and not found:
            return "N(0, 1)"
        return f"N({mean}, {spread})" if mean and spread else ""
    values = list(found.values())
    return f"{law}({values[0]})" if len(values) == 1 else ""


def _spread(name: str, value: str) -> str:
    """Return the variance that a variance, a standard deviation or a precision gives."""
    if name == "standard deviation":
        return f"{value}^2" if NAME.match(value) or value.isdigit() else f"({value})^2"
    if name == "precision":
        return "" if not NAME.match(value) else f"{value}^-1" if value[0].isupper() else f"1/{value}"
    return value


def of_model(told: Measured, items: Sequence[Item], k: int) -> tuple[list[Said], int] | None:
    """`Z ~ Bernoulli(1/2) independent of X`: what is said at k of the variable of the model before it."""
    told.items = items
    model = re.match(r"\s*(\S+?)\s*(?:[~∼]|\\sim)", items[k - 1].text)
    k += told.word(k) == "and"
    return _others(told, k, [model[1]]) if model and NAME.match(model[1]) else None


def _others(told: Measured, k: int, about: Sequence[str]) -> tuple[list[Said], int] | None:
    """`independent of X and Y`, `iid`: a fact about names and those that follow."""
    word = told.word(k)
    if word not in _TOGETHER:
        return None
    names, k = list(about), k + 1
    if told.word(k) == "of":
        while (told.word(k) in ("of", "and") or told.mark(k) == ",") and NAME.match(told.mathematics(k + 1)):
            names.append(told.mathematics(k + 1))
            k += 2
    if len(names) == 1 and _TOGETHER[word] == "independent":
        return None
    return [Said("fact", "", tuple(names), _TOGETHER[word])], k
