"""`Store`: what a person makes, saved as they go. A method is one transaction, on the disc when it returns."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from agnesi.errors import AgnesiError
from agnesi.study.store.models import FileRow, MarkRow, PreferenceRow, SheetRow, VersionRow, now
from agnesi.study.store.watch import Seen, Watch

Read = TypeVar("Read")
LATEST = "m0002"  # the newest change of the tables
ELSEWHERE = "Say another folder: agnesi study --data FOLDER."
NOT_OPENED = {  # by a word of what SQLite says
    "locked": f"Another program uses it: close it there. Or: {ELSEWHERE}",
    "unable to open": f"Allow its folder to be written. Or: {ELSEWHERE}",
    "readonly": f"Allow the file and its folder to be written. Or: {ELSEWHERE}",
    "not a database": f"Put a copy of yours in its place, or move it away to begin anew. Or: {ELSEWHERE}",
}
TAB = "tab"  # in the state of a version: the window that wrote it
ONE_EDIT = timedelta(seconds=2)  # what is typed within this time is one step of undo


@dataclass(frozen=True)
class Sheet:
    """A worksheet as it is now; `versions` counts all that are kept, and `number` is the one shown."""

    id: str
    title: str
    text: str
    state: Mapping[str, Any]
    number: int
    versions: int
    created: datetime
    changed: datetime
    crossed: bool = False  # another window had written to it meanwhile; what that wrote is among the versions

    @property
    def can_undo(self) -> bool:
        """There is an earlier version."""
        return self.number > 1

    @property
    def can_redo(self) -> bool:
        """There is a later version."""
        return self.number < self.versions


@dataclass(frozen=True)
class Writer:
    """A window in which a worksheet is written: its name, and the stamp of the text that it last saw kept."""

    tab: str
    seen: str

    def crosses(self, text: str, state: Mapping[str, Any]) -> bool:
        """Tell whether a text was kept by another window after this one last looked."""
        return state.get(TAB, self.tab) != self.tab and stamp(text) != self.seen


def stamp(text: str) -> str:
    """Return a short stamp that tells one text from another."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Version:
    """One version of a worksheet."""

    number: int
    text: str
    state: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Kept:
    """A file that was given, and what was found in it."""

    id: str
    kind: str
    name: str
    text: str
    found: Any
    at: datetime


