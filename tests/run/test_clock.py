"""Time that work may take: it ends, inner limits do not reach past outer ones, and evaluations ask."""

import time

import pytest

from agnesi.errors import OutOfTime
from agnesi.expr.clock import ask, now, over, within
from agnesi.read import worksheet
from agnesi.run.reference import Program


def spend(seconds):
    """Work for so many seconds of processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def test_now_is_processor_time():
    begun, exact = now(), time.thread_time()
    time.sleep(0.05)
    assert now() - begun < 0.03, "time spent asleep is none"
    spend(0.05)
    assert now() - begun == pytest.approx(time.thread_time() - exact, abs=0.02)


def test_without_a_limit_nothing_is_over():
    assert not over()
    ask()


def test_a_limit_ends():
    with within(0.02):
        ask()
        spend(0.04)
        assert over()
        with pytest.raises(OutOfTime, match="too long"):
            ask()
    ask()


@pytest.mark.parametrize(("outer", "inner"), [(0.02, 100.0), (100.0, 0.02)])
def test_the_shorter_limit_counts(outer, inner):
    with within(outer), within(inner):
        spend(0.04)
        assert over()
    assert not over()


@pytest.mark.parametrize(
    "text",
    [
        "∑_{i=1}^{2000} ∑_{j=1}^{2000} sin(i j x)",
        "∑_{i=1}^{400} ∫_0^1 sin(i t x) dt",
        "∫_0^1 ∫_0^1 ∫_0^1 cos(x t u v) dt du dv",
        "∑_{i=1}^{900} ∑_{k=1}^{∞} 1/(k^2 + i x)",
    ],
)
def test_an_evaluation_is_stopped(text):
    program = Program(worksheet(f"x : scalar\n{text}").statements[-1].expr)
    begun = time.thread_time()
    with within(0.1), pytest.raises(OutOfTime):
        program({"x": 0.7}, {})
    assert time.thread_time() - begun < 1.0
