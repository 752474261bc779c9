"""What is asked: from texts to the function and the variables, with errors that name what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agnesi.errors import AgnesiError, Ambiguous, NoDerivative, UnknownName
from agnesi.expr.nodes import Apply, Expr, Symbol, free_indices, postorder, symbols_of
from agnesi.read import Reading, read


def function_of(
    f: Expr | str, declarations: Mapping[str, Symbol] | None, *, scalar: bool = True
) -> tuple[Expr, Reading | None, str]:
    """Return the function that is asked about, how it was read, and its name; `scalar` prefers to read a scalar."""
    if isinstance(f, Expr):
        return f, None, "f"
    reading = read(f, declarations, scalar=scalar)
    expr = reading.expr
    if isinstance(expr, Apply) and expr.op.family == "relation":
        raise NoDerivative(
            "This is a statement, not a function.",
            expected="an expression, or a definition f(x) = ...",
            got=str(expr),
            repair="Give one side of it.",
        )
    names = [n for n, d in reading.definitions.items() if d.body is expr]
    return expr, reading, names[-1] if names and len(names[-1]) == 1 else "f"


def variables_of(f: Expr, reading: Reading | None, wrt: Any, order: int) -> list[Expr]:
    """Return what to differentiate in, one entry for each order."""
    if order < 1 or order > 8:
        raise NoDerivative(f"The order {order} is not between 1 and 8.")
    if wrt is None:
        found: list[Expr] = [_only_variable(f, reading)]
    else:
        parts = wrt if isinstance(wrt, (list, tuple)) else [wrt]
        found = [v if isinstance(v, Expr) else _named(v, f, reading) for v in parts]
    if len(found) == 1:
        return found * order
    if order not in (1, len(found)):
        raise NoDerivative(f"{len(found)} variables make a derivative of order {len(found)}, not {order}.")
    return found


def _only_variable(f: Expr, reading: Reading | None) -> Symbol:
    symbols = [s for s in symbols_of(f) if "constant" not in s.facts]
    if reading is not None:
        for definition in reading.definitions.values():
            if definition.body is f and len(definition.symbols) == 1:
                return definition.symbols[0]
    if len(symbols) == 1:
        return symbols[0]
    names = ", ".join(s.name for s in symbols)
    if not symbols:
        raise NoDerivative("The expression has no variable in it.")
    raise Ambiguous(
        "It is not said what to differentiate in.", expected=f"one of {names}", repair="Add --wrt (wrt=...)."
    )


def _named(text: str, f: Expr, reading: Reading | None) -> Expr:
    symbols = {s.name: s for s in symbols_of(f)}
    name = text.strip()
    if name in symbols:
        return symbols[name]
    definitions = dict(reading.definitions) if reading is not None else {}
    if name in definitions and not definitions[name].parameters:
        return _part(definitions[name].body, f, name)
    declared = dict(reading.symbols) if reading is not None else symbols
    try:
        found = read(name, {**declared, **symbols}, definitions).expr
    except AgnesiError as error:
        raise UnknownName(
            f"{name} is not a variable of the expression.",
            expected=_choices(symbols),
            repair="Name a symbol or a part of the expression.",
        ) from error
    if isinstance(found, Symbol):
        if found.name in symbols:
            return symbols[found.name]
        parts = [n for n in symbols if n.startswith(f"{found.name}_")]
        repair = ""
        if parts:
            are = "is a separate symbol" if len(parts) == 1 else "are separate symbols"
            repair = f"{', '.join(parts)} {are} here; declare {found.name} : n to read entries of {found.name}."
        raise UnknownName(f"{found.name} does not occur in the expression.", expected=_choices(symbols), repair=repair)
    return _part(found, f, name)


def _choices(symbols: Mapping[str, Symbol]) -> str:
    return f"one of {', '.join(symbols)}" if symbols else "a variable, but the expression has none"


def _part(part: Expr, f: Expr, name: str) -> Expr:
    if part is f:
        choices = _choices({s.name: s for s in symbols_of(f)})
        raise UnknownName(f"{name} is the whole function, not a part of it.", expected=choices)
    if any(node is part for node in postorder(f)):
        if free_indices(part) - free_indices(f) and not is_line(part):
            raise UnknownName(
                f"{name} depends on the index of a sum.",
                repair="Differentiate in the whole vector or matrix, or in one row.",
            )
        return part
    raise UnknownName(
        f"{name} is not a part of the expression as it is written.", repair="Write it as it stands there."
    )


def is_line(variable: Expr) -> bool:
    """Tell whether a variable is a row, column or entry at an index: x_i under a sum over i."""
    plain = isinstance(variable, Apply) and variable.op.name in ("row", "col", "entry")
    return plain and isinstance(variable.args[0], Symbol) and bool(free_indices(variable))