class Store:
    """The database of one person. Safe to call from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.writing = engine, engine.execution_options(writing=True)
        self.watch = Watch(str(engine.url.database))
        self._kept: tuple[Seen, dict[Hashable, Any]] = (self.watch.version(), {})

    @classmethod
    def at(cls, path: Path) -> Store:
        """Open the database at a path; make or upgrade it first where that is needed.

        Raises `AgnesiError` where that is not possible.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.is_file() and not os.access(path, os.W_OK):
                raise AgnesiError(f"The file {path} may not be written.", repair=NOT_OPENED["readonly"])
            return cls(_opened(path))
        except (FileExistsError, NotADirectoryError) as error:
            file = next((p for p in path.parents if p.is_file()), path.parent)
            raise AgnesiError(f"{file} is a file, and no folder.", repair=ELSEWHERE) from error
        except OSError as error:
            said = f"The folder {path.parent} cannot be used: {error.strerror}."
            raise AgnesiError(said, repair=ELSEWHERE) from error
        except DatabaseError as error:
            said = str(error.orig)
            repair = next((r for word, r in NOT_OPENED.items() if word in said), ELSEWHERE)
            raise AgnesiError(f"The file {path} cannot be opened: {said}.", repair=repair) from error

    def close(self) -> None:
        """Close all connections."""
        self.watch.close()
        self.engine.dispose()

    def version(self) -> Seen:
        """Return what is never the same again after anything was kept, by this process or by any other."""
        return self.watch.version()

    def once(self, key: Hashable, read: Callable[[], Read]) -> Read:
        """Return what a function reads, read once for each version; it is shared, and so is not to be changed.

        What is read may be newer than its version, and never older: then it is read once more.
        """
        at, (version, kept) = self.version(), self._kept
        if version != at:
            kept = {}
            self._kept = (at, kept)
        if key not in kept:
            kept[key] = read()
        found: Read = kept[key]
        return found

    # Worksheets

    def new_sheet(
        self, text: str = "", title: str = "", state: Mapping[str, Any] | None = None, id: str = ""
    ) -> Sheet:
        """Keep a new worksheet; with an id that no other has yet, under that id."""
        with Session(self.writing) as session, session.begin():
            free = bool(id) and session.get(SheetRow, id) is None
            own = id if free else secrets.token_urlsafe(9)
            row = SheetRow(id=own, title=title, current=1, created=now(), changed=now())
            session.add(row)
            session.flush()
            session.add(VersionRow(sheet=row.id, number=1, text=text, state=dict(state or {}), at=now()))
            session.flush()
            return _sheet(session, row)

    def sheet(self, id: str) -> Sheet | None:
        """Return a worksheet; None where there is none."""
        with Session(self.engine) as session:
            row = _row(session, id)
            return _sheet(session, row) if row else None

    def sheets(self, limit: int = 200) -> list[Sheet]:
        """Return the worksheets, the last changed first."""
        return list(self.once(("sheets", limit), lambda: self._sheets(limit)))

    def _sheets(self, limit: int) -> list[Sheet]:
        wanted = select(SheetRow).where(SheetRow.dropped.is_(None)).order_by(SheetRow.changed.desc()).limit(limit)
        with Session(self.engine) as session:
            return [_sheet(session, row) for row in session.scalars(wanted)]

    def save(
        self, id: str, text: str, state: Mapping[str, Any] | None = None, title: str | None = None,
        by: Writer | None = None,
    ) -> Sheet | None:
        """Keep what a worksheet is now: a new version, or the same one where it was begun a moment ago.

        Later versions (after an undo) are given up for it; what another window wrote meanwhile (see `Writer`) is not:
        then the sheet is `crossed`. None where there is no such worksheet.
        """
        with Session(self.writing) as session, session.begin():
            row = _row(session, id)
            return None if row is None else _saved(session, row, text, state, title, by)

    def undo(self, id: str) -> Sheet | None:
        """Go back one version."""
        return self.show_version(id, -1, relative=True)

    def redo(self, id: str) -> Sheet | None:
        """Go forward one version."""
        return self.show_version(id, 1, relative=True)

    def show_version(self, id: str, number: int, relative: bool = False) -> Sheet | None:
        """Show a version of a worksheet again, by its number."""
        with Session(self.writing) as session, session.begin():
            row = _row(session, id)
            if row is None:
                return None
            number = row.current + number if relative else number
            row.current = max(1, min(number, _count(session, id)))
            row.changed = now()
            session.flush()
            return _sheet(session, row)

    def versions(self, id: str) -> list[Version]:
        """Return all versions of a worksheet, the oldest first."""
        with Session(self.engine) as session:
            rows = session.scalars(select(VersionRow).where(VersionRow.sheet == id).order_by(VersionRow.number))
            return [Version(r.number, r.text, r.state, r.at) for r in rows]

    def drop_sheet(self, id: str, back: bool = False) -> None:
        """Put a worksheet away, or take it back; nothing is lost."""
        with Session(self.writing) as session, session.begin():
            row = session.get(SheetRow, id)
            if row is not None:
                row.dropped = None if back else now()

    # Marks

    def mark(self, kind: str, thing: str, value: Any = True) -> None:
        """Say something of a thing: `mark("known", "chain-rule")`."""
        with Session(self.writing) as session, session.begin():
            row = session.scalar(select(MarkRow).where(MarkRow.kind == kind, MarkRow.thing == thing))
            if row is None:
                session.add(MarkRow(kind=kind, thing=thing, value=value, at=now()))
            else:
                row.value, row.at = value, now()

    def unmark(self, kind: str, thing: str) -> None:
        """Say it no longer."""
        with Session(self.writing) as session, session.begin():
            session.execute(delete(MarkRow).where(MarkRow.kind == kind, MarkRow.thing == thing))

    def remark(self, kind: str, on: Iterable[str] = (), off: Iterable[str] = ()) -> None:
        """Say something of several things and of others no longer: all of it, or nothing."""
        new = sorted(set(on))
        with Session(self.writing) as session, session.begin():
            session.execute(delete(MarkRow).where(MarkRow.kind == kind, MarkRow.thing.in_([*new, *sorted(set(off))])))
            session.add_all(MarkRow(kind=kind, thing=t, value=True, at=now()) for t in new)

    def marks(self, kind: str) -> dict[str, Any]:
        """Return what is said, by thing, the last said first."""
        return dict(self.once(("marks", kind), lambda: self._marks(kind)))

    def _marks(self, kind: str) -> dict[str, Any]:
        wanted = select(MarkRow.thing, MarkRow.value).where(MarkRow.kind == kind)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted.order_by(MarkRow.at.desc(), MarkRow.id.desc()))}

    # Files

    def keep_file(self, kind: str, name: str, text: str, found: Any = None) -> Kept:
        """Keep a file and what was found in it."""
        with Session(self.writing) as session, session.begin():
            row = FileRow(id=secrets.token_urlsafe(9), kind=kind, name=name, text=text, found=found, at=now())
            session.add(row)
            session.flush()
            return _kept(row)

    def set_found(self, id: str, found: Any) -> None:
        """Keep what was found in a file."""
        with Session(self.writing) as session, session.begin():
            row = session.get(FileRow, id)
            if row is not None:
                row.found = found

    def file(self, id: str) -> Kept | None:
        """Return a file; None where there is none."""
        with Session(self.engine) as session:
            row = session.get(FileRow, id)
            return _kept(row) if row else None

    def files(self, kind: str) -> list[Kept]:
        """Return the files of a kind, the newest first."""
        return list(self.once(("files", kind), lambda: self._files(kind)))

    def _files(self, kind: str) -> list[Kept]:
        wanted = select(*FileRow.__table__.columns).where(FileRow.kind == kind).order_by(FileRow.at.desc())
        with self.engine.connect() as connection:
            return [Kept(*row) for row in connection.execute(wanted)]

    def drop_file(self, id: str) -> None:
        """Forget a file."""
        with Session(self.writing) as session, session.begin():
            session.execute(delete(FileRow).where(FileRow.id == id))

    # Preferences

    def preference(self, name: str, default: Any = None) -> Any:
        """Return how a person likes something."""
        return self.once("preferences", self._preferences).get(name, default)

    def _preferences(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(select(PreferenceRow.name, PreferenceRow.value))}

    def prefer(self, name: str, value: Any) -> None:
        """Keep how a person likes something."""
        with Session(self.writing) as session, session.begin():
            session.merge(PreferenceRow(name=name, value=value))


