"""The small part of Python that blocks of lessons are written in: calls of the verbs with plain arguments.

    paths = calculus.gradient_descent("x² + 3y²", {"x": 2, "y": 1}, rate=0.1, steps=20)
    draw.contours("x² + 3y²", (-3, 3), (-2, 2))

Names, numbers, texts, lists, attributes of what was worked, and the functions of `draw`, `linalg`, `calculus` and
`results`. Nothing else is run, so that the lessons of others can be opened.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any

from agnesi import calculus, draw, linalg
from agnesi.errors import AgnesiError
from agnesi.expr.python_text import parsed
from agnesi.lessons.record import Block, LessonFault
from agnesi.results import results
from agnesi.results.derived import derived

MODULES: Mapping[str, Any] = {"draw": draw, "linalg": linalg, "calculus": calculus}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {"derived": derived}
CONSTANTS = {"pi": math.pi, "results": results}
LONGEST, DEEPEST = 4_000, 30
_SIGNS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_PLAIN = (int, float)


class _Refused(Exception):
    """A part that is not allowed, or a call that failed: what, and the row."""

    def __init__(self, what: str, node: ast.AST, repair: str = "") -> None:
        super().__init__(what)
        self.what, self.row, self.repair = what, getattr(node, "lineno", 1), repair


def called(block: Block, path: object, given: Mapping[str, float] | None = None) -> Any:
    """Return the value of the last line of a block; `given` are numbers by name, of its sliders.

    Raises `LessonFault` with file and line for what is not allowed, and for a call that fails.
    """
    if len(block.text) > LONGEST:
        what = f"The block has {len(block.text)} characters; at most {LONGEST} are read."
        raise LessonFault(what, str(path), block.line)
    try:
        tree = parsed(block.text)
        return _Run({**CONSTANTS, **(given or {})}).block(tree)
    except SyntaxError as error:
        line = block.line + (error.lineno or 1)
        raise LessonFault(f"This is no call: {error.msg}.", str(path), line) from None
    except _Refused as error:
        raise LessonFault(error.what, str(path), block.line + error.row, repair=error.repair) from None


class _Run:
    """Goes through the statements with the names that were given so far."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def block(self, tree: ast.Module) -> Any:
        """Return the value of the last statement, which must be an expression."""
        for k, row in enumerate(tree.body):
            last = k == len(tree.body) - 1
            target = row.targets[0] if isinstance(row, ast.Assign) and len(row.targets) == 1 else None
            if isinstance(row, ast.Assign) and isinstance(target, ast.Name) and not last:
                self.names[target.id] = self.value(row.value)
            elif isinstance(row, ast.Expr) and last:
                return self.value(row.value)
            else:
                raise _Refused("Only names = calls, and a call as the last line, are read here.", row)
        raise _Refused("There is no call.", tree)

    def value(self, node: ast.AST, deep: int = 0) -> Any:
        """Return the value of an expression."""
        if deep > DEEPEST:
            raise _Refused("This is nested too deeply.", node)
        at = deep + 1
        match node:
            case ast.Constant(value=value) if isinstance(value, str | int | float | bool | None):
                return value
            case ast.List(elts=parts):
                return [self.value(p, at) for p in parts]
            case ast.Tuple(elts=parts):
                return tuple(self.value(p, at) for p in parts)
            case ast.Dict(keys=keys, values=values) if all(k is not None for k in keys):
                pairs = zip(keys, values, strict=True)
                return {self.value(k, at): self.value(v, at) for k, v in pairs if k is not None}
            case ast.JoinedStr(values=parts):
                return "".join(_text(self.value(p, at)) for p in parts)
            case ast.FormattedValue(value=value, format_spec=None):
                return self.value(value, at)
            case ast.Name(id=name):
                return self.name(name, node)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.number(inner, at)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                return _SIGNS[type(sign)](self.number(left, at), self.number(right, at))
            case ast.Attribute(value=owner, attr=name):
                return self.attribute(owner, name, node, at)
            case ast.Subscript(value=owner, slice=key):
                return self.entry(self.value(owner, at), self.value(key, at), node)
            case ast.Call(func=function, args=args, keywords=keywords):
                return self.call(function, args, keywords, node, at)
        raise _Refused(f"{ast.unparse(node):.60} is not read here.", node,
                       "Write calls of draw, linalg and calculus with numbers, texts and lists.")  # fmt: skip

    def name(self, name: str, node: ast.AST) -> Any:
        """Return what a name stands for."""
        if name not in self.names:
            raise _Refused(f"Nothing is called {name} here.", node)
        return self.names[name]

    def number(self, node: ast.AST, deep: int) -> float:
        """Return a number."""
        found = self.value(node, deep)
        if not isinstance(found, _PLAIN):
            raise _Refused(f"{ast.unparse(node):.60} is no number.", node)
        return found

    def attribute(self, owner: ast.AST, name: str, node: ast.AST, deep: int) -> Any:
        """Return a public attribute of what was worked; nothing of it is called."""
        found = self.value(owner, deep)
        if name.startswith("_") or not type(found).__module__.startswith("agnesi."):
            raise _Refused(f"{ast.unparse(node):.60} is not read here.", node)
        value = getattr(found, name, None)
        if value is None or callable(value):
            raise _Refused(f"{ast.unparse(owner):.60} has no {name} to show.", node)
        return value

    def entry(self, owner: Any, key: Any, node: ast.AST) -> Any:
        """Return an entry of a list, or a result by its id."""
        try:
            return owner[key]
        except AgnesiError as error:
            raise _Refused(str(error), node) from error
        except (TypeError, LookupError):
            raise _Refused(f"{ast.unparse(node):.60} is not there.", node) from None

    def call(
        self, function: ast.AST, args: list[ast.expr], keywords: list[ast.keyword], node: ast.AST, deep: int
    ) -> Any:
        """Return what a verb gives."""
        verb = _verb(function)
        known = signature(verb).parameters
        texts = " ".join(ast.unparse(a) for a in args)
        for k in keywords:
            if k.arg is not None and k.arg not in known and not re.search(rf"\b{re.escape(k.arg)}\b", texts):
                near = get_close_matches(k.arg, known, 1)
                raise _Refused(f"{ast.unparse(function)} has no {k.arg}, and the formula has no such letter.", k.value,
                               f"Did you mean {near[0]}?" if near else "")  # fmt: skip
        given = [self.value(a, deep) for a in args]
        named = {k.arg: self.value(k.value, deep) for k in keywords if k.arg is not None}
        if len(named) < len(keywords):
            raise _Refused("** is not read here.", node)
        try:
            return verb(*given, **named)
        except AgnesiError as error:
            raise _Refused(f"{ast.unparse(function)}: {error}", node) from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise _Refused(f"{ast.unparse(function)} cannot take this: {error}.", node) from error


def _verb(function: ast.AST) -> Callable[..., Any]:
    """Return the function that a call names."""
    name = ast.unparse(function)
    if isinstance(function, ast.Name) and function.id in FUNCTIONS:
        return FUNCTIONS[function.id]
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id in MODULES:
        home, verb = MODULES[function.value.id], function.attr
        if verb in home.__all__:
            found: Callable[..., Any] = getattr(home, verb)
            return found
        near = get_close_matches(verb, home.__all__, 3)
        raise _Refused(f"There is no {name}.", function, f"Did you mean {' or '.join(near)}?" if near else "")
    raise _Refused(f"{name:.60} cannot be called here.", function, f"Call {', '.join(f'{m}.…' for m in MODULES)}.")


def _text(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, _PLAIN) else str(value)
