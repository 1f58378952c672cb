"""SQLite: a lane that writes, a lane that reads, and glances beside them.

Write-ahead log, `synchronous=FULL`: what was acknowledged survives the death of the process and of the machine. With
several processes on one file each has its lanes; the file's lock orders the writers.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TypeVar

import aiosqlite

from idp.core.errors import StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage.batches import Reader, Writer
from idp.storage.drivers import SqliteDriver
from idp.storage.glances import Glances, TooLong
from idp.storage.journal import enter_wal
from idp.storage.lane import Lane, on_thread
from idp.storage.limits import Limits
from idp.storage.schema import demand_current
from idp.storage.work import Stationery, Work

R = TypeVar("R")

PING_SECONDS = 2.0
IN_A_ROW = 16
STATEMENTS = 512
"""Kept prepared, of each connection; there are not as many."""

# a busy_timeout comes with the connection. A log that grew beyond 64 MiB in a bad hour is cut once it is empty again
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)
_WRITING = (*_PRAGMAS, "PRAGMA busy_timeout = 0")  # `begin` waits in its own way, and nothing else has to
_READ_ONLY = (*_PRAGMAS, "PRAGMA query_only = ON")


class SqliteStore:
    """The database in a file. `parcels_waiting` is set after a commit that put something into the outbox."""

    def __init__(
        self, lanes: tuple[Lane, Lane], glances: Glances, parcels_waiting: asyncio.Event, connections: AsyncExitStack
    ) -> None:
        self.parcels_waiting = parcels_waiting
        self._writing, self._reading = lanes
        self._glances: Glances | None = glances
        self._glanced = 0
        self._connections = connections

    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self._writing.submit(fn)

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        """At once where that is quick, as almost always; else on the reading lane."""
        self._glanced += 1
        if not self._glanced % IN_A_ROW:
            await asyncio.sleep(0)  # whoever reads on and on must let others have the loop
        if self._glances is not None:
            with suppress(TooLong):
                return self._glances.look(fn)
        return await self._reading.submit(fn)

    async def ping(self) -> None:
        """Raises StorageUnavailable when a read is not answered soon. On the lane: a disk that hangs holds only it."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._reading.submit(lambda work: work.outbox.due_at())
        except TimeoutError:
            raise StorageUnavailable("the database does not answer") from None

    async def close(self) -> None:
        """Finishes what waits. The last connection to go empties the write-ahead log into the file."""
        self._glances = None
        for lane in (self._writing, self._reading):
            lane.close()
        for lane in (self._writing, self._reading):
            await lane.finish()
        await self._connections.aclose()


async def open_sqlite(path: Path, stationery: Stationery, limits: Limits) -> SqliteStore:
    """Raises StorageUnavailable, SchemaOutdated among them."""
    make_file(path)
    loop = asyncio.get_running_loop()
    parcels_waiting = asyncio.Event()
    async with AsyncExitStack() as exits:
        try:
            writing = await exits.enter_async_context(_connected(path, limits, _WRITING))
            reading = await exits.enter_async_context(_connected(path, limits, _READ_ONLY))
            glancing = exits.enter_context(closing(_connected_here(path)))
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{path}: {error}") from error
        writer = Writer(
            writing._conn,
            Work(SqliteDriver(writing._conn), stationery, writes=True),
            on_parcel=lambda: loop.call_soon_threadsafe(parcels_waiting.set),
            patience_seconds=limits.lock_timeout_seconds,
        )
        reader = Reader(reading._conn, Work(SqliteDriver(reading._conn), stationery, writes=False))
        longest = limits.longest_queue
        return SqliteStore(
            (Lane(writing, writer.run, longest_queue=longest), Lane(reading, reader.run, longest_queue=longest)),
            Glances(glancing, Work(SqliteDriver(glancing), stationery, writes=False)),
            parcels_waiting,
            exits.pop_all(),
        )


def make_file(path: Path) -> None:
    """An empty file that nobody else may read, in a folder of its own if there is none: it will hold all secrets.

    SQLite gives the same mode to the files beside it. Raises StorageUnavailable.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageUnavailable(f"{path}: {error.strerror}") from error


@asynccontextmanager
async def _connected(path: Path, limits: Limits, pragmas: tuple[str, ...]) -> AsyncIterator[aiosqlite.Connection]:
    connection = aiosqlite.connect(
        path, isolation_level=None, timeout=limits.lock_timeout_seconds, cached_statements=STATEMENTS
    )
    try:
        await connection
    except BaseException:
        # its thread is on its way out, and has something to say to this loop before it goes
        await asyncio.to_thread(connection._thread.join)
        raise
    try:
        await on_thread(connection, _set_up, connection._conn, limits, pragmas)
        yield connection
    finally:
        await connection.close()


def _connected_here(path: Path) -> sqlite3.Connection:
    """On this thread, so it waits for nobody."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=0, cached_statements=STATEMENTS)
    for pragma in _READ_ONLY:
        raw.execute(pragma)
    return raw


def _set_up(raw: sqlite3.Connection, limits: Limits, pragmas: tuple[str, ...]) -> None:
    enter_wal(raw, limits.lock_timeout_seconds)
    demand_current(SqliteDriver(raw))
    for pragma in pragmas:
        raw.execute(pragma)
