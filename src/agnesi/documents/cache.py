"""What was judged before, by content and version: a small database beside the documents, safe for several processes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from agnesi import __version__

FOLDER = ".agnesi_cache"
KEPT = 100_000  # judgements that a cache holds; those not used for longest go first
DAY = 24 * 3600
MAX_AGE = 60 * DAY  # seconds after which a judgement that nobody asked for is forgotten
WHOLE_AGE = 7 * DAY  # seconds after which a whole document is put together anew, so that its units count as used
_TABLE = "CREATE TABLE IF NOT EXISTS judged (key TEXT PRIMARY KEY, value TEXT NOT NULL, used REAL NOT NULL)"


def fingerprint() -> str:
    """Return what tells one state of Agnesi from another: the version, and the code of an installation from source."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def key_of(*parts: Any) -> str:
    """Return the key of a judgement: a digest of all that it depends on, save the version."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """Judgements by key; one that holds nothing where `folder` is None.

    A database that cannot be written or read is left alone: the check is slower then, and nothing else.
    """

    def __init__(self, folder: Path | None) -> None:
        self.base: sqlite3.Connection | None = None
        self.version = fingerprint() if folder is not None else ""
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
            self.base = sqlite3.connect(folder / "judged.sqlite", timeout=20, isolation_level=None)
            self.base.execute("PRAGMA journal_mode=WAL")
            self.base.execute("PRAGMA synchronous=NORMAL")
            self.base.execute(_TABLE)
        except (OSError, sqlite3.Error):
            if self.base is not None:
                self.base.close()
            self.base = None

    def get(self, key: str) -> dict[str, Any] | None:
        """Return what was put under a key by the same version, or None."""
        value, used = self._row(key)
        if self.base is not None and value is not None and time.time() - used > DAY:
            with suppress(sqlite3.Error):  # a database that may only be read
                self.base.execute("UPDATE judged SET used = ? WHERE key = ?", (time.time(), self.version + key))
        return value

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep a judgement."""
        if self.base is None:
            return
        try:
            text = json.dumps(value, ensure_ascii=False)
            self.base.execute("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", (self.version + key, text, time.time()))
        except (sqlite3.Error, UnicodeEncodeError):
            return

    def whole(self, key: str) -> dict[str, Any] | None:
        """Return what was kept of a whole document; None where there is nothing, or nothing that is fresh."""
        value, used = self._row(key)
        return value if time.time() - used <= WHOLE_AGE else None

    def keep_whole(self, key: str, value: dict[str, Any]) -> None:
        """Keep what all units of a document gave."""
        Cache.put(self, key, value)

    def _row(self, key: str) -> tuple[dict[str, Any] | None, float]:
        """Return what is kept under a key, None where nothing is, and when it was used last."""
        if self.base is None:
            return None, 0.0
        try:
            row = self.base.execute("SELECT value, used FROM judged WHERE key = ?", (self.version + key,)).fetchone()
            return (dict(json.loads(row[0])), float(row[1])) if row else (None, 0.0)
        except (sqlite3.Error, ValueError):
            return None, 0.0

    def close(self) -> None:
        """Forget what is old, and close."""
        if self.base is None:
            return
        with suppress(sqlite3.Error):
            self.base.execute("DELETE FROM judged WHERE used < ?", (time.time() - MAX_AGE,))
            self.base.execute(
                "DELETE FROM judged WHERE key IN (SELECT key FROM judged ORDER BY used DESC LIMIT -1 OFFSET ?)", (KEPT,)
            )
        self.base.close()
        self.base = None


NO_CACHE = Cache(None)
