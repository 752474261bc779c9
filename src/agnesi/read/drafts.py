"""A statement of a worksheet on its way from tokens to an expression: its role, name, tree and error."""

from __future__ import annotations

from dataclasses import dataclass, field

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token


@dataclass(eq=False)
class Draft:
    """A statement on its way: its tokens, then its role and tree, then its expressions."""

    tokens: list[Token]
    role: str = ""
    name: str = ""
    parameters: tuple[str, ...] = ()
    tree: Node | None = None
    body: Node | None = None
    own: bool = False
    names: tuple[str, ...] = ()
    error: AgnesiError | None = None
    rest: list[Token] = field(default_factory=list)  # another statement after declarations on the same line
    expr: Expr | None = None
    chain: tuple[Expr, ...] = ()
    lines: tuple[int, ...] = ()
    at: int = 0  # where the body of a definition begins
    needs: tuple[str, ...] = ()  # the names that it mentions
    first: list[str] = field(default_factory=list)  # the definitions that come before it
