"""The desk: jobs wait here for the one process that judges; one that hangs is killed, and another takes its place."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from agnesi.server.jobs import STOP, Job, Said, begin

START = 120.0  # seconds that a fresh process may take to begin


class _Worker:
    """A process with its pipe, and a thread that hands on what it says."""

    def __init__(self, folder: str, dialect: str, heard: Callable[[_Worker, Said | None], None]) -> None:
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=begin, args=(other, folder, dialect), daemon=True)
        self.process.start()
        other.close()
        self.loop, self.heard = asyncio.get_running_loop(), heard
        self.sender = ThreadPoolExecutor(1)  # a large text may wait until the process reads it
        threading.Thread(target=self._listen, args=(self.pipe,), daemon=True).start()

    def send(self, what: Job | None) -> None:
        """Send a job, or STOP, in order."""
        self.sender.submit(self._send, what)

    def _send(self, what: Job | None) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.pipe.send(what)

    def _listen(self, pipe: Connection[Any, Any]) -> None:
        said: Said | None = Said("")
        while said is not None:
            try:
                said = pipe.recv()
            except (EOFError, OSError):
                said = None
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.loop.call_soon_threadsafe(self.heard, self, said)

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.sender.shutdown(wait=False, cancel_futures=True)


class Desk:
    """Jobs in the order in which they are to be done, and the process that does them.

    `done(job, said)` is called for a job that was done, dropped or failed; `lost(job, key, why)` for one that was
    killed after `seconds` without a word, or ended its process, with the key of the unit it was at. Both are called in
    the loop of the server.
    """

    def __init__(
        self, folder: str, dialect: str, seconds: float, done: Callable[[Job, Said], None],
        lost: Callable[[Job, str, str], None],
    ) -> None:
        self.folder, self.dialect, self.seconds = folder, dialect, seconds
        self.done, self.lost = done, lost
        self.waiting: list[Job] = []
        self.running: Job | None = None
        self.worker: _Worker | None = None
        self.ready, self.key = False, ""
        self.timer: asyncio.TimerHandle | None = None

    def put(self, job: Job, first: bool = False) -> None:
        """Take a job; one that is to be `first` interrupts what is being done."""
        self.waiting.insert(0 if first else len(self.waiting), job)
        if first and self.running is not None and self.worker is not None:
            self.worker.send(STOP)
        self._next()

    def withdraw(self, number: int) -> None:
        """Forget a job; where it is being done, interrupt it."""
        self.waiting = [job for job in self.waiting if job.number != number]
        if self.running is not None and self.running.number == number and self.worker is not None:
            self.worker.send(STOP)

    def close(self) -> None:
        """End the process, and forget all jobs."""
        self.waiting, self.running = [], None
        self._kill()

    def _next(self) -> None:
        if self.running is not None or not self.waiting:
            return
        if self.worker is None:
            self.worker, self.ready = _Worker(self.folder, self.dialect, self._heard), False
        self.running, self.key = self.waiting.pop(0), ""
        self.worker.send(self.running)
        self._wait()

    def _heard(self, worker: _Worker, said: Said | None) -> None:
        """Take what the process says; None where it has ended."""
        if worker is not self.worker:
            return
        if said is None:
            self._lose("the process that judges ended")
            return
        self.ready = True
        job = self.running
        if job is None or said.number != job.number:
            self._wait()
        elif said.what == "at":
            self.key = said.key
            self._wait()
        else:
            self.running = None
            self._wait()
            self.done(job, said)
            self._next()

    def _wait(self) -> None:
        """Begin to count the seconds anew."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None
        if self.running is not None:
            seconds = self.seconds if self.ready else START
            why = f"nothing was found out for {seconds:g} seconds"
            self.timer = asyncio.get_running_loop().call_later(seconds, self._lose, why)

    def _lose(self, why: str) -> None:
        """Give up the process and the job it was doing."""
        job, key, self.running = self.running, self.key, None
        self._kill()
        if job is not None:
            self.lost(job, key, why)
        self._next()

    def _kill(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None
        if self.worker is not None:
            self.worker.kill()
        self.worker = None
