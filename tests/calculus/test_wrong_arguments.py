"""Arguments that a function does not take are told in sentences, by every function of calculus and linear algebra."""

from __future__ import annotations

import inspect

import pytest

import agnesi as ag
from agnesi.errors import AgnesiError, WrongArguments
from agnesi.worked.arguments import telling, written


def test_an_unknown_name_is_told_with_how_the_function_is_called() -> None:
    with pytest.raises(AgnesiError) as told:
        ag.calculus.kkt("(x - 2)^2", inequalities=["x <= 1"])
    said = "kkt has no argument inequalities. Expected kkt(f, at_most, equal=..., variables=..., box=...)."
    assert str(told.value) == said and isinstance(told.value, TypeError)
    with pytest.raises(WrongArguments, match=r"gradient_descent has no argument step\b.*Did you mean steps\?"):
        ag.calculus.gradient_descent("x^2", [1], 0.1, step=3)
    with pytest.raises(WrongArguments, match="missing a required argument: 'at_most'"):
        ag.calculus.kkt("x^2")


@pytest.mark.parametrize("package", [ag.calculus, ag.linalg], ids=["calculus", "linalg"])
def test_every_function_tells(package) -> None:  # type: ignore[no-untyped-def]
    functions = [getattr(package, name) for name in package.__all__]
    for function in filter(inspect.isfunction, functions):
        with pytest.raises(WrongArguments) as told:
            function(no_such_argument=1)
        assert function.__name__ in str(told.value) and written(function) in str(told.value)
        assert function.__doc__  # it is still the function that helps


def test_a_fault_inside_is_not_called_a_wrong_argument() -> None:
    def adds(a: int) -> object:
        return a + "text"  # type: ignore[operator]

    with pytest.raises(TypeError) as fault:
        telling(adds)(1)  # type: ignore[arg-type]
    assert not isinstance(fault.value, AgnesiError)


def test_infinity_is_no_variable() -> None:
    """Bounds and variable in the wrong order gave the integral of another function."""
    with pytest.raises(AgnesiError, match="infinity"):
        ag.calculus.integral("x exp(-x)", "x", 0, "oo")
    assert ag.calculus.integral("x exp(-x)", 0, "oo", "x").value == 1
