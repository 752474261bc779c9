"""The tables: worksheets with every version, marks, files, preferences, exercises and reviews. Times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s",
}  # fmt: skip


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A time that knows its zone: SQLite forgets it, so UTC is written, and said again on reading."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a time into UTC for the file; one without a zone is refused."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a zone cannot be kept.")
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that a time from the file is UTC."""
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


class SheetRow(Base):
    """A worksheet: what it is called, and which of its versions is shown."""

    __tablename__ = "sheet"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    title: Mapped[str] = mapped_column(Text, default="")
    current: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime] = mapped_column(Moment, default=now)
    changed: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    dropped: Mapped[datetime | None] = mapped_column(Moment, default=None)


class VersionRow(Base):
    """A version of a worksheet: its text, and the state of the page (dialect, grain, sliders) as JSON."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("sheet", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class MarkRow(Base):
    """What a person says of a thing: "known" of a concept, "read" of a section, "goal" of a path."""

    __tablename__ = "mark"
    __table_args__ = (Index("ix_mark_kind_thing", "kind", "thing", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    thing: Mapped[str] = mapped_column(String(400))
    value: Mapped[Any] = mapped_column(JSON, default=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class FileRow(Base):
    """A file that a person gave: a document to check, a curriculum of their own; and what was found in it."""

    __tablename__ = "file"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    found: Mapped[Any] = mapped_column(JSON, default=None, nullable=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class PreferenceRow(Base):
    """How a person likes the pages: theme, dialect, grain of steps."""

    __tablename__ = "preference"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class AttemptRow(Base):
    """An exercise as it stands: what was typed, what help was asked, how often it was wrong, whether it is done."""

    __tablename__ = "attempt"

    item: Mapped[str] = mapped_column(String(120), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    hints: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    last_wrong: Mapped[str] = mapped_column(Text, default="")
    shown: Mapped[bool] = mapped_column(default=False)
    done: Mapped[bool] = mapped_column(default=False, index=True)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    begun: Mapped[datetime] = mapped_column(Moment, default=now)
    changed: Mapped[datetime] = mapped_column(Moment, default=now)


class ReviewRow(Base):
    """An exercise done, once for each item; cards follow from these rows, and are kept nowhere."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    concepts: Mapped[list[str]] = mapped_column(JSON, default=list)
    grade: Mapped[int]
    right: Mapped[bool]
    hints: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