def _opened(path: Path) -> Engine:
    options = {"timeout": 10, "isolation_level": None}  # transactions begin in `_begin`
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args=options)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    with engine.execution_options(writing=True).begin() as connection:
        has = inspect(connection).has_table("alembic_version")
        at = connection.scalar(text("SELECT version_num FROM alembic_version")) if has else None
        if at != LATEST:
            import_module("agnesi.study.store.upgrading").upgrade(connection)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    """Set a new connection up: readers do not wait for a writer, and what was answered is on the disc."""
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that writes takes its turn at once, so that it need not fail later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def _row(session: Session, id: str) -> SheetRow | None:
    row = session.get(SheetRow, id)
    return row if row is not None and row.dropped is None else None


def _version(session: Session, row: SheetRow) -> VersionRow:
    wanted = select(VersionRow).where(VersionRow.sheet == row.id, VersionRow.number == row.current)
    return session.scalars(wanted).one()


def _count(session: Session, id: str) -> int:
    return session.scalar(select(func.max(VersionRow.number)).where(VersionRow.sheet == id)) or 1


def _sheet(session: Session, row: SheetRow) -> Sheet:
    at = _version(session, row)
    many = _count(session, row.id)
    return Sheet(row.id, row.title, at.text, at.state, at.number, many, row.created, row.changed)


def _saved(
    session: Session, row: SheetRow, text: str, state: Mapping[str, Any] | None, title: str | None, by: Writer | None
) -> Sheet:
    last = _version(session, row)
    told = dict(last.state if state is None else state)
    row.title = row.title if title is None else title
    crossed = by is not None and last.text != text and by.crosses(last.text, last.state)
    if (text, _without_tab(told)) != (last.text, _without_tab(last.state)):
        told = {**told, TAB: by.tab} if by is not None else told
        if crossed:
            row.current = _count(session, row.id)
        session.execute(delete(VersionRow).where(VersionRow.sheet == row.id, VersionRow.number > row.current))
        mine = by is None or last.state.get(TAB) == by.tab
        if last.number > 1 and mine and abs(now() - last.at) < ONE_EDIT:
            last.text, last.state = text, told
        else:
            row.current += 1
            session.add(VersionRow(sheet=row.id, number=row.current, text=text, state=told, at=now()))
        row.changed = now()
    session.flush()
    return replace(_sheet(session, row), crossed=crossed)


def _without_tab(state: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in state.items() if k != TAB}


def _kept(row: FileRow) -> Kept:
    return Kept(row.id, row.kind, row.name, row.text, row.found, row.at)
