"""The laws of the differential that a teacher names: d‖u‖² = 2uᵀdu, d(uᵀAu) = 2uᵀA du, d log σ(u) = (1 − σ(u)) du.

A law is an equation between written expressions: `left` is a function of its symbols and `right` its differential,
with d(u) for the symbols that vary. Operations bring their own law; the ones here beat those where a whole pattern
has a shorter rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import agnesi.ops  # noqa: F401  the patterns below are built from the registered operations
from agnesi.errors import IncompleteRecord
from agnesi.expr.nodes import Expr, Symbol, apply, constant, symbol


@dataclass(frozen=True)
class Opening:
    """The first step of a law's own derivation: what it makes of each case (with differentials of composites)."""

    words: str
    source: str
    rights: tuple[Expr, ...]


@dataclass(frozen=True)
class Law:
    """One law.

    `cases` are pairs (left, right), one for each shape; `constants` name the symbols that do not vary, `facts` the
    facts that a symbol must have (`{"A": "symmetric"}`). A symbol matches any expression of its order; in a product
    the symbols in `spans` match several factors in a row. `opens` is the first step of the law's own derivation, with
    its words and source: shown where every step is, and where a derivation is short.
    """

    name: str
    words: str
    source: str
    cases: tuple[tuple[Expr, Expr], ...]
    constants: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    spans: frozenset[str] = frozenset()
    opens: Opening | None = None

    def __post_init__(self) -> None:
        missing = [part for part in ("name", "words", "source", "cases") if not getattr(self, part)]
        if missing:
            raise IncompleteRecord(f"The law {self.name or '?'} lacks: {', '.join(missing)}.")
        opened = self.opens.rights if self.opens is not None else [right for _, right in self.cases]
        if len(opened) != len(self.cases):
            raise IncompleteRecord(f"The law {self.name} does not open each of its cases.")
        for left, right in [*self.cases, *((left, right) for (left, _), right in zip(self.cases, opened, strict=True))]:
            if left.shape != right.shape:
                raise IncompleteRecord(f"The law {self.name} changes the shape: {left.shape} and {right.shape}.")


class Laws:
    """All laws by name; duplicates and incomplete records are refused."""

    def __init__(self) -> None:
        self._records: dict[str, Law] = {}

    def add(self, law: Law) -> Law:
        """Register a law and return it."""
        if law.name in self._records:
            raise IncompleteRecord(f"There are two laws named {law.name}.")
        same = [other.name for other in self if other.words == law.words]
        if same:
            raise IncompleteRecord(f"The laws {law.name} and {same[0]} have the same words.")
        self._records[law.name] = law
        return law

    def __iter__(self) -> Iterator[Law]:
        return iter(self._records.values())

    def __getitem__(self, name: str) -> Law:
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return name in self._records


laws = Laws()

# The symbols of the patterns: s, t numbers, u, v, y vectors, U, V matrices, S, A square matrices.
s, t = symbol("s"), symbol("t")
u, v, y = (symbol(n, ("n",)) for n in "uvy")
U, V = symbol("U", ("n", "m")), symbol("V", ("n", "m"))
S, A = symbol("S", ("n", "n")), symbol("A", ("n", "n"))
EACH = (s, u, U)


def d(node: Expr) -> Expr:
    """Return the differential of a pattern."""
    return apply("d", node)


def fn(name: str, *args: Expr) -> Expr:
    """Return a named function of patterns."""
    return apply(name, *args)


def mul(*args: Expr | int) -> Expr:
    """Return the product of patterns."""
    return apply("mul", *args)


def one(node: Expr) -> Expr:
    """Return 1 in a form that may be added to the pattern."""
    return constant(1) if node.ndim < 2 else apply("ones", attrs=node.shape)


def _law(
    name: str,
    words: str,
    source: str,
    *cases: tuple[Expr, Expr],
    constants: str = "",
    spans: str = "",
    opens: Opening | None = None,
    **facts: str,
) -> Law:
    return laws.add(
        Law(name, words, source, cases, frozenset(constants.split()), dict(facts), frozenset(spans.split()), opens)
    )


Form = Callable[[Expr], Expr]


def _entrywise(
    name: str, words: str, source: str, *forms: tuple[Form, Form], opens: tuple[str, str, Form] | None = None
) -> Law:
    """Add a law for numbers, vectors and matrices; forms are (left(w), factor(w)), the differential is factor ⊙ dw."""
    cases = [(left(w), factor(w) * d(w)) for w in EACH for left, factor in forms]
    opening = None
    if opens is not None:
        opening = Opening(opens[0], opens[1], tuple(opens[2](w) for w in EACH for _ in forms))
    return _law(name, words, source, *cases, opens=opening)


