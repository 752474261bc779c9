"""A process that judges and hangs, or ends: it is killed, what it was at is left out, and the rest is judged."""

from __future__ import annotations

import asyncio
import os
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from agnesi.documents.report import DocumentReport
from agnesi.server import desk, session
from agnesi.server.jobs import Job, Said
from agnesi.server.kinds import Kind
from agnesi.server.location import Placed
from agnesi.server.session import Opened, Session
from agnesi.server.worker import _judged, _Watched

SECONDS = 3.0


def stubborn(pipe: Connection[Any, Any], folder: str, dialect: str) -> None:
    """Judge as the text says: a line "hang" or "die" does so, unless it is to be left out."""
    pipe.send(Said("ready"))
    while True:
        job = pipe.recv()
        if job is None:
            continue
        for k, line in enumerate(job.text.split("\n")):
            pipe.send(Said("at", job.number, f"{k} {line}"))
            if f"{k} {line}" not in job.hung:
                if line == "hang":
                    time.sleep(600)
                if line.startswith("die"):
                    os._exit(9)
        pipe.send(Said("judged", job.number, placed=Placed(DocumentReport("", ()), ())))


async def judged(texts: list[str]) -> list[tuple[str, str]]:
    """What is told of texts that are opened one after the other."""
    said: list[tuple[str, str]] = []

    def told(one: Opened) -> None:
        said.append((one.uri, " ".join(sorted(one.hung))))

    held = Session("", "agnesi", SECONDS, told, lambda one, words: said.append((one.uri, words)))
    for k, text in enumerate(texts):
        held.opened(str(k), Kind("a.md"), text, 1)
    while len(said) < len(texts):
        await asyncio.sleep(0.01)
    held.close()
    await asyncio.sleep(0.1)
    return sorted(said)


@pytest.mark.slow
def test_what_hangs_is_killed_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "begin", stubborn)
    said = asyncio.run(asyncio.wait_for(judged(["fine\nhang\nfine", "fine"]), 120))
    assert said == [("0", "1 hang"), ("1", "")]


@pytest.mark.slow
def test_a_process_that_ends_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "begin", stubborn)
    monkeypatch.setattr(session, "HUNG", 1)
    said = dict(asyncio.run(asyncio.wait_for(judged(["die", "die 1\ndie 2"]), 120)))
    assert said["0"] == "0 die" and said["1"] == "The check was stopped: the process that judges ended."


class NoPipe:
    """A pipe that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Said] = []

    def send(self, what: Said) -> None:
        self.sent.append(what)

    def poll(self) -> bool:
        return False


def test_a_unit_that_hung_is_left_out_and_the_report_says_so(tmp_path: Path) -> None:
    text = "# Sums\n\n$1 + 1 = 3$ holds.\n\n# More\n\n$2 + 2 = 5$ holds.\n"
    pipe = NoPipe()
    cache = _Watched(tmp_path, pipe)  # type: ignore[arg-type]
    job = Job(1, Kind("a.md"), text)
    assert len(_judged(job, text, cache, "agnesi")[0].report.wrong) == 2
    keys = [said.key for said in pipe.sent]
    again = Job(2, Kind("a.md"), text, hung=frozenset(keys[:1]))
    report = _judged(again, text, cache, "agnesi")[0].report
    assert [s.where.line for s in report.wrong] == [7]
    (notice,) = report.notices
    assert (notice.kind, notice.where.line) == ("limit", 3) and "too long" in notice.words
    cache.close()
