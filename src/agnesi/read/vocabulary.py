"""What the reader knows of names while it reads: declared symbols, sizes, the user's functions, the library's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from agnesi.errors import Place, TooLarge
from agnesi.expr.nodes import Expr, Symbol, symbol
from agnesi.ops import operations

GREEK_FUNCTIONS = {"σ": "sigmoid", "φ": "normpdf", "Φ": "normcdf", "Γ": "gamma", "ψ": "digamma"}
SPELLED_FUNCTIONS = {"γ": "gamma"}  # gamma(s) is Γ(s), though γ(s) is a product
SPECIAL_FUNCTIONS = frozenset(
    (
        "vector",
        "matrix",
        "identity",
        "trigamma",
        "grad",
        "Hess",
        "hess",
        "hessian",
        "gradient",
        "jacobian",
        "exp2",
        "E",
        "Var",
        "Cov",
        "Tr",
        "argmax",
        "argmin",
        "transpose",
        "abs2",
        "logdet",
        "norminf",
        "normnuc",
        "unit",
        "basis",
        "outer",
        "frechet",
        "cot",
        "sec",
        "csc",
        "coth",
        "sech",
        "csch",
        "sigma",
    )
) - {"exp2", "abs2", "unit", "sigma"}
FUNCTIONS: frozenset[str] = frozenset(operations.functions) | SPECIAL_FUNCTIONS
MAX_SIZE = 2_000  # of an axis given as a number; an answer is checked with arrays of that size
MAX_ENTRIES = 1_000_000
LETTER_FUNCTIONS = frozenset("E")


def too_large(size: int, where: Place) -> TooLarge:
    """Return the error for a size too large to check answers with."""
    return TooLarge(
        f"The size {size} is too large: answers are checked with arrays of the sizes that are given as numbers.",
        where=where,
        expected=f"at most {MAX_SIZE}, and {MAX_ENTRIES} entries",
        repair="Name it, as in X: n×d or ∑_{i=1}^n.",
    )


@dataclass(frozen=True)
class Definition:
    """A definition `name(parameters) = body`; without parameters for `a = tanh(z)`.

    `symbols` are the parameters as symbols, in order.
    """

    name: str
    parameters: tuple[str, ...]
    body: Expr
    symbols: tuple[Symbol, ...] = ()


@dataclass
class Vocabulary:
    """Names in force: `symbols` declared or inferred, `definitions`, and the `sizes` that shapes mention."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    facts: dict[str, frozenset[str]] = field(default_factory=dict)  # of names whose shape is not declared
    pending: dict[str, bool] = field(default_factory=dict)  # definitions not yet built; True where they have parameters
    rows: dict[str, str] = field(default_factory=dict)  # x_i is row i of X: {"x": "X"}
    columns: dict[str, str] = field(default_factory=dict)
    apart: bool = False  # the sides of a relation do not settle each other's shapes
    log_powers: bool = False  # log(x)^n is the logarithm of the power
    near: bool = False  # sin t(1 + t) is a product
    matrix_functions: bool = False  # exp(A) of a square matrix A is no function of its entries
    integrated: frozenset[str] = frozenset()  # the variables of integrals, which are numbers where they stand free
    flows: frozenset[str] = frozenset()  # t of dx/dt where how x depends on t is not said
    paths: dict[str, Any] = field(default_factory=dict)  # trees: x = t, y = t² beside df/dt
    other_forms: dict[str, tuple[Expr, ...]] = field(default_factory=dict)  # further sides of definitions y = a = b
    seeds: dict[str, str] = field(default_factory=dict)  # losses of which only slopes are told: {"L": "h"}
    logarithms: frozenset[str] = frozenset()  # logL where the text defines log L, and L nowhere
    labels: frozenset[str] = frozenset()  # c of "the true class c", which is an index
    primes: bool = False  # a prime is a derivative: A' = dA/dt was said
    amounts: set[str] = field(default_factory=set)  # letters that are numbers, and the size of nothing
    moving: frozenset[str] = frozenset()  # x where dx/dt and x(t) are written
    bars_apart: bool = False  # the text writes norms as ‖x‖: |x| are the absolute values of the entries
    loose: bool = False  # notes are read: of two readings the usual one is taken, and said
    chance: bool = False  # whether the text speaks of probability
    transformed: frozenset[str] = frozenset()  # Y of Y = X² beside X ~ N(0, 1)
    informed: bool = False  # whether it has H(X | Y) or I(X; Y)
    letters: frozenset[str] = frozenset()  # of the densities that the text writes
    plain: frozenset[str] = frozenset()  # of those that are only ever written p(x), as functions are
    modelled: set[str] = field(default_factory=set)  # the random variables that have a model or a density

    @staticmethod
    def of(symbols: Mapping[str, Symbol] | None, definitions: Mapping[str, Definition] | None) -> Vocabulary:
        """Return a vocabulary with copies of the given declarations and definitions."""
        found = Vocabulary(dict(symbols or {}), dict(definitions or {}))
        for one in found.symbols.values():
            found.learn_sizes(one)
        return found

    def copy(self) -> Vocabulary:
        """Return a vocabulary that may learn without this one."""
        held: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        own: dict[str, Any] = {n: v.copy() if isinstance(v, dict | set) else v for n, v in held.items()}
        return Vocabulary(**own)

    def add_facts(self, name: str, facts: frozenset[str]) -> None:
        """Note facts of a name, declared or not."""
        if name in self.symbols:
            one = self.symbols[name]
            self.symbols[name] = symbol(name, one.shape, one.facts | facts)
        else:
            self.facts[name] = self.facts.get(name, frozenset()) | facts

    def learn_sizes(self, one: Symbol) -> None:
        """Note the size names in the shape of a symbol."""
        for dim in one.shape:
            for name in sorted(dim.names):
                self.sizes.setdefault(name)

    def declare(self, one: Symbol) -> None:
        """Put a symbol in force."""
        facts = self.facts.pop(one.name, frozenset())
        self.symbols[one.name] = symbol(one.name, one.shape, one.facts | facts) if facts else one
        self.learn_sizes(one)

    def __contains__(self, name: object) -> bool:
        return (
            name in self.symbols
            or name in self.definitions
            or name in self.sizes
            or name in self.pending
            or name in self.facts
        )

    def symbolic(self, name: str) -> bool:
        """Tell whether a name is a declared symbol or a definition without parameters."""
        if name in self.pending:
            return not self.pending[name]
        return name in self.symbols or (name in self.definitions and not self.definitions[name].parameters)

    def function(self, name: str) -> bool:
        """Tell whether a name is a function: the user's, or the library's unless a symbol took the name."""
        if name in self.pending:
            return self.pending[name]
        if name in self.definitions:
            return bool(self.definitions[name].parameters)
        return name in FUNCTIONS and name not in self.symbols and name not in LETTER_FUNCTIONS