_law(
    "squared norm",
    "d‖u‖² = 2uᵀ du",
    "Matrix Cookbook 2.6",
    (fn("norm", u) ** 2, mul(2, u.T, d(u))),
    (mul(u.T, u), mul(2, u.T, d(u))),
    (fn("inner", u, u), mul(2, u.T, d(u))),
    (fn("sum", u * u), mul(2, u.T, d(u))),
    (fn("sum", u**2), mul(2, u.T, d(u))),
)
_law(
    "squared Frobenius norm",
    "d‖U‖² = 2 tr(Uᵀ dU)",
    "Matrix Cookbook 2.7",
    (fn("norm", U) ** 2, 2 * fn("tr", mul(U.T, d(U)))),
    (fn("tr", mul(U.T, U)), 2 * fn("tr", mul(U.T, d(U)))),
    (fn("tr", mul(U, U.T)), 2 * fn("tr", mul(U.T, d(U)))),
    (fn("inner", U, U), 2 * fn("tr", mul(U.T, d(U)))),
    (fn("sum", U * U), 2 * fn("tr", mul(U.T, d(U)))),
    (fn("sum", U**2), 2 * fn("tr", mul(U.T, d(U)))),
)
_law(
    "symmetric quadratic form",
    "d(uᵀAu) = 2uᵀA du for a constant symmetric A",
    "Matrix Cookbook 2.4.2",
    (mul(u.T, A, u), mul(2, u.T, A, d(u))),
    (fn("inner", u, mul(A, u)), mul(2, u.T, A, d(u))),
    (fn("norm_quad", u, A) ** 2, mul(2, u.T, A, d(u))),
    constants="A",
    spans="A",
    A="symmetric",
)
_law(
    "quadratic form",
    "d(uᵀAu) = uᵀ(A + Aᵀ) du for a constant A",
    "Matrix Cookbook 2.4.2",
    (mul(u.T, A, u), mul(u.T, A + A.T, d(u))),
    (fn("inner", u, mul(A, u)), mul(u.T, A + A.T, d(u))),
    (fn("norm_quad", u, A) ** 2, mul(u.T, A + A.T, d(u))),
    constants="A",
    spans="A",
)
_law(
    "symmetric quadratic trace",
    "d tr(UᵀAU) = 2 tr(UᵀA dU) for a constant symmetric A",
    "Matrix Cookbook 2.5.2",
    (fn("tr", mul(U.T, A, U)), 2 * fn("tr", mul(U.T, A, d(U)))),
    constants="A",
    spans="A",
    A="symmetric",
)
_law(
    "log of a determinant",
    "d log det U = tr(U⁻¹ dU)",
    "PRML C.22",
    (fn("log", fn("det", S)), fn("tr", mul(fn("inv", S), d(S)))),
    (fn("logdet", S), fn("tr", mul(fn("inv", S), d(S)))),
    (fn("log", fn("abs", fn("det", S))), fn("tr", mul(fn("inv", S), d(S)))),
    opens=Opening("d log u = du/u", "MML 5.1.2", (d(fn("det", S)) / fn("det", S),) * 3),
)
_law(
    "trace of the exponential",
    "d tr expm(U) = tr(expm(U) dU)",
    "Higham, Functions of Matrices 10",
    (fn("tr", fn("expm", S)), fn("tr", mul(fn("expm", S), d(S)))),
)
_law(
    "log of a sum of exponentials",
    "d log ∑ₖ exp(uₖ) = softmax(u)ᵀ du",
    "Boyd 3.1.5",
    (fn("logsumexp", u), mul(fn("softmax", u).T, d(u))),
    (fn("log", fn("sum", fn("exp", u))), mul(fn("softmax", u).T, d(u))),
    (fn("log", mul(apply("ones", attrs=("n",)).T, fn("exp", u))), mul(fn("softmax", u).T, d(u))),
)
_law(
    "softmax cross entropy",
    "d(yᵀ log softmax(u)) = (y − softmax(u))ᵀ du where y sums to 1",
    "PRML 4.3.4",
    (mul(y.T, fn("log", fn("softmax", u))), mul((y - fn("softmax", u)).T, d(u))),
    (fn("inner", y, fn("log", fn("softmax", u))), mul((y - fn("softmax", u)).T, d(u))),
    (fn("sum", y * fn("log", fn("softmax", u))), mul((y - fn("softmax", u)).T, d(u))),
    constants="y",
    y="probability",
    opens=Opening(
        "log softmax(u) = u − logsumexp(u)𝟏, and y sums to 1",
        "PRML 4.3.4",
        (mul(y.T, d(u)) - d(fn("logsumexp", u)),) * 3,
    ),
)
_law(
    "softmax cross entropy of rows",
    "d tr(Vᵀ log P) = tr((V − P)ᵀ dU) with P = softmaxrows(U), where the rows of V sum to 1",
    "PRML 4.3.4",
    *(
        (left, fn("tr", mul((V - fn("softmaxrows", U)).T, d(U))))
        for left in (
            fn("tr", mul(V.T, fn("log", fn("softmaxrows", U)))),
            fn("sum", V * fn("log", fn("softmaxrows", U))),
            fn("inner", V, fn("log", fn("softmaxrows", U))),
        )
    ),
    constants="V",
    V="stochastic",
)
_law(
    "log softmax of rows",
    "d log softmaxrows(U) = dU − (P ⊙ dU)𝟏𝟏ᵀ with P = softmaxrows(U)",
    "PRML 4.3.4",
    (
        fn("log", fn("softmaxrows", U)),
        d(U) - mul(fn("softmaxrows", U) * d(U), apply("ones", attrs=("m", "m"))),
    ),
)
_law(
    "log softmax",
    "d log softmax(u) = du − (pᵀdu)𝟏 with p = softmax(u)",
    "PRML 4.3.4",
    (fn("log", fn("softmax", u)), d(u) - mul(mul(fn("softmax", u).T, d(u)), apply("ones", attrs=("n",)))),
)
_entrywise(
    "log sigmoid",
    "d log σ(u) = (1 − σ(u)) du",
    "PRML 4.3.2",
    (lambda w: fn("log", fn("sigmoid", w)), lambda w: one(w) - fn("sigmoid", w)),
)
_entrywise(
    "log one minus sigmoid",
    "d log(1 − σ(u)) = −σ(u) du",
    "PRML 4.3.2",
    (lambda w: fn("log", one(w) - fn("sigmoid", w)), lambda w: -fn("sigmoid", w)),
)
_entrywise(
    "softplus written out",
    "d log(1 + eᵘ) = σ(u) du",
    "PRML 4.3.2",
    (lambda w: fn("log", one(w) + fn("exp", w)), lambda w: fn("sigmoid", w)),
    (lambda w: fn("log", fn("exp", w) + one(w)), lambda w: fn("sigmoid", w)),
)
_entrywise(
    "sigmoid written out",
    "1/(1 + e⁻ᵘ) = σ(u), and dσ(u) = σ(u)(1 − σ(u)) du",
    "PRML 4.88",
    (lambda w: 1 / (one(w) + fn("exp", -w)), lambda w: fn("sigmoid", w) * (one(w) - fn("sigmoid", w))),
    opens=("d(1/u) = −du/u²", "MML 5.1.2", lambda w: -(d(one(w) + fn("exp", -w)) / (one(w) + fn("exp", -w)) ** 2)),
)
_entrywise(
    "positive part",
    "d max(0, u) = step(u) du",
    "Parr & Howard 5",
    (lambda w: fn("maximum", constant(0), w), lambda w: fn("step", w)),
    (lambda w: fn("maximum", w, constant(0)), lambda w: fn("step", w)),
)
_law(
    "larger of a number and a constant",
    "d max(c, u) = step(u − c) du for a constant c",
    "Parr & Howard 5",
    (fn("maximum", t, s), fn("step", s - t) * d(s)),
    (fn("maximum", s, t), fn("step", s - t) * d(s)),
    constants="t",
)
for _name, _words, _constants in (
    ("log of a ratio", "d log(u/v) = du/u − dv/v", ""),
    ("log over a constant", "d log(u/c) = du/u for a constant c", "t v"),
    ("log of a constant over a number", "d log(c/u) = −du/u for a constant c", "s u"),
):
    _du = [] if "s" in _constants else [(d(s) / s, fn("ediv", d(u), u))]
    _dv = [] if "t" in _constants else [(-(d(t) / t), -fn("ediv", d(v), v))]
    _first, *_rest = [*_du, *_dv]
    _after = [sum((r[k] for r in _rest), _first[k]) for k in (0, 1)]
    _law(
        _name,
        _words,
        "MML 5.1.2",
        (fn("log", s / t), _after[0]),
        (fn("log", fn("ediv", u, v)), _after[1]),
        constants=_constants,
    )
