"""Processor time that work may take: `within(seconds)` sets an end, loops `ask()`, and past the end that raises.

    with within(5.0):
        evaluate(expr, values)          # raises OutOfTime after five seconds of this thread's processor time

Limits nest: an inner one never ends later than the outer one. What does not ask is not stopped, so every loop whose
length an expression decides must.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from agnesi.errors import OutOfTime

EVERY = 16  # questions of which one looks at the clock

_end: ContextVar[float] = ContextVar("end of the time", default=inf)
_asked = itertools.count(1)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what stands inside take so many seconds of processor time at most, or what is left outside."""
    token = _end.set(min(_end.get(), time.thread_time() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def over() -> bool:
    """Tell whether the time is over."""
    end = _end.get()
    return end < inf and time.thread_time() > end


def ask() -> None:
    """Raise `OutOfTime` where the time is over; for loops of quick turns, of which only some look at the clock."""
    if not next(_asked) % EVERY:
        ask_now()


def ask_now() -> None:
    """Raise `OutOfTime` where the time is over; for turns that take long themselves."""
    if over():
        raise OutOfTime("It takes too long: the time for one claim is used up.", repair="Write it in smaller steps.")
