"""PostgreSQL: a pool of connections, each unit a transaction of its own.

READ COMMITTED, because every decision of ours is one guarded statement and what a verb reads to change is held. A unit
runs again after a deadlock, and once after a connection that turned out to be dead before anything was committed. An
error at the commit itself is never repeated and never success: nobody knows.
"""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from idp.core.errors import Refusal, StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage.faults import as_told, has_collided, is_cut_off
from idp.storage.limits import Limits
from idp.storage.schema import demand_current
from idp.storage.work import Stationery, Work

R = TypeVar("R")

TRIES = 4
FIRST_PAUSE_SECONDS = 0.01


class PostgresqlStore:
    """The database on a server. `parcels_waiting` is set after a commit that put something into the outbox."""

    def __init__(self, engine: AsyncEngine, stationery: Stationery, *, longest_queue: int) -> None:
        self.engine = engine.sync_engine
        self.parcels_waiting = asyncio.Event()
        self._engine = engine
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._stationery = stationery
        self._longest_queue = longest_queue
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._turns = count()

    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self._to_its_end(self._again(self._engine, lambda connection: self._write(connection, fn)))

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self._to_its_end(self._again(self._snapshots, lambda connection: self._look(connection, fn)))

    async def ping(self) -> None:
        """Raises StorageUnavailable."""
        await self.read(lambda work: work.outbox.due_at())

    async def close(self) -> None:
        """Finishes what runs."""
        self._is_closed = True
        if self._running:
            await asyncio.wait(self._running)
        await self._engine.dispose()

    async def _to_its_end(self, unit: Coroutine[Any, Any, R]) -> R:
        """A caller that goes away leaves a unit that is whole: it runs on, and nobody hears of it."""
        if self._is_closed or len(self._running) >= self._longest_queue:
            unit.close()
            raise StorageUnavailable("the store is closed" if self._is_closed else "too many units of work are waiting")
        task = asyncio.create_task(unit)
        self._running.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen, whether or not somebody still waits for it

    async def _again(self, engine: AsyncEngine, unit: Callable[[sa.Connection], R]) -> R:
        tries_left, may_reconnect = TRIES, True
        while True:
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(unit)
            except OSError as error:  # refused, or no answer: TimeoutError is one
                raise StorageUnavailable(f"no connection: {type(error).__name__}") from error
            except sa.exc.SQLAlchemyError as error:
                tries_left -= 1
                if is_cut_off(error) and may_reconnect:
                    may_reconnect = False  # the whole pool was made anew: the next one is fresh
                elif not has_collided(error) or not tries_left:
                    raise as_told(error) from error
                await self._pause(TRIES - tries_left)

    async def _pause(self, turn: int) -> None:
        """Longer each time, and not the same for those who collided."""
        await asyncio.sleep(FIRST_PAUSE_SECONDS * 2**turn * (1 + next(self._turns) % 7 / 7))

    def _write(self, connection: sa.Connection, fn: Callable[[UnitOfWork], R]) -> R:
        work = Work(connection, self._stationery, writes=True)
        refusal = None
        try:
            result = fn(work)
        except Refusal as refused:  # committed: what it recorded stays
            refusal = refused
        self._commit(connection)
        if work.parcels:
            self.parcels_waiting.set()
        if refusal is not None:
            raise refusal
        return result

    def _commit(self, connection: sa.Connection) -> None:
        try:
            connection.commit()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise StorageUnavailable("no answer to COMMIT") from error

    def _look(self, connection: sa.Connection, fn: Callable[[UnitOfWork], R]) -> R:
        try:
            return fn(Work(connection, self._stationery, writes=False))
        finally:
            connection.rollback()


async def open_postgresql(url: sa.URL, stationery: Stationery, limits: Limits) -> PostgresqlStore:
    """Raises StorageUnavailable, SchemaOutdated among them."""
    engine = create_async_engine(
        url,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.lock_timeout_seconds,
        hide_parameters=True,  # an error's text goes into the log
        connect_args=connect_args(limits),
    )
    store = PostgresqlStore(engine, stationery, longest_queue=limits.longest_queue)
    try:
        await store._again(engine, demand_current)
    except BaseException:
        await store.close()
        raise
    return store


async def run_once(url: sa.URL, task: Callable[[sa.Connection], R], *, timeout_seconds: float) -> R:
    """Runs `task` in one transaction over a connection of its own."""
    engine = create_async_engine(url, poolclass=sa.NullPool, connect_args={"timeout": timeout_seconds})
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(task)
    finally:
        await engine.dispose()


def connect_args(limits: Limits) -> dict[str, Any]:
    """How asyncpg is to connect: nothing waits for ever, and every statement of ours stays prepared."""
    milliseconds = {
        "statement_timeout": limits.statement_timeout_seconds,
        "lock_timeout": limits.lock_timeout_seconds,
        "idle_in_transaction_session_timeout": limits.statement_timeout_seconds,
    }
    return {
        "timeout": limits.connect_timeout_seconds,
        "command_timeout": limits.statement_timeout_seconds + 1,
        "prepared_statement_cache_size": 256,
        "server_settings": {"application_name": "idp"}
        | {name: str(round(seconds * 1000)) for name, seconds in milliseconds.items()},
    }
