"""What reading gives: statements, worksheets, and the reading of a single text."""

from __future__ import annotations

from dataclasses import dataclass, field

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, Symbol
from agnesi.read.vocabulary import Definition


@dataclass(frozen=True)
class Statement:
    """One statement: its text, the line it starts on (from 1), its role, and its expression if it has one.

    A claim of several relations (a = b = c) has them all in `chain`, with the line of each right side in `lines`;
    `expr` is the first. A definition has `name` and the body as `expr`. `error` says why it could not be read.
    """

    text: str
    line: int
    role: str
    expr: Expr | None = None
    chain: tuple[Expr, ...] = ()
    lines: tuple[int, ...] = ()
    name: str = ""
    names: tuple[str, ...] = ()
    error: AgnesiError | None = None


@dataclass(frozen=True)
class Worksheet:
    """Statements with what they declare and define; `ws.f` and `ws["f"]` are the body of a definition."""

    statements: tuple[Statement, ...]
    symbols: dict[str, Symbol]
    definitions: dict[str, Definition]
    inferred: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    spans: dict[Expr, tuple[int, int]] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Expr:
        if name in self.definitions:
            return self.definitions[name].body
        if name in self.symbols:
            return self.symbols[name]
        raise KeyError(
            f"The worksheet does not define {name}; it has "
            f"{', '.join(sorted({*self.definitions, *self.symbols})) or 'nothing'}."
        )

    def __getattr__(self, name: str) -> Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None


@dataclass(frozen=True)
class Reading:
    """What one text means: `expr`, its symbols in order of appearance, and what was not said but inferred."""

    expr: Expr
    symbols: dict[str, Symbol]
    inferred: tuple[str, ...]
    notes: tuple[str, ...]
    definitions: dict[str, Definition]
    source: str
    spans: dict[Expr, tuple[int, int]] = field(default_factory=dict, repr=False)
    chain: tuple[Expr, ...] = ()