_law("square", "d u² = 2u du", "MML 5.1.2", (s**2, mul(2, s, d(s))))
_law(
    "square of entries",
    "d(u ⊙ u) = 2u ⊙ du",
    "Parr & Howard 4.2",
    *(case for w in (u, U) for case in ((w * w, 2 * (w * d(w))), (w**2, 2 * (w * d(w))))),
)
_law("reciprocal", "d(1/u) = −du/u²", "MML 5.1.2", (1 / s, -(d(s) / s**2)))
_law(
    "constant over a square",
    "d(c/u²) = −2c du/u³ for a constant c",
    "MML 5.1.2",
    (t / s**2, -(mul(2, t, d(s)) / s**3)),
    (t / mul(2, s**2), -(mul(t, d(s)) / s**3)),
    constants="t",
)
_law(
    "constant over a number",
    "d(c/u) = −c du/u² for a constant c",
    "MML 5.1.2",
    (t / s, -(mul(t, d(s)) / s**2)),
    (v / s, -(mul(d(s), v) / s**2)),
    constants="t v",
)
_law(
    "number times its logarithm",
    "d(u log u) = (1 + log u) du",
    "MacKay 2.4",
    (mul(s, fn("log", s)), mul(1 + fn("log", s), d(s))),
    opens=Opening("d(uv) = v du + u dv", "MML 5.1.2", (mul(fn("log", s), d(s)) + mul(s, d(fn("log", s))),)),
)
_law(
    "entropy",
    "d(uᵀ log u) = (1 + log u)ᵀ du",
    "MacKay 2.4",
    (mul(u.T, fn("log", u)), mul((1 + fn("log", u)).T, d(u))),
    (fn("inner", u, fn("log", u)), mul((1 + fn("log", u)).T, d(u))),
    (fn("sum", u * fn("log", u)), mul((1 + fn("log", u)).T, d(u))),
    opens=Opening("d(uᵀv) = vᵀdu + uᵀdv", "MML 5.2.1", (mul(fn("log", u).T, d(u)) + mul(u.T, d(fn("log", u))),) * 3),
)
_law(
    "product of two vectors",
    "d(uᵀv) = vᵀdu + uᵀdv",
    "MML 5.2.1",
    (mul(u.T, v), mul(v.T, d(u)) + mul(u.T, d(v))),
    (fn("inner", u, v), mul(v.T, d(u)) + mul(u.T, d(v))),
    spans="v",
)
_law(
    "trace of a product",
    "d tr(UᵀV) = tr(VᵀdU) + tr(UᵀdV)",
    "Matrix Cookbook 2.5.2",
    (fn("tr", mul(U.T, V)), fn("tr", mul(V.T, d(U))) + fn("tr", mul(U.T, d(V)))),
    (fn("inner", U, V), fn("tr", mul(V.T, d(U))) + fn("tr", mul(U.T, d(V)))),
)

