"""Connections to PostgreSQL, kept and lent.

Giving one back costs nothing and cannot fail. That matters more than it seems: an error after a commit must never look
like one before it, or the unit would run twice.
"""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from idp.core.errors import StorageUnavailable

LONGEST_IDLE_SECONDS = 300.0
"""Firewalls forget a connection that says nothing, and tell neither end."""


class Pool:
    """At most `size` connections. The one used last is lent first, so that those not needed grow old."""

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], *, size: int, patience_seconds: float
    ) -> None:
        self._connect = connect
        self._patience_seconds = patience_seconds
        self._slots = asyncio.Semaphore(size)
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._loop = asyncio.get_running_loop()

    async def take(self) -> asyncpg.Connection:
        """Raises StorageUnavailable when none is free for too long, and what `connect` raises."""
        try:
            async with asyncio.timeout(self._patience_seconds if self._slots.locked() else None):
                await self._slots.acquire()
        except TimeoutError:
            raise StorageUnavailable("no connection to the database is free") from None
        try:
            return self._kept() or await self._connect()
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, connection: asyncpg.Connection, *, is_sound: bool) -> None:
        """One that is not sound, or still in a transaction, is thrown away: the server rolls back."""
        if is_sound and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append((connection, self._loop.time()))
        else:
            connection.terminate()
        self._slots.release()

    async def close(self) -> None:
        """Closes those that are not lent."""
        while self._idle:
            connection, _ = self._idle.pop()
            await connection.close()

    def _kept(self) -> asyncpg.Connection | None:
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and self._loop.time() - since < LONGEST_IDLE_SECONDS:
                return connection
            connection.terminate()
        return None
