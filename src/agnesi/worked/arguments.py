"""Wrong arguments of a function told in sentences: what was given, how it is called, and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from types import FunctionType
from typing import Any

from agnesi.errors import WrongArguments


def tell_wrong_arguments(names: dict[str, Any], of: list[str]) -> None:
    """Let the functions of these names, in the names of a module, tell wrong arguments in sentences."""
    names.update({n: telling(names[n]) for n in of if isinstance(names[n], FunctionType)})


def telling(function: FunctionType) -> Callable[..., Any]:
    """Return the function; called with arguments that it does not take, it raises `WrongArguments`."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError:
            wrong = _misfit(function, args, kwargs)
            if wrong is None:
                raise
            raise wrong from None

    return called


def _misfit(function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> WrongArguments | None:
    """Return what is wrong with the arguments; None where they fit."""
    known = signature(function)
    try:
        known.bind(*args, **kwargs)
    except TypeError as error:
        unknown = [n for n in kwargs if n not in known.parameters]
        near = get_close_matches(unknown[0], known.parameters, 1, 0.7) if unknown else []
        said = f"has no argument {unknown[0]}" if unknown else f"cannot be called so: {error}"
        repair = f"Did you mean {near[0]}?" if near else ""
        return WrongArguments(f"{function.__name__} {said}.", expected=written(function), repair=repair)
    return None


def written(function: Callable[..., Any]) -> str:
    """Return how a function is called.

    >>> written(get_close_matches)
    'get_close_matches(word, possibilities, n=..., cutoff=...)'
    """
    every = signature(function).parameters.values()
    shown = [p.name if p.default is Parameter.empty else f"{p.name}=..." for p in every]
    return f"{function.__name__}({', '.join(shown)})"
