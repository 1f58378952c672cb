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
from idp.storage.faults import as_told
from idp.storage.location import PostgresqlServer, SqliteFile, locate
from idp.storage.schema import REVISIONS, is_current, revision_of
from idp.storage.sqlite import make_file

R = TypeVar("R")

LOCK_SECONDS = 30
_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.literal(0x6964702D64646C, sa.BigInteger)))  # "idp-ddl"


async def upgrade(url: str) -> list[str]:
    """Applies what is missing; the revisions applied. Makes a SQLite file that is not there.

    A database newer than this version is left alone. Raises UnsupportedUrl and StorageUnavailable.
    """
    return await _with_connection(url, _upgrade)


async def current(url: str) -> str | None:
    """The revision that was applied last; None for an empty database. Raises UnsupportedUrl and StorageUnavailable."""
    return await _with_connection(url, revision_of)


async def _with_connection(url: str, task: Callable[[sa.Connection], R]) -> R:
    try:
        match locate(url):
            case SqliteFile(path):
                return await asyncio.to_thread(_on_file, path, task)
            case PostgresqlServer(server):
                from idp.storage.postgresql import run_once  # noqa: PLC0415 - see open_store

                return await run_once(server, task, timeout_seconds=LOCK_SECONDS)
    except sqlite3.Error as error:
        raise StorageUnavailable(str(error)) from error
    except OSError as error:
        raise StorageUnavailable(f"no connection: {type(error).__name__}") from error
    except sa.exc.SQLAlchemyError as error:
        raise as_told(error) from error


def _on_file(path: Path, task: Callable[[sa.Connection], R]) -> R:
    make_file(path)
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        engine = sa.create_engine(
            "sqlite://", creator=lambda: raw, poolclass=sa.StaticPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            return task(connection)


def _upgrade(connection: sa.Connection) -> list[str]:
    if is_current(revision_of(connection)):
        return []
    _lock(connection)
    before = revision_of(connection)  # another may have been faster
    if not is_current(before):
        _apply(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
    return [] if is_current(before) else [*REVISIONS[REVISIONS.index(before) + 1 if before else 0 :]]


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # closing the connection rolls back
    else:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        connection.execute(_LOCK)


def _apply(connection: sa.Connection) -> None:
    # half a second that only a start with something to do pays
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
