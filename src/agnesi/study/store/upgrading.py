"""Bring a database to the tables of this version: Alembic's changes, one after another, in one transaction.

To change the tables: change `models`, add a file to `migrations/versions` beside the last one (SQLite alters a table by
copying it: `with op.batch_alter_table(...)`), and say its name in `keeping.LATEST`. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from agnesi.errors import AgnesiError
from agnesi.study.store.models import Base

FOLDER = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run the changes that are missing; `AgnesiError` where the tables are those of a later Agnesi."""
    scripts = ScriptDirectory(str(FOLDER))
    try:
        _run(connection, scripts, lambda at, _: scripts._upgrade_revs("head", at))
    except CommandError as error:
        raise AgnesiError("The data were kept by a later version of Agnesi.", repair="Install that version.") from error


def downgrade(connection: Connection, to: str) -> None:
    """Take changes back, down to one."""
    scripts = ScriptDirectory(str(FOLDER))
    _run(connection, scripts, lambda at, _: scripts._downgrade_revs(to, at))


def _run(connection: Connection, scripts: ScriptDirectory, steps: Callable[[Any, Any], Any]) -> None:
    with EnvironmentContext(Config(), scripts, fn=steps) as context:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
