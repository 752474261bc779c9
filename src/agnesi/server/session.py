"""The documents that are open in an editor: when they are judged, and what is known of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from agnesi.documents.report import Statement
from agnesi.server.desk import Desk
from agnesi.server.jobs import Job, Said
from agnesi.server.kinds import Kind
from agnesi.server.location import Placed
from agnesi.server.repairs import Edit

DELAY = 0.4  # seconds after the last key
HUNG = 6  # units of one document that may hang before it is left alone
PATIENCE = 15.0  # seconds that a request for repairs waits


@dataclass(eq=False)
class Opened:
    """One document: its text and version, and the judgement of that version as soon as there is one."""

    uri: str
    kind: Kind
    text: str
    version: int | None
    placed: Placed | None = None
    timer: asyncio.TimerHandle | None = None
    hung: frozenset[str] = frozenset()
    repairs: dict[int, asyncio.Future[tuple[Edit, ...]]] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget what was known of an older text."""
        self.placed = None
        for asked in self.repairs.values():
            asked.cancel()
        self.repairs = {}
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None


class Session:
    """All open documents.

    `told(opened)` is called when a document was judged, and `failed(opened, words)` when that was not possible. Only
    the last version of a text is ever told of.
    """

    def __init__(
        self, folder: str, dialect: str, seconds: float, told: Callable[[Opened], None],
        failed: Callable[[Opened, str], None],
    ) -> None:
        self.desk = Desk(folder, dialect, seconds, self._done, self._lost)
        self.told, self.failed = told, failed
        self.open: dict[str, Opened] = {}
        self.jobs: dict[int, Opened] = {}
        self.numbers = count(1)

    def opened(self, uri: str, kind: Kind, text: str, version: int | None) -> None:
        """Take in a document, and judge it."""
        self.closed(uri)
        self.open[uri] = Opened(uri, kind, text, version)
        self._judge(self.open[uri])

    def changed(self, uri: str, text: str, version: int | None) -> None:
        """Take in a new text; it is judged when nothing more is typed for a moment."""
        one = self.open.get(uri)
        if one is not None:
            one.forget()
            one.text, one.version = text, version
            self._withdraw(one)
            one.timer = asyncio.get_running_loop().call_later(DELAY, self._judge, one)

    def saved(self) -> None:
        """Judge all documents again: one may take in the file that was saved."""
        for one in self.open.values():
            one.forget()
            self._withdraw(one)
            self._judge(one)

    def closed(self, uri: str) -> None:
        """Forget a document."""
        one = self.open.pop(uri, None)
        if one is not None:
            one.forget()
            self._withdraw(one)

    def close(self) -> None:
        """Forget all documents, and end the process that judges."""
        for uri in list(self.open):
            self.closed(uri)
        self.desk.close()

    async def repairs(self, one: Opened, index: int) -> tuple[Edit, ...]:
        """Return the repairs of a statement of the current text; nothing where the text changes meanwhile."""
        if not self._repairable(one, index):
            return ()
        if index not in one.repairs:
            one.repairs[index] = asyncio.get_running_loop().create_future()
            self._put(one, index)
        try:
            return await asyncio.wait_for(asyncio.shield(one.repairs[index]), PATIENCE)
        except (TimeoutError, asyncio.CancelledError):
            return ()

    def _repairable(self, one: Opened, index: int) -> bool:
        if one.placed is None:
            return False
        statement: Statement = one.placed.report.statements[index]
        return bool(statement.repairs) and statement.verdict == "refuted" and not statement.expected

    def _judge(self, one: Opened) -> None:
        one.timer = None
        self._put(one)

    def _put(self, one: Opened, mend: int | None = None) -> None:
        job = Job(next(self.numbers), one.kind, one.text, mend, one.hung)
        self.jobs[job.number] = one
        self.desk.put(job, first=mend is None)

    def _withdraw(self, one: Opened) -> None:
        """Withdraw all jobs of a document, also the one that is being done."""
        for number in [n for n, held in self.jobs.items() if held is one]:
            del self.jobs[number]
            self.desk.withdraw(number)

    def _done(self, job: Job, said: Said) -> None:
        """Take what was found, if it is still wanted."""
        one = self.jobs.pop(job.number, None)
        if one is None:
            return
        if said.what == "dropped":  # for a document that was just changed: this one is still to be done
            self.jobs[job.number] = one
            self.desk.put(job)
        elif job.mend is not None:
            self._answer(one, job.mend, said.edits)
        elif said.placed is not None:
            one.placed = said.placed
            self.told(one)
        else:
            self.failed(one, said.key)

    def _lost(self, job: Job, key: str, why: str) -> None:
        """Judge a document again without the unit that hung; one in which much hangs is left alone."""
        one = self.jobs.pop(job.number, None)
        if one is None:
            return
        if job.mend is not None:
            self._answer(one, job.mend, ())
        elif key and len(one.hung) < HUNG:
            one.hung |= {key}
            self._put(one)
        else:
            self.failed(one, f"The check was stopped: {why}.")

    def _answer(self, one: Opened, index: int, edits: tuple[Edit, ...]) -> None:
        asked = one.repairs.get(index)
        if asked is not None and not asked.done():
            asked.set_result(edits)
