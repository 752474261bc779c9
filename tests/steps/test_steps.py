"""Every line of every classical derivation equals the line above it, at random points."""

from __future__ import annotations

import numpy as np
import pytest
from step_classics import CLASSICS
from step_evaluator import Point, point

from agnesi.expr.nodes import Expr, Symbol, apply
from agnesi.rules.step_look import differentials
from agnesi.rules.steps import Line, differential, directional, explain, read_off

IDS = [name for name, _, _ in CLASSICS]


def close(a: np.ndarray, b: np.ndarray) -> bool:
    scale = max(1.0, float(np.max(np.abs(b))))
    return np.shape(a) == np.shape(b) and bool(np.max(np.abs(a - b)) < 1e-6 * scale)


def definitions(lines: tuple[Line, ...]) -> dict[Expr, Expr]:
    return {line.left: line.right for line in lines if line.kind == "definition" and isinstance(line.left, Expr)}


def contracted(result: Expr, f: Expr, variable: Symbol, at: Point) -> np.ndarray:
    """Return the derivative applied to the direction."""
    value, direction = at.value(result), at.directions[variable]
    return np.tensordot(value, direction, axes=direction.ndim) if np.ndim(value) else value * direction


def judge(f: Expr, x: Symbol, lines: tuple[Line, ...]) -> None:
    at = point(x, f, named=definitions(lines))
    truth = Point(at.values, at.directions, at.sizes).value(apply("d", f))
    assert lines[0].kind == "given"
    for line in lines:
        assert line.rule
        if line.kind in ("differential", "collect") and line.left == "df":
            assert close(at.value(line.right), truth), (line.rule, line.right)
        elif line.kind == "result":
            assert close(contracted(line.right, f, x, at), truth), (line.rule, line.right)
        elif line.kind == "given":
            assert close(at.value(line.right), at.value(f))


@pytest.mark.parametrize("grain", ["fewer", "normal", "all"])
@pytest.mark.parametrize(("name", "f", "x"), CLASSICS, ids=IDS)
def test_every_line_follows(name: str, f: Expr, x: Symbol, grain: str) -> None:
    result = read_off(f, x)
    assert result is not None
    judge(f, x, explain(f, x, result, grain))  # type: ignore[arg-type]


@pytest.mark.parametrize("chain", ["nested", "named"])
@pytest.mark.parametrize(("name", "f", "x"), CLASSICS, ids=IDS)
def test_both_ways_of_the_chain_rule(name: str, f: Expr, x: Symbol, chain: str) -> None:
    result = read_off(f, x)
    assert result is not None
    judge(f, x, explain(f, x, result, chain=chain))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "f", "x"), CLASSICS, ids=IDS)
def test_four_to_twelve_lines(name: str, f: Expr, x: Symbol) -> None:
    result = read_off(f, x)
    assert result is not None
    lines = explain(f, x, result)
    assert 4 <= len(lines) <= 12, [line.rule for line in lines]
    last = [line for line in lines if line.left == "df"][-1]
    assert all(n.args[0] is x for n in differentials(last.right))
    assert lines[-1].right is result


@pytest.mark.parametrize(("name", "f", "x"), CLASSICS, ids=IDS)
def test_differential_and_directional(name: str, f: Expr, x: Symbol) -> None:
    at = point(x, f)
    df = differential(f, x)
    assert close(at.value(df), at.value(apply("d", f)))
    from_direction = directional(f, x, apply("mul", 2, x) if x.shape else 2 * x)
    along = Point(at.values, {x: 2 * at.values[x]}, at.sizes)
    assert not differentials(from_direction)
    assert close(along.value(from_direction), along.value(apply("d", f)))
