"""Words that describe: what is said of a matrix, a vector or a random variable, and what each phrase means."""

from __future__ import annotations

from agnesi.ops.facts import facts as known_facts
from agnesi.read.english import words

OPENERS = words(
    """let assume suppose given that for where with if when here and both all any every each consider take since
    because as the a an real also some note denote we have is there whenever provided under assuming letting fix two
    three these those particular now then general arbitrary every finally such are be also again both"""
)
VERBS = words("is are be being has have having denotes denote in as : lies lie belongs belong takes take")
FILLERS = words(
    """a an the matrix matrices vector vectors of real valued square design data weight weights feature features any
    given some both all arbitrary column known also and with entries entry finite nonrandom full dense generic tall
    ordinary usual positive-valued non-random deterministic dimensional real-valued each again random-free
    random_free fixed unknown its input inputs output target targets label labels parameter parameters coefficient
    coefficients coordinates element elements in unspecified general particular two three jointly that which is are
    training test observed latent hidden variable variables quantity quantities term terms"""
)
KINDS: dict[str, tuple[str, str]] = {
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
    "projection": ("fact", "idempotent"),
    "projection matrix": ("fact", "idempotent"),
    "projector": ("fact", "idempotent"),
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
    "orthonormal": ("fact", "orthonormal"),
    "orthonormal columns": ("fact", "orthogonal"),
    "orthogonal columns": ("none", ""),
    "orthogonal projection": ("fact", "projection"),
    "orthogonal projector": ("fact", "projection"),
    "orthogonal projection matrix": ("fact", "projection"),
    "symmetric projection": ("fact", "projection"),
    "symmetric projection matrix": ("fact", "projection"),
    "skew": ("fact", "skew"),
    "one-hot vector": ("fact", "one-hot"),
    "one hot vector": ("fact", "one-hot"),
    "one hot vectors": ("fact", "one-hot"),
    "one hot label": ("fact", "one-hot"),
    "one hot labels": ("fact", "one-hot"),
    "one hot target": ("fact", "one-hot"),
    "one-hot vectors": ("fact", "one-hot"),
    "one-hot encoded": ("fact", "one-hot"),
    "one-hot label": ("fact", "one-hot"),
    "one-hot labels": ("fact", "one-hot"),
    "one-hot target": ("fact", "one-hot"),
    "one-hot encoding": ("fact", "one-hot"),
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
    "exhaustive": ("said", "exhaustive"),
    "commute": ("said", "commute"),
    "commutes": ("said", "commute"),
    "commuting": ("said", "commute"),
    "perpendicular": ("said", "perpendicular"),
    "mutually orthogonal": ("said", "perpendicular"),
    "pairwise orthogonal": ("said", "perpendicular"),
    "mutually perpendicular": ("said", "perpendicular"),
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
    if _word not in KINDS and _word not in ("given", "a distribution", "a random variable"):
        KINDS[_word] = ("fact", _record.name)
# Facts about two names: A commutes with B, x is orthogonal to y.
PAIRS = {"commute": "commute", "orthogonal": "perpendicular", "perpendicular": "perpendicular"}
ADJECTIVES = frozenset(w for w, (k, v) in KINDS.items() if k == "fact" or (k == "said" and v in ("random", "convex")))
LATE = words("fixed const inv pos bin prob sign signs lower upper unit regular sym constant")
COUNTED = words(
    """samples sample observations points examples classes states outcomes features dimensions variables components
    clusters inputs neurons units symbols nodes rows columns entries values bits data instances trials tosses draws
    categories letters layers steps items words experts hidden successes failures heads tails balls flips"""
)
MOMENTS = {
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
INTO = words("of in to by on from than over at into mean variance covariance between wrt")
MEASURES = words("length size dimension dimensions shape order dim")
PLURAL = words("scalar scalars vectors matrices numbers")
STOPS = words("if iff only when unless whenever not")
