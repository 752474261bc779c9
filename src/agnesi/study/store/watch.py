"""A look at a database file that tells, in microseconds, whether anything was kept in it since."""

from __future__ import annotations

import sqlite3
from threading import Lock

WAIT = 0.1  # seconds for a file that another program has locked
Seen = tuple[int, int]  # which connection looked, and the count of changes that SQLite told it


class Watch:
    """Tells versions of a database file by SQLite's own count of changes; safe to ask from several threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock, self._number = Lock(), 0
        self._connection: sqlite3.Connection | None = None

    def version(self) -> Seen:
        """Return what is never the same again after a transaction that any process has committed.

        Where SQLite cannot tell, it is a new one each time: then everything is read again, and says what is wrong.
        """
        with self._lock:
            try:
                return self._number, self._count()
            except sqlite3.Error:
                self._close()
                return self._number, -1

    def _count(self) -> int:
        """Return the count of changes by other connections; this one never writes, so that these are all."""
        if self._connection is None:
            self._connection = sqlite3.connect(self.path, WAIT, check_same_thread=False, isolation_level=None)
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        self._number += 1  # a new connection counts from the beginning
        if self._connection is not None:
            self._connection.close()
            self._connection = None