# Where the rule of an operation is taught, when that is not where the operation is.
TAUGHT = {
    "add": "MML 5.2.1",
    "neg": "MML 5.2.1",
    "mul": "MML 5.2.1",
    "div": "MML 5.1.2",
    "pow": "MML 5.1.2",
    "hadamard": "Parr & Howard 4.2",
    "ediv": "Parr & Howard 4.2",
    "epow": "Parr & Howard 4.2",
    "transpose": "Magnus & Neudecker 8.2",
    "inv": "PRML C.21",
    "det": "Magnus & Neudecker 8.3",
    "logdet": "PRML C.22",
    "tr": "Magnus & Neudecker 8.2",
    "kron": "Magnus & Neudecker 8.2",
    "matpow": "Matrix Cookbook 2.5.3",
    "sum": "Parr & Howard 4.4",
    "mean": "Parr & Howard 4.4",
    "norm": "Matrix Cookbook 2.6",
    "pinv": "Magnus & Neudecker 8.5",
    "lammax": "Magnus & Neudecker 8.9",
    "lammin": "Magnus & Neudecker 8.9",
    "eigvecmax": "Magnus & Neudecker 8.9",
    "eigvecmin": "Magnus & Neudecker 8.9",
    "inner": "MML 5.2.1",
    "exp": "MML 5.1.2",
    "log": "MML 5.1.2",
    "relu": "Parr & Howard 5",
    "maximum": "Parr & Howard 5",
    "softmax": "PRML 4.106",
    "sigmoid": "PRML 4.88",
    "Sum": "MML 5.1.2",
    "Prod": "MML 5.1.2",
}


def is_pattern_symbol(node: Expr) -> bool:
    """Tell whether a node is a symbol (in a pattern: something to be matched)."""
    return isinstance(node, Symbol)
