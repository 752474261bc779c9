"""Processor time that work may take: `within(seconds)` sets an end, loops `ask()`, and past the end that raises.

    with within(5.0):
        evaluate(expr, values)          # raises OutOfTime after five seconds of this thread's processor time

Limits nest: an inner one never ends later than the outer one. What does not ask is not stopped, so every loop whose
length an expression decides must.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import perf_counter, thread_time

from agnesi.errors import OutOfTime

FINE = 4e-3  # seconds on the wall after which the processor time is asked for again, which costs a system call

_end: ContextVar[float] = ContextVar("end of the time", default=inf)


class _Held(threading.local):
    """The last processor time of this thread, and when it was asked for."""

    wall, spent = -inf, 0.0


_held = _Held()


def now() -> float:
    """Return the processor time of this thread in seconds, up to `FINE`; far cheaper than `time.thread_time`."""
    wall = perf_counter()
    if wall - _held.wall > FINE:
        _held.wall, _held.spent = wall, thread_time()
    return _held.spent + (wall - _held.wall)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what stands inside take so many seconds of processor time at most, or what is left outside."""
    token = _end.set(min(_end.get(), now() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def over() -> bool:
    """Tell whether the time is over."""
    return now() > _end.get()


def ask() -> None:
    """Raise `OutOfTime` where the time is over."""
    if now() > _end.get():
        raise OutOfTime("It takes too long: the time for one claim is used up.", repair="Write it in smaller steps.")
