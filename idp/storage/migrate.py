"""Bringing the tables up to date, once, whoever starts at the same time.

Alembic alone does not lock (alembic #633). SQLite: the writer's lock. PostgreSQL: an advisory lock that ends with the
transaction, waited for no longer than `LOCK_SECONDS`: a dead holder's lock may outlive it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from idp.core.errors import StorageUnavailable
from idp.storage.drivers import SqliteDriver
from idp.storage.faults import as_told
from idp.storage.journal import enter_wal
from idp.storage.location import PostgresqlServer, SqliteFile, locate
from idp.storage.schema import REVISIONS, is_current, revision_of
from idp.storage.sqlite import make_file

R = TypeVar("R")

LOCK_SECONDS = 30
_SCRIPTS = Path(__file__).parent / "migrations"
_WAIT = sa.select(sa.func.set_config("lock_timeout", f"{LOCK_SECONDS}s", True))
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.literal(0x6964702D64646C, sa.BigInteger)))  # "idp-ddl"


async def current(url: str) -> str | None:
    """The revision that was applied last; None where there is none, nor perhaps a file.

    Raises UnsupportedUrl and StorageUnavailable.
    """
    match locate(url):
        case SqliteFile(path) if not await asyncio.to_thread(path.exists):
            return None
        case SqliteFile(path):
            return await asyncio.to_thread(_on_file, path, lambda raw: revision_of(SqliteDriver(raw)))
        case PostgresqlServer(address):
            from idp.storage.postgresql import look_once  # noqa: PLC0415 - see open_store

            return await look_once(address, revision_of, timeout_seconds=LOCK_SECONDS)


async def upgrade(url: str) -> list[str]:
    """Applies what is missing; the revisions applied. Makes a SQLite file that is not there.

    A database newer than this version is left alone. Raises UnsupportedUrl and StorageUnavailable.
    """
    if is_current(await current(url)):
        return []
    match locate(url):
        case SqliteFile(path):
            return await asyncio.to_thread(_on_file, path, _upgrade_file)
        case PostgresqlServer(address):
            return await _upgrade_server(address)


def _on_file(path: Path, task: Callable[[sqlite3.Connection], R]) -> R:
    make_file(path)
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as raw:
            return task(raw)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{path}: {error}") from error


def _upgrade_file(raw: sqlite3.Connection) -> list[str]:
    enter_wal(raw, LOCK_SECONDS)
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.StaticPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        raw.execute("BEGIN IMMEDIATE")  # who fails rolls back by closing
        applied = _apply(connection)
        raw.execute("COMMIT")
    return applied


async def _upgrade_server(address: str) -> list[str]:
    # what only an upgrade needs, and a start without one does not pay for
    import asyncpg  # noqa: PLC0415 - a start does not pay for it
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - a start does not pay for it

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(address, timeout=LOCK_SECONDS),
        poolclass=sa.NullPool,
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(_WAIT)
            await connection.execute(_LOCK)
            return await connection.run_sync(_apply)
    except sa.exc.DBAPIError as error:
        raise as_told(error.orig if isinstance(error.orig, Exception) else error) from error
    finally:
        await engine.dispose()


def _apply(connection: sa.Connection) -> list[str]:
    """What is missing now: while we waited for the lock, another may have done it."""
    from alembic import command  # noqa: PLC0415 - half a second
    from alembic.config import Config  # noqa: PLC0415 - a start does not pay for it
    from alembic.migration import MigrationContext  # noqa: PLC0415 - a start does not pay for it

    before = MigrationContext.configure(connection).get_current_revision()
    if is_current(before):
        return []
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return [*REVISIONS[REVISIONS.index(before) + 1 if before else 0 :]]
