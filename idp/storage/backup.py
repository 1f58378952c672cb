"""Copies of a SQLite database, taken while it is in use, and the way back. (PostgreSQL has `pg_dump`.)"""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from idp.core.errors import StorageUnavailable
from idp.storage.columns import EPOCH, microseconds
from idp.storage.location import SqliteFile, UnsupportedUrl, locate
from idp.storage.oauth.tables import SHORT_LIVED
from idp.storage.sqlite import make_file

_REVOKE = "UPDATE sessions SET revoked_at = ? WHERE revoked_at IS NULL AND expires_at > ?"
_EMPTIED = frozenset({"challenges", "outbox"} | {table.name for table in SHORT_LIVED})
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


async def backup(url: str, target: Path) -> None:
    """A whole, consistent copy; `target` appears when it is complete. Raises UnsupportedUrl and StorageUnavailable."""
    await asyncio.to_thread(_backup, _file(url), target)


async def restore(url: str, source: Path, now: datetime) -> int:
    """Puts a copy in the place of what is there; the number of sessions that it ended.

    A session, code or message that was over when the server stopped must not come back with the copy: all sessions end,
    all codes, links, waiting messages and grants of apps go. Raises UnsupportedUrl and StorageUnavailable.
    """
    return await asyncio.to_thread(_restore, _file(url), source, now)


def _file(url: str) -> Path:
    match locate(url):
        case SqliteFile(path):
            return path
    raise UnsupportedUrl("only a SQLite database is copied by us; PostgreSQL has pg_dump and pg_restore")


def _backup(source: Path, target: Path) -> None:
    _must_exist(source)
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    make_file(partial)
    try:
        _copy(source, partial)
        _settle(partial)
        os.replace(partial, target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise StorageUnavailable(f"{target}: {error}") from error


def _restore(target: Path, source: Path, now: datetime) -> int:
    """The copy is cleaned beside its place and put there in one transaction: no moment shows old sessions alive."""
    _must_exist(source)
    make_file(target)
    cleaned = target.with_name(f"{target.name}.restoring")
    cleaned.unlink(missing_ok=True)
    make_file(cleaned)
    try:
        _copy(source, cleaned)
        _settle(cleaned)
        ended = _revoke(cleaned, now)
        _copy(cleaned, target)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{source}: {error}") from error
    finally:
        cleaned.unlink(missing_ok=True)
    return ended


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as origin, closing(sqlite3.connect(target, timeout=30)) as copy:
        origin.backup(copy)


def _settle(path: Path) -> None:
    """Makes a database one file, with no log beside it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")


def _revoke(path: Path, now: datetime) -> int:
    with closing(sqlite3.connect(path)) as database, database:
        moment = microseconds(now - EPOCH)
        ended = database.execute(_REVOKE, (moment, moment)).rowcount
        # a copy may be older than some of the tables
        for (table,) in database.execute(_TABLES).fetchall():
            if table in _EMPTIED:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of our own
    return ended


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise StorageUnavailable(f"{path}: no such file")
