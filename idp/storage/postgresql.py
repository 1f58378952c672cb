"""PostgreSQL: a pool of connections, each unit a transaction of its own.

READ COMMITTED, because every decision of ours is one guarded statement and what a verb reads to change is held. A unit
runs again after a deadlock, and once after a connection that turned out to be dead before anything was committed. An
error at the commit itself is never repeated and never success: nobody knows.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.util import greenlet_spawn

from idp.core.errors import Refusal, StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage.drivers import Glance, PostgresqlDriver, SecondGlance
from idp.storage.faults import as_told, code_of, has_collided
from idp.storage.limits import Limits
from idp.storage.pool import Pool
from idp.storage.schema import demand_current
from idp.storage.work import Stationery, Work

R = TypeVar("R")

TRIES = 4
FIRST_PAUSE_SECONDS = 0.01
SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""InternalClientError: what asyncpg says when a dying server spoke without being asked."""

_CUT_OFF = ("08", "57P01", "57P02")


class PostgresqlStore:
    """The database on a server. `parcels_waiting` is set after a commit that put something into the outbox."""

    def __init__(self, pool: Pool, stationery: Stationery, *, longest_queue: int) -> None:
        self.parcels_waiting = asyncio.Event()
        self._pool = pool
        self._stationery = stationery
        self._longest_queue = longest_queue
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._turns = count()
        self._in_snapshots: set[object] = set()

    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self._to_its_end(self._again(lambda driver: self._write(driver, fn)))

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self._to_its_end(self._again(lambda driver: self._look(driver, fn)))

    async def ping(self) -> None:
        """Raises StorageUnavailable."""
        await self.read(lambda work: work.outbox.due_at())

    async def close(self) -> None:
        """Finishes what runs."""
        self._is_closed = True
        if self._running:
            await asyncio.wait(self._running)
        await self._pool.close()

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

    async def _again(self, unit: Callable[[PostgresqlDriver], R]) -> R:
        tries_left, may_reconnect = TRIES, True
        while True:
            try:
                return await self._once(unit)
            except DRIVER_ERRORS as error:
                tries_left -= 1
                if _is_cut_off(error) and may_reconnect:
                    may_reconnect = False
                elif not has_collided(error) or not tries_left:
                    raise _as_told(error) from None
                await self._pause(TRIES - tries_left)

    async def _once(self, unit: Callable[[PostgresqlDriver], R]) -> R:
        connection, is_sound = await self._pool.take(), True
        try:
            return await greenlet_spawn(unit, PostgresqlDriver(connection))
        except DRIVER_ERRORS as error:
            is_sound = not _is_cut_off(error)
            raise
        finally:
            self._pool.give_back(connection, is_sound=is_sound)

    async def _pause(self, turn: int) -> None:
        """Longer each time, and not the same for those who collided."""
        await asyncio.sleep(FIRST_PAUSE_SECONDS * 2**turn * (1 + next(self._turns) % 7 / 7))

    def _write(self, driver: PostgresqlDriver, fn: Callable[[UnitOfWork], R]) -> R:
        work = Work(driver, self._stationery, writes=True)
        refusal = None
        driver.begin("ISOLATION LEVEL READ COMMITTED")
        try:
            result = fn(work)
        except Refusal as refused:  # committed: what it recorded stays
            refusal = refused
        except BaseException:
            driver.roll_back()
            raise
        _commit(driver)
        if work.parcels:
            self.parcels_waiting.set()
        if refusal is not None:
            raise refusal
        return result

    def _look(self, driver: PostgresqlDriver, fn: Callable[[UnitOfWork], R]) -> R:
        """One statement sees one moment by itself, and spares two of three round trips; more of them need a snapshot.

        Which reads are of which sort shows at their first run: one that asks a second time starts again.
        """
        sort = getattr(fn, "__code__", type(fn))
        if sort not in self._in_snapshots:
            try:
                return fn(Work(Glance(driver), self._stationery, writes=False))
            except SecondGlance:
                self._in_snapshots.add(sort)
        driver.begin(SNAPSHOT)
        try:
            return fn(Work(driver, self._stationery, writes=False))
        finally:
            driver.roll_back()


def _commit(driver: PostgresqlDriver) -> None:
    try:
        is_committed = driver.commit()
    except DRIVER_ERRORS as error:
        raise StorageUnavailable("no answer to COMMIT") from error
    if not is_committed:
        raise StorageUnavailable("the server rolled back what it was told to commit")


async def open_postgresql(address: str, stationery: Stationery, limits: Limits) -> PostgresqlStore:
    """Raises StorageUnavailable, SchemaOutdated among them."""
    connect = partial(
        asyncpg.connect,
        address,
        statement_cache_size=256,  # every statement of ours stays prepared
        **_manners(limits),
    )
    pool = Pool(connect, size=limits.connections, patience_seconds=limits.lock_timeout_seconds)
    store = PostgresqlStore(pool, stationery, longest_queue=limits.longest_queue)
    try:
        await store._again(_check)
    except BaseException:
        await store.close()
        raise
    return store


async def look_once(address: str, task: Callable[[PostgresqlDriver], R], *, timeout_seconds: float) -> R:
    """Runs `task`, which reads, over a connection of its own. Raises StorageUnavailable."""
    try:
        connection = await asyncpg.connect(address, timeout=timeout_seconds)
        try:
            async with connection.transaction():
                return await greenlet_spawn(task, PostgresqlDriver(connection))
        finally:
            await connection.close()
    except DRIVER_ERRORS as error:
        raise _as_told(error) from None


def _check(driver: PostgresqlDriver) -> None:
    driver.begin(SNAPSHOT)
    try:
        demand_current(driver)
    finally:
        driver.roll_back()


def _manners(limits: Limits) -> dict[str, Any]:
    """Nothing waits for ever, on either side, and nothing is acknowledged before it is durable."""
    seconds = {
        "statement_timeout": limits.statement_timeout_seconds,
        "lock_timeout": limits.lock_timeout_seconds,
        "idle_in_transaction_session_timeout": limits.statement_timeout_seconds,
    }
    return {
        "timeout": limits.connect_timeout_seconds,
        "command_timeout": limits.statement_timeout_seconds + 1,
        "server_settings": {
            "application_name": "idp",
            "synchronous_commit": "on",
            **{name: f"{span * 1000:.0f}" for name, span in seconds.items()},
        },
    }


def _is_cut_off(error: BaseException) -> bool:
    """Whether the connection is gone; another may be as good as new."""
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)
    lost = isinstance(error, ConnectionError | asyncpg.InternalClientError)
    return lost or code_of(error).startswith(_CUT_OFF)


def _as_told(error: Exception) -> Exception:
    """The same with its cause, or the error itself."""
    if _is_cut_off(error):
        told = StorageUnavailable(f"cut off: {type(error).__name__}")
        told.__cause__ = error
        return told
    return as_told(error)
