"""Computing off the event loop, in worker processes with limits of time and memory.

A question is the address of a function and plain arguments; the answer is plain data. Workers may be killed at any
time: what takes too long ends with its worker, and the others go on.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from pebble import ProcessExpired, ProcessPool
from starlette.requests import Request

from agnesi.errors import AgnesiError
from agnesi.study.settings import Limits

LOADED = ("typeset", "sheets", "derive", "judge", "plots", "results", "algorithms", "practice")  # once, for all workers
PRELOADED = [f"agnesi.study.verbs.{name}" for name in LOADED]
REMEMBERED, LONGEST, LARGEST = 400, 400_000, 3_000_000  # answers kept; letters of the longest that is; of any answer
SLOW = "That takes too long: it was stopped after {seconds:g} seconds. Try a smaller case, or a part of it."
MEMORY = "That takes too much memory, and was stopped. Try a smaller case."
LARGE = "The answer is too long to be shown. Try a smaller case, or fewer steps."
BUSY = "Too much is being computed at the moment. Try again in a few seconds."
QUICK_SECONDS, QUICK_WORKERS = 3.0, 2  # what may be asked on every keystroke
Call = tuple[str, tuple[Any, ...]]
BROKEN = "Agnesi itself failed on this ({kind}). Please report it; the text is kept."


@dataclass(frozen=True)
class Problem:
    """Why there is no answer: the sentences, where in the text (caret lines, place), what to do, what kind."""

    text: str
    kind: str = "refused"  # refused, slow, memory, large, busy, broken
    what: str = ""
    caret: str = ""
    start: int = -1
    stop: int = -1
    repair: str = ""


class Unanswered(Exception):
    """A question without an answer; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class Work:
    """The worker processes of a running app: some for long questions, some for those that are answered at once.

    One visitor has a few seats in each lane, fewer than it has workers: whatever they ask, others are answered.
    """

    def __init__(self, workers: int, limits: Limits) -> None:
        self.limits = limits
        context = self.context = multiprocessing.get_context("forkserver" if sys.platform != "win32" else "spawn")
        if sys.platform != "win32":
            context.set_forkserver_preload(PRELOADED)
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self.begun = context.Semaphore(0)
        self.many = {"quick": QUICK_WORKERS, "long": workers}
        self.lanes = {lane: self._pool(lane) for lane in self.many}
        self.seats: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.moved = asyncio.Condition()
        self.known: OrderedDict[str, Any] = OrderedDict()
        self.asked: dict[str, asyncio.Task[Any]] = {}
        self.ending = self.stopped = False

    def _pool(self, lane: str) -> ProcessPool:
        told = (self.limits.memory, self.begun)
        return ProcessPool(self.many[lane], initializer=begin, initargs=told, context=self.context)

    def start(self) -> None:
        """Start the workers, and have one of each lane load what most questions need; pages do not wait for it."""
        self.starting = Thread(target=self._start, daemon=True)
        self.starting.start()

    def _start(self) -> None:
        if sys.platform != "win32":  # Ctrl-C is the app's: it is not seen by workers, which this thread begets
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        for pool in self.lanes.values():
            pool.schedule(answered, args=["agnesi.study.verbs.typeset:ready", []], timeout=60)

    def give_up(self) -> None:
        """Tell all who wait for an answer that there will be none; call it in the event loop."""
        self.ending = True
        for task in self.asked.values():
            task.cancel()

    def stop(self) -> None:
        """End the workers, whatever they are doing; again, it does nothing."""
        if self.stopped:
            return
        self.ending = self.stopped = True
        self.starting.join(20)
        until = monotonic() + 5
        for _ in range(sum(self.many.values())):  # workers that are ended while they begin complain on the terminal
            self.begun.acquire(timeout=max(0.0, until - monotonic()))
        for pool in self.lanes.values():
            pool.stop()  # type: ignore[no-untyped-call]
        for pool in self.lanes.values():
            pool.join(5)

    async def ask(self, who: str, function: str, arguments: tuple[Any, ...], seconds: float | None = None) -> Any:
        """Return the answer to a question; the same question asked twice is computed once.

        Raises `Unanswered` with the reason in sentences.
        """
        key = json.dumps([function, arguments], sort_keys=True)
        if key in self.known:
            self.known.move_to_end(key)
            return self.known[key]
        if key not in self.asked:
            if len(self.asked) >= self.limits.waiting:
                raise Unanswered(Problem(BUSY, "busy"))
            task = asyncio.create_task(self._compute(who, key, (function, arguments), seconds or self.limits.seconds))
            self.asked[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        try:
            return await asyncio.shield(self.asked[key])
        except asyncio.CancelledError:
            if not self.ending:
                raise
            raise Unanswered(Problem(BUSY, "busy")) from None

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        self.asked.pop(key, None)
        if not task.cancelled():
            task.exception()  # looked at: who asked may have gone

    async def _compute(self, who: str, key: str, call: Call, seconds: float) -> Any:
        lane = "quick" if seconds <= QUICK_SECONDS else "long"
        async with self._seat(lane, who, 1 if lane == "quick" else self.limits.together):
            told = await self._run(lane, call, seconds)
        if "problem" in told:
            raise Unanswered(Problem(**told["problem"]))
        if told["size"] <= LONGEST:
            self.known[key] = told["answer"]
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return told["answer"]

    @asynccontextmanager
    async def _seat(self, lane: str, who: str, many: int) -> AsyncIterator[None]:
        """Wait until a visitor has a free seat in a lane, and take it."""
        seat = (lane, who)
        async with self.moved:
            await self.moved.wait_for(lambda: self.seats[seat] < many)
            self.seats[seat] += 1
        try:
            yield
        finally:
            async with self.moved:
                self.seats[seat] -= 1
                if not self.seats[seat]:
                    del self.seats[seat]
                self.moved.notify_all()

    async def _run(self, lane: str, call: Call, seconds: float) -> dict[str, Any]:
        if self.starting.is_alive():
            await asyncio.to_thread(self.starting.join)
        if self.ending:
            raise Unanswered(Problem(BUSY, "busy"))
        pool = self.lanes[lane]
        try:
            future = pool.schedule(answered, args=[call[0], list(call[1])], timeout=seconds)
            found: dict[str, Any] = await asyncio.wrap_future(future)
        except TimeoutError:
            raise Unanswered(Problem(SLOW.format(seconds=seconds), "slow")) from None
        except ProcessExpired:
            raise Unanswered(Problem(MEMORY, "memory")) from None
        except RuntimeError:  # the pool is broken
            if self.lanes[lane] is pool:
                self.lanes[lane] = self._pool(lane)
            raise Unanswered(Problem(BUSY, "busy")) from None
        return found


async def compute(request: Request, function: str, *arguments: Any, seconds: float | None = None) -> Any:
    """Return what a function gives: `await compute(request, "agnesi.study.verbs.typeset:mathml", "a + b")`.

    Arguments and answer are plain data (JSON). With `seconds` up to 3 it goes before longer questions. Raises
    `Unanswered`, whose `problem` a page shows; a page that does not catch it shows the sentence with status 422.
    """
    work: Work = request.app.state.work
    who = str(request.scope.get("state", {}).get("visitor", ""))
    return await work.ask(who, function, arguments, seconds)


def begin(memory: int, begun: Semaphore) -> None:
    """Begin as a worker: limit the memory to what is used now and as much more; an interrupt is the app's to handle."""
    if sys.platform == "linux":
        resource = import_module("resource")
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not os.environ.get("AGNESI_DEBUG"):
        warnings.simplefilter("ignore")  # about numbers on the way; the terminal is the app's
    begun.release()


def answered(function: str, arguments: list[Any]) -> dict[str, Any]:
    """Call a function in a worker; return its answer, or the problem in sentences."""
    module, _, name = function.partition(":")
    try:
        answer = getattr(import_module(module), name)(*arguments)
        size = len(json.dumps(answer, ensure_ascii=False))
        return {"answer": answer, "size": size} if size <= LARGEST else {"problem": {"text": LARGE, "kind": "large"}}
    except AgnesiError as error:
        return {"problem": _told(error)}
    except RecursionError:
        return {"problem": {"text": "The expression is nested too deeply.", "kind": "refused"}}
    except MemoryError:
        return {"problem": {"text": MEMORY, "kind": "memory"}}
    except Exception as error:  # the last resort: a sentence, and the app goes on
        if os.environ.get("AGNESI_DEBUG"):
            raise
        return {"problem": {"text": BROKEN.format(kind=f"{type(error).__name__}: {error}"[:300]), "kind": "broken"}}


def _told(error: AgnesiError) -> dict[str, Any]:
    place = error.where
    sentences, _, caret = str(error).partition("\n")
    return {
        "text": sentences, "what": error.what, "caret": caret, "repair": error.repair,
        "start": place.start if place else -1, "stop": place.stop if place else -1,
    }  # fmt: skip
